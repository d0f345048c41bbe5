"""What the plans cost when everybody reaches a given attainment, before they are adopted."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from salesplan.commission.cost import plain_tiers as tiers
from salesplan.commission.roster import assign, quotas_of
from salesplan.commission.periods import PERIOD_MONTHS
from salesplan.commission.exact import part_of
from salesplan.commission.year import Ledger, Year
from salesplan.money import MICRO, Integers, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan, CommissionTerms, Tier

ATTAINMENTS = tuple(Decimal(tenth) / 10 for tenth in range(6, 15))
CHANGES = (Decimal("-0.005"), Decimal(0), Decimal("0.005"))


def cost_of_plans(
    members: pd.DataFrame, quotas: pd.DataFrame, rules: CommissionTerms, year: Year, *, attainments: Sequence[Decimal]
) -> pd.DataFrame:
    """Commission of the whole team over the year when every rep reaches each attainment in every period.

    `members`: rep, plan (as `assign` returns). Columns: attainment, commission (int64 fen), cost_ratio =
    commission / sales. Tiers, semantics and caps apply; draws, bonuses and base pay do not. A plan measured by
    quantity or margin is told at its lowest tier, because a quota says neither.
    """
    of_plan = [(plan, _periods(members, quotas, plan, place, year)) for place, plan in enumerate(rules.plans)]
    rows = []
    for attainment in attainments:
        reached = [part_of(quota, to_micro(attainment), MICRO) for _, quota in of_plan]
        paid = sum(_paid(plan, quota, sales) for (plan, quota), sales in zip(of_plan, reached, strict=True))
        sold = sum(int(sales.sum()) for sales in reached)
        rows.append((float(attainment), paid, paid / sold if sold else np.nan))
    costs = pd.DataFrame(rows, columns=["attainment", "commission", "cost_ratio"])
    return costs.astype({"attainment": "float64", "commission": "int64", "cost_ratio": "float64"})


def _periods(members: pd.DataFrame, quotas: pd.DataFrame, plan: CommissionPlan, place: int, year: Year) -> Integers:
    """Quota of each rep and period of a plan, in one row."""
    reps = sorted(members["rep"][members["plan"] == place])
    table = quotas_of(quotas, reps, list(year.months))
    length = PERIOD_MONTHS[plan.period]
    return np.add.reduceat(table, range(0, table.shape[1], length), axis=1).ravel() if len(reps) else table.ravel()


def _paid(plan: CommissionPlan, quota: Integers, sales: Integers) -> int:
    """Commission on one sale per rep and period."""
    line = np.arange(len(sales))
    events = pd.DataFrame({"event": line, "rep": line, "amount": sales})
    known = (
        plan
        if plan.measure in ("attainment", "amount")
        else plan.model_copy(update={"tiers": plan.tiers[:1], "measure": "amount"})
    )
    starts = tiers.bounds(known, quota, np.zeros(len(quota), dtype=np.int64))
    earned = tiers.pay_by_tier(events, known, starts).groupby("event")["amount"].sum()
    return int((earned if plan.cap is None else earned.clip(upper=to_fen(plan.cap))).sum())


def cost_grid(
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    *,
    changes: Sequence[Decimal] = CHANGES,
    attainments: Sequence[Decimal] = ATTAINMENTS[2:7:2],
) -> pd.DataFrame:
    """What if all rates were higher or lower: change_share (points, as a share), attainment, commission, cost_ratio."""
    grids = [_empty_grid()]
    if ledger.reps is not None and ledger.quotas is not None and rules.plans:
        members = assign(ledger.reps, rules, year)
        grids = [
            cost_of_plans(members, ledger.quotas, shifted(rules, change), year, attainments=attainments).assign(
                change_share=float(change)
            )
            for change in changes
        ]
    return pd.concat(grids, ignore_index=True)[["change_share", "attainment", "commission", "cost_ratio"]]


def _empty_grid() -> pd.DataFrame:
    kinds = {"change_share": "float64", "attainment": "float64", "commission": "int64", "cost_ratio": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def shifted(rules: CommissionTerms, change: Decimal) -> CommissionTerms:
    """The same plans with every rate moved by `change`, not below 0 nor above 1."""
    plans = tuple(
        plan.model_copy(update={"tiers": tuple(_moved(tier, change) for tier in plan.tiers)}) for plan in rules.plans
    )
    return rules.model_copy(update={"plans": plans})


def _moved(tier: Tier, change: Decimal) -> Tier:
    return tier.model_copy(update={"rate": min(max(tier.rate + change, Decimal(0)), Decimal(1))})
