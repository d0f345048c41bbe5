"""Disks that are full or may not be written, other clocks and languages: real ones, where this machine lends them."""

import errno
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager

import pytest
from workbooks import command

from salesplan import archive, machine
from salesplan.wording import LANGUAGES, Words, catalogue

PROGRAM = [sys.executable, "-c", "from salesplan.cli import main; main()"]


@contextmanager
def mounted(folder, *options):
    """A file system of its own on a folder; the test is skipped where none may be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


# ---------------------------------------------------------------- what is said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", machine.KINDS)
def test_every_fault_of_the_machine_is_one_sentence_with_its_path(language, code):
    words = Words(language)
    said = machine.sentence(OSError(code, os.strerror(code), "/a/b {x}.csv"), words)
    assert said.startswith("/a/b {x}.csv ")
    assert words(f"machine.{machine.KINDS[code]}") in said
    assert "\n" not in said
    assert machine.sentence(OSError(code, "no path"), words) == words(f"machine.{machine.KINDS[code]}")


@pytest.mark.parametrize("error", [ValueError("x"), OSError(errno.ENOENT, "x"), KeyError("x"), FileExistsError("x")])
def test_what_is_not_the_machines_is_not_excused(error):
    assert machine.code_of(error) is None
    assert machine.sentence(error, Words("en")) is None
    assert machine.status_of(error) is None


@pytest.mark.parametrize(
    ("cause", "key"),
    [
        pytest.param("OSError: [Errno 28] No space left on device: 'x'", "no_space", id="disk full"),
        pytest.param("PermissionError: [Errno 13] Permission denied", "no_permission", id="no permission"),
        pytest.param("MemoryError: ", "no_memory", id="no memory"),
        pytest.param("ZeroDivisionError: division by zero", "", id="no fault of the machine"),
        pytest.param("FileNotFoundError: [Errno 2] No such file", "", id="a file that is not there"),
    ],
)
def test_a_cells_cause_tells_what_to_do(cause, key):
    said = machine.hinted(cause, Words("en"))
    assert said == (f"{cause} ({catalogue('en')[f'machine.{key}']})" if key else cause)


def test_a_process_of_ours_hands_the_fault_on(tmp_path):
    status = machine.status_of(OSError(errno.ENOSPC, "x"))
    with pytest.raises(OSError, match="No space") as found:
        machine.raise_status(status, tmp_path)
    assert (found.value.errno, found.value.filename) == (errno.ENOSPC, str(tmp_path))
    assert machine.raise_status(1, tmp_path) is None


# ---------------------------------------------------------------- real disks


@pytest.mark.parametrize("size", [pytest.param("96k", id="at once"), pytest.param("1500k", id="while steps run")])
def test_a_full_disk_is_told_in_one_sentence(workbook, size):
    with mounted(workbook / "outputs", "-t", "tmpfs", "-o", f"size={size}", "none"):
        done = command(workbook, "run", "params/minimal", "--name", "x")
        assert done.returncode == 1, done.stderr
        assert "no space is left on the disk" in done.stderr
        assert "Traceback" not in done.stderr
        outputs = workbook / "outputs" / "minimal"
        assert [(run.name, run.state) for run in archive.runs(outputs)] in ([], [("x", "incomplete")])
        assert not (outputs / "x").exists()
        assert not archive.held(outputs)


def test_outputs_that_can_only_be_read(workbook):
    with mounted(workbook / "outputs", "-t", "tmpfs", "-o", "ro", "none"):
        for language, said in (("en", "this place can only be read"), ("zh", Words("zh")("machine.read_only"))):
            plan = workbook / "params" / "minimal" / "plan.yaml"
            plan.write_text(plan.read_text(encoding="utf-8").replace("language: en", f"language: {language}"))
            done = command(workbook, "run", "params/minimal")
            assert done.returncode == 1
            (line,) = done.stderr.splitlines()
            assert said in line
            assert "outputs" in line


BOUND = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]  # also the superuser must keep to permissions then


def test_no_permission_to_write(workbook):
    (workbook / "outputs").mkdir(mode=0o555)
    bound = BOUND if os.getuid() == 0 else []
    if subprocess.run([*bound, "touch", str(workbook / "outputs" / "x")], capture_output=True).returncode != 1:
        pytest.skip("permissions do not bind here")
    done = subprocess.run(
        [*bound, *PROGRAM, "run", "params/minimal"], cwd=workbook, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "this may not be read or written by you" in line
    assert list((workbook / "outputs").iterdir()) == []


# ---------------------------------------------------------------- clocks, languages, neighbours


def sheets_of(path):
    """The parts of a workbook; at the foot of each sheet stands which run it is of, on the cover when it was made."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert all(b"<oddFooter>" in part for name, part in parts.items() if name.startswith("xl/worksheets/sheet"))
    made = re.compile(rb"<oddFooter>.*?</oddFooter>|<t>\d{4}-\d\d-\d\d \d\d:\d\d[^<]*</t>")
    return {name: made.sub(b"", part) for name, part in parts.items()}


def test_a_kernel_in_another_language_clock_and_seed_gives_the_same_bytes(minimal, workbook):
    env = {**os.environ, "LC_ALL": "C", "LANG": "zh_CN.GB18030", "PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati"}
    program = [*PROGRAM, "run", "params/minimal", "--name", "first", "--engine", "kernel", "--quiet"]
    done = subprocess.run(program, cwd=workbook, capture_output=True, text=True, env=env, timeout=600)
    assert done.returncode == 0, done.stderr
    a, b = (folder / "outputs" / "minimal" / "first" for folder in (minimal, workbook))
    tables = sorted(a.glob("tables/*.csv"))
    assert tables
    for path in tables:
        assert path.read_bytes() == (b / "tables" / path.name).read_bytes(), path.name
    assert sheets_of(a / "salesplan.xlsx") == sheets_of(b / "salesplan.xlsx")
    assert_no_place_is_named(b, workbook)


def assert_no_place_is_named(run, workbook):
    """No byte of a run tells where or by whom it was made."""
    places = {str(workbook), os.path.expanduser("~/"), f"{sys.prefix}/", "/tmp/"}  # noqa: PTH111
    host = re.compile(rb"\b" + re.escape(os.uname().nodename.encode()) + rb"\b")
    for path in sorted(path for path in run.rglob("*") if path.is_file()):
        for content in contents(path):
            assert [place for place in places if place.encode() in content] == [], path
            assert not host.search(content), path


def contents(path):
    """The bytes of a file; of a workbook those of each part, as they were before they were packed."""
    if path.suffix != ".xlsx":
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as book:
        return [book.read(name) for name in book.namelist()]


def test_a_clock_set_back_does_not_change_the_order_of_runs(tmp_path):
    for name, number, created in (("late", 1, "2027-06-01"), ("early", 2, "2027-01-01"), ("cut", 3, "2026-01-01")):
        folder = tmp_path / (f".unfinished/{name}" if name == "cut" else name)
        folder.mkdir(parents=True)
        archive.write_manifest(folder, {"number": number, "created": created, "state": "complete"})
    assert [run.name for run in archive.runs(tmp_path)] == ["cut", "early", "late"]
    assert archive.newest_complete(tmp_path).name == "early"
    assert archive.next_number(tmp_path) == 4


def test_what_a_killed_run_left_of_its_lock_keeps_nobody_out(tmp_path):
    (tmp_path / ".lock").touch()
    (tmp_path / ".lock.holder").write_text("1")
    assert not archive.held(tmp_path)
    with archive.lock(tmp_path):
        assert (tmp_path / ".lock.holder").read_text() == str(os.getpid())
        assert archive.held(tmp_path)
    assert not (tmp_path / ".lock.holder").exists()


def test_a_run_in_the_making_is_listed_as_such(workbook):
    outputs = workbook / "outputs" / "minimal"
    folder = archive.begin(outputs, "now")
    archive.write_manifest(folder, {"number": 1, "state": "incomplete"})
    assert "killed, or the machine stopped" in command(workbook, "runs", "minimal").stdout
    with archive.lock(outputs):
        assert "being made" in command(workbook, "runs", "minimal").stdout
    shutil.rmtree(outputs)
