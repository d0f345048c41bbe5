"""A plan's input tables, checked and aggregated once and handed from process to process."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import archive, calendar, tables
from salesplan.archive import digest, file_digest
from salesplan.checks import plan_faults, plan_notices, whole_plan_faults
from salesplan.checks.variance_review import placed
from salesplan.closing import record
from salesplan.errors import Fault, PlanError
from salesplan.money import to_fen
from salesplan.params import Loaded, load
from salesplan.params.loading import encoding_notices
from salesplan.places import no_plan
from salesplan.reads import Watched
from salesplan.staging import write_whole
from salesplan.tables import Notice
from salesplan.tables.results import Findings
from salesplan.terms import CommissionTerms, PlanTerms, SeasonalSplitTerms, VarianceReviewTerms
from salesplan.terms.variance_review import ExchangeRate

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FRAMES = ("facts", "order_lines", "orders", "daily", "big_orders", "deals")
KEY = "key.json"
STATE = "state.json"  # what each step can read, by name, each with a hash
AS_OF, CLOSED = "as_of", "closed"
# Reads and checks the tables of a folder, by what the steps share and the exchange rates.
Reader = Callable[[Path, PlanTerms, Sequence[ExchangeRate]], tables.Checked]
DEAL_YEARS = 3  # before the plan year, whose deals say how large one is and when it is paid


@dataclass
class Inputs:
    """Checked tables of one plan; frames of the ledger are made when first asked for, or read from `folder`."""

    loaded: Loaded
    tables: Mapping[str, "pa.Table"]
    notices: list[Notice] = field(default_factory=list)
    hashes: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    closed_months: record.Record | None = None
    sources: Mapping[str, "Path | pa.Table"] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)

    @property
    def closed(self) -> record.Record | None:
        """The months closed for good."""
        self.reads.add(CLOSED)
        return self.closed_months

    @cached_property
    def as_of(self) -> date | None:
        """Month end of the review: the parameter, else the last month with a sale on or after its last workday."""
        self.reads.add(AS_OF)
        if self.folder:
            known = json.loads((self.folder / STATE).read_text(encoding="utf-8"))[AS_OF]
            return date.fromisoformat(known) if known else None
        review = self.loaded.rules["variance_review"]
        assert isinstance(review, VarianceReviewTerms)
        return review.as_of or default_as_of(self.tables["sales"], self.loaded)

    def frame(self, name: str) -> "pd.DataFrame":
        """One of the ledger's frames: `facts`, `order_lines`, `orders`, `daily`, `big_orders`, `deals`."""
        self.reads.add(f"frame:{name}")
        if self.folder and (self.folder / f"{name}.parquet").exists():
            import pandas as pd

            return pd.read_parquet(self.folder / f"{name}.parquet")
        from salesplan import ledger

        if name == "facts":
            return ledger.monthly(self.tables, self.loaded.plan)
        if name == "orders":
            return ledger.orders(self.tables, self.loaded.plan)
        if name == "daily":
            return ledger.daily(self.tables, self.loaded.plan)
        if name == "big_orders":
            return ledger.big_orders(self.tables, self.loaded.plan, project_size(self.loaded))
        if name == "deals":
            return ledger.deals(self.tables, self.loaded.plan, DEAL_YEARS)
        return ledger.order_lines(self.tables, self.loaded.plan, self.as_of)

    def save(self, folder: Path) -> None:
        """Write tables and frames for the processes that follow."""
        folder.mkdir(parents=True, exist_ok=True)
        tables.save(tables.Checked(dict(self.tables), [], self.notices, dict(self.hashes)), folder)
        for name in FRAMES:
            self.frame(name).to_parquet(folder / f"{name}.parquet")
        if self.closed is not None:
            self.closed.copy(folder)
        (folder / KEY).write_text(key_of(self.loaded), encoding="utf-8")
        write_whole(folder / STATE, json.dumps(self._state(folder), sort_keys=True).encode())

    def _state(self, folder: Path) -> dict[str, str | None]:
        """Everything that a step can read, by name, each with a hash of its content."""
        rules = self.loaded.rules.items()
        found: dict[str, str | None] = {f"parameters:{stem}": digest(r.model_dump_json().encode()) for stem, r in rules}
        found |= {f"input:{name}": file_digest(folder / f"{name}.parquet") for name in self.tables}
        found |= {f"frame:{name}": file_digest(folder / f"{name}.parquet") for name in FRAMES}
        found[AS_OF] = self.as_of.isoformat() if self.as_of else None
        found[CLOSED] = digest(json.dumps(self.closed.hashes if self.closed else {}, sort_keys=True).encode())
        return found


def project_size(loaded: Loaded) -> int | None:
    """From which amount (fen) a deal is planned apart; None where none is."""
    rules = loaded.rules["seasonal_split"]
    assert isinstance(rules, SeasonalSplitTerms)
    return None if rules.projects is None else to_fen(rules.projects.from_)


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
    last = pc.max(sales["date"]).as_py()
    return calendar.last_complete_day(last, loaded.plan.months, plan.calendar, plan.month_cutoff)


def check(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    settled: Path | None = None,
    reader: Reader | None = None,
) -> Inputs:
    """Parameters and tables of a plan, checked whole; raises `PlanError` with every fault of both.

    `settled` is the folder of a signed plan's parameter files, which stand instead of the plan's own; `reader` reads
    the tables.
    """
    if not folder.is_dir():
        raise PlanError([no_plan(folder)])
    loaded = load(folder, changes, settled).tolerant
    if "plan" not in loaded.rules:
        raise PlanError(loaded.faults)
    checked = (reader or tables.check)(folder, loaded.plan, loaded.exchange_rates)
    closed = record.read(archive.outputs_of(folder), loaded.plan.months)
    hashes = {**checked.hashes, **closed.hashes}
    inputs = Inputs(loaded, placed(checked), [*checked.notices], hashes, None, closed, checked.sources)
    unfounded = _closed_findings(loaded, checked, closed)
    asked = [*plan_faults(loaded, checked)]
    faults = [*loaded.faults, *asked, *checked.faults, *unfounded.faults]
    if not faults:
        faults = [*_as_of_faults(inputs), *whole_plan_faults(loaded, checked)]
    if faults:
        raise PlanError(faults, len(loaded.faults) + len(asked) + checked.fault_count + unfounded.fault_count)
    inputs.notices[:0] = _late_review(inputs)
    inputs.notices += [*_repeated_lines(inputs), *_absent_tables(inputs)]
    inputs.notices += [*plan_notices(loaded, checked, inputs.as_of), *encoding_notices(loaded)]
    return inputs


def _closed_findings(loaded: Loaded, checked: tables.Checked, closed: record.Record) -> Findings:
    """What touches closed months without a reason; the comparison is only loaded where there is one to make."""
    if not closed.months and "corrections" not in checked.tables:
        return Findings()
    from salesplan.closing.checks import closed_findings

    return closed_findings(loaded, checked, closed)


def _as_of_faults(inputs: Inputs) -> Iterator[Fault]:
    cutoff = inputs.loaded.plan.month_cutoff
    ends = [calendar.month_span(month, cutoff)[1] for month in inputs.loaded.plan.months]
    if inputs.as_of is not None and inputs.as_of not in ends:
        place = inputs.loaded.place("variance_review", ("as_of",))
        yield Fault("as_of", place, inputs.as_of, {"first": ends[0], "last": ends[-1]})


def _late_review(inputs: Inputs) -> Iterator[Notice]:
    """A review beyond the last sale: the months between count as months without sale, which must be said."""
    import pyarrow.compute as pc

    last: date | None = pc.max(inputs.tables["sales"]["date"]).as_py()
    known = default_as_of(inputs.tables["sales"], inputs.loaded)
    if inputs.as_of and last and (known is None or known < inputs.as_of):
        yield Notice("as_of_beyond", "", {"as_of": inputs.as_of, "last": last})


def _repeated_lines(inputs: Inputs) -> Iterator[Notice]:
    """Order lines of this year that stand there twice, word for word: often a month's rows pasted in again."""
    from salesplan.tables.repeats import repeated_rows

    first = calendar.month_span(inputs.loaded.plan.months[0], inputs.loaded.plan.month_cutoff)[0]
    again = repeated_rows(inputs.tables["sales"], since=first)
    if again:
        yield Notice("lines_twice", "", {"count": again})


def _absent_tables(inputs: Inputs) -> Iterator[Notice]:
    """Tables that change what a report can say when they are not there."""
    rules = inputs.loaded.rules["commission"]
    paid = ("products", "collections", "scores") if isinstance(rules, CommissionTerms) and rules.plans else ()
    for name in ("reps", "customers", *paid):
        if name not in inputs.tables:
            yield Notice(f"absent_{name}", "", {})


def restore(folder: Path, loaded: Loaded) -> Inputs | None:
    """The inputs saved in a folder, or None if they were read with other parameters."""
    key = folder / KEY
    if not key.exists() or key.read_text(encoding="utf-8") != key_of(loaded):
        return None
    checked = tables.load(folder)
    closed = record.read(folder, loaded.plan.months)
    reads = {"parameters:plan"}  # language and units, whatever else the step asks for
    watched = replace(loaded, rules=Watched(loaded.rules, "parameters", reads))
    given = Watched(checked.tables, "input", reads)
    return Inputs(watched, given, checked.notices, checked.hashes, folder, closed, reads=reads)
