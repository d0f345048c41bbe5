"""What each order earned a rep to date: pieces, returns, caps, late payments, bad debts, by rule."""

from collections import defaultdict
from fractions import Fraction

from by_hand.credit import base_of
from by_hand.earning import returned
from by_hand.exact import MILLION, fen, months_after, part, rounded


class Orders:
    """One rep's orders month by month. `plans`: his plan by month number; `rows[at]`: {(order, rule): to date}."""

    def __init__(self, books, cash, rep, earnings, teams, plans):
        self.books, self.cash, self.rep, self.plans = books, cash, rep, plans
        self.earnings, self.teams = earnings, teams
        self.rows, self.cuts = {0: {}}, {}
        self.begun = self._begun()
        for at in range(1, books.last + 1):
            self.rows[at] = self._month(at)

    def _begun(self):
        """The event with which each order first counted, on a month with a plan, in counting order."""
        events = [e for one in self.earnings + self.teams for e in one.events if e.at in one.on]
        found = {}
        for event in sorted(events, key=lambda one: one.place):
            found.setdefault(event.key, event)
        return found

    def plan(self, key):
        """The plan an order came in on."""
        return self.plans[self.begun[key].at]

    def earned(self, at):
        """{order: earned to date}."""
        found = defaultdict(int)
        for (key, _), amount in self.rows[at].items():
            found[key] += amount
        return dict(found)

    def _month(self, at):
        rows = defaultdict(int)
        self._pieces(rows, self.earnings, at)
        self._per_order(rows, at)
        self._caps(rows, at)
        self._pieces(rows, self.teams, at)
        self._late(rows, at)
        self._bad_debts(rows, at)
        return {place: amount for place, amount in rows.items() if amount}

    def _pieces(self, rows, earnings, at):
        for one in earnings:
            for piece in one.pieces(at):
                rows[piece.event.key, piece.rule] += piece.amount
        for (key, _), amount in returned(earnings, at).items():
            if key in self.begun:
                rows[key, "return"] += amount

    def _sum(self, rows, key):
        return sum(amount for (order, _), amount in rows.items() if order == key)

    def mine(self, key, at):
        """The rep's events of an order to date."""
        return [e for one in self.earnings for e in one.events if e.key == key and e.at <= at and e.at in one.back]

    def net(self, key, at):
        """The rep's credit of an order to date, net of returns."""
        return sum(event.amount for event in self.mine(key, at))

    # per order

    def _per_order(self, rows, at):
        for key in {key for key, _ in rows}:
            plan, earned = self.plan(key), self._sum(rows, key)
            if plan.minimum_per_order is not None and self._net_base(key, at) > 0:
                least = self._least(key, at, rounded(fen(plan.minimum_per_order)))
                rows[key, "minimum"] = max(least - earned, 0)
            if plan.cap_per_order is not None:  # where a minimum lies above the cap, the cap holds
                rows[key, "cap_order"] = min(rounded(fen(plan.cap_per_order)) - self._sum(rows, key), 0)

    def _net_base(self, key, at):
        return sum(
            base_of(one.plan, e)
            for one in self.earnings
            for e in one.events
            if e.key == key and e.at <= at and e.at in one.back
        )

    def _least(self, key, at, minimum):
        whole = sum(line.amount for line in self.books.lines if line.key == key and line.at <= at and not line.overlay)
        return min(part(minimum, self.net(key, at), whole), minimum) if whole > 0 else 0

    # per period

    def _caps(self, rows, at):
        for one in self.earnings:
            if one.plan.cap is None or not any(month <= at for month in one.on):
                continue
            now = self._kept(rows, one, at)
            first, _ = one.measure.span(at)
            before = self._kept(self._uncut(first - 1), one, first - 1, upto=at)
            self._cut(one, at, {key: now[key] - before.get(key, 0) for key in now})
            for key in now:
                rows[key, "cap"] -= sum(cut for (_, order), cut in self.cuts.items() if order == key)
                rows[key, "cap_back"] += self._given_back(one, key, at, first)

    def _uncut(self, at):
        return {place: amount for place, amount in self.rows[at].items() if place[1] not in NOT_CAPPED}

    def _kept(self, rows, one, at, upto=None):
        """{order: earned to date, with what was given back of the cuts of earlier periods}."""
        first = one.measure.span(upto or at)[0] if at else 1
        orders = [key for key in self.begun if self.begun[key].at <= (upto or at)]
        return {key: self._sum(rows, key) + self._given_back(one, key, at, first) for key in orders}

    def _given_back(self, one, key, at, first):
        """Of what a cap cut in earlier periods, the part of what has been returned since."""
        found = 0
        for (begin, order), cut in self.cuts.items():
            end = one.measure.span(begin)[1]
            if order == key and begin < first and cut:
                back = [e for e in one.events if e.key == key and end < e.at <= at and one.is_return(e)]
                left = self.net(key, end)
                if left > 0:
                    found += part(cut, min(-sum(e.amount for e in back), left), left)
        return found

    def _cut(self, one, at, earned):
        """The running total over the orders, in the order in which they first counted, is held at the cap."""
        first, _ = one.measure.span(at)
        cap, run, kept = rounded(fen(one.plan.cap)), 0, 0
        for key in earned:
            run += earned[key]
            self.cuts[first, key] = earned[key] - (min(run, cap) - kept)
            kept = min(run, cap)

    # late payments and bad debts

    def _late(self, rows, at):
        for key in {key for key, _ in rows}:
            late, due = self.plan(key).late, self.cash.due[at].get(key, 0)
            earned = self._sum(rows, key)
            if late is not None and due > 0 and earned > 0:
                rows[key, "late"] = -part(earned, self._late_money(key, at, late, due), due)

    def _late_money(self, key, at, late, due):
        """Money that no longer counts: each payment's part, and what is still unpaid too late."""
        day = self.cash.orders[key].day
        settled = self.cash.settled(key, at)
        found = sum(money * lateness(late, day, paid) for paid, money in settled)
        too_late = late.none_after is not None and self.books.month_end(at) > months_after(day, late.none_after)
        return found + (due - sum(money for _, money in settled) if too_late else 0)

    def _bad_debts(self, rows, at):
        for key in {key for key, _ in rows}:
            lost, before = self.cash.lost[at].get(key, 0), self.cash.before[at].get(key, 0)
            if lost and before > 0:
                rows[key, "bad_debt"] = -part(self._sum(rows, key), lost, before)


NOT_CAPPED = ("cap", "cap_back", "override", "late", "bad_debt")


def lateness(late, ordered, paid):
    """Which part of a payment no longer counts, in millionths."""
    if late.none_after is not None and paid > months_after(ordered, late.none_after):
        return Fraction(1)
    days = max(0, (paid - months_after(ordered, late.full_months)).days)
    return Fraction(rounded(min(Fraction(1), Fraction(late.per_day) * days) * MILLION), MILLION)
