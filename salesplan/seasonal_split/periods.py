"""Periods: the year's days summed to quarters, months, ten-day periods and ISO weeks."""

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.apportion import split_table
from salesplan.seasonal_split.history import Array, divide
from salesplan.seasonal_split.plan_year import PlanYear

LEVELS = ("quarter", "month", "ten_day", "week")
PERIOD_COLUMNS = (
    "level", "period", "start", "end", "workdays", "target_days", "amount", "share", "amount_to_date", "progress_share",
    "time_share", "cut",
)  # fmt: skip
WEEK = 7


def ten_day_of(days: pd.DataFrame) -> Array:
    """The ten-day period 旬 of each day in its month: 1 for its days 1 to 10, 2 for 11 to 20, 3 for the rest.

    `days` hold whole months in order. Counted from the first day of the plan's month, so a month
    from the 26th to the 25th has its first period from the 26th to the 5th.
    """
    number = days.groupby("month", sort=False).cumcount().to_numpy()
    return np.minimum(number // 10, 2) + 1


def label_days(days: pd.DataFrame, *, year: PlanYear) -> pd.DataFrame:
    """The days with the label of the period they lie in, one column per level of `LEVELS`.

    Labels: `2027-Q1` (quarter of the fiscal year), `2027-01`, `2027-01-T1` (ten-day period),
    `2027-W01` (ISO week, in its own ISO year).
    """
    numbers = {month: days_of.quarter_of(month, year.first_month) for month in year.months}
    week = days["date"].dt.isocalendar()
    ten_day = pd.Series(ten_day_of(days), index=days.index).astype("str")
    return days.assign(
        quarter=f"{year.fiscal_year:04d}-Q" + days["month"].map(numbers).astype("str"),
        ten_day=days["month"] + "-T" + ten_day,
        week=week["year"].astype("str").str.zfill(4) + "-W" + week["week"].astype("str").str.zfill(2),
    )


def period_table(days: pd.DataFrame) -> pd.DataFrame:
    """Table `seasonal_split_periods`: the days of `split_days` summed to every level, exactly.

    Year = quarters = months = ten-day periods = days, and = weeks, which cross months. Columns
    `level` (quarter, month, ten_day, week), `period` (see `label_days`), `start`, `end`,
    `workdays` (the calendar's), `target_days` (those that have a target, see `closed_workdays`), `amount` (fen),
    `share` (of the year), `amount_to_date` and `progress_share` (the same up to the period's end), `time_share`
    (target days of the year up to then), `cut` (a week of which days lie outside the year: only those inside are
    counted).
    """
    open_days = days["workday"] & ~closed_workdays(days)
    counted = days.assign(target_day=open_days)
    return pd.concat([_sums(counted, level) for level in LEVELS], ignore_index=True)


def closed_workdays(days: pd.DataFrame) -> "pd.Series[bool]":
    """Workdays by the calendar without a target in a month that has one: the pattern or an event closes them.

    Such as days beside a festival whose moved workdays are not published yet, on which nothing was sold in other years.
    """
    month = days.groupby("month")["amount"].transform("sum")
    return days["workday"] & (days["amount"] == 0) & (month != 0)


def with_target_days(months: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """The months with `target_days`: workdays of `days` that have a target, by which the pace is counted."""
    counts = (days["workday"] & ~closed_workdays(days)).groupby(days["month"]).sum()
    return months.assign(target_days=months["month"].map(counts).astype("int64"))


def _sums(days: pd.DataFrame, level: str) -> pd.DataFrame:
    sums = days.groupby(level, sort=False).agg(
        start=("date", "min"),
        end=("date", "max"),
        workdays=("workday", "sum"),
        target_days=("target_day", "sum"),
        amount=("amount", "sum"),
    )
    table = sums.reset_index(names="period").assign(level=level)
    to_date, worked = table["amount"].cumsum(), table["target_days"].cumsum()
    year, workdays = int(table["amount"].sum()), int(table["target_days"].sum())
    length = (table["end"] - table["start"]).dt.days + 1
    found = table.assign(
        share=table["amount"] / year if year else np.nan,
        amount_to_date=to_date,
        progress_share=to_date / year if year else np.nan,
        time_share=worked / workdays if workdays else np.nan,
        cut=(length < WEEK) if level == "week" else False,
    )
    return found[list(PERIOD_COLUMNS)]


def level_of(periods: pd.DataFrame, level: str) -> pd.DataFrame:
    """The rows of one level of `period_table`, without the level."""
    return periods[periods["level"] == level].drop(columns="level").reset_index(drop=True)


def ten_days_across(periods: pd.DataFrame) -> pd.DataFrame:
    """Months down, ten-day periods across: `month`, `amount_first`, `amount_second`, `amount_third`, `amount`.

    `third_share` is that of the last ten-day period in its month.
    """
    rows = level_of(periods, "ten_day")
    keyed = rows.assign(month=rows["period"].str[:7], number=rows["period"].str[-1])
    wide = keyed.pivot_table(index="month", columns="number", values="amount", aggfunc="sum").astype("int64")
    named = wide.set_axis(["amount_first", "amount_second", "amount_third"], axis=1)
    total = named.sum(axis=1)
    last = divide(named["amount_third"].to_numpy(dtype="float64"), total.to_numpy(dtype="float64"))
    return named.assign(amount=total, third_share=last).reset_index()


def ten_days_by_member(
    cube: pd.DataFrame, periods: pd.DataFrame, dimension: str | None, *, year: PlanYear
) -> pd.DataFrame:
    """Ten-day targets of the members of a dimension; empty for None.

    `member`, `month`, `third` (of the month: 1, 2, 3), `ten_day` (the period's label), `amount` (fen). Per month the
    members' amounts over the ten-day periods as the company's lie, both sums exact to the money unit.
    """
    if dimension is None:
        return pd.DataFrame({"member": [], "month": [], "third": [], "ten_day": [], "amount": []})
    sums = cube.groupby(["month", dimension], sort=True)["amount"].sum()
    rows = level_of(periods, "ten_day")
    tens = rows.assign(month=rows["period"].str[:7]).groupby("month", sort=True)
    return pd.concat([_month_by_member(sums[month], part, year.unit) for month, part in tens], ignore_index=True)


def _month_by_member(members: "pd.Series", tens: pd.DataFrame, unit: int) -> pd.DataFrame:
    rows, columns = members.to_numpy(), tens["amount"].to_numpy()
    cells = split_table(np.ones((len(rows), len(columns))), rows, columns, unit=unit)
    return pd.DataFrame(
        {
            "member": members.index.repeat(len(columns)),
            "month": tens["month"].iloc[0],
            "third": np.tile(tens["period"].str[-1].to_numpy(), len(rows)),
            "ten_day": np.tile(tens["period"].to_numpy(), len(rows)),
            "amount": cells.ravel(),
        }
    )
