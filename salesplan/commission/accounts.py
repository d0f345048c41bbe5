"""What holds of a rep's order as a whole: least and most, caps of the period, late payments, bad debt; to date."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from salesplan.commission.credit import pair_key
from salesplan.commission.exact import cumulative, numbered, part_of, rows_of
from salesplan.commission.periods import first_of
from salesplan.commission.settlement import Settlement
from salesplan.money import MICRO, Integers, to_fen, to_micro
from salesplan.terms.commission import CommissionPlan
from salesplan.terms.release import Late


@dataclass(frozen=True)
class Cash:
    """What orders are due, what was paid, and how late; `okey` as in the book.

    `payments`: okey, at, day, amount, as `settlement.payments_of` returns them. `days`: the day of each order. `ends`:
    the last day of each month, column 0 the day before the year; days since 1970. `owed`: what each line adds to its
    order, before credit is split. `began`: the month number of each order.
    """

    settlement: Settlement
    payments: pd.DataFrame
    days: Integers
    ends: Integers
    owed: pd.DataFrame
    began: Integers

    @cached_property
    def net(self) -> Integers:
        """Net amount of each order to date, before credit is split."""
        return cumulative(self.owed["okey"], self.owed["at"], self.owed["amount"], self.settlement.due.shape)


@dataclass
class Accounts:
    """One account per rep and order: what was earned on it to date, accounts x (months + 1), column 0 before the year.

    `rep`, `okey`, and `place` (the first amount credited: the order in which accounts count). `row`: the account of
    each booked row. `rules`: what each rule adds to or takes from what the amounts themselves earned, to date.
    `events`: the credited amounts, `mine` the account of each (-1: none).
    `gross`: earned before late payments and bad debt, `good`: before late payments; `late_paid`: what late payments
    took off the money received.
    """

    rep: Integers
    okey: Integers
    place: Integers
    row: Integers
    earned: Integers
    events: pd.DataFrame
    mine: Integers
    rules: dict[str, Integers] = field(default_factory=dict)
    gross: Integers | None = None
    good: Integers | None = None
    late_paid: Integers | None = None

    def to_date(self, values: Integers, counted: "pd.Series[bool] | bool" = True) -> Integers:
        """Values of the credited amounts summed by account, to date, where they are counted."""
        rows = np.flatnonzero((self.mine >= 0) & counted)
        return cumulative(self.mine[rows], self.events["at"].to_numpy()[rows], values[rows], self.earned.shape)

    @cached_property
    def credited(self) -> Integers:
        """Net amount that the plan credited."""
        return self._of_plan(self.events["amount"].to_numpy())

    @cached_property
    def base(self) -> Integers:
        """What the plan pays on."""
        return self._of_plan(self.events["base"].to_numpy())

    @cached_property
    def ordered(self) -> Integers:
        """Sold."""
        return self.to_date(self.events["amount"].to_numpy(), self.events["amount"] > 0)

    @cached_property
    def returned(self) -> Integers:
        """Taken back."""
        return self.to_date(-self.events["amount"].to_numpy(), self.events["level"] > 0)

    def _of_plan(self, values: Integers) -> Integers:
        """Values of what the plan pays, less its part of what was taken back, to date.

        An order that runs on under another plan has its part there: what each of them sold of it.
        """
        back = self.events["level"] > 0
        paid = ~back & (self.events["mine"] == 1)
        own = self.to_date(self.events["amount"].to_numpy(), paid & (self.events["amount"] > 0))
        return self.to_date(values, paid) + part_of(self.to_date(values, back), own, np.maximum(self.ordered, 1))

    def add(self, rule: str, amount: Integers) -> None:
        """Book what a rule comes to, to date."""
        if amount.any():
            self.rules[rule] = self.rules[rule] + amount if rule in self.rules else amount
            self.earned = self.earned + amount


def open_accounts(booked: pd.DataFrame, events: pd.DataFrame, months: int) -> Accounts:
    """The accounts of everything that was booked."""
    keys, first, place = numbered(pair_key(events))
    event = booked["event"].to_numpy()
    told = np.zeros(len(keys), dtype=bool)
    told[place[event]] = True
    mine = np.where(told, np.cumsum(told) - 1, -1)[place]
    row, known = mine[event], keys[told]
    earned = cumulative(row, booked["month"], booked["amount"], (len(known), months + 1))
    return Accounts(known // 2**32, known % 2**32, first[told], row, earned, events, mine)


def adjust(accounts: Accounts, plan: CommissionPlan, cash: Cash) -> None:
    """Book on the accounts what the rules of whole orders and periods come to."""
    if plan.cap_per_order is not None or plan.minimum_per_order is not None:
        _per_order(accounts, plan, cash)
    if plan.cap is not None:
        _per_period(accounts, plan, to_fen(plan.cap))
    accounts.gross = accounts.good = accounts.earned
    if plan.late is not None:
        _late(accounts, plan.late, cash)
    if cash.settlement.written.any():
        due, written = (rows_of(told, accounts.okey) for told in (cash.settlement.due, cash.settlement.written))
        lost = part_of(accounts.gross, np.clip(written, 0, np.maximum(due, 0)), np.maximum(due, 1))
        accounts.add("bad_debt", -lost)
        accounts.good = accounts.gross - lost


def _per_order(accounts: Accounts, plan: CommissionPlan, cash: Cash) -> None:
    """Least and most commission of an order; the least of a shared order by the rep's part of it."""
    earned = accounts.earned
    if plan.minimum_per_order is not None:
        least, net = to_fen(plan.minimum_per_order), cash.net[accounts.okey]
        part = part_of(least, np.clip(accounts.credited, 0, np.maximum(net, 0)), np.maximum(net, 1))
        accounts.add("minimum", np.where(accounts.base > 0, np.maximum(part - earned, 0), 0))
    if plan.cap_per_order is not None:
        accounts.add("cap_order", np.minimum(to_fen(plan.cap_per_order) - accounts.earned, 0))


def _per_period(accounts: Accounts, plan: CommissionPlan, cap: int) -> None:
    """What the cap of a period cuts, order by order in the order in which they count.

    A return in a later period gives back its part of what had been cut on its order.
    """
    order = np.lexsort([accounts.place, accounts.rep])
    rep, earned = accounts.rep[order], accounts.earned[order]
    ordered, returned = accounts.ordered[order], accounts.returned[order]
    first = np.r_[True, rep[1:] != rep[:-1]] if len(rep) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(rep)), 0))
    cut, given = np.zeros_like(earned), np.zeros_like(earned)
    at_close = before = given_before = np.zeros(len(rep), dtype=np.int64)
    for month in range(1, earned.shape[1]):
        if month == first_of(month, plan.period):
            end = month - 1
            before, given_before, at_close = earned[:, end], given[:, end], cut[:, end]
            remaining, gone = at_close + given_before, returned[:, end]
            left = np.maximum(ordered[:, end] - gone, 0)
        since = np.minimum(returned[:, month] - gone, left)
        given[:, month] = given_before - np.where(left > 0, part_of(remaining, since, np.maximum(left, 1)), 0)
        own = earned[:, month] - before + given[:, month] - given_before
        total = np.cumsum(own)
        total = total - (total - own)[start] if len(own) else total
        paid = np.minimum(total, cap)  # commission plan, cap per period
        kept = paid - np.where(first, 0, np.r_[0, paid[:-1]]) if len(own) else own
        cut[:, month] = at_close + kept - own
    back = np.argsort(order)
    accounts.add("cap", cut[back])
    accounts.add("return", given[back])


def _late(accounts: Accounts, late: Late, cash: Cash) -> None:
    """What late payments take off: by the day after the full months, everything after the last."""
    due = cash.settlement.due
    gone = np.zeros_like(due)
    rows = cash.payments
    part = late_part(late, cash.days[rows["okey"].to_numpy()], rows["day"].to_numpy())
    np.add.at(gone, (rows["okey"].to_numpy(), rows["at"].to_numpy()), rows["amount"].to_numpy() * part)
    paid = np.cumsum(gone, axis=1)[accounts.okey]
    due, gross = due[accounts.okey], accounts.earned
    accounts.late_paid = _share(gross, paid, due)
    if late.none_after is None:
        accounts.add("late", -accounts.late_paid)
        return
    limit = months_after(cash.days[accounts.okey], late.none_after)
    open_ = np.maximum(due - cash.settlement.written[accounts.okey] - cash.settlement.paid[accounts.okey], 0)
    lapsed = np.where(cash.ends[None, :] > limit[:, None], open_, 0)
    accounts.add("late", -_share(gross, paid + lapsed * MICRO, due))


def _share(gross: Integers, part: Integers, due: Integers) -> Integers:
    """gross x part / (due x a million), rounded once; `part` in millionths of fen."""
    found = np.zeros_like(gross)
    where = (part > 0) & (due > 0)
    found[where] = part_of(gross[where], np.minimum(part[where], due[where] * MICRO), due[where] * MICRO)
    return found


def late_part(late: Late, ordered: Integers, paid: Integers) -> Integers:
    """What is lost of a payment's commission, in millionths; days since 1970."""
    over = np.maximum(paid - months_after(ordered, late.full_months), 0)
    lost: Integers = np.minimum(over * to_micro(late.per_day), MICRO)
    if late.none_after is None:
        return lost
    return np.asarray(np.where(paid > months_after(ordered, late.none_after), MICRO, lost), dtype=np.int64)


def months_after(days: Integers, months: int) -> Integers:
    """The same day some months later, or the last day of a shorter month; days since 1970."""
    day = np.asarray(days, dtype="datetime64[D]")
    month = day.astype("datetime64[M]")
    later = month + months
    longest = (later + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    same = later.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return np.asarray(np.minimum(same, longest).astype(np.int64))
