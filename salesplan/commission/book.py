"""The book: order lines, orders and payments as whole numbers, so that nothing later compares texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from salesplan.apportion import UNKNOWN
from salesplan.commission.exact import in_order, numbered
from salesplan.commission.year import NEVER, Days, Ledger, Year
from salesplan.money import MICRO, Integers

Texts = Any  # a pandas array of texts, one per code
Codes = NDArray[np.int32]
NOBODY = ("", UNKNOWN)  # customers whose orders only named payments settle
SEQUENCE = ("day", "order", "product", "amount", "rep", "customer", "kind", "original")
PLACES = ("region", "channel", "kind", "customer", "product", "rep")


@dataclass(frozen=True)
class Book:
    """Everything in whole numbers; texts are codes in the order of their labels (code points), '' first.

    `lines` of the year up to the review, one row per line and credited rep, in the order day, order, product, amount
    and the rest: rep, order, original, product, customer, region, channel, kind (codes), day (since 1970), at and
    invoiced (month numbers), invoice_day, okey (row in `orders`), amount, cost (fen), costed (0/1), units
    (millionths).
    `orders` by customer, day and number, the order in which payments without a name settle them: order, customer
    (codes), day, at, earlier (0/1: before the year). `owed` what each line of any year adds to its order: okey, at,
    day, amount, product. `payments`: okey (-1: names none that is known), customer, at, day, amount, kind (0 payment, 1
    bad debt), lost (1: names an order nobody knows), order. `labels`: the texts of the codes by column.
    """

    lines: pd.DataFrame
    orders: pd.DataFrame
    owed: pd.DataFrame
    payments: pd.DataFrame
    labels: Mapping[str, Texts]

    def text(self, column: str, codes: Integers) -> Texts:
        """The texts of codes; '' for -1."""
        return self.labels[column].take(codes)


def encode(*columns: "pd.Series[Any] | None") -> tuple[list[Codes], Texts]:
    """Codes of texts, common to all columns, in the order of their labels; blanks are '' and always code 0."""
    arrays = [_arrow(column) for column in columns if column is not None]
    chunks = [chunk for array in arrays for chunk in array.chunks]
    coded = pa.chunked_array([pa.array([""], pa.large_string()), *chunks]).dictionary_encode()
    labels = coded.chunk(coded.num_chunks - 1).dictionary
    order = pc.sort_indices(labels).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order))
    codes = np.concatenate([rank[_indices(chunk)] for chunk in coded.chunks])[1:]
    sorted_labels = pd.array(labels.take(pa.array(order)), dtype="str")
    return np.split(codes, np.cumsum([len(array) for array in arrays])[:-1]), sorted_labels


def _indices(coded: Any) -> Integers:
    """Places in the dictionary; blanks are at 0."""
    places = coded.indices
    if places.null_count == len(places):
        return np.zeros(len(places), dtype=np.int64)
    return np.asarray(pc.fill_null(places, 0) if places.null_count else places)


def _arrow(column: "pd.Series[Any]") -> Any:
    texts = column.astype("str") if column.dtype == object else column
    found = pa.array(texts, from_pandas=True)
    if not isinstance(found, pa.ChunkedArray):
        found = pa.chunked_array([found])
    return found.cast(pa.large_string())


def _as_days(dates: "pd.Series[Any]") -> Days:
    """Dates as days; NaT where unknown."""
    return dates.to_numpy().astype("datetime64[D]")


def _numbers(days: Days) -> Codes:
    """Days since 1970; NEVER-like large for unknown ones."""
    return np.where(np.isnat(days), NEVER * NEVER, days.astype(np.int64)).astype(np.int32)


def make_book(ledger: Ledger, year: Year, *, bills: str = "cleared") -> Book:
    """The book of a ledger: lines up to the review, orders of all years as far as payments can settle them.

    A line of negative amount belongs to the order it names where that was sold; lines without a number are one order
    per customer and day. `bills`: whether a bill of exchange counts when it is `cleared` or when it is `received`.
    """
    lines = ledger.order_lines
    days = _as_days(lines["date"])
    at = year.numbers_of_days(days)
    known = (at != NEVER) & (at > 0)
    lines, days, at = (lines, days, at) if known.all() else (lines[known], days[known], at[known])
    # Earlier orders only take payments before this year's do: without payments nobody asks for them.
    paid = ledger.collections
    earlier = None if paid is None or ledger.orders is None else ledger.orders[ledger.orders["date"] < year.start]
    coded, labels = _coded(lines, earlier, paid)
    own, old, money = coded
    own = _measured(own, lines, (days, at), year)
    both = own if old is None else pd.concat([_before(old, earlier), own[[*_OWED, "rep", "kind"]]], ignore_index=True)
    keys = _keys(both, len(labels["order"]))
    orders, okey = _orders(both, keys)
    count = len(both) - len(own)
    own = own.assign(okey=okey[count:])
    owed = both[["at", "day", "amount", "product"]].assign(okey=okey)
    if "overlay" in lines and lines["overlay"].any():  # credit beside the whole is nothing a customer owes
        owed = owed[~np.r_[np.zeros(count, dtype=bool), lines["overlay"].to_numpy(dtype=bool)]]
    return Book(
        _in_order(own),
        orders,
        owed,
        _payments((money, paid), orders, len(labels["order"]), year, bills=bills),
        labels,
    )


def _in_order(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines in the order in which they count; they mostly come in it."""
    columns = [lines[name].to_numpy() for name in SEQUENCE]
    same = np.ones(max(len(lines) - 1, 0), dtype=bool)
    for column in columns:
        step = np.diff(column)
        if (step[same] < 0).any():
            return lines.iloc[np.lexsort(columns[::-1])].reset_index(drop=True)
        same &= step == 0
        if not same.any():
            break
    return lines


_OWED = ("order", "original", "customer", "product", "day", "at", "amount")


def _coded(
    lines: pd.DataFrame, earlier: pd.DataFrame | None, paid: pd.DataFrame | None
) -> tuple[tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None], dict[str, Texts]]:
    """The text columns of the tables as codes common to all of them."""
    frames = [lines, earlier, paid]
    found: list[dict[str, Codes]] = [{}, {}, {}]
    labels: dict[str, Texts] = {}
    for label, names in {"order": ("order", "original_order"), **{name: (name,) for name in PLACES}}.items():
        there = [
            (place, name)
            for place, frame in enumerate(frames)
            for name in names
            if frame is not None and name in frame and (place == 0 or name not in ("rep", "kind", "region", "channel"))
        ]
        codes, labels[label] = encode(*(frames[place][name] for place, name in there))  # type: ignore[index]
        for (place, name), values in zip(there, codes, strict=True):
            found[place]["original" if name == "original_order" else name] = values
    blank = [*PLACES, "order", "original"]
    own, old, money = (
        None
        if frame is None
        else pd.DataFrame({name: columns.get(name, np.zeros(len(frame), dtype=np.int32)) for name in blank}, copy=False)
        for frame, columns in zip(frames, found, strict=True)
    )
    assert own is not None
    return (own, old, money), labels


def _measured(own: pd.DataFrame, lines: pd.DataFrame, when: tuple[Days, Integers], year: Year) -> pd.DataFrame:
    """The lines with days, month numbers, money and units; `when`: the day of each and its month number."""
    count = len(lines)
    units = lines["quantity"].to_numpy(dtype="float64") if "quantity" in lines else np.zeros(count)
    cost = lines["cost"].astype("Int64") if "cost" in lines else pd.Series(pd.NA, index=lines.index, dtype="Int64")
    billed = np.full(count, "NaT", dtype="datetime64[D]")
    if "invoice_date" in lines:
        billed = _as_days(lines["invoice_date"])
    return own.assign(
        day=_numbers(when[0]),
        at=when[1].astype(np.int32),
        invoiced=year.numbers_of_days(billed).astype(np.int32),
        invoice_day=_numbers(billed),
        amount=lines["amount"].to_numpy(dtype=np.int64),
        units=np.rint(np.nan_to_num(units) * MICRO).astype(np.int64),
        cost=cost.fillna(0).to_numpy(dtype=np.int64),
        costed=cost.notna().to_numpy().astype(np.int8),
    )


def _before(old: pd.DataFrame, orders: pd.DataFrame | None) -> pd.DataFrame:
    """Lines of orders before the year, as the book has them."""
    assert orders is not None
    return old.assign(day=_numbers(_as_days(orders["date"])), at=0, amount=orders["amount"].to_numpy(dtype=np.int64))


def _keys(lines: pd.DataFrame, count: int) -> Integers:
    """A number per order: its code, or for lines without an order number one per customer and day."""
    order = lines["order"].to_numpy()
    day = lines["day"].to_numpy()
    unnamed = count + lines["customer"].to_numpy().astype(np.int64) * (int(day.max(initial=0)) + 1) + day
    own = np.where(order > 0, order, unnamed)
    sold = np.zeros(count, dtype=bool)
    sold[order[(lines["amount"].to_numpy() > 0)]] = True
    sold[0] = False
    original = lines["original"].to_numpy()
    return np.where((lines["amount"].to_numpy() < 0) & sold[original], original, own)


def _orders(lines: pd.DataFrame, keys: Integers) -> tuple[pd.DataFrame, Codes]:
    """One row per order, by customer and age, and the row of each line's order."""
    day, order = lines["day"].to_numpy(), lines["order"].to_numpy()
    at, customer = lines["at"].to_numpy(), lines["customer"].to_numpy()
    by_age = in_order([day, order])
    known, first, code = numbered(keys[by_age])
    first = by_age[first]
    sequence = in_order([customer[first], day[first], (order[first] > 0).astype(np.int64), known])
    row = np.empty(len(known), dtype=np.int32)
    row[sequence] = np.arange(len(known))
    place = np.empty(len(keys), dtype=np.int32)
    place[by_age] = row[code]
    rows = first[sequence]
    orders = pd.DataFrame(
        {
            "order": order[rows],
            "customer": customer[rows],
            "day": day[rows],
            "at": at[rows],
            "earlier": (at[rows] == 0).astype(np.int64),
            "key": known[sequence],
        }
    )
    return orders, place


def _payments(
    given: tuple[pd.DataFrame | None, pd.DataFrame | None], orders: pd.DataFrame, count: int, year: Year, *, bills: str
) -> pd.DataFrame:
    """Payments up to the review with the order they name; a payment ahead of its order waits for it.

    `given`: codes of the payments, and their table. `count` of the codes of orders.
    """
    money, paid = given
    names = ("okey", "customer", "at", "day", "amount", "kind", "lost", "order")
    if money is None or paid is None:
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in names})
    cashed = paid["cleared"].fillna(paid["date"]) if "cleared" in paid and bills == "cleared" else paid["date"]
    days, order = _as_days(cashed), money["order"].to_numpy()
    row = np.full(count, -1, dtype=np.int64)
    numbered = np.flatnonzero(orders["key"].to_numpy() < count)
    row[orders["key"].to_numpy()[numbered]] = numbered
    okey = np.where(order > 0, row[order], -1)
    named = okey >= 0
    at = year.numbers_of_days(days)
    ahead = np.where(named, orders["at"].to_numpy()[okey] if len(orders) else 0, 0)
    whose = orders["customer"].to_numpy()[okey] if len(orders) else money["customer"].to_numpy()
    written = paid["kind"].fillna("").eq("bad_debt").to_numpy() if "kind" in paid else np.zeros(len(paid), dtype=bool)
    amount = paid["amount"].to_numpy(dtype=np.int64)
    if "kind" in paid:
        amount = np.where(paid["kind"].fillna("").eq("refund").to_numpy(), -np.abs(amount), amount)
    found = {
        "okey": okey,
        "customer": np.where(named, whose, money["customer"].to_numpy()),
        "at": np.maximum(at, ahead),
        "day": _numbers(days),
        "amount": amount,
        "kind": written.astype(np.int64),
        "lost": (~named & (order > 0)).astype(np.int64),
        "order": order,
    }
    rows = in_order([found[name] for name in ("day", "customer", "order", "amount")])
    rows = rows[at[rows] != NEVER]
    return pd.DataFrame({name: values[rows] for name, values in found.items()}, copy=False)
