"""Goals of the planned level laid beside what the plan itself makes of them: budget, tree of causes, roster."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from salesplan.annual_target.drivers import full_quota
from salesplan.annual_target.hires import peak_load
from salesplan.calendar import add_months
from salesplan.money import from_fen
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.drivers import Drivers
from salesplan.terms.expenses import Expense

COLUMNS = ["check", "goal", "found", "last_year"]
CENT = Decimal("0.01")
MONTHS = 12
DECLARED = ("goal", "goal_growth")
Goals = dict[str, tuple[Decimal, Decimal | None]]
Row = tuple[str, Decimal, Decimal, Decimal | None]


def coherence(targets: pd.DataFrame, tree: pd.DataFrame, budget: pd.DataFrame) -> pd.DataFrame:
    """Goals of the planned level whose value the plan derives a second time, both figures side by side.

    `targets` are the company's rows of table `annual_target`, `tree` and `budget` the frames of `tree` and
    `expense_budget`. One row per check: `check`, `goal`, `found`, `last_year` (Decimal, currency).
    `unit_selling_cost`: the goal beside expenses / quantity of the planned level. `receivables`: what must be
    collected for the goal of the receivables (`goal` = last year's receivables + planned sales on the collections'
    tax basis - receivables asked) beside the `collections` of the tree. A check stands only where its goal is
    declared and both sides are known.

    Example: 723 owed, 6,328 sold and 700 asked for need 723 + 6,328 - 700 = 6,351 of collections.
    """
    planned = targets[targets["planned"]]
    asked = planned[planned["basis"].isin(DECLARED) & planned["value"].notna()]
    goals = {row.indicator: (row.value, row.last_year) for row in _rows(asked)}
    pieces = next((row.value for row in _rows(planned) if row.indicator == "quantity"), None)
    paid = next((row for row in _rows(tree) if row.node == "collections"), None)
    rows = [*_unit_cost(goals, pieces, budget), *_receivables(goals, paid)]
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[1:], object))


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples()


def _unit_cost(goals: Goals, pieces: Decimal | None, budget: pd.DataFrame) -> Iterator[Row]:
    if "unit_selling_cost" in goals and pieces and len(budget):
        goal, last = goals["unit_selling_cost"]
        found = from_fen(int(budget["amount"].sum())) / pieces
        yield "unit_selling_cost", goal, found.quantize(CENT, ROUND_HALF_UP), last


def _receivables(goals: Goals, paid: Any) -> Iterator[Row]:
    goal, owed = goals.get("receivables", (None, None))
    if goal is not None and owed is not None and paid is not None and paid.rate:
        sold = (paid.value / paid.rate).quantize(CENT, ROUND_HALF_UP)
        yield "receivables", owed + sold - goal, paid.value, paid.last_year


def hires_unbudgeted(
    hires: pd.DataFrame, terms: AnnualTargetTerms, heads: "pd.Series[int]"
) -> tuple[int, int, Decimal] | None:
    """Heads the budget counts at the year's end, reps to be hired beyond them, and what these cost by the budget's way.

    `hires` is the frame of `hires`, `heads` that of `heads_by_month`. The cost is the categories `per_head` for the
    months from `start_by` (the plan year's first month where that is earlier) to the end of the year. None where
    nobody is hired or no category goes by heads.
    """
    fresh = hires[hires["hires"] > 0]
    monthly = sum((_per_month(one) for one in terms.expenses.categories), Decimal(0)) if terms.expenses else Decimal(0)
    if fresh.empty or not monthly:
        return None
    first, end = str(heads.index[0]), str(heads.index[-1])
    starts = [max(str(month), first) for month in fresh["start_by"]]
    worked = [_months_to(start, end) * int(count) for start, count in zip(starts, fresh["hires"], strict=True)]
    return int(heads.iloc[-1]), int(fresh["hires"].sum()), (monthly * sum(worked)).quantize(CENT, ROUND_HALF_UP)


def _per_month(expense: Expense) -> Decimal:
    if expense.method != "per_head" or expense.amount is None:
        return Decimal(0)
    return expense.amount / (MONTHS if expense.per == "year" else 1)


def _months_to(start: str, end: str) -> int:
    """Months from the one to the other, both counted."""
    return next(count + 1 for count in range(MONTHS) if add_months(start, count) == end)


def quota_and_peak(terms: Drivers, shares: "pd.Series[float]", reps: pd.DataFrame) -> tuple[int, float] | None:
    """What table `annual_target_hires` reckons with: the full quota (fen a year) and the most of a twelfth in a month.

    None where no capacity is known, as in `hires`.
    """
    full = full_quota(terms, reps)
    return None if full is None or not len(shares) or shares.max() <= 0 else (full, peak_load(terms, shares))
