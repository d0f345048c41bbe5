"""What the day pattern wins over plain workdays, on any CSV of order lines.

    python tests/benchmarks/day_accuracy.py FILE DATE AMOUNT [COUNTRY]

DATE and AMOUNT are columns of FILE, COUNTRY whose workdays count (US). Each half year is foretold from
the months before it, the month's total given. Prints the error by day and by ten-day period (100 x sum
of |share error| within a month, mean over months) and its ratio to equal workdays.
"""

import sys

import pandas as pd

from salesplan.seasonal_split import PlanYear, learn_pattern
from salesplan.terms.seasonal_split import SeasonalSplitTerms

YEARS = 20  # of history at most


def daily_sales(file: str, day: str, amount: str) -> pd.DataFrame:
    """Net sales by day in fen: `date`, `amount`."""
    lines = pd.read_csv(file, parse_dates=[day])
    fen = (lines[amount] * 100).round().astype("int64")
    return fen.groupby(lines[day].dt.normalize()).sum().rename_axis("date").rename("amount").reset_index()


def errors(daily: pd.DataFrame, country: str) -> pd.DataFrame:
    """The back-test of the day pattern with its ratios to equal workdays."""
    year = PlanYear(int(daily["date"].max().year) + 1, calendar=country)
    found = learn_pattern(daily, year=year, rules=SeasonalSplitTerms(history_years=YEARS)).tested
    table = found.set_index("pattern")
    ratios = table[["error_day", "error_ten_day"]] / table.loc["workdays", ["error_day", "error_ten_day"]]
    return table.join(ratios.add_prefix("ratio_"))


def main(file: str, day: str, amount: str, country: str = "US") -> None:
    """Print the table."""
    daily = daily_sales(file, day, amount)
    print(f"{file}: {len(daily)} days with sales, {daily['date'].min():%Y-%m-%d} to {daily['date'].max():%Y-%m-%d}")
    print(errors(daily, country).round(3).to_string())


if __name__ == "__main__":
    main(*sys.argv[1:])
