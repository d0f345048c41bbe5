"""The indicators and catch-up goals of variance_review.yaml held against the tables."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.tables.names import names_in
from salesplan.terms import VarianceReviewTerms
from salesplan.terms.indicators import CODES, INDICATORS, indicator_code

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
STEM = "variance_review"
MOST_SHARE = 5  # 500 %: a rate above it was typed in percent
NEAR = 12  # names that a message lists


def indicator_faults(loaded: Loaded, checked: Checked) -> list[Fault]:
    """Unknown indicators and reps; rates typed as percent, and months that have an indicator under two names."""
    found = [*_rows(checked)]
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


def _rows(checked: Checked) -> Iterator[Fault]:
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
