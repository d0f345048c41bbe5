"""From rep by month down to the cells of the split: nested two-way tables, one per month."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, apportion, apportion_table, fit_table
from salesplan.rep_allocation.quotas import QuotaTable
from salesplan.terms.plan import DIMENSIONS

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
# More rows than this are not worth their time: the table then stops at rep and month.
MOST_ROWS = 150_000
# Part of a rep's cells that follows the month's own mix, so that every cell finds somebody who carries it.
BACKING = 0.002


def dimensions_of(split: pd.DataFrame) -> list[str]:
    """The dimensions a split is made by, in the order of its columns."""
    return [name for name in split.columns if name in DIMENSIONS]


def cells_that_fit(reps: int, split: pd.DataFrame, *, most: int = MOST_ROWS) -> bool:
    """Whether the table of reps by cells of the split stays within `most` rows."""
    return bool(dimensions_of(split)) and (reps + 1) * len(split) <= most


def members_of(split: pd.DataFrame) -> pd.DataFrame:
    """Every combination of members of the split, sorted; one row, no column, without dimensions."""
    dims = dimensions_of(split)
    found: pd.DataFrame = (
        split[dims].drop_duplicates().sort_values(dims, ignore_index=True) if dims else pd.DataFrame(index=[0])
    )
    return found


def by_cell(split: pd.DataFrame, months: Sequence[str], column: str) -> NDArray[Any]:
    """A column of the split as months (rows) by members (columns, as `members_of`), 0 where the split has no row."""
    dims = dimensions_of(split)
    if not dims:
        return split.groupby("month")[column].sum(min_count=1).reindex(list(months)).to_numpy()[:, None]
    wide = split.set_index(["month", *dims])[column].unstack("month").sort_index()  # noqa: PD010 - nothing is aggregated
    return wide.reindex(columns=list(months)).fillna(0).to_numpy().T


def own_mix(reps: pd.DataFrame, history: pd.DataFrame, members: pd.DataFrame) -> Real:
    """Share of each combination of members (columns) in each rep's own sales (rows); zeros without any.

    A rep without sales of his own has the cells of his region, where the split has regions and his is one of them.
    """
    dims = list(members.columns)
    sold = history.groupby(["rep", *dims], sort=True)["amount"].sum().clip(lower=0).rename("amount").reset_index()
    place = members.assign(cell=range(len(members)))
    known = sold.merge(place, on=dims).merge(pd.DataFrame({"rep": reps["rep"], "row": range(len(reps))}), on="rep")
    mix = np.zeros((len(reps), len(members)))
    mix[known["row"].to_numpy(), known["cell"].to_numpy()] = known["amount"]
    if "region" in dims:
        regions = reps["region"].fillna("").tolist()
        here = np.array([members["region"] == region for region in regions], dtype=np.float64).reshape(mix.shape)
        mix = np.where(mix.any(axis=1, keepdims=True), mix, here)
    sums = mix.sum(axis=1, keepdims=True)
    shares: Real = np.divide(mix, sums, out=np.zeros_like(mix), where=sums > 0)
    return shares


def _seed(mix: Real, month: Fen, year: Fen) -> Real:
    """A rep's mix moved by the season of each cell, with the backing of the month's own mix."""
    usual = month / month.sum()
    season = np.divide(month, year, out=np.zeros(len(month)), where=year > 0) * year.sum() / month.sum()
    moved = mix * season
    sums = moved.sum(axis=1, keepdims=True)
    own = np.divide(moved, sums, out=np.tile(usual, (len(mix), 1)), where=sums > 0)
    seed: Real = (1 - BACKING) * own + BACKING * usual
    return seed


def _table(cells: Real, rows: Fen, columns: Fen, unit: int) -> tuple[Real, Fen]:
    """The fit to both margins and its controlled rounding; rows and columns of zero stay zero."""
    real, whole = np.zeros(cells.shape), np.zeros(cells.shape, dtype=np.int64)
    if rows.any():
        within = np.ix_(rows > 0, columns > 0)
        real[within] = fit_table(cells[within], rows[rows > 0], columns[columns > 0])
        whole[within] = apportion_table(real[within], rows[rows > 0], columns[columns > 0], unit=unit)
    return real, whole


def carry_down(table: QuotaTable, cells: Fen, mix: Real, *, unit: int = 1) -> tuple[Fen, Fen]:
    """Base and quota of every rep in every cell: two arrays months x reps x members, int64 fen.

    `cells` months by members of the split (fen), `mix` reps by members. Per month, `base` keeps each rep's base and
    each cell of the split; `amount` keeps each rep's quota of the month and is spread as the base is.
    """
    base = np.zeros((len(cells), *mix.shape), dtype=np.int64)
    amount = base.copy()
    same = (table.base == table.amount).all()
    for m, columns in enumerate(cells):
        if not columns.sum() or not table.base[:, m].any():
            continue
        seed = _seed(mix, columns, cells.sum(axis=0))
        real, base[m] = _table(seed, table.base[:, m], columns, unit)
        given = apportion(int(table.amount[:, m].sum()), columns, unit=unit)
        # A quota of a fen or two may have a base of none, and then no cells to follow.
        led = np.where(real.any(axis=1, keepdims=True), real, seed)
        amount[m] = base[m] if same else _table(led, table.amount[:, m], given, unit)[1]
    return base, amount


def quantities(amount: Fen, cells: Fen, quantity: Real) -> Real:
    """Units a quota stands for: quantity of the cell x amount / amount of the cell; NaN where that is unknown."""
    rate = np.divide(quantity, cells, out=np.full(cells.shape, np.nan), where=cells > 0)
    units: Real = np.where(amount == 0, np.where(np.isnan(rate), np.nan, 0.0)[:, None, :], amount * rate[:, None, :])
    return units


def long_table(
    reps: Sequence[str], months: Sequence[str], members: pd.DataFrame, base: Fen, amount: Fen, quantity: Real
) -> pd.DataFrame:
    """Arrays months x reps x members as rows: rep, month, (dimensions), base, amount, quantity; sorted by the keys."""
    turned = [np.swapaxes(values, 0, 1).reshape(-1) for values in (base, amount, quantity)]
    count, within = len(reps) * len(months), len(members)
    keys = {
        "rep": np.repeat(list(reps), len(months) * within),
        "month": np.tile(np.repeat(list(months), within), len(reps)),
    }
    tiled = {name: np.tile(members[name].to_numpy(), count) for name in members.columns}
    frame = pd.DataFrame({**keys, **tiled}).astype("str")
    return frame.assign(base=turned[0], amount=turned[1], quantity=turned[2])


def unassigned_rows(split: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """What nobody can serve, as rows of the allocation: the split's cells of those months, base and amount alike."""
    dims = dimensions_of(split)
    left = split.loc[split["month"].isin(set(months)) & (split["amount"] != 0)]
    quantity = left["quantity"].astype("float64") if "quantity" in left else np.nan
    rows = left[["month", *dims]].assign(rep=UNASSIGNED, base=left["amount"], amount=left["amount"], quantity=quantity)
    return rows[["rep", "month", *dims, "base", "amount", "quantity"]].sort_values(
        ["rep", "month", *dims], ignore_index=True
    )


def month_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Quotas rep by month whatever the grain of the table: rep, month, base, amount (fen), sorted by the keys."""
    return table.groupby(["rep", "month"], sort=True)[["base", "amount"]].sum().reset_index()
