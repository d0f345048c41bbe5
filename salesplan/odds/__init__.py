"""Odds of reaching a level: of one result by Student's t or the normal, of a year by its history."""

from salesplan.odds.student import interval, reach
from salesplan.odds.year import YearOdds, blended_spread, forecast, growth, lead, month_scatter, season_gone

__all__ = [
    "YearOdds",
    "blended_spread",
    "forecast",
    "growth",
    "interval",
    "lead",
    "month_scatter",
    "reach",
    "season_gone",
]
