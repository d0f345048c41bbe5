"""Parameter files: strict reading, every fault of every file with its place, schemas for editors."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from salesplan.params import load, read_value
from salesplan.params.assumptions import assumptions_frame
from salesplan.params.loading import encoding_notices
from salesplan.params.reading import key_text, read_text
from salesplan.params.schema import known_names, localized, meaning_key, meanings, unit_at
from salesplan.planting import write_schemas
from salesplan.terms import MODELS
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "params" / "henan-2027"


@pytest.fixture
def plan(tmp_path):
    """A copy of the demo's parameter files in a workbook of its own."""
    (tmp_path / "notebooks").mkdir()
    folder = tmp_path / "params" / "henan-2027"
    folder.mkdir(parents=True)
    for file in DEMO.glob("*.yaml"):
        shutil.copy(file, folder)
    return folder


def edit(plan, stem, old, new, encoding="utf-8"):
    path = plan / f"{stem}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode(encoding))
    return next(n for n, line in enumerate(text.replace(old, new, 1).splitlines(), 1) if new.splitlines()[0] in line)


def messages(plan, changes=None, language="en"):
    return [message(fault, Words(language)) for fault in load(plan, changes).faults]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("", {}, id="empty file"),
        pytest.param("# only a comment\n", {}, id="comment only"),
        pytest.param("a: 1\nb: 2.50\n", {"a": 1, "b": Decimal("2.50")}, id="numbers are exact decimals of their text"),
        pytest.param("a: 1e3", {"a": 1000}, id="exponent of JSON"),
        pytest.param("a: NO\nb: yes\nc: on\n", {"a": "NO", "b": "yes", "c": "on"}, id="Norway is text"),
        pytest.param("a: 1:30", {"a": "1:30"}, id="no sexagesimal numbers"),
        pytest.param("a: .nan", {"a": ".nan"}, id="no not-a-number"),
        pytest.param("a: 2027-03-31\nb: '2027-03-31'", {"a": "2027-03-31", "b": "2027-03-31"}, id="dates are text"),
        pytest.param(
            "a: null\nb: ~\nc:\nd: true", {"a": None, "b": None, "c": None, "d": True}, id="null and booleans"
        ),
        pytest.param('{"a": {"b": [1, "x"]}}', {"a": {"b": [1, "x"]}}, id="JSON text is valid"),
        pytest.param("a: '007'", {"a": "007"}, id="quoted code keeps its zeros"),
    ],
)
def test_reading_gives_exact_values(text, data):
    document = read_text(text, "f.yaml")
    assert document.data == data
    assert document.faults == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", "yaml_duplicate", 3, id="a key twice"),
        pytest.param("a: !!omap [x]", "yaml_tag", 1, id="standard tag"),
        pytest.param("a: 1\nb: !x 3", "yaml_tag", 2, id="own tag"),
        pytest.param("a: &x 3\nb: *x", "yaml_anchor", 1, id="anchor"),
        pytest.param("a: 0123", "yaml_leading_zero", 1, id="leading zero"),
        pytest.param("a: 1\n---\nb: 2", "yaml_documents", 3, id="second document"),
        pytest.param("[1, 2]", "yaml_mapping", 1, id="no mapping"),
        pytest.param("x: 1\nfiscal_year\uff1a2027\ny: 2", "yaml_full_width", 2, id="Chinese colon"),
        pytest.param("levels: {commit: 5, 'stretch: 7}", "yaml_syntax", 1, id="open quote"),
        pytest.param("a: 1\n\tb: 2", "yaml_tab", 2, id="tab"),
        pytest.param("? [a]\n: 3", "yaml_key", 1, id="key that is no text"),
        pytest.param("a: " + "[" * 30 + "]" * 30, "yaml_depth", 1, id="too deep"),
        pytest.param("a: " + "x" * 1_000_001, "yaml_size", None, id="too long"),
    ],
)
def test_reading_refuses(text, code, line):
    fault = read_text(text, "f.yaml").faults[0]
    assert fault.code == code
    assert fault.place == ("f.yaml" if line is None else f"f.yaml line {line}")


def test_value_of_set_is_read_as_in_a_file():
    assert read_value("0.05") == Decimal("0.05")
    assert read_value("{growth: 0.1}") == {"growth": Decimal("0.1")}
    assert read_value("even") == "even"
    assert read_value("[") == "["


def test_demo_has_no_fault():
    assert load(DEMO).faults == []
    assert load(ROOT / "params" / "minimal").faults == []


def test_all_faults_of_all_files_in_one_pass(plan):
    rate = edit(plan, "commission", "rate: 0.016", "rate: 1.8")
    key = edit(plan, "commission", "semantics: whole", "semantic: whole")
    over = edit(plan, "rep_allocation", "over_assignment: 0.05", "over_assignment: -0.05")
    level = edit(plan, "annual_target", "commit: 5600000", "commit: 5600000.123")
    found = messages(plan)
    file = "params/henan-2027"
    assert (
        f"{file}/commission.yaml line {rate}: plans[0].tiers[1].rate = 1.8 : must be at most 1 (share of the amount)"
        in found
    )
    assert any(
        f"commission.yaml line {key}: plans[0].semantic" in text and "Is it semantics?" in text for text in found
    )
    assert any(
        f"rep_allocation.yaml line {over}: over_assignment = -0.05 : must be at least 0" in text for text in found
    )
    assert any(f"annual_target.yaml line {level}: levels.commit = 5600000.123" in text for text in found)
    assert len(found) == 4


def test_chinese_colon_is_named_with_its_line(plan):
    line = edit(plan, "plan", "fiscal_year: 2027", "fiscal_year\uff1a2027")
    (found,) = messages(plan)
    assert f"plan.yaml line {line}" in found
    assert "\uff1a" in found


def test_file_saved_in_gbk_is_read(plan):
    edit(plan, "annual_target", "levels:", "levels:", encoding="gb18030")
    assert messages(plan) == []
    assert [(one.place, one.values) for one in encoding_notices(load(plan))] == [
        ("params/henan-2027/annual_target.yaml", {"encoding": "GB18030"})
    ]


@pytest.mark.parametrize(
    ("stem", "old", "new", "expected"),
    [
        pytest.param(
            "commission",
            "- {from: 0.9, rate: 0.016}",
            "- {from: 0, rate: 0.016}",
            "tiers must rise",
            id="tiers that do not rise",
        ),
        pytest.param(
            "commission",
            "- {from: 0,   rate: 0.012}",
            "- {from: 0.1, rate: 0.012}",
            "must begin at 0",
            id="tiers that leave a gap at the bottom",
        ),
        pytest.param("commission", "sales: 0.6 ", "sales: 0.7 ", "must sum to 1", id="components over 1"),
        pytest.param(
            "commission",
            "period: month",
            "period: monat",
            "must be one of month, quarter, half_year, year, ytd",
            id="unknown choice",
        ),
        pytest.param(
            "annual_target", "times: commit", "times: comit", "must be another level", id="level of an unknown level"
        ),
        pytest.param(
            "annual_target", "times: commit", "times: stretch", "does not lead back|lead back", id="level of itself"
        ),
        pytest.param(
            "seasonal_split",
            "history_years: 3",
            "history_years: three",
            "must be a whole number",
            id="text for a number",
        ),
        pytest.param("plan", "first_month: 1", "first_month: 13", "must be at most 12", id="month 13"),
        pytest.param("plan", "currency: CNY", "currency: yuan", "three capital letters", id="currency code"),
    ],
)
def test_faults_name_place_value_and_rule(plan, stem, old, new, expected):
    import re

    edit(plan, stem, old, new)
    found = messages(plan)
    assert len(found) == 1
    assert re.search(expected, found[0])
    assert f"{stem}.yaml line" in found[0]


def test_missing_files_and_foreign_files(plan):
    (plan / "annual_target.yaml").unlink()
    (plan / "comission.yaml").write_text("plans: []\n")
    found = " ".join(messages(plan))
    assert "annual_target.yaml : this file is missing" in found
    assert "Is it commission?" in found


def test_absent_step_files_mean_defaults(plan):
    for stem in ("seasonal_split", "rep_allocation", "commission", "variance_review"):
        (plan / f"{stem}.yaml").unlink()
    loaded = load(plan)
    assert loaded.faults == []
    assert loaded.rules["commission"].plans == ()


def test_changes_replace_values_and_are_named_in_faults(plan):
    loaded = load(plan, {"seasonal_split.method": "even", "commission.plans[0].tiers[1].rate": "0.02"})
    assert loaded.faults == []
    assert loaded.rules["seasonal_split"].method == "even"
    assert loaded.rules["commission"].plans[0].tiers[1].rate == Decimal("0.02")
    found = messages(plan, {"seasonal_split.method": "evn", "seasonl.x": "1", "rep_allocation.over_assignment": "2"})
    assert any(text.startswith("--set seasonal_split.method = 'evn'") for text in found)
    assert any("Is it seasonal_split?" in text for text in found)
    assert any(text.startswith("--set rep_allocation.over_assignment = 2 : must be at most 1") for text in found)


def test_messages_exist_in_both_languages(plan):
    edit(plan, "commission", "rate: 0.016", "rate: 1.8")
    chinese, english = messages(plan, language="zh")[0], messages(plan, language="en")[0]
    assert " line 15: plans[0].tiers[1].rate = 1.8 : must be at most 1" in english
    assert " 第 15 行: plans[0].tiers[1].rate = 1.8 : 不得大于 1" in chinese


def test_paths_as_people_write_them():
    assert key_text(("plans", 0, "tiers", 2, "rate")) == "plans[0].tiers[2].rate"


def test_schema_knows_names_and_units():
    assert "method" in known_names("seasonal_split", ())
    assert known_names("commission", ("plans", 0, "tiers", 1)) == ["from", "to", "rate", "rates"]
    assert unit_at("commission", ("plans", 0, "tiers", 1, "rate")) == "share of the amount"


@pytest.mark.parametrize("stem", MODELS)
def test_every_parameter_has_a_meaning_in_every_language(stem):
    words = Words("zh")
    for path, meaning, unit in meanings(MODELS[stem]):
        assert meaning, path
        assert words.get(meaning_key(stem, path)), meaning_key(stem, path)
        assert not unit or f"unit.{unit}" in words.texts, unit


@pytest.mark.parametrize("stem", MODELS)
def test_schemas_describe_in_their_language(stem):
    said = list(_descriptions(localized(stem, Words("zh"))))
    assert said and not [text for text in said if not re.search("[\u4e00-\u9fff]", text)]
    english = list(_descriptions(localized(stem, Words("en"))))
    assert len(english) == len(said) and not [text for text in english if re.search("[\u4e00-\u9fff]", text)]


def _descriptions(schema):
    """Every text an editor shows; a parameter without one says so."""
    for name, node in schema.get("properties", {}).items():
        yield node.get("description", f"{name} has none")
    if isinstance(schema.get("description"), str):
        yield schema["description"]
    for part in schema.values():
        for node in [part] if isinstance(part, dict) else part if isinstance(part, list) else ():
            if isinstance(node, dict):
                yield from _descriptions(node)


def test_committed_schemas_are_current(tmp_path):
    write_schemas(tmp_path)
    for language in LANGUAGES:
        for stem in MODELS:
            name = f"{language}/{stem}.json"
            assert (ROOT / "params" / ".schema" / name).read_text() == (tmp_path / name).read_text(), name


def test_first_line_of_every_file_names_its_schema():
    for file in (ROOT / "params").glob("*/*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        address = first.removeprefix("# yaml-language-server: $schema=")
        assert (file.parent / address).resolve().is_file(), file


def test_assumptions_show_meaning_value_and_unit():
    frame = assumptions_frame("annual_target", load(DEMO).rules["annual_target"], Words("zh")).set_index("parameter")
    assert frame.loc["levels.commit", "setting"] == "5,600,000"
    assert frame.loc["levels.stretch.factor", "setting"] == "1.25"
    assert (frame["meaning"] != "").all()


@pytest.mark.parametrize(
    ("stem", "text", "place", "mark"),
    [
        pytest.param("plan", "dimensions: [region\uff0cchannel, product]", "dimensions[0]", "\uff0c", id="a comma"),
        pytest.param(
            "plan", "dimensions: [product, region \uff1b channel]", "dimensions[1]", "\uff1b", id="at the end"
        ),
        pytest.param("plan", "dimensions: [region\u3001channel]", "dimensions[0]", "\u3001", id="an enumeration comma"),
        pytest.param("plan", "language: zh\uff0c", "language", "\uff0c", id="one word and a comma"),
        pytest.param("plan", "tax: {rate\uff1a0.13}", "tax.rate\uff1a0.13", "\uff1a", id="a colon"),
        pytest.param("plan", "dimensions: [region\uff0cchanel]", "dimensions[0]", None, id="wrong when split too"),
        pytest.param("plan", "currency: 人民币\uff0c", "currency", None, id="wrong without it"),
    ],
)
def test_a_chinese_mark_that_should_be_plain_is_named(plan, stem, text, place, mark):
    (plan / f"{stem}.yaml").write_text(f"fiscal_year: 2027\ninputs: {{sales: data/sales.csv}}\n{text}\n")
    (fault,) = [fault for fault in load(plan).faults if fault.place.endswith(f": {place}")]
    assert (fault.code == "mark_full_width") == (mark is not None)
    assert fault.values.get("mark") == mark
    for language in LANGUAGES:
        assert mark is None or mark in message(fault, Words(language)).partition(" : ")[2]
