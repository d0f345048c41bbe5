"""Charts of the rep allocation."""

from salesplan.charts.rep_allocation.fairness import stretch
from salesplan.charts.rep_allocation.quotas import months, quotas

__all__ = ["months", "quotas", "stretch"]
