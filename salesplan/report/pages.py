"""One page per notebook: prose, charts, tables and conclusions; no code."""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from salesplan import STEPS
from salesplan.report.html import navigation, page_name, write_html
from salesplan.staging import SENTENCES
from salesplan.wording import Words

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
        return f'<figure class="chart">{_text(data["image/svg+xml"])}</figure>'
    if "text/html" in data:
        return _text(data["text/html"])
    return f"<pre>{escape(_text(data.get('text/plain', '')))}</pre>"


def body(notebook: dict[str, Any]) -> Iterator[str]:
    """The page's parts in order: prose as HTML, outputs as they were shown, never a line of code."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield f'<section id="{escape(cell["id"])}" class="prose">{_markdown(_text(cell["source"]))}</section>'
        elif cell["cell_type"] == "code":
            shown = "".join(_output(output) for output in cell["outputs"])
            if shown:
                yield f'<div id="{escape(cell["id"])}" class="result">{shown}</div>'


def first_chart(notebook: dict[str, Any]) -> str:
    """The step's own chart: the first one in its notebook; empty without one."""
    for output in _outputs(notebook):
        if "image/svg+xml" in output.get("data", {}):
            return _text(output["data"]["image/svg+xml"])
    return ""


def conclusions(notebook: dict[str, Any]) -> list[str]:
    """The step's computed conclusions, from its cell `conclusions`."""
    for cell in notebook["cells"]:
        if cell["id"] == "conclusions":
            for output in cell.get("outputs", ()):
                found = output.get("data", {}).get(SENTENCES)
                if found:
                    return [str(text) for text in found]
    return []


def _outputs(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        yield from cell.get("outputs", ())


def write_page(run: Path, stem: str, title: str, words: Words) -> None:
    """Write a step's page from its executed notebook."""
    parts = [Markup(part) for part in body(read_notebook(run, stem))]  # noqa: S704 - each part is escaped above
    name = page_name(stem)
    heading = words(f"step.{stem}")
    write_html(run / name, "page.html.j2", words, title=title, heading=heading, parts=parts, links=navigation(words, name))
