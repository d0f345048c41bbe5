"""The runs of a plan as the archive lists them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan import AS_OF, PLANNED
from salesplan.archive.naming import UNFINISHED
from salesplan.archive.sealing import MANIFEST, differing, files_of, read_manifest

KILLED = "killed"  # nothing was left to say why
CUT = (KILLED, "interrupted")  # causes that are not a step's own


@dataclass(frozen=True)
class Run:
    """A run of the archive as its manifest tells it."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def number(self) -> int:
        """The how many-th run of its plan it is; tells the order also where the clock was set back."""
        found = self.manifest.get("number", 0)
        return found if isinstance(found, int) else 0

    @property
    def created(self) -> str:
        """When the run was made, in UTC; empty where its manifest does not tell."""
        return str(self.manifest.get("created", ""))

    @property
    def state(self) -> str:
        """complete, partial or incomplete; a run that never got its place is incomplete, whatever it says."""
        if self.folder.parent.name == UNFINISHED:
            return "incomplete"
        return str(self.manifest.get("state", "incomplete"))

    @property
    def cause(self) -> str:
        """Why an incomplete run did not come to its end; it was killed, or the machine was, where it does not say."""
        return str(self.manifest.get("cause") or KILLED)

    @property
    def what_if(self) -> list[str]:
        """The changes that make it a what-if."""
        return what_if(self.manifest.get("changes", {}))

    @property
    def settled(self) -> dict[str, Any]:
        """Changes to the steps a signed plan settles, made by this run or by the signed one it goes on from."""
        own = self.manifest.get("changes") or {}
        signed = (self.manifest.get("plan_run") or {}).get("changes") or {}
        return {**signed, **{key: value for key, value in own.items() if key.split(".")[0] in PLANNED}}

    @property
    def all_changes(self) -> dict[str, Any]:
        """Every change its parameters were read with."""
        return {**self.settled, **(self.manifest.get("changes") or {})}

    @property
    def stopped(self) -> str:
        """The step an incomplete run ended in; empty between steps."""
        steps = self.manifest.get("steps", {})
        return next((stem for stem, entry in steps.items() if entry.get("state") in ("running", "failed")), "")


def what_if(changes: Iterable[str]) -> list[str]:
    """The changes of a run that make it a what-if."""
    return [key for key in changes if key != AS_OF]  # the month end does not make a run a what-if


def altered(run: Run) -> list[str]:
    """Files of a run that are changed, missing or added since it was made."""
    return differing(run.manifest.get("files", {}), files_of(run.folder))


def runs(outputs: Path) -> list[Run]:
    """All runs of a plan, newest first, incomplete ones among them."""
    folders = [path for place in (outputs, outputs / UNFINISHED) if place.is_dir() for path in place.iterdir()]
    found = [Run(folder, read_manifest(folder)) for folder in folders if (folder / MANIFEST).exists()]
    return sorted(found, key=_age, reverse=True)


def is_newer(run: Run, other: Run) -> bool:
    """Whether a run was made after another one."""
    return _age(run) > _age(other)


def _age(run: Run) -> tuple[int, str, str]:
    return run.number, run.created, run.name


def newest_complete(outputs: Path) -> Run | None:
    """The newest complete run of a plan."""
    return next((run for run in runs(outputs) if run.state == "complete"), None)


def next_number(outputs: Path) -> int:
    """The number of the next run."""
    return max((run.number for run in runs(outputs)), default=0) + 1
