"""The ways a year is split over its months, for one series or thousands at once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.auto import auto_shares
from salesplan.seasonal_split.history import Array, YearTable, divide, normalised, year_table

SPRING_FESTIVAL_MONTHS = (1, 2, 3)
Total: TypeAlias = "float | pd.Series[Any] | None"
METHODS = ("auto", "pooled_share", "average_share", "last_year", "even", "workdays")


def monthly_shares(
    history: pd.DataFrame,
    fiscal_year: int,
    *,
    method: str,
    history_years: int = 3,
    calendar: str | None = None,
    first_month: int = 1,
    total: Total = None,
    exclude: Sequence[str] = (),
    month_cutoff: int | None = None,
) -> pd.DataFrame:
    """Shares of the twelve months in a fiscal year, for every series of the history.

    `history`: one row per month ('YYYY-MM') and series with `month`, `amount` (any unit, blank is
    unknown) and any member columns; only months before the fiscal year count. Methods:
    `pooled_share` sums of each month over the years / sum of the years (the three-year share of
    the sources); `average_share` mean of the yearly shares; `last_year` the last complete year;
    `even` 1/12; `workdays` by workdays of the plan year; `auto` see `auto.auto_shares`.

    Only complete fiscal years are used (see `history.year_table`), fewer than `history_years`
    where there are fewer; without one, the month averages of what exists; without any, 1/12.
    `calendar`: country of the workdays, Monday to Friday when None. `total`: the fiscal year's
    total, a number or a Series by member, in the unit of `amount`; only `auto` uses it. Months in
    `exclude` are replaced by what the other years say. A month whose sum is negative gets nothing.

    Returns `month`, the member columns, `share` (1 in sum per member), by member and month.
    Raises ValueError for an unknown method, a malformed month, a month twice in one series.

    >>> sold = pd.DataFrame({"month": [f"2026-{m:02d}" for m in range(1, 13)], "amount": [2.0] * 6 + [4.0] * 6})
    >>> monthly_shares(sold, 2027, method="pooled_share")["share"].round(4).tolist()[5:7]
    [0.0556, 0.1111]
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is not one of {', '.join(METHODS)}")
    table = year_table(history, fiscal_year, history_years=history_years, first_month=first_month, exclude=exclude)
    workdays = _workdays(table.years, first_month, calendar, month_cutoff) if method in ("auto", "workdays") else None
    growth = _implied_growth(table, total) if method == "auto" else None
    shares = _by_method(method, table, workdays, growth, _festival(calendar, first_month))
    return _long(shares, table.members, days_of.fiscal_months(fiscal_year, first_month))


def _by_method(method: str, table: YearTable, workdays: Array | None, growth: Array | None, festival: Array) -> Array:
    count = len(table.members)
    if method == "even":
        return np.full((count, 12), 1 / 12)
    if method == "workdays" and workdays is not None:
        return np.tile(normalised(workdays[-1]), (count, 1))
    if method == "auto" and workdays is not None and growth is not None:
        found = auto_shares(table, workdays, growth, festival)
    else:
        found = normalised(_simple(method, table))
    return np.where(table.has_years[:, None], found, table.average)


def _simple(method: str, table: YearTable) -> Array:
    """Weights of the months by the methods that only add up what was sold."""
    if method == "pooled_share":
        return np.asarray(table.amounts.sum(axis=1))
    if method == "average_share":
        return np.asarray(table.shares.sum(axis=1))
    return np.asarray(table.shares[np.arange(len(table.members)), _last_used(table)])


def _last_used(table: YearTable) -> Array:
    """Number of the last year that is used, per series; 0 where there is none."""
    return np.asarray((table.used * np.arange(1, len(table.years) + 1)).argmax(axis=1))


def _implied_growth(table: YearTable, total: Total) -> Array:
    """Log growth per year from the last used year to the plan's total; zero where either is unknown.

    One number for several series is the total of all of them together.
    """
    count, last = len(table.members), _last_used(table)
    before = table.totals[np.arange(count), last]
    if total is None or count == 0:
        return np.zeros(count)
    if isinstance(total, pd.Series):
        wanted = total.reindex(_keys(table.members)).to_numpy(dtype="float64", na_value=np.nan)
    else:
        wanted = before * float(divide(np.asarray(float(total)), before.sum()))
    ratio = np.where(wanted > 0, divide(wanted, before), 0.0)
    steps = np.maximum(len(table.years) - last, 1)
    return np.asarray(np.log(np.where(ratio > 0, ratio, 1.0)) / steps)


def _keys(members: pd.DataFrame) -> Any:
    if members.shape[1] == 1:
        return pd.Index(members.iloc[:, 0])
    if members.shape[1]:
        return pd.MultiIndex.from_frame(members)
    return pd.Index(members.index)


def _festival(calendar: str | None, first_month: int) -> Array:
    """The fiscal months between which the Spring Festival moves; none outside China."""
    months = (np.arange(12) + first_month - 1) % 12 + 1
    return np.isin(months, SPRING_FESTIVAL_MONTHS) & (calendar == "CN")


def _workdays(years: Sequence[int], first_month: int, calendar: str | None, cutoff: int | None) -> Array:
    """Workdays by fiscal year and month, the plan year last."""
    every = [*years, years[-1] + 1]
    return np.array([_year_workdays(year, first_month, calendar, cutoff) for year in every], dtype="float64")


@lru_cache(maxsize=256)
def _year_workdays(year: int, first_month: int, calendar: str | None, cutoff: int | None) -> tuple[int, ...]:
    months = days_of.fiscal_months(year, first_month)
    if calendar is not None:
        return tuple(int(n) for n in days_of.workdays(months, calendar, cutoff))
    spans = np.array([days_of.month_span(month, cutoff) for month in months], dtype="datetime64[D]")
    return tuple(int(n) for n in np.busday_count(spans[:, 0], spans[:, 1] + 1))


def _long(shares: Array, members: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Shares of series x 12 as one row per series and month."""
    rows = members.loc[members.index.repeat(12)].reset_index(drop=True)
    rows.insert(0, "month", pd.Series(list(months) * len(members), dtype="str"))
    return rows.assign(share=shares.ravel())
