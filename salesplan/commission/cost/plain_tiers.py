"""Tiers: which rate each part of a line is paid at."""

from decimal import Decimal

import numpy as np
import pandas as pd

from salesplan.commission.exact import FAR, boundary, part_of
from salesplan.money import FEN, MICRO, Integers, times_rate, to_micro
from salesplan.terms.commission import CommissionPlan

FULL_QUOTA = Decimal(1)
STATE = ["event", "tier", "base", "rate", "amount"]


def bounds(plan: CommissionPlan, quotas: Integers, ramping: Integers) -> Integers:
    """Where each tier begins for each rep, tiers x reps: fen, or millionths of a unit for quantities.

    Of `attainment` it is `from` x the quota of the period; a quota that is zero or unknown (0 here) reaches the
    lowest tier only, and a rep in his ramp (`ramping` 1) no tier from full quota on. The lowest has no lower end.
    """
    rows = [np.full(len(quotas), -FAR, dtype=np.int64)]
    for tier in plan.tiers[1:]:
        if plan.measure == "attainment":
            begin = np.where(quotas > 0, boundary(tier.from_, quotas), FAR)
            rows.append(np.where((ramping > 0) & (tier.from_ >= FULL_QUOTA), FAR, begin))
        else:
            unit = MICRO if plan.measure == "quantity" else FEN
            rows.append(np.full(len(quotas), boundary(tier.from_, unit)[0]))
    return np.stack(rows)


def pay_by_tier(events: pd.DataFrame, plan: CommissionPlan, starts: Integers) -> pd.DataFrame:
    """What each credited amount of a period to date is paid: event, tier, base, rate (millionths), amount.

    `marginal`: each rate on its own slice of the running measure. `whole`: the rate of the tier reached on
    everything. `margin_rate` is always whole. Each line and slice rounds once, half away from zero.
    """
    if plan.measure == "margin_rate":
        return _at_tier(events, _tier_of_margin(events, plan)[events["rep"].to_numpy()], plan)
    if plan.semantics == "whole":
        reached = _tier_reached(events, plan, starts)
        return _at_tier(events, reached[events["rep"].to_numpy()], plan)
    return _sliced(events, plan, starts)


def measure(events: pd.DataFrame, plan: CommissionPlan) -> Integers:
    """What picks the tier, per credited amount: fen, or millionths of a unit."""
    return events["units" if plan.measure == "quantity" else "amount"].to_numpy(dtype=np.int64)


def _tier_reached(events: pd.DataFrame, plan: CommissionPlan, starts: Integers) -> Integers:
    total = np.zeros(starts.shape[1], dtype=np.int64)
    np.add.at(total, events["rep"].to_numpy(), measure(events, plan))
    return np.asarray((total >= starts).sum(axis=0) - 1, dtype=np.int64)


def _tier_of_margin(events: pd.DataFrame, plan: CommissionPlan) -> Integers:
    """Tier by (amount - cost) / amount of the period, compared exactly; the lowest where a cost is unknown."""
    sums = (
        events.assign(unknown=events["cost"].isna())
        .groupby("rep")
        .agg(amount=("amount", "sum"), cost=("cost", "sum"), unknown=("unknown", "any"))
    )
    reached = np.zeros(int(events["rep"].max()) + 1 if len(events) else 0, dtype=np.int64)
    for rep, amount, cost, unknown in sums.itertuples():
        if amount > 0 and not unknown:
            ratios = [tier.from_.as_integer_ratio() for tier in plan.tiers]
            reached[rep] = max(0, sum((int(amount) - int(cost)) * d >= n * int(amount) for n, d in ratios) - 1)
    return reached


def _at_tier(events: pd.DataFrame, tier: Integers, plan: CommissionPlan) -> pd.DataFrame:
    rates = np.array([to_micro(step.rate) for step in plan.tiers], dtype=np.int64)[tier]
    base = events["amount"].to_numpy(dtype=np.int64)
    columns = (events["event"].to_numpy(), tier, base, rates, times_rate(base, rates))
    return pd.DataFrame(dict(zip(STATE, columns, strict=True)))


def _sliced(events: pd.DataFrame, plan: CommissionPlan, starts: Integers) -> pd.DataFrame:
    """Each credited amount cut where the running measure of its rep crosses the beginning of a tier."""
    size, rep = measure(events, plan), events["rep"].to_numpy()
    after = pd.Series(size).groupby(rep).cumsum().to_numpy(dtype=np.int64)
    amounts = events["amount"].to_numpy(dtype=np.int64)
    ends = np.vstack([starts[1:], np.full((1, starts.shape[1]), FAR)])
    parts: list[pd.DataFrame] = []
    gone, width = np.zeros_like(size), np.zeros_like(size)
    for tier, step in enumerate(plan.tiers):
        low, high = starts[tier][rep], ends[tier][rep]
        width = width + np.clip(after, low, high) - np.clip(after - size, low, high)
        # amounts without a measure (free of units) stand at the tier reached
        still = np.where(after < high, amounts, 0)
        upto = np.where(size == 0, still, part_of(amounts, width, np.where(size == 0, 1, size)))
        base, rate = upto - gone, to_micro(step.rate)
        gone = upto
        cut = pd.DataFrame(
            {
                "event": events["event"].to_numpy(),
                "tier": tier,
                "base": base,
                "rate": rate,
                "amount": times_rate(base, rate),
            }
        )
        parts.append(cut[base != 0])
    return pd.concat(parts, ignore_index=True)
