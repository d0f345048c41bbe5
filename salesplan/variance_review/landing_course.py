"""How the landing developed month by month, and where each rep and member lands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.calendar import fiscal_months
from salesplan.money import held, to_fen
from salesplan.odds import forecast
from salesplan.terms.plan import DIMENSIONS
from salesplan.variance_review.grid import listed_reps
from salesplan.variance_review.landing import Landing, Table, complete_years, history_of, landed
from salesplan.variance_review.measures import Figures, amount_by

COURSE = ["month", "level", "target", "expected", "low", "high", "probability"]
MEMBERS = ["dimension", "member", "target", "actual", "expected", "low", "high", "gap", "probability", "whole_years"]


def ladder(annual_target: pd.DataFrame) -> dict[str, int]:
    """The year's amount at every level in fen, the planned level first, from table `annual_target`."""
    amounts = annual_target[annual_target["indicator"] == "amount"]
    company = amounts[amounts["line"].fillna("") == ""] if "line" in amounts else amounts
    rows = company.sort_values("planned", ascending=False, kind="stable")
    return {str(level): to_fen(value) for level, value in zip(rows["level"], rows["value"], strict=True)}


def landing_course(
    figures: Figures, levels: Mapping[str, int], *, coverage: float = 0.8, exclude: Sequence[str] = ()
) -> pd.DataFrame:
    """Table `variance_review_landing`: the landing estimate as it was at the end of each closed month, by level.

    Made again from the data as they stand, with the months known then alone; no earlier run is needed. `levels`: the
    year of each level in fen, the planned one first. One row per closed month and level: `target` (of the year),
    `expected`, `low`, `high` (Int64 fen, NA where the history does not say) and `probability` that the level is
    reached.
    """
    history = history_of(figures, exclude)
    rows = []
    for count in range(1, len(figures.closed) + 1):
        then = replace(figures, closed=figures.closed[:count])
        for level, target in levels.items():
            found = landed(then, history, float(target), coverage)
            rows.append([figures.closed[count - 1], level, target, *_ends(found), found.probability])
    return _typed(pd.DataFrame(rows, columns=COURSE), COURSE[:2])


def _ends(found: Landing) -> list[int | None]:
    return [None if isnan(end) else held(end) for end in (found.expected, found.low, found.high)]


def landing_members(
    figures: Figures, *, coverage: float = 0.8, exclude: Sequence[str] = (), cutoff: int | None = None
) -> pd.DataFrame:
    """Table `variance_review_landing_members`: where each rep and each member of the first dimension lands.

    `dimension` is `rep` or the dimension, `target` the rep's quota or the member's year, `actual` to date, `expected`,
    `low`, `high` from the member's own whole years (`odds.forecast`, its own season), `gap` = expected - target, and
    the `probability` that the target is reached. A year is whole from the one on in which the member sold by its
    second month; without one nothing is foretold (a new rep's first months say little of his year). Members are
    foretold each by itself, so that they do not sum to the company's landing; quotas sum to more than the target where
    there is over-assignment. Fen; the largest gap below the target first.
    """
    if not figures.closed:
        return _typed(pd.DataFrame(columns=MEMBERS), MEMBERS[:2])
    parts = [
        _landed(name, target, facts, figures, coverage, exclude)
        for name, target, facts in _sides(figures, cutoff)
        if len(target)
    ]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=MEMBERS)
    return _typed(found[MEMBERS], MEMBERS[:2])


def _sides(figures: Figures, cutoff: int | None) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Dimension, targets (member x month) and the member of every fact: reps, then the plan's first dimension."""
    reps = listed_reps(figures, cutoff)
    quotas = figures.allocation[figures.allocation["rep"].isin(reps)]
    yield "rep", _across(quotas, "rep", reps, figures), figures.facts["rep"].where(figures.facts["rep"].isin(reps), "")
    for name in [column for column in figures.split if column in DIMENSIONS][:1]:
        sold = figures.facts[name].replace("", UNKNOWN)
        members = sorted(set(figures.split[name]) | set(sold[figures.facts["month"].isin(figures.closed)]))
        if set(members) - {UNKNOWN}:
            yield name, _across(figures.split, name, members, figures), sold


def _across(rows: pd.DataFrame, name: str, members: list[str], figures: Figures) -> pd.DataFrame:
    """Amounts of members by month of the year, zero where there is none."""
    cells = pd.MultiIndex.from_product([members, figures.months], names=[name, "month"])
    amounts = amount_by(rows, name, "month").reindex(cells, fill_value=0).to_numpy(dtype=np.float64)
    return pd.DataFrame(amounts.reshape(len(members), len(figures.months)), index=members, columns=figures.months)


def _landed(
    name: str, target: pd.DataFrame, member: pd.Series, figures: Figures, coverage: float, exclude: Sequence[str]
) -> pd.DataFrame:
    """One dimension: members grouped by how many whole years each has, so that each group is one forecast."""
    sold = _sold(figures, member, list(target.index), exclude)
    known = sold[:, -1, : len(figures.closed)]
    years, goal = _whole_years(sold[:, :-1]), target.sum(axis=1).to_numpy()
    actual = known.sum(axis=1)
    expected, low, high, odds = (np.full(len(goal), np.nan) for _ in range(4))
    for count in sorted(set(years.tolist()) - {0}):
        at = np.flatnonzero(years == count)
        year = forecast(sold[at, -1 - count : -1], known[at])
        expected[at], odds[at] = year.expected, year.reach(goal[at])
        low[at], high[at] = year.interval(coverage)
    odds = np.where(goal > 0, odds, np.nan)
    columns = {"expected": expected, "low": np.where(actual > 0, np.maximum(low, actual), low), "high": high}
    rows = pd.DataFrame({"member": target.index, "target": goal, "actual": actual, **columns, "probability": odds})
    rows = rows.assign(dimension=name, gap=rows["expected"] - goal, whole_years=years)
    return rows.assign(_gap=rows["gap"].round(2)).sort_values(["_gap", "member"], na_position="last")


def _sold(figures: Figures, member: pd.Series, members: list[str], exclude: Sequence[str]) -> Table:
    """Sales of members x complete years and this one x 12; excluded months as the company's year has them filled."""
    first_month, years = int(figures.months[0][5:]), complete_years(figures, exclude)
    labels = [label for year in years for label in fiscal_months(year, first_month)] + figures.months
    cells = pd.MultiIndex.from_product([members, labels], names=["member", "month"])
    amounts = figures.facts["amount"].groupby([member.rename("member"), figures.facts["month"]]).sum()
    table = amounts.reindex(cells, fill_value=0).to_numpy(dtype=np.float64).reshape(len(members), len(labels) // 12, 12)
    unknown = np.isin(np.array(labels), list(exclude)).reshape(-1, 12)[:-1]
    if not unknown.any():
        return np.asarray(table)
    company = history_of(figures, exclude)
    usual = np.where(unknown, company, 0.0) / np.maximum(np.where(unknown, 0.0, company).sum(axis=1), 1.0)[:, None]
    rest = np.where(unknown, 0.0, table[:, :-1]).sum(axis=2)[:, :, None]
    return np.concatenate([np.where(unknown, usual * rest, table[:, :-1]), table[:, -1:]], axis=1)


def _whole_years(past: Table) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """How many of the latest years each member has whole: from the first with sales in its first two months on."""
    years = past.shape[1]
    if not years:
        return np.zeros(len(past), dtype="int64")
    sells = (past != 0).any(axis=2)
    began = np.where(sells.any(axis=1), sells.argmax(axis=1), years)
    late = ~(past[np.arange(len(past)), np.minimum(began, years - 1), :2] != 0).any(axis=1)
    count = np.maximum(years - began - late, 0)
    latest = np.where(count > 0, past.sum(axis=(1, 2)), 0)
    return np.where(latest > 0, count, 0).astype("int64")


def _typed(frame: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    money = [name for name in ("expected", "low", "high", "gap") if name in frame]
    kinds = {**dict.fromkeys(texts, "str"), "target": "int64", "probability": "float64"}
    kinds |= {name: "int64" for name in ("actual", "whole_years") if name in frame}
    whole = {name: frame[name].astype("Float64").round() for name in money}
    return frame.assign(**whole).astype({**kinds, **dict.fromkeys(money, "Int64")}).reset_index(drop=True)
