"""Between numpy and Arrow by their buffers: Arrow's own conversions import pandas, which checking does without."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]
KEPT = {pa.int64(): np.int64, pa.int32(): np.int32, pa.float64(): np.float64, pa.date32(): np.int32}


def _bits(flags: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def to_arrow(values: Numbers, type_: pa.DataType, missing: Flags | None = None) -> pa.Array:
    """Numbers, or days since 1970, as an Arrow array; null where `missing`."""
    content = pa.py_buffer(np.ascontiguousarray(values, dtype=KEPT[type_]))
    return pa.Array.from_buffers(type_, len(values), [None if missing is None else _bits(~missing), content])


def flags(values: Flags) -> pa.Array:
    """A mask as an Arrow array."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def texts(values: Sequence[str | None]) -> pa.Array:
    """Texts as an Arrow array; None is null."""
    builder = pa.lib.StringBuilder()
    builder.append_values(list(values))
    return builder.finish()


def to_numpy(array: pa.Array | pa.ChunkedArray) -> Numbers:
    """Numbers, days or a mask as a numpy array; nulls are zero, or false."""
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    first, size = whole.offset, len(whole)
    if pa.types.is_boolean(whole.type):
        bits = np.frombuffer(whole.buffers()[1] or b"", dtype=np.uint8)
        found: Numbers = np.unpackbits(bits, bitorder="little", count=first + size)[first:].astype(bool)
    else:
        found = np.frombuffer(whole.buffers()[1] or b"", dtype=KEPT[whole.type])[first : first + size]
    return np.where(is_known(whole), found, found.dtype.type(0)) if whole.null_count else found


def is_known(array: pa.Array | pa.ChunkedArray) -> Flags:
    """Where an array is not null."""
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if not whole.null_count:
        return np.ones(len(whole), dtype=bool)
    return to_numpy(pc.is_valid(whole)).astype(bool)


def matches(array: pa.Array, pattern: str) -> Flags:
    """Which texts match a regular expression; null does not."""
    return to_numpy(pc.match_substring_regex(array, pattern)).astype(bool)


def is_among(array: pa.Array, known: pa.Array) -> Flags:
    """Which texts are among the known ones; null is not."""
    return to_numpy(pc.is_in(array, value_set=known)).astype(bool) & is_known(array)


def null(type_: pa.DataType) -> pa.Scalar:
    """Unknown, as a scalar of this type."""
    return pa.nulls(1, type_)[0]


def codes_of(array: pa.Array) -> tuple[pa.Array, Numbers]:
    """The different values of an array without nulls, and which of them each row holds."""
    encoded = array.dictionary_encode()
    return encoded.dictionary, to_numpy(encoded.indices)


SAMPLE = 1 << 16
VARIED = 0.4  # share of different values from which telling them apart costs more than it saves


def distinct(array: pa.Array) -> tuple[pa.Array, Numbers | None]:
    """As `codes_of`, but the array itself and no codes where most of its values differ, as order numbers do."""
    if len(array) > SAMPLE and len(array.slice(0, SAMPLE).dictionary_encode().dictionary) > VARIED * SAMPLE:
        return array, None
    return codes_of(array)


def whole(array: pa.ChunkedArray) -> pa.Array:
    """A chunked array as one; not copied where it is one already."""
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()


def filled(array: pa.Array, text: str) -> pa.Array:
    """Texts with null replaced."""
    return pc.coalesce(array, texts([text])[0]) if array.null_count else array
