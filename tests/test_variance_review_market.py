"""Market size and market share: published cases, and what holds for any market."""

import doctest
import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from test_variance_review import MONTHS, company, fact, split_of

from salesplan import variance_review as vr
from salesplan.calendar import add_months
from salesplan.terms.estimates import MarketEstimate
from salesplan.terms.variance_review import Bridge, Market
from salesplan.variance_review import market as module

GOLDENS = Path(__file__).parents[2] / "shared" / "goldens"
RULES = Bridge()


def fen(amount):
    return round(amount * 100)


@pytest.mark.parametrize(
    ("units", "each", "markets", "expected"),
    [
        pytest.param(
            (220_000, 200_000), 4.60, (2_000_000, 2_500_000), (253_000, -345_000), id="Horngren 14-5: Campbell"
        ),
        pytest.param(
            (2_500_000, 3_000_000), 2.108, (25_000_000, 24_000_000), (-210_800, 1_264_800), id="Horngren 14-25"
        ),
        pytest.param((15_000, 16_000), 29, (160_000, 160_000), (0, 29_000), id="studylib 5837659: the market stood"),
        pytest.param((80, 62), 22, (1_000, 700), (-528, 132), id="kaotiyun S4qr777K: cars, by revenue"),
    ],
)
def test_published_markets(units, each, markets, expected):
    """Budgeted and actual units at the budgeted average contribution (or price): size, and share the rest."""
    target, variance = fen(units[0] * each), fen((units[1] - units[0]) * each)
    found = vr.size_and_share(target, variance, budgeted=Decimal(markets[0]), actual=Decimal(markets[1]))
    assert found == tuple(fen(part) for part in expected)
    shares = [own / market for own, market in zip(units, markets, strict=True)]
    assert found.share == pytest.approx((shares[1] - shares[0]) * markets[1] * each * 100)


def golden(name):
    file = GOLDENS / name
    if not file.exists():
        pytest.skip(f"{name} is not here")
    return json.loads(file.read_text(encoding="utf-8"))


def test_shared_markets():
    for case in golden("market_share_size_cases.json"):
        each = case["budget_avg_contribution_per_unit"]
        target = fen(case["budget_units"] * each)
        found = vr.size_and_share(
            target,
            fen(case["actual_units"] * each) - target,
            budgeted=Decimal(int(case["budget_market"])),
            actual=Decimal(int(case["actual_market"])),
        )
        assert (found.size, found.share) == (
            fen(case["published"]["market_size"]),
            fen(case["published"]["market_share"]),
        )
    cars = next(case for case in golden("sales_variance_tree_cases.json") if case["id"] == "T07_vw_cn")
    mean, planned = cars["published"]["avg_budget_price"], sum(cars["budget_units"])
    found = vr.size_and_share(
        fen(planned * mean),
        fen(cars["published"]["quantity"]),
        budgeted=Decimal(cars["market_budget"]),
        actual=Decimal(cars["market_actual"]),
    )
    assert [part / 100 for part in found] == pytest.approx(
        [cars["expected"]["market_size"], cars["expected"]["market_share"]]
    )


def test_examples_in_docstrings():
    assert doctest.testmod(module).failed == 0


@given(
    st.integers(0, 10**13),
    st.integers(-(10**13), 10**13),
    st.decimals(1, 10**9, places=2),
    st.decimals(0, 10**9, places=2),
)
def test_both_parts_sum_to_the_variance(target, variance, budgeted, actual):
    found = vr.size_and_share(target, variance, budgeted=budgeted, actual=actual)
    assert sum(found) == variance
    assert (found.size > 0) <= (actual > budgeted)
    assert (found.size < 0) <= (actual < budgeted)


def test_no_market_has_no_size():
    with pytest.raises(ValueError, match="no size"):
        vr.size_and_share(1, 1, budgeted=Decimal(0), actual=Decimal(1))


# ---------------------------------------------------------------- the table


def cars(market, lent=None, rules=RULES, closed=1):
    """The cars of the published case, planned and sold in January; last year at the same prices."""
    prices, planned, sold = (35, 12, 6), (40, 20, 20), (20, 22, 20)
    names = ("Audi", "Bora", "Jetta")
    split = pd.concat(
        [split_of([q * p, *[q * p] * 11], product=n) for n, p, q in zip(names, prices, planned, strict=True)],
        ignore_index=True,
    )
    last = [
        fact(add_months(MONTHS[0], -12), "R1", p, product=n, quantity=1.0) for n, p in zip(names, prices, strict=True)
    ]
    this = [
        fact(MONTHS[0], "R1", q * p, product=n, quantity=float(q)) for n, p, q in zip(names, prices, sold, strict=True)
    ]
    figures = company(closed, [*last, *this], years=0, split=split)
    return vr.market_table(figures, vr.bridge_table(figures, rules), market, rules, lent)


def market(**given):
    return Market(**{name: tuple(rows) if isinstance(rows, list) else rows for name, rows in given.items()})


MONTHLY = [{"month": "2027-01", "budget": 1_000, "actual": 700}]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(market(unit="units", budget=12_000, actual=8_400), id="by year: a twelfth of an even year"),
        pytest.param(market(unit="units", months=MONTHLY), id="by month"),
        pytest.param(
            market(unit="units", budget=12_000, months=[{"month": "2027-01", "actual": 700}]), id="budget by year"
        ),
    ],
)
def test_cars_by_units(given):
    row = cars(given).iloc[0]
    assert row["measure"] == "quantity"
    assert row["market_target"] == pytest.approx(1_000, rel=1e-5)
    assert (row["target_share"], row["actual_share"]) == pytest.approx((0.08, 62 / 700), rel=1e-5)
    assert (row["variance"], row["market_size"], row["market_share"]) == (-396, -528, 132)


def test_a_market_in_currency_splits_the_whole_variance():
    row = cars(market(months=[{"month": "2027-01", "budget": 200, "actual": 180}])).iloc[0]
    assert (row["measure"], row["variance"]) == ("amount", (20 * 35 + 22 * 12 + 20 * 6) - 1_760)
    assert row["market_size"] == -176
    assert row["market_share"] == row["variance"] + 176
    assert row["target_share"] == pytest.approx(17.60 / 200)


def test_the_estimate_of_the_target_lends_the_budget():
    lent = MarketEstimate(size=Decimal(2_400), share=Decimal("0.1"))
    row = cars(market(actual=2_160), lent).iloc[0]
    assert row["market_target"] == pytest.approx(200, rel=1e-5)
    assert row["market_size"] == -176


@pytest.mark.parametrize(
    ("given", "lent", "closed"),
    [
        pytest.param(None, None, 1, id="no market"),
        pytest.param(market(actual=100), None, 1, id="no budget"),
        pytest.param(
            market(unit="units", actual=100), MarketEstimate(size=5, share=Decimal("0.1")), 1, id="another unit"
        ),
        pytest.param(market(budget=100), None, 1, id="no actual"),
        pytest.param(market(months=MONTHLY), None, 2, id="a month is missing"),
        pytest.param(market(budget=12, actual=12), None, 0, id="no month closed"),
    ],
)
def test_header_only_where_the_market_is_not_known(given, lent, closed):
    found = cars(given, lent, closed=closed)
    assert found.empty
    assert list(found.columns) == module.MARKET_COLUMNS


def test_what_is_lost_is_no_part_of_the_quantity_variance():
    split = pd.concat([split_of([1_000, *[0] * 11], product=name) for name in ("a", "b")], ignore_index=True)
    last = [fact(add_months(MONTHS[0], -12), "R1", 100, product=name, quantity=1.0) for name in ("a", "b")]
    figures = company(1, [*last, fact(MONTHS[0], "R1", 900, product="a", quantity=9.0)], years=0, split=split)
    given = market(unit="units", months=[{"month": "2027-01", "budget": 100, "actual": 90}])
    row = vr.market_table(figures, vr.bridge_table(figures, RULES), given, RULES).iloc[0]
    assert (row["variance"], row["market_size"], row["market_share"]) == (-100, -100, 0)


def test_a_month_twice_is_refused():
    with pytest.raises(ValidationError, match="twice"):
        market(months=MONTHLY * 2)
