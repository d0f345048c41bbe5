"""JupyterLab on a plan: working copies of the notebooks, with the plan chosen and the prose in its language."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from salesplan import STEPS, archive
from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.pipeline.prose import localize
from salesplan.places import neighbours, no_plan, shown_path, workbook_of

SCRATCH = "scratch"  # where the copies read and write tables
QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")


def working_copies(plan: Path) -> Path:
    """Copy the five notebooks to `outputs/<plan>/lab`, the plan in their parameters; returns the folder.

    A copy that was worked on is kept: only missing ones and those older than their notebook are written.
    """
    loaded = check(plan).loaded
    folder = archive.outputs_of(plan) / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    for number, stem in enumerate(STEPS, start=1):
        source = workbook_of(plan) / "notebooks" / f"{number}_{stem}.ipynb"
        target = folder / source.name
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        notebook = nbformat.read(source, as_version=4)
        localize(notebook, stem, loaded.plan.language)
        parameters = next(cell for cell in notebook.cells if "parameters" in cell["metadata"].get("tags", []))
        _tables_of_newest(plan)
        parameters["source"] = f"plan = {shown_path(plan)!r}\nrun = {SCRATCH!r}\nchanges = {{}}"
        _read_as_a_document(notebook)
        nbformat.write(notebook, target)
    return folder


def _read_as_a_document(notebook: nbformat.NotebookNode) -> None:
    """Fold the code away, one click from view; only the parameters stay in sight."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id != "parameters":
            cell.metadata["jupyter"] = {"source_hidden": True}


def step_of(text: str) -> str:
    """A step by its stem or its number, `2` for `seasonal_split`; what is neither is returned as it is."""
    return STEPS[int(text) - 1] if text in {str(number + 1) for number in range(len(STEPS))} else text


def only_plan() -> Path:
    """The one plan of the workbook of the working directory; `PlanError` naming all where it is not one."""
    found = neighbours(Path("params") / "plan")
    if len(found) != 1:
        raise PlanError([no_plan("params")])
    return found[0]


def _tables_of_newest(plan: Path) -> None:
    """The tables of the newest complete run beside the copies, so that every notebook works alone."""
    outputs = archive.outputs_of(plan)
    newest = archive.newest_complete(outputs)
    tables = outputs / "lab" / SCRATCH / "tables"
    if newest and not tables.exists():
        shutil.copytree(newest.folder / "tables", tables)


def open_lab(plan: Path, step: str, *, port: int, browser: bool) -> int:
    """Run JupyterLab on this machine only, opened on a step's notebook; returns its exit status."""
    folder = working_copies(plan)
    root = workbook_of(plan)
    notebook = (folder / f"{STEPS.index(step) + 1}_{step}.ipynb").relative_to(root).as_posix()
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ip=127.0.0.1", f"--ServerApp.root_dir={root}"]
    opening = [f"--LabApp.default_url=/lab/tree/{notebook}"]
    # JupyterLab asks nobody whether he wants its news.
    places = [str(Path(__file__).parent / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")]
    config = os.pathsep.join(filter(None, places))
    called = [*command, *opening, *QUIET, *([] if browser else ["--no-browser"])]
    return subprocess.call(called, env={**os.environ, "JUPYTER_CONFIG_PATH": config})
