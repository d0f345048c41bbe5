"""Goals, qualities, statement, texts as people read them: sentences, forms, tables, in both languages."""

from dataclasses import replace

import pandas as pd
import pytest
from target_cases import EVEN, LAST_YEAR, MONTHS, SOLD, dec, facts, ladder, measured, plan, reps, targets, terms

from salesplan import annual_target
from salesplan.conclusions import annual_target as conclusions
from salesplan.conclusions.annual_target.plan import figure
from salesplan.report.forms import forms_html
from salesplan.report.table import html_table, levels_across
from salesplan.terms.drivers import Drivers
from salesplan.wording import Words

ZH, EN = Words("zh", "万元"), Words("en", "one")
BOTH = pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
HOSTILE = '<script>alert(1)</script> & "quotes" {braces}'
DATED = {"owner": "甲", "resources": "两人", "start": "2027-02-01", "end": "2027-06-30"}
MEASURES = [{"name": "新渠道", "amount": 300, **DATED}]


class Case:
    """What step 1 makes of the small company under some parameters."""

    def __init__(self, goals=(), roster=(("R1", None, None, 99999),), level=400_000, **more):
        self.terms = terms(goals=list(goals), **more)
        self.targets = targets(goals)
        self.company = annual_target.of_company(self.targets).assign(probability=0.5)
        past = annual_target.past_year(facts(*SOLD), {}, plan())
        self.tree = annual_target.tree(level, annual_target.driver_rates(self.terms.drivers, past), past, roster=1)
        ways = annual_target.bridges(ladder(), last_year=LAST_YEAR * 100, measures=self.terms.measures)
        self.lacks = annual_target.measure_gaps(self.terms.measures, months=MONTHS)
        staff = annual_target.hires(level, EVEN, reps(*roster), terms=Drivers(peak_load=dec(1)), ramp=[dec(0)] * 2)
        years = annual_target.yearly(facts(*SOLD), fiscal_year=2027)
        gaps = annual_target.gaps(ways)
        self.proof = annual_target.Proof(years, self.estimates(), gaps, self.lacks, self.tree, staff)
        self.checks = annual_target.qualities(self.company, self.terms, self.proof)

    @staticmethod
    def estimates():
        frame = pd.DataFrame({"estimate": ["trend", "breakeven", "weighted"], "value": [420_000, 390_000, 405_000]})
        return frame.assign(gap_commit=400_000 - frame["value"], gap_stretch=600_000 - frame["value"])

    def sentences(self, words):
        return conclusions.plan_sentences(
            words, targets=self.targets, proof=self.proof, checks=self.checks, terms=self.terms
        )

    def warnings(self, words):
        return conclusions.plan_warnings(
            words, lacks=self.lacks, measured=measured(), terms=self.terms, tree=self.tree, targets=self.targets
        )


# Sentences


@BOTH
@pytest.mark.parametrize(
    "case",
    [
        pytest.param({}, id="nothing declared"),
        pytest.param({"measures": MEASURES}, id="a measure"),
        pytest.param({"goals": [{"indicator": "customers", "growth": dec("0.2")}]}, id="a goal"),
        pytest.param({"roster": (("R1", None, None, None),)}, id="no capacity"),
        pytest.param({"roster": (("R1", None, None, 1200),)}, id="hires"),
        pytest.param({"drivers": {"average_old": dec(500)}}, id="more old customers than stay"),
    ],
)
def test_sentences_are_whole(case, words):
    found = Case(**case).sentences(words) + Case(**case).warnings(words)
    assert found
    assert all(text and "{" not in text and "nan" not in text and "None" not in text for text in found)
    assert all(text[-1] in ("。", ".") for text in found)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        pytest.param({"measures": MEASURES}, "目标档比上年多 0.25 万元，现有措施之外还有 0.22 万元没有着落", id="gap"),
        pytest.param({}, "成交客户 4 家，其中老客户 2 家、新客户 2 家（上年新客户 1 家）", id="tree"),
        pytest.param(
            {"drivers": {"average_old": dec(500)}},
            "只能留住 2 家老客户，而目标需要 7 家，还差 5 家；流失客户（从前买过、上年没有购买）只有 0 家，"
            "即使全部争回，仍有 5 家须由新客户补上",
            id="kept: never more won back than were lost",
        ),
        pytest.param({}, "不需要新招业务员", id="enough"),
        pytest.param(
            {"roster": (("R1", None, None, 1200),)}, "为2027年1月招 3 人，本应最迟2026年11月入职，已来不及", id="late"
        ),
        pytest.param(
            {"goals": [{"indicator": "customers", "growth": dec("0.5")}]},
            "成交客户数 3 家（比上年增长 50.0%）",
            id="goal up",
        ),
        pytest.param(
            {"goals": [{"indicator": "amount", "line": "B", "growth": dec("-0.1")}]},
            "B销售额 0.09 万元（比上年下降 10.0%）",
            id="goal of a line",
        ),
        pytest.param(
            {"goals": [{"indicator": "amount", "line": "B", "value": 1000}]},
            "其余产品线合计 0.30 万元",
            id="what no goal names",
        ),
    ],
)
def test_what_is_said(case, text):
    assert any(text in sentence for sentence in Case(**case).sentences(ZH))


def test_many_goals_are_counted():
    goals = [{"indicator": f"指标{place}", "value": place} for place in range(1, 10)]
    found = next(text for text in Case(goals).sentences(ZH) if text.startswith("单列的指标"))
    assert "指标6 6" in found and "指标7" not in found and "另有 3 项见表" in found


@pytest.mark.parametrize(
    ("case", "text"),
    [
        pytest.param(
            {"measures": [{"name": "m", "amount": 5}]},
            "措施“m”：没有写明资源、没有负责人、没有起止日期。",
            id="measure",
        ),
        pytest.param(
            {"goals": [{"indicator": "customers", "growth": dec(0), "last_year": 50}]},
            "成交客户数的上年数填写为 50 家，而数据算出 2 家，按数据计算。",
            id="another last year",
        ),
        pytest.param(
            {"goals": [{"indicator": "new_customers", "value": 9}]},
            "新增客户数的目标为 9 家，而目标分解链倒推出 2 家，请统一。",
            id="another number than the tree's",
        ),
    ],
)
def test_what_is_warned_of(case, text):
    assert text in Case(**case).warnings(ZH)


def test_nothing_is_warned_of_where_nothing_is_odd():
    assert Case(measures=MEASURES).warnings(EN) == []


@pytest.mark.parametrize(
    ("value", "unit", "indicator", "text"),
    [
        pytest.param(dec(123456), "currency", "", "12.35 万元", id="money in the plan's unit"),
        pytest.param(dec("74.09"), "currency", "average_price", "74.09 元", id="price of a piece"),
        pytest.param(dec("0.114"), "share", "", "11.4%", id="share"),
        pytest.param(dec(67460), "unit", "", "67,460", id="count"),
        pytest.param(dec(67460), "unit", "quantity", "67,460", id="goods have no unit until one is declared"),
        pytest.param(dec(121), "unit", "customers", "121 家", id="customers"),
        pytest.param(dec(36), "unit", "outlets", "36 个", id="outlets"),
        pytest.param(dec(12), "unit", "reps", "12 人", id="reps"),
        pytest.param(dec("12.5"), "吨", "", "12.50 吨", id="the user's unit"),
        pytest.param(None, "unit", "", "–", id="unknown"),
    ],
)
def test_values_in_their_own_unit(value, unit, indicator, text):
    assert figure(value, unit, ZH, indicator) == text


# Forms


@BOTH
def test_qualities_show_evidence_and_what_is_missing(words):
    found = conclusions.quality_rows(words, Case(measures=MEASURES).checks).set_index("quality")
    assert list(found.index) == [
        "feasible", "clear", "challenging", "quantified", "predictable", "attainable", "focused", "time_bound"
    ]  # fmt: skip
    assert "60.0%" in found.loc["feasible", "evidence"]  # 300 of 500
    assert "40.0%" in found.loc["feasible", "missing"]
    assert found["state"].to_dict() | {"time_bound": "met", "focused": "unmet"} == found["state"].to_dict()
    assert (found["missing"] == "").sum() == (found["state"] == "met").sum()


def test_a_quality_without_measures_says_so_once():
    found = conclusions.quality_rows(ZH, Case().checks).set_index("quality")
    assert found.loc["clear", "evidence"].count("没有列出措施") == 1


@BOTH
def test_the_statement_has_a_form_per_level(words):
    case = Case(measures=MEASURES)
    found = conclusions.statement(words, case.company, case.proof)
    assert len(found) == 2
    heading, cells = found[0]
    assert words.money(400_000) in heading
    titles = [title for title, _ in cells]
    keys = ("last_year", "difference", "argument", "conclusion")
    assert titles == [words(f"annual_target.statement_{key}") for key in keys]
    texts = dict(cells)
    assert any(words.money(LAST_YEAR * 100) in text for text in texts[titles[0]])
    assert any(words.money((4000 - LAST_YEAR) * 100) in text for text in texts[titles[1]])
    assert any(words.money(20_000) in text for text in texts[titles[3]])  # 500 less 300 of measures


def test_break_even_is_a_floor_in_the_argument():
    case = Case(measures=MEASURES)
    argument = dict(conclusions.statement(ZH, case.company, case.proof)[0][1])["目标论证"]
    assert "保本法要求 0.39 万元，本档高出 0.01 万元" in argument
    assert "趋势法 0.42 万元，达到本档，余 0.02 万元" in argument


@pytest.mark.parametrize(
    ("measures", "text"),
    [
        pytest.param([], "1 项依据中有 1 项达到本档；下达之前须再落实 0.05 万元的措施", id="open"),
        pytest.param([{"name": "m", "amount": 500}], "1 项依据全部达到本档，增量都有措施", id="stands"),
    ],
)
def test_the_conclusion_follows_from_the_evidence(measures, text):
    case = Case(measures=measures)
    conclusion = dict(conclusions.statement(ZH, case.company, case.proof)[0][1])["结论"]
    assert text in conclusion[0]  # the trend alone: break-even is a floor and supports nothing
    assert "不低于保本法要求的底线" in conclusion[1]


@BOTH
@pytest.mark.parametrize(("value", "key"), [(390_000, "floor_met"), (410_000, "floor_missed")])
def test_break_even_alone_supports_nothing(value, key, words):
    case = Case()
    alone = pd.DataFrame({"estimate": ["breakeven"], "value": [value]})
    proof = replace(case.proof, estimates=alone.assign(gap_commit=400_000 - value, gap_stretch=600_000 - value))
    ends = [cells[-1][1] for _, cells in conclusions.statement(words, case.company, proof)]
    assert ends[0] == [words("annual_target.conclusion_none"), words(f"annual_target.conclusion_{key}")]


TEXTS = {
    "market": [{"topic": "规模", "text": HOSTILE}],
    "swot": {"strengths": ["口碑好"], "threats": [HOSTILE]},
    "themes": [{"quarter": 2, "focus": "深化", "actions": ["走访"]}, {"quarter": 1, "focus": "市场"}],
    "principles": ["量化"],
}


def test_texts_are_laid_out_and_escaped():
    rules = terms(**TEXTS)
    shown = forms_html([*conclusions.market_forms(ZH, rules), *conclusions.strategy_forms(ZH, rules)])
    html = shown._repr_mimebundle_()["text/html"]
    assert "<script" not in html and "&lt;script&gt;" in html and "{braces}" in html
    for text in ("口碑好", "第 2 季度：深化", "走访", "量化", "SWOT"):
        assert text in html and text in shown.text
    assert html.index("第 1 季度") < html.index("第 2 季度")
    swot = html[html.index("SWOT") :]
    assert swot[: swot.index("</div>")].count("<section>") == 4  # two by two, also where a box is empty


@pytest.mark.parametrize("left_out", list(TEXTS))
def test_a_text_that_is_not_given_leaves_nothing(left_out):
    rules = terms(**{name: given for name, given in TEXTS.items() if name != left_out})
    found = [*conclusions.market_forms(EN, rules), *conclusions.strategy_forms(EN, rules)]
    assert len(found) == len(TEXTS) - 1


def test_without_texts_there_are_no_forms():
    assert conclusions.market_forms(ZH, terms()) == conclusions.strategy_forms(ZH, terms()) == []
    assert conclusions.competitors(terms()).empty
    assert conclusions.new_product_texts(ZH, terms()) == []


def test_competitors_and_new_products_as_declared():
    rules = terms(
        competitors=[{"name": "甲", "share": dec("0.15"), "strength": HOSTILE}, {"name": "乙"}],
        basis={"new_products": {"advertising": 24000, "regions": ["郑州"], "customers": 40, "launch": "2027-01-04"}},
    )
    html = html_table(conclusions.competitors(rules), "annual_target_competitors", ZH).html
    assert "15.0%" in html and "<script" not in html and "乙" in html
    said = conclusions.new_product_texts(ZH, rules)
    assert said == [
        "新产品广告费 2.40 万元",
        "新产品广告投放区域：郑州",
        "新产品预计消费客户 40 家",
        "新产品上市时间 2027年1月4日",
    ]


@BOTH
def test_tables_print_every_indicator_in_its_unit(words):
    case = Case(
        [{"indicator": "样板间", "value": 6, "unit": "处"}, {"indicator": "quantity", "line": "B", "value": 30}]
    )
    text = html_table(levels_across(case.company.drop(columns="probability")), "annual_target", words).text
    assert "样板间" in text and "处" in text
    lines = html_table(levels_across(annual_target.of_lines(case.targets)), "annual_target", words).text
    assert lines.splitlines()[1].startswith("B\t")


@BOTH
def test_the_basis_is_said(words):
    spent = pd.DataFrame({"year": [2025, 2026], "advertising_share": [0.01, 0.006], "growth": [None, 0.117]})
    spent = spent.assign(advertising_growth=[None, 0.125]).astype({"growth": float, "advertising_growth": float})
    done = pd.DataFrame({"dimension": "team", "member": ["甲", "乙", "丙"], "attainment": [1.014, 0.927, 0.961]})
    found = conclusions.basis_sentences(words, spent=spent, done=done)
    assert len(found) == 2
    assert all(text in found[0] for text in ("2026", "12.5%", "11.7%", "0.60%"))
    assert all(text in found[1] for text in ("甲", "101.4%", "乙", "92.7%"))
    assert conclusions.basis_sentences(words, spent=spent.head(1), done=done.head(0)) == []
