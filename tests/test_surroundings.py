"""What notebooks see of the machine: no secrets of the caller, no modules that lie beside them, no process left."""

import ast
import os
import subprocess
import sys

import nbformat
import pytest
from processes import left_after

from salesplan.pipeline import environment, forks
from salesplan.pipeline.execution import How, execute

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SET_BY_KERNELS = {
    "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "PAGER", "GIT_PAGER", "MPLBACKEND", "JPY_SESSION_NAME",
    "PYDEVD_USE_FRAME_EVAL",
}  # fmt: skip
SHADOWS = ("pandas", "salesplan", "json", "calendar", "matplotlib", "csv")

pytestmark = pytest.mark.skipif(not forks.available(), reason="needs fork")


def notebook(path, *sources):
    """A notebook of these cells."""
    parameters = nbformat.v4.new_code_cell("n = 1", id="parameters", metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_code_cell(text, id=f"c{n}", metadata={"tags": []}) for n, text in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=[parameters, *cells], metadata={"kernelspec": KERNEL}), path)


def executed(folder, engine, *sources):
    """Execute cells in a folder; the failure and what the first cell printed."""
    notebook(folder / "1_step.ipynb", *sources)
    failure = execute(
        folder / "1_step.ipynb", folder / "out.ipynb", {}, How(folder, engine, "en", 60.0), on_cell=lambda _: None
    )
    outputs = nbformat.read(folder / "out.ipynb", as_version=4).cells[-1].get("outputs", [])
    return failure, "".join(output.get("text", "") for output in outputs)


# ---------------------------------------------------------------- the environment


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_a_cell_sees_nothing_of_the_callers_environment(tmp_path, engine, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    failure, text = executed(tmp_path, engine, "import os\nprint(sorted(os.environ))")
    assert failure is None
    allowed = {
        *environment.KEPT,
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "TERM",
        "PAGER",
        "GIT_PAGER",
        "MPLBACKEND",
    }
    allowed |= {
        "JPY_SESSION_NAME",
        "JPY_PARENT_PID",
        "NO_COLOR",
        "PYDEVD_USE_FRAME_EVAL",
    }  # what the kernel sets itself
    seen = {name for name in ast.literal_eval(text) if not name.startswith(environment.KINDS)}
    assert seen <= allowed


def test_what_python_and_the_machine_need_is_kept(monkeypatch):
    for name in ("PATH", "LC_ALL", "PYTHONHASHSEED", "SALESPLAN_X", "TOKEN", "HTTP_PROXY"):
        monkeypatch.setenv(name, "v")
    kept = environment.reduced()
    assert {"PATH", "LC_ALL", "PYTHONHASHSEED", "SALESPLAN_X"} <= kept.keys()
    assert not {"TOKEN", "HTTP_PROXY"} & kept.keys()
    assert os.environ["TOKEN"] == "v"


# ---------------------------------------------------------------- modules lying beside


RUN = """
import sys
from pathlib import Path
from salesplan.pipeline import forks
from salesplan.pipeline.execution import How, execute
forks.warm()
here = Path.cwd()
how = How(here, sys.argv[1], "en", 60.0)
print(execute(here / "1_step.ipynb", here / "out.ipynb", {}, how, on_cell=lambda _: None))
"""


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_modules_beside_the_notebooks_are_not_imported(tmp_path, engine):
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'shadowed')!r}, 'a').write({name!r})\n1 / 0\n")
    imports = f"import {', '.join(SHADOWS)}\nimport sys\nassert '' not in sys.path\nprint(pandas.__file__)"
    notebook(tmp_path / "1_step.ipynb", imports)
    program = tmp_path / "bin" / "run.py"  # elsewhere, as the installed command is
    program.parent.mkdir()
    program.write_text(RUN)
    done = subprocess.run([sys.executable, program, engine], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.stdout == "None\n", done.stderr
    assert not (tmp_path / "shadowed").exists()


def test_the_callers_path_and_environment_are_left_as_they_were(monkeypatch):
    monkeypatch.delenv(forks.SAFE_PATH, raising=False)
    before = list(sys.path), sys.modules["__main__"], dict(os.environ)
    forks.start("os", "getpid").join()
    assert (sys.path, sys.modules["__main__"], dict(os.environ)) == before


# ---------------------------------------------------------------- memory and processes


def test_memory_that_runs_out_is_named(tmp_path):
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
    source = f"{limit}print('begun')\nx = bytearray(64 << 30)"
    failure, _ = executed(tmp_path, "fork", source)
    assert failure[0] == "c0"
    assert failure[1].startswith("MemoryError")


@pytest.mark.parametrize("end", ["1 / 0", "import os; os._exit(3)", "import time; time.sleep(0)"])
def test_what_a_cell_started_ends_with_its_notebook(tmp_path, end):
    mark = f"SALESPLAN_MARK_{tmp_path.name}_{os.getpid()}"
    sleeping = f"import subprocess\nsubprocess.Popen(['sleep', '600'], env={{'MARK': {mark!r}}})"
    executed(tmp_path, "fork", sleeping, end)
    assert left_after(mark, 10) == []


def test_kernels_are_spoken_to_over_a_socket_of_their_own(tmp_path):
    source = "import json\nfrom ipykernel.connect import get_connection_info\nprint(json.loads(get_connection_info()))"
    failure, text = executed(tmp_path, "kernel", source)
    assert failure is None
    found = ast.literal_eval(text)
    assert found["transport"] == "ipc"
    assert found["key"]
