"""Expenses against their budget: by category, department and month, and what of the contingency is used."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import apportion_groups
from salesplan.terms.expenses import CONTINGENCY
from salesplan.variance_review.measures import Figures, amount_by

KEYS = ["month", "category", "department"]
COLUMNS = [*KEYS, "budget", "actual", "over", "from_contingency"]


class Budget(NamedTuple):
    """The plan's tables: annual_target_expenses (`year`), annual_target_departments, seasonal_split_expenses."""

    year: pd.DataFrame
    departments: pd.DataFrame
    months: pd.DataFrame


class Spending(NamedTuple):
    """Expenses of the months told; all int64 fen, `over` = actual - budget, positive is unfavourable.

    `table`: variance_review_expenses; `categories`: category, budget, actual, over, spent_share, year (the whole
    year's budget), left, from_contingency, limit_share, state; `departments`: department, budget, actual, over,
    from_contingency; `months`: month, budget, actual, over, sales_target, sales, budget_ratio, ratio;
    `contingency`: the year's (None where the budget has none); `used` of it; `untold`: closed months without a row.
    """

    table: pd.DataFrame
    categories: pd.DataFrame
    departments: pd.DataFrame
    months: pd.DataFrame
    contingency: int | None
    used: int
    untold: list[str]

    @property
    def left(self) -> int | None:
        """What of the contingency is left; below zero where more was spent."""
        return None if self.contingency is None else self.contingency - self.used


def spending(budget: Budget, actual: pd.DataFrame | None, figures: Figures) -> Spending:
    """Compare what was spent in closed months with the budget of the same months, and both with sales.

    `actual`: input table expenses (month, category, amount, department). Only closed months with any row count; in
    them a category without a row spent nothing. A department's part of a category's budget follows its part of the
    year's. What a category is over budget to date comes from the contingency 机动费用, borne by its departments
    that are over, in proportion; what nobody budgeted does so wholly.
    """
    closed = figures.closed
    spent = _spent(actual, closed)
    months = sorted(spent["month"].unique())
    table = _table(budget, spent, months)
    reserve = budget.year.loc[budget.year["category"] == CONTINGENCY, "amount"]
    drawn = _drawn(table if len(reserve) else table.head(0))
    last = ~table.duplicated(["category", "department"], keep="last")
    told = table.merge(drawn, on=["category", "department"], how="left")
    whole = told.assign(from_contingency=told["drawn"].fillna(0).where(last, 0).astype("int64"))[COLUMNS]
    return Spending(
        table=whole,
        categories=_categories(whole, budget.year),
        departments=_largest(whole.groupby("department", sort=True)[COLUMNS[3:]].sum().reset_index()),
        months=_months(whole, figures),
        contingency=int(reserve.sum()) if len(reserve) else None,
        used=int(drawn["drawn"].sum()),
        untold=[month for month in closed if month not in months],
    )


def _spent(actual: pd.DataFrame | None, closed: Sequence[str]) -> pd.DataFrame:
    """Sums by month, category and department of the closed months; a blank department is ''."""
    if actual is None:
        return pd.DataFrame({**{name: pd.Series(dtype="str") for name in KEYS}, "actual": pd.Series(dtype="int64")})
    own = actual[actual["month"].isin(list(closed))]
    department = own["department"].fillna("") if "department" in own else ""
    sums = own.assign(department=department).astype({"amount": "int64"}).groupby(KEYS, sort=True)["amount"].sum()
    return sums.rename("actual").reset_index()


def _table(budget: Budget, spent: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Budget and actual by month, category and department, in the budget's order of categories."""
    asked = budget.months[budget.months["month"].isin(months) & (budget.months["category"] != CONTINGENCY)]
    parts = asked.reset_index(names="number").merge(budget.departments, on="category", suffixes=("", "_year"))
    parts = parts.sort_values(["month", "category", "department"], kind="stable")
    number = pd.factorize(parts["number"])[0]
    totals = parts["amount"].groupby(number).first().to_numpy(dtype=np.int64)
    weights = parts["amount_year"].clip(lower=0).to_numpy(dtype="float64")
    weights = np.where(np.bincount(number, weights, len(totals))[number] > 0, weights, 1.0)
    split = apportion_groups(totals, weights, number, labels=parts["department"].tolist())
    planned = parts[KEYS].assign(budget=split)
    both = planned.merge(spent, on=KEYS, how="outer").fillna({"budget": 0, "actual": 0})
    both = both.astype({"budget": "int64", "actual": "int64"})
    order = {name: place for place, name in enumerate(budget.year["category"])}
    ranked = both.assign(place=both["category"].map(order).fillna(len(order)), over=both["actual"] - both["budget"])
    kept = ranked[(ranked["budget"] != 0) | (ranked["actual"] != 0)]
    ordered = kept.sort_values(["month", "place", "category", "department"], kind="stable", ignore_index=True)
    return ordered.drop(columns="place")


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """What each category is over budget to date, on its departments that are over: category, department, drawn."""
    to_date = table.groupby(["category", "department"], sort=True)["over"].sum().reset_index()
    whole = to_date.groupby("category")["over"].transform("sum")
    bear = to_date[(whole > 0) & (to_date["over"] > 0)]
    number, names = pd.factorize(bear["category"])
    totals = to_date.groupby("category")["over"].sum().reindex(names).to_numpy(dtype=np.int64)
    drawn = apportion_groups(totals, bear["over"].to_numpy(dtype="float64"), number, labels=bear["department"].tolist())
    return bear[["category", "department"]].assign(drawn=drawn)


def _largest(sums: pd.DataFrame) -> pd.DataFrame:
    """The most over budget first."""
    return sums.sort_values(["over", sums.columns[0]], ascending=[False, True], kind="stable", ignore_index=True)


def _categories(table: pd.DataFrame, year: pd.DataFrame) -> pd.DataFrame:
    """Categories to date beside their year; `state`: over budget, within it, or not budgeted."""
    sums = table.groupby("category", sort=True)[COLUMNS[3:]].sum()
    whole = year.set_index("category")["amount"].reindex(sums.index).fillna(0).astype("int64")
    budget = sums["budget"].astype("float64")
    state = np.select([whole == 0, sums["over"] > 0], ["unbudgeted", "over_budget"], "in_budget")
    found = sums.assign(
        spent_share=sums["actual"] / budget.where(budget > 0), year=whole, left=whole - sums["actual"], state=state
    )
    return _largest(found.reset_index())


def _months(table: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """Months with their sales and expenses as a share of them: budget_ratio = budget / sales_target, ratio."""
    sums = table.groupby("month", sort=True)[["budget", "actual", "over"]].sum()
    sold = {"sales_target": figures.targets, "sales": amount_by(figures.actuals, "month")}
    frame = sums.assign(**{name: found.reindex(sums.index, fill_value=0) for name, found in sold.items()})
    target, sales = frame["sales_target"].astype("float64"), frame["sales"].astype("float64")
    return frame.assign(
        budget_ratio=frame["budget"] / target.where(target > 0), ratio=frame["actual"] / sales.where(sales > 0)
    ).reset_index()
