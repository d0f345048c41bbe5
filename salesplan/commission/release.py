"""When earned commission is paid out, order by order, and what is taken back."""

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission.accounts import Accounts, Cash
from salesplan.commission.credit import ORDER, PRODUCT, pair_key
from salesplan.commission.exact import cumulative, part_of, rows_of
from salesplan.commission.year import NEVER
from salesplan.money import MICRO, Integers, half_away, to_micro
from salesplan.terms.commission import CommissionPlan
from salesplan.terms.release import Holdback

BLOCK = 2**14  # accounts released at a time, so that what is worked on stays near the processor


def released(
    accounts: Accounts,
    booked: pd.DataFrame,
    events: pd.DataFrame,
    lines: pd.DataFrame,
    plan: CommissionPlan,
    cash: Cash,
) -> Integers:
    """What may have been paid out on each account to date, before a holdback, accounts x (months + 1), int64 fen.

    It follows from what is earned, what is due and what was paid (`entitled`); the months' rises are released
    (>= 0), their falls clawed back (<= 0).
    """
    if plan.basis == "ordered":
        return accounts.earned
    if plan.basis == "invoiced":
        claim = _on_invoices(accounts, booked, events)
        return entitled(accounts.earned, claim, claim, np.zeros(claim.shape, dtype=bool))
    return _on_cash(accounts, lines, plan, cash)


def entitled(earned: Integers, claim: Integers, share: Integers, refunded: Any) -> Integers:
    """What may have been paid out to date, accounts of a rep's order x months (column 0: before the year).

    out(m) = max(claim(m), kept(m)), never above what is earned to date; where earned <= 0 it is what is earned.
    kept(m) = out(m - 1), but min(out(m - 1), share(m)) where earned fell, and nothing where the order was `refunded`.
    So it never falls but through a return, allowance or rebate (earned falls; for a measure to date, also its tier)
    or a refund: a further, unpaid line takes nothing back, and nothing more is released until the claim is higher
    (S0, part four: what was collected may be paid out). `claim`: what the rule frees in the state of the month.
    `share`: what an order whose commission fell may keep.
    Example: earned [0, 10, 30], claim [0, 10, 0] -> [0, 10, 10]; earned [0, 10, 0] -> [0, 10, 0].
    """
    out = np.zeros_like(earned)
    for month in range(1, earned.shape[1]):
        now, before = earned[:, month], out[:, month - 1]
        kept = np.where(now < earned[:, month - 1], np.minimum(before, share[:, month]), before)
        kept = np.where(refunded[:, month], 0, kept)
        free = np.minimum(np.maximum(claim[:, month], kept), now)
        out[:, month] = np.where(now <= 0, now, free)  # nothing is held on what was taken back
    return out


def _on_invoices(accounts: Accounts, booked: pd.DataFrame, events: pd.DataFrame) -> Integers:
    """What stands on invoiced lines; a return comes off what it is a return of, rules of the whole order in proportion.

    To date: earned x what stands on invoiced lines / what stands on all, rounded once.
    """
    event, month = booked["event"].to_numpy(), booked["month"].to_numpy()
    billed = np.maximum(month, events["invoiced"].to_numpy()[event])
    sold = booked["back"].to_numpy() == 0
    shape, amount = accounts.earned.shape, booked["amount"].to_numpy()
    counts = sold & (billed != NEVER)
    stands = cumulative(accounts.row[counts], billed[counts], amount[counts], shape)
    own = cumulative(accounts.row, month, amount, shape)
    known = part_of(accounts.earned, stands, np.maximum(own, 1))
    for account in np.unique(accounts.row[~sold]):
        rows = np.flatnonzero(accounts.row == account)
        told = booked.iloc[rows].assign(billed=billed[rows]), events.iloc[event[rows]].reset_index(drop=True)
        known[account] = _less_returned(accounts.earned[account], *told)
    # where only a minimum is left, it stands once everything is invoiced
    one = np.ones(len(amount), dtype=np.int64)
    sold_rows = cumulative(accounts.row[sold], month[sold], one[sold], shape)
    waiting = sold_rows - cumulative(accounts.row[counts], billed[counts], one[counts], shape)
    return np.where(own > 0, known, np.where(waiting == 0, accounts.earned, 0))


def _less_returned(earned: Integers, booked: pd.DataFrame, events: pd.DataFrame) -> Integers:
    """What stands on invoiced lines of one account with returns, to date."""
    back, product, level = booked["back"].to_numpy() == 1, events["product"].to_numpy(), events["level"].to_numpy()
    amount, month = booked["amount"].to_numpy(), booked["month"].to_numpy()
    of_sale = events["amount"].to_numpy() > 0
    found = np.zeros_like(earned)
    for now in range(1, len(earned)):
        known = month <= now
        sold, invoiced = known & ~back, known & ~back & (booked["billed"].to_numpy() <= now)
        whole, stands = int(amount[known].sum()), Fraction(int(amount[invoiced].sum()))
        for which in {int(product[row]) if level[row] == PRODUCT else -1 for row in np.flatnonzero(known & back)}:
            scope = of_sale if which < 0 else of_sale & (product == which)
            of = (level == ORDER) if which < 0 else (level == PRODUCT) & (product == which)
            paid, taken = int(amount[sold & scope].sum()), int(amount[known & back & of].sum())
            stands += Fraction(taken * int(amount[invoiced & scope].sum()), paid) if paid else 0
        exact = int(earned[now]) * stands / whole if whole > 0 else Fraction(0)
        found[now] = half_away(exact.numerator, exact.denominator)
    return found


def _on_cash(accounts: Accounts, lines: pd.DataFrame, plan: CommissionPlan, cash: Cash) -> Integers:
    """By `release`: all once the order (`order_full`), or every order of the rep's month (`month_full`), is fully
    paid; by parts of the order paid (`milestones`); or in proportion to cash. An order is refunded when less stands
    on it than before, and than it is due.
    """
    whole = whole_months(accounts, lines, cash) if plan.release == "month_full" else None
    out = np.zeros_like(accounts.earned)
    for begin in range(0, len(out), BLOCK):
        rows = slice(begin, begin + BLOCK)
        out[rows] = _block_on_cash(accounts, rows, None if whole is None else whole[rows], plan, cash)
    return out


def _block_on_cash(accounts: Accounts, rows: slice, whole: Any, plan: CommissionPlan, cash: Cash) -> Integers:
    """What a stretch of accounts may have been paid; `whole`: whether all orders of their month are paid."""
    okey, earned = accounts.okey[rows], accounts.earned[rows]
    asked, paid = rows_of(cash.settlement.open, okey), rows_of(cash.settlement.paid, okey)
    share = earned  # credited as it was collected
    if plan.measure_basis != "collected":
        share = _in_proportion(accounts, rows, paid, asked)
    if plan.release == "proportional":
        claim = share
    elif plan.release == "milestones":
        claim = _by_milestones(earned, asked, paid, plan)
    else:
        claim = np.where(paid >= asked if whole is None else whole, earned, 0)
    refunded = np.zeros_like(paid, dtype=bool)
    refunded[:, 1:] = paid[:, 1:] < np.minimum(paid[:, :-1], asked[:, 1:])
    return entitled(earned, claim, share, refunded)


def _in_proportion(accounts: Accounts, rows: slice, paid: Integers, due: Integers) -> Integers:
    """The part of what was earned that the money received stands for, less what came late of it."""
    earned = accounts.earned[rows]
    good = earned if accounts.good is None else accounts.good[rows]
    share = np.where(paid >= due, good, 0)
    partly = (paid > 0) & (paid < due)
    share[partly] = part_of(good[partly], paid[partly], due[partly])
    if accounts.late_paid is not None:
        share = share - accounts.late_paid[rows]
    return np.where(due > 0, share, earned)


def _by_milestones(earned: Integers, asked: Integers, paid: Integers, plan: CommissionPlan) -> Integers:
    """The part of the last milestone whose part of the order is paid; a retention waits for itself alone."""
    part = np.zeros_like(earned)
    for step in plan.milestones:
        share = to_micro(step.paid)
        least = -(-np.maximum(asked, 0) * share // MICRO)  # rounded up: a milestone is reached when all of it is paid
        least = np.minimum(least, asked)  # an order of which nothing is asked waits for nothing
        part = np.where(paid >= least, to_micro(step.paid if step.released is None else step.released), part)
    return part_of(earned, part, MICRO)


def whole_months(accounts: Accounts, lines: pd.DataFrame, cash: Cash) -> Any:
    """Whether all orders of a rep's month are fully paid (S0, part four: 当月发生的销售务必全部收回后方可发放).

    Every order credited to the rep counts, earned on or not, in the month of the order; from the month of the rep's
    first line on it, so that a later review never changes a closed month. `lines`: rep, okey, at.
    """
    keys = pair_key(lines)
    owned, place = np.unique(keys, return_inverse=True)
    known = np.full(len(owned), NEVER, dtype=np.int64)
    np.minimum.at(known, place, lines["at"].to_numpy())
    rep, okey = owned // 2**32, owned % 2**32
    group = rep * 16 + cash.began[okey]
    settlement = cash.settlement
    still = settlement.paid[okey] < settlement.open[okey]
    still &= known[:, None] <= np.arange(still.shape[1])
    waiting = np.zeros((int(group.max(initial=-1)) + 1, still.shape[1]), dtype=np.int64)
    np.add.at(waiting, group, still)
    mine = np.searchsorted(owned, accounts.rep * 2**32 + accounts.okey)
    return waiting[group[mine]] == 0


def held_back(out: Integers, holdback: Holdback, months: list[str]) -> Integers:
    """What is paid out to date when a part of what is released waits. `months`: the labels of the columns."""
    share = to_micro(holdback.share)
    waits = part_of(np.maximum(out, 0), share, MICRO)  # nothing is held back of what was taken back
    if holdback.until is not None:
        over = np.array([month >= holdback.until for month in months])
        return np.where(over[None, :], out, out - waits)
    count = holdback.months or 0
    freed = np.zeros_like(out)
    freed[:, count:] = out[:, : out.shape[1] - count] if count < out.shape[1] else 0
    return out - (waits - part_of(np.maximum(np.minimum(out, freed), 0), share, MICRO))


def after_leaving(accounts: Accounts, out: Integers, limit: Integers) -> tuple[Integers, Integers]:
    """What leavers are paid to date, and what passes them by: (out, what would have been released beyond it).

    `limit`: the last month number in which an account's rep is still paid. What he earned beyond it lapses, which is
    booked on his account.
    """
    months = np.arange(out.shape[1])[None, :]
    gone = months > limit[:, None]
    at_limit = np.take_along_axis(out, np.minimum(limit, out.shape[1] - 1)[:, None], axis=1)
    stays = np.where(gone, np.minimum(out, at_limit), out)
    lapsed = np.where(gone, np.maximum(accounts.earned - stays, 0), 0)
    passed = np.where(gone, np.maximum(out - at_limit, 0), 0)
    accounts.add("forfeited", -lapsed)
    return stays, passed
