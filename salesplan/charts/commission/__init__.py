"""Charts of step 4: what each rep is paid, what the plan costs, what is earned and released."""

from salesplan.charts.commission.base_pay import base_pay, ranking
from salesplan.charts.commission.cost import cost, pay_mix
from salesplan.charts.commission.outlook import last_year, spread, tiers
from salesplan.charts.commission.pay import months, payable
from salesplan.charts.commission.performance import performance
from salesplan.charts.commission.plans import gains, plans
from salesplan.charts.commission.proof import MOST_PLANS, proof

__all__ = [
    "MOST_PLANS",
    "base_pay",
    "cost",
    "gains",
    "last_year",
    "months",
    "pay_mix",
    "payable",
    "performance",
    "plans",
    "proof",
    "ranking",
    "spread",
    "tiers",
]
