"""The template: written in both languages, filled in as people do, read back exactly."""

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest
from workbooks import command

from salesplan import tables
from salesplan.errors import PlanError
from salesplan.params import load
from salesplan.tables.contract import MONEY, SPECS
from salesplan.tables.headers import recognise
from salesplan.template import PLACE, write_template
from salesplan.template.sheets import sheet_name
from salesplan.terms import PlanTerms

LANGUAGES = ("zh", "en")
PLAN = "fiscal_year: 2027\nlanguage: {language}\nfirst_month: 4\ninputs: {{sales: data/sales.csv}}\n{more}"
# What people type, by type of column: the cell, and what it must come to.
TYPED = {
    "text": ("007", "007"),
    "date": (datetime.date(2027, 5, 6), datetime.date(2027, 5, 6)),
    "month": ("2027-05", "2027-05"),
    "day_or_month": (datetime.date(2027, 5, 6), "2027-05-06"),
    "money": (1234.56, 123456),
    "exact_money": (0.07, 7),
    "quantity": (3, 3.0),
    "number": (95, 95.0),
    "rate": (0.13, 0.13),
    "share": (0.5, 0.5),
    "count": (3, 3.0),
    "kind": {"zh": ("赠品", "free"), "en": ("sale", "sale")},
    "payment_kind": {"zh": ("收款", "payment"), "en": ("payment", "payment")},
    "yes_no": {"zh": ("是", "yes"), "en": ("yes", "yes")},
    "dispute_state": {"zh": ("已答复", "answered"), "en": ("answered", "answered")},
    "measure_state": {"zh": ("进行中", "doing"), "en": ("doing", "doing")},
}


def plan_of(root, language="zh", more="", sales="date,amount\n2026-05-01,10\n2027-05-06,20\n"):
    """A plan with a table of sales; returns its folder."""
    folder = root / "params" / "demo"
    (folder / "data").mkdir(parents=True)
    (root / "notebooks").mkdir()
    (folder / "plan.yaml").write_text(PLAN.format(language=language, more=more), encoding="utf-8")
    (folder / "annual_target.yaml").write_text("levels: {commit: 100}\n")
    (folder / "data" / "sales.csv").write_text(sales, encoding="utf-8")
    return folder


def typed(column, language):
    found = TYPED[column.type]
    return found[language] if isinstance(found, dict) else found


def fill(path, rows):
    """Type rows into sheets as people do, below the example; `rows`: sheet -> lists of cells by column."""
    book = openpyxl.load_workbook(path)
    for name, lines in rows.items():
        for at, line in enumerate(lines, 3):
            for column, value in enumerate(line, 1):
                book[name].cell(at, column).value = value
    book.save(path)


def checked(folder, *names):
    """What reading finds when the plan takes these tables from the template."""
    terms = load(folder).plan
    inputs = dict.fromkeys(names, PLACE)
    return tables.check(folder, PlanTerms(**{**terms.model_dump(), "inputs": inputs}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_header_is_read_as_its_column(tmp_path, language):
    book = openpyxl.load_workbook(write_template(plan_of(tmp_path, language)))
    for name, spec in SPECS.items():
        headers = [cell.value for cell in book[sheet_name(name, language)][1]]
        assert [recognise(spec, header) for header in headers[:-1]] == list(spec.columns), name
        notes = [cell.comment.text for cell in book[sheet_name(name, language)][1]]
        assert all(len(note) > 4 for note in notes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", SPECS)
def test_a_filled_sheet_is_read_exactly(tmp_path, language, table):
    folder, spec = plan_of(tmp_path, language), SPECS[table]
    path = write_template(folder)
    pairs = [typed(column, language) for column in spec.columns]
    fill(path, {sheet_name(table, language): [[cell for cell, _ in pairs]]})
    found = checked(folder, "sales", table)
    assert not [fault for fault in found.faults if fault.code.startswith(("cell", "header", "excel", "row"))]
    row = {name: found.tables[table][name].to_pylist() for name in spec.names}
    own = {"start", "end"} & set(spec.names)
    assert {name: values for name, values in row.items() if name not in own} == {
        column.name: [value] for column, (_, value) in zip(spec.columns, pairs, strict=True) if column.name not in own
    }
    assert {notice.values.get("count") for notice in found.notices if notice.code == "examples_left_out"} == {1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_would_be_good_rows(tmp_path, language):
    folder = plan_of(tmp_path, language)
    path = write_template(folder)
    book = openpyxl.load_workbook(path)
    for name, spec in SPECS.items():
        sheet = book[sheet_name(name, language)]
        sheet.delete_cols(len(spec.columns) + 1)
    book.save(path)
    found = checked(folder, *SPECS)
    assert [f for f in found.faults if f.code.startswith(("cell", "header", "excel", "row"))] == []
    assert {name: table.num_rows for name, table in found.tables.items()} == dict.fromkeys(SPECS, 1)


def test_money_follows_the_unit_in_the_header(tmp_path):
    folder = plan_of(tmp_path)
    path = write_template(folder)
    book = openpyxl.load_workbook(path)
    book["销售"]["B1"] = "金额（万元）"
    book.save(path)
    fill(path, {"销售": [[datetime.date(2027, 5, 6), 1.5]]})
    assert checked(folder, "sales").tables["sales"]["amount"].to_pylist() == [1_500_000]


def test_a_sheet_left_empty_is_a_table_not_given(tmp_path):
    folder = plan_of(tmp_path)
    path = write_template(folder)
    fill(path, {"销售": [[datetime.date(2027, 5, 6), 20]]})
    found = checked(folder, *SPECS)
    assert list(found.tables) == ["sales"]
    assert not found.faults
    assert {n.place.rpartition(" ")[2] for n in found.notices if n.code == "sheet_empty"} >= {"业务员", "产品"}


def test_a_fault_names_sheet_row_column_and_letter(tmp_path):
    folder = plan_of(tmp_path)
    path = write_template(folder)
    fill(path, {"销售": [[datetime.date(2027, 5, 6), "1,2oo"]]})
    (fault,) = checked(folder, "sales").faults
    assert fault.place == "params/demo/data/template.xlsx sheet 销售 row 3 , column amount (金额（元）, B)"


def lists(book, sheet):
    """The drop-downs of a sheet: column letter -> what it offers, and whether anything else is refused."""
    found = {}
    for rule in book[sheet].data_validations.dataValidation:
        if rule.type == "list":
            home, cells = rule.formula1.replace("$", "").rsplit("!", 1)
            left, top, right, bottom = openpyxl.utils.range_boundaries(cells)
            rows = book[home.strip("='")].iter_rows(top, bottom, left, right, values_only=True)
            values = [row[0] for row in rows] if "选项" in home else home.strip("='")
            found[str(rule.sqref)[0]] = (values, bool(rule.showErrorMessage))
    return found


def test_drop_downs_offer_fixed_words_months_and_known_members(tmp_path):
    sales = "date,amount,rep,region,channel\n2026-05-01,10,R1,北,零售\n2026-06-01,10,=R2,南,零售\n"
    folder = plan_of(tmp_path, more="dimensions: [region]\n", sales=sales)
    book = openpyxl.load_workbook(write_template(folder))
    offered = lists(book, "销售")
    assert offered["D"] == (["北", "南"], False)
    assert offered["L"] == (["销售", "退货", "折让", "返利", "赠品"], True)
    assert lists(book, "配额")["A"] == (["=R2", "R1"], False)
    assert lists(book, "配额")["B"][0][0] == "2027-04", "months of the fiscal year"
    assert lists(book, "配额")["B"][0][-1] == "2028-03"
    assert offered["F"] == ("产品", False), "nothing known yet: what the sheet of products lists"
    assert "scattered_goals" in lists(book, "原因")["B"][0]
    assert book["选项"].sheet_state == "hidden"


def test_what_is_typed_is_checked_by_excel(tmp_path):
    book = openpyxl.load_workbook(write_template(plan_of(tmp_path, "en")))
    kinds = {str(rule.sqref)[0]: rule.type for rule in book["products"].data_validations.dataValidation}
    assert kinds["C"] == "date"
    assert kinds["D"] == "decimal"
    assert book["sales"]["B2"].number_format == "#,##0.00"
    assert book["sales"]["K2"].number_format == "@", "order numbers stay text"


def test_it_is_never_overwritten_unasked(tmp_path):
    folder = plan_of(tmp_path)
    path = write_template(folder)
    before = path.read_bytes()
    path.write_bytes(b"mine")
    with pytest.raises(PlanError) as refused:
        write_template(folder)
    assert refused.value.faults[0].code == "template_exists"
    assert path.read_bytes() == b"mine"
    assert write_template(folder, overwrite=True).read_bytes() == before, "the same plan gives the same bytes"


def test_no_such_plan(tmp_path):
    with pytest.raises(PlanError):
        write_template(tmp_path / "params" / "none")
    assert not (tmp_path / "params").exists()


def test_nothing_in_it_points_outside(tmp_path):
    with zipfile.ZipFile(write_template(plan_of(tmp_path))) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    assert not [part for part in parts if "externalLink" in part or "vbaProject" in part]
    assert b"External" not in b"".join(parts.values())
    assert b"<f>" not in b"".join(content for part, content in parts.items() if "worksheets/" in part)


def test_the_guide_lists_every_table_with_its_line(tmp_path):
    guide = openpyxl.load_workbook(write_template(plan_of(tmp_path))).worksheets[0]
    rows = [[cell.value for cell in row] for row in guide.iter_rows()]
    lines = [row[3] for row in rows if row[3] and row[3].endswith("data/template.xlsx")]
    assert lines == [f"{name}: data/template.xlsx" for name in SPECS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_headers_name_the_unit(tmp_path, language):
    book = openpyxl.load_workbook(write_template(plan_of(tmp_path, language)))
    for name, spec in SPECS.items():
        for cell, column in zip(book[sheet_name(name, language)][1], spec.columns, strict=False):
            assert ("元）" in cell.value or "(CNY)" in cell.value) == (column.type in MONEY)


def test_command_writes_it_and_the_plan_runs_on_it(workbook: Path):
    """As a new user: template, fill in, name it in plan.yaml, check."""
    done = command(workbook, "template", "params/minimal")
    assert done.returncode == 0
    assert "params/minimal/data/template.xlsx" in done.stdout
    assert command(workbook, "template", "params/minimal").returncode == 2
    path = workbook / "params" / "minimal" / PLACE
    days = [datetime.date(year, month, 15) for year in (2024, 2025, 2026) for month in range(1, 13)]
    fill(path, {"sales": [[day, 1000 + at] for at, day in enumerate(days)]})
    plan = workbook / "params" / "minimal" / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("data/sales.csv", PLACE), encoding="utf-8")
    assert PLACE in plan.read_text(encoding="utf-8")
    checked = command(workbook, "check", "params/minimal")
    assert checked.returncode == 0, checked.stderr
    assert "sales 36" in checked.stdout
