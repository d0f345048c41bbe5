"""The first sheet of the workbook: of which run it is, its headline, and links to all other sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesplan import STEPS
from salesplan.report.control import control_parts
from salesplan.report.excel_block import Page
from salesplan.wording import Words

WIDTHS = (26, 42, 46, 12)
FOOTER = 200  # characters; Excel takes 255 with all codes


@dataclass(frozen=True)
class Entry:
    """What stands in the contents: sheet ('' without one), its step and title; of a table its `rows` and its `file`."""

    sheet: str
    step: str
    title: str
    rows: int | None = None
    file: str = ""


def write_cover(page: Page, manifest: Mapping[str, Any], entries: list[Entry], words: Words) -> None:
    """Write title, document control block, headline and contents; `manifest` may be empty, then only contents."""
    page.text(0, str(manifest.get("title") or manifest.get("plan") or words("excel.cover")), "title", measured=False)
    page.row += 1
    page.text(0, words("excel.subtitle"), "quiet", measured=False)
    page.row += 2
    _control(page, manifest, words)
    _headline(page, manifest, words)
    _contents(page, entries, words)
    for column, width in enumerate(WIDTHS):
        page.sheet.set_column(column, column, width)


def _control(page: Page, manifest: Mapping[str, Any], words: Words) -> None:
    if not manifest:
        return
    page.text(0, words("excel.control"), "section", measured=False)
    page.row += 1
    for label, value in control_parts(manifest, words):
        page.text(0, label, "label")
        page.text(1, value, "text", measured=False)
        page.row += 1
    page.row += 1


def _headline(page: Page, manifest: Mapping[str, Any], words: Words) -> None:
    headline = manifest.get("headline") or []
    if not headline:
        return
    page.text(0, words("excel.headline"), "section", measured=False)
    page.row += 1
    for label, value in headline:
        page.text(0, str(label), "label")
        page.text(1, str(value), "key_figure", measured=False)
        page.row += 1
    page.row += 1


def _contents(page: Page, entries: list[Entry], words: Words) -> None:
    """The steps with what they answer, then every table with its file and rows, a link where it has a sheet."""
    page.text(0, words("excel.contents"), "section", measured=False)
    page.row += 1
    for entry in (one for one in entries if one.rows is None):
        _link(page, 0, entry)
        page.text(1, words(f"report.question_{entry.step}"), "quiet", measured=False)
        page.row += 1
    page.row += 1
    for at, key in enumerate(("step", "sheet", "file", "rows")):
        page.text(at, words(f"excel.column_{key}"), "header_number" if key == "rows" else "header", measured=False)
    page.row += 1
    for step in STEPS:
        for entry in (one for one in entries if one.step == step and one.rows is not None):
            page.text(0, words(f"step.{step}"), "quiet", measured=False)
            if entry.sheet:
                _link(page, 1, entry)
            else:
                page.text(1, entry.title, "text", measured=False)
            page.text(2, entry.file, "quiet", measured=False)
            page.sheet.write_number(page.row, 3, entry.rows, page.formats["count"])
            page.row += 1


def _link(page: Page, column: int, entry: Entry) -> None:
    """A link within the file; the sheet's name is ours, never text of a table."""
    page.sheet.write_url(page.row, column, f"internal:'{entry.sheet}'!A1", page.formats["link"], entry.sheet)
