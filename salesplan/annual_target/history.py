"""What the ledger says about last year: its total, its months, its indicators."""

import math
from decimal import Decimal

import pandas as pd

from salesplan.calendar import fiscal_months, fiscal_year_of
from salesplan.money import from_fen
from salesplan.years import MONTHS

GOODS = ("sale", "return", "free")  # allowances and rebates carry no goods: no quantity, no cost
NO_MEMBER = ("", "(unknown)")


def last_year(years: pd.DataFrame, *, fiscal_year: int) -> int | None:
    """Last year's actual in fen from the frame of `yearly`; None where the ledger has no line of it."""
    found = years.loc[years["year"] == fiscal_year - 1, "amount"].dropna()
    return int(found.iloc[0]) if len(found) else None


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
