"""How a run comes to be: one at a time, in a folder of its own, and then by one rename."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from salesplan.archive.naming import UNFINISHED
from salesplan.archive.sealing import MANIFEST
from salesplan.errors import Fault, PlanError
from salesplan.staging import files_below

SHORTLY = 0.5  # seconds; somebody who only looks whether a plan is being run holds it that long at most


@contextmanager
def lock(outputs: Path) -> Iterator[None]:
    """Hold the plan's archive; a second run is refused and told who holds it."""
    outputs.mkdir(parents=True, exist_ok=True)
    holder = outputs / ".lock.holder"
    held = FileLock(outputs / ".lock")
    try:
        held.acquire(timeout=SHORTLY)
    except Timeout:
        who = holder.read_text(encoding="utf-8") if holder.exists() else ""
        raise PlanError([Fault("locked", f"outputs/{outputs.name}", None, {"holder": who})]) from None
    try:
        holder.write_text(f"{os.getpid()}", encoding="utf-8")
        yield
    except PlanError:
        _leave_nothing(outputs)
        raise
    finally:
        with suppress(OSError):  # a disk that fails must neither hide what happened nor keep the plan
            holder.unlink(missing_ok=True)
        held.release()


def _leave_nothing(outputs: Path) -> None:
    """A first run that was refused leaves no folder."""
    with suppress(OSError):  # what was wrong is said all the same
        (outputs / ".lock.holder").unlink(missing_ok=True)
        if [path.name for path in outputs.iterdir()] == [".lock"]:
            shutil.rmtree(outputs)


def held(outputs: Path) -> bool:
    """Whether somebody holds the plan's archive, such as a run in the making."""
    if not (outputs / ".lock").exists():
        return False
    found = FileLock(outputs / ".lock", blocking=False)
    try:
        found.acquire()
    except (Timeout, OSError):
        return True
    found.release()
    return False


def begin(outputs: Path, name: str) -> Path:
    """An empty staging folder for a run; what was killed before it had a manifest goes."""
    staging = outputs / UNFINISHED / name
    for folder in (outputs / UNFINISHED).glob("*"):
        if folder == staging or not (folder / MANIFEST).exists():
            shutil.rmtree(folder)
    (staging / "tables").mkdir(parents=True)
    return staging


def complete(staging: Path, outputs: Path) -> Path:
    """Let the run appear under its name."""
    appear(staging, outputs / staging.name)
    clear(outputs)
    return outputs / staging.name


def appear(staging: Path, final: Path) -> None:
    """Let a folder appear whole: flush everything, then one rename."""
    files = files_below(staging)
    folders = {parent for path in files for parent in path.parents if parent.is_relative_to(staging)}
    for path in [*files, *sorted(folders, reverse=True)]:
        flush(path)
    staging.rename(final)
    flush(final.parent)


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
