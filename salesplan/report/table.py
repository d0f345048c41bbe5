"""The one function that shows a table: localized, aligned, escaped last."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from salesplan.tables.outputs import Kind, kind_of
from salesplan.wording import BLANK, Words

if TYPE_CHECKING:
    import pandas as pd

# Columns whose codes belong to a family of another name.
FAMILIES = {"code": "cause", "name": "level"}
MOST_ROWS = 60
LEFT = ("text", "code", "month", "date", "flag")


class Table:
    """An HTML table that notebooks and pages show as it is."""

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def cell(value: Any, kind: Kind, column: str, words: Words) -> str:
    """One value as people read it, not yet escaped."""
    if value is None or str(value) in ("<NA>", "NaT", "nan"):
        return BLANK
    if kind == "money":
        return words.money(value, unit=False)
    if kind == "share":
        return words.percent(value)
    if kind == "number":
        return words.number(value, 0 if float(value).is_integer() else 2)
    if kind == "mixed":
        exact = Decimal(str(value))
        return words.number(exact, 0 if exact == exact.to_integral_value() else 2)
    if kind == "count":
        return words.number(value)
    if kind == "flag":
        return words("mark.yes") if value else ""
    if kind == "month":
        return words.month(value) if len(str(value)) == 7 else words.code("member", str(value))
    if kind == "date":
        return str(value)[:10]
    if kind == "code":
        return words.code(FAMILIES.get(column, column), str(value))
    if column == "rep":
        name = words.person(str(value))
        return name if name == value or value not in words.names else f"{value} {name}"
    return words.code("member", str(value))


def _rows(frame: "pd.DataFrame", kinds: Sequence[Kind], words: Words) -> list[list[str]]:
    columns = [
        [cell(value, kind, str(name), words) for value in frame[name]]
        for name, kind in zip(frame.columns, kinds, strict=True)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def html_table(frame: "pd.DataFrame", table: str, words: Words, *, most: int = MOST_ROWS) -> Table:
    """A frame as an HTML table; `table` names the output table that says what each column holds.

    At most `most` rows are shown, the rest is counted in a line below that names the file.
    """
    names = [str(name) for name in frame.columns]
    kinds = [kind_of(table, name) for name in names]
    rows = _rows(frame.head(most), kinds, words)
    headers = [words.column(name, table) for name in names]
    sides = ["" if kind in LEFT else ' class="n"' for kind in kinds]
    head = "".join(f'<th scope="col"{side}>{escape(text)}</th>' for text, side in zip(headers, sides, strict=True))
    body = "".join(_row(row, sides) for row in rows)
    notes = [words("report.money_in", unit=words.unit)] if "money" in kinds else []
    if len(frame) > most:
        notes.append(words("report.more_rows", shown=most, count=len(frame), file=f"tables/{table}.csv"))
    note = f'<p class="note">{escape(" · ".join(notes))}</p>' if notes else ""
    html = f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}'
    text = "\n".join("\t".join(row) for row in [headers, *rows])
    return Table(html, text)


def _row(row: list[str], sides: list[str]) -> str:
    cells = "".join(f"<td{side}>{escape(text)}</td>" for text, side in zip(row, sides, strict=True))
    return f"<tr>{cells}</tr>"
