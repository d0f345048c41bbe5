"""Identities of the budget: hold in a plan worked out by hand, and each is broken on purpose."""

import pandas as pd
import pytest
from budget_plan import MONTHS, Budget, rate, spending, terms

from salesplan import seasonal_split
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES

CATEGORIES = [{"name": "rent", "method": "fixed", "amount": 144_000}, {"name": "freight", "rate": rate("0.05")}]


def year_tables():
    rules = terms(CATEGORIES, contingency={"share": rate("0.03")})
    budget = Budget(rules, spent=spending(rent__store=100_000, rent__office=20_000), unit=100)
    return {
        "annual_target_expenses": budget.expenses,
        "annual_target_departments": budget.departments,
        "annual_target_profit": budget.profit,
        "annual_target_profit_products": budget.products,
    }


def month_tables(year):
    months = pd.DataFrame({"month": MONTHS, "amount": [12_000_000] * 12})
    expenses = seasonal_split.expense_months(year["annual_target_expenses"], months, unit=100)
    plan = {"year": year["annual_target_profit"], "products": year["annual_target_profit_products"]}
    profit = seasonal_split.profit_months(months, months, expenses, unit=100, **plan)
    split = months.assign(quantity=None, share=1 / 12)
    days = pd.DataFrame({"date": [], "amount": pd.Series([], dtype="int64")})
    frames = {"seasonal_split": split, "seasonal_split_days": days}
    return {**frames, "seasonal_split_expenses": expenses, "seasonal_split_profit": profit}


def changed(frames, table, column, row, by):
    frame = frames[table].copy()
    frame.loc[row, column] += by
    return {**frames, table: frame}


def test_a_budget_worked_out_by_hand_holds():
    year = year_tables()
    stop_on_breach("annual_target", year, {}, 100)
    stop_on_breach("seasonal_split", month_tables(year), year, 100)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param([("annual_target_expenses", "amount", 0, 1)], "expenses_in_money_units", id="a fen"),
        pytest.param([("annual_target_departments", "amount", 0, 100)], "departments_sum_to_budget", id="a department"),
        pytest.param(
            [("annual_target_expenses", "amount", 1, 100), ("annual_target_departments", "amount", 2, 100)],
            "expenses_sum_to_profit_plan",
            id="a category",
        ),
        pytest.param(
            [("annual_target_expenses", "amount_stretch", 0, 1)], "expenses_sum_to_profit_plan", id="another level"
        ),
        pytest.param([("annual_target_profit_products", "amount", 0, 1)], "products_sum_to_sales", id="a product"),
        pytest.param([("annual_target_profit", "amount", 7, 1)], "profit_plan_closes", id="net profit"),
        pytest.param([("annual_target_profit", "amount_stretch", 1, 1)], "profit_plan_closes", id="cost of goods"),
    ],
)
def test_the_year_is_held_to_it(changes, name):
    frames = year_tables()
    for change in changes:
        frames = changed(frames, *change)
    with pytest.raises(IdentityError, match=name):
        stop_on_breach("annual_target", frames, {}, 100)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param(("seasonal_split_expenses", "amount", 3, 100), "expense_months_sum_to_budget", id="a month"),
        pytest.param(("seasonal_split_expenses", "amount_stretch", 3, 1), "expense_months_sum_to_budget", id="level"),
        pytest.param(("seasonal_split_profit", "cost", 3, 100), "profit_months_sum_to_year", id="cost"),
        pytest.param(("seasonal_split_profit", "net", 0, -1), "profit_months_sum_to_year", id="net"),
    ],
)
def test_the_months_are_held_to_it(change, name):
    year = year_tables()
    with pytest.raises(IdentityError, match=name):
        stop_on_breach("seasonal_split", changed(month_tables(year), *change), year, 100)


@pytest.mark.parametrize("name", list(year_tables()))
def test_tables_come_back_as_they_were_saved(tmp_path, name):
    frame = year_tables()[name]
    (tmp_path / "t.csv").write_bytes(outputs.csv_bytes(frame, name))
    again = outputs.read(tmp_path / "t.csv", name)
    assert outputs.csv_bytes(again, name) == (tmp_path / "t.csv").read_bytes()
    assert list(again.columns) == list(frame.columns)
    assert list(TABLES[name]) == list(frame.columns)[: len(TABLES[name])]


def test_month_tables_come_back_as_they_were_saved(tmp_path):
    for name, frame in month_tables(year_tables()).items():
        if name.endswith(("expenses", "profit")):
            (tmp_path / "t.csv").write_bytes(outputs.csv_bytes(frame, name))
            again = outputs.read(tmp_path / "t.csv", name)
            assert again["month"].tolist() == frame["month"].tolist()
            assert outputs.csv_bytes(again, name) == (tmp_path / "t.csv").read_bytes()
