"""Which amounts count for which rep in which month, and which of them take back an earlier one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.exact import part_of
from salesplan.commission.settlement import Settlement
from salesplan.commission.year import NEVER
from salesplan.money import Integers, times_rate
from salesplan.terms.commission import Basis, CommissionPlan

NOTHING, PRODUCT, ORDER = 0, 1, 2  # what a negative amount takes back: nothing known, a product of an order, an order
KEPT = ["line", "rep", "okey", "order", "product", "kind", "at", "day", "amount", "units", "cost", "costed", "invoiced"]
BY_REP = ("rep", "okey")
BY_PRODUCT = ("rep", "okey", "product")


@dataclass(frozen=True)
class Accrual:
    """Rebate rates in millionths by customer code, and the kinds of lines they and free goods speak of."""

    rates: Integers
    rebate: int
    free: int


def lowered(lines: pd.DataFrame, plan: CommissionPlan, accrual: Accrual) -> pd.DataFrame:
    """Lines with the amounts a plan counts: less accrued rebates, less the cost of free goods."""
    amount, kind, cost = (lines[name].to_numpy() for name in ("amount", "kind", "cost"))
    counts = np.ones(len(lines), dtype=bool)
    if plan.rebates == "accrued":
        rate = accrual.rates[lines["customer"].to_numpy()]
        counts = (rate == 0) | (kind != accrual.rebate)  # what is accrued with every sale is not counted again
        amount = amount - times_rate(amount, rate)
    if plan.free_goods == "cost":
        given = kind == accrual.free
        amount, cost = amount - np.where(given, cost, 0), np.where(given, 0, cost)  # the cost counts once
    found = lines.assign(amount=amount, cost=cost)
    return found if counts.all() else found[counts]


def credit(lines: pd.DataFrame, stage: Basis, settlement: Settlement) -> pd.DataFrame:
    """Credited amounts in the order in which they count: rep, month, day, order, product, amount.

    `lines`: lines of the book with `line` (its row there), `rep` (number in the roster). Columns of the result: KEPT,
    `at` being the number of the month in which the amount counts at this stage and `day` the day.
    """
    if stage == "invoiced":
        billed = lines[(lines["invoiced"] != NEVER) & (lines["invoiced"] > 0)]
        found = billed.assign(at=billed["invoiced"], day=billed["invoice_day"])[KEPT]
        keys = ("amount", "product", "order", "day", "at", "rep")
        return found.iloc[np.lexsort([found[name].to_numpy() for name in keys])].reset_index(drop=True)
    found = lines[KEPT] if stage == "ordered" else _as_collected(lines[KEPT], settlement)
    # the book is in order of days, so that only rep and month are left to sort by
    place = (found["rep"].to_numpy() * 16 + np.minimum(found["at"].to_numpy(), 15)).astype(np.int32)
    return found.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _as_collected(lines: pd.DataFrame, settlement: Settlement) -> pd.DataFrame:
    """Lines cut by what was paid on their order each month; the parts of a line sum to it once all is paid."""
    okey, first = lines["okey"].to_numpy(), lines["at"].to_numpy()
    names = ("amount", "units", "cost")
    parts: list[pd.DataFrame] = []
    before = [np.zeros(len(lines), dtype=np.int64)] * len(names)
    for month in range(1, settlement.due.shape[1]):
        due, paid = settlement.due[okey, month], settlement.paid[okey, month]
        so_far = [_paid_part(lines[name].to_numpy(), paid, due, first <= month) for name in names]
        cut = {name: now - then for name, now, then in zip(names, so_far, before, strict=True)}
        parts.append(lines.assign(**cut, at=month)[(cut["amount"] != 0) | (cut["units"] != 0)])
        before = so_far
    return pd.concat(parts, ignore_index=True) if parts else lines[:0]


def _paid_part(values: Integers, paid: Integers, due: Integers, known: Any) -> Integers:
    open_due = due > 0
    share = part_of(values, np.where(open_due, paid, 1), np.where(open_due, due, 1))
    return np.where(known, share, 0)


def sized(events: pd.DataFrame, plan: CommissionPlan) -> pd.DataFrame:
    """Events with `size`, what they count for the measure (fen or millionths of a unit), and `base`, what is paid on.

    A margin whose cost is unknown is nothing to be paid on.
    """
    amount = events["amount"].to_numpy()
    margin = np.where(events["costed"].to_numpy() == 1, amount - events["cost"].to_numpy(), 0)
    size = {"quantity": events["units"].to_numpy(), "margin": margin}.get(plan.measure, amount)
    return events.assign(size=size, base=margin if plan.paid_on == "margin" else amount)


def link_returns(events: pd.DataFrame, *, months: int = 0, free: int = -1) -> pd.DataFrame:
    """Mark what takes back an earlier credit of the same rep and order, so that it goes at the rate that was paid.

    `level`: PRODUCT where the product was credited in that order, ORDER where only the order was, NOTHING for what
    takes back nothing known.
    `months`: of a period within which a negative amount takes nothing back, since the period is paid as a whole: it
    then goes with the month of its sale, `paid_in`, whatever plan the rep is on by then. `free`: the kind of goods
    given away, whose cost counts against the rep and takes nothing back.
    """
    marks = np.zeros(len(events), dtype=np.int8)
    if not (events["amount"].to_numpy() < 0).any():
        return events.assign(level=marks, paid_in=events["at"])
    some = events.loc[with_returns(events), ["rep", "okey", "product", "kind", "at", "amount"]]
    positive = some[some["amount"] > 0]
    first = positive.groupby(list(BY_REP))["at"].min().rename("first_order").reset_index()
    exact = positive.groupby(list(BY_PRODUCT))["at"].min().rename("first_product").reset_index()
    found = some.merge(first, how="left", on=list(BY_REP)).merge(exact, how="left", on=list(BY_PRODUCT))
    back = ((found["amount"] < 0) & (found["kind"] != free)).to_numpy()
    upto = found["at"] if not months else (found["at"] - 1) // months * months
    of_product = (found["first_product"] <= found["at"]).to_numpy()
    sale = found["first_product"].where(of_product, found["first_order"])
    known = back & (sale <= upto).to_numpy()
    marks[some.index.to_numpy()] = np.where(known, np.where(of_product, PRODUCT, ORDER), NOTHING)
    paid_in = events["at"].to_numpy().copy()
    paid_in[some.index.to_numpy()] = np.where(back & ~known & (sale <= found["at"]).to_numpy(), sale, found["at"])
    return events.assign(level=marks, paid_in=paid_in)


def with_returns(events: pd.DataFrame) -> Any:
    """Whether the rep's order of each event is returned, in part or whole, at some time."""
    key = pair_key(events)
    return np.isin(key, np.unique(key[events["amount"].to_numpy() < 0]))


def pair_key(events: pd.DataFrame) -> Integers:
    """One number per rep and order."""
    keys: Integers = events["rep"].to_numpy().astype(np.int64) * 2**32 + events["okey"].to_numpy()
    return keys
