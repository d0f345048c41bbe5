"""Dealers to date: what each was to take in and took, and what he owes against the most he may owe."""

import numpy as np
import pandas as pd

from salesplan.calendar import add_months
from salesplan.settling import customer_keys
from salesplan.variance_review.grid import attainment
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.receivables import Owed

DEALERS = [
    "dealer", "parent", "rep", "basis", "target", "actual", "variance", "attainment", "last_year", "receivables",
    "overdue", "receivables_limit", "over",
]  # fmt: skip
NOTHING = pd.DataFrame({"customer": pd.Series(dtype="str"), "open": [], "overdue": []})
MONEY = ("actual", "variance", "last_year", "receivables", "overdue", "receivables_limit", "over")


def dealer_review(
    figures: Figures,
    planned: pd.DataFrame,
    items: pd.DataFrame,
    customers: pd.DataFrame | None,
    owed: Owed | None,
) -> pd.DataFrame:
    """Table `variance_review_dealers`: one row per dealer of the plan, the most short of target first.

    `planned`, `items`: tables rep_allocation_dealers and rep_allocation_dealer_items; `customers`: input table; `owed`:
    what customers owe, None where nobody knows. `target`: planned sell-in of the closed months; `actual`,
    `last_year`: the company's net sales to him in these months and in the same of last year, where he buys under his
    own name or key (`basis` bought), else those of the dealers he supplies (`basis` supplied); NA where neither buys.
    `receivables`, `overdue`: what is owed on the day of the review; `over`: what of it is above `receivables_limit`;
    fen.
    """
    if planned.empty or not figures.closed:
        kinds: dict[str, str] = {"target": "int64", **dict.fromkeys(MONEY, "Int64")}
        return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "str")) for name in DEALERS})
    table = planned.sort_values("dealer", kind="stable", ignore_index=True)
    keys: dict[str, str] = customer_keys([*table["dealer"]], _listed(customers, figures))
    key = table["dealer"].map(keys)
    money = NOTHING if owed is None else owed.table
    open_now = money.set_index("customer")[["open", "overdue"]].astype("Int64").rename(columns={"open": "receivables"})
    months = {"actual": figures.closed, "last_year": [add_months(month, -12) for month in figures.closed]}
    sides: dict[str, pd.Series] = {
        **{name: _sold(figures, key, labels) for name, labels in months.items()},
        **{name: key.map(open_now[name]).astype("Int64") for name in ("receivables", "overdue")},
    }
    own = table.assign(**sides, basis=np.where(key.notna(), "bought", ""))
    filled = _supplied(own, [*sides])
    target = items[items["month"].isin(figures.closed)].groupby("dealer")["amount"].sum()
    found = filled.assign(target=filled["dealer"].map(target).fillna(0).astype("int64"))
    over = (found["receivables"] - found["receivables_limit"].astype("Int64")).clip(lower=0)
    rated = found.assign(
        variance=found["actual"] - found["target"],
        attainment=attainment(found["actual"].astype("Float64"), found["target"]),
        over=over,
    )
    return rated.sort_values(["variance", "dealer"], kind="stable", ignore_index=True)[DEALERS]


def _listed(customers: pd.DataFrame | None, figures: Figures) -> pd.DataFrame:
    """Customers by key and name; those of sales stand beside the listed ones, under their key alone."""
    sold = pd.DataFrame({"customer": figures.facts["customer"].unique()})
    if customers is None:
        return sold.reindex(columns=["customer", "name"])
    return pd.concat([customers.reindex(columns=["customer", "name"]), sold], ignore_index=True)


def _sold(figures: Figures, key: "pd.Series[str]", months: list[str]) -> "pd.Series[int]":
    """Net sales to each dealer in some months, fen; NA where he is no customer."""
    sums = amount_by(figures.facts[figures.facts["month"].isin(months)], "customer")
    return key.map(sums).astype("Int64").fillna(0).where(key.notna())


def _supplied(own: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Who does not buy himself has the sums of those he supplies, level by level."""
    found = own
    for _ in range(len(own)):
        sums = found.dropna(subset=["parent"]).groupby("parent")[names].sum(min_count=1)
        empty = found["actual"].isna() & found["dealer"].isin(found["parent"]) & (found["basis"] != "supplied")
        gaps = empty & ~found["dealer"].isin(found.loc[empty, "parent"])  # those of whom no supplied one is waited for
        if not gaps.any():
            break
        filled = {name: found[name].where(~gaps, found["dealer"].map(sums[name])).astype("Int64") for name in names}
        found = found.assign(**filled, basis=found["basis"].mask(gaps, "supplied"))
    return found
