"""Receivables and cash of a review together, and the views that its page shows."""

from datetime import timedelta
from typing import NamedTuple

import pandas as pd

from salesplan.calendar import month_span
from salesplan.terms.plan import PlanTerms
from salesplan.terms.variance_review import VarianceReviewTerms
from salesplan.variance_review.cash import COLUMNS as CASH
from salesplan.variance_review.cash import Months, cash_months
from salesplan.variance_review.measures import Figures
from salesplan.variance_review.receivables import AGES, COLUMNS, Account, Owed, by_age, grouped, receivables

MOST = 12  # customers named
SHOWN = ["open", "overdue", "oldest_days", "prepaid", "sold_year", "received_year", "collection_rate", "turnover_days"]


class Collecting(NamedTuple):
    """`table` and `cash`: the output tables variance_review_receivables and variance_review_cash; the rest are views.

    `ages`: what is open by days overdue; `late`: the customers that owe most overdue, by name, ages across;
    `largest`: the same customers with what they owe; `reps`, `regions`, `total`: sums of the table; `doubtful`: open
    amounts (fen) that the past never saw paid so late. All empty where there is no table of collections.
    """

    table: pd.DataFrame
    cash: pd.DataFrame
    ages: pd.DataFrame
    late: pd.DataFrame
    largest: pd.DataFrame
    reps: pd.DataFrame
    regions: pd.DataFrame
    total: pd.DataFrame
    doubtful: int


def owed_at_review(
    figures: Figures, customers: pd.DataFrame | None, *, rules: VarianceReviewTerms, plan: PlanTerms
) -> Owed | None:
    """What customers owe at the end of the last closed month, before the first: of the year before.

    `customers`: input table. None where there is no table of collections.
    """
    if figures.collections is None or figures.orders is None:
        return None
    first = month_span(figures.months[0], plan.month_cutoff)[0]
    as_of = month_span(figures.closed[-1], plan.month_cutoff)[1] if figures.closed else first - timedelta(days=1)
    account = Account(figures.orders, figures.facts, figures.collections, customers, figures.products)
    return receivables(account, rules.receivables, tax=plan.tax, as_of=as_of, year=first)


def collecting(
    figures: Figures,
    owed: Owed | None,
    revision: pd.DataFrame,
    before: pd.DataFrame | None,
    *,
    rules: VarianceReviewTerms,
    plan: PlanTerms,
) -> Collecting:
    """Receivables of the review, and cash by month.

    `owed`: of `owed_at_review`; `revision`: month, revised (what the months to come are to sell); `before`: table
    variance_review_cash of the review before this one.
    """
    if owed is None:
        nothing = pd.DataFrame()
        empty = pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=CASH)
        return Collecting(*empty, nothing, nothing, nothing, nothing, nothing, nothing, 0)
    terms = rules.receivables
    year = Months(figures.months, figures.closed, plan.month_cutoff)
    ahead = revision.set_index("month")["revised"]
    cash = cash_months(owed, ahead, year, terms=terms.terms, tax=plan.tax, before=before)
    ages = by_age(owed, terms.ages)
    late, largest = _late(owed.table, ages["age"].tolist())
    return Collecting(
        table=owed.table,
        cash=cash.table,
        ages=ages,
        late=late,
        largest=largest,
        reps=grouped(owed, ["rep"])[["rep", *SHOWN]],
        regions=grouped(owed, ["region"])[["region", *SHOWN]],
        total=grouped(owed, []),
        doubtful=cash.doubtful,
    )


def _late(table: pd.DataFrame, ages: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The customers with most overdue, by name: ages across, and what they owe."""
    worst = table[table["overdue"] > 0].head(MOST)
    named = worst.assign(customer=worst["name"].where(worst["name"] != "", worst["customer"]))
    columns = dict(zip(AGES, ages, strict=True))
    across = named[["customer", *AGES[1:]]].rename(columns=columns).reset_index(drop=True)
    told = ["customer", "rep", "region", "open", "overdue", "oldest_days", "collection_rate", "turnover_days"]
    return across, named[told].reset_index(drop=True)
