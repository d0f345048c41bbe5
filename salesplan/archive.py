"""The archive of a plan: a run folder appears complete, by one rename, or not at all."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from salesplan.errors import Fault, PlanError

UNFINISHED = ".unfinished"
OWN_ENTRIES = ("index.html", "lab", "closed")
MOST_BYTES = 200
MANIFEST = "manifest.json"
SAFE = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.\-]{0,79}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """A run of the archive as its manifest tells it."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def state(self) -> str:
        """complete, partial or incomplete; a run that never got its place is incomplete, whatever it says."""
        if self.folder.parent.name == UNFINISHED:
            return "incomplete"
        return str(self.manifest.get("state", "incomplete"))


def outputs_of(plan: Path) -> Path:
    """The folder of a plan's runs: `outputs/` beside `params/`."""
    from salesplan.params import workbook_of

    return workbook_of(plan) / "outputs" / plan.resolve().name


def safe_name(name: str, what: str) -> str:
    """The name, if it is safe as a folder on every system; else `PlanError`."""
    unsafe = RESERVED.fullmatch(name) or name in OWN_ENTRIES or name.endswith(".") or len(name.encode()) > MOST_BYTES
    if unsafe or not SAFE.fullmatch(name):
        raise PlanError([Fault("unsafe_name", what, name)])
    return name


def stamp(now: datetime | None = None) -> str:
    """A run's name from the clock, in UTC: 20270405T081500Z."""
    return (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def free_name(outputs: Path, wanted: str | None) -> str:
    """The wanted name, refused if taken; without one a stamp, with a number where two runs share a second."""
    if wanted is not None:
        if (outputs / safe_name(wanted, "--name")).exists():
            raise PlanError([Fault("run_exists", "--name", wanted)])
        return wanted
    base = stamp()
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (outputs / name).exists() and not (outputs / UNFINISHED / name).exists())


@contextmanager
def lock(outputs: Path) -> Iterator[None]:
    """Hold the plan's archive; a second run is refused and told who holds it."""
    outputs.mkdir(parents=True, exist_ok=True)
    holder = outputs / ".lock.holder"
    held = FileLock(outputs / ".lock", blocking=False)
    try:
        held.acquire()
    except Timeout:
        who = holder.read_text(encoding="utf-8") if holder.exists() else ""
        raise PlanError([Fault("locked", f"outputs/{outputs.name}", None, {"holder": who})]) from None
    try:
        holder.write_text(f"{os.getpid()}", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        held.release()


def begin(outputs: Path, name: str) -> Path:
    """An empty staging folder for a run."""
    staging = outputs / UNFINISHED / name
    if staging.exists():
        shutil.rmtree(staging)
    (staging / "tables").mkdir(parents=True)
    return staging


def write_manifest(staging: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a run, sorted and readable."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    draft = staging / (MANIFEST + ".part")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(staging / MANIFEST)


def files_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a run but its manifest and signatures."""
    apart = (MANIFEST, "signatures.json")
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in apart)
    return {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in found}


def altered(run: Run) -> list[str]:
    """Files of a run that are changed, missing or added since it was made."""
    known, found = run.manifest.get("files", {}), files_of(run.folder)
    return sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def content_hash(inputs: Mapping[str, str], files: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    """One hash of what a run was made from and what it says: inputs, parameters, changes, tables."""
    kept = {name: value for name, value in files.items() if name.startswith(("params/", "tables/"))}
    text = json.dumps([dict(inputs), kept, dict(changes)], sort_keys=True, default=str, ensure_ascii=False)
    return digest(text.encode())


def complete(staging: Path, outputs: Path) -> Path:
    """Let the run appear: flush everything, then one rename."""
    for path in sorted(staging.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    final = outputs / staging.name
    staging.rename(final)
    clear(outputs)
    return final


def clear(outputs: Path) -> None:
    """Remove the folder of unfinished runs when it is empty."""
    if not any((outputs / UNFINISHED).iterdir()):
        (outputs / UNFINISHED).rmdir()


def runs(outputs: Path) -> list[Run]:
    """All runs of a plan, newest first, incomplete ones among them."""
    folders = [path.parent for path in (*outputs.glob(f"*/{MANIFEST}"), *outputs.glob(f"{UNFINISHED}/*/{MANIFEST}"))]
    found = [Run(folder, _manifest(folder)) for folder in folders]
    return sorted(found, key=lambda run: (str(run.manifest.get("created", "")), run.name), reverse=True)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def newest_complete(outputs: Path) -> Run | None:
    """The newest complete run of a plan."""
    return next((run for run in runs(outputs) if run.state == "complete"), None)
