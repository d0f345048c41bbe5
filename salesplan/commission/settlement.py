"""What each order is due and what was paid on it at every month end, on one tax basis, and which payment paid it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.commission.book import Book
from salesplan.commission.exact import cumulative
from salesplan.commission.year import Year
from salesplan.money import MICRO, Integers, half_away
from salesplan.settling import product_rates
from salesplan.terms.plan import Tax

NOBODY = ("", UNKNOWN)  # customers whose orders only named payments settle
BLOCK = 2**14  # orders settled at a time, so that what is worked on stays near the processor


@dataclass(frozen=True)
class Settlement:
    """Orders with their dues and payments to date, month by month (column 0: before the year); int64 fen.

    `due`, `paid` and `written` (off as bad debt) in the money of collections, orders x (months + 1); row number =
    `okey` of the book. `prepaid`: customer (code), prepayment.
    """

    due: Integers
    paid: Integers
    written: Integers
    prepaid: pd.DataFrame

    @cached_property
    def open(self) -> Integers:
        """What is still asked for of each order: due without bad debt."""
        return self.due - self.written if self.written.any() else self.due


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


def settle(book: Book, products: pd.DataFrame | None, year: Year, *, all_orders: bool) -> Settlement:
    """Dues and payments of the book's orders to date.

    A payment that names its order settles it first; what is over, and payments without an order, settle the
    customer's oldest orders (first in, first out 核销); what is left is prepayment 预收. What has settled an order at a
    month end stays there: a further line on one order never unsettles another; only a return of the order itself or
    a refund does. Bad debt lowers what is asked for. Order and cut of the payments within a month do not matter.
    `all_orders`: the book knows the orders before the year; else what was paid before it settled orders nobody has
    told.
    """
    shape = (len(book.orders), len(year.closed) + 1)
    owed = book.owed
    of_product = pd.Series(np.asarray(book.labels["product"], dtype=object))
    rates = product_rates(of_product, products, year.tax)[owed["product"].to_numpy()]
    where = (owed["okey"].to_numpy(), owed["at"].to_numpy(), shape)
    due = dues(owed["amount"].to_numpy(), rates, where, year.tax)
    payments = book.payments
    lost = payments[(payments["kind"] == 1) & (payments["okey"] >= 0)]
    written = np.broadcast_to(np.int64(0), shape)
    if len(lost):
        written = cumulative(lost["okey"], lost["at"], lost["amount"], shape)
    cash = payments[payments["kind"] == 0]
    if not all_orders:
        cash = cash[(cash["at"] > 0) | (cash["okey"] >= 0)]
    paid, rest = _paid(book, due - written if len(lost) else due, cash)
    return Settlement(due, paid, written, rest)


def _paid(book: Book, due: Integers, payments: pd.DataFrame) -> tuple[Integers, pd.DataFrame]:
    """Paid on each order to date, and each customer's money that settles nothing yet."""
    labels = book.labels["customer"]
    nobody = np.asarray(labels.isin(NOBODY))
    whose = book.orders["customer"].to_numpy()
    named = payments[payments["okey"] >= 0]
    direct = cumulative(named["okey"], named["at"], named["amount"], due.shape)
    cash = cumulative(payments["customer"], payments["at"], payments["amount"], (len(labels), due.shape[1]))
    paid = np.empty_like(due)
    for rows in _blocks(whose):
        owners = _owners(whose[rows], nobody)
        _settle_block(_Money(due[rows], direct[rows], cash[owners.customer]), owners, paid[rows])
    left = cash[:, -1].copy()
    np.subtract.at(left, whose, paid[:, -1])
    rest = pd.DataFrame({"customer": np.arange(len(labels)), "prepayment": left})
    return paid, rest[rest["prepayment"] != 0].reset_index(drop=True)


def _blocks(whose: Integers) -> Iterator[slice]:
    """Stretches of orders, none of which parts a customer's."""
    edges = np.searchsorted(whose, whose[BLOCK::BLOCK])
    places = np.unique(np.r_[0, edges, len(whose)])
    yield from (slice(begin, end) for begin, end in pairwise(places.tolist()))


@dataclass(frozen=True)
class _Owners:
    """Customers whose orders stand together: the first row and the code of each, and the number of each order's.

    `anonymous`: orders of nobody who is known.
    """

    first: Integers
    customer: Integers
    number: Integers
    anonymous: Any

    def less(self, pool: Integers, spent: Integers) -> Integers:
        """Each customer's money without what was spent on the customer's orders."""
        return np.asarray(pool - np.add.reduceat(spent, self.first), dtype=np.int64)

    def first_in_first_out(self, unpaid: Integers, pool: Integers) -> Integers:
        """What the pool of each customer settles of each order, oldest first; nothing where nobody knows whose."""
        older = np.cumsum(unpaid) - unpaid
        settled = np.clip((pool + older[self.first])[self.number] - older, 0, unpaid)
        settled[self.anonymous] = 0
        return np.asarray(settled, dtype=np.int64)


def _owners(whose: Integers, nobody: Any) -> _Owners:
    begins = np.r_[True, whose[1:] != whose[:-1]]
    first = np.flatnonzero(begins)
    return _Owners(first, whose[first], np.cumsum(begins) - 1, nobody[whose])


@dataclass(frozen=True)
class _Money:
    """What orders are due, what payments that name them come to, and all money of their customers; to date."""

    due: Integers
    direct: Integers
    cash: Integers


def _settle_block(money: _Money, owners: _Owners, paid: Integers) -> None:
    """Write what settles each order at each month end."""
    own = others = earlier = np.zeros(len(paid), dtype=np.int64)
    for month in range(paid.shape[1]):
        direct = money.direct[:, month]
        now = (money.due[:, month], direct, np.maximum(direct - earlier, 0))
        own, others = _settled((own, others), now, money.cash[:, month], owners)
        paid[:, month], earlier = own + others, direct


def _settled(
    before: tuple[Integers, Integers], now: tuple[Integers, Integers, Integers], cash: Integers, owners: _Owners
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
    pool = owners.less(cash, own)
    kept = owners.first_in_first_out(np.minimum(before[1], due - own), pool)
    if kept.any():
        pool = owners.less(pool, kept)
    if (most != own).any():
        again = owners.first_in_first_out(most - own, pool)
        again[owners.anonymous] = (most - own)[owners.anonymous]
        own, pool = own + again, owners.less(pool, again)
    return own, kept + owners.first_in_first_out(due - own - kept, pool)
