"""Where the year lands: share ratio with an interval from the plan's own history, and the time gone beside it."""

from math import isnan, nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import apportion
from salesplan.calendar import add_months, workdays
from salesplan.odds import interval, reach
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.revision import Revised


class Landing(NamedTuple):
    """The landing estimate: fen, NaN where the history does not say."""

    expected: float
    low: float
    high: float
    probability: float  # that the year's target is reached
    years: int  # earlier years whose errors made the interval


class Progress(NamedTuple):
    """How much of the year is gone and how much of it is done, fractions of one."""

    workdays: int  # workdays gone
    workday_share: float
    seasonal_share: float  # of the year's target that falls on the months gone
    year_attainment: float  # actual to date / target of the year
    attainment: float  # actual to date / target to date


def landing_estimate(figures: Figures, *, coverage: float = 0.8) -> Landing:
    """Share ratio: actual to date / share of the year's target that falls on the months gone.

    The interval comes from what the same estimate would have missed in each earlier complete year after the same
    number of months, the share taken from the other years: spread = expected x root of the mean squared error
    x root of (1 + 1 / years), Student's t with years - 1 degrees. Fewer than two complete years give no interval.
    The low end is not below the actual to date, of which the year cannot fall short but by returns.
    """
    actual, share = int(figures.actuals["amount"].sum()), _gone(figures)
    if not figures.closed or actual <= 0 or share <= 0:
        return Landing(nan, nan, nan, nan, 0)
    expected, target = actual / share, float(figures.targets.sum())
    if not figures.open:
        return Landing(expected, expected, expected, float(actual >= target), 0)
    errors = share_ratio_errors(figures)
    if len(errors) < 2:
        return Landing(expected, nan, nan, nan, len(errors))
    spread = expected * float(np.sqrt(np.mean(np.square(errors)) * (1 + 1 / len(errors))))
    degrees = len(errors) - 1
    low, high = interval(expected, spread, degrees, coverage)
    return Landing(expected, max(low, actual), high, reach(target, expected, spread, degrees), len(errors))


def share_ratio_errors(figures: Figures) -> list[float]:
    """Result / estimate - 1 of each earlier complete year, latest first, after as many months as are known now."""
    years = pd.DataFrame(_year_sums(figures), columns=["known", "total"], dtype="int64")
    years = years[(years["known"] > 0) & (years["total"] > 0)]
    others = years.sum() - years
    years = years[others["known"] > 0]
    estimate = years["known"] / (others["known"] / others["total"])
    return [float(error) for error in years["total"] / estimate - 1]


def _year_sums(figures: Figures) -> list[tuple[int, int]]:
    """Sum of the first months and of the whole year, for each complete year of the history, latest first."""
    amounts = amount_by(figures.facts, "month")
    found: list[tuple[int, int]] = []
    while True:
        labels = [add_months(month, -12 * (len(found) + 1)) for month in figures.months]
        if not len(amounts) or labels[0] < amounts.index[0]:
            return found
        year = amounts.reindex(labels, fill_value=0)
        found.append((int(year.iloc[: len(figures.closed)].sum()), int(year.sum())))


def _gone(figures: Figures) -> float:
    """Share of the year's target that falls on the closed months."""
    targets = figures.targets
    return float(targets[figures.closed].sum() / targets.sum()) if targets.sum() else 0.0


def time_progress(figures: Figures, country: str, *, cutoff: int | None = None) -> Progress:
    """Workdays gone and the seasonal share gone, beside attainment of the year and to date."""
    days = workdays(figures.months, country, cutoff)
    targets, actual = figures.targets, int(figures.actuals["amount"].sum())
    gone, to_date, year = int(days[figures.closed].sum()), int(targets[figures.closed].sum()), int(targets.sum())
    return Progress(
        workdays=gone,
        workday_share=gone / int(days.sum()),
        seasonal_share=_gone(figures),
        year_attainment=actual / year if year > 0 else nan,
        attainment=actual / to_date if to_date > 0 else nan,
    )


def outlook(figures: Figures, revised: Revised, landing: Landing) -> pd.DataFrame:
    """The year cumulated, month by month: `month, target, actual, landing, revised` in fen.

    `actual` is NA for months to come; `landing` and `revised` are NA before the last closed month, from which they go
    on; the landing spreads what is still expected as the target does.
    """
    table, count = revised.table, len(figures.closed)
    ahead = table["month"].isin(figures.open)
    frame = pd.DataFrame(
        {
            "month": table["month"],
            "target": table["original"].cumsum(),
            "actual": table["actual"].cumsum(),
            "landing": (table["actual"].fillna(0) + _expected(figures, landing)).cumsum().astype("Int64"),
            "revised": table["revised"].cumsum().astype("Int64"),
        }
    )
    shown = ahead | (table.index == count - 1)
    frame["landing"] = frame["landing"].where(shown & (not isnan(landing.expected)))
    frame["revised"] = frame["revised"].where(shown)
    return frame


def _expected(figures: Figures, landing: Landing) -> list[int]:
    """What is still expected in each month to come, fen; zero for closed months."""
    weights = figures.targets[figures.open].clip(lower=0)
    nothing = [0] * len(figures.closed)
    if isnan(landing.expected) or not weights.sum() > 0:
        return nothing + [0] * len(weights)
    rest = round(landing.expected) - int(figures.actuals["amount"].sum())
    parts = apportion(rest, weights.to_numpy(dtype="float64"), labels=list(weights.index))
    return nothing + [int(part) for part in parts]
