"""Orders of rows, sums by key and totals to date, against the plain ways."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd
import pytest

from salesplan.commission.exact import boundary, cumulative, in_order, numbered, rows_of, summed

CHANCE = np.random.default_rng(7)


@pytest.mark.parametrize("most", [3, 10**6, 2**40], ids=["ties", "one key", "more than one key holds"])
def test_rows_in_order(most):
    columns = [CHANCE.integers(-most, most, 500) for _ in range(3)]
    columns[0][:250] = columns[0][250:]
    assert in_order(columns).tolist() == np.lexsort(columns[::-1]).tolist()


def test_ties_behind_what_one_key_holds():
    first, last = np.array([2**40, 0, 2**40, 0]), np.array([5, 2**40, 1, -(2**40)])
    assert in_order([first, first, last]).tolist() == [3, 1, 2, 0]


def test_no_rows():
    none = np.zeros(0, dtype=np.int64)
    assert in_order([none, none]).tolist() == []
    assert len(summed(pd.DataFrame({"key": none, "amount": none}), ["key"])) == 0


def test_numbered_is_unique():
    keys = CHANCE.integers(0, 50, 300) * 2**32
    known, first, place = np.unique(keys, return_index=True, return_inverse=True)
    for found, plain in zip(numbered(keys), (known, first, place), strict=True):
        assert found.tolist() == plain.tolist()


def test_summed_is_a_grouped_sum():
    rows = pd.DataFrame({name: CHANCE.integers(0, 4, 200) for name in ("rep", "month", "amount")})
    plain = rows.groupby(["rep", "month"], as_index=False)["amount"].sum()
    pd.testing.assert_frame_equal(summed(rows, ["rep", "month"]), plain)


def test_to_date():
    found = cumulative([0, 1, 0, 0], [0, 1, 2, 2], [5, 7, 1, 1], (2, 3))
    assert found.tolist() == [[5, 5, 7], [0, 7, 7]]
    assert rows_of(found, np.array([1, 0, 1])).tolist() == [[0, 7, 7], [5, 5, 7], [0, 7, 7]]


@pytest.mark.parametrize("size", [0, 999, 10**17], ids=["none", "small", "beyond int64 in between"])
@pytest.mark.parametrize("begin", ["0.8", "1.000001"])
def test_where_a_tier_begins(begin, size):
    assert boundary(Decimal(begin), [size, 1]).tolist() == [ceil(Fraction(begin) * size), ceil(Fraction(begin))]
