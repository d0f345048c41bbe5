"""What running again costs: nothing changed, one commission parameter changed, beside a full run.

    python tests/benchmarks/rerun.py [ROUNDS]

Whole processes on the demo plan, in turn. Prints medians of seconds; for `nothing changed` also what is left beyond
starting Python and hashing the inputs (bound 0.3 s), for `one parameter` its part of a full run (bound 0.5).
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("salesplan"))
HASHING = (
    "import hashlib, pathlib, sys\nfor p in pathlib.Path(sys.argv[1]).rglob('*.*'): hashlib.sha256(p.read_bytes())"
)


def timed(base: Path, *command: str) -> float:
    """Seconds of one whole process."""
    began = time.perf_counter()
    subprocess.run(command, cwd=base, check=True, capture_output=True)
    return time.perf_counter() - began


def main(rounds: int) -> None:
    """Print the medians and their ratios."""
    seconds: dict[str, list[float]] = {"full": [], "hashing": [], "nothing changed": [], "one parameter": []}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, base / name)
        terms = base / "params" / "henan-2027" / "commission.yaml"
        for number in range(rounds):
            seconds["full"].append(timed(base, COMMAND, "run", "params/henan-2027", "--fresh"))
            seconds["hashing"].append(timed(base, sys.executable, "-c", HASHING, "params/henan-2027"))
            seconds["nothing changed"].append(timed(base, COMMAND, "run", "params/henan-2027"))
            text = terms.read_text(encoding="utf-8")
            terms.write_text(text.replace("rate: 0.015", f"rate: 0.015{number + 1}", 1), encoding="utf-8")
            seconds["one parameter"].append(timed(base, COMMAND, "run", "params/henan-2027"))
            terms.write_text(text, encoding="utf-8")
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, median in medians.items():
        print(f"{name:16} median {median:.2f} s")
    print(f"nothing changed beyond hashing {medians['nothing changed'] - medians['hashing']:.2f} s (bound 0.3)")
    print(f"one parameter / full {medians['one parameter'] / medians['full']:.2f} (bound 0.5)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
