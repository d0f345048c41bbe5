"""Step 1: the levels of the year's target, the evidence beside them, and the way from last year to them.

    years = yearly(facts, fiscal_year=2027)
    past = last_year(years, fiscal_year=2027)
    ladder = levels(terms, last_year=past)
    outlook = trend(monthly(facts, fiscal_year=2027), fiscal_year=2027)
    made = estimates(terms.estimates, ladder, last_year=past, trend=outlook)
    table = targets(ladder, indicators(facts, fiscal_year=2027))

Money is whole fen in frames; the column `value` of `targets` alone holds Decimals, in the unit its row names.
"""

from salesplan.annual_target.evidence import breakeven_sales, capacity_by_rep, estimates, left_out, total_capacity
from salesplan.annual_target.history import indicators, last_year, month_shares, monthly, yearly
from salesplan.annual_target.ladder import levels, planned_amount, targets
from salesplan.annual_target.outlook import COVERAGE, Trend, trend
from salesplan.annual_target.proof import bridge, odds_curve, overview, profit_of, profits, scenarios

__all__ = [
    "COVERAGE",
    "Trend",
    "breakeven_sales",
    "bridge",
    "capacity_by_rep",
    "estimates",
    "indicators",
    "last_year",
    "left_out",
    "levels",
    "month_shares",
    "monthly",
    "odds_curve",
    "overview",
    "planned_amount",
    "profit_of",
    "profits",
    "scenarios",
    "targets",
    "total_capacity",
    "trend",
    "yearly",
]
