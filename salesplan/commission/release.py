"""When earned commission is paid out, order by order, and what is taken back."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.dues import Settlement
from salesplan.commission.exact import cumulative, part_of
from salesplan.commission.year import NEVER
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan


def release(
    booked: pd.DataFrame, events: pd.DataFrame, plan: CommissionPlan, settlement: Settlement
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Released and clawed back per rep and month, and the state of each order at the end.

    `booked` as `earning.earn` returns it. What may have been paid on an order to date follows from its earned
    commission, what is due and what was paid; a month releases the rise (released >= 0) or takes back the fall
    (clawback <= 0). Returns (`rep`, `month`, released, clawback) and (`rep`, `okey`, earned, released), int64 fen.
    """
    told = booked.merge(events[["event", "rep", "okey", "invoiced"]], on="event")
    pairs = told[["rep", "okey"]].drop_duplicates().sort_values(["rep", "okey"], ignore_index=True)
    row = told.merge(pairs.reset_index(names="row"), on=["rep", "okey"])["row"].to_numpy()
    shape = (len(pairs), settlement.due.shape[1])
    earned = cumulative(row, told["month"], told["amount"], shape)
    free = entitled(earned, told, row, pairs, plan, settlement)
    change = np.diff(free, axis=1)
    reps, months = np.repeat(pairs["rep"].to_numpy(), shape[1] - 1), np.tile(np.arange(1, shape[1]), shape[0])
    moves = pd.DataFrame(
        {
            "rep": reps,
            "month": months,
            "released": np.maximum(change, 0).ravel(),
            "clawback": np.minimum(change, 0).ravel(),
        }
    )
    return moves.groupby(["rep", "month"]).sum().reset_index(), pairs.assign(earned=earned[:, -1], released=free[:, -1])


def entitled(
    earned: Integers,
    told: pd.DataFrame,
    row: Integers,
    pairs: pd.DataFrame,
    plan: CommissionPlan,
    settlement: Settlement,
) -> Integers:
    """What may have been paid out to date, pairs of rep and order x months; never above what is earned.

    `ordered`: all of it. `invoiced`: what stands on invoiced lines. `collected`: by `release`: all once the order
    (`order_full`), or every order of the rep's month (`month_full`), is fully paid; or in proportion to cash.
    """
    if plan.basis == "ordered":
        return earned
    if plan.basis == "invoiced":
        free = _on_invoices(told, row, earned.shape)
    else:
        free = _on_cash(earned, pairs, plan, settlement)
    return np.where(earned <= 0, earned, np.minimum(free, earned))  # nothing is held on what was taken back


def _on_invoices(told: pd.DataFrame, row: Integers, shape: Any) -> Integers:
    billed = np.where(told["back"], told["month"], np.maximum(told["month"], told["invoiced"]))
    counts = billed != NEVER
    known = cumulative(row[counts], billed[counts], told["amount"].to_numpy()[counts], shape)
    return np.maximum(known, 0)


def _on_cash(earned: Integers, pairs: pd.DataFrame, plan: CommissionPlan, settlement: Settlement) -> Integers:
    okey = pairs["okey"].to_numpy()
    due, paid = settlement.due[okey], settlement.paid[okey]
    full = paid >= due
    if plan.release == "month_full":
        full = _whole_months(full, pairs, settlement)
    if plan.release == "proportional" and plan.measure_basis != "collected":
        return np.where(due > 0, part_of(earned, np.maximum(paid, 0), np.maximum(due, 1)), earned)
    if plan.release == "proportional":  # credited as it was collected
        return earned
    return np.where(full, earned, 0)


def _whole_months(full: Any, pairs: pd.DataFrame, settlement: Settlement) -> Any:
    """Whether all orders of a rep's month are fully paid (S0, part four: 当月发生的销售务必全部收回后方可发放)."""
    at = settlement.orders["at"].to_numpy()[pairs["okey"]]
    group = pd.DataFrame({"rep": pairs["rep"], "at": at}).groupby(["rep", "at"]).ngroup().to_numpy()
    open_orders = np.zeros((int(group.max()) + 1 if len(group) else 0, full.shape[1]), dtype=np.int64)
    np.add.at(open_orders, group, ~full)
    return open_orders[group] == 0
