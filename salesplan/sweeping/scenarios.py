"""Every scenario of a sweep run, on tables that are read once, beside the plan as it stands."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from salesplan import archive, machine, tables
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.params import Loaded
from salesplan.pipeline import forks
from salesplan.pipeline.request import Progress, Request
from salesplan.pipeline.run import checked, rests_on, run, tidy
from salesplan.pipeline.taking_over import Earlier
from salesplan.pipeline.trial import Trial
from salesplan.pipeline.unchanged import standing
from salesplan.sweeping.asking import MOST, Asked
from salesplan.terms import PlanTerms
from salesplan.terms.variance_review import ExchangeRate

if TYPE_CHECKING:
    from salesplan.sweeping.measures import Measures

FOLDER = "sweeps"
OF_KEYS = ("unknown_change", "unknown_key", "plan_signed")  # faults of a parameter, whatever its value


@dataclass(frozen=True)
class Outcome:
    """A scenario: its values by parameter, its measures, or the faults for which it cannot be planned."""

    changes: Mapping[str, str]
    measures: "Measures"
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Sweep:
    """The plan and its scenarios. `base` names the run the plan's measures are of, blank where it was tried out.

    `planned` holds the plan's own parameters, `fixed` what was changed in all scenarios and in the plan beside them.
    """

    outputs: Path
    name: str
    base: str
    planned: Loaded
    fixed: Mapping[str, str]
    plan: "Measures"
    varied: Mapping[str, Sequence[str]]
    scenarios: Sequence[Outcome]


class Listener(Progress, Protocol):
    """Told how a sweep goes: the run of the plan itself, then the steps of each scenario."""

    def scenario(self, values: Mapping[str, str], number: int, count: int) -> None:
        """A scenario begins; without values it is the plan itself with what is changed in all scenarios."""

    def scenario_done(self, *, planned: bool) -> None:
        """A scenario is done; whether it could be planned."""


class Readings:
    """Reads the tables of a plan once for all scenarios that read them alike."""

    def __init__(self) -> None:
        self._known: dict[str, tables.Checked] = {}

    def __call__(self, folder: Path, terms: PlanTerms, rates: Sequence[ExchangeRate]) -> tables.Checked:
        """The tables of a folder, checked."""
        key = repr((folder, terms, tuple(rates)))
        if key not in self._known:
            self._known[key] = tables.check(folder, terms, rates)
        return self._known[key]


def sweep(request: Request, asked: Asked, listener: Listener) -> Sweep:
    """Run the plan as it stands, if no run of it stands, and every scenario.

    `request` is the plan with the changes that hold in all. Raises `PlanError` with every fault before anything is run,
    and where no scenario at all can be planned; `StepError` where a step did not end well. Nothing but a run of the
    plan itself stays in the archive.
    """
    if not forks.available():
        request = replace(request, engine="kernel")
    readings = Readings()
    outputs = archive.outputs_of(request.plan)
    planned = _checked_whole(request, asked, outputs, readings)
    if request.engine == "fork":
        forks.warm()
    base = _base(request, asked, listener)
    with machine.at(outputs), archive.lock(outputs):
        tidy(outputs)
        with _bench(outputs) as folder:
            tried = _Tried(request, outputs, folder, readings, [base] if base else [], listener)
            plan = _measured(base or tried.make(0, {}, asked.count))
            found = [_outcome(tried, number, values, asked) for number, values in enumerate(asked.scenarios, 1)]
    if all(one.faults for one in found):
        stop_on(_once(fault for one in found for fault in one.faults))
    name = _free(outputs / FOLDER)
    return Sweep(outputs, name, base.name if base else "", planned, asked.fixed, plan, asked.varied, found)


def _checked_whole(request: Request, asked: Asked, outputs: Path, readings: Readings) -> Loaded:
    """The plan's own parameters; `PlanError` with every fault of the words, the plan and its scenarios, each once."""
    faults, count = list(asked.faults), 0
    planned: Loaded | None = None
    for values in [{}, *(asked.scenarios if asked.count <= MOST else asked.singles)]:
        try:
            _, inputs = checked(_with(request, values), outputs, readings)
            planned = planned or inputs.loaded
        except PlanError as error:
            faults += [_placed(fault, asked) for fault in error.faults]
            count = max(count, error.count - len(error.faults))
    found = _once(faults)
    if found or planned is None:
        raise PlanError(found, len(found) + count)
    return planned


def _base(request: Request, asked: Asked, listener: Listener) -> archive.Run | None:
    """The run of the plan as it stands, made where none stands; None where the plan beside is a what-if itself."""
    if archive.what_if(asked.fixed) or request.replan:
        return None
    return standing(request) or run(request, listener)


class _Tried:
    """What the scenarios of a sweep share: the folder they are tried out in, and the runs whose steps they take."""

    def __init__(
        self, request: Request, outputs: Path, folder: Path, readings: Readings, known: Sequence[archive.Run],
        listener: Listener,
    ) -> None:  # fmt: skip
        self.request = request
        self.outputs = outputs
        self.folder = folder
        self.readings = readings
        self.known = [Earlier(one) for one in known]
        self.listener = listener

    def make(self, number: int, values: Mapping[str, str], count: int) -> archive.Run:
        """Try one scenario out."""
        self.listener.scenario(values, number, count)
        request = _with(self.request, values)
        plan, inputs = checked(request, self.outputs, self.readings)
        before = rests_on(request, inputs, self.outputs, plan)
        newest = [Earlier(before.newest)] if before.newest else []
        trial = Trial(request, inputs, before, self.folder / str(number), self.listener)
        try:
            made = trial.make([*self.known, *newest])
        except PlanError:
            self.listener.scenario_done(planned=False)
            raise
        self.known.insert(0, Earlier(made))
        self.listener.scenario_done(planned=True)
        return made


def _outcome(tried: _Tried, number: int, values: Mapping[str, str], asked: Asked) -> Outcome:
    """One scenario; what cannot be planned, as only a step can see, is an answer too."""
    try:
        return Outcome(values, _measured(tried.make(number, values, asked.count)))
    except PlanError as error:
        return Outcome(values, {}, [_placed(fault, asked) for fault in error.faults])


def _measured(made: archive.Run) -> "Measures":
    from salesplan.sweeping.measures import measured

    return measured(made.folder)


def _with(request: Request, values: Mapping[str, str]) -> Request:
    return replace(request, changes={**request.changes, **values})


@contextmanager
def _bench(outputs: Path) -> Iterator[Path]:
    """A folder to try scenarios out in, gone whatever happens; what a machine that stopped left there goes too."""
    place = outputs / FOLDER
    there = place.is_dir()
    for left in place.glob(".*"):
        shutil.rmtree(left)
    folder = place / ".trying"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not there and not any(place.iterdir()):
            place.rmdir()


def _free(place: Path) -> str:
    """A name from the clock that no sweep has yet."""
    base = archive.stamp()
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (place / name).exists())


def _placed(fault: Fault, asked: Asked) -> Fault:
    """A fault of a value that is varied stands where it was typed."""
    key = fault.place.removeprefix("--set ")
    near = (one for one in asked.varied if key == one or key.startswith((f"{one}.", f"{one}[")) or one.startswith(key))
    return replace(fault, place=f"--vary {key}") if key != fault.place and any(near) else fault


def _once(faults: Iterator[Fault] | Sequence[Fault]) -> list[Fault]:
    """Each fault once, in order: many scenarios tell the same, and every value of a key that is wrong."""
    found: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        value = "" if fault.code in OF_KEYS else str(fault.value)
        found.setdefault((fault.code, fault.place, value), fault)
    return list(found.values())
