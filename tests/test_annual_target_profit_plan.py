"""Products at the levels, cost of goods, the profit plan, new products back from their profit, break-even beside it."""

import math

import pandas as pd
import pytest
from budget_plan import LAST, MONTHS, PRODUCTS, YEAR, Budget, facts, rate, spending, terms, yuan
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import annual_target
from salesplan.annual_target.products import stage_of
from salesplan.apportion import UNKNOWN
from salesplan.errors import PlanError
from salesplan.terms.estimates import BreakevenEstimate, Estimates
from salesplan.terms.expenses import Expenses

FRESH = {"product": "fresh", "amount": 90_000, "profit_rate": rate("0.2")}
RENT = {"name": "rent", "method": "fixed", "amount": 144_000}
FREIGHT = {"name": "freight", "rate": rate("0.05")}


def with_costs(rules, fixed, variable):
    costs = BreakevenEstimate(fixed_cost=rate(fixed), variable_cost_rate=rate(variable))
    return rules.model_copy(update={"estimates": Estimates(breakeven=costs)})


def row(budget, item):
    return budget.profit.set_index("item").loc[item]


# ---------------------------------------------------------------- last year's products


def lines(*rows):
    frame = pd.DataFrame(rows, columns=["month", "product", "kind", "amount", "cost"])
    return frame.astype({"amount": "int64", "cost": "Int64"})


def test_products_sold_last_year():
    sold = annual_target.products_sold(facts(), fiscal_year=YEAR)
    assert sold["product"].tolist() == ["old", "young"]
    assert sold["last_year"].tolist() == [yuan(600_000)] * 2
    assert sold["cost"].tolist() == [yuan(600_000 * 0.6), yuan(600_000 * 0.7)]


@pytest.mark.parametrize(
    ("extra", "cost"),
    [
        pytest.param(("2026-03", "A", "sale", 1000, None), None, id="a sale without a cost hides the product's"),
        pytest.param(("2026-03", "A", "allowance", -1000, None), 500, id="an allowance carries no goods"),
        pytest.param(("2026-03", "A", "free", 0, 90), 590, id="free goods cost"),
        pytest.param(("2025-03", "A", "sale", 1000, None), 500, id="other years do not count"),
    ],
)
def test_cost_is_known_where_every_line_of_goods_has_one(extra, cost):
    sold = annual_target.products_sold(lines(("2026-01", "A", "sale", 1000, 500), extra), fiscal_year=YEAR)
    assert [None if found is pd.NA else found for found in sold["cost"]] == [cost]


def test_a_rebate_of_no_product_lies_on_those_that_sold():
    rows = [
        ("2026-01", "A", "sale", 3000, 1000),
        ("2026-01", "B", "sale", 1000, 400),
        ("2026-12", "", "rebate", -400, None),
    ]
    sold = annual_target.products_sold(lines(*rows), fiscal_year=YEAR)
    assert dict(zip(sold["product"], sold["last_year"], strict=True)) == {"A": 3000 - 300, "B": 1000 - 100}


def test_sales_of_no_product_are_a_product_of_their_own():
    sold = annual_target.products_sold(lines(("2026-01", "", "sale", 10, 4)), fiscal_year=YEAR)
    assert sold["product"].tolist() == [UNKNOWN]


def test_fiscal_years_from_april():
    sold = annual_target.products_sold(
        lines(("2026-03", "A", "sale", 1, 1), ("2026-04", "A", "sale", 2, 1), ("2027-03", "A", "sale", 4, 1)),
        fiscal_year=2027,
        first_month=4,
    )
    assert sold["last_year"].tolist() == [2 + 4]


# ---------------------------------------------------------------- products at the levels


def test_levels_in_last_years_mix():
    products = Budget(terms()).products.set_index("product")
    assert products["amount"].to_dict() == {"old": yuan(720_000), "young": yuan(720_000)}
    assert products["amount_stretch"].to_dict() == {"old": yuan(900_000), "young": yuan(900_000)}
    assert products["cost"].to_dict() == {"old": yuan(720_000 * 0.6), "young": yuan(720_000 * 0.7)}
    assert products["cost_basis"].tolist() == ["history", "history"]


def test_a_new_product_has_its_own_sales():
    products = Budget(terms(new=[FRESH])).products.set_index("product")
    assert products.loc["fresh", "amount"] == yuan(90_000)
    assert products.loc["fresh", "amount_stretch"] == yuan(90_000 * 1_800_000 / 1_440_000)
    assert products.loc["fresh", "cost_stretch"] == yuan(90_000 * 1.25 * 0.5)  # cost / price of table products
    assert products.loc["old", "amount"] == yuan((1_440_000 - 90_000) / 2)
    assert products.loc["old", "amount_stretch"] == yuan((1_440_000 - 90_000) * 1.25 / 2)
    assert products.loc["fresh", "stage"] == "launch"
    assert products.loc["fresh", "cost_basis"] == "price_list"


@pytest.mark.parametrize(
    ("new", "declared", "expected"),
    [
        pytest.param({"cost_rate": rate("0.55")}, None, (0.55, "declared"), id="its own rate first"),
        pytest.param({}, rate("0.8"), (0.5, "price_list"), id="cost / price before the declared rate"),
        pytest.param({"product": "other"}, rate("0.8"), (0.8, "declared"), id="the declared rate"),
        pytest.param({"product": "other"}, None, (0.65, "mean"), id="the mean of the others"),
    ],
)
def test_where_a_cost_rate_comes_from(new, declared, expected):
    found = {**FRESH, **new}
    rules = terms(new=[found])
    rules = rules.model_copy(update={"profit_plan": rules.profit_plan.model_copy(update={"cost_rate": declared})})
    products = Budget(rules).products.set_index("product")
    assert tuple(products.loc[found["product"], ["cost_rate", "cost_basis"]]) == expected


def test_nothing_known_of_costs():
    budget = Budget(terms([RENT]), sold=facts(old_cost=None, young_cost=None), products=None)
    assert budget.products["cost"].isna().all()
    assert set(budget.products["cost_basis"]) == {"unknown"}
    assert row(budget, ["cost_of_goods", "gross_margin", "net_profit"])["amount"].isna().all()
    assert row(budget, "expenses")["amount"] == yuan(144_000)
    assert annual_target.profit_bars(budget.profit, budget.rules).empty
    assert annual_target.costs_of(budget.profit, budget.rules) is None


def test_no_history_at_all():
    budget = Budget(terms([RENT]), sold=facts().head(0), products=None)
    assert budget.products["product"].tolist() == [UNKNOWN]
    assert budget.products["amount"].tolist() == [yuan(1_440_000)]
    assert budget.profit["last_year"].isna().all()


def test_returns_alone_bring_no_target():
    sold = pd.concat([facts(), lines(("2026-05", "back", "return", -500, -300)).assign(customer="K", quantity=-1.0)])
    products = Budget(terms(), sold=sold).products.set_index("product")
    assert products.loc["back", "amount"] == 0
    assert products["amount"].sum() == yuan(1_440_000)


def test_new_products_that_are_the_whole_plan():
    new = [{**FRESH, "product": name, "amount": 480_000} for name in "abc"]
    products = Budget(terms(new=new, levels={"commit": 1_440_000, "stretch": 2_000_000})).products.set_index("product")
    assert products.loc[list("abc"), "amount_stretch"].tolist() == [66_666_667, 66_666_667, 66_666_666]
    assert products.loc[["old", "young"], "amount_stretch"].tolist() == [0, 0]


def test_new_products_must_fit_the_planned_level():
    rules = terms(new=[{**FRESH, "amount": 1_440_001}])
    with pytest.raises(PlanError) as found:
        Budget(rules)
    fault = found.value.faults[0]
    assert fault.code == "new_products_over"
    assert fault.place == "annual_target.yaml profit_plan.new_products"
    assert dict(fault.values)["level"] == "commit"
    assert len(found.value.faults) == 1


# ---------------------------------------------------------------- stages


@pytest.mark.parametrize(
    ("launch", "stage"),
    [
        pytest.param("2027-06-01", "launch", id="to come"),
        pytest.param("2026-02-01", "launch", id="eleven months"),
        pytest.param("2025-12-01", "growth", id="a year and a month"),
        pytest.param("2024-02-01", "growth", id="under three years"),
        pytest.param("2023-12-01", "maturity", id="over three years"),
        pytest.param("2016-12-01", "decline", id="over ten years"),
        pytest.param(None, "maturity", id="unknown"),
    ],
)
def test_stage_by_age(launch, stage):
    row_of = {"launch": pd.Timestamp(launch) if launch else pd.NaT, "line": None}
    assert stage_of("x", row_of, Expenses(), pd.Timestamp("2027-01-01")) == stage


@pytest.mark.parametrize("name", ["old", "walls"])
def test_a_declared_stage_of_the_product_or_its_line_goes_first(name):
    budget = Budget(terms(stages={name: "growth"}))
    assert budget.products.set_index("product").loc["old", "stage"] == "growth"


# ---------------------------------------------------------------- new products


@pytest.mark.parametrize(
    ("profit_rate", "cost_rate", "left"),
    [
        pytest.param("0.2", "0.6", 90_000 * (1 - 0.6 - 0.2), id="what is left"),
        pytest.param("0.4", "0.6", 0, id="just nothing"),
        pytest.param("0.5", "0.6", 0, id="less than nothing is nothing"),
    ],
)
def test_what_a_new_product_may_cost(profit_rate, cost_rate, left):
    new = {**FRESH, "profit_rate": rate(profit_rate), "cost_rate": rate(cost_rate)}
    found = Budget(terms(new=[new])).new.iloc[0]
    assert found["allowance"] == yuan(left)
    assert found["gross"] == yuan(90_000 * (1 - float(cost_rate)))
    assert found["ratio"] == pytest.approx(left / 90_000)


def test_a_new_product_of_unknown_cost():
    sold = facts(old_cost=None, young_cost=None)
    found = Budget(terms(new=[FRESH]), sold=sold, products=None).new.iloc[0]
    assert found["allowance"] is pd.NA
    assert math.isnan(found["ratio"])


# ---------------------------------------------------------------- the profit plan


def test_the_profit_plan_of_every_level():
    budget = Budget(terms([RENT, FREIGHT], contingency={"amount": 6_000}))
    for column, sales in (("amount", 1_440_000), ("amount_stretch", 1_800_000)):
        cost = sales / 2 * 0.6 + sales / 2 * 0.7
        spent = 144_000 + sales * 0.05 + 6_000
        found = budget.profit.set_index("item")[column]
        assert found.to_dict() == {
            "sales": yuan(sales),
            "cost_of_goods": yuan(cost),
            "gross_margin": yuan(sales - cost),
            "expenses": yuan(spent),
            "expense_variable": yuan(sales * 0.05),
            "expense_fixed": yuan(144_000),
            "contingency": yuan(6_000),
            "net_profit": yuan(sales - cost - spent),
        }
    assert row(budget, "net_profit")["ratio"] == pytest.approx((504_000 - 222_000) / 1_440_000)


def test_last_year_stands_beside():
    budget = Budget(terms([RENT, FREIGHT]), spent=spending(rent=132_000, freight=48_000))
    last = budget.profit.set_index("item")["last_year"]
    assert last["gross_margin"] == yuan(1_200_000 * 0.35)
    assert last["expense_variable"] == yuan(48_000)
    assert last["net_profit"] == yuan(1_200_000 * 0.35 - 132_000 - 48_000)
    assert last["contingency"] is pd.NA


def test_last_years_profit_is_unknown_without_its_expenses():
    last = Budget(terms([RENT])).profit.set_index("item")["last_year"]
    assert last["gross_margin"] == yuan(1_200_000 * 0.35)
    assert last[["expenses", "net_profit"]].isna().all()


def test_no_budget_is_no_budget_of_zero():
    found = Budget(terms().model_copy(update={"expenses": None})).profit.set_index("item")["amount"]
    assert found["gross_margin"] == yuan(1_440_000 * 0.35)
    assert found[["expenses", "net_profit"]].isna().all()


def test_bars_leave_out_sums():
    bars = annual_target.profit_bars(Budget(terms([RENT, FREIGHT])).profit, terms())
    assert set(bars["name"]) == {"commit", "stretch"}  # last year's expenses are not known
    assert bars.groupby("name")["amount"].sum().to_dict() == {"commit": yuan(1_440_000), "stretch": yuan(1_800_000)}
    assert bars.groupby("name")["share"].sum().tolist() == pytest.approx([1, 1])


# ---------------------------------------------------------------- break-even


@pytest.mark.parametrize(
    ("contingency", "fixed", "variable"),
    [
        pytest.param(None, 144_000, 0.65 + 0.05, id="no contingency"),
        pytest.param({"amount": 6_000}, 150_000, 0.65 + 0.05, id="an amount does not move"),
        pytest.param({"share": rate("0.2")}, 144_000 / 0.8, 0.65 + 0.05 / 0.8, id="a share moves with what moves"),
    ],
)
def test_costs_as_break_even_sees_them(contingency, fixed, variable):
    budget = Budget(terms([RENT, FREIGHT], contingency=contingency))
    costs = annual_target.costs_of(budget.profit, budget.rules)
    assert costs.fixed == yuan(fixed)
    assert float(costs.rate) == pytest.approx(variable)
    assert costs.breakeven == pytest.approx(yuan(fixed / (1 - variable)), abs=1)
    assert costs.sales_for(yuan(50_000)) == pytest.approx(yuan((fixed + 50_000) / (1 - variable)), abs=1)
    assert (costs.reserve_fixed, costs.reserve_moving) == (
        costs.fixed - yuan(144_000), pytest.approx(yuan(1_440_000 * (variable - 0.65 - 0.05)), abs=1)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fixed", "variable", "agree"),
    [
        pytest.param(144_000, "0.7", True, id="the same"),
        pytest.param(151_500, "0.7", True, id="4.95 % above the budget, of itself"),
        pytest.param(151_600, "0.7", False, id="5.01 %"),
        pytest.param(144_000, "0.6", False, id="a lower rate"),
        pytest.param(144_000, "0.705", True, id="half a point"),
        pytest.param(136_000, "0.70", False, id="fixed cost 5.9 % off, the profit 2.7 %"),
    ],
)
def test_whether_the_parameters_agree_with_the_budget(fixed, variable, agree):
    check = Budget(with_costs(terms([RENT, FREIGHT]), fixed, variable)).check
    assert annual_target.agrees(check) is agree
    assert check["basis"].tolist() == ["parameters", "budget"]
    assert check["profit"].tolist() == [
        yuan(1_440_000 * (1 - float(variable)) - fixed),
        yuan(1_440_000 * 0.3 - 144_000),
    ]


def gaps_of(check):
    return {one.item: (round(one.gap, 4), round(one.share, 3), one.near) for one in annual_target.differences(check)}


def test_two_errors_that_make_up_for_each_other_are_seen():
    # break-even 480,000 either way: 144,000 / 0.3 and 168,000 / 0.35
    found = gaps_of(Budget(with_costs(terms([RENT, FREIGHT]), 168_000, "0.65")).check)
    assert found["breakeven"] == (0, 0, True)
    assert found["fixed_cost"] == (yuan(168_000 - 144_000), round(24 / 168, 3), False)
    assert found["variable_cost_rate"][0::2] == (-0.05, False)
    profit = 1_440_000 * 0.35 - 168_000
    assert found["profit"] == (yuan(profit - (1_440_000 * 0.3 - 144_000)), round(48_000 / profit, 3), False)
    assert "sales_needed" not in found  # no profit is asked for


def test_sales_for_the_profit_asked_for():
    rules = with_costs(terms([RENT, FREIGHT]), 144_000, "0.68")
    asked = rules.estimates.breakeven.model_copy(update={"profit": rate(96_000)})
    found = Budget(rules.model_copy(update={"estimates": Estimates(breakeven=asked)})).check
    assert found["sales_needed"].tolist() == [yuan(240_000 / 0.32), yuan(240_000 / 0.3)]
    assert gaps_of(found)["sales_needed"] == (yuan(750_000 - 800_000), round(-50 / 750, 3), False)


def test_the_check_that_cannot_be_made_says_nothing():
    assert annual_target.differences(Budget(terms([RENT])).check) == []


def test_costs_that_no_sales_cover():
    budget = Budget(with_costs(terms([{"name": "x", "rate": rate("0.5")}]), 1, "0.5"))
    assert annual_target.costs_of(budget.profit, budget.rules).breakeven is None
    assert annual_target.agrees(budget.check) is False


def test_a_target_of_next_to_nothing():
    budget = Budget(with_costs(terms([RENT, FREIGHT], levels={"commit": 1}), 1, "0.5"))
    assert row(budget, "net_profit")["amount"] < 0
    assert len(budget.check) == 2


# ---------------------------------------------------------------- properties


@settings(max_examples=50)
@given(st.integers(1, 10**9), st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([1, 100, 10_000]))
def test_products_sum_to_the_level_and_the_plan_closes(commit, old, young, unit):
    levels = {"commit": commit, "stretch": {"times": "commit", "factor": rate("1.3")}}
    new = [{**FRESH, "product": name, "amount": commit // 300 * 100} for name in ("fresh", "other")]
    rules = terms([FREIGHT, RENT], levels=levels, new=new)
    budget = Budget(rules, sold=facts(old, young), unit=unit)
    plan = budget.profit.set_index("item")
    for suffix, (_, goal) in zip(("", "_stretch"), budget.levels[["level", "amount"]].to_numpy(), strict=True):
        column = plan[f"amount{suffix}"]
        assert budget.products[f"amount{suffix}"].sum() == goal == column["sales"]
        assert (budget.products[f"amount{suffix}"] % unit == 0).all()
        assert (budget.products[f"amount{suffix}"] >= 0).all()
        if column.notna().all():
            assert column["sales"] - column["cost_of_goods"] - column["expenses"] == column["net_profit"]


def test_order_of_rows_changes_nothing():
    rules = terms([FREIGHT], new=[FRESH])
    one = Budget(rules)
    other = Budget(rules, sold=facts().iloc[::-1], products=PRODUCTS.iloc[::-1])
    pd.testing.assert_frame_equal(one.products, other.products)
    pd.testing.assert_frame_equal(one.profit, other.profit)


def test_months_of_the_fixture_are_whole_years():
    assert (LAST[0], LAST[-1], MONTHS[0], MONTHS[-1]) == ("2026-01", "2026-12", "2027-01", "2027-12")
