"""Which names a column of an input table has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def names_in(tables: "Mapping[str, pa.Table]", table: str, column: str) -> set[str]:
    """The different names in a column; none where there is no such table or column."""
    found = tables.get(table)
    if found is None or column not in found.column_names:
        return set()
    return {str(name) for name in found[column].unique().to_pylist() if name}
