"""Quotas handed down from above: taken as they are, held against the split and against the rule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL, apportion
from salesplan.errors import Fault, stop_on
from salesplan.rep_allocation.quotas import QuotaTable, Season
from salesplan.terms.negotiation import QUOTA_INDICATORS


def _used(quotas: pd.DataFrame, months: Sequence[str], level: str) -> "pd.Series[bool]":
    """Which rows are quotas of this plan: of its months, in amounts, of its level or of none."""
    indicator, of_level = quotas["indicator"].fillna(""), quotas["level"].fillna("")
    return quotas["month"].isin(set(months)) & indicator.isin(QUOTA_INDICATORS) & of_level.isin({"", level})


def has_quotas(quotas: pd.DataFrame | None, months: Sequence[str], level: str = "") -> bool:
    """Whether anything is handed down for this plan."""
    return quotas is not None and bool(_used(quotas, months, level).any())


def handed_down(quotas: pd.DataFrame, season: Season, reps: Sequence[str], *, level: str = "") -> QuotaTable:
    """The quotas handed down, rep by month, as they are.

    `quotas` is the input table (rep, month, amount in fen, level, indicator), `level` the planned one; rows of other
    levels, indicators and years are left aside. `base` is the part of the target in them: where a month's quotas sum
    to more than its target they are scaled down to it by largest remainder (the difference is held above), where they
    sum to less they are the base and the rest is `unassigned`. A rep who is handed nothing has none. Raises
    `PlanError` for a rep who is not among `reps`.

    Example: 60 and 60 handed down against 100: base 50 and 50; against 150: base 60 and 60, unassigned 30.
    """
    given = quotas[_used(quotas, season.months, level)]
    unlisted = sorted(set(given["rep"]) - set(reps))
    stop_on(Fault("handed_down_unlisted", "quotas", rep) for rep in unlisted)
    wide = given.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0)
    amount = wide.reindex(index=list(reps), columns=season.months, fill_value=0).to_numpy(dtype=np.int64)
    over = amount.sum(axis=0) > season.target
    base = amount.copy()
    for month in np.flatnonzero(over).tolist():
        base[:, month] = apportion(int(season.target[month]), amount[:, month], labels=reps)
    return QuotaTable(base, amount, season.target - base.sum(axis=0), by_month=False)


def set_aside(quotas: pd.DataFrame | None, months: Sequence[str], level: str = "") -> pd.DataFrame:
    """Rows of the plan year that are not this plan's amounts, summed: rep, level, indicator, count of months, value.

    `value` is in the indicator's own unit (currency units, pieces, ...).
    """
    columns = ["rep", "level", "indicator", "count", "value"]
    if quotas is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    rows = quotas[quotas["month"].isin(set(months)) & ~_used(quotas, months, level)]
    keyed = rows.assign(level=rows["level"].fillna(""), indicator=rows["indicator"].fillna(""))
    sums = keyed.groupby(["rep", "level", "indicator"], sort=True)["amount"].agg(["size", "sum"]).reset_index()
    return sums.assign(count=sums["size"], value=sums["sum"] / 100)[columns]


def reconciliation(
    quotas: pd.DataFrame | None, season: Season, ruled: pd.DataFrame, *, level: str = ""
) -> pd.DataFrame:
    """Table `rep_allocation_reconciliation`: what is handed down against the target and against the rule, fen.

    `ruled` is what the rule would give: rep, month, amount (NA where it gives no answer). Rows of `(total)` by month
    and for the year (month `(total)`): target, handed_down, gap_target = handed_down - target, by_rule, gap_rule =
    handed_down - by_rule. Then each rep's year, without a target. No rows where nothing is handed down.
    """
    columns = ["rep", "month", "target", "handed_down", "gap_target", "by_rule", "gap_rule"]
    if quotas is None or not has_quotas(quotas, season.months, level):
        whole = dict.fromkeys(columns[2:], "Int64")
        return pd.DataFrame({name: pd.Series(dtype=whole.get(name, "str")) for name in columns})
    given = quotas[_used(quotas, season.months, level)]
    months = _beside(given, ruled, "month").reindex(season.months, fill_value=0).assign(target=season.target)
    year = months.sum(skipna=False).to_frame().T.rename(index={0: TOTAL})
    company = pd.concat([months, year]).rename_axis("month").reset_index().assign(rep=TOTAL)
    people = _beside(given, ruled, "rep").rename_axis("rep").reset_index().assign(month=TOTAL)
    rows = pd.concat([company, people], ignore_index=True).astype(
        dict.fromkeys(("target", "handed_down", "by_rule"), "Int64")
    )
    gaps = {"gap_target": rows["handed_down"] - rows["target"], "gap_rule": rows["handed_down"] - rows["by_rule"]}
    return rows.assign(**gaps)[columns]


def reconciled(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """One side of `reconciliation`: the company by `month`, or the year by `rep`."""
    company = frame["rep"] == TOTAL
    if by == "month":
        return frame[company].drop(columns="rep").reset_index(drop=True)
    return frame[~company].drop(columns=["month", "target", "gap_target"]).reset_index(drop=True)


def _beside(given: pd.DataFrame, ruled: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sums of what is handed down and of what the rule gives, by key; unknown where the rule gives no answer."""
    by_rule = ruled.groupby(key)["amount"].agg(lambda fen: fen.sum(skipna=False))
    found = pd.DataFrame({"handed_down": given.groupby(key)["amount"].sum()}, dtype="Int64")
    together = found.reindex(found.index.union(by_rule.index), fill_value=0)
    return together.assign(by_rule=by_rule.reindex(together.index).astype("Int64")).sort_index()
