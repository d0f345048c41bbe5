"""seasonal_split.yaml: how the year is split over its months."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Month, Number, Terms, value
from salesplan.terms.plan_calendar import Documents
from salesplan.terms.shape import Event, Launch, Pin, Projects
from salesplan.terms.stock import DealerTerms, StockTerms

METHODS = ("auto", "pooled_share", "average_share", "last_year", "even", "workdays", "manual", "blended")
Weight = Annotated[Number, Field(ge=0)]
WITHOUT_HISTORY = ("even", "workdays", "manual")  # methods that take no season from the history
Mixed = Literal["auto", "pooled_share", "average_share", "last_year", "even", "workdays", "manual"]


class SeasonalSplitTerms(Terms):
    """Method and history of the split, events, months left out."""

    method: Literal["auto", "pooled_share", "average_share", "last_year", "even", "workdays", "manual", "blended"] = (
        value("auto", "how a year is split over its months")
    )
    history_years: int = value(3, "fiscal years before the plan's that are used", unit="years", ge=1, le=20)
    manual: Annotated[tuple[Weight, ...], Many] | None = value(
        None, "weights of the twelve months in fiscal order, for method manual", unit="weight"
    )
    blend: dict[Mixed, Weight] = value({}, "weights of the methods that are mixed, for method blended", unit="weight")
    day_pattern: Literal["auto", "workdays", "even"] = value("auto", "how a month is split over its days")
    events: Annotated[tuple[Event, ...], Many] = value((), "promotions and other events of the year")
    launches: Annotated[tuple[Launch, ...], Many] = value((), "new products, channels and regions without history")
    pins: Annotated[tuple[Pin, ...], Many] = value((), "months, quarters and members whose amount is fixed")
    projects: Projects | None = value(None, "deals above a named size, planned by their expected close")
    plan_calendar: Documents = value((), "which plan or report is due when, and from whom")
    exclude: Annotated[tuple[Month, ...], Many] = value(
        (), "months of the history that say nothing about a normal year"
    )
    stock: StockTerms = value(StockTerms(), "purchases that keep the stock at its target")
    dealers: DealerTerms = value(DealerTerms(), "what dealers are expected to sell and order")

    @model_validator(mode="after")
    def _complete(self) -> "SeasonalSplitTerms":
        needs_manual = self.method == "manual" or self.blend.get("manual", Decimal(0)) > 0
        if self.manual is None and needs_manual:
            raise PydanticCustomError(
                "manual_missing", "twelve weights are needed for method manual", {"key": "manual"}
            )
        if self.manual is not None and (len(self.manual) != 12 or not any(self.manual)):
            count = {"key": "manual", "count": len(self.manual)}
            raise PydanticCustomError("manual_twelve", "must be twelve weights, not all zero", count)
        if self.method == "blended" and not any(self.blend.values()):
            raise PydanticCustomError(
                "blend_missing", "weights of the methods that are mixed are needed", {"key": "blend"}
            )
        return self
