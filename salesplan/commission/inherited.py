"""What leavers' orders release after them, to the reps who collect."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.exact import part_of
from salesplan.commission.results import LINES, RELEASES, day_column, empty, repeated, texts
from salesplan.commission.roster import NO_PLAN
from salesplan.commission.working import Ground, Part
from salesplan.money import MICRO, Integers, to_micro


@dataclass(frozen=True)
class Inherited:
    """Lines of rule `inherited`, and what they release."""

    lines: pd.DataFrame
    releases: pd.DataFrame


def inherited(ground: Ground, parts: Sequence[Part]) -> Inherited:
    """What successors earn: the plan's share of what leavers would have been released, month by month.

    It goes to the owner of the order's customer at the month's end, earned and released at once; without one who is
    on a plan, or where that is the leaver himself, it lapses.
    """
    found = [_of_part(ground, part) for part in parts if part.plan.leavers.rule == "transferred" and part.passed.any()]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if rows.empty:
        return Inherited(empty(LINES), empty(RELEASES))
    months = np.array(ground.year.closed, dtype=object)
    orders = ground.book.orders
    order = ground.book.text("order", orders["order"].to_numpy()[rows["okey"].to_numpy()])
    lines = pd.DataFrame(
        {
            "rep": texts(ground.roster.names, rows["heir"].to_numpy()),
            "month": texts(months, rows["month"].to_numpy()),
            "order": order,
            "rule": repeated("inherited", len(rows)),
            "tier_from": np.nan,
            "base": pd.array([pd.NA] * len(rows), dtype="Int64"),
            "rate": np.nan,
            "amount": rows["amount"].to_numpy(),
            "product": repeated("", len(rows)),
            "original_order": repeated("", len(rows)),
            "date": day_column(orders["day"].to_numpy()[rows["okey"].to_numpy()]),
            "plan": rows["plan"].astype("str"),
            "place": 2**60 + rows["okey"].to_numpy(),
        }
    )
    moved = lines.assign(
        earned=lines["amount"], released=lines["amount"].clip(lower=0), clawback=lines["amount"].clip(upper=0)
    )
    return Inherited(
        lines, moved.groupby(["rep", "month", "order"], as_index=False)[["earned", "released", "clawback"]].sum()
    )


def _of_part(ground: Ground, part: Part) -> pd.DataFrame:
    """Rows of heir (number), month (0 the first), okey, amount, plan."""
    share = to_micro(part.plan.leavers.share)
    change = np.diff(part_of(part.passed, share, MICRO), axis=1)
    account, month = np.nonzero(change)
    okey = part.accounts.okey[account]
    heir = _owners(ground)[ground.book.orders["customer"].to_numpy()[okey], month]
    kept = (heir >= 0) & (heir != part.accounts.rep[account])
    kept &= ground.roster.plan[np.maximum(heir, 0), month] != NO_PLAN
    names = [plan_name(ground, part, int(who), int(when)) for who, when in zip(heir[kept], month[kept], strict=True)]
    told = {"heir": heir[kept], "month": month[kept], "okey": okey[kept], "amount": change[account, month][kept]}
    return pd.DataFrame({**told, "plan": names})


def plan_name(ground: Ground, part: Part, rep: int, month: int) -> str:
    """The plan of the rep who inherits."""
    place = int(ground.roster.plan[rep, month])
    return ground.plans[place].name if place >= 0 else part.plan.name


def _owners(ground: Ground) -> Integers:
    """The owner (number in the roster, -1 none) of each customer code at each month's end."""
    labels, customers = ground.book.labels["customer"], ground.ledger.customers
    found = np.full((len(labels), len(ground.year.closed)), -1, dtype=np.int64)
    if customers is None or "rep" not in customers:
        return found
    known = customers.dropna(subset=["rep"])
    row = pd.Index(np.asarray(labels, dtype=object)).get_indexer(pd.Index(known["customer"], dtype=object))
    rep = ground.roster.numbers(known["rep"])
    for column, month in enumerate(ground.year.closed):
        end = pd.Timestamp(calendar.month_span(month, ground.year.cutoff)[1])
        there = row >= 0
        if "start" in known:
            there &= ~(known["start"] > end).to_numpy()
        if "end" in known:
            there &= ~(known["end"] < end).to_numpy()
        found[row[there], column] = rep[there]
    return found
