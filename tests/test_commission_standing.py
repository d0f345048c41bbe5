"""How far each rep has come, as statements say it: attainment, tiers reached, draws, least wage; random plans."""

import re
from decimal import Decimal

import pandas as pd
import paper_cases as cases
import pytest
from commission_worlds import World
from statement_cases import fen, pages, words
from test_commission_by_hand import GROUPS, PLAIN

from salesplan.commission import papers
from salesplan.commission.calculate import worked_out
from salesplan.commission.papers.reached import reached
from salesplan.conclusions.commission.statement import Contents
from salesplan.conclusions.commission.statement_rows import amount
from salesplan.identities import commission_papers
from salesplan.terms.commission import CommissionTerms


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


# ---------------------------------------------------------------- on a curve

POINTS = [{"at": Decimal("0.5"), "pays": Decimal("0.4")}, {"at": Decimal(1), "pays": Decimal(1)}]


def on_curve(sold, target=None):
    """Papers of one rep with a quota of 1,000.00 a month on a curve over the quarter; `sold`: (order, month, fen)."""
    rows = [(order, f"{month}-05", month, fen, "P") for order, month, fen in sold]
    lines = cases.frame("order date month amount product", *rows).assign(
        rep="A1", customer="K", kind="", invoice_date=pd.NaT, quantity=1.0, region="", channel="", original_order="",
        cost=pd.array([None] * len(rows), dtype="Int64"),
    )  # fmt: skip
    reps = pd.DataFrame({"rep": ["A1"], "start": pd.NaT, "end": pd.NaT, "base_pay": [300_000]})
    quotas = pd.DataFrame([("A1", month, 100_000) for month in cases.MONTHS], columns=["rep", "month", "amount"])
    ledger = type(cases.ledger())(lines, reps=reps, quotas=quotas)
    curve = {"points": POINTS, "target_pay": target}
    terms = CommissionTerms(plans=[{"name": "bonus", "basis": "ordered", "period": "quarter", "curve": curve}])
    result = worked_out(ledger, cases.year(), terms)
    found = papers.prepare(result, ledger, cases.year(), terms, None)
    contents = Contents(words(), found.statements, terms.plans)
    return next(page for _, page in contents.pages())


@pytest.mark.parametrize(("target", "whole"), [(None, "9,000.00"), (Decimal(1_000), "3,000.00")])
def test_target_pay_and_payout_are_said(target, whole):
    page = on_curve([("O1", "2027-01", 80_000), ("O2", "2027-02", 145_000)], target)
    # attainment 225,000 of 300,000 = 75 %, half way from 40 % to 100 %
    assert f"Target pay {whole} CNY × payout 70% = {fen(whole) * 70 // 10_000:,}.00 CNY to date" in page["standing"][1]
    assert (page["pays"], page["calculation"]) == ("Payout", "Earned to date × base ÷ all bases")


def test_each_line_on_a_curve_can_be_followed():
    page = on_curve([("O1", "2027-01", 80_000), ("O2", "2027-02", 100_000), ("O3", "2027-02", 45_000)])
    rows = [row for row in page["groups"][0][2] if not row["head"]]
    for row in rows:
        pay, base, bases = (Decimal(text.replace(",", "")) for text in re.split(" [×÷] ", row["how"]))
        assert abs(pay * base / bases - Decimal(row["amount"].replace(",", ""))) <= Decimal("0.01")
    assert len(rows) == 2
    (again,) = [row for row in page["groups"][1][2] if not row["head"]]
    assert again["what"].startswith("spread again: ") and again["how"] == ""


def test_below_the_first_point_nothing_is_paid():
    assert "first point" in on_curve([("O1", "2027-01", 80_000)])["standing"][1]
