"""Products and shares of fen beyond what int64 holds in between, rounded once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
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
    sizes = np.atleast_1d(np.asarray(scale, dtype=np.int64))
    if abs(numerator) * _most(sizes) < SAFE:
        return -(-numerator * sizes // denominator)
    return np.array([-(-numerator * int(size) // denominator) for size in sizes], dtype=np.int64)


def cumulative(rows: ArrayLike, columns: ArrayLike, values: ArrayLike, shape: tuple[int, int]) -> Integers:
    """Values summed into a matrix, then running totals along each row (to date); each column lies together."""
    matrix = np.zeros((shape[1], shape[0]), dtype=np.int64)
    place = np.asarray(columns) * shape[0] + np.asarray(rows)
    np.add.at(matrix.reshape(-1), place, np.asarray(values, dtype=np.int64))
    for column in range(1, shape[1]):
        matrix[column] += matrix[column - 1]
    return matrix.T


def numbered(keys: Integers) -> tuple[Integers, Integers, Integers]:
    """The different keys in order, where each stands first, and the place of every key among them."""
    codes, known = pd.factorize(keys)
    first = np.empty(len(known), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(keys))[::-1]
    order = np.argsort(known)
    place = np.empty(len(known), dtype=np.int64)
    place[order] = np.arange(len(known))
    return known[order], first[order], place[codes]


def rows_of(matrix: NDArray[Any], rows: Integers) -> NDArray[Any]:
    """Rows of a matrix whose columns lie together; so do those of the result."""
    return np.take(matrix.T, rows, axis=1).T


def in_order(columns: Sequence[Integers]) -> Integers:
    """The order of rows by whole numbers, the first column counting most; equal rows stay as they are."""
    key, width = np.zeros(len(columns[0]), dtype=np.int64), 1
    left = list(columns)
    while left and len(key):
        low, high = int(left[0].min()), int(left[0].max())
        width *= high - low + 1
        if width >= SAFE:
            break
        if high > low:
            key = key * (high - low + 1) + (left[0] - low)
        left.pop(0)
    order = np.argsort(key, kind="stable")
    if left and (np.diff(key[order]) == 0).any():
        return np.lexsort([*left[::-1], key])
    return order


def summed(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows of equal keys as one, sorted by them; all columns are whole numbers."""
    order = in_order([rows[name].to_numpy() for name in keys])
    new = np.zeros(len(rows), dtype=bool)
    new[:1] = True
    found = {}
    for name in keys:
        found[name] = rows[name].to_numpy()[order]
        new[1:] |= found[name][1:] != found[name][:-1]
    first = np.flatnonzero(new)
    sums = {name: rows[name].to_numpy()[order] for name in rows.columns if name not in keys}
    if len(first):
        sums = {name: np.add.reduceat(values, first) for name, values in sums.items()}
    return pd.DataFrame({**{name: values[first] for name, values in found.items()}, **sums})


def _most(values: NDArray[Any]) -> int:
    return int(np.abs(values).max()) if values.size else 0
