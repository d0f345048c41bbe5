"""Ways to foretell a level that people use and that do worse: kept to compare with, never to plan by."""

from typing import Any

import numpy as np

from salesplan.odds.year import MONTHS, Array

CERTAIN = 1e9  # spreads


def independent_months(history: Any, known: Any, level: Any) -> Array:
    """P(year >= level) when the months to come repeat their past mean and scatter, each on its own, normally.

    Arrays as in `forecast`; `level`: series x levels. Variances of months simply add, which makes the year look far
    more certain than it is. A single year scatters about its own mean month.
    """
    from scipy.special import ndtr

    table, seen = np.asarray(history, dtype=np.float64), np.asarray(known, dtype=np.float64)
    ahead = table[:, :, seen.shape[1] :]
    mean = seen.sum(axis=1) + ahead.mean(axis=1).sum(axis=1)
    single = table.shape[1] == 1
    variance = table.var(axis=(1, 2), ddof=1) * ahead.shape[2] if single else ahead.var(axis=1, ddof=1).sum(axis=1)
    return np.asarray(ndtr(_distance(mean, np.sqrt(variance), level)))


def elapsed_time(history: Any, known: Any, level: Any) -> Array:
    """P(year >= level) when the year goes on as it began: year to date / share of the months gone, season ignored.

    The spread is what the same rule missed by in past years; NaN while no month is known.
    """
    from scipy.special import stdtr

    table, seen = np.asarray(history, dtype=np.float64), np.asarray(known, dtype=np.float64)
    count = seen.shape[1]
    if not count:
        return np.full(np.shape(level), np.nan)
    before = table[:, :, :count].sum(axis=2) * MONTHS / count
    ratio = table.sum(axis=2) / np.where(before > 0, before, np.nan) - 1
    missed = np.sqrt(np.nan_to_num(ratio**2, nan=1.0).mean(axis=1))
    expected = seen.sum(axis=1) * MONTHS / count
    return np.asarray(stdtr(max(table.shape[1] - 1, 1), _distance(expected, missed * np.abs(expected), level)))


def past_frequency(history: Any, _known: Any, level: Any) -> Array:
    """P(year >= level) as the part of past years that grew at least as much as the level asks, half a year added.

    What is known of the year is ignored; without two years it is 0.5.
    """
    totals = np.asarray(history, dtype=np.float64).sum(axis=2)
    last = np.maximum(totals[:, -1:], 1e-9)
    grown = totals[:, 1:] / np.maximum(totals[:, :-1], 1e-9)
    asked = np.asarray(level, dtype=np.float64) / last
    reached = (grown[:, :, None] >= asked[:, None, :]).sum(axis=1)
    return np.asarray((reached + 0.5) / (grown.shape[1] + 1))


def _distance(mean: Array, spread: Array, level: Any) -> Array:
    """How many spreads the mean lies above each level; certain results lie far away."""
    gap = mean[:, None] - np.asarray(level, dtype=np.float64)
    return np.asarray(np.divide(gap, spread[:, None], out=np.sign(gap) * CERTAIN, where=spread[:, None] > 0))


WAYS = {"independent_months": independent_months, "elapsed_time": elapsed_time, "past_frequency": past_frequency}
