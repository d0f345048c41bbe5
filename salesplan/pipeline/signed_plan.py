"""What a run that goes on from a signed plan may not change, and what it leaves unused."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from salesplan import PLANNED, archive
from salesplan.archive import Run
from salesplan.errors import Fault
from salesplan.params import Loaded
from salesplan.pipeline.request import Request
from salesplan.places import shown_path
from salesplan.rebuilding import parameters_of
from salesplan.tables import Notice
from salesplan.tables.outputs import tables_of
from salesplan.tables.specification import TABLES
from salesplan.terms import PlanTerms

# Parameters all steps share that a signed plan's months, money and pages were made with.
FIXED = (
    "fiscal_year", "first_month", "month_cutoff", "currency", "money_unit", "display_unit", "language", "calendar",
    "dimensions",
)  # fmt: skip


def plan_under(request: Request, outputs: Path, loaded: Loaded) -> Run | None:
    """The signed plan a run goes on from; None before one is signed, and where it is to be planned anew."""
    if request.rests_on:
        return request.rests_on if request.rests_on.manifest.get("plan_run") else None
    terms = loaded.rules.get("plan")
    if request.replan or not isinstance(terms, PlanTerms):
        return None
    return archive.record_of(outputs, terms.fiscal_year)


def plan_faults(plan: Run, loaded: Loaded, changes: Mapping[str, Any]) -> Iterator[Fault]:
    """Why a run cannot go on from a signed plan: it is altered or older than this release, or something it settles is
    to be another."""
    altered = archive.altered(plan)
    if altered:
        yield Fault("plan_altered", plan.name, ", ".join(altered[:5]), {"count": len(altered)})
        return
    for name, columns in _lacking(plan):
        yield Fault("plan_older", f"{plan.name}/tables/{name}.csv", ", ".join(columns))
    for key in changes:
        if key.split(".")[0] in PLANNED:
            yield Fault("plan_signed", f"--set {key}", str(changes[key]), {"run": plan.name})
    signed = parameters_of(plan).rules.get("plan")
    for key in FIXED if signed else ():
        now, then = (_shown(getattr(terms, key)) for terms in (loaded.plan, signed))
        if now != then:
            yield Fault("plan_fixed", loaded.place("plan", (key,)), now, {"run": plan.name, "signed": then})


def _shown(found: object) -> str:
    return ", ".join(map(str, found)) if isinstance(found, tuple) else str(found)


def _lacking(plan: Run) -> Iterator[tuple[str, list[str]]]:
    """Tables of a signed plan that lack columns the next steps may read."""
    for name in (name for stem in PLANNED for name in tables_of(stem)):
        path = plan.folder / "tables" / f"{name}.csv"
        header = path.open(encoding="utf-8-sig").readline().strip().split(",") if path.is_file() else []
        missing = [column for column in TABLES[name] if column not in header]
        if missing:
            yield name, missing


def plan_notices(plan: Run, loaded: Loaded) -> Iterator[Notice]:
    """Parameter files that say something else than when the plan was signed: of what is settled, and of pay.

    `loaded` are the plan's own files.
    """
    signed = parameters_of(plan).rules
    for stem in (*PLANNED, "commission"):
        if signed.get(stem) != loaded.rules.get(stem):
            code = "plan_unused" if stem in PLANNED else "plan_pay_changed"
            yield Notice(code, f"{shown_path(loaded.folder)}/{stem}.yaml", {"run": plan.name})
