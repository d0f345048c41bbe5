"""Goals and the indicator set: what last year was, what is asked of each indicator and line."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from target_cases import LAST_YEAR, LINES, SOLD, dec, facts, measured, plan, products, targets

from salesplan import annual_target
from salesplan.errors import PlanError
from salesplan.identities import stop_on_breach
from salesplan.terms.goals import Goal

LINED = {"tables": {"products": LINES}}


def value(frame, indicator, level="commit", line=""):
    rows = frame[(frame["indicator"] == indicator) & (frame["level"] == level) & (frame["line"] == line)]
    assert len(rows) == 1, (indicator, level, line)
    return rows["value"].iloc[0]


def last(frame, indicator, line=""):
    return frame[(frame["indicator"] == indicator) & (frame["line"] == line)]["last_year"].tolist()


# What last year was


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        pytest.param("amount", dec(LAST_YEAR), id="amount"),
        pytest.param("quantity", dec(10 + 10 + 10 - 2), id="quantity, returns taken off"),
        pytest.param("average_price", round(dec(LAST_YEAR) / 28, 2), id="effective price"),
        pytest.param("customers", dec(2), id="customers"),
        pytest.param("new_customers", dec(1), id="K2 never bought before"),
        pytest.param("new_product_sales", dec(1000), id="B was never sold before"),
    ],
)
def test_what_the_ledger_says_of_last_year(indicator, expected):
    assert last(measured(), indicator) == [expected]


def test_a_ledger_of_one_year_knows_no_new_customers():
    assert last(measured(rows=SOLD[1:]), "new_customers") == []


def expenses(months=12, amount=700):
    labels = [f"2026-{month:02d}" for month in range(1, months + 1)]
    return pd.DataFrame({"month": labels, "category": "x", "amount": amount})


@pytest.mark.parametrize(
    ("table", "found"),
    [
        pytest.param(expenses(), [dec("0.30")], id="12 x 7.00 / 28 pieces"),
        pytest.param(expenses(11), [], id="a month missing: the year is not known"),
        pytest.param(None, [], id="no table"),
    ],
)
def test_unit_selling_cost(table, found):
    assert last(measured({"expenses": table}), "unit_selling_cost") == ([] if not found else [dec(12 * 7) / 28])


def outlets(**columns):
    opened = pd.to_datetime(["2026-01-05", None, "2027-02-01", "2025-06-01"])
    return pd.DataFrame({"outlet": ["a", "b", "c", "d"], "opened": opened, **columns})


@pytest.mark.parametrize(
    ("table", "count"),
    [
        pytest.param(outlets(), 3, id="opened by the end of last year, or long ago"),
        pytest.param(outlets(sell_out=[5.0, 0.0, 9.0, None]), 1, id="effective: with sell-out"),
        pytest.param(outlets(sell_out=[None] * 4), 3, id="sell-out unknown"),
        pytest.param(outlets()[["outlet"]], 4, id="no days of opening"),
    ],
)
def test_outlets(table, count):
    assert last(measured({"outlets": table}), "outlets") == [dec(count)]


def test_a_centre_that_supplies_dealers_is_none():
    table = pd.DataFrame({"month": ["2026-01"] * 3, "dealer": ["a", "b", "centre"], "parent": ["centre", None, None]})
    assert last(measured({"dealers": table}), "dealers") == [dec(3 - 1)]


def test_dealers_listed_last_year():
    table = pd.DataFrame({"month": ["2025-12", "2026-01", "2026-02", "2027-01"], "dealer": ["a", "b", "b", "c"]})
    assert last(measured({"dealers": table}), "dealers") == [dec(1)]


def collections(*rows):
    frame = pd.DataFrame(rows, columns=["date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]), amount=frame["amount"] * 100)


PAID = collections(("2025-04-01", 900), ("2026-04-01", 2000), ("2027-01-05", 500))


@pytest.mark.parametrize(
    ("tax", "due", "rate"),
    [
        pytest.param({}, 1000 + LAST_YEAR - 2900, 2000 / LAST_YEAR, id="one basis"),
        pytest.param(
            {"sales": "excluded", "collections": "included", "rate": dec("0.1")},
            (1000 + LAST_YEAR) * 1.1 - 2900,
            2000 / (LAST_YEAR * 1.1),
            id="payments contain tax",
        ),
        pytest.param(
            {"sales": "included", "collections": "excluded", "rate": dec("0.25")},
            (1000 + LAST_YEAR) / 1.25 - 2900,
            2000 / (LAST_YEAR / 1.25),
            id="sales contain tax",
        ),
    ],
)
def test_receivables_are_sold_less_collected_on_one_tax_basis(tax, due, rate):
    found = measured({"collections": PAID}, tax=tax)
    assert last(found, "receivables") == ([dec(f"{due:.2f}")] if due >= 0 else [])
    assert float(last(found, "collection_rate")[0]) == pytest.approx(rate, abs=5e-5)


def test_a_product_may_have_its_own_tax():
    own = products(("B", "x", 0.5), columns=("product", "line", "tax_rate"))
    tax = {"sales": "excluded", "collections": "included", "rate": dec(0)}
    found = measured({"collections": PAID, "products": own}, tax=tax)
    assert last(found, "receivables") == [dec(1000 + LAST_YEAR - 1000 + 1500 - 2900).quantize(dec("0.01"))]


def test_bad_debts_lower_receivables_and_are_not_collected():
    written = collections(("2026-06-01", 300)).assign(kind="bad_debt")
    found = measured({"collections": pd.concat([PAID.assign(kind="payment"), written], ignore_index=True)})
    assert last(found, "receivables") == [dec(1000 + LAST_YEAR - 2900 - 300).quantize(dec("0.01"))]
    assert float(last(found, "collection_rate")[0]) == pytest.approx(2000 / LAST_YEAR, abs=5e-5)


def test_more_collected_than_sold_is_not_a_receivable():
    assert last(measured({"collections": collections(("2026-01-01", 99999))}), "receivables") == []


def test_lines_are_those_of_the_products_else_the_products():
    lined, bare = measured({"products": LINES}), measured()
    assert last(lined, "amount", "paint") == [dec(2000 + 600 - 100)]
    assert last(lined, "quantity", "proofing") == [dec(10)]
    assert last(bare, "gross_profit", "A") == [dec("1000.00")]  # 40 % of 2,500
    assert "A" not in set(lined["line"])


def test_row_order_changes_nothing():
    again = annual_target.measured(facts(*reversed(SOLD)), {"products": LINES}, plan())
    pd.testing.assert_frame_equal(measured({"products": LINES}), again)


# Goals


@pytest.mark.parametrize(
    ("goal", "commit", "stretch"),
    [
        pytest.param({"indicator": "quantity", "value": 30}, 30, 45, id="moves with sales: in the level's ratio"),
        pytest.param({"indicator": "customers", "growth": dec("0.2")}, 3, 4, id="2 x 1.2 and 2.4 x 1.5, rounded up"),
        pytest.param({"indicator": "new_customers", "value": 5}, 5, math.ceil(5 * 1.5), id="newcomers move with sales"),
        pytest.param({"indicator": "dealers", "value": 7}, 7, 7, id="the network holds at every level"),
        pytest.param({"indicator": "gross_profit", "growth": dec("0.1")}, 1400 * 1.1, 1400 * 1.1 * 1.5, id="growth"),
        pytest.param({"indicator": "outlets", "values": {"commit": 5}}, 5, None, id="a level left out is unknown"),
        pytest.param({"indicator": "market_share", "value": dec("0.12")}, 0.12, 0.12 * 1.5, id="a share is a flow"),
        pytest.param({"indicator": "market_share", "value": dec("0.8")}, 0.8, 1, id="but no more than the market"),
        pytest.param(
            {"indicator": "satisfaction", "growth": dec("0.05"), "last_year": dec("0.90"), "unit": "share"},
            0.945,
            0.945,
            id="growth on a declared last year",
        ),
        pytest.param({"indicator": "样板间", "value": 6, "unit": "处"}, 6, 6, id="the company's own indicator"),
    ],
)
def test_a_goal_at_every_level(goal, commit, stretch):
    found = targets([goal])
    name = goal["indicator"]
    assert float(value(found, name)) == pytest.approx(commit)
    second = value(found, name, "stretch")
    assert second is None if stretch is None else float(second) == pytest.approx(stretch)
    assert set(found.loc[found["indicator"] == name, "basis"]) <= {"goal", "goal_growth", "goal_ratio"}


def test_other_indicators_keep_last_years_ratio():
    found = targets([{"indicator": "customers", "value": 9}])
    assert value(found, "amount") == dec("4000.00")
    assert value(found, "quantity") == dec(28 * 4000 / LAST_YEAR)
    assert value(found, "new_customers") == math.ceil(1 * 4000 / LAST_YEAR)
    assert found["indicator"].drop_duplicates().tolist()[0] == "amount"


def test_units_of_the_users_stay_letter_for_letter():
    found = targets([{"indicator": "出口", "line": "A", "value": 30, "unit": "USD"}])
    assert found[found["line"] == "A"]["unit"].tolist() == ["USD"] * 2


def test_measured_last_year_goes_before_the_declared_one():
    found = targets([{"indicator": "customers", "growth": dec(0), "last_year": 50}])
    assert value(found, "customers") == 2


# Lines


@pytest.mark.parametrize("unit", [1, 100, 10_000])
def test_lines_sum_to_every_level(unit):
    found = targets([{"indicator": "amount", "line": "art", "value": 300}], **LINED, money_unit=unit)
    amounts = found[(found["indicator"] == "amount") & (found["line"] != "")]
    assert amounts.groupby("level")["value"].sum().to_dict() == {"commit": dec(4000), "stretch": dec(6000)}
    assert value(found, "amount", "stretch", "art") == dec(300 * 1.5 if unit < 10_000 else 500)  # 4.5 units: up
    assert value(found, "amount", line="(unassigned)") == dec(4000 - 300)
    assert set(amounts["basis"]) == {"goal", "goal_ratio", "lines_rest"}


def test_only_what_is_declared_for_a_line_stands_there():
    goals = [
        {"indicator": "quantity", "line": "paint", "growth": dec("0.1")},
        {"indicator": "amount", "line": "paint", "growth": dec("0.2")},
        {"indicator": "gross_profit", "line": "proofing", "value": 410},
    ]
    found = targets(goals, **LINED)
    lines = found[(found["line"] != "") & found["planned"]]
    assert list(zip(lines["line"], lines["indicator"], lines["value"], strict=True)) == [
        ("paint", "amount", dec(2500) * dec("1.2")),
        ("paint", "quantity", dec(20)),  # (10 + 10 - 2) x 1.1 = 19.8, to whole pieces as last year's
        ("proofing", "gross_profit", dec(410)),
        ("(unassigned)", "amount", dec(4000) - dec(2500) * dec("1.2")),
    ]
    rest = lines[lines["line"] == "(unassigned)"].iloc[0]
    assert rest["last_year"] == LAST_YEAR - 2500
    assert rest["growth"] == pytest.approx(1000 / 1000 - 1)


def test_no_goal_of_a_line_no_row_of_a_line():
    assert set(targets(**LINED)["line"]) == {""}
    assert set(targets([{"indicator": "quantity", "line": "art", "value": 7}], **LINED)["line"]) == {"", "art"}


def test_growth_of_a_line_is_rounded_to_the_money_unit():
    goal = {"indicator": "amount", "line": "paint", "growth": dec("0.0333")}  # 2,583.25
    assert value(targets([goal], **LINED, money_unit=10_000), "amount", line="paint") == dec(2600)


def test_what_no_line_takes_is_said():
    goals = [{"indicator": "amount", "line": line, "value": 1000} for line in ("paint", "proofing", "art")]
    found = targets(goals, **LINED)
    assert value(found, "amount", line="(unassigned)") == dec(4000 - 3 * 1000)


def test_products_without_lines_stand_there_when_a_goal_names_them():
    found = targets([{"indicator": "amount", "line": "B", "growth": dec("0.2")}])
    assert set(found["line"]) == {"", "B", "(unassigned)"}
    assert value(found, "amount", line="B") == dec(1000) * dec("1.2")
    assert set(targets()["line"]) == {""}


@pytest.mark.parametrize(
    ("goals", "code", "place"),
    [
        pytest.param(
            [{"indicator": "amount", "line": "paint", "value": 4001}],
            "goal_lines_over",
            "goals[0]",
            id="above the level",
        ),
        pytest.param(
            [{"indicator": "x", "value": 1}, {"indicator": "amount", "line": "art", "value": dec("300.50")}],
            "goal_unit",
            "goals[1]",
            id="no multiple of the money unit",
        ),
        pytest.param(
            [{"indicator": "amount", "line": "art", "values": {"commit": 1, "stretch": dec("1.5")}}],
            "goal_unit",
            "goals[0]",
            id="no multiple at another level",
        ),
        pytest.param(
            [{"indicator": "x", "value": 1}, {"indicator": "y", "growth": dec("0.1")}],
            "goal_without_last_year",
            "goals[1].growth",
            id="growth on nothing",
        ),
        pytest.param(
            [{"indicator": "amount", "line": "art", "growth": dec("0.1")}],
            "goal_without_last_year",
            "goals[0].growth",
            id="growth of a new line",
        ),
    ],
)
def test_contradictions_are_refused_with_their_place(goals, code, place):
    with pytest.raises(PlanError) as found:
        targets(goals, **LINED, money_unit=100)
    assert {fault.code for fault in found.value.faults} == {code}
    assert place in found.value.faults[0].place


@pytest.mark.parametrize(
    "forms",
    [
        pytest.param({"value": dec(1), "growth": dec("0.1")}, id="value and growth"),
        pytest.param({}, id="neither"),
        pytest.param({"values": {"commit": dec(1)}, "value": dec(1)}, id="value and values"),
    ],
)
def test_a_goal_has_one_form(forms):
    with pytest.raises(ValidationError, match="exactly one of value, growth, values"):
        Goal(indicator="x", **forms)


@given(
    st.lists(st.integers(0, 26).map(lambda n: n * 50), min_size=1, max_size=3, unique=True),
    st.sampled_from([1, 100, 5000]),
)
def test_any_goals_of_lines_leave_the_level_whole(values, unit):
    names = ["paint", "proofing", "art"]
    goals = [
        {"indicator": "amount", "line": name, "value": amount} for name, amount in zip(names, values, strict=False)
    ]
    found = targets(goals, **LINED, money_unit=unit)
    amounts = found[(found["indicator"] == "amount") & (found["line"] != "") & found["planned"]]
    assert amounts["value"].sum() == dec(4000)
    stop_on_breach("annual_target", {"annual_target": found}, {}, 1)


def test_company_and_lines_are_told_apart():
    found = targets([{"indicator": "amount", "line": "art", "value": 300}], **LINED)
    assert "line" not in annual_target.of_company(found)
    assert annual_target.of_lines(found).columns[0] == "line"
    assert len(annual_target.of_company(found)) + len(annual_target.of_lines(found)) == len(found)
