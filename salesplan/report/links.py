"""Links of a page to other files of its run."""

from collections.abc import Sequence
from html import escape

from salesplan.report.table import Table


def links_html(text: str, links: Sequence[tuple[str, str]]) -> Table:
    """A sentence and links below it: address within the run's folder, and what it is called; both escaped."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(name)}</a></li>' for address, name in links)
    html = f'<p class="note">{escape(text)}</p><ul class="links">{items}</ul>'
    return Table(html, "\n".join([text, *(f"{name}: {address}" for address, name in links)]))
