"""Step 4: what each rep earns, what is released when the customer pays, and what the plan costs.

>>> from salesplan.commission import Ledger, Year, calculate     # doctest: +SKIP
>>> result = calculate(Ledger(order_lines=lines, reps=reps, quotas=quotas), year, rules)  # doctest: +SKIP
>>> result.table, result.lines, result.orders                    # doctest: +SKIP
"""

from salesplan.commission import papers
from salesplan.commission.book import make_book
from salesplan.commission.calculate import calculate, make_ground, worked_out
from salesplan.commission.closing import Closed
from salesplan.commission.cost import Past, PlanCost, compared, cost_grid, cost_of_team, cost_reps, plan_cost
from salesplan.commission.holds import breaches, check
from salesplan.commission.pay import (
    Pay,
    adjustments_of,
    base_pay,
    base_pay_parts,
    below_standard,
    by_component,
    carry,
    draws,
    latest_ranking,
    pay_table,
    winners,
)
from salesplan.commission.proof import Proof, Shift, prove
from salesplan.commission.release import entitled
from salesplan.commission.results import Commission
from salesplan.commission.roster import assign, ramping
from salesplan.commission.settlement import Settlement, settle
from salesplan.commission.summary import by_month, by_rep, corrections_listed, open_orders
from salesplan.commission.trial import trial
from salesplan.commission.working import earning_of, team_earning_of
from salesplan.commission.year import Ledger, Note, Year

__all__ = [
    "Closed",
    "Commission",
    "Ledger",
    "Note",
    "Past",
    "Pay",
    "PlanCost",
    "Proof",
    "Settlement",
    "Shift",
    "Year",
    "adjustments_of",
    "assign",
    "base_pay",
    "base_pay_parts",
    "below_standard",
    "breaches",
    "by_component",
    "by_month",
    "by_rep",
    "calculate",
    "carry",
    "check",
    "compared",
    "corrections_listed",
    "cost_grid",
    "cost_of_team",
    "cost_reps",
    "draws",
    "earning_of",
    "entitled",
    "latest_ranking",
    "make_book",
    "make_ground",
    "open_orders",
    "papers",
    "pay_table",
    "plan_cost",
    "prove",
    "ramping",
    "settle",
    "team_earning_of",
    "trial",
    "winners",
    "worked_out",
]
