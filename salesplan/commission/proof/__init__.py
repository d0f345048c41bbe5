"""What each rule of a plan means, proved by worked probes through the code that pays."""

from dataclasses import dataclass

import pandas as pd

from salesplan.commission.proof.drawn import shape
from salesplan.commission.proof.moved import Shift, shifts
from salesplan.commission.proof.proving import COLUMNS, probe_table
from salesplan.commission.proof.setting import Setting, settings
from salesplan.commission.year import Ledger, Year
from salesplan.terms.commission import CommissionTerms

__all__ = ["COLUMNS", "Proof", "Setting", "Shift", "probe_table", "prove", "settings", "shape", "shifts"]


@dataclass(frozen=True)
class Proof:
    """What is proved: `table` (`probe_table`), `lines` of the charts (`shape`), `shifts`, and `settings` worked on."""

    table: pd.DataFrame
    lines: pd.DataFrame
    shifts: tuple[Shift, ...]
    settings: tuple[Setting, ...]


def prove(ledger: Ledger, year: Year, rules: CommissionTerms) -> Proof:
    """Prove every plan on a real quota of its reps. Nothing of the sales is looked at, only reps and quotas."""
    found = settings(ledger, year, rules)
    moved = shifts(found)
    return Proof(probe_table(found, moved), shape(found), tuple(moved), tuple(found))
