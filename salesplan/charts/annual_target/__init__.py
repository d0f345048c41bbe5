"""Charts of the annual target."""

from salesplan.charts.annual_target.target import gap, levels, odds

__all__ = ["gap", "levels", "odds"]
