"""Order lines aggregated by DuckDB through ibis: who is credited with what, in which month.

The engine is imported inside the functions: checking a plan needs neither, and a process that has used
DuckDB must not fork. Sums are of whole numbers (fen, millionths of a quantity), so that neither row order nor
the number of threads changes a digit.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from salesplan.apportion import UNASSIGNED, UNKNOWN
from salesplan.terms import PlanTerms
from salesplan.terms.plan import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MICRO = 1_000_000
AT_BUDGET = "at_budget"
LINE = (
    "order",
    "date",
    "month",
    "invoice_date",
    "product",
    "customer",
    "region",
    "channel",
    "rep",
    "kind",
    "original_order",
)
LINE_ORDER = (
    "date",
    "order",
    "product",
    "amount",
    "rep",
    "customer",
    "region",
    "channel",
    "kind",
    "original_order",
    "quantity",
    "cost",
    "invoice_date",
)
FACT = ("month", "region", "channel", "product", "customer", "rep", "kind")
ORDER = ("order", "original_order", "customer", "product", "kind", "date")


def monthly(tables: Mapping[str, "pa.Table"], terms: PlanTerms) -> "pd.DataFrame":
    """Credited sales by month and member, history and actuals alike.

    One row per month, region, channel, product, customer, rep and kind, sorted by them. `amount` int64 fen, `cost`
    Int64 fen and `quantity` float64 (both unknown where one of the lines is), `lines` the number of credited lines.
    A dimension the sales do not have holds `''`, a blank member `(unknown)`, a rep nobody knows `(unassigned)`. Where
    sales are in several currencies, `at_budget` is the amount at budget rates (int64 fen).
    """
    credited = _credited(tables, terms)
    exact = credited.mutate(micro=(credited.quantity * MICRO).round().cast("int64"))
    exchanged = {name: exact[name].sum().cast("int64") for name in _exchanged(tables)}
    sums = exact.group_by(list(FACT)).aggregate(
        amount=exact.amount.sum().cast("int64"),
        quantity=_whole(exact.micro, exact.micro.sum().cast("float64") / MICRO),
        cost=_whole(exact.cost, exact.cost.sum().cast("int64")),
        lines=exact.count().cast("int64"),
        **exchanged,
    )
    return _frame(sums.order_by(list(FACT)))


def daily(tables: Mapping[str, "pa.Table"], terms: PlanTerms) -> "pd.DataFrame":
    """Net sales by day before the plan year: `date` (every day with a line, in order), `amount` (int64 fen)."""
    import ibis

    from salesplan.calendar import month_span

    first, _ = month_span(terms.months[0], terms.month_cutoff)
    lines = ibis.memtable(tables["sales"].select(["date", "amount"]))
    before = lines.filter(lines.date < first)
    return _frame(before.group_by("date").aggregate(amount=before.amount.sum().cast("int64")).order_by("date"))


def big_orders(tables: Mapping[str, "pa.Table"], terms: PlanTerms, size: int | None) -> "pd.DataFrame":
    """Lines before the plan year of orders of `size` (fen) or more, with the returns that name them; none for None.

    Columns: order, month, the dimensions, amount (int64 fen), quantity; sorted by them. A line without an order number
    is an order by itself.
    """
    import ibis

    columns = ["order", "month", *DIMENSIONS, "amount", "quantity"]
    lines = _lines(tables["sales"], terms)
    lines = lines.filter(lines.number < terms.fiscal_year * 12 + terms.first_month - 1)
    own = lines.mutate(deal=ibis.coalesce(lines.original_order, lines.order, "line " + lines.line.cast("string")))
    ordered = own.filter(own.original_order.isnull())  # noqa: PD003 ibis has no other name for it
    sums = ordered.group_by("deal").aggregate(ordered=ordered.amount.sum().cast("int64"))
    big = sums.filter(sums.ordered >= (2**62 if size is None else size))
    return _frame(own.semi_join(big, "deal").select(columns).order_by(columns))


def deals(tables: Mapping[str, "pa.Table"], terms: PlanTerms, years: int = 3) -> "pd.DataFrame":
    """Orders of the plan year and so many years before it by credited rep, with the returns that name them.

    Columns: order, customer, rep, date (of the order), month, amount (int64 fen, that rep's part); sorted by them. A
    line without an order number is an order by itself; what a return or rebate without an order takes back is one too.
    """
    import ibis

    credited = _credited(tables, terms)
    since = credited.filter(credited.number >= (terms.fiscal_year - years) * 12 + terms.first_month - 1)
    day = since.date.cast("string")
    own = since.mutate(key=ibis.coalesce(since.original_order, since.order, since.customer + " " + day))
    sums = own.group_by(["key", "customer", "rep"]).aggregate(
        date=own.date.min(), month=own.month.min(), amount=own.amount.sum().cast("int64")
    )
    columns = ["order", "customer", "rep", "date", "month", "amount"]
    return _frame(sums.rename(order="key").select(columns).order_by(columns))


def order_lines(tables: Mapping[str, "pa.Table"], terms: PlanTerms, as_of: date | None = None) -> "pd.DataFrame":
    """The plan year's order lines up to `as_of`, one row per line and credited rep.

    Columns: order, date, month, invoice_date, product, customer, region, channel, rep, kind, original_order, amount
    (int64 fen), quantity (float64), cost (Int64 fen), overlay (bool: credit beside the whole, which is no revenue);
    sorted by date, order, product, amount, rep, then the rest.
    """
    credited = _credited(tables, terms, overlay=True)
    first = terms.fiscal_year * 12 + terms.first_month - 1
    lines = credited.filter(credited.number.between(first, first + 11))
    if as_of is not None:
        lines = lines.filter(lines.date <= as_of)
    alike, columns = _alike(tables), [*LINE, "amount", "quantity", "cost", "overlay"]
    fetched = [name for name in columns if name not in alike and name != "month"]
    keys = [name for name in (*LINE_ORDER, "overlay") if name not in alike]
    found = _table(lines.select(*fetched, "number").order_by(keys))
    return _completed(found, columns, alike, first)


def orders(tables: Mapping[str, "pa.Table"], terms: PlanTerms) -> "pd.DataFrame":
    """Every order of all years before credit is split, one row per product, kind and day of it.

    Columns: order, original_order, customer, product, kind, date, amount (int64 fen), invoice_date (the first); sorted
    by them.
    """
    lines = _lines(tables["sales"], terms)
    sums = lines.group_by(list(ORDER)).aggregate(
        amount=lines.amount.sum().cast("int64"), invoice_date=lines.invoice_date.min()
    )
    return _frame(sums.order_by([*ORDER, "amount"]))


def _whole(column: Any, total: Any) -> Any:
    """A total that is unknown where one of its parts is."""
    import ibis

    return ibis.ifelse(column.isnull().any(), ibis.null(), total)  # noqa: PD003 ibis has no other name for it


def _lines(sales: "pa.Table", terms: PlanTerms) -> Any:
    """Order lines with month, a number per line, and every dimension a text."""
    import ibis
    import numpy as np
    import pyarrow as pa

    table = ibis.memtable(sales.append_column("line", pa.array(np.arange(len(sales), dtype=np.int64))))
    absent = [name for name in DIMENSIONS if sales[name].null_count == len(sales)]
    members = {name: ibis.literal("") if name in absent else table[name].fill_null(UNKNOWN) for name in DIMENSIONS}
    late = 0 if terms.month_cutoff is None else (table.date.day() > terms.month_cutoff).cast("int64")
    number = table.date.year().cast("int64") * 12 + table.date.month().cast("int64") - 1 + late
    dated = table.mutate(number=number, **members)
    label = (dated.number // 12).cast("string") + "-" + (dated.number % 12 + 1).cast("string").lpad(2, "0")
    return dated.mutate(month=label)


def _credited(tables: Mapping[str, "pa.Table"], terms: PlanTerms, *, overlay: bool = False) -> Any:
    """Order lines by credited rep: by credit split, else the line's rep, else the customer's owner on that day.

    `overlay`: with the credit beside the whole as rows of their own, marked in a column `overlay`.
    """
    import ibis

    lines = _lines(tables["sales"], terms)
    columns = [*LINE, "number", "amount", "quantity", "cost", *_exchanged(tables)]
    if "credit_splits" not in tables or not len(tables["credit_splits"]):
        found = _owned(lines, tables.get("customers")).select(columns)
        return found.mutate(overlay=ibis.literal(value=False)) if overlay else found
    given = ibis.memtable(tables["credit_splits"])
    beside = given.overlay.fill_null("no") == "yes"
    shares = given.select("order", sharer=given.rep, micro=(given.share * MICRO).round().cast("int64"), beside=beside)
    splits, overlays = shares.filter(~shares.beside), shares.filter(shares.beside)
    alone = _owned(lines.anti_join(splits, "order"), tables.get("customers")).select(columns)
    whole = alone.union(_shared(lines, splits).select(columns), distinct=False)
    if not overlay:
        return whole
    if not _any_beside(tables):
        return whole.mutate(overlay=ibis.literal(value=False))
    extra = _shared(lines, overlays, _beside).select(columns).mutate(overlay=ibis.literal(value=True))
    return whole.mutate(overlay=ibis.literal(value=False)).union(extra, distinct=False)


def _owned(lines: Any, customers: "pa.Table | None") -> Any:
    """Lines with a rep: their own, else their customer's owner on the day, else `(unassigned)`."""
    import ibis

    if customers is None or customers["rep"].null_count == len(customers):
        return lines.mutate(rep=lines.rep.fill_null(UNASSIGNED))
    table = ibis.memtable(customers)
    spells = table.drop_null(["rep"]).select(
        owned=table.customer,
        owner=table.rep,
        since=table.start.fill_null(ibis.date("0001-01-01")),
        until=table.end.fill_null(ibis.date("9999-12-31")),
    )
    on_the_day = [lines.customer == spells.owned, lines.date >= spells.since, lines.date <= spells.until]
    known = lines.left_join(spells, on_the_day)
    return known.mutate(rep=ibis.coalesce(known.rep, known.owner, UNASSIGNED))


def _shared(lines: Any, splits: Any, part: "Callable[[Any, Any], Any] | None" = None) -> Any:
    """Lines of split orders, one row per sharing rep; the parts of amount and cost sum exactly to the line's."""
    pairs = lines.inner_join(splits, "order").mutate(rep=lambda t: t.sharer)
    cut = part or _part
    money = {name: cut(pairs, pairs[name]) for name in ("amount", "cost", AT_BUDGET) if name in pairs.columns}
    return pairs.mutate(**money, quantity=pairs.quantity * pairs.micro / MICRO)


def _beside(pairs: Any, fen: Any) -> Any:
    """A rep's credit beside the whole: his share of a line, rounded once, half away from zero."""
    size = fen.abs()
    rest = (size % MICRO) * pairs.micro
    whole = (size // MICRO) * pairs.micro + (rest + MICRO // 2) // MICRO
    return (fen.sign().cast("int64") * whole).cast("int64")


def _part(pairs: Any, fen: Any) -> Any:
    """A rep's part of a line by largest remainder; odd fen go to the larger share, then by label."""
    import ibis

    size = fen.abs()
    # size * micro overflows 64 bits: whole millions and the rest are multiplied apart, which is as exact.
    rest = (size % MICRO) * pairs.micro
    floor = (size // MICRO) * pairs.micro + rest // MICRO
    line = ibis.window(group_by=pairs.line)
    ranked = ibis.window(group_by=pairs.line, order_by=[ibis.desc(rest % MICRO), ibis.desc(pairs.micro), pairs.sharer])
    odd = size - floor.sum().over(line)
    return (fen.sign().cast("int64") * (floor + (ibis.row_number().over(ranked) < odd).cast("int64"))).cast("int64")


def _exchanged(tables: Mapping[str, "pa.Table"]) -> list[str]:
    """The column of amounts at budget rates, where sales are in several currencies."""
    return [AT_BUDGET] if AT_BUDGET in tables["sales"].column_names else []


def _alike(tables: Mapping[str, "pa.Table"]) -> dict[str, Any]:
    """Columns of order lines that hold one value everywhere, so that nothing need fetch and sort by them."""
    import pyarrow.compute as pc

    sales = tables["sales"]
    alike: dict[str, Any] = {name: "" for name in ("region", "channel") if sales[name].null_count == len(sales)}
    for name in ("kind", "original_order"):
        values = pc.unique(sales[name])
        if len(values) == 1:
            alike[name] = values[0].as_py()
    return alike if _any_beside(tables) else alike | {"overlay": False}


def _any_beside(tables: Mapping[str, "pa.Table"]) -> bool:
    """Whether there is credit beside the whole."""
    import pyarrow.compute as pc

    return "credit_splits" in tables and bool(pc.any(pc.equal(tables["credit_splits"]["overlay"], "yes")).as_py())


def _completed(found: "pa.Table", columns: list[str], alike: Mapping[str, Any], first: int) -> "pd.DataFrame":
    """Order lines with their month (by number since `first`) and what is alike in all of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from salesplan.tables.frames import arrow_frame

    months = pa.array([f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first + 12)])
    whole = {
        **{name: found[name] for name in found.column_names},
        "month": months.take(pc.subtract(found["number"].combine_chunks(), first)),
        **{
            name: pa.repeat(pa.scalar(value, pa.bool_() if name == "overlay" else pa.string()), len(found))
            for name, value in alike.items()
        },
    }
    return arrow_frame(pa.table({name: whole[name] for name in columns}), ("amount",))


def _frame(expression: Any) -> "pd.DataFrame":
    """The rows of an expression with the types frames have here."""
    from salesplan.tables.frames import arrow_frame

    return arrow_frame(_table(expression), ("amount", "lines"))


def _table(expression: Any) -> "pa.Table":
    """The rows of an expression."""
    import ibis

    connection = ibis.duckdb.connect()
    try:
        return connection.to_pyarrow(expression)
    finally:
        connection.disconnect()
