"""The evidence beside the levels of the annual target: what each estimate needs and what it weighs."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Money, Name, Number, Rate, Share, Terms, value

Weight = Annotated[Number, Field(ge=0)]


class Range(Terms):
    """An interval that the analyst declares."""

    low: Money = value(..., "lowest amount thought likely", unit="currency per year", ge=0)
    high: Money = value(..., "highest amount thought likely", unit="currency per year", ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if self.high < self.low:
            raise PydanticCustomError("range_order", "must not be below low: {low}", {"low": self.low, "key": "high"})
        return self


class ShareRange(Terms):
    """An interval of a market share."""

    low: Share = value(..., "lowest share thought likely", unit="share of the market")
    high: Share = value(..., "highest share thought likely", unit="share of the market")

    @model_validator(mode="after")
    def _in_order(self) -> "ShareRange":
        if self.high < self.low:
            raise PydanticCustomError("range_order", "must not be below low: {low}", {"low": self.low, "key": "high"})
        return self


def _around(found: Decimal, declared: Range | ShareRange | None, key: str) -> None:
    if declared and not declared.low <= found <= declared.high:
        raise PydanticCustomError("range_misses", "must contain {value}", {"value": f"{found:f}", "key": key})


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
    carry: Share = value(
        Decimal("0.5"),
        "part of the last quarter's lead over its season that is carried into the year",
        unit="share of the lead",
        source="errors of the year over 150 retail series: with it 0.083, without 0.096 (logarithms)",
    )
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class BreakevenEstimate(Terms):
    """(fixed cost + profit) / (1 - variable cost rate)."""

    fixed_cost: Money = value(..., "cost that does not move with sales", unit="currency per year", ge=0)
    variable_cost_rate: Share = value(..., "cost that moves with sales", unit="share of sales", lt=1)
    profit: Money = value(Decimal(0), "profit asked for", unit="currency per year", ge=0)
    range: Range | None = value(None, "how far the sales needed may lie off, where costs are uncertain")
    weight: Weight = value(Decimal(1), "weight beside the other estimates")

    @model_validator(mode="after")
    def _contained(self) -> "BreakevenEstimate":
        needed = (self.fixed_cost + self.profit) / (1 - self.variable_cost_rate)
        _around(round(needed, 2), self.range, "range")
        return self


class MarketEstimate(Terms):
    """Market size times market share."""

    size: Money = value(..., "size of the market", unit="currency per year", ge=0)
    share: Share = value(..., "share of the market", unit="share of the market")
    size_range: Range | None = value(None, "how large the market may be")
    share_range: ShareRange | None = value(None, "which share may be won")
    weight: Weight = value(Decimal(1), "weight beside the other estimates")

    @model_validator(mode="after")
    def _contained(self) -> "MarketEstimate":
        _around(self.size, self.size_range, "size_range")
        _around(self.share, self.share_range, "share_range")
        return self


class CapacityEstimate(Terms):
    """What the reps can carry: full quota, ramp and season."""

    range: Range | None = value(None, "what the team may carry, where past years do not tell it")
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class CustomersEstimate(Terms):
    """Customers kept and won: retention, growth, newcomers of past years."""

    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class PipelineEstimate(Terms):
    """Deals that may close within the year, each times its probability, and the small business beside them."""

    stages: dict[Name, Share] = value(
        {}, "probability by stage, for deals whose own is not known; default that of the split", unit="probability"
    )
    below: Money | None = value(
        None,
        "orders below this amount are business of every day: last year's sum is added, and deals below it are not",
        unit="currency per order",
        gt=0,
    )
    weight: Weight = value(Decimal(1), "weight beside the other estimates")


class Estimates(Terms):
    """Evidence beside the levels; each one optional."""

    growth: GrowthEstimate | None = value(None, "last year's actual carried forward at a given growth")
    trend: TrendEstimate | None = value(None, "what the history alone says, with its interval")
    breakeven: BreakevenEstimate | None = value(None, "sales at which the profit asked for is reached")
    market: MarketEstimate | None = value(None, "market size times market share")
    capacity: CapacityEstimate | None = value(None, "what the reps can carry")
    customers: CustomersEstimate | None = value(None, "customers kept and won")
    pipeline: PipelineEstimate | None = value(None, "deals that may close within the year")
