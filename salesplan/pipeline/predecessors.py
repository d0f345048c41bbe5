"""The runs a new one rests on: the signed plan, the run whose steps may be taken over, the review before this one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesplan import archive
from salesplan.archive import Run


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
