"""Charts as light as can be, the same to look at, and the numbers they tell beside them."""

import json
import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest

from salesplan.charts import slim, style
from salesplan.charts.render import Sketch, draw
from salesplan.wording import Words

EN = Words("en", "one")


@pytest.mark.parametrize(
    ("long", "expected"),
    [
        pytest.param("M 0 331.2 \nL 576 331.2 \nL 576 0 \nz\n", "M0 331.2H576V0z", id="along the axes"),
        pytest.param("M 1.04 2.06 L 3.123 4.987", "M1 2.1L3.1 5", id="tenths"),
        pytest.param("M 0 0 L 5 5 L 5.01 5.02 L 9 9", "M0 0L5 5L9 9", id="what repeats"),
        pytest.param("M 0 0 C 1 1 2 2 3 3 Q 1 1 2 2", "M0 0C1 1 2 2 3 3Q1 1 2 2", id="curves"),
        pytest.param("M -0.04 0 L -1e-5 7", "M0 0V7", id="nearly nothing"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_path_in_short_form(long, expected):
    assert slim.path(long) == expected


def test_a_line_that_tells_numbers_keeps_every_point():
    assert slim.path("M 0 0 L 5 5 L 5 5 L 9 9", whole=True).count("5 5") == 2


def wrapped(inner):
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
    return f"{head}{inner}</svg>"


CLIP = '<defs><clipPath id="p"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>'


@pytest.mark.parametrize(
    ("inner", "there"),
    [
        pytest.param('<path d="M1 1L8 8" clip-path="url(#p)"/>', False, id="inside"),
        pytest.param('<path d="M1 1L20 8" clip-path="url(#p)"/>', True, id="cut"),
    ],
)
def test_a_clip_stays_where_it_cuts(inner, there):
    found = slim.slim(wrapped(CLIP + inner))
    assert ("clip-path" in found) == there == ("<clipPath" in found)


def test_what_nobody_sees_goes_and_what_neighbours_share_is_said_once():
    texts = "".join(
        f'<g id="t{n}"><text style="font-size: 9px; fill: #123456" x="{n}.04">{n}</text></g>' for n in "123"
    )
    empty = '<g id="a"><path d="M0 0H9V9z" style="fill: none"/></g><g id="b"/>'
    found = slim.slim(wrapped(f"<g>{empty}{texts}</g>"))
    assert found.endswith(
        '<g fill="#123456" font-size="9"><text x="1">1</text><text x="2">2</text><text x="3">3</text></g></svg>'
    )
    assert "<path" not in found and "id=" not in found


def test_ids_that_something_refers_to_are_kept_and_short():
    marker = '<defs><path id="m0123456789" d="M0 0L1 1"/></defs><use xlink:href="#m0123456789" x="1" y="2"/>'
    found = ET.fromstring(slim.slim(wrapped(marker)))
    (kept,) = [one.get("id") for one in found.iter() if "id" in one.attrib]
    assert [one.get("href") for one in found.iter() if "href" in one.attrib] == [f"#{kept}"] == ["#a"]


# ---------------------------------------------------------------- the numbers beside a chart


def stacked(ax, frame, **_):
    names = ["<Anna>", "Ben"]
    ax.barh(range(2), frame, label="paid")
    ax.barh(range(2), frame, left=frame, label="held")
    ax.set_yticks(range(2), names)
    style.money_axis(ax, EN, "x")
    return ax


def floating(ax, frame, **_):
    ax.bar(range(2), frame, bottom=[50, 70], label="change")
    ax.set_xticks(range(2), ["a", "b"])
    style.money_axis(ax, EN)
    return ax


def lines(ax, frame, **_):
    ax.plot(range(3), [*frame, float("nan")], label="actual")
    ax.plot(range(3), [5.0, 5.0, 5.0])
    ax.annotate("target\nof the year", (2, 5.0))
    ax.set_xticks(range(3), ["Jan", "Feb", "Mar"])
    style.percent_axis(ax)
    return ax


def unscaled(ax, frame, **_):
    ax.bar(range(2), frame, label="x")
    ax.set_xticks(range(2), ["a", "b"])
    ax.set_yticks([])
    return ax


def labelled(ax, frame, **_):
    style.bar_labels(ax, ax.bar(range(2), frame, bottom=[5, 9], label="x"), ["+1", "-2"])
    ax.set_xticks(range(2), ["a", "b"])
    return ax


def told(paint, frame=(100, 250_000)):
    svg = draw(Sketch(paint, list(frame), EN, "c-1")).svg
    found = re.search(r"<metadata>(.*?)</metadata>", svg, re.S)
    return svg, json.loads(unescape(found[1])) if found else None


@pytest.mark.parametrize(
    ("paint", "frame", "rows"),
    [
        pytest.param(
            stacked, (100, 250_000), [["<Anna>", "1.00", "1.00"], ["Ben", "2,500.00", "2,500.00"]], id="stacked bars"
        ),
        pytest.param(
            lines, (0.5, 1.25),
            [["Jan", "50.0%", "500.0%"], ["Feb", "125.0%", "500.0%"], ["Mar", "", "500.0%"]], id="lines",
        ),
        pytest.param(labelled, (1, 2), [["a", "+1"], ["b", "-2"]], id="labels of bars that float"),
    ],
)  # fmt: skip
def test_a_chart_tells_its_numbers(paint, frame, rows):
    svg, found = told(paint, frame)
    assert found["rows"] == rows
    marks = [number for mark in re.findall(r'data-p="([\d.]*)"', svg) for number in mark.split(".")]
    cells = [text for row in rows for text in row[1:]]
    assert sorted(int(number) for number in marks) == [place for place, text in enumerate(cells) if text]


def written(ax, frame, **_):
    ax.bar(range(2), frame, label="short")
    ax.set_xticks(range(2), ["price\n-1.00", "demand\n-2,500.00"])
    style.money_axis(ax, EN)
    return ax


@pytest.mark.parametrize("paint", [floating, unscaled, written])
def test_a_number_that_is_not_certain_is_not_told(paint):
    svg, found = told(paint)
    assert found is None and "data-p" not in svg


def test_series_are_named_by_the_legend_or_at_their_end():
    assert told(lines, (0.5, 1.25))[1]["heads"][1:] == ["actual", "target"]
    assert "(CNY)" in told(stacked)[1]["title"]
