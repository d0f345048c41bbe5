"""The field `funnel` of rep_allocation.yaml: from the quota back to visits and calls, and the hours they take."""

from collections import Counter
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Month, Name, Number, Share, Terms, value

Hours = Annotated[Number, Field(ge=0, le=100)]
# What the boards call their own lines; no stage may be called so.
TAKEN = frozenset(
    ("deal", "target", "collection", "receivable", "cold_visit", "return_visit", "new_customer", "old_customer")
)


class Standard(Terms):
    """What the company asks of everybody, whatever his quota."""

    count: int = value(..., "how many times at least", unit="times a day, week or month", ge=1, le=10_000)
    per: Literal["day", "week", "month"] = value("day", "in which time: day, week or month")


class Stage(Terms):
    """One stage of the way to a deal, named as in table `activities`."""

    activity: Name = value(..., "the activity, by the name it has in table `activities`")
    rate: Annotated[Number, Field(gt=0, le=1)] | None = value(
        None, "part that leads on to the stage above; left out: only what the records say", unit="share of the stage"
    )
    hours: Hours = value(Decimal(0), "hours that one takes, the way included", unit="hours")
    lead_months: int = value(0, "months that it comes before the deal", unit="months", ge=0, le=11)
    standard: Standard | None = value(None, "what the company asks of everybody")
    time: Name | None = value(None, "the part of the day it belongs to, for the day plan")
    material: Name | None = value(None, "what is taken along, for the day plan")
    cost: Money | None = value(None, "what one costs, for the day plan", unit="currency each", ge=0)


class Deal(Terms):
    """How large a deal is."""

    size: Annotated[Money, Field(gt=0)] | None = value(
        None, "average amount of a deal; left out: from each rep's own orders", unit="currency"
    )
    trim: Annotated[Share, Field(le=Decimal("0.4"))] = value(
        Decimal("0.05"), "largest orders of a team that count only as the next smaller one", unit="share of the orders"
    )
    hours: Hours = value(Decimal(0), "hours that a deal takes once it is won", unit="hours")


class WorkingDay(Terms):
    """The hours of a working day, and what of them is not for customers."""

    hours: Hours = value(Decimal(8), "hours of a working day", unit="hours")
    meetings: Hours = value(Decimal("0.5"), "of these in meetings", unit="hours")
    admin: Hours = value(Decimal(1), "of these for reports and other office work", unit="hours")

    @model_validator(mode="after")
    def _some_left(self) -> "WorkingDay":
        if self.field <= 0:
            raise PydanticCustomError("no_hours_left", "leaves no hour for customers", {"key": "hours"})
        return self

    @property
    def field(self) -> Decimal:
        """Hours left for customers."""
        return self.hours - self.meetings - self.admin


class Funnel(Terms):
    """The way from the quota back to daily work, and what a working day holds."""

    deal: Deal = value(Deal(), "how large a deal is")
    stages: Annotated[tuple[Stage, ...], Many, Field(min_length=1, max_length=12)] = value(
        ..., "the stages from the deal back to the first contact"
    )
    cadence: Name | None = value(None, "the stage by which customers get the contacts that their grade asks for")
    rates: Literal["history", "plan"] = value(
        "history", "history: the records' rates, the plan's where there are none; plan: the plan's"
    )
    history_months: int = value(24, "months before the plan year whose records count", unit="months", ge=1, le=60)
    strength: Annotated[Number, Field(ge=0, le=1_000_000)] | None = value(
        None, "records that the team's rate weighs as much as; left out: from the spread between the reps"
    )
    day: WorkingDay = value(WorkingDay(), "what a working day holds")
    month: Month | None = value(None, "the month of the boards; left out: the first that is not closed")

    @model_validator(mode="after")
    def _named(self) -> "Funnel":
        names = Counter(stage.activity for stage in self.stages)
        if any(count > 1 for count in names.values()):
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": "stages"})
        if TAKEN & set(names):
            raise PydanticCustomError("activity_taken", "is a name the boards use themselves", {"key": "stages"})
        if self.cadence is not None and self.cadence not in names:
            raise PydanticCustomError("not_a_stage", "must be one of the stages", {"key": "cadence"})
        return self

    @property
    def names(self) -> list[str]:
        """The stages' names, from the deal back."""
        return [stage.activity for stage in self.stages]
