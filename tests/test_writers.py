"""One place shows tables, one writes HTML, one writes sheets: the source is searched for any other."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "salesplan"
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
TAG = re.compile(r"</?[a-z!]")
TAGGED = re.compile(r"<(td|tr|p|div|svg|a|li)[ >]")
# Pieces of HTML put together from pieces that are escaped where they are made, and numbers of our own.
PIECES = {
    "boxes", "items", "shapes", "amount", "month", "ends", "WIDE", "HIGH + FOOT + 4", "HIGH + 14", "span",
    "html", "shown", "wide", "head", "body", "kinds", "cells", "side", "state", "line", "kind", "label", "self.kind",
    "_text(data['image/svg+xml'])",
    "captioned(_text(data['image/svg+xml']))", "title[1]", "svg",
    "_markdown(_text(cell['source']))", "_list(branch.inner)", "_list(roots)",
    "''.join((_item(branch) for branch in branches))",
    "READOUT", "READOUT - 8", "left", "heads", "rows", "' class=n' if text else ''",
    "''.join(rows)", "difference", "unit", "line.number",
    "addresses[who[0]]", "who[0]",  # an anchor of ours, and a name as it stands in a text that is escaped already
}  # fmt: skip


def tree_of(module):
    return ast.parse((SOURCE / module).read_text(encoding="utf-8"))


@cache
def found():
    """Of all modules, walked once: who calls what by name, `frame.style`, texts with tags."""
    callers, styling, tagged = defaultdict(set), set(), set()
    for module, node in ((name, node) for name in MODULES for node in ast.walk(tree_of(name))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            callers[name].add(module)
        elif isinstance(node, ast.Attribute) and node.attr == "style":
            styling |= {module} if ast.unparse(node.value).endswith(("frame", "df")) else set()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and TAGGED.search(node.value):
            tagged.add(module)
    return callers, styling, tagged


def modules_that_call(*names):
    """Modules that call one of these: `path.write_text`, `open`."""
    callers, _, _ = found()
    return {module for name in names for module in callers.get(name, ())}


def test_one_module_writes_pages():
    rendering = modules_that_call("get_template", "Environment")
    assert rendering == {"report/html.py"}
    written = {
        module for module in modules_that_call("write_text", "write_bytes", "write_whole") if "report/" in module
    }
    assert written == {"report/html.py", "report/sheets.py"}  # the latter a table as CSV


def test_one_module_writes_sheets():
    assert modules_that_call("Workbook", "to_excel", "ExcelWriter", "write_string", "add_worksheet") <= {
        "report/excel.py", "report/excel_block.py", "template/sheets.py",
    }  # fmt: skip
    assert "report/excel.py" in modules_that_call("Workbook")


@pytest.mark.parametrize("name", ["to_html", "set_table_styles", "Styler", "from_string", "write_html_table", "HTML"])
def test_nothing_that_does_not_escape_is_used(name):
    widgets = {module for module in MODULES if module.startswith("whatif/")} if name == "HTML" else set()
    assert modules_that_call(name) <= widgets  # the panels' own, whose every text is escaped as below
    _, styling, _ = found()
    assert styling == set()


@pytest.mark.parametrize(
    "module", [name for name in MODULES if name.startswith(("report/", "charts/", "workbook", "whatif/"))]
)
def test_every_text_that_goes_into_html_is_escaped(module):
    for node in ast.walk(tree_of(module)):
        if not isinstance(node, ast.JoinedStr):
            continue
        literal = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        for part in node.values if TAG.search(literal) else ():
            if isinstance(part, ast.FormattedValue) and part.format_spec is None:
                source = ast.unparse(part.value)
                assert source.startswith("escape(") or source in PIECES, f"{module} line {node.lineno}: {source}"


def test_html_is_made_nowhere_else():
    _, _, made = found()
    own = {"report/", "charts/render.py", "workbook.py", "whatif/"}
    assert {module for module in made if not module.startswith(tuple(own))} == set()


def test_templates_escape_and_hold_no_script_but_the_one_allowed_by_its_hash():
    own = re.compile(r"<script data-[^>]*>\{\{ script \}\}</script>")
    for path in sorted((SOURCE / "report" / "templates").glob("*.j2")):
        text = path.read_text(encoding="utf-8")
        if path.name == "base.html.j2":
            text, count = own.subn("", text)
            assert count == 1
        assert not re.search(r"\|\s*safe|autoescape|<script|<form|<iframe|\son\w+=|https?:|javascript:", text), (
            path.name
        )


def test_markup_is_trusted_only_where_it_was_made():
    """Places that say a text is HTML already, each reviewed; a new one is looked at and added here."""
    trusting = modules_that_call("Markup")
    assert trusting == {
        "report/html.py", "report/letters.py", "report/statements.py", "report/dealer_letters.py", "report/chapters.py",
        "report/index.py", "report/sections.py", "report/single_file.py",
    }  # fmt: skip


def test_the_script_of_the_pages_asks_nothing_and_makes_no_markup():
    text = (SOURCE / "report" / "templates" / "page.js").read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "write(", "eval", "Function(", "fetch", "XMLHttp",
                 "import", "WebSocket", "localStorage", "cookie",
                 "http:", "https:", "</", "<!--", "setTimeout"):  # fmt: skip
        assert word not in text, word
    assert len(text.encode()) < 8_000
