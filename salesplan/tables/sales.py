"""The order lines: their kinds and signs, the plan's dimensions, history and currency."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan.tables.arrays import filled, flags, is_among, is_known, texts, to_numpy
from salesplan.tables.columns import DAY_ZERO
from salesplan.tables.currency import Rates, check_currency, converted
from salesplan.tables.results import Findings
from salesplan.terms import PlanTerms

if TYPE_CHECKING:
    from salesplan.tables.checking import Read

LOWERING = ("return", "allowance", "rebate", "free")


def day_number(day: date) -> int:
    """A date as date columns hold it: days since 1970."""
    return day.toordinal() - DAY_ZERO


def fiscal_span(terms: PlanTerms) -> tuple[date, date]:
    """First and last day of the fiscal year; with cutoff 25 it begins on the 26th of the month before."""
    return _begin(terms, terms.fiscal_year), _begin(terms, terms.fiscal_year + 1) - timedelta(days=1)


def _begin(terms: PlanTerms, year: int) -> date:
    first = date(year, terms.first_month, 1)
    if terms.month_cutoff is None:
        return first
    return (first - timedelta(days=1)).replace(day=terms.month_cutoff) + timedelta(days=1)


def check_sales(read: "Read", terms: PlanTerms, plan_place: str, rates: Rates, findings: Findings) -> pa.Table:
    """Check the order lines; returns them in the plan's currency, every kind filled in, returned goods negative."""
    _check_rows(read, terms, findings)
    _check_dimensions(read, terms, plan_place, findings)
    check_currency(read, terms, rates, findings)
    _check_signs(read, findings)
    _note_originals(read, findings)
    return converted(_completed(read, findings), terms, rates)


def _check_rows(read: "Read", terms: PlanTerms, findings: Findings) -> None:
    if not len(read.table):
        findings.fault("no_sales", read.file)
        return
    start, _ = fiscal_span(terms)
    if not (read.days("date") < day_number(start)).any():
        findings.notice("no_history", read.file, start=start.isoformat())


def _check_dimensions(read: "Read", terms: PlanTerms, plan_place: str, findings: Findings) -> None:
    for name in terms.dimensions:
        if not read.has(name):
            found = ", ".join(read.parts[0].header.own.values())
            findings.fault("dimension_missing", f"{plan_place}: dimensions", name, file=read.file, known=found)


def _check_signs(read: "Read", findings: Findings) -> None:
    """Lines that lower sales are written negative; a positive one can be read in two ways."""
    lowering = is_among(read.column("kind"), texts(LOWERING))
    wrong = np.flatnonzero(lowering & (to_numpy(read.column("amount")) > 0))
    read.report(findings, "kind_sign", wrong, "amount")


def _note_originals(read: "Read", findings: Findings) -> None:
    original = read.column("original_order")
    count = int((is_known(original) & ~is_among(original, read.column("order"))).sum())
    if count:
        findings.notice("original_order_unknown", read.file, count=count)


def _completed(read: "Read", findings: Findings) -> pa.Table:
    """A blank kind is a return when the amount is negative, else a sale; so is a negative sale."""
    kind = filled(read.column("kind"), "sale")
    returned = is_among(kind, texts(["return"]))
    negative_sale = is_among(kind, texts(["sale"])) & (to_numpy(read.column("amount")) < 0)
    back = returned | negative_sale
    table = _with(read.table, "kind", pc.if_else(flags(back), texts(["return"])[0], kind))
    turned = np.zeros(len(table), dtype=bool)
    for name in ("quantity", "cost"):
        # Goods that come back count negative, however the file writes them.
        column = read.column(name)
        positive = back & (to_numpy(column) > 0)
        turned |= positive
        table = _with(table, name, pc.if_else(flags(positive), pc.negate(column), column))
    if turned.any():
        findings.notice("returns_turned", read.file, count=int(turned.sum()))
    return table


def _with(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)
