"""The pack of indicators: values from the tables, targets, direction, states, choice, alerts, and what is refused."""

import shutil
from decimal import Decimal
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydantic import ValidationError
from test_variance_review import MONTHS, company, fact, kpi, pack_of, reps_of, three_months

from salesplan.calendar import add_months, workdays
from salesplan.charts import variance_review as charts
from salesplan.conclusions.variance_review import cards, catalogue, kpi_sentences
from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.terms import VarianceReviewTerms
from salesplan.terms.indicators import CODES, INDICATORS, indicator_code
from salesplan.variance_review.kpis import USUAL, part_of, state_of
from salesplan.wording import LANGUAGES, Words
from salesplan.wording import catalogue as texts_of

matplotlib.use("Agg")
DEMO = Path(__file__).parents[1] / "params" / "henan-2027"
FIRST, BEFORE = MONTHS[0], add_months(MONTHS[0], -12)
SIX = ["amount", "orders", "customers", "contract_amount", "revenue_growth", "plan_attainment"]
S4 = [
    "销售合同额", "销售收入", "货款回笼率", "营销计划完成情况", "市场占有率",
    "营业费用比率", "销售收入增加率", "客户满意度", "营业费用达成率", "运输费用达成率",
    "解决客户投诉率", "合同归档率", "销售台帐准确性", "销售往来记录及时性和准确性", "产品标识制作及时性",
    "客户信息管理完成性", "销售结算及时性准确性",
]  # fmt: skip
SHOWROOM = ["来店量", "来电量", "试驾率", "展厅成交率", "户外展示成交比", "销售顾问个体生产力"]
CUSTOMER = ["市场份额", "客户保留度", "获取率", "客户满意度", "利润贡献率"]


def chosen(*names, **more):
    return VarianceReviewTerms.model_validate({"kpis": list(names), **more})


def expenses(*rows):
    frame = pd.DataFrame(list(rows), columns=["month", "category", "amount"])
    return frame.astype({"amount": "int64", "month": "str", "category": "str"})


# ---------------------------------------------------------------- the catalogue


@pytest.mark.parametrize("name", [*S4, *SHOWROOM, *CUSTOMER])
def test_every_indicator_of_the_sources_is_in_the_catalogue(name):
    assert indicator_code(name) in INDICATORS


def test_the_seventeen_are_seventeen_and_no_name_means_two():
    assert len({indicator_code(name) for name in S4}) == 17
    names = [name for code, one in INDICATORS.items() for name in (code, *one.names)]
    assert len(names) == len(set(names)) == len(CODES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_has_a_name_and_a_formula(language):
    texts = texts_of(language)
    for code in INDICATORS:
        assert f"code.indicator.{code}" in texts
        assert f"kpi_formula.{code}" in texts


# ---------------------------------------------------------------- values


def value(figures, indicator, month=FIRST, **records):
    return kpi(pack_of(figures, **records).table, indicator, month)["value"]


def test_contracts_are_before_returns_and_revenue_after():
    figures = company(1, [fact(FIRST, "R1", 9_000), fact(FIRST, "R1", -2_000, kind="return")])
    assert (value(figures, "contract_amount"), value(figures, "amount")) == (90, 70)


def test_growth_and_plan_are_held_against_their_months():
    figures = company(1, [fact(FIRST, "R1", 90_000)])  # last year 100,000, target 120,000
    table = pack_of(figures).table
    assert kpi(table, "revenue_growth")["value"] == Decimal("-0.1")
    assert kpi(table, "revenue_growth")["target"] == Decimal("0.2")
    assert kpi(table, "revenue_growth")["state"] == "behind"  # 0.9 of 1.2
    assert (kpi(table, "plan_attainment")["value"], kpi(table, "plan_attainment")["basis"]) == (
        Decimal("0.75"),
        "standard",
    )


def test_expenses_against_sales_and_budget():
    spent = expenses((FIRST, "运输费", 900), (FIRST, "广告", 8_100), (MONTHS[5], "广告", 1))
    budget = expenses((FIRST, "运输费", 1_000), (FIRST, "广告", 9_000), (FIRST, "(contingency)", 5_000))
    figures = company(1, [fact(FIRST, "R1", 90_000, cost=50_000)])
    table = pack_of(figures, expenses=spent, budget=budget).table
    assert kpi(table, "expense_ratio")["value"] == Decimal("0.1")
    assert kpi(table, "expense_ratio")["target"] == round(Decimal(10_000) / 120_000, 6)  # without the reserve
    assert kpi(table, "expense_attainment")["value"] == Decimal("0.9")
    assert kpi(table, "freight_attainment")["value"] == Decimal("0.9")
    assert kpi(table, "profit_contribution")["value"] == round(Decimal(90_000 - 50_000 - 9_000) / 90_000, 6)


def test_a_month_without_a_record_of_expenses_is_unknown():
    figures = company(2, [fact(month, "R1", 90_000) for month in MONTHS[:2]])
    table = pack_of(figures, expenses=expenses((FIRST, "广告", 5))).table
    assert table.loc[table["indicator"] == "expense_ratio", "month"].tolist() == [FIRST]


def test_sales_per_rep_count_who_is_in_post():
    reps = reps_of(
        ("R1", "", None, None, None), ("R2", "", "2027-01-31", None, None), ("R3", "", "2027-02-01", None, None)
    )
    figures = company(1, [fact(FIRST, "R1", 90_000)], reps=reps)
    table = pack_of(figures).table
    assert kpi(table, "rep_productivity")["value"] == 900 / 2
    assert kpi(table, "rep_productivity")["target"] == 1_200 / 2


def test_customers_kept_and_won_to_date():
    past = [fact(BEFORE, "R1", 5, customer=name) for name in "abcd"]
    early = [fact(add_months(FIRST, -24), "R1", 5, customer=name) for name in "e"]
    now = [fact(FIRST, "R1", 5, customer=name) for name in ("a", "b", "e", "f")]
    february = [fact(MONTHS[1], "R1", 5, customer="c"), fact(MONTHS[1], "R1", -5, customer="d", kind="return")]
    figures = company(2, [*past, *early, *now, *february], years=0)
    assert value(figures, "customer_retention") == Decimal("0.5")  # a and b of a, b, c, d
    assert value(figures, "customer_retention", MONTHS[1]) == Decimal("0.75")  # and c; a return is no purchase
    assert value(figures, "customer_acquisition") == Decimal("0.25")  # f of a, b, e, f; e came back
    assert value(figures, "customer_acquisition", MONTHS[1]) == Decimal("0.2")


def test_the_showroom_is_counted_among_the_activities():
    rows = [
        (FIRST, "R1", "来店", 60), ("2027-01-15", "R2", "来店", 40), (FIRST, "R1", "试驾", 30),
        (FIRST, "R1", "展厅成交", 20), (FIRST, "R1", "来电", 70),
    ]  # fmt: skip
    activities = pd.DataFrame(rows, columns=["date", "rep", "activity", "count"])
    table = pack_of(company(1, [fact(FIRST, "R1", 1)]), activities=activities).table
    assert (kpi(table, "showroom_visits")["value"], kpi(table, "phone_inquiries")["value"]) == (100, 70)
    assert kpi(table, "test_drive_rate")["value"] == Decimal("0.3")
    assert kpi(table, "showroom_close_rate")["value"] == Decimal("0.2")
    assert "outdoor_close_rate" not in set(table["indicator"])


def test_records_kept_count_at_most_their_standard():
    rows = [(FIRST, "R1", "customer_records", 30.0, 20.0), (FIRST, "R2", "customer_records", 10.0, 20.0)]
    scores = pd.DataFrame(rows, columns=["month", "rep", "component", "actual", "standard"])
    found = kpi(pack_of(company(1), scores=scores).table, "customer_records")
    assert (found["value"], found["target"], found["state"]) == (Decimal("0.75"), 1, "behind")


@pytest.mark.parametrize("name", ["satisfaction", "客户满意度", " 客户满意度 "])
def test_what_is_entered_may_be_called_by_code_or_by_name(name):
    kpis = pd.DataFrame({"month": [FIRST, BEFORE], "indicator": [name, name], "value": [0.93, 0.9]})
    found = kpi(pack_of(company(1, kpis=kpis)).table, "satisfaction")
    assert (found["value"], found["target"], found["unit"]) == (Decimal("0.93"), Decimal("0.9"), "share")


def test_what_is_entered_stands_instead_of_what_would_be_computed():
    kpis = pd.DataFrame({"month": [FIRST], "indicator": ["成交客户数"], "value": [77.0]})
    assert value(company(1, [fact(FIRST, "R1", 1)], kpis=kpis), "customers") == 77


# ---------------------------------------------------------------- targets and states


def test_the_years_goal_of_a_rate_holds_in_every_month():
    goals = pd.DataFrame(
        {
            "indicator": ["satisfaction", "satisfaction", "satisfaction", "customers"],
            "value": [Decimal("0.95"), Decimal("0.5"), Decimal("0.4"), Decimal(9)],
            "unit": ["share", "share", "share", "unit"],
            "basis": ["goal", "goal", "goal", "goal"],
            "planned": [True, False, True, True],
            "line": ["", "", "paint", ""],
        }
    )
    kpis = pd.DataFrame({"month": [FIRST], "indicator": ["satisfaction"], "value": [0.94]})
    table = pack_of(company(1, [fact(FIRST, "R1", 1)], kpis=kpis), goals=goals).table
    assert (kpi(table, "satisfaction")["target"], kpi(table, "satisfaction")["basis"]) == (Decimal("0.95"), "plan")
    assert kpi(table, "customers")["basis"] == "last_year"  # a year's number is no month's


@pytest.mark.parametrize(
    ("done", "target", "better", "growth", "part"),
    [
        pytest.param(0.9, 1.0, "higher", False, "0.9", id="more is better"),
        pytest.param(0.2, 0.16, "lower", False, "0.8", id="a cost above its target is bad"),
        pytest.param(0.16, 0.2, "lower", False, "1.25", id="a cost below its target is good"),
        pytest.param(0.0, 0.0, "lower", False, "1", id="no complaint"),
        pytest.param(2.0, 0.0, "lower", False, "0", id="complaints where none may be"),
        pytest.param(0.05, 0.20, "higher", True, "0.875", id="growth: 1.05 of 1.20"),
        pytest.param(-0.1, -0.2, "higher", False, "1", id="a smaller loss than expected"),
        pytest.param(-0.3, -0.2, "higher", False, "0", id="a larger one"),
        pytest.param(5.0, 0.0, "higher", False, None, id="nothing to be held against"),
        pytest.param(5.0, float("nan"), "higher", False, None, id="no target"),
    ],
)
def test_the_part_reached_respects_the_direction(done, target, better, growth, part):
    assert part_of(done, target, better, growth=growth) == (None if part is None else Decimal(part))


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 10), st.floats(0, 10), st.floats(0.01, 10), st.sampled_from(["higher", "lower"]))
def test_better_is_never_a_worse_state(one, other, target, better):
    low, high = sorted((one, other))
    worse, good = (low, high) if better == "higher" else (high, low)
    ranks = {"behind": 0, "watch": 1, "ok": 2}
    found = [ranks[state_of(part_of(x, target, better), Decimal(1), Decimal("0.9"))] for x in (worse, good)]
    assert found[0] <= found[1]


@pytest.mark.parametrize(
    ("rate", "state"),
    [
        pytest.param(0.90, "ok", id="at its own target"),
        pytest.param(0.87, "watch", id="above 0.95 of it"),
        pytest.param(0.85, "behind", id="below 0.95 of it"),
    ],
)
def test_own_target_and_thresholds(rate, state):
    kpis = pd.DataFrame({"month": [FIRST], "indicator": ["collection_rate"], "value": [rate]})
    rules = chosen({"indicator": "货款回笼率", "target": Decimal("0.9"), "ok": 1, "watch": Decimal("0.95")}, *SIX[:5])
    found = kpi(pack_of(company(1, [fact(FIRST, "R1", 1)], kpis=kpis), rules).table, "collection_rate")
    assert (found["target"], found["basis"], found["state"]) == (Decimal("0.9"), "own", state)


def test_an_own_indicator_may_say_that_less_is_better():
    kpis = pd.DataFrame({"month": [FIRST], "indicator": ["complaints"], "value": [6.0]})
    figures = company(1, [fact(FIRST, "R1", 1)], kpis=kpis)
    rules = chosen({"indicator": "complaints", "target": 5, "better": "lower"}, *SIX[:5])
    found = kpi(pack_of(figures, rules).table, "complaints")
    assert (found["better"], found["state"]) == ("lower", "behind")  # 5 / 6


# ---------------------------------------------------------------- the chosen ones


def test_the_worst_stand_first_and_what_lacks_a_value_is_named():
    figures = company(1, [fact(FIRST, "R1", 100_000)])
    rules = chosen(*SIX[:1], *SIX[2:], "market_share")
    pack = pack_of(figures, rules)
    assert pack.lacking == ["market_share"]
    states = pack.cards["state"].tolist()
    assert states == sorted(states, key=["behind", "watch", "ok", "no_target"].index)
    assert set(pack.table.loc[pack.table["chosen"], "indicator"]) == set(SIX) - {"orders"}
    assert any("market share" in text.lower() for text in kpi_sentences(Words("en", "one"), pack))


def test_a_plan_that_chooses_none_is_shown_the_usual_ones():
    pack = pack_of(company(1, [fact(FIRST, "R1", 100_000)]))
    shown = list(dict.fromkeys(pack.cards["indicator"]))
    assert set(shown) <= set(USUAL)
    assert len(shown) <= 8
    assert Words("en", "one")("kpi.not_chosen") in kpi_sentences(Words("en", "one"), pack)


def test_the_year_is_held_against_the_time_gone():
    figures = company(3, three_months(R1=100_000))
    found = kpi(pack_of(figures).table, "amount", MONTHS[2])
    days = workdays(MONTHS, "CN")
    assert found["year_share"] == pytest.approx(300_000 / 1_440_000)
    assert found["seasonal_share"] == pytest.approx(3 / 12)
    assert found["workday_share"] == pytest.approx(days.iloc[:3].sum() / days.sum())
    alerts = pack_of(figures).cards.set_index("indicator")["alert"]
    assert alerts["amount"]
    assert not alerts["customer_retention"]  # its months do not add up


def test_a_year_on_course_gives_no_alert():
    alerts = pack_of(company(3, three_months(R1=120_000))).cards.set_index("indicator")["alert"]
    assert not alerts["amount"]


def test_a_gap_in_a_series_leaves_its_year_unknown():
    kpis = pd.DataFrame({"month": [MONTHS[0], MONTHS[2]], "indicator": ["来店量"] * 2, "value": [10.0, 10.0]})
    rules = chosen({"indicator": "来店量", "target": 10}, *SIX[:5])
    table = pack_of(company(3, three_months(R1=1), kpis=kpis), rules).table
    assert kpi(table, "showroom_visits", MONTHS[0])["year_share"] == pytest.approx(10 / 120)
    assert np.isnan(kpi(table, "showroom_visits", MONTHS[2])["year_share"])


def test_row_order_changes_nothing():
    figures = company(2, [fact(month, rep, 7, customer=rep) for month in MONTHS[:2] for rep in ("R1", "R2")])
    turned = type(figures)(**{**vars(figures), "facts": figures.facts.iloc[::-1]})
    pd.testing.assert_frame_equal(pack_of(figures).table, pack_of(turned).table)


def test_without_a_closed_month_there_is_the_header():
    pack = pack_of(company(0))
    assert list(pack.table.columns[:5]) == ["indicator", "month", "value", "target", "state"]
    assert pack.table.empty
    words = Words("zh", "元")
    assert cards(words, pack) == []
    assert kpi_sentences(words, pack) == [words("kpi.none")]


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_chart_and_catalogue(language):
    words = Words(language, "万元" if language == "zh" else "thousand")
    kpis = pd.DataFrame({"month": [MONTHS[2]] * 2, "indicator": ["visits", "试驾率"], "value": [4.0, 0.5]})
    rules = chosen("amount", "visits", "试驾率", *SIX[2:])
    pack = pack_of(company(3, three_months(R1=90_000), kpis=kpis), rules)
    heading, boxes = cards(words, pack)[0]
    assert len(boxes) == len(pack.cards)
    texts = [heading, *(text for title, lines in boxes for text in (title, *lines)), *kpi_sentences(words, pack)]
    assert not any("{" in text or "nan" in text.lower().split() for text in texts)
    for (title, _), state in zip(boxes, pack.cards["state"], strict=True):
        assert words.code("state", state) in title  # in words, not by colour alone
    listed = catalogue(words, pack)
    assert set(INDICATORS) | {"visits"} <= {*pack.table["indicator"], *INDICATORS}
    assert len(listed) == len(INDICATORS) + 1
    figure = Figure()
    ax = figure.subplots()
    assert charts.kpis(ax, pack, words=words) is ax
    assert len(ax.child_axes) == len(pack.cards)
    assert charts.kpis(Figure().subplots(), pack_of(company(0)), words=words)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("kpis", "error"),
    [
        pytest.param(SIX[:5], "kpi_count", id="five"),
        pytest.param([*SIX, "quantity", "gross_margin", "satisfaction"], "kpi_count", id="nine"),
        pytest.param([*SIX, "销售收入"], "kpi_twice", id="by code and by name"),
        pytest.param(
            [*SIX[1:], {"indicator": "amount", "watch": 1, "ok": Decimal("0.9")}], "watch_above_ok", id="limits"
        ),
        pytest.param([*SIX[1:], {"indicator": "amount", "better": "more"}], "literal_error", id="direction"),
    ],
)
def test_choices_that_are_refused(kpis, error):
    with pytest.raises(ValidationError) as caught:
        chosen(*kpis)
    assert error in {one["type"] for one in caught.value.errors()}


@pytest.mark.parametrize("kpis", [[], SIX, [*SIX, "quantity", "gross_margin"]], ids=["none", "six", "eight"])
def test_choices_that_are_taken(kpis):
    assert [choice.code for choice in chosen(*kpis).kpis] == kpis


def faults_of(folder):
    with pytest.raises(PlanError) as caught:
        check(folder)
    return {fault.code: fault for fault in caught.value.faults}


def test_faults_name_line_row_and_the_nearest_name(tmp_path):
    plan = tmp_path / "plan"
    shutil.copytree(DEMO, plan)
    rules = plan / "variance_review.yaml"
    text = rules.read_text(encoding="utf-8")
    wrong = text.replace("客户保留度", "客户保流度").replace("rep: R12", "rep: R99")
    rules.write_text(wrong, encoding="utf-8")
    with (plan / "data" / "kpis.csv").open("a", encoding="utf-8") as file:
        file.write("2027-03,satisfaction,0.9\n2027-03,试驾率,35\n")
    found = faults_of(plan)
    assert set(found) == {"kpi_unknown", "catch_up_rep", "kpi_month_twice", "kpi_share"}
    assert found["kpi_unknown"].values["nearest"] == "客户保留度"  # noqa: PD011 a fault, no frame
    line = wrong[: wrong.index("客户保流度")].count("\n") + 1
    assert f" {line}:" in found["kpi_unknown"].place.replace("line ", "")
    rows = len((plan / "data" / "kpis.csv").read_text(encoding="utf-8").splitlines())
    assert f"row {rows - 1}" in found["kpi_month_twice"].place
    assert f"row {rows}" in found["kpi_share"].place


def test_a_catch_up_goal_twice_is_refused(tmp_path):
    plan = tmp_path / "plan"
    shutil.copytree(DEMO, plan)
    rules = plan / "variance_review.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("\ncatch_up:", "\ncatch_up:\n  - {rep: R12, amount: 1}\n#", 1), encoding="utf-8")
    assert set(faults_of(plan)) == {"catch_up_twice"}


def test_the_demo_has_an_indicator_of_every_family():
    inputs = check(DEMO)
    families = {INDICATORS[choice.code].family for choice in inputs.loaded.rules["variance_review"].kpis}
    assert families == {"sales", "showroom", "customer"}
