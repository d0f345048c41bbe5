"""From the ground to the quotas of every cell: handed down, or weights through agreements, limits and transfers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from salesplan.agreed import PLACE
from salesplan.apportion import MisfitError
from salesplan.claims import Claim
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.money import from_fen
from salesplan.rep_allocation import cube
from salesplan.rep_allocation.agreements import cell_faults, name_of, of_cells, repeated
from salesplan.rep_allocation.crossing import kept_together, uncrossed
from salesplan.rep_allocation.ground import Ground
from salesplan.rep_allocation.handed_down import handed_down
from salesplan.rep_allocation.limits import fixed_months
from salesplan.rep_allocation.parts import Parts, broken, by_rep, parts_of
from salesplan.rep_allocation.quotas import QuotaTable, Season, Workings, base_of, quota_table, quota_workings
from salesplan.rep_allocation.transfers import transferred
from salesplan.rep_allocation.unassigned import taken_out, vacancy_mix
from salesplan.terms.agreements import Limit

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
ROUNDS = 12  # times that limits are looked at again after those broken were mended


class Settled(NamedTuple):
    """The quotas; arrays months x reps x members before and after rounding, fen."""

    table: QuotaTable
    real: Real
    whole: Fen
    left: Fen  # months x members: what nobody serves
    moved: Fen  # reps x months: what transfers add
    outside: Fen  # by rep: what of his quota lies in regions that are not his
    claims: tuple[Claim, ...] = ()  # what was agreed and what mends limits, as it was counted


def workings(ground: Ground, found: Settled) -> Workings:
    """How the quotas rep by month came about, before transfers; quotas handed down have none."""
    target = (ground.cells - ground.left).sum(axis=1)
    season = Season(list(ground.people.months), target)
    return quota_workings(
        ground.wishes, season, found.claims, rules=ground.rules, people=ground.people, unit=ground.unit
    )


def quotas_of(ground: Ground) -> QuotaTable:
    """The quotas rep by month, without what parts of the members or of teams' months would change; transfers in."""
    if ground.given.handed_down:
        return _handed_down(ground)
    return _table(ground, [c for c in ground.claims if "rep" in c.members or c.months.all()])[0]


def settled(ground: Ground) -> Settled:
    """The quotas of every rep, month and cell. Raises `PlanError` with everything that cannot be, and the amounts."""
    if ground.given.handed_down:
        table = _handed_down(ground)
        left = taken_out(
            ground.cells, np.zeros_like(ground.cells), table.unassigned,
            vacancy_mix(ground.weighing.territory.history, ground.members), unit=ground.unit,
        )  # fmt: skip
        return _cells(ground, table, np.zeros_like(table.amount), left)
    shared = not all(_by_itself(c) for c in ground.claims)
    found = _round(ground, [c for c in ground.claims if not shared or not of_cells(c)])
    parts = {number: limit for number, limit in enumerate(ground.rules.limits) if _of_part(limit, ground)}
    extra: dict[int, Claim] = {}
    for _ in range(ROUNDS):
        fresh = dict(broken(_open(parts, extra), ground.people, ground.members, found.whole))
        if not fresh and not shared:
            return found
        extra |= fresh
        claims = [*ground.claims, *extra.values()]
        claims = by_rep(claims, ground.people, ground.members, found.real, ground.unit)
        stop_on(repeated([c for c in claims if "rep" in c.members]))
        found, shared = _round(ground, claims), False
    raise PlanError([Fault("limits_unsettled", f"{PLACE} limits", None, {})])


def _handed_down(ground: Ground) -> QuotaTable:
    """The quotas handed down from above, as they are."""
    given = ground.given
    assert given.quotas is not None
    return handed_down(given.quotas, given.season, ground.people.reps, level=given.level)


def _by_itself(claim: Claim) -> bool:
    """Whether a claim is of one rep, or of a team's whole year: nothing of it has to be shared first."""
    return "rep" in claim.members or (bool(claim.months.all()) and not of_cells(claim))


def _of_part(limit: Limit, ground: Ground) -> bool:
    """Whether a limit is about part of the members or of a team's year, so that it is looked at afterwards."""
    if limit.members:
        return ground.members.shape[1] > 0
    return limit.team is not None and limit.month is not None


def _open(limits: dict[int, Limit], extra: dict[int, Claim]) -> dict[int, Limit]:
    return {number: limit for number, limit in limits.items() if number not in extra}


def _round(ground: Ground, claims: Sequence[Claim]) -> Settled:
    table, moved = _table(ground, claims)
    return _cells(ground, table, moved, ground.left, claims)._replace(claims=tuple(claims))


def _table(ground: Ground, claims: Sequence[Claim]) -> tuple[QuotaTable, Fen]:
    """The quotas rep by month after transfers, and what these moved."""
    people, rules, target = ground.people, ground.rules, (ground.cells - ground.left).sum(axis=1)
    season = Season(list(people.months), target)
    table = quota_table(ground.wishes, season, claims, rules=rules, people=people, unit=ground.unit)
    if not rules.transfers:
        return table, np.zeros_like(table.amount)
    fixed = fixed_months(claims, people)
    moved = transferred(table.amount, ground.there, rules.transfers, people, fixed=fixed, unit=ground.unit)
    amount = table.amount + moved
    return table._replace(amount=amount, base=base_of(amount, target - table.unassigned, ground.unit)), moved


def _cells(ground: Ground, table: QuotaTable, moved: Fen, left: Fen, claims: Sequence[Claim] = ()) -> Settled:
    """The quotas rep by month carried down to the cells, around what is agreed for part of the members."""
    mix, unit = ground.mix, ground.unit
    cells, amount = ground.cells - left, table.amount
    if not ground.members.shape[1]:
        whole = amount.T[:, :, None]
        return Settled(table, whole.astype(np.float64), whole, left, moved, np.zeros(len(amount), dtype=np.int64))
    parts = [claim for claim in claims if of_cells(claim)]
    with _misfits_told(ground):
        agreed = _agreed(ground, amount, cells, parts) if parts else None
        real, whole = cube.carry_down(amount, cells, mix, agreed, unit=unit)
    outside = np.where(mix.reach, 0, whole.sum(axis=0)).sum(axis=1)
    return Settled(table, real, whole, left, moved, outside)


def _agreed(ground: Ground, amount: Fen, cells: Fen, parts: Sequence[Claim]) -> Parts:
    """What is agreed for part of the members, rep by rep."""
    people, members, unit = ground.people, ground.members, ground.unit
    padded = np.array([cube.padded(int(amount[:, m].sum()), cells[m], unit) for m in range(len(cells))])
    stop_on(cell_faults(parts, padded, members))
    free = cube.unrounded(amount, cells, ground.mix, unit=unit)
    table_of_all = kept_together(free, amount, padded, parts, people, members)
    own = uncrossed(parts, people, members, table_of_all, unit)
    return parts_of(own, people, members, table_of_all, padded, unit=unit)


@contextmanager
def _misfits_told(ground: Ground) -> Iterator[None]:
    """Agreed parts that no table has room for, as a fault with the amount."""
    try:
        yield
    except MisfitError as error:
        named = ", ".join(name_of(claim) for claim in ground.claims if of_cells(claim))
        values = {"found": named, "over": from_fen(round(error.amount))}
        raise PlanError([Fault("pins_no_room", f"{PLACE} pins", None, values)]) from error
