"""What the customers bought in the years before the plan's, from one pass over the history."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.apportion import UNKNOWN
from salesplan.mix import OLDEST_WEIGHT
from salesplan.rep_allocation.people.roster import year_before

YEARS = 3  # years before the plan's whose sales count
RECENCY = tuple(Decimal(OLDEST_WEIGHT + place) for place in range(YEARS))
NEVER = 10**6
Whole = NDArray[np.int64]


class Past(NamedTuple):
    """The lines of the history as numbers: hundreds of thousands of customers are read once."""

    customers: "pd.Index[Any]"  # sorted
    months: list[str]  # sorted
    customer: Whole  # place of each line's customer
    month: Whole  # place of each line's month
    back: Whole  # how many years before the plan's each line lies, 1 to 3; 0 outside them
    amount: Whole  # fen


class Newcomers(NamedTuple):
    """What customers brought in the year of their first purchase, over the years that can tell it."""

    first_year: int | None  # mean sales of a new customer in the first year, fen; None where there was none
    share: float  # part of all sales that they were
    won: float  # how many a year


NOBODY_NEW = Newcomers(None, 0.0, 0.0)


def named(history: pd.DataFrame) -> bool:
    """Whether any sale of the history names its customer."""
    if "customer" not in history.columns:
        return False
    return bool(set(history["customer"].unique()) - {"", UNKNOWN})


def past_of(history: pd.DataFrame, months: Sequence[str]) -> Past:
    """The history's lines as numbers; `history` has month, customer and amount (fen), `months` are the plan year's."""
    customer, names = pd.factorize(history["customer"], sort=True)
    month, labels = pd.factorize(history["month"], sort=True)
    years = {label: back for back in range(1, YEARS + 1) for label in year_before(months, back)}
    back = np.array([years.get(str(label), 0) for label in labels], dtype=np.int64)
    places = month.astype(np.int64)
    return Past(
        pd.Index(names, name="customer"),
        [str(label) for label in labels],
        customer.astype(np.int64),
        places,
        back[places] if len(back) else places,
        history["amount"].to_numpy(dtype=np.int64),
    )


def yearly_sales(past: Past) -> pd.DataFrame:
    """Net sales by customer (rows, sorted) and year before the plan's: columns 1 (last year) to 3, int64 fen.

    Only years in which the company sold anything have a column.
    """
    sums = np.zeros((len(past.customers), YEARS + 1), dtype=np.int64)
    np.add.at(sums, (past.customer, past.back), past.amount)
    years = [back for back in range(1, YEARS + 1) if (past.back == back).any()]
    table = pd.DataFrame(sums[:, years], index=past.customers, columns=years)
    seen = np.zeros(len(past.customers), dtype=bool)
    seen[past.customer[past.back > 0]] = True
    return table[seen]


def usual_sales(yearly: pd.DataFrame, recency: Sequence[Decimal] = RECENCY) -> "pd.Series[float]":
    """What a customer buys in a usual year, fen: mean share of the company's sales x last year's total.

    The years since the first purchase count as `recency` says, the oldest first (2 : 3 : 4, as `mix.recency_mix`);
    shares take the company's growth out. Net returns count as nothing.
    """
    years = sorted(map(int, yearly.columns), reverse=True)
    share = yearly[years] / yearly[years].sum().clip(lower=1)
    weights = pd.Series([float(recency[-back]) if back <= len(recency) else 0.0 for back in years], index=years)
    known = np.logical_or.accumulate(yearly[years].to_numpy() != 0, axis=1)
    counted = known * weights.to_numpy()
    mean = (share.to_numpy(dtype=np.float64) * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1.0)
    total = float(yearly[1].sum()) if 1 in yearly else 0.0
    return pd.Series(np.clip(mean * total, 0.0, None), index=yearly.index)


def last_months(past: Past) -> "pd.Series[Any]":
    """The last month in which each customer bought anything, by customer; only those who did."""
    bought = past.amount > 0
    last = np.full(len(past.customers), -1, dtype=np.int64)
    np.maximum.at(last, past.customer[bought], past.month[bought])
    known = last >= 0
    return pd.Series(np.array([*past.months, ""], dtype=object)[last[known]], index=past.customers[known], dtype="str")


def newcomers(past: Past, months: Sequence[str]) -> Newcomers:
    """What customers who first bought in one of the years before the plan's brought in that year.

    The first year of the history says nothing: all its customers would be new.
    """
    told = [back for back in range(1, YEARS + 1) if past.months and year_before(months, back)[0] > past.months[0]]
    bought = past.amount > 0
    began = np.full(len(past.customers), NEVER, dtype=np.int64)
    np.minimum.at(began, past.customer[bought], past.month[bought])
    years = {label: back for back in told for label in year_before(months, back)}
    back = np.array([*(years.get(month, 0) for month in past.months), 0], dtype=np.int64)
    first = back[np.minimum(began, len(past.months))]
    first = np.where(past.customers.isin(["", UNKNOWN]), 0, first)
    fresh = (first[past.customer] == past.back) & (past.back > 0)
    brought = np.bincount(past.customer[fresh], weights=past.amount[fresh], minlength=len(past.customers))
    count, total = int((brought > 0).sum()), int(brought[brought > 0].sum())
    within = int(past.amount[np.isin(past.back, told)].sum())
    if not count:
        return NOBODY_NEW
    return Newcomers(round(total / count), min(total / within, 1.0) if within > 0 else 0.0, count / len(told))
