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
    """The revision number of a run made now: 0 before any plan of record, else 1 + complete runs since the first one.

    Counted from the first fully signed plan, so that a run keeps its number when a later revision is signed.
    """
    plans = signed_plans(outputs, fiscal_year)
    return 1 + len(_since(outputs, plans[-1])) if plans else 0


def revisions(outputs: Path, fiscal_year: int) -> dict[str, int]:
    """The revision number of every complete run made since the first plan of record, by name of the run."""
    plans = signed_plans(outputs, fiscal_year)
    since = _since(outputs, plans[-1]) if plans else []
    return {run.name: number for number, run in enumerate(reversed(since), 1)}


def _complete(outputs: Path, fiscal_year: int) -> list[Run]:
    found = (run for run in runs(outputs) if run.state == "complete")
    return [run for run in found if run.manifest.get("fiscal_year") == fiscal_year]


def _is_signed(run: Run) -> bool:
    chain = (signatures.chains(run) or {}).get("plan")
    return chain is not None and chain.complete


def _since(outputs: Path, first: Run) -> list[Run]:
    found = _complete(outputs, first.manifest["fiscal_year"])
    return found[: [run.folder for run in found].index(first.folder)]
