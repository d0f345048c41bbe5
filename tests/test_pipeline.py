"""The run as a whole: five notebooks, tables, pages, manifest; and what happens when one breaks."""

import json
import re
import shutil
from decimal import Decimal

import nbformat
import pandas as pd
import pytest
from workbooks import ROOT, command, without_charts

from salesplan import STEPS, archive
from salesplan.errors import IdentityError
from salesplan.identities import plan_level, stop_on_breach
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES

PAGES = ["index.html", *(f"{number}_{stem}.html" for number, stem in enumerate(STEPS, 1))]


def tables_of(folder):
    return {path.stem: outputs.read(path, path.stem) for path in sorted((folder / "tables").glob("*.csv"))}


@pytest.fixture(scope="module")
def run(demo):
    return demo / "outputs" / "henan-2027" / "first"


@pytest.fixture(scope="module")
def tables(run):
    return tables_of(run)


def break_notebook(workbook, stem, source, after):
    """Put a cell after another one of a step's notebook."""
    path = workbook / "notebooks" / f"{STEPS.index(stem) + 1}_{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = nbformat.v4.new_code_cell(source, id="broken")
    notebook.cells.insert([cell.id for cell in notebook.cells].index(after) + 1, cell)
    nbformat.write(notebook, path)


def test_run_leaves_what_the_contract_names(demo, run):
    found = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    expected = {
        *PAGES,
        "salesplan.xlsx",
        "manifest.json",
        "params/plan.yaml",
        *(f"tables/{name}.csv" for name in TABLES),
    }
    expected |= {page.replace(".html", ".ipynb") for page in PAGES[1:]}
    assert expected <= found
    assert not any("/.inputs" in name or name.startswith(".inputs") for name in found)
    assert (demo / "outputs" / "henan-2027" / "index.html").exists()
    assert not (demo / "outputs" / "henan-2027" / ".unfinished").exists()


def test_every_table_has_its_columns(run):
    for name, columns in TABLES.items():
        raw = (run / "tables" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), name
        assert set(columns) <= set(
            pd.read_csv(run / "tables" / f"{name}.csv", encoding="utf-8-sig", nrows=0).columns
        ), name


def test_money_has_two_decimals_and_no_exponent(run):
    for name in TABLES:
        frame = pd.read_csv(run / "tables" / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for column in frame.columns:
            if outputs.kind_of(name, column) == "money":
                assert frame[column].str.fullmatch(r"(-?\d+\.\d\d)?").all(), (name, column)


def test_manifest_tells_files_steps_and_no_place(run):
    text = (run / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["state"] == "complete"
    assert manifest["files"] == archive.files_of(run)
    assert [manifest["steps"][stem]["state"] for stem in STEPS] == ["done"] * 5
    assert str(run.parents[2]) not in text


def test_executed_notebooks_are_honest_and_name_no_place(run):
    for number, stem in enumerate(STEPS, 1):
        path = run / f"{number}_{stem}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        executed = [
            cell for cell in notebook.cells if cell.cell_type == "code" and "skip-execution" not in cell.metadata.tags
        ]
        assert all(cell.metadata.papermill.status == "completed" for cell in executed)
        assert all(cell.execution_count for cell in executed)
        assert str(run.parents[2]) not in path.read_text(encoding="utf-8")


# ---------------------------------------------------------------- the numbers


def test_split_sums_to_the_target_in_every_direction(tables):
    target = plan_level(tables["annual_target"])
    assert target == 5_600_000 * 100
    assert tables["seasonal_split"]["amount"].sum() == target
    assert tables["seasonal_split_days"]["amount"].sum() == target
    assert len(tables["seasonal_split"]["month"].unique()) == 12


def test_base_of_the_quotas_sums_to_every_cell_of_the_split(tables):
    split, quotas = tables["seasonal_split"], tables["rep_allocation"]
    keys = [name for name in ("month", "region", "channel", "product") if name in quotas.columns]
    left = quotas.groupby(keys)["base"].sum()
    right = split.groupby(keys)["amount"].sum()
    assert left.sub(right, fill_value=0).abs().sum() == 0


def test_quotas_sum_to_each_rep_and_to_the_target_with_over_assignment(tables):
    quotas, reps = tables["rep_allocation"], tables["rep_allocation_reps"].set_index("rep")
    months = quotas[quotas["rep"].isin(reps.index)].groupby("rep")["amount"].sum()
    assert (months == reps["quota"]).all()
    assert reps["quota"].sum() == 5_600_000 * 100 * 105 // 100


def test_commission_lines_sum_to_what_is_earned(tables):
    pay, lines = tables["commission"], tables["commission_lines"]
    keys = ["rep", "month"]
    gap = pay.groupby(keys)["earned"].sum().sub(lines.groupby(keys)["amount"].sum(), fill_value=0)
    assert gap.abs().sum() == 0
    assert (pay["payable"] == pay["base_pay"] + pay["released"] + pay["clawback"] + pay["draw"]).all()


def test_bridge_closes_and_the_revision_keeps_the_year(tables):
    bridge = tables["variance_review_bridge"]
    moved = bridge[["target", "volume", "mix", "price", "new", "lost"]].sum(axis=1)
    assert (moved == bridge["actual"]).all()
    assert tables["variance_review_revision"]["revised"].sum() == 5_600_000 * 100
    grid = tables["variance_review"]
    total = bridge.set_index("member").loc["(total)"]
    assert (grid["target"].sum(), grid["actual"].sum()) == (total["target"], total["actual"])


def test_actual_of_the_review_is_what_the_ledger_holds(demo, tables):
    sales = pd.read_csv(demo / "params" / "henan-2027" / "data" / "sales.csv", dtype=str)
    quarter = sales[sales["订单日期"].between("2027-01-01", "2027-03-31")]
    assert tables["variance_review"]["actual"].sum() == sum(int(Decimal(text) * 100) for text in quarter["金额"])


def test_the_run_equals_the_tables_expected(run):
    """Hashes of a known good run: a number that moves is announced in CHANGELOG.md and here."""
    from expected import DEMO_TOTALS

    tables = tables_of(run)
    found = {name: totals(frame, name) for name, frame in tables.items()}
    assert found == DEMO_TOTALS


def totals(frame, name):
    """Rows, and the sum of each money column in fen."""
    money = [column for column in frame.columns if outputs.kind_of(name, column) == "money"]
    return {"rows": len(frame), **{column: int(frame[column].sum()) for column in money}}


def test_every_table_of_the_minimal_plan_is_as_expected(minimal):
    """To the byte; a number that moves is announced in CHANGELOG.md and here."""
    for expected in sorted((ROOT / "tests" / "expected_minimal").glob("*.csv")):
        found = minimal / "outputs" / "minimal" / "first" / "tables" / expected.name
        assert found.read_bytes() == expected.read_bytes(), expected.name


# ---------------------------------------------------------------- the same again


def test_row_order_of_the_inputs_changes_nothing(minimal, workbook):
    path = without_charts(workbook) / "params" / "minimal" / "data" / "sales.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert command(workbook, "run", "params/minimal", "--name", "b").returncode == 0
    for name in TABLES:
        runs = minimal / "outputs" / "minimal" / "first", workbook / "outputs" / "minimal" / "b"
        a, b = ((run / "tables" / f"{name}.csv").read_bytes() for run in runs)
        assert a == b, name


def test_only_and_from_take_earlier_tables_from_the_newest_complete_run(minimal, workbook):
    refused = command(workbook, "run", "params/minimal", "--from", "commission")
    assert refused.returncode == 2
    assert "complete run" in refused.stderr
    shutil.copytree(minimal / "outputs", workbook / "outputs", dirs_exist_ok=True)
    without_charts(workbook, 2, 4, 5)
    done = command(workbook, "run", "params/minimal", "--from", "commission", "--name", "b")
    assert done.returncode == 0, done.stderr
    steps = json.loads((workbook / "outputs/minimal/b/manifest.json").read_text())["steps"]
    assert (steps["rep_allocation"]["state"], steps["rep_allocation"]["from"]) == ("taken_over", "first")
    assert steps["commission"]["state"] == "done"
    only = command(
        workbook,
        "run",
        "params/minimal",
        "--only",
        "seasonal_split",
        "--set",
        "seasonal_split.method=even",
        "--name",
        "c",
    )
    assert only.returncode == 0, only.stderr
    manifest = json.loads((workbook / "outputs/minimal/c/manifest.json").read_text())
    assert manifest["state"] == "partial"
    assert manifest["changes"] == {"seasonal_split.method": "even"}
    split = outputs.read(workbook / "outputs/minimal/c/tables/seasonal_split.csv", "seasonal_split")
    assert split["amount"].max() - split["amount"].min() <= 1


# ---------------------------------------------------------------- broken runs


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        pytest.param("1 / 0", "ZeroDivisionError", id="a cell that raises"),
        pytest.param("raise SystemExit", "SystemExit", id="a cell that exits"),
        pytest.param("import os; os._exit(3)", "exit status 3", id="a process that ends"),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", id="a process that is killed"
        ),
        pytest.param("import time; time.sleep(60)", "no word for 8 seconds", id="a cell that hangs"),
    ],
)
def test_broken_step_is_named_and_leaves_the_last_run_alone(workbook, source, cause):
    break_notebook(without_charts(workbook, 1), "seasonal_split", source, after="chart-months")
    done = command(workbook, "run", "params/minimal", "--name", "x", "--timeout", "8" if "sleep" in source else "60")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "broken" in done.stderr
    assert cause in done.stderr
    outputs_folder = workbook / "outputs" / "minimal"
    assert not (outputs_folder / "x").exists()
    manifest = json.loads((outputs_folder / ".unfinished" / "x" / "manifest.json").read_text())
    assert manifest["state"] == "incomplete"
    assert manifest["steps"]["annual_target"]["state"] == "done"
    assert manifest["steps"]["seasonal_split"]["cell"] == "broken"
    evidence = nbformat.read(outputs_folder / ".unfinished" / "x" / "2_seasonal_split.ipynb", as_version=4)
    states = {
        cell.id: cell.metadata.papermill.status
        for cell in evidence.cells
        if "papermill" in cell.metadata and "status" in cell.metadata.papermill
    }
    assert states["broken"] == "failed"
    assert states["save"] == "pending"
    listed = command(workbook, "runs", "minimal")
    assert "incomplete" in listed.stdout


def test_step_that_does_not_save_is_not_done(workbook):
    path = without_charts(workbook, 1) / "notebooks" / "1_annual_target.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "save"]
    nbformat.write(notebook, path)
    done = command(workbook, "run", "params/minimal")
    assert done.returncode == 1
    assert "without saving" in done.stderr


def test_broken_identity_stops_the_run():
    split = pd.DataFrame({"month": ["2027-01"], "amount": [99], "share": [1.0], "quantity": [1.0]})
    days = pd.DataFrame({"date": ["2027-01-01"], "workday": [True], "amount": [99]})
    target = pd.DataFrame({"indicator": ["amount"], "planned": [True], "value": [Decimal("1.00")]})
    with pytest.raises(IdentityError, match="split_sums_to_target"):
        stop_on_breach(
            "seasonal_split", {"seasonal_split": split, "seasonal_split_days": days}, {"annual_target": target}, 1
        )


# ---------------------------------------------------------------- plain papermill


def test_plain_papermill_works_on_one_notebook_and_writes_nothing_without_a_run(demo, tmp_path):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "papermill", "notebooks/1_annual_target.ipynb", str(tmp_path / "out.ipynb"),
         "-p", "plan", "params/henan-2027", "-p", "run", str(tmp_path / "scratch")],
        cwd=demo, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    one = (tmp_path / "scratch" / "tables" / "annual_target.csv").read_bytes()
    assert one == (demo / "outputs/henan-2027/first/tables/annual_target.csv").read_bytes()


def test_papermill_knows_the_parameters(demo):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--help-notebook", "notebooks/4_commission.ipynb"],
        cwd=demo, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert all(re.search(rf"^\s*{name}:", done.stdout, re.M) for name in ("plan", "run", "changes")), done.stdout


def test_wrong_input_that_only_a_step_can_see_ends_with_status_2_and_leaves_nothing(workbook):
    without_charts(workbook, 1, 2, 3)
    (workbook / "params" / "minimal" / "rep_allocation.yaml").write_text("bounds:\n  min: 900000000\n")
    for engine in ("fork", "kernel"):
        done = command(workbook, "run", "params/minimal", "--engine", engine)
        assert done.returncode == 2, done.stderr
        assert "params/minimal/rep_allocation.yaml line 2: bounds.min" in done.stderr
        assert "Traceback" not in done.stderr
        folder = workbook / "outputs" / "minimal"
        assert not folder.exists()


@pytest.mark.skipif(shutil.which("pgrep") is None, reason="looks for processes with pgrep")
def test_killed_run_leaves_no_process_and_is_listed(workbook):
    import signal
    import subprocess
    import sys
    import time

    program = [sys.executable, "-c", "from salesplan.cli import main; main()", "run", "params/minimal", "--name", "k"]
    running = subprocess.Popen(program, cwd=workbook, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    manifest = workbook / "outputs" / "minimal" / ".unfinished" / "k" / "manifest.json"
    while not manifest.exists() and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    for _ in range(600):  # the machine may be busy
        left = subprocess.run(["pgrep", "-f", str(workbook)], capture_output=True, text=True).stdout.split()
        if not left:
            break
        time.sleep(0.1)
    assert left == []
    assert "incomplete" in command(workbook, "runs", "minimal").stdout
