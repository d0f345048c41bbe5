"""What each rep is paid each month: base pay by components, commission released, draw."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.year import Ledger, Year
from salesplan.money import MICRO, Integers, half_away, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan, Draw

SALES = "sales"


def base_pay(full: Integers, weight: Decimal, actual: Integers, standard: Integers) -> Integers:
    """Pay of one component: base pay x weight x min(actual / standard, 1), rounded once, half away from zero.

    A standard of zero asks for nothing and counts as met; a negative actual as zero.
    """
    micro = to_micro(weight)
    met = (standard <= 0) | (actual >= standard)
    done = np.where(met, 1, np.maximum(actual, 0))
    asked = np.where(met, 1, standard)
    rows = zip(full.tolist(), done.tolist(), asked.tolist(), strict=True)
    return np.array([half_away(pay * micro * part, MICRO * whole) for pay, part, whole in rows], dtype=np.int64)


def base_pays(grid: pd.DataFrame, plan: CommissionPlan, ledger: Ledger, year: Year) -> pd.DataFrame:
    """Base pay per rep and month. `grid`: rep, month, quota (0 unknown), actual. Adds base_pay, employed, unscored.

    The sales component is measured by attainment (met where there is no quota), others by `scores`; a component
    without a score counts as met (satisfaction: no complaint) and is counted in `unscored`. No pay before `start`
    or after `end`.
    """
    full, employed = _full_pay(grid, ledger.reps, year)
    total = np.zeros(len(grid), dtype=np.int64)
    unscored = np.zeros(len(grid), dtype=np.int64)
    for name in sorted(plan.base_pay.components):
        if name == SALES:
            actual, standard = grid["actual"].to_numpy(), grid["quota"].to_numpy()
        else:
            actual, standard = _scores(grid, ledger.scores, name)
            unscored += (standard < 0) & (name != "satisfaction") & (full > 0)
        total += base_pay(full, plan.base_pay.parts[name].weight, actual, standard)
    return grid.assign(base_pay=total, employed=employed, unscored=unscored)


def _full_pay(grid: pd.DataFrame, reps: pd.DataFrame | None, year: Year) -> tuple[Integers, Any]:
    """Base pay of the spell that covers part of each month; 0 without one."""
    pay, employed = np.zeros(len(grid), dtype=np.int64), np.zeros(len(grid), dtype=bool)
    if reps is None:
        return pay, ~employed
    for month in year.closed:
        first, last = (pd.Timestamp(day) for day in calendar.month_span(month, year.cutoff))
        spells = reps[spells_within(reps, first, last)].drop_duplicates("rep", keep="last").set_index("rep")
        rows = (grid["month"] == month).to_numpy()
        of_month = grid["rep"][rows]
        if "base_pay" in spells:
            pay[rows] = of_month.map(spells["base_pay"].astype("Int64")).fillna(0).to_numpy(dtype=np.int64)
        employed[rows] = of_month.isin(spells.index)
    return pay, employed


def spells_within(reps: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> "pd.Series[Any]":
    """Whether each spell has a day between two dates; an unknown start or end is open."""
    within = pd.Series(data=True, index=reps.index)
    if "start" in reps:
        within &= ~(reps["start"] > last)
    if "end" in reps:
        within &= ~(reps["end"] < first)
    return within


def _scores(grid: pd.DataFrame, scores: pd.DataFrame | None, component: str) -> tuple[Integers, Integers]:
    """Actual and standard of a component in millionths; standard -1 where there is no score."""
    blank = np.full(len(grid), -1, dtype=np.int64)
    if scores is None:
        return blank, blank
    own = scores[scores["component"] == component].groupby(["rep", "month"])[["actual", "standard"]].sum(min_count=1)
    found = grid[["rep", "month"]].merge(own.reset_index(), how="left", on=["rep", "month"])
    known = (found["actual"].notna() & found["standard"].notna()).to_numpy()
    micro = [
        (found[name].astype("float64").fillna(0.0) * MICRO).round().to_numpy().astype(np.int64)
        for name in ("actual", "standard")
    ]
    return np.where(known, micro[0], -1), np.where(known, micro[1], -1)


def draws(commission: Integers, draw: Draw | None, employed: Any) -> tuple[Integers, Integers]:
    """Draw and its balance, reps x months: an advance (+) up to the draw, a recovery (-) from what is above it.

    `commission` is released + clawback. Only a recoverable draw has a balance; it is recovered from later
    commission above the draw, so that the month itself never falls below it.
    """
    paid, owed = np.zeros_like(commission), np.zeros_like(commission)
    if draw is None:
        return paid, owed
    least, balance = to_fen(draw.amount), np.zeros(len(commission), dtype=np.int64)
    for month in range(commission.shape[1]):
        over = commission[:, month] - least
        advance = np.where(employed[:, month], np.maximum(-over, 0), 0)
        recovery = np.minimum(balance, np.maximum(over, 0))
        balance = balance + (advance if draw.recoverable else 0) - recovery
        paid[:, month], owed[:, month] = advance - recovery, balance
    return paid, owed


def carry(payable: Integers) -> tuple[Integers, Integers]:
    """What earlier months left to recover (<= 0) and what is paid out (>= 0), reps x months."""
    before, out = np.zeros_like(payable), np.zeros_like(payable)
    left = np.zeros(len(payable), dtype=np.int64)
    for month in range(payable.shape[1]):
        before[:, month] = left
        out[:, month] = np.maximum(payable[:, month] + left, 0)
        left = np.minimum(payable[:, month] + left, 0)
    return before, out
