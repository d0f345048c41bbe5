"""How hard each quota is: against what is expected of the rep, the odds of reaching it, and the spread over reps."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from salesplan.apportion import TOTAL
from salesplan.calendar import add_months
from salesplan.odds import reach
from salesplan.rep_allocation.roster import NOBODY, year_before

YEARS_BACK = 4  # years of the history in which the errors of the expectation are looked up
POOLED = 3.0  # errors of all reps count as so many of a rep's own
LEAST_SPREAD = 0.02  # no year is known better than this share of the expectation


def yearly_sales(history: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """Sales by rep (index) and year before the plan's (columns 1 = last year, 2, ...), fen; NaN without sales.

    Only years of which the history has all twelve months, counted back from last year without a gap.
    """
    present = set(history["month"])
    complete = [back for back in range(1, YEARS_BACK + 1) if set(year_before(months, back)) <= present]
    years = [back for number, back in enumerate(complete, 1) if back == number]
    shift = {add_months(month, -12 * back): back for back in years for month in months}
    known = history.loc[history["month"].isin(set(shift)) & ~history["rep"].isin(NOBODY)]
    table = known.groupby(["rep", known["month"].map(shift)])["amount"].sum().unstack().astype("float64")  # noqa: PD010 - nothing is aggregated
    return table.reindex(columns=years)


def company_growth(history: pd.DataFrame, months: Sequence[str], damping: Decimal) -> float:
    """Last year's growth of the whole company, damped: damping x (last year / the year before - 1); 0 when unknown."""
    totals = [history.loc[history["month"].isin(year_before(months, back)), "amount"].sum() for back in (1, 2)]
    complete = all(set(year_before(months, back)) <= set(history["month"]) for back in (1, 2))
    return float(damping) * (totals[0] / totals[1] - 1) if complete and totals[1] > 0 else 0.0


def relative_errors(years: pd.DataFrame, growth: float) -> pd.DataFrame:
    """Error of the same expectation in past years, as a share of it.

    sales / (sales of the year before x (1 + growth)) - 1. One column per year that has one before it; NaN for a rep
    who lacks one of the two.
    """
    known = [int(back) for back in years.columns]
    pairs = [back for back in known if back + 1 in known]
    before = years[[back + 1 for back in pairs]].set_axis(pairs, axis=1)
    return years[pairs].div(before.where(before > 0) * (1 + growth)) - 1


def spreads(errors: pd.DataFrame) -> pd.DataFrame:
    """Per rep the `spread` (share of the expectation) and its `degrees` of freedom, from his errors and everybody's.

    spread² = (sum of own errors² + 3 x mean of all errors²) / (own errors + 3); few own errors lean on all.
    """
    squares = errors**2
    everyone = float(np.nanmean(squares.to_numpy())) if squares.notna().any(axis=None) else np.nan
    own = squares.notna().sum(axis=1)
    spread = (((squares.sum(axis=1) + POOLED * everyone) / (own + POOLED)) ** 0.5).clip(lower=LEAST_SPREAD)
    return pd.DataFrame({"spread": spread, "degrees": own + POOLED - 1})


def outlook(
    summary: pd.DataFrame,
    history: pd.DataFrame,
    full_year: "pd.Series[float]",
    months: Sequence[str],
    *,
    damping: Decimal,
) -> pd.DataFrame:
    """The reps with `last_year`, `expected` (fen), `quota_to_expected` and `probability`; NA where nothing is known.

    `summary` has `rep`, `quota`, `ramp_share`; `full_year` last year's sales of a full year by rep.
    expected = full-year sales x (1 + damped growth of the company) x the part of the year the rep can carry;
    probability = P(expected with Student's t errors reaches the quota), the errors those of the same expectation in
    past years.
    """
    growth, index = company_growth(history, months, damping), pd.Index(summary["rep"])
    years = yearly_sales(history, months)
    sold = history.loc[history["month"].isin(year_before(months))].groupby("rep")["amount"].sum()
    spread = spreads(relative_errors(years, growth)).reindex(index)
    expected = (full_year.reindex(index) * (1 + growth)).to_numpy() * summary["ramp_share"].to_numpy()
    expected = np.where(expected > 0, expected, np.nan)
    odds = [
        _odds(*row)
        for row in zip(summary["quota"].tolist(), expected.tolist(), spread["spread"], spread["degrees"], strict=True)
    ]
    return summary.assign(
        last_year=sold.reindex(index).astype("Int64").array,
        expected=pd.array(np.rint(expected), dtype="Float64").astype("Int64"),
        quota_to_expected=summary["quota"].to_numpy() / expected,
        probability=np.array(odds, dtype=np.float64),
    )[_order(summary)]


def _order(summary: pd.DataFrame) -> list[str]:
    first = [
        "rep",
        "name",
        "team",
        "manager",
        "quota",
        "base",
        "last_year",
        "expected",
        "quota_to_expected",
        "probability",
    ]
    return [*first, *(name for name in summary.columns if name not in first)]


def _odds(quota: int, expected: float, spread: float, degrees: float) -> float:
    if np.isnan(expected) or np.isnan(spread):
        return float("nan")
    return reach(quota, expected, spread * expected, degrees)


def gini(values: ArrayLike) -> float:
    """Gini coefficient of the population: sum over pairs of |difference| / (2 n² mean).

    0: all alike, (n - 1) / n: one has all. NaN for no values or a sum that is not above 0. Example: `gini([1, 2, 3,
    4])` is 0.25.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count, total = len(ordered), ordered.sum()
    if not count or total <= 0:
        return float("nan")
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ ordered / (count * total))


def teams(reps: pd.DataFrame) -> pd.DataFrame:
    """Quotas by team and manager: team, manager, count of reps, quota, base, amount_over_assignment (fen).

    base + amount_over_assignment = quota in every row: the reps' quotas are more than the manager's own target `base`,
    and the over-assignment is his to hold. The last row is `(total)`.
    """
    keyed = reps.assign(team=reps["team"].fillna(""), manager=reps["manager"].fillna(""))
    sums = keyed.groupby(["team", "manager"], sort=True).agg(
        count=("rep", "size"), quota=("quota", "sum"), base=("base", "sum")
    )
    rows = sums.reset_index()
    whole = pd.DataFrame([{"team": TOTAL, "manager": "", **rows[["count", "quota", "base"]].sum().to_dict()}])
    every = pd.concat([rows, whole], ignore_index=True)
    return every.assign(amount_over_assignment=every["quota"] - every["base"])
