"""What the quotas stand on: who is there, what he weighs, where he sells, what is agreed, what is to be carried."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.agreed import fixed_years, part_faults, transfer_faults
from salesplan.claims import Claim
from salesplan.errors import stop_on
from salesplan.rep_allocation import cube
from salesplan.rep_allocation.agreements import (
    AGREED,
    People,
    claim_faults,
    claims_of,
    known_names,
    of_cells,
    people_of,
)
from salesplan.rep_allocation.deals import placed_deals
from salesplan.rep_allocation.given import Given, months_only
from salesplan.rep_allocation.negotiation import agreed_pins
from salesplan.rep_allocation.people.hierarchy import total_rate
from salesplan.rep_allocation.quotas import Wishes
from salesplan.rep_allocation.unassigned import nobody_serves, taken_out, vacancy_mix
from salesplan.rep_allocation.weighing import Held, Weighing, weighed
from salesplan.terms.rep_allocation import RepAllocationTerms

Fen = NDArray[np.int64]
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The ground of one allocation; arrays in the order of `people`, the months and the `members`, fen."""

    given: Given
    rules: RepAllocationTerms
    people: People
    weighing: Weighing
    members: pd.DataFrame  # combinations of the split's dimensions; one row without columns where it has none
    cells: Fen  # months x members: the split
    left: Fen  # months x members: what nobody can serve
    mix: cube.Mix
    placed: Real  # reps x months: deals planned apart that are theirs
    claims: tuple[Claim, ...]
    to_cells: bool  # False: the table stops at rep and month though the split has dimensions

    @property
    def unit(self) -> int:
        """The money unit, fen."""
        return self.given.unit

    @property
    def split(self) -> pd.DataFrame:
        """The split as far as the table goes down."""
        return self.given.split if self.members.shape[1] else months_only(self.given.split)

    @property
    def there(self) -> Real:
        """Availability of the reps by month, 0 to 1."""
        return self.weighing.there.to_numpy(dtype=np.float64)

    @property
    def wishes(self) -> Wishes:
        """What each rep is to carry in each month: his deals planned apart, and his weight of the rest.

        rest[r, m] = (regular target[m] + what the manager keeps) x carries[r, m], scaled to the regular targets' sum:
        what is vacant in a month makes nobody else's part of the year smaller.
        """
        target = (self.cells - self.left).sum(axis=1)
        regular = np.maximum(target - self.placed.sum(axis=0), 0.0)
        carried = self.weighing.carries.to_numpy(dtype=np.float64) * (regular + self.weighing.vacant)
        rest: Real = carried * (regular.sum() / carried.sum()) if carried.any() else carried
        return Wishes(rest + self.placed, self.weighing.there.to_numpy(dtype=np.float64))

    def under(self, rules: RepAllocationTerms) -> "Ground":
        """The same people and agreements under rules with other weights or another over-assignment."""
        alike = rules.weights.equal_probability or rules.weights.equal_stretch
        if alike and total_rate(rules) != total_rate(self.rules):  # they depend on the sum of the quotas
            return replace(self, rules=rules, weighing=weighed(self.given, rules, self.weighing.held))
        return replace(self, rules=rules, weighing=self.weighing.under(rules))

    def ramped(self, rules: RepAllocationTerms) -> "Ground":
        """The same people and agreements under rules with another ramp, other weights, another over-assignment."""
        return ground_of(self.given, rules, self.weighing.held)


def ground_of(given: Given, rules: RepAllocationTerms, who: Held | None = None) -> Ground:
    """The ground of an allocation; `who` is there and holds what, where it is known already.

    Raises `PlanError` with everything agreed that contradicts itself.
    """
    weighing = weighed(given, rules, who)
    people = people_of(weighing.people, given.months)
    to_cells = cube.cells_that_fit(len(people.reps), given.split)
    split = given.split if to_cells and not given.to_months else months_only(given.split)
    members, cells = cube.members_of(split), cube.by_cell(split, given.months, "amount").astype(np.int64)
    agreed, known, unit = agreed_pins(rules), known_names(people, cube.members_of(given.split)), given.unit
    stop_on(
        [
            *part_faults(rules.pins, "pins", known, unit),
            *part_faults(rules.limits, "limits", known),
            *transfer_faults(rules.transfers, fixed_years((*rules.pins, *agreed)), known, unit),
        ]
    )
    claims = (*claims_of(rules.pins, people), *claims_of(agreed, people, AGREED))
    stop_on(claim_faults(claims))
    if not members.shape[1]:
        claims = tuple(claim for claim in claims if not of_cells(claim))
    history, there = weighing.territory.history, weighing.there.to_numpy(dtype=np.float64)
    mix = cube.mix_of(people.reps, regions_of(given.reps, people), history, members, cells.sum(axis=0))
    left = nobody_serves(cells, there, mix)
    left = taken_out(cells, left, weighing.vacant, vacancy_mix(history, members), unit=given.unit)
    placed = placed_deals(given, pd.Index(people.reps), there, (cells - left).sum(axis=1))
    return Ground(
        given,
        rules,
        people,
        weighing,
        members,
        cells,
        left,
        mix,
        placed,
        claims,
        to_cells or not cube.dimensions_of(given.split),
    )


def regions_of(reps: pd.DataFrame, people: People) -> list[frozenset[str]]:
    """The regions of each rep, of all his spells; none known: none."""
    known = reps.loc[reps["region"].notna() & (reps["region"] != ""), ["rep", "region"]]
    found = known.groupby("rep")["region"].agg(frozenset)
    return [found.get(rep, frozenset()) for rep in people.reps]
