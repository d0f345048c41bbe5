"""The manager's page: headline, one chart per step, assumptions, what is odd in the data, links."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from salesplan import STEPS
from salesplan.conclusions.decisions import located, names
from salesplan.report.html import navigation, page_name, write_html
from salesplan.report.pages import captioned, conclusions, first_chart, read_notebook, row_anchors, said, with_links
from salesplan.report.standing import place_of, to_sign
from salesplan.report.table import row_id
from salesplan.staging import BOARDS, COPIES, LETTERS, STATEMENTS
from salesplan.terms.plan import Approvals
from salesplan.wording import Words

MOST_SENTENCES = 2
MOST_NAMES = 200  # reps looked for in a sentence
# First where the year stands, then whether the plan is sound, then what it costs.
ORDER = ("variance_review", "annual_target", "seasonal_split", "rep_allocation", "commission")

# Whose chart answers the step's question, where that is not the first one.
CHART = {"rep_allocation": "chart-quotas"}
# What tells whether the plan is sound: a step and which of its conclusions; last, how far its odds can be trusted.
SOUND = (
    ("annual_target", 1),
    ("annual_target", 2),
    ("rep_allocation", 2),
    ("variance_review", 2),
    ("annual_target", -1),
)


def step_card(stem: str, notebook: dict[str, Any], words: Words) -> dict[str, Any]:
    """One step on the index: its question, title, link, chart, and the first of its conclusions."""
    return {
        "title": words(f"step.{stem}"),
        "question": words(f"report.question_{stem}"),
        "link": page_name(stem),
        "chart": Markup(captioned(first_chart(notebook, CHART.get(stem, "")))),  # drawn by us, its text escaped
        "sentences": conclusions(notebook)[:MOST_SENTENCES],
    }


def step_notices(stem: str, notebook: dict[str, Any], words: Words) -> list[str]:
    """What a step found odd in the data, named by the step; from its cell `data`."""
    quiet = words.get(f"{stem}.nothing_odd")
    return [f"{words(f'step.{stem}')}{words('mark.colon')}{text}" for text in said(notebook, "data") if text != quiet]


def write_index(run: Path, manifest: Mapping[str, Any], notices: list[str], words: Words, approvals: Approvals) -> None:
    """Write the index page of a run from its notebooks, tables and manifest; `approvals` are who signs."""
    there = [stem for stem in STEPS if manifest["steps"][stem]["state"] in ("done", "taken_over")]
    executed = {stem: read_notebook(run, stem) for stem in there}
    told = {stem: conclusions(notebook) for stem, notebook in executed.items()}
    write_html(
        run / "index.html", "index.html.j2", words,
        title=manifest["title"] or manifest["plan"], heading=words("report.overview"), manifest=manifest,
        headline=manifest.get("headline", []), where=told.get(ORDER[0], [])[:1],
        sound=_sound(told),
        decisions=[*map(escape, manifest.get("warnings", [])), *_decided(run / "tables", executed, words)],
        cards=[step_card(stem, executed[stem], words) for stem in ORDER if stem in there],
        notices=[*notices, *(text for stem in there for text in step_notices(stem, executed[stem], words))],
        links=navigation(words, "index.html", there), papers=[*_copies(manifest, words), *_papers(run, words)],
        place=place_of(run, manifest), chains=to_sign(approvals, words),
        tables=sorted(path.name for path in (run / "tables").iterdir() if path.suffix == ".csv"),
    )  # fmt: skip


def _sound(told: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The conclusions that tell whether the plan is sound, each once, with the page they are of."""
    found = [(told[stem][place], page_name(stem)) for stem, place in SOUND if told.get(stem, [])[place:]]
    return list(dict.fromkeys(found))


def _decided(tables: Path, executed: Mapping[str, dict[str, Any]], words: Words) -> list[Markup]:
    """What waits for a decision; whoever has a row on the step's page leads to it, the sentence to the page."""
    known = list(names(tables).items())[:MOST_NAMES]
    anchors = {stem: set(row_anchors(notebook)) for stem, notebook in executed.items()}
    found = []
    for one in located(tables, words):
        page, there = page_name(one.step), anchors.get(one.step, ())
        rows = {str(escape(name)): f"{page}#{row_id(rep)}" for rep, name in known if row_id(rep) in there}
        text = with_links(str(escape(one.text)), rows)
        found.append(Markup('{} <a class="why" href="{}">{}</a>').format(Markup(text), page, words("report.why")))
    return found


def _copies(manifest: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """The list of the copies by audience, which are written beside the index once all steps are done."""
    return [(f"{COPIES}/index.html", words("copies.list"))] if manifest["state"] == "complete" else []


def _papers(run: Path, words: Words) -> list[tuple[str, str]]:
    """Addresses and titles of what is printed for single people: letters, sheets and statements of each month."""
    found = [(f"{LETTERS}/index.html", words("letter.list"))]
    found += [(f"{BOARDS}/{name}.html", words(f"board.link_{name}")) for name in ("month", "week")]
    for folder in sorted((run / STATEMENTS).glob("*")):
        month = words.month(folder.name)
        pages = [(name, words(f"sheet.{name}", month=month)) for name in ("performance", "commission")]
        pages.append(("index", words("statement.list", month=month)))
        found += [(f"{STATEMENTS}/{folder.name}/{name}.html", text) for name, text in pages]
    return [(address, text) for address, text in found if (run / address).exists()]
