"""What variance_review.yaml and the tables of the review are held against before any step runs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.checks.quotas import reps_there
from salesplan.errors import Fault, alternatives, nearest
from salesplan.money import from_fen, to_fen
from salesplan.params import Loaded
from salesplan.tables import Checked, Notice
from salesplan.tables.names import names_in
from salesplan.terms import VarianceReviewTerms
from salesplan.terms.indicators import CODES, INDICATORS, indicator_code

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "variance_review"
PLACE = "place"
MOST_SHARE = 5  # 500 %: a rate above it was typed in percent
NEAR = 12  # names that a message lists


def cause_and_market_faults(loaded: Loaded, checked: Checked, months: Sequence[str]) -> Iterator[Fault]:
    """Cause codes that are not among the plan's, and months of the market outside the year."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, VarianceReviewTerms):
        return
    found = checked.tables.get("causes")
    for row, code in enumerate(found["code"].to_pylist() if found is not None else ()):
        if code is not None and code not in rules.causes:
            values = {"allowed": ", ".join(rules.causes), "nearest": nearest(code, rules.causes)}
            yield Fault("unknown_cause", checked.places["causes"](row, "code"), code, values)
    for number, given in enumerate(rules.market.months if rules.market else ()):
        if given.month not in months:
            place = loaded.place(STEM, ("market", "months", number, "month"))
            yield Fault("month_of_year", place, given.month, {"first": months[0], "last": months[-1]})


def placed(checked: Checked) -> Tables:
    """The tables, with the place of each finding's amount beside it: what only step 5 can see it names there."""
    import pyarrow as pa

    found = checked.tables.get("causes")
    if found is None or PLACE in found.column_names:
        return checked.tables
    places = [checked.places["causes"](row, "amount") for row in range(len(found))]
    return {**checked.tables, "causes": found.append_column(PLACE, pa.array(places, pa.string()))}


def indicator_faults(loaded: Loaded, checked: Checked) -> list[Fault]:
    """Unknown indicators and reps; rates typed as percent, and months that have an indicator under two names."""
    found = [*_kpi_rows(checked)]
    rules = loaded.rules.get(STEM, loaded.passable.get(STEM))
    if isinstance(rules, VarianceReviewTerms):
        found += [*_chosen(loaded, rules, checked.tables), *_promised(loaded, rules, checked.tables)]
    return found


def _chosen(loaded: Loaded, rules: VarianceReviewTerms, tables: Tables) -> Iterator[Fault]:
    """Every chosen indicator is one of ours or one of table kpis."""
    own = names_in(tables, "kpis", "indicator")
    for number, choice in enumerate(rules.kpis):
        if choice.code not in INDICATORS and choice.indicator not in own:
            place = loaded.place(STEM, ("kpis", number, "indicator"))
            near = alternatives(choice.indicator, [*CODES, *own])["nearest"]
            known = sorted(INDICATORS) if choice.indicator.isascii() else [one.names[0] for one in INDICATORS.values()]
            yield Fault("kpi_unknown", place, choice.indicator, {"known": ", ".join(known[:NEAR]), "nearest": near})


def _promised(loaded: Loaded, rules: VarianceReviewTerms, tables: Tables) -> Iterator[Fault]:
    """Every catch-up goal is of a listed rep, one each."""
    names = sorted(names_in(tables, "reps" if "reps" in tables else "sales", "rep"))
    for number, one in enumerate(rules.catch_up):
        place = loaded.place(STEM, ("catch_up", number, "rep"))
        if one.rep not in names:
            yield Fault("catch_up_rep", place, one.rep, alternatives(one.rep, names))
        elif one.rep in [other.rep for other in rules.catch_up[:number]]:
            yield Fault("catch_up_twice", place, one.rep)


def _kpi_rows(checked: Checked) -> Iterator[Fault]:
    """Rows of table kpis that cannot be what they say."""
    table = checked.tables.get("kpis")
    if table is None or not {"month", "indicator", "value"} <= set(table.column_names):
        return
    place = checked.places["kpis"]
    seen: dict[tuple[str, str], int] = {}
    columns = (table[name].to_pylist() for name in ("month", "indicator", "value"))
    for row, (month, name, value) in enumerate(zip(*columns, strict=True)):
        if month is None or name is None:
            continue
        code = indicator_code(name)
        first = seen.setdefault((month, code), row)
        if first != row and name != table["indicator"][first].as_py():  # the same name twice is told already
            yield Fault("kpi_month_twice", place(row, "indicator"), name, {"first": place(first, "indicator")})
        if value is not None and code in INDICATORS and INDICATORS[code].unit == "share" and abs(value) > MOST_SHARE:
            yield Fault("kpi_share", place(row, "value"), value)


def revision_faults(loaded: Loaded, tables: Tables) -> Iterator[Fault]:
    """Pins outside the year, promised twice, of unknown reps or teams, in odd units.

    Whether a pin keeps within the cap is known once the plan is split.
    """
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, VarianceReviewTerms) or not rules.revision.pins:
        return
    unit, seen = to_fen(loaded.plan.money_unit), dict[tuple[str, str | None, str | None], str]()
    for number, pin in enumerate(rules.revision.pins):
        place = {key: loaded.place(STEM, ("revision", "pins", number, key)) for key in ("month", "amount")}
        yield from _pin_month(pin.month, place["month"], loaded.plan.months)
        yield from _pin_names(loaded, tables, number)
        if to_fen(pin.amount) % unit:
            yield Fault("pin_unit", place["amount"], str(pin.amount), {"unit": from_fen(unit)})
        key = (pin.month, pin.rep, pin.team)
        if key in seen:
            yield Fault("revision_pin_twice", place["month"], pin.month, {"first": seen[key]})
        seen.setdefault(key, place["month"])


def _pin_month(month: str, place: str, months: list[str]) -> Iterator[Fault]:
    if month not in months:
        yield Fault("revision_pin_month", place, month, {"first": months[0], "last": months[-1]})


def revision_notices(loaded: Loaded, as_of: date | None) -> Iterator[Notice]:
    """Pins of months that are over by `as_of`: they stay as a record of what was promised, and move nothing."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, VarianceReviewTerms):
        return
    closed = calendar.closed_months(loaded.plan.months, as_of, loaded.plan.month_cutoff)
    kept = [number for number, pin in enumerate(rules.revision.pins) if pin.month in closed]
    if kept:
        months = ", ".join(sorted({rules.revision.pins[number].month for number in kept}))
        place = loaded.place(STEM, ("revision", "pins", kept[0], "month"))
        yield Notice("revision_pins_kept", place, {"count": len(kept), "months": months})


def _pin_names(loaded: Loaded, tables: Tables, number: int) -> Iterator[Fault]:
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
