"""What a statement of pay says, in words and figures that the rep can follow with a calculator."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from salesplan.commission.papers import Statements
from salesplan.commission.papers.statement import SALE
from salesplan.conclusions.commission import statement_rows as rows
from salesplan.conclusions.commission.statement_rows import Row, Wording, amount, money
from salesplan.conclusions.saying import sayer
from salesplan.money import MICRO
from salesplan.terms.commission import CommissionPlan
from salesplan.wording import Words

say = sayer("statement")
YEAR = ("base_pay", "earned", "released", "clawback", "draw", "payable", "amount_paid", "held")
WHO = ("rep", "team", "manager", "grade")


class Contents:
    """The rows of all statements as texts, each table by rep; `page` puts together one rep's page."""

    def __init__(self, words: Words, found: Statements, plans: Sequence[CommissionPlan]) -> None:
        self.words = words
        self.heading = say(words, "heading", month=words.month(found.month))
        self.plans = {plan.name: plan for plan in plans}
        texts = Wording(words, self.plans, found.customers)
        paid, earlier = (rows.payment_texts(part, texts) for part in (found.payments, found.earlier))
        self.texts = texts
        self.people = _rows(found.people)
        self.lines = rows.by_rep(found.lines["rep"], rows.line_rows(found.lines, texts))
        self.released = rows.by_rep(found.released["rep"], rows.released_rows(found.released, paid, earlier, texts))
        self.held = rows.by_rep(found.held["rep"], rows.held_rows(found.held, texts))
        self.taken = rows.by_rep(found.taken["rep"], rows.taken_rows(found.taken, paid, texts))
        self.base_pay = rows.by_rep(found.base_pay["rep"], rows.base_pay_rows(found.base_pay, texts))
        self.months = rows.lists_by_rep(found.months["rep"], rows.month_rows(found.months, YEAR, texts))
        self.years = {row["rep"]: row for row in _rows(found.months.groupby("rep")[list(YEAR)].sum().reset_index())}
        self.disputes = rows.by_rep(found.disputes["rep"], rows.dispute_rows(found.disputes, texts))
        self.standing = {rep: own[0] for rep, own in _records(found.standing).items()}
        self.ladder = _records(found.ladder)
        self.rules = {rep: list(dict.fromkeys(part)) for rep, part in found.lines.groupby("rep")["rule"]}

    def pages(self) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
        """The pages of all reps, each with the rep's row of `Statements.people`."""
        for person in self.people:
            yield person, self.page(person)

    def page(self, person: Mapping[str, Any]) -> dict[str, Any]:
        """Everything one page says: `person` a row of `Statements.people`."""
        rep = person["rep"]
        standing = self.standing.get(rep)
        return {
            "name": person["name"] or str(rep),
            "person": [(self._label(name), str(person[name])) for name in WHO if person[name]],
            "plan": person["plan"],
            "heading": self.heading,
            "sums": _sums(self.words, person),
            "paid": amount(person["amount_paid"]),
            "holding": _holding(self.words, person),
            "standing": _standing(self.texts, standing, person),
            **self._heads(person),
            "ladder": _ladder(self.texts, standing, self.ladder.get(rep, ())),
            "next": _next(self.texts, standing, self.ladder.get(rep, ())),
            "groups": _grouped(self.words, self.lines.get(rep, ())),
            "legend": self._legend(rep),
            "totals": {name: amount(person[name]) for name in ("earned", "released", "held", "clawback", "base_pay")},
            "released": self.released.get(rep, []),
            "held": self.held.get(rep, []),
            "taken": self.taken.get(rep, []),
            "base_pay": self.base_pay.get(rep, []),
            "draw": _draw(self.words, person),
            "months": self.months.get(rep, []),
            "year": _year(self.words, self.years[rep], person),
            "disputes": self.disputes.get(rep, []),
        }

    def _heads(self, person: Mapping[str, Any]) -> dict[str, str]:
        """The heads of columns that say something else under a payout curve."""
        plan = self.plans.get(str(person["plan"]))
        end = "_curve" if plan is not None and plan.curve is not None else ""
        return {name: say(self.words, name + end) for name in ("pays", "calculation")}

    def _legend(self, rep: str) -> list[str]:
        """What each rule on the page means, and what the bases of sales are."""
        rules = self.rules.get(rep, ())
        bases = [say(self.words, "bases")] if any(rule in SALE for rule in rules) else []
        return [*bases, *(say(self.words, f"means_{rule}") for rule in rules)]

    def _label(self, name: str) -> str:
        return say(self.words, "rep") if name == "rep" else self.words.column(name)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings by column."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def _records(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The rows by rep, in their order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(frame):
        found[row["rep"]].append(row)
    return found


def _sums(words: Words, person: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """From base pay to what is paid: name, amount, where it is shown, whether it is a sum.

    What is nothing is left out but for the heads.
    """
    found = [(say(words, f"sum_{name}"), amount(person[name]), say(words, f"see_{name}"), False)
             for name in ("base_pay", "released", "clawback", "draw")
             if person[name] or name in ("base_pay", "released")]  # fmt: skip
    found.append((say(words, "sum_payable"), amount(person["payable"]), "", True))
    if person["amount_carried"]:
        found.append((say(words, "sum_carried"), amount(person["amount_carried"]), say(words, "see_carried"), False))
    return [*found, (say(words, "sum_paid"), amount(person["amount_paid"]), _left(words, person), True)]


def _left(words: Words, person: Mapping[str, Any]) -> str:
    """Why more is paid out than is payable, and what becomes of the rest."""
    rest = person["amount_paid"] - person["payable"] - person["amount_carried"]
    if not rest:
        return ""
    return say(words, "see_least" if person["amount_paid"] else "see_negative", amount=amount(rest))


def _holding(words: Words, person: Mapping[str, Any]) -> str:
    """How the held balance moved: before + earned - released - clawback."""
    names = ("held_before", "earned", "released", "clawback", "held")
    told = {name: amount(person[name]) for name in names} | {"clawback": amount(-person["clawback"])}
    return say(words, "holding", **told)


def _value(texts: Wording, measure: str, value: Any) -> str:
    """A value of the measure in its own unit: money, units, or a share."""
    if measure == "quantity":
        return texts.once(("units", value), lambda: texts.words.number(value / MICRO, 2))
    if measure == "margin_rate":
        return texts.once(("share", value), lambda: texts.words.percent(value / MICRO, 2))
    return money(texts.words, int(value))


def _standing(texts: Wording, standing: Mapping[str, Any] | None, person: Mapping[str, Any]) -> list[str]:
    """Where the rep stands in the period: what counts, the quota, attainment, what shuts higher tiers."""
    words, plan = texts.words, texts.plans.get(str(person["plan"]))
    if standing is None or plan is None:
        return [say(words, "no_plan")]
    if not standing["last"]:
        return [say(words, "no_period_before")]
    told = {
        "span": _span(texts, standing["first"], standing["last"]),
        "basis": words.code("choice", plan.measure_basis),
    }
    if standing["measure"] < 0 and plan.measure not in ("attainment", "amount", "margin"):
        found = [say(words, "measure_unknown", **told)]
    elif plan.measure == "attainment":
        found = [_attained(words, standing, told)]
    else:
        found = [say(words, f"measured_{plan.measure}", value=_value(texts, plan.measure, standing["measure"]), **told)]
    if plan.measure_period == "previous":
        found.append(say(words, "previous"))
    found += [_on_curve(texts, standing)] if plan.curve is not None else []
    found += [say(words, key) for key in ("ramping", "gated") if standing[key]]
    if plan.special_rates or plan.rates_by not in (None, "grade"):
        found.append(say(words, "own_rates"))
    return found


def _on_curve(texts: Wording, standing: Mapping[str, Any]) -> str:
    """Target pay x payout = what the curve pays to date."""
    target, payout = int(standing["target"]), int(standing["payout"])
    told = {"target": money(texts.words, target), "pay": money(texts.words, payout)}
    if not target or not payout:
        return say(texts.words, "curve_nothing", **told)
    return say(texts.words, "curve_paid", share=texts.rate(round(payout / target, 6)), **told)


def _span(texts: Wording, first: str, last: str) -> str:
    """The months that count: one, or from and to."""
    one = texts.words.month(first)
    return one if first == last else say(texts.words, "span", first=one, last=texts.words.month(last))


def _attained(words: Words, standing: Mapping[str, Any], told: Mapping[str, str]) -> str:
    actual = money(words, standing["measure"])
    if standing["quota"] <= 0:
        return say(words, "without_quota", actual=actual, **told)
    share = words.percent(standing["attainment"], 2)
    return say(words, "attained", actual=actual, quota=money(words, standing["quota"]), share=share, **told)


def _ladder(texts: Wording, standing: Any, steps: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str, str, str]]:
    """Every tier: where it begins, what it pays, from which amount, whether it is reached, mark of the row."""
    if standing is None:
        return []
    plan = texts.plans[standing["plan"]]
    found = []
    for step in steps:
        begins = "" if pd.isna(step["begins"]) else _value(texts, plan.measure, step["begins"])
        pays = say(texts.words, "of_target", share=texts.rate(step["pays"])) if plan.curve else texts.rate(step["pays"])
        state = say(texts.words, f"tier_{step['state']}")
        found.append((texts.begins(step["tier_from"], plan.name), pays, begins, state, step["state"]))
    return found


def _next(texts: Wording, standing: Any, steps: Iterable[Mapping[str, Any]]) -> str:
    """What the next tier needs."""
    open_ = [step for step in steps if step["state"] == "open" and not pd.isna(step["needed"])]
    if standing is None or not open_:
        return ""
    plan, step = texts.plans[standing["plan"]], open_[0]
    if (
        plan.measure == "margin_rate"
        or plan.measure_period == "previous"
        or (standing["measure"] < 0 and plan.measure == "quantity")
    ):
        return ""
    begin = texts.begins(step["tier_from"], plan.name)
    key = "next_point" if plan.curve else "next_tier"
    return say(
        texts.words, key, needed=_value(texts, plan.measure, step["needed"]), begin=begin, pays=texts.rate(step["pays"])
    )


def _grouped(words: Words, lines: Iterable[Row]) -> list[tuple[str, str, list[Row]]]:
    """The lines by part of the page, with the sum of each part and, above its lines, of each order."""
    found = []
    for name, part in groupby(lines, key=itemgetter("group")):
        told: list[Row] = []
        for head, own in groupby(part, key=itemgetter("head")):
            of_order = list(own)
            if head:
                fen = sum(int(line["fen"]) for line in of_order)
                told.append({"head": head, "amount": amount(fen), "fen": str(fen)})
            told += [{**line, "head": ""} for line in of_order]
        whole = sum(int(line["fen"]) for line in told if not line["head"])
        found.append((say(words, f"group_{name}"), amount(whole), told))
    return found


def _draw(words: Words, person: Mapping[str, Any]) -> str:
    """How the balance of the draw moved: before + draw - granted - forgiven = after; nothing where there is none."""
    names = ("owed_before", "draw", "amount_granted", "amount_forgiven", "amount_owed")
    fen = {name: int(person.get(name, 0)) for name in names}
    if not any(fen.values()):
        return ""
    text = say(words, "draw_moved", before=amount(fen["owed_before"]), draw=amount(fen["draw"]))
    for name in ("granted", "forgiven"):
        if fen[f"amount_{name}"]:
            text += say(words, f"draw_{name}", amount=amount(fen[f"amount_{name}"]))
    return text + say(words, "draw_after", after=amount(fen["amount_owed"]))


def _year(words: Words, sums: Mapping[str, int], person: Mapping[str, Any]) -> list[str]:
    """The row of sums below the months; what is held is a balance, not a sum."""
    return [say(words, "to_date"), *(amount(person["held"] if name == "held" else sums[name]) for name in YEAR)]
