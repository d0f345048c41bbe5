"""The sales performance sheet 销售业绩报表: what each rep ordered, invoiced, collected, against his quota."""

from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.apportion import UNASSIGNED
from salesplan.commission.exact import part_of
from salesplan.commission.papers.counted import accrued_rebates
from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionTerms

KEYS = ["rep", "month"]
PERFORMANCE = [
    "rep",
    "month",
    "team",
    "orders",
    "amount_ordered",
    "amount_returned",
    "amount_rebates",
    "amount_other",
    "amount_invoiced",
    "amount_collected",
    "amount_collected_earlier",
    "quota",
    "actual",
    "attainment",
]
SUMS = PERFORMANCE[3:-1]


def performance(
    ledger: Ledger, year: Year, table: pd.DataFrame, payments: pd.DataFrame, rules: CommissionTerms
) -> pd.DataFrame:
    """Per rep and closed month what was sold and what came in; money in int64 fen.

    Columns: rep, month, team, orders (placed in the month; a shared one counts for each), amount_ordered (lines above
    zero), amount_returned (lines below zero, with allowances and rebates, <= 0), amount_rebates (what the rep's plan
    accrues for rebates, <= 0), amount_other (what is counted in another month or not at all: by invoice or payment,
    free goods at cost, credit beside the whole, nobody's sales), so that amount_ordered + amount_returned +
    amount_rebates + amount_other = actual; amount_invoiced (by the day of the invoice), amount_collected (money that
    settled his orders, on the tax basis of payments) and, apart,
    amount_collected_earlier (orders of earlier years), quota and actual (those of the commission), attainment =
    actual / quota (unknown without a quota). The row `(unassigned)` holds what
    belongs to no rep, so that the sums are the company's. Source: S0, part four, 销售业绩的申报.
    """
    lines = _own_lines(ledger.order_lines)
    parts = [
        _ordered(lines, accrued_rebates(lines, table, ledger.customers, rules)),
        _invoiced(lines, year),
        collected(lines, payments, ledger.customers, year),
        table[[*KEYS, "quota", "actual"]],
    ]
    known = [part[part["month"].isin(year.closed)].set_index(KEYS) for part in parts]
    sums = pd.concat(known, axis=1).reindex(columns=SUMS).fillna(0).astype("int64")
    counted = sums[["amount_ordered", "amount_returned", "amount_rebates"]].sum(axis=1)
    sums = sums.assign(amount_other=sums["actual"] - counted)
    found = sums.reset_index().sort_values(KEYS, kind="stable", ignore_index=True)
    quota = found["quota"].where(found["quota"] > 0)
    told = found.assign(attainment=(found["actual"] / quota).astype("float64"))
    return spell_of_month(told, ledger.reps, year, ["team"])[PERFORMANCE]


def _own_lines(order_lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of this year with a rep, overlay credit aside: it is nobody's second revenue."""
    lines = order_lines.assign(rep=order_lines["rep"].fillna(UNASSIGNED).replace("", UNASSIGNED))
    return lines[~lines["overlay"].astype("bool")] if "overlay" in lines else lines


def _ordered(lines: pd.DataFrame, rebates: Integers) -> pd.DataFrame:
    """Orders placed, amounts above and below zero, accrued rebates, by the month of the line."""
    amount = lines["amount"]
    split = lines[KEYS].assign(
        amount_ordered=amount.clip(lower=0), amount_returned=amount.clip(upper=0), amount_rebates=rebates
    )
    sums = split.groupby(KEYS)[["amount_ordered", "amount_returned", "amount_rebates"]].sum()
    placed = lines.loc[amount > 0, [*KEYS, "order", "customer", "date"]].drop_duplicates()
    return sums.assign(orders=_placed(placed)).reset_index()


def _placed(lines: pd.DataFrame) -> "pd.Series[Any]":
    """Orders per rep and month; lines without an order number are one order per customer and day."""
    own = lines["order"].fillna("")
    day = np.where(own == "", lines["customer"].astype("str") + "\0" + lines["date"].astype("str"), own)
    return lines.assign(own=day).groupby(KEYS)["own"].nunique()


def _invoiced(lines: pd.DataFrame, year: Year) -> pd.DataFrame:
    """What was invoiced, by the month of the invoice."""
    if "invoice_date" not in lines:
        return pd.DataFrame({"rep": [], "month": [], "amount_invoiced": []})
    billed = lines[lines["invoice_date"].notna()]
    month = calendar.month_of(billed["invoice_date"], year.cutoff)
    told = billed[["rep"]].assign(month=month, amount_invoiced=billed["amount"])
    return told.groupby(KEYS)["amount_invoiced"].sum().reset_index()


def collected(lines: pd.DataFrame, payments: pd.DataFrame, customers: pd.DataFrame | None, year: Year) -> pd.DataFrame:
    """Money that settled orders, by rep and month of the payment: rep, month, amount_collected and, of orders that
    nobody has a line on this year, amount_collected_earlier.

    `payments`: order, customer, date, amount. The money of a shared order is parted by what each rep has on it, the
    sum exact; that of earlier orders is with the customer's owner on the day, else `(unassigned)`.
    """
    own = payments["order"].fillna("").astype("str")
    paid = payments.assign(order=own, month=calendar.month_of(payments["date"], year.cutoff))
    shares = _shares(lines)
    fresh = paid["order"].isin(shares["order"])
    parts = paid[fresh].groupby(["order", "month"])["amount"].sum().reset_index().merge(shares, on="order")
    parts = parts.assign(amount_collected=_parted(parts))
    older = paid[~fresh].assign(rep=owners(paid[~fresh], customers), amount_collected_earlier=paid["amount"])
    sums = [
        part.groupby(KEYS)[name].sum()
        for part, name in ((parts, "amount_collected"), (older, "amount_collected_earlier"))
    ]
    return pd.concat(sums, axis=1).fillna(0).reset_index()


def owners(payments: pd.DataFrame, customers: pd.DataFrame | None) -> "pd.Series[Any]":
    """The rep who had each payment's customer on its day, by the latest spell that holds; else `(unassigned)`."""
    nobody = pd.Series(UNASSIGNED, index=payments.index, dtype="str")
    if customers is None or "rep" not in customers or payments.empty:
        return nobody
    spells = customers.reindex(columns=["customer", "rep", "start", "end"]).dropna(subset=["rep"])
    rows = payments[["customer", "date"]].assign(row=range(len(payments)))
    both = rows.merge(spells, on="customer")
    start, end = pd.to_datetime(both["start"]), pd.to_datetime(both["end"])
    held = both[~(start > both["date"]) & ~(end < both["date"])]
    latest = held.sort_values(["row", "start", "rep"], na_position="first", kind="stable").drop_duplicates(
        "row", keep="last"
    )
    return nobody.mask(rows["row"].isin(latest["row"]), rows["row"].map(latest.set_index("row")["rep"]))


def _shares(lines: pd.DataFrame) -> pd.DataFrame:
    """Who has how much of each order: order, rep, upto (running part of the order), before, whole."""
    named = lines[(lines["amount"] > 0) & (lines["order"].fillna("") != "")]
    sums = named.groupby(["order", "rep"])["amount"].sum().rename("own").reset_index()
    upto = sums.groupby("order")["own"].cumsum()
    return sums.assign(upto=upto, before=upto - sums["own"], whole=sums.groupby("order")["own"].transform("sum"))


def _parted(parts: pd.DataFrame) -> Integers:
    """Each rep's part of a payment: cumulative rounding, so that the parts sum to it."""
    return part_of(parts["amount"], parts["upto"], parts["whole"]) - part_of(
        parts["amount"], parts["before"], parts["whole"]
    )
