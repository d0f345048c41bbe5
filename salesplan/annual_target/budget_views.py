"""The expense budget as people read it: lines with their total, control standards, the amount last year allows."""

from fractions import Fraction

import pandas as pd

from salesplan.annual_target.expenses import ExpenseBasis
from salesplan.annual_target.ladder import whole
from salesplan.apportion import TOTAL
from salesplan.terms.annual_target import AnnualTargetTerms
from salesplan.terms.expenses import CONTINGENCY

LINES = ("category", "method", "last_year", "last_ratio", "amount", "ratio", "growth")


def expense_lines(budget: pd.DataFrame) -> pd.DataFrame:
    """The rows of `expense_budget` and their sum `(total)`: amounts, ratios to sales, growth on last year, months rule.

    Columns `category`, `method`, `last_year`, `last_ratio`, `amount`, `ratio`, `growth`, `amount_<level>`,
    `months_rule`; fen and fractions. Empty for an empty budget.
    """
    levels = [name for name in budget.columns if name.startswith("amount_")]
    if budget.empty:
        return pd.DataFrame(columns=[*LINES, *levels, "months_rule"])
    sums = budget[["last_year", "last_ratio", "amount", "ratio", *levels]].sum(min_count=1)
    total = pd.DataFrame([{"category": TOTAL, "method": "", "months_rule": "", **sums.to_dict()}])
    frame = pd.concat([budget[[*total.columns]].astype({"last_ratio": "float64"}), total], ignore_index=True)
    typed = frame.astype(dict.fromkeys(("last_year", "amount", *levels), "Int64"))
    last = typed["last_year"].astype("float64")
    growth = typed["amount"].astype("float64") / last.where(last > 0) - 1
    return typed.assign(growth=growth)[[*LINES, *levels, "months_rule"]]


def standards(budget: pd.DataFrame) -> pd.DataFrame:
    """Categories with a control standard: the text, its limits, the budget beside them, who approves, `state`."""
    limited = budget["limit_share"].notna() | budget["limit"].notna()
    said = budget["standard"].ne("") | budget["approver"].ne("") | limited
    columns = ["category", "standard", "limit_share", "ratio", "limit", "amount", "approver", "state"]
    return budget.loc[said & (budget["category"] != CONTINGENCY), columns].reset_index(drop=True)


def envelope(terms: AnnualTargetTerms, basis: ExpenseBasis, *, goal: int) -> pd.DataFrame:
    """What all expenses may be: the declared rate, else last year's ratio, times the planned sales `goal` (fen).

    One row: `basis` (`total_rate` or `last_ratio`), `rate`, `reference` (fen). Empty where neither is known.
    """
    declared = terms.expenses.total_rate if terms.expenses else None
    spent = int(basis.spent["amount"].sum())
    rows = []
    if declared is not None:
        rows = [("total_rate", float(declared), whole(goal * Fraction(declared)))]
    elif spent > 0 and basis.sales > 0:
        rows = [("last_ratio", spent / basis.sales, whole(goal * Fraction(spent, basis.sales)))]
    return pd.DataFrame(rows, columns=["basis", "rate", "reference"])
