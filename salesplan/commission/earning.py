"""What is earned each month: the period to date less what earlier months of the period earned."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan.commission import tiers
from salesplan.commission.credit import NOTHING
from salesplan.commission.curve import payout, spread
from salesplan.commission.exact import boundary
from salesplan.commission.periods import PERIOD_MONTHS, first_of, months_measured, period_of
from salesplan.commission.rates import Rates
from salesplan.commission.returns import KEYS, Returns, nothing
from salesplan.money import Integers, to_fen
from salesplan.terms.commission import CommissionPlan


@dataclass(frozen=True)
class Standing:
    """What a plan's credited amounts are measured against: reps x months.

    `quotas` int64 fen, 0 where zero or unknown; `ramping` 1 where a ramp holds back accelerators; `measured` what
    counts for the measure, where that is not the credited amounts themselves, and `margins` its amount, cost and
    number of unknown costs; `target` the target pay of a curve.
    """

    quotas: Integers
    ramping: Integers
    measured: Integers | None = None
    margins: tuple[Integers, Integers, Integers] | None = None
    target: Integers | None = None


@dataclass
class Earning:
    """One plan at work: books month by month what its credited amounts earn.

    `events`: as `credit.credit` returns them, with `size` and `base` (`credit.sized`), the marks of `link_returns`, and
    `mine`, 1 where the plan pays. `rates`: of the same events. The lines come from `book`.
    """

    events: pd.DataFrame
    plan: CommissionPlan
    standing: Standing
    rates: Rates
    returns: Returns
    state: pd.DataFrame = field(default_factory=nothing)
    taken: pd.DataFrame = field(default_factory=nothing)

    def book(self, months: int) -> pd.DataFrame:
        """Commission rows month by month: month, event, tier, back, base, rate (millionths), amount.

        Each month books the difference between the period to date and what was booked before: an amount whose rate
        changed is taken out at the old rate and put in at the new one. `back`: takes back a return.
        """
        booked = [nothing().assign(month=0)]
        for month in range(1, months + 1):
            if month > 1 and period_of(month, self.plan.period) != period_of(month - 1, self.plan.period):
                self.returns.close(self.state, self.taken)
                self.state, self.taken = nothing(), nothing()
            rows = self._month(month)
            booked += [part.assign(month=month) for part in rows if len(part)]
        return pd.concat(booked, ignore_index=True)

    def _month(self, month: int) -> list[pd.DataFrame]:
        begin = first_of(month, self.plan.period) if self._moves else month
        if not self._busy[begin : month + 1].any():
            return []
        if self.plan.curve is not None:
            now = self._on_curve(month)
            found, self.state = _moved(self.state, now), now
        else:
            found = self._in_tiers(month)
        back = self.returns.to_date(self.state, first_of(month, self.plan.period), month)
        taken, self.taken = difference(self.taken, back), back
        return [found, taken]

    def _in_tiers(self, month: int) -> pd.DataFrame:
        """What a month books on tiers: its own amounts, and those of the period whose tier has moved."""
        starts = self.starts(month)
        at, begin = self._arrays["at"], first_of(month, self.plan.period)
        again = np.zeros(len(self.standing.quotas), dtype=bool)
        if self.plan.period == "ytd" and self.plan.semantics != "current":
            again[:] = True
        elif self._whole and month > begin:
            again = self._reached(month, starts) != self._reached(month - 1, starts)
        fresh = np.flatnonzero(at == month)
        old = np.flatnonzero((at >= begin) & (at < month) & again[self._arrays["rep"]]) if again.any() else fresh[:0]
        now = self._priced(np.union1d(fresh, old) if len(old) else fresh, month, starts)
        if not len(old):
            self.state = pd.concat([self.state, self._kept(now)], ignore_index=True)
            return now
        stale = np.isin(self.state["event"].to_numpy(), old)
        found = difference(self.state[stale], now)
        self.state = self._kept(pd.concat([self.state[~stale], now], ignore_index=True))
        return found

    def _kept(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows that later months can still need: of all where tiers move, else of orders with returns."""
        if self._moves:
            return rows
        kept: pd.DataFrame = rows[self.returns.some[rows["event"].to_numpy()]]
        return kept

    def starts(self, month: int) -> Integers:
        """Where each tier begins for each rep in the period of a month: see `tiers.bounds`."""
        span, gate = months_measured(month, self.plan), month
        if self.plan.measure_period == "previous":
            span = slice(max(span.start - PERIOD_MONTHS[self.plan.period], 0), span.start)
            gate = span.start + 1  # as it stood before the period that is measured
        quotas, ramping = (
            self.standing.quotas[:, span].sum(axis=1),
            self.standing.ramping[:, span].max(axis=1, initial=0),
        )
        return tiers.bounds(self.plan.tiers, self.plan.measure, quotas, ramping, self._gate(gate))

    def _gate(self, month: int) -> Any:
        """The gate, and what each rep's measure of the period must reach before accelerators open."""
        gate = self.plan.gate
        if gate is None:
            return None
        length = PERIOD_MONTHS[gate.over]
        first = (month - 1) // length * length
        quota = self.standing.quotas[:, first : first + length].sum(axis=1)
        begin = 0 if self.plan.period == "ytd" else first_of(month, self.plan.period) - 1
        before = self.measured[:, first:begin].sum(axis=1) if begin > first else 0
        return gate, boundary(gate.attainment, quota) - before

    def _priced(self, event: Integers, month: int, starts: Integers) -> pd.DataFrame:
        """Rows of amounts of the period to date by the tiers of a month; returns that take back are left out."""
        arrays = {name: values[event] for name, values in self._arrays.items()}
        payable = (arrays["level"] == NOTHING) & (arrays["mine"] == 1)
        tiered = payable & self.rates.in_tiers()[event]
        parts = []
        if self._whole or self.plan.semantics == "current":
            tier = self._tier_of(arrays, month, starts)
            rows = np.flatnonzero(tiered & (arrays["base"] != 0))
            parts.append(self.rates.tier_rows(event[rows], tier[rows], arrays["base"][rows]))
        else:
            after = tiers.running(arrays["size"], arrays["rep"], self._before(month))
            picked = np.flatnonzero(tiered)
            size, base, after, rep = (
                values[picked] for values in (arrays["size"], arrays["base"], after, arrays["rep"])
            )
            for rows, step, cut in tiers.slices(size, base, after, starts, rep):
                parts.append(self.rates.tier_rows(event[picked[rows]], np.full(len(rows), step), cut))
        own = np.flatnonzero(payable)
        parts.append(self.rates.own_rows(event[own], arrays["base"][own], arrays["units"][own]))
        return pd.concat(parts, ignore_index=True).assign(back=0)[KEYS]

    def _tier_of(self, arrays: dict[str, Integers], month: int, starts: Integers) -> Integers:
        """The tier of each amount: reached by its rep in the period, or by the running measure after its order."""
        rep = arrays["rep"]
        if self._whole:
            return self._reached(month, starts)[rep]
        after = tiers.after_order(arrays["size"], rep, arrays["okey"], self._before(month))
        return np.asarray((after >= starts[:, rep]).sum(axis=0) - 1, dtype=np.int64)

    def _before(self, month: int) -> Integers:
        """The measure of each rep in the period before the amounts; year to date is sliced anew from the start."""
        begin = first_of(month, self.plan.period) - 1
        end = begin if self.plan.period == "ytd" and self.plan.semantics == "marginal" else month - 1
        return np.asarray(self.measured[:, begin:end].sum(axis=1), dtype=np.int64)

    def _reached(self, month: int, starts: Integers) -> Integers:
        """The tier each rep has reached in the period up to a month, or reached in the period before."""
        begin, end = first_of(month, self.plan.period) - 1, month
        if self.plan.measure_period == "previous":
            begin, end = max(begin - PERIOD_MONTHS[self.plan.period], 0), begin
            if end == 0:
                return np.zeros(starts.shape[1], dtype=np.int64)
        if self.plan.measure == "margin_rate":
            sums_of = self.standing.margins or margins(self.events, self.standing.quotas.shape)
            amount, cost, unknown = (table[:, begin:end].sum(axis=1) for table in sums_of)
            return tiers.of_margin_rate(self.plan.tiers, amount, cost, unknown > 0)
        return tiers.reached(self.measured[:, begin:end].sum(axis=1), starts)

    def _on_curve(self, month: int) -> pd.DataFrame:
        """Rows of the period to date on a payout curve: event, tier (the point), base, amount."""
        curve, quotas = self.plan.curve, self.standing.quotas
        assert curve is not None and self.standing.target is not None
        span = months_measured(month, self.plan)
        begin = span.start
        measure, quota = self.measured[:, begin:month].sum(axis=1), quotas[:, span].sum(axis=1)
        held = self.standing.ramping[:, span].max(axis=1, initial=0) > 0
        gate = self._gate(month)
        if gate is not None:
            held = held | (measure < gate[1])
        target = self.standing.target[:, span].sum(axis=1)
        rows = zip(measure.tolist(), quota.tolist(), target.tolist(), held.tolist(), strict=True)
        found = np.array([payout(curve, m, q, t, full=f) for m, q, t, f in rows], dtype=np.int64).reshape(-1, 2)
        arrays = self._arrays
        open_ = (arrays["at"] > begin) & (arrays["at"] <= month) & (arrays["level"] == NOTHING) & (arrays["mine"] == 1)
        event = np.flatnonzero(open_)
        rep, base = arrays["rep"][event], arrays["base"][event]
        amount = spread(found[:, 0], base, rep)
        told = {"event": event, "tier": found[rep, 1], "back": 0, "base": base, "rate": 0, "amount": amount}
        return pd.DataFrame(told)[KEYS]

    @cached_property
    def _whole(self) -> bool:
        return self.plan.measure == "margin_rate" or self.plan.semantics == "whole"

    @cached_property
    def _moves(self) -> bool:
        """Whether amounts of earlier months of the period can come to another rate."""
        to_date = self.plan.period == "ytd" and self.plan.semantics != "current"
        return self._whole or to_date or self.plan.curve is not None

    @cached_property
    def _busy(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Whether there is an amount in each month, by its number."""
        return np.bincount(self._arrays["at"], minlength=self.standing.quotas.shape[1] + 1) > 0

    @cached_property
    def _arrays(self) -> dict[str, Integers]:
        names = ("rep", "okey", "at", "size", "base", "units", "level", "mine")
        return {name: self.events[name].to_numpy() for name in names}

    @cached_property
    def measured(self) -> Integers:
        """The measure of each rep and month."""
        if self.standing.measured is not None:
            return self.standing.measured
        return sums(self.events["rep"], self.events["at"], self.events["size"], self.standing.quotas.shape)


def margins(events: pd.DataFrame, shape: tuple[int, int]) -> tuple[Integers, Integers, Integers]:
    """Amount, cost and number of unknown costs as reps x months."""
    columns = (events["amount"], events["cost"], 1 - events["costed"])
    amount, cost, unknown = (sums(events["rep"], events["at"], values, shape) for values in columns)
    return amount, cost, unknown


def sums(rep: Any, month: Any, values: Any, shape: tuple[int, int]) -> Integers:
    """Values summed as reps x months (month numbers from 1)."""
    flat = np.asarray(rep) * shape[1] + np.asarray(month) - 1
    table = np.zeros(shape[0] * shape[1], dtype=np.int64)
    np.add.at(table, flat, np.asarray(values, dtype=np.int64))
    return table.reshape(shape)


def target_pay(plan: CommissionPlan, base_pay: Integers) -> Integers | None:
    """Target pay of a curve, reps x months: its own, or the rep's base pay."""
    if plan.curve is None:
        return None
    if plan.curve.target_pay is None:
        return base_pay
    return np.full_like(base_pay, to_fen(plan.curve.target_pay))


def difference(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Rows to book so that what was booked becomes what is now: new ones, and old ones reversed."""
    if before.empty:
        return now
    both = before.merge(now, how="outer", on=KEYS, indicator=True)
    gone = both[both["_merge"] == "left_only"].assign(base=lambda d: -d["base"], amount=lambda d: -d["amount"])
    return pd.concat([gone, both[both["_merge"] == "right_only"]], ignore_index=True)[KEYS]


def _moved(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """What a curve books: new amounts with their base, and what earlier amounts of the period gained or lost."""
    known = before.set_index("event")[["base", "amount"]].reindex(now["event"], fill_value=0)
    base, amount = (now[name].to_numpy() - known[name].to_numpy() for name in ("base", "amount"))
    moved: pd.DataFrame = now.assign(base=base, amount=amount)[(base != 0) | (amount != 0)]
    return moved
