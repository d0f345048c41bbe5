"""Command and negotiated breakdown: rounds, frozen quotas, the gap list, what a wrong file is told."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from allocation_cases import allocate
from matplotlib.figure import Figure
from pydantic import ValidationError
from workbooks import copy_workbook

from salesplan import inputs
from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import PlanError
from salesplan.rep_allocation import negotiation
from salesplan.report.table import html_table
from salesplan.tables.specification import TABLES
from salesplan.terms import RepAllocationTerms
from salesplan.terms.negotiation import Negotiation, Round
from salesplan.wording import LANGUAGES, Words
from salesplan.wording.messages import message

MONTHS = fiscal_months(2027)
LAST_YEAR = fiscal_months(2026)


def talk(rep, number, proposed, asked=None, *, agreed=False, day=None):
    when = day or date(2026, 11, number)
    return Round(
        rep=rep, round=number, date=when, proposed=Decimal(proposed), reason="理由",
        asked=None if asked is None else Decimal(asked), agreed=agreed,
    )  # fmt: skip


def rules(*rounds, mode="negotiated", rate="0", **given):
    settled = Negotiation(mode=mode, rounds=rounds, until=date(2026, 12, 15))
    return RepAllocationTerms(over_assignment=Decimal(rate), negotiation=settled, **given)


def staff(**commitments):
    """Reps with their commitments in currency units; None where a rep said nothing."""
    count = len(commitments)
    known = {
        "rep": list(commitments),
        "name": [f"名{rep}" for rep in commitments],
        "commitment": pd.array([None if c is None else c * 100 for c in commitments.values()], dtype="Int64"),
    }
    texts = {name: [None] * count for name in ("region", "team", "manager")}
    dates = {name: pd.Series(pd.NaT, index=range(count), dtype="datetime64[ns]") for name in ("start", "end")}
    money = {name: pd.array([pd.NA] * count, dtype="Int64") for name in ("potential", "capacity")}
    return pd.DataFrame({**known, **texts, **dates, **money})


def plan(target=1_200):
    """Twelve equal months, and last year's sales of the same size by A, B and C."""
    split = pd.DataFrame({"month": MONTHS, "amount": target * 100 // 12, "quantity": 1.0})
    rows = [(month, rep, 3_333) for month in LAST_YEAR for rep in "ABC"]
    return split, pd.DataFrame(rows, columns=["month", "rep", "amount"])


def settled(reps, given, target=1_200):
    """The gap list and the rounds of a plan settled by these rules."""
    split, history = plan(target)
    found = allocate(reps, split, history, rules=given)
    ruled = ra.by_rule(found.ground, ra.month_totals(found.table))
    shown = (make(found.reps, ruled, reps, rules=given) for make in (ra.gap_list, ra.rounds_table))
    return found, *shown


THREE = {"A": 300, "B": 450, "C": None}


# --- rounds as parameters --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"reason": " "}, id="a round without a reason"),
        pytest.param({"agreed": True, "asked": Decimal(5)}, id="agreed on something else than proposed"),
        pytest.param({"round": 0}, id="rounds count from one"),
        pytest.param({"proposed": Decimal(-1)}, id="a negative quota"),
        pytest.param({"date": "1. 11. 2026"}, id="a date that is none"),
    ],
)
def test_rounds_that_are_none(change):
    plain = {"rep": "A", "round": 1, "date": "2026-11-01", "proposed": Decimal(10), "reason": "x"}
    with pytest.raises(ValidationError):
        Round(**{**plain, **change})


def test_an_agreed_round_may_leave_out_what_was_asked():
    assert talk("A", 1, 10, agreed=True).asked is None
    assert talk("A", 1, 10, 10, agreed=True).asked == 10


def test_only_the_last_round_freezes():
    given = rules(talk("B", 2, 350, agreed=True), talk("A", 1, 500, 300), talk("B", 1, 400, 300))
    assert [(pin.rep, pin.amount) for pin in negotiation.agreed_pins(given)] == [("B", Decimal(350))]


# --- what is agreed stays, the sum too -------------------------------------------------------------


def test_an_agreed_rep_keeps_his_quota_whatever_else_changes():
    for weights in ({"equal": Decimal(1)}, {"history": Decimal(1)}):
        found, gaps, _ = settled(staff(**THREE), rules(talk("A", 1, 310, agreed=True), weights=weights))
        quota = found.reps.set_index("rep")["quota"]
        assert quota["A"] == 310_00
        assert quota.sum() == 1_200_00
        assert gaps.set_index("rep").loc["A", ["standing", "gap_left"]].tolist() == ["agreed", 0]


def test_the_rule_alone_does_not_know_the_agreement():
    _, gaps, rounds = settled(staff(**THREE), rules(talk("A", 1, 310, agreed=True)))
    assert gaps.set_index("rep")["by_rule"].tolist() == [400_00] * 3
    assert rounds[rounds["round"] == 0].set_index("rep")["proposed"].tolist() == [400_00, 400_00]


def test_a_rule_without_an_answer_is_unknown():
    """The floor leaves no room for the others once the agreed one is among them again."""
    bounds = {"bounds": {"min": Decimal(500)}}
    given = RepAllocationTerms.model_validate({**rules().model_dump(), **bounds})
    agreed = given.model_copy(update={"negotiation": rules(talk("A", 1, 310, agreed=True)).negotiation})
    split, history = plan()
    monthly = pd.DataFrame({"rep": list("AB"), "month": MONTHS[0], "amount": [1, 2]})
    ruled = ra.by_rule(ra.ground_of(ra.Given(staff(**THREE), split, history), agreed), monthly)
    assert ruled["amount"].isna().all()
    assert ruled["rep"].unique().tolist() == ["A", "B"]


def test_the_gap_list_begins_with_the_largest_gap():
    _, gaps, _ = settled(staff(**THREE), rules())
    assert gaps["rep"].tolist() == ["A", "B", "C"]
    assert gaps["gap"].tolist()[:2] == [100_00, -50_00]
    assert gaps["standing"].tolist() == ["apart", "covered", "silent"]
    assert gaps["gap_share"].iloc[0] == pytest.approx(0.25)
    assert gaps["gap"].isna().tolist() == [False, False, True]


def test_a_round_without_an_answer_leaves_the_commitment_as_the_last_word():
    _, gaps, _ = settled(staff(**THREE), rules(talk("A", 1, 390, 330), talk("A", 2, 380)))
    row = gaps.set_index("rep").loc["A"]
    assert row["standing"] == "waiting"
    assert row["gap_left"] == 400_00 - 330_00  # what he asked in the round before


def test_rounds_begin_with_rule_and_commitment():
    _, _, rounds = settled(staff(**THREE), rules(talk("A", 1, 390, 330), talk("A", 2, 350, agreed=True)))
    own = rounds[rounds["rep"] == "A"]
    assert own["round"].tolist() == [0, 1, 2]
    assert own["proposed"].tolist() == [400_00, 390_00, 350_00]
    assert own["asked"].tolist() == [300_00, 330_00, 350_00]
    assert own["gap"].tolist() == [100_00, 60_00, 0]
    assert own["agreed"].tolist() == [False, False, True]
    assert rounds["rep"].unique().tolist() == ["A", "B"]  # C said nothing and was not asked
    assert list(rounds.columns) == list(TABLES["rep_allocation_negotiation"])


def test_the_commitment_of_the_last_spell_counts():
    reps = pd.concat([staff(A=300), staff(A=310), staff(A=None)], ignore_index=True)
    reps = reps.assign(start=pd.to_datetime([None, "2027-03-01", "2027-07-01"]))
    assert negotiation.commitments(reps).to_dict() == {"A": 310_00}


def test_the_order_of_the_rounds_changes_nothing():
    talks = [talk("A", 1, 390, 330), talk("A", 2, 350, agreed=True), talk("B", 1, 420, 400)]
    for one, other in zip(settled(staff(**THREE), rules(*talks))[1:], settled(staff(**THREE), rules(*talks[::-1]))[1:],
                          strict=True):  # fmt: skip
        pd.testing.assert_frame_equal(one, other)


def test_without_commitments_or_rounds_there_is_nothing_to_show():
    words = Words("zh")
    _, gaps, rounds = settled(staff(A=None, B=None, C=None), rules(mode="command"))
    assert rounds.empty
    for paint, frame, key in ((charts.gaps, gaps, "no_commitments"), (charts.rounds, rounds, "no_rounds")):
        title = paint(Figure().subplots(), frame, words=words).get_title()
        assert title.replace("\n", "") == words(f"rep_allocation.{key}")
    said = conclusions.negotiation(words, gaps, rules=Negotiation())
    assert said == [words("rep_allocation.mode_command"), words("rep_allocation.no_commitments")]


# --- what is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_closing_says_what_is_left_and_of_whom(language):
    words = Words(language, "元")
    given = rules(talk("A", 1, 310, agreed=True), talk("B", 1, 430, 400), talk("C", 1, 440))
    _, gaps, rounds = settled(staff(**THREE), given)
    said = "\n".join(conclusions.negotiation(words, gaps, rules=given.negotiation))
    assert words("rep_allocation.mode_negotiated") in said
    for fen in (310_00, 90_00, 890_00):  # agreed, less than by the rule, needed of B and C
        assert words.money(fen) in said
    assert "名B" in said
    assert "名C" in said
    for paint, frame in ((charts.gaps, gaps), (charts.rounds, rounds)):
        assert paint(Figure().subplots(), frame, words=words).get_title()
    assert "理由" in html_table(rounds, "rep_allocation_negotiation", words).html


def test_by_command_it_says_so_and_asks_for_no_talks():
    given = rules(mode="command")
    _, gaps, _ = settled(staff(**THREE), given)
    said = conclusions.negotiation(Words("zh", "元"), gaps, rules=given.negotiation)
    assert said[0] == Words("zh")("rep_allocation.mode_command")
    assert not any("协商截止" in text or "没有谈过" in text for text in said)


# --- what is wrong in the file ---------------------------------------------------------------------

BROKEN = """
negotiation:
  until: 2026-12-15
  rounds:
    - {rep: R99, round: 1, date: 2026-11-01, proposed: 10, reason: 没有这个人}
    - {rep: R07, round: 1, date: 2026-11-01, proposed: 10, reason: 已经离职}
    - {rep: R03, round: 1, date: 2026-11-01, proposed: 310000, agreed: true, reason: 又在约定里}
    - {rep: R03, round: 2, date: 2026-11-02, proposed: 300000, reason: 谈妥后又谈}
    - {rep: R02, round: 2, date: 2026-11-05, proposed: 10, reason: 少了第一轮}
    - {rep: R01, round: 1, date: 2026-11-05, proposed: 10, reason: 顺序}
    - {rep: R01, round: 2, date: 2026-11-04, proposed: 10, reason: 日期倒退}
    - {rep: R04, round: 1, date: 2026-12-16, proposed: 10, reason: 过了截止日}
"""


def check(workbook, text):
    """Faults of the demo plan with this text as its rep_allocation.yaml."""
    plan = workbook / "params" / "henan-2027"
    (plan / "rep_allocation.yaml").write_text("pins: [{rep: R03, amount: 320000}]\n" + text, encoding="utf-8")
    with pytest.raises(PlanError) as raised:
        inputs.check(plan)
    return raised.value.faults


def test_every_fault_of_the_rounds_in_one_pass(tmp_path):
    faults = check(copy_workbook(tmp_path, "henan-2027"), BROKEN)
    assert sorted(fault.code for fault in faults) == [
        "agreed_and_pinned", "negotiation_rep", "pin_rep_unknown", "round_after_agreed", "round_date", "round_late",
        "round_number",
    ]  # fmt: skip
    told = {fault.code: message(fault, Words("zh")) for fault in faults}
    assert "negotiation.rounds[0].rep" in told["negotiation_rep"]
    assert "R09" in told["negotiation_rep"]
    assert "2026-12-15" in told["round_late"]
