"""What annual_target.yaml says in words: basis of the plan, market, competitors, SWOT, themes of the quarters."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from salesplan.terms.common import Day, Many, Money, Name, Number, Share, Terms, check_among, value

Texts = Annotated[tuple[Name, ...], Many]
Targets = dict[str, Annotated[Money, Field(gt=0)]]


def laid_out(default: Any, meaning: str) -> Any:
    """A parameter that a section of the report shows whole, so that the list of assumptions need not repeat it."""
    return Field(default, description=meaning, json_schema_extra={"laid_out": True})


class Expected(Terms):
    """One row of the plan table: what somebody expects of a year."""

    name: str = value("", "who it is, such as the competitor's name")
    quantity: Number | None = value(None, "quantity", unit="pieces", ge=0)
    amount: Money | None = value(None, "amount", unit="currency per year", ge=0)
    margin_rate: Share | None = value(None, "marginal profit rate", unit="share of sales")


class PlanTable(Terms):
    """Rows of the annual sales plan table that no table of data can give."""

    last_year: Expected | None = value(None, "what was expected of last year when it was planned")
    competitor: Expected | None = value(None, "what is expected of the competitor")


class Advertising(Terms):
    """What was spent on advertising in a year."""

    year: int = value(..., "fiscal year", unit="year", ge=1900, le=2200)
    amount: Money = value(..., "advertising", unit="currency per year", ge=0)


class NewProducts(Terms):
    """What the plan of the new products rests on."""

    advertising: Money | None = value(None, "advertising for new products", unit="currency per year", ge=0)
    regions: Texts = value((), "where it is spent")
    customers: int | None = value(None, "customers expected to buy them", unit="customers", ge=0)
    launch: Day | None = value(None, "day of the launch; default that of the table products", unit="date")


class Basis(Terms):
    """What the plan is based on beside the sales data."""

    advertising: Annotated[tuple[Advertising, ...], Many] = value((), "advertising by fiscal year")
    advertising_categories: Texts = value((), "categories of the table expenses that are advertising")
    branches: int | None = value(None, "branches that sell; default the regions with sales last year", ge=0)
    last_targets: dict[str, Targets] = value(
        {}, "last year's targets by team, region, channel or product", unit="currency per year"
    )
    new_products: NewProducts | None = value(None, "what the plan of the new products rests on")

    @model_validator(mode="after")
    def _dimensions_known(self) -> "Basis":
        check_among(self.last_targets, ("team", "region", "channel", "product"), "last_targets")
        return self


class Topic(Terms):
    """A paragraph about the market."""

    topic: Name = value(..., "what it is about")
    text: str = Field(..., description="what is known of it", min_length=1, max_length=2000)


class Competitor(Terms):
    """A competitor beside us."""

    name: Name = value(..., "the competitor's name")
    share: Share | None = value(None, "share of the market", unit="share of the market")
    price: str = value("", "its prices beside ours")
    strength: str = value("", "what it is good at")
    weakness: str = value("", "what it is weak at")


class Swot(Terms):
    """Strengths and weaknesses inside, opportunities and threats outside."""

    strengths: Texts = value((), "strengths")
    weaknesses: Texts = value((), "weaknesses")
    opportunities: Texts = value((), "opportunities")
    threats: Texts = value((), "threats")


class Theme(Terms):
    """What a quarter is about: one focus, and what is done for it."""

    quarter: int = value(..., "quarter of the fiscal year", ge=1, le=4)
    focus: Name = value(..., "the one focus of the quarter")
    actions: Texts = value((), "what is done for it")
