"""The rows of one rep and month, out of a run's tables, and what measured them."""

from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from salesplan import calendar, commission
from salesplan.commission.earning import Earning
from salesplan.commission.papers.reached import plans_of
from salesplan.commission.periods import PERIOD_MONTHS
from salesplan.commission.working import Ground
from salesplan.errors import Fault, IdentityError, PlanError
from salesplan.explaining.formula import Figure, money, total
from salesplan.explaining.ground import Grounds
from salesplan.money import from_fen
from salesplan.terms import CommissionTerms
from salesplan.terms.commission import CommissionPlan

ADDENDS = 200  # most that are printed in one sum


class Pay:
    """The rows of one rep and month, out of the run's tables."""

    def __init__(self, grounds: Grounds, rep: str, month: str) -> None:
        self.grounds, self.rep, self.month = grounds, rep, month
        rules = grounds.inputs.loaded.rules["commission"]
        assert isinstance(rules, CommissionTerms)
        self.rules = rules
        table = grounds.table("commission")
        self.own = table[table["rep"] == rep].sort_values("month", ignore_index=True)
        now = self.own[self.own["month"] == month]
        if now.empty:
            raise PlanError([no_pay(grounds, rep, month, self.rules)])
        self.now: Any = {name: now[name].iloc[0] for name in now.columns}

    def rows(self, table: str) -> pd.DataFrame:
        """The rows of a table that are of this rep and month."""
        found = self.grounds.table(table)
        return found[(found["rep"] == self.rep) & (found["month"] == self.month)].reset_index(drop=True)

    @property
    def plan(self) -> CommissionPlan | None:
        """The plan he is on that month."""
        return plans_of(self.rules, self.month).get(str(self.now["plan"]))

    @property
    def place(self) -> int:
        """The place of his plan among those of the parameters."""
        assert self.plan is not None
        return self.rules.plans.index(self.plan)

    @property
    def number(self) -> int:
        """The month by number, 1 the first of the year."""
        return self.ground.year.closed.index(self.month) + 1

    @property
    def period_to_date(self) -> list[str]:
        """The months of his plan's period up to this one."""
        assert self.plan is not None
        months = self.grounds.step("commission").months
        at, length = months.index(self.month), PERIOD_MONTHS[self.plan.period]
        return list(months[at // length * length : at + 1])

    @cached_property
    def ground(self) -> Ground:
        """Book and roster that all plans work on, as step 4 makes them."""
        step = self.grounds.step("commission")
        year = commission.Year(step.months, step.as_of, step.plan.month_cutoff, step.plan.tax, step.plan.calendar)
        names = ("collections", "products", "scores", "customers", "adjustments", "corrections")
        ledger = commission.Ledger(
            order_lines=step.order_lines(), reps=step.reps(), quotas=step.table("rep_allocation"), orders=step.orders(),
            ramping=commission.ramping(step.reps(), year, ramp=step.all_rules["rep_allocation"].ramp),
            **step.tables_given(*names),
        )  # fmt: skip
        return commission.make_ground(ledger, year, self.rules)

    @cached_property
    def earning(self) -> Earning:
        """What picks the tiers and rates of his plan."""
        assert self.plan is not None
        return commission.earning_of(self.ground, self.plan, self.place)

    @cached_property
    def row(self) -> int:
        """His row in what is measured."""
        return int(self.ground.roster.numbers([self.rep])[0])

    @cached_property
    def events(self) -> pd.DataFrame:
        """His credited lines: order, product as texts, at (number of the month), amount, cost, units, special."""
        found = self.earning.events.assign(special=self.earning.rates.special, new=self.earning.rates.bonus)
        own = found[found["rep"] == self.row]
        book = self.ground.book
        return own.assign(
            order=book.text("order", own["order"].to_numpy()), product=book.text("product", own["product"].to_numpy())
        )

    def fen(self, name: str) -> int:
        """An amount of the month's row in table commission; 0 where it is blank."""
        value = self.now.get(name)
        return 0 if value is None or pd.isna(value) else int(value)


def no_pay(grounds: Grounds, rep: str, month: str, rules: CommissionTerms) -> Fault:
    """Why a month has no pay of a rep: no plans, not reviewed yet, not there yet, left, or on no plan."""
    step, where = grounds.step("commission"), f"{rep} {month}"
    if not rules.plans:
        return Fault("explain_no_pay", where)
    year = commission.Year(step.months, step.as_of, step.plan.month_cutoff)
    if month not in year.closed:
        return Fault("explain_not_reviewed", where, None, {"last": year.closed[-1] if year.closed else "-"})
    why, told = absence(step.reps(), rep, calendar.month_span(month, step.plan.month_cutoff))
    return Fault(f"explain_{why}", where, None, told)


def absence(reps: pd.DataFrame, rep: str, span: tuple[date, date]) -> tuple[str, dict[str, Any]]:
    """Why a rep is on no plan in a month: `not_there_yet` with `start`, `left` with `end`, or `no_plan`."""
    first, last = (pd.Timestamp(day) for day in span)
    spells = reps[reps["rep"] == rep]
    begin, end = (spells[name].tolist() if name in spells else [] for name in ("start", "end"))
    if begin and min(pd.Timestamp.min if pd.isna(day) else day for day in begin) > last:
        return "not_there_yet", {"start": min(begin).date()}
    if end and max(pd.Timestamp.max if pd.isna(day) else day for day in end) < first:
        return "left", {"end": max(end).date()}
    return "no_plan", {}


def text(value: Any) -> str:
    """A cell of text; blank where unknown."""
    return "" if value is None or pd.isna(value) else str(value)


def or_amount(figure: Figure, fen: int) -> str:
    """The arithmetic where it gives the amount to the fen, else the amount alone."""
    found = figure.to(2)
    return found.text if found.result.value == from_fen(fen) else money(fen).text


def summed(amounts: list[int], fen: int) -> str:
    """Amounts added up; the sum alone where there are very many. Raises IdentityError where they make another."""
    if sum(amounts) != fen:
        raise IdentityError("explain_pay", f"{sum(amounts)} is not {fen}")
    some = [amount for amount in amounts if amount]
    return total([money(amount) for amount in some]).to(2).text if 1 < len(some) <= ADDENDS else money(fen).text
