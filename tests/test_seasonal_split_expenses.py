"""Expenses and profit over the months: exact in both directions, by every months rule."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import seasonal_split
from salesplan.apportion import TOTAL
from salesplan.calendar import fiscal_months
from salesplan.seasonal_split.expenses import month_weights

MONTHS = fiscal_months(2027)
SEASON = [100, 50, 150, 120, 130, 140, 90, 90, 130, 140, 150, 110]  # 1,400 together


def budget(*rows):
    """Rows of table annual_target_expenses: category, amount, rule, weights, whether it moves with sales."""
    frame = pd.DataFrame(rows, columns=["category", "amount", "months_rule", "month_weights", "variable"])
    return frame.assign(amount_stretch=frame["amount"] * 2, limit=pd.array([7] * len(frame), dtype="Int64"))


def months(season=SEASON, unit=100):
    return pd.DataFrame({"month": MONTHS, "amount": np.array(season, dtype="int64") * unit})


def year_plan(sales, cost, spent):
    items = {"sales": sales, "cost_of_goods": cost, "expenses": spent}
    return pd.DataFrame({"item": list(items), "amount": pd.array(list(items.values()), dtype="Int64")})


PRODUCTS = pd.DataFrame({"product": ["A", "B"], "cost_rate": [0.5, 0.8]})


def cube(season=SEASON, unit=100):
    """Product A sells the season's amounts but for B's 20 a month."""
    grid = [(month, name, amount) for month, whole in zip(MONTHS, season, strict=True)
            for name, amount in (("A", (whole - 20) * unit), ("B", 20 * unit))]  # fmt: skip
    return pd.DataFrame(grid, columns=["month", "product", "amount"])


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        pytest.param("season", "", SEASON, id="by the targets of the months"),
        pytest.param("even", "", [1] * 12, id="a twelfth each"),
        pytest.param("weights", "0 0 1 0 1 2 0 0 1 1 1 0", [0, 0, 1, 0, 1, 2, 0, 0, 1, 1, 1, 0], id="own weights"),
        pytest.param("headcount", "11 12 12 12 12 12 12 12 12 12 12 12", [11] + [12] * 11, id="people in post"),
        pytest.param("last_year", "0 0 0 0 0 0 0 0 0 0 0 0", [1] * 12, id="nothing last year is even"),
        pytest.param("weights", "", [1] * 12, id="no weights at all"),
    ],
)
def test_weights_of_a_rule(rule, text, expected):
    assert month_weights(rule, text, np.array(SEASON, dtype=float)).tolist() == expected


def test_a_year_without_sales_is_even():
    assert month_weights("season", "", np.zeros(12)).tolist() == [1] * 12


def test_each_category_by_its_rule():
    table = budget(
        ("freight", 1_400, "season", "", True),
        ("rent", 1_200, "even", "", False),
        ("fair", 500, "weights", "0 0 0 1 0 0 0 0 0 4 0 0", False),
    )
    found = seasonal_split.expense_months(table, months()).pivot_table(
        index="category", columns="month", values="amount", aggfunc="sum"
    )
    assert found.loc["freight"].tolist() == SEASON
    assert found.loc["rent"].tolist() == [100] * 12
    assert found.loc["fair"].tolist() == [0, 0, 0, 100, 0, 0, 0, 0, 0, 400, 0, 0]


def test_columns_and_order():
    found = seasonal_split.expense_months(budget(("b", 12, "even", "", True), ("a", 24, "even", "", True)), months())
    assert list(found.columns) == ["month", "category", "amount", "amount_stretch"]
    assert found["category"].drop_duplicates().tolist() == ["b", "a"]
    assert found["month"].tolist() == MONTHS * 2


def test_no_budget_has_its_header():
    found = seasonal_split.expense_months(budget(), months())
    assert found.empty
    assert list(found.columns) == ["month", "category", "amount", "amount_stretch"]


def test_the_grid_has_both_sums():
    table = budget(("b", 1_200, "even", "", True), ("a", 1_400, "season", "", True))
    grid = seasonal_split.expense_grid(seasonal_split.expense_months(table, months()))
    assert grid["category"].tolist() == ["b", "a", TOTAL]
    assert grid[TOTAL].tolist() == [1_200, 1_400, 2_600]
    assert grid.loc[2, MONTHS].tolist() == [100 + part for part in SEASON]


# ---------------------------------------------------------------- profit


def test_profit_of_every_month():
    spent = seasonal_split.expense_months(budget(("rent", 12_000, "even", "", False)), months())
    year = year_plan(140_000, 77_200, 12_000)  # cost: (1,400 - 240) x 0.5 + 240 x 0.8 = 772
    found = seasonal_split.profit_months(cube(), months(), spent, year=year, products=PRODUCTS)
    cost = [(whole - 20) * 50 + 20 * 80 for whole in SEASON]
    assert found["cost"].tolist() == cost
    assert found["gross"].tolist() == [whole * 100 - part for whole, part in zip(SEASON, cost, strict=True)]
    assert found["net"].tolist() == [whole * 100 - part - 1_000 for whole, part in zip(SEASON, cost, strict=True)]


@pytest.mark.parametrize(
    ("frame", "products"),
    [
        pytest.param(cube().drop(columns="product"), PRODUCTS, id="a plan without products"),
        pytest.param(cube(), PRODUCTS.assign(cost_rate=np.nan), id="no rate known"),
        pytest.param(cube(), PRODUCTS.assign(cost_rate=0.6), id="one rate for all"),
    ],
)
def test_cost_by_the_months_alone(frame, products):
    spent = seasonal_split.expense_months(budget(), months())
    year = year_plan(140_000, 84_000, None)
    found = seasonal_split.profit_months(frame, months(), spent, year=year, products=products)
    assert found["cost"].tolist() == [part * 60 for part in SEASON]
    assert found["expense"].isna().all() and found["net"].isna().all()


def test_unknown_cost_stays_unknown():
    spent = seasonal_split.expense_months(budget(("rent", 12, "even", "", False)), months())
    found = seasonal_split.profit_months(cube(), months(), spent, year=year_plan(1, None, 12), products=PRODUCTS)
    assert found[["cost", "gross", "net"]].isna().all(axis=None)
    assert found["expense"].tolist() == [1] * 12


def test_expense_ratio():
    table = budget(("freight", 14_000, "season", "", True), ("rent", 12_000, "even", "", False))
    spent = seasonal_split.expense_months(table, months())
    profit = seasonal_split.profit_months(
        cube(), months(), spent, year=year_plan(140_000, 77_200, 26_000), products=PRODUCTS
    )
    found = seasonal_split.expense_ratio(spent, profit, table)
    assert found["variable"].tolist() == [part * 10 for part in SEASON]
    assert found["fixed"].tolist() == [1_000] * 12
    assert found["ratio"].tolist() == pytest.approx([0.1 + 10 / part for part in SEASON])


# ---------------------------------------------------------------- properties

AMOUNT = st.integers(0, 10**9)
ROW = st.tuples(
    AMOUNT, st.sampled_from(["season", "even", "weights"]), st.lists(st.integers(0, 9), min_size=12, max_size=12)
)


@settings(max_examples=60)
@given(
    st.lists(ROW, min_size=1, max_size=5),
    st.lists(st.integers(0, 10**6), min_size=12, max_size=12),
    st.sampled_from([1, 100]),
)
def test_months_sum_to_the_year_in_every_direction(rows, season, unit):
    table = budget(
        *[
            (f"c{n}", amount * unit, rule, " ".join(map(str, weights)), True)
            for n, (amount, rule, weights) in enumerate(rows)
        ]
    )
    found = seasonal_split.expense_months(table, months(season, unit), unit=unit)
    for name in ("amount", "amount_stretch"):
        assert found.groupby("category")[name].sum().to_dict() == dict(zip(table["category"], table[name], strict=True))
        assert (found[name] % unit == 0).all() and (found[name] >= 0).all()
    cost = sum(season) * unit // 2 // unit * unit
    year = year_plan(sum(season) * unit, cost, int(table["amount"].sum()))
    frame = months(season, unit)
    profit = seasonal_split.profit_months(frame, frame, found, year=year, products=PRODUCTS, unit=unit)
    assert profit["cost"].sum() == cost
    assert profit["expense"].sum() == table["amount"].sum()
    assert profit["net"].sum() == sum(season) * unit - cost - table["amount"].sum()
