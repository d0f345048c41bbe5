"""Cash by month: what fell due and came in, and what is expected to come in by how late customers have paid."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from salesplan.calendar import month_of, month_span
from salesplan.money import half_away
from salesplan.settling import Real, tax_factor
from salesplan.terms.plan import Tax
from salesplan.variance_review.receipts import by_month, collection_rate
from salesplan.variance_review.receivables import Owed

SIDE = 365  # days before and after the due date that payments are looked at
RIPE, YEARS = 180, 2  # orders due so many days ago, and at most so many years before, tell how late customers pay
COLUMNS = [
    "month", "sold", "due", "settled", "received", "collection_rate", "expected_open", "expected_sales", "expected",
]  # fmt: skip


class Months(NamedTuple):
    """The fiscal months, those of them reviewed, the day of the month on which they end (None: the last)."""

    months: list[str]
    closed: list[str]
    cutoff: int | None = None


class Cash(NamedTuple):
    """`table`: variance_review_cash; `doubtful`: open amounts (fen) that the past never saw paid so late."""

    table: pd.DataFrame
    doubtful: int


def punctuality(owed: Owed) -> Real:
    """Share of what was due that had been paid by each day from 365 before to 365 after the due date.

    Taken from orders that were due at least 180 days ago, and at most two years more; where there is none, all is
    paid on the day it is due.
    """
    age = owed.items["days"].to_numpy()
    ripe = (age >= RIPE) & (age < RIPE + YEARS * 365) & (owed.items["asked"] > 0).to_numpy()
    asked = int(owed.items.loc[ripe, "asked"].sum())
    if not asked:
        return np.repeat([0.0, 1.0], [SIDE, SIDE + 1])
    paid = owed.settled.delays
    number = paid["number"].to_numpy(dtype=np.int64)
    late = (paid["date"].to_numpy() - owed.items["due_date"].to_numpy()[number]) / np.timedelta64(1, "D")
    place = np.clip(late, -SIDE, SIDE).astype(np.int64) + SIDE
    fen = np.where(ripe[number], paid["amount"], 0)
    return np.clip(np.cumsum(np.bincount(place, weights=fen, minlength=2 * SIDE + 1)) / asked, 0.0, 1.0)


def cash_months(
    owed: Owed,
    plan: "pd.Series[int]",
    year: Months,
    *,
    terms: int,
    tax: Tax,
    before: pd.DataFrame | None = None,
) -> Cash:
    """Table `variance_review_cash`, one row per fiscal month, fen in the money of payments.

    `plan`: what each month to come is to sell (fen, by month); `terms`: days until it is due; `before`: this table of
    the review before. Columns: month; sold (orders of the month, net of what was returned since), received and
    collection_rate = received / sold of closed months; due (what falls due in the month), settled (what of it is paid);
    expected_open: what of open orders comes in, by the past's delays given that it has not come yet; expected_sales:
    the same of sales to come, spread evenly over each month's days; expected: both, and of closed months what
    the review before had expected.
    """
    closed = pd.Index(year.closed)
    curve, ends = punctuality(owed), [_days_to(month_span(month, year.cutoff)[1], owed) for month in year.months]
    coming, doubtful = _from_open(owed, curve, ends)
    later = _from_sales(curve, ends, (plan, year, terms, tax))
    ahead = ~pd.Index(year.months).isin(closed)
    parts = {"expected_open": _fen(coming, ahead), "expected_sales": _fen(later, ahead)}
    table = pd.DataFrame({"month": pd.Series(list(year.months), dtype="str"), **_known(owed, year, ahead), **parts})
    both = (table["expected_open"] + table["expected_sales"]).to_numpy()
    told = pd.Series(pd.array(both, dtype="Int64"))
    if before is not None:
        earlier = before.set_index("month")["expected"].astype("Int64").reindex(year.months).array
        told = told.where(ahead, pd.Series(earlier))
    rate = collection_rate(table["received"], table["sold"])
    return Cash(table.assign(expected=told, collection_rate=rate)[COLUMNS], doubtful)


def _days_to(day: Any, owed: Owed) -> int:
    return int((pd.Timestamp(day) - owed.today).days)


def _fen(values: Real, ahead: "np.ndarray[Any, np.dtype[np.bool_]]") -> Any:
    """Forecasts as whole fen; NA in months that are over."""
    whole = pd.array(np.floor(np.where(ahead, values, 0.0) + 0.5).astype("int64"), dtype="Int64")
    return pd.Series(whole).where(ahead)


def _known(owed: Owed, year: Months, ahead: "np.ndarray[Any, np.dtype[np.bool_]]") -> dict[str, Any]:
    """What orders and payments tell of each month; NA for sales and payments of months to come."""
    lines, items, money = owed.settled.lines, owed.items, owed.settled.money
    cash = money[~money["lost"]]
    falls = month_of(items["due_date"], year.cutoff)
    asked, still = items["asked"].groupby(falls).sum(), items["open"].groupby(falls).sum()
    due = asked.reindex(year.months, fill_value=0).astype("Int64").reset_index(drop=True)
    left = still.reindex(year.months, fill_value=0).astype("Int64").reset_index(drop=True)
    past = {"sold": by_month(lines, year.cutoff), "received": by_month(cash, year.cutoff)}
    told = {
        name: found.reindex(year.months, fill_value=0).astype("Int64").reset_index(drop=True).where(~ahead)
        for name, found in past.items()
    }
    return {"sold": told["sold"], "due": due, "settled": due - left, "received": told["received"]}


def _from_open(owed: Owed, curve: Real, ends: Sequence[int]) -> tuple[Real, int]:
    """What of open orders comes in between one month end and the next; and what the past never saw paid."""
    open_now = np.bincount(
        np.clip(owed.items["days"].to_numpy(), -SIDE, SIDE) + SIDE, weights=owed.items["open"], minlength=len(curve)
    )
    age = np.arange(len(curve))
    final = curve[-1]
    room = np.maximum(final - curve, 0.0) / np.maximum(1 - curve, 1e-9)  # of what is still open, what comes at all
    reached = np.zeros(len(curve))
    found = np.zeros(len(ends))
    for place, end in enumerate(ends):
        if end <= 0:
            continue
        now = curve[np.minimum(age + end, len(curve) - 1)]
        share = np.divide(now - curve, 1 - curve, out=np.zeros(len(curve)), where=curve < 1)
        found[place] = float((open_now * (share - reached)).sum())
        reached = share
    return found, round(float((open_now * (1 - room)).sum()))


def _from_sales(curve: Real, ends: Sequence[int], given: tuple["pd.Series[int]", Months, int, Tax]) -> Real:
    """What of the sales to come comes in by each month end, less what came by the one before."""
    plan, year, terms, tax = given
    above, below = tax_factor(tax)
    last = max([*ends, 1])
    sales = np.zeros(last)
    begin = 0
    for month, end in zip(year.months, ends, strict=True):
        if end > begin:
            fen = half_away(int(plan.get(month, 0)) * above, below)
            sales[begin:end] = fen / (end - begin)
            begin = end
    paid_by = curve[np.clip(np.arange(last) - terms + SIDE, 0, len(curve) - 1)]  # by so many days after the sale
    steps = np.diff(paid_by, prepend=0.0)
    reached = np.cumsum(np.convolve(sales, steps)[:last])
    at = np.array([reached[end - 1] if end > 0 else 0.0 for end in ends])
    return np.diff(at, prepend=0.0)
