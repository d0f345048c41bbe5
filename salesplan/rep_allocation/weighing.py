"""What each rep weighs: shares of the bases, what stands in for missing data, and the blend."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.rep_allocation.roster import NOBODY, availability, year_before

BASES = ("history", "potential", "capacity", "equal")
# From the rep's own numbers to the weakest substitute; a rep shows the weakest that was used for him.
SUBSTITUTES = ("", "full_year", "inherited", "team_median", "median")
# A rep who could carry less than this part of last year has no history that could be carried to a full year.
KNOWN_YEAR = 0.5


class Weighing(NamedTuple):
    """Weights of the reps; all frames and series are indexed by rep, sorted."""

    shares: pd.DataFrame  # one column per base, each summing to 1; NaN throughout where the base is dropped
    weight: "pd.Series[float]"  # the blend, summing to 1
    replaced: "pd.Series[str]"  # code of the weakest substitute used for a rep, '' when all data are his own
    dropped: tuple[str, ...]  # bases that were asked for and have no data


def last_year_sales(history: pd.DataFrame, months: Sequence[str]) -> "pd.Series[Any]":
    """Sales of the year before the plan's by rep, int64 fen; only reps that occur in it."""
    recent = history.loc[history["month"].isin(year_before(months)) & ~history["rep"].isin(NOBODY)]
    return recent.groupby("rep", sort=True)["amount"].sum()


def part_of_last_year(
    reps: pd.DataFrame,
    months: Sequence[str],
    season: Sequence[int],
    ramp: Sequence[Decimal],
    *,
    cutoff: int | None = None,
) -> "pd.Series[float]":
    """Part of last year's season each rep could carry: sum of month share x availability; 1 for a whole year.

    `season` are the plan's twelve month totals. A rep whom the table does not show in last year has 1: his sales, if
    there are any, are taken as they are.
    """
    weights = np.asarray(season, dtype=np.float64)
    weights = weights if weights.sum() > 0 else np.ones(len(weights))
    there = availability(reps, year_before(months), ramp, cutoff=cutoff)
    part = pd.Series(there.to_numpy() @ weights / weights.sum(), index=there.index)
    return part.where(part > 0, 1.0)


def full_year_sales(sold: "pd.Series[Any]", part: "pd.Series[float]") -> "pd.Series[float]":
    """Last year's sales for a full year, fen: sales / part of the year; NaN when unknown or below half a year."""
    own = sold.reindex(part.index).astype("float64").clip(lower=0)
    return own.div(part).where(part >= KNOWN_YEAR)


def own_bases(people: pd.DataFrame, sales: "pd.Series[float]") -> pd.DataFrame:
    """What each rep has himself in each base, fen per full year; NaN where it is unknown.

    `people` as from `roster.listed`; `sales` by rep, for a full year. Columns history, potential, capacity, equal.
    """
    index = pd.Index(people["rep"], name="rep")
    given = {base: _numbers(people, base, index) for base in ("potential", "capacity")}
    return pd.DataFrame({"history": sales.reindex(index), **given, "equal": 1.0}, index=index)


def _filled(
    own: "pd.Series[float]", candidates: Mapping[str, "pd.Series[float]"]
) -> "tuple[pd.Series[float], pd.Series[int]]":
    """Own values, else the first candidate that knows one; and the rank of what was taken."""
    values, rank = own, pd.Series(0, index=own.index)
    for code, candidate in candidates.items():
        takes = values.isna() & candidate.notna()
        values, rank = values.where(~takes, candidate), rank.mask(takes, SUBSTITUTES.index(code))
    return values, rank


def _numbers(people: pd.DataFrame, column: str, index: pd.Index) -> "pd.Series[float]":
    """A money column of the reps as floats; NaN where it is unknown or not there."""
    if column not in people.columns:
        return pd.Series(np.nan, index=index)
    return pd.Series(people[column].astype("Float64").to_numpy(dtype="float64", na_value=np.nan), index=index)


def substituted(own: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bases without gaps, and per rep and base the rank (in `SUBSTITUTES`) of what was taken.

    A missing history becomes the inherited customers' (column `inherited` of `people`, when there), any gap the median
    of the team, else of all. A base nobody has data for stays unknown.
    """
    team = people["team"].set_axis(own.index).fillna("")
    filled, ranks = {}, {}
    for base in own.columns:
        candidates = {"inherited": _numbers(people, "inherited", own.index)} if base == "history" else {}
        candidates["team_median"] = own[base].groupby(team).transform("median").where(team != "")
        candidates["median"] = pd.Series(own[base].median(), index=own.index)
        filled[base], ranks[base] = _filled(own[base], candidates)
    return pd.DataFrame(filled), pd.DataFrame(ranks)


def weigh(
    people: pd.DataFrame, sales: "pd.Series[float]", part: "pd.Series[float]", weights: Mapping[str, Decimal]
) -> Weighing:
    """Blend the bases: weight = sum over bases of (normalised weight of the base) x (rep's share of the base).

    `people` from `roster.listed`, `sales` full-year sales by rep, `part` the part of last year each was there,
    `weights` by base. Bases without any data, or zero throughout, are dropped and the rest normalised; when none is
    left, parts are equal. Source: weighted fair share of territory and quota planning (history, opportunity, even,
    blended).
    """
    own = own_bases(people, sales)
    values, ranks = substituted(own, people)
    usable = [base for base in BASES if len(values) and values[base].sum() > 0]
    shares = values[usable].div(values[usable].sum()).reindex(columns=list(BASES))
    asked = [base for base in BASES if weights.get(base, Decimal(0)) > 0]
    counted = {base: float(weights[base]) for base in asked if base in usable} or {"equal": 1.0}
    scaled = own["history"].notna() & (part.reindex(own.index) < 1)
    ranks = ranks.assign(history=ranks["history"].mask(scaled, SUBSTITUTES.index("full_year")))
    replaced = ranks[list(counted)].max(axis=1).map(dict(enumerate(SUBSTITUTES))).astype("str")
    blend = sum((shares[base] * weight for base, weight in counted.items()), pd.Series(0.0, index=own.index))
    return Weighing(
        shares, blend / sum(counted.values()), replaced, tuple(base for base in asked if base not in usable)
    )
