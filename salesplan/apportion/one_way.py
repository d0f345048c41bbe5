"""One total over parts, exactly: largest remainder (Hamilton), for one total or for many at once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesplan.money import integers

DIGITS = 12  # significant digits of a weight that decide; below them lies the noise of float sums
LIMIT = 2**61  # the whole weights of one group must sum to less, so that products stay inside int64

Integers = NDArray[np.int64]


def stable(weights: ArrayLike) -> NDArray[np.float64]:
    """Weights rounded to 12 significant digits, so that the noise of a float sum decides nothing.

    Same shape, float64. Raises ValueError for a weight that is negative, NaN or infinite.
    """
    values = _checked(weights)
    rounded = [float(f"{value:.{DIGITS}g}") for value in values.ravel().tolist()]
    return np.array(rounded, dtype=np.float64).reshape(values.shape)


def _checked(weights: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(weights, dtype=np.float64)
    wrong = ~(np.isfinite(values) & (values >= 0))
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"weight {values[place]} at {list(place)} is not a number of at least 0")
    return values


def apportion(total: int, weights: ArrayLike, *, labels: Sequence[Any] | None = None, unit: int = 1) -> Integers:
    """Split `total` over parts in proportion to `weights`, exactly, in whole multiples of `unit`.

    Largest remainder: each part gets the whole units of its quota `total x weight / sum of
    weights`; the units left go one each to the largest fractions, ties to the larger weight, then
    to the smaller label, then to the earlier position. The sum is the total and every part lies
    less than a unit from its quota; a part of weight 0 gets 0; a negative total is split as minus
    the split of its opposite. One unit more in total can lower a part by one (the Alabama paradox).

    `total` in fen (of any size that fits int64), `weights` of any scale, rounded to 12 significant
    digits. Returns int64 in the order given. Raises ValueError for negative or unknown weights, for
    weights that are all zero (or none) under a total that is not, and for a total that is no
    multiple of `unit`. Source: A. Hamilton, 1792; the paradox, C. W. Seaton, 1881.

    Example: `apportion(100, [1, 1, 1], labels=["b", "a", "c"])` is `[33, 34, 33]`.
    """
    units = _units(total, unit)
    exact = _whole_weights(weights)
    if labels is not None and len(labels) != len(exact):
        raise ValueError(f"{len(labels)} labels for {len(exact)} weights")
    summed = sum(exact)
    if not summed:
        if units:
            raise ValueError(f"{total} cannot be split: every weight is zero")
        return np.zeros(len(exact), dtype=np.int64)
    # Python's integers: no product overflows and no quota is rounded before it is compared
    parts, rests = map(list, zip(*(divmod(abs(units) * weight, summed) for weight in exact), strict=True))
    ranks: Sequence[Any] = range(len(exact)) if labels is None else labels
    order = sorted(range(len(exact)), key=lambda i: (-rests[i], -exact[i], ranks[i]))
    for winner in order[: abs(units) - sum(parts)]:
        parts[winner] += 1
    return np.array(parts, dtype=np.int64) * (unit if units >= 0 else -unit)


def apportion_within(total: int, weights: ArrayLike, most: ArrayLike, *, unit: int = 1) -> Integers:
    """`apportion` in which no part gets more than its `most`; what is too much for one is shared among the others.

    `total` in fen, at most the sum of `most` (whole units, fen). Parts without room get nothing; where all with a
    weight are full, the others share alike.

    Example: `apportion_within(100, [1, 1, 2], [100, 100, 40])` is `[30, 30, 40]`.
    """
    limits, shares = integers(most), _checked(weights)
    parts = np.zeros(len(limits), dtype=np.int64)
    free = limits > 0
    while total > int(parts.sum()):
        shared = np.where(free, shares, 0.0)
        wish = apportion(total - int(parts[~free].sum()), shared if shared.any() else free, unit=unit)
        parts = np.where(free, np.minimum(wish, limits), parts)
        free = free & (wish <= limits) if (free & (wish > limits)).any() else free
    return parts


def _units(total: int, unit: int) -> int:
    if unit < 1:
        raise ValueError(f"unit {unit} must be at least 1")
    whole, rest = divmod(int(total), unit)
    if rest or int(total) != total:
        raise ValueError(f"total {total} is not a multiple of the unit {unit}")
    return whole


def _whole_weights(weights: ArrayLike) -> list[int]:
    """The same proportions in Python integers: every weight as its decimals say, times one power of ten."""
    exact = [Decimal(repr(value)).as_tuple() for value in stable(weights).ravel().tolist()]
    places = max((-int(number.exponent) for number in exact), default=0)
    return [int("".join(map(str, number.digits))) * 10 ** (int(number.exponent) + places) for number in exact]


def apportion_groups(
    totals: ArrayLike, weights: ArrayLike, groups: ArrayLike, *, labels: Sequence[Any] | None = None
) -> Integers:
    """Many small splits at once: each group's total over the group's parts, as `apportion` does it.

    `totals` int64, one per group, up to 9e15 each; `weights`, `groups` (the index of the part's
    total) and `labels` one per part, in any order. A weight counts to 1e-12 of the largest of its
    group. Returns int64, one per part. Raises ValueError as `apportion`, naming the group.

    Example, two orders shared between reps:
    `apportion_groups([100, 5], [1, 1, 1, 1, 1], [0, 0, 0, 1, 1])` is `[34, 33, 33, 3, 2]`.
    """
    sums, which, values = integers(totals), integers(groups), _checked(weights)
    if len(which) != len(values) or (labels is not None and len(labels) != len(values)):
        raise ValueError(f"{len(values)} weights, {len(which)} groups: one of each is needed for a part")
    if len(which) and not 0 <= which.min() <= which.max() < len(sums):
        raise ValueError(f"groups {which.min()} to {which.max()} are not all among {len(sums)} totals")
    exact = _scaled_to_group(values, which, len(sums))
    whole = _group_sums(exact, which, len(sums))
    if (whole >= LIMIT).any():
        raise ValueError(f"group {int(whole.argmax())} has too many parts")
    empty = np.flatnonzero((whole == 0) & (sums != 0))
    if len(empty):
        raise ValueError(f"the total of group {empty[0]} cannot be split: every weight is zero")
    parts, rests = _quotas(np.abs(sums), exact, which, np.maximum(whole, 1))
    left = np.abs(sums) - _group_sums(parts, which, len(sums))
    parts += _rank_in_group(which, rests, exact, labels) < left[which]
    return np.asarray(parts * np.sign(sums)[which], dtype=np.int64)


def _scaled_to_group(values: NDArray[np.float64], which: Integers, groups: int) -> Integers:
    """Whole weights of at most twelve digits, by one power of ten per group."""
    largest = np.zeros(groups)
    np.maximum.at(largest, which, values)
    digits = np.floor(np.log10(largest, out=np.zeros(groups), where=largest > 0)) + 1
    return np.rint(values * 10.0 ** (DIGITS - digits)[which]).astype(np.int64)


def _group_sums(values: Integers, which: Integers, groups: int) -> Integers:
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, which, values)
    return sums


def _quotas(totals: Integers, exact: Integers, which: Integers, sums: Integers) -> tuple[Integers, Integers]:
    """Whole part and remainder of `total x weight / sum`, by long division in digits that stay inside int64."""
    whole, rest = np.divmod(totals, sums)
    rest, divisor = rest[which], sums[which]
    bits = 62 - int(sums.max(initial=1)).bit_length()
    parts, over = np.zeros_like(exact), np.zeros_like(exact)
    for shift in range((int(exact.max(initial=0)).bit_length() // bits) * bits, -1, -bits):
        digit = (exact >> shift) & ((1 << bits) - 1)
        more, over = np.divmod((over << bits) + rest * digit, divisor)
        parts = (parts << bits) + more
    return np.asarray(parts + whole[which] * exact, dtype=np.int64), over


def _rank_in_group(which: Integers, rests: Integers, exact: Integers, labels: Sequence[Any] | None) -> Integers:
    """0 for the part of each group that is first to get a unit that is left, 1 for the next, ..."""
    names = np.zeros(len(which)) if labels is None else np.unique(np.asarray(labels), return_inverse=True)[1]
    order = np.lexsort((names, -exact, -rests, which))
    ordered = which[order]
    ranks = np.empty(len(which), dtype=np.int64)
    ranks[order] = np.arange(len(which)) - np.searchsorted(ordered, ordered)
    return ranks
