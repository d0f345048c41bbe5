"""The real-valued table that keeps a seed's pattern and meets both margins: IPF (RAS), within bounds if asked."""

import numpy as np
from numpy.typing import ArrayLike

from salesplan.apportion.room import Table, Task, Vector, carried, check_room, settled, task_of

PATIENCE = 10  # sweeps before Newton steps help them on
LEAP = 4.0  # most that a Newton step changes a factor, as a logarithm
SWEEPS = 100  # a table that needs more is at the limit of its room
RUNAWAY = 1e-100  # of the largest factor: such a factor is on its way to zero


def fit_table(
    seed: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    tolerance: float = 1e-10,
) -> Table:
    """The table with these row and column sums that is nearest to the seed's pattern.

    Iterative proportional fitting (RAS): `cell = seed x row factor x column factor`, held between
    `lower` and `upper` (numbers or tables; a pin has both alike). Zero cells of the seed stay zero.
    Margins may be off by `tolerance` of the total at most, and are as a rule exact to float noise.

    `seed` any weights, rounded to 12 significant digits; `rows` and `columns` in fen or any unit,
    at least 0. Returns float64, the seed's shape, in the margins' unit. A total of zero gives zeros.
    Raises MisfitError (a ValueError) with the amount that does not fit and where, when margins have
    different sums or when zero cells and bounds leave no room; ValueError for what is no number.
    Source: Deming and Stephan 1940; with bounds, Csiszar's I-projection by alternating rows and columns.

    Example: `fit_table([[1, 1], [1, 1]], [30, 70], [40, 60])` is `[[12, 18], [28, 42]]`.
    """
    task = task_of(seed, rows, columns, lower, upper)
    check_room(task)
    if not task.total:
        return np.zeros(task.seed.shape)
    fitted, at_rest = _swept(task, tolerance)
    if not at_rest:
        task = settled(task, _rows_met(task, np.ones(len(task.columns))))
        fitted, at_rest = _swept(task, tolerance)
    if not at_rest:
        fitted = carried(task, fitted)
    return _closed(task, fitted)


def _swept(task: Task, tolerance: float) -> tuple[Table, bool]:
    """Factors of rows and columns in turn until the margins are met, and whether they are; else the rows are."""
    column_factors = np.ones(len(task.columns))
    for sweep in range(SWEEPS):
        if sweep >= PATIENCE:
            column_factors = _newton(task, column_factors)
        row_factors = _factors(task.seed * column_factors, task.rows, task.low, task.high)
        scaled = task.seed * row_factors[:, None]
        column_factors = _factors(scaled.T, task.columns, task.low.T, task.high.T)
        fitted = np.clip(scaled * column_factors, task.low, task.high)
        if task.gap(fitted) <= tolerance * task.total:
            return fitted, True
        column_factors = column_factors / column_factors.max()
        if column_factors.min(where=column_factors > 0, initial=1.0) < RUNAWAY:
            break
    return _rows_met(task, column_factors), False


def _rows_met(task: Task, column_factors: Vector) -> Table:
    weights = task.seed * column_factors
    row_factors = _factors(weights, task.rows, task.low, task.high)
    return np.clip(weights * row_factors[:, None], task.low, task.high)


def _newton(task: Task, column_factors: Vector) -> Vector:
    """Column factors a Newton step further on, shortened until it overshoots by no more than half."""
    table = _rows_met(task, column_factors)
    lack = task.columns - table.sum(axis=0)
    step = balance(table * task.free(table), np.zeros(len(task.rows)), lack, ridge=1e-9)[1]
    step -= step.mean()
    step *= LEAP / max(float(np.abs(step).max()), LEAP)
    for shorter in range(40):
        further = column_factors * np.exp(step * 0.5**shorter)
        if step @ (task.columns - _rows_met(task, further).sum(axis=0)) >= -0.5 * (step @ lack):
            return np.asarray(further)
    return column_factors


def _factors(weights: Table, sums: Vector, low: Table, high: Table) -> Vector:
    """Per row the factor at which `clip(factor x weight, low, high)` sums to what the row has to hold.

    Bitran and Hax: scale what is free; fix the cells past the bounds on the side where more is past; repeat.
    """
    free = weights > 0
    fixed = np.where(free, 0.0, low)
    factor = np.zeros(len(weights))
    for _ in range(2 * weights.shape[1] + 1):
        room = (weights * free).sum(axis=1)
        open_rows = room > 0
        np.divide(sums - fixed.sum(axis=1), room, out=factor, where=open_rows)
        scaled = factor[:, None] * weights
        over, under = np.where(free, scaled - high, 0.0).clip(min=0), np.where(free, low - scaled, 0.0).clip(min=0)
        capped = (over.sum(axis=1) >= under.sum(axis=1))[:, None]
        past = np.where(capped, over, under) > 0
        if not past.any():
            break
        fixed = np.where(past, np.where(capped, high, low), fixed)
        free = free & ~past
    return np.maximum(factor, 0.0)


def balance(weights: Table, rows: Vector, columns: Vector, ridge: float = 0.0) -> tuple[Vector, Vector]:
    """Row terms u and column terms v with which `weights x (u + v)` has these row and column sums.

    The Newton step of the fit; where there is no exact answer its least squares one. `ridge` (a
    share of the mean diagonal) makes it go far where the weights leave a direction open.
    """
    if weights.shape[0] < weights.shape[1]:
        v, u = balance(weights.T, columns, rows, ridge)
        return u, v
    row_sums = weights.sum(axis=1)
    inverse = np.divide(1.0, row_sums, out=np.zeros_like(row_sums), where=row_sums > 0)
    diagonal = weights.sum(axis=0)
    system = np.diag(diagonal + ridge * diagonal.mean()) - weights.T @ (weights * inverse[:, None])
    v = np.linalg.lstsq(system, columns - weights.T @ (rows * inverse), rcond=1e-13)[0]
    return inverse * (rows - weights @ v), v


def _closed(task: Task, fitted: Table) -> Table:
    """The same table with what its margins still lack spread over the free cells, which takes it to float noise."""
    for _ in range(2):
        free = fitted * task.free(fitted)
        u, v = balance(free, *task.off(fitted))
        closer = np.clip(fitted + free * (u[:, None] + v), task.low, task.high)
        if task.gap(closer) >= task.gap(fitted):
            break
        fitted = closer
    return fitted
