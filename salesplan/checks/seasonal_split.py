"""What seasonal_split.yaml asks for, held against the plan's year and dimensions and against its tables."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from salesplan import calendar
from salesplan.errors import Fault, alternatives, nearest
from salesplan.money import from_fen, to_fen
from salesplan.params import Loaded
from salesplan.tables import Notice
from salesplan.tables.names import names_in
from salesplan.terms import AnnualTargetTerms, SeasonalSplitTerms
from salesplan.terms.seasonal_split import WITHOUT_HISTORY
from salesplan.terms.shape import Launch, Part

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "seasonal_split"


def parameter_faults(loaded: Loaded) -> list[Fault]:
    """Everything wrong that the parameter files alone show: events, launches and pins against year and dimensions."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, SeasonalSplitTerms) or "plan" not in loaded.rules:
        return []
    return [*_events(loaded, rules), *_launches(loaded, rules), *_dimensions(loaded, rules), *_pins(loaded, rules)]


def table_faults(loaded: Loaded, tables: Tables) -> list[Fault]:
    """What the tables show: members nobody has sold, launches without a start, a history of one month."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, SeasonalSplitTerms) or "sales" not in tables:
        return []
    return [
        *_members(loaded, rules, tables["sales"]),
        *_starts(loaded, rules, tables),
        *_one_month(loaded, rules, tables["sales"]),
    ]


def table_notices(loaded: Loaded, tables: Tables) -> Iterator[Notice]:
    """Weights of a blend that is not used, and products launched within the year that nobody planned."""
    rules, products = loaded.rules[STEM], tables.get("products")
    assert isinstance(rules, SeasonalSplitTerms)
    if rules.blend and rules.method != "blended":
        yield Notice("blend_unused", loaded.place(STEM, ("blend",)), {"method": rules.method})
    if products is None or "product" not in loaded.plan.dimensions:
        return
    first, last = _span(loaded)
    planned = {launch.product for launch in rules.launches}
    sold = _sold_before(tables["sales"], "product", first)
    for product, launch in zip(products["product"].to_pylist(), products["launch"].to_pylist(), strict=True):
        if launch and first <= launch <= last and product not in planned | sold:
            yield Notice("launch_without_target", "", {"product": product, "start": launch})


def _months(loaded: Loaded) -> list[str]:
    return loaded.plan.months


def _span(loaded: Loaded) -> tuple[date, date]:
    """First and last day of the plan year."""
    spans = [calendar.month_span(month, loaded.plan.month_cutoff) for month in _months(loaded)]
    return spans[0][0], spans[-1][1]


def _events(loaded: Loaded, rules: SeasonalSplitTerms) -> Iterator[Fault]:
    first, last = _span(loaded)
    for number, event in enumerate(rules.events):
        if event.end < first or event.start > last:
            place = loaded.place(STEM, ("events", number, "start"))
            yield Fault("event_outside", place, event.start, {"first": first, "last": last})


def _launches(loaded: Loaded, rules: SeasonalSplitTerms) -> Iterator[Fault]:
    _, last = _span(loaded)
    unit = to_fen(loaded.plan.money_unit)
    for number, launch in enumerate(rules.launches):
        if launch.start is not None and launch.start > last:
            place = loaded.place(STEM, ("launches", number, "start"))
            yield Fault("launch_outside", place, launch.start, {"last": last})
        if launch.amount is not None and to_fen(launch.amount) % unit:
            place = loaded.place(STEM, ("launches", number, "amount"))
            yield Fault("launch_unit", place, launch.amount, {"unit": from_fen(unit)})
        for before, other in enumerate(rules.launches[:number]):
            if _overlap(launch, other):
                place = loaded.place(STEM, ("launches", number))
                yield Fault("launch_twice", place, launch.member, {"other": f"launches[{before}]"})


def _overlap(one: Launch, other: Launch) -> bool:
    """The same new member, in parts of the company that are not told apart."""
    same = one.dimension == other.dimension and one.member == other.member
    return same and all(other.members.get(name, member) == member for name, member in one.members.items())


def _dimensions(loaded: Loaded, rules: SeasonalSplitTerms) -> Iterator[Fault]:
    for number, pin in enumerate(rules.pins):
        for name, member in pin.members.items():
            if name not in loaded.plan.dimensions:
                place = loaded.place(STEM, ("pins", number, name))
                yield Fault("part_no_dimension", place, member, {"dimension": name})


def _pins(loaded: Loaded, rules: SeasonalSplitTerms) -> list[Fault]:
    if not rules.pins:
        return []
    from salesplan.seasonal_split.pins import pin_faults  # frames are only needed where something is pinned
    from salesplan.telling import placed

    found = pin_faults(_target(loaded), rules.pins, _months(loaded), unit=to_fen(loaded.plan.money_unit))
    return [placed(fault, loaded) for fault in found]


def _target(loaded: Loaded) -> int | None:
    """The planned level in fen where it is a plain amount."""
    rules = loaded.rules.get("annual_target")
    level = rules.levels.get(rules.planned) if isinstance(rules, AnnualTargetTerms) else None
    return to_fen(level) if isinstance(level, Decimal) else None


def _members(loaded: Loaded, rules: SeasonalSplitTerms, sales: "pa.Table") -> Iterator[Fault]:
    parts: list[tuple[str, int, Part]] = [("events", n, part) for n, part in enumerate(rules.events)]
    parts += [("pins", n, part) for n, part in enumerate(rules.pins)]
    launched = [(launch.dimension, launch.member) for launch in rules.launches]
    for key, number, part in parts:
        for name, member in part.members.items():
            if (name, member) not in launched:
                yield from _unknown(loaded, (key, number, name), name, member, sales)
    for number, launch in enumerate(rules.launches):
        if launch.like is not None:
            yield from _unknown(loaded, ("launches", number, "like"), launch.dimension, launch.like, sales)
        for name, member in launch.members.items():
            if name != launch.dimension and (name, member) not in launched:
                yield from _unknown(loaded, ("launches", number, name), name, member, sales)


def _unknown(loaded: Loaded, path: tuple[str | int, ...], name: str, member: str, sales: "pa.Table") -> Iterator[Fault]:
    known = names_in({"sales": sales}, "sales", name)
    if member not in known:
        yield Fault("part_unknown", loaded.place(STEM, path), member, alternatives(member, known))


def _starts(loaded: Loaded, rules: SeasonalSplitTerms, tables: Tables) -> Iterator[Fault]:
    products = tables.get("products")
    listed = dict(zip(*(products[c].to_pylist() for c in ("product", "launch")), strict=True)) if products else {}
    _, last = _span(loaded)
    for number, launch in enumerate(rules.launches):
        start = launch.start or listed.get(launch.product)
        place = loaded.place(STEM, ("launches", number, launch.dimension))
        if start is None:
            near = {"nearest": nearest(launch.member, listed)}
            yield Fault("launch_start_missing", place, launch.member, near)
        elif launch.start is None and start > last:
            yield Fault("launch_outside", place, start, {"last": last})


def _one_month(loaded: Loaded, rules: SeasonalSplitTerms, sales: "pa.Table") -> Iterator[Fault]:
    """A history of one month has no season to take."""
    import pyarrow.compute as pc

    methods = [name for name, weight in rules.blend.items() if weight] if rules.method == "blended" else [rules.method]
    seasonal = [name for name in methods if name not in WITHOUT_HISTORY]
    first, _ = _span(loaded)
    days = pc.unique(sales["date"]).to_pylist()
    months = {_label_of(day, loaded.plan.month_cutoff) for day in days if day is not None and day < first}
    if seasonal and len(months) == 1:
        place = loaded.place("plan", ("inputs", "sales"))
        yield Fault("history_one_month", place, None, {"month": months.pop(), "method": ", ".join(seasonal)})


def _label_of(day: date, cutoff: int | None) -> str:
    """Label of the month a day belongs to."""
    late = cutoff is not None and day.day > cutoff
    return calendar.add_months(f"{day:%Y-%m}", int(late))


def _sold_before(sales: "pa.Table", name: str, day: date) -> set[str]:
    """Members sold before a day; in numpy, since Arrow imports pandas to compare with a date."""
    import numpy as np

    from salesplan.tables.arrays import codes_of, filled, to_numpy

    members, rows = codes_of(filled(sales[name].combine_chunks(), ""))
    before = to_numpy(sales["date"]) < (day - date(1970, 1, 1)).days
    known = members.to_pylist()
    return {known[place] for place in np.unique(rows[before]).tolist()}
