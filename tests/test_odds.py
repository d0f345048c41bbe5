"""Odds of reaching a level."""

import json
import subprocess
import sys
from math import atan, inf, isnan, nan, pi, sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.odds import interval, reach

GOLDEN = Path(__file__).parents[2] / "shared/goldens/p_attain_closed_form_cases.json"


@pytest.mark.parametrize(
    ("level", "expected", "spread", "probability"),
    [
        pytest.param(1000, 1000, 100, 0.5, id="the expectation itself"),
        pytest.param(900, 1000, 100, 0.8413447461, id="one spread below"),
        pytest.param(280, 80 + 85 + 95, sqrt(8**2 + 8.5**2 + 12**2), 0.1161030337, id="independent months"),
        pytest.param(280, 80 + 85 + 95, 8 + 8.5 + 12, 0.2414161748, id="months that move together"),
    ],
)
def test_reach_by_the_normal(level, expected, spread, probability):
    assert reach(level, expected, spread, inf) == pytest.approx(probability, abs=1e-10)


@pytest.mark.parametrize(
    ("degrees", "below"),
    [
        pytest.param(1, lambda t: 0.5 + atan(t) / pi, id="one degree is Cauchy"),
        pytest.param(2, lambda t: 0.5 + t / (2 * sqrt(2 + t * t)), id="two degrees in closed form"),
    ],
)
@pytest.mark.parametrize("t", [-3.0, -0.5, 0.0, 1.0, 4.0])
def test_reach_by_student(degrees, below, t):
    assert reach(1000 - 50 * t, 1000, 50, degrees) == pytest.approx(below(t), abs=1e-12)


def test_a_certain_result():
    assert reach(1000, 1000, 0, 5) == 1.0
    assert reach(1000.01, 1000, 0, inf) == 0.0


def test_unknown_stays_unknown():
    assert isnan(reach(1000, nan, 10, inf))
    assert isnan(reach(1000, 1000, nan, 3))


@pytest.mark.parametrize(
    ("expected", "spread", "degrees", "coverage", "half"),
    [
        pytest.param(1000, 100, inf, 0.95, 195.99640, id="normal, 95 %"),
        pytest.param(1000, 100, inf, 0.8, 128.15516, id="normal, the usual 80 %"),
        pytest.param(0, 1, 2, 0.5, sqrt(2 / 3), id="two degrees, half of all"),
        pytest.param(7, 0, 3, 0.8, 0, id="certain"),
    ],
)
def test_interval(expected, spread, degrees, coverage, half):
    low, high = interval(expected, spread, degrees, coverage=coverage)
    assert (low, high) == pytest.approx((expected - half, expected + half), abs=1e-4)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda: reach(1, 1, -1, 3), "spread -1 is negative", id="negative spread"),
        pytest.param(lambda: reach(1, 1, 1, 0), "degrees 0 must be above 0", id="no degrees of freedom"),
        pytest.param(lambda: interval(1, 1, nan), "degrees nan", id="unknown degrees"),
        pytest.param(lambda: interval(1, 1, 3, coverage=1.0), "coverage 1.0", id="certain coverage"),
    ],
)
def test_refused(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


DEGREES = st.one_of(st.just(inf), st.floats(1, 200))


@settings(deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0.1, 1e3), DEGREES, st.floats(0.05, 0.99))
def test_the_interval_holds_its_coverage(expected, spread, degrees, coverage):
    low, high = interval(expected, spread, degrees, coverage=coverage)
    inside = reach(low, expected, spread, degrees) - reach(high, expected, spread, degrees)
    assert inside == pytest.approx(coverage, abs=1e-6)


@settings(deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0, 100), st.floats(0.1, 1e3), DEGREES)
def test_a_higher_level_is_never_likelier(level, more, spread, degrees):
    assert reach(level + more, 0, spread, degrees) <= reach(level, 0, spread, degrees)


def test_goldens():
    if not GOLDEN.exists():
        pytest.skip("no goldens here")
    cases = {case["id"]: case for case in json.loads(GOLDEN.read_text(encoding="utf-8"))}
    for name in ("P01", "P03"):
        case = cases[name]
        found = reach(case["target"] - case["ytd"], case["remaining_mean"], case["remaining_sd"], inf)
        assert found == pytest.approx(case["p_normal"], abs=1e-9), name


def test_scipy_is_not_imported_with_the_module():
    code = "import sys, salesplan.odds, salesplan.apportion; print('scipy' in sys.modules, 'pandas' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
