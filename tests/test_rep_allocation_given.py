"""Quotas handed down from above: taken to the fen, reconciled with split and rule, faults of the table."""

import shutil
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from tables_plan import check_plan, codes
from workbooks import command, copy_workbook, made_once

from salesplan import inputs
from salesplan.apportion import TOTAL, UNASSIGNED
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError, PlanError
from salesplan.identities import stop_on_breach
from salesplan.rep_allocation import handed_down as down
from salesplan.rep_allocation.quotas import Season
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

MONTHS = fiscal_months(2027)
TWO = MONTHS[:2]


def quotas(*rows):
    """Rows (rep, month, fen, level, indicator); what is left out is blank."""
    names = ["rep", "month", "amount", "level", "indicator"]
    return pd.DataFrame([(*row, *[None] * (5 - len(row))) for row in rows], columns=names).astype({"amount": "int64"})


def season(*fen):
    return Season(MONTHS[: len(fen)], np.array(fen, dtype=np.int64))


# --- as they are -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "base", "unassigned"),
    [
        pytest.param(100, [50, 50], 0, id="more than the target: scaled down to it"),
        pytest.param(120, [60, 60], 0, id="the target"),
        pytest.param(150, [60, 60], 30, id="less: the rest is unassigned"),
        pytest.param(101, [51, 50], 0, id="the odd fen by label"),
        pytest.param(0, [0, 0], 0, id="a month without a target"),
    ],
)
def test_quotas_are_taken_as_they_are(target, base, unassigned):
    found = down.handed_down(quotas(("A", MONTHS[0], 60), ("B", MONTHS[0], 60)), season(target), ["A", "B"])
    assert found.amount[:, 0].tolist() == [60, 60]
    assert found.base[:, 0].tolist() == base
    assert found.unassigned.tolist() == [unassigned]


def test_only_this_plans_rows_count():
    given = quotas(
        ("A", "2027-01", 10), ("A", "2027-02", 20, "commit"), ("B", "2027-01", 5, None, "销售额"),
        ("A", "2026-01", 999), ("A", "2027-01", 999, "stretch"), ("A", "2027-01", 999, None, "quantity"),
    )  # fmt: skip
    found = down.handed_down(given, season(100, 100), ["A", "B", "C"], level="commit")
    assert found.amount.tolist() == [[10, 20], [5, 0], [0, 0]]
    aside = down.set_aside(given, TWO, "commit")
    assert aside[["rep", "level", "indicator", "value"]].to_numpy().tolist() == [
        ["A", "", "quantity", 9.99],
        ["A", "stretch", "", 9.99],
    ]
    assert not down.has_quotas(quotas(("A", "2026-01", 1), ("A", "2027-01", 1, "stretch")), TWO, "commit")
    assert not down.has_quotas(None, TWO)


def test_a_rep_who_is_not_there_is_refused():
    with pytest.raises(PlanError) as raised:
        down.handed_down(quotas(("A", "2027-01", 1), ("X", "2027-01", 1)), season(1), ["A"])
    assert [(fault.code, fault.value) for fault in raised.value.faults] == [("handed_down_unlisted", "X")]


@settings(max_examples=60)
@given(
    cells=st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 2)), st.integers(0, 10**9), max_size=15),
    targets=st.lists(st.integers(0, 3 * 10**9), min_size=3, max_size=3),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_base_and_unassigned_are_the_target_whatever_is_handed_down(cells, targets, seed):
    reps = list("ABCDE")
    table = quotas(*((reps[rep], MONTHS[month], fen) for (rep, month), fen in cells.items()))
    found = down.handed_down(table, season(*targets), reps)
    assert (found.base.sum(axis=0) + found.unassigned).tolist() == targets
    assert (found.base <= found.amount).all()
    assert (found.unassigned >= 0).all()
    again = down.handed_down(table.sample(frac=1, random_state=seed), season(*targets), reps)
    assert (again.base == found.base).all()


# --- reconciled ------------------------------------------------------------------------------------


def reconciled():
    given = quotas(("A", "2027-01", 60), ("B", "2027-01", 60), ("A", "2027-02", 40))
    ruled = pd.DataFrame({"rep": list("AABBCC"), "month": TWO * 3, "amount": pd.array([30] * 6, dtype="Int64")})
    return given, down.reconciliation(given, season(100, 80), ruled)


def test_reconciliation_by_month_year_and_rep():
    _, found = reconciled()
    assert list(found.columns) == list(TABLES["rep_allocation_reconciliation"])
    company = found[found["rep"] == TOTAL].set_index("month")
    assert company["handed_down"].tolist() == [120, 40, 160]
    assert company["gap_target"].tolist() == [20, -40, -20]
    assert company["by_rule"].tolist() == [90, 90, 180]
    people = found[found["rep"] != TOTAL].set_index("rep")
    assert people["handed_down"].tolist() == [100, 60, 0]
    assert people["gap_rule"].tolist() == [40, 0, -60]
    assert people["target"].isna().all()
    assert down.reconciled(found, "month")["month"].tolist() == [*TWO, TOTAL]
    assert down.reconciled(found, "rep")["rep"].tolist() == list("ABC")


def test_a_rule_without_an_answer_leaves_its_columns_unknown():
    given, _ = reconciled()
    ruled = pd.DataFrame({"rep": list("AB"), "month": TWO, "amount": pd.array([pd.NA] * 2, dtype="Int64")})
    found = down.reconciliation(given, season(100, 80), ruled)
    assert found["by_rule"].isna().all()
    assert found["gap_rule"].isna().all()
    assert charts.handed_down(Figure().subplots(), found, words=Words("zh")).get_title()


def test_nothing_handed_down_leaves_the_header():
    _, found = reconciled()
    empty = down.reconciliation(None, season(100, 80), found)
    assert empty.empty
    assert outputs.csv_bytes(empty, "rep_allocation_reconciliation").decode("utf-8-sig").startswith("rep,month,target")
    words = Words("zh")
    said = conclusions.handed_down(words, empty, pd.DataFrame(), aside=down.set_aside(None, TWO))
    assert said == [words("rep_allocation.handed_none")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_quotas_from_above(language):
    words = Words(language, "元")
    words.names = {"A": "甲", "B": "乙", "C": "丙"}
    given, found = reconciled()
    reps = pd.DataFrame({"rep": list("ABC"), "name": ["甲", "乙", "丙"]})
    said = "\n".join(conclusions.handed_down(words, found, reps, aside=down.set_aside(given, TWO)))
    assert words.money(160) in said
    assert words.month("2027-02") in said  # less than the target
    assert "丙" in said  # listed, nothing handed down
    ax = charts.handed_down(Figure().subplots(), found, words=words)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["丙", "甲", "乙"]


@pytest.mark.parametrize(
    ("quota", "row", "name"),
    [
        pytest.param(101, None, "handed_down_is_the_quota", id="a quota that is not the one handed down"),
        pytest.param(100, 0, "handed_down_sums_to_year", id="a month"),
    ],
)
def test_the_identities_catch_what_was_not_handed_down(quota, row, name):
    _, found = reconciled()
    spoilt = found.assign(handed_down=found["handed_down"] + (found.index == row).astype(int))
    table = pd.DataFrame({"rep": list("ABC"), "month": "2027-01", "base": [100, 60, 0], "amount": [quota, 60, 0]})
    reps = table.rename(columns={"amount": "quota"})
    frames = {"rep_allocation": table, "rep_allocation_reps": reps, "rep_allocation_reconciliation": spoilt}
    with pytest.raises(IdentityError, match=f"^{name}: "):
        stop_on_breach("rep_allocation", frames, {}, 1)


# --- what is wrong in the table --------------------------------------------------------------------

SALES = "date,amount,rep\n2026-01-05,100.00,R01\n"
REPS = "rep,name,start,end\nR01,甲,,\nR02,乙,2027-05-01,\nR03,丙,,2027-03-31\n"


def test_quotas_of_people_who_are_not_there_are_told_at_their_rows(tmp_path):
    rows = ["R01,2027-01,5", "R02,2027-02,5", "R02,2027-05,5", "R03,2027-04,5", "R1,2027-01,5", "R01,2027-02,-5"]
    text = "\n".join(["rep,month,amount", *rows, ""])
    faults = check_plan(tmp_path, {"sales": SALES, "reps": REPS, "quotas": text}).faults
    assert sorted(codes(faults)) == ["quota_negative", "quota_not_there", "quota_not_there", "rep_unknown"]
    told = [message(fault, Words("zh")) for fault in faults]
    assert any("R1'" in text and "R01" in text for text in told)  # the nearest one
    assert any("2027-02 不在岗" in text and "第 3 行" in text for text in told)


def test_quotas_are_whole_money_units(tmp_path):
    text = "rep,month,amount\nR01,2027-01,500\nR01,2027-02,550\n"
    plan = {"sales": SALES, "reps": REPS, "quotas": text}
    assert codes(check_plan(tmp_path, plan, money_unit=Decimal(100)).faults) == ["quota_unit"]


# --- a plan of its own, through the command --------------------------------------------------------


def written(rows, header="业务员,月份,金额,档次,指标"):
    return header + "\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n"


def handing_plan(folder, rows):
    """The demo plan with a table of quotas handed down, and without amounts fixed otherwise."""
    workbook = copy_workbook(folder, "henan-2027")
    plan = workbook / "params" / "henan-2027"
    (plan / "data" / "quotas.csv").write_text(written(rows), encoding="utf-8")
    file = plan / "plan.yaml"
    text = file.read_text(encoding="utf-8").replace("inputs: ", "inputs:\n  quotas: data/quotas.csv  ", 1)
    file.write_text(text, encoding="utf-8")
    return workbook


ROWS = [
    *((rep, month, "45000.01", "commit", "") for rep in ("R01", "R02", "R05", "R08", "R10") for month in MONTHS),
    *(("R03", month, "300000", "", "amount") for month in MONTHS[:2]),
    ("R01", MONTHS[0], "99999", "stretch", ""),
    ("R01", MONTHS[0], "1200", "", "quantity"),
]
FREE = ("--set", "rep_allocation.pins=[]", "--set", "rep_allocation.negotiation={}")


@pytest.fixture(scope="module")
def handed(demo, tmp_path_factory):
    """The demo's step 3 once more, with quotas handed down."""

    def make(folder):
        workbook = handing_plan(folder, ROWS)
        shutil.copytree(demo / "outputs", workbook / "outputs")
        done = command(workbook, "run", "params/henan-2027", "--only", "rep_allocation", "--name", "handed", *FREE)
        assert done.returncode == 0, done.stderr

    return made_once(tmp_path_factory, "handed", make) / "outputs" / "henan-2027" / "handed"


def saved(run, name):
    return outputs.read(run / "tables" / f"{name}.csv", name)


def test_a_run_takes_what_is_handed_down_to_the_fen(handed):
    given = {(rep, month): round(Decimal(amount) * 100) for rep, month, amount, level, indicator in ROWS
             if level in ("", "commit") and indicator in ("", "amount")}  # fmt: skip
    table = saved(handed, "rep_allocation")
    found = table.groupby(["rep", "month"])["amount"].sum()
    assert {key: fen for key, fen in found.items() if key in given} == given
    others = table[(table["rep"] != UNASSIGNED) & ~table["rep"].isin({rep for rep, *_ in ROWS})]
    assert others["amount"].sum() == 0


def test_a_run_reconciles_month_by_month(handed):
    rows = saved(handed, "rep_allocation_reconciliation")
    company = rows[(rows["rep"] == TOTAL) & (rows["month"] != TOTAL)].set_index("month")
    split = saved(handed, "seasonal_split").groupby("month")["amount"].sum()
    assert company["target"].tolist() == split.tolist()
    table = saved(handed, "rep_allocation")
    left = table[table["rep"] == UNASSIGNED].groupby("month")["base"].sum().reindex(MONTHS, fill_value=0)
    assert (left - (-company["gap_target"]).clip(lower=0)).abs().sum() == 0


def test_the_page_shows_both_and_names_who_has_none(handed):
    page = (handed / "3_rep_allocation.html").read_text(encoding="utf-8")
    assert "照数采用" in page
    assert "卢知夏" in page  # R04 is handed nothing
    assert "目标档" in page  # rows of another level are shown, not used


def test_faults_of_a_contradicting_table_in_one_pass(tmp_path):
    rows = [
        ("R03", "2027-01", "1000", "", ""), ("R03", "2027-01", "1000", "commit", ""),
        ("R02", "2027-01", "1000", "", ""), ("R01", "2027-01", "1000", "comit", ""), ("R13", "2027-01", "1000", "", ""),
    ]  # fmt: skip
    workbook = handing_plan(tmp_path, rows)
    with pytest.raises(PlanError) as raised:
        inputs.check(workbook / "params" / "henan-2027")
    found = sorted(fault.code for fault in raised.value.faults)
    assert found == ["fixed_and_handed", "fixed_and_handed", "quota_level", "quota_not_there", "quota_twice"]
    told = {fault.code: message(fault, Words("zh")) for fault in raised.value.faults}
    assert "第 3 行" in told["quota_twice"]
    assert "第 5 行" in told["quota_level"]
    assert "commit" in told["quota_level"]
