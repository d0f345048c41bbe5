"""Dealers: what they are expected to sell, hold and order, rolled up to the company and held against the plan."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import seasonal_split as split
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.terms.seasonal_split import SeasonalSplitTerms

YEAR = split.PlanYear(2027, calendar="US")
BEFORE = [f"2026-{month:02d}" for month in range(1, 13)]
SEASON = [1, 1, 2, 2, 3, 3, 2, 2, 3, 3, 1, 1]  # twenty-fourths of a year
PRICE = 10_00


def rules(**dealers):
    given = {"method": "even", "dealers": {"cover_days": 0, **dealers}}
    return SeasonalSplitTerms.model_validate(given, strict=False)


def cube(products=("A",), units=100, **more):
    rows = [
        {"month": month, "product": product, "quantity": float(units * part), "amount": units * part * PRICE, **more}
        for product in products
        for month, part in zip(YEAR.months, SEASON, strict=True)
    ]
    return pd.DataFrame(rows)


def report(dealer, sold, product="A", months=BEFORE, **columns):
    """What one dealer reports; `sold` by month, or one figure in proportion to the season."""
    units = [sold * part for part in SEASON] if np.isscalar(sold) else sold
    table = pd.DataFrame({"month": months, "dealer": dealer, "product": product, "sell_out": units})
    return table.assign(**columns).astype({"sell_out": "float64"})


def forecast(*reports, terms=None, plan=None):
    table = pd.concat(reports, ignore_index=True)
    return split.dealer_forecast(cube() if plan is None else plan, table, year=YEAR, rules=terms or rules())


def of(table, dealer, column="sell_out"):
    return table[table["dealer"] == dealer].sort_values("month")[column].tolist()


# ---------------------------------------------------------------- level and season


def test_a_dealer_in_season_goes_on_as_he_was():
    assert of(forecast(report("D", 10)), "D") == [10 * part for part in SEASON]


def test_the_latest_months_count_most():
    """Level = sum of weight x sold / sum of weight x share of the year, weights 1 to 12."""
    sold = [10 * part for part in SEASON[:6]] + [20 * part for part in SEASON[6:]]
    weights = range(1, 13)
    level = sum(w * s for w, s in zip(weights, sold, strict=True)) / sum(
        w * part / 24 for w, part in zip(weights, SEASON, strict=True)
    )
    assert sum(of(forecast(report("D", sold)), "D")) == round(level)


def test_only_the_months_asked_for_count():
    sold = [1000] * 9 + [10 * part for part in SEASON[9:]]
    assert of(forecast(report("D", sold), terms=rules(history_months=3)), "D") == [10 * part for part in SEASON]


@pytest.mark.parametrize(
    ("sold", "level"),
    [
        pytest.param([np.nan] * 6 + [10 * part for part in SEASON[6:]], 10 * 24, id="blank is unknown"),
        pytest.param([-5] + [0] * 11, 0, id="returns alone are no demand"),
        pytest.param([0] * 12, 0, id="nothing sold"),
    ],
)
def test_level(sold, level):
    assert sum(of(forecast(report("D", sold)), "D")) == level


def test_a_month_without_a_report_is_unknown():
    half = report("D", [10 * part for part in SEASON[6:]], months=BEFORE[6:])
    assert of(forecast(half), "D") == [10 * part for part in SEASON]


def test_a_product_left_out_of_a_report_sold_nothing():
    """From the first month he has it: six months of two sold, six sold none."""
    other = report("D", 1, product="B")
    once = report("D", [10 * part for part in SEASON[6:9]], months=BEFORE[6:9])
    found = forecast(other, once, plan=cube(("A", "B")))
    weights = {month: k + 1 for k, month in enumerate(BEFORE)}
    sold = sum(weights[month] * 10 * part for month, part in zip(BEFORE[6:9], SEASON[6:9], strict=True))
    base = sum(weights[month] * part / 24 for month, part in zip(BEFORE[6:], SEASON[6:], strict=True))
    assert found.loc[found["product"] == "A", "sell_out"].sum() == round(sold / base)


def test_who_reports_no_sell_out_is_taken_by_what_he_took_in():
    taken = report("D", [np.nan] * 12, sell_in=[10.0 * part for part in SEASON])
    assert of(forecast(taken), "D") == [10 * part for part in SEASON]


def test_a_product_the_plan_does_not_sell_has_no_season():
    assert of(forecast(report("D", [12] * 12, product="Z")), "D") == [12] * 12


def test_reports_of_the_year_itself_do_not_count():
    later = report("D", [999], months=["2027-01"])
    assert of(forecast(report("D", 10), later), "D") == [10 * part for part in SEASON]


def test_no_reports():
    for table in (None, report("D", 1).head(0), report("D", [1], months=["2027-02"])):
        found = split.dealer_forecast(cube(), table, year=YEAR, rules=rules())
        assert found.empty
        assert split.dealer_demand(found, cube(), year=YEAR, rules=rules()).empty


# ---------------------------------------------------------------- stock and orders


def test_orders_fill_the_stock_to_its_target():
    found = forecast(report("D", 31, stock=40.0), terms=rules(cover_days=28))
    january, february = 31 * 1, 31 * 1
    first = found.iloc[0]
    assert first["sell_in"] == january + february - 40
    assert (first["stock"], first["cover_days"]) == (february, 28)


def test_a_dealer_with_too_much_orders_nothing():
    found = forecast(report("D", 10, stock=100.0))
    assert of(found, "D", "sell_in")[:6] == [0] * 5 + [(1 + 1 + 2 + 2 + 3 + 3) * 10 - 100]
    assert sum(of(found, "D", "sell_in")) == 24 * 10 - 100


def test_an_unknown_stock_stays_unknown():
    found = forecast(report("D", 10))
    assert found["stock"].isna().all()
    assert found["cover_days"].isna().all()
    assert found["sell_in"].tolist() == found["sell_out"].tolist()


def test_the_last_stock_reported_counts():
    stock = [999.0] * 10 + [50.0, np.nan]
    found = forecast(report("D", 10, stock=stock))
    assert of(found, "D", "sell_in")[:3] == [0, 0, max(0, (1 + 1 + 2) * 10 - 50)]


# ---------------------------------------------------------------- roll-up


def tree(levels=(10, 20, 30)):
    """Two agents below a centre with a store of its own, one dealer of the company's own."""
    first, second, third = levels
    return [
        report("agent 1", first, parent="centre", stock=15.0),
        report("agent 2", second, parent="centre"),
        report("centre", [np.nan] * 12, stock=100.0, parent="region"),
        report("alone", third, stock=0.0),
    ]


def test_three_levels_roll_up():
    found = forecast(*tree())
    below = np.array(of(found, "agent 1", "sell_in")) + of(found, "agent 2", "sell_in")
    assert of(found, "centre") == below.tolist()
    assert of(found, "region") == of(found, "centre", "sell_in")
    assert sum(of(found, "centre", "sell_in")) == below.sum() - 100
    assert sum(below) == 24 * (10 + 20) - 15
    assert found.drop_duplicates("dealer").set_index("dealer")["parent"].dropna().to_dict() == {
        "agent 1": "centre",
        "agent 2": "centre",
        "centre": "region",
    }


def test_a_suppliers_target_looks_at_the_last_customers():
    """His stock covers what agents sell on, not how they happen to order."""
    found = forecast(
        report("agent", 31, parent="centre", stock=0.0),
        report("centre", [np.nan] * 12, stock=0.0),
        terms=rules(cover_days=28),
    )
    february = 31
    asked = of(found, "centre")[0]
    assert asked == 31 + february
    assert of(found, "centre", "sell_in")[0] == asked + february


def test_the_last_supplier_named_counts():
    moved = report("D", 10).assign(parent=["old"] * 11 + ["new"])
    assert set(forecast(moved)["dealer"]) == {"D", "new"}


levels = st.integers(0, 40)


@settings(max_examples=30)
@given(data=st.data())
def test_sums_are_exact_on_every_level(data):
    """Whatever the tree, a supplier sells what those below order, and the top orders what the demand says."""
    count = data.draw(st.integers(1, 6))
    names = [f"D{k}" for k in range(count)]
    reports = []
    for k, name in enumerate(names):
        above = data.draw(st.sampled_from([None, *names[:k]]))
        stock = data.draw(st.sampled_from([np.nan, 0.0, 25.0, 400.0]))
        for product in data.draw(st.sampled_from(["A", "AB"])):
            reports.append(report(name, data.draw(levels), product=product, stock=stock, parent=above))
    terms = rules(cover_days=data.draw(st.integers(0, 60)))
    table = cube(("A", "B"))
    found = forecast(*reports, terms=terms, plan=table)
    demand = split.dealer_demand(found, table, year=YEAR, rules=terms)
    checked({"seasonal_split_dealers": found, "seasonal_split_demand": demand})
    flow = found.dropna(subset=["stock"]).sort_values(["dealer", "product", "month"])
    before = flow["stock"] - flow["sell_in"] + flow["sell_out"]
    pairs = flow.groupby(["dealer", "product"])
    assert (before[pairs.cumcount() > 0] == pairs["stock"].shift().dropna()).all()
    shuffled = forecast(*reports[::-1], terms=terms, plan=table.iloc[::-1])
    pd.testing.assert_frame_equal(shuffled, found)


def checked(frames, stock=None):
    """The identities of the step over these tables and a plan of nothing."""
    nothing = {"seasonal_split": cube().assign(amount=0), "seasonal_split_days": pd.DataFrame({"amount": []})}
    stop_on_breach("seasonal_split", {**nothing, **frames, **(stock or {})}, {}, 1)


# ---------------------------------------------------------------- beside the plan


def test_demand_beside_the_plan():
    found = forecast(*tree())
    demand = split.dealer_demand(found, cube(units=3), year=YEAR, rules=rules())
    assert demand["sales"].tolist() == [3 * part for part in SEASON]
    asked = np.array(of(found, "region", "sell_in")) + of(found, "alone", "sell_in")
    assert demand["demand"].tolist() == asked.tolist()
    assert demand["gap"].tolist() == (asked - 3 * np.array(SEASON)).tolist()
    assert demand["amount_gap"].sum() == demand["gap"].sum() * PRICE


def test_the_plan_of_their_channels():
    both = pd.concat([cube(units=3, channel="shop"), cube(units=5, channel="net")])
    found = forecast(report("D", 1), plan=both)
    sales = split.dealer_demand(found, both, year=YEAR, rules=rules(channels=["net"]))["sales"]
    assert sales.tolist() == [5 * part for part in SEASON]


def test_a_product_without_a_plan_has_no_gap():
    found = forecast(report("D", 1, product="Z"))
    demand = split.dealer_demand(found, cube(), year=YEAR, rules=rules())
    assert demand[["sales", "gap", "amount_gap"]].isna().all(axis=None)


def test_a_hundred_thousand_reports_take_little_time():
    dealers, products = [f"D{k:03d}" for k in range(100)], [f"P{k:03d}" for k in range(100)]
    pairs = pd.MultiIndex.from_product([BEFORE[2:], dealers, products], names=["month", "dealer", "product"])
    table = pairs.to_frame(index=False).assign(sell_out=7.0, stock=3.0, parent="centre")
    began = time.perf_counter()
    found = split.dealer_forecast(cube(products), table, year=YEAR, rules=rules(cover_days=30))
    assert time.perf_counter() - began < 3
    assert len(found) == 12 * (100 + 1) * 100


# ---------------------------------------------------------------- identities


def broken(table, column, by=1):
    return table.assign(**{column: [*(table[column].iloc[:1] + by), *table[column].iloc[1:]]})


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        pytest.param("stock_closes", "stock", "purchases", id="a row does not close"),
        pytest.param("purchases_sum_to_the_year", "purchases", "purchases", id="units of the year"),
        pytest.param("sales_sum_to_the_year", "purchases", "sales", id="sales of the year"),
        pytest.param("funds_sum_to_the_year", "purchases", "funds", id="funds of the year"),
        pytest.param("dealers_roll_up", "dealers", "sell_in", id="an agent's order is lost"),
        pytest.param("dealers_sum_to_demand", "demand", "demand", id="demand of the company"),
    ],
)
def test_identities(name, table, column):
    plan = cube(("A", "B"))
    stock = pd.DataFrame({"month": "2027-01", "product": ["A", "B"], "opening": 5.0, "in_transit": 1.0})
    products = pd.DataFrame({"product": ["A", "B"], "line": "", "cost": pd.array([5, 6], dtype="Int64")})
    goods = split.goods_of(plan, stock, products, year=YEAR, rules=rules())
    flow = split.stock_plan(goods)
    dealers = forecast(*tree(), plan=plan)
    frames = {
        "stock": flow,
        "purchases": split.purchase_plan(
            flow, goods, report("D", 1).rename(columns={"sell_out": "quantity"}), rules=rules()
        ),
        "dealers": dealers,
        "demand": split.dealer_demand(dealers, plan, year=YEAR, rules=rules()),
    }
    checked({f"seasonal_split_{key}": frame for key, frame in frames.items()})
    frames[table] = broken(frames[table], column)
    with pytest.raises(IdentityError, match=name):
        checked({f"seasonal_split_{key}": frame for key, frame in frames.items()})


def test_the_next_month_opens_with_what_was_left():
    plan = cube()
    goods = split.goods_of(plan, pd.DataFrame({"month": ["2027-01"], "product": ["A"], "opening": [5.0]}), None,
                           year=YEAR, rules=rules())  # fmt: skip
    flow = split.stock_plan(goods)
    year = split.purchase_plan(flow, goods, report("D", 1).rename(columns={"sell_out": "quantity"}), rules=rules())
    moved = flow.assign(opening=flow["opening"] + 1, closing=flow["closing"] + 1)
    checked({"seasonal_split_stock": moved.head(1), "seasonal_split_purchases": year.head(0)})
    odd = pd.concat([flow.head(1), moved.iloc[1:]])
    with pytest.raises(IdentityError, match="stock_goes_on"):
        checked({"seasonal_split_stock": odd, "seasonal_split_purchases": year})
