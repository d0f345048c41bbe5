"""Which payment settled which order, and when."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesplan.commission.book import Book
from salesplan.commission.exact import summed
from salesplan.commission.settlement import Settlement
from salesplan.money import Integers


def payments_of(book: Book, settlement: Settlement, ends: Integers) -> pd.DataFrame:
    """Which payment settled which order: okey, at (month number), day, amount; negative where money went back.

    Per order and month the amounts sum to the rise of `paid`. An order's own payments settle it first, in the order
    of their days; then any money of the customer, the earliest day first, the oldest order first. What no longer
    settles an order undoes its last payments, and is free for other orders; a credit note is money of its own day.
    `ends`: the last day of each month (since 1970), column 0 the day before the year.
    """
    paid = settlement.paid
    trace = _Trace(book, ends)
    for month in range(paid.shape[1]):
        trace.month(month, paid[:, month] - paid[:, month - 1] if month else paid[:, 0])
    okey, at, amount, item = (np.concatenate([rows[n] for rows in trace.rows]) for n in range(4))
    day = np.where(item >= 0, trace.day[item], ends[at])
    found = pd.DataFrame({"okey": okey, "at": at, "day": day, "amount": amount})[at > 0]
    sums = summed(found, ["okey", "at", "day"])
    return sums[sums["amount"] != 0].reset_index(drop=True)


@dataclass
class _Trace:
    """Money and what it settles, month by month. `rows`: okey, at, amount, item (-1: money without a day)."""

    book: Book
    ends: Integers
    rows: list[tuple[Integers, Integers, Integers, Integers]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every payment is an item of money with a day; `left` is what of it settles nothing yet."""
        cash = self.book.payments
        cash = cash[(cash["kind"] == 0) & (cash["amount"] > 0)].sort_values("day", kind="stable")
        self.whose, self.named = cash["customer"].to_numpy(), cash["okey"].to_numpy()
        self.at, self.day, self.left = (cash[name].to_numpy().copy() for name in ("at", "day", "amount"))
        self.owner = self.book.orders["customer"].to_numpy()

    def month(self, month: int, rise: Integers) -> None:
        """What rises and falls in a month."""
        fell = np.flatnonzero(rise < 0)
        if len(fell):
            self._undo(fell, -rise[fell], month)
        okey = np.flatnonzero(rise > 0)
        wanted = rise[okey]
        free = np.flatnonzero((self.left > 0) & (self.at <= month))
        own = free[self.named[free] >= 0]
        own = own[np.argsort(self.named[own], kind="stable")]
        wanted = self._settle(own, self.named[own], okey, okey, wanted, month)
        free = free[self.left[free] > 0]
        free = free[np.lexsort([self.day[free], self.whose[free]])]
        rest = np.flatnonzero(wanted > 0)
        okey, wanted = okey[rest], wanted[rest]
        wanted = self._settle(free, self.whose[free], okey, self.owner[okey], wanted, month)
        self._book(okey[wanted > 0], month, wanted[wanted > 0], np.full(int((wanted > 0).sum()), -1))

    def _settle(
        self, item: Integers, giver: Integers, okey: Integers, taker: Integers, wanted: Integers, month: int
    ) -> Integers:
        """Settle orders with items of the same owner, both in order; returns what is still wanted."""
        paying, settled, amount = matched(giver, self.left[item], taker, wanted)
        np.subtract.at(self.left, item[paying], amount)
        self._book(okey[settled], month, amount, item[paying])
        still = wanted.copy()
        np.subtract.at(still, settled, amount)
        return still

    def _book(self, okey: Integers, month: int, amount: Integers, item: Integers) -> None:
        self.rows.append((okey, np.full(len(okey), month), amount, item))

    def _undo(self, fell: Integers, amount: Integers, month: int) -> None:
        """Take back the last payments of orders; what they cannot give is a credit of the order's last day."""
        told = [np.concatenate([rows[n] for rows in self.rows]) if self.rows else fell[:0] for n in (0, 2, 3)]
        some = pd.DataFrame(dict(zip(("okey", "amount", "item"), told, strict=True)))
        some = some[np.isin(told[0], fell)].groupby(["okey", "item"])["amount"].sum().reset_index()
        some = some[some["amount"] > 0].assign(day=lambda d: np.where(d["item"] >= 0, self.day[d["item"]], 2**40))
        some = some.sort_values(["okey", "day", "item"], ascending=[True, False, False], kind="stable")
        item, size = some["item"].to_numpy(), some["amount"].to_numpy()
        back, which, taken = matched(some["okey"].to_numpy(), size, fell, amount)
        dated = item[back] >= 0
        np.add.at(self.left, item[back][dated], taken[dated])
        self._book(fell[which], month, -taken, item[back])
        rest = amount.copy()
        np.subtract.at(rest, which, taken)
        credit = np.flatnonzero(rest > 0)
        if len(credit):
            self._credit(fell[credit], rest[credit], month)

    def _credit(self, okey: Integers, amount: Integers, month: int) -> None:
        """A credit note is money of its own: an item of the day of its last line."""
        owed = self.book.owed[self.book.owed["at"] <= month]
        day = owed.groupby("okey")["day"].max().reindex(okey).to_numpy(dtype=np.int64)
        first = len(self.left)
        self.whose = np.r_[self.whose, self.owner[okey]]
        self.named = np.r_[self.named, np.full(len(okey), -1)]
        self.at = np.r_[self.at, np.full(len(okey), month)]
        self.day, self.left = np.r_[self.day, day], np.r_[self.left, amount]
        self._book(okey, month, -amount, np.arange(first, first + len(okey)))


def matched(giver: Integers, size: Integers, taker: Integers, wanted: Integers) -> tuple[Integers, Integers, Integers]:
    """What each giver's amounts give to his takers, both in order: (row of the giver, row of the taker, amount).

    Equal owners stand together on both sides, `taker` sorted as `giver` is.
    Example: giver A has 5 and 3, takers A want 6 and 9: 5 and 1 go to the first, 2 to the second.
    """
    begins = _stretches(giver, size, taker, wanted)
    given_to, wanted_to = begins[giver] + running(size, giver), begins[taker] + running(wanted, taker)
    edges = np.sort(np.concatenate([given_to, given_to - size, wanted_to, wanted_to - wanted]))
    left, right = edges[:-1], edges[1:]
    left, right = left[right > left], right[right > left]
    giving, taking = np.searchsorted(given_to, right), np.searchsorted(wanted_to, right)
    both = _within(giving, given_to, size, left) & _within(taking, wanted_to, wanted, left)
    return giving[both], taking[both], (right - left)[both]


def _stretches(owner: Integers, size: Integers, whose: Integers, amount: Integers) -> Integers:
    """Where each owner's stretch begins on one line: all have room beside one another, so that one cut serves all."""
    count = max(owner.max(initial=-1), whose.max(initial=-1)) + 2
    paid, settled = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(paid, owner, size)
    np.add.at(settled, whose, amount)
    return np.concatenate([[0], np.cumsum(np.maximum(paid, settled) + 1)[:-1]])


def running(size: Integers, owner: Integers) -> Integers:
    """Running totals of each owner; equal owners stand together."""
    if not len(size):
        return size
    total = np.cumsum(size)
    first = np.r_[True, owner[1:] != owner[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))
    return np.asarray(total - (total - size)[start], dtype=np.int64)


def _within(
    place: Integers, ends: Integers, size: Integers, left: Integers
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether a stretch that begins at `left` lies in the interval at `place`."""
    if not len(ends):
        return np.zeros(len(left), dtype=bool)
    there = place < len(ends)
    at = np.where(there, place, 0)
    return np.asarray(there & (ends[at] - size[at] <= left))
