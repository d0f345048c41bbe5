"""All input tables of a plan, read in one pass."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from salesplan.errors import Fault
from salesplan.places import shown_path
from salesplan.tables import checking, database
from salesplan.tables.arrays import whole
from salesplan.tables.cells import CellError, Manner, money
from salesplan.tables.columns import Typed, arrow_type, read_column
from salesplan.tables.contract import MONEY, SPECS, Spec
from salesplan.tables.currency import Rates
from salesplan.tables.encoding import to_utf8
from salesplan.tables.headers import Header, nearest, resolve
from salesplan.tables.layout import Way, lay_out
from salesplan.tables.reading import Body, Source, open_arrow, open_csv, open_rows
from salesplan.tables.results import Checked, Findings
from salesplan.tables.rows import DataRows, TotalRow, data_rows, unreconciled, without_examples, without_notes
from salesplan.tables.sheets import SHEET, SHEET_NAMES
from salesplan.tables.units import factor
from salesplan.terms import PlanTerms

TEXT_FILES = (".csv", ".txt", ".tsv")
EXCEL_FILES = (".xlsx", ".xlsm")
PARQUET_FILES = (".parquet",)
LARGE = 200_000  # rows from which columns are read side by side
EXCEL_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
PARQUET_MARK = b"PAR1"


@dataclass(frozen=True)
class Plan:
    """The plan whose inputs are read: its folder, how messages call it, its terms, what is found."""

    folder: Path
    shown: str
    terms: PlanTerms
    findings: Findings
    hashes: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Path | pa.Table] = field(default_factory=dict)

    @property
    def manner(self) -> Manner:
        """How cells are to be read in this plan."""
        return Manner(self.terms.currency, fiscal_year=self.terms.fiscal_year, first_month=self.terms.first_month)


def check_all(folder: Path, terms: PlanTerms, rates: Rates = ()) -> Checked:
    """Read and check all input tables of the plan in `folder`; see `salesplan.tables.check`."""
    findings = Findings()
    plan = Plan(folder, shown_path(folder), terms, findings)
    _check_names(plan)
    read = {name: table for name in SPECS if name in terms.inputs and (table := _read_table(plan, SPECS[name]))}
    tables = checking.check_tables(read, terms, f"{plan.shown}/plan.yaml", rates, findings)
    places = {name: one.place_of for name, one in read.items()}
    return Checked(tables, findings.faults, findings.notices, plan.hashes, findings.fault_count, places, plan.sources)


def _check_names(plan: Plan) -> None:
    place = f"{plan.shown}/plan.yaml"
    for key, names in (("inputs", plan.terms.inputs), ("columns", plan.terms.columns)):
        for name in names:
            if name not in SPECS:
                plan.findings.fault("table_unknown", f"{place}: {key}.{name}", name, **nearest(name, SPECS))
    if "sales" not in plan.terms.inputs:
        plan.findings.fault("table_needed", f"{place}: inputs.sales")


def _read_table(plan: Plan, spec: Spec) -> checking.Read | None:
    parts = [part for source in _sources(plan, spec) if (part := _read_part(plan, spec, source))]
    if not parts or _left_empty(plan, spec, parts):
        return None
    columns = {
        column.name: pa.chunked_array(
            [part.values.get(column.name, pa.nulls(len(part.body.records), arrow_type(column.type))) for part in parts]
        )
        for column in spec.columns
    }
    return checking.Read(spec, pa.table({name: whole(found) for name, found in columns.items()}), tuple(parts))


def _left_empty(plan: Plan, spec: Spec, parts: list[checking.Part]) -> bool:
    """Whether nothing was filled in in an Excel sheet: then it is as if the table were not given."""
    empty = spec.name != "sales" and not any(len(part.body.records) for part in parts)
    if not empty or not all(SHEET in part.place for part in parts):
        return False
    for part in parts:
        plan.findings.notice("sheet_empty", part.place)
    return True


def _sources(plan: Plan, spec: Spec) -> Iterator[Source]:
    entry = plan.terms.inputs[spec.name]
    if not isinstance(entry, str):
        yield from database.open_table(entry, f"{plan.shown}/plan.yaml: inputs.{spec.name}", plan)
        return
    for path in _files(plan, spec.name, entry):
        place = f"{plan.shown}/{path.relative_to(plan.folder.resolve()).as_posix()}"
        try:
            content = path.read_bytes()
        except OSError as error:
            plan.findings.fault("file_unreadable", place, None, cause=os.strerror(error.errno or 0))
            continue
        plan.hashes[place], plan.sources[place] = hashlib.sha256(content).hexdigest(), path
        source = _open(plan, spec, path, content, place)
        if source is not None:
            yield source


def _files(plan: Plan, name: str, pattern: str) -> list[Path]:
    """Files an input names, all inside the plan's folder; a fault where there is none or one outside."""
    root, place = plan.folder.resolve(), f"{plan.shown}/plan.yaml: inputs.{name}"
    try:
        if ".." in Path(pattern).parts:
            raise ValueError(pattern)
        found = [root / pattern]
        if any(mark in pattern for mark in "*?["):
            found = sorted(root.glob(pattern))
        resolved = [path.resolve() for path in found]
    except (ValueError, OSError, NotImplementedError, RuntimeError):
        plan.findings.fault("path_outside", place, pattern)
        return []
    if any(not path.is_relative_to(root) for path in resolved):
        plan.findings.fault("path_outside", place, pattern)
        return []
    there = [path for path in resolved if path.is_file()]
    if not there and any(path.exists() for path in resolved):
        plan.findings.fault("file_no_file", place, pattern)
    elif not there:
        beside = [p.relative_to(root).as_posix() for p in sorted((root / pattern).parent.glob("*")) if p.is_file()]
        plan.findings.fault("file_missing", place, pattern, **nearest(pattern, [] if "*" in pattern else beside))
    return there


def _open(plan: Plan, spec: Spec, path: Path, content: bytes, place: str) -> Source | None:
    kind = path.suffix.casefold()
    if content.startswith(OLD_EXCEL_MARK):
        plan.findings.fault("file_old_excel", place)
        return None
    if kind in EXCEL_FILES:
        from salesplan.tables.excel import read_sheet  # its XML parser is needed by few plans

        sheet = read_sheet(path, [spec.name, SHEET_NAMES[spec.name]], place, plan.findings)
        return None if sheet is None else open_rows(sheet.rows, sheet.place, sheet.merged)
    if kind in PARQUET_FILES:
        return _open_parquet(plan, content, place)
    if kind not in TEXT_FILES:
        plan.findings.fault("file_kind", place, path.suffix)
    elif content.startswith(EXCEL_MARK):
        plan.findings.fault("file_is_excel", place)
    else:
        return _open_text(plan, content, place)
    return None


def _open_parquet(plan: Plan, content: bytes, place: str) -> Source | None:
    from pyarrow import parquet

    try:
        return open_arrow(parquet.read_table(pa.BufferReader(content)), place)
    except (pa.ArrowException, OSError):
        plan.findings.fault("file_damaged", place)
        return None


def _open_text(plan: Plan, content: bytes, place: str) -> Source | None:
    try:
        utf8, encoding = to_utf8(content, plan.terms.encoding)
    except LookupError:
        if not any(fault.code == "encoding_name" for fault in plan.findings.faults):  # once, not for every file
            plan.findings.fault("encoding_name", f"{plan.shown}/plan.yaml: encoding", plan.terms.encoding)
        return None
    except UnicodeError:
        row = _first_unreadable(content, plan.terms.encoding or "utf-8")
        plan.findings.fault("file_encoding", f"{place} row {row}", plan.terms.encoding)
        return None
    if b"\0" in utf8:
        row = utf8.count(b"\n", 0, utf8.index(b"\0")) + 1
        plan.findings.fault("file_zeros", f"{place} row {row}")
        return None
    if encoding != "UTF-8":
        plan.findings.notice("encoding", place, encoding=encoding)
    return open_csv(utf8, place)


def _first_unreadable(content: bytes, encoding: str) -> int:
    """The row in which a file stops being what it should be."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


def _read_part(plan: Plan, spec: Spec, opened: Source) -> checking.Part | None:
    mapping = plan.terms.columns.get(spec.name, {})
    manner = replace(plan.manner, comma_in_doubt=opened.delimiter == ";")
    source = lay_out(opened, Way(spec, mapping, manner, plan.terms.month_cutoff, plan.findings))
    header = resolve(spec, source, mapping, f"{plan.shown}/plan.yaml: columns.{spec.name}", plan.findings)
    body = source.body(plan.findings) if header else None
    if header is None or body is None:
        return None
    rows = _data_rows(plan, source, body, header, _key(spec, header))
    manners = {name: replace(manner, factor=factor(header.units.get(name, ""))) for name in header.positions}
    typed = _typed(rows.body, header, spec, manners)
    part = checking.Part(source.place, header, rows.body, {name: found.values for name, found in typed.items()})
    _report_cells(part, typed, plan.findings)
    _report_merged(part, source, spec, plan.findings)
    _reconcile(rows.totals, part, spec, manners, plan.findings)
    return part


def _data_rows(plan: Plan, source: Source, body: Body, header: Header, key: int) -> DataRows:
    """The rows that are data; what was left out is said."""
    body, examples = without_examples(body, header.example)
    body = without_notes(body, source.place, plan.findings)
    again = source.headers[: -2 if header.across else None]  # the columns made of months have no header of their own
    rows = data_rows(body, key, again)
    left_out = {"examples_left_out": examples, "headers_left_out": rows.headers, "blank_rows": rows.blank}
    for code, count in left_out.items():
        if count:
            plan.findings.notice(code, source.place, count=count)
    return rows


def _typed(body: Body, header: Header, spec: Spec, manners: Mapping[str, Manner]) -> dict[str, Typed]:
    """Every column with its type; of large tables two at a time, since Arrow works without Python's lock."""

    def read(name: str) -> Typed:
        return read_column(body.columns[header.positions[name]], spec.column(name), manners[name])

    if len(body.records) < LARGE:
        return {name: read(name) for name in header.positions}
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(header.positions, pool.map(read, header.positions), strict=True))


def _key(spec: Spec, header: Header) -> int:
    """The position of a column that total rows lack: the first needed one; where months lie across, the first."""
    if header.across:
        return min(header.positions.values())
    return next((header.positions[name] for name in spec.needed if name in header.positions), 0)


def _report_merged(part: checking.Part, source: Source, spec: Spec, findings: Findings) -> None:
    """Merged texts and dates hold for all their rows; of a number nobody knows whether it is one or several."""
    names = {position: name for name, position in part.header.positions.items()}
    filled = {names[column]: row for column, row in source.merged.items() if column in names}
    for name, row in filled.items():
        if arrow_type(spec.column(name).type) in (pa.int64(), pa.float64()):
            place = f"{part.place} row {row + 1} , column {part.header.label(name)}"
            findings.fault("excel_merged", place)
    if filled:
        labels = ", ".join(part.header.label(name) for name in filled)
        findings.notice("merged_filled", part.place, columns=labels)


def _report_cells(part: checking.Part, typed: Mapping[str, Typed], findings: Findings) -> None:
    for name, column in typed.items():
        findings.many(
            (Fault(p.code, part.place_of(p.row, name), p.value, p.values) for p in column.problems),
            column.problem_count,
        )
        place = f"{part.place} , column {part.header.label(name)}"
        for remark, count in sorted(column.remarks.items()):
            findings.notice(remark, place, count=count)
        if unit := part.header.units.get(name):
            findings.notice("unit_scaled", place, unit=unit, factor=f"{factor(unit):,f}")
        if column.rounded:
            findings.notice("rounded", place, count=column.rounded, difference=f"{column.rounded_by:f}")


def _reconcile(
    totals: list[TotalRow], part: checking.Part, spec: Spec, manners: Mapping[str, Manner], findings: Findings
) -> None:
    if not totals:
        return
    findings.notice("totals_left_out", part.place, count=len(totals))
    for column in spec.columns:
        if column.type not in MONEY or column.name not in part.values:
            continue
        texts = [row.cells[part.header.positions[column.name]] for row in totals]
        for row, found in unreconciled(
            totals, part.values[column.name], [_fen(text, manners[column.name]) for text in texts]
        ):
            text = row.cells[part.header.positions[column.name]]
            place = f"{part.place} row {row.row} , column {part.header.label(column.name, row.record)}"
            summed = Decimal(found) / 100 / manners[column.name].factor  # in the unit of the file, as the total is
            findings.fault("total_mismatch", place, text, sum=f"{summed:,.2f}")


def _fen(text: str, manner: Manner) -> int | None:
    try:
        return int(money(text, manner).value) if text.strip() else None
    except CellError:
        return None
