"""What the plans may cost by the spread of results that the history shows.

Each rep's year is taken in a few equally likely outcomes, his own months as uneven as they were last year; each is
paid by the plans. The team's cost follows from many years, drawn alike in every run, in which a part of the luck is
shared by all: the company's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import TOTAL
from salesplan.commission.cost.made_up import Past, Scene, last_year, scaled
from salesplan.commission.year import Year
from salesplan.money import MICRO, Integers
from salesplan.terms.commission import CommissionPlan

Real = NDArray[np.float64]

OUTCOMES = ((500, 20), (2_000, 10), (10**9, 5))  # equally likely years per rep, by the number of reps
DEGREES = 5  # of Student's t: two yearly errors and three, as the odds of the quotas take them
EDGE = 0.9  # of what may come, the interval of the outlook ends here and as far below
SHARED = 0.5  # part of the company's own variance that hits every rep, as the odds of the quotas take it
MOST_SHARED = 0.9
MOST = 3.0  # times the quota
MOST_SWING = 4.0  # of a month against the company's rhythm
YEARS = (400, 4_000)  # years drawn for the team: fewer the more reps there are
DRAWS = 4_000_000
SEED = 20270101
LOW, HIGH = 0.1, 0.9
COLUMNS = [
    "rep", "attainment", "attainment_low", "attainment_high", "commission", "low", "median", "high", "sales",
    "cost_ratio", "pay", "assumed",
]  # fmt: skip


class Outlook(NamedTuple):
    """Attainment that each rep is expected to reach and its spread, as shares of his quota."""

    reps: "pd.Index[Any]"
    expected: Real
    spread: Real  # of Student's t
    shared: Real  # part of the variance that all reps share
    assumed: NDArray[np.bool_]  # nothing is known of the rep: he is taken for a usual one


def outlook(past: Past) -> Outlook | None:
    """What is known of the reps with a quota; None where nothing is expected of anybody.

    A rep of whom nothing is expected is given the median of the others.
    """
    if past.outlook is None or past.outlook.empty:
        return None
    known = past.outlook[(past.outlook["quota"] > 0) & (past.outlook["rep"] != TOTAL)].sort_values("rep")
    names = ("quota", "expected", "amount_low", "amount_high")
    quota, mean, low, high = (known[name].astype("Float64").to_numpy(np.float64, na_value=np.nan) for name in names)
    expected, spread = mean / quota, (high - low) / quota / 2 / _edge()
    assumed = ~(np.isfinite(expected) & np.isfinite(spread) & (expected > 0))
    if assumed.all():
        return None
    expected = np.where(assumed, np.median(expected[~assumed]), expected)
    spread = np.where(assumed, np.median(spread[~assumed]), spread)
    common = SHARED * _company(past) ** 2 / np.maximum(spread / expected, 1e-9) ** 2
    return Outlook(pd.Index(known["rep"].astype(str)), expected, spread, np.minimum(common, MOST_SHARED), assumed)


def _edge() -> float:
    return float(_student(np.array([EDGE]))[0])


def _student(chances: Real) -> Real:
    from scipy.special import stdtrit  # slow to import

    return np.asarray(stdtrit(DEGREES, chances))


def _company(past: Past) -> float:
    """The spread of the company's year as a logarithm; 0 where it is unknown."""
    if past.company is None:
        return 0.0
    rows = past.company[past.company["scope"] == "company"][["low", "high"]].dropna().astype("float64")
    if rows.empty or rows.iloc[0].min() <= 0:
        return 0.0
    return float(np.log(rows["high"].iloc[0] / rows["low"].iloc[0]) / 2 / _edge())


def outcomes(found: Outlook) -> Real:
    """Equally likely attainments, reps x outcomes, in order, from nothing to three times the quota."""
    count = next(count for most, count in OUTCOMES if len(found.reps) <= most)
    place = _student((np.arange(count) + 0.5) / count)
    return np.clip(found.expected[:, None] + found.spread[:, None] * place[None, :], 0.0, MOST)


def scenes_of(lines: pd.DataFrame, found: Outlook, past: Past, year: Year) -> list[Scene]:
    """The outcomes as made-up years: the quota's rhythm, each month as far off it as the rep's was last year."""
    uneven = swing(lines, past, year)
    place = found.reps.get_indexer(pd.Index(lines["rep"]))
    own, swings = lines[place >= 0].reset_index(drop=True), uneven[place >= 0]
    table = outcomes(found)[place[place >= 0]]
    return [Scene("outcome", scaled(own, micro(table[:, n] * swings))) for n in range(table.shape[1])]


def micro(factors: Real) -> Integers:
    """Factors in millionths, rounded up so that a boundary met is met."""
    return np.ceil(np.round(factors * MICRO, 6)).astype(np.int64)


def swing(lines: pd.DataFrame, past: Past, year: Year) -> Real:
    """Factor of each line's month: the rep's share of his last year over the company's, his year kept whole.

    Factors lie between 0 and 4; 1 for a rep who did not sell in every quarter of last year.
    """
    months = list(year.months)
    sold = last_year(past, year)
    grid = sold.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0)
    grid = grid.reindex(columns=months, fill_value=0).astype("float64")
    whole = grid[(grid.T.groupby(np.arange(len(months)) // 3).sum().T > 0).all(axis=1)].clip(lower=0.0)
    if whole.empty:
        return np.ones(len(lines))
    company = grid.sum().clip(lower=1.0)
    factor = (whole.div(whole.sum(axis=1), axis=0) / (company / company.sum())).clip(upper=MOST_SWING)
    row, column = factor.index.get_indexer(pd.Index(lines["rep"])), factor.columns.get_indexer(pd.Index(lines["month"]))
    raw = np.where(row >= 0, factor.to_numpy()[row, column], 1.0)
    quota = lines["amount"].to_numpy(dtype=np.float64)
    sums = pd.DataFrame({"rep": lines["rep"].to_numpy(), "quota": quota, "swung": quota * raw})
    total = sums.groupby("rep")[["quota", "swung"]].transform("sum")
    return np.where(total["swung"] > 0, raw * total["quota"] / total["swung"].where(total["swung"] > 0, 1.0), 1.0)


def spread(paid: pd.DataFrame, found: Outlook) -> pd.DataFrame:
    """What each rep and the team may cost: int64 fen, one row per rep and the last `(total)`.

    `paid`: of the outcomes (`stage.paid`). Columns: rep, attainment (expected, with amounts of one in ten below and
    above: attainment_low, attainment_high), commission (mean), low, median, high (one year in ten costs less, more),
    sales and pay (means), cost_ratio = commission / sales, assumed (nothing was known of the rep).
    """
    tables = {name: _by_outcome(paid, name, found) for name in ("commission", "sales", "pay")}
    means = {name: np.round(table.mean(axis=1)).astype(np.int64) for name, table in tables.items()}
    ends = {
        name: _quantile(tables["commission"], part) for name, part in (("low", LOW), ("median", 0.5), ("high", HIGH))
    }
    away = found.spread * _edge()
    quota = np.array(paid.groupby("rep")["quota"].max().reindex(found.reps).fillna(0), dtype=np.float64)
    reps = pd.DataFrame(
        {
            "rep": found.reps.astype("str"),
            "attainment": found.expected,
            "attainment_low": np.maximum(found.expected - away, 0.0),
            "attainment_high": found.expected + away,
            **means,
            **ends,
            "assumed": found.assumed,
        }
    )
    team = _team(tables, found, quota)
    both = pd.concat(
        [reps, team.assign(**{name: int(reps[name].sum()) for name in means}, assumed=False)], ignore_index=True
    )
    return both.assign(cost_ratio=both["commission"] / both["sales"].where(both["sales"] > 0))[COLUMNS]


def nothing() -> pd.DataFrame:
    """The result where nothing is expected of anybody."""
    kinds = {
        "rep": "str",
        "assumed": "bool",
        **dict.fromkeys(("commission", "low", "median", "high", "sales", "pay"), "int64"),
    }
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "float64")) for name in COLUMNS})


def _by_outcome(paid: pd.DataFrame, name: str, found: Outlook) -> Real:
    """One figure as reps x outcomes."""
    wide = paid.pivot_table(index="rep", columns="scene", values=name, aggfunc="sum")
    return wide.reindex(found.reps).fillna(0).to_numpy(dtype=np.float64)


def _quantile(table: Real, part: float) -> Integers:
    return np.round(np.quantile(table, part, axis=1)).astype(np.int64) if table.size else np.zeros(0, dtype=np.int64)


def _team(tables: "dict[str, Real]", found: Outlook, quota: Real) -> pd.DataFrame:
    """The team's commission and attainment over the years drawn."""
    picked = years_drawn(found, tables["commission"].shape[1])
    rows = np.arange(len(found.reps))
    cost, sold = (np.array([tables[name][rows, year].sum() for year in picked]) for name in ("commission", "sales"))
    reached = sold / max(float(quota.sum()), 1.0)
    ends = {
        name: round(float(np.quantile(cost, part))) for name, part in (("low", LOW), ("median", 0.5), ("high", HIGH))
    }
    low, high = (float(np.quantile(reached, part)) for part in (LOW, HIGH))
    told = {"rep": TOTAL, "attainment": float(reached.mean()), "attainment_low": low, "attainment_high": high, **ends}
    return pd.DataFrame([told])


def years_drawn(found: Outlook, count: int) -> NDArray[np.int64]:
    """Which outcome each rep has in each year drawn, years x reps: the same in every run.

    A rep's luck = root of the shared part x the luck of the year + root of the rest x his own, both normal.
    """
    from statistics import NormalDist

    reps = len(found.reps)
    years = int(np.clip(DRAWS // max(reps, 1), *YEARS))
    source = np.random.default_rng(SEED)
    common = source.standard_normal(years)[:, None]
    luck = source.standard_normal((years, reps))
    luck = np.sqrt(found.shared) * common + np.sqrt(1 - found.shared) * luck
    edges = [NormalDist().inv_cdf(n / count) for n in range(1, count)]
    return np.searchsorted(edges, luck).astype(np.int64)


def tiers_expected(plans: Sequence[CommissionPlan], found: Outlook, of_plan: "pd.Series[Any]") -> pd.DataFrame:
    """How many reps are expected to end the year in each tier.

    Columns: plan, attainment (where the tier begins), rate, reps (expected number), reps_share (of the plan's). For
    plans by attainment, by the whole year's attainment: the chance of each rep to end between two boundaries,
    summed. `of_plan`: the plan's name by rep. Curves count by their points.
    """
    from scipy.special import stdtr  # slow to import

    rows: list[pd.DataFrame] = []
    on = of_plan.reindex(found.reps).to_numpy(dtype=object)
    for plan in plans:
        steps = _steps(plan)
        own = on == plan.name
        if not steps or not own.any():
            continue
        away = np.array([float(begin) for begin, _ in steps])[None, :] - found.expected[own][:, None]
        above = np.hstack(
            [stdtr(DEGREES, -away / np.maximum(found.spread[own], 1e-9)[:, None]), np.zeros((own.sum(), 1))]
        )
        above[:, 0] = 1.0
        reps = (above[:, :-1] - above[:, 1:]).sum(axis=0)
        begins, rates = zip(*steps, strict=True)
        told = {"plan": plan.name, "attainment": [float(b) for b in begins], "rate": rates, "reps": reps}
        rows.append(pd.DataFrame({**told, "reps_share": reps / own.sum()}))
    return pd.concat(rows, ignore_index=True) if rows else no_tiers()


def _steps(plan: CommissionPlan) -> "list[tuple[Any, float]]":
    """Where each tier by attainment begins and its rate; a curve's points have none."""
    if plan.measure != "attainment":
        return []
    if plan.curve is None:
        return [(tier.from_, float(tier.rate)) for tier in plan.tiers]
    below = [] if plan.curve.points[0].at == 0 else [(0, float("nan"))]
    return [*below, *((point.at, float("nan")) for point in plan.curve.points)]


def no_tiers() -> pd.DataFrame:
    """The result for no plan by attainment."""
    kinds = {"plan": "str", "attainment": "float64", "rate": "float64", "reps": "float64", "reps_share": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
