"""rep_allocation.yaml: how the target becomes quotas."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Month, Name, Number, Share, Terms, value

Weight = Annotated[Number, Field(ge=0)]


class Weights(Terms):
    """The bases of a quota and how much each counts."""

    history: Weight = value(Decimal(0), "weight of the rep's own sales in the history", unit="weight")
    potential: Weight = value(Decimal(0), "weight of the territory's potential", unit="weight")
    capacity: Weight = value(Decimal(0), "weight of what the rep can carry", unit="weight")
    equal: Weight = value(Decimal(0), "weight of equal parts", unit="weight")

    @model_validator(mode="after")
    def _some(self) -> "Weights":
        if not any((self.history, self.potential, self.capacity, self.equal)):
            raise PydanticCustomError("weights_zero", "at least one weight must be above zero", {"key": ""})
        return self


class Pin(Terms):
    """An amount fixed by agreement."""

    rep: Name = value(..., "the rep whose amount is fixed")
    amount: Money = value(..., "the amount agreed", unit="currency", ge=0)
    month: Month | None = value(None, "the month; the whole year if left out")
    region: Name | None = value(None, "the region, if only part of the quota is fixed")
    channel: Name | None = value(None, "the channel, if only part of the quota is fixed")
    product: Name | None = value(None, "the product, if only part of the quota is fixed")


class Bounds(Terms):
    """Least and most of a rep's quota for the year."""

    min: Money = value(Decimal(0), "least quota of a rep", unit="currency per year", ge=0)
    max: Money | None = value(None, "largest quota of a rep", unit="currency per year", ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Bounds":
        if self.max is not None and self.max < self.min:
            raise PydanticCustomError("max_below_min", "must not be below min", {"key": "max"})
        return self


class RepAllocationTerms(Terms):
    """Weights of the bases, ramp, over-assignment, pins and bounds."""

    weights: Weights = value(
        Weights(history=Decimal("0.5"), potential=Decimal("0.3"), capacity=Decimal("0.2")),
        "bases of a quota and how much each counts",
        unit="weight",
    )
    ramp: Annotated[tuple[Share, ...], Many] = value(
        (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75")),
        "share of a full quota in the month of the start, the next, and so on; 1 afterwards",
        unit="share of a full quota",
    )
    over_assignment: Number = value(
        Decimal("0.05"), "sum of the reps' quotas over the target, less one", unit="share of the target", ge=0, le=1
    )
    pins: Annotated[tuple[Pin, ...], Many] = value((), "amounts fixed by agreement")
    bounds: Bounds = value(Bounds(), "least and most of a rep's quota")
    damping: Share = value(
        Decimal("0.5"),
        "part of the company's growth last year that each rep is expected to repeat",
        unit="share of the growth",
        source="errors over 150 series: whole 1.095, none 1.032, half 0.980 (MASE)",
    )
