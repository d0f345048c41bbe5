"""What commission is computed from: the tables, and the year with its closed months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan import calendar
from salesplan.money import Integers
from salesplan.terms.plan import Tax

Days = NDArray[np.datetime64]
NEVER = 10_000  # month number of what has not happened up to the review


@dataclass(frozen=True)
class Ledger:
    """The tables commission is computed from; money in int64 fen. None: the table is not there.

    `order_lines` credited lines of the plan year: order, date, month, invoice_date, product, customer, rep, kind,
    original_order, amount, quantity, cost. `reps`: rep, start, end, base_pay and what plans apply to. `quotas`:
    rep, month, amount (further columns are summed over). `collections`: date, amount, order, customer, cleared.
    `orders` of all years: order, customer, date, amount (and product, original_order where known); those before
    the year are settled first. `products`: product, launch, tax_rate. `scores`: month, rep, component, actual,
    standard. `ramping`: rep, month in which a rep's ramp holds back accelerators.
    """

    order_lines: pd.DataFrame
    reps: pd.DataFrame | None = None
    quotas: pd.DataFrame | None = None
    collections: pd.DataFrame | None = None
    orders: pd.DataFrame | None = None
    products: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    ramping: pd.DataFrame | None = None
    customers: pd.DataFrame | None = None
    adjustments: pd.DataFrame | None = None
    corrections: pd.DataFrame | None = None
    closed: Any = None


@dataclass(frozen=True)
class Year:
    """The plan year: its months in order, the month end of the review, the cut-off day, the tax basis, the country."""

    months: Sequence[str]
    as_of: date | None
    cutoff: int | None = None
    tax: Tax = field(default_factory=Tax)
    country: str = "CN"  # whose workdays part months count by

    @cached_property
    def start(self) -> pd.Timestamp:
        """First day of the year."""
        return pd.Timestamp(calendar.month_span(self.months[0], self.cutoff)[0])

    @cached_property
    def end(self) -> pd.Timestamp:
        """Last day of the year."""
        return pd.Timestamp(calendar.month_span(self.months[-1], self.cutoff)[1])

    @cached_property
    def closed(self) -> list[str]:
        """Months that ended by the review; none without one."""
        if self.as_of is None:
            return []
        return [month for month in self.months if calendar.month_span(month, self.cutoff)[1] <= self.as_of]

    @cached_property
    def last_day(self) -> pd.Timestamp:
        """Last day that counts: the end of the last closed month."""
        return pd.Timestamp(calendar.month_span(self.closed[-1], self.cutoff)[1])

    def numbers(self, labels: "pd.Series[Any]") -> Integers:
        """Number of each month label: 1 the first of the year, 0 before it, NEVER after the review or unknown."""
        known = {label: number for number, label in enumerate(self.closed, start=1)}
        found = {label: known.get(label, 0 if label < self.months[0] else NEVER) for label in labels.dropna().unique()}
        return labels.map(found).fillna(NEVER).to_numpy(dtype=np.int64)

    def numbers_of(self, dates: "pd.Series[Any]") -> Integers:
        """Number of the month of each date: 1 the first of the year, 0 before it, NEVER after the review or unknown."""
        return self.numbers_of_days(dates.to_numpy().astype("datetime64[D]"))

    def numbers_of_days(self, days: Days) -> Integers:
        """The same of days, NaT where unknown."""
        unknown = np.isnat(days)
        if unknown.all():
            return np.full(len(days), NEVER, dtype=np.int64)
        first, last = np.fmin.reduce(days), np.fmax.reduce(days)
        of_day = self._numbers(np.arange(first, last + 1))  # days are few: each is looked up once
        place = (np.where(unknown, first, days) - first).astype(np.int64)
        return np.where(unknown, NEVER, of_day[place])

    def _numbers(self, days: Days) -> Integers:
        months = days.astype("datetime64[M]").astype(np.int64)
        if self.cutoff is not None:
            first = days.astype("datetime64[M]").astype("datetime64[D]")
            months = months + ((days - first).astype(np.int64) + 1 > self.cutoff)
        begin = np.datetime64(self.months[0], "M").astype(np.int64)
        number = np.maximum(months - begin + 1, 0)
        return np.where(number > len(self.closed), NEVER, number).astype(np.int64)


@dataclass(frozen=True)
class Note:
    """Something people should know about the result: a code of the catalogue and what fills it."""

    code: str
    fills: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
