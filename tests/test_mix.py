"""The mix of members, the latest year most."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.mix import recency_mix


def sold(*rows):
    return pd.DataFrame(rows, columns=["year", "region", "amount"])


def mix(frame, first_year=2024):
    return recency_mix(frame, ["region"], first_year=first_year).set_index("region")["weight"].to_dict()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(sold((2026, "a", 3), (2026, "b", 1)), {"a": 3 / 4, "b": 1 / 4}, id="one year"),
        pytest.param(
            sold((2024, "a", 1), (2024, "b", 1), (2025, "a", 1), (2026, "b", 9)),
            {"a": (2 * 0.5 + 3) / 9, "b": (2 * 0.5 + 4) / 9},
            id="years weigh 2 : 3 : 4 whatever they sold",
        ),
        pytest.param(sold((2026, "a", 5), (2026, "b", -1)), {"a": 1.0}, id="net returns are left out"),
        pytest.param(sold((2025, "a", 0), (2026, "a", 1)), {"a": 1.0}, id="a year of nothing counts for nothing"),
        pytest.param(sold(), {}, id="nothing sold"),
    ],
)
def test_mix(frame, expected):
    assert mix(frame) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(2024, 2026), st.sampled_from("abcd"), st.integers(1, 10**9)), min_size=1))
def test_weights_sum_to_one_in_any_order(rows):
    frame = sold(*rows).groupby(["year", "region"])["amount"].sum().reset_index()
    found, turned = mix(frame), mix(frame.iloc[::-1])
    assert sum(found.values()) == pytest.approx(1)
    assert turned == pytest.approx(found)
