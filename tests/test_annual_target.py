"""Step 1: levels, estimates, odds, indicators, the proof backwards."""

import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan import annual_target, calendar, odds
from salesplan.errors import PlanError
from salesplan.money import LARGEST
from salesplan.terms import AnnualTargetTerms
from salesplan.terms.annual_target import Measure
from salesplan.terms.estimates import BreakevenEstimate, Estimates, TrendEstimate

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
YEAR = 2027
COSTS = BreakevenEstimate(fixed_cost=Decimal(900000), variable_cost_rate=Decimal("0.6"), profit=Decimal(500000))
GREW = {2024: 3_960_000, 2025: 4_440_000, 2026: 5_040_000}


def yuan(amount):
    return round(amount * 100)


def ledger(*lines):
    """Facts from (month, amount in currency units, other columns); a sale of 10 pieces at a cost of 60 %."""
    rows = [_fact(*line) for line in lines]
    columns = ["month", "product", "customer", "kind", "amount", "quantity", "cost"]
    return pd.DataFrame(rows, columns=columns).astype({"amount": "int64", "quantity": "float64", "cost": "Int64"})


def _fact(month, amount, more=None):
    usual = {"product": "A", "customer": "K1", "kind": "sale", "quantity": 10.0, "cost": round(amount * 60)}
    return {"month": month, "amount": yuan(amount), **usual, **(more or {})}


def steady(totals, *, first_month=1):
    """Facts with each year's total in twelve even months."""
    return ledger(
        *[(month, total / 12) for year, total in totals.items() for month in calendar.fiscal_months(year, first_month)]
    )


def terms(**levels):
    return AnnualTargetTerms(levels=levels)


def ladder(**levels):
    return annual_target.levels(terms(**(levels or {"commit": 5600000, "stretch": 7000000})), last_year=None)


def months_table(rows, first=2024):
    return pd.DataFrame(rows, index=pd.Index(range(first, first + len(rows)), name="year"), columns=range(1, 13))


def yearly(facts, first_month=1, fiscal_year=YEAR):
    return annual_target.yearly(facts, fiscal_year=fiscal_year, first_month=first_month)


def monthly(facts, first_month=1, fiscal_year=YEAR):
    return annual_target.monthly(facts, fiscal_year=fiscal_year, first_month=first_month)


# Past years


@pytest.mark.parametrize(
    ("facts", "first_month", "expected"),
    [
        pytest.param(steady(GREW), 1, [(y, 12, True, yuan(a)) for y, a in GREW.items()], id="three whole years"),
        pytest.param(steady({2026: 1200}, first_month=4), 4, [(2026, 12, True, 1200 * 100)], id="year from April"),
        pytest.param(ledger(("2026-03", 5), ("2026-12", 7)), 1, [(2026, 10, False, 1200)], id="ledger begins in March"),
        pytest.param(ledger(("2026-01", 5), ("2026-09", 7)), 1, [(2026, 9, False, 1200)], id="last year still open"),
        pytest.param(
            ledger(("2026-01", 5), ("2026-09", 7), ("2027-01", 1)),
            1,
            [(2026, 12, True, 1200)],
            id="sales of the plan year show last year is closed",
        ),
        pytest.param(
            ledger(("2024-01", 5), ("2026-12", 7)),
            1,
            [(2024, 12, True, 500), (2025, 12, False, None), (2026, 12, True, 700)],
            id="a year without a line is unknown",
        ),
        pytest.param(
            ledger(("2025-01", 5), ("2025-12", 7)),
            1,
            [(2025, 12, True, 1200), (2026, 0, False, None)],
            id="last year not in the ledger",
        ),
        pytest.param(ledger(), 1, [], id="no ledger"),
        pytest.param(ledger(("2027-02", 5)), 1, [], id="only the plan year"),
    ],
)
def test_yearly(facts, first_month, expected):
    years = yearly(facts, first_month)
    found = [(r.year, r.months, r.complete, None if pd.isna(r.amount) else r.amount) for r in years.itertuples()]
    assert found == expected
    last = [amount for year, _, _, amount in expected if year == YEAR - 1]
    assert annual_target.last_year(years, fiscal_year=YEAR) == (last[0] if last else None)


def test_growth_is_shown_between_complete_years_only():
    facts = pd.concat([steady(GREW), ledger(("2023-06", 100))])
    growth = yearly(facts)["growth"].tolist()
    assert math.isnan(growth[0]) and math.isnan(growth[1])
    assert growth[2:] == pytest.approx([444 / 396 - 1, 504 / 444 - 1])


def test_monthly_keeps_the_latest_unbroken_run_in_fiscal_order():
    facts = pd.concat([steady({2023: 120, 2025: 240}, first_month=4), ledger(("2026-04", 7), ("2027-03", 9))])
    table = monthly(facts, first_month=4)
    assert table.index.tolist() == [2025, 2026]  # 2024 is missing, so 2023 cannot be used
    assert table.loc[2026].tolist() == [700, *[0] * 10, 900]
    assert table.sum(axis=1).tolist() == [240 * 100, 16 * 100]


def test_month_shares_pool_the_last_years():
    table = months_table([[999] + [0] * 11, [1] * 12, [2] * 12, [3] + [0] * 10 + [9]])
    shares = annual_target.month_shares(table, fiscal_year=YEAR)
    total = 12 * 1 + 12 * 2 + 12
    assert shares.index.tolist() == calendar.fiscal_months(YEAR)
    assert shares.tolist() == pytest.approx([(1 + 2 + 3) / total, *[(1 + 2) / total] * 10, (1 + 2 + 9) / total])


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(months_table([]), id="no history"),
        pytest.param(months_table([[0] * 12]), id="nothing sold"),
        pytest.param(months_table([[-5] * 12]), id="only returns"),
    ],
)
def test_month_shares_are_even_without_sales(table):
    assert annual_target.month_shares(table, fiscal_year=YEAR).tolist() == pytest.approx([1 / 12] * 12)


def test_month_shares_of_a_published_series():
    # Monthly airline passengers, sums of 1957 to 1959, and their pooled shares.
    totals = [1015, 961, 1124, 1092, 1138, 1329, 1504, 1531, 1271, 1113, 977, 1078]
    expected = [
        0.0718177316,
        0.0679968867,
        0.0795301776,
        0.0772659733,
        0.080520767,
        0.0940352367,
        0.1064176042,
        0.1083280266,
        0.0899313663,
        0.0787518574,
        0.0691289889,
        0.0762753839,
    ]
    shares = annual_target.month_shares(months_table([totals]), fiscal_year=YEAR)
    assert shares.tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.skipif(not GOLDENS.exists(), reason="the shared cases are not here")
def test_month_shares_of_the_shared_cases():
    for case in json.loads((GOLDENS / "three_year_share_real_series.json").read_text()):
        cents = [round(total * 100) for total in case["monthly_totals"]]
        shares = annual_target.month_shares(months_table([cents]), fiscal_year=YEAR)
        assert shares.tolist() == pytest.approx(case["pooled_share"], abs=1e-6), case["series"]


# Levels


@pytest.mark.parametrize(
    ("levels", "last_year", "unit", "expected"),
    [
        pytest.param({"commit": 5600000, "stretch": 7000000}, None, 1, [yuan(5600000), yuan(7000000)], id="amounts"),
        pytest.param({"commit": {"growth": Decimal("0.12")}}, yuan(5000000), 1, [yuan(5000000 * 1.12)], id="growth"),
        pytest.param({"commit": {"growth": Decimal("-0.1")}}, yuan(5000000), 1, [yuan(5000000 * 0.9)], id="shrinking"),
        pytest.param(
            {"commit": 5600000, "stretch": {"times": "commit", "factor": Decimal("1.25")}},
            None,
            1,
            [yuan(5600000), yuan(5600000 * 1.25)],
            id="multiple",
        ),
        pytest.param(
            {"top": {"times": "mid", "factor": 2}, "mid": {"times": "low", "factor": 3}, "low": 100},
            None,
            1,
            [yuan(100 * 3 * 2), yuan(100 * 3), yuan(100)],
            id="chain declared from the top",
        ),
        pytest.param({"commit": {"growth": Decimal("0.005")}}, 100, 1, [101], id="half a fen goes up"),
        pytest.param({"commit": {"growth": Decimal("0.004")}}, 100, 1, [100], id="less than half goes down"),
        pytest.param(
            {"commit": 5649999, "stretch": 5650000},
            None,
            yuan(100000),
            [yuan(5600000), yuan(5700000)],
            id="rounded to the money unit, half up",
        ),
        pytest.param(
            {"low": 149, "high": {"times": "low", "factor": 2}},
            None,
            yuan(100),
            [yuan(100), yuan(200)],
            id="a multiple is taken of the rounded level",
        ),
        pytest.param({"commit": {"growth": Decimal(0)}}, 0, 1, [0], id="last year was zero"),
    ],
)
def test_levels(levels, last_year, unit, expected):
    found = annual_target.levels(terms(**levels), last_year=last_year, money_unit=unit)
    assert found["level"].tolist() == list(levels)
    assert found["amount"].tolist() == expected
    assert found["amount"].dtype == "int64"


def test_levels_say_how_they_are_fixed_and_which_is_planned():
    three = AnnualTargetTerms(
        levels={"floor": 1, "commit": {"growth": Decimal(0)}, "stretch": {"times": "commit", "factor": 2}},
        plan_level="commit",
    )
    found = annual_target.levels(three, last_year=500)
    assert found["basis"].tolist() == ["fixed", "growth", "times"]
    assert found["planned"].tolist() == [False, True, False]
    assert annual_target.planned_amount(found) == 500


@pytest.mark.parametrize(
    ("levels", "last_year", "faults"),
    [
        pytest.param(
            {"a": {"growth": Decimal("0.1")}, "b": {"growth": Decimal("0.2")}},
            None,
            [("level_without_history", "0.1", "a"), ("level_without_history", "0.2", "b")],
            id="both named at once",
        ),
        pytest.param(
            {"a": {"growth": Decimal("0.1")}}, -1000, [("level_negative", "-11.00", "a")], id="net returns last year"
        ),
    ],
)
def test_level_faults(levels, last_year, faults):
    with pytest.raises(PlanError) as stopped:
        annual_target.levels(terms(**levels), last_year=last_year)
    assert [(f.code, f.value, dict(f.values)["level"]) for f in stopped.value.faults] == faults


@given(
    last=st.integers(0, 10**14),
    rate=st.decimals(-1, 10, places=6),
    factor=st.decimals("0.01", 100, places=4),
    unit=st.sampled_from([1, 100, 10_000, 1_000_000]),
)
def test_levels_are_multiples_of_the_unit_and_nearest(last, rate, factor, unit):
    found = annual_target.levels(
        terms(commit={"growth": rate}, stretch={"times": "commit", "factor": factor}), last_year=last, money_unit=unit
    )
    commit, stretch = found["amount"].tolist()
    assert commit % unit == 0 and stretch % unit == 0
    assert abs(commit - Decimal(last) * (1 + rate)) <= Decimal(unit) / 2
    assert abs(stretch - Decimal(commit) * factor) <= Decimal(unit) / 2


# Trend and odds


def test_trend_of_two_years_carries_half_the_growth():
    trend = annual_target.trend(months_table([[100] * 12, [120] * 12], first=2025), fiscal_year=YEAR)
    assert trend.expected == round(1440 * math.sqrt(1440 / 1200))
    assert trend.growth == pytest.approx(1440 / 1200 - 1)
    assert (trend.years, trend.year.degrees) == (2, 1 + 3)
    # the year before was expected to repeat, and the even months count for twelve errors of nothing
    assert trend.year.spread[0] == pytest.approx(math.log(1.2) / math.sqrt(1 + 12))


def test_trend_of_three_years_by_hand():
    z = [math.log(year) for year in GREW.values()]
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    slope = (z[2] - z[0]) / 2  # least squares over three years
    errors = [z[1] - z[0], z[2] - z[1] - (z[1] - z[0]) / 2]
    spread = math.sqrt((errors[0] ** 2 + errors[1] ** 2) / (2 + 12))
    assert trend.expected == pytest.approx(yuan(GREW[2026]) * math.exp(slope / 2), abs=1)
    assert trend.year.spread[0] == pytest.approx(spread)
    low, high = trend.interval()
    t80 = 1.475884048782027  # Student's t, 2 + 3 degrees, 90 % point
    assert (low, high) == pytest.approx(
        (trend.expected * math.exp(-t80 * spread), trend.expected * math.exp(t80 * spread)), abs=2
    )


def test_trend_carries_half_of_the_last_quarters_lead():
    rows = [[100] * 12, [100] * 9 + [120] * 3]
    trend, without = (
        annual_target.trend(months_table(rows, first=2025), fiscal_year=YEAR, terms=TrendEstimate(carry=carry))
        for carry in (Decimal("0.5"), Decimal(0))
    )
    assert trend.lead == pytest.approx(360 / (1260 / 4) - 1)
    assert trend.expected == pytest.approx(without.expected * math.sqrt(360 / (1260 / 4)), abs=1)


@pytest.mark.parametrize(
    ("damping", "expected"),
    [
        pytest.param(Decimal(0), 1440, id="no growth carried"),
        pytest.param(Decimal(1), 1440 * 1.2, id="all growth carried"),
    ],
)
def test_trend_damping_is_a_parameter(damping, expected):
    table = months_table([[100] * 12, [120] * 12], first=2025)
    trend = annual_target.trend(table, fiscal_year=YEAR, terms=TrendEstimate(damping=damping))
    assert trend.expected == round(expected)


def test_trend_looks_at_the_latest_years_only():
    table = months_table([[9] * 12, [100] * 12, [120] * 12])
    two = TrendEstimate(years=2)
    found, alone = (
        annual_target.trend(rows, fiscal_year=YEAR, terms=terms)
        for rows, terms in ((table, two), (table.tail(2), None))
    )
    assert (found.expected, found.interval()) == (alone.expected, alone.interval())


def test_trend_over_an_open_last_year_reaches_two_years_ahead():
    table = months_table([[100] * 12, [120] * 12], first=2024)
    near, far = (annual_target.trend(table, fiscal_year=year) for year in (2026, 2027))
    assert far.expected == round(1440 * 1.2)  # two years at half the growth
    assert far.year.spread == pytest.approx(near.year.spread * math.sqrt(2))


def test_one_year_takes_its_interval_from_the_months():
    months = [80, 120] * 6
    trend = annual_target.trend(months_table([months], first=2026), fiscal_year=YEAR)
    variance = sum((m / 1200 - 1 / 12) ** 2 for m in months) / 11
    assert (trend.expected, trend.year.degrees, trend.years) == (1200, 3, 1)
    assert math.isnan(trend.growth) and math.isnan(trend.lead)
    # twelve months in step; less than half of a single year's scatter, since the rest is season
    assert trend.year.spread[0] == pytest.approx(1.05 * math.sqrt(2) * 0.45 * 12 * math.sqrt(variance))


def test_two_even_years_are_not_certain_when_their_months_scatter():
    rows = [[80, 120] * 6, [120, 80] * 6]
    trend = annual_target.trend(months_table(rows, first=2025), fiscal_year=YEAR, terms=TrendEstimate(carry=Decimal(0)))
    assert trend.expected == 1200
    variance = 24 * (20 / 1200) ** 2 / 11
    scatter = 1.05 * math.sqrt(1.5) * 12 * math.sqrt(variance)
    assert trend.year.spread[0] == pytest.approx(scatter * math.sqrt(12 / 13))  # one error of nothing beside it


def test_a_year_of_net_returns_makes_the_interval_wide():
    trend = annual_target.trend(months_table([[-10] * 12, [30] * 12], first=2025), fiscal_year=YEAR)
    low, high = trend.interval()
    assert low < 360 < trend.expected < high
    assert high > 3 * low


def test_an_interval_beyond_all_money_is_cut_off():
    table = months_table([[LARGEST // 13] * 12, [1, *[0] * 10, LARGEST // 2]], first=2025)
    trend = annual_target.trend(table, fiscal_year=YEAR)
    assert trend.interval()[1] == LARGEST
    found = annual_target.estimates(Estimates(trend={}), ladder(), trend=trend)
    assert found["high"].tolist() == [LARGEST, LARGEST]


def test_no_year_no_trend():
    assert annual_target.trend(months_table([]), fiscal_year=YEAR) is None


def test_odds_are_those_of_the_interval():
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    low, high = trend.interval()
    assert trend.reach(low) == pytest.approx(0.9, abs=1e-6)
    assert trend.reach(trend.expected) == pytest.approx(0.5, abs=1e-6)
    assert trend.reach(high) == pytest.approx(0.1, abs=1e-6)
    assert trend.reach(0) == 1.0
    level = yuan(5600000)
    spread = float(trend.year.spread[0])
    assert trend.reach(level) == pytest.approx(odds.reach(math.log(level), math.log(trend.expected), spread, 5))


@given(
    st.lists(st.integers(1, 10**10), min_size=12, max_size=60).map(lambda v: v[: len(v) // 12 * 12]),
    st.integers(1, 10**12),
    st.integers(1, 10**12),
)
def test_a_higher_level_is_never_likelier(values, one, other):
    table = months_table(np.array(values).reshape(-1, 12).tolist(), first=YEAR - len(values) // 12)
    trend = annual_target.trend(table, fiscal_year=YEAR)
    low, high = trend.interval()
    assert low <= trend.expected <= high
    assert trend.reach(min(one, other)) >= trend.reach(max(one, other))


# Estimates


ALL = Estimates(
    growth={"rate": Decimal("0.12")},
    trend={},
    breakeven=COSTS,
    capacity={"weight": Decimal(2)},
    market={"size": 40000000, "share": Decimal("0.14"), "weight": Decimal("0.5")},
)


MEASURED = {
    "capacity": annual_target.Estimate(yuan(5200000)),
    "customers": annual_target.Estimate(yuan(5100000), yuan(4800000), yuan(5500000)),
    "pipeline": None,
}


def test_estimates_by_their_formulas():
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    found = annual_target.estimates(ALL, ladder(), last_year=yuan(5000000), trend=trend, measured=MEASURED)
    values = dict(zip(found["estimate"], found["value"], strict=True))
    expected = {
        "growth": yuan(5000000 * 1.12),
        "trend": trend.expected,
        "breakeven": yuan((900000 + 500000) / (1 - 0.6)),
        "market": yuan(40000000 * 0.14),
        "capacity": yuan(5200000),
    }
    weights = {"growth": 1, "trend": 1, "breakeven": 1, "market": 0.5, "capacity": 2}
    weighted = sum(weights[name] * value for name, value in expected.items()) / sum(weights.values())
    assert list(values) == [*expected, "weighted"]
    assert values == {**expected, "weighted": round(weighted)}
    assert found["weight"].tolist() == [*weights.values(), sum(weights.values())]
    assert (found["gap_commit"] + found["value"]).tolist() == [yuan(5600000)] * 6
    assert (found["gap_stretch"] + found["value"]).tolist() == [yuan(7000000)] * 6


def test_estimates_carry_their_intervals():
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    asked = ALL.model_copy(update={"customers": Estimates(customers={}).customers})
    found = annual_target.estimates(asked, ladder(), last_year=1, trend=trend, measured=MEASURED).set_index("estimate")
    assert tuple(found.loc["trend", ["low", "high"]]) == trend.interval()
    assert tuple(found.loc["customers", ["low", "high"]]) == (yuan(4800000), yuan(5500000))
    assert found.loc[["growth", "breakeven", "market", "capacity"], ["low", "high"]].isna().all(axis=None)


def test_estimates_without_their_data_are_left_out_and_named():
    found = annual_target.estimates(ALL, ladder())
    assert found["estimate"].tolist() == ["breakeven", "market", "weighted"]
    assert annual_target.left_out(ALL, found) == ["growth", "trend", "capacity"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Estimates(), id="none declared"),
        pytest.param(Estimates(breakeven=COSTS.model_copy(update={"weight": Decimal(0)})), id="no weight"),
    ],
)
def test_nothing_is_weighted_without_weights(asked):
    found = annual_target.estimates(asked, ladder())
    assert "weighted" not in set(found["estimate"])
    assert list(found.columns) == ["estimate", "value", "low", "high", "weight", "gap_commit", "gap_stretch"]


def test_the_trend_is_the_evidence_where_nothing_is_declared():
    default = terms(commit=1).estimates
    assert [name for name in Estimates.model_fields if getattr(default, name)] == ["trend"]


@given(st.lists(st.tuples(st.integers(0, 10**13), st.decimals(0, 100, places=3)), min_size=2, max_size=2))
def test_weighted_lies_between_the_estimates(pairs):
    (last, one), (capacity, other) = pairs
    asked = Estimates(growth={"rate": Decimal(0), "weight": one}, capacity={"weight": other})
    found = annual_target.estimates(
        asked, ladder(), last_year=last, measured={"capacity": annual_target.Estimate(capacity)}
    ).set_index("estimate")
    if one + other:
        exact = (one * last + other * capacity) / (one + other)
        assert abs(int(found.loc["weighted", "value"]) - exact) <= Decimal("0.501")
        assert min(last, capacity) <= found.loc["weighted", "value"] <= max(last, capacity)


# Capacity

EVEN = pd.Series([1 / 12] * 12, index=pd.Index(calendar.fiscal_months(YEAR), name="month"))
RAMP = (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))


def reps(*spells):
    frame = pd.DataFrame(spells, columns=["rep", "start", "end", "capacity"])
    capacity = pd.array([None if spell[3] is None else yuan(spell[3]) for spell in spells], dtype="Int64")
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]), capacity=capacity)


def carried(*spells, shares=EVEN, cutoff=None):
    return annual_target.capacity_by_rep(reps(*spells), shares, ramp=RAMP, cutoff=cutoff).set_index("rep")


@pytest.mark.parametrize(
    ("spells", "cutoff", "served"),
    [
        pytest.param([("a", "2020-05-01", None, 1200)], None, 1, id="all year"),
        pytest.param([("a", None, None, 1200)], None, 1, id="start unknown: past the ramp"),
        pytest.param([("a", "2027-01-10", None, 1200)], None, (0 + 0.25 + 0.5 + 0.75 + 8) / 12, id="starts in January"),
        pytest.param([("a", "2026-12-01", None, 1200)], None, (0.25 + 0.5 + 0.75 + 9) / 12, id="ramp begun last year"),
        pytest.param([("a", "2027-11-01", None, 1200)], None, (0 + 0.25) / 12, id="starts in November"),
        pytest.param([("a", "2020-01-01", "2027-03-31", 1200)], None, 3 / 12, id="leaves in March"),
        pytest.param([("a", "2020-01-01", "2026-12-31", 1200)], None, 0, id="left before the year"),
        pytest.param([("a", "2028-01-01", None, 1200)], None, 0, id="comes after the year"),
        pytest.param(
            [("a", "2027-01-26", None, 1200)], 25, (0 + 0.25 + 0.5 + 0.75 + 7) / 12, id="the 26th is February's"
        ),
        pytest.param(
            [("a", "2020-01-01", "2027-06-30", 1200), ("a", "2027-07-01", None, 1200)],
            None,
            1,
            id="moved in July: no second ramp",
        ),
        pytest.param(
            [("a", "2020-01-01", "2027-06-15", 1200), ("a", "2027-06-16", None, 1200)],
            None,
            1,
            id="moved in mid-June: June counts once",
        ),
    ],
)
def test_capacity_by_ramp_and_presence(spells, cutoff, served):
    found = carried(*spells, cutoff=cutoff)
    assert found.loc["a", "served_share"] == pytest.approx(served)
    assert found.loc["a", "amount"] == round(yuan(1200) * served)


def test_capacity_follows_the_season():
    shares = pd.Series([0.5, *[0.5 / 11] * 11], index=EVEN.index)
    assert carried(("a", "2020-01-01", "2027-01-31", 1000), shares=shares).loc["a", "amount"] == yuan(1000 * 0.5)


def test_unknown_capacity_counts_at_the_median_and_says_so():
    found = carried(("a", None, None, 100), ("b", None, None, 300), ("c", None, None, None))
    assert found["assumed"].tolist() == [False, False, True]
    assert found.loc["c", "amount"] == yuan((100 + 300) / 2)
    assert annual_target.total_capacity(found) == yuan(100 + 300 + 200)


@pytest.mark.parametrize(
    "spells",
    [
        pytest.param([], id="no reps"),
        pytest.param([("a", None, None, None)], id="no capacity known"),
    ],
)
def test_no_capacity_no_estimate(spells):
    found = annual_target.capacity_by_rep(reps(*spells), EVEN, ramp=RAMP)
    assert found.empty
    assert list(found.columns) == ["rep", "capacity", "assumed", "served_share", "amount"]
    assert annual_target.total_capacity(found) is None


# Indicators


def measured(facts):
    found = annual_target.indicators(facts, fiscal_year=YEAR)
    return dict(zip(found["indicator"], found["last_year"], strict=True))


LINES = [
    ("2025-05", 100, {"product": "A", "customer": "K1"}),
    ("2026-01", 300, {"product": "A", "customer": "K1"}),
    ("2026-02", 120, {"product": "B", "customer": "K2"}),
    ("2026-02", -20, {"product": "A", "customer": "K3", "kind": "return", "quantity": -1.0, "cost": -1200}),
    ("2026-03", -10, {"product": "A", "customer": "K1", "kind": "rebate", "quantity": math.nan, "cost": None}),
    ("2027-01", 999, {"product": "C", "customer": "K4"}),
]


def test_indicators_of_last_year():
    amount = 300 + 120 - 20 - 10
    pieces = 10 + 10 - 1
    assert measured(ledger(*LINES)) == {
        "amount": Decimal(amount).quantize(Decimal("0.01")),
        "quantity": Decimal(pieces),  # a rebate carries no goods
        "average_price": round(Decimal(amount) / pieces, 2),
        "gross_profit": Decimal(str(amount - 0.6 * 300 - 0.6 * 120 + 12)),
        "new_product_sales": Decimal(120),  # B was never sold before
        "customers": Decimal(2),  # K3 only gave back
    }


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        pytest.param({"cost": None}, {"gross_profit"}, id="one line without cost"),
        pytest.param({"quantity": math.nan}, {"quantity", "average_price"}, id="one line without quantity"),
    ],
)
def test_an_indicator_needs_every_line(line, missing):
    whole = measured(ledger(*LINES))
    assert set(whole) - set(measured(ledger(*LINES, ("2026-06", 5, line)))) == missing


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        pytest.param(ledger(), ["amount"], id="no ledger"),
        pytest.param(ledger(("2025-05", 5)), ["amount"], id="no last year"),
        pytest.param(
            ledger(("2026-05", 5, {"customer": "(unknown)", "product": "", "quantity": math.nan, "cost": None})),
            ["amount"],
            id="amounts alone",
        ),
        pytest.param(
            ledger(("2026-05", 5)),
            ["amount", "quantity", "average_price", "gross_profit", "customers"],
            id="first year: what is new cannot be told",
        ),
    ],
)
def test_indicators_that_the_data_allow(facts, names):
    assert list(measured(facts)) == names


def test_quantities_keep_three_decimals():
    facts = ledger(("2026-05", 5, {"quantity": 0.1}), ("2026-06", 5, {"quantity": 0.2}))
    assert measured(facts)["quantity"] == Decimal("0.300")


def test_targets_in_last_years_ratio():
    facts = ledger(*LINES)
    ladder = annual_target.levels(terms(commit=780, stretch=1000), last_year=None)
    table = annual_target.targets(ladder, annual_target.indicators(facts, fiscal_year=YEAR))
    found = table.set_index(["indicator", "level"])
    last, twice = Decimal(390), Decimal(2)
    assert found.loc[("amount", "commit"), "value"] == 780
    assert found.loc[("quantity", "commit"), "value"] == 19 * twice
    assert found.loc[("quantity", "stretch"), "value"] == 49  # 19 x 1000 / 390 = 48.7
    assert found.loc[("average_price", "stretch"), "value"] == found.loc[("average_price", "stretch"), "last_year"]
    assert found.loc[("gross_profit", "stretch"), "value"] == round(Decimal(150) * 1000 / last, 2)
    assert found.loc[("customers", "stretch"), "value"] == 6  # 2 x 1000 / 390 = 5.1 customers are six
    assert found.loc[("amount", "stretch"), "growth"] == pytest.approx(1000 / 390 - 1)
    assert found["basis"].unique().tolist() == ["fixed", "last_year_ratio"]
    assert found["unit"].groupby("indicator").first().to_dict() == {
        "amount": "currency",
        "average_price": "currency",
        "customers": "unit",
        "gross_profit": "currency",
        "new_product_sales": "currency",
        "quantity": "unit",
    }


def test_targets_carry_the_planned_level_exactly():
    facts = steady(GREW)
    trend = annual_target.trend(monthly(facts), fiscal_year=YEAR)
    found = annual_target.targets(ladder(), annual_target.indicators(facts, fiscal_year=YEAR), trend=trend)
    planned = found[(found["indicator"] == "amount") & found["planned"]]
    assert planned["value"].tolist() == [Decimal("5600000.00")]
    assert planned["last_year"].tolist() == [Decimal("5040000.00")]
    amounts = found[found["indicator"] == "amount"]
    assert amounts["probability"].tolist() == [trend.reach(yuan(5600000)), trend.reach(yuan(7000000))]
    assert found.loc[found["indicator"] != "amount", "probability"].isna().all()


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(ledger(), id="no ledger"),
        pytest.param(ledger(("2026-05", -5)), id="net returns last year"),
    ],
)
def test_targets_without_a_last_year_to_scale_are_amounts(facts):
    found = annual_target.targets(ladder(), annual_target.indicators(facts, fiscal_year=YEAR))
    assert found["indicator"].tolist() == ["amount", "amount"]
    assert found["growth"].isna().all() and found["probability"].isna().all()


@settings(max_examples=12)
@given(st.permutations(range(len(LINES))))
def test_row_order_of_the_ledger_changes_nothing(order):
    facts = ledger(*LINES)
    mixed = facts.iloc[order].reset_index(drop=True)
    for build in (annual_target.yearly, annual_target.monthly, annual_target.indicators):
        pd.testing.assert_frame_equal(build(facts, fiscal_year=YEAR), build(mixed, fiscal_year=YEAR))


def test_arguments_stay_as_they_were():
    facts, ladders, spells = steady(GREW), ladder(), reps(("a", "2027-01-01", None, 5))
    before = [frame.copy() for frame in (facts, ladders, spells)]
    annual_target.indicators(facts, fiscal_year=YEAR)
    annual_target.profits(ladders, COSTS)
    annual_target.capacity_by_rep(spells, EVEN, ramp=RAMP)
    for frame, old in zip((facts, ladders, spells), before, strict=True):
        pd.testing.assert_frame_equal(frame, old)


# The proof backwards


MEASURES = (
    Measure(name="新渠道", amount=Decimal(400000), resources="两名业务员"),
    Measure(name="网点", amount=Decimal(-50000)),
)


@pytest.mark.parametrize(
    ("measures", "rest"),
    [
        pytest.param((), 5600000 - 5000000, id="no measures"),
        pytest.param(MEASURES, 5600000 - 5000000 - 400000 + 50000, id="part is explained"),
        pytest.param((Measure(name="x", amount=Decimal(900000)),), 600000 - 900000, id="more than is needed"),
    ],
)
def test_bridge_closes(measures, rest):
    found = annual_target.bridge(ladder(), last_year=yuan(5000000), measures=measures)
    assert found["part"].tolist() == ["last_year", *["measure"] * len(measures), "unexplained", "level"]
    assert found["amount"].iloc[-2] == yuan(rest)
    assert found["amount"].iloc[:-1].sum() == found["amount"].iloc[-1] == yuan(5600000)
    assert (found["amount_to"] - found["amount_from"]).tolist() == found["amount"].tolist()
    assert found["amount_from"].tolist()[1:-1] == found["amount_to"].tolist()[:-2]


def test_bridge_without_last_year_is_empty():
    assert annual_target.bridge(ladder(), last_year=None, measures=MEASURES).empty


@pytest.mark.parametrize(
    ("fixed", "rate", "profit", "sales"),
    [
        pytest.param(900000, "0.6", 500000, (900000 + 500000) / 0.4, id="fixed cost and profit"),
        pytest.param(900000, "0.6", 0, 900000 / 0.4, id="no profit asked"),
        pytest.param(0, "0", 500000, 500000, id="no cost"),
        pytest.param(100, "0.7", 0, 333.33, id="a third of a fen is rounded"),
        pytest.param(200, "0.7", 0, 666.67, id="two thirds go up"),
    ],
)
def test_breakeven_sales(fixed, rate, profit, sales):
    costs = BreakevenEstimate(fixed_cost=Decimal(fixed), variable_cost_rate=Decimal(rate), profit=Decimal(profit))
    assert annual_target.breakeven_sales(costs) == yuan(sales)


def test_profits_at_each_level():
    found = annual_target.profits(ladder(commit=5600000, low=2000000), COSTS).set_index("level")
    assert found.loc["commit", "contribution"] == yuan(5600000 * 0.4)
    assert found.loc["commit", "profit"] == yuan(5600000 * 0.4 - 900000)
    assert found.loc["low", "profit"] == yuan(2000000 * 0.4 - 900000) < 0
    assert set(found["breakeven"]) == {yuan(900000 / 0.4)}
    assert found.loc["commit", "safety_share"] == pytest.approx((5600000 - 2250000) / 5600000)


def test_profits_without_costs_are_empty():
    assert annual_target.profits(ladder(), None).empty


@given(fixed=st.integers(0, 10**9), rate=st.decimals(0, "0.99", places=4), profit=st.integers(0, 10**9))
def test_break_even_brings_the_profit_asked_for(fixed, rate, profit):
    costs = BreakevenEstimate(fixed_cost=Decimal(fixed), variable_cost_rate=rate, profit=Decimal(profit))
    assert abs(annual_target.profit_of(annual_target.breakeven_sales(costs), costs) - profit * 100) <= 1


def test_scenarios_hold_the_grid_and_the_levels_in_order():
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    found = annual_target.scenarios(
        ladder(), last_year=yuan(5000000), trend=trend, costs=COSTS, rates=[Decimal(0), Decimal("0.2")]
    )
    assert found["amount"].tolist() == [yuan(a) for a in (5000000, 5600000, 6000000, 7000000)]
    assert found["level"].tolist() == ["", "commit", "", "stretch"]
    assert found["growth"].tolist() == pytest.approx([0, 0.12, 0.2, 0.4])
    assert found["planned"].tolist() == [False, True, False, False]
    assert found["target_share"].tolist() == pytest.approx([5 / 5.6, 1, 6 / 5.6, 7 / 5.6])
    assert found["profit"].tolist() == [yuan(a * 0.4 - 900000) for a in (5000000, 5600000, 6000000, 7000000)]
    assert found["probability"].is_monotonic_decreasing


def test_scenarios_lie_five_points_around_the_plan():
    found = annual_target.scenarios(ladder(), last_year=yuan(5000000))
    near = found[found["level"] != "stretch"]
    assert near["growth"].tolist() == pytest.approx([0.12 + points / 100 for points in range(-5, 6)])
    assert near["amount"].tolist() == [yuan(5600000 + points * 50000) for points in range(-5, 6)]
    assert near.loc[near["planned"], "level"].tolist() == ["commit"]


def test_scenarios_without_history_are_the_levels():
    found = annual_target.scenarios(ladder(), last_year=None)
    assert found["level"].tolist() == ["commit", "stretch"]
    assert found[["growth", "profit", "probability"]].isna().all(axis=None)


def test_odds_curve_passes_through_the_levels():
    trend = annual_target.trend(monthly(steady(GREW)), fiscal_year=YEAR)
    found = annual_target.odds_curve(ladder(), trend)
    assert found["amount"].is_monotonic_increasing
    marked = found[found["level"] != ""]
    assert marked["amount"].tolist() == [yuan(5600000), yuan(7000000)]
    assert found["amount"].iloc[0] == trend.interval()[0]
    assert annual_target.odds_curve(ladder(), None).empty


def test_overview_lines_up_years_levels_and_estimates():
    found = annual_target.overview(
        yearly(steady(GREW)), ladder(), annual_target.estimates(ALL, ladder(), last_year=yuan(5000000))
    )
    assert found["part"].tolist() == ["year"] * 3 + ["level"] * 2 + ["estimate"] * 4
    assert found["name"].tolist()[:5] == ["2024", "2025", "2026", "commit", "stretch"]
    assert found["planned"].tolist() == [False] * 3 + [True] + [False] * 5
    assert found["amount"].tolist()[:5] == [yuan(a) for a in (*GREW.values(), 5600000, 7000000)]


def test_the_example_of_the_docstring():
    import doctest

    from salesplan.annual_target import ladder as module

    assert doctest.testmod(module).failed == 0


# Parameters


@pytest.mark.parametrize(
    ("given_terms", "error"),
    [
        pytest.param({"levels": {}}, "too_short", id="no level"),
        pytest.param({"levels": {"commit": 1}, "plan_level": "comit"}, "plan_level_unknown", id="plan level misspelt"),
        pytest.param(
            {"levels": {"a": {"times": "b", "factor": 2}}}, "level_unknown", id="multiple of an unknown level"
        ),
        pytest.param({"levels": {"a": {"times": "a", "factor": 2}}}, "level_unknown", id="multiple of itself"),
        pytest.param(
            {"levels": {"a": {"times": "b", "factor": 2}, "b": {"times": "a", "factor": 2}}},
            "level_unknown",
            id="two that lead back to each other",
        ),
        pytest.param({"levels": {"a": -1}}, "greater_than", id="below zero"),
        pytest.param({"levels": {"a": 0}}, "greater_than", id="zero"),
        pytest.param(
            {"levels": {"a": 1}, "estimates": {"trend": {"damping": Decimal("1.5")}}},
            "less_than_equal",
            id="more than all growth carried forward",
        ),
        pytest.param(
            {"levels": {"a": 1}, "estimates": {"trend": {"years": 0}}}, "greater_than_equal", id="trend of no year"
        ),
        pytest.param(
            {"levels": {"a": 1}, "estimates": {"breakeven": {"fixed_cost": 1, "variable_cost_rate": 1}}},
            "less_than",
            id="every sale costs what it brings",
        ),
    ],
)
def test_terms_refuse(given_terms, error):
    with pytest.raises(ValidationError) as stopped:
        AnnualTargetTerms(**given_terms)
    assert error in {fault["type"] for fault in stopped.value.errors()}


def test_the_first_level_is_planned_unless_told():
    assert AnnualTargetTerms(levels={"commit": 1, "stretch": 2}).planned == "commit"
    assert AnnualTargetTerms(levels={"commit": 1, "stretch": 2}, plan_level="stretch").planned == "stretch"


@pytest.mark.parametrize("first_month", range(1, 13))
def test_every_first_month_gives_the_same_whole_years(first_month):
    facts = steady({2025: 1200, 2026: 2400}, first_month=first_month)
    years = yearly(facts, first_month)
    assert years["complete"].tolist() == [True, True]
    assert annual_target.last_year(years, fiscal_year=YEAR) == yuan(2400)
    assert monthly(facts, first_month).loc[2026].tolist() == [yuan(200)] * 12
    shares = annual_target.month_shares(monthly(facts, first_month), fiscal_year=YEAR, first_month=first_month)
    assert shares.index[0] == f"{YEAR}-{first_month:02d}"
    assert math.fsum(shares) == pytest.approx(1)


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4),
    st.integers(1, 10**12),
    st.integers(-(10**9), 10**12),
)
def test_bridge_closes_for_any_measures(amounts, level, last):
    measures = [Measure(name=f"m{place}", amount=Decimal(amount) / 100) for place, amount in enumerate(amounts)]
    found = annual_target.bridge(ladder(commit=Decimal(level) / 100), last_year=last, measures=measures)
    assert found["amount"].iloc[:-1].sum() == found["amount"].iloc[-1] == level
    assert found["amount_to"].iloc[-2] == level


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(2019, 2028), st.integers(1, 12), st.integers(0, 10**7)), min_size=1, max_size=6))
def test_one_rep_never_carries_more_than_a_full_year(starts):
    spells = [("a", f"{year}-{month:02d}-01", None, amount) for year, month, amount in starts]
    found = carried(*spells)
    assert 0 <= found.loc["a", "served_share"] <= 1 + 1e-9
    assert found.loc["a", "amount"] <= max(yuan(amount) for *_, amount in starts) + 1
