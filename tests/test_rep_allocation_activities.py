"""The activity plan by month and the boards of the nearest month: exact sums, visits owed, collections, day plan."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from salesplan.calendar import days, fiscal_months
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.rep_allocation import FieldWork, Given, Records, Setting, across, field_work
from salesplan.rep_allocation.activity.activities import (
    ACTIVITY_COLUMNS,
    activity_plan,
    activity_table,
    field_of,
    recorded_pace,
    standard_counts,
    steadily,
    year_counts,
)
from salesplan.rep_allocation.activity.boards import (
    BOARD_COLUMNS,
    Clients,
    board,
    board_month,
    board_table,
    days_there,
    rounded_days,
    spread_evenly,
)
from salesplan.rep_allocation.activity.day_plan import DAY_COLUMNS
from salesplan.rep_allocation.activity.workload import rep_workdays
from salesplan.terms.activities import Funnel, Stage
from salesplan.terms.plan import Tax

MONTHS = fiscal_months(2027)
TAX = Tax(sales="excluded", collections="excluded", rate=Decimal("0.13"))
NO_DEALS = pd.DataFrame({name: [] for name in ("order", "customer", "rep", "date", "month", "amount")})
STAGES = [
    {"activity": "bid", "rate": Decimal("0.5"), "hours": Decimal(1)},
    {"activity": "visit", "rate": Decimal("0.4"), "hours": Decimal(1), "standard": {"count": 20, "per": "week"}},
    {"activity": "call", "rate": Decimal("0.1"), "standard": {"count": 30, "per": "day"}, "time": "am"},
]


def terms(**changed):
    return Funnel.model_validate({"deal": {"size": Decimal(100)}, "stages": STAGES, **changed})


def spells(*rows):
    frame = pd.DataFrame(rows, columns=["rep", "start", "end"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


STAFF = spells(("R1", None, None), ("R2", "2027-03-15", None), ("R3", None, "2027-09-30"))


def summary(**quotas):
    return pd.DataFrame(
        {"rep": list(quotas), "name": None, "team": "A", "quota": [sum(months) for months in quotas.values()]}
    )


def amounts(**quotas):
    rows = [(rep, month, fen) for rep, months in quotas.items() for month, fen in zip(MONTHS, months, strict=True)]
    return pd.DataFrame(rows, columns=["rep", "month", "amount"])


QUOTAS = {
    "R1": [100_000 + 3_700 * n for n in range(12)],
    "R2": [0, 0, *[50_000] * 10],
    "R3": [*[80_000] * 9, 0, 0, 0],
}
NO_CONTACTS = pd.DataFrame({"rep": [], "month": [], "contacts": []})


def contacts(each, reps=("R1",)):
    return pd.DataFrame([(rep, month, each) for rep in reps for month in MONTHS], columns=["rep", "month", "contacts"])


def a_field(owed=NO_CONTACTS, quotas=QUOTAS, **more):
    workdays = rep_workdays(STAFF, MONTHS, country="CN")
    return field_of(summary(**quotas), amounts(**quotas), workdays, owed, **more)


def a_plan(owed=NO_CONTACTS, rules=None, **more):
    return activity_plan(a_field(owed, **more), Records(None, NO_DEALS), terms=rules or terms())


# --- by month --------------------------------------------------------------------------------------


def test_months_sum_to_the_year_and_follow_the_quota():
    plan = a_plan()
    year = {"R1": 144.42, "R2": 50.0, "R3": 72.0}  # quotas / 100.00: 14,442.00, 5,000.00, 7,200.00
    for place, deals in enumerate(year.values()):
        wanted = [deals, deals / 0.5, deals / 0.2, deals / 0.02]
        got = [plan.counts[name][place].sum() for name in ("deal", "bid", "visit", "call")]
        assert got == [int(np.ceil(round(number, 9))) for number in wanted]
    share = np.array(QUOTAS["R1"]) / sum(QUOTAS["R1"])
    assert (abs(plan.counts["call"][0] - share * plan.counts["call"][0].sum()) < 1).all()
    assert plan.counts["call"][1][:2].tolist() == [0, 0]
    assert plan.counts["call"][2][9:].tolist() == [0, 0, 0]


def test_activities_come_before_the_deals_they_serve():
    early = [{**STAGES[0]}, {**STAGES[1], "lead_months": 2}]
    plan = a_plan(rules=terms(stages=early))
    now = a_plan(rules=terms(stages=STAGES[:2]))
    assert plan.counts["bid"].tolist() == now.counts["bid"].tolist()
    assert plan.counts["visit"][0][:10].tolist() == pytest.approx(now.counts["visit"][0][2:].tolist(), abs=1)
    assert plan.counts["visit"][0].sum() == now.counts["visit"][0].sum()
    assert plan.counts["visit"][1][:2].tolist() == [0, 0]  # nobody is there yet
    assert plan.counts["visit"][2][9:].tolist() == [0, 0, 0]


def test_projects_planned_apart_are_no_business_of_the_funnel():
    projects = pd.DataFrame({"project": ["P", "Q"], "month": ["2027-05", "2027-06"], "placed": [50_000, 0]})
    followed = pd.DataFrame({"project": ["P", "Q"], "rep": ["R2", "R2"]})
    plan = a_plan(projects=projects, opportunities=followed)
    assert plan.counts["deal"][1].tolist() == [0, 0, 5, 5, 0, *[5] * 7]
    assert plan.field.regular[1].sum() == 450_000


def test_visits_owed_by_grade_are_part_of_the_visits_or_more_than_them():
    few, many = a_plan(contacts(7.5)), a_plan(contacts(100.0))
    assert few.counts["visit"].tolist() == a_plan().counts["visit"].tolist()
    assert "return_visit" not in few.counts  # no stage is named for them
    few, many = (a_plan(contacts(each), rules=terms(cadence="visit")) for each in (7.5, 100.0))
    assert few.counts["return_visit"][0].tolist() == [8, 7] * 6
    assert (few.counts["return_visit"] + few.counts["cold_visit"]).tolist() == few.counts["visit"].tolist()
    assert (many.counts["visit"][0] == np.maximum(many.asked["visit"][0], 100)).all()
    assert (many.counts["cold_visit"] >= 0).all()


def test_nobody_owes_visits_in_months_he_is_not_there():
    plan = a_plan(contacts(10.0, reps=("R1", "R2", "R3")), rules=terms(cadence="visit"))
    assert plan.counts["return_visit"][1][:2].tolist() == [0, 0]
    assert plan.counts["return_visit"][2][9:].tolist() == [0, 0, 0]


@given(arrays.arrays(np.float64, (3, 12), elements=st.floats(0, 1000)))
def test_whole_contacts_never_run_away_from_the_exact_ones(exact):
    assert (abs(np.cumsum(steadily(exact), axis=1) - np.cumsum(exact, axis=1)) <= 0.5 + 1e-6).all()


def test_the_table_has_a_row_per_period_and_sums_to_the_year():
    plan = a_plan(contacts(5.0), rules=terms(cadence="visit"))
    table = activity_table(plan, fiscal_year=2027)
    assert tuple(table.columns) == ACTIVITY_COLUMNS
    assert len(table) == 3 * 13 * 6
    year, months = table[table["period"] == "2027"], table[table["period"] != "2027"]
    keys = ["rep", "activity"]
    pd.testing.assert_series_equal(
        months.groupby(keys)["count"].sum(), year.set_index(keys)["count"].sort_index(), check_dtype=False
    )
    january = table[(table["rep"] == "R1") & (table["period"] == "2027-01")].set_index("activity")
    workdays = int(plan.field.workdays.loc["R1", "2027-01"])
    assert january.loc["call", "standard"] == 30 * workdays
    assert january.loc["visit", "standard"] == -(-20 * workdays // 5)
    assert january["standard"].isna().tolist() == [True, True, False, False, True, True]
    counts = year_counts(plan).set_index("rep")
    assert counts.loc["R1", "call"] == year[(year["rep"] == "R1") & (year["activity"] == "call")]["count"].iloc[0]


def test_standards_are_of_a_day_a_week_or_a_month():
    workdays = np.array([[20, 16, 0]])
    each = {per: Stage.model_validate({"activity": "a", "standard": {"count": 7, "per": per}})
            for per in ("day", "week", "month")}  # fmt: skip
    assert standard_counts(each["day"], workdays).tolist() == [[140, 112, 0]]
    assert standard_counts(each["week"], workdays).tolist() == [[28, 23, 0]]  # 16 days: 22.4 rounded up
    assert standard_counts(each["month"], workdays).tolist() == [[7, 7, 0]]


def test_records_speak_for_themselves():
    rows = [("2026-01", "R1", "visit", 4), ("2026-02-03", "R1", "visit", 5), ("2026-02-10", "R1", "visit", 3),
            ("2025-01", "R1", "visit", 99), ("2027-01", "R1", "visit", 99)]  # fmt: skip
    said = pd.DataFrame(rows, columns=["date", "rep", "activity", "count"])
    found = recorded_pace(Records(said, NO_DEALS), MONTHS, terms=None)
    assert found.to_dict("records") == [{"rep": "R1", "activity": "visit", "months": 2, "count": 12, "per_month": 6.0}]
    assert recorded_pace(Records(None, NO_DEALS), MONTHS, terms=None).empty


# --- over days -------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=5),
    arrays.arrays(np.float64, (5, 30), elements=st.sampled_from([0.0, 1.0])),
)
def test_every_run_of_days_is_within_one_of_its_part(totals, weights):
    weights = weights[: len(totals)]
    found = spread_evenly(np.array(totals), weights)
    assert found.sum(axis=1).tolist() == totals
    assert (found >= 0).all()
    busy = weights.sum(axis=1) > 0
    part = np.cumsum(weights, axis=1)[busy] / weights[busy].sum(axis=1, keepdims=True)
    gap = np.cumsum(found[busy], axis=1) - np.array(totals)[busy][:, None] * part
    assert (abs(gap) <= 0.5 + 1e-6).all()
    assert (found[busy][weights[busy] == 0] == 0).all()


def test_an_example_of_even_days():
    assert spread_evenly(np.array([5]), np.ones((1, 4))).tolist() == [[1, 2, 1, 1]]
    assert rounded_days(np.array([[0.4, 0.4, 0.4]])).tolist() == [[0, 1, 0]]
    assert rounded_days(np.array([[40.0, 40.0, 40.0]]), unit=100).tolist() == [[0, 100, 0]]


def test_who_is_there_on_which_day():
    march = days(["2027-03"], "CN")
    there = days_there(STAFF, pd.Index(["R1", "R2", "R3"]), march)
    assert there[0].sum() == march["workday"].sum()
    assert there[1][:14].sum() == 0
    assert there[1][14]  # Monday the 15th
    assert not there[:, 5].any()  # a Saturday


def test_the_month_of_the_boards():
    plan = a_plan()
    assert board_month(plan, []) == "2027-01"
    assert board_month(plan, ["2027-01", "2027-02"]) == "2027-03"
    assert board_month(plan, MONTHS) == "2027-12"
    assert board_month(a_plan(rules=terms(month="2027-08")), []) == "2027-08"


def a_board(new=None, **known):
    clients = Clients(pd.Series({"R1": 3}), new)
    plan = a_plan(contacts(9.0), rules=terms(cadence="visit"))
    where = Setting("CN", 2027, None, TAX, Records(None, NO_DEALS))
    return board(plan, given_plan(**known), "2027-04", setting=where, clients=clients)


@pytest.mark.parametrize("kind", ["ten_day", "week", "day"])
def test_periods_sum_to_the_month(kind):
    table = board_table(a_board(new=pd.Series({"R1": 30, "R2": 5})))
    assert tuple(table.columns) == BOARD_COLUMNS
    alone = ["old_customer", "receivable"]
    rows = table[~table["activity"].isin(alone)]
    sums = rows.groupby(["kind", "rep", "activity"])[["count", "amount"]].sum()
    month = sums.loc["month"]
    pd.testing.assert_frame_equal(sums.loc[kind].reindex(month.index).fillna(0), month, check_dtype=False)


def test_the_month_of_the_board_is_that_of_the_plan():
    plan = a_plan(contacts(9.0), rules=terms(cadence="visit"))
    month = board_table(a_board()).query("kind == 'month' and rep == 'R1'").set_index("activity")
    for name in ("deal", "bid", "visit", "call", "return_visit", "cold_visit"):
        assert month.loc[name, "count"] == plan.counts[name][0][3], name
    assert month.loc["target", "amount"] == QUOTAS["R1"][3]
    assert month.loc["old_customer", "count"] == 3  # nine contacts with the three he has
    assert month.loc["target", ["start", "end"]].astype(str).tolist() == ["2027-04-01", "2027-04-30"]


def test_weeks_are_cut_at_the_ends_of_the_month_and_ten_days_are_those_of_the_calendar():
    table = board_table(a_board())
    spans = table.drop_duplicates(["kind", "period"]).set_index("period")
    weeks = spans[spans["kind"] == "week"]
    assert weeks["start"].iloc[0] == pd.Timestamp("2027-04-01")
    assert weeks["end"].iloc[-1] == pd.Timestamp("2027-04-30")
    thirds = spans[spans["kind"] == "ten_day"]
    assert thirds.index.tolist() == ["2027-04-T1", "2027-04-T2", "2027-04-T3"]
    assert thirds["start"].dt.day.tolist() == [1, 11, 21]


def test_return_visits_of_a_day_are_never_more_than_its_visits():
    found = a_board()
    assert (found.daily["return_visit"] <= found.daily["visit"]).all()
    assert (found.daily["return_visit"] + found.daily["cold_visit"] == found.daily["visit"]).all()


def test_nobody_works_on_days_off():
    found = a_board()
    off = ~found.days["workday"].to_numpy()
    assert all((values[:, off] == 0).all() for values in found.daily.values())


def test_targets_are_in_whole_money_units():
    found = a_board(unit=100)
    assert (found.daily["target"] % 100 == 0).all()


def test_one_line_per_rep_and_period():
    wide = across(board_table(a_board()), "ten_day")
    assert len(wide) == 9
    assert {"rep", "period", "deal", "bid", "visit", "call", "target"} <= set(wide.columns)
    assert wide.loc[wide["rep"] == "R1", "target"].sum() == QUOTAS["R1"][3]


# --- all together ----------------------------------------------------------------------------------


def given_plan(**more):
    split = pd.DataFrame({"month": MONTHS, "amount": 1_000_000, "quantity": np.nan})
    history = pd.DataFrame({"month": ["2026-05"], "rep": ["R1"], "customer": ["C1"], "amount": [100]})
    return Given(STAFF, split, history, **more)


CUSTOMERS = pd.DataFrame(
    {
        "customer": ["C1", "C2", "(new)"],
        "customer_name": ["One", None, None],
        "rep": ["R1", "R1", "R1"],
        "region": ["north", "south", None],
        "contacts_per_month": [4.0, 2.0, np.nan],
        "start": pd.to_datetime(["2027-01-01", "2027-01-01", None]),
        "end": pd.to_datetime(["2027-12-31", "2027-12-31", None]),
        "months_held": [12.0, 12.0, np.nan],
        "new_customers": pd.array([pd.NA, pd.NA, 24], dtype="Int64"),
    }
)
DEALS = pd.DataFrame(
    {
        "order": ["A", "B", "C"],
        "customer": ["C1", "C1", "C2"],
        "rep": ["R1", "R1", "R1"],
        "date": pd.to_datetime(["2026-05-04", "2026-06-01", "2027-03-30"]),
        "month": ["2026-05", "2026-06", "2027-03"],
        "amount": [10_000, 20_000, 30_000],
    }
)
PAID = pd.DataFrame(
    {
        "date": pd.to_datetime(["2026-05-14", "2026-06-21"]),
        "amount": [10_000, 20_000],
        "order": ["A", "B"],
        "customer": ["C1", "C1"],
    }
)
FOLLOWED = pd.DataFrame(
    {
        "project": ["Tower", "Bridge", "Later"],
        "customer": ["C1", "C2", "C2"],
        "rep": ["R1", "R1", "R1"],
        "next_follow_up": pd.to_datetime(["2027-04-12", "2027-03-01", "2027-06-01"]),
    }
)


def worked(rules="default", **setting) -> FieldWork:
    rules = terms(cadence="visit") if rules == "default" else rules
    diary = Records(setting.pop("records", None), DEALS)
    where = Setting("CN", 2027, setting.pop("as_of", date(2027, 3, 31)), TAX, diary, setting.pop("collections", PAID))
    start = given_plan(opportunities=FOLLOWED)
    return field_work(start, summary(**QUOTAS), amounts(**QUOTAS), CUSTOMERS, setting=where, terms=rules)


def test_the_month_is_the_first_that_is_not_closed():
    assert worked().month == "2027-04"
    assert worked(as_of=None).month == "2027-01"


def test_what_is_owed_stands_beside_the_periods_with_its_odds():
    table = worked().board
    owed = table[(table["activity"] == "receivable") & (table["rep"] == "R1")].set_index("period")
    assert set(owed["amount"]) == {30_000}
    tens = owed[owed["kind"] == "ten_day"]["probability"]
    assert tens.sum() == pytest.approx(owed.loc["2027-04", "probability"])


def test_without_collections_none_are_expected():
    found = worked(collections=None)
    assert found.cash is None
    assert not {"collection", "receivable"} & set(found.board["activity"])


def test_new_customers_are_those_the_quota_asks_for():
    month = worked().board.query("kind == 'month' and rep == 'R1' and activity == 'new_customer'")
    assert month["count"].tolist() == [2]


def test_the_day_plan_knows_who_where_and_what():
    plan = worked().days
    assert tuple(plan.columns) == DAY_COLUMNS
    follow = plan[plan["activity"] == "follow_up"].set_index("project")
    assert set(follow.index) == {"Tower", "Bridge"}
    assert follow.loc["Tower", "date"] == pd.Timestamp("2027-04-12")
    assert follow.loc["Bridge", "date"] == pd.Timestamp("2027-04-01")  # overdue: on the first workday
    assert follow.loc["Tower", ["person", "place"]].tolist() == ["One", "north"]
    calls = plan[(plan["activity"] == "call") & (plan["rep"] == "R1")]
    assert calls["time"].tolist() == ["am"]
    assert calls["person"].tolist() == [""]
    visits = plan[(plan["activity"] == "visit") & (plan["rep"] == "R1")].iloc[0]
    assert visits["person"].split("、") == ["One", "C2"]  # both are due within the month, who is asked most first
    assert visits["place"] == "north、south"


def test_without_a_funnel_nothing_is_invented():
    said = pd.DataFrame({"date": ["2026-01"], "rep": ["R1"], "activity": ["visit"], "count": [4]})
    found = worked(rules=None, records=said)
    assert found.plan is None
    assert len(found.recorded) == 1
    assert all(table.empty for table in found.tables.values())


def test_doubtful_records_are_named():
    rows = [(month, rep, name, count)
            for month in fiscal_months(2026)
            for rep, bids, visits in (("R1", 4, 40), ("R2", 9, 2), ("R3", 7, 23))
            for name, count in (("bid", bids), ("visit", visits), ("call", 371 if rep != "R1" else 400))]  # fmt: skip
    found = worked(records=pd.DataFrame(rows, columns=["date", "rep", "activity", "count"])).doubts
    assert found[found["doubt"] == "missing"][["rep", "activity"]].to_numpy().tolist() == [["R2", "visit"]]
    assert found[found["doubt"] == "rounded"]["rep"].tolist() == ["R1"]


# --- what always holds -----------------------------------------------------------------------------


def frames():
    """The step's tables as the run checks them; nothing but quotas is known of the reps."""
    found = worked()
    quotas = amounts(**QUOTAS)
    reps = quotas.groupby("rep")["amount"].sum().rename("quota").reset_index()
    return {"rep_allocation": quotas.assign(base=quotas["amount"]), "rep_allocation_reps": reps, **found.tables}


def test_the_tables_hold():
    stop_on_breach("rep_allocation", frames(), {}, 1)


@pytest.mark.parametrize(
    ("table", "rows", "column", "name"),
    [
        ("activities", "period == '2027-03'", "count", "activities_sum_to_year"),
        ("board", "kind == 'ten_day' and activity == 'visit'", "count", "boards_sum_to_month"),
        ("board", "kind == 'week' and activity == 'collection'", "amount", "boards_sum_to_month"),
        ("board", "kind == 'day' and activity == 'call'", "count", "boards_sum_to_month"),
        ("board", "activity == 'target'", "amount", "board_is_quota"),
    ],
)
def test_a_table_that_does_not_sum_is_refused(table, rows, column, name):
    given = frames()
    broken = given[f"rep_allocation_{table}"].copy()
    # a unit more, once in every kind of period: only where it is alike in all of them does the quota tell
    broken.loc[broken.query(rows).drop_duplicates("kind" if table == "board" else "period").index, column] += 1
    with pytest.raises(IdentityError, match=f"^{name}: .+"):
        stop_on_breach("rep_allocation", {**given, f"rep_allocation_{table}": broken}, {}, 1)
