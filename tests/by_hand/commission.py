"""All reps together: plans by month, leavers, adjustments, and the sums per rep and month."""

from collections import defaultdict
from fractions import Fraction

from by_hand.books import NEVER, Books
from by_hand.cash import Cash
from by_hand.earning import Earning
from by_hand.exact import rounded
from by_hand.orders import Orders
from by_hand.releasing import Release


class ByHand:
    """Commission of all reps. Per (rep, month number): earned, released, clawback, held, and `by_rule` sums."""

    def __init__(self, ledger, year, rules):
        self.books, self.rules = Books(ledger, year), rules
        self.cash = Cash(self.books, rules.bills)
        self.reps = sorted({row["rep"] for row in self.books.reps})
        self.earned, self.released, self.clawback, self.held, self.by_rule = (defaultdict(int) for _ in range(5))
        for rep in self.reps:
            for orders, release in self._state(rep):
                self._book(rep, orders, release)
                self._leaver(rep, orders, release)
        self._adjust()
        for rep in self.reps:
            for at in range(1, self.books.last + 1):
                place = rep, at
                self.held[place] = self.held[rep, at - 1] + self.earned[place]
                self.held[place] -= self.released[place] + self.clawback[place]

    def plan(self, rep, at):
        """The first plan that holds in a month and fits the rep's spell; None where none does."""
        spell, month = self.books.spell(rep, at), self.books.months[at - 1]
        for plan in self.rules.plans:
            in_time = (plan.from_ or month) <= month <= (plan.until or month)
            if spell and in_time and all(spell.get(name) == member for name, member in plan.applies_to.items()):
                return plan
        return None

    def _state(self, rep):
        """Each plan of the rep, and what he earns on his team by it, reckons for itself."""
        plans = {at: self.plan(rep, at) for at in range(1, len(self.books.months) + 1)}
        found = []
        for plan in self.rules.plans:
            on = {at for at, one in plans.items() if one is plan}
            for override in (False, True)[: 1 + (plan.override is not None)] if on else ():
                orders = Orders(self.books, self.cash, Earning(self.books, self.cash, rep, plan, on, override))
                found.append((orders, Release(orders, self.cash)))
        return found

    def _book(self, rep, orders, release):
        """Each month books the difference to date; after a leaver's last month only what the rule leaves him."""
        for at in range(1, self.books.last + 1):
            for (key, rule), amount in orders.rows[at].items():
                self._earn(rep, at, rule, amount - orders.rows[at - 1].get((key, rule), 0))
            for key, rule in set(orders.rows[at - 1]) - set(orders.rows[at]):
                self._earn(rep, at, rule, -orders.rows[at - 1][key, rule])
            for key in orders.keys:
                self._move(rep, at, self._out(rep, release, key, at) - self._out(rep, release, key, at - 1))

    def _earn(self, rep, at, rule, amount):
        rule = "return" if rule == "cap_back" else rule  # a return gives back what a cap had cut from it
        self.earned[rep, at] += amount
        self.by_rule[rep, at, rule] += amount

    def _move(self, rep, at, amount):
        (self.released if amount > 0 else self.clawback)[rep, at] += amount

    # leavers

    def _ends(self, rep, plan):
        """Last month in which orders are released to a rep; NEVER where he stays or nothing ends."""
        leavers, last = plan.leavers, self.books.leaves(rep)
        if leavers.rule == "paid" or last == NEVER:
            return NEVER
        return last + (leavers.months if leavers.rule == "paid_until" else 0)

    def _out(self, rep, release, key, at):
        """Released to date, no more than by the leaver's last month."""
        now, ends = release.out[at].get(key, 0), self._ends(rep, release.plan)
        return min(now, release.out[ends].get(key, 0)) if at > ends else now

    def _leaver(self, rep, orders, release):
        """What a leaver no longer gets lapses; of what would have been released a part goes to who collects."""
        ends = self._ends(rep, orders.plan)
        for key in orders.keys:
            lapsed, passed = 0, 0
            for at in range(ends + 1, self.books.last + 1):
                left = self._out(rep, release, key, at) - release.earned[at].get(key, 0)
                self._earn(rep, at, "forfeited", left - lapsed)
                lapsed = left
                if orders.plan.leavers.rule == "transferred":
                    passed = self._pass_on(rep, release, (key, at), passed)

    def _pass_on(self, rep, release, place, passed):
        """The part of a leaver's order that goes to the owner of its customer; returns what passes him to date."""
        key, at = place
        beyond = max(0, release.out[at].get(key, 0) - self._out(rep, release, key, at))
        now = rounded(beyond * Fraction(release.plan.leavers.share))
        heir = self.books.owner(self.cash.orders[key].customer, at)
        if heir is not None and heir != rep and self.plan(heir, at) is not None:
            self._earn(heir, at, "inherited", now - passed)
            self._move(heir, at, now - passed)
        return now

    def _adjust(self):
        """Corrections by hand, each a row of its own, paid or taken in the same month."""
        for row in self.books.adjustments:
            if row["month"] in self.books.months[: self.books.last] and row["rep"] in self.reps:
                at = self.books.months.index(row["month"]) + 1
                self._earn(row["rep"], at, "adjustment", row["amount"])
                self._move(row["rep"], at, row["amount"])
