"""Commission once more, from the written rules alone: plain loops over lines with fractions, slow and clear.

It shares no code with `salesplan.commission`; only the parameter models and the calendar of the year come from there.
`ByHand(ledger, year, rules)` answers per rep and month: `earned`, `released`, `clawback`, `held` and `by_rule`.
"""

from by_hand.commission import ByHand

__all__ = ["ByHand"]
