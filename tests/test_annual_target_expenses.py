"""The expense budget: methods, contingency, control standards, departments, months rules."""

import math

import pandas as pd
import pytest
from budget_plan import LAST, MONTHS, YEAR, Budget, facts, rate, reps, spending, terms, yuan
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan import annual_target
from salesplan.apportion import TOTAL, UNASSIGNED
from salesplan.terms.expenses import CONTINGENCY, Expense

SPENT = spending(travel=36_000, freight=24_000)  # of sales of 1,200,000
STAGES = {"launch": rate("0.05"), "growth": rate("0.02"), "maturity": rate("0.01"), "decline": rate("0.004")}


# ---------------------------------------------------------------- methods


@pytest.mark.parametrize(
    ("category", "commit", "stretch"),
    [
        pytest.param({"name": "travel"}, 1_440_000 * 36 / 1200, 1_800_000 * 36 / 1200, id="last year's ratio"),
        pytest.param({"name": "x", "rate": rate("0.0125")}, 1_440_000 * 0.0125, 1_800_000 * 0.0125, id="own ratio"),
        pytest.param({"name": "rent", "method": "fixed", "amount": 86_400}, 86_400, 86_400, id="fixed"),
        pytest.param(
            {"name": "travel", "method": "growth", "rate": rate("0.05")}, 36_000 * 1.05, 36_000 * 1.05, id="growth"
        ),
        pytest.param(
            {"name": "freight", "method": "growth", "rate": rate("-0.1")}, 24_000 * 0.9, 24_000 * 0.9, id="less"
        ),
        pytest.param({"name": "pay", "method": "per_head", "amount": 4_500}, 4_500 * 120, 4_500 * 120, id="a month"),
        pytest.param(
            {"name": "pay", "method": "per_head", "amount": 6_000, "per": "year"}, 6_000 * 10, 6_000 * 10, id="a year"
        ),
        pytest.param(
            {"name": "ads", "method": "product_cycle", "stages": STAGES},
            720_000 * 0.004 + 720_000 * 0.02,  # old since 2012: decline; young since 2025: growth
            900_000 * 0.004 + 900_000 * 0.02,
            id="product cycle",
        ),
    ],
)
def test_methods(category, commit, stretch):
    budget = Budget(terms([category]), spent=SPENT)
    assert budget.amount(category["name"]) == yuan(commit)
    assert budget.amount(category["name"], "amount_stretch") == yuan(stretch)


def test_heads_are_counted_by_month():
    late = reps(10, late=4)
    heads = annual_target.heads_by_month(late, MONTHS)
    assert heads.tolist() == [6] * 6 + [10] * 6
    budget = Budget(terms([{"name": "pay", "method": "per_head", "amount": 1_000}]), people=late)
    assert budget.amount("pay") == yuan(1_000 * (6 * 6 + 10 * 6))
    assert budget.expenses["month_weights"].tolist() == ["6 6 6 6 6 6 10 10 10 10 10 10"]


def test_a_rep_of_two_spells_is_one_head_and_leaves_after_his_last_month():
    twice = pd.DataFrame(
        {
            "rep": ["R1", "R1", "R2"],
            "start": pd.to_datetime(["2026-01-01", "2027-03-15", None]),
            "end": pd.to_datetime(["2027-03-10", None, "2027-05-20"]),
        }
    )
    assert annual_target.heads_by_month(twice, MONTHS).tolist() == [2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1]


def test_new_products_spend_what_the_profit_leaves():
    new = [{"product": "fresh", "amount": 100_000, "profit_rate": rate("0.3")}]
    budget = Budget(terms([{"name": "launch", "method": "profit_rate"}], new=new))
    # cost / price of table products is 0.5
    assert budget.amount("launch") == yuan(100_000 * (1 - 0.5 - 0.3))
    # its sales grow with the level, 1,800,000 / 1,440,000, and so does what they leave
    assert budget.amount("launch", "amount_stretch") == yuan(100_000 * 1.25 * (1 - 0.5 - 0.3))
    assert budget.expenses.set_index("category")["variable"]["launch"]


def test_what_last_year_had_and_nobody_declares_keeps_its_ratio():
    budget = Budget(terms([{"name": "rent", "method": "fixed", "amount": 1_000}]), spent=SPENT)
    assert budget.expenses["category"].tolist() == ["rent", "freight", "travel"]
    assert budget.amount("travel") == yuan(1_440_000 * 0.03)


def test_the_ratio_is_that_of_the_months_the_table_covers():
    half = spending(months=LAST[:6], travel=36_000)  # of the sales of six months, 600,000
    budget = Budget(terms([{"name": "travel"}]), spent=half)
    assert budget.basis.sales == yuan(600_000)
    assert budget.amount("travel") == yuan(1_440_000 * 0.06)
    assert budget.expenses["last_ratio"].tolist() == [pytest.approx(0.06)]


def test_nothing_declared_and_no_table_is_an_empty_budget():
    rules = terms().model_copy(update={"expenses": None})
    budget = Budget(rules)
    assert budget.expenses.empty
    assert budget.departments.empty
    assert "amount_stretch" in budget.expenses


# ---------------------------------------------------------------- contingency


@pytest.mark.parametrize(
    ("contingency", "kept"),
    [
        pytest.param({"share": rate("0.04")}, 96_000 / 0.96 * 0.04, id="4 % of the whole budget"),
        pytest.param({"amount": 5_000}, 5_000, id="an amount"),
        pytest.param({"share": rate(0)}, 0, id="nothing"),
    ],
)
def test_contingency(contingency, kept):
    budget = Budget(terms([{"name": "rent", "method": "fixed", "amount": 96_000}], contingency=contingency))
    last = budget.expenses.iloc[-1]
    assert last["category"] == CONTINGENCY
    assert last["amount"] == yuan(kept)
    assert budget.expenses["amount"].sum() == yuan(96_000 + kept)


def test_contingency_carries_its_conditions():
    words = {"conditions": "a", "timing": "b", "evaluation": "c", "approver": "d"}
    budget = Budget(terms([{"name": "x", "rate": rate("0.1")}], contingency={"amount": 1, **words}))
    row = budget.expenses.iloc[-1]
    assert [row["standard"], row["timing"], row["evaluation"], row["approver"]] == ["a", "b", "c", "d"]


# ---------------------------------------------------------------- control standards


@pytest.mark.parametrize(
    ("standard", "state"),
    [
        pytest.param({"share": rate("0.05")}, "within", id="just at the share"),
        pytest.param({"share": rate("0.0499")}, "over", id="above the share"),
        pytest.param({"amount": 72_000}, "within", id="just at the amount"),
        pytest.param({"amount": rate("71999.99")}, "over", id="a cent above the amount"),
        pytest.param({"share": rate("0.06"), "amount": 50_000}, "over", id="one of two"),
        pytest.param({"text": "by contract"}, "", id="text alone"),
        pytest.param({}, "", id="none"),
    ],
)
def test_states_of_control_standards(standard, state):
    budget = Budget(terms([{"name": "travel", "rate": rate("0.05"), "standard": standard}]))
    assert budget.expenses["state"].tolist() == [state]
    assert len(annual_target.standards(budget.expenses)) == bool(standard)


# ---------------------------------------------------------------- months rules


@pytest.mark.parametrize(
    ("category", "rule", "weights"),
    [
        pytest.param({"name": "x", "rate": rate("0.1")}, "season", "", id="ratio follows sales"),
        pytest.param({"name": "x", "method": "fixed", "amount": 1}, "even", "", id="fixed is even"),
        pytest.param(
            {"name": "x", "method": "fixed", "amount": 1, "months": [1, 0, rate("2.5")] + [0] * 9},
            "weights",
            "1 0 2.5 0 0 0 0 0 0 0 0 0",
            id="twelve weights",
        ),
        pytest.param(
            {"name": "x", "rate": rate("0.1"), "months": {"2027-03": 1, "2027-11": 3}},
            "weights",
            "0 0 1 0 0 0 0 0 0 0 3 0",
            id="own months",
        ),
        pytest.param(
            {"name": "travel", "months": "last_year"}, "last_year", " ".join(["300000"] * 12), id="as last year"
        ),
        pytest.param({"name": "x", "rate": rate("0.1"), "months": "headcount"}, "headcount", "10 " * 11 + "10", id="x"),
    ],
)
def test_months_rules_are_handed_on(category, rule, weights):
    row = Budget(terms([category]), spent=spending(travel=36_000)).expenses.iloc[0]
    assert (row["months_rule"], row["month_weights"]) == (rule, weights)


# ---------------------------------------------------------------- departments


def test_departments_by_last_years_cost():
    spent = spending(travel__north=36_000, travel__south=12_000, freight__store=24_000)
    declared = [{"name": "travel"}, {"name": "freight"}, {"name": "launch", "method": "fixed", "amount": 7_000}]
    budget = Budget(terms(declared, contingency={"amount": 1_000}), spent=spent)
    split = budget.departments.set_index(["category", "department"])["amount"]
    assert split["travel", "north"] == yuan(1_440_000 * 0.04 * 3 / 4)
    assert split["travel", "south"] == yuan(1_440_000 * 0.04 * 1 / 4)
    assert split["freight", "store"] == yuan(1_440_000 * 0.02)
    assert split["launch", UNASSIGNED] == yuan(7_000)
    assert split[CONTINGENCY, CONTINGENCY] == yuan(1_000)


def test_a_declared_department_takes_the_whole_category():
    spent = spending(travel__north=36_000, travel__south=12_000)
    budget = Budget(terms([{"name": "travel", "department": "south"}]), spent=spent)
    split = budget.departments.set_index("department")
    assert split["amount"].to_dict() == {"north": 0, "south": yuan(1_440_000 * 0.04)}
    assert split["last_year"].to_dict() == {"north": yuan(36_000), "south": yuan(12_000)}


def test_departments_beside_last_years_ratio():
    spent = spending(travel__north=36_000, freight__store=12_000)
    rules = terms([{"name": "travel", "method": "fixed", "amount": 50_000}, {"name": "freight"}])
    budget = Budget(rules, spent=spent)
    table = annual_target.departments(budget.departments, budget.basis, goal=budget.goal).set_index("department")
    assert table.index.tolist() == ["north", "store"]
    assert table["reference"].to_dict() == {"north": yuan(1_440_000 * 0.03), "store": yuan(1_440_000 * 0.01)}
    assert table["gap"].to_dict() == {"north": yuan(50_000 - 43_200), "store": 0}


def test_no_departments_known():
    budget = Budget(terms(), spent=SPENT)
    assert annual_target.departments(budget.departments, budget.basis, goal=budget.goal).empty


# ---------------------------------------------------------------- past years, views


def test_expense_years_take_the_sales_of_the_same_months():
    before = spending(months=["2025-11", "2025-12"], travel=5_000)
    sold = pd.concat([facts(), facts(months=["2025-11", "2025-12"], old=1_200_000, young=0, young_cost=0)])
    years = annual_target.expense_years(pd.concat([before, SPENT]), sold, fiscal_year=YEAR)
    assert years["year"].tolist() == [2025, 2026]
    assert years["months"].tolist() == [2, 12]
    assert years["sales"].tolist() == [yuan(200_000), yuan(1_200_000)]
    assert years["ratio"].tolist() == [pytest.approx(5_000 / 200_000), pytest.approx(60_000 / 1_200_000)]


def test_expense_years_without_a_table_or_before_the_first_sale():
    assert annual_target.expense_years(None, facts(), fiscal_year=YEAR).empty
    early = annual_target.expense_years(spending(months=["2020-01"], x=1), facts(), fiscal_year=YEAR)
    assert math.isnan(early["ratio"].iloc[0])


def test_expenses_of_the_plan_year_are_no_past_year():
    assert annual_target.expense_years(spending(months=MONTHS, x=1_200), facts(), fiscal_year=YEAR).empty


def test_lines_end_with_their_sum():
    lines = annual_target.expense_lines(Budget(terms(), spent=SPENT).expenses)
    total = lines.iloc[-1]
    assert total["category"] == TOTAL
    assert total["amount"] == lines["amount"].iloc[:-1].sum() == yuan(1_440_000 * 0.05)
    assert total["ratio"] == pytest.approx(0.05)
    assert total["growth"] == pytest.approx(72_000 / 60_000 - 1)
    assert annual_target.expense_lines(Budget(terms()).expenses).empty


@pytest.mark.parametrize(
    ("more", "basis", "reference"),
    [
        pytest.param({}, "last_ratio", 1_440_000 * 0.05, id="last year's ratio"),
        pytest.param({"total_rate": rate("0.06")}, "total_rate", 1_440_000 * 0.06, id="the ratio set"),
    ],
)
def test_what_all_expenses_may_be(more, basis, reference):
    allowed = Budget(terms(**more), spent=SPENT).allowed
    assert allowed["basis"].tolist() == [basis]
    assert allowed["reference"].tolist() == [yuan(reference)]


def test_nothing_says_what_expenses_may_be():
    assert Budget(terms([{"name": "x", "rate": rate("0.1")}])).allowed.empty


# ---------------------------------------------------------------- properties

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
RATES = st.decimals(0, 1, places=4)
AMOUNTS = st.decimals(0, 90_000, places=2)
CATEGORY = st.one_of(
    st.fixed_dictionaries({"name": NAMES, "rate": RATES}),
    st.fixed_dictionaries({"name": NAMES, "method": st.just("fixed"), "amount": AMOUNTS}),
    st.fixed_dictionaries({"name": NAMES, "method": st.just("per_head"), "amount": AMOUNTS}),
    st.fixed_dictionaries({"name": NAMES}),
)


@settings(max_examples=40)
@given(
    st.lists(CATEGORY, max_size=5, unique_by=lambda found: found["name"]),
    st.decimals(0, rate("0.5"), places=3),
    st.sampled_from([1, 100, 10_000]),
    st.randoms(use_true_random=False),
)
def test_sums_are_exact_and_order_is_nothing(categories, share, unit, random):
    spent = spending(a__north=12_345.67, a__south=7.0, b__south=999.99, g=31_000)
    rules = terms(categories, contingency={"share": share})
    budget = Budget(rules, spent=spent, unit=unit)
    amounts, split = budget.expenses.set_index("category")["amount"], budget.departments
    assert (amounts % unit == 0).all() and (split["amount"] % unit == 0).all()
    assert split.groupby("category")["amount"].sum().to_dict() == amounts.to_dict()
    spend = budget.profit.set_index("item")
    for column in ("amount", "amount_stretch"):
        assert budget.expenses[column].sum() == spend.loc["expenses", column]
    rows = list(range(len(spent)))
    random.shuffle(rows)
    again = Budget(rules, spent=spent.iloc[rows], sold=facts().iloc[::-1], unit=unit)
    pd.testing.assert_frame_equal(budget.expenses, again.expenses)
    pd.testing.assert_frame_equal(split, again.departments)
    pd.testing.assert_frame_equal(budget.profit, again.profit)


@settings(max_examples=40)
@given(RATES, st.integers(1, 10**9), st.integers(0, 10**9))
def test_more_sales_never_lower_a_budget(share, commit, more):
    rules = terms([{"name": "x", "rate": share}], levels={"commit": commit, "stretch": commit + more})
    budget = Budget(rules)
    assert budget.amount("x", "amount_stretch") >= budget.amount("x")


# ---------------------------------------------------------------- bad parameters


@pytest.mark.parametrize(
    ("category", "kind", "key"),
    [
        pytest.param({"method": "fixed"}, "expense_needs", "amount", id="fixed without an amount"),
        pytest.param({"method": "growth"}, "expense_needs", "rate", id="growth without a rate"),
        pytest.param({"method": "per_head"}, "expense_needs", "amount", id="per head without an amount"),
        pytest.param({"method": "product_cycle"}, "expense_needs", "stages", id="cycle without stages"),
        pytest.param({"method": "fixed", "amount": 1, "rate": 1}, "expense_unused", "rate", id="rate of a fixed one"),
        pytest.param({"amount": 1}, "expense_unused", "amount", id="amount of a ratio"),
        pytest.param({"per": "year"}, "expense_unused", "per", id="per of a ratio"),
        pytest.param({"rate": rate("-0.1")}, "expense_negative", "rate", id="a negative share of sales"),
    ],
)
def test_categories_that_do_not_fit_their_method(category, kind, key):
    with pytest.raises(ValidationError) as found:
        Expense.model_validate({"name": "x", **category})
    error = found.value.errors()[0]
    assert (error["type"], error["ctx"]["key"]) == (kind, key)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({"categories": [{"name": "a"}, {"name": "a"}]}, "distinct", id="a category twice"),
        pytest.param({"categories": [{"name": CONTINGENCY}]}, "cell_reserved", id="our own row"),
        pytest.param({"contingency": {}}, "contingency_size", id="no size"),
        pytest.param({"contingency": {"share": rate("0.1"), "amount": 1}}, "contingency_size", id="two sizes"),
        pytest.param({"contingency": {"share": 1}}, "less_than", id="all of the budget"),
        pytest.param({"stage_years": {"launch": 5}}, "stages_order", id="stages that do not follow"),
        pytest.param({"categories": [{"name": "a", "months": [1] * 11}]}, "manual_twelve", id="eleven weights"),
        pytest.param({"categories": [{"name": "a", "months": [0] * 12}]}, "manual_twelve", id="all zero"),
        pytest.param({"categories": [{"name": "a", "months": [-1] * 12}]}, "greater_than_equal", id="negative"),
        pytest.param({"categories": [{"name": "a", "months": {"2027-03": 0}}]}, "weights_zero", id="a month of zero"),
        pytest.param({"categories": [{"name": "a", "months": "seasn"}]}, "literal_error", id="unknown rule"),
    ],
)
def test_budgets_that_cannot_be(changes, kind):
    with pytest.raises(ValidationError) as found:
        terms(changes.get("categories", ()), **{k: v for k, v in changes.items() if k != "categories"})
    assert found.value.errors()[0]["type"] == kind
