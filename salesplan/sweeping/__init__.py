"""Scenarios of a plan side by side: every combination of some parameters' values, each run as a what-if.

`asking` reads what is to be varied, `scenarios` runs it, `measures` takes from the tables what people decide by,
`saying` puts it into words, `writing` leaves the page and the table.
"""

from salesplan.sweeping.asking import MOST, Asked, asked
from salesplan.sweeping.saying import summary
from salesplan.sweeping.scenarios import Outcome, Sweep, sweep
from salesplan.sweeping.writing import as_json, words_of, write_sweep

__all__ = ["MOST", "Asked", "Outcome", "Sweep", "as_json", "asked", "summary", "sweep", "words_of", "write_sweep"]
