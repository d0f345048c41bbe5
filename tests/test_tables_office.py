"""Sheets as offices keep them: read as people mean them, and how is said; what has two readings is refused."""

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_plan import check_plan, notices

Rows = list[list[Any]]
DAYS = [datetime.date(2026, 1, 5), datetime.date(2027, 1, 6), datetime.date(2027, 2, 1)]
SALES = "date,amount,rep\n2026-01-05,100,R1\n2027-01-05,100,R2\n"
HEAD = ["日期", "客户", "金额"]
LINES = [[DAYS[0], "甲", 1.5], [DAYS[1], "乙", 2.25]]
MONTHS = [f"{number}月" for number in range(1, 13)]
YEAR = list(range(1, 13))
QUARTERS = [*MONTHS[:3], "一季度", *MONTHS[3:6], "二季度", *MONTHS[6:9], "三季度", *MONTHS[9:], "四季度", "全年"]
BY_QUARTER = [1, 2, 3, 6, 4, 5, 6, 15, 7, 8, 9, 24, 10, 11, 12, 33, 78]
FILE = "params/demo/data/"


def book(rows: Rows, merges: tuple[str, ...] = (), name: str = "台账", shift: tuple[int, int] = (0, 0)) -> Any:
    """A writer of a workbook of one sheet, its rows shifted down and to the right."""

    def save(path: Path) -> None:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.title = name
        for at, row in enumerate(rows, 1 + shift[0]):
            for column, value in enumerate(row, 1 + shift[1]):
                if value is not None:
                    sheet.cell(at, column, value)
        for cells in merges:
            sheet.merge_cells(cells)
        workbook.save(path)

    return save


def sold(tmp_path: Path, rows: Rows, *merges: str, **layout: Any) -> tuple[list[Any], list[str], dict[str, Any]]:
    """Fen of each line, faults with their places, and notices of a sheet of sales."""
    checked = check_plan(tmp_path, {"sales.xlsx": book(rows, merges, **layout)})
    faults = [f"{fault.code} {fault.place.removeprefix(FILE)}" for fault in checked.faults]
    table = checked.tables.get("sales")
    return ([] if table is None else table["amount"].to_pylist()), faults, notices(checked)


def handed(tmp_path: Path, rows: Rows, *merges: str) -> tuple[dict[tuple[str, str], int], list[str], dict[str, Any]]:
    """Fen by rep and month, faults with their places, and notices of a sheet of quotas."""
    checked = check_plan(tmp_path, {"sales": SALES, "quotas.xlsx": book(rows, merges)})
    faults = [f"{fault.code} {fault.place.removeprefix(FILE)}" for fault in checked.faults]
    table = checked.tables.get("quotas")
    found = [] if table is None else table.select(["rep", "month", "amount"]).to_pylist()
    return {(row["rep"], row["month"]): row["amount"] for row in found}, faults, notices(checked)


def test_titles_unit_total_and_notes(tmp_path: Path) -> None:
    rows = [["2026年销售明细表"], [None, None, "单位：万元"], HEAD, *LINES, ["合计", None, 3.75],
            ["注：以上金额不含税"], ["制表：张三", None, "审核：李四"]]  # fmt: skip
    amounts, faults, said = sold(tmp_path, rows, "A1:C1")
    assert (amounts, faults) == ([1_500_000, 2_250_000], [])
    assert said["title_rows"] == {"count": 2, "text": "2026年销售明细表"}
    assert said["unit_scaled"]["unit"] == "万元"
    assert said["totals_left_out"] == {"count": 1}
    assert said["notes_left_out"] == {"count": 2, "text": "注：以上金额不含税"}


@pytest.mark.parametrize(
    "notes",
    [
        pytest.param([["备注：1、本表不含税；"], ["2、退货已冲减"]], id="a note that goes on"),
        pytest.param(
            [["说明: 按上年", None, None], [], ["制表人：王敏", "复核：李", "2027年1月"][:2]], id="signatures"
        ),
        pytest.param([["Notes: returns included"]], id="English"),
        pytest.param([["数据来源：ERP"]], id="source"),
    ],
)
def test_notes_below_the_table(tmp_path: Path, notes: Rows) -> None:
    amounts, faults, said = sold(tmp_path, [HEAD, *LINES, [], *notes])
    assert (amounts, faults) == ([150, 225], [])
    assert said["notes_left_out"]["text"] == notes[0][0]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["注：补录", "丙", 3], id="a number in it"),
        pytest.param(["待补", "丙", None], id="no note"),
        pytest.param(["一月五日", None, None], id="a date in words"),
    ],
)
def test_what_may_be_data_is_no_note(tmp_path: Path, row: list[Any]) -> None:
    _, faults, said = sold(tmp_path, [HEAD, *LINES, row])
    assert "cell_date sales.xlsx sheet 台账 row 4 , column date (日期, A)" in faults
    assert "notes_left_out" not in said


def test_subtotals_of_groups_are_left_out_and_hold(tmp_path: Path) -> None:
    rows = [["区域", *HEAD], ["华东", *LINES[0]], [None, *LINES[1]], ["华东小计", None, None, 3.75],
            ["华南", DAYS[2], "丙", 1], ["华南小计", None, None, 1], ["总计", None, None, 4.75]]  # fmt: skip
    amounts, faults, said = sold(tmp_path, rows, "A2:A3")
    assert (amounts, faults) == ([150, 225, 100], [])
    assert said["totals_left_out"] == {"count": 3}
    rows[3][3] = 3.8
    _, faults, _ = sold(tmp_path, rows, "A2:A3")
    assert faults == ["total_mismatch sales.xlsx sheet 台账 row 4 , column amount (金额, D)"]


def test_a_member_may_be_called_like_a_subtotal(tmp_path: Path) -> None:
    amounts, faults, _ = sold(tmp_path, [HEAD, *LINES, [DAYS[2], "鲁南小计商行合计", 1]])
    assert (amounts, faults) == ([150, 225, 100], [])


def test_headers_repeated_on_every_page(tmp_path: Path) -> None:
    amounts, faults, said = sold(tmp_path, [HEAD, LINES[0], HEAD, LINES[1], HEAD])
    assert (amounts, faults, said["headers_left_out"]) == ([150, 225], [], {"count": 2})


def test_a_ledger_that_begins_further_down_and_to_the_right(tmp_path: Path) -> None:
    numbered = [[at, *line] for at, line in enumerate(LINES, 1)]
    amounts, faults, _ = sold(tmp_path, [["销售台账"], ["序号", *HEAD], *numbered], shift=(2, 1))
    assert (amounts, faults) == ([150, 225], [])
    _, faults, _ = sold(tmp_path, [["销售台账"], ["序号", *HEAD], [1, DAYS[0], "甲", "1o"]], shift=(2, 1))
    assert faults == ["cell_number sales.xlsx sheet 台账 row 5 , column amount (金额, E)"]


def test_quotas_by_team_with_subtotals(tmp_path: Path) -> None:
    rows = [["2027年度任务分解表（单位：万元）"], ["部门", "工号", *MONTHS, "合计"], ["零售部", "R1", *YEAR, 78],
            ["零售部小计", None, *YEAR, 78], ["工程部", "R2", *YEAR, 78], ["工程部小计", None, *YEAR, 78],
            ["总计", None, *[2 * one for one in YEAR], 156], ["说明：含税"]]  # fmt: skip
    found, faults, said = handed(tmp_path, rows, "A1:O1")
    assert not faults
    assert found == {(rep, f"2027-{n:02d}"): n * 1_000_000 for rep in ("R1", "R2") for n in YEAR}
    assert said["months_across"]["count"] == 12
    assert said["notes_left_out"]["text"] == "说明：含税"


@pytest.mark.parametrize("before", [False, True], ids=["after its months", "before its months"])
def test_quarters_between_months_hold(tmp_path: Path, *, before: bool) -> None:
    headers, values = list(QUARTERS), list(BY_QUARTER)
    if before:
        headers = [name for at in range(0, 16, 4) for name in (headers[at + 3], *headers[at : at + 3])]
        values = [one for at in range(0, 16, 4) for one in (values[at + 3], *values[at : at + 3])]
    found, faults, _ = handed(tmp_path, [["工号", *headers], ["R1", *values], ["R2", *values]])
    assert not faults
    assert found["R2", "2027-04"] == 400
    wrong = list(values)
    wrong[headers.index("二季度")] = 16
    _, faults, _ = handed(tmp_path, [["工号", *headers], ["R1", *values], ["R2", *wrong]])
    letter = "F" if before else "I"
    assert faults == [f"total_mismatch quotas.xlsx sheet 台账 row 3 , column amount (二季度, {letter})"]


def test_months_in_the_second_row_below_a_merged_unit(tmp_path: Path) -> None:
    rows = [["工号", "姓名", "2027年任务（万元）"], [None, None, *MONTHS], ["R1", "甲", *YEAR], ["R2", "乙", *YEAR]]
    found, faults, said = handed(tmp_path, rows, "A1:A2", "B1:B2", "C1:N1")
    assert not faults
    assert found["R1", "2027-12"] == 12_000_000
    assert said["unit_scaled"]["unit"] == "万元"


def test_months_as_dates(tmp_path: Path) -> None:
    days = [datetime.date(2027, month, 1) for month in YEAR]
    found, faults, _ = handed(tmp_path, [["工号", *days], ["R1", *YEAR], ["R2", *YEAR]])
    assert not faults
    assert found["R2", "2027-11"] == 1100


def test_plan_and_actual_below_each_month_have_two_readings(tmp_path: Path) -> None:
    rows = [["工号", "1月", None, "2月", None], [None, "计划", "实际", "计划", "实际"], ["R1", 1, 2, 3, 4]]
    found, faults, _ = handed(tmp_path, rows, "A1:A2", "B1:C1", "D1:E1")
    assert not found
    assert faults == ["months_split quotas.xlsx sheet 台账 row 1"]


amounts = st.lists(st.integers(-10_000_000, 10_000_000), min_size=1, max_size=12)


@settings(max_examples=25)
@given(
    fen=amounts, titles=st.integers(0, 3), blank=st.booleans(), total=st.booleans(), notes=st.integers(0, 2),
    again=st.booleans(), shift=st.tuples(st.integers(0, 2), st.integers(0, 3)), seed=st.integers(0, 11),
)  # fmt: skip
def test_a_ledger_comes_to_the_same_however_it_is_laid_out(
    tmp_path_factory: pytest.TempPathFactory, fen: list[int], titles: int, blank: bool, total: bool, notes: int,
    again: bool, shift: tuple[int, int], seed: int,
) -> None:  # fmt: skip
    lines: Rows = [[datetime.date(2027, 1 + at % 12, 5), f"客户{at}", one / 100] for at, one in enumerate(fen)]
    at = seed % len(lines)
    middle = [*([[]] if blank else []), *([HEAD] if again else [])]
    rows = [*[[f"标题{n}"] for n in range(titles)], HEAD, *lines[:at], *middle, *lines[at:]]
    rows += [["合计", None, sum(fen) / 100]] if total else []
    rows += [[f"注：{n}不含税"] for n in range(notes)]
    found, faults, _ = sold(tmp_path_factory.mktemp("book"), rows, shift=shift)
    assert (found, faults) == (fen, [])
