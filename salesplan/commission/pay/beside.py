"""What is earned beside orders, adjustments by hand and prizes, with the ranking they come from."""

from dataclasses import dataclass

import pandas as pd

from salesplan.commission.pay.contests import prize_lines, rank
from salesplan.commission.pay.lines import adjustment_lines, paid_at_once
from salesplan.commission.pay.ranking import Sales
from salesplan.commission.year import Ledger, Note, Year
from salesplan.terms.commission import CommissionTerms


@dataclass(frozen=True)
class Beside:
    """`lines` of the rules adjustment and contest, the `releases` they are (same month), `ranking`, `notes`."""

    lines: pd.DataFrame
    releases: pd.DataFrame
    ranking: pd.DataFrame
    notes: list[Note]


def beside(ledger: Ledger, year: Year, rules: CommissionTerms, sales: Sales) -> Beside:
    """Adjustments by hand and prizes of the closed months; `sales.grid` also has plan (place in `rules.plans`)."""
    names = [*(plan.name for plan in rules.plans), ""]
    grid = sales.grid.assign(plan=[names[place] for place in sales.grid["plan"]])
    ranking = rank(ledger, year, rules, sales)
    by_hand, notes = adjustment_lines(ledger.adjustments, grid, year)
    found = [part for part in (by_hand, prize_lines(ranking, grid)) if len(part)] or [by_hand]
    lines = pd.concat(found, ignore_index=True)
    return Beside(lines, paid_at_once(lines), ranking, notes)
