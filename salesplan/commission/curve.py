"""Payout curves: pay as a function of attainment, exact, and spread over what was sold."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from salesplan.commission.exact import part_of
from salesplan.money import Integers
from salesplan.terms.commission import Curve

BELOW = -9  # no point of the curve


def payout(curve: Curve, measure: int, quota: int, target: int, *, full: bool) -> tuple[int, int]:
    """Pay of a period to date in fen, rounded once half away from zero, and the point at or below the attainment.

    `measure` and `quota` of the period, `target` the target pay of its months, fen. Nothing below the first point,
    without a quota, or where nothing was sold. `full`: attainment counts up to full quota only.
    BELOW stands for no point. Example: points (0.75, 0.5), (1, 1): attainment 0.875 of target 1,000.00 pays 750.00.
    """
    if quota <= 0 or measure <= 0:
        return 0, BELOW
    reached = Fraction(min(measure, quota) if full else measure, quota)
    points = [(_exact(point.at), _exact(point.pays)) for point in curve.points]
    place = sum(reached >= at for at, _ in points) - 1
    if place < 0:
        return 0, BELOW
    share = max(_share(curve, points, place, reached), Fraction(0)) * target
    size = share + Fraction(1, 2)
    return size.numerator // size.denominator, place


def _share(curve: Curve, points: list[tuple[Fraction, Fraction]], place: int, reached: Fraction) -> Fraction:
    """What is paid at an attainment, as a share of the target pay."""
    at, pays = points[place]
    last = place == len(points) - 1
    if curve.between == "steps" or (last and (curve.beyond == "flat" or place == 0)):
        return pays
    (low, low_pays), (high, high_pays) = (
        (points[place - 1], points[place]) if last else (points[place], points[place + 1])
    )
    return pays + (reached - at) * (high_pays - low_pays) / (high - low)


def _exact(number: Decimal) -> Fraction:
    return Fraction(*number.as_integer_ratio())


def spread(pay: Integers, base: Integers, rep: Integers) -> Integers:
    """A rep's pay spread over his amounts in proportion, by cumulative rounding, so that it sums exactly.

    `pay` by rep; `base` and `rep` per amount, equal reps together. Nothing where the amounts sum to nothing.
    """
    if not len(base):
        return base
    total = np.cumsum(base)
    first = np.r_[True, rep[1:] != rep[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(rep)), 0))
    to_date = total - (total - base)[start]
    sums = np.zeros(len(pay), dtype=np.int64)
    np.add.at(sums, rep, base)
    whole = sums[rep]
    upto = np.where(whole > 0, part_of(pay[rep], np.where(whole > 0, to_date, 0), np.where(whole > 0, whole, 1)), 0)
    before = np.where(first, 0, np.r_[0, upto[:-1]])
    return upto - before
