"""Excel sheets as rows of texts, after a look at what a reader of values does not tell: far cells, errors, formulas."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from salesplan.tables.reading import float_text, letters_of
from salesplan.tables.results import Findings
from salesplan.tables.sheets import SHEET

SLICE = 1 << 20
LARGEST_AREA = 10_000_000
SPARSEST = 10  # of how many cells of a sheet's area one is there at least, beyond that area
LARGEST_TEXT = 2 << 30  # of all parts unpacked
DENSEST = 400  # times smaller packed than unpacked; spreadsheets reach about 20
MOST_TOLD = 1000
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Tags may have a prefix ( <x:c> ), attributes either quote.
CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
ERROR = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*?\bt=["']e["'])[^>]*?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^>]*>""")
UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^>]*>\s*"""
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</"""
)
MERGED = re.compile(rb"""mergeCell\b[^>]*?\bref=["']([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
EXACT_DIGITS = 10**15  # Excel keeps fifteen digits of a number


@dataclass(frozen=True)
class Sheet:
    """A sheet: how messages call it, its rows as texts, its cells merged downwards as column, first and last row."""

    place: str
    rows: list[list[str]]
    merged: list[tuple[int, int, int]]


def read_sheet(path: Path, names: list[str], place: str, findings: Findings) -> Sheet | None:
    """The sheet called by one of `names`, or the only sheet; None after a fault."""
    import python_calamine

    try:
        with zipfile.ZipFile(path) as archive:
            if not _is_safe(archive, place, findings):
                return None
            sheets = _sheets(archive)
            sheet = _choose(sheets, names)
            if sheet is None:
                findings.fault("excel_sheet", place, wanted=names[0], found=", ".join(sheets))
                return None
            shown = f"{place}{SHEET}{sheet}"
            merged = _inspect(archive, sheets[sheet], shown, findings)
        if merged is None:
            return None
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except Exception:  # whatever a damaged file makes its readers raise
        findings.fault("file_damaged", place)
        return None
    kept = [(column, first, min(last, len(rows) - 1)) for column, first, last in merged if column < len(rows[0])]
    return Sheet(shown, list(_texts(rows, shown, findings)), kept)


def _is_safe(archive: zipfile.ZipFile, place: str, findings: Findings) -> bool:
    """Whether all parts are whole, of a bearable size unpacked, and free of declarations that could expand."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        findings.fault("file_protected", place)
        return False
    size = sum(part.file_size for part in parts)
    if size > LARGEST_TEXT or (size > 64 * SLICE and size > DENSEST * sum(part.compress_size for part in parts)):
        findings.fault("excel_too_large", place, size=f"{size / SLICE:,.0f}")
        return False
    for part in parts:
        with archive.open(part) as stream:
            head = stream.read(SLICE)
            if part.filename.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
                findings.fault("excel_declaration", place, part.filename)
                return False
            while part.filename == "xl/sharedStrings.xml" and stream.read(SLICE):
                pass  # a part that unpacks to more than it says is damaged
    return True


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names and their files within the workbook."""
    relations = ElementTree.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): (r.get("Target") or "").removeprefix("/xl/") for r in relations}
    book = ElementTree.fromstring(_small(archive, "xl/workbook.xml"))
    found = {sheet.get("name") or "": targets.get(sheet.get(RELATION), "") for sheet in book.iter(f"{MAIN}sheet")}
    return {name: f"xl/{target}" for name, target in found.items() if "worksheets" in target}


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > SLICE or b"<!DOCTYPE" in (content := archive.read(name)):
        raise ElementTree.ParseError(name)
    return content


def _choose(sheets: dict[str, str], names: list[str]) -> str | None:
    known = {sheet.strip().casefold(): sheet for sheet in sheets}
    named = next((known[name.casefold()] for name in names if name.casefold() in known), None)
    return named or (next(iter(sheets)) if len(sheets) == 1 else None)


def _inspect(archive: zipfile.ZipFile, part: str, place: str, findings: Findings) -> list[tuple[int, int, int]] | None:
    """The cells merged downwards, None where the sheet must not be read; notes error cells and uncomputed formulas."""
    seen = _Seen()
    for piece in _pieces(archive, part):
        seen.note(piece)
    if seen.area > max(LARGEST_AREA, SPARSEST * seen.cells):
        findings.fault("excel_far_cell", f"{place} cell {seen.farthest}", found=seen.cells)
        return None
    for name, code in seen.codes.items():
        findings.fault(code, f"{place} cell {name}")
    if seen.formulas:
        findings.notice("formulas", place, count=seen.formulas)
    return seen.merged


@dataclass
class _Seen:
    """What the pieces of a sheet hold: cells, their extent, faulty ones, formulas, cells merged downwards."""

    cells: int = 0
    formulas: int = 0
    widest: tuple[int, str] = (0, "")
    lowest: tuple[int, str] = (0, "")
    codes: dict[str, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def area(self) -> int:
        """Rows times columns."""
        return self.widest[0] * self.lowest[0]

    @property
    def farthest(self) -> str:
        """The cell that makes the area large."""
        return self.lowest[1] if self.lowest[0] > self.widest[0] * 64 else self.widest[1]

    def note(self, piece: bytes) -> None:
        """Take in one piece."""
        for column, row in CELL.findall(piece):
            self.cells += 1
            name = (column + row).decode()
            self.widest, self.lowest = max(self.widest, (_number(column), name)), max(self.lowest, (int(row), name))
        found = {name.decode(): "cell_excel_error" for name in ERROR.findall(piece)}
        formulas = len(FORMULA.findall(piece))
        self.formulas += formulas
        if formulas:
            found |= {name.decode(): "cell_formula" for name in UNCOMPUTED.findall(piece)}
        self.codes |= dict(list(found.items())[: MOST_TOLD - len(self.codes)])
        for column, first, last in MERGED.findall(piece):
            if int(last) > int(first):
                self.merged.append((_number(column) - 1, int(first) - 1, int(last) - 1))


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's text in pieces cut before a cell or a merged range, each of them whole in one piece."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(SLICE):
            text = rest + block
            cut = max(text.rfind(b"c>") + 2, text.rfind(b"mergeCell "))
            if cut < 2:
                rest = text if len(text) < 2 * SLICE else b""  # a cell is shorter than that
                continue
            rest = text[cut:]
            yield text[:cut]
    yield rest


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _texts(rows: list[list[Any]], place: str, findings: Findings) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        texts = [_text(value) for value in row]
        if any(type(v) is float and abs(v) >= EXACT_DIGITS for v in row):
            at = next(at for at, v in enumerate(row) if type(v) is float and abs(v) >= EXACT_DIGITS)
            findings.fault("excel_digits", f"{place} row {number} , column {letters_of(at)}", texts[at])
        yield texts


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)
