"""What the review says of receivables and cash."""

from collections.abc import Iterator

import pandas as pd

from salesplan.conclusions.saying import NAMED, each_row, row_at, sayer
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.collecting import Collecting
from salesplan.wording import Words

_say = sayer("collecting")


def collecting_sentences(words: Words, found: Collecting, rules: VarianceReviewTerms) -> list[str]:
    """What is open and overdue, who owes it, how fast money comes in, and what is expected."""
    if found.total.empty:
        return [_say(words, "none")]
    return [
        *_open(words, found, rules),
        *_late(words, found.largest),
        *_year(words, row_at(found.total, 0)),
        *_expected(words, found),
        *_before(words, found.cash),
    ]


def _open(words: Words, found: Collecting, rules: VarianceReviewTerms) -> Iterator[str]:
    total = row_at(found.total, 0)
    said = {"open": words.money(total["open"]), "terms": rules.receivables.terms}
    if not total["overdue"]:
        yield _say(words, "no_overdue", **said)
        return
    count = int((found.table["overdue"] > 0).sum())
    late = {"overdue": words.money(total["overdue"]), "share": words.percent(total["overdue"] / total["open"])}
    oldest, old = rules.receivables.ages[-1], words.money(total["overdue_4"])
    yield _say(words, "open", count=count, ages=oldest, old=old, days=int(total["oldest_days"]), **said, **late)


def _late(words: Words, largest: pd.DataFrame) -> Iterator[str]:
    named = [
        _say(
            words,
            "late_customer",
            customer=row.customer,
            amount=words.money(row.overdue),
            days=row.oldest_days,
            rep=words.person(row.rep),
        )
        for row in each_row(largest.head(NAMED - 2))
    ]
    if named:
        yield _say(words, "late", customers=words.list(named))


def _year(words: Words, total: pd.Series) -> Iterator[str]:
    yield _say(
        words,
        "year",
        received=words.money(total["received_year"]),
        sold=words.money(total["sold_year"]),
        rate=words.percent(total["collection_rate"]),
        days=words.number(total["turnover_days"]),
        prepaid=words.money(total["prepaid"]),
    )


def _expected(words: Words, found: Collecting) -> Iterator[str]:
    ahead = found.cash[found.cash["received"].isna()]
    if len(ahead):
        first, rest = row_at(ahead, 0), ahead["expected"].sum()
        values = {"month": words.month(first["month"]), "first": words.money(first["expected"])}
        yield _say(words, "expected", count=len(ahead), total=words.money(rest), **values)
    if found.doubtful > 0:
        yield _say(words, "doubtful", amount=words.money(found.doubtful))


def _before(words: Words, cash: pd.DataFrame) -> Iterator[str]:
    """What the review before had expected of the last closed month, beside what came."""
    told = cash[cash["received"].notna() & cash["expected"].notna()]
    if len(told):
        last = row_at(told, len(told) - 1)
        values = {name: words.money(last[name]) for name in ("expected", "received")}
        yield _say(words, "as_expected", month=words.month(last["month"]), **values)
