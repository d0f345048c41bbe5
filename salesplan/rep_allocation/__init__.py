"""Step 3: the plan level becomes quotas, rep by month, and where it can be carried down rep by cell of the split.

quota = level x (1 + over-assignment) x blended weight x availability, through pins and bounds, then exact rounding.
`roster` knows who is there, `weighing` what each weighs, `limits` what is fixed by agreement, `quotas` the table rep by
month, `cube` the cells, `fairness` how hard each quota is, `scenarios` other rules side by side.
"""

from salesplan.rep_allocation.allocation import QUOTA_COLUMNS, WEIGHT_COLUMNS, Allocation, allocate
from salesplan.rep_allocation.cube import cells_that_fit, month_totals
from salesplan.rep_allocation.expectation import company_expected, expectations
from salesplan.rep_allocation.fairness import correlation, expected_parts, fairness_table, gini, outlook, same_periods, teams
from salesplan.rep_allocation.given import Given, gather
from salesplan.rep_allocation.handed_down import has_quotas, reconciliation, set_aside
from salesplan.rep_allocation.hierarchy import hierarchy, sellers
from salesplan.rep_allocation.negotiation import agreed_pins, gap_list, rounds_table
from salesplan.rep_allocation.quotas import QuotaTable, Season, quota_table
from salesplan.rep_allocation.reconciliation import by_rule
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
    "agreed_pins",
    "allocate",
    "availability",
    "by_base",
    "by_over_assignment",
    "by_rule",
    "cells_that_fit",
    "company_expected",
    "correlation",
    "expectations",
    "expected_parts",
    "fairness_table",
    "gap_list",
    "gather",
    "gini",
    "has_quotas",
    "hierarchy",
    "inherited_sales",
    "listed",
    "month_totals",
    "outlook",
    "people_table",
    "planned_reps",
    "quota_table",
    "reconciliation",
    "reps_from_sales",
    "rounds_table",
    "same_periods",
    "sellers",
    "set_aside",
    "teams",
    "weigh",
]
