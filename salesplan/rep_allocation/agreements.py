"""What is agreed: pins and negotiated quotas as claims, and every way in which they contradict themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.agreed import PLACE, Known
from salesplan.claims import Claim, inner, matching
from salesplan.errors import Fault
from salesplan.money import from_fen, to_fen
from salesplan.terms.agreements import CELLS, Part, Pin

AGREED = 10**6  # claims from this number on were agreed in the negotiation


@dataclass(frozen=True)
class People:
    """Who quotas are agreed with: the reps in their order, the team of each, and the months of the plan year."""

    reps: tuple[str, ...]
    teams: tuple[str, ...]
    months: tuple[str, ...]

    @cached_property
    def row(self) -> dict[str, int]:
        """The place of each rep."""
        return {rep: number for number, rep in enumerate(self.reps)}

    def rows(self, members: Mapping[str, str]) -> list[int]:
        """The places of the reps a claim is about, all of them where it names neither rep nor team."""
        if "rep" in members:
            return [self.row[members["rep"]]]
        return [number for number, team in enumerate(self.teams) if team == members.get("team", team)]


def people_of(people: pd.DataFrame, months: Sequence[str]) -> People:
    """The reps of `roster.listed`."""
    return People(tuple(people["rep"]), tuple(people["team"].fillna("")), tuple(months))


def claim_of(part: Part, number: int, amount: int, people: People) -> Claim:
    """A part of the quotas and its amount (fen); a rep's part lies inside that of his team."""
    months = np.array([part.month in (None, month) for month in people.months])
    whose = {"team": str(part.team)}
    if part.rep is not None:
        whose = {"rep": part.rep, "team": people.teams[people.row[part.rep]]}
    return Claim(number, amount, months, {**whose, **part.members})


def claims_of(pins: Sequence[Pin], people: People, first: int = 0) -> list[Claim]:
    """The pins in the order given, numbered from `first`; those of customers and of nobody known left out."""
    return [
        claim_of(pin, number, to_fen(pin.amount), people)
        for number, pin in enumerate(pins, first)
        if pin.customer is None and (pin.team is not None or pin.rep in people.row)
    ]


def of_cells(claim: Claim) -> bool:
    """Whether a claim is about part of the split's members, not about whole quotas."""
    return any(name in CELLS for name in claim.members)


def of_month(claim: Claim) -> bool:
    """Whether a claim is about one month."""
    return int(claim.months.sum()) == 1


# ---------------------------------------------------------------- what cannot be


def known_names(people: People, members: pd.DataFrame) -> Known:
    """The names that agreements may use: reps, teams, months, and the members of the split's dimensions."""
    names = {"rep": people.reps, "team": sorted(set(people.teams) - {""}), "month": people.months}
    return {**names, **{name: sorted(members[name].unique()) for name in CELLS if name in members}}


def claim_faults(claims: Sequence[Claim]) -> list[Fault]:
    """What is wrong with claims by themselves: the same part twice, inner ones that ask for more than there is."""
    return repeated(claims) or [*_sums(claims)]


def repeated(claims: Sequence[Claim]) -> list[Fault]:
    """Claims about the same part as one before."""
    return [
        Fault("pins_twice", f"{PLACE} {name_of(claim)}", None, {"other": name_of(before)})
        for place, claim in enumerate(claims)
        for before in claims[:place]
        if claim.holds(before) and before.holds(claim)
    ]


def cross(one: Claim, other: Claim) -> bool:
    """Whether two claims overlap without one lying inside the other."""
    return one.touches(other) and not one.holds(other) and not other.holds(one)


def name_of(claim: Claim) -> str:
    """Where a claim stands in the file: a pin, a limit (numbers below zero), or what was agreed with a rep."""
    if claim.number >= AGREED:
        return f"negotiation ({claim.members['rep']})"
    return f"pins[{claim.number}]" if claim.number >= 0 else f"limits[{-1 - claim.number}]"


def _sums(claims: Sequence[Claim]) -> Iterator[Fault]:
    for claim in claims:
        within = inner(claim, claims)
        asked = sum(c.amount for c in within)
        if asked > claim.amount:
            yield amounts_fault("pins_over", claim, within, asked=asked, held=claim.amount)


def amounts_fault(code: str, claim: Claim, others: Sequence[Claim], *, asked: int, held: int) -> Fault:
    """A fault of amounts that do not fit: fen become currency units, `over` is what is too much."""
    amounts: dict[str, Any] = {"asked": from_fen(asked), "held": from_fen(held), "over": from_fen(abs(asked - held))}
    return Fault(code, f"{PLACE} {name_of(claim)}", None, {"found": ", ".join(map(name_of, others)), **amounts})


def cell_faults(claims: Sequence[Claim], cells: NDArray[Any], members: pd.DataFrame) -> Iterator[Fault]:
    """Pins of members that together ask for more than the split (padded by the over-assignment) holds there.

    `cells` months x members, fen. Every part of the split that a pin names is looked at by itself.
    """
    parts: dict[tuple[Any, ...], Claim] = {}
    for claim in filter(of_cells, claims):
        parts.setdefault((claim.months.tobytes(), *sorted(_place(claim).items())), claim)
    for part in parts.values():
        region = Claim(part.number, 0, part.months, _place(part))
        inside = [c for c in claims if of_cells(c) and _within(c, region)]
        widest = [c for c in inside if not any(o is not c and o.holds(c) for o in inside)]
        asked, held = sum(c.amount for c in widest), int(cells[region.cells(members)].sum())
        if asked > held:
            yield amounts_fault("pins_over_cells", part, widest, asked=asked, held=held)


def _place(claim: Claim) -> dict[str, str]:
    return {name: member for name, member in claim.members.items() if name in CELLS}


def _within(claim: Claim, region: Claim) -> bool:
    return region.holds(Claim(claim.number, 0, claim.months, _place(claim)))


def cells_of(claim: Claim, members: pd.DataFrame) -> NDArray[Any]:
    """Which combinations of members a claim is about, as booleans."""
    return matching(members, _place(claim))
