"""The report as people use it, in a real browser: sorted, filtered, searched, printed, on a phone, in the dark."""

import re
import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright, no browser to try the pages in")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to try the pages in")
PAGES = ("index.html", "1_annual_target.html", "3_rep_allocation.html", "5_variance_review.html")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def run(minimal):
    return minimal / "outputs" / "minimal" / "first"


@pytest.fixture
def opened(browser, run):
    """Opens a page of the run; faults of the script and refusals by the policy fail the test."""
    faults, contexts = [], []

    def open_page(name, *, width=1280, **settings):
        context = browser.new_context(viewport={"width": width, "height": 800}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
        page.goto((run / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def column(table, place):
    return table.locator(f"tbody tr:not(.total) td:nth-child({place})").all_inner_texts()


def sortable(page):
    """The first table with buttons, unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    return page.locator("table:has(th button):has(tr.total)").first


def test_a_table_is_sorted_by_keyboard_and_says_so(opened):
    table = sortable(opened("2_seasonal_split.html"))
    first = column(table, 2)
    head = table.locator("th").nth(1)
    head.locator("button").focus()
    states = []
    for _ in range(3):
        head.page.keyboard.press("Enter")
        states.append((head.get_attribute("aria-sort"), column(table, 2)))
    (down, falling), (up, rising), (none, last) = states
    assert (down, up, none) == ("descending", "ascending", None)
    numbers = [float(text.replace(",", "")) for text in falling]
    assert numbers == sorted(numbers, reverse=True) and rising == falling[::-1]
    assert last == first, "the third press is the first order again"
    assert "total" in (table.locator("tbody tr").last.get_attribute("class") or ""), "the total stays last"


def test_a_table_is_filtered_and_says_how_many_rows_are_left(opened):
    page = opened("2_seasonal_split.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    field = page.locator(".filter input").first
    table = page.locator(".filter + .table table").first
    before = table.locator("tbody tr:visible").count()
    word = table.locator("tbody tr").nth(2).locator("td").first.inner_text().split()[0]
    field.fill(word)
    shown = table.locator("tbody tr:visible:not(.total)").all_inner_texts()
    assert shown and all(word.lower() in text.lower() for text in shown)
    assert re.match(rf"{len(shown)} of ", page.locator(".filter output").first.inner_text())
    field.fill("nothing of this kind")
    assert table.locator("tbody tr:visible:not(.total)").count() == 0
    field.fill("")
    assert table.locator("tbody tr:visible").count() == before


@pytest.mark.parametrize("name", PAGES)
def test_the_browsers_own_search_finds_what_is_folded_and_what_is_in_charts(opened, name):
    page = opened(name)
    words = [text for text in page.locator("svg text").all_text_contents() if text.strip()]
    folded = page.locator("details.rest:not([open]) > *").all_text_contents()
    for word in words[:3]:
        assert page.evaluate("word => find(word)", word), word
    # What is folded is there, only not drawn: of that kind the browser's search finds and opens it.
    shut = "[...document.querySelectorAll('details.rest:not([open])')]"
    kind = f"{shut}.map(one => getComputedStyle(one, '::details-content').contentVisibility)"
    assert set(page.evaluate(kind)) <= {"hidden"} and bool(page.evaluate(kind)) == bool(folded)


def test_a_link_leads_into_what_is_folded(opened):
    page = opened("5_variance_review.html")
    rows = page.locator("details tr[id^=row-]")
    if not rows.count():
        pytest.skip("no row of the plan is folded")
    anchor = rows.first.get_attribute("id")
    page.evaluate("anchor => { location.hash = anchor; }", anchor)
    page.wait_for_function("anchor => document.getElementById(anchor).checkVisibility()", arg=anchor)


def test_every_link_within_the_pages_has_its_target(opened):
    for name in PAGES:
        page = opened(name)
        missing = page.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
            ".filter(name => !document.getElementById(decodeURIComponent(name)))"
        )
        assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_on_paper_everything_is_open_and_nothing_is_cut(opened, name):
    page = opened(name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    told = "details.rest td, details.rest p"  # the numbers of a chart stand in the chart
    hidden = "one => !one.closest('.data') && !one.checkVisibility()"
    assert page.evaluate(f"[...document.querySelectorAll('{told}')].filter({hidden}).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 688 + 2
    content = page.pdf(format="A4")
    assert content.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", content)) >= 1


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_scrolling_sideways(opened, name, scheme):
    page = opened(name, width=390, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_overview_answers_in_one_screen(opened):
    page = opened("index.html")
    for part in ("#where", "#sound", "#decide"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 800, part


def test_the_number_behind_a_mark_is_shown_and_is_the_tables(opened):
    page = opened("1_annual_target.html")
    figure = page.locator("figure.chart:has(details.data)").first
    figure.locator("[data-p]").first.hover(force=True)
    said = page.locator(".tip").inner_text()
    cells = figure.locator("details.data td").all_text_contents()
    place, _, number = said.partition(" \u00b7 ")
    assert place in cells and number.split()[-1] in " ".join(cells).split()


def test_the_overview_is_painted_at_once(opened):
    page = opened("index.html")
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    page.wait_for_function(f"{paint} > 0")
    assert page.evaluate(paint) < 1000
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
