"""Splits with both margins exact: the fit, its limits, and the rounding."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.apportion import MisfitError, apportion, apportion_table, fit_table, split_table

GOLDENS = Path(__file__).parents[2] / "shared/goldens"
INF = float("inf")
SEEDS = st.integers(0, 2**32 - 1).map(np.random.default_rng)
SIZES = st.integers(1, 9)


def _read(name):
    if not (GOLDENS / name).exists():
        pytest.skip("no goldens here")
    return json.loads((GOLDENS / name).read_text(encoding="utf-8"))


def assert_margins(table, rows, columns):
    assert table.dtype == np.int64
    assert table.sum(axis=1).tolist() == list(rows)
    assert table.sum(axis=0).tolist() == list(columns)


# the fit


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "fitted"),
    [
        pytest.param([[1, 1], [1, 1]], [30, 70], [40, 60], [[12, 18], [28, 42]], id="even seed: products of margins"),
        pytest.param([[2, 0], [5, 3]], [10, 30], [20, 20], [[10, 0], [10, 20]], id="a zero cell stays zero"),
        pytest.param([[3, 1]], [10], [4, 6], [[4, 6]], id="one row"),
        pytest.param([[3], [1]], [4, 6], [10], [[4], [6]], id="one column"),
        pytest.param([[1, 2], [3, 4]], [0, 0], [0, 0], [[0, 0], [0, 0]], id="nothing to split"),
        pytest.param([[0, 0], [0, 0]], [0, 0], [0, 0], [[0, 0], [0, 0]], id="nothing, no weights"),
        pytest.param([[1, 1], [1, 1]], [0, 9], [4, 5], [[0, 0], [4, 5]], id="an empty row"),
        pytest.param([[1, 1], [0, 1]], [5, 7], [5, 7], [[5, 0], [0, 7]], id="a cell forced to zero"),
        pytest.param([[1, 1, 1], [0, 1, 1]], [5, 9], [5, 3, 6], [[5, 0, 0], [0, 3, 6]], id="two cells forced"),
    ],
)
def test_fit(seed, rows, columns, fitted):
    assert fit_table(seed, rows, columns) == pytest.approx(np.array(fitted, dtype=float), abs=1e-9)


def test_fit_keeps_the_odds_ratio():
    cells = fit_table([[7, 9], [12, 7]], [5, 15], [10, 10])  # a published 2 x 2 raking
    assert cells == pytest.approx(np.array([[1.775666, 3.224334], [8.224334, 6.775666]]), abs=1e-6)
    assert cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0]) == pytest.approx(7 * 7 / (9 * 12))


def test_fit_goldens():
    for case in _read("ipf_cases.json"):
        found = fit_table(case["seed"], case["row_totals"], case["col_totals"])
        assert found == pytest.approx(np.array(case["expected"]), abs=1e-6), case["id"]
        assert not found[np.array(case["seed"]) == 0].any()


@pytest.mark.parametrize(
    ("lower", "upper", "fitted"),
    [
        pytest.param(0, INF, [[50, 50], [50, 50]], id="no bound holds"),
        pytest.param([[70, 0], [0, 0]], INF, [[70, 30], [30, 70]], id="a lower bound"),
        pytest.param(0, [[20, INF], [INF, INF]], [[20, 80], [80, 20]], id="an upper bound"),
        pytest.param([[10, 0], [0, 0]], [[10, INF], [INF, INF]], [[10, 90], [90, 10]], id="a pin"),
        pytest.param(0, [[0, INF], [INF, INF]], [[0, 100], [100, 0]], id="a pin at zero"),
        pytest.param(50, 50, [[50, 50], [50, 50]], id="every cell pinned"),
    ],
)
def test_fit_within_bounds(lower, upper, fitted):
    found = fit_table([[1, 1], [1, 1]], [100, 100], [100, 100], lower=lower, upper=upper)
    assert found == pytest.approx(np.array(fitted, dtype=float), abs=1e-9)


def test_bounds_leave_the_rest_in_proportion():
    found = fit_table([[6, 3, 1]], [100], [40, 45, 15], upper=[[40, INF, INF]])
    assert found == pytest.approx(np.array([[40.0, 45.0, 15.0]]))
    upper = [[4, INF, INF, INF], [INF] * 4, [INF] * 4]
    months = fit_table(np.ones((3, 4)), [40, 40, 40], [30, 30, 30, 30], upper=upper)
    assert months[0] == pytest.approx([4, 12, 12, 12])
    assert months[1] == pytest.approx(months[2])


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "bounds", "amount", "where"),
    [
        pytest.param([[0, 0], [1, 1]], [5, 5], [5, 5], {}, 5, ([0], []), id="a row of zero cells"),
        pytest.param([[1, 0], [1, 0]], [5, 5], [7, 3], {}, 3, ([], [1]), id="a column of zero cells"),
        pytest.param([[1, 1], [1, 1]], [5, 6], [5, 5], {}, 1, ([], []), id="margins of different sums"),
        pytest.param([[1, 1], [1, 1]], [9, 1], [5, 5], {"upper": 4}, 9 - 2 * 4, ([0], []), id="caps too low"),
        pytest.param([[1, 1], [1, 1]], [9, 1], [5, 5], {"lower": 1}, 1, ([1], []), id="floors too high"),
        pytest.param([[1, 0], [1, 1]], [5, 5], [5, 5], {"lower": [[0, 2], [0, 0]]}, 2, ([0], [1]), id="floor on zero"),
        pytest.param(
            [[1, 1, 0], [1, 1, 0], [1, 1, 1]], [6, 6, 6], [5, 5, 8], {}, 8 - 6, ([2], [2]), id="one cell asks too much"
        ),
        pytest.param(
            [[1, 0, 0, 1], [1, 0, 0, 1], [1, 1, 1, 1], [1, 1, 1, 1]],
            [8, 8, 2, 2],
            [5, 4, 4, 7],
            {},
            (8 + 8) - (5 + 7),
            ([0, 1], [0, 3]),
            id="two rows together",
        ),
    ],
)
def test_what_does_not_fit(seed, rows, columns, bounds, amount, where):
    with pytest.raises(MisfitError) as caught:
        fit_table(seed, rows, columns, **bounds)
    assert caught.value.amount == amount
    assert (caught.value.rows, caught.value.columns) == where
    assert str(caught.value).startswith(f"{amount} does not fit")


def test_the_smaller_side_of_a_bottleneck_is_named():
    seed = np.ones((6, 4))
    seed[:2, 1:3] = 0  # rows 0 and 1 may use columns 0 and 3 only
    with pytest.raises(MisfitError, match="more than these columns can take") as caught:
        fit_table(seed, [8, 8, 2, 2, 2, 2], [5, 6, 6, 7])
    assert (caught.value.amount, caught.value.rows, caught.value.columns) == (4, [0, 1], [0, 3])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: fit_table([[1, 1]], [1], [2, -1]), "column 1 has the sum -1.0", id="negative margin"),
        pytest.param(lambda: fit_table([[1, 1]], [1, 2], [1, 2]), "1 row sums are needed", id="margin too long"),
        pytest.param(lambda: fit_table([[1, -1]], [1], [1, 0]), "weight -1.0", id="negative seed"),
        pytest.param(lambda: fit_table([[1, 1]], [2], [1, 1], lower=2, upper=1), "bounds", id="bounds crossed"),
        pytest.param(lambda: fit_table([[1, 1]], [2], [1, 1], upper=float("nan")), "bounds", id="bound unknown"),
    ],
)
def test_fit_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


def feasible(rng, height, width):
    """A seed with zero cells, bounds, and margins that some table between the bounds has."""
    total = int(10 ** rng.uniform(1, 12))
    some = rng.random((height, width)) ** 3 * (rng.random((height, width)) < 0.7)
    some[0, 0] += 0.1
    table = apportion(total, some.ravel()).reshape(height, width)
    seed = rng.random((height, width)) * ((table > 0) | (rng.random((height, width)) < 0.2))
    lower = np.where(rng.random((height, width)) < 0.3, table * rng.choice([0.5, 1.0], (height, width)), 0.0)
    upper = np.where(rng.random((height, width)) < 0.3, table * rng.choice([1.0, 1.5], (height, width)), INF)
    return seed, table.sum(axis=1), table.sum(axis=0), np.floor(lower), np.ceil(upper)


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, SIZES)
def test_what_can_be_fitted_is_fitted_and_rounded(rng, height, width):
    seed, rows, columns, lower, upper = feasible(rng, height, width)
    fitted = fit_table(seed, rows, columns, lower=lower, upper=upper)
    assert fitted.sum(axis=1) == pytest.approx(rows, abs=1e-10 * rows.sum())
    assert fitted.sum(axis=0) == pytest.approx(columns, abs=1e-10 * rows.sum())
    assert (fitted >= lower).all()
    assert (fitted <= upper).all()
    assert not fitted[seed == 0].any()
    table = apportion_table(fitted, rows, columns)
    assert_margins(table, rows, columns)
    assert np.abs(table - fitted).max() < 1
    assert (table >= lower).all()
    assert (table <= upper).all()


# the rounding


@pytest.mark.parametrize(
    ("cells", "rows", "columns", "unit", "table"),
    [
        pytest.param([[0.4, 0.6], [0.6, 0.4]], [1, 1], [1, 1], 1, [[0, 1], [1, 0]], id="nearest of the two"),
        pytest.param([[1.2, 1.8], [1.8, 1.2]], [3, 3], [3, 3], 1, [[1, 2], [2, 1]], id="above and below"),
        pytest.param([[-0.4, -0.6], [-0.6, -0.4]], [-1, -1], [-1, -1], 1, [[0, -1], [-1, 0]], id="negative cells"),
        pytest.param([[40.0, 60.0], [60.0, 40.0]], [100, 100], [100, 100], 100, [[0, 100], [100, 0]], id="units"),
        pytest.param([[3.0, 4.0]], [7], [3, 4], 1, [[3, 4]], id="whole already"),
        pytest.param([[0.0, 0.0]], [0], [0, 0], 1, [[0, 0]], id="zeros"),
        pytest.param([[0.3, 0.3, 0.4]], [1], [0, 0, 1], 1, [[0, 0, 1]], id="more cells than units"),
        pytest.param([[2.999999999999, 1.000000000001]], [4], [3, 1], 1, [[3, 1]], id="whole but for noise"),
    ],
)
def test_rounding(cells, rows, columns, unit, table):
    assert apportion_table(cells, rows, columns, unit=unit).tolist() == table


def test_the_published_controlled_rounding():
    cells = [[362, 121, 121], [362, 0, 241]]  # Statistics Canada's example, base 100
    table = apportion_table(cells, [600, 600], [700, 100, 400], unit=100)
    assert_margins(table, [600, 600], [700, 100, 400])
    assert np.abs(table - cells).sum() == 201  # as the published table
    assert table[1, 1] == 0


def test_rounding_goldens_are_optimal():
    for case in _read("controlled_rounding_cases.json"):
        rows, columns = np.int64(case["row_totals"]), np.int64(case["col_totals"])
        table = apportion_table(case["table"], rows, columns, unit=case["base"])
        assert_margins(table, rows, columns)
        assert np.abs(table - case["table"]).sum() == pytest.approx(case["l1_distance_cells"]), case["id"]


def test_two_way_plan_golden():
    case = _read("two_way_plan_golden.json")
    seed = np.outer(case["month_shares"], case["rep_shares"])
    assert fit_table(seed, case["row_targets"], case["col_targets"]) == pytest.approx(np.array(case["real_matrix"]))
    table = split_table(seed, case["row_targets"], case["col_targets"])
    assert np.abs(table - case["real_matrix"]).sum() == pytest.approx(case["l1"])
    assert table.tolist() == case["integer_matrix"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: apportion_table([[1.5, 1.5]], [3], [2, 2]), "-1 does not fit", id="sums differ"),
        pytest.param(lambda: apportion_table([[1.0, 2.0]], [3], [2, 1]), "too far from the margins", id="wrong cells"),
        pytest.param(lambda: apportion_table([[0.5, 0.0], [0.0, 0.5]], [1, 0], [0, 1]), "too far", id="no table"),
        pytest.param(lambda: apportion_table([[1.5, 1.5]], [3], [2, 1], unit=2), "multiple of the unit 2", id="units"),
        pytest.param(lambda: apportion_table([[1.0]], [1, 2], [3]), "1 sums are needed", id="margin too long"),
        pytest.param(lambda: apportion_table([[float("nan")]], [1], [1]), "table of numbers", id="unknown cell"),
        pytest.param(lambda: split_table([[1, 1], [1, 1]], [3, -1], [1, 1]), "has the sum -", id="mixed signs"),
        pytest.param(lambda: split_table([[0, 0]], [3], [1, 2]), "3 does not fit", id="only zero weights"),
    ],
)
def test_rounding_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


def test_a_negative_split_mirrors():
    seed = [[3, 1, 2], [1, 1, 4]]
    assert (split_table(seed, [-50, -51], [-33, -33, -35]) == -split_table(seed, [50, 51], [33, 33, 35])).all()


@settings(max_examples=60, deadline=None)
@given(SEEDS, SIZES, SIZES, st.integers(0, 9 * 10**15), st.sampled_from([1, 100, 10_000]))
def test_splits_are_exact_within_a_unit_and_free_of_order(rng, height, width, total, unit):
    total -= total % unit
    seed = rng.random((height, width)) + 0.01
    rows = apportion(total, rng.random(height) + 0.1, unit=unit)
    columns = apportion(total, rng.random(width) + 0.1, unit=unit)
    table = split_table(seed, rows, columns, unit=unit)
    assert_margins(table, rows, columns)
    assert not (table % unit).any()
    fitted = fit_table(seed, rows, columns)
    assert np.abs(table - fitted).max() < unit + 4 * np.spacing(float(total))
    if total < 10**12:
        down, across = rng.permutation(height), rng.permutation(width)
        again = split_table(seed[np.ix_(down, across)], rows[down], columns[across], unit=unit)
        assert (again == table[np.ix_(down, across)]).all()


def best_of_all(fractions, rows, columns):
    """The largest sum of fractions that any choice of cells with these margins has, by trying all of them."""
    height, width = fractions.shape
    best = -1.0
    for choice in range(2 ** (height * width)):
        ups = (choice >> np.arange(height * width) & 1).reshape(height, width)
        if (ups.sum(axis=1) == rows).all() and (ups.sum(axis=0) == columns).all() and not ups[fractions == 0].any():
            best = max(best, float((fractions * ups).sum()))
    return best


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_no_other_rounding_is_nearer(rng):
    seed = rng.random((3, 3)) * (rng.random((3, 3)) < 0.8) + np.eye(3)
    rows, columns = apportion(20, rng.random(3) + 0.2), apportion(20, rng.random(3) + 0.2)
    try:
        fitted = fit_table(seed, rows, columns)
    except MisfitError:
        return
    table, floor = apportion_table(fitted, rows, columns), np.floor(fitted + 1e-9).astype(int)
    fractions = np.where(fitted - floor > 1e-9, fitted - floor, 0.0)
    best = best_of_all(fractions, rows - floor.sum(axis=1), columns - floor.sum(axis=0))
    assert (fractions * (table - floor)).sum() == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize(
    ("height", "width", "alike", "seconds"),
    [
        pytest.param(500, 30, False, 0.3, id="500 reps x 30 cells"),
        pytest.param(10_000, 12, False, 4, id="10,000 reps x 12 months"),
        pytest.param(10_000, 12, True, 4, id="10,000 reps all alike"),
        pytest.param(12, 10_000, False, 4, id="12 months x 10,000 members"),
    ],
)
def test_large_tables(height, width, alike, seconds):
    rng = np.random.default_rng(3)
    rows = apportion(560_000_000, np.ones(height) if alike else rng.random(height))
    columns = apportion(560_000_000, rng.random(width))
    seed = np.ones((height, width)) if alike else rng.random((height, width)) + 0.1
    fitted = fit_table(seed, rows, columns)
    begin = time.process_time()  # of this process alone, so that a busy machine fails nothing
    table = apportion_table(fitted, rows, columns)
    assert time.process_time() - begin < seconds
    assert_margins(table, rows, columns)
    assert np.abs(table - fitted).max() < 1


def test_equal_reps_share_the_odd_units():
    table = split_table(np.ones((1200, 12)), np.full(1200, 18), np.full(12, 1800))
    assert_margins(table, [18] * 1200, [1800] * 12)
    assert set(np.unique(table)) == {1, 2}  # 1.5 each
