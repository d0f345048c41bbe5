"""Step 2: the year's target split over months, members of the dimensions and days.

`monthly_shares` says what share of a year each month has, `split` makes the cube, `split_days` its
days, `back_test` how well each method would have done on the plan's own history.
"""

from salesplan.seasonal_split.backtest import back_test, compare_methods
from salesplan.seasonal_split.cube import member_mix, split
from salesplan.seasonal_split.days import day_weights, split_days
from salesplan.seasonal_split.methods import METHODS, monthly_shares
from salesplan.seasonal_split.overview import (
    HistoryUsed,
    amount_levels,
    by_member,
    history_used,
    month_overview,
    profiles,
    provisional,
    quarters,
    yearly,
)
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.season import company_shares, member_shares, season_shares

__all__ = [
    "METHODS",
    "HistoryUsed",
    "PlanYear",
    "amount_levels",
    "back_test",
    "by_member",
    "company_shares",
    "compare_methods",
    "day_weights",
    "history_used",
    "member_mix",
    "member_shares",
    "month_overview",
    "monthly_shares",
    "profiles",
    "provisional",
    "quarters",
    "season_shares",
    "split",
    "split_days",
    "yearly",
]
