"""Names of plans and runs, safe as folders on every system."""

import re
from datetime import UTC, datetime
from pathlib import Path

from salesplan.errors import Fault, PlanError
from salesplan.places import workbook_of

UNFINISHED = ".unfinished"
# What stands beside the runs of a plan and is none.
OWN_ENTRIES = ("index.html", "lab", "closed", "inputs", "compared", "explained", "reports", "sweeps", "register.jsonl")
MOST_BYTES = 200
SAFE = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff.\-]{0,79}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def outputs_of(plan: Path) -> Path:
    """The folder of a plan's runs: `outputs/` beside `params/`."""
    return workbook_of(plan) / "outputs" / plan.resolve().name


def safe_name(name: str, what: str) -> str:
    """The name, if it is safe as a folder on every system; else `PlanError`."""
    unsafe = RESERVED.fullmatch(name) or name in OWN_ENTRIES or name.endswith(".") or len(name.encode()) > MOST_BYTES
    if unsafe or not SAFE.fullmatch(name):
        raise PlanError([Fault("unsafe_name", what, name)])
    return name


def stamp(now: datetime | None = None) -> str:
    """A run's name from the clock, in UTC: 20270405T081500Z."""
    return (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def free_name(outputs: Path, wanted: str | None) -> str:
    """The wanted name, refused if taken; without one a stamp, with a number where two runs share a second."""
    if wanted is not None:
        if (outputs / safe_name(wanted, "--name")).exists():
            raise PlanError([Fault("run_exists", "--name", wanted)])
        return wanted
    base = stamp()
    names = [base, *(f"{base}-{number}" for number in range(2, 1000))]
    return next(name for name in names if not (outputs / name).exists() and not (outputs / UNFINISHED / name).exists())
