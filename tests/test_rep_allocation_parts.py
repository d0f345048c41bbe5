"""The parts of the rep allocation by themselves: water-filling, room, months that lead, cells."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.agreed import part_faults
from salesplan.apportion import apportion
from salesplan.calendar import fiscal_months
from salesplan.rep_allocation import cube, limits, quotas, weighing
from salesplan.rep_allocation.agreements import People, claims_of
from salesplan.rep_allocation.people import roster
from salesplan.terms import RepAllocationTerms

MONTHS = fiscal_months(2027)
NO = limits.FREE
PEOPLE = People(("A", "B"), ("t", "u"), ("2027-01", "2027-02"))


def limit(low, high, fixed=None):
    shape = (len(low), 2)
    cells = np.full(shape, NO) if fixed is None else np.array(fixed)
    free = limits.free_limits(PEOPLE, 0)
    return free._replace(
        low=np.array(low, dtype=np.int64), high=np.array(high, dtype=np.int64), fixed=cells.astype(np.int64)
    )


# --- the sum of the quotas, and water-filling ------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "rate", "unit", "expected"),
    [
        pytest.param(15_000_000, "0.15", 1, 17_250_000, id="a buffer of 15 %"),
        pytest.param(10, "0.05", 1, 11, id="half a fen is rounded away from zero"),
        pytest.param(10, "0.04", 1, 10, id="less than half is not"),
        pytest.param(1_000, "0.05", 100, 1_100, id="to whole yuan"),
        pytest.param(0, "0.05", 1, 0, id="nothing"),
    ],
)
def test_quota_total(target, rate, unit, expected):
    rules = RepAllocationTerms(over_assignment=Decimal(rate))
    assert quotas.quota_total(target, rules, unit) == expected


@pytest.mark.parametrize(
    ("total", "weights", "low", "high", "expected"),
    [
        pytest.param(100, [1, 1, 2], [0, 0, 0], [100, 100, 100], [25, 25, 50], id="free"),
        pytest.param(100, [1, 1, 2], [0, 0, 0], [100, 100, 40], [30, 30, 40], id="one at his most"),
        pytest.param(100, [1, 1, 2], [40, 0, 0], [100, 100, 100], [40, 20, 40], id="one at his least"),
        pytest.param(100, [1, 1, 2], [40, 0, 0], [100, 100, 30], [40, 30, 30], id="one at each"),
        pytest.param(100, [1, 0, 0], [0, 0, 0], [40, 100, 100], [40, 30, 30], id="weights of zero share what is left"),
        pytest.param(90, [0, 0, 0], [0, 0, 0], [90, 90, 90], [30, 30, 30], id="no weights: equal parts"),
        pytest.param(60, [5, 1, 1], [20, 20, 20], [20, 20, 20], [20, 20, 20], id="all fixed"),
        pytest.param(101, [1, 1, 1], [0, 0, 0], [101, 101, 101], [34, 34, 33], id="largest remainder by label"),
    ],
)
def test_fill_quotas(total, weights, low, high, expected):
    found = quotas.fill_quotas(total, np.array(weights, dtype=float), limit(low, high), labels=["a", "b", "c"])
    assert found.tolist() == expected


@settings(max_examples=50, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=8),
    where=st.floats(0, 1),
)
def test_fill_quotas_meets_total_and_bounds(parts, where):
    weights, low, room = (np.array(column) for column in zip(*parts, strict=True))
    high = low + room
    total = int(low.sum() + where * room.sum())
    found = quotas.fill_quotas(total, weights.astype(float), limit(low, high), labels=[str(i) for i in range(len(low))])
    assert found.sum() == total
    assert (found >= low).all()
    assert (found <= high).all()


# --- room in the months, and months that lead ------------------------------------------------------

BOTH, FIRST, LAST = [True, True], [True, False], [False, True]


@pytest.mark.parametrize(
    ("open_cells", "rows", "columns", "expected"),
    [
        pytest.param([BOTH, BOTH], [1, 99], [50, 50], True, id="everybody is always there"),
        pytest.param([BOTH, LAST], [60, 40], [50, 50], True, id="enough for the first month"),
        pytest.param([BOTH, LAST], [40, 60], [50, 50], False, id="too little for the first month"),
        pytest.param([BOTH, LAST], [50, 50], [50, 50], False, id="just enough leaves no slack"),
        pytest.param([BOTH, [False, False]], [50, 50], [50, 50], False, id="a quota without a month"),
        pytest.param([BOTH, [False, False]], [100, 0], [50, 50], True, id="nobody without a month has a quota"),
    ],
)
def test_room(open_cells, rows, columns, expected):
    assert limits.room(np.array(open_cells), np.array(rows), np.array(columns)) is expected


def test_the_worst_months_are_named():
    found = limits.place_faults(np.array([BOTH, LAST]), limit([0, 0], [30, 100]), PEOPLE.months, np.array([50, 50]))
    assert [(fault.code, fault.value, dict(fault.values)["over"]) for fault in found] == [
        ("months_short", "2027-01", Decimal("0.20"))
    ]
    found = limits.place_faults(np.array([BOTH, LAST]), limit([0, 60], [99, 99]), PEOPLE.months, np.array([50, 50]))
    assert [(fault.code, fault.value) for fault in found] == [("months_over", "2027-02")]


def test_months_are_shared_among_those_who_are_there():
    seed = np.array([[1.0, 1.0], [0.0, 3.0]])
    free = quotas.share_by_month(seed, np.array([0, 0]), np.array([100, 100]), np.array([40, 40]))
    np.testing.assert_allclose(free, [[40, 10], [0, 30]])
    bounded = quotas.share_by_month(seed, np.array([0, 0]), np.array([100, 20]), np.array([40, 40]))
    np.testing.assert_allclose(bounded, [[40, 20], [0, 20]], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(st.lists(st.floats(0, 1_000), min_size=3, max_size=3), min_size=1, max_size=7),
    unit=st.sampled_from([1, 100]),
)
def test_round_rows_free(cells, unit):
    real = np.array(cells) * unit
    columns = np.maximum(np.rint(real.sum(axis=0) / unit), 0).astype(np.int64) * unit
    sums = real.sum(axis=0)
    scaled = real * np.divide(columns, sums, out=np.zeros(3), where=sums > 0)
    found = quotas.round_rows_free(scaled, columns, unit=unit)
    assert found.sum(axis=0).tolist() == columns.tolist()
    assert (found % unit == 0).all()
    assert (np.abs(found - scaled) <= unit * 1.001).all()
    assert (np.abs(found.sum(axis=1) - scaled.sum(axis=1)) <= unit * 1.001).all()


# --- limits from pins and bounds --------------------------------------------------------------------


def taken(rules, carried=None, unit=1):
    can = np.ones((2, 2), dtype=bool) if carried is None else np.array(carried)
    terms = RepAllocationTerms.model_validate(rules)
    return limits.limits(terms, claims_of(terms.pins, PEOPLE), PEOPLE, carried=can, most=1_000, unit=unit)


def test_bounds_are_taken_inwards_to_the_money_unit():
    found = taken({"bounds": {"min": Decimal("1.50"), "max": Decimal("3.50")}}, unit=100)
    assert found.low.tolist() == [200, 200]
    assert found.high.tolist() == [300, 300]


def test_a_month_fixed_raises_the_least():
    found = taken({"pins": [{"rep": "B", "month": "2027-02", "amount": 5}]})
    assert found.fixed.tolist() == [[NO, NO], [NO, 500]]
    assert found.agreed.tolist() == [[0, 0], [0, 500]]
    assert found.low.tolist() == [0, 500]


def test_who_can_carry_nothing_has_no_bounds():
    found = taken({"bounds": {"min": 1}}, carried=[[True, True], [False, False]])
    assert found.low.tolist() == [100, 0]
    assert found.high.tolist() == [1_000, 0]


def test_all_months_fixed_fix_the_quota():
    pins = [{"rep": "A", "month": month, "amount": 2} for month in ("2027-01", "2027-02")]
    found = taken({"pins": pins})
    assert (found.low[0], found.high[0]) == (400, 400)


def test_pins_in_whole_units():
    pins = RepAllocationTerms.model_validate({"pins": [{"rep": "A", "amount": Decimal("1.50")}]}).pins
    known = {"rep": ["A"], "team": [], "month": MONTHS}
    assert [fault.code for fault in part_faults(pins, "pins", known, 100)] == ["pin_unit"]
    assert [*part_faults(pins, "pins", known, 50)] == []


# --- weights -----------------------------------------------------------------------------------------


def test_last_year_leaves_out_the_house_account_and_older_years():
    rows = [
        ("2026-01", "A", 5),
        ("2026-12", "A", 6),
        ("2025-12", "A", 7),
        ("2026-02", "(unassigned)", 8),
        ("2026-02", "", 9),
    ]
    history = pd.DataFrame(rows, columns=["month", "rep", "amount"])
    assert weighing.last_year_sales(history, MONTHS).to_dict() == {"A": 11}


def test_year_before():
    assert roster.year_before(["2027-04", "2028-03"]) == ["2026-04", "2027-03"]
    assert roster.year_before(["2027-04"], 3) == ["2024-04"]


# --- cells -------------------------------------------------------------------------------------------

MEMBERS = pd.DataFrame({"region": ["n", "n", "s"], "product": ["p", "q", "p"]})


def test_own_mix():
    sold = pd.DataFrame(
        [("R0", "n", "p", 30), ("R0", "n", "q", 10), ("R0", "x", "p", 99), ("R1", "n", "p", -5), ("Z", "s", "p", 50)],
        columns=["rep", "region", "product", "amount"],
    )
    found = cube.own_mix(["R0", "R1"], sold, MEMBERS)
    assert found.tolist() == [[0.75, 0.25, 0], [0, 0, 0]]


def test_a_rep_reaches_his_regions_and_those_he_sold_in():
    own = np.array([[0.75, 0.25, 0], [0, 0, 0], [0, 0, 0]])
    found = cube.reach_of(own, [frozenset("s"), frozenset("s"), frozenset()], MEMBERS)
    assert found.tolist() == [[True, True, True], [False, False, True], [True, True, True]]
    assert cube.reach_of(own[:, :2], [frozenset("s")] * 3, MEMBERS[["product"]].head(2)).all()


def mix(*own, reach=None):
    shares = np.array(own, dtype=float)
    return cube.Mix(shares, np.ones(shares.shape, dtype=bool) if reach is None else np.array(reach))


def test_what_is_new_goes_where_a_rep_sells_the_rest():
    """q is new: nobody sold it, so each rep has of it what he has of the others in the region, as the plan has it."""
    found = cube.with_new(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), np.array([60.0, 20.0, 20.0]), MEMBERS)
    assert found.tolist() == [pytest.approx([1 / 1.25, 0.25 / 1.25, 0]), [0, 0, 1]]


def test_growth_of_what_is_known_is_not_new():
    own = np.array([[0.5, 0.1, 0.4]])
    np.testing.assert_allclose(cube.with_new(own, np.array([60.0, 19.0, 21.0]), MEMBERS), own)
    new, where = cube.novelty_of(np.array([3.0, 0.0, 1.0]), np.array([2.0, 1.0, 1.0]), MEMBERS)
    assert (new.tolist(), where[1]) == ([0, 1, 0], 1)


def test_carry_down_keeps_both_margins():
    base = np.array([[600, 0], [400, 300]])
    amount = base + np.array([[30, 0], [20, 15]])
    cells = np.array([apportion(1_000, [5, 3, 2]), apportion(300, [1, 1, 1])])
    real, whole = cube.carry_down(amount, cells, mix([0.75, 0.25, 0], [0, 0, 0]))
    found = cube.base_cells(base, cells, real, whole)
    assert found.sum(axis=1).tolist() == cells.tolist()
    assert found.sum(axis=2).T.tolist() == base.tolist()
    assert whole.sum(axis=2).T.tolist() == amount.tolist()
    assert whole.sum(axis=1).tolist() == [apportion(1_050, cells[0]).tolist(), apportion(315, cells[1]).tolist()]
    assert found[0, 0, 0] > found[0, 1, 0]


def test_who_is_elsewhere_is_used_only_where_nothing_else_fits():
    """Both margins can be met within reach: nothing lies outside. They cannot: only what must."""
    own, reach = ([1, 0], [0, 1]), [[True, False], [False, True]]
    even, _ = cube.carry_down(np.array([[500], [500]]), np.array([[500, 500]]), mix(*own, reach=reach))
    np.testing.assert_allclose(even[0], [[500, 0], [0, 500]], atol=0.1)
    _, forced = cube.carry_down(np.array([[600], [400]]), np.array([[500, 500]]), mix(*own, reach=reach))
    assert forced[0].tolist() == [[500, 100], [0, 400]]


def test_a_quota_of_a_fen_without_a_base_finds_its_cell():
    amount, cells = np.array([[10], [1]]), np.array([[6, 4]])
    real, whole = cube.carry_down(amount, cells, mix([1.0, 0.0], [1.0, 0.0]))
    assert cube.base_cells(np.array([[10], [0]]), cells, real, whole).sum(axis=2).tolist() == [[10, 0]]
    assert whole.sum(axis=2).tolist() == [[10, 1]]


def test_quantities_go_with_the_amounts_and_stay_unknown():
    cells, quantity = np.array([[100, 50, 0]]), np.array([[20.0, np.nan, 3.0]])
    found = cube.quantities(np.array([[[105, 10, 0], [0, 0, 0]]]), cells, quantity)
    np.testing.assert_allclose(found, [[[21, np.nan, np.nan], [0, np.nan, np.nan]]])


def test_month_totals_forget_the_dimensions():
    table = pd.DataFrame(
        {
            "rep": ["B", "A", "A"],
            "month": ["2027-01"] * 3,
            "region": ["n", "n", "s"],
            "base": [1, 2, 3],
            "amount": [4, 5, 6],
        }
    )
    assert cube.month_totals(table).to_numpy().tolist() == [["A", "2027-01", 5, 11], ["B", "2027-01", 1, 4]]
