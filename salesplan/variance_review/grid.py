"""Target, actual, variance and attainment of every rep in every month to date."""

import numpy as np
import pandas as pd

from salesplan.apportion import MANAGER, UNASSIGNED, UNKNOWN
from salesplan.calendar import add_months, month_span
from salesplan.variance_review.measures import Figures, amount_by

NOBODY = frozenset({"", UNKNOWN, MANAGER, UNASSIGNED})
GRID_COLUMNS = ["rep", "month", "target", "actual", "variance", "attainment", "last_year"]


def rep_grid(figures: Figures, *, cutoff: int | None = None) -> pd.DataFrame:
    """Table `variance_review`: one row per rep and closed month, whether or not anything was planned or sold.

    Reps are those with a quota and those of `reps` who are there in these months (without that table, who sold).
    `target` is the quota given, variance = actual - target (positive is favourable), attainment = actual / target (NaN
    where the target is not above zero), `last_year` the same month a year before (NA before the history begins); fen.
    Row `(manager)` carries the over-assignment as a negative target, `(unassigned)` what belongs to no listed rep, so
    that the target's total is the plan level's and the actual's total that of all sales.
    """
    reps = listed_reps(figures, cutoff)
    cells = pd.MultiIndex.from_product([sorted({*reps, MANAGER, UNASSIGNED}), figures.closed], names=["rep", "month"])
    target = rep_targets(figures).reindex(cells, fill_value=0)
    actual = _by_owner(figures.actuals, reps).reindex(cells, fill_value=0)
    rows = pd.DataFrame({"target": target, "actual": actual}, index=cells).assign(
        variance=actual - target,
        attainment=attainment(actual, target),
        last_year=_last_year(figures, reps, cells),
    )
    return rows.reset_index()[GRID_COLUMNS]


def attainment(actual: pd.Series, target: pd.Series) -> pd.Series:
    """Actual / target; NaN where the target is not above zero."""
    return (actual / target.where(target > 0)).astype("float64")


def listed_reps(figures: Figures, cutoff: int | None = None) -> list[str]:
    """Reps with a quota, and those of table `reps` who are there in a closed month; without it those who sold."""
    quota = set(figures.allocation["rep"]) - NOBODY
    if figures.reps is None:
        return sorted(quota | (set(figures.actuals["rep"]) - NOBODY))
    if not figures.closed:
        return sorted(quota)
    first = pd.Timestamp(month_span(figures.closed[0], cutoff)[0])
    last = pd.Timestamp(month_span(figures.closed[-1], cutoff)[1])
    start, end = pd.to_datetime(figures.reps["start"]), pd.to_datetime(figures.reps["end"])
    there = ~(start > last) & ~(end < first)  # an unknown start or end is open
    return sorted(quota | set(figures.reps.loc[there, "rep"]))


def rep_targets(figures: Figures) -> pd.Series:
    """Quotas by rep and month, fen, with the over-assignment taken off again as a negative target of `(manager)`."""
    quotas = amount_by(figures.allocation, "rep", "month")
    base = figures.allocation.groupby("month")["base"].sum().astype("int64")
    over = base - quotas.groupby("month").sum()
    manager = pd.concat({MANAGER: over}, names=["rep", "month"])
    return quotas.add(manager, fill_value=0).astype("int64")


def _by_owner(facts: pd.DataFrame, reps: list[str]) -> pd.Series:
    """Amounts by rep and month; what belongs to no listed rep is `(unassigned)`'s."""
    owned = facts["rep"].where(facts["rep"].isin(reps), UNASSIGNED)
    return amount_by(facts.assign(rep=owned), "rep", "month")


def _last_year(figures: Figures, reps: list[str], cells: pd.MultiIndex) -> pd.Series:
    """The same months a year before; NA for months before the history begins."""
    before = figures.last_year
    later = {add_months(month, -12): month for month in figures.months}
    moved = before.assign(month=before["month"].map(later))
    amounts = _by_owner(moved, reps).reindex(cells, fill_value=0).astype("Int64")
    begins = figures.facts["month"].min() if len(figures.facts) else "9999-12"
    known = [add_months(month, -12) >= begins for month in cells.get_level_values("month")]
    return amounts.where(np.array(known, dtype=bool))


def standing(figures: Figures, grid: pd.DataFrame) -> pd.DataFrame:
    """Where each rep stands: months to date and the year's quota, best first.

    One row per rep (without `(manager)` and `(unassigned)`): `rep`, `name`, `quota` (year), `target`, `actual`,
    `variance` (to date, fen), `attainment` (to date), `year_share` = actual / quota of the year, `due_share` =
    target to date / quota of the year.
    """
    own = grid[~grid["rep"].isin([MANAGER, UNASSIGNED])]
    sums = own.groupby("rep")[["target", "actual", "variance"]].sum()
    quota = amount_by(figures.allocation, "rep").reindex(sums.index, fill_value=0)
    rows = sums.assign(
        quota=quota,
        attainment=attainment(sums["actual"], sums["target"]),
        year_share=attainment(sums["actual"], quota),
        due_share=attainment(sums["target"], quota),
        name=_names(figures).reindex(sums.index).fillna("").astype("str"),
    ).reset_index()
    order = rows.assign(rank=-rows["attainment"].fillna(-1.0).round(12)).sort_values(["rank", "rep"]).index
    columns = ["rep", "name", "quota", "target", "actual", "variance", "attainment", "year_share", "due_share"]
    return rows.loc[order, columns].reset_index(drop=True)


def _names(figures: Figures) -> pd.Series:
    """The latest name of each rep."""
    if figures.reps is None or "name" not in figures.reps:
        return pd.Series(dtype="str")
    return figures.reps.sort_values(["rep", "start", "name"], na_position="first").groupby("rep")["name"].last()
