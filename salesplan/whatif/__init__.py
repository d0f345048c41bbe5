"""Panels to try things out in a notebook: controls, numbers and chart beside the plan's own; a button writes a change.

One function per step makes its panel. What is shown comes from the functions of the step's room; only what a control
changes is calculated again.
"""

from salesplan.whatif.annual_target import annual_target
from salesplan.whatif.commission import commission
from salesplan.whatif.rep_allocation import rep_allocation
from salesplan.whatif.seasonal_split import seasonal_split
from salesplan.whatif.variance_review import variance_review

__all__ = ["annual_target", "commission", "rep_allocation", "seasonal_split", "variance_review"]
