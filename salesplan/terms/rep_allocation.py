"""rep_allocation.yaml: how the target becomes quotas."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from salesplan.terms.action_plan import ActionPlans, Conditions
from salesplan.terms.activities import Funnel
from salesplan.terms.agreements import Bounds, Limit, Pin, Transfer
from salesplan.terms.bases import RECENCY, VACANCIES, Recency, Vacancies
from salesplan.terms.channels import (
    DealerAlert,
    DealerPlans,
    KeyDates,
    OutletRules,
    ProjectStages,
    Specifications,
    Tasks,
)
from salesplan.terms.common import Many, Number, Share, Terms, value
from salesplan.terms.customers import CustomerGrades, CustomerTargets, Leads, Promotions
from salesplan.terms.fairness import Fairness
from salesplan.terms.negotiation import Negotiation
from salesplan.terms.texts import laid_out

Weight = Annotated[Number, Field(ge=0)]


class Weights(Terms):
    """The bases of a quota and how much each counts."""

    history: Weight = value(Decimal(0), "weight of the rep's own sales in the history", unit="weight")
    potential: Weight = value(Decimal(0), "weight of the territory's potential", unit="weight")
    capacity: Weight = value(Decimal(0), "weight of what the rep can carry", unit="weight")
    pipeline: Weight = value(Decimal(0), "weight of the open deals that close in the plan year", unit="weight")
    customers: Weight = value(Decimal(0), "weight of the number of customers held", unit="weight")
    equal: Weight = value(Decimal(0), "weight of equal parts", unit="weight")
    equal_stretch: Weight = value(Decimal(0), "weight of what is expected of each rep: the same stretch", unit="weight")
    equal_probability: Weight = value(Decimal(0), "weight of quotas that are equally likely", unit="weight")

    @model_validator(mode="after")
    def _some(self) -> "Weights":
        if not any(weight for _, weight in self):
            raise PydanticCustomError("weights_zero", "at least one weight must be above zero", {"key": ""})
        return self


class RepAllocationTerms(Terms):
    """Weights of the bases, ramp, over-assignment, pins and bounds."""

    weights: Weights = value(
        Weights(history=Decimal("0.5"), potential=Decimal("0.3"), capacity=Decimal("0.2")),
        "bases of a quota and how much each counts",
        unit="weight",
    )
    recency: Recency = RECENCY
    vacancies: Vacancies = VACANCIES
    ramp: Annotated[tuple[Share, ...], Many] = value(
        (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75")),
        "share of a full quota in the month of the start, the next, and so on; 1 afterwards",
        unit="share of a full quota",
    )
    over_assignment: Number = value(
        Decimal("0.05"), "sum of the reps' quotas over the target, less one", unit="share of the target", ge=0, le=1
    )
    upper_over_assignment: Annotated[tuple[Share, ...], Many] = value(
        (), "over-assignment of the levels above the direct managers, from the top down", unit="share of the target"
    )
    negotiation: Negotiation = value(Negotiation(), "how quotas are settled, and the rounds of the negotiation")
    pins: Annotated[tuple[Pin, ...], Many] = value((), "amounts fixed by agreement")
    bounds: Bounds = value(Bounds(), "least and most of a rep's quota")
    limits: Annotated[tuple[Limit, ...], Many] = value((), "floors and ceilings of parts of the quotas")
    transfers: Annotated[tuple[Transfer, ...], Many] = value(
        (), "quota handed from rep to rep after everything else is settled"
    )
    customer_grades: CustomerGrades | None = value(
        None, "grades of customers; default those of the table, else A, B and C by their share of last year's sales"
    )
    lead_grades: Leads = value((), "grades of leads by how likely they are won, best first")
    customer_targets: CustomerTargets = value(CustomerTargets(), "how a quota comes down to the customers")
    promotions: Promotions = laid_out((), "promotions and events for groups of customers")
    fairness: Fairness = value(Fairness(), "what still counts as fair")
    action_plans: ActionPlans = laid_out((), "action plans in five questions, for a rep or for all")
    conditions: Conditions = laid_out((), "goals, what they need and what stands in their way, part by part")
    funnel: Funnel | None = value(None, "the way from the quota back to visits and calls; left out: none is planned")
    dealer_alert: DealerAlert = value(DealerAlert(), "when the goods that dealers take in pile up with them")
    dealer_plans: DealerPlans = laid_out((), "what is agreed with each dealer beside his figures")
    specifications: Specifications = laid_out((), "specifications that products are sold in")
    outlets: OutletRules = laid_out(OutletRules(), "display standards, new outlets and their ramp")
    tasks: Tasks = laid_out((), "what dealers, channels and outlets have to do, and who helps")
    project_stages: ProjectStages = value((), "how projects of each stage are followed")
    project_dates: KeyDates = laid_out((), "dates of projects that must not be missed")
