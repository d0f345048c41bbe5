"""The archive: names, locks, manifests, and a run that appears whole or not at all."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbooks import command

from salesplan import archive
from salesplan.archive import MANIFEST, UNFINISHED, Run, naming
from salesplan.errors import PlanError
from salesplan.staging import write_whole
from salesplan.wording import Words
from salesplan.wording.messages import message

NEW_YEAR = datetime(2027, 1, 1, 8, 15, 0, tzinfo=UTC)


def codes(error):
    return [fault.code for fault in error.value.faults]


def put(outputs, name, **manifest):
    """A run folder with a manifest."""
    folder = outputs / name
    folder.mkdir(parents=True)
    archive.write_manifest(folder, manifest)
    return folder


def staged(outputs, name, **files):
    """A run in the making with some files."""
    folder = archive.begin(outputs, name)
    for path, content in files.items():
        (folder / "tables" / f"{path}.csv").write_text(content)
    return folder


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "first",
        "2027-04-05",
        "20270405T081500Z",
        "v1.2",
        "四月_终稿",
        "河南-2027",
        "a" * 80,
        "console",
        "x.con",
        "_x",
        "Ünicode",
    ],
)
def test_safe_names_are_kept(name):
    assert archive.safe_name(name, "--name") == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="this folder"),
        pytest.param("..", id="the folder above"),
        pytest.param("../x", id="upward"),
        pytest.param("a/b", id="slash"),
        pytest.param("a\\b", id="backslash"),
        pytest.param("/etc", id="from the root"),
        pytest.param("C:x", id="drive"),
        pytest.param(".hidden", id="hidden"),
        pytest.param(UNFINISHED, id="folder of unfinished runs"),
        pytest.param("-rf", id="looks like an option"),
        pytest.param("a b", id="space"),
        pytest.param(" a", id="space before"),
        pytest.param("a\n", id="new line behind"),
        pytest.param("a\0b", id="null"),
        pytest.param("a.", id="dot behind"),
        pytest.param("con", id="device"),
        pytest.param("NUL.txt", id="device with an ending"),
        pytest.param("com1", id="numbered device"),
        pytest.param("a" * 81, id="too long"),
        pytest.param("<script>", id="markup"),
        pytest.param("=1+1", id="formula"),
        pytest.param("$(x)", id="shell"),
        pytest.param("a*", id="pattern"),
        pytest.param("a\u202eb", id="right to left"),
        pytest.param("a\u200bb", id="invisible"),
        pytest.param("emoji😀", id="emoji"),
    ],
)
def test_unsafe_names_are_refused(name):
    with pytest.raises(PlanError) as error:
        archive.safe_name(name, "--name")
    assert codes(error) == ["unsafe_name"]
    assert error.value.faults[0].value == name


@given(name=st.text(max_size=90))
def test_a_safe_name_is_one_folder(name):
    try:
        kept = archive.safe_name(name, "--name")
    except PlanError:
        return
    assert kept == name
    assert not set(kept) & set('/\\:*?"<>|\0\n\r\t ')
    assert kept not in (".", "..")


def test_a_safe_name_fits_a_file_system():
    with pytest.raises(PlanError):
        archive.safe_name("𠮷" * 80, "--name")


@pytest.mark.parametrize("name", ["index.html", "lab"])
def test_names_of_the_archives_own_entries_are_refused(tmp_path, name):
    with pytest.raises(PlanError):
        archive.free_name(tmp_path, name)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(NEW_YEAR, id="UTC"),
        pytest.param(NEW_YEAR.astimezone(timezone(timedelta(hours=8))), id="Beijing"),
    ],
)
def test_stamp_is_in_utc(moment):
    assert archive.stamp(moment) == "20270101T081500Z"


def test_stamp_now_is_a_safe_name_of_this_minute():
    found = archive.stamp()
    assert archive.safe_name(found, "--name") == found
    gap = datetime.now(UTC) - datetime.strptime(found, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(gap) < timedelta(minutes=1)


def test_runs_of_one_second_are_numbered(tmp_path, monkeypatch):
    monkeypatch.setattr(naming, "stamp", lambda: "S")
    assert archive.free_name(tmp_path, None) == "S"
    (tmp_path / "S").mkdir()
    assert archive.free_name(tmp_path, None) == "S-2"
    (tmp_path / UNFINISHED / "S-2").mkdir(parents=True)
    assert archive.free_name(tmp_path, None) == "S-3", "evidence of an unfinished run is not written over"


def test_wanted_name_is_used_once(tmp_path):
    assert archive.free_name(tmp_path, "x") == "x"
    (tmp_path / "x").mkdir()
    with pytest.raises(PlanError) as error:
        archive.free_name(tmp_path, "x")
    assert codes(error) == ["run_exists"]


def test_an_unfinished_run_may_be_tried_again_under_its_name(tmp_path):
    (tmp_path / UNFINISHED / "x").mkdir(parents=True)
    assert archive.free_name(tmp_path, "x") == "x"


# ---------------------------------------------------------------- one run at a time


def test_lock_refuses_a_second_run_and_says_who_holds_it(tmp_path):
    with archive.lock(tmp_path / "plan"):
        with pytest.raises(PlanError) as error, archive.lock(tmp_path / "plan"):
            pass
        assert codes(error) == ["locked"]
        assert str(os.getpid()) in message(error.value.faults[0], Words("en"))
    with archive.lock(tmp_path / "plan"):
        pass


def test_lock_is_freed_by_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), archive.lock(tmp_path):
        1 / 0  # noqa: B018
    with archive.lock(tmp_path):
        pass


def test_plans_do_not_wait_for_each_other(tmp_path):
    with archive.lock(tmp_path / "a"), archive.lock(tmp_path / "b"):
        pass


HOLD = """
import sys, time
from pathlib import Path
from salesplan import archive
with archive.lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_lock_of_a_killed_process_is_free(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(PlanError) as error, archive.lock(tmp_path):
            pass
        assert str(holder.pid) in message(error.value.faults[0], Words("en"))
    finally:
        holder.kill()
        holder.wait()
    with archive.lock(tmp_path):
        pass


def test_command_says_which_process_is_running_the_plan(workbook):
    outputs = workbook / "outputs" / "minimal"
    with archive.lock(outputs):
        done = command(workbook, "run", "params/minimal")
    assert done.returncode == 2
    assert str(os.getpid()) in done.stderr
    assert not [path for path in outputs.iterdir() if path.is_dir()]


# ---------------------------------------------------------------- in the making


def test_begin_clears_what_an_earlier_try_left(tmp_path):
    folder = staged(tmp_path, "x", old="1")
    again = archive.begin(tmp_path, "x")
    assert again == folder
    assert [path.name for path in again.rglob("*")] == ["tables"]


def test_a_run_appears_by_its_rename(tmp_path):
    folder = staged(tmp_path, "x", a="1")
    archive.write_manifest(folder, {"state": "complete"})
    assert archive.complete(folder, tmp_path) == tmp_path / "x"
    assert (tmp_path / "x" / "tables" / "a.csv").read_text() == "1"
    assert not (tmp_path / UNFINISHED).exists()


def test_other_unfinished_runs_stay(tmp_path):
    kept = staged(tmp_path, "kept", a="1")
    archive.write_manifest(kept, {"state": "incomplete"})
    archive.complete(staged(tmp_path, "x"), tmp_path)
    assert (kept / "tables" / "a.csv").exists()


def test_a_run_never_replaces_another(tmp_path):
    put(tmp_path, "x", state="complete")
    folder = staged(tmp_path, "x", a="1")
    with pytest.raises(OSError, match="not empty"):
        archive.complete(folder, tmp_path)
    assert [path.name for path in (tmp_path / "x").iterdir()] == [MANIFEST]


def test_a_run_cut_just_before_its_rename_is_incomplete(tmp_path):
    folder = staged(tmp_path, "x")
    archive.write_manifest(folder, {"state": "complete", "created": "2027-01-01"})
    assert [run.state for run in archive.runs(tmp_path)] == ["incomplete"]
    assert archive.newest_complete(tmp_path) is None


# ---------------------------------------------------------------- manifests


def test_manifest_is_sorted_readable_and_the_same_again(tmp_path):
    for folder, pairs in (("a", {"b": 1, "a": "河南"}), ("b", {"a": "河南", "b": 1})):
        put(tmp_path, folder, **pairs)
    text = (tmp_path / "a" / MANIFEST).read_text(encoding="utf-8")
    assert text == '{\n "a": "河南",\n "b": 1\n}\n'
    assert text == (tmp_path / "b" / MANIFEST).read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "a").iterdir()] == [MANIFEST]


def test_manifest_keeps_what_json_does_not_know_as_text(tmp_path):
    folder = put(tmp_path, "a", as_of=NEW_YEAR.date(), title="<script>${x}{{y}}\u202e")
    found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert found == {"as_of": "2027-01-01", "title": "<script>${x}{{y}}\u202e"}


def test_runs_are_listed_newest_first_with_the_unfinished(tmp_path):
    put(tmp_path, "b", created="2027-01-02", state="complete")
    put(tmp_path, "a", created="2027-01-02", state="partial")
    put(tmp_path, "c", created="2027-01-01", state="complete")
    put(tmp_path / UNFINISHED, "d", created="2027-01-03", state="incomplete")
    (tmp_path / "no run").mkdir()
    (tmp_path / "file").touch()
    assert [(run.name, run.state) for run in archive.runs(tmp_path)] == [
        ("d", "incomplete"), ("b", "complete"), ("a", "partial"), ("c", "complete"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"complete"', "\ufffe"], ids=["empty", "cut", "list", "null", "text", "mark"]
)
def test_damaged_manifest_is_an_incomplete_run(tmp_path, text):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / MANIFEST).write_text(text, encoding="utf-8")
    (run,) = archive.runs(tmp_path)
    assert (run.state, dict(run.manifest)) == ("incomplete", {})
    assert archive.newest_complete(tmp_path) is None


def test_no_runs(tmp_path):
    assert archive.runs(tmp_path / "nowhere") == []
    assert archive.newest_complete(tmp_path / "nowhere") is None


def test_newest_complete_run_is_neither_partial_nor_unfinished(tmp_path):
    put(tmp_path, "old", created="2027-01-01", state="complete")
    put(tmp_path, "new", created="2027-01-02", state="complete")
    put(tmp_path, "part", created="2027-01-03", state="partial")
    put(tmp_path / UNFINISHED, "cut", created="2027-01-04", state="incomplete")
    assert archive.newest_complete(tmp_path).name == "new"


def test_run_without_a_state_is_incomplete(tmp_path):
    assert Run(tmp_path / "x", {}).state == "incomplete"


# ---------------------------------------------------------------- hashes


def test_files_are_hashed_but_manifest_and_signatures(tmp_path):
    folder = put(tmp_path, "x", state="complete")
    (folder / "signatures.json").write_text("[]")
    (folder / "tables").mkdir()
    (folder / "tables" / "a.csv").write_bytes(b"abc")
    found = archive.files_of(folder)
    assert found == {"tables/a.csv": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}


def test_files_of_the_demo_run_are_those_of_its_manifest(demo):
    folder = demo / "outputs" / "henan-2027" / "first"
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = archive.files_of(folder)
    assert manifest["files"] == files
    assert manifest["content"] == archive.content_hash(manifest["inputs"], files, manifest["changes"])


BASE = ({"sales.csv": "1"}, {"tables/a.csv": "2", "params/plan.yaml": "3"}, {"k": "v"})


@pytest.mark.parametrize(
    ("inputs", "files", "changes", "same"),
    [
        pytest.param(*BASE, True, id="the same"),
        pytest.param({"sales.csv": "x"}, BASE[1], BASE[2], False, id="another input"),
        pytest.param(BASE[0], {**BASE[1], "tables/a.csv": "x"}, BASE[2], False, id="another table"),
        pytest.param(BASE[0], {**BASE[1], "params/plan.yaml": "x"}, BASE[2], False, id="other parameters"),
        pytest.param(BASE[0], BASE[1], {"k": "w"}, False, id="another change"),
        pytest.param(BASE[0], BASE[1], {}, False, id="no change"),
        pytest.param({**BASE[0], "reps.csv": "1"}, BASE[1], BASE[2], False, id="one input more"),
        pytest.param(BASE[0], {**BASE[1], "index.html": "4"}, BASE[2], True, id="a page is not content"),
        pytest.param(BASE[0], dict(reversed(BASE[1].items())), BASE[2], True, id="another order"),
    ],
)
def test_content_hash_tells_what_a_run_says(inputs, files, changes, same):
    assert (archive.content_hash(inputs, files, changes) == archive.content_hash(*BASE)) is same


# ---------------------------------------------------------------- files written whole


def test_write_whole_replaces_and_leaves_no_draft(tmp_path):
    path = tmp_path / "a.csv"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_write_whole_keeps_the_old_file_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    write_whole(path, b"old")

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


READ = """
import sys
from pathlib import Path
path, seen = Path(sys.argv[1]), set()
print("ready", flush=True)
while "last" not in seen:
    seen.add(path.read_text()[:4])
    assert len(path.read_text()) == 100_000, len(path.read_text())
print(sorted(seen), flush=True)
"""


def test_reader_never_sees_a_part(tmp_path):
    path = tmp_path / "a.csv"
    write_whole(path, b"some" * 25_000)
    reader = subprocess.Popen([sys.executable, "-c", READ, str(path)], stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        write_whole(path, b"some" * 25_000)
        write_whole(path, b"more" * 25_000)
    write_whole(path, b"last" * 25_000)
    assert reader.wait(20) == 0
    assert "last" in reader.stdout.read()
