"""Step 5: rule and cap of the revision; the months to come beside the plan's own revision."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesplan import variance_review as room
from salesplan.variance_review.revision import RULES
from salesplan.whatif.controls import choice, slider
from salesplan.whatif.panel import Figure, Outcome, Panel
from salesplan.workbook import Step


def variance_review(step: Step) -> Panel:
    """Where a shortfall goes, and how much a month may rise."""
    figures = room.Figures(
        months=step.months, closed=step.closed_months, split=step.table("seasonal_split"),
        allocation=step.table("rep_allocation"), facts=step.facts(), reps=step.input("reps"),
        products=step.input("products"), orders=None, collections=None, causes=None, kpis=None,
    )  # fmt: skip
    given = step.rules.revision
    terms: dict[str, Any] = {"cutoff": step.plan.month_cutoff, "unit": step.money_unit}

    def look(values: Mapping[str, Any]) -> Outcome:
        rules = given.model_copy(update=dict(values))
        return _outcome(step, room.plan_revision(figures, rules, **terms))

    controls = [
        choice(step, "rule", (given.rule, ("revision", "rule")), "rule", RULES),
        slider(step, "cap", (given.cap, ("revision", "cap")), (0, 2), 0.05),
    ]
    return Panel(step, controls, look)


def _outcome(step: Step, revised: room.Revised) -> Outcome:
    words, found = step.words, room.outcome(revised)
    names = {name: words.column(name, "variance_review_revision") for name in ("amount_placed", "amount_unplaced")}
    figures = [
        Figure(words("whatif.year"), "money", revised.year),
        *(Figure(label, "money", found[name]) for name, label in names.items()),
        Figure(words("whatif.rises_most"), "month", found["month"]),
        Figure(words.column("rise_share", "variance_review_revision"), "share", found["rise_share"]),
    ]
    labels = [words.month_short(month) for month in revised.table["month"]]
    return Outcome(figures, pd.DataFrame({"label": labels, "amount": revised.table["revised"].to_numpy()}))
