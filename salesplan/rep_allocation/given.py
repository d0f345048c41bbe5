"""What the step starts from: the split, the people, and what is known of them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from salesplan.rep_allocation.handed_down import has_quotas
from salesplan.rep_allocation.quotas import Season


@dataclass(frozen=True)
class Given:
    """The frames an allocation is made from; money in fen, None where the plan has no such table.

    `reps` one row per rep and spell (`roster.planned_reps`); `split` the table seasonal_split (month, dimensions,
    amount, quantity); `history` monthly facts before the plan year (month, dimensions, customer, rep, amount);
    `customers` one row per customer and spell; `opportunities` one per deal followed; `projects` the table
    seasonal_split_projects; `quotas` what is handed down from above; `expected` what is expected of the company in the
    plan year (fen); `level` the name of the level that is planned, `to_months` whether the quotas stop at rep and
    month. `cutoff` is the day a month ends early, `unit` the money unit in fen.
    """

    reps: pd.DataFrame
    split: pd.DataFrame
    history: pd.DataFrame
    customers: pd.DataFrame | None = None
    opportunities: pd.DataFrame | None = None
    projects: pd.DataFrame | None = None
    quotas: pd.DataFrame | None = None
    cutoff: int | None = None
    unit: int = 1
    expected: float | None = None
    level: str = ""
    to_months: bool = False

    @cached_property
    def season(self) -> Season:
        """The months of the split and their targets."""
        sums = self.split.groupby("month", sort=True)["amount"].sum()
        return Season([str(month) for month in sums.index], sums.to_numpy(dtype=np.int64))

    @property
    def months(self) -> list[str]:
        """The months of the plan year."""
        return self.season.months

    @property
    def handed_down(self) -> bool:
        """Whether quotas of the plan year are handed down from above."""
        return has_quotas(self.quotas, self.months, self.level)

    def by_month(self) -> "Given":
        """The same down to reps and months only, without what is agreed for part of the members."""
        return replace(self, to_months=True)


def months_only(split: pd.DataFrame) -> pd.DataFrame:
    """A split without its dimensions: month, amount, quantity (unknown as soon as one cell's is)."""
    quantity = split["quantity"] if "quantity" in split else pd.Series(np.nan, index=split.index)
    known = split.assign(quantity=quantity.astype("float64")).groupby("month", sort=True)
    return known.agg(
        amount=("amount", "sum"), quantity=("quantity", lambda units: units.sum(skipna=False))
    ).reset_index()
