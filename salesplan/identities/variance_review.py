"""The review closes with its bridges, its market and its causes, and with the plan of the split."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by

if TYPE_CHECKING:
    import pandas as pd

MOVES = ("target", "volume", "mix", "price", "new", "lost", "joint", "cost")


def breaches(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """What does not hold in the tables of the review, against the split."""
    grid, bridge = frames["variance_review"], frames["variance_review_bridge"]
    revision, causes = frames["variance_review_revision"], frames["variance_review_causes"]
    yield from _bridge(bridge)
    total = bridge[bridge["member"] == TOTAL]
    for name in ("target", "actual") if len(bridge) else ():
        yield from equal("bridge_matches_review", int(grid[name].sum()), int(total[name].sum()), name)
    if "variance_review_bridge_margin" in frames:
        yield from _bridge(frames["variance_review_bridge_margin"], "margin ")
    if "variance_review_market" in frames:
        yield from _market(frames["variance_review_market"], total)
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


def _bridge(bridge: "pd.DataFrame", level: str = "") -> Iterator[Breach]:
    """Every row closes, price is the sum of its parts, and the members sum to the row `(total)`."""
    moves = bridge[[column for column in MOVES if column in bridge]].sum(axis=1)
    yield from equal("bridge_closes", int((moves != bridge["actual"]).sum()), 0, f"{level}rows")
    if "own_price" in bridge:
        parts = bridge[["own_price", "deducted", "currency"]].sum(axis=1)
        yield from equal("price_is_its_parts", int((parts != bridge["price"]).sum()), 0, f"{level}rows")
    members, total = bridge[bridge["member"] != TOTAL], bridge[bridge["member"] == TOTAL]
    for column in ("target", "actual") if len(bridge) else ():
        yield from equal("bridge_total", int(members[column].sum()), int(total[column].sum()), f"{level}{column}")


def _market(market: "pd.DataFrame", total: "pd.DataFrame") -> Iterator[Breach]:
    """Market size and market share are the variance they split, and that is the bridge's."""
    for row in market.to_dict("records"):
        yield from equal("market_closes", row["market_size"] + row["market_share"], row["variance"])
        whole = int((total["actual"] - total["target"]).sum())
        split = int(total["volume"].sum()) if row["measure"] == "quantity" else whole
        yield from equal("market_splits_the_bridge", row["variance"], split)
