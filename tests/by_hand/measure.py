"""The measure of a rep on a plan: quotas, where tiers begin, which tier is reached."""

import math
from collections import defaultdict
from fractions import Fraction

from by_hand.exact import MILLION

LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "ytd": 12}


class Measure:
    """What picks the tier. `counted`: events of the measure in counting order; `quota`, `ramping`: by month number."""

    def __init__(self, plan, tiers, counted, quota, ramping):
        self.plan, self.tiers, self.counted = plan, tiers, counted
        self.quota_of, self.ramping = quota, ramping
        self.length = LENGTH[plan.period]

    def span(self, at, length=None):
        """First and last month of the period of a month."""
        length = length or self.length
        first = (at - 1) // length * length + 1
        return first, first + length - 1

    def upto(self, at, state):
        """The state in which a month's lines are seen: no later than the end of their period."""
        return min(state, self.span(at)[1])

    def value(self, event):
        """What one event adds to the measure."""
        by = {"margin": event.margin, "quantity": event.units}
        return by.get(self.plan.measure, event.amount)

    def sum(self, first, last):
        """The measure of some months."""
        return sum(self.value(event) for event in self.counted if first <= event.at <= last)

    def quota(self, first, last):
        return sum(self.quota_of(at) for at in range(first, last + 1))

    def measured(self, at, state):
        """Months whose quota counts: the whole period; the year to date; None before the first, for `previous`."""
        first, last = self.span(at)
        if self.plan.measure_period == "previous":
            first, last = first - self.length, first - 1
        if self.plan.period == "ytd":
            last = state
        return (first, last) if first >= 1 else None

    def gated_until(self, first, last):
        """Measure of the period at which the gate opens; None without one."""
        if self.plan.gate is None or self.plan.measure != "attainment":
            return None
        begin, end = self.span(first, LENGTH[self.plan.gate.over])
        before = 0 if self.plan.period == "ytd" else self.sum(begin, first - 1)
        return math.ceil(Fraction(self.plan.gate.attainment) * self.quota(begin, end)) - before

    def begins(self, months):
        """Where each tier begins in some months: None where it is out of reach. The lowest has no beginning."""
        if self.plan.measure in ("amount", "margin", "quantity"):
            unit = MILLION if self.plan.measure == "quantity" else 100
            return [math.ceil(Fraction(tier.from_) * unit) for tier in self.tiers]
        first, last = months
        quota = self.quota(first, last)
        found = [math.ceil(Fraction(tier.from_) * quota) if quota > 0 else None for tier in self.tiers]
        opens = self.gated_until(first, last)
        for place, tier in enumerate(self.tiers):
            if found[place] is None:
                continue
            if opens is not None and tier.from_ >= self.plan.gate.holds_from:
                found[place] = max(found[place], opens)
            if tier.from_ >= 1 and self.held_back(first, last):
                found[place] = None
        return found

    def held_back(self, first, last):
        """Whether a ramp keeps the rep from accelerators."""
        return not self.plan.accelerator_while_ramping and any(self.ramping(at) for at in range(first, last + 1))

    def tier_of(self, value, begins):
        """The highest tier whose beginning is reached."""
        return max([0, *[place for place, begin in enumerate(begins) if begin is not None and value >= begin]])

    def reached(self, at, state):
        """Tier of a period to date."""
        months = self.measured(at, state)
        if months is None:
            return 0
        first, last = months
        last = min(last, state)
        if self.plan.measure == "margin_rate":
            return self.by_margin(first, last)
        return self.tier_of(self.sum(first, last), self.begins(months))

    def by_margin(self, first, last):
        events = [event for event in self.counted if first <= event.at <= last]
        if any(event.cost is None for event in events):
            return 0  # unknown is not 0: the margin of the period is unknown, and so the lowest tier
        amount, margin = sum(event.amount for event in events), sum(event.margin for event in events)
        rate = Fraction(margin, amount) if amount > 0 else Fraction(0)
        return max([0, *[place for place, tier in enumerate(self.tiers) if rate >= Fraction(tier.from_)]])

    def running(self, at):
        """(event, measure of its period before it, after it) in counting order."""
        first, last = self.span(at)
        run, found = 0, []
        for event in self.counted:
            if first <= event.at <= last:
                found.append((event, run, run + self.value(event)))
                run += self.value(event)
        return found

    def cut(self, before, after, begins):
        """(tier, how much of the measure) where the running measure goes from one value to another."""
        low, high = min(before, after), max(before, after)
        if low == high:
            return [(self.tier_of(before, begins), 1)]
        begins = [-(10**18), *begins[1:]]
        found = []
        for place, begin in enumerate(begins):
            above = [other for other in begins[place + 1 :] if other is not None]
            if begin is not None and (size := min([high, *above]) - max(low, begin)) > 0:
                found.append((place, size))
        return found

    def after_order(self, event):
        """Running measure of the period after the event's order of its month: its lines of the month come together."""
        first, _ = self.span(event.at)
        run = self.sum(first, event.at - 1)
        of_month, by_order = [e for e in self.counted if e.at == event.at], defaultdict(int)
        for other in of_month:
            by_order[other.key] += self.value(other)
        for key, value in by_order.items():
            run += value
            if key == event.key:
                return run
        raise KeyError(event)
