"""Whole reports speak one language: what is in another one is the plan's own data, or a name of a file or parameter."""

import re
from html import unescape

import explain_other
import pytest
from workbooks import made_once

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
WORD = r"[A-Za-z][a-z']+"
ENGLISH = re.compile(rf"{WORD}(?:[ ,;]+{WORD})+")  # two words are a sentence or a part of one
APART = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r'\s(?:aria-label|title|alt|placeholder|summary)="([^"]*)"')
COMMAND = re.compile(r"salesplan [a-z]+")


def spoken(page):
    """What a page shows and says, text by text."""
    html = APART.sub("", page.read_text(encoding="utf-8"))
    texts = [*re.split(r"<[^>]*>", html), *SPOKEN.findall(html)]
    return [unescape(text).strip() for text in texts if text.strip()]


def own_words(plan):
    """All that the plan's files say, comments aside."""
    files = [path for path in sorted(plan.rglob("*")) if path.suffix in (".yaml", ".csv")]
    lines = (line for path in files for line in path.read_text(encoding="utf-8-sig").splitlines())
    return "\n".join(line.partition(" #")[0] for line in lines if not line.lstrip().startswith("#"))


def strange(run, pattern, known):
    """What is spoken in the other language and not known, with the first page that says it."""
    found = {}
    for page in sorted(run.rglob("*.html")):
        for text in spoken(page):
            for words in pattern.findall(COMMAND.sub("", text)):
                if words not in known:
                    found.setdefault(words, (page.relative_to(run).as_posix(), text))
    return found


def test_no_chinese_in_an_english_report_but_the_data(tmp_path_factory):
    book = made_once(tmp_path_factory, "explain_other", explain_other.make)
    run, plan = book / "outputs" / "henan-2027" / "first", book / "params" / "henan-2027"
    assert strange(run, CHINESE, own_words(plan)) == {}


def test_no_english_sentence_in_a_chinese_report_but_the_data(demo):
    run, plan = demo / "outputs" / "henan-2027" / "first", demo / "params" / "henan-2027"
    assert strange(run, ENGLISH, own_words(plan)) == {}


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        pytest.param("<p>目标 sales target</p>", ENGLISH, ["sales target"], id="English words"),
        pytest.param("<p>salesplan explain --rep R01</p>", ENGLISH, [], id="a command"),
        pytest.param("<p>tables/sales_days.csv, KPI</p>", ENGLISH, [], id="names of files"),
        pytest.param('<svg aria-label="目标"><style>目</style></svg>', CHINESE, ["目标"], id="what is read aloud"),
    ],
)
def test_what_is_strange_is_seen(tmp_path, text, pattern, expected):
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert list(strange(tmp_path, pattern, "")) == expected
