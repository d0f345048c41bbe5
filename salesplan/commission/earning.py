"""What is earned each month: the period to date less what earlier months of the period earned."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesplan.commission import tiers
from salesplan.commission.exact import part_of
from salesplan.money import Integers, times_rate, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan

CAP, BONUS = -1, -2  # what stands in `tier` where no tier does
KEYS = ["event", "tier", "back", "base", "rate", "amount"]
PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "ytd": 12}


@dataclass(frozen=True)
class Standing:
    """What the tiers of a plan's reps are measured against: reps x months (month number - 1).

    `quotas` int64 fen, 0 where zero or unknown; `ramping` 1 where a ramp holds back accelerators; `new` the
    products that carry the plan's new-product bonus.
    """

    quotas: Integers
    ramping: Integers
    new: frozenset[str]


def period_of(month: int, plan: CommissionPlan) -> int:
    """Number of the period, from 0, in which a month (number from 1) lies."""
    return (month - 1) // PERIOD_MONTHS[plan.period]


def months_measured(month: int, plan: CommissionPlan) -> slice:
    """Months whose quota makes the boundary: the whole period; year to date: the year up to this month."""
    length = PERIOD_MONTHS[plan.period]
    begin = period_of(month, plan) * length
    return slice(begin, month if plan.period == "ytd" else begin + length)


def earn(events: pd.DataFrame, plan: CommissionPlan, standing: Standing, months: int) -> pd.DataFrame:
    """Commission lines of a plan, month by month: month, event, tier, back, base, rate (millionths), amount.

    Each month books the difference between the period to date and what was booked before, line by line: a line
    whose rate changed is taken out at the old rate and put in at the new one. `back`: takes back a return.
    """
    returned = events[events["level"] != ""]
    closed = before = _nothing()
    booked = []
    for month in range(1, months + 1):
        if month > 1 and period_of(month, plan) != period_of(month - 1, plan):
            closed = pd.concat([closed, _of_orders(before, events, returned)], ignore_index=True)
            before = _nothing()
        if plan.period != "ytd" and not (events["at"] == month).any():
            continue  # nothing counts in this month, and no boundary moves
        now = _to_date(events, closed, plan, standing, month)
        booked.append(_difference(before, now).assign(month=month))
        before = now
    return pd.concat(booked, ignore_index=True) if booked else _nothing().assign(month=0)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="bool" if name == "back" else "int64") for name in KEYS})


def _of_orders(rows: pd.DataFrame, events: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    """Rows of orders that are returned at some time: all that later months need of a closed period."""
    return rows[events["okey"].isin(returned["okey"]).to_numpy()[rows["event"]]]


def _to_date(
    events: pd.DataFrame, closed: pd.DataFrame, plan: CommissionPlan, standing: Standing, month: int
) -> pd.DataFrame:
    """All rows of the open period up to a month."""
    begin = period_of(month, plan) * PERIOD_MONTHS[plan.period] + 1
    opened = events[(events["at"] >= begin) & (events["at"] <= month)]
    span = months_measured(month, plan)
    starts = tiers.bounds(plan, standing.quotas[:, span].sum(axis=1), standing.ramping[:, span].max(axis=1))
    plain = (events["level"] == "").to_numpy()
    paid = tiers.pay_by_tier(opened, plan, starts)
    rows = pd.concat([paid[plain[paid["event"]]], _bonus(opened, plan, standing.new)], ignore_index=True)
    rows = rows.assign(back=False)[KEYS]
    originals = pd.concat([closed, rows], ignore_index=True)
    rows = pd.concat([rows, take_back(opened, originals, events)], ignore_index=True)
    return rows if plan.cap is None else pd.concat([rows, _capped(rows, events, to_fen(plan.cap))], ignore_index=True)


def _bonus(opened: pd.DataFrame, plan: CommissionPlan, new: frozenset[str]) -> pd.DataFrame:
    """The extra rate on new products; a return takes it back with the rest."""
    rate = to_micro(plan.new_product_bonus)
    found = opened[opened["product"].isin(new) & (opened["level"] == "") & (rate > 0)]
    base = found["amount"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "event": found["event"].to_numpy(),
            "tier": BONUS,
            "base": base,
            "rate": rate,
            "amount": times_rate(base, rate),
        }
    )


def _difference(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Rows to book so that what was booked becomes what is now: new ones, and old ones reversed."""
    if before.empty:
        return now
    both = before.merge(now, how="outer", on=KEYS, indicator=True)
    gone = both[both["_merge"] == "left_only"].assign(base=lambda d: -d["base"], amount=lambda d: -d["amount"])
    return pd.concat([gone, both[both["_merge"] == "right_only"]], ignore_index=True)[KEYS]


def take_back(opened: pd.DataFrame, originals: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """What returns take back: the share of the original order's commission that was returned, tier by tier.

    To date it is commission x returned / ordered, rounded half away from zero, so that a full return takes back
    exactly what was paid, bonus included, and gives back what a cap had cut.
    """
    if not (opened["level"] != "").any():
        return _nothing()
    told = originals.merge(events[["event", "rep", "okey", "product", "level"]], on="event")
    positive = told[~told["back"] & (told["tier"] != CAP) & (told["amount"] >= 0) & (told["base"] > 0)]
    caps = told[~told["back"] & (told["tier"] == CAP)]
    parts = []
    for level, by in (("product", ["rep", "okey", "product"]), ("order", ["rep", "okey"])):
        ordered = positive[positive["tier"] >= 0].groupby(by)["base"].sum().rename("ordered").reset_index()
        returns = opened[opened["level"] == level].merge(ordered, on=by)
        taken = told[told["back"] & (told["tier"] != CAP) & (told["level"] == level)]
        parts.append(_shares(returns, positive, taken, by, "returned"))
        if level == "order":
            every = opened[opened["level"] != ""].merge(ordered, on=by)
            parts.append(_shares(every, caps, told[told["back"] & (told["tier"] == CAP)], by, "returned_order"))
    return pd.concat(parts, ignore_index=True)


def _shares(
    returns: pd.DataFrame, paid: pd.DataFrame, taken: pd.DataFrame, by: list[str], returned: str
) -> pd.DataFrame:
    """Share of what was paid on each order that its returns take back, less what they took before."""
    keys = [*by, "tier", "rate"]
    whole = paid.groupby(keys)[["base", "amount"]].sum().reset_index()
    before = taken.groupby(keys)[["base", "amount"]].sum().add_suffix("_before").reset_index()
    found = returns[["event", *by, "ordered", returned]].merge(whole, on=by).merge(before, how="left", on=keys)
    found = found.sort_values([*keys, "event"], kind="stable", ignore_index=True)
    first = ~found.duplicated(keys).to_numpy()
    change = {}
    for name in ("base", "amount"):
        to_date = -part_of(found[name], found[returned], found["ordered"])
        so_far = np.where(first, found[f"{name}_before"].fillna(0).astype("int64"), np.roll(to_date, 1))
        change[name] = to_date - so_far
    return found.assign(back=True, **change)[KEYS]


def _capped(rows: pd.DataFrame, events: pd.DataFrame, cap: int) -> pd.DataFrame:
    """What the cap of the period cuts, order by order in the order in which they count."""
    named = rows.merge(events[["event", "rep", "okey"]], on="event")
    sums = named.groupby(["rep", "okey"], sort=False)["amount"].sum().reset_index()
    first = events.groupby(["rep", "okey"], sort=False)["event"].min().reset_index()
    sums = sums.merge(first, on=["rep", "okey"]).sort_values("event", ignore_index=True)
    paid = sums.groupby("rep")["amount"].cumsum().clip(upper=cap)  # commission plan, cap per period
    cut = paid - paid.groupby(sums["rep"]).shift(fill_value=0) - sums["amount"]
    kept = sums.assign(tier=CAP, back=False, base=0, rate=0, amount=cut)
    return kept[kept["amount"] != 0][KEYS]
