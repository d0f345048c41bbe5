"""Purchases month by month that keep a stock at its target: what company and dealers have in common."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from salesplan.seasonal_split.history import Array, divide

DAYS_PER_YEAR = 365
TINY = 1e-9  # of a unit or a day: noise of float sums


@dataclass(frozen=True)
class Lots:
    """How each part buys, one number per part: target in days, whole multiples, the least, the first month it can."""

    cover_days: Array
    pack: Array
    least: Array
    first: Array

    @classmethod
    def even(cls, parts: int, cover_days: int, pack: Array | int = 1) -> "Lots":
        """The same target for all parts, no least purchase, nothing to wait for."""
        full = np.full(parts, cover_days, dtype="int64")
        zeros = np.zeros(parts, dtype="int64")
        return cls(full, np.broadcast_to(np.asarray(pack, dtype="int64"), (parts,)), zeros, zeros)


@dataclass(frozen=True)
class Flow:
    """Parts x months: stock at the start and the end of each month, what was bought, what the end should be."""

    opening: Array
    purchases: Array
    closing: Array
    target: Array


def lots_of(need: Array, pack: Array, least: Array) -> Array:
    """Purchases for a need: nothing, or at least the least, rounded up to whole packs.

    Example: a need of 31 in packs of 20 with a least of 50 is 60.
    """
    wanted = np.maximum(need, least)
    return np.where(need > 0, -(-wanted // pack) * pack, 0)


def target_stock(sales: Array, days: Array, month: int, cover_days: Array) -> Array:
    """Stock a month should end with: the sales of the next `cover_days` days, rounded up to whole units.

    `sales` parts x months and `days` (of each month) go on beyond the last month planned; within a
    month every day sells the same.
    """
    total = np.zeros(len(sales))
    before = np.zeros(len(sales))
    for later in range(month + 1, sales.shape[1]):
        total = total + sales[:, later] * np.clip((cover_days - before) / days[later], 0, 1)
        before = before + days[later]
    return np.ceil(total - TINY).astype("int64")


def cover_of(stock: Array, sales: Array, days: Array) -> Array:
    """Whole days that stock lasts through the sales of the months that follow; NaN where none of it is ever sold.

    Beyond the twelve months given it goes on at their average. Nothing in stock is 0 days. `stock`
    parts, `sales` parts x 12, `days` 12. Example: 45 units, 30 a month of 30 days: 45 days.
    """
    left, lasts = np.maximum(stock, 0).astype("float64"), np.zeros(len(stock))
    for later in range(sales.shape[1]):
        month = sales[:, later].astype("float64")
        part = np.where(month > 0, np.minimum(divide(left, month), 1.0), left > 0)
        lasts = lasts + part * days[later]
        left = np.where(part < 1, 0.0, left - month)
    yearly = sales.sum(axis=1)
    lasts = lasts + np.where(left > TINY, divide(left, yearly.astype("float64")) * DAYS_PER_YEAR, 0.0)
    endless = (left > TINY) & (yearly <= 0)
    return np.where(endless, np.nan, np.floor(lasts + TINY))


def replenish(sales: Array, arrivals: Array, opening: Array, *, pull: Array, days: Array, lots: Lots) -> Flow:
    """Month by month: what is missing to the target after the month's sales is bought in whole lots.

    purchases = target + sales - opening - arrivals, from the first month a purchase can arrive;
    closing = opening + arrivals + purchases - sales, below zero where goods are owed. All whole
    units, parts x months; `pull` (parts x more months) are the sales the target looks ahead to,
    `days` the length of its months.
    """
    months = sales.shape[1]
    stock = np.asarray(opening, dtype="int64")
    rows: list[tuple[Any, ...]] = []
    for month in range(months):
        target = target_stock(pull, days, month, lots.cover_days)
        need = np.where(month >= lots.first, target + sales[:, month] - stock - arrivals[:, month], 0)
        bought = lots_of(need, lots.pack, lots.least)
        closing = stock + arrivals[:, month] + bought - sales[:, month]
        rows.append((stock, bought, closing, target))
        stock = closing
    return Flow(*(np.stack(column, axis=1) for column in zip(*rows, strict=True)))
