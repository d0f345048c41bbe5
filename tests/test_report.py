"""The pages and the workbook file of a run: safe whatever people are called, whole, in the plan's language."""

import base64
import csv
import hashlib
import json
import re
import threading
import time
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from excel_cases import FORMULA
from workbooks import command, copy_workbook, made_once

from salesplan import STEPS, archive
from salesplan.charts.render import Sketch, draw
from salesplan.report import excel, pages
from salesplan.report.index import step_card, write_index
from salesplan.report.listing import write_listing
from salesplan.report.pages import conclusions, first_chart, read_notebook, sections, write_page
from salesplan.report.table import html_table
from salesplan.staging import DONE, INPUTS, LEFT_OUT, SENTENCES
from salesplan.tables import outputs, specification
from salesplan.tables.results import Notice
from salesplan.terms.plan import Approvals
from salesplan.wording import BLANK, Words, catalogue
from salesplan.wording.messages import notice_text, warnings

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "attribute": '"><img src=x onerror=1>',
    "shell": "${x}",
    "field": "{words}",
    "template": "{{ 7*7 }}",
    "right to left": "\u202eabc\u200f",
    "long": "長" * 300,
    "array formula": "{=1+1}",
    "address": "url(//evil.example) http://evil.example",
    "id": 'x id="figure_1" href="#a"',
    "tex": "$\\frac{$",
    "entity": "&lt;b&gt; a,b; -->",
    "style": "</style></title><svg onload=alert(1)>",
    "math": "$$\\href{javascript:alert(1)}{x}$$",
    "invisible": "a\u200bb\u2066c\ufeffd",
    "very long": "n" * 5_000,
}
NAMES = list(HOSTILE.values())
SHORT = [name for name in NAMES if len(name) <= 200]  # parameters allow no longer names
TABLES = (
    "sales", "reps", "products", "customers", "collections", "causes", "kpis", "dealers", "outlets", "opportunities",
    "adjustments", "activities", "scores", "stock", "expenses",
)  # fmt: skip
PAGES = ["index.html", *(f"{number}_{stem}.html" for number, stem in enumerate(STEPS, 1)), "../index.html"]
ADDRESSES = {"src", "href", "xlink:href", "srcset", "action", "formaction", "poster", "data", "background", "ping"}
FORBIDDEN = {"iframe", "object", "embed", "link", "base", "img", "form", "foreignobject"}
VOID = {"meta", "br", "hr", "img", "input", "link", "col", "wbr"}
OUTSIDE = re.compile(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
EN = Words("en", "one")
SCRIPT = (Path(pages.__file__).parent / "templates" / "page.js").read_text(encoding="utf-8")
SVG = '<svg role="img"><g id="annual_target-1-a"/></svg>'


# ---------------------------------------------------------------- a plan full of hostile names


def name(position):
    return NAMES[position % len(NAMES)]


def sales_rows():
    """Every name sells every month of 2026 and of the first quarter of 2027; it is also a product, a customer, ..."""
    months = [*(f"2026-{month:02d}" for month in range(1, 13)), "2027-01", "2027-02", "2027-03"]
    for number, month in enumerate(months):
        for i in range(len(NAMES)):
            order = f"={number}-{i}"
            places = (name(i + 1), name(i + 2), name(i + 3))
            yield (f"{month}-28", name(i), *places, order, 3 + i, 500 + number, f"{1000 + 37 * i + 11 * number}.00")


def boss(i):
    """Everybody answers to the one before him; nobody to himself in the end."""
    return NAMES[i - 1] if i else ""


def input_tables():
    """Rows of each input table as people's files hold them, header first."""
    sales = list(sales_rows())
    columns = ("date", "rep", "product", "customer", "region", "order", "quantity", "cost", "amount")
    people = enumerate(NAMES)
    return {
        "sales": [columns, *sales],
        "reps": [
            ("rep", "name", "region", "team", "manager", "start", "potential", "capacity", "base_pay"),
            *(
                (x, name(i + 1), name(i + 3), name(i + 2), boss(i), "2020-01-01", 5000 + i, 9000, 3000)
                for i, x in people
            ),
        ],
        "products": [("product", "line", "price", "cost"), *((x, x, 10, 5) for x in NAMES)],
        "customers": [("customer", "name", "grade", "rep"), *((x, x, name(i), x) for i, x in enumerate(NAMES))],
        "collections": [("date", "amount", "order", "customer"), *((r[0], "500.00", r[5], r[3]) for r in sales)],
        "causes": [
            ("month", "code", "amount", "note", "rep", "action", "owner", "state"),
            *(("2027-01", x, 10 + i, x, x, x, x, "open") for i, x in enumerate(SHORT)),
        ],
        "kpis": [("month", "indicator", "value"), *(("2027-01", x, 10 + i) for i, x in enumerate(NAMES))],
        **more_tables(),
    }


def more_tables():
    """Rows of the tables about dealers, projects, days of work and goods."""
    people = list(enumerate(NAMES))
    return {
        "dealers": [
            ("month", "dealer", "product", "sell_in", "sell_out", "stock"),
            *((f"2026-{month:02d}", x, name(i + 2), 40 + i, 30 + i, 9) for i, x in people for month in range(1, 13)),
        ],
        "outlets": [
            ("outlet", "dealer", "city", "sell_out"),
            *((x, name(i + 1), name(i + 2), 50 + i) for i, x in people),
        ],
        "opportunities": [
            ("project", "customer", "rep", "stage", "amount", "close"),
            *((x, name(i + 1), name(i + 2), name(i + 3), 900 + i, "2027-06-30") for i, x in people),
        ],
        "adjustments": [
            ("month", "rep", "amount", "reason", "approved_by"),
            *(("2027-02", x, 5 + i, name(i + 1), name(i + 2)) for i, x in people),
        ],
        "activities": [("date", "rep", "activity", "count"), *(("2027-01-11", x, name(i + 1), 3) for i, x in people)],
        "scores": [
            ("month", "rep", "component", "actual", "standard"),
            *(("2027-01", x, HOSTILE["script"], 90, 100 + i) for i, x in people),
        ],
        "stock": [("month", "product", "opening"), *(("2027-01", x, 20 + i) for i, x in people)],
        "expenses": [("month", "category", "amount"), *(("2026-05", x, 30 + i) for i, x in people)],
    }


def parameters():
    """Every text a parameter file can hold is a hostile name."""
    tiers = [{"from": 0, "rate": 0.01}, {"from": 1, "rate": 0.02}]
    terms = {"release": "proportional", "tiers": tiers}
    terms["base_pay"] = {"components": {"sales": 0.6, HOSTILE["script"]: 0.4}}
    return {
        "annual_target": {
            "levels": {x: 180_000 + i for i, x in enumerate(SHORT)},
            "estimates": {"trend": {}, "capacity": {}},
            "measures": [{"name": x, "amount": 100, "resources": x} for x in SHORT],
        },
        "commission": {
            "plans": [
                *({"name": x, "applies_to": {"rep": x}, **terms} for x in SHORT),
                {"name": "rest", **terms},
            ]
        },
        "variance_review": {"causes": SHORT},
    }


def plan_file():
    return {
        "title": " ".join(NAMES),
        "fiscal_year": 2027,
        "dimensions": ["region"],
        "display_unit": "one",
        "inputs": {table: f"data/{table}.csv" for table in TABLES},
    }


def hostile_workbook(folder):
    """A workbook with the complete run `h` of a plan in which every name is hostile."""
    workbook = copy_workbook(folder, "minimal")
    plan = workbook / "params" / "minimal"
    for table, rows in input_tables().items():
        with (plan / "data" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    for stem, found in parameters().items():
        (plan / f"{stem}.yaml").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    text = "language: en\n" + "".join(f"{key}: {json.dumps(found)}\n" for key, found in plan_file().items())
    (plan / "plan.yaml").write_text(text, encoding="utf-8")
    done = command(workbook, "run", "params/minimal", "--name", "h")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The complete run of the plan in which every name is hostile."""
    return made_once(tmp_path_factory, "hostile", hostile_workbook) / "outputs" / "minimal" / "h"


@pytest.fixture(scope="module", params=["hostile", "demo"])
def run(request):
    """A run folder: of the plan of hostile names in English, of the demo in Chinese."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "hostile" else found / "outputs" / "henan-2027" / "first"


@pytest.fixture(scope="module")
def book(run):
    """The workbook file of a run."""
    return openpyxl.load_workbook(run / "salesplan.xlsx")


class Page(HTMLParser):
    """What a browser finds in a page: elements, attributes, ids, text outside styles, and whether all is closed."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes, self.text, self.open = [], [], [], []
        self.styles, self.scripts = [], []
        self.unbalanced = []
        self.feed(html)
        self.close()
        self.unbalanced += self.open

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        here = self.open[-1] if self.open else ""
        {"style": self.styles, "script": self.scripts}.get(here, self.text).append(data)

    def values(self, *keys):
        return [value for _, key, value in self.attributes if key in keys]

    @property
    def words(self):
        return "".join(self.text)


def page_of(run, page):
    return Page((run / page).read_text(encoding="utf-8"))


# ---------------------------------------------------------------- every page


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_nothing_of_anyone(run, page):
    found = page_of(run, page)
    assert found.scripts == [SCRIPT], "the one script is ours, whole"
    assert {key for tag, key, _ in found.attributes if tag == "script"} == {"data-filter", "data-found", "data-rows"}
    assert not FORBIDDEN & set(found.elements)
    assert [key for _, key, _ in found.attributes if key.startswith("on")] == []
    assert [value for value in found.values(*ADDRESSES) if OUTSIDE.match(value)] == []
    styles = "".join(found.styles) + " ".join(found.values("style", "fill", "clip-path", "filter", "mask"))
    assert "@import" not in styles
    assert re.findall(r"url\((?!#)", styles) == []


@pytest.mark.parametrize("page", PAGES)
def test_page_forbids_what_it_does_not_hold(run, page):
    found = page_of(run, page)
    (policy,) = [value for value in found.values("content") if "default-src" in value]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'", "nothing but the one script runs"
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
    assert set(rules.get("img-src", "data:").split()) <= {"data:"}
    assert found.elements.index("meta") < found.elements.index("style")


@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole(run, page):
    found = page_of(run, page)
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    assert found.unbalanced == []
    assert found.elements.count("h1") == 1
    text = (run / page).read_text(encoding="utf-8")
    for picture in re.findall(r"<svg.*?</svg>", text, re.S):
        ET.fromstring(picture)
    for own in re.findall(r"url\(#([^)]*)\)", "".join(found.values("clip-path", "fill"))):
        assert own in ids


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_of_the_run(run, page):
    folder = (run / page).parent
    for address in {value for tag, key, value in page_of(run, page).attributes if tag == "a" and key == "href"}:
        file, _, _ = address.partition("#")
        assert not file or (folder / file).is_file(), address


@pytest.mark.parametrize("page", PAGES)
def test_page_is_in_the_plans_language(run, page, request):
    english = "hostile" in request.node.name
    found = page_of(run, page)
    words = Words("en" if english else "zh")
    assert found.values("lang") == [words.language]
    if english:
        assert set(CHINESE.findall(found.words + " ".join(found.values("aria-label")))) <= {"長"}
    if page in PAGES[1:6]:
        assert words(f"step.{STEPS[PAGES.index(page) - 1]}") in found.words


@pytest.mark.parametrize("page", PAGES[:6])
def test_page_shows_words_instead_of_values_and_codes_of_the_machine(run, page):
    text = "\n".join(page_of(run, page).text)
    assert re.findall(r"\b(?:nan|NaN|None|NaT|inf|True|False|Decimal|Timestamp)\b|<NA>", text) == []
    parameters = {part for key in catalogue("zh") if key.startswith("param.") for part in key.split(".")}
    codes = set(re.findall(r"(?<![\w./\[-])[a-z]+(?:_[a-z]+)+(?![\w./\[-])", text))
    assert codes <= parameters


@pytest.mark.parametrize("stem", STEPS)
def test_page_shows_no_code(run, stem):
    notebook = read_notebook(run, stem)
    shown = page_of(run, f"{STEPS.index(stem) + 1}_{stem}.html").words
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    lines = {line.strip() for source in sources for line in source.splitlines() if len(line.strip()) > 12}
    assert lines
    assert [line for line in sorted(lines) if line in shown] == []


def test_pages_of_one_run_lead_to_each_other(run):
    for page in PAGES[:6]:
        assert set(PAGES[:6]) <= set(page_of(run, page).values("href"))


def test_no_page_of_an_unfinished_write_is_left(run):
    assert not list(run.rglob("*.part"))


# ---------------------------------------------------------------- letters, sheets, statements


@pytest.fixture(scope="module")
def papers(run):
    """Every page of a run that is printed for people, by its address."""
    found = sorted([*run.glob("letters/**/*.html"), *run.glob("statements/**/*.html")])
    assert found
    return {path.relative_to(run).as_posix(): Page(path.read_text(encoding="utf-8")) for path in found}


def test_papers_ask_nothing_of_anyone_and_are_whole(papers):
    for address, found in papers.items():
        assert not (FORBIDDEN | {"script"}) & set(found.elements), address
        assert [key for _, key, _ in found.attributes if key.startswith("on")] == [], address
        assert [value for value in found.values(*ADDRESSES) if OUTSIDE.match(value)] == [], address
        (policy,) = [value for value in found.values("content") if "default-src" in value]
        assert policy.startswith("default-src 'none'") and "script" not in policy, address
        assert found.unbalanced == [], address
        assert re.findall(r"url\((?!#)|@import", "".join(found.styles)) == [], address


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_name_is_shown_letter_for_letter_on_papers(hostile, kind):
    for folder in ("letters", "statements"):
        pages = [page_of(hostile, path.relative_to(hostile)) for path in (hostile / folder).rglob("*.html")]
        assert any(HOSTILE[kind] in page.words.replace(" ".join(NAMES), "") for page in pages), folder


# ---------------------------------------------------------------- hostile names stay text


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_name_is_shown_letter_for_letter(hostile, kind):
    found = HOSTILE[kind]
    assert all(found in page_of(hostile, page).words for page in PAGES), "the title stands on every page"
    for page in PAGES[3:6]:  # the steps that have a row per rep
        assert found in page_of(hostile, page).words.replace(" ".join(NAMES), "")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_name_is_kept_letter_for_letter_in_the_tables(hostile, kind):
    for table in ("rep_allocation_reps", "rep_allocation", "variance_review", "commission"):
        frame = pd.read_csv(hostile / "tables" / f"{table}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        assert HOSTILE[kind] in set(frame["rep"]), table
    split = outputs.read(hostile / "tables" / "seasonal_split.csv", "seasonal_split")
    assert set(split["region"]) == set(NAMES)


def test_sheets_hold_text_and_numbers_only(hostile):
    with zipfile.ZipFile(hostile / "salesplan.xlsx") as book:
        names = book.namelist()
        sheets = "".join(book.read(found).decode() for found in names if "worksheets/" in found)
    formulas = re.findall(r"<f>(.*?)</f>", sheets)
    assert len(formulas) == len(re.findall(r"<f[ >/]", sheets))
    assert all(FORMULA.fullmatch(formula.replace("&gt;", ">")) for formula in formulas), "sums of cells, no text"
    assert 'TargetMode="External"' not in sheets
    assert not [found for found in names if "externalLink" in found or "vbaProject" in found or "connections" in found]


@pytest.mark.parametrize("table", ["rep_allocation_reps", "seasonal_split", "variance_review_causes"])
def test_sheet_keeps_names_letter_for_letter(hostile, table):
    sheet = openpyxl.load_workbook(hostile / "salesplan.xlsx")[excel.sheet_name(table, EN)]
    cells = {value for row in sheet.iter_rows(min_row=2, values_only=True) for value in row}
    expected = SHORT if table == "variance_review_causes" else NAMES
    assert set(expected) <= cells


def test_messages_about_hostile_cells_are_one_line_each(hostile):
    path = hostile.parents[2] / "params" / "minimal" / "data" / "kpis.csv"
    kept = path.read_bytes()
    try:
        path.write_text('month,indicator,value\n2027-01,"a\nb",1\n2027-01,{x},${x}\n', encoding="utf-8")
        done = command(hostile.parents[2], "check", "params/minimal")
    finally:
        path.write_bytes(kept)
    assert done.returncode == 2
    assert "'${x}'" in done.stderr
    assert all(line.startswith("params/minimal/data/kpis.csv") for line in done.stderr.splitlines())


# ---------------------------------------------------------------- charts


def texts_of(svg):
    return ["".join(found.itertext()) for found in ET.fromstring(svg).iter() if found.tag.endswith("}text")]


def bars(ax, frame, **_):
    ax.barh(range(len(frame)), [1.0] * len(frame))
    ax.set_yticks(range(len(frame)), frame)
    ax.set_title(" / ".join(frame), loc="left")
    return ax


@pytest.mark.parametrize(
    "texts",
    [
        *(pytest.param([text], id=kind) for kind, text in HOSTILE.items() if kind != "long"),
        pytest.param(["${x}", "${y}"], id="two shell variables"),
        pytest.param(["$100 off", "$200 off"], id="two prices"),
        pytest.param(["$\\frac{$"], id="broken TeX"),
        pytest.param(["_name"], id="name that begins with an underscore"),
        pytest.param(["a--b -->"], id="end of a comment"),
        pytest.param(["]]>"], id="end of a section"),
        pytest.param(["'DejaVu Sans'"], id="name of a font"),
    ],
)
def test_chart_shows_names_letter_for_letter(texts):
    chart = draw(Sketch(bars, texts, EN, "report-1"))
    shown = texts_of(chart.svg)
    assert {*texts, chart.title} <= set(shown)
    assert chart.title == " / ".join(texts)
    assert ET.fromstring(chart.svg).get("aria-label") == chart.title


# ---------------------------------------------------------------- tables on pages


def shown(column, value, table="seasonal_split"):
    """The text of one cell on a page; the table has a row more, so that the value is not its total."""
    frame = pd.DataFrame({"region": ["x", "y"], column: pd.Series([value, value])})
    return re.findall(r"<td[^>]*>([^<]*)</td>", html_table(frame, table, EN).html)[1]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        pytest.param("amount", 123_456_700, "1,234,567.00", id="money in the plan's unit"),
        pytest.param("amount", -5, "-0.05", id="negative money"),
        pytest.param("amount", 0, "0.00", id="zero is not unknown"),
        pytest.param("amount", pd.NA, BLANK, id="unknown money"),
        pytest.param("share", 0.125, "12.5%", id="share as percent"),
        pytest.param("share", -0.125, "-12.5%", id="negative share"),
        pytest.param("share", np.nan, BLANK, id="unknown share"),
        pytest.param("quantity", 1234.0, "1,234", id="whole number"),
        pytest.param("quantity", 1234.5, "1,234.50", id="number with decimals"),
        pytest.param("quantity", np.nan, BLANK, id="unknown number"),
        pytest.param("count", 1200, "1,200", id="count"),
        pytest.param("planned", True, EN("mark.yes"), id="yes"),
        pytest.param("planned", False, "", id="no is blank"),
        pytest.param("month", "2027-03", EN.month("2027-03"), id="month"),
        pytest.param("due", pd.Timestamp("2027-03-31"), "2027-03-31", id="date"),
        pytest.param("due", pd.NaT, BLANK, id="unknown date"),
        pytest.param("method", "of_tomorrow", "of_tomorrow", id="code the catalogue lacks"),
        pytest.param("product", "<b>&amp;", "&lt;b&gt;&amp;amp;", id="text escaped once"),
        pytest.param("product", None, BLANK, id="unknown text"),
        pytest.param("product", "(unknown)", EN.code("member", "(unknown)"), id="member of ours"),
    ],
)
def test_cell_is_what_people_read(column, value, expected):
    assert shown(column, value) == expected


def test_rep_is_shown_by_name():
    words = Words("en")
    words.names = {"R01": "Anna <A>"}
    frame = pd.DataFrame({"rep": ["R01", "R02", "(manager)"], "quota": [1, 2, 3]})
    found = Page(html_table(frame, "rep_allocation_reps", words).html).words
    assert all(text in found for text in ("Anna <A>", "R02", words.code("member", "(manager)")))


@pytest.mark.parametrize("rows", [0, 1, 5, 6, 7])
def test_long_table_says_how_much_is_left_out(rows):
    frame = pd.DataFrame({"rep": [f"r{number}" for number in range(rows)], "quota": [100] * rows})
    found = Page(html_table(frame, "rep_allocation_reps", EN, most=6).html)
    assert found.elements.count("tr") == 1 + min(rows, 6)
    assert ("tables/rep_allocation_reps.csv" in found.words) == (rows > 6)
    assert found.unbalanced == []


def test_table_has_a_text_form_too():
    frame = pd.DataFrame({"rep": ["<b>"], "quota": [12_345]})
    bundle = html_table(frame, "rep_allocation_reps", EN)._repr_mimebundle_()
    assert "&lt;b&gt;" in bundle["text/html"]
    assert "<b>\t123.45" in bundle["text/plain"]


# ---------------------------------------------------------------- pages from notebooks


def markdown(cell_id, source):
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def code(cell_id, *found):
    return {"cell_type": "code", "id": cell_id, "metadata": {}, "source": "secret = 'source'", "outputs": list(found)}


def shows(**data):
    named = {key.replace("_", "/", 1): value for key, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def small_notebook(*cells):
    return {"cells": [markdown("title", "# Title"), *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def folder(tmp_path):
    """A run folder with five small notebooks, all alike."""
    run = tmp_path / "run"
    (run / "tables").mkdir(parents=True)
    sentences = [f"sentence <{number}>" for number in range(4)]
    said = {"output_type": "execute_result", "data": {"text/html": "<ul></ul>", SENTENCES: sentences}}
    cells = [code("chart", {"output_type": "display_data", "data": {"image/svg+xml": SVG}}), code("conclusions", said)]
    for number, stem in enumerate(STEPS, 1):
        text = json.dumps(small_notebook(*cells)).replace("annual_target", stem)
        (run / f"{number}_{stem}.ipynb").write_text(text, encoding="utf-8")
    return run


def manifest_of(**more):
    steps = {stem: {"state": "done"} for stem in STEPS}
    return {
        "title": "<i>title</i>", "plan": "p", "run": "r", "state": "complete", "created": "2027-04-05T08:15:00+00:00",
        "as_of": None, "steps": steps, "changes": {}, "headline": [], "assumed": [], **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(
            {"output_type": "stream", "name": "stdout", "text": ["<b>", "\n"]}, "&lt;b&gt;", id="printed text"
        ),
        pytest.param(shows(text_plain="<b>"), "&lt;b&gt;", id="plain value"),
        pytest.param(shows(text_html="<em>ours</em>", text_plain="x"), "<em>ours</em>", id="table of ours"),
        pytest.param(
            {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mE<b>\x1b[0m"]},
            "E&lt;b&gt;",
            id="traceback without colours",
        ),
    ],
)
def test_output_on_a_page(shown, expected):
    ((_, html),) = sections(small_notebook(code("x", shown)))
    assert expected in html
    assert "\x1b" not in html
    assert "secret" not in html


@pytest.mark.parametrize(
    "prose",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("text <img src=x onerror=alert(1)> text", id="image in a line"),
        pytest.param("[x](javascript:alert(1))", id="link that runs"),
        pytest.param("[x](<data:text/html,1>)", id="link with content"),
        pytest.param("<style>*{display:none}</style>", id="style"),
        pytest.param("| a |\n|---|\n| <b onclick=x> |", id="cell of a table"),
    ],
)
def test_prose_holds_no_markup_of_its_own(prose):
    ((_, html),) = sections({"cells": [markdown("title", prose)]})
    found = Page(html)
    assert not {"script", "img", "style", "b"} & set(found.elements)
    assert not [value for value in found.values("href", "src") if OUTSIDE.match(value)]


def test_section_with_chart_conclusions_and_order(folder):
    write_page(folder, "commission", "<i>title</i>", EN)
    found = page_of(folder, "4_commission.html")
    assert "<i>title</i>" in found.words
    assert "commission-1-a" in found.values("id")
    assert "secret" not in found.words


def test_page_of_a_notebook_without_charts_or_conclusions():
    notebook = small_notebook(code("x"))
    assert first_chart(notebook) == ""
    assert conclusions(notebook) == []


def test_the_card_of_a_step_shows_the_chart_that_answers_its_question():
    def drawn(name, svg):
        return {"cell_type": "code", "id": name, "source": "", "outputs": [
            {"output_type": "display_data", "data": {"image/svg+xml": svg}}]}  # fmt: skip

    notebook = {"cells": [drawn("chart-presence", "<svg>there</svg>"), drawn("chart-quotas", "<svg>quotas</svg>")]}
    assert first_chart(notebook) == "<svg>there</svg>"
    assert first_chart(notebook, "chart-quotas") == "<svg>quotas</svg>"
    assert first_chart(notebook, "chart-other") == "<svg>there</svg>"
    assert "quotas" in step_card("rep_allocation", notebook, EN)["chart"]
    assert "there" in step_card("commission", notebook, EN)["chart"]


def test_index_has_one_card_per_step_made(folder):
    steps = {stem: {"state": "done"} for stem in STEPS} | {"variance_review": {"state": "pending"}}
    manifest = manifest_of(steps=steps, headline=[("<u>", "<s>")], changes={"<k>": "<v>"})
    write_index(folder, manifest, ["<odd>"], EN, Approvals())
    found = page_of(folder, "index.html")
    assert found.elements.count("svg") == 4
    assert all(text in found.words for text in ("<i>title</i>", "<u>", "<s>", "<k>", "<v>", "<odd>", "sentence <0>"))
    assert found.words.count("sentence <3>") == 1, "the index is short; of the target it says how far its odds go"
    assert len(found.values("id")) == len(set(found.values("id")))
    assert {f"{stem}-1-a" for stem in STEPS[:4]} <= set(found.values("id"))


def test_what_nobody_may_overlook_is_decided_first(folder):
    steps = {stem: {"state": "done"} for stem in STEPS}
    notices = [Notice("lines_twice", "", {"count": 3}), Notice("as_of_beyond", "", {"as_of": "<a>", "last": "<l>"})]
    told = warnings(notices, EN)
    assert told == [notice_text(notices[1], EN)]
    write_index(folder, manifest_of(steps=steps, warnings=told), [], EN, Approvals())
    decide = (folder / "index.html").read_text(encoding="utf-8").partition('id="decide"')[2].partition("</section>")[0]
    assert "The review goes up to &lt;a&gt;" in decide.partition("</li>")[0]


def test_index_of_a_run_that_takes_steps_over(folder):
    steps = {stem: {"state": "taken_over", "from": "first"} for stem in STEPS}
    write_index(folder, manifest_of(steps=steps, title=""), [], EN, Approvals())
    assert page_of(folder, "index.html").elements.count("svg") == 5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_listing_shows_every_run_newest_first(tmp_path, language):
    for day, run, state in ((1, "a", "complete"), (3, "c", "partial"), (2, ".unfinished/b", "incomplete")):
        (tmp_path / run).mkdir(parents=True)
        manifest = manifest_of(
            created=f"2027-04-0{day}T08:00:00+00:00", state=state, headline=[("<u>", "1")], cause="<cause>"
        )
        archive.write_manifest(tmp_path / run, manifest)
    words = Words(language)
    write_listing(tmp_path, words)
    found = page_of(tmp_path, "index.html")
    rows = re.findall(r"<tbody>.*</tbody>", (tmp_path / "index.html").read_text(encoding="utf-8"), re.S)[0]
    assert re.findall(r"2027-04-0\d", rows) == ["2027-04-03", "2027-04-02", "2027-04-01"]
    assert [value for value in found.values("href") if value.endswith("index.html")] == ["c/index.html", "a/index.html"]
    assert found.words.count("<cause>") == 1, "only what broke has a cause"
    assert all(words.code("state", state) in found.words for state in ("complete", "partial", "incomplete"))


def test_listing_survives_a_damaged_manifest(tmp_path):
    for run, text in (("a", "{"), ("b", "[]"), ("c", "null"), ("d", '{"state": "complete"}')):
        (tmp_path / run).mkdir()
        (tmp_path / run / "manifest.json").write_text(text)
    write_listing(tmp_path, EN)
    assert page_of(tmp_path, "index.html").elements.count("tr") == 1 + 4


# ---------------------------------------------------------------- workbook file


def put(run, table, frame):
    (run / "tables").mkdir(parents=True, exist_ok=True)
    (run / "tables" / f"{table}.csv").write_bytes(outputs.csv_bytes(frame, table))


def words_of(book):
    """The language a workbook is written in."""
    return Words("zh" if CHINESE.search(book.sheetnames[0]) else "en")


FIRST = 1 + len(STEPS)  # the cover and the sheets of the steps come before the tables


def days(count):
    dates = pd.date_range("2027-01-01", periods=count)
    return pd.DataFrame({"date": dates, "workday": [True] * count, "amount": [12_345] * count})


def test_sheets_are_the_tables_in_order(run, book):
    rows = {table: len(outputs.read(run / "tables" / f"{table}.csv", table)) for table in specification.TABLES}
    shown = [excel.sheet_name(table, words_of(book)) for table, count in rows.items() if 0 < count <= 100_000]
    assert book.sheetnames[FIRST:] == shown
    assert max(map(len, shown)) <= 31


@pytest.mark.parametrize("table", ["annual_target", "rep_allocation_reps", "variance_review_bridge", "commission"])
def test_sheet_has_the_numbers_of_the_table(run, book, table):
    sheet = book[excel.sheet_name(table, words_of(book))]
    frame = outputs.read(run / "tables" / f"{table}.csv", table)
    assert sheet.max_row == len(frame) + 1
    for position, column in enumerate(frame.columns, 1):
        kind = outputs.kind_of(table, column)
        shown = [sheet.cell(row, position).value for row in range(2, len(frame) + 2)]
        if kind == "money":
            assert shown == [None if pd.isna(fen) else int(fen) / 100 for fen in frame[column]]
        elif kind in ("share", "number", "mixed"):
            assert shown == [None if pd.isna(found) else float(found) for found in frame[column]]


def test_a_missing_table_and_a_large_one_stay_in_csv_and_the_cover_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 10)
    put(tmp_path, "seasonal_split_days", days(11))
    excel.write_workbook(tmp_path, EN)
    book = openpyxl.load_workbook(tmp_path / "salesplan.xlsx")
    assert len(book.sheetnames) == FIRST
    told = {row[2]: row[3] for row in book.worksheets[0].iter_rows(values_only=True) if row[2]}
    assert {f"tables/{table}.csv" for table in specification.TABLES} <= told.keys()
    assert {count for name, count in told.items() if name.startswith("tables/")} == {0, 11}


def test_a_table_at_the_limit_is_still_a_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 10)
    put(tmp_path, "seasonal_split_days", days(10))
    excel.write_workbook(tmp_path, EN)
    assert (
        openpyxl.load_workbook(tmp_path / "salesplan.xlsx")[excel.sheet_name("seasonal_split_days", EN)].max_row == 11
    )


def test_same_tables_give_the_same_bytes(tmp_path):
    for run in ("a", "b"):
        put(tmp_path / run, "seasonal_split_days", days(3))
        excel.write_workbook(tmp_path / run, EN)
    assert (tmp_path / "a" / "salesplan.xlsx").read_bytes() == (tmp_path / "b" / "salesplan.xlsx").read_bytes()


@pytest.mark.parametrize("words", [Words("zh"), EN], ids=["zh", "en"])
def test_every_sheet_name_fits_excel(words):
    names = [excel.sheet_name(table, words) for table in specification.TABLES]
    assert len(set(names)) == len(names)
    assert [name for name in names if len(name) > 31 or set("[]:*?/\\'") & set(name)] == []
    assert all(name[-1] not in " ,-" for name in names)


@pytest.mark.parametrize(
    "mark", [pytest.param(None, id="no run in the making"), pytest.param(DONE, id="done"), LEFT_OUT]
)
def test_workbook_goes_on_with_a_step_that_is_there(tmp_path, mark):
    if mark:
        (tmp_path / INPUTS).mkdir()
        (tmp_path / INPUTS / f"commission{mark}").touch()
    began = time.monotonic()
    excel.wait_for(tmp_path, f"commission{DONE}", f"commission{LEFT_OUT}")
    assert time.monotonic() - began < 1


def test_workbook_waits_for_a_step(tmp_path):
    (tmp_path / INPUTS).mkdir()
    waiting = threading.Thread(target=excel.wait_for, args=(tmp_path, f"commission{DONE}"), daemon=True)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    (tmp_path / INPUTS / f"commission{DONE}").touch()
    waiting.join(5)
    assert not waiting.is_alive()


def test_dates_and_blanks_in_a_sheet(tmp_path):
    frame = outputs.empty("variance_review_causes").assign(
        code=["a", "b"], amount=[-5, 7], due=pd.to_datetime(["2027-03-31", None])
    )
    put(tmp_path, "variance_review_causes", frame)
    excel.write_workbook(tmp_path, EN)
    sheet = openpyxl.load_workbook(tmp_path / "salesplan.xlsx")[excel.sheet_name("variance_review_causes", EN)]
    due = list(specification.TABLES["variance_review_causes"]).index("due") + 1
    assert str(sheet.cell(2, due).value)[:10] == "2027-03-31"
    assert sheet.cell(3, due).value is None
    assert sheet.cell(2, 2).value == -0.05
