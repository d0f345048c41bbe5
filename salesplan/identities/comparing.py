"""What identities are said with: two numbers are the same, two columns are the same by their keys."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Frames = Mapping[str, "pd.DataFrame"]
Breach = tuple[str, str]


def equal(name: str, left: int, right: int, what: str = "") -> Iterator[Breach]:
    """A breach unless the two numbers are the same; `what` says of which they are."""
    if left != right:
        yield name, f"{what} {left} <> {right}".strip()


def same_by(name: str, left: "pd.Series", right: "pd.Series") -> Iterator[Breach]:
    """A breach for every key under which the two columns of money differ, with the gap in fen."""
    gap = left.astype("int64").sub(right.astype("int64"), fill_value=0)
    for key, fen in gap[gap != 0].items():
        yield name, f"{key}: {int(fen)}"


def months_of(split: "pd.DataFrame") -> "pd.Series":
    """The amounts of a split by month."""
    return split.groupby("month")["amount"].sum()
