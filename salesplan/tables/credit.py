"""What must hold of payments, of shared credit, and of corrections by hand: whose money, whose order, which dispute."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from salesplan.errors import SHOWN, nearest
from salesplan.tables.arrays import Flags, codes_of, filled, flags, is_among, is_known, texts, to_numpy
from salesplan.tables.results import Findings

if TYPE_CHECKING:
    from salesplan.tables.checking import Read

MICRO = 1_000_000
LIKE = 0.7  # numbers differ little anyway: further ones are no typing errors
ALIKE = 500  # names among which the nearest is looked for
BLANK = {"collections": ("kind", "payment"), "credit_splits": ("overlay", "no"), "disputes": ("state", "open")}


def check_credit(read: "Mapping[str, Read]", findings: Findings) -> dict[str, pa.Table]:
    """Check payments, credit splits and what names orders; returns the tables whose blank codes are filled in.

    A blank kind is a payment, a negative payment a refund, and a refund is negative; credit is within the whole
    unless said; a dispute is open until it is answered.
    """
    tables = {name: _filled(read[name], *BLANK[name]) for name in BLANK.keys() & read.keys()}
    if "credit_splits" in read:
        _check_shares(read["credit_splits"], findings)
    if "collections" in read:
        tables["collections"] = _check_collections(read["collections"], tables["collections"], findings)
    if "sales" in read:
        _check_orders(read, findings)
        _note_strangers(read, findings)
    if "adjustments" in read:
        _check_disputes(read, findings)
    return tables


def _filled(read: "Read", column: str, blank: str) -> pa.Table:
    return replaced(read.table, column, filled(read.column(column), blank))


def replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """A table with one of its columns replaced."""
    return table.set_column(table.column_names.index(name), name, values)


def _check_shares(read: "Read", findings: Findings) -> None:
    """Shares of an order must sum to one, exactly in millionths; what is beside the whole is not counted.

    Orders with a faulty cell were reported already.
    """
    order, share = read.column("order"), read.column("share")
    inside = ~is_among(read.column("overlay"), texts(["yes"]))
    orders, codes = codes_of(filled(order, ""))
    micro = np.where(inside, np.rint(to_numpy(share) * MICRO), 0).astype(np.int64)
    sums = np.zeros(len(orders), dtype=np.int64)
    np.add.at(sums, codes, micro)
    whole = np.zeros(len(orders), dtype=bool)
    whole[codes[inside]] = True
    whole[codes[~(is_known(order) & is_known(share))]] = False
    bad = np.flatnonzero(whole & (sums != MICRO)).tolist()
    for at in bad[:SHOWN]:
        rows = np.flatnonzero((codes == at) & inside).tolist()
        values = {"sum": f"{sums[at] / MICRO:.6f}", "lines": _rows(read, rows), "count": len(rows)}
        read.report(findings, "shares_sum", rows[:1], "order", **values)
    findings.fault_count += max(len(bad) - SHOWN, 0)


def _rows(read: "Read", rows: list[int]) -> str:
    """The rows of one order as a message lists them: 3 , 4 , 17."""
    return " , ".join(read.place_of(row).rpartition(" row ")[2] for row in rows[:SHOWN])


def _check_orders(read: "Mapping[str, Read]", findings: Findings) -> None:
    """Payments, credit splits and corrections by hand must name orders that were sold."""
    known = read["sales"].column("order")
    for name in ("collections", "credit_splits", "adjustments", "disputes"):
        if name not in read or not read[name].has("order"):
            continue
        orders = read[name].column("order")
        unknown = np.flatnonzero(is_known(orders) & ~is_among(orders, known)).tolist()
        code = "payment_order_unknown" if name == "collections" else "order_unknown"
        names = pc.unique(known).drop_null() if unknown else known
        for row in unknown[:SHOWN]:
            near = nearest_name(str(orders[row].as_py()), names)
            read[name].report(findings, code, [row], "order", nearest=near)
        findings.fault_count += max(len(unknown) - SHOWN, 0)


def _note_strangers(read: "Mapping[str, Read]", findings: Findings) -> None:
    """Payments without an order of customers who never bought: usually a name written differently."""
    if "collections" not in read or not is_known(read["sales"].column("customer")).any():
        return
    paid = read["collections"]
    customer = paid.column("customer")
    strange = ~is_known(paid.column("order")) & is_known(customer)
    rows = np.flatnonzero(strange & ~is_among(customer, read["sales"].column("customer")))
    if len(rows):
        values = {"count": len(rows), "customer": customer[int(rows[0])].as_py()}
        findings.notice("payments_of_unknown", paid.place_of(int(rows[0]), "customer"), **values)


def nearest_name(name: str, known: pa.Array) -> str:
    """Of different known names the one most like this one, among those that begin or end alike; empty where none is.

    Comparing with each of a million order numbers would take minutes; a typing error leaves one end whole.
    """
    half = max(len(name) // 2, 1)
    lower = pc.utf8_lower(known)
    folded = name.lower()
    for size in range(len(name) - 1, half - 1, -1):
        alike = pc.or_(pc.starts_with(lower, folded[:size]), pc.ends_with(lower, folded[-size:]))
        found = known.filter(alike)
        if len(found):
            return nearest(name, found[:ALIKE].to_pylist(), cutoff=LIKE)
    return ""


def _check_collections(read: "Read", table: pa.Table, findings: Findings) -> pa.Table:
    kind, amount = table["kind"].combine_chunks(), read.column("amount")
    written = is_among(kind, texts(["bad_debt"]))
    nobody = ~is_known(read.column("order")) & ~is_known(read.column("customer"))
    if (nobody & ~written).any():
        findings.notice("payments_of_nobody", read.file, count=int((nobody & ~written).sum()))
    read.report(findings, "bad_debt_order", np.flatnonzero(written & ~is_known(read.column("order"))), "order")
    read.report(findings, "bad_debt_sign", np.flatnonzero(written & (to_numpy(amount) < 0)), "amount")
    read.report(findings, "cleared_before", np.flatnonzero(read.days("cleared") < read.days("date")), "cleared")
    return _signed(read, table, written, findings)


def _signed(read: "Read", table: pa.Table, written: Flags, findings: Findings) -> pa.Table:
    """Money that goes back is a refund and negative, however the file writes it."""
    amount = read.column("amount")
    negative = to_numpy(amount) < 0
    refund = is_among(table["kind"].combine_chunks(), texts(["refund"]))
    back = negative & ~written & ~refund
    kinds = pc.if_else(flags(back), texts(["refund"])[0], table["kind"].combine_chunks())
    turned = refund & ~negative
    if turned.any():
        findings.notice("refunds_turned", read.file, count=int(turned.sum()))
    money = pc.if_else(flags(turned), pc.negate(amount), amount)
    return replaced(replaced(table, "kind", kinds), "amount", money)


def _check_disputes(read: "Mapping[str, Read]", findings: Findings) -> None:
    """Adjustments that answer a dispute name one that is registered, of the same rep, and give what it says."""
    rows = read["adjustments"]
    named = rows.column("dispute").to_pylist()
    asked = read["disputes"].column("number").to_pylist() if "disputes" in read else []
    first = {number: row for row, number in reversed(list(enumerate(asked))) if number}
    unknown = [row for row, number in enumerate(named) if number and number not in first]
    for row in unknown[:SHOWN]:
        rows.report(findings, "dispute_unknown", [row], "dispute", nearest=nearest(str(named[row]), first, cutoff=LIKE))
    findings.fault_count += max(len(unknown) - SHOWN, 0)
    if "disputes" in read:
        _check_answers(rows, read["disputes"], first, findings)


def _check_answers(rows: "Read", disputes: "Read", first: Mapping[str, int], findings: Findings) -> None:
    """The rep of an adjustment is the one who asked; what it pays is what the register says was corrected."""
    whose, told = disputes.column("rep").to_pylist(), disputes.column("correction").to_pylist()
    paid: dict[str, int] = {}
    last: dict[str, int] = {}
    columns = (rows.column(name).to_pylist() for name in ("dispute", "rep", "amount"))
    for row, (number, rep, fen) in enumerate(zip(*columns, strict=True)):
        if number not in first:
            continue
        at = first[number]
        paid[number], last[number] = paid.get(number, 0) + (fen or 0), row
        if rep and whose[at] and rep != whose[at]:
            values = {"number": number, "rep": whose[at], "other": disputes.place_of(at, "rep")}
            rows.report(findings, "dispute_rep", [row], "rep", **values)
    for number, fen in paid.items():
        at = first[number]
        if told[at] is not None and told[at] != fen:
            values = {"number": number, "given": f"{told[at] / 100:.2f}", "other": disputes.place_of(at, "correction")}
            rows.report(findings, "dispute_amount", [last[number]], "amount", sum=f"{fen / 100:.2f}", **values)
