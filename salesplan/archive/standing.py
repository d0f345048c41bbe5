"""Which run is the plan of record, and which ones revise it."""

from pathlib import Path

from salesplan.archive import signatures
from salesplan.archive.runs import Run, runs


def signed_plans(outputs: Path, fiscal_year: int) -> list[Run]:
    """Runs of a fiscal year whose document `plan` all roles have signed, newest first."""
    return [run for run in _complete(outputs, fiscal_year) if _is_signed(run)]


def record_of(outputs: Path, fiscal_year: int) -> Run | None:
    """The plan of record: the newest run whose document `plan` all roles have signed."""
    return next(iter(signed_plans(outputs, fiscal_year)), None)


def revision(outputs: Path, fiscal_year: int) -> int:
    """The revision number of a run made now: 0 before any plan of record, then 1, 2, ...

    A run keeps the number it was made with, which its pages show.
    """
    if not signed_plans(outputs, fiscal_year):
        return 0
    return 1 + max(revisions(outputs, fiscal_year).values(), default=0)


def revisions(outputs: Path, fiscal_year: int) -> dict[str, int]:
    """The revision number of every complete run that has one, by name of the run."""
    numbers = {run.name: run.manifest.get("revision") for run in _complete(outputs, fiscal_year)}
    return {name: number for name, number in numbers.items() if isinstance(number, int) and number > 0}


def _complete(outputs: Path, fiscal_year: int) -> list[Run]:
    found = (run for run in runs(outputs) if run.state == "complete")
    return [run for run in found if run.manifest.get("fiscal_year") == fiscal_year]


def _is_signed(run: Run) -> bool:
    chain = (signatures.chains(run) or {}).get("plan")
    return chain is not None and chain.complete
