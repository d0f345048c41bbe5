"""One plan at work: from the lines of its reps to what they earn and what is released, order by order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission import credit as crediting
from salesplan.commission.accounts import Accounts, Cash, adjust, open_accounts
from salesplan.commission.book import Book
from salesplan.commission.earning import Earning, Standing, margins, sums, target_pay
from salesplan.commission.periods import PERIOD_MONTHS
from salesplan.commission.rates import asked, rates_of
from salesplan.commission.release import after_leaving, held_back, released
from salesplan.commission.returns import Returns
from salesplan.commission.roster import Roster, teams
from salesplan.commission.year import Ledger, Year
from salesplan.money import MICRO, Integers
from salesplan.terms.commission import Basis, CommissionPlan

# of a manager's part on his team: nothing of the plan's own rates and limits
NO_OWN: Mapping[str, Any] = {
    "curve": None,
    "special_rates": (),
    "rates_by": None,
    "gate": None,
    "cap": None,
    "cap_per_order": None,
    "minimum_per_order": None,
    "new_product_bonus": 0,
    "measure": "attainment",
    "accelerator_while_ramping": True,
    "override": None,
}


@dataclass(frozen=True)
class Ground:
    """What all plans work on: the book with its lines by number of rep, the roster, cash, and the members of lines."""

    ledger: Ledger
    year: Year
    book: Book
    roster: Roster
    cash: Cash
    lines: pd.DataFrame
    plans: tuple[CommissionPlan, ...]

    @cached_property
    def accrual(self) -> crediting.Accrual:
        """Rebate rates by customer, and the codes of rebates and free goods."""
        kinds = {str(kind): code for code, kind in enumerate(self.book.labels["kind"])}
        rates = _by_label(self.book.labels["customer"], self.ledger.customers, "customer", "rebate_rate")
        micro = np.array([0 if pd.isna(rate) else round(float(rate) * MICRO) for rate in rates], dtype=np.int64)
        return crediting.Accrual(micro, kinds.get("rebate", -1), kinds.get("free", -1))

    @cached_property
    def new_products(self) -> Integers:
        """1 for the codes of products launched within the fiscal year."""
        launched = _by_label(self.book.labels["product"], self.ledger.products, "product", "launch")
        days = pd.to_datetime(pd.Series(launched))
        return ((days >= self.year.start) & (days <= self.year.end)).to_numpy().astype(np.int64)

    def members(self, name: str, events: pd.DataFrame) -> "np.ndarray[Any, Any]":
        """What an event is by product, line, customer_grade, region, channel or the rep's grade, as texts."""
        if name == "grade":
            return np.asarray(self.roster.column("grade")[events["rep"].to_numpy(), events["at"].to_numpy() - 1])
        labels = self.book.labels
        if name == "customer_grade":
            of_label = _by_label(labels["customer"], self.ledger.customers, "customer", "grade")
        elif name == "line":
            of_label = _by_label(labels["product"], self.ledger.products, "product", "line")
        else:
            of_label = np.asarray(labels[name], dtype=object)
        column = {"customer_grade": "customer", "line": "product"}.get(name, name)
        return np.asarray(of_label[self.lines[column].to_numpy()[events["line"].to_numpy()]])


def _by_label(labels: Any, table: pd.DataFrame | None, key: str, column: str) -> "np.ndarray[Any, Any]":
    """A column of a table for each label, of its latest row; None where there is none."""
    if table is None or column not in table:
        return np.full(len(labels), None, dtype=object)
    order = [name for name in (key, "start") if name in table]
    rows = table.sort_values(order, na_position="first", kind="stable").drop_duplicates(key, keep="last")
    found = rows.set_index(key)[column].reindex(pd.Index(np.asarray(labels, dtype=object)))
    return found.astype(object).where(found.notna(), None).to_numpy()


@dataclass(frozen=True)
class Part:
    """What one plan yields: booked rows of its events, accounts per rep and order, and what is paid out to date.

    `before`: paid out but for the holdback. `passed`: what leavers would have been released beyond their last month.
    `rule`: the rule of rows that stand in tiers. `actual`: reps x months, what counts for the measure in money.
    """

    plan: CommissionPlan
    place: int
    rule: str
    booked: pd.DataFrame
    events: pd.DataFrame
    accounts: Accounts
    before: Integers
    out: Integers
    passed: Integers
    actual: Integers


def work(ground: Ground, plan: CommissionPlan, place: int) -> list[Part]:
    """The parts of a plan: what its reps earn themselves, and what managers among them earn on their teams."""
    on, own, quotas = _own(ground, place)
    parts = [_part(ground, plan, place, own, (on, quotas, "tier" if plan.curve is None else "curve"))]
    if plan.override is not None:
        below, quotas = _team(ground, on, everybody=plan.override.scope == "all")
        parts.append(_part(ground, of_team(plan), place, below, (on, quotas, "override")))
    return parts


def of_team(plan: CommissionPlan) -> CommissionPlan:
    """A plan as it pays a manager for his team: the tiers of its override, none of its own rates and limits."""
    assert plan.override is not None
    return plan.model_copy(update={**NO_OWN, "tiers": plan.override.tiers, "semantics": plan.override.semantics})


def earning_of(ground: Ground, plan: CommissionPlan, place: int) -> Earning:
    """What picks the tiers and rates of a plan's own reps, with nothing booked yet."""
    on, own, quotas = _own(ground, place)
    return _earning(ground, plan, crediting.lowered(own, plan, ground.accrual), (on, quotas, "tier"))


def team_earning_of(ground: Ground, plan: CommissionPlan, place: int) -> Earning:
    """What picks the tiers of a plan's managers on their teams; quotas and sales are those of the teams."""
    assert plan.override is not None
    on, _, _ = _own(ground, place)
    below, quotas = _team(ground, on, everybody=plan.override.scope == "all")
    team = of_team(plan)
    return _earning(ground, team, crediting.lowered(below, team, ground.accrual), (on, quotas, "override"))


def _own(ground: Ground, place: int) -> tuple[Any, pd.DataFrame, Integers]:
    """When each rep is on a plan, reps x months, the lines of those who ever are, and quotas."""
    on = ground.roster.plan == place
    touched = on.any(axis=1)
    own = ground.lines if touched.all() else ground.lines[touched[ground.lines["rep"].to_numpy()]]
    return on, own, ground.roster.quotas


def _team(ground: Ground, on: Any, *, everybody: bool) -> tuple[pd.DataFrame, Integers]:
    """The lines of everybody below a manager, as his own, and the sum of their quotas, while he is there himself.

    A line, and what is later returned of it, counts for who was the manager in the month of the order; of orders
    older than the year in its own month.
    """
    there = on.any(axis=1)[:, None] & (ground.roster.spell >= 0)
    boss, rep, month = teams(ground.roster, there.astype(np.int64), everybody=everybody)
    quotas = np.zeros_like(ground.roster.quotas)
    np.add.at(quotas, (boss, month), ground.roster.quotas[rep, month])
    pairs = pd.DataFrame({"rep": rep, "of": month + 1, "boss": boss})
    began = ground.cash.began[ground.lines["okey"].to_numpy()]
    lines = ground.lines.assign(of=np.where(began > 0, began, ground.lines["at"]))
    below = lines.merge(pairs, on=["rep", "of"]).sort_values(["line", "boss"], kind="stable", ignore_index=True)
    return below.assign(rep=below["boss"]).drop(columns=["boss", "of"]), quotas


def _part(
    ground: Ground, plan: CommissionPlan, place: int, lines: pd.DataFrame, given: tuple[Any, Integers, str]
) -> Part:
    """Credit, earn, adjust and release the lines of a plan's reps."""
    months, rule = len(ground.year.closed), given[2]
    lines = crediting.lowered(lines, plan, ground.accrual)
    earning = _earning(ground, plan, lines, given)
    events, booked = earning.events, earning.book(months)
    accounts = open_accounts(booked, events, months)
    adjust(accounts, plan, ground.cash)
    before = released(accounts, booked, events, lines, plan, ground.cash)
    out = before
    if plan.holdback is not None:
        labels_of = [calendar.add_months(ground.year.months[0], -1), *ground.year.closed]
        out = held_back(before, plan.holdback, labels_of)
    passed = np.broadcast_to(np.int64(0), out.shape)
    if plan.leavers.rule != "paid":
        limit = ground.roster.last_month() + plan.leavers.months * (plan.leavers.rule == "paid_until")
        out, passed = after_leaving(accounts, out, limit[accounts.rep])
    actual = earning.measured
    if plan.measure == "quantity":
        actual = sums(events["rep"], events["at"], events["amount"], actual.shape)
    return Part(plan, place, rule, booked, events, accounts, before, out, passed, actual)


def _earning(ground: Ground, plan: CommissionPlan, lines: pd.DataFrame, given: tuple[Any, Integers, str]) -> Earning:
    """Credited lines with what measures them and the rates they come to."""
    on, quotas, rule = given
    stage, settlement = plan.stage, ground.cash.settlement
    there = ground.roster.spell >= 0 if rule == "override" else np.ones_like(on)
    events = _measured(lines, plan, stage, settlement, there)
    span = PERIOD_MONTHS[plan.period] if plan.curve is not None else 0
    free = ground.accrual.free if plan.free_goods == "cost" else -1
    events = crediting.link_returns(events, months=span, free=free)
    events = events.assign(mine=on[events["rep"].to_numpy(), events["paid_in"].to_numpy() - 1].astype(np.int8))
    measured = events if plan.measure_basis == stage else _measured(lines, plan, plan.measure_basis, settlement, there)
    base_pay = _base_pay(ground.roster) if plan.curve is not None else quotas
    target = target_pay(plan, base_pay)
    standing = Standing(
        quotas,
        ground.roster.ramping * (not plan.accelerator_while_ramping),
        None if measured is events else sums(measured["rep"], measured["at"], measured["size"], quotas.shape),
        None if measured is events else margins(measured, quotas.shape),
        None if target is None else target * on,
    )
    labels = {name: ground.members(name, events) for name in sorted(asked(plan))}
    new = ground.new_products[events["product"].to_numpy()]
    rates = rates_of(plan, plan.tiers, labels, new)
    return Earning(events, plan, standing, rates, Returns(events, plan, ground.cash.days))


def _measured(lines: pd.DataFrame, plan: CommissionPlan, stage: Basis, settlement: Any, there: Any) -> pd.DataFrame:
    """Amounts credited at a stage with what they count for the measure: nothing in months outside `there`."""
    events = crediting.sized(crediting.credit(lines, stage, settlement), plan)
    counts = there[events["rep"].to_numpy(), events["at"].to_numpy() - 1]
    return events.assign(size=events["size"].to_numpy() * counts)


def _base_pay(roster: Roster) -> Integers:
    """Base pay of each rep and month, int64 fen; 0 where unknown."""
    if "base_pay" not in roster.reps:
        return np.zeros_like(roster.quotas)
    pay = np.append(roster.reps["base_pay"].astype("Int64").fillna(0).to_numpy(dtype=np.int64), 0)
    return np.asarray(pay[roster.spell], dtype=np.int64)
