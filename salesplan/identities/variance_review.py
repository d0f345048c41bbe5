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
    yield from _collecting(frames)
    yield from _spending(frames)
    if len(causes):
        yield from equal("causes_sum_to_variance", int(causes["amount"].sum()), int(grid["variance"].sum()))


def _collecting(frames: Frames) -> Iterator[Breach]:
    """What is sold is paid, written off or open, less what is prepaid; ages sum; months and customers agree."""
    owed, cash = frames["variance_review_receivables"], frames["variance_review_cash"]
    if not len(owed):
        return
    rest = owed["sold"] - owed["received"] - owed["written_off"] - owed["open"] + owed["prepaid"]
    yield from equal("receivables_close", int(rest.abs().sum()), 0, "customers")
    late = owed[[f"overdue_{age}" for age in range(1, 5)]].sum(axis=1)
    yield from equal("ages_sum_to_overdue", int((late - owed["overdue"]).abs().sum()), 0, "customers")
    ages = owed["not_due"] + owed["overdue"] - owed["open"]
    yield from equal("ages_sum_to_open", int(ages.abs().sum()), 0, "customers")
    for month, year in (("sold", "sold_year"), ("received", "received_year")):
        known = cash[month].dropna().astype("int64")
        yield from equal("cash_matches_receivables", int(known.sum()), int(owed[year].sum()), month)


def _spending(frames: Frames) -> Iterator[Breach]:
    """Over is actual less budget, and the contingency bears what categories are over to date."""
    spent = frames["variance_review_expenses"]
    gap = spent["actual"] - spent["budget"] - spent["over"]
    yield from equal("expenses_over_budget", int(gap.abs().sum()), 0, "rows")
    if not spent["from_contingency"].any():
        return
    sums = spent.groupby("category")[["over", "from_contingency"]].sum()
    yield from equal(
        "contingency_bears_what_is_over",
        int((sums["over"].clip(lower=0) - sums["from_contingency"]).abs().sum()),
        0,
        "categories",
    )
