"""Fiscal months, the days they hold and which of them are worked."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
HOME_PART = {"GB": "ENG"}  # countries whose common holidays alone are kept by nobody
FIRST_LUNAR_YEAR, LAST_LUNAR_YEAR = 1901, 2099


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


def days(months: Sequence[str], country: str, cutoff: int | None = None) -> "pd.DataFrame":
    """Every day of the months, in order: `date`, `month`, `workday`, `provisional` (both bool).

    A workday is no weekend and no holiday of the country, or a weekend that is worked in exchange.
    Provisional days belong to a year whose exchanges are not published yet. `country` is an ISO
    code, with a part where it matters (`AU-NSW`; `GB` alone is England). Source: the `holidays`
    library. Raises ValueError for an unknown country or a malformed month.
    """
    import pandas as pd

    spans = [pd.date_range(*month_span(month, cutoff)) for month in months]
    dates = [day.date() for span in spans for day in span]
    return pd.DataFrame(
        {
            "date": pd.Series(dates, dtype="datetime64[us]"),
            "month": pd.Series(list(months), dtype="str").repeat([len(span) for span in spans]).reset_index(drop=True),
            "workday": pd.Series([_holidays(country, day.year).is_working_day(day) for day in dates], dtype=bool),
            "provisional": pd.Series([_provisional(country, day.year) for day in dates], dtype=bool),
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
