"""Input tables of two runs row by row: what was added, what is gone, what changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from salesplan.money import from_fen

SHOWN = 20
ROWS = ["change", "row", "times", "column", "before", "after"]
PLACE = "row_number"


@dataclass(frozen=True)
class RowChanges:
    """How a table differs: counts of rows, and the first of each kind as text.

    `rows`: change (gone | added | changed), row (its number from 0 in the older table for `gone`, else in the newer),
    times (how often more it stands there), column (blank where it is the whole row), before, after.
    """

    gone: int
    added: int
    changed: int
    rows: pd.DataFrame

    @property
    def any(self) -> bool:
        """Whether there is any difference."""
        return bool(self.gone or self.added or self.changed)


def row_changes(
    before: "pa.Table", after: "pa.Table", *, keys: Sequence[str] = (), money: Collection[str] = ()
) -> RowChanges:
    """Rows that only one side has, as a multiset: order does not matter, a row that stands there twice counts twice.

    With `keys` that name a row once, a row gone and one added of the same key are one changed row. Values are compared
    typed, so that formatting alone is no change; those of `money` columns are fen. A million rows take seconds.

    Example: of rows a, a, b and rows a, b, c one a is gone and c is added.
    """
    names = [name for name in after.column_names if name in before.column_names]
    different = _different(before.select(names), after.select(names), names)
    gone, added = different[different["side"] < 0], different[different["side"] > 0]
    both, keyed = pd.DataFrame(), [name for name in keys if name in names]
    if keyed and not any(side.duplicated(keyed).any() for side in (gone, added)):
        both = gone.merge(added, on=keyed, suffixes=("_before", "_after"))
        marks = pd.MultiIndex.from_frame(both[keyed])
        gone, added = (side[~pd.MultiIndex.from_frame(side[keyed]).isin(marks)] for side in (gone, added))
    parts = [_whole(gone, names, money, "gone"), _whole(added, names, money, "added")]
    parts.append(_cells(both, [name for name in names if name not in keyed], keyed, money))
    rows = pd.DataFrame([row for part in parts for row in part], columns=ROWS)
    return RowChanges(int(gone["times"].sum()), int(added["times"].sum()), len(both), rows)


def _different(before: "pa.Table", after: "pa.Table", names: Sequence[str]) -> pd.DataFrame:
    """Distinct rows that one side has more often: the columns, side (-1 older, 1 newer), times, the last row of it."""
    import duckdb

    columns = ", ".join(f'"{name}"' for name in names)
    query = f"""
        SELECT {columns}, sign(sum(side))::BIGINT AS side, abs(sum(side))::BIGINT AS times,
               max("{PLACE}") FILTER (side < 0) AS older, max("{PLACE}") FILTER (side > 0) AS newer
        FROM (SELECT *, -1 AS side FROM before UNION ALL SELECT *, 1 AS side FROM after)
        GROUP BY {columns} HAVING sum(side) <> 0
    """
    connection = duckdb.connect()
    try:
        connection.register("before", _numbered(before))
        connection.register("after", _numbered(after))
        found: pd.DataFrame = connection.execute(query).to_arrow_table().to_pandas(types_mapper=_types)
    finally:
        connection.close()
    place = found["newer"].where(found["side"] > 0, found["older"]).astype("int64")
    return found.assign(**{PLACE: place}).sort_values(["side", PLACE], ignore_index=True)


def _numbered(table: "pa.Table") -> "pa.Table":
    return table.append_column(PLACE, pa.array(range(table.num_rows), type=pa.int64()))


def _types(kind: "pa.DataType") -> "Any":
    """Whole numbers stay whole where some are unknown."""
    return pd.Int64Dtype() if pa.types.is_integer(kind) else None


def _whole(side: pd.DataFrame, names: Sequence[str], money: Collection[str], change: str) -> list[list[Any]]:
    """The first rows of one side, each as one text of its filled columns."""
    found = []
    for row in side.head(SHOWN).to_dict("records"):
        text = " \u00b7 ".join(f"{name} {said}" for name in names if (said := shown(row[name], money=name in money)))
        texts = [text, ""] if change == "gone" else ["", text]
        found.append([change, row[PLACE], row["times"], "", *texts])
    return found


def _cells(both: pd.DataFrame, names: Sequence[str], keys: Sequence[str], money: Collection[str]) -> list[list[Any]]:
    """The columns that changed in the first changed rows."""
    found = []
    for row in both.head(SHOWN).to_dict("records"):
        key = " \u00b7 ".join(shown(row[name], money=False) for name in keys)
        for name in names:
            texts = [shown(row[f"{name}_{side}"], money=name in money) for side in ("before", "after")]
            if texts[0] != texts[1]:
                found.append(["changed", row[f"{PLACE}_after"], 1, f"{key}: {name}", *texts])
    return found


def shown(value: Any, *, money: bool) -> str:
    """A typed value as text; blank where unknown."""
    if value is None or pd.isna(value):
        return ""
    if money:
        return f"{from_fen(int(value)):,.2f}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
