"""The level of sales from month to month: how it went, and how it must go on to meet the year's total."""

from functools import lru_cache

import numpy as np

from salesplan.seasonal_split.history import Array, divide

# A random walk with noise: how much smoother than the months themselves. Measured on 2,688 series-years, where any
# factor from 60 to 150 is as good to a thousandth.
SMOOTHNESS = 100.0  # per unit of noise of a month's logarithm
GRID = 2.0 ** np.arange(1, 10)  # smoothness is taken from these, so that one matrix serves many series
USUAL_NOISE = 0.1  # where one year alone tells nothing of it
FIRM = 1e3  # weight of a condition that must hold
LARGEST_NOISE = 1.5


def level_paths(sales: Array, used: Array, wanted: Array) -> Array:
    """Smoothed logarithm of the level, series x years + 1 x 12, the plan year last.

    Least squares of log sales = season + level, the level a random walk (its steps squared and weighted by the noise
    of the series) that goes on through the plan year. `sales`: log amounts freed of trading days, series x years x 12;
    `used`: which years count; `wanted`: log of the plan year's mean level, which the path then meets from where the
    last year ended; None: it stays there.
    """
    count, years = used.shape
    smooth = GRID[np.abs(np.log(GRID) - np.log(SMOOTHNESS * _noise(sales, used))[:, None]).argmin(axis=1)]
    known = ~np.isnan(wanted)
    kinds, kind = np.unique(np.column_stack([smooth, known, used]), axis=0, return_inverse=True)
    path = np.zeros((count, 12 * (years + 1)))
    for number, (smoothness, meets, *years_used) in enumerate(kinds.tolist()):
        if not any(years_used):
            continue
        rows = kind.ravel() == number
        from_sales, from_wanted = _operator(smoothness, tuple(map(bool, years_used)), bool(meets))
        path[rows] = sales[rows].reshape(rows.sum(), -1) @ from_sales
        path[rows] += np.where(meets, wanted[rows, None], 0.0) * from_wanted
    return path.reshape(count, years + 1, 12)


def _noise(sales: Array, used: Array) -> Array:
    """Standard deviation of a month about its season and its year, per series."""
    years = used.sum(axis=1)
    seen = used[:, :, None]
    within = np.where(seen, sales - sales.mean(axis=2, keepdims=True), 0.0)
    season = divide(within.sum(axis=1), years[:, None])[:, None]
    left = np.where(seen, np.clip(within - season, -LARGEST_NOISE, LARGEST_NOISE), 0.0)
    found = np.sqrt(divide((left**2).sum(axis=(1, 2)), 11 * (years - 1)))
    return np.where(years > 1, np.maximum(found, GRID[0] / SMOOTHNESS), USUAL_NOISE)


@lru_cache(maxsize=512)
def _operator(smoothness: float, used: tuple[bool, ...], meets: bool) -> tuple[Array, Array]:
    """The least squares solution as matrices: level = sales @ first + wanted x second."""
    past, future = 12 * len(used), 12 * (len(used) + 1)
    seen = np.repeat(used, 12)
    observed = np.zeros((past, future + 12))
    observed[np.arange(past), np.arange(past)] = seen
    observed[np.arange(past), future + np.arange(past) % 12] = seen
    steps = np.diff(np.eye(future, future + 12), axis=0)
    mean = np.zeros(future + 12)
    mean[past:future] = meets / 12
    season = np.concatenate([np.zeros(future), np.ones(12)])
    normal = observed.T @ observed + smoothness * steps.T @ steps
    normal += FIRM * (np.outer(mean, mean) + np.outer(season, season))
    inverse = np.linalg.inv(normal)[:, :future]
    return observed @ inverse, FIRM * mean @ inverse
