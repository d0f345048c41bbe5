"""`salesplan run`: check, execute the notebooks in order, write the report, let the run appear."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from salesplan import STEPS, archive
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.inputs import Inputs, check
from salesplan.params import workbook_of
from salesplan.pipeline import forks
from salesplan.staging import DONE, INPUTS, LEFT_OUT, PAGES
from salesplan.telling import handed_over
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.pipeline.execution import How


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

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that are executed."""
        if self.only:
            return (self.only,)
        return STEPS[STEPS.index(self.first) :] if self.first else STEPS

    @property
    def taken_over(self) -> tuple[str, ...]:
        """The steps before them, taken from the newest complete run."""
        return STEPS[: STEPS.index(self.steps[0])]


class Progress(Protocol):
    """Told how a run goes."""

    def step(self, stem: str) -> None:
        """A step begins."""

    def cell(self, stem: str, cell: str) -> None:
        """A cell of a step begins."""

    def done(self, stem: str, seconds: float) -> None:
        """A step is done."""


class StepError(Exception):
    """A step did not end well: a fault of ours or of the machine."""

    def __init__(self, step: str, cell: str, cause: str, evidence: Path) -> None:
        self.step = step
        self.cell = cell
        self.cause = cause
        self.evidence = evidence
        super().__init__(f"{step} [{cell}]: {cause}")


def notebook_name(stem: str) -> str:
    """File name of a step's notebook without its ending: `1_annual_target`."""
    return f"{STEPS.index(stem) + 1}_{stem}"


def run(request: Request, progress: Progress) -> archive.Run:
    """Make a run; returns it as it stands in the archive.

    Raises `PlanError` before anything is written when files or words are wrong, `StepError` when a step did not
    end well: the run then stays under `.unfinished` with its evidence, and no complete run is touched.
    """
    if request.engine == "fork" and not forks.available():
        request = Request(**{**vars(request), "engine": "kernel"})
    if request.engine == "fork":
        forks.warm()
    inputs = check(request.plan, request.changes)
    outputs = archive.outputs_of(request.plan)
    if request.name is not None:
        archive.safe_name(request.name, "--name")
    archive.safe_name(request.plan.resolve().name, str(request.plan))
    earlier = _earlier(request, outputs)
    with archive.lock(outputs):
        return _Making(request, inputs, outputs, earlier, progress).make()


def _earlier(request: Request, outputs: Path) -> archive.Run | None:
    """The run whose tables the first executed step builds on; none for a run from the start."""
    if not request.taken_over:
        return None
    found = archive.newest_complete(outputs)
    if found is None:
        raise PlanError([Fault("no_complete_run", f"outputs/{outputs.name}")])
    return found


class _Making:
    """One run in the making: its staging folder and its manifest."""

    def __init__(
        self, request: Request, inputs: Inputs, outputs: Path, earlier: archive.Run | None, progress: Progress
    ) -> None:
        self.request = request
        self.inputs = inputs
        self.outputs = outputs
        self.progress = progress
        self.workbook = workbook_of(request.plan)
        self.earlier = earlier
        self.staging = archive.begin(outputs, archive.free_name(outputs, request.name))
        plan = inputs.loaded.plan
        self.words = Words(plan.language, plan.display_unit, plan.currency)
        self.pages: list[Any] = []
        self.manifest = self._opening()

    def make(self) -> archive.Run:
        try:
            self._prepare()
            if self.request.engine == "fork":
                self._begin_page("salesplan.report.excel", "write_workbook", self.staging, self.words)
            for stem in self.request.steps:
                self._step(stem)
            self._finish()
        except PlanError:
            self._withdraw()
            raise
        except BaseException as error:
            self._leave_incomplete(error)
            raise
        final = archive.complete(self.staging, self.outputs)
        self._call("salesplan.report.listing", "write_listing", self.outputs, self.words)
        return archive.Run(final, self.manifest)

    def _opening(self) -> dict[str, Any]:
        from salesplan.pipeline.versions import versions

        loaded = self.inputs.loaded
        return {
            "format": 1,
            "plan": self.request.plan.resolve().name,
            "run": self.staging.name,
            "title": loaded.plan.title,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "state": "incomplete",
            "fiscal_year": loaded.plan.fiscal_year,
            "as_of": self.inputs.as_of,
            "changes": dict(loaded.changes),
            "inputs": dict(self.inputs.hashes),
            "versions": versions(),
            "steps": {stem: {"state": "pending"} for stem in STEPS},
        }

    def _prepare(self) -> None:
        archive.write_manifest(self.staging, self.manifest)
        parameters = self.staging / "params"
        parameters.mkdir()
        for stem, content in self.inputs.loaded.texts.items():
            (parameters / f"{stem}.yaml").write_bytes(content)
        self.inputs.save(self.staging / INPUTS)
        for stem in self.request.taken_over:
            self._take_over(stem)
        for stem in STEPS:
            if stem not in self.request.steps:
                (self.staging / INPUTS / f"{stem}{LEFT_OUT}").touch()

    def _take_over(self, stem: str) -> None:
        assert self.earlier is not None
        from salesplan.tables.outputs import tables_of

        names = [
            f"{notebook_name(stem)}.ipynb",
            f"{notebook_name(stem)}.html",
            *(f"tables/{t}.csv" for t in tables_of(stem)),
        ]
        for name in names:
            shutil.copy2(self.earlier.folder / name, self.staging / name)
        pages = PAGES.get(stem, "")
        if pages and (self.earlier.folder / pages).is_dir():
            shutil.copytree(self.earlier.folder / pages, self.staging / pages)
        self.manifest["steps"][stem] = {"state": "taken_over", "from": self.earlier.name}

    def _step(self, stem: str) -> None:
        from salesplan.pipeline.execution import execute

        began = time.monotonic()
        self.progress.step(stem)
        notebook = self.staging / f"{notebook_name(stem)}.ipynb"
        failure = execute(
            self.workbook / "notebooks" / notebook.name, notebook, self._parameters(), self._how(),
            on_cell=lambda cell: self.progress.cell(stem, cell),
        )  # fmt: skip
        if failure is None and not (self.staging / INPUTS / f"{stem}{DONE}").exists():
            failure = ("save", "the step ended without saving its tables")
        seconds = time.monotonic() - began
        if failure:
            stop_on(handed_over(self.staging))
            self.manifest["steps"][stem] = {"state": "failed", "cell": failure[0], "cause": failure[1]}
            raise StepError(stem, failure[0], failure[1], notebook)
        self.manifest["steps"][stem] = {"state": "done", "seconds": round(seconds, 3)}
        self.progress.done(stem, seconds)
        there = (*self.request.taken_over, *self.request.steps)
        self._begin_page("salesplan.report.pages", "write_page", self.staging, stem, self._title(), self.words, there)

    def _how(self) -> "How":
        from salesplan.pipeline.execution import How

        return How(self.workbook, self.request.engine, self.inputs.loaded.plan.language, self.request.patience)

    def _parameters(self) -> dict[str, Any]:
        from salesplan.params import shown_path

        run = self.staging.relative_to(self.workbook) if self.staging.is_relative_to(self.workbook) else self.staging
        return {
            "plan": shown_path(self.request.plan),
            "run": run.as_posix(),
            "changes": dict(self.request.changes),
        }

    def _finish(self) -> None:
        from salesplan.conclusions import headline
        from salesplan.wording.messages import notice_text

        if self.request.engine != "fork":
            self._begin_page("salesplan.report.excel", "write_workbook", self.staging, self.words)
        self._join_pages()
        self.manifest["state"] = "complete" if not self.request.only or self.request.only == STEPS[-1] else "partial"
        self.manifest["seconds"] = round(sum(step.get("seconds", 0) for step in self.manifest["steps"].values()), 3)
        self.manifest["headline"] = headline.numbers(self.staging / "tables", self.words)
        self.manifest["assumed"] = headline.assumed(self.inputs.loaded, self.inputs.as_of, self.words)
        notices = [notice_text(notice, self.words) for notice in self.inputs.notices]
        self._call("salesplan.report.index", "write_index", self.staging, self.manifest, notices, self.words)
        shutil.rmtree(self.staging / INPUTS)
        files = archive.files_of(self.staging)
        self.manifest["content"] = archive.content_hash(self.inputs.hashes, files, self.inputs.loaded.changes)
        self.manifest["files"] = files
        archive.write_manifest(self.staging, self.manifest)

    def _title(self) -> str:
        return self.inputs.loaded.plan.title or str(self.manifest["plan"])

    def _begin_page(self, module: str, function: str, *args: Any) -> None:
        if self.request.engine == "fork":
            self.pages.append((function, forks.start(module, function, *args)))
        else:
            self._call(module, function, *args)

    def _join_pages(self) -> None:
        for function, process in self.pages:
            process.join()
            if process.exitcode:
                raise StepError("report", function, f"exit status {process.exitcode}", self.staging)

    def _call(self, module: str, function: str, *args: Any) -> None:
        import importlib

        if self.request.engine == "fork":
            process = forks.start(module, function, *args)
            process.join()
            if process.exitcode:
                raise StepError("report", function, f"exit status {process.exitcode}", self.staging)
        else:
            getattr(importlib.import_module(module), function)(*args)

    def _withdraw(self) -> None:
        """The user's files are wrong, which only a step could see: nothing of this run stays."""
        self._end_pages()
        shutil.rmtree(self.staging)
        archive.clear(self.outputs)

    def _end_pages(self) -> None:
        for _, process in self.pages:
            process.kill()
            process.join()

    def _leave_incomplete(self, error: BaseException) -> None:
        """Name the run incomplete, with step and cause; the evidence stays where it is."""
        self._end_pages()
        self.manifest["state"] = "incomplete"
        stopped = isinstance(error, KeyboardInterrupt)
        self.manifest["cause"] = "interrupted" if stopped else str(error) or type(error).__name__
        archive.write_manifest(self.staging, self.manifest)
