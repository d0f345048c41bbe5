"""What checking the input tables leaves: typed tables, faults, notices."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from salesplan.errors import SHOWN, Fault

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


@dataclass(frozen=True)
class Notice:
    """Something unusual that was accepted; `code` names its text in section `notice` of the catalogue."""

    code: str
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """The input tables of a plan, read whole.

    `tables` holds, per table given, the columns found under the contract's names: money int64 fen,
    dates date32, months and texts string, quantities and rates float64; blank is null. `faults`
    lists at most 20 per column, `fault_count` counts all. `hashes` are SHA-256 per file, `sources` what to keep of
    each: the file, or the rows a database gave. `places` says, per table just read, where a row and a column of it
    stand in the user's file.
    """

    tables: Mapping[str, "pa.Table"]
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    hashes: Mapping[str, str] = field(default_factory=dict)
    fault_count: int = 0
    places: Mapping[str, Callable[[int, str], str]] = field(default_factory=dict)
    sources: Mapping[str, "Path | pa.Table"] = field(default_factory=dict)


ROW = re.compile(r" (?:row|cell) [A-Z]*[0-9]+")


class Findings:
    """Collects faults and notices of one pass; keeps at most 20 faults of a kind and column, and counts the rest."""

    def __init__(self) -> None:
        """Nothing found yet."""
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []
        self.fault_count = 0
        self._kept: Counter[tuple[str, str]] = Counter()

    def fault(self, code: str, place: str, value: Any = None, **values: Any) -> None:
        """Note one fault."""
        self.many([Fault(code, place, value, values)], 1)

    def many(self, faults: Iterable[Fault], count: int) -> None:
        """Note the first faults of a kind, of `count` in all."""
        self.fault_count += count
        for fault in islice(faults, SHOWN):
            kind = fault.code, ROW.sub("", fault.place)
            self._kept[kind] += 1
            if self._kept[kind] <= SHOWN:
                self.faults.append(Fault(fault.code, fault.place, _short(fault.value), fault.values))

    def notice(self, code: str, place: str, **values: Any) -> None:
        """Note something accepted that a reader should know."""
        self.notices.append(Notice(code, place, values))


def _short(value: Any) -> Any:
    text = str(value)
    return text[:77] + "..." if len(text) > 80 else value
