"""A plan tried out with other parameters: its steps executed for their tables alone; no chart, no page, no run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from salesplan import PLANNED, STEPS, archive
from salesplan.errors import stop_on
from salesplan.inputs import Inputs
from salesplan.pipeline import provenance
from salesplan.pipeline.laying_out import lay_out
from salesplan.pipeline.making import parameters_of
from salesplan.pipeline.predecessors import Predecessors
from salesplan.pipeline.request import NOTEBOOKS, Progress, Request, StepError
from salesplan.pipeline.taking_over import Earlier, files_left, reads_of
from salesplan.places import workbook_of
from salesplan.staging import INPUTS, LEFT_OUT
from salesplan.telling import handed_over


class Trial:
    """One scenario in a folder of its own, which is its caller's to remove; the archive is not touched."""

    def __init__(
        self, request: Request, inputs: Inputs, before: Predecessors, folder: Path, progress: Progress
    ) -> None:
        self.request = request
        self.inputs = inputs
        self.before = before
        self.folder = folder
        self.progress = progress
        self.run = archive.Run(folder, {"changes": dict(request.changes), "steps": {}})
        self.notebooks = provenance.notebooks(workbook_of(request.plan))

    def make(self, known: Sequence[Earlier]) -> archive.Run:
        """Execute the steps that none of the runs `known` has done alike; the folder as a run whose steps others take.

        Raises `PlanError` for what only a step can see to be impossible, and `StepError`.
        """
        (self.folder / "tables").mkdir(parents=True)
        lay_out(self.before, self.folder, self.inputs)
        for stem in STEPS:
            self._step(stem, known)
        shutil.rmtree(self.folder / INPUTS)
        return self.run

    def _step(self, stem: str, known: Sequence[Earlier]) -> None:
        maker = provenance.maker(stem, self.notebooks, provenance.code(), provenance.versions())
        signed = Earlier(self.before.plan) if self.before.plan and stem in PLANNED else None
        if signed:
            stop_on(signed.damage(stem))
        source = signed or next((one for one in known if one.stands(stem, maker, self.folder)), None)
        if source:
            source.copy(stem, self.folder)
            (self.folder / INPUTS / f"{stem}{LEFT_OUT}").touch()
            left = {"files": source.files(stem), **_made(source, stem)}
            self.progress.taken_over(stem, source.run.name, signed=signed is not None)
        else:
            self._execute(stem)
            left = {"files": files_left(stem, self.folder), "reads": reads_of(stem, self.folder), "maker": maker}
        self.run.manifest["steps"][stem] = {"state": "taken_over" if source else "done", **left}

    def _execute(self, stem: str) -> None:
        from salesplan.pipeline.execution import How, execute_step

        self.progress.step(stem)
        how = How(
            workbook_of(self.request.plan), self.request.engine, self.inputs.loaded.plan.language,
            self.request.patience, charts=False,
        )  # fmt: skip
        failure = execute_step(
            stem, self.folder, parameters_of(self.request, self.before, self.folder), how,
            on_cell=lambda cell: self.progress.cell(stem, cell),
        )  # fmt: skip
        if failure:
            stop_on(handed_over(self.folder))
            raise StepError(stem, *failure, self.folder / f"{NOTEBOOKS[stem]}.ipynb")


def _made(source: Earlier, stem: str) -> dict[str, object]:
    """What a step that is taken over was made from."""
    return {key: value for key, value in source.entry(stem).items() if key in ("reads", "maker")}
