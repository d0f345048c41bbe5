"""Returns that bring back more than was ordered, by order and by product of an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from salesplan.errors import Fault
from salesplan.tables import Checked
from salesplan.tables.arrays import Flags, Numbers, codes_of, filled, flags, is_among, texts, to_numpy


@dataclass(frozen=True)
class Goods:
    """Lines of the orders that something came back from: row in sales, order, order and product, fen, day."""

    rows: Numbers
    order: Numbers
    pair: Numbers
    fen: Numbers
    days: Numbers

    @property
    def paired(self) -> Flags:
        """Lines whose product the order has."""
        return np.isin(self.pair, self.pair[self.fen > 0])


def return_faults(checked: Checked, year: tuple[int, int]) -> Iterator[Fault]:
    """The first return of this year by which more has come back than was ordered, per order and product.

    Of the product where the order has it, else of the order in all. `year`: its first and last day since 1970.
    """
    goods = _goods(checked.tables["sales"], year)
    if goods is None:
        return
    told: set[int] = set()
    every = np.ones(len(goods.rows), dtype=bool)
    for code, group, counted in (
        ("return_over_product", goods.pair, goods.paired),
        ("return_over", goods.order, every),
    ):
        for place in _exceeding(group, counted, goods):
            if int(goods.order[place]) not in told and year[0] <= goods.days[place] <= year[1]:
                told.add(int(goods.order[place]))
                yield _fault(checked, goods, group, place, code)


def _goods(sales: pa.Table, year: tuple[int, int]) -> Goods | None:
    amount, days = to_numpy(sales["amount"]), to_numpy(sales["date"])
    order, original = (sales[name].combine_chunks() for name in ("order", "original_order"))
    back = is_among(sales["kind"].combine_chunks(), texts(["return"])) & (amount < 0)
    back &= is_among(original, order.filter(flags(amount > 0)))
    wanted = original.filter(flags(back & (days >= year[0]) & (days <= year[1]))).unique()
    if not len(wanted):
        return None
    sold, back = is_among(order, wanted) & (amount > 0), back & is_among(original, wanted)
    rows = np.r_[np.flatnonzero(sold), np.flatnonzero(back)]
    codes = codes_of(pa.concat_arrays([order.filter(flags(sold)), original.filter(flags(back))]))[1].astype(np.int64)
    products = codes_of(filled(sales["product"].combine_chunks(), ""))[1][rows].astype(np.int64)
    return Goods(rows, codes, codes * (int(products.max()) + 1) + products, amount[rows], days[rows])


def _exceeding(group: Numbers, counted: Flags, goods: Goods) -> list[int]:
    """Per group the first return, by day, at which more has come back than was sold in all."""
    _, codes = np.unique(group, return_inverse=True)
    sold = np.zeros(codes.max(initial=0) + 1, dtype=np.int64)
    np.add.at(sold, codes, np.maximum(goods.fen, 0))
    backs = np.flatnonzero(counted & (goods.fen < 0))
    backs = backs[np.lexsort([goods.rows[backs], goods.days[backs], codes[backs]])]
    running = np.cumsum(-goods.fen[backs])
    begins = np.r_[True, codes[backs][1:] != codes[backs][:-1]][: len(backs)]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(backs)), 0))
    returned = running - (running + goods.fen[backs])[first]
    over = backs[returned > sold[codes[backs]]]
    return sorted(int(place) for place in over[np.unique(codes[over], return_index=True)[1]])


def _fault(checked: Checked, goods: Goods, group: Numbers, place: int, code: str) -> Fault:
    sales, row = checked.tables["sales"], int(goods.rows[place])
    same = group == group[place]
    until = same & (goods.fen < 0) & (goods.days <= goods.days[place])
    values: dict[str, Any] = {
        "order": sales["original_order"][row].as_py(),
        "product": str(sales["product"][row].as_py() or ""),
        "ordered": f"{int(goods.fen[same & (goods.fen > 0)].sum()) / 100:.2f}",
        "returned": f"{int(-goods.fen[until].sum()) / 100:.2f}",
    }
    plain = code == "return_over_product" and not values["product"]
    where = checked.places["sales"](row, "amount")
    return Fault("return_over" if plain else code, where, f"{int(goods.fen[place]) / 100:.2f}", values)
