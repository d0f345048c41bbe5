"""The method `auto`: what a year's season is, once its days, its growth and chance are taken out."""

from dataclasses import dataclass

import numpy as np

from salesplan.seasonal_split.history import Array, YearTable, divide, normalised
from salesplan.seasonal_split.level_path import level_paths
from salesplan.seasonal_split.siblings import shrunk_seasons
from salesplan.seasonal_split.trading_days import FESTIVAL_COLUMNS, SMALLEST_SHARE, trading_day_effect

# Error over 2,688 series-years of ../shared/data, ratio to the pooled share: see tests/benchmarks/split_accuracy.py.
OLDEST_WEIGHT = 2  # years weigh 2 : 3 : 4, the last one most
GROWTH_KEPT = 0.4  # part of the past growth that goes on where no total says otherwise
LARGEST_GROWTH = 0.5
LARGEST_TILT = 0.5  # of the plan year's own path
TILT = (np.arange(12) - 5.5) / 12  # where in the year a month lies, in years from its middle


@dataclass(frozen=True)
class Steps:
    """Steps 1 to 4 of `auto_shares`; logarithms of what moves a month, and the shares they lead to.

    `days`: of its trading days, years + 1 x 12, the plan year last; `path`: of the level within the year, series x
    years x 12; `ahead`: the same of the plan year; `years`: yearly shares freed of both; `weights`: series x years, 1
    in sum; `season` and `shares`: series x 12.
    """

    days: Array
    path: Array
    ahead: Array
    years: Array
    weights: Array
    season: Array
    shares: Array


def auto_shares(table: YearTable, days: Array, wanted: Array, festival: Array) -> Array:
    """Shares of each series (series x 12) by recency, trading days, level and siblings.

    1. Trading days: how length, workdays and weekdays of a month move its share, estimated from year to year over all
       series of the table (`trading_day_effect`); taken out of the history.
    2. Level: where each series stood from month to month (`level_paths`); taken out too, so that a year's growth is not
       mistaken for its season.
    3. Season: the years freed of both, weights 2 : 3 : 4, the last one most, firmer by what the series have in common
       (`shrunk_seasons`).
    4. The plan year's trading days are put back, and its own path: from where the last year ended to the level that
       `wanted` (the year's total per series, unit of the amounts) asks for; 0.4 of the past growth where it is NaN.
    5. Months of `festival` (January to March in China) keep the joint share they have without the moving festival, and
       divide it by the days before, in and after the festival of the plan year.

    `days`: see `trading_days`, the plan year last.
    """
    still, moved = auto_steps(table, days, wanted, festival)
    return still.shares if moved is None else _divided(still.shares, moved.shares, festival)


def auto_steps(table: YearTable, days: Array, wanted: Array, festival: Array) -> tuple[Steps, Steps | None]:
    """Steps 1 to 4 without the moving festival and, where there is one, with it; see `auto_shares`."""
    if not festival.any():
        return _with_days(table, days, wanted), None
    return _with_days(table, days[:, :, :-FESTIVAL_COLUMNS], wanted), _with_days(table, days, wanted)


def _with_days(table: YearTable, days: Array, wanted: Array) -> Steps:
    """Steps 1 to 4."""
    effect = trading_day_effect(table.shares, table.used, days)
    seen = table.used[:, :, None]
    sold = np.log(np.maximum(table.shares, SMALLEST_SHARE) * np.where(seen, table.totals[:, :, None], 1.0))
    path = level_paths(np.where(seen, sold - effect[:-1], 0.0), table.used, _mean_level(table, wanted))
    tilt = path - path.mean(axis=2, keepdims=True)
    years = normalised(table.shares * np.exp(-effect[:-1] - tilt[:, :-1]))
    weights = recency_weights(table.used)
    season = np.maximum(shrunk_seasons(years, weights, table.has_years), 0.0)
    ahead = np.where(np.isnan(wanted)[:, None], GROWTH_KEPT * _growth(table)[:, None] * TILT, tilt[:, -1])
    ahead = np.clip(ahead, -LARGEST_TILT, LARGEST_TILT)
    shares = normalised(season * np.exp(effect[-1] + ahead))
    return Steps(effect, tilt[:, :-1], ahead, years, weights, season, shares)


def _mean_level(table: YearTable, wanted: Array) -> Array:
    """Mean logarithm of the months that make the wanted total: that of its twelfth, less what the season spreads."""
    season = np.log(np.maximum(12 * normalised(table.amounts.sum(axis=1)), SMALLEST_SHARE)).mean(axis=1)
    return np.asarray(np.log(wanted / 12) + season)


def recency_weights(used: Array) -> Array:
    """Weights of the years, series x years: 2 : 3 : 4, the last one most, zero where not used."""
    weights = used * (np.arange(used.shape[1]) + OLDEST_WEIGHT)
    return divide(weights, weights.sum(axis=1, keepdims=True))


def _growth(table: YearTable) -> Array:
    """Log growth per year from the first used year to the last, per series; zero with one year."""
    years, rows = np.arange(table.used.shape[1]), np.arange(len(table.used))
    first = table.used.argmax(axis=1)
    last = (table.used * (years + 1)).argmax(axis=1)
    logs = np.log(np.where(table.used, table.totals, 1.0))
    return np.clip(divide(logs[rows, last] - logs[rows, first], last - first), -LARGEST_GROWTH, LARGEST_GROWTH)


def _divided(still: Array, moved: Array, festival: Array) -> Array:
    """Shares whose festival months keep their sum and divide it like `moved`."""
    divided = still.copy()
    divided[:, festival] = still[:, festival].sum(axis=1, keepdims=True) * normalised(moved[:, festival])
    return divided
