"""What rep_allocation.yaml says of customers, held against the tables: grades and groups that nobody has."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.tables.names import names_in
from salesplan.terms import RepAllocationTerms

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "rep_allocation"


def customer_faults(loaded: Loaded, checked: Checked) -> Iterator[Fault]:
    """Grades in the table that the parameter does not know, and promotions for grades or channels nobody has."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, RepAllocationTerms) or "plan" not in loaded.rules:
        return
    tables = checked.tables
    yield from _grades(rules, checked)
    grades = set(rules.customer_grades.names) if rules.customer_grades else names_in(tables, "customers", "grade")
    channels = names_in(tables, "customers", "channel") | names_in(tables, "sales", "channel")
    for key, known in (("grade", grades), ("channel", channels)):
        for number, promotion in enumerate(rules.promotions):
            name = getattr(promotion, key)
            if name is not None and name not in known:
                place = loaded.place(STEM, ("promotions", number, key))
                yield Fault(f"promotion_{key}", place, name, alternatives(name, known))


def _grades(rules: RepAllocationTerms, checked: Checked) -> Iterator[Fault]:
    """Each grade that the parameter does not know, at its first row, with how many rows have it."""
    if rules.customer_grades is None or rules.customer_grades.rule != "given" or "customers" not in checked.tables:
        return
    known, given = rules.customer_grades.names, checked.tables["customers"]["grade"].to_pylist()
    for grade, count in Counter(grade for grade in given if grade and grade not in known).items():
        place = checked.places["customers"](given.index(grade), "grade")
        yield Fault("grade_unknown", place, grade, {"count": count, **alternatives(grade, known)})
