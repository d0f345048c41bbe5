"""Small frames for the commission tests, as the ledger hands them over."""

from datetime import date
from decimal import Decimal

import pandas as pd

from salesplan import calendar
from salesplan.commission import Ledger, Year, calculate
from salesplan.terms.commission import CommissionTerms
from salesplan.terms.plan import Tax

MONTHS = calendar.fiscal_months(2027)
TWO = [(0, "0.02"), ("1", "0.03")]


def fen(amount):
    return int(Decimal(str(amount)) * 100)


def plan(tiers=TWO, **terms):
    steps = [{"from": Decimal(str(begin)), "rate": Decimal(str(rate))} for begin, rate in tiers]
    return {"name": "standard", "basis": "ordered", "tiers": steps} | terms


def rules(*plans):
    return CommissionTerms(plans=list(plans))


def order_lines(*rows):
    """Rows of (day, order, amount in currency) and what differs: rep, product, customer, original_order, ..."""
    lines = []
    for day, order, amount, *more in rows:
        other = more[0] if more else {}
        lines.append(
            {
                "order": order,
                "date": pd.Timestamp(day),
                "invoice_date": pd.NaT,
                "product": "P",
                "customer": "A",
                "region": "",
                "channel": "",
                "rep": "R1",
                "kind": "sale",
                "original_order": "",
                "amount": fen(amount),
                "quantity": 1.0,
                "cost": None,
                **other,
            }
        )
    columns = [
        "order",
        "date",
        "invoice_date",
        "product",
        "customer",
        "region",
        "channel",
        "rep",
        "kind",
        "original_order",
        "amount",
        "quantity",
        "cost",
    ]
    frame = pd.DataFrame(lines, columns=columns)
    return frame.assign(
        date=pd.to_datetime(frame["date"]),
        invoice_date=pd.to_datetime(frame["invoice_date"]),
        month=calendar.month_of(pd.to_datetime(frame["date"]), None),
        amount=frame["amount"].astype("int64"),
        cost=frame["cost"].astype("Int64"),
        quantity=frame["quantity"].astype("float64"),
    )


def returned(order, **more):
    return {"original_order": order, "kind": "return", **more}


def quotas(amount, reps=("R1",), months=MONTHS):
    return pd.DataFrame(
        [(rep, month, fen(amount)) for rep in reps for month in months], columns=["rep", "month", "amount"]
    )


def reps(*names, **columns):
    given = names or ("R1",)
    plain = {
        "rep": list(given),
        "start": pd.to_datetime([None] * len(given)),
        "end": pd.to_datetime([None] * len(given)),
        "base_pay": pd.array([None] * len(given), dtype="Int64"),
    }
    return pd.DataFrame(plain | columns)


def payments(*rows):
    """Rows of (day, amount in currency, order, customer)."""
    frame = pd.DataFrame(
        [(pd.Timestamp(day), fen(amount), order, customer) for day, amount, order, customer in rows],
        columns=["date", "amount", "order", "customer"],
    )
    return frame.astype({"amount": "int64"})


def year(months=12, tax=None, cutoff=None):
    as_of = calendar.month_span(MONTHS[months - 1], cutoff)[1] if months else None
    return Year(MONTHS, as_of, cutoff, tax or Tax())


def run(lines, terms, *, quota=1000, months=12, tax=None, **tables):
    """Commission of rep R1 (or of the tables given) on one plan."""
    given = {"reps": reps(), "quotas": quotas(quota)} | tables
    return calculate(Ledger(order_lines=lines, **given), year(months, tax), rules(terms))


def earned(result, rep="R1"):
    """Earned to date in fen."""
    return int(result.table.loc[result.table["rep"] == rep, "earned"].sum())


def column(result, name, rep="R1"):
    """A column of the table by month, in currency units."""
    return [Decimal(int(value)) / 100 for value in result.table.loc[result.table["rep"] == rep, name]]


VAT = Tax(sales="excluded", collections="included", rate=Decimal("0.13"))
YEAR_END = date(2027, 12, 31)
