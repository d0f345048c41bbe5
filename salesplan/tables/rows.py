"""Rows that are no data: blank ones, and totals that people add; both are left out, totals are reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from salesplan.tables.arrays import Numbers, codes_of, to_arrow, to_numpy
from salesplan.tables.contract import TOTAL_WORDS
from salesplan.tables.reading import Body

# What our template writes above and into the column that marks its example rows, by language.
EXAMPLE = {"zh": "示例", "en": "example"}


@dataclass(frozen=True)
class TotalRow:
    """A total row: its row in the file, its record, where it stood among the data rows, its cells."""

    row: int
    record: int
    position: int
    cells: list[str]


@dataclass(frozen=True)
class DataRows:
    """The rows that are data, and what was left out."""

    body: Body
    blank: int
    totals: list[TotalRow]


def data_rows(body: Body, key: int) -> DataRows:
    """Leave out blank and total rows; `key` is the position of a needed column, which both lack.

    A row is a total when its key cell is blank or a total word and one of its cells is a total word, so that a
    member may carry any name.
    """
    doubtful = _doubtful(body.columns[key])
    if not len(doubtful):
        return DataRows(body, 0, [])
    cells = [column.take(to_arrow(doubtful, pa.int64())).to_pylist() for column in body.columns]
    rows = list(zip(*cells, strict=True))
    blank = np.array([not any(cell.strip() for cell in row) for row in rows], dtype=bool)
    total = np.array([any(is_total(cell) for cell in row) for row in rows], dtype=bool)
    keep = np.ones(len(body.records), dtype=bool)
    keep[doubtful[blank | total]] = False
    before = np.cumsum(keep)
    found = [
        TotalRow(body.row(index), int(body.records[index]), int(before[index]), list(rows[place]))
        for place, index in enumerate(doubtful.tolist())
        if total[place]
    ]
    return DataRows(body.keep(keep), int(blank.sum()), found)


def without_examples(body: Body, position: int | None) -> tuple[Body, int]:
    """Leave out the rows that the column at `position` marks as examples; the rows left, and how many went."""
    if position is None:
        return body, 0
    marked = [text.strip().casefold() in EXAMPLE.values() for text in body.columns[position].to_pylist()]
    return body.keep(~np.array(marked, dtype=bool)), sum(marked)


def _doubtful(column: pa.Array) -> Numbers:
    different, codes = codes_of(column)
    marked = np.array([not text.strip() or is_total(text) for text in different.to_pylist()], dtype=bool)
    return np.flatnonzero(marked[codes]) if len(codes) else np.zeros(0, dtype=np.int64)


def is_total(text: str) -> bool:
    """Whether a cell says that its row is a total: 合计, 小计, Total, ..."""
    return text.replace(" ", "").strip("\u3000\xa0:：").casefold() in TOTAL_WORDS


def unreconciled(totals: Sequence[TotalRow], fen: pa.Array, stated: Sequence[int | None]) -> list[tuple[TotalRow, int]]:
    """Total rows whose amount is neither the sum of all rows above, nor since a total row before; with the sum found.

    `stated` holds the amount of each total row, None where it is blank.
    """
    running = np.concatenate([[0], np.cumsum(to_numpy(fen))])
    wrong, starts = [], [0]
    for row, amount in zip(totals, stated, strict=True):
        sums = [int(running[row.position] - running[start]) for start in starts]
        if amount is not None and amount not in sums:
            wrong.append((row, sums[-1]))
        starts.append(row.position)
    return wrong
