"""What rep_allocation.yaml says of dealers, outlets, their tasks, and of the projects followed."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Month, Name, Number, Share, Terms, value
from salesplan.terms.texts import Texts

Days = Annotated[int, Field(ge=0, le=3650)]
Text = Annotated[str, Field(max_length=2000)]


def _no_name_twice(names: Iterable[Any], key: str) -> None:
    if any(count > 1 for count in Counter(names).values()):
        raise PydanticCustomError("distinct", "must not name anything twice", {"key": key})


class DealerAlert(Terms):
    """When the goods that dealers take in pile up with them."""

    months: int = value(3, "latest months of reports that are looked at", unit="months", ge=1, le=36)
    excess: Number = value(
        Decimal("0.1"), "sell-in may exceed sell-out by this much", unit="share of the sell-out", ge=0, le=10
    )
    days: Days = value(60, "stock may last this many days of sell-out", unit="days")


class Support(Terms):
    """Something the company gives a dealer."""

    what: Name = value(..., "what is given")
    amount: Money | None = value(None, "what it costs the company", unit="currency", ge=0)


class DealerPlan(Terms):
    """What is agreed with one dealer beside his figures."""

    dealer: Name = value(..., "the dealer")
    owner: Name | None = value(None, "the rep who answers for it; default the dealer's own as a customer")
    actions: Texts = value((), "what the dealer does for his plan, confirmed by his stamp")
    support: Annotated[tuple[Support, ...], Many] = value((), "what the company gives; never in the dealer's copy")
    receivables: Money | None = value(
        None, "what the dealer owes, where the sales data do not say", unit="currency", ge=0
    )
    receivables_limit: Money | None = value(None, "the most he may owe", unit="currency", ge=0)


class Variant(Terms):
    """One specification, model or colour of a product, with its share of the product's units."""

    spec: Name = value(..., "specification or model")
    colour: Name | None = value(None, "colour")
    share: Share = value(..., "share of the product's units", unit="share of the product", gt=0)


class Specification(Terms):
    """The specifications a product is sold in."""

    product: Name = value(..., "the product")
    variants: Annotated[tuple[Variant, ...], Many] = value(..., "its specifications; their shares sum to 1")

    @model_validator(mode="after")
    def _whole(self) -> "Specification":
        _no_name_twice(((one.spec, one.colour) for one in self.variants), "variants")
        if sum(one.share for one in self.variants) != 1:
            raise PydanticCustomError("variant_shares", "shares must sum to 1", {"key": "variants"})
        return self


class Display(Terms):
    """The display standard of the outlets of one channel."""

    area: Number | None = value(None, "floor the display takes", unit="square metres", ge=0)
    samples: int | None = value(None, "samples on display", unit="pieces", ge=0)
    standard: Text = value("", "what else belongs to it")


class NewOutlets(Terms):
    """Outlets that a dealer is to open in a city."""

    city: Name = value(..., "the city")
    dealer: Name = value(..., "the dealer who opens and supplies them")
    count: int = value(..., "number of outlets", unit="outlets", ge=1, le=10_000)
    by: Month = value(..., "month in which they are open")
    channel: Name | None = value(None, "their channel")


class OutletRules(Terms):
    """Display standards, new outlets and how fast they come up to the usual sell-out."""

    display: dict[Name, Display] = value({}, "display standard by channel")
    new: Annotated[tuple[NewOutlets, ...], Many] = value((), "outlets to open")
    ramp: Annotated[tuple[Share, ...], Many] = value(
        (Decimal("0.3"), Decimal("0.6")),
        "share of a usual outlet's sell-out in the month of the opening, the next, and so on; 1 afterwards",
        unit="share of a usual outlet",
    )


class Task(Terms):
    """What a dealer, a channel or an outlet has to do, and what the company does for it."""

    for_: Literal["dealer", "channel", "outlet"] = value(..., "whom it is for", alias="for")
    name: Name = value(..., "the dealer, channel or outlet")
    task: Name = value(..., "what it has to do")
    by: Day | None = value(None, "until when", unit="date")
    owner: Name | None = value(None, "the rep who answers for it")
    duty: Text = value("", "what that rep does for it")
    centre: Text = value("", "what the sales centre does for it")
    support: Text = value("", "what the company gives for it; never in the dealer's copy")


class KeyDate(Terms):
    """A date of a project that must not be missed, such as the day bids are opened."""

    event: Name = value(..., "what happens on that day")
    date: Day = value(..., "the day", unit="date")
    project: Name = value(..., "the project")


class ProjectStage(Terms):
    """How a project of one stage is followed."""

    stage: Name = value(..., "the stage, as in the tracking table")
    follow_up_days: Days = value(14, "most days between two contacts", unit="days")
    probability: Share | None = value(
        None, "odds of a project of this stage; default those of the seasonal split", unit="probability"
    )
    ahead_days: Days = value(0, "papers are ready so many days before a date of the project", unit="days")
    closed: bool = value(False, "whether the order is in with this stage, so that its close may lie in the past")
    tasks: Texts = value((), "what is done in this stage")


def stages_distinct(found: tuple[ProjectStage, ...]) -> tuple[ProjectStage, ...]:
    """The stages as they are; refused where one stands twice."""
    _no_name_twice((one.stage for one in found), "")
    return found


def dealers_distinct(found: tuple[DealerPlan, ...]) -> tuple[DealerPlan, ...]:
    """The dealers' plans as they are; refused where a dealer stands twice."""
    _no_name_twice((one.dealer for one in found), "")
    return found


def products_distinct(found: tuple[Specification, ...]) -> tuple[Specification, ...]:
    """The specifications as they are; refused where a product stands twice."""
    _no_name_twice((one.product for one in found), "")
    return found


DealerPlans = Annotated[tuple[DealerPlan, ...], Many, AfterValidator(dealers_distinct)]
Specifications = Annotated[tuple[Specification, ...], Many, AfterValidator(products_distinct)]
ProjectStages = Annotated[tuple[ProjectStage, ...], Many, AfterValidator(stages_distinct)]
KeyDates = Annotated[tuple[KeyDate, ...], Many]
Tasks = Annotated[tuple[Task, ...], Many]
