"""A page in chapters: what is open, what is folded, what leads where."""

import pytest

from salesplan.report.chapters import BLOCK, SCREEN, chapters
from salesplan.report.pages import captioned, linked, with_links
from salesplan.report.table import row_id


def rows(count):
    return "<table>" + "<tr><td>x</td></tr>" * count + "</table>"


def test_a_chapter_begins_with_a_heading_and_holds_what_has_none():
    parts = [("title", "<h1>Plan</h1>"), ("a", "<h2>A &amp; B</h2><p>1</p>"), ("b", "<p>2</p>"), ("c", "<h3>C</h3>")]
    page, first = chapters(parts)
    assert (page.name, page.title, first.name, first.title) == ("title", "Plan", "a", "A & B")
    assert first.open == ["<p>1</p>", "<p>2</p>", '<h3 id="section-c">C</h3>'] and first.folded == []


@pytest.mark.parametrize(
    ("sizes", "folded"),
    [
        pytest.param([10, 10], 0, id="a screen or less"),
        pytest.param([10, 60], 1, id="a long table"),
        pytest.param([90], 0, id="one alone is never folded"),
        pytest.param([30, 5, 2], 0, id="little that is left"),
        pytest.param([20, 20, 20], 2, id="all that follows"),
    ],
)
def test_what_goes_on_beyond_a_screen_is_folded(sizes, folded):
    html = "<h2>A</h2>" + BLOCK.join(rows(size) for size in sizes)
    (found,) = chapters([("a", html)])
    assert len(found.folded) == folded
    assert len(found.open) + len(found.folded) == len(sizes)


def test_background_stays_shut_and_what_is_folded_is_named():
    html = f"<h2>Assumptions</h2><p>why</p>{BLOCK}<h3>First &lt;b&gt;</h3>{rows(20)}"
    (found,) = chapters([("assumptions", html)], background=["assumptions"])
    assert found.open == ["<p>why</p>"] and found.inside == ["First <b>"]
    (whole,) = chapters([("assumptions", html)])
    assert whole.folded == [] and SCREEN > 20 * 29


# ---------------------------------------------------------------- links


def row(name, anchor):
    return f'<tr id="{anchor}"><td>{name}</td></tr>'


def test_an_anchor_stands_once_and_sentences_lead_to_it():
    anchor = row_id("R1")
    found = dict(
        linked([("a", "<ul><li>Anna leads.</li></ul>"), ("b", row("Anna", anchor)), ("c", row("Anna", anchor))])
    )
    assert found["a"] == f'<ul><li><a href="#{anchor}">Anna</a> leads.</li></ul>'
    assert found["b"].count("id=") == 1 and "id=" not in found["c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ann and Anna", "[Ann] and [Anna]", id="the longest name first"),
        pytest.param("Annabel", "Annabel", id="no part of a word"),
        pytest.param("\u8bf7\u738b\u654f\u6838\u5bf9", "\u8bf7[\u738b\u654f]\u6838\u5bf9", id="Chinese has no spaces"),
        pytest.param("&lt;Ann&gt; x", "&lt;Ann&gt; x", id="not behind an entity"),
        pytest.param("X", "X", id="one letter is no name"),
    ],
)
def test_names_become_links(text, expected):
    known = dict.fromkeys(("Ann", "Anna", "王敏", "X", "lt"), "#r")
    shown = with_links(text, known).replace('<a href="#r">', "[").replace("</a>", "]")
    assert shown == expected


def test_numbers_of_a_chart_are_escaped_below_it():
    told = '{"title":"T","heads":["&lt;a&gt;","b"],"rows":[["&lt;i&gt;","1"]]}'
    html = captioned(f'<svg aria-label="t"><metadata>{told}</metadata></svg>')
    assert html.startswith('<figcaption>t</figcaption><svg aria-label="t"></svg><details class="data">')
    assert "&lt;i&gt;" in html and "<i>" not in html and "metadata" not in html
