"""A run by the words people type."""

from collections.abc import Iterator
from pathlib import Path

from salesplan.archive import register
from salesplan.archive.naming import OWN_ENTRIES, UNFINISHED
from salesplan.archive.runs import Run
from salesplan.archive.sealing import MANIFEST, SIGNATURES, read_manifest
from salesplan.errors import Fault, PlanError, alternatives

REMOVED = "run_removed"


def find_run(text: str, outputs: Path | None = None, *, place: str = "RUN") -> Run:
    """The run that PLAN/NAME or a path names; with `outputs` also NAME alone, and only runs of that plan.

    A run whose manifest is gone is found as well: it is a damaged one. Raises `PlanError` with the nearest known name;
    one that the register knows is told as removed.
    """
    folders = list(_candidates(text, outputs))
    for folder in folders:
        if is_run(folder) and (outputs is None or folder.parent.resolve() == outputs.resolve()):
            return Run(folder, read_manifest(folder))
    for folder in folders:
        known = register.read(folder.parent)
        event = known.run(folder.name) if known else None
        if event is not None:
            raise PlanError([Fault(REMOVED, place, text, {"time": event.get("time")})])
    raise PlanError([_unknown(text, outputs, place)])


def is_run(folder: Path) -> bool:
    """Whether a folder is a run, or what is left of one."""
    left = any((folder / name).exists() for name in (MANIFEST, SIGNATURES, "tables"))
    return folder.is_dir() and folder.name not in OWN_ENTRIES and left


def run_folders(outputs: Path) -> list[Path]:
    """The folders of a plan's runs that have their place, by name."""
    return sorted(path for path in outputs.glob("*") if not path.name.startswith(".") and is_run(path))


def _candidates(text: str, outputs: Path | None) -> Iterator[Path]:
    if not text.strip() or "\0" in text:
        return
    yield Path(text).absolute()
    if outputs is not None:
        yield outputs / Path(text).name
        return
    parts = Path(text).parts[-2:]
    for archive in _archives():
        yield archive.joinpath(*parts)
        yield archive.joinpath(*parts[:-1], UNFINISHED, *parts[-1:])


def _archives() -> Iterator[Path]:
    """The `outputs` folders from the working directory upward."""
    yield from (base / "outputs" for base in (Path.cwd(), *Path.cwd().parents) if (base / "outputs").is_dir())


def _unknown(text: str, outputs: Path | None, place: str) -> Fault:
    if outputs is not None:
        known = [folder.name for folder in run_folders(outputs)]
    else:
        plans = [plan for archive in _archives() for plan in archive.iterdir() if plan.is_dir()]
        named = [plan for plan in plans if plan.name == Path(text).parent.name]
        known = [f"{plan.name}/{folder.name}" for plan in named or plans for folder in run_folders(plan)]
    return Fault("run_unknown", place, text, alternatives(text, known)) if known else Fault("run_none", place, text)
