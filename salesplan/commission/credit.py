"""Which amounts count for which rep in which month, and which of them take back an earlier one."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.dues import Settlement
from salesplan.commission.exact import part_of
from salesplan.commission.year import NEVER
from salesplan.money import MICRO, Integers
from salesplan.terms.commission import CommissionPlan

KEPT = ["rep", "order", "original_order", "product", "date", "at", "invoiced", "okey", "amount", "units", "cost"]
IN_ORDER = ["rep", "at", "counted", "order", "product", "amount"]


def credit(lines: pd.DataFrame, plan: CommissionPlan, settlement: Settlement) -> pd.DataFrame:
    """Credited amounts of a plan's reps, in the order in which they count: date, order, product, amount.

    `lines`: the year's part of the book with `okey`. Columns of the result: `event` (its row), rep, order,
    original_order, product, `at` (number of the month in which it counts by the plan's `measure_basis`), `counted`
    (the day), invoiced, okey, amount, units (quantity in millionths), cost, and of returns `level` and `returned` /
    `returned_order` (`link_returns`).
    """
    quantity = pd.to_numeric(lines["quantity"]) if "quantity" in lines else pd.Series(np.nan, index=lines.index)
    units = (quantity.astype("float64").fillna(0.0) * MICRO).round().astype("int64")
    cost = lines["cost"].astype("Int64") if "cost" in lines else pd.Series(pd.NA, index=lines.index, dtype="Int64")
    base = lines.assign(units=units, cost=cost)[[*KEPT, *(["invoice_date"] if "invoice_date" in lines else [])]]
    if plan.measure_basis == "invoiced":
        base = _when_invoiced(base)
    elif plan.measure_basis == "collected":
        base = _as_collected(base, settlement)
    else:
        base = base.assign(counted=base["date"])
    events = base.sort_values(IN_ORDER, kind="stable", ignore_index=True).drop(columns="invoice_date", errors="ignore")
    return link_returns(events.assign(event=events.index))


def _when_invoiced(lines: pd.DataFrame) -> pd.DataFrame:
    billed = lines[(lines["invoiced"] != NEVER) & (lines["invoiced"] > 0)]
    day = billed["invoice_date"] if "invoice_date" in billed else billed["date"]
    return billed.assign(at=billed["invoiced"], counted=day)


def _as_collected(lines: pd.DataFrame, settlement: Settlement) -> pd.DataFrame:
    """Lines cut by what was paid on their order each month; the parts of a line sum to it once all is paid."""
    okey = lines["okey"].to_numpy()
    first = lines["at"].to_numpy()
    known_cost = lines.assign(cost=lines["cost"].fillna(0).astype("int64"))
    names = ("amount", "units", "cost")
    parts: list[pd.DataFrame] = []
    before = [np.zeros(len(lines), dtype=np.int64)] * len(names)
    for month in range(1, settlement.due.shape[1]):
        due, paid = settlement.due[okey, month], settlement.paid[okey, month]
        so_far = [_paid_part(known_cost[name].to_numpy(), paid, due, first <= month) for name in names]
        amount, units, cost = (now - then for now, then in zip(so_far, before, strict=True))
        parts.append(
            lines.assign(
                amount=amount,
                units=units,
                at=month,
                counted=lines["date"],
                cost=pd.Series(cost, index=lines.index, dtype="Int64").where(lines["cost"].notna()),
            )[(amount != 0) | (units != 0)]
        )
        before = so_far
    return pd.concat(parts, ignore_index=True)


def _paid_part(values: Integers, paid: Integers, due: Integers, known: Any) -> Integers:
    open_due = due > 0
    share = part_of(values, np.where(open_due, paid, 1), np.where(open_due, due, 1))
    return np.where(known, share, 0)


def link_returns(events: pd.DataFrame) -> pd.DataFrame:
    """Mark what takes back an earlier credit of the same rep and order, so that it goes at the rate that was paid.

    `level`: `product` where the product was credited in that order, `order` where only the order was, '' for what
    takes back nothing known. `returned`: taken back to date at that level; `returned_order`: on the whole order.
    """
    positive = events[events["amount"] > 0]
    first = positive.groupby(["rep", "okey"])["at"].min().rename("first_order").reset_index()
    exact = positive.groupby(["rep", "okey", "product"])["at"].min().rename("first_product").reset_index()
    found = events.merge(first, how="left", on=["rep", "okey"]).merge(exact, how="left", on=["rep", "okey", "product"])
    back = (found["amount"] < 0).to_numpy()
    by_product = back & (found["first_product"] <= found["at"]).to_numpy()
    by_order = back & (found["first_order"] <= found["at"]).to_numpy()
    level = np.where(by_product, "product", np.where(by_order, "order", ""))
    linked = events.assign(level=pd.Series(level, index=events.index, dtype="str"))
    size = (-linked["amount"]).where(linked["level"] != "", 0)
    scope = linked["product"].where(linked["level"] == "product", "")
    groups = [linked["rep"], linked["okey"], linked["level"], scope]
    return linked.assign(returned=size.groupby(groups).cumsum(), returned_order=size.groupby(groups[:2]).cumsum())
