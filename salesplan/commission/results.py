"""The result of commission, and how what was worked out in numbers becomes the tables people read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from salesplan import calendar
from salesplan.commission import pay
from salesplan.commission.accounts import Accounts
from salesplan.commission.closing import no_corrections
from salesplan.commission.exact import in_order, summed
from salesplan.commission.rates import PER_UNIT, RULES
from salesplan.commission.working import Ground, Part
from salesplan.commission.year import Note
from salesplan.money import MICRO, Integers

LINES = {
    "rep": "str", "month": "str", "order": "str", "rule": "str", "tier_from": "float64", "base": "Int64",
    "rate": "float64", "amount": "int64", "product": "str", "original_order": "str", "date": "datetime64[ns]",
    "plan": "str", "of_month": "str", "reason": "str",
}  # fmt: skip
RELEASES = {"rep": "str", "month": "str", "order": "str", "earned": "int64", "released": "int64", "clawback": "int64"}
ORDERS = {
    "rep": "str", "order": "str", "customer": "str", "date": "datetime64[ns]", "amount_due": "int64",
    "amount_paid": "int64", "earned": "int64", "released": "int64", "held": "int64", "reason": "str", "until": "str",
}  # fmt: skip
PAYMENTS = {"order": "str", "customer": "str", "date": "datetime64[ns]", "amount": "int64"}
PREPAID = {"customer": "str", "prepayment": "int64"}


def empty(kinds: dict[str, str]) -> pd.DataFrame:
    """A table with its header and no row."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


@dataclass(frozen=True)
class Commission:
    """The result; money in int64 fen, rates fractions of one.

    `table` per rep and month: see `pay.Pay`. `lines`: every amount earned with its order, rule, tier, base and rate
    (LINES); `of_month` the closed month a correction belongs to. `releases` per rep, month and order: what was earned,
    released and taken back in it. `orders` per rep and order at the end: what is due and paid (in the money of
    collections), earned, released, held, why (`reason`) and `until` when. `payments`: which payment settled which
    order. `credited`: the year's credited order lines. `prepaid`:
    customer, prepayment. `base_pay`, `ranking`: see `pay`. `corrections`: what moved from closed months, see `closing`.
    `notes`: what people should know.
    """

    table: pd.DataFrame
    lines: pd.DataFrame
    orders: pd.DataFrame
    prepaid: pd.DataFrame
    notes: list[Note]
    base_pay: pd.DataFrame = field(default_factory=pay.no_rows)
    ranking: pd.DataFrame = field(default_factory=pay.no_ranking)
    releases: pd.DataFrame = field(default_factory=lambda: empty(RELEASES))
    payments: pd.DataFrame = field(default_factory=lambda: empty(PAYMENTS))
    credited: pd.DataFrame = field(default_factory=pd.DataFrame)
    corrections: pd.DataFrame = field(default_factory=no_corrections)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What a run keeps of it, by table."""
        names = ("lines", "releases", "orders", "payments", "base_pay", "ranking", "corrections")
        return {"commission": self.table, **{f"commission_{name}": getattr(self, name) for name in names}}


def nothing(said: list[Note]) -> Commission:
    """Tables with their header and no row."""
    table = pd.DataFrame(
        {name: pd.Series(dtype="str" if name in ("rep", "month", "plan") else "int64") for name in pay.PAID}
    )
    return Commission(table, empty(LINES), empty(ORDERS), empty(PREPAID), said)


def texts(labels: Any, codes: Integers) -> Any:
    """Texts of codes, as a column."""
    return pd.array(pa.array(np.asarray(labels, dtype=object), pa.large_string()), dtype="str").take(codes)


def repeated(text: str, count: int) -> Any:
    """One text many times, as a column."""
    return pd.array(pa.repeat(pa.scalar(text, pa.large_string()), count), dtype="str")


def day_column(days: Integers) -> Any:
    """Days since 1970 as dates."""
    return days.astype("datetime64[D]").astype("datetime64[ns]")


def lines_of(ground: Ground, parts: Sequence[Part]) -> pd.DataFrame:
    """Commission lines of all parts, by rep and month in the order in which they count."""
    behind = 64 * max((len(part.events) for part in parts), default=0)
    told = _Told([rows for part in parts for rows in _numbers(ground, part, behind)])
    book, blank = ground.book, repeated("", len(told.order))
    return pd.DataFrame(
        {
            "rep": texts(ground.roster.names, told["rep"]),
            "month": texts(np.array(ground.year.closed, dtype=object), told["month"]),
            "order": book.text("order", told["order"]),
            "rule": texts(ALL_RULES, told["rule"]),
            "tier_from": told["tier_from"],
            "base": pd.arrays.IntegerArray(told["base"], told["bare"]),
            "rate": told["rate"],
            "amount": told["amount"],
            "product": book.text("product", told["product"]),
            "original_order": book.text("order", told["original"]),
            "date": day_column(told["day"]),
            "plan": texts([plan.name for plan in ground.plans], told["plan"]),
            "of_month": blank,
            "reason": blank,
        },
        copy=False,
    )


Column = Callable[[], Any]


@dataclass(frozen=True)
class _Told:
    """Rows of several sources as one, in order; a column is made when it is asked for, so that few are there at once.

    Columns rep, month and place say where a row stands.
    """

    sources: Sequence[dict[str, Column]]

    @cached_property
    def order(self) -> Integers:
        """The rows by rep, month and place."""
        return in_order([self._whole(name) for name in ("rep", "month", "place")])

    def __getitem__(self, name: str) -> Any:
        """A column."""
        return self._whole(name)[self.order]

    def _whole(self, name: str) -> Any:
        parts = [source[name]() for source in self.sources]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


ALL_RULES = [
    "return",
    "tier",
    "curve",
    "override",
    *RULES.values(),
    "cap_order",
    "minimum",
    "late",
    "bad_debt",
    "forfeited",
]


def _numbers(ground: Ground, part: Part, behind: int) -> list[dict[str, Column]]:
    """The rows of a part, of its amounts and, `behind` them, of rules that speak of an order as a whole, in numbers."""
    rules = sorted(part.accounts.rules.items())
    return [_of_amounts(ground, part), *(_of_rule(ground, part, rule, behind) for rule in rules)]


def _of_amounts(ground: Ground, part: Part) -> dict[str, Column]:
    told, events, book = part.booked, part.events, ground.lines
    event = told["event"].to_numpy()
    line = events["line"].to_numpy()[event]
    tier, back = told["tier"].to_numpy(), told["back"].to_numpy()
    rated = (tier != PER_UNIT) & (part.plan.curve is None)
    return {
        "rep": lambda: events["rep"].to_numpy()[event],
        "month": lambda: told["month"].to_numpy() - 1,
        "order": lambda: book["order"].to_numpy()[line],
        "rule": lambda: _rules(part, tier, back),
        "tier_from": lambda: np.where(tier >= 0, _starts(part)[np.maximum(tier, 0)], np.nan),
        "base": lambda: told["base"].to_numpy(),
        "bare": lambda: np.zeros(len(told), dtype=bool),
        "rate": lambda: np.where(rated, told["rate"].to_numpy() / MICRO, np.nan),
        "amount": lambda: told["amount"].to_numpy(),
        "product": lambda: book["product"].to_numpy()[line],
        "original": lambda: book["original"].to_numpy()[line],
        "day": lambda: book["day"].to_numpy()[line],
        "plan": lambda: np.full(len(told), part.place, dtype=np.int64),
        "place": lambda: event * 64 + back * 32 + np.clip(tier + 8, 0, 31),
    }


def _starts(part: Part) -> Any:
    if part.plan.curve is not None:
        return np.array([float(point.at) for point in part.plan.curve.points])
    return np.array([float(tier.from_) for tier in part.plan.tiers])


def _rules(part: Part, tier: Integers, back: Integers) -> Integers:
    code = np.full(len(tier), ALL_RULES.index(part.rule), dtype=np.int64)
    for special, rule in RULES.items():
        code[tier == special] = ALL_RULES.index(rule)
    code[back == 1] = ALL_RULES.index("return")
    return code


def _of_rule(ground: Ground, part: Part, rule: tuple[str, Integers], behind: int) -> dict[str, Column]:
    name, to_date = rule
    change = np.diff(to_date, axis=1)
    account, month = np.nonzero(change)
    accounts, orders = part.accounts, ground.book.orders
    okey = accounts.okey[account]
    zero, none = np.zeros(len(account), dtype=np.int64), np.full(len(account), np.nan)
    return {
        "rep": lambda: accounts.rep[account],
        "month": lambda: month,
        "order": lambda: orders["order"].to_numpy()[okey],
        "rule": lambda: zero + ALL_RULES.index(name),
        "tier_from": lambda: none,
        "base": lambda: zero,
        "bare": lambda: zero == 0,
        "rate": lambda: none,
        "amount": lambda: change[account, month],
        "product": lambda: zero,
        "original": lambda: zero,
        "day": lambda: orders["day"].to_numpy()[okey],
        "plan": lambda: zero + part.place,
        "place": lambda: behind + accounts.place[account],
    }


def stacked(frames: Sequence[pd.DataFrame], kinds: dict[str, str], keys: list[str]) -> pd.DataFrame:
    """Tables one under the other, sorted, the first being sorted already; columns they lack are blank."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(kinds)
    whole = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
    blank = {name: repeated("", len(whole)) for name, kind in kinds.items() if name not in whole and kind == "str"}
    ordered = whole.assign(**blank)
    if whole is not frames[0]:
        ordered = ordered.sort_values(keys, kind="stable", ignore_index=True)
    return ordered[list(kinds)].astype(kinds)


def releases_of(ground: Ground, parts: Sequence[Part]) -> pd.DataFrame:
    """What moved per rep, month and order: earned, released, clawback."""
    order = ground.book.orders["order"].to_numpy()
    rows = [moved for part in parts for moved in _moved(part, order)]
    found = summed(pd.concat(rows, ignore_index=True), ["rep", "month", "order"])
    return found.assign(
        rep=texts(ground.roster.names, found["rep"].to_numpy()),
        month=texts(np.array(ground.year.closed, dtype=object), found["month"].to_numpy()),
        order=ground.book.text("order", found["order"].to_numpy()),
    )


def _moved(part: Part, order: Integers) -> Iterator[pd.DataFrame]:
    """What moved in each month, account by account."""
    told = part.accounts.earned, part.out
    for month in range(1, part.out.shape[1]):
        earned, out = (to_date[:, month] - to_date[:, month - 1] for to_date in told)
        account = np.flatnonzero((earned != 0) | (out != 0))
        out = out[account]
        yield pd.DataFrame(
            {
                "rep": part.accounts.rep[account],
                "month": month - 1,
                "order": order[part.accounts.okey[account]],
                "earned": earned[account],
                "released": np.maximum(out, 0),
                "clawback": np.minimum(out, 0),
            }
        )


def orders_of(ground: Ground, parts: Sequence[Part]) -> pd.DataFrame:
    """The state of each rep's orders at the end, and why something is still held."""
    settlement, orders = ground.cash.settlement, ground.book.orders
    rows = []
    for part in parts:
        accounts: Accounts = part.accounts
        reason, until = why_held(ground, part)
        rows.append(
            pd.DataFrame(
                {
                    "rep": accounts.rep,
                    "okey": accounts.okey,
                    "earned": accounts.earned[:, -1],
                    "released": part.out[:, -1],
                    "reason": reason,
                    "until": until,
                }
            )
        )
    whole = pd.concat(rows, ignore_index=True)
    told = {"earned": "sum", "released": "sum", "reason": "max", "until": "max"}
    if len(rows) > 1:
        whole = whole.groupby(["rep", "okey"], as_index=False).agg(told)
    order_code, day = orders["order"].to_numpy()[whole["okey"]], orders["day"].to_numpy()[whole["okey"]]
    whole = whole.iloc[in_order([whole["rep"].to_numpy(), day, order_code, whole["okey"].to_numpy()])]
    okey = whole["okey"].to_numpy()
    return pd.DataFrame(
        {
            "rep": texts(ground.roster.names, whole["rep"].to_numpy()),
            "order": ground.book.text("order", orders["order"].to_numpy()[okey]),
            "customer": ground.book.text("customer", orders["customer"].to_numpy()[okey]),
            "date": day_column(orders["day"].to_numpy()[okey]),
            "amount_due": settlement.open[okey, -1],
            "amount_paid": settlement.paid[okey, -1],
            "earned": whole["earned"].to_numpy(),
            "released": whole["released"].to_numpy(),
            "held": (whole["earned"] - whole["released"]).to_numpy(),
            "reason": texts(REASONS, whole["reason"].to_numpy()),
            "until": texts(_later_months(ground), whole["until"].to_numpy()),
        }
    )


REASONS = ["", "holdback", "month_open", "milestone", "not_invoiced", "unpaid"]
FURTHEST = 61  # months after the review a holdback may still wait


def _later_months(ground: Ground) -> list[str]:
    """'' and the months after the review, by number."""
    last = ground.year.closed[-1]
    return ["", *(calendar.add_months(last, number) for number in range(1, FURTHEST + 12))]


def why_held(ground: Ground, part: Part) -> tuple[Integers, Integers]:
    """Why something is held on each account (place in REASONS), and the month in which a holdback is next paid."""
    accounts, plan, cash = part.accounts, part.plan, ground.cash
    earned, before, out = accounts.earned[:, -1], part.before[:, -1], part.out[:, -1]
    paid = cash.settlement.paid[accounts.okey, -1] >= cash.settlement.open[accounts.okey, -1]
    waiting = {"invoiced": "not_invoiced", "ordered": ""}.get(plan.basis, "unpaid")
    reason = np.full(len(earned), REASONS.index(waiting))
    if plan.basis == "collected" and plan.release == "milestones":
        reason[:] = REASONS.index("milestone")
    if plan.basis == "collected" and plan.release == "month_full":
        reason = np.where(paid, REASONS.index("month_open"), reason)
    holds = before > out
    reason = np.where(holds & (earned <= before), REASONS.index("holdback"), reason)
    until = np.where(holds, _freed(ground, part), 0)
    return np.where(earned > out, reason, 0).astype(np.int64), np.where(earned > out, until, 0).astype(np.int64)


def _freed(ground: Ground, part: Part) -> Integers:
    """The number of the month after the review in which the oldest part of a holdback is paid."""
    holdback = part.plan.holdback
    count = part.out.shape[1]
    if holdback is None:
        return np.zeros(len(part.out), dtype=np.int64)
    if holdback.until is not None:
        later = _later_months(ground)
        return np.full(len(part.out), later.index(holdback.until) if holdback.until in later else 0)
    rises = np.diff(part.before, axis=1) > 0
    waits = holdback.months or 0
    open_ = rises & (np.arange(1, count)[None, :] > count - 1 - waits)
    oldest = np.where(open_.any(axis=1), np.argmax(open_, axis=1) + 1, 0)
    return np.where(oldest > 0, oldest + waits - (count - 1), 0)


def payments_table(ground: Ground) -> pd.DataFrame:
    """Which payment settled which order of the year's: order, customer, date, amount (money of collections)."""
    rows, orders = ground.cash.payments, ground.book.orders
    named = {name: orders[name].to_numpy()[rows["okey"]] for name in ("order", "customer")}
    keys = [named["customer"], rows["day"].to_numpy(), named["order"], rows["okey"].to_numpy()]
    rows = rows.iloc[in_order(keys)]
    okey = rows["okey"].to_numpy()
    return pd.DataFrame(
        {
            "order": ground.book.text("order", orders["order"].to_numpy()[okey]),
            "customer": ground.book.text("customer", orders["customer"].to_numpy()[okey]),
            "date": day_column(rows["day"].to_numpy()),
            "amount": rows["amount"].to_numpy(),
        }
    )
