"""A run's figures as its steps had them, computed again by the same functions and held against its tables."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan import archive, calendar, rep_allocation, seasonal_split
from salesplan.errors import IdentityError
from salesplan.explaining.months import Season, cells_of, season_of
from salesplan.inputs import Inputs
from salesplan.params.reading import key_text
from salesplan.rebuilding import rebuilt
from salesplan.rep_allocation.people.hierarchy import sellers
from salesplan.rep_allocation.people.territory import ORDERS, Ownership, ownership
from salesplan.rep_allocation.quotas import Workings
from salesplan.rep_allocation.settling import Settled, settled, workings
from salesplan.rep_allocation.weighing import Blend, blended
from salesplan.workbook import Step


@dataclass(frozen=True)
class Grounds:
    """What explanations of one run stand on."""

    folder: Path
    inputs: Inputs
    places: Mapping[str, Callable[[int, str], str]] = field(default_factory=dict)
    made: rep_allocation.Allocation | None = None  # the quotas, where the step has them at hand
    laid: Mapping[str, str] = field(default_factory=dict)  # files with rows of databases, and what they are

    def at(self, table: str, row: int) -> str:
        """Where a row of an input table stands in its file; blank where the files are not at hand."""
        found = self.places[table](row, "") if table in self.places else ""
        file, told, number = found.rpartition(" row ")
        return f"{self.laid.get(file, file)}{told}{number}"

    def step(self, stem: str) -> Step:
        """A step of the run with its inputs and tables."""
        return Step(stem, self.inputs, self.folder)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run."""
        if self.made is not None and name == "rep_allocation":
            return self.made.table
        return self.step("rep_allocation").table(name)

    def place(self, stem: str, path: tuple[str | int, ...]) -> str:
        """Where a parameter stands in the run's own copy of the file; blank where the default counts.

        On pages of a run its key alone.
        """
        loaded = self.inputs.loaded
        if self.made is not None:  # a page may be taken over into a run whose files differ in their comments
            return key_text((stem, *path))
        found = loaded.place(stem, path)
        if found.startswith("--set"):
            return found
        if not any(path[:size] in loaded.documents[stem].lines for size in range(1, len(path) + 1)):
            return ""
        line = loaded.documents[stem].line(path)
        return f"{self.folder.name}/params/{stem}.yaml line {line}"

    @cached_property
    def sales(self) -> pd.DataFrame:
        """Order lines with what explanations name of them: date, order, members, amount, place."""
        table = self.inputs.tables["sales"]
        names = ["date", "order", "customer", "rep", "product", "region", "channel", "amount"]
        found: pd.DataFrame = table.select(names).to_pandas()
        return found.assign(date=pd.to_datetime(found["date"]), place=range(len(found)))

    @cached_property
    def by_account(self) -> tuple[pd.DataFrame, dict[str, Any]]:
        """Order lines before the plan year, and the places of each account's among them."""
        first = calendar.month_span(self.ground.given.months[0], self.inputs.loaded.plan.month_cutoff)[0]
        before = self.sales[self.sales["date"] < pd.Timestamp(first)].reset_index(drop=True)
        customers = self.owners.accounts[self.owners.is_customer]
        own = before["customer"].isin(customers)
        account = before["customer"].where(own, ORDERS + before["rep"].fillna(""))
        return before, {str(name): rows for name, rows in before.groupby(account).indices.items()}

    @cached_property
    def order_rows(self) -> dict[tuple[str, str], list[int]]:
        """Rows of the order lines by order and product."""
        known = self.sales[self.sales["order"].notna()]
        keys = [known["order"], known["product"].fillna("")]
        return {key: rows.tolist() for key, rows in known.groupby(keys)["place"]}  # type: ignore[misc]

    def rows_text(self, table: str, rows: list[int]) -> str:
        """Where rows stand: the file once, then the numbers."""
        places = [self.at(table, row).rpartition(" row ") for row in rows if table in self.places]
        files = dict.fromkeys(place[0] for place in places)
        return "; ".join(f"{file} row {', '.join(p[2] for p in places if p[0] == file)}" for file in files)

    @cached_property
    def ground(self) -> rep_allocation.Ground:
        """What the quotas stand on."""
        if self.made is not None:
            return self.made.ground
        step = self.step("rep_allocation")
        return rep_allocation.ground_of(step.allocation_given(), step.rules)

    @cached_property
    def settled(self) -> Settled:
        """The quotas before and after rounding. Raises IdentityError unless they are those of the run's table."""
        found = self.made.settled if self.made is not None else settled(self.ground)
        people, table = self.ground.people, self.table("rep_allocation")
        sums = table.pivot_table(index="rep", columns="month", values="amount", aggfunc="sum", fill_value=0)
        known = sums.reindex(index=people.reps, columns=people.months, fill_value=0).to_numpy(dtype=np.int64)
        wrong = np.argwhere(known != found.table.amount)
        if len(wrong):
            rep, month = people.reps[int(wrong[0][0])], people.months[int(wrong[0][1])]
            raise IdentityError("explain_quota", f"{rep} {month}: computed again it is not what the run's table says")
        return found

    @cached_property
    def workings(self) -> Workings:
        """What lies between the wishes and the quotas."""
        return workings(self.ground, self.settled)

    @cached_property
    def wishes(self) -> NDArray[np.float64]:
        """What each rep is to carry in each month, of one scale, fen."""
        return self.ground.wishes.wish

    @cached_property
    def blend(self) -> Blend:
        """The bases put together."""
        return blended(self.ground.weighing.found, self.ground.rules)

    @cached_property
    def owners(self) -> Ownership:
        """Who holds which account in the plan year."""
        given = self.ground.given
        people = sellers(given.reps, named=set(self.ground.people.reps))
        return ownership(given.history, given.customers, people, given.months, given.cutoff)

    @cached_property
    def season(self) -> Season:
        """How the months of the target came about."""
        found = season_of(self.step("seasonal_split"))
        self._check_months(found.months, found.labels)
        return found

    @cached_property
    def cells(self) -> seasonal_split.Cells:
        """The cube before rounding. Raises IdentityError unless in whole units it is the run's table."""
        found = cells_of(self.step("seasonal_split"), self.season)
        keys, year = list(found.members.columns), self.season.year
        rows = found.members.loc[found.members.index.repeat(12)].assign(month=list(year.months) * len(found.members))
        whole = rows.assign(again=seasonal_split.in_units(found, year.unit).T.ravel())
        known = self.table("seasonal_split").merge(whole, how="outer", on=["month", *keys])
        wrong = known[known["amount"] != known["again"]]
        if len(wrong):
            named = " ".join(str(wrong[key].iloc[0]) for key in ["month", *keys])
            raise IdentityError("explain_member", f"{named}: computed again it is not what the run's table says")
        return found

    def _check_months(self, months: Any, labels: list[str]) -> None:
        known = self.table("seasonal_split").groupby("month")["amount"].sum().reindex(labels).to_numpy()
        for label, own, found in zip(labels, months, known, strict=True):
            if own != found:
                raise IdentityError("explain_month", f"{label}: computed again it is not what the run's table says")


@contextmanager
def grounds_of(run: archive.Run) -> Iterator[Grounds]:
    """The grounds of a run out of its archive. Raises `PlanError` where an input file is no longer kept."""
    with rebuilt(run) as plan:
        inputs, checked = plan.inputs()
        yield Grounds(run.folder, inputs, checked.places, laid=plan.laid)
