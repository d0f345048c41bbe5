"""The two sheets of the sources with team subtotals and a total, as they are printed and signed."""

from collections.abc import Sequence

import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.papers.performance import SUMS
from salesplan.commission.year import Year

PAY = ["base_pay", "quota", "actual", "earned", "released", "clawback", "draw", "payable"]
BALANCES = ["held", "amount_carried", "amount_paid"]


def performance_sheet(performance: pd.DataFrame, month: str) -> pd.DataFrame:
    """销售业绩报表 of a month: rows of reps by team, each team's sum below it, the total last.

    Columns: row (rep | team | total), rep, team, orders, amounts, quota, actual, attainment (of the sums).
    """
    return _with_sums(performance[performance["month"] == month], SUMS)


def commission_sheet(table: pd.DataFrame, reps: pd.DataFrame | None, year: Year) -> pd.DataFrame:
    """销售业绩提成报表 of the last closed month: the same form with base pay, commission and what is paid.

    Columns: row, rep, team, plan, base_pay, quota, actual, attainment, earned, released, clawback, draw, payable, held,
    amount_carried, amount_paid.
    """
    month = year.closed[-1] if year.closed else ""
    return _with_sums(spell_of_month(table[table["month"] == month], reps, year, ["team"]), [*PAY, *BALANCES])


def _with_sums(frame: pd.DataFrame, sums: Sequence[str]) -> pd.DataFrame:
    """Rows by team and rep, those of no team and of nobody last, with sums below each team and at the end."""
    rows = frame.assign(nobody=frame["rep"] == UNASSIGNED, without=frame["team"] == "")
    rows = rows.sort_values(["nobody", "without", "team", "rep"], kind="stable", ignore_index=True)
    teams = [(str(team), part.index[-1], part) for team, part in rows[rows["team"] != ""].groupby("team", sort=False)]
    lines = [rows.assign(row="rep", place=rows.index.astype("float64"))]
    if len(teams) > 1:
        lines += [_sum(part, sums, row="team", team=team, place=end + 0.5) for team, end, part in teams]
    lines.append(_sum(rows, sums, row="total", team="", place=float(len(rows))))
    found = pd.concat(lines, ignore_index=True).sort_values("place", kind="stable", ignore_index=True)
    quota = found["quota"].where(found["quota"] > 0)
    told = found.assign(attainment=(found["actual"] / quota).astype("float64"))
    return told.drop(columns=["nobody", "without", "place"])


def _sum(part: pd.DataFrame, sums: Sequence[str], *, row: str, team: str, place: float) -> pd.DataFrame:
    """One row that holds the sums of others."""
    return part[list(sums)].sum().to_frame().T.assign(row=row, rep="", team=team, place=place)
