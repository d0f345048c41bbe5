"""Step 1 as people see it: charts and conclusions in both languages."""

from decimal import Decimal

import pandas as pd
import pytest
from matplotlib.figure import Figure

from salesplan import annual_target
from salesplan.charts import annual_target as charts
from salesplan.conclusions import annual_target as conclusions
from salesplan.terms import AnnualTargetTerms
from salesplan.terms.annual_target import Measure
from salesplan.terms.estimates import BreakevenEstimate, Estimates
from salesplan.wording import Words

YEAR = 2027
COSTS = BreakevenEstimate(fixed_cost=Decimal(900000), variable_cost_rate=Decimal("0.6"), profit=Decimal(500000))
ALL = Estimates(
    growth={"rate": Decimal("0.12")},
    trend={},
    breakeven=COSTS,
    capacity={},
    market={"size": 40000000, "share": Decimal("0.14")},
)
MEASURES = (Measure(name="新渠道", amount=Decimal(200000), resources="两名业务员"),)
ZH, EN = Words("zh", "万元"), Words("en", "thousand")


def yuan(amount):
    return round(amount * 100)


class Plan:
    """A plan of 5.6 and 7.0 million after three years of 3.96, 4.44 and 5.04 million, and what the step makes of it."""

    def __init__(self, *, totals=(3_960_000, 4_440_000, 5_040_000), measures=MEASURES, costs=COSTS, level=5_600_000):
        terms = AnnualTargetTerms(
            levels={"commit": level, "stretch": 7_000_000}, estimates=ALL.model_copy(update={"breakeven": costs})
        )
        facts = self._facts(totals)
        year = {"fiscal_year": YEAR}
        self.years = annual_target.yearly(facts, **year)
        past = annual_target.last_year(self.years, **year)
        self.levels = annual_target.levels(terms, last_year=past)
        self.trend = annual_target.trend(annual_target.monthly(facts, **year), **year)
        self.estimates = annual_target.estimates(
            terms.estimates,
            self.levels,
            last_year=past,
            trend=self.trend,
            measured={"capacity": annual_target.Estimate(yuan(5_000_000))},
        )
        self.targets = annual_target.targets(self.levels, annual_target.indicators(facts, **year), trend=self.trend)
        self.bridge = annual_target.bridge(self.levels, last_year=past, measures=measures)
        self.profits = annual_target.profits(self.levels, costs)

    @staticmethod
    def _facts(totals):
        months = [f"{YEAR - len(totals) + place}-{month:02d}" for place in range(len(totals)) for month in range(1, 13)]
        amounts = [yuan(total / 12) for total in totals for _ in range(12)]
        frame = pd.DataFrame({"month": months, "amount": amounts}).astype({"month": "str", "amount": "int64"})
        return frame.assign(
            kind="sale", product="A", customer="K1", quantity=1.0, cost=pd.array([1] * len(frame), dtype="Int64")
        )

    def sentences(self, words):
        said = conclusions.sentences(words, targets=self.targets, estimates=self.estimates, bridge=self.bridge)
        return [*said, *conclusions.profit_sentences(words, self.profits)]


def draw(paint, frame, words):
    ax = Figure().add_subplot()
    assert paint(ax, frame, words=words) is ax
    return ax


# Conclusions


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
@pytest.mark.parametrize(
    "plan",
    [
        pytest.param({}, id="everything known"),
        pytest.param({"totals": ()}, id="no history"),
        pytest.param({"totals": (5_040_000,)}, id="one year"),
        pytest.param({"measures": ()}, id="no measures"),
        pytest.param({"costs": None}, id="no costs"),
        pytest.param({"level": 1}, id="smallest level"),
        pytest.param({"level": 4_000_000}, id="level below last year"),
    ],
)
def test_sentences_are_whole_in_every_plan_and_language(plan, words):
    found = Plan(**plan).sentences(words)
    assert found
    assert all(text and "{" not in text and "nan" not in text and "None" not in text for text in found)


def test_sentences_say_the_numbers():
    found = " ".join(Plan().sentences(ZH))
    assert "任务档定为 560.00 万元" in found
    assert "比上年实际 504.00 万元" in found
    assert "11.1%" in found  # 5.60 / 5.04 - 1
    assert "目标档为 700.00 万元" in found
    assert "销售额达到 560.00 万元（任务档）时，利润为 134.00 万元；保本销售额 225.00 万元" in found


@pytest.mark.parametrize(
    ("measures", "text"),
    [
        pytest.param((), "还没有列出任何措施", id="none"),
        pytest.param(MEASURES, "尚有 36.00 万元未落实", id="too little"),
        pytest.param((Measure(name="x", amount=Decimal(560000)),), "恰好补足", id="just enough"),
        pytest.param((Measure(name="x", amount=Decimal(600000)),), "比所需多 4.00 万元", id="too much"),
    ],
)
def test_the_gap_is_said(measures, text):
    assert any(text in sentence for sentence in Plan(measures=measures).sentences(ZH))


@pytest.mark.parametrize(
    ("level", "text"),
    [
        pytest.param(3_600_000, "任务档高于实现目标利润所需的销售额 350.00 万元，多出 10.00 万元", id="above"),
        pytest.param(3_400_000, "任务档低于实现目标利润所需的销售额 350.00 万元，尚差 10.00 万元", id="below"),
        pytest.param(2_000_000, "销售额达到 200.00 万元（任务档）时，仍亏损 10.00 万元", id="at a loss"),
        pytest.param(4_000_000, "任务档不高于上年实际", id="no increase"),
    ],
)
def test_break_even_and_last_year_are_floors(level, text):
    assert any(text in sentence for sentence in Plan(level=level).sentences(ZH))


def test_break_even_is_no_forecast():
    plan = Plan(level=5_000_000)
    carried = next(text for text in plan.sentences(EN) if text.startswith("Evidence that reaches"))
    assert "Break-even" not in carried and "Weighted" not in carried
    assert "Capacity 5,000 thousand" in carried  # equal is enough


def test_the_users_own_level_names_stay():
    levels = annual_target.levels(AnnualTargetTerms(levels={"我的级别": 100}), last_year=None)
    plan = Plan()
    plan.targets = annual_target.targets(levels, annual_target.indicators(Plan._facts(()), fiscal_year=YEAR))
    plan.estimates = annual_target.estimates(Estimates(), levels)
    assert any("我的级别" in text for text in plan.sentences(ZH))


NO_CAPACITY = pd.DataFrame({"rep": [], "assumed": []})


@pytest.mark.parametrize(
    ("totals", "text"),
    [
        pytest.param((), "没有 2026 年的销售", id="no history"),
        pytest.param((5_040_000,), "只有 1 个", id="one year"),
        pytest.param((4_440_000, 5_040_000), "只有 2 个", id="two years"),
        pytest.param((3_960_000, 4_440_000, 5_040_000), "历史数据完整", id="three years"),
    ],
)
def test_thin_history_is_said(totals, text):
    years = Plan(totals=totals).years
    found = conclusions.warnings(ZH, years=years, capacity=NO_CAPACITY, left_out=[], fiscal_year=YEAR)
    assert len(found) == 1
    assert text in found[0]


def test_an_open_last_year_is_said():
    years = Plan().years
    still_open = years.assign(complete=years["year"] < YEAR - 1, months=[12, 12, 9])
    found = conclusions.warnings(EN, years=still_open, capacity=NO_CAPACITY, left_out=[], fiscal_year=YEAR)
    assert "cover 9 months only" in found[0]
    assert "2." in found[1]  # two complete years are left


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_what_is_left_out_or_assumed_is_named(words):
    capacity = pd.DataFrame({"rep": ["R1", "R2"], "assumed": [False, True]})
    found = conclusions.warnings(
        words, years=Plan().years, capacity=capacity, left_out=["capacity", "growth"], fiscal_year=YEAR
    )
    assert len(found) == 3
    assert words.code("estimate", "growth") in found[1]
    assert "R2" in found[2] and "R1" not in found[2]


# Charts


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_the_first_chart_lines_up_years_levels_and_estimates(words):
    plan = Plan()
    frame = annual_target.overview(plan.years, plan.levels, plan.estimates)
    ax = draw(charts.levels, frame, words)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[3:5] == [words.code("level", "commit"), words.code("level", "stretch")]
    assert labels[-1] == words.code("estimate", "weighted")
    assert [patch.get_width() for patch in ax.patches] == [
        yuan(a) for a in (3_960_000, 4_440_000, 5_040_000, 5_600_000, 7_000_000)
    ]
    assert words.money(yuan(5_600_000)) in ax.get_title(loc="left") + ax.get_title()
    assert ax.get_xlabel() == words.unit


def test_the_first_chart_without_history():
    plan = Plan(totals=())
    ax = draw(charts.levels, annual_target.overview(plan.years, plan.levels, plan.estimates), EN)
    assert "no history" in ax.get_title(loc="left") + ax.get_title()


@pytest.mark.parametrize(
    ("measures", "text"),
    [
        pytest.param(MEASURES, "without a measure: 360 thousand CNY", id="open"),
        pytest.param((Measure(name="x", amount=Decimal(600000)),), "by 40 thousand CNY", id="over"),
        pytest.param((Measure(name="x", amount=Decimal(560000)),), "exactly", id="closed"),
    ],
)
def test_the_gap_chart(measures, text):
    plan = Plan(measures=measures)
    ax = draw(charts.gap, plan.bridge, EN)
    assert text in ax.get_title(loc="left") + ax.get_title()
    lefts = [round(bar.get_x()) for bar in ax.patches]
    assert lefts[0] == 0 and lefts[1] == yuan(5_040_000)
    assert lefts[-1] == 0 and ax.patches[-1].get_width() == yuan(5_600_000)
    assert [tick.get_text() for tick in ax.get_yticklabels()][1] == measures[0].name


def test_the_gap_chart_cuts_long_names():
    plan = Plan(measures=(Measure(name="措施" * 50, amount=Decimal(1)),))
    labels = [tick.get_text() for tick in draw(charts.gap, plan.bridge, ZH).get_yticklabels()]
    assert labels[1] == ("措施" * 50)[:23] + "…"


def test_the_odds_chart_marks_the_levels():
    plan = Plan()
    ax = draw(charts.odds, annual_target.odds_curve(plan.levels, plan.trend), ZH)
    odds = [ZH.percent(plan.trend.reach(level), 0) for level in plan.levels["amount"]]
    assert [text.get_text() for text in ax.texts] == [f"任务档 {odds[0]}", f"目标档 {odds[1]}"]


def test_an_unbounded_interval_does_not_push_the_chart_off_zero():
    plan = Plan()
    frame = annual_target.overview(plan.years, plan.levels, plan.estimates)
    low = frame.assign(low=frame["low"].mask(frame["name"] == "trend", -yuan(1_000_000)))
    assert draw(charts.levels, frame, EN).get_xlim()[0] == 0
    assert draw(charts.levels, low, EN).get_xlim()[0] < -yuan(1_000_000)
