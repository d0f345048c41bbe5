"""The control block: at the foot of every page and sheet, which run it is of and what that rests on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from salesplan.report.html import fill_slot
from salesplan.staging import files_below
from salesplan.wording import Words

SHOWN = 16  # characters of the content hash, in fours


def control_parts(manifest: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """The control block line by line, each with its label; what the run was made from is its whole hash."""
    plan, revision = manifest.get("plan_run"), manifest.get("revision", 0)
    edition = "what_if" if revision is None else "first_edition"
    changes = manifest.get("changes") or {}
    found = {
        "run": f"{manifest['plan']}/{manifest['run']}",
        "number": str(manifest["number"]),
        "revision": words("report.revision", number=revision) if revision else words(f"report.{edition}"),
        "made": f"{str(manifest['created'])[:16].replace('T', ' ')} UTC",
        "as_of": str(manifest.get("as_of") or ""),
        "content": str(manifest["content"]),
        "plan": str(plan["run"]) if plan else "",
        "changes": "; ".join(f"{key} = {value}" for key, value in changes.items()),
    }
    return [(words(f"excel.control_{name}"), value) for name, value in found.items() if value]


def control_line(manifest: Mapping[str, Any], words: Words) -> str:
    """Number, run, revision, when it was made, the hash of what it was made from and says, the plan it goes on from."""
    content = str(manifest["content"])[:SHOWN]
    revision = manifest.get("revision", 0)
    edition = "what_if" if revision is None else "first_edition"
    plan = manifest.get("plan_run")
    line = words(
        "report.control",
        run=f"{manifest['plan']}/{manifest['run']}",
        number=manifest["number"],
        revision=words("report.revision", number=revision) if revision else words(f"report.{edition}"),
        made=str(manifest["created"])[:16].replace("T", " "),
        content=" ".join(content[at : at + 4] for at in range(0, SHOWN, 4)),
    )
    return f"{line} · {words('report.on_plan', plan=plan['run'])}" if plan else line


def fill(run: Path, manifest: Mapping[str, Any], words: Words) -> None:
    """Put the control block into every page of a run, also into those taken over from another run."""
    line = control_line(manifest, words)
    for path in files_below(run):
        if path.suffix == ".html":
            fill_slot(path, line)
