"""Estimates beside the levels: growth, trend, break-even, market, capacity, and their weighted value."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from salesplan.annual_target.ladder import grown, rungs, whole
from salesplan.annual_target.outlook import Trend
from salesplan.calendar import month_of
from salesplan.terms.annual_target import BreakevenEstimate, Estimates

WEIGHTED = "weighted"
CENT = 100


def breakeven_sales(terms: BreakevenEstimate, *, profit: Decimal | None = None) -> int:
    """Sales in fen at which the profit is reached: (fixed cost + profit) / (1 - variable cost rate).

    `profit` defaults to the profit asked for; zero gives the break-even point itself.
    """
    asked = terms.profit if profit is None else profit
    return whole(Fraction(terms.fixed_cost + asked) * CENT / (1 - Fraction(terms.variable_cost_rate)))


def estimates(
    terms: Estimates,
    ladder: pd.DataFrame,
    *,
    last_year: int | None = None,
    trend: Trend | None = None,
    capacity: int | None = None,
) -> pd.DataFrame:
    """Table `annual_target_estimates`: what each kind of evidence says, and how far each level lies from it.

    One row per declared estimate whose data are known: `estimate`, `value`, `low`, `high` (Int64 fen; the interval of
    80 % is known for the trend alone), `weight`, and per level `gap_<level>` = level - value (Int64 fen). The last row
    `weighted` is sum(weight x value) / sum(weight), rounded half away from zero.
    """
    values = _values(terms, last_year=last_year, trend=trend, capacity=capacity)
    weights = {name: Fraction(getattr(terms, name).weight) for name in values}
    if sum(weights.values()):
        values[WEIGHTED] = whole(sum((weights[n] * values[n] for n in weights), Fraction(0)) / sum(weights.values()))
        weights[WEIGHTED] = sum(weights.values(), Fraction(0))
    bounds = {"trend": trend.interval()} if trend else {}
    rows = [(name, value, *bounds.get(name, (None, None)), float(weights[name])) for name, value in values.items()]
    frame = pd.DataFrame(rows, columns=["estimate", "value", "low", "high", "weight"])
    typed = frame.astype({"value": "Int64", "low": "Int64", "high": "Int64", "weight": "float64"})
    return typed.assign(**{f"gap_{level}": -(typed["value"] - amount) for level, amount in rungs(ladder)})


def _values(terms: Estimates, *, last_year: int | None, trend: Trend | None, capacity: int | None) -> dict[str, int]:
    """Value in fen of each declared estimate that can be made, in the order in which people read them."""
    found: dict[str, int | None] = {
        "growth": whole(grown(last_year, terms.growth.rate)) if terms.growth and last_year is not None else None,
        "trend": trend.expected if terms.trend and trend else None,
        "breakeven": breakeven_sales(terms.breakeven) if terms.breakeven else None,
        "market": whole(Fraction(terms.market.size) * CENT * Fraction(terms.market.share)) if terms.market else None,
        "capacity": capacity if terms.capacity else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def left_out(terms: Estimates, made: pd.DataFrame) -> list[str]:
    """Names of the declared estimates for which the data are missing."""
    return [name for name in Estimates.model_fields if getattr(terms, name) and name not in set(made["estimate"])]


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
