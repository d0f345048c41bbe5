"""The least wage: what is topped up to it, and what is never taken back below it."""

import numpy as np

from salesplan.money import Integers


def top_up(least: Integers, pay: Integers) -> Integers:
    """What pay before deductions lacks of the least wage, fen.

    `pay`: base pay by components + released + advance of the draw, before anything is taken back, recovered or
    carried.
    """
    missing: Integers = np.maximum(least - pay, 0)
    return missing


def carry(
    payable: Integers, least: Integers | None = None, opening: Integers | None = None
) -> tuple[Integers, Integers]:
    """What earlier months left to recover (<= 0) and what is paid out, reps x months, int64 fen.

    paid = payable + carried, but never less than `least` (the least wage; 0 if left out); what could not be taken is
    carried to the next month. `opening`: what is carried into the first month.
    """
    floor = np.zeros_like(payable) if least is None else least
    before, out = np.zeros_like(payable), np.zeros_like(payable)
    left = np.zeros(len(payable), dtype=np.int64) if opening is None else opening
    for month in range(payable.shape[1]):
        before[:, month] = left
        out[:, month] = np.maximum(payable[:, month] + left, floor[:, month])
        left = payable[:, month] + left - out[:, month]
    return before, out
