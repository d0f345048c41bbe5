"""The year of a product, region or channel: its part of the last years' sales, of the target or of its line's goal."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from salesplan import seasonal_split
from salesplan.explaining.formula import (
    EXACT,
    FACTOR_PLACES,
    SHARE_PLACES,
    Equation,
    Figure,
    factor,
    money,
    number,
    share,
    total,
)
from salesplan.explaining.ground import Grounds
from salesplan.explaining.parts import Grid, Line, Part
from salesplan.explaining.quota import agreed
from salesplan.explaining.rounding import rounded
from salesplan.mix import OLDEST_WEIGHT
from salesplan.money import to_fen
from salesplan.seasonal_split.line_goals import amounts_by_line

MOST = 60  # combinations that are shown, the largest
FINE_FROM = 10**10  # fen, from which twelve decimals of a share no longer tell an amount to the fen
CLOSE = 1e-9


class Member:
    """What one member's target came from, taken out of the cube before rounding."""

    def __init__(self, grounds: Grounds, dimension: str, member: str) -> None:
        self.grounds, self.dimension, self.member = grounds, dimension, member
        self.season, self.cells = grounds.season, grounds.cells
        self.inside = (self.cells.members[dimension] == member).to_numpy()
        self.weights = self.cells.weights
        self.rest = int(self.cells.rows.sum())

    @cached_property
    def whole(self) -> Any:
        """The run's amounts of its combinations: months x combinations, fen."""
        return seasonal_split.in_units(self.cells, self.season.year.unit)[:, self.inside]

    @property
    def apart(self) -> Any:
        """What of them is planned apart."""
        return self.cells.placed[:, self.inside]

    def amount(self, month: str) -> int:
        """The target of a month, or of the year, fen."""
        return int((self.whole[self.season.labels.index(month)] if month else self.whole).sum())

    @property
    def others(self) -> list[str]:
        """The other dimensions the target is split by."""
        return [name for name in self.cells.members.columns if name != self.dimension]

    def named(self, at: int) -> list[str]:
        """The members of the other dimensions of one of its combinations."""
        return [str(name) for name in self.cells.members.loc[self.inside, self.others].iloc[at]]

    @property
    def places(self) -> int:
        """Decimals of shares."""
        return SHARE_PLACES if self.season.target < FINE_FROM else FACTOR_PLACES

    def share(self, value: float) -> Figure:
        """A share with as many decimals as the target needs."""
        return share(value) if self.places == SHARE_PLACES else factor(value)

    @property
    def shown(self) -> list[int]:
        """Its combinations that are shown, in the order of the table."""
        sizes = self.whole.sum(axis=0)
        return sorted(np.argsort(-sizes, kind="stable")[:MOST].tolist())

    @property
    def pins(self) -> list[int]:
        """Numbers of the pins on members that move it: where any is, the amounts before rounding are fitted."""
        return [claim.number for claim in self.cells.fixed.claims]


def year_part(own: Member) -> Part:
    """From the target to the member's year without what is planned apart, before rounding."""
    lines = list(_pins(own))
    if not own.weights[own.inside].any():
        lines.append(Line("member_without_past"))
    elif lines:
        exact = float(own.cells.years[own.inside].sum())
        lines.append(Line("member_fitted", formula=number(exact / 100, EXACT).text))
    else:
        lines += _by_weight(own)
    return Part("member_year", lines, _years_grid(own), {"member": own.member})


def _pins(own: Member) -> Iterator[Line]:
    """What is agreed for members: it moves everybody's amounts before rounding."""
    rules = own.season.rules
    for at in own.pins:
        pin = rules.pins[at]
        when = pin.month or (f"Q{pin.quarter}" if pin.quarter else "")
        told = {"members": list(pin.members.values()), "period": when}
        place = own.grounds.place("seasonal_split", ("pins", at))
        yield Line("member_pin", told, money(to_fen(pin.amount)).text, place)


# ---------------------------------------------------------------- by its part of the last years


def _by_weight(own: Member) -> Iterator[Line]:
    """Share of the sales of the last years x what is to be shared; line by line where lines have goals."""
    lines = own.cells.fixed.lines
    lefts, found = amounts_by_line(lines, own.rest), []
    planned = own.season.target - own.rest
    rest = (money(own.season.target) - money(planned)).to(2)
    if planned:
        yield Line("rest", formula=rest.text)
    for owner in np.unique(lines.owner[own.inside & (own.weights > 0)]).tolist():
        group = lines.owner == owner
        yield from _goals(own, owner)
        mix = _mix(own, own.inside & group)
        yield Line("member_mix", {"member": own.member}, mix.text)
        left, part = money(int(lefts[owner])), mix.result
        figure = left * part
        if lines.goals:
            whole = _mix(own, group)
            yield Line("line_mix", formula=whole.text)
            figure = left * part / whole.result
        exact = figure.to(EXACT)
        yield Line("member_exact", {"member": own.member}, agreed(exact, _year(own, group)))
        found.append(exact.result)
    if len(found) > 1:
        yield Line("member_lines", formula=total(found).to(EXACT).text)


def _year(own: Member, group: Any) -> float:
    return float(own.cells.years[own.inside & group].sum())


def _goals(own: Member, owner: int) -> Iterator[Line]:
    """The goal of a line less what is planned apart in it; of the other lines what the goals leave."""
    lines = own.cells.fixed.lines
    if not lines.goals:
        return
    if owner >= 0:
        goal = lines.goals[owner]
        left, planned = money(goal.amount), goal.amount - int(lines.left[owner])
        left = left - money(planned) if planned else left
        place = own.grounds.place("annual_target", ("goals", goal.number))
        yield Line("line_goal", {"line": goal.line}, left.to(2).text, place)
        return
    left = money(own.rest)
    for fen in lines.left[lines.left > 0].tolist():
        left = left - money(fen)
    yield Line("line_rest", formula=left.to(2).text)


def _mix(own: Member, group: Any) -> Equation:
    """Weighted mean of the yearly shares of some combinations; divided by what all shares make."""
    yearly, first = _yearly(own)
    inside = own.cells.members[group & (own.weights > 0)]
    keys = list(inside.columns)
    parts, weights, sums = [], [], yearly.groupby("year")["amount"].sum()
    for year, whole in sums.items():
        amount = int(yearly[yearly["year"] == year].merge(inside, on=keys)["amount"].sum())
        weight = int(str(year)) - first + OLDEST_WEIGHT
        if whole:
            parts.append(number(weight) * (money(amount) / money(int(whole))))
            weights.append(weight)
    found = float(own.weights[group].sum())
    if not parts:
        return number(1).to(0)  # no history: one unknown member
    made = float(total(parts).value) / found
    plain = abs(made - sum(weights)) < CLOSE
    return (total(parts) / (number(sum(weights)) if plain else factor(made))).to(own.places)


def _yearly(own: Member) -> tuple[pd.DataFrame, int]:
    found = own.season
    return seasonal_split.mix_years(found.history, list(own.cells.members.columns), year=found.year, rules=found.rules)


def _years_grid(own: Member) -> Grid | None:
    """The combinations of the member: the year before rounding, in whole units, planned apart, together."""
    exact, apart, whole = own.cells.years[own.inside], own.apart.sum(axis=0), own.whole.sum(axis=0)
    rows = [
        [*own.named(at), number(exact[at] / 100, EXACT).text, money(whole[at] - apart[at]).text, money(apart[at]).text,
         money(whole[at]).text]
        for at in own.shown
    ]  # fmt: skip
    return Grid((*own.others, "exact", "in_units", "apart", "amount"), rows, 4) if rows else None


# ---------------------------------------------------------------- what is planned apart, and the result


def year_result(own: Member) -> Part:
    """The year in whole units, with what is planned apart: the sum in table seasonal_split."""
    months = [money(int(fen)) for fen in own.whole.sum(axis=1)]
    count = int(own.inside.sum())
    lines = [*rounding_lines(own, own.whole - own.apart, own.cells.years[own.inside].sum()),
             *apart_lines(own, slice(None), int((own.whole - own.apart).sum())),
             Line("months_sum", formula=total(months).to(2).text),
             Line("result_sum", {"file": "tables/seasonal_split.csv", "count": 12 * count},
                  money(own.amount("")).text)]  # fmt: skip
    return Part("result", lines)


def rounding_lines(own: Member, whole: Any, exact: float) -> Iterator[Line]:
    """What the amounts before rounding became in whole units."""
    told = {"count": whole.size, "unit": money(own.season.year.unit).text, "exact": number(exact / 100, EXACT).text}
    if exact or whole.any():
        yield Line("member_units", told, money(int(whole.sum())).text)


def apart_lines(own: Member, months: Any, without: int) -> Iterator[Line]:
    """The launches and projects that lie with the member, each with its line or row, and the sum with them."""
    sums = [int(each[months][..., own.inside].sum()) for each in own.cells.each]
    for one, fen in zip(own.season.apart, sums, strict=True):
        if fen:
            yield Line("member_apart", {"name": one.name}, money(fen).text, _place(own.grounds, one))
    if any(sums):
        yield Line("member_with_apart", formula=total([money(fen) for fen in (without, *sums) if fen]).to(2).text)


def _place(grounds: Grounds, one: seasonal_split.Apart) -> str:
    """Where a launch or project is declared."""
    stem, _, at = one.key.rstrip("]").partition("[")
    if at:
        return grounds.place("seasonal_split", (stem, int(at)))
    if "opportunities" not in grounds.inputs.tables:
        return ""
    names = grounds.inputs.tables["opportunities"]["project"].to_pylist()
    return grounds.at("opportunities", names.index(one.name)) if one.name in names else ""


def remainders(own: Member, exact: Any, whole: Any) -> list[list[str]]:
    """Per amount the fraction of a unit, which way it went, and the whole amount."""
    found = rounded(exact, whole, own.season.year.unit)
    return [
        [f"{rest:.2f}", "up" if up else "down" if rest else "whole", money(int(fen)).text]
        for rest, up, fen in zip(found.rest, found.up, whole, strict=True)
    ]
