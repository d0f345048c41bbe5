"""The year's expenses and profit over the months, exact in both directions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesplan.apportion import TOTAL, apportion
from salesplan.seasonal_split.history import Array

PROFIT = ["month", "sales", "cost", "gross", "expense", "net"]


def expense_months(budget: pd.DataFrame, months: pd.DataFrame, *, unit: int = 1) -> pd.DataFrame:
    """Table `seasonal_split_expenses`: each category of the budget over the twelve months.

    `budget` is table `annual_target_expenses` (one row per `category`: `months_rule`, `month_weights`, amounts in fen),
    `months` the frame of `month_overview`. Rule `season`: by the months' targets, `even`: a twelfth each, all others by
    the twelve weights of the row. Each amount is apportioned in whole multiples of `unit` (fen), equal months the
    earlier first, so the months of a category sum exactly to its year, and all of a month to the month. Returns one row
    per category and month: `month`, `category`, `amount` and `amount_<level>` (int64 fen).
    """
    amounts = [name for name in budget.columns if name == "amount" or name.startswith("amount_")]
    season = months["amount"].to_numpy(dtype="float64")
    weights = [
        month_weights(str(rule), str(text), season)
        for rule, text in zip(budget["months_rule"], budget["month_weights"], strict=True)
    ]
    labels = months["month"].tolist()
    names = np.repeat(budget["category"].to_numpy(dtype=object), len(labels))
    keys = {"month": pd.Series(labels * len(budget), dtype="str"), "category": pd.Series(names, dtype="str")}
    return pd.DataFrame({**keys, **{name: _over_months(budget[name], weights, unit) for name in amounts}})


def _over_months(amounts: "pd.Series[int]", weights: Sequence[Array], unit: int) -> Array:
    """Each amount over its months, one after the other."""
    parts = [apportion(int(fen), row, unit=unit) for fen, row in zip(amounts, weights, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def month_weights(rule: str, text: str, season: Array) -> Array:
    """Twelve weights by a rule; even where the rule leaves nothing to weigh by."""
    given = np.array([float(part) for part in text.split()]) if rule not in ("season", "even") else season
    usable = len(given) == len(season) and bool((given > 0).any()) and rule != "even"
    return np.clip(given, 0.0, None) if usable else np.ones(len(season))


def profit_months(
    cube: pd.DataFrame, months: pd.DataFrame, expenses: pd.DataFrame, *, year: pd.DataFrame, products: pd.DataFrame,
    unit: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """Table `seasonal_split_profit`: sales, cost of goods, gross margin, expenses and net profit of every month.

    `year` and `products` are the tables `annual_target_profit` and `annual_target_profit_products`, `expenses` the
    frame of `expense_months`. The year's cost of goods lies on the months by the cost of the products in the `cube`
    (month amounts where it has no products), in whole multiples of `unit`; so every column sums exactly to the year.
    One row per month: `month`, `sales` (int64 fen), `cost`, `gross`, `expense`, `net` (Int64 fen, NA where the
    year's cost of goods, or its budget, is not known).
    """
    sales = months["amount"].to_numpy(dtype="int64")
    spent = expenses.groupby("month")["amount"].sum().reindex(months["month"]).astype("Int64").array
    total = year.set_index("item")["amount"]["cost_of_goods"]
    cost = pd.array([None] * len(months), dtype="Int64")
    if pd.notna(total):
        weights = _cost_weights(cube, months["month"].tolist(), products)
        cost = pd.array(
            apportion(int(total), weights if weights.any() else np.ones(len(months)), unit=unit), dtype="Int64"
        )
    frame = pd.DataFrame({"month": months["month"].astype("str"), "sales": sales, "cost": cost, "expense": spent})
    frame = frame.assign(gross=frame["sales"] - frame["cost"])
    return frame.assign(net=frame["gross"] - frame["expense"])[PROFIT]


def _cost_weights(cube: pd.DataFrame, months: Sequence[str], products: pd.DataFrame) -> Array:
    """What the goods of each month cost by the products' cost rates; a product without one costs the mean."""
    cost = cube["amount"].astype("float64")
    if "product" in cube:
        rates = products.set_index("product")["cost_rate"]
        cost = cost * cube["product"].map(rates).fillna(rates.mean()).fillna(1.0)
    cells = cube[["month"]].assign(cost=cost).sort_values(["month", "cost"])
    return cells.groupby("month")["cost"].sum().reindex(list(months)).fillna(0.0).clip(lower=0.0).to_numpy()


def expense_grid(expenses: pd.DataFrame) -> pd.DataFrame:
    """Expenses as people read them: one row per category in the budget's order and `(total)`, months across.

    `expenses` is the frame of `expense_months`; columns `category`, the month labels, `(total)` (fen).
    """
    wide = expenses.pivot_table(index="category", columns="month", values="amount", aggfunc="sum", sort=False)
    table = wide.astype("int64").rename_axis(columns=None)
    table.loc[TOTAL] = table.sum()
    return table.assign(**{TOTAL: table.sum(axis=1)}).reset_index()


def expense_ratio(expenses: pd.DataFrame, profit: pd.DataFrame, budget: pd.DataFrame) -> pd.DataFrame:
    """Expenses of the months beside their sales, as the chart shows them.

    One row per month: `month`, `sales`, `variable` and `fixed` (fen; by whether the category moves with sales), `ratio`
    of both to the month's sales.
    """
    moves = budget.set_index("category")["variable"]
    keyed = expenses.assign(variable=expenses["category"].map(moves))
    sums = keyed.pivot_table(index="month", columns="variable", values="amount", aggfunc="sum", fill_value=0)
    sums = sums.reindex(index=profit["month"], columns=[True, False], fill_value=0).astype("int64")
    sales = profit["sales"].astype("float64")
    parts = {"variable": sums[True].to_numpy(), "fixed": sums[False].to_numpy()}
    frame = pd.DataFrame({"month": profit["month"], "sales": profit["sales"], **parts})
    return frame.assign(ratio=(frame["variable"] + frame["fixed"]) / sales.where(sales > 0))
