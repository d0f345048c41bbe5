"""What can be wrong with a user's files, said so that it can be found and mended."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

SHOWN = 20
NUMBERED = re.compile(r" (?:row|cell|line) [A-Z]*[0-9]+|\[[0-9]+\]")
NAMED = 10  # known names a message lists


@dataclass(frozen=True)
class Fault:
    """One thing wrong in the user's files or words.

    `place` is where: `params/x/commission.yaml line 14` or `data/sales.csv row 1042 , column
    amount (金额)`. `code` names the message in the wording catalogue (section `fault`), `values`
    fill it. `value` is what was found, None where something is missing.
    """

    code: str
    place: str = ""
    value: Any = None
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class PlanError(Exception):
    """The user's files or words are wrong: every fault found in one pass. Exit status 2."""

    def __init__(self, faults: Iterable[Fault], count: int | None = None) -> None:
        self.faults = list(faults)
        self.count = max(len(self.faults), count or 0)  # readers keep only the first faults of a kind
        super().__init__("; ".join(f"{f.place} {f.code} {f.value!r}" for f in self.faults[:SHOWN]))


class IdentityError(Exception):
    """An identity that always holds was broken: a fault of ours. Exit status 1."""

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        self.detail = detail
        super().__init__(f"{name}: {detail}")


def told(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that are shown, in their order: of each kind and column the first ones, so that none drowns others."""
    if len(faults) <= SHOWN:
        return list(faults)
    times: Counter[tuple[str, str]] = Counter()
    ranks = []
    for at, fault in enumerate(faults):
        kind = fault.code, NUMBERED.sub("", fault.place)
        ranks.append((times[kind], at))
        times[kind] += 1
    return [faults[at] for at in sorted(at for _, at in sorted(ranks)[:SHOWN])]


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known name most like this one; empty where none is like it."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=cutoff)), "")


def alternatives(name: str, known: Iterable[str]) -> dict[str, str]:
    """What a message proposes for an unknown name: the first of the known ones, and the nearest."""
    names = sorted(known)
    return {"known": ", ".join(names[:NAMED]), "nearest": nearest(name, names)}


def stop_on(faults: Iterable[Fault]) -> None:
    """Raise `PlanError` if there is any fault."""
    found = list(faults)
    if found:
        raise PlanError(found)
