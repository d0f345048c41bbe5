"""Blocks of a sheet: a title, a header, rows and a total, where Excel adds up itself and shows our value meanwhile."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import east_asian_width

from salesplan.tables.kinds import Kind

FORMATS = {
    "money": "#,##0.00",
    "share": "0.0%",
    "number": "#,##0.##",
    "mixed": "#,##0.00",
    "count": "#,##0",
    "date": "yyyy-mm-dd",
}
NUMBERS = ("money", "share", "number", "mixed", "count")
NARROWEST, WIDEST = 9, 44
SUMMED = "SUM({first}:{last})"


@dataclass(frozen=True)
class Field:
    """A column of a block: money in fen, shares as fractions of one, texts; None is a blank cell.

    `formula` is how Excel makes a cell from others of its row, `{actual}-{target}`; `{actual_top}` is the first row's
    cell, `{actual_end}` the total row's. `total` is the value below: of a `summed` field that of SUM, else of the
    formula. The values stand in the file as results, so that readers that do not calculate show them.
    """

    name: str
    title: str
    kind: Kind
    values: Sequence[Any]
    formula: str = ""
    total: Any = None
    summed: bool = False


@dataclass(frozen=True)
class Chart:
    """The native chart of a block: bars of some fields and lines of others by the texts of one.

    `error` names the fields that hold the low and the high end of the first bars.
    """

    title: str
    by: str
    bars: tuple[str, ...]
    lines: tuple[str, ...] = ()
    stacked: bool = False
    error: tuple[str, str] | None = None


@dataclass(frozen=True)
class Block:
    """A table on a sheet for people; without `total` there is no total row."""

    title: str
    fields: tuple[Field, ...]
    total: str = ""
    chart: Chart | None = None

    @property
    def size(self) -> int:
        """How many rows of values there are."""
        return len(self.fields[0].values)

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)


@dataclass(frozen=True)
class Place:
    """Where a block came to stand: the rows of its header, first value, last value and end, and the column of each."""

    header: int
    first: int
    last: int
    end: int
    columns: Mapping[str, int]

    def cells(self, row: int) -> dict[str, str]:
        """What the names in a formula stand for in a row."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        found = {name: xl_rowcol_to_cell(row, at) for name, at in self.columns.items()}
        tops = {f"{name}_top": xl_rowcol_to_cell(self.first, at, row_abs=True) for name, at in self.columns.items()}
        ends = {f"{name}_end": xl_rowcol_to_cell(self.end, at, row_abs=True) for name, at in self.columns.items()}
        return {**found, **tops, **ends}


@dataclass
class Page:
    """A sheet being written from the top: its formats, the next free row, the width each column needs."""

    book: Any
    sheet: Any
    formats: Mapping[str, Any]
    row: int = 0
    widths: dict[int, int] = field(default_factory=dict)

    def text(self, column: int, text: str, form: str, *, measured: bool = True) -> None:
        """A text in the current row; a measured one makes its column as wide."""
        self.sheet.write_string(self.row, column, text, self.formats[form])
        if measured:
            self.widen(column, shown_width(text))

    def widen(self, column: int, width: int) -> None:
        """Note how wide a column must be."""
        self.widths[column] = max(self.widths.get(column, NARROWEST), min(width + 2, WIDEST))

    def finish(self) -> None:
        """Give the columns their widths."""
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, width)


def formats_of(book: Any) -> dict[str, Any]:
    """Every format of the workbook by its name; `total_money` and the like are those of total rows."""
    plain = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
    bold = {"bold": True, "top": 1, "bg_color": "#f6f8fa"}
    totals = {f"total_{kind}": book.add_format({"num_format": text, **bold}) for kind, text in FORMATS.items()}
    header = {"bold": True, "bg_color": "#eef2f6", "bottom": 1, "text_wrap": True, "valign": "top"}
    return {
        **plain,
        **totals,
        "text": book.add_format(),
        "total_text": book.add_format(bold),
        "header": book.add_format(header),
        "header_number": book.add_format({**header, "align": "right"}),
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#1f2933"}),
        "section": book.add_format({"bold": True, "font_size": 12, "font_color": "#1f6fb2"}),
        "quiet": book.add_format({"font_color": "#6b7784"}),
        "link": book.add_format({"font_color": "#1f6fb2", "underline": 1}),
        "sentence": book.add_format({"text_wrap": True, "valign": "top"}),
        "label": book.add_format({"font_color": "#6b7784", "valign": "top"}),
        "key_figure": book.add_format({"bold": True, "font_size": 14}),
    }


def write_block(page: Page, block: Block) -> Place:
    """Write a block from the page's row on, leave a row free below it; returns where it stands."""
    page.text(0, block.title, "section", measured=False)
    header = page.row + 1
    last = header + block.size
    place = Place(header, header + 1, last, last + 1, {one.name: at for at, one in enumerate(block.fields)})
    page.row = header
    for at, one in enumerate(block.fields):
        page.text(at, one.title, "header_number" if one.kind in NUMBERS else "header")
        for row, value in enumerate(one.values, place.first):
            _write(page, one, place, (row, at), value)
        if block.total:
            _write_total(page, one, place, at, block.total)
    page.row = place.end + 1 + bool(block.total)
    return place


def _write(page: Page, one: Field, place: Place, cell: tuple[int, int], value: Any) -> None:
    found = _stored(value, one.kind)
    form = page.formats.get(one.kind, page.formats["text"])
    page.widen(cell[1], shown_width(_printed(found, one.kind)))
    if one.formula and found is not None:
        page.sheet.write_formula(*cell, "=" + one.formula.format(**place.cells(cell[0])), form, found)
    elif isinstance(found, str):
        page.sheet.write_string(*cell, found, form)
    elif found is not None:
        page.sheet.write_number(*cell, found, form)


def _write_total(page: Page, one: Field, place: Place, at: int, label: str) -> None:
    form = page.formats.get(f"total_{one.kind}", page.formats["total_text"])
    if at == 0:
        page.sheet.write_string(place.end, at, label, form)
    elif one.total is None:
        page.sheet.write_blank(place.end, at, None, form)
    else:
        cells = place.cells(place.end)
        ends = {"first": place.cells(place.first)[one.name], "last": place.cells(place.last)[one.name]}
        made = SUMMED.format(**ends) if one.summed else one.formula.format(**cells)
        found = _stored(one.total, one.kind)
        page.sheet.write_formula(place.end, at, f"={made}", form, found)
        page.widen(at, shown_width(_printed(found, one.kind)))


def _stored(value: Any, kind: Kind) -> Any:
    """A value as it stands in a cell: fen as currency units; None where it is unknown."""
    if value is None or value != value or str(value) in ("<NA>", "NaT", "nan"):
        return None
    if kind == "money":
        return int(value) / 100
    if kind == "count":
        return int(value)
    return float(value) if kind in NUMBERS else str(value)


def _printed(found: Any, kind: Kind) -> str:
    """About what Excel shows of a value."""
    if found is None:
        return ""
    if kind == "share":
        return f"{found:.1%}"
    return f"{found:,.2f}" if kind in NUMBERS else str(found)


def shown_width(text: str) -> int:
    """How many narrow characters wide a text is: Chinese ones count twice."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def lines_needed(text: str, width: int) -> int:
    """How many lines a text takes in a cell that many characters wide."""
    return max(1, math.ceil(shown_width(text) / width))


def summed(name: str, title: str, values: Sequence[Any], kind: Kind = "money", formula: str = "") -> Field:
    """A field added up in the total row."""
    known = [value for value in values if _stored(value, kind) is not None]
    return Field(name, title, kind, values, formula, sum(known), summed=True)


def ratio(name: str, title: str, values: Sequence[Any], of: tuple[Field, Field], *, less: int = 0) -> Field:
    """One field over another where that is above zero, `less` one for a growth; in the rows and of the totals."""
    over, under = of
    minus = f"-{less}" if less else ""
    formula = f'IF({{{under.name}}}>0,{{{over.name}}}/{{{under.name}}}{minus},"")'
    total = over.total / under.total - less if under.total and under.total > 0 else None
    return Field(name, title, "share", values, formula, total)


def across(names: Sequence[str]) -> str:
    """The formula that adds up neighbouring fields of a row."""
    return f"SUM({{{names[0]}}}:{{{names[-1]}}})"
