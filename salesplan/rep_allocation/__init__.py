"""Step 3: the plan level becomes quotas, rep by month, and where it can be carried down rep by cell of the split.

quota = level x (1 + over-assignment) x blended weight x availability, through pins and bounds, then exact rounding.
`roster` knows who is there, `weighing` what each weighs, `limits` what is fixed by agreement, `quotas` the table rep by
month, `cube` the cells, `fairness` how hard each quota is, `scenarios` other rules side by side.
"""

from salesplan.grading import graded, proposals
from salesplan.rep_allocation.action_plan import conditions_table, whole_plan
from salesplan.rep_allocation.activity.boards import across
from salesplan.rep_allocation.activity.field_work import FieldWork, field_work
from salesplan.rep_allocation.activity.funnel import Records
from salesplan.rep_allocation.activity.setting import Setting
from salesplan.rep_allocation.allocation import QUOTA_COLUMNS, WEIGHT_COLUMNS, Allocation, allocate, quotas_and_odds
from salesplan.rep_allocation.cube import cells_that_fit, month_totals
from salesplan.rep_allocation.expectation import company_expected, expectations
from salesplan.rep_allocation.fairness import (
    correlation,
    expected_parts,
    fairness_table,
    gini,
    outlook,
    regular,
    same_periods,
)
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.ground import Ground, ground_of
from salesplan.rep_allocation.handed_down import has_quotas, reconciled, reconciliation, set_aside
from salesplan.rep_allocation.letters import Letters, letters
from salesplan.rep_allocation.market.channels import (
    Budget,
    channel_plan,
    channel_years,
    profit_by,
    profit_cells,
    profit_table,
)
from salesplan.rep_allocation.market.dealer_items import dealer_items, items_by_variant
from salesplan.rep_allocation.market.dealers import (
    Trade,
    dealer_goods,
    dealer_plan,
    dealers_agreed,
    dealers_shown,
    end_dealers,
    goods_alarmed,
    owed_by,
    owners_of,
    standing_day,
    unit_prices,
)
from salesplan.rep_allocation.market.outlets import city_months, city_totals, openings, outlet_months
from salesplan.rep_allocation.market.projects import (
    key_dates,
    pipeline_coverage,
    pipeline_stages,
    project_size,
    project_tracking,
    projects_shown,
    projects_within,
    recurring_shares,
    stage_chances,
    undated_bids,
)
from salesplan.rep_allocation.market.tasks import DealerCopy, dealer_copies, dealer_copy, task_table
from salesplan.rep_allocation.negotiation import SHOWN_ROUNDS, agreed_pins, gap_list, rounds_table
from salesplan.rep_allocation.peers import PEER_COLUMNS
from salesplan.rep_allocation.people.handovers import presence_table, territory_table
from salesplan.rep_allocation.people.hierarchy import hierarchy_table, sellers
from salesplan.rep_allocation.people.roster import (
    availability,
    listed,
    people_table,
    planned_reps,
    reps_from_sales,
)
from salesplan.rep_allocation.portfolio.cadence import contacts_by_month, contacts_of_reps, leads, reps_by_grade
from salesplan.rep_allocation.portfolio.cards import key_customers, promotion_table
from salesplan.rep_allocation.portfolio.composition import (
    composition,
    concentration,
    dependence,
    grade_table,
    steps_of_reps,
)
from salesplan.rep_allocation.portfolio.customers import (
    CustomerPlan,
    customer_plan,
    largest_customers,
    open_deals,
)
from salesplan.rep_allocation.quotas import QuotaTable, Season, quota_table
from salesplan.rep_allocation.rule_alone import by_rule
from salesplan.rep_allocation.scenarios import by_base, by_over_assignment
from salesplan.rep_allocation.weighing import Weighing, weighed
from salesplan.settling import customer_keys

__all__ = [
    "PEER_COLUMNS",
    "QUOTA_COLUMNS",
    "SHOWN_ROUNDS",
    "WEIGHT_COLUMNS",
    "Allocation",
    "Budget",
    "CustomerPlan",
    "DealerCopy",
    "FieldWork",
    "Given",
    "Ground",
    "Letters",
    "QuotaTable",
    "Records",
    "Season",
    "Setting",
    "Trade",
    "Weighing",
    "across",
    "agreed_pins",
    "allocate",
    "availability",
    "by_base",
    "by_over_assignment",
    "by_rule",
    "cells_that_fit",
    "channel_plan",
    "channel_years",
    "city_months",
    "city_totals",
    "company_expected",
    "composition",
    "concentration",
    "conditions_table",
    "contacts_by_month",
    "contacts_of_reps",
    "correlation",
    "customer_keys",
    "customer_plan",
    "dealer_copies",
    "dealer_copy",
    "dealer_goods",
    "dealer_items",
    "dealer_plan",
    "dealers_agreed",
    "dealers_shown",
    "dependence",
    "end_dealers",
    "expectations",
    "expected_parts",
    "fairness_table",
    "field_work",
    "gap_list",
    "gini",
    "goods_alarmed",
    "grade_table",
    "graded",
    "ground_of",
    "has_quotas",
    "hierarchy_table",
    "items_by_variant",
    "key_customers",
    "key_dates",
    "largest_customers",
    "leads",
    "letters",
    "listed",
    "month_totals",
    "open_deals",
    "openings",
    "outlet_months",
    "outlook",
    "owed_by",
    "owners_of",
    "people_table",
    "pipeline_coverage",
    "pipeline_stages",
    "planned_reps",
    "presence_table",
    "profit_by",
    "profit_cells",
    "profit_table",
    "project_size",
    "project_tracking",
    "projects_shown",
    "projects_within",
    "promotion_table",
    "proposals",
    "quota_table",
    "quotas_and_odds",
    "reconciled",
    "reconciliation",
    "recurring_shares",
    "regular",
    "reps_by_grade",
    "reps_from_sales",
    "rounds_table",
    "same_periods",
    "sellers",
    "set_aside",
    "stage_chances",
    "standing_day",
    "steps_of_reps",
    "task_table",
    "territory_table",
    "undated_bids",
    "unit_prices",
    "weighed",
    "whole_plan",
]
