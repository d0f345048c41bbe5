"""Days and periods as people see them: charts and sentences in both languages."""

from datetime import date
from decimal import Decimal

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_seasonal_split_days import history, office, quiet_festival, rules, shop

from salesplan import calendar, seasonal_split
from salesplan.charts import render, style
from salesplan.charts import seasonal_split as charts
from salesplan.conclusions import seasonal_split as conclusions
from salesplan.seasonal_split import DayPattern, PlanYear
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.terms.shape import Event
from salesplan.wording import LANGUAGES, Words

CN = PlanYear(2026, calendar="CN")
US = PlanYear(2027, calendar="US")
SAID = ("pattern", "periods", "days")
EVENT = Event(name="618", start=date(2026, 6, 10), end=date(2026, 6, 18), uplift=Decimal("0.5"))


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def made(year, pattern=None, events=(), amount=30_000_000):
    months = pd.DataFrame({"month": year.months, "amount": amount})
    days = seasonal_split.split_days(months, year=year, events=events, pattern=pattern)
    return {
        "days": days,
        "periods": seasonal_split.period_table(days),
        "months": seasonal_split.with_target_days(months, days),
    }


@pytest.fixture(scope="module")
def office_year():
    pattern = seasonal_split.learn_pattern(
        history(quiet_festival, years=(2023, 2024, 2025), country="CN"), year=CN, rules=rules()
    )
    return {**made(CN, pattern, [EVENT]), "pattern": pattern}


@pytest.fixture(scope="module")
def shop_year():
    pattern = seasonal_split.learn_pattern(history(shop), year=US, rules=rules())
    return {**made(US, pattern), "pattern": pattern}


def drawn(paint, frame, words, size=(8, 6.8)):
    with mpl.rc_context(style.RC):
        ax = Figure(figsize=size).add_subplot()
        assert paint(ax, frame, words=words) is ax
    assert ax.get_title(loc="left")
    return ax


def title(ax):
    return ax.get_title(loc="left").replace("\n", "")


class TestCalendar:
    """A wall calendar: every day once, holidays, worked weekends and events marked."""

    def test_every_day_stands_once(self, office_year, words):
        ax = drawn(charts.year_calendar, office_year["days"], words)
        boxes, framed = ax.collections
        assert len(boxes.get_paths()) == 365
        assert len(framed.get_paths()) == 9  # the days of the event

    def test_marks(self, office_year, words):
        texts = [text.get_text() for text in drawn(charts.year_calendar, office_year["days"], words).texts]
        counts = office_year["days"]["day_type"].value_counts()
        weekdays = [words(f"seasonal_split.weekday_{n}") for n in range(7)]
        for kind in ("holiday", "moved_workday"):
            mark = words(f"seasonal_split.mark_{kind}")
            assert texts.count(mark) - 12 * weekdays.count(mark) == counts[kind]

    def test_days_off_with_targets_are_counted(self, shop_year, words):
        off = int((~shop_year["days"]["workday"]).sum())
        assert str(off) in title(drawn(charts.year_calendar, shop_year["days"], words))

    def test_cells_do_not_cover_each_other(self, words):
        days = made(PlanYear(2027, month_cutoff=25, calendar="CN"))["days"]
        ax = drawn(charts.year_calendar, days, words)
        corners = {tuple(path.vertices.min(axis=0).round(3)) for path in ax.collections[0].get_paths()}
        assert len(corners) == len(days)
        assert "3/1" in [text.get_text() for text in ax.texts]  # where a calendar month begins within the plan's

    def test_it_gets_more_room_on_paper(self, office_year, words):
        tall = render.draw(render.Sketch(charts.year_calendar, office_year["days"], words, "a", (8, 6.8)))
        usual = render.draw(render.Sketch(charts.pace, office_year["months"], words, "b"))
        assert 'class="tall"' in tall.svg
        assert 'class="tall"' not in usual.svg


class TestOtherCharts:
    """Ten-day periods, pace, the pattern."""

    def test_ten_days_name_the_highest(self, office_year, words):
        frame = seasonal_split.level_of(office_year["periods"], "ten_day")
        ax = drawn(charts.ten_days, frame, words)
        assert len(ax.patches) == 36
        assert words.ten_day(frame.loc[frame["amount"].idxmax(), "period"]) in title(ax)

    def test_pace_names_the_tightest_month(self, office_year, words):
        months = office_year["months"]
        tightest = months.loc[months["target_days"].idxmin()]  # all amounts are equal
        ax = drawn(charts.pace, months, words)
        assert words.month_short(tightest["month"]) in title(ax)
        assert words.money(round(tightest["amount"] / tightest["target_days"])) in title(ax)

    def test_pattern_names_what_differs_most(self, shop_year, words):
        frame = seasonal_split.pattern_classes(shop_year["pattern"])
        ax = drawn(charts.day_pattern, frame, words)
        assert len(ax.patches) == 2 * len(frame)
        assert words.code("day_class", "saturday") in title(ax)  # 0 by the plain rule, 2 here

    def test_no_pattern(self, words):
        plain = seasonal_split.learn_pattern(history(office), year=US, rules=rules())
        ax = drawn(charts.day_pattern, seasonal_split.pattern_classes(plain), words)
        assert title(ax) == words("seasonal_split.chart_pattern_none")

    def test_members(self, words):
        periods = made(US, amount=40_000)["periods"]
        cube = pd.DataFrame(
            {"month": np.repeat(US.months, 2), "region": ["N", "S"] * 12, "amount": [30_000, 10_000] * 12}
        )
        frame = seasonal_split.ten_days_by_member(cube, periods, "region", year=US)
        ax = drawn(charts.ten_day_members, frame, words)
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["N", "S"]
        assert "N" in title(ax)


class TestSentences:
    """What is said of days and periods."""

    @staticmethod
    def said(words, year):
        return conclusions.day_sentences(words, **{name: year[name] for name in SAID}, provisional=False)

    def test_a_pattern_that_wins_is_told_with_its_errors(self, words, shop_year):
        found = self.said(words, shop_year)
        tested = shop_year["pattern"].tested.set_index("pattern")["error_day"]
        assert words.number(tested["workdays"], 1) in found[0]
        assert words.number(tested["weekdays"], 1) in found[0]
        assert words.code("part_of_pattern", "weekdays") in found[0]
        assert words.code("day_class", "saturday") in found[1]

    def test_a_pattern_that_does_not_win_is_told_too(self, words):
        plain = seasonal_split.learn_pattern(history(office), year=US, rules=rules())
        found = self.said(words, {**made(US), "pattern": plain})
        error = words.number(plain.tested.set_index("pattern").loc["workdays", "error_day"], 1)
        assert error in found[0]

    def test_periods(self, words, office_year):
        text = " ".join(self.said(words, office_year))
        tens = seasonal_split.level_of(office_year["periods"], "ten_day")
        weeks = seasonal_split.level_of(office_year["periods"], "week")
        assert words.ten_day(tens.loc[tens["amount"].idxmax(), "period"]) in text
        assert words.date(weeks.loc[weeks["amount"].idxmax(), "start"].date()) in text

    def test_a_target_of_nothing_has_nothing_to_say(self, words):
        assert self.said(words, {**made(US, amount=0), "pattern": DayPattern()}) == []

    def test_workdays_without_a_target_are_named(self, words):
        closed = Event(name="stocktaking", start=date(2027, 6, 10), end=date(2027, 6, 13), uplift=Decimal(-1))
        year = {**made(US, events=[closed]), "pattern": DayPattern()}
        dates = words.list([words.date(date(2027, 6, day)) for day in (10, 11)])  # 12 and 13 are the weekend
        said = words("seasonal_split.closed_workdays", count=2, dates=dates)
        assert self.said(words, year)[0] == said
        later = conclusions.day_sentences(words, **{name: year[name] for name in SAID}, provisional=True)
        assert later[0] == said + words("seasonal_split.closed_provisional")
        many = Event(name="moving", start=date(2027, 6, 10), end=date(2027, 6, 24), uplift=Decimal(-1))
        text = self.said(words, {**made(US, events=[many]), "pattern": DayPattern()})[0]
        assert words.date(date(2027, 6, 17)) in text
        assert words.date(date(2027, 6, 22)) not in text

    def test_weeks_that_are_alike_are_all_named(self, words):
        text = " ".join(self.said(words, {**made(US), "pattern": DayPattern()}))
        weeks = seasonal_split.level_of(made(US)["periods"], "week")
        best = weeks[weeks["amount"].map(words.money) == words.money(weeks["amount"].max())]
        assert len(best) > 1
        assert words("seasonal_split.weeks_best", count=len(best), weeks="|", amount="", usual="").split("|")[0] in text
        assert words.date(best["start"].iloc[1].date()) in text

    @pytest.mark.parametrize("basis", ["short", "sparse"])
    def test_thin_history(self, words, basis):
        periods = made(US)["periods"]
        found = conclusions.day_warnings(words, pattern=DayPattern(basis=basis, months=4), periods=periods, year=US)
        assert found[0] == words(f"seasonal_split.pattern_{basis}", months=4)
        assert "2026-W53" in found[1]
        assert len(found) == 2

    def test_months_with_a_cutoff(self, words):
        year = PlanYear(2027, month_cutoff=25, calendar="US")
        found = conclusions.day_warnings(words, pattern=DayPattern(), periods=made(year)["periods"], year=year)
        assert found[-1] == words("seasonal_split.ten_day_counted", first=26)


class TestWords:
    """Every code and column has its words."""

    def test_codes(self, words):
        for name in (*sum(seasonal_split.day_sample.CLASSES.values(), ()), *calendar.DAY_TYPES):
            family = "day_type" if name in calendar.DAY_TYPES else "day_class"
            assert f"code.{family}.{name}" in words.texts
        for part in seasonal_split.day_sample.PARTS:
            assert f"code.part_of_pattern.{part}" in words.texts
            assert f"code.pattern.{part}" in words.texts

    @pytest.mark.parametrize("table", ["seasonal_split_days", "seasonal_split_periods"])
    def test_columns(self, words, table, office_year):
        frame = office_year["days" if table.endswith("days") else "periods"]
        assert list(frame.columns) == list(TABLES[table])
        for column in TABLES[table]:
            assert words.column(column, table) != column

    @pytest.mark.parametrize("table", ["days", "periods"])
    def test_saved_and_read_again(self, office_year, table, tmp_path):
        name = f"seasonal_split_{table}"
        path = tmp_path / f"{name}.csv"
        path.write_bytes(outputs.csv_bytes(office_year[table], name))
        back = outputs.read(path, name)
        assert back["amount"].tolist() == office_year[table]["amount"].tolist()
        assert outputs.csv_bytes(back, name) == path.read_bytes()
