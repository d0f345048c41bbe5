"""A plan with an archive made by hand, small enough to be damaged byte by byte."""

import json

from salesplan import archive
from salesplan.archive import register

PLAN = """\
title: Shop
fiscal_year: 2027
language: en
display_unit: one
inputs: {sales: data/sales.csv}
approvals:
  plan: [marketing, finance, general_manager]
  performance: [general_manager, hr]
"""
TARGET = "levels: {commit: 1200}\n"
SALES = "date,amount,order\n2026-05-10,900,A1\n2026-06-10,300,A2\n"
MONTH = "2027-01"
PAGE = "<p>1200</p>\n<footer><!--sealed-->content {mark}<!--/sealed--></footer>\n</html>\n"


def make_plan(workbook, plan="shop"):
    """A workbook with one plan in it; returns the folder of its runs."""
    (workbook / "notebooks").mkdir(exist_ok=True)
    folder = workbook / "params" / plan
    (folder / "data").mkdir(parents=True)
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "annual_target.yaml").write_text(TARGET)
    (folder / "data" / "sales.csv").write_text(SALES)
    outputs = workbook / "outputs" / plan
    outputs.mkdir(parents=True)
    return outputs


def params_of(outputs):
    return outputs.parents[1] / "params" / outputs.name


def close_month(outputs):
    """A closed month as `salesplan close` leaves it; returns its place and the SHA-256 of its entry."""
    folder = outputs / "closed" / MONTH
    folder.mkdir(parents=True)
    (folder / "commission.parquet").write_bytes(b"PAR1")
    entry = {"month": MONTH, "files": {"commission.parquet": archive.file_digest(folder / "commission.parquet")}}
    (folder / "closed.json").write_text(json.dumps(entry))
    return {f"outputs/{outputs.name}/closed/{MONTH}/closed.json": archive.file_digest(folder / "closed.json")}


def make_run(outputs, name="first", *, inputs=None, registered=True, stored=True, **manifest):
    """A run of the plan as it stands now, with one table and one page; returns its folder."""
    plan, folder = params_of(outputs), outputs / name
    place, source = f"params/{plan.name}/data/sales.csv", plan / "data" / "sales.csv"
    own = {place: archive.file_digest(source)}
    names = archive.keep(outputs, {place: source}, own) if stored else {}
    for file in plan.glob("*.yaml"):
        put(folder / "params" / file.name, file.read_bytes())
    put(folder / "tables" / "annual_target.csv", b"level,value\ncommit,1200\n")
    inputs, changes = {**own, **(inputs or {})}, manifest.pop("changes", {})
    mark = archive.content_hash(inputs, archive.files_of(folder), changes)
    put(folder / "index.html", PAGE.format(mark=shown(mark)).encode())
    told = {"plan": plan.name, "run": name, "state": "complete", "fiscal_year": 2027, "changes": changes}
    told |= {"created": "2027-01-05T08:00:00+00:00", "inputs": inputs, "stored": names, "content": mark, **manifest}
    archive.write_manifest(folder, {**told, "files": archive.files_of(folder)})
    if registered:
        register.run_completed(outputs, folder)
    return folder


def shown(content):
    """The start of a content hash as pages print it."""
    return " ".join(content[at : at + 4] for at in range(0, 16, 4))


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def reseal(folder, **changed):
    """Write a run's manifest anew from its files, consistent in itself, as somebody would who has altered it."""
    manifest = archive.read_manifest(folder) | changed
    files = archive.files_of(folder)
    content = archive.content_hash(manifest["inputs"], files, manifest["changes"])
    archive.write_manifest(folder, {**manifest, "files": files, "content": content})
