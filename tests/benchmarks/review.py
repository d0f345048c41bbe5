"""How long the monthly review takes beside a whole run, and with a million order lines.

    python tests/benchmarks/review.py [ROUNDS] [LINES]

The demo plan is signed; then, one after the other in every round, its review alone and the whole run made anew. After
that the demo with a million order lines and its payments. Prints the medians and their ratio, and by how much the step
itself takes longer with the million.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from load import BIN, PLAN, ROOT, enlarge

ROLES = ("marketing", "finance", "sales_director", "general_manager")


def salesplan(base: Path, *words: str) -> float:
    """Seconds of a command, which must succeed."""
    began = time.perf_counter()
    done = subprocess.run([str(BIN / "salesplan"), *words], cwd=base, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - began


def seconds_of_review(base: Path, run: str) -> float:
    """Seconds of step 5, as the run's manifest has them."""
    manifest = json.loads((base / "outputs" / PLAN.name / run / "manifest.json").read_bytes())
    return float(manifest["steps"]["variance_review"]["seconds"])


def main(rounds: int, lines: int) -> None:
    """Print both comparisons."""
    with tempfile.TemporaryDirectory() as folder:
        base, plan = Path(folder), PLAN.as_posix()
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, base / name)
        salesplan(base, "run", plan, "--as-of", "2027-02-28", "--name", "signed")
        for role in ROLES:
            salesplan(base, "sign", f"{PLAN.name}/signed", "--document", "plan", "--as", role, "--by", f"the {role}")
        review, whole = [], []
        for number in range(rounds):
            review.append(salesplan(base, "run", plan, "--fresh", "--name", f"review-{number}"))
            whole.append(salesplan(base, "run", plan, "--fresh", "--replan", "--name", f"whole-{number}"))
        small = seconds_of_review(base, "whole-0")
        enlarge(base / PLAN, lines, payments=True)
        salesplan(base, "run", plan, "--replan", "--name", "large")
        large = seconds_of_review(base, "large")
    alone, all_steps = statistics.median(review), statistics.median(whole)
    print(f"review alone {alone:.1f} s, whole run {all_steps:.1f} s, ratio {alone / all_steps:.2f} (at most 0.6)")
    print(f"step 5: demo {small:.1f} s, {lines:,} lines {large:.1f} s, {large - small:.1f} s more (at most 10)")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [3, 1_000_000][len(given) :]))
