"""The activity plan: what each quota asks for by month, in whole deals, bids, visits and calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import apportion_groups
from salesplan.rep_allocation.activity.funnel import DEAL, Records, funnel_table, window
from salesplan.rep_allocation.activity.shrinking import Real
from salesplan.terms.activities import Funnel, Stage

COLD, RETURN = "cold_visit", "return_visit"
ACTIVITY_COLUMNS = ("rep", "period", "activity", "count", "funnel", "standard")
WEEK = 5  # workdays
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """Whose plan it is and what a month holds: frames rep x month with the same rows (sorted by rep) and columns.

    `people`: rep, name, team, quota (fen); `quotas` (fen) and `workdays` (of each rep) by month; `contacts`: how many
    his customers are to get by their grades; `placed`: what of the quota his projects bring (fen), which
    is no business of the funnel.
    """

    people: pd.DataFrame
    quotas: pd.DataFrame
    workdays: pd.DataFrame
    contacts: pd.DataFrame
    placed: pd.DataFrame

    @property
    def months(self) -> list[str]:
        """The months of the plan year."""
        return [str(month) for month in self.quotas.columns]

    @property
    def regular(self) -> Integers:
        """What of the quotas has to come by the funnel: the quota of a month less the projects placed in it."""
        rest = self.quotas.to_numpy(dtype=np.int64) - self.placed.to_numpy(dtype=np.int64)
        return np.asarray(np.clip(rest, 0, None), dtype=np.int64)


@dataclass(frozen=True)
class ActivityPlan:
    """What the quotas ask for: the funnel by rep, and counts rep x month by activity (the deals first)."""

    funnel: pd.DataFrame
    counts: Mapping[str, Integers]  # what is planned
    asked: Mapping[str, Integers]  # what the funnel alone asks for
    field: Field
    terms: Funnel


def field_of(
    people: pd.DataFrame,
    amounts: pd.DataFrame,
    workdays: pd.DataFrame,
    contacts: pd.DataFrame,
    projects: pd.DataFrame | None = None,
    opportunities: pd.DataFrame | None = None,
) -> Field:
    """The frames of the step as the activity plan needs them.

    `people`: the table rep_allocation_reps; `amounts`: rep, month, amount (fen); `workdays`: rep x month (see
    `workload.rep_workdays`); `contacts`: rep, month, contacts, rows may lack; `projects`: table seasonal_split_projects
    (project, month, placed), whose reps are in `opportunities` (project, rep).
    """
    ours = people[["rep", "name", "team", "quota"]].sort_values("rep", ignore_index=True)
    reps, months = pd.Index(ours["rep"]), sorted(amounts["month"].unique())
    quotas = amounts.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0)
    visits = contacts.pivot_table(index="rep", columns="month", values="contacts", aggfunc="sum", fill_value=0.0)
    days = workdays.reindex(index=reps, columns=months).fillna(0).astype("int64")
    return Field(
        ours,
        quotas.reindex(index=reps, columns=months).fillna(0).astype("int64"),
        days,
        visits.reindex(index=reps, columns=months).fillna(0.0).astype("float64").where(days > 0, 0.0),
        _placed(projects, opportunities).reindex(index=reps, columns=months).fillna(0).astype("int64"),
    )


def _placed(projects: pd.DataFrame | None, opportunities: pd.DataFrame | None) -> pd.DataFrame:
    """What is placed of projects, rep x month."""
    if projects is None or opportunities is None or projects.empty:
        return pd.DataFrame()
    owner = opportunities.drop_duplicates("project").set_index("project")["rep"]
    placed = projects.assign(rep=projects["project"].map(owner), placed=projects["placed"].astype("int64"))
    return placed.pivot_table(index="rep", columns="month", values="placed", aggfunc="sum", fill_value=0)


def activity_plan(field: Field, past: Records, *, terms: Funnel) -> ActivityPlan:
    """What each quota asks for, by month.

    The year's numbers are the funnel's (`funnel.funnel_table`), rounded up once. The months follow the rep's monthly
    quota without projects (that of `lead_months` later), by largest remainder, so that they sum to the year. The stage
    of the cadence is at least what the customers' grades ask for; these are return visits, what is more cold visits.
    """
    funnel = funnel_table(past, field.people, field.regular.sum(axis=1), field.months, terms=terms)
    year = funnel.pivot_table(index="rep", columns="activity", values="count", aggfunc="first").reindex(
        pd.Index(field.people["rep"])
    )
    asked = {DEAL: _months(year, DEAL, field, 0)} if DEAL in year else {}
    asked |= {stage.activity: _months(year, stage.activity, field, stage.lead_months) for stage in terms.stages
              if stage.activity in year}  # fmt: skip
    return ActivityPlan(funnel, {**asked, **_visits(asked, field, terms)}, asked, field, terms)


def _months(year: pd.DataFrame, activity: str, field: Field, lead: int) -> Integers:
    """The year's count over the months, reps x months; the first months of the year after are taken as this year's."""
    totals = year[activity].fillna(0).astype("int64").to_numpy()
    there = field.workdays.to_numpy() > 0
    quotas = field.regular.astype(np.float64)
    weights = np.where(there, np.roll(quotas, -lead, axis=1), 0.0)
    for other in (quotas, there.astype(np.float64), np.ones_like(quotas)):
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, other)
    groups = np.repeat(np.arange(len(totals)), weights.shape[1])
    labels = np.tile(np.arange(weights.shape[1]), len(totals)).tolist()
    return apportion_groups(totals, weights.ravel(), groups, labels=labels).reshape(weights.shape)


def _visits(asked: Mapping[str, Integers], field: Field, terms: Funnel) -> dict[str, Integers]:
    """The visits planned, and which of them go to customers already won."""
    if terms.cadence is None or terms.cadence not in asked:
        return {}
    owed = steadily(field.contacts.to_numpy())
    visits = np.maximum(asked[terms.cadence], owed)
    return {terms.cadence: visits, RETURN: owed, COLD: visits - owed}


def steadily(exact: Real) -> Integers:
    """Real numbers along the last axis as whole ones whose every running sum is the rounded running sum.

    Example: 0.5 a month gives 1, 0, 1, 0, ...
    """
    sums = np.floor(np.cumsum(exact, axis=-1) + 0.5 + 1e-9).astype(np.int64)
    return np.diff(sums, axis=-1, prepend=0)


def standard_counts(stage: Stage, workdays: Integers) -> Integers | None:
    """What the company's standard asks of everybody on so many workdays, rounded up; None without a standard."""
    if stage.standard is None:
        return None
    asked = stage.standard.count * workdays
    if stage.standard.per == "month":
        return np.where(workdays > 0, stage.standard.count, 0).astype(np.int64)
    return asked if stage.standard.per == "day" else np.asarray(-(-asked // WEEK), dtype=np.int64)


def activity_table(plan: ActivityPlan, *, fiscal_year: int) -> pd.DataFrame:
    """Table `rep_allocation_activities`: rep, period (the year, then its months), activity, count, funnel, standard.

    `count` is planned: what the funnel asks for (`funnel`), or more where the grades of the customers do; `standard`:
    what the company asks of everybody on the rep's workdays. Unknown where there is none.
    """
    periods = [f"{fiscal_year:04d}", *plan.field.months]
    stages = {stage.activity: stage for stage in plan.terms.stages}
    workdays = plan.field.workdays.to_numpy()
    parts = []
    for place, (activity, counts) in enumerate(plan.counts.items()):
        standard = standard_counts(stages[activity], workdays) if activity in stages else None
        columns = {"count": counts, "funnel": plan.asked.get(activity), "standard": standard}
        long = {name: _with_year(values) for name, values in columns.items() if values is not None}
        parts.append(_long(plan.field.people["rep"], periods, activity, long).assign(place=place))
    every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*ACTIVITY_COLUMNS, "place", "at"])
    ranked = every.iloc[np.lexsort((every["place"], every["at"]))].reset_index(drop=True)
    blank = {name: pd.Series(pd.NA, index=ranked.index) for name in ("funnel", "standard") if name not in ranked}
    return ranked.assign(**blank)[list(ACTIVITY_COLUMNS)].astype({"funnel": "Int64", "standard": "Int64"})


def _with_year(months: Integers) -> Integers:
    return np.column_stack([months.sum(axis=1), months])


def _long(
    reps: "pd.Series[Any]", periods: Sequence[str], activity: str, columns: Mapping[str, Integers]
) -> pd.DataFrame:
    keys: dict[str, Any] = {
        "rep": np.repeat(reps.to_numpy(), len(periods)),
        "period": np.tile(np.array(periods, dtype=object), len(reps)),
    }
    keys |= {"at": np.arange(len(reps) * len(periods)), "activity": activity}
    return pd.DataFrame({**keys, **{name: values.ravel() for name, values in columns.items()}})


def year_counts(plan: ActivityPlan) -> pd.DataFrame:
    """The year as people read it: rep, quota, amount_deal (fen), then one column of counts per activity."""
    sizes = plan.funnel[plan.funnel["activity"] == DEAL].set_index("rep")["amount_deal"]
    counts = {activity: months.sum(axis=1) for activity, months in plan.counts.items()}
    people = plan.field.people
    return people[["rep", "quota"]].assign(amount_deal=people["rep"].map(sizes).astype("Int64"), **counts)


def recorded_pace(past: Records, months: Sequence[str], *, terms: Funnel | None) -> pd.DataFrame:
    """What the records say by themselves: rep, activity, months (with a record), count, per_month (their mean).

    Of the months that count before the plan year; all activities, also those that are no stage. Empty without records.
    """
    columns = ["rep", "activity", "months", "count", "per_month"]
    if past.records is None:
        return pd.DataFrame(columns=columns)
    month = past.records["date"].astype("str").str[:7]
    since = window(months, terms)[0] if terms else f"{int(months[0][:4]) - 1:04d}{months[0][4:]}"
    rows = past.records.assign(month=month)[((month >= since) & (month < months[0])).to_numpy()]
    sums = rows.groupby(["rep", "activity"], sort=True).agg(months=("month", "nunique"), count=("count", "sum"))
    return sums.assign(per_month=sums["count"] / sums["months"]).reset_index()[columns]
