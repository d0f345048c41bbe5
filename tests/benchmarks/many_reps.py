"""How long a whole run takes with very many reps.

    python tests/benchmarks/many_reps.py [REPS]

Makes up a company of so many reps with three customers each and two years of sales, runs the plan, and prints seconds
per step and the largest memory of any process.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PLAN = """fiscal_year: 2027
language: zh
inputs: {sales: data/sales.csv, reps: data/reps.csv, customers: data/customers.csv}
"""
CUSTOMERS = 3


def people(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row per rep, forty to a manager."""
    rep = [f"R{n:05d}" for n in range(count)]
    money = {name: rng.integers(300_000, 600_000, count) for name in ("potential", "capacity")}
    return pd.DataFrame(
        {"rep": rep, "manager": [f"M{n // 40:03d}" for n in range(count)], "start": "2020-01-01", **money}
    )


def owned(reps: pd.DataFrame) -> pd.DataFrame:
    """The customers and their owners."""
    return pd.DataFrame(
        {
            "customer": [f"C{n:06d}" for n in range(len(reps) * CUSTOMERS)],
            "rep": np.repeat(reps["rep"].to_numpy(), CUSTOMERS),
            "start": "2020-01-01",
        }
    )


def orders(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Every customer buys every other month of two years."""
    days = pd.date_range("2025-01-15", "2026-12-15", freq="2MS") + pd.Timedelta(days=14)
    lines = customers[["customer", "rep"]].merge(pd.DataFrame({"date": days.strftime("%Y-%m-%d")}), how="cross")
    return lines.assign(amount=rng.lognormal(10, 0.4, len(lines)).round(2), order=[f"D{n}" for n in range(len(lines))])


def main(count: int) -> None:
    """Print seconds and the largest process."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        shutil.copytree(ROOT / "notebooks", base / "notebooks")
        (base / "params" / "many" / "data").mkdir(parents=True)
        plan = base / "params" / "many"
        (plan / "plan.yaml").write_text(PLAN, encoding="utf-8")
        reps = people(count, rng)
        customers = owned(reps)
        sales = orders(customers, rng)
        for name, frame in (("reps", reps), ("customers", customers), ("sales", sales)):
            frame.to_csv(plan / "data" / f"{name}.csv", index=False)
        target = int(sales["amount"].sum() / 2 * 1.1)
        (plan / "annual_target.yaml").write_text(f"levels: {{commit: {target}}}\n", encoding="utf-8")
        began = time.perf_counter()
        done = subprocess.run([str(BIN / "salesplan"), "run", str(plan)], cwd=base, capture_output=True, text=True)
        took = time.perf_counter() - began
        print(done.stdout + done.stderr)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
    print(f"{count:,} reps, {len(sales):,} order lines: {took:.1f} s (under 90), largest process {peak:.2f} GB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
