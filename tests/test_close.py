"""`salesplan close` and `reopen`: a month's pay is final, and what changes afterwards needs a reason."""

import json
import re
import shutil
from collections import Counter
from datetime import date
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from injection import KILLED, OPENING, WRITING, Faults, in_child, injected
from workbooks import command, copy_workbook, heavy_after, made_once, without_charts

from salesplan import archive, inputs
from salesplan.closing import record
from salesplan.closing.close import _incomplete, _Plan, close, reopen
from salesplan.closing.rows import row_difference, rows_of, span_of
from salesplan.errors import PlanError
from salesplan.params import load
from salesplan.report.listing import write_listing
from salesplan.signing import Asked, sign
from salesplan.tables import Checked
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message
from salesplan.workbook import open_step

PLAN = """\
title: Shop
fiscal_year: 2027
language: en
display_unit: one
inputs: {sales: data/sales.csv, reps: data/reps.csv, collections: data/collections.csv, scores: data/scores.csv}
approvals: {commission: [hr, cfo]}
"""
COMMISSION = """\
plans:
  - name: standard
    basis: collected
    release: proportional
    tiers: [{from: 0, rate: 0.02}, {from: 1, rate: 0.03}]
    base_pay: {components: {sales: 0.6, care: 0.4}}
"""
SALES = """\
date,amount,order,customer,product,rep,invoice_date
2024-05-10,90000,H1,C1,P,R1,2024-05-12
2025-05-10,95000,H2,C1,P,R1,2025-05-12
2026-05-10,99000,H3,C2,P,R2,2026-05-12
2027-01-05,6000,A1,C1,P,R1,2027-01-08
2027-01-12,4000,A2,C2,P,R2,
2027-01-20,3000,A3,C1,P,R1,2027-01-25
2027-02-08,5000,B1,C1,P,R1,2027-02-10
2027-02-26,2000,B2,C2,P,R2,2027-02-27
"""
REPS = "rep,start,end,base_pay\nR1,2020-01-01,,3000\nR2,2020-01-01,,3000\n"
COLLECTIONS = "date,amount,order,customer\n2027-01-28,6000,A1,C1\n2027-02-15,4000,A2,C2\n2027-02-20,3000,A3,C1\n"
SCORES = "month,rep,component,actual,standard\n2027-01,R1,care,8,10\n2027-01,R2,care,10,10\n2027-02,R1,care,10,10\n"
DATA = {"sales": SALES, "reps": REPS, "collections": COLLECTIONS, "scores": SCORES}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workbook with a small plan and one complete run of it, named `first`."""
    return made_once(tmp_path_factory, "shop", fill)


def fill(folder):
    workbook = without_charts(copy_workbook(folder))
    plan = workbook / "params" / "shop"
    (plan / "data").mkdir(parents=True)
    (plan / "plan.yaml").write_text(PLAN)
    (plan / "annual_target.yaml").write_text("levels: {commit: 120000}\n")
    (plan / "commission.yaml").write_text(COMMISSION)
    for name, text in DATA.items():
        (plan / "data" / f"{name}.csv").write_text(text)
    done = command(workbook, "run", "params/shop", "--name", "first", "--as-of", "2027-02-28")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def shop(made, tmp_path, monkeypatch):
    """A copy of it, to be closed and changed; the working directory."""
    shutil.copytree(made, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop" / "params" / "shop"


@pytest.fixture
def closed(shop):
    """January closed."""
    close(shop, "2027-01", by="Zhang")
    return shop


def edit(plan, table, old, new):
    path = plan / "data" / f"{table}.csv"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def give_reasons(plan, *rows):
    (plan / "data" / "corrections.csv").write_text("\n".join(["month,reason,approved_by,order,rep", *rows]) + "\n")
    (plan / "plan.yaml").write_text(PLAN.replace("scores.csv}", "scores.csv, corrections: data/corrections.csv}\n"))


def faults(plan):
    """Code, place and value of each fault of a check."""
    with pytest.raises(PlanError) as raised:
        inputs.check(plan)
    return [
        (fault.code, fault.place.removeprefix("params/shop/data/"), str(fault.value)) for fault in raised.value.faults
    ]


def month_rows(run, table, month="2027-01"):
    text = (run / "tables" / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines()
    return [row for row in text if row.split(",")[1] == month]


def test_close_keeps_the_month_and_says_so(shop):
    done = command(shop.parents[1], "close", "params/shop", "2027-01", "--by", "Zhang", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["month"], told["by"], told["run"]) == ("2027-01", "Zhang", "first")
    outputs = archive.outputs_of(shop)
    assert [event["what"] for event in json.loads((outputs / "closed" / "log.json").read_text())] == ["close"]
    found = record.read(outputs, ["2027-01", "2027-02"])
    assert found.names == ["2027-01"] and list(found.faults()) == []
    assert set(found.frame("commission")["month"]) == {"2027-01"}
    assert found.months[0].input_rows("sales")["order"].to_pylist() == ["A1", "A2", "A3"]
    assert found.months[0].input_rows("collections")["order"].to_pylist() == ["A1"]
    listed = command(shop.parents[1], "runs", "shop")
    assert listed.stdout.splitlines()[-1].startswith("closed 2027-01  Zhang")
    rows = re.findall(r"<tr>(.*?)</tr>", (outputs / "index.html").read_text(encoding="utf-8"), re.S)
    (month,) = [re.sub(r"\s*<.*?>\s*", " ", row).split() for row in rows if "<td>2027-01</td>" in row]
    assert month == ["2027-01", "Zhang", *told["time"][:16].split("T"), "first"]


def test_the_list_of_runs_tells_the_months_that_are_closed_now(closed):
    outputs = archive.outputs_of(closed)
    page = outputs / "index.html"
    assert "2027-01" in page.read_text(encoding="utf-8")
    (outputs / "closed" / "2027-01" / "closed.json").write_text("{")
    write_listing(outputs, Words("en"))
    assert "<td>2027-01</td>" in page.read_text(encoding="utf-8"), "closed still, though its entry is damaged"
    shutil.rmtree(outputs / "closed" / "2027-01")
    close(closed, "2027-01", by="Li")
    assert "Li" in page.read_text(encoding="utf-8")
    reopen(closed, "2027-01", reason="a late order", by="Li")
    assert "2027-01" not in page.read_text(encoding="utf-8").partition("<tbody>")[0]
    assert Words("en")("listing.closed") not in page.read_text(encoding="utf-8")


def altered_run(plan):
    (archive.outputs_of(plan) / "first" / "tables" / "commission.csv").write_text("rep\n")


def another_what_if(plan):
    path = archive.outputs_of(plan) / "first" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "changes": {"commission.bills": "received"}}))


def later_rows(plan):
    edit(plan, "sales", "2027-02-26,2000", "2027-02-26,2500")


@pytest.mark.parametrize(
    ("alter", "asked", "expected"),
    [
        pytest.param(None, {"month": "2027-02"}, "close_next", id="not the next"),
        pytest.param(None, {"month": "2026-12"}, "month_of_year", id="of another year"),
        pytest.param(None, {"by": "  "}, "text_needed", id="by nobody"),
        pytest.param(None, {"run": "second"}, "run_unknown", id="with a run that is not there"),
        pytest.param(altered_run, {}, "run_altered", id="with a run that was altered"),
        pytest.param(another_what_if, {}, "close_no_run", id="with nothing but a what-if"),
        pytest.param(another_what_if, {"run": "first"}, "run_what_if", id="with a what-if by name"),
        pytest.param(later_rows, {}, "run_inputs_changed", id="with tables that changed since"),
    ],
)
def test_close_is_refused(shop, alter, asked, expected):
    if alter:
        alter(shop)
    with pytest.raises(PlanError) as raised:
        close(shop, **{"month": "2027-01", "by": "Zhang", **asked})
    assert [fault.code for fault in raised.value.faults] == [expected]
    assert not (archive.outputs_of(shop) / "closed").exists()


@pytest.mark.parametrize(
    ("month", "last_sale", "cutoff", "refused"),
    [
        pytest.param("2027-03", date(2027, 3, 31), None, False, id="a sale on its last workday"),
        pytest.param("2027-03", date(2027, 4, 1), None, False, id="a sale after it"),
        pytest.param("2027-03", date(2027, 3, 19), None, True, id="sales end within it"),
        pytest.param("2027-04", date(2027, 3, 31), None, True, id="no sale in it"),
        pytest.param("2027-03", date(2027, 3, 25), 25, False, id="a month that ends on the 25th"),
        pytest.param("2027-01", None, None, True, id="no sale at all"),
    ],
)
def test_a_month_whose_sales_are_not_complete_is_not_closed(month, last_sale, cutoff, refused):
    months = [f"2027-{number:02}" for number in range(1, 13)]
    terms = SimpleNamespace(calendar="CN", month_cutoff=cutoff)
    plan = _Plan(SimpleNamespace(plan=terms), None, months)
    sales = pa.table({"date": pa.array([last_sale, last_sale and date(2026, 5, 1)], pa.date32())})
    given = Checked({"sales": sales})
    found = list(_incomplete(plan, given, month))
    assert [fault.code for fault in found] == ["close_no_sales"] * refused
    for language in LANGUAGES if refused else ():
        assert str(last_sale or "-") in message(found[0], Words(language))
    assert list(_incomplete(plan, Checked({}), month)) == [], "faulty tables are told as such"


def test_a_run_that_reaches_beyond_the_sales_closes_nothing(closed):
    edit(closed, "sales", "2027-02-26,2000,B2,C2,P,R2,2027-02-27\n", "")
    with pytest.raises(PlanError, match="close_no_sales"):
        close(closed, "2027-02", by="Li")
    assert not (archive.outputs_of(closed) / "closed" / "2027-02").exists()


def test_a_month_closes_once_and_in_order(closed):
    with pytest.raises(PlanError, match="closed_already"):
        close(closed, "2027-01", by="Li")
    close(closed, "2027-02", by="Li")
    with pytest.raises(PlanError, match="close_no_run"):
        close(closed, "2027-03", by="Li")


def test_a_closed_month_as_it_was_passes_the_check(closed):
    found = inputs.check(closed)
    assert found.closed.names == ["2027-01"]
    assert "outputs/shop/closed/2027-01/closed.json" in found.hashes


def test_every_change_of_a_closed_month_is_told_in_one_pass(closed):
    edit(closed, "sales", "2027-01-05,6000", "2027-01-05,6500")
    edit(closed, "sales", "2027-01-20,3000,A3,C1,P,R1,2027-01-25\n", "2027-01-22,100,A9,C1,P,R1,\n")
    edit(closed, "collections", "2027-01-28,6000", "2027-01-29,6000")
    edit(closed, "collections", "3000,A3", "3000,A2")
    edit(closed, "scores", "2027-01,R1,care,8", "2027-01,R1,care,9")
    edit(closed, "reps", "R1,2020-01-01,,3000", "R1,2020-01-01,,3500")
    assert faults(closed) == [
        ("closed_changed", "sales.csv row 5 , column amount", "6500.00"),
        ("closed_added", "sales.csv row 7 , column date", "A9 2027-01-22 C1 P R1 100.00"),
        ("closed_removed", "sales.csv", "A3 2027-01-20 C1 P R1 3000.00"),
        ("closed_changed", "collections.csv row 2 , column date", "2027-01-29"),
        ("closed_changed", "scores.csv row 2 , column actual", "9.0"),
        ("closed_changed", "reps.csv row 2 , column base_pay", "3500.00"),
    ]
    before = sorted(archive.outputs_of(closed).iterdir())
    done = command(closed.parents[1], "run", "params/shop")
    assert done.returncode == 2
    assert "row 5 , column amount = 6500.00 : 2027-01 is closed, and then it was 6000.00" in done.stderr
    assert sorted(archive.outputs_of(closed).iterdir()) == before


def test_rows_that_cannot_be_read_are_told_once_beside_what_changed(closed):
    edit(closed, "sales", "2027-01-05,6000", "2027-01-05,6ooo")
    edit(closed, "sales", "2027-01-12,4000", "2027-01-12,4100")
    assert [(code, place) for code, place, _ in faults(closed)] == [
        ("cell_number", "sales.csv row 5 , column amount"),
        ("closed_changed", "sales.csv row 6 , column amount"),
    ]


def test_what_comes_later_is_no_change(closed):
    edit(closed, "sales", "A2,C2,P,R2,\n", "A2,C2,P,R2,2027-02-03\n")
    edit(closed, "sales", "2027-02-26,2000,B2", "2027-02-27,2200,B2")
    edit(closed, "reps", "R2,2020-01-01,", "R2,2020-01-01,2027-06-30")
    head, *rows = (closed / "data" / "sales.csv").read_text().splitlines()
    (closed / "data" / "sales.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert inputs.check(closed).closed.names == ["2027-01"]


@pytest.mark.parametrize(
    ("row", "left"),
    [
        pytest.param("2027-01,wrong price,CFO,A1,", [], id="order"),
        pytest.param("2027-01,wrong price,CFO,,R1", [], id="rep"),
        pytest.param("2027-01,all of it,CFO,,", [], id="month"),
        pytest.param("2027-01,wrong price,CFO,A2,", ["closed_changed"], id="another order"),
        pytest.param("2027-01,wrong price,CFO,,R2", ["closed_changed"], id="another rep"),
        pytest.param("2027-02,wrong price,CFO,A1,", ["correction_open", "closed_changed"], id="an open month"),
        pytest.param("2027-01,wrong price,CFO,A7,", ["order_unknown", "closed_changed"], id="an unknown order"),
    ],
)
def test_a_reason_excuses_the_rows_it_names(closed, row, left):
    edit(closed, "sales", "2027-01-05,6000", "2027-01-05,6500")
    give_reasons(closed, row)
    if left:
        assert [code for code, _, _ in faults(closed)] == left
    else:
        assert inputs.check(closed).closed.names == ["2027-01"]


def test_a_reason_may_say_why_an_order_is_gone(closed):
    edit(closed, "sales", "2027-01-20,3000,A3,C1,P,R1,2027-01-25\n", "")
    edit(closed, "collections", "2027-02-20,3000,A3,C1\n", "")
    give_reasons(closed, "2027-01,cancelled,CFO,A3,")
    assert inputs.check(closed).closed.names == ["2027-01"]


def test_reasons_without_a_closed_month_are_refused(shop):
    give_reasons(shop, "2027-01,wrong price,CFO,A1,")
    assert faults(shop) == [("correction_none_closed", "corrections.csv row 2 , column month", "2027-01")]


def test_a_damaged_record_is_told(closed):
    kept = archive.outputs_of(closed) / "closed" / "2027-01" / "commission_lines.parquet"
    kept.write_bytes(kept.read_bytes() + b" ")
    assert [(code, place) for code, place, _ in faults(closed)] == [
        ("closed_damaged", "outputs/shop/closed/2027-01/commission_lines.parquet")
    ]


def test_a_corrected_order_is_booked_in_the_open_month_and_january_stays(closed):
    edit(closed, "sales", "2027-01-05,6000", "2027-01-05,5000")
    give_reasons(closed, "2027-01,wrong price,CFO,A1,")
    done = command(closed.parents[1], "run", "params/shop", "--from", "commission", "--name", "second",
                   "--as-of", "2027-02-28")  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = (archive.outputs_of(closed) / name for name in ("first", "second"))
    for table in record.TABLES:
        assert month_rows(second, table) == month_rows(first, table), table
    corrected = [row for row in month_rows(second, "commission_lines", "2027-02") if ",correction," in row]
    assert corrected and all(row.endswith("2027-01,wrong price") for row in corrected)
    moved = (second / "tables" / "commission_corrections.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert all(row.startswith("2027-02,2027-01,R1,") and ",wrong price,CFO" in row for row in moved)
    manifest = json.loads((second / "manifest.json").read_text())
    assert "outputs/shop/closed/2027-01/closed.json" in manifest["inputs"]
    page = (second / "4_commission.html").read_text()
    assert "was closed by Zhang" in page and "wrong price" in page
    with pytest.raises(PlanError, match="run_inputs_changed"):
        close(closed, "2027-02", by="Li", run="first")
    assert close(closed, "2027-02", by="Li").entry["run"] == "second"
    step = open_step("commission", plan="params/shop")
    assert step.closed().months == ["2027-01", "2027-02"]
    assert (step.closed().lines["rule"] == "correction").sum() == len(corrected)


def test_a_run_that_holds_a_closed_month_otherwise_cannot_close_the_next(closed):
    path = archive.outputs_of(closed) / "first" / "tables" / "commission_lines.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("0.02", "0.01"), encoding="utf-8-sig")
    manifest = archive.outputs_of(closed) / "first" / "manifest.json"
    told = json.loads(manifest.read_text())
    told["files"]["tables/commission_lines.csv"] = archive.digest(path.read_bytes())
    manifest.write_text(json.dumps(told))
    with pytest.raises(PlanError, match="run_unlike_closed"):
        close(closed, "2027-02", by="Li")


def test_reopen_only_the_last_and_keep_what_was_closed(closed):
    close(closed, "2027-02", by="Li")
    with pytest.raises(PlanError, match="reopen_last"):
        reopen(closed, "2027-01", reason="wrong price", by="Li")
    with pytest.raises(PlanError, match="text_needed"):
        reopen(closed, "2027-02", reason=" ", by="Li")
    asked = ("reopen", "shop", "2027-02", "--reason", "wrong price", "--by", "Wang")
    done = command(closed.parents[1], *asked)
    assert done.returncode == 0 and "2027-02 is open again" in done.stdout
    with pytest.raises(PlanError, match="reopen_open"):
        reopen(closed, "2027-02", reason="again", by="Li")
    close(closed, "2027-02", by="Li")
    assert reopen(closed, "2027-02", reason="once more", by="Li").name == "2027-02.reopened-2"
    folder = archive.outputs_of(closed) / "closed"
    assert (folder / "2027-02.reopened-1" / "closed.json").exists()
    log = json.loads((folder / "log.json").read_text())
    assert [(event["what"], event["month"]) for event in log] == [
        ("close", "2027-01"), ("close", "2027-02"), ("reopen", "2027-02"), ("close", "2027-02"), ("reopen", "2027-02"),
    ]  # fmt: skip
    assert (log[2]["reason"], log[2]["by"]) == ("wrong price", "Wang")
    assert inputs.check(closed).closed.names == ["2027-01"]


def test_without_a_closed_month_there_is_none_to_reopen(shop):
    with pytest.raises(PlanError, match="reopen_none"):
        reopen(shop, "2027-01", reason="wrong price", by="Li")


def newer_run(plan, **manifest):
    """A second run, made after the first and like it but for some fields of its manifest."""
    first = archive.outputs_of(plan) / "first"
    second = first.with_name("second")
    shutil.copytree(first, second, ignore=shutil.ignore_patterns("signatures.json"))
    told = json.loads((first / "manifest.json").read_text())
    (second / "manifest.json").write_text(
        json.dumps({**told, "number": told["number"] + 1, "run": "second", **manifest})
    )
    return second


def sign_commission(plan):
    """All signatures under the commission of the first run."""
    run = archive.find_run("shop/first")
    for number, role in enumerate(load(plan).plan.approvals.commission):
        sign(run, Asked("commission", role, f"person {number}"))


def test_the_run_whose_commission_is_signed_closes_its_month(shop):
    sign_commission(shop)
    newer_run(shop)
    assert close(shop, "2027-01", by="Zhang").entry["run"] == "second"  # what is signed is the pay of February
    done = command(shop.parents[1], "close", "shop", "2027-02", "--by", "Zhang")
    assert "with run first, whose commission is signed" in done.stdout, done.stderr


def test_a_newer_run_stands_for_a_signed_one_only_where_it_pays_alike(closed):
    sign_commission(closed)
    later = "2027-02-26,2000,B2,C2,P,R2,2027-02-27\n"
    edit(closed, "sales", later, later + "2027-03-02,100,M1,C2,P,R2,\n")
    with pytest.raises(PlanError, match="run_inputs_changed"):
        close(closed, "2027-02", by="Zhang")
    second = newer_run(closed, inputs=dict(inputs.check(closed).hashes))
    table = second / "tables" / "commission.csv"
    was, manifest = table.read_bytes(), json.loads((second / "manifest.json").read_text())
    table.write_bytes(was.replace(b"3000.00,40.00,", b"3000.00,40.01,"))
    assert table.read_bytes() != was
    manifest["files"]["tables/commission.csv"] = archive.digest(table.read_bytes())
    (second / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PlanError, match="close_unlike_signed"):
        close(closed, "2027-02", by="Zhang")
    table.write_bytes(was)
    manifest["files"]["tables/commission.csv"] = archive.digest(was)
    (second / "manifest.json").write_text(json.dumps(manifest))
    assert close(closed, "2027-02", by="Zhang").entry["run"] == "second"


def told_events(outputs):
    return [(event["what"], event["month"], event["by"]) for event in record.events(outputs / "closed")]


@pytest.mark.parametrize("what", ["close", "reopen"])
def test_killed_at_any_operation_the_next_command_completes_the_log(closed, what):
    """Whatever the log lacks when the machine stops after the rename, the next command adds."""
    outputs = archive.outputs_of(closed)
    act = {
        "close": lambda: close(closed, "2027-02", by="Li"),
        "reopen": lambda: reopen(closed, "2027-01", reason="wrong price", by="Li"),
    }[what]
    month = "2027-02" if what == "close" else "2027-01"
    shutil.copytree(outputs, outputs.with_name("begin"))
    with injected(Faults(outputs)) as counted:
        act()
    seen = [place for place, operation in enumerate(counted.seen, 1) if operation in WRITING | OPENING]
    done, wanted = 0, [("close", "2027-01", "Zhang"), (what, month, "Li")]
    assert told_events(outputs) == wanted
    for place in seen[:: 1 if what == "reopen" else 3] + seen[-12:]:
        shutil.rmtree(outputs)
        shutil.copytree(outputs.with_name("begin"), outputs)
        assert in_child(lambda place=place: cut(outputs, place, act)) in (0, KILLED)
        happened = (outputs / "closed" / month).is_dir() == (what == "close")
        record.catch_up(outputs)
        assert told_events(outputs) == wanted[: 2 if happened else 1], place
        record.catch_up(outputs)
        assert told_events(outputs) == wanted[: 2 if happened else 1], place
        assert (outputs / "closed" / month / record.REOPENED).exists() is False
        done += happened
    assert 0 < done < len(seen)


def cut(outputs, place, act):
    """Do it until the machine stops at an operation."""
    with injected(Faults(outputs, "kill", place)):
        act()


def test_no_run_may_be_called_closed(shop):
    with pytest.raises(PlanError, match="unsafe_name"):
        archive.free_name(archive.outputs_of(shop), "closed")


def test_the_check_of_closed_months_imports_nothing_heavy(closed):
    code = "from pathlib import Path; from salesplan import inputs\ninputs.check(Path('params/shop'))"
    assert heavy_after(closed.parents[1], code) == "[]"


def sales_table(*rows):
    days = pa.array([np.datetime64(day, "D").astype(int) for day, *_ in rows], pa.int32()).cast(pa.date32())
    billed = [None if not row[3] else int(np.datetime64(row[3], "D").astype(int)) for row in rows]
    columns = {"date": days, "amount": pa.array([row[1] for row in rows]), "order": pa.array([row[2] for row in rows])}
    return pa.table({**columns, "invoice_date": pa.array(billed, pa.int32()).cast(pa.date32()),
                     "product": ["P"] * len(rows), "customer": ["C"] * len(rows)})  # fmt: skip


def test_rows_are_seen_as_at_the_end_of_their_month():
    sales = sales_table(
        ("2027-01-05", 100, "A", "2027-01-20"),
        ("2027-01-06", 200, "B", "2027-02-03"),
        ("2027-02-07", 300, "C", None),
    )
    january, february = (rows_of("sales", {"sales": sales}, span_of(f"2027-0{number}", None)) for number in (1, 2))
    assert january.places.tolist() == [0, 1]
    assert january.table["invoice_date"].is_null().to_pylist() == [False, True]
    assert february.places.tolist() == [1, 2]
    assert february.table["amount"].to_pylist() == [None, 300]  # of an earlier order only its invoice


KINDS = (("a", pa.string()), ("b", pa.int64()))
PAIRS = st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.integers(0, 2)), max_size=8)


@given(PAIRS, PAIRS)
def test_differences_are_those_of_a_multiset(then, now):
    tables = [
        pa.table({name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(KINDS)})
        for rows in (then, now)
    ]
    gone, new = row_difference(*tables, ["a", "b", "missing"])
    assert Counter(then[place] for place in gone) == Counter(then) - Counter(now)
    assert Counter(now[place] for place in new) == Counter(now) - Counter(then)
