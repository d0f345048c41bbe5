"""A table of whole units with both margins exact and every cell within one unit: controlled rounding."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesplan.apportion.fit import balance, fit_table
from salesplan.apportion.room import MisfitError
from salesplan.money import integers

QUANTUM = 1_000_000  # fractions of a unit are compared in millionths; below lies the noise of a fit
JITTER = 2**20  # equal fractions are told apart by less than a millionth
FAR = 2**60
VAST = 1e12  # units in a cell, beyond which its fraction is float noise
SPAN = 2**42  # more than two keys can differ by
SWEEPS = 12

Integers = NDArray[np.int64]
Table = NDArray[np.float64]
Mask = NDArray[np.bool_]


def apportion_table(cells: ArrayLike, rows: ArrayLike, columns: ArrayLike, *, unit: int = 1) -> Integers:
    """Round a table to whole multiples of `unit` so that rows and columns sum exactly to their margins.

    Controlled rounding: every cell goes to the multiple below or above its real value, whole
    multiples (zero among them) stay, and of all such tables it is the one with the least sum of
    distances. That there is one follows from total unimodularity wherever the cells have these
    margins; margins rounded to the unit beside unrounded cells nearly always work too.

    `cells` in fen, 2-D, may be negative; `rows` and `columns` int64 fen, multiples of `unit`. Returns
    int64 fen, the same shape; the order of rows and columns decides only between equal ones, so callers
    sort by key.
    Raises ValueError when margins are no multiples or the cells are too far from them, MisfitError when
    the margins have different sums. Source: Causey, Cox and Ernst 1985, as a transport problem.

    Example: `apportion_table([[0.5, 0.5], [0.5, 0.5]], [1, 1], [1, 1])` is `[[1, 0], [0, 1]]` or its mirror.
    """
    real = np.asarray(cells, dtype=np.float64)
    if real.ndim != 2 or not np.isfinite(real).all():
        raise ValueError("the cells must be a table of numbers")
    row_units, column_units = (
        _in_units(sums, unit, size) for sums, size in zip((rows, columns), real.shape, strict=True)
    )
    gap = int(row_units.sum() - column_units.sum())
    if gap:
        raise MisfitError("the rows sum to that much more than the columns", gap * unit)
    if real.shape[0] < real.shape[1]:  # the short side carries the prices
        return np.ascontiguousarray(_rounded(real.T / unit, column_units, row_units).T) * unit
    return _rounded(real / unit, row_units, column_units) * unit


def split_table(seed: ArrayLike, rows: ArrayLike, columns: ArrayLike, *, unit: int = 1) -> Integers:
    """Split two margins at once over a table of weights: `fit_table`, then `apportion_table`.

    `seed` weights (zero cells stay zero); `rows` and `columns` int64 fen with the same sum, all at
    least 0, or none above 0, which is split as minus the split of the opposite. Returns int64 fen.
    Raises ValueError and MisfitError as the two do.

    Example: `split_table([[1, 1], [1, 1]], [30, 71], [41, 60])` has exactly these sums.
    """
    row_sums, column_sums = integers(rows), integers(columns)
    sign = -1 if min(row_sums.min(initial=0), column_sums.min(initial=0)) < 0 else 1
    fitted = fit_table(seed, sign * row_sums, sign * column_sums)
    return sign * apportion_table(fitted, sign * row_sums, sign * column_sums, unit=unit)


def _in_units(sums: ArrayLike, unit: int, size: int) -> Integers:
    values = integers(sums)
    if values.shape != (size,):
        raise ValueError(f"{size} sums are needed on this side, not {values.size}")
    if unit < 1 or (values % unit).any():
        raise ValueError(f"every margin must be a multiple of the unit {unit}")
    return values // unit


def _rounded(real: Table, rows: Integers, columns: Integers) -> Integers:
    """In units, not wider than long: floor every cell, then hand out the units that rows and columns lack."""
    whole, fractions = _parts(real, rows, columns)
    place = _canonical(whole, fractions, columns)
    row_lack, column_lack = rows - whole.sum(axis=1), columns - whole.sum(axis=0)
    ups = np.zeros(whole.shape, dtype=bool)
    ups[place] = _ups(fractions[place], row_lack[place[0][:, 0]], column_lack[place[1][0]])
    return np.asarray(whole + ups, dtype=np.int64)


def _canonical(whole: Integers, fractions: Integers, columns: Integers) -> tuple[Integers, Integers]:
    """An order by content, so that the order in which rows and columns come decides only between equal ones."""
    across = np.lexsort(((fractions * fractions).sum(axis=0), columns))
    down = np.lexsort((*fractions.T[across], *whole.T[across]))
    rows, others = np.ix_(down, across)
    return np.asarray(rows, dtype=np.int64), np.asarray(others, dtype=np.int64)


def _ups(fractions: Integers, row_lack: Integers, column_lack: Integers) -> Mask:
    """The cells that get a unit more: as many as each row and column lacks, with the largest sum of fractions."""
    keys = np.where(fractions > 0, fractions * JITTER + _jitter(fractions.shape), -FAR)
    _check_lack(row_lack, (fractions > 0).sum(axis=1))
    ups = _best_rows(keys + _prices(keys, row_lack, column_lack), row_lack)
    excess = ups.sum(axis=0) - column_lack
    while excess.any():
        _move_unit(keys, ups, excess)
    return ups


def _check_lack(lack: Integers, open_cells: Integers) -> None:
    if ((lack < 0) | (lack > open_cells)).any():
        raise ValueError("the cells are too far from the margins: a row or column cannot be met within one unit")


def _parts(real: Table, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
    """Whole units below each cell and the fraction above them in millionths."""
    floor = np.floor(real)
    whole, fractions = floor.astype(np.int64), real - floor
    off = _off(whole, fractions, rows, columns)
    gap = max(np.abs(side).max(initial=0) for side in off)
    if 1e-3 < gap < 1e-9 * max(np.abs(side).max(initial=0) for side in (rows, columns)):
        # so large that the float noise of the cells reaches whole units: it is spread over the fractions first
        weights = np.abs(real) * ((fractions > 0) | (np.abs(real) > VAST))
        u, v = balance(weights, *off)
        fractions = fractions + weights * (u[:, None] + v)
        floor = np.floor(fractions)
        whole, fractions = whole + floor.astype(np.int64), fractions - floor
    millionths = np.rint(fractions * QUANTUM).astype(np.int64)
    return whole + millionths // QUANTUM, millionths % QUANTUM


def _off(whole: Integers, fractions: Table, rows: Integers, columns: Integers) -> tuple[Table, Table]:
    """What rows and columns lack, exact however large the cells are."""
    return (
        rows - whole.sum(axis=1) - fractions.sum(axis=1),
        columns - whole.sum(axis=0) - fractions.sum(axis=0),
    )


def _jitter(shape: tuple[int, ...]) -> Integers:
    """Small numbers without pattern, by position, that spread the odd units of equal rows over all columns."""
    mixed = np.arange(1, shape[0] * shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(44)).astype(np.int64).reshape(shape)


def _best_rows(values: Integers, lack: Integers) -> Mask:
    """The `lack` largest values of each row."""
    order = np.argsort(-values, axis=1, kind="stable")
    chosen = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(chosen, order, np.arange(values.shape[1]) < lack[:, None], axis=1)
    return chosen


def _prices(keys: Integers, row_lack: Integers, column_lack: Integers) -> Integers:
    """A price per column at which the rows, each choosing what is best for it, nearly meet the columns.

    Coordinate ascent on the dual of the transport problem: each column in turn gets the price at
    which as many rows choose it as it lacks. What remains off is moved afterwards, one unit at a time.
    """
    values = keys.copy()
    prices = np.zeros(keys.shape[1], dtype=np.int64)
    last, following = _thresholds(values, row_lack)
    for _ in range(SWEEPS):
        if ((values >= last[:, None]).sum(axis=0) == column_lack).all():
            break
        for j in range(keys.shape[1]):
            bar = np.where(values[:, j] >= last, following, last)
            asked = np.sort(np.where(keys[:, j] < 0, FAR, bar - keys[:, j]))
            price = _between(asked, int(column_lack[j]))
            old = values[:, j].copy()
            values[:, j] = np.where(keys[:, j] < 0, -FAR, keys[:, j] + price)
            prices[j] = price
            new = values[:, j]
            touched = np.flatnonzero((np.minimum(old, new) <= last) & (np.maximum(old, new) >= following))
            last[touched], following[touched] = _thresholds(values[touched], row_lack[touched])
    return prices


def _thresholds(values: Integers, lack: Integers) -> tuple[Integers, Integers]:
    """Per row the smallest value that is chosen and the largest that is not."""
    rim = np.full((len(values), 1), FAR)
    ordered = np.concatenate([rim, -np.sort(-values, axis=1), -rim], axis=1)
    at = np.arange(len(values))
    return ordered[at, lack], ordered[at, lack + 1]


def _between(asked: Integers, lack: int) -> int:
    """A price that the first `lack` rows accept and the next does not."""
    low = int(asked[lack - 1]) if lack > 0 else -FAR
    high = int(asked[lack]) if lack < len(asked) else FAR
    low, high = max(low, high - SPAN), min(high, low + SPAN)
    return min(max((low + high + 1) // 2, -2 * SPAN), 2 * SPAN)


def _move_unit(keys: Integers, ups: Mask, excess: Integers) -> None:
    """Carry one unit from a column with too many to one with too few, by the cheapest chain of rows, in place."""
    cost, row = _exchanges(keys, ups)
    reach = np.where(excess > 0, 0, FAR)
    before = np.full(len(excess), -1)
    while True:
        through = np.minimum(reach[:, None] + cost, FAR)
        best = through.argmin(axis=0)
        shorter = through[best, np.arange(len(excess))]
        better = shorter < reach
        if not better.any():
            break
        reach, before = np.where(better, shorter, reach), np.where(better, best, before)
    column = int(np.where(excess < 0, reach, FAR).argmin())
    if excess[column] >= 0 or reach[column] >= FAR:
        raise ValueError("the cells are too far from the margins: a row or column cannot be met within one unit")
    excess[column] += 1
    while before[column] >= 0:
        giver = int(before[column])
        ups[row[giver, column], [giver, column]] = [False, True]
        column = giver
    excess[column] -= 1


def _exchanges(keys: Integers, ups: Mask) -> tuple[Integers, Integers]:
    """Least loss, and the row that has it, of moving a unit from one column to another within a row."""
    n = keys.shape[1]
    cost, row = np.full((n, n), FAR), np.zeros((n, n), dtype=np.int64)
    for j in range(n):
        given = np.flatnonzero(ups[:, j])
        if len(given):
            loss = np.where(ups[given] | (keys[given] < 0), FAR, keys[given, j][:, None] - keys[given])
            best = loss.argmin(axis=0)
            cost[j], row[j] = loss[best, np.arange(n)], given[best]
    return cost, row
