"""What the review says of stock."""

from collections.abc import Iterator

import pandas as pd

from salesplan.conclusions.saying import NAMED, each_row, row_at, sayer
from salesplan.wording import Words

_say = sayer("inventory")


def inventory_sentences(words: Words, stock: pd.DataFrame, slow_days: int) -> list[str]:
    """Which products run short, which move too slowly, and which stock nobody counted; `stock`: the review's table."""
    if stock.empty:
        return [_say(words, "none")]
    return [*_short(words, stock), *_slow(words, stock, slow_days), *_gaps(words, stock), *_book(words, stock)]


def _short(words: Words, stock: pd.DataFrame) -> Iterator[str]:
    short = stock[stock["state"] == "short"]
    if short.empty:
        yield _say(words, "none_short")
    for row in each_row(short.head(NAMED)):
        values = {"month": words.month(row.short_month), "pace": words.percent(row.pace, 0)}
        units = {"units": words.number(row.shortage), "stock": words.number(row.actual)}
        yield _say(words, "short", product=row.product, **values, **units)


def _slow(words: Words, stock: pd.DataFrame, slow_days: int) -> Iterator[str]:
    slow = stock[stock["state"] == "slow"]
    if slow.empty:
        lasting = stock[stock["cover_days"].notna()].sort_values(["cover_days", "product"], kind="stable")
        if len(lasting):
            longest = row_at(lasting, len(lasting) - 1)
            days = words.number(longest["cover_days"])
            yield _say(words, "none_slow", limit=slow_days, product=longest["product"], days=days)
        return
    named = words.list([str(name) for name in slow["product"].head(NAMED)])
    tied = words.money(slow["value_stock"].sum(min_count=1))
    yield _say(words, "slow", count=len(slow), products=named, limit=slow_days, tied=tied)


def _gaps(words: Words, stock: pd.DataFrame) -> Iterator[str]:
    known = stock[stock["forecast"] > 0]
    if len(known):
        place = (known["gap"].abs() / known["forecast"]).to_numpy(dtype="float64").argmax()
        row = known.iloc[int(place)]
        values = {name: words.number(row[name]) for name in ("forecast", "actual")}
        yield _say(words, "gap", product=row["product"], **values)


def _book(words: Words, stock: pd.DataFrame) -> Iterator[str]:
    book = int((stock["basis"] == "book").sum())
    if book:
        yield _say(words, "book", count=book)
