"""The review closes with its bridge and causes, and with the plan of the split."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by

if TYPE_CHECKING:
    import pandas as pd


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
    yield from _customers(frames, int(grid["actual"].sum()))
    yield from _boards(frames["variance_review_boards"], revision)


def _customers(frames: Frames, actual: int) -> Iterator[Breach]:
    """Customers, and the members of every dimension, make up all sales; weights of a form are one."""
    customers, form = frames["variance_review_customers"], frames["variance_review_evaluation"]
    if len(customers):
        yield from equal("customers_sum_to_sales", int(customers["sales"].sum()), actual)
    for dimension, rows in frames["variance_review_composition"].groupby("dimension", sort=True):
        yield from equal("composition_sums_to_sales", int(rows["sales"].sum()), actual, str(dimension))
    weights = form[form["weight"] > 0].groupby("customer")["weight"].sum()
    yield from equal("evaluation_weights_are_one", int(((weights - 1).abs() > 1e-9).sum()), 0, "customers")


def _boards(boards: "pd.DataFrame", revision: "pd.DataFrame") -> Iterator[Breach]:
    """Ten-day periods and weeks of the board sum to the revised target of the month they lie in."""
    for kind, rows in boards.groupby("kind", sort=True):
        month = f"{rows['end'].max():%Y-%m}"  # by its last day, also where months end early
        target = int(revision.loc[revision["month"] == month, "revised"].sum())
        yield from equal("board_sums_to_revised", int(rows["amount"].sum()), target, str(kind))
