"""What the probes of a plan are worked on: a real quota of the plan, its rules one at a time, days and sales."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.exact import boundary
from salesplan.commission.proof.bench import Case, Cash, Sale
from salesplan.commission.year import Ledger, Year
from salesplan.money import FEN
from salesplan.terms.commission import BasePay, CommissionPlan, CommissionTerms, Tier
from salesplan.terms.release import Leavers

PERIODS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "ytd": 3}  # months a probe looks at
MADE_UP = 10_000_000  # fen a month: quota where no rep of the plan has one
ALONE: dict[str, Any] = {
    "basis": "ordered",
    "measure_basis": "ordered",
    "measure_period": "this",
    "release": "order_full",
    "milestones": (),
    "rates_by": None,
    "special_rates": (),
    "new_product_bonus": Decimal(0),
    "gate": None,
    "rebates": "booked",
    "free_goods": "none",
    "cap": None,
    "cap_per_order": None,
    "minimum_per_order": None,
    "holdback": None,
    "late": None,
    "draw": None,
    "guarantee": None,
    "clawback": "original_rate",
    "clawback_months": None,
    "clawback_share": None,
    "leavers": Leavers(),
    "base_pay": BasePay(),
    "override": None,
    "accelerator_while_ramping": True,
}


@dataclass(frozen=True)
class Answer:
    """One reading of a probe: a case for the code that pays, or an amount that is known; `worked` says how.

    `columns` of the table are summed; without `worked` the commission lines say it.
    """

    reading: str
    case: Case | None = None
    columns: tuple[str, ...] = ("earned",)
    worked: str | None = None
    amount: int = 0


@dataclass(frozen=True)
class Probe:
    """One amount that a rule is asked for; the first answer is the plan's own, the others are other readings."""

    rule: str
    probe: str
    measure: Decimal
    unit: str
    answers: tuple[Answer, ...]
    boundary: Decimal | None = None


@dataclass(frozen=True)
class Setting:
    """One plan with the quotas (fen by month) its probes are worked on; `real` where a rep of the plan has them."""

    plan: CommissionPlan
    year: Year
    quotas: tuple[int, ...]
    real: bool = True
    order: int = field(default=0)

    @cached_property
    def alone(self) -> CommissionPlan:
        """The plan's tiers or curve, every other rule left out."""
        return self.plan.model_copy(update=ALONE)

    @cached_property
    def capped(self) -> CommissionPlan:
        """The plan's tiers or curve under its cap."""
        return self.vary(cap=self.plan.cap)

    @cached_property
    def flat(self) -> CommissionPlan:
        """One rate, the plan's first above zero, and no other rule: for rules that do not ask which tier it was."""
        tier = Tier.model_validate({"from": Decimal(0), "rate": self.rate})
        own = {"tiers": (tier,), "curve": None, "semantics": "marginal", "measure": "amount", "paid_on": "amount"}
        return self.alone.model_copy(update={**own, "period": "month"})

    @cached_property
    def rate(self) -> Decimal:
        """The plan's first rate above zero; one percent where it has none."""
        return next((tier.rate for tier in self.plan.tiers if tier.rate > 0), Decimal("0.01"))

    @property
    def length(self) -> int:
        """Months of a period (year to date: those of a quarter)."""
        return PERIODS[self.plan.period]

    @cached_property
    def quota(self) -> int:
        """Quota of the first period, in fen."""
        return sum(self.quotas[: self.length])

    def vary(self, **terms: Any) -> CommissionPlan:
        """The plan's tiers alone, with these terms."""
        return self.alone.model_copy(update=terms)

    def vary_flat(self, **terms: Any) -> CommissionPlan:
        """One rate, with these terms."""
        return self.flat.model_copy(update=terms)

    def at(self, share: Decimal) -> int:
        """Where a share of the period's quota begins, in fen."""
        return int(boundary(share, [self.quota])[0])

    def first(self, month: int) -> date:
        """First day of a month of the year, numbered from 1; the months after the year go on."""
        return calendar.month_span(calendar.add_months(self.year.months[0], month - 1), self.year.cutoff)[0]

    def last(self, month: int) -> date:
        """Last day of a month."""
        return self.first(month + 1) - timedelta(days=1)

    def month_of(self, day: date) -> int:
        """Number of the month a day lies in."""
        number = 1
        while self.last(number) < day:
            number += 1
        return number

    def sale(self, month: int, amount: int, order: str = "A", **more: Any) -> Sale:
        """A sale on the first day of a month; where margins matter it costs three quarters."""
        margins = "margin" in (self.plan.paid_on, self.plan.measure) or self.plan.measure == "margin_rate"
        return Sale(self.first(month), amount, order, **{"cost": amount * 3 // 4 if margins else None, **more})

    def case(self, plan: CommissionPlan, *sales: Sale, **more: Any) -> Case:
        """A case on the setting's quotas that looks at the first period unless told otherwise."""
        return Case(plan, sales, self.quotas, **{"upto": self.length, **more})

    def pay(self, amount: int, day: date, order: str = "A") -> Cash:
        """A payment."""
        return Cash(day, amount, order)


def settings(ledger: Ledger, year: Year, rules: CommissionTerms) -> list[Setting]:
    """One setting per plan, with the year's quotas of the rep in the middle of its reps by quota of the year."""
    taken: set[str] = set()
    found = []
    for plan in rules.plans:
        reps = _members(plan, ledger.reps) - taken
        if plan.from_ is None and plan.until is None:
            taken |= reps
        found.append(_setting(plan, year, _middle(ledger.quotas, reps, list(year.months))))
    return found


def _setting(plan: CommissionPlan, year: Year, quotas: tuple[int, ...]) -> Setting:
    known = bool(quotas) and sum(quotas[: PERIODS[plan.period]]) > 0
    used = quotas if known else (MADE_UP,) * len(year.months)
    return Setting(plan, year, used, real=known, order=_round(sum(used[: PERIODS[plan.period]]) // 10))


def _round(fen: int) -> int:
    """An amount cut to two digits, so that an order of it looks like one."""
    scale: int = 10 ** max(len(str(fen)) - 2, 2)
    return max(fen // scale * scale, FEN)


def _members(plan: CommissionPlan, reps: pd.DataFrame | None) -> set[str]:
    if reps is None:
        return set()
    fits = np.ones(len(reps), dtype=bool)
    for column, wanted in plan.applies_to.items():
        fits &= (reps[column].astype(object) == wanted).to_numpy() if column in reps else False
    return set(reps["rep"][fits].astype("str"))


def _middle(quotas: pd.DataFrame | None, reps: set[str], months: Sequence[str]) -> tuple[int, ...]:
    """Quotas by month of the rep in the lower middle by quota of the year; reps with a quota in every month first."""
    if quotas is None or quotas.empty:
        return ()
    own = quotas[quotas["rep"].isin(sorted(reps)) & quotas["month"].isin(months) & quotas["amount"].notna()]
    table = own.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=list(months), fill_value=0)
    whole = table[(table > 0).all(axis=1)]
    table = whole if len(whole) else table
    if table.empty:
        return ()
    order = table.sum(axis=1).sort_values(kind="stable")
    return tuple(int(fen) for fen in table.loc[order.index[(len(order) - 1) // 2]])
