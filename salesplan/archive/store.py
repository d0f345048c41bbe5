"""The input files of all runs of a plan, each kept once under its SHA-256, for replays years later."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from salesplan.archive.sealing import CHUNK
from salesplan.errors import Fault, PlanError

INPUTS = "inputs"


def keep(outputs: Path, files: Mapping[str, Path], hashes: Mapping[str, str]) -> None:
    """Copy input files into the store; `files` by the place that `hashes` names them with.

    Raises `PlanError` naming every file that is no longer what was read and checked.
    """
    folder = outputs / INPUTS
    folder.mkdir(parents=True, exist_ok=True)
    found = {place: _copy(path, folder, hashes[place]) for place, path in files.items()}
    changed = [Fault("input_changed", place) for place, same in found.items() if not same]
    if changed:
        raise PlanError(changed)


def kept(outputs: Path, sha256: str) -> Path | None:
    """A file of the store by its SHA-256; None where it is not there."""
    return next(iter(sorted((outputs / INPUTS).glob(f"{sha256}.*"))), None)


def _copy(source: Path, folder: Path, sha256: str) -> bool:
    """Copy a file that is not there yet; False, with nothing left, where its content is another."""
    target = folder / f"{sha256}{source.suffix.lower() or '.bin'}"
    if target.exists():
        return True
    draft = target.with_name(target.name + ".part")
    found = hashlib.sha256()
    with source.open("rb") as given, draft.open("wb") as out:
        while chunk := given.read(CHUNK):
            found.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if found.hexdigest() != sha256:
        draft.unlink()
        return False
    draft.replace(target)
    return True
