"""What a run was made from, as the archive keeps it: input files by their hash, months closed before."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from salesplan.archive.sealing import parsed
from salesplan.archive.store import INPUTS, kept
from salesplan.archive.walking import content_of, contents
from salesplan.closing.record import ENTRY, FOLDER
from salesplan.errors import Fault

MONTH = re.compile(r"\d{4}-\d{2}")
DATABASE = ".yaml: inputs."  # an input of a database: it stands in plan.yaml, its hash is that of the rows


def is_closed(place: str) -> bool:
    """Whether an input of a manifest is a closed month."""
    return place.startswith("outputs/")


def is_database(place: str) -> bool:
    """Whether an input of a manifest is a table of a database."""
    return DATABASE in place


def file_hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the file that keeps each input of a run, by place; closed months are kept elsewhere.

    A file is kept as it was; the rows of a database as a Parquet file, whose name in the store tells its hash.
    """
    names = manifest.get("stored", {})
    inputs = {place: sha256 for place, sha256 in manifest.get("inputs", {}).items() if not is_closed(place)}
    return {
        place: str(names.get(place, "")).partition(".")[0] if is_database(place) else sha256
        for place, sha256 in inputs.items()
    }


def kept_faults(outputs: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    """Inputs of a run that are not kept, or not as they were."""
    inputs, hashes = manifest["inputs"], file_hashes(manifest)
    stored = {place: kept(outputs, sha256) for place, sha256 in hashes.items()}
    if stored and not any(stored.values()):
        yield Fault("verify_none_kept", INPUTS, None, {"count": len(stored)})
        stored = {}
    names = [path.name for path in stored.values() if path is not None]
    found = contents(outputs / INPUTS, dict.fromkeys(names))
    for place, path in sorted(stored.items()):
        content = None if path is None else found[path.name]
        if path is None:
            yield Fault("verify_not_kept", place)
        elif path.is_symlink():
            yield Fault("verify_link", f"{INPUTS}/{path.name}")
        elif content is None or content.sha256 != hashes[place]:
            yield Fault("verify_kept_changed", f"{INPUTS}/{path.name}", None, {"other": place})
    for place in sorted(filter(is_closed, inputs)):
        yield from _closed_faults(outputs, place, inputs[place])


def closed_month(outputs: Path, place: str, sha256: str) -> Path | None:
    """The folder of a closed month whose entry has this hash: where it was, or where reopening has put it."""
    month = PurePosixPath(place).parent.name
    if not MONTH.fullmatch(month):
        return None
    for folder in (outputs / FOLDER / month, *sorted((outputs / FOLDER).glob(f"{month}.reopened-*"))):
        entry = content_of(folder / ENTRY)
        if entry and entry.sha256 == sha256:
            return folder
    return None


def _closed_faults(outputs: Path, place: str, sha256: str) -> Iterator[Fault]:
    folder = closed_month(outputs, place, sha256)
    if folder is None:
        yield Fault("verify_closed", place)
        return
    entry: Any = parsed((folder / ENTRY).read_bytes())  # as it was written: its hash is right
    for name, known in entry["files"].items():
        content = content_of(folder / name)
        if content is None or content.sha256 != known:
            yield Fault("closed_damaged", f"{FOLDER}/{folder.name}/{name}")
