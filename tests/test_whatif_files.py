"""What a panel writes: the lines shown before, that file and nothing else, never over somebody else's change."""

import shutil
from decimal import Decimal

import pytest
from workbooks import ROOT

from salesplan import whatif
from salesplan.errors import PlanError
from salesplan.params import load
from salesplan.params.editing import Line
from salesplan.whatif.files import ParameterFile, plain, settled_by
from salesplan.workbook import open_step

CAP = (("revision", "cap"), Decimal("0.5"), Decimal("0.3"))
REVIEW = """# 第五步：检查
revision:           # 缺口怎样补
  rule: seasonal    # 方式
  cap: 0.3          # 上限
causes: []
"""


@pytest.fixture
def file(tmp_path):
    """The review's file of a plan of its own, as a panel holds it."""
    folder = tmp_path / "params" / "henan-2027"
    folder.mkdir(parents=True)
    for source in (ROOT / "params" / "henan-2027").glob("*.yaml"):
        shutil.copy(source, folder)
    return held(folder, REVIEW.encode())


def held(folder, content):
    path = folder / "variance_review.yaml"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    return ParameterFile(path, load(folder).rules["variance_review"], "params/henan-2027/variance_review.yaml")


def codes(error):
    return [fault.code for fault in error.value.faults]


def test_the_lines_are_shown_before_and_only_they_are_written(file):
    draft = file.draft([CAP])
    assert draft.lines == [Line(4, "  cap: 0.3          # 上限", "  cap: 0.5          # 上限")]
    assert file.path.read_text() == REVIEW, "nothing is written by looking"
    file.write(draft)
    assert file.path.read_text() == REVIEW.replace("cap: 0.3", "cap: 0.5")
    assert load(file.path.parent).rules["variance_review"].revision.cap == Decimal("0.5")


def test_a_second_press_and_undo_are_harmless(file):
    assert not file.undo()
    draft = file.draft([CAP])
    file.write(draft, [CAP])
    with pytest.raises(PlanError) as error:
        file.write(draft)
    assert codes(error) == ["changed_meanwhile"]
    again = file.draft([CAP])
    assert again.lines == []
    file.write(again)
    assert file.undo()
    assert file.path.read_text() == REVIEW
    assert not file.undo()
    assert file.path.read_text() == REVIEW


def test_a_file_changed_meanwhile_is_not_overwritten(file):
    draft = file.draft([CAP])
    other = REVIEW.replace("causes: []", "causes: [price]")
    file.path.write_text(other)
    with pytest.raises(PlanError) as error:
        file.write(draft)
    assert codes(error) == ["changed_meanwhile"]
    assert file.path.read_text() == other
    file.write(file.draft([CAP]))
    assert file.path.read_text() == other.replace("cap: 0.3", "cap: 0.5")
    file.path.write_text(other)
    with pytest.raises(PlanError):
        file.undo()
    assert file.path.read_text() == other


def test_what_nobody_moved_is_left_as_it_stands(file):
    file.path.write_text(REVIEW.replace("0.3 ", "0.30"))
    assert file.draft([(("revision", "cap"), Decimal("0.3"), Decimal("0.3"))]).lines == []
    assert file.draft([(("revision", "surplus"), "keep", "keep")]).lines == []


def test_back_at_the_plans_value_after_writing_is_written_too(file):
    file.write(file.draft([CAP]), [CAP])
    back = file.draft([(CAP[0], Decimal("0.3"), Decimal("0.3"))])
    assert [line.after.strip() for line in back.lines] == ["cap: 0.3          # 上限"]


@pytest.mark.parametrize(
    ("content", "after"),
    [
        pytest.param(REVIEW.replace("\n", "\r\n").encode(), None, id="line ends of Windows"),
        pytest.param(REVIEW.encode("gbk"), None, id="GBK"),
        pytest.param(b"\xef\xbb\xbf" + REVIEW.encode(), None, id="a byte order mark"),
        pytest.param(b"\xff\xfe" + REVIEW.encode("utf-16-le"), None, id="UTF-16"),
        pytest.param(b"", b"revision: {cap: 0.5}\n", id="empty"),
        pytest.param(None, b"revision: {cap: 0.5}\n", id="no such file"),
        pytest.param(b"revision:\n  rule: even\n", b"revision:\n  rule: even\n  cap: 0.5\n", id="the key is absent"),
    ],
)
def test_every_encoding_and_line_end_stays(file, content, after):
    other = held(file.path.parent, content)
    other.write(other.draft([CAP]))
    expected = after or content.replace("cap: 0.3".encode("utf-16-le"), "cap: 0.5".encode("utf-16-le")).replace(
        b"cap: 0.3", b"cap: 0.5"
    )
    assert other.path.read_bytes() == expected
    assert other.undo()
    assert (other.path.read_bytes() if other.path.exists() else None) == content


def test_a_mapping_that_is_absent_is_written_whole_as_a_mapping_given_replaces_its_default(file):
    folder = file.path.parent
    (folder / "rep_allocation.yaml").write_text("over_assignment: 0.05\n")
    rules = load(folder).rules["rep_allocation"]
    other = ParameterFile(folder / "rep_allocation.yaml", rules, "rep_allocation.yaml")
    edits = [(("weights", "history"), Decimal("0.9"), Decimal("0.5")), (("ramp", 0), Decimal("0.1"), Decimal(0))]
    other.write(other.draft(edits))
    now = load(folder).rules["rep_allocation"]
    assert now.weights == rules.weights.model_copy(update={"history": Decimal("0.9")})
    assert now.ramp == (Decimal("0.1"), *rules.ramp[1:])
    assert now.over_assignment == rules.over_assignment


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        pytest.param((("revision", "cap"), Decimal(11), Decimal(1)), "at_most", id="out of range"),
        pytest.param((("causes", 3), "price", "policy"), "not_editable", id="beyond a list"),
    ],
)
def test_what_would_be_faulty_is_refused_as_a_run_would_refuse_it(file, edit, code):
    with pytest.raises(PlanError) as error:
        file.draft([edit])
    assert codes(error) == [code]
    assert file.path.read_text() == REVIEW


def test_defaults_are_left_out_of_what_is_written_whole():
    rules = load(ROOT / "params" / "henan-2027").rules
    assert plain(rules["variance_review"].revision)["reason"].startswith("二月")
    assert "rule" not in plain(rules["variance_review"].revision), "the default"
    assert plain(rules["seasonal_split"].events)[0]["start"] == "2027-06-10"


# ---------------------------------------------------------------- the buttons


@pytest.fixture
def panel(workbook, monkeypatch):
    """The panel of the first step of the minimal plan, in a workbook of its own."""
    monkeypatch.chdir(workbook)
    return whatif.annual_target(open_step("annual_target", plan="params/minimal"))


def test_buttons_show_then_write_then_undo(workbook, panel):
    path, saving = workbook / "params" / "minimal" / "annual_target.yaml", panel.saving
    before = path.read_text()
    assert saving.write.disabled and saving.undo.disabled
    saving.preview.click()
    assert "params/minimal/annual_target.yaml" in saving.said.value and saving.write.disabled
    panel.controls["task"].widget.value = 800.0
    saving.preview.click()
    assert "levels: {commit: 780000}" in saving.said.value and "levels: {commit: 800000}" in saving.said.value
    assert not saving.write.disabled
    saving.write.click()
    assert path.read_text() == before.replace("780000", "800000")
    assert saving.write.disabled
    saving.write.click()
    assert path.read_text() == before.replace("780000", "800000")
    saving.undo.click()
    assert path.read_text() == before
    saving.undo.click()
    assert path.read_text() == before


def test_what_was_looked_at_no_longer_holds_once_a_control_is_moved(workbook, panel):
    before = (workbook / "params" / "minimal" / "annual_target.yaml").read_text()
    panel.controls["task"].widget.value = 800.0
    panel.saving.preview.click()
    panel.controls["task"].widget.value = 810.0
    assert panel.saving.write.disabled
    panel.saving.write.click()
    assert (workbook / "params" / "minimal" / "annual_target.yaml").read_text() == before


def test_back_to_the_plan(panel):
    first = panel.numbers.value
    panel.controls["growth"].widget.value = 0.5
    panel.saving.back.click()
    assert panel.numbers.value == first
    assert panel.saving.write.disabled


def test_a_file_changed_meanwhile_is_said(workbook, panel):
    path = workbook / "params" / "minimal" / "annual_target.yaml"
    panel.controls["task"].widget.value = 800.0
    panel.saving.preview.click()
    path.write_text(path.read_text() + "# mine\n")
    panel.saving.write.click()
    assert "annual_target.yaml" in panel.saving.said.value and "changed meanwhile" in panel.saving.said.value
    assert path.read_text().endswith("# mine\n") and "780000" in path.read_text()


def test_a_signed_plan_is_told(panel, monkeypatch):
    assert settled_by(panel.step) is None

    class Signed:
        name = "budget"

    monkeypatch.setattr("salesplan.whatif.files.archive.record_of", lambda *_: Signed())
    assert settled_by(panel.step) == ("plan_unused", "budget")
    panel.controls["task"].widget.value = 800.0
    panel.saving.preview.click()
    assert "budget" in panel.saving.said.value
    panel.step.stem = "commission"
    assert settled_by(panel.step) == ("plan_pay_changed", "budget")
    panel.step.stem = "variance_review"
    assert settled_by(panel.step) is None
