"""Step 3: weights of the bases, ramp and over-assignment; the quota of each rep beside the plan's."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesplan import rep_allocation as room
from salesplan.terms import RepAllocationTerms
from salesplan.whatif.controls import slider
from salesplan.whatif.panel import Figure, Outcome, Panel
from salesplan.workbook import Step

USUAL = ("history", "potential", "capacity", "equal")
BASES = (*USUAL, "pipeline", "customers")
MOST_RAMP = 4


class Trial:
    """The ground of the plan's allocation; a new one only where the ramp is another."""

    def __init__(self, step: Step) -> None:
        self.step, self.rules = step, step.rules
        self.ground = room.ground_of(step.allocation_given().by_month(), step.rules)

    def under(self, values: Mapping[str, Any]) -> RepAllocationTerms:
        """The rules with these values."""
        weights = {name: values[name] for name in BASES if name in values}
        ramp = tuple(values.get(f"ramp_{place}", share) for place, share in enumerate(self.rules.ramp))
        changed = {"over_assignment": values["over_assignment"], "ramp": ramp}
        own = self.rules.weights.model_copy(update=weights)
        rules: RepAllocationTerms = self.rules.model_copy(update={**changed, "weights": own})
        return rules

    def look(self, values: Mapping[str, Any]) -> "Outcome | str":
        """Quotas under these values; what is wrong where no weight is left."""
        rules = self.under(values)
        if not any(getattr(rules.weights, name) for name in type(rules.weights).model_fields):
            return self.step.words("whatif.no_weight")
        if rules.ramp != self.ground.rules.ramp:
            self.ground = self.ground.ramped(rules)
        return self._outcome(room.quotas_and_odds(self.ground.under(rules)))

    def _outcome(self, reps: pd.DataFrame) -> Outcome:
        words, quota = self.step.words, reps["quota"].astype("float64").fillna(0)
        chance = float(reps["probability"].astype("float64").min()) if "probability" in reps else float("nan")
        figures = [
            Figure(words("whatif.quotas"), "money", int(quota.sum())),
            Figure(words("whatif.lowest"), "money", int(quota.min())),
            Figure(words("whatif.highest"), "money", int(quota.max())),
            Figure(words("whatif.least_chance"), "share", chance),
        ]
        labels = [words.person(rep) for rep in reps["rep"]]
        return Outcome(figures, pd.DataFrame({"label": labels, "amount": quota}))


def rep_allocation(step: Step) -> Panel:
    """Over-assignment, weights of the bases, ramp: the quota of each rep."""
    trial, weights = Trial(step), step.rules.weights
    given = step.rules.over_assignment, ("over_assignment",)
    controls = [slider(step, "over_assignment", given, (0, 0.3), 0.01)]
    for name in BASES:
        own = getattr(weights, name)
        if name in USUAL or own:
            controls.append(slider(step, name, (own, ("weights", name)), (0, 1), 0.05, form=".2f"))
    for place, share in enumerate(step.rules.ramp[:MOST_RAMP]):
        at = share, ("ramp", place)
        controls.append(slider(step, "ramp", at, (0, 1), 0.05, key=f"ramp_{place}", number=place + 1))
    return Panel(step, controls, trial.look)
