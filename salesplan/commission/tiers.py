"""Tiers: where each begins for each rep, and which part of an amount lies in which."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from salesplan.commission.exact import FAR, boundary, part_of
from salesplan.money import FEN, MICRO, Integers
from salesplan.terms.commission import Gate, Tier

FULL_QUOTA = Decimal(1)


def bounds(
    tiers: Sequence[Tier], measure: str, quotas: Integers, ramping: Integers, gate: tuple[Gate, Integers] | None = None
) -> Integers:
    """Where each tier begins for each rep, tiers x reps: fen, or millionths of a unit for quantities.

    Of `attainment` it is `from` x the quota of the period; a quota that is zero or unknown (0 here) reaches the
    lowest tier only, and a rep in his ramp (`ramping` 1) no tier from full quota on. `gate`: the gate, and what each
    rep must reach in the period before it opens. The lowest tier has no lower end.
    """
    rows = [np.full(len(quotas), -FAR, dtype=np.int64)]
    for tier in tiers[1:]:
        if measure == "attainment":
            begin = np.where(quotas > 0, boundary(tier.from_, quotas), FAR)
            begin = np.where((ramping > 0) & (tier.from_ >= FULL_QUOTA), FAR, begin)
            if gate is not None and tier.from_ >= gate[0].holds_from:
                begin = np.maximum(begin, gate[1])
            rows.append(begin)
        else:
            unit = MICRO if measure == "quantity" else FEN
            rows.append(np.full(len(quotas), boundary(tier.from_, unit)[0]))
    return np.maximum.accumulate(np.stack(rows), axis=0)


def reached(total: Integers, starts: Integers) -> Integers:
    """The tier each rep has reached with the measure of the period."""
    return np.asarray((total >= starts).sum(axis=0) - 1, dtype=np.int64)


def of_margin_rate(tiers: Sequence[Tier], amount: Integers, cost: Integers, unknown: Any) -> Integers:
    """Tier by (amount - cost) / amount of the period, compared exactly; the lowest where a cost is unknown."""
    found = np.zeros(len(amount), dtype=np.int64)
    ratios = [tier.from_.as_integer_ratio() for tier in tiers]
    for rep in np.flatnonzero((amount > 0) & ~unknown):
        sold, margin = int(amount[rep]), int(amount[rep]) - int(cost[rep])
        found[rep] = max(0, sum(margin * d >= n * sold for n, d in ratios) - 1)
    return found


def slices(
    size: Integers, base: Integers, after: Integers, starts: Integers, rep: Integers
) -> list[tuple[Any, int, Integers]]:
    """Each amount cut where the running measure of its rep crosses the beginning of a tier: (rows, tier, base).

    `after`: the running measure with the amount. What is paid on follows the measure in proportion, rounded over the
    tiers so that it sums; an amount without a measure (free of units) stands at the tier reached.
    """
    ends = np.vstack([starts[1:], np.full((1, starts.shape[1]), FAR)])
    found = []
    gone, width = np.zeros_like(size), np.zeros_like(size)
    whole = np.where(size == 0, 1, size)
    for tier in range(len(starts)):
        low, high = starts[tier][rep], ends[tier][rep]
        width = width + np.clip(after, low, high) - np.clip(after - size, low, high)
        upto = np.where(size == 0, np.where(after < high, base, 0), part_of(base, width, whole))
        cut = upto - gone
        gone = upto
        rows = np.flatnonzero(cut)
        found.append((rows, tier, cut[rows]))
    return found


def running(size: Integers, rep: Integers, before: Integers) -> Integers:
    """Running totals of each rep, on from `before`; equal reps stand together."""
    if not len(size):
        return size
    total = np.cumsum(size)
    first = np.r_[True, rep[1:] != rep[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(rep)), 0))
    return total - (total - size)[start] + before[rep]


def after_order(size: Integers, rep: Integers, okey: Integers, before: Integers) -> Integers:
    """The running measure of each rep after the whole order of each amount, orders by their first line."""
    if not len(size):
        return size
    key = rep.astype(np.int64) * 2**32 + okey
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first))
    sums = np.zeros(len(first), dtype=np.int64)
    np.add.at(sums, place[group], size)
    return running(sums, rep[first[order]], before)[place[group]]
