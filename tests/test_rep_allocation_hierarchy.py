"""Managers, teams and regions: who belongs where, what each level carries, who holds the over-assignment."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from tables_plan import check_plan, codes

from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.rep_allocation.people import hierarchy as levels
from salesplan.report.table import html_table
from salesplan.tables.specification import TABLES
from salesplan.terms import RepAllocationTerms
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
SALES = "date,amount,rep\n2026-01-05,100.00,A\n"


def people(*rows):
    """Reps of rows (rep, name, manager, team, region, start, end, potential); what is left out is unknown."""
    names = ["rep", "name", "manager", "team", "region", "start", "end", "potential"]
    frame = pd.DataFrame([(*row, *[None] * (len(names) - len(row))) for row in rows], columns=names)
    dates = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
    money = {"potential": frame["potential"].astype("Int64"), "capacity": pd.array([pd.NA] * len(frame), dtype="Int64")}
    return frame.assign(**dates, **money)


# C answers to the director D, B to manager M below him, A to M until June and to D afterwards.
STAFF = people(
    ("A", "甲", "M", "一队", "东", None, "2027-06-30"),
    ("A", "甲", "D", "二队", "西", "2027-07-01"),
    ("B", "乙", "马", "一队", "东"),
    ("C", "丙", "D", "二队", "西"),
    ("M", "马", "D"),
    ("D", "丁"),
)


def monthly(reps="ABC", base=1_000, amount=1_071):
    rows = [(rep, month, base, amount) for rep in reps for month in MONTHS]
    return pd.DataFrame(rows, columns=["rep", "month", "base", "amount"])


def summary(table):
    sums = table.groupby("rep")[["base", "amount"]].sum().reset_index().rename(columns={"amount": "quota"})
    return sums.assign(last_year=pd.array([100] * len(sums), dtype="Int64"))


def rules(rate="0.05", upper=()):
    return RepAllocationTerms(over_assignment=Decimal(rate), upper_over_assignment=tuple(map(Decimal, upper)))


def table(staff=STAFF, quotas=None, **rates):
    quotas = monthly() if quotas is None else quotas
    return levels.hierarchy_table(summary(quotas), quotas, staff, rules=rules(**rates))


def row(frame, level, member, parent=None):
    found = frame[(frame["level"] == level) & (frame["member"] == member)]
    found = found if parent is None else found[found["parent"] == parent]
    assert len(found) == 1
    return found.iloc[0]


# --- rates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "upper", "expected"),
    [
        pytest.param("0.05", (), Decimal("0.05"), id="the reps alone"),
        pytest.param("0.05", ("0.02",), Decimal("1.02") * Decimal("1.05") - 1, id="company and managers"),
        pytest.param("0.0333", ("0.0111", "0.0222"), Decimal("1.0333") * Decimal("1.0111") * Decimal("1.0222") - 1,
                     id="more than six decimals stay"),
        pytest.param("0", (), 0, id="none"),
    ],
)  # fmt: skip
def test_total_rate_is_the_exact_product(rate, upper, expected):
    assert levels.total_rate(rules(rate, upper)) == expected


# --- who answers to whom ---------------------------------------------------------------------------


def test_managers_are_named_by_key_or_by_name():
    found = levels.manager_keys(people(("A", "甲", "马"), ("B", "乙", "M"), ("C", "丙", "外人"), ("M", "马")))
    assert found.tolist() == ["M", "M", "外人", ""]


def test_a_name_of_two_reps_is_neither():
    assert levels.manager_keys(people(("A", "甲", "马"), ("M", "马"), ("N", "马")))[0] == "马"


def test_only_managers_without_anything_of_their_own_carry_no_quota():
    staff = people(("A", "甲", "M"), ("B", "乙", "N"), ("C", "丙", "P"), ("M", "马"), ("N", "牛"),
                   ("P", "潘", None, None, None, None, None, 5))  # fmt: skip
    assert levels.sellers(staff)["rep"].tolist() == ["A", "B", "C", "P"]
    assert levels.sellers(staff, named={"N"})["rep"].tolist() == ["A", "B", "C", "N", "P"]


def test_a_rep_belongs_to_the_spell_of_the_months_last_day():
    placed = levels.placements(STAFF, MONTHS)
    found = placed[placed["rep"] == "A"].set_index("month")[["manager", "team", "region"]]
    assert found.loc["2027-06"].tolist() == ["M", "一队", "东"]
    assert found.loc["2027-07"].tolist() == ["D", "二队", "西"]
    assert set(placed.loc[placed["rep"] == "M", "manager"]) == {"M"}  # his own unit


def test_a_rep_who_joins_later_belongs_to_his_first_spell():
    placed = levels.placements(people(("A", "甲", "M", "一队", "东", "2027-05-01")), MONTHS)
    assert set(placed["manager"]) == {"M"}


# --- what each level carries -----------------------------------------------------------------------


def test_everybodys_sum_is_that_of_his_people():
    found = table(upper=["0.02"])
    assert row(found, "manager", "M")[["base", "quota"]].tolist() == [18_000, 6 * 1_071 + 12 * 1_071]
    assert row(found, "manager", "D")[["count", "base", "quota"]].tolist() == [3, 36_000, 36 * 1_071]
    assert row(found, "team", "一队")["quota"] == row(found, "region", "东")["quota"] == 18 * 1_071
    halves = [row(found, "rep", "A", parent)["base"] for parent in ("M", "D")]
    assert halves == [6_000, 6_000]


def test_each_level_holds_its_own_rate():
    found = table(upper=["0.02"])
    assert row(found, "company", levels.COMPANY)["amount_held"] == 36_000 * 0.02
    assert row(found, "manager", "M")["assigned"] == 18_000 * 1.02
    assert row(found, "manager", "M")["amount_held"] == 18 * 1_071 - 18_000 * 1.02
    assert row(found, "rep", "C")["rate"] == pytest.approx(0.05)
    holders = found[found["level"].isin(["company", "manager"])]
    assert holders["amount_held"].sum() == 36 * 71


def test_two_upper_rates_lie_with_company_and_director():
    found = table(quotas=monthly(base=1_000_000, amount=1_103_130), upper=["0.02", "0.03"])
    top, director, manager = (
        row(found, *one) for one in (("company", levels.COMPANY), ("manager", "D"), ("manager", "M"))
    )
    # A until June and B answer to M below D; C and A afterwards to D, who carries both rates above them.
    assert director["assigned"] == 18_000_000 * 1.02 + 18_000_000 * 1.02 * 1.03
    assert top["amount_held"] == director["assigned"] - 36_000_000
    assert manager["assigned"] == pytest.approx(18_000_000 * 1.02 * 1.03)
    assert manager["amount_held"] == 18 * 1_103_130 - manager["assigned"]


def test_without_any_rate_what_is_handed_down_is_held_by_the_direct_manager():
    found = table(rate="0")
    assert row(found, "company", levels.COMPANY)["amount_held"] == 0
    assert row(found, "manager", "M")["amount_held"] == 18 * 71


def test_a_selling_manager_is_part_of_his_own_unit():
    staff = people(("A", "甲", "M"), ("M", "马", "D", None, None, None, None, 5), ("D", "丁"))
    found = table(staff, monthly("AM"))
    assert row(found, "rep", "M")["parent"] == "M"
    assert row(found, "manager", "M")[["count", "quota"]].tolist() == [2, 24 * 1_071]


def test_reps_without_a_manager_stand_under_the_company():
    found = table(people(("A", "甲"), ("B", "乙")), monthly("AB"))
    assert set(found.loc[found["level"] == "rep", "parent"]) == {levels.COMPANY}
    assert row(found, "company", levels.COMPANY)["amount_held"] == 24 * 71
    assert set(found["level"]) == {"company", "rep"}  # neither teams nor regions are known


def test_last_year_of_a_rep_who_moved_counts_once():
    assert row(table(), "company", levels.COMPANY)["last_year"] == 300


def test_row_order_changes_nothing():
    shuffled = table(STAFF.sample(frac=1, random_state=3), monthly().sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(shuffled, table())


@settings(max_examples=40)
@given(
    above=st.lists(st.integers(0, 8), min_size=3, max_size=9),
    amounts=st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**8)), min_size=9, max_size=9),
    upper=st.lists(st.integers(0, 20), max_size=3),
)
def test_sums_hold_whatever_the_tree(above, amounts, upper):
    """Each rep names one before him as manager, or nobody; the run's own identities must hold."""
    names = [f"r{i}" for i in range(len(above))]
    chosen = [names[k] if k < i else None for i, k in enumerate(above)]
    staff = people(*((rep, rep, boss, f"t{i % 2}") for i, (rep, boss) in enumerate(zip(names, chosen, strict=True))))
    rows = [(rep, MONTHS[i % 12], base, base + more) for i, (rep, (base, more)) in
            enumerate(zip(names, amounts, strict=False))]  # fmt: skip
    quotas = pd.DataFrame(rows, columns=["rep", "month", "base", "amount"])
    found = table(staff, quotas, upper=[f"0.{rate:02d}" for rate in upper])
    frames = {"rep_allocation": quotas, "rep_allocation_reps": summary(quotas), "rep_allocation_hierarchy": found}
    stop_on_breach("rep_allocation", frames, {}, 1)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param([("M", "base", 1)], "people_sum_to_manager", id="a manager's base"),
        pytest.param([("D", "quota", -1)], "people_sum_to_manager", id="a director's quota"),
        pytest.param([("rep", "base", 1)], "levels_sum_to_reps", id="a rep's base"),
        pytest.param([("一队", "quota", 1)], "groups_sum_to_company", id="a team"),
        pytest.param([("M", "assigned", 1)], "held_is_handed_less_assigned", id="what is asked of a manager"),
        pytest.param([("M", "amount_held", 1)], "held_is_handed_less_assigned", id="what a manager holds"),
        pytest.param([(levels.COMPANY, "amount_held", 1), (levels.COMPANY, "assigned", -1)], "held_is_all_padding",
                     id="padding nobody carries"),
    ],
)  # fmt: skip
def test_what_does_not_sum_is_caught(changes, name):
    quotas, found = monthly(), table(upper=["0.02"])
    reps = summary(quotas)
    for member, column, by in changes:
        if member == "rep":
            reps = reps.assign(**{column: reps[column] + by})
        else:
            found = found.assign(**{column: found[column] + by * (found["member"] == member)})
    frames = {"rep_allocation": quotas, "rep_allocation_reps": reps, "rep_allocation_hierarchy": found}
    with pytest.raises(IdentityError, match=f"^{name}: "):
        stop_on_breach("rep_allocation", frames, {}, 1)


def test_ten_thousand_reps_are_quick():
    import time

    count = 10_000
    staff = people(*((f"r{i}", f"r{i}", f"m{i // 10}") for i in range(count)))
    quotas = pd.DataFrame({"rep": np.repeat(staff["rep"].to_numpy(), 12), "month": MONTHS * count, "base": 100,
                           "amount": 105})  # fmt: skip
    begun = time.perf_counter()
    found = table(staff, quotas)
    assert time.perf_counter() - begun < 10
    assert len(found) == 1 + count + count // 10


# --- what people wrote -----------------------------------------------------------------------------


def test_managers_in_a_circle_and_shared_names_are_told_at_their_rows(tmp_path):
    reps = "rep,name,manager\nA,甲,乙\nB,乙,A\nC,丙,C\nD,丁,王\nE,王,\nF,王,\n"
    faults = check_plan(tmp_path, {"sales": SALES, "reps": reps}).faults
    assert sorted(codes(faults)) == ["manager_circle"] * 3 + ["manager_shared"]
    by_value = {(fault.code, fault.value): fault for fault in faults}
    assert dict(by_value["manager_circle", "乙"].values).get("path") == "A → B → A"
    assert "row 4" in by_value["manager_circle", "C"].place
    assert "row 5" in by_value["manager_shared", "王"].place


# --- what is seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("upper", [[], ["0.02"]])
def test_chart_table_and_sentences(language, upper):
    words = Words(language, "元")
    words.names = {"M": "马", "A": "甲"}
    found = table(upper=upper)
    assert list(found.columns) == list(TABLES["rep_allocation_hierarchy"])
    ax = charts.hierarchy(Figure().subplots(), found, words=words)
    assert any("马" in text.get_text() for text in ax.texts)
    assert words.money(36 * 1_071) in ax.get_title().replace("\n", "")
    said = conclusions.levels(words, found, rules=rules(upper=upper))
    assert words.money(36 * 71) in said[0]
    assert ("1.0710" in "".join(said)) == bool(upper)
    assert "甲" in html_table(found, "rep_allocation_hierarchy", words).html


def test_many_reps_leave_the_managers_as_the_last_column():
    staff = people(*((f"r{i:02d}", f"r{i:02d}", f"m{i // 20}") for i in range(60)))
    ax = charts.hierarchy(Figure().subplots(), table(staff, monthly(staff["rep"])), words=Words("zh"))
    assert ax.get_xlim() == (0, 2)


def test_nobody_at_all():
    empty = monthly("").astype({"rep": "str", "month": "str"})
    found = levels.hierarchy_table(summary(empty), empty, STAFF, rules=rules())
    assert found.empty
    assert charts.hierarchy(Figure().subplots(), found, words=Words("zh")).get_title()
    assert conclusions.levels(Words("zh"), found, rules=rules())
