"""Quota handed from rep to rep after everything else is settled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from salesplan.agreed import PLACE
from salesplan.apportion import apportion
from salesplan.errors import Fault, stop_on
from salesplan.money import from_fen, to_fen
from salesplan.rep_allocation.agreements import People
from salesplan.terms.agreements import Transfer

Fen = NDArray[np.int64]


def transferred(
    amount: Fen,
    there: NDArray[np.float64],
    transfers: Sequence[Transfer],
    people: People,
    *,
    fixed: NDArray[np.bool_],
    unit: int = 1,
) -> Fen:
    """What transfers add to each rep's months (fen, reps x months); every month of it sums to zero.

    A transfer without a month is spread as the giver's quota is, over the months both are there and nothing is `fixed`.
    Raises `PlanError` with every transfer of more than there is, and the amount.
    """
    moved = np.zeros_like(amount)
    short: list[Fault] = []
    for number, transfer in enumerate(transfers):
        giver, taker = people.row[transfer.from_], people.row[transfer.to]
        months = np.array([transfer.month in (None, month) for month in people.months])
        months &= (there[taker] > 0) & ~fixed[giver] & ~fixed[taker]
        weights, fen = np.where(months, amount[giver], 0), to_fen(transfer.amount)
        if fen > int(weights.sum()):
            values = {
                "rep": transfer.from_,
                "held": from_fen(int(weights.sum())),
                "over": from_fen(fen - weights.sum()),
            }
            short.append(Fault("transfer_over", f"{PLACE} transfers[{number}].amount", str(transfer.amount), values))
            continue
        spread = apportion(fen, weights, labels=people.months, unit=unit)
        moved[giver] -= spread
        moved[taker] += spread
    stop_on(short or _overdrawn(amount + moved, people))
    return moved


def _overdrawn(left: Fen, people: People) -> list[Fault]:
    """Reps who would hand over more than they have by several transfers together."""
    return [
        Fault("transfers_over", f"{PLACE} transfers", people.reps[row], {
            "rep": people.reps[row], "month": people.months[month], "over": from_fen(-int(left[row, month])),
        })
        for row, month in np.argwhere(left < 0).tolist()
    ]  # fmt: skip
