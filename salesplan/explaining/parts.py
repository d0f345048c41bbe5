"""The pieces of an explanation, without words: keys of the catalogue with the values that fill them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Line:
    """One step: `key` of its text, `values` that fill it, the arithmetic, what it gives, and where it stands."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    formula: str = ""
    place: str = ""
    result: Decimal | None = None


@dataclass(frozen=True)
class Grid:
    """A table below the steps: column keys, rows of texts."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 0  # how many of the last columns are numbers


@dataclass(frozen=True)
class Part:
    """A part of the chain: `key` of its title, its steps, and a table."""

    key: str
    lines: Sequence[Line]
    grid: Grid | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """A number explained: what it is, what the table says (fen), and the parts from the target down."""

    member: str
    month: str
    kind: str  # quota | commission | target
    amount: int
    parts: Sequence[Part]
    dimension: str = "rep"  # of which `member` is one
    name: str = ""  # what people call a member beside its key
