"""What may not change once a month is closed: rows without a reason, and reasons for months that are open."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from salesplan.closing.record import ClosedMonth, Record
from salesplan.closing.rows import NAMED, Rows, Span, compared, row_difference, rows_of, span_of
from salesplan.errors import SHOWN, Fault
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.tables.arrays import to_arrow
from salesplan.tables.checking import printed
from salesplan.tables.contract import SPECS
from salesplan.tables.results import Findings
from salesplan.terms import CommissionTerms

CORRECTIONS = "corrections"
TOLD = ("order", "date", "month", "customer", "product", "rep", "component", "amount")  # what names a row to people
Row = dict[str, Any]


@dataclass(frozen=True)
class _Change:
    """A row of a closed month that is another, new, or gone: as it was, as it is, where it stands."""

    then: Row | None
    now: Row | None
    place: int = -1


def closed_findings(loaded: Loaded, checked: Checked, record: Record) -> Findings:
    """Faults of everything in the tables that touches a closed month without a reason in `corrections`."""
    findings = Findings()
    rules = loaded.rules.get("commission")
    if not isinstance(rules, CommissionTerms) or "plan" not in loaded.rules or "sales" not in checked.tables:
        return findings
    _named_months(checked, record, findings)
    damaged = list(record.faults())
    findings.many(damaged, len(damaged))
    reasons = [] if CORRECTIONS not in checked.tables else checked.tables[CORRECTIONS].to_pylist()
    # A row with a cell that cannot be read is told already; a table that cannot be read is not compared.
    faulty = {fault.place.partition(" , column")[0] for fault in checked.faults}
    unread = {name for name in loaded.plan.inputs if name not in checked.tables}
    for one in () if damaged else record.months:
        span = span_of(one.month, loaded.plan.month_cutoff)
        for name, changes in _changes(one, span, checked, rules):
            left = [change for change in changes if name not in unread and not _excused(change, span, reasons)]
            told = [c for c in left if c.now is None or checked.places[name](c.place, "") not in faulty]
            _report(name, told, span, checked, findings)
    return findings


def _named_months(checked: Checked, record: Record, findings: Findings) -> None:
    """Corrections of months that are not closed, which are simply put right, and of orders nobody knows."""
    if CORRECTIONS not in checked.tables:
        return
    closed = ", ".join(record.names)
    orders = set(checked.tables["sales"]["order"].unique().to_pylist())
    for row, reason in enumerate(checked.tables[CORRECTIONS].to_pylist()):
        place = checked.places[CORRECTIONS]
        if reason["month"] is None:
            continue  # the cell itself was told
        if reason["month"] not in record.names:
            code = "correction_open" if closed else "correction_none_closed"
            findings.fault(code, place(row, "month"), reason["month"], closed=closed)
        elif reason.get("order") and reason["order"] not in orders | _orders_then(record, reason["month"]):
            findings.fault("order_unknown", place(row, "order"), reason["order"])


def _orders_then(record: Record, month: str) -> set[str | None]:
    """Orders that were there when the month was closed; a reason may say why one is gone."""
    then = next(one for one in record.months if one.month == month)
    return {order for name in ("sales", "collections", "credit_splits") if (rows := then.input_rows(name)) is not None
            for order in rows["order"].unique().to_pylist()}  # fmt: skip


def _changes(
    one: ClosedMonth, span: Span, checked: Checked, rules: CommissionTerms
) -> Iterator[tuple[str, list[_Change]]]:
    """Per input table what is no longer as it was when the month was closed."""
    sold = one.input_rows("sales")
    for name in NAMED:
        then = sold if name == "sales" else one.input_rows(name)
        now = rows_of(name, checked.tables, span, sold)
        after = _none(then) if now is None else now
        before = after.table.schema.empty_table() if then is None else then
        gone, new = row_difference(before, after.table, compared(name, rules))
        if len(gone) or len(new):
            yield (
                name,
                _paired(name, before.take(to_arrow(gone, pa.int64())), after, new.tolist(), compared(name, rules)),
            )


def _none(then: pa.Table | None) -> Rows:
    """No rows, of a table that the plan no longer has, or never had."""
    return Rows(pa.table({}) if then is None else then.schema.empty_table(), np.zeros(0, dtype=np.int64))


def _paired(name: str, gone: pa.Table, after: Rows, new: list[int], columns: Sequence[str]) -> list[_Change]:
    """Rows gone and rows new, those that name the same thing together."""
    left = [{key: row.get(key) for key in columns} for row in gone.to_pylist()]
    came = list(zip(new, after.table.take(to_arrow(np.array(new), pa.int64())).to_pylist(), strict=True))
    found: list[_Change] = []
    for keys in NAMED[name]:
        waiting: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in left:
            waiting[_key(row, keys)].append(row)
        rest = []
        for at, row in came:
            same = waiting.get(_key(row, keys), []) if None not in _key(row, keys)[:1] else []
            if same:
                found.append(_Change(same.pop(0), row, int(after.places[at])))
            else:
                rest.append((at, row))
        came, left = rest, [row for rows in waiting.values() for row in rows]
    found += [_Change(None, row, int(after.places[at])) for at, row in came]
    return [*found, *(_Change(row, None) for row in left)]


def _key(row: Row, keys: Iterable[str]) -> tuple[Any, ...]:
    named = {**row, "deal": row.get("order") or row.get("customer")}
    return tuple(named.get(key) for key in keys)


def _excused(change: _Change, span: Span, reasons: Sequence[Row]) -> bool:
    """Whether a reason names the month and, where it names an order or a rep, this row's."""
    rows = [row for row in (change.then, change.now) if row is not None]
    return all(any(_fits(reason, row, span) for reason in reasons) for row in rows)


def _fits(reason: Row, row: Row, span: Span) -> bool:
    if reason["month"] != span.month:
        return False
    order = reason.get("order")
    if order and order not in (row.get("order"), row.get("original_order")):
        return False
    return not reason.get("rep") or row.get("rep") in (None, reason["rep"])


def _report(name: str, changes: list[_Change], span: Span, checked: Checked, findings: Findings) -> None:
    faults = (fault for change in changes for fault in _faults(name, change, span, checked))
    findings.many(islice(faults, SHOWN), len(changes))


def _faults(name: str, change: _Change, span: Span, checked: Checked) -> Iterator[Fault]:
    """One fault for a changed row, at its first changed cell; one for a row that is new or gone."""
    values = {"month": span.month, "order": _remedy(change)}
    if change.now is None:
        assert change.then is not None
        yield Fault("closed_removed", _file(name, checked), _described(name, change.then), values)
        return
    place = checked.places[name]
    if change.then is None:
        yield Fault("closed_added", place(change.place, _first(name)), _described(name, change.now), values)
        return
    for column, was in change.then.items():
        if was != change.now.get(column):
            now = printed(change.now.get(column), SPECS[name], column)
            told = {**values, "was": "-" if was is None else printed(was, SPECS[name], column)}
            yield Fault("closed_changed", place(change.place, column), "-" if now is None else now, told)
            return


def _first(name: str) -> str:
    return next(column.name for column in SPECS[name].columns if column.needed)


def _file(name: str, checked: Checked) -> str:
    """The table's file; of a table whose rows are all gone its name."""
    table = checked.tables.get(name)
    if table is None or not len(table):
        return name
    return checked.places[name](0, "").rsplit(" row ", 1)[0]


def _described(name: str, row: Row) -> str:
    told = [
        printed(row.get(key), SPECS[name], key) for key in TOLD if row.get(key) is not None and key in SPECS[name].names
    ]
    return " ".join(str(value) for value in told)


def _remedy(change: _Change) -> Any:
    row: Mapping[str, Any] = change.now or change.then or {}
    return row.get("order") or "-"
