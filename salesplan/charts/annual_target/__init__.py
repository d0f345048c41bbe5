"""Charts of the annual target."""

from salesplan.charts.annual_target.budget import expenses, profit
from salesplan.charts.annual_target.drivers import hires, tree
from salesplan.charts.annual_target.evidence import calibration, distances
from salesplan.charts.annual_target.target import gap, levels, odds

__all__ = [
    "calibration",
    "distances",
    "expenses",
    "gap",
    "hires",
    "levels",
    "odds",
    "profit",
    "tree",
]
