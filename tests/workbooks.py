"""Workbooks of their own for tests, and the command run in them."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def command(folder, *args):
    """Run `salesplan ARGS` in a folder; the finished process with its output as text."""
    program = [sys.executable, "-c", "from salesplan.cli import main; main()", *map(str, args)]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=600)


def copy_workbook(folder, *plans):
    """A workbook of its own with the notebooks and some of the plans."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for plan in plans:
        shutil.copytree(ROOT / "params" / plan, folder / "params" / plan)
    return folder
