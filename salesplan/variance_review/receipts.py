"""What was sold and what was received, in the money of payments: the one ground of every collection rate."""

import numpy as np
import pandas as pd

from salesplan.calendar import month_of
from salesplan.money import MICRO, Integers, half_away
from salesplan.settling import product_rates
from salesplan.terms.plan import Tax


def line_dues(lines: pd.DataFrame, products: pd.DataFrame | None, tax: Tax) -> Integers:
    """What each order line is due in the money of payments, fen; returns below zero. Rounded once per line."""
    amounts = lines["amount"].to_numpy(dtype=np.int64)
    return dues(amounts, product_rates(lines["product"], products, tax), np.arange(len(lines)), tax)


def dues(amounts: Integers, rates: Integers, number: Integers, tax: Tax) -> Integers:
    """What each order is due in the money of payments, rounded once per order (and rate, where tax is taken out).

    `amounts` (fen), `rates` (millionths) and `number` (which order) by line.
    """
    count = int(number.max(initial=-1)) + 1
    if tax.sales == tax.collections:
        return sums(number, amounts, count)
    if tax.sales == "excluded":
        return half_away(sums(number, amounts * (MICRO + rates), count), MICRO) if count else amounts
    total = np.zeros(count, dtype=np.int64)
    for rate in np.unique(rates):
        total += half_away(sums(number, np.where(rates == rate, amounts, 0), count) * MICRO, MICRO + int(rate))
    return total


def sums(number: Integers, amounts: Integers, count: int) -> Integers:
    """Exact sums by number."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, number, amounts)
    return found


def by_month(dated: pd.DataFrame, cutoff: int | None) -> "pd.Series[int]":
    """Sums of `amount` (fen) by the month of `date`."""
    return dated["amount"].groupby(month_of(dated["date"], cutoff)).sum()


def collection_rate(received: "pd.Series[int]", sold: "pd.Series[int]") -> "pd.Series[float]":
    """Received / sold, both in the money of payments; NaN where nothing was sold."""
    return received.astype("float64") / sold.astype("float64").where(sold > 0)
