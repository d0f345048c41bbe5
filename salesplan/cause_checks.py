"""What the review asks of its tables and parameters before any step runs: known causes, a market of its months."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from salesplan.errors import Fault, nearest
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.terms import VarianceReviewTerms

if TYPE_CHECKING:
    import pyarrow as pa

STEM = "variance_review"
PLACE = "place"


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


def placed(checked: Checked) -> "Mapping[str, pa.Table]":
    """The tables, with the place of each finding's amount beside it: what only step 5 can see it names there."""
    import pyarrow as pa

    found = checked.tables.get("causes")
    if found is None or PLACE in found.column_names:
        return checked.tables
    places = [checked.places["causes"](row, "amount") for row in range(len(found))]
    return {**checked.tables, "causes": found.append_column(PLACE, pa.array(places, pa.string()))}
