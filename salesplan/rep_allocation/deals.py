"""Deals that step 2 planned apart from the season: whose they are, and when."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.rep_allocation.given import Given

Real = NDArray[np.float64]


def placed_deals(given: Given, reps: "pd.Index[str]", there: Real, target: NDArray[np.int64]) -> Real:
    """Deals that step 2 planned apart from the season, reps x months, fen: those of reps who are there to close them.

    A month's deals are cut to its target where they are more.
    """
    found = np.zeros(there.shape)
    if given.projects is None or given.opportunities is None or given.projects.empty:
        return found
    deals = given.projects.loc[given.projects["placed"] > 0, ["project", "month", "placed"]]
    owner = deals["project"].map(given.opportunities.set_index("project")["rep"])
    rows, months = reps.get_indexer(pd.Index(owner)), pd.Index(given.months).get_indexer(pd.Index(deals["month"]))
    known = (rows >= 0) & (months >= 0)
    np.add.at(found, (rows[known], months[known]), deals["placed"].to_numpy(dtype=np.float64)[known])
    found = np.where(there > 0, found, 0.0)
    sums = found.sum(axis=0)
    part: Real = np.divide(np.minimum(sums, target), sums, out=np.ones(len(sums)), where=sums > 0)
    return found * part
