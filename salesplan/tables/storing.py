"""Typed tables as Parquet files, handed from one process to another."""

import json
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from salesplan.tables.contract import SPECS
from salesplan.tables.results import Checked, Notice

REPORT = "checked.json"


def save_all(checked: Checked, folder: Path) -> None:
    """One Parquet file per table, notices and hashes beside them; faulty tables are not saved."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in checked.tables.items():
        parquet.write_table(table, folder / f"{name}.parquet", compression="lz4")
    notices = [{"code": n.code, "place": n.place, "values": dict(n.values)} for n in checked.notices]
    report = {"tables": list(checked.tables), "notices": notices, "hashes": dict(checked.hashes)}
    (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, default=str), encoding="utf-8")


def load_all(folder: Path) -> Checked:
    """The tables, notices and hashes that `save_all` wrote."""
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    tables: dict[str, pa.Table] = {
        name: parquet.read_table(folder / f"{name}.parquet", memory_map=True)
        for name in report["tables"]
        if name in SPECS
    }
    return Checked(tables, [], [Notice(**notice) for notice in report["notices"]], report["hashes"])
