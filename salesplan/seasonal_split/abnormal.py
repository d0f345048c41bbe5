"""Years and months of the history that stand out: a shutdown, a one-off deal, a year unlike the others."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.seasonal_split.history import Array, divide, year_table
from salesplan.seasonal_split.methods import SPRING_FESTIVAL_MONTHS
from salesplan.seasonal_split.plan_year import PlanYear
from salesplan.seasonal_split.season import sales_by_month
from salesplan.terms.seasonal_split import SeasonalSplitTerms

LEAST_YEARS = 3
FAR = np.log(1.5)  # a month stands out below two thirds or above one and a half times its usual share
USUAL_TIMES = 4  # and further than so many times the deviation that is usual
YEAR_TIMES = 2  # a year is abnormal with so many times the distance of the others
YEAR_LEAST = 0.08  # and at least so much of its sales in other months than usual
MOST = 24  # months that can stand out before nothing is usual any more


class Unusual(NamedTuple):
    """`months`: every month of every complete year; `years`: the complete years. Empty below three of them."""

    months: pd.DataFrame
    years: pd.DataFrame


def unusual(facts: pd.DataFrame, *, year: PlanYear, rules: SeasonalSplitTerms) -> Unusual:
    """Which months and years of the history are unlike the others, and what the rules make of them.

    A month's share of its year is compared with its median share in the other years, after both years are brought to
    one level by their middle month. It stands out below two thirds or above one and a half times that, and further off
    than four times the median deviation of all months; the month furthest off is set aside first and the rest compared
    again. In China January to March stand out only where their sum does too, as the festival moves between them. A
    year is abnormal when the distance of its shares from the others' median is over twice the others' and over 8 % of
    the year, or when its total is below two thirds or above one and a half times the trend of the others.

    `months`: year, month, share, usual, `change_share` (deviation, -0.5 is half), `state` (`usual`, `excluded` by the
    rules, `suggested` to be excluded where the year is used). `years`: year, amount (fen), expected (the others' level,
    moved to the year by the median growth between any two years), `distance` (share of the year in other months than
    usual), `usual`, `state` (`usual`, `partly_excluded`, `suggested`, `abnormal`).
    """
    table = _complete_years(facts, year)
    if table is None:
        return Unusual(pd.DataFrame(columns=MONTH_COLUMNS), pd.DataFrame(columns=YEAR_COLUMNS))
    years, amounts = table
    shares = divide(amounts, amounts.sum(axis=1, keepdims=True))
    festival = _festival(year)
    odd = _standing_out(shares, festival)
    months = _month_rows(years, shares, odd, year, rules)
    return Unusual(months, _year_rows(years, amounts, shares, odd, months))


MONTH_COLUMNS = ["year", "month", "share", "usual", "change_share", "state"]
YEAR_COLUMNS = ["year", "amount", "expected", "distance", "usual", "state"]


def _complete_years(facts: pd.DataFrame, year: PlanYear) -> tuple[Array, Array] | None:
    """The complete fiscal years of the whole history, and their months' amounts as they were."""
    history = sales_by_month(facts, year=year)
    if history.empty:
        return None
    span = year.fiscal_year - days_of.fiscal_year_of(history["month"].iloc[0], year.first_month)
    table = year_table(history, year.fiscal_year, history_years=max(span, 1), first_month=year.first_month)
    used = table.used[0]
    if used.sum() < LEAST_YEARS:
        return None
    return np.array(table.years)[used], table.amounts[0][used]


def _festival(year: PlanYear) -> Array:
    calendar_months = np.array([int(month[5:]) for month in year.months])
    return np.isin(calendar_months, SPRING_FESTIVAL_MONTHS) & year.calendar.startswith("CN")


def _standing_out(shares: Array, festival: Array) -> Array:
    """Booleans, years x months: the month furthest off is set aside, then the rest is compared again."""
    odd = np.zeros(shares.shape, dtype=bool)
    for _ in range(MOST):
        off = np.where(odd, 0.0, np.abs(deviations(shares, odd, festival)))
        place = np.unravel_index(int(off.argmax()), off.shape)
        limit = max(FAR, USUAL_TIMES * float(np.median(off[~odd])))
        if off[place] <= limit:  # one set aside beside an odder month of its name may be usual after all
            return np.asarray(odd & (np.abs(deviations(shares, odd, festival)) > limit))
        odd[place] = True
    return np.zeros(shares.shape, dtype=bool)


def deviations(shares: Array, odd: Array, festival: Array) -> Array:
    """Log of each share over the median of the other years', years brought to one level; the nearer for the festival.

    Months of the festival have the smaller one of their own deviation and that of their sum.
    """
    alike = ~odd.any(axis=0)  # a year with one huge order has small shares in every other month
    level_of = shares[:, alike].sum(axis=1, keepdims=True) if alike.any() else np.ones((len(shares), 1))
    scaled = divide(shares, level_of)
    kept = np.where(odd, np.nan, scaled)
    own = np.zeros(shares.shape)
    for place in range(len(shares)):
        usual = usual_shares(kept, place)
        ratio = np.log(np.maximum(divide(scaled[place], usual), 1e-3))
        level = np.median(ratio[~odd[place]])
        own[place] = np.where(usual > 0, ratio - level, 0.0)
        if festival.any():
            joint = np.log(max(float(divide(scaled[place, festival].sum(), usual[festival].sum())), 1e-3)) - level
            near = np.where(np.sign(own[place]) == np.sign(joint), np.minimum(np.abs(own[place]), abs(joint)), 0.0)
            own[place] = np.where(festival, np.sign(joint) * near, own[place])
    return own


def usual_shares(kept: Array, place: int) -> Array:
    """Median share of each month in the other years, odd months (NaN) left out; the year's own where there is none."""
    others = np.delete(kept, place, axis=0)
    seen = ~np.isnan(others).all(axis=0)
    found = np.zeros(kept.shape[1])
    found[seen] = np.nanmedian(others[:, seen], axis=0)
    return found


def _month_rows(years: Array, shares: Array, odd: Array, year: PlanYear, rules: SeasonalSplitTerms) -> pd.DataFrame:
    kept = np.where(odd, np.nan, shares)
    usual = np.stack([usual_shares(kept, place) for place in range(len(years))])
    labels = [m for y in years.tolist() for m in days_of.fiscal_months(y, year.first_month)]
    excluded = np.isin(np.array(labels), list(rules.exclude))
    used = np.repeat(years >= year.fiscal_year - rules.history_years, 12)  # to leave out another changes nothing
    found = pd.DataFrame(
        {
            "year": np.repeat(years, 12),
            "month": pd.Series(labels, dtype="str"),
            "share": shares.ravel(),
            "usual": usual.ravel(),
            "change_share": divide(shares, usual).ravel() - 1,
        }
    )
    return found.assign(
        state=np.select([excluded, odd.ravel() & used], ["excluded", "suggested"], default="usual").astype(object)
    )


def _year_rows(years: Array, amounts: Array, shares: Array, odd: Array, months: pd.DataFrame) -> pd.DataFrame:
    kept = np.where(odd, np.nan, shares)
    distance = np.array([np.abs(shares[i] - usual_shares(kept, i)).sum() / 2 for i in range(len(years))])
    usual = np.array([np.median(np.delete(distance, i)) for i in range(len(years))])
    totals = amounts.sum(axis=1)
    jump, expected = _jumps(years, totals)
    far = (distance > YEAR_TIMES * usual) & (distance > YEAR_LEAST)
    states = months.groupby("year")["state"].agg(set).reindex(years)
    state = [
        "suggested"
        if "suggested" in found
        else "partly_excluded"
        if "excluded" in found
        else "abnormal"
        if unlike
        else "usual"
        for found, unlike in zip(states, far | jump, strict=True)
    ]
    return pd.DataFrame(
        {
            "year": years,
            "amount": totals.round().astype("int64"),
            "expected": expected.round().astype("int64"),
            "distance": distance,
            "usual": usual,
            "state": pd.Series(state, dtype="str"),
        }
    )


def _jumps(years: Array, totals: Array) -> tuple[Array, Array]:
    """Years whose total leaves the trend of the others, the furthest set aside first; and what the trend says."""
    jump, logs = np.zeros(len(years), dtype=bool), np.log(totals)
    while True:
        slope = _slope(years[~jump], logs[~jump])
        told = [logs[o] + slope * (year - years[o]) for year in years for o in [~jump & (years != year)]]
        expected = np.exp([np.median(trend) for trend in told])
        off = np.where(jump, 0.0, np.abs(logs - np.log(expected)))
        if off.max() <= FAR or (~jump).sum() < LEAST_YEARS:
            return jump, expected
        jump[off.argmax()] = True


def _slope(years: Array, logs: Array) -> float:
    """Median growth between any two of the years (Theil and Sen)."""
    first, second = np.triu_indices(len(years), 1)
    return float(np.median((logs[second] - logs[first]) / (years[second] - years[first])))
