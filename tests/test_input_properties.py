"""The three readers under arbitrary and spoiled files: they never crash, and what they accept is what stands there."""

import csv
import datetime
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from tables_plan import check_plan

from salesplan.params.reading import read_text
from salesplan.tables import Checked
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message, notice_text

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

GOOD_YAML = Path(__file__).with_name("bad_inputs").joinpath("base/plan.yaml").read_text(encoding="utf-8") + (
    "title: 计划\ntax: {rate: 0.13}\napprovals:\n  plan: [finance, hr]\n"
)
GOOD_CSV = (
    '日期,订单号,金额,客户\n2026-01-05,007,100.00,甲公司\n2027-02-01,B1,1234.5,"乙,公司"\n2027-02-02,B2,-3.00,丙\n'
)


def checked(name: str, content: bytes) -> Checked:
    """The plan with this file as its sales."""
    with TemporaryDirectory() as folder:
        found = check_plan(Path(folder), {name: content})
        for language in LANGUAGES:
            words = Words(language)
            told = [message(fault, words) for fault in found.faults] + [
                notice_text(one, words) for one in found.notices
            ]
            assert not any("\n" in text for text in told)
        return found


def spoiled(good: bytes) -> st.SearchStrategy[bytes]:
    """A good file with some bytes replaced, left out or put in."""
    edit = st.tuples(st.integers(0, len(good)), st.integers(0, 4), st.binary(max_size=4))

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        found = good
        for at, size, put in edits:
            found = found[:at] + put + found[at + size :]
        return found

    return st.lists(edit, min_size=1, max_size=4).map(apply)


def excel(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


GOOD_EXCEL = excel([["日期", "订单号", "金额"], [datetime.date(2027, 1, 5), "007", 12.5], ["2027-01-06", "B", -3]])

# ---------------------------------------------------------------- YAML


@many
@given(st.one_of(st.text(), st.text(alphabet="ab:-[]{}'\"#&*!|>%@,? \n\t0123.~\uff1a\uff0c")))
def test_any_text_is_a_document_or_a_fault(text: str) -> None:
    document = read_text(text, "f.yaml")
    assert all(fault.place.startswith("f.yaml") for fault in document.faults)
    assert document.faults or isinstance(document.data, dict)


@many
@given(spoiled(GOOD_YAML.encode()))
def test_a_spoiled_document_that_is_accepted_reads_as_another_reader_reads_it(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    document = read_text(text, "f.yaml")
    if document.faults:
        return
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        other = yaml.load(text) or {}
    except (YAMLError, ValueError):  # what it takes for a date or a number, and is none
        return
    assert len(document.data) == len(other)
    for key, value in document.data.items():
        if isinstance(value, int | Decimal):
            assert key not in other or float(value) == float(other[key])
        elif isinstance(other.get(key), str):
            assert value == other[key]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=4),
    max_leaves=12,
)


@many
@given(st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda key: key != "<<"), values, max_size=5))
def test_json_is_read_as_it_stands(data: dict[str, Any]) -> None:
    document = read_text(json.dumps(data), "f.yaml")
    assert document.faults or document.data == data


# ---------------------------------------------------------------- CSV


@few
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_bytes_are_a_table_or_a_fault(content: bytes) -> None:
    found = checked("sales.csv", content)
    assert found.faults or len(found.tables["sales"])


@many
@given(spoiled(GOOD_CSV.encode()))
def test_a_spoiled_csv_that_is_accepted_holds_its_amounts(content: bytes) -> None:
    found = checked("sales.csv", content)
    if found.faults or any(notice.code == "encoding" for notice in found.notices):
        return
    text = content.decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    words = {cell.strip() for row in rows for cell in row}
    amounts = found.tables["sales"]["amount"].to_pylist()
    plain_cells = {str(Decimal(cell) * 100) for cell in words if cell.replace(".", "", 1).lstrip("-").isdecimal()}
    exact = {Decimal(cell) for cell in plain_cells}
    remarked = {notice.code for notice in found.notices} & {"rounded", "groups", "currency_sign", "full_width"}
    assert remarked or all(amount in exact or -amount in exact for amount in amounts)
    orders = [order for order in found.tables["sales"]["order"].to_pylist() if order is not None]
    assert set(orders) <= words


cells = st.text(alphabet="甲乙ab01 ,;\"'\n", max_size=6)


@few
@given(st.lists(st.tuples(st.integers(-(10**10), 10**10), cells), min_size=1, max_size=8))
def test_what_a_plain_writer_wrote_is_read_back(rows: list[tuple[int, str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["date", "amount", "customer"])
    writer.writerows(["2027-01-05", f"{Decimal(fen) / 100:.2f}", name] for fen, name in rows)
    found = checked("sales.csv", file.getvalue().encode())
    assert found.faults == []
    assert found.tables["sales"]["amount"].to_pylist() == [fen for fen, _ in rows]
    assert found.tables["sales"]["customer"].to_pylist() == [name.strip() or None for _, name in rows]


# ---------------------------------------------------------------- XLSX


@few
@given(spoiled(GOOD_EXCEL))
def test_a_spoiled_workbook_is_a_table_or_a_fault(content: bytes) -> None:
    found = checked("sales.xlsx", content)
    assert found.faults or found.tables["sales"]["amount"].to_pylist() == [1250, -300]


@few
@given(st.data())
def test_a_spoiled_sheet_is_a_table_or_a_fault(data: st.DataObject) -> None:
    source = zipfile.ZipFile(io.BytesIO(GOOD_EXCEL))
    part = data.draw(st.sampled_from([name for name in source.namelist() if name.startswith("xl/")]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, data.draw(spoiled(content)) if name == part else content)
    found = checked("sales.xlsx", file.getvalue())
    assert found.faults or len(found.tables["sales"])


@few
@given(
    st.lists(
        st.tuples(st.integers(-(10**10), 10**10), st.text(alphabet="甲乙ab01", min_size=1)), min_size=1, max_size=6
    )
)
def test_what_a_plain_workbook_holds_is_read_back(rows: list[tuple[int, str]]) -> None:
    content = excel(
        [["date", "amount", "customer"], *([datetime.date(2027, 1, 5), fen / 100, name] for fen, name in rows)]
    )
    found = checked("sales.xlsx", content)
    assert found.faults == []
    assert found.tables["sales"]["amount"].to_pylist() == [fen for fen, _ in rows]
    assert found.tables["sales"]["customer"].to_pylist() == [name for _, name in rows]
