"""Statements as files: nobody reads of anybody else, nothing from outside, on paper too."""

import hashlib
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd
import paper_cases as cases
import pytest
from statement_cases import HEAD, made, words

from salesplan.commission import papers
from salesplan.conclusions.commission.statement_rows import amount
from salesplan.report.statements import write_statements
from salesplan.tables import outputs

CHROMIUM = shutil.which("chromium")


# ---------------------------------------------------------------- files


def written(folder, language="en", **more):
    found = made(**more)
    write_statements(folder, found.statements, words(language), head=HEAD, plans=cases.rules().plans)
    return found, sorted(folder.glob("[0-9]*.html"))


def traces(rep, scale):
    """What only this rep's page may hold: key, name, customer, orders, and amounts that are nobody else's."""
    own = {rep, cases.NAMES[rep], f"K{rep}", f"{rep}-101", f"{rep}-201", f"why {rep}", f"note of {rep}"}
    return own | {amount(fen * scale) for fen in (60_007, 960 * 7, 1_440 * 7)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_holds_a_trace_of_anybody_else(tmp_path, language):
    disputes = cases.asked(*((f"N{rep}", rep, "open", {"answer": f"told {rep}"}) for rep in cases.NAMES))
    found, files = written(tmp_path, language, disputes=disputes)
    escaped = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&#34;", "'": "&#39;"})
    for rep, file in zip(found.statements.people["rep"], files, strict=True):
        text = file.read_text(encoding="utf-8")
        for other in cases.NAMES:
            marks = {other, cases.NAMES[other].translate(escaped), f"K{other}", f"{other}-101", f"{other}-201"}
            marks |= {f"why {other}", f"note of {other}", f"N{other}", f"told {other}", cases.NAMES[other]}
            held_ = {mark for mark in marks if mark in text}
            expected = marks - {cases.NAMES[other]} | {cases.NAMES[other].translate(escaped)}
            assert held_ == (expected if other == rep else set()), (rep, other)


def test_pages_are_secured_and_hold_nothing_from_outside(tmp_path):
    _, files = written(tmp_path)
    for file in [*files, tmp_path / "index.html"]:
        text = file.read_text(encoding="utf-8")
        assert (
            "default-src &#39;none&#39;" in text
            and "<script" not in text
            and "http" not in text.replace("http-equiv", "")
        )
        assert not re.search(r"<[^>]+\bon\w+=", text)
        assert "&lt;plan&gt;" in text


def test_files_are_numbered_and_listed_with_what_was_paid(tmp_path):
    found, files = written(tmp_path)
    listing = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [file.name for file in files] == [f"{n:04d}.html" for n in range(1, 5)]
    assert all(f'href="{file.name}"' in listing for file in files)
    assert amount(found.statements.people["amount_paid"].sum()) in listing


def test_the_check_sum_follows_what_is_said(tmp_path):
    def mark(file):
        return re.search(r"check sum (\w{12})", file.read_text(encoding="utf-8"))[1]

    first, again = ([mark(file) for file in written(tmp_path / name)[1]] for name in "ab")
    asked = cases.asked(("N1", "A1", "open", {}))
    other = [mark(file) for file in written(tmp_path / "c", disputes=asked)[1]]
    assert first == again and len(set(first)) == 4
    assert other[0] != first[0] and other[1:] == first[1:]


def test_english_pages_hold_no_chinese_but_names(tmp_path):
    _, files = written(tmp_path)
    for file in files:
        body = re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.S)
        assert not re.findall(r"[\u4e00-\u9fff]+", re.sub("[王五李四]", "", body))


def test_a_rep_with_nothing_to_tell_gets_no_page():
    result = cases.result()
    result.table = pd.concat([result.table, result.table.query("rep == 'A1'").assign(
        rep="Z9", **dict.fromkeys(result.table.columns[3:], 0))])  # fmt: skip
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    assert "Z9" not in set(found.statements.people["rep"])


def test_before_the_first_month_is_closed_there_is_nothing():
    found = papers.prepare(cases.result(), cases.ledger(), cases.year(), cases.rules(), None)
    assert found.month == cases.NOW
    empty = type(cases.result())(**{name: part.head(0) for name, part in vars(cases.result()).items()})
    bare = papers.prepare(empty, cases.ledger(), type(cases.year())(cases.MONTHS, None), cases.rules(), None)
    assert (bare.month, bare.statements, bare.sheets) == ("", None, {})


def test_a_statement_prints_on_two_pages_of_paper(tmp_path):
    if CHROMIUM is None:
        pytest.skip("no browser to print with")
    _, files = written(tmp_path, "zh")
    paper = tmp_path / "statement.pdf"
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={paper}", files[0].as_uri()]
    subprocess.run(command, capture_output=True, timeout=120, check=False)
    if not paper.exists():
        pytest.skip("the browser does not print here")
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) <= 2


def test_two_thousand_statements_are_quick(tmp_path):
    names = {f"P{n:04d}": f"人{n:04d}" for n in range(2_000)}
    result, ledger = cases.result(names), cases.ledger(names)
    began = time.perf_counter()
    found = papers.prepare(result, ledger, cases.year(), cases.rules(), None)
    count = write_statements(tmp_path, found.statements, words("zh"), head=HEAD, plans=cases.rules().plans)
    assert count == 2_000
    assert time.perf_counter() - began < 12  # the machine may be busy


# ---------------------------------------------------------------- a run


def test_a_run_keeps_the_papers_and_links_them(demo):
    folder = demo / "outputs" / "henan-2027" / "first"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = [name for name in manifest["files"] if name.startswith("statements/")]
    month = Path(files[0]).parts[1]
    for name in ("index", "0001", "performance", "commission"):
        file = f"statements/{month}/{name}.html"
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == manifest["files"][file]
    index = (folder / "index.html").read_text(encoding="utf-8")
    page = (folder / "4_commission.html").read_text(encoding="utf-8")
    for name in ("performance", "commission", "index"):
        assert f'href="statements/{month}/{name}.html"' in index and f'href="statements/{month}/{name}.html"' in page


def test_statements_of_a_run_hold_the_rows_of_its_tables(demo):
    folder = demo / "outputs" / "henan-2027" / "first"
    table = outputs.read(folder / "tables" / "commission.csv", "commission")
    own = table[table["month"] == table["month"].max()].set_index("rep")
    for file in sorted((folder / "statements").glob("*/0*.html")):
        text = file.read_text(encoding="utf-8")
        rep = re.search(r"<b>工号</b>(\w+)<", text)[1]
        for name in ("payable", "earned", "held", "base_pay"):
            assert f">{amount(own.loc[rep, name])}<" in text, (rep, name)
        others = set(own.index) - {rep}
        assert not [other for other in others if re.search(rf"\b{other}\b", text)]
