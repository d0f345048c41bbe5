"""What of rep_allocation.yaml concerns customers: grades and their contacts, leads, targets, promotions."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Name, Share, Terms, value

Unit = Literal["week", "month", "quarter", "year"]
# How often a unit comes in a month: a year has 52 weeks.
PER_MONTH: dict[str, float] = {"week": 52 / 12, "month": 1.0, "quarter": 1 / 3, "year": 1 / 12}


class Contacts(Terms):
    """How often a customer is contacted: once in so many weeks, months, quarters or years."""

    every: int = value(1, "once in so many of the unit", unit="units of time", ge=1, le=52)
    unit: Unit = value("month", "week, month, quarter or year")

    @property
    def per_month(self) -> float:
        """Contacts in a month: weekly 52 / 12, every second month a half."""
        return PER_MONTH[self.unit] / self.every


class Grade(Terms):
    """A grade of customers: who belongs to it, and how often each is contacted."""

    name: Name = value(..., "name of the grade")
    share: Share | None = value(
        None, "part of last year's sales it holds, from the largest customer on", unit="share of the sales"
    )
    from_: Money | None = value(
        None, "least sales of last year, inclusive", unit="currency per year", ge=0, alias="from"
    )
    contacts: Contacts | None = value(None, "how often each is contacted; as needed if left out")


class CustomerGrades(Terms):
    """The grades of customers, the best first, and where a customer's grade comes from."""

    rule: Literal["given", "pareto", "bounds"] = value(
        "given", "the customers' own grade, the cumulative share of last year's sales, or bounds of last year's sales"
    )
    grades: Annotated[tuple[Grade, ...], Many] = value(..., "the grades, best first", min_length=1)

    @property
    def names(self) -> list[str]:
        """Names of the grades, the best first."""
        return [grade.name for grade in self.grades]

    @property
    def computed_by(self) -> str:
        """By what a grade can be computed: the rule, for given grades what they name; '' where they name nothing."""
        if self.rule != "given":
            return self.rule
        named = self.grades[:-1] or self.grades
        by_bounds, by_share = (all(getattr(grade, key) is not None for grade in named) for key in ("from_", "share"))
        return "bounds" if by_bounds else "pareto" if by_share else ""

    @model_validator(mode="after")
    def _complete(self) -> "CustomerGrades":
        _distinct(self.names, "grades.")
        key = {"pareto": "share", "bounds": "from_"}.get(self.rule, "")
        for number, grade in enumerate(self.grades[:-1]):
            if key and getattr(grade, key) is None:
                place = f"grades.{number}.{key.rstrip('_')}"
                raise PydanticCustomError(
                    "grade_needs", "the rule needs it in every grade but the last", {"key": place}
                )
        _falling([grade.from_ for grade in self.grades])
        shares = sum(grade.share or Decimal(0) for grade in self.grades)
        if shares > 1:
            raise PydanticCustomError(
                "grade_shares", "the shares sum to {sum}, more than 1", {"key": "grades", "sum": str(shares)}
            )
        return self


def _distinct(names: Sequence[str], key: str = "") -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": f"{key}{number}.name"})


def _falling(bounds: Sequence[Decimal | None]) -> None:
    known = [(number, bound) for number, bound in enumerate(bounds) if bound is not None]
    for (_, above), (number, below) in pairwise(known):
        if below >= above:
            raise PydanticCustomError(
                "grade_order", "must be below the grade before, {above}",
                {"key": f"grades.{number}.from", "above": str(above)},
            )  # fmt: skip


class LeadGrade(Terms):
    """A grade of leads (prospects followed), by how likely they are won."""

    name: Name = value(..., "name of the grade")
    from_: Share = value(Decimal(0), "least probability, inclusive", unit="probability", alias="from")
    contacts: Contacts | None = value(None, "how often each is contacted; as needed if left out")


def _leads_in_order(found: tuple[LeadGrade, ...]) -> tuple[LeadGrade, ...]:
    _distinct([grade.name for grade in found])
    for number, (above, below) in enumerate(pairwise(found), start=1):
        if below.from_ >= above.from_:
            raise PydanticCustomError(
                "grade_order", "must be below the grade before, {above}",
                {"key": f"{number}.from", "above": str(above.from_)},
            )  # fmt: skip
    return found


class CustomerTargets(Terms):
    """How a rep's quota comes down to his customers."""

    potential_share: Share = value(
        Decimal("0.2"),
        "part of what a customer could still buy that one year can win",
        unit="share of the potential left",
    )
    new_share: Share | None = value(
        None, "least part of a quota that new customers bring; default their usual part", unit="share of the quota"
    )


class Promotion(Terms):
    """A promotion or event for a group of customers."""

    name: Name = value(..., "name of the promotion or event")
    grade: Name | None = value(None, "the grade it is for; all if left out")
    channel: Name | None = value(None, "the channel it is for; all if left out")
    start: Day = value(..., "first day", unit="date")
    end: Day | None = value(None, "last day; the first if left out", unit="date")
    action: Name = value(..., "what is done")
    budget: Money | None = value(None, "what it may cost", unit="currency", ge=0)
    owner: Name | None = value(None, "who answers for it")

    @model_validator(mode="after")
    def _in_order(self) -> "Promotion":
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("end_before_start", "must not be before start", {"key": "end"})
        return self


Leads = Annotated[tuple[LeadGrade, ...], Many, AfterValidator(_leads_in_order)]
Promotions = Annotated[tuple[Promotion, ...], Many]
