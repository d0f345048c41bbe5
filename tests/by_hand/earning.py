"""What a rep's events earn on one plan, piece by piece, in the state of any month."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from by_hand.credit import base_of, events, stage_of, unit_pay
from by_hand.exact import MILLION, fen, part, rounded, spread, whole_months
from by_hand.measure import Measure

OVERRIDE = {"measure": "attainment", "gate": None}  # a team is measured by its quotas


@dataclass(frozen=True)
class Piece:
    event: object
    rule: str
    tier: int
    base: int
    rate: Fraction | None
    amount: int


class Earning:
    """One rep on one plan, in the months `on`; `override`: his team's sales, not his own."""

    def __init__(self, books, cash, rep, plan, on, override=False):
        self.books, self.cash, self.rep, self.plan, self.on = books, cash, rep, plan, on
        self.override = plan.override if override else None
        self.stage = stage_of(plan)
        self.events = self.credited(self.stage)
        self.apart = plan.measure_basis != self.stage
        counted = self.credited(plan.measure_basis) if self.apart else self.events
        self.tiers = self.override.tiers if override else plan.tiers
        seen = plan.model_copy(update=OVERRIDE) if override else plan
        ramping = (lambda at: False) if override else (lambda at: (rep, at) in books.ramping)
        self.measure = Measure(seen, self.tiers, list(filter(self.counts, counted)), self.quota, ramping)
        self.first = {}
        for event in self.events:
            if event.sold:
                self.first.setdefault(event.key, event.at)
        self.paid, self.scope = cache(self.paid), cache(self.scope)
        self.pieces, self.curve = cache(self.pieces), cache(self.curve)

    def team(self, at):
        """Who is below a manager in a month; nobody while he is not there himself."""
        return self.books.below(self.rep, at, self.override.scope) if self.books.spell(self.rep, at) else set()

    def counts(self, event):
        """Whether an event counts for the measure: of a team in the months in which its manager is there."""
        return self.override is None or self.books.spell(self.rep, event.at) is not None

    def lines(self):
        """The rep's lines, or those of his team: of whoever was below him in the month of the order."""
        if self.override is None:
            return [line for line in self.books.lines if line.rep == self.rep]
        return [line for line in self.books.lines if line.rep in self.team(self.cash.orders[line.key].at or line.at)]

    def credited(self, stage):
        return events(self.books, self.cash, self.plan, self.lines(), stage)

    def quota(self, at):
        reps = [self.rep] if self.override is None else sorted(self.team(at))
        return sum(self.books.quotas.get((rep, at), 0) for rep in reps)

    # what counts as a return

    def is_return(self, event):
        """A negative line of an order that has been credited to the rep by then, or what a refund takes from it."""
        given = event.line.kind == "free" and self.plan.free_goods == "cost"
        return event.amount < 0 and not given and self.first.get(event.key, 99) <= event.at

    def scope(self, event):
        """(order, product) a return takes back from; product None: the whole order."""
        sold = [e for e in self.events if e.key == event.key and e.sold and e.at <= event.at]
        return event.key, event.line.product if any(e.line.product == event.line.product for e in sold) else None

    def spread_with_sale(self, event):
        """Month of the first sale of what is returned, where the same period of a curve pays it; else None."""
        if self.plan.curve is None or self.override is not None or not self.is_return(event):
            return None
        key, product = self.scope(event)
        sold = [e.at for e in self.events if e.key == key and e.sold and product in (None, e.line.product)]
        return min(sold) if min(sold) >= self.measure.span(event.at)[0] else None

    def taken_back(self, event):
        return self.is_return(event) and self.spread_with_sale(event) is None

    # pieces

    def paid(self):
        """Events paid here: credited in a month on the plan, returns apart. A curve goes with the sale."""
        return [e for e in self.events if (self.spread_with_sale(e) or e.at) in self.on and not self.taken_back(e)]

    def pieces(self, state):
        """Every piece in the state of a month."""
        found = []
        for event in self.paid():
            if event.at <= state:
                found += self.of_event(event, self.measure.upto(event.at, state))
        return found

    def of_event(self, event, state):
        base = base_of(self.plan, event)
        if self.override is not None:
            return [Piece(event, "override", t, b, r, rounded(b * r)) for t, b, r in self.slices(event, base, state)]
        special = self.special(event)
        found = self.main(event, base, special, state)
        if special is not None and special.extra is not None:
            found.append(self.piece(event, "extra", base, Fraction(special.extra)))
        if self.plan.new_product_bonus and self.books.is_new(event.line.product):
            found.append(self.piece(event, "new_product", base, Fraction(self.plan.new_product_bonus)))
        return found

    def piece(self, event, rule, base, rate):
        return Piece(event, rule, -1, base, rate, rounded(base * rate))

    def main(self, event, base, special, state):
        if self.plan.curve is not None:
            return self.curve(self.measure.span(event.at)[0], state).get(event, [])
        if special is not None and special.rate is not None:
            return [self.piece(event, "rate", base, Fraction(special.rate))]
        if special is not None and special.per_unit is not None:
            return [Piece(event, "per_unit", -1, event.amount, None, unit_pay(event, Fraction(special.per_unit)))]
        factor = None if special is None or special.factor is None else Fraction(special.factor)
        found = []
        for tier, amount, rate in self.slices(event, base, state):
            used = rate if factor is None else Fraction(rounded(rate * factor * MILLION), MILLION)
            found.append(Piece(event, "tier", tier, amount, used, rounded(amount * used)))
        return found

    def slices(self, event, base, state):
        """(tier, base, rate) of an event."""
        semantics = self.override.semantics if self.override is not None else self.plan.semantics
        whole = semantics == "whole" or self.plan.measure_period == "previous" or self.apart
        if whole or self.measure.plan.measure == "margin_rate":
            cut = [(self.measure.reached(event.at, state), 1)]
        elif semantics == "current":
            begins = self.measure.begins(self.measure.measured(event.at, event.at))
            cut = [(self.measure.tier_of(self.measure.after_order(event), begins), 1)]
        else:
            begins = self.measure.begins(self.measure.measured(event.at, state))
            _, before, after = next(one for one in self.measure.running(event.at) if one[0] is event)
            cut = self.measure.cut(before, after, begins)
        bases = spread(base, [size for _, size in cut])
        return [(tier, amount, self.rate(event, tier)) for (tier, _), amount in zip(cut, bases, strict=True)]

    def rate(self, event, tier):
        """Rate of a tier for the event's member of `rates_by`."""
        given = self.tiers[tier]
        by = None if self.override is not None else self.plan.rates_by
        if by is None:
            return Fraction(given.rate)
        return Fraction(given.rates.get(self.member(event, by), given.rate))

    def member(self, event, by):
        line = event.line
        if by == "grade":
            return (self.books.spell(self.rep, event.at) or {}).get("grade")
        if by == "customer_grade":
            return self.books.grade_of_customer(line.customer)
        return self.books.line_of(line.product) if by == "line" else getattr(line, by)

    def special(self, event):
        """The first special rate all of whose conditions fit."""
        names = ("product", "line", "customer_grade", "region", "channel")
        for one in self.plan.special_rates:
            fits = all(getattr(one, by) in (None, self.member(event, by)) for by in names)
            if fits and one.new_product in (None, self.books.is_new(event.line.product)):
                return one
        return None

    # the payout curve

    def curve(self, first, state):
        """{event: pieces} of a period to date."""
        _, last = self.measure.span(first)
        mine = [e for e in self.paid() if first <= e.at <= min(last, state)]
        bases = [base_of(self.plan, event) for event in mine]
        if sum(bases) <= 0:
            return {}
        point, share = self.point(first, state)
        until = state if self.plan.period == "ytd" else last
        target = sum(self.target(at) for at in self.on if first <= at <= until)  # of the months on the plan
        pay = rounded(target * share)
        amounts = zip(mine, bases, spread(pay, bases), strict=True)
        return {event: [Piece(event, "curve", point, base, None, amount)] for event, base, amount in amounts}

    def target(self, at):
        """Target pay of a month: the plan's, or what the rep's base pay is."""
        if self.plan.curve.target_pay is not None:
            return fen(self.plan.curve.target_pay)
        return Fraction((self.books.spell(self.rep, at) or {}).get("base_pay") or 0)

    def point(self, first, state):
        """(point at or below, share of the target pay) at the attainment of a period to date."""
        months = self.measure.measured(first, state)
        if months is None:
            return 0, Fraction(0)
        measure = self.measure.sum(months[0], min(months[1], state))
        quota = self.measure.quota(*months)
        if measure <= 0 or quota <= 0:
            return 0, Fraction(0)  # nothing sold, or nobody knows against what
        attainment = Fraction(measure, quota)
        opens = self.measure.gated_until(*months)
        if self.measure.held_back(*months) or (opens is not None and measure < opens):
            attainment = min(attainment, Fraction(1))
        return on_curve(self.plan.curve, attainment)


def on_curve(curve, attainment):
    """(point at or below, what is paid) on a payout curve."""
    points = [(Fraction(point.at), Fraction(point.pays)) for point in curve.points]
    below = [place for place, (at, _) in enumerate(points) if at <= attainment]
    if not below:
        return 0, Fraction(0)
    place = below[-1]
    at, pays = points[place]
    if place == len(points) - 1:
        if curve.beyond == "flat" or place == 0:
            return place, pays
        before = points[place - 1]
        return place, pays + (attainment - at) * (pays - before[1]) / (at - before[0])
    if curve.between == "steps":
        return place, pays
    after = points[place + 1]
    return place, pays + (attainment - at) * (after[1] - pays) / (after[0] - at)


def returned(one, state):
    """{(order, product or None): amount} taken back to date, from what the plan paid on the order."""
    pools = defaultdict(list)
    for event in one.events:
        if event.at <= state and one.taken_back(event):
            pools[one.scope(event)].append(event)
    return {scope: taken(one, scope, back, state) for scope, back in pools.items()}


def of_scope(piece, key, product):
    """Whether a piece was paid for what was sold of an order, or of one product of it."""
    event = piece.event
    return event.key == key and event.sold and product in (None, event.line.product)


def taken(one, scope, back, state):
    """Taken back to date: reckoned anew in each period with a return; what earlier periods took back stays."""
    found = 0
    for at in sorted({min(one.measure.span(event.at)[1], state) for event in back}):
        found = share(one, scope, [event for event in back if event.at <= at], at)
    return found


def share(one, scope, back, state):
    """Taken back from one order (or one product of it): each kind of piece in proportion, rounded once."""
    key, product = scope
    sold = [e for e in one.events if e.key == key and e.sold and e.at <= state and product in (None, e.line.product)]
    weight = -sum(e.amount * factor(one.plan, e, one.cash.orders[key].day) for e in back)
    paid = defaultdict(int)
    for piece in one.pieces(state):
        if of_scope(piece, key, product):
            paid[piece.rule, piece.tier, piece.rate] += piece.amount
    return -sum(part(amount, weight, sum(e.amount for e in sold)) for amount in paid.values())


def factor(plan, event, ordered):
    """Which part of what was paid a return takes back."""
    if plan.clawback == "share":
        return Fraction(plan.clawback_share)
    if plan.clawback == "unserved":
        gone = whole_months(ordered, event.day)
        return max(Fraction(plan.clawback_months - gone, plan.clawback_months), Fraction(0))
    return Fraction(1)
