"""Charts of the variance review."""

from salesplan.charts.variance_review.bridge import bridge, market
from salesplan.charts.variance_review.causes import pareto
from salesplan.charts.variance_review.customers import customer_moves
from salesplan.charts.variance_review.kpis import kpis
from salesplan.charts.variance_review.landing import landing
from salesplan.charts.variance_review.money import overdue, spending
from salesplan.charts.variance_review.reps import attainment, monthly
from salesplan.charts.variance_review.year import months, year

__all__ = [
    "attainment",
    "bridge",
    "customer_moves",
    "kpis",
    "landing",
    "market",
    "monthly",
    "months",
    "overdue",
    "pareto",
    "spending",
    "year",
]
