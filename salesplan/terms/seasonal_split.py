"""seasonal_split.yaml: how the year is split over its months."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Month, Name, Number, Terms, value

METHODS = ("auto", "pooled_share", "average_share", "last_year", "even", "workdays", "manual", "blended")
Weight = Annotated[Number, Field(ge=0)]


class Event(Terms):
    """A promotion or other event that lifts some days."""

    name: Name = value(..., "name of the event")
    start: Day = value(..., "first day", unit="date")
    end: Day = value(..., "last day", unit="date")
    uplift: Number = value(
        ...,
        "how much more is sold on these days than the history already holds",
        unit="share of an ordinary workday's amount",
        ge=-1,
        le=20,
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Event":
        if self.end < self.start:
            raise PydanticCustomError("end_before_start", "must not be before start", {"key": "end"})
        return self


class SeasonalSplitTerms(Terms):
    """Method and history of the split, events, months left out."""

    method: Literal["auto", "pooled_share", "average_share", "last_year", "even", "workdays", "manual", "blended"] = (
        value("auto", "how a year is split over its months")
    )
    history_years: int = value(3, "fiscal years before the plan's that are used", unit="years", ge=1, le=20)
    manual: Annotated[tuple[Weight, ...], Many] | None = value(
        None, "weights of the twelve months in fiscal order, for method manual", unit="weight"
    )
    blend: dict[Literal["pooled_share", "average_share", "last_year", "even", "workdays", "manual"], Weight] = value(
        {}, "weights of the methods that are mixed, for method blended", unit="weight"
    )
    events: Annotated[tuple[Event, ...], Many] = value((), "promotions and other events of the year")
    exclude: Annotated[tuple[Month, ...], Many] = value(
        (), "months of the history that say nothing about a normal year"
    )

    @model_validator(mode="after")
    def _complete(self) -> "SeasonalSplitTerms":
        needs_manual = self.method == "manual" or self.blend.get("manual", Decimal(0)) > 0
        if self.manual is None and needs_manual:
            raise PydanticCustomError(
                "manual_missing", "twelve weights are needed for method manual", {"key": "manual"}
            )
        if self.manual is not None and (len(self.manual) != 12 or not any(self.manual)):
            raise PydanticCustomError("manual_twelve", "must be twelve weights, not all zero", {"key": "manual"})
        if self.method == "blended" and not any(self.blend.values()):
            raise PydanticCustomError(
                "blend_missing", "weights of the methods that are mixed are needed", {"key": "blend"}
            )
        return self
