"""What customers still owe by rep, and when money comes in: the days to pay of the past, applied to what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import apportion_groups
from salesplan.money import half_away
from salesplan.rep_allocation.activity.shrinking import Real
from salesplan.rep_allocation.people.roster import FOREVER, LONG_AGO
from salesplan.settling import counted, oldest_first, tax_factor
from salesplan.terms.plan import Tax

DAYS = 365  # after which nothing more is expected
SETTLED, YEARS = (
    180,
    2,
)  # an order counts for the pattern when it is at least so many days old, and at most two years more
OWN_ORDERS = 30.0  # orders that everybody's pattern weighs as much as, beside a rep's own
COLUMNS = ("order", "rep", "customer", "date", "due", "open")


@dataclass(frozen=True)
class Cash:
    """Orders with what is open on them on a day, and the pattern of payment by rep.

    `open_items`: order, rep, customer, date, due, open (fen of collections' money, by credited rep); `pattern`: reps x
    days since the order, the share of what was due that had been paid by then; `reps` its rows; `median`: days by rep.
    """

    open_items: pd.DataFrame
    pattern: Real
    reps: pd.Index
    today: pd.Timestamp

    @property
    def median_days(self) -> "pd.Series[Any]":
        """Days after which half of what comes in has come in, by rep."""
        half = self.pattern[:, -1:] / 2
        return pd.Series(np.where(half[:, 0] > 0, (self.pattern < half).sum(axis=1), -1), index=self.reps)


def settle(
    deals: pd.DataFrame, collections: pd.DataFrame, today: pd.Timestamp, tax: Tax
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders up to a day with what is paid on them, and the payments by order.

    A payment that names an order settles it; what is over, and payments without one, settle the customer's oldest
    orders first. So do at last his credits (returns and rebates that are orders of their own), less what was paid out
    on them, and bad debts; they are no payment. What credits exceed counts for nobody else. Money counts as in the
    review: a bill of exchange on the day it is cleared, a refund takes back.
    Returns orders (order, customer, date, due, open) and payments (order, days since the order, amount).
    """
    orders, credits = _orders(deals, today, tax)
    paid = _money(collections, today)
    number = pd.Index(orders["order"]).get_indexer(paid["order"])
    named = paid.assign(number=number)[number >= 0]
    sums = np.bincount(named["number"], weights=named["amount"], minlength=len(orders)).astype(np.int64)
    by_name = np.minimum(np.maximum(sums, 0), orders["due"].to_numpy())
    left = orders["due"].to_numpy() - by_name
    over = pd.DataFrame(
        {"customer": orders["customer"], "date": orders["date"], "amount": np.maximum(sums, 0) - by_name}
    )
    pool = pd.concat(
        [paid.loc[(number < 0) & ~paid["lost"], ["customer", "date", "amount"]], over[over["amount"] > 0]],
        ignore_index=True,
    )
    rest, when = oldest_first(orders, left, pool.assign(amount=pool["amount"].clip(lower=0)))
    named = named[~named["lost"]]
    days = (named["date"].to_numpy() - orders["date"].to_numpy()[named["number"]]) / np.timedelta64(1, "D")
    first = pd.DataFrame({"number": named["number"].to_numpy(), "days": days, "amount": named["amount"].to_numpy()})
    second = pd.DataFrame({"number": orders.index, "days": when, "amount": left - rest}).dropna()
    both = pd.concat([first, second[second["amount"] > 0]], ignore_index=True)
    paid_out = paid.groupby("order")["amount"].sum().clip(upper=0).reindex(credits["order"]).fillna(0)
    left_over = credits.assign(amount=credits["due"] + paid_out.to_numpy(dtype=np.int64))
    lost = paid.loc[(number < 0) & paid["lost"], ["customer", "date", "amount"]]
    beside = pd.concat([left_over[["customer", "date", "amount"]], lost], ignore_index=True)
    still, _ = oldest_first(orders, rest, beside.assign(amount=beside["amount"].clip(lower=0)))
    return orders.assign(open=still), both.assign(days=both["days"].clip(lower=0).astype("int64"))


def _money(collections: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Money by the day it counts, up to a day: order, customer, date, amount, lost (bad debt)."""
    given = collections.reset_index(drop=True)
    rows = given.reindex(columns=["order", "customer"]).join(counted(given))
    return rows[rows["date"] <= today].sort_values(["date", "customer", "order", "amount"], kind="stable")


def _orders(deals: pd.DataFrame, today: pd.Timestamp, tax: Tax) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders to be paid, and credits: order, customer, date, due, all positive and in the money of collections."""
    known = deals[(pd.to_datetime(deals["date"]) <= today)]
    sums = known.groupby(["order", "customer"], sort=True).agg(date=("date", "min"), amount=("amount", "sum"))
    every = sums[sums["amount"] != 0].reset_index()
    above, below = tax_factor(tax)
    fen = np.abs(every["amount"].to_numpy(dtype=np.int64))
    due = half_away(fen * above, below) if len(every) else np.zeros(0, np.int64)
    dated = every.assign(due=due, date=pd.to_datetime(every["date"]))
    orders = dated[dated["amount"] > 0].drop_duplicates("order", keep="first", ignore_index=True)
    return orders, dated[dated["amount"] < 0].reset_index(drop=True)


def cash(
    deals: pd.DataFrame,
    collections: pd.DataFrame,
    customers: pd.DataFrame | None,
    reps: Sequence[str],
    *,
    today: pd.Timestamp,
    tax: Tax,
) -> Cash:
    """What is open on a day by rep, and how fast his customers pay.

    `deals`: the ledger's (order, rep, customer, date, month, amount fen); `collections`: date, amount (fen), order,
    customer; `customers` by spell: an order of a rep who is not in `reps` is his customer's present owner's. A rep's
    pattern is that of his own orders of the two years that are at least 180 days old, drawn to everybody's as far as he
    has few.
    """
    orders, payments = settle(deals, collections, today, tax)
    known, owners = pd.Index(sorted(reps)), _owners(customers, today)
    number = pd.Index(orders["order"]).get_indexer(deals["order"])
    counts = (number >= 0) & (deals["amount"] > 0).to_numpy()
    shares, number = deals[counts], number[counts]
    gone = known.get_indexer(shares["rep"]) < 0
    rep = shares["rep"].where(~gone, shares["customer"].map(owners))
    weights, labels = shares["amount"].to_numpy(dtype=np.float64), shares["rep"].astype(str).tolist()
    parts = {
        name: apportion_groups(orders[name].to_numpy(dtype=np.int64), weights, number, labels=labels)
        for name in ("due", "open")
    }
    items = shares[["order", "customer"]].assign(
        rep=rep, date=orders["date"].to_numpy()[number], number=number, **parts
    )
    place = known.get_indexer(items["rep"])
    ours = items.assign(place=place)[place >= 0].reset_index(drop=True)
    still = ours[ours["open"] > 0].reset_index(drop=True)[list(COLUMNS)]
    return Cash(still, _pattern(ours, orders, payments, len(known), today), known, today)


def _owners(customers: pd.DataFrame | None, today: pd.Timestamp) -> "pd.Series[Any]":
    if customers is None:
        return pd.Series(dtype="str")
    begins = pd.to_datetime(customers["start"]).fillna(LONG_AGO)
    ends = pd.to_datetime(customers["end"]).fillna(FOREVER)
    now = customers[(begins <= today) & (ends >= today)].dropna(subset=["rep"])
    return now.drop_duplicates("customer").set_index("customer")["rep"]


def _pattern(items: pd.DataFrame, orders: pd.DataFrame, payments: pd.DataFrame, reps: int, today: pd.Timestamp) -> Real:
    """Share of what was due that had come in by each day since the order, reps x days."""
    age = (today - orders["date"]).dt.days.to_numpy()
    counts = (age >= SETTLED) & (age < SETTLED + 365 * YEARS)
    old = items[counts[items["number"].to_numpy(dtype=np.int64)]]
    due_of = orders["due"].to_numpy(dtype=np.float64)[old["number"].to_numpy(dtype=np.int64)]
    of_order = old[["number", "place"]].assign(share=old["due"].to_numpy(dtype=np.float64) / due_of)
    paid = payments.merge(of_order, on="number")
    grid = np.zeros((reps, DAYS + 1))
    fen = paid["amount"].to_numpy(dtype=np.float64) * paid["share"].to_numpy()
    np.add.at(grid, (paid["place"].to_numpy(), np.minimum(paid["days"].to_numpy(), DAYS)), fen)
    due = np.bincount(old["place"], weights=old["due"], minlength=reps).astype(np.float64)
    count = np.bincount(old["place"], minlength=reps).astype(np.float64)
    whole = _shares(grid.sum(axis=0)[None], np.array([due.sum()]))
    own = _shares(grid, due)
    weight = (count / (count + OWN_ORDERS))[:, None]
    return np.asarray(weight * own + (1 - weight) * whole, dtype=np.float64)


def _shares(grid: Real, due: Real) -> Real:
    reached = np.cumsum(grid, axis=1)
    return np.clip(np.divide(reached, due[:, None], out=np.zeros_like(reached), where=due[:, None] > 0), 0.0, 1.0)


def incoming(cash: Cash, targets: Real, days: Sequence[pd.Timestamp]) -> tuple[Real, Real]:
    """What comes in on each of the days, reps x days (fen, real): from what is open, and from sales still to come.

    `targets`: what each rep is to sell on each of the days (money of collections, fen). What is open comes in by the
    pattern given that it has not yet; what the pattern never saw paid stays out.
    """
    items, places = cash.open_items, cash.reps.get_indexer(pd.Index(cash.open_items["rep"]))
    open_now = np.zeros((len(cash.reps), len(days)))
    age = (cash.today - items["date"]).dt.days.to_numpy()
    fen = items["open"].to_numpy(dtype=np.float64)
    now = cash.pattern[places, np.minimum(age, DAYS)]
    before = now
    for place, day in enumerate(days):
        reached = cash.pattern[places, np.minimum(age + (day - cash.today).days, DAYS)]
        part = np.divide(reached - before, 1 - now, out=np.zeros(len(now)), where=now < 1)
        np.add.at(open_now[:, place], places, fen * part)
        before = reached
    return open_now, _from_sales(cash, targets)


def _from_sales(cash: Cash, targets: Real) -> Real:
    """Sales of each day come in by the pattern: their own day's share, then the next one's, ..."""
    steps = np.diff(cash.pattern, axis=1, prepend=0.0)
    found = np.zeros_like(targets)
    for place in range(targets.shape[1]):
        since = steps[:, : place + 1][:, ::-1]
        found[:, place] = (targets[:, : place + 1] * since).sum(axis=1)
    return found
