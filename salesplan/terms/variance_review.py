"""variance_review.yaml: as of when, which conventions, where a shortfall goes."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Day, Many, Money, Month, Name, Number, Share, Terms, value
from salesplan.terms.evaluation import Evaluation, Quiet
from salesplan.terms.kpis import CatchUps, Categories, KpiChoices

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


def _six_decimals(found: Decimal) -> Decimal:
    if found != round(found, 6):
        raise PydanticCustomError("rate_decimals", "must have at most six decimals")
    return found


PriceAt = Literal["actual_quantity", "target_quantity", "midpoint", "apart"]
Mix = Literal["weighted", "none"]
NewProducts = Literal["separate", "in_volume", "in_mix"]
FineRate = Annotated[Number, AfterValidator(_six_decimals)]
Member = Literal["product", "region", "channel", "customer", "rep"]


class Bridge(Terms):
    """Conventions of the bridge from target to actual."""

    price_at: PriceAt = value("actual_quantity", "quantity at which the price difference is valued")
    mix: Mix = value("weighted", "mix apart from volume, or within it")
    new_products: NewProducts = value("separate", "new and lost products apart, within volume, or within mix")
    members: Member | None = value(
        None, "members of the bridge; default products, else the first dimension that sales name"
    )


class MarketMonth(Terms):
    """The market of one month."""

    month: Month = value(..., "month of the plan year")
    actual: Number = value(..., "size of the market", unit="units or currency", ge=0)
    budget: Number | None = value(None, "size the plan was made with", unit="units or currency", gt=0)


class Market(Terms):
    """How large the market is, for the variance of market size and market share."""

    unit: Literal["units", "currency"] = value("currency", "whether the market is counted in units or in currency")
    budget: Number | None = value(
        None,
        "size of the year's market the plan was made with; in currency, default the estimate of annual_target",
        unit="units or currency per year",
        gt=0,
    )
    actual: Number | None = value(
        None, "size of the year's market as it is seen now", unit="units or currency per year", ge=0
    )
    months: Annotated[tuple[MarketMonth, ...], Many] = value((), "the market month by month, instead of the year's")

    @model_validator(mode="after")
    def _distinct(self) -> "Market":
        if len({row.month for row in self.months}) < len(self.months):
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": "months"})
        return self


class ExchangeRate(Terms):
    """What one unit of another currency is worth in the plan's."""

    currency: str = value(..., "the other currency", pattern=r"^[A-Z]{3}$")
    month: Month | None = value(None, "the month it holds for; every month without a rate of its own if left out")
    actual: FineRate = value(
        ..., "rate at which sales of the month count", unit="currency per unit of the other", gt=0, le=100_000
    )
    budget: FineRate | None = value(
        None, "rate the plan was made with; default the actual", unit="currency per unit of the other", gt=0, le=100_000
    )


class Proposals(Terms):
    """What the review looks for when it proposes causes."""

    overdue_days: int = value(
        90, "days after an order from which what of it is overdue is proposed", unit="days", ge=0, le=3650
    )


class RevisionPin(Terms):
    """What a month to come is promised already: the company's, a rep's or a team's."""

    month: Month = value(..., "the month to come that is promised")
    amount: Money = value(..., "the revised target of that month", unit="currency", ge=0)
    rep: Name | None = value(None, "the rep who promised; the whole company if neither rep nor team is named")
    team: Name | None = value(None, "the team that promised")

    @model_validator(mode="after")
    def _whose(self) -> "RevisionPin":
        if self.rep is not None and self.team is not None:
            raise PydanticCustomError("rep_and_team", "must not name both a rep and a team", {"key": "team"})
        return self


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
    pins: Annotated[tuple[RevisionPin, ...], Many] = value((), "what is promised of months to come already")
    reason: str = value("", "why the plan is revised, for the record of revisions")


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


Limit = Annotated[int, Field(ge=1, le=3650)]


class Receivables(Terms):
    """When customers have to pay, and by which ages what is overdue is told."""

    terms: int = value(
        60,
        "days after the invoice (else the order) after which it is due; a customer may have his own",
        unit="days",
        ge=0,
        le=3650,
    )
    ages: Annotated[tuple[Limit, Limit, Limit], Many] = value(
        (30, 60, 90), "limits of the ages of what is overdue", unit="days"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Receivables":
        if not self.ages[0] < self.ages[1] < self.ages[2]:
            raise PydanticCustomError("ages_order", "must rise", {"key": "ages"})
        return self


class VarianceReviewTerms(Terms):
    """Month end of the review, bridge, revision, landing, states and cause codes."""

    as_of: Day | None = value(None, "month end of the review; default the last complete month with sales", unit="date")
    bridge: Bridge = value(Bridge(), "conventions of the bridge")
    market: Market | None = value(None, "size of the market; none: market size and share are left out")
    currencies: Annotated[tuple[ExchangeRate, ...], Many] = value(
        (), "exchange rates of sales in other currencies; without one such a sale is refused"
    )
    revision: Revision = value(Revision(), "where a shortfall goes")
    coverage: Share = value(
        Decimal("0.8"),
        "how likely the year's result lies within the interval of the landing estimate",
        unit="probability",
        gt=0,
        lt=1,
    )
    receivables: Receivables = value(Receivables(), "when customers have to pay")
    states: States = value(States(), "from where an indicator is on course, to be watched or behind")
    kpis: KpiChoices = value((), "the 6 to 8 indicators of the pack; default those that the data allow, in our order")
    transport_categories: Categories = value(
        (), "categories of the table expenses that are freight; default the usual words for it"
    )
    catch_up: CatchUps = value((), "what reps say they will sell in the months to come")
    causes: Annotated[tuple[Name, ...], Many] = value(CAUSES, "codes of the causes that may be recorded")
    proposals: Proposals = value(Proposals(), "what proposed causes are looked for with")
    quiet: Quiet = value(Quiet(), "when a customer counts as gone quiet")
    evaluation: Evaluation = value(Evaluation(), "the customer evaluation form")

    @model_validator(mode="after")
    def _distinct(self) -> "VarianceReviewTerms":
        if len({(row.currency, row.month) for row in self.currencies}) < len(self.currencies):
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": "currencies"})
        return self
