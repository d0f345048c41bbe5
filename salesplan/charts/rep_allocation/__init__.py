"""Charts of the rep allocation."""

from salesplan.charts.rep_allocation.activities import funnel_rates, load, pace, receivables
from salesplan.charts.rep_allocation.bases import bases, presence
from salesplan.charts.rep_allocation.channels import channels, dealers, outlets, units
from salesplan.charts.rep_allocation.customers import customer_steps, grades_of_reps, pareto
from salesplan.charts.rep_allocation.fairness import against_expected, against_potential, growth, stretch
from salesplan.charts.rep_allocation.hierarchy import hierarchy
from salesplan.charts.rep_allocation.negotiation import gaps, handed_down, rounds
from salesplan.charts.rep_allocation.projects import closes, pipeline
from salesplan.charts.rep_allocation.quotas import months, quotas

__all__ = [
    "against_expected",
    "against_potential",
    "bases",
    "channels",
    "closes",
    "customer_steps",
    "dealers",
    "funnel_rates",
    "gaps",
    "grades_of_reps",
    "growth",
    "handed_down",
    "hierarchy",
    "load",
    "months",
    "outlets",
    "pace",
    "pareto",
    "pipeline",
    "presence",
    "quotas",
    "receivables",
    "rounds",
    "stretch",
    "units",
]
