"""How well the year of each rep is foretold, against last year and the rule used before, on sales with pseudo reps.

    python tests/benchmarks/expectation.py FOLDER [--years 3]

FOLDER holds the files named in `SETS`: whoever sells there (industries of a state, makes of cars, states, groups of
customers, real reps) stands for the reps of a company. Every year with enough years before it is foretold from these
alone. Prints, per data set and way: error as a share of the sales (WAPE), Brier score and calibration error of the odds
of 80 to 130 % of last year. `past_growth` is last year x (1 + half of the company's growth), its spread from the past
errors of the same rule; `last_year` the same without growth.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesplan.calendar import fiscal_months
from salesplan.odds.score import brier, calibration_error
from salesplan.rep_allocation.expectation import expectations, probability

# file -> (name, what makes a company, what stands for a rep, month or date, value)
SETS = (
    ("aus_retail_2000_2018.csv", "retail: states x industries", "state", "industry", "month", "turnover_m_aud"),
    ("aus_retail_2000_2018.csv", "retail: industries x states", "industry", "state", "month", "turnover_m_aud"),
    ("norway_car_sales_by_make.csv", "cars: makes", None, "make", "month", "quantity"),
    ("superstore_orders.csv", "orders: states", None, "state", "order_date", "sales"),
    ("superstore_orders.csv", "orders: kinds of goods", None, "sub_category", "order_date", "sales"),
    ("superstore_orders.csv", "orders: regions and segments", None, "region_segment", "order_date", "sales"),
    ("superstore_orders.csv", "orders: groups of customers", None, "group", "order_date", "sales"),
    ("chinook_sales.csv", "invoices: real reps", None, "sales_rep", "date", "amount"),
)
LEVELS = np.array([0.8, 0.9, 1.0, 1.1, 1.2, 1.3])
MONTHS = fiscal_months(2027)
WAYS = ("last_year", "past_growth", "ours")
GROUPS = 20


def prepared(path: Path, when: str) -> pd.DataFrame:
    """The file with its month and the made-up keys of the orders."""
    frame = pd.read_csv(path).assign(label=lambda d: d[when].str[:7])
    if "customer_id" in frame and "region" in frame:
        place = pd.factorize(frame["customer_id"], sort=True)[0]
        frame = frame.assign(group=place * 7919 % GROUPS, region_segment=frame["region"] + frame["segment"])
    return frame


def table_of(frame: pd.DataFrame, rep: str, value: str) -> Any:
    """Members x whole calendar years x 12."""
    number = frame["label"].str[:4].astype(int) * 12 + frame["label"].str[5:7].astype(int) - 1
    first, last = -(-number.min() // 12), (number.max() + 1) // 12
    grid = frame.assign(number=number).pivot_table(
        index=rep, columns="number", values=value, aggfunc="sum", fill_value=0
    )
    grid = grid.reindex(columns=range(first * 12, last * 12), fill_value=0)
    return grid.to_numpy(dtype=np.float64).reshape(len(grid), last - first, 12)


def companies(folder: Path) -> Iterator[tuple[str, Any]]:
    """Data set and its tables, one per company."""
    for file, name, company, rep, when, value in SETS:
        if (folder / file).exists():
            frame = prepared(folder / file, when)
            parts = [part for _, part in frame.groupby(company)] if company else [frame]
            yield from ((name, table_of(part, rep, value)) for part in parts)


def ours(past: Any) -> tuple[Any, Any, Any]:
    """Expectation, spread and degrees of freedom as step 3 has them."""
    count, years, _ = past.shape
    labels = [month for back in range(years, 0, -1) for month in fiscal_months(2027 - back)]
    names = [f"{number:05d}" for number in range(count)]
    rows = {"rep": np.repeat(names, len(labels)), "month": np.tile(labels, count), "amount": past.reshape(-1)}
    found = expectations(names, pd.DataFrame(rows), MONTHS)
    return tuple(found[name].to_numpy() for name in ("mu", "sigma", "degrees"))


def plain(past: Any, damping: float) -> tuple[Any, Any, Any]:
    """Last year with part of the company's growth, and the past errors of the same rule."""
    totals = past.sum(axis=2)
    company = totals.sum(axis=0)
    growth = damping * (company[-1] / company[-2] - 1)
    errors = (totals[:, 1:] / np.maximum(totals[:, :-1] * (1 + growth), 1e-9) - 1) ** 2
    spread = np.sqrt((errors.sum(axis=1) + 3 * errors.mean()) / (errors.shape[1] + 3))
    expected = totals[:, -1] * (1 + growth)
    return expected, np.maximum(spread, 0.02) * expected, np.full(len(past), errors.shape[1] + 2.0)


def cases(table: Any, years: int) -> Iterator[tuple[Any, Any]]:
    """Past years and the year after, of the members that sold in all of them."""
    for at in range(2, table.shape[1]):
        past, year = table[:, max(at - years, 0) : at], table[:, at].sum(axis=1)
        kept = (past.sum(axis=2) > 0).all(axis=1) & (year > 0)
        if kept.sum() > 1:
            yield past[kept], year[kept]


def measure(folder: Path, years: int) -> pd.DataFrame:
    """One row per data set and way: cases, error, brier, calibration error."""
    found: dict[tuple[str, str], list[tuple[float, Any, Any]]] = {}
    for name, table in companies(folder):
        for past, year in cases(table, years):
            asked = past[:, -1].sum(axis=1)[:, None] * LEVELS
            came = (year[:, None] >= asked).astype("float64")
            ways = zip(WAYS, (plain(past, 0.0), plain(past, 0.5), ours(past)), strict=True)
            for way, (mu, sigma, degrees) in ways:
                odds = probability(asked, mu[:, None], sigma[:, None], degrees[:, None])
                error = float(np.abs(mu - year).sum() / year.sum())
                found.setdefault((name, way), []).append((error, odds.ravel(), came.ravel()))
    rows = []
    for (name, way), parts in found.items():
        odds, came = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
        error = float(np.mean([part[0] for part in parts]))
        rows.append((name, way, len(odds) // len(LEVELS), error, brier(odds, came), calibration_error(odds, came)))
    return pd.DataFrame(rows, columns=["set", "way", "cases", "error", "brier", "calibration"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--years", type=int, default=3)
    asked = parser.parse_args()
    table = measure(asked.folder, asked.years)
    print(table.round({"error": 3, "brier": 3, "calibration": 3}).to_string(index=False))
    print(table.groupby("way", sort=False)[["error", "brier", "calibration"]].mean().round(3).to_string())


if __name__ == "__main__":
    main()
