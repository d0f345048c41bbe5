"""Contests and the ranking by attainment: prizes for the first places, a talk for the last."""

from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.apportion import apportion
from salesplan.commission.pay.lines import bare_lines, no_lines
from salesplan.commission.pay.presence import spells_within
from salesplan.commission.pay.ranking import UNITS, Sales, least_of, measured, periods_of, placed, shown
from salesplan.commission.year import Ledger, Year
from salesplan.money import to_fen
from salesplan.terms.commission import CommissionTerms, Contest, LastPlace

RANKING = [
    "contest",
    "period",
    "month",
    "indicator",
    "unit",
    "rep",
    "value",
    "place",
    "count",
    "prize",
    "complete",
    "ramping",
    "last",
    "flag",
]
NOBODY_LAST = LastPlace(share=Decimal(0))  # without a rule for the last place nobody is last


def rank(ledger: Ledger, year: Year, rules: CommissionTerms, sales: Sales) -> pd.DataFrame:
    """The ranking by attainment (contest '') and every contest: one row per contest, period and rep who takes part.

    Columns: contest, period, month (the last of the period, in which prizes are paid), indicator (the measure), unit
    (currency, share, unit), rep, value, place, count (who is ranked), prize (fen, 0 until the period is closed),
    complete, ramping (in his ramp in a month of the period: a small quota), last (among the last by `last_place`;
    nobody in his ramp), flag (last in so many periods in a row). A flag changes no pay.
    """
    assert ledger.reps is not None
    order = [name for name in ("rep", "start") if name in ledger.reps]
    known = ledger.reps[ledger.reps["rep"].isin(sales.grid["rep"].unique())]
    reps = known.sort_values(order, na_position="first", kind="stable")
    last = rules.last_place or NOBODY_LAST
    overall = Contest.model_construct(
        name="", months=(), period=last.period, among={}, measure="attainment", least=0, prizes=()
    )
    ramps = ledger.ramping if ledger.ramping is not None else pd.DataFrame(columns=["rep", "month"], dtype="str")
    parts = [_contest(overall, reps, year, sales, ramps).pipe(_flagged, last)]
    parts += [_contest(one, reps, year, sales, ramps).assign(last=False, flag=False) for one in rules.contests]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True)[RANKING] if filled else no_ranking()


def no_ranking() -> pd.DataFrame:
    """The ranking with its header and nothing in it."""
    kinds = {"place": "int64", "count": "int64", "prize": "int64"} | dict.fromkeys(
        ("complete", "ramping", "last", "flag"), "bool"
    )
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "str")) for name in RANKING})


def prize_lines(ranking: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Prizes as commission lines of rule `contest` in the last month of the period; the contest is the reason."""
    won = ranking[ranking["prize"] > 0]
    if won.empty:
        return no_lines()
    return bare_lines(won.assign(amount=won["prize"], reason=won["contest"], original_order=""), "contest", grid)


def _contest(contest: Contest, reps: pd.DataFrame, year: Year, sales: Sales, ramps: pd.DataFrame) -> pd.DataFrame:
    """One contest: who took part in each period that has begun, their places, and the prizes of periods closed."""
    begun = {label: months for label, months in periods_of(contest.months, contest.period, year).items()
             if months[0] in year.closed}  # fmt: skip
    entered = [_entered(contest, reps, year, period) for period in begun.items()]
    if not any(len(one) for one in entered):
        return no_ranking()
    of = pd.Series({month: label for label, months in begun.items() for month in months}, dtype="object")
    # without a quota there is no attainment to rank; without a sale there is one of nothing
    how: Literal["inner", "left"] = "inner" if contest.measure == "attainment" else "left"
    standing = pd.concat(entered).merge(measured(contest, sales, of), how=how, on=["rep", "period"])
    ranked = placed(standing.assign(value=standing["value"].astype(object).where(standing["value"].notna(), 0)))
    ends = ranked["period"].map({label: months[-1] for label, months in begun.items()}).astype("str")
    return _with_prizes(ranked.assign(month=ends, complete=ends.isin(year.closed)), contest).assign(
        contest=contest.name,
        ramping=_pairs(ranked).isin(_pairs(ramps.assign(period=ramps["month"].map(of)))),
        indicator=contest.measure,
        unit=UNITS.get(contest.measure, "currency"),
        value=shown(ranked["value"], contest.measure),
    )


def _pairs(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["rep", "period"]])


def _entered(contest: Contest, reps: pd.DataFrame, year: Year, period: tuple[str, list[str]]) -> pd.DataFrame:
    """Who takes part in a period: reps there on any day of it whose latest spell of it fits `among`."""
    label, months = period
    span = [calendar.month_span(months[place], year.cutoff)[place] for place in (0, -1)]
    there = reps[spells_within(reps, pd.Timestamp(span[0]), pd.Timestamp(span[1]))].drop_duplicates("rep", keep="last")
    fits = np.ones(len(there), dtype=bool)
    for column, wanted in contest.among.items():
        fits &= (there[column].astype(object) == wanted).to_numpy() if column in there else False
    return pd.DataFrame({"rep": there.loc[fits, "rep"].astype("str")}).assign(period=label)


def _with_prizes(ranked: pd.DataFrame, contest: Contest) -> pd.DataFrame:
    """Prizes of the places, of periods that are closed; who share a place share the prizes of the places they fill."""
    prizes, least = [to_fen(prize) for prize in contest.prizes], least_of(contest)
    amounts = np.zeros(len(ranked), dtype=np.int64)
    wins = ranked[ranked["complete"] & (ranked["place"] <= len(prizes))]
    for _, tied in wins.groupby(["period", "place"]):
        value, place = tied["value"].iloc[0], int(tied["place"].iloc[0])
        if value >= least and value > 0:  # who has nothing wins nothing
            pot = sum(prizes[place - 1 : place - 1 + len(tied)])
            amounts[tied.index] = apportion(pot, np.ones(len(tied)), labels=tied["rep"].tolist())
    return ranked.assign(prize=amounts)


def _flagged(ranked: pd.DataFrame, rule: LastPlace) -> pd.DataFrame:
    """Who is among the last of a closed period, and who is so again and again.

    Nobody who equals a better one, and nobody in his ramp.
    """
    if ranked.empty:
        return ranked
    share, whole = rule.share.as_integer_ratio()
    before = ranked["count"] - ranked["count"] * share // whole  # rounded down
    marked = ranked.assign(last=ranked["complete"] & (ranked["place"] > before) & ~ranked["ramping"])
    return marked.assign(flag=_in_a_row(marked, rule.periods))


def _in_a_row(marked: pd.DataFrame, periods: int) -> "pd.Series[bool]":
    """Whether a rep was among the last in this period and in all of as many before it as the rule asks."""
    reps, labels = pd.Index(marked["rep"].unique()), pd.Index(marked["period"].unique())
    rows, columns = reps.get_indexer(pd.Index(marked["rep"])), labels.get_indexer(pd.Index(marked["period"]))
    marks = np.zeros((len(reps), periods + len(labels)), dtype=np.int64)
    marks[rows, periods + columns] = marked["last"]
    summed = np.cumsum(marks, axis=1)
    return pd.Series((summed[:, periods:] - summed[:, :-periods] == periods)[rows, columns], index=marked.index)
