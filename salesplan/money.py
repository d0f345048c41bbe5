"""Exact money: whole fen (1/100 of the currency) in int64, rates in millionths, one rule of rounding.

A float never carries money that is paid or split. Amounts come in and go out as `Decimal`, and
are whole numbers in between; a product of money and rate is rounded once, half away from zero.
"""

from decimal import Decimal
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEN = 100
MICRO = 1_000_000
LARGEST = 9_000_000_000_000_000  # fen: the largest amount that stays exact in int64 and in float64 alike

Integers = NDArray[np.int64]


def to_fen(value: Decimal | int) -> int:
    """Whole fen of an amount in currency units: `to_fen(Decimal("12.30")) == 1230`.

    Raises ValueError when the amount has more than two decimals, is not finite or is over 9e13.
    """
    fen = _scaled(value, FEN, "amount", 2)
    if abs(fen) > LARGEST:
        raise ValueError(f"amount {value} is too large: at most {LARGEST // FEN}")
    return fen


def from_fen(fen: int) -> Decimal:
    """Amount in currency units, two decimals: `from_fen(1230) == Decimal("12.30")`."""
    return Decimal(int(fen)).scaleb(-2)


def held(fen: float) -> int:
    """Whole fen of a real amount, held within what money can be."""
    return round(max(-LARGEST, min(fen, LARGEST)))


def to_micro(rate: Decimal | int) -> int:
    """Rate in millionths: `to_micro(Decimal("0.025")) == 25_000`. Raises ValueError beyond six decimals."""
    return _scaled(rate, MICRO, "rate", 6)


def _scaled(value: Decimal | int, scale: int, what: str, decimals: int) -> int:
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{what} {value} is not a number")
    numerator, denominator = exact.as_integer_ratio()
    whole, rest = divmod(numerator * scale, denominator)
    if rest:
        raise ValueError(f"{what} {value} has more than {decimals} decimals")
    return whole


@overload
def half_away(numerator: int, denominator: int) -> int: ...
@overload
def half_away(numerator: ArrayLike, denominator: ArrayLike) -> Integers: ...
def half_away(numerator: ArrayLike, denominator: ArrayLike) -> Integers | int:
    """Integer division rounded to the nearest, halves away from zero: 5 / 2 is 3, -5 / 2 is -3.

    Two Python ints give an int of any size, anything else an int64 array (broadcast).
    Raises ZeroDivisionError for a zero denominator, TypeError for anything but integers.
    """
    if isinstance(numerator, int) and isinstance(denominator, int):
        whole, rest = divmod(abs(numerator), abs(denominator))
        rounded = whole + (rest >= abs(denominator) - rest)
        return rounded if (numerator < 0) == (denominator < 0) else -rounded
    above, below = integers(numerator), integers(denominator)
    if not below.all():
        raise ZeroDivisionError("a denominator is zero")
    size = np.abs(below)
    wholes, rests = np.divmod(np.abs(above), size)
    # rest >= size - rest says 2 rest >= size without the overflow
    return np.asarray(np.sign(above) * np.sign(below) * (wholes + (rests >= size - rests)), dtype=np.int64)


def times_rate(fen: ArrayLike, micro: ArrayLike) -> Integers:
    """Money times rate, in fen: `fen x micro / 1_000_000`, rounded once, half away from zero.

    `fen` int64, exact for amounts up to 9e14; `micro` rates in millionths, up to 9e9 (a rate of
    9,000). Both broadcast. Example: `times_rate([100, -50], to_micro(Decimal("0.03"))) -> [3, -2]`.
    """
    money, rates = integers(fen), integers(micro)
    # a million fen times a millionth is whole, so only what is left of the last million is rounded
    millions, left = np.divmod(np.abs(money), MICRO)
    size = np.abs(rates)
    product = millions * size + half_away(left * size, MICRO)
    return np.asarray(np.sign(money) * np.sign(rates) * product, dtype=np.int64)


def integers(values: ArrayLike) -> Integers:
    """Values as an int64 array. Raises TypeError for floats, text or unknown values, which are no money here."""
    array: NDArray[Any] = np.asarray(values)
    if array.dtype == object and all(isinstance(value, int | np.integer) for value in array.flat):
        return array.astype(np.int64)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"whole numbers are needed, not {array.dtype}")
    return array.astype(np.int64, copy=False)
