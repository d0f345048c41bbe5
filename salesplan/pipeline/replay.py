"""`salesplan verify --replay`: the tables of a run made again from its archive alone, and compared to the byte."""

import csv
import shutil
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import nbformat

from salesplan import PLANNED, archive
from salesplan.archive.sources import closed_month, file_hashes, is_closed
from salesplan.errors import Fault, stop_on
from salesplan.pipeline import provenance
from salesplan.pipeline.request import NOTEBOOKS, Progress, Request
from salesplan.pipeline.run import run
from salesplan.rebuilding import from_databases, restored, rows_kept

NAME = "replay"


def replay(original: archive.Run, progress: Progress) -> list[Fault]:
    """Execute a run again in a folder of its own; returns what differs, table by table, empty where nothing does.

    The notebooks are those the run executed, its parameters, inputs and closed months those that the archive keeps.
    Raises `PlanError` where something it needs is not kept, or the present version refuses it, and `StepError`.
    """
    stop_on(_missing(original))
    with TemporaryDirectory(prefix="salesplan-") as folder:
        plan = lay_out(original, Path(folder))
        changes = {**original.manifest["changes"], **from_databases(original)}
        request = Request(plan, changes, NAME, fresh=True, rests_on=original)
        again = run(request, progress)
        return list(differences(original.folder / "tables", again.folder / "tables"))


def cautions(original: archive.Run) -> list[Fault]:
    """Why tables may differ although nothing was altered: other libraries, another release of this product."""
    made, here = original.manifest.get("versions"), provenance.versions()
    known = made if isinstance(made, dict) else {}
    other = {name: found for name, found in here.items() if known.get(name) != found}
    told = [Fault("replay_version", name, new, {"made": known.get(name, "-")}) for name, new in sorted(other.items())]
    if original.manifest.get("code", provenance.code()) != provenance.code():
        told.append(Fault("replay_code", "salesplan"))
    return told


def origins(original: archive.Run) -> list[Fault]:
    """Steps that the run took over from another one, which a replay executes."""
    steps = original.manifest.get("steps")
    settled = original.manifest.get("plan_run")
    told = [Fault("replay_plan", settled["run"])] if isinstance(settled, dict) else []
    known_steps = [(stem, step) for stem, step in (steps if isinstance(steps, dict) else {}).items()]
    taken = [
        (stem, step)
        for stem, step in known_steps
        if isinstance(step, dict) and step.get("state") == "taken_over" and not (settled and stem in PLANNED)
    ]
    return [*told, *(Fault("replay_taken_over", stem, None, {"run": step.get("from")}) for stem, step in taken)]


def lay_out(original: archive.Run, folder: Path) -> Path:
    """A workbook made from a run and the archive around it; returns the folder of its plan."""
    outputs = original.folder.parent
    plan = folder / "params" / outputs.name
    shutil.copytree(original.folder / "params", plan)
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS.values():
        nbformat.write(_bare(original.folder / f"{name}.ipynb"), folder / "notebooks" / f"{name}.ipynb")
    rows, hashes = rows_kept(original), file_hashes(original.manifest)
    for place, sha256 in original.manifest["inputs"].items():
        target = plan / rows[place] if place in rows else folder / place
        restored(original, place, hashes.get(place, sha256), target)
    return plan


def _missing(original: archive.Run) -> Iterator[Fault]:
    """What a replay needs and the archive does not hold."""
    if original.state != "complete":
        yield Fault("replay_partial", original.name)
    outputs, hashes = original.folder.parent, file_hashes(original.manifest)
    for place, sha256 in original.manifest["inputs"].items():
        if not _is_inside(place, outputs.name):
            yield Fault("replay_place", place)
        elif is_closed(place) and closed_month(outputs, place, sha256) is None:
            yield Fault("verify_closed", place)
        elif not is_closed(place) and archive.kept(outputs, hashes[place]) is None:
            yield Fault("verify_not_kept", place)


def _is_inside(place: str, plan: str) -> bool:
    """Whether a place of a manifest lies in the plan's own folders."""
    path = PurePosixPath(place)
    roots = (f"params/{plan}/", f"outputs/{plan}/closed/")
    return ".." not in path.parts and path.as_posix() == place and place.startswith(roots)


def _bare(path: Path) -> nbformat.NotebookNode:
    """A notebook as it was before it was executed: no outputs, no injected parameters."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.cells = [cell for cell in notebook.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def differences(then: Path, now: Path) -> Iterator[Fault]:
    """Tables that are not the same to the byte: the first row and column where they part."""
    names = {path.name for folder in (then, now) for path in folder.glob("*.csv")}
    for name in sorted(names):
        if not (now / name).exists():
            yield Fault("replay_not_made", f"tables/{name}")
        elif not (then / name).exists():
            yield Fault("replay_new_table", f"tables/{name}")
        elif archive.file_digest(then / name) != archive.file_digest(now / name):
            yield _first_difference(then / name, now / name)


def _first_difference(then: Path, now: Path) -> Fault:
    place = f"tables/{then.name}"
    with then.open(encoding="utf-8-sig", newline="") as old, now.open(encoding="utf-8-sig", newline="") as new:
        rows = zip_longest(csv.reader(old), csv.reader(new), fillvalue=())
        header: Mapping[int, str] = {}
        for number, (was, found) in enumerate(rows, 1):
            header = header or dict(enumerate(was))
            for column, (before, after) in enumerate(zip_longest(was, found, fillvalue="-")):
                if before != after:
                    where = f"{place} row {number} , column {header.get(column, column + 1)}"
                    return Fault("replay_differs", where, after, {"was": before})
    return Fault("replay_bytes", place)
