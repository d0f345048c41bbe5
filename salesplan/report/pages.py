"""One page per notebook: prose, charts, tables and conclusions; no code."""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from salesplan import STEPS
from salesplan.report.chapters import BLOCK, chapters
from salesplan.report.html import navigation, page_name, write_html
from salesplan.staging import SENTENCES
from salesplan.wording import Words

# Sections by the id of their first cell; everything not named here stands in the middle.
ORDER = (("title",), ("conclusions",), (), ("assumptions", "inputs", "capacity", "evidence", "method", "data", "save"))
RESULTS = 2
NUMBERS = re.compile(r"<metadata>(.*?)</metadata>", re.S)
ROW = re.compile(r' id="(row-[0-9a-f]{8})"')
NAMED = re.compile(r'<tr[^>]* id="(row-[0-9a-f]{8})"[^>]*><td[^>]*>([^<]*)</td>')
SAID = re.compile(r"<li>([^<]*)</li>")
BEFORE, AFTER = r"(?<![A-Za-z0-9&;])", r"(?![A-Za-z0-9;])"  # a whole word, no part of another or of an entity
SHORTEST, LONGEST = 2, 40  # letters of a name that is made a link
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
    """A chart below its title as text, which wraps where the page is narrow; below it the numbers it tells, folded."""
    title = re.search(r'<svg[^>]* aria-label="([^"]*)"', svg)
    found = NUMBERS.search(svg)
    svg = NUMBERS.sub("", svg)
    shown = f"<figcaption>{title[1]}</figcaption>{svg}" if title else svg
    return shown + (_numbers(json.loads(unescape(found[1]))) if found else "")


def _numbers(told: dict[str, Any]) -> str:
    """The numbers behind a chart as a folded table, in the order in which its marks count them."""
    title, heads, rows = told["title"], told["heads"], told["rows"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    html = f'<details class="data"><summary>{escape(title)}</summary><div class="table"><table class="l1"><thead>'
    return html + "<tr>" + head + "</tr></thead><tbody>" + body + "</tbody></table></div></details>"


def sections(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """The notebook's parts as id and HTML: prose and the outputs below it, never a line of code."""
    found: list[tuple[str, str]] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            found.append((str(cell["id"]), f'<div class="prose">{_markdown(_text(cell["source"]))}</div>'))
        elif cell["cell_type"] == "code" and (shown := [_output(output) for output in cell["outputs"]]):
            own = cell["id"] == "save" or not found  # what was saved belongs to no section
            name, html = (str(cell["id"]), "") if own else found.pop()
            anchor = f'<div id="{escape(cell["id"])}"></div>'
            found.append((name, html + BLOCK + anchor + BLOCK.join(shown)))
    return found


def for_readers(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A manager's order: title, conclusions, charts and results; what they rest on comes after."""
    rank = {part: place for place, names in enumerate(ORDER) for part in names}
    known = [(rank.get(_bare(name), RESULTS), (name, html)) for name, html in parts]
    return [part for _, part in sorted(known, key=lambda item: item[0])]


def linked(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Rows keep their anchor once; conclusions lead to the row of whomever they name."""
    seen: set[str] = set()
    unique = [(name, ROW.sub(lambda row: _once(row, seen), html)) for name, html in parts]
    rows: dict[str, str] = {}
    for _, html in unique:
        for anchor, who in NAMED.findall(html):
            rows.setdefault(who, anchor)
    return [(name, SAID.sub(lambda item: _leading(item, rows), html)) for name, html in unique]


def _once(row: re.Match[str], seen: set[str]) -> str:
    if row[1] in seen:
        return ""
    seen.add(row[1])
    return row[0]


def _leading(item: re.Match[str], rows: dict[str, str]) -> str:
    """A sentence whose names are links; the texts are escaped already, on both sides."""
    return "<li>" + with_links(item[1], {who: f"#{anchor}" for who, anchor in rows.items()}) + "</li>"


def with_links(text: str, addresses: dict[str, str]) -> str:
    """Escaped text in which each escaped name is a link, the longest name first, and only where it is a whole word."""
    known = sorted((who for who in addresses if SHORTEST <= len(who) <= LONGEST), key=len, reverse=True)
    if not known:
        return text
    names = "|".join(re.escape(who) for who in known)
    whole = re.compile(BEFORE + "(?:" + names + ")" + AFTER)
    return whole.sub(lambda who: f'<a href="{addresses[who[0]]}">{who[0]}</a>', text)


def first_chart(notebook: dict[str, Any], cell: str = "") -> str:
    """The step's own chart: that of `cell` where it drew one, else the first of its notebook; empty without one."""
    own = [output for one in notebook["cells"] if one.get("id") == cell for output in one.get("outputs", ())]
    for output in (*own, *_outputs(notebook)):
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


def row_anchors(notebook: dict[str, Any]) -> list[str]:
    """The rows of a notebook's tables that sentences may lead to."""
    shown = (_text(output.get("data", {}).get("text/html", "")) for output in _outputs(notebook))
    return [anchor for html in shown for anchor in ROW.findall(html)]


def write_page(run: Path, stem: str, title: str, words: Words, steps: Sequence[str] = STEPS) -> None:
    """Write a step's page from its executed notebook; `steps` are those the run has pages of."""
    found = linked(for_readers(sections(read_notebook(run, stem))))
    background = [part for part, _ in found if _bare(part) in ORDER[-1]]
    name = page_name(stem)
    write_html(
        run / name, "page.html.j2", words, title=title, heading=words(f"step.{stem}"),
        chapters=chapters(found, background=background), links=navigation(words, name, steps),
    )  # fmt: skip


def _bare(part: str) -> str:
    """The name of a section without what its first cell adds to it."""
    return part.removesuffix("-text").removesuffix("-title")
