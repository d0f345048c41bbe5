"""Step 2: the method of the split and what events add; the months beside the plan's."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesplan import seasonal_split as room
from salesplan.seasonal_split.other_rules import months_under
from salesplan.whatif.controls import choice, slider
from salesplan.whatif.panel import Figure, Outcome, Panel
from salesplan.workbook import Step

MOST_EVENTS = 4
TOP = 1.0  # of an event's uplift on its slider


def seasonal_split(step: Step) -> Panel:
    """Method and uplift of the events: the twelve months of the same target."""
    year, rules = room.PlanYear.of(step.plan), step.rules
    target = room.amount_levels(step.table("annual_target"))[step.all_rules["annual_target"].planned]
    history = room.without_projects(step.facts(), step.big_orders())
    deals = room.planned_projects(step.input("opportunities"), year=year, projects=rules.projects)
    placed = room.projects_apart(deals, step.input("customers"), year=year)
    products = step.input("products")

    def look(values: Mapping[str, Any]) -> Outcome:
        events = tuple(
            event.model_copy(update={"uplift": values.get(f"event_{place}", event.uplift)})
            for place, event in enumerate(rules.events)
        )
        tried = rules.model_copy(update={"method": values["method"], "events": events})
        months = months_under(target, history, year=year, rules=tried, products=products, projects=placed)
        return _outcome(step, pd.Series(months, index=year.months))

    methods = list(dict.fromkeys([rules.method, *room.METHODS]))
    controls: list[Any] = [choice(step, "method", (rules.method, ("method",)), "method", methods)]
    for place, event in enumerate(rules.events[:MOST_EVENTS]):
        at = event.uplift, ("events", place, "uplift")
        controls.append(slider(step, "event", at, (0, TOP), 0.01, key=f"event_{place}", event=event.name))
    return Panel(step, controls, look)


def _outcome(step: Step, months: "pd.Series[float]") -> Outcome:
    words = step.words
    best = str(months.idxmax())
    quarters = [int(months.iloc[first : first + 3].sum()) for first in range(0, len(months), 3)]
    figures = [
        Figure(words("whatif.best"), "money", int(months.max())),
        Figure(words("whatif.best_month"), "month", best),
        *(Figure(words("whatif.quarter", number=place + 1), "money", sums) for place, sums in enumerate(quarters)),
    ]
    labels = [words.month_short(month) for month in months.index]
    return Outcome(figures, pd.DataFrame({"label": labels, "amount": months.to_numpy(dtype="int64")}))
