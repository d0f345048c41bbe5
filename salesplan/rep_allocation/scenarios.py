"""The same year under other rules, side by side."""

from decimal import Decimal

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.errors import PlanError
from salesplan.rep_allocation.bases import BASES
from salesplan.rep_allocation.ground import Ground
from salesplan.rep_allocation.settling import quotas_of
from salesplan.terms.rep_allocation import RepAllocationTerms, Weights

STEPS = (Decimal(0), Decimal("0.05"), Decimal("0.10"), Decimal("0.15"))


def quotas_under(ground: Ground, rules: RepAllocationTerms) -> "pd.Series[int]":
    """Quota of the year by rep (Int64 fen) under the rules; NA throughout where pins and bounds cannot be."""
    try:
        quota = quotas_of(ground.under(rules)).amount.sum(axis=1)
    except PlanError:
        quota = pd.array([pd.NA] * len(ground.people.reps), dtype="Int64")
    return pd.Series(quota, index=pd.Index(ground.people.reps, name="rep"), dtype="Int64")


def by_base(ground: Ground) -> pd.DataFrame:
    """Each rep's quota as planned, and if one base alone decided: rep, quota, amount_history, ... (Int64 fen).

    The last row is `(total)`. A base without data is left out.
    """
    columns = {"quota": quotas_under(ground, ground.rules)}
    for base in BASES:
        alone = ground.rules.model_copy(update={"weights": Weights(**{base: Decimal(1)})})
        if not ground.weighing.under(alone).dropped:
            columns[f"amount_{base}"] = quotas_under(ground, alone)
    table = pd.DataFrame(columns).rename_axis("rep").reset_index()
    whole = pd.DataFrame([{"rep": TOTAL, **table.drop(columns="rep").sum(min_count=1).to_dict()}])
    return pd.concat([table, whole.astype(table.dtypes.to_dict())], ignore_index=True)


def by_over_assignment(ground: Ground) -> pd.DataFrame:
    """Quotas under several over-assignments: rate, quota (sum), low and high of a rep (Int64 fen), planned.

    The plan's own rate is always among them and marked `planned`; rows are sorted by rate.
    """
    rules, rows = ground.rules, []
    for rate in sorted({*STEPS, rules.over_assignment}):
        quota = quotas_under(ground, rules.model_copy(update={"over_assignment": rate}))
        found = {"quota": quota.sum(min_count=1), "low": quota.min(), "high": quota.max()}
        rows.append({"rate": float(rate), **found, "planned": rate == rules.over_assignment})
    return pd.DataFrame(rows).astype(dict.fromkeys(("quota", "low", "high"), "Int64"))
