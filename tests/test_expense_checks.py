"""Faults of budget and calendar across files: every one with file, line, key and what is allowed, in one go."""

import pytest
from workbooks import copy_workbook

from salesplan.errors import PlanError
from salesplan.inputs import check
from salesplan.wording import Words
from salesplan.wording.messages import message

BUDGET = """levels: {commit: 780000}
expenses:
  stages: {Wals: growth}
  categories:
    - {name: travel}
    - {name: rent, method: growth, rate: 0.1}
    - {name: freight, rate: 0.02, months: last_year}
    - {name: fair, method: fixed, amount: 1, months: {2026-04: 1, 2027-04: 1}}
  contingency: {amount: 1, months: {2028-01: 1}}
"""
CALENDAR = "plan_calendar:\n  - {name: x, when: date, date: 2028-01-05}\n"


@pytest.fixture
def plan(tmp_path):
    """The minimal plan of 2027, to be changed freely."""
    return copy_workbook(tmp_path, "minimal") / "params" / "minimal"


def told(plan, language="en"):
    with pytest.raises(PlanError) as found:
        check(plan)
    return [message(fault, Words(language)) for fault in found.value.faults]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fault_at_once_with_its_place(plan, language):
    (plan / "annual_target.yaml").write_text(BUDGET, encoding="utf-8")
    (plan / "seasonal_split.yaml").write_text(CALENDAR, encoding="utf-8")
    found = told(plan, language)
    line = "line" if language == "en" else "第"
    places = [text.split(" = ")[0] for text in found]
    assert len(found) == 7
    assert all(f"annual_target.yaml {line}" in place for place in places[:6])
    assert [place.split(": ")[1] for place in places] == [
        "expenses.categories[0].name",
        "expenses.categories[1].name",
        "expenses.categories[2].months",
        "expenses.categories[3].months.2026-04",
        "expenses.contingency.months.2028-01",
        "expenses.stages.Wals",
        "plan_calendar[0].date",
    ]


@pytest.mark.parametrize(("name", "alike"), [("freigth", "freight"), ("freight", None), ("training", None)])
def test_a_category_called_much_like_one_of_last_year_is_said(plan, name, alike):
    rows = "month,category,amount\n2026-03,freight,100.00\n2026-04,rent,100.00\n"
    (plan / "data" / "expenses.csv").write_text(rows, encoding="utf-8")
    text = (plan / "plan.yaml").read_text(encoding="utf-8")
    given = text.replace("{sales: data/sales.csv}", "{sales: data/sales.csv, expenses: data/expenses.csv}")
    (plan / "plan.yaml").write_text(given, encoding="utf-8")
    budget = f"levels: {{commit: 780000}}\nexpenses:\n  categories:\n    - {{name: {name}, rate: 0.02}}\n"
    (plan / "annual_target.yaml").write_text(budget, encoding="utf-8")
    found = [notice for notice in check(plan).notices if notice.code == "expense_alike"]
    assert [notice.values["nearest"] for notice in found] == ([alike] if alike else [])
    assert all("annual_target.yaml line 4: expenses.categories[0].name" in notice.place for notice in found)


def test_the_line_is_the_files(plan):
    (plan / "annual_target.yaml").write_text(BUDGET, encoding="utf-8")
    assert "annual_target.yaml line 5: expenses.categories[0].name = 'travel' : " in told(plan)[0]


def with_expenses(plan, text):
    (plan / "data" / "expenses.csv").write_text(text, encoding="utf-8")
    path = plan / "plan.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("inputs: {", "inputs: {expenses: data/expenses.csv, "))
    assert "expenses" in path.read_text(encoding="utf-8")


def test_last_year_in_the_table_is_enough(plan):
    with_expenses(plan, "month,category,amount\n2026-05,travel,100\n")
    (plan / "annual_target.yaml").write_text("levels: {commit: 1}\nexpenses: {categories: [{name: travel}]}\n")
    assert "expenses" in check(plan).tables


def test_the_year_before_last_is_not(plan):
    with_expenses(plan, "month,category,amount\n2025-05,travel,100\n")
    (plan / "annual_target.yaml").write_text("levels: {commit: 1}\nexpenses: {categories: [{name: travel}]}\n")
    assert "2026" in told(plan)[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("month,category,department,amount\n2026-05,a,x,1\n2026-05,a,x,2\n", "row 3", id="a row twice"),
        pytest.param("month,category,amount\n2026-05,a,1\n2026-05,a,2\n", "row 3", id="twice without departments"),
        pytest.param("month,category,amount\n2026-05,(contingency),1\n", "row 2", id="our own row"),
        pytest.param("month,category,amount\n2026-05,a,1x\n", "row 2 , column amount", id="no number"),
    ],
)
def test_the_table_itself(plan, text, part):
    with_expenses(plan, text)
    assert any(f"expenses.csv {part}" in line for line in told(plan))


def test_departments_keep_rows_apart(plan):
    with_expenses(plan, "month,category,department,amount\n2026-05,a,x,1\n2026-05,a,y,2\n2026-05,a,,4\n")
    assert check(plan).tables["expenses"].num_rows == 3


@pytest.mark.parametrize(
    ("yaml", "key", "says"),
    [
        pytest.param(
            "expenses: {categories: [{name: a, method: fixd}]}",
            "method",
            "must be one of ratio, fixed",
            id="unknown method",
        ),
        pytest.param(
            "expenses: {categories: [{name: a, method: fixed}]}", "amount", "method fixed needs it", id="no amount"
        ),
        pytest.param(
            "expenses: {categories: [{name: a, months: seasn}]}",
            "months",
            "must be one of season, even",
            id="unknown rule",
        ),
        pytest.param("expenses: {categories: [{name: a, months: {2027-13: 1}}]}", "months", "2027-03", id="month 13"),
        pytest.param(
            "expenses: {contingency: {share: 1.5}}", "contingency.share", "must be at most 1", id="over the whole"
        ),
        pytest.param("expenses: {contingncy: {}}", "contingncy", "Is it contingency?", id="unknown key"),
        pytest.param(
            "profit_plan: {new_products: [{product: a}]}",
            "new_products[0].amount",
            "is needed",
            id="no sales of a new product",
        ),
    ],
)
def test_parameters_alone(plan, yaml, key, says):
    (plan / "annual_target.yaml").write_text(f"levels: {{commit: 1}}\n{yaml}\n", encoding="utf-8")
    found = told(plan)[0]
    assert "annual_target.yaml line 2: " in found
    assert key in found.split(" : ")[0]
    assert says in found.split(" : ")[1]
