"""Goals beside what budget, tree and roster make of them, and what the months of hires rest on."""

from decimal import Decimal

import pandas as pd
import pytest
from target_cases import EVEN, LAST_YEAR, MONTHS, SOLD, dec, facts, measured, plan, reps, targets, terms

from salesplan import annual_target
from salesplan.conclusions import annual_target as conclusions
from salesplan.terms.drivers import Drivers
from salesplan.wording import Words

ZH, EN = Words("zh", "万元"), Words("en", "one")
BOTH = pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
PAID = pd.DataFrame({"date": pd.to_datetime(["2025-04-01", "2026-04-01"]), "amount": [900_00, 3_500_00]})
OWED = 1000 + LAST_YEAR - 900 - 3500
COST = {"indicator": "unit_selling_cost", "value": dec("2.50"), "last_year": dec("2.40")}


def budget(*amounts):
    return pd.DataFrame({"amount": pd.array([round(amount * 100) for amount in amounts], dtype="int64")})


def tree(rate=None):
    past = annual_target.past_year(facts(*SOLD), {"collections": PAID}, plan())
    return annual_target.tree(400_000, annual_target.driver_rates(Drivers(collection_rate=rate), past), past)


def company(*goals):
    goaled = targets(list(goals))
    found = annual_target.of_company(goaled)
    owed = found["indicator"] == "receivables"
    return found.assign(last_year=found["last_year"].mask(owed, dec(OWED)))


def beside(*goals, spent=(), rate=None):
    return annual_target.coherence(company(*goals), tree(rate), budget(*spent)).set_index("check")


def test_a_goal_of_unit_cost_stands_beside_the_budget():
    found = beside(COST, {"indicator": "quantity", "value": 40}, spent=(100, 8)).loc["unit_selling_cost"]
    assert found.tolist() == [dec("2.50"), dec(108) / 40, dec("2.40")]


@pytest.mark.parametrize(
    ("goals", "spent"),
    [
        pytest.param((), (100,), id="no goal"),
        pytest.param((COST,), (), id="no budget"),
        pytest.param(({**COST, "value": None, "values": {"stretch": 2}},), (100,), id="none for the planned level"),
    ],
)
def test_without_both_sides_there_is_no_check(goals, spent):
    assert beside(*goals, spent=spent).empty


def test_a_goal_of_receivables_needs_its_collections():
    found = beside({"indicator": "receivables", "value": 60}, rate=dec("0.9")).loc["receivables"]
    assert found["goal"] == OWED + 4000 - 60  # what is owed and sold, less what may be owed at the end
    assert found["found"] == 4000 * dec("0.9")
    assert found["last_year"] == 3500


def test_the_small_company_is_owed_what_it_did_not_pay():
    found = measured({"collections": PAID})
    assert found.loc[found["indicator"] == "receivables", "last_year"].tolist() == [dec(OWED)]


@BOTH
@pytest.mark.parametrize(
    ("goal", "spent", "said"),
    [
        pytest.param(COST, 40 * 2.50, False, id="the budget meets the goal"),
        pytest.param(COST, 40 * 2.51, False, id="within half a percent"),
        pytest.param(COST, 40 * 2.00, False, id="a cost is a ceiling"),
        pytest.param(COST, 40 * 2.70, True, id="the budget costs more"),
        pytest.param({**COST, "last_year": None}, 40 * 2.70, True, id="no last year"),
    ],
)
def test_a_dearer_budget_is_warned_of_with_both_figures(goal, spent, said, words):
    checks = beside(goal, {"indicator": "quantity", "value": 40}, spent=(spent,)).reset_index()
    found = conclusions.coherence_sentences(words, checks)
    assert len(found) == said
    assert all("2.50" in text and "2.70" in text and "nan" not in text and "{" not in text for text in found)


def test_changes_on_last_year_stand_with_the_figures():
    checks = beside(COST, {"indicator": "quantity", "value": 40}, spent=(40 * 2.70,)).reset_index()
    text = conclusions.coherence_sentences(ZH, checks)[0]
    assert "目标为 2.50 元（上年 2.40 元，高 4.2%）" in text  # 2.50 / 2.40 - 1
    assert "得 2.70 元（高 12.5%）" in text  # 2.70 / 2.40 - 1


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        pytest.param(60, "全年须回款 0.40 万元，而目标分解链按当年回款率得 0.36 万元：相差的 0.04 万元", id="short"),
        pytest.param(OWED + 4000 * 0.1 + 200, "多 0.02 万元：两者请统一", id="spare"),
    ],
)
def test_receivables_and_collections_are_compared(goal, text):
    checks = beside({"indicator": "receivables", "value": dec(goal)}, rate=dec("0.9")).reset_index()
    assert text in conclusions.coherence_sentences(ZH, checks)[0]


# Hires that the budget does not pay

HEADS = pd.Series(11, index=pd.Index(MONTHS, name="month"))
BY_HEAD = [
    {"name": "底薪", "method": "per_head", "amount": 100},
    {"name": "保险", "method": "per_head", "amount": 240, "per": "year"},
    {"name": "房租", "method": "fixed", "amount": 999},
]


def unpaid(hires, categories=BY_HEAD):
    rows = [(month, *hires.get(month, (0, ""))) for month in MONTHS]
    frame = pd.DataFrame(rows, columns=["month", "hires", "start_by"])
    return annual_target.hires_unbudgeted(frame, terms(expenses={"categories": categories}), HEADS)


def test_a_hire_costs_the_budgets_amounts_from_his_start():
    assert unpaid({"2027-11": (2, "2027-07")}) == (11, 2, Decimal(2 * 6 * (100 + 240 // 12)))
    assert unpaid({"2027-02": (1, "2026-10")}) == (11, 1, Decimal(12 * 120))  # too late: from the first month on


def test_nothing_is_left_out_without_a_hire_or_a_category_by_heads():
    assert unpaid({}) is None
    assert unpaid({"2027-11": (2, "2027-07")}, BY_HEAD[2:]) is None


@BOTH
def test_a_hire_without_a_budget_is_said(words):
    found = conclusions.coherence_sentences(words, beside(), unpaid({"2027-11": (1, "2027-12")}))
    assert len(found) == 1
    assert "11" in found[0] and words.money((100 + 20) * 100) in found[0]


# What the months of hires rest on


def test_the_quota_and_the_peak_of_the_table():
    team = reps(("a", None, None, 1200), ("b", None, None, 1800))
    assert annual_target.quota_and_peak(Drivers(), EVEN, team) == (1500_00, 1.0)
    declared = Drivers(full_quota=dec(900), peak_load=dec("1.1"))
    assert annual_target.quota_and_peak(declared, EVEN, team) == (900_00, 1.1)
    assert annual_target.quota_and_peak(Drivers(), EVEN, reps(("a", None, None, None))) is None


@BOTH
def test_the_basis_of_the_months_is_said(words):
    found = conclusions.hires_basis(words, (1500_00, 1.07))
    assert len(found) == 1
    assert words.money(1500_00) in found[0] and "1.07" in found[0] and "0.05" in found[0]
    assert conclusions.hires_basis(words, None) == []
