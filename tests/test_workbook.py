"""What a notebook asks for, the inputs handed from process to process, working copies and new plans."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from workbooks import ROOT, copy_workbook

from salesplan import STEPS, archive, inputs, lab
from salesplan.calendar import fiscal_months
from salesplan.errors import Fault, PlanError
from salesplan.params import load
from salesplan.planting import plant, write_schemas
from salesplan.report.sentences import Sentences
from salesplan.report.table import Table
from salesplan.staging import DONE, INPUTS, SENTENCES
from salesplan.tables import outputs
from salesplan.terms import MODELS
from salesplan.wording import LANGUAGES
from salesplan.workbook import find_plan, open_step

PLAN = "params/minimal"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=1>',
    "{words}",
    "${x}",
    "{{ 7*7 }}",
    "\u202eabc",
    "長" * 300,
]
YAML = "title: t\nfiscal_year: 2027\nlanguage: en\ndisplay_unit: thousand\ninputs: {sales: data/sales.csv%s}\n%s"


def codes(error):
    return [fault.code for fault in error.value.faults]


def write_plan(workbook, *, more_inputs="", more="", **files):
    """Change the minimal plan: inputs and lines of plan.yaml, and other files by name, such as `reps_csv`."""
    folder = workbook / PLAN
    (folder / "plan.yaml").write_text(YAML % (more_inputs, more), encoding="utf-8")
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        path = folder / f"{stem}.yaml" if ending == "yaml" else folder / "data" / f"{stem}.csv"
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A workbook with the minimal plan that tests only read."""
    return copy_workbook(tmp_path_factory.mktemp("shared"), "minimal")


@pytest.fixture
def step(shared, monkeypatch):
    """The first step of the minimal plan."""
    monkeypatch.chdir(shared)
    return open_step("annual_target", plan=PLAN)


@pytest.fixture
def here(workbook, monkeypatch):
    """A workbook of its own, which is the working directory."""
    monkeypatch.chdir(workbook)
    return workbook


# ---------------------------------------------------------------- opening


@pytest.mark.parametrize("start", [".", "notebooks", "params/minimal/data"])
def test_plan_is_found_from_the_working_directory_or_upward(shared, start):
    assert find_plan(PLAN, shared / start) == (shared / PLAN).resolve()


def test_plan_is_found_by_its_whole_path(shared, tmp_path):
    assert find_plan(str(shared / PLAN), tmp_path) == shared / PLAN


@pytest.mark.parametrize("name", ["params/none", "params/minimal/plan.yaml", "../nowhere/x"])
def test_plan_that_is_not_there(shared, name):
    with pytest.raises(PlanError) as error:
        find_plan(name, shared)
    assert codes(error) == ["missing_plan"]


@pytest.mark.parametrize("stem", STEPS)
def test_step_knows_its_plan(shared, monkeypatch, stem):
    monkeypatch.chdir(shared / "notebooks")
    step = open_step(stem, plan=PLAN)
    assert step.months == fiscal_months(2027)
    assert step.rules is step.all_rules[stem]
    assert step.words.language == "en"
    assert step.words.display_unit == ("one" if stem == "commission" else "thousand")
    assert step.money_unit == 1
    assert step.run is None


def test_faults_of_every_file_and_table_come_at_once(here):
    write_plan(here, seasonal_split_yaml="metod: even\n", sales_csv="date,amount\n2026-01-02,1\nx,2\n2026-01-03,y\n")
    with pytest.raises(PlanError) as error:
        open_step("commission", plan=PLAN)
    assert codes(error)[0] == "unknown_key"
    assert len(codes(error)) == 3


@pytest.mark.usefixtures("step")
def test_changes_replace_parameters_of_this_opening_only():
    changed = open_step("seasonal_split", plan=PLAN, changes={"seasonal_split.method": "even"})
    assert changed.rules.method == "even"
    assert open_step("seasonal_split", plan=PLAN).rules.method == "auto"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"seasonal_split.metod": "even"}, "unknown_key", id="unknown key"),
        pytest.param({"season.method": "even"}, "unknown_change", id="unknown file"),
        pytest.param({"seasonal_split": "even"}, "unknown_change", id="no key"),
        pytest.param({"": "even"}, "unknown_change", id="empty"),
        pytest.param({"seasonal_split.method": "evn"}, "one_of", id="value not allowed"),
        pytest.param({"variance_review.as_of": "2027-03-30"}, "as_of", id="not the end of a month"),
        pytest.param({"variance_review.as_of": "2026-12-31"}, "as_of", id="end of a month of another year"),
    ],
)
@pytest.mark.usefixtures("step")
def test_wrong_changes_are_refused(changes, code):
    with pytest.raises(PlanError) as error:
        open_step("seasonal_split", plan=PLAN, changes=changes)
    assert code in codes(error)


# ---------------------------------------------------------------- what a step gives


def test_history_and_actuals_part_the_facts_at_the_year_and_the_review(step):
    assert set(step.history()["month"]) == {f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)}
    assert step.as_of == date(2027, 3, 31)
    assert step.closed_months == ["2027-01", "2027-02", "2027-03"]
    assert set(step.actuals()["month"]) == set(step.closed_months)
    assert step.facts()["amount"].sum() == step.history()["amount"].sum() + step.actuals()["amount"].sum()


@pytest.mark.usefixtures("step")
def test_review_parts_the_actuals():
    earlier = open_step("variance_review", plan=PLAN, changes={"variance_review.as_of": "2027-02-28"})
    assert set(earlier.actuals()["month"]) == {"2027-01", "2027-02"}
    assert earlier.order_lines()["month"].max() == "2027-02"


def test_frames_are_new_or_safe_to_change(step):
    history = step.history()
    history["amount"] = 0
    assert step.history()["amount"].sum() > 0


def test_orders_and_lines_have_what_the_ledger_holds(step):
    lines, orders = step.order_lines(), step.orders()
    assert lines["amount"].sum() == step.actuals()["amount"].sum()
    assert orders["amount"].sum() == step.facts()["amount"].sum()


def test_reps_are_those_of_the_sales_where_no_table_lists_them(step):
    assert step.input("reps") is None
    assert sorted(set(step.reps()["rep"])) == ["Anna", "Ben"]
    assert step.words.names == {}


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        pytest.param("Anna,Anna A\nBen,Ben B\n", {"Anna": "Anna A", "Ben": "Ben B"}, id="names of their own"),
        pytest.param("Anna,Kim\nBen,Kim\n", {"Anna": "Kim Anna", "Ben": "Kim Ben"}, id="one name shared"),
        pytest.param("Anna,\nBen,Ben B\n", {"Ben": "Ben B"}, id="one without a name"),
        pytest.param('Anna,<script>\nBen,"{x}"\n', {"Anna": "<script>", "Ben": "{x}"}, id="hostile"),
    ],
)
def test_names_of_the_reps(here, rows, names):
    write_plan(here, more_inputs=", reps: data/reps.csv", reps_csv=f"rep,name\n{rows}")
    assert open_step("rep_allocation", plan=PLAN).words.names == names


def test_two_spells_of_a_rep_are_one_name(here):
    rows = "rep,name,start,end\nAnna,Kim,2020-01-01,2026-06-30\nAnna,Kim,2026-07-01,\nBen,Lee,,\n"
    write_plan(here, more_inputs=", reps: data/reps.csv", reps_csv=rows)
    names = open_step("rep_allocation", plan=PLAN).words.names
    assert names["Ben"] == "Lee"
    assert names["Anna"].startswith("Kim")


def test_earlier_table_that_is_not_there_names_the_step_to_run(step, tmp_path):
    for opened in (step, open_step("seasonal_split", plan=PLAN, run=str(tmp_path))):
        with pytest.raises(PlanError) as error:
            opened.table("annual_target")
        assert error.value.faults == [
            Fault("missing_table", "tables/annual_target.csv", None, {"step": "annual_target"})
        ]


# ---------------------------------------------------------------- showing


def test_assumptions_show_every_parameter_in_force(step):
    found = step.assumptions()
    assert isinstance(found, Table)
    assert "levels.commit" in found.text
    assert "780,000" in found.text


@pytest.mark.parametrize("text", HOSTILE)
def test_sentences_are_escaped_and_kept(step, text):
    bundle = step.say([text, "two"])._repr_mimebundle_()
    assert bundle[SENTENCES] == [text, "two"]
    assert bundle["text/plain"] == f"{text}\ntwo"
    assert bundle["text/html"].count("<li>") == 2
    assert "<script" not in bundle["text/html"]
    assert "<img" not in bundle["text/html"]


def test_no_sentences_are_an_empty_list():
    assert "<li>" not in Sentences([])._repr_mimebundle_()["text/html"]


def test_note_is_a_sentence_of_the_catalogue(step):
    (text,) = step.note("report.as_of", date="<today>").sentences
    assert text == step.words("report.as_of", date="<today>")
    with pytest.raises(KeyError):
        step.note("no.such.note")


def test_table_is_shown_up_to_its_limit(step):
    frame = pd.DataFrame({"rep": list("abc"), "quota": [1, 2, 3]})
    assert step.show(frame, "rep_allocation_reps", most=2).html.count("<tr") == 1 + 2


def test_charts_of_a_step_are_told_apart(step):
    def nothing(ax, frame, *, words):
        ax.set_title(frame + words.language, loc="left")
        return ax

    charts = [step.draw(nothing, text, size=(2, 1)) for text in ("a", "b")]
    assert [chart.title for chart in charts] == ["aen", "ben"]
    assert all(f'id="annual_target-{number}-' in chart.svg for number, chart in enumerate(charts, 1))


# ---------------------------------------------------------------- saving


def target_frames():
    """Every table of the step, all but its own empty."""
    target = outputs.empty("annual_target").assign(indicator=["amount"], level="commit", value=7)
    return {name: outputs.empty(name) for name in outputs.tables_of("annual_target")} | {"annual_target": target}


def test_without_a_run_nothing_is_written(step, shared):
    before = sorted(path for path in shared.rglob("*") if "__pycache__" not in path.parts)
    assert step.save(**target_frames()).kind == "notes"
    assert sorted(path for path in shared.rglob("*") if "__pycache__" not in path.parts) == before


@pytest.mark.usefixtures("step")
def test_with_a_run_the_steps_tables_are_written(tmp_path):
    opened = open_step("annual_target", plan=PLAN, run=str(tmp_path / "new" / "run"))
    opened.save(**target_frames())
    written = sorted(path.name for path in (tmp_path / "new" / "run" / "tables").iterdir())
    assert written == sorted(f"{name}.csv" for name in outputs.tables_of("annual_target"))
    assert not (tmp_path / "new" / "run" / INPUTS).exists()
    assert opened.table("annual_target")["value"].tolist() == [7]


@pytest.mark.usefixtures("step")
def test_a_table_that_is_not_given_writes_no_mark(tmp_path):
    (tmp_path / INPUTS).mkdir()
    opened = open_step("annual_target", plan=PLAN, run=str(tmp_path))
    with pytest.raises(KeyError):
        opened.save(annual_target=target_frames()["annual_target"])
    assert not (tmp_path / INPUTS / f"annual_target{DONE}").exists()


@pytest.mark.usefixtures("step")
def test_in_a_run_a_step_marks_last_that_it_is_done_and_what_it_read(tmp_path):
    (tmp_path / INPUTS).mkdir()
    opened = open_step("annual_target", plan=PLAN, run=str(tmp_path))
    opened.inputs.reads.add("input:sales")
    opened.save(**target_frames())
    assert "input:sales" in json.loads((tmp_path / INPUTS / f"annual_target{DONE}").read_text())


# ---------------------------------------------------------------- inputs handed on


@pytest.fixture(scope="module")
def handed(shared, tmp_path_factory):
    """Checked inputs of the minimal plan and the folder they were saved in."""
    found = inputs.check(shared / PLAN)
    folder = tmp_path_factory.mktemp("handed")
    found.save(folder)
    return found, folder


@pytest.mark.parametrize("name", inputs.FRAMES)
def test_frames_come_back_as_they_were(shared, handed, name):
    found, folder = handed
    restored = inputs.restore(folder, load(shared / PLAN))
    pd.testing.assert_frame_equal(restored.frame(name), found.frame(name))
    assert (folder / f"{name}.parquet").exists()


def test_tables_dates_and_hashes_come_back(shared, handed):
    found, folder = handed
    restored = inputs.restore(folder, load(shared / PLAN))
    assert set(restored.tables) == set(found.tables) == {"sales"}
    assert restored.tables["sales"].equals(found.tables["sales"])
    assert dict(restored.hashes) == dict(found.hashes)
    assert restored.as_of == found.as_of == date(2027, 3, 31)
    assert [notice.code for notice in restored.notices] == [notice.code for notice in found.notices]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"seasonal_split.method": "even"}, id="a change"),
        pytest.param({"plan.title": "<script>"}, id="another change"),
    ],
)
def test_inputs_read_with_other_parameters_are_not_taken(shared, handed, changes):
    assert inputs.restore(handed[1], load(shared / PLAN, changes)) is None
    assert inputs.restore(handed[1], load(shared / PLAN)) is not None


def test_inputs_are_not_taken_from_a_folder_without_them(shared, tmp_path):
    assert inputs.restore(tmp_path, load(shared / PLAN)) is None
    assert inputs.restore(tmp_path / "none", load(shared / PLAN)) is None


def test_key_tells_parameters_apart(here):
    before = inputs.key_of(load(here / PLAN))
    assert inputs.key_of(load(here / PLAN)) == before
    write_plan(here, more="# a comment is a change of the file\n")
    assert inputs.key_of(load(here / PLAN)) != before


def test_missing_plan_and_unreadable_parameters(tmp_path, here):
    with pytest.raises(PlanError) as error:
        inputs.check(tmp_path / "none")
    assert codes(error) == ["missing_plan"]
    (here / PLAN / "plan.yaml").write_text("fiscal_year: [\n")
    with pytest.raises(PlanError) as error:
        inputs.check(here / PLAN)
    assert error.value.faults[0].place.startswith("params/minimal/plan.yaml line ")


@pytest.mark.parametrize(
    ("last", "as_of"),
    [
        pytest.param("2026-12-31", None, id="no sale of the year"),
        pytest.param("2027-01-15", None, id="within the first month"),
        pytest.param("2027-01-31", date(2027, 1, 31), id="last day of the month"),
        pytest.param("2027-02-10", date(2027, 1, 31), id="within the second month"),
        pytest.param("2027-12-31", date(2027, 12, 31), id="whole year"),
        pytest.param("2028-06-30", date(2027, 12, 31), id="long after the year"),
    ],
)
def test_review_ends_with_the_last_complete_month(here, last, as_of):
    before = "2026-04-05,Anna,90.00\n2026-05-05,Anna,100.00\n"
    write_plan(here, sales_csv=f"date,rep,amount\n{before}{last},Anna,5.00\n")
    assert inputs.check(here / PLAN).as_of == as_of


# ---------------------------------------------------------------- JupyterLab


def parameters_of(notebook):
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    found = {}
    exec(cell.source, found)
    return found


def test_working_copies_know_their_plan_and_hold_no_output(here):
    folder = lab.working_copies(here / PLAN)
    assert sorted(path.name for path in folder.glob("*.ipynb")) == [
        f"{number}_{stem}.ipynb" for number, stem in enumerate(STEPS, 1)
    ]
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        found = parameters_of(notebook)
        assert (found["plan"], found["changes"]) == (PLAN, {})
        assert found["run"]
        assert not [cell for cell in notebook.cells if cell.get("outputs")]


def test_copy_that_was_worked_on_is_kept_and_a_missing_one_written(here):
    folder = lab.working_copies(here / PLAN)
    worked_on, lost = folder / "1_annual_target.ipynb", folder / "2_seasonal_split.ipynb"
    worked_on.write_text("mine")
    lost.unlink()
    lab.working_copies(here / PLAN)
    assert worked_on.read_text() == "mine"
    assert lost.exists()


def test_copies_begin_with_the_tables_of_the_newest_complete_run(here):
    outputs_folder = archive.outputs_of(here / PLAN)
    for run, state, day in (("a", "complete", 1), ("b", "complete", 2), ("c", "partial", 3)):
        (outputs_folder / run / "tables").mkdir(parents=True)
        (outputs_folder / run / "tables" / "annual_target.csv").write_text(run)
        archive.write_manifest(outputs_folder / run, {"state": state, "created": f"2027-01-0{day}"})
    folder = lab.working_copies(here / PLAN)
    copies = list(folder.rglob("annual_target.csv"))
    assert [path.read_text() for path in copies] == ["b"]
    run = parameters_of(nbformat.read(folder / "2_seasonal_split.ipynb", as_version=4))["run"]
    assert copies[0] in [(base / run / "tables" / "annual_target.csv") for base in (here, folder)]


def test_lab_of_a_wrong_plan_is_refused(here):
    write_plan(here, sales_csv="date,amount\nx,1\n")
    with pytest.raises(PlanError):
        lab.working_copies(here / PLAN)
    assert not (here / "outputs").exists()


@pytest.mark.parametrize("browser", [True, False])
def test_lab_listens_on_this_machine_only(here, monkeypatch, browser):
    called, given = [], {}
    monkeypatch.setattr(subprocess, "call", lambda command, env: (called.extend(command), given.update(env)) and 7)
    assert lab.open_lab(here / PLAN, "commission", port=9999, browser=browser) == 7
    assert called[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ip=127.0.0.1" in called
    assert "--port=9999" in called
    assert f"--ServerApp.root_dir={here.resolve()}" in called
    assert any(text.endswith("outputs/minimal/lab/4_commission.ipynb") for text in called)
    assert ("--no-browser" in called) is not browser
    assert not [text for text in called if "token" in text or "password" in text or "allow_origin" in text]
    settings = Path(given["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0]) / "labconfig" / "page_config.json"
    assert "announcements" in settings.read_text(encoding="utf-8"), "nobody is asked for news"


def test_working_copy_runs_by_itself(here):
    folder = lab.working_copies(here / PLAN)
    notebook = nbformat.read(folder / "1_annual_target.ipynb", as_version=4)
    code = "\n".join(
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and "skip-execution" not in cell.metadata.get("tags", [])
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(folder.rglob("annual_target.csv")) + list(here.glob("*/tables/annual_target.csv"))


# ---------------------------------------------------------------- a new plan


def test_new_plan_is_a_copy_with_schemas(here):
    made = plant(here / "params" / "河南_2028", here / PLAN)
    theirs = sorted(path.relative_to(here / PLAN).as_posix() for path in (here / PLAN).rglob("*"))
    assert sorted(path.relative_to(made).as_posix() for path in made.rglob("*")) == theirs
    for path in made.glob("*.yaml"):
        named = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
        assert json.loads((made / named).read_text(encoding="utf-8"))["properties"]


@pytest.mark.parametrize(
    ("name", "like", "code"),
    [
        pytest.param("minimal", "minimal", "plan_exists", id="there already"),
        pytest.param("new", "none", "missing_plan", id="nothing to copy"),
        pytest.param("new", None, "nothing_to_copy", id="no demo in this workbook"),
        pytest.param("a b", "minimal", "unsafe_name", id="unsafe name"),
        pytest.param(".new", "minimal", "unsafe_name", id="hidden name"),
        pytest.param("<script>", "minimal", "unsafe_name", id="markup"),
        pytest.param("..", "minimal", "unsafe_name", id="the folder above"),
    ],
)
def test_new_plan_is_refused(here, name, like, code):
    before = sorted((here / "params").rglob("*"))
    with pytest.raises(PlanError) as error:
        plant(here / "params" / name, here / "params" / like if like else None)
    assert codes(error) == [code]
    assert sorted((here / "params").rglob("*")) == before


def test_schemas_of_both_languages_name_every_parameter(tmp_path):
    write_schemas(tmp_path)
    for language in LANGUAGES:
        for stem, model in MODELS.items():
            schema = json.loads((tmp_path / language / f"{stem}.json").read_text(encoding="utf-8"))
            assert set(schema["properties"]) == {field.alias or name for name, field in model.model_fields.items()}


def test_plans_of_the_repository_name_schemas_that_are_made():
    for path in sorted((ROOT / "params").glob("*/*.yaml")):
        named = path.read_text(encoding="utf-8").splitlines()[0].partition("$schema=../.schema/")[2]
        language, _, file = named.partition("/")
        assert language in LANGUAGES, path
        assert Path(file).stem == path.stem
        assert Path(file).stem in MODELS


def test_copy_older_than_its_notebook_is_written_again(here):
    folder = lab.working_copies(here / PLAN)
    copy, source = folder / "1_annual_target.ipynb", here / "notebooks" / "1_annual_target.ipynb"
    copy.write_text("old")
    later = source.stat().st_mtime + timedelta(days=1).total_seconds()
    os.utime(source, (later, later))
    lab.working_copies(here / PLAN)
    assert copy.read_text() != "old"
