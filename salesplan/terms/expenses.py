"""The expense budget and the profit plan in annual_target.yaml: categories with their methods, new products."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Month, Name, Number, Rate, Share, Terms, value

CONTINGENCY = "(contingency)"  # the budget's row of money kept for the unforeseen
Stage = Literal["launch", "growth", "maturity", "decline"]
Weight = Annotated[Number, Field(ge=0)]
# What each method needs, and what else it may be given.
NEEDED = {
    "ratio": (),
    "fixed": ("amount",),
    "growth": ("rate",),
    "per_head": ("amount",),
    "product_cycle": ("stages",),
    "profit_rate": (),
}
ALSO = {"ratio": ("rate",), "per_head": ("per",)}


class StageRates(Terms):
    """What a product may cost in each stage of its life."""

    launch: Share = value(..., "rate while a product is launched", unit="share of sales")
    growth: Share = value(..., "rate while a product grows", unit="share of sales")
    maturity: Share = value(..., "rate of a mature product", unit="share of sales")
    decline: Share = value(..., "rate of a product that declines", unit="share of sales")


class Standard(Terms):
    """By what a category of expenses is controlled."""

    text: str = value("", "how the category is controlled")
    share: Share | None = value(None, "most it may be", unit="share of sales")
    amount: Money | None = value(None, "most it may be", unit="currency per year", ge=0)
    approver: str = value("", "who approves it")


def _months_kind(found: object) -> str:
    return "(months)" if isinstance(found, dict) else "(weights)" if isinstance(found, list | tuple) else "(rule)"


def _twelve(found: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if len(found) != 12 or not any(found):
        raise PydanticCustomError("manual_twelve", "must be twelve weights, not all zero")
    return found


def _some(found: dict[str, Decimal]) -> dict[str, Decimal]:
    if not any(found.values()):
        raise PydanticCustomError("weights_zero", "at least one weight must be above zero")
    return found


MonthsRule = Annotated[
    Annotated[Literal["season", "even", "headcount", "last_year"], Tag("(rule)")]
    | Annotated[tuple[Weight, ...], Many, AfterValidator(_twelve), Tag("(weights)")]
    | Annotated[dict[Month, Weight], AfterValidator(_some), Tag("(months)")],
    Discriminator(_months_kind),
]


class Expense(Terms):
    """One category of the expense budget."""

    name: Name = value(..., "name of the category, as in table expenses")
    method: Literal["ratio", "fixed", "growth", "per_head", "product_cycle", "profit_rate"] = value(
        "ratio", "how the year's amount is found"
    )
    rate: Rate | None = value(
        None, "share of sales (ratio; default last year's) or growth on last year (growth)", unit="rate"
    )
    amount: Money | None = value(None, "amount a year (fixed) or a head (per_head)", unit="currency", ge=0)
    per: Literal["month", "year"] | None = value(None, "whether the amount per head is for a month (default) or a year")
    stages: StageRates | None = value(None, "rates by stage of the product's life (product_cycle)")
    months: MonthsRule | None = value(
        None, "how the year lies on the months: a rule, twelve weights, or own months with weights", unit="weight"
    )
    department: Name | None = value(None, "the department that spends it; default as last year")
    standard: Standard = value(Standard(), "by what it is controlled")

    @model_validator(mode="after")
    def _fits_method(self) -> "Expense":
        for key in NEEDED[self.method]:
            if getattr(self, key) is None:
                raise PydanticCustomError(
                    "expense_needs", "method {method} needs it", {"method": self.method, "key": key}
                )
        allowed = (*NEEDED[self.method], *ALSO.get(self.method, ()))
        for key in ("rate", "amount", "per", "stages"):
            if key not in allowed and getattr(self, key) is not None:
                raise PydanticCustomError(
                    "expense_unused", "method {method} does not use it", {"method": self.method, "key": key}
                )
        if self.method == "ratio" and self.rate is not None and self.rate < 0:
            raise PydanticCustomError("expense_negative", "a share of sales must be at least 0", {"key": "rate"})
        return self

    @property
    def variable(self) -> bool:
        """Whether the amount moves with sales."""
        return self.method in ("ratio", "product_cycle", "profit_rate")

    @property
    def months_rule(self) -> str:
        """How the year lies on the months: a rule's name, or `weights`."""
        usual = {"ratio": "season", "product_cycle": "season", "profit_rate": "season", "per_head": "headcount"}
        found = self.months if self.months is not None else usual.get(self.method, "even")
        return found if isinstance(found, str) else "weights"


class Contingency(Terms):
    """Money kept for the unforeseen, and who may use it for what."""

    share: Share | None = value(None, "its part of the whole budget", unit="share of the budget", lt=1)
    amount: Money | None = value(None, "its amount", unit="currency per year", ge=0)
    conditions: str = value("", "under which conditions it may be used")
    timing: str = value("", "when it may be used")
    evaluation: str = value("", "how its effect is judged")
    approver: str = value("", "who approves its use")
    months: MonthsRule = value("even", "how it lies on the months", unit="weight")

    @model_validator(mode="after")
    def _one_size(self) -> "Contingency":
        if (self.share is None) == (self.amount is None):
            raise PydanticCustomError("contingency_size", "needs either share or amount")
        return self


class StageYears(Terms):
    """Until which age each stage of a product's life lasts."""

    launch: Number = value(Decimal(1), "years since launch until which a product is new", unit="years", ge=0, le=100)
    growth: Number = value(Decimal(3), "years since launch until which it grows", unit="years", ge=0, le=100)
    maturity: Number = value(Decimal(10), "years since launch until which it is mature", unit="years", ge=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> "StageYears":
        if not self.launch <= self.growth <= self.maturity:
            raise PydanticCustomError("stages_order", "the stages must follow one another", {"key": "growth"})
        return self


def _names_distinct(found: tuple[Expense, ...]) -> tuple[Expense, ...]:
    names = [expense.name for expense in found]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": f"{place}.name"})
        if name.startswith("("):  # our own rows are called so
            raise PydanticCustomError("cell_reserved", "is a reserved name", {"key": f"{place}.name"})
    return found


class Expenses(Terms):
    """The expense budget: categories, contingency, stages of the products."""

    total_rate: Share | None = value(
        None, "what all expenses together may be; default last year's ratio", unit="share of sales"
    )
    categories: Annotated[tuple[Expense, ...], Many, AfterValidator(_names_distinct)] = value(
        (), "categories with their methods; those of last year that are not named keep last year's ratio"
    )
    contingency: Contingency | None = value(None, "money kept for the unforeseen")
    stage_years: StageYears = value(StageYears(), "until which age each stage of a product's life lasts")
    stages: dict[Name, Stage] = value({}, "stage of a product or product line where its age does not tell it")


class NewProduct(Terms):
    """A new product: what it may cost follows from the profit it must bring."""

    product: Name = value(..., "the product")
    amount: Money = value(..., "its sales in the year", unit="currency per year", ge=0)
    profit_rate: Share = value(..., "profit it must bring", unit="share of sales")
    cost_rate: Share | None = value(
        None, "its cost of goods; default cost / price of table products", unit="share of sales"
    )


def _products_distinct(found: tuple[NewProduct, ...]) -> tuple[NewProduct, ...]:
    names = [new.product for new in found]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise PydanticCustomError("distinct", "must not name anything twice", {"key": f"{place}.product"})
    return found


class ProfitPlan(Terms):
    """Cost of goods where the history does not tell it, and new products."""

    cost_rate: Share | None = value(
        None, "cost of goods of products whose cost the history does not tell", unit="share of sales"
    )
    new_products: Annotated[tuple[NewProduct, ...], Many, AfterValidator(_products_distinct)] = value(
        (), "new products, whose expenses follow from the profit rate"
    )
