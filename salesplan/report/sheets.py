"""The two sheets of the sources, 销售业绩报表 and 销售业绩提成报表, with the places to sign in their order."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.commission.statement_rows import amount
from salesplan.report.html import rendered
from salesplan.report.statements import statement_style
from salesplan.tables.outputs import kind_of
from salesplan.wording import BLANK, Words

if TYPE_CHECKING:
    import pandas as pd

SHEETS = {
    "performance": (
        "rep", "team", "orders", "amount_ordered", "amount_returned", "amount_rebates", "amount_other", "actual",
        "quota", "attainment", "amount_invoiced", "amount_collected", "amount_collected_earlier",
    ),
    "commission": (
        "rep", "team", "plan", "base_pay", "quota", "actual", "attainment", "period", "attainment_period",
        "amount_orders", "amount_contests", "amount_adjustments", "earned", "released", "clawback", "draw", "payable",
        "held", "amount_carried", "amount_paid",
    ),
}  # fmt: skip


def write_sheet(
    folder: Path, name: str, frame: "pd.DataFrame", words: Words, *, head: Mapping[str, str], chain: Sequence[str]
) -> str:
    """Write `performance.html` or `commission.html`; returns its address within the folder.

    `frame`: rows of `performance_sheet` or `commission_sheet`. `head` as for statements, with `month`. `chain`: roles
    that sign, in order; the first makes the sheet, the last approves it, those between check it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = [column for column in SHEETS[name] if column in frame]
    rows = list(_rows(frame, columns, f"commission_{name}", words))
    mark = hashlib.sha256(repr(rows).encode()).hexdigest()[:12]
    left = ("rep", "team", "plan", "period")
    page = rendered(
        "sheet.html.j2", words, css=statement_style(), head=head, month=head["month"], mark=mark, rows=rows,
        title=words(f"sheet.{name}", month=head["month"]),
        heads=[(words.column(column, f"commission_{name}"), column not in left) for column in columns],
        notes=[words(f"sheet.{name}_note")], chain=places(chain, words, name),
    )  # fmt: skip
    (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return f"{name}.html"


def places(chain: Sequence[str], words: Words, name: str) -> list[tuple[str, str, str]]:
    """The places to sign: number, what the role does, the role's name."""
    duties = ["made", *["checked"] * (len(chain) - 2), "approved"]
    if name == "performance":
        duties[-1] = "confirmed"
    return [
        (f"{number}.", words(f"sheet.{duty}"), words.code("role", role))
        for number, (role, duty) in enumerate(zip(chain, duties, strict=False), 1)
    ]


def _rows(frame: "pd.DataFrame", columns: Sequence[str], table: str, words: Words) -> Any:
    """Rows as texts with the mark of their kind."""
    texts = [_texts(frame[column], column, table, words) for column in columns]
    labels = {"team": words("sheet.team_sum"), "total": words("sheet.total")}
    marks = {"rep": "", "team": "is-team", "total": "sum"}
    for row, *cells in zip(frame["row"].tolist(), *texts, strict=True):
        yield marks[row], [labels[row] if row != "rep" else cells[0], *cells[1:]]


def _texts(series: "pd.Series[Any]", column: str, table: str, words: Words) -> list[str]:
    kind = kind_of(table, column)
    if kind == "money":
        return [BLANK if value != value else amount(int(value)) for value in series.tolist()]
    if kind == "share":
        return [words.percent(value, 2) for value in series]
    if kind == "count":
        return [words.number(value) for value in series]
    return ["" if text != text else words.person(text) if column == "rep" else text for text in series.tolist()]
