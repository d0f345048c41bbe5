"""Agreements on quotas by themselves: whether the reps, teams, months and members they name are there."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from salesplan.errors import Fault, alternatives
from salesplan.money import from_fen, to_fen
from salesplan.terms.agreements import CELLS, Part, Pin, Transfer

PLACE = "rep_allocation.yaml"
# What agreements may name: rep, team, month, and the dimensions the plan is split by.
Known = Mapping[str, Collection[str]]


def part_faults(parts: Sequence[Part], key: str, known: Known, unit: int = 1) -> Iterator[Fault]:
    """Parts that name a rep, team, month or member the plan does not have, and amounts of odd units (fen).

    `key` is where they stand: `pins` or `limits`.
    """
    for number, part in enumerate(parts):
        where = f"{PLACE} {key}[{number}]"
        yield from _month(part.month, f"{where}.month", known)
        for name in ("rep", "team", *CELLS):
            yield from _unknown(getattr(part, name), name, f"{where}.{name}", known)
        if isinstance(part, Pin) and to_fen(part.amount) % unit:
            yield Fault("pin_unit", f"{where}.amount", str(part.amount), {"unit": from_fen(unit)})


def transfer_faults(
    transfers: Sequence[Transfer], fixed: Collection[str | None], known: Known, unit: int = 1
) -> Iterator[Fault]:
    """Transfers of reps or in months that are not there, of odd units, or of reps whose year is `fixed`."""
    for number, transfer in enumerate(transfers):
        where = f"{PLACE} transfers[{number}]"
        for key, rep in (("from", transfer.from_), ("to", transfer.to)):
            yield from _unknown(rep, "rep", f"{where}.{key}", known)
            if rep in fixed:
                yield Fault("transfer_pinned", f"{where}.{key}", rep, {"rep": rep})
        yield from _month(transfer.month, f"{where}.month", known)
        if to_fen(transfer.amount) % unit:
            yield Fault("pin_unit", f"{where}.amount", str(transfer.amount), {"unit": from_fen(unit)})


def fixed_years(pins: Sequence[Pin]) -> set[str | None]:
    """The reps whose whole year is pinned."""
    return {pin.rep for pin in pins if pin.month is None and not pin.members and pin.customer is None}


def _month(found: str | None, place: str, known: Known) -> Iterator[Fault]:
    if found is not None and found not in known["month"]:
        months = sorted(known["month"])
        yield Fault("pin_month_unknown", place, found, {"first": months[0], "last": months[-1]})


def _unknown(found: str | None, name: str, place: str, known: Known) -> Iterator[Fault]:
    if found is None:
        return
    if name not in known:
        yield Fault("pin_no_dimension", place, found, {"dimension": name})
    elif found not in known[name]:
        code = f"pin_{name}_unknown" if name in ("rep", "team") else "pin_member_unknown"
        yield Fault(code, place, found, {"rep": found, **alternatives(found, known[name])})
