"""What of variance_review.yaml concerns customers: when one has gone quiet, and the form that evaluates them."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Name, Number, Terms, value

Points = Annotated[Number, Field(ge=0, le=100)]


class Quiet(Terms):
    """When a customer counts as gone quiet: no purchase for longer than his habit and a least number of days."""

    times: Number = value(
        Decimal(3), "without a purchase for so many times the usual interval", unit="usual intervals", ge=1, le=100
    )
    days: int = value(30, "and for at least so many days", unit="days", ge=1, le=3650)


class Indicator(Terms):
    """One indicator of the customer evaluation form."""

    name: Name = value(..., "name of the indicator on the form")
    measure: Literal["sales", "growth", "margin", "profit", "payment", "regularity"] = value(
        ...,
        "sales, profit (gross profit less rebates) and margin (its rate) of twelve months; growth of the months to "
        "date on the same months of last year; payment: received in twelve months / sold in them; regularity: months "
        "with a purchase among the twelve",
    )
    weight: Number = value(..., "how much it counts", unit="weight", gt=0, le=1_000_000)
    low: Number | None = value(
        None, "the value of 0 points; left out, with high: points by the customer's place among all"
    )
    high: Number | None = value(None, "the value of 100 points; between the two along a straight line")

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Indicator":
        if (self.low is None) != (self.high is None):
            key = "high" if self.high is None else "low"
            raise PydanticCustomError("scale_half", "low and high are given together or not at all", {"key": key})
        if self.low is not None and self.low == self.high:
            raise PydanticCustomError("scale_flat", "must be another value than low", {"key": "high"})
        return self


class Rating(Terms):
    """A grade of the evaluation, and what it advises."""

    name: Name = value(..., "name of the grade")
    from_: Points = value(Decimal(0), "least final score, inclusive", unit="points of 100", alias="from")
    advice: Literal["improve", "keep", "end"] = value(..., "improve, keep or end the relationship")


INDICATORS = (
    Indicator(name="sales", measure="sales", weight=Decimal("0.35")),
    Indicator(name="growth", measure="growth", weight=Decimal("0.2")),
    Indicator(name="profit", measure="profit", weight=Decimal("0.25")),
    Indicator(name="payment", measure="payment", weight=Decimal("0.2")),
)
RATINGS = tuple(
    Rating.model_validate({"name": name, "from": Decimal(least), "advice": advice})
    for name, least, advice in (("A", 75, "keep"), ("B", 50, "keep"), ("C", 15, "improve"), ("D", 0, "end"))
)


class Evaluation(Terms):
    """The customer evaluation form: indicators with weights, grades by the final score, and their advice."""

    indicators: Annotated[tuple[Indicator, ...], Many, Field(min_length=1, max_length=20)] = value(
        INDICATORS, "the indicators, whose weights count in proportion"
    )
    grades: Annotated[tuple[Rating, ...], Many, Field(min_length=1)] = value(
        RATINGS, "the grades by final score, the best first"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Evaluation":
        for key, names in (("indicators", self.indicators), ("grades", self.grades)):
            if any(count > 1 for count in Counter(one.name for one in names).values()):
                raise PydanticCustomError("distinct", "must not name anything twice", {"key": key})
        for number, (above, below) in enumerate(pairwise(self.grades), start=1):
            if below.from_ >= above.from_:
                raise PydanticCustomError(
                    "grade_order", "must be below the grade before, {above}",
                    {"key": f"grades.{number}.from", "above": str(above.from_)},
                )  # fmt: skip
        if self.grades[-1].from_:
            raise PydanticCustomError(
                "last_grade", "the last grade must begin at 0", {"key": f"grades.{len(self.grades) - 1}.from"}
            )
        return self
