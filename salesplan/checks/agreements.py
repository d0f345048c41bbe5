"""Pins, limits and transfers of rep_allocation.yaml, held against the plan's tables before anything runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesplan.agreed import fixed_years, part_faults, transfer_faults
from salesplan.checks.quotas import reps_there
from salesplan.errors import Fault
from salesplan.money import to_fen
from salesplan.params import Loaded
from salesplan.tables.names import names_in
from salesplan.telling import placed
from salesplan.terms import RepAllocationTerms, SeasonalSplitTerms

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]


def agreement_faults(loaded: Loaded, tables: Tables) -> list[Fault]:
    """Names and months that the plan does not have, odd units, transfers of what is agreed; all with their line."""
    rules = loaded.rules.get("rep_allocation")
    if not isinstance(rules, RepAllocationTerms) or "sales" not in tables:
        return []
    known, unit = known_names(loaded, tables), to_fen(loaded.plan.money_unit)
    agreed = {one.rep for one in rules.negotiation.rounds if one.agreed}
    found = [
        *part_faults(rules.pins, "pins", known, unit),
        *part_faults(rules.limits, "limits", known, unit),
        *transfer_faults(rules.transfers, fixed_years(rules.pins) | agreed, known, unit),
    ]
    return [placed(fault, loaded) for fault in found]


def known_names(loaded: Loaded, tables: Tables) -> dict[str, set[str]]:
    """What agreements may name: reps of the plan year, their teams, the months, members of the plan's dimensions."""
    plan = loaded.plan
    names = {"month": set(plan.months), "team": set[str]()}
    if "reps" in tables:
        names |= {"rep": reps_there(loaded, tables["reps"]), "team": names_in(tables, "reps", "team")}
    else:
        names["rep"] = names_in(tables, "sales", "rep")
    split = loaded.rules.get("seasonal_split")
    launches = split.launches if isinstance(split, SeasonalSplitTerms) else ()
    for name in plan.dimensions:
        new = {launch.members[name] for launch in launches if name in launch.members}
        names[name] = names_in(tables, "sales", name) | new
    return names
