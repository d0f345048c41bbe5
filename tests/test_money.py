"""Money: exact at the edges, one rounding in between."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan import money

NINE_E14 = 9 * 10**14


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        pytest.param(Decimal("12.30"), 12 * 100 + 30, id="two decimals"),
        pytest.param(Decimal("-0.01"), -1, id="minus one fen"),
        pytest.param(Decimal("1E+3"), 1000 * 100, id="written with an exponent"),
        pytest.param(Decimal("5.000"), 5 * 100, id="zeros behind the second decimal say nothing"),
        pytest.param(5_600_000, 5_600_000 * 100, id="whole currency units"),
        pytest.param(Decimal(0), 0, id="zero"),
    ],
)
def test_to_fen(value, fen):
    assert money.to_fen(value) == fen
    assert money.from_fen(fen) == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(Decimal("0.005"), "more than 2 decimals", id="half a fen"),
        pytest.param(Decimal("NaN"), "not a number", id="unknown"),
        pytest.param(Decimal("Infinity"), "not a number", id="infinite"),
        pytest.param(Decimal("1E+14"), "too large", id="beyond int64 arithmetic"),
    ],
)
def test_no_fen(value, reason):
    with pytest.raises(ValueError, match=reason):
        money.to_fen(value)


def test_from_fen_always_has_two_decimals():
    assert str(money.from_fen(1200)) == "12.00"
    assert str(money.from_fen(-5)) == "-0.05"


def test_to_micro():
    assert money.to_micro(Decimal("0.025")) == 25_000
    assert money.to_micro(1) == money.MICRO
    with pytest.raises(ValueError, match="rate 1E-7 has more than 6 decimals"):
        money.to_micro(Decimal("0.0000001"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        pytest.param(5, 2, 3, id="half goes up"),
        pytest.param(-5, 2, -3, id="minus half goes down, away from zero"),
        pytest.param(5, -2, -3, id="the sign of the denominator counts"),
        pytest.param(-5, -2, 3, id="both signs"),
        pytest.param(4, 3, 1, id="below half"),
        pytest.param(0, 7, 0, id="nothing"),
        pytest.param(9 * 10**18, 1, 9 * 10**18, id="the largest int64 amounts"),
        pytest.param(9 * 10**18, 9 * 10**18 - 1, 1, id="a denominator whose double does not fit"),
    ],
)
def test_half_away(numerator, denominator, rounded):
    assert money.half_away(numerator, denominator) == rounded
    assert money.half_away(np.array([numerator]), denominator).tolist() == [rounded]


def test_half_away_keeps_large_python_integers():
    assert money.half_away(10**30 + 5, 10) == (10**30 + 10) // 10


def test_half_away_by_zero():
    with pytest.raises(ZeroDivisionError):
        money.half_away(1, 0)
    with pytest.raises(ZeroDivisionError):
        money.half_away(np.array([1, 2]), np.array([1, 0]))


@pytest.mark.parametrize(
    ("fen", "rate", "pay"),
    [
        pytest.param(100_00, "0.03", 100_00 * 3 // 100, id="three percent of 100.00"),
        pytest.param(50, "0.03", 2, id="1.5 fen"),
        pytest.param(-50, "0.03", -2, id="a return rounds as the sale did"),
        pytest.param(49, "0.03", 1, id="1.47 fen"),
        pytest.param(50, "-0.03", -2, id="a negative rate"),
        pytest.param(NINE_E14, "1", NINE_E14, id="largest amount, whole"),
        pytest.param(NINE_E14 - 1, "0.000001", NINE_E14 // 10**6, id="largest amount, smallest rate"),
    ],
)
def test_times_rate(fen, rate, pay):
    assert money.times_rate([fen], money.to_micro(Decimal(rate))).tolist() == [pay]


def test_times_rate_pairs_amounts_with_rates():
    assert money.times_rate(pd.Series([100, 200]), np.array([10_000, 20_000])).tolist() == [1, 4]


@pytest.mark.parametrize("values", [[1.5], ["1"], [None], pd.array([1, None], dtype="Int64")])
def test_only_whole_numbers_are_money(values):
    with pytest.raises(TypeError, match="whole numbers"):
        money.integers(values)


def test_nullable_and_empty_columns_are_taken():
    assert money.integers(pd.Series([1, 2], dtype="Int64")).tolist() == [1, 2]
    assert money.integers([]).dtype == np.int64


@given(st.integers(-NINE_E14, NINE_E14), st.integers(-2_000_000, 2_000_000))
def test_times_rate_is_the_exact_product_rounded_once(fen, micro):
    exact = (Decimal(fen) * micro / money.MICRO).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert money.times_rate([fen], micro).tolist() == [int(exact)]


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**18))
def test_half_away_is_nearest_and_odd(numerator, denominator):
    rounded = money.half_away(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert money.half_away(-numerator, denominator) == -rounded
    assert money.half_away(np.array([numerator]), np.array([denominator]))[0] == rounded


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_there_and_back(amount):
    assert money.from_fen(money.to_fen(amount)) == amount
