"""Quotas rep by month: weights and availability, through pins and bounds, to whole fen with both margins exact."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from salesplan.agreed import PLACE
from salesplan.apportion import MisfitError, apportion, apportion_table, fit_table
from salesplan.claims import Claim
from salesplan.errors import NAMED, Fault, PlanError, stop_on
from salesplan.money import from_fen, half_away
from salesplan.rep_allocation.agreements import People
from salesplan.rep_allocation.limits import FREE, Limits, amount_faults, limits, place_faults, room
from salesplan.rep_allocation.people.hierarchy import total_rate
from salesplan.terms.rep_allocation import RepAllocationTerms

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
SWEEPS = 5_000
THIN = 1e-6  # of the smallest wishes: what somebody without any carries


class Season(NamedTuple):
    """What is to be carried: the months of the plan year and their targets."""

    months: list[str]
    target: Fen  # by month


class Wishes(NamedTuple):
    """What each rep (row) is to carry in each month, of any scale, and how far he is there, 0 to 1."""

    wish: Real
    there: Real


class QuotaTable(NamedTuple):
    """Reps (rows, in the order given) by months (columns), int64 fen."""

    base: Fen  # sums to each month's target, less what nobody can serve
    amount: Fen  # the quota given: base with over-assignment
    unassigned: Fen  # by month: target of months in which nobody is there
    by_month: bool  # True: too few are there in some months, so each month is shared among those who are


class Workings(NamedTuple):
    """How a table of quotas came about; arrays reps x months in the order of the people, fen."""

    total: int  # sum of all quotas
    columns: Fen  # of each month
    limit: Limits  # least and most, and what is fixed
    seed: Real  # what each is to carry in the months that are not fixed, of one scale
    goal: Fen  # quota of the year by rep, before the months
    real: Real  # the months before rounding, fixed ones among them
    table: QuotaTable


def quota_total(target: int, rules: RepAllocationTerms, unit: int = 1) -> int:
    """Sum of all quotas, fen: target x (1 + all over-assignment), rounded half away from zero to the money unit.

    Example: 15,000,000 at 0.15 is 17,250,000, for 20 reps 862,500 each.
    """
    parts, whole = (1 + total_rate(rules)).as_integer_ratio()
    return half_away(target * parts, whole * unit) * unit


def fill_quotas(total: int, weights: Real, limit: Limits, *, labels: Sequence[str], unit: int = 1) -> Fen:
    """Split the sum of the quotas by weight within least and most of reps and teams (water-filling), exactly.

    Whoever falls below his least or above his most is set there, the rest is shared again by weight among the others,
    and rounded by largest remainder; teams likewise. Least and most must leave room (`limits.amount_faults`).

    Example: 100 over weights 1, 1, 2 with a most of 40: 30, 30, 40.
    """
    settled: dict[str, int] = {}
    names, quota = np.asarray(labels, dtype=object), np.zeros(len(weights), dtype=np.int64)
    while True:
        free = np.ones(len(weights), dtype=bool)
        for team in limit.teams:
            if team.name in settled:
                free &= ~team.rows
                quota[team.rows] = _filled(settled[team.name], weights, limit, team.rows, names, unit)
        quota[free] = _filled(total - sum(settled.values()), weights, limit, free, names, unit)
        under = {t.name: t.low for t in limit.teams if t.name not in settled and quota[t.rows].sum() < t.low}
        over = {t.name: t.high for t in limit.teams if t.name not in settled and quota[t.rows].sum() > t.high}
        if not under and not over:
            return quota
        sums = {team.name: int(quota[team.rows].sum()) for team in limit.teams}
        lifted, cut = (sum(abs(sums[name] - fen) for name, fen in side.items()) for side in (under, over))
        settled |= under if lifted >= cut else over


def _filled(total: int, weights: Real, limit: Limits, rows: NDArray[np.bool_], labels: NDArray[Any], unit: int) -> Fen:
    """Water-filling among some of the reps."""
    weights, low, high = weights[rows], limit.low[rows], limit.high[rows]
    quota, free = np.zeros(len(weights), dtype=np.int64), np.ones(len(weights), dtype=bool)
    while free.any():
        rest = total - int(quota.sum())
        shared = np.where(free, weights, 0.0) if weights[free].sum() > 0 else free.astype(np.float64)
        wish = rest * shared / shared.sum()
        under, over = free & (wish < low), free & (wish > high)
        if not (under | over).any():
            return quota + apportion(rest, shared, labels=labels[rows].tolist(), unit=unit)
        lifted, cut = (low - wish)[under].sum(), (wish - high)[over].sum()
        settled, at = (under, low) if lifted >= cut else (over, high)
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


def _rounded(seed: Real, rows: Fen, columns: Fen, unit: int) -> tuple[Real, Fen]:
    """Fit to both margins, then controlled rounding; rows and columns of zero stay zero."""
    real, table = np.zeros(seed.shape), np.zeros(seed.shape, dtype=np.int64)
    within = np.ix_(rows > 0, columns > 0)
    if rows.any():
        real[within] = fit_table(seed[within], rows[rows > 0], columns[columns > 0])
        table[within] = apportion_table(real[within], rows[rows > 0], columns[columns > 0], unit=unit)
    return real, table


def _boxed(seed: Real, rows: Fen, columns: Fen, limit: Limits, unit: int) -> tuple[Real, Fen]:
    """As `_rounded`, with months between their least and most."""
    floor, ceiling = np.where(seed > 0, limit.floor, 0), np.minimum(limit.ceiling, columns.sum())
    cells = fit_table(seed, rows, columns, lower=floor, upper=np.maximum(ceiling, floor)) - floor
    above = apportion_table(cells, rows - floor.sum(axis=1), columns - floor.sum(axis=0), unit=unit)
    return cells + floor, np.asarray(above + floor, dtype=np.int64)


def _base(amount: Fen, target: Fen, columns: Fen, unit: int) -> Fen:
    """The quotas less the over-assignment, month by month, each month exactly its target."""
    if (target == columns).all():
        return amount.copy()
    scale = np.divide(target, columns, out=np.zeros(len(target)), where=columns > 0)
    return round_rows_free(amount * scale, target, unit=unit)


def _by_season(goal: Fen, limit: Limits, seed: Real, columns: Fen, unit: int) -> tuple[Real, Fen]:
    """The quotas of the year over the months, around the cells that are fixed: before rounding and after."""
    rows, rest = goal - limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0)
    found = _boxed(seed, rows, rest, limit, unit) if limit.boxed else _rounded(seed, rows, rest, unit)
    return limit.agreed + found[0], limit.agreed + found[1]


def _by_month(limit: Limits, seed: Real, columns: Fen, unit: int) -> tuple[Real, Fen]:
    """Each month shared among those who are there; the quotas of the year follow, within least and most."""
    agreed, rest = limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0)
    cells = share_by_month(seed, limit.low - agreed, limit.high - agreed, rest)
    return limit.agreed + cells, limit.agreed + round_rows_free(cells, rest, unit=unit)


def quota_table(
    wishes: Wishes,
    season: Season,
    claims: Sequence[Claim] = (),
    *,
    rules: RepAllocationTerms,
    people: People,
    unit: int = 1,
) -> QuotaTable:
    """Quotas rep by month: level x (1 + over-assignment) x wish, through agreements and bounds.

    `season` holds the months' targets (fen). A quota of the year is in proportion to the sum of the rep's wishes; its
    months follow them, fitted to both margins. Where so few are there in some months that these quotas cannot carry
    them, each month is shared among those who are there (`by_month`). Months in which nobody is there stay
    `unassigned`. Raises `PlanError` with every agreement or bound that cannot be, and the amounts.
    """
    return quota_workings(wishes, season, claims, rules=rules, people=people, unit=unit).table


def quota_workings(
    wishes: Wishes,
    season: Season,
    claims: Sequence[Claim] = (),
    *,
    rules: RepAllocationTerms,
    people: People,
    unit: int = 1,
) -> Workings:
    """The same as `quota_table` with everything on the way; raises as it does."""
    wish, there = wishes
    served = np.where(there.any(axis=0), season.target, 0)
    total = quota_total(int(served.sum()), rules, unit)
    columns = apportion(total, served, labels=season.months, unit=unit)
    limit = limits(rules, claims, people, carried=there * columns > 0, most=total, unit=unit)
    stop_on(amount_faults(limit, people, columns, rules))
    seed = np.where(limit.fixed == FREE, _seed(wish, there, columns), 0.0)
    if not total:
        nothing = np.zeros(there.shape, dtype=np.int64)
        empty = QuotaTable(nothing, nothing, season.target - served, by_month=False)
        return Workings(total, columns, limit, seed, nothing.sum(axis=1), np.zeros(there.shape), empty)
    goal = fill_quotas(total, wish.sum(axis=1), limit, labels=people.reps, unit=unit)
    by_month = not room(seed > 0, goal - limit.agreed.sum(axis=1), columns - limit.agreed.sum(axis=0))
    if by_month:
        stop_on(place_faults(seed > 0, limit, season.months, columns))
        real, amount = _by_month(limit, seed, columns, unit)
    else:
        with misfits_told(people):
            real, amount = _by_season(goal, limit, seed, columns, unit)
    table = QuotaTable(_base(amount, served, columns, unit), amount, season.target - served, by_month)
    return Workings(total, columns, limit, seed, goal, real, table)


def _seed(wish: Real, there: Real, columns: Fen) -> Real:
    """The wishes; who wishes nothing still carries what nobody else is there to carry, or what his least asks for."""
    thin = there * columns / max(float((there * columns).sum()), 1.0)
    seed: Real = np.maximum(wish / wish.sum(), thin * THIN) if wish.any() else thin
    return seed


@contextmanager
def misfits_told(people: People) -> Iterator[None]:
    """What cannot be met within the months' least and most, as a fault with the amount, the reps and the months."""
    try:
        yield
    except MisfitError as error:
        reps = ", ".join(people.reps[row] for row in error.rows[:NAMED])
        months = ", ".join(people.months[month] for month in error.columns)
        values = {"over": from_fen(round(error.amount)), "reps": reps, "months": months}
        raise PlanError([Fault("limits_no_room", f"{PLACE} limits", None, values)]) from error


def base_of(amount: Fen, target: Fen, unit: int = 1) -> Fen:
    """The quotas less the over-assignment, month by month, each month exactly its target."""
    return _base(amount, target, amount.sum(axis=0), unit)
