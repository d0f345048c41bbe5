"""Base pay by components, draws, what is carried, and the cost of the plans; expected values as arithmetic."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from commission_cases import column, fen, order_lines, plan, quotas, reps, rules, run, year

from salesplan.commission import Ledger, cost_grid, cost_of_plans, draws
from salesplan.commission.assignment import assign
from salesplan.commission.pay import base_pay, carry
from salesplan.terms.commission import Draw


@pytest.mark.parametrize(
    ("pay", "weight", "actual", "standard", "expected"),
    [
        pytest.param(300_000, "0.6", 50, 100, 90_000, id="half of six tenths"),
        pytest.param(300_000, "0.6", 150, 100, 180_000, id="never above the standard"),
        pytest.param(300_000, "0.6", -10, 100, 0, id="a negative actual is zero"),
        pytest.param(300_000, "0.6", 0, 0, 180_000, id="nothing asked"),
        pytest.param(100, "0.5", 1, 100, 1, id="0.5 fen rounds away from zero"),
    ],
)
def test_base_pay_component(pay, weight, actual, standard, expected):
    found = base_pay(np.array([pay]), Decimal(weight), np.array([actual]), np.array([standard]))
    assert found.tolist() == [expected]


def test_base_pay_by_components_and_employment():
    components = {
        "sales": Decimal("0.6"),
        "records": Decimal("0.2"),
        "analysis": Decimal("0.1"),
        "satisfaction": Decimal("0.1"),
    }
    scores = pd.DataFrame(
        {
            "month": ["2027-02", "2027-02"],
            "rep": ["R1", "R1"],
            "component": ["records", "analysis"],
            "actual": [15.0, 3.0],
            "standard": [20.0, 2.0],
        }
    )
    member = reps(
        start=pd.to_datetime(["2027-02-10"]),
        end=pd.to_datetime(["2027-03-02"]),
        base_pay=pd.array([400_000], dtype="Int64"),
    )
    lines = order_lines(("2027-02-12", "A", 500))
    result = run(lines, plan(base_pay={"components": components}), reps=member, scores=scores, months=4)
    expected = [0, 4000 * (0.6 * 0.5 + 0.2 * 0.75 + 0.1 + 0.1), 4000 * (0.6 * 0 + 0.2 + 0.1 + 0.1), 0]
    assert column(result, "base_pay") == [Decimal(str(value)) for value in expected]
    assert {note.code: note.fills for note in result.notes}["unscored"]["count"] == 2


@pytest.mark.parametrize(
    ("draw", "commission", "paid", "owed"),
    [
        pytest.param(
            2000,
            [2750, 3000, 1500, 2375, 3000, 2750],
            [2750, 3000, 2000, 2000, 2875, 2750],
            [0, 0, 500, 125, 0, 0],
            id="C19 recoverable",
        ),
        pytest.param(3000, [2000], [3000], [1000], id="C21 deficit"),
    ],
)
def test_recoverable_draw(draw, commission, paid, owed):
    rows = np.array([commission]) * 100
    given, balance = draws(rows, Draw(amount=Decimal(draw)), np.ones(rows.shape, dtype=bool))
    assert ((rows + given) // 100).tolist() == [paid]
    assert (balance // 100).tolist() == [owed]


def test_a_draw_that_is_not_recoverable_leaves_no_balance():
    given, balance = draws(
        np.array([[0, 500_000]]), Draw(amount=Decimal(2000), recoverable=False), np.ones((1, 2), bool)
    )
    assert given.tolist() == [[200_000, 0]] and balance.tolist() == [[0, 0]]


def test_a_negative_payable_is_carried():
    before, out = carry(np.array([[100, -300, 200, 250]]))
    assert before.tolist() == [[0, 0, -300, -100]]
    assert out.tolist() == [[100, 0, 0, 150]]


def test_cost_of_the_plan():
    members = assign(reps("R1", "R2"), rules(plan()), year())
    attainments = [Decimal("0.6"), Decimal("1.0"), Decimal("1.4")]
    found = cost_of_plans(members, quotas(1000, ("R1", "R2")), rules(plan()), year(), attainments=attainments)
    expected = [fen(24 * 600) * 0.02, fen(24 * 1000) * 0.02, fen(24 * 1000) * 0.02 + fen(24 * 400) * 0.03]
    assert found["commission"].tolist() == [round(value) for value in expected]
    assert found["cost_ratio"].tolist() == pytest.approx([0.02, 0.02, (0.02 + 0.4 * 0.03) / 1.4])


def test_cost_under_other_rates():
    grid = cost_grid(Ledger(order_lines(), reps(), quotas(1000)), year(), rules(plan()))
    full = grid[grid["attainment"] == 1.0]
    assert full["cost_ratio"].tolist() == pytest.approx([0.015, 0.02, 0.025])
    assert cost_grid(Ledger(order_lines(), reps(), None), year(), rules(plan())).empty
