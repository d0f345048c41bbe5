"""What computed a run: versions of the interpreter and of the libraries that make numbers."""

import platform
from importlib.metadata import PackageNotFoundError, version

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


def versions() -> dict[str, str]:
    """Version of each library by its name."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
