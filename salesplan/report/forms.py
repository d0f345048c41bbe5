"""Forms of texts: titled boxes in a grid, such as a SWOT; every text is escaped and none is cut."""

from collections.abc import Sequence
from html import escape

from salesplan.report.table import Table

Cell = tuple[str, Sequence[str]]  # a title and what stands below it
Form = tuple[str, Sequence[Cell]]  # a heading and its boxes


def forms_html(forms: Sequence[Form]) -> Table:
    """Forms one below the other: a heading each, its boxes two in a row on paper and wide screens."""
    return Table("".join(_form(form) for form in forms), "\n".join(_plain(form) for form in forms))


def _form(form: Form) -> str:
    heading, cells = form
    boxes = "".join(_box(title, texts) for title, texts in cells)
    return f'<h3>{escape(heading)}</h3><div class="boxes">{boxes}</div>'


def _box(title: str, texts: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<section><h4>{escape(title)}</h4><ul>{items}</ul></section>"


def _plain(form: Form) -> str:
    heading, cells = form
    return "\n".join([heading, *(f"{title}\n" + "\n".join(f"- {text}" for text in texts) for title, texts in cells)])
