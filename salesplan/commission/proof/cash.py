"""Probes of what payments do: release, milestones, holdbacks, late money, leavers."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from salesplan import calendar
from salesplan.commission.proof.bench import Case, Cash
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.tiers import to_cash
from salesplan.commission.proof.worked import MINUS, OVER, TIMES, money, percent
from salesplan.money import FEN, MICRO, half_away, to_micro

RELEASED = ("released", "clawback")
WAYS = ("order_full", "month_full", "proportional")
AFTER = {"below": -1, "at": 0, "above": 1}


def release_probes(s: Setting) -> Iterator[Probe]:
    """Two orders of a month, paid to different parts: what each way of releasing pays out."""
    if s.plan.release == "milestones" and s.plan.basis == "collected":
        return
    first, second = 3 * s.order, s.order
    due, other = to_cash(s, first), to_cash(s, second)
    own = s.plan.release if s.plan.basis == "collected" else s.plan.basis
    keys = [own, *(key for key in (*WAYS, "ordered") if key != own)]
    parts = {"half": (due // 2, 0), "below": (due - 1, 0), "at": (due, 0), "both": (due, other)}
    for name, (paid, more) in parts.items():
        cash = tuple(s.pay(fen, s.last(2), order) for order, fen in (("A", paid), ("B", more)) if fen)
        sales = (s.sale(1, first), s.sale(1, second, "B", invoiced=s.last(2)))
        answers = [
            Answer(key, s.case(_by_way(s, key), *sales, paid=cash, upto=2), RELEASED, _way_text(s, key, paid, more))
            for key in keys
        ]
        yield Probe("release", name, Decimal(paid + more) / FEN, "currency", tuple(answers))


def _by_way(s: Setting, key: str) -> Any:
    if key in WAYS:
        return s.vary_flat(basis="collected", release=key)
    return s.vary_flat(basis=key)


def _way_text(s: Setting, key: str, paid: int, more: int) -> str | None:
    """Commission of each order, and what of it the payments free."""
    sums, dues = (3 * s.order, s.order), (to_cash(s, 3 * s.order), to_cash(s, s.order))
    earned = [f"{money(fen)} {TIMES} {percent(s.rate)}" for fen in sums]
    full = [part >= due for part, due in zip((paid, more), dues, strict=True)]
    if key == "ordered" or (key == "month_full" and all(full)):
        return " + ".join(earned)
    if key == "order_full":
        return " + ".join(text for text, done in zip(earned, full, strict=True) if done) or money(0)
    if key == "month_full":
        return f"{money(paid + more)} < {money(sum(dues))} → {money(0)}"
    if key != "proportional":
        return None
    parts = zip(earned, (paid, more), dues, strict=True)
    return " + ".join(f"{text} {TIMES} {money(part)} {OVER} {money(due)}" for text, part, due in parts if part)


def milestone_probes(s: Setting) -> Iterator[Probe]:
    """Each milestone a fen short, reached, and a fen over; released in proportion, or only when all is paid."""
    if s.plan.release != "milestones" or s.plan.basis != "collected":
        return
    fen = 3 * s.order
    due, earned = to_cash(s, fen), half_away(fen * to_micro(s.rate), MICRO)
    own = s.vary_flat(basis="collected", release="milestones", milestones=s.plan.milestones)
    keys = (("milestones", own), *((key, _by_way(s, key)) for key in ("proportional", "order_full")))
    for stone in sorted(s.plan.milestones, key=lambda one: one.paid):
        micro = to_micro(stone.paid)
        for name, step in AFTER.items():
            paid = -(-due * micro // MICRO) + step
            if not 0 <= paid <= due:
                continue
            whole = money(earned if paid >= due else 0)
            texts = (_stones_text(s, earned, due, paid), _share_text(earned, paid, due), whole)
            cash = tuple([s.pay(paid, s.last(2))] if paid else [])
            answers = [
                Answer(key, s.case(plan, s.sale(1, fen), paid=cash, upto=2), RELEASED, text)
                for (key, plan), text in zip(keys, texts, strict=True)
            ]
            yield Probe("milestones", name, Decimal(paid) / FEN, "currency", tuple(answers), stone.paid)


def _stones_text(s: Setting, earned: int, due: int, paid: int) -> str:
    reached = [one for one in s.plan.milestones if paid * MICRO >= due * to_micro(one.paid)]
    freed = max((one.paid if one.released is None else one.released for one in reached), default=Decimal(0))
    return f"{money(earned)} {TIMES} {percent(freed)}"


def _share_text(earned: int, part: int, whole: int) -> str:
    return f"{money(earned)} {TIMES} {money(part)} {OVER} {money(whole)}"


def holdback_probes(s: Setting) -> Iterator[Probe]:
    """What is out in the month of release, in the last month in which a part waits, and in the month it is paid."""
    holdback = s.plan.holdback
    if holdback is None:
        return
    until = 1 + (holdback.months or 0) if holdback.months else _number(s, holdback.until)
    own = s.vary_flat(holdback=holdback)
    earned = half_away(s.order * to_micro(s.rate), MICRO)
    for name, month in (("released", 1), ("below", until - 1), ("at", until)):
        if month < 1 or (name == "below" and month == 1):
            continue
        text = money(earned)
        if month < until:
            text = f"{text} {MINUS} {text} {TIMES} {percent(holdback.share)}"
        cases = (("holdback", own, text), ("no_holdback", s.flat, money(earned)))
        answers = [Answer(k, s.case(p, s.sale(1, s.order), upto=month), RELEASED, t) for k, p, t in cases]
        yield Probe("holdback", name, Decimal(month), "month", tuple(answers), holdback.share)


def _number(s: Setting, month: str | None) -> int:
    """Number of a month label, counted from the year's first."""
    first, own = (tuple(map(int, label.split("-"))) for label in (s.year.months[0], str(month)))
    return (own[0] - first[0]) * 12 + own[1] - first[1] + 1


# ---------------------------------------------------------------- late payments


def late_probes(s: Setting) -> Iterator[Probe]:
    """The last day that counts whole, the days after it, the last before nothing is left; and half paid in time."""
    late = s.plan.late
    if late is None:
        return
    order = s.first(1)
    full = months_after(order, late.full_months)
    own = s.vary_flat(late=late)
    for name, day in _late_days(s, order, full):
        cash = (s.pay(to_cash(s, s.order), day),)
        case = s.case(own, s.sale(1, s.order), paid=cash, upto=s.month_of(day))
        free = replace(case, plan=s.flat)
        answers = (Answer("late", case, worked=_late_text(s, day, full)), Answer("no_decay", free))
        yield Probe("late", name, Decimal((day - order).days), "day", answers)
    yield from _half_in_time(s, full)


def _late_days(s: Setting, order: date, full: date) -> Iterator[tuple[str, date]]:
    late = s.plan.late
    assert late is not None
    gone = months_after(order, late.none_after) if late.none_after is not None else None
    yield "last_whole", full
    yield "first_late", full + timedelta(days=1)
    if late.per_day:
        zero = full + timedelta(days=math.ceil(1 / late.per_day))
        if gone is None or zero <= gone:
            yield "last_late", zero - timedelta(days=1)
            yield "all_gone", zero
    if gone is not None:
        yield "last_counted", gone
        yield "first_lost", gone + timedelta(days=1)


def lost_share(s: Setting, day: date, full: date) -> Decimal:
    """What of the commission a payment on this day has lost."""
    late = s.plan.late
    assert late is not None
    if late.none_after is not None and day > months_after(s.first(1), late.none_after):
        return Decimal(1)
    return min(Decimal(1), late.per_day * max((day - full).days, 0))


def _late_text(s: Setting, day: date, full: date) -> str:
    late, lost = s.plan.late, lost_share(s, day, full)
    assert late is not None
    text = f"{money(s.order)} {TIMES} {percent(s.rate)}"
    if lost == 0 or lost == 1:
        return f"{text} {TIMES} {percent(1 - lost)}"
    return f"{text} {TIMES} (1 {MINUS} {percent(late.per_day)} {TIMES} {(day - full).days})"


def _half_in_time(s: Setting, full: date) -> Iterator[Probe]:
    """Half of an order paid on the last whole day, half a month later: only the late half loses, or all of it."""
    due, day = to_cash(s, s.order), full + timedelta(days=30)
    own = s.vary_flat(late=s.plan.late)
    sale, rest = s.sale(1, s.order), due - due // 2
    parts = s.case(own, sale, paid=(s.pay(due // 2, full), s.pay(rest, day)), upto=s.month_of(day))
    whole = replace(parts, paid=(Cash(day, due),))
    texts = f"{money(s.order)} {TIMES} {percent(s.rate)}", percent(1 - lost_share(s, day, full))
    half = f"{texts[0]} {TIMES} ({money(due // 2)} + {money(rest)} {TIMES} {texts[1]}) {OVER} {money(due)}"
    answers = (
        Answer("late", parts, worked=half),
        Answer("late_whole", whole, worked=f"{texts[0]} {TIMES} {texts[1]}"),
        Answer("no_decay", replace(parts, plan=s.flat)),
    )
    yield Probe("late", "half_in_time", Decimal((day - s.first(1)).days), "day", answers)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    label = calendar.add_months(f"{day:%Y-%m}", months)
    last = calendar.month_span(label, None)[1]
    return last.replace(day=min(day.day, last.day))


# ---------------------------------------------------------------- leavers


def leaver_probes(s: Setting) -> Iterator[Probe]:
    """An order paid in the rep's last month, in the last month in which it still counts, and one later."""
    leavers = s.plan.leavers
    if leavers.rule == "paid" or s.plan.basis != "collected":
        return
    gone = 2 + (leavers.months if leavers.rule == "paid_until" else 0)
    own = s.vary_flat(basis="collected", leavers=leavers)
    forms = [(f"leaver_{leavers.rule}", own)]
    for rule in ("paid", "forfeited"):
        if rule != leavers.rule:
            kept = leavers.model_copy(update={"rule": rule, "months": 0})
            forms.append((f"leaver_{rule}", s.vary_flat(basis="collected", leavers=kept)))
    for name, month in (("last_month", gone), ("month_after", gone + 1)):
        cash = (s.pay(to_cash(s, s.order), s.first(month)),)
        cases: list[tuple[str, Case]] = [
            (key, s.case(plan, s.sale(1, s.order), paid=cash, upto=month, end=s.last(2))) for key, plan in forms
        ]
        answers = tuple(Answer(key, case, RELEASED) for key, case in cases)
        yield Probe("leavers", name, Decimal(month), "month", answers)
