"""The plan calendar: which plan or report is due on which workday of the year."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.terms.plan_calendar import Document

COLUMNS = ["date", "name", "owner", "period", "when", "moved"]
MARGIN = 4  # months before and after the year, so that workdays can be counted beyond its ends
FEW = 2  # days of a month that are named one by one
LENGTHS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Period:
    """A stretch of the year a document is for, first and last day included."""

    label: str
    first: date
    last: date


def due_dates(documents: Sequence[Document], *, year: PlanYear) -> pd.DataFrame:
    """Table `seasonal_split_calendar`: every due date of the year, in order.

    A document is due at the start or end of each period, or on a date, moved by its `offset` in workdays of the plan's
    country. A day off moves to the next workday at a start (and for a date) and to the previous one at an end, unless
    `move` says otherwise; then the offset is counted. A week without a workday has none. One row per due date: `date`,
    `name`, `owner`, `period` (`2027`, `2027-H1`, `2027-Q1`, `2027-01`, `2027-W01`, or the date itself), `when`, `moved`
    (whether the day itself was off).
    """
    worked = _workdays(year)
    rows = [row for place, document in enumerate(documents) for row in _due(document, place, worked, year)]
    frame = pd.DataFrame(sorted(rows), columns=[*COLUMNS[:1], "place", *COLUMNS[1:]]).drop(columns="place")
    return frame.assign(date=pd.to_datetime(frame["date"])).astype({"moved": "bool"})


def _workdays(year: PlanYear) -> list[date]:
    """Workdays of the year and of some months around it."""
    labels = [days_of.add_months(year.months[0], n) for n in range(-MARGIN, 12 + MARGIN)]
    table = days_of.days(labels, year.calendar, year.month_cutoff)
    return [found.date() for found in table.loc[table["workday"], "date"]]


def _due(
    document: Document, place: int, worked: Sequence[date], year: PlanYear
) -> Iterator[tuple[date, int, str, str, str, str, bool]]:
    for period in periods(document, year=year):
        nominal = period.last if document.when.endswith("_end") else period.first
        if document.when.startswith("week") and not any(period.first <= day <= period.last for day in worked):
            continue
        backward = (document.move or ("previous" if document.when.endswith("_end") else "next")) == "previous"
        at = bisect_right(worked, nominal) - 1 if backward else bisect_left(worked, nominal)
        moved = worked[at] != nominal
        yield worked[at + document.offset], place, document.name, document.owner, period.label, document.when, moved


def periods(document: Document, *, year: PlanYear) -> list[Period]:
    """The periods of the year a document is drawn up for."""
    if document.date is not None:
        return [Period(document.date.isoformat(), document.date, document.date)]
    name = document.when.rsplit("_", 1)[0]
    return _weeks(year) if name == "week" else _stretches(name, year)


def _stretches(name: str, year: PlanYear) -> list[Period]:
    length = LENGTHS[name]
    spans = [days_of.month_span(month, year.month_cutoff) for month in year.months]
    marks = {"year": "", "half_year": "-H{}", "quarter": "-Q{}"}
    found = []
    for start in range(0, len(spans), length):
        label = f"{year.fiscal_year}{marks.get(name, '').format(start // length + 1)}"
        found.append(
            Period(label if name in marks else year.months[start], spans[start][0], spans[start + length - 1][1])
        )
    return found


def _weeks(year: PlanYear) -> list[Period]:
    """ISO weeks that begin within the year."""
    first, last = (
        days_of.month_span(year.months[0], year.month_cutoff)[0],
        days_of.month_span(year.months[-1], year.month_cutoff)[1],
    )
    monday = first + timedelta(days=-first.weekday() % 7)
    starts = [monday + timedelta(days=7 * n) for n in range(((last - monday).days) // 7 + 1)]
    labels = ["{}-W{:02d}".format(*start.isocalendar()[:2]) for start in starts]
    return [Period(label, start, start + timedelta(days=6)) for label, start in zip(labels, starts, strict=True)]


def _days(days: "pd.Series[str]") -> str:
    found = list(days)
    return " ".join(found) if len(found) <= FEW else f"{found[0]}–{found[-1]}"


def calendar_by_month(due: pd.DataFrame, *, year: PlanYear) -> pd.DataFrame:
    """The calendar as people hang it up: one row per document, the days of each month in its column.

    `name`, `owner` in the order of their first due date, then the plan's months with the days as text (`3`, or
    `4 18`, or `4–25` for more than two); where days lie outside the year, `before` and `after` with their dates.
    """
    months = days_of.month_of(due["date"], year.month_cutoff)
    inside = months.isin(year.months)
    days = due["date"].dt.day.astype("str").where(inside, due["date"].dt.strftime("%Y-%m-%d"))
    beyond = (months < year.months[0]).map({True: "before", False: "after"})
    keyed = due.assign(month=months.where(inside, beyond), day=days)
    first = due.groupby(["name", "owner"], sort=False)["date"].min().sort_values(kind="stable")
    grid = keyed.pivot_table(index=["name", "owner"], columns="month", values="day", aggfunc=_days)
    columns = [name for name in ("before", *year.months, "after") if name in set(keyed["month"]) | set(year.months)]
    return grid.reindex(index=first.index, columns=columns).fillna("").reset_index()
