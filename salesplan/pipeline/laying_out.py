"""What a run starts from, laid into its folder: parameters, checked tables, the review before."""

import json
import shutil
from pathlib import Path

from salesplan import STEPS
from salesplan.inputs import Inputs
from salesplan.pipeline.changed_lines import lines_since
from salesplan.pipeline.predecessors import Predecessors
from salesplan.staging import INPUTS, PREVIOUS, REVIEW, SETTLED, write_whole
from salesplan.tables.outputs import csv_bytes, tables_of

CHANGED = "variance_review_changed_lines"


def lay_out(before: Predecessors, staging: Path, inputs: Inputs) -> None:
    """Put into a run what its steps start from: parameter files, those a signed plan settles among them, checked
    tables, and the review before this one."""
    folder = staging / "params"
    folder.mkdir(exist_ok=True)
    for stem, content in inputs.loaded.texts.items():
        (folder / f"{stem}.yaml").write_bytes(content)
    inputs.save(staging / INPUTS)
    if before.plan:
        shutil.copytree(folder, staging / INPUTS / SETTLED)
    lay_review(before, staging, inputs)


def lay_review(before: Predecessors, staging: Path, inputs: Inputs) -> None:
    """Put the tables of the review before this one into a run: to compare with, and to make the run again.

    In place of its own changed lines stand those that have changed since.
    """
    folder, review = staging / PREVIOUS, before.review
    if before.again and (before.again.folder / PREVIOUS).is_dir():
        shutil.copytree(before.again.folder / PREVIOUS, folder, dirs_exist_ok=True)
    if review is None:
        return
    folder.mkdir(exist_ok=True)
    for name in tables_of(STEPS[-1]):
        path = review.folder / "tables" / f"{name}.csv"
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    write_whole(folder / f"{CHANGED}.csv", csv_bytes(lines_since(review, inputs), CHANGED))
    said = {"run": review.name, "as_of": review.manifest["as_of"], "content": review.manifest["content"]}
    write_whole(folder / REVIEW, json.dumps(said, sort_keys=True).encode())
