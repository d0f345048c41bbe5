"""Days: how a month's amount lies on its workdays, and what events move."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import apportion
from salesplan.seasonal_split.day_pattern import DayPattern
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.periods import label_days
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.shape import Event

COLUMNS = ("date", "workday", "amount", "day_type", "event", "quarter", "month", "ten_day", "week")


def day_weights(
    events: Sequence[Event] = (),
    *,
    year: PlanYear,
    pattern: DayPattern | None = None,
    cube: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every day of the year with its `weight` in ordinary workdays.

    The weight of the `pattern` (None: 1 for a workday, 0 for any other) times 1 + the uplifts of the events on that
    day, then less the part that each negative one takes: 0.1 sells a tenth more than the day would, nothing more on a
    day that is closed, and -1 closes it. An event of one region, channel or product counts as much as that part has of
    the `cube` (None: in full).
    Columns of `calendar.days` (`date`, `month`, `workday`, `provisional`, `day_type`) and `weight`.
    """
    table = days_of.days(year.months, year.calendar, year.month_cutoff)
    weight = (pattern or DayPattern()).weights(table, year.calendar)
    more, left = np.ones(len(table)), np.ones(len(table))
    for event in events:
        moved = _during(table, event) * float(event.uplift) * _part(event, cube)
        more, left = more + np.maximum(moved, 0.0), left * (1 + np.minimum(moved, 0.0))
    return table.assign(weight=np.maximum(weight * more * left, 0.0))


def _during(days: pd.DataFrame, event: Event) -> Array:
    return days["date"].between(pd.Timestamp(event.start), pd.Timestamp(event.end)).to_numpy()


def _part(event: Event, cube: pd.DataFrame | None) -> float:
    """What the members an event names have of the year."""
    if cube is None or not cube["amount"].sum():
        return 1.0
    named = [cube[name] == member for name, member in event.members.items() if name in cube]
    inside = np.logical_and.reduce(named) if named else np.ones(len(cube), dtype=bool)
    return float(cube.loc[inside, "amount"].sum() / cube["amount"].sum())


def event_lift(events: Sequence[Event], *, year: PlanYear) -> Array:
    """Per month the factor by which events raise it: weight of its days / its workdays."""
    sums = day_weights(events, year=year).groupby("month")[["weight", "workday"]].sum().reindex(year.months)
    workdays = sums["workday"].to_numpy(dtype="float64")
    return np.where(workdays > 0, divide(sums["weight"].to_numpy(), workdays), 1.0)


def split_days(
    months: pd.DataFrame,
    *,
    year: PlanYear,
    events: Sequence[Event] = (),
    pattern: DayPattern | None = None,
    cube: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Table `seasonal_split_days`: month amounts over their days, exact in the money unit.

    `months`: `month`, `amount` (fen), the twelve months of the year, one row each. Each amount is
    apportioned by the days' weights (`day_weights`), equal weights the earlier day first; a month
    without any selling day is spread over all its days. Returns one row per day: `date`, `workday`
    (bool), `amount` (fen), `day_type` (workday, moved_workday, weekend, holiday), `event` (names,
    blank without), and the periods it lies in: `quarter`, `month`, `ten_day`, `week` (`label_days`).
    """
    days = day_weights(events, year=year, pattern=pattern, cube=cube)
    amounts = months.set_index("month")["amount"]
    parts = [
        apportion(int(amounts[month]), _selling(group["weight"].to_numpy()), unit=year.unit)
        for month, group in days.groupby("month", sort=True)
    ]
    labelled = label_days(days, year=year).assign(event=_named(days, events))
    return labelled.assign(amount=np.concatenate(parts).astype("int64"))[list(COLUMNS)]


def _named(days: pd.DataFrame, events: Sequence[Event]) -> pd.Series:
    """Names of the events of each day, joined where there are several."""
    names = pd.Series("", index=days.index, dtype="str")
    for event in events:
        inside = _during(days, event)
        names = names.where(~inside, names.where(names == "", names + " + ") + event.name)
    return names


def _selling(weights: Array) -> Array:
    return weights if weights.any() else np.ones(len(weights))
