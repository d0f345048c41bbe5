"""Days of the history and their classes: what the day pattern is learnt from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.history import Array
from salesplan.seasonal_split.periods import ten_day_of
from salesplan.seasonal_split.plan_year import PlanYear

PARTS = ("weekdays", "festivals", "month_end")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The first class of the others is the ordinary day, which the rest are measured against.
CLASSES = {
    "weekdays": (*WEEKDAYS, "moved_workday", "holiday"),
    "festivals": (
        "ordinary",
        "spring_two_weeks_before",
        "spring_week_before",
        "spring_festival",
        "spring_week_after",
        "spring_two_weeks_after",
        "national_week_before",
        "national_days",
        "national_week_after",
    ),
    "month_end": ("ordinary", "last_workday", "two_before_last"),
}
EDGE = pd.Timedelta(days=7)  # a history that begins or ends further inside a month has no whole month there


@dataclass(frozen=True)
class DaySample:
    """Every day of whole months that sold something, oldest first.

    `days`: as `calendar.days` gives them. `classes`: by part, see `classes_of`. `share`: the day's
    part of its month, days with more returns than sales counted as none. `month`: the month's place,
    0 for the oldest. `selling`: days with sales in a usual (median) month.
    """

    days: pd.DataFrame
    classes: Mapping[str, Array] = field(repr=False)
    share: Array = field(repr=False)
    month: Array = field(repr=False)
    selling: float

    @property
    def months(self) -> int:
        """How many months there are."""
        return int(self.month[-1]) + 1 if len(self.month) else 0


def day_sample(daily: pd.DataFrame, *, year: PlanYear, years: int, exclude: Sequence[str] = ()) -> DaySample:
    """The days of the last `years` fiscal years before the plan's, as far as there are whole months.

    `daily`: net sales by `date`, `amount` (fen). Left out are the months in `exclude`, months
    without sales, and a first or last month that sales do not reach into the first or last week of.
    """
    back = days_of.fiscal_months(year.fiscal_year - years, year.first_month)[0]
    months = days_of.month_of(daily["date"], year.month_cutoff)
    sold = daily.assign(month=months, amount=daily["amount"].clip(lower=0))
    sold = sold[sold["month"].between(back, days_of.add_months(year.months[0], -1))]
    totals = sold.groupby("month", sort=True)["amount"].sum()
    used = [m for m in _whole(sold, year) if m not in exclude and totals.get(m, 0) > 0]
    days = days_of.days(used, year.calendar, year.month_cutoff)
    amount = days["date"].map(sold.groupby("date")["amount"].sum()).fillna(0).to_numpy(dtype="float64")
    place = np.unique(days["month"].to_numpy(dtype=object), return_inverse=True)[1] if used else np.zeros(0, dtype=int)
    share = amount / np.bincount(place, amount)[place] if used else amount
    selling = float(np.median(np.bincount(place, amount > 0))) if used else 0.0
    classes = {part: classes_of(days, part, year.calendar) for part in PARTS}
    return DaySample(days, classes, share, place, selling)


def _whole(sold: pd.DataFrame, year: PlanYear) -> list[str]:
    """Months of the sales in order, without a first or last one that is only in part there."""
    months = sorted(sold["month"].unique())
    if not months:
        return []
    begin, end = sold["date"].min(), sold["date"].max()
    late = begin - EDGE >= pd.Timestamp(days_of.month_span(months[0], year.month_cutoff)[0])
    early = end + EDGE <= pd.Timestamp(days_of.month_span(months[-1], year.month_cutoff)[1])
    return [str(m) for m in months[int(late) : len(months) - int(early)]]


def classes_of(days: pd.DataFrame, part: str, country: str) -> Array:
    """The class of each day in one part of the pattern, as its place in `CLASSES[part]`; `days` hold whole months."""
    if part == "weekdays":
        return _weekday(days)
    return _month_end(days) if part == "month_end" else _festival(days, country)


def _weekday(days: pd.DataFrame) -> Array:
    weekday = days["date"].dt.day_of_week.to_numpy()
    kind = days["day_type"].to_numpy(dtype=object)
    return np.select([kind == "moved_workday", kind == "holiday"], [7, 8], weekday)


def _month_end(days: pd.DataFrame) -> Array:
    """By the workdays of the month that are left after the day: none, one or two, more."""
    left = days.groupby("month", sort=False)["workday"].transform(lambda worked: worked.sum() - worked.cumsum())
    return np.select([left == 0, left <= 2], [1, 2], 0)


def _festival(days: pd.DataFrame, country: str) -> Array:
    """Weeks around the Spring Festival and the National Day of China; other countries have ordinary days."""
    found = np.zeros(len(days), dtype=np.int64)
    if country.partition("-")[0] != "CN":
        return found
    dates = days["date"].to_numpy().astype("datetime64[D]")
    for number in sorted(set(days["date"].dt.year)):
        spring = (dates - np.datetime64(days_of.spring_festival(int(number)))).astype(np.int64)
        found = np.where((spring >= -14) & (spring < 21), 1 + (spring + 14) // 7, found)
        autumn = (dates - np.datetime64(f"{number:04d}-10-01")).astype(np.int64)
        found = np.where((autumn >= -7) & (autumn < 14), 6 + (autumn + 7) // 7, found)
    return found


def ten_days(sample: DaySample) -> Array:
    """The ten-day period of each day, counted over all months."""
    return np.asarray(sample.month * 3 + ten_day_of(sample.days) - 1)
