"""variance_review.yaml: as of when, which conventions, where a shortfall goes."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Name, Number, Share, Terms, value
from salesplan.terms.evaluation import Evaluation, Quiet

CAUSES = (
    "scattered_goals",
    "unclear_roles",
    "no_system",
    "fading_start",
    "no_process",
    "team_skill",
    "competition",
    "policy",
    "demand",
    "price",
)


class Bridge(Terms):
    """Conventions of the bridge from target to actual."""

    price_at: Literal["actual_quantity", "target_quantity"] = value(
        "actual_quantity", "quantity at which the price difference is valued"
    )
    mix: Literal["weighted", "none"] = value("weighted", "mix apart from volume, or within it")
    new_products: Literal["separate", "in_volume"] = value("separate", "new and lost products apart, or within volume")


class Revision(Terms):
    """Where a shortfall goes in the months to come."""

    rule: Literal["next_month", "seasonal", "even", "capacity"] = value(
        "seasonal", "how a shortfall is spread over the months to come"
    )
    cap: Number = value(
        Decimal("0.3"),
        "most a month may rise over its original target",
        unit="share of the month's target",
        ge=0,
        le=10,
    )
    surplus: Literal["keep", "release"] = value("keep", "whether a surplus lowers the months to come")


class States(Terms):
    """From which part of its target an indicator counts as on course."""

    ok: Number = value(
        Decimal(1),
        "an indicator at this part of its target or above is on course",
        unit="share of the target",
        ge=0,
        le=10,
    )
    watch: Number = value(
        Decimal("0.9"),
        "below it the indicator is behind; between the two it is to be watched",
        unit="share of the target",
        ge=0,
        le=10,
    )

    @model_validator(mode="after")
    def _in_order(self) -> "States":
        if self.watch > self.ok:
            raise PydanticCustomError("watch_above_ok", "must not be above ok", {"key": "watch"})
        return self


class VarianceReviewTerms(Terms):
    """Month end of the review, bridge, revision, landing, states and cause codes."""

    as_of: Day | None = value(None, "month end of the review; default the last complete month with sales", unit="date")
    bridge: Bridge = value(Bridge(), "conventions of the bridge")
    revision: Revision = value(Revision(), "where a shortfall goes")
    coverage: Share = value(
        Decimal("0.8"),
        "how likely the year's result lies within the interval of the landing estimate",
        unit="probability",
        gt=0,
        lt=1,
    )
    states: States = value(States(), "from where an indicator is on course, to be watched or behind")
    causes: Annotated[tuple[Name, ...], Many] = value(CAUSES, "codes of the causes that may be recorded")
    quiet: Quiet = value(Quiet(), "when a customer counts as gone quiet")
    evaluation: Evaluation = value(Evaluation(), "the customer evaluation form")
