"""What of an order's commission may have been paid out to date."""

import math
from fractions import Fraction

from by_hand.credit import stage_of
from by_hand.earning import of_scope, returned
from by_hand.exact import part, rounded


class Release:
    """One rep's orders; `out[at]`: {order: released to date}."""

    def __init__(self, orders, cash):
        self.orders, self.cash, self.books = orders, cash, orders.books
        self.earned = {at: orders.earned(at) for at in orders.rows}
        self.claimed, self.out = {0: {}}, {0: {}}
        for at in range(1, self.books.last + 1):
            self.claimed[at] = {key: self._entitled(key, at) for key in orders.begun}
        for at in range(1, self.books.last + 1):
            self.out[at] = {key: self._after_holdback(key, at) for key in orders.begun}

    def _entitled(self, key, at):
        """What the rule frees; what is out stays, but for returns, refunds, and never above what is earned."""
        earned, before = self.earned[at].get(key, 0), self.earned[at - 1].get(key, 0)
        if earned <= 0:
            return earned
        plan = self.orders.plan(key)
        kept = self.claimed[at - 1].get(key, 0)
        if plan.basis == "collected" and self._refunded(key, at):
            kept = 0
        elif earned < before:
            kept = min(kept, self._share(plan, key, at))
        return min(max(self._claim(plan, key, at), kept), earned)

    def _refunded(self, key, at):
        paid = self.cash.paid[at].get(key, 0)
        return paid < self.cash.paid[at - 1].get(key, 0) and paid < self.cash.due[at].get(key, 0)

    def _share(self, plan, key, at):
        """The part of what is earned that cash, or invoices, stand behind."""
        earned = self.earned[at].get(key, 0)
        if plan.basis == "invoiced":
            return self._invoiced(key, at)
        if plan.basis == "ordered" or stage_of(plan) == "collected":
            return earned
        due = self.cash.due[at].get(key, 0)
        return part(earned, self.cash.paid[at].get(key, 0), due) if due > 0 else earned

    def _claim(self, plan, key, at):
        if plan.basis != "collected" or plan.release == "proportional":
            return self._share(plan, key, at)
        earned = self.earned[at].get(key, 0)
        if plan.release == "milestones":
            return self._milestones(plan, key, at, earned)
        if plan.release == "month_full":
            month = self.cash.orders[key].at
            full = all(self._full(other, at) for other in self._known(at) if self.cash.orders[other].at == month)
        else:
            full = self._full(key, at)
        return earned if full else 0

    def _known(self, at):
        """Orders the rep, or his team, has a line of by now."""
        mine = {line.key for line in self.books.lines if line.rep == self.orders.rep and line.at <= at}
        return mine | {event.key for one in self.orders.teams for event in one.events if event.line.at <= at}

    def _full(self, key, at):
        return self.cash.paid[at].get(key, 0) >= self.cash.due[at].get(key, 0)

    def _milestones(self, plan, key, at, earned):
        due, paid = self.cash.due[at].get(key, 0), self.cash.paid[at].get(key, 0)
        reached = [Fraction(0)]
        for one in plan.milestones:
            if paid >= math.ceil(due * Fraction(one.paid)):
                reached.append(Fraction(one.paid if one.released is None else one.released))
        return rounded(earned * max(reached))

    def _invoiced(self, key, at):
        """What stands on invoiced lines; returns come off what they are returns of, caps and the like in proportion."""
        if all(stage_of(one.plan) == "invoiced" for one in self.orders.earnings):
            return self.earned[at].get(key, 0)
        whole, billed = Fraction(0), Fraction(0)
        for group in (self.orders.earnings, self.orders.teams):
            pieces = [piece for one in group for piece in one.pieces(at) if piece.event.key == key]
            whole += sum(piece.amount for piece in pieces)
            billed += sum(piece.amount for piece in pieces if piece.event.line.billed_at <= at)
            for (order, product), back in returned(group, at).items():
                mine = [piece for piece in pieces if of_scope(piece, order, product)]
                if order == key and (paid := sum(piece.amount for piece in mine)):
                    whole += back
                    stand = sum(piece.amount for piece in mine if piece.event.line.billed_at <= at)
                    billed += Fraction(back * stand, paid)
        if whole <= 0:  # a minimum alone stands on all of the order's lines
            mine = self.orders.mine(key, at)
            billed, whole = int(all(event.line.billed_at <= at for event in mine)), 1
        return rounded(Fraction(self.earned[at].get(key, 0)) * billed / whole)

    def _after_holdback(self, key, at):
        """A part of what is released waits."""
        now, held = self.claimed[at].get(key, 0), self.orders.plan(key).holdback
        if held is None or now <= 0:
            return now
        share = Fraction(held.share)
        if held.until is not None:
            return now if self.books.months[at - 1] >= held.until else now - rounded(now * share)
        before = self.claimed.get(at - held.months, {}).get(key, 0)
        return now - (rounded(now * share) - rounded(min(now, before) * share))
