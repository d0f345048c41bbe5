"""Sales and receivables in other currencies: at the rates of their months, of the budget and of today."""

from collections.abc import Sequence

import pandas as pd

from salesplan.calendar import month_of
from salesplan.money import half_away, to_micro
from salesplan.terms.variance_review import ExchangeRate
from salesplan.variance_review.measures import Figures
from salesplan.variance_review.receivables import Owed

CURRENCIES = [
    "currency", "sold", "sold_budget", "effect_sold", "rate_budget", "rate_now", "open", "open_foreign", "open_budget",
    "open_now", "effect_open",
]  # fmt: skip
NOTHING = pd.DataFrame({"order": pd.Series(dtype="str"), "open": pd.Series(dtype="int64")})
WHOLE = [name for name in CURRENCIES if name not in ("currency", "rate_budget", "rate_now")]


def currency_review(
    figures: Figures,
    sales: pd.DataFrame | None,
    owed: Owed | None,
    rates: Sequence[ExchangeRate],
    *,
    cutoff: int | None = None,
) -> pd.DataFrame:
    """Table `variance_review_currencies`: one row per currency with a rate in which anything was sold.

    `sales`: input table (order, date, currency, amount at the rate of its month, at_budget); `owed`: what customers
    owe, None where nobody knows. `sold` of the closed months, `sold_budget` the same at the budget's rates,
    `effect_sold` the difference; `open` as booked, `open_foreign` in hundredths of the other currency, `open_budget`
    and `open_now` at the budget's and at the last closed month's rate, `effect_open` = open_now - open: what the rate
    has moved since the orders. `rate_budget`, `rate_now`: those of the last closed month. Money in fen, rounded once
    per order month.
    """
    foreign = _foreign(sales, rates, cutoff)
    if foreign.empty or not figures.closed:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name in WHOLE else "object") for name in CURRENCIES})
    items = NOTHING if owed is None else owed.items[["order", "open"]]
    opened = foreign.drop_duplicates("order").merge(items, on="order")
    rows = [_row(figures, str(name), sold, opened, rates) for name, sold in foreign.groupby("currency", sort=True)]
    return pd.DataFrame(rows, columns=CURRENCIES)


def _foreign(sales: pd.DataFrame | None, rates: Sequence[ExchangeRate], cutoff: int | None) -> pd.DataFrame:
    """Order lines in a currency that has a rate, with their month."""
    if sales is None or "at_budget" not in sales:
        return pd.DataFrame()
    upper = sales["currency"].str.upper()
    lines = sales[upper.isin({rate.currency for rate in rates})]
    return lines.assign(currency=upper[lines.index], month=month_of(lines["date"], cutoff))


def _row(
    figures: Figures, currency: str, sold: pd.DataFrame, owed: pd.DataFrame, rates: Sequence[ExchangeRate]
) -> list[object]:
    known = sold[sold["month"].isin(figures.closed)]
    amount, budget = int(known["amount"].sum()), int(known["at_budget"].sum())
    today = _rate(rates, currency, figures.closed[-1])
    opened = owed[owed["currency"] == currency].groupby("month")["open"].sum()
    parts = [_valued(int(fen), _rate(rates, currency, str(month)), today) for month, fen in opened.items()]
    foreign, planned, now = (sum(part[at] for part in parts) for at in range(3))
    whole = int(opened.sum())
    shown = [float(today.budget or today.actual), float(today.actual)]
    return [currency, amount, budget, amount - budget, *shown, whole, foreign, planned, now, now - whole]


def _valued(fen: int, then: ExchangeRate, today: ExchangeRate) -> tuple[int, int, int]:
    """What is open of a month's orders: in the other currency, at the budget's rate of then, and at today's."""
    actual = to_micro(then.actual)
    planned = to_micro(then.budget or then.actual)
    foreign = half_away(fen * 1_000_000, actual)
    return foreign, half_away(fen * planned, actual), half_away(fen * to_micro(today.actual), actual)


def _rate(rates: Sequence[ExchangeRate], currency: str, month: str) -> ExchangeRate:
    """The rate of a month, else the currency's rate of every month, else its last one before."""
    own = [rate for rate in rates if rate.currency == currency]
    exact = [rate for rate in own if rate.month == month] or [rate for rate in own if rate.month is None]
    earlier = sorted((rate for rate in own if rate.month and rate.month < month), key=lambda rate: str(rate.month))
    return (exact or earlier[-1:] or own)[0]
