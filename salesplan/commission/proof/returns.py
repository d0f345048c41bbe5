"""Probes of returns, whole and in part, and of what a manager earns on his team."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from salesplan.commission.exact import boundary
from salesplan.commission.proof.bench import Sale
from salesplan.commission.proof.cash import months_after
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.tiers import NEAR
from salesplan.money import FEN


def return_probes(s: Setting) -> Iterator[Probe]:
    """The last order of a period beyond quota comes back in the next, whole, half and a third of it."""
    if s.plan.measure not in ("attainment", "amount") or 2 * s.length > len(s.quotas):
        return
    before, last = _beyond(s)
    back = s.length + 1
    for name, part in (("whole", last), ("half", last // 2), ("third", last // 3)):
        answers = tuple(_returned(s, before, last, part, back))
        yield Probe("return", name, Decimal(part) / FEN, "currency", answers)


def _beyond(s: Setting) -> tuple[int, int]:
    """Two orders of a period: up to a tenth below the highest boundary, and a fifth of the quota that passes it."""
    top = max((tier.from_ for tier in s.plan.tiers), default=Decimal(1))
    at = s.at(max(top, Decimal(1))) if s.plan.measure == "attainment" else max(int(top * FEN), FEN * FEN)
    return at * 9 // 10 // FEN * FEN, at // 5 // FEN * FEN


def _returned(s: Setting, before: int, last: int, part: int, back: int) -> Iterator[Answer]:
    terms: dict[str, Any] = {name: getattr(s.plan, name) for name in ("clawback", "clawback_months", "clawback_share")}
    own, upto = s.vary(**terms), 2 * s.length
    sold = (s.sale(1, before), s.sale(1, last, "B"))
    linked = s.sale(back, -part, "R", original="B", cost=None)
    plain = s.sale(back, -part, "R", cost=None)
    yield Answer(f"back_{s.plan.clawback}", s.case(own, *sold, linked, upto=upto))
    if s.plan.clawback != "original_rate":
        yield Answer("back_original_rate", s.case(s.alone, *sold, linked, upto=upto))
    yield Answer("back_today", s.case(s.alone, *sold, plain, upto=upto))
    net = (s.sale(1, before), *([s.sale(1, last - part, "B")] if last > part else []))
    yield Answer("never_sold", s.case(s.alone, *net, upto=upto))
    yield Answer("kept", s.case(s.alone, *sold, upto=upto))


def unserved_probes(s: Setting) -> Iterator[Probe]:
    """A full return on the day before a month is served, and on the day it is; the last month served."""
    months = s.plan.clawback_months
    if s.plan.clawback != "unserved" or months is None:
        return
    own = s.vary_flat(clawback="unserved", clawback_months=months)
    served = sorted({0, 1, months // 2, months - 1, months})
    for count in served:
        for name, day in _around(s, count):
            sales = (s.sale(1, s.order), Sale(day, -s.order, "R", original="A"))
            upto = s.month_of(day)
            readings = (("back_unserved", own), ("back_original_rate", s.flat))
            answers = tuple(Answer(key, s.case(plan, *sales, upto=upto)) for key, plan in readings)
            yield Probe("unserved", name, Decimal((day - s.first(1)).days), "day", answers, Decimal(count))


def _around(s: Setting, count: int) -> Iterator[tuple[str, Any]]:
    day = months_after(s.first(1), count)
    if count:
        yield "day_before", day - timedelta(days=1)
    yield "at", day


def override_probes(s: Setting) -> Iterator[Probe]:
    """The team a fen below, at and above each boundary of what its manager earns on it."""
    override = s.plan.override
    if override is None:
        return
    turned = {"whole": "marginal", "marginal": "whole"}[override.semantics]
    forms = [(override.semantics, override), (turned, override.model_copy(update={"semantics": turned}))]
    plans = [(f"team_{key}", s.vary(override=form)) for key, form in forms]
    for tier in override.tiers[1:]:
        for name, step in NEAR:
            fen = int(boundary(tier.from_, [s.quota])[0]) + step
            answers = tuple(Answer(key, s.case(plan, s.sale(1, fen), below=True)) for key, plan in plans)
            yield Probe("override", name, Decimal(fen) / FEN, "currency", answers, tier.from_)
