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
PLAN = Path("params/henan-2027")


def repeated(path: Path, times: int, keys: tuple[str, ...]) -> pd.DataFrame:
    """A file's rows so many times over, its order numbers under new ones each time."""
    given = pd.read_csv(path, dtype=str, keep_default_na=False)
    copies = [
        given.assign(**{key: given[key].where(given[key] == "", given[key] + f"-{copy}") for key in keys})
        for copy in range(times)
    ]
    return pd.concat(copies)


def enlarge(plan: Path, lines: int, *, payments: bool = False) -> int:
    """Make the plan's sales about `lines` long, with their payments where asked for; how many times as long."""
    sales, paid = plan / "data" / "sales.csv", plan / "data" / "collections.csv"
    times = -(-lines // (len(sales.read_bytes().splitlines()) - 1))
    repeated(sales, times, ("订单号", "原订单号")).head(lines).to_csv(sales, index=False)
    if payments:  # those of the last, cut copy would name orders that are not there
        repeated(paid, times - 1, ("order",)).to_csv(paid, index=False)
    text = (plan / "plan.yaml").read_text(encoding="utf-8").splitlines()
    left_out = ("credit_splits:", "disputes:", "adjustments:", *(() if payments else ("collections: data",)))
    kept = [line for line in text if not line.strip().startswith(left_out)]
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
    done = subprocess.run([str(BIN / "salesplan"), "run", PLAN.as_posix()], cwd=base, capture_output=True, text=True)
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
        enlarge(base / PLAN, lines)
        large = timed(base)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
    print(
        f"demo {demo:.1f} s, {lines:,} lines {large:.1f} s, difference {large - demo:.1f} s (under 30), "
        f"largest process {peak:.2f} GB (under 2)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
