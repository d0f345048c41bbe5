"""Faults at every file operation of a run: what was complete stays, what was begun is whole or named, all can go on."""

import random
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from injection import KILLED, KINDS, Faults, in_child, injected
from stub_steps import bare, made, plant, stubbed

from salesplan import archive
from salesplan.archive import UNFINISHED
from salesplan.errors import PlanError
from salesplan.machine import sentence
from salesplan.wording import LANGUAGES, Words

STORED = re.compile(r"[0-9a-f]{64}\.\w+")
OWN = {"first", "x", "index.html", "inputs", "register.jsonl", ".lock"}
# What a process that is killed, or whose disk fails just then, cannot put away; the next run does.
LEFT = {".lock.holder"}
LEFT_BY_A_KILL = {*LEFT, "index.html.part", "register.jsonl.part"}


@pytest.fixture(scope="module")
def stubs(tmp_path_factory):
    """A workbook of stub steps with one complete run, and the outputs to begin each case with."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory)) if memory.is_dir() else tmp_path_factory.mktemp("stubs")
    workbook = plant(folder / "workbook")
    with stubbed(workbook):
        made(workbook, name="first")
        shutil.copytree(workbook / "outputs", workbook / "begin")
        yield workbook
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def expected(stubs):
    """What the run `x` leaves where nothing goes wrong, and the operations it takes."""
    begin_anew(stubs)
    faults = Faults(stubs / "outputs")
    with injected(faults):
        made(stubs, name="x", fresh=True)
    return bare(outputs_of(stubs) / "x"), faults.seen


def outputs_of(workbook):
    return workbook / "outputs" / "minimal"


def begin_anew(workbook):
    shutil.rmtree(workbook / "outputs", ignore_errors=True)
    shutil.copytree(workbook / "begin", workbook / "outputs")


def cut(workbook, faults, **options):
    """Make a run that meets its fault; the error it ended with."""

    def make():
        with injected(faults):
            made(workbook, **options)

    if faults.kind == "kill":
        assert in_child(make) in (0, KILLED)
        return None
    try:
        make()
    except (OSError, PlanError) as error:
        return error
    return None


def run_named(outputs, name):
    return next((run for run in archive.runs(outputs) if run.name == name), None)


def strays(outputs, killed):
    """Files that belong to no run, beside those of the archive itself; what is unfinished lies apart."""
    allowed = OWN | ({UNFINISHED} if (outputs / UNFINISHED).exists() else set())
    found = {path.name for path in outputs.iterdir()} - allowed - (LEFT_BY_A_KILL if killed else LEFT)
    stored = {path.name for path in (outputs / "inputs").iterdir()}
    drafts = {name for name in stored if name.startswith(".part-")} if killed else set()
    return found | {name for name in stored - drafts if not STORED.fullmatch(name)}


def check_archive(outputs, *, killed=False):
    """The run that was complete is untouched, the new one is whole or named incomplete with its cause."""
    assert archive.altered(run_named(outputs, "first")) == []
    found = run_named(outputs, "x")
    if found is not None and found.state == "complete":
        assert archive.altered(found) == []
    elif found is not None:
        assert found.state == "incomplete"
        assert found.cause
    assert not archive.held(outputs)
    assert strays(outputs, killed) == set()


def go_on(workbook):
    """Bring the run to its end, as its user would."""
    found = run_named(outputs_of(workbook), "x")
    with injected(Faults(workbook / "outputs")):  # a run as ever; nothing is flushed
        finish(workbook, found)


def finish(workbook, found):
    if found is None:
        made(workbook, name="x", fresh=True)
    elif found.state == "incomplete":
        made(workbook, resume="x")
    elif "x/index.html" not in (outputs_of(workbook) / "index.html").read_text(encoding="utf-8") or untidy(workbook):
        made(workbook, name="y")  # the next run writes the list again
        shutil.rmtree(outputs_of(workbook) / "y")


def untidy(workbook):
    """Whether what a fault left still waits for the next run."""
    return any((outputs_of(workbook) / name).exists() for name in (*LEFT_BY_A_KILL, UNFINISHED))


def check_end(workbook, expected):
    outputs = outputs_of(workbook)
    check_archive(outputs)
    assert not untidy(workbook)
    assert run_named(outputs, "x").state == "complete"
    assert bare(outputs / "x") == expected
    assert "x/index.html" in (outputs / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("fresh", [True, False], ids=["executed", "taken over"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_file_operation(stubs, expected, kind, fresh):
    wrong = []
    names, _ = KINDS[kind]
    whole, seen = expected
    if not fresh:
        begin_anew(stubs)
        with injected(Faults(stubs / "outputs")) as counted:
            made(stubs, name="x")
        seen = counted.seen
    places = [place for place, operation in enumerate(seen, 1) if operation in names]
    for place in places[:: 1 if fresh else 4]:  # taken over, much of the code is the same
        begin_anew(stubs)
        error = cut(stubs, Faults(stubs / "outputs", kind, place), name="x", fresh=fresh)
        try:
            check_archive(outputs_of(stubs), killed=kind == "kill")
            assert not isinstance(error, PlanError), error
            assert error is None or (error.filename and all(sentence(error, Words(one)) for one in LANGUAGES)), error
            go_on(stubs)
            check_end(stubs, whole)
        except (AssertionError, OSError, PlanError) as found:
            wrong.append(f"{place} {seen[place - 1]}: {type(found).__name__} {str(found)[:300]}")
    assert wrong == [], "\n".join(wrong)


def test_runs_killed_again_and_again_end_in_the_same(stubs, expected):
    whole, seen = expected
    draw = random.Random(7)
    for _ in range(25):
        begin_anew(stubs)
        cut(stubs, Faults(stubs / "outputs", "kill", draw.randint(1, len(seen))), name="x", fresh=True)
        for kind in draw.choices([*KINDS, "kill"], k=3):
            check_archive(outputs_of(stubs), killed=True)
            found = run_named(outputs_of(stubs), "x")
            options = {"resume": "x"} if found and found.state == "incomplete" else {"name": "x"}
            if not (found and found.state == "complete"):
                cut(stubs, Faults(stubs / "outputs", kind, draw.randint(1, len(seen))), **options)
        go_on(stubs)
        check_end(stubs, whole)
