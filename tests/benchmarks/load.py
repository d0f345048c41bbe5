"""How much longer and larger a run becomes with a million order lines.

    python tests/benchmarks/load.py [LINES]

Repeats the demo's orders under new numbers, with amounts scaled so that the plan stays the demo's, and runs both
plans. Prints seconds and the largest memory of any process.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def enlarge(plan: Path, lines: int) -> int:
    """Make the plan's sales about `lines` long; payments are left out, since they name the old orders."""
    path = plan / "data" / "sales.csv"
    sales = pd.read_csv(path, dtype=str, keep_default_na=False)
    times = -(-lines // len(sales))
    copies = [
        sales.assign(
            订单号=sales["订单号"] + f"-{copy}",
            原订单号=sales["原订单号"].where(sales["原订单号"] == "", sales["原订单号"] + f"-{copy}"),
        )
        for copy in range(times)
    ]
    pd.concat(copies).head(lines).to_csv(path, index=False)
    text = (plan / "plan.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if not line.strip().startswith(("collections: data", "credit_splits:"))]
    (plan / "plan.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    targets = (plan / "annual_target.yaml").read_text(encoding="utf-8")
    (plan / "annual_target.yaml").write_text(
        targets.replace("commit: 5600000", f"commit: {5_600_000 * times}"), encoding="utf-8"
    )
    (plan / "rep_allocation.yaml").write_text("over_assignment: 0.05\n", encoding="utf-8")  # its bounds are in currency
    return times


def timed(base: Path) -> float:
    """Seconds of a run."""
    began = time.perf_counter()
    done = subprocess.run(
        [str(BIN / "salesplan"), "run", "params/henan-2027"], cwd=base, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    print(done.stderr)
    return time.perf_counter() - began


def main(lines: int) -> None:
    """Print seconds of both runs, the difference, and the largest process."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, base / name)
        demo = timed(base)
        enlarge(base / "params" / "henan-2027", lines)
        large = timed(base)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
    print(
        f"demo {demo:.1f} s, {lines:,} lines {large:.1f} s, difference {large - demo:.1f} s (under 30), "
        f"largest process {peak:.2f} GB (under 2)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
