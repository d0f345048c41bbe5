"""Which order lines make a closed month other than the review before saw it: read from the archive, kept small."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from salesplan import ledger
from salesplan.archive import Run
from salesplan.errors import PlanError
from salesplan.inputs import Inputs
from salesplan.rebuilding import Rebuilt, rebuilt
from salesplan.tables.outputs import read
from salesplan.variance_review import changed_lines, changes_since

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

GRID = "variance_review"
TABLES = frozenset({"sales", "customers", "credit_splits"})  # what credited order lines are made of


def lines_since(review: Run, inputs: Inputs) -> "pd.DataFrame":
    """Table `variance_review_changed_lines`; header only where nothing changed, or the files then are not kept.

    The order lines of then are read only where the actual of a rep in a month that was closed then is another now.
    """
    grid, now = read(review.folder / "tables" / f"{GRID}.csv", GRID), inputs.frame("order_lines")
    now = now[now["month"].isin(grid["month"].unique()) & ~now["overlay"]]
    before = _lines_then(review) if _moved(grid, now) else None
    return changed_lines(now.iloc[:0], now.iloc[:0]) if before is None else changed_lines(before, now)


def _moved(grid: "pd.DataFrame", now: "pd.DataFrame") -> bool:
    """Whether the actual of a rep, or of all, is another than the grid of the review before says."""
    reps = grid[~grid["rep"].str.startswith("(")]
    sums = now.groupby(["month", "rep"])["amount"].sum().rename("actual").reset_index()
    own = changes_since(sums[sums["rep"].isin(reps["rep"])], reps)
    return bool(len(own)) or int(now["amount"].sum()) != int(grid["actual"].sum())


def _lines_then(review: Run) -> "pd.DataFrame | None":
    """The credited order lines that a review saw; None where its files cannot be read any more."""
    try:
        with rebuilt(review) as plan:
            return _lines(plan, date.fromisoformat(str(review.manifest["as_of"])))
    except PlanError:
        return None


def _lines(plan: Rebuilt, as_of: date) -> "pd.DataFrame | None":
    checked = plan.check(TABLES)
    tables: Mapping[str, pa.Table] = checked.tables
    if checked.faults or plan.missing or "sales" not in tables:
        return None
    lines = ledger.order_lines(tables, plan.loaded.plan, as_of)
    return lines[~lines["overlay"]]
