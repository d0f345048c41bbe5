"""Parameters of stock and dealers that name what the plan's tables do not have."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables.names import names_in
from salesplan.terms import SeasonalSplitTerms

if TYPE_CHECKING:
    import pyarrow as pa


def stock_faults(loaded: Loaded, tables: "Mapping[str, pa.Table]", months: Sequence[str]) -> Iterator[Fault]:
    """A start outside the fiscal year; products, lines and channels nobody knows, the nearest name proposed."""
    rules = loaded.rules["seasonal_split"]
    assert isinstance(rules, SeasonalSplitTerms)
    start = rules.stock.start
    if start is not None and start not in months:
        place = loaded.place("seasonal_split", ("stock", "start"))
        yield Fault("month_of_year", place, start, {"first": months[0], "last": months[-1]})
    for number, rule in enumerate(rules.stock.rules):
        key, name = ("line", rule.line) if rule.product is None else ("product", rule.product)
        known = names_in(tables, "products", key) | (names_in(tables, "sales", key) if key == "product" else set())
        yield from _unknown(loaded, ("stock", "rules", number, key), f"{key}_unknown", str(name), known)
    for number, channel in enumerate(rules.dealers.channels):
        known = names_in(tables, "sales", "channel")
        yield from _unknown(loaded, ("dealers", "channels", number), "channel_unknown", channel, known)


def _unknown(loaded: Loaded, key: tuple[str | int, ...], code: str, name: str, known: set[str]) -> Iterator[Fault]:
    if name not in known:
        yield Fault(code, loaded.place("seasonal_split", key), name, alternatives(name, known))
