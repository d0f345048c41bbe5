"""Customers kept and won: what past years say of retention, of growth with the kept, and of newcomers."""

import math
from typing import NamedTuple

import pandas as pd

from salesplan.annual_target.history import NO_MEMBER
from salesplan.annual_target.intervals import Estimate, around
from salesplan.calendar import fiscal_year_of
from salesplan.money import held

COLUMNS = [
    "year",
    "customers",
    "customers_before",
    "kept",
    "won",
    "amount_before",
    "amount_kept",
    "amount_won",
    "amount_unnamed",
]


class Habits(NamedTuple):
    """What is usual from one year to the next."""

    retention: float  # customers kept / customers of the year before
    growth: float  # sales per kept customer / sales per customer of the year before
    won: float  # new customers a year
    first_year: float  # fen a new customer buys in the first year


def customer_years(facts: pd.DataFrame, months: pd.DataFrame, *, first_month: int = 1) -> pd.DataFrame:
    """Customers kept and won in each complete year after the first.

    `facts` is the ledger's monthly cube, `months` the frame of `monthly` (its index: the complete years). A customer
    of a year has positive net sales in it; kept are those of the year before, won are those who were not. One row
    per year: `year`, `customers`, `customers_before`, `kept`, `won` (numbers), `amount_before`, `amount_kept`,
    `amount_won`, `amount_unnamed` (int64 fen; sales that name no customer). Empty where no customer is named.
    """
    years = facts["month"].map({m: fiscal_year_of(m, first_month) for m in facts["month"].unique()})
    named = ~facts["customer"].isin(NO_MEMBER)
    sold = facts[named].groupby([years[named].rename("year"), "customer"])["amount"].sum()
    bought = sold[sold > 0]
    plain = facts[~named].groupby(years[~named])["amount"].sum()
    known = [int(year) for year in months.index]
    by_year = {year: bought[bought.index.get_level_values("year") == year].droplevel("year") for year in known}
    rows = [_moved(year, by_year[year - 1], by_year[year], int(plain.get(year, 0))) for year in known[1:]]
    found = [row for row in rows if row[1] and row[2]]
    return pd.DataFrame(found, columns=COLUMNS).astype("int64")


def _moved(year: int, before: "pd.Series[int]", now: "pd.Series[int]", unnamed: int) -> tuple[int, ...]:
    kept = now[now.index.isin(before.index)]
    won = now.drop(kept.index)
    amounts = (int(part.sum()) for part in (before, kept, won))
    return year, len(now), len(before), len(kept), len(won), *amounts, unnamed


def habits(moved: pd.DataFrame) -> Habits | None:
    """Retention, growth, newcomers and their first year, pooled over the years; None where nobody was kept."""
    sums = moved[COLUMNS[1:]].sum()
    if not sums["kept"]:
        return None
    return Habits(
        retention=float(sums["kept"] / sums["customers_before"]),
        growth=float((sums["amount_kept"] / sums["kept"]) / (sums["amount_before"] / sums["customers_before"])),
        won=float(sums["won"] / len(moved)),
        first_year=float(sums["amount_won"] / sums["won"]) if sums["won"] else 0.0,
    )


def customers_estimate(moved: pd.DataFrame, months: pd.DataFrame) -> Estimate | None:
    """Last year's customers x retention x sales of each x growth + new customers x first-year sales.

    `moved` is the frame of `customer_years`, `months` that of `monthly`. Sales that name no customer repeat last
    year's. Errors: each year foretold by the habits of the other years. None without two years or a kept customer.
    """
    usual = habits(moved)
    if usual is None:
        return None
    kept, won, unnamed = (int(moved[name].iloc[-1]) for name in ("amount_kept", "amount_won", "amount_unnamed"))
    value = held(_foretold(usual, kept + won) + unnamed)
    return around(value, _errors(moved), months)


def _foretold(usual: Habits, sales: float) -> float:
    """Sales of the year after one in which the customers bought for `sales`."""
    return sales * usual.retention * usual.growth + usual.won * usual.first_year


def _errors(moved: pd.DataFrame) -> list[float]:
    """Error of each year foretold by the habits of the other years, as logarithms."""
    found = []
    actual = (moved["amount_kept"] + moved["amount_won"]).tolist()
    for place, before in enumerate(moved["amount_before"].tolist()):
        others = habits(moved.drop(index=moved.index[place])) if len(moved) > 1 else None
        expected = _foretold(others, before) if others else 0.0
        if actual[place] > 0 and expected > 0:
            found.append(math.log(actual[place] / expected))
    return found
