"""Measures that reviews decided: who does what until when, carried over until they are closed."""

from datetime import date

import pandas as pd

from salesplan.calendar import month_span

MEASURE_COLUMNS = [
    "code", "month", "rep", "action", "owner", "due", "state", "amount", "age_days", "overdue_days", "carried", "note",
]  # fmt: skip
TEXTS = ["code", "month", "rep", "action", "owner", "state", "note"]
KEYS = ["month", "code", "rep", "action"]
STILL = ("open", "doing")


def measure_table(
    causes: pd.DataFrame | None,
    before: pd.DataFrame | None = None,
    *,
    as_of: date | None,
    closed: list[str],
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `variance_review_measures`: every measure that is open or of a month of this year, overdue ones first.

    `causes`: the findings, of this year and earlier ones; those with an `action` count, a blank `state` is `open`.
    `before`: this table of the review before, whose open measures go on though the findings no longer name them (the
    same month, code, rep and action). `age_days` from the end of the finding's month to `as_of`, `overdue_days` from
    `due` (0 where it is closed or not due), `carried` where it is of an earlier month and still open; amount in fen.
    Header only without actuals.
    """
    if as_of is None or not closed:
        return _typed(pd.DataFrame(columns=MEASURE_COLUMNS))
    found = _typed(pd.DataFrame(columns=MEASURE_COLUMNS) if causes is None else causes)
    found = found[found["action"].notna() & (found["month"] <= closed[-1])]
    if before is not None:
        gone_on = _typed(before[before["state"].isin(STILL)])
        known = pd.MultiIndex.from_frame(found[KEYS].fillna(""))
        left_out = ~pd.MultiIndex.from_frame(gone_on[KEYS].fillna("")).isin(known)
        found = pd.concat([found, gone_on[left_out]], ignore_index=True)
    found = found[found["state"].isin(STILL) | found["month"].isin(closed)]
    return _aged(found, pd.Timestamp(as_of), closed[-1], cutoff)


def _aged(found: pd.DataFrame, day: pd.Timestamp, last: str, cutoff: int | None) -> pd.DataFrame:
    """How old each measure is on the day and how long overdue, sorted."""
    ends = {month: pd.Timestamp(month_span(month, cutoff)[1]) for month in found["month"].unique()}
    still = found["state"].isin(STILL)
    late = (day - found["due"]).dt.days.where(still).fillna(0).clip(lower=0)
    rows = found.assign(
        age_days=(day - pd.to_datetime(found["month"].map(ends))).dt.days.astype("int64"),
        overdue_days=late.astype("int64"),
        carried=(still & (found["month"] < last)).astype("bool"),
    )
    order = ["overdue_days", "due", *KEYS, "amount", "owner", "note"]
    return rows.sort_values(order, ascending=[False, *[True] * (len(order) - 1)], ignore_index=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    columns = frame.reindex(columns=MEASURE_COLUMNS)
    numbers = {"amount": "int64", "age_days": "int64", "overdue_days": "int64"}
    filled = columns.fillna(dict.fromkeys(numbers, 0)).infer_objects()
    typed = filled.astype(dict.fromkeys(TEXTS, "string") | numbers)
    state, carried = typed["state"].fillna("open"), typed["carried"].eq(other=True).fillna(value=False).astype("bool")
    return typed.assign(due=pd.to_datetime(typed["due"]).astype("datetime64[s]"), state=state, carried=carried)
