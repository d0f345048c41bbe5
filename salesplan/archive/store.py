"""The input files of all runs of a plan, each kept once under its SHA-256, for replays years later."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.archive.naming import OWN_ENTRIES, UNFINISHED
from salesplan.archive.runs import runs
from salesplan.archive.sealing import CHUNK, file_digest
from salesplan.errors import Fault, PlanError

if TYPE_CHECKING:
    import pyarrow as pa

INPUTS = "inputs"
DRAFT = ".part-"
SHA256 = re.compile("[0-9a-f]{64}")


def keep(outputs: Path, sources: Mapping[str, "Path | pa.Table"], hashes: Mapping[str, str]) -> dict[str, str]:
    """Put into the store what a run reads: files as they are, rows of databases as Parquet.

    Returns the name in the store by place. Raises `PlanError` naming every file that is no longer what was checked.
    """
    folder = outputs / INPUTS
    folder.mkdir(parents=True, exist_ok=True)
    for draft in folder.glob(f"{DRAFT}*"):
        draft.unlink()
    names = {
        place: _copied(source, folder, hashes[place]) if isinstance(source, Path) else _written(source, folder)
        for place, source in sources.items()
    }
    changed = [Fault("input_changed", place) for place, name in names.items() if not name]
    if changed:
        raise PlanError(changed)
    return names


def forget(outputs: Path, names: Iterable[str]) -> None:
    """Take out of the store what no run was made from: a run that was refused leaves nothing."""
    folder, needed = outputs / INPUTS, _needed(outputs)
    unneeded = {name for name in names if not {name, Path(name).stem} & needed} if needed is not None else set()
    for name in unneeded:
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def sweep(outputs: Path) -> None:
    """Take out of the store what no run names any more; the caller holds the plan's lock.

    Nothing goes while the manifest of some run cannot be read: what that run was made from is not known.
    """
    forget(outputs, [path.name for path in (outputs / INPUTS).glob("*") if SHA256.fullmatch(path.stem)])


def _needed(outputs: Path) -> set[str] | None:
    """Names in the store and hashes of inputs that the manifests tell; None where one cannot be read."""
    known = runs(outputs)
    there = {path for place in (outputs, outputs / UNFINISHED) for path in place.glob("[!.]*") if path.is_dir()}
    told = [run.manifest.get(key, {}) for run in known for key in ("stored", "inputs")]
    readable = all("inputs" in run.manifest for run in known) and all(isinstance(part, dict) for part in told)
    unknown = there - {run.folder for run in known} - {outputs / name for name in OWN_ENTRIES}
    return {str(name) for part in told for name in part.values()} if readable and not unknown else None


def kept(outputs: Path, sha256: str) -> Path | None:
    """A file of the store by its SHA-256; None where it is not there."""
    found = (outputs / INPUTS).glob(f"{sha256}.*") if SHA256.fullmatch(sha256) else ()
    return next(iter(sorted(found)), None)


def _copied(source: Path, folder: Path, sha256: str) -> str:
    """Copy a file that is not there yet; its name, or '' with nothing left where its content is another."""
    target = folder / f"{sha256}{source.suffix.lower() or '.bin'}"
    if target.exists():
        return target.name
    with _draft(folder / f"{DRAFT}{target.name}") as draft:
        if _hash_of_copy(source, draft) != sha256:
            return ""
        draft.replace(target)
    return target.name


def _hash_of_copy(source: Path, draft: Path) -> str:
    found = hashlib.sha256()
    with source.open("rb") as given, draft.open("wb") as out:
        while chunk := given.read(CHUNK):
            found.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return found.hexdigest()


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A draft that is put in its place, or goes."""
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _written(rows: "pa.Table", folder: Path) -> str:
    """Write the rows of a database's table; the file's name."""
    from pyarrow import parquet

    with _draft(folder / f"{DRAFT}rows") as draft:
        parquet.write_table(rows, draft, compression="zstd")
        target = folder / f"{file_digest(draft)}.parquet"
        draft.replace(target)
    return target.name
