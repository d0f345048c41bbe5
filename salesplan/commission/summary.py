"""The commission table summed for charts and conclusions."""

import pandas as pd

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
