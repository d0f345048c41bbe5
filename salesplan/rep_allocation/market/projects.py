"""Projects followed: the tracking table by stage, when each is due, and the pipeline against the quotas."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from salesplan.calendar import add_months, month_of
from salesplan.money import times_rate, to_fen, to_micro
from salesplan.rep_allocation.market.dealers import ACTIONS
from salesplan.terms.channels import KeyDate, ProjectStage
from salesplan.terms.shape import Projects

PROJECT_COLUMNS = [
    "project", "customer", "rep", "stage", "amount", "probability", "weighted", "close", "month", "next_follow_up",
    "follow_up_days", "due", "overdue_days", "state",
]  # fmt: skip
DATE_COLUMNS = ["project", "rep", "stage", "event", "date", "ready_by", "days_left", "state"]
COVERAGE_COLUMNS = [
    "rep",
    "quota",
    "deals",
    "pipeline",
    "weighted",
    "coverage",
    "recurring",
    "together",
    "together_share",
]
USUAL_DAYS = 14  # most days between two contacts where the stage says nothing


def project_tracking(
    opportunities: pd.DataFrame | None,
    *,
    stages: Sequence[ProjectStage] = (),
    chances: Mapping[str, Decimal] | None = None,
    day: date,
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `rep_allocation_projects`: every project followed as it stands on a day.

    `opportunities`: project, customer, rep, stage, amount (fen), close, next_follow_up, probability; None without the
    table. `stages` the cadence and odds of each stage, `chances` the odds of a stage that has none of its own. `month`
    of the expected close; `weighted` = amount x probability (Int64 fen, half away from zero, NA unknown);
    `follow_up_days` most days between two contacts; `due` the day of the next contact: the one noted, or where none is
    noted or it lies further off than the stage allows, `day` + follow_up_days; `overdue_days` from the noted day to
    `day`, 0 where it is still to come. `state`: `overdue`, `undated` (no next contact noted), `loose` (noted
    later than the stage allows), `late_close` (the expected close is past and no order is in), else `on_time`. By
    overdue days (most first), then due day and project. Source: project tracking form of direct sales (weekly in early
    design, every two weeks afterwards).
    """
    if opportunities is None or opportunities.empty:
        return pd.DataFrame(columns=PROJECT_COLUMNS)
    now, given = pd.Timestamp(day), {one.stage: one for one in stages}
    deals = opportunities.reindex(columns=[*PROJECT_COLUMNS[:6], "close", "next_follow_up"])
    days = (
        deals["stage"].map({name: one.follow_up_days for name, one in given.items()}).fillna(USUAL_DAYS).astype("int64")
    )
    noted = pd.to_datetime(deals["next_follow_up"])
    latest = now + pd.to_timedelta(days, unit="D")
    table = deals.assign(
        **_worth(deals, given, chances or {}),
        close=pd.to_datetime(deals["close"]),
        month=month_of(deals["close"], cutoff),
        next_follow_up=noted,
        follow_up_days=days,
        due=noted.where(noted <= latest, latest),
        overdue_days=(now - noted).dt.days.clip(lower=0).fillna(0).astype("int64"),
    )
    finished = deals["stage"].isin([name for name, one in given.items() if one.closed])
    found = table.assign(state=_states(table, latest, (table["close"] < now) & ~finished))
    order = ["overdue_days", "due", "project"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)[PROJECT_COLUMNS]


def _worth(
    deals: pd.DataFrame, given: Mapping[str, ProjectStage], chances: Mapping[str, Decimal]
) -> dict[str, pd.Series]:
    """Probability of each deal, its own first, and its weighted amount."""
    usual = {**chances, **{name: one.probability for name, one in given.items() if one.probability is not None}}
    odds = deals["stage"].map({name: float(share) for name, share in usual.items()}).astype("float64")
    chance = deals["probability"].astype("float64").fillna(odds)
    micro = np.rint(chance.fillna(0).to_numpy() * to_micro(1)).astype(np.int64)
    worth = pd.Series(times_rate(deals["amount"].to_numpy(dtype=np.int64), micro), index=deals.index, dtype="Int64")
    return {"probability": chance, "weighted": worth.mask(chance.isna())}


def _states(table: pd.DataFrame, latest: "pd.Series[pd.Timestamp]", late: "pd.Series[bool]") -> "pd.Series[str]":
    noted = table["next_follow_up"]
    reasons = {
        "overdue": table["overdue_days"] > 0,
        "late_close": late,
        "undated": noted.isna(),
        "loose": noted > latest,
    }
    chosen = np.select([one.to_numpy(dtype=bool) for one in reasons.values()], list(reasons), default="on_time")
    return pd.Series(chosen, index=table.index, dtype="str")


def key_dates(
    table: pd.DataFrame, dates: Sequence[KeyDate], *, stages: Sequence[ProjectStage] = (), day: date
) -> pd.DataFrame:
    """The dates that must not be missed: project, rep, stage, event, date, ready_by, days_left, state.

    `ready_by` is so many days earlier as the stage of the project asks its papers to be ready (bid documents two days
    ahead); `days_left` from `day` to then; `state` `past` (the date is over), `late` (ready_by is over), `near`
    (within a week), else `ahead`. Projects of a stage with such days and without any date are not listed here: see
    `undated_bids`. By date, then project.
    """
    rows = pd.DataFrame(
        [(one.project, one.event, pd.Timestamp(one.date)) for one in dates], columns=["project", "event", "date"]
    )
    if rows.empty or table.empty:
        return pd.DataFrame(columns=DATE_COLUMNS)
    found = rows.merge(table[["project", "rep", "stage"]], on="project")
    ahead = found["stage"].map({one.stage: one.ahead_days for one in stages}).fillna(0)
    ready = found["date"] - pd.to_timedelta(ahead, unit="D")
    left = (ready - pd.Timestamp(day)).dt.days
    late = np.select([found["date"] < pd.Timestamp(day), left < 0, left <= 7], ["past", "late", "near"], "ahead")
    dated = found.assign(ready_by=ready, days_left=left, state=late)
    return dated.sort_values(["date", "project", "event"], ignore_index=True)[DATE_COLUMNS]


def undated_bids(table: pd.DataFrame, dates: Sequence[KeyDate], stages: Sequence[ProjectStage]) -> pd.DataFrame:
    """Projects whose stage wants papers ready ahead of a date, and of which no date is known."""
    asked = {one.stage for one in stages if one.ahead_days}
    named = {one.project for one in dates}
    return table[table["stage"].isin(asked) & ~table["project"].isin(named)].reset_index(drop=True)


def pipeline_coverage(
    table: pd.DataFrame, reps: pd.DataFrame, *, months: Sequence[str], recurring: Mapping[str, float], size: int = 0
) -> pd.DataFrame:
    """What each rep with projects has in the pipeline against his quota.

    `table` is `rep_allocation_projects`, `reps` the table rep_allocation_reps, `months` those of the plan year: only
    deals that close within it count. `recurring` is the share of a rep's expected sales that came in orders under
    `size` (fen). Columns: rep, quota, deals, pipeline (whole amounts), weighted, coverage = weighted / quota, recurring
    (expected sales in orders under `size`), together = recurring + the weighted deals of `size` or more, since smaller
    ones are in the recurring sales already, together_share of the quota; fen and shares, NA unknown. Least first.
    """
    if table.empty:
        return pd.DataFrame(columns=COVERAGE_COLUMNS)
    inside = table[table["month"].isin(list(months))]
    inside = inside.assign(apart=inside["weighted"].where(inside["amount"] >= size, 0))
    sums = inside.groupby("rep", sort=True).agg(
        deals=("project", "size"), pipeline=("amount", "sum"), weighted=("weighted", "sum"), apart=("apart", "sum")
    )
    people = reps[reps["rep"].isin(table["rep"])].set_index("rep")
    rows = people[["quota", "expected"]].join(sums).fillna(dict.fromkeys(sums.columns, 0)).reset_index()
    share = rows["rep"].map(dict(recurring)).fillna(1.0)
    usual = (rows["expected"].astype("Float64") * share).round().astype("Int64")
    quota = rows["quota"].astype("Float64").where(rows["quota"] > 0)
    together = rows["apart"].astype("Int64") + usual
    counted = rows.astype({"deals": "int64", "pipeline": "int64", "weighted": "int64"})
    found = counted.assign(
        coverage=rows["weighted"] / quota, recurring=usual, together=together, together_share=together / quota
    )
    return found.sort_values(["together_share", "rep"], ignore_index=True)[COVERAGE_COLUMNS]


def recurring_shares(history: pd.DataFrame, big: pd.DataFrame, *, months: Sequence[str]) -> dict[str, float]:
    """Part of each rep's sales of last year (the year before `months`) that were no projects.

    `history` monthly facts (month, customer, rep, amount), `big` the lines of orders of project size (month, customer,
    amount). A project is its customer's rep's of that month, as the history credits him; who sold nothing is left out.
    """
    year = [add_months(month, -12) for month in months]
    last = history[history["month"].isin(year)]
    sold = last.groupby("rep", sort=True)["amount"].sum()
    deals = big[big["month"].isin(year)].groupby(["month", "customer"], as_index=False)["amount"].sum()
    holder = last.groupby(["month", "customer", "rep"])["amount"].sum().reset_index()
    holder = holder.sort_values(["amount", "rep"], ascending=[False, True]).drop_duplicates(["month", "customer"])
    credited = (
        deals.merge(holder[["month", "customer", "rep"]], on=["month", "customer"]).groupby("rep")["amount"].sum()
    )
    usual = 1 - credited.reindex(sold.index).fillna(0) / sold.where(sold > 0)
    return {str(rep): float(share) for rep, share in usual.dropna().clip(0, 1).items()}


def pipeline_stages(table: pd.DataFrame, stages: Sequence[ProjectStage] = ()) -> pd.DataFrame:
    """The pipeline by stage: stage, deals, amount, weighted (fen), overdue, follow_up_days, tasks.

    The stages of the parameters in their order, those without a project too, then any other by name; empty without
    projects.
    """
    sums = table.assign(late=table["state"] == "overdue").groupby("stage", sort=True)
    found = sums.agg(
        deals=("project", "size"), amount=("amount", "sum"), weighted=("weighted", "sum"), overdue=("late", "sum")
    )
    named = [one.stage for one in stages] if len(table) else []
    order = [*named, *(name for name in found.index if name not in named)]
    cadence = {one.stage: one.follow_up_days for one in stages}
    work = {one.stage: ACTIONS.join(one.tasks) for one in stages if one.tasks}
    rows = found.reindex(order).fillna(0).astype("int64").rename_axis("stage").reset_index()
    return rows.assign(
        follow_up_days=rows["stage"].map(cadence).fillna(USUAL_DAYS).astype("int64"),
        tasks=rows["stage"].map(work).astype("str"),
    )


def projects_shown(table: pd.DataFrame, customers: pd.DataFrame | None) -> pd.DataFrame:
    """The tracking table with the customers' names in place of their keys, where they have one."""
    if customers is None or "name" not in customers or table.empty:
        return table
    names = customers.dropna(subset=["name"]).drop_duplicates("customer", keep="last").set_index("customer")["name"]
    return table.assign(customer=table["customer"].map(names).fillna(table["customer"])).drop(columns="follow_up_days")


def projects_within(table: pd.DataFrame, reps: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """The projects that close in the plan year, with their rep's `quota` (Int64 fen, NA where he has none)."""
    inside = table[table["month"].isin(list(months))]
    return inside.merge(reps[["rep", "quota"]].astype({"quota": "Int64"}), on="rep", how="left")


def stage_chances(projects: Projects | None) -> dict[str, Decimal]:
    """Odds by stage as the seasonal split takes them; none where it plans no projects apart."""
    return {} if projects is None else dict(projects.stages)


def project_size(projects: Projects | None) -> int:
    """From which amount (fen) a deal is planned apart from the season; 0 where none is, so that every deal counts."""
    return 0 if projects is None else to_fen(projects.from_)
