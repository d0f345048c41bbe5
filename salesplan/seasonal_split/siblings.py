"""Seasons of many series made firmer by one another."""

import numpy as np

from salesplan.seasonal_split.history import Array, divide

CAUTION = 1.4  # chance counts this much more than the few years show
ROUND = 12  # so many series are needed before the directions in which seasons differ are half believed


def shrunk_seasons(years: Array, weights: Array, has_years: Array) -> Array:
    """The weighted mean of each series' yearly seasons, moved towards what its siblings have in common.

    Empirical Bayes with the full covariance (Efron and Morris): seasons differ from their mean in few directions, such
    as the gift months of some lines. What lies in a direction in which siblings differ is kept, what lies in one in
    which they do not is taken for chance. `years`: shares, series x years x 12; `weights`: series x years, 1 in sum;
    `has_years`: series with any. Returns series x 12.
    """
    own = np.einsum("iym,iy->im", years, weights)
    if has_years.sum() < 2:
        return np.asarray(own)
    chance = CAUTION * _chance(years, own, weights, has_years)
    trust = np.where(has_years, 1 / (chance + np.median(chance[has_years]) + 1e-12), 0.0)
    trust = trust / trust.sum()
    mean = own[has_years].mean(axis=0)
    apart = np.where(has_years[:, None], own - mean, 0.0)
    spread = (apart * trust[:, None]).T @ apart
    believed = has_years.sum() / (has_years.sum() + ROUND)
    spread = believed * spread + (1 - believed) * np.trace(spread) / 12 * np.eye(12)
    sizes, directions = np.linalg.eigh(spread)
    real = np.maximum(sizes - trust @ chance, 0.0)
    kept = divide(real, real + chance[:, None] + 1e-15)
    return np.asarray(mean + ((apart @ directions) * kept) @ directions.T)


def _chance(years: Array, own: Array, weights: Array, has_years: Array) -> Array:
    """Variance of a month of the weighted mean, per series, by how far its years contradict each other."""
    squares = (weights**2).sum(axis=1)
    spread = (((years - own[:, None]) ** 2).sum(axis=2) * weights).sum(axis=1)
    found = divide(spread * squares, 1 - squares) / 12
    several = squares < 1 - 1e-9
    usual = found[several & has_years].mean() if (several & has_years).any() else 0.0
    return np.asarray(np.where(several, found, usual))
