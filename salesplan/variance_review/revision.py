"""The rolling revision: closed months become actual, the months to come take what is missing, the year stays."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import apportion
from salesplan.calendar import month_span
from salesplan.terms.variance_review import Revision
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.promises import Promised, promised

RULES = ("next_month", "seasonal", "even", "capacity")
CAPS = (Decimal("0.1"), Decimal("0.3"), Decimal(1))  # shown beside the plan's own
Whole = npt.NDArray[np.int64]


class Revised(NamedTuple):
    """The revised plan and what became of the difference, in fen."""

    table: pd.DataFrame  # month, original, actual (NA for months to come), revised
    missing: int  # target less actual of the closed months; negative is a surplus
    unplaced: int  # shortfall that the cap leaves no room for
    kept: int  # surplus on top of the year's target
    rule: str  # the rule that placed it: seasonal where capacity is asked for and not known
    promised: int = 0  # by how much promised months and reps raise the months to come (negative: lower them)

    @property
    def year(self) -> int:
        """The revised year: original + kept - unplaced."""
        return int(self.table["revised"].sum())


def revise(
    original: pd.Series,
    actual: pd.Series,
    rules: Revision,
    *,
    capacity: pd.Series | None = None,
    unit: int = 1,
    given: Promised | None = None,
) -> Revised:
    """Roll a plan forward: what the closed months lack is placed on the months to come.

    `original`: fen by the twelve month labels in order; `actual`: fen by the closed months, the first of the year;
    `capacity`: weights by month for that rule; `unit`: the money unit in fen, in which months to come move (actuals
    that are no multiple of it leave their odd fen on the first month with room for them).

    First stands what is promised (`given`): a promised month has its amount and takes no more, a rep's promise raises
    or lowers its month. What is then missing raises month m by at most cap x original(m), promises counted:
    `next_month` fills the months one after the other, `seasonal` spreads in proportion to the original, `even` in
    equal parts, `capacity` in proportion to what the reps can carry; what exceeds a month's cap goes to the others by
    the same rule. A surplus stays on top of the year; only `surplus="release"` takes it off the months to come, by the
    same rule and never below zero nor off what is promised.
    The year is original + kept - unplaced. Raises `ValueError` where the closed months do not come first.
    """
    closed = len(actual)
    if list(actual.index) != list(original.index[:closed]):
        raise ValueError("closed months must be the first months of the year, in order")
    ahead, missing = original.iloc[closed:], int(original.iloc[:closed].sum() - actual.sum())
    moved, open_to = _moved(ahead, given), _open_to(ahead, given)
    need = missing - int(moved.sum())
    weights, rule = _weights(ahead, rules.rule, capacity)
    rooms = np.where(open_to, _rooms(ahead, moved, need, rules, given), 0)
    change = _place(abs(need), weights, rooms, in_order=rule == "next_month", unit=unit)
    left = abs(need) - int(change.sum())
    revised = pd.concat([actual, ahead + moved + (1 if need > 0 else -1) * change])
    columns = {"original": original, "actual": actual.reindex(original.index).astype("Int64"), "revised": revised}
    table = pd.DataFrame(columns).astype({"original": "int64", "revised": "int64"}).rename_axis("month").reset_index()
    sides = {"unplaced": left if need > 0 else 0, "kept": left if need < 0 else 0}
    return Revised(table, missing, **sides, rule=rule, promised=int(moved.sum()))


def _moved(ahead: pd.Series, given: Promised | None) -> Whole:
    """By how many fen promises raise each month to come: its own, else those of its reps."""
    if given is None:
        return np.zeros(len(ahead), dtype="int64")
    by_reps = given.moved_by_month(list(ahead.index))
    own = given.months.reindex(ahead.index)
    moved = np.where(own.notna(), own.fillna(0).astype("int64") - ahead, by_reps)
    return np.asarray(moved, dtype="int64")


def _open_to(ahead: pd.Series, given: Promised | None) -> npt.NDArray[np.bool_]:
    """Which months to come are not promised as a whole."""
    closed = [] if given is None else list(given.months.index)
    return np.asarray(~ahead.index.isin(closed))


def _weights(ahead: pd.Series, rule: str, capacity: pd.Series | None) -> tuple[npt.NDArray[np.float64], str]:
    """Weights of the months to come, and the rule they follow."""
    seasonal = ahead.clip(lower=0).to_numpy(dtype="float64")
    if rule == "capacity":
        known = None if capacity is None else capacity.reindex(ahead.index).to_numpy(dtype="float64")
        if known is None or not np.isfinite(known).all() or not known.sum() > 0:
            return seasonal, "seasonal"
        return known, "capacity"
    return (seasonal if rule == "seasonal" else np.ones(len(ahead))), rule


def _rooms(ahead: pd.Series, moved: Whole, need: int, rules: Revision, given: Promised | None) -> Whole:
    """By how many fen each month to come may move beyond what is promised."""
    size: Whole = np.maximum(ahead.to_numpy(dtype="int64"), 0)
    if need > 0:
        return np.asarray(np.maximum(capped(size, rules.cap) - moved, 0))
    if need == 0 or rules.surplus != "release":
        return np.zeros(len(size), dtype="int64")
    held = 0 if given is None else given.held_by_month(list(ahead.index))
    return np.asarray(np.maximum(size - held, 0))


def capped(size: Whole, cap: Decimal) -> Whole:
    """Cap x each amount, in whole fen, rounded down."""
    part = Fraction(cap)
    flat = [int(fen) * part.numerator // part.denominator for fen in size.ravel()]
    return np.array(flat, dtype="int64").reshape(size.shape)


def _place(amount: int, weights: npt.NDArray[np.float64], rooms: Whole, *, in_order: bool, unit: int) -> Whole:
    """Place an amount on months by weight, none above its room: whole units, then the odd fen on one month."""
    rooms = np.where(weights > 0, rooms, 0)
    whole = rooms - rooms % unit
    odd = amount % unit
    total = min(amount - odd, int(whole.sum()))
    parts = _fill(total, whole) if in_order else _pour(total, weights, whole, unit)
    return parts + _on_first(odd, rooms - parts) if total == amount - odd else parts


def _on_first(odd: int, rooms: Whole) -> Whole:
    """The odd fen on the first month with room for all of them; nowhere without one."""
    parts = np.zeros(len(rooms), dtype="int64")
    parts[np.flatnonzero(rooms >= odd)[:1]] = odd
    return parts


def _fill(total: int, rooms: Whole) -> Whole:
    """Fill rooms one after the other."""
    before = np.cumsum(rooms) - rooms
    return np.asarray(np.clip(total - before, 0, rooms))


def _pour(total: int, weights: npt.NDArray[np.float64], rooms: Whole, unit: int) -> Whole:
    """Spread a total that fits by weight; what exceeds a room goes to the others, again by weight."""
    parts = np.zeros(len(rooms), dtype="int64")
    unfilled = np.ones(len(rooms), dtype=bool)
    while total > 0:
        share = apportion(total, np.where(unfilled, weights, 0.0), unit=unit)
        over = unfilled & (share >= rooms)
        if not over.any():
            return parts + share
        parts[over] = rooms[over]
        unfilled &= ~over
        total -= int(rooms[over].sum())
    return parts


def plan_revision(figures: Figures, rules: Revision, *, cutoff: int | None = None, unit: int = 1) -> Revised:
    """The revision of a plan: `variance_review_revision` in `table`, month by month in fen."""
    actual = amount_by(figures.actuals, "month").reindex(figures.closed, fill_value=0)
    capacity = None if figures.reps is None else capacity_by_month(figures.reps, figures.months, cutoff)
    given = promised(figures, rules.pins, cutoff=cutoff)
    return revise(figures.targets, actual, rules, capacity=capacity, unit=unit, given=given)


def capacity_by_month(reps: pd.DataFrame, months: list[str], cutoff: int | None = None) -> pd.Series | None:
    """What the reps can carry in each month: capacity of a year x share of the month's days they are there.

    Weights by month label; None where no rep's capacity is known.
    """
    if "capacity" not in reps or reps["capacity"].isna().all():
        return None
    full = reps["capacity"].astype("Int64").fillna(0).astype("int64")
    return pd.Series({month: _carried(full, reps, month, cutoff) for month in months})


def _carried(full: pd.Series, reps: pd.DataFrame, month: str, cutoff: int | None) -> float:
    """Capacity present in a month; summed in whole fen-days, so that the order of reps changes nothing."""
    first, last = (pd.Timestamp(day) for day in month_span(month, cutoff))
    start, end = pd.to_datetime(reps["start"]), pd.to_datetime(reps["end"])  # an unknown start or end is open
    days = (end.where(end < last, last) - start.where(start > first, first)).dt.days + 1
    return float((full * days.clip(lower=0)).sum() / ((last - first).days + 1))


def rule_grid(figures: Figures, rules: Revision, *, cutoff: int | None = None, unit: int = 1) -> pd.DataFrame:
    """The revision under each rule and several caps, beside the plan's own cap; `capacity` only where it is known.

    One row per `rule` and `cap_share` (of a month's target): `planned` (the plan's own), `amount_placed` and
    `amount_unplaced` in fen, the `month` that rises most (NA where none does) and its `rise_share` of its target.
    """
    rows = []
    for rule in RULES:
        for cap in sorted({rules.cap, *CAPS}):
            asked = rules.model_copy(update={"rule": rule, "cap": cap})
            revised = plan_revision(figures, asked, cutoff=cutoff, unit=unit)
            if revised.rule == rule:
                own = rule == rules.rule and cap == rules.cap
                rows.append({"rule": rule, "cap_share": float(cap), "planned": own, **outcome(revised)})
    return pd.DataFrame(rows)


def outcome(revised: Revised) -> dict[str, object]:
    """What a revision comes to: `amount_placed`, `amount_unplaced` (fen), the `month` that rises most, `rise_share`."""
    ahead = revised.table[revised.table["actual"].isna() & (revised.table["original"] > 0)]
    rise = (ahead["revised"] / ahead["original"] - 1.0).to_numpy(dtype="float64")
    rises = len(rise) > 0 and rise.max() > 0
    return {
        "amount_placed": max(revised.missing, 0) - revised.unplaced,
        "amount_unplaced": revised.unplaced,
        "month": ahead["month"].iloc[int(rise.argmax())] if rises else None,
        "rise_share": float(rise.max()) if rises else 0.0,
    }
