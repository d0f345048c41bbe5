"""A small result of commission made by hand, from which papers are printed; money in fen."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd

from salesplan import calendar
from salesplan.commission import Ledger, Year
from salesplan.terms.commission import CommissionTerms
from salesplan.terms.plan import Tax

MONTHS = calendar.fiscal_months(2027)
NOW = "2027-02"
NAMES = {
    "A1": '<b>Ann</b> & "Co"',
    "B2": "{{ 7*7 }} 王\u202e五",
    "C3": "=cmd|' /C calc'!A0</style><script>alert(1)</script>",
    "D4": "%s {name} 李四",
}


def frame(columns, *rows, **kinds):
    found = pd.DataFrame(list(rows), columns=columns.split())
    dates = {name: "datetime64[ns]" for name in ("date", "start", "end") if name in found}
    return found.astype(dates | kinds)


def year(months=2):
    return Year(MONTHS, calendar.month_span(MONTHS[months - 1], None)[1], None, Tax())


def rules(**more):
    tiers = [{"from": Decimal(step), "rate": Decimal(rate)} for step, rate in (("0", "0.02"), ("1", "0.03"))]
    return CommissionTerms(
        plans=[{"name": "standard", "basis": "collected", "period": "quarter", "tiers": tiers} | more]
    )


def lines(rep, scale=1):
    """Lines of two months: an order of January, in February one sale in two tiers, a return, a correction, a prize."""
    first, second = f"{rep}-101", f"{rep}-201"
    return [
        (rep, "2027-01", first, "tier", 0.0, 100_000 * scale, 0.02, 2_000 * scale, "P", "", "2027-01-05", "", ""),
        (rep, NOW, second, "tier", 0.0, 60_000 * scale, 0.02, 1_200 * scale, "P", "", "2027-02-03", "", ""),
        (rep, NOW, second, "tier", 1.0, 40_000 * scale, 0.03, 1_200 * scale, "Q", "", "2027-02-03", "", ""),
        (rep, NOW, first, "return", 0.0, -50_000 * scale, 0.02, -1_000 * scale, "P", first, "2027-02-20", "", ""),
        (rep, NOW, "", "adjustment", float("nan"), None, float("nan"), 500, "", "", None, "", f"note of {rep}"),
        (rep, NOW, first, "correction", 0.0, 1_000, 0.02, 20, "P", "", "2027-01-05", "2027-01", f"why {rep}"),
    ]


def result(names=NAMES):
    """A result of two months in which everything adds up: each rep's amounts are his own multiples."""
    scales = {rep: place for place, rep in enumerate(names, 1)}
    told = frame(
        "rep month order rule tier_from base rate amount product original_order date of_month reason",
        *(row for rep, scale in scales.items() for row in lines(rep, scale)), base="Int64",
    ).assign(plan="standard")  # fmt: skip
    moves = [row for rep, scale in scales.items() for row in _moves(rep, scale)]
    releases = frame("rep month order earned released clawback", *moves)
    orders = frame(
        "rep order customer date amount_due amount_paid earned released held reason until",
        *(row for rep, scale in scales.items() for row in _orders(rep, scale)),
    )
    payments = frame(
        "order customer date amount",
        *((f"{rep}-101", f"K{rep}", "2027-01-20", 100_000 * scale) for rep, scale in scales.items()),
        *((f"{rep}-201", f"K{rep}", "2027-02-25", 40_000 * scale) for rep, scale in scales.items()),
    )
    base = frame(
        "rep month component of_month base days days_of_month weight actual standard achieved amount assumed",
        *((rep, NOW, name, "", 300_000, 28, 28, weight, 9.0, 10.0, achieved, amount, False)
          for rep in names
          for name, weight, achieved, amount in (("sales", 0.6, 0.9, 162_000), ("other", 0.4, 1.0, 120_000))),
    )  # fmt: skip
    parts = {"lines": told, "releases": releases, "orders": orders, "payments": payments, "base_pay": base}
    return SimpleNamespace(table=_table(names, told, releases), credited=pd.DataFrame(), **parts)


def _moves(rep, scale):
    """January pays the first order; February a part of the second, takes back half of the first, and pays a prize."""
    yield rep, "2027-01", f"{rep}-101", 2_000 * scale, 2_000 * scale, 0
    yield rep, NOW, f"{rep}-101", -1_000 * scale + 20, 0, -1_000 * scale + 20
    yield rep, NOW, f"{rep}-201", 2_400 * scale, 960 * scale, 0
    yield rep, NOW, "", 500, 500, 0


def _orders(rep, scale):
    first = (100_000 * scale, 100_000 * scale, 1_000 * scale + 20, 1_000 * scale + 20, 0, "", "")
    yield rep, f"{rep}-101", f"K{rep}", "2027-01-05", *first
    second = (100_000 * scale, 40_000 * scale, 2_400 * scale, 960 * scale, 1_440 * scale, "unpaid", "")
    yield rep, f"{rep}-201", f"K{rep}", "2027-02-03", *second


def _table(names, told, releases):
    earned = told.groupby(["rep", "month"])["amount"].sum()
    moved = releases.groupby(["rep", "month"])[["released", "clawback"]].sum()
    rows, base = [], {"2027-01": 300_000, NOW: 282_000}
    for rep in names:
        held = 0
        for month in MONTHS[:2]:
            got, (out, back) = int(earned[rep, month]), (int(x) for x in moved.loc[(rep, month)])
            held += got - out - back
            pay = base[month] + out + back
            rows.append((rep, month, "standard", 90_000, 100_000, base[month], got, out, held, back, 0, pay, 0, 0, pay))
    return frame(
        "rep month plan quota actual base_pay earned released held clawback draw payable amount_owed amount_carried "
        "amount_paid", *rows,
    )  # fmt: skip


def order_lines(names=NAMES):
    rows = [(f"{rep}-101", rep, "2027-01", "2027-01-05", 100_000 * n) for n, rep in enumerate(names, 1)]
    rows += [(f"{rep}-201", rep, NOW, "2027-02-03", 100_000 * n) for n, rep in enumerate(names, 1)]
    rows += [("", rep, NOW, "2027-02-20", -50_000 * n) for n, rep in enumerate(names, 1)]
    found = frame("order rep month date amount", *rows)
    return found.assign(customer="K" + found["rep"], invoice_date=found["date"])


def ledger(names=NAMES, **more):
    staff = pd.DataFrame(
        {"rep": list(names), "name": list(names.values()), "team": ["north", "south"] * (len(names) // 2),
         "start": pd.NaT, "end": pd.NaT}
    )  # fmt: skip
    quotas = pd.DataFrame(
        [(rep, month, 90_000) for rep in names for month in MONTHS], columns=["rep", "month", "amount"]
    )
    return Ledger(order_lines(names), reps=staff, quotas=quotas, **more)


def asked(*rows):
    """Rows of (number, rep, state) and what differs: month, order, correction, date, answer."""
    told = [
        {"number": number, "rep": rep, "state": state, "date": date(2027, 2, 18), "question": f"why {number}?"} | more
        for number, rep, state, more in rows
    ]
    return pd.DataFrame(told)
