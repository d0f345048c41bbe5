"""Made-up years: the sales of every rep at an attainment, as last year, as they may turn out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.apportion import UNASSIGNED
from salesplan.commission.cost.looked_at import SORTED, folded, needs_cost, needs_customers, needs_orders
from salesplan.commission.year import Ledger, Year
from salesplan.money import MICRO, Integers, to_micro
from salesplan.terms.commission import CommissionPlan

MOST_ORDERS = 28  # of a rep in a month
LAST_DAY = 27  # of every month, counted from its first


@dataclass(frozen=True)
class Past:
    """What is known of the years before, all of it optional.

    `facts` month, rep, amount (int64 fen) and the dimensions, kind, quantity, cost, as the ledger credits them;
    `outlook` the table rep_allocation_reps: rep, quota, expected, amount_low, amount_high (fen); `company` the table
    annual_target_odds: scope, expected, low, high (fen).
    """

    facts: pd.DataFrame | None = None
    outlook: pd.DataFrame | None = None
    company: pd.DataFrame | None = None


@dataclass(frozen=True)
class Scene:
    """What everybody sells in a made-up year: rep, month, amount (int64 fen) and what plans look at, and its name."""

    name: str
    sales: pd.DataFrame
    attainment: float = float("nan")
    told: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def quota_lines(ledger: Ledger, year: Year, plans: Sequence[CommissionPlan], past: Past) -> pd.DataFrame:
    """The quotas as sales that meet them exactly: `folded`, with the cost that the products had last year."""
    assert ledger.quotas is not None
    known = ledger.quotas[ledger.quotas["month"].isin(list(year.months)) & ledger.quotas["amount"].notna()]
    known = known[known["amount"] != 0].astype({"amount": "int64"})
    if needs_cost(plans):
        known = known.assign(cost=_costs(known, last_year(past, year)))
    lines = folded(known, ledger, year, plans)
    if not needs_customers(plans) or "customer" in known:
        return lines
    return _to_customers(lines, folded(last_year(past, year), ledger, year, plans))


def last_year(past: Past, year: Year) -> pd.DataFrame:
    """Last year's credited sales with the months of this year; no row where nothing is known."""
    if past.facts is None:
        return pd.DataFrame({"rep": [], "month": [], "amount": pd.Series(dtype="int64")})
    labels = {calendar.add_months(month, -12): month for month in year.months}
    own = past.facts[past.facts["month"].isin(list(labels)) & (past.facts["rep"] != UNASSIGNED)]
    return own.assign(month=own["month"].map(labels))


def _to_customers(lines: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    """Quotas spread over customers as the rep sold to them last year; who sold nothing, as everybody did."""
    own = sold[(sold["amount"] > 0) & (sold["customer"] != "")]
    weights = own.groupby(["rep", "customer"])["amount"].sum().reset_index()
    everybody = own.groupby("customer")["amount"].sum().reset_index()
    new = pd.DataFrame({"rep": sorted(set(lines["rep"]) - set(weights["rep"]))}).merge(everybody, how="cross")
    if everybody.empty:
        return lines
    mix = pd.concat([weights, new], ignore_index=True).sort_values(["rep", "customer"], ignore_index=True)
    end = mix.groupby("rep")["amount"].cumsum() / mix.groupby("rep")["amount"].transform("sum")
    ends = (end * MICRO).round().astype("int64")
    mix = mix.assign(end=ends, begin=ends.groupby(mix["rep"]).shift(fill_value=0)).drop(columns="amount")
    both = lines.drop(columns="customer").merge(mix, on="rep")
    for name in ("amount", "cost"):
        whole = both[name].fillna(0).astype("int64")
        part = whole * both["end"] // MICRO - whole * both["begin"] // MICRO
        both[name] = part.astype(both[name].dtype).where(both[name].notna())
    share = (both["end"] - both["begin"]) / MICRO
    return both.assign(quantity=both["quantity"] * share)[list(lines.columns)]


def _costs(quotas: pd.DataFrame, sold: pd.DataFrame) -> "pd.Series[Any]":
    """Cost of quotas by the share of the amount that their product's cost was last year; unknown where that is."""
    if "product" not in quotas or "cost" not in sold:
        return pd.Series(pd.NA, index=quotas.index, dtype="Int64")
    known = sold[sold["cost"].notna() & (sold["amount"] > 0)]
    sums = known.groupby("product")[["amount", "cost"]].sum().astype("float64")
    share = quotas["product"].map(sums["cost"] / sums["amount"]).astype("float64")
    return (quotas["amount"] * share).round().astype("Int64")


def at_attainment(lines: pd.DataFrame, attainment: Decimal) -> Scene:
    """Everybody reaches the same part of his quota in every month; sales round up, so that a tier is reached."""
    micro = to_micro(attainment)
    return Scene("attainment", scaled(lines, np.full(len(lines), micro, dtype=np.int64)), float(attainment))


def scaled(lines: pd.DataFrame, micro: Integers) -> pd.DataFrame:
    """Sales times a factor each, in millionths: amounts round away from zero, quantities and costs follow."""
    factor = micro / MICRO
    return lines.assign(
        amount=rounded_up(lines["amount"].to_numpy(dtype=np.int64), micro),
        quantity=lines["quantity"] * factor,
        cost=(lines["cost"].astype("Float64") * factor).round().astype("Int64"),
    )


def rounded_up(fen: Integers, micro: Integers) -> Integers:
    """`fen x micro / 1,000,000` away from zero, exact for every amount of money."""
    size = np.abs(fen)
    whole, rest = np.divmod(size, MICRO)
    return np.asarray(np.sign(fen) * (whole * micro - (-(rest * micro) // MICRO)), dtype=np.int64)


def orders_of(ledger: Ledger, year: Year, plans: Sequence[CommissionPlan]) -> int | None:
    """The size of an order (fen), the mean of the year before; None where the plans look at no single order."""
    orders = ledger.orders
    if not needs_orders(plans) or orders is None:
        return None
    before = orders[(orders["date"] < year.start) & (orders["date"] >= year.start - pd.DateOffset(years=1))]
    sums = before.groupby("order")["amount"].sum()
    sold = sums[sums > 0]
    return int(sold.sum() // len(sold)) if len(sold) else None


def in_orders(sales: pd.DataFrame, size: int | None) -> pd.DataFrame:
    """Sales with the `number` of their order within the rep, cut into orders of about `size` (fen).

    Without a size all that a rep sells in the year is one order, what comes back another. With one, all lines of a rep
    and month stand in the same orders; the parts of a line sum to it.
    """
    if size is None or sales.empty:
        return sales.assign(number=(sales["amount"] < 0).astype("int64"))
    month = sales.groupby(["rep", "month"])["amount"].transform("sum").to_numpy(dtype=np.int64)
    count = np.clip((month + size // 2) // size, 1, MOST_ORDERS)
    rows = np.repeat(np.arange(len(sales)), count)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    of_month = sales["month"].str[-2:].astype("int64").to_numpy()[rows]
    cut = sales.iloc[rows].assign(number=of_month * (MOST_ORDERS + 1) + number, day=number)
    for name in ("amount", "cost"):
        whole = cut[name].fillna(0).to_numpy(dtype=np.int64)
        parts = whole * (number + 1) // count[rows] - whole * number // count[rows]
        cut[name] = pd.Series(parts, index=cut.index, dtype=cut[name].dtype).where(cut[name].notna())
    return cut.assign(quantity=cut["quantity"] / count[rows]).reset_index(drop=True)


def order_lines(sales: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Sales as credited order lines of the first days of their month."""
    first = {month: pd.Timestamp(calendar.month_span(month, year.cutoff)[0]) for month in year.months}
    day = sales["day"].to_numpy() if "day" in sales else np.zeros(len(sales), dtype=np.int64)
    keys = sales["rep"] + "-" + sales["number"].astype("str").str.zfill(3)
    names = {name: sales[name] for name in SORTED}
    return pd.DataFrame(
        {
            "order": keys,
            "date": sales["month"].map(first) + pd.to_timedelta(np.minimum(day, LAST_DAY), unit="D"),
            "month": sales["month"],
            "invoice_date": pd.Series(pd.NaT, index=sales.index, dtype="datetime64[ns]"),
            "rep": sales["rep"],
            "original_order": "",
            **names,
            "amount": sales["amount"].astype("int64"),
            "quantity": sales["quantity"].astype("float64"),
            "cost": sales["cost"].astype("Int64"),
        }
    )
