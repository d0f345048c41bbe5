"""The split sums to the annual target, and every cut through it to the split."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.apportion import UNASSIGNED
from salesplan.identities.annual_target import plan_level
from salesplan.identities.comparing import Breach, Frames, equal, months_of, same_by

if TYPE_CHECKING:
    import pandas as pd


def breaches(frames: Frames, earlier: Frames, money_unit: int) -> Iterator[Breach]:
    """What does not hold in the tables of the split, against the annual target; `money_unit` in fen."""
    split, days = frames["seasonal_split"], frames["seasonal_split_days"]
    if "annual_target" in earlier:
        yield from equal("split_sums_to_target", int(split["amount"].sum()), plan_level(earlier["annual_target"]))
    yield from equal("split_in_money_units", int((split["amount"] % money_unit).abs().sum()), 0)
    if len(days):
        yield from equal("days_sum_to_year", int(days["amount"].sum()), int(split["amount"].sum()))
        yield from same_by("days_sum_to_months", days.groupby("month")["amount"].sum(), months_of(split))
        yield from equal("days_in_money_units", int((days["amount"] % money_unit).abs().sum()), 0)
        yield from _periods(frames["seasonal_split_periods"], days)
    yield from _members(frames, earlier)
    yield from _projects(frames)
    yield from _stock(frames)
    yield from _dealers(frames)
    yield from _months_of_budget(frames, earlier)


def _members(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """The members of every dimension sum to the year at every level; declared lines bring what they are to bring."""
    if not len(frames.get("seasonal_split_members", ())):
        return
    members, split = frames["seasonal_split_members"], frames["seasonal_split"]
    for name in [column for column in split.columns if column.startswith("amount")]:
        sums = members.groupby("dimension")[name].sum()
        yield from same_by("members_sum_to_target", sums, sums * 0 + int(split[name].sum()))
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
        yield from equal("declared_lines_are_met", have, int(value * 100), f"{line} {level}")


def _projects(frames: Frames) -> Iterator[Breach]:
    """Deals planned apart are part of their month, and none asks for more than its whole amount."""
    if not len(frames.get("seasonal_split_projects", ())):
        return
    deals = frames["seasonal_split_projects"]
    apart = deals[deals["placed"] > 0].groupby("month")["placed"].sum()
    months = months_of(frames["seasonal_split"]).reindex(apart.index, fill_value=0)
    yield from equal("projects_within_their_months", int((apart > months).sum()), 0, "months")
    yield from equal("projects_planned_in_full_at_most", int((deals["placed"] > deals["amount"]).sum()), 0, "deals")


def _stock(frames: Frames) -> Iterator[Breach]:
    """Stock, purchases and sales close in every row, go on from month to month, and sum to the year's purchases."""
    if "seasonal_split_stock" not in frames:
        return
    stock, year = frames["seasonal_split_stock"], frames["seasonal_split_purchases"]
    moved = stock["opening"] + stock["in_transit"] + stock["purchases"] - stock["sales"]
    yield from equal("stock_closes", int((moved != stock["closing"]).sum()), 0, "rows")
    flow = stock.sort_values(["product", "month"])
    before = flow.groupby("product")["closing"].shift()
    yield from equal("stock_goes_on", int((flow["opening"] - before).fillna(0).abs().sum()), 0, "units")
    for name in ("purchases", "sales", "funds") if len(year) else ():
        sums = stock.groupby("product")[name].sum(min_count=1)
        yield from same_by(f"{name}_sum_to_the_year", sums.fillna(0), year.set_index("product")[name].fillna(0))


def _dealers(frames: Frames) -> Iterator[Breach]:
    """What a supplier sells is what those below him order; what the company sells is what the top ones order."""
    if "seasonal_split_dealers" not in frames:
        return
    rows, demand = frames["seasonal_split_dealers"], frames["seasonal_split_demand"]
    below = rows[rows["parent"].notna()].groupby(["parent", "month", "product"])["sell_in"].sum()
    above = rows[rows["dealer"].isin(rows["parent"])].groupby(["dealer", "month", "product"])["sell_out"].sum()
    yield from same_by("dealers_roll_up", below, above)
    top = rows[rows["parent"].isna()].groupby(["month", "product"])["sell_in"].sum()
    yield from same_by("dealers_sum_to_demand", top, demand.groupby(["month", "product"])["demand"].sum())


def _periods(periods: "pd.DataFrame", days: "pd.DataFrame") -> Iterator[Breach]:
    """Every level of the periods holds the days that lie in it, no more and no less."""
    for level in ("quarter", "month", "ten_day", "week"):
        found = periods[periods["level"] == level].set_index("period")["amount"]
        yield from same_by("periods_hold_their_days", found, days.groupby(level)["amount"].sum())


def _months_of_budget(frames: Frames, earlier: Frames) -> Iterator[Breach]:
    """Months of the expenses and of the profit plan sum to step 1's year."""
    if "seasonal_split_expenses" not in frames or "annual_target_profit" not in earlier:
        return
    months, profit = frames["seasonal_split_expenses"], frames["seasonal_split_profit"]
    year = earlier["annual_target_expenses"].set_index("category")
    for name in [found for found in months.columns if found.startswith("amount")]:
        yield from same_by("expense_months_sum_to_budget", months.groupby("category")[name].sum(), year[name])
    planned = earlier["annual_target_profit"].set_index("item")["amount"]
    pairs = {"sales": "sales", "cost": "cost_of_goods", "expense": "expenses", "net": "net_profit"}
    for column, item in pairs.items():
        if len(profit) and planned.notna()[item]:
            yield from equal("profit_months_sum_to_year", int(profit[column].sum()), int(planned[item]), column)
