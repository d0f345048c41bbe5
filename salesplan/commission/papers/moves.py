"""What was released, what is held and what was taken back, order by order, with the reason of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.exact import boundary, part_of
from salesplan.commission.year import Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan

KEYS = ["rep", "order"]
STATE = [*KEYS, "customer", "date", "amount_due", "amount_paid", "earned", "released", "held", "reason", "until"]
BY_HAND = "adjustment"
CLAIMS = ("return", "bad_debt", "late", "cap", "cap_order", "forfeited", "correction", BY_HAND)  # rules that take back


def payments_of(payments: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Payments of the last closed month that settled an order: order, customer, date, amount."""
    first, last = (pd.Timestamp(day) for day in calendar.month_span(year.closed[-1], year.cutoff))
    return _ordered(payments[(payments["date"] >= first) & (payments["date"] <= last)])


def payments_before(payments: pd.DataFrame, year: Year) -> pd.DataFrame:
    """Payments before the last closed month that settled an order: order, customer, date, amount."""
    return _ordered(payments[payments["date"] < pd.Timestamp(calendar.month_span(year.closed[-1], year.cutoff)[0])])


def _ordered(payments: pd.DataFrame) -> pd.DataFrame:
    return payments[payments["amount"] != 0].sort_values(["order", "date", "amount"], kind="stable", ignore_index=True)


def released(
    releases: pd.DataFrame, orders: pd.DataFrame, paid: pd.DataFrame, plans: Mapping[str, CommissionPlan], whose: Any
) -> pd.DataFrame:
    """Releases of a month: rep, order, customer, date, amount, before, earned, due, paid, rule, reason.

    `releases` of the month, `orders` the state at its end, `paid` the payments of it, `whose` the plan of each rep.
    amount = released to date less `before`. `rule` says how what is released to date follows: `whole` (all that is
    earned), `share` (earned x paid / due) or `state` (as it stands). `reason`: paid | ordered | invoiced | holdback |
    month_full | direct | earlier.
    """
    moved = releases[releases["released"] > 0]
    told = moved.groupby(KEYS, sort=False)["released"].sum().reset_index().merge(_state(orders), how="left", on=KEYS)
    counts = told.assign(amount=told["released"], upto=told["upto"].fillna(told["released"]).astype("int64"))
    money = {name: counts[name].fillna(0).astype("int64") for name in ("earned", "amount_due", "amount_paid")}
    counts = counts.assign(**money, before=counts["upto"] - counts["amount"])
    plan = counts["rep"].map(whose)
    return counts.assign(
        rule=_rule(counts),
        reason=_why_released(counts, plan, plans, set(paid["order"])),
    ).sort_values(["rep", "date", "order"], kind="stable", ignore_index=True)


def _state(orders: pd.DataFrame) -> pd.DataFrame:
    """One row per rep and order, released as `upto`; those without a number are one, of no customer."""
    sums = ["amount_due", "amount_paid", "earned", "released"]
    numbered = orders["order"] != ""
    bare = orders[~numbered].groupby(KEYS, as_index=False)[sums].sum().assign(customer="")
    both = pd.concat([orders.loc[numbered, [*KEYS, "customer", "date", *sums]], bare], ignore_index=True)
    return both.rename(columns={"released": "upto"}).astype({"date": "datetime64[ns]"})


def _rule(told: pd.DataFrame) -> "np.ndarray[Any, Any]":
    """Which plain formula gives what is released to date; each is tried, not assumed."""
    due = told["amount_due"].to_numpy(dtype=np.int64)
    paid = np.maximum(told["amount_paid"].to_numpy(dtype=np.int64), 0)
    earned, upto = told["earned"].to_numpy(dtype=np.int64), told["upto"].to_numpy(dtype=np.int64)
    share = part_of(earned, np.where(due > 0, paid, 0), np.where(due > 0, due, 1))
    return np.asarray(np.select([upto == earned, (due > 0) & (upto == share)], ["whole", "share"], "state"))


def _why_released(
    told: pd.DataFrame, plan: "pd.Series[Any]", plans: Mapping[str, CommissionPlan], settled: set[str]
) -> Any:
    basis = plan.map({name: one.basis for name, one in plans.items()})
    month_full = plan.map({name: one.release == "month_full" for name, one in plans.items()}).fillna(value=False)
    waits = plan.map({name: one.holdback is not None for name, one in plans.items()}).fillna(value=False)
    return np.select(
        [told["order"] == "", told["order"].isin(settled), basis == "ordered", basis == "invoiced",
         month_full.astype("bool"), waits.astype("bool")],
        ["direct", "paid", "ordered", "invoiced", "month_full", "holdback"], "earlier",
    )  # fmt: skip


def held(orders: pd.DataFrame, plans: Mapping[str, CommissionPlan], whose: Any, year: Year) -> pd.DataFrame:
    """Orders with commission that waits: STATE, month (of the order), missing (what the customer still has to pay for
    the next release), others (own orders of that month that are not fully paid), by_share (released as money comes).
    """
    placed = orders[STATE].assign(month=calendar.month_of(orders["date"], year.cutoff))
    unpaid = placed[placed["amount_paid"] < placed["amount_due"]]
    count = unpaid.groupby(["rep", "month"])["order"].nunique().rename("others").reset_index()
    waiting = placed[placed["held"] != 0].merge(count, how="left", on=["rep", "month"])
    plan = waiting["rep"].map(whose)
    told = waiting.assign(
        missing=_missing(waiting, plan, plans),
        others=waiting["others"].fillna(0).astype("int64"),
        by_share=plan.map({name: one.release == "proportional" for name, one in plans.items()}).fillna(value=False),
    )
    return told.sort_values(["rep", "date", "order"], kind="stable", ignore_index=True)


def _missing(waiting: pd.DataFrame, plan: "pd.Series[Any]", plans: Mapping[str, CommissionPlan]) -> Integers:
    """What the customer has yet to pay: up to the next milestone of the plan, else up to all of it."""
    due, paid = (waiting[name].to_numpy(dtype=np.int64) for name in ("amount_due", "amount_paid"))
    left = np.maximum(due - paid, 0)
    for name, one in plans.items():
        for step in sorted(one.milestones, key=lambda step: step.paid, reverse=True):
            own = (plan == name).to_numpy()
            begins = np.zeros_like(due)
            begins[own] = boundary(step.paid, due[own])
            left = np.where(own & (paid < begins), begins - paid, left)
    return np.asarray(left, dtype=np.int64)


def taken_back(releases: pd.DataFrame, orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """What was taken back in a month: rep, order, customer, date, amount (<= 0), before, upto, rules, by_hand.

    `rules`: the rules of the month's lines that lowered the order, comma by comma; `repriced` where another tier or
    payout did; blank where none did (a refund).
    `by_hand`: reason and approver of each adjustment that lowered it, as a tuple of pairs.
    """
    moved = releases[releases["clawback"] < 0]
    told = moved.groupby(KEYS, sort=False)["clawback"].sum().reset_index().merge(_state(orders), how="left", on=KEYS)
    counts = told.assign(amount=told["clawback"], upto=told["upto"].fillna(0).astype("int64"))
    lowered = lines[(lines["amount"] < 0) & lines["rule"].isin(CLAIMS)]
    names = lowered.drop_duplicates([*KEYS, "rule"]).groupby(KEYS)["rule"].agg(",".join).rename("rules").reset_index()
    found = counts.assign(before=counts["upto"] - counts["amount"]).merge(names, how="left", on=KEYS)
    net = lines.groupby(KEYS)["amount"].sum().rename("net").reset_index()
    fell = (found[KEYS].merge(net, how="left", on=KEYS)["net"].fillna(0) < 0).to_numpy()
    rules = found["rules"].fillna("")
    found = found.assign(rules=rules.mask((rules == "") & fell, "repriced"), by_hand=_by_hand(found, lowered))
    return found.sort_values(["rep", "date", "order"], kind="stable", ignore_index=True)


def _by_hand(found: pd.DataFrame, lowered: pd.DataFrame) -> "pd.Series[Any]":
    """Reason and approver of the adjustments of each row."""
    own = lowered[lowered["rule"] == BY_HAND]
    told: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for rep, order, reason, who in zip(*(own[name].tolist() for name in (*KEYS, "reason", "approved_by")), strict=True):
        told[rep, order] = (*told.get((rep, order), ()), (reason, who))
    keys = zip(found["rep"].tolist(), found["order"].tolist(), strict=True)
    return pd.Series([told.get(key, ()) for key in keys], index=found.index, dtype="object")
