"""Where a run stands among the others of its plan: the one before it, the signed plan, what has moved since."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan import archive
from salesplan.archive import standing
from salesplan.archive.naming import UNFINISHED
from salesplan.archive.signatures import DOCUMENTS
from salesplan.terms.plan import Approvals
from salesplan.wording import Words


@dataclass(frozen=True)
class Place:
    """The complete run made before this one, and the plan of record with its headline beside this run's.

    `moved` holds label, the signed plan's text and this run's, where they differ.
    """

    before: str
    signed: str
    moved: list[tuple[str, str, str]]


def place_of(run: Path, manifest: Mapping[str, Any]) -> Place:
    """Where a run in the making stands; blanks where there is no run before it and no signed plan."""
    outputs = run.parent.parent if run.parent.name == UNFINISHED else run.parent
    others = [one for one in archive.runs(outputs) if one.state == "complete" and one.name != run.name]
    year = manifest.get("fiscal_year")
    signed = standing.record_of(outputs, year) if isinstance(year, int) else None
    moved = _moved(signed.manifest, manifest) if signed else []
    return Place(others[0].name if others else "", signed.name if signed else "", moved)


def _moved(signed: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    before, after = (dict(map(tuple, found.get("headline", []))) for found in (signed, now))
    return [(name, before.get(name, ""), text) for name, text in after.items() if before.get(name, "") != text]


def to_sign(approvals: Approvals, words: Words) -> list[tuple[str, list[str]]]:
    """The documents of a run and the roles that sign them, in order, as people call them."""
    chains = [(name, getattr(approvals, name)) for name in DOCUMENTS]
    return [
        (words.code("document", name), [words.code("role", role) for role in roles]) for name, roles in chains if roles
    ]
