"""Input tables that lie in a database, read through the ledger's engine."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from salesplan.params.secrets import secret_of
from salesplan.tables.reading import Source, open_arrow
from salesplan.terms.plan import DatabaseTable

if TYPE_CHECKING:
    import pyarrow as pa

    from salesplan.tables.gathering import Plan

IN_FILES = ("duckdb", "sqlite")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def open_table(entry: DatabaseTable, place: str, plan: "Plan") -> Iterator[Source]:
    """The table as a source, or a fault. Databases in files must lie in the plan's folder; addresses are not shown.

    `${NAME}` in an address is the environment's variable of that name, so that no password stands in a file.
    """
    if secret_of(entry.database):  # a fault of the parameter file, told there
        return
    unset = [name for name in VARIABLE.findall(entry.database) if not os.environ.get(name)]
    if unset:
        plan.findings.fault("database_variable", place, entry.database, names=", ".join(unset))
        return
    address = _address(_expanded(entry.database), plan.folder)
    if address is None:
        plan.findings.fault("path_outside", place, entry.database)
        return
    try:
        table = _fetch(address, entry.table)
    except ImportError:
        plan.findings.fault("database_driver", place, entry.table, engine=urlsplit(address).scheme)
        return
    except Exception as error:  # every engine has errors of its own
        plan.findings.fault("database", place, entry.table, cause=type(error).__name__)
        return
    plan.hashes[place], plan.sources[place] = _hash(table), table
    yield open_arrow(table, f"{plan.shown}/plan.yaml: table {entry.table}")


def _expanded(url: str) -> str:
    """The address with its variables; within an address their signs are escaped, as in a password `p@ss`."""
    alone = VARIABLE.fullmatch(url) or url.startswith(IN_FILES)
    return VARIABLE.sub(lambda found: os.environ[found[1]] if alone else quote(os.environ[found[1]], safe=""), url)


def _address(url: str, folder: Path) -> str | None:
    parts = urlsplit(url)
    if parts.scheme not in IN_FILES:
        return url
    path = (folder / (parts.netloc + parts.path)).resolve()
    return f"{parts.scheme}://{path}" if path.is_relative_to(folder.resolve()) and path.is_file() else None


def _fetch(address: str, name: str) -> "pa.Table":
    import ibis

    connection: Any = ibis.connect(address, **({"read_only": True} if address.startswith("duckdb") else {}))
    try:
        return connection.table(name).to_pyarrow()
    finally:
        connection.disconnect()


def _hash(table: "pa.Table") -> str:
    """The same for the same rows, in whatever order the database returns them."""
    rows = sorted(
        repr(sorted(row.items())) for batch in table.to_batches(max_chunksize=65536) for row in batch.to_pylist()
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
