"""`salesplan run`: check, execute the notebooks in order, write the report, let the run appear."""

from dataclasses import replace
from pathlib import Path

from salesplan import archive, machine
from salesplan.archive import register
from salesplan.archive.naming import UNFINISHED
from salesplan.errors import Fault, PlanError, alternatives, stop_on
from salesplan.inputs import Inputs, check
from salesplan.pipeline import forks
from salesplan.pipeline.making import Making, parameters
from salesplan.pipeline.request import Progress, Request, StepError

__all__ = ["Progress", "Request", "StepError", "run"]


def run(request: Request, progress: Progress) -> archive.Run:
    """Make a run; returns it as it stands in the archive.

    Raises `PlanError` before anything is written when files or words are wrong, `StepError` when a step did not
    end well: the run then stays under `.unfinished` with its evidence, and no complete run is touched.
    """
    if request.engine == "fork" and not forks.available():
        request = replace(request, engine="kernel")
    if request.engine == "fork":
        forks.warm()
    outputs = archive.outputs_of(request.plan)
    cut_short = _cut_short(request, outputs) if request.resume else None
    if cut_short:
        request = replace(request, changes=cut_short.manifest.get("changes", {}))
    inputs = check(request.plan, request.changes)
    if cut_short:
        stop_on(_moved_on(cut_short, inputs))
    if request.name is not None:
        archive.safe_name(request.name, "--name")
    archive.safe_name(request.plan.resolve().name, str(request.plan))
    with machine.at(outputs), archive.lock(outputs):
        register.catch_up(outputs)
        return Making(request, inputs, outputs, cut_short or _earlier(request, outputs), progress).make()


def _earlier(request: Request, outputs: Path) -> archive.Run | None:
    """The run whose steps may be taken over, and must where not all are asked for."""
    found = archive.newest_complete(outputs)
    if found is None and request.before:
        raise PlanError([Fault("no_complete_run", f"outputs/{outputs.name}")])
    return found


def _cut_short(request: Request, outputs: Path) -> archive.Run:
    """The unfinished run to resume; `PlanError` where there is none of this name."""
    name = str(request.resume).rsplit("/", 1)[-1]
    found = {run.name: run for run in archive.runs(outputs) if run.folder.parent.name == UNFINISHED}
    if request.changes or request.name or not request.whole:
        raise PlanError([Fault("resume_alone", "--resume", name)])
    if name not in found:
        raise PlanError([Fault("resume_unknown", "--resume", name, alternatives(name, found))])
    return found[name]


def _moved_on(run: archive.Run, inputs: Inputs) -> list[Fault]:
    """Every parameter file and input that is no longer what the run began with."""
    known = {**run.manifest.get("parameters", {}), **run.manifest.get("inputs", {})}
    now = {**parameters(inputs.loaded), **inputs.hashes}
    return [Fault("resume_changed", place, None, {"run": run.name}) for place in archive.differing(known, now)]
