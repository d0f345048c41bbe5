"""Charts of the variance review."""

from salesplan.charts.variance_review.bridge import bridge
from salesplan.charts.variance_review.customers import customer_moves
from salesplan.charts.variance_review.reps import attainment, monthly
from salesplan.charts.variance_review.year import months, year

__all__ = ["attainment", "bridge", "customer_moves", "monthly", "months", "year"]
