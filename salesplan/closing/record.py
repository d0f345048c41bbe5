"""What is kept of each closed month, under `outputs/<plan>/closed/<month>/`, and the log of closes and reopens."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan.errors import Fault
from salesplan.staging import write_whole

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FOLDER = "closed"
ENTRY = "closed.json"
LOG = "log.json"
REOPENED = "reopened.json"
INPUT_ROWS = "inputs"
# The tables whose rows of the month become final.
TABLES = ("commission", "commission_lines", "commission_releases", "commission_base_pay")


@dataclass(frozen=True)
class ClosedMonth:
    """One closed month as its entry tells it: month, by, time, run, content, files (SHA-256 by name)."""

    folder: Path
    entry: Mapping[str, Any]

    @property
    def month(self) -> str:
        """The month, YYYY-MM."""
        return self.folder.name

    def input_rows(self, table: str) -> "pa.Table | None":
        """The rows of an input table this month's pay stands on; None where the plan did not have the table."""
        from pyarrow import parquet

        path = self.folder / INPUT_ROWS / f"{table}.parquet"
        # Not `read_table`, whose data sets import pandas; a check does without.
        return parquet.ParquetFile(path).read() if path.exists() else None

    def faults(self, shown: str) -> Iterator[Fault]:
        """Kept files that are not as they were written."""
        from salesplan.archive import digest

        for name, known in self.entry.get("files", {}).items():
            path = self.folder / name
            if not path.is_file() or digest(path.read_bytes()) != known:
                yield Fault("closed_damaged", f"{shown}/{self.month}/{name}")


@dataclass(frozen=True)
class Record:
    """The closed months of a plan's year, in order; empty where none is closed."""

    folder: Path
    months: tuple[ClosedMonth, ...] = ()

    @property
    def names(self) -> list[str]:
        """The closed months, YYYY-MM."""
        return [one.month for one in self.months]

    @property
    def shown(self) -> str:
        """How messages call the folder."""
        return f"outputs/{self.folder.parent.name}/{FOLDER}"

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each month's entry, which names those of its files."""
        from salesplan.archive import digest

        return {f"{self.shown}/{one.month}/{ENTRY}": digest((one.folder / ENTRY).read_bytes()) for one in self.months}

    def frame(self, table: str) -> "pd.DataFrame":
        """Rows of all closed months of an output table, as they were closed."""
        import pandas as pd

        frames = [pd.read_parquet(one.folder / f"{table}.parquet") for one in self.months]
        filled = [frame for frame in frames if len(frame)] or frames[:1]
        return pd.concat(filled, ignore_index=True)

    def faults(self) -> Iterator[Fault]:
        """Kept files that are not as they were written."""
        for one in self.months:
            yield from one.faults(self.shown)

    def copy(self, folder: Path) -> None:
        """Hand the closed tables to the processes that follow."""
        for one in self.months:
            target = folder / FOLDER / one.month
            target.mkdir(parents=True)
            for name in (ENTRY, *(f"{table}.parquet" for table in TABLES)):
                shutil.copyfile(one.folder / name, target / name)


def read(outputs: Path, months: Sequence[str]) -> Record:
    """The record beside a plan's runs; `months` are those of the plan's year."""
    folder = outputs / FOLDER
    found = [folder / month for month in months if (folder / month / ENTRY).exists()]
    return Record(folder, tuple(ClosedMonth(path, json.loads((path / ENTRY).read_text("utf-8"))) for path in found))


def entries(outputs: Path) -> list[dict[str, Any]]:
    """The entries of all closed months of a plan, whatever their year, in order."""
    found = sorted((outputs / FOLDER).glob(f"????-??/{ENTRY}"))
    return [json.loads(path.read_text("utf-8")) for path in found]


def entries_or_blank(outputs: Path) -> dict[str, dict[str, Any]]:
    """The entries by month, in order; empty where one is damaged, which `faults` tells."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((outputs / FOLDER).glob(f"????-??/{ENTRY}")):
        try:
            entry = json.loads(path.read_text("utf-8"))
        except (ValueError, OSError):
            entry = {}
        found[path.parent.name] = entry if isinstance(entry, dict) else {}
    return found


def log(folder: Path, **event: Any) -> None:
    """Add one event to the log: what was done to which month, when, by whom or why."""
    write_whole(folder / LOG, (json.dumps([*events(folder), event], ensure_ascii=False, indent=1) + "\n").encode())


def events(folder: Path) -> list[dict[str, Any]]:
    """The log of closes and reopens, oldest first."""
    path = folder / LOG
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def catch_up(outputs: Path) -> None:
    """Log what was closed or reopened when the machine stopped, before its line was written.

    The caller holds the plan's lock. Why a month was to be reopened goes from one that never was.
    """
    folder, known = outputs / FOLDER, events(outputs / FOLDER)
    for kept in sorted(folder.glob(f"????-??.reopened-*/{ENTRY}")):
        if kept.parent.name not in {event.get("kept") for event in known}:
            log(folder, **_reopening(kept.parent))
    closes = {(event["month"], event["time"]) for event in known if event["what"] == "close"}
    for entry in entries(outputs):
        (folder / entry["month"] / REOPENED).unlink(missing_ok=True)
        if (entry["month"], entry["time"]) not in closes:
            log(folder, what="close", **{key: entry[key] for key in ("month", "by", "time", "run")})


def _reopening(kept: Path) -> dict[str, Any]:
    """The event of a month's reopening, as its folder tells it."""
    note = kept / REOPENED
    told = json.loads(note.read_text("utf-8")) if note.exists() else {}
    return {"what": "reopen", "month": kept.name.partition(".")[0], **told, "kept": kept.name}
