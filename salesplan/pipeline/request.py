"""What is asked of a run, and how it tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from salesplan import STEPS
from salesplan.archive import Run

# File names of the notebooks by step, without their ending: `1_annual_target`.
NOTEBOOKS = {stem: f"{number}_{stem}" for number, stem in enumerate(STEPS, start=1)}


@dataclass(frozen=True)
class Request:
    """What is asked of a run."""

    plan: Path
    changes: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    only: str | None = None
    first: str | None = None
    engine: str = "fork"
    patience: float = 600
    fresh: bool = False
    resume: str | None = None
    replan: bool = False  # all steps are executed, also where a plan is signed
    rests_on: Run | None = None  # a run that stands for the signed plan and the review before, as in a replay

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that are executed."""
        if self.only:
            return (self.only,)
        return STEPS[STEPS.index(self.first) :] if self.first else STEPS

    @property
    def before(self) -> tuple[str, ...]:
        """The steps before them, taken from the signed plan or else from the newest complete run."""
        return STEPS[: STEPS.index(self.steps[0])]

    @property
    def whole(self) -> bool:
        """Whether all steps are asked for, so that unchanged ones may be taken over."""
        return not (self.only or self.first)


class Progress(Protocol):
    """Told how a run goes."""

    def step(self, stem: str) -> None:
        """A step begins."""

    def cell(self, stem: str, cell: str) -> None:
        """A cell of a step begins."""

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""

    def taken_over(self, stem: str, run: str, *, signed: bool) -> None:
        """A step is taken over from a run: unchanged since, or as it was signed."""


class StepError(Exception):
    """A step did not end well: a fault of ours or of the machine."""

    def __init__(self, step: str, cell: str, cause: str, evidence: Path) -> None:
        self.step = step
        self.cell = cell
        self.cause = cause
        self.evidence = evidence
        super().__init__(f"{step} [{cell}]: {cause}")
