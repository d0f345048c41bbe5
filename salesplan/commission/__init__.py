"""Step 4: what each rep earns, what is released when the customer pays, and what the plan costs.

>>> from salesplan.commission import Ledger, Year, calculate     # doctest: +SKIP
>>> result = calculate(Ledger(order_lines=lines, reps=reps, quotas=quotas), year, rules)  # doctest: +SKIP
>>> result.table, result.lines, result.cost                      # doctest: +SKIP
"""

from salesplan.commission.assignment import assign, ramping
from salesplan.commission.calculate import Commission, calculate
from salesplan.commission.cost import cost_grid, cost_of_plans
from salesplan.commission.dues import Settlement, book, settle
from salesplan.commission.earning import earn
from salesplan.commission.pay import base_pay, carry, draws
from salesplan.commission.proof import breaches, check
from salesplan.commission.release import entitled, release
from salesplan.commission.summary import by_month, by_rep, open_orders
from salesplan.commission.tiers import bounds, pay_by_tier
from salesplan.commission.trial import trial
from salesplan.commission.year import Ledger, Note, Year

__all__ = [
    "Commission",
    "Ledger",
    "Note",
    "Settlement",
    "Year",
    "assign",
    "base_pay",
    "book",
    "bounds",
    "breaches",
    "by_month",
    "by_rep",
    "calculate",
    "carry",
    "check",
    "cost_grid",
    "cost_of_plans",
    "draws",
    "earn",
    "entitled",
    "open_orders",
    "pay_by_tier",
    "ramping",
    "release",
    "settle",
    "trial",
]
