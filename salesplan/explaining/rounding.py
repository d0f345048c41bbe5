"""Which way the last unit went: whole units below, remainders, and how many units were handed out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SLACK = 1e-6  # of a unit: the noise below which a remainder is none


class Rounded(NamedTuple):
    """Real amounts and the whole units they became, all in fen."""

    below: NDArray[np.int64]  # whole units below each
    rest: NDArray[np.float64]  # the fraction of a unit above them
    up: NDArray[np.bool_]  # which got the unit more
    rank: NDArray[np.int64]  # 1 for the largest remainder

    @property
    def handed(self) -> int:
        """How many got a unit more."""
        return int(self.up.sum())


def rounded(real: Sequence[float] | NDArray[Any], whole: Sequence[int] | NDArray[Any], unit: int = 1) -> Rounded:
    """Compare amounts before and after rounding.

    Example: 1.4 and 2.6 that became 1 and 3 have the remainders 0.4 and 0.6, and the second got the unit.
    """
    cells, units = np.asarray(real, dtype=np.float64) / unit, np.asarray(whole, dtype=np.int64)
    nearest = np.rint(cells)
    below = np.where(np.abs(cells - nearest) < SLACK, nearest, np.floor(cells)).astype(np.int64)
    rest = np.clip(cells - below, 0.0, None)
    order = np.argsort(-rest, kind="stable")
    rank = np.empty(len(cells), dtype=np.int64)
    rank[order] = np.arange(1, len(cells) + 1)
    return Rounded(below * unit, rest, units > below * unit, rank)
