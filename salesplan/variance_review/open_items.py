"""What every order is due, what has settled it and what is still open on a day, in the money of payments."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.money import Integers, integers
from salesplan.settling import Real, counted, oldest_first, product_rates
from salesplan.terms.plan import Tax
from salesplan.variance_review.receipts import dues, line_dues, sums

NOBODY = ("", UNKNOWN)  # customers whose orders only payments that name them settle


class OpenItems(NamedTuple):
    """Orders and money up to a day; int64 fen in the money of payments.

    `orders`: order, customer, date, invoice_date (the first; NaT where not invoiced yet), due (net of what was
    returned of it; below zero: a credit), paid, credited (by credits and bad debts of the customer), written (off, the
    order named), open: max(due, 0) = paid + credited + written + open in every row. `money`: customer, date, amount,
    lost (whether it is bad debt and no payment). `delays`: number (row of `orders`), date, amount of each
    payment that names its order and of what else settled one, where its day is known. `lines`: customer, date, amount
    of each line of `orders`, returns and rebates below zero, rounded once per line.
    """

    orders: pd.DataFrame
    money: pd.DataFrame
    delays: pd.DataFrame
    lines: pd.DataFrame


def open_items(
    orders: pd.DataFrame,
    collections: pd.DataFrame | None,
    products: pd.DataFrame | None,
    *,
    as_of: pd.Timestamp,
    tax: Tax,
) -> OpenItems:
    """Settle the orders known on a day with the money received by then.

    `orders`: the ledger's (order, original_order, customer, product, kind, date, invoice_date, amount);
    `collections`, `products`: input tables. A line below zero belongs to the order it names; lines without a number are
    one order per customer and day. A bill of exchange counts when it is cleared; a refund takes back. A payment that
    names its order settles it, what is over and payments without one settle the customer's oldest orders 核销, then his
    credits and bad debts do; what is left is prepayment 预收.
    """
    lines = orders[orders["date"] <= as_of].reset_index(drop=True)
    rates = product_rates(lines["product"], products, tax)
    deals = _deals(lines.assign(rate=rates), tax, as_of)
    money = _money(collections, deals, as_of)
    asked = np.maximum(deals["due"].to_numpy(dtype=np.int64), 0)
    cash, lost = money[~money["lost"]], money[money["lost"]]
    written = np.minimum(_by_order(lost, len(deals)), asked)
    direct = _by_order(cash, len(deals))
    own = np.clip(direct, 0, asked - written)
    pool = _pool(cash, deals, direct - own)
    credits = np.maximum(-deals["due"].to_numpy(dtype=np.int64), 0)
    beside = _pool(lost, deals, credits + _by_order(lost, len(deals)) - written)
    left = asked - written - own
    keyed = deals.rename(columns={"deal": "order"})
    after_cash, days = oldest_first(keyed, left, pool)
    rest, _ = oldest_first(keyed, left, pd.concat([pool, beside], ignore_index=True))
    rest = np.minimum(rest, after_cash)
    table = keyed.assign(paid=asked - written - after_cash, credited=after_cash - rest, written=written, open=rest)
    fen = line_dues(lines, products, tax)
    sold = lines[["customer", "date"]].assign(customer=lines["customer"].astype("str"), amount=fen)
    return OpenItems(table, money.drop(columns="number"), _delays(cash, keyed, left - after_cash, days), sold)


def _deals(lines: pd.DataFrame, tax: Tax, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row per order known on the day: deal, customer, date, invoice_date, due; sorted by deal."""
    blank = lines[lines["order"].isna()]
    nobody = blank["customer"].astype("str") + " " + blank["date"].dt.strftime("%Y-%m-%d")
    own = lines["order"].astype("object").fillna(nobody.astype("object")) if len(blank) else lines["order"]
    known = pd.Index(lines["order"].dropna().unique())
    back = lines["original_order"].notna() & (lines["amount"] < 0)
    back[back] = known.get_indexer(lines.loc[back, "original_order"]) >= 0
    deal = own.mask(back, lines["original_order"].astype("object"))
    code, names = pd.factorize(deal)
    ranked = names.argsort()
    place = np.empty(len(names), dtype=np.int64)
    place[ranked] = np.arange(len(names))  # orders in the order of their numbers
    customer, called = pd.factorize(lines["customer"].astype("str"), sort=True)
    order = np.lexsort((customer, lines["date"].to_numpy(), back.to_numpy(dtype=bool), place[code]))
    keyed = lines.assign(back=back, customer=called.take(customer)).iloc[order].reset_index(drop=True)
    number = place[code][order]
    invoiced = keyed["invoice_date"].where(~keyed["back"] & (keyed["invoice_date"] <= as_of))
    opening = np.flatnonzero(np.diff(number, prepend=-1))
    first = keyed[["customer", "date"]].iloc[opening].reset_index(drop=True)
    first.insert(0, "deal", names.take(ranked))
    rates = keyed["rate"].to_numpy(dtype=np.int64)
    due = dues(keyed["amount"].to_numpy(dtype=np.int64), rates, integers(number), tax)
    return first.assign(invoice_date=invoiced.groupby(number).min(), due=due)


def _money(collections: pd.DataFrame | None, deals: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Money by the day it counts: number (row of `deals`, -1: names none), customer, date, amount, lost."""
    if collections is None:
        kinds = {"number": "int64", "customer": "str", "date": "datetime64[ns]", "amount": "int64", "lost": "bool"}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    every = counted(collections)
    known = (every["date"] <= as_of).to_numpy()
    rows, paid = collections[known], every[known]
    order = rows["order"] if "order" in rows else pd.Series(None, index=rows.index, dtype="object")
    number = pd.Index(deals["deal"]).get_indexer(order)
    payer = rows["customer"].fillna(UNKNOWN) if "customer" in rows else pd.Series(UNKNOWN, index=rows.index)
    of_order = deals["customer"].reindex(number).to_numpy()
    found = pd.DataFrame(
        {
            "number": number,
            "customer": np.where(number >= 0, of_order, payer.to_numpy(dtype=object)),
            **{name: paid[name].to_numpy() for name in ("date", "amount", "lost")},
        }
    )
    return found.sort_values(["date", "customer", "number", "amount"], kind="stable", ignore_index=True)


def _by_order(money: pd.DataFrame, count: int) -> Integers:
    named = money[money["number"] >= 0]
    return sums(named["number"].to_numpy(), named["amount"].to_numpy(dtype=np.int64), count)


def _pool(money: pd.DataFrame, deals: pd.DataFrame, over: Integers) -> pd.DataFrame:
    """What settles the customers' oldest orders: money that names no order, and what orders have over."""
    spare = deals.assign(amount=over)[over != 0]
    both = pd.concat([money.loc[money["number"] < 0], spare], ignore_index=True)[["customer", "date", "amount"]]
    known: pd.DataFrame = both[~both["customer"].isin(NOBODY)]
    return known.reset_index(drop=True)


def _delays(cash: pd.DataFrame, orders: pd.DataFrame, settled: Integers, days: Real) -> pd.DataFrame:
    """Which order was paid when: by payments that name it, and by the customer's other money on the day it was."""
    named = cash.loc[cash["number"] >= 0, ["number", "date", "amount"]]
    known = ~np.isnan(days) & (settled > 0)
    when = orders["date"] + pd.to_timedelta(np.where(known, days, 0), unit="D")
    other = pd.DataFrame({"number": orders.index, "date": when, "amount": settled})[known]
    return pd.concat([named, other], ignore_index=True)
