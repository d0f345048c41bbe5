"""How right the odds of a level are, against naive ways, on series of sales.

    python tests/benchmarks/odds.py PATH ... [--years 3] [--levels 0.9,1.0,1.1,1.2]

PATH is a CSV with the columns series, month (YYYY-MM), value, or a folder that holds the files named in `KNOWN`.
Every calendar year of a series with enough years before it is foretold from these years alone, after 0, 3, 6 and 9
known months; asked is whether it reaches last year's actual times each of the levels. Prints, per number of known
months and way, the Brier score, the calibration error (ten bands), both by data set too, and how often the year lay
within the interval of 80 %.

Then the landing estimate itself, at 3, 6 and 9 known months, on these and on the other files of the folder (`OTHERS`):
its mean absolute error in shares of the mean year, what that is to year to date over the time gone and to last year
grown as the year before, and how often the year lay within the interval. A ratio below 1 is better than the other.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.odds.naive import WAYS
from salesplan.odds.score import brier, calibration_error

# Files of the folder that do not have the three columns under their own names.
KNOWN: Mapping[str, Mapping[str, str]] = {
    "aus_retail_2000_2018.csv": {"series_id": "series", "turnover_m_aud": "value"},
    "norway_car_sales_by_make.csv": {"make": "series", "quantity": "value"},
    "classic_monthly_series.csv": {},
}
# Files of orders: their date and amount, and by what their series are told apart; each of several is one set of series.
OTHERS: Mapping[str, tuple[str, str, list[list[str]]]] = {
    "superstore_orders.csv": ("order_date", "sales", [["region", "sub_category"]]),
    "chinook_sales.csv": ("date", "amount", [["sales_rep"], ["country"]]),
}
CHINA = "china_retail_sales_100m_cny_2012_2017.csv"  # a row per year; January and February are one figure
MONTHS_KNOWN = (0, 3, 6, 9)
LEVELS = (0.9, 1.0, 1.1, 1.2)
OURS = "share_ratio"
OLD = "plain_share_ratio"
Sets = dict[str, tuple[Any, Any]]


def files(paths: list[Path]) -> Iterator[Path]:
    """The CSV files asked for; of a folder those that are known, as far as they are there."""
    for path in paths:
        yield from (path / name for name in KNOWN if (path / name).exists()) if path.is_dir() else [path]


def read(path: Path) -> pd.DataFrame:
    """Series, month, value; what a series sells twice in a month is added up."""
    frame = pd.read_csv(path).rename(columns=KNOWN.get(path.name, {}))
    missing = {"series", "month", "value"} - set(frame.columns)
    if missing:
        raise SystemExit(f"{path}: the columns {', '.join(sorted(missing))} are missing")
    return frame.groupby(["series", "month"], sort=True)["value"].sum().reset_index()


def years_of(frame: pd.DataFrame) -> list[Any]:
    """Whole calendar years of each series, years x 12; months without a row within a series sold nothing."""
    number = frame["month"].str[:4].astype("int64") * 12 + frame["month"].str[5:7].astype("int64") - 1
    tables = []
    for _, part in frame.assign(number=number).groupby("series", sort=True):
        series = part.set_index("number")["value"]
        first, last = -(-series.index.min() // 12), (series.index.max() + 1) // 12
        values = series.reindex(range(first * 12, last * 12), fill_value=0).to_numpy(dtype=np.float64)
        tables.append(values.reshape(-1, 12))
    return tables


def cases(tables: list[Any], years: int) -> tuple[Any, Any]:
    """Histories of `years` years and the year after each; years before that sold nothing are left out."""
    pairs = [
        (table[at - years : at], table[at])
        for table in tables
        for at in range(years, len(table))
        if (table[at - years : at].sum(axis=1) > 0).all()
    ]
    if not pairs:
        return np.empty((0, years, 12)), np.empty((0, 12))
    return np.stack([past for past, _ in pairs]), np.stack([year for _, year in pairs])


def plain_share_ratio(history: Any, known: Any, level: Any) -> Any:
    """Share ratio as methods.md measured it first: pooled season, a t of each year's own error, nothing else."""
    from scipy.special import stdtr

    count, years = known.shape[1], history.shape[1]
    totals, begun = history.sum(axis=2), history[:, :, :count].sum(axis=2)
    if not count:
        expected, errors = totals[:, -1], totals[:, 1:] / totals[:, :-1] - 1
    else:
        share = begun.sum(axis=1) / totals.sum(axis=1)
        expected = known.sum(axis=1) / np.maximum(share, 1e-6)
        others = (begun.sum(axis=1)[:, None] - begun) / (totals.sum(axis=1)[:, None] - totals)
        errors = totals * others / np.maximum(begun, 1e-6 * totals) - 1
    spread = expected * np.sqrt((errors**2).mean(axis=1) * (1 + 1 / errors.shape[1]))
    degrees = max(years - 1, 1)
    return stdtr(degrees, (expected[:, None] - level) / np.maximum(spread, 1e-9 * totals.mean(axis=1))[:, None])


def answers(history: Any, year: Any, count: int, levels: tuple[float, ...]) -> Iterator[tuple[str, Any, Any, float]]:
    """Way, probabilities, outcomes and coverage (of our interval alone) at one number of known months."""
    known, total = year[:, :count], year.sum(axis=1)
    asked = history[:, -1].sum(axis=1)[:, None] * np.array(levels)
    came = (total[:, None] >= asked).astype("float64")
    ours = odds.forecast(history, known)
    low, high = ours.interval()
    yield OURS, ours.reach(asked), came, float(((low <= total) & (total <= high)).mean())
    others: dict[str, Callable[..., Any]] = {OLD: plain_share_ratio, **WAYS}
    for name, way in others.items():
        found = way(history, known, asked)
        if not np.isnan(found).any():
            yield name, found, came, float("nan")


def measure(sets: Sets, levels: tuple[float, ...]) -> pd.DataFrame:
    """One row per number of known months, way and data set (`all` for everything together)."""
    rows = []
    for count in MONTHS_KNOWN:
        found: dict[str, list[tuple[Any, Any, float, int]]] = {}
        for name, (history, year) in sets.items():
            for way, p, came, cover in answers(history, year, count, levels):
                rows.append((count, way, name, len(year), brier(p, came), calibration_error(p, came), cover))
                found.setdefault(way, []).append((p.ravel(), came.ravel(), cover, len(year)))
        for way, parts in found.items():
            p, came = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
            size = sum(part[3] for part in parts)
            cover = sum(part[2] * part[3] for part in parts) / size
            rows.append((count, way, "all", size, brier(p, came), calibration_error(p, came), cover))
    columns = ["known_months", "method", "data", "series_years", "brier", "calibration_error", "coverage"]
    return pd.DataFrame(rows, columns=columns)


def load(paths: list[Path], years: int) -> Sets:
    """Histories and the years after them, by data set."""
    found = {path.stem: cases(years_of(read(path)), years) for path in files(paths)}
    return {name: pair for name, pair in found.items() if len(pair[1])}


def orders(path: Path) -> pd.DataFrame:
    """Series, month, value of a file of orders."""
    date, amount, keys = OTHERS[path.name]
    rows = pd.read_csv(path).assign(month=lambda d: d[date].str[:7])
    named = [rows.assign(series=rows[key].agg(" / ".join, axis=1)) for key in keys]
    sums = pd.concat(named).groupby(["series", "month"], sort=True)[amount].sum()
    return sums.rename("value").reset_index()


def china(path: Path) -> list[Any]:
    """The one series of China's retail sales; half of January and February each."""
    wide = pd.read_csv(path).drop(columns="year").to_numpy(dtype=np.float64)
    return [np.column_stack([wide[:, 0] / 2, wide[:, 0] / 2, wide[:, 1:]])]


def landing_sets(paths: list[Path], years: int) -> Sets:
    """Histories and the years after them of every file, those of `OTHERS` and China too."""
    found = load(paths, years)
    for folder in (path for path in paths if path.is_dir()):
        tables = {name: years_of(orders(folder / name)) for name in OTHERS if (folder / name).exists()}
        if (folder / CHINA).exists():
            tables[CHINA] = china(folder / CHINA)
        found |= {Path(name).stem: cases(series, years) for name, series in tables.items()}
    return {name: pair for name, pair in found.items() if len(pair[1])}


def landed(history: Any, year: Any, count: int) -> tuple[dict[str, Any], Any]:
    """Absolute errors of the year by way, and where the year lay within the interval of 80 %."""
    total, totals, to_date = year.sum(axis=1), history.sum(axis=2), year[:, :count].sum(axis=1)
    ours = odds.forecast(history, year[:, :count])
    low, high = ours.interval()
    ways = {
        "landing": ours.expected,
        "elapsed_time": to_date * 12 / count,
        "last_years_growth": totals[:, -1] ** 2 / totals[:, -2],
    }
    return {name: np.abs(found - total) for name, found in ways.items()}, (low <= total) & (total <= high)


def measure_landing(sets: Sets) -> pd.DataFrame:
    """One row per number of known months and data set; `all` has the coverage of everything together."""
    rows = []
    for count in MONTHS_KNOWN[1:]:
        within = []
        for name, (history, year) in sets.items():
            errors, covered = landed(history, year, count)
            ours = errors["landing"].sum()
            ratios = [ours / errors[way].sum() for way in ("elapsed_time", "last_years_growth")]
            rows.append((count, name, len(year), ours / year.sum(), *ratios, covered.mean()))
            within.append(covered)
        nothing = (np.nan,) * 3
        rows.append((count, "all", sum(map(len, within)), *nothing, np.concatenate(within).mean()))
    columns = ["known_months", "data", "series_years", "error", "to_elapsed_time", "to_last_years_growth", "coverage"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    """Measure the files asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--years", type=int, default=3, help="years of history before each year foretold")
    parser.add_argument("--levels", default=",".join(map(str, LEVELS)), help="levels asked, times last year's actual")
    given = parser.parse_args()
    levels = tuple(float(level) for level in given.levels.split(","))
    sets = load(given.paths, given.years)
    if not sets:
        raise SystemExit("no series has enough whole years")
    table = measure(sets, levels)
    print(f"years of history {given.years}; levels {', '.join(map(str, levels))} times the year before")
    print(table.sort_values(["data", "known_months"], kind="stable").to_string(index=False, float_format="%.4f"))
    print("\nlanding estimate: mean absolute error of the year, and its ratio to other ways")
    found = measure_landing(landing_sets(given.paths, given.years))
    print(found.sort_values(["data", "known_months"], kind="stable").to_string(index=False, float_format="%.3f"))


if __name__ == "__main__":
    main()
