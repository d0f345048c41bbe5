"""What each order is due and what was paid on it at every month end, and which payment paid it."""

from collections import defaultdict
from fractions import Fraction

from by_hand.books import NEVER
from by_hand.exact import rounded


class Cash:
    """Dues before and after bad debts, and payments settled, by month and order; `trace`: order, day, month, money."""

    def __init__(self, books, bills):
        self.books, self.bills = books, bills
        self.lines = books.earlier + books.lines
        self.orders = {}
        for line in sorted(self.lines, key=lambda one: (one.day, one.amount < 0, one.key)):
            self.orders.setdefault(line.key, line)
        self.due, self.before, self.lost, self.paid, self.own = {}, {}, {}, {-1: {}}, {-1: {}}
        self.payments, self.debts = self._read()
        self.trace = []
        for at in range(books.last + 1):
            self._dues(at)
            self.paid[at], self.own[at] = {}, {}
            for customer in sorted({line.customer for line in self.orders.values()}):
                self._settle(customer, at)
        for customer in sorted({line.customer for line in self.orders.values()}):
            self._trace(customer)

    def _read(self):
        payments, debts = [], []
        for row in self.books.collections:
            day = row["date"]
            if row.get("cleared") and self.bills == "cleared":
                day = row["cleared"]
            order, sign = row["order"] or "", -1 if row.get("kind") == "refund" else 1
            at = self.books.number(day)
            if row.get("kind") == "bad_debt":
                debts.append((order, at, row["amount"]))
                continue
            customer = row["customer"] or ""
            if order in self.books.known:
                customer = self.orders[order].customer if order in self.orders else ""
                at = max(at, self.begins(order))
            else:
                order = ""
            money = abs(row["amount"]) * sign if sign < 0 else row["amount"]
            payments.append((day, order, customer, at, money))
        return sorted(payments), debts

    def begins(self, order):
        """Month in which an order is first known."""
        return self.orders[order].at if order in self.orders else NEVER

    def of(self, customer):
        """Orders of a customer, the oldest first."""
        mine = [(line.day, key) for key, line in self.orders.items() if line.customer == customer]
        return [key for _, key in sorted(mine)]

    def _dues(self, at):
        """Dues to date on the tax basis of payments, rounded once per order (out of tax: and rate)."""
        sums = defaultdict(lambda: defaultdict(int))
        for line in self.lines:
            if line.at <= at and not line.overlay:
                sums[line.key][self.books.tax_rate(line.product)] += line.amount
        sales, collections = self.books.tax.sales, self.books.tax.collections
        self.before[at], self.due[at], self.lost[at] = {}, {}, {}
        for key, by_rate in sums.items():
            if sales == collections:
                due = sum(by_rate.values())
            elif collections == "included":
                due = rounded(sum(amount * (1 + rate) for rate, amount in by_rate.items()))
            else:
                due = sum(rounded(Fraction(amount) / (1 + rate)) for rate, amount in by_rate.items())
            self.before[at][key] = due
            self.lost[at][key] = sum(money for order, when, money in self.debts if order == key and when <= at)
            self.due[at][key] = due - self.lost[at][key]

    def _settle(self, customer, at):
        """Money of one customer at a month end: named orders first, what stands stays, then the oldest.

        An order's own money is what names it, less refunds; what of it is over, or lent to others, is free.
        """
        orders = [key for key in self.of(customer) if key in self.due[at]]
        known = [p for p in self.payments if p[2] == customer and p[3] <= at]
        due, own, paid = self.due[at], self.own[at], self.paid[at]
        named = {key: sum(p[4] for p in known if p[1] == key) for key in orders}
        for key in orders:
            fresh = sum(p[4] for p in known if p[1] == key and p[3] == at)
            stands = self.own[at - 1].get(key, 0) + max(fresh, 0)
            own[key] = paid[key] = min(max(min(stands, named[key]), min(due[key], 0)), due[key])
        free = sum(p[4] for p in known) - sum(own[key] for key in orders)
        before = {key: self.paid[at - 1].get(key, 0) - self.own[at - 1].get(key, 0) for key in orders}
        for source in ("others stay", "own comes back", "oldest first"):
            for key in orders:
                wanted = {"others stay": before[key], "own comes back": named[key] - own[key]}.get(source, free)
                more = max(0, min(wanted, due[key] - paid[key], free))
                paid[key] += more
                own[key] += more if source == "own comes back" else 0
                free -= more

    def _trace(self, customer):
        """Which money settled which order: by day, each payment first on the order it names."""
        money, left = {}, {}
        for number, (day, order, owner, at, _) in enumerate(self.payments):
            if owner == customer:
                money[number] = (day, order, at)
        for at in range(self.books.last + 1):
            orders = [key for key in self.of(customer) if key in self.due[at]]
            left |= {number: self.payments[number][4] for number in money if money[number][2] == at}
            rise = {key: self.paid[at][key] - self.paid[at - 1].get(key, 0) for key in orders}
            for key in orders:
                if rise[key] < 0:
                    self._undo(key, at, -rise[key], money, left)
            for named in (True, False):
                for number in sorted(left, key=lambda one: (money[one][0], str(one))):
                    for key in orders:
                        if (money[number][1] == key) >= named:
                            self._put(key, at, min(left[number], rise[key]), number, money, left, rise)

    def _put(self, key, at, amount, number, money, left, rise):
        if amount > 0:
            left[number] -= amount
            rise[key] -= amount
            self.trace.append((key, money[number][0], at, amount, number))

    def _undo(self, key, at, amount, money, left):
        """What no longer settles an order comes from its last payments; a credit note is money of its own day."""
        mine = defaultdict(int)
        for order, _, _, settled, number in self.trace:
            if order == key:
                mine[number] += settled
        for number in sorted(mine, key=lambda one: (money[one][0], str(one)), reverse=True):
            back = min(mine[number], amount)
            if back > 0:
                self.trace.append((key, money[number][0], at, -back, number))
                left[number] = left.get(number, 0) + back
                amount -= back
        if amount > 0:
            credit = f"credit {key} {at}"
            money[credit] = (max(line.day for line in self.lines if line.key == key and line.at <= at), "", at)
            left[credit] = amount

    def settled(self, key, at):
        """(day, money) of what has settled an order by a month end."""
        return [(day, money) for order, day, when, money, _ in self.trace if order == key and when <= at]
