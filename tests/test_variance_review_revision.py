"""The rolling revision: promised months, the plan rep by rep, the record of revisions, what would place the rest."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review import (
    FOUR,
    MONTHS,
    PLAN,
    RULES,
    company,
    fact,
    reps_of,
    ruled,
    series,
    three_months,
)  # fmt: skip

from salesplan import variance_review as vr
from salesplan.apportion import MANAGER, UNASSIGNED
from salesplan.conclusions.variance_review import changes, revision
from salesplan.terms.variance_review import RevisionPin
from salesplan.variance_review.promises import Promised, pin_faults, promise_record, promised
from salesplan.wording import Words

NO_CELLS = pd.DataFrame({"rep": pd.Series(dtype="str"), "month": pd.Series(dtype="str"), "amount": [], "quota": []})


def pin(month, fen, **whose):
    return RevisionPin(month=MONTHS[month], amount=Decimal(fen) / 100, **whose)


def with_pins(*pins, **rules):
    return ruled(**rules).model_copy(update={"pins": pins})


def months(**amounts):
    """Promises of whole months by number: m1=130 is the second month."""
    found = {MONTHS[int(name[1:])]: amount for name, amount in amounts.items()}
    return Promised(pd.Series(found, dtype="int64"), NO_CELLS.astype({"amount": "int64", "quota": "int64"}))


# ---------------------------------------------------------------- promised months


@pytest.mark.parametrize(
    ("rules", "actual", "promises", "expected", "unplaced", "kept"),
    [
        pytest.param(
            ruled("even", "1"), [40], {"m2": 210}, [40, 100 + 25, 210, 400 + 25], 0, 0, id="others take what is left"
        ),
        pytest.param(
            ruled("even", "1"), [70], {"m2": 200}, [70, 100 + 15, 200, 400 + 15], 0, 0, id="a month that stays"
        ),
        pytest.param(
            ruled("even", "1"), [90], {"m3": 380}, [90, 100 + 15, 200 + 15, 380], 0, 0, id="a promise below its target"
        ),
        pytest.param(ruled(), [90], {"m1": 130}, [90, 130, 200, 400], 0, 20, id="more is promised than is missing"),
        pytest.param(
            ruled("next_month"), [20], {"m1": 100}, [20, 100, 200 + 60, 400 + 20], 0, 0, id="the next month is taken"
        ),
        pytest.param(
            ruled(cap="0.1"), [0], {"m1": 110, "m2": 220, "m3": 400}, [0, 110, 220, 400], 70, 0, id="no month"
        ),
        pytest.param(
            ruled("even", surplus="release"), [150], {"m1": 120}, [150, 120, 165, 365], 0, 0, id="a released surplus"
        ),
    ],
)
def test_promised_months_stand_and_the_year_is_kept(rules, actual, promises, expected, unplaced, kept):
    revised = vr.revise(FOUR, series(*actual), rules, given=months(**promises))
    assert revised.table["revised"].tolist() == expected
    assert (revised.unplaced, revised.kept) == (unplaced, kept)
    assert revised.year == FOUR.sum() - unplaced + kept


def test_a_reps_promise_is_part_of_what_its_month_takes():
    cells = pd.DataFrame({"rep": ["R1"], "month": [MONTHS[2]], "amount": [130], "quota": [100]})
    found = vr.revise(FOUR, series(50), ruled("even", "0.2"), given=Promised(pd.Series(dtype="int64"), cells))
    # 50 are missing, 30 of them promised in the third month, which may rise by 40
    assert found.table["revised"].tolist() == [50, 100 + 7, 200 + 30 + 7, 400 + 6]


promise = st.dictionaries(st.integers(3, 11), st.integers(0, 10**9), max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 10**9), min_size=12, max_size=12),
    st.lists(st.integers(-(10**6), 10**9), min_size=3, max_size=3),
    promise,
    st.sampled_from(["next_month", "seasonal", "even"]),
    st.decimals(0, 2, places=2),
    st.sampled_from(["keep", "release"]),
)
def test_pins_stand_and_the_rest_keeps_cap_and_year(amounts, actuals, promises, rule, cap, surplus):
    original = series(*amounts)
    held = months(**{f"m{month}": fen for month, fen in promises.items()})
    revised = vr.revise(original, series(*actuals), ruled(rule, str(cap), surplus), given=held)
    asked = revised.table.set_index("month")["revised"]
    assert revised.year == original.sum() - revised.unplaced + revised.kept
    assert all(asked[MONTHS[month]] == fen for month, fen in promises.items())
    others = [month for month in MONTHS[3:] if month not in held.months.index]
    rise = asked[others] - original[others]
    assert (rise <= [int(fen * cap) for fen in original[others]]).all()
    assert (rise >= 0).all() or (surplus == "release" and revised.kept >= 0)


# ---------------------------------------------------------------- rep by rep


def by_rep(figures, rules, unit=1):
    revised = vr.plan_revision(figures, rules, unit=unit)
    return revised, vr.revise_reps(figures, revised, rules, unit=unit)


def cell(frame, rep, month):
    return frame.set_index(["rep", "month"]).loc[(rep, MONTHS[month])]


def test_those_behind_take_what_is_missing_in_proportion():
    # quotas 75,600 and 50,400 a month, of which 25,000 and 10,000 are missing
    figures = company(actuals=three_months(R1=50_600, R2=40_400))
    revised, found = by_rep(figures, ruled("even", "1"))
    rise = revised.missing // 9
    assert revised.missing == 3 * 29_000
    assert cell(found, "R1", 5)["revised"] - 75_600 == pytest.approx(rise * 25 / 35, abs=1)
    assert cell(found, "R2", 5)["revised"] - 50_400 == pytest.approx(rise * 10 / 35, abs=1)
    assert cell(found, MANAGER, 5)["revised"] == -6_000
    assert cell(found, "R1", 0)["revised"] == 50_600


def test_one_who_is_ahead_rises_only_where_the_others_are_full():
    figures = company(actuals=three_months(R1=10_000, R2=60_000))
    revised, found = by_rep(figures, ruled("even", "0.1"))
    rise = 12_000  # the company's month: 10 % of 120,000
    assert revised.unplaced == 3 * 50_000 - 9 * rise
    assert cell(found, "R1", 3)["revised"] == 75_600 + 7_560
    assert cell(found, "R2", 3)["revised"] == 50_400 + rise - 7_560


def test_a_pinned_rep_keeps_the_promise_and_the_others_take_the_rest():
    figures = company(actuals=three_months(R1=50_000, R2=50_000))
    rules = with_pins(pin(5, 90_000, rep="R1"), rule="even", cap="1")
    revised, found = by_rep(figures, rules)
    assert revised.promised == 90_000 - 75_600
    row = cell(found, "R1", 5)
    assert (row["revised"], row["pinned"]) == (90_000, True)
    month = revised.table.set_index("month").loc[MONTHS[5], "revised"]
    assert found.loc[found["month"] == MONTHS[5], "revised"].sum() == month
    assert revised.year == 12 * 120_000


def teams(*rows):
    frame = reps_of(*[(rep, rep, start, end, None) for rep, _, start, end in rows])
    return frame.assign(team=[team for _, team, _, _ in rows])


def test_a_teams_promise_is_shared_by_quota_after_its_reps_own():
    people = teams(
        ("R1", "north", None, None), ("R2", "south", None, "2027-04-30"), ("R2", "north", "2027-05-01", None)
    )
    figures = company(actuals=three_months(R1=50_000, R2=50_000), reps=people)
    found = promised(figures, (pin(5, 140_000, team="north"), pin(3, 80_000, team="north")))
    assert found.cells["amount"].tolist() == [80_000, 84_000, 56_000]  # R1 alone in April; 60 : 40 in June
    found = promised(figures, (pin(5, 140_000, team="north"), pin(5, 90_000, rep="R1")))
    assert found.cells["amount"].tolist() == [90_000, 50_000]


def codes(figures, *pins, cap="0.3"):
    return [(fault.code, fault.place) for fault in pin_faults(figures, pins, Decimal(cap))]


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        pytest.param([pin(5, 156_000)], [], id="just within the cap"),
        pytest.param([pin(5, 156_100)], ["revision_pin_over_cap"], id="above the cap"),
        pytest.param([pin(5, 98_300, rep="R1")], ["revision_pin_over_cap"], id="a rep above his cap"),
        pytest.param([pin(5, 1, team="north")], ["revision_pin_over_cap"], id="a team without anyone"),
        pytest.param(
            [pin(5, 60_000), pin(5, 70_000, rep="R1")], ["revision_pin_month_less"], id="a rep more than the month"
        ),
        pytest.param([pin(2, 999_900), pin(2, 1, rep="R1")], [], id="of a month that is over"),
    ],
)
def test_pins_that_cannot_hold(pins, expected):
    assert [code for code, _ in codes(company(), *pins)] == expected


def test_a_pin_is_named_by_its_place_beside_those_of_months_that_are_over():
    found = codes(company(), pin(0, 1), pin(5, 156_100))
    assert found == [("revision_pin_over_cap", "variance_review.yaml revision.pins[1].amount")]


def test_promises_of_months_that_are_over_stay_as_a_record_and_move_nothing():
    people = teams(("R1", "north", None, None), ("R2", "south", None, None))
    figures = company(actuals=three_months(R1=50_000, R2=40_000), reps=people)
    kept = (pin(5, 130_000), pin(0, 80_000), pin(0, 50_000, team="north"), pin(1, 60_000, rep="R2"), pin(2, 0))
    found = promise_record(figures, kept)
    assert found[["month", "team", "rep", "amount"]].to_numpy().tolist() == [
        [MONTHS[0], "", "(company)", 80_000],
        [MONTHS[0], "north", "", 50_000],
        [MONTHS[1], "", "R2", 60_000],
        [MONTHS[2], "", "(company)", 0],
        [MONTHS[5], "", "(company)", 130_000],
    ]
    assert found["variance"].tolist() == [10_000, 0, -20_000, 90_000, pd.NA]
    assert found["attainment"].tolist() == [90 / 80, 1, 40 / 60, pd.NA, pd.NA]
    pd.testing.assert_frame_equal(found, promise_record(figures, kept[::-1]))
    alone = vr.plan_revision(figures, with_pins(kept[0], cap="1"))
    pd.testing.assert_frame_equal(vr.plan_revision(figures, with_pins(*kept, cap="1")).table, alone.table)


def test_the_review_says_which_promises_were_kept():
    figures = company(actuals=three_months(R1=50_000, R2=40_000))
    rules = with_pins(pin(0, 90_000), pin(1, 60_000, rep="R2"), pin(2, 100_000))
    said = revision(Words("en", "one", "CNY"), rolled(figures, rules))
    assert "Promises for months that are over: 3, of which kept: 1." in said
    assert "The largest miss is R2 in Feb 2027: promised 600.00 CNY, actual 400.00 CNY, 200.00 CNY short." in said


def test_a_team_and_its_reps_must_agree():
    people = teams(("R1", "north", None, None), ("R2", "north", None, None))
    pins = (pin(5, 100_000, team="north"), pin(5, 90_000, rep="R1"), pin(5, 20_000, rep="R2"))
    found = codes(company(reps=people), *pins)
    assert found == [("revision_pin_team_reps", "variance_review.yaml revision.pins[0].amount")]
    assert codes(company(reps=people), *pins[:2]) == []


cells = st.dictionaries(
    st.tuples(st.sampled_from(["R1", "R2"]), st.integers(4, 11)), st.integers(0, 90_000), max_size=3
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 10**6).map(lambda fen: fen * 100), min_size=12, max_size=12),
    st.tuples(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**5)),
    cells,
    st.sampled_from(["next_month", "seasonal", "even"]),
    st.decimals(0, 2, places=2),
    st.sampled_from(["keep", "release"]),
    st.sampled_from([1, 100]),
)
def test_reps_sum_to_the_company_in_every_month(amounts, sold, promises, rule, cap, surplus, unit):
    actuals = three_months(R1=sold[0], R2=sold[1], X=sold[2])
    figures = company(actuals=actuals, amounts=amounts)
    pins = [pin(month, fen, rep=rep) for (rep, month), fen in promises.items()]
    rules = with_pins(*pins, rule=rule, cap=str(cap), surplus=surplus)
    revised, found = by_rep(figures, rules, unit)
    sums = found.groupby("month")[["original", "revised"]].sum()
    company_months = revised.table.set_index("month")[["original", "revised"]]
    pd.testing.assert_frame_equal(sums, company_months, check_names=False)
    closed = found[found["actual"].notna()]
    assert (closed["revised"] == closed["actual"]).all()
    later = found[found["actual"].isna() & ~found["pinned"] & ~found["rep"].isin([MANAGER, UNASSIGNED])]
    assert (later["revised"] >= 0).all()
    assert (later["revised"] <= later["original"] + [int(fen * cap) for fen in later["original"]]).all()
    assert (found.loc[found["actual"].isna() & (found["rep"] == MANAGER), "revised"] <= 0).all()
    again = vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[::-1]})
    pd.testing.assert_frame_equal(found, by_rep(again, rules, unit)[1])


# ---------------------------------------------------------------- one revision after the other


def rolled(figures, rules=None, before=None):
    review = vr.review(figures, RULES, PLAN)
    rules = rules or RULES.revision
    revised = vr.plan_revision(figures, rules)
    return vr.roll(figures, review.grid, revised, rules, PLAN, before or vr.Before())


def before_of(found, figures):
    return vr.Before(vr.rep_grid(figures), found.table, found.revisions)


def sold(*by_month):
    return [fact(month, "R1", fen) for month, fen in zip(MONTHS, by_month, strict=False)]


def test_the_next_review_compares_with_the_original_and_with_what_was_asked():
    march, april = (company(count, sold(100_000, 120_000, 80_000, 110_000)) for count in (3, 4))
    reason = RULES.revision.model_copy(update={"reason": "a wet spring"})
    first = rolled(march, reason)
    asked = first.table.set_index("month")["revised"]
    assert first.table["revised_before"].tolist() == [120_000] * 12  # before the first, the original was asked
    assert asked["2027-04"] == pytest.approx(120_000 + 60_000 / 9, abs=1)
    second = rolled(april, before=before_of(first, march))
    row = second.table.set_index("month").loc["2027-04"]
    assert (row["revised_before"], row["variance"]) == (asked["2027-04"], -10_000)
    assert row["variance_revised"] == 110_000 - asked["2027-04"]
    assert second.table["original"].tolist() == [120_000] * 12
    third = rolled(company(5, sold(100_000, 120_000, 80_000, 110_000, 130_000)), before=before_of(second, april))
    kept = third.table.set_index("month")["revised_before"]
    assert (kept["2027-03"], kept["2027-04"]) == (120_000, asked["2027-04"])
    record = third.revisions
    assert record["number"].tolist() == [1, 2, 3]
    assert record["as_of"].tolist() == ["2027-03-31", "2027-04-30", "2027-05-31"]
    assert record["reason"].tolist() == ["a wet spring", "", ""]
    later = second.table["actual"].isna()
    assert record["difference"].tolist()[:2] == [60_000, (second.table["revised"] - asked.to_numpy())[later].sum()]


def test_a_review_of_the_same_month_end_takes_its_own_place_alone():
    figures = company(3, sold(100_000))
    first = rolled(figures)
    again = rolled(figures, before=before_of(first, figures))
    assert again.revisions["number"].tolist() == [1]


def test_before_the_first_month_nothing_is_recorded():
    found = rolled(company(0))
    assert (len(found.revisions), len(found.changes), found.needed) == (0, 0, None)
    assert found.reps["revised"].sum() == 12 * 120_000


def test_changes_of_closed_months_name_month_and_rep():
    march, april = company(3, sold(100_000, 120_000, 80_000)), company(4, sold(100_000, 125_000, 80_000, 110_000))
    found = rolled(april, before=before_of(rolled(march), march)).changes
    assert found.to_dict("records") == [
        {"month": "2027-02", "rep": "R1", "amount_before": 120_000, "amount_now": 125_000, "difference": 5_000}
    ]


def test_a_rep_who_is_gone_from_the_review_is_a_change_too():
    grid = vr.rep_grid(company(1, sold(100)))
    found = vr.changes_since(grid.replace("R1", "R9"), grid)
    assert found["rep"].tolist() == ["R1", "R9"]
    assert found["difference"].tolist() == [-100, 100]


# ---------------------------------------------------------------- what would place the rest


def test_what_it_takes_to_place_the_rest():
    days = pd.to_datetime(["2026-01-10", "2026-06-10", "2027-02-10", "2027-03-05"])
    orders = pd.DataFrame({"order": list("abcd"), "customer": "c1", "date": days, "amount": [9, 4_000, 6_000, -50]})
    figures = company(3, sold(0, 0, 0), orders=orders)
    rules = ruled("even", "0.1")
    found = rolled(figures, rules).needed
    unplaced = 360_000 - 9 * 12_000
    assert float(found.cap) == 0.334  # 360,000 of 1,080,000, in thousandths rounded up
    assert found.per_rep == unplaced // (2 * 9)
    assert (found.average_deal, found.deals) == (5_000, unplaced // 5_000 + 1)
    assert (found.average_customer, found.customers) == (9 * 100_000, 1)
    enough = vr.plan_revision(figures, ruled("even", str(float(found.cap))))
    assert enough.unplaced == 0


def test_after_the_last_month_nothing_can_be_placed():
    found = rolled(company(12, sold(0))).needed
    assert (found.cap, found.per_rep, found.deals, found.customers) == (None,) * 4


def order_lines(*rows):
    """order, day of February, rep, amount."""
    frame = pd.DataFrame(rows, columns=["order", "day", "rep", "amount"])
    days = pd.to_datetime("2027-02-" + frame["day"].astype("str").str.zfill(2))
    return frame.assign(date=days, month=MONTHS[1], product="p").drop(columns="day")


def test_changed_orders_are_told_the_largest_difference_first():
    before = order_lines(("A", 1, "R1", 500), ("A", 1, "R1", 100), ("B", 2, "R1", 70), ("C", 3, "R2", 40))
    now = order_lines(("C", 3, "R1", 40), ("A", 1, "R1", 600), ("B", 2, "R1", -20), (None, 9, "R1", 5))
    found = vr.changed_lines(before, now)
    assert found[["order", "rep", "amount_before", "amount_now", "difference"]].to_numpy().tolist() == [
        ["B", "R1", 70, -20, -90],
        ["C", "R1", 0, 40, 40],
        ["C", "R2", 40, 0, -40],
        ["", "R1", 0, 5, 5],
    ]
    pd.testing.assert_frame_equal(found, vr.changed_lines(before.iloc[::-1], now.iloc[::-1]))
    assert vr.changed_lines(before, before).empty


# ---------------------------------------------------------------- in words


REVIEWED = company(4, sold(100_000, 125_000, 80_000, 110_000))
EARLIER = company(3, sold(100_000, 120_000, 80_000))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_of_the_revision(language):
    words = Words(language, "one")
    rules = with_pins(pin(5, 100_000), rule="even", cap="0.01").model_copy(update={"reason": "wet & cold"})
    found = rolled(REVIEWED, rules, before_of(rolled(EARLIER), EARLIER))
    said = " ".join(revision(words, found))
    last = found.revisions.iloc[-1]
    for part in ("wet & cold", words.money(last["unplaced"]), words.money(110_000), words.money(last["ahead"])):
        assert part in said
    assert "{" not in said and "nan" not in said
    lines = vr.changed_lines(order_lines(("A7", 1, "R1", 120_000)), order_lines(("A7", 1, "R1", 125_000)))
    told = changes(words, found._replace(lines=lines), {"run": "march"}, "params/small")
    assert "small/march" in told[-1] and words.money(125_000) in told[0]
    assert "A7" in told[-2] and words.money(120_000) in told[-2]
    assert changes(words, found, {}, "params/small") == [words("revision.no_review_before")]
    assert revision(words, rolled(company(0))) == []
