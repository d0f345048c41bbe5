"""A month's part of the annual target: method, share, what is planned apart, and the rounding."""

from typing import Any

import numpy as np

from salesplan.explaining.formula import EXACT, Figure, factor, money
from salesplan.explaining.ground import Grounds, Season
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.rounding import rounded
from salesplan.terms import SeasonalSplitTerms


def season_part(found: Season, month: str, grounds: Grounds) -> Part:
    """How a month's target came about. Its last result is the sum of that month in table seasonal_split."""
    at, rules = found.labels.index(month), grounds.inputs.loaded.rules["seasonal_split"]
    assert isinstance(rules, SeasonalSplitTerms)
    lines = [Line("method", {"method": rules.method}, place=grounds.place("seasonal_split", ("method",)))]
    lines += [_event(event, number, grounds) for number, event in enumerate(rules.events)]
    pins = [number for number, pin in enumerate(rules.pins) if not pin.members]
    if pins:
        lines += [Line("season_pins", place=grounds.place("seasonal_split", ("pins", number))) for number in pins]
        lines.append(Line("month_pinned", {"month": month}, money(found.months[at]).text))
    else:
        lines += _unpinned(found, at)
    return Part("season", lines, _history(found, at), {"month": month})


def _event(event: Any, number: int, grounds: Grounds) -> Line:
    told = {"name": event.name, "start": event.start, "end": event.end, "uplift": f"{event.uplift:f}"}
    return Line("event", told, place=grounds.place("seasonal_split", ("events", number)))


def _unpinned(found: Season, at: int) -> list[Line]:
    """Rest of the year x share, rounded among the twelve months, and what is planned apart."""
    planned, month = int(found.planned.sum()), found.labels[at]
    rest: Figure = money(found.target)
    lines = []
    if planned:
        taken = (money(found.target) - money(planned)).to(2)
        rest = taken.result
        lines.append(Line("rest", formula=taken.text))
    weight = factor(found.shares[at])
    lines.append(Line("share", {"month": month}, weight.text))
    exact = (rest * weight).to(EXACT)
    lines.append(Line("month_exact", {"month": month}, exact.text))
    real = (found.target - planned) * found.shares
    own = rounded(real, found.months - found.planned)
    handed = {"handed": own.handed, "rank": int(own.rank[at]), "of": len(real), "rest": f"{own.rest[at]:.2f}"}
    lines.append(
        Line("month_up" if own.up[at] else "month_down", handed, money(found.months[at] - found.planned[at]).text)
    )
    if found.planned[at]:
        both = money(found.months[at] - found.planned[at]) + money(found.planned[at])
        lines.append(Line("month_apart", {"month": month}, both.to(2).text))
    return lines


def _history(found: Season, at: int) -> Grid | None:
    """The same month of the years before, beside their totals."""
    amounts = found.history.groupby("month")["amount"].sum()
    rows = []
    for back in range(3, 0, -1):
        labels = [f"{int(label[:4]) - back}{label[4:]}" for label in found.labels]
        year = np.array([int(amounts.get(label, 0)) for label in labels])
        if year.sum() > 0:
            part = (money(year[at]) / money(int(year.sum()))).to(9)
            rows.append([labels[at], money(year[at]).text, money(int(year.sum())).text, part.result.text])
    return Grid(("past_month", "past_amount", "past_year", "past_share"), rows, 3) if rows else None
