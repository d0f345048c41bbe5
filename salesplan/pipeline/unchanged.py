"""Whether a run would come out as the newest one did, told from hashes alone: no file is parsed for it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from salesplan import archive
from salesplan.pipeline import provenance
from salesplan.pipeline.request import Request
from salesplan.places import shown_path, workbook_of

CLOSED = "closed"


def unchanged(request: Request) -> archive.Run | None:
    """The newest complete run, where all it was made from, and all it left, is as it was; None to run."""
    if request.fresh or request.resume or request.name or not request.whole or not request.plan.is_dir():
        return None
    outputs = archive.outputs_of(request.plan)
    run = archive.newest_complete(outputs)
    if run is None or run.manifest.get("code") != provenance.code():
        return None
    manifest = run.manifest
    same = (
        manifest.get("changes") == dict(request.changes)
        and manifest.get("versions") == provenance.versions()
        and manifest.get("notebooks") == provenance.notebooks(workbook_of(request.plan))
        and _parameters(manifest) == {path.name: archive.file_digest(path) for path in request.plan.glob("*.yaml")}
        and manifest.get("inputs") == dict(_inputs(request.plan, outputs, manifest))
    )
    return run if same and not archive.altered(run) else None


def _parameters(manifest: Mapping[str, Any]) -> dict[str, str]:
    files = manifest.get("files", {}).items()
    return {name.removeprefix("params/"): value for name, value in files if name.startswith("params/")}


def _inputs(plan: Path, outputs: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Place and SHA-256 of every file that a run would read now; a database is not among them, so it is always read."""
    root, shown = plan.resolve(), shown_path(plan)
    for pattern in manifest.get("patterns", {}).values():
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                resolved = path.resolve()
                place = resolved.relative_to(root) if resolved.is_relative_to(root) else resolved
                yield f"{shown}/{place.as_posix()}", archive.file_digest(path)
    for month in manifest.get("months", ()):
        entry = outputs / CLOSED / month / "closed.json"
        if entry.exists():
            yield f"outputs/{outputs.name}/{CLOSED}/{month}/{entry.name}", archive.file_digest(entry)
