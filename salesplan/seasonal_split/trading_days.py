"""How the days of a month move its sales: its length, its workdays, its weekdays, the Spring Festival."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from salesplan import calendar as days_of
from salesplan.seasonal_split.history import Array

# What is believed before the history speaks, and how firmly (standard deviation), measured on 2,688 series-years: a day
# more brings a day's sales; workdays matter a fifth; no weekday and no week around the festival differs.
LENGTH = (1.0, 0.1)
WORKDAYS = (0.2, 0.3)
WEEKDAY = (0.0, 0.04)
FESTIVAL_WEEK = (0.0, 0.5)
SMALLEST_NOISE = 0.02  # of the year-to-year change of a month: series of one group share their luck
SMALLEST_SHARE = 1e-4  # a month that sells nothing has no logarithm
NOISE_ROUNDS = 3  # the noise settles within them
LARGEST_MOVE = 0.5  # one odd month does not decide
WEEKS_IN_MONTH = 365.25 / 7 / 12
FESTIVAL_WEEKS = 2  # looked at before and after the festival
FESTIVAL_COLUMNS = 2  # the last ones of `trading_days` in China
WEEKDAYS = 7


def trading_days(
    years: Sequence[int], *, first_month: int = 1, calendar: str | None = None, cutoff: int | None = None
) -> Array:
    """What distinguishes the days of each month: years x 12 x columns.

    Columns: log of the days; log of the share of workdays (Monday to Friday without a `calendar`); per weekday how
    often it occurs above a seventh of the days, in weeks of an average month; in China also the share of the days in
    the two weeks before and after the Spring Festival.
    """
    return np.array([_of_year(year, first_month, calendar, cutoff) for year in years])


@lru_cache(maxsize=256)
def _of_year(year: int, first_month: int, calendar: str | None, cutoff: int | None) -> Array:
    months = days_of.fiscal_months(year, first_month)
    spans = np.array([days_of.month_span(month, cutoff) for month in months], dtype="datetime64[D]")
    first, behind = spans[:, 0], spans[:, 1] + 1
    length = (behind - first).astype("float64")
    counts = np.array([np.busday_count(first, behind, np.arange(WEEKDAYS) == day) for day in range(WEEKDAYS)]).T
    worked = np.maximum(workdays(year, first_month, calendar, cutoff), 1.0)
    weekday = (counts - length[:, None] / WEEKDAYS) / WEEKS_IN_MONTH
    columns = [np.log(length), np.log(worked / length), *weekday.T]
    if calendar == "CN":
        around = [days_of.spring_festival_days(month, FESTIVAL_WEEKS, cutoff) for month in months]
        columns += [np.array([found.before for found in around]) / length]
        columns += [np.array([found.after for found in around]) / length]
    return np.column_stack(columns)


@lru_cache(maxsize=256)
def workdays(year: int, first_month: int, calendar: str | None, cutoff: int | None) -> Array:
    """Workdays of the twelve months of a fiscal year; Monday to Friday without a calendar."""
    months = days_of.fiscal_months(year, first_month)
    if calendar is not None:
        return days_of.workdays(months, calendar, cutoff).to_numpy(dtype="float64")
    spans = np.array([days_of.month_span(month, cutoff) for month in months], dtype="datetime64[D]")
    return np.busday_count(spans[:, 0], spans[:, 1] + 1).astype("float64")


def trading_day_effect(shares: Array, used: Array, days: Array) -> Array:
    """Logarithm by which its days lift each month, years + 1 x 12, the plan year last.

    Ridge regression (posterior mean) of the change of log share from year to year on the change of `days`, the series
    of the table taken together. `shares`: series x years x 12; `used`: series x years; `days`: see `trading_days`.
    """
    believed, firmness = _prior(days.shape[2])
    moved = np.diff(np.log(np.maximum(shares, SMALLEST_SHARE)), axis=1)
    moved = np.clip(moved - moved.mean(axis=2, keepdims=True), -LARGEST_MOVE, LARGEST_MOVE)
    both = used[:, 1:] & used[:, :-1]
    steps = both.any(axis=0)
    counted = both[:, steps, None]
    mean = (moved[:, steps] * counted).sum(axis=0) / counted.sum(axis=0)
    change = np.diff(days[:-1], axis=0)[steps]
    change = (change - change.mean(axis=1, keepdims=True)).reshape(-1, days.shape[2])
    believed = believed + _learnt(change, mean.ravel() - change @ believed, firmness)
    effect = days @ believed
    return np.asarray(effect - effect.mean())


def _learnt(change: Array, surprise: Array, firmness: Array) -> Array:
    """What is to be added to the believed coefficients, the noise being that which they leave unexplained."""
    learnt: Array = np.zeros(len(firmness))
    left = surprise
    for _ in range(NOISE_ROUNDS):
        noise = max(float(left @ left) / max(len(left), 1), SMALLEST_NOISE**2)
        precision = change.T @ change / noise + np.diag(firmness**-2)
        learnt = np.linalg.solve(precision, change.T @ surprise / noise)
        left = surprise - change @ learnt
    return learnt


def _prior(columns: int) -> tuple[Array, Array]:
    """Expected coefficients and their standard deviations."""
    parts = [LENGTH, WORKDAYS, *[WEEKDAY] * WEEKDAYS]
    parts += [FESTIVAL_WEEK] * (columns - len(parts))
    return np.array([mean for mean, _ in parts]), np.array([spread for _, spread in parts])
