"""What each order is due and what was paid on it at every month end, on one tax basis."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.commission.exact import cumulative
from salesplan.commission.year import NEVER, Ledger, Year
from salesplan.money import MICRO, Integers, half_away, integers, to_micro
from salesplan.terms.plan import Tax

TEXTS = ("order", "original_order", "customer", "product", "rep", "kind")
NOBODY = ("", UNKNOWN)  # customers whose orders only named payments settle
SEQUENCE = ["date", "order", "product", "amount", "rep", "customer", "kind", "original_order"]


@dataclass(frozen=True)
class Settlement:
    """Orders with their dues and payments to date, month by month (column 0: before the year).

    `orders`: order, customer, date, at (month number), earlier (before the year); row number = `okey` of the book.
    `due` and `paid` int64 fen in the money of collections, orders x (months + 1). `prepaid`: customer, prepayment.
    `unknown`: payments that name an order nobody knows.
    """

    orders: pd.DataFrame
    due: Integers
    paid: Integers
    prepaid: pd.DataFrame
    unknown: pd.DataFrame


def book(ledger: Ledger, year: Year) -> pd.DataFrame:
    """All lines up to the review, of this year and of earlier orders, each with the order it settles.

    Columns of `order_lines` and: `at`, `invoiced` (month numbers), `key` (the order it belongs to: a return's
    original order where that is known, else its own), `earlier`. Row order of the inputs changes nothing.
    """
    lines = _texts(ledger.order_lines).assign(
        at=lambda d: year.numbers(d["month"]),
        invoiced=lambda d: year.numbers_of(d["invoice_date"]) if "invoice_date" in d else NEVER,
        earlier=False,
    )
    lines = lines[(lines["at"] != NEVER) & (lines["at"] > 0)].sort_values(SEQUENCE, kind="stable", ignore_index=True)
    # Earlier orders only take payments before this year's do: without payments nobody asks for them.
    orders = ledger.orders if ledger.collections is not None else None
    both = lines if orders is None else pd.concat([_earlier(orders, year), lines], ignore_index=True)
    own = _own_order(both)
    back = both.loc[both["amount"] < 0, "original_order"]
    named = back[back.isin(own[both["amount"] > 0].unique())]
    key = own.copy()
    key.loc[named.index] = named
    return both.assign(own=own, key=key)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    blank = {name: "" for name in TEXTS if name not in frame}
    known = {
        name: frame[name].astype(object).where(frame[name].notna(), "").astype("str") for name in TEXTS if name in frame
    }
    return frame.assign(**blank, **known)


def _earlier(orders: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Lines of orders before the year, as the book has them."""
    before = _texts(orders[orders["date"] < year.start])
    columns = [*TEXTS, "date", "amount"]
    ordered = before[columns].sort_values(["date", "order", "customer", "product", "amount"], kind="stable")
    return ordered.assign(at=0, invoiced=0, earlier=True)


def _own_order(lines: pd.DataFrame) -> "pd.Series[Any]":
    """The order of each line; lines without a number are one order per customer and day."""
    day = lines["date"].dt.strftime("%Y-%m-%d")
    return lines["order"].where(lines["order"] != "", "\0" + lines["customer"] + "\0" + day)


def tax_rates(products: "pd.Series[Any]", table: pd.DataFrame | None, tax: Tax) -> Integers:
    """Tax rate of each product in millionths: its own where the product table has one, else the plan's."""
    default = to_micro(tax.rate)
    if table is None or "tax_rate" not in table:
        return np.full(len(products), default, dtype=np.int64)
    own = table.dropna(subset=["tax_rate"]).drop_duplicates("product").set_index("product")["tax_rate"]
    micro = (own.astype("float64") * MICRO).round().astype("int64")
    return integers(products.map(micro).fillna(default).to_numpy(dtype=np.int64))


def dues(amounts: Integers, rates: Integers, where: tuple[Integers, Integers, tuple[int, int]], tax: Tax) -> Integers:
    """What each order is due to date in the money of collections, rounded once per order, half away from zero.

    `where` = (order, month number, shape). Orders without tax and payments with it: net x (1 + rate); the other
    way round: gross / (1 + rate), once per order and rate.
    """
    rows, columns, shape = where
    if tax.sales == tax.collections:
        return cumulative(rows, columns, amounts, shape)
    if tax.sales == "excluded":
        return half_away(cumulative(rows, columns, amounts * (MICRO + rates), shape), MICRO)
    total = np.zeros(shape, dtype=np.int64)
    for rate in np.unique(rates):
        of_rate = np.where(rates == rate, amounts, 0)
        total += half_away(cumulative(rows, columns, of_rate, shape) * MICRO, MICRO + int(rate))
    return total


def settle(lines: pd.DataFrame, ledger: Ledger, year: Year) -> tuple[pd.DataFrame, Settlement]:
    """Orders of the book with dues and payments to date; the book with the order's number as `okey`.

    A payment that names its order settles it first; what is over, and payments without an order, settle the
    customer's oldest orders (first in, first out 核销); what is left is prepayment 预收. What has settled an order at a
    month end stays there: a further line on one order never unsettles another; only a return of the order itself or
    a refund does. Order and cut of the payments within a month do not matter.
    """
    orders = _orders(lines)
    okey = lines["key"].map(pd.Series(orders.index, index=orders["key"])).to_numpy(dtype=np.int64)
    shape = (len(orders), len(year.closed) + 1)
    rates = tax_rates(lines["product"], ledger.products, year.tax)
    due = dues(lines["amount"].to_numpy(dtype=np.int64), rates, (okey, lines["at"].to_numpy(), shape), year.tax)
    payments = _payments(ledger.collections, orders, year)
    if ledger.orders is None:  # what was paid before the year settled orders nobody has told
        payments = payments[(payments["at"] > 0) | (payments["okey"] >= 0)]
    paid, rest = _paid(orders, due, payments)
    unknown = payments[payments["lost"]][["date", "order", "customer", "amount"]].reset_index(drop=True)
    return lines.assign(okey=okey), Settlement(orders.drop(columns="key"), due, paid, rest, unknown)


def _orders(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per order, by customer and age: the order in which payments without a name settle them."""
    firsts = lines.sort_values(["date", "own"], kind="stable").groupby("key", sort=True)
    orders = firsts.agg(
        order=("order", "first"),
        customer=("customer", "first"),
        date=("date", "first"),
        at=("at", "min"),
        earlier=("earlier", "max"),
    ).reset_index()
    return orders.sort_values(["customer", "date", "key"], kind="stable", ignore_index=True)


def _payments(collections: pd.DataFrame | None, orders: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Payments up to the review: okey (-1: names none, or none that is known), customer, at, amount, lost."""
    if collections is None:
        empty = {
            "date": "datetime64[ns]",
            "order": "str",
            "customer": "str",
            "amount": "int64",
            "okey": "int64",
            "at": "int64",
            "lost": "bool",
        }
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in empty.items()})
    texts = _texts(collections)
    cashed = texts["cleared"].fillna(texts["date"]) if "cleared" in texts else texts["date"]
    number = pd.Series(orders.index, index=orders["key"])
    found = texts.assign(okey=texts["order"].map(number).fillna(-1).astype("int64"), at=year.numbers_of(cashed))
    found = found[found["at"] != NEVER].sort_values(["date", "customer", "order", "amount"], kind="stable")
    named = found["okey"].to_numpy() >= 0
    # a payment ahead of its order waits for it; the order says whose it is
    ahead = np.where(named, orders["at"].to_numpy()[found["okey"]], 0) if len(orders) else 0
    whose = orders["customer"].to_numpy()[found["okey"]] if len(orders) else found["customer"]
    return found.assign(
        at=np.maximum(found["at"], ahead),
        customer=np.where(named, whose, found["customer"]),
        lost=~named & (found["order"] != ""),
    )


def _paid(orders: pd.DataFrame, due: Integers, payments: pd.DataFrame) -> tuple[Integers, pd.DataFrame]:
    """Paid on each order to date, and each customer's money that settles nothing yet."""
    customers = pd.Index(sorted({*orders["customer"], *payments["customer"]}))
    whose = customers.get_indexer(orders["customer"])
    named = payments[payments["okey"] >= 0]
    loose = payments[payments["okey"] < 0]
    direct = cumulative(named["okey"], named["at"], named["amount"], due.shape)
    cash = cumulative(
        customers.get_indexer(loose["customer"]), loose["at"], loose["amount"], (len(customers), due.shape[1])
    )
    np.add.at(cash, whose, direct)
    anonymous = customers.isin(NOBODY)[whose]
    own = others = np.zeros(len(orders), dtype=np.int64)
    states = []
    for month in range(due.shape[1]):
        before = direct[:, month - 1] if month else own
        now = (due[:, month], direct[:, month], np.maximum(direct[:, month] - before, 0))
        own, others = _settled((own, others), now, cash[:, month], whose, anonymous=anonymous)
        states.append(own + others)
    paid = np.stack(states, axis=1)
    rest = pd.DataFrame({"customer": customers.astype("str"), "prepayment": _less(cash[:, -1], paid[:, -1], whose)})
    return paid, rest[rest["prepayment"] != 0].reset_index(drop=True)


def _settled(
    before: tuple[Integers, Integers],
    now: tuple[Integers, Integers, Integers],
    cash: Integers,
    whose: Integers,
    *,
    anonymous: Any,
) -> tuple[Integers, Integers]:
    """What settles each order at a month end, by its own payments and by the customer's other money.

    `before`: the same a month ago. `now`: due, payments naming the order to date, those of the month. `cash`: each
    customer's payments to date. First stays what has settled; then an order that grew gets back what its own payments
    had left over, as far as that is still free; then the rest goes to the oldest.
    """
    due, direct, fresh = now
    low = np.minimum(due, 0)
    most = np.clip(direct, low, due)
    own = np.minimum(most, np.clip(before[0] + fresh, low, due))
    pool = _less(cash, own, whose)
    kept = _first_in_first_out(np.minimum(before[1], due - own), pool, whose, anonymous=anonymous)
    pool = _less(pool, kept, whose)
    again = np.where(anonymous, most - own, _first_in_first_out(most - own, pool, whose, anonymous=anonymous))
    own, pool = own + again, _less(pool, again, whose)
    return own, kept + _first_in_first_out(due - own - kept, pool, whose, anonymous=anonymous)


def _less(pool: Integers, spent: Integers, whose: Integers) -> Integers:
    """Each customer's money without what was spent on the customer's orders."""
    left = pool.copy()
    np.subtract.at(left, whose, spent)
    return left


def _first_in_first_out(unpaid: Integers, pool: Integers, whose: Integers, *, anonymous: Any) -> Integers:
    """What the pool of each customer settles of each order, oldest first; nothing where nobody knows whose it is."""
    running = np.cumsum(unpaid, axis=0)
    first = np.r_[True, whose[1:] != whose[:-1]] if len(whose) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(whose)), 0))
    older = running - unpaid - (running - unpaid)[start]
    settled = np.clip(pool[whose] - older, 0, unpaid)
    return np.where(anonymous, 0, settled)
