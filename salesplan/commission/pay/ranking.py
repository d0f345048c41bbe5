"""Who stands where: a measure per rep and period, exact, with equal values on equal places."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.pay.draws import PERIODS
from salesplan.commission.year import Year
from salesplan.money import FEN, MICRO, Integers
from salesplan.terms.pay import Contest

UNITS = {"attainment": "share", "quantity": "", "orders": "unit"}  # the others are money
FINE = 128  # bits behind the point: fractions of two int64 differ by more, so that whole numbers order them exactly
SCALES = {"attainment": 1, "quantity": MICRO, "orders": 1}


@dataclass(frozen=True)
class Sales:
    """What is ranked: `credited` (rep, month, order, customer, product, date, amount, quantity, cost), `grid` (rep,
    month, quota, actual), `cash` collected (rep, month, amount) and `products` (product, line), None where absent.
    """

    credited: pd.DataFrame
    grid: pd.DataFrame
    cash: pd.DataFrame | None = None
    products: pd.DataFrame | None = None


def periods_of(months: Sequence[str], period: str | None, year: Year) -> dict[str, list[str]]:
    """The periods into which months fall, in order: label and months.

    Labels `2027-03`, `2027-Q1`, `2027-H1` and `2027` of the fiscal year; without a period all months are one, as
    `2027-03/2027-05`.
    """
    counted = [month for month in year.months if month in set(months or year.months)]
    if period is None:
        return {"/".join(dict.fromkeys((counted[0], counted[-1]))): counted} if counted else {}
    found: dict[str, list[str]] = {}
    for month in counted:
        found.setdefault(_label(month, period, year), []).append(month)
    return found


def _label(month: str, period: str, year: Year) -> str:
    if period == "month":
        return month
    place = list(year.months).index(month) // PERIODS[period] + 1
    first = year.months[0][:4]
    return {"quarter": f"{first}-Q{place}", "half_year": f"{first}-H{place}", "year": first}[period]


def measured(contest: Contest, sales: Sales, of: "pd.Series[Any]") -> pd.DataFrame:
    """Value of the measure per rep and period: rep, period, value (exact whole units, fractions for attainment).

    `of`: the period of each month that counts. Money in fen, quantities in millionths, orders counted; attainment is
    actual / quota, unknown where there is no quota. Margin is amount less cost, nothing where the cost is unknown.
    """
    if contest.measure == "attainment":
        return _attainment(sales.grid, of)
    rows = sales.cash if contest.measure == "collected" else _of_product(contest, sales)
    if rows is None:
        rows = sales.credited.head(0)
    own = rows.assign(period=rows["month"].map(of))
    own = own[own["period"].notna()].assign(value=lambda d: _values(d, contest.measure))
    if contest.measure == "orders":
        return _orders(own)
    return own.groupby(["rep", "period"])["value"].sum().astype("int64").reset_index()


def _of_product(contest: Contest, sales: Sales) -> pd.DataFrame:
    rows = sales.credited
    if contest.product is not None:
        rows = rows[rows["product"] == contest.product]
    if contest.line is not None:
        products = sales.products
        if products is None or "line" not in products:
            return rows.head(0)
        rows = rows[rows["product"].isin(products.loc[products["line"] == contest.line, "product"])]
    return rows


def _values(rows: pd.DataFrame, measure: str) -> Integers:
    if measure == "quantity":
        return np.asarray((rows["quantity"].astype("float64").fillna(0.0) * MICRO).round().to_numpy().astype(np.int64))
    amount = rows["amount"].to_numpy(dtype=np.int64)
    if measure != "margin":
        return amount
    cost = rows["cost"].astype("Int64")
    return np.where(cost.isna(), 0, amount - cost.fillna(0).to_numpy(dtype=np.int64))


def _orders(rows: pd.DataFrame) -> pd.DataFrame:
    """Orders with something left after returns; lines without a number are one order per customer and day."""
    loose = "\0" + rows["customer"].fillna("").astype("str") + "\0" + rows["date"].dt.strftime("%Y-%m-%d")
    order = rows["order"].where(rows["order"].fillna("") != "", loose)
    net = rows.assign(order=order).groupby(["rep", "period", "order"])["value"].sum()
    return (net > 0).groupby(["rep", "period"]).sum().astype("int64").rename("value").reset_index()


def _attainment(grid: pd.DataFrame, of: "pd.Series[Any]") -> pd.DataFrame:
    own = grid.assign(period=grid["month"].map(of))
    sums = own[own["period"].notna()].groupby(["rep", "period"])[["actual", "quota"]].sum().reset_index()
    sums = sums[sums["quota"] > 0]
    pairs = zip(sums["actual"].tolist(), sums["quota"].tolist(), strict=True)
    return sums.assign(value=pd.Series([Fraction(top, low) for top, low in pairs], index=sums.index, dtype="object"))[
        ["rep", "period", "value"]
    ]


def placed(standing: pd.DataFrame) -> pd.DataFrame:
    """Places within each period: 1 + how many are better, so that equal values share a place and the next is left out.

    `standing`: rep, period, value. Adds place and count (who is ranked), sorted by period, place, rep.
    """
    ratios = [value.as_integer_ratio() for value in standing["value"]]
    sizes = [(above << FINE) // below for above, below in ratios]
    exact = {size: place for place, size in enumerate(sorted(set(sizes)))}
    size = pd.Series([exact[one] for one in sizes], index=standing.index, dtype="int64")
    groups = size.groupby(standing["period"])
    found = standing.assign(
        place=groups.rank(method="min", ascending=False).astype("int64"), count=groups.transform("size").astype("int64")
    )
    return found.sort_values(["period", "place", "rep"], kind="stable", ignore_index=True)


def least_of(contest: Contest) -> Fraction:
    """The least value that can win, in the units of `measured`."""
    return Fraction(contest.least) * SCALES.get(contest.measure, FEN)


def shown(values: "pd.Series[Any]", measure: str) -> "pd.Series[Any]":
    """Values as people read them: currency units, shares, pieces, orders; Decimal."""
    if measure == "attainment":
        return values.map(lambda value: round(Decimal(value.numerator) / Decimal(value.denominator), 9)).astype(object)
    scale = SCALES.get(measure, FEN)
    return values.map(lambda value: Decimal(int(value)) / scale).astype(object)
