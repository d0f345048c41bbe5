"""A month of a product, region or channel: the company's season, its own, and the fit to all sums at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from salesplan.explaining.formula import EXACT, Equation, Figure, factor, money, number, real, total
from salesplan.explaining.member import Member, apart_lines, remainders, rounding_lines
from salesplan.explaining.months import Season
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.quota import AGREED_TO, month_factors
from salesplan.explaining.shares import past_grid, share_lines

CLOSE = 1e-9


def month_parts(own: Member, month: str) -> list[Part]:
    """The member's own season in the month, the month of each of its combinations, and the sum in the table."""
    at = own.season.labels.index(month)
    found = _Month(own, at)
    season = [_season(own, at)] if own.weights[own.inside].any() else []
    whole = own.whole[at] - own.apart[at]
    lines = [*rounding_lines(own, whole, own.cells.real[at, own.inside].sum()),
             *apart_lines(own, at, int(whole.sum())),
             Line("result_sum", {"file": "tables/seasonal_split.csv", "count": int(own.inside.sum())},
                  money(own.amount(month)).text)]  # fmt: skip
    return [*season, _combinations(found, month), Part("result", lines)]


# ---------------------------------------------------------------- the member's own season


def _season(own: Member, at: int) -> Part:
    """Its share of the year by the plan's method beside the company's: how much more or less the month is to it."""
    month, told = own.season.labels[at], {"month": own.season.labels[at], "member": own.member}
    plain = float(own.cells.plain[at])
    ratio = float(_first(own, own.cells.seasons[own.dimension][at]))
    alone = _alone(own)
    lines, share_ = share_lines(alone, at, own.grounds.place)
    if lines[-1].key == "share_given" or abs(float(share_.value) - ratio * plain) > CLOSE:
        key = "member_season_company" if abs(ratio - 1) < CLOSE else "member_season_fitted"
        share_ = own.share(ratio * plain)
        lines = [Line(key, told, share_.text)]
    found = (share_ / own.share(plain)).to(own.places) if plain else own.share(ratio).to(own.places)
    return Part("member_season", [*lines, Line("member_ratio", told, found.text)], past_grid(alone, at),
                {"member": own.member, "month": month})  # fmt: skip


def _first(own: Member, factors: Any) -> float:
    """The same for all its combinations."""
    return float(factors[own.inside][0])


def _alone(own: Member) -> Season:
    """The member as if it were a company: its own history, its year, no events."""
    history = own.season.history
    ratio = own.cells.seasons[own.dimension][:, own.inside][:, 0]
    rules = own.season.rules.model_copy(update={"events": ()})
    return replace(
        own.season, target=round(float(own.cells.years[own.inside].sum())), planned=np.zeros(12, dtype=np.int64),
        shares=ratio * own.cells.plain, history=history[history[own.dimension] == own.member], rules=rules,
    )  # fmt: skip


# ---------------------------------------------------------------- its combinations with the other dimensions


class _Month:
    """The weights of a month: of each combination the company's month x its members' seasons x the fit."""

    def __init__(self, own: Member, at: int) -> None:
        self.own, self.at, cells = own, at, own.cells
        self.shares = cells.rows / max(own.rest, 1)
        self.factors = month_factors(cells.real.T, cells.seed.T)
        self.ratios = [cells.seasons[name][:, own.inside] for name in cells.seasons]
        weights = np.repeat((self.shares * self.factors)[:, None], int(own.inside.sum()), axis=1)
        for ratio in self.ratios:
            weights = weights * ratio
        self.weights = weights
        self.years, self.real = cells.years[own.inside], cells.real[:, own.inside]

    @property
    def fitted(self) -> bool:
        """Whether the weights lead to the amounts before rounding: not where pins are met, or no season fits."""
        sums = self.weights.sum(axis=0)
        found = self.weights * np.divide(self.years, sums, out=np.zeros(len(sums)), where=sums > 0)
        return not self.own.pins and bool((np.abs(found - self.real) < AGREED_TO).all())

    def weight(self, at: int) -> Equation:
        """The weight of the month of a combination."""
        own = self.own
        figure: Figure = own.share(float(self.shares[self.at]))
        for ratio in self.ratios:
            if _moves(ratio):
                figure = figure * own.share(float(ratio[self.at, at]))
        return (figure * factor(float(self.factors[self.at]))).to(own.places)

    def exact(self, at: int) -> Equation:
        """Its month before rounding: its year x the month's weight ÷ the twelve months' weights."""
        weights = self.own.share(float(self.weights[:, at].sum()))
        return (real(float(self.years[at])) * self.weight(at).result / weights).to(EXACT)


def _moves(ratio: Any) -> bool:
    return bool((np.abs(ratio - 1) > 0).any())


def _combinations(found: _Month, month: str) -> Part:
    """Each combination's month: weight, before rounding, remainder, whole."""
    own, at = found.own, found.at
    values = {"member": own.member, "month": month}
    whole = own.whole[at] - own.apart[at]
    rests = remainders(own, found.real[at], whole)
    if not found.fitted:
        lines = [Line("cells_fitted", values, number(float(found.real[at].sum()) / 100, EXACT).text)]
        rows = [[*own.named(n), number(found.real[at, n] / 100, EXACT).text, *rests[n]] for n in own.shown]
        grid = Grid((*own.others, "exact", "rest", "way", "in_units"), rows, 4)
        return Part("member_month", lines, grid if rows else None, values)
    rows = [[*own.named(n), *_sums(found, n), *rests[n]] for n in own.shown if found.years[n]]
    heads = (*own.others, "weight_made", "calculation", "rest", "way", "in_units")
    return Part("member_month", list(_words(found, month)), Grid(heads, rows, 3) if rows else None, values)


def _sums(found: _Month, at: int) -> list[str]:
    return [found.weight(at).text, found.exact(at).text]


def _words(found: _Month, month: str) -> Iterator[Line]:
    """What the figures of a weight are, and the sum before rounding."""
    own, at = found.own, found.at
    if own.rest:
        part = money(int(own.cells.rows[at])) / money(own.rest)
        yield Line("cell_share", {"month": month}, part.to(own.places).text)
    moved = [name for name, ratio in zip(own.cells.seasons, found.ratios, strict=True) if _moves(ratio)]
    yield Line("cell_weight", {"month": month, "dimensions": [name for name in moved if "[" not in name]})
    for name in moved:
        if "[" in name:
            number_ = int(name.rstrip("]").partition("[")[2])
            event = own.season.rules.events[number_]
            told = {"name": event.name, "start": event.start, "end": event.end, "uplift": f"{event.uplift:f}"}
            yield Line("cell_event", told, place=own.grounds.place("seasonal_split", ("events", number_)))
    yield Line("cell_factor", {"month": month}, factor(float(found.factors[at])).text)
    shown = [n for n in range(len(found.years)) if found.years[n]]
    if 1 < len(shown) <= len(own.shown):
        exact = [found.exact(n).result for n in shown]
        yield Line("cells_exact", {"member": own.member, "month": month}, total(exact).to(EXACT).text)
