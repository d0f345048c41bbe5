"""The tables a run leaves: whose they are, what kind a column is, and their CSV form.

Money is int64 fen in frames and currency units with two decimals in files; shares are fractions of one with
nine decimals.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from salesplan.tables.kinds import KINDS, MONEY_PREFIXES, OWN_KINDS, SHARE_PREFIXES, SHARE_SUFFIXES, Kind
from salesplan.tables.specification import TABLES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BOM = b"\xef\xbb\xbf"


def step_of(table: str) -> str:
    """The step a table belongs to: the longest stem its name begins with."""
    from salesplan import STEPS

    return max((stem for stem in STEPS if table == stem or table.startswith(stem + "_")), key=len)


def tables_of(step: str) -> list[str]:
    """Names of the tables a step leaves."""
    return [name for name in TABLES if step_of(name) == step]


def kind_of(table: str, column: str) -> Kind:
    """What a column of an output table holds."""
    own = OWN_KINDS.get(table, {}).get(column) or KINDS.get(column)
    if own:
        return own
    if column.startswith(MONEY_PREFIXES):
        return "money"
    return "share" if column.endswith(SHARE_SUFFIXES) or column.startswith(SHARE_PREFIXES) else "text"


def of_company(annual_target: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of table annual_target that are of the whole company: those with a blank line of business."""
    if "line" not in annual_target:
        return annual_target
    return annual_target[annual_target["line"].fillna("") == ""]


def empty(table: str, more: tuple[str, ...] = ()) -> "pd.DataFrame":
    """A table with its header and no row."""
    import pandas as pd

    dtypes: Mapping[str, str] = {
        "money": "int64",
        "share": "float64",
        "number": "float64",
        "count": "int64",
        "flag": "bool",
    }
    columns = (*TABLES[table], *more)
    return pd.DataFrame({c: pd.Series(dtype=dtypes.get(kind_of(table, c), "str")) for c in columns})


def _column(series: "pd.Series", kind: Kind) -> "pa.Array":
    """A column as it stands in the file: text, blank where unknown."""
    import pyarrow as pa

    if kind == "money":
        return _money(series)
    if kind == "share":
        # The same number of places everywhere: never an exponent, never a trace of float noise.
        return pa.array(
            [None if x != x else f"{x + 0.0:.9f}" for x in series.astype("float64").round(9)], type=pa.string()
        )
    if kind in ("number", "mixed"):
        return pa.array([_plain(value) for value in series], type=pa.string())
    if kind == "date" and series.dtype.kind == "M":
        return _days(series)
    if kind == "date":
        return pa.array([None if _unknown(day) else str(day)[:10] for day in series], type=pa.string())
    if kind == "flag":
        return pa.array(series.map({True: "true", False: "false"}), type=pa.string(), from_pandas=True)
    if kind == "count":
        return pa.array(series.astype("Int64"), type=pa.int64(), from_pandas=True).cast(pa.string())
    return pa.array(series.astype(object), type=pa.string(), from_pandas=True)


def _days(series: "pd.Series") -> "pa.Array":
    """Dates as ISO text, all at once."""
    import numpy as np
    import pyarrow as pa

    text = np.datetime_as_string(series.to_numpy(dtype="datetime64[D]"))
    return pa.array(text, type=pa.string(), mask=series.isna().to_numpy())


def _money(series: "pd.Series") -> "pa.Array":
    """Fen as currency units with two decimals, without a float on the way."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fen = pa.array(series.astype("Int64"), type=pa.int64(), from_pandas=True)
    size = pc.abs(fen)
    whole = pc.divide(size, 100)
    cents = pc.subtract(size, pc.multiply(whole, 100))
    digits = pc.take(pa.array([f"{n:02d}" for n in range(100)]), cents)
    sign = pc.if_else(pc.less(fen, 0), "-", "")
    return pc.binary_join_element_wise(sign, pc.binary_join_element_wise(whole.cast(pa.string()), digits, "."), "")


def _unknown(value: object) -> bool:
    return value is None or str(value) in ("<NA>", "NaT", "nan", "NaN", "None", "")


def _plain(value: object) -> str | None:
    if _unknown(value):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    text = f"{round(exact, 6):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def csv_bytes(frame: "pd.DataFrame", table: str) -> bytes:
    """An output table as a CSV file: UTF-8 with BOM, ISO dates, plain decimals."""
    import pandas as pd

    columns = {name: _column(frame[name], kind_of(table, name)).to_pandas() for name in frame.columns}
    text = pd.DataFrame(columns, columns=list(frame.columns)).to_csv(index=False, lineterminator="\n")
    return BOM + text.encode("utf-8")


def read(path: Path, table: str) -> "pd.DataFrame":
    """An output table read back as it was saved: money in fen, shares as floats, dates as dates."""
    import pandas as pd

    text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return text.assign(**{name: _typed(text[name], kind_of(table, name)) for name in text.columns})


def _typed(column: "pd.Series", kind: Kind) -> "pd.Series":
    import pandas as pd

    blank = column == ""
    if kind == "money":
        # "-0.05" keeps its sign: the digits without the point are the fen.
        fen = column.str.replace(".", "", regex=False).mask(blank)
        return fen.astype("Int64") if blank.any() else fen.astype("int64")
    if kind in ("share", "number"):
        return column.mask(blank).astype("float64")
    if kind == "mixed":
        return column.map(lambda text: Decimal(text) if text else None).astype(object)
    if kind == "date":
        return pd.to_datetime(column.mask(blank), format="%Y-%m-%d")
    if kind == "flag":
        return column == "true"
    if kind == "count":
        return column.mask(blank).astype("Int64") if blank.any() else column.astype("int64")
    return column.mask(blank) if blank.any() else column
