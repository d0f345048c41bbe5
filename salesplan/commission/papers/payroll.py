"""The payroll file: what a pay clerk enters for each rep and month."""

import pandas as pd

from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.year import Year

PAYROLL = [
    "rep",
    "month",
    "name",
    "team",
    "plan",
    "base_pay",
    "commission",
    "amount_advance",
    "deductions",
    "payable",
    "amount_carried",
    "amount_paid",
]


def payroll(table: pd.DataFrame, reps: pd.DataFrame | None, year: Year) -> pd.DataFrame:
    """Pay per rep and closed month as payroll takes it, from table `commission`; money in int64 fen.

    payable = base_pay + commission + amount_advance + deductions: commission is what is released, amount_advance the
    draw paid out (>= 0), deductions what is taken back and recovered (<= 0). amount_carried (<= 0) is brought forward,
    amount_paid is what is paid out.
    """
    told = table.assign(
        commission=table["released"],
        amount_advance=table["draw"].clip(lower=0),
        deductions=table["clawback"] + table["draw"].clip(upper=0),
    )
    return spell_of_month(told, reps, year, ["name", "team"])[PAYROLL]
