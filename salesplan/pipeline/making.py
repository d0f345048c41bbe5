"""One run in the making: its folder, its manifest, its steps, its pages."""

import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import PLANNED, STEPS, archive, machine
from salesplan.archive import register
from salesplan.errors import PlanError, stop_on
from salesplan.inputs import Inputs
from salesplan.params import Loaded
from salesplan.pipeline import forks, provenance
from salesplan.pipeline.laying_out import lay_out
from salesplan.pipeline.predecessors import Predecessors
from salesplan.pipeline.request import NOTEBOOKS, Progress, Request, StepError
from salesplan.pipeline.taking_over import Earlier, files_left, reads_of
from salesplan.places import shown_path, workbook_of
from salesplan.staging import CONTROL, INPUTS, LEFT_OUT, names_below, write_whole
from salesplan.telling import handed_over
from salesplan.terms import CommissionTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from salesplan.pipeline.execution import How

FORMAT = 2


class Making:
    """One run in the making: its staging folder and its manifest."""

    def __init__(
        self, request: Request, inputs: Inputs, outputs: Path, before: Predecessors, progress: Progress
    ) -> None:
        self.request = request
        self.inputs = inputs
        self.outputs = outputs
        self.progress = progress
        self.workbook = workbook_of(request.plan)
        self.before = before
        self.earlier = Earlier(before.newest) if before.newest else None
        self.plan = Earlier(before.plan) if before.plan else None  # as it was signed
        plan = inputs.loaded.plan
        self.words = Words(plan.language, plan.display_unit, plan.currency)
        self.notebooks = provenance.notebooks(self.workbook)
        self.pages: list[Any] = []
        if request.resume:
            assert before.newest is not None
            self.staging, begun = before.newest.folder, before.newest.manifest
            kept = {key: begun[key] for key in ("created", "number", "steps") if key in begun}
            self.manifest = {**self._opening(), **kept}
        else:
            self.staging = archive.begin(outputs, archive.free_name(outputs, request.name))
            self.manifest = self._opening()

    def make(self) -> archive.Run:
        """Execute, write the pages, let the run appear; a run that does not get there is named incomplete."""
        try:
            self._prepare()
            if self.request.engine == "fork":
                self._begin_page("salesplan.report.excel", "write_workbook", self.staging, self.words)
            for stem in self.request.steps:
                self._step(stem)
            self._finish()
            final = archive.complete(self.staging, self.outputs)
        except BaseException as error:
            if isinstance(error, PlanError) and not self.request.resume:
                self._withdraw()
            else:
                self._leave_incomplete(error)
            raise
        register.run_completed(self.outputs, final)
        self._call("salesplan.report.listing", "write_listing", self.outputs, self.words)
        return archive.Run(final, self.manifest)

    def _opening(self) -> dict[str, Any]:
        loaded = self.inputs.loaded
        return {
            "format": FORMAT,
            "plan": self.request.plan.resolve().name,
            "run": self.staging.name,
            "number": archive.next_number(self.outputs),
            "revision": self._revision(),
            "title": loaded.plan.title,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "state": "incomplete",
            "fiscal_year": loaded.plan.fiscal_year,
            "months": loaded.plan.months,
            "as_of": self.inputs.as_of,
            "changes": dict(self.request.changes),
            "replan": self.request.replan,
            **self.before.entries(),
            "inputs": dict(self.inputs.hashes),
            "parameters": parameters(loaded),
            "patterns": {name: entry for name, entry in loaded.plan.inputs.items() if isinstance(entry, str)},
            "seed": None,  # no step draws at random
            "versions": provenance.versions(),
            "code": provenance.code(),
            "notebooks": self.notebooks,
            "steps": {stem: {"state": "pending"} for stem in STEPS},
        }

    def _revision(self) -> int | None:
        """The revision the pages show; None for a what-if, which revises nothing."""
        loaded = self.inputs.loaded
        return (
            None if archive.what_if(self.request.changes) else archive.revision(self.outputs, loaded.plan.fiscal_year)
        )

    def _prepare(self) -> None:
        if self.request.resume:
            self._clear()
        archive.write_manifest(self.staging, self.manifest)
        self.manifest["stored"] = archive.keep(self.outputs, self.inputs.sources, self.inputs.hashes)
        lay_out(self.before, self.staging, self.inputs)
        for stem in self.request.before:
            self._take_over(stem, self._source(stem))
        for stem in STEPS:
            if stem not in self.request.steps:
                (self.staging / INPUTS / f"{stem}{LEFT_OUT}").touch()
        archive.write_manifest(self.staging, self.manifest)

    def _clear(self) -> None:
        """Of a run that is resumed only the manifest and what its steps had left stays."""
        assert self.earlier is not None
        shutil.rmtree(self.staging / INPUTS, ignore_errors=True)
        left = {name for stem in STEPS for name in self.earlier.files(stem)} | {archive.MANIFEST}
        for name in names_below(self.staging):
            if name not in left:
                (self.staging / name).unlink()

    def _step(self, stem: str) -> None:
        """Execute a step, or take it over; then begin its page."""
        maker = provenance.maker(stem, self.notebooks, self.manifest["code"], self.manifest["versions"])
        if self._signed(stem) or self._stands(stem, maker):
            self._take_over(stem, self._source(stem))
            (self.staging / INPUTS / f"{stem}{LEFT_OUT}").touch()
            origin = self.manifest["steps"][stem].get("from", self.staging.name)
            self.progress.taken_over(stem, origin, signed=self._signed(stem))
        else:
            seconds = self._execute(stem)
            left = {"files": files_left(stem, self.staging), "reads": reads_of(stem, self.staging), "maker": maker}
            self.manifest["steps"][stem] = {"state": "done", "seconds": round(seconds, 3), **left}
            self.progress.done(stem, seconds)
        archive.write_manifest(self.staging, self.manifest)
        there = (*self.request.before, *self.request.steps)
        self._begin_page("salesplan.report.pages", "write_page", self.staging, stem, self._title(), self.words, there)

    def _signed(self, stem: str) -> bool:
        """Whether a step is settled by the signed plan."""
        return self.plan is not None and stem in PLANNED

    def _stands(self, stem: str, maker: str) -> bool:
        """Whether a step would come out as the run before left it."""
        asked = self.request.whole and not self.request.fresh
        return asked and self.earlier is not None and self.earlier.stands(stem, maker, self.staging)

    def _source(self, stem: str) -> Earlier:
        """The run a step is taken from."""
        found = self.plan if self._signed(stem) else self.earlier
        assert found is not None
        return found

    def _execute(self, stem: str) -> float:
        """Execute a step's notebook; seconds. Raises `StepError`, or `PlanError` for what only a step could see."""
        from salesplan.pipeline.execution import execute_step

        began = time.monotonic()
        self.progress.step(stem)
        self.manifest["steps"][stem] = {"state": "running"}
        archive.write_manifest(self.staging, self.manifest)
        failure = execute_step(
            stem, self.staging, parameters_of(self.request, self.before, self.staging), self._how(),
            on_cell=lambda cell: self.progress.cell(stem, cell),
        )  # fmt: skip
        if failure:
            stop_on(handed_over(self.staging))
            self.manifest["steps"][stem] = {"state": "failed", "cell": failure[0], "cause": failure[1]}
            raise StepError(stem, failure[0], failure[1], self.staging / f"{NOTEBOOKS[stem]}.ipynb")
        return time.monotonic() - began

    def _take_over(self, stem: str, earlier: Earlier) -> None:
        """Take a step as an earlier run left it; in a run that is resumed it lies there already."""
        if earlier.run.folder == self.staging:
            return
        stop_on(earlier.damage(stem))
        earlier.copy(stem, self.staging)
        entry = {key: value for key, value in earlier.entry(stem).items() if key in ("reads", "maker")}
        origin = earlier.run.name if self._signed(stem) else earlier.entry(stem).get("from", earlier.run.name)
        self.manifest["steps"][stem] = {"state": "taken_over", "from": origin, **entry}

    def _how(self) -> "How":
        from salesplan.pipeline.execution import How

        return How(self.workbook, self.request.engine, self.inputs.loaded.plan.language, self.request.patience)

    def _finish(self) -> None:
        """Headline, index, control blocks; then what the run was made from and left is sealed."""
        from salesplan.conclusions import headline
        from salesplan.report.control import fill
        from salesplan.wording.messages import notice_text, warnings

        self.manifest["state"] = "complete" if not self.request.only or self.request.only == STEPS[-1] else "partial"
        self.manifest["seconds"] = round(sum(step.get("seconds", 0) for step in self.manifest["steps"].values()), 3)
        self.manifest["warnings"] = warnings(self.inputs.notices, self.words)
        self.manifest["headline"] = headline.numbers(self.staging / "tables", self.words)
        under = headline.assumed(self.inputs.loaded, self.inputs.as_of, self.words)
        self.manifest["assumed"] = [*self._assumed_plan(), *under]
        made_of = archive.files_of(self.staging, "params", "tables")
        self.manifest["content"] = archive.content_hash(self.inputs.hashes, made_of, self.manifest["changes"])
        write_whole(self.staging / INPUTS / CONTROL, archive.manifest_bytes(self.manifest))
        if self.request.engine != "fork":
            self._begin_page("salesplan.report.excel", "write_workbook", self.staging, self.words)
        if self.manifest["state"] == "complete":
            terms = self.inputs.loaded.rules["commission"]
            pay = isinstance(terms, CommissionTerms) and terms.managers_see_pay
            self._begin_page("salesplan.copies", "write_copies", self.staging, self.manifest, self.words, pay)
        notices = [notice_text(notice, self.words) for notice in self.inputs.notices]
        approvals = self.inputs.loaded.plan.approvals
        self._call("salesplan.report.index", "write_index", self.staging, self.manifest, notices, self.words, approvals)
        self._join_pages()
        fill(self.staging, self.manifest, self.words)
        shutil.rmtree(self.staging / INPUTS)
        for entry in self.manifest["steps"].values():
            entry.pop("files", None)  # they stand among all files
        self.manifest["files"] = archive.files_of(self.staging)
        archive.write_manifest(self.staging, self.manifest)

    def _assumed_plan(self) -> list[tuple[str, str]]:
        """The signed plan it goes on from, as the index names it."""
        found = self.before.plan
        return [(self.words("assumed.plan_run"), self.words("assumed.plan_run_value", run=found.name))] if found else []

    def _title(self) -> str:
        return self.inputs.loaded.plan.title or str(self.manifest["plan"])

    def _begin_page(self, module: str, function: str, *args: Any) -> None:
        if self.request.engine == "fork":
            self.pages.append((function, forks.start(module, function, *args)))
        else:
            self._call(module, function, *args)

    def _join_pages(self) -> None:
        for function, process in self.pages:
            self._join(function, process)

    def _join(self, function: str, process: "ForkServerProcess") -> None:
        status = forks.ended(process)
        if status:
            machine.raise_status(status, self.staging)
            raise StepError("report", function, f"exit status {status}", self.staging)

    def _call(self, module: str, function: str, *args: Any) -> None:
        import importlib

        if self.request.engine == "fork":
            self._join(function, forks.start(module, function, *args))
        else:
            getattr(importlib.import_module(module), function)(*args)

    def _withdraw(self) -> None:
        """The user's files are wrong, which only a step could see: nothing of this run stays."""
        self._end_pages()
        with suppress(OSError):  # what was wrong is said all the same
            shutil.rmtree(self.staging)
            archive.clear(self.outputs)
            archive.forget(self.outputs, self.manifest.get("stored", {}).values())

    def _end_pages(self) -> None:
        for _, process in self.pages:
            if process.is_alive():
                forks.end(process)

    def _leave_incomplete(self, error: BaseException) -> None:
        """Name the run incomplete, with step and cause; the evidence stays where it is."""
        self._end_pages()
        self.manifest["state"] = "incomplete"
        self.manifest["cause"] = self._cause(error)
        with suppress(OSError):  # a disk that is full or gone must not hide what happened first
            shutil.rmtree(self.staging / INPUTS, ignore_errors=True)  # made again on resuming; room for what follows
            archive.write_manifest(self.staging, self.manifest)
        with suppress(Exception):
            self._call("salesplan.report.listing", "write_listing", self.outputs, self.words)

    def _cause(self, error: BaseException) -> str:
        """Why the run ended: a word of the catalogue, or what was said without the place of the workbook."""
        if isinstance(error, KeyboardInterrupt):
            return "interrupted"
        code = machine.code_of(error)
        if code is not None:
            return machine.KINDS[code]
        return str(error).replace(f"{self.workbook}{os.sep}", "") or type(error).__name__


def parameters_of(request: Request, before: Predecessors, staging: Path) -> dict[str, Any]:
    """The parameters of every notebook of a run."""
    workbook = workbook_of(request.plan)
    run = staging.relative_to(workbook) if staging.is_relative_to(workbook) else staging
    changes = {**before.settled, **request.changes}
    return {"plan": shown_path(request.plan), "run": run.as_posix(), "changes": changes}


def parameters(loaded: Loaded) -> dict[str, str]:
    """SHA-256 of each parameter file of a plan by its place."""
    shown = shown_path(loaded.folder)
    return {f"{shown}/{stem}.yaml": archive.digest(content) for stem, content in loaded.texts.items()}
