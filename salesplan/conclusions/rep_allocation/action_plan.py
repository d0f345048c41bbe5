"""Action plans in five questions as forms, and the tree of conditions as sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.saying import each_row, sayer
from salesplan.money import to_fen
from salesplan.report.tree import Branch
from salesplan.terms.action_plan import ActionPlan
from salesplan.wording import BLANK, Words, round_half_away

if TYPE_CHECKING:
    import pandas as pd

say = sayer("rep_allocation")
Questions = list[tuple[str, list[str]]]


def questions(words: Words, plan: ActionPlan) -> Questions:
    """The five questions and their answers; those without one are left out."""
    answers = {
        "do": list(plan.do),
        "reward": [
            *(say(words, "if_reached", text=text) for text in plan.reward),
            *(say(words, "if_missed", text=text) for text in plan.penalty),
        ],
        "obstacles": [
            *(say(words, "obstacle", text=text) for text in plan.obstacles),
            *(say(words, "skill", text=text) for text in plan.skills),
        ],
        "support": list(plan.support),
        "stages": [say(words, "stage", what=stage.what, by=words.date(stage.by)) for stage in plan.stages],
    }
    return [(say(words, f"question_{name}"), texts) for name, texts in answers.items() if texts]


def action_plans(words: Words, plans: Sequence[ActionPlan]) -> list[tuple[str, Questions]]:
    """Forms of the action plans: everybody's first, then those of single reps, by name."""
    ordered = sorted(plans, key=lambda plan: plan.rep is not None)
    return [(_heading(words, plan), questions(words, plan)) for plan in ordered]


def _heading(words: Words, plan: ActionPlan) -> str:
    return say(words, "plan_of_all") if plan.rep is None else say(words, "plan_of", rep=words.person(plan.rep))


def conditions(words: Words, table: "pd.DataFrame") -> list[Branch]:
    """The tree of table rep_allocation_conditions: goals with their amount, needs with what is there, obstacles."""
    goals: dict[str, Branch] = {}
    roots: list[Branch] = []
    for row in each_row(table):
        branch = Branch(_text(words, row), words.code("state", row.state), str(row.state), str(row.kind))
        above = row.place if row.kind != "goal" else row.place.rpartition(".")[0]
        (goals[above].inner if above else roots).append(branch)
        goals |= {row.place: branch} if row.kind == "goal" else {}
    return roots


def _text(words: Words, row: Any) -> str:
    if row.kind == "goal":
        return say(words, "goal", place=row.place, text=row.text, amount=_amount(words, row.need, row.unit))
    if row.kind == "need":
        if row.need != row.need:
            return say(words, "need", text=row.text)
        values = {name: _amount(words, value, row.unit) for name, value in (("need", row.need), ("have", row.have))}
        key = "need_counted" if row.have == row.have else "need_unknown"
        return say(words, key, text=row.text, **values)
    parts = [say(words, "hindrance", text=row.text)]
    parts += [
        say(words, f"hindrance_{name}", text=getattr(row, name)) for name in ("action", "owner") if _there(row, name)
    ]
    parts += (
        [say(words, "hindrance_due", text=words.date(row.due))] if row.due is not None and row.due == row.due else []
    )
    return words("mark.clause").join(parts)


def _there(row: Any, name: str) -> bool:
    return bool(getattr(row, name)) and getattr(row, name) == getattr(row, name)


def _amount(words: Words, value: float, unit: Any) -> str:
    if value != value:
        return BLANK
    if unit == "currency":
        return words.money(to_fen(round_half_away(value, 2)))
    number = words.number(value, 0 if float(value).is_integer() else 2)
    return say(words, f"count_{unit}", value=number) if isinstance(unit, str) and unit else number
