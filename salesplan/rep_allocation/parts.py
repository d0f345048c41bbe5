"""Part of a rep's quota that is agreed for some members: rows of its own in each month's table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import apportion, apportion_within, split_table
from salesplan.claims import Claim, largest, rests
from salesplan.money import to_fen
from salesplan.rep_allocation.agreements import People, cells_of, claim_of, of_cells, of_month
from salesplan.terms.agreements import Limit

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """One row of a month's table: a rep's place, the members it may use, and its amount (fen)."""

    rep: int
    open_cells: Mask
    amount: int


@dataclass(frozen=True)
class Parts:
    """The claims on parts of reps' quotas, their cells, and the months' amounts of what each holds alone."""

    claims: tuple[Claim, ...]
    rows: tuple[int, ...]  # place of the rep of each claim
    cells: Mask  # claims x members
    months: Fen  # claims x months: the claim's amount less what lies inside it

    def in_month(self, month: int) -> bool:
        """Whether anything is agreed for part of that month."""
        return any(claim.months[month] for claim in self.claims)

    def of_month(self, month: int, amounts: Fen) -> list[Row]:
        """The rows of a month's table: every rep with what is left of his amount, and one per claim of the month."""
        open_cells = np.ones((len(amounts), self.cells.shape[1]), dtype=bool)
        left, own = amounts.copy(), []
        for number in sorted(range(len(self.claims)), key=lambda i: self._depth(i, month), reverse=True):
            if self.claims[number].months[month]:
                rep = self.rows[number]
                own.append(Row(rep, self.cells[number] & open_cells[rep], int(self.months[number, month])))
                open_cells[rep] &= ~self.cells[number]
                left[rep] -= own[-1].amount
        return [*(Row(rep, open_cells[rep], int(fen)) for rep, fen in enumerate(left)), *own]

    def _depth(self, number: int, month: int) -> int:
        """How many claims of the month lie around this one: the innermost take their cells first."""
        claim = self.claims[number]
        return sum(other.holds(claim) for other in self.claims if other.months[month])


def parts_of(
    claims: Sequence[Claim], people: People, members: pd.DataFrame, table: Real, columns: Fen, *, unit: int = 1
) -> Parts:
    """The claims on cells of single reps, with those of several months spread over them.

    `table` months x reps x members keeps the claims before rounding; `columns` months x members: the cells (fen).
    Claims about the same members are rounded together, as a table claims x months: each keeps its amount, and no month
    gets more than its cells hold.
    """
    own = sorted(claims, key=lambda c: (c.members["rep"], *_sort_key(c)))
    rows = tuple(people.row[c.members["rep"]] for c in own)
    cells = np.array([cells_of(c, members) for c in own], dtype=bool).reshape(len(own), len(members))
    months, alone = np.zeros((len(own), len(people.months)), dtype=np.int64), rests(own)
    single = np.array([of_month(c) for c in own], dtype=bool)
    for number in np.flatnonzero(single).tolist():
        months[number, own[number].months] = alone[number]
    alike: dict[bytes, list[int]] = {}
    for number in np.flatnonzero(~single).tolist():
        alike.setdefault(cells[number].tobytes(), []).append(number)
    for numbers in alike.values():
        wish = np.array([_wish(number, own, cells, table[:, rows[number]]) for number in numbers])
        inside = single & (cells <= cells[numbers[0]]).all(axis=1)
        room = columns[:, cells[numbers[0]]].sum(axis=1) - months[inside].sum(axis=0)
        months[numbers] = _rounded(wish, alone[numbers], room, unit)
    return Parts(tuple(own), rows, cells, months)


def _rounded(wish: Real, amounts: Fen, room: Fen, unit: int) -> Fen:
    """Claims x months in whole units: every claim keeps its amount, no month gets more than its room."""
    total, thin = int(amounts.sum()), 1e-9 * max(float(wish.sum()), 1.0)
    sums = apportion_within(total, wish.sum(axis=0) + thin, np.maximum(room, 0), unit=unit)
    return split_table(wish + thin, amounts, sums, unit=unit)


def _sort_key(claim: Claim) -> tuple[str, ...]:
    months = "".join("1" if month else "0" for month in claim.months)
    return (months, *(f"{name}={member}" for name, member in sorted(claim.members.items())))


def _wish(number: int, claims: Sequence[Claim], cells: Mask, table: Real) -> Real:
    """By month what the rep has in a claim's cells, without those of the claims inside it."""
    claim, wish = claims[number], np.zeros(len(table))
    for month in np.flatnonzero(claim.months).tolist():
        inside = [i for i, c in enumerate(claims) if c is not claim and c.months[month] and claim.holds(c)]
        own = cells[number] & ~cells[inside].any(axis=0) if inside else cells[number]
        wish[month] = table[month, own].sum()
    return wish


# ---------------------------------------------------------------- teams and limits


def by_rep(claims: Sequence[Claim], people: People, members: pd.DataFrame, free: Real, unit: int = 1) -> list[Claim]:
    """The claims with those of a team's months or members shared among its reps, as they would have it without.

    Claims of single reps inside a team's are part of it: only the rest is shared.
    """
    found = [c for c in claims if "rep" in c.members]
    for claim in claims:
        if "rep" not in claim.members and (of_cells(claim) or not claim.months.all()):
            found += _shared(
                claim, [c for c in claims if c is not claim and claim.holds(c)], people, members, free, unit
            )
    return [*found, *(c for c in claims if "rep" not in c.members and c.months.all() and not of_cells(c))]


def _shared(
    claim: Claim, inside: Sequence[Claim], people: People, members: pd.DataFrame, free: Real, unit: int
) -> Iterator[Claim]:
    """A team's claim as one of each rep: what is agreed for him inside it, and his part of the rest.

    The rest is shared as the reps would have it without, among those whose part is not agreed as a whole.
    """
    pieces = [replace(claim, members={**claim.members, "rep": people.reps[row]}) for row in people.rows(claim.members)]
    own = [largest([c for c in inside if piece.holds(c)]) for piece in pieces]
    weights = amounts_of(claim, people, members, free)[people.rows(claim.members)]
    agreed = np.array([sum(c.amount for c in mine) for mine in own], dtype=np.int64)
    within = [sum(amounts_of(c, people, members, free).sum() for c in mine) for mine in own]
    free_to_share = np.array([not any(c.holds(piece) for c in mine) for mine, piece in zip(own, pieces, strict=True)])
    rest = np.where(free_to_share, np.maximum(weights - within, 0.0), 0.0)
    left, labels = claim.amount - int(agreed.sum()), [piece.members["rep"] for piece in pieces]
    shares = apportion(left, rest if rest.any() else free_to_share, labels=labels, unit=unit) if left else agreed * 0
    for piece, share, before, open_ in zip(pieces, shares, agreed, free_to_share, strict=True):
        if open_:
            yield replace(piece, amount=int(share + before))


def amounts_of(claim: Claim, people: People, members: pd.DataFrame, table: NDArray[Any]) -> NDArray[Any]:
    """What each rep has in the cells of a claim: `table` months x reps x members; zero for reps it is not about."""
    inside = table[np.ix_(claim.months, np.ones(table.shape[1], dtype=bool), cells_of(claim, members))]
    sums = inside.sum(axis=(0, 2))
    about = np.zeros(len(people.reps), dtype=bool)
    about[people.rows(claim.members)] = True
    return np.where(about, sums, 0)


def broken(
    limits: Mapping[int, Limit], people: People, members: pd.DataFrame, table: Fen
) -> Iterator[tuple[int, Claim]]:
    """Limits that a table breaks, each as the claim at its bound that mends it; limits by their place in the file."""
    for number, limit in limits.items():
        claim = claim_of(limit, -1 - number, 0, people)
        held = int(amounts_of(claim, people, members, table).sum())
        low, high = to_fen(limit.min), None if limit.max is None else to_fen(limit.max)
        if held < low:
            yield number, replace(claim, amount=low)
        elif high is not None and held > high:
            yield number, replace(claim, amount=high)
