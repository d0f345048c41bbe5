"""The review closes with its bridges, market and causes, with the plan of the split, and its revision with the reps."""

from collections.abc import Iterator

import pandas as pd

from salesplan.apportion import TOTAL
from salesplan.identities.comparing import Breach, Frames, equal, same_by

COUNTED = ("customers", "orders")  # one customer may buy of two members
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
    yield from _grid(frames.get("variance_review_grid"), grid)
    yield from _revision(frames, revision)
    yield from _landing(frames)
    yield from _collecting(frames)
    yield from _spending(frames)
    yield from _customers(frames, int(grid["actual"].sum()))
    if "variance_review_boards" in frames:
        yield from _boards(frames["variance_review_boards"], revision)
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


def _revision(frames: Frames, revision: pd.DataFrame) -> Iterator[Breach]:
    """The reps sum to the company in every month, the record to the table, and the year is what it says it is."""
    if not {"variance_review_revision_reps", "variance_review_revisions", "variance_review_changes"} <= frames.keys():
        return
    reps, record = frames["variance_review_revision_reps"], frames["variance_review_revisions"]
    months = revision.set_index("month")
    sums = reps.groupby("month")[["original", "revised"]].sum()
    yield from same_by("reps_sum_to_original", sums["original"], months["original"])
    yield from same_by("reps_sum_to_revised", sums["revised"], months["revised"])
    if not len(record):
        return
    last, ahead = record.sort_values("number").iloc[-1], revision[revision["actual"].isna()]
    year = int(revision["revised"].sum())
    yield from equal("revised_year_is_recorded", int(last["year"]), year)
    told = int(revision["original"].sum()) + int(last["kept"]) - int(last["unplaced"])
    yield from equal("revised_year_is_the_original", year, told, "original + kept - unplaced")
    shortfall = max(int(last["missing"]), 0)
    yield from equal("shortfall_is_placed_or_told", int(last["placed"]) + int(last["unplaced"]), shortfall)
    yield from equal("months_to_come_are_recorded", int(last["ahead"]), int(ahead["revised"].sum()))
    asked = ahead["revised_before"].fillna(ahead["original"])
    yield from equal(
        "difference_to_the_revision_before", int(last["difference"]), int((ahead["revised"] - asked).sum())
    )
    changes = frames["variance_review_changes"]
    moved = changes["amount_now"] - changes["amount_before"] - changes["difference"]
    yield from equal("changes_are_now_less_before", int(moved.abs().sum()), 0)


def _landing(frames: Frames) -> Iterator[Breach]:
    """The expectation lies within its interval, and a higher level is never likelier."""
    if not {"variance_review_landing", "variance_review_landing_members"} <= frames.keys():
        return
    for name in ("variance_review_landing", "variance_review_landing_members"):
        known = frames[name].dropna(subset=["low"])
        within = (known["low"] <= known["expected"]) & (known["expected"] <= known["high"])
        yield from equal("landing_within_its_interval", int((~within).sum()), 0, name)
    course = frames["variance_review_landing"].sort_values(["month", "target", "level"])
    steps = course.groupby("month")["probability"].diff().dropna()
    yield from equal("higher_levels_are_never_likelier", int((steps > 0).sum()), 0)


def _bridge(bridge: pd.DataFrame, level: str = "") -> Iterator[Breach]:
    """Every row closes, price is the sum of its parts, and the members sum to the row `(total)`."""
    moves = bridge[[column for column in MOVES if column in bridge]].sum(axis=1)
    yield from equal("bridge_closes", int((moves != bridge["actual"]).sum()), 0, f"{level}rows")
    if "own_price" in bridge:
        parts = bridge[["own_price", "deducted", "currency"]].sum(axis=1)
        yield from equal("price_is_its_parts", int((parts != bridge["price"]).sum()), 0, f"{level}rows")
    members, total = bridge[bridge["member"] != TOTAL], bridge[bridge["member"] == TOTAL]
    for column in ("target", "actual") if len(bridge) else ():
        yield from equal("bridge_total", int(members[column].sum()), int(total[column].sum()), f"{level}{column}")


def _market(market: pd.DataFrame, total: pd.DataFrame) -> Iterator[Breach]:
    """Market size and market share are the variance they split, and that is the bridge's."""
    for row in market.to_dict("records"):
        yield from equal("market_closes", row["market_size"] + row["market_share"], row["variance"])
        whole = int((total["actual"] - total["target"]).sum())
        split = int(total["volume"].sum()) if row["measure"] == "quantity" else whole
        yield from equal("market_splits_the_bridge", row["variance"], split)


def _collecting(frames: Frames) -> Iterator[Breach]:
    """What is sold is paid, written off or open, less what is prepaid; ages sum; months and customers agree."""
    if not {"variance_review_receivables", "variance_review_cash"} <= frames.keys():
        return
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
    if not {"variance_review_expenses"} <= frames.keys():
        return
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


def _customers(frames: Frames, actual: int) -> Iterator[Breach]:
    """Customers, and the members of every dimension, make up all sales; weights of a form are one."""
    if not {"variance_review_customers", "variance_review_composition", "variance_review_evaluation"} <= frames.keys():
        return
    customers, form = frames["variance_review_customers"], frames["variance_review_evaluation"]
    if len(customers):
        yield from equal("customers_sum_to_sales", int(customers["sales"].sum()), actual)
    for dimension, rows in frames["variance_review_composition"].groupby("dimension", sort=True):
        yield from equal("composition_sums_to_sales", int(rows["sales"].sum()), actual, str(dimension))
    weights = form[form["weight"] > 0].groupby("customer")["weight"].sum()
    yield from equal("evaluation_weights_are_one", int(((weights - 1).abs() > 1e-9).sum()), 0, "customers")


def _boards(boards: pd.DataFrame, revision: pd.DataFrame) -> Iterator[Breach]:
    """Ten-day periods and weeks of the board sum to the revised target of the month they lie in."""
    for kind, rows in boards.groupby("kind", sort=True):
        month = f"{rows['end'].max():%Y-%m}"  # by its last day, also where months end early
        target = int(revision.loc[revision["month"] == month, "revised"].sum())
        yield from equal("board_sums_to_revised", int(rows["amount"].sum()), target, str(kind))
