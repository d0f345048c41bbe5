"""Purchases, sales and stock: what is bought when, what is owed, what does not move."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import seasonal_split as split
from salesplan.calendar import fiscal_months
from salesplan.seasonal_split.purchases import stock_reason
from salesplan.seasonal_split.replenish import Lots, cover_of, lots_of, replenish, target_stock
from salesplan.terms.seasonal_split import SeasonalSplitTerms

YEAR = split.PlanYear(2027, calendar="US")
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
PRICE, COST = 10_00, 6_00  # fen


def rules(stock=None, dealers=None):
    given = {"method": "even", "stock": stock or {}, "dealers": dealers or {}}
    return SeasonalSplitTerms.model_validate(given, strict=False)


def cube(quantities, year=YEAR, **more):
    """A cube with the quantities of each product's twelve months, at one price."""
    rows = [
        {"month": month, "product": product, "quantity": float(units), "amount": round(units * PRICE), **more}
        for product, months in quantities.items()
        for month, units in zip(year.months, months, strict=True)
    ]
    return pd.DataFrame(rows)


def held(rows, month="2027-01"):
    """Table stock: product -> opening, or opening and what is in transit."""
    pairs = [(product, *(found if isinstance(found, tuple) else (found, None))) for product, found in rows.items()]
    frame = pd.DataFrame(pairs, columns=["product", "opening", "in_transit"])
    return frame.astype({"opening": "float64", "in_transit": "float64"}).assign(month=month)


def listed(*products, line="L", cost=COST):
    return pd.DataFrame({"product": products, "line": line, "cost": pd.array([cost] * len(products), dtype="Int64")})


def planned(quantities, stock, terms=None, products=None, year=YEAR):
    goods = split.goods_of(
        cube(quantities, year), stock, listed(*quantities) if products is None else products, year=year,
        rules=rules(terms),
    )  # fmt: skip
    return split.stock_plan(goods), goods


def sold(product, quantity, months=("2026-10", "2026-11", "2026-12")):
    return pd.DataFrame({"month": months, "product": product, "quantity": float(quantity), "amount": 1})


# ---------------------------------------------------------------- lots, targets, cover


@pytest.mark.parametrize(
    ("need", "pack", "least", "bought"),
    [
        pytest.param(0, 20, 50, 0, id="no need, no purchase"),
        pytest.param(-5, 20, 50, 0, id="more than enough"),
        pytest.param(31, 1, 0, 31, id="single units"),
        pytest.param(31, 20, 0, 2 * 20, id="whole packs"),
        pytest.param(40, 20, 0, 2 * 20, id="exactly whole packs"),
        pytest.param(31, 20, 50, 3 * 20, id="the least, in packs"),
        pytest.param(1, 1, 50, 50, id="the least"),
    ],
)
def test_lots(need, pack, least, bought):
    assert lots_of(np.array([need]), np.array([pack]), np.array([least])).tolist() == [bought]


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(14, 28 * 14 / 28, id="half of the next month"),
        pytest.param(28, 28, id="the next month"),
        pytest.param(28 + 10, 28 + 62 * 10 / 31, id="and some of the one after"),
        pytest.param(28 + 31, 28 + 62, id="two months"),
    ],
)
def test_target_is_the_sales_of_the_days_ahead(cover, expected):
    sales = np.array([[99, 28, 62, 60]])
    assert target_stock(sales, DAYS[:4], 0, np.array([cover])).tolist() == [round(expected)]


def test_a_target_is_rounded_up_to_whole_units():
    assert target_stock(np.array([[0, 28]]), DAYS[:2], 0, np.array([1])).tolist() == [28 / 28]
    assert target_stock(np.array([[0, 29]]), DAYS[:2], 0, np.array([1])).tolist() == [2]


@pytest.mark.parametrize(
    ("stock", "months", "days"),
    [
        pytest.param(0, [30] * 12, 0, id="nothing"),
        pytest.param(-7, [30] * 12, 0, id="owed"),
        pytest.param(31, [31] * 12, 31, id="one month"),
        pytest.param(31 + 14, [31, 28] + [31] * 10, 31 + 14, id="one and a half"),
        pytest.param(10, [0, 28] + [28] * 10, 31 + 10, id="a month without sales goes by"),
        pytest.param(24, [1] * 12, 365 + 365, id="two years"),
        pytest.param(5, [0] * 12, None, id="never sold"),
    ],
)
def test_cover(stock, months, days):
    found = cover_of(np.array([stock]), np.array([months]), DAYS)[0]
    assert np.isnan(found) if days is None else found == days


parts = st.integers(1, 4)


@settings(max_examples=60)
@given(data=st.data(), count=parts)
def test_replenish_is_a_plain_loop(data, count):
    whole = st.integers(0, 500)
    sales = np.array(data.draw(st.lists(st.lists(whole, min_size=14, max_size=14), min_size=count, max_size=count)))
    opening, pack, least, first, cover = (
        np.array(data.draw(st.lists(values, min_size=count, max_size=count)))
        for values in (whole, st.integers(1, 60), st.integers(0, 90), st.integers(0, 4), st.integers(0, 59))
    )
    arrivals = np.array(data.draw(st.lists(st.lists(whole, min_size=12, max_size=12), min_size=count, max_size=count)))
    days = np.append(DAYS, DAYS[:2])
    flow = replenish(sales[:, :12], arrivals, opening, pull=sales, days=days, lots=Lots(cover, pack, least, first))
    for part in range(count):
        stock = opening[part]
        for month in range(12):
            assert flow.opening[part, month] == stock
            ahead = [sales[part, k] / days[k] for k in range(month + 1, 14) for _ in range(days[k])][: cover[part]]
            assert flow.target[part, month] == np.ceil(round(sum(ahead), 6))
            need = flow.target[part, month] + sales[part, month] - stock - arrivals[part, month]
            bought = flow.purchases[part, month]
            if month < first[part] or need <= 0:
                assert bought == 0
            else:
                assert bought % pack[part] == 0
                assert max(need, least[part]) <= bought < max(need, least[part]) + pack[part]
            stock = stock + arrivals[part, month] + bought - sales[part, month]
            assert flow.closing[part, month] == stock


# ---------------------------------------------------------------- whole units


def test_months_in_whole_units_sum_to_the_year():
    found = split.planned_quantities(cube({"A": [10 / 3] * 12, "B": [0.4] * 12}), year=YEAR)
    sums = found.groupby("product")["sales"].sum()
    assert sums.to_dict() == {"A": round(12 * 10 / 3), "B": round(12 * 0.4)}
    assert set(found.loc[found["product"] == "A", "sales"]) == {3, 4}


@given(quantities=st.lists(st.floats(0, 1e6, allow_nan=False), min_size=12, max_size=12))
def test_each_month_is_within_a_unit_of_its_quantity(quantities):
    found = split.planned_quantities(cube({"A": quantities}), year=YEAR)["sales"]
    total = sum(quantities)
    assert found.sum() == np.floor(total + 0.5)
    exact = np.array(quantities) / total * found.sum() if total else np.zeros(12)
    assert (abs(found - exact) <= 1).all()


def test_a_product_of_unknown_quantity_is_left_out():
    half = cube({"A": [5] * 12, "B": [5] * 12})
    half.loc[half["product"].eq("B") & half["month"].eq("2027-03"), "quantity"] = np.nan
    assert set(split.planned_quantities(half, year=YEAR)["product"]) == {"A"}


def test_quantities_of_some_channels():
    both = pd.concat([cube({"A": [5] * 12}, channel="shop"), cube({"A": [2] * 12}, channel="net")])
    for channels, expected in (((), 7), (("net",), 2), (("shop", "net"), 7)):
        found = split.planned_quantities(both, year=YEAR, channels=channels)
        assert set(found["sales"]) == {expected}


# ---------------------------------------------------------------- the plan


def test_a_year_by_hand():
    """Even sales of 31 a month of 31 days: the stock is filled up to what follows, in packs of ten."""
    plan, _ = planned({"A": DAYS}, held({"A": (20, 5)}), {"cover_days": 31, "pack": 10})
    first = plan.iloc[0]
    target = 28 + 3  # February and three days of March
    need = target + 31 - 20 - 5
    assert (first["target_stock"], first["purchases"]) == (target, -(-need // 10) * 10)
    assert first["closing"] == 20 + 5 + first["purchases"] - 31
    assert first["cover_days"] == first["closing"]  # one a day
    assert first["funds"] == first["purchases"] * COST
    assert (first["value_sales"], first["value_stock"]) == (31 * COST, first["closing"] * COST)


def test_every_row_closes_and_goes_on():
    plan, _ = planned(
        {"A": [30, 5, 80] * 4, "B": [7] * 12}, held({"A": (20, 9), "B": 300}), {"lead_days": 45, "pack": 7}
    )
    moved = plan["opening"] + plan["in_transit"] + plan["purchases"] - plan["sales"]
    assert moved.equals(plan["closing"])
    for _, months in plan.sort_values("month").groupby("product"):
        assert months["opening"].tolist()[1:] == months["closing"].tolist()[:-1]
    assert plan.groupby("product")["sales"].sum().to_dict() == {"A": 4 * (30 + 5 + 80), "B": 12 * 7}


@pytest.mark.parametrize(
    ("lead", "first", "ordered"),
    [
        pytest.param(0, "2027-01", "2027-02", id="at once"),
        pytest.param(20, "2027-01", "2027-01", id="arrives within the month, ordered in the one before"),
        pytest.param(31, "2027-02", "2027-01", id="arrives with the next month"),
        pytest.param(45, "2027-02", "2027-01", id="in the middle of the next month"),
        pytest.param(90, "2027-04", "2027-01", id="a quarter"),
    ],
)
def test_purchases_arrive_after_the_lead_time(lead, first, ordered):
    plan, goods = planned({"A": [30] * 12}, held({"A": 0}), {"lead_days": lead})
    assert plan.loc[plan["purchases"] > 0, "month"].min() == first
    order = split.stock_plan(goods).set_index("month")["orders"]
    february = plan.set_index("month")["purchases"]["2027-02"]
    assert order[ordered] >= (february if lead <= 45 else 1)


def test_what_is_ordered_arrives():
    """Orders of the year are the purchases of the year and of the months in which its last orders arrive."""
    plan, goods = planned({"A": [30, 40, 50] * 4}, held({"A": 10}), {"lead_days": 62})
    beyond = goods.flow.purchases[0]
    begin = [date.fromisoformat(f"{label}-01") for label in goods.labels]
    due = [max((day - begin[0]).days - 62, 0) for day in begin[: len(beyond)]]
    in_year = [units for units, day in zip(beyond, due, strict=True) if day < 365]
    assert plan["orders"].sum() == sum(in_year) > plan["purchases"].sum()


def test_what_cannot_arrive_is_owed_and_made_up():
    plan, goods = planned({"A": [30] * 12}, held({"A": (10, 5)}), {"lead_days": 31})
    january, february = plan.iloc[0], plan.iloc[1]
    assert (january["closing"], january["shortage"]) == (10 + 5 - 30, 30 - 10 - 5)
    assert january["cover_days"] == 0
    assert february["purchases"] == february["target_stock"] + 30 + 15
    year = split.purchase_plan(plan, goods, sold("A", 30), rules=rules())
    assert year[["shortage", "amount_short", "state"]].iloc[0].tolist() == [15, 15 * PRICE, "short"]


def test_goods_announced_for_a_later_month():
    """A later row without a stock of its own says what arrives then; one with a stock is a later count."""
    later = pd.concat([held({"A": (50, 3)}), held({"A": (np.nan, 40)}, "2027-02"), held({"A": (70, 99)}, "2027-03")])
    plan, _ = planned({"A": [30] * 12}, later)
    assert plan["in_transit"].tolist()[:4] == [3, 40, 0, 0]


def test_a_later_start_goes_on_to_the_end_of_the_year():
    later = pd.concat([held({"A": 50}), held({"A": 70}, "2027-10")])
    plan, _ = planned({"A": range(10, 22)}, later, {"start": "2027-10"})
    assert plan["month"].tolist() == ["2027-10", "2027-11", "2027-12"]
    assert plan["opening"].iloc[0] == 70
    assert plan["sales"].tolist() == [19, 20, 21]


def test_beyond_the_year_the_plan_repeats_itself():
    plan, _ = planned({"A": [310] + [30] * 11}, held({"A": 0}), {"cover_days": 31})
    assert plan["target_stock"].iloc[-1] == 310


@pytest.mark.parametrize(
    ("launch", "sales", "going_on"),
    [
        pytest.param("2020-05-01", [10, 20, *[30] * 7, 31, 32, 33], [10, 20, 30], id="there before: its own months"),
        pytest.param("2027-01-04", [10, 20, *[30] * 7, 31, 32, 33], [31, 32, 33], id="launched: the last three"),
        pytest.param("2027-10-05", [*[0] * 9, 10, 20, 30], [20, 30, 20], id="launched in October: two whole months"),
        pytest.param("2027-12-01", [*[0] * 11, 30], [30, 30, 30], id="launched in December"),
        pytest.param("2028-02-01", [*[0] * 11, 30], [0, 0, 0], id="launched later"),
        pytest.param(None, [10, 20, *[30] * 10], [10, 20, 30], id="not known"),
    ],
)
def test_beyond_the_year_a_new_product_goes_on_as_it_last_sold(launch, sales, going_on):
    products = listed("a").assign(launch=pd.to_datetime(pd.Series([launch])))
    goods = planned({"a": sales}, held({"a": 0}), products=products)[1]
    assert goods.ahead[0, :12].tolist() == sales
    assert goods.ahead[0, 12:15].tolist() == going_on


def test_a_launch_of_the_rules_has_its_own_start():
    launch = {"product": "a", "amount": 1, "like": "b", "start": "2027-02-01"}
    terms = SeasonalSplitTerms.model_validate({"method": "even", "launches": [launch]}, strict=False)
    months = [0, 5, *[30] * 10]
    goods = split.goods_of(cube({"a": months}), held({"a": 0}), listed("a"), year=YEAR, rules=terms)
    assert goods.ahead[0, 12:14].tolist() == [30, 30]


def test_a_fiscal_year_from_april_with_a_cutoff():
    year = split.PlanYear(2027, 4, 25, "US")
    plan, goods = planned({"A": range(12)}, held({"A": 5}, "2027-04"), {"cover_days": 30}, year=year)
    assert plan["month"].tolist() == fiscal_months(2027, 4)
    assert plan["sales"].tolist() == list(range(12))
    assert goods.days[0] == (date(2027, 4, 25) - date(2027, 3, 25)).days
    assert goods.days[:12].sum() == 366  # with the 29th of February 2028


def test_a_products_rule_goes_before_its_lines():
    products = pd.concat([listed("A", "B", line="L"), listed("C", line="M")])
    lines = [{"product": "A", "pack": 7}, {"line": "L", "pack": 5, "cover_days": 0}, {"line": "M", "lead_days": 31}]
    plan, goods = planned(
        {name: [30] * 12 for name in "ABC"}, held(dict.fromkeys("ABC", 0)), {"pack": 3, "rules": lines}, products
    )
    assert goods.lots.pack.tolist() == [7, 5, 3]
    assert goods.lots.cover_days.tolist() == [0, 0, 30]
    assert goods.lead_days.tolist() == [0, 0, 31]
    january = plan[plan["month"] == "2027-01"].set_index("product")["purchases"]
    assert january.to_dict() == {"A": 5 * 7, "B": 6 * 5, "C": 0}


def test_a_product_without_cost_has_no_funds():
    products = pd.DataFrame({"product": ["A", "B"], "line": "L", "cost": pd.array([COST, None], dtype="Int64")})
    plan, goods = planned({"A": [3] * 12, "B": [3] * 12}, held({"A": 1, "B": 1}), products=products)
    assert plan.loc[plan["product"] == "B", "funds"].isna().all()
    assert split.stock_gaps(cube({"A": [3] * 12, "B": [3] * 12}), goods).no_cost == ("B",)
    assert split.stock_months(plan)["funds"].sum() == plan.loc[plan["product"] == "A", "purchases"].sum() * COST
    alone, _ = planned({"A": [3] * 12}, held({"A": 1}), products=products.drop(columns="cost"))
    assert alone["funds"].isna().all()


def test_what_is_missing_is_named():
    quantities = {"A": [3] * 12, "B": [3] * 12, "C": [3] * 12}
    table = cube(quantities)
    table.loc[table["product"] == "C", "quantity"] = np.nan
    goods = split.goods_of(table, held({"A": 1, "C": 5}), None, year=YEAR, rules=rules())
    assert goods.products == ("A",)
    gaps = split.stock_gaps(table, goods)
    assert (gaps.no_opening, gaps.no_quantity, gaps.no_cost) == (("B",), ("C",), ("A",))


@pytest.mark.parametrize(
    ("table", "stock", "reason"),
    [
        pytest.param(cube({"A": [3] * 12}), None, "no_stock", id="no table"),
        pytest.param(cube({"A": [3] * 12}), held({"A": 1}, "2026-12"), "no_start", id="another month"),
        pytest.param(cube({"A": [3] * 12}).drop(columns="product"), held({"A": 1}), "no_quantities", id="no products"),
        pytest.param(cube({"A": [3] * 12}).assign(quantity=np.nan), held({"A": 1}), "no_quantities", id="no quantity"),
    ],
)
def test_nothing_to_plan(table, stock, reason):
    goods = split.goods_of(table, stock, None, year=YEAR, rules=rules())
    plan = split.stock_plan(goods)
    year = split.purchase_plan(plan, goods, sold("A", 1), rules=rules())
    assert plan.empty
    assert year.empty
    assert split.stock_months(plan).empty
    assert split.movements(plan, "product", ("sales",)).empty
    assert stock_reason(table, stock) == reason


def test_the_order_of_rows_changes_nothing():
    quantities = {name: range(k, k + 12) for k, name in enumerate("ABCD")}
    stock = held({name: 10 + k for k, name in enumerate("ABCD")})
    plan, _ = planned(quantities, stock)
    mixed = split.goods_of(
        cube(quantities).sample(frac=1, random_state=1), stock.iloc[::-1], listed(*"DCBA"), year=YEAR, rules=rules()
    )
    pd.testing.assert_frame_equal(split.stock_plan(mixed), plan)


def test_two_thousand_products_take_no_time():
    names = [f"P{k:04d}" for k in range(2000)]
    table = pd.DataFrame({"month": np.repeat(YEAR.months, 2000), "product": names * 12, "quantity": 3.7, "amount": 999})
    stock, products = held(dict.fromkeys(names, 5)), listed(*names)
    began = time.perf_counter()
    goods = split.goods_of(table, stock, products, year=YEAR, rules=rules({"lead_days": 40}))
    year = split.purchase_plan(split.stock_plan(goods), goods, sold("P0001", 3), rules=rules())
    assert time.perf_counter() - began < 1
    assert len(year) == 2000


# ---------------------------------------------------------------- the year per product


def test_turnover_is_sales_over_the_average_stock():
    plan, goods = planned({"A": [30] * 12}, held({"A": 60}))
    year = split.purchase_plan(plan, goods, sold("A", 30), rules=rules()).iloc[0]
    average = ((plan["opening"] + plan["closing"]) / 2).mean()
    assert year["average_stock"] == pytest.approx(average)
    assert year["turnover"] == pytest.approx(12 * 30 / average)
    assert year["value_average"] == pytest.approx(average * COST, abs=1)
    assert year["funds"] == plan["funds"].sum() == year["purchases"] * COST


def test_turnover_of_part_of_a_year_is_per_year():
    plan, goods = planned({"A": [30] * 12}, held({"A": 60}, "2027-07"), {"start": "2027-07"})
    year = split.purchase_plan(plan, goods, sold("A", 30), rules=rules({"start": "2027-07"})).iloc[0]
    assert year["turnover"] == pytest.approx(6 * 30 * 2 / year["average_stock"])


@pytest.mark.parametrize(
    ("recent", "months", "opening", "state"),
    [
        pytest.param(10, [10] * 12, 30, "fine", id="moves"),
        pytest.param(1, [1] * 12, 30, "slow", id="few sales now and later"),
        pytest.param(0, [0] * 12, 30, "slow", id="none now or later"),
        pytest.param(0, [30] * 12, 30, "fine", id="new, and planned to sell"),
        pytest.param(30, [0] * 12, 30, "fine", id="sold until now"),
        pytest.param(0, [0] * 12, 0, "fine", id="nothing there"),
    ],
)
def test_slow_movers(recent, months, opening, state):
    terms = {"cover_days": 0, "slow": {"months": 3, "cover_days": 180}}
    plan, goods = planned({"A": months}, held({"A": opening}), terms)
    year = split.purchase_plan(plan, goods, sold("A", recent), rules=rules(terms)).iloc[0]
    assert year["state"] == state
    assert year["tied_up"] == (opening * COST if state == "slow" else 0)
    lasts = opening * (31 + 30 + 31) // (recent * 3) if recent else None
    assert pd.isna(year["on_hand_days"]) if lasts is None else year["on_hand_days"] == lasts


def test_slow_movers_the_dearest_first():
    plan, goods = planned({name: [0] * 12 for name in "ABC"}, held({"A": 5, "B": 50, "C": 20}))
    year = split.purchase_plan(plan, goods, sold("A", 0), rules=rules())
    assert split.slow_movers(year)["product"].tolist() == ["B", "C", "A"]


def test_movements_lie_in_blocks():
    plan, _ = planned({"A": range(12), "B": [5] * 12}, held({"A": 5, "B": 7}))
    wide = split.movements(plan, "product", ("opening", "sales"))
    assert wide["product"].tolist() == ["A", "", "B", ""]
    assert wide["movement"].tolist() == ["opening", "sales"] * 2
    assert wide.loc[1, YEAR.months].tolist() == list(range(12))


def test_the_year_shows_what_is_short_first():
    stock = held({"A": 500, "B": 0, "C": 20})
    plan, goods = planned({name: [20] * 12 for name in "ABC"}, stock, {"rules": [{"product": "B", "lead_days": 60}]})
    year = split.purchase_plan(plan, goods, sold("A", 1), rules=rules())
    assert split.year_purchases(year)["state"].tolist() == ["short", "slow", "fine"]
