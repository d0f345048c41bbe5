"""The funnel of rep_allocation.yaml held against the plan's year and the records of activities."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from salesplan.errors import Fault, nearest
from salesplan.params import Loaded
from salesplan.tables import Notice
from salesplan.tables.names import names_in
from salesplan.terms import RepAllocationTerms
from salesplan.terms.activities import Funnel

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "rep_allocation"
MOST_NAMES = 10


def activity_faults(loaded: Loaded, tables: Tables, months: Sequence[str]) -> Iterator[Fault]:
    """A month of the boards outside the year; stages whose rate neither the file nor the records say."""
    rules = loaded.rules.get(STEM)
    if isinstance(rules, RepAllocationTerms) and rules.funnel is not None:
        yield from _month(loaded, rules.funnel, months)
        yield from _rates(loaded, rules.funnel, sorted(names_in(tables, "activities", "activity")))


def activity_notices(loaded: Loaded, tables: Tables) -> Iterator[Notice]:
    """Stages that nobody recorded although there are records, perhaps under another name."""
    rules = loaded.rules[STEM]
    assert isinstance(rules, RepAllocationTerms)
    known = sorted(names_in(tables, "activities", "activity"))
    for stage in rules.funnel.stages if rules.funnel is not None and known else ():
        if stage.activity not in known:
            values = {"known": ", ".join(known[:MOST_NAMES]), "nearest": nearest(stage.activity, known)}
            yield Notice("stage_without_records", "", {"activity": stage.activity, **values})


def _month(loaded: Loaded, funnel: Funnel, months: Sequence[str]) -> Iterator[Fault]:
    if funnel.month is not None and funnel.month not in months:
        place = loaded.place(STEM, ("funnel", "month"))
        yield Fault("month_of_year", place, funnel.month, {"first": months[0], "last": months[-1]})


def _rates(loaded: Loaded, funnel: Funnel, known: Sequence[str]) -> Iterator[Fault]:
    """A rate comes from records of a stage and of the one above it; deals are in the orders."""
    for number, stage in enumerate(funnel.stages):
        above = funnel.stages[number - 1].activity if number else stage.activity
        counted = stage.activity in known and above in known and funnel.rates == "history"
        if stage.rate is None and not counted:
            place = loaded.place(STEM, ("funnel", "stages", number, "activity"))
            lacking = stage.activity if stage.activity not in known else above
            yield Fault(
                "funnel_rate_missing", place, stage.activity,
                {"activity": stage.activity, "nearest": nearest(lacking, known) if lacking not in known else ""},
            )  # fmt: skip
