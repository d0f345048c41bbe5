"""A plan folder written for one test: small files in, `Checked` out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from salesplan import tables
from salesplan.errors import Fault
from salesplan.tables import Checked
from salesplan.terms import PlanTerms

HISTORY = "2026-01-05,100.00\n"
Contents = dict[str, str | bytes | Callable[[Path], None]]


def check_plan(root: Path, contents: Contents, **terms: Any) -> Checked:
    """Check a plan of fiscal year 2027 whose input tables are these files: table -> CSV text, bytes or writer."""
    folder = root / "wb" / "params" / "demo"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (root / "wb" / "notebooks").mkdir(exist_ok=True)
    inputs: dict[str, Any] = {}
    for key, content in contents.items():
        name = key if "." in key else f"{key}.csv"
        write(folder / "data" / name, content)
        inputs[name.split(".")[0]] = f"data/{name}"
    given = {"fiscal_year": 2027, **terms}
    return tables.check(folder, PlanTerms(**{**given, "inputs": {**inputs, **terms.get("inputs", {})}}))


def write(path: Path, content: str | bytes | Callable[[Path], None]) -> None:
    if callable(content):
        content(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def sales(rows: str, header: str = "date,amount") -> str:
    """Order lines below a header, one line of history first."""
    fields = header.count(",") - 1
    return f"{header}\n2026-01-05,100.00{',' * fields}\n{rows}"


def codes(found: list[Fault]) -> list[str]:
    return [fault.code for fault in found]


def notices(checked: Checked) -> dict[str, dict[str, Any]]:
    return {notice.code: dict(notice.values) for notice in checked.notices}


def column(checked: Checked, name: str, table: str = "sales") -> list[Any]:
    """A column of a table, without the line of history that `sales` writes first."""
    return checked.tables[table][name].to_pylist()[1 if table == "sales" else 0 :]
