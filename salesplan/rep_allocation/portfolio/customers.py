"""The quotas brought down to the customers: kept, followed, developed, and what is left for new ones."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNASSIGNED, apportion_groups
from salesplan.calendar import month_of
from salesplan.errors import stop_on
from salesplan.grading import ABC, contacts_per_month, graded, grades_of
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.portfolio.customer_amounts import fill, wishes
from salesplan.rep_allocation.portfolio.customer_pins import customer_pins, pin_faults, with_pins
from salesplan.rep_allocation.portfolio.holdings import holdings, profiles
from salesplan.rep_allocation.portfolio.purchases import (
    NOBODY_NEW,
    Newcomers,
    named,
    newcomers,
    past_of,
    yearly_sales,
)
from salesplan.terms.customers import CustomerGrades
from salesplan.terms.rep_allocation import RepAllocationTerms

KINDS = ("existing", "lapsed", "potential", "new")
Real = NDArray[np.float64]
MORE = (
    "customer_name", "region", "channel", "kind", "start", "end", "months_held", "last_year", "growth", "share",
    "potential", "pipeline", "amount_kept", "amount_pipeline", "amount_developed", "new_customers", "pinned",
)  # fmt: skip
SHOWN = (
    "customer_name", "grade", "rep", "kind", "months_held", "last_year", "amount", "growth", "amount_kept",
    "amount_pipeline", "amount_developed", "potential", "contacts_per_month",
)  # fmt: skip
COLUMNS = ("customer", "grade", "rep", "amount", "contacts_per_month", *MORE)


class CustomerPlan(NamedTuple):
    """What is planned with the customers."""

    table: pd.DataFrame  # rep_allocation_customers
    profile: pd.DataFrame  # one row per customer, with its grades (`grades.graded`)
    grades: CustomerGrades
    newcomers: Newcomers
    no_potential: bool  # nobody's potential is known, so that growth follows the sales

    @property
    def known(self) -> bool:
        """Whether any customer is known."""
        return len(self.profile) > 0


class Portfolio(NamedTuple):
    """Who holds which customer, what each could carry, and the quotas that are to be carried."""

    rows: pd.DataFrame  # one per customer and spell: `holdings`, the profile, `kind`, `pipeline` and `agreed` (fen)
    wished: pd.DataFrame  # what each row can carry at each step (`wishes`)
    accounts: pd.DataFrame  # rep, quota (fen), least_new
    yearly: pd.DataFrame  # sales by customer and year (`yearly_sales`)
    fresh: Newcomers
    profile: pd.DataFrame
    grades: CustomerGrades


def customer_plan(given: Given, quotas: pd.DataFrame, *, rules: RepAllocationTerms) -> CustomerPlan:
    """Bring each rep's quota down to his customers; empty where no sale names a customer and none is listed.

    `quotas` is the table rep_allocation (`rep`, `amount` in fen); `(unassigned)` is what nobody serves. Per rep the
    amounts sum to the quota exactly, in money units. An existing customer (sales last year) is first to keep his usual
    sales x the part of the year in which the rep holds him; then open deals beyond that (expected value), then
    `potential_share` of the potential that is left, both for customers without sales too; the rest is `(new)`:
    customers still to be won, at least `new_share` of the quota where the growth allows it. Where a quota does not
    reach, the last step named is scaled down. Without any potential the growth follows the usual sales. Pins on
    customers are kept to the unit. Raises `PlanError` for pins that cannot be.
    """
    listed = given.customers is not None and len(given.customers) > 0
    if not named(given.history) and not listed:
        nothing = pd.DataFrame(columns=["customer"])
        return CustomerPlan(_no_rows(), nothing, ABC, NOBODY_NEW, no_potential=True)
    found = portfolio_of(given, quotas, rules=rules)
    amounts = fill(found.rows, found.wished, found.accounts, unit=given.unit)
    table = _table(_own_sales(amounts), found.accounts, found.grades, found.fresh)
    free = bool((found.wished["free"] > 0).any())
    return CustomerPlan(table, found.profile, found.grades, found.fresh, no_potential=free)


def portfolio_of(given: Given, quotas: pd.DataFrame, *, rules: RepAllocationTerms) -> Portfolio:
    """What the customers' targets come from; `quotas` as `customer_plan`. Raises as it does."""
    past = past_of(given.history, given.months)
    profile = profiles(given, past, rules.recency)
    grades = grades_of(rules.customer_grades, profile)
    profile = graded(profile, grades)
    fresh = newcomers(past, given.months)
    carried = quotas.groupby("rep", sort=True)["amount"].sum()
    held = holdings(given, carried.index.tolist(), profile["customer"].tolist())
    rows = held.merge(profile, on="customer", how="left", validate="m:1")
    rows = rows.assign(kind=_kinds(rows), pipeline=_pipeline(rows, given))
    wished = wishes(rows, fresh, float(rules.customer_targets.potential_share))
    accounts = _accounts(carried, rows)
    pins = customer_pins(rules.pins, rows)
    stop_on(pin_faults(rules.pins, rows, accounts))
    least = rules.customer_targets.new_share
    accounts = accounts.assign(least_new=fresh.share if least is None else float(least))
    return Portfolio(with_pins(rows, pins, rules.pins), wished, accounts, yearly_sales(past), fresh, profile, grades)


def _kinds(rows: pd.DataFrame) -> NDArray[Any]:
    """`existing` bought last year, `lapsed` only before, `potential` never."""
    return np.where(rows["last_year"] > 0, "existing", np.where(rows["best"] > 0, "lapsed", "potential"))


def _pipeline(rows: pd.DataFrame, given: Given) -> Real:
    """Expected value of the open deals that close in the plan year, by customer, shared among his holders; fen."""
    deals = open_deals(given)
    expected = deals[deals["month"].isin(given.months)].groupby("customer")["expected"].sum()
    whole = rows.groupby("customer")["part"].transform("sum")
    part = np.divide(rows["part"], whole, out=np.zeros(len(rows)), where=whole > 0)
    return rows["customer"].map(expected).fillna(0.0).to_numpy(dtype=np.float64) * part


def open_deals(given: Given) -> pd.DataFrame:
    """The deals followed: `project`, `customer`, `stage`, `month` of the close, `amount`, `probability`, `expected`.

    From step 2's table where there is one, since it knows the probability of a stage; else as the opportunities say,
    `expected` NaN where the probability is unknown.
    """
    columns = ["project", "customer", "stage", "month", "amount", "probability", "expected"]
    if given.projects is not None and len(given.projects):
        return given.projects[columns].astype({"expected": "Float64"}).astype({"expected": "float64"})
    if given.opportunities is None:
        return pd.DataFrame(columns=columns).astype({"expected": "float64"})
    deals = given.opportunities
    chance = deals["probability"].astype("float64") if "probability" in deals else np.nan
    return deals.assign(
        month=month_of(deals["close"], given.cutoff), probability=chance, expected=deals["amount"] * chance
    )[columns]


def _accounts(quotas: "pd.Series[int]", rows: pd.DataFrame) -> pd.DataFrame:
    """The reps with their quotas, sorted; `(unassigned)` only where it has customers."""
    has = bool((rows["rep"] == UNASSIGNED).any())
    nobody = pd.Series({UNASSIGNED: int(quotas.get(UNASSIGNED, 0))} if has else {}, dtype="int64")
    found = pd.concat([quotas.drop(UNASSIGNED, errors="ignore"), nobody]).sort_index()
    return found.rename_axis("rep").rename("quota").astype("int64").reset_index()


def _own_sales(rows: pd.DataFrame) -> pd.DataFrame:
    """Last year's sales of a customer shared among his rows in proportion to the part of the year, exactly."""
    known = rows["kind"] != "new"
    customer = rows.loc[known, "customer"]
    code, names = pd.factorize(customer, sort=True)
    total = rows.loc[known].groupby("customer", sort=True)["last_year"].first().reindex(names).astype("int64")
    part = rows.loc[known, "part"].clip(lower=1e-9)
    sold = apportion_groups(
        total.to_numpy(), part.to_numpy(), code, labels=pd.factorize(rows.loc[known, "rep"], sort=True)[0].tolist()
    )
    return rows.assign(last_year=pd.Series(sold, index=customer.index).reindex(rows.index).astype("Int64"))


def _table(rows: pd.DataFrame, accounts: pd.DataFrame, grades: CustomerGrades, fresh: Newcomers) -> pd.DataFrame:
    """Table rep_allocation_customers, of each rep the largest first and what is left for new customers last."""
    quota = rows["rep"].map(accounts.set_index("rep")["quota"]).astype("float64")
    cadence = {grade.name: contacts_per_month(grade) for grade in grades.grades}
    fresh_rows = rows["kind"] == "new"
    count = -(-rows["amount"] // fresh.first_year) if fresh.first_year else pd.Series(pd.NA, index=rows.index)
    before = rows["last_year"].where(rows["last_year"] > 0)
    found = rows.assign(
        contacts_per_month=rows["grade"].map(cadence).astype("float64"),
        growth=(rows["amount"] / before - 1).astype("float64"),
        share=(rows["amount"] / quota.where(quota > 0)).astype("float64"),
        potential=rows["potential"].round().astype("Int64"),
        pipeline=rows["pipeline"].round().astype("int64"),
        last_year=rows["last_year"].astype("Int64"),
        new_customers=count.where(fresh_rows).astype("Int64"),
    )
    order = found.assign(last=fresh_rows).sort_values(
        ["rep", "last", "amount", "customer", "start"], ascending=[True, True, False, True, True], ignore_index=True
    )
    return order[list(COLUMNS)].astype(dict.fromkeys(("customer", "grade", "rep", "kind"), "str"))


def _no_rows() -> pd.DataFrame:
    """The header of the table, of the types its rows would have."""
    texts = ("customer", "grade", "rep", "customer_name", "region", "channel", "kind")
    types = {
        **dict.fromkeys(COLUMNS, "int64"), **dict.fromkeys(texts, "str"), "pinned": "bool",
        **dict.fromkeys(("start", "end"), "datetime64[ns]"),
        **dict.fromkeys(("contacts_per_month", "months_held", "growth", "share"), "float64"),
        **dict.fromkeys(("last_year", "potential", "new_customers"), "Int64"),
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def largest_customers(plan: CustomerPlan) -> pd.DataFrame:
    """The rows of customers with the largest targets first, whoever holds them, as people read them."""
    rows = plan.table[plan.table["kind"] != "new"].sort_values(
        ["amount", "customer", "rep"], ascending=[False, True, True], ignore_index=True
    )
    return rows[list(SHOWN)]
