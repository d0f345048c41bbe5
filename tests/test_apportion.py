"""Exact splits: one total over parts, and the properties that hold for any."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesplan.apportion import apportion, apportion_groups, stable

GOLDENS = Path(__file__).parents[2] / "shared/goldens"
TOTALS = st.integers(-9 * 10**15, 9 * 10**15)
WEIGHTS = st.lists(st.one_of(st.integers(0, 1000), st.floats(0, 1e6)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(49, [3, 7, 90], [2, 3, 44], id="Alabama before: quotas 1.47, 3.43, 44.10"),
        pytest.param(51, [3, 7, 90], [1, 4, 46], id="Alabama after: one seat lost to a larger total"),
        pytest.param(50, [3, 7, 90], [1, 4, 45], id="tie of 1.5 and 3.5 goes to the larger weight"),
        pytest.param(160, [3.31, 2.67, 1.33, 0.69], [66, 53, 27, 14], id="decimal weights"),
        pytest.param(7, [50, 30, 20], [4, 2, 1], id="quotas 3.5, 2.1, 1.4"),
        pytest.param(11, [0, 5, 5], [0, 6, 5], id="nothing for a weight of zero"),
        pytest.param(-11, [0, 5, 5], [0, -6, -5], id="a negative total mirrors its opposite"),
        pytest.param(0, [1, 2], [0, 0], id="nothing to split"),
        pytest.param(0, [0, 0], [0, 0], id="nothing to split, no weights"),
        pytest.param(0, [], [], id="nothing to split, nobody there"),
        pytest.param(2, [1, 1, 1, 1, 1], [1, 1, 0, 0, 0], id="more parts than units"),
        pytest.param(9 * 10**15, [7], [9 * 10**15], id="one part takes all"),
        pytest.param(10**15 + 1, [0.1, 0.1, 0.1], [333333333333334, 333333333333334, 333333333333333], id="large"),
        pytest.param(56, [0.1 + 0.2, 0.3], [28, 28], id="float noise decides nothing"),
        pytest.param(1, [0.1 + 0.2, 0.3], [1, 0], id="float noise makes no larger weight"),
        pytest.param(1, [0.3, 0.1 + 0.2], [1, 0], id="nor the other way round"),
        pytest.param(3, [1e300, 1e300, 1e-300], [2, 1, 0], id="weights of any scale"),
    ],
)
def test_apportion(total, weights, parts):
    assert apportion(total, weights).tolist() == parts


def test_ties_go_to_the_smaller_label():
    assert apportion(100, [1, 1, 1], labels=["b", "a", "c"]).tolist() == [33, 34, 33]
    assert apportion(101, [1, 1, 1], labels=["丙", "B", "b"]).tolist() == [33, 34, 34]  # code-point order


def test_units():
    assert apportion(56_000_000, [1, 1, 1], unit=10_000).tolist() == [18_670_000, 18_670_000, 18_660_000]
    assert apportion(-300, [2, 1], unit=100).tolist() == [-200, -100]


def test_a_year_over_months_and_reps():
    golden = json.loads(_read("two_way_plan_golden.json"))
    assert apportion(golden["total"], golden["month_shares"]).tolist() == golden["row_targets"]
    assert apportion(golden["total"], golden["rep_shares"]).tolist() == golden["col_targets"]


def test_goldens():
    for case in json.loads(_read("largest_remainder_cases.json")):
        weights = [float(Fraction(weight)) for weight in case["weights"]]
        if case["id"] != "alabama_50_tie":  # its rule for ties is another one
            assert apportion(case["seats"], weights).tolist() == case["computed_hamilton"], case["id"]


def _read(name):
    if not (GOLDENS / name).exists():
        pytest.skip("no goldens here")
    return (GOLDENS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: apportion(5, [0, 0]), "5 cannot be split: every weight is zero", id="only zeros"),
        pytest.param(lambda: apportion(5, []), "5 cannot be split", id="nobody to take it"),
        pytest.param(lambda: apportion(5, [1, -1]), r"weight -1.0 at \[1\]", id="negative weight"),
        pytest.param(lambda: apportion(5, [1, float("nan")]), r"weight nan at \[1\]", id="unknown weight"),
        pytest.param(lambda: apportion(5, [float("inf")]), "weight inf", id="infinite weight"),
        pytest.param(lambda: apportion(5, [1], unit=2), "total 5 is not a multiple of the unit 2", id="odd total"),
        pytest.param(lambda: apportion(5, [1], unit=0), "unit 0", id="no unit"),
        pytest.param(lambda: apportion(5, [1, 2], labels=["a"]), "1 labels for 2 weights", id="labels missing"),
    ],
)
def test_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.1 + 0.2, 0.3),
        (123456789012.5, 123456789012.0),
        (1234567890123456.0, 1234567890120000.0),
        (1e-20 / 3, 3.33333333333e-21),
        (0.0, 0.0),
    ],
)
def test_stable_keeps_twelve_digits(value, rounded):
    assert stable([[value]]).tolist() == [[rounded]]


def exact_quotas(total, weights):
    ratios = [Fraction(repr(float(f"{weight:.12g}"))) for weight in weights]
    return [total * ratio / sum(ratios) for ratio in ratios]


@given(TOTALS, WEIGHTS)
def test_sums_and_quotas(total, weights):
    assume(any(weights))
    parts = apportion(total, weights).tolist()
    assert sum(parts) == total
    for part, quota in zip(parts, exact_quotas(total, weights), strict=True):
        assert abs(part - quota) < 1
        assert quota or not part


@settings(deadline=None)
@given(TOTALS, WEIGHTS, st.randoms(use_true_random=False))
def test_order_is_irrelevant(total, weights, random):
    assume(any(weights))
    labels = [f"R{number:02d}" for number in range(len(weights))]
    parts = dict(zip(labels, apportion(total, weights, labels=labels).tolist(), strict=True))
    shuffled = random.sample(range(len(weights)), len(weights))
    names = [labels[i] for i in shuffled]
    again = apportion(total, [weights[i] for i in shuffled], labels=names).tolist()
    assert dict(zip(names, again, strict=True)) == parts


@given(TOTALS, WEIGHTS)
def test_a_negative_total_mirrors(total, weights):
    assume(any(weights))
    assert (apportion(-total, weights) == -apportion(total, weights)).all()


@given(st.integers(-(10**6), 10**6), WEIGHTS, st.integers(1, 10_000))
def test_units_only_scale(units, weights, unit):
    assume(any(weights))
    assert (apportion(units * unit, weights, unit=unit) == unit * apportion(units, weights)).all()


@given(st.integers(0, 10**9), st.lists(st.integers(0, 50), min_size=2, max_size=8))
def test_a_larger_weight_never_gets_less(total, weights):
    assume(any(weights))
    parts = apportion(total, weights).tolist()
    by_weight = [part for _, part in sorted(zip(weights, parts, strict=True))]
    assert by_weight == sorted(by_weight)


def test_thousands_of_parts():
    weights = np.random.default_rng(1).random(10_000)
    parts = apportion(9 * 10**15, weights)
    assert parts.sum() == 9 * 10**15


# many splits at once


def test_groups():
    assert apportion_groups([100, 5], [1, 1, 1, 1, 1], [0, 0, 0, 1, 1]).tolist() == [34, 33, 33, 3, 2]


def test_groups_in_any_order_with_labels():
    parts = apportion_groups([101, -5], [0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0], labels=["b", "b", "a", "a"])
    assert parts.tolist() == [-2, 50, -3, 51]


def test_groups_without_parts_or_total():
    assert apportion_groups([0, 7, 0], [0, 3], [0, 1]).tolist() == [0, 7]
    assert apportion_groups([], [], []).tolist() == []


GROUPED = st.lists(
    st.tuples(TOTALS, st.lists(st.integers(0, 10**6).map(lambda w: w / 10**4), min_size=1, max_size=5).filter(any)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(GROUPED, st.randoms(use_true_random=False))
def test_groups_agree_with_one_by_one(splits, random):
    parts = [(group, weight, name) for group, (_, ws) in enumerate(splits) for name, weight in enumerate(ws)]
    random.shuffle(parts)
    groups, weights, names = zip(*parts, strict=True)
    found = apportion_groups([total for total, _ in splits], weights, groups, labels=names)
    expected = [apportion(total, ws, labels=range(len(ws))) for total, ws in splits]
    assert found.tolist() == [expected[group][name] for group, name in zip(groups, names, strict=True)]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: apportion_groups([1, 5], [1, 0], [0, 1]), "total of group 1", id="only zeros"),
        pytest.param(lambda: apportion_groups([1, 5], [1], [0]), "total of group 1", id="nobody to take it"),
        pytest.param(lambda: apportion_groups([1], [1], [1]), "groups 1 to 1", id="no such group"),
        pytest.param(lambda: apportion_groups([1], [1, 2], [0]), "2 weights, 1 groups", id="group missing"),
        pytest.param(lambda: apportion_groups([1], [-1], [0]), "weight -1.0", id="negative weight"),
    ],
)
def test_groups_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()
