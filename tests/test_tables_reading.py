"""Files of every kind and encoding become the same rows, with the file's own row numbers."""

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet
from tables_plan import check_plan, codes, column, notices, sales, write
from workbooks import heavy_after

from salesplan.tables.encoding import decode
from salesplan.tables.reading import float_text

CHINESE = "日期,金额,客户,业务员\n2026-01-05,100.00,郑州百货,张三\n2027-02-01,1234.50,洛阳商贸,李四\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(CHINESE.encode(), None, id="UTF-8"),
        pytest.param(CHINESE.encode("utf-8-sig"), "UTF-8 BOM", id="UTF-8 with mark"),
        pytest.param(CHINESE.encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(b"\xfe\xff" + CHINESE.encode("utf-16-be"), "UTF-16", id="UTF-16 big endian"),
        pytest.param(CHINESE.encode("gb18030"), "GB18030", id="GB18030"),
        pytest.param(CHINESE.encode("gbk"), "GB18030", id="GBK"),
        pytest.param(CHINESE.replace("\n", "\r\n").encode(), None, id="Windows line ends"),
        pytest.param(CHINESE.replace("\n", "\r").encode(), None, id="old Mac line ends"),
        pytest.param(CHINESE.replace(",", ";").encode(), None, id="semicolons"),
        pytest.param(CHINESE.replace(",", "\t").encode(), None, id="tabs"),
        pytest.param(CHINESE.rstrip().encode(), None, id="no line end at the end"),
        pytest.param(("\n" + CHINESE).encode(), None, id="blank line above"),
    ],
)
def test_text_files(tmp_path: Path, content: bytes, said: str | None) -> None:
    checked = check_plan(tmp_path, {"sales": content})
    assert checked.faults == []
    assert column(checked, "amount") == [123450]
    assert column(checked, "customer") == ["洛阳商贸"]
    assert notices(checked).get("encoding", {}).get("encoding") == said


def test_latin_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    latin = "date,amount,customer\n2027-01-01,1,Jörg Müller\n2027-01-02,2,Señor Peña\n".encode("latin-1")
    assert latin.decode("gb18030")  # decodes without a fault, into nonsense
    assert codes(check_plan(tmp_path, {"sales": latin}).faults) == ["file_encoding"]
    checked = check_plan(tmp_path, {"sales": latin}, encoding="latin-1")
    assert column(checked, "customer") == ["Señor Peña"]


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        pytest.param(b"date,amount\n2027-01-01,\x00\n", None, "file_zeros", id="zero bytes"),
        pytest.param(CHINESE.encode("gbk"), "utf-8", "file_encoding", id="said wrongly"),
        pytest.param(CHINESE.encode(), "klingon", "encoding_name", id="no such encoding"),
        pytest.param(b"", None, "file_empty", id="empty"),
        pytest.param(b"\n\n", None, "file_empty", id="blank lines only"),
        pytest.param(b"PK\x03\x04rest", None, "file_is_excel", id="Excel called CSV"),
    ],
)
def test_unreadable_text(tmp_path: Path, content: bytes, encoding: str | None, code: str) -> None:
    assert codes(check_plan(tmp_path, {"sales": content}, encoding=encoding).faults) == [code]


def test_decode_says_what_it_found() -> None:
    assert decode("郑州".encode("gbk"), None) == ("郑州", "GB18030")
    assert decode("郑州".encode(), None) == ("郑州", "UTF-8")
    with pytest.raises(UnicodeError):
        decode(b"\xff\xff\xff", None)


def test_a_quoted_line_break_counts_as_a_line(tmp_path: Path) -> None:
    text = sales('2027-01-02,1.00,"one\ntwo\nthree"\n2027-01-03,oops,x\n2027-01-04,2.00,y\n', "date,amount,customer")
    checked = check_plan(tmp_path, {"sales": text})
    assert [fault.place for fault in checked.faults] == ["params/demo/data/sales.csv row 6 , column amount"]
    assert column(checked, "customer")[0] == "one\ntwo\nthree"


def test_rows_of_another_width_are_named(tmp_path: Path) -> None:
    text = sales("2027-01-02,1.00\n2027-01-03,1.00,a,b\n2027-01-04,bad,c\n", "date,amount,customer")
    faults = check_plan(tmp_path, {"sales": text}).faults
    assert [(f.code, f.place.split("row ")[1], dict(f.values)) for f in faults[:2]] == [
        ("row_fields", "3", {"found": 2, "expected": 3}),
        ("row_fields", "4", {"found": 4, "expected": 3}),
    ]
    assert faults[2].place.endswith("row 5 , column amount")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param('2027-01-02,1.00,"open\n2027-01-03,2.00,x\n', id="never closed"),
        pytest.param('2027-01-02,1.00,"open\n2027-01-03,2.00,"x\n', id="closed by the next one's opening"),
        pytest.param('2027-01-02,1.00,"a"b\n', id="text behind the closing quote"),
    ],
)
def test_quotes_that_do_not_match_swallow_nothing(tmp_path: Path, rows: str) -> None:
    faults = check_plan(tmp_path, {"sales": sales(rows, "date,amount,customer")}).faults
    assert [(f.code, f.place) for f in faults] == [("row_quote", "params/demo/data/sales.csv row 3")]


def test_quotes_that_do_match(tmp_path: Path) -> None:
    rows = '2027-01-02,"1,234.50","say ""hi"""\n2027-01-03,1,5" pipe\n'
    checked = check_plan(tmp_path, {"sales": sales(rows, "date,amount,customer")})
    assert checked.faults == []
    assert column(checked, "amount") == [123450, 100]
    assert column(checked, "customer") == ['say "hi"', '5" pipe']


def test_blank_rows_are_left_out(tmp_path: Path) -> None:
    checked = check_plan(tmp_path, {"sales": sales("\n2027-01-02,1.00\n,\n , \n\n")})
    assert checked.faults == []
    assert column(checked, "amount") == [100]
    assert notices(checked)["blank_rows"] == {"count": 4}


@pytest.mark.parametrize(
    ("rows", "faulty"),
    [
        pytest.param("2027-01-02,5.00,a\n合计,105.00,\n", [], id="total of all"),
        pytest.param("小计,100.00,\n2027-01-02,5.00,a\n小计,5.00,\n合计,105.00,\n", [], id="subtotals and total"),
        pytest.param("2027-01-02,5.00,a\n,105.00,Total\n", [], id="word in another column"),
        pytest.param("2027-01-02,5.00,合计\n", [], id="a customer may be called so"),
        pytest.param("2027-01-02,5.00,a\n合计,106.00,\n", ["total_mismatch"], id="does not fit"),
    ],
)
def test_total_rows(tmp_path: Path, rows: str, faulty: list[str]) -> None:
    checked = check_plan(tmp_path, {"sales": sales(rows, "date,amount,customer")})
    assert codes(checked.faults) == faulty
    assert sum(column(checked, "amount")) == 500


def book(rows: list[list[Any]], sheets: tuple[str, ...] = ("data",)) -> Any:
    def save(path: Path) -> None:
        workbook = Workbook()
        workbook.remove(workbook.active)
        for name in sheets:
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
        workbook.save(path)

    return save


HISTORY_ROW = [datetime.date(2026, 1, 5), 100.0, "a", 1.0]


def test_excel_dates_numbers_and_noise(tmp_path: Path) -> None:
    rows = [
        ["日期", "金额", "客户", "订单号"],
        HISTORY_ROW,
        [datetime.datetime(2027, 3, 1), 0.1 + 0.2, "郑州", 120000000001.0],
        ["2027年3月2日", "¥1,234.50", 7, "007"],
        [None, None, None, None],
    ]
    checked = check_plan(tmp_path, {"sales.xlsx": book(rows)})
    assert checked.faults == []
    assert column(checked, "date") == [datetime.date(2027, 3, 1), datetime.date(2027, 3, 2)]
    assert column(checked, "amount") == [30, 123450]
    assert column(checked, "order") == ["120000000001", "007"]
    assert column(checked, "customer") == ["郑州", "7"]


def test_excel_rows_are_the_sheets(tmp_path: Path) -> None:
    rows = [["date", "amount", "customer", "order"], HISTORY_ROW, ["2027-01-01", "x", "a", 1.5e15]]
    faults = check_plan(tmp_path, {"sales.xlsx": book(rows)}).faults
    assert [(f.code, f.place) for f in faults] == [
        ("excel_digits", "params/demo/data/sales.xlsx sheet data row 3 , column D"),
        ("cell_number", "params/demo/data/sales.xlsx sheet data row 3 , column amount (B)"),
    ]


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    rows = [["date", "amount"], HISTORY_ROW[:2]]
    assert check_plan(tmp_path, {"sales.xlsx": book(rows, ("notes", "销售"))}).faults == []
    assert codes(check_plan(tmp_path, {"sales.xlsx": book(rows, ("a", "b"))}).faults) == ["excel_sheet"]


def test_excel_cells_that_a_reader_of_values_misses(tmp_path: Path) -> None:
    uncomputed = [["date", "amount"], HISTORY_ROW[:2], ["2027-01-01", "=1+1"]]
    faults = check_plan(tmp_path, {"sales.xlsx": book(uncomputed)}).faults
    assert ("cell_formula", "params/demo/data/sales.xlsx sheet data cell B3") in [(f.code, f.place) for f in faults]
    error = [["date", "amount"], HISTORY_ROW[:2], ["2027-01-01", "#N/A"]]
    assert "cell_excel_error" in codes(check_plan(tmp_path, {"sales.xlsx": book(error)}).faults)


def test_a_far_cell_is_refused_before_it_is_read(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        workbook = Workbook()
        workbook.active.append(["date", "amount"])
        workbook.active.cell(1_048_576, 16_384, "x")
        workbook.save(path)

    assert codes(check_plan(tmp_path, {"sales.xlsx": save}).faults) == ["excel_far_cell"]


@pytest.mark.parametrize("name", ["sales.xlsx", "sales.parquet"])
def test_damaged_files(tmp_path: Path, name: str) -> None:
    assert codes(check_plan(tmp_path, {name: b"PK\x03\x04 no"}).faults) == ["file_damaged"]


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", "x")

    assert codes(check_plan(tmp_path, {"sales.xlsx": save}).faults) == ["file_damaged"]


def test_parquet_of_any_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "date": pa.array([datetime.date(2026, 1, 5), datetime.date(2027, 1, 5)]),
            "amount": pa.array([100.0, 123456789012.345 / 1000]),
            "customer": pa.array(["a", None]).dictionary_encode(),
            "quantity": pa.array([1, None], pa.int32()),
            "invoice_date": pa.array([None, datetime.datetime(2027, 1, 6)], pa.timestamp("ns")),
        }
    )
    checked = check_plan(tmp_path, {"sales.parquet": lambda path: parquet.write_table(table, path)})
    assert checked.faults == []
    assert [column(checked, name) for name in ("amount", "customer", "quantity", "invoice_date")] == [
        [12345678901],
        [None],
        [None],
        [datetime.date(2027, 1, 6)],
    ]
    assert notices(checked)["rounded"]["count"] == 1


def test_many_files_of_one_table(tmp_path: Path) -> None:
    data = tmp_path / "wb/params/demo/data"
    data.mkdir(parents=True)
    write(data / "lines-1.csv", "date,amount,rep\n2026-01-01,1.00,A\n")
    write(data / "lines-2.csv", "金额,日期\n2.00,2027-01-01\nx,2027-01-02\n")
    checked = check_plan(tmp_path, {}, inputs={"sales": "data/lines-*.csv"})
    assert [f.place for f in checked.faults] == ["params/demo/data/lines-2.csv row 3 , column amount (金额)"]
    assert checked.tables["sales"]["rep"].to_pylist() == ["A", None, None]
    assert sorted(checked.hashes) == ["params/demo/data/lines-1.csv", "params/demo/data/lines-2.csv"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("data/sale.csv", "file_missing", id="no such file"),
        pytest.param("data/*.xlsx", "file_missing", id="no file fits"),
        pytest.param("../other/sales.csv", "path_outside", id="above"),
        pytest.param("/etc/passwd", "path_outside", id="absolute"),
        pytest.param("data/link.csv", "path_outside", id="link to the outside"),
        pytest.param("../../*/*/*.csv", "path_outside", id="pattern above"),
        pytest.param("data", "file_no_file", id="folder"),
        pytest.param("data/x.pdf", "file_kind", id="another kind of file"),
    ],
)
def test_paths(tmp_path: Path, path: str, code: str) -> None:
    data = tmp_path / "wb/params/demo/data"
    data.mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("date,amount\n")
    (data / "link.csv").symlink_to(tmp_path / "secret.csv")
    write(data / "sales.csv", "date,amount\n")
    write(data / "x.pdf", "x")
    faults = check_plan(tmp_path, {}, inputs={"sales": path}).faults
    assert codes(faults) == [code]
    if path == "data/sale.csv":
        assert faults[0].values["nearest"] == "data/sales.csv"


def test_a_table_in_a_database(tmp_path: Path) -> None:
    import duckdb

    data = tmp_path / "wb/params/demo/data"
    data.mkdir(parents=True)
    with duckdb.connect(data / "company.duckdb") as connection:
        connection.execute(
            "create table lines as select * from"
            " (values (date '2026-01-05', 1.50), (date '2027-01-05', 2)) t(date, amount)"
        )
    good = {"database": "duckdb://data/company.duckdb", "table": "lines"}
    checked = check_plan(tmp_path, {}, inputs={"sales": good})
    assert checked.faults == []
    assert checked.tables["sales"]["amount"].to_pylist() == [150, 200]
    assert codes(check_plan(tmp_path, {}, inputs={"sales": {**good, "table": "x"}}).faults) == ["database"]
    outside = {**good, "database": "duckdb://../../../x.duckdb"}
    assert codes(check_plan(tmp_path, {}, inputs={"sales": outside}).faults) == ["path_outside"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (100.0, "100"),
        (1e15, "1000000000000000"),
        (123456789012.345, "123456789012.345"),
        (1e-7, "0"),
        (float("nan"), ""),
        (-2.5, "-2.5"),
        (1234567.1234567, "1234567.123457"),
    ],
)
def test_floats_are_written_as_people_would(value: float, text: str) -> None:
    assert float_text(value) == text


def test_checking_imports_nothing_heavy(tmp_path: Path) -> None:
    check_plan(tmp_path, {"sales": sales("2027-01-02,1.005\n"), "reps": "rep,start\nA,2020-01-01\n"})
    code = (
        "from pathlib import Path; from salesplan import tables; from salesplan.terms import PlanTerms\n"
        "terms = PlanTerms(fiscal_year=2027, inputs={'sales': 'data/sales.csv', 'reps': 'data/reps.csv'})\n"
        f"assert not tables.check(Path({str(tmp_path / 'wb/params/demo')!r}), terms).faults"
    )
    assert heavy_after(tmp_path, code) == "[]"
