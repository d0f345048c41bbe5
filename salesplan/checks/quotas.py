"""What rep_allocation.yaml and the table of handed-down quotas say of reps, held against the year and each other."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.errors import Fault
from salesplan.money import from_fen, to_fen
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.tables.headers import nearest
from salesplan.tables.names import names_in
from salesplan.terms import AnnualTargetTerms, RepAllocationTerms
from salesplan.terms.negotiation import QUOTA_INDICATORS, Round

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "rep_allocation"
Numbered = tuple[int, Round]
KeyPath = tuple[str | int, ...]


def quota_faults(loaded: Loaded, checked: Checked) -> list[Fault]:
    """Rounds out of order or of unknown reps, agreed quotas fixed twice, handed-down rows that contradict."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, RepAllocationTerms) or "plan" not in loaded.rules:
        return []
    return [
        *_known(loaded, rules, checked.tables),
        *_rounds(loaded, rules),
        *_agreed(loaded, rules),
        *_handed_down(loaded, rules, checked),
    ]


def _place(loaded: Loaded, number: int, key: str) -> str:
    return loaded.place(STEM, ("negotiation", "rounds", number, key))


def _known(loaded: Loaded, rules: RepAllocationTerms, tables: Tables) -> Iterator[Fault]:
    """Every rep of the rounds is listed and there in the year; without a table of reps, has sold."""
    names = sorted(names_in(tables, "reps" if "reps" in tables else "sales", "rep"))
    there = reps_there(loaded, tables["reps"]) if "reps" in tables else set(names)
    for number, one in enumerate(rules.negotiation.rounds):
        if one.rep not in names:
            yield Fault("negotiation_rep", _place(loaded, number, "rep"), one.rep, nearest(one.rep, names))
        elif one.rep not in there:
            yield Fault("pin_rep_unknown", _place(loaded, number, "rep"), one.rep, {"rep": one.rep})


def reps_there(loaded: Loaded, reps: "pa.Table") -> set[str]:
    """Reps with a spell in the plan year."""
    months = loaded.plan.months
    first = calendar.month_span(months[0], loaded.plan.month_cutoff)[0]
    last = calendar.month_span(months[-1], loaded.plan.month_cutoff)[1]
    spells = zip(*(reps[name].to_pylist() for name in ("rep", "start", "end")), strict=True)
    return {rep for rep, start, end in spells if (start or first) <= last and (end or last) >= first}


def _rounds(loaded: Loaded, rules: RepAllocationTerms) -> Iterator[Fault]:
    """The rounds of a rep are numbered 1, 2, 3, ... in the order of their days; nothing follows an agreement."""
    unit, until = to_fen(loaded.plan.money_unit), rules.negotiation.until
    talks: dict[str, list[Numbered]] = {}
    for number, one in enumerate(rules.negotiation.rounds):
        talks.setdefault(one.rep, []).append((number, one))
        if until is not None and one.date > until:
            yield Fault("round_late", _place(loaded, number, "date"), one.date, {"until": until})
        for key in ("proposed", "asked"):
            amount = getattr(one, key)
            if amount is not None and to_fen(amount) % unit:
                yield Fault("pin_unit", _place(loaded, number, key), amount, {"unit": from_fen(unit)})
    for talk in talks.values():
        yield from _in_order(loaded, talk)


def _in_order(loaded: Loaded, talk: list[Numbered]) -> Iterator[Fault]:
    for expected, (number, one) in enumerate(talk, 1):
        if one.round != expected:
            values = {"rep": one.rep, "expected": expected}
            yield Fault("round_number", _place(loaded, number, "round"), one.round, values)
    for (_, before), (number, one) in pairwise(talk):
        if one.date < before.date:
            yield Fault("round_date", _place(loaded, number, "date"), one.date, {"before": before.date})
        if before.agreed:
            values = {"rep": one.rep, "round": before.round}
            yield Fault("round_after_agreed", _place(loaded, number, "round"), one.round, values)


def _agreed(loaded: Loaded, rules: RepAllocationTerms) -> Iterator[Fault]:
    """A rep whose quota is agreed has no other quota of the year fixed; pins of his months may stand beside it."""
    pinned = {pin.rep for pin in rules.pins if pin.rep is not None and pin.month is None and not pin.members}
    for number, one in enumerate(rules.negotiation.rounds):
        if one.agreed and one.rep in pinned:
            yield Fault("agreed_and_pinned", _place(loaded, number, "agreed"), None, {"rep": one.rep})


def _handed_down(loaded: Loaded, rules: RepAllocationTerms, checked: Checked) -> Iterator[Fault]:
    """Levels are the plan's, one amount per rep and month, and the year is the same as what is agreed or pinned."""
    targets = loaded.rules.get("annual_target")
    if not isinstance(targets, AnnualTargetTerms) or "quotas" not in checked.tables:
        return
    table, place = checked.tables["quotas"], checked.places["quotas"]
    levels = table["level"].to_pylist()
    for level in sorted({found for found in levels if found} - set(targets.levels)):
        yield Fault("quota_level", place(levels.index(level), "level"), level, nearest(level, targets.levels))
    months = set(loaded.plan.months)
    columns = [table[name].to_pylist() for name in ("rep", "month", "amount", "level", "indicator")]
    first: dict[tuple[str, str], int] = {}
    sums: Counter[str] = Counter()
    for row, (rep, month, fen, level, indicator) in enumerate(zip(*columns, strict=True)):
        if month not in months or level not in (None, "", targets.planned) or (indicator or "") not in QUOTA_INDICATORS:
            continue
        before = first.setdefault((rep, month), row)
        if before != row:
            yield Fault("quota_twice", place(row, "rep"), rep, {"month": month, "first": place(before, "")})
        sums[rep] += fen or 0
    yield from _contradicted(loaded, rules, sums)


def _contradicted(loaded: Loaded, rules: RepAllocationTerms, sums: Mapping[str, int]) -> Iterator[Fault]:
    """What is agreed or pinned for a year against what is handed down for it."""
    fixed: list[tuple[KeyPath, str, Decimal]]
    fixed = [(("negotiation", "rounds", number, "proposed"), one.rep, one.proposed)
             for number, one in enumerate(rules.negotiation.rounds) if one.agreed]  # fmt: skip
    fixed += [(("pins", number, "amount"), pin.rep, pin.amount) for number, pin in enumerate(rules.pins)
              if pin.rep is not None and pin.month is None and not pin.members]  # fmt: skip
    for path, rep, amount in fixed:
        if rep in sums and sums[rep] != to_fen(amount):
            yield Fault("fixed_and_handed", loaded.place(STEM, path), amount, {"given": from_fen(sums[rep])})
