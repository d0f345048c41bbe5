"""Agreements about parts of quotas, all at once: the real-valued table that keeps them, and their common parts."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.claims import Claim
from salesplan.rep_allocation.agreements import People, cells_of, cross, of_cells

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
SWEEPS = 1_000
TOLERANCE = 1e-10  # of the total
DEPTH = 6  # times that common parts of common parts are looked for


def kept_together(
    free: Real, amounts: Fen, columns: Fen, claims: Sequence[Claim], people: People, members: pd.DataFrame
) -> Real:
    """The cells nearest to `free` that keep the reps' months, the cells of the split and all claims.

    Iterative proportional fitting of months x reps x members over the three: `amounts` reps x months, `columns` months
    x members (fen), `claims` of single reps about part of the members, which may overlap. What cannot be kept together
    is met as nearly as the last sweep leaves it; the tables made from it say what does not fit.
    """
    rows = amounts.T.astype(np.float64)
    parts = [(people.row[c.members["rep"]], np.outer(c.months, cells_of(c, members)), float(c.amount)) for c in claims]
    table = free
    for _ in range(SWEEPS):
        before = table
        table = table * _factors(rows, table.sum(axis=2))[:, :, None]
        table = table * _factors(columns, table.sum(axis=1))[:, None, :]
        for rep, part, amount in parts:
            held = float(table[:, rep][part].sum())
            table[:, rep][part] *= amount / held if held > 0 else 0.0
        if np.abs(table - before).max(initial=0.0) <= TOLERANCE * rows.sum():
            break
    return table


def _factors(wanted: NDArray[Any], held: Real) -> Real:
    factors: Real = np.divide(wanted, held, out=np.zeros(held.shape), where=held > 0)
    return factors


def uncrossed(
    claims: Sequence[Claim], people: People, members: pd.DataFrame, table: Real, unit: int = 1
) -> list[Claim]:
    """The claims on cells, and for those of a rep that overlap in part their common part as a claim of its own.

    The common part is what `table` (months x reps x members, fen), which keeps both, has in it, in whole money units
    and within both.
    """
    found = [c for c in claims if of_cells(c)]
    for _ in range(DEPTH):
        known = {_key(c, c) for c in found}
        common = {_key(a, b): (a, b) for a, b in combinations(found, 2) if cross(a, b)}
        fresh = [_common(a, b, people, members, table, unit) for key, (a, b) in common.items() if key not in known]
        if not fresh:
            break
        found += fresh
    return found


def _common(one: Claim, other: Claim, people: People, members: pd.DataFrame, table: Real, unit: int) -> Claim:
    both = Claim(one.number, 0, one.months & other.months, {**one.members, **other.members})
    held = float(table[:, people.row[both.members["rep"]]][np.outer(both.months, cells_of(both, members))].sum())
    most = min(one.amount, other.amount)
    return Claim(one.number, min(round(held / unit) * unit, most), both.months, both.members)


def _key(one: Claim, other: Claim) -> tuple[Any, ...]:
    return ((one.months & other.months).tobytes(), *sorted({**one.members, **other.members}.items()))
