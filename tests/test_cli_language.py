"""In which language people are spoken to, and what they are told of a line that is no command."""

import os
import re
import subprocess
import sys

import pytest
from workbooks import ROOT

from salesplan.cli import app, language_of
from salesplan.cli.language import language_of_words, of_machine
from salesplan.errors import Fault, nearest
from salesplan.places import folder_of, neighbours
from salesplan.wording import LANGUAGES, Words, catalogue, part
from salesplan.wording.messages import message

CHINESE = re.compile("[\u4e00-\u9fff]")
# What stays as it is in every language: options, names of parameters, steps, plans and programs.
KEYS = re.compile(r"--?[\w-]+|[\w.-]*[_/.=][\w/.=-]*|\b(?:salesplan|JSON|JupyterLab|fork|kernel|plan|commission)\b")
WORD = re.compile("[A-Za-z]{3,}")


def typed(folder, *args, locale="en_GB.UTF-8"):
    """The command in a folder on a machine of another language; its status and what it says."""
    program = [sys.executable, "-c", "from salesplan.cli import main; main()", *args]
    told = {**os.environ, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(program, cwd=folder, capture_output=True, encoding="utf-8", env=told, timeout=60)
    return done.returncode, done.stdout + done.stderr


def plans(folder, **languages):
    """A workbook whose plans only name their language."""
    (folder / "notebooks").mkdir()
    for name, language in languages.items():
        (folder / "params" / name).mkdir(parents=True)
        (folder / "params" / name / "plan.yaml").write_text(f"fiscal_year: 2027\nlanguage: {language}\n")
    return folder


MISUSED = [
    pytest.param(["run", "params/nowhere"], "params/hebei", id="no such plan"),
    pytest.param(["run", "hebie"], "params/hebei", id="a name misspelt"),
    pytest.param(["chek", "hebei"], "check", id="no such command"),
    pytest.param(["run"], "run --help", id="a missing argument"),
    pytest.param(["close", "hebei", "2027-01"], "--by", id="a missing option"),
    pytest.param(["run", "hebei", "--nme", "x"], "--name", id="an unknown option"),
    pytest.param(["run", "hebei", "--name"], "--name", id="an option without its value"),
    pytest.param(["run", "hebei", "--quiet=3"], "--quiet", id="a flag with a value"),
    pytest.param(["lab", "hebei", "--port", "x"], "'x'", id="no number"),
    pytest.param(["check", "hebei", "b"], "b :", id="a word too many"),
    pytest.param(["run", "hebei", "--only", "comission"], "commission", id="an unknown step"),
    pytest.param(["verify", "hebei/x"], "hebei/x", id="no such run"),
    pytest.param(["explain", "hebei/x", "--rep", "R1"], "hebei/x", id="no such run to explain"),
    pytest.param(["compare", "hebei/x", "hebei/y"], "hebei/x", id="no such run to compare"),
    pytest.param(["runs", "hebei"], "hebei", id="no runs"),
    pytest.param(["new", "params/b", "--like", "c"], "params/hebei", id="nothing to copy"),
]


@pytest.mark.parametrize(("args", "named"), MISUSED)
def test_a_chinese_workbook_on_an_english_machine_says_no_english_word(tmp_path, args, named):
    status, told = typed(plans(tmp_path, hebei="zh"), *args)
    assert status == 2 and named in told, told
    assert all(CHINESE.search(line) for line in told.splitlines()), told
    plain = KEYS.sub("", told)
    names = {*args, *app_commands(), "hebei", "params"}
    assert not [word for word in WORD.findall(plain) if word not in names], told


@pytest.mark.parametrize(("args", "named"), MISUSED)
def test_an_english_workbook_on_a_chinese_machine_says_no_chinese_word(tmp_path, args, named):
    status, told = typed(plans(tmp_path, hebei="en"), *args, locale="zh_CN.UTF-8")
    assert status == 2 and named in told, told
    assert not CHINESE.search(told), told


def app_commands():
    return {one.callback.__name__ for one in app.registered_commands}


@pytest.mark.parametrize("name", ["", *sorted(app_commands())])
def test_help_is_in_the_language_of_the_workbook(tmp_path, name):
    folder = plans(tmp_path, hebei="zh")
    status, told = typed(folder, *filter(None, [name]), "--help")
    assert status == 0
    assert all(CHINESE.search(line) for line in told.splitlines() if line), told
    (folder / "params" / "hebei" / "plan.yaml").write_text("language: en\n")
    status, told = typed(folder, *filter(None, [name]), "--help", locale="zh_CN.UTF-8")
    assert status == 0 and not CHINESE.search(told)
    assert told.startswith(f"Usage: salesplan {name}")


def test_without_words_the_help_itself_and_status_2(tmp_path):
    status, told = typed(plans(tmp_path, hebei="zh"))
    assert status == 2 and told == typed(tmp_path, "--help")[1]


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh", id="LANG"),
        pytest.param({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh", id="LC_ALL before LANG"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en", id="LC_MESSAGES before LANG"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh", id="a blank one is not set"),
        pytest.param({}, "en", id="none"),
    ],
)
def test_the_machine_tells_its_language(monkeypatch, settings, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert of_machine() == language


def test_the_language_is_the_plans_then_its_neighbours_then_the_machines(tmp_path, monkeypatch):
    folder = plans(tmp_path, a="zh", b="zh")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert [language_of(folder / "params" / name) for name in ("a", "none")] == ["zh", "zh"]
    assert language_of_words(["run", "none", "--set", "x"]) == "zh"
    (folder / "params" / "b" / "plan.yaml").write_text("language: en\n")
    assert language_of_words(["verify", "a/first"]) == "zh"
    assert language_of_words(["verify", "b/first"]) == "en"
    assert language_of(folder / "params" / "none") == "en"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert language_of(folder / "params" / "none") == "zh"


def test_a_plan_is_named_by_folder_or_by_name(tmp_path, monkeypatch):
    folder = plans(tmp_path, a="zh", b="zh")
    monkeypatch.chdir(folder)
    assert folder_of("a").as_posix() == folder_of("params/a").as_posix() == "params/a"
    assert folder_of("c").as_posix() == "c"
    assert [plan.name for plan in neighbours(folder / "params" / "c")] == ["a", "b"]
    (folder / "a").mkdir()  # some folder that is no plan
    assert folder_of("a").as_posix() == "params/a"
    monkeypatch.chdir(folder / "notebooks")
    assert folder_of("a") == folder / "params" / "a"


# ---------------------------------------------------------------- messages


def test_hints_are_close_or_none():
    assert nearest("ceo", ["finance", "marketing", "general_manager"]) == ""
    assert nearest("finanse", ["finance", "marketing"]) == "finance"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_nothing_is_said_to_be_empty(language):
    words = Words(language)
    codes = {
        key.removeprefix("fault.") for key, text in words.texts.items() if "{known}" in text and key[:6] == "fault."
    }
    told = {code: message(Fault(code, "x", None, {"known": ""}), words) for code in codes}
    # Which kinds of rows there are is fixed.
    assert {code for code, text in told.items() if words("fault.none_known") not in text} == {"cell_kind"}
    assert told["resume_unknown"].endswith(words("fault.none_known"))


def test_words_that_are_allowed_are_explained_in_chinese():
    values = {"expected": "marginal, whole, sideways", "choice": "commission.plans.semantics"}
    told = message(Fault("one_of", "x", "y", values), Words("zh"))
    assert "marginal \u8d85\u989d\u7d2f\u8fdb" in told and told.endswith("sideways")
    assert message(Fault("one_of", "x", "y", values), Words("en")).endswith("marginal, whole, sideways")


def test_what_a_parameter_calls_a_word_comes_first():
    values = {"expected": "none", "choice": "commission.plans.free_goods"}
    assert Words("zh")("own_choice.commission.plans.free_goods.none") in message(
        Fault("one_of", "x", "y", values), Words("zh")
    )


@pytest.mark.parametrize(
    ("change", "near"),
    [
        pytest.param("bad.metod", "seasonal_split.method", id="no such step, the key nearly"),
        pytest.param("method", "seasonal_split.method", id="no step"),
        pytest.param("seasonl_split.metod", "seasonal_split.method", id="both misspelt"),
        pytest.param("bad.key", "", id="nothing like it"),
    ],
)
def test_a_change_of_no_step_names_the_nearest_parameter(change, near):
    from salesplan.params import load

    faults = load(ROOT / "params" / "minimal", {change: "1"}).faults
    told = message(next(fault for fault in faults if fault.code == "unknown_change"), Words("en"))
    assert "step.key" in told
    assert told.endswith(f"Is it {near}?" if near else "variance_review.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_section_read_alone_is_that_of_the_catalogue(language):
    whole = {key: text for key, text in catalogue(language).items() if key.startswith("help.")}
    assert part(language, "help") == whole
