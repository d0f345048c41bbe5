"""plan.yaml: what all steps share."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from salesplan.calendar import fiscal_months
from salesplan.terms.common import Many, Money, Name, Share, Terms, value

DIMENSIONS = ("region", "channel", "product", "customer")


def _distinct(found: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(found)) < len(found):
        raise PydanticCustomError("distinct", "must not name anything twice")
    return found


class Tax(Terms):
    """Whether sales and collections contain value added tax, and its rate."""

    sales: Literal["included", "excluded"] = value("excluded", "whether order amounts contain tax")
    collections: Literal["included", "excluded"] = value("excluded", "whether payments received contain tax")
    rate: Share = value(Decimal(0), "tax rate; a product may have its own", unit="share of the amount without tax")


class DatabaseTable(Terms):
    """An input table in a database."""

    database: Name = value(..., "address of the database")
    table: Name = value(..., "name of the table")


Chain = Annotated[tuple[Name, ...], Many, AfterValidator(_distinct)]


class Approvals(Terms):
    """The roles that sign, in order; one chain per document."""

    plan: Chain = value((), "roles that sign the plan, in order")
    performance: Chain = value((), "roles that sign the sales performance sheet, in order")
    commission: Chain = value((), "roles that sign the commission sheet, in order")


class PlanTerms(Terms):
    """What all steps share: year, calendar, money, dimensions, inputs."""

    title: str = value("", "title of the plan as it stands on every page")
    fiscal_year: int = value(
        ..., "the year planned, named after the year in which it begins", unit="year", ge=1990, le=2100
    )
    first_month: int = value(1, "calendar month in which the fiscal year begins", unit="month", ge=1, le=12)
    month_cutoff: int | None = value(
        None, "last day of a month that ends early; 25: from the 26th to the 25th", unit="day", ge=1, le=28
    )
    currency: str = value("CNY", "ISO code of the currency", pattern="^[A-Z]{3}$")
    money_unit: Money = value(
        Decimal("0.01"), "smallest amount planned; every split is exact in it", unit="currency", gt=0
    )
    display_unit: Literal["元", "万元", "亿元", "one", "thousand", "million"] = value(
        "万元", "unit in which reports print money"
    )
    language: Literal["zh", "en"] = value("zh", "language of the whole report")
    calendar: str = value(
        "CN",
        "ISO code of the country, or of a part of it (AU-NSW), whose workdays count",
        pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
    )
    dimensions: Annotated[
        tuple[Literal["region", "channel", "product", "customer"], ...], Many, AfterValidator(_distinct)
    ] = value((), "what targets are split by besides rep; any subset, any order")
    tax: Tax = value(Tax(), "tax basis of orders and payments")
    inputs: dict[str, Name | DatabaseTable] = value(..., "input tables by name: a file, a pattern, or a database table")
    columns: dict[str, dict[str, Name]] = value({}, "own headers and the columns they stand for, per table")
    approvals: Approvals = value(Approvals(), "who signs which document, in which order")
    encoding: str | None = value(None, "text encoding of CSV files where it cannot be recognised")

    @property
    def months(self) -> list[str]:
        """The twelve labels of the year planned, in order."""
        return fiscal_months(self.fiscal_year, self.first_month)
