"""Dealers' plans to sign: one page per dealer as a file of its own, numbered, with nothing that is not his to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from salesplan.report.html import style, write_paper
from salesplan.report.table import html_table, with_total
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.rep_allocation import DealerCopy


def write_dealer_letters(folder: Path, copies: "Sequence[DealerCopy]", words: Words, *, head: Mapping[str, str]) -> int:
    """Write `0001.html` ... and `index.html` into a folder of a run; returns how many letters.

    `head`: `title` of the plan, `run`, `year`, `tax` (whether amounts contain it). A letter is made of its own copy
    alone; its money is printed in single units of the currency.
    """
    if not copies:
        return 0
    names = words.names
    words = Words(words.language, "元" if words.language == "zh" else "one", words.currency)
    words.names = names
    folder.mkdir(parents=True, exist_ok=True)
    css = style("letter.css")
    entries = []
    for number, copy in enumerate(copies, 1):
        parts = dealer_page(copy, words)
        name = f"{number:04d}"
        write_paper(
            folder / f"{name}.html", "dealer_letter.html.j2", words,
            css=css, head=head, number=name, owner=copy.dealer, **parts,
        )  # fmt: skip
        amount = words.money(copy.months["amount"].sum(min_count=1), unit=False)
        entries.append({"number": name, "dealer": copy.dealer, "amount": amount})
    write_paper(folder / "index.html", "dealer_letters.html.j2", words, css=css, head=head, entries=entries)
    return len(entries)


def dealer_page(copy: "DealerCopy", words: Words) -> dict[str, object]:
    """What stands on a dealer's page: his name, his contact, tables as HTML (blank where there is nothing), actions."""
    items, tasks = copy.items.dropna(axis="columns", how="all"), copy.tasks
    shops = copy.outlets.dropna(axis="columns", how="all")
    return {
        "dealer": copy.dealer,
        "rep": words.person(copy.rep) if copy.rep else "",
        "months": _table(with_total(copy.months, "rep_allocation_dealer_items"), "rep_allocation_dealer_items", words),
        "items": _table(items, "rep_allocation_dealer_items", words),
        "outlets": _table(shops, "rep_allocation_outlets", words),
        "tasks": _table(tasks, "rep_allocation_tasks", words),
        "actions": copy.actions,
    }


def _table(frame: "pd.DataFrame", table: str, words: Words) -> Markup:
    """A table whole; its cells are escaped where they are made."""
    return Markup(html_table(frame, table, words, most=1000).html) if len(frame) else Markup("")
