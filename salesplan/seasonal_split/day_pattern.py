"""The day pattern: how a month's sales usually lie on its days, learnt from the history where that pays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.seasonal_split.day_sample import CLASSES, PARTS, DaySample, classes_of, day_sample, ten_days
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import SeasonalSplitTerms

LEAST_MONTHS = 6  # before a month can be foretold
LEAST_SELLING_DAYS = 5  # in a usual month: fewer dates say when bills are booked, not when is sold
REFIT = 6  # months that are foretold with one estimate
ROUNDS = 12  # of proportional fitting; two or three settle it
LEAST_GAIN = 0.01  # of plain workdays' error: what a part of the pattern must win to be used
FESTIVAL_DAYS = [CLASSES["festivals"].index(name) for name in ("spring_festival", "national_days")]
# What classes weigh by the plain rule: days off nothing.
USUAL: dict[str, Array] = {
    "weekdays": np.array([1.0] * 5 + [0.0, 0.0, 1.0, 0.0]),
    "festivals": np.where(np.isin(np.arange(len(CLASSES["festivals"])), FESTIVAL_DAYS), 0.0, 1.0),
    "month_end": np.ones(len(CLASSES["month_end"])),
}
CLOSED = 0.05  # of an ordinary workday: a day off that sold less has no target


@dataclass(frozen=True)
class DayPattern:
    """Weights of days in ordinary workdays.

    `rule`: `auto`, `workdays` or `even`. `factors`: by part (`weekdays`, `festivals`, `month_end`)
    one factor per class of `CLASSES`, for the parts that are used; without `weekdays` a workday
    weighs 1 and a day off 0. `seen`: the same for all parts, as the history shows them, unshrunk.
    `tested`: the back-test, see `compare_patterns`. `basis`: `history`, or why it was not asked: `short`
    (under seven whole months), `sparse` (too few days with sales), `given` (the rule needs none).
    """

    rule: str = "workdays"
    factors: Mapping[str, Array] = field(default_factory=dict)
    seen: Mapping[str, Array] = field(default_factory=dict)
    tested: pd.DataFrame = field(default_factory=lambda: _tested({}), repr=False)
    months: int = 0
    basis: str = "given"

    def weights(self, days: pd.DataFrame, country: str) -> Array:
        """Weight of each day of whole months, as `calendar.days` gives them."""
        if self.rule == "even":
            return np.ones(len(days))
        classes = {part: classes_of(days, part, country) for part in self.factors}
        return _weigh(_start(days, classes), self.factors, classes)


def learn_pattern(daily: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> DayPattern:
    """The day pattern of a plan, by `rules.day_pattern`, from its `daily` net sales (`date`, `amount` in fen).

    `auto` begins with plain workdays and tries three parts in turn: weekdays (with moved workdays,
    weekends and holidays), the weeks around Spring Festival and National Day (China), the last
    workdays of the month. A part stays if it lowers the back-test's squared error (of days and of
    ten-day periods, each beside that of plain workdays) by one percent. `even` gives all days the
    same, `workdays` workdays only.
    """
    sample = day_sample(daily, year=year, years=rules.history_years, exclude=rules.exclude)
    plain = DayPattern(rules.day_pattern if rules.day_pattern != "auto" else "workdays", months=sample.months)
    if sample.months <= LEAST_MONTHS:
        return replace(plain, basis="short" if rules.day_pattern == "auto" else "given")
    if sample.selling < LEAST_SELLING_DAYS:
        return replace(plain, basis="sparse" if rules.day_pattern == "auto" else "given")
    tested, chosen = compare_patterns(sample)
    seen = {part: _seen(sample, part, chosen) for part in PARTS}
    if rules.day_pattern != "auto":
        return replace(plain, seen=seen, tested=tested.assign(chosen=tested["pattern"] == rules.day_pattern))
    return DayPattern(
        rule="auto",
        factors=estimate(sample, chosen),
        seen=seen,
        tested=tested,
        months=sample.months,
        basis="history",
    )


def pattern_classes(pattern: DayPattern) -> pd.DataFrame:
    """Classes of days as the history shows them and as the plan weighs them, for the chart and the sentences.

    `part`, `day_class`, `history` (unshrunk), `plan`, `usual` (1, days off 0), all in ordinary days;
    classes that the history lacks and the ordinary day itself are left out; empty without history.
    """
    rows = [
        (part, name, seen, plan, usual)
        for part, found in pattern.seen.items()
        for name, seen, plan, usual in zip(CLASSES[part], found, *_planned(pattern, part), strict=True)
        if name != "ordinary" and not np.isnan(seen)
    ]
    return pd.DataFrame(rows, columns=["part", "day_class", "history", "plan", "usual"])


def _planned(pattern: DayPattern, part: str) -> tuple[Array, Array]:
    usual = USUAL[part]
    if pattern.rule == "even":
        return np.ones(len(usual)), usual
    return pattern.factors.get(part, usual), usual


def _seen(sample: DaySample, part: str, chosen: Sequence[str]) -> Array:
    """Unshrunk factors beside those of the parts in use, unknown where no day is of the class."""
    parts = [name for name in PARTS if name == part or name in chosen]
    days = np.bincount(sample.classes[part], minlength=len(CLASSES[part]))
    return np.where(days > 0, estimate(sample, parts, shrink=False)[part], np.nan)


# ---------------------------------------------------------------- estimate


def estimate(
    sample: DaySample, parts: Sequence[str], *, shrink: bool = True, before: int | None = None
) -> dict[str, Array]:
    """Factors of the classes of some parts, from the months before place `before` (all when None).

    Every day's expected share is the product of its factors over the month's sum; factors are
    fitted in turn so that each class's shares sum to what it sold (iterative proportional fitting,
    months weighing the same). Then a factor f with sampling variance v, from the months' own
    scatter, is drawn to its prior p (1, for days off 0): p + (f - p) max(0, 1 - v / (f - p)^2), the
    nonnegative garrote of Breiman 1995. One seen in a single month stays at its prior.
    """
    rows = np.flatnonzero(sample.month < (sample.months if before is None else before))
    share, month = sample.share[rows], sample.month[rows]
    classes = {part: sample.classes[part][rows] for part in parts}
    start = _start(sample.days.iloc[rows], classes)
    worked = sample.days["workday"].to_numpy(dtype="float64")[rows]
    factors = {part: np.ones(len(CLASSES[part])) for part in parts}
    for _ in range(ROUNDS if len(parts) > 1 else 1 + ROUNDS // 2):
        for part in parts:
            expected = _expected(start, factors, classes, month)
            found = _sums(share, classes[part], part), _sums(expected, classes[part], part)
            moved = factors[part] * np.where(found[1] > 0, divide(*found), 1.0)
            factors[part] = moved / _level(moved, classes[part], part, worked)
    if not shrink:
        return factors
    left = share - _expected(start, factors, classes, month)
    expected = _expected(start, factors, classes, month)
    return {part: _shrunk(factors[part], classes[part], part, (left, expected, month, worked)) for part in parts}


def _expected(start: Array, factors: Mapping[str, Array], classes: Mapping[str, Array], month: Array) -> Array:
    """Share of each day in its month by the factors."""
    weight = _weigh(start, factors, classes)
    return divide(weight, np.bincount(month, weight)[month])


def _start(days: pd.DataFrame, classes: Mapping[str, Array]) -> Array:
    """What the factors multiply: 1 for workdays, and for the days off whose factor is asked for."""
    if "weekdays" in classes:
        return np.ones(len(days))
    asked = np.isin(classes["festivals"], FESTIVAL_DAYS) if "festivals" in classes else False
    return (days["workday"].to_numpy() | asked).astype("float64")


def _weigh(start: Array, factors: Mapping[str, Array], classes: Mapping[str, Array]) -> Array:
    weight = start
    for part, factor in factors.items():
        weight = weight * factor[classes[part]]
    return weight


def _sums(values: Array, classes: Array, part: str) -> Array:
    return np.bincount(classes, values, len(CLASSES[part]))


def _level(factor: Array, classes: Array, part: str, worked: Array) -> float:
    """What counts as 1: the mean workday, or the ordinary day."""
    level = float(factor[0])
    if part == "weekdays":
        count = _sums(worked, classes, part)
        level = float((factor * count).sum() / count.sum()) if count.sum() else 0.0
    return level if level > 0 else 1.0


def _shrunk(factor: Array, classes: Array, part: str, seen: tuple[Array, Array, Array, Array]) -> Array:
    left, expected, month, worked = seen
    size = len(factor)
    cells = np.bincount(month * size + classes, left, (int(month[-1]) + 1) * size).reshape(-1, size)
    here = np.bincount(month * size + classes, minlength=cells.size).reshape(-1, size) > 0
    months = here.sum(axis=0)
    weight = _sums(expected, classes, part)
    spread = divide((cells**2).sum(axis=0) * months, np.maximum(months - 1, 1))
    variance = divide(spread * factor**2, weight**2)
    prior = _prior(classes, part, worked)
    away = factor - prior
    kept = np.where((months > 1) & (weight > 0), np.clip(1 - divide(variance, away**2), 0, 1), 0.0)
    found = prior + away * kept
    return np.where((prior == 0) & (found < CLOSED), 0.0, found)


def _prior(classes: Array, part: str, worked: Array) -> Array:
    """1, and 0 for days off."""
    if part != "weekdays":
        return USUAL[part]
    days = np.bincount(classes, minlength=len(CLASSES[part]))
    return np.where(days > 0, np.round(divide(_sums(worked, classes, part), days)), USUAL[part])


# ---------------------------------------------------------------- back-test


def compare_patterns(sample: DaySample) -> tuple[pd.DataFrame, list[str]]:
    """How well each pattern foretells the days of a month whose total is known, and the parts that win.

    Each half year is foretold from the months before it only. Rows: `even`, `workdays`, then each part
    added to those that won before it; a part that a later one makes superfluous is left out again.
    `error_day`, `error_ten_day`: 100 x sum of |share error| over the days, or the three ten-day
    periods, of a month, mean over months; `chosen`.
    """
    worked = sample.days["workday"].to_numpy(dtype="float64")
    errors = {"even": _errors(sample, np.ones(len(worked))), "workdays": _errors(sample, worked)}
    plain, best, won = errors["workdays"], 1.0, list[str]()
    for part in (part for part in PARTS if sample.classes[part].any()):
        errors[part] = _errors(sample, _foretold(sample, [*won, part]))
        if errors[part].beside(plain) < best - LEAST_GAIN:
            best, won = errors[part].beside(plain), [*won, part]
    for part in won[:-1]:
        rest = [name for name in won if name != part]
        without = _errors(sample, _foretold(sample, rest))
        if without.beside(plain) < best + LEAST_GAIN:
            won, errors[rest[-1]] = rest, without
    return _tested(errors, won or ["workdays"]), won


class _Error(NamedTuple):
    """Errors per month foretold: absolute ones in percentage points, squared ones of the shares."""

    day: float
    ten_day: float
    day_squared: float
    ten_day_squared: float

    def beside(self, other: "_Error") -> float:
        """Mean ratio of the squared errors to those of another pattern; 1 where there are none to beat."""
        pairs = ((self.day_squared, other.day_squared), (self.ten_day_squared, other.ten_day_squared))
        return sum(own / theirs if theirs else 1.0 for own, theirs in pairs) / 2


def _tested(errors: Mapping[str, _Error], chosen: Sequence[str] = ()) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pattern": pd.Series(list(errors), dtype="str"),
            "error_day": pd.Series([error.day for error in errors.values()], dtype="float64"),
            "error_ten_day": pd.Series([error.ten_day for error in errors.values()], dtype="float64"),
            "chosen": pd.Series([name in chosen for name in errors], dtype=bool),
        }
    )


def _foretold(sample: DaySample, parts: Sequence[str]) -> Array:
    """Weights of the days from the seventh month on, each by what was known before."""
    classes = {part: sample.classes[part] for part in parts}
    found = _start(sample.days, classes)
    for first in range(LEAST_MONTHS, sample.months, REFIT):
        here = (sample.month >= first) & (sample.month < first + REFIT)
        factors = estimate(sample, parts, before=first)
        found[here] = _weigh(found[here], factors, {part: known[here] for part, known in classes.items()})
    return found


def _errors(sample: DaySample, weight: Array) -> _Error:
    rows = sample.month >= LEAST_MONTHS
    month, count = sample.month[rows], sample.months - LEAST_MONTHS
    days = divide(weight[rows], np.bincount(month, weight[rows])[month]) - sample.share[rows]
    tens = np.bincount(ten_days(sample)[rows], days)
    absolute = (100 * np.abs(gap).sum() / count for gap in (days, tens))
    squared = ((gap**2).sum() / count for gap in (days, tens))
    return _Error(*map(float, (*absolute, *squared)))
