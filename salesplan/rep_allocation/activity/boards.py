"""The nearest month of every rep in ten-day periods, weeks and days: what to sell, whom to see, what comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan import calendar as days_of
from salesplan.rep_allocation.activity.activities import COLD, RETURN, ActivityPlan, Integers
from salesplan.rep_allocation.activity.receivables import Cash, incoming
from salesplan.rep_allocation.activity.setting import Setting
from salesplan.rep_allocation.activity.shrinking import Real
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import FOREVER, LONG_AGO
from salesplan.settling import tax_factor

BOARD_COLUMNS = ("rep", "kind", "period", "start", "end", "activity", "count", "amount", "probability")
TARGET, COLLECTION, RECEIVABLE = "target", "collection", "receivable"
NEW, OLD = "new_customer", "old_customer"
MONEY = (TARGET, COLLECTION)
KINDS = ("month", "ten_day", "week", "day")
FINE, MOST_REPS = ("week", "day"), 2_000  # kinds that are left out where there are more reps than that


@dataclass(frozen=True)
class Board:
    """A month day by day: the days, when each rep is there, and whole numbers reps x days by activity (money in fen).

    `held`: customers by rep; `owed`: open now by rep (fen), `coming`: what of it comes in on each day (fen, real).
    """

    days: pd.DataFrame
    reps: pd.Index
    daily: Mapping[str, Integers]
    held: Integers
    owed: Integers
    coming: Real


class Clients(NamedTuple):
    """Number of customers by rep: those he holds in the month, those to be won in the year (None: nobody says)."""

    held: "pd.Series[int]"
    new: "pd.Series[int] | None" = None


def board_month(plan: ActivityPlan, closed: Sequence[str]) -> str:
    """The month of the boards: as the file says, else the first that is not closed, at last the year's last."""
    still = [month for month in plan.field.months if month not in closed]
    return plan.terms.month or (still or plan.field.months[-1:])[0]


def spread_evenly(totals: Integers, weights: Real) -> Integers:
    """Whole totals over days by weight so that every run of days is within one of its part: rounded running sums.

    `totals` by rep, `weights` reps x days; days of weight 0 get nothing, a rep without any gets all on the last day.

    Example: 5 over four equal days are 1, 2, 1, 1.
    """
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 0.0)
    sums = weights.cumsum(axis=1)
    whole = sums[:, -1:]
    share = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0)
    share[:, -1] = 1.0
    reached = np.floor(totals[:, None] * share + 0.5 + 1e-9).astype(np.int64)
    reached[:, -1] = totals
    return np.asarray(np.diff(reached, axis=1, prepend=0), dtype=np.int64)


def rounded_days(exact: Real, *, unit: int = 1) -> Integers:
    """Real amounts by day in whole units whose every running sum is the rounded running sum."""
    sums = np.floor(np.cumsum(exact, axis=1) / unit + 0.5).astype(np.int64)
    return np.asarray(np.diff(sums, axis=1, prepend=0) * unit, dtype=np.int64)


def days_there(reps: pd.DataFrame, known: pd.Index, days: pd.DataFrame) -> "np.ndarray":
    """Which of the days each rep is there and works, reps x days; `reps`: spells (rep, start, end)."""
    spells = reps[reps["rep"].isin(known)]
    starts = pd.to_datetime(spells["start"]).fillna(LONG_AGO).to_numpy()
    ends = pd.to_datetime(spells["end"]).fillna(FOREVER).to_numpy()
    dates = days["date"].to_numpy()
    inside = (starts[:, None] <= dates) & (dates <= ends[:, None])
    there = np.zeros((len(known), len(days)), dtype=np.int64)
    np.add.at(there, known.get_indexer(pd.Index(spells["rep"])), inside.astype(np.int64))
    return np.asarray((there > 0) & days["workday"].to_numpy(dtype=bool))


def board(
    plan: ActivityPlan, given: Given, month: str, *, setting: Setting, clients: Clients, cash: Cash | None = None
) -> Board:
    """The month of every rep, day by day.

    The month's counts and the quota over the workdays on which the rep is there; collections: what is open and what is
    sold from now on, by the days to pay of the past, on the next workday. New `clients` are won over the months as the
    quota.
    """
    known, unit = pd.Index(plan.field.people["rep"]), given.unit
    days = days_of.days([month], setting.country, given.cutoff)
    there = days_there(given.reps, known, days).astype(np.float64)
    at = plan.field.months.index(month)
    counts = {name: values[:, at] for name, values in plan.counts.items() if name != COLD}
    daily = {name: spread_evenly(values, there) for name, values in counts.items()}
    if RETURN in daily and plan.terms.cadence in daily:
        daily = _kinds_of_visits(daily, str(plan.terms.cadence))
    if clients.new is not None:
        daily |= {NEW: spread_evenly(_new_customers(plan, clients.new)[:, at], there)}
    quota = plan.field.quotas.to_numpy()[:, at]
    daily |= {TARGET: spread_evenly(quota // unit, there) * unit + 0}
    owed, coming = np.zeros(len(known), dtype=np.int64), np.zeros(there.shape)
    if cash is not None:
        open_now, sold = _collections(plan, given, days, cash, setting)
        daily |= {COLLECTION: rounded_days(_on_workdays(open_now + sold, there), unit=unit)}
        owed = cash.open_items.groupby("rep")["open"].sum().reindex(known).fillna(0).to_numpy(dtype=np.int64)
        coming = _on_workdays(open_now, there)
    customers = np.asarray(clients.held.reindex(known).fillna(0), dtype=np.int64)
    return Board(days, known, daily, customers, owed, coming)


def _kinds_of_visits(daily: Mapping[str, Integers], cadence: str) -> dict[str, Integers]:
    """Return visits of each day are never more than its visits; running sums keep both whole."""
    visits, owed = daily[cadence], daily[RETURN]
    back = np.minimum(visits, owed)
    late = (owed - back).sum(axis=1)
    room = visits - back
    filled = np.minimum(room.cumsum(axis=1), late[:, None])
    back = back + np.diff(filled, axis=1, prepend=0)
    return {**daily, RETURN: back, COLD: visits - back}


def _new_customers(plan: ActivityPlan, new: "pd.Series[int]") -> Integers:
    quotas = plan.field.quotas.to_numpy(dtype=np.float64)
    weights = np.where(quotas.sum(axis=1, keepdims=True) > 0, np.clip(quotas, 0, None), 1.0)
    totals = np.asarray(new.reindex(plan.field.people["rep"]).fillna(0), dtype=np.int64)
    return spread_evenly(totals, weights)


def _collections(
    plan: ActivityPlan, given: Given, days: pd.DataFrame, cash: Cash, setting: Setting
) -> tuple[Real, Real]:
    """What comes in by day of the month (fen, real): of what is open now, and of what is sold from now on."""
    year = days_of.days(plan.field.months, setting.country, given.cutoff)
    ahead = year[(year["date"] > cash.today) & (year["date"] <= days["date"].iloc[-1])].reset_index(drop=True)
    there = days_there(given.reps, cash.reps, ahead).astype(np.float64)
    above, below = tax_factor(setting.tax)
    targets = np.zeros(there.shape)
    for place, name in enumerate(plan.field.months):
        inside = (ahead["month"] == name).to_numpy()
        worked = there[:, inside]
        part = np.divide(worked, worked.sum(axis=1, keepdims=True), out=np.zeros_like(worked),
                         where=worked.sum(axis=1, keepdims=True) > 0)  # fmt: skip
        targets[:, inside] = part * plan.field.quotas.to_numpy(dtype=np.float64)[:, [place]] * above / below
    open_now, sold = incoming(cash, targets, list(ahead["date"]))
    inside = (ahead["month"] == days["month"].iloc[0]).to_numpy()
    return open_now[:, inside], sold[:, inside]


def _on_workdays(amounts: Real, there: Real) -> Real:
    """What comes in on days off counts on the next day the rep works, at the end of the month on the last."""
    place = np.arange(amounts.shape[1])
    following = np.where(there > 0, place, amounts.shape[1])
    target = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    last = np.where(
        (there > 0).any(axis=1), amounts.shape[1] - 1 - (there[:, ::-1] > 0).argmax(axis=1), amounts.shape[1] - 1
    )
    target = np.where(target < amounts.shape[1], target, last[:, None])
    moved = np.zeros_like(amounts)
    np.add.at(moved, (np.arange(len(amounts))[:, None], target), amounts)
    return moved


def _periods(days: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The month's periods of a kind: period, start, end, first (place of the first day)."""
    week = days["date"].dt.isocalendar()
    label = {
        "month": days["month"],
        "ten_day": days["month"] + "-T" + pd.Series(np.minimum(np.arange(len(days)) // 10, 2) + 1).astype("str"),
        "week": week["year"].astype("str").str.zfill(4) + "-W" + week["week"].astype("str").str.zfill(2),
        "day": days["date"].dt.strftime("%Y-%m-%d"),
    }[kind]
    keyed = days.assign(period=label.to_numpy(), first=np.arange(len(days)))
    return (
        keyed.groupby("period", sort=True)
        .agg(start=("date", "min"), end=("date", "max"), first=("first", "min"))
        .reset_index()
    )


def board_table(found: Board, kinds: Sequence[str] = KINDS) -> pd.DataFrame:
    """Table `rep_allocation_board`: rep, kind, period, start, end, activity, count, amount (fen), probability.

    `kind`: month, ten_day, week, day (weeks only as far as they lie in the month). `count` of activities, `amount` of
    money. Ten-day periods, weeks and days sum to the month in every activity but `old_customer` (how many different
    ones are seen) and `receivable` (open now; probability: that it comes in within the period), which stand for
    themselves. Days without anything are left out, and all weeks and days where there are many reps.
    """
    several = [kind for kind in kinds if kind not in FINE or len(found.reps) <= MOST_REPS]
    parts = [_rows(found, kind) for kind in several]
    every = pd.concat(parts, ignore_index=True)
    order = [every[name].to_numpy() for name in ("place", "first", "rank", "at")]  # whole numbers sort fastest
    return every.iloc[np.lexsort(order)][list(BOARD_COLUMNS)].reset_index(drop=True)


def _rows(found: Board, kind: str) -> pd.DataFrame:
    periods = _periods(found.days, kind)
    sums = {name: np.add.reduceat(values, periods["first"].to_numpy(), axis=1) for name, values in found.daily.items()}
    if RETURN in sums and kind != "day":
        sums[OLD] = np.minimum(sums[RETURN], found.held[:, None])
    parts = [_long(found.reps, periods, name, values, place) for place, (name, values) in enumerate(sums.items())]
    if kind != "day" and COLLECTION in sums:
        parts.append(_owed(found, periods))
    table = pd.concat(parts, ignore_index=True).assign(kind=kind, rank=KINDS.index(kind))
    return table[(table["count"].fillna(0) != 0) | (table["amount"].fillna(0) != 0)] if kind == "day" else table


def _long(reps: pd.Index, periods: pd.DataFrame, name: str, values: Integers, place: int) -> pd.DataFrame:
    width = len(periods)
    money = name in MONEY
    blank = pd.array([pd.NA] * values.size, dtype="Int64")
    numbers = pd.array(values.ravel(), dtype="Int64")
    keys = {column: np.tile(periods[column].to_numpy(), len(reps)) for column in ("period", "start", "end", "first")}
    return pd.DataFrame(
        {
            "rep": np.repeat(reps.to_numpy(), width),
            "at": np.repeat(np.arange(len(reps)), width),
            **keys,
            "activity": name,
            "count": blank if money else numbers,
            "amount": numbers if money else blank,
            "probability": np.nan,
            "place": place,
        }
    )


def _owed(found: Board, periods: pd.DataFrame) -> pd.DataFrame:
    """What is open now beside every period, and the part of it that comes in within the period."""
    amounts = np.repeat(found.owed[:, None], len(periods), axis=1)
    come = np.add.reduceat(found.coming, periods["first"].to_numpy(), axis=1)
    odds = np.divide(come, amounts, out=np.full(come.shape, np.nan), where=amounts > 0)
    return _long(found.reps, periods, TARGET, amounts, len(found.daily) + 1).assign(
        activity=RECEIVABLE, probability=odds.ravel()
    )


def across(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One kind of period as people read it: rep, period, one column per activity, the odds of what is owed behind it.

    Money in fen, counts as they are.
    """
    rows = table[table["kind"] == kind]
    value = rows["count"].fillna(rows["amount"]).astype("Int64")
    keys = ["rep", "period"]
    wide = rows.assign(value=value).pivot_table(index=keys, columns="activity", values="value", aggfunc="first")
    found = wide[list(dict.fromkeys(rows["activity"]))].fillna(0).astype("int64")
    owed = rows[rows["activity"] == RECEIVABLE].set_index(keys)["probability"]
    return (found.assign(probability=owed) if len(owed) else found).rename_axis(columns=None).reset_index()
