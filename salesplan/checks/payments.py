"""What must hold of the money that commission rests on: refunds, bad debts, returns, shared credit, cost."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from salesplan import calendar
from salesplan.checks.returns import return_faults
from salesplan.errors import SHOWN, Fault
from salesplan.money import MICRO, half_away, to_micro
from salesplan.params import Loaded
from salesplan.tables import Checked
from salesplan.tables.arrays import flags, is_among, is_known, texts, to_arrow, to_numpy
from salesplan.tables.sales import day_number
from salesplan.terms.commission import CommissionTerms
from salesplan.terms.plan import Tax

if TYPE_CHECKING:
    import pyarrow as pa

Event = tuple[int, int, int, int]  # day, 1 where it lowers, row, fen


def payment_faults(loaded: Loaded, rules: CommissionTerms, checked: Checked, months: Sequence[str]) -> Iterator[Fault]:
    """Refunds and bad debts above what there is, returns above what was ordered, sales without the cost they need."""
    if "sales" not in checked.tables:
        return
    span = [calendar.month_span(month, loaded.plan.month_cutoff) for month in (months[0], months[-1])]
    year = day_number(span[0][0]), day_number(span[1][1])
    yield from islice(return_faults(checked, year), SHOWN)
    yield from _costs(loaded, rules, checked, year)
    if "collections" in checked.tables:
        yield from islice(_refunds(checked), SHOWN)
        yield from islice(_bad_debts(checked, loaded.plan.tax), SHOWN)


def overlay_faults(rules: CommissionTerms, checked: Checked) -> Iterator[Fault]:
    """Credit beside the whole above what the plan allows, at the first such row of each order."""
    table = checked.tables.get("credit_splits")
    if table is None:
        return
    rows = _rows(is_among(table["overlay"].combine_chunks(), texts(["yes"])))
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row, order, share in zip(rows, *_lists(table, rows, "order", "share"), strict=True):
        if order and share is not None:
            held = sums[order]
            held[0], held[1] = held[0] + round(share * MICRO), held[1] or row + 1
    most = to_micro(rules.overlay_credit)
    for order, (total, first) in islice(((o, held) for o, held in sums.items() if held[0] > most), SHOWN):
        values = {"order": order, "sum": f"{total / MICRO:.6f}", "limit": f"{rules.overlay_credit:f}"}
        place = checked.places["credit_splits"](first - 1, "share")
        yield Fault("overlay_over", place, table["share"][first - 1].as_py(), values)


def _rows(mask: Any) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)]


def _lists(table: "pa.Table", rows: Sequence[int], *names: str) -> list[list[Any]]:
    """Columns at some rows, as plain values; dates as days since 1970, as the checks compare them."""
    wanted = to_arrow(np.asarray(rows, dtype=np.int64), _int64())
    found = []
    for name in names:
        column = table[name].combine_chunks().take(wanted)
        found.append(to_numpy(column).tolist() if str(column.type).startswith("date") else column.to_pylist())
    return found


def _int64() -> Any:
    import pyarrow as pa

    return pa.int64()


def _refunds(checked: Checked) -> Iterator[Fault]:
    """A refund must not be above what was received on its order by its day, nor above what its customer has paid.

    Payments without an order may have settled the order: those of its customer count for it.
    """
    paid = checked.tables["collections"]
    back = is_among(paid["kind"].combine_chunks(), texts(["refund"])) & is_known(paid["amount"])
    if not back.any():
        return
    order, customer = (paid[name].combine_chunks().filter(flags(back)) for name in ("order", "customer"))
    asked, nameless = order.drop_null().unique(), customer.filter(flags(~is_known(order))).drop_null().unique()
    whose = _customers(checked.tables["sales"], asked, nameless)
    by_order, by_customer, unnamed = _received(paid, whose, nameless)
    for name in asked.to_pylist():
        yield from _below_zero(checked, [*by_order[name], *unnamed[whose.get(name, "")]], "refund_over", name)
    for name in nameless.to_pylist():
        yield from _below_zero(checked, by_customer[name], "refund_customer", name)


def _customers(sales: "pa.Table", orders: "pa.Array", customers: "pa.Array") -> dict[str, str]:
    """The customer of each of these orders, and of every order of these customers."""
    wanted = is_among(sales["order"].combine_chunks(), orders)
    rows = _rows(wanted | is_among(sales["customer"].combine_chunks(), customers))
    pairs = list(zip(*_lists(sales, rows, "order", "customer"), strict=True))
    return {order: customer or "" for order, customer in reversed(pairs) if order}


def _received(
    paid: "pa.Table", whose: Mapping[str, str], nameless: "pa.Array"
) -> tuple[dict[str, list[Event]], dict[str, list[Event]], dict[str, list[Event]]]:
    """Money in and out by order, by customer, and what customers paid without naming an order."""
    order, customers = paid["order"].combine_chunks(), sorted({*whose.values(), *nameless.to_pylist()} - {""})
    wanted = is_among(order, texts(sorted(whose)))
    wanted |= ~is_known(order) & is_among(paid["customer"].combine_chunks(), texts(customers))
    written = is_among(paid["kind"].combine_chunks(), texts(["bad_debt"]))
    rows = _rows(wanted & is_known(paid["amount"]) & ~written)
    by_order, by_customer, unnamed = (defaultdict[str, list[Event]](list) for _ in range(3))
    columns = _lists(paid, rows, "order", "customer", "date", "amount")
    for row, name, customer, day, fen in zip(rows, *columns, strict=True):
        event = (day, int(fen < 0), row, fen)
        by_customer[whose[name] if name else customer].append(event)
        (by_order[name] if name else unnamed[customer] if fen > 0 else []).append(event)
    return by_order, by_customer, unnamed


def _below_zero(checked: Checked, events: Sequence[Event], code: str, whose: str) -> Iterator[Fault]:
    """The first refund that takes the money received below zero."""
    held = 0
    for _, lowers, row, fen in sorted(events):
        if lowers and held + fen < 0:
            values = {"paid": f"{max(held, 0) / 100:.2f}", "over": f"{-(held + fen) / 100:.2f}", "whose": whose}
            yield Fault(code, checked.places["collections"](row, "amount"), f"{fen / 100:.2f}", values)
            return
        held += fen


def _bad_debts(checked: Checked, tax: Tax) -> Iterator[Fault]:
    """What is written off must be open on its day: due of the order less what was paid and written off before."""
    paid = checked.tables["collections"]
    written = is_among(paid["kind"].combine_chunks(), texts(["bad_debt"])) & is_known(paid["amount"])
    orders = paid["order"].combine_chunks().filter(flags(written)).drop_null().unique()
    if not len(orders):
        return
    dues = _dues(checked, orders, tax)
    rows = _rows(is_among(paid["order"].combine_chunks(), orders) & is_known(paid["amount"]))
    events: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for row, order, kind, day, fen in zip(rows, *_lists(paid, rows, "order", "kind", "date", "amount"), strict=True):
        events[order].append((day, int(kind == "bad_debt"), row, fen))
    for order, found in events.items():
        settled = 0
        for day, is_written, row, fen in sorted(found):
            left = dues[order].to_date(day) - settled
            if is_written and fen > left:
                values = {"open": f"{max(left, 0) / 100:.2f}", "over": f"{(fen - max(left, 0)) / 100:.2f}"}
                place = checked.places["collections"](row, "amount")
                yield Fault("bad_debt_over", place, f"{fen / 100:.2f}", {"order": order, **values})
                break
            settled += fen


class _Due:
    """What an order is due to date in the money of collections."""

    def __init__(self, tax: Tax) -> None:
        self.tax = tax
        self.lines: list[tuple[int, int, int]] = []  # day, fen, rate in millionths

    def to_date(self, day: int) -> int:
        """Rounded once; the other way round, once per rate."""
        lines = [(fen, rate) for at, fen, rate in self.lines if at <= day]
        if self.tax.sales == self.tax.collections:
            return sum(fen for fen, _ in lines)
        if self.tax.sales == "excluded":
            return half_away(sum(fen * (MICRO + rate) for fen, rate in lines), MICRO)
        sums: dict[int, int] = defaultdict(int)
        for fen, rate in lines:
            sums[rate] += fen
        return sum(half_away(fen * MICRO, MICRO + rate) for rate, fen in sums.items())


def _dues(checked: Checked, orders: "pa.Array", tax: Tax) -> Mapping[str, _Due]:
    """The lines of some orders, returns that name them too, each with its tax rate."""
    sales = checked.tables["sales"]
    original = is_among(sales["original_order"].combine_chunks(), orders)
    negative = to_numpy(sales["amount"]) < 0
    rows = _rows(is_among(sales["order"].combine_chunks(), orders) | (original & negative))
    rates = _tax_rates(checked)
    known, found = set(orders.to_pylist()), defaultdict[str, _Due](lambda: _Due(tax))
    columns = _lists(sales, rows, "order", "original_order", "product", "date", "amount")
    for order, first, product, day, fen in zip(*columns, strict=True):
        key = first if first in known and (fen or 0) < 0 else order
        found[key].lines.append((day, fen or 0, rates.get(product, to_micro(tax.rate))))
    return found


def _tax_rates(checked: Checked) -> dict[str, int]:
    products = checked.tables.get("products")
    if products is None:
        return {}
    pairs = zip(products["product"].to_pylist(), products["tax_rate"].to_pylist(), strict=True)
    return {product: round(rate * MICRO) for product, rate in pairs if rate is not None}


def _costs(loaded: Loaded, rules: CommissionTerms, checked: Checked, year: tuple[int, int]) -> Iterator[Fault]:
    """Plans that measure or pay margin, and order lines of the year whose cost nobody knows."""
    sales = checked.tables["sales"]
    days = to_numpy(sales["date"])
    unknown = ~is_known(sales["cost"]) & (days >= year[0]) & (days <= year[1])
    kind = sales["kind"].combine_chunks()
    goods = np.flatnonzero(unknown & is_among(kind, texts(["sale", "return"])))
    free = np.flatnonzero(unknown & is_among(kind, texts(["free"])))
    for number, plan in enumerate(rules.plans):
        asked = {
            "paid_on": (plan.paid_on == "margin", goods),
            "measure": (plan.measure in ("margin", "margin_rate"), goods),
            "free_goods": (plan.free_goods == "cost", free),
        }
        for key, (needed, rows) in asked.items():
            if needed and len(rows):
                values = {"count": len(rows), "other": checked.places["sales"](int(rows[0]), "")}
                place = loaded.place("commission", ("plans", number, key))
                yield Fault("cost_unknown", place, getattr(plan, key), values)
