"""Step 1: capacity, customers and pipeline as evidence, intervals, months that say nothing, break-even in units."""

import itertools
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan import annual_target, calendar, odds
from salesplan.annual_target.intervals import around
from salesplan.annual_target.pipeline import bernoulli_interval, order_sums
from salesplan.charts import annual_target as charts
from salesplan.conclusions import annual_target as conclusions
from salesplan.terms import AnnualTargetTerms, PlanTerms
from salesplan.terms.estimates import BreakevenEstimate, CapacityEstimate, Estimates, MarketEstimate, PipelineEstimate
from salesplan.wording import Words

YEAR = 2027
PLAN = PlanTerms(fiscal_year=YEAR, inputs={"sales": "sales.csv"})
WAVY = [90, 60, 100, 110, 100, 110, 90, 100, 110, 100, 110, 120]


def yuan(amount):
    return round(amount * 100)


def ladder(**levels):
    terms = AnnualTargetTerms(levels=levels or {"commit": 5600000, "stretch": 7000000})
    return annual_target.levels(terms, last_year=None)


def months_table(*rows, first=None):
    first = YEAR - len(rows) if first is None else first
    return pd.DataFrame(rows, index=pd.Index(range(first, first + len(rows)), name="year"), columns=range(1, 13))


def facts_of(*rows):
    """Facts from (month, customer, amount in currency units)."""
    frame = pd.DataFrame(rows, columns=["month", "customer", "amount"])
    return frame.assign(amount=(frame["amount"] * 100).astype("int64"), product="A", kind="sale", region="north")


def yearly_facts(sales):
    """Each customer's year, bought in January, with lines until December; `sales`: amount by year and customer."""
    return facts_of(
        *[
            (f"{year}-{month}", who, part)
            for (year, who), amount in sales.items()
            for month, part in (("01", amount), ("12", 0))
        ]
    )


# Months that say nothing


def flood(*months, factor=0.1):
    """Three years of the same season, some months of the flood apart."""
    labels = [month for year in (2024, 2025, 2026) for month in calendar.fiscal_months(year)]
    amounts = [size * (factor if label in months else 1) for label, size in zip(labels, WAVY * 3, strict=True)]
    return facts_of(*[(label, "K1", amount) for label, amount in zip(labels, amounts, strict=True)])


@pytest.mark.parametrize(
    "exclude",
    [
        pytest.param(["2025-07"], id="one month"),
        pytest.param(["2025-07", "2025-08", "2024-01"], id="several years"),
        pytest.param(["2024-07", "2025-07", "2026-07"], id="a month never seen counts as an average one"),
    ],
)
def test_excluded_months_are_filled_from_the_others(exclude):
    plain = annual_target.monthly(flood(), fiscal_year=YEAR)
    filled = annual_target.monthly(flood(*exclude), fiscal_year=YEAR, exclude=exclude)
    if len({label[5:] for label in exclude}) == len(exclude):
        assert filled.equals(plain)
    assert (filled.drop(columns=7).to_numpy() == plain.drop(columns=7).to_numpy()).all()
    assert filled[7].between(plain.to_numpy().min(), plain.to_numpy().max()).all()


def test_excluded_months_leave_shares_and_trend_alone():
    lost = ["2025-07"]
    kept, hurt, healed = (
        annual_target.monthly(facts, fiscal_year=YEAR, exclude=exclude)
        for facts, exclude in ((flood(), []), (flood(*lost), []), (flood(*lost), lost))
    )
    shares = [annual_target.month_shares(table, fiscal_year=YEAR).tolist() for table in (kept, hurt, healed)]
    assert shares[2] == shares[0] != shares[1]
    trends = [annual_target.trend(table, fiscal_year=YEAR) for table in (kept, hurt, healed)]
    assert trends[2].expected == trends[0].expected == sum(WAVY) * 100
    assert trends[1].year.spread > trends[2].year.spread


def test_a_year_of_nothing_but_excluded_months_is_no_year():
    table = annual_target.monthly(flood(), fiscal_year=YEAR, exclude=calendar.fiscal_months(2025))
    assert table.index.tolist() == [2026]


def test_last_years_actual_keeps_the_excluded_months():
    years = annual_target.yearly(flood("2026-07"), fiscal_year=YEAR)
    assert annual_target.last_year(years, fiscal_year=YEAR) == yuan(sum(WAVY) - 0.9 * WAVY[6])


# Intervals


def test_an_interval_from_past_errors_and_months():
    table = months_table(WAVY, WAVY[::-1])
    found = around(10_000, [0.2, -0.1], table)
    spread, degrees = odds.blended_spread(
        np.array([[0.2, -0.1]]), odds.month_scatter(table.to_numpy(dtype=float)[None])
    )
    low, high = odds.interval(0, float(spread[0]), degrees)
    assert found == (10_000, round(10_000 * math.exp(low)), round(10_000 * math.exp(high)))


@pytest.mark.parametrize(
    ("value", "table"),
    [
        pytest.param(0, months_table(WAVY), id="nothing expected"),
        pytest.param(-5, months_table(WAVY), id="net returns expected"),
        pytest.param(100, months_table(), id="no year"),
        pytest.param(100, months_table([0] * 12), id="nothing sold"),
    ],
)
def test_no_interval_without_its_data(value, table):
    assert around(value, [0.1], table) == (value, None, None)


def test_growth_errs_as_past_growth_did():
    table = months_table(*[[total / 12] * 12 for total in (1000, 1100, 1320)])
    found = annual_target.estimates(
        Estimates(growth={"rate": Decimal("0.1")}), ladder(), last_year=132000, months=table
    ).set_index("estimate")
    error = math.log(1.2) - math.log(1.1)  # the second growth against the first, carried forward
    expected = around(145200, [error], table)
    assert tuple(found.loc["growth", ["value", "low", "high"]]) == expected
    assert expected.low < 145200 < expected.high


def test_market_and_break_even_have_the_ranges_that_are_declared():
    market = MarketEstimate(
        size=40_000_000,
        share=Decimal("0.14"),
        size_range={"low": 35_000_000, "high": 50_000_000},
        share_range={"low": Decimal("0.1"), "high": Decimal("0.15")},
    )
    costs = BreakevenEstimate(
        fixed_cost=900_000,
        variable_cost_rate=Decimal("0.6"),
        profit=500_000,
        range={"low": 3_000_000, "high": 4_000_000},
    )
    found = annual_target.estimates(Estimates(market=market, breakeven=costs), ladder()).set_index("estimate")
    assert found.loc["market", ["low", "high"]].tolist() == [yuan(35_000_000 * 0.1), yuan(50_000_000 * 0.15)]
    assert found.loc["breakeven", ["low", "high"]].tolist() == [yuan(3_000_000), yuan(4_000_000)]


@pytest.mark.parametrize(
    ("model", "values", "code"),
    [
        pytest.param(
            MarketEstimate,
            {"size": 10, "share": Decimal("0.1"), "size_range": {"low": 20, "high": 30}},
            "range_misses",
            id="size outside its range",
        ),
        pytest.param(
            MarketEstimate,
            {"size": 10, "share": Decimal("0.1"), "share_range": {"low": Decimal("0.3"), "high": Decimal("0.2")}},
            "range_order",
            id="range upside down",
        ),
        pytest.param(
            BreakevenEstimate,
            {"fixed_cost": 10, "variable_cost_rate": Decimal("0.5"), "range": {"low": 5, "high": 19}},
            "range_misses",
            id="break-even outside its range",
        ),
        pytest.param(PipelineEstimate, {"below": 0}, "greater_than", id="no size"),
        pytest.param(PipelineEstimate, {"stages": {"bid": Decimal("1.2")}}, "less_than_equal", id="over certain"),
    ],
)
def test_terms_refuse(model, values, code):
    with pytest.raises(ValidationError) as refused:
        model(**values)
    assert code in {error["type"] for error in refused.value.errors()}


def test_the_weighted_interval_is_weighted_as_the_value_is():
    asked = Estimates(customers={"weight": 3}, capacity={"weight": 1})
    measured = {"customers": annual_target.Estimate(100, 80, 140), "capacity": annual_target.Estimate(200)}
    found = annual_target.estimates(asked, ladder(), measured=measured).set_index("estimate")
    assert found.loc["weighted", ["value", "low", "high"]].tolist() == [125, 110, 155]
    plain = annual_target.estimates(asked, ladder(), measured={"capacity": measured["capacity"]})
    assert plain.set_index("estimate").loc["weighted", ["low", "high"]].isna().all()


# Distances


def test_distances_say_what_carries_a_level():
    asked = Estimates(customers={}, capacity={}, breakeven={"fixed_cost": 100, "variable_cost_rate": 0})
    measured = {"customers": annual_target.Estimate(8_000, 7_000, 12_000), "capacity": annual_target.Estimate(10_000)}
    levels = ladder(low=75, mid=105, high=130)
    found = annual_target.distances(annual_target.estimates(asked, levels, measured=measured), levels)
    states = found.pivot_table(index="estimate", columns="level", values="state", aggfunc="first", sort=False)
    assert states.loc["customers"].tolist() == ["carried", "within", "beyond"]
    assert states.loc["capacity"].tolist() == ["carried", "beyond", "beyond"]  # no interval
    assert states.loc["breakeven"].tolist() == ["beyond", "carried", "carried"]  # a floor
    first = found.iloc[0]
    assert (first["gap"], first["distance_share"]) == (7_500 - 10_000, pytest.approx(-0.25))


# Capacity


EVEN = pd.Series([1 / 12] * 12, index=pd.Index(calendar.fiscal_months(YEAR), name="month"))


def reps(*spells):
    frame = pd.DataFrame(spells, columns=["rep", "start", "end", "capacity"])
    return frame.assign(
        start=pd.to_datetime(frame["start"]),
        end=pd.to_datetime(frame["end"]),
        capacity=pd.array([yuan(c) for c in frame["capacity"]], dtype="Int64"),
    )


def delivered(team, sales):
    years = annual_target.yearly(yearly_facts({(y, "K1"): a for y, a in sales.items()}), fiscal_year=YEAR)
    return annual_target.delivered(team, years, EVEN, ramp=[Decimal(0)], cutoff=None)


def test_delivered_share_of_the_capacity_of_each_year():
    team = reps(("R1", "2020-01-01", None, 1000), ("R2", "2026-06-15", None, 1200))
    found = delivered(team, {2025: 600, 2026: 800})
    assert found["year"].tolist() == [2025, 2026]
    assert found["capacity"].tolist() == [yuan(1000), yuan(1000 + 1200 * 6 / 12)]  # from July on, past the ramp
    assert found["capacity_share"].tolist() == pytest.approx([0.6, 800 / 1600])


def test_capacity_moves_as_what_it_delivered():
    team = reps(("R1", "2020-01-01", None, 1000))
    table = months_table(WAVY, WAVY, WAVY)
    carried = annual_target.capacity_by_rep(team, EVEN, ramp=[])
    past = delivered(team, {2024: 700, 2025: 800, 2026: 900})
    logs = [math.log(share) for share in (0.7, 0.8, 0.9)]
    errors = [logs[n] - (sum(logs) - logs[n]) / 2 for n in range(3)]
    found = annual_target.capacity_estimate(carried, past, table, None)
    assert found == around(yuan(1000), errors, table)
    assert annual_target.capacity_estimate(carried, past.head(1), table, None) == (yuan(1000), None, None)
    asked = CapacityEstimate(range={"low": 900, "high": 950})
    assert annual_target.capacity_estimate(carried, past, table, asked) == (yuan(1000), yuan(900), yuan(1000))
    assert annual_target.capacity_estimate(carried.head(0), past, table, None) is None


# Customers


SALES = {
    (2024, "a"): 100,
    (2024, "b"): 300,
    (2025, "a"): 150,
    (2025, "b"): 0,
    (2025, "c"): 60,
    (2026, "a"): 180,
    (2026, "c"): 90,
    (2026, "d"): 40,
    (2026, "e"): 40,
}


def moved(sales=None, months=3):
    facts = yearly_facts(SALES if sales is None else sales)
    return annual_target.customer_years(facts, months_table(*[WAVY] * months))


def test_customers_kept_and_won_by_year():
    found = moved().set_index("year")
    assert found.loc[2025, ["customers", "customers_before", "kept", "won"]].tolist() == [2, 2, 1, 1]
    assert found.loc[2026, ["customers", "customers_before", "kept", "won"]].tolist() == [4, 2, 2, 2]
    assert found.loc[2026, ["amount_before", "amount_kept", "amount_won"]].tolist() == [21000, 27000, 8000]


def test_customers_estimate_by_its_formula():
    usual = annual_target.habits(moved())
    assert usual.retention == pytest.approx(3 / 4)
    assert usual.growth == pytest.approx(((150 + 270) / 3) / ((400 + 210) / 4))
    assert (usual.won, usual.first_year) == (pytest.approx(3 / 2), pytest.approx(100 * (60 + 80) / 3))
    found = annual_target.customers_estimate(moved(), months_table(WAVY, WAVY, WAVY))
    assert found.value == round(35000 * usual.retention * usual.growth + usual.won * usual.first_year)
    assert found.low < found.value < found.high


def test_customers_estimate_errs_as_each_year_foretold_from_the_others():
    later, earlier = (annual_target.habits(part) for part in (moved().tail(1), moved().head(1)))
    table = months_table(WAVY, WAVY, WAVY)
    foretold = [
        40000 * later.retention * later.growth + later.won * later.first_year,
        21000 * earlier.retention * earlier.growth + earlier.won * earlier.first_year,
    ]
    errors = [math.log(21000 / foretold[0]), math.log(35000 / foretold[1])]
    found = annual_target.customers_estimate(moved(), table)
    assert found == around(found.value, errors, table)


@pytest.mark.parametrize(
    ("sales", "months"),
    [
        pytest.param({}, 3, id="no sales"),
        pytest.param(SALES, 1, id="one year"),
        pytest.param({(2025, ""): 5, (2026, ""): 5}, 3, id="no customer named"),
        pytest.param({(2025, "a"): 5, (2026, "b"): 5}, 2, id="nobody kept"),
        pytest.param({(2025, "a"): -5, (2026, "a"): 5}, 2, id="only returns before"),
    ],
)
def test_no_customers_estimate_without_its_data(sales, months):
    table = moved(sales, months)
    assert annual_target.customers_estimate(table, months_table(*[WAVY] * months)) is None


def test_sales_without_a_customer_repeat():
    plain = annual_target.customers_estimate(moved(), months_table(WAVY, WAVY, WAVY))
    more = annual_target.customers_estimate(moved({**SALES, (2026, "(unknown)"): 12}), months_table(WAVY, WAVY, WAVY))
    assert more.value - plain.value == yuan(12)


# Pipeline


def opportunities(*rows):
    frame = pd.DataFrame(rows, columns=["project", "stage", "amount", "close", "probability"])
    return frame.assign(
        amount=[yuan(a) for a in frame["amount"]],
        close=pd.to_datetime(frame["close"]),
        probability=frame["probability"].astype("float64"),
    )


DEALS = opportunities(
    ("p1", "bid", 1000, "2027-03-10", None),
    ("p2", "design", 2000, "2027-12-31", 0.25),
    ("p3", "bid", 4000, "2028-01-01", 0.9),
    ("p4", "talk", 500, "2027-05-01", None),
    ("p5", "bid", 10, "2027-05-01", 0.5),
)
STAGES = {"bid": Decimal("0.4")}


def test_deals_of_the_year_with_their_probability():
    found = annual_target.deals(DEALS.iloc[::-1], PLAN, PipelineEstimate(stages=STAGES, below=100))
    assert found["project"].tolist() == ["p1", "p2", "p4"]
    assert found["probability"].tolist()[:2] == [0.4, 0.25] and math.isnan(found["probability"].iloc[2])
    assert found["weighted"].tolist() == [40000, 50000, pd.NA]


def test_stages_of_the_split_are_used_where_none_are_named():
    terms = PipelineEstimate()
    found = annual_target.deals(DEALS, PLAN, terms, stages={"talk": Decimal("0.1")}).set_index("project")
    assert found.loc["p4", "probability"] == 0.1
    assert len(found) == 4  # every size counts where no size is named


@pytest.mark.parametrize("first_month", [1, 4])
def test_deals_close_within_the_fiscal_year(first_month):
    plan = PlanTerms(fiscal_year=YEAR, first_month=first_month, inputs={"sales": "sales.csv"})
    found = annual_target.deals(DEALS, plan, PipelineEstimate())
    assert ("p3" in set(found["project"])) == (first_month == 4)


@pytest.mark.parametrize("terms", [pytest.param(None, id="not asked"), pytest.param(PipelineEstimate(), id="asked")])
def test_without_opportunities_there_are_no_deals(terms):
    found = annual_target.deals(None, PLAN, terms)
    assert found.empty and "weighted" in found
    assert annual_target.pipeline_estimate(found, months=months_table(WAVY)) is None


def brute(amounts, probabilities, tail):
    """The quantile of the sum over every way in which the deals can come."""
    ways = []
    for comes in itertools.product([0, 1], repeat=len(amounts)):
        chance = math.prod(p if c else 1 - p for c, p in zip(comes, probabilities, strict=True))
        ways.append((sum(a for a, c in zip(amounts, comes, strict=True) if c), chance))
    reached = 0.0
    for amount, chance in sorted(ways):
        reached += chance
        if reached >= tail - 1e-9:
            return amount
    return sum(amounts)


@given(st.lists(st.tuples(st.integers(1, 10**8), st.floats(0.01, 0.99)), min_size=1, max_size=6))
def test_bernoulli_interval_against_every_way(deals):
    amounts, chances = zip(*deals, strict=True)
    low, high = bernoulli_interval(amounts, chances)
    for found, tail in ((low, 0.1), (high, 0.9)):
        ends = [brute(amounts, chances, tail + move) for move in (-1e-6, 1e-6)]
        assert min(ends) <= found <= max(ends)


def test_many_deals_come_near_the_normal():
    amounts, chances = list(range(1, 2001)), [0.3] * 2000
    low, high = bernoulli_interval(amounts, chances)
    mean, sd = 0.3 * sum(amounts), math.sqrt(0.21 * sum(a * a for a in amounts))
    assert (low, high) == pytest.approx(odds.interval(mean, sd, math.inf), rel=2e-3)


def test_pipeline_adds_the_everyday_business():
    found = annual_target.deals(DEALS, PLAN, PipelineEstimate(stages=STAGES, below=100))
    table = months_table(WAVY, WAVY[::-1])
    alone = annual_target.pipeline_estimate(found, months=table)
    assert alone.value == 40000 + 50000  # the deal that nothing is known of is left out
    assert (alone.low, alone.high) == (0, 200000)  # with 0.9 no more than the larger one comes
    both = annual_target.pipeline_estimate(found, months=table, everyday=1_000_000)
    rest = around(1_000_000, [], table)
    assert both.value == alone.value + 1_000_000
    assert both.value - both.low == round(math.hypot(alone.value - alone.low, 1_000_000 - rest.low))
    assert both.high - both.value == round(math.hypot(alone.high - alone.value, rest.high - 1_000_000))


def orders(*rows):
    frame = pd.DataFrame(rows, columns=["order", "original_order", "date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]), amount=[yuan(a) for a in frame["amount"]])


def test_run_rate_is_last_years_small_orders_net_of_returns():
    found = orders(
        ("o1", "", "2026-02-01", 60),
        ("o1", "", "2026-02-01", 60),  # two products: 120 in all
        ("o2", "", "2026-05-01", 150),
        ("r1", "o2", "2026-06-01", -80),  # comes back: 70 left
        ("o3", "", "2025-05-01", 30),
        (None, None, "2026-07-01", -5),  # a rebate of no order
    )
    assert annual_target.run_rate(found, PLAN, PipelineEstimate(below=100)) == yuan(70)
    assert annual_target.run_rate(found, PLAN, PipelineEstimate()) == 0
    assert annual_target.run_rate(found, PLAN, None) == 0
    sums = order_sums(found, PLAN)
    assert dict(zip(sums["order"], sums["amount"], strict=True)) == {"o1": 12000, "o2": 7000, "o3": 3000}


# Break-even in units


def test_break_even_in_amount_and_units():
    costs = BreakevenEstimate(fixed_cost=900, variable_cost_rate=Decimal("0.6"))
    levels = ladder(commit=3000)
    last = {"indicator": ["amount", "quantity"], "unit": ["currency", "unit"]}
    known = pd.DataFrame(last).assign(last_year=[Decimal("2401"), Decimal(300)]).astype({"last_year": object})
    company = annual_target.targets(levels, known)
    found = annual_target.profits(levels, costs, company).iloc[0]
    assert (found["breakeven"], found["safety_amount"]) == (yuan(2250), yuan(750))
    assert found["safety_share"] == pytest.approx(0.25)
    units, least = round(3000 * 300 / 2401), math.ceil(2250 * 300 / 2401)  # 374.8 and 281.1: enough to break even
    assert found[["units", "breakeven_units", "safety_units"]].tolist() == [units, least, units - least]
    assert found["units"] == company.loc[company["indicator"] == "quantity", "value"].iloc[0]
    unknown = annual_target.profits(levels, costs, company[company["indicator"] == "amount"]).iloc[0]
    assert math.isnan(unknown["units"]) and math.isnan(unknown["breakeven_units"])


def test_a_goal_for_the_quantity_is_what_the_level_asks():
    levels = ladder(commit=3000)
    rows = [("amount", "commit", Decimal(3000), Decimal(2400)), ("quantity", "commit", Decimal(400), Decimal(300))]
    company = pd.DataFrame(rows, columns=["indicator", "level", "value", "last_year"])
    costs = BreakevenEstimate(fixed_cost=900, variable_cost_rate=Decimal("0.6"))
    found = annual_target.profits(levels, costs, company).iloc[0]
    assert found[["units", "breakeven_units"]].tolist() == [400, math.ceil(2250 * 300 / 2400)]


# Pages


@pytest.mark.parametrize("words", [pytest.param(Words(name), id=name) for name in ("zh", "en")])
def test_sentences_about_the_evidence(words):
    past = delivered(reps(("R1", "2020-01-01", None, 1000)), {2025: 600, 2026: 800})
    found = annual_target.deals(DEALS, PLAN, PipelineEstimate(stages=STAGES))
    usual = annual_target.habits(moved())
    said = conclusions.evidence_sentences(words, past=past, usual=usual, found=found)
    assert len(said) == 4
    assert words.percent(0.6, 0) in said[0] and "2025" in said[0]
    assert words.percent(usual.retention) in said[1]
    assert words.money(int(found["weighted"].dropna().sum())) in said[2]
    assert "1" in said[3]
    assert conclusions.evidence_sentences(words, past=past.head(0), usual=None, found=None) == []


def test_the_distances_chart_counts_what_carries_the_planned_level():
    from matplotlib.figure import Figure

    levels = ladder(commit=100, stretch=130)
    asked = Estimates(customers={}, capacity={})
    measured = {"customers": annual_target.Estimate(8_000, 7_000, 12_000), "capacity": annual_target.Estimate(10_000)}
    frame = annual_target.distances(annual_target.estimates(asked, levels, measured=measured), levels)
    words = Words("en", "one")
    ax = charts.distances(Figure().add_subplot(), frame, words=words)
    assert "1 reach it, 1 within their interval, 0 do not" in " ".join(ax.get_title().split())
    assert [text.get_text() for text in ax.texts][:2] == ["0.00 (0%)", "+30.00 (+30%)"]
