"""What each order is due and what was paid on it at every month end, on one tax basis, and which payment paid it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.commission.book import Book
from salesplan.commission.exact import cumulative
from salesplan.commission.year import Year
from salesplan.money import MICRO, Integers, half_away, integers, to_micro
from salesplan.terms.plan import Tax

NOBODY = ("", UNKNOWN)  # customers whose orders only named payments settle


@dataclass(frozen=True)
class Settlement:
    """Orders with their dues and payments to date, month by month (column 0: before the year); int64 fen.

    `due`, `paid` and `written` (off as bad debt) in the money of collections, orders x (months + 1); row number =
    `okey` of the book. `own`: the part of `paid` that payments naming the order settled. `prepaid`: customer (code),
    prepayment.
    """

    due: Integers
    paid: Integers
    written: Integers
    own: Integers
    prepaid: pd.DataFrame

    @property
    def open(self) -> Integers:
        """What is still asked for of each order: due without bad debt."""
        return self.due - self.written


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
    rates = tax_rates(of_product, products, year.tax)[owed["product"].to_numpy()]
    where = (owed["okey"].to_numpy(), owed["at"].to_numpy(), shape)
    due = dues(owed["amount"].to_numpy(), rates, where, year.tax)
    payments = book.payments
    lost = payments[(payments["kind"] == 1) & (payments["okey"] >= 0)]
    written = cumulative(lost["okey"], lost["at"], lost["amount"], shape)
    cash = payments[payments["kind"] == 0]
    if not all_orders:
        cash = cash[(cash["at"] > 0) | (cash["okey"] >= 0)]
    own, paid, rest = _paid(book, due - written, cash)
    return Settlement(due, paid, written, own, rest)


def _paid(book: Book, due: Integers, payments: pd.DataFrame) -> tuple[Integers, Integers, pd.DataFrame]:
    """Paid on each order to date by its own payments and by any, and each customer's money that settles nothing yet."""
    labels = book.labels["customer"]
    whose = book.orders["customer"].to_numpy()
    named = payments[payments["okey"] >= 0]
    loose = payments[payments["okey"] < 0]
    direct = cumulative(named["okey"], named["at"], named["amount"], due.shape)
    cash = cumulative(loose["customer"], loose["at"], loose["amount"], (len(labels), due.shape[1]))
    np.add.at(cash, whose, direct)
    anonymous = np.asarray(labels.isin(NOBODY))[whose]
    before, others = np.zeros(len(due), dtype=np.int64), np.zeros(len(due), dtype=np.int64)
    own, paid = np.zeros_like(due), np.zeros_like(due)
    for month in range(due.shape[1]):
        earlier = direct[:, month - 1] if month else np.zeros_like(before)
        now = (due[:, month], direct[:, month], np.maximum(direct[:, month] - earlier, 0))
        before, others = _settled((before, others), now, cash[:, month], whose, anonymous=anonymous)
        own[:, month], paid[:, month] = before, before + others
    left = _less(cash[:, -1], paid[:, -1], whose)
    rest = pd.DataFrame({"customer": np.arange(len(labels)), "prepayment": left})
    return own, paid, rest[rest["prepayment"] != 0].reset_index(drop=True)


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


def payments_of(book: Book, settlement: Settlement, ends: Integers) -> pd.DataFrame:
    """Which payment settled which order: okey, at (month number), day, amount; negative where money went back.

    Per order and month the amounts sum to the rise of `paid`. An order's own payments settle it in the order of their
    days; what other payments settle is theirs in the order of the days and of the orders' age. `ends`: the last day
    of each month (since 1970), column 0 the day before the year; nothing settles later than its month.
    """
    rise = np.diff(settlement.own, axis=1, prepend=0), np.diff(settlement.paid - settlement.own, axis=1, prepend=0)
    cash = book.payments[(book.payments["kind"] == 0) & (book.payments["amount"] > 0)]
    named = cash[cash["okey"] >= 0].sort_values(["okey", "at", "day"], kind="stable")
    direct, used = _matched(named, "okey", *_rises(rise[0], by_order=True))
    spent = pd.Series(used, index=named.index).reindex(cash.index, fill_value=0)
    pool = cash.assign(amount=cash["amount"] - spent).sort_values(["customer", "at", "day"], kind="stable")
    okey, at, amount = _rises(rise[1], by_order=False)
    whose = book.orders["customer"].to_numpy()[okey]
    turn = np.lexsort([okey, at, whose])
    others, _ = _matched(pool, "customer", whose[turn], at[turn], amount[turn], okey[turn])
    back = [np.nonzero(np.minimum(part, 0)) for part in rise]
    fell = pd.DataFrame(
        {
            "okey": np.concatenate([rows for rows, _ in back]),
            "at": np.concatenate([columns for _, columns in back]),
            "amount": np.concatenate([part[where] for part, where in zip(rise, back, strict=True)]),
        }
    )
    found = pd.concat([direct, others, fell.assign(day=NEVER_DAY)], ignore_index=True)
    found = found.assign(day=np.minimum(found["day"], ends[found["at"]]))
    sums = found.groupby(["okey", "at", "day"])["amount"].sum().reset_index()
    return sums[(sums["amount"] != 0) & (sums["at"] > 0)].reset_index(drop=True)


NEVER_DAY = 2**40


def _rises(rise: Integers, *, by_order: bool) -> tuple[Integers, ...]:
    """Where something was settled, order by order: whose row, month, amount, and the order."""
    rows, columns = np.nonzero(rise > 0)
    found = rows, columns, rise[rows, columns]
    return (*found, rows) if by_order else found


def _matched(
    payments: pd.DataFrame, by: str, whose: Integers, at: Integers, amount: Integers, okey: Integers
) -> tuple[pd.DataFrame, Integers]:
    """Settled amounts cut by the payments of the same owner, both in order; what is used of each payment.

    What no payment covers any more (money that came back from another order) has no day of its own.
    """
    size = payments["amount"].to_numpy()
    owner = payments[by].to_numpy()
    begins = _stretches(owner, size, whose, amount)
    paid_to, settled_to = begins[owner] + _running(size, owner), begins[whose] + _running(amount, whose)
    edges = np.sort(np.concatenate([paid_to, paid_to - size, settled_to, settled_to - amount]))
    left, right = edges[:-1], edges[1:]
    left, right = left[right > left], right[right > left]
    settled = np.searchsorted(settled_to, right)
    paying = np.searchsorted(paid_to, right)
    inside = _within(settled, settled_to, amount, left)
    covered = inside & _within(paying, paid_to, size, left)
    width = right - left
    used = np.zeros(len(size), dtype=np.int64)
    np.add.at(used, paying[covered], width[covered])
    day = np.full(len(width), NEVER_DAY, dtype=np.int64)
    day[covered] = payments["day"].to_numpy()[paying[covered]]
    kept = settled[inside]
    return pd.DataFrame({"okey": okey[kept], "at": at[kept], "day": day[inside], "amount": width[inside]}), used


def _stretches(owner: Integers, size: Integers, whose: Integers, amount: Integers) -> Integers:
    """Where each owner's stretch begins on one line: all have room beside one another, so that one cut serves all."""
    count = max(owner.max(initial=-1), whose.max(initial=-1)) + 2
    paid, settled = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(paid, owner, size)
    np.add.at(settled, whose, amount)
    return np.concatenate([[0], np.cumsum(np.maximum(paid, settled) + 1)[:-1]])


def _running(size: Integers, owner: Integers) -> Integers:
    """Running totals of each owner; equal owners stand together."""
    total = np.cumsum(size)
    first = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))
    return total - (total - size)[start] if len(owner) else total


def _within(place: Integers, ends: Integers, size: Integers, left: Integers) -> Any:
    """Whether a stretch that begins at `left` lies in the interval at `place`."""
    there = place < len(ends)
    at = np.where(there, place, 0)
    return there & (ends[at] - size[at] <= left) if len(ends) else np.zeros(len(left), dtype=bool)
