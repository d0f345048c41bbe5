"""The cost of the plans is the sum of its reps, in every table that tells it."""

from collections.abc import Iterator

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by

PARTS = ("commission", "base_pay", "draw")
TABLES = ("commission_cost", "commission_cost_reps", "commission_last_year", "commission_cost_plans")


def breaches(frames: Frames) -> Iterator[Breach]:
    """What does not hold in the tables of the cost."""
    if "commission_cost_reps" not in frames:
        return
    team, reps, sets = (frames[name] for name in ("commission_cost", "commission_cost_reps", "commission_cost_plans"))
    for name in ("commission", "sales", "pay") if len(team) else ():
        yield from same_by(
            "cost_is_its_reps", team.set_index("attainment")[name], reps.groupby("attainment")[name].sum()
        )
    for name in TABLES:
        found = frames[name]
        parts = found[list(PARTS)].sum(axis=1)
        yield from equal("cost_pay_is_its_parts", int((parts != found["pay"]).sum()), 0, name)
    if len(sets):
        yield from _sets(frames)
    spread = frames["commission_spread"]
    total = spread["rep"] == TOTAL
    for name in ("commission", "sales", "pay") if len(spread) else ():
        yield from equal(
            "spread_is_its_reps", int(spread.loc[~total, name].sum()), int(spread.loc[total, name].sum()), name
        )


def _sets(frames: Frames) -> Iterator[Breach]:
    """The set in force costs what the reps do; what another costs more is what its reps gain."""
    sets, gains, last = (frames[f"commission_{name}"] for name in ("cost_plans", "cost_gains", "last_year"))
    first = sets[sets["plan_set"] == sets["plan_set"].iloc[0]].set_index("scene")["pay"]
    if "last_year" in first.index:
        yield from equal("last_year_is_its_reps", int(first["last_year"]), int(last["pay"].sum()))
    for (name, scene), rows in gains.groupby(["plan_set", "scene"]):
        other = sets[(sets["plan_set"] == name) & (sets["scene"] == scene)]["pay"].sum()
        yield from equal(
            "gains_sum_to_cost", int(rows["difference"].sum()), int(other - first[scene]), f"{name} {scene}"
        )
