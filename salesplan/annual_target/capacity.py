"""What the reps can carry: full quota, ramp and season; and what past years delivered of it."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from salesplan.annual_target.intervals import Estimate, around, declared
from salesplan.annual_target.ladder import whole
from salesplan.calendar import fiscal_months, month_of
from salesplan.terms.estimates import CapacityEstimate


def capacity_by_rep(
    reps: pd.DataFrame, shares: "pd.Series[float]", *, ramp: Sequence[Decimal], cutoff: int | None = None
) -> pd.DataFrame:
    """What each rep can carry in the year: full-year capacity x sum over months of share x ramp.

    `reps` has `rep`, `start`, `end`, `capacity` (fen per full year), one row per spell; `shares` the month shares by
    the plan's month labels; `ramp` the share of a full quota in the month of the rep's first start, the next, and so
    on, 1 afterwards. A rep without a known start is past his ramp; the month of the end counts. Returns one row per
    rep: `rep`, `capacity` (Int64 fen), `assumed` (capacity unknown: the median of those known), `served_share` (of the
    year's sales within his spells and ramp), `amount` (Int64 fen). No row where no capacity is known.
    """
    spells = _known(reps)
    if spells.empty:
        return _per_rep(spells, spells.assign(month="", served_share=0.0, amount=0.0))
    first = spells.groupby("rep")["start"].transform("min")
    dated = spells.assign(
        begin=month_of(spells["start"], cutoff).fillna(""),
        last=month_of(spells["end"], cutoff).fillna("9999-12"),
        ramped=month_of(first, cutoff).fillna("0001-01"),
    )
    grid = dated.merge(shares.rename("share").rename_axis("month").reset_index(), how="cross")
    live = grid[(grid["begin"] <= grid["month"]) & (grid["month"] <= grid["last"])]
    served = live["share"] * _ramp(live, ramp)
    return _per_rep(spells, live.assign(served_share=served, amount=live["capacity"].astype("float64") * served))


def _known(reps: pd.DataFrame) -> pd.DataFrame:
    """Spells with a capacity, the median where it is unknown; none where no capacity is known."""
    known = reps["capacity"].dropna().astype("float64")
    spells = reps[["rep", "start", "end", "capacity"]].head(0 if known.empty else len(reps))
    median = 0 if known.empty else whole(Fraction(known.median()))
    capacity = spells["capacity"].astype("Int64")
    return spells.assign(assumed=capacity.isna(), capacity=capacity.fillna(median))


def _ramp(live: pd.DataFrame, ramp: Sequence[Decimal]) -> "pd.Series[float]":
    """Share of a full quota by months since the rep's first start."""
    age = _month_number(live["month"]) - _month_number(live["ramped"])
    steps = dict(enumerate(map(float, ramp)))
    return age.map(steps).fillna(1.0)


def _month_number(labels: "pd.Series[str]") -> "pd.Series[int]":
    return labels.str[:4].astype("int64") * 12 + labels.str[5:7].astype("int64")


def _per_rep(spells: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    """Sums per rep; where two spells meet in a month, the one that carries more counts."""
    single = live.sort_values("amount").drop_duplicates(["rep", "month"], keep="last").sort_values(["rep", "month"])
    sums = single.groupby("rep")[["served_share", "amount"]].sum()
    reps = spells.groupby("rep").agg(capacity=("capacity", "max"), assumed=("assumed", "any"))
    frame = reps.join(sums).fillna({"served_share": 0.0, "amount": 0.0}).reset_index()
    return frame.assign(amount=frame["amount"].round()).astype(
        {"capacity": "Int64", "amount": "Int64", "served_share": "float64", "assumed": "bool"}
    )


def total_capacity(carried: pd.DataFrame) -> int | None:
    """What all reps carry together in fen, from the frame of `capacity_by_rep`; None without any."""
    return int(carried["amount"].sum()) if len(carried) else None


def delivered(
    reps: pd.DataFrame, years: pd.DataFrame, shares: "pd.Series[float]", *, ramp: Sequence[Decimal], cutoff: int | None
) -> pd.DataFrame:
    """What past years sold of what the team could have carried, by the same rule as `capacity_by_rep`.

    `years` is the frame of `yearly`, `shares` the plan's month shares (their labels name the fiscal year's first
    month). One row per complete year: `year`, `amount` (Int64 fen), `capacity` (int64 fen), `capacity_share` = amount /
    capacity. Years without capacity or sales are left out.
    """
    first_month = int(shares.index[0][5:7])
    rows = []
    for year, amount in years.loc[years["complete"], ["year", "amount"]].itertuples(index=False):
        then = shares.set_axis(pd.Index(fiscal_months(int(year), first_month), name="month"))
        carried = total_capacity(capacity_by_rep(reps, then, ramp=ramp, cutoff=cutoff)) or 0
        if carried > 0 and amount > 0:
            rows.append((int(year), int(amount), carried, amount / carried))
    frame = pd.DataFrame(rows, columns=["year", "amount", "capacity", "capacity_share"])
    return frame.astype({"year": "int64", "amount": "Int64", "capacity": "int64", "capacity_share": "float64"})


def capacity_estimate(
    carried: pd.DataFrame, past: pd.DataFrame, months: pd.DataFrame, terms: CapacityEstimate | None
) -> Estimate | None:
    """What the team can carry with an interval; frames of `capacity_by_rep`, `delivered`, `monthly`.

    The interval declared in `terms` counts first; else it comes from how the delivered share of the capacity moved
    between the years, each year's logarithm against the mean of the others'. None without any capacity.
    """
    total = total_capacity(carried)
    if total is None:
        return None
    if terms and terms.range:
        return declared(total, terms.range)
    logs = [math.log(share) for share in past["capacity_share"]]
    if len(logs) < 2:
        return Estimate(total)
    mean = math.fsum(logs) / len(logs)
    return around(total, [(log - mean) * len(logs) / (len(logs) - 1) for log in logs], months)
