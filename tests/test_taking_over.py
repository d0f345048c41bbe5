"""Rerunning: what is unchanged is taken over or said to be so, what was cut short is resumed; always the same bytes."""

import json
import re
import shutil

import pytest
from workbooks import command, heavy_of_command

from salesplan import STEPS, archive
from salesplan.errors import PlanError
from salesplan.pipeline.request import Request
from salesplan.pipeline.taking_over import Earlier, of_step
from salesplan.pipeline.unchanged import unchanged
from salesplan.reads import Watched

# Which run a page is of: at the foot of each, and on top of the index.
CONTROL = re.compile(rb'<!--(sealed|runs)-->.*?<!--/\1-->|<p class="subtitle">.*?</p>', re.DOTALL)


@pytest.fixture
def after(minimal, workbook):
    """A workbook to change freely, with one complete run of the minimal plan."""
    shutil.copytree(minimal / "outputs", workbook / "outputs")
    return workbook


def outputs_of(workbook):
    return workbook / "outputs" / "minimal"


def ran(workbook, *options):
    """Run the minimal plan; the manifest of the newest run, and what was printed."""
    done = command(workbook, "run", "params/minimal", *options)
    assert done.returncode == 0, done.stderr
    newest = archive.newest_complete(outputs_of(workbook))
    return newest, done.stderr


def states(run):
    return [run.manifest["steps"][stem]["state"] for stem in STEPS]


def bare(folder):
    """Every table and page of a run, but for which run it is."""
    names = sorted([*folder.glob("tables/*.csv"), *folder.rglob("*.html")])
    return {path.relative_to(folder).as_posix(): CONTROL.sub(b"", path.read_bytes()) for path in names}


def append(workbook, file, text):
    path = workbook / "params" / "minimal" / file
    content = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(content + text, encoding="utf-8")


# ---------------------------------------------------------------- nothing changed


def test_saying_that_nothing_changed_imports_nothing_heavy(after):
    assert heavy_of_command(after, "run", "params/minimal") == "[]"


def test_a_run_of_what_is_unchanged_says_so_and_makes_none(after):
    done = command(after, "run", "params/minimal", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["run"] == "first"
    assert "nothing has changed since first" in done.stderr
    assert len(archive.runs(outputs_of(after))) == 1


def test_what_is_not_asked_of_the_same_is_run(after):
    plan = after / "params" / "minimal"
    assert unchanged(Request(plan)).name == "first"
    assert unchanged(Request(plan, fresh=True)) is None
    assert unchanged(Request(plan, name="b")) is None
    assert unchanged(Request(plan, only="commission")) is None
    assert unchanged(Request(plan, changes={"seasonal_split.method": "even"})) is None
    assert unchanged(Request(plan / "absent")) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: append(folder, "data/sales.csv", "\n"), id="an input"),
        pytest.param(lambda folder: append(folder, "plan.yaml", "\n# a word\n"), id="a parameter file"),
        pytest.param(lambda folder: append(folder, "commission.yaml", "# new\n"), id="a file that was not there"),
        pytest.param(
            lambda folder: (folder / "notebooks" / "4_commission.ipynb").write_text(
                (folder / "notebooks" / "4_commission.ipynb").read_text(encoding="utf-8") + "\n", encoding="utf-8"
            ),
            id="a notebook",
        ),
        pytest.param(
            lambda folder: (outputs_of(folder) / "first" / "index.html").write_text("x"), id="the run that was made"
        ),
        pytest.param(
            lambda folder: (outputs_of(folder) / "first" / "tables" / "commission.csv").unlink(), id="a table lost"
        ),
    ],
)
def test_any_change_is_seen(after, change):
    plan = after / "params" / "minimal"
    assert unchanged(Request(plan)) is not None
    change(after)
    assert unchanged(Request(plan)) is None


# ---------------------------------------------------------------- something changed


def test_only_steps_that_read_the_change_are_executed_and_the_bytes_are_the_same(after):
    append(after, "commission.yaml", "plans:\n- name: all\n  basis: ordered\n  tiers: [{from: 0, rate: 0.0321}]\n")
    again, said = ran(after, "--name", "again")
    assert states(again)[:3] == ["taken_over"] * 3
    assert states(again)[3] == "done"
    assert again.manifest["steps"]["annual_target"]["from"] == "first"
    assert "taken over from first" in said
    fresh, _ = ran(after, "--name", "fresh", "--fresh")
    assert states(fresh) == ["done"] * 5
    assert bare(again.folder) == bare(fresh.folder)
    assert again.manifest["content"] == fresh.manifest["content"]


def test_a_step_whose_tables_come_out_the_same_stops_the_chain(after):
    append(after, "annual_target.yaml", "measures: [{name: New channel, amount: 1, resources: two people}]\n")
    again, _ = ran(after, "--name", "again")
    assert states(again)[0] == "done"
    assert "taken_over" in states(again)[1:]


def test_a_comment_changes_no_step(after):
    append(after, "plan.yaml", "# a word\n")
    again, _ = ran(after)
    assert states(again) == ["taken_over"] * 5
    kept = (again.folder / "params" / "plan.yaml").read_text(encoding="utf-8")
    assert kept.endswith("# a word\n"), "the archive holds the file as it is now"
    assert archive.altered(again) == []


def test_a_damaged_run_is_not_taken_over(after):
    """Only its damaged step: what follows reads the same tables again."""
    (outputs_of(after) / "first" / "tables" / "annual_target.csv").write_bytes(b"x")
    again, _ = ran(after)
    assert states(again)[0] == "done"
    assert states(again)[1:] == ["taken_over"] * 4


def test_from_a_damaged_run_is_refused(after):
    (outputs_of(after) / "first" / "tables" / "annual_target.csv").write_bytes(b"x")
    refused = command(after, "run", "params/minimal", "--from", "commission", "--name", "b")
    assert refused.returncode == 2
    assert "first" in refused.stderr
    assert not (outputs_of(after) / "b").exists()
    assert not (outputs_of(after) / ".unfinished").exists()


def test_inputs_are_kept_once_by_their_hash(after):
    outputs = outputs_of(after)
    kept = {path.name: path.stat().st_mtime_ns for path in (outputs / "inputs").iterdir()}
    manifest = json.loads((outputs / "first" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["stored"].values()) == set(kept)
    assert all(archive.file_digest(outputs / "inputs" / name) == name.split(".")[0] for name in kept)
    path = after / "params" / "minimal" / "data" / "sales.csv"
    again = archive.keep(outputs, {"sales": path}, {"sales": archive.file_digest(path)})
    assert again["sales"] in kept
    assert {path.name: path.stat().st_mtime_ns for path in (outputs / "inputs").iterdir()} == kept
    with pytest.raises(PlanError, match="input_changed"):
        archive.keep(outputs, {"sales": path}, {"sales": "0" * 64})
    assert {path.name for path in (outputs / "inputs").iterdir()} == set(kept)


# ---------------------------------------------------------------- cut short


def cut(after, stem, name="cut"):
    """The complete run as if it had been killed while `stem` ran."""
    outputs = outputs_of(after)
    folder = outputs / ".unfinished" / name
    folder.parent.mkdir()
    shutil.copytree(outputs / "first", folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = manifest.pop("files")
    at = STEPS.index(stem)
    for step in STEPS[:at]:
        manifest["steps"][step]["files"] = {path: value for path, value in files.items() if of_step(path, step)}
    for number, step in enumerate(STEPS[at:], at):
        manifest["steps"][step] = {"state": "running" if number == at else "pending"}
        for path in [*folder.glob(f"tables/{step}*.csv"), *folder.glob(f"{number + 1}_*")]:
            path.write_text("half")
    manifest |= {"state": "incomplete", "run": name, "number": 2}
    archive.write_manifest(folder, manifest)
    return folder


def test_a_run_cut_short_is_resumed_where_it_stopped(after):
    cut(after, "rep_allocation")
    again, _ = ran(after, "--resume", "cut")
    assert again.name == "cut"
    assert states(again) == ["done"] * 5
    assert bare(again.folder) == bare(outputs_of(after) / "first")
    assert again.manifest["content"] == json.loads((outputs_of(after) / "first/manifest.json").read_bytes())["content"]
    assert archive.altered(again) == []
    first = json.loads((outputs_of(after) / "first/manifest.json").read_bytes())["steps"]["annual_target"]
    assert again.manifest["steps"]["annual_target"]["seconds"] == first["seconds"], "not executed again"
    assert not (outputs_of(after) / ".unfinished").exists()


def test_what_a_cut_run_left_damaged_is_made_again(after):
    folder = cut(after, "variance_review")
    (folder / "tables" / "annual_target.csv").write_text("half")
    again, _ = ran(after, "--resume", "minimal/cut")
    assert bare(again.folder) == bare(outputs_of(after) / "first")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--resume", "cat"], "'cat' : there is no unfinished run of this name", id="no such run"),
        pytest.param(["--resume", "first"], "unfinished are: cut", id="a complete run"),
        pytest.param(["--resume", "cut", "--name", "x"], "no --set, --as-of", id="a name"),
        pytest.param(["--resume", "cut", "--set", "seasonal_split.method=even"], "no --set", id="a change"),
    ],
)
def test_what_cannot_be_resumed_is_said(after, options, said):
    cut(after, "commission")
    refused = command(after, "run", "params/minimal", *options)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_a_run_is_not_resumed_on_other_files(after):
    cut(after, "commission")
    append(after, "plan.yaml", "# a word\n")
    append(after, "data/sales.csv", "\n")
    refused = command(after, "run", "params/minimal", "--resume", "cut")
    assert refused.returncode == 2
    assert "params/minimal/plan.yaml : has changed since cut was cut short" in refused.stderr
    assert "params/minimal/data/sales.csv : has changed since cut was cut short" in refused.stderr
    assert (outputs_of(after) / ".unfinished" / "cut" / "manifest.json").exists()


# ---------------------------------------------------------------- reads


def test_reads_are_noted_also_of_what_is_absent():
    reads = set()
    given = Watched({"a": 1}, "input", reads)
    assert given["a"] == 1
    assert given.get("b") is None
    assert "c" not in given
    assert reads == {"input:a", "input:b", "input:c"}
    assert dict(given) == {"a": 1}
    assert "input:*" in reads


def test_every_step_notes_what_it_reads(demo):
    manifest = json.loads((demo / "outputs/henan-2027/first/manifest.json").read_bytes())
    reads = {stem: set(manifest["steps"][stem]["reads"]) for stem in STEPS}
    assert all("parameters:plan" in found for found in reads.values())
    assert all(f"parameters:{stem}" in reads[stem] for stem in STEPS)
    assert {"table:seasonal_split", "frame:facts", "input:reps", "input:customers"} <= reads["rep_allocation"]
    assert {"table:rep_allocation", "frame:order_lines", "input:collections", "closed"} <= reads["commission"]
    assert {"table:rep_allocation", "as_of", "input:causes"} <= reads["variance_review"]
    assert not any(name.startswith("parameters:commission") for name in reads["seasonal_split"])


def test_a_step_stands_only_with_its_maker_its_reads_and_its_files(tmp_path):
    run = archive.Run(tmp_path / "r", {"steps": {"commission": {"state": "done", "maker": "m", "reads": {}}}})
    earlier = Earlier(run)
    assert not earlier.stands("commission", "another", tmp_path)
    assert not earlier.stands("seasonal_split", "m", tmp_path)
    assert Earlier(archive.Run(tmp_path, {"steps": {"commission": "odd"}})).entry("commission") == {}
