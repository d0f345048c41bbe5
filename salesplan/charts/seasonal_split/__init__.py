"""Charts of the seasonal split."""

from salesplan.charts.seasonal_split.season import days, members, months, profiles

__all__ = ["days", "members", "months", "profiles"]
