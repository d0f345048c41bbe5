"""The chosen indicators of variance_review.yaml, each with a target and thresholds of its own, and catch-up goals."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Name, Number, Terms, raise_all, value
from salesplan.terms.indicators import Better, indicator_code

FEWEST, MOST = 6, 8  # S4 section 3: of the 17 choose the 6 to 8 that matter most


class KpiChoice(Terms):
    """One indicator of the pack."""

    indicator: Name = value(..., "indicator: its code, its name, or a name of table kpis")
    target: Number | None = value(
        None, "target of each month; default the plan's, else the same month of last year", unit="the indicator's own"
    )
    ok: Number | None = value(
        None, "at this part of its target or better it is on course", unit="share of the target", ge=0, le=10
    )
    watch: Number | None = value(None, "below it the indicator is behind", unit="share of the target", ge=0, le=10)
    better: Better | None = value(None, "whether more of it is better, or less")

    @model_validator(mode="after")
    def _in_order(self) -> "KpiChoice":
        if self.watch is not None and self.ok is not None and self.watch > self.ok:
            raise PydanticCustomError("watch_above_ok", "must not be above ok", {"key": "watch"})
        return self

    @property
    def code(self) -> str:
        """The indicator by its code; one of the user's own by its name."""
        return indicator_code(self.indicator)


class CatchUp(Terms):
    """What a rep says he will sell in the months to come, and what he takes that to be a month."""

    rep: Name = value(..., "rep")
    amount: Money = value(..., "what he wants to sell in the months to come", unit="currency", gt=0)
    monthly: Money | None = value(None, "what he takes that to be a month", unit="currency per month", gt=0)


def _named(found: Any) -> Any:
    return {"indicator": found} if isinstance(found, (str, int)) and not isinstance(found, bool) else found


def _distinct(choices: tuple[KpiChoice, ...]) -> tuple[KpiChoice, ...]:
    codes = [choice.code for choice in choices]
    again = [number for number, code in enumerate(codes) if code in codes[:number]]
    limits = {"fewest": FEWEST, "most": MOST, "count": len(choices)}
    counted = PydanticCustomError("kpi_count", "must be {fewest} to {most}, there are {count}", limits)
    raise_all(
        [
            *([counted] if choices and not FEWEST <= len(choices) <= MOST else ()),
            *(PydanticCustomError("kpi_twice", "is chosen already", {"key": str(at)}) for at in again),
        ]
    )
    return choices


Choice = Annotated[KpiChoice, BeforeValidator(_named, json_schema_input_type=KpiChoice | str)]
KpiChoices = Annotated[tuple[Choice, ...], Many, AfterValidator(_distinct)]
CatchUps = Annotated[tuple[CatchUp, ...], Many]
Categories = Annotated[tuple[Name, ...], Many]
