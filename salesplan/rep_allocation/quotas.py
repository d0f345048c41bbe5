"""Quotas rep by month: weights and availability, through pins and bounds, to whole fen with both margins exact."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from salesplan.apportion import apportion, apportion_table, fit_table
from salesplan.errors import stop_on
from salesplan.money import MICRO, half_away, times_rate, to_micro
from salesplan.rep_allocation.limits import FREE, Limits, amount_faults, limits, pin_faults, place_faults, room
from salesplan.terms.rep_allocation import RepAllocationTerms

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
SWEEPS = 5_000


class Season(NamedTuple):
    """What is to be carried: the months of the plan year and their targets."""

    months: list[str]
    target: Fen  # by month


class QuotaTable(NamedTuple):
    """Reps (rows, in the order given) by months (columns), int64 fen."""

    base: Fen  # sums to each month's target, less what nobody can serve
    amount: Fen  # the quota given: base with over-assignment
    unassigned: Fen  # by month: target of months in which nobody is there
    by_month: bool  # True: too few are there in some months, so each month is shared among those who are


def quota_total(target: int, rules: RepAllocationTerms, unit: int = 1) -> int:
    """Sum of all quotas, fen: target x (1 + over-assignment), rounded half away from zero to the money unit.

    Example: 15,000,000 at 0.15 is 17,250,000, for 20 reps 862,500 each.
    """
    given = times_rate(np.array([target]), MICRO + to_micro(round(rules.over_assignment, 6)))
    return half_away(int(given[0]), unit) * unit


def fill_quotas(total: int, weights: Real, limit: Limits, *, labels: Sequence[str], unit: int = 1) -> Fen:
    """Split the sum of the quotas by weight within least and most (water-filling), exactly.

    Whoever falls below his least or above his most is set there, the rest is shared again by weight among the others,
    and rounded by largest remainder. Least and most must leave room for the total (`limits.amount_faults`).

    Example: 100 over weights 1, 1, 2 with a most of 40: 30, 30, 40.
    """
    quota, free = np.zeros(len(weights), dtype=np.int64), np.ones(len(weights), dtype=bool)
    while free.any():
        rest = total - int(quota.sum())
        shared = np.where(free, weights, 0.0) if weights[free].sum() > 0 else free.astype(np.float64)
        wish = rest * shared / shared.sum()
        under, over = free & (wish < limit.low), free & (wish > limit.high)
        if not (under | over).any():
            return quota + apportion(rest, shared, labels=labels, unit=unit)
        lifted, cut = (limit.low - wish)[under].sum(), (wish - limit.high)[over].sum()
        settled, at = (under, limit.low) if lifted >= cut else (over, limit.high)
        quota, free = np.where(settled, at, quota), free & ~settled
    return quota


def share_by_month(seed: Real, low: Fen, high: Fen, columns: Fen) -> Real:
    """Share each month among those who are there, by weight x availability, quotas between least and most.

    Months (columns) are met exactly; a rep's row is scaled only as far as his bounds ask for (scaling between bounded
    margins, alternating until it rests).
    """
    cells, across = seed, np.ones(len(columns))
    for _ in range(SWEEPS):
        sums = seed @ across
        down = np.divide(np.clip(sums, low, high), sums, out=np.zeros_like(sums), where=sums > 0)
        reached = down @ seed
        step = np.divide(columns, reached, out=np.zeros(len(columns)), where=reached > 0)
        cells = seed * down[:, None] * step
        if np.allclose(step, across, rtol=1e-13, atol=0):
            break
        across = step
    return cells


def round_rows_free(cells: NDArray[Any], columns: Fen, *, unit: int = 1) -> Fen:
    """Round a table to whole units with exact columns; every cell and every row sum goes to a neighbouring unit.

    The rows' fractions are put into a column of their own, so that both margins of the larger table are whole.
    """
    real = cells / unit
    sums = real.sum(axis=1)
    whole = np.where(np.abs(sums - np.rint(sums)) < 1e-3, np.rint(sums), np.ceil(sums)).astype(np.int64)
    spare = np.clip(whole - sums, 0.0, None)
    spare = np.where(spare < 1e-3, 0.0, spare)
    wide = np.column_stack([real, spare])
    return (
        apportion_table(wide, whole, np.append(columns // unit, whole.sum() - (columns // unit).sum()))[:, :-1] * unit
    )


def _rounded(seed: Real, rows: Fen, columns: Fen, unit: int) -> Fen:
    """Fit to both margins, then controlled rounding; rows and columns of zero stay zero."""
    table = np.zeros(seed.shape, dtype=np.int64)
    within = np.ix_(rows > 0, columns > 0)
    if rows.any():
        cells = fit_table(seed[within], rows[rows > 0], columns[columns > 0])
        table[within] = apportion_table(cells, rows[rows > 0], columns[columns > 0], unit=unit)
    return table


def _base(amount: Fen, target: Fen, columns: Fen, unit: int) -> Fen:
    """The quotas less the over-assignment, month by month, each month exactly its target."""
    if (target == columns).all():
        return amount.copy()
    scale = np.divide(target, columns, out=np.zeros(len(target)), where=columns > 0)
    return round_rows_free(amount * scale, target, unit=unit)


def _by_season(goal: Fen, limit: Limits, seed: Real, columns: Fen, unit: int) -> Fen:
    """The quotas of the year over the months, around the cells that are fixed."""
    free = _rounded(seed, goal - limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0), unit)
    return limit.agreed + free


def _by_month(weight: Real, limit: Limits, seed: Real, columns: Fen, unit: int) -> Fen:
    """Each month shared among those who are there; the quotas of the year follow, within least and most."""
    # A weight of zero still carries what nobody else is there to carry, or what his least asks for.
    lead = np.maximum(weight, weight.max() * 1e-6) if weight.any() else np.ones(len(weight))
    agreed, rest = limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0)
    cells = share_by_month(seed * lead[:, None], limit.low - agreed, limit.high - agreed, rest)
    return limit.agreed + round_rows_free(cells, rest, unit=unit)


def quota_table(
    weight: Real, there: Real, season: Season, *, rules: RepAllocationTerms, reps: Sequence[str], unit: int = 1
) -> QuotaTable:
    """Quotas rep by month: level x (1 + over-assignment) x weight x availability, through pins and bounds.

    `weight` by rep, `there` availability rep by month (0 to 1), `season` the months' targets (fen), `reps` the labels
    in the order of the rows. A quota of the year is in proportion to weight x sum over months of (month's share x
    availability); its months follow the season x availability, fitted to both margins. Where so few are there in some
    months that these quotas cannot carry them, each month is shared among those who are there (`by_month`). Months in
    which nobody is there stay `unassigned`. Raises `PlanError` with every pin or bound that cannot be, and the
    amounts.
    """
    stop_on(pin_faults(rules.pins, reps, season.months, unit))
    served = np.where(there.any(axis=0), season.target, 0)
    total = quota_total(int(served.sum()), rules, unit)
    columns = apportion(total, served, labels=season.months, unit=unit)
    limit = limits(rules, reps, season.months, carried=there * columns > 0, most=total, unit=unit)
    stop_on(amount_faults(limit, reps, season.months, columns))
    if not total:
        nothing = np.zeros(there.shape, dtype=np.int64)
        return QuotaTable(nothing, nothing, season.target - served, by_month=False)
    seed = np.where(limit.fixed == FREE, there * columns, 0.0)
    goal = fill_quotas(total, weight * (there @ columns / total), limit, labels=reps, unit=unit)
    by_month = not room(seed > 0, goal - limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0))
    if by_month:
        stop_on(place_faults(seed > 0, limit, season.months, columns))
    amount = _by_month(weight, limit, seed, columns, unit) if by_month else _by_season(goal, limit, seed, columns, unit)
    return QuotaTable(_base(amount, served, columns, unit), amount, season.target - served, by_month)
