"""Statements of pay: one page per rep as a file of its own, numbered, and the company's list of them."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from salesplan.conclusions.commission.statement import YEAR, Contents
from salesplan.conclusions.commission.statement_rows import amount
from salesplan.report.html import style, write_paper
from salesplan.staging import EXPLAINED
from salesplan.tables import outputs
from salesplan.terms.commission import CommissionPlan
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.commission.papers import Statements

LISTED = ("base_pay", "released", "clawback", "draw", "payable", "amount_paid", "held")


def write_statements(
    folder: Path,
    found: "Statements",
    words: Words,
    *,
    head: Mapping[str, str],
    plans: Sequence[CommissionPlan],
    papers: Sequence[tuple[str, str]] = (),
) -> int:
    """Write `0001.html` ... and `index.html` into a folder of a run; returns how many statements.

    `head`: `title` of the plan, `days` of the month, `tax` (its basis in words). `papers`: addresses and titles
    of what lies beside them. A file holds nothing of anybody else; its check sum is that of what it says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents, css = Contents(words, found, plans), statement_style()
    fixed = {"css": css, "labels": _labels(words), "year_heads": [words.column(name, "commission") for name in YEAR]}
    fixed["basis"] = " \u00b7 ".join([head["days"], head["tax"], words("report.money_in", unit=words.unit)])
    entries, explained = [], _explained(folder)
    for number, (person, said) in enumerate(contents.pages(), 1):
        entry = {"number": f"{number:04d}", "mark": hashlib.sha256(repr(said).encode()).hexdigest()[:12]}
        control = words("statement.control", title=head["title"], **entry)
        how = explained.get(person["rep"])
        write_paper(
            folder / f"{number:04d}.html", "statement.html.j2", words,
            owner=person["rep"], control=control, how=how, **fixed, **said,
        )  # fmt: skip
        entries.append(entry | _entry(person))
    write_paper(
        folder / "index.html", "statements.html.j2", words, css=css, head=head, entries=entries,
        month=words.month(found.month), papers=papers,
        heads=[words.column(name, "commission") for name in LISTED],
        totals=[amount(int(found.people[name].sum())) for name in LISTED],
    )  # fmt: skip
    return len(entries)


def _labels(words: Words) -> dict[str, Markup]:
    """The fixed texts of a page, escaped once for all of them."""
    names = [key for key in words.texts if key.startswith("statement.")]
    names += ["letter.name", "letter.sign_date"]
    return {name: escape(words(name)) for name in names}


def _explained(folder: Path) -> dict[str, str]:
    """Addresses of the pages that say how each quota came about, by rep; none where the run has none."""
    run = folder.parents[1]
    if not (run / EXPLAINED).is_dir():
        return {}
    reps = outputs.read(run / "tables" / "rep_allocation_reps.csv", "rep_allocation_reps")["rep"]
    return {rep: f"../../{EXPLAINED}/{number:04d}.html" for number, rep in enumerate(reps, 1)}


def statement_style() -> Markup:
    """The style of letters with that of statements and sheets."""
    return Markup(style("letter.css") + style("statement.css"))


def _entry(person: Mapping[Any, Any]) -> dict[str, Any]:
    """A line of the company's list."""
    texts = {name: str(person[name]) for name in ("rep", "name", "team")}
    return {**texts, "amounts": [amount(person[name]) for name in LISTED]}
