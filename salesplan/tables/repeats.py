"""Rows that stand in a table twice."""

from datetime import date

import numpy as np
import pyarrow as pa

from salesplan.tables.arrays import flags, to_numpy

EPOCH = date(1970, 1, 1)
# An odd multiplier of 64 bits: rows that differ in any column get numbers that differ, but for one case in 2^64.
MIX = np.uint64(0x9E3779B97F4A7C15)


def repeated_rows(sales: pa.Table, *, since: date) -> int:
    """How many order lines from a day on, with an order number, equal an earlier one in every column."""
    recent = to_numpy(sales["date"]) >= (since - EPOCH).days
    rows = sales.filter(flags(recent & to_numpy(sales["order"].is_valid())))
    if not len(rows):  # Arrow makes arrays without a chunk by way of pandas
        return 0
    marks = np.zeros(len(rows), dtype=np.uint64)
    for column in rows.columns:
        codes = to_numpy(column.combine_chunks().dictionary_encode(null_encoding="encode").indices.cast("int64"))
        marks = (marks + codes.astype(np.uint64) + np.uint64(1)) * MIX
    return len(rows) - len(np.unique(marks))
