"""Runs that are told to end, or killed at any moment: no process stays, the run is named, going on gives the same.

The kills are drawn from a seed: SALESPLAN_KILLS=20 for the full number, which takes some minutes.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from processes import left_after
from workbooks import command, copy_workbook

from salesplan import archive
from salesplan.pipeline import forks

KILLS = int(os.environ.get("SALESPLAN_KILLS", "2"))
CONTROL = re.compile(rb"<!--(sealed|runs)-->.*?<!--/\1-->", re.DOTALL)  # which run it is, which others there are

pytestmark = pytest.mark.skipif(not forks.available(), reason="looks at processes through /proc")


def begun(workbook, *options, mark):
    """The command as a terminal begins it, in a session of its own; everything it starts carries the mark.

    Tests that are themselves begun in the background ignore signals, which their children would inherit.
    """
    code = (
        "import signal\n"
        "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_DFL)\n"
        "from salesplan.cli import main; main()"
    )
    program = [sys.executable, "-c", code, "run", "params/minimal", *options]
    env = {**os.environ, "SALESPLAN_MARK": mark}
    return subprocess.Popen(
        program, cwd=workbook, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def wait_for_step(running, folder, stem):
    """Wait until the manifest of the run in the making says that a step is running."""
    until = time.monotonic() + 300
    while running.poll() is None and time.monotonic() < until:
        if archive.read_manifest(folder).get("steps", {}).get(stem, {}).get("state") == "running":
            return
        time.sleep(0.05)
    raise AssertionError(f"never came to {stem}: {running.poll()}")


@pytest.fixture
def in_memory(tmp_path):
    """A workbook with the minimal plan where no busy disk keeps a process from ending."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory)) if memory.is_dir() else tmp_path
    yield copy_workbook(folder, "minimal")
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("number", "engine"),
    [
        pytest.param(signal.SIGTERM, "fork", id="asked to end"),
        pytest.param(signal.SIGINT, "fork", id="Ctrl-C"),
        pytest.param(signal.SIGHUP, "fork", id="terminal closed"),
        pytest.param(signal.SIGTERM, "kernel", id="asked to end, in a kernel"),
    ],
)
def test_a_run_told_to_end_does_so_in_good_order(in_memory, number, engine):
    workbook, mark = in_memory, f"{in_memory.parent.name}-{number}-{engine}"
    running = begun(workbook, "--name", "s", "--engine", engine, mark=mark)
    outputs = workbook / "outputs" / "minimal"
    wait_for_step(running, outputs / ".unfinished" / "s", "annual_target")
    time.sleep(0.5)
    running.send_signal(number)
    began = time.monotonic()
    _, said = running.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert running.returncode == 1
    assert "Traceback" not in said
    assert left_after(mark, 5) == []
    (found,) = archive.runs(outputs)
    assert (found.state, found.cause, found.stopped) == ("incomplete", "interrupted", "annual_target")
    assert not (outputs / ".lock.holder").exists()
    assert "Annual target: interrupted" in (outputs / "index.html").read_text(encoding="utf-8")


def bare(folder):
    """Tables and pages of a run without what says when it was made."""
    found = sorted([*folder.glob("tables/*.csv"), *folder.glob("letters/**/*.html"), *folder.glob("?_*.html")])
    return {path.relative_to(folder).as_posix(): CONTROL.sub(b"", path.read_bytes()) for path in found}


def test_a_run_killed_at_random_moments_ends_in_the_same(minimal, workbook):
    draw = random.Random(2027)
    outputs, mark = workbook / "outputs" / "minimal", f"kill-{workbook.name}-{os.getpid()}"
    for _ in range(KILLS):
        unfinished = (outputs / ".unfinished" / "k" / archive.MANIFEST).exists()
        running = begun(workbook, *(("--resume", "k") if unfinished else ("--name", "k")), mark=mark)
        time.sleep(draw.uniform(0, 12))
        running.kill()
        running.wait()
        running.stderr.close()
        assert left_after(mark, 10) == []
        found = {run.name: run for run in archive.runs(outputs)}
        if found and found["k"].state == "complete":
            break
        assert {name: (run.state, run.cause) for name, run in found.items()} in ({}, {"k": ("incomplete", "killed")})
        assert not archive.held(outputs)
    else:
        begun_before = (outputs / ".unfinished" / "k" / archive.MANIFEST).exists()
        if begun_before:
            listed = command(workbook, "runs", "minimal").stdout
            assert "killed, or the machine stopped" in listed
        done = command(workbook, "run", "params/minimal", *(("--resume", "k") if begun_before else ("--name", "k")))
        assert done.returncode == 0, done.stderr
    (run,) = archive.runs(outputs)
    assert run.state == "complete"
    assert archive.altered(run) == []
    assert bare(run.folder) == bare(minimal / "outputs" / "minimal" / "first")
    assert not (outputs / ".unfinished").exists()


def test_a_second_signal_does_not_break_the_tidying_up():
    program = (
        "import os, signal, time\nfrom salesplan.ending import answer_signals\nanswer_signals()\n"
        "try:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    os.kill(os.getpid(), signal.SIGTERM)\n    time.sleep(0.2)\n    print('tidy')\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=20)[0] == "tidy\n"
    assert running.returncode == 0


def test_the_program_ends_within_five_seconds_whatever_it_is_doing():
    program = (
        "import signal, time\nfrom salesplan.ending import answer_signals\nanswer_signals()\n"
        "end = time.monotonic() + 60\n"
        "while time.monotonic() < end:\n"
        "    try:\n        print('ready', flush=True)\n        time.sleep(1)\n"
        "    except KeyboardInterrupt: pass\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    running.stdout.readline()
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 1
    assert time.monotonic() - began < 5.5
    running.stdout.close()


def test_an_ignored_signal_stays_ignored():
    program = (
        "import os, signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from salesplan.ending import answer_signals\nanswer_signals()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\nprint('on')\n"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "on\n"


def test_manifests_of_killed_runs_are_told_in_words(tmp_path):
    from salesplan.report.listing import ending
    from salesplan.wording import Words

    for cause, expected in (
        (None, "killed, or the machine stopped"),
        ("no_space", "no space is left"),
        ("x: y", "x: y"),
    ):
        folder = tmp_path / ".unfinished" / "r"
        folder.mkdir(parents=True, exist_ok=True)
        steps = {"annual_target": {"state": "done"}, "commission": {"state": "running"}}
        archive.write_manifest(folder, {"steps": steps, **({"cause": cause} if cause else {})})
        (run,) = archive.runs(tmp_path)
        assert expected in ending(run, Words("en"))
        assert ending(run, Words("en")).startswith("Commission: ") == (cause is None)
        assert json.loads((folder / archive.MANIFEST).read_text())["steps"] == steps


def test_a_run_killed_before_it_was_listed_is_listed_by_the_next_command(minimal, workbook):
    shutil.copytree(minimal / "outputs", workbook / "outputs")
    index = workbook / "outputs" / "minimal" / "index.html"
    for kept in (None, "<p>of earlier runs</p>"):
        if kept is None:
            index.unlink()
        else:
            index.write_text(kept)
        done = command(workbook, "run", "params/minimal")
        assert done.returncode == 0
        assert "nothing has changed" in done.stderr
        assert "first/index.html" in index.read_text(encoding="utf-8")
