"""Probes of what picks a rate: tiers and curves at their boundaries, periods, bases, gates, rates of certain sales."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from salesplan.commission.exact import boundary
from salesplan.commission.proof.bench import BASE_PAY, Case, Sale
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.worked import MINUS, OVER, TIMES, money, percent
from salesplan.money import FEN, MICRO, half_away, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan, Curve, Tier

SEMANTICS = ("marginal", "whole", "current")
NEAR = (("below", -1), ("at", 0), ("above", 1))
FRONT = Decimal("0.9")  # of a boundary: what is sold before the order that reaches it
PRICE = 10_000  # fen per unit in probes of quantity
BASE = 10_000_000  # fen sold in probes of the margin rate
# Months a probe of the period looks at, and the periods it compares.
COMPARED = {
    "month": (3, ("quarter",)),
    "quarter": (3, ("month",)),
    "half_year": (6, ("month", "quarter")),
    "year": (12, ("month", "quarter", "half_year")),
    "ytd": (6, ("month", "quarter")),
}


def tier_probes(s: Setting) -> Iterator[Probe]:
    """One fen below, at and above where each tier begins, under each semantics and with the boundary a fen later."""
    readings = _readings(s)
    after = s.plan.measure_period == "previous"
    for tier in s.plan.tiers[1:]:
        for name, step in NEAR:
            sales, measure, unit = sold(s, tier.from_, step)
            cases = ((reading, s.case(plan, *sales)) for reading, plan in readings)
            answers = tuple(Answer(reading, _after(s, case) if after else case) for reading, case in cases)
            yield Probe("tier", name, measure, unit, answers, tier.from_)
    if s.plan.tiers[1:] and s.plan.measure == "attainment":
        case = replace(s.case(s.alone, s.sale(1, s.quota)), quotas=(0,) * len(s.quotas))
        measure = Decimal(s.quota) / FEN
        yield Probe("tier", "no_quota", measure, "currency", (Answer(readings[0][0], case),))


def _readings(s: Setting) -> list[tuple[str, CommissionPlan]]:
    """The plan's own reading first."""
    own = s.plan.semantics
    if s.plan.measure_period == "previous":
        return [("previous", s.vary(measure_period="previous")), ("this", s.alone)]
    if s.plan.measure == "margin_rate":
        return [("whole", s.alone)]
    others = [(name, s.vary(semantics=name)) for name in SEMANTICS if name != own]
    lower = [("lower", _boundary_later(s))] if own != "marginal" else []
    return [(own, s.alone), *others, *lower]


def _boundary_later(s: Setting) -> CommissionPlan:
    """The plan in which a value equal to a boundary belongs to the lower tier: every boundary a fen later."""
    if s.plan.measure == "attainment":
        starts = [Decimal(s.at(tier.from_) + 1) / FEN for tier in s.plan.tiers[1:]]
        later = [_from(tier, start) for tier, start in zip(s.plan.tiers[1:], starts, strict=True)]
        return s.vary(measure="amount", tiers=(s.plan.tiers[0], *later))
    step = Decimal("0.000001") if s.plan.measure == "quantity" else Decimal("0.01")
    return s.vary(tiers=(s.plan.tiers[0], *(_from(tier, tier.from_ + step) for tier in s.plan.tiers[1:])))


def _from(tier: Tier, start: Decimal) -> Tier:
    return tier.model_copy(update={"from_": start})


def sold(s: Setting, start: Decimal, step: int) -> tuple[tuple[Sale, ...], Decimal, str]:
    """Two orders that bring the measure to a boundary and a step beyond; the measure and its unit."""
    if s.plan.measure == "quantity":
        units = int(boundary(start, [1])[0]) + step
        before = int(units * FRONT)
        pair = ((before * PRICE, before), ((units - before) * PRICE, units - before))
        sales = tuple(s.sale(1, fen, name, units=float(count)) for name, (fen, count) in zip("AB", pair, strict=True))
        return sales, Decimal(units), "piece"
    if s.plan.measure == "margin_rate":
        margin = int(boundary(start, [BASE])[0]) + step
        return (s.sale(1, BASE, cost=BASE - margin),), Decimal(margin) / BASE, "share"
    fen = s.at(start) + step if s.plan.measure == "attainment" else to_fen(start) + step
    before = int(fen * FRONT) // FEN * FEN
    if s.plan.measure == "margin":
        parts = [(name, part) for name, part in (("A", before), ("B", fen - before)) if part]
        return tuple(s.sale(1, 4 * m, name, cost=3 * m) for name, m in parts), Decimal(fen) / FEN, "currency"
    return split(s, before, fen - before), Decimal(fen) / FEN, "currency"


def split(s: Setting, *amounts: int) -> tuple[Sale, ...]:
    """Orders A, B, ... of these amounts in the first month; those of nothing are left out."""
    return tuple(s.sale(1, fen, chr(65 + place)) for place, fen in enumerate(amounts) if fen)


def _after(s: Setting, case: Case) -> Case:
    """For a tier picked by the period before: the probe is sold in the first, one quota in the second, which counts."""
    more = s.sale(s.length + 1, s.quota, "C")
    return replace(case, sales=(*case.sales, more), since=s.length + 1, upto=2 * s.length)


# ---------------------------------------------------------------- curves


def curve_probes(s: Setting) -> Iterator[Probe]:
    """Every point of a curve, half-way to the next, and beyond the last; other lines between and beyond."""
    curve = s.plan.curve
    if curve is None:
        return
    for place, point in enumerate(curve.points):
        for name, step in NEAR:
            yield _on_curve(s, curve, s.at(point.at) + step, name, point.at)
        if place + 1 < len(curve.points):
            middle = (point.at + curve.points[place + 1].at) / 2
            yield _on_curve(s, curve, s.at(middle), "between", middle)
    yield _on_curve(s, curve, s.at(curve.points[-1].at + Decimal("0.25")), "beyond", curve.points[-1].at)


def _on_curve(s: Setting, curve: Curve, fen: int, name: str, start: Decimal) -> Probe:
    other = {"straight": "steps", "steps": "straight"}[curve.between]
    further = {"flat": "straight", "straight": "flat"}[curve.beyond]
    forms = [("curve", curve), (f"between_{other}", curve.model_copy(update={"between": other}))]
    if curve.between == "straight":
        forms.append((f"beyond_{further}", curve.model_copy(update={"beyond": further})))
    if curve.points[0].at > 0:
        zero = curve.points[0].model_copy(update={"at": Decimal(0), "pays": Decimal(0)})
        forms.append(("no_threshold", curve.model_copy(update={"points": (zero, *curve.points)})))
    answers = [
        Answer(key, s.case(s.vary(curve=form), s.sale(1, fen)), worked=_curve_text(s, form, fen)) for key, form in forms
    ]
    return Probe("curve", name, Decimal(fen) / FEN, "currency", tuple(answers), start)


def _curve_text(s: Setting, curve: Curve, fen: int) -> str:
    """target pay × months × what the curve pays there, by its two points."""
    target = money(to_fen(curve.target_pay)) if curve.target_pay is not None else money(BASE_PAY)
    months = f" {TIMES} {s.length}" if s.length > 1 else ""
    return f"{target}{months} {TIMES} {_pays(s, curve, fen)}"


def _pays(s: Setting, curve: Curve, fen: int) -> str:
    points = curve.points
    reached = sum(fen >= s.at(point.at) for point in points)
    if reached == 0:
        return "0%"
    on, pays = points[reached - 1].at, points[reached - 1].pays
    last = reached == len(points)
    flat = curve.between == "steps" or (last and (curve.beyond == "flat" or len(points) < 2))
    if flat or fen == s.at(on):
        return percent(pays)
    low, high = (points[-2], points[-1]) if last else (points[reached - 1], points[reached])
    above = f"({money(fen)} {OVER} {money(s.quota)} {MINUS} {percent(on)})"
    slope = f"{above} {OVER} {percent(high.at - low.at)} {TIMES} {percent(abs(high.pays - low.pays))}"
    return f"({percent(pays)} {'+' if high.pays >= low.pays else MINUS} {slope})"


# ---------------------------------------------------------------- period, basis, gate


def period_probes(s: Setting) -> Iterator[Probe]:
    """The same sales, uneven over the months and as the quotas are: rates by month, by quarter, to date."""
    if (len(s.plan.tiers) < 2 and s.plan.curve is None) or s.plan.measure_period == "previous":
        return
    span, others = COMPARED[s.plan.period]
    half = span // 2 if span > 3 else 1
    for name, early, late in (("uneven", Decimal("1.4"), Decimal("0.6")), ("even", Decimal(1), Decimal(1))):
        shares = [early if month <= half else late for month in range(1, span + 1)]
        sold = [int(share * fen) // FEN * FEN for share, fen in zip(shares, s.quotas, strict=False)]
        sales = tuple(_of_month(s, month, fen) for month, fen in enumerate(sold, start=1) if fen)
        readings = [(s.plan.period, s.alone), *((key, s.vary(period=key)) for key in others)]
        answers = tuple(Answer(f"by_{key}", s.case(plan, *sales, upto=span)) for key, plan in readings)
        yield Probe("period", name, Decimal(sum(sold)) / FEN, "currency", answers)


def _of_month(s: Setting, month: int, fen: int) -> Sale:
    return s.sale(month, fen, f"M{month:02d}", units=fen / PRICE)


def basis_probes(s: Setting) -> Iterator[Probe]:
    """An order of more than one quota, half of it paid in its period and half in the next: when does it count?"""
    span = 2 * s.length
    if span > len(s.quotas) or s.plan.measure not in ("attainment", "amount"):
        return
    top = max((tier.from_ for tier in s.plan.tiers), default=Decimal(1))
    over = s.at(max(top, Decimal(1)) + Decimal("0.2")) if s.plan.measure == "attainment" else to_fen(top) * 6 // 5
    fen = (over + FEN) // FEN // 2 * FEN * 2
    due = to_cash(s, fen)
    paid = (s.pay(due // 2, s.last(s.length)), s.pay(due - due // 2, s.first(s.length + 1)))
    sale = s.sale(1, fen, invoiced=s.first(s.length + 1), units=fen / PRICE)
    stages = ("ordered", "collected") if s.plan.measure_basis != "invoiced" else ("invoiced", "ordered", "collected")
    keys = (s.plan.measure_basis, *(key for key in stages if key != s.plan.measure_basis))
    plans = [(key, s.vary(basis="collected", measure_basis=key)) for key in keys]
    answers = tuple(Answer(f"counted_{key}", s.case(plan, sale, paid=paid, upto=span)) for key, plan in plans)
    yield Probe("measure_basis", "late_cash", Decimal(fen) / FEN, "currency", answers)


def to_cash(s: Setting, fen: int) -> int:
    """What an order of this amount is due in the money of collections."""
    rate, tax = to_micro(s.year.tax.rate), s.year.tax
    if tax.sales == tax.collections:
        return fen
    return half_away(fen * (MICRO + rate), MICRO) if tax.sales == "excluded" else half_away(fen * MICRO, MICRO + rate)


def gate_probes(s: Setting) -> Iterator[Probe]:
    """The longer period a fen below, at and above what opens the gate, while the tier's own boundary is passed."""
    gate = s.plan.gate
    tier = next((one for one in s.plan.tiers if gate and one.from_ >= gate.holds_from), None)
    if gate is None or tier is None or s.plan.measure != "attainment":
        return
    whole = sum(s.quotas[: PERIOD_OF_GATE[gate.over]])
    opens = int(boundary(gate.attainment, [whole])[0])
    before = s.at(tier.from_)
    for name, step in NEAR:
        sales = split(s, before, opens - before + step) if opens + step > before else split(s, opens + step)
        readings = (("gate", s.vary(gate=gate)), ("no_gate", s.alone))
        answers = tuple(Answer(key, s.case(plan, *sales)) for key, plan in readings)
        yield Probe("gate", name, Decimal(opens + step) / FEN, "currency", answers, gate.attainment)


PERIOD_OF_GATE = {"quarter": 3, "half_year": 6, "year": 12}


def ramp_probes(s: Setting) -> Iterator[Probe]:
    """A rep in his ramp who sells a quarter more than his quota."""
    if s.plan.measure != "attainment" or not any(tier.from_ >= 1 for tier in s.plan.tiers):
        return
    fen = s.at(max(tier.from_ for tier in s.plan.tiers) + Decimal("0.25")) // FEN * FEN
    own = s.plan.accelerator_while_ramping
    keys = {True: "ramp_counts", False: "ramp_holds"}
    readings = [(keys[on], s.vary(accelerator_while_ramping=on)) for on in (own, not own)]
    answers = tuple(Answer(key, s.case(plan, s.sale(1, fen), ramping=True)) for key, plan in readings)
    yield Probe("ramp", "ramping", Decimal(fen) / FEN, "currency", answers)


# ---------------------------------------------------------------- rates of certain sales


def special_probes(s: Setting) -> Iterator[Probe]:
    """One sale for each special rate: its rate instead of the tier's, on top of it, or not at all."""
    for special in s.plan.special_rates:
        traits = _traits(s, special.model_dump(exclude_none=True))
        sale = s.sale(1, s.order, units=float(s.order // PRICE), **traits)
        value = next(v for v in (special.rate, special.extra, special.factor, special.per_unit) if v is not None)
        forms = {"special": special}
        if special.rate is not None:
            forms["on_top"] = special.model_copy(update={"rate": None, "extra": special.rate})
        if special.extra is not None:
            forms["instead"] = special.model_copy(update={"extra": None, "rate": special.extra})
        plans = [(key, s.vary(special_rates=(form,))) for key, form in forms.items()]
        answers = tuple(Answer(key, s.case(plan, sale)) for key, plan in [*plans, ("tier_rate", s.alone)])
        yield Probe("special", "fits", Decimal(s.order) / FEN, "currency", answers, value)


def _traits(s: Setting, conditions: dict[str, Any]) -> dict[str, Any]:
    names: tuple[str, ...] = ("product", "line", "region", "channel")
    found = {name: conditions[name] for name in names if name in conditions}
    if "customer_grade" in conditions:
        found["grade"] = conditions["customer_grade"]
    if "new_product" in conditions:
        found["launch"] = s.first(1) if conditions["new_product"] else None
    return {"product": "special", **found}


def member_probes(s: Setting) -> Iterator[Probe]:
    """A rate of its own for each member that a tier names, beside the tier's general rate."""
    by = s.plan.rates_by
    members = sorted({member for tier in s.plan.tiers for member in tier.rates})
    if by is None or not members:
        return
    own = s.vary(rates_by=by)
    for member in members:
        traits = {} if by == "grade" else {"customer_grade": {"grade": member}}.get(by, {by: member})
        traits = traits if by in ("grade", "line", "product") else {"product": "P", **traits}
        sale = s.sale(1, s.order, units=float(s.order // PRICE), **({"product": f"P{member}"} | traits))
        more = {"grade": member} if by == "grade" else {}
        answers = (Answer("member_rate", s.case(own, sale, **more)), Answer("tier_rate", s.case(s.alone, sale)))
        yield Probe("rates_by", member, Decimal(s.order) / FEN, "currency", answers)


def bonus_probes(s: Setting) -> Iterator[Probe]:
    """A product launched the day before the fiscal year, on its first day, on its last, and the day after."""
    if not s.plan.new_product_bonus:
        return
    own = s.vary(new_product_bonus=s.plan.new_product_bonus)
    days = {"day_before": s.first(1) - timedelta(days=1), "first_day": s.first(1), "last_day": s.last(12)}
    for name, day in {**days, "day_after": s.first(13)}.items():
        sale = s.sale(1, s.order, product=f"launched {day}", launch=day)
        answers = (Answer("with_bonus", s.case(own, sale)), Answer("tier_rate", s.case(s.alone, sale)))
        yield Probe("new_product", name, Decimal(s.order) / FEN, "currency", answers, s.plan.new_product_bonus)
