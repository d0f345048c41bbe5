"""What room a table has: its margins and bounds, whether any table meets them, and which cells have no choice."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesplan.apportion.one_way import stable

NOISE = 1e-12  # share of the total below which a difference is that of float sums

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
class Task:
    """A seed to fit: margins, and bounds that are 0 wherever the seed is."""

    seed: Table
    rows: Vector
    columns: Vector
    low: Table
    high: Table

    @property
    def total(self) -> float:
        """Sum of the rows, and of the columns."""
        return float(self.rows.sum())

    def off(self, table: Table) -> tuple[Vector, Vector]:
        """What the rows and the columns of a table lack."""
        return self.rows - table.sum(axis=1), self.columns - table.sum(axis=0)

    def gap(self, table: Table) -> float:
        """The largest of what they lack."""
        return max(float(np.abs(side).max()) for side in self.off(table))

    def free(self, table: Table) -> Mask:
        """Cells strictly between their bounds."""
        return (table > self.low) & (table < self.high)


def task_of(
    seed: ArrayLike, rows: ArrayLike, columns: ArrayLike, lower: ArrayLike | None, upper: ArrayLike | None
) -> Task:
    """The task of a fit as asked for; raises as `fit_table` for what is no number or contradicts itself."""
    cells = np.atleast_2d(stable(seed))
    row_sums, column_sums = _margin(rows, "row", cells.shape[0]), _margin(columns, "column", cells.shape[1])
    low = np.broadcast_to(np.asarray(0.0 if lower is None else lower, dtype=np.float64), cells.shape)
    high = np.broadcast_to(np.asarray(np.inf if upper is None else upper, dtype=np.float64), cells.shape)
    if not (low <= high).all() or (low < 0).any():
        raise ValueError("bounds must be numbers with 0 <= lower <= upper")
    barred = (cells == 0) & (low > 0)
    if barred.any():
        raise MisfitError("a lower bound stands on a zero cell", float(low[barred].sum()), *np.nonzero(barred))
    return Task(cells, row_sums, column_sums, low, np.where(cells > 0, high, 0.0))


def _margin(sums: ArrayLike, name: str, size: int) -> Vector:
    values = np.asarray(sums, dtype=np.float64)
    if values.shape != (size,):
        raise ValueError(f"{size} {name} sums are needed, not {values.size}")
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        raise ValueError(f"{name} {wrong[0]} has the sum {values[wrong[0]]}: a number of at least 0 is needed")
    return values


def check_room(task: Task) -> None:
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


def settled(task: Task, table: Table) -> Task:
    """The task with every cell pinned that has the same value in all tables with these margins and bounds.

    A fit in which zero cells or bounds force further cells approaches them for ever; with those
    pinned it comes to rest. `table` meets the rows and the bounds. Raises MisfitError when there is
    no table at all.
    """
    table = carried(task, table)
    rise, fall = _movable(task, table)
    reach = _reach(fall, rise)
    there, back = _steps(rise, reach), _steps(fall, reach.T)
    pinned = ~(there & back)  # on no cycle of cells: nothing can be moved through it, so it lies on a bound
    at = np.where(table - task.low <= task.high - table, task.low, task.high)
    low, high = np.where(pinned, at, task.low), np.where(pinned, at, task.high)
    return replace(task, seed=np.where(high > 0, task.seed, 0.0), low=low, high=high)


def _movable(task: Task, table: Table) -> tuple[Mask, Mask]:
    """Cells that may rise and cells that may fall within their bounds."""
    slack = NOISE * task.total
    return table < task.high - slack, table > task.low + slack


def _steps(first: Mask, second: Mask) -> Mask:
    """Where one leads through the other."""
    return np.asarray(first.astype(np.float64) @ second.astype(np.float64) > 0)


def _reach(fall: Mask, rise: Mask) -> Mask:
    """From which column to which an amount can be carried, over any number of rows."""
    reach = _steps(fall.T, rise) | np.eye(fall.shape[1], dtype=bool)
    while True:
        further = _steps(reach, reach)
        if (further == reach).all():
            return reach
        reach = further


def carried(task: Task, table: Table) -> Table:
    """The table with the columns met too: amounts are carried from full columns to lacking ones while that is possible.

    A maximum flow (Edmonds and Karp) over columns; raises MisfitError with what cannot be carried.
    """
    table = table.copy()
    slack = NOISE * task.total
    while True:
        lack = task.off(table)[1]
        if lack.max() <= slack:
            return table
        rise, fall = _movable(task, table)
        path = _path(_steps(fall.T, rise), lack < -slack, lack > slack)
        if not path:
            raise _no_room(task, table, lack)
        _carry(task, table, path, min(-lack[path[0]], lack[path[-1]]))


def _path(edges: Mask, starts: Mask, ends: Mask) -> list[int]:
    """A shortest way over columns from a start to an end; empty when there is none."""
    before = np.where(starts, -2, -1)
    front = starts
    while front.any() and not (front & ends).any():
        nearest = np.where(edges & front[:, None], np.arange(len(starts))[:, None], -1).max(axis=0)
        front = (before == -1) & (nearest >= 0)
        before = np.where(front, nearest, before)
    way = [int(end) for end in np.flatnonzero(front & ends)[:1]]
    while way and before[way[0]] >= 0:
        way.insert(0, int(before[way[0]]))
    return way


def _carry(task: Task, table: Table, path: list[int], most: float) -> None:
    """Carry as much as there is room for along the path, in place, each row giving in proportion to its room."""
    steps = list(pairwise(path))
    rooms = [np.minimum(table[:, j] - task.low[:, j], task.high[:, k] - table[:, k]).clip(min=0) for j, k in steps]
    amount = min(most, *(float(room.sum()) for room in rooms))
    for (j, k), room in zip(steps, rooms, strict=True):
        moved = room * (amount / room.sum())
        table[:, j] -= moved
        table[:, k] += moved


def _no_room(task: Task, table: Table, lack: Vector) -> MisfitError:
    """The misfit of a table from which nothing more can be carried: its bottleneck, told by its shorter side."""
    rise, fall = _movable(task, table)
    full = _reach(fall, rise)[lack < -NOISE * task.total].any(axis=0)
    stuck = np.any(fall & full, axis=1)
    amount = float(np.maximum(lack, 0.0).sum())
    if stuck.sum() + full.sum() <= (~stuck).sum() + (~full).sum():
        reason, blamed = "these rows have more than these columns can take", (stuck, full)
    else:
        reason, blamed = "these columns need more than these rows can give", (~stuck, ~full)
    return MisfitError(reason, amount, *map(np.flatnonzero, blamed))
