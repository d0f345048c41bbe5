"""The step as one function: reps, split and history in, the four tables out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.rep_allocation import cube
from salesplan.rep_allocation.fairness import outlook
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.peers import compared
from salesplan.rep_allocation.quotas import QuotaTable, Season, quota_table
from salesplan.rep_allocation.roster import availability, listed
from salesplan.rep_allocation.weighing import (
    BASES,
    Weighing,
    full_year_sales,
    last_year_sales,
    part_of_last_year,
    weigh,
)
from salesplan.terms.rep_allocation import RepAllocationTerms


class Allocation(NamedTuple):
    """The tables of the step and what a reader has to be told about them."""

    table: pd.DataFrame  # rep_allocation: rep, month, (dimensions), base, amount, quantity
    reps: pd.DataFrame  # rep_allocation_reps
    activities: pd.DataFrame  # rep_allocation_activities
    customers: pd.DataFrame  # rep_allocation_customers
    dropped: tuple[str, ...]  # bases that were asked for and have no data
    by_month: bool  # too few are there in some months, so the months led
    to_cells: bool  # False: the table stops at rep and month though the split has dimensions


# The table of the reps in two parts, as people read it: the quotas, and what they came from.
QUOTA_COLUMNS = [
    "rep",
    "name",
    "team",
    "quota",
    "base",
    "last_year",
    "expected",
    "quota_to_expected",
    "probability",
    "pinned",
]
WEIGHT_COLUMNS = ["rep", "name", *(f"{base}_share" for base in BASES), "weight", "ramp_share", "replaced"]


class Ground(NamedTuple):
    """What the quotas stand on: who is there, what he weighs, what is to be carried."""

    people: pd.DataFrame  # one row per rep, sorted
    there: pd.DataFrame  # availability, rep x month
    weighing: Weighing
    season: Season
    full_year: "pd.Series[float]"  # last year's sales carried to a full year, fen


def ground(given: Given, rules: RepAllocationTerms) -> Ground:
    """Who is there, what each weighs and what is to be carried."""
    reps, season, cutoff = given.reps, given.season, given.cutoff
    people = listed(reps, season.months, cutoff=cutoff)
    there = availability(reps, season.months, rules.ramp, cutoff=cutoff).reindex(people["rep"])
    part = part_of_last_year(reps, season.months, season.target.tolist(), rules.ramp, cutoff=cutoff)
    sales = full_year_sales(last_year_sales(given.history, season.months), part)
    return Ground(
        people, there, weigh(people, sales, part, rules.weights.model_dump()), season, sales.reindex(people["rep"])
    )


def quotas_of(found: Ground, rules: RepAllocationTerms, unit: int = 1) -> QuotaTable:
    """The quotas rep by month on that ground."""
    labels = found.people["rep"].tolist()
    weight, there = np.asarray(found.weighing.weight, dtype=np.float64), np.asarray(found.there, dtype=np.float64)
    return quota_table(weight, there, found.season, rules=rules, reps=labels, unit=unit)


def allocate(given: Given, *, rules: RepAllocationTerms) -> Allocation:
    """Give every rep his quota, by month and where it can be carried down by cell of the split.

    Quota = level x (1 + over-assignment) x blended weight x availability, through pins and bounds. In the table,
    `base` sums to every cell of the split, with what nobody can serve under `(unassigned)`, and `amount` to each rep's
    quota. Raises `PlanError` for pins and bounds that cannot be.

    Example: two reps with equal weights, a target of 100.00 and 5 % over-assignment: 52.50 each, base 50.00 each.
    """
    found = ground(given, rules)
    table = quotas_of(found, rules, given.unit)
    to_cells = cube.cells_that_fit(len(found.people), given.split)
    rows = _rows(found, table, given if to_cells else given.by_month())
    summary = outlook(
        _summary(found, table, rules), given.history, found.full_year, given.months, company=given.expected
    )
    summary = compared(summary, found.people, rules.fairness)
    return Allocation(
        rows,
        summary,
        no_activities(),
        no_customers(),
        found.weighing.dropped,
        table.by_month,
        to_cells or not cube.dimensions_of(given.split),
    )


def _rows(found: Ground, table: QuotaTable, given: Given) -> pd.DataFrame:
    """The allocation as rows, those of `(unassigned)` first as its name sorts."""
    split, months = given.split, found.season.months
    members = cube.members_of(split)
    cells = cube.by_cell(split, months, "amount").astype(np.int64)
    if members.shape[1]:
        base, amount = cube.carry_down(
            table, cells, cube.own_mix(found.people, given.history, members), unit=given.unit
        )
    else:
        base, amount = table.base.T[:, :, None], table.amount.T[:, :, None]
    known = (
        cube.by_cell(split, months, "quantity").astype(np.float64)
        if "quantity" in split
        else np.full(cells.shape, np.nan)
    )
    rows = cube.long_table(
        found.people["rep"].tolist(), months, members, base, amount, cube.quantities(amount, cells, known)
    )
    left = cube.unassigned_rows(split, _months_left(found.season, table))
    return pd.concat([left, rows], ignore_index=True) if len(left) else rows


def _months_left(season: Season, table: QuotaTable) -> list[str]:
    return [month for month, fen in zip(season.months, table.unassigned, strict=True) if fen]


def _summary(found: Ground, table: QuotaTable, rules: RepAllocationTerms) -> pd.DataFrame:
    """One row per rep: who he is, quota and base, and the weights it came from."""
    people, weighing = found.people, found.weighing
    pinned = {pin.rep for pin in rules.pins}
    ramp = found.there.to_numpy() @ found.season.target / max(int(found.season.target.sum()), 1)
    shares = {f"{base}_share": weighing.shares[base].to_numpy() for base in weighing.shares.columns}
    return people[["rep", "name", "team", "manager"]].assign(
        quota=table.amount.sum(axis=1),
        base=table.base.sum(axis=1),
        **shares,
        weight=weighing.weight.to_numpy(),
        ramp_share=ramp,
        pinned=people["rep"].isin(pinned).astype(bool),
        replaced=weighing.replaced.to_numpy(),
    )


def _empty(texts: Sequence[str], **others: str) -> pd.DataFrame:
    return pd.DataFrame(
        {**{name: pd.Series(dtype="str") for name in texts}, **{n: pd.Series(dtype=d) for n, d in others.items()}}
    )


def no_activities() -> pd.DataFrame:
    """The header of rep_allocation_activities: rep, period, activity, count."""
    return _empty(("rep", "period", "activity"), count="int64")


def no_customers() -> pd.DataFrame:
    """The header of rep_allocation_customers: customer, grade, rep, amount (fen), contacts_per_month."""
    return _empty(("customer", "grade", "rep"), amount="int64", contacts_per_month="float64")
