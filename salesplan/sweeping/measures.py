"""What people decide by, taken from a run's tables: target, season, quotas, pay, landing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from salesplan.tables import outputs

# Measures in the order of the steps, and what each is counted in; `month` says which month a share is of.
KINDS = {
    "target": "money",
    "probability": "share",
    "peak": "share",
    "peak_month": "month",
    "quotas": "money",
    "stretch_spread": "number",
    "likely_share": "share",
    "commission": "money",
    "cost_ratio": "share",
    "landing": "money",
    "landing_probability": "share",
    "to_come": "money",
    "most_raised": "share",
}
FULL = 1.0  # attainment at which pay is compared
NEAR = 1e-9

# Value by measure: money in fen, shares as fractions, the month as YYYY-MM; what a run does not tell is not there.
Measures = Mapping[str, Any]
Tables = Callable[[str], pd.DataFrame]


def measured(folder: Path) -> Measures:
    """The measures of a run from its `tables/`."""

    def table(name: str) -> pd.DataFrame:
        path = folder / "tables" / f"{name}.csv"
        return outputs.read(path, name) if path.exists() else pd.DataFrame()

    found: dict[str, Any] = {}
    for part in (_target, _season, _quotas, _pay, _landing, _revision):
        found |= part(table)
    return {name: found[name] for name in KINDS if name in found and not pd.isna(found[name])}


def _planned(table: Tables) -> pd.DataFrame:
    """The row of the level that is split, of the whole company."""
    levels = table("annual_target")
    if levels.empty:
        return levels
    company = outputs.of_company(levels)
    return company[(company["indicator"] == "amount") & company["planned"]].head(1)


def _target(table: Tables) -> dict[str, Any]:
    row = _planned(table)
    if row.empty:
        return {}
    return {"target": round(row["value"].iloc[0] * 100), "probability": row["probability"].iloc[0]}


def _season(table: Tables) -> dict[str, Any]:
    """The largest month's share of the year; of equal months the first."""
    split = table("seasonal_split")
    months = split.groupby("month")["amount"].sum() if len(split) else pd.Series(dtype="int64")
    if months.sum() <= 0:
        return {}
    return {"peak": months.max() / months.sum(), "peak_month": str(months.idxmax())}


def _quotas(table: Tables) -> dict[str, Any]:
    reps, fairness = table("rep_allocation_reps"), table("rep_allocation_fairness")
    found: dict[str, Any] = {"quotas": int(reps["quota"].sum())} if len(reps) else {}
    if len(fairness):
        values = fairness.set_index("measure")["value"]
        found |= {name: values[name] for name in ("stretch_spread", "likely_share") if name in values}
    return found


def _pay(table: Tables) -> dict[str, Any]:
    """Commission, and its share of sales, where every quota is reached exactly."""
    cost = table("commission_cost")
    row = cost[(cost["attainment"] - FULL).abs() < NEAR] if len(cost) else cost
    if row.empty:
        return {}
    return {"commission": int(row["commission"].iloc[0]), "cost_ratio": row["cost_ratio"].iloc[0]}


def _landing(table: Tables) -> dict[str, Any]:
    """Where the year is expected to end as of the last closed month, and how likely that is the planned level."""
    landing, planned = table("variance_review_landing"), _planned(table)
    if landing.empty or planned.empty:
        return {}
    last = landing[(landing["month"] == landing["month"].max()) & (landing["level"] == planned["level"].iloc[0])]
    if last.empty:
        return {}
    return {"landing": int(last["expected"].iloc[0]), "landing_probability": last["probability"].iloc[0]}


def _revision(table: Tables) -> dict[str, Any]:
    """What the months to come must bring by the revised plan, and the most that one of them rises."""
    months = table("variance_review_revision")
    if months.empty or not months["actual"].notna().any():
        return {}
    rest = months[months["actual"].isna()]
    before = rest["original"].where(rest["original"] > 0)
    return {"to_come": int(rest["revised"].sum()), "most_raised": (rest["revised"] / before - 1).max()}
