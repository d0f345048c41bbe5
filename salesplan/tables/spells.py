"""Spells of reps and customers: from `start` to `end`, open where blank, never two at once."""

from datetime import date
from typing import TYPE_CHECKING

from salesplan.tables.results import Findings

if TYPE_CHECKING:
    from salesplan.tables.checking import Read


def check_spells(read: "Read", findings: Findings) -> None:
    """Note spells that end before they start, and spells of one key that overlap."""
    key = read.spec.columns[0].name
    columns = read.table.select([key, "start", "end"]).to_pydict()
    spells = [
        (name, start or date.min, end or date.max, row)
        for row, (name, start, end) in enumerate(zip(*columns.values(), strict=True))
        if name is not None
    ]
    read.report(findings, "end_before_start", [row for _, start, end, row in spells if end < start], "end")
    previous: tuple[str, date, date, int] | None = None
    for spell in sorted(spells):
        if previous and previous[0] == spell[0] and spell[1] <= previous[2]:
            later, earlier = max(spell[3], previous[3]), min(spell[3], previous[3])
            read.report(findings, "spells_overlap", [later], key, first=read.place_of(earlier))
        if previous is None or previous[0] != spell[0] or spell[2] > previous[2]:
            previous = spell
