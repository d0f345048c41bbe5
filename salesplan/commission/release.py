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
    booked: pd.DataFrame, events: pd.DataFrame, lines: pd.DataFrame, plan: CommissionPlan, settlement: Settlement
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Released and clawed back per rep and month, and the state of each order at the end.

    `booked` as `earning.earn` returns it; `lines`: all credited lines of the plan's reps, `rep` as in `events`,
    whether they count yet or not. What may have been paid on an order to date follows from its earned commission,
    what is due and what was paid (`entitled`); a month releases the rise (released >= 0) or takes back the fall
    (clawback <= 0). Returns (`rep`, `month`, released, clawback) and (`rep`, `okey`, earned, released), int64 fen.
    """
    told = booked.merge(events[["event", "rep", "okey", "invoiced"]], on="event")
    pairs = told[["rep", "okey"]].drop_duplicates().sort_values(["rep", "okey"], ignore_index=True)
    row = told.merge(pairs.reset_index(names="row"), on=["rep", "okey"])["row"].to_numpy()
    shape = (len(pairs), settlement.due.shape[1])
    earned = cumulative(row, told["month"], told["amount"], shape)
    if plan.basis == "ordered":
        free = earned
    elif plan.basis == "invoiced":
        known = _on_invoices(told, row, shape)
        free = entitled(earned, known, known, np.zeros(shape, dtype=bool))
    else:
        free = _on_cash(earned, pairs, lines, plan, settlement)
    return _moves(pairs, free), pairs.assign(earned=earned[:, -1], released=free[:, -1])


def _moves(pairs: pd.DataFrame, free: Integers) -> pd.DataFrame:
    """The rise and the fall of each month, summed over a rep's orders."""
    change = np.diff(free, axis=1)
    count = change.shape[1]
    moves = pd.DataFrame(
        {
            "rep": np.repeat(pairs["rep"].to_numpy(), count),
            "month": np.tile(np.arange(1, count + 1), len(pairs)),
            "released": np.maximum(change, 0).ravel(),
            "clawback": np.minimum(change, 0).ravel(),
        }
    )
    return moves.groupby(["rep", "month"]).sum().reset_index()


def entitled(earned: Integers, claim: Integers, share: Integers, refunded: Any) -> Integers:
    """What may have been paid out to date, pairs of rep and order x months (column 0: before the year).

    out(m) = max(claim(m), kept(m)), never above what is earned to date; where earned <= 0 it is what is earned.
    kept(m) = out(m - 1), but min(out(m - 1), share(m)) where earned fell, and nothing where the order was `refunded`.
    So it never falls but through a return, allowance or rebate (earned falls; for a measure to date, also its tier)
    or a refund: a further, unpaid line takes nothing back, and nothing more is released until the claim is higher
    (S0, part four: what was collected may be paid out). `claim`: what the rule frees in the state of the month.
    `share`: what an order whose commission fell may keep.
    Example: earned [0, 10, 30], claim [0, 10, 0] -> [0, 10, 10]; earned [0, 10, 0] -> [0, 10, 0].
    """
    out = np.zeros_like(earned)
    for month in range(1, earned.shape[1]):
        now, before = earned[:, month], out[:, month - 1]
        kept = np.where(now < earned[:, month - 1], np.minimum(before, share[:, month]), before)
        kept = np.where(refunded[:, month], 0, kept)
        free = np.minimum(np.maximum(claim[:, month], kept), now)
        out[:, month] = np.where(now <= 0, now, free)  # nothing is held on what was taken back
    return out


def _on_invoices(told: pd.DataFrame, row: Integers, shape: Any) -> Integers:
    """What stands on invoiced lines."""
    billed = np.where(told["back"], told["month"], np.maximum(told["month"], told["invoiced"]))
    counts = billed != NEVER
    known = cumulative(row[counts], billed[counts], told["amount"].to_numpy()[counts], shape)
    return np.maximum(known, 0)


def _on_cash(
    earned: Integers, pairs: pd.DataFrame, lines: pd.DataFrame, plan: CommissionPlan, settlement: Settlement
) -> Integers:
    """By `release`: all once the order (`order_full`), or every order of the rep's month (`month_full`), is fully
    paid; or in proportion to cash. An order is refunded when less stands on it than before, and than it is due.
    """
    okey = pairs["okey"].to_numpy()
    due, paid = settlement.due[okey], settlement.paid[okey]
    share = earned  # credited as it was collected
    if plan.measure_basis != "collected":
        share = np.where(due > 0, part_of(earned, np.maximum(paid, 0), np.maximum(due, 1)), earned)
    if plan.release == "proportional":
        claim = share
    else:
        whole = _whole_months(pairs, lines, settlement) if plan.release == "month_full" else paid >= due
        claim = np.where(whole, earned, 0)
    refunded = np.zeros(paid.shape, dtype=bool)
    refunded[:, 1:] = paid[:, 1:] < np.minimum(paid[:, :-1], due[:, 1:])
    return entitled(earned, claim, share, refunded)


def _whole_months(pairs: pd.DataFrame, lines: pd.DataFrame, settlement: Settlement) -> Any:
    """Whether all orders of a rep's month are fully paid (S0, part four: 当月发生的销售务必全部收回后方可发放).

    Every order credited to the rep counts, earned on or not, in the month of the order; from the month of the rep's
    first line on it, so that a later review never changes a closed month.
    """
    owned = lines.groupby(["rep", "okey"])["at"].min().rename("known").reset_index()
    owned = owned.assign(at=settlement.orders["at"].to_numpy()[owned["okey"]])
    group = owned.groupby(["rep", "at"]).ngroup().to_numpy()
    okey, known = owned["okey"].to_numpy(), owned["known"].to_numpy()
    still = settlement.paid[okey] < settlement.due[okey]
    still &= known[:, None] <= np.arange(still.shape[1])
    open_orders = np.zeros((int(group.max(initial=-1)) + 1, still.shape[1]), dtype=np.int64)
    np.add.at(open_orders, group, still)
    mine = pairs.merge(owned.assign(group=group), how="left", on=["rep", "okey"])["group"].to_numpy(dtype=np.int64)
    return open_orders[mine] == 0
