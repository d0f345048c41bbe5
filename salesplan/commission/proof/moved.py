"""Whether moving one order between two neighbouring periods raises pay: holding it back, or pulling it forward."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np

from salesplan.commission.proof.bench import Case, Sale, play
from salesplan.commission.proof.limits import reaches
from salesplan.commission.proof.setting import Answer, Probe, Setting
from salesplan.commission.proof.tiers import PRICE
from salesplan.money import FEN, to_fen
from salesplan.terms.commission import CommissionPlan

FARTHEST = 2  # quotas: nobody asks what happens beyond
SHARES = (Decimal("0.6"), Decimal("0.8"), Decimal("0.9"), Decimal(1), Decimal("1.1"), Decimal("1.3"))


@dataclass(frozen=True)
class Shift:
    """The most that moving one order of a plan gains. Money in fen.

    `hold`: the order counts a period later than it was won; else it is pulled forward. `first`, `second`: what is
    sold in the two periods beside it, against `quotas`; `months` in which they begin, `length` of each; `kept`,
    `moved`: commission of both periods with the order where it belongs, and moved. gain = moved - kept.
    """

    plan: str
    hold: bool
    order: int
    first: int
    second: int
    quotas: tuple[int, int]
    months: tuple[str, str]
    length: int
    kept: int
    moved: int

    @property
    def gain(self) -> int:
        """What the rep gains by moving the order."""
        return self.moved - self.kept


@dataclass(frozen=True)
class Pair:
    """Two neighbouring periods of a plan: months in which they begin, their length, up to when pay is counted."""

    begins: tuple[int, int]
    length: int
    upto: int


def shifts(settings: Sequence[Setting]) -> list[Shift]:
    """For each plan the largest gain from holding an order back, and from pulling one forward.

    Searched over what is sold in the two periods: shares of the quota, on every boundary, just
    short of it, and an order short of it; the order is a tenth of a period's quota. Plans by margin rate are left out.
    """
    searched = [(s, _pair(s), _plan(s)) for s in settings if s.plan.measure != "margin_rate"]
    grids = [_grid(s, pair) for s, pair, _ in searched]
    cases = [
        case_of(s, pair, plan, sold, where)
        for (s, pair, plan), grid in zip(searched, grids, strict=True)
        for sold in grid
        for where in (0, 1)
    ]
    if not cases:
        return []
    pay = play(cases, settings[0].year).sums["earned"].reshape(-1, 2)
    found, begin = [], 0
    for (s, pair, _), grid in zip(searched, grids, strict=True):
        own = pay[begin : begin + len(grid)]
        begin += len(grid)
        found += [_best(s, pair, grid, own, hold=hold) for hold in (True, False)]
    return found


def _grid(s: Setting, pair: Pair) -> list[tuple[int, int]]:
    first, second = (_amounts(s, begin, pair) for begin in pair.begins)
    return list(product(first, second))


def _plan(s: Setting) -> CommissionPlan:
    """The plan as it earns: everything that depends on the period, nothing that depends on cash."""
    names = ("measure_period", "gate", "cap", "cap_per_order", "minimum_per_order")
    return s.vary(**{name: getattr(s.plan, name) for name in names})


def _pair(s: Setting) -> Pair:
    """Neighbouring periods; of plans over the year, neighbouring months, and pay to its end."""
    if s.plan.period in ("year", "ytd"):
        return Pair((1, 2), 1, 12)
    more = 3 if s.plan.measure_period == "previous" and 3 * s.length <= 12 else 2
    return Pair((1, 1 + s.length), s.length, more * s.length)


def quota_of(s: Setting, pair: Pair, begin: int) -> int:
    """Quota of a period of the pair."""
    return sum(s.quotas[begin - 1 : begin - 1 + pair.length])


def _amounts(s: Setting, begin: int, pair: Pair) -> list[int]:
    """What may be sold in a period beside the order."""
    quota = quota_of(s, pair, begin)
    found = {int(quota * share) for share in SHARES}
    for start in _boundaries(s, quota):
        found |= {start, start - FEN, start - s.order}
    return sorted({fen // FEN * FEN for fen in found if 0 < fen <= FARTHEST * quota})


def _boundaries(s: Setting, quota: int) -> Iterator[int]:
    points = s.plan.curve.points if s.plan.curve else ()
    starts = [*(tier.from_ for tier in s.plan.tiers[1:]), *(point.at for point in points)]
    scale = {"attainment": Decimal(quota), "margin": Decimal(4 * FEN), "quantity": Decimal(PRICE)}
    for start in starts:
        yield -int(-start * scale.get(s.plan.measure, Decimal(FEN)) // FEN) * FEN
    if s.plan.cap is not None and (reached := reaches(s, to_fen(s.plan.cap))) is not None:
        yield reached


def case_of(s: Setting, pair: Pair, plan: CommissionPlan, sold: tuple[int, int], where: int) -> Case:
    """Two periods of sales, with the order in the first (0) or the second (1)."""
    sales = [_sale(s, begin, fen, name) for begin, fen, name in zip(pair.begins, sold, "AB", strict=True)]
    sales.append(_sale(s, pair.begins[where], s.order, "X"))
    if pair.upto == 3 * pair.length:
        sales.append(_sale(s, 1 + 2 * pair.length, s.quota, "C"))
    return s.case(plan, *sales, upto=pair.upto)


def _sale(s: Setting, month: int, fen: int, order: str) -> Sale:
    return s.sale(month, fen, order, units=fen / PRICE)


def _best(s: Setting, pair: Pair, grid: list[tuple[int, int]], pay: Any, *, hold: bool) -> Shift:
    """The pair of amounts at which moving gains most; of equal ones that nearest to the quotas."""
    gain = pay[:, 1] - pay[:, 0] if hold else pay[:, 0] - pay[:, 1]
    quotas = quota_of(s, pair, pair.begins[0]), quota_of(s, pair, pair.begins[1])
    far = [abs(a - quotas[0]) + abs(b - quotas[1]) for a, b in grid]
    place = int(np.lexsort([far, -gain])[0])
    kept, moved = (int(pay[place, 0]), int(pay[place, 1])) if hold else (int(pay[place, 1]), int(pay[place, 0]))
    months = tuple(s.year.months[begin - 1] for begin in pair.begins)
    return Shift(s.plan.name, hold, s.order, *grid[place], quotas, (months[0], months[1]), pair.length, kept, moved)


def shift_probes(s: Setting, found: Sequence[Shift]) -> Iterator[Probe]:
    """The worked example of each shift that gains."""
    plan, pair = _plan(s), _pair(s)
    for shift in found:
        if shift.plan != s.plan.name or shift.gain <= 0:
            continue
        sold = (shift.first, shift.second)
        places = (0, 1) if shift.hold else (1, 0)
        answers = tuple(
            Answer(key, case_of(s, pair, plan, sold, where))
            for key, where in zip(("as_won", "moved"), places, strict=True)
        )
        yield Probe("shift", "hold" if shift.hold else "pull", Decimal(shift.order) / FEN, "currency", answers)
