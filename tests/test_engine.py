"""The engines: cells in a forked child, outputs in order, charts drawn beside, every way to fail; plain papermill."""

import os
import re
import subprocess
import sys
import time

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from salesplan.charts.render import Chart, Sketch
from salesplan.pipeline import forks
from salesplan.pipeline.drawing import Easel
from salesplan.pipeline.engine import NAMES, ForkedEngine, KernelEngine, register
from salesplan.pipeline.execution import How, execute
from salesplan.pipeline.prose import localize
from salesplan.pipeline.provenance import LIBRARIES, versions
from salesplan.wording import Words, catalogue

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CHART = """
from salesplan.charts.render import Sketch
from salesplan.wording import Words
from salesplan.workbook import Step
def paint(ax, frame, *, words):
    {body}
    ax.set_title(frame, loc="left")
    return ax
"""
DRAW = 'Step.drawer(Sketch(paint, "seen", Words("en"), "{name}", (2, 1)))'

pytestmark = pytest.mark.skipif(not forks.available(), reason="needs fork")


def code(cell_id, source, *tags):
    return nbformat.v4.new_code_cell(source, id=cell_id, metadata={"tags": list(tags)})


def notebook_of(*sources):
    """A notebook of a title, the parameters and cells `one`, `two`, ..."""
    names = ("one", "two", "three", "four", "five")
    cells = [code(name, source) for name, source in zip(names, sources, strict=False)]
    first = [nbformat.v4.new_markdown_cell("# Title", id="title"), code("parameters", "n = 1", "parameters")]
    return nbformat.v4.new_notebook(cells=[*first, *cells], metadata={"kernelspec": KERNEL})


@pytest.fixture(scope="module", autouse=True)
def warm():
    """The parent that forks, started once."""
    register()
    forks.warm()


@pytest.fixture
def run(tmp_path):
    """Executes cells by an engine; gives the failure, the executed notebook and the cells that began."""

    def done(*sources, engine="fork", patience=60.0, parameters=None, notebook=None):
        nbformat.write(notebook or notebook_of(*sources), tmp_path / "1_step.ipynb")
        began = []
        how = How(tmp_path, engine, "en", patience)
        target = tmp_path / "out.ipynb"
        failure = execute(tmp_path / "1_step.ipynb", target, parameters or {}, how, on_cell=began.append)
        return failure, nbformat.read(target, as_version=4), began

    return done


def cell_of(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def state_of(notebook, cell_id):
    return cell_of(notebook, cell_id).metadata.papermill.status


def shown(notebook, cell_id="one"):
    """Outputs of a cell in short: kind and text."""
    return [short(output) for output in cell_of(notebook, cell_id).get("outputs", [])]


def short(output):
    if output["output_type"] == "stream":
        return output["name"], output["text"]
    if output["output_type"] == "error":
        return "error", output["ename"]
    kind = {"execute_result": "result", "display_data": "display"}[output["output_type"]]
    return kind, output["data"].get("text/html") or output["data"].get("text/plain")


# ---------------------------------------------------------------- outputs

HTML = "from IPython.display import HTML, display\n"
ORDER = [
    pytest.param("3", [("result", "3")], id="last value"),
    pytest.param("3;", [], id="last value not wanted"),
    pytest.param("None", [], id="nothing"),
    pytest.param("x = 3", [], id="assignment"),
    pytest.param("", [], id="empty cell"),
    pytest.param("# only a comment", [], id="comment"),
    pytest.param("print('a')\nprint('b')", [("stdout", "a\nb\n")], id="prints in one"),
    pytest.param("print('a', end='')\n5", [("stdout", "a"), ("result", "5")], id="print, then value"),
    pytest.param(
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
        [("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n")],
        id="streams in turn",
    ),
    pytest.param(
        HTML + "print('a')\ndisplay(HTML('<b>'))\nprint('c')\nHTML('<i>')",
        [("stdout", "a\n"), ("display", "<b>"), ("stdout", "c\n"), ("result", "<i>")],
        id="everything in turn",
    ),
    pytest.param(HTML + "display(1, 2)", [("display", "1"), ("display", "2")], id="two values displayed"),
    pytest.param("import logging\nlogging.warning('w')", [("stderr", "WARNING:root:w\n")], id="log"),
    pytest.param("import asyncio\nawait asyncio.sleep(0)\n7", [("result", "7")], id="awaited"),
    pytest.param("'<script>${x}{{y}}\\u202e'", [("result", repr("<script>${x}{{y}}\u202e"))], id="hostile text"),
    pytest.param(
        "import threading\nt = threading.Thread(target=print, args=('t',))\nt.start()\nt.join()",
        [("stdout", "t\n")],
        id="another thread",
    ),
    pytest.param("%%capture\nprint('x')", [], id="captured by the cell itself"),
]


@pytest.mark.parametrize(("source", "expected"), ORDER)
def test_outputs_are_kept_in_order(run, source, expected):
    failure, notebook, _ = run(source, "print('after')")
    assert failure is None
    assert shown(notebook) == expected
    assert shown(notebook, "two") == [("stdout", "after\n")]
    nbformat.validate(notebook)


NOT_AS_IN_A_KERNEL = [
    pytest.param(
        HTML + "handle = display('a', display_id='q')\nhandle.update('b')", [("display", "'b'")], id="display updated"
    ),
    pytest.param(
        "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')",
        [("stdout", "b\n")],
        id="output cleared",
    ),
    pytest.param(
        "class Picture:\n    def __repr__(self):\n        return 'p'\n    def _repr_png_(self):\n"
        "        return b'\\x89PNG'\nPicture()",
        [("result", "p")],
        id="picture in bytes",
    ),
]


@pytest.mark.xfail(strict=True, reason="the child's display knows neither updates, clearing nor bytes")
@pytest.mark.parametrize(("source", "expected"), NOT_AS_IN_A_KERNEL)
def test_outputs_are_those_of_a_kernel(run, source, expected):
    failure, notebook, _ = run(source)
    assert failure is None
    assert shown(notebook) == expected


@pytest.mark.xfail(strict=True, reason="only an error of papermill's becomes a failure of the cell")
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("print('\\ud800')", id="half a character"),
        pytest.param(HTML + "display({'text/html': object()}, raw=True)", id="no text"),
    ],
)
def test_output_that_cannot_be_saved_fails_its_cell(run, source):
    failure, _, _ = run(source)
    assert failure[0] == "one"


SAME = (
    "import sys\nprint('a')\nprint('b', file=sys.stderr)\nsys.stdout.flush()\n'value'",
    HTML + "display(1)\ndisplay(HTML('<b>'))\nHTML('<i>')",
    "x = 3;",
    "import asyncio\nawait asyncio.sleep(0)\n{'x': x}",
    "x / 0",
)


def test_both_engines_give_the_same_outputs(run):
    fork, kernel = (run(*SAME, engine=engine) for engine in ("fork", "kernel"))
    assert fork[0] == kernel[0] == ("five", "ZeroDivisionError: division by zero")
    for name in ("parameters", "one", "two", "three", "four", "five"):
        assert name in fork[2], name
        assert name in kernel[2], name
        assert shown(fork[1], name) == shown(kernel[1], name)
        assert state_of(fork[1], name) == state_of(kernel[1], name)
        assert cell_of(fork[1], name).execution_count == cell_of(kernel[1], name).execution_count


def test_cells_share_names_and_count_on(run):
    _, notebook, began = run("x = 20", "y = x + 1", "(x, y, _)", "[n, Out[4]]")
    assert began == ["parameters", "one", "two", "three", "four"]
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3, 4, 5]
    assert shown(notebook, "three")[0][1].startswith("(20, 21")


def test_parameters_replace_those_of_the_notebook(run):
    hostile = {"n": "<script>${x}{{y}}\"'\\", "more": {"a": [1, None, True, 0.5]}}
    _, notebook, _ = run("(n, more)", parameters=hostile)
    assert shown(notebook) == [("result", repr((hostile["n"], hostile["more"])))]


def test_cells_run_in_the_workbook(run, tmp_path):
    _, notebook, _ = run("from pathlib import Path\nstr(Path.cwd())")
    assert shown(notebook) == [("result", repr(str(tmp_path.resolve())))]


def test_each_notebook_begins_anew(run):
    run("import builtins, os\nbuiltins.left = 1\nos.environ['LEFT'] = '1'")
    _, notebook, _ = run("import builtins, os\n(hasattr(builtins, 'left'), 'LEFT' in os.environ)")
    assert shown(notebook) == [("result", "(False, False)")]
    assert "LEFT" not in os.environ


def test_tagged_cells_are_left_out(run):
    notebook = notebook_of("print('a')")
    notebook.cells.insert(2, code("panel", "1 / 0", "skip-execution"))
    failure, found, began = run(notebook=notebook)
    assert failure is None
    assert "panel" not in began
    assert cell_of(found, "panel").execution_count is None
    assert shown(found, "panel") == []


def test_nothing_is_printed_to_the_terminal(tmp_path):
    nbformat.write(notebook_of("import sys\nprint('loud')\nprint('louder', file=sys.stderr)"), tmp_path / "a.ipynb")
    program = (
        "import papermill\nfrom salesplan.pipeline.engine import register\nregister()\n"
        "papermill.execute_notebook('a.ipynb', 'b.ipynb', engine_name='salesplan', progress_bar=False)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    assert "loud" not in done.stderr


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("source", "cause", "kept"),
    [
        pytest.param("print('a')\n1 / 0", "ZeroDivisionError: division by zero", ("stdout", "a\n"), id="error"),
        pytest.param("raise SystemExit", "SystemExit", None, id="exit without status"),
        pytest.param("import sys\nsys.exit(0)", "SystemExit", None, id="exit that looks like success"),
        pytest.param("import sys\nsys.exit(3)", "SystemExit: status 3", None, id="exit with a status"),
        pytest.param("raise KeyboardInterrupt", "KeyboardInterrupt", None, id="interrupt"),
        pytest.param("x = = 1", "SyntaxError", None, id="not Python"),
        pytest.param("  x = 1\n y = 2", "IndentationError", None, id="not indented"),
        pytest.param("undefined", "NameError", None, id="name unknown"),
        pytest.param("class E(BaseException): pass\nraise E('mine')", "E: mine", None, id="error of its own kind"),
        pytest.param("raise ValueError('<script>${x}')", "ValueError: <script>${x}", None, id="hostile text"),
        pytest.param("%nosuchmagic", "", ("stderr", "UsageError"), id="unknown magic"),
        pytest.param("raise ExceptionGroup('g', [ValueError(1)])", "", ("stderr", "ExceptionGroup"), id="group"),
        pytest.param("input('?')", "EOFError", ("stdout", "?"), id="asks somebody"),
    ],
)
def test_failing_cell_is_named_and_ends_the_notebook(run, source, cause, kept):
    failure, notebook, began = run("x = 1", source, "print('after')")
    assert failure[0] == "two"
    assert cause in failure[1]
    assert began[-1] == "two"
    assert [state_of(notebook, name) for name in ("one", "two", "three")] == ["completed", "failed", "pending"]
    assert shown(notebook, "three") == []
    if kept:
        assert any(kind == kept[0] and kept[1] in text for kind, text in shown(notebook, "two"))
    else:
        assert [text for kind, text in shown(notebook, "two") if kind == "error"] == [failure[1].split(":")[0]]
    nbformat.validate(notebook)


def test_traceback_shows_the_line_without_colours(run):
    _, notebook, _ = run("x = 1\nx / 0")
    (output,) = cell_of(notebook, "one").outputs
    text = "\n".join(output.traceback)
    assert "x / 0" in text
    assert "\x1b" not in text


def test_value_that_cannot_be_shown_fails_its_cell(run):
    source = "class B:\n    def __repr__(self):\n        raise ValueError('x')\nB()"
    failure, notebook, _ = run(source, "print('after')")
    assert failure[0] == "one"
    assert shown(notebook, "two") == []


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        pytest.param("import os\nos._exit(0)", "ProcessDied: .*exit status 0", id="ends as if all were well"),
        pytest.param("import os\nos._exit(3)", "ProcessDied: .*exit status 3", id="ends with a status"),
        pytest.param("import os\nos.abort()", "ProcessDied: .*SIGABRT", id="aborts"),
        pytest.param("import os\nos.kill(os.getpid(), 9)", "ProcessDied: .*SIGKILL", id="is killed"),
        pytest.param("import time\ntime.sleep(60)", "CellTimeout: no word for 1 seconds", id="hangs"),
        pytest.param("while True: pass", "CellTimeout", id="never ends"),
        pytest.param("import signal\nsignal.pause()", "CellTimeout", id="waits for nothing"),
    ],
)
def test_dying_or_hanging_cell_takes_nothing_with_it(run, source, cause):
    began = time.monotonic()
    failure, notebook, _ = run("x = 1", source, "print('after')", patience=1 if "CellTimeout" in cause else 60)
    assert time.monotonic() - began < 20
    assert failure[0] == "two"
    assert re.search(cause, failure[1])
    assert [state_of(notebook, name) for name in ("one", "two", "three")] == ["completed", "failed", "pending"]
    nbformat.validate(notebook)


def test_child_ends_with_the_notebook(run, tmp_path):
    source = (
        "import os, subprocess\nfrom pathlib import Path\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n1 / 0"
    )
    run(source)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


# ---------------------------------------------------------------- charts beside the cells


def chart(body="pass", name="x-1"):
    return CHART.format(body=body) + DRAW.format(name=name)


def pictures(notebook, cell_id):
    return [output.data["image/svg+xml"] for output in cell_of(notebook, cell_id).outputs if "data" in output]


def test_charts_stand_where_they_were_drawn(run):
    first = chart("import time; time.sleep(0.5)")
    failure, notebook, _ = run(first, DRAW.format(name="x-2"), "print('after')")
    assert failure is None
    for cell_id, name in (("one", "x-1"), ("two", "x-2")):
        (svg,) = pictures(notebook, cell_id)
        assert svg.startswith("<svg")
        assert f'id="{name}-' in svg
        assert cell_of(notebook, cell_id).outputs[0].data["text/plain"] == "seen"


def test_chart_that_raises_in_its_helper_fails_its_cell(run):
    failure, notebook, _ = run("x = 1", chart("1 / 0"), "print('after')")
    assert failure == ("two", "ZeroDivisionError: division by zero")
    assert [state_of(notebook, name) for name in ("one", "two")] == ["completed", "failed"]
    assert ("error", "ZeroDivisionError") in shown(notebook, "two")
    assert "paint" in "\n".join(cell_of(notebook, "two").outputs[-1].traceback)
    nbformat.validate(notebook)


def test_first_of_several_failing_charts_is_named(run):
    failure, _, _ = run(chart(), chart("1 / 0", name="x-2"), chart("[][1]", name="x-3"))
    assert failure[0] == "two"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        pytest.param("import os; os._exit(3)", "exit status 3", id="ends its process"),
        pytest.param("import time; time.sleep(30)", "no word for 2 seconds", id="hangs"),
    ],
)
def test_chart_that_dies_or_hangs_fails_its_cell(run, body, cause):
    failure, notebook, _ = run("x = 1", chart(body), "print('after')", patience=2)
    assert cause in failure[1]
    assert failure[0] == "two"
    nbformat.validate(notebook)


def test_chart_in_a_cell_that_fails_leaves_the_cells_own_error(run):
    failure, _, _ = run(chart() + "\n[][1]", "print('after')")
    assert failure == ("one", "IndexError: list index out of range")


def good(ax, frame, *, words):
    ax.set_title(f"{frame} {words.language}", loc="left")
    return ax


def bad(_, frame, **__):
    raise ValueError(f"cannot draw {frame}")


def test_easel_gives_names_first_and_pictures_later():
    easel = Easel()
    taken = [easel.take(Sketch(good, name, Words("en"), name, (2, 1))) for name in ("a-1", "a-2")]
    assert all(isinstance(chart, Chart) for chart in taken)
    assert [chart.svg for chart in taken] == ["a-1", "a-2"]
    found = easel.finished()
    assert {name: title for name, (_, title) in found.items()} == {"a-1": "a-1 en", "a-2": "a-2 en"}
    assert all(svg.startswith("<svg") for svg, _ in found.values())


def test_easel_raises_a_helpers_error_at_its_cell():
    easel = Easel()
    for easel.position, paint in enumerate((good, bad, good)):
        easel.take(Sketch(paint, f"p{easel.position}", Words("en"), f"a-{easel.position}", (2, 1)))
    with pytest.raises(ValueError, match="cannot draw p1"):
        easel.finished()
    assert easel.position == 1


def test_empty_easel():
    assert Easel().finished() == {}


# ---------------------------------------------------------------- prose


def prose(*cell_ids):
    cells = [nbformat.v4.new_markdown_cell(f"原文 {cell_id}", id=cell_id) for cell_id in cell_ids]
    return nbformat.v4.new_notebook(cells=[*cells, code("method", "# code")], metadata={"kernelspec": KERNEL})


def test_prose_is_put_in_the_plans_language():
    notebook = prose("title", "own-cell")
    localize(notebook, "commission", "en")
    assert notebook.cells[0].source == catalogue("en")["notebook.commission.title"].strip("\n")
    assert notebook.cells[1].source == "原文 own-cell", "what the catalogue lacks stays"
    assert "notebook.commission.method" in catalogue("en")
    assert notebook.cells[2].source == "# code", "code stays"


@pytest.mark.parametrize(
    ("stem", "language"), [("commission", "zh"), ("none", "en"), ("", "en")], ids=["zh", "unknown step", "no step"]
)
def test_prose_stays_as_it_is(stem, language):
    notebook = prose("title")
    localize(notebook, stem, language)
    assert notebook.cells[0].source == "原文 title"


@pytest.mark.parametrize("engine", NAMES)
def test_engines_localise_what_they_execute(tmp_path, engine):
    nbformat.write(prose("title"), tmp_path / "4_commission.ipynb")
    how = How(tmp_path, engine, "en", 60.0)
    assert execute(tmp_path / "4_commission.ipynb", tmp_path / "out.ipynb", {}, how, on_cell=lambda _: None) is None
    found = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert cell_of(found, "title").source == catalogue("en")["notebook.commission.title"].strip("\n")


# ---------------------------------------------------------------- plain papermill


def test_engines_are_known_by_name():
    found = papermill.engines.papermill_engines
    assert found.get_engine("salesplan") is ForkedEngine
    assert found.get_engine(NAMES["kernel"]) is KernelEngine


def papermill_command(folder, *args):
    program = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", *args]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=120)


def test_papermill_finds_the_engine_by_itself(tmp_path):
    child = "import sys\n'salesplan.pipeline.child' in sys.modules"
    nbformat.write(notebook_of("print(n)", child), tmp_path / "in.ipynb")
    done = papermill_command(tmp_path, "--engine", "salesplan", "-p", "n", "7")
    assert done.returncode == 0, done.stderr
    found = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert shown(found) == [("stdout", "7\n")]
    assert shown(found, "two") == [("result", "True")], "a child of ours, not a kernel"
    assert found.metadata.papermill.exception is None


def test_papermill_fails_with_the_notebook(tmp_path):
    nbformat.write(notebook_of("1 / 0"), tmp_path / "in.ipynb")
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        papermill.execute_notebook(
            str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), engine_name="salesplan", progress_bar=False
        )
    assert state_of(nbformat.read(tmp_path / "out.ipynb", as_version=4), "one") == "failed"


def test_papermill_takes_its_own_options(tmp_path):
    nbformat.write(notebook_of("import time\ntime.sleep(60)"), tmp_path / "in.ipynb")
    with pytest.raises(PapermillExecutionError, match="no word for 1 seconds"):
        papermill.execute_notebook(
            str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), engine_name="salesplan", progress_bar=False,
            execution_timeout=1,
        )  # fmt: skip


# ---------------------------------------------------------------- children


def test_child_calls_a_function_by_its_name(tmp_path):
    process = forks.start("os", "mkdir", str(tmp_path / "made"))
    process.join()
    assert process.exitcode == 0
    assert (tmp_path / "made").is_dir()


@pytest.mark.parametrize(("module", "function"), [("no.such.module", "f"), ("os", "no_such_function")])
def test_child_that_cannot_begin_ends_with_a_status(module, function, capfd):
    process = forks.start(module, function)
    process.join()
    assert process.exitcode not in (0, None)
    capfd.readouterr()


def test_main_module_of_the_caller_is_left_alone():
    before = sys.modules["__main__"]
    forks.start("os", "getpid").join()
    assert sys.modules["__main__"] is before


def test_versions_name_what_computes():
    found = versions()
    assert set(found) == {"python", *LIBRARIES}
    assert all(found.values())
    assert found["numpy"] != "unknown"
