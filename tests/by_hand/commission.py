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
        self.states = {rep: self._state(rep) for rep in self.reps}
        for rep in self.reps:
            self._book(rep)
        for rep in self.reps:
            self._leaver(rep)
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
        plans = {at: self.plan(rep, at) for at in range(1, len(self.books.months) + 1)}
        own, teams = [], []
        for plan in self.rules.plans:
            on = {at for at, one in plans.items() if one is plan}
            back = {at for at in plans if self._latest(plans, at) is plan}
            if on:
                own.append(Earning(self.books, self.cash, rep, plan, (on, back)))
                if plan.override is not None:
                    teams.append(Earning(self.books, self.cash, rep, plan, (on, back), override=True))
        orders = Orders(self.books, self.cash, rep, own, teams, plans)
        return orders, Release(orders, self.cash)

    def _latest(self, plans, at):
        """The plan of a month; after the last one with a plan, that one still takes back what is returned."""
        return next((plans[month] for month in range(at, 0, -1) if plans[month] is not None), None)

    def _book(self, rep):
        """Each month books the difference to date; after a leaver's last month only what the rule leaves him."""
        orders, _ = self.states[rep]
        for at in range(1, self.books.last + 1):
            for (key, rule), amount in orders.rows[at].items():
                self._earn(rep, at, rule, amount - orders.rows[at - 1].get((key, rule), 0))
            for key, rule in set(orders.rows[at - 1]) - set(orders.rows[at]):
                self._earn(rep, at, rule, -orders.rows[at - 1][key, rule])
            for key in orders.begun:
                self._move(rep, at, self._out(rep, key, at) - self._out(rep, key, at - 1))

    def _earn(self, rep, at, rule, amount):
        rule = "return" if rule == "cap_back" else rule  # a return gives back what a cap had cut from it
        self.earned[rep, at] += amount
        self.by_rule[rep, at, rule] += amount

    def _move(self, rep, at, amount):
        (self.released if amount > 0 else self.clawback)[rep, at] += amount

    # leavers

    def _ends(self, rep, key):
        """Last month in which an order is released to a rep; NEVER where he stays or nothing ends."""
        orders, _ = self.states[rep]
        leavers, last = orders.plan(key).leavers, self.books.leaves(rep)
        if leavers.rule == "paid" or last == NEVER:
            return NEVER
        return last + (leavers.months if leavers.rule == "paid_until" else 0)

    def _out(self, rep, key, at):
        """Released to date, no more than by the leaver's last month."""
        _, release = self.states[rep]
        now, ends = release.out[at].get(key, 0), self._ends(rep, key)
        return min(now, release.out[ends].get(key, 0)) if at > ends else now

    def _leaver(self, rep):
        """What a leaver no longer gets lapses; of what would have been released a part goes to who collects."""
        orders, release = self.states[rep]
        for key in orders.begun:
            ends, lapsed, passed = self._ends(rep, key), 0, 0
            for at in range(ends + 1, self.books.last + 1):
                left = self._out(rep, key, at) - release.earned[at].get(key, 0)
                self._earn(rep, at, "forfeited", left - lapsed)
                lapsed = left
                passed = self._pass_on(rep, key, at, passed)

    def _pass_on(self, rep, key, at, passed):
        orders, release = self.states[rep]
        leavers = orders.plan(key).leavers
        if leavers.rule != "transferred":
            return passed
        beyond = max(0, release.out[at].get(key, 0) - self._out(rep, key, at))
        now = rounded(beyond * Fraction(leavers.share))
        heir = self.books.owner(self.cash.orders[key].customer, at)
        if heir is not None and heir != rep and self.books.spell(heir, at):
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
