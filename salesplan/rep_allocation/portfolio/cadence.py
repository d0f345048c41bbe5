"""Contacts that customers ask for: by rep, by month, and by grade."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.portfolio.customer_amounts import NEW
from salesplan.rep_allocation.portfolio.customers import CustomerPlan, open_deals
from salesplan.rep_allocation.portfolio.holdings import days_held
from salesplan.terms.customers import LeadGrade

MONTHS = 12
LEADS = (
    "project", "customer", "rep", "stage", "month", "amount", "probability", "lead_grade", "contacts_per_month",
    "next_follow_up",
)  # fmt: skip


def _held(customers: pd.DataFrame) -> pd.DataFrame:
    """The rows of customers that a rep holds: neither those still to be won nor those of nobody."""
    return customers[(customers["customer"] != NEW) & (customers["rep"] != UNASSIGNED)]


def contacts_of_reps(customers: pd.DataFrame) -> pd.DataFrame:
    """Contacts a month each rep's customers ask for, on average over the year.

    `rep`, `customers`, `contacts_per_month`: sum over his customers of contacts_per_month x months held / 12;
    customers contacted as needed count as none. `customers` is the table rep_allocation_customers.
    """
    held = _held(customers)
    mean = held["contacts_per_month"].fillna(0.0) * held["months_held"].astype("float64") / MONTHS
    sums = held.assign(contacts=mean).groupby("rep", sort=True)
    found = sums.agg(customers=("customer", "nunique"), contacts_per_month=("contacts", "sum"))
    return found.reset_index().astype({"rep": "str", "customers": "int64", "contacts_per_month": "float64"})


def contacts_by_month(customers: pd.DataFrame, months: Sequence[str], *, cutoff: int | None = None) -> pd.DataFrame:
    """Contacts by rep and month: contacts_per_month x the part of the month held: `rep`, `month`, `contacts`.

    One row per rep with customers and month, sorted by them.
    """
    held = _held(customers)
    each = days_held(held, months, cutoff) * held["contacts_per_month"].fillna(0.0).to_numpy()[:, None]
    table = pd.DataFrame(each, columns=list(months)).groupby(held["rep"].to_numpy(), sort=True).sum()
    found = table.rename_axis("rep").reset_index().melt(id_vars="rep", var_name="month", value_name="contacts")
    return found.sort_values(["rep", "month"], ignore_index=True)


def reps_by_grade(plan: CustomerPlan) -> pd.DataFrame:
    """Customers of each rep by grade, a column per grade, and the contacts a month they ask for.

    `rep`, the grades in order, `customers`, `contacts_per_month`; sorted by rep.
    """
    held = _held(plan.table)
    counts = held.drop_duplicates(["rep", "customer"]).pivot_table(
        index="rep", columns="grade", values="customer", aggfunc="size", fill_value=0
    )
    named = counts.reindex(columns=plan.grades.names, fill_value=0).astype("int64").rename_axis(columns=None)
    return named.reset_index().merge(contacts_of_reps(plan.table), on="rep")


def leads(given: Given, grades: Sequence[LeadGrade]) -> pd.DataFrame:
    """Open deals of the plan year as leads with a grade: the form in which interested customers are followed.

    The first grade whose `from` the probability reaches counts, a probability
    nobody knows has none. Columns `project`, `customer`, `rep`, `stage`, `month` of the close, `amount` (fen),
    `probability`, `lead_grade`, `contacts_per_month`, `next_follow_up`; best grade first, then by close and project.
    """
    if given.opportunities is None or not grades:
        return pd.DataFrame(columns=list(LEADS))
    deals = open_deals(given)
    least = np.array([float(grade.from_) for grade in grades])
    chance = deals["probability"].astype("float64")
    reached = chance.to_numpy()[:, None] >= least
    place = np.where(reached.any(axis=1), reached.argmax(axis=1), len(grades))
    names = np.array([*(grade.name for grade in grades), None], dtype=object)
    cadence = np.array([*(np.nan if g.contacts is None else g.contacts.per_month for g in grades), np.nan])
    followed = given.opportunities.drop_duplicates("project").set_index("project")
    found = deals.assign(
        rep=deals["project"].map(followed["rep"]),
        next_follow_up=deals["project"].map(followed["next_follow_up"]),
        lead_grade=names[place],
        contacts_per_month=cadence[place],
        place=place,
    )
    within = found[found["month"].isin(given.months)]
    return within.sort_values(["place", "month", "project"], ignore_index=True)[list(LEADS)]
