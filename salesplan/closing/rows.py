"""The input rows a month's pay stands on, as they are seen at the end of that month.

Columns are left blank where what they say came later: an invoice date of a later month, the end of a rep who leaves
in a later month. So what is only filled in afterwards is no change of a closed month.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan import calendar
from salesplan.tables.arrays import (
    Flags,
    Numbers,
    codes_of,
    filled,
    flags,
    is_among,
    is_known,
    null,
    texts,
    to_arrow,
    to_numpy,
)
from salesplan.terms import CommissionTerms

Tables = Mapping[str, pa.Table]
DAY_ZERO = date(1970, 1, 1).toordinal()
NEVER = np.iinfo(np.int32).max
MARGIN = ("margin", "margin_rate")
# An event that comes after its row: an order is invoiced, a bill of exchange is cashed.
LATER = {"sales": "invoice_date", "collections": "cleared"}
NAMED = {  # what a row is found by again when one of its cells has changed, the best first; `deal`: order or customer
    "sales": (("deal", "product", "kind"), ("deal", "product"), ("deal",)),
    "collections": (("deal", "date"), ("deal", "amount"), ("deal",)),
    "credit_splits": (("order", "rep"), ("order",)),
    "scores": (("rep", "component"),),
    "quotas": (("rep", "level", "indicator"),),
    "adjustments": (("rep", "order"), ("rep",)),
    "reps": (("rep", "start"), ("rep",)),
    "customers": (("customer", "start"), ("customer",)),
    "products": (("product",),),
}


@dataclass(frozen=True)
class Span:
    """A month and its first and last day, as days since 1970."""

    month: str
    first: int
    last: int


def span_of(month: str, cutoff: int | None) -> Span:
    """The days of a month."""
    first, last = (day.toordinal() - DAY_ZERO for day in calendar.month_span(month, cutoff))
    return Span(month, first, last)


@dataclass(frozen=True)
class Rows:
    """Rows of an input table as the end of a month sees them, and where each stands in the table."""

    table: pa.Table
    places: Numbers


def rows_of(name: str, tables: Tables, span: Span, sold: pa.Table | None = None) -> Rows | None:
    """The rows of an input table that a month's pay stands on; None where the table is not given.

    `sold`: the sales rows of the month that say which customers and products matter; those of `tables` by default.
    """
    if name not in tables:
        return None
    if name in ("customers", "products") and sold is None:
        found = rows_of("sales", tables, span)
        sold = None if found is None else found.table
    return WAYS[name](name, tables, span, sold)


def _taken(table: pa.Table, kept: Flags, changed: Mapping[str, pa.Array] | None = None) -> Rows:
    whole = table
    for column, values in (changed or {}).items():
        whole = whole.set_column(whole.column_names.index(column), column, values)
    return Rows(whole.filter(flags(kept)).combine_chunks(), np.flatnonzero(kept))


def _days(table: pa.Table, column: str, unknown: int) -> Numbers:
    found = table[column].combine_chunks()
    return np.where(is_known(found), to_numpy(found), unknown).astype(np.int64)


def _dated(name: str, tables: Tables, span: Span, _: pa.Table | None) -> Rows:
    """Rows of a day of the month, and earlier ones whose later event lies in it, of which then only that is kept."""
    table, column = tables[name], LATER[name]
    day, event = _days(table, "date", NEVER), _days(table, column, NEVER)
    own = (day >= span.first) & (day <= span.last)
    late = (day < span.first) & (event >= span.first) & (event <= span.last)
    kept = own | late
    small = table.filter(flags(kept)).combine_chunks()
    # A bill not yet due is no cash, so that a blank day and a later one differ; an order not yet invoiced is none.
    after = span.last + 1
    shown = np.where(event > span.last, after if name == "collections" else NEVER, event)[kept]
    seen = to_arrow(np.where(event[kept] == NEVER, 0, shown), pa.date32(), (event[kept] == NEVER) | (shown == NEVER))
    columns = {column: seen}
    if late.any():
        told = {"order", "date", "product", "customer", column}
        blank = flags(late[kept])
        columns |= {
            other: pc.if_else(blank, null(small[other].type), small[other].combine_chunks())
            for other in small.column_names
            if other not in told
        }
    for other, values in columns.items():
        small = small.set_column(small.column_names.index(other), other, values)
    return Rows(small, np.flatnonzero(kept))


def _monthly(name: str, tables: Tables, span: Span, _: pa.Table | None) -> Rows:
    table = tables[name]
    return _taken(table, is_among(table["month"].combine_chunks(), texts([span.month])))


def _splits(name: str, tables: Tables, span: Span, _: pa.Table | None) -> Rows:
    """Splits of the orders whose first line lies in the month."""
    table, sales = tables[name], tables["sales"]
    shared = sales.select(["order", "date"]).filter(
        flags(is_among(sales["order"].combine_chunks(), table["order"].combine_chunks()))
    )
    orders, codes = codes_of(filled(shared["order"].combine_chunks(), ""))
    first = np.full(len(orders), NEVER, dtype=np.int64)
    np.minimum.at(first, codes, _days(shared, "date", NEVER))
    own = orders.filter(flags((first >= span.first) & (first <= span.last)))
    return _taken(table, is_among(table["order"].combine_chunks(), own))


def _spells(name: str, tables: Tables, span: Span, sold: pa.Table | None) -> Rows:
    """Spells with a day in the month, cut to it."""
    table = tables[name]
    start, end = _days(table, "start", -NEVER), _days(table, "end", NEVER)
    kept = (start <= span.last) & (end >= span.first)
    if name == "customers" and sold is not None:
        kept &= is_among(table["customer"].combine_chunks(), sold["customer"].combine_chunks())
    cut = {
        "start": to_arrow(np.clip(start, span.first, NEVER), pa.date32()),
        "end": to_arrow(np.clip(end, -NEVER, span.last), pa.date32()),
    }
    if name == "customers" and sold is not None:
        nobodys = sold["customer"].combine_chunks().filter(flags(~is_known(sold["rep"])))
        asked = flags(is_among(table["customer"].combine_chunks(), nobodys))
        # Who holds a customer decides only orders that name no rep.
        cut["rep"] = pc.if_else(asked, table["rep"].combine_chunks(), null(pa.string()))
    return _taken(table, kept, cut)


def _products(name: str, tables: Tables, span: Span, sold: pa.Table | None) -> Rows:  # noqa: ARG001 as the others
    table = tables[name]
    named = table["product"] if sold is None else sold["product"]
    return _taken(table, is_among(table["product"].combine_chunks(), named.combine_chunks()))


WAYS: dict[str, Callable[[str, Tables, Span, Any], Rows]] = {
    "sales": _dated,
    "collections": _dated,
    "credit_splits": _splits,
    "scores": _monthly,
    "quotas": _monthly,
    "adjustments": _monthly,
    "reps": _spells,
    "customers": _spells,
    "products": _products,
}


def compared(name: str, rules: CommissionTerms) -> Sequence[str]:
    """The columns of an input table that pay can depend on under the plans; the others may change at any time."""
    plans = rules.plans
    margin = any(p.paid_on == "margin" or p.measure in MARGIN or p.free_goods == "cost" for p in plans)
    invoiced = any("invoiced" in (p.basis, p.measure_basis) for p in plans)
    grades = any(p.rates_by == "customer_grade" or any(s.customer_grade for s in p.special_rates) for p in plans)
    accrued = any(p.rebates == "accrued" for p in plans)
    return {
        "sales": [
            *("date", "amount", "region", "channel", "product", "customer", "rep", "quantity", "order", "kind"),
            "original_order",
            *(["cost"] if margin else []),
            *(["invoice_date"] if invoiced else []),
        ],
        "collections": ["date", "amount", "order", "customer", "cleared", "kind"],
        "credit_splits": ["order", "rep", "share", "overlay"],
        "scores": ["month", "rep", "component", "actual", "standard"],
        "quotas": ["rep", "month", "amount", "level", "indicator"],
        "adjustments": ["month", "rep", "amount", "order", "reason"],
        "reps": ["rep", "region", "team", "manager", "start", "end", "base_pay", "grade"],
        "customers": ["customer", "start", "end", "rep", *(["grade"] if grades else []),
                      *(["rebate_rate"] if accrued else [])],
        "products": ["product", "line", "launch", "tax_rate"],
    }[name]  # fmt: skip


def row_difference(then: pa.Table, now: pa.Table, columns: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Rows of `then` that are no longer there, and rows of `now` that were not: as often as they stand there."""
    shared = [name for name in columns if name in then.column_names and name in now.column_names]
    before, after = then.select(shared), now.select(shared)
    if before.equals(after):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    count = len(before)
    group = np.zeros(count + len(after), dtype=np.int64)
    for name in shared:
        encoded = pa.concat_arrays([before[name].combine_chunks(), after[name].combine_chunks()])
        codes = to_numpy(encoded.dictionary_encode(null_encoding="encode").indices).astype(np.int64)
        _, group = np.unique(group * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    size = int(group.max(initial=-1)) + 1
    old, new = (np.bincount(part, minlength=size) for part in (group[:count], group[count:]))
    return _beyond(group[:count], new), _beyond(group[count:], old)


def _beyond(group: Numbers, others: Numbers) -> Numbers:
    """Which rows stand there more often than among the others."""
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
    return np.sort(order[rank >= others[ranked]])
