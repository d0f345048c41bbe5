"""Fiscal months and workdays."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import calendar

GOLDEN = Path(__file__).parents[2] / "shared/goldens/working_days_per_month_2012_2026.csv"
MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1950, 2150), st.integers(1, 12))
FIRST = st.integers(1, 12)
CUTOFF = st.one_of(st.none(), st.integers(1, 28))


def test_calendar_year():
    months = calendar.fiscal_months(2027)
    assert months == [f"2027-{number:02d}" for number in range(1, 13)]


def test_fiscal_year_from_april():
    months = calendar.fiscal_months(2027, 4)
    assert (months[0], months[8], months[9], months[11]) == ("2027-04", "2027-12", "2028-01", "2028-03")


@pytest.mark.parametrize(
    ("month", "first", "year", "quarter"),
    [
        pytest.param("2027-01", 1, 2027, 1, id="calendar year, January"),
        pytest.param("2027-12", 1, 2027, 4, id="calendar year, December"),
        pytest.param("2028-03", 4, 2027, 4, id="last month of a year from April"),
        pytest.param("2027-04", 4, 2027, 1, id="its first month"),
        pytest.param("2027-03", 4, 2026, 4, id="the month before"),
        pytest.param("2027-11", 12, 2026, 4, id="a year from December"),
    ],
)
def test_year_and_quarter(month, first, year, quarter):
    assert calendar.fiscal_year_of(month, first) == year
    assert calendar.quarter_of(month, first) == quarter


def test_add_months():
    assert calendar.add_months("2027-11", 3) == "2028-02"
    assert calendar.add_months("2027-01", -1) == "2026-12"
    assert calendar.add_months("2027-01", 0) == "2027-01"


@pytest.mark.parametrize(
    ("day", "cutoff", "month"),
    [
        pytest.param("2027-03-26", None, "2027-03", id="calendar month"),
        pytest.param("2027-03-25", 25, "2027-03", id="the cutoff day itself"),
        pytest.param("2027-03-26", 25, "2027-04", id="the day after"),
        pytest.param("2027-12-26 23:59", 25, "2028-01", id="over the year's end, late in the day"),
        pytest.param("2028-02-29", 28, "2028-03", id="leap day after the 28th"),
    ],
)
def test_month_of(day, cutoff, month):
    found = calendar.month_of(pd.Series([pd.Timestamp(day)], index=[7]), cutoff)
    assert found.to_dict() == {7: month}


def test_month_of_blank_and_of_none():
    found = calendar.month_of(pd.to_datetime(pd.Series(["2027-03-01", None])), None)
    assert found.isna().tolist() == [False, True]
    assert calendar.month_of(pd.Series([], dtype="datetime64[us]"), None).empty


@pytest.mark.parametrize(
    ("cutoff", "span"),
    [
        pytest.param(None, (date(2027, 3, 1), date(2027, 3, 31)), id="calendar month"),
        pytest.param(25, (date(2027, 2, 26), date(2027, 3, 25)), id="26th to 25th"),
        pytest.param(28, (date(2027, 3, 1), date(2027, 3, 28)), id="February ends with the cutoff"),
    ],
)
def test_month_span(cutoff, span):
    assert calendar.month_span("2027-03", cutoff) == span


@pytest.mark.parametrize(
    ("country", "month", "count"),
    [
        pytest.param("CN", "2026-02", 20 - 6 + 2, id="six days off, two Saturdays worked for them"),
        pytest.param("CN", "2025-10", 23 - 6 + 1, id="National Day and Mid-Autumn, one Saturday worked"),
        pytest.param("CN", "2025-01", 23 - 1 - 4 + 1, id="New Year, four days off, one Sunday worked"),
        pytest.param("CN", "2020-02", 20, id="2020 prolonged the holiday over the Saturday to be worked"),
        pytest.param("US", "2025-07", 23 - 1, id="Independence Day"),
        pytest.param("GB", "2025-08", 21 - 1, id="England's summer bank holiday"),
        pytest.param("AU-NSW", "2025-06", 21 - 1, id="a part of a country"),
    ],
)
def test_workdays(country, month, count):
    assert calendar.workdays([month], country).to_dict() == {month: count}


def test_workdays_keep_the_order_asked_for():
    assert list(calendar.workdays(["2026-03", "2026-01"], "CN").index) == ["2026-03", "2026-01"]
    assert calendar.workdays([], "CN").empty


def test_days_of_a_month_with_cutoff():
    table = calendar.days(["2026-02"], "CN", cutoff=25)
    assert table["date"].iloc[[0, -1]].dt.date.tolist() == [date(2026, 1, 26), date(2026, 2, 25)]
    worked = table.set_index("date")["workday"]
    assert worked["2026-02-14"]  # a Saturday worked in exchange
    assert not worked["2026-02-20"]  # the Friday it was exchanged for
    assert not worked["2026-02-15"]  # a plain Sunday
    assert set(table["month"]) == {"2026-02"}
    assert str(table["date"].dtype) == "datetime64[us]"


@pytest.mark.parametrize(
    ("country", "day", "kind"),
    [
        pytest.param("CN", "2026-02-14", "moved_workday", id="a Saturday worked in exchange"),
        pytest.param("CN", "2026-02-20", "holiday", id="the Friday it was exchanged for"),
        pytest.param("CN", "2026-02-15", "weekend", id="a Sunday"),
        pytest.param("CN", "2026-10-03", "holiday", id="a holiday on a Saturday"),
        pytest.param("CN", "2026-03-03", "workday", id="a Tuesday"),
        pytest.param("IL", "2026-03-06", "weekend", id="Friday in Israel"),
        pytest.param("IL", "2026-03-08", "workday", id="Sunday in Israel"),
    ],
)
def test_day_types(country, day, kind):
    found = calendar.days([day[:7]], country).set_index("date").loc[day]
    assert (found["day_type"], found["workday"]) == (kind, "workday" in kind)


@settings(max_examples=30)
@given(st.integers(1990, 2090), FIRST, CUTOFF, st.sampled_from(["CN", "US", "GB", "IL"]))
def test_days_of_a_year(year, first, cutoff, country):
    months = calendar.fiscal_months(year, first)
    table = calendar.days(months, country, cutoff)
    begin, end = calendar.month_span(months[0], cutoff)[0], calendar.month_span(months[-1], cutoff)[1]
    assert table["date"].tolist() == list(pd.date_range(begin, end))
    assert table["month"].tolist() == calendar.month_of(table["date"], cutoff).tolist()
    assert table["workday"].tolist() == table["day_type"].isin(["workday", "moved_workday"]).tolist()


def test_provisional_until_the_notice_is_published():
    assert not calendar.days(["2025-05", "2026-05"], "CN")["provisional"].any()
    assert calendar.days(["2095-05"], "CN")["provisional"].all()
    assert not calendar.days(["2095-05"], "US")["provisional"].any()


def test_last_workday():
    assert calendar.last_workday("2026-02", "CN", None) == date(2026, 2, 28)  # a Saturday worked in exchange
    assert calendar.last_workday("2026-05", "US", None) == date(2026, 5, 29)
    assert calendar.last_workday("2026-02", "CN", 20) == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2020, date(2020, 1, 25)), (2026, date(2026, 2, 17)), (2027, date(2027, 2, 6)), (2028, date(2028, 1, 26))],
)
def test_spring_festival(year, day):
    assert calendar.spring_festival(year) == day


@pytest.mark.parametrize(
    ("month", "weeks", "cutoff", "days"),
    [
        pytest.param("2027-01", 2, None, (31 - 22, 0, 0), id="two weeks before 6 February begin on 23 January"),
        pytest.param("2027-02", 2, None, (5, 7, 14), id="5 days before it, 7 of it, 14 after"),
        pytest.param("2027-03", 2, None, (0, 0, 0), id="nothing left in March"),
        pytest.param("2027-03", 4, None, (0, 0, 28 - 16), id="four weeks after reach to 12 March"),
        pytest.param("2026-12", 8, None, (31 - 11, 0, 0), id="eight weeks before begin on 12 December"),
        pytest.param("2027-02", 2, 25, (11, 7, 13), id="26 January to 25 February"),
        pytest.param("2027-08", 2, None, (0, 0, 0), id="summer"),
    ],
)
def test_spring_festival_days(month, weeks, cutoff, days):
    assert calendar.spring_festival_days(month, weeks, cutoff) == days


@given(st.integers(1950, 2090), st.integers(0, 8), CUTOFF)
def test_the_days_around_a_festival_lie_in_some_month(year, weeks, cutoff):
    around = [calendar.add_months(f"{year}-01", n) for n in range(-2, 6)]
    found = [calendar.spring_festival_days(month, weeks, cutoff) for month in around]
    assert [sum(part) for part in zip(*found, strict=True)] == [7 * weeks, 7, 7 * weeks]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: calendar.add_months("2027-13", 1), "month '2027-13'", id="no such month"),
        pytest.param(lambda: calendar.quarter_of("202701", 1), "month '202701'", id="another form"),
        pytest.param(lambda: calendar.fiscal_months(2027, 13), "first month 13", id="no such first month"),
        pytest.param(lambda: calendar.month_span("2027-01", 31), "month cutoff 31", id="cutoff past the 28th"),
        pytest.param(lambda: calendar.days(["2027-01"], "ZZ"), "country 'ZZ'", id="no such country"),
        pytest.param(lambda: calendar.spring_festival(2200), "year 2200", id="no lunar year"),
        pytest.param(lambda: calendar.add_months("9999-12", 1), "outside the years", id="after the last year"),
    ],
)
def test_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


# Workdays of mainland China by month, from the yearly notices of the State Council.
CHINA = {
    2012: (17, 21, 23, 19, 22, 20, 22, 23, 21, 18, 22, 21),
    2013: (22, 17, 21, 21, 22, 19, 23, 22, 21, 19, 21, 22),
    2014: (22, 17, 21, 21, 21, 20, 23, 21, 22, 19, 20, 23),
    2015: (21, 17, 22, 21, 20, 21, 23, 21, 21, 18, 21, 23),
    2016: (20, 18, 23, 20, 21, 21, 21, 23, 21, 18, 22, 22),
    2017: (19, 19, 23, 19, 21, 22, 21, 23, 22, 17, 22, 21),
    2018: (22, 17, 22, 20, 22, 20, 22, 23, 21, 18, 22, 21),
    2019: (22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22),
    2020: (17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23),
    2021: (20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23),
    2022: (21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22),
    2023: (18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21),
    2024: (22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22),
    2025: (19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23),
    2026: (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23),
}


@pytest.mark.parametrize("year", CHINA)
def test_workdays_of_china(year):
    assert calendar.workdays(calendar.fiscal_months(year), "CN").tolist() == list(CHINA[year])


def test_goldens():
    if not GOLDEN.exists():
        pytest.skip("no goldens here")
    golden = pd.read_csv(GOLDEN)
    months = golden["year"].astype(str) + "-" + golden["month"].astype(str).str.zfill(2)
    for name, country in (("CN_official", "CN"), ("US", "US"), ("GB", "GB"), ("AU_NSW", "AU-NSW")):
        here = golden["calendar"] == name
        found = calendar.workdays(months[here].tolist(), country)
        assert found.tolist() == golden.loc[here, "working_days"].tolist(), name


@given(MONTHS, FIRST)
def test_a_month_stands_in_its_fiscal_year(month, first):
    year = calendar.fiscal_months(calendar.fiscal_year_of(month, first), first)
    assert year.index(month) // 3 + 1 == calendar.quarter_of(month, first)


@given(MONTHS, st.integers(-400, 400))
def test_months_add_up(month, count):
    assert calendar.add_months(calendar.add_months(month, count), -count) == month


@settings(deadline=None)
@given(MONTHS, CUTOFF)
def test_spans_follow_each_other_and_hold_their_days(month, cutoff):
    first, last = calendar.month_span(month, cutoff)
    following, _ = calendar.month_span(calendar.add_months(month, 1), cutoff)
    assert (following - last).days == 1
    assert calendar.month_of(pd.Series(pd.to_datetime([first, last])), cutoff).tolist() == [month, month]


YEAR = calendar.fiscal_months(2027)


@pytest.mark.parametrize(
    ("last_sale", "expected"),
    [
        pytest.param(date(2027, 3, 30), date(2027, 2, 28), id="March is not complete"),
        pytest.param(date(2027, 3, 31), date(2027, 3, 31), id="sale on the last workday"),
        pytest.param(date(2027, 2, 26), date(2027, 2, 28), id="last workday before a weekend"),
        pytest.param(date(2027, 5, 30), date(2027, 4, 30), id="sales that run past April complete it"),
        pytest.param(date(2027, 1, 5), None, id="first month is open"),
        pytest.param(date(2026, 12, 31), None, id="nothing sold in the year"),
        pytest.param(date(2029, 1, 1), date(2027, 12, 31), id="year long over"),
        pytest.param(None, None, id="no sale"),
    ],
)
def test_last_complete_month(last_sale, expected):
    assert calendar.last_complete_day(last_sale, YEAR, "CN") == expected


def test_closed_months_end_by_the_day():
    assert calendar.closed_months(YEAR, date(2027, 3, 30)) == YEAR[:2]
    assert calendar.closed_months(YEAR, date(2027, 3, 25), 25) == YEAR[:3]
    assert calendar.closed_months(YEAR, None) == []
