"""What counts for a rep, when, and with which amount."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from by_hand.books import NEVER, Line
from by_hand.exact import MILLION, part, rounded

STAGES = ("ordered", "invoiced", "collected")


@dataclass(frozen=True, eq=False)
class Event:
    line: Line
    at: int
    day: date
    amount: int
    units: int
    cost: int | None

    @property
    def place(self):
        """Place in the counting order."""
        return self.at, self.day, self.line.order, self.line.product, self.amount

    @property
    def sold(self):
        """Whether it adds to what was sold: no return, nor what a refund takes back."""
        return self.amount > 0

    @property
    def key(self):
        return self.line.key

    @property
    def margin(self):
        """Amount less cost; nothing where the cost is unknown. Free goods have their cost in the amount already."""
        if self.cost is None:
            return 0
        return self.amount - self.cost


def stage_of(plan):
    """Credited on the measure's basis, or on what is paid on where that comes earlier."""
    return min(plan.basis, plan.measure_basis, key=STAGES.index)


def worth(books, plan, line):
    """(amount, cost) of a line as measure and pay see it: rebates and free goods taken off where the plan says so."""
    amount, cost = line.amount, line.cost
    if plan.rebates == "accrued" and books.rebate_rate(line.customer):
        amount -= rounded(amount * books.rebate_rate(line.customer))
    if plan.free_goods == "cost" and line.kind == "free":
        return amount - (cost or 0), 0
    return amount, cost


def events(books, cash, plan, lines, stage):
    """Events of lines on a stage, in counting order."""
    found = []
    for line in lines:
        if line.kind == "rebate" and plan.rebates == "accrued" and books.rebate_rate(line.customer):
            continue  # counted with every sale already
        amount, cost = worth(books, plan, line)
        if stage == "collected":
            found += collected(cash, line, amount, cost)
        else:
            at, day = (line.at, line.day) if stage == "ordered" else (line.billed_at, line.billed)
            if at < NEVER:
                found.append(Event(line, at, day, amount, line.units, cost))
    return sorted(found, key=lambda event: event.place)


def collected(cash, line, amount, cost):
    """A line in parts as its order is collected: to date its part of what is paid, each month the difference.

    Several payments may stand behind a month's part: within the month it counts by the day of the line.
    """
    before, found = (0, 0, 0), []
    for at in range(line.at, cash.books.last + 1):
        due, paid = cash.before[at].get(line.key, 0), cash.paid[at].get(line.key, 0)
        share = Fraction(paid, due) if due > 0 else Fraction(1)
        now = tuple(rounded((value or 0) * share) for value in (amount, line.units, cost))
        if now != before:
            rise = [new - old for new, old in zip(now, before, strict=True)]
            found.append(Event(line, at, line.day, rise[0], rise[1], None if cost is None else rise[2]))
        before = now
    return found


def base_of(plan, event):
    """What is paid on."""
    return event.margin if plan.paid_on == "margin" else event.amount


def unit_pay(event, per_unit):
    """A fixed amount per unit."""
    return part(per_unit * 100, event.units, MILLION)
