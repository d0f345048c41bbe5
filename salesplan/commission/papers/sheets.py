"""The two sheets of the sources with team subtotals and a total, as they are printed and signed."""

from collections.abc import Sequence

import pandas as pd

from salesplan.apportion import UNASSIGNED
from salesplan.commission.papers.people import spell_of_month
from salesplan.commission.papers.performance import SUMS
from salesplan.commission.year import Year

PARTS = ["amount_orders", "amount_contests", "amount_adjustments"]
PAY = ["base_pay", "quota", "actual", *PARTS, "earned", "released", "clawback", "draw", "payable"]
BALANCES = ["held", "amount_carried", "amount_paid"]


def performance_sheet(performance: pd.DataFrame, month: str) -> pd.DataFrame:
    """销售业绩报表 of a month: rows of reps by team, each team's sum below it, the total last.

    Columns: row (rep | team | total), rep, team, orders, amounts, quota, actual, attainment (of the sums).
    """
    return _with_sums(performance[performance["month"] == month], SUMS)


def commission_sheet(
    table: pd.DataFrame, lines: pd.DataFrame, standing: pd.DataFrame, reps: pd.DataFrame | None, year: Year
) -> pd.DataFrame:
    """销售业绩提成报表 of the last closed month: the same form with base pay, commission and what is paid.

    `lines` of commission, `standing` of the reps as `reached` gives it. Columns: row, rep, team, plan, base_pay, quota,
    actual, attainment (of the month), period and attainment_period (of the plan's period to date; blank for sums),
    amount_orders + amount_contests + amount_adjustments = earned, released, clawback, draw, payable, held,
    amount_carried, amount_paid.
    """
    month = year.closed[-1] if year.closed else ""
    told = _with_period(_with_parts(table[table["month"] == month], lines), standing)
    return _with_sums(spell_of_month(told, reps, year, ["team"]), [*PAY, *BALANCES])


def _with_parts(now: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """What is earned, parted: prizes and adjustments by hand, the rest is commission on orders."""
    found = now
    for column, rule in (("amount_contests", "contest"), ("amount_adjustments", "adjustment")):
        own = lines[lines["rule"] == rule].groupby(["rep", "month"])["amount"].sum().rename(column).reset_index()
        found = found.merge(own, how="left", on=["rep", "month"])
        found = found.assign(**{column: found[column].fillna(0).astype("int64")})
    return found.assign(amount_orders=found["earned"] - found["amount_contests"] - found["amount_adjustments"])


def _with_period(now: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The period that picks the tier, its months that count, and the attainment of it to date."""
    one = standing["first"] == standing["last"]
    span = standing["first"].astype("str").where(one, standing["first"] + " \u2013 " + standing["last"])
    told = standing[["rep"]].assign(period=span, attainment_period=standing["attainment"].astype("float64"))
    return now.merge(told.drop_duplicates("rep"), how="left", on="rep")


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
