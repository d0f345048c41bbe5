"""Parts of seasonal_split.yaml: purchases and stock, and what dealers are expected to order."""

from collections import Counter
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Month, Name, Terms, value

Days = Annotated[int, Field(ge=0, le=365)]
Lot = Annotated[int, Field(ge=1, le=1_000_000)]
Least = Annotated[int, Field(ge=0, le=1_000_000_000)]


class SlowMovers(Terms):
    """When stock counts as a slow mover."""

    months: int = value(3, "months before the start whose sales say how fast stock moves", unit="months", ge=1, le=36)
    cover_days: int = value(
        180,
        "stock that lasts longer than this, at the recent pace and at the plan's, is slow",
        unit="days",
        ge=1,
        le=3650,
    )


class StockRule(Terms):
    """What holds for one product or one product line; what is left out is as for all."""

    product: Name | None = value(None, "the product this holds for")
    line: Name | None = value(None, "the product line this holds for; a product's own rule goes first")
    cover_days: Days | None = value(None, "target stock in days of the sales that follow", unit="days")
    lead_days: Days | None = value(None, "days from order to arrival", unit="days")
    pack: Lot | None = value(None, "purchases are whole multiples of this", unit="units")
    min_order: Least | None = value(None, "smallest purchase", unit="units")

    @model_validator(mode="after")
    def _one_name(self) -> "StockRule":
        if (self.product is None) == (self.line is None):
            raise PydanticCustomError("product_or_line", "must name either a product or a line", {"key": "product"})
        return self


class StockTerms(Terms):
    """Purchases that keep the stock at its target through the sales plan."""

    start: Month | None = value(None, "first month planned; its row in table `stock` is where the stock starts")
    cover_days: Days = value(30, "target stock in days of the sales that follow", unit="days")
    lead_days: Days = value(0, "days from order to arrival", unit="days")
    pack: Lot = value(1, "purchases are whole multiples of this", unit="units")
    min_order: Least = value(0, "smallest purchase", unit="units")
    slow: SlowMovers = value(SlowMovers(), "when stock counts as a slow mover")
    rules: Annotated[tuple[StockRule, ...], Many] = value((), "products and product lines with rules of their own")

    @model_validator(mode="after")
    def _distinct(self) -> "StockTerms":
        named = Counter((rule.product, rule.line) for rule in self.rules)
        if any(count > 1 for count in named.values()):
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": "rules"})
        return self


class DealerTerms(Terms):
    """What dealers are expected to sell, hold and order."""

    cover_days: Days = value(30, "a dealer's target stock in days of the sales that follow", unit="days")
    history_months: int = value(
        12, "months of a dealer's sell-out that count, the latest most", unit="months", ge=1, le=60
    )
    channels: Annotated[tuple[Name, ...], Many] = value(
        (), "channels whose plan the dealers' orders are compared with; none: all of it"
    )
