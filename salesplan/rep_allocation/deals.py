"""Deals that step 2 planned apart from the season: whose they are, and when."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.calendar import month_span
from salesplan.rep_allocation.given import Given

Real = NDArray[np.float64]


def placed_deals(given: Given, reps: "pd.Index[str]", there: Real, target: NDArray[np.int64]) -> Real:
    """Deals that step 2 planned apart from the season, reps x months, fen: those of reps who are there to close them.

    A deal of a rep who is not there in its month goes to who holds the customer then, if he is.
    A month's deals are cut to its target where they are more.
    """
    found = np.zeros(there.shape)
    if given.projects is None or given.opportunities is None or given.projects.empty:
        return found
    deals = given.projects[given.projects["placed"] > 0].reindex(columns=["project", "customer", "month", "placed"])
    owner = deals["project"].map(given.opportunities.set_index("project")["rep"])
    rows, months = reps.get_indexer(pd.Index(owner)), pd.Index(given.months).get_indexer(pd.Index(deals["month"]))
    rows = _closers(rows, months, deals["customer"].tolist(), given, reps, there)
    known = (rows >= 0) & (months >= 0)
    np.add.at(found, (rows[known], months[known]), deals["placed"].to_numpy(dtype=np.float64)[known])
    found = np.where(there > 0, found, 0.0)
    sums = found.sum(axis=0)
    part: Real = np.divide(np.minimum(sums, target), sums, out=np.ones(len(sums)), where=sums > 0)
    return found * part


def _closers(
    rows: NDArray[np.int64], months: NDArray[np.int64], customers: list[str], given: Given, reps: "pd.Index[str]",
    there: Real,
) -> NDArray[np.int64]:  # fmt: skip
    """Place of the rep who closes each deal: its own, or the customer's holder on the first day of the month."""
    if given.customers is None or "rep" not in given.customers:
        return rows
    spells = given.customers[given.customers["customer"].isin(customers)]
    found = rows.copy()
    for place in np.flatnonzero((months >= 0) & ((rows < 0) | (there[rows, months] == 0))).tolist():
        first = pd.Timestamp(month_span(given.months[months[place]], given.cutoff)[0])
        held = spells[spells["customer"] == customers[place]]
        held = held[~(pd.to_datetime(held["start"]) > first) & ~(pd.to_datetime(held["end"]) < first)]
        holder = reps.get_indexer(pd.Index(held["rep"].dropna()))
        able = [row for row in holder.tolist() if row >= 0 and there[row, months[place]] > 0]
        found[place] = able[0] if able else rows[place]
    return found
