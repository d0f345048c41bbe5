"""What a plan pays over what is sold, as lines of a chart: its own reading and the others."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pandas as pd

from salesplan.commission.proof.bench import Sale, play
from salesplan.commission.proof.limits import reaches
from salesplan.commission.proof.setting import Setting
from salesplan.commission.proof.tiers import SEMANTICS, sold
from salesplan.money import to_fen
from salesplan.terms.commission import CommissionPlan

STEPS = 26  # points of a line, beside those at boundaries
BEYOND = Decimal("1.3")  # how far beyond the last boundary a line goes
MOST_ORDERS = 60  # more of them are drawn as two
FARTHEST = 3  # times the last boundary: a cap that is farther away is not shown


def shape(settings: Sequence[Setting]) -> pd.DataFrame:
    """Lines of every plan: plan, reading, used, measure, unit, amount (int64 fen).

    Every boundary has a point just below and one on it, so that jumps are seen. `measure` is a share of the quota for
    tiers by attainment, else currency, pieces or a share. Where the order counts, all orders are of one size.
    """
    rows, cases = [], []
    for s in settings:
        points = sorted(_points(s))
        for reading, plan in _readings(s):
            for start, step in points:
                sales, measure, unit = _orders(s, start, step) if reading == "current" else sold(s, start, step)
                share = s.plan.measure == "attainment"
                x, name = (float(start), "share") if share else (float(measure), unit)
                rows.append((s.plan.name, reading, plan is s.capped, x, name))
                cases.append(s.case(plan, *sales))
    columns = ["plan", "reading", "used", "measure", "unit"]
    if not rows:
        return pd.DataFrame(columns=[*columns, "amount"])
    played = play(cases, settings[0].year)
    return pd.DataFrame(rows, columns=columns).assign(amount=played.sums["earned"])


def _orders(s: Setting, start: Decimal, step: int) -> tuple[tuple[Sale, ...], Decimal, str]:
    """What brings the measure to a boundary, in orders of the setting's size."""
    sales, measure, unit = sold(s, start, step)
    fen = sum(sale.amount for sale in sales)
    if s.plan.measure not in ("attainment", "amount") or fen > MOST_ORDERS * s.order:
        return sales, measure, unit
    sizes = [min(s.order, fen - before) for before in range(0, fen, s.order)]
    return tuple(s.sale(1, size, f"{number:03d}") for number, size in enumerate(sizes)), measure, unit


def _readings(s: Setting) -> Iterator[tuple[str, CommissionPlan]]:
    """The plan's own line first, then the other readings."""
    own = s.capped
    if s.plan.curve is not None:
        yield "curve", own
        other = {"straight": "steps", "steps": "straight"}[s.plan.curve.between]
        yield f"between_{other}", own.model_copy(update={"curve": s.plan.curve.model_copy(update={"between": other})})
        return
    if s.plan.measure == "margin_rate":
        yield "whole", own
        return
    yield s.plan.semantics, own
    for name in SEMANTICS:
        if name != s.plan.semantics:
            yield name, own.model_copy(update={"semantics": name})


def _points(s: Setting) -> set[tuple[Decimal, int]]:
    """Where the lines have points: even steps, and below and on every boundary."""
    starts = [point.at for point in s.plan.curve.points] if s.plan.curve else [tier.from_ for tier in s.plan.tiers[1:]]
    last = max([*starts, Decimal(1)] if s.plan.measure == "attainment" or not starts else starts)
    end = last * BEYOND
    if s.plan.cap is not None and s.plan.measure == "attainment" and s.quota:
        reached = reaches(s, to_fen(s.plan.cap))
        share = Decimal(reached) / s.quota if reached is not None else None
        if share is not None and share < FARTHEST * last:
            starts, end = [*starts, round(share, 6)], max(end, share * Decimal("1.15"))
    even = {(round(end * n / STEPS, 6), 0) for n in range(1, STEPS + 1)}
    even.add((Decimal(0), 0))
    return even | {(start, step) for start in starts for step in (-1, 0) if start > 0}
