"""Step 1: the task and its growth on last year; probability, profit and what nothing explains yet."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from salesplan import annual_target as room
from salesplan.money import from_fen, to_fen
from salesplan.params.reading import Path as KeyPath
from salesplan.terms.annual_target import AnnualTargetTerms, Growth, Times
from salesplan.whatif.controls import Control, Held, Slider, slider
from salesplan.whatif.panel import Figure, Outcome, Panel
from salesplan.workbook import Step

MILLIONTH = Decimal("0.000001")


class Trial:
    """The levels as the plan states them, and with another amount on the planned one."""

    def __init__(self, step: Step) -> None:
        year: dict[str, int] = {"fiscal_year": step.plan.fiscal_year, "first_month": step.plan.first_month}
        self.step, self.rules = step, step.rules
        self.years = room.yearly(step.facts(), **year)
        self.past = room.last_year(self.years, fiscal_year=step.plan.fiscal_year)
        self.months = room.monthly(step.facts(), exclude=step.all_rules["seasonal_split"].exclude, **year)
        terms = step.rules.estimates.trend
        self.trend = room.trend(self.months, fiscal_year=step.plan.fiscal_year, terms=terms)
        self.ladder = self._ladder(step.rules)

    def _ladder(self, rules: AnnualTargetTerms) -> pd.DataFrame:
        return room.levels(rules, last_year=self.past, money_unit=self.step.money_unit)

    @property
    def planned(self) -> Any:
        """The planned level as the file states it: an amount, growth, or a multiple of another level."""
        return self.rules.levels[self.rules.planned]

    def written(self) -> tuple[Decimal, KeyPath]:
        """The one number behind the planned level, and where it stands."""
        at, level = ("levels", self.rules.planned), self.planned
        if isinstance(level, Growth):
            return level.growth, (*at, "growth")
        return (level.factor, (*at, "factor")) if isinstance(level, Times) else (level, at)

    def number(self, fen: int) -> Decimal:
        """The number behind the planned level that comes to an amount."""
        level = self.planned
        if isinstance(level, Growth):
            return (Decimal(fen) / (self.past or 1) - 1).quantize(MILLIONTH)
        if isinstance(level, Times):
            other = self.ladder.set_index("level")["amount"][level.times]
            return (Decimal(fen) / int(other)).quantize(MILLIONTH)
        return from_fen(fen)

    def under(self, number: Decimal) -> pd.DataFrame:
        """The levels with another number behind the planned one."""
        level = self.planned
        key = "growth" if isinstance(level, Growth) else "factor"
        changed = level.model_copy(update={key: number}) if isinstance(level, Growth | Times) else number
        levels = {**self.rules.levels, self.rules.planned: changed}
        return self._ladder(self.rules.model_copy(update={"levels": levels}))

    def look(self, values: Mapping[str, Any]) -> Outcome:
        """What the levels come to: the planned one first, then all beside history and evidence."""
        ladder = self.ladder if values["level"] == self.written()[0] else self.under(values["level"])
        found = room.estimates(self.rules.estimates, ladder, last_year=self.past, months=self.months, trend=self.trend)
        words, shown = self.step.words, room.overview(self.years, ladder, found)
        families = {"level": "level", "estimate": "estimate"}
        labels = [
            words.code(families.get(part, part), name) for part, name in zip(shown["part"], shown["name"], strict=True)
        ]
        bars = pd.DataFrame({"label": labels, "amount": shown["amount"].astype("float64").fillna(0)})
        return Outcome(self._figures(ladder), bars)

    def _figures(self, ladder: pd.DataFrame) -> list[Figure]:
        costs, name = self.rules.estimates.breakeven, self.rules.planned
        rows = room.scenarios(ladder, last_year=self.past, trend=self.trend, costs=costs, rates=())
        row = rows.set_index("level").loc[name]
        words = self.step.words
        figures = [
            Figure(words.code("level", name), "money", int(row["amount"])),
            Figure(words("whatif.growth"), "share", float(row["growth"])),
            Figure(words.column("probability", "annual_target_scenarios"), "share", float(row["probability"])),
        ]
        if costs:
            figures.append(Figure(words.column("profit", "annual_target_scenarios"), "money", int(row["profit"])))
        ways = room.bridges(ladder, last_year=self.past, measures=self.rules.measures)
        gaps = room.gaps(ways).set_index("level") if len(ways) else None
        if gaps is not None:
            figures.append(Figure(words("whatif.unexplained"), "money", int(gaps.loc[name, "unexplained"])))
        others = [
            (level, amount) for level, amount in zip(ladder["level"], ladder["amount"], strict=True) if level != name
        ]
        return figures + [Figure(words.code("level", level), "money", int(amount)) for level, amount in others]


def annual_target(step: Step) -> Panel:
    """Task and growth, one of the other: the planned level, its odds and what lies around it."""
    trial = Trial(step)
    number, path = trial.written()
    fen, scale = room.planned_amount(trial.ladder), step.words.scale
    task = Slider(
        ("task", step.words("whatif.task", unit=step.words.unit), Decimal(fen) / scale, None),
        (0.5 * fen / scale, 1.6 * fen / scale or 1.0), 10.0 ** (len(str(max(fen // scale, 1))) - 2),
        f",.{step.words.places}f",
    )  # fmt: skip
    controls: list[Control] = [task, Held("level", "", number, path)]
    if trial.past:
        rate = Decimal(fen) / trial.past - 1
        controls.append(slider(step, "growth", (rate.quantize(MILLIONTH), None), (-0.3, 0.6), 0.005, form=".1%"))

    def follow(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        growth = values.get("growth", Decimal(0))
        asked = to_fen((values["task"] * scale / 100).quantize(Decimal("0.01"))) if name == "task" else None
        if asked is None:
            asked = int(((1 + growth) * trial.past).to_integral_value())
        chosen = trial.number(asked - asked % step.money_unit)
        at_plan = values[name] == panel.controls[name].plan
        exact = room.planned_amount(trial.under(number if at_plan else chosen))
        moved = {"level": number if at_plan else chosen, "task": Decimal(exact) / scale}
        return moved | ({"growth": (Decimal(exact) / trial.past - 1).quantize(MILLIONTH)} if trial.past else {})

    panel = Panel(step, controls, trial.look, follow)
    return panel
