"""The funnel back from the quota: golden cases, rates drawn to the team's, sizes of deals, records that do not fit."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan.rep_allocation.activity.funnel import (
    DEAL,
    FUNNEL_COLUMNS,
    Records,
    back_calculate,
    deal_sizes,
    funnel_table,
    recorded,
    rounded_up,
    stage_rates,
)
from salesplan.rep_allocation.activity.shrinking import shrink_means, shrink_rates
from salesplan.terms.activities import Funnel

GOLDEN = Path(__file__).parents[2] / "shared" / "goldens" / "funnel_cases.json"
# start, rates from the deal back, exact numbers, each rounded up once
CASES = {
    "sales math": (14, (0.4, 0.5, 0.35, 0.1), (14, 35, 70, 200, 2000), (14, 35, 70, 200, 2000)),
    "a measured rate": (68, (68 / 92,), (68, 92), (68, 92)),
    "rounding once": (7, (0.3, 0.3, 0.3), (7, 7 / 0.3, 7 / 0.09, 7 / 0.027), (7, 24, 78, 260)),
}
MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]
PAST = [f"2026-{month:02d}" for month in range(1, 13)]


def terms(**changed):
    stages = [{"activity": "bid", "rate": Decimal("0.5")}, {"activity": "visit", "rate": Decimal("0.4")}]
    return Funnel.model_validate({"stages": stages, **changed})


def people(*rows):
    return pd.DataFrame(rows, columns=["rep", "team"]).assign(name=None, quota=0)


def deals(*rows):
    """rep, month, amount (fen) and how many orders of it there are."""
    every = [(rep, month, amount) for rep, month, amount, count in rows for _ in range(count)]
    frame = pd.DataFrame(every, columns=["rep", "month", "amount"])
    return frame.assign(
        order=[f"O{n}" for n in range(len(frame))], customer="C", date=pd.to_datetime(frame["month"] + "-15")
    )


def records(*rows):
    """date, rep, activity, count."""
    return pd.DataFrame(rows, columns=["date", "rep", "activity", "count"])


# --- back from the deals ---------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "rates", "exact", "whole"), CASES.values(), ids=CASES)
def test_stages_are_divided_and_rounded_up_once(start, rates, exact, whole):
    found = back_calculate(np.array([float(start)]), np.array([rates]))
    assert found[0] == pytest.approx(exact)
    assert rounded_up(found[0]).tolist() == list(whole)


@pytest.mark.skipif(not GOLDEN.exists(), reason="golden cases lie beside the checkout")
def test_golden_cases():
    for case in json.loads(GOLDEN.read_text(encoding="utf-8")):
        rates = np.array([[rate for _, rate in case["stage_rates"]]])
        found = back_calculate(np.array([float(case["start"])]), rates)[0]
        assert found == pytest.approx(case["exact"], abs=1e-6), case["id"]
        once = rounded_up(found).tolist()
        assert once == [int(np.ceil(round(exact, 5))) for exact in case["exact"]], case["id"]
        assert all(ours <= each for ours, each in zip(once, case["ceil_each_stage"], strict=True)), case["id"]


@given(st.floats(0.01, 1e5), st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6))
def test_a_stage_further_back_is_never_smaller_and_a_better_rate_never_asks_for_more(deals_asked, rates):
    start, grid = np.array([deals_asked]), np.array([rates])
    exact = back_calculate(start, grid)[0]
    assert (np.diff(exact) >= -1e-9 * exact[1:]).all()
    better = back_calculate(start, np.minimum(grid * 1.5, 1.0))[0]
    assert (better <= exact * (1 + 1e-12)).all()
    assert (np.asarray(rounded_up(exact), dtype=float) >= exact - 1e-6 * exact).all()


def test_an_unknown_rate_leaves_the_rest_unknown():
    found = back_calculate(np.array([4.0]), np.array([[0.5, np.nan, 0.5]]))[0]
    assert rounded_up(found)[:2].tolist() == [4, 8]
    assert rounded_up(found)[2:].isna().all()


# --- drawn to the team -----------------------------------------------------------------------------

TEAMS = np.array([0, 0, 0, 1, 1])


def test_a_given_strength_is_pseudo_observations():
    reached, tried = np.array([5.0, 20, 0, 8, 2]), np.array([10.0, 80, 0, 10, 10])
    found = shrink_rates(reached, tried, TEAMS, strength=10.0)
    team = 25 / 90
    assert found.team[:3] == pytest.approx([team] * 3)
    assert found.used[0] == pytest.approx((5 + 10 * team) / (10 + 10))
    assert found.used[1] == pytest.approx((20 + 10 * team) / (80 + 10))
    assert found.used[2] == pytest.approx(team)  # no records: the team's
    assert np.isnan(found.own[2])
    assert found.used[3] == pytest.approx((8 + 10 * 0.5) / 20)
    assert found.weight[:3] == pytest.approx([0.5, 80 / 90, 0.0])


def test_reps_who_do_not_differ_more_than_chance_share_one_rate():
    found = shrink_rates(np.array([50.0, 51, 49]), np.array([100.0, 100, 100]), np.zeros(3, dtype=np.int64))
    assert np.isinf(found.strength)
    assert found.used == pytest.approx([0.5] * 3)
    assert (found.weight == 0).all()


def test_reps_who_differ_much_keep_their_own():
    found = shrink_rates(np.array([100.0, 500, 900]), np.full(3, 1000.0), np.zeros(3, dtype=np.int64))
    assert found.used == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    assert found.strength < 10


def test_the_strength_is_that_of_the_beta_distribution_the_rates_come_from():
    """2,000 reps from Beta(12, 28): k = 40, mean 0.3."""
    draws = np.random.default_rng(7)
    tried = draws.integers(20, 400, 2000).astype(float)
    reached = draws.binomial(tried.astype(int), draws.beta(12, 28, 2000)).astype(float)
    found = shrink_rates(reached, tried, np.zeros(2000, dtype=np.int64))
    assert found.strength == pytest.approx(40, rel=0.15)
    assert found.team[0] == pytest.approx(0.3, abs=0.01)


def test_a_team_of_one_is_drawn_to_everybody():
    found = shrink_rates(np.array([5.0, 30, 30]), np.array([10.0, 100, 100]), np.array([0, 1, 1]), strength=10.0)
    assert found.of_team.tolist() == [False, True, True]
    assert found.team[0] == pytest.approx(65 / 210)


def test_nobody_has_records():
    found = shrink_rates(np.zeros(2), np.zeros(2), np.zeros(2, dtype=np.int64))
    assert np.isnan(found.used).all()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12))
def test_the_rate_used_lies_between_own_and_team(rows):
    tried = np.array([float(a + b) for a, b in rows])
    reached = np.array([float(a) for a, _ in rows])
    found = shrink_rates(reached, tried, np.zeros(len(rows), dtype=np.int64))
    known = tried > 0
    low, high = np.fmin(found.own, found.team)[known], np.fmax(found.own, found.team)[known]
    assert ((found.used[known] >= low - 1e-12) & (found.used[known] <= high + 1e-12)).all()


def test_means_use_the_variance_within_over_that_between():
    values = [np.array([10.0, 14.0]), np.array([30.0, 34.0])]
    sums, squares = (np.array([f(v) for v in values]) for f in (np.sum, lambda v: (v**2).sum()))
    found = shrink_means(sums, squares, np.array([2.0, 2.0]), np.zeros(2, dtype=np.int64))
    within = 8.0  # both have a sum of squared distances of 8 and a degree of freedom
    between = (2 * 100 + 2 * 100 - within * 1.0) / (0.5 * 2 + 0.5 * 2)
    assert found.strength == pytest.approx(within / between)
    assert found.used[0] == pytest.approx((24 + found.strength * 22) / (2 + found.strength))


# --- sizes of deals --------------------------------------------------------------------------------


def test_the_average_deal_leaves_giants_their_place():
    sold = deals(("R1", "2026-05", 1000, 39), ("R1", "2026-06", 1_000_000, 1), ("R2", "2026-06", 1000, 40))
    found = deal_sizes(Records(None, sold), people(("R1", "A"), ("R2", "A")), MONTHS, terms())
    assert found["amount_deal"].tolist() == [1000, 1000]
    assert found["tried"].tolist() == [40, 40]


def test_a_rep_without_orders_has_the_teams_average_and_a_given_size_wins():
    sold = deals(("R1", "2026-05", 1000, 5), ("R2", "2026-05", 3000, 5), ("R9", "2026-05", 90_000, 5))
    staff = people(("R1", "A"), ("R2", "A"), ("R3", "A"))
    found = deal_sizes(Records(None, sold), staff, MONTHS, terms()).set_index("rep")
    assert found.loc["R3", "amount_deal"] == 2000
    assert found.loc["R3", "source"] == "team"
    assert found["amount_own"].isna().tolist() == [False, False, True]
    given_size = deal_sizes(Records(None, sold), staff, MONTHS, terms(deal={"size": Decimal("12.50")}))
    assert given_size["amount_deal"].tolist() == [1250] * 3
    assert set(given_size["source"]) == {"plan"}


def test_returns_and_months_out_of_reach_do_not_count():
    sold = deals(("R1", "2023-05", 9000, 5), ("R1", "2026-05", 1000, 3), ("R1", "2026-06", -500, 2))
    found = deal_sizes(Records(None, sold), people(("R1", "A")), MONTHS, terms())
    assert found.loc[0, ["tried", "amount_deal"]].tolist() == [3, 1000]


# --- rates by stage --------------------------------------------------------------------------------


def year_of(rep, bids, visits):
    return [(month, rep, name, count) for month in PAST for name, count in (("bid", bids), ("visit", visits))]


def past(*rows, sold=()):
    return Records(records(*rows), deals(*sold))


def test_rates_are_counted_in_months_that_have_both_stages():
    rows = [("2026-01", "R1", "bid", 4), ("2026-01", "R1", "visit", 10), ("2026-02", "R1", "visit", 90)]
    found = stage_rates(past(*rows, sold=[("R1", "2026-01", 100, 2), ("R1", "2026-03", 100, 9)]),
                        people(("R1", "A")), MONTHS, terms()).set_index("activity")  # fmt: skip
    assert found.loc["bid", ["reached", "tried", "own_rate"]].tolist() == [2, 4, 0.5]
    assert found.loc["visit", ["reached", "tried", "own_rate"]].tolist() == [4, 10, 0.4]


def test_days_and_months_count_alike():
    by_day = [("2026-01-05", "R1", "bid", 3), ("2026-01-26", "R1", "bid", 1), ("2026-01-31", "R1", "visit", 8)]
    found = recorded(past(*by_day), MONTHS, terms())
    assert found.loc[("R1", "2026-01"), ["bid", "visit"]].tolist() == [4, 8]
    late = recorded(Records(records(*by_day), deals(), cutoff=25), MONTHS, terms())
    assert late.loc[("R1", "2026-02"), "visit"] == 8
    assert late.loc[("R1", "2026-02"), "bid"] == 1


def test_who_writes_down_too_little_has_the_teams_rates_at_both_stages():
    """R2 has three visits for sixty bids: neither bids of visits nor visits of calls can be his."""
    stages = [{"activity": name, "rate": Decimal("0.5")} for name in ("bid", "visit", "call")]
    rows = [
        (month, rep, name, count)
        for rep, visits in (("R1", 20), ("R2", 1), ("R3", 20))
        for month in PAST
        for name, count in (("bid", 8), ("visit", visits), ("call", 100))
    ]
    found = stage_rates(past(*rows, sold=[(rep, month, 1, 4) for rep in ("R1", "R2", "R3") for month in PAST]),
                        people(("R1", "A"), ("R2", "A"), ("R3", "A")), MONTHS, terms(stages=stages))  # fmt: skip
    mine = found[found["rep"] == "R2"].set_index("activity")
    assert mine["source"].to_dict() == {"bid": "own", "visit": "doubtful", "call": "doubtful"}
    assert mine.loc["visit", "rate"] == pytest.approx(0.4)
    assert mine.loc["call", "rate"] == pytest.approx(0.2)  # the team's without him
    assert mine.loc["visit", "own_rate"] == pytest.approx(8.0)  # shown as it is


def test_without_records_the_file_says_and_it_can_be_told_to():
    staff = people(("R1", "A"), ("R2", "A"))
    none = stage_rates(Records(None, deals()), staff, MONTHS, terms())
    assert none["rate"].tolist() == [0.5, 0.5, 0.4, 0.4]
    assert set(none["source"]) == {"plan"}
    rows = [*year_of("R1", 4, 20), *year_of("R2", 4, 20)]
    by_file = stage_rates(past(*rows), staff, MONTHS, terms(rates="plan"))
    assert by_file["rate"].tolist() == none["rate"].tolist()
    assert by_file["own_rate"].notna().all()  # shown beside it


def test_a_stage_nobody_knows_is_unknown():
    stages = [{"activity": "bid"}, {"activity": "visit", "rate": Decimal("0.4")}]
    found = stage_rates(Records(None, deals()), people(("R1", "A")), MONTHS, terms(stages=stages))
    assert found["source"].tolist() == ["none", "plan"]
    assert np.isnan(found["rate"].iloc[0])


# --- the table -------------------------------------------------------------------------------------


def test_the_funnel_table_by_hand():
    staff = people(("R2", "A"), ("R1", "A"))
    found = funnel_table(Records(None, deals()), staff, np.array([100_000, 50_000]), MONTHS,
                         terms=terms(deal={"size": Decimal(100)}))  # fmt: skip
    assert list(found.columns[:-1]) == list(FUNNEL_COLUMNS)
    assert found["rep"].tolist() == ["R1"] * 3 + ["R2"] * 3
    assert found["activity"].tolist() == [DEAL, "bid", "visit"] * 2
    assert found["count"].tolist() == [5, 10, 25, 10, 20, 50]


def test_row_order_of_the_inputs_changes_nothing():
    rows = [row for number in range(4) for row in year_of(f"R{number}", 3 + number, 20)]
    sold = [(f"R{number}", month, 1000 + 77 * number, 2) for number in range(4) for month in PAST]
    staff = people(*((f"R{number}", "AB"[number % 2]) for number in range(4)))
    first = past(*rows, sold=sold)
    other = Records(first.records.sample(frac=1, random_state=3), first.deals.sample(frac=1, random_state=4))
    regular = np.array([100_000] * 4)
    one, two = (funnel_table(p, staff, regular, MONTHS, terms=terms()) for p in (first, other))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"stages": []}, id="no stage"),
        pytest.param({"stages": [{"activity": "bid"}, {"activity": "bid"}]}, id="a stage twice"),
        pytest.param({"stages": [{"activity": "deal"}]}, id="a name of the boards"),
        pytest.param({"stages": [{"activity": "bid", "rate": Decimal(0)}]}, id="a rate of nothing"),
        pytest.param({"stages": [{"activity": "bid", "rate": Decimal("1.1")}]}, id="more than all"),
        pytest.param({"cadence": "call"}, id="a cadence that is no stage"),
        pytest.param({"day": {"hours": Decimal(2), "meetings": Decimal(1)}}, id="no hour left"),
    ],
)
def test_parameters_that_cannot_be(changed):
    with pytest.raises(ValidationError):
        terms(**changed)
