"""All papers of a result: the sheets of the month, statements, payroll and the register of questions."""

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from salesplan.commission.papers.disputes import register
from salesplan.commission.papers.payroll import payroll
from salesplan.commission.papers.performance import performance
from salesplan.commission.papers.sheets import commission_sheet, performance_sheet
from salesplan.commission.papers.statement import Statements, statements
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionTerms

if TYPE_CHECKING:
    from salesplan.commission.results import Commission


class Papers(NamedTuple):
    """What people get in hand; money in int64 fen.

    `month`: the last closed one ('' before it). `performance`, `payroll`, `disputes`: the tables of all closed months.
    `sheets`: performance and commission of the month with their sums. `statements`: what the pages of the month say.
    """

    month: str
    performance: pd.DataFrame
    payroll: pd.DataFrame
    disputes: pd.DataFrame
    sheets: dict[str, pd.DataFrame]
    statements: Statements | None

    @property
    def sold(self) -> pd.DataFrame:
        """The performance of the month by team and rep, what is nobody's last: the table without its month."""
        if not self.sheets:
            return self.performance.head(0).drop(columns="month")
        sheet = self.sheets["performance"]
        columns = [name for name in self.performance.columns if name != "month"]
        return sheet.loc[sheet["row"] == "rep", columns].reset_index(drop=True)


def prepare(
    result: "Commission", ledger: Ledger, year: Year, rules: CommissionTerms, disputes: pd.DataFrame | None
) -> Papers:
    """Everything that is printed, signed or handed on after the months are computed."""
    month = year.closed[-1] if year.closed and len(result.table) else ""
    sold = performance(ledger, year, result.table, result.payments, rules)
    asked = register(disputes, ledger.adjustments, result.lines, year.as_of)
    found = statements(result, ledger, year, rules, asked)
    sheets = {}
    if found is not None:
        sheets = {
            "performance": performance_sheet(sold, month),
            "commission": commission_sheet(result.table, result.lines, found.standing, ledger.reps, year),
        }
    return Papers(month, sold, payroll(result.table, result.lines, ledger.reps, year), asked, sheets, found)
