"""The plan calendar in seasonal_split.yaml: which plan or report is due when, and from whom."""

from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Name, Terms, value


class Document(Terms):
    """A plan or report that is drawn up at a fixed time."""

    name: Name = value(..., "the plan or report")
    when: Literal[
        "year_start", "year_end", "half_year_start", "half_year_end", "quarter_start", "quarter_end",
        "month_start", "month_end", "week_start", "week_end", "date",
    ] = value(..., "start or end of the period it is for, or a date")  # fmt: skip
    offset: int = value(0, "workdays after that day, before it where negative", unit="workdays", ge=-60, le=60)
    date: Day | None = value(None, "the day, for when: date", unit="date")
    move: Literal["next", "previous"] | None = value(
        None, "to which workday a day off moves; default next at a start, previous at an end"
    )
    owner: str = value("", "who draws it up")

    @model_validator(mode="after")
    def _dated(self) -> "Document":
        if (self.when == "date") != (self.date is not None):
            raise PydanticCustomError("calendar_date", "when: date needs a date, everything else none", {"key": "date"})
        return self


Documents = Annotated[tuple[Document, ...], Many]
