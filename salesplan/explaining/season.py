"""A month's part of the annual target: method, share, what is planned apart, and the rounding."""

from typing import Any

from salesplan.explaining.formula import EXACT, Figure, factor, money
from salesplan.explaining.ground import Grounds
from salesplan.explaining.months import Season
from salesplan.explaining.parts import Line, Part
from salesplan.explaining.rounding import rounded
from salesplan.explaining.shares import past_grid, share_lines

TO_THE_FEN = 0.005  # of a fen: a share of twelve decimals is enough where it tells the amount so closely


def season_part(found: Season, month: str, grounds: Grounds) -> Part:
    """How a month's target came about. Its last result is the sum of that month in table seasonal_split."""
    at, rules = found.labels.index(month), found.rules
    lines = [Line("method", {"method": rules.method}, place=grounds.place("seasonal_split", ("method",)))]
    lines += [_event(event, number, grounds) for number, event in enumerate(rules.events)]
    pins = [number for number, pin in enumerate(rules.pins) if not pin.members]
    if pins:
        lines += [Line("season_pins", place=grounds.place("seasonal_split", ("pins", number))) for number in pins]
        lines.append(Line("month_pinned", {"month": month}, money(found.months[at]).text))
    else:
        lines += _unpinned(found, at, grounds)
    return Part("season", lines, past_grid(found, at), {"month": month})


def _event(event: Any, number: int, grounds: Grounds) -> Line:
    told = {"name": event.name, "start": event.start, "end": event.end, "uplift": f"{event.uplift:f}"}
    return Line("event", told, place=grounds.place("seasonal_split", ("events", number)))


def _unpinned(found: Season, at: int, grounds: Grounds) -> list[Line]:
    """Rest of the year x share, rounded among the twelve months, and what is planned apart."""
    planned, month = int(found.planned.sum()), found.labels[at]
    rest: Figure = money(found.target)
    lines, weight = share_lines(found, at, grounds.place)
    if planned:
        taken = (money(found.target) - money(planned)).to(2)
        rest = taken.result
        lines.append(Line("rest", formula=taken.text))
    if abs(float(weight.value) - float(found.shares[at])) * found.rest > TO_THE_FEN:
        weight = factor(float(found.shares[at]))
    exact = (rest * weight).to(EXACT)
    lines.append(Line("month_exact", {"month": month}, exact.text))
    real = found.rest * found.shares
    own = rounded(real, found.months - found.planned)
    handed = {"handed": own.handed, "rank": int(own.rank[at]), "of": len(real), "rest": f"{own.rest[at]:.2f}"}
    lines.append(
        Line("month_up" if own.up[at] else "month_down", handed, money(found.months[at] - found.planned[at]).text)
    )
    if found.planned[at]:
        both = money(found.months[at] - found.planned[at]) + money(found.planned[at])
        lines.append(Line("month_apart", {"month": month}, both.to(2).text))
    return lines
