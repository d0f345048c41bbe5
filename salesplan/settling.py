"""What is owed in the money of payments, and money that settles a customer's oldest orders first."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.money import MICRO, Integers, integers, to_micro
from salesplan.terms.plan import Tax

Real = NDArray[np.float64]


def tax_factor(tax: Tax | None) -> tuple[int, int]:
    """What an amount of sales is in the money of collections: numerator and denominator, in lowest terms.

    The other way back. Without a tax both are the same money.
    """
    if tax is None or tax.sales == tax.collections:
        return 1, 1
    above, below = Fraction(MICRO + to_micro(tax.rate), MICRO).as_integer_ratio()
    return (above, below) if tax.sales == "excluded" else (below, above)


def product_rates(products: "pd.Series[Any]", table: pd.DataFrame | None, tax: Tax) -> Integers:
    """Tax rate of each line's product in millionths: its own where the product table has one, else the plan's."""
    default = to_micro(tax.rate)
    if table is None or "tax_rate" not in table:
        return np.full(len(products), default, dtype=np.int64)
    own = table.dropna(subset=["tax_rate"]).drop_duplicates("product").set_index("product")["tax_rate"]
    micro = (own.astype("float64") * MICRO).round().astype("int64")
    place, names = pd.factorize(products, use_na_sentinel=False)
    return integers(micro.reindex(names, fill_value=default).to_numpy(dtype=np.int64)[place])


def counted(collections: pd.DataFrame) -> pd.DataFrame:
    """Payments as they count, row by row: date, amount (fen), lost (bad debt, which is no payment).

    A bill of exchange counts on the day it is cleared; a refund takes back.
    """
    paid = pd.to_datetime(collections["date"])
    day = pd.to_datetime(collections["cleared"]).fillna(paid) if "cleared" in collections else paid
    blank = pd.Series("", index=collections.index)
    kind = collections["kind"].fillna("") if "kind" in collections else blank
    fen = collections["amount"].astype("int64")
    return pd.DataFrame({"date": day, "amount": fen.where(kind != "refund", -fen.abs()), "lost": kind == "bad_debt"})


def oldest_first(orders: pd.DataFrame, left: Integers, pool: pd.DataFrame) -> tuple[Integers, Real]:
    """What stays open after the customers' money has settled their oldest orders, and days until an order was settled.

    `orders`: order, customer, date; `left`: what each still owes (fen); `pool`: customer, date, amount (fen; below
    zero where money went back, which takes back what came last). First in, first out 核销. One search for all
    customers: each customer's running sums are shifted beyond those of the customer before. Days are NaN where an
    order is not settled.
    """
    names = pd.Index(sorted(orders["customer"].unique()))
    owner, payer = names.get_indexer(orders["customer"]), names.get_indexer(pool["customer"])
    pool = pool.assign(payer=payer)[payer >= 0].sort_values(["payer", "date", "amount"], kind="stable")
    by_age = np.lexsort((orders["order"].to_numpy(dtype=str), orders["date"].to_numpy(), owner))
    owed = np.cumsum(left[by_age]) - _before(owner[by_age], left[by_age], len(names))
    money, code = pool["amount"].to_numpy(dtype=np.int64), pool["payer"].to_numpy(dtype=np.int64)
    had = np.cumsum(money) - _before(code, money, len(names))
    most = 2 * int(max(owed.max(initial=0), np.abs(had).max(initial=0))) + 1
    kept = np.minimum.accumulate((code * most + had)[::-1])[::-1] - code * most  # what is never paid back again
    total = np.maximum(np.bincount(code, weights=money, minlength=len(names)).astype(np.int64), 0)
    rest = np.empty(len(orders), dtype=np.int64)
    rest[by_age] = np.clip(owed - total[owner[by_age]], 0, left[by_age])
    at = np.searchsorted(code * most + np.maximum(kept, 0), owner[by_age] * most + owed)
    found = (at < len(pool)) & (rest[by_age] == 0) & (left[by_age] > 0)
    days = np.full(len(orders), np.nan)
    if len(pool):
        paid_on = pool["date"].to_numpy(dtype="datetime64[D]")[np.minimum(at, len(pool) - 1)]
        took = (paid_on - orders["date"].to_numpy(dtype="datetime64[D]")[by_age]).astype(np.float64)
        days[by_age] = np.where(found, took, np.nan)
    return rest, days


def _before(owner: Integers, values: Integers, count: int) -> Integers:
    """Sum of all values of the owners before each one's."""
    sums = np.bincount(owner, weights=values, minlength=count).astype(np.int64)
    return np.asarray((np.cumsum(sums) - sums)[owner], dtype=np.int64)


def customer_keys(dealers: Sequence[str], customers: pd.DataFrame | None) -> dict[str, str]:
    """The key under which a dealer buys from the company: his own name, or that of the customer called so."""
    if customers is None:
        return {}
    keys = set(customers["customer"])
    pairs = customers[["customer", "name"]].dropna().drop_duplicates() if "name" in customers else customers.head(0)
    alone = pairs.drop_duplicates("name", keep=False) if len(pairs) else pairs
    names = dict(zip(alone["name"], alone["customer"], strict=True)) if len(alone) else {}
    return {
        dealer: dealer if dealer in keys else names[dealer] for dealer in dealers if dealer in keys or dealer in names
    }
