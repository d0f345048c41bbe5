"""Tables as texts, made once for all and shared out by whom each row is of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL
from salesplan.report.table import LEFT, cell
from salesplan.tables.outputs import kind_of
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Part:
    """A titled table of a copy: heads with the class of their column, rows of texts, how many at the end are sums."""

    title: str
    heads: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    total: int = 0
    note: str = ""


@dataclass
class Rows:
    """A table as texts, by owner."""

    title: str
    heads: list[tuple[str, str]]
    by: dict[str, list[list[str]]] = field(default_factory=dict)
    total: int = 0
    note: str = ""

    def part(self, *owners: str) -> Part | None:
        """The rows of one or several owners, in that order; None where they have none."""
        rows = [row for owner in owners for row in self.by.get(owner, ())]
        return Part(self.title, self.heads, rows, self.total, self.note) if rows else None


def heads_of(table: str, columns: Iterable[str], words: Words) -> list[tuple[str, str]]:
    """The heads of columns, each with the class of its cells."""
    marks = {name: "" if kind_of(table, name) in LEFT else "n" for name in columns}
    return [(words.column(name, table), mark) for name, mark in marks.items()]


def rows_by(
    frame: "pd.DataFrame", table: str, columns: Sequence[str], words: Words, *, by: str = "rep", title: str
) -> Rows:
    """The columns of a frame as texts, shared out by column `by`; `table` says what the columns hold."""
    known = [name for name in columns if name in frame]
    found = Rows(title, heads_of(table, known, words), total=frame[known[0]].iloc[-1:].eq(TOTAL).sum())
    for owner, texts in zip(frame[by].tolist(), texts_of(frame, table, known, words), strict=True):
        found.by.setdefault(str(owner), []).append(texts)
    return found


def texts_of(frame: "pd.DataFrame", table: str, columns: Sequence[str], words: Words) -> list[list[str]]:
    """Rows of a frame as people read them, not yet escaped."""
    made = []
    for name in columns:
        kind = kind_of(table, name)
        places = 1 if kind in ("share", "number") else 0
        made.append([cell(value, kind, name, words, places=places) for value in frame[name].tolist()])
    return [list(row) for row in zip(*made, strict=True)]


def across(frame: "pd.DataFrame", heads: Mapping[str, str], words: Words, *, column: str, title: str) -> Part | None:
    """Money by rep (down) and by the members of a column (across), with the sums of both; None without rows.

    `heads`: what each member is called, in their order.
    """
    if frame.empty:
        return None
    grid = frame.pivot_table(index="rep", columns=column, values="amount", aggfunc="sum", sort=False)
    grid = grid.reindex(columns=list(heads)).fillna(0).astype("int64")
    rows = [[words.person(str(rep)), *_line(list(row), words)] for rep, *row in grid.itertuples(name=None)]
    total = [words.code("member", TOTAL), *_line(grid.sum().tolist(), words)]
    named = [(words.column("rep"), ""), *((text, "n") for text in heads.values()), (words.code("member", TOTAL), "n")]
    return Part(title, named, [*rows, total], total=1)


def _line(fen: list[int], words: Words) -> list[str]:
    return [words.money(amount, unit=False) for amount in (*fen, sum(fen))]
