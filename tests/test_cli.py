"""What people type, and what they are told."""

import json
import os
import shutil
from types import SimpleNamespace

import pytest
from workbooks import ROOT, command, copy_workbook, heavy_of_command

from salesplan import STEPS
from salesplan.cli.making import _tell_run
from salesplan.cli.sending import Sent
from salesplan.wording import Words


def test_check_says_what_is_there(workbook):
    done = command(workbook, "check", "params/minimal")
    assert done.returncode == 0
    assert "sales 54" in done.stdout


def test_check_imports_nothing_heavy(workbook):
    assert heavy_of_command(workbook, "check", "params/minimal") == "[]"


def test_every_fault_of_files_and_tables_in_one_pass(workbook):
    plan = workbook / "params" / "minimal"
    (plan / "seasonal_split.yaml").write_text("metod: even\n")
    rows = (plan / "data" / "sales.csv").read_text().splitlines()
    rows[3] = rows[3].rsplit(",", 1)[0] + ",1,2oo"
    rows[5] = rows[5].rsplit(",", 1)[0] + ",x"
    (plan / "data" / "sales.csv").write_text("\n".join(rows) + "\n")
    for name in ("check", "run"):
        done = command(workbook, name, "params/minimal")
        assert done.returncode == 2
        assert "params/minimal/seasonal_split.yaml line 1: metod" in done.stderr
        assert "Is it method?" in done.stderr
        assert "params/minimal/data/sales.csv row 6 , column amount" in done.stderr
        assert "row 4" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (workbook / "outputs").exists()


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param(["run", "params/none"], "no such plan folder", id="no such plan"),
        pytest.param(
            ["run", "params/minimal", "--set", "seasonal_split.method"],
            "step.parameter=value",
            id="set without a value",
        ),
        pytest.param(
            ["run", "params/minimal", "--set", "seasonal_split.method=evn"],
            "must be one of auto",
            id="set to an unknown method",
        ),
        pytest.param(["run", "params/minimal", "--only", "split"], "must be one of annual_target", id="unknown step"),
        pytest.param(
            ["run", "params/minimal", "--as-of", "2027-03-30"], "last day of a month", id="day that ends no month"
        ),
        pytest.param(
            ["run", "params/minimal", "--as-of", "2026-12-31"], "last day of a month", id="day outside the year"
        ),
        pytest.param(["run", "params/minimal", "--name", "../x"], "cannot be a folder's name", id="unsafe name"),
        pytest.param(["run", "params/minimal", "--engine", "gpu"], "must be one of fork, kernel", id="unknown engine"),
        pytest.param(["runs", "minimal"], "has no runs yet", id="no runs"),
        pytest.param(["new", "params/minimal"], "exists already", id="plan that exists"),
        pytest.param(["lab", "params/minimal", "--step", "x"], "must be one of", id="lab on an unknown step"),
    ],
)
def test_wrong_words_end_with_status_2_and_one_message(workbook, args, expected):
    os.environ["LANG"] = "C.UTF-8"
    done = command(workbook, *args)
    assert done.returncode == 2, done.stdout + done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((workbook / "outputs").glob("*/*/tables")) if (workbook / "outputs").exists() else True


def test_messages_are_in_the_plans_language(tmp_path):
    workbook = copy_workbook(tmp_path, "henan-2027")
    done = command(workbook, "run", "params/henan-2027", "--set", "seasonal_split.method=evn")
    assert done.returncode == 2
    assert "只能是下列之一" in done.stderr


def test_new_plan_from_the_demo_runs_its_check(tmp_path):
    workbook = copy_workbook(tmp_path, "henan-2027")
    made = command(workbook, "new", "params/hubei-2027")
    assert made.returncode == 0, made.stderr
    assert (workbook / "params" / ".schema" / "zh" / "commission.json").exists()
    assert command(workbook, "check", "params/hubei-2027").returncode == 0


def test_new_plan_like_another(workbook):
    assert command(workbook, "new", "params/second", "--like", "params/minimal").returncode == 0
    assert (workbook / "params/second/plan.yaml").read_text() == (workbook / "params/minimal/plan.yaml").read_text()


def test_runs_lists_newest_first_with_headline(demo):
    done = command(demo, "runs", "henan-2027")
    assert done.returncode == 0
    line = done.stdout.splitlines()[0]
    assert line.startswith("first")
    assert "560.00 万元" in line


def test_a_name_is_used_once(demo):
    done = command(demo, "run", "params/henan-2027", "--name", "first")
    assert done.returncode == 2
    assert "同名" in done.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_what_nobody_may_overlook_is_said_at_the_terminal(capsys, tmp_path, as_json):
    run = SimpleNamespace(folder=tmp_path, name="r", state="complete", manifest={"warnings": ["late"]})
    _tell_run(run, Words("en"), Sent(single_file=False, pdf=False), as_json=as_json)
    told = capsys.readouterr()
    if as_json:
        assert json.loads(told.out)["warnings"] == ["late"]
    assert told.err == ("" if as_json else "Warning: late\n")


def test_json_for_scripts(minimal, workbook):
    """Nothing but JSON on the one stream and nothing on the other; steps are taken over, which makes it quick."""
    shutil.copytree(minimal / "outputs", workbook / "outputs")
    done = command(workbook, "run", "params/minimal", "--json", "--name", "j")
    *events, last = map(json.loads, done.stdout.splitlines())
    report = "outputs/minimal/j/index.html"
    assert last == {"run": "j", "state": "complete", "folder": "outputs/minimal/j", "report": report, "faults": []}
    assert events == [{"event": "unchanged", "step": stem, "run": "first"} for stem in STEPS]
    assert done.stderr == ""
    quiet = command(workbook, "run", "params/minimal", "--json", "--quiet", "--name", "k")
    assert [json.loads(line)["run"] for line in quiet.stdout.splitlines()] == ["k"]


def test_json_of_a_refused_run(workbook):
    """The last line says every fault: file, line, key, value, what is allowed."""
    (workbook / "params/minimal/commission.yaml").write_text("plans:\n  - name: a\n    tiers: [{from: 0, rate: 1.8}]\n")
    sales = workbook / "params/minimal/data/sales.csv"
    lines = sales.read_text().splitlines()
    sales.write_text("\n".join([*lines[:3], lines[3].rpartition(",")[0] + ",1,2oo", *lines[4:]]) + "\n")
    done = command(workbook, "run", "params/minimal", "--json")
    (last,) = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (2, "")
    assert (last["state"], last["folder"]) == ("refused", None)
    first = last["faults"][0]
    assert (first["file"], first["line"]) == ("params/minimal/commission.yaml", 3)
    assert (first["key"], first["value"]) == ("plans[0].tiers[0].rate", "1.8")
    assert first["allowed"].startswith("must be at most 1") and first["allowed"] in first["message"]
    assert "params/minimal/data/sales.csv" in {fault["file"] for fault in last["faults"]}
    assert not (workbook / "outputs").exists()


def test_version_and_help():
    assert command(ROOT, "--version").stdout.strip()
    assert "run" in command(ROOT, "--help").stdout


def test_lab_makes_working_copies_in_the_plans_language(workbook):
    import nbformat

    from salesplan.lab import working_copies

    folder = working_copies(workbook / "params" / "minimal")
    notebook = nbformat.read(folder / "1_annual_target.ipynb", as_version=4)
    parameters = next(cell for cell in notebook.cells if cell.id == "parameters")
    assert "plan = 'params/minimal'" in parameters.source
    assert notebook.cells[0].source.isascii()
    kept = folder / "1_annual_target.ipynb"
    kept.write_text(kept.read_text() + "\n")
    shutil.copystat(kept, kept)
    before = kept.read_bytes()
    working_copies(workbook / "params" / "minimal")
    assert kept.read_bytes() == before
