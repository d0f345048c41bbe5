"""Where the year lands: share ratio with an interval from the plan's own history, and the time gone beside it."""

from collections.abc import Sequence
from math import isnan, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.apportion import apportion
from salesplan.calendar import fiscal_months, fiscal_year_of, workdays
from salesplan.odds import forecast
from salesplan.variance_review.measures import Figures, amount_by
from salesplan.variance_review.revision import Revised
from salesplan.years import month_table

MOST_YEARS = 5  # of the history
Table = npt.NDArray[np.float64]


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


def landing_estimate(figures: Figures, *, coverage: float = 0.8, exclude: Sequence[str] = ()) -> Landing:
    """Share ratio with the odds of the ground (`odds.forecast`): what is done, and the rest of last year, grown.

    The rest grows by what the closed months have grown by, measured with the share of the year's target that falls on
    them, and in a small part by the history's trend. Months of `exclude` are what the other years say
    (`years.month_table`). Without a complete year before it the estimate is actual to date / that share, without
    interval. The low end is not below the actual to date, of which the year cannot fall short but by returns.
    """
    return landed(figures, history_of(figures, exclude), float(figures.targets.sum()), coverage)


def landed(figures: Figures, history: Table, target: float, coverage: float) -> Landing:
    """The estimate at the end of the closed months, from a history of years x 12; `target` in fen."""
    known = amount_by(figures.actuals, "month").reindex(figures.closed, fill_value=0).to_numpy(dtype=np.float64)
    actual, share = float(known.sum()), _gone(figures)
    if not figures.closed or actual <= 0 or share <= 0:
        return Landing(nan, nan, nan, nan, 0)
    if not figures.open:
        return Landing(actual, actual, actual, float(actual >= target), 0)
    if not len(history) or history.sum(axis=1).max() <= 0:
        return Landing(actual / share, nan, nan, nan, 0)
    year = forecast(history[None], known[None], gone=[share])
    low, high = year.interval(coverage)
    reached = float(year.reach([target])[0])
    return Landing(float(year.expected[0]), max(float(low[0]), actual), float(high[0]), reached, len(history))


def complete_years(figures: Figures, exclude: Sequence[str] = ()) -> list[int]:
    """The latest fiscal years before the plan's that lie whole within the history, five at most, oldest first.

    They end where a year has nothing but months of `exclude`.
    """
    begins = str(figures.facts["month"].min()) if len(figures.facts) else "9999-12"
    first_month = int(figures.months[0][5:])
    found: list[int] = []
    for back in range(1, MOST_YEARS + 1):
        year = fiscal_year_of(figures.months[0], first_month) - back
        labels = fiscal_months(year, first_month)
        if labels[0] < begins or not set(labels) - set(exclude):
            break
        found.insert(0, year)
    return found


def history_of(figures: Figures, exclude: Sequence[str] = ()) -> Table:
    """Sales by month of the complete years before, oldest first: years x 12."""
    first_month = int(figures.months[0][5:])
    years = complete_years(figures, exclude)
    return month_table(figures.facts, years, first_month=first_month, exclude=exclude).to_numpy(dtype=np.float64)


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
    """The year cumulated, month by month: `month, target, actual, landing, revised, low, high` in fen.

    `actual` is NA for months to come; `landing` and `revised` are NA before the last closed month, from which they go
    on, as do the ends of the interval; what is still expected is spread as the target is.
    """
    table, count = revised.table, len(figures.closed)
    ahead = table["month"].isin(figures.open)
    shown = ahead | (table.index == count - 1)
    ends = {"landing": landing.expected, "low": landing.low, "high": landing.high}
    done = table["actual"].fillna(0)
    frame = pd.DataFrame(
        {
            "month": table["month"],
            "target": table["original"].cumsum(),
            "actual": table["actual"].cumsum(),
            **{
                name: (done + _expected(figures, end)).cumsum().astype("Int64").where(shown & (not isnan(end)))
                for name, end in ends.items()
            },
            "revised": table["revised"].cumsum().astype("Int64").where(shown),
        }
    )
    return frame[["month", "target", "actual", "landing", "revised", "low", "high"]]


def _expected(figures: Figures, year: float) -> list[int]:
    """What is still to come in each month to come where the year ends at `year`, fen; zero for closed months."""
    weights = figures.targets[figures.open].clip(lower=0)
    nothing = [0] * len(figures.closed)
    if isnan(year) or not weights.sum() > 0:
        return nothing + [0] * len(weights)
    rest = round(year) - int(figures.actuals["amount"].sum())
    parts = apportion(rest, weights.to_numpy(dtype="float64"), labels=list(weights.index))
    return nothing + [int(part) for part in parts]
