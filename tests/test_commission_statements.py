"""Statements of pay: every table adds up, nobody reads of anybody else, each amount can be followed, on paper too."""

import hashlib
import json
import re
import shutil
import subprocess
import time
from decimal import Decimal
from pathlib import Path

import pandas as pd
import paper_cases as cases
import pytest
from commission_worlds import World
from test_commission_by_hand import GROUPS, PLAIN

from salesplan.commission import papers
from salesplan.commission.calculate import worked_out
from salesplan.commission.papers.moves import held
from salesplan.commission.papers.reached import reached
from salesplan.conclusions.commission import sentences
from salesplan.conclusions.commission.disputes import questions
from salesplan.conclusions.commission.statement import Contents
from salesplan.conclusions.commission.statement_rows import amount
from salesplan.errors import IdentityError
from salesplan.identities import commission_papers
from salesplan.report.statements import write_statements
from salesplan.tables import outputs
from salesplan.wording import Words

HEAD = {"title": "<plan>", "run": "first", "days": "days", "tax": "tax"}
CHROMIUM = shutil.which("chromium")


def made(names=cases.NAMES, disputes=None, rules=None):
    return papers.prepare(cases.result(names), cases.ledger(names), cases.year(), rules or cases.rules(), disputes)


def words(language="en"):
    return Words(language, "one" if language == "en" else "元", "CNY")


def pages(found, language="en"):
    contents = Contents(words(language), found.statements, cases.rules().plans)
    return {person["rep"]: contents.page(person) for person in found.statements.people.to_dict("records")}


def fen(text):
    return int(Decimal(text.replace(",", "")) * 100)


# ---------------------------------------------------------------- sums


def test_every_table_of_a_page_adds_up_to_its_sum():
    found = made()
    people = found.statements.people.set_index("rep")
    for rep, page in pages(found).items():
        own = people.loc[rep]
        assert sum(fen(subtotal) for _, subtotal, _ in page["groups"]) == own["earned"]
        for _, subtotal, rows in page["groups"]:
            assert sum(fen(row["amount"]) for row in rows if not row["head"]) == fen(subtotal)
        for name, total in (
            ("released", "released"),
            ("held", "held"),
            ("taken", "clawback"),
            ("base_pay", "base_pay"),
        ):
            assert sum(fen(row["amount"]) for row in page[name]) == own[total]
        amounts = [fen(text) for _, text, *_ in page["sums"]]
        assert sum(amounts[:-2]) == amounts[-2] == own["payable"]
        assert fen(page["paid"]) == own["amount_paid"]


def test_orders_stand_above_their_lines_with_their_sum():
    title, _, rows = pages(made())["B2"]["groups"][0]
    assert title == "Orders of this month"
    assert [row["head"] for row in rows] == ["B2-201 \u00b7 2027-02-03 \u00b7 KB2", "", ""]
    assert [fen(row["amount"]) for row in rows] == [4_800, 2_400, 2_400]


def test_a_reader_with_a_calculator_gets_the_printed_amount():
    for page in pages(made()).values():
        for row in (row for _, _, rows in page["groups"] for row in rows if row.get("how")):
            base, rate = re.fullmatch(r"(\S+) × (\S+)%", row["how"]).groups()
            assert Decimal(base.replace(",", "")) * Decimal(rate) / 100 == Decimal(row["amount"].replace(",", ""))
        for row in page["released"]:
            signs = re.search(r"([\d,.]+) earned to date × ([\d,.]+) paid ÷ ([\d,.]+) due - ([\d,.]+)", row["how"])
            if signs:
                earned, paid, due, before = (Decimal(text.replace(",", "")) for text in signs.groups())
                assert earned * paid / due - before == Decimal(row["amount"].replace(",", ""))


def test_held_moves_from_month_to_month():
    numbers = re.findall(r"-?[\d,]+\.\d\d", pages(made())["A1"]["holding"])
    before, earned, released, back, after = (fen(text) for text in numbers)
    assert before + earned - released + back == after == 1_440


@pytest.mark.parametrize("name", ["lines", "releases", "orders", "base_pay"])
def test_what_does_not_add_up_is_never_printed(name):
    found = cases.result()
    parts = vars(found) | {name: getattr(found, name).iloc[:-1]}
    column = {"lines": "amount", "orders": "held", "base_pay": "amount", "releases": "released"}[name]
    assert getattr(found, name)[column].iloc[-1] != 0
    with pytest.raises(IdentityError, match="statement_"):
        papers.statements(type(found)(**parts), cases.ledger(), cases.year(), cases.rules(), papers.register(
            None, None, found.lines, None))  # fmt: skip


def test_row_order_changes_nothing():
    found = cases.result()  # lines and components stand in the order in which they count
    parts = {name: part.sample(frac=1, random_state=3) for name, part in vars(found).items()}
    mixed = type(found)(**parts | {"lines": found.lines, "base_pay": found.base_pay})
    again = papers.prepare(mixed, cases.ledger(), cases.year(), cases.rules(), None)
    assert pages(again) == pages(made())


# ---------------------------------------------------------------- what it says


def test_the_head_says_how_far_the_rep_has_come():
    page = pages(made())["A1"]
    assert page["standing"] == [
        "Jan 2027 to Mar 2027, counted as orders: 2,000.00 CNY ÷ quota 2,700.00 CNY = attainment 74.07%."
    ]
    assert [row[3] for row in page["ladder"]] == ["reached", "not reached"]
    assert page["next"] == "700.00 CNY more reaches the next tier (from 100% attainment, 3%)."


def test_a_release_names_the_payment_behind_it():
    by_order = {row["order"]: row for row in pages(made())["B2"]["released"]}
    assert by_order["B2-201"]["why"] == "the customer paid 800.00 on 2027-02-25"
    assert by_order["(no order number)"]["why"] == "paid at once"


def test_what_is_held_says_what_the_customer_owes():
    row = pages(made())["A1"]["held"][0]
    assert (row["amount"], row["state"]) == ("14.40", "400.00 paid of 1,000.00")
    assert row["why"] == "the customer still owes 600.00; released when it comes in"


def test_what_is_taken_back_names_its_rule():
    assert [row["why"] for row in pages(made())["A1"]["taken"]] == [words().code("rule", "return")]


def by_hand(fen):
    """Papers of a result in which A1's adjustment by hand is another amount, all of it taken back."""
    result, ledger = cases.result(), cases.ledger()
    lines, releases, table = result.lines, result.releases, result.table
    own = (lines["rep"] == "A1") & (lines["rule"] == "adjustment")
    moved = (releases["rep"] == "A1") & (releases["order"] == "")
    now = (table["rep"] == "A1") & (table["month"] == cases.NOW)
    result.lines = lines.assign(amount=lines["amount"].mask(own, fen))
    result.releases = releases.assign(
        earned=releases["earned"].mask(moved, fen),
        released=releases["released"].mask(moved, 0),
        clawback=releases["clawback"].mask(moved, fen),
    )
    moves = {"earned": fen - 500, "released": -500, "clawback": fen, "payable": fen - 500, "amount_paid": fen - 500}
    result.table = table.assign(**{name: table[name] + now * more for name, more in moves.items()})
    given = pd.DataFrame(
        {"rep": ["A1"], "month": [cases.NOW], "amount": [fen], "reason": ["note of A1"], "approved_by": ["Chen"]}
    )
    ledger = type(ledger)(**{**vars(ledger), "adjustments": given})
    return result, papers.prepare(result, ledger, cases.year(), cases.rules(), None)


def test_what_is_taken_by_hand_says_so_with_reason_and_approver():
    page = pages(by_hand(-20_000)[1])["A1"]
    row = next(row for row in page["taken"] if row["amount"] == "-200.00")
    name = words().code("rule", "adjustment")
    assert (row["order"], row["how"]) == (name, "")
    assert row["why"] == f"{name}; note of A1; approved by Chen"
    earned = [line for _, _, lines in page["groups"] for line in lines if line.get("what") == name]
    assert [line["note"] for line in earned] == ["note of A1; approved by Chen"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_adjustments_are_not_counted_as_returns(language):
    result, _ = by_hand(-20_000)
    told, said = words(language), sentences(words(language), result=result)
    returned = int(cases.result().table["clawback"].sum())
    assert told("commission.adjusted_down", amount=told.money(20_000)) in said
    assert told("commission.clawed_back", amount=told.money(-returned)) in said


@pytest.mark.parametrize(
    ("reason", "key"),
    [("unpaid", "payment"), ("month_open", "payment"), ("holdback", "holdback"), ("not_invoiced", "not_invoiced"),
     ("", "other")],
)  # fmt: skip
def test_the_conclusion_says_what_held_money_waits_for(reason, key):
    result = cases.result()
    result.orders = result.orders.assign(reason=reason)
    told = words()
    part = told(f"commission.held_waits_{key}", amount=told.money(int(result.orders["held"].sum())))
    assert any(f"is held: {part}." in text for text in sentences(told, result=result))


def test_a_correction_of_base_pay_prints_no_formula():
    result = cases.result()
    result.base_pay = result.base_pay.assign(of_month="2027-01")
    rows = pages(papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None))["A1"]["base_pay"]
    assert rows and {(row["how"], row["score"], row["note"]) for row in rows} == {("", "", "correction of Jan 2027")}


def test_a_correction_names_its_month_and_reason():
    groups = {title: rows for title, _, rows in pages(made())["C3"]["groups"]}
    row = groups["Corrections of closed months"][-1]
    assert row["note"] == "belongs to Jan 2027; why C3"
    assert "by hand, with reason" in " ".join(pages(made())["C3"]["legend"])


def test_every_rule_is_explained_in_both_languages():
    rules = "tier rate extra per_unit new_product curve override return cap cap_order minimum late bad_debt forfeited"
    for rule in [*rules.split(), "inherited", "adjustment", "contest", "correction"]:
        for language in ("zh", "en"):
            assert words(language)(f"statement.means_{rule}")
            assert words(language).code("rule", rule) != rule or language == "en"


def waiting(reason, until="", **plan):
    orders = cases.result().orders.assign(reason=reason, until=until)
    terms = cases.rules(**plan)
    plans = {one.name: one for one in terms.plans}
    whose = pd.Series("standard", index=list(cases.NAMES))
    return held(orders, plans, whose, cases.year()).query("rep == 'A1'").iloc[0]


def test_the_next_milestone_is_what_is_missing():
    steps = [{"paid": Decimal("0.3")}, {"paid": Decimal("0.555")}, {"paid": Decimal(1)}]
    assert waiting("milestone", release="milestones", milestones=steps)["missing"] == 55_500 - 40_000
    assert waiting("unpaid")["missing"] == 60_000


def test_open_orders_of_the_month_are_counted():
    assert waiting("month_open", release="month_full")["others"] == 1


@pytest.mark.parametrize(
    ("reason", "until", "text"),
    [
        ("holdback", "2027-12", "held back until Dec 2027"),
        ("holdback", "", "held back until it is due"),
        ("month_open", "", "1 orders of Feb 2027 are not fully paid"),
        ("not_invoiced", "", "not invoiced yet"),
        ("", "", "condition is not met"),
    ],
)
def test_each_reason_to_wait_has_its_words(reason, until, text):
    result = cases.result()
    result.orders = result.orders.assign(reason=reason, until=until)
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    assert text in pages(found)["A1"]["held"][0]["why"]


# ---------------------------------------------------------------- how far


def standing(table=None, ledger=None, year=None, **plan):
    terms = cases.rules(**plan)
    found = cases.result().table if table is None else table
    return reached(found, pd.DataFrame(), ledger or cases.ledger(), year or cases.year(), terms)


def test_year_to_date_asks_for_the_quota_to_date():
    row = standing(period="ytd").standing.iloc[0]
    assert (row["quota"], row["measure"], row["last"]) == (180_000, 200_000, "2027-02")


def test_the_period_before_picks_the_tier():
    first = standing(measure_period="previous", semantics="whole").standing.iloc[0]
    assert (first["quota"], first["last"]) == (0, "")
    month = standing(measure_period="previous", semantics="whole", period="month").standing.iloc[0]
    assert (month["quota"], month["measure"], month["last"]) == (90_000, 100_000, "2027-01")


def test_a_ramp_shuts_the_tiers_from_full_quota_on():
    ramp = pd.DataFrame({"rep": ["A1"], "month": ["2027-01"]})
    found = standing(ledger=cases.ledger(ramping=ramp))
    assert found.ladder.query("rep == 'A1'")["state"].tolist() == ["reached", "shut"]
    assert found.ladder.query("rep == 'B2'")["state"].tolist() == ["reached", "open"]


def test_a_gate_puts_the_accelerator_off():
    found = standing(period="month", gate={"attainment": Decimal(1), "over": "quarter"})
    row = found.ladder.query("rep == 'A1'").iloc[1]
    assert (row["begins"], row["needed"], row["state"]) == (3 * 90_000 - 100_000, 70_000, "open")


def test_amounts_begin_where_the_plan_says():
    tiers = [{"from": Decimal(0), "rate": Decimal("0.01")}, {"from": Decimal(1500), "rate": Decimal("0.02")}]
    row = standing(measure="amount", tiers=tiers).ladder.query("rep == 'A1'").iloc[1]
    assert (row["begins"], row["state"], pd.isna(row["needed"])) == (150_000, "reached", True)


def test_without_a_quota_only_the_lowest_tier_is_open():
    ledger = cases.ledger()
    bare = type(ledger)(**{**vars(ledger), "quotas": ledger.quotas.assign(amount=0)})
    assert standing(ledger=bare).ladder["state"].tolist() == ["reached", "shut"] * len(cases.NAMES)


def test_rates_by_grade_are_the_reps_own():
    tiers = [{"from": Decimal(0), "rate": Decimal("0.01"), "rates": {"senior": Decimal("0.015")}}]
    ledger = cases.ledger()
    graded = type(ledger)(**{**vars(ledger), "reps": ledger.reps.assign(grade=["senior", "x", "x", "x"])})
    assert standing(ledger=graded, tiers=tiers, rates_by="grade").ladder["pays"].tolist() == [0.015, 0.01, 0.01, 0.01]


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_random_plans_add_up(seed):
    world = World(seed, 12, PLAIN.union(*GROUPS))
    ledger, year, rules = world.ledger(), world.year(), world.rules()
    result = worked_out(ledger, year, rules)
    found = papers.prepare(result, ledger, year, rules, None)  # raises where a page would not add up
    tables = {
        "commission": result.table,
        "commission_payroll": found.payroll,
        "commission_performance": found.performance,
    }
    assert list(commission_papers.breaches(tables)) == []
    for language in ("zh", "en"):
        for person, page in Contents(words(language), found.statements, rules.plans).pages():
            assert fen(page["sums"][-1][1]) == person["amount_paid"]
            told = [fen(line["amount"]) for _, _, lines in page["groups"] for line in lines if not line["head"]]
            assert sum(told) == person["earned"]


def test_the_least_wage_says_what_is_carried_on():
    result = cases.result()
    result.table = result.table.assign(amount_carried=-400_000, amount_paid=200_000)
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    _, paid, why, total = pages(found)["A1"]["sums"][-1]
    own = found.statements.people.iloc[0]
    rest = 200_000 - own["payable"] + 400_000
    assert (paid, total) == ("2,000.00", True) and amount(rest) in why


def test_the_draw_is_followed_from_balance_to_balance():
    result = cases.result()
    last = result.table["month"] == cases.NOW
    table = result.table.assign(amount_owed=100, draw=0, amount_granted=0, amount_forgiven=0)
    result.table = table.assign(
        draw=last * 700, payable=table["payable"] + last * 700, amount_granted=last * 300, amount_forgiven=last * 100,
        amount_owed=100 + last * 300,
    )  # fmt: skip
    found = papers.prepare(result, cases.ledger(), cases.year(), cases.rules(), None)
    signs = [fen(text) for text in re.findall(r"[\d,]+\.\d\d", pages(found)["A1"]["draw"])]
    before, draw, granted, forgiven, after = signs
    assert before + draw - granted - forgiven == after == 400


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


# ---------------------------------------------------------------- questions


def register(*rows, lines=None, adjustments=None, review=None):
    told = cases.result().lines if lines is None else lines
    return papers.register(cases.asked(*rows), adjustments, told, review or cases.year().as_of)


def test_open_questions_come_first_with_their_days():
    found = register(("1", "A1", "answered", {}), ("2", "A1", "open", {}), ("3", "B2", None, {"date": "2027-02-01"}))
    assert found["number"].tolist() == ["3", "2", "1"]
    assert found["open_days"].tolist()[:2] == [27, 10] and pd.isna(found["open_days"].iloc[2])


def test_corrections_are_found_by_number_and_by_closed_month():
    adjustments = pd.DataFrame({"dispute": ["1", "1", None], "amount": [300, 200, 7]})
    found = register(
        ("1", "A1", "corrected", {"correction": 500}), ("2", "B2", "corrected", {"month": "2027-01"}),
        ("3", "C3", "corrected", {"month": "2027-01", "order": "C3-101", "correction": 99}),
        ("4", "D4", "corrected", {}), ("5", "A1", "withdrawn", {}), adjustments=adjustments,
    ).set_index("number")  # fmt: skip
    assert found["amount_corrected"].to_dict() == {"1": 500, "2": 20, "3": 20, "4": 0, "5": 0}
    assert found["finding"].to_dict() == {"1": "", "2": "", "3": "differs", "4": "not_corrected", "5": ""}


def test_a_question_answered_by_a_booking_is_not_left_open():
    adjustments = pd.DataFrame({"dispute": ["1"], "amount": [300]})
    assert register(("1", "A1", "open", {}), adjustments=adjustments)["finding"].tolist() == ["still_open"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_manager_reads_what_does_not_fit(language):
    found = register(("N1", "A1", "open", {}), ("N2", "A1", "corrected", {}))
    said = questions(words(language), register=found)
    assert len(said) == 3 and "N1" in said[1] and "N2" in said[2]
    assert len(questions(words(language), register=found.head(0))) == 1


def test_no_register_is_an_empty_table():
    assert papers.register(None, None, cases.result().lines, None).empty


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
