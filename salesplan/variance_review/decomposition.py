"""Price, volume and mix of a sales variance, closing in every row."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

PARTS = ["volume", "mix", "price", "new", "lost"]
COLUMNS = ["member", "target", *PARTS, "actual"]
SIDES = ["target_quantity", "target_amount", "actual_quantity", "actual_amount"]
CONVENTIONS = {
    "price_at": ("actual_quantity", "target_quantity"),
    "mix": ("weighted", "none"),
    "new_products": ("separate", "in_volume"),
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


def price_volume_mix(
    frame: pd.DataFrame,
    *,
    price_at: Literal["actual_quantity", "target_quantity"] = "actual_quantity",
    mix: Literal["weighted", "none"] = "weighted",
    new_products: Literal["separate", "in_volume"] = "separate",
) -> pd.DataFrame:
    """Sales variance per member as volume, mix, price, new and lost (sales volume, mix and price variance).

    `frame`: one row per `member` with `target_quantity`, `target_amount`, `actual_quantity`, `actual_amount`; a
    quantity is NaN, or its column left out, where it is not known. With target price p0, actual price p1 and
    p = target amount / target quantity of all continuing members:

        volume = (q1 - q0) p      mix = (q1 - q0) (p0 - p)      price = (p1 - p0) q1

    `price_at="target_quantity"` values prices at q0 and quantities at actual prices: p1 stands for p0 and the actual
    average for p in volume and mix, price = (p1 - p0) q0. `mix="none"` leaves the mix in volume.
    `new_products="in_volume"` puts members with nothing on one side into volume. A member whose price is not known
    (quantity unknown, or none above zero where its price is taken) has its whole difference in volume. A member of
    which more came back than was sold keeps its negative quantity.

    Returns `member, target, volume, mix, price, new, lost, actual`, sorted by member, with
    target + volume + mix + price + new + lost = actual in every row. Integer amounts (fen) give integer parts that
    close exactly: volume and mix are rounded so that their totals are right to the unit, price takes the rest. Other
    amounts give unrounded parts.
    Raises `ValueError` for a member named twice, an unknown amount, or an unknown convention.

    >>> frame = pd.DataFrame({"member": ["widget"], "target_quantity": [4000], "target_amount": [400000],
    ...     "actual_quantity": [3000], "actual_amount": [240000]})
    >>> price_volume_mix(frame)[["volume", "price"]].to_numpy().tolist()
    [[-100000, -60000]]
    """
    _check(price_at=price_at, mix=mix, new_products=new_products)
    given = _sorted(frame)
    rows = _Rows(*(_numbers(given, name) for name in SIDES))
    whole = all(pd.api.types.is_integer_dtype(given[f"{side}_amount"]) for side in ("target", "actual"))
    parts = _parts(rows, price_at=price_at, mix=mix, separate=new_products == "separate", whole=whole)
    result = pd.DataFrame({"member": given["member"], "target": rows.a0, **parts, "actual": rows.a1})
    return result.astype(dict.fromkeys(COLUMNS[1:], "int64")) if whole else result


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


def _parts(rows: _Rows, *, price_at: str, mix: str, separate: bool, whole: bool) -> dict[str, Floats]:
    """The five parts; price is what the others leave, so that each row closes."""
    new, lost, difference = rows.new, rows.lost, rows.a1 - rows.a0
    continuing = ~(new | lost)
    volume, quantity_effect = _quantity_parts(rows, continuing, price_at, mix)
    if whole:
        volume, quantity_effect = _round_running(volume), _round_running(quantity_effect)
    zero = np.zeros(len(difference))
    return {
        "volume": np.where(continuing | separate, volume, difference),
        "mix": quantity_effect - volume,
        "price": np.where(continuing, difference - quantity_effect, zero),
        "new": np.where(new & separate, difference, zero),
        "lost": np.where(lost & separate, difference, zero),
    }


def _quantity_parts(rows: _Rows, continuing: Truths, price_at: str, mix: str) -> tuple[Floats, Floats]:
    """Volume, and volume with mix, of the continuing members; zero for the others."""
    quantity, amount = (rows.q0, rows.a0) if price_at == "actual_quantity" else (rows.q1, rows.a1)
    priced = continuing & (rows.q0 > 0) & (quantity > 0) & ~np.isnan(rows.q1)
    unpriced = np.where(continuing & ~priced, rows.a1 - rows.a0, 0.0)
    if not priced.any():
        return unpriced, unpriced
    more = np.where(priced, rows.q1 - rows.q0, 0.0)
    own = np.divide(amount, quantity, out=np.zeros(len(amount)), where=priced)
    average = amount[priced].sum() / quantity[priced].sum()
    volume = more * (average if mix == "weighted" else own)
    return unpriced + volume, unpriced + more * own


def _round_running(parts: Floats) -> Floats:
    """Whole parts whose running totals are rounded: each within one unit, the total within a half."""
    # Six decimals first: a half that float noise moved is rounded as the half it is.
    return np.diff(np.floor(np.round(np.cumsum(parts), 6) + 0.5), prepend=0.0)
