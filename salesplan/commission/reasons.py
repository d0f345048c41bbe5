"""Why a closed month is corrected: the rows of the input table `corrections`, found for each difference."""

from typing import Any

import pandas as pd

SEVERAL = 3  # reasons told of one difference
TOLD = ["reason", "approved_by"]
FOLLOWS = (["of_month", "rep"], ["rep", "order"], ["rep"])  # what a difference follows from, the nearest first
# Which columns a reason names, the narrowest first; `order` fits a line's own order, or the one it takes back.
LEVELS = (("month", "rep", "order"), ("month", "order"), ("month", "rep"), ("month",))


def with_reasons(
    found: pd.DataFrame, reasons: pd.DataFrame | None, otherwise: str, beside: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The differences with `reason` and `approved_by`.

    `found`: of_month, rep, order and, where known, original_order. `reasons`: month (the closed one), reason, and
    approved_by, order, rep where given. A reason by month and order counts before one by month and rep, and that
    before one for the whole month; several of one kind are all told, in the order of their text. What none of them
    explains follows from what else is corrected for the rep: in the same month, such as the base pay of an order, else
    on the same order, else in other months, such as the tier of a quarter: it has those reasons and approvers, among
    them of the differences `beside`. `otherwise` is the reason of the rest.
    """
    rows = found.reset_index(drop=True)
    blank = pd.Series("", index=rows.index, dtype="str")
    told = pd.DataFrame({"reason": blank.mask(blank == ""), "approved_by": blank})
    for level, column in _ways(rows):
        given = _of_level(reasons, level)
        if given is None or told["reason"].notna().all():
            continue
        keys = pd.DataFrame({"month": rows["of_month"], "rep": rows["rep"], "order": rows[column]})
        here = keys[list(level)].merge(given, how="left", on=list(level))
        told = told.where(told["reason"].notna(), here[TOLD])
    explained = rows.drop(columns=[name for name in TOLD if name in rows]).join(told)
    whole = told
    for shared in FOLLOWS:
        whole = whole.where(whole["reason"].notna(), _followed(explained, beside, otherwise, shared))
    return rows.assign(reason=whole["reason"].fillna(otherwise), approved_by=whole["approved_by"].fillna(""))


def _followed(explained: pd.DataFrame, beside: pd.DataFrame | None, otherwise: str, keys: list[str]) -> pd.DataFrame:
    """For each row the reasons of the other corrections that have its keys."""
    known = pd.concat([explained[[*keys, *TOLD]], *([] if beside is None else [beside[[*keys, *TOLD]]])])
    known = known[known["reason"].notna() & (known["reason"] != otherwise)].drop_duplicates().sort_values(TOLD)
    if known.empty:
        return pd.DataFrame({name: pd.Series(pd.NA, index=explained.index, dtype="str") for name in TOLD})
    sums = known.groupby(keys)[TOLD].agg(_joined).reset_index()
    found: pd.DataFrame = explained[keys].merge(sums, how="left", on=keys)
    return found[TOLD]


def _ways(rows: pd.DataFrame) -> list[tuple[tuple[str, ...], str]]:
    columns = ["order", "original_order"] if "original_order" in rows else ["order"]
    return [(level, column) for level in LEVELS for column in (columns if "order" in level else ["order"])]


def _of_level(reasons: pd.DataFrame | None, level: tuple[str, ...]) -> pd.DataFrame | None:
    """The reasons that name exactly these columns, one row per key; None where there is none."""
    if reasons is None or reasons.empty:
        return None
    given = pd.DataFrame({name: _text(reasons, name) for name in ("month", "rep", "order", *TOLD)})
    named = given[["month", "rep", "order"]] != ""
    exact = pd.Series(data=True, index=given.index)
    for name in named:
        exact &= named[name] == (name in level)
    rows = given[exact].sort_values([*level, *TOLD], kind="stable")
    if rows.empty:
        return None
    return rows.groupby(list(level))[TOLD].agg(_joined).reset_index()


def _text(frame: pd.DataFrame, name: str) -> "pd.Series[Any]":
    blank = pd.Series("", index=frame.index, dtype="str")
    return frame[name].astype("str").where(frame[name].notna(), "") if name in frame else blank


def _joined(texts: "pd.Series[Any]") -> str:
    different = list(dict.fromkeys(text for text in texts if text))
    return " / ".join(different[:SEVERAL]) + (" …" if len(different) > SEVERAL else "")
