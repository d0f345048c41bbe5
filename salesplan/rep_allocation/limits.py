"""What of the quotas is fixed or bounded by agreement, rep by month, and where that cannot be."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from salesplan.agreed import PLACE
from salesplan.claims import Claim, rests
from salesplan.errors import Fault
from salesplan.money import from_fen, to_fen
from salesplan.rep_allocation.agreements import People, cross, of_cells, of_month
from salesplan.terms.agreements import Part
from salesplan.terms.rep_allocation import RepAllocationTerms

Fen = NDArray[np.int64]
FREE = -1
VAST = 2**60


class Team(NamedTuple):
    """A team whose quotas together are bounded."""

    name: str
    rows: NDArray[np.bool_]  # who belongs to it
    low: int
    high: int


class Limits(NamedTuple):
    """Least and most of each rep's quota (fen per year), of his months, and of teams."""

    low: Fen  # by rep
    high: Fen  # by rep
    fixed: Fen  # rep x month, FREE where nothing is agreed
    floor: Fen  # rep x month, least of what is not fixed
    ceiling: Fen  # rep x month, most of what is not fixed
    teams: tuple[Team, ...] = ()

    @property
    def agreed(self) -> Fen:
        """The cells fixed by agreement, 0 elsewhere."""
        return np.where(self.fixed == FREE, 0, self.fixed)

    @property
    def boxed(self) -> bool:
        """Whether months that are not fixed are bounded."""
        return bool(self.floor.any() or (self.ceiling < VAST).any())


def free_limits(people: People, most: int) -> Limits:
    """No limits at all but the sum of the quotas."""
    count, shape = len(people.reps), (len(people.reps), len(people.months))
    nothing = np.zeros(shape, dtype=np.int64)
    return Limits(
        np.zeros(count, dtype=np.int64),
        np.full(count, most, dtype=np.int64),
        np.full(shape, FREE, dtype=np.int64),
        nothing,
        np.full(shape, VAST, dtype=np.int64),
    )


def limits(
    rules: RepAllocationTerms,
    claims: Sequence[Claim],
    people: People,
    *,
    carried: NDArray[np.bool_],
    most: int,
    unit: int = 1,
) -> Limits:
    """Claims, limits and bounds as arrays in the order of the reps and months.

    `carried` says in which months a rep can carry anything, `most` bounds what has no bound. Claims go before bounds:
    those of months fix cells, one of the year fixes the quota, those of part of the members are floors. Bounds are
    taken inwards to the money unit; a rep who can carry nothing has none.
    """
    of_reps = [c for c in claims if "rep" in c.members]
    found = _months(rules, of_reps, free_limits(people, most), people)
    agreed = found.agreed.sum(axis=1)
    can = (carried & (found.fixed == FREE)).any(axis=1)
    floor = np.minimum(-(-to_fen(rules.bounds.min) // unit) * unit, most)
    ceiling = most if rules.bounds.max is None else np.minimum(to_fen(rules.bounds.max) // unit * unit, most)
    low = np.where(can, np.maximum(agreed, floor), agreed)
    high = np.where(can, np.maximum(agreed, ceiling), agreed)
    for rep, needed in _parts(of_reps, people).items():
        low[rep], high[rep] = max(low[rep], needed), max(high[rep], needed)
    for claim in (c for c in of_reps if c.months.all() and not of_cells(c)):
        row = people.row[claim.members["rep"]]
        low[row], high[row] = claim.amount, claim.amount if can[row] else min(claim.amount, int(agreed[row]))
    return _limited(rules, found._replace(low=low, high=high), claims, people)


def _months(rules: RepAllocationTerms, claims: Sequence[Claim], found: Limits, people: People) -> Limits:
    """Months of reps: fixed by a claim, at least what is agreed for part of them, and the limits' own."""
    fixed, floor, ceiling = found.fixed.copy(), found.floor.copy(), found.ceiling.copy()
    of_months = [c for c in claims if of_month(c)]
    for claim in (c for c in of_months if not of_cells(c)):
        fixed[people.row[claim.members["rep"]], np.argmax(claim.months)] = claim.amount
    parts = [c for c in of_months if of_cells(c)]
    for claim, fen in zip(parts, rests(parts).tolist(), strict=True):
        floor[people.row[claim.members["rep"]], np.argmax(claim.months)] += fen
    for limit in rules.limits:
        if limit.rep in people.row and limit.month in people.months and not limit.members:
            cell = people.row[str(limit.rep)], people.months.index(str(limit.month))
            floor[cell] = max(floor[cell], to_fen(limit.min))
            ceiling[cell] = ceiling[cell] if limit.max is None else min(ceiling[cell], to_fen(limit.max))
    return found._replace(fixed=fixed, floor=np.where(fixed == FREE, floor, 0), ceiling=ceiling)


def fixed_months(claims: Sequence[Claim], people: People) -> NDArray[np.bool_]:
    """The months of reps (reps x months) that are fixed by agreement."""
    fixed = np.zeros((len(people.reps), len(people.months)), dtype=bool)
    for claim in claims:
        if "rep" in claim.members and of_month(claim) and not of_cells(claim):
            fixed[people.row[claim.members["rep"]]] |= claim.months
    return fixed


def _parts(claims: Sequence[Claim], people: People) -> dict[int, int]:
    """By rep what is agreed for parts of his members: the least that his quota can be.

    Where parts overlap, what they have in common is not known yet: the largest counts.
    """
    needed: dict[int, int] = {}
    for rep in sorted({c.members["rep"] for c in claims if of_cells(c)}):
        own = [c for c in claims if of_cells(c) and c.members["rep"] == rep]
        crossed = any(cross(one, other) for one, other in combinations(own, 2))
        needed[people.row[rep]] = max(c.amount for c in own) if crossed else int(rests(own).sum())
    return needed


def _limited(rules: RepAllocationTerms, found: Limits, claims: Sequence[Claim], people: People) -> Limits:
    """The year's limits of reps and teams, and the teams' claims of the year."""
    low, high, teams = found.low.copy(), found.high.copy(), {}
    for claim in (c for c in claims if "rep" not in c.members and c.months.all() and not of_cells(c)):
        teams[claim.members["team"]] = (claim.amount, claim.amount)
    for limit in rules.limits:
        if limit.month is not None or limit.members:
            continue
        least, most = to_fen(limit.min), VAST if limit.max is None else to_fen(limit.max)
        if limit.rep in people.row:
            row = people.row[str(limit.rep)]
            low[row], high[row] = max(low[row], least), min(high[row], most)
        elif limit.team is not None:
            before = teams.get(limit.team, (0, VAST))
            teams[limit.team] = (max(before[0], least), min(before[1], most))
    bounded = tuple(_team(name, bounds, low, high, people) for name, bounds in sorted(teams.items()))
    return found._replace(low=low, high=high, teams=bounded)


def _team(name: str, bounds: tuple[int, int], low: Fen, high: Fen, people: People) -> Team:
    """A team's bounds, drawn in to what its reps' own leave."""
    rows = np.array([team == name for team in people.teams], dtype=np.bool_)
    return Team(name, rows, max(bounds[0], int(low[rows].sum())), min(bounds[1], int(high[rows].sum())))


# ---------------------------------------------------------------- what cannot be


def amount_faults(limit: Limits, people: People, columns: Fen, rules: RepAllocationTerms | None = None) -> list[Fault]:
    """Amounts that cannot be together: per rep, per team, per month, and over all against the sum of the quotas.

    Each stands where the rules say it: the first pin, limit or bound that takes part in it.
    """
    at = rules or RepAllocationTerms()
    return [
        *_rep_faults(limit, people.reps, at),
        *_team_faults(limit, at),
        *_month_faults(limit, people.months, columns, at),
        *_total_faults(limit, int(columns.sum()), at),
    ]


def _rep_faults(limit: Limits, reps: Sequence[str], rules: RepAllocationTerms) -> Iterator[Fault]:
    agreed = (limit.agreed + limit.floor).sum(axis=1)
    for number in np.flatnonzero((agreed > limit.high) | (limit.low > limit.high)).tolist():
        needed, most = max(int(agreed[number]), int(limit.low[number])), int(limit.high[number])
        place = _place(rules, rep=reps[number])
        yield _fault("pins_over_rep", needed - most, reps[number], place, rep=reps[number], least=needed, most=most)


def _team_faults(limit: Limits, rules: RepAllocationTerms) -> Iterator[Fault]:
    for team in limit.teams:
        if team.low > team.high:
            place = _place(rules, team=team.name)
            over = team.low - team.high
            yield _fault("pins_over_team", over, team.name, place, team=team.name, least=team.low, most=team.high)


def _month_faults(limit: Limits, months: Sequence[str], columns: Fen, rules: RepAllocationTerms) -> Iterator[Fault]:
    agreed = (limit.agreed + limit.floor).sum(axis=0)
    for number in np.flatnonzero(agreed > columns).tolist():
        month, held, target = months[number], int(agreed[number]), int(columns[number])
        place = _place(rules, month=month)
        yield _fault("pins_over_month", held - target, month, place, month=month, agreed=held, target=target)


def _total_faults(limit: Limits, total: int, rules: RepAllocationTerms) -> Iterator[Fault]:
    alone = ~np.any([team.rows for team in limit.teams], axis=0) if limit.teams else np.ones(len(limit.low), dtype=bool)
    least = int(limit.low[alone].sum()) + sum(team.low for team in limit.teams)
    most = int(limit.high[alone].sum()) + sum(team.high for team in limit.teams)
    if least > total:
        place = f"{PLACE} bounds.min" if rules.bounds.min else _place(rules, month=None)
        yield _fault("limits_over_total", least - total, None, place, least=least, total=total)
    if most < total:
        place = f"{PLACE} bounds.max" if rules.bounds.max is not None else _place(rules, month=None)
        yield _fault("limits_under_total", total - most, None, place, most=most, total=total)


def _place(rules: RepAllocationTerms, **named: str | None) -> str:
    """Where the first limit or pin with these names stands; the file where it is an agreed round."""
    parts: tuple[tuple[str, Sequence[Part]], ...] = (("limits", rules.limits), ("pins", rules.pins))
    found = [
        f"{key}[{number}]"
        for key, some in parts
        for number, part in enumerate(some)
        if all(getattr(part, name) == value for name, value in named.items())
    ]
    return " ".join([PLACE, *found[:1]])


def _fault(code: str, over: int, found: str | None, place: str = PLACE, **values: Any) -> Fault:
    """A fault of amounts: fen become currency units, `over` is what does not fit."""
    amounts = {name: from_fen(value) if isinstance(value, int) else value for name, value in values.items()}
    return Fault(code, place, found, {**amounts, "over": from_fen(over)})


def _subsets(count: int) -> NDArray[np.bool_]:
    """Every non-empty set of months, one row each: twelve months have 4,095."""
    return np.asarray((np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1, dtype=np.bool_)


def _kinds(open_cells: NDArray[np.bool_], amounts: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Reps grouped by the months open to them, and the sum of their amounts: thousands of reps are few kinds."""
    kinds, kind = np.unique(open_cells, axis=0, return_inverse=True)
    sums = np.bincount(kind.ravel(), weights=amounts.astype(np.float64), minlength=len(kinds))
    return kinds, np.asarray(sums, dtype=np.float64)


def room(open_cells: NDArray[np.bool_], rows: Fen, columns: Fen, slack: float = 0.01) -> bool:
    """Whether quotas (rows) can meet the months (columns) in the open cells, with some slack left.

    Hall's condition: every set of months must find enough quota among those who are there in one of them. Only sets
    that leave somebody out can fail.
    """
    kinds, supply = _kinds(open_cells[rows > 0], rows[rows > 0])
    sets = _subsets(len(columns))
    touched = sets.astype(np.int64) @ kinds.T.astype(np.int64) > 0
    demand = (sets @ columns) * (1 + slack)
    return bool(np.all(touched.all(axis=1) | (touched @ supply >= demand)) and kinds.any(axis=1).all())


def place_faults(open_cells: NDArray[np.bool_], limit: Limits, months: Sequence[str], columns: Fen) -> list[Fault]:
    """Months whose target finds no quota within pins and bounds, or is less than what is fixed for them.

    Hall's conditions for rows between least and most: for every set of months, the most of those there in one of them
    reaches the set's target, and the least of those there in no other month does not exceed it. The worst set is named.
    """
    agreed = limit.agreed
    target = columns - agreed.sum(axis=0)
    sets = _subsets(len(columns))
    kinds, most = _kinds(open_cells, limit.high - agreed.sum(axis=1))
    _, least = _kinds(open_cells, limit.low - agreed.sum(axis=1))
    touched = sets.astype(np.int64) @ kinds.T.astype(np.int64) > 0
    inside = ~(((~sets).astype(np.int64) @ kinds.T.astype(np.int64)) > 0)
    short = sets @ target - touched @ most
    over = inside @ least - sets @ target
    return [*_worst("months_short", short, sets, months), *_worst("months_over", over, sets, months)]


def _worst(code: str, excess: NDArray[np.float64], sets: NDArray[np.bool_], months: Sequence[str]) -> Iterator[Fault]:
    worst = int(np.argmax(excess))
    if excess[worst] >= 1:
        named = [month for month, within in zip(months, sets[worst], strict=True) if within]
        yield _fault(code, int(excess[worst]), ", ".join(named), months=", ".join(named))
