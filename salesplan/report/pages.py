"""One page per notebook: prose, charts, tables and conclusions; no code."""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from salesplan import STEPS
from salesplan.report.html import navigation, page_name, write_html
from salesplan.staging import SENTENCES
from salesplan.wording import Words

# Sections by the id of their first cell; everything not named here stands in the middle.
ORDER = (("title",), ("conclusions",), (), ("assumptions", "inputs", "capacity", "evidence", "method", "data", "save"))
RESULTS = 2
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def read_notebook(run: Path, stem: str) -> dict[str, Any]:
    """An executed notebook of a run."""
    path = run / f"{STEPS.index(stem) + 1}_{stem}.ipynb"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _text(found: Any) -> str:
    return "".join(found) if isinstance(found, list) else str(found)


def _markdown(source: str) -> str:
    import mistune

    # escape=True: raw HTML in prose stays text.
    return str(mistune.create_markdown(escape=True, plugins=["table"])(source))


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        lines = "\n".join(output["traceback"])
        return f'<pre class="error">{escape(ANSI.sub("", lines))}</pre>'
    if output["output_type"] == "stream":
        return f"<pre>{escape(_text(output['text']))}</pre>"
    data = output.get("data", {})
    if "image/svg+xml" in data:
        return f'<figure class="chart">{captioned(_text(data["image/svg+xml"]))}</figure>'
    if "text/html" in data:
        return _text(data["text/html"])
    return f"<pre>{escape(_text(data.get('text/plain', '')))}</pre>"


def captioned(svg: str) -> str:
    """A chart below its title as text, which wraps where the page is too narrow for the chart's own."""
    title = re.search(r'<svg[^>]* aria-label="([^"]*)"', svg)
    return f"<figcaption>{title[1]}</figcaption>{svg}" if title else svg


def sections(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """The notebook's parts as id and HTML: prose and the outputs below it, never a line of code."""
    found: list[tuple[str, str]] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            found.append((str(cell["id"]), f'<div class="prose">{_markdown(_text(cell["source"]))}</div>'))
        elif cell["cell_type"] == "code" and (shown := "".join(_output(output) for output in cell["outputs"])):
            own = cell["id"] == "save" or not found  # what was saved belongs to no section
            name, html = (str(cell["id"]), "") if own else found.pop()
            found.append((name, f'{html}<div id="{escape(cell["id"])}" class="result">{shown}</div>'))
    return found


def for_readers(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A manager's order: title, conclusions, charts and results; what they rest on comes after."""
    rank = {part: place for place, names in enumerate(ORDER) for part in names}
    known = [
        (rank.get(name.removesuffix("-text").removesuffix("-title"), RESULTS), (name, html)) for name, html in parts
    ]
    return [part for _, part in sorted(known, key=lambda item: item[0])]


def first_chart(notebook: dict[str, Any]) -> str:
    """The step's own chart: the first one in its notebook; empty without one."""
    for output in _outputs(notebook):
        if "image/svg+xml" in output.get("data", {}):
            return _text(output["data"]["image/svg+xml"])
    return ""


def conclusions(notebook: dict[str, Any]) -> list[str]:
    """The step's computed conclusions, from its cell `conclusions`."""
    return said(notebook, "conclusions")


def said(notebook: dict[str, Any], name: str) -> list[str]:
    """The computed sentences of a cell; none if it has none."""
    for cell in notebook["cells"]:
        if cell["id"] == name:
            for output in cell.get("outputs", ()):
                found = output.get("data", {}).get(SENTENCES)
                if found:
                    return [str(text) for text in found]
    return []


def _outputs(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        yield from cell.get("outputs", ())


def write_page(run: Path, stem: str, title: str, words: Words, steps: Sequence[str] = STEPS) -> None:
    """Write a step's page from its executed notebook; `steps` are those the run has pages of."""
    found = for_readers(sections(read_notebook(run, stem)))
    parts = [(part, Markup(html)) for part, html in found]  # each is escaped where it is made
    name = page_name(stem)
    heading = words(f"step.{stem}")
    links = navigation(words, name, steps)
    write_html(run / name, "page.html.j2", words, title=title, heading=heading, parts=parts, links=links)
