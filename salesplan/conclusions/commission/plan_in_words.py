"""A commission plan in the plan's language: who it is for, what it pays on, when; only the terms that are set."""

from collections.abc import Iterator
from decimal import Decimal

from salesplan.conclusions.saying import sayer
from salesplan.money import to_fen
from salesplan.terms.commission import CommissionPlan, CommissionTerms, Curve, SpecialRate, Tier
from salesplan.wording import Words

say = sayer("commission")
ALL = Decimal(1)
CONDITIONS = ("product", "line", "customer_grade", "region", "channel")


def plans_in_words(words: Words, *, rules: CommissionTerms) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Every plan as a form: its name, and boxes of sentences."""
    return [(plan.name, plan_in_words(words, plan=plan, bills=rules.bills)) for plan in rules.plans]


def plan_in_words(words: Words, *, plan: CommissionPlan, bills: str = "cleared") -> list[tuple[str, list[str]]]:
    """Boxes of sentences: for whom, what is earned, limits, when it is paid, what is taken back, beside it."""
    boxes = {
        "who": _who(words, plan),
        "earned": _earned(words, plan),
        "limits": _limits(words, plan),
        "paid": _paid(words, plan, bills),
        "back": _back(words, plan),
        "beside": _beside(words, plan),
    }
    told = [(say(words, f"words_{name}"), list(sentences)) for name, sentences in boxes.items()]
    return [(title, sentences) for title, sentences in told if sentences]


def exact(share: Decimal) -> str:
    """A share as a percentage without trailing zeros."""
    text = f"{share * 100:,f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def plain(value: Decimal) -> str:
    """A number without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(words: Words, amount: Decimal) -> str:
    return words.money(to_fen(amount))


# ---------------------------------------------------------------- for whom


def _who(words: Words, plan: CommissionPlan) -> Iterator[str]:
    fits = [say(words, f"words_of_{key}", value=value) for key, value in plan.applies_to.items()]
    yield say(words, "words_for", fits=words.list(fits)) if fits else say(words, "words_for_all")
    if plan.from_ is not None and plan.until is not None:
        yield say(words, "words_between", start=words.month(plan.from_), end=words.month(plan.until))
    elif plan.from_ is not None:
        yield say(words, "words_from", start=words.month(plan.from_))
    elif plan.until is not None:
        yield say(words, "words_until", end=words.month(plan.until))


# ---------------------------------------------------------------- what is earned


def _earned(words: Words, plan: CommissionPlan) -> Iterator[str]:
    counted = say(words, f"words_counted_{plan.measure_basis}")
    values = {"period": say(words, f"words_period_{plan.period}"), "counted": counted}
    yield say(words, "words_measure", measure=words.code("choice", plan.measure), **values)
    if plan.measure_period == "previous":
        yield say(words, "words_previous")
    if plan.curve is not None:
        yield from _curve(words, plan.curve)
    else:
        yield from _tiers(words, plan.tiers, plan.measure)
        yield say(words, f"words_{plan.semantics}") if len(plan.tiers) > 1 else say(words, "words_one_rate")
    if plan.paid_on == "margin":
        yield say(words, "words_on_margin")
    yield from _members(words, plan)
    yield from (special_in_words(words, special) for special in plan.special_rates)
    if plan.new_product_bonus:
        yield say(words, "words_new_product", rate=exact(plan.new_product_bonus))
    yield from _held_tiers(words, plan)
    yield from (say(words, f"words_{name}") for name in _of_customers(plan))
    yield say(words, "words_rounding")


def _tiers(words: Words, tiers: tuple[Tier, ...], measure: str) -> Iterator[str]:
    yield say(words, "words_rates", rates=words.list([_tier(words, tier, measure) for tier in tiers]))
    if len(tiers) > 1:
        yield say(words, "words_boundary")


def _tier(words: Words, tier: Tier, measure: str) -> str:
    if not tier.from_:
        return say(words, "words_first_tier", rate=exact(tier.rate))
    return say(words, "words_tier", start=start_text(words, tier.from_, measure), rate=exact(tier.rate))


def start_text(words: Words, start: Decimal, measure: str) -> str:
    """Where a tier begins, in the unit of its measure."""
    if measure in ("attainment", "margin_rate"):
        return exact(start)
    return plain(start) if measure == "quantity" else _money(words, start)


def _curve(words: Words, curve: Curve) -> Iterator[str]:
    target = curve.target_pay
    own = say(words, "words_target_base")
    yield own if target is None else say(words, "words_target", target=_money(words, target))
    points = [say(words, "words_point", at=exact(point.at), pays=exact(point.pays)) for point in curve.points]
    yield say(words, "words_points", points=words.list(points))
    if curve.points[0].at > 0:
        yield say(words, "words_threshold", at=exact(curve.points[0].at))
    if len(curve.points) > 1:
        yield say(words, f"words_between_{curve.between}")
        beyond = curve.beyond if curve.between == "straight" else "flat"
        yield say(words, f"words_beyond_{beyond}", at=exact(curve.points[-1].at))


def _members(words: Words, plan: CommissionPlan) -> Iterator[str]:
    for tier in plan.tiers if plan.rates_by else ():
        if tier.rates:
            pairs = [say(words, "words_member", member=name, rate=exact(rate)) for name, rate in tier.rates.items()]
            start = start_text(words, tier.from_, plan.measure)
            by = say(words, f"words_by_{plan.rates_by}")
            yield say(words, "words_members", start=start, by=by, rates=words.list(pairs))


def special_in_words(words: Words, special: SpecialRate) -> str:
    """One special rate as a sentence: which sales, and what they earn."""
    named = [(key, getattr(special, key)) for key in CONDITIONS]
    fits = [say(words, f"words_of_{key}", value=value) for key, value in named if value is not None]
    if special.new_product is not None:
        fits.append(say(words, f"words_new_{'yes' if special.new_product else 'no'}"))
    what = words.list(fits) if fits else say(words, "words_every_sale")
    if special.per_unit is not None:
        return say(words, "words_special_per_unit", what=what, amount=_money(words, special.per_unit))
    if special.factor is not None:
        return say(words, "words_special_factor", what=what, factor=plain(special.factor))
    key, rate = ("rate", special.rate) if special.rate is not None else ("extra", special.extra)
    return say(words, f"words_special_{key}", what=what, rate=exact(rate or Decimal(0)))


def _held_tiers(words: Words, plan: CommissionPlan) -> Iterator[str]:
    if plan.gate is not None:
        values = {"attainment": exact(plan.gate.attainment), "start": exact(plan.gate.holds_from)}
        yield say(words, "words_gate", over=say(words, f"words_whole_{plan.gate.over}"), **values)
    if plan.measure == "attainment" and (plan.curve is not None or any(tier.from_ >= 1 for tier in plan.tiers)):
        yield say(words, f"words_ramp_{'counts' if plan.accelerator_while_ramping else 'holds'}")


def _of_customers(plan: CommissionPlan) -> Iterator[str]:
    if plan.rebates == "accrued":
        yield "rebates"
    if plan.free_goods == "cost":
        yield "free_goods"


# ---------------------------------------------------------------- limits, release, returns


def _limits(words: Words, plan: CommissionPlan) -> Iterator[str]:
    if plan.cap is not None:
        yield say(words, "words_cap", cap=_money(words, plan.cap), period=say(words, f"words_each_{plan.period}"))
    if plan.cap_per_order is not None:
        yield say(words, "words_cap_order", cap=_money(words, plan.cap_per_order))
    if plan.minimum_per_order is not None:
        yield say(words, "words_minimum", least=_money(words, plan.minimum_per_order))


def _paid(words: Words, plan: CommissionPlan, bills: str) -> Iterator[str]:
    if plan.basis != "collected":
        yield say(words, f"words_paid_{plan.basis}")
    else:
        yield say(words, f"words_release_{plan.release}")
        yield from (_milestone(words, stone.paid, stone.released) for stone in plan.milestones)
        yield say(words, f"words_bills_{bills}")
    if plan.holdback is not None:
        share, until = exact(plan.holdback.share), plan.holdback.until
        if until is not None:
            yield say(words, "words_holdback_until", share=share, month=words.month(until))
        else:
            yield say(words, "words_holdback_months", share=share, months=plan.holdback.months)
    yield from _late(words, plan)


def _milestone(words: Words, paid: Decimal, released: Decimal | None) -> str:
    return say(words, "words_milestone", paid=exact(paid), released=exact(paid if released is None else released))


def _late(words: Words, plan: CommissionPlan) -> Iterator[str]:
    if plan.late is None:
        return
    yield say(words, "words_late_whole", months=plan.late.full_months)
    if plan.late.per_day:
        yield say(words, "words_late_day", share=exact(plan.late.per_day))
    if plan.late.none_after is not None:
        yield say(words, "words_late_none", months=plan.late.none_after)


def _back(words: Words, plan: CommissionPlan) -> Iterator[str]:
    share = exact(plan.clawback_share) if plan.clawback_share is not None else ""
    yield say(words, f"words_back_{plan.clawback}", months=plan.clawback_months or "", share=share)
    leavers = plan.leavers
    yield say(words, f"words_leavers_{leavers.rule}", months=leavers.months, share=exact(leavers.share))


def _beside(words: Words, plan: CommissionPlan) -> Iterator[str]:
    parts = [
        say(words, "words_component", name=words.code("component", name), weight=exact(part.weight))
        for name, part in plan.base_pay.parts.items()
    ]
    yield say(words, "words_base_pay", parts=words.list(parts))
    for name, part in plan.base_pay.parts.items():
        if part.floor or part.cap != 1:
            values = {"floor": exact(part.floor), "cap": exact(part.cap), "name": words.code("component", name)}
            yield say(words, "words_component_limits", **values)
    yield say(words, f"words_part_month_{plan.base_pay.part_month}")
    yield from _advances(words, plan)
    if plan.override is not None:
        yield say(words, f"words_override_{plan.override.scope}")
        yield from _tiers(words, plan.override.tiers, "attainment")
        yield say(words, f"words_{plan.override.semantics}")


def _advances(words: Words, plan: CommissionPlan) -> Iterator[str]:
    if plan.draw is not None:
        kind = "recoverable" if plan.draw.recoverable else "kept"
        yield say(words, f"words_draw_{kind}", amount=_money(words, plan.draw.amount))
        if plan.draw.recoverable and plan.draw.forgiven != "never":
            yield say(words, "words_draw_forgiven", period=say(words, f"words_whole_{plan.draw.forgiven}"))
    if plan.guarantee is not None:
        values = {"amount": _money(words, plan.guarantee.amount), "months": plan.guarantee.months}
        yield say(words, "words_guarantee", **values)
