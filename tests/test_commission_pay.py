"""Base pay by components, draws, guarantees, least wage, what is carried; expected values as arithmetic."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from commission_cases import MONTHS, order_lines, plan, reps, rules, year
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import Ledger, Pay, draws, pay_table
from salesplan.commission.curve import payout
from salesplan.commission.pay import DrawTerms, base_pay, carry
from salesplan.money import half_away
from salesplan.terms.commission import Component, Curve
from salesplan.terms.pay import MinimumWage

SCORED = ["month", "rep", "component", "actual", "standard"]


def grid(months=4, labels=("R1",), plans=0, **columns):
    """Reps x closed months on one plan, without quota; columns by month."""
    rows = pd.MultiIndex.from_product([labels, MONTHS[:months]], names=["rep", "month"]).to_frame(index=False)
    return rows.assign(plan=plans, quota=0, actual=0).assign(**columns)


def moved(released, clawback=0, labels=("R1",)):
    """Sums of commission by month; what is released is also earned."""
    rows = grid(len(released), labels)[["rep", "month"]].assign(released=released * len(labels), clawback=clawback)
    return rows.assign(earned=rows["released"] + rows["clawback"])


def paid(terms, *, people, months=4, released=None, scores=None, frozen=None, clawback=0, least=None, **columns):
    """Pay of the people's first months on one or more plans; columns of the grid by month."""
    terms = rules(*terms) if isinstance(terms, list) else rules(terms)
    terms = terms.model_copy(update={"minimum_wage": MinimumWage(**least)} if least else {})
    labels = tuple(sorted(set(people["rep"])))
    sums = moved(released or [0] * months, clawback, labels)
    given = Ledger(order_lines(), reps=people, scores=scores)
    return pay_table(grid(months, labels, **columns), sums, given, year(months), terms, frozen=frozen)


def people(*spells, **columns):
    """Spells of R1 as (start, end, base pay in fen)."""
    starts, ends, pays = zip(*spells, strict=True)
    plain = {"start": pd.to_datetime(list(starts)), "end": pd.to_datetime(list(ends))}
    return reps(*["R1"] * len(spells), **plain, base_pay=pd.array(list(pays), dtype="Int64"), **columns)


def of(pay, name, rep="R1"):
    return pay.table.loc[pay.table["rep"] == rep, name].tolist()


# ---------------------------------------------------------------- base pay


@pytest.mark.parametrize(
    ("pay", "weight", "actual", "standard", "expected"),
    [
        pytest.param(300_000, "0.6", 50, 100, 90_000, id="half of six tenths"),
        pytest.param(300_000, "0.6", 150, 100, 180_000, id="never above the standard"),
        pytest.param(300_000, "0.6", -10, 100, 0, id="a negative actual is zero"),
        pytest.param(300_000, "0.6", 0, 0, 180_000, id="nothing asked"),
        pytest.param(100, "0.5", 1, 100, 1, id="0.5 fen rounds away from zero"),
        pytest.param(2**52, "1", 2**61 - 1, 2**61, 2**52, id="far beyond int64 in between"),
    ],
)
def test_base_pay_component(pay, weight, actual, standard, expected):
    part = Component(weight=Decimal(weight))
    found = base_pay(*map(np.array, ([pay], [1])), part, np.array([actual]), np.array([standard]))
    assert found.tolist() == [expected]


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        pytest.param(59, 0, id="below the floor nothing"),
        pytest.param(60, 1000 * 60, id="at the floor its share"),
        pytest.param(100, 1000 * 100, id="at the standard all"),
        pytest.param(119, 1000 * 119, id="above the standard more"),
        pytest.param(121, 1000 * 120, id="above the cap no more"),
    ],
)
def test_a_goal_with_floor_and_cap(actual, expected):
    part = Component(weight=Decimal("0.5"), floor=Decimal("0.6"), cap=Decimal("1.2"))
    found = base_pay(np.array([200_000]), np.array([1]), part, np.array([actual]), np.array([100]))
    assert found.tolist() == [expected]


BANDS = [0, "0.500001", "0.600001", "0.700001", "0.800001", "0.900001", "1.000001", "1.200001", "1.400001", "1.600001",
         "1.800001"]  # fmt: skip
SHARES = ["0.1", "0.15", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"]


@pytest.mark.parametrize(
    ("attainment", "share"),
    [(450, "0.1"), (500, "0.1"), (505, "0.15"), (950, "0.5"), (1000, "0.5"), (1010, "0.6"), (1550, "0.8"), (2300, "1")],
)
def test_a_share_of_the_base_by_bands_of_attainment(attainment, share):
    """C33: bands that include their upper end, the gaps of the source ("51-60%") closed, and flat above the last."""
    points = tuple({"at": Decimal(at), "pays": Decimal(pays)} for at, pays in zip(BANDS, SHARES, strict=True))
    curve = Curve(points=points, between="steps")
    assert payout(curve, attainment, 1000, 2_500_000, full=False)[0] == 2_500_000 * Decimal(share)


def test_base_pay_by_components_and_employment():
    components = {
        "sales": Decimal("0.6"),
        "records": Decimal("0.2"),
        "analysis": Decimal("0.1"),
        "satisfaction": Decimal("0.1"),
    }
    scores = pd.DataFrame(
        [("2027-02", "R1", "records", 15.0, 20.0), ("2027-02", "R1", "analysis", 3.0, 2.0)], columns=SCORED
    )
    member = people(("2027-02-15", "2027-03-02", 400_000))
    found = paid(plan(base_pay={"components": components}), people=member, scores=scores, quota=[100_000] * 4,
                 actual=[0, 50_000, 0, 0])  # fmt: skip
    rows = found.base_pay
    assert list(rows["component"]) == [*components] * 2  # in the order of the parameters
    february = [half_away(400_000 * 14 * tenths, 28 * 100) for tenths in (30, 15, 10, 10)]
    march = [half_away(400_000 * 2 * tenths, 31 * 100) for tenths in (0, 20, 10, 10)]
    assert list(rows["amount"]) == february + march
    assert list(rows["achieved"]) == [0.5, 0.75, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]
    assert list(rows["assumed"]) == [False] * 5 + [True, True, False]  # no score of records and analysis in March
    assert of(found, "base_pay") == [0, sum(february), sum(march), 0]


def test_a_standard_in_pieces_takes_the_place_of_the_quota():
    scores = pd.DataFrame([("2027-01", "R1", "sales", 6.0, 8.0)], columns=SCORED)
    found = paid(plan(), people=people((None, None, 300_000)), scores=scores, months=2, quota=[100] * 2, actual=[0] * 2)
    assert of(found, "base_pay") == [300_000 * 6 // 8, 0]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("calendar_days", half_away(310_000 * 11, 31), id="11 of 31 days from the 21st"),
        pytest.param("workdays", half_away(310_000 * 7, 20), id="7 of 20 workdays, 1 January off"),
        pytest.param("full", 310_000, id="whole"),
    ],
)
def test_a_month_in_part(rule, expected):
    found = paid(plan(base_pay={"part_month": rule}), people=people(("2027-01-21", None, 310_000)), months=1)
    assert of(found, "base_pay") == [expected]


def test_each_base_pay_of_a_month_counts_for_its_own_days_and_is_rounded_once():
    raised = people(
        ("2026-05-01", "2027-01-10", 100_000), ("2027-01-11", "2027-01-20", 200_000), ("2027-01-21", None, 333_333)
    )
    found = paid(plan(), people=raised, months=2)
    assert of(found, "base_pay") == [half_away(100_000 * 10 + 200_000 * 10 + 333_333 * 11, 31), 333_333]
    whole = paid(plan(base_pay={"part_month": "full"}), people=raised, months=2)
    assert of(whole, "base_pay") == [333_333, 333_333]  # the terms of the last spell


def test_months_between_two_spells_are_not_paid():
    away = people((None, "2027-01-31", 100_000), ("2027-03-01", None, 100_000))
    assert of(paid(plan(), people=away), "base_pay") == [100_000, 0, 100_000, 100_000]


def test_plans_change_within_the_year():
    second = plan(name="other", base_pay={"components": {"attendance": Decimal(1)}})
    found = paid([plan(), second], people=people((None, None, 100_000)), plans=[0, 1, -1, -1])
    assert list(found.base_pay["component"]) == ["sales", "attendance"]
    assert of(found, "plan") == ["standard", "other", "", ""]
    assert of(found, "base_pay") == [100_000, 100_000, 0, 0]


# ---------------------------------------------------------------- draws and guarantees


def terms_of(commission, *, least=0, guaranteed=0, recoverable=True, forgiven=()):
    """The same draw in every month; months (from 1) at whose end it is forgiven."""
    blank = np.zeros_like(commission)
    ends = np.isin(np.arange(1, commission.shape[1] + 1), list(forgiven))
    return DrawTerms(blank + least, blank + guaranteed, (blank == 0) & recoverable, (blank == 0) & ends)


@pytest.mark.parametrize(
    ("draw", "commission", "paid", "owed"),
    [
        pytest.param(
            2000,
            [2750, 3000, 1500, 2375, 3000, 2750],
            [2750, 3000, 2000, 2000, 2875, 2750],
            [0, 0, 500, 125, 0, 0],
            id="C19 recoverable",
        ),
        pytest.param(3000, [2000], [3000], [1000], id="C21 deficit"),
    ],
)
def test_recoverable_draw(draw, commission, paid, owed):
    rows = np.array([commission])
    drawn = draws(rows, terms_of(rows, least=draw))
    assert (rows + drawn.draw).tolist() == [paid]
    assert drawn.owed.tolist() == [owed]


def test_a_draw_that_is_not_recoverable_leaves_no_balance():
    drawn = draws(np.array([[0, 500]]), terms_of(np.zeros((1, 2), int), least=200, recoverable=False))
    assert drawn.draw.tolist() == [[200, 0]] and drawn.owed.tolist() == [[0, 0]]
    assert drawn.granted.tolist() == [[200, 0]]


def test_what_is_owed_is_forgiven_at_the_end_of_the_period():
    drawn = draws(np.array([[0, 100, 0, 500]]), terms_of(np.zeros((1, 4), int), least=200, forgiven=(3,)))
    assert drawn.owed.tolist() == [[200, 300, 0, 0]]
    assert drawn.forgiven.tolist() == [[0, 0, 500, 0]]
    assert drawn.draw.tolist() == [[200, 100, 200, 0]]  # nothing is recovered of what was struck off


def test_an_advance_never_lends_what_was_taken_back():
    drawn = draws(np.array([[-1000, 900]]), terms_of(np.zeros((1, 2), int), least=300))
    assert drawn.draw.tolist() == [[300, -300]]


def test_a_guarantee_is_granted_and_a_draw_above_it_is_owed():
    drawn = draws(np.array([[100, 900]]), terms_of(np.zeros((1, 2), int), least=500, guaranteed=300))
    assert drawn.granted.tolist() == [[200, 0]]  # up to the guarantee
    assert drawn.draw.tolist() == [[400, -200]] and drawn.owed.tolist() == [[200, 0]]


def test_an_opening_balance_is_recovered():
    drawn = draws(np.array([[150, 400]]), terms_of(np.zeros((1, 2), int), least=100), np.array([120]))
    assert drawn.draw.tolist() == [[-50, -70]] and drawn.owed.tolist() == [[70, 0]]


def test_draws_of_plans_in_part_months_and_after_the_last_day():
    terms = plan(draw={"amount": Decimal(310), "recoverable": True})
    found = paid(terms, people=people(("2027-01-22", "2027-02-28", None)), released=[0, 0, 5_000, 90_000])
    # 10 of 31 days, a whole month, then no draw any more: all commission recovers
    assert of(found, "draw") == [10_000, 31_000, -5_000, -36_000]
    assert of(found, "amount_owed") == [10_000, 41_000, 36_000, 0]


def test_a_change_of_plan_keeps_what_is_owed_and_when_it_is_forgiven():
    drawing = plan(draw={"amount": Decimal(100), "forgiven": "quarter"})
    found = paid([drawing, plan(name="other")], people=people((None, None, None)), plans=[0, 1, 1, 1],
                 released=[0, 4_000, 1_000, 9_000])  # fmt: skip
    assert of(found, "draw") == [10_000, -4_000, -1_000, 0]
    assert of(found, "amount_forgiven") == [0, 0, 5_000, 0]


def test_a_guarantee_lasts_its_months_from_the_start():
    terms = plan(guarantee={"amount": Decimal(280), "months": 3})
    found = paid(terms, people=people(("2026-12-15", None, None)), released=[10_000, 0, 0, 0])
    assert of(found, "draw") == [18_000, 28_000, 0, 0]
    assert of(found, "amount_owed") == [0] * 4 and of(found, "amount_granted") == [18_000, 28_000, 0, 0]
    unknown = paid(terms, people=people((None, None, None)))
    assert of(unknown, "draw") == [0] * 4  # nobody knows him to be new


MONEY = st.integers(-(10**6), 10**6)


@given(
    st.lists(MONEY, min_size=1, max_size=12),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.booleans(),
    st.integers(1, 6),
)
def test_draws_balance(commission, least, guaranteed, recoverable, every):
    rows = np.array([commission])
    ends = range(every, len(commission) + 1, every)
    drawn = draws(rows, terms_of(rows, least=least, guaranteed=guaranteed, recoverable=recoverable, forgiven=ends))
    before = np.r_[0, drawn.owed[0, :-1]]
    assert (drawn.owed[0] == before + drawn.draw[0] - drawn.granted[0] - drawn.forgiven[0]).all()
    assert (drawn.owed >= 0).all() and (drawn.granted >= 0).all()
    floor = np.minimum(rows, 0) + max(least, guaranteed)
    assert (rows + drawn.draw >= floor).all()  # never below the draw, but for what was taken back


# ---------------------------------------------------------------- least wage, carried


def test_a_negative_payable_is_carried():
    before, out = carry(np.array([[100, -300, 200, 250]]))
    assert before.tolist() == [[0, 0, -300, -100]]
    assert out.tolist() == [[100, 0, 0, 150]]


def test_nothing_is_taken_below_the_least_wage():
    before, out = carry(np.array([[500, -300, 900, 900]]), np.array([[400, 400, 400, 400]]), np.array([-50]))
    assert before.tolist() == [[-50, 0, -700, -200]]
    assert out.tolist() == [[450, 400, 400, 700]]


def test_the_least_wage_tops_up_base_pay_in_part_months_too():
    member = people(("2027-01-22", None, 100_000), region=["Luoyang"])
    found = paid(plan(), people=member, released=[0, 50_000, 200_000, 0], least={"amount": Decimal(1800),
                 "regions": {"Luoyang": Decimal(1600)}})  # fmt: skip
    parts = [half_away(100_000 * 10, 31), 100_000, 100_000, 100_000]
    least = [half_away(160_000 * 10, 31), 160_000, 160_000, 160_000]
    top_up = [least[0] - parts[0], 160_000 - 150_000, 0, 60_000]
    assert of(found, "base_pay") == [sum(pair) for pair in zip(parts, top_up, strict=True)]
    rows = found.base_pay[found.base_pay["component"] == "minimum_wage"]
    assert list(rows["amount"]) == [top_up[0], top_up[1], top_up[3]]
    assert of(found, "amount_least") == least
    assert of(found, "amount_paid") == [least[0], 160_000, 300_000, 160_000]


def test_what_is_taken_back_waits_where_it_would_press_below_the_least_wage():
    member = people((None, None, 200_000))
    found = paid(plan(), people=member, months=3, clawback=[0, -150_000, 0], least={"amount": Decimal(1800)})
    assert of(found, "payable") == [200_000, 50_000, 200_000]
    assert of(found, "amount_paid") == [200_000, 180_000, 180_000]
    assert of(found, "amount_carried") == [0, 0, -130_000]


def test_no_least_wage_where_base_pay_is_unknown_or_there_is_no_plan():
    least = {"amount": Decimal(1800)}
    assert of(paid(plan(), people=people((None, None, None)), least=least), "base_pay") == [0] * 4
    assert of(paid(plan(), people=people((None, None, 0)), least=least, plans=[0, 0, -1, -1]), "base_pay") == [
        180_000, 180_000, 0, 0]  # fmt: skip


# ---------------------------------------------------------------- months closed for good


def first_months(pay, months):
    """What was closed for good: the rows of the first months."""
    closed = MONTHS[:months]
    return Pay(pay.table[pay.table["month"].isin(closed)], pay.base_pay[pay.base_pay["month"].isin(closed)])


def test_the_sequence_goes_on_from_closed_months():
    terms = plan(draw={"amount": Decimal(200)})
    given = {"people": people((None, None, 150_000)), "released": [0, 50_000, 1_000, 90_000]}
    given |= {"clawback": [0, -400_000, 0, 0], "least": {"amount": Decimal(1000)}}
    whole = paid(terms, **given)
    again = paid(terms, **given, frozen=first_months(whole, 2))
    pd.testing.assert_frame_equal(again.table, whole.table)
    pd.testing.assert_frame_equal(again.base_pay, whole.base_pay)


def test_closed_months_stay_and_their_difference_is_paid_in_the_open_one():
    member = people((None, None, 100_000))
    scores = pd.DataFrame([("2027-01", "R1", "records", 5.0, 10.0), ("2027-02", "R1", "records", 10.0, 10.0)],
                          columns=SCORED)  # fmt: skip
    terms = plan(base_pay={"components": {"records": Decimal(1)}})
    closed = first_months(paid(terms, people=member, months=2, scores=scores), 1)
    better = scores.assign(actual=[8.0, 10.0])
    found = paid(terms, people=member, months=2, scores=better, frozen=closed)
    assert of(found, "base_pay") == [50_000, 100_000 + 30_000]
    late = found.base_pay[found.base_pay["of_month"] != ""]
    assert late[["month", "of_month", "amount"]].to_numpy().tolist() == [["2027-02", "2027-01", 30_000]]
    # booked once: closing that month too leaves nothing to make good
    third = paid(terms, people=member, months=3, scores=better, frozen=first_months(found, 2))
    assert of(third, "base_pay") == [50_000, 130_000, 100_000]


def test_the_grid_must_be_whole():
    given = Ledger(order_lines(), reps=reps())
    with pytest.raises(ValueError, match="every closed month"):
        pay_table(grid(4).iloc[1:], moved([0] * 4), given, year(4), rules(plan()))


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 28), st.integers(0, 10**6)), min_size=1, max_size=4),
       st.lists(MONEY, min_size=4, max_size=4), st.integers(0, 3000), st.randoms())  # fmt: skip
def test_pay_is_its_parts_and_row_order_changes_nothing(spells, commission, least, random):
    starts = [pd.Timestamp(2027, place + 1, first) for place, (first, _, _) in enumerate(spells)]
    ends = [pd.Timestamp(2027, place + 1, max(first, last)) for place, (first, last, _) in enumerate(spells)]
    member = people(*zip(starts, ends, [pay for _, _, pay in spells], strict=True))
    given = {"released": [max(fen, 0) for fen in commission], "clawback": [min(fen, 0) for fen in commission],
             "least": {"amount": Decimal(least)}}  # fmt: skip
    terms = plan(draw={"amount": Decimal(500)})
    found = paid(terms, people=member, **given)
    table = found.table
    assert (table["payable"] == table["base_pay"] + table["released"] + table["clawback"] + table["draw"]).all()
    assert table["base_pay"].sum() == found.base_pay["amount"].sum()
    assert (table["amount_paid"] >= table["amount_least"]).all()
    left = table["payable"] + table["amount_carried"] - table["amount_paid"]
    assert left.iloc[:-1].tolist() == table["amount_carried"].iloc[1:].tolist()
    order = list(range(len(member)))
    random.shuffle(order)
    shuffled = paid(terms, people=member.iloc[order], **given)
    pd.testing.assert_frame_equal(shuffled.table, table)
    exact = [sum(Fraction(pay * ((end - start).days + 1)) for start, end, (_, _, pay) in
                 zip(starts, ends, spells, strict=True) if start.month == month) for month in (1, 2, 3, 4)]  # fmt: skip
    assert (
        list(found.base_pay.loc[found.base_pay["component"] == "sales", "base"])
        == [half_away(int(top), whole) for top, whole in zip(exact, (31, 28, 31, 30), strict=True)][: len(spells)]
    )
