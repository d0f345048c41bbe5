"""What rep_allocation.yaml says of dealers, outlets, tasks and projects, held against the plan's tables."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables import Checked, Notice
from salesplan.tables.names import names_in
from salesplan.terms import RepAllocationTerms

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
Key = tuple[str | int, ...]
STEM = "rep_allocation"
SHOWN = 10


def channel_faults(loaded: Loaded, checked: Checked) -> list[Fault]:
    """Names of dealers, products, channels, outlets, reps and projects that no table has; months outside the year."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, RepAllocationTerms) or "plan" not in loaded.rules:
        return []
    known = {kind: _known(checked.tables, kind) for kind in SOURCES}
    named = [*_of_dealers(rules), *_of_outlets(rules), *_of_tasks(rules), *_of_projects(rules)]
    unknown = [
        Fault(f"{kind}_unknown", loaded.place(STEM, key), name, alternatives(name, names))
        for kind, key, name in named
        if (names := known[kind]) is not None and name not in names
    ]
    return [*unknown, *_months(loaded, rules), *_followers(checked)]


# Where the names of a kind may stand; none of the tables: nothing can be said about a name.
SOURCES: dict[str, tuple[tuple[str, str], ...]] = {
    "dealer": (("dealers", "dealer"), ("dealers", "parent"), ("outlets", "dealer")),
    "outlet": (("outlets", "outlet"),),
    "channel": (("sales", "channel"), ("outlets", "channel"), ("customers", "channel")),
    "product": (("sales", "product"), ("products", "product"), ("dealers", "product")),
    "owner": (("reps", "rep"),),
    "project": (("opportunities", "project"),),
}


def _known(tables: Tables, kind: str) -> set[str] | None:
    """The names of a kind, None where no table has any."""
    there = [(table, column) for table, column in SOURCES[kind] if table in tables]
    found = [names_in(tables, table, column) for table, column in there if column in tables[table].column_names]
    return set().union(*found) if found else None


def _of_dealers(rules: RepAllocationTerms) -> Iterator[tuple[str, Key, str]]:
    for number, plan in enumerate(rules.dealer_plans):
        yield "dealer", ("dealer_plans", number, "dealer"), plan.dealer
        if plan.owner is not None:
            yield "owner", ("dealer_plans", number, "owner"), plan.owner
    for number, one in enumerate(rules.specifications):
        yield "product", ("specifications", number, "product"), one.product


def _of_outlets(rules: RepAllocationTerms) -> Iterator[tuple[str, Key, str]]:
    for channel in rules.outlets.display:
        yield "channel", ("outlets", "display", channel), channel
    for number, new in enumerate(rules.outlets.new):
        yield "dealer", ("outlets", "new", number, "dealer"), new.dealer
        if new.channel is not None:
            yield "channel", ("outlets", "new", number, "channel"), new.channel


def _of_tasks(rules: RepAllocationTerms) -> Iterator[tuple[str, Key, str]]:
    for number, task in enumerate(rules.tasks):
        yield task.for_, ("tasks", number, "name"), task.name
        if task.owner is not None:
            yield "owner", ("tasks", number, "owner"), task.owner


def _of_projects(rules: RepAllocationTerms) -> Iterator[tuple[str, Key, str]]:
    for number, one in enumerate(rules.project_dates):
        yield "project", ("project_dates", number, "project"), one.project


def _months(loaded: Loaded, rules: RepAllocationTerms) -> Iterator[Fault]:
    """Outlets that open outside the plan year."""
    months = loaded.plan.months
    for number, new in enumerate(rules.outlets.new):
        if new.by not in months:
            place = loaded.place(STEM, ("outlets", "new", number, "by"))
            yield Fault("month_of_year", place, new.by, {"first": months[0], "last": months[-1]})


def _followers(checked: Checked) -> Iterator[Fault]:
    """Projects followed by somebody who is not among the reps, one fault per name at its first row."""
    names, deals = _known(checked.tables, "owner"), checked.tables.get("opportunities")
    if names is None or deals is None or not names:
        return
    told: set[str] = set()
    for row, rep in enumerate(deals["rep"].to_pylist()):
        if rep and rep not in names | told:
            told.add(rep)
            where = checked.places.get("opportunities")
            yield Fault("owner_unknown", where(row, "rep") if where else "opportunities", rep, alternatives(rep, names))


def channel_notices(loaded: Loaded, tables: Tables) -> Iterator[Notice]:
    """Stages without a cadence, outlets of dealers who report nothing, projects of customers who are not listed."""
    rules = loaded.rules[STEM]
    assert isinstance(rules, RepAllocationTerms)
    lacking = {
        "stages_unlisted": names_in(tables, "opportunities", "stage") - {one.stage for one in rules.project_stages}
        if rules.project_stages
        else set(),
        "outlets_unreported": names_in(tables, "outlets", "dealer") - names_in(tables, "dealers", "dealer")
        if "dealers" in tables
        else set(),
        "prospects_followed": names_in(tables, "opportunities", "customer") - names_in(tables, "customers", "customer")
        if "customers" in tables
        else set(),
    }
    for code, names in lacking.items():
        if names:
            yield Notice(code, "", {"names": ", ".join(sorted(names)[:SHOWN]), "count": len(names)})
