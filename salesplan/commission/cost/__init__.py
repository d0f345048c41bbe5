"""What the plans cost before they are adopted."""

from salesplan.commission.cost.made_up import Past
from salesplan.commission.cost.old import cost_of_plans
from salesplan.commission.cost.plan_cost import PlanCost, compared, plan_cost
from salesplan.commission.cost.team import ATTAINMENTS, cost_of_team, cost_reps
from salesplan.commission.cost.tried import CHANGES, cost_grid, shifted

__all__ = [
    "ATTAINMENTS",
    "CHANGES",
    "Past",
    "PlanCost",
    "compared",
    "cost_grid",
    "cost_of_plans",
    "cost_of_team",
    "cost_reps",
    "plan_cost",
    "shifted",
]
