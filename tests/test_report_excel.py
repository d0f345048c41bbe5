"""salesplan.xlsx as people use it: cover, a sheet per step with sums and a chart, print setup; text stays text."""

import json
import re
import shutil
import zipfile

import openpyxl
import pytest
from excel_cases import FORMULA, HOSTILE, blocks, formulas, recalculated, small_run, step_sheets, worked_out

from salesplan import STEPS
from salesplan.report import excel
from salesplan.report.excel_block import lines_needed, shown_width
from salesplan.staging import CONTROL, DONE, INPUTS
from salesplan.tables import outputs, specification
from salesplan.wording import LANGUAGES, Words

ZH = Words("zh", "万元")
MANIFEST = {
    "plan": "henan", "run": "first", "title": "=计划 & 一", "number": 3, "revision": 0, "as_of": "2027-02-28",
    "created": "2027-03-01T08:00:00+00:00", "content": "0123456789abcdef" * 4, "headline": [["年度目标", "=1"]],
    "changes": {"a.b": "=2"},
}  # fmt: skip


def made(run, words=ZH, manifest=MANIFEST):
    """Write the workbook as a run in the making would; returns its file."""
    (run / INPUTS).mkdir()
    (run / INPUTS / CONTROL).write_text(json.dumps(manifest))
    for step in STEPS:
        (run / INPUTS / f"{step}{DONE}").touch()
    excel.write_workbook(run, words)
    shutil.rmtree(run / INPUTS)
    return run / "salesplan.xlsx"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The workbook of a run of hostile names."""
    return made(small_run(tmp_path_factory.mktemp("run")))


@pytest.fixture(scope="module")
def sheets(path):
    """The sheets of the steps, with formulas."""
    return step_sheets(path)


@pytest.fixture(scope="module")
def values(path):
    """The sheets of the steps, with the values that stand beside the formulas."""
    return step_sheets(path, values=True)


def test_cover_then_steps_then_tables(path):
    names = openpyxl.load_workbook(path).sheetnames
    assert names[:6] == ["封面", "1 年度目标", "2 月度分解", "3 配额分配", "4 提成", "5 差异分析"]
    assert {"2.1 分月分维度目标", "3.2 各人配额"} <= set(names[6:]), "tables by number and title"
    assert len(set(names)) == len(names)


def test_cover_says_of_which_run_it_is_and_links_to_every_sheet(path):
    book = openpyxl.load_workbook(path)
    cover = book.worksheets[0]
    shown = {cell.value for row in cover.iter_rows() for cell in row}
    assert {"=计划 & 一", "henan/first", MANIFEST["content"], "2027-02-28", "2027-03-01 08:00 UTC", "a.b = =2"} <= shown
    assert not formulas(cover)
    links = [cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_every_formula_is_made_of_cells_alone(sheets):
    found = [formula for sheet in sheets.values() for formula in formulas(sheet).values()]
    assert len(found) > 50
    assert all(FORMULA.fullmatch(formula.removeprefix("=")) for formula in found)


@pytest.mark.parametrize("step", STEPS)
def test_every_formula_comes_to_the_value_beside_it(sheets, values, step):
    assert formulas(sheets[step])
    for name in formulas(sheets[step]):
        worked, ours = worked_out(sheets[step], name), values[step][name].value
        assert worked == pytest.approx(ours, abs=0.0049 if abs(ours) > 100 else 1e-6), name


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_comes_to_the_same_values(path, values, tmp_path):
    again = step_sheets(recalculated(path, tmp_path), values=True)
    for step, sheet in values.items():
        for row in sheet.iter_rows():
            for cell in row:
                found = again[step][cell.coordinate].value
                is_number = isinstance(cell.value, int | float)
                assert found == (pytest.approx(cell.value, abs=0.0049) if is_number else cell.value), cell.coordinate


def test_sums_are_those_of_the_tables(path, values):
    tables = path.parent / "tables"
    pay = outputs.read(tables / "commission.csv", "commission")
    reps = outputs.read(tables / "rep_allocation_reps.csv", "rep_allocation_reps")
    assert blocks(values["commission"])["本年累计薪酬"][-1][-1] == pay["payable"].sum() / 100
    assert blocks(values["rep_allocation"])["各人各月配额"][-1][-1] == reps["quota"].sum() / 100
    by_rep = [row[-1] for row in blocks(values["rep_allocation"])["各人各月配额"][1:-1]]
    assert sorted(by_rep) == [quota / 100 for quota in sorted(reps["quota"])]
    assert blocks(values["seasonal_split"])["各月目标"][-1][1] == reps["quota"].sum() / 100
    bridge = blocks(values["variance_review"])["从目标到实际"]
    assert bridge[-1][-1] == reps["quota"].sum() / 100 - 0.03 * len(HOSTILE)


def test_hostile_names_stay_text(path, sheets):
    shown = {cell.value for sheet in sheets.values() for row in sheet.iter_rows() for cell in row
             if cell.data_type == "s"}  # fmt: skip
    assert set(HOSTILE) <= shown
    assert {f"={name}" for name in HOSTILE} <= shown
    with zipfile.ZipFile(path) as book:
        assert not [part for part in book.namelist() if "externalLink" in part or "vba" in part]
        assert b'TargetMode="External"' not in b"".join(book.read(part) for part in book.namelist())


def test_every_step_has_a_native_chart_of_its_cells(path):
    with zipfile.ZipFile(path) as book:
        charts = [book.read(part).decode() for part in sorted(book.namelist()) if "charts/chart" in part]
    assert len(charts) == len(STEPS)
    assert all("<c:f>'" in chart and "<c:title>" in chart for chart in charts)
    assert sum(r"0\.0," in chart for chart in charts) == 4, "money in 万元, pay in 元"


def test_values_are_drawn_without_calculation(path):
    with zipfile.ZipFile(path) as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    assert "<c:numCache>" in chart
    assert re.search(r"<c:v>\d+\.\d\d</c:v>", chart)


def test_panes_filters_and_printing(path):
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:6]:
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref
    for sheet in book:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((None, 0), (1, 0))
        assert "henan/first" in sheet.oddFooter.left.text
    assert {sheet.print_title_rows for sheet in book.worksheets[6:]} == {"$1:$1"}


def test_columns_are_wide_enough_for_chinese(tmp_path):
    name = "郑州市二七区建材市场第一分公司"
    book = openpyxl.load_workbook(made(small_run(tmp_path, [name])))
    place = next(cell for cell in book["2.1 分月分维度目标"][1] if cell.value == "区域").column_letter
    assert book["2.1 分月分维度目标"].column_dimensions[place].width >= 2 * len(name)
    assert book.worksheets[2].column_dimensions["A"].width >= 2 * len(name)


def test_a_run_without_a_step_says_so(tmp_path):
    book = openpyxl.load_workbook(made(tmp_path))
    assert all(sheet["A4"].value == "本次运行没有这一步的数据。" for sheet in book.worksheets[1:6])


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_speak_one_language(tmp_path, language):
    book = openpyxl.load_workbook(made(small_run(tmp_path), Words(language), {**MANIFEST, "title": "", "headline": []}))
    texts = [cell.value for sheet in book.worksheets[:6] for row in sheet.iter_rows() for cell in row
             if cell.data_type == "s" and cell.value.strip("=") not in HOSTILE]  # fmt: skip
    chinese = [text for text in texts if re.search("[\u4e00-\u9fff]", text)]
    assert not chinese if language == "en" else len(chinese) > 100


def test_too_many_members_are_left_to_the_tables(tmp_path, monkeypatch):
    monkeypatch.setattr("salesplan.report.excel_steps.MOST_MEMBERS", len(HOSTILE) - 1)
    found = step_sheets(made(small_run(tmp_path)), values=True)
    assert list(blocks(found["seasonal_split"])) == ["各月目标"]
    assert list(blocks(found["commission"])) == []


def test_same_run_gives_the_same_bytes(tmp_path):
    files = [made(small_run(tmp_path / name)) for name in ("a", "b")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_every_table_has_a_name_in_both_languages():
    for words in map(Words, LANGUAGES):
        assert [name for name in specification.TABLES if f"table.{name}" not in words.texts] == []


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("合计", 4), ("（元）", 6)])
def test_width_of_a_text(text, width):
    assert shown_width(text) == width
    assert lines_needed(text, 2) == -(-width // 2)
