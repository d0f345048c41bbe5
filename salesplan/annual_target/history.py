"""What the ledger says about the years before the plan's: months, totals, indicators."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesplan.calendar import fiscal_months, fiscal_year_of
from salesplan.money import from_fen

GOODS = ("sale", "return", "free")  # allowances and rebates carry no goods: no quantity, no cost
NO_MEMBER = ("", "(unknown)")
MONTHS = 12
Table = np.ndarray[Any, np.dtype[Any]]


def yearly(facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1) -> pd.DataFrame:
    """Net sales of every fiscal year before the plan's.

    `facts` is the ledger's monthly cube (`month`, `amount` in fen, ...), rows of the plan year included: they show
    that the years before are closed. Returns one row per fiscal year from the first in the ledger on: `year`,
    `months` (how many of its months lie within the ledger's first and last), `complete` (all twelve, with at least
    one line), `amount` (Int64 fen, NA for a year without a line: unknown, not zero), `growth` on the year before
    where both are complete.
    """
    years = range(_first_year(facts, first_month, fiscal_year), fiscal_year)
    totals = facts.groupby("month")["amount"].sum()
    rows = [_year_row(totals, year, first_month) for year in years]
    frame = pd.DataFrame(rows, columns=["year", "months", "complete", "amount"])
    typed = frame.astype({"year": "int64", "months": "int64", "complete": "bool", "amount": "Int64"})
    return typed.assign(growth=_growth(typed))


def _first_year(facts: pd.DataFrame, first_month: int, fiscal_year: int) -> int:
    return fiscal_year if facts.empty else min(fiscal_year, fiscal_year_of(facts["month"].min(), first_month))


def _year_row(totals: "pd.Series[int]", year: int, first_month: int) -> tuple[int, int, bool, int | None]:
    labels = fiscal_months(year, first_month)
    first, last = totals.index.min(), totals.index.max()
    covered = sum(first <= label <= last for label in labels)
    known = totals.reindex(labels).dropna()
    return year, covered, covered == MONTHS and len(known) > 0, int(known.astype("int64").sum()) if len(known) else None


def _growth(years: pd.DataFrame) -> "pd.Series[float]":
    amount = years["amount"].astype("float64").where(years["complete"])
    before = amount.shift().where(lambda s: s > 0)
    return amount / before - 1


def last_year(years: pd.DataFrame, *, fiscal_year: int) -> int | None:
    """Last year's actual in fen from the frame of `yearly`; None where the ledger has no line of it."""
    found = years.loc[years["year"] == fiscal_year - 1, "amount"].dropna()
    return int(found.iloc[0]) if len(found) else None


def monthly(
    facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1, exclude: Sequence[str] = ()
) -> pd.DataFrame:
    """Net sales by month of the complete years before the plan's.

    Index `year`, columns 1 to 12 (the month's place in the fiscal year), int64 fen; a month without a line is zero.
    Only the latest unbroken run of complete years is given. Months of `exclude` say nothing about a normal year: they
    get what their year would have sold there, its other months times the month's ratio to them in the other years; a
    year with nothing else is not complete.
    """
    years = yearly(facts, fiscal_year=fiscal_year, first_month=first_month)
    usable = [
        year for year in years.loc[years["complete"], "year"] if set(fiscal_months(year, first_month)) - {*exclude}
    ]
    return month_table(facts, _latest_run(usable), first_month=first_month, exclude=exclude)


def month_table(
    facts: pd.DataFrame, years: Sequence[int], *, first_month: int = 1, exclude: Sequence[str] = ()
) -> pd.DataFrame:
    """Net sales by month of the given years, excluded months filled, as `monthly` gives them."""
    totals = facts.groupby("month")["amount"].sum()
    labels = [fiscal_months(year, first_month) for year in years]
    grid = np.array([[float(totals.get(label, 0)) for label in row] for row in labels]).reshape(-1, MONTHS)
    known = np.array([[label not in exclude for label in row] for row in labels], dtype=bool).reshape(-1, MONTHS)
    index = pd.Index(list(years), name="year", dtype="int64")
    return pd.DataFrame(np.round(_filled(grid, known)).astype("int64"), index=index, columns=range(1, MONTHS + 1))


def _filled(grid: Table, known: Table) -> Table:
    """Unknown months from the months known in every year and their ratio to these in the other years."""
    common = known.all(axis=0)
    base = (
        (grid * common).sum(axis=1) if common.any() else (grid * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    )
    upper, lower = (grid * known).sum(axis=0), (base[:, None] * known).sum(axis=0)
    ratio = np.divide(upper, lower, out=np.full(MONTHS, np.nan), where=lower > 0)
    usual = np.nanmean(ratio) if np.isfinite(ratio).any() else 0.0
    return np.where(known, grid, np.where(np.isnan(ratio), usual, ratio) * base[:, None])


def _latest_run(years: list[int]) -> list[int]:
    return [year for place, year in enumerate(years) if years[-1] - year == len(years) - 1 - place]


def month_shares(months: pd.DataFrame, *, fiscal_year: int, first_month: int = 1, years: int = 3) -> "pd.Series[float]":
    """Share of each month of the plan year: pooled over the last years of the frame of `monthly`, else even.

    share = the month's sales of all these years / all their sales; a month of net returns counts as zero.
    Indexed by the plan's month labels; sums to 1.
    """
    pooled = months.tail(years).sum().clip(lower=0)
    even = pd.Series(1 / MONTHS, index=range(1, MONTHS + 1))
    shares = pooled / pooled.sum() if pooled.sum() > 0 else even
    return shares.set_axis(pd.Index(fiscal_months(fiscal_year, first_month), name="month")).rename("share")


def indicators(facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1) -> pd.DataFrame:
    """Last year's actual of every indicator that the ledger allows.

    One row per indicator: `indicator`, `unit` (`currency` or `unit`), `last_year` (Decimal in that unit, None if
    the ledger has no line of last year). `quantity` needs every line of goods to have one, `gross_profit` (amount
    less cost) every line of goods to have a cost, `average_price` = amount / quantity, `customers` are those with
    positive net sales, `new_product_sales` are sales of products never sold before last year.
    """
    year_of = {m: fiscal_year_of(m, first_month) for m in facts["month"].unique()}
    years = facts["month"].map(year_of)
    past = facts[years == fiscal_year - 1]
    amount = from_fen(int(past["amount"].sum())) if len(past) else None
    found = {"amount": ("currency", amount), **_measured(past, facts[years < fiscal_year - 1], amount)}
    rows = [(name, unit, value) for name, (unit, value) in found.items() if name == "amount" or value is not None]
    columns = list(zip(*rows, strict=True))
    return pd.DataFrame({"indicator": columns[0], "unit": columns[1], "last_year": pd.Series(columns[2], dtype=object)})


def average_price(measured: pd.DataFrame) -> Decimal | None:
    """Last year's average price in currency units, from the frame of `indicators`; None where it is unknown."""
    found = measured.loc[measured["indicator"] == "average_price", "last_year"].tolist()
    return found[0] if found else None


def _measured(
    past: pd.DataFrame, before: pd.DataFrame, amount: Decimal | None
) -> dict[str, tuple[str, Decimal | None]]:
    if amount is None:
        return {}
    goods = past[past["kind"].isin(GOODS)]
    quantity = _quantity(goods)
    price = (amount / quantity).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP") if quantity else None
    return {
        "quantity": ("unit", quantity),
        "average_price": ("currency", price),
        "gross_profit": ("currency", _gross_profit(amount, goods)),
        "new_product_sales": ("currency", _new_products(past, before)),
        "customers": ("unit", _customers(past)),
    }


def _quantity(goods: pd.DataFrame) -> Decimal | None:
    """Sum of the quantities, whole if it is; None unless all are known and it is above zero."""
    if goods["quantity"].isna().any():
        return None
    total = Decimal(str(round(math.fsum(goods["quantity"]), 3)))  # fsum: the same in any order of rows
    whole = total.quantize(Decimal(1))
    return (whole if whole == total else total.quantize(Decimal("0.001"))) if total > 0 else None


def _gross_profit(amount: Decimal, goods: pd.DataFrame) -> Decimal | None:
    if goods.empty or goods["cost"].isna().any():
        return None
    return amount - from_fen(int(goods["cost"].astype("int64").sum()))


def _customers(past: pd.DataFrame) -> Decimal | None:
    named = past[~past["customer"].isin(NO_MEMBER)]
    buying = int((named.groupby("customer")["amount"].sum() > 0).sum())
    return Decimal(buying) if buying else None


def _new_products(past: pd.DataFrame, before: pd.DataFrame) -> Decimal | None:
    """Sales of products never sold before last year; None without earlier years or without such products."""
    new = past[~past["product"].isin([*NO_MEMBER, *before["product"].unique()])]
    total = int(new["amount"].sum())
    return from_fen(total) if len(before) and total > 0 else None
