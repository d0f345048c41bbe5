"""Excel sheets as rows of texts, after a look at what a reader of values does not tell: far cells, errors, formulas."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from salesplan.tables.reading import float_text
from salesplan.tables.results import Findings

SLICE = 1 << 20
LARGEST_AREA = 20_000_000
LARGEST_TEXT = 8 << 30
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
ERROR = re.compile(rb'<c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>')
UNCOMPUTED = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
EXACT_DIGITS = 10**15  # Excel keeps fifteen digits of a number


def read_sheet(path: Path, names: list[str], place: str, findings: Findings) -> list[list[str]] | None:
    """The rows of the sheet called by one of `names`, or of the only sheet; None after a fault."""
    import python_calamine

    try:
        with zipfile.ZipFile(path) as archive:
            sheets = _sheets(archive)
            sheet = _choose(sheets, names)
            if sheet is None:
                findings.fault("excel_sheet", place, wanted=names[0], found=", ".join(sheets))
                return None
            if not _inspect(archive, sheets[sheet], f"{place} sheet {sheet}", findings):
                return None
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, python_calamine.CalamineError):
        findings.fault("file_damaged", place)
        return None
    return list(_texts(rows, place, findings))


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


def _inspect(archive: zipfile.ZipFile, part: str, place: str, findings: Findings) -> bool:
    """Whether the sheet may be read whole; its error cells and uncomputed formulas become faults."""
    if archive.getinfo(part).file_size > LARGEST_TEXT:
        findings.fault("excel_too_large", place)
        return False
    cells, widest, lowest, codes = 0, (0, ""), (0, ""), dict[str, str]()
    for piece in _pieces(archive, part):
        for column, row in CELL.findall(piece):
            cells += 1
            name = (column + row).decode()
            widest, lowest = max(widest, (_number(column), name)), max(lowest, (int(row), name))
        codes |= {name.decode(): "cell_excel_error" for name in ERROR.findall(piece)}
        if b"<f" in piece:
            codes |= {name.decode(): "cell_formula" for name in UNCOMPUTED.findall(piece)}
    if widest[0] * lowest[0] > max(LARGEST_AREA, 100 * cells):
        far = lowest[1] if lowest[0] > widest[0] * 64 else widest[1]
        findings.fault("excel_far_cell", f"{place} cell {far}", found=cells)
        return False
    for name, code in codes.items():
        findings.fault(code, f"{place} cell {name}")
    return True


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet's text in pieces cut before a cell, each whole cell in one piece."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(SLICE):
            text = rest + block
            cut = text.rfind(b"<c ")
            if cut <= 0:
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
            value = next(t for v, t in zip(row, texts, strict=True) if type(v) is float and abs(v) >= EXACT_DIGITS)
            findings.fault("excel_digits", f"{place} row {number}", value)
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
