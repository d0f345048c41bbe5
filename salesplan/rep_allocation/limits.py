"""What is fixed or bounded by agreement, and every way in which that cannot be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from salesplan.errors import Fault
from salesplan.money import from_fen, to_fen
from salesplan.terms.rep_allocation import Pin, RepAllocationTerms

Fen = NDArray[np.int64]
FREE = -1
PLACE = "rep_allocation.yaml"


class Limits(NamedTuple):
    """Least and most of each rep's quota (fen per year), and the cells fixed by agreement."""

    low: Fen  # by rep
    high: Fen  # by rep
    fixed: Fen  # rep x month, FREE where nothing is agreed

    @property
    def agreed(self) -> Fen:
        """The cells fixed by agreement, 0 elsewhere."""
        return np.where(self.fixed == FREE, 0, self.fixed)


def pin_faults(pins: Sequence[Pin], reps: Sequence[str], months: Sequence[str], unit: int) -> list[Fault]:
    """What is wrong with the pins by themselves: unknown rep or month, named twice, parts of a quota, odd fen."""
    known_reps, known_months = set(reps), set(months)
    times = Counter((pin.rep, pin.month, pin.region, pin.channel, pin.product) for pin in pins)
    faults: list[Fault] = []
    for number, pin in enumerate(pins):
        where = f"{PLACE} pins[{number}]"
        if pin.rep not in known_reps:
            faults.append(Fault("pin_rep_unknown", f"{where}.rep", pin.rep, {"rep": pin.rep}))
        if pin.month is not None and pin.month not in known_months:
            faults.append(
                Fault("pin_month_unknown", f"{where}.month", pin.month, {"first": months[0], "last": months[-1]})
            )
        faults += [
            Fault("pin_dimension", f"{where}.{name}", getattr(pin, name), {"dimension": name})
            for name in ("region", "channel", "product")
            if getattr(pin, name) is not None
        ]
        if times[pin.rep, pin.month, pin.region, pin.channel, pin.product] > 1:
            faults.append(Fault("pin_twice", where, pin.rep, {"rep": pin.rep}))
        if to_fen(pin.amount) % unit:
            faults.append(Fault("pin_unit", f"{where}.amount", str(pin.amount), {"unit": from_fen(unit)}))
    return faults


def limits(
    rules: RepAllocationTerms,
    reps: Sequence[str],
    months: Sequence[str],
    *,
    carried: NDArray[np.bool_],
    most: int,
    unit: int = 1,
) -> Limits:
    """Pins and bounds as arrays in the order of `reps` and `months`.

    `carried` says in which months a rep can carry anything, `most` bounds what has no bound. Pins go before bounds:
    those of months fix cells, one of the year fixes the quota. Bounds are taken inwards to the money unit; a rep who
    can carry nothing has none.
    """
    row, column = {rep: i for i, rep in enumerate(reps)}, {month: i for i, month in enumerate(months)}
    fixed = np.full((len(reps), len(months)), FREE, dtype=np.int64)
    for pin in rules.pins:
        if pin.month is not None:
            fixed[row[pin.rep], column[pin.month]] = to_fen(pin.amount)
    agreed = np.where(fixed == FREE, 0, fixed).sum(axis=1)
    can = (carried & (fixed == FREE)).any(axis=1)
    floor = -(-to_fen(rules.bounds.min) // unit) * unit
    ceiling = most if rules.bounds.max is None else to_fen(rules.bounds.max) // unit * unit
    low, high = np.where(can, np.maximum(agreed, floor), agreed), np.where(can, np.maximum(agreed, ceiling), agreed)
    for pin in rules.pins:
        if pin.month is None:
            number, amount = row[pin.rep], to_fen(pin.amount)
            low[number], high[number] = amount, amount if can[number] else min(amount, int(agreed[number]))
    return Limits(low, high, fixed)


def amount_faults(limit: Limits, reps: Sequence[str], months: Sequence[str], columns: Fen) -> list[Fault]:
    """Amounts that cannot be together: per rep, per month, and over all reps against the sum of the quotas."""
    return [
        *_rep_faults(limit, reps),
        *_month_faults(limit, months, columns),
        *_total_faults(limit, int(columns.sum())),
    ]


def _rep_faults(limit: Limits, reps: Sequence[str]) -> Iterator[Fault]:
    agreed = limit.agreed.sum(axis=1)
    for number in np.flatnonzero((agreed > limit.high) | (limit.low > limit.high)).tolist():
        needed = max(int(agreed[number]), int(limit.low[number]))
        over = needed - int(limit.high[number])
        yield _fault("pins_over_rep", over, reps[number], rep=reps[number], least=needed, most=int(limit.high[number]))


def _month_faults(limit: Limits, months: Sequence[str], columns: Fen) -> Iterator[Fault]:
    agreed = limit.agreed.sum(axis=0)
    for number in np.flatnonzero(agreed > columns).tolist():
        over = int(agreed[number] - columns[number])
        yield _fault(
            "pins_over_month",
            over,
            months[number],
            month=months[number],
            agreed=int(agreed[number]),
            target=int(columns[number]),
        )


def _total_faults(limit: Limits, total: int) -> Iterator[Fault]:
    least, most = int(limit.low.sum()), int(limit.high.sum())
    if least > total:
        yield _fault("limits_over_total", least - total, "pins, bounds.min", least=least, total=total)
    if most < total:
        yield _fault("limits_under_total", total - most, "pins, bounds.max", most=most, total=total)


def _fault(code: str, over: int, found: str, **values: Any) -> Fault:
    """A fault of amounts: fen become currency units, `over` is what does not fit."""
    amounts = {name: from_fen(value) if isinstance(value, int) else value for name, value in values.items()}
    return Fault(code, PLACE, found, {**amounts, "over": from_fen(over)})


def _subsets(count: int) -> NDArray[np.bool_]:
    """Every non-empty set of months, one row each: twelve months have 4,095."""
    return np.asarray((np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1, dtype=np.bool_)


def _kinds(open_cells: NDArray[np.bool_], amounts: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Reps grouped by the months open to them, and the sum of their amounts: thousands of reps are few kinds."""
    kinds, kind = np.unique(open_cells, axis=0, return_inverse=True)
    sums = np.bincount(kind.ravel(), weights=amounts.astype(np.float64), minlength=len(kinds))
    return kinds, np.asarray(sums, dtype=np.float64)


def room(open_cells: NDArray[np.bool_], rows: Fen, columns: Fen, slack: float = 0.01) -> bool:
    """Whether quotas (rows) can meet the months (columns) in the open cells, with some slack left.

    Hall's condition: every set of months must find enough quota among those who are there in one of them. Only sets
    that leave somebody out can fail.
    """
    kinds, supply = _kinds(open_cells[rows > 0], rows[rows > 0])
    sets = _subsets(len(columns))
    touched = sets.astype(np.int64) @ kinds.T.astype(np.int64) > 0
    demand = (sets @ columns) * (1 + slack)
    return bool(np.all(touched.all(axis=1) | (touched @ supply >= demand)) and kinds.any(axis=1).all())


def place_faults(open_cells: NDArray[np.bool_], limit: Limits, months: Sequence[str], columns: Fen) -> list[Fault]:
    """Months whose target finds no quota within pins and bounds, or is less than what is fixed for them.

    Hall's conditions for rows between least and most: for every set of months, the most of those there in one of them
    reaches the set's target, and the least of those there in no other month does not exceed it. The worst set is named.
    """
    agreed = limit.agreed
    target = columns - agreed.sum(axis=0)
    sets = _subsets(len(columns))
    kinds, most = _kinds(open_cells, limit.high - agreed.sum(axis=1))
    _, least = _kinds(open_cells, limit.low - agreed.sum(axis=1))
    touched = sets.astype(np.int64) @ kinds.T.astype(np.int64) > 0
    inside = ~(((~sets).astype(np.int64) @ kinds.T.astype(np.int64)) > 0)
    short = sets @ target - touched @ most
    over = inside @ least - sets @ target
    return [*_worst("months_short", short, sets, months), *_worst("months_over", over, sets, months)]


def _worst(code: str, excess: NDArray[np.float64], sets: NDArray[np.bool_], months: Sequence[str]) -> Iterator[Fault]:
    worst = int(np.argmax(excess))
    if excess[worst] >= 1:
        named = [month for month, within in zip(months, sets[worst], strict=True) if within]
        yield _fault(code, int(excess[worst]), ", ".join(named), months=", ".join(named))
