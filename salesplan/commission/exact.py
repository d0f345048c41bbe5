"""Products and shares of fen beyond what int64 holds in between, rounded once."""

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesplan.money import Integers, half_away

FAR = 2**61  # fen (or millionths of a unit): beyond every measure, and sums of two still fit int64
SAFE = 2**62


def part_of(amount: ArrayLike, part: ArrayLike, whole: ArrayLike) -> Integers:
    """`amount x part / whole`, rounded once half away from zero, exact for all int64 arguments.

    Cumulative use keeps sums whole: what 3 of 3 parts get is the amount itself.
    Example: `part_of([100], [1], [3]) -> [33]`. Raises ZeroDivisionError for a zero `whole`.
    """
    amounts, parts, wholes = (np.asarray(values, dtype=np.int64) for values in np.broadcast_arrays(amount, part, whole))
    if _most(amounts) * _most(parts) < SAFE:
        return half_away(amounts * parts, wholes)
    exact = [half_away(int(a) * int(p), int(w)) for a, p, w in zip(amounts.flat, parts.flat, wholes.flat, strict=True)]
    return np.array(exact, dtype=np.int64).reshape(amounts.shape)


def boundary(begin: Decimal, scale: ArrayLike) -> Integers:
    """The least whole number that is at least `begin x scale`: where a tier begins, compared exactly."""
    numerator, denominator = begin.as_integer_ratio()
    return np.array([-(-numerator * int(size) // denominator) for size in np.atleast_1d(scale)], dtype=np.int64)


def cumulative(rows: ArrayLike, columns: ArrayLike, values: ArrayLike, shape: tuple[int, int]) -> Integers:
    """Values summed into a matrix, then running totals along each row (to date)."""
    matrix = np.zeros(shape, dtype=np.int64)
    np.add.at(matrix, (np.asarray(rows), np.asarray(columns)), np.asarray(values, dtype=np.int64))
    return np.cumsum(matrix, axis=1)


def _most(values: NDArray[Any]) -> int:
    return int(np.abs(values).max()) if values.size else 0
