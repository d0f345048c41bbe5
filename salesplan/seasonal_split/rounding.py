"""Real cells of the cube in whole money units: dimension after dimension, each table with both margins exact."""

import numpy as np
import pandas as pd

from salesplan.apportion import apportion, apportion_table, fit_table, split_table
from salesplan.seasonal_split.history import Array, divide

EVEN_PULL = 1e-3  # how far seasons give way where they cannot all be met
NOISE = 1e-6  # of a money unit


def met(seed: Array, rows: Array, columns: Array, open_cells: Array | None = None) -> Array:
    """The seed fitted to both margins; where its zeros forbid that, mixed a little with no season at all.

    `open_cells` says which cells may hold anything (all by default). Raises ValueError (MisfitError) where even then
    the margins cannot be met.
    """
    try:
        return np.asarray(fit_table(seed, rows, columns))
    except ValueError:  # the zeros of the seed leave no room
        total = rows.sum()
        plain = np.outer(rows, columns) / total * (1.0 if open_cells is None else open_cells)
        return np.asarray(fit_table(seed * float(divide(total, seed.sum())) + EVEN_PULL * plain, rows, columns))


def whole_cells(months: Array, cells: Array, members: pd.DataFrame, open_cells: Array, unit: int) -> Array:
    """Whole amounts, months x combinations, with these `months` (fen) and the pattern of the real `cells`.

    The year is apportioned over the members of the first dimension, the months of the whole are divided among them;
    then each member's over the next dimension, and so on: every cell of a table lies within a unit of its real value.
    Cells that are not open stay zero; where they leave a table no room, each month is apportioned by itself.
    `members` has one row per column of `cells`, sorted by its columns, the dimensions in their order.
    """
    if np.count_nonzero(months) < 2:
        return _one_month(months, cells * open_cells, unit)
    try:
        return _tree(months, cells, members, open_cells, unit)
    except ValueError:
        return np.stack(
            [apportion(int(total), row, unit=unit) for total, row in zip(months, cells * open_cells, strict=True)]
        )


def whole_groups(rows: Array, cells: Array, members: pd.DataFrame, groups: Array, amounts: Array, unit: int) -> Array:
    """Whole cells of which each group has its own exact amount, and all groups together the months `rows`.

    `groups` says for each cell which of the `amounts` (fen, the year's) it belongs to.
    """
    if len(amounts) == 1:
        return whole_cells(rows, cells, members, np.ones(cells.shape, dtype=bool), unit)
    real = np.stack([(cells * (groups == group)).sum(axis=1) for group in range(len(amounts))], axis=1)
    months = split_table(real, rows, amounts, unit=unit)
    found = np.zeros(cells.shape, dtype="int64")
    for group in np.flatnonzero(amounts).tolist():
        inside = groups == group
        found += whole_cells(months[:, group], cells * inside, members, inside, unit)
    return found


def _one_month(months: Array, cells: Array, unit: int) -> Array:
    """What lies in one month, or nowhere."""
    found = np.zeros(cells.shape, dtype="int64")
    for month in np.flatnonzero(months).tolist():
        found[month] = apportion(int(months[month]), cells[month], unit=unit)
    return found


def _tree(months: Array, cells: Array, members: pd.DataFrame, open_cells: Array, unit: int) -> Array:
    """From the company down, dimension by dimension."""
    parts, parents = months[:, None], np.zeros(len(members), dtype="int64")
    annual, dimensions = months.sum(keepdims=True), list(members.columns)
    for depth, name in enumerate(dimensions):
        children = members.groupby(dimensions[: depth + 1], sort=True).ngroup().to_numpy()
        first = np.unique(children, return_index=True)[1]
        above = parents[first]
        sums, room = (
            np.stack([np.bincount(children, row, len(first)) for row in table]) for table in (cells, open_cells)
        )
        annual = _annual(annual, sums.sum(axis=0), above, members[name].iloc[first].tolist(), unit)
        parts = _months(parts, annual, sums, room > 0, above, unit)
        parents = children
    return parts


def _annual(amounts: Array, weights: Array, above: Array, names: list[str], unit: int) -> Array:
    """The year's amount of each part: rows are the parts above, columns the members of the next dimension."""
    if len(amounts) == 1:
        return np.asarray(apportion(int(amounts[0]), weights, labels=names, unit=unit))
    labels, member = np.unique(np.array(names, dtype="str"), return_inverse=True)
    table = np.zeros((len(amounts), len(labels)))
    table[above, member] = weights
    return np.asarray(_row_exact(table, amounts, unit)[above, member])


def _row_exact(table: Array, rows: Array, unit: int) -> Array:
    """Rows exact, columns and cells within one unit of their real values; zeros stay zero.

    A further row takes what lifts each column to whole units, so that all margins are whole and
    met by the real table; it is dropped after rounding.
    """
    cells = table * divide(rows.astype("float64"), table.sum(axis=1))[:, None]
    columns = (np.ceil(cells.sum(axis=0) / unit - NOISE) * unit).astype("int64")
    lift = np.maximum(columns - cells.sum(axis=0), 0.0)
    every = np.append(rows, columns.sum() - rows.sum())
    return np.asarray(apportion_table(np.vstack([cells, lift]), every, columns, unit=unit)[:-1])


def _months(parts: Array, annual: Array, cells: Array, room: Array, above: Array, unit: int) -> Array:
    """Months of each part: those of the part above divided among the members below it."""
    found = np.zeros((len(parts), len(annual)), dtype="int64")
    for parent in range(parts.shape[1]):
        below = np.flatnonzero(above == parent)
        rows, columns = parts[:, parent], annual[below]
        if len(below) == 1 or not columns.any():
            found[:, below] = rows[:, None] if len(below) == 1 else 0
        else:
            real = met(cells[:, below], rows.astype("float64"), columns.astype("float64"), room[:, below])
            found[:, below] = apportion_table(real, rows, columns, unit=unit)
    return found
