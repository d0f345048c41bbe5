"""The history as yearly tables: one row of twelve months per series and fiscal year."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from salesplan.calendar import MONTH

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class YearTable:
    """Amounts of every series by fiscal year and month, oldest year first.

    `members`: one row per series, sorted. `amounts`: series x years x 12, excluded months filled,
    zero in years that are not used. `used`: series x years, complete years with a positive total.
    `average`: series x 12, the month averages of whatever exists, as shares.
    """

    members: pd.DataFrame
    years: tuple[int, ...]
    amounts: Array = field(repr=False)
    used: Array = field(repr=False)
    average: Array = field(repr=False)
    known: Array = field(repr=False)

    @property
    def totals(self) -> Array:
        """Year totals, series x years; zero where a year is not used."""
        return np.asarray(self.amounts.sum(axis=2))

    @property
    def shares(self) -> Array:
        """Yearly shares, series x years x 12; zero where a year is not used."""
        return divide(self.amounts, self.totals[:, :, None])

    @property
    def has_years(self) -> Array:
        """Whether a series has any year to learn from."""
        return np.asarray(self.used.any(axis=1))


def year_table(
    history: pd.DataFrame,
    fiscal_year: int,
    *,
    history_years: int = 3,
    first_month: int = 1,
    exclude: Sequence[str] = (),
) -> YearTable:
    """The last `history_years` fiscal years before `fiscal_year`, by series.

    A series reaches from its first to its last month with an amount; months without a row in
    between sold nothing. A year is complete when the series reaches over all of it, and is used
    when its total is positive. An excluded (or blank) month is filled by `_filled`. The history must
    be sound, see `history_faults`.
    """
    rows, series, members = _series(history)
    when = _positions(rows["month"], first_month)
    amount = rows["amount"].to_numpy(dtype="float64", na_value=np.nan)
    start, end = (fiscal_year - history_years) * 12, fiscal_year * 12
    counts = (when < end) & ~np.isnan(amount)
    span = _span(series[counts], when[counts], len(members))
    months = np.arange(start, end)
    reached = np.asarray((months >= span[0][:, None]) & (months <= span[1][:, None]))
    grid = np.where(reached, 0.0, np.nan)
    inside = (when >= start) & (when < end)
    grid[series[inside], when[inside] - start] = amount[inside]
    grid[:, np.isin(months, _positions(pd.Series(list(exclude), dtype="str"), first_month))] = np.nan
    shape = (len(members), history_years, 12)
    filled, used = _filled(grid.reshape(shape), np.asarray(reached.reshape(shape).all(axis=2)))
    years = tuple(range(fiscal_year - history_years, fiscal_year))
    known = np.asarray(~np.isnan(grid).reshape(shape))
    return YearTable(members, years, filled, used, _average(grid.reshape(shape)), known)


def is_month(label: object) -> bool:
    """Whether this is a month as text: YYYY-MM."""
    return isinstance(label, str) and MONTH.fullmatch(label) is not None


def history_faults(history: pd.DataFrame) -> list[str]:
    """What is wrong with a history of series: columns that are missing, malformed months, months that stand twice."""
    missing = [name for name in ("month", "amount") if name not in history.columns]
    if missing:
        return [f"column {name} is missing" for name in missing]
    malformed = [label for label in history["month"].unique() if not is_month(label)]
    more = f" ({len(malformed)} months in all)" if len(malformed) > 1 else ""
    faults = [f"month {malformed[0]!r} is not text of the form YYYY-MM{more}"] if malformed else []
    if np.isinf(history["amount"].to_numpy(dtype="float64", na_value=np.nan)).any():
        faults.append("an amount is not finite")
    keys = [name for name in history.columns if name != "amount"]
    twice = history[history.duplicated(keys)]
    if len(twice):
        first = ", ".join(f"{name} {value}" for name, value in twice[keys].iloc[0].items())
        faults.append(f"a month stands twice in one series: {first} ({len(twice)} rows in all)")
    return faults


def divide(upper: Array, lower: Array) -> Array:
    """Division that gives zero where there is nothing to divide by."""
    upper, lower = np.broadcast_arrays(upper, lower)
    return np.asarray(np.divide(upper, lower, out=np.zeros(upper.shape), where=lower != 0))


def normalised(weights: Array) -> Array:
    """Weights along the last axis as shares: negatives count as zero, all zero becomes equal shares."""
    positive = np.maximum(weights, 0.0)
    total = positive.sum(axis=-1, keepdims=True)
    return np.where(total > 0, divide(positive, total), 1 / weights.shape[-1])


def _series(history: pd.DataFrame) -> tuple[pd.DataFrame, Array, pd.DataFrame]:
    """Rows sorted by series and month, the number of the series of each row, and the series."""
    keys = [c for c in history.columns if c not in ("month", "amount")]
    rows = history.sort_values([*keys, "month"], kind="stable", ignore_index=True)
    if not keys:
        return rows, np.zeros(len(rows), dtype="int64"), pd.DataFrame(index=[0])
    first = ~rows.duplicated(keys)
    return rows, first.cumsum().to_numpy() - 1, rows.loc[first, keys].reset_index(drop=True)


def _positions(months: "pd.Series[Any]", first_month: int) -> Array:
    """Months counted so that a fiscal year F is the twelve numbers from 12 F on."""
    codes, labels = pd.factorize(months)
    numbers = [int(label[:4]) * 12 + int(label[5:]) - first_month for label in labels]
    return np.asarray(numbers, dtype="int64")[codes]


def _span(series: Array, when: Array, count: int) -> tuple[Array, Array]:
    """First and last month with an amount, per series; an empty span where there is none."""
    first, last = np.full(count, np.iinfo("int64").max), np.full(count, -1)
    np.minimum.at(first, series, when)
    np.maximum.at(last, series, when)
    return first, last


def _filled(grid: Array, complete: Array) -> tuple[Array, Array]:
    """Amounts with unknown months filled, and the years that can be used.

    An unknown month gets what its year would have sold there: the year's sales in the months known
    in every year, times the month's ratio to those same months in the years where it is known
    (the mean ratio where it is known in none). Years that cannot be used become zero.
    """
    known = ~np.isnan(grid)
    value = np.where(known, grid, 0.0)
    common = np.asarray(np.where(complete[:, :, None], known, True).all(axis=1))
    base = (value * common[:, None, :]).sum(axis=2)
    used = np.asarray(complete & (base > 0))
    counted = known & used[:, :, None]
    ratio = divide((value * counted).sum(axis=1), (base[:, :, None] * counted).sum(axis=1))
    seen = counted.any(axis=1)
    mean = divide((ratio * seen).sum(axis=1), seen.sum(axis=1))
    ratio = np.where(seen, ratio, mean[:, None])
    filled = np.where(known, value, ratio[:, None, :] * base[:, :, None])
    used = np.asarray(used & (filled.sum(axis=2) > 0))
    return np.where(used[:, :, None], filled, 0.0), used


def _average(grid: Array) -> Array:
    """Month averages of whatever exists as shares; a month never seen counts as an average one."""
    known = ~np.isnan(grid)
    mean = divide(np.where(known, grid, 0.0).sum(axis=1), known.sum(axis=1))
    seen = known.any(axis=1)
    usual = divide((mean * seen).sum(axis=1), seen.sum(axis=1))
    return normalised(np.where(seen, mean, usual[:, None]))
