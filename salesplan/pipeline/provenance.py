"""What computed a run: the interpreter, the libraries that make numbers, and the product's own files."""

import hashlib
import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import salesplan
from salesplan.archive import digest, file_digest
from salesplan.pipeline.request import NOTEBOOKS

LIBRARIES = (
    "salesplan",
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis-framework",
    "holidays",
    "matplotlib",
    "papermill",
)
OWN_FILES = (".py", ".toml", ".j2", ".css", ".ttf")


def versions() -> dict[str, str]:
    """Version of each library by its name."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


@lru_cache
def code() -> str:
    """One hash of the product's files as installed: another release, or an edited one, has another."""
    root = Path(salesplan.__file__).parent
    found = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in OWN_FILES):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def notebooks(workbook: Path) -> dict[str, str]:
    """SHA-256 of the five notebooks by step; those that are missing are left out."""
    paths = {stem: workbook / "notebooks" / f"{name}.ipynb" for stem, name in NOTEBOOKS.items()}
    return {stem: file_digest(path) for stem, path in paths.items() if path.is_file()}


def maker(stem: str, found: Mapping[str, str], own: str, libraries: Mapping[str, str]) -> str:
    """One hash of all that makes a step's numbers beside what it reads."""
    return digest("\0".join([found.get(stem, ""), own, *(f"{k} {v}" for k, v in sorted(libraries.items()))]).encode())
