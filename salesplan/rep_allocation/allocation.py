"""The quotas as one function: what is given in, the tables of reps and cells out."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.rep_allocation import cube
from salesplan.rep_allocation.bases import BASES
from salesplan.rep_allocation.fairness import outlook
from salesplan.rep_allocation.ground import Ground
from salesplan.rep_allocation.peers import compared
from salesplan.rep_allocation.settling import Settled, settled
from salesplan.rep_allocation.weighing import Weighing


class Allocation(NamedTuple):
    """The tables of the quotas and what a reader has to be told about them."""

    table: pd.DataFrame  # rep_allocation: rep, month, (dimensions), base, amount, quantity
    reps: pd.DataFrame  # rep_allocation_reps
    by_month: bool  # too few are there in some months, so the months led
    ground: Ground  # who is there, what he weighs, what is agreed
    settled: Settled  # the quotas before and after rounding

    @property
    def weighing(self) -> Weighing:
        """Bases, territories and what they weigh."""
        return self.ground.weighing

    @property
    def dropped(self) -> tuple[str, ...]:
        """Bases that were asked for and have no data."""
        return self.ground.weighing.dropped

    @property
    def to_cells(self) -> bool:
        """False: the table stops at rep and month though the split has dimensions."""
        return self.ground.to_cells

    @property
    def handed_down(self) -> bool:
        """Whether the quotas come from above."""
        return self.ground.given.handed_down


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


def allocate(ground: Ground) -> Allocation:
    """Give every rep his quota, by month and where it can be carried down by cell of the split.

    Quota = level x (1 + over-assignment) x blended weight x availability, through pins and bounds; deals that step 2
    planned apart go to their reps. In the table, `base` sums to every cell of the split, with what nobody can serve
    under `(unassigned)`, and `amount` to each rep's quota. Raises `PlanError` for pins and bounds that cannot be.

    Example: two reps with equal weights, a target of 100.00 and 5 % over-assignment: 52.50 each, base 50.00 each.
    """
    given, weighing, found = ground.given, ground.weighing, settled(ground)
    summary = _expected(ground, found)
    shared = given.season.target - ground.placed.sum(axis=0)  # what deals planned apart leave of each month
    carried = pd.Series(weighing.carries.to_numpy() @ shared, index=weighing.carries.index)
    reps = compared(summary, weighing.people, carried, ground.rules.fairness)
    return Allocation(_rows(ground, found), reps, found.table.by_month, ground, found)


def quotas_and_odds(ground: Ground) -> pd.DataFrame:
    """The reps of `allocate` without cells and peers, for what is only tried: rep, quota, ..., probability."""
    return _expected(ground, settled(ground))


def _expected(ground: Ground, found: Settled) -> pd.DataFrame:
    weighing = ground.weighing
    history, months = weighing.territory.history, ground.given.months
    return outlook(_summary(ground, found), weighing.year, weighing.part, history=history, months=months)


def _rows(ground: Ground, found: Settled) -> pd.DataFrame:
    """The allocation as rows, those of `(unassigned)` first as its name sorts."""
    months, members, split = list(ground.people.months), ground.members, ground.split
    cells = ground.cells - found.left
    base = cube.base_cells(found.table.base, cells, found.real, found.whole, unit=ground.unit)
    known = np.full(cells.shape, np.nan)
    if "quantity" in split:
        known = cube.by_cell(split, months, "quantity").astype(np.float64)
    units = cube.quantities(found.whole, ground.cells, known)
    rows = cube.long_table(list(ground.people.reps), months, members, base, found.whole, units)
    nobody = cube.unassigned_rows(split, months, members, found.left)
    return pd.concat([nobody, rows], ignore_index=True) if len(nobody) else rows


def _summary(ground: Ground, found: Settled) -> pd.DataFrame:
    """One row per rep: who he is, quota and base, and the weights it came from."""
    weighing, table = ground.weighing, found.table
    people = weighing.people
    pinned = {claim.members.get("rep") for claim in ground.claims}
    season = ground.cells.sum(axis=1)
    shares = {f"{base}_share": weighing.shares[base].to_numpy() for base in weighing.shares.columns}
    return people[["rep", "name", "team", "manager"]].assign(
        quota=table.amount.sum(axis=1),
        base=table.base.sum(axis=1),
        **shares,
        weight=weighing.weight.to_numpy(),
        ramp_share=weighing.there.to_numpy() @ season / max(int(season.sum()), 1),
        pinned=(people["rep"].isin(pinned) & (not ground.given.handed_down)).astype(bool),
        amount_transferred=found.moved.sum(axis=1),
        amount_projects=np.rint(ground.placed.sum(axis=1)).astype(np.int64),
        amount_outside=found.outside,
        replaced=weighing.replaced.to_numpy(),
    )
