"""When earned commission is paid out, what is held back, what late payments cost, what leavers still get."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Month, Share, Terms, value


class Milestone(Terms):
    """Once this part of an order is paid, this part of its commission may have been released."""

    paid: Share = value(..., "part of the order that is paid", unit="share of what the order is due")
    released: Share | None = value(None, "part released by then; the part paid if left out", unit="share of commission")


def milestone_problems(milestones: tuple[Milestone, ...]) -> Iterator[PydanticCustomError]:
    """Milestones must rise in what is paid and what is released, and the last must release everything."""
    parts = [(one.paid, one.paid if one.released is None else one.released) for one in milestones]
    for index in range(1, len(parts)):
        for place, name in enumerate(("paid", "released")):
            before = parts[index - 1][place]
            if parts[index][place] <= before and (name == "paid" or parts[index][place] < before):
                told = {"before": str(before), "key": f"milestones.{index}.{name}"}
                told |= {"other": f"milestones.{index - 1}.{name}"}
                yield PydanticCustomError("milestones_order", "milestones must rise; before is {before}", told)
    if parts[-1][1] != 1:
        told = {"key": f"milestones.{len(parts) - 1}.released", "released": str(parts[-1][1])}
        yield PydanticCustomError("milestones_end", "the last milestone must release everything", told)


class Holdback(Terms):
    """A part of what is released waits: a number of months, or until a month of the year or later."""

    share: Share = value(..., "part that waits", unit="share of what is released")
    months: int | None = value(None, "how many months it waits", unit="months", ge=1, le=60)
    until: Month | None = value(None, "month in which it is paid")

    @model_validator(mode="after")
    def _one(self) -> "Holdback":
        if (self.months is None) == (self.until is None):
            raise PydanticCustomError("months_or_until", "must name months, or until, and not both")
        return self


class Late(Terms):
    """Commission on money that comes late: all of it for some months, then less by the day, then none."""

    full_months: int = value(..., "months after the order in which payments count whole", unit="months", ge=0, le=120)
    per_day: Share = value(Decimal(0), "what every further day takes off", unit="share of commission per day")
    none_after: int | None = value(None, "months after the order from which on nothing is paid", unit="months", ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> "Late":
        if self.none_after is not None and self.none_after < self.full_months:
            raise PydanticCustomError("late_order", "must not be before full_months", {"key": "none_after"})
        if self.none_after is None and not self.per_day:
            raise PydanticCustomError("late_rule", "needs per_day or none_after", {"key": "per_day"})
        return self


class Leavers(Terms):
    """What becomes of commission that is released only after a rep has left."""

    rule: Literal["paid", "paid_until", "transferred", "forfeited"] = value(
        "paid", "paid as before, paid for some months more, passed on to who collects, or forfeited"
    )
    months: int = value(0, "months after the last one in which it is still paid", unit="months", ge=0, le=60)
    share: Share = value(
        Decimal(1), "share the successor who collects gets, for rule: transferred", unit="share of commission"
    )

    @model_validator(mode="after")
    def _companions(self) -> "Leavers":
        if self.rule == "paid_until" and not self.months:
            raise PydanticCustomError("leavers_months", "needs months", {"key": "rule"})
        return self
