"""Who would be paid what under last year's actuals: last year's sales, this year's quotas and plans."""

import numpy as np
import pandas as pd

from salesplan.commission.cost.looked_at import folded
from salesplan.commission.cost.made_up import Past, Scene, last_year
from salesplan.commission.cost.team import with_ratios
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionTerms

COLUMNS = [
    "rep", "plan", "quota", "amount", "attainment", "commission", "base_pay", "draw", "pay", "cost_ratio", "pay_ratio",
    "variable_share",
]  # fmt: skip


def scene_of(ledger: Ledger, year: Year, rules: CommissionTerms, past: Past) -> Scene | None:
    """Last year's credited sales as far as the plans look at them; None where none are known."""
    sold = last_year(past, year)
    if sold.empty or not rules.plans:
        return None
    known = folded(sold, ledger, year, rules.plans)
    return Scene("last_year", known[(known["amount"] != 0) | known["quantity"].fillna(0.0).ne(0)])


def told(paid: pd.DataFrame) -> pd.DataFrame:
    """Pay of the year per rep under last year's sales: rep, plan, quota, amount (sold), attainment = amount / quota
    (NaN without a quota), commission, base_pay, draw, pay (int64 fen), cost_ratio, pay_ratio, variable_share."""
    reached = paid["sales"] / paid["quota"].where(paid["quota"] > 0).astype("float64")
    known = with_ratios(paid).assign(amount=paid["sales"], attainment=reached.astype(np.float64))
    return known.sort_values("rep", ignore_index=True)[COLUMNS]
