"""Pages made of sections: a title, sentences, a chart, a table; every text is escaped by the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from salesplan.charts.render import Chart
from salesplan.report.html import write_html
from salesplan.report.pages import captioned
from salesplan.wording import Words


@dataclass(frozen=True)
class Section:
    """A part of a page. `heads` and `rows` make a table, its last `numbers` columns aligned as numbers.

    `steps`: what it is, the arithmetic, and where it stands, one below the other.
    """

    title: str
    steps: Sequence[tuple[str, str, str]] = ()
    texts: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    numbers: int = 0
    chart: Chart | None = None
    notes: Sequence[str] = ()

    @property
    def drawn(self) -> Markup:
        """The chart below its title, drawn by us with its text escaped; nothing without one."""
        return Markup(captioned(self.chart.svg) if self.chart else "")


def write_sections(
    path: Path, words: Words, sections: Sequence[Section], *, title: str, heading: str, subtitle: str = ""
) -> None:
    """Write a page of sections; `title` names the plan, `heading` says what the page shows."""
    write_html(
        path, "sections.html.j2", words, title=title, heading=heading, subtitle=subtitle, sections=sections, links=[]
    )
