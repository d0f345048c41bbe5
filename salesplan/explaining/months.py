"""The months of the target as step 2 made them, with the years they were learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from salesplan import seasonal_split
from salesplan.seasonal_split.auto import Steps
from salesplan.seasonal_split.history import YearTable
from salesplan.terms import SeasonalSplitTerms
from salesplan.workbook import Step


@dataclass(frozen=True)
class Season:
    """The months of the target, fen: what is planned apart, shares of the rest, the months; and the history used."""

    target: int
    planned: Any
    shares: Any
    months: Any
    history: pd.DataFrame
    year: seasonal_split.PlanYear
    rules: SeasonalSplitTerms
    apart: Sequence[seasonal_split.Apart] = ()

    @property
    def labels(self) -> list[str]:
        """The twelve months."""
        return list(self.year.months)

    @property
    def rest(self) -> int:
        """What is left to be split by season, fen."""
        return self.target - int(self.planned.sum())

    @cached_property
    def known(self) -> YearTable:
        """The company's own years."""
        return seasonal_split.years_of(self.history, year=self.year, rules=self.rules)

    @cached_property
    def steps(self) -> tuple[Steps, Steps | None, Any]:
        """What method `auto` worked out on its way, without the moving festival and with it, and its months."""
        return seasonal_split.company_steps(self.history, year=self.year, rules=self.rules, total=self.rest or None)

    @cached_property
    def lifts(self) -> Any:
        """By how much events lift each month; None without events."""
        events = seasonal_split.company_events(self.history, year=self.year, rules=self.rules)
        return seasonal_split.event_lift(events, year=self.year) if events else None

    def workdays(self, back: int) -> Any:
        """Workdays of the twelve months so many years before the plan's."""
        year = self.year
        return seasonal_split.workdays(year.fiscal_year - back, year.first_month, year.calendar, year.month_cutoff)


def season_of(step: Step) -> Season:
    """The season of a run, computed as step 2 does."""
    year = seasonal_split.PlanYear.of(step.plan)
    rules: dict[str, Any] = {"year": year, "rules": step.rules}
    target = seasonal_split.amount_levels(step.table("annual_target"))[step.all_rules["annual_target"].planned]
    history = seasonal_split.without_projects(step.facts(), step.big_orders())
    apart = seasonal_split.planned_launches(target, history, products=step.input("products"), **rules)
    deals = seasonal_split.planned_projects(step.input("opportunities"), year=year, projects=step.rules.projects)
    apart = [*apart, *seasonal_split.projects_apart(deals, step.input("customers"), year=year)]
    planned = seasonal_split.months_apart(apart)
    shares = seasonal_split.company_shares(history, total=(target - int(planned.sum())) or None, **rules)
    months = seasonal_split.company_months(target, history, apart=apart, **rules)
    return Season(target, planned, shares, months, history, **rules, apart=apart)


def cells_of(step: Step, season: Season) -> seasonal_split.Cells:
    """The cube of a run before rounding, computed as step 2 does."""
    goals = seasonal_split.line_goals(step.table("annual_target"), step.all_rules["annual_target"].goals)
    target = seasonal_split.Target(season.target, goals, step.input("products"))
    rules: dict[str, Any] = {"year": season.year, "rules": season.rules}
    return seasonal_split.real_cells(
        target, season.history, dimensions=step.plan.dimensions, apart=season.apart, **rules
    )
