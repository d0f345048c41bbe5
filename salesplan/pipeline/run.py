"""`salesplan run`: check, execute the notebooks in order, write the report, let the run appear."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from salesplan import PLANNED, archive, machine
from salesplan.archive import register
from salesplan.archive.naming import UNFINISHED
from salesplan.closing import record
from salesplan.errors import Fault, PlanError, alternatives, stop_on
from salesplan.inputs import Inputs, Reader, check
from salesplan.params import load
from salesplan.pipeline import forks
from salesplan.pipeline.making import Making, parameters
from salesplan.pipeline.predecessors import Predecessors, of_run, predecessors
from salesplan.pipeline.request import Progress, Request, StepError
from salesplan.pipeline.signed_plan import plan_faults, plan_notices, plan_under

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
        begun = cut_short.manifest
        request = replace(request, changes=begun.get("changes", {}), replan=bool(begun.get("replan")))
    plan, inputs = checked(request, outputs)
    if cut_short:
        stop_on(_moved_on(cut_short, inputs))
    if request.name is not None:
        archive.safe_name(request.name, "--name")
    archive.safe_name(request.plan.resolve().name, str(request.plan))
    with machine.at(outputs), archive.lock(outputs):
        tidy(outputs)
        before = rests_on(request, inputs, outputs, plan)
        if cut_short:
            stop_on(_rests_elsewhere(cut_short, before))
            before = replace(before, newest=cut_short)
        return Making(request, inputs, outputs, before, progress).make()


def tidy(outputs: Path) -> None:
    """Register what a machine that stopped left unsaid, and drop what it left behind; the lock is held."""
    register.catch_up(outputs)
    record.catch_up(outputs)
    archive.sweep(outputs)


def checked(request: Request, outputs: Path, reader: Reader | None = None) -> tuple[archive.Run | None, Inputs]:
    """The signed plan a run goes on from, and parameters and tables with what that settles; `PlanError` if faulty.

    `reader` reads the tables, where those asking have them already.
    """
    own = load(request.plan, request.changes)
    plan = plan_under(request, outputs, own)
    if plan is None:
        return None, check(request.plan, request.changes, None, reader)
    if not request.rests_on:
        stop_on(plan_faults(plan, own, request.changes))
    inputs = check(request.plan, {**plan.settled, **request.changes}, plan.folder / "params", reader)
    inputs.notices += plan_notices(plan, own)
    return plan, inputs


def rests_on(request: Request, inputs: Inputs, outputs: Path, plan: archive.Run | None) -> Predecessors:
    """The runs this one rests on; `PlanError` where one it needs is not there."""
    if request.rests_on:
        return of_run(request.rests_on)
    as_of = inputs.as_of.isoformat() if inputs.as_of else None
    found = predecessors(outputs, inputs.loaded.plan.fiscal_year, as_of, plan)
    lacking = [stem for stem in request.before if not (found.plan and stem in PLANNED)]
    if lacking and found.newest is None:
        raise PlanError([Fault("no_complete_run", f"outputs/{outputs.name}")])
    return found


def _rests_elsewhere(run: archive.Run, before: Predecessors) -> Iterator[Fault]:
    """A plan signed, or a review made, since a run was cut short."""
    for key, entry in before.entries().items():
        if entry != run.manifest.get(key):
            yield Fault("resume_changed", key, entry and entry["run"], {"run": run.name})


def _cut_short(request: Request, outputs: Path) -> archive.Run:
    """The unfinished run to resume; `PlanError` where there is none of this name."""
    name = str(request.resume).rsplit("/", 1)[-1]
    found = {run.name: run for run in archive.runs(outputs) if run.folder.parent.name == UNFINISHED}
    if request.changes or request.name or request.replan or not request.whole:
        raise PlanError([Fault("resume_alone", "--resume", name)])
    if name not in found:
        raise PlanError([Fault("resume_unknown", "--resume", name, alternatives(name, found))])
    return found[name]


def _moved_on(run: archive.Run, inputs: Inputs) -> list[Fault]:
    """Every parameter file and input that is no longer what the run began with."""
    known = {**run.manifest.get("parameters", {}), **run.manifest.get("inputs", {})}
    now = {**parameters(inputs.loaded), **inputs.hashes}
    return [Fault("resume_changed", place, None, {"run": run.name}) for place in archive.differing(known, now)]
