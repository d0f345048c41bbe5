"""What a sweep leaves: one page, one table, and the same as data."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from salesplan import archive
from salesplan.errors import Fault
from salesplan.report.sections import write_sections
from salesplan.staging import write_whole
from salesplan.sweeping import saying
from salesplan.sweeping.measures import KINDS, Measures
from salesplan.sweeping.scenarios import FOLDER, Sweep
from salesplan.tables.outputs import BOM
from salesplan.wording import Words
from salesplan.wording.messages import entry


def words_of(found: Sweep) -> Words:
    """The language of the plan."""
    plan = found.planned.plan
    return Words(plan.language, plan.display_unit, plan.currency)


def write_sweep(found: Sweep, words: Words) -> Path:
    """Write `outputs/<plan>/sweeps/<name>/`: `index.html` and `scenarios.csv`; returns the page. It appears whole."""
    folder = found.outputs / FOLDER / found.name
    draft = folder.with_name(f".{folder.name}")
    with archive.lock(found.outputs):  # a sweep that begins removes drafts of one that was cut short
        draft.mkdir(parents=True)
        try:
            table = rows(found).to_csv(index=False, lineterminator="\n").encode()
            write_whole(draft / "scenarios.csv", BOM + table)
            varied = words.list([saying.parameter(key, words) for key in found.varied])
            write_sections(
                draft / "index.html", words, list(saying.sections(found, words)),
                title=found.planned.plan.title or found.outputs.name, heading=saying.heading(found, words),
                subtitle=words("sweep.subtitle", names=varied),
            )  # fmt: skip
            archive.appear(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder / "index.html"


def rows(found: Sweep) -> pd.DataFrame:
    """One row per scenario, the plan first: scenario (its number), state, the varied parameters, the measures.

    Beside each measure its difference to the plan, `<measure>_change`. Money in currency units, shares as fractions;
    blank is unknown, and a parameter of the plan's own row as its files have it.
    """
    names = [name for name in KINDS if name in saying.known(found) or name == "peak_month"]
    sides: list[tuple[str, Mapping[str, str], Measures]] = [("plan", {}, found.plan)]
    sides += [("impossible" if one.faults else "done", one.changes, one.measures) for one in found.scenarios]
    own = {key: saying.own_text(found, key) for key in found.varied}
    told = [
        {"scenario": number, "state": state, **{key: (values or own)[key] for key in found.varied},
         **_numbers(names, found.plan, measures)}
        for number, (state, values, measures) in enumerate(sides)
    ]  # fmt: skip
    return pd.DataFrame(told)


def _numbers(names: list[str], plan: Measures, measures: Measures) -> dict[str, str]:
    told = {}
    for name in names:
        told[name] = _plain(name, measures.get(name))
        if KINDS[name] != "month":
            told[f"{name}_change"] = _plain(name, saying.difference(name, plan, measures))
    return told


def _plain(name: str, value: Any) -> str:
    if value is None:
        return ""
    if KINDS[name] == "month":
        return str(value)
    return f"{value / 100:.2f}" if KINDS[name] == "money" else f"{value:.6f}"


def as_json(found: Sweep, words: Words, page: str) -> str:
    """The sweep as JSON: where it lies, the plan, each scenario with its changes, measures and differences."""
    told = rows(found).to_dict("records")
    keys = ["scenario", "state", *found.varied]
    faults: list[list[Fault]] = [[], *(list(one.faults) for one in found.scenarios)]
    scenarios = [
        {"scenario": row["scenario"], "state": row["state"],
         "changes": {key: row[key] for key in found.varied if row["scenario"]},
         "measures": {str(name): _value(str(name), text) for name, text in row.items() if name not in keys},
         "faults": [entry(fault, words) for fault in own]}
        for row, own in zip(told, faults, strict=True)
    ]  # fmt: skip
    return json.dumps(
        {"sweep": found.name, "state": "complete", "run": found.base or None, "page": page,
         "fixed": dict(found.fixed), "plan": scenarios[0], "scenarios": scenarios[1:], "faults": []},
        ensure_ascii=False,
    )  # fmt: skip


def _value(name: str, text: str) -> Any:
    return None if not text else text if KINDS.get(name) == "month" else float(text)
