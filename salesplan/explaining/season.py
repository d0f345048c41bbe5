"""A month's part of the annual target: method, share, what is planned apart, and the rounding."""

from typing import Any

from salesplan.explaining.formula import EXACT, SHARE_PLACES, Figure, factor, money, number, total
from salesplan.explaining.ground import Grounds, Season
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.rounding import rounded
from salesplan.terms import SeasonalSplitTerms

CLOSE = 1e-11


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
        lines += _unpinned(found, at, rules)
    return Part("season", lines, _history(found, at, rules.history_years), {"month": month})


def _event(event: Any, number: int, grounds: Grounds) -> Line:
    told = {"name": event.name, "start": event.start, "end": event.end, "uplift": f"{event.uplift:f}"}
    return Line("event", told, place=grounds.place("seasonal_split", ("events", number)))


def _unpinned(found: Season, at: int, rules: SeasonalSplitTerms) -> list[Line]:
    """Rest of the year x share, rounded among the twelve months, and what is planned apart."""
    planned, month = int(found.planned.sum()), found.labels[at]
    rest: Figure = money(found.target)
    lines = []
    if planned:
        taken = (money(found.target) - money(planned)).to(2)
        rest = taken.result
        lines.append(Line("rest", formula=taken.text))
    weight = factor(found.shares[at])
    lines += _share(found, at, rules)
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


def _share(found: Season, at: int, rules: SeasonalSplitTerms) -> list[Line]:
    """The share, in figures where the method is a plain ratio and no event moves it, else as the method gave it."""
    told, plain = {"month": found.labels[at]}, _ratio(found, at, rules)
    if plain is not None and abs(float(plain.value) - float(found.shares[at])) < CLOSE:
        return [Line("share", told, plain.to(SHARE_PLACES).text)]
    how = [Line("share_auto")] if rules.method == "auto" else []
    return [*how, Line("share", told, factor(found.shares[at]).text)]


def _ratio(found: Season, at: int, rules: SeasonalSplitTerms) -> Figure | None:
    """The share as a ratio: of weights, of twelfths, of past sales; None for methods that are none."""
    if rules.method == "even":
        return number(1) / number(12)
    if rules.method == "manual" and rules.manual:
        return number(rules.manual[at]) / number(sum(rules.manual))
    back = {"last_year": 1, "pooled_share": rules.history_years}.get(rules.method, 0)
    years = [year for year in _past(found, back) if sum(year)]
    if not years:
        return None
    return total([money(year[at]) for year in years]) / total([money(sum(year)) for year in years])


def _past(found: Season, most: int) -> list[list[int]]:
    """The months of the years before, the earliest first, fen."""
    amounts = found.history.groupby("month")["amount"].sum()
    labels = [[f"{int(label[:4]) - back}{label[4:]}" for label in found.labels] for back in range(most, 0, -1)]
    return [[int(amounts.get(label, 0)) for label in year] for year in labels]


def _history(found: Season, at: int, most: int) -> Grid | None:
    """The same month of the years before, beside their totals."""
    rows = []
    for back, year in zip(range(most, 0, -1), _past(found, most), strict=True):
        if sum(year) > 0:
            label = f"{int(found.labels[at][:4]) - back}{found.labels[at][4:]}"
            part = (money(year[at]) / money(sum(year))).to(9)
            rows.append([label, money(year[at]).text, money(sum(year)).text, part.result.text])
    return Grid(("past_month", "past_amount", "past_year", "past_share"), rows, 3) if rows else None
