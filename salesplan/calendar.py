"""Fiscal months, the days they hold and which of them are worked."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
HOME_PART = {"GB": "ENG"}  # countries whose common holidays alone are kept by nobody
FIRST_LUNAR_YEAR, LAST_LUNAR_YEAR = 1901, 2099
FESTIVAL_DAYS = 7
DAY_TYPES = ("workday", "moved_workday", "weekend", "holiday")


class FestivalDays(NamedTuple):
    """Days of a month in the weeks before the Spring Festival, in its seven days, and in the weeks after."""

    before: int
    during: int
    after: int


def _index(month: str) -> int:
    """Months since year 0 of a label, so that months can be counted with."""
    found = MONTH.fullmatch(month)
    if found is None:
        raise ValueError(f"month {month!r} is not of the form YYYY-MM")
    return int(found[1]) * 12 + int(found[2]) - 1


def _label(index: int) -> str:
    if not 12 <= index < 120_000:
        raise ValueError("a month lies outside the years 1 to 9999")
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def _check_first(first_month: int) -> None:
    if not 1 <= first_month <= 12:
        raise ValueError(f"first month {first_month} is not between 1 and 12")


def add_months(month: str, n: int) -> str:
    """The label `n` months later (earlier when negative): `add_months("2027-11", 3) == "2028-02"`."""
    return _label(_index(month) + n)


def fiscal_months(fiscal_year: int, first_month: int = 1) -> list[str]:
    """The twelve labels of a fiscal year in order: year 2027 from month 4 is 2027-04 to 2028-03."""
    _check_first(first_month)
    start = fiscal_year * 12 + first_month - 1
    return [_label(start + offset) for offset in range(12)]


def fiscal_year_of(month: str, first_month: int) -> int:
    """The fiscal year a label belongs to: 2028-03 belongs to 2027 when years begin in month 4."""
    _check_first(first_month)
    return (_index(month) - (first_month - 1)) // 12


def quarter_of(month: str, first_month: int) -> int:
    """The fiscal quarter of a label, 1 to 4, counted from the year's first month."""
    _check_first(first_month)
    return (_index(month) - (first_month - 1)) % 12 // 3 + 1


def month_of(dates: "pd.Series[Any]", cutoff: int | None) -> "pd.Series[Any]":
    """Label of the month each date belongs to; blank dates stay NA.

    `cutoff` 25: a month runs from the 26th of the one before to its 25th, so the 26th of March
    is `-04`. None: calendar months. Raises ValueError for a cutoff outside 1 to 28.
    """
    import pandas as pd  # months and last workdays are asked for where no frame is needed

    _check_cutoff(cutoff)
    when = pd.to_datetime(dates)
    index = when.dt.year * 12 + when.dt.month - 1
    if cutoff is not None:
        index = index + (when.dt.day > cutoff)
    known = index.dropna().astype("int64")
    labels = {number: _label(number) for number in known.unique()}  # few months, many dates
    return known.map(labels).reindex(dates.index).astype("str")


def month_span(month: str, cutoff: int | None) -> tuple[date, date]:
    """First and last day of a month: with cutoff 25, 2027-03 is 2027-02-26 to 2027-03-25."""
    _check_cutoff(cutoff)
    index = _index(month)
    if cutoff is None:
        return _day(index, 1), _day(index + 1, 1) - timedelta(days=1)
    return _day(index - 1, cutoff) + timedelta(days=1), _day(index, cutoff)


def _day(index: int, day: int) -> date:
    return date(index // 12, index % 12 + 1, day)


def _check_cutoff(cutoff: int | None) -> None:
    if cutoff is not None and not 1 <= cutoff <= 28:
        raise ValueError(f"month cutoff {cutoff} is not between 1 and 28")


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> Any:
    """Holidays of one country and year, with the weekends that are worked there."""
    import holidays  # slow to import; only those who count days pay for it

    code, _, part = country.partition("-")
    try:
        return holidays.country_holidays(code, subdiv=part or HOME_PART.get(code), years=year)
    except NotImplementedError as unknown:
        raise ValueError(f"no holidays are known for country {country!r}") from unknown


@lru_cache(maxsize=256)
def _provisional(country: str, year: int) -> bool:
    """True where a country moves workdays by yearly notice and this year's is not known yet.

    Mainland China's State Council publishes the days off and the weekends worked for them each
    November for the year to come; until then only the days fixed by law are known.
    """
    known = _holidays(country, year)
    return hasattr(known, "substituted_label") and year > max(known.special_public_holidays, default=0)


@lru_cache(maxsize=256)
def _types_of_year(country: str, year: int) -> bytes:
    """The type of each day of a year, as its place in `DAY_TYPES`."""
    known = _holidays(country, year)
    first = date(year, 1, 1)
    every = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return bytes(_type_of(day, known) for day in every)


def _type_of(day: date, known: Any) -> int:
    weekend = known.is_weekend(day)
    if known.is_working_day(day):
        return int(weekend)
    return 3 if not weekend or day in known else 2


def days(months: Sequence[str], country: str, cutoff: int | None = None) -> "pd.DataFrame":
    """Every day of the months, in order: `date`, `month`, `workday`, `provisional` (both bool), `day_type`.

    A workday is no weekend and no holiday of the country, or a weekend that is worked in exchange
    (`moved_workday`); the others are `weekend` or `holiday` (by law, or given in exchange).
    Provisional days belong to a year whose exchanges are not published yet. `country` is an ISO
    code, with a part where it matters (`AU-NSW`; `GB` alone is England). Source: the `holidays`
    library. Raises ValueError for an unknown country or a malformed month.
    """
    import numpy as np
    import pandas as pd

    spans = [month_span(month, cutoff) for month in months]
    counts = [(last - first).days + 1 for first, last in spans]
    starts = np.repeat(np.array([first for first, _ in spans], dtype="datetime64[D]"), counts)
    dates = starts + (np.arange(len(starts)) - np.repeat(np.cumsum([0, *counts])[:-1], counts))
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    types, provisional = np.zeros(len(dates), dtype=np.intp), np.zeros(len(dates), dtype=bool)
    for year in np.unique(years).tolist():
        here = years == year
        place = (dates[here] - np.datetime64(f"{year:04d}-01-01")).astype(np.int64)
        types[here] = np.frombuffer(_types_of_year(country, year), dtype=np.uint8)[place]
        provisional[here] = _provisional(country, year)
    return pd.DataFrame(
        {
            "date": pd.Series(dates.astype("datetime64[us]")),
            "month": pd.Series(np.repeat(np.array(list(months), dtype=object), counts), dtype="str"),
            "workday": types < 2,
            "provisional": provisional,
            "day_type": pd.Series(np.array(DAY_TYPES, dtype=object)[types], dtype="str"),
        }
    )


def workdays(months: Sequence[str], country: str, cutoff: int | None = None) -> "pd.Series[Any]":
    """Number of workdays of each month (see `days`), int64, indexed by month in the order given.

    Example: February 2026, with the Spring Festival and two weekends worked for it, has 16 in `CN`.
    """
    counted = days(list(dict.fromkeys(months)), country, cutoff).groupby("month")["workday"].sum()
    return counted.reindex(list(months)).astype("int64").rename("workdays")


def last_workday(month: str, country: str, cutoff: int | None) -> date:
    """The last workday of a month. Raises ValueError for a month without any."""
    first, day = month_span(month, cutoff)
    while not _holidays(country, day.year).is_working_day(day):
        if day == first:
            raise ValueError(f"month {month} has no workday")
        day -= timedelta(days=1)
    return day


def closed_months(months: Sequence[str], as_of: date | None, cutoff: int | None = None) -> list[str]:
    """The months that end on or before a day; none without one."""
    return [month for month in months if as_of is not None and month_span(month, cutoff)[1] <= as_of]


def last_complete_day(
    last_sale: date | None, months: Sequence[str], country: str, cutoff: int | None = None
) -> date | None:
    """End of the last month with a sale on or after its last workday; None where there is no such month.

    Sales that run on past a month's end complete it, also when its own last workday sold nothing.
    """
    begun = [month for month in months if last_sale is not None and month_span(month, cutoff)[0] <= last_sale]
    ended = [month for month in begun if last_sale is not None and last_sale >= last_workday(month, country, cutoff)]
    return month_span(ended[-1], cutoff)[1] if ended else None


def spring_festival(year: int) -> date:
    """First day of the lunar year that begins in `year`: 2027-02-06. Raises ValueError outside 1901 to 2099."""
    from lunardate import LunarDate  # only plans with a Spring Festival need it

    if not FIRST_LUNAR_YEAR <= year <= LAST_LUNAR_YEAR:
        raise ValueError(f"year {year} is outside {FIRST_LUNAR_YEAR} to {LAST_LUNAR_YEAR}")
    first: date = LunarDate(year, 1, 1).to_solar_date()
    return first


@lru_cache(maxsize=1024)
def spring_festival_days(month: str, weeks: int = 2, cutoff: int | None = None) -> FestivalDays:
    """How many days of a month lie in the `weeks` before the Spring Festival, in it, and in the `weeks` after.

    The festival is the seven days from the first of the lunar year. Days that lie in none of the
    three are ordinary ones; months after June look at the festival to come. Raises ValueError for a
    malformed month and where the festival lies outside the years 1901 to 2099.

    Example: the festival of 2027 begins on 6 February, so January has the nine days from the 23rd
    in the two weeks before: `spring_festival_days("2027-01") == (9, 0, 0)`; February has
    `(5, 7, 14)`, March `(0, 0, 0)`.
    """
    first, last = month_span(month, cutoff)
    festival = spring_festival(last.year + (last.month > 6))
    edges = [festival + timedelta(days=n) for n in (-7 * weeks, 0, FESTIVAL_DAYS, FESTIVAL_DAYS + 7 * weeks)]
    inside = [max(0, (min(end, last + timedelta(days=1)) - max(start, first)).days) for start, end in pairwise(edges)]
    return FestivalDays(*inside)
