"""Quarters, months, ten-day periods and weeks: every level sums exactly to the one above."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import calendar, seasonal_split
from salesplan.seasonal_split import PlanYear
from salesplan.seasonal_split.periods import LEVELS, label_days, ten_day_of
from salesplan.terms.shape import Event

YEARS = st.integers(2000, 2060)
FIRST = st.integers(1, 12)
CUTOFF = st.one_of(st.none(), st.integers(1, 28))
UNIT = st.sampled_from([1, 100, 10_000])
COUNTRY = st.sampled_from(["CN", "US", "IL"])


def made(year, amount=1_000_00):
    """Days and periods of a year of equal months."""
    months = pd.DataFrame({"month": year.months, "amount": np.broadcast_to(amount, 12) // year.unit * year.unit})
    days = seasonal_split.split_days(months, year=year)
    return days, seasonal_split.period_table(days)


def rows(periods, level):
    return seasonal_split.level_of(periods, level).set_index("period")


@settings(max_examples=40)
@given(YEARS, FIRST, CUTOFF, UNIT, COUNTRY, st.integers(0, 2**31))
def test_every_level_sums_to_the_one_above(number, first, cutoff, unit, country, seed):
    year = PlanYear(number, first, cutoff, country, unit)
    amount = np.random.default_rng(seed).integers(0, 10**9, 12)
    days, periods = made(year, amount)
    whole = int((amount // unit * unit).sum())
    assert (days["amount"] % unit == 0).all()
    assert days["amount"].sum() == whole
    for level in LEVELS:
        found = rows(periods, level)
        assert found["amount"].sum() == whole
        assert found["workdays"].sum() == days["workday"].sum()
        assert found["amount_to_date"].iloc[-1] == whole
    months = rows(periods, "month")["amount"]
    assert months.tolist() == (amount // unit * unit).tolist()
    tens = rows(periods, "ten_day")["amount"]
    assert tens.groupby(tens.index.str[:7]).sum().tolist() == months.tolist()
    quarters = rows(periods, "quarter")["amount"]
    assert quarters.tolist() == months.to_numpy().reshape(4, 3).sum(axis=1).tolist()


@settings(max_examples=40)
@given(YEARS, FIRST, CUTOFF)
def test_periods_follow_each_other_without_gap(number, first, cutoff):
    days, periods = made(PlanYear(number, first, cutoff, "US"))
    for level, count in (("quarter", 4), ("month", 12), ("ten_day", 36)):
        found = rows(periods, level)
        assert len(found) == count
        assert (found["start"].iloc[1:].to_numpy() - found["end"].iloc[:-1].to_numpy() == np.timedelta64(1, "D")).all()
        assert (found["start"].iloc[0], found["end"].iloc[-1]) == (days["date"].iloc[0], days["date"].iloc[-1])
    weeks = rows(periods, "week")
    assert weeks["start"].iloc[1:].dt.day_of_week.eq(0).all()
    assert weeks["end"].iloc[:-1].dt.day_of_week.eq(6).all()
    assert not weeks["cut"].iloc[1:-1].any()
    assert 53 <= len(weeks) <= 54


class TestLabels:
    """What periods are called."""

    def test_of_a_day(self):
        days, _ = made(PlanYear(2027, calendar="US"))
        row = days.set_index("date").loc["2027-02-11"]
        assert row[["quarter", "month", "ten_day", "week"]].tolist() == ["2027-Q1", "2027-02", "2027-02-T2", "2027-W06"]

    @pytest.mark.parametrize(
        ("year", "day", "label"),
        [
            pytest.param(2027, "2027-01-03", "2026-W53", id="a Sunday of last year's last week"),
            pytest.param(2024, "2024-12-30", "2025-W01", id="a Monday of next year's first week"),
            pytest.param(2026, "2026-12-31", "2026-W53", id="a year of 53 weeks"),
            pytest.param(2020, "2020-02-29", "2020-W09", id="leap day"),
        ],
    )
    def test_of_weeks_at_the_edge(self, year, day, label):
        days, _ = made(PlanYear(year, calendar="US"))
        found = days.set_index("date").loc[day]
        iso = pd.Timestamp(day).isocalendar()
        assert found["week"] == label == f"{iso.year}-W{iso.week:02d}"

    def test_weeks_cut_at_the_edge_are_marked(self):
        _, periods = made(PlanYear(2027, calendar="US"))
        weeks = rows(periods, "week")
        assert weeks.index[weeks["cut"]].tolist() == ["2026-W53", "2027-W52"]
        assert weeks.loc["2026-W53", "end"] == pd.Timestamp("2027-01-03")

    def test_a_year_that_begins_on_a_monday_cuts_only_its_end(self):
        _, periods = made(PlanYear(2024, calendar="US"))
        weeks = rows(periods, "week")
        assert weeks.index[weeks["cut"]].tolist() == ["2025-W01"]

    def test_a_fiscal_year_from_april(self):
        days, periods = made(PlanYear(2027, first_month=4, calendar="US"))
        assert days.loc[days["date"] == "2028-01-15", "quarter"].item() == "2027-Q4"
        quarter = rows(periods, "quarter").loc["2027-Q4"]
        assert (quarter["start"], quarter["end"]) == (pd.Timestamp("2028-01-01"), pd.Timestamp("2028-03-31"))


class TestTenDays:
    """旬: the first ten days, the next ten, the rest."""

    @pytest.mark.parametrize(
        ("month", "lengths"),
        [("2027-01", [10, 10, 11]), ("2027-02", [10, 10, 8]), ("2028-02", [10, 10, 9]), ("2027-04", [10, 10, 10])],
    )
    def test_calendar_months(self, month, lengths):
        days = calendar.days([month], "CN")
        assert np.bincount(ten_day_of(days))[1:].tolist() == lengths

    def test_counted_from_the_first_day_of_the_plans_month(self):
        year = PlanYear(2027, month_cutoff=25, calendar="CN")
        _, periods = made(year)
        found = rows(periods, "ten_day")
        assert (found.loc["2027-03-T1", "start"], found.loc["2027-03-T1", "end"]) == (
            pd.Timestamp("2027-02-26"),
            pd.Timestamp("2027-03-07"),
        )
        assert found.loc["2027-03-T3", "end"] == pd.Timestamp("2027-03-25")

    def test_across(self):
        _, periods = made(PlanYear(2027, calendar="US"), 3_100_000)
        wide = seasonal_split.ten_days_across(periods).set_index("month")
        parts = wide[["amount_first", "amount_second", "amount_third"]]
        assert parts.sum(axis=1).eq(wide["amount"]).all()
        # March 2027 has 8, 7 and 8 workdays
        assert wide.loc["2027-03", "third_share"] == pytest.approx(8 / 23, abs=1e-5)

    @pytest.mark.parametrize("unit", [1, 100])
    def test_by_member(self, unit):
        year = PlanYear(2027, calendar="US", unit=unit)
        cube = pd.DataFrame(
            {
                "month": np.repeat(year.months, 3),
                "region": ["N", "S", "W"] * 12,
                "amount": [70_000, 12_300, 0] * 12,
            }
        )
        _, periods = made(year, 82_300)
        found = seasonal_split.ten_days_by_member(cube, periods, "region", year=year)
        assert len(found) == 36 * 3
        assert (found["amount"] % unit == 0).all()
        tens = rows(periods, "ten_day")["amount"]
        assert found.groupby("ten_day")["amount"].sum().to_dict() == tens.to_dict()
        assert found["ten_day"].eq(found["month"] + "-T" + found["third"]).all()
        wanted = cube.groupby(["month", "region"])["amount"].sum()
        assert found.groupby(["month", "member"])["amount"].sum().tolist() == wanted.tolist()

    def test_by_member_of_no_dimension(self):
        year = PlanYear(2027, calendar="US")
        assert seasonal_split.ten_days_by_member(pd.DataFrame(), made(year)[1], None, year=year).empty


class TestProgress:
    """Running totals: the target due beside the time gone."""

    def test_to_date(self):
        _, periods = made(PlanYear(2027, calendar="US"))
        months = rows(periods, "month")
        assert months["amount_to_date"].tolist() == [100_000 * n for n in range(1, 13)]
        assert months["progress_share"].tolist() == pytest.approx([n / 12 for n in range(1, 13)])
        worked = calendar.workdays(calendar.fiscal_months(2027), "US")
        assert months["time_share"].tolist() == pytest.approx((worked.cumsum() / worked.sum()).tolist())

    def test_a_closed_workday_is_no_time_gone(self):
        year = PlanYear(2027, calendar="US")
        months = pd.DataFrame({"month": year.months, "amount": 100_000})
        closed = Event(name="closed", start=date(2027, 3, 1), end=date(2027, 3, 7), uplift=Decimal(-1))
        days = seasonal_split.split_days(months, year=year, events=[closed])
        found = rows(seasonal_split.period_table(days), "month")
        worked = calendar.workdays(calendar.fiscal_months(2027), "US")
        assert found["workdays"].tolist() == worked.tolist()
        assert found.loc["2027-03", "target_days"] == 23 - 5
        gone = (worked.iloc[:3].sum() - 5) / (worked.sum() - 5)
        assert found.loc["2027-03", "time_share"] == pytest.approx(gone)
        assert days.loc[seasonal_split.closed_workdays(days), "date"].dt.day.tolist() == [1, 2, 3, 4, 5]
        paced = seasonal_split.with_target_days(months, days).set_index("month")["target_days"]
        assert paced.to_dict() == found["target_days"].to_dict()

    def test_a_month_without_a_target_is_not_closed(self):
        year = PlanYear(2027, calendar="US")
        days, periods = made(year, np.array([0, *[100_000] * 11]))
        assert not seasonal_split.closed_workdays(days).any()
        assert periods["target_days"].tolist() == periods["workdays"].tolist()

    def test_a_target_of_nothing(self):
        _, periods = made(PlanYear(2027, calendar="US"), 0)
        assert periods["share"].isna().all()
        assert periods["amount"].eq(0).all()

    def test_days_carry_their_periods(self):
        days = calendar.days(calendar.fiscal_months(2027), "CN")
        labelled = label_days(days, year=PlanYear(2027))
        assert labelled[["quarter", "ten_day", "week"]].notna().all(axis=None)
        assert list(days.columns) == [c for c in labelled.columns if c in days.columns]
