"""What the sales and the target are made of: by grade, kind, region, channel and product, and how concentrated."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.grading import contacts_per_month
from salesplan.money import to_fen
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import year_before
from salesplan.rep_allocation.portfolio.customer_amounts import NEW, STEPS
from salesplan.rep_allocation.portfolio.customers import CustomerPlan

COLUMNS = ("dimension", "member", "customers", "last_year", "share", "target", "target_share", "year_before", "growth")
OF_CUSTOMERS = ("grade", "kind")  # dimensions that only customers have
OF_SALES = ("region", "channel", "product")


class Concentration(NamedTuple):
    """How much of last year's sales hangs on how few customers."""

    customers: int  # with sales last year
    half: int  # the largest that make half of the sales
    largest: str  # the largest customer
    largest_share: float
    hhi: float  # sum of squared shares: 1 / customers when all are equal, 1 with one


def composition(plan: CustomerPlan, table: pd.DataFrame, given: Given) -> pd.DataFrame:
    """Table rep_allocation_composition: what each member of each dimension bought, and is planned to buy.

    Dimensions: grade and kind of the customers, region, channel and product. `customers` bought last year; `last_year`,
    `year_before` (fen), `growth` between them; `share` of last year's sales; `target` (fen, NA where the allocation
    does not reach down to the dimension) and its share. Per dimension the targets sum to those of `table`, the table
    rep_allocation: new customers and what nobody serves have members of their own. Largest first.
    """
    if not plan.known:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype(
            dict.fromkeys(COLUMNS[2:], "float64")
        )
    total = int(table["amount"].sum())
    parts = [_of_customers(plan, name, total) for name in OF_CUSTOMERS]
    parts += [
        _of_sales(table, given, name)
        for name in OF_SALES
        if name in given.history.columns and (given.history[name] != "").any()
    ]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)].astype({"dimension": "str", "member": "str"})


def _of_customers(plan: CustomerPlan, name: str, total: int) -> pd.DataFrame:
    """Sales and targets by a property of the customers.

    Where grades come from the sales, those of the year before are of the grades of that year: the grades of last year
    would only show who had been lucky in it.
    """
    kinds = plan.table.drop_duplicates("customer").set_index("customer")["kind"]
    profile = plan.profile.assign(kind=plan.profile["customer"].map(kinds), buys=plan.profile["last_year"] > 0)
    sold = profile.groupby(profile[name].fillna(UNKNOWN))
    sums = sold.agg(customers=("buys", "sum"), year_before=("year_before", "sum"), last_year=("last_year", "sum"))
    if name == "grade" and plan.grades.rule != "given":
        before = profile.groupby(profile["before"].fillna(UNKNOWN))["year_before"].sum()
        sums = sums.assign(year_before=before.reindex(sums.index, fill_value=0))
    planned = plan.table[name].mask(plan.table["customer"] == NEW, NEW).fillna(UNKNOWN)
    target = plan.table["amount"].groupby(planned).sum()
    rest = total - int(target.sum())
    target = pd.concat([target, pd.Series({UNASSIGNED: rest} if rest else {}, dtype="int64")])
    rows = _rows(name, sums, target)
    if name == "kind":  # who bought last year is existing by definition: his growth says nothing
        return rows.assign(growth=np.nan)
    place = {grade: number for number, grade in enumerate(plan.grades.names)}
    return rows.assign(place=rows["member"].map(place).fillna(len(place))).sort_values("place", kind="stable")


def _of_sales(table: pd.DataFrame, given: Given, name: str) -> pd.DataFrame:
    """Sales and targets by a dimension of the sales; targets unknown where the allocation does not have it."""
    years = [given.history[given.history["month"].isin(year_before(given.months, back))] for back in (1, 2)]
    now, before = (sold.groupby(name)["amount"].sum() for sold in years)
    buyers = years[0].groupby([name, "customer"])["amount"].sum()
    count = (buyers[buyers > 0]).groupby(level=0).size()
    members = now.index.union(before.index)
    sums = pd.DataFrame(
        {"customers": count.reindex(members), "year_before": before.reindex(members), "last_year": now.reindex(members)}
    )
    sums = sums.fillna(0).astype("int64")
    if name in table.columns:
        return _rows(name, sums, table.groupby(name)["amount"].sum())
    return _rows(name, sums, None)


def _rows(name: str, sums: pd.DataFrame, target: "pd.Series[Any] | None") -> pd.DataFrame:
    members = sums.index if target is None else sums.index.union(target.index)
    found = sums.reindex(members, fill_value=0).astype("int64")
    planned = pd.Series(pd.NA, index=members) if target is None else target.reindex(members, fill_value=0)
    whole, sold = float(planned.sum()) if target is not None else np.nan, float(found["last_year"].sum())
    before = found["year_before"].where(found["year_before"] > 0)
    rows = found.assign(
        dimension=name,
        member=members,
        growth=(found["last_year"] / before - 1).astype("float64"),
        share=found["last_year"] / sold if sold > 0 else np.nan,
        target=planned.astype("Int64"),
        target_share=planned.astype("Float64") / whole if whole and whole == whole else np.nan,
    )
    order = rows.sort_values(["target", "last_year", "member"], ascending=[False, False, True])
    return order[(order[["last_year", "year_before"]] != 0).any(axis=1) | (order["target"].fillna(0) != 0)]


def grade_table(plan: CustomerPlan) -> pd.DataFrame:
    """One row per grade: how it is bounded, its cadence and who is in it.

    Columns `grade`, `share_from` and `value_from` (its bounds, unknown where not named), `contacts_per_month` (NaN: as
    needed), `customers`, `value_last_year` (fen), `share` of last year's sales, and how many came `up` into it and
    `down`.
    """
    customers, grades = plan.profile, plan.grades
    if not plan.known:
        return pd.DataFrame(columns=["grade", "contacts_per_month"])
    sums = customers.groupby("grade").agg(customers=("customer", "size"), value_last_year=("last_year", "sum"))
    moved = pd.crosstab(customers["computed"].fillna(""), customers["change"])
    names, whole = grades.names, int(customers["last_year"].sum())
    rows = pd.DataFrame(
        {
            "grade": names,
            "grade_share": [None if grade.share is None else float(grade.share) for grade in grades.grades],
            "value_from": pd.array(
                [None if g.from_ is None else to_fen(g.from_) for g in grades.grades], dtype="Int64"
            ),
            "contacts_per_month": [contacts_per_month(grade) for grade in grades.grades],
        }
    )
    counted = {name: moved.get(name, pd.Series(dtype="int64")).reindex(names, fill_value=0) for name in ("up", "down")}
    found = sums.reindex(names, fill_value=0)
    return rows.assign(
        customers=found["customers"].to_numpy(),
        value_last_year=found["value_last_year"].to_numpy(dtype=np.int64),
        share=found["value_last_year"].to_numpy() / whole if whole else np.nan,
        **{name: numbers.to_numpy(dtype=np.int64) for name, numbers in counted.items()},
    )


def concentration(profile: pd.DataFrame) -> Concentration | None:
    """How concentrated last year's sales are; None where no customer bought anything.

    Herfindahl-Hirschman index: sum of squared shares. `profile` has `customer` and `last_year` (fen).
    """
    sold = profile[(profile["last_year"] > 0) & (profile["customer"] != UNKNOWN)]
    if sold.empty:
        return None
    ranked = sold.sort_values(["last_year", "customer"], ascending=[False, True])
    amount = ranked["last_year"].to_numpy(dtype=np.int64)
    total = int(amount.sum())
    half = int(np.searchsorted(2 * np.cumsum(amount), total)) + 1
    share = amount / total
    return Concentration(len(amount), half, str(ranked["customer"].iloc[0]), float(share[0]), float((share**2).sum()))


def steps_of_reps(table: pd.DataFrame) -> pd.DataFrame:
    """What each rep's quota is made of: kept, open deals, developed, new.

    `rep`, `quota`, `amount_kept`, `amount_pipeline`, `amount_developed`, `amount_new`, with `new_customers` to be won
    (NA where nobody knows what one brings); money in fen, the parts sum to the quota. `table` is
    rep_allocation_customers.
    """
    fresh = table["amount"].where(table["customer"] == NEW, 0)
    by_rep = table.assign(amount_new=fresh).groupby("rep", sort=True)
    parts = [f"amount_{step}" for step in (*STEPS, "new")]
    sums = by_rep[["amount", *parts]].sum().astype("int64")
    won = by_rep["new_customers"].sum(min_count=1).astype("Int64")
    found = sums.rename(columns={"amount": "quota"}).assign(new_customers=won).reset_index()
    return found[found["quota"] > 0].reset_index(drop=True)


def dependence(table: pd.DataFrame) -> pd.DataFrame:
    """The largest customer in each rep's quota, the most dependent rep first.

    `rep`, `customer`, `customer_name`, `amount`, `share`; `table` is rep_allocation_customers.
    """
    held = table[(table["customer"] != NEW) & (table["rep"] != UNASSIGNED) & (table["amount"] > 0)]
    sums = held.groupby(["rep", "customer"], sort=True).agg(
        customer_name=("customer_name", "first"), amount=("amount", "sum"), share=("share", "sum")
    )
    ranked = sums.reset_index().sort_values(["share", "rep", "customer"], ascending=[False, True, True])
    return ranked.drop_duplicates("rep").reset_index(drop=True)[["rep", "customer", "customer_name", "amount", "share"]]
