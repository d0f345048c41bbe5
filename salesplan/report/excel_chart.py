"""Native charts of the workbook: they draw the cells of a block, so that they move with what is changed there."""

from typing import Any

from salesplan.charts.style import BLUE, GREY, MUTED, ORANGE, PALETTE
from salesplan.report.excel_block import Block, Field, Page, Place
from salesplan.wording import Words

# Formats that print currency units in larger ones: each comma divides by a thousand, the point is put in as a letter.
# The axis' own display units are unknown to other programs than Excel.
AXIS_FORMATS = {"万元": r"0\.0,", "亿元": r"0\.00,,", "thousand": "#,##0,", "million": "#,##0.0,,"}
FONT = {"color": MUTED, "size": 9}
COLOURS = (BLUE, GREY, *PALETTE[1:])
LINES = (ORANGE, PALETTE[2], PALETTE[3])
ROWS = 19  # of the usual height, that a chart takes
SIZE = {"width": 900, "height": 360}


def add_chart(page: Page, row: int, block: Block, place: Place, words: Words) -> None:
    """Insert the block's chart at a row of its sheet."""
    assert block.chart is not None
    book, sheet = page.book, page.sheet
    chart = _bars(book, sheet.name, block, place)
    if block.chart.lines:
        chart.combine(_lines(book, sheet.name, block, place))
    plain = {"name_font": {"size": 12, "color": "#1f2933", "bold": True}, "overlay": False}
    chart.set_title({"name": block.chart.title, **plain})
    chart.set_x_axis({"num_font": FONT, "line": {"color": GREY}, "label_position": "low"})
    chart.set_y_axis({**_axis(words), "num_font": FONT, "line": {"none": True}, "major_gridlines": {
        "visible": True, "line": {"color": "#e7ebef"}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": FONT})
    chart.set_size(SIZE)
    sheet.insert_chart(row, 0, chart, {"description": block.chart.title, "object_position": 2})


def _axis(words: Words) -> dict[str, Any]:
    """The axis of money in the unit in which the plan prints it."""
    form = AXIS_FORMATS.get(words.display_unit, "#,##0")
    return {"name": words.unit, "name_font": {**FONT, "bold": False}, "num_format": form}


def _bars(book: Any, sheet: str, block: Block, place: Place) -> Any:
    assert block.chart is not None
    chart = book.add_chart({"type": "column", **({"subtype": "stacked"} if block.chart.stacked else {})})
    for name, colour in zip(block.chart.bars, COLOURS, strict=False):
        look = {"fill": {"color": colour}, "gap": 60, "overlap": 100 if block.chart.stacked else 0}
        error = _error(block) if name == block.chart.bars[0] and block.chart.error else {}
        chart.add_series({**_series(sheet, block, place, name), **look, **error})
    return chart


def _lines(book: Any, sheet: str, block: Block, place: Place) -> Any:
    assert block.chart is not None
    chart = book.add_chart({"type": "line"})
    for name, colour in zip(block.chart.lines, LINES, strict=False):
        chart.add_series({**_series(sheet, block, place, name), "line": {"color": colour, "width": 2}})
    return chart


def _series(sheet: str, block: Block, place: Place, name: str) -> dict[str, Any]:
    assert block.chart is not None
    by, at = place.columns[block.chart.by], place.columns[name]
    return {
        "name": [sheet, place.header, at],
        "categories": [sheet, place.first, by, place.last, by],
        "values": [sheet, place.first, at, place.last, at],
    }


def _error(block: Block) -> dict[str, Any]:
    """From the low to the high end of each bar; none where an estimate has no interval."""
    chart = block.chart
    assert chart is not None
    assert chart.error is not None
    middle, low, high = (block.field(name) for name in (chart.bars[0], *chart.error))
    return {"y_error_bars": {
        "type": "custom", "plus_values": _apart(high, middle), "minus_values": _apart(middle, low),
        "line": {"color": MUTED},
    }}  # fmt: skip


def _apart(upper: Field, lower: Field) -> list[float]:
    pairs = zip(upper.values, lower.values, strict=True)
    return [(a - b) / 100 if a is not None and b is not None else 0 for a, b in pairs]
