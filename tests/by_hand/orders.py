"""What each order earned a rep on one plan to date: pieces, returns, caps, late payments, bad debts, by rule."""

from collections import defaultdict
from fractions import Fraction

from by_hand.credit import base_of
from by_hand.earning import returned
from by_hand.exact import MILLION, fen, months_after, part, rounded


class Orders:
    """The orders of one `Earning` month by month; `rows[at]`: {(order, rule): to date}."""

    def __init__(self, books, cash, one):
        self.books, self.cash, self.one, self.plan = books, cash, one, one.plan
        self.keys = list(dict.fromkeys(event.key for event in one.events))  # as they first counted
        self.rows, self.gross = {0: {}}, {}
        for at in range(1, books.last + 1):
            self.rows[at] = self._month(at)

    def earned(self, at):
        """{order: earned to date}."""
        found = defaultdict(int)
        for (key, _), amount in self.rows[at].items():
            found[key] += amount
        return dict(found)

    def _month(self, at):
        rows = defaultdict(int)
        for piece in self.one.pieces(at):
            rows[piece.event.key, piece.rule] += piece.amount
        for (key, _), amount in returned(self.one, at).items():
            rows[key, "return"] += amount
        if self.one.override is None:
            self._per_order(rows, at)
            self._cap(rows, at)
        self.gross[at] = {key: self._sum(rows, key) for key in self.keys}
        for key, gross in self.gross[at].items():
            rows[key, "late"] = -self.late(key, at, gross)
            rows[key, "bad_debt"] = -self.lost(key, at, gross)
        return {place: amount for place, amount in rows.items() if amount}

    def _sum(self, rows, key):
        return sum(amount for (order, _), amount in rows.items() if order == key)

    # per order

    def _per_order(self, rows, at):
        for key in {key for key, _ in rows}:
            if self.plan.minimum_per_order is not None and self.net(key, at, self._base) > 0:
                least = self._least(key, at, rounded(fen(self.plan.minimum_per_order)))
                rows[key, "minimum"] = max(least - self._sum(rows, key), 0)
            if self.plan.cap_per_order is not None:  # where a minimum lies above the cap, the cap holds
                rows[key, "cap_order"] = min(rounded(fen(self.plan.cap_per_order)) - self._sum(rows, key), 0)

    def _base(self, event):
        return base_of(self.plan, event)

    def net(self, key, at, value):
        """What the plan has credited of an order to date; of returns its part of what was sold."""
        mine = [e for e in self.one.paid() if e.key == key and e.at <= at]
        ever, back = self.sold(key, at), [e for e in self.returns(key) if e.at <= at]
        own = sum(e.amount for e in mine if e.sold)
        return sum(map(value, mine)) + (part(sum(map(value, back)), own, ever) if ever else 0)

    def sold(self, key, at):
        return sum(e.amount for e in self.one.events if e.key == key and e.sold and e.at <= at)

    def returns(self, key):
        return [e for e in self.one.events if e.key == key and self.one.taken_back(e)]

    def _least(self, key, at, minimum):
        """The minimum, by the plan's part of the order."""
        whole = sum(line.amount for line in self.books.lines if line.key == key and line.at <= at and not line.overlay)
        mine = self.net(key, at, lambda event: event.amount)
        return part(minimum, max(0, min(mine, whole)), whole) if whole > 0 else 0

    # per period

    def _cap(self, rows, at):
        """The period's running total over the orders, as they first counted, is held at the cap."""
        if self.plan.cap is None:
            return
        before = self.one.measure.span(at)[0] - 1
        cap, run, kept = rounded(fen(self.plan.cap)), 0, 0
        for key in self.keys:
            given = self._given_back(key, before, at)
            own = self._sum(rows, key) - self._uncut(key, before) + given
            run += own
            cut = min(run, cap) - kept - own
            kept = min(run, cap)
            rows[key, "cap"] = self.rows[before].get((key, "cap"), 0) + cut
            rows[key, "cap_back"] = self.rows[before].get((key, "cap_back"), 0) + given

    def _uncut(self, key, at):
        """What an order earned to date before caps, late payments and bad debts."""
        own = {place: amount for place, amount in self.rows[at].items() if place[1] not in AFTER}
        return self._sum(own, key)

    def _given_back(self, key, before, at):
        """Of what caps of earlier periods still keep of an order, the part of it that has been returned since."""
        cut = -sum(self.rows[before].get((key, rule), 0) for rule in CUTS)
        gone = {True: 0, False: 0}
        for event in self.returns(key):
            if event.at <= at:
                gone[event.at <= before] -= event.amount
        left = self.sold(key, before) - gone[True]
        return part(cut, min(gone[False], left), left) if left > 0 else 0

    # late payments and bad debts, both on what was earned after the caps and over what was due before bad debts

    def late(self, key, at, gross, unpaid=True):
        """What late payments take off; `unpaid`: with what is still unpaid too late."""
        late, due = self.plan.late, self.cash.before[at].get(key, 0)
        return part(gross, self._late_money(key, at, late, unpaid), due) if late is not None and due > 0 else 0

    def _late_money(self, key, at, late, unpaid):
        """Money that no longer counts: each payment's part, and what is still asked for too late."""
        day = self.cash.orders[key].day
        found = sum(money * lateness(late, day, paid) for paid, money in self.cash.settled(key, at))
        too_late = late.none_after is not None and self.books.month_end(at) > months_after(day, late.none_after)
        if unpaid and too_late:
            found += max(0, self.cash.due[at][key] - self.cash.paid[at][key])
        return found

    def lost(self, key, at, gross):
        """What bad debts take off."""
        lost, due = self.cash.lost[at].get(key, 0), self.cash.before[at].get(key, 0)
        return part(gross, min(lost, due), due) if due > 0 else 0


CUTS = ("cap", "cap_back")
AFTER = (*CUTS, "late", "bad_debt")


def lateness(late, ordered, paid):
    """Which part of a payment no longer counts, in millionths."""
    if late.none_after is not None and paid > months_after(ordered, late.none_after):
        return Fraction(1)
    days = max(0, (paid - months_after(ordered, late.full_months)).days)
    return Fraction(rounded(min(Fraction(1), Fraction(late.per_day) * days) * MILLION), MILLION)
