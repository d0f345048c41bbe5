"""What of seasonal_split.yaml shapes the year beside its season: events, launches, pins, project business."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Month, Name, Number, Share, Terms, value

Weight = Annotated[Number, Field(ge=0)]
PARTS = ("product", "channel", "region")  # what is new is the first of them that a launch names


class Part(Terms):
    """A part of the company: what is left out is not limited."""

    product: Name | None = value(None, "the product, if only one is meant")
    channel: Name | None = value(None, "the channel, if only one is meant")
    region: Name | None = value(None, "the region, if only one is meant")

    @property
    def members(self) -> dict[str, str]:
        """The members named, by dimension; empty for the whole company."""
        named = {name: getattr(self, name) for name in PARTS}
        return {name: member for name, member in named.items() if member is not None}


class Event(Part):
    """A promotion or other event that lifts some days."""

    name: Name = value(..., "name of the event")
    start: Day = value(..., "first day", unit="date")
    end: Day = value(..., "last day", unit="date")
    uplift: Number = value(
        ...,
        "how much more is sold on these days than the history already holds",
        unit="share of what the day would sell",
        ge=-1,
        le=20,
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Event":
        if self.end < self.start:
            raise PydanticCustomError("end_before_start", "must not be before start", {"key": "end"})
        return self


class Launch(Part):
    """A product, channel or region without history, and what it is to bring in its first year."""

    amount: Money | None = value(None, "what it is to bring in the year", unit="currency per year", gt=0)
    share: Share | None = value(None, "what it is to bring, of the year's target", unit="share of the target", gt=0)
    like: Name | None = value(None, "the sibling whose season and mix it is expected to have")
    curve: Annotated[tuple[Weight, ...], Many] | None = value(
        None, "ramp: weight of the first month, the second, ...; the last one stays", unit="weight"
    )
    start: Day | None = value(None, "first day; that of table products if left out", unit="date")

    @property
    def dimension(self) -> str:
        """The dimension in which it is new."""
        return next(iter(self.members))

    @property
    def member(self) -> str:
        """The new member."""
        return self.members[self.dimension]

    @model_validator(mode="after")
    def _complete(self) -> "Launch":
        if not self.members:
            raise PydanticCustomError("launch_of_what", "needs a product, a channel or a region", {"key": ""})
        if (self.amount is None) == (self.share is None):
            raise PydanticCustomError("launch_amount", "needs either amount or share", {"key": ""})
        if self.curve is not None and not any(self.curve):
            raise PydanticCustomError("launch_curve", "at least one weight must be above zero", {"key": "curve"})
        return self


class Pin(Part):
    """An amount of a month or quarter, of the company or a part of it, fixed by agreement."""

    amount: Money = value(..., "the amount that is fixed", unit="currency", ge=0)
    month: Month | None = value(None, "the month that is fixed")
    quarter: int | None = value(None, "the fiscal quarter that is fixed", ge=1, le=4)

    @model_validator(mode="after")
    def _complete(self) -> "Pin":
        if self.month is not None and self.quarter is not None:
            raise PydanticCustomError("pin_period", "either month or quarter", {"key": ""})
        if self.month is None and self.quarter is None and not self.members:
            raise PydanticCustomError("pin_of_what", "needs a month, a quarter or a member", {"key": ""})
        return self


class Projects(Terms):
    """Deals above a named size: by their expected close instead of the season."""

    from_: Money = value(..., "deals of this amount or more are planned apart", unit="currency", gt=0, alias="from")
    weigh: Literal["probability", "amount"] = value(
        "probability", "whether a deal counts with its probability or in full"
    )
    min_probability: Share = value(Decimal(0), "deals less likely than this are not planned", unit="probability")
    stages: dict[Name, Share] = value({}, "probability by stage, for deals whose own is not known", unit="probability")
