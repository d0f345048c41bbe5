"""The two sheets of the sources, 销售业绩报表 and 销售业绩提成报表, with the places to sign in their order."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan.conclusions.commission.statement_rows import amount
from salesplan.report.html import write_paper
from salesplan.report.statements import statement_style
from salesplan.tables.outputs import csv_bytes, kind_of
from salesplan.wording import BLANK, Words

if TYPE_CHECKING:
    import pandas as pd

# Columns by what they tell; within a group they add up from the left.
GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "performance": {
        "who": ("rep", "team", "orders"),
        "counted": ("amount_ordered", "amount_returned", "amount_rebates", "amount_other", "actual"),
        "quota": ("quota", "attainment"),
        "money": ("amount_invoiced", "amount_collected", "amount_collected_earlier"),
    },
    "commission": {
        "who": ("rep", "team", "plan"),
        "quota": ("quota", "actual", "attainment", "period", "attainment_period"),
        "earned": ("amount_orders", "amount_contests", "amount_adjustments", "earned"),
        "payable": ("base_pay", "released", "clawback", "draw", "payable"),
        "paid": ("amount_carried", "amount_paid", "held"),
    },
}
SHEETS = {name: tuple(column for part in parts.values() for column in part) for name, parts in GROUPS.items()}
TABLES = {"performance": "commission_performance", "commission": "commission"}  # that say what the columns hold
PAYROLL = "commission_payroll"
LEFT = ("rep", "team", "plan", "period")
# What is left out on paper in a month in which nobody has it.
RARE = ("amount_returned", "amount_rebates", "amount_other", "amount_collected_earlier", "amount_contests",
        "amount_adjustments", "clawback", "draw", "amount_carried")  # fmt: skip


def write_sheet(
    folder: Path, name: str, frame: "pd.DataFrame", words: Words, *, head: Mapping[str, str], chain: Sequence[str]
) -> str:
    """Write `performance.html` or `commission.html`; returns its address within the folder.

    `frame`: rows of `performance_sheet` or `commission_sheet`. `head` as for statements, with `month`. `chain`: roles
    that sign, in order; the first makes the sheet, the last approves it, those between check it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = [column for column in SHEETS[name] if column in frame]
    table = TABLES[name]
    rows = list(_rows(frame, columns, table, words))
    mark = hashlib.sha256(repr(rows).encode()).hexdigest()[:12]
    marks = [_mark(frame, column) for column in columns]
    write_paper(
        folder / f"{name}.html", "sheet.html.j2", words,
        css=statement_style(), head=head, month=head["month"], mark=mark, rows=rows,
        title=words(f"sheet.{name}", month=head["month"]),
        heads=[(words.column(column, table), mark) for column, mark in zip(columns, marks, strict=True)],
        groups=_groups(name, columns, marks, words), notes=_notes(name, marks, words), chain=places(chain, words, name),
    )  # fmt: skip
    return f"{name}.html"


def write_payroll(folder: Path, frame: "pd.DataFrame", words: Words) -> str:
    """Write `payroll.csv`, what is entered for the month, with heads in the plan's language; returns its address."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = csv_bytes(frame, PAYROLL).decode("utf-8").split("\n", 1)[1]
    heads = ",".join(words.column(str(name), PAYROLL) for name in frame.columns)
    (folder / "payroll.csv").write_text(f"\ufeff{heads}\n{rows}", encoding="utf-8")
    return "payroll.csv"


def places(chain: Sequence[str], words: Words, name: str) -> list[tuple[str, str, str]]:
    """The places to sign: number, what the role does, the role's name."""
    duties = ["made", *["checked"] * (len(chain) - 2), "approved"]
    if name == "performance":
        duties[-1] = "confirmed"
    return [
        (f"{number}.", words(f"sheet.{duty}"), words.code("role", role))
        for number, (role, duty) in enumerate(zip(chain, duties, strict=False), 1)
    ]


def _mark(frame: "pd.DataFrame", column: str) -> str:
    """The classes of a column's cells: its side, and whether it is left out on paper."""
    names = [] if column in LEFT else ["n"]
    if column in RARE and not (frame[column].fillna(0) != 0).any():
        names.append("empty")
    return " ".join(names)


def _groups(name: str, columns: Sequence[str], marks: Sequence[str], words: Words) -> list[tuple[str, int, int]]:
    """The heads above the columns: text, columns on the screen, columns on paper."""
    mark_of = dict(zip(columns, marks, strict=True))
    found = []
    for group, names in GROUPS[name].items():
        own = [column for column in names if column in mark_of]
        printed = [column for column in own if "empty" not in mark_of[column]]
        found.append((words(f"sheet.group_{group}") if group != "who" else "", len(own), len(printed)))
    return found


def _notes(name: str, marks: Sequence[str], words: Words) -> list[str]:
    empty = [words("sheet.empty_note")] if any("empty" in mark for mark in marks) else []
    return [words(f"sheet.{name}_note"), *empty]


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
