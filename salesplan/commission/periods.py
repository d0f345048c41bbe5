"""Periods over which a measure is taken."""

from salesplan.terms.commission import CommissionPlan

PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "ytd": 12}


def period_of(month: int, period: str) -> int:
    """Number of the period, from 0, in which a month (number from 1) lies."""
    return (month - 1) // PERIOD_MONTHS[period]


def first_of(month: int, period: str) -> int:
    """First month (number from 1) of the period in which a month lies."""
    return period_of(month, period) * PERIOD_MONTHS[period] + 1


def months_measured(month: int, plan: CommissionPlan) -> slice:
    """Months whose quota makes the boundary: the whole period; year to date: the year up to this month."""
    begin = first_of(month, plan.period) - 1
    return slice(begin, month if plan.period == "ytd" else begin + PERIOD_MONTHS[plan.period])
