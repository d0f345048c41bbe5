"""Amounts fixed by agreement, as parts of a year: which lies inside which, and what is left of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]


@dataclass(frozen=True)
class Claim:
    """A pin as cells of a plan: number in the parameter file, amount (fen), months (12 booleans), members named."""

    number: int
    amount: int
    months: Array
    members: Mapping[str, str]

    def holds(self, other: "Claim") -> bool:
        """Whether every cell of the other is one of this."""
        return bool((self.months | ~other.months).all()) and self.members.items() <= other.members.items()

    def touches(self, other: "Claim") -> bool:
        """Whether the two have cells in common."""
        apart = any(other.members.get(name, member) != member for name, member in self.members.items())
        return bool((self.months & other.months).any()) and not apart

    def cells(self, members: "pd.DataFrame") -> Array:
        """The cells as booleans, months x combinations."""
        return np.outer(self.months, matching(members, self.members))


def matching(members: "pd.DataFrame", named: Mapping[str, str]) -> Array:
    """Which rows have all the members named; every row where none is."""
    found = np.ones(len(members), dtype=bool)
    for name, member in named.items():
        found &= (members[name] == member).to_numpy()
    return found


def largest(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that lie in no other of them."""
    return [c for c in claims if not any(o is not c and o.holds(c) for o in claims)]


def inner(claim: Claim, claims: Sequence[Claim]) -> list[Claim]:
    """The largest claims inside this one; claims overlap only where one holds the other."""
    return largest([c for c in claims if c is not claim and claim.holds(c)])


def rests(claims: Sequence[Claim]) -> Array:
    """Each claim's amount less those of the claims inside it, fen."""
    return np.array([c.amount - sum(i.amount for i in inner(c, claims)) for c in claims], dtype="int64")
