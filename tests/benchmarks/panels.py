"""How long a what-if panel takes to answer, and what of it is the drawing of its chart.

    python tests/benchmarks/panels.py [ROUNDS]

Runs the demo once, opens the panel of each step as its notebook does and moves controls there and back. Prints the
medians in milliseconds (a hand notices more than 300) and the part that is the chart.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from load import BIN, PLAN, ROOT

from salesplan import STEPS, whatif
from salesplan.workbook import open_step

MOST = 300
MOVES = {
    "annual_target": {"task": 600.0, "growth": 0.3},
    "seasonal_split": {"method": "even", "event_0": 0.9},
    "rep_allocation": {"over_assignment": 0.2, "history": 0.0, "ramp_0": 0.9},
    "commission": {"rate_1": 0.05, "begin_0": 0.5},
    "variance_review": {"rule": "next_month", "cap": 0.0},
}


def moved(step, panel, name: str, value, rounds: int) -> tuple[float, float]:
    """Median milliseconds of a move, and of the drawing in it."""
    widget, draw, drawn, taken = panel.controls[name].widget, step.draw, [], []

    def timed_draw(*args, **more):
        began = time.perf_counter()
        chart = draw(*args, **more)
        drawn.append(time.perf_counter() - began)
        return chart

    step.draw = timed_draw
    start = widget.value
    for place in (value, start) * rounds:
        began = time.perf_counter()
        widget.value = place
        taken.append(time.perf_counter() - began)
    step.draw = draw
    return 1000 * statistics.median(taken), 1000 * statistics.median(drawn)


def main(rounds: int) -> None:
    """Print every control's medians."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, base / name)
        done = subprocess.run([str(BIN / "salesplan"), "run", PLAN.as_posix(), "--name", "first"], cwd=base)
        done.check_returncode()
        run = base / "outputs" / PLAN.name / "first"
        for stem in STEPS:
            step = open_step(stem, plan=str(base / PLAN), run=str(run))
            found = getattr(whatif, stem)(step)
            panel = found.children[1] if stem == "commission" else found
            for name, value in MOVES[stem].items():
                whole, chart = moved(step, panel, name, value, rounds)
                told = f"{whole:5.0f} ms ({whole / MOST:.2f} of {MOST}), of it the chart {chart:4.0f} ms"
                print(f"{stem:16} {name:16} {told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
