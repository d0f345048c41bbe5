"""What always holds, checked by the run itself before a step's tables are written."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL
from salesplan.errors import IdentityError

if TYPE_CHECKING:
    import pandas as pd

Frames = Mapping[str, "pd.DataFrame"]
Breach = tuple[str, str]
# Tables of earlier steps that a step's identities look at.
NEEDED = {
    "seasonal_split": ("annual_target",),
    "rep_allocation": ("seasonal_split",),
    "variance_review": ("seasonal_split",),
}


def stop_on_breach(step: str, frames: Frames, earlier: Frames, money_unit: int) -> None:
    """Raise `IdentityError` with the name of the first identity that does not hold."""
    checks: dict[str, Callable[[], Iterator[Breach]]] = {
        "seasonal_split": lambda: _split(frames, earlier, money_unit),
        "rep_allocation": lambda: _allocation(frames, earlier),
        "commission": lambda: _commission(frames),
        "variance_review": lambda: _review(frames, earlier),
    }
    for name, detail in checks.get(step, lambda: iter(()))():
        raise IdentityError(name, detail)


def _equal(name: str, left: int, right: int, what: str = "") -> Iterator[Breach]:
    if left != right:
        yield name, f"{what} {left} <> {right}".strip()


def _same_by(name: str, left: "pd.Series", right: "pd.Series") -> Iterator[Breach]:
    gap = left.astype("int64").sub(right.astype("int64"), fill_value=0)
    for key, fen in gap[gap != 0].items():
        yield name, f"{key}: {int(fen)}"


def plan_level(annual_target: "pd.DataFrame") -> int:
    """The planned level in fen, from table annual_target."""
    row = annual_target[(annual_target["indicator"] == "amount") & annual_target["planned"]]
    return int(row["value"].iloc[0] * 100)


def _split(frames: Frames, earlier: Frames, money_unit: int) -> Iterator[Breach]:
    split, days = frames["seasonal_split"], frames["seasonal_split_days"]
    if "annual_target" in earlier:
        yield from _equal("split_sums_to_target", int(split["amount"].sum()), plan_level(earlier["annual_target"]))
    yield from _equal("split_in_money_units", int((split["amount"] % money_unit).abs().sum()), 0)
    if len(days):
        yield from _equal("days_sum_to_year", int(days["amount"].sum()), int(split["amount"].sum()))


def _allocation(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    quotas, reps = frames["rep_allocation"], frames["rep_allocation_reps"]
    if "seasonal_split" in earlier:
        split = earlier["seasonal_split"]
        keys = [
            name for name in ("month", "region", "channel", "product", "customer") if name in split and name in quotas
        ]
        yield from _same_by(
            "base_sums_to_split", quotas.groupby(keys)["base"].sum(), split.groupby(keys)["amount"].sum()
        )
    given = quotas[quotas["rep"].isin(reps["rep"])]
    yield from _same_by("months_sum_to_quota", given.groupby("rep")["amount"].sum(), reps.set_index("rep")["quota"])


def _commission(frames: Frames) -> Iterator[Breach]:
    pay, lines = frames["commission"], frames["commission_lines"]
    keys = ["rep", "month"]
    yield from _same_by("lines_sum_to_earned", lines.groupby(keys)["amount"].sum(), pay.groupby(keys)["earned"].sum())
    flow = pay.assign(change=pay["earned"] - pay["released"] - pay["clawback"]).sort_values(keys)
    held = flow.groupby("rep")["change"].cumsum()
    yield from _equal("held_carries_forward", int((held != flow["held"]).sum()), 0, "rows")
    parts = pay[["base_pay", "released", "clawback", "draw"]].sum(axis=1)
    yield from _equal("payable_is_its_parts", int((parts != pay["payable"]).sum()), 0, "rows")
    yield from _equal("clawback_never_pays", int((pay["clawback"] > 0).sum()), 0, "rows")


def _review(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    grid, bridge = frames["variance_review"], frames["variance_review_bridge"]
    revision, causes = frames["variance_review_revision"], frames["variance_review_causes"]
    moves = bridge[["target", "volume", "mix", "price", "new", "lost"]].sum(axis=1)
    yield from _equal("bridge_closes", int((moves != bridge["actual"]).sum()), 0, "rows")
    members, total = bridge[bridge["member"] != TOTAL], bridge[bridge["member"] == TOTAL]
    for name in ("target", "actual") if len(bridge) else ():
        yield from _equal("bridge_total", int(members[name].sum()), int(total[name].sum()), name)
        yield from _equal("bridge_matches_review", int(grid[name].sum()), int(total[name].sum()), name)
    yield from _equal(
        "variance_is_actual_less_target", int((grid["actual"] - grid["target"] - grid["variance"]).abs().sum()), 0
    )
    if "seasonal_split" in earlier:
        plan = earlier["seasonal_split"].groupby("month")["amount"].sum()
        yield from _same_by("original_is_the_plan", revision.set_index("month")["original"], plan)
    closed = revision[revision["actual"].notna()]
    yield from _equal("closed_months_are_actual", int((closed["revised"] - closed["actual"]).abs().sum()), 0)
    if len(causes):
        yield from _equal("causes_sum_to_variance", int(causes["amount"].sum()), int(grid["variance"].sum()))
