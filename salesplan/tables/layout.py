"""Tables laid out for the eye made plain: title rows, headers of two rows, months side by side."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from salesplan import calendar
from salesplan.errors import Fault
from salesplan.tables.arrays import is_known, matches, texts, to_arrow, to_numpy
from salesplan.tables.cells import DAY, PLAIN, CellError, Manner, month
from salesplan.tables.columns import read_column
from salesplan.tables.contract import Spec, plain_header
from salesplan.tables.headers import SIDE_BY_SIDE, found_names
from salesplan.tables.reading import Body, Source
from salesplan.tables.results import Findings
from salesplan.tables.rows import is_total, without_notes
from salesplan.tables.units import PLAIN_UNITS, SCALED_UNITS, units_of_titles

TIMES = ("date", "month")
FEWEST_MONTHS = 2
FEWEST_NUMBERS = 6  # of headers that are months only as numbers: 1, 2, 3, ...
YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
WHOLE_YEAR = frozenset(("全年", "全年合计", "年度合计", "年合计", "fullyear", "yeartotal"))
# Columns between the months that add up some of them: 一季度, Q1, 上半年.
PART_OF_YEAR = re.compile(r"(第?[一二三四1-4]季度?|q[1-4]|[1-4]q|h[12]|[上下]半年)(合计|小计|total)?")
YEARS = frozenset(("年", "年份", "年度", "财年", "year", "fiscalyear"))
OF_A_YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:\.0)?\s*(?:年|年度)?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENGLISH = re.compile(rf"({'|'.join(MONTHS)})[a-z]*\.?(?:[ -]?([0-9]{{4}}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Way:
    """How a plan reads its tables: the table, the plan's own headers, its cells and the end of its months."""

    spec: Spec
    mapping: Mapping[str, str]
    manner: Manner
    cutoff: int | None
    findings: Findings

    def names(self, headers: Sequence[str]) -> set[str]:
        """The columns these headers name."""
        return found_names(self.spec, self.mapping, headers)


def lay_out(source: Source, way: Way) -> Source:
    """The source with its true header above it and one row per month; itself where it is plain or cannot be told."""
    if source.below is None:
        return source
    rows = [[cell.strip() for cell in row] for row in source.preview]
    found = _header_row(rows, way)
    if found is None:
        return source
    first, header, height = found
    titles = [cell for row in rows[:first] for cell in row if cell]
    place = f"{source.place} row {source.header_row}"
    plain = source if (first, height) == (0, 1) else source.below(first + height, header)
    plain = replace(plain, units=units_of_titles(titles))
    if titles:
        way.findings.notice("title_rows", place, count=first, text=titles[0][:60])
    if height > 1:
        way.findings.notice("header_rows", place)
    months = _months(header, _filled(rows[first - 1]) if first else [], titles, way)
    if not months:
        return plain
    found_below = _unpivoted(plain, header, months, way)
    split = _split_below(rows[first + height : first + height + 1], months)
    if not split:
        return found_below
    way.findings.fault("months_split", place, ", ".join(split))
    return replace(found_below, body=lambda _: None)


def _split_below(under: list[list[str]], months: Mapping[int, str]) -> list[str]:
    """What stands in words below every month, such as 计划 and 实际: months that are several columns wide."""
    row = under[0] if under else []
    texts_below = [row[at] if at < len(row) else "" for at in months]
    worded = all(cell and not any(sign.isdigit() for sign in cell) for cell in texts_below)
    return list(dict.fromkeys(cell for cell in row if cell)) if worded else []


def _header_row(rows: list[list[str]], way: Way) -> tuple[int, list[str], int] | None:
    """The number of the header's first row, its cells, and of how many rows it is made."""
    for at, row in enumerate(rows):
        if _fits(row, way) and _stands_below(rows[:at], row, way):
            under = rows[at + 1] if at + 1 < len(rows) else []
            both = _combined(row, under, way)
            return (at, both, 2) if _goes_on(row, under, way) and _fits(both, way) else (at, row, 1)
    for at, (row, under) in enumerate(pairwise(rows)):
        both = _combined(row, under, way)
        if _fits(both, way) and len(way.names(both)) > 1 and not _is_data(row, both):
            return at, both, 2
    return None


def _fits(row: list[str], way: Way) -> bool:
    """Whether a row names every needed column, or all but a time and a value that months side by side give."""
    return set(way.spec.needed) <= way.names(row) or bool(_months(row, [], [], way))


def _stands_below(above: list[list[str]], row: list[str], way: Way) -> bool:
    """Whether the rows above can be titles: none is as full as the header, which names several columns."""
    width = sum(map(bool, row))
    if any(_is_data(top, row) or sum(map(bool, top)) > width for top in above):
        return False
    return not above or len(way.names(row)) > 1 or width > 2


def _is_data(row: list[str], header: list[str]) -> bool:
    """Whether a row above a header looks like data that slipped there: two numbers or dates, or one in a full row."""
    numbers = sum(bool(PLAIN.fullmatch(cell) or DAY.fullmatch(cell)) and not YEAR.fullmatch(cell) for cell in row)
    return numbers > 1 or (numbers == 1 and sum(map(bool, row)) >= sum(map(bool, header)))


def _goes_on(row: list[str], under: list[str], way: Way) -> bool:
    """Whether the header goes on in the next row: words under its blank cells, nothing under its needed ones."""
    blank = [under[at] if at < len(under) else "" for at, cell in enumerate(row) if not cell]
    wanted = [at for at, cell in enumerate(row) if cell and way.names([cell]) & set(way.spec.needed)]
    words = [cell for cell in blank if cell and not cell[:1].isdigit()]
    return bool(words) and not any(under[at] for at in wanted if at < len(under) and at + 1 < len(row) and row[at + 1])


def _filled(row: list[str]) -> list[str]:
    """A row whose blank cells belong to the merged cell on their left."""
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _combined(row: list[str], under: list[str], way: Way) -> list[str]:
    """Two rows of a header as one: what is known in the lower, else both as 金额(万元)."""
    width = max(len(row), len(under))
    lower = under + [""] * (width - len(under))
    upper = _filled(row + [""] * (width - len(row)))
    raw = row + [""] * (width - len(row))
    return [_joined(top if below else own, below, way) for own, top, below in zip(raw, upper, lower, strict=True)]


def _joined(top: str, below: str, way: Way) -> str:
    if not below or not top or top == below:
        return below or top
    unit = below.strip("()（）").casefold()
    if way.names([below]) or _month(below, way.manner, numbers=True):
        return below
    return f"{top}({unit})" if unit in PLAIN_UNITS or unit in SCALED_UNITS else f"{top}({below})"


def _month(header: str, manner: Manner, *, numbers: bool = False) -> str:
    """The month a header names, as 2027-03; empty where it names none."""
    if header.isdecimal() and len(header) < 3:
        header = f"{header}月" if numbers else ""
    english = ENGLISH.fullmatch(header)
    if english:
        number = MONTHS.index(english[1].casefold()) + 1
        header = f"{english[2]}-{number:02d}" if english[2] else f"{number}月"
    try:
        return str(month(header, manner).value)
    except CellError:
        return ""


def _months(header: list[str], above: list[str], titles: list[str], way: Way) -> dict[int, str]:
    """Which columns are months side by side; empty where the table has its time and value in columns."""
    named = way.names(header)
    missing = [name for name in way.spec.needed if name not in named]
    if len(missing) != 2 or not set(TIMES) & set(missing):
        return {}
    numbers = sum(cell.isdecimal() and len(cell) < 3 for cell in header) >= FEWEST_NUMBERS
    years = {int(found) for text in titles for found in YEAR.findall(text)}
    common = years.pop() if len(years) == 1 else way.manner.fiscal_year
    found = {}
    for at, cell in enumerate(header):
        year = YEAR.search(above[at]) if at < len(above) else None
        manner = replace(way.manner, fiscal_year=int(year[1]) if year else common)
        if label := _month(cell, manner, numbers=numbers):
            found[at] = label
    return found if len(found) >= FEWEST_MONTHS else {}


def _unpivoted(source: Source, header: list[str], months: dict[int, str], way: Way) -> Source:
    """One row per row and month that has a value; the months of one column follow one another."""
    missing = [name for name in way.spec.needed if name not in way.names(header)]
    time = next(name for name in TIMES if name in missing)
    value = next(name for name in missing if name != time)
    labels = tuple(_lettered(header[at], source.letters[at : at + 1]) for at in months)
    place = f"{source.place} row {source.header_row}"
    if len(set(months.values())) < len(months):
        way.findings.fault("months_twice", place, ", ".join(labels[:13]))
    whole = [at for at, cell in enumerate(header) if is_total(cell) or plain_header(cell) in WHOLE_YEAR]
    kept = [at for at in range(len(header)) if at not in months and at not in whole]
    year = next((at for at in kept if plain_header(header[at]) in YEARS), None)
    year = None if any(YEAR.search(label) for label in labels) else year  # months that name their year need no column
    order = sorted(months.values())
    if year is None:
        way.findings.notice("months_across", place, count=len(months), first=order[0], last=order[-1])
    else:
        months = _months(header, [], [], way)  # of the fiscal year; each row's own year goes beyond it
        way.findings.notice("months_across_years", place, count=len(months), column=header[year])
    kept = [at for at in kept if at != year]
    wide = _Wide(kept, months, whole[-1] if whole else None, value, source, way, year, time == "date")
    shown = [*(header[at] for at in kept), time, SIDE_BY_SIDE]
    names = [*(header[at] for at in kept), time, value]
    body = wide.body if len(set(months.values())) == len(months) else lambda _: None
    letters = tuple(source.letters[at] for at in kept if at < len(source.letters))
    return replace(source, preview=[shown, names], body=body, across=labels, merged={}, below=None, letters=letters)


def _lettered(label: str, letters: tuple[str, ...]) -> str:
    """A header and what Excel calls its column."""
    return ", ".join([label, *letters])


@dataclass(frozen=True)
class _Wide:
    """Rows with months side by side: columns kept, each month's column, the columns of row totals and of the year."""

    kept: list[int]
    months: dict[int, str]
    total: int | None
    value: str
    source: Source
    way: Way
    year: int | None = None
    by_day: bool = False

    def body(self, findings: Findings) -> Body | None:
        """The rows, one per month with a value."""
        found = self.source.body(findings)
        if found is None:
            return None
        found = without_notes(found, self.source.place, findings)
        self._check_totals(found, findings)
        self._check_parts(found, findings)
        size, count = len(found.records), len(self.months)
        rows = to_arrow(np.tile(np.arange(size), count), pa.int64())
        columns = [found.columns[at].take(rows) for at in self.kept]
        columns.append(texts(self._times(found, findings)))
        columns.append(pa.concat_arrays([found.columns[at] for at in self.months]))
        records = np.concatenate([found.records * count + number for number in range(count)])
        row_of: Callable[[int], int] = lambda record: found.row_of(record // count)  # noqa: E731
        return Body(columns, records, row_of).keep(matches(columns[-1], r"[^\s\x{3000}\x{a0}]"))

    def _times(self, found: Body, findings: Findings) -> list[str]:
        """The time of each value, month after month: of the row's own year where a column gives it."""
        size = len(found.records)
        if self.year is None:
            return [time for label in self.months.values() for time in [self._time(label)] * size]
        given = found.columns[self.year].to_pylist()
        years = {text: OF_A_YEAR.fullmatch((text or "").strip()) for text in dict.fromkeys(given)}
        wrong = [row for row, text in enumerate(given) if years[text] is None]
        label = self.source.headers[self.year]
        place = f"{self.source.place} row {{}} , column {label}"
        findings.many((Fault("year_of_row", place.format(found.row(row)), given[row]) for row in wrong), len(wrong))
        fiscal = self.way.manner.fiscal_year
        shift = {text: int(year[1]) - fiscal if year else 0 for text, year in years.items()}
        known = {(text, at): self._time(_later(self.months[at], shift[text])) for text in years for at in self.months}
        return [known[text, at] for at in self.months for text in given]

    def _time(self, label: str) -> str:
        """A month as the table has its times: the month, or its last day."""
        return calendar.month_span(label, self.way.cutoff)[1].isoformat() if self.by_day else label

    def _check_totals(self, found: Body, findings: Findings) -> None:
        """Every row's total must be the sum of its months."""
        if self.total is not None:
            self._check_sum(found, self.total, [list(self.months)], findings)

    def _check_parts(self, found: Body, findings: Findings) -> None:
        """A quarter or half between the months must be the sum of months that stand next to it, left or right."""
        headers = self.source.headers
        parts = [at for at in self.kept if PART_OF_YEAR.fullmatch(plain_header(headers[at]))]
        months = sorted(self.months)
        for at in parts:
            left, right = [m for m in months if m < at], [m for m in months if m > at]
            size = 6 if "半年" in headers[at] or plain_header(headers[at]).startswith("h") else 3
            beside = [side for side in (left[-size:], right[:size]) if len(side) == size]
            if beside:
                self._check_sum(found, at, beside, findings)

    def _check_sum(self, found: Body, at: int, sides: list[list[int]], findings: Findings) -> None:
        """A column must be in every row the sum of the columns of one of `sides`, whichever of them fits the most."""
        column = self.way.spec.column(self.value)
        given = read_column(found.columns[at], column, self.way.manner).values
        wrong, sums = min((self._apart(found, given, side) for side in sides), key=lambda one: len(one[0]))
        label = f"{self.value} ({_lettered(self.source.headers[at], self.source.letters[at : at + 1])})"
        faults = (
            Fault(
                "total_mismatch",
                f"{self.source.place} row {found.row(row)} , column {label}",
                found.columns[at][row].as_py(),
                {"sum": _shown(sums[row], money=column.type in ("money", "exact_money"))},
            )
            for row in wrong.tolist()
        )
        findings.many(faults, len(wrong))

    def _apart(self, found: Body, given: pa.Array, side: list[int]) -> tuple[Any, Any]:
        """The rows in which the given values are not the sums of some columns, and these sums."""
        column = self.way.spec.column(self.value)
        values = [read_column(found.columns[at], column, self.way.manner).values for at in side]
        sums = np.sum([to_numpy(one) for one in values], axis=0)
        return np.flatnonzero(is_known(given) & (np.abs(to_numpy(given) - sums) > 1e-9 * np.abs(sums))), sums


def _later(label: str, years: int) -> str:
    """A month some years later (or earlier)."""
    return f"{int(label[:4]) + years}{label[4:]}"


def _shown(found: float, *, money: bool) -> str:
    return f"{found / 100:,.2f}" if money else f"{found:g}"
