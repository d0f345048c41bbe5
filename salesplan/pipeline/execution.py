"""One notebook, executed by papermill with an engine of ours and saved once."""

import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """How notebooks are executed: from which workbook, by which engine, in which language."""

    workbook: Path
    engine: str
    language: str
    patience: float


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
                stem=source.stem.split("_", 1)[1], prose=how.language, on_cell=on_cell,
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
