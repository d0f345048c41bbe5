"""A whole column of texts at once: clean cells are converted by Arrow, unusual ones by their rule, each text once."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan.errors import SHOWN
from salesplan.tables.cells import RULES, BadCell, Cell, Manner
from salesplan.tables.contract import MONEY, Column, Type

# What Arrow may convert itself: exact in float64 before it becomes an integer.
CLEAN_MONEY = r"^-?([0-9]{1,10}(\.[0-9]{1,2})?|[0-9]{1,9}\.[0-9]{3,6})$"
CLEAN_GROUPED = r"^-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}$"
CLEAN_NUMBER = r"^-?[0-9]{1,11}(\.[0-9]{1,12})?$"
CLEAN_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# Texts a rule must look at: outer spaces, control characters, leading # or ( , Excel's exponents.
UNUSUAL_TEXT = r"^[\s\x{3000}\x{a0}#(]|[\s\x{3000}\x{a0}]$|[\x00-\x08\x0b-\x1f\x7f\x{2000}-\x{200f}\x{feff}\x{85}\x{1680}]|E\+"
MICRO_PER_FEN = 10_000
ARROW = {
    "text": pa.string(), "month": pa.string(), "day_or_month": pa.string(), "kind": pa.string(), "date": pa.date32(),
    "money": pa.int64(), "exact_money": pa.int64(),
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


def read_column(texts: pa.Array, column: Column, manner: Manner) -> Typed:
    """Convert a column of texts; every cell that cannot be read is counted, the first 20 are returned."""
    encoded = texts.dictionary_encode()
    different, codes = encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False)
    blank = pc.equal(pc.utf8_trim_whitespace(different), "").to_numpy(zero_copy_only=False)
    values, done = _converted_by_arrow(different, column.type)
    cells, bad = _converted_by_rule(different, ~done & ~blank, column.type, manner)
    every = _filled(values, cells, column.type)
    times = np.bincount(codes, minlength=len(different))
    rounded, rounded_by = _rounding(different, done, cells, times) if column.type in MONEY else (0, Decimal(0))
    faulty = {**bad, **(_exact(different, done) if column.type == "exact_money" else {})}
    if column.needed:
        faulty |= {int(i): BadCell("cell_needed") for i in np.flatnonzero(blank)}
    problems, count = _problems(different, codes, faulty)
    remarks = _remarks(cells, times)
    if column.type in MONEY and (grouped := int(times[done & _matches(different, ",")].sum())):
        remarks["groups"] = remarks.get("groups", 0) + grouped
    return Typed(_without(every, bad).take(encoded.indices), problems, count, remarks, rounded, rounded_by)


def _converted_by_arrow(different: pa.Array, type_: Type) -> tuple[pa.Array, np.ndarray]:
    """Values of the clean texts (null elsewhere) and which texts are clean."""
    if type_ == "text":
        done = ~_matches(different, UNUSUAL_TEXT)
        return pc.if_else(pa.array(done), different, pa.scalar(None, pa.string())), done
    if type_ in MONEY:
        return _money_by_arrow(different)
    if type_ in ("quantity", "number"):
        done = _matches(different, CLEAN_NUMBER)
        return pc.if_else(pa.array(done), different, pa.scalar(None, pa.string())).cast(pa.float64()), done
    return pa.nulls(len(different), arrow_type(type_)), np.zeros(len(different), dtype=bool)


def _matches(texts: pa.Array, pattern: str) -> np.ndarray:
    found: np.ndarray = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found.astype(bool)


def _money_by_arrow(different: pa.Array) -> tuple[pa.Array, np.ndarray]:
    grouped = _matches(different, CLEAN_GROUPED)
    plain = pc.replace_substring(different, ",", "") if grouped.any() else different
    done = _matches(plain, CLEAN_MONEY) & (grouped | ~_matches(different, ","))
    scaled = _micro(plain, done)
    fen = np.sign(scaled) * ((np.abs(scaled) + MICRO_PER_FEN // 2) // MICRO_PER_FEN)  # half away from zero
    return pa.array(fen, pa.int64(), mask=~done), done


def _micro(plain: pa.Array, done: np.ndarray) -> np.ndarray:
    """Millionths of the currency unit, exact: few enough digits for float64 by the patterns of clean money."""
    floats = pc.if_else(pa.array(done), plain, "0").cast(pa.float64()).to_numpy()
    long = done & _matches(plain, r"\.[0-9]{3,}$")
    cents = np.rint(floats * 100).astype(np.int64) * MICRO_PER_FEN
    return np.where(long, np.rint(np.where(long, floats, 0) * 1e6).astype(np.int64), cents)


def _converted_by_rule(
    different: pa.Array, wanted: np.ndarray, type_: Type, manner: Manner
) -> tuple[dict[int, Cell], dict[int, BadCell]]:
    rule, cells, bad = RULES[type_], {}, {}
    places = np.flatnonzero(wanted)
    for place, found in zip(places.tolist(), different.take(pa.array(places)).to_pylist(), strict=True):
        try:
            cells[place] = rule(found, manner)
        except BadCell as error:
            bad[place] = error
    return cells, bad


def _filled(values: pa.Array, cells: dict[int, Cell], type_: Type) -> pa.Array:
    if not cells:
        return values
    places = np.zeros(len(values), dtype=bool)
    places[list(cells)] = True
    found = pa.array([cell.value for cell in cells.values()], arrow_type(type_))
    return pc.replace_with_mask(values, pa.array(places), found)


def _without(values: pa.Array, bad: dict[int, BadCell]) -> pa.Array:
    if not bad:
        return values
    places = np.zeros(len(values), dtype=bool)
    places[list(bad)] = True
    return pc.if_else(pa.array(places), pa.scalar(None, values.type), values)


def _exact(different: pa.Array, done: np.ndarray) -> dict[int, BadCell]:
    """Clean texts whose third and later decimals are not zero, where they are refused."""
    long = done & _matches(different, r"\.[0-9]{2}[0-9]*[1-9][0-9]*$")
    return {int(place): BadCell("cell_decimals", limit=2) for place in np.flatnonzero(long)}


def _rounding(
    different: pa.Array, done: np.ndarray, cells: dict[int, Cell], times: np.ndarray
) -> tuple[int, Decimal]:
    """How many cells were rounded, and what rounding added in all, in currency units."""
    scaled = _micro(pc.replace_substring(different, ",", ""), done)
    fen = np.sign(scaled) * ((np.abs(scaled) + MICRO_PER_FEN // 2) // MICRO_PER_FEN)
    added = fen * MICRO_PER_FEN - scaled
    count = int(times[added != 0].sum()) + sum(int(times[place]) for place, cell in cells.items() if cell.rounded_by)
    slow = sum((cell.rounded_by * int(times[place]) for place, cell in cells.items()), Decimal(0))
    return count, Decimal(int((added * times).sum())) / 1_000_000 + slow


def _remarks(cells: dict[int, Cell], times: np.ndarray) -> dict[str, int]:
    found: Counter[str] = Counter()
    for place, cell in cells.items():
        for remark in cell.remarks:
            found[remark] += int(times[place])
    return dict(found)


def _problems(different: pa.Array, codes: np.ndarray, faulty: dict[int, BadCell]) -> tuple[list[Problem], int]:
    if not faulty:
        return [], 0
    marked = np.zeros(len(different), dtype=bool)
    marked[list(faulty)] = True
    rows = np.flatnonzero(marked[codes])
    problems = []
    for row in rows[:SHOWN].tolist():
        error = faulty[int(codes[row])]
        found = None if error.code == "cell_needed" else different[int(codes[row])].as_py()
        problems.append(Problem(row, error.code, found, dict(error.values)))
    return problems, len(rows)
