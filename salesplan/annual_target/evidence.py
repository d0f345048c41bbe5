"""Estimates beside the levels, each with an interval, and their weighted value."""

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from salesplan.annual_target.intervals import Estimate, around, declared
from salesplan.annual_target.ladder import grown, rungs, whole
from salesplan.annual_target.outlook import Trend
from salesplan.terms.estimates import BreakevenEstimate, Estimates, MarketEstimate

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
    months: pd.DataFrame | None = None,
    trend: Trend | None = None,
    measured: Mapping[str, Estimate | None] | None = None,
) -> pd.DataFrame:
    """Table `annual_target_estimates`: what each kind of evidence says, and how far each level lies from it.

    `months` is the frame of `monthly`, `measured` holds `capacity`, `customers`, `pipeline` where they are known. One
    row per declared estimate whose data are known: `estimate`, `value`, `low`, `high` (Int64 fen; 80 %, NA where
    nothing is known of the error), `weight`, and per level `gap_<level>` = level - value (Int64 fen). The last row
    `weighted` is sum(weight x value) / sum(weight), rounded half away from zero; its ends are weighted the same way,
    as if all estimates erred in the same direction, an estimate without interval counting as certain.
    """
    found = _found(terms, last_year=last_year, months=months, trend=trend, measured=measured or {})
    weights = {name: Fraction(getattr(terms, name).weight) for name in found}
    total = sum(weights.values(), Fraction(0))
    if total:
        found[WEIGHTED] = _weighted(found, weights)
        weights[WEIGHTED] = total
    rows = [(name, *one, float(weights[name])) for name, one in found.items()]
    frame = pd.DataFrame(rows, columns=["estimate", "value", "low", "high", "weight"])
    typed = frame.astype({"value": "Int64", "low": "Int64", "high": "Int64", "weight": "float64"})
    return typed.assign(**{f"gap_{level}": -(typed["value"] - amount) for level, amount in rungs(ladder)})


def _found(
    terms: Estimates,
    *,
    last_year: int | None,
    months: pd.DataFrame | None,
    trend: Trend | None,
    measured: Mapping[str, Estimate | None],
) -> dict[str, Estimate]:
    """Each declared estimate that can be made, in the order in which people read them."""
    known: dict[str, Estimate | None] = {
        "growth": _growth(terms, last_year, months),
        "trend": Estimate(trend.expected, *trend.interval()) if trend else None,
        "breakeven": declared(breakeven_sales(terms.breakeven), terms.breakeven.range) if terms.breakeven else None,
        "market": _market(terms.market) if terms.market else None,
        **{name: measured.get(name) for name in ("capacity", "customers", "pipeline")},
    }
    return {name: one for name, one in known.items() if one is not None and getattr(terms, name)}


def _growth(terms: Estimates, last_year: int | None, months: pd.DataFrame | None) -> Estimate | None:
    """Last year's actual at the growth asked for; errors: each past year's growth against the mean before it."""
    if terms.growth is None or last_year is None:
        return None
    value = whole(grown(last_year, terms.growth.rate))
    if months is None:
        return Estimate(value)
    totals = months.sum(axis=1).tolist()
    steps = [math.log(b / a) for a, b in pairwise(totals) if a > 0 and b > 0]
    errors = [steps[n] - math.fsum(steps[:n]) / n for n in range(1, len(steps))]
    return around(value, errors, months)


def _market(terms: MarketEstimate) -> Estimate:
    """Size x share, at the declared ends of both."""
    sizes, shares = terms.size_range, terms.share_range
    ends = [
        whole(Fraction(size) * CENT * Fraction(share))
        for size, share in (
            (terms.size, terms.share),
            (sizes.low if sizes else terms.size, shares.low if shares else terms.share),
            (sizes.high if sizes else terms.size, shares.high if shares else terms.share),
        )
    ]
    return Estimate(*ends) if sizes or shares else Estimate(ends[0])


def _weighted(found: Mapping[str, Estimate], weights: Mapping[str, Fraction]) -> Estimate:
    total = sum(weights.values())
    value, low, high = (
        whole(sum((weights[name] * _end(one, end) for name, one in found.items()), Fraction(0)) / total)
        for end in range(3)
    )
    uncertain = any(one.low is not None and weights[name] for name, one in found.items())
    return Estimate(value, low, high) if uncertain else Estimate(value)


def _end(one: Estimate, place: int) -> int:
    found = one[place]
    return one.value if found is None else found


def distances(made: pd.DataFrame, ladder: pd.DataFrame) -> pd.DataFrame:
    """How far each level lies from each estimate, and whether the estimate carries it.

    `made` is the frame of `estimates`. One row per estimate and level: `estimate`, `level`, `gap` = level - value
    (int64 fen), `distance_share` = gap / value (NaN without a value), `state`: `carried` (the value reaches the level),
    `within` (the level lies above it, within the interval), `beyond` (above the interval, or above where there is
    none). Break-even is a floor: it carries the levels at or above it.
    """
    names, values = (made[name].tolist() for name in ("estimate", "value"))
    rows = [
        (name, level, amount - value, amount / value - 1 if value else math.nan, _state(made.iloc[place], amount))
        for place, (name, value) in enumerate(zip(names, values, strict=True))
        for level, amount in rungs(ladder)
    ]
    frame = pd.DataFrame(rows, columns=["estimate", "level", "gap", "distance_share", "state"])
    return frame.astype({"gap": "int64", "distance_share": "float64"})


def _state(one: Any, amount: int) -> str:
    floor = one["estimate"] == "breakeven"
    if amount == one["value"] or (amount > one["value"]) == floor:
        return "carried"
    end = one["low"] if floor else one["high"]
    inside = not pd.isna(end) and (amount >= end if floor else amount <= end)
    return "within" if inside else "beyond"


def left_out(terms: Estimates, made: pd.DataFrame) -> list[str]:
    """Names of the declared estimates for which the data are missing."""
    return [name for name in Estimates.model_fields if getattr(terms, name) and name not in set(made["estimate"])]
