"""What picked the tier of a rep's commission: plan, quota, the measure of the period, and where each tier begins."""

import numpy as np

from salesplan import calendar
from salesplan.commission import tiers
from salesplan.commission.curve import payout
from salesplan.commission.earning import margins
from salesplan.commission.exact import FAR, boundary
from salesplan.commission.periods import PERIOD_MONTHS, months_measured
from salesplan.explaining.formula import Equation, Figure, money, number, total
from salesplan.explaining.paid import Pay, absence, summed
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.money import MICRO, from_fen
from salesplan.terms.commission import CommissionPlan, Curve, Tier


def measured_part(pay: Pay) -> Part:
    """Plan, quota and measure of the period, and where each tier begins."""
    plan = pay.plan
    if plan is None:
        step = pay.grounds.step("commission")
        why, told = absence(step.reps(), pay.rep, calendar.month_span(pay.month, step.plan.month_cutoff))
        return Part("plan", [Line(why, told)])
    place = pay.grounds.place("commission", ("plans", pay.place))
    lines = [Line("plan", {"plan": plan.name, "basis": plan.basis, "release": plan.release, "period": plan.period,
                           "measure": plan.measure, "semantics": plan.semantics}, place=place)]  # fmt: skip
    asked, counted = asked_and_counted(pay, plan)
    quota = _quota(pay, asked)
    if plan.measure == "attainment":
        lines.append(Line("period_quota", _span(asked), summed(quota, sum(quota))))
    lines += _measure(pay, plan, counted, sum(quota))
    if plan.curve is not None:
        return Part("plan", [*lines, *_on_curve(pay, plan.curve, counted, sum(quota))], _points(pay, plan.curve))
    return Part("plan", [*lines, *_shut(pay, plan)], _ladder(pay, plan, counted, sum(quota)))


def _span(months: list[str]) -> dict[str, str]:
    return {"first": months[0] if months else "", "last": months[-1] if months else ""}


def asked_and_counted(pay: Pay, plan: CommissionPlan) -> tuple[list[str], list[str]]:
    """The months whose quota counts and, up to this month, whose measure does."""
    months = pay.grounds.step("commission").months
    at, length = months.index(pay.month), PERIOD_MONTHS[plan.period]
    begin = at // length * length
    if plan.measure_period == "previous":
        before = months[max(begin - length, 0) : begin]
        return before, before
    end = at + 1 if plan.period == "ytd" else begin + length
    return months[begin:end], months[begin : at + 1]


def _quota(pay: Pay, months: list[str]) -> list[int]:
    quotas = pay.grounds.table("rep_allocation")
    own = quotas[(quotas["rep"] == pay.rep) & quotas["month"].isin(months)]
    return own.groupby("month")["amount"].sum().astype("int64").tolist()


# ---------------------------------------------------------------- the measure


def _measure(pay: Pay, plan: CommissionPlan, counted: list[str], quota: int) -> list[Line]:
    """The measure of the period, month by month; of `margin_rate` what was sold and what it cost."""
    if not counted:
        return [Line("no_period_before")]
    if plan.measure == "margin_rate":
        return _margin_rate(pay, plan, counted)
    told = {"basis": plan.measure_basis, **_span(counted)}
    if plan.measure in ("attainment", "amount"):
        actual = pay.own[pay.own["month"].isin(counted)]["actual"].fillna(0).astype("int64").tolist()
        lines = [Line("period_actual", told, summed(actual, sum(actual)))]
        if plan.measure == "attainment" and quota > 0:
            lines.append(Line("attainment", formula=(money(sum(actual)) / money(quota)).to(6).text))
        return lines
    sizes = _sizes(pay, counted)
    if plan.measure == "margin":
        return [Line("period_margin", told, summed(sizes, sum(sizes)))]
    units = total([_units(size) for size in sizes if size] or [number(0)])
    places = max((-int(_units(size).value.as_tuple().exponent) for size in sizes if size), default=0)
    return [Line("period_quantity", told, units.to(max(places, 0)).text)]


def _sizes(pay: Pay, counted: list[str]) -> list[int]:
    """What counts for the measure in each month: fen, or millionths of a unit."""
    places = [pay.ground.year.closed.index(month) for month in counted]
    return [int(pay.earning.measured[pay.row, place]) for place in places]


def _units(millionths: int) -> Figure:
    return number(f"{millionths / MICRO:.6f}".rstrip("0").rstrip("."))


def _margin_rate(pay: Pay, plan: CommissionPlan, counted: list[str]) -> list[Line]:
    amounts, costs, unknown = _margins(pay, counted)
    told = {"basis": plan.measure_basis, **_span(counted)}
    if unknown:
        return [Line("margin_unknown", {**told, "count": unknown})]
    lines = [
        Line("period_sold", told, summed(amounts, sum(amounts))),
        Line("period_cost", told, summed(costs, sum(costs))),
    ]
    if sum(amounts) > 0:
        rate = (money(sum(amounts)) - money(sum(costs))) / money(sum(amounts))
        lines.append(Line("margin_rate", formula=rate.to(6).text))
    return lines


def _margins(pay: Pay, counted: list[str]) -> tuple[list[int], list[int], int]:
    """Amount and cost of each month, and how many lines have no known cost."""
    earning, places = pay.earning, [pay.ground.year.closed.index(month) for month in counted]
    tables = earning.standing.margins or margins(earning.events, earning.standing.quotas.shape)
    amount, cost, unknown = (table[pay.row, places].tolist() for table in tables)
    return amount, cost, int(sum(unknown))


# ---------------------------------------------------------------- where tiers begin


def _ladder(pay: Pay, plan: CommissionPlan, counted: list[str], quota: int) -> Grid:
    """Each tier: where it begins, its rate, and whether it is reached."""
    reached = _reached(pay, plan, counted)
    starts = pay.earning.starts(pay.number)[:, pay.row].tolist()
    rows = []
    for step, tier in enumerate(plan.tiers):
        place = pay.grounds.place("commission", ("plans", pay.place, "tiers", step))
        state = "reached" if step <= reached else "shut" if starts[step] >= FAR else "open"
        begins = _begins(plan, tier, quota, starts[step])
        rows.append([number(tier.from_).text, begins, _rates(tier), state, place])
    return Grid(("tier_from", "begins", "rate", "state", "place"), rows)


def _reached(pay: Pay, plan: CommissionPlan, counted: list[str]) -> int:
    """The tier the measure of the period has come to; the lowest where nothing is measured."""
    if not counted:
        return 0
    if plan.measure == "margin_rate":
        amounts, costs, unknown = _margins(pay, counted)
        sold, cost, blind = np.array([sum(amounts)]), np.array([sum(costs)]), np.array([unknown > 0])
        return int(tiers.of_margin_rate(plan.tiers, sold, cost, blind)[0])
    starts = pay.earning.starts(pay.number)[:, pay.row]
    return int((sum(_sizes(pay, counted)) >= starts).sum() - 1)


def _begins(plan: CommissionPlan, tier: Tier, quota: int, start: int) -> str:
    """A tier's beginning in the unit of the measure."""
    if plan.measure == "attainment":
        plain = int(boundary(tier.from_, [quota])[0])
        text = (number(tier.from_) * money(quota)).text + " \u2192 " + money(plain).text
        moved = plain < start < FAR  # the gate
        return f"{text} \u2192 {money(start).text}" if moved else text
    return number(tier.from_, 2).text if plan.measure in ("amount", "margin") else number(tier.from_).text


def _rates(tier: Tier) -> str:
    """A tier's rate, and those of members that have their own."""
    own = [f"{name} {number(rate).text}" for name, rate in sorted(tier.rates.items())]
    return "\u3000".join([number(tier.rate).text, *own])


def _shut(pay: Pay, plan: CommissionPlan) -> list[Line]:
    """Why a tier may not be reached although the measure is: the ramp, or the gate of a longer period."""
    lines, path = [], ("plans", pay.place)
    starts = pay.earning.starts(pay.number)[:, pay.row]
    if plan.measure == "attainment" and (starts >= FAR).any():
        lines.append(Line("tier_ramp", place=pay.grounds.place("commission", (*path, "accelerator_while_ramping"))))
    if plan.gate is not None:
        lines.append(Line("tier_gate", {"period": plan.gate.over, "from": number(plan.gate.holds_from).text},
                          _gate(pay, plan).text, pay.grounds.place("commission", (*path, "gate"))))  # fmt: skip
    return lines


def _gate(pay: Pay, plan: CommissionPlan) -> Equation:
    """What the period must reach for the gate: part of the longer period's quota, less what it has had before."""
    assert plan.gate is not None
    months, length = pay.grounds.step("commission").months, PERIOD_MONTHS[plan.gate.over]
    at, own = months.index(pay.month), PERIOD_MONTHS[plan.period]
    first = at // length * length
    begin = 0 if plan.period == "ytd" else at // own * own
    asked = money(sum(_quota(pay, months[first : first + length]))) * number(plan.gate.attainment)
    before = sum(_sizes(pay, months[first:begin]))
    return (asked - money(before) if before else asked).to(2)


# ---------------------------------------------------------------- payout curves


def _points(pay: Pay, curve: Curve) -> Grid:
    """The points of a curve, each with its line."""
    rows = [
        [number(point.at).text, number(point.pays).text,
         pay.grounds.place("commission", ("plans", pay.place, "curve", "points", at))]
        for at, point in enumerate(curve.points)
    ]  # fmt: skip
    return Grid(("tier_from", "pays", "place"), rows)


def _on_curve(pay: Pay, curve: Curve, counted: list[str], quota: int) -> list[Line]:
    """What the curve pays for the period to date, from target pay and attainment; spread over what was sold."""
    span = months_measured(pay.number, pay.earning.plan)
    assert pay.earning.standing.target is not None
    target = int(pay.earning.standing.target[pay.row, span].sum())
    measure = sum(_sizes(pay, counted))
    fen, place = payout(curve, measure, quota, target, full=False)
    if place < 0:
        return [Line("curve_below")]
    figure = money(target) * _of_target(curve, place, money(measure) / money(quota))
    found = figure.to(2)
    right = found.result.value == from_fen(fen)
    return [Line("curve_pay", formula=found.text if right else money(fen).text)]


def _of_target(curve: Curve, place: int, attainment: Figure) -> Figure:
    """The share of the target pay at an attainment, on the line between two points."""
    point, last = curve.points[place], place == len(curve.points) - 1
    if curve.between == "steps" or (last and (curve.beyond == "flat" or place == 0)):
        return number(point.pays)
    low, high = (curve.points[place - 1], point) if last else (point, curve.points[place + 1])
    slope = (number(high.pays) - number(low.pays)) / (number(high.at) - number(low.at))
    return number(point.pays) + (attainment - number(point.at)) * slope
