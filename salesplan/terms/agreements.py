"""Parts of rep_allocation.yaml: what of the quotas is fixed, bounded or handed from rep to rep by agreement."""

from decimal import Decimal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Money, Month, Name, Terms, value

CELLS = ("region", "channel", "product")


class Part(Terms):
    """A part of the quotas: a rep's or a team's, in a month or the whole year; what is left out is not limited."""

    rep: Name | None = value(None, "the rep whose quota is meant")
    team: Name | None = value(None, "the team whose quotas are meant")
    month: Month | None = value(None, "the month; the whole year if left out")
    region: Name | None = value(None, "the region, if only part of the quota is meant")
    channel: Name | None = value(None, "the channel, if only part of the quota is meant")
    product: Name | None = value(None, "the product, if only part of the quota is meant")

    @property
    def members(self) -> dict[str, str]:
        """The members of the split's dimensions named."""
        named = {name: getattr(self, name) for name in CELLS}
        return {name: member for name, member in named.items() if member is not None}

    @model_validator(mode="after")
    def _whose(self) -> "Part":
        if (self.rep is None) == (self.team is None) and getattr(self, "customer", None) is None:
            raise PydanticCustomError("rep_or_team", "must name either a rep or a team", {"key": "rep"})
        return self


class Pin(Part):
    """An amount fixed by agreement."""

    amount: Money = value(..., "the amount agreed", unit="currency", ge=0)
    customer: Name | None = value(None, "the customer, if what is fixed is that customer's target of the year")

    @model_validator(mode="after")
    def _customer_alone(self) -> "Pin":
        if self.customer is not None and (self.members or self.month or self.team):
            raise PydanticCustomError(
                "customer_alone", "a customer's target is one of the year, without month or part", {"key": "customer"}
            )
        return self


class Limit(Part):
    """Least and most of a part of the quotas."""

    min: Money = value(Decimal(0), "least amount", unit="currency", ge=0)
    max: Money | None = value(None, "largest amount", unit="currency", ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Limit":
        if self.max is not None and self.max < self.min:
            raise PydanticCustomError("max_below_min", "must not be below min", {"key": "max"})
        return self


class Bounds(Terms):
    """Least and most of a rep's quota for the year."""

    min: Money = value(Decimal(0), "least quota of a rep", unit="currency per year", ge=0)
    max: Money | None = value(None, "largest quota of a rep", unit="currency per year", ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Bounds":
        if self.max is not None and self.max < self.min:
            raise PydanticCustomError("max_below_min", "must not be below min", {"key": "max"})
        return self


class Transfer(Terms):
    """Quota that one rep hands to another after everything else is settled."""

    from_: Name = value(..., "the rep who gives", alias="from")
    to: Name = value(..., "the rep who takes")
    amount: Money = value(..., "what is handed over", unit="currency", gt=0)
    month: Month | None = value(None, "the month; spread over the months both are there if left out")
    reason: str = value("", "why")

    @model_validator(mode="after")
    def _two(self) -> "Transfer":
        if self.from_ == self.to:
            raise PydanticCustomError("two_reps", "must be another rep", {"key": "to"})
        return self
