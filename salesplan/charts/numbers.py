"""The numbers a chart shows, read from what was drawn, so that a page can tell them beside it.

A mark whose number cannot be told for certain (a bar that floats, an axis without a scale) is left out: better no
number than a wrong one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from salesplan.charts.slim import MARK
from salesplan.charts.style import Exact
from salesplan.report.behind import Told
from salesplan.wording import Words

MOST = 400  # numbers beyond which a table beside a chart helps nobody
SHORT = 16  # letters of a label that is a unit, not a sentence
NEAR = 0.5  # how far from a tick a mark may stand and still belong to it


@dataclass(frozen=True)
class Point:
    """One number: the series and place it belongs to, its text, and the artist that draws it."""

    series: str
    place: str
    text: str
    artist: Any


def tell(figure: Figure, words: Words, told: Told | None = None) -> str:
    """The numbers of a figure as JSON, their marks named after them; empty where none can be told for certain.

    `heads` and `rows` make a table, place first; mark number n draws the n-th cell, row by row, places not counted.
    Where no mark can be told, the table is what is `told` of the chart otherwise.
    """
    drawn = _drawn(figure, words)
    if drawn or told is None or len(told.heads) * len(told.rows) > MOST:
        return drawn
    return _as_json(words("report.data_title", unit=f" ({words.unit})" if told.money else ""), told.heads, told.rows)


def _as_json(title: str, heads: list[str], rows: list[list[str]]) -> str:
    return json.dumps({"title": title, "heads": heads, "rows": rows}, ensure_ascii=False, separators=(",", ":"))


def _drawn(figure: Figure, words: Words) -> str:
    """The table of the marks that draw a number each."""
    points = [point for ax in figure.axes for point in _points(ax, words)]
    cells = {(point.place, point.series): point for point in points}
    if not points or len(cells) < len(points) or len(points) > MOST:
        return ""
    places = list(dict.fromkeys(point.place for point in points))
    series = list(dict.fromkeys(point.series for point in points))
    _mark(points, {(place, name): i for i, (place, name) in enumerate((p, s) for p in places for s in series)})
    rows = [
        [place, *(cells[place, name].text if (place, name) in cells else "" for name in series)] for place in places
    ]
    heads = [words("report.data_place"), *(name or words("report.data_value") for name in series)]
    return _as_json(words("report.data_title", unit=_unit(figure)), heads, rows)


def _mark(points: list[Point], numbers: dict[tuple[str, str], int]) -> None:
    """Name what draws a number; a line names all of its own."""
    drawn: dict[int, list[str]] = {}
    for point in points:
        drawn.setdefault(id(point.artist), []).append(str(numbers[point.place, point.series]))
    for point in points:
        point.artist.set_gid(MARK + ".".join(drawn[id(point.artist)]))


def _unit(figure: Figure) -> str:
    """What the axis of the numbers is in, in brackets; empty where it says nothing."""
    for ax in figure.axes:
        for axis in (ax.yaxis, ax.xaxis):
            if isinstance(axis.get_major_formatter(), Exact) and 0 < len(label := axis.get_label_text()) < SHORT:
                return f" ({label})"
    return ""


def _points(ax: Axes, words: Words) -> list[Point]:
    if not ax.get_visible():
        return []
    found = [list(_bars(ax, one, words)) for one in ax.containers if isinstance(one, BarContainer)]
    found += [list(_line(ax, line, words)) for line in ax.lines]
    nameless = sum(1 for points in found if points and not points[0].series)
    return [point for points in found for point in points if point.series or nameless == 1]


def _name(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


# ---------------------------------------------------------------- bars


def _bars(ax: Axes, bars: BarContainer, words: Words) -> Iterator[Point]:
    lies = bars.orientation == "horizontal"
    places, scale = (ax.yaxis, ax.xaxis) if lies else (ax.xaxis, ax.yaxis)
    spans = [(p.get_y(), p.get_height(), p.get_x()) if lies else (p.get_x(), p.get_width(), p.get_y()) for p in bars]
    values = np.asarray(bars.datavalues, dtype="float64")
    if not values.any():  # drawn for the legend only
        return
    names = [_place(places, start + wide / 2, words) for start, wide, _ in spans]
    ends = _ends(ax, bars)
    stands = all(not foot or any(np.isclose(foot, end) for end in ends) for _, _, foot in spans)
    texts = [_value(scale, value, words) if stands else "" for value in values]
    told = [label or text for label, text in zip(getattr(bars, "told", texts), texts, strict=False)]
    for patch, name, text in zip(bars, names, told, strict=False):
        if name and text and text.lstrip("+-") not in name:  # what a label says is said
            yield Point(_name(bars), name, text, patch)


def _ends(ax: Axes, bars: BarContainer) -> list[float]:
    """Where the other bars of the axes end: what stands on one of them is stacked."""
    lies = bars.orientation == "horizontal"
    others = [patch for one in ax.containers if isinstance(one, BarContainer) and one is not bars for patch in one]
    return [p.get_x() + p.get_width() if lies else p.get_y() + p.get_height() for p in others]


# ---------------------------------------------------------------- lines


def _line(ax: Axes, line: Any, words: Words) -> Iterator[Point]:
    xs, ys = (np.asarray(data, dtype="float64") for data in line.get_data(orig=False))
    name = _name(line) or _labelled(ax, xs, ys)
    whole = line.get_transform() == ax.transData and line.get_drawstyle() == "default" and 2 < len(xs) < MOST
    if not whole or not name or line.get_linestyle() == "None":
        return
    for x, y in zip(xs, ys, strict=True):
        place, text = _place(ax.xaxis, x, words), _value(ax.yaxis, y, words)
        if not np.isnan(y) and place and text:
            yield Point(name, place, text, line)


def _labelled(ax: Axes, xs: Any, ys: Any) -> str:
    """What is written at the end of a line."""
    for note in ax.texts:
        at = getattr(note, "xy", None)
        named = any(letter.isalpha() for letter in note.get_text())
        if named and at is not None and len(xs) and np.allclose(np.asarray(at, dtype="float64"), (xs[-1], ys[-1])):
            return str(note.get_text()).split("\n")[0]
    return ""


# ---------------------------------------------------------------- texts


def _place(axis: Any, value: float, words: Words) -> str:
    """What the axis calls a place: the tick that stands there, or its value on a scale."""
    if isinstance(axis.get_major_locator(), ticker.FixedLocator):
        labels = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
        near = [label.get_text() for tick, label in labels if abs(tick - value) < NEAR]
        return " ".join(near[0].split()) if len(near) == 1 else ""
    return _value(axis, value, words)


def _value(axis: Any, value: float, words: Words) -> str:
    """A number as its axis prints it, exactly; empty where the axis does not say what it counts."""
    formatter = axis.get_major_formatter()
    if np.isnan(value):
        return ""
    if isinstance(formatter, Exact):
        return formatter.format_data(value)
    counts = isinstance(formatter, ticker.ScalarFormatter) and len(axis.get_ticklocs()) and axis.get_visible()
    return words.number(float(value), 0 if float(value).is_integer() else 2) if counts else ""
