"""The ways a year is split over its months, for one series or thousands at once."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.auto import auto_shares
from salesplan.seasonal_split.history import Array, YearTable, divide, history_faults, is_month, normalised, year_table
from salesplan.seasonal_split.trading_days import trading_days, workdays
from salesplan.terms.seasonal_split import WITHOUT_HISTORY

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
    Raises ValueError that names every fault at once: an unknown method, a missing column, a malformed
    month or one that is no text, a month twice in one series, amounts that are not finite, a total that
    is not above zero, a history of nothing but one month for a method that needs a season.

    >>> sold = pd.DataFrame({"month": [f"2026-{m:02d}" for m in range(1, 13)], "amount": [2.0] * 6 + [4.0] * 6})
    >>> monthly_shares(sold, 2027, method="pooled_share")["share"].round(4).tolist()[5:7]
    [0.0556, 0.1111]
    """
    faults = _faults(history, fiscal_year * 12 + first_month, method, total)
    faults += _option_faults(history_years, first_month, exclude)
    if faults:
        raise ValueError("; ".join(faults))
    table = year_table(history, fiscal_year, history_years=history_years, first_month=first_month, exclude=exclude)
    shares = _by_method(method, table, (first_month, calendar, month_cutoff), total)
    return _long(shares, table.members, days_of.fiscal_months(fiscal_year, first_month))


def _faults(history: pd.DataFrame, begin: int, method: str, total: Total) -> list[str]:
    """Everything that is wrong with a call; `begin`: the first month that is split, as year x 12 + month."""
    faults = [] if method in METHODS else [f"method {method!r} is not one of {', '.join(METHODS)}"]
    if isinstance(total, (int, float)) and not total > 0:
        faults.append(f"total {total} is not above zero")
    unsound = history_faults(history)
    if not unsound and method not in WITHOUT_HISTORY:
        before = [label for label in history["month"].unique() if int(label[:4]) * 12 + int(label[5:]) < begin]
        if len(before) == 1:
            ways = " or ".join(name for name in WITHOUT_HISTORY if name in METHODS)
            unsound = [f"the history has no other month than {before[0]}, which tells no season; use method {ways}"]
    return faults + unsound


def _option_faults(history_years: int, first_month: int, exclude: Sequence[str]) -> list[str]:
    faults = [] if history_years >= 1 else [f"history_years {history_years} is below 1"]
    faults += [] if 1 <= first_month <= 12 else [f"first_month {first_month} is not between 1 and 12"]
    if isinstance(exclude, str):
        return [*faults, f"exclude {exclude!r} must be a list of months"]
    return faults + [f"exclude {month!r} is not of the form YYYY-MM" for month in exclude if not is_month(month)]


def _by_method(method: str, table: YearTable, place: tuple[int, str | None, int | None], total: Total) -> Array:
    """Shares of each series; `place`: the first month, the country and the cut-off day."""
    count, plan_year = len(table.members), table.years[-1] + 1
    if method == "even":
        return np.full((count, 12), 1 / 12)
    if method == "workdays":
        return np.tile(normalised(workdays(plan_year, *place)), (count, 1))
    if method == "auto":
        found = auto_shares(table, *auto_terms(table, place, total))
    else:
        found = normalised(_simple(method, table))
    return np.where(table.has_years[:, None], found, table.average)


def auto_terms(table: YearTable, place: tuple[int, str | None, int | None], total: Total) -> tuple[Array, Array, Array]:
    """What `auto` needs beside the years: days, the plan year's total, and the festival's months.

    `place`: the first month, the country and the cut-off day.
    """
    first_month, calendar, cutoff = place
    years = [*table.years, table.years[-1] + 1]
    days = trading_days(years, first_month=first_month, calendar=calendar, cutoff=cutoff)
    return days, _wanted(table, total), _festival(calendar, first_month)


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


def _wanted(table: YearTable, total: Total) -> Array:
    """The plan year's total per series; NaN where it is not known or not above zero.

    One number for several series is the total of all of them together, shared out like the last used year.
    """
    count = len(table.members)
    if total is None or count == 0:
        return np.full(count, np.nan)
    if isinstance(total, pd.Series):
        wanted = total.reindex(_keys(table.members)).to_numpy(dtype="float64", na_value=np.nan)
    else:
        before = table.totals[np.arange(count), _last_used(table)]
        wanted = before * float(divide(np.asarray(float(total)), before.sum()))
    return np.where(wanted > 0, wanted, np.nan)


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


def _long(shares: Array, members: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Shares of series x 12 as one row per series and month."""
    rows = members.loc[members.index.repeat(12)].reset_index(drop=True)
    rows.insert(0, "month", pd.Series(list(months) * len(members), dtype="str"))
    return rows.assign(share=shares.ravel())
