"""Which step's parameters and inputs changed, and which tables moved from there on."""

from collections.abc import Mapping

import pandas as pd

from salesplan import STEPS
from salesplan.tables.outputs import step_of

SHARED = "plan"  # the file that all steps read


def tables_moved(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Output tables that are not the same byte for byte; `before` and `after` are SHA-256 by file of the runs."""
    names = sorted(name for name in before.keys() | after.keys() if name.startswith("tables/"))
    return [name[len("tables/") : -len(".csv")] for name in names if before.get(name) != after.get(name)]


def chain(parameters: pd.DataFrame, moved: list[str], known: Mapping[str, str]) -> pd.DataFrame:
    """One row per step: step, parameters (keys of its own that differ, plus those all share), tables (moved), of (all).

    `known`: the files of the newer run.
    """
    tables = [name[len("tables/") : -len(".csv")] for name in known if name.startswith("tables/")]
    rows = []
    for step in STEPS:
        keys = parameters.loc[parameters["step"] == step, "key"].tolist()
        own = [name for name in moved if step_of(name) == step]
        rows.append([step, len(keys), len(own), sum(step_of(name) == step for name in tables), ", ".join(own)])
    return pd.DataFrame(rows, columns=["step", "parameters", "moved", "tables", "names"])


def origin(parameters: pd.DataFrame, inputs: list[str], versions: list[str]) -> tuple[str, str]:
    """Where everything that moved comes from, where that can be told: kind and what.

    `parameter` and the key where one key differs and nothing else; `step` and the file where all that differs stands in
    one; `inputs` where only input tables differ; `versions` where only these do; `none` where nothing does; else
    `several`.
    """
    keys, files = parameters["key"].tolist(), sorted(set(parameters["step"]))
    kinds = [name for name, some in (("parameter", keys), ("inputs", inputs), ("versions", versions)) if some]
    if not kinds:
        return "none", ""
    if len(kinds) > 1:
        return "several", ""
    if kinds == ["parameter"]:
        return ("parameter", keys[0]) if len(keys) == 1 else ("step", files[0]) if len(files) == 1 else ("several", "")
    return kinds[0], ", ".join(inputs or versions)
