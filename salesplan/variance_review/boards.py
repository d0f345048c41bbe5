"""The month to come on two boards: each rep's target by ten-day period and week, and the visits that belong to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import MANAGER, UNASSIGNED, apportion_groups
from salesplan.variance_review.activity import Work
from salesplan.variance_review.measures import Figures

BOARD_COLUMNS = ["kind", "period", "start", "end", "workdays", "rep", "amount", "visits"]
KINDS = ("ten_day", "week")
Integers = NDArray[np.int64]


def board_table(
    reps: pd.DataFrame,
    days: pd.DataFrame,
    visits: "pd.Series[Any]",
    *,
    month: str,
    unit: int = 1,
) -> pd.DataFrame:
    """Table `variance_review_boards`: the revised target of one month by rep, in ten-day periods and in weeks.

    `reps`: variance_review_revision_reps; `days`: seasonal_split_days; `visits`: planned visits of the month by rep;
    `unit`: smallest amount planned, fen. Each kind of period sums to the revised month of every rep, `(manager)` and
    `(unassigned)` last, and so to the company's. Within the month amounts follow the plan's days, visits the workdays;
    weeks are cut to the month. Header only where the revision does not know the month.
    """
    targets = _targets(reps[reps["month"] == month])
    ours = days[days["month"] == month].sort_values("date", ignore_index=True)
    if targets.empty or ours.empty:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in BOARD_COLUMNS})
    worked = ours["workday"].to_numpy(dtype=np.float64)
    amounts = _over_days(targets.to_numpy(dtype=np.int64), _weights(ours, worked), unit)
    planned = visits.reindex(targets.index)
    seen = _evenly(
        planned.fillna(0).to_numpy(dtype=np.int64), (worked if worked.any() else worked + 1).astype(np.int64)
    )
    grid = {"amount": amounts, "visits": seen}
    parts = [_periods(ours, kind, targets.index, grid) for kind in KINDS]
    table = pd.concat(parts, ignore_index=True)
    blank = table["rep"].map(planned).isna()
    return table.assign(visits=table["visits"].astype("Int64").mask(blank))[BOARD_COLUMNS]


def _targets(month: pd.DataFrame) -> "pd.Series[Any]":
    """Each rep's revised target of the month, fen by rep; those who are no rep last, and only with an amount."""
    amounts = month.groupby("rep")["revised"].sum().astype("int64")
    others = [name for name in (MANAGER, UNASSIGNED) if amounts.get(name, 0) != 0]
    own = amounts.drop([name for name in (MANAGER, UNASSIGNED) if name in amounts])
    return pd.concat([own, amounts.loc[others]])


def _weights(days: pd.DataFrame, worked: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The plan's days of the month; where it plans nothing its workdays, and where there are none every day."""
    planned = days["amount"].clip(lower=0).to_numpy(dtype=np.float64)
    return next(weights for weights in (planned, worked, np.ones_like(worked)) if weights.any())


def _over_days(totals: Integers, weights: "NDArray[np.float64]", unit: int) -> Integers:
    """Totals over the days by weight, exact in whole units, reps x days; what is below zero is split as if above."""
    groups = np.repeat(np.arange(len(totals)), len(weights))
    labels = np.tile(np.arange(len(weights)), len(totals)).tolist()
    sizes, signs = np.abs(totals) // unit, np.sign(totals)
    found = apportion_groups(sizes, np.tile(weights, len(totals)), groups, labels=labels)
    whole = found.reshape(len(totals), -1) * signs[:, None] * unit
    whole[:, -1] += totals - whole.sum(axis=1)  # a rest below the unit stays with the last day
    return whole


def _evenly(totals: Integers, worked: Integers) -> Integers:
    """Counts over the workdays so that every running sum is rounded, reps x days: no day gets them all."""
    days = worked.cumsum()
    sums = (2 * totals[:, None] * days + days[-1]) // (2 * days[-1])
    return np.asarray(np.diff(sums, axis=1, prepend=0), dtype=np.int64)


def _periods(days: pd.DataFrame, kind: str, reps: "pd.Index[Any]", grid: Mapping[str, Integers]) -> pd.DataFrame:
    """The rows of one kind of period: rep by rep within each period."""
    keyed = days.assign(first=np.arange(len(days)), worked=days["workday"].astype("int64"))
    spans = keyed.groupby(kind, sort=True).agg(
        start=("date", "min"), end=("date", "max"), first=("first", "min"), workdays=("worked", "sum")
    )
    spans = spans.sort_values("first")
    sums = {name: np.add.reduceat(values, spans["first"].to_numpy(), axis=1).T for name, values in grid.items()}
    repeated = spans.rename_axis("period").reset_index().loc[np.repeat(np.arange(len(spans)), len(reps))]
    return repeated.assign(
        kind=kind, rep=np.tile(reps.to_numpy(), len(spans)), **{name: values.ravel() for name, values in sums.items()}
    )


def next_month(figures: Figures) -> str:
    """The first month still to come; '' when the year is over."""
    return next(iter(figures.open), "")


def planned_visits(work: Work, still: Sequence[str]) -> "pd.Series[Any]":
    """Visits planned by rep in the first month to come; empty without a plan of visits."""
    rows = work.planned[(work.planned["activity"] == work.cadence) & work.planned["period"].isin(list(still[:1]))]
    return rows.groupby("rep")["count"].sum().astype("Int64")
