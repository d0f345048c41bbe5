"""Receivables of a day: open, overdue by age, prepaid, collection rate and turnover, by customer, rep and region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.money import Integers, half_away
from salesplan.settling import Real
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import Receivables
from salesplan.variance_review.open_items import OpenItems, open_items
from salesplan.variance_review.receipts import collection_rate

AGES = ("not_due", "overdue_1", "overdue_2", "overdue_3", "overdue_4")
YEAR = 365  # days whose sales the turnover is measured by
SUMS = ["sold", "received", "written_off", "prepaid", "open", "overdue", *AGES, "sold_year", "received_year", "sold_12"]
COLUMNS = ["customer", "name", "rep", "region", *SUMS, "oldest_days", "collection_rate", "turnover_days"]


@dataclass(frozen=True)
class Account:
    """The tables receivables are made from: the ledger's `orders` and `facts`, input tables (None where absent)."""

    orders: pd.DataFrame
    facts: pd.DataFrame
    collections: pd.DataFrame | None = None
    customers: pd.DataFrame | None = None
    products: pd.DataFrame | None = None


class Owed(NamedTuple):
    """What customers owe on a day.

    `table`: variance_review_receivables; `items`: orders with anything asked: order, customer, date, due_date,
    asked, open (fen), days (overdue; 0 or less: not due), age (place in `AGES`); `settled`: see `OpenItems`; `today`.
    """

    table: pd.DataFrame
    items: pd.DataFrame
    settled: OpenItems
    today: pd.Timestamp


def receivables(account: Account, terms: Receivables, *, tax: Tax, as_of: date, year: date) -> Owed:
    """What every customer owes on `as_of`; money with or without tax as payments are.

    An order is due `terms.terms` days (the customer's own `terms` where given) after its invoice, else its order date.
    Table, one row per customer with an order or a payment, the most overdue first: customer, name, rep and region
    (of his present owner; without a customer table of his latest sales), sold (net of returns), received, written_off,
    prepaid, open, overdue, not_due and overdue_1 to _4 (by the days of `terms.ages`; they sum to open), sold_year and
    received_year (since `year`), sold_12 (of the last 365 days; both less the returns of those days), oldest_days (of
    what is overdue), collection_rate = received_year / sold_year, turnover_days = open x days / sold_12. In every row
    sold - received - written_off = open - prepaid.
    """
    today = pd.Timestamp(as_of)
    settled = open_items(account.orders, account.collections, account.products, as_of=today, tax=tax)
    facing = faces(account, today)
    items = _items(settled.orders, facing, terms, today)
    sums = _sums(settled, items, (today, pd.Timestamp(year)))
    oldest = items[items["overdue"] > 0].groupby("customer")["days"].max()
    told = sums.reset_index().assign(oldest_days=oldest.reindex(sums.index).to_numpy())
    told = told.astype({"oldest_days": "Int64"})
    named = told.join(facing[["name", "rep", "region"]], on="customer")
    blank = {"name": "", "rep": UNASSIGNED, "region": ""}
    days = known_days(settled.orders, today)
    rated = with_rates(named.fillna(blank), days).sort_values(
        ["overdue", "open", "customer"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    table = rated.assign(customer=rated["customer"].replace("", UNKNOWN))
    return Owed(table[COLUMNS], items, settled, today)


def known_days(orders: pd.DataFrame, today: pd.Timestamp) -> int:
    """Days whose sales are known up to a day, at most a year's."""
    return min(YEAR, int((today - orders["date"].min()).days) + 1) if len(orders) else YEAR


def faces(account: Account, today: pd.Timestamp) -> pd.DataFrame:
    """Who each customer is on a day: name, rep, region, terms (days, NA where none of his own), by customer."""
    sold = account.facts.groupby(["customer", "month", "rep", "region"], sort=True)["amount"].sum().reset_index()
    last = sold.sort_values(["customer", "month", "amount", "rep", "region"], kind="stable").drop_duplicates(
        "customer", keep="last"
    )
    own = last.set_index("customer")[["rep", "region"]]
    if account.customers is None:
        return own.assign(name="", terms=pd.array([None] * len(own), dtype="Int64"))
    given = account.customers.assign(
        now=(account.customers["start"].isna() | (account.customers["start"] <= today))
        & (account.customers["end"].isna() | (account.customers["end"] >= today))
    )
    order = [name for name in ("customer", "now", "start", "rep", "region") if name in given]
    spell = given.sort_values(order, kind="stable").drop_duplicates("customer", keep="last").set_index("customer")
    every = pd.Index(sorted({*own.index, *spell.index}), name="customer")
    columns = {name: spell[name].reindex(every).fillna(own[name].reindex(every)) for name in ("rep", "region")}
    days = spell["terms"].astype("Int64") if "terms" in spell else pd.Series(dtype="Int64")
    return pd.DataFrame({**columns, "name": spell["name"].reindex(every).fillna(""), "terms": days.reindex(every)})


def _items(orders: pd.DataFrame, facing: pd.DataFrame, terms: Receivables, today: pd.Timestamp) -> pd.DataFrame:
    """Orders with their due dates and what of them is overdue."""
    credit = orders["customer"].map(facing["terms"]).astype("Int64").fillna(terms.terms).astype("int64")
    due_date = orders["invoice_date"].fillna(orders["date"]) + pd.to_timedelta(credit, unit="D")
    days = (today - due_date).dt.days.to_numpy(dtype=np.int64)
    age = np.searchsorted([0, *terms.ages], days, side="left")
    keyed = orders[["order", "customer", "date", "open"]].assign(
        asked=np.maximum(orders["due"].to_numpy(dtype=np.int64), 0), due_date=due_date, days=days, age=age
    )
    return keyed.assign(overdue=keyed["open"].where(age > 0, 0))


def _sums(settled: OpenItems, items: pd.DataFrame, days: tuple[pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    """Sums by customer; `days`: the review's and the year's first."""
    today, begin = days
    orders, money = settled.orders, settled.money
    cash, lost = money[~money["lost"]], money[money["lost"]]
    lines = settled.lines
    named = pd.concat([frame["customer"].drop_duplicates() for frame in (orders, lines, money)]).astype("str")
    keys = pd.Index(named.drop_duplicates().sort_values(), name="customer", dtype="str")
    by_age = {name: _by(items[items["age"] == place], "open", keys) for place, name in enumerate(AGES)}
    found = pd.DataFrame(
        {
            "sold": _by(orders, "due", keys),
            "received": _by(cash, "amount", keys),
            "written_off": _by(lost, "amount", keys),
            "open": _by(orders, "open", keys),
            "overdue": _by(items, "overdue", keys),
            **by_age,
            "sold_year": _by(lines[lines["date"] >= begin], "amount", keys),
            "received_year": _by(cash[cash["date"] >= begin], "amount", keys),
            "sold_12": _by(lines[lines["date"] > today - pd.Timedelta(days=YEAR)], "amount", keys),
        },
        index=keys,
    )
    return found.assign(prepaid=found["open"] - found["sold"] + found["received"] + found["written_off"])


def _by(frame: pd.DataFrame, column: str, keys: "pd.Index[Any]") -> "pd.Series[int]":
    return frame.groupby("customer")[column].sum().reindex(keys, fill_value=0).astype("int64")


def with_rates(sums: pd.DataFrame, days: int) -> pd.DataFrame:
    """Sums with collection_rate and turnover_days (whole days; NA where nothing was sold)."""
    recent = sums["sold_12"].to_numpy(dtype=np.int64)
    turns = half_away(sums["open"].to_numpy(dtype=np.int64) * days, np.where(recent > 0, recent, 1))
    return sums.assign(
        collection_rate=collection_rate(sums["received_year"], sums["sold_year"]),
        turnover_days=pd.array(np.where(recent > 0, turns, 0), dtype="Int64").copy(),
    ).assign(turnover_days=lambda d: d["turnover_days"].mask(recent <= 0))


def grouped(owed: Owed, keys: Sequence[str]) -> pd.DataFrame:
    """The table summed by `rep` or `region`, with their rates; an empty list of keys gives the one row of all."""
    sums = owed.table.groupby(list(keys), sort=True)[SUMS].sum() if keys else owed.table[SUMS].sum().to_frame().T
    oldest = owed.table.groupby(list(keys), sort=True)["oldest_days"].max() if keys else None
    frame = sums.astype("int64").assign(oldest_days=owed.table["oldest_days"].max() if oldest is None else oldest)
    rated = with_rates(frame, known_days(owed.settled.orders, owed.today))
    return rated.sort_values(["overdue", "open"], ascending=False, kind="stable").reset_index(drop=not keys)


def by_age(owed: Owed, ages: Sequence[int]) -> pd.DataFrame:
    """What is open by days overdue: age (`not_due`, `1-30`, ..., `90+`), amount, share, orders, customers."""
    items = owed.items[owed.items["open"] > 0]
    names = ["not_due", *(f"{low + 1}-{high}" for low, high in zip((0, *ages), ages, strict=False)), f"{ages[-1]}+"]
    groups = items.groupby("age")
    frame = pd.DataFrame(
        {"amount": groups["open"].sum(), "orders": groups["order"].nunique(), "customers": groups["customer"].nunique()}
    ).reindex(range(len(names)), fill_value=0)
    total: Integers | Real = frame["amount"].to_numpy(dtype=np.int64)
    share = total / total.sum() if total.sum() else np.zeros(len(names))
    return frame.assign(age=names, share=share)[["age", "amount", "share", "orders", "customers"]].reset_index(
        drop=True
    )
