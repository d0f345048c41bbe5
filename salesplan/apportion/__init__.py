"""Exact splits of money: one total over parts, a table with both margins, and the real-valued fit before it."""

from salesplan.apportion.fit import fit_table
from salesplan.apportion.one_way import apportion, apportion_groups, apportion_within, stable
from salesplan.apportion.room import MisfitError
from salesplan.apportion.two_way import apportion_table, split_table

UNASSIGNED = "(unassigned)"  # sales and targets that belong to no listed rep
MANAGER = "(manager)"  # holds the over-assignment
TOTAL = "(total)"
UNKNOWN = "(unknown)"  # a member the input leaves blank

__all__ = [
    "MANAGER",
    "TOTAL",
    "UNASSIGNED",
    "UNKNOWN",
    "MisfitError",
    "apportion",
    "apportion_groups",
    "apportion_table",
    "apportion_within",
    "fit_table",
    "split_table",
    "stable",
]
