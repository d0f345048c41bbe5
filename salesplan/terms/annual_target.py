"""annual_target.yaml: the levels of the target and the evidence beside them."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Name, Number, Rate, Terms, value
from salesplan.terms.drivers import Drivers
from salesplan.terms.estimates import Estimates, TrendEstimate
from salesplan.terms.expenses import Expenses, ProfitPlan
from salesplan.terms.goals import Goal
from salesplan.terms.texts import Basis, Competitor, PlanTable, Swot, Texts, Theme, Topic, laid_out


class Growth(Terms):
    """A level as growth on last year's actual."""

    growth: Rate = value(..., "growth on last year's actual", unit="share of last year's amount")


class Times(Terms):
    """A level as a multiple of another level."""

    times: Name = value(..., "the level that is multiplied")
    factor: Number = value(..., "by how much it is multiplied", unit="times", gt=0, le=100)


def _kind(found: object) -> str:
    if isinstance(found, Times) or (isinstance(found, dict) and ("times" in found or "factor" in found)):
        return "(times)"
    return "(growth)" if isinstance(found, Growth | dict) else "(amount)"


Level = Annotated[
    Annotated[Money, Field(gt=0), Tag("(amount)")]
    | Annotated[Growth, Tag("(growth)")]
    | Annotated[Times, Tag("(times)")],
    Discriminator(_kind),
]


class Measure(Terms):
    """Something that will be done to fill the gap from last year."""

    name: Name = value(..., "what is done")
    amount: Money = value(..., "sales it is expected to bring", unit="currency per year")
    resources: str = value("", "what it needs")
    owner: str = value("", "who answers for it")
    start: Day | None = value(None, "first day", unit="date")
    end: Day | None = value(None, "last day", unit="date")

    @model_validator(mode="after")
    def _in_order(self) -> "Measure":
        if self.start and self.end and self.end < self.start:
            raise PydanticCustomError("end_before_start", "must not be before start", {"key": "end"})
        return self


class AnnualTargetTerms(Terms):
    """The levels of the year's target, the one that is planned, and the evidence."""

    levels: dict[str, Level] = value(
        ..., "levels of the target, e.g. commit and stretch", unit="currency per year", min_length=1
    )
    plan_level: Name | None = value(None, "the level that is split and allocated; default the first")
    estimates: Estimates = value(
        Estimates(trend=TrendEstimate()), "evidence beside the levels; default the trend alone"
    )
    measures: Annotated[tuple[Measure, ...], Many] = value((), "what fills the gap from last year")
    goals: Annotated[tuple[Goal, ...], Many] = value((), "targets of single indicators, also by line of business")
    drivers: Drivers = value(Drivers(), "rates behind the tree from revenue to contracts, customers and reps")
    expenses: Expenses | None = value(None, "the expense budget; default last year's ratios where they are known")
    profit_plan: ProfitPlan = value(ProfitPlan(), "cost of goods and new products")
    plan_table: PlanTable = value(PlanTable(), "rows of the annual sales plan table that the data do not give")
    basis: Basis = value(Basis(), "what the plan is based on beside the sales data")
    market: Annotated[tuple[Topic, ...], Many] = laid_out((), "what is known of the market")
    competitors: Annotated[tuple[Competitor, ...], Many] = laid_out((), "the competitors")
    swot: Swot = laid_out(Swot(), "strengths, weaknesses, opportunities, threats")
    themes: Annotated[tuple[Theme, ...], Many] = laid_out((), "the focus of each quarter")
    principles: Texts = laid_out((), "principles the plan keeps to")

    @model_validator(mode="after")
    def _levels_known(self) -> "AnnualTargetTerms":
        if self.plan_level is not None and self.plan_level not in self.levels:
            raise PydanticCustomError(
                "plan_level_unknown",
                "must be one of the levels: {levels}",
                {"levels": ", ".join(self.levels), "key": "plan_level"},
            )
        for name in self.levels:
            self._check_chain(name)
        return self

    def _check_chain(self, name: str) -> None:
        seen = [name]
        while isinstance(level := self.levels[seen[-1]], Times):
            if level.times not in self.levels or level.times in seen:
                raise PydanticCustomError(
                    "level_unknown",
                    "must be another level that does not lead back here: {levels}",
                    {"levels": ", ".join(self.levels), "key": f"levels.{seen[-1]}.times"},
                )
            seen.append(level.times)

    @property
    def planned(self) -> str:
        """Name of the level that is split and allocated."""
        return self.plan_level or next(iter(self.levels))
