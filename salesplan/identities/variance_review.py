"""The review closes with its bridge and causes, and with the plan of the split."""

from collections.abc import Iterator

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by


def breaches(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """What does not hold in the tables of the review, against the split."""
    grid, bridge = frames["variance_review"], frames["variance_review_bridge"]
    revision, causes = frames["variance_review_revision"], frames["variance_review_causes"]
    moves = bridge[["target", "volume", "mix", "price", "new", "lost"]].sum(axis=1)
    yield from equal("bridge_closes", int((moves != bridge["actual"]).sum()), 0, "rows")
    members, total = bridge[bridge["member"] != TOTAL], bridge[bridge["member"] == TOTAL]
    for name in ("target", "actual") if len(bridge) else ():
        yield from equal("bridge_total", int(members[name].sum()), int(total[name].sum()), name)
        yield from equal("bridge_matches_review", int(grid[name].sum()), int(total[name].sum()), name)
    yield from equal(
        "variance_is_actual_less_target", int((grid["actual"] - grid["target"] - grid["variance"]).abs().sum()), 0
    )
    if "seasonal_split" in earlier:
        plan = earlier["seasonal_split"].groupby("month")["amount"].sum()
        yield from same_by("original_is_the_plan", revision.set_index("month")["original"], plan)
    closed = revision[revision["actual"].notna()]
    yield from equal("closed_months_are_actual", int((closed["revised"] - closed["actual"]).abs().sum()), 0)
    if len(causes):
        yield from equal("causes_sum_to_variance", int(causes["amount"].sum()), int(grid["variance"].sum()))
