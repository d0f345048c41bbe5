"""Commission lines without an order, paid in the month they belong to: adjustments by hand and prizes."""

import pandas as pd

from salesplan.commission.year import Note, Year

LINES = [
    "rep",
    "month",
    "order",
    "rule",
    "tier_from",
    "base",
    "rate",
    "amount",
    "product",
    "original_order",
    "date",
    "plan",
    "of_month",
    "reason",
]


def adjustment_lines(
    adjustments: pd.DataFrame | None, grid: pd.DataFrame, year: Year
) -> tuple[pd.DataFrame, list[Note]]:
    """Adjustments by hand of the closed months as lines of rule `adjustment`, and what could not be paid.

    `adjustments`: month, rep, amount (fen, either sign), reason, approved_by, order; `grid`: the reps and months that
    are paid. The order concerned stands in `original_order`: an adjustment settles nothing on it. Rows of months to
    come wait; a rep who is not in the grid gets nothing, and that is said.
    """
    if adjustments is None or adjustments.empty:
        return no_lines(), []
    due = adjustments[adjustments["month"].isin(year.closed) & adjustments["amount"].notna()]
    known = due["rep"].isin(grid["rep"].unique())
    own, lost = due[known], due[~known]
    order = own["order"] if "order" in own else pd.Series("", index=own.index)
    lines = bare_lines(own.assign(original_order=order.fillna("").astype("str")), "adjustment", grid)
    amount = int(lost["amount"].sum())
    return lines, [Note("adjustments_lost", {"count": len(lost), "amount": amount})] if len(lost) else []


def bare_lines(rows: pd.DataFrame, rule: str, grid: pd.DataFrame) -> pd.DataFrame:
    """Rows (rep, month, amount, reason, original_order) as commission lines of a rule, sorted."""
    keys = ["rep", "month", "reason", "amount"]
    found = rows.merge(grid[["rep", "month", "plan"]], how="left", on=["rep", "month"])
    found = found.sort_values(keys, kind="stable", ignore_index=True)
    blank = no_lines().reindex(range(len(found)))
    return blank.assign(
        **{name: found[name].astype("str") for name in ("rep", "month", "original_order", "reason", "plan")},
        **dict.fromkeys(("order", "product", "of_month"), ""),
        rule=rule,
        amount=found["amount"].astype("int64"),
    ).astype(no_lines().dtypes.to_dict())


def no_lines() -> pd.DataFrame:
    """Commission lines with their header and nothing in them."""
    kinds = {
        **dict.fromkeys(LINES, "str"),
        "tier_from": "float64",
        "base": "Int64",
        "rate": "float64",
        "amount": "int64",
        "date": "datetime64[ns]",
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def paid_at_once(lines: pd.DataFrame) -> pd.DataFrame:
    """What lines without an order release: rep, month, order (''), earned, released, clawback; sums per rep and month.

    What is given is released, what is taken is clawback; both in the month of the line, so that nothing is held.
    """
    moved = lines.assign(
        earned=lines["amount"], released=lines["amount"].clip(lower=0), clawback=lines["amount"].clip(upper=0)
    )
    sums = moved.groupby(["rep", "month"])[["earned", "released", "clawback"]].sum().reset_index()
    return sums.assign(order=pd.Series("", index=sums.index, dtype="str"))[
        ["rep", "month", "order", "earned", "released", "clawback"]
    ]
