"""The commission table summed for charts and conclusions."""

import pandas as pd

CORRECTED = ["of_month", "rep", "order", "corrected", "before", "after", "difference", "reason", "approved_by"]
SUMS = ["base_pay", "earned", "released", "clawback", "draw", "payable"]


def by_rep(table: pd.DataFrame) -> pd.DataFrame:
    """Per rep to date, most earned first: rep, base_pay, earned, released, clawback, draw, payable, held."""
    sums = table.groupby("rep")[SUMS].sum()
    last = table.sort_values(["rep", "month"]).groupby("rep")["held"].last()
    found = sums.assign(held=last).reset_index()
    return found.sort_values(["earned", "rep"], ascending=[False, True], ignore_index=True)


def by_month(table: pd.DataFrame) -> pd.DataFrame:
    """The whole team per month: month, base_pay, earned, released, clawback, draw, payable, held."""
    return table.groupby("month")[[*SUMS, "held"]].sum().reset_index()


def open_orders(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders whose commission is held, the largest first."""
    held = orders[orders["held"] > 0]
    return held.sort_values(["held", "rep", "order"], ascending=[False, True, True], ignore_index=True)


def corrections_listed(corrections: pd.DataFrame) -> pd.DataFrame:
    """What moved of closed months, one row per amount: of_month, rep, order, corrected (earned | released | base_pay),
    before, after and difference in fen, reason, approved_by. `corrections`: table commission_corrections."""
    parts = []
    for name in ("earned", "released", "base_pay"):
        own = corrections[corrections[name] != 0]
        before = own[f"amount_{name}_before"]
        told = own.assign(corrected=name, before=before, after=before + own[name], difference=own[name])
        parts.append(told[CORRECTED])
    keys = ["of_month", "rep", "order"]
    return pd.concat(parts).sort_values(keys, kind="stable", ignore_index=True)
