"""Step 4: rates, boundaries and cap of a commission plan; what all plans would cost, what a few reps would be paid."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd
from ipywidgets import HBox, VBox

from salesplan import commission as room
from salesplan.commission.cost import (
    Numbers,
    Rehearsal,
    cost_of_team,
    numbers_of,
    rehearsed,
    reps_beside,
    tried,
)
from salesplan.report.sentences import Sentences
from salesplan.terms.commission import CommissionPlan
from salesplan.whatif.controls import Choice, Slider, slider
from salesplan.whatif.panel import Figure, Outcome, Panel
from salesplan.workbook import Step

CENT = Decimal("0.01")
SHOWN = (0.8, 1.0, 1.2)  # attainments among the figures


class Trial:
    """The year of every plan worked out once; of a plan that is tried, again."""

    def __init__(self, step: Step) -> None:
        self.step, self.rules = step, step.rules

    @cached_property
    def stage(self) -> Rehearsal:
        """Everybody at each attainment, as the plans stand."""
        step = self.step
        year = room.Year(step.months, step.as_of, step.plan.month_cutoff, step.plan.tax)
        ledger = room.Ledger(
            order_lines=step.order_lines(), reps=step.reps(), quotas=step.table("rep_allocation"),
            orders=step.orders(), products=step.input("products"), customers=step.input("customers"),
            ramping=room.ramping(step.reps(), year, ramp=step.all_rules["rep_allocation"].ramp),
        )  # fmt: skip
        return rehearsed(ledger, year, step.rules, past=room.Past(step.facts()))

    @cached_property
    def before(self) -> pd.DataFrame:
        """What the plans cost as they stand, by rep and attainment."""
        return self.stage.reps()

    def look(self, place: int, values: Mapping[str, Any]) -> "Outcome | str":
        """The team's commission by attainment, and the pay of a few reps of the plan."""
        numbers = numbers_at(self.rules.plans[place], values)
        if numbers == numbers_of(self.rules.plans[place]):
            return self._outcome(place, self.before)
        rules = tried(self.rules, place, numbers)
        if rules is None:
            return self.step.words("whatif.not_rising")
        return self._outcome(place, self.stage.under(rules.plans).reps())

    def _outcome(self, place: int, after: pd.DataFrame) -> Outcome:
        words, team = self.step.words, cost_of_team(after)
        full = [(share, team[team["attainment"].round(6) == share].iloc[0]) for share in SHOWN]
        paid = reps_beside(self.before, after, self.rules.plans[place].name)
        at = [words.percent(share, 0) for share, _ in full]
        figures = [Figure(words("whatif.cost", at=at[1]), "money", int(full[1][1]["commission"]))]
        figures += [
            Figure(words("whatif.ratio", at=text), "share", float(row["cost_ratio"]))
            for text, (_, row) in zip(at, full, strict=True)
        ]
        figures += [
            Figure(words("whatif.paid", rep=words.person(rep)), "money", int(fen))
            for rep, fen in zip(paid["rep"], paid["after"], strict=True)
        ]
        labels = [words.percent(share, 0) for share in team["attainment"]]
        return Outcome(figures, pd.DataFrame({"label": labels, "amount": team["commission"].to_numpy()}))


def commission(step: Step) -> VBox | Sentences:
    """Rates, boundaries and cap of a plan, chosen above."""
    if not step.rules.plans:
        return step.note("commission.note.no_plans")
    trial = Trial(step)
    names = [(plan.name, place) for place, plan in enumerate(step.rules.plans)]
    chosen = Choice(step, ("plan", step.words("whatif.plan"), None, None), names)
    chosen.widget.value = 0
    panels: dict[int, Panel] = {}
    whole = VBox()

    def choose(_: Any = None) -> None:
        place = chosen.widget.value
        if place not in panels:
            panels[place] = Panel(step, plan_sliders(step, place), lambda values: trial.look(place, values))
        whole.children = [HBox([chosen.box]), panels[place]]

    chosen.widget.observe(choose, "value")
    choose()
    return whole


def plan_sliders(step: Step, place: int) -> list[Slider]:
    """A slider for each rate, each boundary and the cap of a plan, where it stands."""
    plan = step.rules.plans[place]
    begins, rates, cap = numbers_of(plan)
    curve, at = plan.curve is not None, ("plans", place)
    found = []
    for number, rate in enumerate(rates):
        path = (*at, "curve", "points", number, "pays") if curve else (*at, "tiers", number, "rate")
        top, tick = (3.0, 0.05) if curve else (max(0.1, 2 * float(rate)), 0.001)
        name, more = "point_pays" if curve else "tier_rate", {"key": f"rate_{number}", "number": number + 1}
        found.append(slider(step, name, (rate, path), (0, top), tick, form=".1%", **more))
    first = 0 if curve else 1
    for number, begin in enumerate(begins):
        path = (*at, "curve", "points", number, "at") if curve else (*at, "tiers", number + 1, "from")
        more = {"key": f"begin_{number}", "number": number + first + 1}
        found.append(_boundary(step, plan, (begin, path), more))
    if cap is not None:
        ends, tick = (0, 3 * float(cap) or 1.0), max(float(cap) / 20, 1.0)
        found.append(slider(step, "plan_cap", (cap, (*at, "cap")), ends, tick, form=",.0f", key="cap"))
    return found


def _boundary(step: Step, plan: CommissionPlan, given: tuple[Decimal, Any], more: dict[str, Any]) -> Slider:
    name, begin = "point_at" if plan.curve is not None else "tier_from", float(given[0])
    if plan.measure in ("attainment", "margin_rate"):
        return slider(step, name, given, (0, 2.0), 0.01, **more)
    return slider(step, name, given, (0, 2 * begin), max(begin / 50, 0.01), form=",.0f", **more)


def numbers_at(plan: CommissionPlan, values: Mapping[str, Any]) -> Numbers:
    """The numbers of a plan as its sliders stand."""
    given = numbers_of(plan)
    begins = tuple(values[f"begin_{number}"] for number in range(len(given.begins)))
    rates = tuple(values[f"rate_{number}"] for number in range(len(given.rates)))
    return Numbers(begins, rates, None if given.cap is None else Decimal(values["cap"]).quantize(CENT))
