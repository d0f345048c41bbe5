"""How a month's pay is put together: base pay, commission, draw, least wage, what is carried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.pay.base import base_pay_rows, differences, topped_up
from salesplan.commission.pay.draws import Drawn, draw_terms, draws
from salesplan.commission.pay.presence import presence
from salesplan.commission.pay.wage import carry, top_up
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers, half_away
from salesplan.terms.commission import CommissionTerms

MOVES = ("earned", "released", "clawback", "amount_cut", "amount_beside")
PAID = [
    "rep",
    "month",
    "plan",
    "quota",
    "actual",
    "base_pay",
    "earned",
    "released",
    "held",
    "clawback",
    "draw",
    "payable",
    "amount_owed",
    "amount_carried",
    "amount_paid",
    "amount_cut",
    "amount_granted",
    "amount_forgiven",
    "amount_least",
]


@dataclass(frozen=True)
class Pay:
    """Pay per rep and month (`table`, columns PAID) and the rows its base pay consists of (`base_pay`).

    Money int64 fen. held = held before + earned - released - clawback. base_pay = its rows. payable = base_pay +
    released + clawback + draw. amount_paid = payable + amount_carried (<= 0, brought forward), but at least
    `amount_least`, the least wage; what could not be taken is carried on. amount_owed: balance of the draw at the end
    of the month = the one before + draw - amount_granted (never asked back) - amount_forgiven.
    """

    table: pd.DataFrame
    base_pay: pd.DataFrame


@dataclass(frozen=True)
class _Grid:
    """Reps x closed months, as the rows of a frame and as arrays; the first months may be closed for good."""

    frame: pd.DataFrame
    reps: list[str]
    months: list[str]
    first: int  # how many months are closed for good
    frozen: Pay | None

    def array(self, name: str) -> Integers:
        """A column of the frame as reps x months."""
        return self.frame[name].to_numpy(dtype=np.int64).reshape(len(self.reps), len(self.months))

    def open(self, rows: pd.DataFrame, names: Sequence[str]) -> dict[str, Integers]:
        """Sums of columns of other rows as reps x open months."""
        whose = pd.Index(self.reps).get_indexer(pd.Index(rows["rep"]))
        when = pd.Index(self.months).get_indexer(pd.Index(rows["month"]))
        known = (whose >= 0) & (when >= 0)
        totals = {name: np.zeros((len(self.reps), len(self.months)), dtype=np.int64) for name in names}
        for name, total in totals.items():
            np.add.at(total, (whose[known], when[known]), rows[name].to_numpy(dtype=np.int64)[known])
        return {name: total[:, self.first :] for name, total in totals.items()}

    def last(self, name: str) -> Integers:
        """A column of the last month closed for good, by rep; 0 where there is none. `left`: what is carried on."""
        if self.frozen is None or not self.first:
            return np.zeros(len(self.reps), dtype=np.int64)
        table = self.frozen.table.assign(left=lambda d: d["payable"] + d["amount_carried"] - d["amount_paid"])
        last = table[table["month"] == self.months[self.first - 1]].set_index("rep")[name]
        return last.reindex(self.reps).fillna(0).to_numpy(dtype=np.int64)


def pay_table(
    grid: pd.DataFrame,
    sums: pd.DataFrame,
    ledger: Ledger,
    year: Year,
    rules: CommissionTerms,
    *,
    frozen: Pay | None = None,
) -> Pay:
    """Pay of all reps for the closed months.

    `grid`: rep, month, plan (place in `rules.plans`, -1 for none), quota and actual (fen), every closed month of each
    rep. `sums`: rep, month, earned, released, clawback (and amount_cut), adjustments and prizes
    included, which are `amount_beside` and settle no draw; rows that are missing are zero. `frozen`: months that are
    closed for good, as this function returned them; they stay as they are, balances go on from them, and what their
    base pay would be otherwise today is paid in the first open month.
    A month without a plan has no base pay and no draw, but pays what is released. Raises ValueError for a grid with
    gaps.
    """
    told = _told(grid, year, frozen)
    assert ledger.reps is not None
    plan = told.array("plan")
    there = presence(ledger.reps, told.reps, plan, year, rules)
    frame = told.frame.assign(**{name: getattr(there, name).ravel() for name in ("days", "of", "pay", "known")})
    rows = _open_rows(base_pay_rows(frame, rules, ledger.scores), told)
    moves = told.open(sums, [name for name in MOVES if name in sums])
    terms = draw_terms(rules, plan, there, _starts(ledger.reps, told.reps), year).since(told.first)
    beside = moves.pop("amount_beside", np.zeros_like(moves["released"]))  # no draw is recovered from it
    drawn = draws(moves["released"] + moves["clawback"] - beside, terms, told.last("amount_owed"))
    least = np.where((plan >= 0) & there.known, half_away(there.least, there.of), 0)[:, told.first :]
    base = told.open(rows, ["amount"])["amount"]
    # What is made good for a closed month is not this month's pay: too much then is carried on, not topped up again.
    own = told.open(rows[rows["of_month"] == ""], ["amount"])["amount"]
    missing = top_up(least, own + moves["released"] + np.maximum(drawn.draw, 0))
    columns = _columns(told, moves, drawn, base + missing, least)
    opened = frame[frame["month"].isin(told.months[told.first :])].assign(least=least.ravel())
    both = pd.concat([rows, topped_up(opened, missing.ravel())], ignore_index=True)
    return _behind(told, _named(opened, columns, rules), both)


def _told(grid: pd.DataFrame, year: Year, frozen: Pay | None) -> _Grid:
    ordered = grid.sort_values(["rep", "month"], kind="stable", ignore_index=True)
    reps, months = ordered["rep"].unique().tolist(), list(year.closed)
    if ordered["month"].tolist() != months * len(reps):
        raise ValueError("the grid must hold every closed month of each rep once")
    closed = set() if frozen is None else set(frozen.table["month"])
    return _Grid(ordered, reps, months, sum(month in closed for month in months), frozen)


def _starts(reps: pd.DataFrame, labels: list[str]) -> "pd.Series[Any]":
    """First start of each rep; NaT where one of his spells has none."""
    if "start" not in reps:
        return pd.Series(pd.NaT, index=range(len(labels)), dtype="datetime64[ns]")
    first = reps.sort_values("start", na_position="first", kind="stable").drop_duplicates("rep").set_index("rep")
    return first["start"].reindex(labels).reset_index(drop=True)


def _open_rows(rows: pd.DataFrame, told: _Grid) -> pd.DataFrame:
    """Base pay rows of the open months, with what is made good for those closed."""
    opened = told.months[told.first :]
    later = rows[rows["month"].isin(opened)]
    if told.frozen is None or not opened:
        return later
    paid = told.frozen.base_pay[told.frozen.base_pay["rep"].isin(told.reps)]
    made_good = differences(rows[~rows["month"].isin(opened)], paid, opened[0])
    return pd.concat([later, made_good], ignore_index=True) if len(made_good) else later


def _columns(
    told: _Grid, moves: dict[str, Integers], drawn: Drawn, base: Integers, least: Integers
) -> dict[str, Integers]:
    """Columns of the open months, reps x months."""
    payable = base + moves["released"] + moves["clawback"] + drawn.draw
    carried, paid = carry(payable, least, told.last("left"))
    change = moves["earned"] - moves["released"] - moves["clawback"]
    return {
        "amount_cut": np.zeros_like(payable),
        **moves,
        "base_pay": base,
        "held": told.last("held")[:, None] + np.cumsum(change, axis=1),
        "draw": drawn.draw,
        "payable": payable,
        "amount_owed": drawn.owed,
        "amount_carried": carried,
        "amount_paid": paid,
        "amount_granted": drawn.granted,
        "amount_forgiven": drawn.forgiven,
        "amount_least": least,
    }


def _named(opened: pd.DataFrame, columns: dict[str, Integers], rules: CommissionTerms) -> pd.DataFrame:
    names = np.array([*(plan.name for plan in rules.plans), ""], dtype=object)
    plans = pd.Series(names[opened["plan"].to_numpy(dtype=np.int64)], index=opened.index, dtype="str")
    return opened.assign(plan=plans, **{name: values.ravel() for name, values in columns.items()})[PAID]


def _behind(told: _Grid, table: pd.DataFrame, rows: pd.DataFrame) -> Pay:
    """What is open behind what is closed for good, sorted by rep and month; components in the order of the plan."""
    if told.frozen is not None:
        table = pd.concat([told.frozen.table, table], ignore_index=True)[PAID]
        rows = pd.concat([told.frozen.base_pay, rows], ignore_index=True)
    keys = ["rep", "month"]
    return Pay(
        table.sort_values(keys, kind="stable", ignore_index=True),
        rows.sort_values([*keys, "of_month"], kind="stable", ignore_index=True),
    )
