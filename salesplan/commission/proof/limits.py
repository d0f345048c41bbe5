"""Probes of what is cut, topped up and rounded: caps, minimums, half a fen, draws, guarantees."""

from collections.abc import Iterator
from decimal import Decimal
from math import gcd

from salesplan.commission.exact import boundary
from salesplan.commission.proof.bench import BASE_PAY
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.tiers import NEAR
from salesplan.commission.proof.worked import OVER, TIMES, money, percent
from salesplan.money import FEN, MICRO, half_away, to_fen, to_micro

SALES = "sales"  # the component of base pay that is measured by attainment
PAID_OUT = ("released", "clawback", "draw")


def sales_for(rate: Decimal, pay: int) -> int:
    """The least sale, in fen, whose commission at one rate is at least `pay` fen."""
    micro = to_micro(rate)
    return -(-(2 * pay - 1) * MICRO // (2 * micro))


def reaches(s: Setting, pay: int) -> int | None:
    """The least single sale of the period whose commission is at least `pay`; None where no tier gets there."""
    starts = _starts(s)
    if starts is None:
        return None
    whole = s.plan.semantics != "marginal"
    so_far = 0
    for place, (start, tier) in enumerate(zip(starts, s.plan.tiers, strict=True)):
        end = starts[place + 1] if place + 1 < len(starts) else None
        micro = to_micro(tier.rate)
        needed = pay if whole else pay - so_far
        found = sales_for(tier.rate, needed) + (0 if whole else start) if micro else None
        if found is not None and (end is None or found < end):
            return max(found, start)
        if end is not None and not whole:
            so_far += half_away((end - start) * micro, MICRO)
    return None


def _starts(s: Setting) -> list[int] | None:
    """Where the tiers begin in fen; None where sales alone do not say which tier it is."""
    if s.plan.curve is not None or s.plan.paid_on != "amount" or s.plan.measure not in ("attainment", "amount"):
        return None
    scale = s.at if s.plan.measure == "attainment" else to_fen
    return [scale(tier.from_) for tier in s.plan.tiers]


def cap_probes(s: Setting) -> Iterator[Probe]:
    """The sale at which the cap of the period is reached, a fen of pay less, and a fifth more."""
    if s.plan.cap is None:
        return
    cap = to_fen(s.plan.cap)
    reached = reaches(s, cap)
    free, own = (s.alone, s.vary(cap=s.plan.cap)) if reached is not None else (s.flat, s.vary_flat(cap=s.plan.cap))
    at = reached if reached is not None else sales_for(s.rate, cap)
    for name, fen in (("below", at - 1), ("at", at), ("above", at + 1), ("beyond", at * 6 // 5)):
        readings = (("cap", own), ("no_cap", free))
        answers = tuple(Answer(key, s.case(plan, s.sale(1, fen))) for key, plan in readings)
        yield Probe("cap", name, Decimal(fen) / FEN, "currency", answers, s.plan.cap)


def order_probes(s: Setting) -> Iterator[Probe]:
    """Orders at which the cap or the minimum per order begins; the same sold in two orders, or without the rule."""
    rules = {"cap_order": "cap_per_order", "minimum": "minimum_per_order"}
    for rule, key in rules.items():
        limit = getattr(s.plan, key)
        if limit is None:
            continue
        own = s.vary_flat(**{key: limit})
        at = sales_for(s.rate, to_fen(limit))
        for name, fen in (*((name, at + step) for name, step in NEAR), ("twice", 2 * at), ("half", at // 2)):
            one = s.sale(1, fen)
            two = (s.sale(1, fen // 2), s.sale(1, fen - fen // 2, "B"))
            cases = (("per_order", own, (one,)), ("two_orders", own, two), ("no_limit", s.flat, (one,)))
            answers = tuple(Answer(reading, s.case(plan, *sales)) for reading, plan, sales in cases)
            yield Probe(rule, name, Decimal(fen) / FEN, "currency", answers, limit)


def rounding_probes(s: Setting) -> Iterator[Probe]:
    """A line that earns exactly half a fen more, and two of them: other ways to round, and rounding the sum."""
    rates = sorted({tier.rate for tier in s.plan.tiers if tier.rate > 0})
    first = s.flat.tiers[0].model_copy(update={"rates": {str(rate): rate for rate in rates}})
    plan = s.vary_flat(tiers=(first,), rates_by="grade")
    for rate in rates:
        base = half_fen(to_micro(rate))
        if base is None:
            continue
        for name, count in (("half_fen", 1), ("two_lines", 2)):
            sales = [s.sale(1, base, chr(65 + line)) for line in range(count)]
            case = s.case(plan, *sales, grade=str(rate))
            answers = (Answer("half_up", case), *_otherwise(base, to_micro(rate), count))
            yield Probe("rounding", name, Decimal(base * count) / FEN, "currency", answers, rate)


def half_fen(micro: int) -> int | None:
    """The least base in fen that earns a whole number of fen and a half; None where there is none."""
    common = gcd(micro, MICRO)
    if (MICRO // 2) % common:
        return None
    return pow(micro // common, -1, MICRO // common) * (MICRO // 2 // common) % (MICRO // common)


def _otherwise(base: int, micro: int, count: int) -> Iterator[Answer]:
    """Halves to the even fen, halves cut off, and one rounding of the sum."""
    low = base * micro // MICRO
    text = f"{money(base)} {TIMES} {percent(Decimal(micro) / MICRO)}"
    each = f"{count} {TIMES} {text}" if count > 1 else text
    yield Answer("half_even", None, worked=each, amount=count * (low + low % 2))
    yield Answer("cut_off", None, worked=each, amount=count * low)
    if count > 1:
        whole = half_away(base * count * micro, MICRO)
        text = f"{money(base * count)} {TIMES} {percent(Decimal(micro) / MICRO)}"
        yield Answer("round_sum", None, worked=text, amount=whole)


def draw_probes(s: Setting) -> Iterator[Probe]:
    """Commission of a month a fen below, at and above the draw; then nothing in one month and much in the next."""
    draw = s.plan.draw
    if draw is None or draw.amount == 0:
        return
    least = to_fen(draw.amount)
    other = "not_recoverable" if draw.recoverable else "recoverable"
    own = "recoverable" if draw.recoverable else "not_recoverable"
    turned = draw.model_copy(update={"recoverable": not draw.recoverable, "forgiven": "never"})
    plans = [(own, s.vary_flat(draw=draw)), (other, s.vary_flat(draw=turned)), ("no_draw", s.flat)]
    for name, step in NEAR:
        sale = s.sale(1, sales_for(s.rate, least + step))
        answers = tuple(Answer(key, s.case(plan, sale, upto=1), PAID_OUT) for key, plan in plans)
        yield Probe("draw", name, Decimal(least + step) / FEN, "currency", answers, draw.amount)
    much = s.sale(2, sales_for(s.rate, 3 * least))
    answers = tuple(Answer(key, s.case(plan, much, upto=2), PAID_OUT) for key, plan in plans)
    yield Probe("draw", "recovered", Decimal(3 * least) / FEN, "currency", answers, draw.amount)


def guarantee_probes(s: Setting) -> Iterator[Probe]:
    """Commission of a month a fen below, at and above the guarantee; the last month it holds, and the one after."""
    guarantee = s.plan.guarantee
    if guarantee is None or guarantee.amount == 0:
        return
    least = to_fen(guarantee.amount)
    plans = (("guarantee", s.vary_flat(guarantee=guarantee)), ("no_guarantee", s.flat))
    for name, step in NEAR:
        sale = s.sale(1, sales_for(s.rate, least + step))
        answers = tuple(Answer(k, s.case(p, sale, upto=1, start=s.first(1)), PAID_OUT) for k, p in plans)
        yield Probe("guarantee", name, Decimal(least + step) / FEN, "currency", answers, guarantee.amount)
    for name, month in (("last_month", guarantee.months), ("month_after", guarantee.months + 1)):
        cases = [(k, s.case(p, s.sale(1, FEN), since=month, upto=month, start=s.first(1))) for k, p in plans]
        answers = tuple(Answer(k, case, PAID_OUT) for k, case in cases)
        yield Probe("guarantee", name, Decimal(month), "month", answers, guarantee.amount)


def base_probes(s: Setting) -> Iterator[Probe]:
    """Base pay by attainment of the month: at the floor, the standard and the cap of its sales component."""
    parts = s.plan.base_pay.parts
    if SALES not in parts or not s.quotas[0]:
        return
    sales, plan = parts[SALES], s.vary_flat(base_pay=s.plan.base_pay)
    rest = half_away(BASE_PAY * to_micro(1 - sales.weight), MICRO)
    for start in sorted({sales.floor, Decimal(1), sales.cap} - {Decimal(0)}):
        for name, step in NEAR:
            fen = int(boundary(start, [s.quotas[0]])[0]) + step
            own = Answer("base_part", s.case(plan, s.sale(1, fen), upto=1), ("base_pay",), _base_text(s, fen, rest))
            met = half_away(BASE_PAY * to_micro(sales.weight), MICRO) if fen >= s.quotas[0] else 0
            text = f"{money(BASE_PAY)} {TIMES} {percent(sales.weight if met else Decimal(0))} + {money(rest)}"
            others = (Answer("base_all", None, worked=text, amount=met + rest),)
            yield Probe("base_pay", name, Decimal(fen) / FEN, "currency", (own, *others), start)


def _base_text(s: Setting, fen: int, rest: int) -> str:
    sales = s.plan.base_pay.parts[SALES]
    done = Decimal(fen) / s.quotas[0]
    text = f"{money(BASE_PAY)} {TIMES} {percent(sales.weight)}"
    if done < sales.floor:
        return f"{text} {TIMES} 0% + {money(rest)}"
    if done >= sales.cap:
        return f"{text} {TIMES} {percent(sales.cap)} + {money(rest)}"
    return f"{text} {TIMES} {money(fen)} {OVER} {money(s.quotas[0])} + {money(rest)}"
