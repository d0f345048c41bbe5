"""Step 1: odds of the company, and their test on the past of the company, its regions and lines."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import annual_target, calendar
from salesplan.annual_target import backtest
from salesplan.apportion import TOTAL, UNKNOWN
from salesplan.charts import annual_target as charts
from salesplan.conclusions import annual_target as conclusions
from salesplan.odds.score import brier
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.terms import AnnualTargetTerms, PlanTerms
from salesplan.terms.estimates import TrendEstimate
from salesplan.wording import Words

YEAR = 2027
PLAN = PlanTerms(fiscal_year=YEAR, inputs={"sales": "sales.csv"})
SEASON = [90, 60, 100, 110, 100, 110, 90, 100, 110, 100, 110, 120]
WORDS = [pytest.param(Words(name), id=name) for name in ("zh", "en")]
NORTH, SOUTH = {2024: 3, 2025: 4, 2026: 5}, {2024: 1, 2025: 1, 2026: 2}


def ladder(commit=9000, stretch=12000):
    return annual_target.levels(AnnualTargetTerms(levels={"commit": commit, "stretch": stretch}), last_year=None)


def seasonal(region, years, product="A", season=SEASON):
    """Rows of facts: each year's size times the season."""
    return [
        (month, region, product, size * part)
        for year, size in years.items()
        for month, part in zip(calendar.fiscal_months(year), season, strict=True)
    ]


def facts_of(*rows):
    frame = pd.DataFrame(rows, columns=["month", "region", "product", "amount"])
    return frame.assign(amount=(frame["amount"] * 100).round().astype("int64"))


FACTS = facts_of(*seasonal("north", NORTH), *seasonal("south", SOUTH, "B"))
PRODUCTS = pd.DataFrame({"product": ["A", "B"], "line": ["paint", "tools"]})


class Odds:
    """Everything from the facts to the odds."""

    def __init__(self, facts, products=None, *, levels=None, exclude=(), terms=None):
        self.levels = ladder() if levels is None else levels
        self.months = annual_target.monthly(facts, fiscal_year=YEAR, exclude=exclude)
        scoped = annual_target.scopes(facts, products)
        self.tables = annual_target.member_months(scoped, self.months, by=("scope", "member"), exclude=exclude)
        trend = annual_target.trend(self.months, fiscal_year=YEAR, terms=terms)
        self.odds = annual_target.level_odds(self.levels, trend)
        self.cases = annual_target.past_forecasts(self.tables, terms=terms)
        self.scores = annual_target.calibration(self.cases)


# Members and their part of a level


def test_scopes_are_those_the_data_have():
    assert list(dict.fromkeys(annual_target.scopes(FACTS, PRODUCTS)["scope"])) == ["company", "region", "line"]
    lines = annual_target.scopes(FACTS, PRODUCTS).query("scope == 'line'")["member"]
    assert set(lines) == {"paint", "tools"}
    plain = annual_target.scopes(FACTS.assign(region=""))
    assert list(dict.fromkeys(plain["scope"])) == ["company", "line"]
    assert set(plain.query("scope == 'line'")["member"]) == {"A", "B"}  # no lines: the products
    assert set(annual_target.scopes(FACTS.assign(region="", product=""))["scope"]) == {"company"}


def test_a_blank_member_is_unknown():
    facts = pd.concat([FACTS, facts_of(("2026-05", "", "A", 7))])
    assert UNKNOWN in set(annual_target.scopes(facts).query("scope == 'region'")["member"])


# Odds


def test_the_companys_odds_are_the_trends():
    found = Odds(FACTS)
    trend = annual_target.trend(found.months, fiscal_year=YEAR)
    company = found.odds[found.odds["scope"] == "company"]
    assert company["probability"].tolist() == pytest.approx([trend.reach(a) for a in company["amount"]])
    assert company["expected"].tolist() == [trend.expected] * 2
    assert company[["low", "high"]].drop_duplicates().to_numpy().tolist() == [list(trend.interval())]


@pytest.mark.parametrize("terms", [None, TrendEstimate(years=2, damping=Decimal(0), carry=Decimal(1))])
def test_probability_falls_with_the_level_and_the_interval_holds_the_expectation(terms):
    frame = Odds(FACTS, PRODUCTS, terms=terms).odds
    assert frame[["scope", "member", "level"]].to_numpy().tolist() == [
        ["company", TOTAL, "commit"], ["company", TOTAL, "stretch"],
    ]  # fmt: skip
    commit, stretch = frame["probability"]
    assert commit >= stretch
    assert ((frame["low"] <= frame["expected"]) & (frame["expected"] <= frame["high"])).all()
    assert set(frame["whole_years"]) == {2 if terms else 3}


def test_row_order_changes_nothing():
    turned = FACTS.sample(frac=1, random_state=1).reset_index(drop=True)
    for one, other in zip(*(vars(Odds(facts, PRODUCTS)).items() for facts in (FACTS, turned)), strict=True):
        if isinstance(one[1], pd.DataFrame):
            pd.testing.assert_frame_equal(one[1], other[1])


def test_a_member_counts_from_its_first_whole_year():
    late = facts_of(*[(f"2025-{m:02d}", "west", "A", 50) for m in range(6, 13)], *seasonal("west", {2026: 1}))
    tables = Odds(pd.concat([FACTS, late])).tables
    assert tables["region", "west"].index.tolist() == [2026]
    assert tables["region", "north"].index.tolist() == [2024, 2025, 2026]


def test_excluded_months_are_left_out_of_the_odds():
    flooded = FACTS.assign(amount=FACTS["amount"].where(FACTS["month"] != "2025-07", 0))
    plain, hurt, healed = Odds(FACTS), Odds(flooded), Odds(flooded, exclude=["2025-07"])
    assert healed.odds["expected"].tolist() == plain.odds["expected"].tolist() != hurt.odds["expected"].tolist()


# The back-test


def test_every_past_year_is_foretold_from_the_years_before_alone():
    changed = {2024: 3, 2025: 4, 2026: 500}
    one, other = (
        Odds(facts_of(*seasonal("north", years))).cases.query("years == 1")["probability"] for years in (NORTH, changed)
    )
    assert len(one) and one.tolist() == other.tolist()  # 2025 does not know 2026


def test_cases_are_members_years_levels_horizons():
    frame = Odds(FACTS).cases
    ours = frame[frame["method"] == "share_ratio"]
    members, years = 1 + 2 + 2, 2  # company, regions, products; 2025 and 2026
    assert len(ours) == members * years * len(backtest.ASKED) * len(backtest.KNOWN)
    naive = frame[frame["method"] == "elapsed_time"]
    assert set(naive["known_months"]) == {3, 6, 9}  # nothing has elapsed before
    assert set(frame["method"]) == {"share_ratio", "independent_months", "elapsed_time", "past_frequency"}


def test_scores_by_hand():
    odds = Odds(FACTS)
    ours = odds.cases.query("method == 'share_ratio' and known_months == 3")
    row = odds.scores.query("method == 'share_ratio' and known_months == 3").iloc[0]
    assert row["cases"] == len(ours)
    assert row["brier"] == pytest.approx(brier(ours["probability"], ours["outcome"]))
    assert row["forecast"] == pytest.approx(ours["probability"].mean())
    assert row["outcome"] == pytest.approx(ours["outcome"].mean())
    assert row["coverage"] == pytest.approx(ours["within"].astype(float).mean())
    assert odds.scores.query("method != 'share_ratio'")["coverage"].isna().all()


def test_knowing_more_of_the_year_scores_better_on_a_steady_season():
    draw = np.random.default_rng(5)
    rows = [
        row
        for shop in range(8)
        for row in seasonal(
            f"r{shop}", dict(zip(range(2021, 2027), np.exp(draw.normal(0.04, 0.1, 6).cumsum()), strict=True))
        )
    ]
    scores = Odds(facts_of(*rows)).scores.query("method == 'share_ratio'").set_index("known_months")["brier"]
    assert scores.loc[9] < scores.loc[3] < scores.loc[0] < 0.25


def test_bands_hold_every_case_once():
    odds = Odds(FACTS, PRODUCTS)
    bands = annual_target.reliability(odds.cases)
    assert bands["count"].sum() == (odds.cases["method"] == "share_ratio").sum()
    assert set(bands["known_months"]) <= {0, 3}
    assert bands["share"].between(0, 1).all()


# Short and dirty history

DIRTY = {
    "no facts": facts_of(),
    "only the plan year": facts_of(("2027-02", "north", "A", 5)),
    "seven months": facts_of(*seasonal("north", {2026: 1})[5:]),
    "one year": facts_of(*seasonal("north", {2026: 1})),
    "two years": facts_of(*seasonal("north", {2025: 1, 2026: 2})),
    "zero months": facts_of(*[row for row in seasonal("north", NORTH) if row[0][5:] not in ("03", "04")]),
    "one order makes a year": facts_of(*seasonal("north", NORTH), ("2025-06", "south", "B", 10**7)),
    "more comes back than goes out": facts_of(*seasonal("north", {2024: 3, 2025: -4, 2026: 5})),
    "last year of net returns": facts_of(*seasonal("north", {2024: 3, 2025: 4, 2026: -1})),
    "a region of returns": facts_of(*seasonal("north", NORTH), *seasonal("south", {2025: -1, 2026: -1})),
    "a gap of a year": facts_of(*seasonal("north", {2023: 1, 2025: 1, 2026: 1})),
    "open last year": facts_of(*seasonal("north", {2024: 1, 2025: 1, 2026: 1})[:-4]),
    "all zero": facts_of(*seasonal("north", {2024: 0, 2025: 0, 2026: 0})),
}


@pytest.mark.parametrize("name", DIRTY)
@pytest.mark.filterwarnings("error")
def test_dirty_history_never_fails(name):
    odds = Odds(DIRTY[name], PRODUCTS)
    known = odds.odds[odds.odds["probability"].notna()]
    assert known["probability"].between(0, 1).all()
    assert (known["low"] <= known["high"]).all()
    assert odds.scores["brier"].between(0, 1).all()
    for words in (Words("zh"), Words("en")):
        said = conclusions.trust(words, scores=odds.scores, months=odds.months)
        assert all("{" not in text and "nan" not in text for text in said)
    for table, frame in (("annual_target_odds", odds.odds), ("annual_target_calibration", odds.scores)):
        assert set(TABLES[table]) <= set(frame.columns)
        assert outputs.csv_bytes(frame, table)


def test_a_shorter_history_is_less_certain():
    wavy = [part * (1.1 if n % 3 else 0.9) for n, part in enumerate(SEASON)]
    rows = [seasonal("north", {2023 + n: 1}, season=SEASON if n % 2 else wavy) for n in range(4)]
    widths = []
    for years in (2, 3, 4):
        odds = Odds(facts_of(*[row for part in rows[-years:] for row in part])).odds
        company = odds[odds["scope"] == "company"].iloc[0]
        widths.append(math.log(company["high"] / company["low"]))
    assert widths[0] > widths[1] > widths[2]


# Doubts


def test_idle_months_of_complete_years():
    facts = facts_of(*[row for row in seasonal("north", NORTH) if row[0] not in ("2025-03", "2026-08")])
    years = annual_target.yearly(facts, fiscal_year=YEAR)
    assert annual_target.idle_months(facts, years) == ["2025-03", "2026-08"]
    assert annual_target.idle_months(facts, years, exclude=["2025-03"]) == ["2026-08"]


def test_single_orders_that_make_a_tenth_of_their_year():
    years = annual_target.yearly(facts_of(*seasonal("north", {2025: 1, 2026: 1})), fiscal_year=YEAR)
    total = sum(SEASON)  # 1200
    rows = [("big", "", "2025-06-01", 300), ("small", "", "2025-07-01", 119), ("large", "", "2026-02-01", 121)]
    rows += [("back", "big", "2025-09-01", -60)]
    orders = pd.DataFrame(rows, columns=["order", "original_order", "date", "amount"])
    orders = orders.assign(date=pd.to_datetime(orders["date"]), amount=orders["amount"] * 100)
    found = annual_target.single_orders(orders, years, PLAN)
    assert found["order"].tolist() == ["big", "large"]
    assert found["share"].tolist() == pytest.approx([240 / total, 121 / total])


# Pages


def scores_of(error, cases=200, ours=0.1, naive=0.2, coverage=0.8):
    rows = [
        (3, "share_ratio", cases, 0.5, 0.5, ours, error, coverage),
        (3, "past_frequency", cases, 0.5, 0.5, naive, 0.2, math.nan),
    ]
    return pd.DataFrame(rows, columns=backtest.SCORES)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(
    ("scores", "key"),
    [
        pytest.param(scores_of(0.02), "trust_good", id="right"),
        pytest.param(scores_of(0.1), "trust_fair", id="nearly right"),
        pytest.param(scores_of(0.3), "trust_poor", id="wrong"),
        pytest.param(scores_of(0.02, cases=8), "trust_few", id="too few to tell"),
        pytest.param(scores_of(0.02).head(0), "trust_untested", id="nothing to test"),
    ],
)
def test_the_verdict(words, scores, key):
    (said,) = conclusions.verdict(words, scores)
    assert said.startswith(words.texts[f"annual_target.{key}"].split("{")[0])


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(("coverage", "key"), [(0.95, "trust_wide"), (0.6, "trust_narrow"), (0.84, None)])
def test_an_interval_that_holds_too_much_or_too_little_is_said(words, coverage, key):
    months = Odds(FACTS).months
    said = conclusions.trust(words, scores=scores_of(0.02, coverage=coverage), months=months)
    extra = [words(f"annual_target.{key}", covered=words.percent(coverage, 0), coverage="80%")] if key else []
    assert said[3:] == extra


@pytest.mark.parametrize("words", WORDS)
def test_what_makes_the_history_a_poor_witness_is_said(words):
    months = Odds(facts_of(*seasonal("north", {2026: 1}))).months
    singles = pd.DataFrame({"order": ["D1"], "year": [2026], "amount": [30_000], "share": [0.25]})
    said = conclusions.trust(words, scores=scores_of(0.02), months=months, idle=["2026-03"], singles=singles)
    text = " ".join(said)
    assert "12" in text and words.month("2026-03") in text and "D1" in text and words.percent(0.25) in text
    worse = conclusions.trust(words, scores=scores_of(0.02, ours=0.3), months=months)
    assert words.number(0.3, 3) in worse[1] and worse[1] != said[1]
    few = conclusions.trust(words, scores=scores_of(0.02, cases=8), months=Odds(FACTS).months)
    assert len(few) == 2  # nothing is claimed on so few tests


@pytest.mark.parametrize("words", WORDS)
def test_charts_of_the_odds(words):
    odds = Odds(FACTS, PRODUCTS)
    bands = annual_target.reliability(odds.cases)
    ax = charts.calibration(Figure().add_subplot(), bands, words=words)
    assert words.number(int(bands["count"].sum())) in ax.get_title()
    assert sorted(int(text.get_text()) for text in ax.texts) == sorted(bands["count"].tolist())
