"""Price, volume and mix of a sales variance, closing in every row."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan.terms.variance_review import Mix, NewProducts, PriceAt

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

PARTS = ["volume", "mix", "price", "new", "lost"]
COLUMNS = ["member", "target", *PARTS, "actual"]
SIDES = ["target_quantity", "target_amount", "actual_quantity", "actual_amount"]
CONVENTIONS = {
    "price_at": ("actual_quantity", "target_quantity", "midpoint", "apart"),
    "mix": ("weighted", "none"),
    "new_products": ("separate", "in_volume", "in_mix"),
}
# The prices at which quantities are valued, by the quantity at which prices are.
VALUED_AT = {
    "actual_quantity": ("target",),
    "target_quantity": ("actual",),
    "midpoint": ("target", "actual"),
    "apart": ("target",),
}


class _Rows(NamedTuple):
    """Both sides of the bridge, one entry per member: quantities (NaN unknown) and amounts."""

    q0: Floats
    a0: Floats
    q1: Floats
    a1: Floats

    @property
    def new(self) -> Truths:
        """Members with nothing planned."""
        return _nothing(self.q0, self.a0) & ~_nothing(self.q1, self.a1)

    @property
    def lost(self) -> Truths:
        """Members planned of which nothing came."""
        return _nothing(self.q1, self.a1) & ~_nothing(self.q0, self.a0)

    def side(self, name: str) -> tuple[Floats, Floats]:
        """Quantities and amounts of the target or the actual."""
        return (self.q0, self.a0) if name == "target" else (self.q1, self.a1)


class _Effects(NamedTuple):
    """Effects of the quantities per member."""

    volume: Floats  # at the average price
    quantity: Floats  # at each member's own price: volume and mix
    joint: Floats  # of quantity and price together, where it stands apart


def price_volume_mix(
    frame: pd.DataFrame,
    *,
    price_at: PriceAt = "actual_quantity",
    mix: Mix = "weighted",
    new_products: NewProducts = "separate",
) -> pd.DataFrame:
    """Sales variance per member as volume, mix, price, new and lost (sales volume, mix and price variance).

    `frame`: one row per `member` with `target_quantity`, `target_amount`, `actual_quantity`, `actual_amount`; a
    quantity is NaN, or its column left out, where it is not known. With target price p0, actual price p1 and
    p = target amount / target quantity of all continuing members:

        volume = (q1 - q0) p      mix = (q1 - q0) (p0 - p)      price = (p1 - p0) q1

    `price_at="target_quantity"` values prices at q0 and quantities at actual prices: p1 stands for p0 and the actual
    average for p in volume and mix, price = (p1 - p0) q0. `"midpoint"` takes the mean of both. `"apart"` values both
    at the target's, and what they do together, (q1 - q0) (p1 - p0), stands in a column `joint` after `lost`.
    `mix="none"` leaves the mix in volume. `new_products="in_volume"` puts members with nothing on one side into
    volume; `"in_mix"` counts their quantities at the average price of all members, and the rest is mix (the rule of
    bertrandsignoret.com). A member whose price is not known (quantity unknown, or none above zero where its price is
    taken) has its whole difference in volume. A member of which more came back than was sold keeps its negative
    quantity.

    Returns `member, target, volume, mix, price, new, lost, actual`, sorted by member, with
    target + volume + mix + price + new + lost (+ joint) = actual in every row. Integer amounts (fen) give integer
    parts that close exactly: volume and mix are rounded so that their totals are right to the unit, price takes the
    rest. Other amounts give unrounded parts.
    Raises `ValueError` for a member named twice, an unknown amount, or an unknown convention.

    >>> frame = pd.DataFrame({"member": ["widget"], "target_quantity": [4000], "target_amount": [400000],
    ...     "actual_quantity": [3000], "actual_amount": [240000]})
    >>> price_volume_mix(frame)[["volume", "price"]].to_numpy().tolist()
    [[-100000, -60000]]
    >>> price_volume_mix(frame, price_at="apart")[["volume", "price", "joint"]].to_numpy().tolist()
    [[-100000, -80000, 20000]]
    """
    conventions = {"price_at": price_at, "mix": mix, "new_products": new_products}
    _check(**conventions)
    given = _sorted(frame)
    rows = _Rows(*(_numbers(given, name) for name in SIDES))
    whole = all(pd.api.types.is_integer_dtype(given[f"{side}_amount"]) for side in ("target", "actual"))
    parts = _parts(rows, conventions, whole=whole)
    result = pd.DataFrame({"member": given["member"], "target": rows.a0, **parts, "actual": rows.a1})
    return result.astype(dict.fromkeys(result.columns[1:], "int64")) if whole else result


def _check(**conventions: str) -> None:
    for name, found in conventions.items():
        if found not in CONVENTIONS[name]:
            raise ValueError(f"{name} = {found!r} : must be one of {', '.join(CONVENTIONS[name])}")


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in code-point order of their members, so that row order changes nothing."""
    twice = frame["member"][frame["member"].duplicated()]
    if len(twice):
        raise ValueError(f"member named twice: {min(map(str, twice))}")
    order = sorted(range(len(frame)), key=[str(member) for member in frame["member"]].__getitem__)
    return frame.iloc[order].reset_index(drop=True)


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    """A column as floats; an unknown amount is nothing where there is no quantity, else an error."""
    side, what = column.split("_")
    quantity = f"{side}_quantity"
    quantities = _floats(frame[quantity] if quantity in frame else pd.Series(np.nan, index=frame.index))
    if what == "quantity":
        return quantities
    amounts = _floats(frame[column])
    if (np.isnan(amounts) & (np.nan_to_num(quantities) != 0)).any():
        raise ValueError(f"{column} is not known where there is a quantity")
    return np.nan_to_num(amounts)


def _floats(column: pd.Series) -> Floats:
    return np.asarray(column.astype("Float64").to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)


def _nothing(quantity: Floats, amount: Floats) -> Truths:
    return np.asarray((amount == 0) & ((quantity == 0) | np.isnan(quantity)))


def _parts(rows: _Rows, conventions: Mapping[str, str], *, whole: bool) -> dict[str, Floats]:
    """The parts; price is what the others leave, so that each row closes."""
    new, lost, difference = rows.new, rows.lost, rows.a1 - rows.a0
    changed, rule = new | lost, conventions["new_products"]
    found = _effects(rows, conventions)
    if whole:
        found = _Effects(*(_round_running(part) for part in found))
    zero = np.zeros(len(difference))
    quantity = np.where(changed, zero if rule == "separate" else difference, found.quantity)
    volume = np.where(changed & (rule == "in_volume"), difference, found.volume)
    if conventions["mix"] == "none":
        volume = quantity
    apart = {"joint": found.joint} if conventions["price_at"] == "apart" else {}
    return {
        "volume": volume,
        "mix": quantity - volume,
        "price": np.where(changed, zero, difference - quantity - found.joint),
        "new": np.where(new & (rule == "separate"), difference, zero),
        "lost": np.where(lost & (rule == "separate"), difference, zero),
        **apart,
    }


def _effects(rows: _Rows, conventions: Mapping[str, str]) -> _Effects:
    """What the quantities do; members with nothing on one side count where they are part of the mix."""
    bases = [rows.side(name) for name in VALUED_AT[conventions["price_at"]]]
    changed = rows.new | rows.lost
    priced = ~changed & (rows.q0 > 0) & ~np.isnan(rows.q1) & np.all([quantity > 0 for quantity, _ in bases], axis=0)
    known = ~np.isnan(rows.q0) & ~np.isnan(rows.q1)
    counted = priced | (changed & known & (conventions["new_products"] == "in_mix"))
    more = np.where(counted, rows.q1 - rows.q0, 0.0)
    unpriced = np.where(~changed & ~priced, rows.a1 - rows.a0, 0.0)
    own = np.mean([_prices(*base, priced) for base in bases], axis=0)
    average = np.mean([_average(*base, counted) for base in bases])
    joint = np.zeros(len(more))
    if conventions["price_at"] == "apart":
        there = priced & (rows.q1 > 0)
        joint = more * (_prices(rows.q1, rows.a1, there) - _prices(rows.q0, rows.a0, there))
    return _Effects(unpriced + more * average, unpriced + more * own, joint)


def _prices(quantity: Floats, amount: Floats, priced: Truths) -> Floats:
    """Amount / quantity of the priced members, 0 elsewhere."""
    return np.divide(amount, quantity, out=np.zeros(len(amount)), where=priced)


def _average(quantity: Floats, amount: Floats, counted: Truths) -> float:
    """Average price of the counted members; 0 where they have no quantity."""
    total = float(quantity[counted].sum())
    return float(amount[counted].sum()) / total if total > 0 else 0.0


def _round_running(parts: Floats) -> Floats:
    """Whole parts whose running totals are rounded: each within one unit, the total within a half."""
    # Six decimals first: a half that float noise moved is rounded as the half it is.
    return np.diff(np.floor(np.round(np.cumsum(parts), 6) + 0.5), prepend=0.0)
