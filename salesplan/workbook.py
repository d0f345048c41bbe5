"""What a notebook asks for: its parameters, inputs, earlier tables, and ways to show and save."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesplan import PLANNED, STEPS, calendar, identities, tables
from salesplan.charts import render
from salesplan.closing import record
from salesplan.errors import Fault, PlanError, stop_on
from salesplan.filing import Filing
from salesplan.inputs import Inputs, check, restore
from salesplan.params import load
from salesplan.params.assumptions import assumptions_frame
from salesplan.places import no_plan
from salesplan.report.forms import Form, forms_html
from salesplan.report.sentences import Sentences
from salesplan.report.table import Table, html_table
from salesplan.report.tree import Branch, tree_html
from salesplan.staging import (
    DONE,
    INPUTS,
    PREVIOUS,
    REVIEW,
    SETTLED,
    write_whole,
)
from salesplan.tables import outputs
from salesplan.telling import tell_in_notebook
from salesplan.terms import PlanTerms
from salesplan.wording import Words

if TYPE_CHECKING:
    import pandas as pd

    from salesplan.commission import Closed
    from salesplan.rep_allocation import Given
    from salesplan.variance_review.periods import Edition


def find_plan(plan: str, start: Path | None = None) -> Path:
    """The plan's folder, from the working directory or upward; `PlanError` if there is none."""
    here = (start or Path.cwd()).resolve()
    for base in (here, *here.parents):
        if (base / plan).is_dir():
            return base / plan
    raise PlanError([no_plan(plan)])


class Step(Filing):
    """One step of a plan, opened by its notebook. Money in frames is int64 fen."""

    # A run draws charts beside the cells; everywhere else they are drawn at once.
    drawer: Callable[[render.Sketch], render.Chart] = staticmethod(render.draw)

    def __init__(self, stem: str, inputs: Inputs, run: Path | None) -> None:
        self.stem = stem
        self.inputs = inputs
        self.run = run
        self.all_rules: Mapping[str, Any] = inputs.loaded.rules
        self.rules: Any = inputs.loaded.rules[stem]
        self.plan: PlanTerms = inputs.loaded.plan
        # Pay is read to the cent, whatever unit the plan's targets are printed in.
        display_unit = "one" if stem == "commission" else self.plan.display_unit
        self.words = Words(self.plan.language, display_unit, self.plan.currency)
        self.months = self.plan.months
        self.words.names = self._names()
        self._charts = 0
        self._frames: dict[str, pd.DataFrame] = {}

    def _names(self) -> dict[str, str]:
        """Names of the reps by key; one that two reps share is told apart by the key."""
        given = self.inputs.tables.get("reps")
        if given is None or "name" not in given.column_names:
            return {}
        pairs = {
            rep: name for rep, name in zip(given["rep"].to_pylist(), given["name"].to_pylist(), strict=True) if name
        }
        counts = Counter(pairs.values())
        return {rep: name if counts[name] == 1 else f"{name} {rep}" for rep, name in pairs.items()}

    @cached_property
    def as_of(self) -> date | None:
        """Month end of the review; None before the first month is complete."""
        return self.inputs.as_of

    @cached_property
    def money_unit(self) -> int:
        """Smallest amount planned, in fen."""
        return int(self.plan.money_unit * 100)

    def facts(self) -> "pd.DataFrame":
        """The ledger's monthly cube: credited sales, history and actuals."""
        if "facts" not in self._frames:
            self._frames["facts"] = self.inputs.frame("facts")
        return self._frames["facts"]

    def history(self) -> "pd.DataFrame":
        """Facts before the plan year."""
        facts = self.facts()
        return facts[facts["month"] < self.months[0]].reset_index(drop=True)

    def actuals(self) -> "pd.DataFrame":
        """Facts of the plan year up to the month of the review; empty without actuals."""
        facts = self.facts()
        known = facts["month"].isin(self.closed_months)
        return facts[known].reset_index(drop=True)

    @cached_property
    def closed_months(self) -> list[str]:
        """Months of the year up to the review."""
        return calendar.closed_months(self.months, self.as_of, self.plan.month_cutoff)

    def order_lines(self) -> "pd.DataFrame":
        """Credited order lines of the plan year up to the review."""
        return self.inputs.frame("order_lines")

    def orders(self) -> "pd.DataFrame":
        """Every order of all years: order, customer, date, amount."""
        return self.inputs.frame("orders")

    def big_orders(self) -> "pd.DataFrame":
        """Lines of past orders of the size planned apart: order, month, the dimensions, amount, quantity."""
        return self.inputs.frame("big_orders")

    def deals(self) -> "pd.DataFrame":
        """Orders by credited rep of the last years and this one: order, customer, rep, date, month, amount."""
        return self.inputs.frame("deals")

    def daily(self) -> "pd.DataFrame":
        """Net sales by day before the plan year: date, amount."""
        return self.inputs.frame("daily")

    def reps(self) -> "pd.DataFrame":
        """The reps and their spells; those found in sales where no table lists them."""
        from salesplan import rep_allocation

        given = self.input("reps")
        return given if given is not None else rep_allocation.reps_from_sales(self.facts())

    def allocation_given(self) -> "Given":
        """What step 3 starts from: the split, the people, customers, deals and what is handed down."""
        from salesplan import rep_allocation

        history = self.history()
        tables = self.tables_given("reps", "customers", "opportunities", "quotas")
        return rep_allocation.Given(
            rep_allocation.planned_reps(tables["reps"], history, self.months),
            self.table("seasonal_split"),
            history,
            customers=tables["customers"],
            opportunities=tables["opportunities"],
            quotas=tables["quotas"],
            projects=self.table("seasonal_split_projects"),
            cutoff=self.plan.month_cutoff,
            unit=self.money_unit,
            expected=rep_allocation.company_expected(self.table("annual_target_odds")),
            level=self.all_rules["annual_target"].planned,
        )

    def input(self, name: str) -> "pd.DataFrame | None":
        """An input table as a frame, or None when the plan has none."""
        found = self.inputs.tables.get(name)
        return None if found is None else tables.frame(found, name)

    def closed(self) -> "Closed | None":
        """Months closed for good, as they were closed; None where there are none."""
        found = self.inputs.closed
        if found is None or not found.months:
            return None
        from salesplan.commission import Closed

        frames = {name.removeprefix("commission_"): found.frame(name) for name in record.TABLES}
        otherwise = self.words("commission.otherwise_corrected")
        return Closed(found.names, table=frames.pop("commission"), otherwise=otherwise, **frames)

    def closings(self) -> Sentences:
        """Which months are closed, by whom, when and with which run; one sentence each."""
        found = self.inputs.closed
        entries = [one.entry for one in found.months] if found is not None else []
        said = [
            self.words(
                "commission.closed_month",
                month=self.words.month(entry["month"]),
                by=entry["by"],
                date=self.words.date(date.fromisoformat(entry["time"][:10])),
                run=entry["run"],
            )
            for entry in entries
        ]
        return Sentences(said, kind="notes") if said else self.note("commission.none_closed")

    def table(self, name: str) -> "pd.DataFrame":
        """An output table of this run, as an earlier step saved it."""
        self.inputs.reads.add(f"table:{name}")
        if self.run is None or not (path := self.run / "tables" / f"{name}.csv").exists():
            raise PlanError([Fault("missing_table", f"tables/{name}.csv", None, {"step": outputs.step_of(name)})])
        return outputs.read(path, name)

    @cached_property
    def review_before(self) -> dict[str, str]:
        """The review before this one: `run`, `as_of` (its month end); empty where there is none."""
        self.inputs.reads.add("previous:review")
        path = self.run / PREVIOUS / REVIEW if self.run else None
        return dict(json.loads(path.read_bytes())) if path and path.is_file() else {}

    def table_before(self, name: str) -> "pd.DataFrame | None":
        """An output table of the review before this one; None where there is none."""
        self.inputs.reads.add(f"previous:{name}")
        path = self.run / PREVIOUS / f"{name}.csv" if self.run else None
        return outputs.read(path, name) if path and path.is_file() else None

    def assumptions(self) -> Table:
        """This step's parameters: meaning, value, unit."""
        frame = assumptions_frame(self.stem, self.rules, self.words)
        return html_table(frame, "assumptions", self.words, most=1000)

    def show(self, frame: "pd.DataFrame", table: str, *, most: int = 60) -> Table:
        """A frame as people read it; `table` names the output table that says what its columns hold."""
        return html_table(frame, table, self.words, most=most)

    def totals(self, grid: "pd.DataFrame", edition: "Edition | None") -> Table | Sentences:
        """The grid of a review: every indicator in total, the periods of its edition side by side."""
        from salesplan.report.grouped import total_table

        return total_table(grid, edition, self.words) if edition else self.note("variance_review.not_yet")

    def members(self, grid: "pd.DataFrame", edition: "Edition | None") -> Table | Sentences:
        """The grid of a review: the periods of its edition side by side, one table per dimension."""
        from salesplan.report.grouped import member_tables

        return member_tables(grid, edition, self.words) if edition else self.note("variance_review.not_yet")

    def annual(self, annual: "pd.DataFrame") -> Table | None:
        """The annual summary, once the year is over."""
        from salesplan.report.grouped import annual_table

        return annual_table(annual, self.words) if len(annual) else None

    def forms(self, forms: Sequence[Form]) -> Table | None:
        """Titled boxes of texts, such as a SWOT; nothing where there is no form."""
        return forms_html(forms) if forms else None

    def tree(self, branches: Sequence[Branch]) -> Table | None:
        """An indented tree with states; nothing where there is no branch."""
        return tree_html(branches) if branches else None

    def tables_given(self, *names: str) -> "dict[str, pd.DataFrame | None]":
        """Input tables by name, None for those the plan does not have."""
        return {name: self.input(name) for name in names}

    def draw(self, paint: Any, frame: Any, *, size: tuple[float, float] = (8.0, 3.6)) -> render.Chart:
        """A chart as inline SVG."""
        self._charts += 1
        sketch = render.Sketch(paint, frame, self.words, f"{self.stem}-{self._charts}", size)
        return Step.drawer(sketch)

    def say(self, sentences: Sequence[str]) -> Sentences:
        """Computed sentences as a list."""
        return Sentences(sentences)

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Stop on faults that only this step can see; not in a scenario, whose targets nobody recorded them against."""
        if not any(key.split(".")[0] in PLANNED for key in self.inputs.loaded.changes):
            stop_on(faults)

    def save(self, **frames: "pd.DataFrame") -> Table | Sentences:
        """Check the identities, then write this step's tables; with no run folder, only check."""
        identities.stop_on_breach(self.stem, frames, self._earlier(), self.money_unit)
        if self.run is None:
            return self.note("report.not_saved")
        folder = self.run / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        for name in outputs.tables_of(self.stem):
            write_whole(folder / f"{name}.csv", outputs.csv_bytes(frames[name], name))
        if (self.run / INPUTS).is_dir():
            write_whole(self.run / INPUTS / f"{self.stem}{DONE}", json.dumps(sorted(self.inputs.reads)).encode())
        files = [f"tables/{name}.csv" for name in outputs.tables_of(self.stem)]
        return self.note("report.saved", files=self.words.list(files))

    def _earlier(self) -> dict[str, "pd.DataFrame"]:
        before = STEPS[: STEPS.index(self.stem)]
        names = [name for step in before for name in outputs.tables_of(step)]
        wanted = [name for name in names if name in identities.NEEDED.get(self.stem, ())]
        return {name: self.table(name) for name in wanted} if self.run else {}


def _settled(run: Path | None) -> Path | None:
    """The parameter files of a signed plan that a run goes on from."""
    found = run / INPUTS / SETTLED if run else None
    return found if found and found.is_dir() else None


def open_step(stem: str, *, plan: str, run: str = "", changes: Mapping[str, Any] | None = None) -> Step:
    """Open one step of a plan.

    `plan` is the plan's folder from the working directory or upward, `run` the folder whose `tables/` earlier
    steps wrote and this one writes (empty: nothing is written), `changes` dotted keys that replace parameters.
    Raises `PlanError` with every fault of the plan's files.
    """
    folder = find_plan(plan)
    run_folder = Path(run) if run else None
    loaded = load(folder, changes, _settled(run_folder))
    restored = restore(run_folder / INPUTS, loaded) if run_folder else None
    step = Step(stem, restored or check(folder, changes), run_folder)
    tell_in_notebook(loaded, step.words, run_folder)
    return step
