"""Projects followed, as they stand at the end of the month: closes missed, contacts missed, what is still to come."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.terms.channels import ProjectStage

PROJECT_COLUMNS = [
    "project", "customer", "rep", "stage", "amount", "probability", "weighted", "close", "month", "amount_open",
    "next_follow_up", "overdue_days", "state", "stage_before", "close_before",
]  # fmt: skip
STAGE_COLUMNS = ["stage", "deals", "amount", "weighted", "amount_open", "late_close", "overdue"]


class Projects(NamedTuple):
    """The projects and their sums by stage."""

    table: pd.DataFrame  # variance_review_projects
    stages: pd.DataFrame


def project_review(
    projects: pd.DataFrame,
    day: date | None,
    *,
    still: Sequence[str],
    won: Collection[str] = (),
    before: pd.DataFrame | None = None,
) -> Projects:
    """Table `variance_review_projects`, 项目跟踪表: every project followed, as of a day.

    `projects`: table rep_allocation_projects; `still`: the months to come; `won`: stages in which the order is in;
    `before`: this table of the review before (its stage and close stand beside). `state`: `won`, `late_close` (the
    expected close is past), `overdue` (the next contact is), `undated` (none is noted), else `on_time`. `amount_open`
    is `weighted` (amount x probability, fen) where the close lies in the months to come, else 0. Late closes first,
    then by days overdue, then by close. Without a day nothing is late.
    """
    now = pd.Timestamp(day) if day else pd.Timestamp.min
    rows = projects.reindex(columns=[*PROJECT_COLUMNS[:9], "next_follow_up"])
    close, noted = pd.to_datetime(rows["close"]), pd.to_datetime(rows["next_follow_up"])
    overdue = (now - noted).dt.days.clip(lower=0).fillna(0).astype("int64") if day else pd.Series(0, index=rows.index)
    cases = {
        "won": rows["stage"].isin(list(won)),
        "late_close": close <= now,
        "overdue": overdue > 0,
        "undated": noted.isna(),
    }
    state = np.select([one.to_numpy(dtype=bool) for one in cases.values()], list(cases), default="on_time")
    coming = rows["month"].isin(list(still))
    found = rows.assign(
        close=close,
        next_follow_up=noted,
        overdue_days=overdue,
        state=pd.Series(state, index=rows.index, dtype="str"),
        amount_open=rows["weighted"].astype("Int64").where(coming, 0),
        **_before(rows, before),
    )
    ranked = found.assign(late=found["state"] != "late_close", least=-found["overdue_days"])
    table = ranked.sort_values(["late", "least", "close", "project"], ignore_index=True)[PROJECT_COLUMNS]
    return Projects(table, _stages(table))


def _before(rows: pd.DataFrame, before: pd.DataFrame | None) -> dict[str, pd.Series]:
    """Stage and close of each project in the review before."""
    if before is None or before.empty:
        blank = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
        return {"stage_before": pd.Series(None, index=rows.index, dtype="str"), "close_before": blank}
    known = before.drop_duplicates("project").set_index("project")
    found = {name: rows["project"].map(known[name]) for name in ("stage", "close")}
    return {f"{name}_before": one for name, one in found.items()}


def _stages(table: pd.DataFrame) -> pd.DataFrame:
    """Sums by stage, the largest first: deals, amount, weighted, amount_open (fen), late_close, overdue (counts)."""
    marks = {name: (table["state"] == name).astype("int64") for name in ("late_close", "overdue")}
    sums = table.assign(deals=1, **marks).groupby("stage", sort=True)[STAGE_COLUMNS[1:]].sum()
    return sums.reset_index().sort_values(["amount", "stage"], ascending=[False, True], ignore_index=True)


def won_stages(stages: Sequence[ProjectStage]) -> list[str]:
    """Stages in which the order is in."""
    return [one.stage for one in stages if one.closed]


def projects_shown(found: Projects) -> pd.DataFrame:
    """The projects as people read them, without those won; what was before only where a review before knows it."""
    columns = ["project", "rep", "stage", "amount", "probability", "weighted", "close", "next_follow_up"]
    rows = found.table[found.table["state"] != "won"].reset_index(drop=True)
    moved = [name for name in ("stage_before", "close_before") if rows[name].notna().any()]
    return rows[[*columns, "overdue_days", "state", *moved]]
