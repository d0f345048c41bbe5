"""Days: how a month's amount lies on its workdays, and what events move."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.seasonal_split import Event


def day_weights(events: Sequence[Event] = (), *, year: PlanYear) -> pd.DataFrame:
    """Every day of the year with its `weight` in ordinary workdays.

    weight = 1 for a workday, 0 for any other, plus the uplift of the events on that day (so a sale
    on a day off counts too), never below zero. Columns `date`, `month`, `workday`, `provisional`
    (the country has not published its moved days yet), `weight`.
    """
    table = days_of.days(year.months, year.calendar, year.month_cutoff)
    weight = table["workday"].astype("float64")
    for event in events:
        inside = table["date"].between(pd.Timestamp(event.start), pd.Timestamp(event.end))
        weight = weight + inside * float(event.uplift)
    return table.assign(weight=weight.clip(lower=0.0))


def event_lift(events: Sequence[Event], *, year: PlanYear) -> Array:
    """Per month the factor by which events raise it: weight of its days / its workdays."""
    sums = day_weights(events, year=year).groupby("month")[["weight", "workday"]].sum().reindex(year.months)
    workdays = sums["workday"].to_numpy(dtype="float64")
    return np.where(workdays > 0, divide(sums["weight"].to_numpy(), workdays), 1.0)


def split_days(months: pd.DataFrame, *, year: PlanYear, events: Sequence[Event] = ()) -> pd.DataFrame:
    """Table `seasonal_split_days`: month amounts over their days, exact in the money unit.

    `months`: `month`, `amount` (fen), the twelve months of the year, one row each. Each amount is
    apportioned by the days' weights (`day_weights`), equal weights the earlier day first; a month
    without any selling day is spread over all its days. Returns `date`, `workday` (bool), `amount`
    (fen), one row per day.
    """
    days = day_weights(events, year=year)
    amounts = months.set_index("month")["amount"]
    parts = [
        apportion(int(amounts[month]), _selling(group["weight"].to_numpy()), unit=year.unit)
        for month, group in days.groupby("month", sort=True)
    ]
    return days[["date", "workday"]].assign(amount=np.concatenate(parts).astype("int64"))


def _selling(weights: Array) -> Array:
    return weights if weights.any() else np.ones(len(weights))
