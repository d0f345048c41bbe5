"""Goals of annual_target.yaml: a target per indicator, per line of business, absolute or as growth."""

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Name, Number, Rate, Terms
from salesplan.terms.common import value as term

FORMS = ("value", "growth", "values")


class Goal(Terms):
    """The target of one indicator, of the company or of one line of business."""

    indicator: Name = term(..., "what is measured: an indicator that is known here, or a name of your own")
    line: Name | None = term(None, "line of business it is for; left out: the whole company")
    value: Number | None = term(None, "target as a number", unit="unit of the indicator")
    growth: Rate | None = term(None, "target as growth on last year", unit="share of last year's value")
    values: dict[str, Number] | None = term(None, "target at each level", unit="unit of the indicator", min_length=1)
    last_year: Number | None = term(
        None, "last year's value where the tables do not give it", unit="unit of the indicator"
    )
    unit: str | None = Field(None, description="unit it is counted in, such as pieces or tons", max_length=20)

    @model_validator(mode="after")
    def _one_form(self) -> "Goal":
        given = [name for name in FORMS if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("goal_forms", "needs exactly one of value, growth, values")
        return self

    @property
    def by_level(self) -> dict[str, Number] | None:
        """The targets given level by level, None where there is one for all."""
        return self.values
