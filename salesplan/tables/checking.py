"""What must hold within a table and between tables, once every cell has its type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from salesplan.errors import SHOWN, Fault
from salesplan.tables import channel, credit, handing, sales, spells
from salesplan.tables.arrays import Flags, codes_of, filled, flags, is_among, is_known, texts, to_arrow, to_numpy, whole
from salesplan.tables.contract import Spec
from salesplan.tables.currency import Rates
from salesplan.tables.headers import Header, nearest
from salesplan.tables.reading import Body
from salesplan.tables.results import Findings
from salesplan.terms import PlanTerms

# Columns of other tables that name a rep of this fiscal year.
NAMED_REPS = {
    "quotas": "month",
    "scores": "month",
    "adjustments": "month",
    "activities": "date",
    "corrections": "month",
}


@dataclass(frozen=True)
class Part:
    """One file of a table: its header, its data rows and their typed values."""

    place: str
    header: Header
    body: Body
    values: Mapping[str, pa.Array]

    def place_of(self, index: int, column: str = "") -> str:
        """Where a data row of this file stands, and which column."""
        where = f"{self.place} row {self.body.row(index)}"
        if not column:
            return where
        return f"{where} , column {self.header.label(column, int(self.body.records[index]))}"


@dataclass(frozen=True)
class Read:
    """One input table: its specification, its rows, and the files they came from."""

    spec: Spec
    table: pa.Table
    parts: tuple[Part, ...]

    def place_of(self, index: int, column: str = "") -> str:
        """Where a row of the table stands, and which column."""
        for part in self.parts:
            if index < len(part.body.records):
                return part.place_of(index, column)
            index -= len(part.body.records)
        raise IndexError(index)

    def has(self, column: str) -> bool:
        """Whether any file has this column."""
        return any(column in part.values for part in self.parts)

    def column(self, name: str) -> pa.Array:
        """A column as one array."""
        return whole(self.table[name])

    def days(self, name: str) -> NDArray[np.float64]:
        """A column of dates as days since 1970, NaN where unknown: no comparison is true of it."""
        column = self.column(name)
        return np.where(is_known(column), to_numpy(column), np.nan)

    @property
    def file(self) -> str:
        """The first file's place, for what concerns the whole table."""
        return self.parts[0].place

    def report(self, findings: Findings, code: str, rows: Iterable[int], column: str, **values: Any) -> None:
        """Note a fault at each of these rows; the value shown is the column's."""
        indices = [int(row) for row in rows]
        shown = self.table[column]
        faults = (
            Fault(code, self.place_of(row, column), printed(shown[row].as_py(), self.spec, column), values)
            for row in indices
        )
        findings.many(faults, len(indices))


def printed(value: Any, spec: Spec, column: str) -> Any:
    """A typed value as the file would show it: money in currency units."""
    is_money = spec.column(column).type in ("money", "exact_money")
    return f"{value / 100:.2f}" if is_money and value is not None else value


def check_tables(
    read: Mapping[str, Read], terms: PlanTerms, plan_place: str, rates: Rates, findings: Findings
) -> dict[str, pa.Table]:
    """Check every table by itself and against the others; returns the tables, the kinds of sales lines filled in."""
    tables = {name: one.table for name, one in read.items()}
    for one in read.values():
        if one.spec.unique:
            _check_unique(one, findings)
    for name in {"reps", "customers"} & read.keys():
        spells.check_spells(read[name], findings)
    tables |= credit.check_credit(read, findings)
    if "sales" in read:
        tables["sales"] = sales.check_sales(read["sales"], terms, plan_place, rates, findings)
        _check_reps(read, terms, findings)
    channel.check_channel(read, findings)
    handing.check_handing(read, terms, findings)
    return tables


def _check_unique(read: Read, findings: Findings) -> None:
    """No two rows may carry the same keys; a blank key that is not needed counts as one of its values."""
    keys = [name for name in read.spec.unique if read.has(name)]
    known = np.ones(len(read.table), dtype=bool)
    group = np.zeros(len(read.table), dtype=np.int64)
    for name in keys:
        column = read.column(name)
        known &= is_known(column) | (not read.spec.column(name).needed)
        different, codes = codes_of(filled(column, ""))
        group = group * max(len(different), 1) + codes
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    again = np.flatnonzero(known & (first[inverse] != np.arange(len(group)))).tolist()
    for row in again:
        values = {"keys": ", ".join(keys), "first": read.place_of(int(first[inverse[row]]))}
        read.report(findings, "key_twice", [row], keys[0], **values)


def _check_reps(read: Mapping[str, Read], terms: PlanTerms, findings: Findings) -> None:
    """Reps of this fiscal year must be listed; those of the history have left."""
    if "reps" not in read:
        return
    listed, one = read["reps"].column("rep"), read["sales"]
    first, last = (sales.day_number(day) for day in sales.fiscal_span(terms))
    days = one.days("date")
    this_year = (days >= first) & (days <= last)
    _report_reps(one, listed, this_year, findings)
    _note_departed(one, _unlisted(one, listed) & (days < first), findings)
    for name in NAMED_REPS.keys() & read.keys():
        _report_reps(read[name], listed, _in_year(read[name], NAMED_REPS[name], terms), findings)
    if "credit_splits" in read:
        orders = one.column("order").filter(flags(this_year))
        _report_reps(read["credit_splits"], listed, is_among(read["credit_splits"].column("order"), orders), findings)
    if "disputes" in read:
        asked = read["disputes"].days("date")
        _report_reps(read["disputes"], listed, (asked >= first) & (asked <= last), findings)
    if "customers" in read:
        owners = read["customers"]
        _report_reps(owners, listed, ~((owners.days("end") < first) | (owners.days("start") > last)), findings)
        spells.note_away(owners, read["reps"], sales.fiscal_span(terms), findings)


def _note_departed(read: Read, rows: Flags, findings: Findings) -> None:
    names = sorted(read.column("rep").filter(flags(rows)).unique().to_pylist())
    if names:
        place = f"{read.file} , column {read.parts[0].header.label('rep')}"
        findings.notice("reps_departed", place, reps=", ".join(names[:50]), count=len(names))


def _in_year(read: Read, column: str, terms: PlanTerms) -> Flags:
    """Which rows lie in the fiscal year, by their month (or day) as ISO text."""
    numbers = range(terms.first_month, terms.first_month + 12)
    labels = [f"{terms.fiscal_year + (n > 12)}-{(n - 1) % 12 + 1:02d}" for n in numbers]
    return is_among(pc.utf8_slice_codeunits(read.column(column), 0, 7), texts(labels))


def _unlisted(read: Read, listed: pa.Array) -> Flags:
    return is_known(read.column("rep")) & ~is_among(read.column("rep"), listed)


def _report_reps(read: Read, listed: pa.Array, rows: Flags, findings: Findings) -> None:
    """One fault per unlisted rep, at its first row."""
    found = np.flatnonzero(_unlisted(read, listed) & rows)
    _, codes = codes_of(read.column("rep").take(to_arrow(found, pa.int64())))
    _, first = np.unique(codes, return_index=True)
    names = listed.to_pylist()
    for number, at in enumerate(first.tolist()):
        row = int(found[at])
        # Looking for the nearest of thousands of names takes its time; beyond the faults shown nobody reads it.
        near = nearest(read.column("rep")[row].as_py(), names) if number < SHOWN else {}
        read.report(findings, "rep_unknown", [row], "rep", count=int((codes == codes[at]).sum()), **near)
