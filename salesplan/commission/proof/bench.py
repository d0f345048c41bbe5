"""A made-up ledger: every case is a rep of his own with the sales and payments of one probe; all are paid at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.year import Ledger, Year
from salesplan.money import Integers
from salesplan.terms.commission import CommissionPlan, CommissionTerms

BASE_PAY = 300_000  # fen a month: base pay of every made-up rep, where the target pay of a curve is his base pay
MONEY = ("earned", "released", "clawback", "draw", "base_pay")
TEXTS = ("product", "line", "grade", "region", "channel")


class Sale(NamedTuple):
    """An order line of a case; money in fen, `grade` that of its customer."""

    day: date
    amount: int
    order: str = "A"
    units: float = float("nan")
    cost: int | None = None
    product: str = ""
    line: str = ""
    grade: str = ""
    region: str = ""
    channel: str = ""
    launch: date | None = None
    original: str = ""
    invoiced: date | None = None


class Cash(NamedTuple):
    """A payment of a case, in fen."""

    day: date
    amount: int
    order: str = "A"


@dataclass(frozen=True)
class Case:
    """One made-up rep: on which plan, what he sells, what is paid, his quotas by month (fen).

    What counts of the outcome is what the months `since`..`upto` book. `below`: he is a manager, and who sells is a
    rep below him.
    """

    plan: CommissionPlan
    sales: tuple[Sale, ...]
    quotas: tuple[int, ...]
    paid: tuple[Cash, ...] = ()
    since: int = 1
    upto: int = 12
    start: date | None = None
    end: date | None = None
    grade: str = ""
    ramping: bool = False
    below: bool = False


@dataclass(frozen=True)
class Played:
    """What the code that pays says of the cases, by their number."""

    table: pd.DataFrame
    lines: pd.DataFrame
    cases: Sequence[Case]

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        known, starts, counts = np.unique(self.lines["case"], return_index=True, return_counts=True)
        return {int(c): (int(s), int(s + n)) for c, s, n in zip(known, starts, counts, strict=True)}

    def lines_of(self, number: int) -> pd.DataFrame:
        """Commission lines of the months of a case that count."""
        first, last = self._spans.get(number, (0, 0))
        case, found = self.cases[number], self.lines.iloc[first:last]
        return found[(found["at"] >= case.since) & (found["at"] <= case.upto)]

    @cached_property
    def sums(self) -> dict[str, Integers]:
        """Sums of commission, draws and base pay over the months of each case that count."""
        since, upto = (np.array([getattr(case, name) for case in self.cases]) for name in ("since", "upto"))
        case, at = self.table["case"].to_numpy(), self.table["at"].to_numpy()
        counts = (at >= since[case]) & (at <= upto[case])
        found = {}
        for name in MONEY:
            found[name] = np.zeros(len(self.cases), dtype=np.int64)
            np.add.at(found[name], case[counts], self.table[name].to_numpy(dtype=np.int64)[counts])
        return found


def play(cases: Sequence[Case], year: Year, *, advances: bool = False) -> Played:
    """Pay the cases through the code that pays: one ledger, one rep per case, one plan per variant.

    The months up to the last one that counts of any case are closed. Draws and guarantees are asked for apart
    (`advances`), because they need all of pay.
    """
    last = year.months[max(case.upto for case in cases) - 1]
    whole = replace(year, as_of=calendar.month_span(last, year.cutoff)[1])
    keys, plans = _variants(cases)
    rules = CommissionTerms.model_construct(plans=plans)
    table, lines = (_with_pay if advances else _earned)(_ledger(cases, keys, whole), whole, rules)
    number = {month: at for at, month in enumerate(whole.months, start=1)}
    told = [_told(frame, number) for frame in (table, lines)]
    return Played(told[0], told[1].sort_values("case", kind="stable", ignore_index=True), cases)


def _with_pay(ledger: Ledger, year: Year, rules: CommissionTerms) -> tuple[pd.DataFrame, pd.DataFrame]:
    from salesplan.commission.calculate import worked_out

    result = worked_out(ledger, year, rules)
    return result.table, result.lines


def _earned(ledger: Ledger, year: Year, rules: CommissionTerms) -> tuple[pd.DataFrame, pd.DataFrame]:
    from salesplan.commission.calculate import make_ground
    from salesplan.commission.results import lines_of, releases_of
    from salesplan.commission.working import work

    ground = make_ground(ledger, year, rules)
    parts = [part for place, plan in enumerate(rules.plans) for part in work(ground, plan, place)]
    return releases_of(ground, parts).assign(draw=0, base_pay=0), lines_of(ground, parts)


def _variants(cases: Sequence[Case]) -> tuple[dict[int, str], tuple[CommissionPlan, ...]]:
    """A key for every different plan, by the plan's identity; the plans, each for the reps of its key."""
    found: dict[str, str] = {}
    keys: dict[int, str] = {}
    plans = []
    for plan in {id(case.plan): case.plan for case in cases}.values():
        alone = plan.model_copy(update={"name": "", "applies_to": {}, "from_": None, "until": None})
        text = alone.model_dump_json()
        if text not in found:
            found[text] = f"V{len(found):04d}"
            plans.append(alone.model_copy(update={"name": found[text], "applies_to": {"team": found[text]}}))
        keys[id(plan)] = found[text]
    return keys, tuple(plans)


def _told(frame: pd.DataFrame, number: dict[str, int]) -> pd.DataFrame:
    own = frame[frame["rep"].str.startswith("P")]
    return own.assign(case=own["rep"].str[1:].astype("int64"), at=own["month"].map(number).astype("int64"))


def _rep(number: int) -> str:
    return f"P{number:06d}"


def _ledger(cases: Sequence[Case], keys: dict[int, str], year: Year) -> Ledger:
    lines = _lines(cases)
    paid = [(cash.day, cash.amount, f"{_rep(n)}{cash.order}", "") for n, case in enumerate(cases) for cash in case.paid]
    cash = pd.DataFrame(paid, columns=["date", "amount", "order", "customer"])
    cash = cash.assign(date=pd.to_datetime(cash["date"]), amount=cash["amount"].astype("int64"))
    ramp = [(_rep(n), month) for n, case in enumerate(cases) if case.ramping for month in year.months]
    return Ledger(
        order_lines=lines.assign(month=calendar.month_of(lines["date"], year.cutoff)),
        reps=_reps(cases, keys),
        quotas=_quotas(cases, year),
        collections=cash.astype({"order": "str", "customer": "str"}) if paid else None,
        products=_known(lines, ["product", "line", "launch"], "product"),
        customers=_known(lines, ["customer", "grade", "region", "channel"], "customer"),
        ramping=pd.DataFrame(ramp, columns=["rep", "month"], dtype="str") if ramp else None,
    )


def _reps(cases: Sequence[Case], keys: dict[int, str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(cases):
        own = {"rep": _rep(number), "team": keys[id(case.plan)], "grade": case.grade, "manager": ""}
        rows.append({**own, "start": case.start, "end": case.end, "base_pay": BASE_PAY})
        if case.below:
            rows.append({**rows[-1], "rep": _seller(number, case), "team": "", "manager": own["rep"], "base_pay": 0})
    frame = pd.DataFrame(rows).assign(name=lambda d: d["rep"], region="")
    dates = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
    texts = {name: frame[name].astype("str") for name in ("rep", "team", "grade", "manager", "name", "region")}
    return frame.assign(**dates, **texts, base_pay=frame["base_pay"].astype("Int64"))


def _seller(number: int, case: Case) -> str:
    return f"Q{number:06d}" if case.below else _rep(number)


def _quotas(cases: Sequence[Case], year: Year) -> pd.DataFrame:
    rows = [
        (_seller(number, case), month, fen)
        for number, case in enumerate(cases)
        for month, fen in zip(year.months, case.quotas, strict=False)
    ]
    frame = pd.DataFrame(rows, columns=["rep", "month", "amount"])
    return frame.astype({"rep": "str", "month": "str", "amount": "int64"})


def _lines(cases: Sequence[Case]) -> pd.DataFrame:
    names = ["rep", "own", *Sale._fields]
    rows = [(_seller(number, case), _rep(number), *sale) for number, case in enumerate(cases) for sale in case.sales]
    made = pd.DataFrame(rows, columns=names)
    dates = {name: pd.to_datetime(made[name]) for name in ("day", "launch", "invoiced")}
    made = made.assign(**dates, **{name: made[name].astype("str") for name in ("rep", "own", "order", *TEXTS)})
    original = made["own"].where(made["original"] != "", "") + made["original"]
    customer = made["own"] + "/" + made["grade"] + "/" + made["region"] + "/" + made["channel"]
    numbers = {"amount": "int64", "cost": "Int64", "units": "float64"}
    return made.astype(numbers).assign(
        date=made["day"],
        invoice_date=made["invoiced"],
        order=made["own"] + made["order"],
        original_order=original.astype("str"),
        customer=customer,
        quantity=made["units"].astype("float64"),
        kind=np.where(made["amount"] < 0, "return", "sale"),
    )


def _known(lines: pd.DataFrame, columns: list[str], key: str) -> pd.DataFrame:
    return lines[columns].drop_duplicates(key).sort_values(key, ignore_index=True)
