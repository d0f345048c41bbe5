"""How quotas are settled with the reps: by command or by negotiation, and the rounds kept with their reasons."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Name, Terms, value

Mode = Literal["command", "negotiated"]
# Indicators under which handed-down rows are quotas of sales; all others are of something else.
QUOTA_INDICATORS = frozenset({"", "amount", "sales", "销售额", "金额"})


class Round(Terms):
    """One round with one rep: what the company proposed, what he asked for, and why."""

    rep: Name = value(..., "the rep")
    round: int = value(..., "number of the round, counted from 1 for each rep", ge=1, le=99)
    date: Day = value(..., "day of the talk", unit="date")
    proposed: Money = value(..., "quota of the year the company proposes", unit="currency per year", ge=0)
    asked: Money | None = value(
        None, "quota of the year the rep asks for; left out: he has not answered", unit="currency per year", ge=0
    )
    agreed: bool = value(False, "whether both agreed on the proposal; it is then fixed")
    reason: str = Field(..., description="what was argued and why the figure moved or stayed", max_length=500)

    @model_validator(mode="after")
    def _whole(self) -> "Round":
        if not self.reason.strip():
            raise PydanticCustomError("round_reason", "needs a reason", {"key": "reason"})
        if self.agreed and self.asked not in (None, self.proposed):
            raise PydanticCustomError("round_agreed", "must be the proposed amount", {"key": "asked"})
        return self


class Negotiation(Terms):
    """Command or negotiated breakdown, the rounds so far, and the day on which talking ends."""

    mode: Mode = value("command", "how quotas are settled: by the company alone, or with the reps")
    until: Day | None = value(None, "day by which it is settled; the company decides what is still open", unit="date")
    rounds: Annotated[tuple[Round, ...], Many] = value((), "rounds of the negotiation, one per rep and round")
