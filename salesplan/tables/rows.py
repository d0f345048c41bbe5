"""Rows that are no data: blank ones, totals, repeated headers, notes below; left out, totals are reconciled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from salesplan.tables.arrays import Flags, Numbers, codes_of, to_arrow, to_numpy
from salesplan.tables.contract import TOTAL_WORDS
from salesplan.tables.reading import Body
from salesplan.tables.results import Findings

MOST_NOTES = 20  # rows below a table that are looked at
TOTAL_ENDS = ("小计", "合计", "总计", "共计", "subtotal", "total")
# How the rows that people write below a table begin.
NOTE = re.compile(
    r"(附?注|备注|说明|注意|制表|制单|填表|填报|编制|审核|复核|审批|批准|数据来源|来源|打印|"
    r"notes?|remarks?|sources?|(prepared|checked|approved|printed)( by| on)?)[^:：]{0,6}[:：]",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[-+]?[¥￥]?[0-9][0-9,]*(\.[0-9]+)?%?|[0-9]{4}[-/.年][0-9]{1,2}([-/.月][0-9]{1,2}日?)?( .*)?")
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
    """The rows that are data, and what was left out: blank rows, totals, headers that stand there again."""

    body: Body
    blank: int
    totals: list[TotalRow]
    headers: int = 0


def data_rows(body: Body, key: int, headers: Sequence[str] = ()) -> DataRows:
    """Leave out blank and total rows and repeated headers; `key` is the position of a needed column.

    A row is a total when its key cell is blank or a total word and one of its cells is a total word, or ends in one
    where the key cell is blank, so that a member may carry any name. It is a header again when every cell is.
    """
    again = _repeated(body, key, headers)
    body = body.keep(~again) if again.any() else body
    doubtful = _doubtful(body.columns[key])
    if not len(doubtful):
        return DataRows(body, 0, [], int(again.sum()))
    cells = [column.take(to_arrow(doubtful, pa.int64())).to_pylist() for column in body.columns]
    rows = list(zip(*cells, strict=True))
    blank = np.array([not any(cell.strip() for cell in row) for row in rows], dtype=bool)
    total = np.array([_sums_up(row, key) for row in rows], dtype=bool)
    keep = np.ones(len(body.records), dtype=bool)
    keep[doubtful[blank | total]] = False
    before = np.cumsum(keep)
    found = [
        TotalRow(body.row(index), int(body.records[index]), int(before[index]), list(rows[place]))
        for place, index in enumerate(doubtful.tolist())
        if total[place]
    ]
    return DataRows(body.keep(keep), int(blank.sum()), found, int(again.sum()))


def _sums_up(row: Sequence[str], key: int) -> bool:
    """Whether a row with no key says that it is a total: 合计, or where the key is blank also 华东小计."""
    ends = not row[key].strip()
    return any(is_total(cell) or (ends and cell.strip().casefold().endswith(TOTAL_ENDS)) for cell in row)


def _repeated(body: Body, key: int, headers: Sequence[str]) -> Flags:
    """Which rows are the header again, as printed lists have it on every page."""
    again = np.zeros(len(body.records), dtype=bool)
    if key >= len(headers) or not headers[key]:
        return again
    different, codes = codes_of(body.columns[key])
    alike = np.array([text.strip() == headers[key] for text in different.to_pylist()], dtype=bool)
    for row in np.flatnonzero(alike[codes]).tolist() if len(codes) else ():
        cells = [body.columns[at][row].as_py().strip() for at in range(len(headers))]
        again[row] = all(cell in ("", header) for cell, header in zip(cells, headers, strict=True))
    return again


def without_notes(body: Body, place: str, findings: Findings) -> Body:
    """Leave out, and say, what stands below a table: from a row that begins 注：, 制表： on, if no number follows."""
    size = keep = len(body.records)
    for row in range(size - 1, max(size - 1 - MOST_NOTES, -1), -1):
        cells = [cell for cell in _cells(body, row) if cell]
        is_note = bool(cells and NOTE.match(cells[0]))
        if any(NUMBER.fullmatch(cell) for cell in cells) or (len(cells) > 1 and not is_note):
            break
        keep = row if is_note else keep
    if keep == size:
        return body
    said = [text for row in range(keep, size) if (text := next(filter(None, _cells(body, row)), ""))]
    findings.notice("notes_left_out", place, count=len(said), text=said[0][:60])
    return body.keep(np.arange(size) < keep)


def _cells(body: Body, row: int) -> list[str]:
    """The texts of a row."""
    return [(column[row].as_py() or "").strip() for column in body.columns]


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
