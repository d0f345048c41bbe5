"""Exact quotas against the floor: `python tests/benchmarks/allocation.py`.

Reps x months x products made up at random; `allocate` beside a plain IPF in numpy without rounding (the floor) and, on
the sizes it can do, beside the rounding of the same table by scipy's linear program. Times are medians of one process.
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from salesplan import rep_allocation as ra
from salesplan.apportion import apportion, apportion_table, fit_table
from salesplan.calendar import fiscal_months
from salesplan.terms import RepAllocationTerms

MONTHS = fiscal_months(2027)
LP_CELLS = 20_000


def made_up(reps, products, seed=1):
    """A company of so many reps and products with two years of sales."""
    rng = np.random.default_rng(seed)
    names, cells = [f"R{n:05d}" for n in range(reps)], max(products, 1)
    month, share = rng.uniform(0.7, 1.3, 12), rng.dirichlet(np.full(cells, 3.0))
    amount = apportion(reps * 40_000_000, np.outer(month, share).ravel())
    split = pd.DataFrame({"month": np.repeat(MONTHS, cells), "amount": amount})
    past = fiscal_months(2025) + fiscal_months(2026)
    mix = rng.dirichlet(np.full(cells, 0.8), reps) * (rng.random((reps, cells)) > 0.3)
    sold = rng.lognormal(17, 0.5, reps)[:, None, None] / 12 * mix[:, None, :] * rng.uniform(0.5, 1.5, (reps, 24, cells))
    history = pd.DataFrame({"month": np.tile(np.repeat(past, cells), reps), "rep": np.repeat(names, 24 * cells)})
    history = history.assign(customer="", amount=sold.ravel().astype(np.int64))
    if products:
        labels = [f"P{n:02d}" for n in range(products)]
        split, history = split.assign(product=np.tile(labels, 12)), history.assign(product=np.tile(labels, reps * 24))
    blank = {name: pd.Series([None] * reps, dtype="str") for name in ("name", "region")}
    dates = {name: pd.Series([pd.NaT] * reps, dtype="datetime64[ns]") for name in ("start", "end")}
    groups = {name: [f"{name}{n // 25:03d}" for n in range(reps)] for name in ("team", "manager")}
    money = {name: pd.array(rng.integers(3e7, 6e7, reps), dtype="Int64") for name in ("potential", "capacity")}
    return ra.Given(
        pd.DataFrame({"rep": names, **blank, **groups, **dates, **money}), split, history[sold.ravel() >= 1]
    )


def plain_ipf(seed, rows, columns, sweeps=30):
    """Rows and columns in turn, nothing checked, nothing rounded."""
    for _ in range(sweeps):
        seed = seed * (rows / seed.sum(axis=1))[:, None]
        seed = seed * (columns / seed.sum(axis=0))
    return seed


def by_linear_program(cells, rows, columns):
    """The table of whole units nearest to the cells, both margins exact, as a transport problem."""
    low = np.floor(cells)
    rest = (cells - low).ravel()
    count, across = cells.shape
    at = np.arange(rest.size)
    matrix = coo_matrix((np.ones(2 * rest.size), (np.r_[at // across, count + at % across], np.r_[at, at])))
    lack = np.r_[rows - low.sum(axis=1), columns - low.sum(axis=0)]
    found = linprog(1 - 2 * rest, A_eq=matrix.tocsr(), b_eq=lack, bounds=(0, 1), method="highs")
    return low + np.rint(found.x).reshape(cells.shape)


def timed(work, times):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - start)
    return found, sorted(took)[len(took) // 2]


def measure(reps, products, times):
    given, rules = made_up(reps, products), RepAllocationTerms()
    found, exact = timed(lambda: ra.allocate(ra.ground_of(given, rules)), times)
    tables = month_tables(found.table, products)
    _, floor = timed(lambda: [plain_ipf(*one) for one in tables], times)
    print(f"{reps} reps x 12 months x {max(products, 1)} products: {exact:.2f} s, plain IPF {floor:.2f} s", end="")
    print(f", ratio {exact / floor:.1f}", end="")
    if reps * max(products, 12) <= LP_CELLS:
        real = [(fit_table(*one), one[1], one[2]) for one in tables]
        _, own = timed(lambda: [apportion_table(*one) for one in real], times)
        _, linear = timed(lambda: [by_linear_program(*one) for one in real], 1)
        print(f"; rounding {own:.2f} s, linear program {linear:.2f} s, ratio {own / linear:.3f}", end="")
    print(f"; {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    assert found.table["base"].sum() == given.split["amount"].sum()


def month_tables(table, products):
    """Seed and margins of the tables the allocation went through: reps x products by month, or reps x months."""
    if not products:
        wide = table.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum").to_numpy()
        return [(wide + 1.0, wide.sum(axis=1), wide.sum(axis=0))]
    keys = {"index": "rep", "columns": "product", "values": "amount", "aggfunc": "sum"}
    wide = [part.pivot_table(**keys).to_numpy() for _, part in table.groupby("month")]
    return [(one + 1.0, one.sum(axis=1), one.sum(axis=0)) for one in wide]


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=3)
    asked = options.parse_args()
    for case in ((13, 6), (500, 30), (10_000, 0)):
        measure(*case, asked.times)
