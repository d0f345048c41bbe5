"""The revised plan rep by rep: who takes which part of what the months to come must bring."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import MANAGER, UNASSIGNED, apportion, apportion_table
from salesplan.terms.variance_review import Revision
from salesplan.variance_review.grid import NOBODY, rep_grid, rep_targets
from salesplan.variance_review.measures import Figures
from salesplan.variance_review.promises import Promised, promised
from salesplan.variance_review.revision import Revised, capped

COLUMNS = ["rep", "month", "original", "actual", "revised", "pinned"]
Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]


def revise_reps(
    figures: Figures, revised: Revised, rules: Revision, *, cutoff: int | None = None, unit: int = 1
) -> pd.DataFrame:
    """Table `variance_review_revision_reps`: original, actual and revised target of every rep in every month.

    The months of all rows sum to the company's, in `original` and in `revised`: closed months are actual, `(manager)`
    keeps the over-assignment as a negative target of the months to come, `(unassigned)` has what belongs to no rep and
    what no rep may take. What is `promised` stands. By how much the company's month rises beyond it goes to the reps
    who are behind, in proportion to what each lacks so far and to his quotas of the months to come, none above the
    cap x his quota of the month; then to the others by quota. What it falls is taken from those ahead first. Both
    margins are exact (`apportion_table`): no cell is more than a money unit off its share, odd units apart.
    Fen; `actual` NA for months to come.
    """
    grid = rep_grid(figures, cutoff=cutoff)
    targets, given = rep_targets(figures), promised(figures, rules.pins, cutoff=cutoff)
    reps = sorted({*grid["rep"], *targets.index.get_level_values("rep"), MANAGER, UNASSIGNED})
    cells = pd.MultiIndex.from_product([reps, figures.months], names=["rep", "month"])
    original = targets.reindex(cells, fill_value=0)
    actual = grid.set_index(["rep", "month"])["actual"].reindex(cells).astype("Int64")
    quota = original.reset_index(name="fen").pivot_table(index="rep", columns="month", values="fen", aggfunc="sum")
    quota = quota.reindex(index=reps, columns=figures.open).astype("int64")
    rises = revised.table.set_index("month")
    change = _changes(quota, rises["revised"] - rises["original"], _lack(grid, reps), rules, given, unit)
    later = (quota + change).melt(ignore_index=False).set_index("month", append=True)["value"].reindex(cells)
    rows = pd.DataFrame({"original": original, "actual": actual, "revised": actual.fillna(later.astype("Int64"))})
    fixed = pd.MultiIndex.from_frame(given.cells[["rep", "month"]])
    return rows.astype({"revised": "int64"}).assign(pinned=cells.isin(fixed)).reset_index()[COLUMNS]


def _lack(grid: pd.DataFrame, reps: list[str]) -> Whole:
    """What each rep lacks so far, fen; negative for those ahead."""
    return -grid.groupby("rep")["variance"].sum().reindex(reps, fill_value=0).to_numpy(dtype="int64")


def _changes(
    quota: pd.DataFrame, rises: pd.Series, lack: Whole, rules: Revision, given: Promised, unit: int
) -> pd.DataFrame:
    """By how much each rep's months to come change: promises, and what is left of the company's change."""
    fixed = given.cells.assign(change=given.cells["amount"] - given.cells["quota"])
    moved = fixed.pivot_table(index="rep", columns="month", values="change").reindex_like(quota)
    free = moved.isna() & ~quota.index.isin(NOBODY)[:, None]
    promises = moved.fillna(0).astype("int64")
    left = (rises.reindex(quota.columns) - promises.sum()).to_numpy(dtype="int64")
    size = np.where(free, np.maximum(quota, 0), 0).astype("int64")
    most = np.where(left > 0, capped(size, rules.cap), size)
    behind = np.where(left > 0, np.maximum(lack, 0)[:, None], np.maximum(-lack, 0)[:, None])
    parts = spread(np.abs(left), [behind * _own_shares(size), size], most, unit) * np.sign(left)
    changed: pd.DataFrame = promises + parts
    changed.loc[UNASSIGNED] += rises.reindex(quota.columns) - changed.sum()
    return changed


def _own_shares(size: Whole) -> Real:
    """Share of each rep's rest of the year that falls on each month to come."""
    whole = size.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(size, whole, out=np.zeros(size.shape), where=whole > 0))


def spread(totals: Whole, weights: "list[npt.NDArray[np.generic]]", most: Whole, unit: int = 1) -> Whole:
    """Spread each column's total over the rows, by the first weights as far as there is room, then by the next.

    `totals`: fen by column; `weights`, `most`: rows x columns. Rows and columns of the result sum to whole numbers
    nearest to their shares (columns: the total, or all the room there is); odd fen go where most room is left.
    """
    whole = most - most % unit
    placed = np.minimum(totals - totals % unit, whole.sum(axis=0))
    real = np.zeros(most.shape)
    for each in weights:
        real += _poured(placed - real.sum(axis=0), np.asarray(each, dtype=np.float64), whole - real)
    sums = real.sum(axis=0)
    real = real * np.divide(placed, sums, out=np.zeros(len(sums)), where=sums > 0)
    if not placed.any():
        return _odd_fen(np.zeros(most.shape, dtype="int64"), totals, most)
    rows = apportion(int(placed.sum()), real.sum(axis=1), unit=unit)
    return _odd_fen(apportion_table(real, rows, placed, unit=unit), totals, most)


def _odd_fen(parts: Whole, totals: Whole, most: Whole) -> Whole:
    """What the money unit leaves of each column, where one row has room for it."""
    room, column = most - parts, np.arange(most.shape[1])
    widest = room.argmax(axis=0)
    parts = parts.copy()
    parts[widest, column] += np.clip(totals - parts.sum(axis=0), 0, room[widest, column])
    return parts


def _poured(totals: Real, weights: Real, rooms: Real) -> Real:
    """Columns spread by weight, no cell above its room; what is too much for one goes to the others of its column."""
    filled, open_to = np.zeros(weights.shape), (weights > 0) & (rooms > 0)
    while True:
        left = np.maximum(totals - filled.sum(axis=0), 0.0)
        weight = np.where(open_to, weights, 0.0)
        sums = weight.sum(axis=0)
        share = weight * np.divide(left, sums, out=np.zeros(len(left)), where=sums > 0)
        over = open_to & (share >= rooms - filled)
        if not over.any():
            return np.asarray(filled + share)
        filled = np.where(over, rooms, filled)
        open_to &= ~over
