"""Who holds which customer in the plan year, and what the customers bought in the years before it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.calendar import month_span
from salesplan.rep_allocation.given import Given
from salesplan.rep_allocation.people.roster import FOREVER, LONG_AGO, NOBODY, year_before
from salesplan.rep_allocation.portfolio.purchases import RECENCY, YEARS, Past, last_months, usual_sales, yearly_sales

TEXTS = ("customer_name", "region", "channel")
CONTACT = ("contact", "position", "phone", "address")  # the person known at a customer, where the table has one


def profiles(given: Given, past: Past, recency: Sequence[Decimal] = RECENCY) -> pd.DataFrame:
    """One row per customer who is listed or bought in the last three years, sorted by `customer`.

    `customer_name` (the key where none is known), `region`, `channel`, the person known (`CONTACT`), `given` (the
    grade in the table, NA where blank), `potential` (fen, NaN unknown), `last_year`, `year_before` (int64 fen),
    `usual` and `best` (fen of a usual and of the best year), `last_month` of a purchase. Of several spells the last
    that begins within the plan year counts; region and channel of an unlisted customer are those of his largest sales.
    """
    yearly = yearly_sales(past)
    listed = _listed(given)
    # Lines that name no customer are one account of their own.
    every = listed.index.union(yearly.index[yearly.index != ""]).sort_values()
    sums = yearly.reindex(every, fill_value=0)
    unlisted = given.history[(listed.index.get_indexer(past.customers) < 0)[past.customer]]
    largest = {name: _largest(unlisted, name) for name in ("region", "channel")}
    frame = pd.DataFrame({"customer": every})
    known = listed.reindex(every)
    texts = {
        "customer_name": known["customer_name"].astype("str").fillna(pd.Series(every, index=every, dtype="str")),
        **{name: known[name].astype("str").fillna(pd.Series(largest[name])) for name in ("region", "channel")},
    }
    return frame.assign(
        **{name: found.to_numpy() for name, found in texts.items()},
        **{name: known[name].to_numpy() for name in CONTACT},
        given=known["grade"].to_numpy(),
        potential=known["potential"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan),
        last_year=_year(sums, 1),
        year_before=_year(sums, 2),
        usual=usual_sales(sums, recency).to_numpy(dtype=np.float64),
        best=sums.assign(none=0).max(axis=1).to_numpy(dtype=np.float64),
        last_month=last_months(past).reindex(every).to_numpy(),
    ).astype(dict.fromkeys(("customer", *TEXTS, *CONTACT, "given", "last_month"), "str"))


def _year(sums: pd.DataFrame, back: int) -> Any:
    return sums[back].to_numpy() if back in sums else np.zeros(len(sums), dtype=np.int64)


def _listed(given: Given) -> pd.DataFrame:
    """The table of customers by customer, of each his last spell that begins before the plan year ends."""
    columns = [*TEXTS, *CONTACT, "grade", "potential"]
    if given.customers is None:
        return pd.DataFrame(columns=columns, index=pd.Index([], dtype="str", name="customer"))
    blank = pd.Series(pd.NaT, index=given.customers.index)
    table = given.customers.rename(columns={"name": "customer_name"})
    spells = table.assign(start=pd.to_datetime(given.customers.get("start", blank)).fillna(LONG_AGO))
    begun = spells[spells["start"] <= _days(given)[1]].sort_values(["customer", "start"], kind="stable")
    last = begun.drop_duplicates("customer", keep="last").set_index("customer")
    return last.reindex(columns=columns)


def _largest(history: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """The member of a dimension in which each customer bought most."""
    if name not in history.columns:
        return pd.Series(dtype="str")
    sums = history.groupby(["customer", name], sort=True)["amount"].sum().reset_index()
    best = sums.sort_values(["amount", name], ascending=[False, True], kind="stable").drop_duplicates("customer")
    return best[~best[name].isin(["", UNKNOWN])].set_index("customer")[name]


def _days(given: Given) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the plan year."""
    spans = [month_span(month, given.cutoff) for month in (given.months[0], given.months[-1])]
    return pd.Timestamp(spans[0][0]), pd.Timestamp(spans[1][1])


def holdings(given: Given, reps: Sequence[str], customers: Sequence[str]) -> pd.DataFrame:
    """Who holds which customer when in the plan year: `customer`, `rep`, `start`, `end`, `part`, `months_held`.

    By the spells of the table customers, clipped to the year; `part` is the share of the year's season that lies in
    the days held (two owners of a year share it), `months_held` the same in months. Who is in no table is held by
    those who sold to him in his last year, in proportion to it. Whoever nobody of `reps` holds is with
    `(unassigned)`. Sorted by customer, start, rep.
    """
    first, last = _days(given)
    spells, wanted = _spells(given, first, last), pd.Index(customers)
    owned = wanted[:0] if spells is None or given.customers is None else pd.Index(given.customers["customer"].unique())
    parts = [] if spells is None else [spells]
    parts.append(_sellers(given, wanted.difference(owned)))
    dropped = owned.intersection(wanted).difference(pd.Index(parts[0]["customer"]))
    parts.append(pd.DataFrame({"customer": dropped, "rep": UNASSIGNED, "share": 1.0}))
    found = pd.concat(parts, ignore_index=True).reindex(columns=["customer", "rep", "start", "end", "share"])
    found = found.assign(
        rep=found["rep"].where(found["rep"].isin(set(reps)), UNASSIGNED),
        start=pd.to_datetime(found["start"]).fillna(first),
        end=pd.to_datetime(found["end"]).fillna(last),
    )
    found = found.groupby(["customer", "rep", "start", "end"], sort=True)["share"].sum().reset_index()
    days = days_held(found, given.months, given.cutoff)
    season = given.season.target.astype(np.float64)
    season = season if season.sum() > 0 else np.ones(len(season))
    held = found.assign(part=days @ season / season.sum() * found["share"], months_held=days.sum(axis=1))
    return held.sort_values(["customer", "start", "rep"], ignore_index=True).drop(columns="share")


def days_held(held: pd.DataFrame, months: Sequence[str], cutoff: int | None) -> Any:
    """Share of each month's days (columns) in which a row's customer is held, from its `start` to its `end`."""
    spans = [month_span(month, cutoff) for month in months]
    opens = np.array([(pd.Timestamp(first) - LONG_AGO).days for first, _ in spans])
    closes = np.array([(pd.Timestamp(last) - LONG_AGO).days for _, last in spans])
    starts = (pd.to_datetime(held["start"]) - LONG_AGO).dt.days.to_numpy()[:, None]
    ends = (pd.to_datetime(held["end"]) - LONG_AGO).dt.days.to_numpy()[:, None]
    covered = np.minimum(ends, closes) - np.maximum(starts, opens) + 1
    return np.clip(covered, 0, None) / (closes - opens + 1)


def _spells(given: Given, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame | None:
    """The spells of the plan year, clipped to it; None where the table does not say who holds whom."""
    table = given.customers
    if table is None or "rep" not in table.columns or table["rep"].isna().all():
        return None
    blank = pd.Series(pd.NaT, index=table.index)
    start = pd.to_datetime(table.get("start", blank)).fillna(LONG_AGO)
    end = pd.to_datetime(table.get("end", blank)).fillna(FOREVER)
    within = table.assign(start=start.where(start > first, first), end=end.where(end < last, last), share=1.0)
    within = within[(start <= last) & (end >= first)]
    owner = within["rep"].fillna(UNASSIGNED)
    return within.assign(rep=owner.where(~owner.isin(NOBODY), UNASSIGNED))[["customer", "rep", "start", "end", "share"]]


def _sellers(given: Given, customers: pd.Index) -> pd.DataFrame:
    """Who sold to customers without an owner in the last year in which they bought: customer, rep, share."""
    year = {label: back for back in range(1, YEARS + 1) for label in year_before(given.months, back)}
    sold = given.history[given.history["customer"].isin(customers)] if len(customers) else given.history.head(0)
    sold = sold.assign(year=sold["month"].map(year)).dropna(subset="year")
    sums = sold.groupby(["customer", "year", "rep"], sort=True)["amount"].sum().clip(lower=0).reset_index()
    sums = sums[sums["amount"] > 0]
    latest = sums[sums["year"] == sums.groupby("customer")["year"].transform("min")]
    share = latest["amount"] / latest.groupby("customer")["amount"].transform("sum")
    found = latest.assign(share=share)[["customer", "rep", "share"]]
    nobody = customers.difference(pd.Index(found["customer"]))
    alone = pd.DataFrame({"customer": nobody, "rep": UNASSIGNED, "share": 1.0})
    return pd.concat([found, alone], ignore_index=True)
