"""One value of a parameter file changed: that value and nothing else, whatever the file looks like."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import ROOT

from salesplan.params.editing import Line, NotEditable, changed_lines, edited
from salesplan.params.reading import read_text

FILES = sorted((ROOT / "params").glob("*/*.yaml"))

# ---------------------------------------------------------------- what a file looks like


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        pytest.param("cap: 0.3\n", ("cap",), Decimal("0.25"), "cap: 0.25\n", id="a number"),
        pytest.param("rule: even # 平均\n", ("rule",), "seasonal", "rule: seasonal # 平均\n", id="a word, one blank"),
        pytest.param(
            "a: 5600000     # 任务\n", ("a",), 70000, "a: 70000       # 任务\n", id="shorter, comment in place"
        ),
        pytest.param("a: 5     # 任务\n", ("a",), 70000, "a: 70000 # 任务\n", id="longer, comment in place"),
        pytest.param("a: 5 # x\n", ("a",), 50, "a: 50 # x\n", id="longer than there is room"),
        pytest.param("a: 1\r\nb: 2\r\n", ("a",), 3, "a: 3\r\nb: 2\r\n", id="line ends of Windows"),
        pytest.param("a: 1", ("a",), 3, "a: 3", id="no line end"),
        pytest.param("a: 'x'  # q\n", ("a",), "it's", "a: 'it''s' # q\n", id="single quotes stay"),
        pytest.param('a: "x"\n', ("a",), "y", 'a: "y"\n', id="double quotes stay"),
        pytest.param('a: "1"\n', ("a",), 2, "a: 2\n", id="a number has no quotes"),
        pytest.param("a: x\n", ("a",), "yes: no", 'a: "yes: no"\n', id="quotes where they are needed"),
        pytest.param("a: x\n", ("a",), "12", 'a: "12"\n', id="text that looks like a number"),
        pytest.param("a: x\n", ("a",), "null", 'a: "null"\n', id="text that looks like null"),
        pytest.param("a: 1\n", ("a",), None, "a: null\n", id="null"),
        pytest.param("a: null\n", ("a",), True, "a: true\n", id="a boolean"),
        pytest.param("a:    # 空\nb: 1\n", ("a",), 2, "a: 2  # 空\nb: 1\n", id="a key without a value"),
        pytest.param("a:\n", ("a",), 2, "a: 2\n", id="a key without a value at the end"),
        pytest.param("a: 1\n", ("a",), Decimal("1E+2"), "a: 100\n", id="no exponent"),
        pytest.param("a: 1\n", ("a",), Decimal("0.10"), "a: 0.1\n", id="no idle zeros"),
        pytest.param("{a: 1, b: 2}\n", ("b",), 3, "{a: 1, b: 3}\n", id="the file in braces"),
    ],
)
def test_a_value_is_replaced(text, path, value, expected):
    assert edited(text, path, value) == expected


PLANS = """plans:
  - name: 渠道    # 第一个
    tiers:        # 档
      - {from: 0,   rate: 0.012}
      - {from: 0.9, rate: 0.016}   # 二档
  - name: 工程
    tiers: [{from: 0, rate: 0.01}]
ramp: [0.0, 0.25,
       0.5]       # 三个
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        pytest.param(
            ("plans", 0, "tiers", 1, "rate"), Decimal("0.02"), "rate: 0.016}   #", "rate: 0.02}   #", id="deep"
        ),
        pytest.param(("plans", 1, "tiers", 0, "rate"), Decimal("0.5"), "rate: 0.01}", "rate: 0.5}", id="all in braces"),
        pytest.param(("plans", 0, "name"), "直销", "渠道    #", "直销    #", id="a Chinese word"),
        pytest.param(("ramp", 2), 1, "0.5]       #", "1]       #", id="in a list over two lines"),
        pytest.param(("plans", 1, "cap"), 9, "rate: 0.01}]\n", "rate: 0.01}]\n    cap: 9\n", id="added to an item"),
        pytest.param(
            ("plans", 0, "cap"), 9, "# 二档\n", "# 二档\n    cap: 9\n", id="added behind the item's last line"
        ),
        pytest.param(("plans", 0, "tiers", 1, "to"), 2, "rate: 0.016}", "rate: 0.016, to: 2}", id="added in braces"),
        pytest.param(("cap",), None, "# 三个\n", "# 三个\ncap: null\n", id="added at the end"),
    ],
)
def test_nested_lists(path, value, old, new):
    assert PLANS.count(old) == 1
    assert edited(PLANS, path, value) == PLANS.replace(old, new)


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        pytest.param("", ("a", "b"), 1, "a:\n  b: 1\n", id="an empty file"),
        pytest.param("# 只有注释\n", ("a",), 1, "# 只有注释\na: 1\n", id="comments only"),
        pytest.param("# x", ("a",), 1, "# x\na: 1\n", id="a comment without a line end"),
        pytest.param("{}\n", ("a", "b"), 1, "{a: {b: 1}}\n", id="an empty mapping"),
        pytest.param("a: 1", ("b",), 2, "a: 1\nb: 2", id="no line end"),
        pytest.param("a: 1\r\n", ("b",), 2, "a: 1\r\nb: 2\r\n", id="line ends of Windows"),
        pytest.param(
            "w:\n  a: 1\n\n# 下一节\nx: 2\n", ("w", "b"), 2, "w:\n  a: 1\n  b: 2\n\n# 下一节\nx: 2\n", id="a section"
        ),
        pytest.param("w:\nx: 2\n", ("w", "b"), 2, "w: {b: 2}\nx: 2\n", id="an empty section"),
        pytest.param("w: null # n\n", ("w", "b"), 2, "w: {b: 2} # n\n", id="a section that is null"),
        pytest.param("w: {} # n\n", ("w", "b"), 2, "w: {b: 2} # n\n", id="a section in braces"),
        pytest.param("t: |\n  text\n", ("b",), 2, "t: |\n  text\nb: 2\n", id="behind a text of several lines"),
        pytest.param("a: 1\n", ("r",), [Decimal("0.5"), 1], "a: 1\nr: [0.5, 1]\n", id="a list"),
        pytest.param("a: 1\n", ("w",), {"x": 1, "中": None}, "a: 1\nw: {x: 1, 中: null}\n", id="a mapping"),
    ],
)
def test_a_key_that_is_absent_is_added(text, path, value, expected):
    assert edited(text, path, value) == expected


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        pytest.param("a: [1]\n", ("a", 1), 2, id="beyond a list"),
        pytest.param("a: 1\n", ("a", "b"), 2, id="below a number"),
        pytest.param("a: {b: 1}\n", ("a",), 2, id="a mapping as a whole"),
        pytest.param("a: [1]\n", ("b", 0), 2, id="a list that is not there"),
        pytest.param("a: 1\na: 2\n", ("a",), 2, id="a key twice"),
        pytest.param("a: {\n", ("a",), 2, id="not readable"),
        pytest.param("a: &x 1\n", ("a",), 2, id="an anchor"),
        pytest.param("t: |\n  text\n", ("t",), 2, id="a text of several lines"),
        pytest.param("a: 1\n", ("a",), Decimal("NaN"), id="no number"),
        pytest.param("a: 1\n", ("a",), 0.1, id="a float is no exact number"),
        pytest.param("- 1\n", ("a",), 1, id="a list is no parameter file"),
    ],
)
def test_what_cannot_be_edited_is_refused(text, path, value):
    with pytest.raises(NotEditable):
        edited(text, path, value)


# ---------------------------------------------------------------- whatever the file and the value


def leaves(data, path=()):
    if isinstance(data, dict):
        return [leaf for key, part in data.items() for leaf in leaves(part, (*path, key))]
    if isinstance(data, list):
        return [leaf for place, part in enumerate(data) for leaf in leaves(part, (*path, place))]
    return [path]


def put(data, path, value):
    """Written out the plain way: walk down, set, leave the rest."""
    if not path:
        return value
    copy = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**6), 10**6, places=4, allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
WORDS = st.text("abc渠道 :#-'\"", min_size=1, max_size=6)


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}-{file.stem}" for file in FILES])
@settings(max_examples=8)
@given(choose=st.randoms(use_true_random=False), value=VALUES)
def test_every_value_of_every_plan_can_be_changed_and_changed_back(file, choose, value):
    text = file.read_bytes().decode()
    data = read_text(text, "").data
    path = choose.choice(leaves(data))
    old = data
    for part in path:
        old = old[part]
    changed = edited(text, path, value)
    assert read_text(changed, "").data == put(data, path, value)
    assert len(changed.split("\n")) == len(text.split("\n"))
    assert len(changed_lines(text, changed)) <= 1
    again = edited(changed, path, old)
    assert read_text(again, "").data == data
    assert [line.partition("#")[2] for line in again.split("\n")] == [
        line.partition("#")[2] for line in text.split("\n")
    ]


@given(st.dictionaries(WORDS, st.one_of(VALUES, st.dictionaries(WORDS, VALUES, max_size=3)), max_size=4), WORDS, VALUES)
def test_files_are_built_up_key_by_key(data, key, value):
    text = ""
    for name, part in data.items():
        text = edited(text, (name,), part)
    assert read_text(text, "").data == data
    path = (key, "new") if isinstance(data.get(key), dict) and "new" not in data[key] else ("new key", key)
    assert read_text(edited(text, path, value), "").faults == []


@given(VALUES)
def test_a_second_time_changes_nothing(value):
    once = edited(PLANS, ("plans", 0, "tiers", 1, "rate"), value)
    assert edited(once, ("plans", 0, "tiers", 1, "rate"), value) == once


# ---------------------------------------------------------------- what is shown before


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param("a\nb\nc\n", "a\nx\nc\n", [Line(2, "b", "x")], id="one changed"),
        pytest.param("a\nb\n", "a\nx\nb\n", [Line(2, "", "x")], id="one added"),
        pytest.param("a\r\nb\r\n", "a\r\nb\r\nx\r\n", [Line(3, "", "x")], id="added at the end, Windows"),
        pytest.param("a\n", "a\n", [], id="none"),
        pytest.param("a\n\nb\n\nc\n", "a\n\nx\n\ny\n", [Line(3, "b", "x"), Line(5, "c", "y")], id="two apart"),
    ],
)
def test_lines_that_change(before, after, lines):
    assert changed_lines(before, after) == lines
