"""The grid of the review: every indicator, member and period; sums hold; unknown is blank; editions and the year."""

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review import MONTHS, PLAN, RULES, allocation_of, company, fact, reps_of, split_of, three_months

from salesplan import variance_review as vr
from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.calendar import add_months, workdays
from salesplan.conclusions.variance_review import annual_sentences, grid_sentences
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.report.grouped import MOST_MEMBERS, annual_table, member_tables, total_table
from salesplan.variance_review.member_sides import rep_teams
from salesplan.wording import Words

FIRST, LAST_YEAR = MONTHS[0], add_months(MONTHS[0], -12)


def regional(north=60_000, south=40_000, quantity=np.nan):
    """A plan of two regions, the same every month."""
    both = [split_of([amount] * 12, region=name) for name, amount in (("north", north), ("south", south))]
    return pd.concat(both, ignore_index=True).assign(quantity=quantity)


def grid_of(figures, **more):
    return vr.member_grid(figures, "CN", **more)


def row(grid, indicator="amount", dimension=TOTAL, member=TOTAL, period="ytd"):
    found = grid.set_index(["indicator", "dimension", "member", "period"])
    assert found.index.is_unique
    return found.loc[(indicator, dimension, member, period)]


# ---------------------------------------------------------------- periods and editions


@pytest.mark.parametrize(
    ("closed", "labels"),
    [
        pytest.param(0, [], id="no month"),
        pytest.param(1, ["2027-01", "2027-Q1", "2027-H1", "ytd"], id="one month"),
        pytest.param(
            4,
            ["2027-01", "2027-02", "2027-03", "2027-04", "2027-Q1", "2027-Q2", "2027-H1", "ytd"],
            id="a quarter begun",
        ),
    ],
)
def test_periods_under_review(closed, labels):
    assert [span.label for span in vr.spans(MONTHS, closed)] == labels


def test_a_quarter_that_is_not_over_counts_its_closed_months():
    second = next(span for span in vr.spans(MONTHS, 4) if span.label == "2027-Q2")
    assert (second.first, second.end, second.complete) == (3, 4, False)


@pytest.mark.parametrize(
    ("closed", "kind", "beside", "to_date"),
    [
        pytest.param(2, "month", (), "ytd", id="month"),
        pytest.param(3, "quarter", (), "2027-Q1", id="the first quarter is the year to date"),
        pytest.param(6, "half_year", ("2027-Q2",), "2027-H1", id="half-year"),
        pytest.param(9, "quarter", ("2027-Q3",), "ytd", id="third quarter"),
        pytest.param(11, "month", (), "ytd", id="month late in the year"),
        pytest.param(12, "year", ("2027-Q4", "2027-H2"), "ytd", id="year"),
    ],
)
def test_the_edition_follows_the_month_end(closed, kind, beside, to_date):
    edition = vr.edition(MONTHS, closed)
    assert (edition.kind, edition.month, edition.beside, edition.to_date) == (kind, MONTHS[closed - 1], beside, to_date)


def test_fiscal_years_name_their_own_quarters():
    april = [add_months("2027-04", at) for at in range(12)]
    labels = [span.label for span in vr.spans(april, 12)]
    assert labels[12:] == ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2027-H1", "2027-H2", "ytd"]
    assert vr.edition(MONTHS, 0) is None


# ---------------------------------------------------------------- cells


def test_a_member_by_month_and_to_date():
    lines = [fact(FIRST, "R1", 50_000), fact(MONTHS[1], "R1", 80_000), fact(LAST_YEAR, "R1", 1, customer="c9")]
    figures = company(2, lines, split=regional())
    grid = grid_of(figures)
    month = row(grid, dimension="region", member="north", period="2027-02")
    assert (month["target"], month["actual"], month["variance"]) == (600, 800, 200)
    to_date = row(grid, dimension="region", member="north")
    assert (to_date["target"], to_date["actual"]) == (1_200, 1_300)
    assert to_date["attainment"] == pytest.approx(1_300 / 1_200)
    assert to_date["last_year"] == Decimal("2000.01")  # 1000 a month of history, and one fen
    assert to_date["growth"] == pytest.approx(130_000 / 200_001 - 1)
    south = row(grid, dimension="region", member="south")
    assert (south["actual"], south["variance"], south["attainment"]) == (0, -800, 0)  # a target and no sale


def test_shares_of_the_year_gone():
    figures = company(3, three_months(R1=30_000), split=regional())
    total = row(grid_of(figures), period="2027-Q1")
    days = workdays(MONTHS, "CN")
    assert total["workday_share"] == pytest.approx(days.iloc[:3].sum() / days.sum())
    assert total["seasonal_share"] == pytest.approx(3 / 12)
    assert total["year_share"] == pytest.approx(3 * 300 / (12 * 1000))
    month = row(grid_of(figures), period="2027-02")  # of the year up to the month's end
    assert month["seasonal_share"] == pytest.approx(2 / 12)


def test_sales_that_nobody_planned_have_a_target_of_zero_and_no_attainment():
    split = regional().assign(region=lambda frame: frame["region"].replace("north", "east"))
    found = row(grid_of(company(1, [fact(FIRST, "R1", 900)], split=split)), dimension="region", member="north")
    assert (found["target"], found["variance"]) == (0, 9)
    assert np.isnan(found["attainment"])


@pytest.mark.parametrize(
    ("quantity", "target"),
    [
        pytest.param(2.5, Decimal(30), id="the plan knows units: two regions, six months of 2.5"),
        pytest.param(np.nan, None, id="it does not: blank, not zero"),
    ],
)
def test_a_target_the_plan_does_not_set_is_blank(quantity, target):
    figures = company(6, [fact(FIRST, "R1", 900, quantity=3.0)], split=regional(quantity=quantity))
    found = row(grid_of(figures), "quantity")
    assert (found["target"], found["actual"]) == (target, 3)
    assert (found["variance"] is None) == (target is None)


def test_an_unknown_quantity_or_cost_leaves_its_periods_blank():
    lines = [fact(FIRST, "R1", 900, quantity=3.0, cost=500), fact(MONTHS[1], "R1", 900)]
    grid = grid_of(company(2, lines))
    assert (row(grid, "quantity", period=FIRST)["actual"], row(grid, "gross_profit", period=FIRST)["actual"]) == (3, 4)
    assert row(grid, "quantity")["actual"] is None
    assert row(grid, "gross_profit", period=MONTHS[1])["actual"] is None


def test_the_profit_plan_gives_the_target_of_the_gross_profit_in_total():
    profit = pd.DataFrame({"month": MONTHS, "gross": pd.Series([7_000] * 12, dtype="int64")})
    figures = company(2, [fact(FIRST, "R1", 9_000, cost=5_000)], split=regional())
    grid = grid_of(figures, profit=profit)
    assert (row(grid, "gross_profit")["target"], row(grid, "gross_profit")["actual"]) == (140, 40)
    assert row(grid, "gross_profit", "region", "north")["target"] is None
    blank = grid_of(figures, profit=profit.assign(gross=pd.array([None] * 12, "Int64")))
    assert row(blank, "gross_profit")["target"] is None


def test_a_customer_counts_once_in_a_period_and_has_no_target():
    lines = [fact(month, "R1", 100, customer=name) for month in MONTHS[:2] for name in ("a", "b")]
    lines += [fact(MONTHS[1], "R1", 100, customer="c"), fact(MONTHS[1], "R1", -5, customer="d", kind="return")]
    dates = pd.to_datetime(["2027-01-05", "2027-01-06", "2027-02-07", "2026-02-03"])
    grid = grid_of(company(2, lines, orders=pd.DataFrame({"order": ["o1", "o1", "o2", "o3"], "date": dates})))
    assert [row(grid, "customers", period=label)["actual"] for label in (*MONTHS[:2], "ytd")] == [2, 3, 3]
    assert (row(grid, "customers")["target"], row(grid, "customers")["last_year"]) == (None, 1)
    assert (row(grid, "orders")["actual"], row(grid, "orders")["last_year"]) == (2, 1)


def test_orders_without_numbers_cannot_be_counted():
    orders = pd.DataFrame({"order": [None, None], "date": pd.to_datetime(["2027-01-05", "2027-01-06"])})
    assert "orders" not in set(grid_of(company(1, orders=orders))["indicator"])


def test_months_before_the_history_are_unknown_not_zero():
    found = row(grid_of(company(2, three_months(R1=100), years=0)))
    assert found["last_year"] is None
    assert np.isnan(found["growth"])


def test_reps_are_those_of_the_review_with_the_manager():
    figures = company(3, [*three_months(R1=50_000), fact(FIRST, "X", 700)], reps=reps_of(("R1", "", None, None, None)))
    grid, review = grid_of(figures), vr.rep_grid(figures)
    for rep in ("R1", "R2", MANAGER, UNASSIGNED):
        own = review[review["rep"] == rep]
        found = row(grid, dimension="rep", member=rep)
        assert (found["target"], found["actual"]) == tuple(
            Decimal(int(own[side].sum())) / 100 for side in ("target", "actual")
        )


def test_a_team_has_what_its_reps_had_while_they_were_in_it():
    reps = pd.DataFrame(
        [("R1", "A", None), ("R2", "A", "2027-01-01"), ("R2", "B", "2027-02-01")], columns=["rep", "team", "start"]
    ).assign(end=None, name="", start=lambda d: pd.to_datetime(d["start"]), end_=None)
    reps = reps.drop(columns="end_").assign(end=pd.to_datetime(reps["end"]))
    figures = company(2, [fact(month, rep, 100) for month in MONTHS[:2] for rep in ("R1", "R2")], reps=reps)
    grid = grid_of(figures)
    assert [row(grid, dimension="team", member="A", period=month)["actual"] for month in MONTHS[:2]] == [2, 1]
    quota_r2 = Decimal(round(48_000 * 1.05)) / 100
    assert row(grid, dimension="team", member="B", period=MONTHS[1])["target"] == quota_r2
    teams = rep_teams(reps, ["R2", "R9", MANAGER], MONTHS[:1], None).set_index("rep")["team"]
    assert teams.to_dict() == {"R2": "A", "R9": "(unknown)", MANAGER: MANAGER}


def test_without_a_closed_month_there_is_the_header():
    grid = grid_of(company(0))
    assert grid.empty and "seasonal_share" in grid
    assert vr.annual_summary(grid, MONTHS).empty


def test_the_year_in_twelve_months():
    lines = [fact(month, "R1", 120_000 + 1_000 * at) for at, month in enumerate(MONTHS)]
    grid = grid_of(company(12, lines))
    annual = vr.annual_summary(grid, MONTHS)
    amounts = annual[annual["indicator"] == "amount"].set_index("month")
    assert list(amounts.index) == [*MONTHS, TOTAL]
    assert amounts.loc[TOTAL, "actual"] == 12 * 1_200 + 10 * sum(range(12))
    assert amounts["actual"].iloc[:12].sum() == amounts.loc[TOTAL, "actual"]
    assert vr.annual_summary(grid_of(company(11, lines)), MONTHS).empty


# ---------------------------------------------------------------- sums


sales = st.lists(
    st.tuples(
        st.sampled_from([*MONTHS[:7], LAST_YEAR]), st.sampled_from(["R1", "R2", "X"]), st.integers(-(10**6), 10**8),
        st.sampled_from(["tea", "coffee", ""]), st.sampled_from([1.0, 0.333333, float("nan")]),
    ),
    max_size=10,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(sales, st.integers(1, 12), st.lists(st.integers(0, 10**8), min_size=2, max_size=2), st.randoms())
def test_members_add_up_to_the_total_in_any_order_of_rows(rows, closed, amounts, chance):
    lines = [
        fact(month, rep, amount, product=product, quantity=quantity) for month, rep, amount, product, quantity in rows
    ]
    split = pd.concat([split_of([a] * 12, product=p) for a, p in zip(amounts, ("tea", "cake"), strict=True)])
    reps = reps_of(("R1", "", None, None, None), ("R2", "", "2027-03-01", None, None)).assign(team=["A", None])
    figures = company(closed, lines, years=1, split=split.reset_index(drop=True), reps=reps)
    grid = grid_of(figures)
    review = vr.review(figures, RULES, PLAN)
    frames = {"variance_review": review.grid, "variance_review_bridge": review.bridge, "variance_review_grid": grid}
    frames |= {"variance_review_revision": review.revision, "variance_review_causes": review.causes}
    stop_on_breach("variance_review", frames, {}, 1)
    order = chance.sample(range(len(figures.facts)), len(figures.facts))
    again = grid_of(vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[order]}))
    pd.testing.assert_frame_equal(grid, again)


@pytest.mark.parametrize(
    ("dimension", "member", "column", "name"),
    [
        pytest.param("region", "north", "target", "members_sum_to_total", id="a target"),
        pytest.param("region", "south", "actual", "members_sum_to_total", id="an actual"),
        pytest.param("region", "north", "last_year", "members_sum_to_total", id="last year"),
        pytest.param(TOTAL, TOTAL, "actual", "members_sum_to_total", id="the total"),
        pytest.param("rep", ("R1", "R2"), "actual", "grid_is_the_review", id="two reps, the other way round"),
    ],
)
def test_a_broken_sum_is_found(dimension, member, column, name):
    figures = company(3, three_months(R1=50_000, R2=10_000), split=regional())
    review, grid = vr.review(figures, RULES, PLAN), grid_of(figures)
    frames = {"variance_review": review.grid, "variance_review_bridge": review.bridge, "variance_review_grid": grid}
    frames |= {"variance_review_revision": review.revision, "variance_review_causes": review.causes}
    stop_on_breach("variance_review", frames, {}, 1)
    members = [member] if isinstance(member, str) else member
    for sign, one in zip((1, -1), members, strict=False):
        here = (grid["dimension"] == dimension) & (grid["member"] == one) & (grid["indicator"] == "amount")
        place = grid.index[here & (grid["period"] == FIRST)][0]
        grid.loc[place, column] += Decimal("0.01") * sign
    with pytest.raises(IdentityError, match=name):
        stop_on_breach("variance_review", frames, {}, 1)


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("closed", [1, 3, 6, 12])
def test_the_page_of_each_edition(closed, language):
    words = Words(language, "万元" if language == "zh" else "thousand")
    lines = [fact(month, "R1", 110_000, quantity=1.0) for month in MONTHS[:closed]]
    grid, edition = grid_of(company(closed, lines, split=regional())), vr.edition(MONTHS, closed)
    total, table = total_table(grid, edition, words), member_tables(grid, edition, words)
    groups = 2 + len(edition.beside)
    heads = [re.findall(r'colspan="(\d+)"', one.html) for one in (total, table)]
    assert [len(found) for found in heads] == [groups, groups * 2]  # by region, by rep
    assert words.code("indicator", "amount") in total.text
    said = [*grid_sentences(words, grid, edition), *annual_sentences(words, vr.annual_summary(grid, MONTHS))]
    assert said and not any("{" in text or "nan" in text for text in said)
    assert ("annual" in table.text) is False


def test_the_most_short_of_target_stand_first_and_many_are_cut():
    names = [f"r{at:02d}" for at in range(MOST_MEMBERS + 5)]
    split = pd.concat([split_of([1_000 * (at + 1)] * 12, region=name) for at, name in enumerate(names)])
    allocation = allocation_of(split, {"R1": 1.0})
    figures = company(1, [fact(FIRST, "R1", 5)], split=split.reset_index(drop=True), allocation=allocation)
    text = member_tables(grid_of(figures), vr.edition(MONTHS, 1), Words("en", "one")).text
    region = text.split("\n\n")[0].splitlines()
    assert region[2].startswith(names[-1])
    assert len(region) == 2 + MOST_MEMBERS


def test_the_annual_summary_has_every_month_and_the_total():
    lines = [fact(month, "R1", 110_000 + at, customer="c1") for at, month in enumerate(MONTHS)]
    table = annual_table(vr.annual_summary(grid_of(company(12, lines)), MONTHS), Words("en", "one"))
    assert len(table.text.splitlines()) == 2 + 12 + 1
    assert table.html.count('class="total"') == 1


def test_before_the_first_month_the_page_says_so():
    words = Words("en", "one")
    assert grid_sentences(words, grid_of(company(0)), None) == [words("variance_review.not_yet")]
