"""How long `salesplan check` takes on the demo plan beside importing pandas.

    python tests/benchmarks/check.py [ROUNDS]

Both as whole processes, in turn, with compiled bytecode. Prints the medians and the ratio (below 1.5).
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WAYS = {
    "import pandas": [sys.executable, "-c", "import pandas"],
    "salesplan check": [str(Path(sys.executable).with_name("salesplan")), "check", "params/henan-2027"],
}


def timed(command: list[str]) -> float:
    """Seconds of one whole process."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def main(rounds: int) -> None:
    """Print medians and their ratio."""
    seconds = {name: [] for name in WAYS}
    for number in range(rounds + 1):
        for name, command in WAYS.items():
            spent = timed(command)
            if number:  # the first round compiles and warms the disk
                seconds[name].append(spent)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    for name, median in medians.items():
        print(f"{name:16} median {median:.3f} s")
    print(f"ratio {medians['salesplan check'] / medians['import pandas']:.2f} (below 1.5)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
