"""The two sheets to sign, the payroll file, their sums, and who signs where."""

import re
from decimal import Decimal

import pandas as pd
import paper_cases as cases
import pytest
from markupsafe import escape

from salesplan.apportion import UNASSIGNED
from salesplan.commission import papers
from salesplan.commission.papers.counted import accrued_rebates, rebate_rates, shares
from salesplan.commission.papers.performance import collected, owners
from salesplan.identities import commission_papers
from salesplan.report.sheets import SHEETS, places, write_payroll, write_sheet
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.wording import Words

HEAD = {"title": "<plan>", "run": "first", "days": "days", "tax": "tax", "month": "Feb 2027"}


def words(language="en"):
    return Words(language, "one" if language == "en" else "元", "CNY")


@pytest.fixture(scope="module")
def made():
    return papers.prepare(cases.result(), cases.ledger(), cases.year(), cases.rules(), None)


# ---------------------------------------------------------------- performance


def test_what_was_ordered_returned_invoiced_and_collected(made):
    row = made.performance.query("rep == 'B2' and month == '2027-02'").iloc[0]
    assert (row["orders"], row["amount_ordered"], row["amount_returned"]) == (1, 200_000, -100_000)
    assert (row["amount_invoiced"], row["amount_collected"]) == (100_000, 80_000)
    assert (row["quota"], row["actual"], row["team"]) == (90_000, 100_000, "south")
    assert row["attainment"] == pytest.approx(100_000 / 90_000)


def test_every_line_and_payment_is_in_the_sheet(made):
    lines, payments = cases.order_lines(), cases.result().payments
    sums = made.performance[["amount_ordered", "amount_returned", "amount_invoiced", "amount_collected"]].sum()
    assert sums["amount_ordered"] + sums["amount_returned"] == lines["amount"].sum() == sums["amount_invoiced"]
    assert sums["amount_collected"] == payments["amount"].sum()


def test_what_belongs_to_nobody_has_a_row_of_its_own():
    ledger = cases.ledger()
    lines = pd.concat([ledger.order_lines, ledger.order_lines.head(1).assign(rep=None, order="X")])
    found = papers.performance(
        type(ledger)(**{**vars(ledger), "order_lines": lines}),
        cases.year(),
        cases.result().table,
        cases.result().payments,
        cases.rules(),
    )
    row = found[found["rep"] == UNASSIGNED].iloc[0]
    assert (row["amount_ordered"], row["quota"], row["team"]) == (100_000, 0, "")
    assert pd.isna(row["attainment"])


def test_overlay_credit_is_no_second_revenue():
    ledger = cases.ledger()
    lines = ledger.order_lines.assign(overlay=ledger.order_lines["rep"] == "B2")
    found = papers.performance(
        type(ledger)(**{**vars(ledger), "order_lines": lines}),
        cases.year(),
        cases.result().table,
        cases.result().payments,
        cases.rules(),
    )
    assert found.query("rep == 'B2'")["amount_ordered"].sum() == 0


def shared(*parts):
    rows = [("S", rep, "2027-01", "2027-01-05", fen, "K") for rep, fen in parts]
    return cases.frame("order rep month date amount customer", *rows)


@pytest.mark.parametrize("paid", [1, 2, 100, 101, 99_999, -101])
def test_the_money_of_a_shared_order_is_parted_to_the_fen(paid):
    payments = cases.frame("order customer date amount", ("S", "K", "2027-02-01", paid))
    found = collected(shared(("A1", 100), ("B2", 100), ("C3", 100)), payments, None, cases.year())
    assert found["amount_collected"].sum() == paid
    assert (found["amount_collected"] - paid / 3).abs().max() <= 1


def test_old_debts_are_with_the_customers_owner_on_the_day():
    spells = cases.frame(
        "customer rep start end",
        ("K", "A1", None, "2027-01-31"),
        ("K", "B2", "2027-02-01", None),
        ("L", None, None, None),
    )
    payments = cases.frame(
        "order customer date amount", ("O", "K", "2027-01-31", 5), ("O", "K", "2027-02-01", 7),
        ("P", "L", "2027-01-02", 9), ("", "M", "2027-01-02", 11),
    )  # fmt: skip
    assert owners(payments, spells).tolist() == ["A1", "B2", UNASSIGNED, UNASSIGNED]
    found = collected(shared(("A1", 1)), payments, spells, cases.year())
    assert found["amount_collected_earlier"].sum() == 32
    assert found["amount_collected"].sum() == 0


def test_lines_without_an_order_number_are_one_order_per_customer_and_day():
    ledger = cases.ledger()
    days = ("2027-02-01", "2027-02-01", "2027-02-02")
    rows = [("", "A1", "2027-02", day, 10, "K1") for day in days]
    extra = cases.frame("order rep month date amount customer", *rows).assign(invoice_date=pd.NaT)
    found = papers.performance(
        type(ledger)(**{**vars(ledger), "order_lines": pd.concat([ledger.order_lines, extra])}), cases.year(),
        cases.result().table, cases.result().payments, cases.rules(),
    )  # fmt: skip
    assert found.query("rep == 'A1' and month == '2027-02'")["orders"].tolist() == [3]


def payroll_of(spells):
    result = cases.result()
    return papers.payroll(result.table.query("rep == 'A1'"), result.lines, spells, cases.year())


def test_a_team_is_that_of_the_spell_of_the_month():
    spells = cases.frame(
        "rep team start end", ("A1", "old", "2026-01-01", "2027-01-31"), ("A1", "new", "2027-02-01", None)
    )
    found = payroll_of(spells)
    assert found["team"].tolist() == ["old", "new"]
    gone = spells.head(1).assign(end=pd.Timestamp("2026-06-30"))
    assert payroll_of(gone)["team"].tolist() == ["old"] * 2


# ---------------------------------------------------------------- sums


@pytest.mark.parametrize("name", ["performance", "commission"])
def test_teams_and_the_total_add_up(made, name):
    sheet = made.sheets[name]
    money = [column for column in SHEETS[name] if outputs.kind_of(f"commission_{name}", column) == "money"]
    reps = sheet[sheet["row"] == "rep"]
    assert sheet["row"].tolist() == ["rep", "rep", "team", "rep", "rep", "team", "total"]
    for _, row in sheet[sheet["row"] == "team"].iterrows():
        assert (reps[reps["team"] == row["team"]][money].sum() == row[money]).all()
    assert (reps[money].sum() == sheet.iloc[-1][money]).all()
    assert sheet.iloc[-1]["attainment"] == pytest.approx(reps["actual"].sum() / reps["quota"].sum())


def test_one_team_needs_no_sum_of_its_own(made):
    alone = made.performance[made.performance["team"] == "north"]
    assert papers.performance_sheet(alone, cases.NOW)["row"].tolist() == ["rep", "rep", "total"]


def test_payroll_is_the_commission_table_in_other_words(made):
    table, found = cases.result().table, made.payroll
    parts = found[commission_papers.PAY].sum(axis=1)
    assert (parts == found["payable"]).all() and (found["amount_paid"] == table["amount_paid"]).all()
    assert (found["deductions"] <= 0).all() and (found["amount_advance"] >= 0).all()
    assert found["name"].tolist() == [name for name in cases.NAMES.values() for _ in range(2)]


@pytest.mark.parametrize("draw", [-500, 0, 700])
def test_a_draw_is_an_advance_or_a_deduction(draw):
    table = cases.result().table
    moved = table.assign(draw=draw, payable=table["payable"] + draw)
    found = papers.payroll(moved, cases.result().lines, None, cases.year())
    assert (found["amount_advance"] == max(draw, 0)).all()
    assert (found["deductions"] == table["clawback"] + min(draw, 0)).all()


def frames(made, **changed):
    result = cases.result()
    tables = {"commission": result.table, "commission_lines": result.lines, "commission_payroll": made.payroll,
              "commission_performance": made.performance}  # fmt: skip
    return tables | changed


def breach(given):
    return next((name for name, _ in commission_papers.breaches(given)), "")


def test_the_run_itself_stops_on_sheets_that_do_not_tie(made):
    assert breach(frames(made)) == ""
    payroll = made.payroll.assign(deductions=made.payroll["deductions"] - 1)
    assert breach(frames(made, commission_payroll=payroll)) == "payroll_is_its_parts"
    paid = made.payroll.assign(amount_paid=made.payroll["amount_paid"] + 1)
    assert breach(frames(made, commission_payroll=paid)) == "payroll_is_commission"
    sold = made.performance.assign(actual=made.performance["actual"] + 1)
    assert breach(frames(made, commission_performance=sold)) == "performance_is_commission"


@pytest.mark.parametrize("name", ["commission_performance", "commission_payroll", "commission_disputes"])
def test_tables_have_the_columns_they_promise(made, name):
    found = {"commission_performance": made.performance, "commission_payroll": made.payroll,
             "commission_disputes": papers.register(cases.asked(("1", "A1", "open", {})), None, cases.result().lines,
                                                    None)}[name]  # fmt: skip
    assert tuple(found.columns) == TABLES[name]
    text = outputs.csv_bytes(found, name).decode("utf-8-sig")
    assert text.count("\n") == len(found) + 1


# ---------------------------------------------------------------- the pages


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["performance", "commission"])
def test_a_sheet_is_a_page_with_the_places_to_sign(tmp_path, made, name, language):
    chain = {"performance": ["general_manager_office", "general_manager", "hr"],
             "commission": ["hr", "finance", "cfo", "general_manager"]}[name]  # fmt: skip
    page = write_sheet(tmp_path, name, made.sheets[name], words(language), head=HEAD, chain=chain)
    text = (tmp_path / page).read_text(encoding="utf-8")
    roles = [words(language).code("role", role) for role in chain]
    positions = [text.index(f"{place}. {escape(role)}") for place, role in enumerate(roles, 1)]
    assert positions == sorted(positions)
    assert "<script" not in text and "&lt;plan&gt;" in text and "http" not in text.replace("http-equiv", "")
    assert not re.findall(r">nan<|<NA>|None", text)


def test_duties_follow_the_sources():
    told = places(["general_manager_office", "general_manager", "hr"], words("zh"), "performance")
    assert [(duty, role) for _, duty, role in told] == [
        ("编制", "总经理办公室"), ("审核", "总经理"), ("审核并确认业绩", "人力资源部"),
    ]  # fmt: skip
    told = places(["hr", "finance", "cfo", "general_manager"], words("zh"), "commission")
    assert [duty for _, duty, _ in told] == ["编制", "审核", "审核", "审批"]


def test_a_role_of_the_companys_own_keeps_its_name():
    assert places(["大区总"], words(), "commission") == [("1.", "made by", "大区总")]
    assert places([], words(), "commission") == []


def test_amounts_are_printed_to_the_fen(tmp_path, made):
    write_sheet(tmp_path, "commission", made.sheets["commission"], words(), head=HEAD, chain=[])
    text = (tmp_path / "commission.html").read_text(encoding="utf-8")
    total = Decimal(int(cases.result().table.query("month == '2027-02'")["payable"].sum())) / 100
    assert f"{total:,.2f}" in text and words()("sheet.no_chain") in text


def test_what_is_earned_is_parted_and_the_period_stands_beside_the_month(made):
    sheet = made.sheets["commission"]
    parts = sheet[["amount_orders", "amount_contests", "amount_adjustments"]].sum(axis=1)
    assert (parts == sheet["earned"]).all()
    row = sheet[sheet["rep"] == "A1"].iloc[0]
    assert (row["amount_adjustments"], row["amount_contests"]) == (500, 0)
    assert row["period"] == "2027-01 \u2013 2027-03"
    assert row["attainment_period"] == pytest.approx(200_000 / 270_000)
    assert sheet.iloc[-1][["period", "attainment_period"]].isna().all()


# ---------------------------------------------------------------- what counts


def accrued(**customers):
    """Performance of the small result where K's customers have rebates that their plan accrues."""
    ledger = cases.ledger()
    rates = pd.DataFrame({"customer": [f"K{rep}" for rep in customers], "rebate_rate": list(customers.values())})
    given = type(ledger)(**{**vars(ledger), "customers": rates})
    result = cases.result()
    return papers.performance(given, cases.year(), result.table, result.payments, cases.rules(rebates="accrued"))


def test_accrued_rebates_stand_between_what_was_ordered_and_what_counts():
    row = accrued(A1=0.02).query("rep == 'A1' and month == '2027-02'").iloc[0]
    assert row["amount_rebates"] == -(100_000 - 50_000) * 0.02
    assert row["amount_ordered"] + row["amount_returned"] + row["amount_rebates"] + row["amount_other"] == row["actual"]
    assert accrued(A1=0.02).query("rep == 'B2'")["amount_rebates"].sum() == 0


def test_a_plan_that_books_rebates_accrues_none(made):
    assert (made.performance["amount_rebates"] == 0).all()


def test_a_rebate_paid_out_is_taken_off_no_second_time():
    rows = [("A1", "2027-01", "K", 10_000, "sale"), ("A1", "2027-01", "K", -200, "rebate"),
            ("A1", "2027-01", "L", -300, "rebate")]  # fmt: skip
    lines = cases.frame("rep month customer amount kind", *rows)
    table = pd.DataFrame({"rep": ["A1"], "month": ["2027-01"], "plan": ["standard"]})
    customers = pd.DataFrame({"customer": ["K"], "rebate_rate": [0.02]})
    found = accrued_rebates(lines, table, customers, cases.rules(rebates="accrued"))
    assert found.tolist() == [-200, 200, 0]


def test_the_latest_row_of_a_customer_gives_the_rate():
    spells = cases.frame("customer start rebate_rate", ("K", "2027-01-01", 0.03), ("K", None, 0.01), ("L", None, None))
    assert rebate_rates(spells).to_dict() == {"K": 30_000}
    assert rebate_rates(None).empty


def test_a_share_is_told_where_others_have_a_part():
    rows = [("S", "P", "A1", 6_000, False), ("S", "P", "B2", 4_000, False), ("S", "P", "C3", 1_000, True),
            ("S", "Q", "A1", 500, False), ("T", "P", "A1", 500, False), ("", "P", "A1", 1, False)]  # fmt: skip
    found = shares(cases.frame("order product rep amount overlay", *rows))
    assert found.set_index("rep")["share"].to_dict() == {"A1": 0.6, "B2": 0.4, "C3": 0.1}


# ---------------------------------------------------------------- what is entered


@pytest.mark.parametrize("by_hand", [500, -700])
def test_prizes_and_adjustments_stand_apart_and_the_row_adds_up(by_hand):
    result = cases.result()
    lines = result.lines[result.lines["rule"] != "adjustment"]
    own = (result.table["rep"] == "A1") & (result.table["month"] == cases.NOW)
    extra = cases.frame(
        "rep month rule amount", ("A1", cases.NOW, "contest", 300), ("A1", cases.NOW, "adjustment", by_hand)
    )
    up, down = 300 + max(by_hand, 0), min(by_hand, 0)
    table = result.table.assign(
        released=result.table["released"] + own * (up - 500),
        clawback=result.table["clawback"] + own * down,
        payable=result.table["payable"] + own * (up - 500 + down),
    )
    found = papers.payroll(table, pd.concat([lines, extra]), None, cases.year())
    assert (found[commission_papers.PAY].sum(axis=1) == found["payable"]).where(found["rep"] == "A1", other=True).all()
    row = found.query("rep == 'A1' and month == @cases.NOW").iloc[0]
    assert (row["amount_contests"], row["amount_adjustments"], row["commission"]) == (300, by_hand, 960)
    assert row["deductions"] == result.table.loc[own, "clawback"].iloc[0]


def test_the_run_stops_where_prizes_are_not_those_of_the_lines(made):
    moved = made.payroll.assign(
        commission=made.payroll["commission"] - 1, amount_contests=made.payroll["amount_contests"] + 1
    )
    assert breach(frames(made, commission_payroll=moved)) == "payroll_is_lines"
    sold = made.performance.assign(amount_other=made.performance["amount_other"] + 1)
    assert breach(frames(made, commission_performance=sold)) == "performance_adds_up"


@pytest.mark.parametrize(("language", "head"), [("zh", "竞赛奖金"), ("en", "Prizes")])
def test_the_month_is_entered_from_a_file_of_its_own(tmp_path, made, language, head):
    rows = made.payroll[made.payroll["month"] == cases.NOW]
    address = write_payroll(tmp_path, rows, words(language))
    lines = (tmp_path / address).read_text(encoding="utf-8-sig").splitlines()
    assert head in lines[0] and len(lines) == 1 + len(cases.NAMES)


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize("name", ["performance", "commission"])
def test_every_column_stands_below_its_group(tmp_path, made, name):
    text = written(tmp_path, made, name)
    wide = [int(span) for span in re.findall(r'colspan="(\d+)"', text.split('class="groups paper"')[0])]
    assert sum(wide) == len(SHEETS[name])
    printed = [int(span) for span in re.findall(r'colspan="(\d+)"', text.split('class="groups paper"')[1])]
    empty = len(re.findall(r'<th class="n empty">', text))
    assert sum(printed) == len(SHEETS[name]) - empty and empty > 0


def written(folder, made, name):
    write_sheet(folder, name, made.sheets[name], words(), head=HEAD, chain=[])
    return (folder / f"{name}.html").read_text(encoding="utf-8")


def test_attainment_of_the_period_is_a_percentage(tmp_path, made):
    assert ">74.07%<" in written(tmp_path, made, "commission")
