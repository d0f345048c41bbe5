"""What must hold of managers and of quotas handed down: nobody above himself, nobody asked who is not there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.tables.results import Findings
from salesplan.terms import PlanTerms
from salesplan.terms.negotiation import QUOTA_INDICATORS

if TYPE_CHECKING:
    from salesplan.tables.checking import Read

MOST = 100  # rows told one by one; the others are counted


def check_handing(read: "Mapping[str, Read]", terms: PlanTerms, findings: Findings) -> None:
    """Check managers and handed-down quotas as far as they are there."""
    if "reps" in read and read["reps"].has("manager"):
        _check_managers(read["reps"], findings)
    if "quotas" in read:
        _check_amounts(read["quotas"], terms, findings)
        if "reps" in read:
            _check_presence(read["quotas"], read["reps"], terms, findings)


def _check_managers(read: "Read", findings: Findings) -> None:
    """A manager named by a name that two reps share; managers who manage themselves, by whatever way round."""
    reps, names, managers, starts = (read.column(name).to_pylist() for name in ("rep", "name", "manager", "start"))
    people = {(name, rep) for name, rep in zip(names, reps, strict=True) if name and rep}
    shared = {name for name, count in Counter(name for name, _ in people).items() if count > 1} - set(reps)
    read.report(findings, "manager_shared", [row for row, name in enumerate(managers) if name in shared], "manager")
    keys = {**{name: rep for name, rep in people if name not in shared}, **{rep: rep for rep in reps}}
    spells = sorted((rep, start or date.min, row) for row, (rep, start) in enumerate(zip(reps, starts, strict=True))
                    if rep)  # fmt: skip
    last = {rep: row for rep, _, row in spells}
    above = {rep: keys.get(managers[row], managers[row]) for rep, row in last.items() if managers[row]}
    for rep, row in sorted(last.items()):
        way = list(_upward(rep, above))
        if rep in way:
            circle = [rep, *way[: way.index(rep) + 1]]
            read.report(findings, "manager_circle", [row], "manager", path=" → ".join(circle))


def _upward(rep: str, above: Mapping[str, str]) -> Iterator[str]:
    """The managers above a rep, the nearest first, each once."""
    seen: set[str] = set()
    while rep in above and above[rep] not in seen:
        rep = above[rep]
        seen.add(rep)
        yield rep


def _months(terms: PlanTerms) -> list[str]:
    return terms.months


def _check_amounts(read: "Read", terms: PlanTerms, findings: Findings) -> None:
    """Amounts handed down are not negative and whole money units."""
    unit, year = int(terms.money_unit * 100), set(_months(terms))
    columns = [read.column(name).to_pylist() for name in ("month", "amount", "indicator")]
    rows = [(row, fen) for row, (month, fen, indicator) in enumerate(zip(*columns, strict=True))
            if month in year and fen is not None and (indicator or "") in QUOTA_INDICATORS]  # fmt: skip
    read.report(findings, "quota_negative", [row for row, fen in rows if fen < 0], "amount")
    odd = [row for row, fen in rows if fen % unit]
    read.report(findings, "quota_unit", odd, "amount", unit=terms.money_unit)


def _check_presence(read: "Read", listed: "Read", terms: PlanTerms, findings: Findings) -> None:
    """Nobody is handed a quota for a month in which he is not there on any day."""
    spans = {month: calendar.month_span(month, terms.month_cutoff) for month in _months(terms)}
    columns = [listed.column(name).to_pylist() for name in ("rep", "start", "end")]
    there = {
        (rep, month)
        for rep, start, end in zip(*columns, strict=True)
        for month, (first, last) in spans.items()
        if (start or first) <= last and (end or last) >= first
    }
    keys = zip(read.column("rep").to_pylist(), read.column("month").to_pylist(), strict=True)
    known = set(columns[0])
    absent = [row for row, (rep, month) in enumerate(keys)
              if rep in known and month in spans and (rep, month) not in there]  # fmt: skip
    for row in absent[:MOST]:
        read.report(findings, "quota_not_there", [row], "rep", month=read.column("month")[row].as_py())
    findings.fault_count += max(len(absent) - MOST, 0)
