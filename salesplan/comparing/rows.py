"""Input tables of two runs row by row: what was added, what is gone, what changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from salesplan.comparing.pairing import Step, paired, steps_of
from salesplan.money import from_fen

SHOWN = 20
TOLD = 4  # columns that tell which row is meant
ROWS = ["change", "row", "times", "key", "column", "before", "after", "difference"]
PLACE = "row_number"


@dataclass(frozen=True)
class RowChanges:
    """How a table differs: counts of rows, what that makes in money, and the first rows of each kind as text.

    `amount`: what the sum of the column `amount` changed by, in fen; None without such a column of money. `rows`:
    change (changed | gone | added), row (its number from 0 in the older table for `gone`, else in the newer), times
    (how often more it stands there), key (of a changed row, what tells which is meant), column (that changed; blank
    where it is the whole row), before, after, difference (of money).
    """

    gone: int
    added: int
    changed: int
    amount: int | None
    rows: pd.DataFrame

    @property
    def any(self) -> bool:
        """Whether there is any difference."""
        return bool(self.gone or self.added or self.changed)


@dataclass(frozen=True)
class Shape:
    """What is known of a table: `keys` that name a row once, else `likeness`, as `pairing.LIKENESS`; columns of money.

    `labels`: what people call the columns.
    """

    keys: Sequence[str] = ()
    likeness: Sequence[Step] = ()
    money: Collection[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


PLAIN = Shape()


def row_changes(before: "pa.Table", after: "pa.Table", shape: Shape = PLAIN) -> RowChanges:
    """Rows that only one side has, as a multiset: order does not matter, a row that stands there twice counts twice.

    A row gone and one added are one changed row where they have the same key; without keys, where they agree in the
    columns that tell which row is meant, or in all but one, see `pairing.paired`. Values are compared typed, so that
    formatting alone is no change; those of `money` columns are fen. A million rows take seconds.

    Example: of rows a, a, b and rows a, b, c one a is gone and c is added.
    """
    names = [name for name in after.column_names if name in before.column_names]
    different = _different(before.select(names), after.select(names), names)
    steps = _steps(different, shape, names)
    both = paired(different, steps)
    used = pd.concat([both["gone"], both["added"]]).value_counts().reindex(different.index, fill_value=0)
    alone = different.assign(times=different["times"] - used)
    gone, added = (alone[(alone["side"] == side) & (alone["times"] > 0)] for side in (-1, 1))
    parts = _cells(different, both.head(SHOWN), steps, names, shape)
    parts += [*_whole(gone, names, shape, "gone"), *_whole(added, names, shape, "added")]
    amount = None
    if "amount" in names and "amount" in shape.money:
        amount = int((different["amount"].fillna(0) * different["side"] * different["times"]).sum())
    rows = pd.DataFrame(parts, columns=ROWS)
    return RowChanges(int(gone["times"].sum()), int(added["times"].sum()), len(both), amount, rows)


def _steps(different: pd.DataFrame, shape: Shape, names: Sequence[str]) -> list[Step]:
    """What rows are paired by: the key, where no row stands twice under it; else likeness."""
    keys = tuple(name for name in shape.keys if name in names)
    if keys and not different.duplicated([*keys, "side"]).any():
        return [keys]
    return steps_of(shape.likeness, names)


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


def _whole(side: pd.DataFrame, names: Sequence[str], shape: Shape, change: str) -> list[list[Any]]:
    """The first rows of one side, each as one text of its filled columns."""
    found = []
    for row in side.head(SHOWN).to_dict("records"):
        texts = {name: shown(row[name], money=name in shape.money) for name in names}
        text = " \u00b7 ".join(f"{shape.labels.get(name, name)} {said}" for name, said in texts.items() if said)
        sides = [text, ""] if change == "gone" else ["", text]
        found.append([change, row[PLACE], row["times"], "", "", *sides, ""])
    return found


def _cells(
    different: pd.DataFrame, both: pd.DataFrame, steps: Sequence[Step], names: Sequence[str], shape: Shape
) -> list[list[Any]]:
    """The columns that changed in the changed rows."""
    found = []
    sides = [different.loc[both[side]].to_dict("records") for side in ("gone", "added")]
    for then, now, number in zip(*sides, both["step"], strict=True):
        told = (shown(now[name], money=name in shape.money) for name in steps[number][:TOLD] if name != "kind")
        key = " \u00b7 ".join(text for text in told if text)
        for name in names:
            money = name in shape.money
            texts = [shown(side[name], money=money) for side in (then, now)]
            if texts[0] != texts[1]:
                change = shown(now[name] - then[name], money=True) if money and all(texts) else ""
                plus = "+" if change and now[name] > then[name] else ""
                found.append(["changed", now[PLACE], 1, key, name, *texts, plus + change])
    return found


def shown(value: Any, *, money: bool) -> str:
    """A typed value as text; blank where unknown."""
    if value is None or pd.isna(value):
        return ""
    if money:
        return f"{from_fen(int(value)):,.2f}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
