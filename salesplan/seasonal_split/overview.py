"""What people look at: months beside last year, quarters, the season by year, members."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.season import sales_by_month, years_of
from salesplan.terms.seasonal_split import SeasonalSplitTerms


@dataclass(frozen=True)
class HistoryUsed:
    """The years behind the shares and how they were used.

    `basis`: complete_years, month_average (no complete year: averages of the months there are), or
    none (even months). `wanted`: how many years the rules ask for.
    """

    years: tuple[int, ...]
    wanted: int
    basis: str


def history_used(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> HistoryUsed:
    """Which fiscal years of the company's history the split rests on."""
    table = years_of(facts, year=year, rules=rules)
    years = tuple(y for y, used in zip(table.years, table.used[0], strict=True) if used)
    partial = "month_average" if table.known.any() else "none"
    return HistoryUsed(years, rules.history_years, "complete_years" if years else partial)


def yearly(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """Net sales of the fiscal years within reach: `year`, `amount` (fen), `months` (with sales), `complete`."""
    used = history_used(facts, year=year, rules=rules).years
    sold = sales_by_month(facts, year=year).assign(year=lambda d: year.fiscal_years(d["month"]))
    reach = sold[sold["year"] >= year.fiscal_year - rules.history_years]
    table = reach.groupby("year").agg(amount=("amount", "sum"), months=("month", "size")).reset_index()
    return table.assign(complete=table["year"].isin(used))


def amount_levels(annual_target: pd.DataFrame) -> dict[str, int]:
    """Levels of the amount in fen by name, the planned one first, from table `annual_target`."""
    amounts = annual_target[annual_target["indicator"] == "amount"]
    company = amounts[amounts["line"].fillna("") == ""] if "line" in amounts else amounts
    rows = company.sort_values("planned", ascending=False, kind="stable")
    return {level: int(value * 100) for level, value in zip(rows["level"], rows["value"], strict=True)}


def provisional(year: PlanYear) -> bool:
    """Whether the country has not published all moved workdays of the year yet."""
    return bool(days_of.days(year.months, year.calendar, year.month_cutoff)["provisional"].any())


def month_overview(cube: pd.DataFrame, facts: pd.DataFrame, *, year: PlanYear) -> pd.DataFrame:
    """The twelve months of the plan: `month`, `quarter` (1 to 4), `amount`, `share`, `last_year`, `workdays`.

    `amount` and `last_year` in fen; `last_year` is the same month a year earlier, NA without sales.
    """
    months = year.months
    amounts = cube.groupby("month")["amount"].sum().reindex(months).astype("int64")
    sold = sales_by_month(facts, year=year).set_index("month")["amount"]
    before = sold.reindex([days_of.add_months(month, -12) for month in months]).astype("Int64")
    total = amounts.sum()
    workdays = days_of.workdays(months, year.calendar, year.month_cutoff)
    return pd.DataFrame(
        {
            "month": pd.Series(months, dtype="str"),
            "quarter": [days_of.quarter_of(month, year.first_month) for month in months],
            "amount": amounts.to_numpy(),
            "share": (amounts / total).to_numpy() if total else np.nan,
            "last_year": before.to_numpy(),
            "workdays": workdays.to_numpy(),
        }
    ).astype({"last_year": "Int64"})


def quarters(months: pd.DataFrame) -> pd.DataFrame:
    """Quarters as sums of months: `quarter`, `amount`, `share`, `last_year` (NA unless all months are known)."""
    sums = months.groupby("quarter")[["amount", "share", "workdays"]].sum().reset_index()
    before = months.groupby("quarter")["last_year"].sum(min_count=3).to_numpy()
    known = sums.assign(last_year=pd.array(before, dtype="Int64"))
    return known[["quarter", "amount", "share", "last_year", "workdays"]]


def with_growth(table: pd.DataFrame) -> pd.DataFrame:
    """A table of `amount` and `last_year` with `growth` behind them: amount / last year - 1, NaN where not known."""
    before = table["last_year"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    growth = table["amount"].to_numpy(dtype="float64") / np.where(before > 0, before, np.nan) - 1
    found = table.copy()
    found.insert(list(table.columns).index("last_year") + 1, "growth", growth)
    return found


def profiles(facts: pd.DataFrame, months: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    """Shares by month of each year used and of the plan.

    `year`, `month` (label of the plan year), `share`, `planned` (whether it is the plan's line).
    """
    table = years_of(facts, year=year, rules=rules)
    lines = [(y, shares) for y, shares, used in zip(table.years, table.shares[0], table.used[0], strict=True) if used]
    lines.append((year.fiscal_year, months["share"].to_numpy()))
    return pd.DataFrame(
        {
            "year": np.repeat([y for y, _ in lines], 12),
            "month": pd.Series(year.months * len(lines), dtype="str"),
            "share": np.concatenate([shares for _, shares in lines]),
            "planned": np.repeat([y == year.fiscal_year for y, _ in lines], 12),
        }
    )


def by_member(cube: pd.DataFrame, dimension: str | None) -> pd.DataFrame:
    """Months x members of one dimension: `month`, `member`, `amount` (fen), largest members first; empty for None."""
    if dimension is None:
        return pd.DataFrame({"month": [], "member": [], "amount": []})
    sums = cube.rename(columns={dimension: "member"}).groupby(["member", "month"])["amount"].sum().reset_index()
    size = sums.groupby("member")["amount"].transform("sum")
    order = sums.assign(size=-size).sort_values(["size", "member", "month"], ignore_index=True)
    return order[["month", "member", "amount"]]
