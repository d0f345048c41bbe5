"""The demo's table of expenses: three years and the plan year's first quarter, in step with sales and people."""

import json
from pathlib import Path

import pandas as pd
import pytest

from salesplan.demo.company import LAST, REPS
from salesplan.demo.expenses import RISE, SPENDING
from salesplan.demo.seasons import months
from salesplan.inputs import check
from salesplan.workbook import open_step

PLAN = Path(__file__).parents[1] / "params" / "henan-2027"


@pytest.fixture(scope="module")
def spent():
    frame = pd.read_csv(PLAN / "data" / "expenses.csv", dtype=str, keep_default_na=False)
    assert list(frame.columns) == ["月份", "费用类别", "部门", "金额"]
    named = frame.set_axis(["month", "category", "department", "amount"], axis="columns")
    return named.astype({"amount": "int64"})


def test_every_month_up_to_the_last_sale(spent):
    assert sorted(set(spent["month"])) == months()
    assert spent["month"].max() == f"{LAST:%Y-%m}"


def test_one_row_per_month_category_and_department(spent):
    assert not spent.duplicated(["month", "category", "department"]).any()
    assert (spent["amount"] > 0).all()
    assert set(spent["category"]) == {kind.category for kind in SPENDING}


def test_base_pay_follows_the_people(spent):
    pay = spent[spent["category"] == "业务员底薪"].groupby("month")["amount"].sum()
    due = {month: sum(r.base_pay for r in REPS if r.start[:7] <= month <= (r.end[:7] or month)) for month in pay.index}
    level = pd.Series(due) * pay.index.str[:4].astype(int).map(RISE).to_numpy() / 100
    assert (pay / level).between(0.95, 1.04).all()  # luck of 4 % up or down, whole yuan
    assert due["2025-09"] == due["2025-08"] - 3_800, "the one who left"


@pytest.mark.parametrize(
    ("year", "low", "high"),
    [
        pytest.param("2024", 0.25, 0.275, id="2024"),
        pytest.param("2025", 0.24, 0.26, id="the year of the flood"),
        pytest.param("2026", 0.22, 0.235, id="last year"),
    ],
)
def test_expenses_as_a_share_of_sales(spent, year, low, high):
    sales = pd.read_csv(PLAN / "data" / "sales.csv", dtype=str)
    sold = sales.loc[sales["订单日期"].str[:4] == year, "金额"].astype(float).sum()
    assert low < spent.loc[spent["month"].str[:4] == year, "amount"].sum() / sold < high


def test_the_budget_pays_what_the_roster_says():
    rules = check(PLAN).loaded.rules["annual_target"]
    budget = {found.name: found for found in rules.expenses.categories}
    office = [rep.base_pay for rep in REPS if not rep.end]
    assert sum(office) == 47_800
    assert float(budget["业务员底薪"].amount) == pytest.approx(sum(office) / len(office), abs=1)
    assert 0.015 <= budget["销售提成"].rate <= 0.017


def test_fairs_are_twice_a_year_and_promotions_in_their_months(spent):
    fairs = spent[spent["category"] == "会议展览费"]["month"].str[5:]
    assert set(fairs) == {"04", "10"}
    assert set(spent[spent["category"] == "促销费"]["month"].str[5:]) == {"03", "05", "06", "09", "10", "11"}


def test_the_demo_names_every_category_it_spends_on(spent):
    rules = check(PLAN).loaded.rules["annual_target"]
    declared = {found.name for found in rules.expenses.categories}
    assert set(spent["category"]) <= declared
    assert {found.method for found in rules.expenses.categories} == {
        "ratio", "fixed", "growth", "per_head", "product_cycle", "profit_rate",
    }  # fmt: skip


@pytest.fixture(scope="module")
def cells():
    """Code of the notebooks' cells by notebook and id."""
    folder = Path(__file__).parents[1] / "notebooks"
    return {
        (path.stem, cell["id"]): "".join(cell["source"])
        for path in folder.glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    }


@pytest.mark.parametrize(
    ("notebook", "cell"),
    [("1_annual_target", "budget"), ("1_annual_target", "profit-plan"), ("2_seasonal_split", "plan-calendar")],
)
def test_the_notebooks_show_it(cells, notebook, cell):
    assert (notebook, cell) in cells


def test_the_plan_calendar_of_the_demo_lists_what_the_sources_ask_for():
    names = {document.name for document in open_step("seasonal_split", plan=str(PLAN)).rules.plan_calendar}
    asked = {
        "年度销售工作计划",
        "年度销售总结",
        "月销售计划表",
        "月访客户计划表",
        "月销售统计表",
        "月访客户统计表",
        "周看板",
        "月看板",
    }
    assert asked <= names
