"""commission.yaml: what is paid on what, when, and at which rate."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Name, Number, Share, Terms, value

Basis = Literal["ordered", "invoiced", "collected"]
MICRO = Decimal("0.000001")


def _micro(found: Decimal) -> Decimal:
    if found % MICRO:
        raise PydanticCustomError("rate_decimals", "must have at most six decimals")
    return found


ExactRate = Annotated[Share, AfterValidator(_micro)]


class Tier(Terms):
    """From here upwards, this rate."""

    from_: Number = value(
        ...,
        "where the tier begins; a value equal to it belongs to this tier",
        unit="share of quota, or currency, or units",
        ge=0,
        alias="from",
    )
    rate: ExactRate = value(..., "commission rate", unit="share of the amount")


class BasePay(Terms):
    """Base pay by weighted components, each pro rata below its standard."""

    components: dict[Name, Share] = value(
        {"sales": Decimal(1)}, "weight of each component; together 1", unit="share of base pay"
    )

    @model_validator(mode="after")
    def _whole(self) -> "BasePay":
        if sum(self.components.values()) != 1:
            raise PydanticCustomError("components_sum", "the weights must sum to 1", {"key": "components"})
        return self


class Draw(Terms):
    """An advance on commission."""

    amount: Money = value(..., "least commission paid out per month", unit="currency per month", ge=0)
    recoverable: bool = value(True, "whether it is recovered from later commission")


class CommissionPlan(Terms):
    """One commission plan: who it applies to, what it pays on, when, and the tiers."""

    name: Name = value(..., "name of the plan")
    applies_to: dict[Literal["rep", "region", "team", "manager", "grade"], Name] = value(
        {}, "which reps it is for; all if left out"
    )
    basis: Basis = value("collected", "what is paid on")
    release: Literal["order_full", "month_full", "proportional", "milestones"] = value(
        "order_full",
        "when it is paid: an order fully paid, all orders of the month fully paid, or in proportion to cash",
    )
    measure: Literal["attainment", "amount", "quantity", "margin_rate"] = value("attainment", "what picks the tier")
    measure_basis: Basis = value("ordered", "what the measure is counted on")
    period: Literal["month", "quarter", "half_year", "year", "ytd"] = value("month", "over what the measure is taken")
    tiers: Annotated[tuple[Tier, ...], Many] = value(..., "where each rate begins", min_length=1)
    semantics: Literal["marginal", "whole"] = value(
        "marginal", "each rate on its own slice, or the reached rate on everything"
    )
    base_pay: BasePay = value(BasePay(), "base pay by weighted components")
    cap: Money | None = value(None, "most commission per rep and period", unit="currency per period", ge=0)
    draw: Draw | None = value(None, "an advance on commission")
    clawback: Literal["original_rate"] = value("original_rate", "returns take back what was paid on them")
    accelerator_while_ramping: bool = value(False, "whether a rep still in his ramp reaches tiers from full quota on")
    new_product_bonus: ExactRate = value(
        Decimal(0), "extra rate on products launched within the fiscal year", unit="share of the amount"
    )

    @model_validator(mode="after")
    def _tiers_in_order(self) -> "CommissionPlan":
        starts = [tier.from_ for tier in self.tiers]
        if starts[0] != 0:
            raise PydanticCustomError("tiers_start", "the first tier must begin at 0", {"key": "tiers.0.from"})
        for index in range(1, len(starts)):
            if starts[index] <= starts[index - 1]:
                raise PydanticCustomError(
                    "tiers_order",
                    "tiers must rise; the one before begins at {before}",
                    {"before": str(starts[index - 1]), "key": f"tiers.{index}.from"},
                )
        return self


class CommissionTerms(Terms):
    """The commission plans; a rep is on the first one that applies."""

    plans: Annotated[tuple[CommissionPlan, ...], Many] = value((), "commission plans; none leaves commission out")
