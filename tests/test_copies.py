"""Copies by audience: who gets one, what stands in it, and that no byte of it is anybody else's."""

import html
import io
import json
import re
import urllib.parse
import zipfile
from collections import defaultdict
from datetime import date

import pandas as pd
import pytest
from markupsafe import escape

from salesplan.copies import write_copies
from salesplan.copies.contents import PAY
from salesplan.copies.ground import Ground
from salesplan.copies.papers import Papers
from salesplan.copies.roster import Names, Roster, roster
from salesplan.report.html import copy_page
from salesplan.tables import outputs
from salesplan.wording import Words

MANIFEST = {"plan": "p", "title": "<Plan> & co", "as_of": date(2027, 3, 31), "headline": [("Target", "1.00")]}
MONTHS = [f"2027-{number:02d}" for number in range(1, 13)]
# A key that is a part of another, a name that is a part of another, signs that HTML and addresses write otherwise.
PEOPLE = {
    "R1": ("王", "一部", "王敏"),
    "R10": ("王敏", "一部", "王敏"),
    "R100": ('<i>"R1" & sons</i>', "二部", "Eve O'Neil"),
    "张 三/李四": ("欧阳100%", "二部", "Eve O'Neil"),
    "R1_": ("", "三部", ""),
    "../R2": ("李雷", "", ""),
}
DEALERS = ("郑州商行", "郑州商行分店", "A&B <store>")


def fen(place, part):
    """An amount nobody else has: of a person, and of a part of his copy."""
    return 1_000_000 + place * 100_003 + part * 1_009


def frames(people=PEOPLE):
    """Output tables with amounts that are each one person's own."""
    found = defaultdict(list)
    everybody = list(people)
    for place, (rep, (name, team, manager)) in enumerate(people.items()):
        who = {"rep": rep, "name": name, "team": team, "manager": manager}
        found["rep_allocation_reps"].append({**who, "quota": fen(place, 0)})
        found["commission_payroll"].append(
            {**who, "month": "2027-03", "plan": "plan", "base_pay": fen(place, 1), "commission": fen(place, 2),
             "payable": fen(place, 3), "amount_paid": fen(place, 4)})  # fmt: skip
        for number, month in enumerate(MONTHS):
            closed = number < 3
            base = {"rep": rep, "month": month, "original": fen(place, 10 + number), "revised": fen(place, 30 + number)}
            found["variance_review_revision_reps"].append(
                {**base, "actual": fen(place, 50 + number) if closed else None}
            )
            if closed:
                found["variance_review"].append(
                    {"rep": rep, "month": month, "target": base["original"], "actual": fen(place, 50 + number),
                     "variance": fen(place, 50 + number) - base["original"], "attainment": 1.0})  # fmt: skip
        found["variance_review_ranking"].append(
            {"rep": rep, "quota": fen(place, 0), "actual": fen(place, 5), "amount_month_quota": fen(place, 6),
             "amount_month_so_far": fen(place, 7)})  # fmt: skip
        found["variance_review_boards"].append(
            {"kind": "ten_day", "period": "2027-04-T1", "start": "2027-04-01", "end": "2027-04-10", "workdays": 6,
             "rep": rep, "amount": fen(place, 8), "visits": 3})  # fmt: skip
        found["variance_review_customers"].append(
            {"customer": f"K{place}", "customer_name": f"客户{rep}店", "rep": rep, "state": "lost", "silent_days": 9,
             "amount_at_stake": fen(place, 9)})  # fmt: skip
        if place:  # of the first nobody knows what to expect
            found["variance_review_landing_members"].append(
                {"dimension": "rep", "member": rep, "expected": fen(place, 71), "probability": 0.5})  # fmt: skip
        other = everybody[place - 1]
        said = {"month": "2027-03", "rep": rep, "code": "price", "owner": manager, "state": "open"}
        for action in (f"自己的事{place}", f"和{people[other][0] or other}一起", f"ask {other}"):
            found["variance_review_measures"].append({**said, "action": action})
    cause = {"month": "2027-03", "code": "price", "amount": -777_700, "note": "谁也不属于的原因"}
    found["variance_review_causes"].append({**cause, "state": "open"})
    found["variance_review_measures"].append({"month": "2027-03", "action": "谁也不属于的措施", "state": "open"})
    for place, dealer in enumerate(DEALERS):
        found["rep_allocation_dealers"].append({"dealer": dealer, "rep": "R1", "amount": fen(place, 70), "sell_out": 7})
    return found


def page(owner, text):
    return f'<html><head><meta name="owner" content="{html.escape(owner)}"></head><body>{text}</body></html>'


def made(folder, people=PEOPLE, *, pay=False, language="zh"):
    """The copies of a run that holds these tables and a letter and a statement for everybody."""
    for name, rows in frames(people).items():
        frame = outputs.empty(name)
        rows = pd.DataFrame(rows)
        rows = rows.reindex(columns=[*frame.columns, *(one for one in rows if one not in frame)])
        money = [one for one in rows if outputs.kind_of(name, one) == "money"]
        text = outputs.csv_bytes(rows.astype(dict.fromkeys(money, "Int64")), name)
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        (folder / "tables" / f"{name}.csv").write_bytes(text)
    for place, rep in enumerate(people):
        for at, part in (("letters/reps", 80), ("statements/2027-03", 81)):
            (folder / at).mkdir(parents=True, exist_ok=True)
            # Numbered the other way round: whose a page is says the page, not its number.
            amount = f"{fen(place, part) / 100:,.2f} {html.escape(rep)}"
            (folder / at / f"{len(people) - place:04d}.html").write_text(page(rep, amount), encoding="utf-8")
    (folder / "letters" / "dealers").mkdir()
    for place, dealer in enumerate(DEALERS):
        text = page(dealer, f"{fen(place, 82) / 100:,.2f} 王")
        (folder / "letters" / "dealers" / f"{place + 1:04d}.html").write_text(text, encoding="utf-8")
    write_copies(folder, MANIFEST, Words(language, "万元" if language == "zh" else "thousand"), pay)
    return folder / "copies"


NUMBER = re.compile(r"\d[\d,.]*\d")

# --- what is looked for, and where --------------------------------------------------------------


def texts_of(content):
    """Everything a file says: as it is, as HTML and addresses mean it, and what is packed in it."""
    if content[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (text for name in packed.namelist() for text in texts_of(packed.read(name)))
        return
    text = content.decode("utf-8", "replace")
    text = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
    for plain in (
        text,
        html.unescape(text),
        urllib.parse.unquote(text),
        urllib.parse.unquote_plus(html.unescape(text)),
    ):
        yield plain
        yield re.sub(r"<[^>]*>", "", plain)


def holds(text, name):
    """Whether a text names somebody, not as a part of another word."""
    left = r"(?<![A-Za-z0-9_])" if name[0].isascii() else ""
    right = r"(?![A-Za-z0-9_])" if name[-1].isascii() else ""
    return name in text and bool(re.search(left + re.escape(name) + right, text))


def leaks(folder, own, others):
    """Traces of others in the files of a copy; what is the reader's own is taken out first, the longest first."""
    found = []
    own = {form for name in own for form in (name, html.escape(name), str(escape(name)), re.sub(r"<[^>]*>", "", name))}
    names = {trace for trace in others if trace.strip() and not NUMBER.fullmatch(trace)}
    for path in sorted(folder.rglob("*")):
        for text in texts_of(path.read_bytes()) if path.is_file() else ():
            found += [(path.name, number) for number in (set(NUMBER.findall(text)) - own) & others]
            for name in sorted(own - {""}, key=len, reverse=True):
                text = text.replace(name, "\0") if name in text else text
            found += [(path.name, name) for name in names if holds(text, name)]
    return found


def amounts(place, parts=range(83)):
    """A person's amounts as pages and as tables write them."""
    numbers = [fen(place, part) / 100 for part in parts]
    return {f"{number:,.2f}" for number in numbers} | {f"{number:.2f}" for number in numbers}


def traces(rep):
    place = list(PEOPLE).index(rep)
    return {rep, PEOPLE[rep][0], f"客户{rep}店", f"K{place}", f"自己的事{place}", *amounts(place)}


def copy_of(copies, whose, audience):
    """The folder that the list of whoever hands them out names for somebody."""
    text = (copies / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr><td><a href="([^"]*)/index.html">.*?</a></td><td>(.*?)</td>', text)
    return {html.unescape(name): copies / place for place, name in rows if place.startswith(audience)}[whose]


def test_the_search_finds_what_is_hidden(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/sharedStrings.xml", "<t>王敏</t>")
    for number, content in enumerate(("&#29579;&#25935;", "%E7%8E%8B%E6%95%8F", "<b>王</b>敏")):
        (tmp_path / f"{number}.html").write_text(content, encoding="utf-8")
    (tmp_path / "a.xlsx").write_bytes(packed.getvalue())
    (tmp_path / "own.html").write_text("王敏", encoding="utf-8")
    assert {name for name, _ in leaks(tmp_path, set(), {"王敏"})} == {
        "0.html", "1.html", "2.html", "a.xlsx", "own.html"
    }  # fmt: skip
    assert "own.html" not in {name for name, _ in leaks(tmp_path, {"王敏"}, {"王"})}


# --- nothing of others --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rep_holds_nothing_of_anybody_else(tmp_path, language):
    copies = made(tmp_path, language=language)
    for rep, (name, _, manager) in PEOPLE.items():
        folder = copy_of(copies, name or rep, "reps")
        own = traces(rep) | {manager}
        others = set().union(*(traces(one) for one in PEOPLE if one != rep), DEALERS) - own
        assert not leaks(folder, own, others), rep
        text = (folder / "index.html").read_text(encoding="utf-8")
        assert f"{fen(list(PEOPLE).index(rep), 10) / 100:,.2f}" in text
        assert f"自己的事{list(PEOPLE).index(rep)}" in text  # the measures that name a colleague are left out
        assert html.escape(rep) in (folder / "letter.html").read_text(encoding="utf-8")


def test_a_manager_holds_his_team_and_no_pay(tmp_path):
    copies = made(tmp_path)
    for manager, team in roster(read(tmp_path, "rep_allocation_reps"), pd.DataFrame({"dealer": []})).managers.items():
        folder = copy_of(copies, manager, "managers")
        own = {manager}.union(*(traces(rep) for rep in team))
        others = set().union(*(traces(one) for one in PEOPLE if one not in team), DEALERS) - own
        assert not leaks(folder, own, others), manager
        pay = set().union(*(amounts(list(PEOPLE).index(rep), (1, 2, 3, 4, 81)) for rep in team))
        assert not leaks(folder, set(), pay)
        assert len(list(folder.glob("letter_*.html"))) == len(team)


def test_pay_of_the_team_is_there_where_the_plan_says_so(tmp_path):
    folder = made(tmp_path, pay=True) / "managers" / "0001"
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f"{fen(place, 3) / 100:,.2f}" in text for place in (0, 1))
    assert len(list(folder.glob("statement_*.html"))) == 2
    outside = set().union(*(amounts(place) for place in range(2, len(PEOPLE))))
    assert not leaks(folder, amounts(0) | amounts(1), outside - amounts(0) - amounts(1))


def test_a_dealer_holds_nothing_of_other_dealers_and_of_reps(tmp_path):
    copies = made(tmp_path)
    for place, dealer in enumerate(DEALERS):
        folder = copy_of(copies, dealer, "dealers")
        own = {dealer, "王", *amounts(place, (70, 82))}
        others = (set(DEALERS) | set().union(*(traces(rep) for rep in PEOPLE))) - own
        others |= {text for other in range(3) if other != place for text in amounts(other, (70, 82))}
        assert not leaks(folder, own, others), dealer
        assert f"{fen(place, 70) / 100:,.2f}" in (folder / "index.html").read_text(encoding="utf-8")


def test_the_general_manager_reads_of_everybody(tmp_path):
    text = (made(tmp_path) / "general_manager" / "index.html").read_text(encoding="utf-8")
    assert all(escape(name or rep) in text for rep, (name, *_) in PEOPLE.items())
    assert f"{fen(0, 3) / 100:,.2f}" in text and "1.00" in text


def test_the_general_manager_reads_of_what_names_no_rep(tmp_path):
    copies = made(tmp_path)
    text = (copies / "general_manager" / "index.html").read_text(encoding="utf-8")
    assert "谁也不属于的原因" in text and "-7,777.00" in text and "谁也不属于的措施" in text
    others = [path.read_text(encoding="utf-8") for path in copies.glob("*/*/*.html")]
    assert others and not any("谁也不属于" in text for text in others)


def test_an_expected_year_says_of_how_many_it_is(tmp_path):
    copies = made(tmp_path)
    text = (copy_of(copies, "王敏", "managers") / "index.html").read_text(encoding="utf-8")
    assert "预计全年（2 人中 1 人的合计）" in text
    assert "预计全年（2" not in (copy_of(copies, "Eve O'Neil", "managers") / "index.html").read_text(encoding="utf-8")
    whole = (copies / "general_manager" / "index.html").read_text(encoding="utf-8")
    assert not {f"{sum(fen(place, 71) for place in range(1, 6)) / 100:,.2f}"} & set(NUMBER.findall(whole))
    assert f"{fen(1, 71) / 100:,.2f}" in whole


def read(run, name):
    return outputs.read(run / "tables" / f"{name}.csv", name)


# --- the files ----------------------------------------------------------------------------------


def test_every_link_leads_within_the_copy(tmp_path):
    copies = made(tmp_path)
    for path in copies.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for address in re.findall(r'(?:href|src)="([^"]*)"', text):
            if path == copies / "index.html" and address == "../index.html":
                continue
            assert (path.parent / address).is_file() and ".." not in address, (path, address)
        if path.name == "index.html":
            assert "default-src 'none'" in html.unescape(text) and "<script" not in text


def test_the_same_run_gives_the_same_bytes(tmp_path):
    one, other = made(tmp_path / "a"), made(tmp_path / "b")
    found = [
        {path.relative_to(copies): path.read_bytes() for path in copies.rglob("*.html")} for copies in (one, other)
    ]
    assert found[0] == found[1] and len(found[0]) > 20


def test_names_are_text(tmp_path):
    for path in made(tmp_path).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<i>" not in text and "<Plan>" not in text and "<store>" not in text


def test_links_out_of_a_copy_are_text(tmp_path):
    source, target = tmp_path / "a.html", tmp_path / "b.html"
    source.write_text(
        '<a href="../../explained/0001.html">explained/0001.html</a> <a href="x.html">all</a>', encoding="utf-8"
    )
    copy_page(source, target, {"../../explained/0001.html": "explained.html"})
    assert target.read_text(encoding="utf-8") == '<a href="explained.html">explained.html</a> all'


def test_a_page_without_an_owner_or_with_a_double_is_nobodys(tmp_path):
    folder = tmp_path / "letters" / "reps"
    folder.mkdir(parents=True)
    for number, text in enumerate(("<p>nobody's</p>", page("A", "1"), page("A", "2"), page("B", "3"))):
        (folder / f"{number:04d}.html").write_text(text, encoding="utf-8")
    assert set(Papers(tmp_path, ["A", "B"]).letters) == {"B"}


# --- who ----------------------------------------------------------------------------------------


def test_managers_lead_their_reps_and_teams_stand_in_for_them():
    reps = pd.DataFrame(
        [("a", "A", "t", "M"), ("b", None, "t", ""), ("c", "A", "u", "M"), ("d", "", "", None)],
        columns=["rep", "name", "team", "manager"],
    )
    found = roster(reps, pd.DataFrame({"dealer": []}))
    assert found.managers == {"M": ("a", "c"), "t": ("b",)}
    assert found.names == {"a": "A a", "b": "b", "c": "A c", "d": "d"}
    assert Roster((), ()).managers == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("王敏去拜访", False, id="own name, of which another is a part"),
        pytest.param("王敏和王一起", True, id="both"),
        pytest.param("R1 helps", True, id="a key"),
        pytest.param("R10 alone", False, id="own key, of which another is a part"),
    ],
)
def test_texts_that_name_others(text, named):
    assert Names({"R1", "王", "R10", "王敏", ""}).strangers(text, {"R10", "王敏"}) == named


def test_without_reps_there_is_the_company_alone(tmp_path):
    (tmp_path / "tables").mkdir()
    write_copies(tmp_path, MANIFEST, Words("en", "thousand"), False)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")} == {
        "copies/index.html",
        "copies/general_manager/index.html",
    }


def test_more_than_a_thousand_reps_are_listed_where_they_lie(tmp_path, monkeypatch):
    monkeypatch.setattr("salesplan.copies.writing.MOST_REPS", 5)
    copies = made(tmp_path)
    assert not (copies / "reps").exists() and len(list((copies / "managers").glob("*"))) == 3
    assert "letters/reps" in (copies / "index.html").read_text(encoding="utf-8")


# --- in a run -----------------------------------------------------------------------------------


def test_the_demo_run_keeps_copies_of_everybody(demo):
    run = demo / "outputs" / "henan-2027" / "first"
    files = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = {path.relative_to(run).as_posix() for path in (run / "copies").rglob("*") if path.is_file()}
    assert there == {name for name in files if name.startswith("copies/")}
    assert 'href="copies/index.html"' in (run / "index.html").read_text(encoding="utf-8")
    reps = read(run, "rep_allocation_reps")
    for number in range(1, len(reps) + 1):
        names = {path.name for path in (run / "copies" / "reps" / f"{number:04d}").iterdir()}
        assert names == {"index.html", "letter.html", "statement.html", "explained.html"}


def money_of(run):
    """Amounts of reps in a run as pages write them, by rep; those of several people or the company are none's."""
    owners = defaultdict(set)
    company = set()
    for path in (run / "tables").glob("*.csv"):
        frame = outputs.read(path, path.stem)
        money = [name for name in frame if outputs.kind_of(path.stem, name) == "money"]
        for name in money:
            # Small amounts, and round ones such as the bounds of the plan, may be anybody's.
            known = frame[frame[name].notna() & (frame[name].abs() > 100_000) & (frame[name] % 100_000 != 0)]
            if "rep" not in frame:
                company |= {abs(int(value)) for value in known[name]}
                continue
            for rep, value in zip(known["rep"], known[name], strict=True):
                owners[abs(int(value))].add(rep)
    found = defaultdict(set)
    for value, reps in owners.items():
        if len(reps) == 1 and value not in company:
            found[next(iter(reps))].add(f"{value / 100:,.2f}")
    return found


def test_no_byte_of_a_demo_copy_is_anybody_elses(demo):
    run = demo / "outputs" / "henan-2027" / "first"
    reps, money = read(run, "rep_allocation_reps"), money_of(run)
    names = dict(zip(reps["rep"], reps["name"], strict=True))
    assert all(len(money[rep]) > 50 for rep in names)
    for number, rep in enumerate(names, 1):
        own = {rep, names[rep]}
        others = set().union(*({one, names[one], *money[one]} for one in names if one != rep))
        assert not leaks(run / "copies" / "reps" / f"{number:04d}", own, others), rep
    for number, (_, team) in enumerate(reps.groupby("manager", sort=False), 1):
        outside = [rep for rep in names if rep not in set(team["rep"])]
        others = set().union(*({one, names[one], *money[one]} for one in outside))
        assert not leaks(run / "copies" / "managers" / f"{number:04d}", set(), others), number


def test_no_byte_of_a_demo_dealers_copy_is_anybody_elses(demo):
    run = demo / "outputs" / "henan-2027" / "first"
    dealers, reps = read(run, "rep_allocation_dealers"), read(run, "rep_allocation_reps")
    names = dict(zip(reps["rep"], reps["name"], strict=True))
    for number, (dealer, contact) in enumerate(zip(dealers["dealer"], dealers["rep"].fillna(""), strict=True), 1):
        own = {dealer, names.get(contact, contact)}
        others = {*dealers["dealer"], *names, *names.values()} - own
        assert not leaks(run / "copies" / "dealers" / f"{number:04d}", own, others), dealer


# --- sums and notes ------------------------------------------------------------------------------


def ground_of(folder):
    made(folder)
    return Ground(folder, Words("zh", "万元"))


def test_below_the_months_stand_the_closed_ones_and_the_year_each_with_what_belongs_to_it(tmp_path):
    ground = ground_of(tmp_path)
    course = pd.DataFrame(
        {"rep": "R1", "month": ["2027-01", "2027-02"], "original": [100, 300], "actual": pd.array([80, None], "Int64"),
         "variance": pd.array([-20, None], "Int64"), "attainment": [0.8, None], "revised": [80, 310]}
    )  # fmt: skip
    closed, year = ground.year(course).tail(2).to_dict("records")
    assert (closed["original"], closed["actual"], closed["variance"], closed["attainment"]) == (100, 80, -20, 0.8)
    assert (year["original"], year["revised"]) == (400, 390)
    assert pd.isna([closed["revised"], year["actual"], year["variance"], year["attainment"]]).all()
    assert "比它少 0.10 元" in ground.revised_note(course)
    assert ground.revised_note(course.assign(revised=400)) == ""


def test_what_is_of_no_rep_goes_to_whoever_is_to_see_to_it(tmp_path):
    ground = ground_of(tmp_path)
    measures = ground.table("variance_review_measures")
    row = {"month": "2027-03", "action": "x", "state": "open", "rep": "", "owner": "王敏"}
    ground._tables["variance_review_measures"] = pd.concat([measures, pd.DataFrame([row])], ignore_index=True)
    assert "x" in set(ground.of_team("variance_review_measures", ["R1"], owner="王敏")["action"])
    assert "x" not in set(ground.of_team("variance_review_measures", ["R100"], owner="Eve O'Neil")["action"])


def test_the_parts_of_pay_sum_to_what_is_payable():
    parts = PAY[PAY.index("base_pay") : PAY.index("payable")]
    assert set(parts) == {"base_pay", "commission", "amount_contests", "amount_adjustments", "amount_advance",
                          "deductions"}  # fmt: skip
