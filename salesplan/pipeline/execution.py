"""One notebook, executed by papermill with an engine of ours and saved once."""

import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan.pipeline.request import NOTEBOOKS
from salesplan.staging import DONE, INPUTS

# jsonschema compiles 39 grammars at import for a format check that notebooks never ask for; that takes as long as all
# the rest of papermill. Without this optional package it leaves the check out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
import papermill  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402

from salesplan.pipeline import engine as engines  # noqa: E402

Failure = tuple[str, str]


@dataclass(frozen=True)
class How:
    """How notebooks are executed: from which workbook, by which engine, in which language, whether charts are drawn."""

    workbook: Path
    engine: str
    language: str
    patience: float
    charts: bool = True


def execute_step(
    stem: str, staging: Path, parameters: Mapping[str, Any], how: How, *, on_cell: Callable[[str], None]
) -> Failure | None:
    """Execute the notebook of a step into a run in the making; the failing cell and the cause, or None.

    A step that does not come to saving its tables has failed too.
    """
    name = f"{NOTEBOOKS[stem]}.ipynb"
    failure = execute(how.workbook / "notebooks" / name, staging / name, parameters, how, on_cell=on_cell)
    if failure is None and not (staging / INPUTS / f"{stem}{DONE}").exists():
        return "save", "the step ended without saving its tables"
    return failure


def execute(
    source: Path, target: Path, parameters: Mapping[str, Any], how: How, *, on_cell: Callable[[str], None]
) -> Failure | None:
    """Execute a notebook and save it; returns the id of the failing cell and the cause, or None.

    Cells run with the workbook as their working directory; paths kept in the notebook are relative to it.
    """
    engines.register()
    with chdir(how.workbook):
        try:
            papermill.execute_notebook(
                _relative(source, how.workbook), _relative(target, how.workbook), parameters=dict(parameters),
                engine_name=engines.NAMES[how.engine], kernel_name="python3", progress_bar=False,
                request_save_on_cell_execute=False, execution_timeout=int(how.patience),
                stem=source.stem.split("_", 1)[1], prose=how.language, on_cell=on_cell, charts=how.charts,
            )  # fmt: skip
        except PapermillExecutionError as error:
            return _failing_cell(target), f"{error.ename}: {error.evalue}"
    return None


def _relative(path: Path, workbook: Path) -> str:
    return path.relative_to(workbook).as_posix() if path.is_relative_to(workbook) else str(path)


def _failing_cell(notebook: Path) -> str:
    cells = nbformat.read(notebook, as_version=4).cells
    failed = [cell for cell in cells if cell.get("metadata", {}).get("papermill", {}).get("exception")]
    return str(failed[0]["id"]) if failed else "?"
