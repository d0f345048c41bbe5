"""The runs a new one rests on: the signed plan, the run whose steps may be taken over, the review before this one."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan import STEPS, archive
from salesplan.archive import Run
from salesplan.inputs import Inputs
from salesplan.pipeline.changed_lines import lines_since
from salesplan.staging import INPUTS, PREVIOUS, REVIEW, SETTLED, write_whole
from salesplan.tables.outputs import csv_bytes, tables_of

CHANGED = "variance_review_changed_lines"


@dataclass(frozen=True)
class Predecessors:
    """The runs before; None where there is none."""

    newest: Run | None  # the newest complete run
    plan: Run | None  # the plan of record, from which the first three steps come
    review: Run | None  # the newest review of an earlier month end on the same plan
    again: Run | None = None  # a run that is made again, which keeps what it rested on

    def entries(self) -> dict[str, dict[str, Any] | None]:
        """What a manifest says of them."""
        plan = _entry(self.plan)
        return {"plan_run": plan and {**plan, "changes": self.settled}, "review_before": _entry(self.review)}

    @property
    def settled(self) -> dict[str, Any]:
        """Changes to the steps that the signed plan was made with."""
        return self.plan.settled if self.plan else {}


def of_run(run: Run) -> Predecessors:
    """What a run that is made again rests on: itself, as it keeps the signed steps and the review before."""
    return Predecessors(None, run if run.manifest.get("plan_run") else None, None, run)


def _entry(run: Run | None) -> dict[str, Any] | None:
    return {"run": run.name, "content": str(run.manifest["content"])} if run else None


def predecessors(outputs: Path, fiscal_year: object, as_of: str | None, plan: Run | None) -> Predecessors:
    """Those of a run of a fiscal year on a signed plan; `as_of` is its month end as ISO text, None before the first."""
    complete = [run for run in archive.runs(outputs) if run.state == "complete"]
    reviews = (
        run for run in complete
        if run.manifest.get("fiscal_year") == fiscal_year
        and not run.what_if and _on_plan(run, plan)
        and as_of and "" < str(run.manifest.get("as_of") or "") < as_of
    )  # fmt: skip
    return Predecessors(next(iter(complete), None), plan, max(reviews, key=_reviewed, default=None))


def _reviewed(run: Run) -> tuple[str, int, str]:
    """Later month ends last, of one month end the newest run."""
    return str(run.manifest["as_of"]), run.number, run.created


def _on_plan(run: Run, plan: Run | None) -> bool:
    """Whether a run reviews this plan: the plan itself does where it was made within the year."""
    found = run.manifest.get("plan_run") or {}
    return found.get("run") == (plan.name if plan else None) or (plan is not None and run.name == plan.name)


def lay_out(before: Predecessors, staging: Path, inputs: Inputs) -> None:
    """Put into a run what its steps start from: parameter files, those a signed plan settles among them, checked
    tables, and the review before this one."""
    folder = staging / "params"
    folder.mkdir(exist_ok=True)
    for stem, content in inputs.loaded.texts.items():
        (folder / f"{stem}.yaml").write_bytes(content)
    inputs.save(staging / INPUTS)
    if before.plan:
        shutil.copytree(folder, staging / INPUTS / SETTLED)
    lay_review(before, staging, inputs)


def lay_review(before: Predecessors, staging: Path, inputs: Inputs) -> None:
    """Put the tables of the review before this one into a run: to compare with, and to make the run again.

    In place of its own changed lines stand those that have changed since.
    """
    folder, review = staging / PREVIOUS, before.review
    if before.again and (before.again.folder / PREVIOUS).is_dir():
        shutil.copytree(before.again.folder / PREVIOUS, folder, dirs_exist_ok=True)
    if review is None:
        return
    folder.mkdir(exist_ok=True)
    for name in tables_of(STEPS[-1]):
        path = review.folder / "tables" / f"{name}.csv"
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    write_whole(folder / f"{CHANGED}.csv", csv_bytes(lines_since(review, inputs), CHANGED))
    said = {"run": review.name, "as_of": review.manifest["as_of"], "content": review.manifest["content"]}
    write_whole(folder / REVIEW, json.dumps(said, sort_keys=True).encode())
