"""`salesplan verify --replay`: the tables of a run made again from the archive alone."""

import json
import shutil

import nbformat
import pytest
from small_archive import MONTH, PLAN, close_month, make_plan, make_run, put, reseal
from typer.testing import CliRunner
from workbooks import command

from salesplan import archive
from salesplan.archive import register
from salesplan.archive.sources import kept_faults
from salesplan.cli import app
from salesplan.errors import Fault, PlanError
from salesplan.pipeline import replay
from salesplan.pipeline.request import NOTEBOOKS, StepError
from salesplan.report.control import fill
from salesplan.wording import Words

TABLE = "tables/seasonal_split.csv"


@pytest.fixture
def kept(minimal, tmp_path):
    """The run of the minimal plan in an archive that keeps its inputs; plan and notebooks are gone."""
    outputs = tmp_path / "outputs" / "minimal"
    shutil.copytree(minimal / "outputs" / "minimal" / "first", outputs / "first")
    inputs = archive.read_manifest(outputs / "first")["inputs"]
    archive.keep(outputs, {place: minimal / place for place in inputs}, inputs)
    register.run_completed(outputs, outputs / "first")
    return tmp_path


def test_a_replay_from_the_archive_alone_finds_what_was_altered(kept):
    folder = kept / "outputs" / "minimal" / "first"
    lines = (folder / TABLE).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    columns, cells = lines[0].split(","), lines[3].split(",")
    place = columns.index("amount")
    was, cells[place] = cells[place], "1.00"
    put(folder / TABLE, "".join(("\ufeff", *lines[:3], ",".join(cells), *lines[4:])).encode())
    (folder / "tables" / "seasonal_split_methods.csv").unlink()
    reseal(folder, versions={"numpy": "1.0"})
    fill(folder, archive.read_manifest(folder), Words("en"))  # as somebody would who knows the pages
    reseal(folder)
    (kept / "outputs" / "minimal" / register.REGISTER).unlink()
    done = command(kept, "verify", "minimal/first", "--replay")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "numpy" in done.stdout and "was 1.0 when the run was made" in done.stdout
    assert "Intact" in done.stdout, "in itself the altered run is consistent"
    assert f"{TABLE} row 4 , column amount = {was} : is what the replay gave; the run has 1.00" in done.stdout
    assert "tables/seasonal_split_methods.csv : was made by the replay alone" in done.stdout
    assert done.stdout.splitlines()[-1] == "Replayed: not the same; tables that differ: 2."
    assert sorted(path.name for path in kept.iterdir()) == ["outputs"], "nothing is left beside the archive"


@pytest.mark.parametrize("found", [[], [Fault("replay_bytes", TABLE)]], ids=["the same", "other bytes"])
def test_what_a_replay_finds_decides_the_status(kept, monkeypatch, found):
    monkeypatch.chdir(kept)
    monkeypatch.setattr(replay, "replay", lambda run, progress: found)
    done = CliRunner().invoke(app, ["verify", "minimal/first", "--replay", "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["intact"], told["damage"]) == (int(bool(found)), not found, [])
    assert [one["code"] for one in told["replayed"]] == [fault.code for fault in found]
    done = CliRunner().invoke(app, ["verify", "minimal/first", "--replay"])
    count = len(list((kept / "outputs" / "minimal" / "first" / "tables").glob("*.csv")))
    expected = "tables that differ: 1" if found else f"all {count} tables are the same to the byte"
    assert (done.exit_code, expected in done.stdout) == (int(bool(found)), True), done.stdout


def test_a_step_that_fails_is_told_without_a_trace(kept, monkeypatch):
    def fail(*_):
        raise StepError("commission", "data", "ValueError: x", kept)

    monkeypatch.chdir(kept)
    monkeypatch.setattr(replay, "replay", fail)
    done = CliRunner().invoke(app, ["verify", "minimal/first", "--replay"])
    assert (done.exit_code, "stopped in cell data: ValueError: x" in done.stderr) == (1, True)


def test_a_run_whose_inputs_are_not_kept_is_not_replayed(kept):
    shutil.rmtree(kept / "outputs" / "minimal" / "inputs")
    (kept / "outputs" / "minimal" / register.REGISTER).unlink()
    done = command(kept, "verify", "minimal/first", "--replay")
    assert (done.returncode, "is not kept" in done.stderr) == (2, True), done.stdout + done.stderr


def test_a_damaged_run_is_not_replayed(kept):
    put(kept / "outputs" / "minimal" / "first" / TABLE, b"x\n")
    done = command(kept, "verify", "minimal/first", "--replay")
    assert done.returncode == 1
    assert "Not replayed" in done.stderr and "was cut" not in done.stdout


# ---------------------------------------------------------------- what it is made from


def run_of(outputs, **manifest):
    return archive.Run(outputs / "first", {**archive.read_manifest(outputs / "first"), **manifest})


def test_the_workbook_is_laid_out_as_the_run_found_it(tmp_path, minimal):
    outputs = make_plan(tmp_path)
    folder = make_run(outputs, inputs=close_month(outputs))
    for name in NOTEBOOKS.values():
        shutil.copy(minimal / "outputs/minimal/first" / f"{name}.ipynb", folder)
    (outputs / "closed" / MONTH).rename(outputs / "closed" / f"{MONTH}.reopened-1")
    shutil.rmtree(tmp_path / "params")
    plan = replay.lay_out(run_of(outputs), tmp_path / "again")
    assert {path.relative_to(tmp_path / "again").as_posix() for path in (tmp_path / "again").rglob("*.*")} == {
        *(f"notebooks/{name}.ipynb" for name in NOTEBOOKS.values()),
        *(f"params/shop/{name}" for name in ("plan.yaml", "annual_target.yaml", "data/sales.csv")),
        *(f"outputs/shop/closed/{MONTH}/{name}" for name in ("closed.json", "commission.parquet")),
    }
    assert plan == tmp_path / "again" / "params" / "shop"
    for name in NOTEBOOKS.values():
        notebook = nbformat.read(tmp_path / "again" / "notebooks" / f"{name}.ipynb", as_version=4)
        source = nbformat.read(minimal / "notebooks" / f"{name}.ipynb", as_version=4)
        assert [cell.id for cell in notebook.cells] == [cell.id for cell in source.cells]
        code = [[cell.source for cell in one.cells if cell.cell_type == "code"] for one in (notebook, source)]
        assert code[0] == code[1]
        assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        pytest.param({"params/shop/data/x.csv": "0" * 64}, "verify_not_kept", id="input that is not kept"),
        pytest.param({"params/shop/plan.yaml: inputs.sales": "0" * 64}, "verify_not_kept", id="table of a database"),
        pytest.param({f"outputs/shop/closed/{MONTH}/closed.json": "0" * 64}, "verify_closed", id="month not there"),
        pytest.param({"params/other/x.csv": "0" * 64}, "replay_place", id="another plan"),
        pytest.param({"params/shop/../../x.csv": "0" * 64}, "replay_place", id="upward"),
        pytest.param({"/etc/x": "0" * 64}, "replay_place", id="from the root"),
        pytest.param({"params/shop//x": "0" * 64}, "replay_place", id="odd slashes"),
        pytest.param({"": "0" * 64}, "replay_place", id="nowhere"),
    ],
)
def test_what_a_replay_lacks_is_named_before_anything_runs(tmp_path, inputs, code):
    outputs = make_plan(tmp_path)
    make_run(outputs)
    with pytest.raises(PlanError) as error:
        replay.replay(run_of(outputs, inputs=inputs), None)
    (fault,) = error.value.faults
    assert (fault.code, fault.place) == (code, next(iter(inputs)))


def test_rows_of_a_database_are_read_from_what_the_archive_keeps(tmp_path):
    outputs = make_plan(tmp_path)
    plan = tmp_path / "params" / "shop" / "plan.yaml"
    plan.write_text(PLAN.replace("data/sales.csv", "{database: 'sqlite://data/x.db', table: orders}"))
    folder = make_run(outputs)
    put(outputs / "inputs" / f"{archive.digest(b'PAR1')}.parquet", b"PAR1")
    place = "params/shop/plan.yaml: inputs.sales"
    run = run_of(outputs, inputs={place: "0" * 64}, stored={place: f"{archive.digest(b'PAR1')}.parquet"})
    for name in NOTEBOOKS.values():
        nbformat.write(nbformat.v4.new_notebook(), folder / f"{name}.ipynb")
    assert list(kept_faults(outputs, run.manifest)) == []
    assert replay.from_databases(run) == {"plan.inputs.sales": "kept/sales.parquet"}
    laid = replay.lay_out(run, tmp_path / "again")
    assert (laid / "kept" / "sales.parquet").read_bytes() == b"PAR1"
    put(outputs / "inputs" / f"{archive.digest(b'PAR1')}.parquet", b"PAR2")
    assert [fault.code for fault in kept_faults(outputs, run.manifest)] == ["verify_kept_changed"]


def test_only_complete_runs_are_replayed(tmp_path):
    outputs = make_plan(tmp_path)
    make_run(outputs)
    with pytest.raises(PlanError) as error:
        replay.replay(run_of(outputs, state="partial"), None)
    assert [fault.code for fault in error.value.faults] == ["replay_partial"]


def test_other_versions_and_steps_taken_over_are_said(tmp_path):
    outputs = make_plan(tmp_path)
    make_run(outputs)
    steps = {"annual_target": {"state": "taken_over", "from": "zeroth"}, "commission": {"state": "done"}}
    versions = {**replay.provenance.versions(), "pandas": "0.1"}
    run = run_of(outputs, versions=versions, steps=steps, code="0")
    told = [*replay.cautions(run), *replay.origins(run)]
    assert [(fault.code, fault.place) for fault in told] == [
        ("replay_version", "pandas"),
        ("replay_code", "salesplan"),
        ("replay_taken_over", "annual_target"),
    ]
    assert [fault.values for fault in told] == [{"made": "0.1"}, {}, {"run": "zeroth"}]


@pytest.mark.parametrize("odd", [None, 1, "x", [1], {"a": 1}])
def test_odd_manifests_do_not_stop_the_cautions(tmp_path, odd):
    outputs = make_plan(tmp_path)
    make_run(outputs)
    assert replay.cautions(run_of(outputs, versions=odd))
    assert replay.origins(run_of(outputs, steps=odd)) == []


# ---------------------------------------------------------------- where two tables part


@pytest.mark.parametrize(
    ("then", "now", "code", "place"),
    [
        pytest.param("a,b\n1,2\n", "a,b\n1,3\n", "replay_differs", " row 2 , column b", id="a value"),
        pytest.param("a,b\n1,2\n", "a,c\n1,2\n", "replay_differs", " row 1 , column b", id="a header"),
        pytest.param("a\n1\n", "a\n1\n2\n", "replay_differs", " row 3 , column a", id="a row more"),
        pytest.param("a\n1\n2\n", "a\n1\n", "replay_differs", " row 3 , column a", id="a row less"),
        pytest.param("a\n1\n", "a,b\n1,2\n", "replay_differs", " row 1 , column 2", id="a column more"),
        pytest.param("a\n1\n", "a\n1", "replay_bytes", "", id="only bytes"),
        pytest.param("\ufeffa\n1\n", "a\n1\n", "replay_bytes", "", id="a mark"),
        pytest.param('a,b\n"x\ny",2\n', 'a,b\n"x\ny",3\n', "replay_differs", " row 2 , column b", id="lines in a cell"),
    ],
)
def test_the_first_difference_is_named(tmp_path, then, now, code, place):
    for folder, text in (("then", then), ("now", now)):
        put(tmp_path / folder / "t.csv", text.encode())
        put(tmp_path / folder / "same.csv", b"a\n1\n")
    (fault,) = replay.differences(tmp_path / "then", tmp_path / "now")
    assert (fault.code, fault.place) == (code, f"tables/t.csv{place}")


def test_tables_of_one_side_are_named(tmp_path):
    put(tmp_path / "then" / "old.csv", b"")
    put(tmp_path / "now" / "new.csv", b"")
    found = {fault.place: fault.code for fault in replay.differences(tmp_path / "then", tmp_path / "now")}
    assert found == {"tables/new.csv": "replay_new_table", "tables/old.csv": "replay_not_made"}
