"""Tables laid out for the eye: title rows, headers of two rows, merged cells, months across, units in words."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tables_plan import check_plan, codes, column, notices, sales

PLAIN = "日期,金额,客户\n2026-01-05,100.00,甲\n2027-02-01,1234.50,乙\n"


def months(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


TWELVE = ",".join(f"{number}月" for number in range(1, 13))


@pytest.mark.parametrize(
    ("text", "row"),
    [
        pytest.param("2027年销售明细表\n" + PLAIN, 4, id="a title"),
        pytest.param("2027年销售明细表,,\n编制：销售部,,\n\n" + PLAIN, 6, id="two titles and a blank line"),
        pytest.param("销售明细;;\n" + PLAIN.replace(",", ";"), 4, id="semicolons"),
        pytest.param('"明细\n（内部）",,\n' + PLAIN, 5, id="a title of two lines"),
        pytest.param("基本信息,业绩,基本信息\n" + PLAIN, 4, id="groups above the names"),
        pytest.param("日期,金额,\n,,客户\n" + PLAIN.split("\n", 1)[1], 4, id="a name in the second row"),
    ],
)
def test_rows_above_the_header(tmp_path: Path, text: str, row: int) -> None:
    checked = check_plan(tmp_path, {"sales": text})
    assert checked.faults == []
    assert (column(checked, "amount"), column(checked, "customer")) == ([123450], ["乙"])
    assert {"title_rows", "header_rows"} & notices(checked).keys()
    faulty = check_plan(tmp_path, {"sales": text.replace("1234.50", "x")}).faults
    assert [fault.place for fault in faulty] == [f"params/demo/data/sales.csv row {row} , column amount (金额)"]


def test_two_rows_name_columns_together(tmp_path: Path) -> None:
    text = "基本信息,,金额,\n日期,客户,含税,未税\n2026-01-05,甲,113,100\n2027-02-01,乙,226,200\n"
    checked = check_plan(tmp_path, {"sales": text})
    assert checked.faults == []
    assert column(checked, "amount") == [22600]
    assert notices(checked)["columns_left_out"]["columns"] == "金额(未税)"


@pytest.mark.parametrize("above", ["2026-01-05,100.00,甲", "2026-01-05,100.00,", "1,2,3,4,5", "2026-01-05,甲,乙"])
def test_data_above_the_header_is_no_title(tmp_path: Path, above: str) -> None:
    found = set(codes(check_plan(tmp_path, {"sales": f"{above}\n{PLAIN}"}).faults))
    assert found & {"header_missing", "office_merged"}


@pytest.mark.parametrize(
    ("header", "cell", "fen", "unit"),
    [
        pytest.param("金额(万元)", "12.34567", 12345670, "万元", id="header"),
        pytest.param("金额（千元）", "-1,234.5", -123450000, "千元", id="full-width brackets and groups"),
        pytest.param("金额 (thousand)", "3", 300000, "thousand", id="English"),
        pytest.param("金额(亿元)", "0.00000001", 100, "亿元", id="one yuan in a hundred million"),
        pytest.param("金额(元)", "3", 300, None, id="single units"),
    ],
)
def test_units_of_headers(tmp_path: Path, header: str, cell: str, fen: int, unit: str | None) -> None:
    checked = check_plan(tmp_path, {"sales": f'日期,{header}\n2026-01-05,1\n2027-01-05,"{cell}"\n'})
    assert checked.faults == []
    assert column(checked, "amount") == [fen]
    assert notices(checked).get("unit_scaled", {}).get("unit") == unit


def test_a_unit_of_the_plans_own_header(tmp_path: Path) -> None:
    text = "日期,我的额（千元）\n2026-01-05,1\n2027-01-05,2\n"
    checked = check_plan(tmp_path, {"sales": text}, columns={"sales": {"我的额（千元）": "amount"}})
    assert column(checked, "amount") == [200_000]


@pytest.mark.parametrize(
    ("title", "header", "amount", "quantity"),
    [
        pytest.param("单位：万元", "日期,金额,数量", 2_000_000, 3.0, id="money"),
        pytest.param("单位:万元、件,,", "日期,金额,数量", 2_000_000, 3.0, id="money and pieces"),
        pytest.param("单位：万元,,", "日期,金额(元),数量", 200, 3.0, id="a header goes before the title"),
        pytest.param("单位：千件,,", "日期,金额,数量", 200, 3000.0, id="pieces"),
        pytest.param("单位：郑州分公司,,", "日期,金额,数量", 200, 3.0, id="an organisation"),
    ],
)
def test_units_of_titles(tmp_path: Path, title: str, header: str, amount: int, quantity: float) -> None:
    checked = check_plan(tmp_path, {"sales": f"{title}\n{header}\n2026-01-05,1,1\n2027-01-05,2,3\n"})
    assert checked.faults == []
    assert (column(checked, "amount"), column(checked, "quantity")) == ([amount], [quantity])


@pytest.mark.parametrize("unit", ["万", "万美元", "thousand"])
def test_units_that_cannot_be_placed_are_refused(tmp_path: Path, unit: str) -> None:
    text = f"单位：{unit},,\n日期,金额,数量\n2026-01-05,1,1\n"
    assert [(f.code, f.value) for f in check_plan(tmp_path, {"sales": text}).faults] == [("title_unit", unit)]


def test_a_unit_is_never_guessed_from_the_numbers(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": sales("2027-01-01,560.12\n")})
    assert column(checked, "amount") == [56012]


def test_a_percent_sign_goes_before_the_unit(tmp_path: Path) -> None:
    text = "产品,税率(%)\nA,13\nB,13%\n"
    checked = check_plan(tmp_path, {"sales": sales("2027-01-01,1\n"), "products": text})
    assert column(checked, "tax_rate", "products") == [0.13, 0.13]


# ---------------------------------------------------------------- months across


def test_months_across_become_rows(tmp_path: Path) -> None:
    text = months(f"业务员,{TWELVE},合计", "A," + ",".join(map(str, range(1, 13))) + ",78", "B," + "," * 11 + "5,5")
    checked = check_plan(tmp_path, {"sales": sales("2027-01-01,1\n"), "quotas": text})
    assert checked.faults == []
    rows = list(zip(*(column(checked, name, "quotas") for name in ("rep", "month", "amount")), strict=True))
    assert rows == [*(("A", f"2027-{m:02d}", m * 100) for m in range(1, 13)), ("B", "2027-12", 500)]
    assert notices(checked)["months_across"] == {"count": 12, "first": "2027-01", "last": "2027-12"}


@pytest.mark.parametrize(
    ("header", "terms", "first"),
    [
        pytest.param("1月,2月", {}, "2027-01-31", id="of the fiscal year"),
        pytest.param("1月,2月", {"first_month": 4}, "2028-01-31", id="of a fiscal year that begins in April"),
        pytest.param("2026年1月,2026年2月", {}, "2026-01-31", id="with their years"),
        pytest.param("202601,202602", {}, "2026-01-31", id="compact"),
        pytest.param("Jan,Feb", {}, "2027-01-31", id="English"),
        pytest.param("Jan 2026,Feb 2026", {}, "2026-01-31", id="English with years"),
        pytest.param("1月份,2月份", {"month_cutoff": 25}, "2027-01-25", id="months that end early"),
    ],
)
def test_sales_of_months_stand_on_their_last_day(
    tmp_path: Path, header: str, terms: dict[str, Any], first: str
) -> None:
    checked = check_plan(tmp_path, {"sales": months(f"客户,{header}", "甲,1,2", "乙,3,")}, **terms)
    assert checked.faults == []
    assert checked.tables["sales"]["date"].to_pylist()[0] == date.fromisoformat(first)
    assert checked.tables["sales"]["amount"].to_pylist() == [100, 300, 200]
    assert checked.tables["sales"]["customer"].to_pylist() == ["甲", "乙", "甲"]


def test_the_year_of_months_may_stand_in_the_title(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": f"2026年销售汇总表（单位：万元）\n客户,{TWELVE}\n甲{',1' * 12}\n"})
    assert checked.faults == []
    assert notices(checked)["months_across"] == {"count": 12, "first": "2026-01", "last": "2026-12"}
    assert set(checked.tables["sales"]["amount"].to_pylist()) == {1_000_000}


@pytest.mark.parametrize("years", [("2025", "2026"), ("2025年", "2026年度"), ("2025.0", "2026.0")])
@pytest.mark.parametrize("header", ["年度", "年份", "Year"])
def test_a_column_gives_the_year_of_each_row(tmp_path: Path, header: str, years: tuple[str, str]) -> None:
    rows = [f"{years[0]},甲{',1' * 12}", f"{years[1]},甲{',2' * 12}"]
    checked = check_plan(
        tmp_path, {"sales": f"2025-2026 年销售汇总（万元）\n{header},客户,{TWELVE}\n" + "\n".join(rows) + "\n"}
    )
    assert checked.faults == []
    assert notices(checked)["months_across_years"] == {"count": 12, "column": header}
    table = checked.tables["sales"]
    found = dict(zip(table["date"].to_pylist(), table["amount"].to_pylist(), strict=True))
    assert len(found) == 24
    assert (found[date(2025, 1, 31)], found[date(2026, 12, 31)]) == (1_000_000, 2_000_000)


def test_a_row_without_its_year_is_refused(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": f"年度,客户,{TWELVE}\n2026,甲{',1' * 12}\n去年,甲{',1' * 12}\n"})
    assert [(fault.code, fault.value) for fault in checked.faults] == [("year_of_row", "去年")]
    assert "row 3 , column 年度" in checked.faults[0].place


def test_totals_that_do_not_fit_are_told_in_the_files_unit(tmp_path: Path) -> None:
    text = "2026年销售汇总（万元）\n日期,客户,金额\n2026-01-05,甲,12\n合计,,13\n"
    checked = check_plan(tmp_path, {"sales": text})
    assert [(fault.code, fault.value, fault.values["sum"]) for fault in checked.faults] == [
        ("total_mismatch", "13", "12.00")
    ]


def test_years_above_months(tmp_path: Path) -> None:
    text = "客户,2026年,,2027年,\n,1月,2月,1月,2月\n甲,1,2,3,4\n"
    checked = check_plan(tmp_path, {"sales": text})
    assert checked.faults == []
    assert checked.tables["sales"]["date"].to_pylist()[2] == date(2027, 1, 31)


def test_numbers_are_months_only_where_there_are_many(tmp_path: Path) -> None:
    numbers = ",".join(map(str, range(1, 13)))
    assert check_plan(tmp_path, {"sales": months(f"客户,{numbers}", "甲" + ",1" * 12)}).faults == []
    assert "header_missing" in codes(check_plan(tmp_path, {"sales": months("客户,1,2", "甲,1,1")}).faults)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(("甲,1,2,3", "乙,3,4,7", "合计,4,6,10"), [], id="all sums fit"),
        pytest.param(("甲,1,2,3", "小计,1,2,3", "乙,3,4,7", "合计,4,6,10"), [], id="subtotal"),
        pytest.param(("甲,1,2,4", "乙,3,4,7"), [("row 2 , column amount (合计)", "4", "3.00")], id="a row's total"),
        pytest.param(
            ("甲,1,2,3", "乙,3,4,7", "合计,4,7,11"),
            [("row 4 , column amount (2月)", "7", "6.00")],
            id="a month's total",
        ),
    ],
)
def test_totals_of_months_across_are_reconciled(
    tmp_path: Path, rows: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    checked = check_plan(tmp_path, {"sales": months("客户,1月,2月,合计", *rows)})
    found = [(f.place.removeprefix("params/demo/data/sales.csv "), f.value, f.values["sum"]) for f in checked.faults]
    assert found == expected
    assert sum(checked.tables["sales"]["amount"].to_pylist()) == 1000


def test_a_bad_value_among_months_is_placed(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales": months("客户,1月,2月", "甲,1,2", "乙,3,oops")}).faults
    assert [f.place for f in faults] == ["params/demo/data/sales.csv row 3 , column amount (2月)"]


def test_a_month_twice_is_refused(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales": months("客户,1月,2月,01月", "甲,1,2,3")}).faults
    assert codes(faults) == ["months_twice"]


# ---------------------------------------------------------------- merged cells


def book(fill: Callable[[Any], None]) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        workbook = Workbook()
        fill(workbook.active)
        workbook.save(path)

    return save


ROWS = [["日期", "客户", "金额"], ["2026-01-05", "甲", 1], ["2027-01-05", None, 2], ["2027-01-06", "乙", 4]]


def merged(*ranges: str, above: tuple[str, ...] = ()) -> Callable[[Path], None]:
    def fill(sheet: Any) -> None:
        for row in [*([title] for title in above), *ROWS]:
            sheet.append(row)
        for one in ranges:
            sheet.merge_cells(one)

    return book(fill)


def test_merged_texts_are_filled_down(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales.xlsx": merged("A1:C1", "B3:B4", above=("2027年销售",))})
    assert checked.faults == []
    assert checked.tables["sales"]["customer"].to_pylist() == ["甲", "甲", "乙"]
    assert notices(checked)["merged_filled"] == {"columns": "customer (客户, B)"}


def test_cells_that_are_only_blank_stay_unknown(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales.xlsx": merged()})
    assert checked.tables["sales"]["customer"].to_pylist() == ["甲", None, "乙"]


def test_merged_amounts_are_refused(tmp_path: Path) -> None:
    faults = check_plan(tmp_path, {"sales.xlsx": merged("C2:C3")}).faults
    assert [(f.code, f.place.split(".xlsx ")[1]) for f in faults] == [
        ("excel_merged", "sheet Sheet row 3 , column amount (金额, C)")
    ]


def test_merged_headers_of_two_rows(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for row in (["日期", "客户", "业绩", None], [None, None, "金额(万元)", "数量"], ["2027-01-05", "甲", 1.5, 2]):
            sheet.append(row)
        for one in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(one)

    checked = check_plan(tmp_path, {"sales.xlsx": book(fill)})
    assert checked.faults == []
    assert checked.tables["sales"]["amount"].to_pylist() == [1_500_000]
    assert checked.tables["sales"]["quantity"].to_pylist() == [2.0]
