"""Causes that explain too much, the Pareto chart's bars, and measures carried over until they are closed."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan import variance_review as vr
from salesplan.conclusions.variance_review.review import cause_sentences
from salesplan.errors import Fault
from salesplan.variance_review.actions import MEASURE_COLUMNS
from salesplan.wording import Words

MONTHS = ["2027-01", "2027-02", "2027-03"]


def grid(**variances):
    rows = [(f"2027-{name[1:]}", fen) for name, fen in variances.items()]
    return pd.DataFrame(rows, columns=["month", "variance"])


def findings(*rows, columns=("month", "code", "amount")):
    return pd.DataFrame(list(rows), columns=list(columns)).astype({"amount": "int64"})


# ---------------------------------------------------------------- too much


@pytest.mark.parametrize(
    ("rows", "beyond"),
    [
        pytest.param([("2027-01", "price", -100)], None, id="all of it"),
        pytest.param([("2027-01", "price", -101)], ("-1.01", "-1.00"), id="a fen too much"),
        pytest.param([("2027-01", "price", -150), ("2027-01", "demand", 50)], None, id="a loss beside a gain"),
        pytest.param(
            [("2027-01", "price", -150), ("2027-01", "policy", -20), ("2027-01", "demand", 50)],
            ("-1.50", "-1.30"),
            id="their net too much: the largest that adds to it",
        ),
        pytest.param([("2027-01", "demand", 400)], None, id="against its direction: the rest is unexplained"),
        pytest.param([("2027-02", "demand", 61)], ("0.61", "0.60"), id="more gain than there is"),
        pytest.param([("2027-03", "demand", 5)], None, id="a month without variance has no direction"),
        pytest.param([("2027-09", "demand", 5)], None, id="a month to come"),
    ],
)
def test_causes_beyond_the_variance_of_their_month(rows, beyond):
    found = list(vr.cause_faults(findings(*rows), grid(m01=-100, m02=60, m03=0)))
    told = [(fault.value, dict(fault.values)["most"]) for fault in found]
    assert told == ([beyond] if beyond else [])


def test_the_fault_says_where_how_much_and_what_is_allowed():
    rows = findings(("2027-01", "price", -300), ("2027-01", "policy", -1), columns=["month", "code", "amount"])
    rows = rows.assign(place=["causes.csv row 2 , column amount", "causes.csv row 3 , column amount"])
    values = {"month": "2027-01", "recorded": "-3.01", "variance": "-1.00", "most": "-0.99"}
    assert list(vr.cause_faults(rows, grid(m01=-100))) == [
        Fault("cause_exceeds", "causes.csv row 2 , column amount", "-3.00", values)
    ]


def test_a_month_is_the_sum_of_its_reps():
    assert not list(vr.cause_faults(findings(("2027-01", "price", -100)), pd.concat([grid(m01=-60), grid(m01=-40)])))
    assert not list(vr.cause_faults(None, grid(m01=-60)))
    assert not list(vr.cause_faults(findings(("2027-01", "price", -1)), grid()))


# ---------------------------------------------------------------- Pareto


def test_bars_by_size_and_what_is_unexplained_last():
    causes = findings(
        ("a", "demand", -20), ("a", "price", -50), ("b", "demand", -40), ("a", "policy", 30), ("a", "unexplained", -70)
    )
    bars = vr.cause_pareto(causes)
    assert bars["code"].tolist() == ["demand", "price", "unexplained"]
    assert bars["amount"].tolist() == [-60, -50, -70]
    assert bars["share"].tolist() == pytest.approx([60 / 180, 110 / 180, 1])


def test_of_a_surplus_the_gains_are_shown():
    bars = vr.cause_pareto(findings(("a", "demand", 80), ("a", "price", -10), ("a", "unexplained", 5)))
    assert bars["code"].tolist() == ["demand", "unexplained"]


@given(
    st.lists(st.tuples(st.sampled_from(["price", "demand", "unexplained"]), st.integers(-(10**9), 10**9)), max_size=9)
)
def test_shares_rise_to_one(rows):
    bars = vr.cause_pareto(findings(*[("a", *row) for row in rows]))
    assert bars["share"].is_monotonic_increasing
    assert not len(bars) or bars["share"].iloc[-1] == pytest.approx(1)
    assert (bars["amount"] < 0).all() or (bars["amount"] > 0).all()


# ---------------------------------------------------------------- measures

COLUMNS = ("month", "code", "amount", "action", "owner", "due", "state", "rep")


def measures(*rows, before=None, closed=3, as_of=date(2027, 3, 31)):
    return vr.measure_table(findings(*rows, columns=COLUMNS), before, as_of=as_of, closed=MONTHS[:closed])


def row(month="2027-01", action="visit", due=None, state=None, rep="R1"):
    return (month, "demand", -5, action, "Li", due and pd.Timestamp(due), state, rep)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(row(due="2027-03-21"), ("open", 59, 10, True), id="blank is open, ten days overdue"),
        pytest.param(row(due="2027-03-31", state="doing"), ("doing", 59, 0, True), id="due on the day"),
        pytest.param(row(due="2027-02-01", state="done"), ("done", 59, 0, False), id="done is not overdue"),
        pytest.param(row("2027-03", due="2027-04-30"), ("open", 0, 0, False), id="of this month"),
        pytest.param(row(), ("open", 59, 0, True), id="without a date"),
        pytest.param(row("2026-12", due="2027-01-31", state="open"), ("open", 90, 59, True), id="of last year"),
    ],
)
def test_age_and_delay_of_a_measure(one, expected):
    found = measures(one).iloc[0]
    assert (found["state"], found["age_days"], found["overdue_days"], found["carried"]) == expected


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(row("2026-12", state="done"), id="closed last year"),
        pytest.param(row("2027-04"), id="of a month to come"),
        pytest.param(row(action=None), id="a finding without a measure"),
    ],
)
def test_measures_that_are_not_listed(one):
    assert measures(one).empty


def test_the_most_overdue_stand_first():
    found = measures(row(action="a"), row(action="b", due="2027-03-01"), row(action="c", due="2027-02-01"))
    assert found["action"].tolist() == ["c", "b", "a"]


def test_an_open_measure_of_the_review_before_goes_on_until_it_is_closed():
    before = measures(row(action="kept"), row(action="changed"), row(action="finished", state="done"), closed=2)
    found = measures(row(action="changed", state="done"), row("2027-03", action="new"), before=before)
    assert found.set_index("action")["state"].to_dict() == {"kept": "open", "changed": "done", "new": "open"}
    assert found.set_index("action")["carried"].to_dict() == {"kept": True, "changed": False, "new": False}
    again = measures(before=found)
    assert sorted(again["action"]) == ["kept", "new"]


def test_nothing_recorded_and_nothing_closed_leave_the_header():
    for found in (
        vr.measure_table(None, as_of=date(2027, 3, 31), closed=MONTHS),
        measures(row(), closed=0),
        measures(row(), as_of=None),
    ):
        assert found.empty
        assert list(found.columns) == MEASURE_COLUMNS


def test_a_month_ends_on_its_cutoff():
    given = findings(row("2027-02"), columns=COLUMNS)
    found = vr.measure_table(given, as_of=date(2027, 3, 25), closed=MONTHS, cutoff=25)
    assert found["age_days"].tolist() == [28]


@given(st.permutations([row(action="a"), row(action="b", due="2027-02-01"), row("2027-02"), row(rep=None)]))
def test_row_order_changes_nothing(rows):
    pd.testing.assert_frame_equal(measures(*rows), measures(*sorted(rows, key=str)))


# ---------------------------------------------------------------- what the review says of them


def said(language, *rows):
    """The sentences of causes (code, fen), the unexplained rest last."""
    causes = pd.DataFrame(list(rows), columns=["code", "amount"]).astype({"amount": "int64"})
    return list(cause_sentences(Words(language, "万元" if language == "zh" else "thousand"), causes))


def test_the_largest_cause_is_one_of_those_that_explain_the_shortfall():
    first, against, left = said("zh", ("demand", 3_400_000), ("competition", -1_800_000), ("unexplained", -2_630_000))
    assert "“竞争”\uff08少 1.80 万元\uff09" in first and "需求变化" not in first
    assert "“需求变化”" in against and "多了 3.40 万元" in against
    assert left == "比目标少的部分中有 2.63 万元还没有说明。"


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_on_causes_needs_a_sign(language, sign):
    price, demand = ("price", 30_000), ("demand", -10_000)
    cases = [[price, demand, ("unexplained", 5_000)], [demand, ("unexplained", 15_000)], [("unexplained", 15_000)]]
    told = [said(language, *[(code, sign * fen) for code, fen in rows]) for rows in cases]
    assert [len(texts) for texts in told] == [2, 3, 1]  # the smaller one against it is not spoken of
    assert not any("-" in text for texts in told for text in texts)


def test_causes_that_say_everything_or_too_much():
    assert said("en", ("price", -100), ("unexplained", 0))[-1] == "The causes recorded explain the whole variance."
    beyond = said("zh", ("price", -2_000_000), ("unexplained", 1_000_000))[-1]
    assert "相差 1.00 万元" in beyond and "核对" in beyond
    assert said("en", ("unexplained", 0)) == []
