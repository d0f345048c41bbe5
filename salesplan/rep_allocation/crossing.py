"""Agreements of one rep that overlap in part: what their common part is to be, so that each lies inside another."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.claims import Claim
from salesplan.rep_allocation.agreements import People, cells_of, cross, of_cells

Real = NDArray[np.float64]
Mask = NDArray[np.bool_]
SWEEPS = 400
TOLERANCE = 1e-9
DEPTH = 6  # times that common parts of common parts are looked for


def uncrossed(
    claims: Sequence[Claim],
    people: People,
    members: pd.DataFrame,
    free: Real,
    amounts: NDArray[np.int64],
    unit: int = 1,
) -> list[Claim]:
    """The claims, and for those of a rep that overlap in part their common part as a claim of its own.

    `free` months x reps x members: what the reps have without; `amounts` reps x months, fen. The common part is what it
    is in the rep's table nearest to `free` that keeps his months and all his claims (iterative proportional fitting),
    in whole money units and within both.
    """
    found = list(claims)
    for _ in range(DEPTH):
        pairs = [pair for pair in combinations([c for c in found if of_cells(c)], 2) if cross(*pair)]
        common = {_key(a, b): (a, b) for a, b in pairs if not any(_is(c, a, b) for c in found)}
        if not common:
            break
        for rep in sorted({a.members["rep"] for a, _ in common.values()}):
            own = [c for c in found if c.members.get("rep") == rep]
            row = people.row[rep]
            table = fitted(free[:, row], amounts[row], own, members)
            found += [_common(a, b, table, members, unit) for a, b in common.values() if a.members["rep"] == rep]
    return found


def fitted(free: Real, months: NDArray[np.int64], claims: Sequence[Claim], members: pd.DataFrame) -> Real:
    """A rep's months x members nearest to what he has without, his months and claims kept as far as they can be."""
    parts = [np.outer(claim.months, cells_of(claim, members)) for claim in claims]
    table = free + 1e-9 * max(float(free.sum()), 1.0)
    for _ in range(SWEEPS):
        before, sums = table, table.sum(axis=1)
        table = table * np.divide(months, sums, out=np.zeros(len(sums)), where=sums > 0)[:, None]
        for part, claim in zip(parts, claims, strict=True):
            held = float(table[part].sum())
            table = np.where(part, table * (claim.amount / held if held > 0 else 0.0), table)
        if np.abs(table - before).max() <= TOLERANCE * max(float(months.sum()), 1.0):
            break
    return table


def _common(one: Claim, other: Claim, table: Real, members: pd.DataFrame, unit: int) -> Claim:
    both = Claim(one.number, 0, one.months & other.months, {**one.members, **other.members})
    held = float(table[np.outer(both.months, cells_of(both, members))].sum())
    most = min(one.amount, other.amount)
    return Claim(one.number, min(round(held / unit) * unit, most), both.months, both.members)


def _key(one: Claim, other: Claim) -> tuple[object, ...]:
    return ((one.months & other.months).tobytes(), *sorted({**one.members, **other.members}.items()))


def _is(claim: Claim, one: Claim, other: Claim) -> bool:
    return (claim.months.tobytes(), *sorted(claim.members.items())) == _key(one, other)
