"""How well each method splits years whose total is known, over any series of months.

    python tests/benchmarks/split_accuracy.py                      # the series of ../shared/data
    python tests/benchmarks/split_accuracy.py sales.csv --calendar CN

A file has the columns series, month (YYYY-MM) and value. Every fiscal year with three complete years before it is split
by those three alone, all series of a file together, the year's own total given. Error = 100 x sum of |share error|, the
mean over series and years; the ratio is to the three-year pooled share, the method of the textbooks.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from salesplan.calendar import days as days_of
from salesplan.calendar import spring_festival
from salesplan.seasonal_split import METHODS, monthly_shares

SHARED = Path(__file__).parents[3] / "shared" / "data"
TRAINING_YEARS = 3
USUAL = "pooled_share"


def shared_series() -> dict[str, tuple[pd.DataFrame, str | None]]:
    """The series of ../shared/data by data set, with the country whose workdays they follow."""
    retail = pd.read_csv(SHARED / "aus_retail_2000_2018.csv")
    cars = pd.read_csv(SHARED / "norway_car_sales_by_make.csv")
    return {
        "aus_retail": (
            retail.assign(series=retail["state"] + " " + retail["industry"], value=retail["turnover_m_aud"]),
            "AU",
        ),
        "norway_cars": (cars.assign(series=cars["make"], value=cars["quantity"]), "NO"),
        "classic": (pd.read_csv(SHARED / "classic_monthly_series.csv"), None),
    }


def yearly(frame: pd.DataFrame) -> tuple[pd.DataFrame, "pd.Series[int]"]:
    """Sums by series and month with the number of the year, and how many months each series has in each year."""
    sold = frame.groupby(["series", "month"], sort=True)["value"].sum().reset_index(name="amount")
    sold = sold.assign(year=sold["month"].str[:4].astype(int))
    return sold, sold.groupby(["series", "year"]).size()


def scored(frame: pd.DataFrame, *, calendar: str | None) -> pd.DataFrame:
    """One row per series, year and method: `series`, `year`, `method`, `error`."""
    sold, months = yearly(frame)
    whole = set(months[months == 12].index)
    found = []
    for year in range(sold["year"].min() + TRAINING_YEARS, sold["year"].max() + 1):
        block = sold[sold["year"].between(year - TRAINING_YEARS, year)]
        sums = block.groupby(["series", "year"])["amount"].sum()
        fit = [
            name
            for name in block["series"].unique()
            if all((name, y) in whole and sums[name, y] > 0 for y in range(year - TRAINING_YEARS, year + 1))
        ]
        if fit:
            found.append(_errors(block[block["series"].isin(fit)], year, calendar))
    return pd.concat(found, ignore_index=True)


def _errors(block: pd.DataFrame, year: int, calendar: str | None) -> pd.DataFrame:
    actual = block[block["year"] == year].set_index(["series", "month"])["amount"]
    total = actual.groupby("series").sum()
    history = block.loc[block["year"] < year, ["series", "month", "amount"]]
    parts = []
    for method in METHODS:
        found = monthly_shares(history, year, method=method, calendar=calendar, total=total)
        share = found.set_index(["series", "month"])["share"]
        error = 100 * (share - actual / total).abs().groupby("series").sum()
        parts.append(error.reset_index(name="error").assign(year=year, method=method))
    return pd.concat(parts, ignore_index=True)


def table(errors: pd.DataFrame) -> pd.DataFrame:
    """Error and ratio per method and data set, and over all of them, each series-year counting once."""
    everything = pd.concat([errors, errors.assign(data="all")])
    mean = everything.pivot_table(index="method", columns="data", values="error")
    ratio = mean / mean.loc[USUAL]
    both = pd.concat({"error": mean, "ratio": ratio}, axis=1).swaplevel(axis=1).sort_index(axis=1)
    return both.loc[ratio["all"].sort_values().index]


def festival_companies(seed: int = 3) -> dict[str, tuple[pd.DataFrame, str]]:
    """Simulated companies in China, since no real series is at hand, that differ in what their days around it sell.

    Each has six lines, 2012 to 2026, with season, a level that wanders (3 % a month) and noise (5 %).
    """
    random = np.random.default_rng(seed)
    days = days_of([f"{year}-{month:02d}" for year in range(2012, 2027) for month in range(1, 13)], "CN")
    dates = days["date"].to_numpy()
    begins = np.array([spring_festival(year) for year in days["date"].dt.year], dtype="datetime64[D]")
    since = (dates.astype("datetime64[D]") - begins).astype(int)
    kinds = {
        "festival_stock_up": (1.3, 0.6, 0.0),
        "festival_slow_start": (1.0, 0.5, 0.0),
        "festival_shops": (1.5, 0.8, 1.0),
    }
    return {name: (_company(random, days, since, *kind), "CN") for name, kind in kinds.items()}


def _company(
    random: np.random.Generator, days: pd.DataFrame, since: np.ndarray, before: float, after: float, day_off: float
) -> pd.DataFrame:
    """Six lines; `before`, `after`: sales of a day in the two weeks around the festival, `day_off`: of a day off."""
    sold = np.where(days["workday"], 1.0, day_off)
    sold = (
        sold * np.where((since >= -14) & (since < 0), before, 1.0) * np.where((since >= 7) & (since < 21), after, 1.0)
    )
    sold = np.where((since >= 0) & (since < 7) & ~days["workday"], day_off / 2, sold)
    season, number, parts = np.exp(random.normal(0, 0.15, 12)), days["date"].dt.month.to_numpy() - 1, []
    for line in range(6):
        own = season * np.exp(random.normal(0, 0.05, 12))
        month = days.assign(value=sold * own[number]).groupby("month")["value"].sum().reset_index()
        level = random.normal(0.005, 0.03, len(month)).cumsum() + random.normal(0, 0.05, len(month))
        parts.append(month.assign(value=month["value"] * np.exp(level), series=f"line {line}"))
    return pd.concat(parts, ignore_index=True)


def speed(series: int = 2_000) -> None:
    """Seconds of `auto` for many series, and of the pooled share as pandas makes it with groupby, side by side."""
    random = np.random.default_rng(1)
    months = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    frame = pd.DataFrame({"series": np.repeat(np.arange(series), 36), "month": months * series})
    frame = frame.assign(amount=random.lognormal(10, 0.3, len(frame)))
    total = frame.groupby("series")["amount"].sum() / 3
    begin = time.perf_counter()
    monthly_shares(frame, 2027, method="auto", calendar="CN", total=total)
    middle = time.perf_counter()
    sums = frame.assign(number=frame["month"].str[5:]).groupby(["series", "number"])["amount"].sum()
    _ = sums / sums.groupby("series").transform("sum")
    end = time.perf_counter()
    ratio = (middle - begin) / (end - middle)
    print(f"\n{series} series of 36 months: auto {middle - begin:.2f} s, {ratio:.1f} x the pooled share by groupby")


def read_series(path: Path) -> pd.DataFrame:
    """A file of series; stops with a sentence where it is none."""
    if not path.is_file():
        sys.exit(f"{path} is no file")
    frame = pd.read_csv(path)
    missing = {"series", "month", "value"} - set(frame.columns)
    if missing:
        sys.exit(f"{path} lacks the columns {', '.join(sorted(missing))}; it has {', '.join(frame.columns)}")
    months = frame["month"].astype(str)
    if not months.str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])").all():
        sys.exit(f"{path}: months must be written as 2027-03")
    if months.str[:4].nunique() <= TRAINING_YEARS:
        sys.exit(f"{path}: {TRAINING_YEARS + 1} years or more are needed")
    return frame.assign(month=months)


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("files", nargs="*", type=Path)
    words.add_argument("--calendar")
    asked = words.parse_args()
    given = {path.stem: (read_series(path), asked.calendar) for path in asked.files} or shared_series()
    errors = pd.concat(
        [scored(frame, calendar=calendar).assign(data=name) for name, (frame, calendar) in given.items()]
    )
    counts = (
        errors[errors["method"] == USUAL]
        .groupby("data")
        .agg(series=("series", "nunique"), series_years=("year", "size"))
    )
    print(counts.to_string(), "\n")
    print(table(errors).round(3).to_string())
    if not asked.files:
        simulated = [scored(frame, calendar=c).assign(data=n) for n, (frame, c) in festival_companies().items()]
        print("\nsimulated companies in China")
        print(table(pd.concat(simulated)).round(3).to_string())
    speed()


if __name__ == "__main__":
    main()
