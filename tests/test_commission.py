"""Commission: tiers, periods, returns, caps, base pay, draws; expected values as arithmetic."""

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from commission_cases import (
    MONTHS,
    TWO,
    column,
    earned,
    order_lines,
    payments,
    plan,
    quotas,
    reps,
    returned,
    rules,
    run,
    year,
)

from salesplan.commission import Ledger, calculate, check, ramping
from salesplan.commission.roster import assign
from salesplan.errors import IdentityError
from salesplan.money import half_away

GOLDENS = Path(__file__).parents[1] / "../shared/goldens/commission_cases.json"
FOUR = [(0, "0.06"), ("1", "0.08"), ("1.25", "0.10"), ("1.5", "0.12")]
AMOUNT = [(0, "0.03"), (300_000, "0.05"), (500_000, "0.07")]
ENHANCED = [(0, "0.05"), (1_000_000, "0.07")]


@pytest.mark.parametrize(
    ("terms", "quota", "sales", "expected"),
    [
        pytest.param(plan(FOUR), 375_000, 500_000, 375_000 * 0.06 + 93_750 * 0.08 + 31_250 * 0.10, id="C01 four tiers"),
        pytest.param(plan(AMOUNT, measure="amount"), 0, 600_000, 9_000 + 10_000 + 7_000, id="C03 by amount"),
        pytest.param(plan(ENHANCED, measure="amount", semantics="whole"), 0, "999999.99", 50_000, id="C05 a fen below"),
        pytest.param(
            plan(ENHANCED, measure="amount", semantics="whole"), 0, 1_000_000, 70_000, id="C05 at the boundary"
        ),
        pytest.param(plan(ENHANCED, measure="amount", semantics="whole"), 0, 1_200_000, 84_000, id="C05 above"),
        pytest.param(
            plan([(0, "0.06"), ("1", "0.08"), ("1.5", "0.10")]), 100_000, 110_000, 6_000 + 800, id="C07 marginal"
        ),
        pytest.param(
            plan([(0, "0.06"), ("1", "0.08"), ("1.5", "0.10")], semantics="whole"),
            100_000,
            110_000,
            110_000 * 0.08,
            id="C07 whole",
        ),
        pytest.param(plan([(0, "0.5"), ("0.5", "1"), ("1", "1")]), 100_000, 40_000, 20_000, id="C13 decelerator"),
        pytest.param(plan(TWO), 1000, 1000, 20, id="at quota, the higher tier has nothing yet"),
        pytest.param(plan(TWO, semantics="whole"), 1000, 1000, 30, id="at quota, whole"),
        pytest.param(plan(TWO, semantics="whole"), 1000, "999.99", 20, id="a fen below quota, whole"),
        pytest.param(plan(TWO), 1000, "1000.50", 20 + 0.02, id="half a unit above: 0.015 rounds up"),
        pytest.param(plan(TWO), 0, 5000, 100, id="quota zero: lowest tier"),
        pytest.param(plan(TWO, cap=Decimal(25)), 1000, 3000, 25, id="cap"),
    ],
)
def test_one_sale(terms, quota, sales, expected):
    result = run(order_lines(("2027-01-10", "O1", sales)), terms, quota=quota)
    assert earned(result) == round(expected * 100)


def test_goldens_are_those_restated_here():
    if not GOLDENS.exists():
        pytest.skip("goldens are not there")
    cases = {case["id"].split("_")[0]: case for case in json.loads(GOLDENS.read_text())}
    assert cases["C01"]["expected"]["commission"] == 375_000 * 0.06 + 93_750 * 0.08 + 31_250 * 0.10 == 33_125
    assert cases["C03"]["expected"]["tier_amounts"] == [9_000, 10_000, 7_000]
    assert cases["C05"]["expected"]["at_1000000"] == 70_000
    assert cases["C07"]["expected"] == {"non_cumulative": 8_800, "cumulative": 6_800}
    assert cases["C09"]["expected"]["by_transaction"] == [25, 37.5]
    assert cases["C11"]["expected"]["commission"] == [30, 150]
    assert cases["C19"]["expected"]["net_pay"] == [2750, 3000, 2000, 2000, 2875, 2750]
    assert cases["C21"]["expected"] == {"deficit": 1000, "paid": 3000}
    assert cases["C23"]["expected"]["commission"] == [6_000, 4_000]
    assert cases["C35"]["expected"]["exact_edges_500_3000"] == [100, 25, 425, 1675]


def test_c09_the_second_transaction_straddles_a_boundary():
    lines = order_lines(("2027-01-05", "O1", 500), ("2027-01-06", "O2", 500))
    result = run(lines, plan([(0, "0.05"), ("0.75", "0.10"), ("1", "0.15")]), quota=1000)
    by_order = result.lines.groupby("order")["amount"].sum()
    assert by_order.to_dict() == {"O1": 2500, "O2": 250 * 5 + 250 * 10}


def test_c11_margin_picks_the_rate():
    lines = order_lines(("2027-01-05", "O1", 1000, {"cost": 95_000}), ("2027-02-06", "O2", 3000, {"cost": 264_000}))
    result = run(lines, plan([(0, "0.03"), ("0.1", "0.05")], measure="margin_rate"))
    assert column(result, "earned")[:2] == [30, 150]


def test_margin_without_a_cost_is_at_the_lowest_tier():
    result = run(order_lines(("2027-01-05", "O1", 1000)), plan([(0, "0.03"), ("0.1", "0.05")], measure="margin_rate"))
    assert earned(result) == 3000


def test_c23_split_credit_is_paid_by_share():
    lines = order_lines(("2027-01-05", "O1", 60_000), ("2027-01-05", "O1", 40_000, {"rep": "R2"}))
    result = run(lines, plan([(0, "0.1")]), reps=reps("R1", "R2"), quotas=quotas(1000, ("R1", "R2")))
    assert [earned(result, rep) for rep in ("R1", "R2")] == [600_000, 400_000]


def test_c35_edges_without_a_gap():
    lines = order_lines(*[(f"2027-{m:02d}-05", f"O{m}", s) for m, s in enumerate([400, 100, 1500, 5000], start=1)])
    result = run(lines, plan([(0, "0.25"), (500, "0.30"), (3000, "0.40")], measure="amount"))
    expected = [100, 25, 500 * 0.25 + 1000 * 0.30, 500 * 0.25 + 2500 * 0.30 + 2000 * 0.40]
    assert column(result, "earned")[:4] == expected


def test_quantity_cuts_a_line_in_proportion():
    lines = order_lines(("2027-01-05", "O1", 900, {"quantity": 30.0}))
    result = run(lines, plan([(0, "0.1"), (10, "0.2")], measure="quantity"))
    assert result.lines["base"].tolist() == [30_000, 60_000]
    assert earned(result) == 3000 + 12_000


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        pytest.param("month", [1000 * 2 + 200 * 3, 600 * 2, 1000 * 2 + 100 * 3], id="each month against its own quota"),
        pytest.param("quarter", [1200 * 2, 600 * 2, 1100 * 2 + 0], id="2,900 of the quarter's 3,000"),
        pytest.param("ytd", [1000 * 2 + 200 * 3, 1800 * 2 - 2600, 2900 * 2 - 3600], id="to date less what was earned"),
    ],
)
def test_periods_marginal(period, expected):
    lines = order_lines(("2027-01-05", "O1", 1200), ("2027-02-05", "O2", 600), ("2027-03-05", "O3", 1100))
    result = run(lines, plan(TWO, period=period), months=3)
    assert result.table["earned"].tolist() == expected


def test_whole_over_a_quarter_pays_the_difference_in_the_month_the_tier_is_reached():
    lines = order_lines(("2027-01-05", "O1", 1500), ("2027-02-05", "O2", 1500))
    result = run(lines, plan(TWO, period="quarter", semantics="whole"), months=3)
    assert column(result, "earned") == [30, 3000 * Decimal("0.03") - 30, 0]
    february = result.lines[result.lines["month"] == "2027-02"]
    assert february[february["order"] == "O1"]["amount"].tolist() == [-3000, 4500]


def test_lines_count_in_order_of_date_order_product_amount():
    lines = order_lines(("2027-01-20", "O1", 600), ("2027-01-10", "O2", 600))
    result = run(lines, plan(TWO))
    assert result.lines.groupby("order")["amount"].sum().to_dict() == {"O1": 400 * 2 + 200 * 3, "O2": 600 * 2}


RETURNS = [
    pytest.param(
        [("2027-01-05", "A", 800), ("2027-01-06", "B", 800), ("2027-01-20", "X", -800, returned("B"))],
        [800 * 2],
        id="full return in the month",
    ),
    pytest.param(
        [("2027-01-05", "A", 800), ("2027-01-06", "B", 800), ("2027-02-20", "X", -800, returned("B"))],
        [800 * 2 + 200 * 2 + 600 * 3, -(200 * 2 + 600 * 3)],
        id="full return a month later",
    ),
    pytest.param(
        [("2027-01-05", "A", 800), ("2027-01-06", "B", 800), ("2027-02-20", "X", -400, returned("B"))],
        [800 * 2 + 200 * 2 + 600 * 3, -(200 * 2 + 600 * 3) / 2],
        id="half of it",
    ),
    pytest.param(
        [("2027-01-05", "A", 2000), ("2027-02-20", "X", -400)],
        [1000 * 2 + 1000 * 3, -400 * 2],
        id="no original: at the month's own place",
    ),
    pytest.param(
        [("2027-01-05", "A", 2000), ("2027-02-20", "X", -400, returned("2026-99"))],
        [1000 * 2 + 1000 * 3, -400 * 2],
        id="an original nobody knows",
    ),
    pytest.param(
        [
            ("2027-01-05", "A", 500, {"product": "N"}),
            ("2027-01-05", "A", 500),
            ("2027-02-01", "X", -500, returned("A", product="N")),
        ],
        [1000 * 2 + 500 * 1, -500 * 3],
        id="the new product's bonus goes back too",
    ),
]


@pytest.mark.parametrize(("rows", "expected"), RETURNS)
def test_returns_take_back_what_was_paid(rows, expected):
    products = pd.DataFrame({"product": ["N"], "launch": pd.to_datetime(["2027-03-01"])})
    result = run(order_lines(*rows), plan(TWO, new_product_bonus=Decimal("0.01")), products=products, months=2)
    paid = result.table["earned"].tolist()
    assert paid[: len(expected)] == [round(value) for value in expected]
    assert result.table["clawback"].max() <= 0


def test_cap_cuts_the_last_orders_and_a_full_return_still_ends_at_zero():
    rows = [("2027-01-05", "A", 1000), ("2027-01-06", "B", 1000), ("2027-02-01", "X", -1000, returned("B"))]
    result = run(order_lines(*rows), plan(cap=Decimal(30)), months=2)
    assert column(result, "earned") == [30, -10]  # B was paid 10 of its 30
    assert result.orders.set_index("order")["earned"].to_dict() == {"A": 2000, "B": 0}
    cap = result.lines[result.lines["rule"] == "cap"]
    assert cap["amount"].tolist() == [-2000] and cap["rate"].isna().all()


def test_launches_outside_the_year_carry_no_bonus():
    products = pd.DataFrame({"product": ["P"], "launch": pd.to_datetime(["2026-12-31"])})
    result = run(order_lines(("2027-01-05", "A", 100)), plan(new_product_bonus=Decimal("0.5")), products=products)
    assert earned(result) == 200


def test_a_ramping_rep_reaches_no_accelerator_unless_declared():
    lines = order_lines(("2027-01-05", "A", 2000))
    held_back = ramping(reps(start=pd.to_datetime(["2027-01-10"])), year(), ramp=[Decimal("0.5"), Decimal(1)])
    assert held_back.to_dict("list") == {"rep": ["R1"], "month": ["2027-01"]}
    assert earned(run(lines, plan(), ramping=held_back)) == 2000 * 2
    assert earned(run(lines, plan(accelerator_while_ramping=True), ramping=held_back)) == 1000 * 2 + 1000 * 3


def test_the_first_plan_that_fits_and_reps_on_none():
    first, second = (
        plan([(0, "0.1")], applies_to={"team": "direct"}),
        plan([(0, "0.2")], applies_to={"region": "north"}),
    )
    members = reps("R1", "R2", "R3", team=["direct", "direct", "other"], region=["north", "south", "south"])
    found = assign(members, rules(first, second), year())
    assert found["plan"].tolist() == [0, 0, -1]
    lines = order_lines(("2027-01-05", "A", 100), ("2027-01-05", "A", 100, {"rep": "R3"}))
    ledger = Ledger(lines, members, quotas(1000, ("R1", "R2")))
    result = calculate(ledger, year(1), rules(first, second))
    assert {note.code: note.fills.get("reps") for note in result.notes}["without_plan"] == ["R3"]
    assert result.table["rep"].tolist() == ["R1", "R2"]


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        pytest.param({"reps": None}, "no_reps", id="no reps"),
        pytest.param({"quotas": None}, "no_quotas", id="no quotas"),
    ],
)
def test_left_out_with_a_note(tables, code):
    result = run(order_lines(("2027-01-05", "A", 100)), plan(), **tables)
    assert [note.code for note in result.notes] == [code]
    assert result.table.empty and result.lines.empty
    assert list(result.table)[:3] == ["rep", "month", "plan"]


def test_without_plans_or_without_actuals():
    ledger = Ledger(order_lines(), reps(), quotas(1000))
    assert [note.code for note in calculate(ledger, year(), rules()).notes] == ["no_plans"]
    open_year = calculate(ledger, year(0), rules(plan()))
    assert [note.code for note in open_year.notes] == ["no_actuals"]


def test_a_month_without_a_sale_has_a_row():
    result = run(order_lines(), plan(), months=2)
    assert result.table["month"].tolist() == MONTHS[:2]
    assert result.table["payable"].tolist() == [0, 0]


def test_the_check_can_fail():
    result = run(order_lines(("2027-01-05", "A", 100)), plan(), months=1)
    for name in ("earned", "held", "payable"):
        with pytest.raises(IdentityError):
            check(result.table.assign(**{name: result.table[name] + 1}), result.lines)
    with pytest.raises(IdentityError):
        check(result.table, result.lines, result.orders.assign(released=result.orders["earned"] + 1))


def test_house_account_and_loose_returns_are_said():
    lines = order_lines(("2027-01-05", "A", 100, {"rep": "(unassigned)"}), ("2027-01-05", "B", -50))
    said = {note.code: note.fills for note in run(lines, plan(), months=1).notes}
    assert said["house_account"] == {"count": 1, "amount": 10_000}
    assert said["loose_returns"] == {"count": 1, "amount": -5_000}


def test_invoiced_counts_and_pays_on_the_invoice():
    lines = order_lines(
        ("2027-01-05", "A", 100, {"invoice_date": pd.Timestamp("2027-02-03")}), ("2027-01-06", "B", 100)
    )
    counted = run(lines, plan(basis="invoiced", measure_basis="invoiced"), months=3)
    assert column(counted, "earned") == [0, 2, 0]
    paid = run(lines, plan(basis="invoiced"), months=3)
    assert column(paid, "earned") == [4, 0, 0] and column(paid, "released") == [0, 2, 0]
    assert column(paid, "held") == [4, 2, 2]


def test_collected_counts_on_cash():
    lines = order_lines(("2027-01-05", "A", 1000))
    cash = payments(("2027-02-03", "333.33", "A", "A"), ("2027-03-03", "666.67", "A", "A"))
    result = run(
        lines, plan(basis="collected", measure_basis="collected", release="proportional"), collections=cash, months=3
    )
    first = half_away(33_333 * 2, 100)
    assert result.table["earned"].tolist() == [0, first, half_away(66_667 * 2, 100)]
    assert result.table["held"].tolist() == [0, 0, 0]
