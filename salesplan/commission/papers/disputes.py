"""The register of questions and disputes about pay, with the correction each led to."""

from datetime import date

import numpy as np
import pandas as pd

DISPUTES = [
    "number",
    "date",
    "rep",
    "month",
    "order",
    "question",
    "state",
    "open_days",
    "answer",
    "answered_by",
    "correction",
    "amount_corrected",
    "finding",
]
STATES = ("open", "answered", "corrected", "withdrawn")  # in the order in which they are read
TEXTS = ("number", "rep", "month", "order", "question", "state", "answer", "answered_by")


def register(
    disputes: pd.DataFrame | None, adjustments: pd.DataFrame | None, lines: pd.DataFrame, review: date | None
) -> pd.DataFrame:
    """All questions, open ones first and the oldest first among them; money in int64 fen.

    `open_days`: days from its date to the review (0 where it came later), of open ones only. `correction`: the amount
    agreed on, as the register says; `amount_corrected`: what was booked for it, from adjustments that name its number
    and from corrections of the closed month it is about. `finding`: `not_corrected` (said to be corrected, and nothing
    was booked), `differs` (booked another amount than agreed), `still_open` (booked, and still open), else blank.
    """
    if disputes is None or disputes.empty:
        return _nothing()
    told = disputes.reindex(columns=[*TEXTS, "date", "correction"])
    told = told.assign(
        **{name: told[name].astype(object).where(told[name].notna(), "").astype("str") for name in TEXTS}
    )
    told = told.assign(state=told["state"].where(told["state"] != "", "open"), date=pd.to_datetime(told["date"]))
    found = told.assign(
        correction=told["correction"].astype("Int64"),
        amount_corrected=_by_number(told, adjustments) + _by_month(told, lines),
        open_days=_open_days(told, review),
    )
    known = [state for state in STATES if state in set(found["state"])]
    rank = found["state"].map({state: place for place, state in enumerate(known)}).fillna(len(known))
    ordered = found.assign(finding=_findings(found), rank=rank)
    return ordered.sort_values(["rank", "date", "number"], kind="stable", ignore_index=True)[DISPUTES]


def _nothing() -> pd.DataFrame:
    kinds = {"date": "datetime64[ns]", "open_days": "Int64", "correction": "Int64", "amount_corrected": "int64"}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "str")) for name in DISPUTES})


def _open_days(told: pd.DataFrame, review: date | None) -> "pd.Series[int]":
    """Whole days that open questions have waited at the review."""
    if review is None:
        return pd.Series(pd.NA, index=told.index, dtype="Int64")
    days: pd.Series[int] = (pd.Timestamp(review) - told["date"]).dt.days.clip(lower=0).astype("Int64")
    return days.where(told["state"] == "open")


def _by_number(told: pd.DataFrame, adjustments: pd.DataFrame | None) -> "pd.Series[int]":
    """What adjustments by hand booked for each question."""
    if adjustments is None or "dispute" not in adjustments:
        return pd.Series(0, index=told.index, dtype="int64")
    named = adjustments.dropna(subset=["dispute"])
    sums = named.groupby(named["dispute"].astype("str"))["amount"].sum()
    return told["number"].map(sums).fillna(0).astype("int64")


def _by_month(told: pd.DataFrame, lines: pd.DataFrame) -> "pd.Series[int]":
    """What corrections of closed months booked for the rep, month and, where one is named, order of each question."""
    if "of_month" not in lines or not (lines["of_month"].fillna("") != "").any():
        return pd.Series(0, index=told.index, dtype="int64")
    booked = lines[lines["of_month"].fillna("") != ""]
    whole = booked.groupby(["rep", "of_month"])["amount"].sum()
    single = booked.groupby(["rep", "of_month", "order"])["amount"].sum()
    asked = (told["state"] == "corrected") & (told["month"] != "")
    by_order = pd.Series(list(zip(told["rep"], told["month"], told["order"], strict=True)), index=told.index)
    by_month = pd.Series(list(zip(told["rep"], told["month"], strict=True)), index=told.index)
    found = by_month.map(whole).where(told["order"] == "", by_order.map(single))
    return found.where(asked).fillna(0).astype("int64")


def _findings(told: pd.DataFrame) -> "pd.Series[str]":
    """What does not fit between what the register says and what was booked."""
    booked, agreed = told["amount_corrected"] != 0, told["correction"]
    corrected = told["state"] == "corrected"
    differs = corrected & booked & agreed.notna() & (agreed.fillna(0) != told["amount_corrected"]).astype("bool")
    chosen = np.select(
        [corrected & ~booked, differs, (told["state"] == "open") & booked],
        ["not_corrected", "differs", "still_open"],
        "",
    )
    return pd.Series(chosen, index=told.index, dtype="str")
