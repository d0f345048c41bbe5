"""The template's file: a guide, a sheet per table, and a hidden one with the members that drop-downs offer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from salesplan.report.excel import open_book
from salesplan.report.excel_block import shown_width
from salesplan.tables.contract import MONEY, SPECS, Column, Spec
from salesplan.tables.rows import EXAMPLE
from salesplan.tables.sheets import SHEET_NAMES
from salesplan.template.columns import Choice, Offer

ROWS = 10_000  # below the header, in which drop-downs and checks hold
TITLE_LENGTH = 31  # of what Excel says when it refuses a value
FORMATS = {
    **dict.fromkeys(MONEY, "#,##0.00"),
    "date": "yyyy-mm-dd",
    "rate": "0.00%",
    "share": "0.00%",
    "count": "0",
    **dict.fromkeys(("quantity", "number"), "General"),
}  # what is not here is text: 007 stays, 2027-01 does not become a day
NUMERIC = (*MONEY, "quantity", "number")
EXAMPLE_LOOK = {"font_color": "#8a94a0", "italic": True, "bg_color": "#f6f8fa"}


@dataclass
class Lists:
    """The hidden sheet: a column of values per drop-down, and where each stands."""

    sheet: Any
    places: dict[tuple[str, ...], str] = field(default_factory=dict)

    def place(self, values: tuple[str, ...]) -> str:
        """Where these values stand; they are written once."""
        from xlsxwriter.utility import xl_range_abs

        if values not in self.places:
            at = len(self.places)
            for row, value in enumerate(values):
                self.sheet.write_string(row, at, value)
            self.places[values] = f"='{self.sheet.name}'!{xl_range_abs(0, at, len(values) - 1, at)}"
        return self.places[values]


def write_sheets(path: Path, offer: Offer) -> None:
    """Write the file; the same plan gives the same bytes."""
    words = offer.words
    with open_book(path) as book:
        guide = book.add_worksheet(words("template.guide"))
        sheets = {name: book.add_worksheet(sheet_name(name, words.language)) for name in SPECS}
        lists = Lists(book.add_worksheet(words("template.lists")))
        lists.sheet.hide()
        looks = _looks(book)
        for name, sheet in sheets.items():
            _table(sheet, SPECS[name], offer, lists, looks)
        _guide(guide, offer, sheets, looks)
        guide.activate()


def sheet_name(table: str, language: str) -> str:
    """What a table's sheet is called; reading finds it by this name."""
    return SHEET_NAMES[table] if language == "zh" else table


def _looks(book: Any) -> dict[str, Any]:
    header = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    kinds = {*FORMATS, "text"}
    values = {kind: {"num_format": FORMATS.get(kind, "@")} for kind in sorted(kinds)}
    return {
        **{kind: book.add_format(look) for kind, look in values.items()},
        **{f"example_{kind}": book.add_format({**look, **EXAMPLE_LOOK}) for kind, look in values.items()},
        "needed": book.add_format({**header, "bg_color": "#d6e6f4"}),
        "header": book.add_format({**header, "bg_color": "#eef2f6"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "link": book.add_format({"font_color": "#1f6fb2", "underline": 1}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        "quiet": book.add_format({"font_color": "#6b7784", "text_wrap": True, "valign": "top"}),
    }


def _table(sheet: Any, spec: Spec, offer: Offer, lists: Lists, looks: Mapping[str, Any]) -> None:
    """A table's sheet: header with notes, an example row, formats, drop-downs and checks of what is typed."""
    for at, column in enumerate(spec.columns):
        header, note = offer.header(column), offer.note(spec, column)
        kind = column.type if column.type in FORMATS else "text"
        sheet.set_column(at, at, max(shown_width(header) + 4, 12), looks[kind])
        sheet.write_string(0, at, header, looks["needed" if column.needed else "header"])
        sheet.write_comment(0, at, note, {"x_scale": 1.6, "y_scale": 0.9, "author": "salesplan"})
        _example(sheet, at, offer.example(column), looks[f"example_{kind}"])
        for rule in _rules(spec, column, offer, lists):
            sheet.data_validation(1, at, ROWS, at, rule)
    marked = len(spec.columns)
    sheet.write_string(0, marked, EXAMPLE[offer.words.language], looks["header"])
    sheet.write_comment(0, marked, offer.words("template.example_note"), {"author": "salesplan"})
    sheet.write_string(1, marked, EXAMPLE[offer.words.language], looks["example_text"])
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _example(sheet: Any, at: int, value: Any, look: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(1, at, value, look)
    elif isinstance(value, str):
        sheet.write_string(1, at, value, look)
    else:
        sheet.write_number(1, at, value, look)


def _rules(spec: Spec, column: Column, offer: Offer, lists: Lists) -> Iterator[dict[str, Any]]:
    """What Excel is to check or to offer in a column."""
    words, choice = offer.words, offer.choice(spec, column)
    note = {
        "error_title": offer.header(column)[:TITLE_LENGTH],
        "error_message": offer.note(spec, column)[:255],
    }
    if choice.values or choice.listed_in:
        source = lists.place(choice.values) if choice.values else _own_column(choice, words.language)
        yield {"validate": "list", "source": source, "show_error": choice.strict, **note}
    elif column.type == "date":
        first, last = date(1990, 1, 1), date(2100, 12, 31)  # what reading takes for a date
        yield {"validate": "date", "criteria": "between", "minimum": first, "maximum": last, **note}
    elif column.type in ("rate", "share"):
        yield {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1, **note}
    elif column.type == "count":
        yield {"validate": "integer", "criteria": ">=", "value": 0, **note}
    elif column.type in NUMERIC:
        yield {"validate": "decimal", "criteria": "between", "minimum": -1e11, "maximum": 1e11, **note}


def _own_column(choice: Choice, language: str) -> str:
    """The members listed in another sheet of the template: its first column, below the example."""
    return f"='{sheet_name(choice.listed_in, language)}'!$A$3:$A${ROWS}"


def _guide(sheet: Any, offer: Offer, sheets: Mapping[str, Any], looks: Mapping[str, Any]) -> None:
    """How to fill in, then every table: its sheet, what a row of it is, its needed columns, its line in plan.yaml."""
    words = offer.words
    sheet.write_string(0, 0, words("template.title", plan=offer.terms.title or ""), looks["title"])
    lines = words("template.how").splitlines()
    for row, line in enumerate(lines, 2):
        sheet.merge_range(row, 0, row, 3, "", looks["plain"])
        sheet.write_string(row, 0, line, looks["plain"])
    top = len(lines) + 3
    for at, key in enumerate(("sheet", "row", "needed_columns", "line")):
        sheet.write_string(top, at, words(f"template.column_{key}"), looks["header"])
    for row, (name, table) in enumerate(sheets.items(), top + 1):
        needed = [offer.header(column) for column in SPECS[name].columns if column.needed]
        sheet.write_url(row, 0, f"internal:'{table.name}'!A1", looks["link"], table.name)
        sheet.write_string(row, 1, words(f"template.row_{name}"), looks["plain"])
        sheet.write_string(row, 2, words.list(needed), looks["plain"])
        sheet.write_string(row, 3, f"{name}: data/template.xlsx", looks["quiet"])
    for at, width in enumerate((18, 52, 52, 36)):
        sheet.set_column(at, at, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
