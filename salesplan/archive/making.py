"""How a run comes to be: one at a time, in a folder of its own, and then by one rename."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from salesplan.archive.naming import UNFINISHED
from salesplan.archive.sealing import MANIFEST
from salesplan.errors import Fault, PlanError


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
    except PlanError:
        holder.unlink(missing_ok=True)
        if [path.name for path in outputs.iterdir()] == [".lock"]:  # a first run that was refused leaves nothing
            shutil.rmtree(outputs)
        raise
    finally:
        holder.unlink(missing_ok=True)
        held.release()


def begin(outputs: Path, name: str) -> Path:
    """An empty staging folder for a run; what was killed before it had a manifest goes."""
    staging = outputs / UNFINISHED / name
    for folder in (outputs / UNFINISHED).glob("*"):
        if folder == staging or not (folder / MANIFEST).exists():
            shutil.rmtree(folder)
    (staging / "tables").mkdir(parents=True)
    return staging


def complete(staging: Path, outputs: Path) -> Path:
    """Let the run appear: flush everything, then one rename."""
    for path in sorted(staging.rglob("*")):
        flush(path)
    flush(staging)
    final = outputs / staging.name
    staging.rename(final)
    flush(outputs)
    clear(outputs)
    return final


def flush(path: Path) -> None:
    """Force a file, or the entries of a folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return  # only files can be forced there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear(outputs: Path) -> None:
    """Remove the folder of unfinished runs when it is empty."""
    folder = outputs / UNFINISHED
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
