"""Spells of reps and customers: from `start` to `end`, open where blank, never two at once."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
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


def note_away(customers: "Read", reps: "Read", year: tuple[date, date], findings: Findings) -> None:
    """Note how many customers have an owner who, for part of the year, has not begun yet or has left: vacancies."""
    there = _employments(reps)
    columns = customers.table.select(["customer", "rep", "start", "end"]).to_pydict()
    first, last = year
    away = {
        (customer, rep)
        for customer, rep, start, end in zip(*columns.values(), strict=True)
        if rep in there and not _covered(max(start or first, first), min(end or last, last), there[rep])
    }
    if away:
        customer, rep = min(away)
        count = len({name for name, _ in away})
        findings.notice("owner_away", customers.file, count=count, customer=customer, rep=rep)


def _employments(reps: "Read") -> Mapping[str, list[tuple[date, date]]]:
    """The days each rep is there: his spells in order, those that follow one another as one."""
    columns = reps.table.select(["rep", "start", "end"]).to_pydict()
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    rows = zip(*columns.values(), strict=True)
    for rep, start, end in sorted((rep, start or date.min, end or date.max) for rep, start, end in rows if rep):
        spells = found[rep]
        if spells and spells[-1][1] != date.max and start <= spells[-1][1] + timedelta(days=1):
            spells[-1] = (spells[-1][0], max(end, spells[-1][1]))
        else:
            spells.append((start, end))
    return found


def _covered(first: date, last: date, there: list[tuple[date, date]]) -> bool:
    """Whether somebody is there on all days from first to last; an empty span always is."""
    return first > last or any(start <= first and last <= end for start, end in there)
