"""Charts of the variance review."""

from salesplan.charts.variance_review.bridge import bridge, market
from salesplan.charts.variance_review.causes import pareto
from salesplan.charts.variance_review.reps import attainment, monthly
from salesplan.charts.variance_review.year import months, year

__all__ = ["attainment", "bridge", "market", "monthly", "months", "pareto", "year"]
