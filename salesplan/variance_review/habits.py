"""How often customers buy: the usual interval, the purchase expected next, and who has gone quiet."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.terms.evaluation import Quiet

LEAST_GAPS = 3  # fewer gaps between purchases are no habit
HABIT_DAYS = 730  # gaps that ended longer ago say nothing of today
HABIT_COLUMNS = ["last_purchase", "interval", "expected_next", "silent_days", "quiet"]


def purchase_days(orders: "pd.DataFrame | None", day: date) -> pd.DataFrame:
    """Days on which each customer bought, up to a day: `customer`, `date`, sorted, each once.

    `orders`: every order of all years (`customer`, `kind`, `date`, `amount` in fen); returns and gifts are no purchase.
    """
    if orders is None or orders.empty or "customer" not in orders:
        return pd.DataFrame({"customer": pd.Series(dtype="str"), "date": pd.Series(dtype="datetime64[s]")})
    dates = pd.to_datetime(orders["date"])
    bought = (orders["kind"] == "sale") & (orders["amount"] > 0) & (dates <= pd.Timestamp(day))
    known = bought & orders["customer"].notna() & ~orders["customer"].isin(["", UNKNOWN])
    days = pd.DataFrame({"customer": orders["customer"], "date": dates})[known].drop_duplicates()
    return days.sort_values(["customer", "date"], ignore_index=True)


def habits(orders: "pd.DataFrame | None", day: date, rules: Quiet) -> pd.DataFrame:
    """Buying habit by customer (index): last_purchase, interval, expected_next, silent_days, quiet.

    `interval` is the median of the days between purchases of the last two years (NaN with fewer than three such gaps),
    `expected_next` the last purchase and one interval, rounded up to whole days; `silent_days` since the last purchase.
    `quiet`: silent for more than `rules.times` intervals and at least `rules.days`.

    Example: bought every 10 days until 60 days ago; with 3 times and 30 days he has gone quiet.
    """
    days = purchase_days(orders, day)
    gaps = days.groupby("customer")["date"].diff().dt.days.to_numpy(dtype="float64")
    recent = days["date"] > pd.Timestamp(day - timedelta(days=HABIT_DAYS))
    usual = (
        days.assign(gap=gaps)[recent & ~np.isnan(gaps)].groupby("customer", sort=True)["gap"].agg(["median", "size"])
    )
    last = days.groupby("customer", sort=True)["date"].max()
    interval = usual["median"].where(usual["size"] >= LEAST_GAPS).reindex(last.index).astype("float64")
    silent = (pd.Timestamp(day) - last).dt.days.astype("int64")
    return pd.DataFrame(
        {
            "last_purchase": last,
            "interval": interval,
            "expected_next": last + _days(interval),
            "silent_days": silent,
            "quiet": (silent > float(rules.times) * interval) & (silent >= rules.days),
        },
        index=last.index,
    )


def _days(interval: "pd.Series[Any]") -> "pd.Series[Any]":
    """Intervals as whole days, rounded up; NaT where unknown."""
    whole: pd.Series[Any] = pd.to_timedelta(np.ceil(interval), unit="D").astype("timedelta64[s]")
    return whole
