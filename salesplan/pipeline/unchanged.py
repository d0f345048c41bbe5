"""Whether a run would come out as the newest one did, told from hashes alone: no file is parsed for it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from salesplan import PLANNED, archive
from salesplan.closing import record
from salesplan.pipeline import provenance
from salesplan.pipeline.predecessors import predecessors
from salesplan.pipeline.request import Request
from salesplan.places import shown_path, workbook_of


def unchanged(request: Request) -> archive.Run | None:
    """The newest complete run, where all it was made from, and all it left, is as it was; None to run."""
    if request.fresh or request.resume or request.name or not request.whole or not request.plan.is_dir():
        return None
    outputs = archive.outputs_of(request.plan)
    run = archive.newest_complete(outputs)
    return run if run and _would_come_out(request, outputs, run) else None


def standing(request: Request) -> archive.Run | None:
    """The newest complete run of what is asked for that still stands, whatever else was run after it."""
    outputs = archive.outputs_of(request.plan)
    complete = (run for run in archive.runs(outputs) if run.state == "complete")
    return next((run for run in complete if _would_come_out(request, outputs, run)), None)


def _would_come_out(request: Request, outputs: Path, run: archive.Run) -> bool:
    """Whether a run would come out as this one did."""
    manifest = run.manifest
    if manifest.get("code") != provenance.code() or manifest.get("changes") != dict(request.changes):
        return False
    year = manifest.get("fiscal_year")
    plan = archive.record_of(outputs, year) if isinstance(year, int) and not request.replan else None
    before = predecessors(outputs, year, manifest.get("as_of"), plan)
    same = (
        manifest.get("versions") == provenance.versions()
        and manifest.get("notebooks") == provenance.notebooks(workbook_of(request.plan))
        and all(manifest.get(key) == entry for key, entry in before.entries().items())
        and _own(manifest, manifest.get("parameters", {})) == _own(manifest, dict(_parameters(request.plan)))
        and manifest.get("inputs") == dict(_inputs(request.plan, outputs, manifest))
    )
    return same and not archive.altered(run)


def _own(manifest: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameter files that count: where a plan is signed, those of the steps it settles do not."""
    settled = PLANNED if manifest.get("plan_run") else ()
    return {place: found for place, found in parameters.items() if Path(place).stem not in settled}


def _parameters(plan: Path) -> Iterator[tuple[str, str]]:
    """Place and SHA-256 of every parameter file."""
    for path in plan.glob("*.yaml"):
        yield f"{shown_path(plan)}/{path.name}", archive.file_digest(path)


def _inputs(plan: Path, outputs: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Place and SHA-256 of every file that a run would read now; a database is not among them, so it is always read."""
    root, shown = plan.resolve(), shown_path(plan)
    for pattern in manifest.get("patterns", {}).values():
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                resolved = path.resolve()
                place = resolved.relative_to(root) if resolved.is_relative_to(root) else resolved
                yield f"{shown}/{place.as_posix()}", archive.file_digest(path)
    yield from record.read(outputs, manifest.get("months", ())).hashes.items()
