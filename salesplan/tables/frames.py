"""Arrow tables as pandas frames with the types the rooms expect."""

from collections.abc import Collection
from typing import Any

import pandas as pd
import pyarrow as pa

from salesplan.tables.contract import SPECS


def to_frame(table: pa.Table, name: str) -> pd.DataFrame:
    """An input table as a frame, rows as in the file; see `salesplan.tables.frame`."""
    return arrow_frame(table, SPECS[name].needed)


def arrow_frame(table: pa.Table, known: Collection[str]) -> pd.DataFrame:
    """A frame: whole numbers `int64` where always `known`, else `Int64`; dates datetime64; texts; floats."""
    return pd.DataFrame({name: _series(table[name], name in known) for name in table.column_names})


def _series(column: pa.ChunkedArray, known: bool) -> "pd.Series[Any]":
    found: pd.Series[Any]
    if pa.types.is_int64(column.type):
        found = column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        return found.astype("int64" if known else "Int64")
    if pa.types.is_date(column.type):
        found = column.cast(pa.timestamp("s")).to_pandas()
        return found.astype("datetime64[ns]")
    found = column.to_pandas()
    return found
