"""The plan by channel, and by rep and product: sales, cost, gross margin, selling expense and net profit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import apportion_groups
from salesplan.calendar import add_months

Fen = NDArray[np.int64]
Real = NDArray[np.float64]
PROFIT = ["quantity", "amount", "cost", "gross", "expense", "net"]
CHANNEL_COLUMNS = ["channel", "month", "last_year", *PROFIT]
YEAR_COLUMNS = [
    "channel", "last_year", "last_month", "amount", "month_target", "growth", "share", "gross", "gross_share",
    "expense", "net", "net_share",
]  # fmt: skip
CARRIED = ("channel", "product")  # dimensions that costs depend on


@dataclass(frozen=True)
class Budget:
    """What the year's profit is planned at: tables of earlier steps, and the price list.

    `profit` table seasonal_split_profit (month, cost, expense; fen), `expenses` seasonal_split_expenses (month,
    category, amount), `departments` annual_target_departments (category, department, amount), each empty without a
    budget; `products` the price list (product, price, cost) or None; `unit` the money unit in fen.
    """

    profit: pd.DataFrame
    expenses: pd.DataFrame
    departments: pd.DataFrame
    products: pd.DataFrame | None = None
    unit: int = 1


def profit_cells(
    quotas: pd.DataFrame, split: pd.DataFrame, history: pd.DataFrame, *, budget: Budget, reps: pd.DataFrame
) -> pd.DataFrame:
    """Sales and profit of every month, rep, channel and product, as far down as the quotas go.

    `quotas` is table rep_allocation (its base sums to the split); where it stops at rep and month although the split
    goes further, the split itself is taken, with `rep` blank. `history` monthly facts before the year, with `cost`;
    `reps` has `rep` and `team`. Cost of goods: each month's cost of the profit plan lies on the cells by amount x cost
    rate of channel and product (last year's cost / sales; the price list where nothing was sold), so that it sums
    exactly; without a profit plan it is amount x rate. Expense: each month's budget by department; a department that is
    a team lies on that team's reps by amount, all others on everybody. gross = amount - cost, net = gross - expense.
    Columns: month, rep, channel, product (those there are), quantity (NaN unknown), amount (int64 fen), cost, gross,
    expense, net (Int64 fen, NA unknown).
    """
    cells = _cells(quotas, split)
    cost = _cost(cells, cost_rates(cells, history, budget.products), budget)
    teams = cells["rep"].map(reps.drop_duplicates("rep").set_index("rep")["team"]).fillna("").astype("str")
    expense = _expense(cells.assign(team=teams), budget)
    table = cells.assign(cost=cost, gross=cells["amount"] - cost, expense=expense)
    return table.assign(net=table["gross"] - table["expense"])


def _cells(quotas: pd.DataFrame, split: pd.DataFrame) -> pd.DataFrame:
    """Rows of what is planned by month, rep, channel and product, summed over everything else."""
    wanted = [name for name in CARRIED if name in split]
    reaches = all(name in quotas for name in wanted)
    rows = quotas.assign(amount=quotas["base"], quantity=_of_base(quotas)) if reaches else split.assign(rep="")
    keys = ["month", "rep", *wanted]
    groups = rows.assign(known=rows["quantity"].notna()).groupby(keys, sort=True)
    sums = groups.agg(quantity=("quantity", "sum"), amount=("amount", "sum"), known=("known", "all")).reset_index()
    return sums.assign(quantity=sums["quantity"].where(sums["known"]).round(6)).drop(columns="known")


def _of_base(quotas: pd.DataFrame) -> "pd.Series[float]":
    """The units of the base: those of the quota, less the over-assignment."""
    amount = quotas["amount"].astype("float64")
    return (quotas["quantity"].astype("float64") * quotas["base"] / amount.where(amount != 0)).where(amount != 0, 0.0)


def cost_rates(cells: pd.DataFrame, history: pd.DataFrame, products: pd.DataFrame | None) -> Real:
    """Cost / sales of each cell, NaN where nothing says it.

    Last year's (the twelve months before the plan's) of its channel and product, else of its product, else cost / price
    of the price list, else of the whole company.
    """
    first = str(cells["month"].min()) if len(cells) else ""
    last = history[history["month"] >= add_months(first, -12)] if first and "cost" in history else history.head(0)
    known = last[last["cost"].notna()] if "cost" in last else last
    rates = np.full(len(cells), np.nan)
    for keys in ([name for name in CARRIED if name in cells], ["product"] if "product" in cells else []):
        if keys and len(known):
            rates = np.where(np.isnan(rates), _looked_up(cells, _rate_by(known, keys), keys), rates)
    if products is not None and "product" in cells:
        listed = products.set_index("product")
        listed_rate = (listed["cost"].astype("float64") / listed["price"].astype("float64")).replace(np.inf, np.nan)
        rates = np.where(np.isnan(rates), cells["product"].map(listed_rate).to_numpy(dtype="float64"), rates)
    sold = int(known["amount"].sum()) if len(known) else 0
    whole = int(known["cost"].sum()) / sold if sold > 0 else np.nan
    found: Real = np.clip(np.where(np.isnan(rates), whole, rates), 0, None)
    return found


def _rate_by(known: pd.DataFrame, keys: list[str]) -> "pd.Series[float]":
    sums = known.groupby(keys, sort=True)[["cost", "amount"]].sum().astype("int64")
    return (sums["cost"] / sums["amount"])[sums["amount"] > 0]


def _looked_up(cells: pd.DataFrame, rates: "pd.Series[float]", keys: list[str]) -> Real:
    at = pd.MultiIndex.from_frame(cells[keys]) if len(keys) > 1 else pd.Index(cells[keys[0]])
    return np.asarray(rates.reindex(at), dtype=np.float64)


def _cost(cells: pd.DataFrame, rates: Real, budget: Budget) -> pd.arrays.IntegerArray:
    """Cost of goods of each cell; NA where neither a profit plan nor a rate says it."""
    weights = cells["amount"].to_numpy(dtype="float64").clip(min=0) * np.nan_to_num(rates, nan=1.0)
    months, place = np.unique(cells["month"].to_numpy(dtype=object).astype(str), return_inverse=True)
    planned = budget.profit.set_index("month")["cost"].reindex(months) if len(budget.profit) else None
    if planned is not None and planned.notna().all():
        return pd.array(_shared(planned.to_numpy(dtype=np.int64), weights, place, budget.unit), dtype="Int64")
    if np.isnan(rates).all():
        return pd.array([None] * len(cells), dtype="Int64")
    totals = np.rint(np.bincount(place, weights, len(months)) / budget.unit).astype(np.int64) * budget.unit
    return pd.array(_shared(totals, weights, place, budget.unit), dtype="Int64")


def _shared(totals: Fen, weights: Real, place: NDArray[np.int64], unit: int) -> Fen:
    """Totals over their parts in whole multiples of the unit; evenly where no part has a weight."""
    bare = np.bincount(place, weights, len(totals)) <= 0
    usable = np.where(bare[place], 1.0, weights)
    return apportion_groups(totals // unit, usable, place) * unit


def department_months(expenses: pd.DataFrame, departments: pd.DataFrame) -> pd.DataFrame:
    """The budget by month and department: month, department (blank where a category names none), amount (fen).

    Each category's month lies on its departments as its year does, exactly.
    """
    rows = expenses[["month", "category", "amount"]].sort_values(["month", "category"], ignore_index=True)
    shares = departments[["category", "department", "amount"]].rename(columns={"amount": "weight"})
    pairs = rows.assign(place=np.arange(len(rows))).merge(shares, on="category", how="left", sort=False)
    pairs = pairs.assign(department=pairs["department"].fillna(""), weight=pairs["weight"].fillna(1).astype("float64"))
    pairs = pairs.sort_values(["place", "department"], ignore_index=True)
    spent = _shared(rows["amount"].to_numpy(dtype=np.int64), pairs["weight"].to_numpy(), pairs["place"].to_numpy(), 1)
    sums = pairs.assign(amount=spent).groupby(["month", "department"], sort=True)["amount"].sum()
    return sums.reset_index()


def _expense(cells: pd.DataFrame, budget: Budget) -> pd.arrays.IntegerArray:
    """Selling expense of each cell; NA without a budget."""
    if budget.expenses.empty:
        return pd.array([None] * len(cells), dtype="Int64")
    spent = _by_team(department_months(budget.expenses, budget.departments), cells)
    weights = cells["amount"].to_numpy(dtype="float64").clip(min=0)
    of_all = spent["team"] == ""
    everybody = spent[of_all].set_index("month")["amount"]
    parts = _lain_on(everybody, pd.Index(cells["month"]), weights)
    own = spent[~of_all].set_index(["month", "team"])["amount"]
    return pd.array(parts + _lain_on(own, pd.MultiIndex.from_frame(cells[["month", "team"]]), weights), dtype="Int64")


def _by_team(spent: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Departments that are a team with sales in the month by their name; all others under a blank one."""
    there = cells[(cells["amount"] > 0) & (cells["team"] != "")][["month", "team"]].drop_duplicates()
    own = pd.MultiIndex.from_frame(spent[["month", "department"]]).isin(pd.MultiIndex.from_frame(there))
    named = spent.assign(team=spent["department"].where(own, ""))
    return named.groupby(["month", "team"], sort=True)["amount"].sum().reset_index()


def _lain_on(totals: "pd.Series[int]", keys: pd.Index, weights: Real) -> Fen:
    """Totals over the cells of the same key, by their weights; cells of no total get nothing."""
    totals = totals[totals.index.isin(keys)]
    at = totals.index.get_indexer(keys)
    parts = np.zeros(len(keys), dtype=np.int64)
    parts[at >= 0] = _shared(
        np.asarray(totals, dtype=np.int64), weights[at >= 0], np.asarray(at[at >= 0], dtype=np.int64), 1
    )
    return parts


def profit_table(cells: pd.DataFrame) -> pd.DataFrame:
    """Table `rep_allocation_profit`: month, rep, product (where planned), quantity, amount, cost, gross, expense, net.

    `cells` is the frame of `profit_cells`; `rep` is blank where quotas do not go down to products.
    """
    table = _sums(cells, ["month", "rep", *(["product"] if "product" in cells else [])])
    return table if "product" in table else table.assign(product="")[["month", "rep", "product", *PROFIT]]


def _sums(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums over the cells; a sum is unknown as soon as one part is."""
    groups = cells.groupby(keys, sort=True)
    sums = groups[PROFIT].sum()
    whole = groups[PROFIT].count().eq(groups.size(), axis=0)
    table = sums.where(whole).astype(dict.fromkeys(PROFIT[2:], "Int64"))
    return table.assign(amount=sums["amount"].astype("int64")).reset_index()


def profit_by(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """The year by `rep`, `product` or `channel`: quantity, amount, cost, gross, gross_share, expense, net, net_share.

    Largest amount first; shares are of the amount, units whole.
    """
    sums = _sums(table, [key]).sort_values(["amount", key], ascending=[False, True], ignore_index=True)
    amount = sums["amount"].astype("float64").where(sums["amount"] > 0)
    shares = {f"{name}_share": sums[name].astype("Float64") / amount for name in ("gross", "net")}
    order = [key, "quantity", "amount", "cost", "gross", "gross_share", "expense", "net", "net_share"]
    return sums.assign(quantity=sums["quantity"].round(), **shares)[order]


def channel_plan(cells: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Table `rep_allocation_channels`: each channel by month, its sales of the same month last year beside the plan.

    `cells` is the frame of `profit_cells`, `history` monthly facts before the plan year. Columns: channel, month,
    last_year (Int64 fen, NA where there is no such month), quantity, amount, cost, gross, expense, net. Empty where
    channels are not planned.
    """
    if "channel" not in cells:
        return pd.DataFrame(columns=CHANNEL_COLUMNS)
    plan = _sums(cells, ["channel", "month"])
    sold = history.groupby(["channel", "month"], sort=True)["amount"].sum()
    before = plan["month"].map(lambda month: add_months(month, -12))
    found = sold.reindex(pd.MultiIndex.from_arrays([plan["channel"], before])).to_numpy(dtype="float64")
    seen = before.isin(history["month"].unique())
    last = pd.array(np.where(np.isnan(found), 0, found), dtype="Int64")
    return plan.assign(last_year=pd.Series(last).where(seen.to_numpy()))[CHANNEL_COLUMNS]


def channel_years(plan: pd.DataFrame) -> pd.DataFrame:
    """The channel target plan as it is drawn up: one row per channel, largest target first.

    last_year (current sales), last_month (its monthly average over the months there are), amount (target), month_target
    (its monthly average), growth, share of the target, gross, gross_share, expense, net, net_share (fen, shares).
    """
    years = profit_by(plan, "channel")
    sums = plan.groupby("channel")["last_year"].agg(["sum", "count"]).reindex(years["channel"]).reset_index()
    last = sums["sum"].astype("Int64").where(sums["count"] > 0)
    months = max(plan["month"].nunique(), 1)
    known = last.astype("Float64").where(last > 0)
    return years.assign(
        last_year=last,
        last_month=(last.astype("Float64") / sums["count"].where(sums["count"] > 0)).round().astype("Int64"),
        month_target=(years["amount"] / months).round().astype("int64"),
        growth=years["amount"].astype("Float64") / known - 1,
        share=years["amount"] / max(int(years["amount"].sum()), 1),
    )[YEAR_COLUMNS]
