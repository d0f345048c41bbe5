"""commission.yaml: what is paid on what, when, and at which rate."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.common import Many, Money, Month, Name, Number, Share, Terms, raise_all, value
from salesplan.terms.pay import BasePay, Component, Contest, Draw, Guarantee, LastPlace, MinimumWage
from salesplan.terms.release import Holdback, Late, Leavers, Milestone, milestone_problems

__all__ = [
    "BasePay",
    "CommissionPlan",
    "CommissionTerms",
    "Component",
    "Contest",
    "Curve",
    "Draw",
    "Gate",
    "Guarantee",
    "LastPlace",
    "MinimumWage",
    "Override",
    "SpecialRate",
    "Tier",
]

Basis = Literal["ordered", "invoiced", "collected"]
STAGES = ("ordered", "invoiced", "collected")
MICRO = Decimal("0.000001")


def _micro(found: Decimal) -> Decimal:
    if found % MICRO:
        raise PydanticCustomError("rate_decimals", "must have at most six decimals")
    return found


ExactRate = Annotated[Share, AfterValidator(_micro)]
Factor = Annotated[Number, AfterValidator(_micro)]


class Tier(Terms):
    """From here upwards, this rate."""

    from_: Number = value(
        ...,
        "where the tier begins; a value equal to it belongs to this tier",
        unit="share of quota, or currency, or units",
        ge=0,
        alias="from",
    )
    to: Number | None = value(
        None,
        "where the tier ends, not included; need not be written, and is then where the next begins",
        unit="share of quota, or currency, or units",
        ge=0,
    )
    rate: ExactRate = value(..., "commission rate", unit="share of the amount")
    rates: dict[Name, ExactRate] = value(
        {}, "rates of the members of `rates_by` that have their own", unit="share of the amount"
    )


Tiers = Annotated[tuple[Tier, ...], Many]


def tier_problems(tiers: tuple[Tier, ...], head: str = "tiers") -> Iterator[PydanticCustomError]:
    """Tiers must begin at 0, rise, and leave neither gap nor overlap where their ends are written."""
    if tiers[0].from_ != 0:
        yield PydanticCustomError("tiers_start", "the first tier must begin at 0", {"key": f"{head}.0.from"})
    for index in range(1, len(tiers)):
        before, now = tiers[index - 1], tiers[index]
        told = {"key": f"{head}.{index}.from", "other": f"{head}.{index - 1}.from", "before": str(before.from_)}
        if now.from_ <= before.from_:
            yield PydanticCustomError("tiers_order", "tiers must rise; the one before begins at {before}", told)
        elif before.to is not None and before.to != now.from_:
            kind, what = ("tiers_gap", "a gap") if before.to < now.from_ else ("tiers_overlap", "an overlap")
            told |= {"end": str(before.to), "other": f"{head}.{index - 1}.to"}
            yield PydanticCustomError(kind, f"leaves {what}: the tier before ends at {{end}}", told)
    if tiers[-1].to is not None:
        yield PydanticCustomError("tiers_end", "the last tier has no end", {"key": f"{head}.{len(tiers) - 1}.to"})


class Point(Terms):
    """A point of a payout curve."""

    at: Number = value(..., "attainment", unit="share of quota", ge=0)
    pays: Number = value(..., "what is paid at it", unit="share of the target pay", ge=0, le=100)


class Curve(Terms):
    """Pay as a curve over attainment: nothing below the first point, then from point to point."""

    target_pay: Money | None = value(
        None, "pay at full attainment; base pay if left out", unit="currency per month", ge=0
    )
    points: Annotated[tuple[Point, ...], Many] = value(..., "points of the curve, rising", min_length=1)
    between: Literal["straight", "steps"] = value(
        "straight", "between two points: a straight line, or what the lower one pays"
    )
    beyond: Literal["flat", "straight"] = value(
        "flat", "after the last point: as much as it pays, or on along the last straight line"
    )

    @model_validator(mode="after")
    def _rising(self) -> "Curve":
        raise_all(self._problems())
        return self

    def _problems(self) -> Iterator[PydanticCustomError]:
        for index in range(1, len(self.points)):
            before = self.points[index - 1]
            if self.points[index].at <= before.at:
                told = {"before": str(before.at), "key": f"points.{index}.at", "other": f"points.{index - 1}.at"}
                yield PydanticCustomError("points_order", "points must rise; the one before stands at {before}", told)
        if self.between == "steps" and self.beyond == "straight":
            told = {"key": "beyond", "needs": "between: straight"}
            yield PydanticCustomError("goes_with", "needs {needs}", told)


class SpecialRate(Terms):
    """What certain sales earn instead of, or beside, the rate of their tier; the first that fits counts."""

    product: Name | None = value(None, "product it is for")
    line: Name | None = value(None, "product line it is for")
    customer_grade: Name | None = value(None, "grade of the customer it is for")
    region: Name | None = value(None, "region it is for")
    channel: Name | None = value(None, "channel it is for")
    new_product: bool | None = value(None, "only products launched within the fiscal year (true), or only others")
    rate: ExactRate | None = value(None, "rate instead of the tier's", unit="share of the amount")
    extra: ExactRate | None = value(None, "rate on top of the tier's", unit="share of the amount")
    factor: Factor | None = value(None, "factor on the tier's rate", unit="times the rate", ge=0, le=10)
    per_unit: Money | None = value(None, "fixed amount instead of the tier's rate", unit="currency per unit", ge=0)

    @model_validator(mode="after")
    def _one(self) -> "SpecialRate":
        if sum(one is not None for one in (self.rate, self.extra, self.factor, self.per_unit)) != 1:
            raise PydanticCustomError("one_rate", "must name one of rate, extra, factor, per_unit")
        return self


class Gate(Terms):
    """No accelerator before a longer period's quota is reached."""

    attainment: Number = value(Decimal(1), "attainment of the longer period that opens it", unit="share of quota", gt=0)
    over: Literal["quarter", "half_year", "year"] = value("year", "the longer period")
    holds_from: Number = value(Decimal(1), "tiers that begin here or higher wait", unit="share of quota", gt=0)


class Override(Terms):
    """What a manager earns on the sales of the reps below him, beside his own."""

    scope: Literal["direct", "all"] = value("direct", "reps who report to him, or everybody below him")
    tiers: Tiers = value(..., "where each rate begins, by the team's attainment", min_length=1)
    semantics: Literal["marginal", "whole"] = value("whole", "each rate on its own slice, or the rate reached on all")

    @model_validator(mode="after")
    def _in_order(self) -> "Override":
        raise_all([*tier_problems(self.tiers), *self._own_rates()])
        return self

    def _own_rates(self) -> Iterator[PydanticCustomError]:
        for index, tier in enumerate(self.tiers):
            if tier.rates:
                key = f"tiers.{index}.rates"
                yield PydanticCustomError("override_rates", "a team has one rate per tier", {"key": key})


class CommissionPlan(Terms):
    """One commission plan: who it applies to, what it pays on, when, and the tiers."""

    name: Name = value(..., "name of the plan")
    applies_to: dict[Literal["rep", "region", "team", "manager", "grade"], Name] = value(
        {}, "which reps it is for; all if left out"
    )
    from_: Month | None = value(None, "first month it holds; from the beginning of the year if left out", alias="from")
    until: Month | None = value(None, "last month it holds; to the end of the year if left out")
    basis: Basis = value("collected", "what is paid on")
    release: Literal["order_full", "month_full", "proportional", "milestones"] = value(
        "order_full",
        "when it is paid: an order fully paid, all orders of the month fully paid, or in proportion to cash",
    )
    milestones: Annotated[tuple[Milestone, ...], Many] = value(
        (), "what is released once which part of an order is paid, for release: milestones"
    )
    measure: Literal["attainment", "amount", "margin", "quantity", "margin_rate"] = value(
        "attainment", "what picks the tier"
    )
    measure_basis: Basis = value("ordered", "what the measure is counted on")
    measure_period: Literal["this", "previous"] = value(
        "this", "whether this period's measure picks the tier, or the period's before"
    )
    period: Literal["month", "quarter", "half_year", "year", "ytd"] = value("month", "over what the measure is taken")
    tiers: Tiers = value((), "where each rate begins")
    rates_by: Literal["grade", "customer_grade", "product", "line", "region", "channel"] | None = value(
        None, "whose members may have rates of their own in the tiers"
    )
    semantics: Literal["marginal", "whole", "current"] = value(
        "marginal",
        "each rate on its own slice, the reached rate on everything, or on the order that reaches it and those after",
    )
    curve: Curve | None = value(None, "pay as a curve over attainment, instead of tiers")
    paid_on: Literal["amount", "margin"] = value("amount", "what the rate is applied to: amount, or amount less cost")
    special_rates: Annotated[tuple[SpecialRate, ...], Many] = value((), "rates of certain sales")
    gate: Gate | None = value(None, "when accelerators open")
    rebates: Literal["booked", "accrued"] = value(
        "booked", "rebates lower the base when they are booked, or with every sale at the customer's rebate rate"
    )
    free_goods: Literal["none", "cost"] = value("none", "whether free goods lower the base by their cost")
    base_pay: BasePay = value(BasePay(), "base pay by weighted components")
    cap: Money | None = value(None, "most commission per rep and period", unit="currency per period", ge=0)
    cap_per_order: Money | None = value(None, "most commission per rep and order", unit="currency per order", ge=0)
    minimum_per_order: Money | None = value(
        None, "least commission of an order; of a shared one the rep's part", unit="currency per order", ge=0
    )
    holdback: Holdback | None = value(None, "a part of what is released that is paid later")
    late: Late | None = value(None, "what late payments cost")
    draw: Draw | None = value(None, "an advance on commission")
    guarantee: Guarantee | None = value(None, "least commission of those who are new")
    clawback: Literal["original_rate", "unserved", "share"] = value(
        "original_rate", "returns take back what was paid on them, its part for the months not served, or a fixed share"
    )
    clawback_months: int | None = value(None, "months an order must last, for clawback: unserved", ge=1, le=120)
    clawback_share: Share | None = value(None, "share taken back, for clawback: share", unit="share of what was paid")
    leavers: Leavers = value(Leavers(), "what becomes of commission not yet released when a rep has left")
    override: Override | None = value(None, "what a manager earns on his team")
    accelerator_while_ramping: bool = value(False, "whether a rep still in his ramp reaches tiers from full quota on")
    new_product_bonus: ExactRate = value(
        Decimal(0), "extra rate on products launched within the fiscal year", unit="share of the amount"
    )

    @property
    def stage(self) -> Basis:
        """When an amount is credited: as the measure counts it, but never later than it is paid on."""
        return min(self.measure_basis, self.basis, key=STAGES.index)

    @model_validator(mode="after")
    def _coherent(self) -> "CommissionPlan":
        raise_all(self._problems())
        return self

    def _problems(self) -> Iterator[PydanticCustomError]:
        if bool(self.tiers) == (self.curve is not None):
            yield PydanticCustomError("tiers_or_curve", "must have tiers, or a curve, and not both")
        if self.tiers:
            yield from tier_problems(self.tiers)
        if self.milestones:
            yield from milestone_problems(self.milestones)
        for wrong, key, needs in self._companions():
            if wrong:
                yield PydanticCustomError("goes_with", "needs {needs}", {"key": key, "needs": needs})
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            told = {"key": "until", "other": "from", "before": self.from_}
            yield PydanticCustomError("until_before_from", "must not be before from", told)

    def _companions(self) -> list[tuple[bool, str, str]]:
        """What is asked for without what it needs: (whether it is so, key, what it needs)."""
        own = any(tier.rates for tier in self.tiers)
        apart = self.measure_period == "previous" or STAGES.index(self.basis) < STAGES.index(self.measure_basis)
        whole = self.semantics == "whole" or self.curve is not None
        return [
            (own and self.rates_by is None, "tiers", "rates_by"),
            (self.release == "milestones" and not self.milestones, "release", "milestones: [...]"),
            (bool(self.milestones) and self.release != "milestones", "milestones", "release: milestones"),
            (apart and not whole, "semantics", "semantics: whole"),
            (
                apart and self.override is not None and self.override.semantics != "whole",
                "override",
                "semantics: whole",
            ),
            (self.curve is not None and self.measure != "attainment", "measure", "measure: attainment"),
            (self.curve is not None and bool(self.special_rates), "special_rates", "tiers"),
            (self.curve is not None and self.new_product_bonus > 0, "new_product_bonus", "tiers"),
            (self.clawback == "unserved" and self.clawback_months is None, "clawback", "clawback_months"),
            (self.clawback == "share" and self.clawback_share is None, "clawback", "clawback_share"),
            (self.gate is not None and self.measure != "attainment", "gate", "measure: attainment"),
        ]


class Alternative(Terms):
    """Another set of plans, compared with the one in force and never paid."""

    name: Name = value(..., "name under which it is compared")
    plans: Annotated[tuple[CommissionPlan, ...], Many] = value(..., "its commission plans", min_length=1)


class CommissionTerms(Terms):
    """The commission plans; a rep is on the first one that applies."""

    plans: Annotated[tuple[CommissionPlan, ...], Many] = value((), "commission plans; none leaves commission out")
    alternatives: Annotated[tuple[Alternative, ...], Many] = value((), "sets of plans to compare the cost with")
    bills: Literal["cleared", "received"] = value(
        "cleared", "a bill of exchange counts as paid on the day it is cashed, or on the day it is received"
    )
    overlay_credit: Number = value(
        Decimal(0),
        "most credit beside the whole that overlay reps may have on an order",
        unit="share of the order",
        ge=0,
        le=10,
    )
    contests: Annotated[tuple[Contest, ...], Many] = value((), "contests with prizes")
    last_place: LastPlace | None = value(None, "who is named for a talk")
    minimum_wage: MinimumWage | None = value(None, "least pay of a month by law")
    managers_see_pay: bool = value(False, "whether a manager's copy holds the pay of his team")
