"""Step 2: the year's target split over months, members of the dimensions and days.

`monthly_shares` says what share of a year each month has, `split` makes the cube, `split_days` its
days, `back_test` how well each method would have done on the plan's own history.
"""

from salesplan.seasonal_split.abnormal import Unusual, unusual
from salesplan.seasonal_split.apart import Apart, months_apart
from salesplan.seasonal_split.backtest import back_test, hindsight
from salesplan.seasonal_split.cube import (
    Cells,
    company_months,
    in_units,
    real_cells,
    split,
    with_levels,
    with_list_prices,
)
from salesplan.seasonal_split.day_pattern import DayPattern, learn_pattern, pattern_classes
from salesplan.seasonal_split.days import day_weights, event_lift, split_days
from salesplan.seasonal_split.dealers import dealer_demand, dealer_forecast
from salesplan.seasonal_split.events import event_moves, event_table, month_marks
from salesplan.seasonal_split.expenses import expense_grid, expense_months, expense_ratio, profit_months
from salesplan.seasonal_split.launches import launch_table, planned_launches
from salesplan.seasonal_split.line_goals import LineGoal, Target, line_goals
from salesplan.seasonal_split.members import member_targets
from salesplan.seasonal_split.methods import METHODS, monthly_shares
from salesplan.seasonal_split.other_rules import months_by_method
from salesplan.seasonal_split.overview import (
    HistoryUsed,
    amount_levels,
    by_member,
    history_used,
    month_overview,
    profiles,
    provisional,
    quarters,
    with_growth,
    yearly,
)
from salesplan.seasonal_split.periods import (
    closed_workdays,
    level_of,
    period_table,
    ten_days_across,
    ten_days_by_member,
    with_target_days,
)
from salesplan.seasonal_split.plan_calendar import calendar_by_month, due_dates
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.projects import planned_projects, projects_apart, without_projects
from salesplan.seasonal_split.purchases import (
    StockGaps,
    movements,
    purchase_plan,
    slow_movers,
    stock_gaps,
    stock_months,
    stock_reason,
    year_purchases,
)
from salesplan.seasonal_split.season import (
    company_events,
    company_shares,
    company_steps,
    member_mix,
    member_shares,
    mix_years,
    season_shares,
    years_of,
)
from salesplan.seasonal_split.stock import Goods, goods_of, planned_quantities, stock_plan
from salesplan.seasonal_split.trading_days import workdays

__all__ = [
    "METHODS",
    "Apart",
    "Cells",
    "DayPattern",
    "Goods",
    "HistoryUsed",
    "LineGoal",
    "PlanYear",
    "StockGaps",
    "Target",
    "Unusual",
    "amount_levels",
    "back_test",
    "by_member",
    "calendar_by_month",
    "closed_workdays",
    "company_events",
    "company_months",
    "company_shares",
    "company_steps",
    "day_weights",
    "dealer_demand",
    "dealer_forecast",
    "due_dates",
    "event_lift",
    "event_moves",
    "event_table",
    "expense_grid",
    "expense_months",
    "expense_ratio",
    "goods_of",
    "hindsight",
    "history_used",
    "in_units",
    "launch_table",
    "learn_pattern",
    "level_of",
    "line_goals",
    "member_mix",
    "member_shares",
    "member_targets",
    "mix_years",
    "month_marks",
    "month_overview",
    "monthly_shares",
    "months_apart",
    "months_by_method",
    "movements",
    "pattern_classes",
    "period_table",
    "planned_launches",
    "planned_projects",
    "planned_quantities",
    "profiles",
    "profit_months",
    "projects_apart",
    "provisional",
    "purchase_plan",
    "quarters",
    "real_cells",
    "season_shares",
    "slow_movers",
    "split",
    "split_days",
    "stock_gaps",
    "stock_months",
    "stock_plan",
    "stock_reason",
    "ten_days_across",
    "ten_days_by_member",
    "unusual",
    "with_growth",
    "with_levels",
    "with_list_prices",
    "with_target_days",
    "without_projects",
    "workdays",
    "year_purchases",
    "yearly",
    "years_of",
]
