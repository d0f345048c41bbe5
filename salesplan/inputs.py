"""A plan's input tables, checked and aggregated once and handed from process to process."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import calendar, tables
from salesplan.errors import Fault, PlanError
from salesplan.params import Loaded, load
from salesplan.tables import Notice
from salesplan.terms import VarianceReviewTerms

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FRAMES = ("facts", "order_lines", "orders")
KEY = "key.json"


@dataclass
class Inputs:
    """Checked tables of one plan; frames of the ledger are made when first asked for, or read from `folder`."""

    loaded: Loaded
    tables: Mapping[str, "pa.Table"]
    notices: list[Notice] = field(default_factory=list)
    hashes: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    @cached_property
    def as_of(self) -> date | None:
        """Month end of the review: the parameter, else the last month with a sale on or after its last workday."""
        review = self.loaded.rules["variance_review"]
        assert isinstance(review, VarianceReviewTerms)
        return review.as_of or default_as_of(self.tables["sales"], self.loaded)

    def frame(self, name: str) -> "pd.DataFrame":
        """One of the ledger's frames: `facts`, `order_lines`, `orders`."""
        if self.folder and (self.folder / f"{name}.parquet").exists():
            import pandas as pd

            return pd.read_parquet(self.folder / f"{name}.parquet")
        from salesplan import ledger

        if name == "facts":
            return ledger.monthly(self.tables, self.loaded.plan)
        if name == "orders":
            return ledger.orders(self.tables, self.loaded.plan)
        return ledger.order_lines(self.tables, self.loaded.plan, self.as_of)

    def save(self, folder: Path) -> None:
        """Write tables and frames for the processes that follow."""
        folder.mkdir(parents=True, exist_ok=True)
        tables.save(tables.Checked(dict(self.tables), [], self.notices, dict(self.hashes)), folder)
        for name in FRAMES:
            self.frame(name).to_parquet(folder / f"{name}.parquet")
        (folder / KEY).write_text(key_of(self.loaded), encoding="utf-8")


def key_of(loaded: Loaded) -> str:
    """A hash of what the tables were read with: parameter files and changes."""
    digest = hashlib.sha256()
    for stem in sorted(loaded.texts):
        digest.update(stem.encode() + b"\0" + loaded.texts[stem] + b"\0")
    digest.update(json.dumps(dict(loaded.changes), sort_keys=True, default=str, ensure_ascii=False).encode())
    return json.dumps({"parameters": digest.hexdigest()})


def default_as_of(sales: "pa.Table", loaded: Loaded) -> date | None:
    """End of the last complete month of the plan year; None while there is none."""
    import pyarrow.compute as pc

    plan = loaded.plan
    months = calendar.fiscal_months(plan.fiscal_year, plan.first_month)
    return calendar.last_complete_day(pc.max(sales["date"]).as_py(), months, plan.calendar, plan.month_cutoff)


def check(folder: Path, changes: Mapping[str, Any] | None = None) -> Inputs:
    """Parameters and tables of a plan, checked whole; raises `PlanError` with every fault of both."""
    if not folder.is_dir():
        raise PlanError([Fault("missing_plan", str(folder))])
    loaded = load(folder, changes)
    if "plan" not in loaded.rules:
        raise PlanError(loaded.faults)
    checked = tables.check(folder, loaded.plan)
    faults = [*loaded.faults, *checked.faults]
    if not faults:
        inputs = Inputs(loaded, checked.tables, checked.notices, checked.hashes)
        faults = list(_as_of_faults(inputs))
    if faults:
        raise PlanError(faults)
    return inputs


def _as_of_faults(inputs: Inputs) -> list[Fault]:
    plan = inputs.loaded.plan
    months = calendar.fiscal_months(plan.fiscal_year, plan.first_month)
    ends = [calendar.month_span(month, plan.month_cutoff)[1] for month in months]
    if inputs.as_of is None or inputs.as_of in ends:
        return []
    place = inputs.loaded.place("variance_review", ("as_of",))
    return [Fault("as_of", place, inputs.as_of, {"first": ends[0], "last": ends[-1]})]


def restore(folder: Path, loaded: Loaded) -> Inputs | None:
    """The inputs saved in a folder, or None if they were read with other parameters."""
    key = folder / KEY
    if not key.exists() or key.read_text(encoding="utf-8") != key_of(loaded):
        return None
    checked = tables.load(folder)
    return Inputs(loaded, checked.tables, checked.notices, checked.hashes, folder)
