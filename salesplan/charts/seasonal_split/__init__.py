"""Charts of the seasonal split."""

from salesplan.charts.seasonal_split.budget import expenses, profit
from salesplan.charts.seasonal_split.calendar import day_pattern, pace, ten_day_members, ten_days, year_calendar
from salesplan.charts.seasonal_split.members import member_odds, member_odds_size
from salesplan.charts.seasonal_split.methods import hindsight, methods
from salesplan.charts.seasonal_split.season import members, months, profiles
from salesplan.charts.seasonal_split.shape import events, launches, projects, unusual
from salesplan.charts.seasonal_split.stock import dealer_orders, purchase_funds, stock_cover

__all__ = [
    "day_pattern",
    "dealer_orders",
    "events",
    "expenses",
    "hindsight",
    "launches",
    "member_odds",
    "member_odds_size",
    "members",
    "methods",
    "months",
    "pace",
    "profiles",
    "profit",
    "projects",
    "purchase_funds",
    "stock_cover",
    "ten_day_members",
    "ten_days",
    "unusual",
    "year_calendar",
]
