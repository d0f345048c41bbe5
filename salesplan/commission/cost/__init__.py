"""What the plans cost before they are adopted."""

from salesplan.commission.cost.made_up import Past
from salesplan.commission.cost.plan_cost import PlanCost, compared, plan_cost
from salesplan.commission.cost.team import ATTAINMENTS, Rehearsal, cost_of_team, cost_reps, rehearsed
from salesplan.commission.cost.tried import (
    CHANGES,
    Numbers,
    cost_grid,
    numbers_of,
    reps_beside,
    shifted,
    team_beside,
    tried,
)

__all__ = [
    "ATTAINMENTS",
    "CHANGES",
    "Numbers",
    "Past",
    "PlanCost",
    "Rehearsal",
    "compared",
    "cost_grid",
    "cost_of_team",
    "cost_reps",
    "numbers_of",
    "plan_cost",
    "rehearsed",
    "reps_beside",
    "shifted",
    "team_beside",
    "tried",
]
