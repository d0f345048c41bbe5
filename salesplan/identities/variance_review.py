"""The review closes with its bridge and causes, and with the plan of the split."""

from collections.abc import Iterator

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by

COUNTED = ("customers", "orders")  # one customer may buy of two members


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
    yield from _grid(frames.get("variance_review_grid"), grid)
    if len(causes):
        yield from equal("causes_sum_to_variance", int(causes["amount"].sum()), int(grid["variance"].sum()))


def _grid(members: pd.DataFrame | None, reps: pd.DataFrame) -> Iterator[Breach]:
    """Members add up to the total wherever all of them are known, and the reps are those of the review."""
    if members is None or members.empty:
        return
    counted = members[~members["indicator"].isin(COUNTED)]
    total = counted[counted["dimension"] == TOTAL].set_index(["indicator", "period"])
    for _, rows in counted[counted["dimension"] != TOTAL].groupby("dimension"):
        keyed = rows.set_index(["indicator", "period"])
        for name in ("target", "actual", "last_year"):
            known = keyed[name].notna().groupby(level=[0, 1]).all() & total[name].notna()
            summed = _whole(keyed[name].dropna()).groupby(level=[0, 1]).sum()
            yield from same_by("members_sum_to_total", summed[known], _whole(total.loc[known, name]))
    amounts = members[(members["dimension"] == "rep") & (members["indicator"] == "amount")]
    for name in ("target", "actual"):
        wanted = reps.set_index(["rep", "month"])[name]
        found = _whole(amounts.set_index(["member", "period"])[name]).reindex(wanted.index, fill_value=0)
        yield from same_by("grid_is_the_review", found, wanted * 10_000)


def _whole(exact: pd.Series) -> pd.Series:
    """Decimals as whole millionths."""
    return (exact * 1_000_000).astype("int64")
