"""Budget, profit plan and plan calendar as people see them: charts, sentences, both languages."""

import pandas as pd
import pytest
from budget_plan import YEAR, Budget, facts, rate, spending, terms
from matplotlib.figure import Figure

from salesplan import annual_target, seasonal_split
from salesplan.calendar import fiscal_months
from salesplan.charts import annual_target as charts
from salesplan.charts import seasonal_split as month_charts
from salesplan.conclusions import annual_target as conclusions
from salesplan.conclusions import seasonal_split as month_conclusions
from salesplan.report.table import html_table
from salesplan.seasonal_split import PlanYear
from salesplan.terms.estimates import BreakevenEstimate, Estimates
from salesplan.terms.plan_calendar import Document
from salesplan.wording import Words

ZH, EN = Words("zh", "万元"), Words("en", "thousand")
BOTH = pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
MONTHS = fiscal_months(YEAR)
RENT = {"name": "rent", "method": "fixed", "amount": 144_000}
FREIGHT = {"name": "freight", "rate": rate("0.05")}
FRESH = {"product": "fresh", "amount": 90_000, "profit_rate": rate("0.2")}
SPENT = spending(rent=132_000, freight=60_000)


def with_costs(rules, fixed, variable):
    costs = BreakevenEstimate(fixed_cost=rate(fixed), variable_cost_rate=rate(variable))
    return rules.model_copy(update={"estimates": Estimates(breakeven=costs)})


def said(budget, words=ZH):
    frames = {"expenses": budget.expenses, "profit": budget.profit, "new": budget.new}
    found = conclusions.budget(words, allowed=budget.allowed, planned=budget.rules.planned, **frames)
    costs = annual_target.costs_of(budget.profit, budget.rules)
    return [*found, *conclusions.agreement(words, budget.check, costs)]


def drawn(paint, frame, words):
    ax = Figure(figsize=(8, 4)).add_subplot()
    assert paint(ax, frame, words=words) is ax
    return ax


def title(ax):
    return (ax.get_title(loc="left") + ax.get_title()).replace("\n", "")


PLANS = [
    pytest.param(lambda: Budget(terms([RENT, FREIGHT]), spent=SPENT), id="last year known"),
    pytest.param(lambda: Budget(terms([RENT, FREIGHT])), id="no last year"),
    pytest.param(lambda: Budget(terms([RENT], new=[FRESH], contingency={"share": rate("0.1")})), id="new products"),
    pytest.param(lambda: Budget(terms([RENT]), sold=facts().head(0), products=None), id="no history"),
    pytest.param(lambda: Budget(terms().model_copy(update={"expenses": None})), id="no budget"),
    pytest.param(lambda: Budget(with_costs(terms([{**RENT, "amount": 9_000_000}]), 1, "0.1")), id="a loss"),
    pytest.param(lambda: Budget(terms([RENT], levels={"commit": 1}), spent=SPENT), id="a target of nothing"),
]


@BOTH
@pytest.mark.parametrize("plan", PLANS)
def test_sentences_are_whole(plan, words):
    for text in said(plan(), words):
        assert text and not any(mark in text for mark in ("{", "nan", "None", "<NA>"))


@BOTH
@pytest.mark.parametrize("plan", PLANS)
def test_charts_and_tables_of_every_plan(plan, words):
    budget = plan()
    if len(budget.expenses):
        assert title(drawn(charts.expenses, budget.expenses, words))
        html_table(annual_target.expense_lines(budget.expenses), "annual_target_expenses", words)
        html_table(annual_target.standards(budget.expenses), "annual_target_expenses", words)
    bars = annual_target.profit_bars(budget.profit, budget.rules)
    if len(bars):
        assert words.code("level", "commit") in title(drawn(charts.profit, bars, words))
    html_table(budget.profit, "annual_target_profit", words)


def test_the_figures_are_said():
    found = " ".join(said(Budget(terms([RENT, FREIGHT], contingency={"amount": 6_000}), spent=SPENT)))
    # 144,000 + 5 % of 1,440,000 + 6,000 = 222,000
    assert "销售费用预算 22.20 万元，占销售额 15.4%；上年 19.20 万元，占 16.0%" in found
    assert "费用额度为 23.04 万元，预算比它少 0.84 万元" in found  # 16 % of 1,440,000
    assert "随销售额变动的有 7.20 万元，不随销售额变动的有 14.40 万元，机动费用 0.60 万元" in found
    assert "目标档 24.00 万元（占销售额 13.3%）" in found  # 144,000 + 90,000 + 6,000
    assert "净利 28.20 万元（19.6%）" in found  # 35 % of 1,440,000 - 222,000
    assert "上年同口径净利 22.80 万元" in found  # 35 % of 1,200,000 - 192,000


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        pytest.param(144_000, "预算比它少 1.44 万元", id="under"),
        pytest.param(158_400, "与预算相等", id="equal"),
        pytest.param(160_000, "预算超出 0.16 万元", id="above"),
    ],
)
def test_the_budget_beside_last_years_ratio(amount, text):
    budget = Budget(terms([{**RENT, "amount": amount}]), spent=spending(rent=132_000))  # 11 % of 1,440,000
    assert any(text in sentence for sentence in said(budget))


@pytest.mark.parametrize(
    ("standard", "text"),
    [
        pytest.param({"share": rate("0.1")}, "都在标准之内", id="within"),
        pytest.param(
            {"share": rate("0.05"), "approver": "总经理"}, "rent 14.40 万元，占销售额 10.00%（总经理批准）", id="over"
        ),
        pytest.param({"amount": 1}, "须先报批的类别：rent 14.40 万元", id="nobody named"),
    ],
)
def test_control_standards_are_said(standard, text):
    assert any(text in sentence for sentence in said(Budget(terms([{**RENT, "standard": standard}]))))


def test_contingency_with_its_conditions():
    contingency = {"amount": 6_000, "conditions": "竞品降价", "approver": "总经理"}
    found = said(Budget(terms([RENT], contingency=contingency)))
    assert "机动费用 0.60 万元，占全部费用的 4.0%；投入条件：竞品降价；由总经理批准。" in found


@pytest.mark.parametrize(
    ("new", "text"),
    [
        pytest.param({}, "成本 4.50 万元，应得利润 1.80 万元，倒推下来费用最多 2.70 万元", id="something is left"),
        pytest.param({"profit_rate": rate("0.6")}, "没有费用可用", id="nothing is left"),
        pytest.param({"product": "other"}, "费用最多 1.35 万元", id="at the mean cost of 65 %"),
    ],
)
def test_new_products_are_said(new, text):
    assert any(text in sentence for sentence in said(Budget(terms([RENT], new=[{**FRESH, **new}]))))


@pytest.mark.parametrize(
    ("fixed", "variable", "text"),
    [
        pytest.param(
            144_000,
            "0.7",
            "预算相符（金额相差不超过参数的 5%，比率相差不超过 1 个百分点）：固定成本按参数为 14.40 万元，按预算为 "
            "14.40 万元；变动成本率按参数为 70.0%，按预算为 70.0%；保本销售额按参数为 48.00 万元，按预算为 48.00 万元；"
            "计划档的利润按参数为 28.80 万元，按预算为 28.80 万元。",
            id="agree",
        ),
        pytest.param(
            100_000,
            "0.6",
            # 100,000 / 0.4 = 250,000; 40 % of 1,440,000 - 100,000 = 476,000
            "：固定成本按参数为 10.00 万元，按预算为 14.40 万元，参数低 4.40 万元（44.0%）；变动成本率按参数为 60.0%，"
            "按预算为 70.0%，参数低 10.0 个百分点；保本销售额按参数为 25.00 万元，按预算为 48.00 万元，参数低 "
            "23.00 万元（92.0%）；计划档的利润按参数为 47.60 万元，按预算为 28.80 万元，"
            "参数高 18.80 万元（39.5%）。请核对",
            id="differ",
        ),
        pytest.param(
            168_000, "0.65", "相差不大的：保本销售额按参数为 48.00 万元，按预算为 48.00 万元。", id="errors that cancel"
        ),
    ],
)
def test_break_even_parameters_are_held_against_the_budget(fixed, variable, text):
    assert any(text in found for found in said(Budget(with_costs(terms([RENT, FREIGHT]), fixed, variable))))


@pytest.mark.parametrize(
    ("contingency", "text"),
    [
        pytest.param({"amount": 6_000}, "按预算计算时，机动费用 0.60 万元全部计入固定成本", id="an amount"),
        # 0.1 / 0.9 of 72,000 that move and 144,000 that do not
        pytest.param(
            {"share": rate("0.1")}, "0.80 万元跟着变动费用，计入变动成本；1.60 万元跟着固定费用", id="a share"
        ),
    ],
)
def test_where_the_contingency_counts(contingency, text):
    rules = terms([RENT, FREIGHT], contingency=contingency)
    assert any(text in found for found in said(Budget(with_costs(rules, 144_000, "0.7"))))


def test_sales_that_no_budget_reaches():
    found = said(Budget(with_costs(terms([{"name": "x", "rate": rate("0.5")}]), 144_000, "0.7")))
    assert any("保本销售额按参数为 48.00 万元，按预算多少销售额也达不到" in text for text in found)


@BOTH
@pytest.mark.parametrize(
    ("asked", "basis", "key"),
    [
        pytest.param("510000", "goal", "gross_goal_short", id="a goal the plan misses"),
        pytest.param("500000", "goal_ratio", "gross_goal_over", id="a goal the plan passes"),
        pytest.param("504000", "goal_growth", "gross_goal_met", id="a goal met"),
        pytest.param("510000", "last_year_ratio", "gross_ratio_short", id="no goal, less"),
        pytest.param("500000", "last_year_ratio", "gross_ratio_over", id="no goal, more"),
        pytest.param("504000", "last_year_ratio", "gross_ratio_met", id="no goal, the same"),
    ],
)
def test_gross_profit_among_the_indicators(asked, basis, key, words):
    company = pd.DataFrame(
        [("gross_profit", "commit", rate(asked), basis)], columns=["indicator", "level", "value", "basis"]
    )
    profit = Budget(terms([RENT])).profit  # 35 % of 1,440,000 = 504,000
    found = conclusions.gross_goal(words, company=company, profit=profit, planned="commit")
    money = {"asked": words.money(int(asked) * 100), "plan": words.money(50_400_000)}
    money["gap"] = words.money(abs(int(asked) - 504_000) * 100)
    assert found == [words(f"annual_target.{key}", level=words.code("level", "commit"), **money)]


def test_gross_profit_of_unknown_cost_is_not_compared():
    company = pd.DataFrame(
        [("gross_profit", "commit", rate(1), "goal")], columns=["indicator", "level", "value", "basis"]
    )
    profit = Budget(terms([RENT]), sold=facts(old_cost=None, young_cost=None), products=None).profit
    assert conclusions.gross_goal(ZH, company=company, profit=profit, planned="commit") == []


def warned(budget, years=None, words=ZH):
    frame = pd.DataFrame({"year": [YEAR - 1], "months": [12]}) if years is None else years
    return conclusions.budget_warnings(
        words, rules=budget.rules.expenses, expenses=budget.expenses, years=frame, products=budget.products,
        fiscal_year=YEAR,
    )  # fmt: skip


def test_thin_budgets_are_said():
    budget = Budget(terms([RENT], new=[{**FRESH, "product": "other"}]), spent=SPENT)
    found = warned(budget, pd.DataFrame({"year": [YEAR - 2, YEAR - 1], "months": [3, 9]}))
    assert found == [
        "费用类别freight没有写进预算，沿用上年占销售额的比率。",
        "费用表只覆盖上年 9 个月：比率按这些月份的销售额计算，上年金额不是全年。",
        "other的成本没有数据，按其余产品的平均成本率计。",
    ]


def test_a_sound_budget_warns_of_nothing():
    assert warned(Budget(terms([RENT, FREIGHT]), spent=SPENT)) == []


def test_unknown_cost_is_said():
    budget = Budget(terms([RENT]), sold=facts(old_cost=None, young_cost=None), products=None)
    assert any("毛利和净利空缺" in text for text in warned(budget))


# ---------------------------------------------------------------- months and calendar


def month_profit(*, cost=65, net_known=True):
    """Twelve months of 120,000 with expenses of a tenth, February of 20,000."""
    sales = [2_000_000 if month.endswith("-02") else 12_000_000 for month in MONTHS]
    gross = [part * (100 - cost) // 100 for part in sales]
    frame = pd.DataFrame({"month": MONTHS, "sales": sales, "expense": pd.array([1_200_000] * 12, dtype="Int64")})
    known = pd.array(gross if net_known else [None] * 12, dtype="Int64")
    frame = frame.assign(cost=frame["sales"] - known, gross=known)
    return frame.assign(net=frame["gross"] - frame["expense"])


NO_DUE = seasonal_split.due_dates([], year=PlanYear(YEAR))


@BOTH
def test_months_at_a_loss_are_said(words):
    frame = month_profit()
    found = month_conclusions.budget_sentences(words, profit=frame, due=NO_DUE)
    assert len(found) == 3
    assert words.money(500_000) in found[1]  # 35 % of 20,000 - 12,000 = -5,000
    ax = drawn(month_charts.profit, frame, words)
    assert words.money(-500_000) in title(ax)


def test_a_year_without_a_loss():
    frame = month_profit(cost=0)
    found = month_conclusions.budget_sentences(ZH, profit=frame, due=NO_DUE)
    assert "各月都有净利，最少的是2027年2月，0.80 万元。" in found
    assert "亏损" not in title(drawn(month_charts.profit, frame, ZH))


def test_unknown_profit_is_not_talked_about():
    found = month_conclusions.budget_sentences(EN, profit=month_profit(net_known=False), due=NO_DUE)
    assert len(found) == 1
    assert "Expenses are largest in" in found[0]


@BOTH
@pytest.mark.parametrize("ratio", [0.2, float("nan")], ids=["known", "no sales"])
def test_the_chart_of_expenses_by_month(words, ratio):
    frame = pd.DataFrame({"month": MONTHS, "sales": 100, "variable": 5, "fixed": 15, "ratio": ratio})
    ax = drawn(month_charts.expenses, frame, words)
    assert len(ax.patches) == 24
    assert words.percent(0.2) in title(ax) if ratio == ratio else words.money(240) in title(ax)


@BOTH
def test_the_plan_calendar_is_read_by_month(words):
    documents = [Document(name="月报", when="month_end", owner="财务部"), Document(name="周会", when="week_start")]
    due = seasonal_split.due_dates(documents, year=PlanYear(YEAR))
    found = month_conclusions.budget_sentences(words, profit=month_profit().head(0), due=due)
    assert len(found) == 1
    assert str(len(due)) in found[0]
    shown = html_table(seasonal_split.calendar_by_month(due, year=PlanYear(YEAR)), "seasonal_split_calendar", words)
    assert words.month_short("2027-01") in shown.text
    assert "4–25" in shown.text and "29" in shown.text
