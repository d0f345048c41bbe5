"""annual_target.yaml: the levels of the target and the evidence beside them."""

from decimal import Decimal
from typing import Annotated

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Name, Number, Rate, Share, Terms, value

Weight = Annotated[Number, Field(ge=0)]


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
    Annotated[Money, Field(ge=0), Tag("(amount)")]
    | Annotated[Growth, Tag("(growth)")]
    | Annotated[Times, Tag("(times)")],
    Discriminator(_kind),
]


class GrowthEstimate(Terms):
    """What last year's actual becomes at a given growth."""

    rate: Rate = value(..., "expected growth on last year's actual", unit="share of last year's amount")
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class TrendEstimate(Terms):
    """What the history alone says: last year's actual and part of the past growth."""

    years: int = value(5, "latest complete fiscal years from which the growth is taken", unit="years", ge=1, le=20)
    damping: Share = value(
        Decimal("0.5"),
        "part of the past growth that is carried forward; growth carried forward whole was worse than none",
        unit="share of the past growth",
        source="errors over 150 series: whole 1.095, none 1.032, half 0.980 (MASE)",
    )
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class BreakevenEstimate(Terms):
    """(fixed cost + profit) / (1 - variable cost rate)."""

    fixed_cost: Money = value(..., "cost that does not move with sales", unit="currency per year", ge=0)
    variable_cost_rate: Share = value(..., "cost that moves with sales", unit="share of sales", lt=1)
    profit: Money = value(Decimal(0), "profit asked for", unit="currency per year", ge=0)
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class MarketEstimate(Terms):
    """Market size times market share."""

    size: Money = value(..., "size of the market", unit="currency per year", ge=0)
    share: Share = value(..., "share of the market", unit="share of the market")
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class CapacityEstimate(Terms):
    """What the reps can carry: full quota, ramp and season."""

    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class Estimates(Terms):
    """Evidence beside the levels; each one optional."""

    growth: GrowthEstimate | None = value(None, "last year's actual carried forward at a given growth")
    trend: TrendEstimate | None = value(None, "what the history alone says, with its interval")
    breakeven: BreakevenEstimate | None = value(None, "sales at which the profit asked for is reached")
    market: MarketEstimate | None = value(None, "market size times market share")
    capacity: CapacityEstimate | None = value(None, "what the reps can carry")


class Measure(Terms):
    """Something that will be done to fill the gap from last year."""

    name: Name = value(..., "what is done")
    amount: Money = value(..., "sales it is expected to bring", unit="currency per year")
    resources: str = value("", "what it needs")


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

    @model_validator(mode="after")
    def _levels_known(self) -> "AnnualTargetTerms":
        if self.plan_level is not None and self.plan_level not in self.levels:
            raise PydanticCustomError(
                "level_unknown",
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
