"""How long a run takes beside what a user would do without it.

    python tests/benchmarks/pipeline.py [ROUNDS]

Side by side, one after the other in every round, on the demo plan with compiled bytecode:
A  five `papermill` and five `jupyter nbconvert --to html` commands on our notebooks
B  `salesplan run`
C  the same computation and charts as one plain script
Prints the medians in seconds and the ratios B/A and B/C.
"""

import compileall
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PLAN = "params/henan-2027"
PRELUDE = """
from pathlib import Path
from salesplan.inputs import check
from salesplan.staging import INPUTS
check(Path({plan!r})).save(Path({run!r}) / INPUTS)
"""


def workbook(folder: Path) -> Path:
    """A copy of the workbook, so that the clone's outputs are left alone."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def plain_script(run: str) -> str:
    """The code cells of the five notebooks as one script; inputs are read once, as a script would."""
    parts = [PRELUDE.format(plan=PLAN, run=run)]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            tags = cell["metadata"].get("tags", [])
            if cell["cell_type"] == "code" and "skip-execution" not in tags:
                source = "".join(cell["source"])
                parts.append(source.replace('run = ""', f"run = {run!r}"))
    return "\n".join(parts)


def commands(base: Path) -> None:
    """A: what a user would do without `salesplan run`."""
    (base / "out").mkdir()
    for path in sorted((base / "notebooks").glob("*.ipynb")):
        out = f"out/{path.name}"
        call(
            base,
            "papermill",
            f"notebooks/{path.name}",
            out,
            "-p",
            "plan",
            PLAN,
            "-p",
            "run",
            "out/run",
            "--no-progress-bar",
        )
        call(base, "jupyter", "nbconvert", "--to", "html", out)


def run(base: Path) -> None:
    """B: our command."""
    call(base, "salesplan", "run", PLAN, "--quiet")


def script(base: Path) -> None:
    """C: the same work without notebooks and pages."""
    (base / "plain.py").write_text(plain_script("out/run"), encoding="utf-8")
    call(base, "python", "plain.py")


def call(base: Path, name: str, *args: str) -> None:
    """Run a command of this environment; its output is shown only when it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([str(BIN / name), *args], cwd=base, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} {' '.join(args)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def timed(work) -> float:
    """Seconds that a way takes in a fresh workbook."""
    with tempfile.TemporaryDirectory() as folder:
        base = workbook(Path(folder))
        began = time.perf_counter()
        work(base)
        return time.perf_counter() - began


def main(rounds: int) -> None:
    """Print medians and ratios."""
    for place in (ROOT / "salesplan", Path(sysconfig.get_paths()["purelib"])):
        compileall.compile_dir(place, quiet=2, workers=2)
    ways = {"A commands": commands, "B salesplan run": run, "C plain script": script}
    seconds = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            spent = timed(work)
            if number:  # the first round warms the disk
                seconds[name].append(spent)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, found in seconds.items():
        print(f"{name:16} median {medians[name]:6.2f} s   of {', '.join(f'{s:.2f}' for s in found)}")
    a, b, c = medians.values()
    print(f"B/A {b / a:.3f} (at most 0.33)   B/C {b / c:.3f} (at most 1.4)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
