"""Workbooks of their own for tests, and the command run in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

# As the product does: without it jsonschema, which nbformat imports, does not compile 39 grammars nobody asks for.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
HEAVY = ("pandas", "ibis", "duckdb", "seaborn", "matplotlib", "nbconvert", "papermill", "openpyxl")


def command(folder, *args):
    """Run `salesplan ARGS` in a folder; the finished process with its output as text."""
    program = [sys.executable, "-c", "from salesplan.cli import main; main()", *map(str, args)]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=600)


def heavy_after(folder, code):
    """Which heavy libraries a Python of its own has loaded once it has run some code in a folder."""
    told = f"\nimport sys\nprint([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + told], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def heavy_of_command(folder, *args):
    """The same for the command `salesplan ARGS`."""
    begin = f"import sys; sys.argv = ['salesplan', *{args!r}]\nfrom salesplan.cli import main\n"
    return heavy_after(folder, begin + "try: main()\nexcept SystemExit: pass")


def copy_workbook(folder, *plans):
    """A workbook of its own with the notebooks and some of the plans."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for plan in plans:
        shutil.copytree(ROOT / "params" / plan, folder / "params" / plan)
    return folder


def made_once(factory, name, make):
    """The folder `name` as `make` fills it, in whichever of the parallel processes comes first; the others wait."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


def without_charts(workbook, *numbers):
    """The workbook, its notebooks of these numbers, or all, drawing nothing, for tests that look at no chart."""
    for number in numbers or range(1, 6):
        (path,) = (workbook / "notebooks").glob(f"{number}_*.ipynb")
        notebook = nbformat.read(path, as_version=4)
        (setup,) = (cell for cell in notebook.cells if cell.id == "setup")
        setup.source += "\nstep.draw = lambda *_, **__: None"
        nbformat.write(notebook, path)
    return workbook


def ran(folder, plan, *options):
    """A workbook of its own with one complete run of a plan named `first`."""
    workbook = copy_workbook(folder, plan)
    done = command(workbook, "run", f"params/{plan}", "--name", "first", *options)
    assert done.returncode == 0, done.stderr
    return workbook


def first_run(workbook, plan):
    """That run, as commands find it."""
    from salesplan.archive import find_run  # benchmarks that only copy workbooks load no product

    return find_run(str(workbook / "outputs" / plan / "first"))
