"""The result of commission, and how what was worked out in numbers becomes the tables people read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from salesplan import calendar
from salesplan.commission import pay
from salesplan.commission.accounts import Accounts
from salesplan.commission.closing import no_corrections
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
COST = {"attainment": "float64", "commission": "int64", "cost_ratio": "float64"}


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
    order. `credited`: the year's credited order lines. `cost`: attainment, commission, cost_ratio. `prepaid`:
    customer, prepayment. `base_pay`, `ranking`: see `pay`. `corrections`: what moved from closed months, see `closing`.
    `notes`: what people should know.
    """

    table: pd.DataFrame
    lines: pd.DataFrame
    cost: pd.DataFrame
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
        names = ("lines", "releases", "orders", "payments", "base_pay", "ranking")
        return {"commission": self.table, **{f"commission_{name}": getattr(self, name) for name in names}}


def nothing(said: list[Note], cost: pd.DataFrame | None = None) -> Commission:
    """Tables with their header and no row."""
    table = pd.DataFrame(
        {name: pd.Series(dtype="str" if name in ("rep", "month", "plan") else "int64") for name in pay.PAID}
    )
    told = empty(COST) if cost is None else cost
    return Commission(table, empty(LINES), told, empty(ORDERS), empty(PREPAID), said)


def texts(labels: Any, codes: Integers) -> Any:
    """Texts of codes, as a column."""
    return pd.array(pa.array(np.asarray(labels, dtype=object), pa.large_string()), dtype="str").take(codes)


def repeated(text: str, count: int) -> Any:
    """One text many times, as a column."""
    return pd.array(pa.repeat(pa.scalar(text, pa.large_string()), count), dtype="str")


def day_column(days: Integers) -> Any:
    """Days since 1970 as dates."""
    return days.astype("datetime64[D]").astype("datetime64[ns]")


def lines_of(ground: Ground, part: Part) -> pd.DataFrame:
    """Commission lines of a part, and in `place` the order in which they count."""
    told, events = part.booked, part.events
    event = told["event"].to_numpy()
    line = events["line"].to_numpy()[event]
    book = ground.lines
    months = np.array(["", *ground.year.closed], dtype=object)
    tier, rate = told["tier"].to_numpy(), told["rate"].to_numpy()
    starts = _starts(part)
    rows = pd.DataFrame(
        {
            "rep": texts(ground.roster.names, events["rep"].to_numpy()[event]),
            "month": texts(months, told["month"].to_numpy()),
            "order": ground.book.text("order", book["order"].to_numpy()[line]),
            "rule": _rules(part, tier, told["back"].to_numpy()),
            "tier_from": np.where(tier >= 0, starts[np.maximum(tier, 0)], np.nan),
            "base": told["base"].astype("Int64"),
            "rate": np.where((tier == PER_UNIT) | (part.plan.curve is not None), np.nan, rate / MICRO),
            "amount": told["amount"].to_numpy(),
            "product": ground.book.text("product", book["product"].to_numpy()[line]),
            "original_order": ground.book.text("order", book["original"].to_numpy()[line]),
            "date": day_column(book["day"].to_numpy()[line]),
            "plan": repeated(part.plan.name, len(told)),
            "place": event * 64 + told["back"].to_numpy() * 32 + np.clip(tier + 8, 0, 31),
        }
    )
    rules = [_of_rule(ground, part, rule, to_date) for rule, to_date in sorted(part.accounts.rules.items())]
    return pd.concat([rows, *rules], ignore_index=True) if rules else rows


def _starts(part: Part) -> Any:
    if part.plan.curve is not None:
        return np.array([float(point.at) for point in part.plan.curve.points])
    return np.array([float(tier.from_) for tier in part.plan.tiers])


def _rules(part: Part, tier: Integers, back: Integers) -> Any:
    names = ["return", part.rule, *RULES.values()]
    code = np.ones(len(tier), dtype=np.int64)
    for place, special in enumerate(RULES):
        code[tier == special] = place + 2
    return texts(names, np.where(back == 1, 0, code))


def _of_rule(ground: Ground, part: Part, rule: str, to_date: Integers) -> pd.DataFrame:
    """Lines of a rule that speaks of an order as a whole."""
    change = np.diff(to_date, axis=1)
    account, month = np.nonzero(change)
    accounts = part.accounts
    orders = ground.book.orders
    okey = accounts.okey[account]
    months = np.array(ground.year.closed, dtype=object)
    return pd.DataFrame(
        {
            "rep": texts(ground.roster.names, accounts.rep[account]),
            "month": texts(months, month),
            "order": ground.book.text("order", orders["order"].to_numpy()[okey]),
            "rule": repeated(rule, len(account)),
            "tier_from": np.nan,
            "base": pd.array([pd.NA] * len(account), dtype="Int64"),
            "rate": np.nan,
            "amount": change[account, month],
            "product": repeated("", len(account)),
            "original_order": repeated("", len(account)),
            "date": day_column(orders["day"].to_numpy()[okey]),
            "plan": repeated(part.plan.name, len(account)),
            "place": 2**55 + accounts.place[account],
        }
    )


def stacked(frames: Sequence[pd.DataFrame], kinds: dict[str, str], keys: list[str]) -> pd.DataFrame:
    """Tables one under the other, sorted; columns they lack are blank."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(kinds)
    whole = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
    texts = [name for name, kind in kinds.items() if kind == "str"]
    blank = {name: whole[name].fillna("") if name in whole else repeated("", len(whole)) for name in texts}
    order = [name for name in keys if name in whole]
    ordered = whole.assign(**blank).sort_values(order, kind="stable", ignore_index=True)
    return ordered[list(kinds)].astype(kinds)


def releases_of(ground: Ground, parts: Sequence[Part]) -> pd.DataFrame:
    """What moved per rep, month and order: earned, released, clawback."""
    rows = []
    for part in parts:
        earned, out = np.diff(part.accounts.earned, axis=1), np.diff(part.out, axis=1)
        account, month = np.nonzero((earned != 0) | (out != 0))
        rows.append(
            pd.DataFrame(
                {
                    "rep": part.accounts.rep[account],
                    "month": month,
                    "order": ground.book.orders["order"].to_numpy()[part.accounts.okey[account]],
                    "earned": earned[account, month],
                    "released": np.maximum(out[account, month], 0),
                    "clawback": np.minimum(out[account, month], 0),
                }
            )
        )
    keys = ["rep", "month", "order"]
    found = pd.concat(rows, ignore_index=True).groupby(keys, as_index=False).sum()
    return found.assign(
        rep=texts(ground.roster.names, found["rep"].to_numpy()),
        month=texts(np.array(ground.year.closed, dtype=object), found["month"].to_numpy()),
        order=ground.book.text("order", found["order"].to_numpy()),
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
    okey = whole["okey"].to_numpy()
    return pd.DataFrame(
        {
            "rep": texts(ground.roster.names, whole["rep"].to_numpy()),
            "order": ground.book.text("order", orders["order"].to_numpy()[okey]),
            "customer": ground.book.text("customer", orders["customer"].to_numpy()[okey]),
            "date": day_column(orders["day"].to_numpy()[okey]),
            "amount_due": settlement.due[okey, -1],
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
    okey = rows["okey"].to_numpy()
    return pd.DataFrame(
        {
            "order": ground.book.text("order", orders["order"].to_numpy()[okey]),
            "customer": ground.book.text("customer", orders["customer"].to_numpy()[okey]),
            "date": day_column(rows["day"].to_numpy()),
            "amount": rows["amount"].to_numpy(),
        }
    )
