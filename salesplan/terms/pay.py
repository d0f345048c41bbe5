"""What is paid beside commission: base pay by components, draws, guarantees, contests, the least wage."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Month, Name, Number, Share, Terms, value

MINIMUM = "minimum_wage"  # the component under which the top-up to the least wage is told


class Component(Terms):
    """One component of base pay or MBO goal: its weight, and between which achievements it pays in proportion."""

    weight: Share = value(..., "weight of the component", unit="share of base pay")
    floor: Share = value(Decimal(0), "least achievement that pays at all", unit="share of the standard")
    cap: Number = value(
        Decimal(1), "achievement above which nothing more is paid", unit="share of the standard", ge=0, le=10
    )

    @model_validator(mode="after")
    def _floor_below_cap(self) -> "Component":
        if self.floor > self.cap:
            raise PydanticCustomError("floor_above_cap", "the floor must not be above the cap", {"key": "floor"})
        return self


class BasePay(Terms):
    """Base pay by weighted components, each pro rata below its standard."""

    components: dict[Name, Share | Component] = value(
        {"sales": Decimal(1)}, "weight of each component; together 1", unit="share of base pay"
    )
    part_month: Literal["calendar_days", "workdays", "full"] = value(
        "calendar_days", "base pay of a month worked in part: by calendar days, by workdays, or whole"
    )

    @model_validator(mode="after")
    def _whole(self) -> "BasePay":
        if MINIMUM in self.components:
            raise PydanticCustomError(
                "reserved_component", "is the name of the top-up", {"key": f"components.{MINIMUM}"}
            )
        total = sum(one.weight for one in self.parts.values())
        if total != 1:
            found = {"key": "components", "sum": f"{total:f}"}
            raise PydanticCustomError("components_sum", "the weights must sum to 1", found)
        return self

    @property
    def parts(self) -> dict[str, Component]:
        """The components by name; a plain number is a weight without floor, capped at the standard."""
        given = self.components.items()
        return {name: one if isinstance(one, Component) else Component(weight=one) for name, one in given}


class Draw(Terms):
    """An advance on commission."""

    amount: Money = value(..., "least commission paid out per month", unit="currency per month", ge=0)
    recoverable: bool = value(True, "whether it is recovered from later commission")
    forgiven: Literal["never", "quarter", "half_year", "year"] = value(
        "never", "at the end of which period what is still owed is forgiven"
    )


class Guarantee(Terms):
    """A least commission for those who are new; what is topped up is not recovered."""

    amount: Money = value(..., "least commission paid out per month", unit="currency per month", ge=0)
    months: int = value(..., "months from the start of the rep, the month of the start being the first", ge=1, le=60)


class MinimumWage(Terms):
    """The least pay of a month by law; a month worked in part has its part of it."""

    amount: Money = value(..., "least pay", unit="currency per month", ge=0)
    regions: dict[Name, Money] = value(
        {}, "least pay by region of the rep, where it differs", unit="currency per month"
    )


class Contest(Terms):
    """A contest: who is ranked by what over which months, and what the first places get."""

    name: Name = value(..., "name of the contest")
    months: Annotated[tuple[Month, ...], Many] = value((), "months that count; all of the year if left out")
    period: Literal["month", "quarter", "half_year", "year"] | None = value(
        None, "one contest per period of the months; null: one over all of them"
    )
    among: dict[Literal["region", "team", "manager", "grade"], Name] = value(
        {}, "which reps take part; all if left out"
    )
    measure: Literal["amount", "attainment", "quantity", "margin", "collected", "orders"] = value(
        "amount", "what the ranking goes by"
    )
    product: Name | None = value(None, "only sales of this product count")
    line: Name | None = value(None, "only sales of this product line count")
    least: Number = value(Decimal(0), "least value that can win", unit="unit of the measure", ge=0)
    prizes: Annotated[tuple[Money, ...], Many] = value((), "prizes of the first places, in order", unit="currency")

    @model_validator(mode="after")
    def _whole_orders(self) -> "Contest":
        """Quotas and payments are of all products: neither can be counted for one of them."""
        own = next((name for name in ("product", "line") if getattr(self, name) is not None), None)
        if own and self.measure in ("attainment", "collected"):
            told = {"key": own, "needs": "measure: amount, quantity, margin or orders"}
            raise PydanticCustomError("goes_with", "needs {needs}", told)
        return self


class LastPlace(Terms):
    """Who is named for a talk: the last of the ranking by attainment. A flag only, it changes no pay."""

    share: Share = value(..., "share of the reps, rounded down", unit="share of the reps")
    period: Literal["month", "quarter", "half_year", "year"] = value("quarter", "period of the ranking")
    periods: int = value(2, "periods in a row that raise the flag", ge=1, le=12)
