"""Pins of variance_review.yaml, held against the year, the review's month end and the reps before anything runs."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.errors import Fault, alternatives
from salesplan.money import from_fen, to_fen
from salesplan.params import Loaded
from salesplan.quota_checks import reps_there
from salesplan.tables.names import names_in
from salesplan.terms import VarianceReviewTerms

if TYPE_CHECKING:
    import pyarrow as pa

STEM = "variance_review"
Tables = Mapping[str, "pa.Table"]


def revision_faults(loaded: Loaded, tables: Tables, as_of: date | None) -> Iterator[Fault]:
    """Pins of months that are over, outside the year or promised twice, of unknown reps or teams, in odd units.

    `as_of` is the month end of the review. Whether a pin keeps within the cap is known once the plan is split.
    """
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, VarianceReviewTerms) or not rules.revision.pins:
        return
    months = calendar.fiscal_months(loaded.plan.fiscal_year, loaded.plan.first_month)
    closed = calendar.closed_months(months, as_of, loaded.plan.month_cutoff)
    unit, seen = to_fen(loaded.plan.money_unit), dict[tuple[str, str | None, str | None], str]()
    for number, pin in enumerate(rules.revision.pins):
        place = {key: loaded.place(STEM, ("revision", "pins", number, key)) for key in ("month", "amount")}
        yield from _month(pin.month, place["month"], months, closed)
        yield from _names(loaded, tables, number)
        if to_fen(pin.amount) % unit:
            yield Fault("pin_unit", place["amount"], str(pin.amount), {"unit": from_fen(unit)})
        key = (pin.month, pin.rep, pin.team)
        if key in seen:
            yield Fault("revision_pin_twice", place["month"], pin.month, {"first": seen[key]})
        seen.setdefault(key, place["month"])


def _month(month: str, place: str, months: list[str], closed: list[str]) -> Iterator[Fault]:
    if month not in months:
        yield Fault("revision_pin_month", place, month, {"first": months[0], "last": months[-1]})
    elif month in closed:
        left = [one for one in months if one not in closed]
        code = "revision_pin_closed" if left else "revision_pin_none_open"
        yield Fault(code, place, month, {"open": ", ".join(left)})


def _names(loaded: Loaded, tables: Tables, number: int) -> Iterator[Fault]:
    """A rep who is not there in the year, a team that nobody is in."""
    rules = loaded.rules[STEM]
    assert isinstance(rules, VarianceReviewTerms)
    listed = "reps" in tables
    known = {
        "rep": reps_there(loaded, tables["reps"]) if listed else names_in(tables, "sales", "rep"),
        "team": names_in(tables, "reps", "team"),
    }
    for key, names in known.items():
        found = getattr(rules.revision.pins[number], key)
        if found is not None and found not in names:
            place = loaded.place(STEM, ("revision", "pins", number, key))
            code = f"revision_pin_{key}" if names or key == "rep" else "revision_pin_no_teams"
            yield Fault(code, place, found, alternatives(found, names))
