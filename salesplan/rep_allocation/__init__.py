"""Step 3: the plan level becomes quotas, rep by month, and where it can be carried down rep by cell of the split.

quota = level x (1 + over-assignment) x blended weight x availability, through pins and bounds, then exact rounding.
`roster` knows who is there, `weighing` what each weighs, `limits` what is fixed by agreement, `quotas` the table rep by
month, `cube` the cells, `fairness` how hard each quota is, `scenarios` other rules side by side.
"""

from salesplan.rep_allocation.allocation import QUOTA_COLUMNS, WEIGHT_COLUMNS, Allocation, allocate
from salesplan.rep_allocation.cube import cells_that_fit, month_totals
from salesplan.rep_allocation.fairness import gini, outlook, teams
from salesplan.rep_allocation.given import Given, gather
from salesplan.rep_allocation.quotas import QuotaTable, Season, quota_table
from salesplan.rep_allocation.roster import (
    availability,
    inherited_sales,
    listed,
    people_table,
    planned_reps,
    reps_from_sales,
)
from salesplan.rep_allocation.scenarios import by_base, by_over_assignment
from salesplan.rep_allocation.weighing import Weighing, weigh

__all__ = [
    "QUOTA_COLUMNS",
    "WEIGHT_COLUMNS",
    "Allocation",
    "Given",
    "QuotaTable",
    "Season",
    "Weighing",
    "allocate",
    "availability",
    "by_base",
    "by_over_assignment",
    "cells_that_fit",
    "gather",
    "gini",
    "inherited_sales",
    "listed",
    "month_totals",
    "outlook",
    "people_table",
    "planned_reps",
    "quota_table",
    "reps_from_sales",
    "teams",
    "weigh",
]
