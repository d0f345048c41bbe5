"""Who gets a copy: the reps and dealers of a run's tables, and the managers the reps have."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rep:
    """A rep by key, with his name as pages show it, his team and his manager ('' where unknown)."""

    key: str
    name: str
    team: str
    manager: str


@dataclass(frozen=True)
class Roster:
    """Everybody who gets a copy; a manager's key is his name, or the team's where no manager is named."""

    reps: tuple[Rep, ...]
    dealers: tuple[str, ...]

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the reps by key, for the pages."""
        return {rep.key: rep.name for rep in self.reps}

    @cached_property
    def everybody(self) -> "Names":
        """Keys and names of all reps."""
        return Names(text for rep in self.reps for text in (rep.key, rep.name))

    def own(self, *reps: str) -> frozenset[str]:
        """Keys and names of some reps, and their managers', who may be reps themselves."""
        wanted = frozenset(reps)
        return frozenset(
            text for rep in self.reps if rep.key in wanted for text in (rep.key, rep.name, rep.manager) if text
        )

    @cached_property
    def managers(self) -> dict[str, tuple[str, ...]]:
        """The keys of the reps that each manager leads, in the order of the reps."""
        found: dict[str, list[str]] = {}
        for rep in self.reps:
            if rep.manager or rep.team:
                found.setdefault(rep.manager or rep.team, []).append(rep.key)
        return {name: tuple(team) for name, team in found.items()}


def roster(reps: "pd.DataFrame", dealers: "pd.DataFrame") -> Roster:
    """The people of tables rep_allocation_reps and rep_allocation_dealers, in their order."""
    people = [
        Rep(str(row["rep"]), *(_text(row.get(name)) for name in ("name", "team", "manager")))
        for row in reps.to_dict("records")
    ]
    return Roster(tuple(_told_apart(people)), tuple(str(dealer) for dealer in dealers["dealer"]))


def _told_apart(people: list[Rep]) -> Iterator[Rep]:
    """Reps without a name go by their key; a name that two share stands with it."""
    shared = Counter(rep.name for rep in people)
    for rep in people:
        name = rep.name if shared[rep.name] == 1 else f"{rep.name} {rep.key}".strip()
        yield Rep(rep.key, name or rep.key, rep.team, rep.manager)


def _text(found: object) -> str:
    return "" if found is None or found != found else str(found)


class Names:
    """Keys and names of everybody, to be found in free texts whatever their number."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = frozenset(name for name in names if name)
        self.lengths = sorted({len(name) for name in self.known})

    def strangers(self, text: str, own: Collection[str]) -> bool:
        """Whether a text names anybody else; a key that is a part of one's own, where that stands, is one's own."""
        parts = ((at, at + length) for length in self.lengths for at in range(len(text) - length + 1))
        found = [(first, last) for first, last in parts if text[first:last] in self.known]
        mine = [(first, last) for first, last in found if text[first:last] in own]
        return any(
            text[first:last] not in own and not any(begin <= first and last <= end for begin, end in mine)
            for first, last in found
        )
