"""What holds in the revision by rep, the record of revisions and the landing; each broken once."""

import pandas as pd
import pytest

from salesplan.apportion import MANAGER, UNASSIGNED
from salesplan.identities.variance_review import breaches


def revision_tables():
    """Beside a revision of 300 and 300, of which the first month is met."""
    reps = pd.DataFrame(
        {
            "rep": ["A", "B", MANAGER, UNASSIGNED] * 2,
            "month": ["2027-01"] * 4 + ["2027-02"] * 4,
            "original": [110, 190, -20, 20] * 2,
            "actual": pd.Series([120, 150, 0, 30, None, None, None, None], dtype="Int64"),
            "revised": [120, 150, 0, 30, 100, 210, -20, 10],
            "pinned": False,
        }
    )
    record = pd.DataFrame(
        {
            "number": [1], "as_of": ["2027-01-31"], "reason": [""], "year": [600], "missing": [0], "promised": [0],
            "placed": [0], "unplaced": [0], "kept": [0], "ahead": [300], "difference": [0],
        }
    )  # fmt: skip
    changes = pd.DataFrame(
        {"month": ["2027-01"], "rep": ["A"], "amount_before": [100], "amount_now": [120], "difference": [20]}
    )
    return {
        "variance_review_revision_reps": reps, "variance_review_revisions": record,
        "variance_review_changes": changes, **landing_tables(),
    }  # fmt: skip


def landing_tables():
    """Two levels as of January, and two members of whom one is not foretold."""
    course = pd.DataFrame(
        {
            "month": ["2027-01"] * 2, "level": ["commit", "stretch"], "target": [600, 700],
            "expected": pd.array([610, 610], "Int64"), "low": pd.array([580, 580], "Int64"),
            "high": pd.array([640, 640], "Int64"), "probability": [0.6, 0.2],
        }
    )  # fmt: skip
    members = pd.DataFrame(
        {
            "member": ["A", "B"], "expected": pd.array([300, None], "Int64"), "low": pd.array([250, None], "Int64"),
            "high": pd.array([400, None], "Int64"),
        }
    )  # fmt: skip
    return {"variance_review_landing": course, "variance_review_landing_members": members}


def review_tables():
    """A review of two months, the first of them closed and met."""
    revision = pd.DataFrame(
        {
            "month": ["2027-01", "2027-02"], "original": [300, 300], "actual": pd.array([300, None], "Int64"),
            "revised": [300, 300], "revised_before": [300, 300],
        }
    )  # fmt: skip
    grid = pd.DataFrame({"target": [300], "actual": [300], "variance": [0]})
    names = ["member", "target", "volume", "mix", "price", "new", "lost", "actual"]
    empty = {"variance_review_bridge": pd.DataFrame(columns=names), "variance_review_causes": pd.DataFrame()}
    return {"variance_review": grid, "variance_review_revision": revision, **empty, **revision_tables()}


def named(tables):
    return [name for name, _ in breaches(tables, {})]


def test_tables_in_which_everything_holds():
    assert named(review_tables()) == []


@pytest.mark.parametrize(
    ("table", "column", "row", "by", "name"),
    [
        pytest.param("revision_reps", "original", 0, 1, "reps_sum_to_original", id="a rep's original"),
        pytest.param("revision_reps", "revised", 4, 1, "reps_sum_to_revised", id="a rep's month to come"),
        pytest.param("revisions", "year", 0, 1, "revised_year_is_recorded", id="the year of the record"),
        pytest.param("revisions", "kept", 0, 5, "revised_year_is_the_original", id="a surplus nobody made"),
        pytest.param("revisions", "placed", 0, 5, "shortfall_is_placed_or_told", id="placed"),
        pytest.param("revisions", "ahead", 0, 5, "months_to_come_are_recorded", id="months to come"),
        pytest.param("revisions", "difference", 0, 5, "difference_to_the_revision_before", id="difference"),
        pytest.param("changes", "difference", 0, 5, "changes_are_now_less_before", id="a change"),
        pytest.param("landing", "low", 0, 50, "landing_within_its_interval", id="interval"),
        pytest.param("landing_members", "high", 0, -150, "landing_within_its_interval", id="interval of a member"),
        pytest.param("landing", "probability", 1, 0.5, "higher_levels_are_never_likelier", id="levels"),
    ],
)
def test_what_is_wrong_is_named(table, column, row, by, name):
    tables = review_tables()
    frame = tables[f"variance_review_{table}"].copy()
    frame.loc[row, column] += by
    assert named({**tables, f"variance_review_{table}": frame}) == [name]
