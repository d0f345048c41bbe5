"""What nobody can serve: months without anybody, territories without a rep, vacancies that the manager carries."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, apportion_within
from salesplan.rep_allocation.cube import Mix, own_mix

Fen = NDArray[np.int64]
Real = NDArray[np.float64]


def nobody_serves(cells: Fen, there: Real, mix: Mix) -> Fen:
    """Cells of months in which nobody is there, and of regions that no listed rep reaches: months x members, fen."""
    served = np.logical_and.outer(there.any(axis=0), mix.reach.any(axis=0))
    return np.where(served, 0, cells)


def vacancy_mix(history: pd.DataFrame, members: pd.DataFrame) -> Real:
    """Where the territories without an owner sell: shares of the members; zeros where there are none."""
    if not members.shape[1]:
        return np.ones(1)
    mix: Real = own_mix([UNASSIGNED], history, members)[0]
    return mix


def taken_out(cells: Fen, left: Fen, amounts: Fen, mix: Real, *, unit: int = 1) -> Fen:
    """What is left to nobody, `left` and by month `amounts` more: months x members, fen, within the cells.

    The amounts lie as `mix` says, no cell more than it has, and beyond that as the month does; they are taken down to
    whole money units and to what the month has.
    """
    found = left.copy()
    for month in np.flatnonzero(amounts).tolist():
        room = cells[month] - left[month]
        total = min(int(amounts[month]) // unit * unit, int(room.sum()))
        found[month] += apportion_within(total, mix * room if (mix * room).any() else room, room, unit=unit)
    return found
