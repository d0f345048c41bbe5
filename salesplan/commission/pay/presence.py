"""Which part of each month a rep was there, and what his spells say of it: base pay, least wage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.year import Year
from salesplan.money import Integers, integers, to_fen
from salesplan.terms.commission import CommissionTerms

RULES = ("calendar_days", "workdays", "full")
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Presence:
    """Reps x closed months, int64. A part of a month is `days` of `of`; both count as the plan's `part_month` says.

    `pay` and `least`: base pay and least wage (fen per month) of each spell times its days, summed over the spells,
    so that `pay / of` is the exact base pay of the month. `known`: whether a base pay is known (blank is unknown).
    `employed`: whether the rep was there on any day.
    """

    days: Integers
    of: Integers
    pay: Integers
    least: Integers
    known: Any
    employed: Any


def spells_within(reps: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> "pd.Series[Any]":
    """Whether each spell has a day between two dates; an unknown start or end is open."""
    within = pd.Series(data=True, index=reps.index)
    if "start" in reps:
        within &= ~(reps["start"] > last)
    if "end" in reps:
        within &= ~(reps["end"] < first)
    return within


def presence(reps: pd.DataFrame, labels: Sequence[str], plan: Integers, year: Year, rules: CommissionTerms) -> Presence:
    """Days, base pay and least wage of reps x closed months, by the rule of the plan of each month.

    `reps`: rep, start, end, base_pay (fen per month), region, one row per spell; `labels` the reps in order; `plan`
    places in `rules.plans`, reps x months, -1 for none. `full`: a month with any day counts whole, on the terms of
    the last spell in it. A month without a workday counts by calendar days.
    """
    order = [name for name in ("rep", "start") if name in reps]
    spells = reps[reps["rep"].isin(labels)].sort_values(order, na_position="first", kind="stable")
    whose = pd.Index(labels).get_indexer(pd.Index(spells["rep"]))
    there, rule = _days(spells, year, None) > 0, _rule(plan, rules)
    last = np.full(plan.shape, -1, dtype=np.int64)
    np.maximum.at(last, whose, np.where(there, np.arange(len(spells))[:, None], -1))
    counts, wholes = _counts(spells, year, uses_workdays=bool((rule == RULES.index("workdays")).any()))
    counts.append((there & (last[whose] == np.arange(len(spells))[:, None])).astype(np.int64))
    wholes.append(np.ones(plan.shape[1], dtype=np.int64))
    days = np.choose(rule[whose], counts)
    pay, known = _amounts(spells, "base_pay")
    return Presence(
        days=_summed(days, whose, plan.shape),
        of=np.choose(rule, [np.broadcast_to(whole, plan.shape) for whole in wholes]),
        pay=_summed(days * pay[:, None], whose, plan.shape),
        least=_summed(days * _least(spells, rules)[:, None], whose, plan.shape),
        known=_summed((there & known[:, None]).astype(np.int64), whose, plan.shape) > 0,
        employed=_summed(there.astype(np.int64), whose, plan.shape) > 0,
    )


def _rule(plan: Integers, rules: CommissionTerms) -> Integers:
    """Place in RULES of each rep's and month's rule; without a plan calendar days."""
    places = [RULES.index(one.base_pay.part_month) for one in rules.plans]
    return np.array([*places, 0], dtype=np.int64)[plan]


def _counts(spells: pd.DataFrame, year: Year, *, uses_workdays: bool) -> tuple[list[Integers], list[Integers]]:
    """Days of spells x months and of the months, by calendar days and by workdays."""
    plain = _days(spells, year, None)
    spans = [calendar.month_span(month, year.cutoff) for month in year.closed]
    whole = np.array([(last - first).days + 1 for first, last in spans], dtype=np.int64)
    if not uses_workdays:
        return [plain, plain], [whole, whole]
    worked = calendar.days(year.closed, year.country, year.cutoff)["workday"].to_numpy(dtype=np.int64)
    ends = np.cumsum(whole)
    of_month = np.add.reduceat(worked, ends - whole) if len(ends) else whole
    none = of_month == 0
    return [plain, np.where(none, plain, _days(spells, year, worked))], [whole, np.where(none, whole, of_month)]


def _days(spells: pd.DataFrame, year: Year, counted: Integers | None) -> Integers:
    """Days of each spell in each closed month: all of them, or those that are `counted` (1 or 0 per day)."""
    spans = [calendar.month_span(month, year.cutoff) for month in year.closed]
    first = np.array([np.datetime64(begin) for begin, _ in spans], dtype="datetime64[D]")
    last = np.array([np.datetime64(end) for _, end in spans], dtype="datetime64[D]")
    if not len(spans):
        return np.zeros((len(spells), 0), dtype=np.int64)
    begin = np.maximum(_day(spells, "start", first[0])[:, None], first)
    after = np.minimum(_day(spells, "end", last[-1])[:, None], last) + DAY
    from_, to = ((np.clip(day, first[0], last[-1] + DAY) - first[0]).astype(np.int64) for day in (begin, after))
    until = np.arange(int((last[-1] - first[0]) / DAY) + 2) if counted is None else np.r_[0, np.cumsum(counted)]
    return np.where(after > begin, until[to] - until[from_], 0).astype(np.int64)


def _day(spells: pd.DataFrame, name: str, unknown: np.datetime64) -> Any:
    if name not in spells:
        return np.full(len(spells), unknown)
    days = pd.to_datetime(spells[name]).to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), unknown, days)


def _amounts(spells: pd.DataFrame, name: str) -> tuple[Integers, Any]:
    """A column of fen, 0 where it is blank, and whether it is known."""
    column = spells[name].astype("Int64") if name in spells else pd.Series(pd.NA, index=spells.index, dtype="Int64")
    return integers(column.fillna(0).to_numpy(dtype=np.int64)), column.notna().to_numpy()


def _least(spells: pd.DataFrame, rules: CommissionTerms) -> Integers:
    """Least wage of each spell by its region, fen per month."""
    wage = rules.minimum_wage
    if wage is None:
        return np.zeros(len(spells), dtype=np.int64)
    own = {region: to_fen(amount) for region, amount in wage.regions.items()}
    region = spells["region"] if "region" in spells else pd.Series("", index=spells.index)
    return integers(region.map(own).fillna(to_fen(wage.amount)).to_numpy(dtype=np.int64))


def _summed(values: Any, whose: Any, shape: tuple[int, ...]) -> Integers:
    total = np.zeros(shape, dtype=np.int64)
    np.add.at(total, whose, values)
    return total
