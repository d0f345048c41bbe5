"""The rows of all statements as texts, made column by column: a company has thousands of pages."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from salesplan.commission.papers.moves import BY_HAND
from salesplan.commission.papers.on_curve import CURVE, SPREAD
from salesplan.conclusions.saying import sayer
from salesplan.terms.commission import CommissionPlan
from salesplan.wording import BLANK, Words

Row = dict[str, str]
say = sayer("statement")


def amounts(fen: Iterable[Any]) -> list[str]:
    """Fen as `-1,234.50`; a dash where unknown."""
    return [BLANK if value is pd.NA or value is None else amount(value) for value in fen]


def amount(fen: int) -> str:
    """Fen as `-1,234.50`, whole numbers all the way."""
    size = abs(int(fen))
    return f"{'-' if fen < 0 else ''}{size // 100:,}.{size % 100:02d}"


def money(words: Words, fen: int) -> str:
    """Fen with the unit, as it stands within a sentence."""
    return f"{amount(fen)} {words.unit}"


def by_rep(reps: Iterable[str], rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by rep, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for rep, row in zip(reps, rows, strict=True):
        found[rep].append(row)
    return found


def lists_by_rep(reps: Iterable[str], rows: Iterable[list[str]]) -> dict[str, list[list[str]]]:
    """Rows that are lists by rep, in their order."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for rep, row in zip(reps, rows, strict=True):
        found[rep].append(row)
    return found


class Wording:
    """Texts that recur on thousands of rows, each made once."""

    def __init__(self, words: Words, plans: Mapping[str, CommissionPlan], customers: Mapping[str, str]) -> None:
        self.words = words
        self.plans = plans
        self.customers = customers
        self._made: dict[Any, str] = {}

    def once(self, key: Any, make: Callable[[], str]) -> str:
        """The text of a key, made when first asked for."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def rate(self, rate: float) -> str:
        """A rate with as many decimals as it has, at most four of a percent: 2.5%."""
        return self.once(("rate", rate), lambda: _trimmed(self.words.percent(rate, 4)))

    def day(self, day: Any) -> str:
        """A day as ISO text, blank where there is none: dates of one page read best below one another."""
        return self.once(("day", day), lambda: "" if day is pd.NaT or day is None else str(day)[:10])

    def member(self, name: str) -> str:
        """A product or customer; what is unknown in words."""
        return self.once(("member", name), lambda: self.words.code("member", name))

    def customer(self, key: str) -> str:
        """A customer by name, else by key; blank where there is none."""
        return self.customers.get(key) or (self.member(key) if key and key == key else "")

    def begins(self, tier_from: float, plan: str) -> str:
        """Where a tier begins, in the words of its plan's measure."""
        return self.once(("from", tier_from, plan), lambda: self._begins(tier_from, self.plans.get(plan)))

    def _begins(self, tier_from: float, plan: CommissionPlan | None) -> str:
        measure = plan.measure if plan is not None else "attainment"
        if measure in ("attainment", "margin_rate"):
            text = _trimmed(self.words.percent(tier_from, 2))
        else:
            text = _trimmed(self.words.number(tier_from, 2))
        return say(self.words, f"from_{measure}", begin=text)

    def rule(self, rule: str, tier_from: float, plan: str) -> str:
        """A rule and, where it has one, its tier."""
        return self.once(("rule", rule, tier_from, plan), lambda: self._rule(rule, tier_from, plan))

    def _rule(self, rule: str, tier_from: float, plan: str) -> str:
        name = self.words.code("rule", rule)
        if tier_from != tier_from:
            return name
        return say(self.words, "rule_at", rule=name, begin=self.begins(tier_from, plan))


def _trimmed(text: str) -> str:
    """`2.5000%` as `2.5%`, `1,000.00` as `1,000`."""
    number, sign = (text[:-1], "%") if text.endswith("%") else (text, "")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + sign


def line_rows(lines: pd.DataFrame, texts: Wording) -> list[Row]:
    """Earned lines: group, head (order, day, customer), product, what (rule and tier), how (base x rate), amount, note.

    `fen` is the amount as digits, to be summed per order.
    """
    spread = (lines["rule"] == CURVE) & (lines["base"].fillna(0) == 0)
    turned = ((lines["group"] == "earlier") & (lines["amount"] < 0)).map({True: "turned", False: ""})
    keys_of = turned.mask(spread, "spread_again").tolist()
    names = ("group", "order", "product", "original_order", "of_month")
    columns = [*(lines[name].tolist() for name in names), _reasons(lines, texts)]
    keys = zip(*(lines[name].tolist() for name in ("rule", "tier_from", "plan")), strict=True)
    rules = [texts.rule(*key) for key in keys]
    made = (_heads(lines, texts), rules, keys_of, _how(lines, texts), lines["amount"].tolist(), _counted(lines, texts))
    rows = zip(*columns, *made, strict=True)
    return [
        {"group": group, "head": head, "product": texts.member(product) if product else "",
         "what": (_turned(back, rule, texts) if back else rule) + counted, "how": how, "amount": amount(fen),
         "fen": str(fen), "note": _note(texts, original if original != order else "", reason, month)}
        for group, order, product, original, month, reason, head, rule, back, how, fen, counted in rows
    ]  # fmt: skip


def _reasons(lines: pd.DataFrame, texts: Wording) -> list[str]:
    """The reason somebody gave and, of an adjustment, who approved it."""
    return [_reason(texts, *pair) for pair in zip(lines["reason"].tolist(), lines["approved_by"].tolist(), strict=True)]


def _reason(texts: Wording, reason: str, who: str) -> str:
    parts = [reason, say(texts.words, "approved", who=texts.words.person(who)) if who else ""]
    return texts.words("mark.clause").join(part for part in parts if part)


def _heads(lines: pd.DataFrame, texts: Wording) -> list[str]:
    """Order, day and customer; the same text for all lines of an order, blank for what belongs to none."""
    days, customers = lines["date"].tolist(), lines["customer"].tolist()
    return [
        texts.once((order, day, customer), lambda: _head(order, day, customer, texts)) if order or customer else ""  # noqa: B023
        for order, day, customer in zip(lines["order"].tolist(), days, customers, strict=True)
    ]


def _head(order: str, day: Any, customer: str, texts: Wording) -> str:
    parts = [order or say(texts.words, "no_order"), texts.day(day), texts.customer(customer)]
    return " \u00b7 ".join(part for part in parts if part)


def _turned(key: str, rule: str, texts: Wording) -> str:
    """What was booked before and is taken out, or spread, again, because the tier or the payout has changed since."""
    return texts.once((key, rule), lambda: say(texts.words, key, rule=rule))


def _how(lines: pd.DataFrame, texts: Wording) -> list[str]:
    """The calculation below an amount: base x rate; nothing where it follows another way."""
    forms = {0: "how", 1: "how_near", SPREAD: "how_curve"}
    names = ("exact", "base", "rate", "curve_pay", "curve_base")
    made = zip(*(lines[name].tolist() for name in names), strict=True)
    return [_formula(texts, forms[exact], *rest) if exact in forms else "" for exact, *rest in made]


def _formula(texts: Wording, form: str, base: int, rate: float, pay: Any, bases: Any) -> str:
    if form == "how_curve":
        return say(texts.words, form, base=amount(base), pay=amount(pay), bases=amount(bases))
    return say(texts.words, form, base=amount(base), rate=texts.rate(rate))


def _counted(lines: pd.DataFrame, texts: Wording) -> list[str]:
    """What part of the order counts for the rep, and the rebate that is taken off; blank where all of it counts."""
    pairs = zip(lines["share"].fillna(0).tolist(), lines["rebate"].fillna(0).tolist(), strict=True)
    return [texts.once(("counted", *pair), lambda: _parted(*pair, texts)) for pair in pairs]  # noqa: B023


def _parted(share: float, rebate: float, texts: Wording) -> str:
    told = (("own_share", round(share, 4)), ("less_rebate", round(rebate, 6)))
    parts = [say(texts.words, key, share=texts.rate(value)) for key, value in told if value]
    return "".join(f" \u00b7 {part}" for part in parts)


def _note(texts: Wording, original: str, reason: str, month: str) -> str:
    """The order a return belongs to, the closed month of a correction, the reason somebody gave."""
    parts = [say(texts.words, "of_order", order=original)] if original else []
    parts += [say(texts.words, "of_month", month=texts.words.month(month))] if month else []
    return texts.words("mark.clause").join([*parts, reason] if reason else parts)


def released_rows(
    frame: pd.DataFrame, payments: Mapping[str, str], earlier: Mapping[str, str], texts: Wording
) -> list[Row]:
    """Releases: order, under (day and customer), why (which payments, now or earlier), how, amount."""
    names = ("order", "customer", "date", "reason", "rule")
    fen = ("amount", "before", "upto", "earned", "amount_paid", "amount_due")
    firsts = ["" if before else "_first" for before in frame["before"].tolist()]
    texted = zip(
        *(frame[name].tolist() for name in names), *(amounts(frame[name]) for name in fen), firsts, strict=True
    )
    return [
        {"order": order or say(texts.words, "no_order"), "under": _under(day, customer, texts),
         "why": _why_released(texts, reason, payments.get(order, ""), earlier.get(order, "")),
         "how": say(texts.words, f"how_{rule}{first}", before=before, upto=upto, earned=earned, paid=paid, due=due),
         "amount": own}
        for order, customer, day, reason, rule, own, before, upto, earned, paid, due, first in texted
    ]  # fmt: skip


def _why_released(texts: Wording, reason: str, paid: str, earlier: str) -> str:
    """The payments behind a release; those of earlier months where the money was there before."""
    if reason == "earlier" and earlier:
        return say(texts.words, "released_earlier_on", payments=earlier)
    return paid if reason == "paid" else say(texts.words, f"released_{reason}")


def _under(day: Any, customer: str, texts: Wording) -> str:
    """Day and customer, below an order."""
    return " \u00b7 ".join(text for text in (texts.day(day), texts.customer(customer)) if text)


def payment_texts(payments: pd.DataFrame, texts: Wording) -> dict[str, str]:
    """What was paid on each order in the month, payment by payment."""
    found: dict[str, list[str]] = defaultdict(list)
    for order, day, fen in zip(payments["order"].tolist(), payments["date"], payments["amount"].tolist(), strict=True):
        key = "paid_on" if fen > 0 else "refunded_on"
        found[order].append(say(texts.words, key, date=texts.day(day), amount=amount(abs(fen))))
    return {order: texts.words("mark.clause").join(told) for order, told in found.items()}


def held_rows(frame: pd.DataFrame, texts: Wording) -> list[Row]:
    """What waits: order, under (day and customer), why and what would release it, how, amount."""
    names = ("order", "customer", "date", "reason", "until", "month", "missing", "others", "by_share")
    fen = ("held", "earned", "released", "amount_due", "amount_paid")
    texted = zip(*(frame[name].tolist() for name in names), *(amounts(frame[name]) for name in fen), strict=True)
    return [
        {"order": order or say(texts.words, "no_order"), "under": _under(day, customer, texts),
         "why": _waits(texts, reason, (until, month), missing, others, by_share=share),
         "how": say(texts.words, "how_held", earned=earned, released=released),
         "state": say(texts.words, "paid_of", paid=paid, due=due), "amount": held}
        for order, customer, day, reason, until, month, missing, others, share, held, earned, released, due, paid
        in texted
    ]  # fmt: skip


def _waits(texts: Wording, reason: str, months: tuple[str, str], missing: int, others: int, *, by_share: bool) -> str:
    """Why commission waits, and what would set it free; `months`: until when, and that of the order."""
    words, (until, month) = texts.words, months
    if reason == "holdback":
        return say(words, "wait_until", month=words.month(until)) if until else say(words, "wait_holdback")
    if reason == "month_open":
        return say(words, "wait_month_open", month=words.month(month), count=others)
    if reason == "not_invoiced":
        return say(words, "wait_not_invoiced")
    if reason in ("unpaid", "milestone") and missing > 0:
        return say(words, "wait_by_share" if by_share else f"wait_{reason}", amount=amount(missing))
    return say(words, "wait_other")


def taken_rows(frame: pd.DataFrame, payments: Mapping[str, str], texts: Wording) -> list[Row]:
    """What was taken back: order, under (day and customer), why, how, amount."""
    names = ("order", "customer", "date", "rules", "by_hand")
    fen = ("amount", "before", "upto")
    by_hand = texts.words.code("rule", BY_HAND)
    texted = zip(*(frame[name].tolist() for name in names), *(amounts(frame[name]) for name in fen), strict=True)
    return [
        {"order": order or (by_hand if rules == BY_HAND else say(texts.words, "no_order")),
         "under": _under(day, customer, texts), "why": _why_taken(texts, rules, given, payments.get(order, "")),
         "how": "" if rules == BY_HAND else say(texts.words, "how_state", before=before, upto=upto), "amount": own}
        for order, customer, day, rules, given, own, before, upto in texted
    ]  # fmt: skip


def _why_taken(texts: Wording, rules: str, by_hand: Sequence[tuple[str, str]], paid: str) -> str:
    """The rules that took back and, of adjustments by hand, their reasons; else the payments, which fell."""
    if rules:
        names = texts.words.list([texts.words.code("rule", rule) for rule in rules.split(",")])
        given = [_reason(texts, *pair) for pair in by_hand]
        return texts.words("mark.clause").join([names, *dict.fromkeys(text for text in given if text)])
    return paid or say(texts.words, "taken_other")


def base_pay_rows(frame: pd.DataFrame, texts: Wording) -> list[Row]:
    """Base pay: component, how (pay of the days x weight x achieved), score (actual of standard), amount."""
    if frame.empty:
        return []
    names = ("component", "base", "weight", "achieved", "actual", "standard", "days", "days_of_month", "of_month")
    columns = zip(*(frame[name].tolist() for name in names), amounts(frame["amount"]), strict=True)
    return [
        {"component": texts.words.code("component", component),
         "how": "" if month else _share_of_base(texts, base, (weight, achieved), (days, whole)),
         "score": "" if month else _score(texts, actual, standard), "amount": fen,
         "note": say(texts.words, "corrected", month=texts.words.month(month)) if month else ""}
        for component, base, weight, achieved, actual, standard, days, whole, month, fen in columns
    ]  # fmt: skip


def _share_of_base(texts: Wording, base: Any, shares: tuple[Any, Any], days: tuple[Any, Any]) -> str:
    """Base pay x weight x achieved, with the days where the month was not whole."""
    if _blank(base) or _blank(shares[0]) or _blank(shares[1]):
        return ""
    told = {"weight": texts.rate(shares[0]), "achieved": texts.rate(round(float(shares[1]), 6))}
    text = say(texts.words, "how_base", base=amount(base), **told)
    if _blank(days[0]) or _blank(days[1]) or days[0] >= days[1]:
        return text
    return text + say(texts.words, "part_days", days=int(days[0]), whole=int(days[1]))


def _score(texts: Wording, actual: Any, standard: Any) -> str:
    """What was reached of what was asked; nothing where there was no score."""
    if _blank(actual) or _blank(standard):
        return ""
    told = {
        name: _trimmed(texts.words.number(value, 2)) for name, value in (("actual", actual), ("standard", standard))
    }
    return say(texts.words, "score", **told)


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or bool(value != value)


def month_rows(frame: pd.DataFrame, names: Sequence[str], texts: Wording) -> list[list[str]]:
    """The year to date: month, then amounts."""
    columns = [amounts(frame[name]) for name in names]
    months = [texts.once(("month", month), lambda: texts.words.month_short(month)) for month in frame["month"].tolist()]  # noqa: B023
    return [list(row) for row in zip(months, *columns, strict=True)]


def dispute_rows(frame: pd.DataFrame, texts: Wording) -> list[Row]:
    """The rep's own questions with their answers."""
    names = ("number", "order", "question", "state", "answer")
    columns = [frame[name].tolist() for name in names]
    days = [texts.day(day) for day in frame["date"]]
    booked = [amount(fen) if fen else "" for fen in frame["amount_corrected"].tolist()]
    return [
        {"number": number, "date": day, "order": order, "question": question, "answer": answer,
         "state": texts.words.code("state", state), "amount": fen}
        for number, order, question, state, answer, day, fen in zip(*columns, days, booked, strict=True)
    ]  # fmt: skip
