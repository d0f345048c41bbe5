"""How a run goes, for people at a terminal and for scripts: steps, cells, seconds, what is left."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salesplan import STEPS, archive
from salesplan.errors import PlanError
from salesplan.places import workbook_of
from salesplan.wording import Words
from salesplan.wording.messages import entry

LEFT_OUT = "skip-execution"  # tag of cells that a run does not execute


@dataclass(frozen=True)
class Expected:
    """What is known beforehand: the steps asked for, seconds of each in the last run that executed it, its cells."""

    steps: Sequence[str] = STEPS
    seconds: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def left(self, stem: str, elapsed: float) -> float | None:
        """Seconds that are left, `elapsed` of a step being over; None where no run says how long one takes."""
        rest = self.steps[self.steps.index(stem) :] if stem in self.steps else ()
        if not rest or any(one not in self.seconds for one in rest):
            return None
        return max(self.seconds[stem] - elapsed, 0.0) + sum(self.seconds[one] for one in rest[1:])


def expected(plan: Path, steps: Sequence[str]) -> Expected:
    """What the plan's complete runs and its notebooks let expect; a plan that cannot be read lets expect nothing."""
    seconds: dict[str, float] = {}
    runs = archive.runs(archive.outputs_of(plan)) if plan.is_dir() else []
    for run in reversed(runs):  # the newest last
        made = run.manifest.get("steps", {}) if run.state == "complete" else {}
        seconds |= {stem: step["seconds"] for stem, step in made.items() if "seconds" in step}
    return Expected(steps, seconds, {stem: _cells(workbook_of(plan), stem) for stem in steps})


def _cells(workbook: Path, stem: str) -> list[str]:
    """The names of the cells of a notebook that a run executes."""
    path = workbook / "notebooks" / f"{STEPS.index(stem) + 1}_{stem}.ipynb"
    with suppress(OSError, ValueError, KeyError):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = (cell for cell in cells if cell["cell_type"] == "code")
        return [cell["id"] for cell in code if LEFT_OUT not in cell["metadata"].get("tags", [])]
    return []


class Lines:
    """One line a step; on a terminal the running cell is shown in it as it changes. Nothing in CI."""

    def __init__(self, words: Words, *, quiet: bool = False, expected: Expected | None = None) -> None:
        self.words, self.expected = words, expected or Expected()
        self.quiet = quiet or bool(os.environ.get("CI"))
        self.live = sys.stderr.isatty() and not self.quiet
        self.began = time.monotonic()

    def step(self, stem: str) -> None:
        """A step begins."""
        self.began = time.monotonic()

    def cell(self, stem: str, cell: str) -> None:
        """A cell of a step begins."""
        if self.live:
            _write(f"\r\033[K  {self._running(stem, cell, time.monotonic() - self.began)}")

    def _running(self, stem: str, cell: str, seconds: float) -> str:
        steps, cells = self.expected.steps, self.expected.cells.get(stem, ())
        place = f"{steps.index(stem) + 1}/{len(steps)}  " if stem in steps else ""
        count = f"{cells.index(cell) + 1}/{len(cells)} " if cell in cells else ""
        left = self.expected.left(stem, seconds)
        rest = "  " + self.words("run.left", seconds=round(left)) if left else ""
        return f"{place}{self.words(f'step.{stem}')}  {count}{cell}  {seconds:.1f} s{rest}"

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""
        if self.live:
            _write("\r\033[K")
        if not self.quiet:
            _write(f"  {self.words(f'step.{stem}')}  {seconds:.1f} s\n")

    def taken_over(self, stem: str, run: str, *, signed: bool) -> None:
        """A step is taken over from a run: unchanged since, or as it was signed."""
        if not self.quiet:
            said = self.words("run.settled" if signed else "run.taken_over", step=self.words(f"step.{stem}"), run=run)
            _write(f"  {said}\n")


class Events:
    """The same for scripts: one JSON object a line on standard output, the last one says how the run ended."""

    def __init__(self, *, quiet: bool = False, expected: Expected | None = None) -> None:
        self.quiet, self.expected = quiet, expected or Expected()

    def step(self, stem: str) -> None:
        """A step begins; `left` are the seconds that the runs before let expect."""
        left = self.expected.left(stem, 0.0)
        self._tell(event="step", step=stem, left=None if left is None else round(left, 1))

    def cell(self, stem: str, cell: str) -> None:
        """A cell of a step begins."""
        self._tell(event="cell", step=stem, cell=cell)

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""
        self._tell(event="done", step=stem, seconds=round(seconds, 3))

    def taken_over(self, stem: str, run: str, *, signed: bool) -> None:
        """A step is taken over from a run: unchanged since, or as it was signed."""
        self._tell(event="signed" if signed else "unchanged", step=stem, run=run)

    def _tell(self, **event: Any) -> None:
        if not self.quiet:
            tell(event)


class ScenarioLines(Lines):
    """One line a scenario; the run of the plan itself, where one is made, tells its steps before."""

    def __init__(self, words: Words, quiet: bool, expected: Expected) -> None:
        super().__init__(words, quiet=quiet, expected=expected)
        self.values: Mapping[str, str] = {}
        self.line = ""
        self.start = 0.0

    def scenario(self, values: Mapping[str, str], number: int, count: int) -> None:
        """A scenario begins."""
        self.values, self.start = values, time.monotonic()
        said = self.words.list([f"{key}={value}" for key, value in values.items()])
        self.line = self.words("sweep.running", number=number, count=count, values=said or self.words("sweep.plan"))

    def scenario_done(self, *, planned: bool) -> None:
        """A scenario is done; whether it could be planned."""
        end = "" if planned else f"  {self.words('sweep.cannot')}"
        self._say(f"  {self.line}  {time.monotonic() - self.start:.1f} s{end}\n")

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""
        if not self.line:
            super().done(stem, seconds)

    def taken_over(self, stem: str, run: str, *, signed: bool) -> None:
        """A step is taken over."""
        if not self.line:
            super().taken_over(stem, run, signed=signed)

    def _say(self, line: str) -> None:
        if self.live:
            _write("\r\033[K")
        if not self.quiet:
            _write(line)


class ScenarioEvents(Events):
    """The same for scripts: an object when a scenario begins and ends, beside those of the steps."""

    def __init__(self, *, quiet: bool, expected: Expected) -> None:
        super().__init__(quiet=quiet, expected=expected)
        self.values: Mapping[str, str] = {}

    def scenario(self, values: Mapping[str, str], number: int, count: int) -> None:
        """A scenario begins."""
        self.values = values
        self._tell(event="scenario", scenario=number, of=count, changes=dict(values))

    def scenario_done(self, *, planned: bool) -> None:
        """A scenario is done; whether it could be planned."""
        self._tell(event="scenario_done", changes=dict(self.values), planned=planned)


def tell(event: Mapping[str, Any]) -> None:
    """One object, one line, at once."""
    with suppress(OSError):
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def refused(error: PlanError, words: Words) -> dict[str, Any]:
    """The last object of a run that was refused: every fault found, and how many there are."""
    faults = [entry(fault, words) for fault in error.faults]
    return {"run": None, "state": "refused", "folder": None, "report": None, "count": error.count, "faults": faults}


def _write(text: str) -> None:
    with suppress(OSError):  # nobody reads it any more; the run goes on
        sys.stderr.write(text)
        sys.stderr.flush()
