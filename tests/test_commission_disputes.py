"""The register of questions about pay: what is open, what was booked, what does not fit."""

import pandas as pd
import paper_cases as cases
import pytest
from statement_cases import words

from salesplan.commission import papers
from salesplan.conclusions.commission.disputes import questions


def register(*rows, lines=None, adjustments=None, review=None):
    told = cases.result().lines if lines is None else lines
    return papers.register(cases.asked(*rows), adjustments, told, review or cases.year().as_of)


def test_open_questions_come_first_with_their_days():
    found = register(("1", "A1", "answered", {}), ("2", "A1", "open", {}), ("3", "B2", None, {"date": "2027-02-01"}))
    assert found["number"].tolist() == ["3", "2", "1"]
    assert found["open_days"].tolist()[:2] == [27, 10] and pd.isna(found["open_days"].iloc[2])


def test_corrections_are_found_by_number_and_by_closed_month():
    adjustments = pd.DataFrame({"dispute": ["1", "1", None], "amount": [300, 200, 7]})
    found = register(
        ("1", "A1", "corrected", {"correction": 500}), ("2", "B2", "corrected", {"month": "2027-01"}),
        ("3", "C3", "corrected", {"month": "2027-01", "order": "C3-101", "correction": 99}),
        ("4", "D4", "corrected", {}), ("5", "A1", "withdrawn", {}), adjustments=adjustments,
    ).set_index("number")  # fmt: skip
    assert found["amount_corrected"].to_dict() == {"1": 500, "2": 20, "3": 20, "4": 0, "5": 0}
    assert found["finding"].to_dict() == {"1": "", "2": "", "3": "differs", "4": "not_corrected", "5": ""}


def test_a_question_answered_by_a_booking_is_not_left_open():
    adjustments = pd.DataFrame({"dispute": ["1"], "amount": [300]})
    assert register(("1", "A1", "open", {}), adjustments=adjustments)["finding"].tolist() == ["still_open"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_manager_reads_what_does_not_fit(language):
    found = register(("N1", "A1", "open", {}), ("N2", "A1", "corrected", {}))
    said = questions(words(language), register=found)
    assert len(said) == 3 and "N1" in said[1] and "N2" in said[2]
    assert len(questions(words(language), register=found.head(0))) == 1


def test_no_register_is_an_empty_table():
    assert papers.register(None, None, cases.result().lines, None).empty
