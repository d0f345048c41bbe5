"""What the review says of expenses and the contingency."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesplan.conclusions.saying import NAMED, each_row, first_names, ratio_of, sayer
from salesplan.terms.expenses import CONTINGENCY
from salesplan.variance_review.spending import Spending
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

_say = sayer("spending")


def spending_sentences(words: Words, found: Spending, year: "pd.DataFrame") -> list[str]:
    """Expenses to date against budget and sales, categories over it, the contingency; `year`: annual_target_expenses.

    Where no month has expenses, one sentence says so; where the plan has no budget, another.
    """
    if found.months.empty:
        return [_say(words, "none")]
    budgeted = found.categories["year"].sum() > 0
    return [
        *(_to_date(words, found) if budgeted else [_say(words, "no_budget")]),
        *(_over(words, found.categories) if budgeted else []),
        *_contingency(words, found, year),
        *([_say(words, "untold", months=words.list([words.month(m) for m in found.untold]))] if found.untold else []),
    ]


def _to_date(words: Words, found: Spending) -> Iterator[str]:
    sums = found.months[["budget", "actual", "over", "sales_target", "sales"]].sum()
    key = "to_date_over" if sums["over"] > 0 else "to_date_within"
    yield _say(
        words,
        key,
        actual=words.money(sums["actual"]),
        budget=words.money(sums["budget"]),
        gap=words.money(abs(sums["over"])),
        ratio=words.percent(ratio_of(sums["actual"], sums["sales"])),
        planned=words.percent(ratio_of(sums["budget"], sums["sales_target"])),
    )


def _over(words: Words, categories: "pd.DataFrame") -> Iterator[str]:
    beyond = categories[categories["over"] > 0]
    if beyond.empty:
        yield _say(words, "none_over")
        return
    named = [
        _say(words, "category", category=row.category, amount=words.money(row.over))
        for row in each_row(beyond.head(NAMED))
    ]
    yield _say(words, "over", count=len(beyond), categories=words.list(named))


def _contingency(words: Words, found: Spending, year: "pd.DataFrame") -> Iterator[str]:
    """Who used how much of it, what is left, and under which conditions it may be used."""
    if found.left is None:
        return
    rows = found.departments[found.departments["from_contingency"] > 0]
    users = [
        _say(words, "user", department=row.department or words("spending.no_department"), amount=amount)
        for row, amount in zip(each_row(rows), (words.money(fen) for fen in rows["from_contingency"]), strict=True)
    ]
    values = {"amount": words.money(found.contingency), "used": words.money(found.used)}
    left = {"left": words.money(abs(found.left))}
    if not users:
        yield _say(words, "contingency_unused", **values)
        return
    key = "contingency" if found.left >= 0 else "contingency_exceeded"
    yield _say(words, key, users=first_names(words, "spending.users_more", users), **values, **left)
    yield from _conditions(words, year)


def _conditions(words: Words, year: "pd.DataFrame") -> Iterator[str]:
    rows = year[year["category"] == CONTINGENCY]
    told = {name: str(rows[name].iloc[0]) for name in ("standard", "approver") if rows[name].notna().all()}
    if all(told.get(name) for name in ("standard", "approver")):
        yield _say(words, "conditions", **told)
