"""Two runs read from the archive and compared."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesplan import archive
from salesplan.comparing import causes
from salesplan.comparing.figures import figure_changes
from salesplan.comparing.pairing import LIKENESS
from salesplan.comparing.parameters import parameter_changes
from salesplan.comparing.rows import RowChanges, Shape, row_changes
from salesplan.params import Loaded
from salesplan.rebuilding import Rebuilt, files_of, parameters_of, rebuilt
from salesplan.tables import outputs
from salesplan.tables.contract import MONEY, SPECS
from salesplan.wording import Words

if TYPE_CHECKING:
    from salesplan.tables import Checked

READ = (
    "annual_target", "annual_target_odds", "annual_target_estimates", "seasonal_split", "seasonal_split_members",
    "rep_allocation", "commission", "variance_review_revision", "variance_review_kpis",
)  # fmt: skip
FIRST_ROWS = ["table", "place", "change", "times", "key", "column", "before", "after", "difference"]
INPUTS = ["table", "file", "state", "rows_before", "rows_after", "gone", "added", "changed", "amount"]


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs, the older side first.

    `parameters` as `parameters.parameter_changes` tells it. `inputs`: table, file (of the newer run, else of the
    older), state (changed | added | gone | alike: other bytes, same rows | not_kept), rows_before, rows_after, gone,
    added, changed, amount (what the sum of `amount` changed by, fen; unknown without one). `rows`: the first rows, with
    table and place. `versions`: what, before, after. `figures` as `figures.figure_changes`. `steps` as
    `causes.chain`; `origin` kind and name of where it all comes from.
    """

    before: archive.Run
    after: archive.Run
    loaded: Loaded
    parameters: pd.DataFrame
    inputs: pd.DataFrame
    rows: pd.DataFrame
    versions: pd.DataFrame
    figures: pd.DataFrame
    steps: pd.DataFrame
    origin: tuple[str, str]
    names: dict[str, str]


def compare(before: archive.Run, after: archive.Run) -> Comparison:
    """Compare two complete runs of one plan or of two."""
    sides = [parameters_of(run) for run in (before, after)]
    parameters = parameter_changes(*sides)
    inputs, rows = _inputs(before, after, sides)
    versions = _versions(before, after)
    told = [{name: _table(run, name) for name in READ if _has(run, name)} for run in (before, after)]
    files = [run.manifest.get("files", {}) for run in (before, after)]
    moved = causes.tables_moved(*files)
    changed = inputs.loc[inputs["state"] != "alike", "table"].tolist()
    return Comparison(
        before, after, sides[1], parameters, inputs, rows, versions, figure_changes(*told),
        causes.chain(parameters, moved, files[1]), causes.origin(parameters, changed, versions["name"].tolist()),
        {**_names(before), **_names(after)},
    )  # fmt: skip


def _has(run: archive.Run, name: str) -> bool:
    return (run.folder / "tables" / f"{name}.csv").exists()


def _table(run: archive.Run, name: str) -> pd.DataFrame:
    return outputs.read(run.folder / "tables" / f"{name}.csv", name)


def _names(run: archive.Run) -> dict[str, str]:
    """Names of the reps by key."""
    if not _has(run, "rep_allocation_reps"):
        return {}
    reps = _table(run, "rep_allocation_reps")
    if "name" not in reps:
        return {}
    return {rep: f"{name} {rep}" for rep, name in zip(reps["rep"], reps["name"].fillna(""), strict=True) if name}


def _versions(before: archive.Run, after: archive.Run) -> pd.DataFrame:
    one, other = (run.manifest.get("versions", {}) for run in (before, after))
    rows = [[name, one.get(name, ""), other.get(name, "")] for name in sorted(one.keys() | other.keys())]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["name", "before", "after"], dtype="str")


def _inputs(before: archive.Run, after: archive.Run, sides: list[Loaded]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which input tables differ, and their rows; tables made from the same bytes are not read."""
    given = [_files(run, side) for run, side in zip((before, after), sides, strict=True)]
    names = [name for name in SPECS if given[0].get(name) != given[1].get(name)]
    if not names:
        return pd.DataFrame(columns=INPUTS), pd.DataFrame(columns=FIRST_ROWS)
    with ExitStack() as stack:
        plans = [stack.enter_context(rebuilt(run)) for run in (before, after)]
        read = [_read(plan, frozenset(names)) for plan in plans]
        told = list(_told(names, given, read, Words(sides[1].plan.language)))
    lines = [line for line, _ in told]
    parts = [rows for _, rows in told if len(rows)]
    none = pd.DataFrame(columns=FIRST_ROWS)
    return pd.DataFrame(lines, columns=INPUTS), pd.concat(parts or [none], ignore_index=True)


def _files(run: archive.Run, side: Loaded) -> dict[str, dict[str, str]]:
    return {name: files_of(run, name, entry) for name, entry in side.plan.inputs.items()}


def _read(plan: Rebuilt, names: frozenset[str]) -> "Checked":
    """The tables of which every file is there."""
    gone = {name for name in names if _lost(plan, name)}
    return plan.check(names - gone)


def _lost(plan: Rebuilt, name: str) -> bool:
    entry = plan.loaded.plan.inputs.get(name)
    files = files_of(plan.run, name, entry) if entry is not None else {}
    return any(place.endswith(file) for place in plan.missing for file in files)


def _told(
    names: list[str], given: list[dict[str, dict[str, str]]], read: "list[Checked]", words: Words
) -> Iterator[tuple[list[Any], pd.DataFrame]]:
    for name in names:
        there = [bool(side.get(name)) for side in given]
        file = ", ".join(Path(place).name for place in given[1].get(name) or given[0].get(name) or ())
        sizes = [side.tables[name].num_rows if name in side.tables else None for side in read]
        if not all(there):
            state = "added" if there[1] else "gone"
            yield [name, file, state, *sizes, 0, 0, 0, None], pd.DataFrame()
        elif None in sizes:
            yield [name, file, "not_kept", *sizes, None, None, None, None], pd.DataFrame()
        else:
            found = row_changes(read[0].tables[name], read[1].tables[name], _shape(name, words))
            counts = [found.gone, found.added, found.changed, found.amount]
            yield [name, file, "changed" if found.any else "alike", *sizes, *counts], _placed(found, name, read)


def _shape(name: str, words: Words) -> Shape:
    spec = SPECS[name]
    money = {column.name for column in spec.columns if column.type in MONEY}
    labels = {column: words.column(column, name) for column in spec.names}
    return Shape(spec.unique, LIKENESS.get(name, ()), money, labels)


def _placed(found: RowChanges, name: str, read: "list[Checked]") -> pd.DataFrame:
    """The rows with the place where each stands in its file."""
    sides = {"gone": read[0].places[name]}
    places = [
        sides.get(change, read[1].places[name])(int(row), "")
        for change, row in zip(found.rows["change"], found.rows["row"], strict=True)
    ]
    return found.rows.assign(table=name, place=places)[FIRST_ROWS]
