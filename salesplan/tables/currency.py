"""Sales in other currencies: brought to the plan's at the rates of their months, or refused."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan.money import times_rate, to_micro
from salesplan.tables.arrays import Numbers, is_among, is_known, texts, to_arrow, to_numpy
from salesplan.tables.results import Findings
from salesplan.terms import PlanTerms
from salesplan.terms.variance_review import ExchangeRate

if TYPE_CHECKING:
    from salesplan.tables.checking import Read

Rates = Sequence[ExchangeRate]
AT_BUDGET = "at_budget"
HOME = ("RMB", "人民币", "¥")  # what people also write for CNY


def check_currency(read: "Read", terms: PlanTerms, rates: Rates, findings: Findings) -> None:
    """A currency other than the plan's needs a rate; a month without one is told with its first row."""
    known = {rate.currency for rate in rates}
    for currency, number, rows in _foreign(read.table, terms):
        if currency not in known:
            read.report(findings, "currency_other", rows, "currency", currency=terms.currency)
        elif _rate(rates, currency, number) is None:
            values = {"currency": currency, "month": _label(number), "count": len(rows)}
            read.report(findings, "currency_rate_missing", rows[:1], "currency", **values)


def converted(table: pa.Table, terms: PlanTerms, rates: Rates) -> pa.Table:
    """Order lines in the plan's currency: each amount x the actual rate of its month, rounded once.

    Where a line is in another currency, a column `at_budget` holds every line's amount at the budget rate (fen); cost
    is in the plan's currency as it is. Lines without a rate stay as they are: they are refused.
    """
    amount = to_numpy(table["amount"].combine_chunks())
    actual, budget, found = amount.copy(), amount.copy(), False
    for currency, number, rows in _foreign(table, terms):
        rate = _rate(rates, currency, number)
        if rate is not None:
            found = True
            actual[rows] = times_rate(amount[rows], to_micro(rate.actual))
            budget[rows] = times_rate(amount[rows], to_micro(rate.budget or rate.actual))
    if not found:
        return table
    place = table.column_names.index("amount")
    whole = table.set_column(place, "amount", to_arrow(actual, pa.int64()))
    return whole.append_column(AT_BUDGET, to_arrow(budget, pa.int64()))


def _foreign(table: pa.Table, terms: PlanTerms) -> Iterator[tuple[str, int, Numbers]]:
    """Currency, month (its number) and rows of the lines in other currencies, sorted by both."""
    found = pc.utf8_upper(table["currency"].combine_chunks())
    known = texts([terms.currency, *(HOME if terms.currency == "CNY" else ())])
    rows = np.flatnonzero(is_known(found) & ~is_among(found, known))
    if not len(rows):
        return
    place = to_arrow(rows, pa.int64())
    names, months = found.take(place), _months(table["date"].combine_chunks().take(place), terms)
    keys = pc.binary_join_element_wise(names, months.cast(pa.string()), " ")
    for key in sorted(keys.unique().to_pylist()):
        currency, number = key.rsplit(" ", 1)
        yield currency, int(number), rows[is_among(keys, texts([key]))]


def _months(days: pa.Array, terms: PlanTerms) -> pa.Array:
    """The number of the month each day belongs to: year x 12 + month - 1; an unknown day is in none."""
    number = pc.add(pc.multiply(pc.year(days), 12), pc.subtract(pc.month(days), 1))
    if terms.month_cutoff is not None:
        number = pc.add(number, pc.greater(pc.day(days), terms.month_cutoff).cast(pa.int64()))
    return pc.fill_null(number, -1)


def _label(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


def _rate(rates: Rates, currency: str, number: int) -> ExchangeRate | None:
    """The rate of a month, else the one that holds for every month."""
    own = {rate.month: rate for rate in rates if rate.currency == currency}
    return own.get(_label(number), own.get(None))
