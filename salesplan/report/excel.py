"""salesplan.xlsx: the tables of a run, formatted; text stays text, formulas and links are off."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import STEPS
from salesplan.report.control import control_line
from salesplan.report.table import FAMILIES
from salesplan.staging import CONTROL, DONE, INPUTS, LEFT_OUT
from salesplan.tables import outputs
from salesplan.tables.kinds import Kind
from salesplan.tables.outputs import kind_of
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 100_000
MOST_FOOTER = 200  # characters; Excel takes 255 with all codes
FORMATS = {
    "money": "#,##0.00",
    "share": "0.0%",
    "number": "#,##0.##",
    "mixed": "#,##0.00",
    "count": "#,##0",
    "date": "yyyy-mm-dd",
}
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
# Fixed, so that the same tables give the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_workbook(run: Path, words: Words) -> None:
    """Write every table of the run of at most 100,000 rows as a sheet of its own.

    A sheet is written as soon as its step is done, beside the steps that follow; `run` ends this when one fails.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(run / "salesplan.xlsx", OPTIONS) as book:
        book.set_properties({"created": CREATED})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        header = book.add_format({"bold": True, "bg_color": "#eef2f6", "bottom": 1, "text_wrap": True, "valign": "top"})
        for step in STEPS:
            wait_for(run, f"{step}{DONE}", f"{step}{LEFT_OUT}")
            for name in outputs.tables_of(step):
                path = run / "tables" / f"{name}.csv"
                frame = outputs.read(path, name) if path.exists() else outputs.empty(name)
                if len(frame) <= MOST_ROWS:
                    _sheet(book, name, frame, words, {**formats, "header": header})
        _control(book, run, words)


def wait_for(run: Path, *marks: str) -> None:
    """Return when one of the marks is there, or no run is in the making."""
    while (run / INPUTS).is_dir() and not any((run / INPUTS / mark).exists() for mark in marks):
        time.sleep(0.02)


def _control(book: Any, run: Path, words: Words) -> None:
    """The control block at the foot of every printed sheet; `&` begins a code of the footer and is doubled."""
    wait_for(run, CONTROL)
    path = run / INPUTS / CONTROL
    if path.exists():
        line = control_line(json.loads(path.read_bytes()), words).replace("&", "&&")
        for sheet in book.worksheets():
            sheet.set_footer(f"&L&8{line[:MOST_FOOTER]}&R&8&P / &N")


def _sheet(book: Any, name: str, frame: "pd.DataFrame", words: Words, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 1)
    for position, column in enumerate(frame.columns):
        kind = kind_of(name, str(column))
        title = words.column(str(column), name)
        sheet.write_string(0, position, title, formats["header"])
        values = _values(frame[column], kind, str(column), words)
        width = max([len(title) * 2, *(len(str(value)) for value in values[:200] if value is not None)], default=8)
        sheet.set_column(position, position, min(max(width + 2, 9), 40), formats.get(kind))
        sheet.write_column(1, position, values)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _values(series: "pd.Series", kind: Kind, column: str, words: Words) -> list[Any]:
    known = series.notna()
    if kind == "money":
        return [int(fen) / 100 if there else None for fen, there in zip(series, known, strict=True)]
    if kind in ("share", "number", "mixed"):
        return [float(value) if there else None for value, there in zip(series, known, strict=True)]
    if kind == "date":
        return [str(value)[:10] if there else None for value, there in zip(series, known, strict=True)]
    if kind == "flag":
        return [words("mark.yes") if value else None for value in series]
    if kind == "code":
        return [
            words.code(FAMILIES.get(column, column), str(value)) if there else None
            for value, there in zip(series, known, strict=True)
        ]
    return [
        (int(value) if kind == "count" else str(value)) if there else None
        for value, there in zip(series, known, strict=True)
    ]
