"""Commission once more, by plain loops over lines with fractions: slow, short, and sharing no code with the product."""

import math
from collections import defaultdict
from fractions import Fraction

LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "ytd": 12}


def rounded(exact):
    """Half away from zero."""
    size = int(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


class ByHand:
    """One rep on one plan. `lines`: dicts of order, date, at, product, customer, amount, original, new; sorted."""

    def __init__(self, plan, lines, quotas, payments, *, months, tax=Fraction(0)):
        self.plan, self.quotas, self.payments, self.months, self.tax = plan, quotas, payments, months, tax
        self.lines = [dict(line, number=number) for number, line in enumerate(lines)]
        sold = {line["order"]: line["at"] for line in reversed(self.lines) if line["amount"] > 0}
        for line in self.lines:
            named = line["original"] if line["amount"] < 0 and line["original"] in sold else line["order"]
            line["key"] = named
            line["back"] = line["amount"] < 0 and sold.get(named, 99) <= line["at"]
        self.known = {}

    def period(self, at):
        return (at - 1) // LENGTH[self.plan["period"]]

    def last(self, at):
        return (self.period(at) + 1) * LENGTH[self.plan["period"]]

    def begin(self, tier, upto):
        """Where a tier begins in the period to date; None where it is out of reach."""
        if tier == 0:
            return -(10**15)
        start = Fraction(self.plan["tiers"][tier][0])
        if self.plan["measure"] == "amount":
            return start * 100
        first = self.period(upto) * LENGTH[self.plan["period"]]
        end = upto if self.plan["period"] == "ytd" else self.last(upto)
        quota = sum(self.quotas[first:end])
        return start * quota if quota > 0 else None

    def tier_at(self, amount, upto):
        reached = [n for n in range(len(self.plan["tiers"])) if (b := self.begin(n, upto)) is not None and amount >= b]
        return reached[-1]

    def slices(self, number, upto):
        """(tier, base) of a line in the state of the month `upto` of its period."""
        line = self.lines[number]
        same = [
            other for other in self.lines if self.period(other["at"]) == self.period(line["at"]) and other["at"] <= upto
        ]
        if self.plan["semantics"] == "whole":
            return [(self.tier_at(sum(other["amount"] for other in same), upto), line["amount"])]
        after = sum(other["amount"] for other in same if other["number"] <= number)
        before = after - line["amount"]
        sign = 1 if line["amount"] > 0 else -1
        counts = defaultdict(int)
        # a fen belongs to the tier its upper end has gone beyond the beginning of
        begins = [self.begin(tier, upto) for tier in range(len(self.plan["tiers"]))]
        edges = [None if begin is None else math.ceil(begin) for begin in begins]
        low, high = min(before, after), max(before, after)
        for tier, edge in enumerate(edges):
            if edge is None:
                continue
            ends = [e for e in edges[tier + 1 :] if e is not None]
            top = min([high, *ends])
            if top > max(low, edge):
                counts[tier] += sign * (top - max(low, edge))
        return sorted(counts.items())

    def pieces(self, number, upto):
        """{(kind, tier): amount} of a line that is paid by its place."""
        line = self.lines[number]
        paid = {
            ("tier", t): rounded(base * Fraction(self.plan["tiers"][t][1])) for t, base in self.slices(number, upto)
        }
        if line["new"] and self.plan["bonus"]:
            paid["bonus", 0] = rounded(line["amount"] * Fraction(self.plan["bonus"]))
        return paid

    def upto(self, number, month):
        return min(month, self.last(self.lines[number]["at"]))

    def scope(self, line, month):
        """Lines a return takes back from, in the state of a month: of its product where there is one."""
        sold = [o for o in self.lines if o["key"] == line["key"] and not o["back"] and o["amount"] > 0]
        exact = [o for o in sold if o["product"] == line["product"]]
        found = exact if any(o["at"] <= line["at"] for o in exact) else sold
        return [o for o in found if o["at"] <= month], found is exact

    def taken(self, number, month):
        """What a return takes back, in the state of a month."""
        month = self.upto(number, month)
        if (number, month) in self.known:
            return self.known[number, month]
        line = self.lines[number]
        sold, exact = self.scope(line, month)
        earlier = [
            o
            for o in self.lines
            if o["back"]
            and o["key"] == line["key"]
            and o["number"] < number
            and self.scope(o, month)[1] == exact
            and (not exact or o["product"] == line["product"])
        ]
        open_ones = [o for o in earlier if self.period(o["at"]) == self.period(line["at"])]
        ordered = sum(o["amount"] for o in sold)
        before = -sum(o["amount"] for o in earlier)
        totals = defaultdict(int)
        for o in sold:
            for kind, amount in self.pieces(o["number"], self.upto(o["number"], month)).items():
                totals[kind] += amount
        result = {}
        for kind, paid in totals.items():
            target = -rounded(Fraction(paid * (before - line["amount"]), ordered))
            if open_ones:
                so_far = -rounded(Fraction(paid * before, ordered))
            else:
                so_far = sum(self.taken(o["number"], month).get(kind, 0) for o in earlier)
            result[kind] = target - so_far
        self.known[number, month] = result
        return result

    def earned(self, month):
        """Commission per order in the state of a month, without a cap."""
        per_order = defaultdict(int)
        for line in self.lines:
            if line["at"] > month:
                continue
            number = line["number"]
            rows = self.taken(number, month) if line["back"] else self.pieces(number, self.upto(number, month))
            per_order[line["key"]] += sum(rows.values())
        return dict(per_order)

    def capped(self, month, cap):
        """Total of a rep without returns across periods: each period's sum, cut at the cap."""
        sums = defaultdict(int)
        for line in self.lines:
            if line["at"] <= month:
                number = line["number"]
                rows = self.taken(number, month) if line["back"] else self.pieces(number, self.upto(number, month))
                sums[self.period(line["at"])] += sum(rows.values())
        return sum(min(total, cap) for total in sums.values())

    def due_and_paid(self, month):
        """Due and paid per order: named payments first, then each customer's oldest orders."""
        order = {}
        for line in sorted(self.lines, key=lambda o: (o["date"], o["order"])):
            if line["at"] <= month and line["key"] not in order:
                order[line["key"]] = (line["customer"], line["date"])
        due = {
            key: rounded(sum(o["amount"] for o in self.lines if o["key"] == key and o["at"] <= month) * (1 + self.tax))
            for key in order
        }
        when = {line["order"]: line["at"] for line in reversed(self.lines)}
        pool, paid = defaultdict(int), dict.fromkeys(order, 0)
        for payment in self.payments:
            at = max(payment["at"], when.get(payment["order"], 0))
            if at <= month:
                if payment["order"] in order:
                    paid[payment["order"]] += payment["amount"]
                else:
                    pool[payment["customer"]] += payment["amount"]
        for key, (customer, _) in order.items():
            fits = min(max(paid[key], min(due[key], 0)), due[key])
            pool[customer] += paid[key] - fits
            paid[key] = fits
        for key, (customer, _) in sorted(order.items(), key=lambda item: (item[1][1], item[0])):
            more = max(0, min(pool[customer], due[key] - paid[key]))
            paid[key] += more
            pool[customer] -= more
        return due, paid

    def released(self, month):
        """Paid out to date per order (net of what was clawed back)."""
        earned = self.earned(month)
        if self.plan["basis"] == "ordered":
            return earned
        due, paid = self.due_and_paid(month)
        when = {line["order"]: line["at"] for line in reversed(self.lines)}
        result = {}
        for key, amount in earned.items():
            full = paid[key] >= due[key]
            if self.plan["release"] == "month_full":
                full = all(paid[k] >= due[k] for k in earned if when[k] == when[key])
            if self.plan["release"] == "proportional":
                result[key] = rounded(Fraction(amount * paid[key], due[key])) if due[key] > 0 else amount
            else:
                result[key] = amount if full else 0
            if amount <= 0:
                result[key] = amount
        return result
