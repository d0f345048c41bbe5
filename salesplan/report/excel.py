"""salesplan.xlsx: a cover, a sheet per step with sums and a chart, then the tables of the run; text stays text."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import STEPS
from salesplan.report.control import control_line
from salesplan.report.excel_block import Block, Page, formats_of, lines_needed, shown_width, write_block
from salesplan.report.excel_chart import ROWS, add_chart
from salesplan.report.excel_cover import FOOTER, Entry, write_cover
from salesplan.report.excel_steps import blocks_of
from salesplan.report.pages import conclusions, read_notebook
from salesplan.report.table import FAMILIES
from salesplan.staging import CONTROL, DONE, INPUTS, LEFT_OUT
from salesplan.tables import outputs
from salesplan.tables.kinds import Kind
from salesplan.tables.outputs import kind_of
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 100_000
NAME_LENGTH = 31  # of a sheet, at most
UNNAMEABLE = dict.fromkeys(map(ord, "[]:*?/\\'"))  # in the name of a sheet
MOST_SENTENCES = 6
SENTENCE_COLUMNS = 8  # that a sentence runs across
PAPER_A4 = 9
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
# Fixed, so that the same tables give the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TABS = dict(zip(STEPS, ("#1f6fb2", "#1a8a6e", "#8c6d1f", "#d9730d", "#b5589b"), strict=True))


def open_book(path: Path) -> Any:
    """A new Excel file whose cells hold text as text; the same content gives the same bytes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, OPTIONS)
    book.set_properties({"created": CREATED})
    return book


def write_workbook(run: Path, words: Words) -> None:
    """Write the cover, the steps, and every table of the run as a sheet of its own: with rows, at most 100,000.

    A sheet is written as soon as its step is done, beside the steps that follow; `run` ends this when one fails.
    """
    with open_book(run / "salesplan.xlsx") as book:
        formats = formats_of(book)
        cover = book.add_worksheet(words("excel.cover"))
        first = {
            step: book.add_worksheet(f"{at} {words(f'step.{step}')}"[:NAME_LENGTH]) for at, step in enumerate(STEPS, 1)
        }
        entries = [Entry(sheet.name, step, words(f"step.{step}")) for step, sheet in first.items()]
        blocks: dict[str, list[Block]] = {}
        for step in STEPS:
            wait_for(run, f"{step}{DONE}", f"{step}{LEFT_OUT}")
            tables = _tables(run, step)
            blocks[step] = blocks_of(step, {**tables, **_names_known(run, step)}, words)
            entries += [_sheet(book, name, frame, words, formats) for name, frame in tables.items()]
        manifest = _manifest(run)
        for step, sheet in first.items():
            _step(Page(book, sheet, formats), step, blocks[step], _sentences(run, step), words)
        write_cover(Page(book, cover, formats), manifest, entries, words)
        _print_setup(book, manifest, words)


def wait_for(run: Path, *marks: str) -> None:
    """Return when one of the marks is there, or no run is in the making."""
    while (run / INPUTS).is_dir() and not any((run / INPUTS / mark).exists() for mark in marks):
        time.sleep(0.02)


def _tables(run: Path, step: str) -> "dict[str, pd.DataFrame]":
    """The tables of a step, empty where it left none."""
    paths = {name: run / "tables" / f"{name}.csv" for name in outputs.tables_of(step)}
    return {name: outputs.read(path, name) if path.exists() else outputs.empty(name) for name, path in paths.items()}


def _names_known(run: Path, step: str) -> "dict[str, pd.DataFrame]":
    """The table that knows the reps' names, for the steps after it."""
    name, path = "rep_allocation_reps", run / "tables" / "rep_allocation_reps.csv"
    if name in outputs.tables_of(step):
        return {}
    return {name: outputs.read(path, name) if path.exists() else outputs.empty(name)}


def _manifest(run: Path) -> Mapping[str, Any]:
    """The manifest as the run has it when all its tables are there; empty without a run."""
    wait_for(run, CONTROL)
    path = run / INPUTS / CONTROL
    found: Mapping[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def _sentences(run: Path, step: str) -> list[str]:
    """What the step concludes; none where its notebook is not there."""
    path = run / f"{STEPS.index(step) + 1}_{step}.ipynb"
    return conclusions(read_notebook(run, step))[:MOST_SENTENCES] if path.exists() else []


def _step(page: Page, step: str, blocks: Sequence[Block], sentences: Sequence[str], words: Words) -> None:
    """The sheet of a step: its question, what it concludes, its chart, its tables with their sums."""
    page.text(0, words(f"step.{step}"), "title", measured=False)
    page.row = 1
    single = Words(words.language, "元" if words.language == "zh" else "one", words.currency)
    asked = f"{words(f'report.question_{step}')}  {words('report.money_in', unit=single.unit)}"
    page.text(0, asked, "quiet", measured=False)
    page.row = 3
    for sentence in sentences:
        _sentence(page, sentence)
    page.row += bool(sentences)
    if not blocks:
        page.text(0, words("excel.nothing"), "quiet", measured=False)
    longest = max(blocks, key=lambda block: block.size, default=None)
    for block in blocks:
        _block(page, block, single if step == "commission" else words, filtered=block is longest)
    page.finish()
    page.sheet.freeze_panes(2, 1)
    page.sheet.repeat_rows(0, 1)
    page.sheet.set_tab_color(TABS[step])


def _block(page: Page, block: Block, words: Words, *, filtered: bool) -> None:
    """A block below its chart; a sheet can have one filter, which its longest block gets."""
    drawn = page.row
    page.row += ROWS if block.chart else 0
    place = write_block(page, block)
    if block.chart:
        add_chart(page, drawn, block, place, words)
    if filtered and block.size > 1:
        page.sheet.autofilter(place.header, 0, place.last, len(block.fields) - 1)


def _sentence(page: Page, text: str) -> None:
    """A sentence across several columns, in as many lines as it needs."""
    width = SENTENCE_COLUMNS * 14
    page.sheet.merge_range(page.row, 0, page.row, SENTENCE_COLUMNS - 1, "", page.formats["sentence"])
    page.text(0, text, "sentence", measured=False)
    page.sheet.set_row(page.row, 16 * lines_needed(text, width))
    page.row += 1


def _print_setup(book: Any, manifest: Mapping[str, Any], words: Words) -> None:
    """Landscape, as wide as the page, the control block at the foot; `&` begins a code of the footer and is doubled."""
    line = control_line(manifest, words).replace("&", "&&")[:FOOTER] if manifest else ""
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(PAPER_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.hide_gridlines(2 if sheet.index < 1 + len(STEPS) else 1)
        if line:
            sheet.set_footer(f"&L&8{line}&R&8&P / &N")


def _sheet(book: Any, name: str, frame: "pd.DataFrame", words: Words, formats: dict[str, Any]) -> Entry:
    """A table of the run as it is, a row of headers, then its rows; no sheet for one without rows or with too many."""
    step, title = outputs.step_of(name), words.get(f"table.{name}", name)
    if not 0 < len(frame) <= MOST_ROWS:
        return Entry("", step, title, len(frame), f"tables/{name}.csv")
    sheet = book.add_worksheet(sheet_name(name, words))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_tab_color(TABS[step])
    for position, column in enumerate(frame.columns):
        kind = kind_of(name, str(column))
        title = words.column(str(column), name)
        sheet.write_string(0, position, title, formats["header"])
        values = _values(frame[column], kind, str(column), words)
        shown = (shown_width(str(value)) for value in values[:200] if value is not None)
        width = max([shown_width(title), *shown], default=8)
        sheet.set_column(position, position, min(max(width + 2, 9), 40), formats.get(kind))
        _write_column(sheet, position, values, kind)
    sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    return Entry(sheet.name, step, title, len(frame), f"tables/{name}.csv")


def sheet_name(table: str, words: Words) -> str:
    """The name of a table's sheet: its place among all tables of its step, and what it is called; `3.4 Vacancies`.

    Signs that Excel takes in no name are left out; what is too long ends with a whole word.
    """
    step = outputs.step_of(table)
    number = f"{STEPS.index(step) + 1}.{outputs.tables_of(step).index(table) + 1}"
    title = words.get(f"table.{table}", table).translate(UNNAMEABLE)
    whole = f"{number} {title}"
    cut = whole[:NAME_LENGTH]
    return cut if cut == whole or whole[NAME_LENGTH] == " " else (cut.rpartition(" ")[0] or cut).rstrip(",")


def _write_column(sheet: Any, position: int, values: list[Any], kind: Kind) -> None:
    if kind != "date":
        sheet.write_column(1, position, values)
        return
    for row, value in enumerate(values, 1):
        if value is not None:
            sheet.write_datetime(row, position, datetime.fromisoformat(value))


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
