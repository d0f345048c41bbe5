"""The year as its history and its known months foretell it: expectation, interval, odds of a level.

Everything is an array over series (company, regions, lines, ...), so that thousands cost no more than one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

MONTHS = 12
QUARTER = 3  # months of the year's end that say how fast a year runs out
TOGETHER = 1.05  # the months of a year err in step, and a little more; measured by tests/benchmarks/odds.py
LATE = 0.1  # and the more, the fewer are left, by which single ones stand out; measured likewise
CHANCE = 1.1  # times its scatter from year to year must a season stand out to be one; measured likewise
SCATTER_COUNTS = 12  # errors of whole years that the scatter of single months stands for
TAIL = 3  # degrees of freedom beyond the number of yearly errors: the tails that real years have
OLDEST = 2  # years weigh 2 : 3 : 4 ... in the season, the last one most
MOST_GROWTH = 0.5  # of growth carried forward, and of the lead of the last quarter, as logarithms
MOST_ERROR = 1.5  # of a year, as logarithm; a year of nothing has no logarithm
ONE_YEAR = 0.45  # of a single year's scatter: the rest of it is season; measured likewise
FAINT = 1e-3  # of a usual year: what counts as nothing
LEAST_REST = 0.02  # of the year's sales still to come, so that its scatter stays a number


@dataclass(frozen=True)
class YearOdds:
    """What is known of a year and what is still to come, one entry per series; unit that of the history.

    The rest of the year divided by its median `rest` has a logarithm that is Student's t with `degrees` of freedom
    times `spread`. NaN where the history sold nothing.
    """

    known: Array
    rest: Array
    spread: Array
    degrees: float

    @property
    def expected(self) -> Array:
        """Median of the year: what is known and what is still to come."""
        return np.asarray(self.known + self.rest)

    def interval(self, coverage: float = 0.8) -> tuple[Array, Array]:
        """Low and high between which the year ends with probability `coverage`; the expectation lies within.

        Raises ValueError when coverage is not between 0 and 1.
        """
        if not 0 < coverage < 1:
            raise ValueError(f"coverage {coverage} must lie between 0 and 1")
        from scipy.special import stdtrit  # slow to import; not every run asks for odds

        away = np.exp(float(stdtrit(self.degrees, 0.5 + coverage / 2)) * self.spread)
        return np.asarray(self.known + self.rest / away), np.asarray(self.known + self.rest * away)

    def reach(self, level: Any) -> Array:
        """P(year >= level): `level` one per series, or series x levels; 1 where the level is reached already.

        Without spread the result is certain, and a level met exactly counts as reached.
        """
        from scipy.special import stdtr  # as above

        asked = np.asarray(level, dtype=np.float64)
        shape = (-1, *[1] * (asked.ndim - 1))
        known, rest, spread = (part.reshape(shape) for part in (self.known, self.rest, self.spread))
        need = asked - known
        with np.errstate(divide="ignore", invalid="ignore"):
            lead = np.log(rest / np.where(need > 0, need, np.nan))
            odds = np.where(spread > 0, stdtr(self.degrees, lead / spread), lead >= 0)
        odds = np.where(need <= 0, 1.0, odds)
        return np.asarray(np.where(np.isnan(rest) | np.isnan(asked), np.nan, odds))


def forecast(
    history: Any,
    known: Any = None,
    *,
    damping: float = 0.5,
    carry: float = 0.5,
    gone: Any = None,
    ahead: int = 1,
) -> YearOdds:
    """The year after a history, from its first known months and the season: share ratio with odds.

    `history`: series x years x 12 amounts, oldest year first; `known`: series x months of the year asked for, from
    its first on. Rest of the year = last year's rest x growth. Before any month is known, growth is `damping` x the
    past growth (least squares on logarithms) + `carry` x the lead of last year's last quarter over its season; with
    k months known, k / (k + 1) of it is what these months have grown by and the remainder that expectation.
    `gone`: share of the year that falls on the known months, where the plan knows its season better than the history;
    else the mean of the yearly shares, weights 2 : 3 : 4, drawn towards even months where the years differ so much
    that their season may be chance (`steady_gone`). `ahead`: years from the last of the history to the one
    asked for.

    Spread of the rest (`blended_spread`): the errors the same rule made in each past year, its season taken from the
    other years, and the scatter of single months about the season, taken as months that err together. Raises
    ValueError for a history without a year or more than twelve known months.
    """
    table, seen = _checked(history, known)
    count = seen.shape[1]
    usual = _usual(table)
    if count == MONTHS:
        nothing = np.zeros(len(table))
        return YearOdds(seen.sum(axis=1), nothing, nothing, float(TAIL))
    share = steady_gone(table, count) if gone is None else np.asarray(gone, dtype=np.float64)
    rest = _rest(table, seen, share, usual, (damping * ahead, carry))
    errors = _past_errors(table, count, usual, (damping, carry))
    spread, degrees = blended_spread(errors, _scatter(table, count, usual))
    return YearOdds(seen.sum(axis=1), np.exp(rest), spread * np.sqrt(ahead), degrees)


def blended_spread(errors: Array, scatter: Array) -> tuple[Array, float]:
    """Spread and degrees of Student's t from a few yearly errors and the scatter of single months.

    spread = root of (sum of squared errors + 12 x scatter squared) / (number of errors + 12), degrees = number of
    errors + 3. Few yearly errors say little: over 209 real series the scatter of the months foretold the size of the
    error better than three or five years' own errors did. `errors`: series x years, as logarithms; `scatter`: series.

    >>> spread, degrees = blended_spread(np.array([[0.1, -0.1]]), np.array([0.1]))
    >>> float(spread[0].round(6)), degrees
    (0.1, 5.0)
    """
    kept = np.clip(errors, -MOST_ERROR, MOST_ERROR)
    squares = (kept**2).sum(axis=1) + SCATTER_COUNTS * np.minimum(scatter, MOST_ERROR) ** 2
    return np.sqrt(squares / (kept.shape[1] + SCATTER_COUNTS)), float(kept.shape[1] + TAIL)


def month_scatter(history: Any) -> Array:
    """How far a whole year may lie off by the scatter of its months alone, as a logarithm, per series.

    Root of the mean squared distance of a month's share from its season, of twelve months that err together. With a
    single year the season counts as scatter: one year does not tell them apart. NaN where nothing was sold.
    """
    table, _ = _checked(history, None)
    return _scatter(table, 0, _usual(table))


def season_gone(history: Array, count: int) -> Array:
    """Share of a year that falls on its first `count` months: mean of the yearly shares, weights 2 : 3 : 4 ..."""
    totals = np.maximum(history.sum(axis=2), 0.0)
    weight = np.where(totals > 0, np.arange(OLDEST, OLDEST + history.shape[1]), 0)
    shares = np.maximum(history[:, :, :count].sum(axis=2), 0.0) / np.where(totals > 0, totals, 1.0)
    return np.asarray((shares * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1))


def steady_gone(history: Array, count: int) -> Array:
    """`season_gone`, drawn towards count / 12 by the part of the season that is chance.

    The part that counts is 1 - 1.1 x F, at least 0, where F is the variance of a month's share from year to year
    over that of the mean shares from month to month (times the years): empirical Bayes, the reciprocal of the F test.
    A single year is taken as it is.

    >>> steady_gone(np.array([[[12.0] + [0.0] * 11, [0.0] * 11 + [12.0]]]), 6).tolist()  # no two years alike
    [0.5]
    """
    share, years = season_gone(history, count), history.shape[1]
    if years < 2:
        return share
    shares = np.maximum(history, 0.0) / np.maximum(history.sum(axis=2), FAINT)[:, :, None]
    mean = shares.mean(axis=1)
    within = ((shares - mean[:, None]) ** 2).sum(axis=(1, 2)) / ((years - 1) * (MONTHS - 1))
    between = years * ((mean - 1 / MONTHS) ** 2).sum(axis=1) / (MONTHS - 1)
    chance = np.divide(within, between, out=np.ones(len(share)), where=between > 0)
    even = count / MONTHS
    return np.asarray(even + np.clip(1 - CHANCE * chance, 0.0, 1.0) * (share - even))


def _checked(history: Any, known: Any) -> tuple[Array, Array]:
    table = np.asarray(history, dtype=np.float64)
    if table.ndim != 3 or table.shape[1] < 1 or table.shape[2] != MONTHS:
        raise ValueError(f"a history of series x years x {MONTHS} is needed, not {table.shape}")
    seen = np.empty((len(table), 0)) if known is None else np.asarray(known, dtype=np.float64)
    if seen.ndim != 2 or len(seen) != len(table) or seen.shape[1] > MONTHS:
        raise ValueError(f"known months of {len(table)} series are needed, not {seen.shape}")
    return table, seen


def _log(amounts: Array, usual: Array) -> Array:
    """Logarithm of amounts, of which none counts as less than a trace of a usual year."""
    faint = (FAINT * usual).reshape(-1, *[1] * (amounts.ndim - 1))
    return np.asarray(np.log(np.maximum(amounts, faint)))


def growth(history: Any) -> Array:
    """Past growth per year as a logarithm, least squares over the years; zero with a single year, NaN for nothing."""
    table, _ = _checked(history, None)
    return _slope(_log(table.sum(axis=2), _usual(table)))


def lead(history: Any) -> Array:
    """How far the last quarter of the last year ran ahead of what its season gives it, as a logarithm, per series.

    The season is that of the years before (`season_gone`); zero with a single year, NaN for a history of nothing.
    """
    table, _ = _checked(history, None)
    return _lead(table, _usual(table))


def _usual(table: Array) -> Array:
    """Mean year of each series, NaN where nothing was ever sold: then nothing is foretold."""
    mean = np.maximum(table.sum(axis=2), 0.0).mean(axis=1)
    return np.asarray(np.where(mean > 0, mean, np.nan))


def _slope(logs: Array) -> Array:
    place = np.arange(logs.shape[1]) - (logs.shape[1] - 1) / 2
    return np.asarray((logs * place).sum(axis=1) / max(float(place @ place), 0.5))


def _growth(table: Array, usual: Array, parts: tuple[float, float]) -> Array:
    """Growth expected before anything is known of the year, as a logarithm."""
    damping, carry = parts
    steady = np.clip(damping * _slope(_log(table.sum(axis=2), usual)), -MOST_GROWTH, MOST_GROWTH)
    return np.asarray(steady + carry * _lead(table, usual))


def _lead(table: Array, usual: Array) -> Array:
    if table.shape[1] < 2:
        return np.zeros(len(table))
    before, last = table[:, :-1], table[:, -1]
    share = 1 - season_gone(before, MONTHS - QUARTER)
    due = share * np.maximum(last.sum(axis=1), 0.0)
    return np.clip(_log(last[:, -QUARTER:].sum(axis=1), usual) - _log(due, usual), -MOST_GROWTH, MOST_GROWTH)


def _rest(table: Array, seen: Array, share: Array, usual: Array, parts: tuple[float, float]) -> Array:
    """Logarithm of the rest of the year: last year's, grown."""
    count = seen.shape[1]
    growth = _growth(table, usual, parts)
    last = _log(table[:, -1].sum(axis=1), usual)
    if not count:
        return np.asarray(last + growth)
    part = np.clip(share, FAINT, 1 - FAINT)
    trust = count / (count + 1)
    grown = np.clip(_log(seen.sum(axis=1), usual) - last - np.log(part), -2 * MOST_ERROR, 2 * MOST_ERROR)
    return np.asarray(last + np.log(1 - part) + (1 - trust) * growth + trust * grown)


def _past_errors(table: Array, count: int, usual: Array, parts: tuple[float, float]) -> Array:
    """Error of the same rule on each year but the first, as logarithms: series x years."""
    found = []
    for year in range(1, table.shape[1]):
        past, this = table[:, :year], table[:, year]
        share = steady_gone(np.delete(table, year, axis=1), count)
        rest = _log(this[:, count:].sum(axis=1), usual)
        found.append(rest - _rest(past, this[:, :count], share, usual, parts))
    return np.stack(found, axis=1) if found else np.empty((len(table), 0))


def _scatter(table: Array, count: int, usual: Array) -> Array:
    """Spread of the rest of a year by the scatter of single months about their season, in step with each other."""
    totals = np.maximum(table.sum(axis=2), FAINT * usual[:, None])
    shares = table / totals[:, :, None]
    years = table.shape[1]
    season = shares.mean(axis=1, keepdims=True) if years > 1 else 1 / MONTHS
    variance = ((shares - season) ** 2).sum(axis=(1, 2)) / ((MONTHS - 1) * max(years - 1, 1))
    rest = np.maximum(shares[:, :, count:].sum(axis=2).mean(axis=1), LEAST_REST)
    together = TOGETHER * (1 + LATE * count / MONTHS)
    step = together * np.sqrt(1 + 1 / years) * (1.0 if years > 1 else ONE_YEAR)  # the season too is a mean of few
    return np.asarray(np.minimum(step * (MONTHS - count) * np.sqrt(variance) / rest, MOST_ERROR))
