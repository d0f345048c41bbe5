"""What a run tells of itself: at a terminal, in a pipe, in CI, to scripts."""

import json
import os
import pty
import subprocess
import sys

import pytest

from salesplan.errors import Fault
from salesplan.progress import Events, Expected, Lines, expected
from salesplan.wording import Words
from salesplan.wording.messages import entry

RUN = """
import sys
from salesplan.progress import Expected, Lines
from salesplan.wording import Words
known = Expected(("annual_target", "commission"), {"annual_target": 3.0, "commission": 4.0}, {"commission": ["a", "b"]})
told = Lines(Words("en"), quiet="--quiet" in sys.argv, expected=known)
told.taken_over("annual_target", "first", signed=False)
told.step("commission")
told.cell("commission", "b")
told.cell("commission", "unknown")
told.done("commission", 4.21)
"""
STEPS = ("annual_target", "seasonal_split", "commission")


def at_a_terminal(*options, **more):
    """What a program writes to a terminal."""
    ours, theirs = pty.openpty()
    try:
        surroundings = {**os.environ, **more}
        subprocess.run([sys.executable, "-c", RUN, *options], stderr=theirs, env=surroundings, check=True, timeout=60)
        return os.read(ours, 65536).decode() if not options and not more else _rest(ours)
    finally:
        os.close(ours)
        os.close(theirs)


def _rest(ours):
    os.set_blocking(ours, False)
    try:
        return os.read(ours, 65536).decode()
    except BlockingIOError:
        return ""


def in_a_pipe(*options, **more):
    program, surroundings = [sys.executable, "-c", RUN, *options], {**os.environ, **more}
    return subprocess.run(program, capture_output=True, text=True, env=surroundings, check=True, timeout=60).stderr


def test_a_terminal_shows_step_cell_and_what_is_left():
    shown = at_a_terminal()
    assert "2/2  Commission  2/2 b  0.0 s  about 4 s left" in shown
    assert "2/2  Commission  unknown  0.0 s" in shown
    assert shown.count("\r\033[K") == 3, "the line is written over, then cleared"
    assert shown.rstrip().endswith("Commission  4.2 s")


def test_a_pipe_gets_a_line_a_step_and_nothing_that_moves():
    assert in_a_pipe().splitlines() == ["  Annual target  unchanged, taken over from first", "  Commission  4.2 s"]


@pytest.mark.parametrize("tell", [at_a_terminal, in_a_pipe])
def test_quiet_and_ci_are_silent(tell):
    assert tell("--quiet") == ""
    assert tell(CI="true") == ""


@pytest.mark.parametrize(
    ("stem", "elapsed", "left"),
    [
        pytest.param("annual_target", 0.0, 6.0, id="all"),
        pytest.param("seasonal_split", 0.5, 4.5, id="in the middle"),
        pytest.param("commission", 9.0, 0.0, id="longer than last time"),
        pytest.param("variance_review", 0.0, None, id="not asked for"),
    ],
)
def test_seconds_left(stem, elapsed, left):
    known = Expected(STEPS, {"annual_target": 1.0, "seasonal_split": 2.0, "commission": 3.0})
    assert known.left(stem, elapsed) == left


def test_nothing_is_foretold_of_what_was_never_run():
    assert Expected(STEPS, {"annual_target": 1.0}).left("annual_target", 0.0) is None
    assert Expected().left("annual_target", 0.0) is None


def test_the_last_runs_say_how_long_a_step_takes(workbook):
    for name, made, steps in (
        ("a", "2026-01-01T00:00:00+00:00", {"annual_target": {"seconds": 1.5}, "commission": {"seconds": 2.5}}),
        ("b", "2026-01-02T00:00:00+00:00", {"annual_target": {"seconds": 1.0}, "commission": {"from": "a"}}),
    ):
        folder = workbook / "outputs" / "minimal" / name
        folder.mkdir(parents=True)
        manifest = {"plan": "minimal", "run": name, "state": "complete", "created": made, "steps": steps}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    found = expected(workbook / "params" / "minimal", ("annual_target", "commission"))
    assert found.seconds == {"annual_target": 1.0, "commission": 2.5}
    assert found.cells["commission"][0] == "parameters" and "what-if-panel" not in found.cells["commission"]
    assert expected(workbook / "params" / "none", ("commission",)).seconds == {}


def test_events_are_one_object_a_line(capsys):
    told = Events(expected=Expected(("commission",), {"commission": 2.0}))
    told.step("commission")
    told.cell("commission", "setup")
    told.done("commission", 1.23456)
    told.taken_over("variance_review", "first", signed=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"event": "step", "step": "commission", "left": 2.0},
        {"event": "cell", "step": "commission", "cell": "setup"},
        {"event": "done", "step": "commission", "seconds": 1.235},
        {"event": "signed", "step": "variance_review", "run": "first"},
    ]
    Events(quiet=True).step("commission")
    assert capsys.readouterr().out == ""


def test_nobody_reads_it_any_more(monkeypatch):
    class Gone:
        def write(self, _):
            raise BrokenPipeError

        def isatty(self):
            return True

    monkeypatch.setattr("sys.stderr", Gone())
    Lines(Words("en")).done("commission", 1.0)


@pytest.mark.parametrize(
    ("place", "file", "line", "key"),
    [
        ("params/x/commission.yaml line 14: plans[0].rate", "params/x/commission.yaml", 14, "plans[0].rate"),
        ("data/sales.csv row 1042 , column amount (\u91d1\u989d)", "data/sales.csv", 1042, "amount"),
        ("data/sales.xlsx sheet One Two row 7 , column amount", "data/sales.xlsx", 7, "amount"),
        ("data/sales.xlsx sheet One cell AB12 , column amount", "data/sales.xlsx", 12, "amount"),
        ("params/x/plan.yaml line 3", "params/x/plan.yaml", 3, None),
        ("params/x", "params/x", None, None),
        ("--set seasonal_split.method", "--set", None, None),
        ("", None, None, None),
    ],
    ids=[
        "a parameter",
        "a cell",
        "a row of a sheet",
        "a cell of a sheet",
        "a line",
        "a folder",
        "an option",
        "nowhere",
    ],
)
def test_a_fault_for_scripts(place, file, line, key):
    found = entry(Fault("at_most", place, "1.8", {"limit": 1}), Words("en"))
    assert (found["file"], found["line"], found["key"], found["value"]) == (file, line, key, "1.8")
    assert found["allowed"] == "must be at most 1"
    assert found["message"].endswith(found["allowed"])
