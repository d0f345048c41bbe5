"""Grades of customers: by cumulative share, by bounds, given; how they moved; their parameters."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan.grading import (
    ABC,
    computed_grades,
    graded,
    grades_of,
    place_by_bounds,
    place_by_share,
    proposals,
)
from salesplan.terms import RepAllocationTerms
from salesplan.terms.customers import Contacts, CustomerGrades

SHARES = {
    "rule": "pareto",
    "grades": [{"name": "VIP", "share": 0.5}, {"name": "一级", "share": 0.3}, {"name": "其他"}],
}
BOUNDS = {
    "rule": "bounds",
    "grades": [{"name": "VIP", "from": 3000}, {"name": "一级", "from": 1000}, {"name": "其他"}],
}


def terms(rules):
    """As a parameter file gives it: numbers as exact decimals."""
    return CustomerGrades.model_validate(exact(rules))


def exact(found):
    if isinstance(found, dict):
        return {key: exact(value) for key, value in found.items()}
    if isinstance(found, list):
        return [exact(value) for value in found]
    return Decimal(str(found)) if isinstance(found, float) else found


def customers(last, before=None, given_grades=None):
    names = [f"C{number}" for number in range(len(last))]
    return pd.DataFrame(
        {
            "customer": names,
            "customer_name": names,
            "last_year": np.array(last, dtype=np.int64),
            "year_before": np.array(before or last, dtype=np.int64),
            "given": pd.Series(given_grades or [None] * len(last), dtype="str"),
        }
    )


# --- by share -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sales", "places"),
    [
        pytest.param([50, 30, 20], [0, 1, 2], id="who begins exactly at a border belongs below it"),
        pytest.param([49, 31, 20], [0, 0, 2], id="who crosses a border belongs above it, 80 of 100 are then reached"),
        pytest.param([20, 50, 30], [2, 0, 1], id="in any order"),
        pytest.param([100], [0], id="alone"),
        pytest.param([40, 40, 20], [0, 0, 2], id="equal sales have one grade: both are ahead of nobody"),
        pytest.param([60, 20, 20], [0, 1, 1], id="equal sales at a border: 60 are ahead of both"),
        pytest.param([100, 0, -5], [0, 2, 2], id="without sales the last"),
        pytest.param([0, 0], [2, 2], id="nobody bought"),
        pytest.param([], [], id="nobody"),
    ],
)
def test_cumulative_share(sales, places):
    assert place_by_share(pd.Series(sales, dtype="int64"), terms(SHARES).grades).tolist() == places


def test_the_last_grade_takes_what_the_shares_leave():
    rules = terms({"rule": "pareto", "grades": [{"name": "A", "share": 0.9}, {"name": "B", "share": 0.05}]})
    assert place_by_share(pd.Series([90, 6, 4]), rules.grades).tolist() == [0, 1, 1]


@given(st.lists(st.integers(0, 10**12), max_size=40), st.randoms(use_true_random=False))
def test_more_sales_never_mean_a_lower_grade_and_order_does_not_matter(sales, shuffled):
    grades = terms(SHARES).grades
    found = pd.Series(place_by_share(pd.Series(sales, dtype="int64"), grades))
    by_sales = found.groupby(pd.Series(sales, dtype="int64")).agg(["min", "max"])
    assert (by_sales["min"] == by_sales["max"]).all()
    assert by_sales["min"].is_monotonic_decreasing
    order = list(range(len(sales)))
    shuffled.shuffle(order)
    again = place_by_share(pd.Series([sales[i] for i in order], dtype="int64"), grades)
    assert again.tolist() == found.iloc[order].tolist()


def test_against_a_plain_loop():
    sales = [310, 290, 120, 80, 80, 40, 40, 25, 10, 5]
    borders = [Decimal("0.5") * sum(sales), Decimal("0.8") * sum(sales)]
    expected = [sum(border <= sum(s for s in sales if s > own) for border in borders) for own in sales]
    assert place_by_share(pd.Series(sales), terms(SHARES).grades).tolist() == expected


# --- by bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "place"),
    [
        pytest.param(300_000, 0, id="the bound itself belongs to the grade"),
        pytest.param(299_999, 1, id="one fen below"),
        pytest.param(100_000, 1, id="the lower bound"),
        pytest.param(99_999, 2, id="below every bound"),
        pytest.param(-1, 2, id="net returns"),
    ],
)
def test_bounds_are_inclusive(fen, place):
    assert place_by_bounds(pd.Series([fen]), terms(BOUNDS).grades).tolist() == [place]


# --- which counts -------------------------------------------------------------------------------


def test_given_grades_count_and_blank_ones_are_computed():
    rules = terms({**BOUNDS, "rule": "given"})
    found = graded(customers([400_000, 400_000, 5], given_grades=["其他", None, "VIP"]), rules)
    assert found["grade"].tolist() == ["其他", "VIP", "VIP"]
    assert found["computed"].tolist() == ["VIP", "VIP", "其他"]


def test_computed_grades_count_where_the_rule_says_so():
    found = graded(customers([400_000, 5], given_grades=["其他", "VIP"]), terms(BOUNDS))
    assert found["grade"].tolist() == ["VIP", "其他"]


def test_names_alone_compute_nothing():
    rules = terms({"grades": [{"name": "a"}, {"name": "b"}]})
    assert rules.computed_by == ""
    assert computed_grades(pd.Series([1, 2]), rules).isna().all()


def test_proposals_name_both_grades_the_largest_first():
    rules = terms({**BOUNDS, "rule": "given"})
    table = graded(customers([150_000, 400_000, 0], given_grades=["其他", "一级", "VIP"]), rules)
    found = proposals(table)
    assert found["customer"].tolist() == ["C1", "C0"], "no sales propose nothing"
    assert found[["given", "computed"]].to_numpy().tolist() == [["一级", "VIP"], ["其他", "一级"]]


@pytest.mark.parametrize(
    ("before", "last", "change"),
    [
        (50_000, 150_000, "up"),
        (400_000, 150_000, "down"),
        (150_000, 160_000, "same"),
        (0, 150_000, "new"),
        (150_000, 0, "lost"),
        (0, 0, ""),
    ],
)
def test_moves_between_the_years(before, last, change):
    assert graded(customers([last], [before]), terms(BOUNDS))["change"].tolist() == [change]


def test_without_a_parameter_the_table_names_the_grades():
    found = grades_of(None, customers([5, 9, 100], given_grades=["乙", "甲", "甲"]))
    assert found.names == ["甲", "乙"], "by mean sales"
    assert found.grades[0].contacts is None


def test_without_any_grade_it_is_abc():
    assert grades_of(None, customers([5])) is ABC
    assert ABC.names == ["A", "B", "C"]


# --- parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contacts", "per_month"),
    [
        ({"every": 1, "unit": "week"}, 52 / 12),
        ({"every": 2, "unit": "week"}, 26 / 12),
        ({"every": 1, "unit": "month"}, 1.0),
        ({"every": 2, "unit": "month"}, 0.5),
        ({"every": 1, "unit": "quarter"}, 1 / 3),
        ({"every": 1, "unit": "year"}, 1 / 12),
    ],
)
def test_contacts_in_a_month(contacts, per_month):
    assert Contacts.model_validate(contacts).per_month == pytest.approx(per_month)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"rule": "pareto", "grades": [{"name": "a"}, {"name": "b"}]}, "grade_needs"),
        ({"rule": "bounds", "grades": [{"name": "a"}, {"name": "b"}]}, "grade_needs"),
        ({"grades": [{"name": "a", "share": 0.7}, {"name": "b", "share": 0.4}]}, "grade_shares"),
        ({"grades": [{"name": "a", "from": 10}, {"name": "b", "from": 10}]}, "grade_order"),
        ({"grades": [{"name": "a"}, {"name": "a"}]}, "distinct"),
    ],
)
def test_grades_that_cannot_be(rules, code):
    with pytest.raises(ValidationError) as found:
        terms(rules)
    assert found.value.errors()[0]["type"] == code


@pytest.mark.parametrize(
    ("leads", "code"),
    [
        ([{"name": "A", "from": 0.5}, {"name": "B", "from": 0.5}], "grade_order"),
        ([{"name": "A", "from": 0.5}, {"name": "A"}], "distinct"),
    ],
)
def test_lead_grades_that_cannot_be(leads, code):
    with pytest.raises(ValidationError) as found:
        RepAllocationTerms.model_validate({"lead_grades": exact(leads)})
    assert found.value.errors()[0]["type"] == code


def test_a_promotion_does_not_end_before_it_starts():
    promotion = {"name": "x", "start": "2027-03-02", "end": "2027-03-01", "action": "y"}
    with pytest.raises(ValidationError) as found:
        RepAllocationTerms.model_validate({"promotions": [promotion]})
    assert found.value.errors()[0]["type"] == "end_before_start"
