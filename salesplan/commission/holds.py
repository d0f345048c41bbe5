"""What always holds of a commission result."""

import pandas as pd

from salesplan.errors import IdentityError


def check(table: pd.DataFrame, lines: pd.DataFrame, orders: pd.DataFrame | None = None) -> None:
    """Raise IdentityError unless the identities of commission hold, to the fen.

    Per rep and month: earned = sum of its lines; held = held before + earned - released - clawback; payable =
    base_pay + released + clawback + draw; released >= 0 >= clawback; held >= 0. Per order and to date, where
    `orders` is given: released + clawback <= earned.
    """
    for name, wrong in breaches(table, lines).items():
        if wrong.any():
            row = table[wrong.to_numpy()].iloc[0]
            raise IdentityError(name, f"{row['rep']} {row['month']}: {int(wrong.sum())} rows")
    if orders is not None and (orders["released"] > orders["earned"]).any():
        worst = orders[orders["released"] > orders["earned"]].iloc[0]
        raise IdentityError("commission_order", f"{worst['rep']} {worst['order']}")


def breaches(table: pd.DataFrame, lines: pd.DataFrame) -> "dict[str, pd.Series[bool]]":
    """For each identity, which rows of the table break it."""
    sums = lines.groupby(["rep", "month"])["amount"].sum().rename("traced").reset_index()
    told = table.merge(sums, how="left", on=["rep", "month"])
    before = told.groupby("rep")["held"].shift(fill_value=0)
    moved = told["earned"] - told["released"] - told["clawback"]
    pay = told["base_pay"] + told["released"] + told["clawback"] + told["draw"]
    lost = len(sums.merge(table[["rep", "month"]])) < len(sums)
    return {
        "commission_lines": (told["earned"] != told["traced"].fillna(0).astype("int64")) | lost,
        "commission_held": told["held"] != before + moved,
        "commission_payable": told["payable"] != pay,
        "commission_signs": (told["released"] < 0) | (told["clawback"] > 0) | (told["held"] < 0),
    }
