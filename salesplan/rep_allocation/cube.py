"""From rep by month down to the cells of the split: nested two-way tables, one per month."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, apportion, apportion_table, fit_table
from salesplan.rep_allocation.parts import Parts, Row
from salesplan.terms.plan import DIMENSIONS

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
Mask = NDArray[np.bool_]
# More rows than this are not worth their time: the table then stops at rep and month.
MOST_ROWS = 700_000
# Part of a rep's cells that follows the month's own mix, so that a cell nobody sold in finds somebody who carries it.
BACKING = 1e-6
NEW = 0.5  # of the plan of a member, without a past: from there on it is new
FAR = 1e-7  # of that for cells out of his reach


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


class Mix(NamedTuple):
    """Where each rep sells."""

    own: Real  # reps x members: share of each combination in his own sales, zeros without any
    reach: Mask  # reps x members: those of his regions


def own_mix(reps: Sequence[str], history: pd.DataFrame, members: pd.DataFrame) -> Real:
    """Share of each combination of members (columns) in each rep's own sales (rows); zeros without any."""
    dims = list(members.columns)
    sold = history.groupby(["rep", *dims], sort=True)["amount"].sum().clip(lower=0).rename("amount").reset_index()
    place = members.assign(cell=range(len(members)))
    known = sold.merge(place, on=dims).merge(pd.DataFrame({"rep": list(reps), "row": range(len(reps))}), on="rep")
    mix = np.zeros((len(reps), len(members)))
    mix[known["row"].to_numpy(), known["cell"].to_numpy()] = known["amount"]
    sums = mix.sum(axis=1, keepdims=True)
    shares: Real = np.divide(mix, sums, out=np.zeros_like(mix), where=sums > 0)
    return shares


def reach_of(own: Real, regions: Sequence[frozenset[str]], members: pd.DataFrame) -> Mask:
    """Which combinations each rep can serve: those of the regions he is in or has sold in; all, where none is known.

    `regions` by rep, of all his spells of the year. Without regions in the split everybody serves everything.
    """
    if "region" not in members.columns:
        return np.ones(own.shape, dtype=bool)
    place = members["region"].to_numpy()
    sold = [frozenset(place[row > 0]) for row in own]
    at = [here | there if here else frozenset() for here, there in zip(regions, sold, strict=True)]
    rows = [np.isin(place, list(names)) if names else np.ones(len(place), dtype=bool) for names in at]
    return np.array(rows, dtype=bool).reshape(own.shape)


def novelty_of(sold: Real, planned: Real, members: pd.DataFrame) -> tuple[Real, NDArray[np.int64]]:
    """How far each combination is new, 0 to 1, and the dimension (column) in which it is.

    A product or channel is new as far as its part of the plan is more than its part of the past, 1 - past / plan, when
    that is at least half; growth of what is known is not new, and neither are regions and customers.
    """
    new = np.zeros((max(members.shape[1], 1), len(members)))
    if sold.sum() > 0 and planned.sum() > 0:
        shares = pd.DataFrame({"past": sold / sold.sum(), "plan": planned / planned.sum()})
        for place, name in enumerate(members.columns):
            if name in ("product", "channel"):
                sums = shares.groupby(members[name].to_numpy()).transform("sum")
                new[place] = 1 - np.divide(sums["past"], sums["plan"], out=np.ones(len(sums)), where=sums["plan"] > 0)
    new = np.where(new >= NEW, new, 0.0)
    return new.max(axis=0), np.asarray(new.argmax(axis=0), dtype=np.int64)


def with_new(own: Real, planned: Real, members: pd.DataFrame) -> Real:
    """Each rep's mix with what is new in it: a new product goes where he sells the others, as the plan has it there.

    `own` reps x members, `planned` the plan by member. For a combination that is new as far as n: (1 - n) x own + n x
    (his sales in the same other dimensions x its part of the plan there); rows sum to 1 again.
    """
    new, where = novelty_of(own.sum(axis=0), planned, members)
    mix = own * (1 - new)
    for place, name in enumerate(members.columns):
        about = new * (where == place)
        if about.any():
            others = [other for other in members.columns if other != name]
            group = members.groupby(others).ngroup().to_numpy() if others else np.zeros(len(members), dtype=np.int64)
            sums = np.zeros((own.shape[0], int(group.max()) + 1))
            np.add.at(sums.T, group, own.T)
            there = np.bincount(group, weights=planned)[group]
            part = np.divide(planned, there, out=np.zeros(len(planned)), where=there > 0)
            mix = mix + about * sums[:, group] * part
    whole = mix.sum(axis=1, keepdims=True)
    shares: Real = np.divide(mix, whole, out=np.zeros_like(mix), where=whole > 0)
    return shares


def mix_of(
    reps: Sequence[str],
    regions: Sequence[frozenset[str]],
    history: pd.DataFrame,
    members: pd.DataFrame,
    planned: NDArray[np.int64],
) -> Mix:
    """Where each rep sells, of the past and of what is new in the plan (by member); without either his regions."""
    if not members.shape[1]:
        return Mix(np.ones((len(reps), 1)), np.ones((len(reps), 1), dtype=bool))
    own = own_mix(reps, history, members)
    return Mix(with_new(own, planned.astype(np.float64), members), reach_of(own, regions, members))


def seed_of(mix: Mix, month: Fen, year: Fen) -> Real:
    """A rep's mix moved by the season of each cell, with the backing of the month's own mix.

    Cells out of his reach have next to nothing: they are used only where nothing else meets both margins.
    """
    usual = month / month.sum()
    season = np.divide(month, year, out=np.zeros(len(month)), where=year > 0) * year.sum() / month.sum()
    backing = np.where(mix.reach, usual, usual * FAR)
    moved = mix.own * season
    sums = moved.sum(axis=1, keepdims=True)
    own = np.divide(moved, sums, out=backing / backing.sum(axis=1, keepdims=True), where=sums > 0)
    seed: Real = (1 - BACKING) * own + BACKING * backing
    return seed


def fit_rows(seed: Real, rows: Fen, columns: Fen) -> Real:
    """The fit to both margins; rows and columns of zero stay zero."""
    real = np.zeros(seed.shape)
    if rows.any():
        within = np.ix_(rows > 0, columns > 0)
        real[within] = fit_table(seed[within], rows[rows > 0], columns[columns > 0])
    return real


def round_rows(real: Real, rows: Fen, columns: Fen, unit: int) -> Fen:
    """Controlled rounding of a fit; rows and columns of zero stay zero."""
    whole = np.zeros(real.shape, dtype=np.int64)
    if rows.any():
        within = np.ix_(rows > 0, columns > 0)
        whole[within] = apportion_table(real[within], rows[rows > 0], columns[columns > 0], unit=unit)
    return whole


def unrounded(amount: Fen, cells: Fen, mix: Mix, *, unit: int = 1) -> Real:
    """Quota of every rep in every cell before rounding, where nothing is agreed for part of the members; fen.

    Arrays as in `carry_down`.
    """
    real = np.zeros((len(cells), *mix.own.shape))
    for m, columns in enumerate(cells):
        if columns.sum() and amount[:, m].any():
            given = padded(int(amount[:, m].sum()), columns, unit)
            real[m] = fit_rows(seed_of(mix, columns, cells.sum(axis=0)), amount[:, m], given)
    return real


def carry_down(amount: Fen, cells: Fen, mix: Mix, parts: Parts | None = None, *, unit: int = 1) -> tuple[Real, Fen]:
    """Quota of every rep in every cell, before and after rounding: two arrays months x reps x members, fen.

    `amount` reps by months; `cells` months by members of the split that the reps carry (fen), padded here to the
    quotas' sum; `parts` what is agreed for part of the members. Per month, each rep's amount, each padded cell and each
    agreed part are kept. Raises `MisfitError` for parts that no cell has room for.
    """
    real, whole = np.zeros((len(cells), *mix.own.shape)), np.zeros((len(cells), *mix.own.shape), dtype=np.int64)
    for m, columns in enumerate(cells):
        if not columns.sum() or not amount[:, m].any():
            continue
        seed, given = seed_of(mix, columns, cells.sum(axis=0)), padded(int(amount[:, m].sum()), columns, unit)
        rows = parts.of_month(m, amount[:, m]) if parts is not None and parts.in_month(m) else None
        if rows is None:
            real[m] = fit_rows(seed, amount[:, m], given)
            whole[m] = round_rows(real[m], amount[:, m], given, unit)
        else:
            real[m], whole[m] = _with_parts(seed, rows, given, unit)
    return real, whole


def _with_parts(seed: Real, rows: Sequence[Row], columns: Fen, unit: int) -> tuple[Real, Fen]:
    """A month's table with rows of their own for what is agreed, put together again by rep."""
    open_cells, amounts = np.array([row.open_cells for row in rows]), np.array([row.amount for row in rows])
    reps = np.array([row.rep for row in rows])
    fitted = fit_rows(np.where(open_cells, seed[reps], 0.0), amounts, columns)
    rounded = round_rows(fitted, amounts, columns, unit)
    real, whole = np.zeros(seed.shape), np.zeros(seed.shape, dtype=np.int64)
    np.add.at(real, reps, fitted)
    np.add.at(whole, reps, rounded)
    return real, whole


def padded(total: int, columns: Fen, unit: int) -> Fen:
    """The cells of a month raised to the sum of its quotas."""
    return columns if total == columns.sum() else apportion(total, columns, unit=unit)


def base_cells(base: Fen, cells: Fen, led: Real, whole: Fen, *, unit: int = 1) -> Fen:
    """Base of every rep in every cell, months x reps x members: each rep's base and each cell of the split is kept.

    Spread as the quotas are: `led` before and `whole` after rounding.
    """
    found = np.zeros(whole.shape, dtype=np.int64)
    for m, columns in enumerate(cells):
        if (base[:, m] == whole[m].sum(axis=1)).all():
            found[m] = whole[m]
        elif base[:, m].any():
            thin = FAR * columns / max(int(columns.sum()), 1) * max(float(led[m].sum()), 1.0)
            found[m] = round_rows(fit_rows(led[m] + thin, base[:, m], columns), base[:, m], columns, unit)
    return found


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


def unassigned_rows(split: pd.DataFrame, months: Sequence[str], members: pd.DataFrame, left: Fen) -> pd.DataFrame:
    """What nobody can serve, as rows of the allocation, base and amount alike; `left` months x members, fen."""
    cells = by_cell(split, months, "amount").astype(np.int64)
    known = np.full(cells.shape, np.nan)
    if "quantity" in split:
        known = by_cell(split, months, "quantity").astype(np.float64)
    units = quantities(left[:, None], cells, known)
    rows = long_table([UNASSIGNED], months, members, left[:, None], left[:, None], units)
    return rows[rows["base"] != 0].reset_index(drop=True)


def month_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Quotas rep by month whatever the grain of the table: rep, month, base, amount (fen), sorted by the keys."""
    return table.groupby(["rep", "month"], sort=True)[["base", "amount"]].sum().reset_index()
