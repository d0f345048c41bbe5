"""Action plans and goals that name reps, teams or members of dimensions the plan's tables do not have."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables.names import names_in
from salesplan.terms.rep_allocation import RepAllocationTerms

if TYPE_CHECKING:
    import pyarrow as pa

Path = tuple[str | int, ...]
STEM = "rep_allocation"


def action_faults(loaded: Loaded, tables: "Mapping[str, pa.Table]") -> Iterator[Fault]:
    """A rep, team, region, channel or product nobody knows, the nearest name proposed; two plans for one rep."""
    rules = loaded.rules.get(STEM)
    if not isinstance(rules, RepAllocationTerms):
        return
    seen: set[str | None] = set()
    for number, plan in enumerate(rules.action_plans):
        if plan.rep is not None:
            yield from _unknown(loaded, tables, ("action_plans", number, "rep"), "rep", plan.rep)
        if plan.rep in seen:
            yield Fault("action_plan_twice", loaded.place(STEM, ("action_plans", number)), plan.rep or "")
        seen.add(plan.rep)
    for number, goal in enumerate(rules.conditions):
        yield from _goal(loaded, tables, ("conditions", number), goal)


def _goal(loaded: Loaded, tables: "Mapping[str, pa.Table]", place: Path, goal: Any) -> Iterator[Fault]:
    for name, member in goal.of.items():
        yield from _unknown(loaded, tables, (*place, "of", name), name, member)
    for number, part in enumerate(getattr(goal, "parts", ())):
        yield from _goal(loaded, tables, (*place, "parts", number), part)


def _unknown(loaded: Loaded, tables: "Mapping[str, pa.Table]", place: Path, column: str, name: str) -> Iterator[Fault]:
    known = names_in(tables, "reps", column) if column in ("rep", "team") else names_in(tables, "sales", column)
    known |= names_in(tables, "products", column) if column == "product" else set()
    known |= names_in(tables, "sales", column) if column == "rep" and "reps" not in tables else set()
    if name not in known:
        yield Fault("member_unknown", loaded.place(STEM, place), name, alternatives(name, known))
