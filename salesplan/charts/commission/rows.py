"""Rows of a frame as charts go through them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def each_row(frame: "pd.DataFrame") -> Iterable[Any]:
    """The rows as tuples whose fields are the columns."""
    return frame.itertuples()
