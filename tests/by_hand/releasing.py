"""What of an order's commission may have been paid out to date."""

import math
from fractions import Fraction

from by_hand.earning import of_scope, returned
from by_hand.exact import part, rounded


class Release:
    """Orders of one rep on one plan; `out[at]`: {order: released to date}."""

    def __init__(self, orders, cash):
        self.orders, self.plan, self.one = orders, orders.plan, orders.one
        self.cash, self.books = cash, orders.books
        self.lines = self.one.lines()
        self.earned = {at: orders.earned(at) for at in orders.rows}
        self.claimed, self.out = {0: {}}, {0: {}}
        for at in range(1, self.books.last + 1):
            self.claimed[at] = {key: self._entitled(key, at) for key in orders.keys}
        for at in range(1, self.books.last + 1):
            self.out[at] = {key: self._after_holdback(key, at) for key in orders.keys}

    def _entitled(self, key, at):
        """What the rule frees; what is out stays, but for returns, refunds, and never above what is earned."""
        earned, before = self.earned[at].get(key, 0), self.earned[at - 1].get(key, 0)
        if earned <= 0:
            return earned
        kept = self.claimed[at - 1].get(key, 0)
        if self.plan.basis == "collected" and self._refunded(key, at):
            kept = 0
        elif earned < before:
            kept = min(kept, self._share(key, at))
        return min(max(self._claim(key, at), kept), earned)

    def _refunded(self, key, at):
        paid = self.cash.paid[at].get(key, 0)
        return paid < self.cash.paid[at - 1].get(key, 0) and paid < self.cash.due[at].get(key, 0)

    def _share(self, key, at):
        """The part of what is earned that cash, or invoices, stand behind."""
        earned, due = self.earned[at].get(key, 0), self.cash.due[at].get(key, 0)
        if self.plan.basis == "invoiced":
            return self._invoiced(key, at)
        if self.plan.basis == "ordered" or self.one.stage == "collected" or due <= 0:
            return earned
        gross = self.orders.gross[at][key]
        left = gross - self.orders.lost(key, at, gross)
        return part(left, self.cash.paid[at].get(key, 0), due) - self.orders.late(key, at, gross, unpaid=False)

    def _claim(self, key, at):
        if self.plan.basis != "collected" or self.plan.release == "proportional":
            return self._share(key, at)
        earned = self.earned[at].get(key, 0)
        if self.plan.release == "milestones":
            return self._milestones(key, at, earned)
        if self.plan.release == "month_full":
            month = self.cash.orders[key].at
            full = all(self._full(other, at) for other in self._known(at) if self.cash.orders[other].at == month)
        else:
            full = self._full(key, at)
        return earned if full else 0

    def _known(self, at):
        """Orders the rep, or his team, has a line of by now."""
        return {line.key for line in self.lines if line.at <= at}

    def _full(self, key, at):
        return self.cash.paid[at].get(key, 0) >= self.cash.due[at].get(key, 0)

    def _milestones(self, key, at, earned):
        due, paid = self.cash.due[at].get(key, 0), self.cash.paid[at].get(key, 0)
        reached = [Fraction(0)]
        for one in self.plan.milestones:
            if due <= 0 or paid >= math.ceil(due * Fraction(one.paid)):
                reached.append(Fraction(one.paid if one.released is None else one.released))
        return rounded(earned * max(reached))

    def _invoiced(self, key, at):
        """What stands on invoiced lines; returns come off what they are returns of, caps and the like in proportion."""
        pieces = [piece for piece in self.one.pieces(at) if piece.event.key == key]
        whole = Fraction(sum(piece.amount for piece in pieces))
        billed = Fraction(sum(piece.amount for piece in pieces if piece.event.line.billed_at <= at))
        for (order, product), back in returned(self.one, at).items():
            mine = [piece for piece in pieces if of_scope(piece, order, product)]
            if order == key and (paid := sum(piece.amount for piece in mine)):
                whole += back
                stand = sum(piece.amount for piece in mine if piece.event.line.billed_at <= at)
                billed += Fraction(back * stand, paid)
        if whole <= 0:  # a minimum alone stands on all of the order's lines
            billed, whole = int(all(piece.event.line.billed_at <= at for piece in pieces)), 1
        return rounded(Fraction(self.earned[at].get(key, 0)) * billed / whole)

    def _after_holdback(self, key, at):
        """A part of what is released waits."""
        now, held = self.claimed[at].get(key, 0), self.plan.holdback
        if held is None or now <= 0:
            return now
        share = Fraction(held.share)
        if held.until is not None:
            return now if self.books.months[at - 1] >= held.until else now - rounded(now * share)
        before = self.claimed.get(at - held.months, {}).get(key, 0)
        return now - (rounded(now * share) - rounded(max(0, min(now, before)) * share))
