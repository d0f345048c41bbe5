"""The plan calendar: real due dates by the workdays of the year."""

from datetime import date
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan import calendar, seasonal_split
from salesplan.seasonal_split import PlanYear
from salesplan.terms.plan_calendar import Document
from salesplan.wording import Words

CN = PlanYear(2027)
COUNTS = {"year": 1, "half_year": 2, "quarter": 4, "month": 12}


def due(when, *, year=CN, **more):
    return seasonal_split.due_dates([Document(name="x", when=when, **more)], year=year)


def dates(when, **more):
    return [found.date() for found in due(when, **more)["date"]]


@pytest.mark.parametrize(
    ("when", "more", "expected"),
    [
        pytest.param("year_start", {}, date(2027, 1, 4), id="1 to 3 January are off"),
        pytest.param("year_start", {"offset": 2}, date(2027, 1, 6), id="two workdays on"),
        pytest.param("year_start", {"offset": -1}, date(2026, 12, 31), id="the workday before the year"),
        pytest.param("year_start", {"move": "previous"}, date(2026, 12, 31), id="moved back on demand"),
        pytest.param("year_end", {}, date(2027, 12, 31), id="a Friday"),
        pytest.param("year_end", {"offset": 1}, date(2028, 1, 4), id="after the New Year holiday"),
        pytest.param("date", {"date": date(2027, 12, 18)}, date(2027, 12, 20), id="a Saturday moves on"),
        pytest.param("date", {"date": date(2027, 12, 18), "move": "previous"}, date(2027, 12, 17), id="or back"),
        pytest.param("date", {"date": date(2027, 12, 15)}, date(2027, 12, 15), id="a Wednesday stays"),
    ],
)
def test_single_dates(when, more, expected):
    assert dates(when, **more) == [expected]


def test_months_begin_and_end_on_workdays():
    starts, ends = dates("month_start"), dates("month_end")
    assert starts[4] == date(2027, 5, 6) or starts[4] > date(2027, 5, 1)  # Labour Day
    assert starts[7] == date(2027, 8, 2)  # 1 August is a Sunday
    assert ends[0] == date(2027, 1, 29)  # the 31st is a Sunday
    assert starts[9] > date(2027, 10, 3)  # National Day


@pytest.mark.parametrize(("period", "count"), list(COUNTS.items()))
@pytest.mark.parametrize("edge", ["start", "end"])
def test_as_many_as_periods(period, count, edge):
    found = due(f"{period}_{edge}")
    assert len(found) == count
    assert set(found["when"]) == {f"{period}_{edge}"}


@pytest.mark.parametrize(
    ("when", "labels"),
    [
        pytest.param("year_end", ["2027"], id="year"),
        pytest.param("half_year_end", ["2027-H1", "2027-H2"], id="half-year"),
        pytest.param("quarter_start", ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"], id="quarter"),
        pytest.param("month_end", CN.months, id="month"),
        pytest.param("date", ["2027-12-18"], id="date"),
    ],
)
def test_labels_of_periods(when, labels):
    more = {"date": date(2027, 12, 18)} if when == "date" else {}
    assert due(when, **more)["period"].tolist() == labels


def test_weeks_begin_on_their_first_workday():
    weeks = due("week_start").set_index("period")
    assert weeks.loc["2027-W01", "date"].date() == date(2027, 1, 4)
    assert weeks.index[0] == "2027-W01"
    spring = [label for label in weeks.index if label in ("2027-W05", "2027-W06")]
    worked = calendar.days(["2027-02"], "CN").set_index("date")["workday"]
    for label in spring:
        found = weeks.loc[label, "date"]
        assert worked[found]
        assert found.isocalendar()[1] == int(label[-2:])


def test_a_week_without_a_workday_has_no_date():
    off = PlanYear(2025)  # 29 September to 5 October has workdays; 6 to 12 October 2025 too: 9th to 11th
    weeks = due("week_end", year=off)
    workdays = calendar.days(off.months, "CN")
    worked = workdays[workdays["workday"]]["date"].dt.isocalendar()
    known = {f"{row.year}-W{row.week:02d}" for row in worked.itertuples()}
    assert set(weeks["period"]) <= known


def test_fiscal_years_and_cut_off_days():
    april = PlanYear(2027, first_month=4, month_cutoff=25)
    found = due("quarter_start", year=april)
    assert found["period"].tolist() == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert found["date"].iloc[0].date() == date(2027, 3, 26)  # April begins on the 26th of March
    assert due("month_end", year=april)["period"].tolist() == april.months


def test_other_countries_have_their_own_workdays():
    assert dates("year_start", year=PlanYear(2027, calendar="US")) == [date(2027, 1, 4)]
    assert dates("month_start", year=PlanYear(2027, calendar="US"))[4] == date(2027, 5, 3)


def test_moved_says_that_the_day_itself_was_off():
    found = due("month_start").set_index("period")["moved"]
    assert found["2027-01"] and found["2027-08"]
    assert not found["2027-03"]


def test_rows_in_order_of_date_then_of_the_file():
    documents = [Document(name="b", when="month_start"), Document(name="a", when="month_start", owner="me")]
    found = seasonal_split.due_dates(documents, year=CN)
    assert found["name"].tolist() == ["b", "a"] * 12
    assert found["date"].is_monotonic_increasing
    assert found["owner"].tolist() == ["", "me"] * 12


def test_nothing_declared():
    found = seasonal_split.due_dates([], year=CN)
    assert found.empty
    assert list(found.columns) == ["date", "name", "owner", "period", "when", "moved"]
    assert seasonal_split.calendar_by_month(found, year=CN).empty


def test_the_calendar_on_the_wall():
    documents = [
        Document(name="budget", when="year_start", offset=-1),
        Document(name="plan", when="month_start"),
        Document(name="board", when="week_start"),
        Document(name="report", when="month_end", offset=1),
        Document(name="twice", when="month_end"),
        Document(name="twice", when="date", date=date(2027, 3, 15)),
    ]
    found = seasonal_split.calendar_by_month(seasonal_split.due_dates(documents, year=CN), year=CN)
    wall = found.set_index("name")
    assert found["name"].tolist()[0] == "budget"
    assert wall.loc["budget", "before"] == "2026-12-31"
    assert wall.loc["plan", "2027-01"] == "4"
    assert wall.loc["board", "2027-01"] == "4–25"
    assert wall.loc["report", "2027-02"] == "1"
    assert wall.loc["report", "after"] == "2028-01-04"
    assert wall.loc["twice", "2027-03"] == "15 31"
    assert wall.loc["plan", "before"] == ""


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([f"{period}_{edge}" for period in (*COUNTS, "week") for edge in ("start", "end")]),
    st.integers(-60, 60),
    st.sampled_from(["CN", "US", "DE"]),
    st.integers(1, 12),
)
def test_due_dates_are_workdays_and_offsets_count_them(when, offset, country, first_month):
    year = PlanYear(2026, first_month=first_month, calendar=country)
    plain, moved = dates(when, year=year), dates(when, year=year, offset=offset)
    labels = [calendar.add_months(year.months[0], n) for n in range(-5, 18)]
    table = calendar.days(labels, country)
    worked = [found.date() for found in table.loc[table["workday"], "date"]]
    place = {day: n for n, day in enumerate(worked)}
    assert [place[day] - place[base] for day, base in zip(moved, plain, strict=True)] == [offset] * len(plain)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param({"when": "date"}, "calendar_date", id="a date without one"),
        pytest.param({"when": "year_end", "date": "2027-01-01"}, "calendar_date", id="a date too many"),
        pytest.param({"when": "fortnight"}, "literal_error", id="unknown"),
        pytest.param({"when": "year_end", "offset": 61}, "less_than_equal", id="too far"),
        pytest.param({"when": "date", "date": "2027-02-30"}, "iso_date", id="no such day"),
    ],
)
def test_documents_that_cannot_be(fields, kind):
    with pytest.raises(ValidationError) as found:
        Document.model_validate({"name": "x", **fields})
    assert found.value.errors()[0]["type"] == kind


def test_dates_are_dates():
    assert pd.api.types.is_datetime64_any_dtype(due("year_end")["date"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_of_assumptions_names_every_time_in_its_language(lang):
    words = Words(lang, "万元" if lang == "zh" else "thousand")
    times = get_args(Document.model_fields["when"].annotation)
    assert "date" in times
    assert not [name for name in times if words.code("choice", name) == name]
