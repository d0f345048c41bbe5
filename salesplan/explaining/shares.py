"""The share a month has of the year: from the sales of the years before to the share, by each method."""

from typing import Any

import numpy as np

from salesplan.explaining.formula import SHARE_PLACES, Figure, factor, money, number, real, share, total
from salesplan.explaining.months import Season
from salesplan.explaining.parts import Grid, Line
from salesplan.explaining.target import Place
from salesplan.seasonal_split.auto import OLDEST_WEIGHT, Steps

CLOSE = 1e-10  # what is derived from the figures shown may be off by their last decimal
Found = tuple[list[Line], Figure]


def share_lines(found: Season, at: int, place: Place) -> Found:
    """The steps to a month's share of the year; the share alone where they do not lead to it.

    They do not where a month of the past sold less than nothing: it counts as zero, and the others share the year.
    """
    blend = found.rules.method == "blended"
    lines, figure = _blended(found, at, place) if blend else _of(found, found.rules.method, at)
    told, wanted = {"month": found.labels[at]}, float(found.shares[at])
    moved, figure = _with_events(found, at, figure)
    lines = [*lines, *moved]
    result = figure.to(SHARE_PLACES)
    if abs(float(result.result.value) - wanted) > CLOSE:
        return [Line("share_given", told, factor(wanted).text)], factor(wanted)
    return [*_filled(found, place), *lines, Line("share", told, result.text)], result.result


def past_grid(found: Season, at: int) -> Grid | None:
    """The same month of the years that are used, beside their totals and its workdays."""
    rows = []
    for place in np.flatnonzero(found.known.used[0]).tolist():
        amount, whole = _amount(found, place, at), _whole(found, place)
        part, days = (amount / whole).to(9), found.workdays(len(found.known.years) - place)[at]
        rows.append([_label(found, place, at), amount.text, whole.text, part.result.text, f"{days:g}"])
    return Grid(("past_month", "past_amount", "past_year", "past_share", "workdays"), rows, 4) if rows else None


def _label(found: Season, place: int, at: int) -> str:
    """The month of the place of a year."""
    back, label = len(found.known.years) - place, found.labels[at]
    return f"{int(label[:4]) - back}{label[4:]}"


def _fen(fen: float) -> Figure:
    return money(int(fen)) if float(fen).is_integer() else real(fen)


def _amount(found: Season, place: int, at: int) -> Figure:
    return _fen(found.known.amounts[0, place, at])


def _whole(found: Season, place: int) -> Figure:
    return _fen(found.known.totals[0, place])


# ---------------------------------------------------------------- methods that are ratios


def _blended(found: Season, at: int, place: Place) -> Found:
    """The share by each method, then their weighted mean."""
    lines, parts, weights = [], [], []
    for method, weight in sorted(found.rules.blend.items()):
        if weight > 0:
            own, figure = _of(found, method, at)
            result = figure.to(SHARE_PLACES)
            told = {"month": found.labels[at], "method": method, "weight": f"{weight.normalize():f}"}
            lines += [*own, Line("share_by", told, result.text, place("seasonal_split", ("blend", method)))]
            parts.append(number(weight) * result.result)
            weights.append(weight)
    return lines, total(parts) / number(sum(weights))


def _of(found: Season, method: str, at: int) -> Found:
    """The share by one method, before events."""
    if method == "even":
        return [], number(1) / number(12)
    if method == "manual":
        weights = found.rules.manual or ()
        return [], number(weights[at]) / number(sum(weights))
    if method == "workdays":
        days = found.workdays(0)
        return [], number(f"{days[at]:g}") / number(f"{days.sum():g}")
    if not found.known.has_years[0]:
        return [Line("share_average")], factor(float(found.known.average[0, at]))
    return _auto(found, at) if method == "auto" else ([], _ratio(found, method, at))


def _ratio(found: Season, method: str, at: int) -> Figure:
    """The share as a ratio of past sales."""
    years = np.flatnonzero(found.known.used[0]).tolist()
    if method == "last_year":
        years = years[-1:]
    if method == "average_share":
        parts = [_amount(found, place, at) / _whole(found, place) for place in years]
        return total(parts) / number(len(parts))
    return total([_amount(found, place, at) for place in years]) / total([_whole(found, place) for place in years])


def _filled(found: Season, where: Place) -> list[Line]:
    """Months left out, each filled by its part of the other years; nothing where the method takes no history."""
    known, lines = found.known, []
    methods = found.rules.blend if found.rules.method == "blended" else (found.rules.method,)
    if set(methods) <= {"even", "manual", "workdays"} or not known.has_years[0]:
        return []
    common = known.known[0][known.used[0]].all(axis=0)
    for place, at in np.argwhere(~known.known[0] & known.used[0][:, None]).tolist():
        told, amount = {"past_month": _label(found, place, at)}, known.amounts[0, place, at]
        others = np.flatnonzero(known.used[0] & known.known[0, :, at]).tolist()
        text = real(amount).text
        if others:
            bases = [_fen(known.amounts[0, year, common].sum()) for year in (*others, place)]
            own = total([_amount(found, year, at) for year in others]) / total(bases[:-1]) * bases[-1]
            result = own.to(6)
            text = result.text if abs(float(result.result.value) * 100 - amount) < 1e-3 else text
        lines.append(Line("filled", told, text, where("seasonal_split", ("exclude",))))
    return lines


# ---------------------------------------------------------------- events


def _with_events(found: Season, at: int, figure: Figure) -> Found:
    """The share with what events add to its month, and take from the others."""
    lifts = found.lifts
    if lifts is None or (lifts == 1).all():
        return [], figure
    plain = figure.to(SHARE_PLACES)
    before = found.shares / lifts
    before = before / before.sum()
    lines = [Line("share_plain", {"month": found.labels[at]}, plain.text)]
    moved = [share(float(before[place])) * (factor(float(lifts[place])) - number(1))
             for place in np.flatnonzero(lifts != 1).tolist()]  # fmt: skip
    whole = number(1) + total(moved)
    if lifts[at] == 1:
        return lines, plain.result / whole
    days = found.workdays(0)[at]
    lift = (number(f"{lifts[at] * days:.9g}") / number(f"{days:g}")).to(SHARE_PLACES)
    lines.append(Line("event_lift", {"month": found.labels[at]}, lift.text))
    return lines, plain.result * lift.result / whole


# ---------------------------------------------------------------- method auto


def _auto(found: Season, at: int) -> Found:
    """The share by `auto`: years freed of days and growth, weighted; the plan year's own days and growth put back."""
    still, moved, festival = found.steps
    told = {"month": found.labels[at]}
    apart = moved is not None and bool(festival[at])
    steps = moved if moved is not None and apart else still
    lines = [Line("auto_fit"), *(Line("auto_fit_festival") for _ in range(apart))]
    freed, parts, weights = _freed(found, steps, at)
    season = (total(parts) / number(sum(weights))).to(SHARE_PLACES)
    lines += [*freed, Line("auto_season", told, season.text)]
    own = season.result * share(float(np.exp(steps.days[-1, at]))) * share(float(np.exp(steps.ahead[0, at])))
    weight = own.to(SHARE_PLACES)
    lines.append(Line("auto_plan", {**told, "workdays": f"{found.workdays(0)[at]:g}"}, weight.text))
    raws = steps.season[0] * np.exp(steps.days[-1] + steps.ahead[0])
    within = np.flatnonzero(festival).tolist() if apart else list(range(12))
    whole = total([weight.result if place == at else share(float(raws[place])) for place in within]).to(SHARE_PLACES)
    if not whole.result.value:  # nothing was ever sold in these months
        return lines[: 1 + apart], share(float(found.shares[at] / (1 if found.lifts is None else found.lifts[at])))
    lines.append(Line("auto_sum_festival" if apart else "auto_sum", formula=whole.text))
    if not apart:
        return lines, weight.result / whole.result
    joint = total([share(float(still.shares[0, place])) for place in within]).to(SHARE_PLACES)
    lines.append(Line("auto_joint", formula=joint.text))
    return lines, joint.result * weight.result / whole.result


def _freed(found: Season, steps: Steps, at: int) -> tuple[list[Line], list[Figure], list[int]]:
    """A line per year: its share freed of days and growth; then the weighted shares, and the weights."""
    lines, parts, weights = [], [], []
    for place in np.flatnonzero(found.known.used[0]).tolist():
        moves: Any = np.exp(-steps.days[place] - steps.path[0, place])
        products = np.maximum(found.known.shares[0, place], 0.0) * moves
        figure = _amount(found, place, at) / _whole(found, place) * share(float(np.exp(-steps.days[place, at])))
        figure = figure * share(float(np.exp(-steps.path[0, place, at])))
        result = (figure / share(float(products.sum()))).to(SHARE_PLACES)
        lines.append(Line("auto_year", {"past_month": _label(found, place, at)}, result.text))
        parts.append(number(place + OLDEST_WEIGHT) * result.result)
        weights.append(place + OLDEST_WEIGHT)
    return lines, parts, weights
