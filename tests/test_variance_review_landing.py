"""Where the year lands: how the estimate developed, and where each rep and member lands."""

from math import isnan

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from test_variance_review import MONTHS, PLAN, RULES, company, fact, split_of, three_months

from salesplan import variance_review as vr
from salesplan.calendar import add_months
from salesplan.charts import variance_review as charts
from salesplan.conclusions.variance_review import landing as said_of
from salesplan.odds import forecast
from salesplan.wording import Words

matplotlib.use("Agg")
LEVELS = {"commit": 12 * 120_000, "stretch": 12 * 150_000}


def history(rep, *years, began=0, region="north"):
    """Sales of a rep: per month of each year before, the latest last; from `began` months on in the first of them."""
    rows = []
    for back, fen in zip(range(len(years), 0, -1), years, strict=True):
        skipped = began if back == len(years) else 0
        rows += [fact(add_months(month, -12 * back), rep, fen) for month in MONTHS[skipped:]]
    return [(row[0], region, *row[2:]) for row in rows]


def uneven(rep="R1"):
    """Three years that differ in their first quarter, so that the interval has a width."""
    early = {3: 130_000, 2: 90_000, 1: 100_000}
    return [
        fact(add_months(month, -12 * back), rep, early[back] if number < 3 else 100_000)
        for back in early
        for number, month in enumerate(MONTHS)
    ]


# ---------------------------------------------------------------- how it developed


def test_each_month_is_estimated_from_what_was_known_then():
    figures = company(3, [*uneven(), *three_months(R1=80_000)], years=0)
    course = vr.landing_course(figures, LEVELS)
    assert course[["month", "level"]].to_numpy().tolist() == [[m, level] for m in MONTHS[:3] for level in LEVELS]
    for number in range(3):
        then = company(number + 1, [*uneven(), *three_months(R1=80_000)[: number + 1]], years=0)
        found = vr.landing_estimate(then)
        row = course.iloc[2 * number]
        assert row[["expected", "low", "high"]].tolist() == [round(found.expected), round(found.low), round(found.high)]
        assert row["probability"] == found.probability
        assert course.iloc[2 * number + 1]["probability"] < row["probability"]


def test_the_planned_level_comes_first_and_lines_of_business_are_left_out():
    table = pd.DataFrame(
        {
            "indicator": ["amount", "amount", "amount", "quantity"],
            "line": ["", "", "walls", ""],
            "level": ["stretch", "commit", "commit", "commit"],
            "planned": [False, True, True, True],
            "value": [18_000, 14_400, 5_000, 7],
        }
    )
    assert vr.ladder(table) == {"commit": 1_440_000, "stretch": 1_800_000}


def test_excluded_months_are_what_the_other_years_say():
    shut = [fact(add_months(MONTHS[1], -12), "R1", -100_000)]  # nothing sold in last year's February
    whole, without = (company(3, [*three_months(R1=80_000), *more]) for more in ([], shut))
    assert vr.landing_estimate(without).expected != pytest.approx(vr.landing_estimate(whole).expected)
    exclude = [add_months(MONTHS[1], -12)]
    assert vr.landing_estimate(without, exclude=exclude) == vr.landing_estimate(whole)
    course = vr.landing_course(without, LEVELS, exclude=exclude)
    assert course["expected"].iloc[-1] == round(vr.landing_estimate(whole).expected)
    assert vr.review(without, RULES, PLAN, exclude=exclude).landing == vr.landing_estimate(whole)


def test_history_ends_at_a_year_of_which_everything_is_excluded():
    exclude = [add_months(month, -24) for month in MONTHS]
    assert vr.landing_estimate(company(actuals=three_months(R1=80_000)), exclude=exclude).years == 1


@pytest.mark.parametrize(
    ("figures", "rows"),
    [
        pytest.param(company(0), 0, id="no month closed"),
        pytest.param(company(2, three_months(R1=1)[:2], years=0), 4, id="no history"),
    ],
)
def test_what_is_not_known_is_blank(figures, rows):
    course = vr.landing_course(figures, LEVELS)
    assert len(course) == rows
    assert course["low"].isna().all() and course["probability"].isna().all()
    assert (vr.landing_members(figures).empty) == (rows == 0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10**7), min_size=36, max_size=36), st.integers(1, 12), st.floats(0.1, 0.95))
def test_a_higher_level_is_never_likelier_and_the_estimate_lies_within(amounts, closed, coverage):
    months = [add_months(month, -12 * back) for back in (2, 1, 0) for month in MONTHS]
    rows = [fact(month, "R1", fen) for month, fen in zip(months, amounts, strict=True)]
    figures = company(closed, rows, years=0)
    course = vr.landing_course(figures, LEVELS, coverage=coverage)
    known = course.dropna(subset=["low"])
    assert (known["low"] <= known["expected"]).all() and (known["expected"] <= known["high"]).all()
    odds = course.pivot_table(index="month", columns="level", values="probability")
    assert odds.empty or (odds["stretch"] <= odds["commit"]).all()
    again = vr.landing_course(vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[::-1]}), LEVELS)
    pd.testing.assert_frame_equal(again, vr.landing_course(figures, LEVELS))


# ---------------------------------------------------------------- reps and members


def members(rows, closed=3, **more):
    split = pd.concat([split_of([60_000] * 12, region=name) for name in ("north", "south")], ignore_index=True)
    return company(closed, rows, years=0, split=split, **more)


def test_each_rep_is_foretold_from_his_own_whole_years():
    rows = [
        *history("R1", 90_000, 100_000, 110_000),
        *history("R2", 40_000, 50_000, began=4, region="south"),  # began in May: his first year is not whole
        *three_months(R1=80_000, R2=70_000),
    ]
    found = vr.landing_members(members(rows)).set_index(["dimension", "member"])
    assert found["whole_years"].to_dict() == {
        ("rep", "R1"): 3, ("rep", "R2"): 1, ("region", "north"): 3, ("region", "south"): 1,
    }  # fmt: skip
    one = forecast([[[fen] * 12 for fen in (90_000, 100_000, 110_000)]], [[80_000] * 3])
    row = found.loc[("rep", "R1")]
    assert row["target"] == 12 * 75_600
    assert row["expected"] == round(one.expected[0])
    assert (row["low"], row["high"]) == tuple(round(end[0]) for end in one.interval())
    assert row["probability"] == pytest.approx(one.reach([12 * 75_600])[0])
    assert row["gap"] == row["expected"] - row["target"]


def test_one_without_a_whole_year_is_not_foretold_and_comes_last():
    rows = [*history("R1", 100_000), *three_months(R1=80_000, R2=70_000)]
    found = vr.landing_members(members(rows))
    reps = found[found["dimension"] == "rep"]
    assert reps["member"].tolist() == ["R1", "R2"]
    last = reps.iloc[-1]
    assert (last["actual"], last["whole_years"]) == (210_000, 0)
    assert pd.isna(last["expected"]) and isnan(last["probability"])


def test_who_lacks_most_comes_first_in_each_dimension():
    rows = [*history("R1", 90_000), *history("R2", 10_000, region="south"), *three_months(R1=90_000, R2=9_000)]
    found = vr.landing_members(members(rows))
    assert found["dimension"].tolist() == ["rep", "rep", "region", "region"]
    assert found.groupby("dimension")["gap"].apply(lambda gaps: gaps.is_monotonic_increasing).all()


def test_excluded_months_of_members_follow_the_companys_year():
    full = [*history("R1", 100_000, 100_000), *three_months(R1=80_000)]
    shut = [fact(add_months(MONTHS[1], -12), "R1", -100_000)]
    exclude = [add_months(MONTHS[1], -12)]
    found = vr.landing_members(members([*full, *shut]), exclude=exclude)
    pd.testing.assert_frame_equal(found, vr.landing_members(members(full)))


def test_a_thousand_reps_are_one_forecast_a_group():
    reps = [f"R{number:04d}" for number in range(1000)]
    rows = [row for rep in reps for row in history(rep, 10_000, 11_000)] + [fact(MONTHS[0], rep, 9_000) for rep in reps]
    split = split_of([1000 * 12_000] * 12)
    quotas = pd.DataFrame([(rep, month, 12_000, 12_000) for rep in reps for month in MONTHS])
    allocation = quotas.set_axis(["rep", "month", "base", "amount"], axis=1)
    found = vr.landing_members(company(1, rows, years=0, split=split, allocation=allocation))
    assert len(found) == 1000
    assert np.ptp(found["expected"].astype("int64")) == 0  # all alike


# ---------------------------------------------------------------- chart and sentences

SEEN = {
    "three months": company(3, [*uneven(), *three_months(R1=80_000, R2=20_000)], years=0),
    "one month": company(1, [*uneven(), *three_months(R1=80_000)[:1]], years=0),
    "no history": company(2, three_months(R1=50_000)[:2], years=0),
    "no month": company(0),
    "year over": company(12, [*uneven(), *three_months(R1=400_000)], years=0),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SEEN)
def test_chart_and_sentences_in_both_languages(name, language):
    words, figures = Words(language, "one"), SEEN[name]
    course, found = vr.landing_course(figures, LEVELS), vr.landing_members(figures)
    said = said_of(words, course, found)
    assert (said == []) == (name == "no month")
    assert not any("{" in text or "nan" in text for text in said)
    for paint, frame in ((charts.landing, course), (charts.year, vr.review(figures, RULES, PLAN).outlook)):
        ax = Figure().subplots()
        assert paint(ax, frame, words=words) is ax
        assert ax.get_title(loc="left") or ax.get_title()


def test_the_band_of_the_year_ends_at_the_interval():
    review = vr.review(SEEN["three months"], RULES, PLAN)
    last = review.outlook.iloc[-1]
    assert (last["low"], last["high"]) == (round(review.landing.low), round(review.landing.high))
    assert review.outlook["low"].iloc[:2].isna().all()


def test_sentences_tell_first_before_and_now():
    course = vr.landing_course(SEEN["three months"], LEVELS)
    words = Words("en", "one")
    odds = course.loc[course["level"] == "commit", "probability"]
    first = said_of(words, course, vr.landing_members(SEEN["three months"]))[0]
    assert all(words.percent(value, 0) in first for value in odds)
