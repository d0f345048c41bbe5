"""A run as people name it: `PLAN/NAME` or a path."""

from pathlib import Path

from salesplan import archive
from salesplan.errors import Fault, PlanError


def find_run(text: str) -> archive.Run:
    """The run of that name or path. Raises `PlanError` where there is none, or none that ended."""
    named = (base / "outputs" / text for base in (Path.cwd(), *Path.cwd().parents))
    for folder in (Path(text), *named):
        if (folder / archive.MANIFEST).is_file():
            run = archive.Run(folder.resolve(), archive.read_manifest(folder))
            if run.state == "incomplete":
                raise PlanError([Fault("run_not_complete", text)])
            return run
    raise PlanError([Fault("no_such_run", text)])
