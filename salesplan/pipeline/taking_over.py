"""Steps that need not be executed again: what they read and what makes them is as it was."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan.archive import Run, file_digest
from salesplan.errors import Fault
from salesplan.inputs import STATE
from salesplan.pipeline.request import NOTEBOOKS
from salesplan.staging import DONE, INPUTS, PAGES, PREVIOUS, REVIEW, names_below
from salesplan.tables.outputs import tables_of

TABLE, BEFORE = "table:", "previous:"


@dataclass(frozen=True)
class Earlier:
    """A run whose steps may be taken over; one that was cut short says per step what it had left."""

    run: Run

    def entry(self, stem: str) -> dict[str, Any]:
        """What its manifest says of a step."""
        found = self.run.manifest.get("steps", {}).get(stem, {})
        return dict(found) if isinstance(found, dict) else {}

    def files(self, stem: str) -> dict[str, str]:
        """SHA-256 of each file of a step."""
        known = self.entry(stem).get("files") or self.run.manifest.get("files", {})
        return {name: value for name, value in known.items() if of_step(name, stem)}

    def stands(self, stem: str, maker: str, staging: Path) -> bool:
        """Whether executing the step again would leave the same: same maker, same reads, its files as they were."""
        entry = self.entry(stem)
        if entry.get("maker") != maker or entry.get("state") not in ("done", "taken_over"):
            return False
        reads, known = entry.get("reads", {}), state(staging)
        if any(_hash(name, known, staging) != value for name, value in reads.items()):
            return False
        return self.whole(stem)

    def whole(self, stem: str) -> bool:
        """Whether all files of a step are there as they were written."""
        files = self.files(stem)
        needed = {f"{NOTEBOOKS[stem]}.ipynb", *(f"tables/{name}.csv" for name in tables_of(stem))}
        there = (self.run.folder / name for name in files)
        return needed <= files.keys() and all(
            path.is_file() and file_digest(path) == value for path, value in zip(there, files.values(), strict=True)
        )

    def damage(self, stem: str) -> Iterator[Fault]:
        """A fault where a step's files are not as they were written."""
        if not self.whole(stem):
            yield Fault("run_altered", self.run.name, f"{NOTEBOOKS[stem]}.ipynb", {"count": 1})

    def copy(self, stem: str, staging: Path) -> None:
        """Copy a step's notebook, tables and papers into another run."""
        for name in self.files(stem):
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.run.folder / name, staging / name)


def of_step(name: str, stem: str) -> bool:
    """Whether a file of a run is what a step itself wrote: its notebook, its tables, its letters or statements."""
    if name.startswith("tables/"):
        return name.removeprefix("tables/").removesuffix(".csv") in tables_of(stem)
    return name == f"{NOTEBOOKS[stem]}.ipynb" or name.startswith(tuple(f"{papers}/" for papers in PAGES.get(stem, ())))


def files_left(stem: str, staging: Path) -> dict[str, str]:
    """SHA-256 of what a step has left in its run."""
    names = [f"{NOTEBOOKS[stem]}.ipynb", *(f"tables/{name}.csv" for name in tables_of(stem))]
    names += [f"{folder}/{name}" for folder in PAGES.get(stem, ()) for name in names_below(staging / folder)]
    return {name: file_digest(staging / name) for name in names}


def reads_of(stem: str, staging: Path) -> dict[str, str | None]:
    """What a step that is done has read, each with its hash."""
    names = json.loads((staging / INPUTS / f"{stem}{DONE}").read_bytes())
    known = state(staging)
    return {name: _hash(name, known, staging) for name in names}


def state(staging: Path) -> Mapping[str, str | None]:
    """What the steps of a run can read, by name, each with its hash."""
    found: dict[str, str | None] = json.loads((staging / INPUTS / STATE).read_bytes())
    return found


def _hash(name: str, known: Mapping[str, str | None], staging: Path) -> str | None:
    """The hash of one thing that can be read; None where it is not there."""
    kind, _, rest = name.partition(":")
    if name.startswith((TABLE, BEFORE)):
        folder = staging / ("tables" if name.startswith(TABLE) else PREVIOUS)
        path = folder / (REVIEW if rest == "review" else f"{rest}.csv")
        return file_digest(path) if path.exists() else None
    if rest == "*":
        return "\n".join(f"{key} {value}" for key, value in sorted(known.items()) if key.startswith(f"{kind}:"))
    return known.get(name)
