"""Days: how a month's amount lies on its workdays, and what events move."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion
from salesplan.seasonal_split.history import Array, divide
from salesplan.terms.seasonal_split import Event


def day_weights(months: Sequence[str], country: str, cutoff: int | None, events: Sequence[Event] = ()) -> pd.DataFrame:
    """Every day of the months with its `weight` in ordinary workdays.

    weight = 1 for a workday, 0 for any other, plus the uplift of the events on that day (so a sale
    on a day off counts too), never below zero. Columns `date`, `month`, `workday`, `provisional`
    (the country has not published its moved days yet), `weight`.
    """
    table = days_of.days(months, country, cutoff)
    weight = table["workday"].astype("float64")
    for event in events:
        inside = table["date"].between(pd.Timestamp(event.start), pd.Timestamp(event.end))
        weight = weight + inside * float(event.uplift)
    return table.assign(weight=weight.clip(lower=0.0))


def event_lift(months: Sequence[str], country: str, cutoff: int | None, events: Sequence[Event]) -> Array:
    """Per month the factor by which events raise it: weight of its days / its workdays."""
    days = day_weights(months, country, cutoff, events).groupby("month")[["weight", "workday"]].sum()
    table = days.reindex(list(months))
    workdays = table["workday"].to_numpy(dtype="float64")
    return np.where(workdays > 0, divide(table["weight"].to_numpy(), workdays), 1.0)


def split_days(
    months: pd.DataFrame, *, country: str, cutoff: int | None = None, events: Sequence[Event] = (), unit: int = 1
) -> pd.DataFrame:
    """Month amounts over their days, exact in `unit` fen.

    `months`: `month`, `amount` (fen), one row per month. Each amount is apportioned by the days'
    weights (`day_weights`); a month without any selling day is spread over all its days. Returns
    `date`, `workday` (bool), `amount` (fen), one row per day.
    """
    days = day_weights(months["month"].tolist(), country, cutoff, events)
    amounts = months.set_index("month")["amount"]
    parts = [
        apportion(int(amounts[month]), _selling(group["weight"].to_numpy()), unit=unit)
        for month, group in days.groupby("month", sort=False)
    ]
    spread = np.concatenate(parts) if parts else np.empty(0, dtype="int64")
    return days[["date", "workday"]].assign(amount=spread.astype("int64"))


def _selling(weights: Array) -> Array:
    return weights if weights.any() else np.ones(len(weights))
