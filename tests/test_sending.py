"""The report as one file to send: one HTML that needs nothing else, and a PDF from a browser that may be missing."""

import base64
import hashlib
import html
import json
import os
import re
import shutil
import stat
import subprocess
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from workbooks import command

from salesplan.report.html import page_name
from salesplan.report.printing import NAMES, PrintError, browser, print_pdf
from salesplan.report.single_file import write_single_file

CHROMIUM = shutil.which("chromium")
CODE = "for (const one of document.querySelectorAll('table')) { one.title = '<a href=\"x\">'; }"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def digest(code):
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def page(title, body, *, style="p { margin: 0 }", script=CODE, allowed=CODE):
    policy = html.escape(f"{POLICY}; script-src '{digest(allowed)}'")
    return (
        f'<!doctype html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{title}</title>\n'
        f'<style>{style}</style>\n</head>\n<body class="x">\n{body}\n'
        f'<script data-filter="&#34;q&#34;">{script}</script>\n</body>\n</html>\n'
    )


@pytest.fixture
def run(tmp_path):
    """The pages of a run that has two of its five steps, with ids that both of them have."""
    folder = tmp_path / "plan" / "first"
    folder.mkdir(parents=True)
    first, third = page_name("annual_target"), page_name("rep_allocation")
    chart = (
        '<svg viewBox="0 0 9 9" aria-labelledby="a b"><defs><clipPath id="c"><rect/></clipPath></defs>'
        '<title id="a">月度</title><g clip-path="url(#c)"><use xlink:href="#c"/></g></svg>'
    )
    index = (
        f'<a class="skip" href="#main">go</a><a href="{first}">1</a><a href="{first}#main">1 main</a>'
        f'<a href="2_seasonal_split.html">none</a><a href="tables/x.csv"><b>x.csv</b></a>'
        f'<a href="../index.html">all</a>'
        f'<main id="main">{chart} 1 &lt; 2 &amp; &#20803;</main>'
    )
    (folder / "index.html").write_text(page('总览 · 计划 "2027"', index), encoding="utf-8")
    text = f'<main id="main"><label for="q">q</label><input id="q" name="q">{chart}<a href="index.html">home</a></main>'
    (folder / first).write_text(page("1 · 计划", text, style="p { margin: 0 }"), encoding="utf-8")
    (folder / third).write_text(page("3 · 计划", text, style="td { color: red }"), encoding="utf-8")
    return folder


def single(run):
    target = run.parent / "one.html"
    assert write_single_file(run, target) == target.stat().st_size
    return target.read_text(encoding="utf-8")


class Seen(HTMLParser):
    """The ids of a file, what refers to ids, addresses, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.refers, self.addresses, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
                self.refers += value.split()
            elif name in ("href", "src", "xlink:href"):
                self.addresses.append(value)
            self.refers += re.findall(r"url\(#([^)]*)\)", value or "")
        if tag not in ("meta", "input", "br", "img", "link", "hr", "col", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def sound(text):
    """Ids once each, all that refers to one finds it, every address leads within the file."""
    seen = Seen(text)
    assert len(seen.ids) == len(set(seen.ids)) and not seen.open
    assert all(address.startswith("#") for address in seen.addresses)
    assert {address[1:] for address in seen.addresses} <= set(seen.ids)
    return seen


def test_ids_do_not_clash_and_links_stay_within(run):
    text = single(run)
    seen = sound(text)
    assert {"p0", "p1", "p2", "p0-main", "p1-main", "p2-main", "p1-q"} <= set(seen.ids)
    assert set(seen.refers) - {"p0-b", "p1-b", "p2-b"} <= set(seen.ids)  # the chart's own label `b` is nowhere
    assert '<a href="#p1">1</a><a href="#p1-main">1 main</a>' in text
    assert '<input id="p1-q" name="p1-q">' in text and 'clip-path="url(#p2-c)"' in text


def test_links_to_other_files_are_text(run):
    text = single(run)
    assert (
        '<span class="apart">none</span><span class="apart"><b>x.csv</b></span><span class="apart">all</span>' in text
    )
    assert ".csv" not in "".join(Seen(text).addresses)


def test_texts_and_charts_are_kept_letter_for_letter(run):
    text = single(run)
    assert text.count('<svg viewBox="0 0 9 9"') == 3 and text.count("月度</title>") == 3
    assert "1 &lt; 2 &amp; &#20803;" in text and '<html lang="zh">' in text
    assert "<title>计划" in text and "总览 · 计划" not in text


def test_styles_and_the_script_stand_once_and_only_the_script_may_run(run):
    text = single(run)
    assert text.count("p { margin: 0 }") == 1 and text.count("td { color: red }") == 1
    assert text.count(CODE) == 1 and '<script data-filter="&#34;q&#34;">' in text
    assert text.index(CODE) > text.index('id="p2"')  # when it runs, all pages are there
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    assert policy.startswith("default-src 'none'") and f"script-src '{digest(CODE)}'" in policy
    assert policy.count("sha256") == 1 and "http" not in text.replace("http-equiv", "")


def test_a_script_that_its_page_did_not_allow_is_left_out(run):
    path = run / "index.html"
    path.write_text(page("a · b", "<p>x</p>", script="alert(1)", allowed=CODE), encoding="utf-8")
    assert "alert" not in single(run)


def test_a_running_title_cannot_leave_its_style(run):
    path = run / "index.html"
    path.write_text(page('a · &lt;/style&gt;"}&lt;script&gt;', "<p>x</p>"), encoding="utf-8")
    text = single(run)
    assert text.count("</style>") == 3 and '@top-left { content: "\\3c \\2f style' in text


def test_each_page_keeps_its_running_title_and_the_style_stands_once(run):
    for name in ("index.html", page_name("annual_target")):
        own = f'p {{ margin: 0 }}@page {{ @top-left {{ content: "{name}"; }} }}'
        (run / name).write_text(page("a · b", "<p>x</p>", style=own), encoding="utf-8")
    text = single(run)
    assert text.count("p { margin: 0 }") == 1
    assert '@page p0 { @top-left { content: "index.html"; } } #p0 { page: p0; }' in text
    assert '@page p1 { @top-left { content: "1_annual_target.html"; } } #p1 { page: p1; }' in text


def test_the_same_pages_give_the_same_bytes(run):
    assert single(run) == single(run)


# --- of a real run ------------------------------------------------------------------------------


@pytest.fixture
def workbook_with_run(minimal, tmp_path):
    shutil.copytree(minimal, tmp_path / "w")
    return tmp_path / "w"


def test_the_command_writes_one_file_beside_the_runs(workbook_with_run):
    before = command(workbook_with_run, "verify", "minimal/first").stdout
    done = command(workbook_with_run, "report", "minimal/first", "--single-file")
    assert done.returncode == 0, done.stderr
    made = workbook_with_run / "outputs" / "minimal" / "reports" / "minimal-first.html"
    assert "outputs/minimal/reports/minimal-first.html" in done.stdout and " MB" in done.stdout
    text = made.read_text(encoding="utf-8")
    seen = sound(text)
    assert {f"p{number}" for number in range(6)} <= set(seen.ids)
    run = workbook_with_run / "outputs" / "minimal" / "first"
    charts = sum((run / name).read_text(encoding="utf-8").count("<svg ") for name in ["index.html", *pages()])
    assert text.count("<svg ") == charts
    assert command(workbook_with_run, "verify", "minimal/first").stdout == before
    told = command(workbook_with_run, "report", "minimal/first", "--json")
    assert json.loads(told.stdout)["single_file_bytes"] == made.stat().st_size
    assert made.read_text(encoding="utf-8") == text
    assert "first" in command(workbook_with_run, "runs", "minimal").stdout


def pages():
    return [
        page_name(stem)
        for stem in ("annual_target", "seasonal_split", "rep_allocation", "commission", "variance_review")
    ]


def test_a_run_that_is_not_there_is_the_users_fault(workbook_with_run):
    done = command(workbook_with_run, "report", "minimal/none", "--pdf")
    assert done.returncode == 2 and "minimal/none" in done.stderr


def test_run_makes_the_file_too_also_where_nothing_changed(workbook_with_run):
    done = command(workbook_with_run, "run", "params/minimal", "--single-file", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (workbook_with_run / told["single_file"]).is_file() and told["report"].endswith("index.html")


def test_without_a_browser_it_is_said_and_the_report_is_there(workbook_with_run, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    done = command(workbook_with_run, "run", "params/minimal", "--single-file", "--pdf")
    assert done.returncode == 1
    assert "CHROMIUM" in done.stderr and "no-such-browser" in done.stderr and "Traceback" not in done.stderr
    assert "index.html" in done.stdout and "minimal-first.html" in done.stdout
    reports = workbook_with_run / "outputs" / "minimal" / "reports"
    assert [path.name for path in reports.iterdir()] == ["minimal-first.html"]


# --- the browser --------------------------------------------------------------------------------


def fake(folder, script):
    """A program in the browser's place."""
    path = folder / "chromium"
    path.write_text(
        f'#!/bin/sh\nfor word in "$@"; do case $word in --print-to-pdf=*) out=${{word#*=}};; esac; done\n{script}\n'
    )
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def printed(tmp_path, monkeypatch, script, **options):
    monkeypatch.setenv("CHROMIUM", str(fake(tmp_path, script)))
    source = tmp_path / "名 字.html"
    source.write_text("<p>x</p>", encoding="utf-8")
    target = tmp_path / "out" / "a.pdf"
    target.parent.mkdir(exist_ok=True)
    return print_pdf(source, target, **options)


def test_the_browser_is_the_one_named_or_the_first_known(tmp_path, monkeypatch):
    path = fake(tmp_path, "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser() == str(path)
    path.rename(tmp_path / NAMES[3])
    assert browser() == str(tmp_path / NAMES[3])
    monkeypatch.setenv("CHROMIUM", "/no/such")
    with pytest.raises(PrintError, match="not_there"):
        browser()


def test_no_browser_at_all(tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrintError) as caught:
        browser()
    assert caught.value.code == "none" and caught.value.values["setting"] == "CHROMIUM"


def test_what_is_printed_appears_whole_and_nothing_else_stays(tmp_path, monkeypatch):
    size = printed(tmp_path, monkeypatch, 'printf \'%%PDF-1.4 %s\' "$*" > "$out"')
    out = tmp_path / "out"
    assert [path.name for path in out.iterdir()] == ["a.pdf"] and size == (out / "a.pdf").stat().st_size
    words = (out / "a.pdf").read_text(encoding="utf-8")
    assert "MAP * ~NOTFOUND" in words and words.endswith("%E5%90%8D%20%E5%AD%97.html")
    assert ("--no-sandbox" in words) == (os.geteuid() == 0)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param("echo 'cannot open display' >&2; exit 1", "cannot open display", id="it says why"),
        pytest.param("exit 0", "-", id="it says nothing"),
        pytest.param('echo half > "$out"', "-", id="no PDF"),
    ],
)
def test_a_browser_that_does_not_print(tmp_path, monkeypatch, script, said):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.pdf").write_text("%PDF- the one before")
    with pytest.raises(PrintError) as caught:
        printed(tmp_path, monkeypatch, script)
    assert (caught.value.code, caught.value.values["said"]) == ("no_pdf", said)
    assert (tmp_path / "out" / "a.pdf").read_text() == "%PDF- the one before"
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_browser_that_hangs_is_ended_with_all_it_has_started(tmp_path, monkeypatch):
    began = time.monotonic()
    with pytest.raises(PrintError, match="too_long"):
        printed(tmp_path, monkeypatch, f"sleep 300 & echo $! > {tmp_path / 'pid'}; sleep 300", patience=1.5)
    assert time.monotonic() - began < 60
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("a process is left")
    assert not any((tmp_path / "out").iterdir())


def test_a_browser_that_leaves_a_process_behind_does_not(tmp_path, monkeypatch):
    printed(tmp_path, monkeypatch, f'(sleep 300 >&- 2>&- & echo $! > {tmp_path / "pid"}); printf %%PDF-1 > "$out"')
    time.sleep(0.5)
    state = Path(f"/proc/{int((tmp_path / 'pid').read_text())}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_chromium_prints_pages_with_numbers_and_title(run, tmp_path):
    if CHROMIUM is None:
        pytest.skip("no browser to print with")
    page_file, paper = tmp_path / "one.html", tmp_path / "one.pdf"
    write_single_file(run, page_file)
    try:
        print_pdf(page_file, paper)
    except PrintError as error:
        pytest.skip(f"the browser does not print here: {error.values}")
    content = paper.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 3  # each page of the report begins on its own
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", content)  # A4
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("nothing to read a PDF with")
    text = subprocess.run([reader, paper, "-"], capture_output=True, check=True, timeout=60).stdout.decode()
    assert "3/3" in text.replace(" ", "") and text.count('计划 "2027"') == 3
