"""Whole units of month after month over parts, so that every month is exact and no part falls behind its share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from salesplan.apportion import apportion_groups

Units = NDArray[np.int64]
Real = NDArray[np.float64]


def over_parts(totals: Units, weights: Real, groups: NDArray[np.int64], labels: Any) -> Units:
    """Split the months' whole units of each group over its parts: int64, parts x months.

    `totals` groups x months, not negative; `weights` parts x months, what a part counts in a month; `groups` and
    `labels` one per part. A month goes to the parts by what each still lacks of its share of the months so far, by
    largest remainder: every month sums exactly, and a part of a small share gets its unit in the month it is due
    instead of never. A month in which no part has a weight is shared evenly.

    Example: 1 unit in each of four months over shares 0.75 and 0.25 is 1, 1, 0, 1 and 0, 0, 1, 0.
    """
    parts, months = weights.shape
    sums = np.zeros(totals.shape)
    np.add.at(sums, groups, weights)
    bare = (sums == 0)[groups]
    counts = np.bincount(groups, minlength=len(totals)).clip(min=1).astype(np.float64)
    share = np.where(bare, 1 / counts[groups][:, None], weights / np.where(bare, 1.0, sums[groups]))
    due = np.cumsum(share * totals[groups], axis=1)
    given: Units = np.zeros((parts, months), dtype=np.int64)
    done = np.zeros(parts, dtype=np.int64)
    for month in range(months):
        lack = np.where(share[:, month] > 0, np.round(due[:, month] - done, 9).clip(min=0), 0.0)
        lacking = np.bincount(groups, lack, len(totals)) > 0
        given[:, month] = apportion_groups(
            totals[:, month], np.where(lacking[groups], lack, share[:, month]), groups, labels=labels
        )
        done = done + given[:, month]
    return given
