"""Who is there, on which plan, against which quota, and below whom: reps x months of the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

HOUSE = (UNASSIGNED, MANAGER, TOTAL)  # rows of other tables that are nobody's pay
NO_PLAN = -1


@dataclass(frozen=True)
class Roster:
    """The reps of the year by label, and what holds of each in each of its twelve months.

    `names`: the reps in order; a rep's number is his place in it. `spell`: row of `reps` that holds (-1 none);
    `plan`: place of his plan in the list (-1 none); `quotas` int64 fen, 0 where zero or unknown; `ramping` 1 where a
    ramp holds back accelerators. All reps x months.
    """

    names: pd.Index
    reps: pd.DataFrame
    spell: Integers
    plan: Integers
    quotas: Integers
    ramping: Integers

    def column(self, name: str) -> "np.ndarray[Any, Any]":
        """A column of the reps' table by rep and month, as texts; '' where unknown."""
        if name not in self.reps:
            return np.full(self.spell.shape, "", dtype=object)
        texts = np.append(self.reps[name].astype(object).where(self.reps[name].notna(), "").to_numpy(), "")
        return np.asarray(texts[self.spell])

    def numbers(self, labels: Any) -> Integers:
        """Numbers of reps by label; -1 for nobody's."""
        return np.asarray(self.names.get_indexer(pd.Index(np.asarray(labels, dtype=object))), dtype=np.int64)

    def last_month(self) -> Integers:
        """The number of each rep's last month there; 12 for one who stays."""
        there = self.spell >= 0
        last = there.shape[1] - np.argmax(there[:, ::-1], axis=1)
        return np.where(there.any(axis=1), last, 0)


def make_roster(ledger: Ledger, year: Year, rules: CommissionTerms) -> Roster:
    """The roster of a ledger: a rep is on the first plan that holds in the month and fits his spell of the month.

    Of several spells in a month the latest holds. Row order of the tables changes nothing.
    """
    assert ledger.reps is not None and ledger.quotas is not None
    order = [name for name in ("rep", "start") if name in ledger.reps]
    reps = ledger.reps.sort_values(order, na_position="first", kind="stable", ignore_index=True)
    within = spells_within(reps, year.start, year.end) & ~reps["rep"].isin(HOUSE)
    names = pd.Index(sorted(set(reps.loc[within, "rep"])), dtype=object)
    months = list(year.months)
    shape = (len(names), len(months))
    spell = np.full(shape, -1, dtype=np.int64)
    for column, month in enumerate(months):
        first, last = (pd.Timestamp(day) for day in calendar.month_span(month, year.cutoff))
        there = np.flatnonzero(within & spells_within(reps, first, last))
        spell[names.get_indexer(reps["rep"].to_numpy(dtype=object)[there]), column] = there
    ramps = ledger.ramping
    marks = None if ramps is None else ramps[["rep", "month"]].drop_duplicates().assign(amount=1)
    ramping = np.zeros(shape, dtype=np.int64) if marks is None else quotas_of(marks, names, months)
    quotas = quotas_of(ledger.quotas, names, months)
    return Roster(names, reps, spell, _plans(reps, spell, rules, months), quotas, ramping)


def spells_within(reps: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> "pd.Series[Any]":
    """Whether each spell has a day between two dates; an unknown start or end is open."""
    within = pd.Series(data=True, index=reps.index)
    if "start" in reps:
        within &= ~(reps["start"] > last)
    if "end" in reps:
        within &= ~(reps["end"] < first)
    return within


def _plans(reps: pd.DataFrame, spell: Integers, rules: CommissionTerms, months: Sequence[str]) -> Integers:
    """The plan of each rep and month."""
    plan = np.full(spell.shape, NO_PLAN, dtype=np.int64)
    for place in reversed(range(len(rules.plans))):
        terms = rules.plans[place]
        holds = [(terms.from_ or month) <= month <= (terms.until or month) for month in months]
        fits = np.append(_fits(reps, terms), False)
        plan[fits[spell] & (spell >= 0) & np.array(holds)] = place
    return plan


def _fits(reps: pd.DataFrame, plan: CommissionPlan) -> Any:
    fits = np.ones(len(reps), dtype=bool)
    for column, wanted in plan.applies_to.items():
        fits &= (reps[column].astype(object) == wanted).to_numpy() if column in reps else False
    return fits


def assign(reps: pd.DataFrame, rules: CommissionTerms, year: Year) -> pd.DataFrame:
    """The plan each rep of the year is on in his last month with one: rep, plan (its place in the list, -1 none)."""
    empty = pd.DataFrame({"rep": pd.Series(dtype="str"), "month": pd.Series(dtype="str"), "amount": []})
    roster = make_roster(Ledger(pd.DataFrame(), reps=reps, quotas=empty), year, rules)
    on = roster.plan >= 0
    last = roster.plan.shape[1] - 1 - np.argmax(on[:, ::-1], axis=1)
    latest = roster.plan[np.arange(len(roster.names)), last] if len(roster.names) else np.zeros(0, dtype=np.int64)
    return pd.DataFrame({"rep": pd.Series(roster.names, dtype="str"), "plan": latest})


def quotas_of(quotas: pd.DataFrame, reps: Any, months: Any) -> Integers:
    """Quotas as reps x months, int64 fen; 0 where there is none."""
    table = np.zeros((len(reps), len(months)), dtype=np.int64)
    rows = pd.Index(reps, dtype=object).get_indexer(pd.Index(quotas["rep"], dtype=object))
    columns = pd.Index(months, dtype=object).get_indexer(pd.Index(quotas["month"], dtype=object))
    known = (rows >= 0) & (columns >= 0) & quotas["amount"].notna().to_numpy()
    np.add.at(table, (rows[known], columns[known]), quotas["amount"].to_numpy()[known].astype(np.int64))
    return table


def ramping(reps: pd.DataFrame, year: Year, *, ramp: Sequence[Decimal]) -> pd.DataFrame:
    """Months of the year in which a rep is still in his ramp: rep, month.

    `ramp`: share of a full quota in the month of `start`, the next, ...; the ramp lasts while it is below 1. A rep
    with an earlier spell starts with that one.
    """
    below = [place for place, share in enumerate(ramp) if share < 1]
    starts = reps.dropna(subset=["start"]).groupby("rep")["start"].min() if "start" in reps else pd.Series(dtype=object)
    first = calendar.month_of(starts, year.cutoff) if len(starts) else starts
    rows = [(rep, calendar.add_months(month, place)) for rep, month in first.items() for place in below]
    found = pd.DataFrame(rows, columns=["rep", "month"], dtype="str")
    return found[found["month"].isin(list(year.months))].sort_values(["rep", "month"], ignore_index=True)


def teams(roster: Roster, managers: Integers, *, everybody: bool) -> tuple[Integers, Integers, Integers]:
    """Who stands below whom in which month: manager, rep (numbers), month (0 the first), one row per pair.

    `managers`: marks of reps x months in which somebody earns on his team. A manager is named in `reps` by his number
    or by his name. `everybody`: the reps of his reps as well; a chain that closes on itself counts nobody twice.
    """
    own = {str(rep): number for number, rep in enumerate(roster.names)}
    if "name" in roster.reps:
        own = {
            str(name): own.get(str(rep), -1) for rep, name in roster.reps[["rep", "name"]].itertuples(index=False)
        } | own
    found: set[tuple[int, int, int]] = set()
    boss = roster.column("manager")
    for month in range(boss.shape[1]):
        above = np.array([own.get(str(name), -1) for name in boss[:, month]], dtype=np.int64)
        reached, low = above.copy(), np.arange(len(above))
        while (reached >= 0).any():
            there = reached >= 0
            low, reached = low[there], reached[there]
            fresh = {(int(b), int(r), month) for b, r in zip(reached, low, strict=True) if b != r} - found
            found |= fresh
            keep = np.array([(int(b), int(r), month) in fresh for b, r in zip(reached, low, strict=True)], dtype=bool)
            if not everybody or not keep.any():
                break
            low, reached = low[keep], above[reached[keep]]
    rows = np.array(sorted(row for row in found if managers[row[0], row[2]]), dtype=np.int64).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]
