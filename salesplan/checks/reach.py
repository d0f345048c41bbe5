"""Whom commission plans reach: names nobody has, plans that fit no rep, plans that others leave nobody."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan import calendar
from salesplan.errors import Fault, alternatives
from salesplan.params import Loaded
from salesplan.tables import Notice
from salesplan.tables.names import names_in
from salesplan.terms.commission import CommissionPlan, CommissionTerms

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Mapping[str, "pa.Table"]
Plans = Sequence[CommissionPlan]
Key = tuple[str | int, ...]
STEM = "commission"


def reach_faults(loaded: Loaded, rules: CommissionTerms, tables: Tables, months: Sequence[str]) -> Iterator[Fault]:
    """Names in `applies_to` that no rep has; plans whose names no rep has together; a list of plans without any rep."""
    if "reps" not in tables:
        return
    for key, plans in _lists(rules):
        unknown = list(_unknown(loaded, key, plans, tables))
        yield from unknown
        fits = [_fits(plan, tables["reps"]) for plan in plans]
        for number, plan in enumerate(plans):
            named = any(name not in names_in(tables, "reps", column) for column, name in plan.applies_to.items())
            if not named and not fits[number].any():
                wanted = ", ".join(f"{column}: {name}" for column, name in plan.applies_to.items())
                yield Fault("plan_fits_nobody", loaded.place(STEM, (*key, number, "applies_to")), wanted)
        there = _presence(loaded, tables["reps"], months)
        reached = [np.where(fit, there & _holds(plan, months), 0).any() for fit, plan in zip(fits, plans, strict=True)]
        if plans and not unknown and not any(reached):
            names = ", ".join(plan.name for plan in plans)
            yield Fault("plans_fit_nobody", loaded.place(STEM, key), None, {"plans": names})
        yield from _two_stages(loaded, key, plans, tables["reps"], months)


def reach_notices(loaded: Loaded, rules: CommissionTerms, tables: Tables, months: Sequence[str]) -> Iterator[Notice]:
    """Plans that can never apply: earlier ones take all of their reps, or nobody is there in their months."""
    if "reps" not in tables:
        return
    free = _presence(loaded, tables["reps"], months)
    taken: list[tuple[CommissionPlan, Any]] = []
    for number, plan in enumerate(rules.plans):
        fit, holds = _fits(plan, tables["reps"]), _holds(plan, months)
        if fit.any() and not np.where(fit, free & holds, 0).any():
            by = [other.name for other, reps in taken if (reps & fit).any() and _holds(other, months) & holds]
            code = "plan_shadowed" if by else "plan_nobody_there"
            place = loaded.place(STEM, ("plans", number, "name"))
            yield Notice(code, place, {"plan": plan.name, "plans": ", ".join(dict.fromkeys(by))})
        free = np.where(fit, free & ~holds, free)
        taken.append((plan, fit))


def _two_stages(loaded: Loaded, key: Key, plans: Plans, reps: "pa.Table", months: Sequence[str]) -> Iterator[Fault]:
    """A rep who changes to a plan that credits at another stage: an order would count under both, or under none."""
    free = _presence(loaded, reps, months)
    names, codes = np.unique([rep or "" for rep in reps["rep"].to_pylist()], return_inverse=True)
    first = np.full(len(names), -1)  # number of the first plan that each rep is on
    for number, plan in enumerate(plans):
        fit, holds = _fits(plan, reps), _holds(plan, months)
        on = np.unique(codes[np.where(fit, free & holds, 0) > 0])
        other = np.array([at >= 0 and plans[at].stage != plan.stage for at in first[on]], dtype=bool)
        if other.any():
            rep = on[other][0]
            before = plans[first[rep]]
            told = {"other_plan": before.name, "before": before.stage, "stage": plan.stage}
            told |= {"rep": str(names[rep]), "count": int(other.sum())}
            yield Fault("plan_stages", loaded.place(STEM, (*key, number, "name")), plan.name, told)
        first[on] = np.where(first[on] < 0, number, first[on])
        free = np.where(fit, free & ~holds, free)


def _lists(rules: CommissionTerms) -> Iterator[tuple[Key, Plans]]:
    yield ("plans",), rules.plans
    for number, other in enumerate(rules.alternatives):
        yield ("alternatives", number, "plans"), other.plans


def _unknown(loaded: Loaded, key: Key, plans: Plans, tables: Tables) -> Iterator[Fault]:
    for number, plan in enumerate(plans):
        for column, name in plan.applies_to.items():
            known = names_in(tables, "reps", column)
            if name not in known:
                place = loaded.place(STEM, (*key, number, "applies_to", column))
                yield Fault(f"applies_to_{column}", place, name, alternatives(name, known))


def _fits(plan: CommissionPlan, reps: "pa.Table") -> Any:
    """Which spells a plan is for."""
    from salesplan.tables.arrays import is_among, texts

    fits = np.ones(len(reps), dtype=bool)
    for column, name in plan.applies_to.items():
        fits &= is_among(reps[column].combine_chunks(), texts([name]))
    return fits


def _presence(loaded: Loaded, reps: "pa.Table", months: Sequence[str]) -> Any:
    """The months of the year in which each spell has a day, one bit per month."""
    from salesplan.tables.arrays import is_known, to_numpy
    from salesplan.tables.sales import day_number

    columns = {name: reps[name].combine_chunks() for name in ("start", "end")}
    days = {name: to_numpy(column).astype(np.int64) for name, column in columns.items()}
    found = np.zeros(len(reps), dtype=np.int64)
    for bit, month in enumerate(months):
        first, last = (day_number(day) for day in calendar.month_span(month, loaded.plan.month_cutoff))
        begun = ~is_known(columns["start"]) | (days["start"] <= last)
        stays = ~is_known(columns["end"]) | (days["end"] >= first)
        found |= (begun & stays).astype(np.int64) << bit
    return found


def _holds(plan: CommissionPlan, months: Sequence[str]) -> int:
    """The months in which a plan holds, one bit per month."""
    return sum(1 << bit for bit, month in enumerate(months) if (plan.from_ or month) <= month <= (plan.until or month))
