"""What people get in hand: statements of pay, the two sheets to sign, the payroll file, the register of questions."""

from salesplan.commission.papers.disputes import register
from salesplan.commission.papers.payroll import payroll
from salesplan.commission.papers.performance import performance
from salesplan.commission.papers.prepared import Papers, prepare
from salesplan.commission.papers.sheets import commission_sheet, performance_sheet
from salesplan.commission.papers.statement import Statements, statements

__all__ = [
    "Papers",
    "Statements",
    "commission_sheet",
    "payroll",
    "performance",
    "performance_sheet",
    "prepare",
    "register",
    "statements",
]
