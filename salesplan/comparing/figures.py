"""The numbers of two runs side by side, from the target down to each rep."""

from collections.abc import Callable, Mapping

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.tables.outputs import of_company

Tables = Mapping[str, pd.DataFrame]
KEYS = ["part", "name", "month"]
COLUMNS = [*KEYS, "kind", "before", "after", "change", "growth"]
# Parts in the order of the chain, and what each is counted in.
KINDS = {
    "level": "money", "probability": "share", "estimate": "money", "month": "money", "month_share": "share",
    "region": "money", "channel": "money", "product": "money", "quota_total": "money", "quota": "money",
    "quota_month": "money", "earned_total": "money", "payable_total": "money", "earned": "money",
    "released": "money", "clawback": "money", "payable": "money",
    "amount_paid": "money", "revised": "money", "kpi": "number",
}  # fmt: skip
PAY = ("earned", "released", "clawback", "payable", "amount_paid")


def figure_changes(before: Tables, after: Tables) -> pd.DataFrame:
    """Every number of the chain on both sides: part, name, month, kind, before, after, change, growth.

    Money in fen, shares as fractions; what only one side has is unknown on the other, and its change is unknown too.
    Parts come in the order of the chain, within a part the largest change first; ties go by name and month.
    """
    one, other = (
        _figures(side).rename(columns={"value": name}) for side, name in ((before, "before"), (after, "after"))
    )
    both = one.merge(other, how="outer", on=KEYS)
    both = both.assign(
        kind=both["part"].map(KINDS), change=both["after"] - both["before"], size=(both["after"] - both["before"]).abs()
    )
    both = both.assign(growth=both["change"] / both["before"].where(both["before"] != 0).abs())
    rank = {part: place for place, part in enumerate(KINDS)}
    alone = both["size"].fillna(both["before"].fillna(both["after"]).abs())
    ordered = both.assign(rank=both["part"].map(rank), size=-alone)
    return ordered.sort_values(["rank", "size", "name", "month"], ignore_index=True)[COLUMNS]


def moved(changes: pd.DataFrame) -> pd.DataFrame:
    """Only what is not the same on both sides."""
    return changes[(changes["change"] != 0) | changes["change"].isna()].reset_index(drop=True)


def _figures(tables: Tables) -> pd.DataFrame:
    """The numbers of one run: part, name, month, value; of tables it does not have none."""
    makers: dict[str, Callable[[pd.DataFrame], list[pd.DataFrame]]] = {
        "annual_target": _levels,
        "annual_target_odds": _odds,
        "annual_target_estimates": lambda f: [_part("estimate", f["estimate"], f["value"])],
        "seasonal_split": _months,
        "seasonal_split_members": _members,
        "rep_allocation": _quotas,
        "commission": _pay,
        "variance_review_revision": lambda f: [_part("revised", "", f["revised"], f["month"])],
        "variance_review_kpis": lambda f: [_part("kpi", f["indicator"], f["value"], f["month"])],
    }
    parts = [part for name, make in makers.items() if name in tables for part in make(tables[name])]
    empty = pd.DataFrame(columns=[*KEYS, "value"]).astype(dict.fromkeys(KEYS, "str") | {"value": "float64"})
    return pd.concat([part for part in parts if len(part)] or [empty], ignore_index=True)


def _part(part: str, name: "pd.Series | str", value: pd.Series, month: "pd.Series | str" = "") -> pd.DataFrame:
    found = pd.DataFrame({"value": pd.to_numeric(value, errors="coerce").astype("float64")})
    texts = {"part": part, "name": name, "month": month}
    return found.assign(**texts).astype(dict.fromkeys(KEYS, "str")).dropna(subset=["value"])


def _levels(targets: pd.DataFrame) -> list[pd.DataFrame]:
    own = of_company(targets)
    own = own[own["indicator"] == "amount"]
    return [_part("level", own["level"], own["value"].astype("float64") * 100)]


def _odds(odds: pd.DataFrame) -> list[pd.DataFrame]:
    company = odds[odds["scope"] == "company"]
    return [_part("probability", company["level"], company["probability"])]


def _months(split: pd.DataFrame) -> list[pd.DataFrame]:
    sums = split.groupby("month", as_index=False)["amount"].sum()
    year = float(sums["amount"].sum())
    return [_part("month", "", sums["amount"], sums["month"]),
            _part("month_share", "", sums["amount"] / year if year else sums["amount"], sums["month"])]  # fmt: skip


def _members(members: pd.DataFrame) -> list[pd.DataFrame]:
    named = members[members["member"] != TOTAL]
    return [_part(str(name), own["member"], own["amount"]) for name, own in named.groupby("dimension") if name in KINDS]


def _quotas(quotas: pd.DataFrame) -> list[pd.DataFrame]:
    years = quotas.groupby("rep", as_index=False)["amount"].sum()
    months = quotas.groupby(["rep", "month"], as_index=False)["amount"].sum()
    return [
        _part("quota_total", "", pd.Series([years["amount"].sum()])),
        _part("quota", years["rep"], years["amount"]),
        _part("quota_month", months["rep"], months["amount"], months["month"]),
    ]


def _pay(commission: pd.DataFrame) -> list[pd.DataFrame]:
    sums = commission.groupby("rep", as_index=False)[list(PAY)].sum()
    totals = [_part(f"{name}_total", "", pd.Series([sums[name].sum()])) for name in ("earned", "payable")]
    return [*totals, *(_part(name, sums["rep"], sums[name]) for name in PAY)]
