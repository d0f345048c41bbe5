"""Step 1: the levels of the year's target, the evidence beside them, and the way from last year to them.

    years = yearly(facts, fiscal_year=2027)
    past = last_year(years, fiscal_year=2027)
    ladder = levels(terms, last_year=past)
    outlook = trend(monthly(facts, fiscal_year=2027), fiscal_year=2027)
    made = estimates(terms.estimates, ladder, last_year=past, trend=outlook)
    table = targets(ladder, indicators(facts, fiscal_year=2027))

Money is whole fen in frames; the column `value` of `targets` alone holds Decimals, in the unit its row names.
"""

from salesplan.annual_target.actuals import measured
from salesplan.annual_target.backtest import ASKED, calibration, past_forecasts, reliability
from salesplan.annual_target.budget_views import envelope, expense_lines, standards
from salesplan.annual_target.capacity import capacity_by_rep, capacity_estimate, delivered, total_capacity
from salesplan.annual_target.chances import level_odds, scopes
from salesplan.annual_target.coherence import coherence, hires_unbudgeted, quota_and_peak
from salesplan.annual_target.customers import customer_years, customers_estimate, habits
from salesplan.annual_target.doubts import idle_months, single_orders
from salesplan.annual_target.drivers import driver_rates, past_year, tree
from salesplan.annual_target.evidence import breakeven_sales, distances, estimates, left_out
from salesplan.annual_target.expenses import (
    department_budget,
    departments,
    expense_basis,
    expense_budget,
    expense_years,
    heads_by_month,
)
from salesplan.annual_target.goals import of_company, of_lines, with_goals
from salesplan.annual_target.hires import heads, hires
from salesplan.annual_target.history import indicators, last_year, month_shares
from salesplan.annual_target.intervals import Estimate
from salesplan.annual_target.ladder import levels, planned_amount, targets
from salesplan.annual_target.outlook import Trend, trend
from salesplan.annual_target.pipeline import deals, pipeline_estimate, run_rate
from salesplan.annual_target.plan_table import advertising, completion, network, new_products, plan_table
from salesplan.annual_target.products import allowances, product_plan, products_sold
from salesplan.annual_target.profit_plan import (
    NEAR,
    NEAR_RATE,
    Costs,
    Difference,
    agrees,
    breakeven_check,
    costs_of,
    differences,
    profit_bars,
    profit_plan,
)
from salesplan.annual_target.proof import (
    bridge,
    bridges,
    gaps,
    measure_gaps,
    odds_curve,
    overview,
    profit_of,
    profits,
    scenarios,
)
from salesplan.annual_target.qualities import Proof, qualities
from salesplan.years import COVERAGE, member_months, monthly, yearly

__all__ = [
    "ASKED",
    "COVERAGE",
    "NEAR",
    "NEAR_RATE",
    "Costs",
    "Difference",
    "Estimate",
    "Proof",
    "Trend",
    "advertising",
    "agrees",
    "allowances",
    "breakeven_check",
    "breakeven_sales",
    "bridge",
    "bridges",
    "calibration",
    "capacity_by_rep",
    "capacity_estimate",
    "coherence",
    "completion",
    "costs_of",
    "customer_years",
    "customers_estimate",
    "deals",
    "delivered",
    "department_budget",
    "departments",
    "differences",
    "distances",
    "driver_rates",
    "envelope",
    "estimates",
    "expense_basis",
    "expense_budget",
    "expense_lines",
    "expense_years",
    "gaps",
    "habits",
    "heads",
    "heads_by_month",
    "hires",
    "hires_unbudgeted",
    "idle_months",
    "indicators",
    "last_year",
    "left_out",
    "level_odds",
    "levels",
    "measure_gaps",
    "measured",
    "member_months",
    "month_shares",
    "monthly",
    "network",
    "new_products",
    "odds_curve",
    "of_company",
    "of_lines",
    "overview",
    "past_forecasts",
    "past_year",
    "pipeline_estimate",
    "plan_table",
    "planned_amount",
    "product_plan",
    "products_sold",
    "profit_bars",
    "profit_of",
    "profit_plan",
    "profits",
    "qualities",
    "quota_and_peak",
    "reliability",
    "run_rate",
    "scenarios",
    "scopes",
    "single_orders",
    "standards",
    "targets",
    "total_capacity",
    "tree",
    "trend",
    "with_goals",
    "yearly",
]
