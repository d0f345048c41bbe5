"""Odd months, launches, events, pins and projects as people see them: charts and sentences."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_seasonal_split_shape import AUGUST, CUSTOMERS, DEALS, JUNE, PRODUCTS, TWO, YEAR, project_terms, rules

from salesplan import seasonal_split
from salesplan.charts import seasonal_split as charts
from salesplan.charts import style
from salesplan.conclusions import seasonal_split as conclusions
from salesplan.wording import LANGUAGES, Words

TARGET = 100_000_000
LAUNCH = {"product": "new", "amount": 90_000, "like": "x", "curve": [0.5, 1]}
FLOOD = TWO.assign(amount=lambda d: d["amount"].where(d["month"] != "2025-07", d["amount"] // 3))


def made(sold=TWO, **given):
    """Every frame of the shape, as the notebook makes them."""
    season = {"year": YEAR, "rules": rules(**given)}
    launches = seasonal_split.planned_launches(TARGET, sold, products=PRODUCTS, **season)
    deals = seasonal_split.planned_projects(DEALS, year=YEAR, projects=season["rules"].projects)
    placed = seasonal_split.projects_apart(deals, CUSTOMERS, year=YEAR)
    moves = seasonal_split.event_moves(TARGET, sold, products=PRODUCTS, projects=placed, **season)
    cube = seasonal_split.split(TARGET, sold, apart=[*launches, *placed], **season)
    return {
        "rules": season["rules"],
        "odd": seasonal_split.unusual(sold, **season),
        "launched": seasonal_split.launch_table(launches, products=PRODUCTS, **season),
        "deals": deals,
        "moves": moves,
        "events": seasonal_split.event_table(moves, **season),
        "months": seasonal_split.month_overview(cube, sold, year=YEAR).assign(
            mark=seasonal_split.month_marks(**season), apart=seasonal_split.months_apart([*launches, *placed])
        ),
    }


@pytest.fixture(scope="module")
def whole():
    projects = project_terms().model_dump(by_alias=True)
    return made(FLOOD, launches=[LAUNCH], events=[JUNE, {**AUGUST, "region": "N"}], projects=projects)


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def drawn(name, frame, words):
    with mpl.rc_context(style.RC):
        ax = Figure(figsize=(8, 3.6)).add_subplot()
        assert getattr(charts, name)(ax, frame, words=words) is ax
    return ax


def title(ax):
    """The title without its line break, at which English loses a space."""
    return ax.get_title(loc="left").replace("\n", " ").replace("  ", " ")


class TestCharts:
    """Each chart says what is seen."""

    def test_odd_months_are_framed(self, whole, words):
        ax = drawn("unusual", whole["odd"].months, words)
        row = whole["odd"].months.set_index("month").loc["2025-07"]
        for part in (words.month("2025-07"), words.percent(row["share"]), words.percent(row["usual"])):
            assert part in title(ax)
        assert len(ax.patches) == 1

    def test_nothing_odd(self, words):
        ax = drawn("unusual", made()["odd"].months, words)
        assert title(ax).replace(" ", "") == words("seasonal_split.chart_unusual_none").replace(" ", "")
        assert not ax.patches

    def test_launches(self, whole, words):
        ax = drawn("launches", whole["launched"], words)
        assert words.money(90_000_00) in title(ax)
        assert words.month_short("2027-12") in title(ax)
        assert len(ax.patches) == 12

    def test_events_go_both_ways(self, whole, words):
        ax = drawn("events", whole["moves"], words)
        heights = np.array([patch.get_height() for patch in ax.patches]).reshape(2, 12)
        assert heights.sum(axis=1).tolist() == [0, 0]
        assert words.month_short("2027-06") in title(ax)

    def test_events_that_move_nothing(self, words):
        moves = made(events=[JUNE], method="manual", manual=[1] * 12)["moves"]
        assert title(drawn("events", moves, words)) == words("seasonal_split.chart_events_none")

    def test_projects(self, whole, words):
        ax = drawn("projects", whole["deals"], words)
        assert words.money(270_000_01) in title(ax)
        assert len(ax.patches) == 2 * whole["deals"]["month"].nunique()

    def test_months_show_what_is_planned_apart_and_what_moves_them(self, whole, words):
        ax = drawn("months", whole["months"], words)
        labels = [label.get_text() for label in ax.get_xticklabels()]
        assert labels[5] == f"{words.month_short('2027-06')}\n▲618"
        tops = [patch.get_y() + patch.get_height() for patch in ax.patches]
        assert tops[24:] == pytest.approx(tops[12:24]), "the upper parts end where the months end"


class TestSentences:
    """Sentences carry computed numbers, in both languages."""

    def test_a_flood(self, whole, words):
        texts = conclusions.unusual_sentences(words, whole["odd"])
        assert texts[0] == words("seasonal_split.unusual_rule", least=words.percent(0.08, 0))
        assert words.month("2025-07") in texts[1]
        assert texts[-1] == words("seasonal_split.unusual_suggest", months="2025-07")

    def test_nothing_odd_and_too_short(self, words):
        assert conclusions.unusual_sentences(words, made()["odd"])[-1] == words("seasonal_split.unusual_none")
        short = made(TWO[TWO["month"] >= "2025"])["odd"]
        assert conclusions.unusual_sentences(words, short) == [words("seasonal_split.unusual_short")]

    def test_a_year_unlike_the_others(self, words):
        half = TWO.assign(amount=lambda d: d["amount"].where(d["month"].str[:4] != "2025", d["amount"] // 2))
        text = conclusions.unusual_sentences(words, made(half)["odd"])[-1]
        for part in ("2025", words.money(int(TWO["amount"].sum()) // 6)):
            assert part in text

    @pytest.mark.parametrize("season", ["like", "curve", "both", "company"])
    def test_launches(self, words, season):
        kept = {"like": ("like",), "curve": ("curve",), "both": ("like", "curve"), "company": ()}[season]
        launch = {key: value for key, value in LAUNCH.items() if key in ("product", "amount", *kept)}
        texts = conclusions.launch_sentences(words, made(launches=[launch])["launched"], TARGET - 90_000_00 - 70_000_00)
        for part in ("new", words.money(90_000_00), words.date(PRODUCTS["launch"].iloc[2].date())):
            assert part in texts[0]
        assert words.money(TARGET - 90_000_00 - 70_000_00) in texts[1]  # launches and projects apart

    def test_a_launch_that_is_there_all_year(self, words):
        launch = {"channel": "web", "amount": 5}
        text = conclusions.launch_sentences(words, made(launches=[launch])["launched"], TARGET)[0]
        assert words("seasonal_split.launch_no_start") in text

    def test_events(self, whole, words):
        june, august = conclusions.event_sentences(words, whole["events"], whole["moves"])
        assert words("seasonal_split.event_all") in june
        assert words.money(int(whole["moves"].loc[5, "amount"])) in june
        assert "N" in august
        nothing = made(events=[JUNE], method="manual", manual=[1] * 12)
        text = conclusions.event_sentences(words, nothing["events"], nothing["moves"])[0]
        assert text == words("seasonal_split.event_nothing", event="618", member=words("seasonal_split.event_all"))

    def test_pins(self, words):
        pins = [
            {"month": "2027-03", "amount": 12_000},
            {"quarter": 2, "region": "N", "amount": 50_000},
            {"product": "x", "channel": "a", "amount": 7_000},
        ]
        text = conclusions.pin_sentences(words, rules(pins=pins))[0]
        parts = (words.month("2027-03"), words.money(12_000_00), "x a", words("seasonal_split.pin_quarter", quarter=2))
        for part in (*parts, words("seasonal_split.pin_company"), words("seasonal_split.pin_year")):
            assert part in text

    @pytest.mark.parametrize("weigh", ["probability", "amount"])
    def test_projects(self, words, weigh):
        terms = project_terms(weigh=weigh)
        deals = seasonal_split.planned_projects(DEALS, year=YEAR, projects=terms)
        chosen = rules(projects=terms.model_dump(by_alias=True))
        past = pd.DataFrame({"order": ["D1", "D1", "D2"], "amount": [100_00, 200_00, 300_00]})
        amount = int(deals["placed"].sum())
        rest = TARGET - amount - 90_000_00  # projects and launches apart
        texts = conclusions.project_sentences(words, deals, past, chosen, target=TARGET, rest=rest)
        for part in (words.money(amount), words.money(rest), words.percent(amount / TARGET)):
            assert part in texts[0]
        for place, project in enumerate(("villa", "tower", "school", "depot"), 1):
            assert project in texts[place]
        assert words.money(600_00) in texts[-1]

    def test_nothing_set(self, words):
        empty = made()
        assert conclusions.launch_sentences(words, empty["launched"], TARGET) == [words("seasonal_split.no_launches")]
        assert conclusions.event_sentences(words, empty["events"], empty["moves"]) == [
            words("seasonal_split.no_events")
        ]
        assert conclusions.pin_sentences(words, empty["rules"]) == [words("seasonal_split.no_pins")]
        past = pd.DataFrame({"order": [], "amount": []})
        none = conclusions.project_sentences(words, empty["deals"], past, empty["rules"], target=TARGET, rest=TARGET)
        assert none == [words("seasonal_split.no_projects")]
        assert conclusions.shape_sentences(words, empty["odd"], empty["launched"], empty["deals"], TARGET) == []

    def test_project_terms_without_a_table(self, words):
        chosen = rules(projects=project_terms().model_dump(by_alias=True))
        deals = seasonal_split.planned_projects(None, year=YEAR, projects=chosen.projects)
        past = pd.DataFrame({"order": [], "amount": []})
        texts = conclusions.project_sentences(words, deals, past, chosen, target=TARGET, rest=TARGET)
        assert texts[0] == words("seasonal_split.projects_no_table")

    def test_for_the_manager(self, whole, words):
        texts = conclusions.shape_sentences(words, whole["odd"], whole["launched"], whole["deals"], TARGET)
        assert len(texts) == 3
        for part, text in zip(("2025-07", words.money(90_000_00), words.money(270_000_01)), texts, strict=True):
            assert part in text


def test_columns_have_their_words(words, whole):
    named = {"seasonal_split_unusual": whole["odd"].years, "seasonal_split_projects": whole["deals"]}
    named |= {"seasonal_split_launches": whole["launched"], "seasonal_split_events": whole["events"]}
    for table, frame in named.items():
        for column in frame.columns:
            assert column[:4].isdigit() or words.column(column, table) != column, (table, column)
    for state in ("placed", "small", "outside", "unlikely", "unknown", "usual", "excluded", "suggested", "abnormal"):
        assert words.code("state", state) != state or words.language == "en"
    for season in ("like", "curve", "both", "company"):
        assert words.code("season", season) != season
