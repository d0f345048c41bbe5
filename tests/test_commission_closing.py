"""Closed months stand as they were closed; every difference moves, with its reason, to the first open month."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from commission_cases import MONTHS as ALL
from commission_cases import fen, order_lines, plan, rules
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan.commission import Ledger, Year, calculate, corrections_listed
from salesplan.commission.closing import CORRECTIONS, Closed, all_corrections, as_closed, notes, settled
from salesplan.commission.reasons import with_reasons
from salesplan.identities import commission as identity
from salesplan.terms.commission import MinimumWage

QUOTAS = ["rep", "month", "amount"]
MONTHS = ["2027-01", "2027-02", "2027-03", "2027-04"]
LINE = {"product": "P", "original_order": "", "tier_from": 0.0, "rate": 0.02, "plan": "standard"}
LINES = [
    "rep", "month", "order", "rule", "tier_from", "base", "rate", "amount", "product", "original_order", "date", "plan",
    "of_month", "reason",
]  # fmt: skip


def line(rep, month, order, base, **more):
    """A line that pays its rate on its base; `amount` in fen where it is told."""
    row = {"rep": rep, "month": month, "order": order, "rule": "tier", "base": base, **LINE, **more}
    amount = round(base * row["rate"]) if base is not None else 0
    return {"date": pd.Timestamp(f"{month}-10"), "of_month": "", "reason": "", "amount": amount, **row}


def calculated(lines, paid=1.0, review=MONTHS):
    """Lines and releases of a result in which what is earned is paid out at once, by `paid`."""
    whole = pd.DataFrame(lines, columns=LINES).astype({"base": "Int64", "amount": "int64"})
    whole = whole.astype(dict.fromkeys(["rep", "month", "order", "product", "reason", "of_month"], "str"))
    rows = whole[whole["month"].isin(review)].sort_values(["rep", "month"], kind="stable", ignore_index=True)
    moves = rows.groupby(["rep", "month", "order"])["amount"].sum().rename("earned").reset_index()
    net = (moves["earned"] * paid).astype("int64")
    releases = moves.assign(released=net.clip(lower=0), clawback=net.clip(upper=0))
    return rows, releases[(releases[["earned", "released", "clawback"]] != 0).any(axis=1)].reset_index(drop=True)


def close(result, *months, before=None):
    """The months of a result, closed; `before`: what was closed earlier."""
    lines, releases = (frame[frame["month"].isin(months)] for frame in result)
    if before is not None:
        lines, releases = pd.concat([before.lines, lines]), pd.concat([before.releases, releases])
    none = pd.DataFrame({"month": pd.Series(dtype="str")})
    return Closed([*(before.months if before else ()), *months], none, lines, releases, none, otherwise="parameters")


def both(found):
    return found.lines, found.releases


def reason(month="2027-01", text="wrong price", **more):
    return pd.DataFrame([{"month": month, "reason": text, "approved_by": "CFO", "order": None, "rep": None, **more}])


def corrections_of(lines):
    found = lines[lines["rule"] == "correction"]
    return found[["rep", "month", "of_month", "order", "base", "amount", "reason"]].to_numpy().tolist()


def check(found):
    """Lines and releases tell the same per rep and month; a month's order moves up or down, not both."""
    sums = [
        found.lines.groupby(["rep", "month"])["amount"].sum(),
        found.releases.groupby(["rep", "month"])["earned"].sum(),
    ]
    assert (sums[0].sub(sums[1], fill_value=0) == 0).all()
    assert ((found.releases["released"] >= 0) & (found.releases["clawback"] <= 0)).all()
    assert not found.releases.duplicated(["rep", "month", "order"]).any()


def to_date(releases, month=MONTHS[-1]):
    """Earned and out to date per rep and order, where there is any."""
    out = releases[releases["month"] <= month].assign(out=lambda d: d["released"] + d["clawback"])
    sums = out.groupby(["rep", "order"])[["earned", "out"]].sum()
    return sums[(sums != 0).any(axis=1)]


FIRST = [line("R1", "2027-01", "A", 100_000), line("R2", "2027-01", "B", 50_000), line("R1", "2027-02", "C", 40_000)]


def test_without_a_change_nothing_is_corrected():
    fresh = calculated(FIRST)
    found = settled(*fresh, close(fresh, "2027-01"), None, MONTHS)
    assert found.corrections.empty
    for frame, then in zip(both(found), fresh, strict=True):
        pd.testing.assert_frame_equal(frame, then)


def test_without_a_closed_month_nothing_is_done():
    fresh = calculated(FIRST)
    for closed in (None, close(fresh)):
        found = settled(*fresh, closed, None, MONTHS)
        assert both(found) == fresh and found.corrections.empty


def test_a_changed_order_becomes_one_line_of_the_open_month():
    then, fresh = calculated(FIRST), calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}, *FIRST[1:]])
    found = settled(*fresh, close(then, "2027-01"), reason(order="A"), MONTHS)
    assert corrections_of(found.lines) == [
        ["R1", "2027-02", "2027-01", "A", 80_000 - 100_000, 1_600 - 2_000, "wrong price"]
    ]
    for frame, before in zip(both(found), then, strict=True):
        stood = [part[part["month"] == "2027-01"].reset_index(drop=True) for part in (frame, before)]
        pd.testing.assert_frame_equal(*stood)
    moved = found.releases[(found.releases["month"] == "2027-02") & (found.releases["order"] == "A")].iloc[0]
    assert (moved["earned"], moved["released"], moved["clawback"]) == (-400, 0, -400)
    assert list(found.corrections.columns) == list(CORRECTIONS)
    assert found.corrections.to_numpy().tolist() == [
        ["2027-02", "2027-01", "R1", "A", -400, -400, 0, "wrong price", "CFO", 2_000, 2_000, 0]
    ]
    assert [(note.code, note.fills["amount"]) for note in notes(found.corrections)] == [("corrected", -400)]
    check(found)


def test_another_tier_is_two_lines_one_taken_back_and_one_added():
    moved = {**FIRST[0], "tier_from": 1.0, "rate": 0.03, "amount": 3_000}
    found = settled(*calculated([moved, *FIRST[1:]]), close(calculated(FIRST), "2027-01"), None, MONTHS)
    rows = found.lines[found.lines["rule"] == "correction"][["tier_from", "rate", "base", "amount"]]
    assert rows.to_numpy().tolist() == [[0.0, 0.02, -100_000, -2_000], [1.0, 0.03, 100_000, 3_000]]
    assert found.corrections[["earned", "released", "reason"]].to_numpy().tolist() == [
        [3_000 - 2_000, 3_000 - 2_000, "parameters"]
    ]


def test_an_order_removed_and_one_added_are_both_corrected():
    fresh = calculated([*FIRST[1:], line("R1", "2027-01", "D", 10_000)])
    found = settled(*fresh, close(calculated(FIRST), "2027-01"), reason(text="found late"), MONTHS)
    assert [row[3:6] for row in corrections_of(found.lines)] == [["A", -100_000, -2_000], ["D", 10_000, 200]]
    check(found)


def test_what_came_into_a_month_closed_empty_is_corrected():
    then = close(calculated(FIRST[2:]), "2027-01")
    found = settled(*calculated(FIRST), then, reason(text="found late"), MONTHS)
    assert [row[3:6] for row in corrections_of(found.lines)] == [["A", 100_000, 2_000], ["B", 50_000, 1_000]]
    check(found)


def test_what_was_corrected_is_not_corrected_again():
    then = calculated(FIRST)
    fresh = calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}, *FIRST[1:]])
    january = close(then, "2027-01")
    first = settled(*fresh, january, reason(order="A"), MONTHS)
    closed = close(both(first), "2027-02", before=january)
    second = settled(*fresh, closed, reason(order="A"), MONTHS)
    assert second.corrections.empty
    pd.testing.assert_frame_equal(second.lines, first.lines)
    undone = settled(*then, closed, reason(text="right after all", order="A"), MONTHS)
    assert corrections_of(undone.lines)[1] == [
        "R1", "2027-03", "2027-01", "A", 20_000, 400, "right after all",
    ]  # fmt: skip
    check(undone)


def test_a_release_alone_moves_and_is_told():
    then, fresh = calculated(FIRST, paid=1.0), calculated(FIRST, paid=0.5)
    found = settled(*fresh, close(then, "2027-01"), reason(text="cheque bounced", order="A"), MONTHS)
    assert corrections_of(found.lines) == []
    assert found.corrections[["rep", "of_month", "order", "earned", "released", "reason"]].to_numpy().tolist() == [
        ["R1", "2027-01", "A", 0, 1_000 - 2_000, "cheque bounced"],
        ["R2", "2027-01", "B", 0, 500 - 1_000, "parameters"],
    ]
    check(found)


def test_a_correction_and_a_later_release_of_one_order_are_one_movement():
    later = line("R1", "2027-02", "A", 50_000)
    then = calculated([*FIRST, later])
    fresh = calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}, *FIRST[1:], later])
    found = settled(*fresh, close(then, "2027-01"), reason(order="A"), MONTHS)
    moved = found.releases[(found.releases["month"] == "2027-02") & (found.releases["order"] == "A")]
    assert moved[["earned", "released", "clawback"]].to_numpy().tolist() == [[1_000 - 400, 1_000 - 400, 0]]
    check(found)


def test_without_an_open_month_the_closed_state_stands_and_differences_wait():
    review = MONTHS[:1]
    then = calculated(FIRST, review=review)
    fresh = calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}, *FIRST[1:]], review=review)
    found = settled(*fresh, close(then, "2027-01"), reason(order="A"), review)
    for frame, before in zip(both(found), then, strict=True):
        pd.testing.assert_frame_equal(frame, before)
    assert found.corrections[["month", "earned", "released"]].to_numpy().tolist() == [["", -400, -400]]
    assert [note.code for note in notes(found.corrections)] == ["corrections_wait"]
    orders = pd.DataFrame({"rep": ["R1", "R2"], "order": ["A", "B"], "earned": 0, "released": 0, "held": 0})
    assert as_closed(orders, found)[["earned", "released", "held"]].to_numpy().tolist() == [
        [2_000, 2_000, 0],
        [1_000, 1_000, 0],
    ]


def test_a_review_of_an_earlier_month_corrects_nothing():
    fresh = calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}], review=MONTHS[:1])
    found = settled(*fresh, close(calculated(FIRST), "2027-01", "2027-02"), None, MONTHS[:1])
    assert found.corrections.empty and notes(found.corrections) == []
    assert found.lines["amount"].tolist() == [2_000, 1_000]


def test_base_pay_of_a_closed_month_is_listed_where_the_open_one_pays_it():
    rows = [["R1", "2027-02", "sales", "", 300_000], ["R1", "2027-02", "sales", "2027-01", -30_000]]
    base_pay = pd.DataFrame(rows, columns=["rep", "month", "component", "of_month", "amount"])
    fresh, closed = calculated(FIRST), close(calculated(FIRST), "2027-01")
    ledger = Ledger(pd.DataFrame(), closed=closed, corrections=reason(text="score corrected", rep="R1"))
    stood = settled(*fresh, closed, None, MONTHS)
    found = all_corrections(stood, base_pay, ledger)
    assert found[["of_month", "rep", "earned", "base_pay", "reason"]].to_numpy().tolist() == [
        ["2027-01", "R1", 0, -30_000, "score corrected"]
    ]
    assert all_corrections(stood, base_pay, Ledger(pd.DataFrame())).empty


FOLLOWED = [("R1", "A"), ("R1", "B"), ("R2", "B")]
REASONS = pd.concat(
    [
        reason(text="whole month"),
        reason(text="order", order="A"),
        reason(text="second", order="A"),
        reason(text="rep", rep="R2"),
        reason(text="rep and order", rep="R1", order="C"),
        reason(month="2027-02", text="other month", order="A"),
    ]
)


@pytest.mark.parametrize(
    ("rep", "order", "original", "expected"),
    [
        pytest.param("R1", "A", "", "order / second", id="by order, several told"),
        pytest.param("R1", "C", "", "rep and order", id="by rep and order"),
        pytest.param("R2", "C", "", "rep", id="by rep where the order is another rep's"),
        pytest.param("R3", "X", "", "whole month", id="by month"),
        pytest.param("R3", "X", "A", "order / second", id="by the order taken back"),
    ],
)
def test_the_narrowest_reason_counts(rep, order, original, expected):
    found = pd.DataFrame([{"rep": rep, "of_month": "2027-01", "order": order, "original_order": original}])
    assert with_reasons(found, REASONS.sample(frac=1, random_state=1), "")["reason"].tolist() == [expected]


def test_what_follows_from_another_correction_has_its_reason():
    found = pd.DataFrame([{"rep": rep, "of_month": "2027-01", "order": order} for rep, order in FOLLOWED])
    told = with_reasons(found, reason(text="wrong price", order="A"), "parameters")
    assert told["reason"].tolist() == ["wrong price", "wrong price", "parameters"]
    base_pay = with_reasons(found.iloc[1:2].assign(order=""), None, "parameters", told)
    assert base_pay[["reason", "approved_by"]].to_numpy().tolist() == [["wrong price", "CFO"]]


def test_many_reasons_are_cut_short():
    many = pd.concat([reason(text=f"reason {number}") for number in range(9)])
    found = pd.DataFrame([{"rep": "R1", "of_month": "2027-01", "order": "A"}])
    assert with_reasons(found, many, "")["reason"].tolist() == ["reason 0 / reason 1 / reason 2 …"]


def test_no_reason_where_no_row_fits():
    found = pd.DataFrame([{"rep": "R1", "of_month": "2027-03", "order": "A"}])
    assert with_reasons(found, REASONS, "parameters")["reason"].tolist() == ["parameters"]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["R1", "R2"]),
        st.sampled_from(MONTHS),
        st.sampled_from(["A", "B", ""]),
        st.integers(-5_000_000, 5_000_000),
        st.sampled_from([0.02, 0.03]),
    ),
    max_size=12,
)


def lines_of(rows):
    return [line(rep, month, order, base, rate=rate) for rep, month, order, base, rate in rows]


@settings(max_examples=30, deadline=None)
@given(ROWS, ROWS, ROWS)
def test_to_date_everything_is_the_fresh_calculation(first, second, third):
    then, now, last = (calculated(lines_of(rows)) for rows in (first, second, third))
    january = close(then, "2027-01")
    february = settled(*now, january, None, MONTHS)
    pd.testing.assert_frame_equal(to_date(february.releases, "2027-02"), to_date(now[1], "2027-02"))
    closed = close(both(february), "2027-02", before=january)
    found = settled(*last, closed, None, MONTHS)
    check(found)
    for frame, kept in ((found.lines, closed.lines), (found.releases, closed.releases)):
        stood = frame[frame["month"].isin(closed.months)].reset_index(drop=True)
        expected = kept.sort_values(["rep", "month"], kind="stable", ignore_index=True)
        pd.testing.assert_frame_equal(stood, expected, check_dtype=False)
    pd.testing.assert_frame_equal(to_date(found.releases, "2027-03"), to_date(last[1], "2027-03"))
    sums = [lines.groupby("rep")["amount"].sum() for lines in (found.lines, last[0])]
    assert (sums[0].sub(sums[1], fill_value=0) == 0).all()


@settings(max_examples=30, deadline=None)
@given(ROWS, ROWS, st.randoms())
def test_the_order_of_rows_changes_nothing(first, second, random):
    then, now = calculated(lines_of(first)), calculated(lines_of(second))
    closed = close(then, "2027-01", "2027-02")
    shuffled = replace(closed, releases=closed.releases.sample(frac=1, random_state=random.randint(0, 99)))
    found, again = (settled(*now, one, REASONS, MONTHS) for one in (closed, shuffled))
    pd.testing.assert_frame_equal(found.releases, again.releases)
    pd.testing.assert_frame_equal(found.corrections, again.corrections)


SOLD = [
    ("2027-01-05", "A", 1000),
    ("2027-01-20", "B", 500),
    ("2027-01-21", "C", 700, {"rep": "R2"}),
    ("2027-02-10", "D", 800),
    ("2027-03-10", "E", 900),
]
TABLES = ("table", "lines", "releases", "base_pay")


def pay(sold, until="2027-03-31", closed=None, reasons=None, least=None, **terms):
    """The result of a year, R1 and R2 with a quota of 1,000 a month and base pay of 3,000; `least`: wage by law."""
    quotas = pd.DataFrame([(rep, month, fen(1000)) for rep in ("R1", "R2") for month in ALL], columns=QUOTAS)
    reps = pd.DataFrame({"rep": ["R1", "R2"], "base_pay": pd.array([fen(3000)] * 2, dtype="Int64")})
    own = {"order_lines": order_lines(*sold), "reps": reps, "quotas": quotas}
    given = Ledger(**own, closed=closed, corrections=reasons)
    own_rules = rules(plan(**terms)).model_copy(update={"minimum_wage": MinimumWage(amount=least)} if least else {})
    return calculate(given, Year(ALL, date.fromisoformat(until)), own_rules)


def shut(result, *months):
    """Months of a result as they are closed."""
    frames = [getattr(result, name) for name in TABLES]
    return Closed(months, *(frame[frame["month"].isin(months)] for frame in frames), otherwise="parameters")


def test_the_whole_result_stands_as_closed_and_corrects_openly():
    then = pay(SOLD)
    changed = [("2027-01-05", "A", 600), *SOLD[1:]]
    found = pay(changed, closed=shut(then, "2027-01"), reasons=reason(order="A"))
    for name in TABLES:
        stood = [getattr(one, name)[lambda d: d["month"] == "2027-01"].reset_index(drop=True) for one in (found, then)]
        pd.testing.assert_frame_equal(*stood)
    fresh = pay(changed)
    for name in ("earned", "released", "clawback", "payable"):
        sums = [one.table.groupby("rep")[name].sum() for one in (found, fresh)]
        if name in ("earned", "payable"):
            pd.testing.assert_series_equal(*sums)
    lost = -fen(1000) * 2 // 100 - fen(500) * 3 // 100 + fen(600) * 2 // 100 + fen(400) * 2 // 100 + fen(100) * 3 // 100
    february = found.table[(found.table["rep"] == "R1") & (found.table["month"] == "2027-02")].iloc[0]
    assert february["earned"] == fen(800) * 2 // 100 + lost
    assert found.corrections["earned"].sum() == lost
    assert "corrected" in [note.code for note in found.notes]


def test_changed_parameters_alter_no_closed_month():
    then = pay(SOLD)
    found = pay(SOLD, closed=shut(then, "2027-01"), tiers=[(0, "0.05")])
    assert set(found.corrections["reason"]) == {"parameters"}
    january = found.table[found.table["month"] == "2027-01"].reset_index(drop=True)
    pd.testing.assert_frame_equal(january, then.table[then.table["month"] == "2027-01"].reset_index(drop=True))
    assert found.table["earned"].sum() == sum(fen(row[2]) for row in SOLD) * 5 // 100


def test_all_months_of_the_review_closed_leave_the_result_as_it_was():
    then = pay(SOLD)
    found = pay(SOLD[1:], closed=shut(then, *ALL[:3]))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(then, name))
    assert set(found.corrections["month"]) == {""} and found.corrections["earned"].sum() < 0
    assert found.corrections["base_pay"].sum() == -fen(3000) * 50 // 100  # A was 1,000 of January's quota of 1,000
    assert found.orders["earned"].sum() <= then.orders["earned"].sum()


@pytest.mark.parametrize("months", [1, 2, 3])
def test_what_was_topped_up_to_the_least_wage_is_final(months):
    then = pay(SOLD, least=2500)
    assert (then.base_pay["component"] == "minimum_wage").sum() > 2
    found = pay(SOLD, closed=shut(then, *ALL[:months]), least=2500)
    assert found.corrections.empty
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(then, name))


def test_a_rep_who_is_on_no_plan_any_more_keeps_his_closed_pay():
    then = pay(SOLD)
    found = pay(SOLD, closed=shut(then, "2027-01"), applies_to={"rep": "R1"})
    own = found.table[found.table["rep"] == "R2"]
    assert own["earned"].tolist() == [fen(700) * 2 // 100, -fen(700) * 2 // 100, 0]
    base = fen(3000) * 70 // 100  # 700 of 1,000
    assert own["payable"].tolist() == [base + fen(700) * 2 // 100, -fen(700) * 2 // 100 - base, 0]


def test_what_is_told_and_booked_is_the_same():
    changed = [("2027-01-05", "A", 600), *SOLD[1:]]
    found = pay(changed, closed=shut(pay(SOLD), "2027-01"))
    frames = {"commission_corrections": found.corrections, "commission_lines": found.lines}
    assert list(identity.corrections(frames)) == []
    lost = {**frames, "commission_lines": found.lines[found.lines["rule"] != "correction"]}
    assert {name for name, _ in identity.corrections(lost)} == {"corrections_are_lines"}
    waiting = pay(changed[1:], closed=shut(pay(SOLD), *ALL[:3])).corrections
    assert list(identity.corrections({**lost, "commission_corrections": waiting})) == []


def test_the_page_says_what_stood_before_and_stands_now():
    then, fresh = calculated(FIRST), calculated([{**FIRST[0], "base": 80_000, "amount": 1_600}, *FIRST[1:]])
    rows = corrections_listed(settled(*fresh, close(then, "2027-01"), reason(order="A"), MONTHS).corrections)
    told = rows[["order", "corrected", "before", "after", "difference", "approved_by"]].to_numpy().tolist()
    assert told == [["A", "earned", 2_000, 1_600, -400, "CFO"], ["A", "released", 2_000, 1_600, -400, "CFO"]]
    assert (rows["before"] + rows["difference"] == rows["after"]).all()
