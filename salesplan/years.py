"""Past years, of the company and of its members, month by month, and what each foretells of the year ahead."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.calendar import fiscal_months, fiscal_year_of
from salesplan.terms.estimates import TrendEstimate

MONTHS = 12
COVERAGE = 0.8  # of the intervals
Table = np.ndarray[Any, np.dtype[Any]]


def yearly(facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1) -> pd.DataFrame:
    """Net sales of every fiscal year before the plan's.

    `facts` is the ledger's monthly cube (`month`, `amount` in fen, ...), rows of the plan year included: they show
    that the years before are closed. Returns one row per fiscal year from the first in the ledger on: `year`,
    `months` (how many of its months lie within the ledger's first and last), `complete` (all twelve, with at least
    one line), `amount` (Int64 fen, NA for a year without a line: unknown, not zero), `growth` on the year before
    where both are complete.
    """
    years = range(_first_year(facts, first_month, fiscal_year), fiscal_year)
    totals = facts.groupby("month")["amount"].sum()
    rows = [_year_row(totals, year, first_month) for year in years]
    frame = pd.DataFrame(rows, columns=["year", "months", "complete", "amount"])
    typed = frame.astype({"year": "int64", "months": "int64", "complete": "bool", "amount": "Int64"})
    return typed.assign(growth=_growth(typed))


def _first_year(facts: pd.DataFrame, first_month: int, fiscal_year: int) -> int:
    return fiscal_year if facts.empty else min(fiscal_year, fiscal_year_of(facts["month"].min(), first_month))


def _year_row(totals: "pd.Series[int]", year: int, first_month: int) -> tuple[int, int, bool, int | None]:
    labels = fiscal_months(year, first_month)
    first, last = totals.index.min(), totals.index.max()
    covered = sum(first <= label <= last for label in labels)
    known = totals.reindex(labels).dropna()
    return year, covered, covered == MONTHS and len(known) > 0, int(known.astype("int64").sum()) if len(known) else None


def _growth(years: pd.DataFrame) -> "pd.Series[float]":
    amount = years["amount"].astype("float64").where(years["complete"])
    before = amount.shift().where(lambda s: s > 0)
    return amount / before - 1


def monthly(
    facts: pd.DataFrame, *, fiscal_year: int, first_month: int = 1, exclude: Sequence[str] = ()
) -> pd.DataFrame:
    """Net sales by month of the complete years before the plan's.

    Index `year`, columns 1 to 12 (the month's place in the fiscal year), int64 fen; a month without a line is zero.
    Only the latest unbroken run of complete years is given. Months of `exclude` say nothing about a normal year: they
    get what their year would have sold there, its other months times the month's ratio to them in the other years; a
    year with nothing else is not complete.
    """
    years = yearly(facts, fiscal_year=fiscal_year, first_month=first_month)
    usable = [
        year for year in years.loc[years["complete"], "year"] if set(fiscal_months(year, first_month)) - {*exclude}
    ]
    return month_table(facts, _latest_run(usable), first_month=first_month, exclude=exclude)


def month_table(
    facts: pd.DataFrame, years: Sequence[int], *, first_month: int = 1, exclude: Sequence[str] = ()
) -> pd.DataFrame:
    """Net sales by month of the given years, excluded months filled, as `monthly` gives them."""
    totals = facts.groupby("month")["amount"].sum()
    labels = [fiscal_months(year, first_month) for year in years]
    grid = np.array([[float(totals.get(label, 0)) for label in row] for row in labels]).reshape(-1, MONTHS)
    known = np.array([[label not in exclude for label in row] for row in labels], dtype=bool).reshape(-1, MONTHS)
    index = pd.Index(list(years), name="year", dtype="int64")
    return pd.DataFrame(np.round(_filled(grid, known)).astype("int64"), index=index, columns=range(1, MONTHS + 1))


def _filled(grid: Table, known: Table) -> Table:
    """Unknown months from the months known in every year and their ratio to these in the other years."""
    common = known.all(axis=0)
    base = (
        (grid * common).sum(axis=1) if common.any() else (grid * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    )
    upper, lower = (grid * known).sum(axis=0), (base[:, None] * known).sum(axis=0)
    ratio = np.divide(upper, lower, out=np.full(MONTHS, np.nan), where=lower > 0)
    usual = np.nanmean(ratio) if np.isfinite(ratio).any() else 0.0
    return np.where(known, grid, np.where(np.isnan(ratio), usual, ratio) * base[:, None])


def _latest_run(years: list[int]) -> list[int]:
    return [year for place, year in enumerate(years) if years[-1] - year == len(years) - 1 - place]


def member_months(
    keyed: pd.DataFrame, months: pd.DataFrame, *, by: Sequence[str], first_month: int = 1, exclude: Sequence[str] = ()
) -> dict[tuple[str, ...], pd.DataFrame]:
    """The monthly table of every member over the company's complete years, from the member's first whole year on.

    `keyed` has the columns `by`, `month` and `amount` (fen), `months` is the company's frame of `monthly`. A year is
    whole from the one in which the member sold by the second month (a first January may be quiet); one who began too
    late has a table without rows.
    """
    found = {}
    for key, rows in keyed.groupby(list(by), sort=True):
        began = str(rows.loc[rows["amount"] != 0, "month"].min())
        years = [int(year) for year in months.index if fiscal_months(int(year), first_month)[1] >= began]
        found[tuple(map(str, key))] = month_table(rows, years, first_month=first_month, exclude=exclude)
    return found


def foretold(months: pd.DataFrame, *, fiscal_year: int, terms: TrendEstimate | None = None) -> odds.YearOdds | None:
    """The year as its own past foretells it (`odds.forecast`): one series, in fen.

    `months` is the frame of `monthly` or one of `member_months`; `terms` says how many of the latest years are used,
    how much of their growth and of the last quarter's lead is carried forward (its defaults where it is None). None
    without a complete year that sold anything.
    """
    rule = terms or TrendEstimate()
    table = months.tail(rule.years).to_numpy(dtype=np.float64)[None]
    if not table.size or table.sum(axis=2).max() <= 0:
        return None
    ahead = fiscal_year - int(months.index[-1])
    return odds.forecast(table, damping=float(rule.damping), carry=float(rule.carry), ahead=ahead)
