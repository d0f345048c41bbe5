"""A run's plan as it was: its own parameter files, and the input files it was made from, out of the store."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from salesplan import archive
from salesplan.archive.sources import DATABASE, closed_month, file_hashes, is_closed, is_database
from salesplan.closing import record
from salesplan.errors import Fault, PlanError
from salesplan.params import Loaded, load

if TYPE_CHECKING:
    from salesplan.inputs import Inputs
    from salesplan.tables import Checked


ROWS = "kept"  # folder of a rebuilt plan with the rows that came from databases


@dataclass(frozen=True)
class Rebuilt:
    """A plan as a run had it, in a folder of its own for as long as it is needed.

    `missing` are the places of inputs that neither the store nor the plan's folder has any more; `laid` says by the
    place of a file with rows of a database which input of the run it is.
    """

    run: archive.Run
    loaded: Loaded
    missing: tuple[str, ...]
    laid: Mapping[str, str] = field(default_factory=dict)

    def check(self, names: "frozenset[str] | None" = None) -> "Checked":
        """The input tables read and checked, all of them or those of the `names`; what others tell is not asked for."""
        from salesplan import tables

        terms = self.loaded.plan
        if names is not None:
            known = {name: entry for name, entry in terms.inputs.items() if name in names}
            terms = terms.model_copy(update={"inputs": known})
        return tables.check(self.loaded.folder, terms, self.loaded.exchange_rates)

    def inputs(self) -> "tuple[Inputs, Checked]":
        """The inputs of the run as its steps had them. Raises `PlanError` where a file is missing or another."""
        from salesplan.checks.variance_review import placed
        from salesplan.inputs import Inputs

        checked, plan = self.check(), self.loaded.plan
        known = {**self.run.manifest.get("inputs", {}), **file_hashes(self.run.manifest)}
        places = list(self.missing)
        for place, found in checked.hashes.items():
            origin = self.laid.get(place, place)
            if known.get(origin) != found:
                places.append(origin)
        if places:
            raise PlanError([Fault("input_not_kept", place) for place in dict.fromkeys(places)])
        months = plan.months
        closed = record.read(archive.outputs_of(self.loaded.folder), months)
        return Inputs(self.loaded, placed(checked), checked.notices, checked.hashes, closed_months=closed), checked


def parameters_of(run: archive.Run) -> Loaded:
    """A run's parameters, out of its own copy of the files and with what `--set` changed."""
    return load(run.folder / "params", run.all_changes)


def files_of(run: archive.Run, table: str, entry: object) -> dict[str, str]:
    """SHA-256 of the files an input table was read from, by their place within the plan's folder."""
    plan, known = str(run.manifest["plan"]), run.manifest.get("inputs", {})
    if not isinstance(entry, str):
        return {place: found for place, found in known.items() if place.endswith(f"{DATABASE}{table}")}
    inside = {place.partition(f"{plan}/")[2]: found for place, found in known.items() if not is_closed(place)}
    return {name: found for name, found in inside.items() if name == entry or fnmatch(name, entry)}


def from_databases(run: archive.Run) -> dict[str, str]:
    """Changes by which the rows kept of databases are read: `plan.inputs.NAME` becomes a file."""
    return {f"plan.inputs.{path.stem}": path.as_posix() for path in rows_kept(run).values()}


def rows_kept(run: archive.Run) -> dict[str, PurePosixPath]:
    """Where the rows of each table of a database are laid within the plan, by the place that names it."""
    places = filter(is_database, run.manifest.get("inputs", {}))
    return {place: PurePosixPath(ROWS) / f"{place.partition(DATABASE)[2]}.parquet" for place in places}


@contextmanager
def rebuilt(run: archive.Run) -> Iterator[Rebuilt]:
    """The plan of a run in a temporary workbook; it is gone when the block ends."""
    with tempfile.TemporaryDirectory() as base:
        root, plan = Path(base).resolve(), str(run.manifest["plan"])
        (root / "notebooks").mkdir()
        inputs = run.manifest.get("inputs", {})
        above = next((place.partition(f"/{plan}/")[0] for place in inputs if not is_closed(place)), "params")
        (root / "params").mkdir()
        shutil.copytree(run.folder / "params", root / above / plan)
        rows, hashes = rows_kept(run), file_hashes(run.manifest)
        missing = []
        for place, found in inputs.items():
            target = root / above / plan / rows[place] if place in rows else root / place
            if not restored(run, place, hashes.get(place, found), target):
                missing.append(place)
        loaded = load(root / above / plan, {**run.all_changes, **from_databases(run)})
        if loaded.faults:
            raise PlanError(loaded.faults)
        laid = {f"{above}/{plan}/{path.as_posix()}": place for place, path in rows.items()}
        yield Rebuilt(run, loaded, tuple(missing), laid)


def restored(run: archive.Run, place: str, found: str, target: Path) -> bool:
    """Put an input of a run, of this SHA-256, where it is to be read; whether it could be found."""
    if is_closed(place):  # the entry names what lies beside it
        month = closed_month(run.folder.parent, place, found)
        if month is not None:
            shutil.copytree(month, target.parent, dirs_exist_ok=True)
        return month is not None
    source = archive.kept(run.folder.parent, found) or run.folder.parents[2] / place
    try:
        if not source.is_file() or archive.file_digest(source) != found:
            return False
    except OSError:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    _linked(source, target)
    return True


def _linked(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)
