"""What always holds, checked by the run itself before a step's tables are written."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from salesplan.apportion import TOTAL, UNASSIGNED
from salesplan.errors import IdentityError
from salesplan.tables.outputs import of_company

if TYPE_CHECKING:
    import pandas as pd

Frames = Mapping[str, "pd.DataFrame"]
Breach = tuple[str, str]
# Tables of earlier steps that a step's identities look at.
NEEDED = {
    "seasonal_split": ("annual_target", "annual_target_expenses", "annual_target_profit"),
    "rep_allocation": ("seasonal_split", "seasonal_split_dealers", "seasonal_split_profit"),
    "variance_review": ("seasonal_split",),
}


def stop_on_breach(step: str, frames: Frames, earlier: Frames, money_unit: int) -> None:
    """Raise `IdentityError` with the name of the first identity that does not hold."""
    checks: dict[str, Callable[[], Iterator[Breach]]] = {
        "annual_target": lambda: chain(_lines(frames), _proof(frames), _budget(frames, money_unit)),
        "seasonal_split": lambda: chain(_split(frames, earlier, money_unit), _months_of_budget(frames, earlier)),
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
    company = of_company(annual_target)
    row = company[(company["indicator"] == "amount") & company["planned"]]
    return int(row["value"].iloc[0] * 100)


def _lines(frames: Frames) -> Iterator[Breach]:
    """The amounts of the lines of business sum to every level, what no line takes among them."""
    if "line" not in frames.get("annual_target", ()):
        return
    amounts = frames["annual_target"][lambda d: (d["indicator"] == "amount") & (d["unit"] == "currency")]
    fen = amounts[amounts["value"].notna()].assign(fen=lambda d: d["value"].map(lambda value: int(value * 100)))
    lines = fen[fen["line"].fillna("") != ""].groupby("level")["fen"].sum()
    company = of_company(fen).set_index("level")["fen"]
    if len(lines):
        yield from _same_by("lines_sum_to_level", lines, company)


def _proof(frames: Frames) -> Iterator[Breach]:
    """Last year, measures and what they leave are every level; contracts are those of old and new customers."""
    if "annual_target_bridge" not in frames:
        return
    ways, tree = frames["annual_target_bridge"], frames["annual_target_drivers"].set_index("node")["value"]
    steps, ends = ways[ways["part"] != "level"], ways[ways["part"] == "level"]
    yield from _same_by("proof_closes", steps.groupby("level")["amount"].sum(), ends.set_index("level")["amount"])
    if "old_sales" in tree:
        yield from _equal(
            "tree_closes", int((tree["old_sales"] + tree["new_sales"]) * 100), int(tree["contracts"] * 100)
        )


def _split(frames: Frames, earlier: Frames, money_unit: int) -> Iterator[Breach]:
    split, days = frames["seasonal_split"], frames["seasonal_split_days"]
    if "annual_target" in earlier:
        yield from _equal("split_sums_to_target", int(split["amount"].sum()), plan_level(earlier["annual_target"]))
    yield from _equal("split_in_money_units", int((split["amount"] % money_unit).abs().sum()), 0)
    if len(days):
        yield from _equal("days_sum_to_year", int(days["amount"].sum()), int(split["amount"].sum()))
        yield from _same_by("days_sum_to_months", days.groupby("month")["amount"].sum(), _months(split))
        yield from _equal("days_in_money_units", int((days["amount"] % money_unit).abs().sum()), 0)
        yield from _periods(frames["seasonal_split_periods"], days)
    yield from _members(frames, earlier)
    yield from _projects(frames)
    yield from _stock(frames)
    yield from _dealers(frames)


def _members(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """The members of every dimension sum to the year at every level; declared lines bring what they are to bring."""
    if not len(frames.get("seasonal_split_members", ())):
        return
    members, split = frames["seasonal_split_members"], frames["seasonal_split"]
    for name in [column for column in split.columns if column.startswith("amount")]:
        sums = members.groupby("dimension")[name].sum()
        yield from _same_by("members_sum_to_target", sums, sums * 0 + int(split[name].sum()))
    dimension = "line" if (members["dimension"] == "line").any() else "product"
    found = members[members["dimension"] == dimension].set_index("member")
    targets = earlier.get("annual_target")
    if targets is None or "line" not in targets or found.empty:
        return
    amounts = targets[(targets["indicator"] == "amount") & (targets["unit"] == "currency") & targets["value"].notna()]
    declared = amounts[~amounts["line"].fillna("").isin(["", UNASSIGNED])]
    for line, level, value, planned in declared[["line", "level", "value", "planned"]].to_numpy().tolist():
        name = "amount" if planned else f"amount_{level}"
        have = int(found[name].get(line, 0))
        yield from _equal("declared_lines_are_met", have, int(value * 100), f"{line} {level}")


def _projects(frames: Frames) -> Iterator[Breach]:
    """Deals planned apart are part of their month, and none asks for more than its whole amount."""
    if not len(frames.get("seasonal_split_projects", ())):
        return
    deals = frames["seasonal_split_projects"]
    apart = deals[deals["placed"] > 0].groupby("month")["placed"].sum()
    months = _months(frames["seasonal_split"]).reindex(apart.index, fill_value=0)
    yield from _equal("projects_within_their_months", int((apart > months).sum()), 0, "months")
    yield from _equal("projects_planned_in_full_at_most", int((deals["placed"] > deals["amount"]).sum()), 0, "deals")


def _stock(frames: Frames) -> Iterator[Breach]:
    """Stock, purchases and sales close in every row, go on from month to month, and sum to the year's purchases."""
    if "seasonal_split_stock" not in frames:
        return
    stock, year = frames["seasonal_split_stock"], frames["seasonal_split_purchases"]
    moved = stock["opening"] + stock["in_transit"] + stock["purchases"] - stock["sales"]
    yield from _equal("stock_closes", int((moved != stock["closing"]).sum()), 0, "rows")
    flow = stock.sort_values(["product", "month"])
    before = flow.groupby("product")["closing"].shift()
    yield from _equal("stock_goes_on", int((flow["opening"] - before).fillna(0).abs().sum()), 0, "units")
    for name in ("purchases", "sales", "funds") if len(year) else ():
        sums = stock.groupby("product")[name].sum(min_count=1)
        yield from _same_by(f"{name}_sum_to_the_year", sums.fillna(0), year.set_index("product")[name].fillna(0))


def _dealers(frames: Frames) -> Iterator[Breach]:
    """What a supplier sells is what those below him order; what the company sells is what the top ones order."""
    if "seasonal_split_dealers" not in frames:
        return
    rows, demand = frames["seasonal_split_dealers"], frames["seasonal_split_demand"]
    below = rows[rows["parent"].notna()].groupby(["parent", "month", "product"])["sell_in"].sum()
    above = rows[rows["dealer"].isin(rows["parent"])].groupby(["dealer", "month", "product"])["sell_out"].sum()
    yield from _same_by("dealers_roll_up", below, above)
    top = rows[rows["parent"].isna()].groupby(["month", "product"])["sell_in"].sum()
    yield from _same_by("dealers_sum_to_demand", top, demand.groupby(["month", "product"])["demand"].sum())


def _months(split: "pd.DataFrame") -> "pd.Series":
    return split.groupby("month")["amount"].sum()


def _periods(periods: "pd.DataFrame", days: "pd.DataFrame") -> Iterator[Breach]:
    """Every level of the periods holds the days that lie in it, no more and no less."""
    for level in ("quarter", "month", "ten_day", "week"):
        found = periods[periods["level"] == level].set_index("period")["amount"]
        yield from _same_by("periods_hold_their_days", found, days.groupby(level)["amount"].sum())


def _budget(frames: Frames, money_unit: int) -> Iterator[Breach]:
    if "annual_target_profit" not in frames:
        return
    budget, split = frames["annual_target_expenses"], frames["annual_target_departments"]
    profit = frames["annual_target_profit"].set_index("item")
    products = frames["annual_target_profit_products"]
    yield from _equal("expenses_in_money_units", int((budget["amount"] % money_unit).abs().sum()), 0)
    yield from _same_by(
        "departments_sum_to_budget", split.groupby("category")["amount"].sum(), budget.set_index("category")["amount"]
    )
    for name in [found for found in profit.columns if found.startswith("amount")]:
        column, spent = profit[name].dropna().astype("int64"), int(budget[name].sum()) if len(budget) else 0
        yield from _equal("expenses_sum_to_profit_plan", spent, int(column.get("expenses", 0)), name)
        yield from _equal("products_sum_to_sales", int(products[name].sum()), int(column.get("sales", 0)), name)
        if "net_profit" in column:
            closing = column["sales"] - column["cost_of_goods"] - column["expenses"]
            yield from _equal("profit_plan_closes", int(closing), int(column["net_profit"]), name)


def _months_of_budget(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """Months of the expenses and of the profit plan sum to step 1's year."""
    if "seasonal_split_expenses" not in frames or "annual_target_profit" not in earlier:
        return
    months, profit = frames["seasonal_split_expenses"], frames["seasonal_split_profit"]
    year = earlier["annual_target_expenses"].set_index("category")
    for name in [found for found in months.columns if found.startswith("amount")]:
        yield from _same_by("expense_months_sum_to_budget", months.groupby("category")[name].sum(), year[name])
    planned = earlier["annual_target_profit"].set_index("item")["amount"]
    pairs = {"sales": "sales", "cost": "cost_of_goods", "expense": "expenses", "net": "net_profit"}
    for column, item in pairs.items():
        if len(profit) and planned.notna()[item]:
            yield from _equal("profit_months_sum_to_year", int(profit[column].sum()), int(planned[item]), column)


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
    yield from _bases_and_vacancies(frames)
    yield from _same_by("months_sum_to_quota", given.groupby("rep")["amount"].sum(), reps.set_index("rep")["quota"])
    if "rep_allocation_evidence" in frames:
        evidence = frames["rep_allocation_evidence"]
        quarters = evidence[evidence["rep"].isin(reps["rep"])].groupby("rep")["quota"].sum()
        yield from _same_by("quarters_sum_to_quota", quarters, reps.set_index("rep")["quota"])
    yield from _hierarchy(frames)
    yield from _handed_down(frames)
    yield from _customers(frames)
    yield from _profits(frames, earlier)
    yield from _trade(frames, earlier)
    yield from _field_work(frames)


def _hierarchy(frames: Frames) -> Iterator[Breach]:
    """What everyone answers for is that of the people below him; what is held on the way is all that was added."""
    if not len(frames.get("rep_allocation_hierarchy", ())):
        return
    levels, reps = frames["rep_allocation_hierarchy"], frames["rep_allocation_reps"].set_index("rep")
    tree = levels[levels["level"].isin(["company", "manager", "rep"])]
    nodes, top = tree[tree["level"] != "rep"].set_index("member"), levels[levels["level"] == "company"].iloc[0]
    below, people = tree[tree["parent"] != ""].groupby("parent"), tree[tree["level"] == "rep"]
    for name in ("base", "quota"):
        yield from _same_by("people_sum_to_manager", below[name].sum(), nodes[name])
        yield from _same_by("levels_sum_to_reps", people.groupby("member")[name].sum(), reps[name])
        for group in ("team", "region"):
            rows = levels[levels["level"] == group]
            yield from _equal("groups_sum_to_company", int(rows[name].sum()), int(top[name]) if len(rows) else 0, group)
    handed = below["assigned"].sum() - nodes["assigned"]
    managers = nodes["amount_held"] - handed.reindex(nodes.index)
    kept = people.groupby("parent")["amount_held"].sum()
    yield from _same_by("held_is_handed_less_assigned", managers, kept.reindex(nodes.index, fill_value=0))
    yield from _equal("held_is_all_padding", int(nodes["amount_held"].sum()), int(top["quota"] - top["base"]))


def _handed_down(frames: Frames) -> Iterator[Breach]:
    """Quotas handed down are the quotas, to the fen, and their months and reps sum to the same year."""
    if not len(frames.get("rep_allocation_reconciliation", ())):
        return
    rows, reps = frames["rep_allocation_reconciliation"], frames["rep_allocation_reps"].set_index("rep")["quota"]
    people, company = rows[rows["rep"] != TOTAL], rows[rows["rep"] == TOTAL]
    yield from _same_by("handed_down_is_the_quota", people.set_index("rep")["handed_down"], reps)
    whole = company["month"] == TOTAL
    year = int(company.loc[whole, "handed_down"].sum())
    for found in (company[~whole], people):
        yield from _equal("handed_down_sums_to_year", int(found["handed_down"].sum()), year)


def _customers(frames: Frames) -> Iterator[Breach]:
    """The targets of customers are each rep's quota, and every dimension of their composition is all quotas."""
    if not len(frames.get("rep_allocation_customers", ())):
        return
    customers, reps = frames["rep_allocation_customers"], frames["rep_allocation_reps"].set_index("rep")["quota"]
    sums = customers[customers["rep"].isin(reps.index)].groupby("rep")["amount"].sum()
    yield from _same_by("customers_sum_to_quota", sums, reps)
    rows = frames.get("rep_allocation_composition")
    if rows is not None:
        targets = rows.dropna(subset="target").groupby("dimension")["target"].sum()
        yield from _same_by(
            "composition_sums_to_quotas", targets, targets * 0 + int(frames["rep_allocation"]["amount"].sum())
        )


def _profits(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """Plans by channel and by rep and product sum to the months of the split, and to the months of the profit plan."""
    if "rep_allocation_profit" not in frames or "seasonal_split" not in earlier:
        return
    months, planned = _months(earlier["seasonal_split"]), earlier.get("seasonal_split_profit")
    for name in ("rep_allocation_profit", "rep_allocation_channels"):
        table = frames[name]
        if len(table):
            yield from _same_by(f"{name}_sums_to_split", table.groupby("month")["amount"].sum(), months)
        for column in ("cost", "expense"):
            if not len(table) or planned is None:
                continue
            plan = planned.set_index("month")[column]
            if plan.notna().all() and len(plan):
                yield from _same_by(f"{name}_sums_to_profit_plan", table.groupby("month")[column].sum(), plan)


def _trade(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """What dealers sign down to specification is their forecast; outlets and cities sum to their dealers' plans."""
    plan = earlier.get("seasonal_split_dealers")
    if "rep_allocation_dealer_items" not in frames or plan is None:
        return
    keys, items = ["dealer", "product", "month"], frames["rep_allocation_dealer_items"]
    for column in ("sell_out", "sell_in"):
        sums = items.groupby(keys)[column].sum() if len(items) else plan.head(0).groupby(keys)[column].sum()
        yield from _same_by("items_sum_to_forecast", sums, plan.groupby(keys)[column].sum())
    if len(items) and "rep_allocation_dealers" in frames:
        amounts = [frame.groupby("dealer")["amount"].sum() for frame in (items, frames["rep_allocation_dealers"])]
        yield from _same_by("items_sum_to_dealer", *amounts)
    outlets, cities = (frames[f"rep_allocation_{name}"] for name in ("outlets", "cities"))
    known = outlets[outlets["sell_out"].notna()]
    if len(known):
        year = plan[plan["dealer"].isin(known["dealer"])].groupby("dealer")["sell_out"].sum()
        yield from _same_by("outlets_sum_to_dealer", known.groupby("dealer")["sell_out"].sum(), year)
        yield from _same_by("cities_sum_to_dealer", cities.groupby("dealer")["sell_out"].sum(), year)


def _bases_and_vacancies(frames: Frames) -> Iterator[Breach]:
    """Shares of every base sum to 1, and what a manager keeps lies with nobody in the quotas."""
    if "rep_allocation_bases" in frames:
        for name in ("share", "carried_share"):
            for base, share in frames["rep_allocation_bases"].groupby("basis")[name].sum().items():
                yield from _equal("base_shares_sum_to_one", round(float(share) * 10**6), 10**6, f"{base} {name}")
    if "rep_allocation_vacancies" in frames and not len(frames.get("rep_allocation_reconciliation", ())):
        gaps, quotas = frames["rep_allocation_vacancies"], frames["rep_allocation"]
        kept = int(gaps.loc[gaps["carried_by"] == "manager", "amount"].sum())
        nobody = int(quotas.loc[quotas["rep"] == UNASSIGNED, "base"].sum())
        yield from _equal("vacancies_lie_with_nobody", min(kept, nobody), kept)


def _field_work(frames: Frames) -> Iterator[Breach]:
    """Months of activities sum to the year; ten-day periods, weeks and days to the month, its target the quota."""
    if not len(frames.get("rep_allocation_activities", ())):
        return
    keys = ["rep", "activity"]
    whole = frames["rep_allocation_activities"]
    year = ~whole["period"].str.contains("-")
    months = whole[~year].groupby(keys)["count"].sum()
    yield from _same_by("activities_sum_to_year", months, whole[year].set_index(keys)["count"])
    board = frames["rep_allocation_board"]
    summed = board[~board["activity"].isin(["old_customer", "receivable"])]
    sums = summed.assign(value=summed["count"].fillna(0) + summed["amount"].fillna(0)).groupby(["kind", *keys])["value"]
    by_kind = sums.sum().astype("int64")
    for kind in sorted(set(summed["kind"]) - {"month"}):
        yield from _same_by("boards_sum_to_month", by_kind.xs(kind), by_kind.xs("month"))
    target = board[(board["kind"] == "month") & (board["activity"] == "target")].set_index("rep")
    quotas = frames["rep_allocation"][lambda d: d["month"].isin(target["period"]) & d["rep"].isin(target.index)]
    yield from _same_by("board_is_quota", target["amount"], quotas.groupby("rep")["amount"].sum())


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
