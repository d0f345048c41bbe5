"""Input tables of a plan: read as text, one rule per type, every fault of every table in one pass.

What is heavy is imported inside the functions: other edges need only a part of this package.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.tables.results import Checked, Notice
from salesplan.terms import PlanTerms

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from salesplan.terms.variance_review import ExchangeRate

__all__ = ["Checked", "Notice", "check", "frame", "load", "save"]


def check(folder: Path, terms: PlanTerms, rates: "Sequence[ExchangeRate]" = ()) -> Checked:
    """Read and check all input tables of the plan in `folder`; faults are collected, never raised.

    Sales in other currencies are brought to the plan's at these rates.
    """
    from salesplan.tables.gathering import check_all

    return check_all(folder, terms, rates)


def save(checked: Checked, folder: Path) -> None:
    """Write the typed tables and what was found as files that `load` reads back quickly."""
    from salesplan.tables.storing import save_all

    save_all(checked, folder)


def load(folder: Path) -> Checked:
    """Read what `save` wrote."""
    from salesplan.tables.storing import load_all

    return load_all(folder)


def frame(table: "pa.Table", name: str) -> "pd.DataFrame":
    """An input table as a pandas frame with every column of the contract, NA where unknown.

    Money is nullable `Int64` fen (`int64` where the column is needed), dates `datetime64`.
    """
    from salesplan.tables.frames import to_frame

    return to_frame(table, name)
