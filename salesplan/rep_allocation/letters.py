"""What the target letter of each rep says: his quota by month, what it is made of, and how it came about."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.rep_allocation.allocation import Allocation
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.handed_down import has_quotas
from salesplan.rep_allocation.peers import projects_raised
from salesplan.rep_allocation.people.roster import year_before

MOST_LETTERS = 1000
MOST_MEMBERS = 5  # of a dimension in a letter; the rest is one row
MOST_CUSTOMERS = 6
REST = "(other)"
YEAR = r"\d{4}"


class Letters(NamedTuple):
    """Frames with a row per rep (`reps`) or several (the others), keyed by `rep`; money in fen."""

    reps: pd.DataFrame  # who he is, quota and what it is compared with, and how it came about
    months: pd.DataFrame  # rep, month, amount, last_year
    members: pd.DataFrame  # rep, dimension, member, amount
    customers: pd.DataFrame  # rep, customer, customer_name, grade, amount
    activities: pd.DataFrame  # rep, activity, count (of the year)
    bases: pd.DataFrame  # rep, basis, value, share, weight, weighted_share, substitute
    left_out: int  # reps beyond the most that are written


def letters(
    found: Allocation,
    given: Given,
    *,
    customers: pd.DataFrame | None = None,
    activities: pd.DataFrame | None = None,
    most: int = MOST_LETTERS,
) -> Letters:
    """The letters of the first `most` reps that have a quota, in the order of table rep_allocation_reps.

    `customers` and `activities` are the tables rep_allocation_customers and rep_allocation_activities, where there are
    any. The parts of a quota, in fen: amount_shared (his share of what is shared out) + amount_raised (his deals
    planned apart with their over-assignment) + amount_agreed (agreements, bounds, what they leave to him, rounding)
    + amount_transferred = quota = base + amount_over.
    """
    wanted = found.reps[found.reps["quota"] > 0]
    reps = wanted.head(most).reset_index(drop=True)
    own = found.table[found.table["rep"].isin(reps["rep"])]
    return Letters(
        _people(reps, found).assign(cause=_cause(found, given)),
        _months(own, found, given),
        _members(own),
        _customers(customers, reps),
        _activities(activities, reps),
        counted_bases(found.weighing.bases, reps["rep"].tolist()),
        len(wanted) - len(reps),
    )


def _cause(found: Allocation, given: Given) -> str:
    """What sets all quotas apart from the rule: handed down from above, or months that led; blank for neither."""
    if has_quotas(given.quotas, given.months, given.level):
        return "handed_down"
    return "by_month" if found.by_month else ""


def _people(reps: pd.DataFrame, found: Allocation) -> pd.DataFrame:
    """The reps with region, grade, start, end, commitment, and the parts of the quota."""
    people = found.weighing.people.set_index("rep")
    names = [name for name in ("region", "grade", "start", "end", "commitment") if name in people]
    told = reps.assign(**{name: people[name].reindex(reps["rep"]).array for name in names})
    raised = projects_raised(found.reps)
    pool = int(found.reps["quota"].sum() - raised.sum())
    shared = np.rint(reps["carried_share"].to_numpy() * pool).astype(np.int64)
    own = reps["rep"].map(dict(zip(found.reps["rep"], raised, strict=True))).to_numpy(dtype=np.int64)
    parts = shared + own + reps["amount_transferred"]
    return told.assign(
        amount_pool=pool,
        amount_shared=shared,
        amount_raised=own,
        amount_agreed=reps["quota"] - parts,
        amount_over=reps["quota"] - reps["base"],
    )


def _months(own: pd.DataFrame, found: Allocation, given: Given) -> pd.DataFrame:
    """Every rep's twelve months beside the same months of last year, of what he holds today."""
    months = pd.Index(given.months, name="month")
    before = dict(zip(year_before(given.months), given.months, strict=True))
    past = found.weighing.territory.history
    past = past[past["month"].isin(before)]
    quota = own.groupby(["rep", "month"], sort=True)["amount"].sum()
    last = past.assign(month=past["month"].map(before)).groupby(["rep", "month"])["amount"].sum()
    every = pd.MultiIndex.from_product([sorted(own["rep"].unique()), months], names=["rep", "month"])
    table = pd.DataFrame({"amount": quota.reindex(every, fill_value=0), "last_year": last.reindex(every)})
    return table.astype({"amount": "int64", "last_year": "Int64"}).reset_index()


def _members(own: pd.DataFrame) -> pd.DataFrame:
    """Each rep's largest products and channels, what is left of a dimension in one row."""
    parts = [
        own.groupby(["rep", name], sort=True)["amount"].sum().rename_axis(["rep", "member"]).reset_index().assign(
            dimension=name
        )
        for name in ("product", "channel")
        if name in own
    ]  # fmt: skip
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("rep", "dimension", "member", "amount")})
    every = pd.concat(parts, ignore_index=True)
    return _largest(every[every["amount"] != 0], ["rep", "dimension"], "member", MOST_MEMBERS)


def _largest(table: pd.DataFrame, keys: list[str], label: str, most: int) -> pd.DataFrame:
    """The largest rows of each key, the rest summed in one row `(other)` behind them."""
    ordered = table.sort_values([*keys, "amount", label], ascending=[True] * len(keys) + [False, True])
    rank = ordered.groupby(keys, sort=False).cumcount()
    size = ordered.groupby(keys, sort=False)["amount"].transform("size")
    shown = ordered[(rank < most) | (size == most + 1)]
    rest = ordered[(rank >= most) & (size > most + 1)].groupby(keys, sort=True)["amount"].sum().reset_index()
    both = pd.concat([shown, rest.assign(**{label: REST})], ignore_index=True)
    return both.assign(last=both[label] == REST).sort_values([*keys, "last"], kind="stable", ignore_index=True)


def _customers(customers: pd.DataFrame | None, reps: pd.DataFrame) -> pd.DataFrame:
    """Each rep's customers with the largest targets; those still to be won stand at the end."""
    columns = ["rep", "customer", "customer_name", "grade", "amount"]
    if customers is None or customers.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    own = customers[customers["rep"].isin(reps["rep"]) & (customers["amount"] != 0)].reindex(columns=columns)
    return _largest(own.assign(amount=own["amount"].astype("int64")), ["rep"], "customer", MOST_CUSTOMERS)


def _activities(activities: pd.DataFrame | None, reps: pd.DataFrame) -> pd.DataFrame:
    """Each rep's activities of the year, those that are asked of him."""
    columns = ["rep", "activity", "count"]
    if activities is None or activities.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    year = activities["period"].astype(str).str.fullmatch(YEAR) & (activities["count"] > 0)
    return activities.loc[activities["rep"].isin(reps["rep"]) & year, columns].reset_index(drop=True)


def counted_bases(bases: pd.DataFrame, reps: list[str]) -> pd.DataFrame:
    """The bases that count, each rep's share of them and what it gives: share x weight."""
    own = bases[bases["rep"].isin(reps) & (bases["weight"] > 0) & (bases["basis"] != "blended")]
    return own.assign(weighted_share=own["share"] * own["weight"]).reset_index(drop=True)
