"""Reps beside their peers: rank, distances, catch-up amounts, and promises whose numbers do not agree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review import MONTHS, company, fact, split_of

from salesplan import variance_review as vr
from salesplan.conclusions.variance_review import ranking_sentences
from salesplan.terms.kpis import CatchUp
from salesplan.variance_review.ranking import monthly
from salesplan.wording import Words

WAN = 1_000_000  # fen of 10,000


def half_year(quotas, sold, *, closed=6):
    """Reps with an even quota a month and sales spread over the closed months, fen a year and fen to date."""
    split = split_of([sum(quotas.values()) // 12] * 12)
    rows = [(rep, month, quota // 12, quota // 12) for rep, quota in quotas.items() for month in MONTHS]
    allocation = pd.DataFrame(rows, columns=["rep", "month", "base", "amount"])
    lines = [fact(MONTHS[0], rep, amount) for rep, amount in sold.items() if amount]
    return company(closed, lines, split=split, allocation=allocation)


def ranked(figures):
    return vr.ranking(vr.standing(figures, vr.rep_grid(figures)), figures)


def of(table, rep):
    return table.set_index("rep").loc[rep]


# S0: "她半年的销售额是15万多 ... 而我只有两万多 ... 在后半年里争取做到15万，即每个月要做3万左右"


def test_two_against_fifteen_and_what_fifteen_in_six_months_is():
    """S0 sells 20,000 while a peer sells 150,000; to make 150,000 in six months is 25,000 a month, not 30,000."""
    figures = half_year({"peer": 30 * WAN, "S0": 17 * WAN // 12 * 12}, {"peer": 15 * WAN, "S0": 2 * WAN})
    s0 = of(ranked(figures), "S0")
    assert s0["amount_behind"] == 13 * WAN
    assert s0["place"] == 2
    promise = vr.promises(figures, [CatchUp(rep="S0", amount=150_000, monthly=30_000)])[0]
    assert (promise.needed, promise.months) == (25_000 * 100, 6)
    assert not promise.consistent
    said = ranking_sentences(Words("zh", "元"), ranked(figures), [promise])[-1]
    assert "25,000.00" in said
    assert "30,000.00" in said
    assert "180,000.00" in said  # what 30,000 a month would make


def test_a_quota_of_seventeen_with_two_sold_is_two_and_a_half_a_month():
    figures = half_year({"peer": 36 * WAN, "S0": 1_700_000 * 12}, {"peer": 15 * WAN, "S0": 540 * 10_000})
    s0 = of(ranked(figures), "S0")
    assert s0["amount_month_quota"] == (1_700_000 * 12 - 5_400_000) // 6
    assert s0["amount_month_planned"] == 1_700_000
    assert s0["amount_month_so_far"] == 5_400_000 // 6


@pytest.mark.parametrize(
    ("stated", "consistent"),
    [
        pytest.param(None, True, id="no number of his own"),
        pytest.param(25_000, True, id="right"),
        pytest.param("25000.50", True, id="within a unit"),
        pytest.param(30_000, False, id="S0"),
        pytest.param(20_000, False, id="too little"),
    ],
)
def test_promises(stated, consistent):
    from decimal import Decimal

    one = CatchUp(rep="S0", amount=150_000, monthly=None if stated is None else Decimal(stated))
    assert vr.promises(half_year({"S0": 12 * WAN}, {}), [one])[0].consistent == consistent


def test_when_the_year_is_over_there_is_nothing_left_to_promise():
    figures = half_year({"A": 12 * WAN, "B": 12 * WAN}, {"A": 6 * WAN}, closed=12)
    assert vr.promises(figures, [CatchUp(rep="A", amount=1)]) == []
    table = ranked(figures)
    assert table["amount_month_quota"].isna().all()
    assert ranking_sentences(Words("en", "one"), table, [])


# ---------------------------------------------------------------- distances


def test_distances_to_the_middle_and_to_the_best():
    quotas = dict.fromkeys(("A", "B", "C"), 12 * WAN)
    table = ranked(half_year(quotas, {"A": 9 * WAN, "B": 6 * WAN, "C": 3 * WAN}))  # due: 6
    assert table["rep"].tolist() == ["A", "B", "C"]
    assert table["median_gap_share"].tolist() == pytest.approx([0.5, 0, -0.5])
    assert table["best_gap_share"].tolist() == pytest.approx([0, -0.5, -1])
    assert table["amount_to_median"].tolist() == [0, 0, 3 * WAN]
    assert table["amount_to_best"].tolist() == [0, 3 * WAN, 6 * WAN]
    assert table["amount_month_quota"].tolist() == [3 * WAN // 6, 6 * WAN // 6, 9 * WAN // 6]
    assert table["amount_month_median"].tolist() == [3 * WAN // 6, 6 * WAN // 6, 9 * WAN // 6]  # the middle is at 100 %


def test_equal_attainment_shares_a_place():
    table = ranked(half_year(dict.fromkeys("ABC", 12 * WAN), {"A": 6 * WAN, "B": 6 * WAN, "C": WAN}))
    assert table["place"].tolist() == [1, 1, 3]


def test_nobody_is_held_against_a_newcomers_first_weeks():
    quotas = {"A": 24 * WAN, "B": 24 * WAN, "new": WAN // 12 * 12}
    table = ranked(half_year(quotas, {"A": 12 * WAN, "B": 6 * WAN, "new": 5 * WAN}))
    assert of(table, "new")["place"] == 1
    assert of(table, "A")["best_gap_share"] == pytest.approx(0)
    assert of(table, "A")["median_gap_share"] == pytest.approx(0.25)  # 1 against the middle of 1 and 0.5


def test_a_rep_without_a_target_has_no_place():
    table = ranked(half_year({"A": 12 * WAN, "none": 0}, {"A": 6 * WAN, "none": 500}))
    alone = of(table, "none")
    assert pd.isna(alone["place"])
    assert pd.isna(alone["amount_month_quota"])
    assert ranking_sentences(Words("en", "one"), table, []) == [Words("en", "one")("ranking.too_few")]


def test_without_reps_the_table_has_its_header():
    table = ranked(company(0))
    assert table.empty
    assert "amount_month_median" in table
    assert ranking_sentences(Words("zh", "元"), table, []) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**12), max_size=6), st.integers(1, 12))
def test_a_monthly_part_is_enough_and_not_a_fen_too_much(amounts, months):
    parts = monthly(pd.Series(amounts, dtype="int64"), months)
    for amount, part in zip(amounts, parts, strict=True):
        assert part * months >= amount
        assert part == 0 or (part - 1) * months < amount


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1, max_size=6), st.integers(1, 11))
def test_catching_up_reaches_what_it_says(reps, closed):
    quotas = {f"r{at}": quota // 12 * 12 for at, (quota, _) in enumerate(reps)}
    table = ranked(half_year(quotas, {f"r{at}": sold for at, (_, sold) in enumerate(reps)}, closed=closed))
    left = 12 - closed
    for one in table[table["place"].notna()].itertuples():
        assert one.actual + one.amount_month_quota * left >= one.quota
        middle = one.attainment - one.median_gap_share
        if not np.isnan(middle):
            assert one.actual + one.amount_month_median * left >= int(middle * one.quota) - 2 - one.quota // 10**6
    known = table["place"].dropna().tolist()
    assert known == sorted(known)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_name_the_steepest_climb(language):
    words = Words(language, "元" if language == "zh" else "one")
    quotas = dict.fromkeys("ABCDEFGH", 12 * WAN)
    table = ranked(half_year(quotas, {name: at * WAN for at, name in enumerate(quotas)}))
    said = ranking_sentences(words, table, [])
    assert not any("{" in text or "nan" in text for text in said)
    assert words.money(2 * WAN) in said[1]  # A: 12 left in six months
    level = ranked(half_year(quotas, dict.fromkeys(quotas, 6 * WAN)))
    assert words("ranking.all_level", more="10%") in ranking_sentences(words, level, [])
