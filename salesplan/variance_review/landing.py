"""Where the year lands: share ratio with an interval from the plan's own history, and the time gone beside it."""

from math import isnan, nan
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import apportion
from salesplan.calendar import add_months, workdays
from salesplan.odds import forecast
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.revision import Revised

MOST_YEARS = 5  # of the history


class Landing(NamedTuple):
    """The landing estimate: fen, NaN where the history does not say."""

    expected: float
    low: float
    high: float
    probability: float  # that the year's target is reached
    years: int  # earlier years from whose errors and months the interval comes


class Progress(NamedTuple):
    """How much of the year is gone and how much of it is done, fractions of one."""

    workdays: int  # workdays gone
    workday_share: float
    seasonal_share: float  # of the year's target that falls on the months gone
    year_attainment: float  # actual to date / target of the year
    attainment: float  # actual to date / target to date


def landing_estimate(figures: Figures, *, coverage: float = 0.8) -> Landing:
    """Share ratio with the odds of the ground (`odds.forecast`): what is done, and the rest of last year, grown.

    The rest grows by what the closed months have grown by, measured with the share of the year's target that falls on
    them, and in a small part by the history's trend. Without a complete year before it the estimate is actual to date
    / that share, without interval. The low end is not below the actual to date, of which the year cannot fall short
    but by returns.
    """
    actual, share = int(figures.actuals["amount"].sum()), _gone(figures)
    if not figures.closed or actual <= 0 or share <= 0:
        return Landing(nan, nan, nan, nan, 0)
    target = float(figures.targets.sum())
    if not figures.open:
        return Landing(actual, actual, actual, float(actual >= target), 0)
    history, known = _years(figures), amount_by(figures.actuals, "month").reindex(figures.closed, fill_value=0)
    if not len(history) or history.sum(axis=1).max() <= 0:
        return Landing(actual / share, nan, nan, nan, 0)
    year = forecast(history[None], known.to_numpy(dtype=np.float64)[None], gone=[share])
    low, high = year.interval(coverage)
    reached = float(year.reach([target])[0])
    return Landing(float(year.expected[0]), max(float(low[0]), actual), float(high[0]), reached, len(history))


def _years(figures: Figures) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Sales by month of the complete years before, oldest first: years x 12, the latest five."""
    amounts = amount_by(figures.facts, "month")
    found: list[list[float]] = []
    while len(found) < MOST_YEARS:
        labels = [add_months(month, -12 * (len(found) + 1)) for month in figures.months]
        if not len(amounts) or labels[0] < amounts.index[0]:
            break
        found.insert(0, amounts.reindex(labels, fill_value=0).astype("float64").tolist())
    return np.array(found, dtype=np.float64).reshape(-1, 12)


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
