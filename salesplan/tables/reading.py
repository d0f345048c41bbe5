"""Files as texts: CSV, Excel, Parquet and database tables all become columns of text with the file's row numbers."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from salesplan.errors import SHOWN, Fault
from salesplan.tables.arrays import filled, texts, to_arrow, whole
from salesplan.tables.results import Findings

PREVIEW = 12
HEAD_BYTES = 1 << 18
DELIMITERS = (",", ";", "\t")
csv.field_size_limit(1 << 30)  # long cells are refused by their rule, with their place
QUOTE = ord('"')


@dataclass(frozen=True)
class Body:
    """The rows below a header: one array of texts per header, and the file's row of each."""

    columns: list[pa.Array]
    records: np.ndarray
    row_of: Callable[[int], int]

    def row(self, index: int) -> int:
        """The file's row (header = 1) of a row of the columns."""
        return self.row_of(int(self.records[index]))

    def keep(self, mask: np.ndarray) -> "Body":
        """Only the rows marked true."""
        if mask.all():
            return self
        chosen = to_arrow(np.flatnonzero(mask), pa.int64())
        return Body([column.take(chosen) for column in self.columns], self.records[mask], self.row_of)


@dataclass(frozen=True)
class Source:
    """An input opened: where it is, its first rows, and how to read the rest.

    `preview` holds the first rows from the header on, `header_row` is the header's row in the file.
    `body` is None after a fault that leaves no row in its place. `below` opens the same input with
    another header, above the preview's row of that number. `units` are those a title names,
    `across` the headers of months that lie side by side, `merged` columns with merged cells and the
    first row filled from the one above,
    `letters` what Excel calls the columns.
    """

    place: str
    preview: list[list[str]]
    header_row: int
    body: Callable[[Findings], Body | None]
    delimiter: str = ","
    below: "Callable[[int, list[str]], Source] | None" = None
    units: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    merged: Mapping[int, int] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    @property
    def headers(self) -> list[str]:
        """The header's cells, outer spaces off."""
        return [cell.strip() for cell in self.preview[0]] if self.preview else []


def open_csv(utf8: bytes, place: str) -> Source:
    """A CSV text in UTF-8: its delimiter and header found, its rows read on demand."""
    head = utf8[:HEAD_BYTES].decode("utf-8", "ignore")
    delimiter = _delimiter(head)
    preview, lines = _first_records(head, delimiter)
    blank = next((i for i, record in enumerate(preview) if any(cell.strip() for cell in record)), len(preview))
    shown, ends = preview[blank:], [0, *lines][blank:]

    def below(row: int, header: list[str]) -> Source:
        def body(findings: Findings) -> Body | None:
            start = _offset(utf8, ends[row])
            return _csv_body(utf8, start, len(header), delimiter, _Place(place, ends[row] + 1, findings))

        return Source(place, [header, *shown[row:]], ends[row - 1] + 1, body, delimiter, below)

    return below(1, shown[0]) if shown else Source(place, [], ends[0] + 1, lambda _: None, delimiter)


@dataclass(frozen=True)
class _Place:
    file: str
    first_row: int
    findings: Findings


def _delimiter(head: str) -> str:
    lines = ("".join(line.split('"')[::2]) for line in head.splitlines()[:PREVIEW])
    line = next((line for line in lines if any(mark in line for mark in DELIMITERS)), "")  # a title may have none
    return max(DELIMITERS, key=line.count)


def _first_records(head: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first records and the number of lines read after each."""
    records, lines = [], []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            records.append(record)
            lines.append(reader.line_num)
            if len(records) == PREVIEW:
                break
    except csv.Error:  # said with its row when the body is read
        pass
    return records, lines


def _newline(utf8: bytes) -> bytes:
    return b"\r" if utf8.find(b"\n", 0, HEAD_BYTES) < 0 and b"\r" in utf8[:HEAD_BYTES] else b"\n"


def _offset(utf8: bytes, lines: int) -> int:
    """Where the text goes on after that many lines."""
    newline, at = _newline(utf8), 0
    for _ in range(lines):
        found = utf8.find(newline, at)
        if found < 0:
            return len(utf8)
        at = found + 1
    return at


def _csv_body(utf8: bytes, start: int, width: int, delimiter: str, place: _Place) -> Body | None:
    data = memoryview(utf8)[start:]
    if not data:
        return Body([texts([])] * width, np.zeros(0, dtype=np.int64), lambda record: record)
    quoted = utf8.find(b'"', start) >= 0
    row_of = _Lines(data, delimiter, place.first_row) if quoted else lambda record: record + place.first_row
    if quoted and not _quotes_regular(data, ord(delimiter)):
        broken = _broken_quote(data, delimiter, place.first_row)
        if broken:
            place.findings.fault("row_quote", f"{place.file} row {broken}")
            return None
    table, bad = _parsed(data, width, delimiter, quoted)
    places = (
        Fault("row_fields", f"{place.file} row {row_of(n)}", text, {"found": got, "expected": width})
        for n, got, text in bad[:SHOWN]
    )
    place.findings.many(places, len(bad))
    records = np.arange(len(table) + len(bad))
    if bad:
        records = np.delete(records, [number for number, _, _ in bad])
    return Body([whole(column) for column in table.columns], records, row_of)


def _parsed(data: memoryview, width: int, delimiter: str, quoted: bool) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    """All rows as texts, and the records of another number of fields: number, fields, text."""
    names = [str(i) for i in range(width)]
    bad: list[tuple[int, int, str]] = []

    def note(row: Any) -> str:
        bad.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    def read(**handling: Any) -> pa.Table:
        return pv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            # Threads cannot tell row numbers: they are used until a row is found wrong.
            read_options=pv.ReadOptions(column_names=names, use_threads=not handling),
            parse_options=pv.ParseOptions(
                delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False, **handling
            ),
            convert_options=pv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )

    try:
        return read(), bad
    except pa.ArrowInvalid:
        return read(invalid_row_handler=note), bad


def _quotes_regular(data: memoryview, delimiter: int) -> bool:
    """Whether every opening quote follows, and every closing one precedes, a delimiter, a line end or a quote."""
    array = np.frombuffer(data, dtype=np.uint8)
    beside = np.isin(np.arange(256), [delimiter, ord("\n"), ord("\r"), QUOTE])
    seen = 0
    for start in range(0, len(array), 1 << 24):
        at = np.flatnonzero(array[start : start + (1 << 24)] == QUOTE) + start
        opening, closing = at[seen % 2 :: 2], at[(seen + 1) % 2 :: 2]
        seen += len(at)
        before, after = opening[opening > 0] - 1, closing[closing < len(array) - 1] + 1
        if not (beside[array[before]].all() and beside[array[after]].all()):
            return False
    return seen % 2 == 0


def _broken_quote(data: memoryview, delimiter: str, first_row: int) -> int:
    """The row of the first record whose quotes do not close as they should; 0 if there is none."""
    reader = csv.reader(_text(data), delimiter=delimiter, strict=True)
    row = first_row
    try:
        for _ in reader:
            row = first_row + reader.line_num
    except csv.Error:
        return row
    return 0


def _text(data: memoryview) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")


class _Lines:
    """The file's row of a record where cells may hold line breaks; walked only when a row is asked for."""

    def __init__(self, data: memoryview, delimiter: str, first_row: int) -> None:
        self.data = data
        self.delimiter = delimiter
        self.first_row = first_row
        self.starts: Sequence[int] | None = None

    def __call__(self, record: int) -> int:
        if self.starts is None:
            reader = csv.reader(_text(self.data), delimiter=self.delimiter)
            self.starts = [0, *(reader.line_num for _ in reader)]
        return self.first_row + self.starts[min(record, len(self.starts) - 1)]


Merged = Sequence[tuple[int, int, int]]


def open_rows(rows: list[list[str]], place: str, merged: Merged = ()) -> Source:
    """Rows of an Excel sheet, already as texts; the first row with a cell in it is the header.

    `merged` holds column, first and last row of cells merged downwards: all of them have the first one's text.
    """
    for column, first, last in merged:
        for row in rows[first + 1 : last + 1]:
            row[column] = rows[first][column]
    top = next((i for i, row in enumerate(rows) if any(row)), len(rows))
    shown = rows[top : top + PREVIEW]

    def below(row: int, header: list[str]) -> Source:
        start = top + row
        filled = {column: max(first + 1, start) for column, first, last in reversed(merged) if last >= start}
        body = partial(_rows_body, rows[start:], len(header), place, start)
        letters = tuple(letters_of(at) for at in range(len(header)))
        return Source(place, [header, *shown[row:]], start, body, below=below, merged=filled, letters=letters)

    header = shown[0] if shown else []
    width = max((i + 1 for i, cell in enumerate(header) if cell), default=0)
    return below(1, header[:width]) if shown else Source(place, [], top + 1, lambda _: None)


def letters_of(column: int) -> str:
    """The letters of an Excel column, counted from 0."""
    return (letters_of(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def _rows_body(records: list[list[str]], width: int, place: str, above: int, findings: Findings) -> Body:
    for number, row in enumerate(records):
        if any(row[width:]):
            found = next(filter(None, row[width:]))
            findings.fault("row_fields", f"{place} row {above + 1 + number}", found, found=len(row), expected=width)
    columns = [texts([row[i] if i < len(row) else "" for row in records]) for i in range(width)]
    return Body(columns, np.arange(len(records)), lambda record: record + above + 1)


def open_arrow(table: pa.Table, place: str) -> Source:
    """A Parquet file or database table: its columns as the texts a CSV file would hold."""
    columns = [_as_text(column) for column in table.columns]
    first = [[column[i].as_py() for column in columns] for i in range(min(len(table), PREVIEW - 1))]

    def body(findings: Findings) -> Body:  # noqa: ARG001 every source takes it
        return Body(columns, np.arange(len(table)), lambda record: record + 2)

    return Source(place, [list(table.column_names), *first], 1, body)


def _as_text(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if pa.types.is_floating(array.type):
        encoded = array.dictionary_encode()
        found = texts([float_text(value) for value in encoded.dictionary.to_pylist()]).take(encoded.indices)
    elif pa.types.is_timestamp(array.type):
        found = array.cast(pa.timestamp("us")).cast(pa.string())
    elif pa.types.is_boolean(array.type) or pa.types.is_nested(array.type):
        found = texts([None if value is None else str(value) for value in array.to_pylist()])
    else:
        found = array.cast(pa.string())
    return filled(found, "")


def float_text(value: float) -> str:
    """A binary number as a person would type it: noise under a millionth goes, no exponent."""
    if value != value:
        return ""
    if value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value):
        return str(int(value))
    text = repr(value)
    exact = text if "e" not in text and len(text.partition(".")[2]) <= 6 else f"{value:.6f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
