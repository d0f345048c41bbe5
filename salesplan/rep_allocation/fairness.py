"""How hard each quota is, and how fair they are together: expectation, odds, and the measures of the fairness page."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from salesplan.odds import interval
from salesplan.rep_allocation.expectation import level_at, probability
from salesplan.rep_allocation.people.roster import year_before
from salesplan.terms.fairness import Fairness

COVERAGE = 0.8  # of the interval around the expectation
LIKELY = 0.5  # odds from which a quota is rather reached than not
FEWEST = 4  # reps below which a correlation says nothing
MORE_THAN_EXPECTED = 0.05  # the quotas may be so much less equal than what is expected of the reps
SIGNIFICANT = 0.95
COLUMNS = ["measure", "value", "rule", "limit", "count", "state"]

Real = NDArray[np.float64]


def outlook(
    summary: pd.DataFrame,
    year: pd.DataFrame,
    part: "pd.Series[float]",
    *,
    history: pd.DataFrame,
    months: Sequence[str],
) -> pd.DataFrame:
    """The reps with `last_year`, `expected`, its 80 % (`amount_low`, `amount_high`) and `amount_full_year`, expected of
    a full year (all fen), `quota_to_expected` and `probability`; NA where nothing is known.

    `summary` has `rep`, `quota`; by rep `year`, the expectation of a full year (`expectations`), and `part`, how much
    of such a year he can carry in the plan year. expected = mu of `year` x part + his deals planned apart
    (`amount_projects` of the summary, where it has it), which the past does not hold and the quotas do; probability =
    P(expected with Student's t errors reaches the quota).
    """
    index = pd.Index(summary["rep"])
    year = year.reindex(index)
    share = part.reindex(index).to_numpy(dtype=np.float64)
    mu, sigma = ((year[name].to_numpy() * share) for name in ("mu", "sigma"))
    mu = np.where(mu > 0, mu, np.nan) + projects_of(summary)
    degrees = year["degrees"].to_numpy()
    sold = history.loc[history["month"].isin(year_before(months))].groupby("rep")["amount"].sum()
    tail = (1 - COVERAGE) / 2
    return summary.assign(
        last_year=sold.reindex(index).astype("Int64").array,
        expected=_fen(mu),
        quota_to_expected=summary["quota"].to_numpy() / mu,
        probability=probability(summary["quota"], mu, sigma, degrees),
        amount_low=_fen(np.maximum(level_at(1 - tail, mu, sigma, degrees), 0.0)),
        amount_high=_fen(level_at(tail, mu, sigma, degrees)),
        amount_full_year=_fen(year["mu"].to_numpy()),
    )[_order(summary)]


def projects_of(reps: pd.DataFrame) -> NDArray[np.int64]:
    """Each rep's deals planned apart, fen; 0 where the table does not have them."""
    return reps["amount_projects"].to_numpy() if "amount_projects" in reps else np.zeros(len(reps), dtype=np.int64)


def regular(reps: pd.DataFrame) -> pd.DataFrame:
    """The table rep_allocation_reps with what is expected without the deals planned apart."""
    return reps.assign(expected=reps["expected"] - projects_of(reps))


def _fen(values: NDArray[Any]) -> Any:
    """Whole fen, NA where unknown."""
    return pd.Series(np.rint(values)).astype("Float64").astype("Int64").array


def _order(summary: pd.DataFrame) -> list[str]:
    first = ["rep", "name", "team", "manager", "quota", "base", "last_year", "expected", "quota_to_expected"]
    first = [*first, "probability", "amount_low", "amount_high", "amount_full_year"]
    return [*first, *(name for name in summary.columns if name not in first)]


def gini(values: ArrayLike) -> float:
    """Gini coefficient of the population: sum over pairs of |difference| / (2 n² mean).

    0: all alike, (n - 1) / n: one has all. NaN for no values or a sum that is not above 0. Example: `gini([1, 2, 3,
    4])` is 0.25.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count, total = len(ordered), ordered.sum()
    if not count or total <= 0:
        return float("nan")
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ ordered / (count * total))


def correlation(left: ArrayLike, right: ArrayLike, *, ranks: bool = False) -> tuple[float, int]:
    """Pearson's correlation over the pairs of which both are known, and their number; with `ranks` Spearman's.

    NaN for fewer than four pairs and where one side is all alike.
    """
    pairs = pd.DataFrame({"left": np.asarray(left, dtype=np.float64), "right": np.asarray(right, dtype=np.float64)})
    finite = np.isfinite(pairs.to_numpy()).all(axis=1)
    known = pairs.loc[finite].sort_values(["left", "right"])
    known = known.rank() if ranks else known
    if len(known) < FEWEST or known.std().min() <= 1e-12 * known.abs().to_numpy().max():
        return float("nan"), len(known)
    return float(np.corrcoef(known["left"], known["right"])[0, 1]), len(known)


def by_chance(count: int) -> float:
    """The largest correlation that so many pairs show by chance in 95 of 100 cases where there is none."""
    if count < FEWEST:
        return 1.0
    t = interval(0.0, 1.0, count - 2, SIGNIFICANT)[1]
    return float(t / np.sqrt(count - 2 + t * t))


class _Sizes(NamedTuple):
    """What the measures look at, one entry per rep, NaN where unknown."""

    quota: Real
    expected: Real
    ratio: Real  # quota to expected
    odds: Real
    potential: Real
    last: Real


def _sizes(reps: pd.DataFrame, people: pd.DataFrame) -> _Sizes:
    known = people.set_index("rep")["value_potential"] if "value_potential" in people else pd.Series(dtype="float64")
    columns = {name: reps[name] for name in ("quota", "expected", "quota_to_expected", "probability")}
    columns |= {"potential": reps["rep"].map(known), "last_year": reps["last_year"]}
    return _Sizes(*(_real(column) for column in columns.values()))


def _real(column: "pd.Series[Any]") -> Real:
    """A column as floats, NaN where unknown."""
    return np.asarray(column.astype("Float64").to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)


def fairness_table(reps: pd.DataFrame, people: pd.DataFrame, limits: Fairness) -> pd.DataFrame:
    """Table `rep_allocation_fairness`: one row per measure of how fair the quotas are together.

    `reps` the table rep_allocation_reps (with `peers.compared`), `people` from `people_table` (`value_potential`).
    Columns `measure`, `value` (number), `rule` (at_most, at_least or blank), `limit`, `count` (reps it rests on),
    `state` (ok, watch, unknown, blank where there is no limit). Attainment is expected / quota; territory size is the
    potential, else last year's sales. A correlation that should not be there counts from what is not chance.
    """
    sizes = _sizes(reps, people)
    rows = [*_stretch(sizes, limits), *_equality(sizes, limits), *_correlations(sizes, limits), *_apart(reps, limits)]
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    state = [_state(*row) for row in zip(table["value"], table["rule"], table["limit"], strict=True)]
    kinds = {"measure": "str", "value": "float64", "rule": "str", "limit": "float64", "count": "int64"}
    return table.astype(kinds).assign(state=pd.Series(state, dtype="str"))


def _state(value: float, rule: str, limit: float) -> str:
    if not rule:
        return ""
    if np.isnan(value):
        return "unknown"
    held = value <= limit + 1e-9 if rule == "at_most" else value >= limit - 1e-9
    return "ok" if held else "watch"


Row = tuple[str, float, str, float, int]


def _stretch(sizes: _Sizes, limits: Fairness) -> Iterator[Row]:
    known = np.isfinite(sizes.ratio)
    ratio, odds = sizes.ratio[known], sizes.odds[np.isfinite(sizes.odds)]
    whole = sizes.quota[known].sum() / sizes.expected[known].sum() if known.any() else np.nan
    yield "stretch", float(whole), "", np.nan, len(ratio)
    yield "stretch_spread", _spread(ratio), "at_most", float(limits.stretch_spread), len(ratio)
    yield "probability", float(np.median(odds)) if len(odds) else np.nan, "", np.nan, len(odds)
    yield "probability_spread", _spread(odds), "at_most", float(limits.probability_spread), len(odds)
    likely = float((odds >= LIKELY).mean()) if len(odds) else np.nan
    yield "likely_share", likely, "at_least", float(limits.likely_share), len(odds)


def _spread(values: Real) -> float:
    """Between 10 % and 90 % of the reps: a single one does not decide it."""
    return float(np.quantile(values, 0.9) - np.quantile(values, 0.1)) if len(values) else float("nan")


def _equality(sizes: _Sizes, limits: Fairness) -> Iterator[Row]:
    known = np.isfinite(sizes.expected)
    expected = gini(sizes.expected[known])
    yield "gini_quota", gini(sizes.quota[known]), "at_most", expected + MORE_THAN_EXPECTED, int(known.sum())
    yield "gini_expected", expected, "", np.nan, int(known.sum())
    yield "gini_stretch", gini(sizes.ratio[known]), "at_most", float(limits.gini), int(known.sum())


def _correlations(sizes: _Sizes, limits: Fairness) -> Iterator[Row]:
    least = float(limits.correlation)
    for name, other in (("quota_potential", sizes.potential), ("quota_last_year", sizes.last)):
        for ranks, kind in ((False, name), (True, f"{name}_rank")):
            value, count = correlation(sizes.quota, other, ranks=ranks)
            yield kind, value, "at_least", least, count
    size = sizes.potential if np.isfinite(sizes.potential).sum() >= FEWEST else sizes.last
    for ranks, kind in ((False, "attainment_size"), (True, "attainment_size_rank")):
        value, count = correlation(1 / sizes.ratio, size, ranks=ranks)
        yield kind, abs(value), "at_most", max(least, by_chance(count)), count


def _apart(reps: pd.DataFrame, limits: Fairness) -> Iterator[Row]:
    """Who is far from his peers, and how much of the quotas is by agreement and bounds rather than by the rule."""
    total, moved = float(reps["quota"].sum()), float((reps["quota"] - reps["amount_rule"]).clip(lower=0).sum())
    yield "far", float((reps["far"] != "").sum()), "at_most", 0.0, int((reps["peers"] != "").sum())
    share = moved / total if total else np.nan
    yield "exceptions", share, "at_most", float(limits.exceptions), len(reps)


def expected_parts(reps: pd.DataFrame, company: float | None) -> pd.DataFrame:
    """How what is expected of the reps adds up to what is expected of the company: part, amount (Int64 fen).

    `reps`: expected of the reps as planned; `projects`: their deals planned apart, which are in it and not in what the
    past makes expect of the company; `ramp`: what their territories would bring beyond the part of the year they can
    carry; `nobody`: what no rep of the plan year is expected to sell; `company` = reps - projects + ramp + nobody. No
    rows without an expectation of the company.
    """
    if company is None:
        return pd.DataFrame({"part": pd.Series(dtype="str"), "amount": pd.Series(dtype="Int64")})
    known = reps[reps["expected"].notna()]
    first, full = (int(known[name].sum()) for name in ("expected", "amount_full_year"))
    apart, whole = int(projects_of(known).sum()), round(company)
    ramp, nobody = full - (first - apart), whole - full
    amounts = {"reps": first, "projects": apart, "ramp": ramp, "nobody": nobody, "company": whole}
    return pd.DataFrame({"part": list(amounts), "amount": pd.array(list(amounts.values()), dtype="Int64")})


def same_periods(history: pd.DataFrame, quotas: pd.DataFrame, months: Sequence[str], years: int = 3) -> pd.DataFrame:
    """The same quarters of several years beside the quota, rep by rep: the evidence that nobody is favoured.

    `history`: month, rep, amount (fen); `quotas` one row per rep and month (rep, month, amount). Columns `rep`,
    `quarter` (1 to 4), `amount_<year>` (Int64 fen, oldest first; NA for a year of which the history has no month),
    `amount_average` of the years known, `quota`, `growth` on last year, `growth_average` on the average; only reps
    who have a quota, in their order.
    """
    there = set(history["month"].unique())
    backs = [back for back in range(years, 0, -1) if set(year_before(months, back)) & there]
    reps = pd.Index(np.unique(quotas["rep"].to_numpy(dtype=str)), name="rep")
    index = pd.MultiIndex.from_product([reps, list("1234")], names=["rep", "quarter"])
    quota = pd.Series(_quarters(quotas, reps, [months])[0], index=index)
    sums = _quarters(history, reps, [year_before(months, back) for back in backs])
    names = [f"amount_{int(months[0][:4]) - back}" for back in backs]
    table = pd.DataFrame(dict(zip(names, sums, strict=True)), index=index)
    average, last = table.mean(axis=1), table.iloc[:, -1] if len(backs) else pd.Series(np.nan, index=quota.index)
    money = table.assign(amount_average=average.round(), quota=quota).astype("Float64").astype("Int64")
    changes: dict[str, Callable[[], pd.Series[float]]] = {
        "growth": lambda: quota / last.where(last > 0) - 1,
        "growth_average": lambda: quota / average.where(average > 0) - 1,
    }
    return money.assign(**{name: change() for name, change in changes.items()}).reset_index()


def _quarters(frame: pd.DataFrame, reps: pd.Index, years: Sequence[Sequence[str]]) -> list[Real]:
    """Sums by rep and quarter (in one row), one array per year of twelve months; NaN where there is no line."""
    place = {month: 4 * year + number // 3 for year, labels in enumerate(years) for number, month in enumerate(labels)}
    codes, labels = pd.factorize(frame["month"])
    quarter = np.array([place.get(month, -1) for month in labels], dtype=np.int64)[codes]
    owner = reps.get_indexer(pd.Index(frame["rep"]))
    known = (quarter >= 0) & (owner >= 0)
    cell = owner[known] * 4 * len(years) + quarter[known]
    size = len(reps) * 4 * len(years)
    sums = np.bincount(cell, frame["amount"].to_numpy(dtype=np.float64)[known], size)
    grid = np.where(np.bincount(cell, minlength=size) > 0, sums, np.nan).reshape(len(reps), len(years), 4)
    return [grid[:, year].ravel() for year in range(len(years))]
