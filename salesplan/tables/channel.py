"""What must hold of the tables `stock` and `dealers`: whole units, products that are known, no circle of suppliers."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from salesplan.tables.arrays import Flags, is_among, is_known, texts, to_numpy
from salesplan.tables.headers import nearest
from salesplan.tables.results import Findings

if TYPE_CHECKING:
    from salesplan.tables.checking import Read

COUNTED = {"stock": ("opening", "in_transit"), "dealers": ("stock",)}


def check_channel(read: "Mapping[str, Read]", findings: Findings) -> None:
    """Check stock and dealers as far as they are there."""
    known = known_products(read)
    for name in COUNTED.keys() & read.keys():
        _check_units(read[name], COUNTED[name], findings)
        if known is not None:
            _check_products(read[name], known, findings)
    if "stock" in read and not read["stock"].has("opening"):
        findings.fault("header_missing", f"{read['stock'].file} , column opening", known="")
    if "dealers" in read and read["dealers"].has("parent"):
        _check_parents(read["dealers"], findings)


def known_products(read: "Mapping[str, Read]") -> pa.Array | None:
    """Products that are sold or listed; None where neither sales nor products name any."""
    columns = [read[name].column("product") for name in ("sales", "products") if name in read]
    named = pa.concat_arrays([column.drop_null().unique() for column in columns] or [texts([])])
    return named.unique() if len(named) else None


def _check_units(read: "Read", columns: tuple[str, ...], findings: Findings) -> None:
    for name in columns:
        column = read.column(name)
        found = to_numpy(column)
        wrong = is_known(column) & ((found < 0) | (found != np.floor(found)))
        read.report(findings, "cell_count", np.flatnonzero(wrong), name)


def _check_products(read: "Read", known: pa.Array, findings: Findings) -> None:
    """One fault per product nobody knows, at its first row."""
    column = read.column("product")
    unknown: Flags = is_known(column) & ~is_among(column, known)
    names = sorted(known.to_pylist())
    seen: set[str] = set()
    for row in np.flatnonzero(unknown).tolist():
        product = column[row].as_py()
        if product not in seen:
            seen.add(product)
            read.report(findings, "product_unknown", [row], "product", **nearest(product, names))


def _check_parents(read: "Read", findings: Findings) -> None:
    """Nobody may be his own supplier, by whatever way round; the last month that names a supplier counts."""
    columns = [read.column(name).to_pylist() for name in ("month", "dealer", "parent")]
    rows = sorted((month, dealer, parent, row) for row, (month, dealer, parent) in enumerate(zip(*columns, strict=True))
                  if month and dealer and parent)  # fmt: skip
    last = {dealer: (parent, row) for _, dealer, parent, row in rows}
    parents = {dealer: parent for dealer, (parent, _) in last.items()}
    for dealer, (_, row) in sorted(last.items()):
        if dealer in _above(dealer, parents):
            read.report(findings, "parent_circle", [row], "parent")


def _above(dealer: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Suppliers of a dealer, the nearest first, each once."""
    seen: set[str] = set()
    while dealer in parents and parents[dealer] not in seen:
        dealer = parents[dealer]
        seen.add(dealer)
        yield dealer
