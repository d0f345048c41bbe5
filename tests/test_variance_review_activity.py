"""Activity against the plan, visits, the funnel's rates, projects, and the boards of the month to come."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_variance_review import MONTHS, company, fact

from salesplan.apportion import MANAGER, TOTAL, UNASSIGNED
from salesplan.calendar import days
from salesplan.conclusions.variance_review import Boards, activity_sentences, project_sentences
from salesplan.conclusions.variance_review.boards import month_board, week_board
from salesplan.report.boards import write_boards
from salesplan.terms import VarianceReviewTerms
from salesplan.variance_review import (
    Known,
    Work,
    activity_review,
    board_table,
    customer_review,
    next_month,
    planned_visits,
    project_review,
    projects_shown,
    visits_shown,
)
from salesplan.wording import Words

JAN, FEB = MONTHS[:2]
FUNNEL = pd.DataFrame(
    {
        "rep": ["R1"] * 3,
        "activity": ["deal", "bid", "call"],
        "rate": [np.nan, 0.5, 0.2],
        "amount_deal": pd.array([100_000, None, None], dtype="Int64"),
    }
)
PLANNED = pd.DataFrame(
    [
        (rep, month, activity, count)
        for rep in ("R1",)
        for month in (JAN, FEB, "2027")
        for activity, count in (("deal", 2), ("bid", 4), ("call", 20), ("return_visit", 3))
    ],
    columns=["rep", "period", "activity", "count"],
)
CUSTOMERS = pd.DataFrame(
    {
        "customer": ["a", "b", "c", "(new)"],
        "rep": ["R1", "R1", "R1", "R1"],
        "grade": ["VIP", "VIP", "other", None],
        "amount": [1, 1, 1, 1],
        "contacts_per_month": [1.0, 1.0, 0.5, np.nan],
        "start": pd.to_datetime([None, "2027-02-01", None, None]),
        "end": pd.to_datetime([None] * 4),
    }
)


def records(*rows):
    columns = ["date", "rep", "activity", "count", "customer"]
    return pd.DataFrame([(*row, *[None] * (5 - len(row))) for row in rows], columns=columns)


def deals(*months):
    return pd.DataFrame(
        [(f"o{place}", "R1", month, 100) for place, month in enumerate(months)],
        columns=["order", "rep", "month", "amount"],
    )


def work(*rows, won=(JAN,), **more):
    found = {"planned": PLANNED, "funnel": FUNNEL, "customers": CUSTOMERS, "cadence": "call"} | more
    return Work(records=records(*rows) if rows else None, deals=deals(*won), **found)


# ---------------------------------------------------------------- against the plan


def test_what_is_missing_is_worth_what_the_plans_rates_make_of_it():
    found = activity_review(work((JAN, "R1", "bid", 5), ("2027-01-20", "R1", "call", 12)), [JAN])
    rows = found.table.set_index("activity")
    assert rows["actual"].to_dict() == {"deal": 1, "bid": 5, "call": 12}
    assert rows["gap"].to_dict() == {"deal": 1 - 2, "bid": 5 - 4, "call": 12 - 20}
    assert rows["amount_each"].to_dict() == {"deal": 100_000, "bid": 50_000, "call": 100_000 * 0.5 * 0.2}
    assert rows["amount_missing"].to_dict() == {"deal": 100_000, "bid": 0, "call": 8 * 10_000}
    assert found.behind[["activity", "missing", "amount_missing"]].to_numpy().tolist() == [["call", 8, 80_000]]


def test_a_month_without_records_is_unknown_and_an_activity_left_out_beside_others_is_none():
    table = activity_review(work((JAN, "R1", "bid", 5)), [JAN, FEB]).table.set_index(["month", "activity"])
    assert table.loc[(JAN, "call"), "actual"] == 0
    assert pd.isna(table.loc[(FEB, "call"), "actual"])
    assert table.loc[(FEB, "deal"), "actual"] == 0  # orders are always known


def test_visits_of_the_plan_that_nobody_records_are_not_compared():
    assert "return_visit" not in set(activity_review(work((JAN, "R1", "bid", 5)), [JAN]).table["activity"])


def test_rates_are_those_of_the_records_beside_the_plans():
    rates = activity_review(work((JAN, "R1", "bid", 4), (JAN, "R1", "call", 16)), [JAN]).conversion
    own = rates[rates["rep"] == "R1"].set_index("activity")
    assert own["rate"].to_dict() == {"bid": 1 / 4, "call": 4 / 16}
    assert own["plan_rate"].to_dict() == {"bid": 0.5, "call": 0.2}
    team = rates[rates["rep"] == TOTAL].set_index("activity")
    assert team["plan_rate"].to_dict() == {"bid": 2 / 4, "call": 4 / 20}


def test_visits_by_count_where_records_name_no_customer():
    visits = activity_review(work((JAN, "R1", "call", 1)), [JAN, FEB]).visits
    january = visits.iloc[0]
    assert (january["customers"], january["visits_due"], january["visits"]) == (2, 1.5, 1)
    assert visits["visits_due"].tolist() == [1.5, 2.5]  # b is his from February on
    assert visits["grade"].tolist() == [TOTAL] * 2 and visits["visited"].isna().all()
    assert visits_shown(visits).columns.tolist() == ["rep", "customers", "visits_due", "visits"]


def test_visits_by_grade_where_they_name_the_customer():
    found = activity_review(work((JAN, "R1", "call", 2, "c"), (JAN, "R1", "call", 1, "b")), [JAN])
    rows = found.visits.set_index("grade")
    assert rows["visits"].to_dict() == {TOTAL: 3, "VIP": 0, "other": 2}  # b is not his customer yet
    assert rows["visited"].to_dict() == {TOTAL: 2, "VIP": 0, "other": 1}
    assert visits_shown(found.visits)["grade"].tolist() == [TOTAL, "VIP", "other"]


def test_row_order_changes_nothing():
    rows = [(JAN, "R1", "bid", 5), (JAN, "R1", "call", 2), ("2027-01-07", "R1", "call", 9)]
    first, second = (activity_review(work(*some), [JAN, FEB]) for some in (rows, rows[::-1]))
    for name, frame in first.tables.items():
        pd.testing.assert_frame_equal(frame, second.tables[name])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_of_activity(language):
    words = Words(language)
    assert activity_sentences(words, activity_review(work(won=()), [])) == [words("activity_review.none")]
    empty = {"planned": PLANNED.head(0), "funnel": FUNNEL.head(0), "customers": CUSTOMERS.head(0)}
    alone = activity_review(work((JAN, "R1", "bid", 5), **empty), [JAN])
    assert activity_sentences(words, alone) == [words("activity_review.no_plan")]
    said = activity_sentences(words, activity_review(work((JAN, "R1", "bid", 3), (JAN, "R1", "call", 1)), [JAN]))
    assert any("1,900.00" in text for text in said)  # 19 calls of 100.00
    assert not [text for text in said if "{" in text]


# ---------------------------------------------------------------- projects


def tracked(**more):
    rows = pd.DataFrame(
        {
            "project": ["late", "due", "undated", "fine", "done"],
            "customer": list("abcde"),
            "rep": "R1",
            "stage": ["bid", "bid", "bid", "bid", "delivery"],
            "amount": 1_000,
            "probability": 0.3,
            "weighted": 300,
            "close": pd.to_datetime(["2027-03-20", "2027-05-01", "2027-05-02", "2028-01-01", "2027-02-01"]),
            "month": ["2027-03", "2027-05", "2027-05", "2028-01", "2027-02"],
            "next_follow_up": pd.to_datetime(["2027-03-01", "2027-03-26", None, "2027-04-09", None]),
        }
    )
    return project_review(rows, date(2027, 3, 31), still=MONTHS[3:], won=["delivery"], **more)


def test_projects_are_late_overdue_undated_or_won():
    table = tracked().table.set_index("project")
    states = {"late": "late_close", "due": "overdue", "undated": "undated", "fine": "on_time", "done": "won"}
    assert table["state"].to_dict() == states
    assert table.loc["due", "overdue_days"] == 5
    assert table["amount_open"].sum() == 2 * 300  # due and undated close within the year
    assert table.index[0] == "late"
    shown = projects_shown(tracked())
    assert "done" not in set(shown["project"]) and shown.columns.is_unique


def test_a_close_that_moved_since_the_review_before_is_told():
    before = tracked().table.assign(close=pd.Timestamp("2027-04-01"), stage="draft")
    found = tracked(before=before)
    assert set(found.table["stage_before"]) == {"draft"}
    said = project_sentences(Words("en"), found, MONTHS[3:])
    assert any("close later" in text and "30.00" in text for text in said)


def test_no_projects_are_said():
    nothing = project_review(tracked().table.head(0), None, still=MONTHS)
    assert project_sentences(Words("en"), nothing, MONTHS) == [Words("en")("project_review.none")]


# ---------------------------------------------------------------- boards

APRIL = "2027-04"


def plan_days(amounts=None):
    frame = days(MONTHS, "CN")
    week = frame["date"].dt.isocalendar()
    third = np.minimum((frame["date"].dt.day - 1) // 10, 2) + 1
    return frame.assign(
        amount=0 if amounts is None else amounts(frame),
        ten_day=frame["month"] + "-T" + third.astype("str"),
        week=week["year"].astype("str") + "-W" + week["week"].astype("str").str.zfill(2),
    )


def revised_reps(**amounts):
    """Table variance_review_revision_reps of April; `manager` and `unassigned` stand for those who are no rep."""
    names = {"manager": MANAGER, "unassigned": UNASSIGNED}
    rows = [(names.get(rep, rep), APRIL, amount) for rep, amount in amounts.items()]
    return pd.DataFrame(rows, columns=["rep", "month", "revised"]).astype({"revised": "int64"})


@given(st.lists(st.integers(0, 10**10), min_size=2, max_size=2), st.sampled_from([1, 100, 10_000]))
@settings(max_examples=30, deadline=None)
def test_periods_sum_to_the_revised_month_of_each_exactly(amounts, unit):
    one, other = (amount // unit * unit for amount in amounts)
    reps = revised_reps(R1=one, R2=other, manager=-unit, unassigned=0)
    visits = pd.Series({"R1": 17, "R2": 3})
    table = board_table(reps, plan_days(), visits, month=APRIL, unit=unit)
    for _, rows in table.groupby("kind"):
        assert rows.groupby("rep")["amount"].sum().to_dict() == {"R1": one, "R2": other, MANAGER: -unit}
    assert table.groupby("kind")["visits"].sum().to_dict() == {"ten_day": 20, "week": 20}
    own = table[table["rep"] != MANAGER]
    assert (own["amount"] >= 0).all() and (own["amount"] % unit == 0).all()


def test_amounts_follow_the_plans_days_and_visits_the_workdays():
    only_tenth = plan_days(lambda frame: (frame["date"] == pd.Timestamp("2027-04-12")).astype("int64"))
    visits = pd.Series({"R1": 21})
    table = board_table(revised_reps(R1=450, R2=450), only_tenth, visits, month=APRIL)
    thirds = table[(table["kind"] == "ten_day") & (table["rep"] == "R1")]
    assert thirds["amount"].tolist() == [0, 450, 0]
    assert thirds["visits"].tolist() == thirds["workdays"].tolist() == [6, 7, 8]
    assert table.loc[table["rep"] == "R2", "visits"].isna().all()


def test_a_year_that_is_over_has_no_board():
    figures = company(12)
    assert next_month(figures) == ""
    assert planned_visits(work(), []).empty
    assert board_table(revised_reps(R1=1), plan_days(), pd.Series(dtype="int64"), month="").empty


def boards(causes=(), money=()):
    figures = company(3, [fact(JAN, "R1", 1_000, customer="<b>")])
    reps = revised_reps(R1=136_500, manager=-6_500)
    table = board_table(reps, plan_days(), pd.Series({"R1": 5}), month=APRIL)
    columns = ["code", "action", "owner", "due", "state"]
    clients = customer_review(figures, VarianceReviewTerms(), Known())
    paid = pd.DataFrame(list(money), columns=["rep", "kind", "period", "activity", "amount"])
    return Boards(table, pd.DataFrame(list(causes), columns=columns), tracked(), clients, paid)


def test_the_month_board_lists_what_falls_into_the_month():
    due = [
        ("demand", "visit <all>", "Li", pd.Timestamp("2027-04-30"), "open"),
        ("price", "not yet", "Wu", pd.Timestamp("2027-05-01"), "open"),
        ("team", "over", "Xu", pd.Timestamp("2027-03-01"), "done"),
    ]
    money = [("R1", "month", APRIL, "collection", 5_000), ("R1", "month", APRIL, "receivable", 9_000)]
    found = month_board(Words("en", "元"), boards(due, money))
    measures, closing, _, cash = found.parts
    assert [row[2] for row in measures.rows] == ["visit <all>"]
    assert closing.rows == []
    assert cash.rows == [["R1", "90.00", "50.00"]]
    assert found.rows[-1][1][-1] == ("1,300.00", "5")
    assert len(found.heads) == 3 + 1


def test_the_week_board_names_projects_to_follow_up():
    found = week_board(Words("zh", "元"), boards())
    assert [row[1] for row in found.parts[0].rows] == ["late", "due", "fine"]
    assert [row[0] for row in found.parts[0].rows][:2] == ["已逾期"] * 2


def test_pages_escape_and_fetch_nothing(tmp_path):
    found = boards([("demand", "visit <script>all", "Li", pd.Timestamp("2027-04-30"), "open")])
    names = [name for name, _ in write_boards(tmp_path / "boards", found, Words("en", "元"), head={"title": "<i>"})]
    assert names == ["month.html", "week.html"]
    for name in names:
        text = (tmp_path / "boards" / name).read_text(encoding="utf-8")
        assert "<script" not in text and "<i>" not in text and "<!--sealed-->" in text
        assert "default-src" in text and not re.search(r"https?://", text)
    assert write_boards(tmp_path / "none", found._replace(table=found.table.head(0)), Words("en"), head={}) == []
