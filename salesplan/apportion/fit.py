"""The real-valued table that keeps a seed's pattern and meets both margins: IPF (RAS), within bounds if asked."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesplan.apportion.one_way import stable

PATIENCE = 10  # sweeps before Newton steps help them on
LEAP = 4.0  # most that a Newton step changes a factor, as a logarithm
SWEEPS = 200  # a table that needs more is at its limit, and is settled by linear programming
RUNAWAY = 1e100  # between factors: they are on the way to zero and infinity
NOISE = 1e-12  # share of a total below which a difference is that of float sums
SCALE = 1e6  # the total in the linear programme, so that its absolute tolerances are 1e-13 of it
SLACK = 1e-9  # share of the total below which the linear programme's numbers are zero

Table = NDArray[np.float64]
Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


class MisfitError(ValueError):
    """No table meets what is asked: `amount` does not fit, at the indices `rows` and `columns`.

    Empty `rows` or `columns` mean that no index in particular is to blame.
    """

    def __init__(self, reason: str, amount: float, rows: ArrayLike = (), columns: ArrayLike = ()) -> None:
        """`amount` in the margins' unit; a whole number but for float noise is given as that number."""
        nearest = round(amount)
        self.amount = float(nearest) if abs(amount - nearest) < 1e-6 * max(abs(amount), 1) else float(amount)
        self.rows: list[int] = np.asarray(rows, dtype=int).tolist()
        self.columns: list[int] = np.asarray(columns, dtype=int).tolist()
        where = f"rows {self.rows} , columns {self.columns}"
        super().__init__(f"{self.amount:.12g} does not fit: {reason} ({where})")


@dataclass(frozen=True)
class _Task:
    """A seed to fit: margins, and bounds that are 0 wherever the seed is."""

    seed: Table
    rows: Vector
    columns: Vector
    low: Table
    high: Table

    @property
    def total(self) -> float:
        return float(self.rows.sum())

    def off(self, table: Table) -> tuple[Vector, Vector]:
        """What the rows and the columns of a table lack."""
        return self.rows - table.sum(axis=1), self.columns - table.sum(axis=0)

    def free(self, table: Table) -> Mask:
        return (table > self.low) & (table < self.high)


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
    task = _task(seed, rows, columns, lower, upper)
    _check_room(task)
    if not task.total:
        return np.zeros(task.seed.shape)
    fitted = _swept(task, tolerance)
    if fitted is None:
        task = _settled(task)
        fitted = _swept(task, tolerance)
    if fitted is None:
        raise MisfitError("the fit does not come to rest", task.total)
    return _closed(task, fitted)


def _task(
    seed: ArrayLike, rows: ArrayLike, columns: ArrayLike, lower: ArrayLike | None, upper: ArrayLike | None
) -> _Task:
    cells = np.atleast_2d(stable(seed))
    row_sums, column_sums = _margin(rows, "row", cells.shape[0]), _margin(columns, "column", cells.shape[1])
    low = np.broadcast_to(np.asarray(0.0 if lower is None else lower, dtype=np.float64), cells.shape)
    high = np.broadcast_to(np.asarray(np.inf if upper is None else upper, dtype=np.float64), cells.shape)
    if not (low <= high).all() or (low < 0).any():
        raise ValueError("bounds must be numbers with 0 <= lower <= upper")
    barred = (cells == 0) & (low > 0)
    if barred.any():
        raise MisfitError("a lower bound stands on a zero cell", float(low[barred].sum()), *np.nonzero(barred))
    return _Task(cells, row_sums, column_sums, low, np.where(cells > 0, high, 0.0))


def _margin(sums: ArrayLike, name: str, size: int) -> Vector:
    values = np.asarray(sums, dtype=np.float64)
    if values.shape != (size,):
        raise ValueError(f"{size} {name} sums are needed, not {values.size}")
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        raise ValueError(f"{name} {wrong[0]} has the sum {values[wrong[0]]}: a number of at least 0 is needed")
    return values


def _check_room(task: _Task) -> None:
    """The misfits that can be seen without fitting: each row and each column by itself."""
    gap = task.total - float(task.columns.sum())
    noise = NOISE * max(task.total, 1.0)
    if abs(gap) > noise:
        raise MisfitError("the rows sum to that much more than the columns", gap)
    for axis, sums in ((1, task.rows), (0, task.columns)):
        over = np.maximum(sums - task.high.sum(axis=axis), 0.0)
        under = np.maximum(task.low.sum(axis=axis) - sums, 0.0)
        for excess, reason in ((over, "more than the open cells may hold"), (under, "less than the lower bounds ask")):
            blamed = np.flatnonzero(excess > noise)
            if len(blamed):
                raise MisfitError(reason, float(excess.sum()), *((blamed, ()) if axis else ((), blamed)))


def _swept(task: _Task, tolerance: float) -> Table | None:
    """Factors of rows and columns in turn until the margins are met; None when that does not come about."""
    column_factors = np.ones(len(task.columns))
    for sweep in range(SWEEPS):
        if sweep >= PATIENCE:
            column_factors = _newton(task, column_factors)
        row_factors = _factors(task.seed * column_factors, task.rows, task.low, task.high)
        scaled = task.seed * row_factors[:, None]
        column_factors = _factors(scaled.T, task.columns, task.low.T, task.high.T)
        fitted = np.clip(scaled * column_factors, task.low, task.high)
        off = task.off(fitted)
        if max(np.abs(off[0]).max(), np.abs(off[1]).max()) <= tolerance * task.total:
            return fitted
        if column_factors.max() > RUNAWAY * column_factors.min(where=column_factors > 0, initial=np.inf):
            return None
    return None


def _rows_met(task: _Task, column_factors: Vector) -> Table:
    weights = task.seed * column_factors
    row_factors = _factors(weights, task.rows, task.low, task.high)
    return np.clip(weights * row_factors[:, None], task.low, task.high)


def _newton(task: _Task, column_factors: Vector) -> Vector:
    """Column factors a Newton step further on, shortened until the columns are not overshot by half of what they lack."""
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


def _closed(task: _Task, fitted: Table) -> Table:
    """The same table with what its margins still lack spread over the free cells, which takes it to float noise."""
    free = fitted * task.free(fitted)
    u, v = balance(free, *task.off(fitted))
    closed = np.clip(fitted + free * (u[:, None] + v), task.low, task.high)
    before, after = (max(np.abs(part).max() for part in task.off(table)) for table in (fitted, closed))
    return closed if after < before else fitted


def _settled(task: _Task) -> _Task:
    """The task with every cell pinned that has the same value in all tables with these margins and bounds.

    A fit in which zero cells or bounds force further cells approaches them for ever; with those
    pinned it comes to rest. Raises MisfitError when there is no table at all.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    table = _any_table(task)
    i, j = np.nonzero(task.high > 0)
    can_rise, can_fall = _movable(task, table)
    rise, fall = can_rise[i, j], can_fall[i, j]
    count = len(task.rows) + len(task.columns)
    begin = np.concatenate([i[rise], j[fall] + len(task.rows)])
    end = np.concatenate([j[rise] + len(task.rows), i[fall]])
    graph = coo_array((np.ones(len(begin)), (begin, end)), shape=(count, count)).tocsr()
    part = connected_components(graph, connection="strong")[1]
    pinned = part[: len(task.rows), None] != part[len(task.rows) :]  # on no cycle: nothing can be moved through it
    at = np.where(table - task.low <= task.high - table, task.low, task.high)  # such a cell lies on a bound
    low, high = np.where(pinned, at, task.low), np.where(pinned, at, task.high)
    return replace(task, seed=np.where(high > 0, task.seed, 0.0), low=low, high=high)


def _movable(task: _Task, table: Table) -> tuple[Mask, Mask]:
    """Cells that may rise and cells that may fall within their bounds."""
    slack = SLACK * task.total
    return table < task.high - slack, table > task.low + slack


def _any_table(task: _Task) -> Table:
    """Some table with these margins and bounds, by linear programming. Raises MisfitError when there is none."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    i, j = np.nonzero(task.high > task.low)
    scale = SCALE / task.total
    ones = np.ones(2 * len(i))
    places = (np.concatenate([i, j + len(task.rows)]), np.tile(np.arange(len(i)), 2))
    sums = coo_array((ones, places), shape=(len(task.rows) + len(task.columns), len(i)))
    caps = np.column_stack([np.zeros(len(i)), (task.high - task.low)[i, j] * scale])
    room = np.maximum(np.concatenate(task.off(task.low)), 0.0) * scale
    found = linprog(-ones[: len(i)], A_ub=sums.tocsr(), b_ub=room, bounds=caps, method="highs")
    table = task.low.copy()
    table[i, j] += found.x / scale
    if task.total - table.sum() > SLACK * task.total:
        raise _no_room(task, table)
    return table


def _no_room(task: _Task, table: Table) -> MisfitError:
    """The misfit of a table that holds as much as can be held: its smallest bottleneck, by rows or by columns."""
    can_rise, can_fall = _movable(task, table)
    can_rise &= task.high > 0
    rows = task.off(table)[0] > SLACK * task.total
    columns = np.zeros(len(task.columns), dtype=bool)
    while True:  # whatever could still be given to or taken from these rows
        columns = np.any(can_rise & rows[:, None], axis=0)
        reached = rows | np.any(can_fall & columns, axis=1)
        if (reached == rows).all():
            break
        rows = reached
    amount = task.total - float(table.sum())
    if rows.sum() + columns.sum() <= (~rows).sum() + (~columns).sum():
        reason, blamed = "these rows have more than these columns can take", (rows, columns)
    else:
        reason, blamed = "these columns need more than these rows can give", (~rows, ~columns)
    return MisfitError(reason, amount, *map(np.flatnonzero, blamed))
