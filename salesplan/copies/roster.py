"""Who gets a copy: the reps and dealers of a run's tables, and the managers the reps have."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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

    @property
    def names(self) -> dict[str, str]:
        """Names of the reps by key, for the pages."""
        return {rep.key: rep.name for rep in self.reps}

    @property
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


def mentions(text: str, own: frozenset[str], all_of_them: frozenset[str]) -> bool:
    """Whether a free text names somebody else; `own` and `all_of_them` are keys and names.

    The reader's own names are taken out first, the longest first: a key may be a part of another.
    """
    for name in sorted(own, key=len, reverse=True):
        text = text.replace(name, "\0") if name else text
    return any(name in text for name in all_of_them - own if name)
