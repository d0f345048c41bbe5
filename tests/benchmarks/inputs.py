"""How long `salesplan check` takes to find a bad value in the last of ten million order lines.

    python tests/benchmarks/inputs.py [LINES]

Writes a CSV file of about 43 bytes a line into a temporary folder, its last amount `12oo`, checks the plan as a whole
process, and prints seconds (at most 15 for 10^7 lines), the largest memory and the message.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

BIN = Path(sys.executable).parent
PIECE = 1_000_000
PLAN = "fiscal_year: 2027\nlanguage: en\ninputs: {sales: data/sales.csv}\n"
BAD = "2027-01-31,O9999999,12oo,R001,P01,C0001\n"


def lines_of(first: int, size: int) -> pa.Table:
    """Order lines of three years: date, order (two lines each), amount, rep, product, customer."""
    random = np.random.default_rng(first)
    days = np.datetime64("2024-01-01") + random.integers(0, 1095, size)
    numbers = {
        "order": np.char.mod("O%07d", (first + np.arange(size)) // 2),
        "amount": np.char.mod("%.2f", random.integers(100, 9_999_99, size) / 100),
        "rep": np.char.mod("R%03d", random.integers(0, 1_000, size)),
        "product": np.char.mod("P%02d", random.integers(0, 100, size)),
        "customer": np.char.mod("C%04d", random.integers(0, 10_000, size)),
    }
    return pa.table({"date": pa.array(days.astype(str)), **{name: pa.array(found) for name, found in numbers.items()}})


def write(path: Path, lines: int) -> None:
    """The file: a header, good lines, one bad line at the end."""
    with path.open("wb") as file:
        for first in range(0, lines - 1, PIECE):
            head = pv.WriteOptions(include_header=first == 0, quoting_style="none")
            pv.write_csv(lines_of(first, min(PIECE, lines - 1 - first)), file, head)
        file.write(BAD.encode())


def main(lines: int) -> None:
    """Print size, seconds, memory and what `check` says."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "params" / "large"
        (plan / "data").mkdir(parents=True)
        (plan.parent.parent / "notebooks").mkdir()
        (plan / "plan.yaml").write_text(PLAN)
        (plan / "annual_target.yaml").write_text("levels: {commit: 5600000}\n")
        write(plan / "data" / "sales.csv", lines)
        size = (plan / "data" / "sales.csv").stat().st_size / 1e6
        began = time.perf_counter()
        done = subprocess.run([str(BIN / "salesplan"), "check", str(plan)], capture_output=True, text=True)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
    print(f"{lines:,} lines, {size:.0f} MB: {seconds:.1f} s (at most 15), {peak:.2f} GB, exit status {done.returncode}")
    print(done.stderr.strip())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
