"""What a comparison leaves: a page, tables, and the same as data."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from salesplan.comparing import saying
from salesplan.comparing.figures import moved
from salesplan.comparing.sides import Comparison
from salesplan.report.sections import write_sections
from salesplan.staging import write_whole
from salesplan.tables.outputs import BOM
from salesplan.wording import Words

FOLDER = "compared"


def words_of(found: Comparison) -> Words:
    """The language of the newer run's plan."""
    plan = found.loaded.plan
    return Words(plan.language, plan.display_unit, plan.currency)


def write_comparison(found: Comparison, words: Words) -> Path:
    """Write `outputs/<plan>/compared/<A>..<B>/`: `index.html` and `compare_*.csv`; returns the page.

    It appears whole; an earlier comparison of the same runs is replaced.
    """
    folder = found.after.folder.parent / FOLDER / f"{_name(found)}..{found.after.name}"
    draft = folder.with_name(f".{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, frame in _tables(found).items():
        write_whole(draft / f"compare_{name}.csv", BOM + frame.to_csv(index=False, lineterminator="\n").encode())
    title = found.loaded.plan.title or str(found.after.manifest["plan"])
    told = {"before": _long_name(found.before), "after": _long_name(found.after)}
    write_sections(
        draft / "index.html", words, list(saying.sections(found, words)), title=title,
        heading=saying.heading(found, words), subtitle=words("compare.subtitle", **told),
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return folder / "index.html"


def _name(found: Comparison) -> str:
    plans = [str(run.manifest["plan"]) for run in (found.before, found.after)]
    return found.before.name if plans[0] == plans[1] else f"{plans[0]}-{found.before.name}"


def _long_name(run: Any) -> str:
    return f"{run.manifest['plan']}/{run.name}"


def _tables(found: Comparison) -> dict[str, pd.DataFrame]:
    """The tables as they are written: money in currency units, everything as text."""
    figures = found.figures.assign(
        **{name: _plain(found.figures[name], found.figures["kind"]) for name in ("before", "after", "change")}
    ).assign(growth=found.figures["growth"].map(lambda share: "" if pd.isna(share) else f"{share:.6f}"))
    tables = {name: getattr(found, name) for name in ("parameters", "rows", "versions", "steps")}
    inputs = found.inputs.assign(amount=_plain(found.inputs["amount"], pd.Series(["money"] * len(found.inputs))))
    return {**tables, "inputs": inputs, "figures": figures}


def _plain(values: pd.Series, kinds: pd.Series) -> list[str]:
    """Numbers as plain decimals: money with two, others with up to nine places."""
    return [
        "" if pd.isna(value) else f"{value / 100:.2f}" if kind == "money" else f"{value:.9f}".rstrip("0").rstrip(".")
        for value, kind in zip(values, kinds, strict=True)
    ]


def as_json(found: Comparison, page: str) -> str:
    """The comparison as JSON: what differs, the moved numbers, how many stayed."""
    tables = _tables(found)
    different = tables["figures"].loc[moved(found.figures.reset_index())["index"]]
    told = {name: _records(frame) for name, frame in tables.items() if name != "figures"}
    kind, name = found.origin
    return json.dumps(
        {"before": _long_name(found.before), "after": _long_name(found.after), "origin": {"kind": kind, "name": name},
         **told, "moved": _records(different), "same": len(found.figures) - len(different), "page": page},
        ensure_ascii=False,
    )  # fmt: skip


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", force_ascii=False))
    return found
