"""A whole column of texts at once: clean cells are converted by Arrow, unusual ones by their rule, each text once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan.errors import SHOWN
from salesplan.tables.arrays import Flags, Numbers, codes_of, distinct, flags, matches, null, texts, to_arrow, to_numpy
from salesplan.tables.cells import LONGEST, RULES, Cell, CellError, Manner
from salesplan.tables.codes import CODES
from salesplan.tables.contract import MONEY, Column, Type

# What Arrow may convert itself: exact in float64 before it becomes an integer.
CLEAN_MONEY = r"^-?([0-9]{1,10}(\.[0-9]{1,2})?|[0-9]{1,9}\.[0-9]{3,6})$"
CLEAN_GROUPED = r"^-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}$"
CLEAN_NUMBER = r"^-?[0-9]{1,11}(\.[0-9]{1,12})?$"
# Texts a rule must look at: outer spaces, control characters, leading # or ( , Excel's exponents.
UNUSUAL_TEXT = (
    r"^[\s\x{3000}\x{a0}#(]|[\s\x{3000}\x{a0}]$|[\x00-\x08\x0b-\x1f\x7f\x{2000}-\x{200f}\x{feff}\x{85}\x{1680}]|E\+"
)
MICRO_PER_FEN = 10_000
DAY_ZERO = date(1970, 1, 1).toordinal()
ARROW = {
    "text": pa.string(),
    "month": pa.string(),
    "day_or_month": pa.string(),
    **dict.fromkeys(CODES, pa.string()),
    "date": pa.date32(),
    "money": pa.int64(),
    "exact_money": pa.int64(),
}


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be read: its row in the column, what is wrong, the text found."""

    row: int
    code: str
    value: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """A column with its type: values (null where blank or faulty), problems, remarks by code, rounding."""

    values: pa.Array
    problems: list[Problem]
    problem_count: int
    remarks: dict[str, int]
    rounded: int = 0
    rounded_by: Decimal = Decimal(0)


def arrow_type(type_: Type) -> pa.DataType:
    """The Arrow type a column of this type is kept in."""
    return ARROW.get(type_, pa.float64())


def read_column(column_of_texts: pa.Array, column: Column, manner: Manner) -> Typed:
    """Convert a column of texts; every cell that cannot be read is counted, the first 20 are returned."""
    different, codes = distinct(column_of_texts) if column.type == "text" else codes_of(column_of_texts)
    times = np.ones(len(different), dtype=np.int64) if codes is None else np.bincount(codes, minlength=len(different))
    values, done = _converted_by_arrow(different, column.type, scaled=manner.factor != 1)
    blank = _blank(different, done)
    cells, bad = _converted_by_rule(different, ~done & ~blank, column.type, manner)
    values = _filled(values, cells, column.type)
    remarks, rounded, rounded_by = _remarks(cells, times), 0, Decimal(0)
    if column.type in MONEY:
        rounded, rounded_by = _rounding(different, done, cells, times)
        remarks += Counter(groups=int(times[done & matches(different, ",")].sum()))
    if column.type == "exact_money":
        bad |= _too_exact(different, done)
    if column.needed:
        bad |= {int(place): CellError("cell_needed") for place in np.flatnonzero(blank)}
    problems, count = _problems(different, codes, bad)
    if bad or blank.any():
        values = pc.if_else(flags(_at(bad, len(values)) | blank), null(values.type), values)
    values = values if codes is None else values.take(to_arrow(codes, pa.int32()))
    return Typed(values, problems, count, dict(+remarks), rounded, rounded_by)


def _blank(different: pa.Array, done: Flags) -> Flags:
    """Which texts are blank; a clean one is not, unless it is empty."""
    blank: Flags = to_numpy(pc.binary_length(different)) == 0
    rest = np.flatnonzero(~done & ~blank)
    if len(rest):
        blank[rest] = ~matches(different.take(to_arrow(rest, pa.int64())), r"[^\s\x{3000}\x{a0}]")
    return blank


def _at(places: Iterable[int], size: int) -> Flags:
    marked = np.zeros(size, dtype=bool)
    marked[list(places)] = True
    return marked


def _converted_by_arrow(different: pa.Array, type_: Type, *, scaled: bool) -> tuple[pa.Array, Flags]:
    """Values of the clean texts (null elsewhere) and which are clean; numbers in another unit go by their rule."""
    if type_ == "text":
        done = ~matches(different, UNUSUAL_TEXT) & (to_numpy(pc.binary_length(different)) <= LONGEST)
        return different if done.all() else pc.if_else(flags(done), different, null(pa.string())), done
    if type_ in MONEY and not scaled:
        return _money_by_arrow(different)
    if type_ in ("quantity", "number") and not scaled:
        done = matches(different, CLEAN_NUMBER)
        return pc.if_else(flags(done), different, null(pa.string())).cast(pa.float64()), done
    return pa.nulls(len(different), arrow_type(type_)), np.zeros(len(different), dtype=bool)


def _money_by_arrow(different: pa.Array) -> tuple[pa.Array, Flags]:
    done = matches(different, CLEAN_MONEY)
    if not done.all():
        done |= matches(different, CLEAN_GROUPED)
    return to_arrow(_fen(_micro(different, done)), pa.int64(), ~done), done


def _micro(different: pa.Array, done: Flags) -> Numbers:
    """Millionths of the currency unit, exact: the patterns of clean money leave few enough digits for float64."""
    plain = different if done.all() else pc.if_else(flags(done), different, texts(["0"])[0])
    plain = pc.replace_substring(plain, ",", "") if matches(plain, ",").any() else plain
    floats, long = to_numpy(plain.cast(pa.float64())), matches(plain, r"\.[0-9]{3,}$")
    cents = np.rint(floats * 100).astype(np.int64) * MICRO_PER_FEN
    return np.where(long, np.rint(np.where(long, floats, 0) * 1e6).astype(np.int64), cents)


def _fen(micro: Numbers) -> Numbers:
    """Fen of millionths, rounded half away from zero."""
    fen: Numbers = np.sign(micro) * ((np.abs(micro) + MICRO_PER_FEN // 2) // MICRO_PER_FEN)
    return fen


def _converted_by_rule(
    different: pa.Array, wanted: Flags, type_: Type, manner: Manner
) -> tuple[dict[int, Cell], dict[int, CellError]]:
    cells: dict[int, Cell] = {}
    bad: dict[int, CellError] = {}
    places = np.flatnonzero(wanted)
    for place, found in zip(places.tolist(), different.take(to_arrow(places, pa.int64())).to_pylist(), strict=True):
        try:
            cells[place] = RULES[type_](found, manner)
        except CellError as error:
            bad[place] = error
    return cells, bad


def _filled(values: pa.Array, cells: dict[int, Cell], type_: Type) -> pa.Array:
    if not cells:
        return values
    found = [cell.value for cell in cells.values()]
    if pa.types.is_string(values.type):
        array = texts(found)
    elif pa.types.is_date(values.type):
        array = to_arrow(np.array([day.toordinal() - DAY_ZERO for day in found], dtype=np.int32), values.type)
    else:
        array = to_arrow(np.array(found), arrow_type(type_))
    return pc.replace_with_mask(values, flags(_at(cells, len(values))), array)


def _too_exact(different: pa.Array, done: Flags) -> dict[int, CellError]:
    """Clean texts whose third and later decimals are not zero, where they are refused."""
    long = done & matches(different, r"\.[0-9]{2}[0-9]*[1-9][0-9]*$")
    return {int(place): CellError("cell_decimals", limit=2) for place in np.flatnonzero(long)}


def _rounding(different: pa.Array, done: Flags, cells: dict[int, Cell], times: Numbers) -> tuple[int, Decimal]:
    """How many cells were rounded, and what rounding added in all, in currency units."""
    if not (matches(different, r"\.[0-9]{3}") & done).any():
        added = np.zeros(len(different), dtype=np.int64)
    else:
        micro = _micro(different, done)
        added = _fen(micro) * MICRO_PER_FEN - micro
    count = int(times[added != 0].sum()) + sum(int(times[place]) for place, cell in cells.items() if cell.rounded_by)
    slow = sum((cell.rounded_by * int(times[place]) for place, cell in cells.items()), Decimal(0))
    return count, Decimal(int((added * times).sum())) / 1_000_000 + slow


def _remarks(cells: dict[int, Cell], times: Numbers) -> Counter[str]:
    found: Counter[str] = Counter()
    for place, cell in cells.items():
        for remark in cell.remarks:
            found[remark] += int(times[place])
    return found


def _problems(different: pa.Array, codes: Numbers | None, bad: dict[int, CellError]) -> tuple[list[Problem], int]:
    if not bad:
        return [], 0
    marked = _at(bad, len(different))
    rows = np.flatnonzero(marked if codes is None else marked[codes])
    problems = []
    for row in rows[:SHOWN].tolist():
        place = row if codes is None else int(codes[row])
        error = bad[place]
        found = None if error.code == "cell_needed" else different[place].as_py()
        problems.append(Problem(row, error.code, found, dict(error.values)))
    return problems, len(rows)
