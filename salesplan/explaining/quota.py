"""A rep's quota: his bases, what they weigh, the agreements and bounds, the months, and the last unit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesplan.apportion import stable
from salesplan.errors import IdentityError
from salesplan.explaining.formula import (
    EXACT,
    FINE,
    SHARE_PLACES,
    Equation,
    Figure,
    factor,
    money,
    number,
    percent,
    real,
    share,
    total,
)
from salesplan.explaining.ground import Grounds
from salesplan.explaining.history import history_lines
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.rounding import rounded
from salesplan.rep_allocation.agreements import AGREED, of_cells
from salesplan.rep_allocation.letters import counted_bases
from salesplan.rep_allocation.limits import FREE
from salesplan.rep_allocation.people.hierarchy import total_rate
from salesplan.terms import RepAllocationTerms

CLOSE = 1e-9
AGREED_TO = 0.05  # fen, by which what is computed from the figures shown may be off


def agreed(found: Equation, fen: float) -> str:
    """The arithmetic, if it gives the amount the run was made with. Raises IdentityError where it does not."""
    if abs(float(found.result.value) * 100 - fen) > AGREED_TO:
        raise IdentityError("explain_arithmetic", f"{found.text} , not {fen / 100}")
    return found.text


class Own:
    """What one rep's quota came from, taken out of the workings of all."""

    def __init__(self, grounds: Grounds, rep: str) -> None:
        self.grounds = grounds
        self.ground = grounds.ground
        self.rep = rep
        self.row = self.ground.people.row[rep]
        self.found = grounds.settled
        self.work = grounds.workings
        self.months = list(self.ground.people.months)
        self.rules: RepAllocationTerms = self.ground.rules

    @property
    def wish(self) -> Any:
        """What he is to carry in each month, of one scale for all, fen."""
        return self.grounds.wishes[self.row]

    @property
    def fixed(self) -> Any:
        """Which months are fixed by agreement."""
        return self.work.limit.fixed[self.row] != FREE


# ---------------------------------------------------------------- all quotas


def sum_part(own: Own, month: str) -> Part:
    """From the target to the sum of all quotas, and to the month's part of it."""
    work, season = own.work, (own.ground.cells - own.ground.left).sum(axis=1)
    served = season - work.table.unassigned
    rate = total_rate(own.rules)
    lines = []
    kept = int(own.ground.cells.sum() - served.sum())
    if kept:
        lines.append(Line("kept", formula=(money(int(own.ground.cells.sum())) - money(kept)).to(2).text))
    raised = (money(int(served.sum())) * (number(1) + number(rate))).to(2)
    lines.append(Line("over_assignment", {"count": len(own.ground.people.reps)}, raised.text,
                      own.grounds.place("rep_allocation", ("over_assignment",))))  # fmt: skip
    if month:
        at = own.months.index(month)
        exact = (money(work.total) * money(int(served[at])) / money(int(served.sum()))).to(EXACT)
        lines.append(Line("month_of_quotas", {"month": month}, exact.text))
        cells = rounded(work.total * (served / max(int(served.sum()), 1)), work.columns)
        told = {
            "handed": cells.handed,
            "rank": int(cells.rank[at]),
            "of": len(cells.rest),
            "rest": f"{cells.rest[at]:.2f}",
        }
        lines.append(Line("month_up" if cells.up[at] else "month_down", told, money(int(work.columns[at])).text))
    return Part("sum", lines)


# ---------------------------------------------------------------- what he weighs


def weight_part(own: Own) -> Part:
    """His bases, their shares and weights."""
    weighing, blend = own.ground.weighing, own.grounds.blend
    lines, dropped = history_lines(own.grounds, own.rep), [Line("dropped", {"base": base}) for base in weighing.dropped]
    ranks = weighing.bases.set_index(["rep", "basis"])["substitute"]
    for base, weight in blend.counted.items():
        values = weighing.found[base].value
        figure, whole = (_basis(base, float(value)) for value in (values[own.rep], values.sum()))
        told = {"base": base, "substitute": ranks.get((own.rep, base), "") or "own"}
        lines.append(Line("base", told, (figure / whole).to(SHARE_PLACES).text))
        place = own.grounds.place("rep_allocation", ("weights", base))
        lines.append(Line("base_weight", {"base": base}, share(weight).text, place))
    return Part("weight", [*lines, *dropped], _letter_table(own), {"rep": own.rep})


def _letter_table(own: Own) -> Grid | None:
    """His bases rounded as his target letter has them, so that both can be laid side by side."""
    bases = counted_bases(own.ground.weighing.bases, [own.rep])
    rows = [
        [str(row["basis"]), _own_amount(row), percent(row["share"], 4), percent(row["weight"], 2),
         percent(row["weighted_share"], 4)]
        for row in bases.to_dict("records")
    ]  # fmt: skip
    return Grid(("base", "own_amount", "of_all", "base_weight", "weighted"), rows, 4) if rows else None


def _own_amount(row: Any) -> str:
    if not pd.isna(row["value"]):
        return money(int(row["value"])).text
    return number(f"{row['count']:g}").text if not pd.isna(row.get("count")) else ""


def _basis(base: str, value: float) -> Figure:
    """A base in its unit: money, or a count."""
    return number(repr(value), FINE) if base in ("customers", "equal") else real(value)


def wish_part(own: Own, month: str) -> Part:
    """What the weights ask of him month by month; in figures for the month asked for."""
    weighing, ground = own.ground.weighing, own.ground
    target = (ground.cells - ground.left).sum(axis=1)
    regular = np.maximum(target - ground.placed.sum(axis=0), 0.0)
    load = regular + weighing.vacant
    carries = weighing.carries.to_numpy(dtype=np.float64)
    scale = float(regular.sum() / (carries * load).sum()) if (carries * load).any() else 1.0
    there = ground.there[own.row]
    rows = [
        [label, share(there[at]).text, share(carries[own.row, at]).text, real(load[at]).text, factor(scale).text,
         real(ground.placed[own.row, at]).text, real(own.wish[at]).text]
        for at, label in enumerate(own.months)
    ]  # fmt: skip
    lines = []
    ramp = [own.grounds.place("rep_allocation", ("ramp",))] if (there < 1).any() else []
    lines += [Line("ramp", {"ramp": ", ".join(f"{step:f}" for step in own.rules.ramp)}, place=place) for place in ramp]
    if month:
        lines += _wish_of(own, month, (carries, load, scale))
    lines.append(Line("wish_year", formula=total([real(value) for value in own.wish]).to(FINE).text))
    heads = ("month", "there", "carries", "load", "factor", "placed", "wish")
    return Part("wish", lines, Grid(heads, rows, 6), {"rep": own.rep})


def _wish_of(own: Own, month: str, figures: tuple[Any, Any, float]) -> list[Line]:
    """The arithmetic of one month's wish."""
    (carries, load, scale), at, blend = figures, own.months.index(month), own.grounds.blend
    parts = [
        share(weight) * share(float(blend.shares[base].iloc[own.row])) * share(float(blend.patterns[base][own.row, at]))
        for base, weight in blend.counted.items()
    ]
    lines = [Line("carries", {"month": month, "bases": list(blend.counted)}, total(parts).to(SHARE_PLACES).text)]
    placed = float(own.ground.placed[own.row, at])
    wish = share(float(carries[own.row, at])) * real(float(load[at])) * factor(scale)
    wish = wish + real(placed) if placed else wish
    lines.append(Line("wish_month", {"month": month}, wish.to(EXACT).text))
    return lines


# ---------------------------------------------------------------- the year


def year_part(own: Own) -> Part:
    """From his part of all wishes to the quota of the year, through agreements and bounds."""
    goal, limit = int(own.work.goal[own.row]), own.work.limit
    lines = list(_agreements(own))
    low, high = int(limit.low[own.row]), int(limit.high[own.row])
    group = _group(own)
    if own.work.table.by_month:
        lines.append(Line("by_month"))
    elif low == high == goal:
        lines.append(Line("year_fixed", formula=money(goal).text))
    elif goal in (low, high):
        lines.append(Line("year_least" if goal == low else "year_most", formula=money(goal).text))
    else:
        lines += _shared(own, group, goal)
    return Part("year", lines, values={"rep": own.rep})


def _group(own: Own) -> Any:
    """Who shares by weight with him: all between their least and most, in his team where it is bounded."""
    limit, goal = own.work.limit, own.work.goal
    free = (goal > limit.low) & (goal < limit.high)
    bound = [team for team in limit.teams if int(goal[team.rows].sum()) in (team.low, team.high)]
    for team in bound:
        free &= team.rows if team.rows[own.row] else ~team.rows
    return free


def _shared(own: Own, group: Any, goal: int) -> list[Line]:
    wishes, goals = own.grounds.wishes.sum(axis=1), own.work.goal
    rest, weights = int(goals[group].sum()), stable(wishes)
    lines = []
    if rest != own.work.total:
        taken = (money(own.work.total) - money(own.work.total - rest)).to(2)
        lines.append(Line("year_rest", {"count": int((~group).sum())}, taken.text))
    exact = (money(rest) * real(float(wishes[own.row])) / real(float(wishes[group].sum()))).to(EXACT)
    shares = rest * (weights[group] / weights[group].sum())
    found = rounded(shares, goals[group], own.ground.unit)
    at = int(np.flatnonzero(group).tolist().index(own.row))
    lines.append(Line("year_exact", {"count": int(group.sum())}, agreed(exact, float(shares[at]))))
    told = {
        "handed": found.handed,
        "rank": int(found.rank[at]),
        "of": int(group.sum()),
        "rest": f"{found.rest[at]:.2f}",
    }
    lines.append(Line("year_up" if found.up[at] else "year_down", told, money(goal).text))
    return lines


def _agreements(own: Own) -> list[Line]:
    """What is agreed for him, and the bounds, each with its line in the file."""
    lines, rules = [], own.rules
    for claim in own.found.claims:
        if claim.members.get("rep") != own.rep:
            continue
        kind, number_ = ("negotiation", claim.number - AGREED) if claim.number >= AGREED else ("pins", claim.number)
        path = ("pins", number_) if kind == "pins" else ("negotiation", "rounds", _round_of(own))
        place = (
            own.grounds.place("rep_allocation", path)
            if claim.number >= 0
            else own.grounds.place("rep_allocation", ("limits",))
        )
        key = "agreed_part" if of_cells(claim) else "agreed_month" if not claim.months.all() else "agreed_year"
        told = {"months": [m for m, on in zip(own.months, claim.months, strict=True) if on],
                "members": [text for name, text in claim.members.items() if name not in ("rep", "team")]}  # fmt: skip
        lines.append(Line(key if claim.number >= 0 else "agreed_limit", told, money(claim.amount).text, place))
    teams = (None, own.ground.people.teams[own.row])
    named = [at for at, one in enumerate(rules.limits) if one.rep in (None, own.rep) and one.team in teams]
    lines += [_limit(own, at) for at in named]
    if rules.bounds.min or rules.bounds.max is not None:
        most = money(int(own.work.limit.high[own.row])).text if rules.bounds.max is not None else ""
        ends = {"least": money(int(own.work.limit.low[own.row])).text, "most": most}
        lines.append(Line("bounds", ends, place=own.grounds.place("rep_allocation", ("bounds",))))
    return lines


def _limit(own: Own, at: int) -> Line:
    """Least and most of a part of his, or of his team's, quotas."""
    one = own.rules.limits[at]
    members = [*([one.team] if one.team else []), *one.members.values()]
    told = {"month": one.month or "", "members": members, "least": f"{one.min:,.2f}",
            "most": "" if one.max is None else f"{one.max:,.2f}"}  # fmt: skip
    return Line("limit", told, place=own.grounds.place("rep_allocation", ("limits", at)))


def _round_of(own: Own) -> int:
    """The round in which he agreed."""
    rounds = own.rules.negotiation.rounds
    return next((at for at, one in enumerate(rounds) if one.rep == own.rep and one.agreed), len(rounds) - 1)


# ---------------------------------------------------------------- the months


def months_part(own: Own, month: str) -> Part:
    """From the quota of the year to the months, rounded both ways; the last results are those of the table."""
    work, row = own.work, own.row
    amount, exact = work.table.amount[row], work.real[row]
    factors = month_factors(work.real - work.limit.agreed, work.seed)
    weights = own.wish * factors
    held = own.fixed | _bounded(exact, weights, own.fixed)
    found = rounded(exact, amount, own.ground.unit)
    rows = [
        [label, real(weights[at]).text, number(exact[at] / 100, EXACT).text, f"{found.rest[at]:.2f}",
         _way(bool(held[at]), bool(found.up[at]), float(found.rest[at])), money(int(amount[at])).text]
        for at, label in enumerate(own.months)
    ]  # fmt: skip
    lines = []
    if month:
        lines = [*_one_month(own, month, factors, (weights, held)), _last_unit(own, month, found)]
    lines.append(Line("months_sum", formula=total([money(int(fen)) for fen in amount]).to(2).text))
    return Part("months", lines, Grid(("month", "weight", "exact", "rest", "way", "amount"), rows, 5), {"rep": own.rep})


def month_part(own: Own, month: str) -> Part:
    """One month by itself: what is asked of him, before rounding, and the last unit."""
    row = own.row
    factors = month_factors(own.work.real - own.work.limit.agreed, own.work.seed)
    weights = own.wish * factors
    held = own.fixed | _bounded(own.work.real[row], weights, own.fixed)
    found = rounded(own.work.real[row], own.work.table.amount[row], own.ground.unit)
    lines = [*wish_part(own, month).lines[:-1], *_one_month(own, month, factors, (weights, held))]
    return Part("month", [*lines, _last_unit(own, month, found)], values={"rep": own.rep, "month": month})


def _way(held: bool, up: bool, rest: float) -> str:
    return "fixed" if held else "up" if up else "down" if rest else "whole"


def month_factors(cells: Any, seed: Any) -> Any:
    """The factor of each month that makes all reps' months sum to it, the largest 1: the same for everybody.

    Read off the rep with the most months that are free; `cells` and `seed` reps x months.
    """
    ratios = np.divide(cells, seed, out=np.zeros_like(cells), where=seed > 0)
    spread = [int((line > 0).sum()) for line in ratios]
    best = ratios[int(np.argmax(spread))]
    return best / best.max() if best.max() > 0 else np.ones(cells.shape[1])


def _bounded(exact: Any, weights: Any, fixed: Any) -> Any:
    """Months that a bound holds off what the weights ask for."""
    ratios = np.divide(exact, weights, out=np.full(len(exact), np.nan), where=(weights > 0) & ~fixed)
    if np.isnan(ratios).all():
        return np.zeros(len(exact), dtype=bool)
    usual = np.nanmedian(ratios)
    return ~np.isnan(ratios) & (np.abs(ratios - usual) > CLOSE * usual)


def _one_month(own: Own, month: str, factors: Any, figures: tuple[Any, Any]) -> list[Line]:
    """The arithmetic of one month before rounding."""
    (weights, held), at = figures, own.months.index(month)
    exact = own.work.real[own.row]
    free = ~held & (weights > 0)
    if held[at] or not free.any():
        key = "month_held" if held[at] else "month_without"
        return [Line(key, {"month": month}, number(exact[at] / 100, EXACT).text)]
    lines = []
    weight = (real(float(own.wish[at])) * factor(float(factors[at]))).to(FINE)
    lines.append(Line("month_weight", {"month": month}, weight.text))
    if own.work.table.by_month:
        return [*lines, *_by_month(own, at)]
    lines.append(Line("month_weights", formula=total([real(float(value)) for value in weights[free]]).to(FINE).text))
    left: Figure = money(int(own.work.goal[own.row]))
    if held.any():
        taken = left - total([real(float(value)) for value in exact[held]])
        lines.append(Line("month_left", formula=taken.to(FINE).text))
        left = taken.to(FINE).result
    found = (left * weight.result / real(float(weights[free].sum()))).to(EXACT)
    return [*lines, Line("cell", {"month": month}, agreed(found, float(exact[at])))]


def _by_month(own: Own, at: int) -> list[Line]:
    """Where so few are there that each month is shared among them: month x own part of all weights."""
    exact, month = own.work.real[:, at], own.months[at]
    part = share(float(exact[own.row] / exact.sum()))
    return [Line("cell_of_month", {"month": month}, (money(int(own.work.columns[at])) * part).to(EXACT).text)]


def _last_unit(own: Own, month: str, found: Any) -> Line:
    """Which way the last unit went, and why: his months and the month's reps are to be met at once."""
    at, column = own.months.index(month), own.months.index(month)
    others = rounded(own.work.real[:, column], own.work.table.amount[:, column], own.ground.unit)
    told = {
        "month": month, "rest": f"{found.rest[at]:.2f}", "handed": found.handed, "rank": int(found.rank[at]),
        "ups": others.handed, "count": len(others.rest), "unit": money(own.ground.unit).text,
    }  # fmt: skip
    by_size = (found.rank[at] <= found.handed) == bool(found.up[at])
    way = "whole" if not found.rest[at] else ("up" if found.up[at] else "down") + ("" if by_size else "_other")
    amount = money(int(own.work.table.amount[own.row, at])).text
    return Line(f"unit_{way}", told, amount)


def result_part(own: Own, months: Sequence[str], amount: int) -> Part:
    """What transfers add, and the number as the table has it."""
    places = [own.months.index(month) for month in months]
    before, moved = (int(table[own.row, places].sum()) for table in (own.work.table.amount, own.found.moved))
    lines = []
    if moved:
        path = own.grounds.place("rep_allocation", ("transfers",))
        lines.append(Line("transfer", formula=(money(before) + money(moved)).to(2).text, place=path))
    lines.append(Line("result", {"file": "tables/rep_allocation.csv"}, money(amount).text))
    return Part("result", lines)
