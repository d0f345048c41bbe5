"""Faults of the review's tables and parameters, told before any step runs, and those that only its step can see."""

from pathlib import Path

import pandas as pd
import pytest

from salesplan import inputs
from salesplan.checks.variance_review import PLACE
from salesplan.errors import Fault, PlanError
from salesplan.terms.variance_review import CAUSES
from salesplan.workbook import Step

HISTORY = "".join(f"2026-{month:02d}-05,100.00,\n" for month in range(1, 13))
SALES = f"date,amount,currency\n{HISTORY}2027-01-29,80.00,\n"
CAUSE_HEADER = "月份,原因代码,影响金额,说明,措施,责任人,期限,状态\n"


def plan(root: Path, causes: str, review: str = "{}\n", sales: str = SALES) -> Path:
    folder = root / "wb" / "params" / "small"
    (folder / "data").mkdir(parents=True)
    (root / "wb" / "notebooks").mkdir()
    (folder / "plan.yaml").write_text(
        "fiscal_year: 2027\ninputs: {sales: data/sales.csv, causes: data/causes.csv}\n", encoding="utf-8"
    )
    (folder / "annual_target.yaml").write_text("levels: {commit: 1200}\n", encoding="utf-8")
    (folder / "variance_review.yaml").write_text(review, encoding="utf-8")
    (folder / "data" / "sales.csv").write_text(sales, encoding="utf-8")
    (folder / "data" / "causes.csv").write_text(CAUSE_HEADER + causes, encoding="utf-8")
    return folder


def refused(folder: Path) -> list[tuple[str, str, object]]:
    with pytest.raises(PlanError) as caught:
        inputs.check(folder)
    return [(fault.code, fault.place.split("small/")[1], fault.value) for fault in caught.value.faults]


def test_unknown_codes_and_states_are_told_together_with_their_places(tmp_path: Path) -> None:
    rows = (
        "2027-01,demand,-1,why,,,,\n2027-01,competitoin,-2,why,,,,\n2027-01,price,-3,why,call,Li,2027-02-01,halfway\n"
    )
    folder = plan(tmp_path, rows + "2027-01,weather,-4,why,,,,\n")
    assert sorted(refused(folder)) == [
        ("cell_kind", "data/causes.csv row 4 , column state (状态)", "halfway"),
        ("unknown_cause", "data/causes.csv row 3 , column code (原因代码)", "competitoin"),
        ("unknown_cause", "data/causes.csv row 5 , column code (原因代码)", "weather"),
    ]


def test_an_unknown_code_names_the_nearest_and_all_that_are_allowed(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        inputs.check(plan(tmp_path, "2027-01,competitoin,-2,why,,,,\n"))
    (fault,) = caught.value.faults
    assert dict(fault.values) == {"allowed": ", ".join(CAUSES), "nearest": "competition"}


def test_codes_are_those_of_the_plan(tmp_path: Path) -> None:
    folder = plan(tmp_path, "2027-01,weather,-2,why,,,,\n", "causes: [weather]\n")
    assert inputs.check(folder).tables["causes"]["code"].to_pylist() == ["weather"]


def test_a_month_of_the_market_outside_the_year(tmp_path: Path) -> None:
    review = "market:\n  months:\n    - {month: 2027-01, actual: 5}\n    - {month: 2026-12, actual: 5}\n"
    assert refused(plan(tmp_path, "", review)) == [
        ("month_of_year", "variance_review.yaml line 4: market.months[1].month", "2026-12")
    ]


def test_a_currency_without_a_rate_and_one_with_it(tmp_path: Path) -> None:
    sales = SALES.replace("80.00,", "80.00,USD")
    folder = plan(tmp_path, "", sales=sales)
    assert refused(folder) == [("currency_other", "data/sales.csv row 14 , column currency", "USD")]
    (folder / "variance_review.yaml").write_text("currencies: [{currency: USD, actual: 7.2, budget: 7}]\n")
    sold = inputs.check(folder).tables["sales"]
    assert (sold["amount"].to_pylist()[-1], sold["at_budget"].to_pylist()[-1]) == (57_600, 56_000)


@pytest.mark.parametrize(
    ("as_of", "kept"),
    [
        ("2027-01-31", {"count": 1, "months": "2027-01"}),
        ("2027-12-31", {"count": 3, "months": "2027-01, 2027-03"}),
    ],
)
def test_pins_of_months_that_are_over_stay_with_a_notice(tmp_path: Path, as_of: str, kept: dict[str, object]) -> None:
    pins = "".join(f"    - {{month: 2027-{month}, amount: {amount}}}\n" for month, amount in (("03", 7), ("01", 5)))
    shared = "    - {month: 2027-03, amount: 5, rep: A}\n"
    folder = plan(tmp_path, "", f"as_of: {as_of}\nrevision:\n  pins:\n{pins}{shared}")
    (folder / "data" / "sales.csv").write_text(SALES.replace("currency", "rep").replace(",\n", ",A\n"))
    found = [notice for notice in inputs.check(folder).notices if notice.code == "revision_pins_kept"]
    assert [dict(notice.values) for notice in found] == [kept]
    assert found[0].place.endswith(f"revision.pins[{1 if kept['count'] == 1 else 0}].month")


@pytest.mark.parametrize(
    ("word", "state"),
    [("待办", "open"), ("进行中", "doing"), ("已完成", "done"), ("取消", "dropped"), ("doing", "doing"), ("", None)],
)
def test_states_are_read_as_people_write_them(tmp_path: Path, word: str, state: str | None) -> None:
    found = inputs.check(plan(tmp_path, f"2027-01,price,-1,why,call,Li,2027-02-01,{word}\n")).tables["causes"]
    assert found["state"].to_pylist() == [state]


def test_what_only_the_step_can_see_knows_its_place(tmp_path: Path) -> None:
    """The place stands beside each finding, also for a process that reads the tables again."""
    made = inputs.check(plan(tmp_path, "2027-01,price,-1,why,,,,\n\n2027-01,demand,-2,why,,,,\n"))
    places = made.tables["causes"][PLACE].to_pylist()
    assert [place.split("small/")[1] for place in places] == [
        "data/causes.csv row 2 , column amount (影响金额)",
        "data/causes.csv row 4 , column amount (影响金额)",
    ]
    step = Step("variance_review", made, None)
    frame = step.input("causes")
    assert isinstance(frame, pd.DataFrame)
    assert frame[PLACE].tolist() == places


@pytest.mark.parametrize(
    ("changes", "refuses"),
    [
        pytest.param({}, True, id="the plan as it is"),
        pytest.param({"variance_review.coverage": 0.9}, True, id="another view of it"),
        pytest.param({"annual_target.levels.commit": 900}, False, id="a scenario has other targets"),
    ],
)
def test_a_step_refuses_but_in_a_scenario(tmp_path: Path, changes: dict[str, object], refuses: bool) -> None:
    step = Step("variance_review", inputs.check(plan(tmp_path, ""), changes), None)
    step.refuse([])
    if not refuses:
        return step.refuse([Fault("cause_exceeds")])
    with pytest.raises(PlanError):
        step.refuse([Fault("cause_exceeds")])
    return None
