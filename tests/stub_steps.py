"""A pipeline whose five steps are stubs: each writes what a step writes, in a few milliseconds."""

import json
import re
import shutil
from contextlib import contextmanager
from unittest import mock

from workbooks import ROOT

from salesplan import STEPS, archive, inputs
from salesplan.copies import writing
from salesplan.copies.contents import Page
from salesplan.pipeline import execution, laying_out, provenance, run, signed_plan, taking_over
from salesplan.pipeline.request import NOTEBOOKS, Request
from salesplan.report import excel, index
from salesplan.staging import DONE, INPUTS, LETTERS, write_whole

CONTROL = re.compile(rb"<!--(sealed|runs)-->.*?<!--/\1-->", re.DOTALL)  # which run it is, which others there are
MADE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d")
CELL = {"id": "conclusions", "cell_type": "markdown", "metadata": {}, "source": "text"}


class Silent:
    """Tells nobody how a run goes."""

    def step(self, stem):
        pass

    def cell(self, stem, cell):
        pass

    def done(self, stem, seconds):
        pass

    def taken_over(self, stem, run, *, signed):
        pass


def plant(folder):
    """A workbook of its own with the minimal plan and notebooks that are only names."""
    (folder / "notebooks").mkdir(parents=True)
    for name in NOTEBOOKS.values():
        (folder / "notebooks" / f"{name}.ipynb").write_text("{}")
    shutil.copytree(ROOT / "params" / "minimal", folder / "params" / "minimal")
    return folder


def tables_of(stem):
    """The one table of a stub step."""
    return (f"stub_{stem}",)


def step_is_made(_, target, *__, **___):
    """What executing a notebook leaves: tables that rest on those before, papers, the notebook, the mark of its end."""
    stem = target.stem.split("_", 1)[1]
    staging = target.parent
    before = STEPS[: STEPS.index(stem)]
    texts = [(staging / "tables" / f"stub_{name}.csv").read_text() for name in before]
    write_whole(staging / "tables" / f"stub_{stem}.csv", f"{stem}\n{archive.digest(repr(texts).encode())}\n".encode())
    if stem == "rep_allocation":
        (staging / LETTERS).mkdir(exist_ok=True)
        (staging / LETTERS / "0001.html").write_text("<p>letter</p><!--sealed--><!--/sealed-->")
    target.write_text(json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    reads = ["parameters:plan", *(f"table:stub_{name}" for name in before)]
    write_whole(staging / INPUTS / f"{stem}{DONE}", json.dumps(reads).encode())


def inputs_are_saved(_, folder):
    """What the checked inputs leave for the steps."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sales.parquet").write_bytes(b"rows")
    write_whole(folder / inputs.STATE, json.dumps({"parameters:plan": "1"}).encode())


def book_is_written(folder, _):
    """What stands for the sheets."""
    (folder / "salesplan.xlsx").write_bytes(b"sheets")


@contextmanager
def stubbed(workbook):
    """Runs of this workbook execute stubs; its inputs are checked once."""
    checked = inputs.check(workbook / "params" / "minimal")
    with (
        mock.patch.object(run, "check", lambda *_: checked),
        mock.patch.object(execution, "execute", step_is_made),
        mock.patch.object(inputs.Inputs, "save", inputs_are_saved),
        mock.patch.object(taking_over, "tables_of", tables_of),
        mock.patch.object(laying_out, "tables_of", tables_of),
        mock.patch.object(signed_plan, "tables_of", lambda _: ()),
        mock.patch.object(excel, "write_workbook", book_is_written),
        mock.patch.object(index, "_decided", lambda *_: []),
        # Copies are written as ever; what stands in them is worked out of tables that stubs have none of.
        mock.patch.object(writing, "decisions", lambda *_: []),
        mock.patch.object(writing, "company_page", lambda *_: Page([], [])),
        mock.patch.object(writing, "RepPages", lambda *_: None),
        mock.patch.object(writing, "dealer_pages", lambda *_: {}),
        mock.patch.object(writing._Writer, "_payroll", lambda _: None),
        mock.patch.object(provenance, "versions", lambda: {"python": "3"}),
    ):
        yield


def made(workbook, **options):
    """Make a run in this process."""
    return run.run(Request(workbook / "params" / "minimal", engine="kernel", **options), Silent())


def bare(folder):
    """Every file of a run but its manifest, without when it was made: the same for every run of the same."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != archive.MANIFEST)
    return {path.relative_to(folder).as_posix(): MADE.sub(b"", CONTROL.sub(b"", path.read_bytes())) for path in files}
