"""Whether the plan can be worked: workdays, hours, pace, remedies; and what customers owe and when they pay."""

from datetime import date
from decimal import Decimal

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from salesplan.calendar import fiscal_months, month_span, workdays
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.rep_allocation import Given, Records, Setting, field_work
from salesplan.rep_allocation.activity.activities import activity_plan, field_of, recorded_pace
from salesplan.rep_allocation.activity.receivables import cash, incoming, settle
from salesplan.rep_allocation.activity.workload import (
    LOAD_COLUMNS,
    PACE_COLUMNS,
    REMEDY_COLUMNS,
    hours_available,
    hours_needed,
    load_table,
    pace_table,
    remedies,
    rep_workdays,
    stretching,
)
from salesplan.settling import tax_factor
from salesplan.terms.activities import Funnel
from salesplan.terms.plan import Tax
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
SAME = Tax(sales="excluded", collections="excluded", rate=Decimal("0.13"))
TAXED = Tax(sales="excluded", collections="included", rate=Decimal("0.13"))
NO_DEALS = pd.DataFrame({name: [] for name in ("order", "customer", "rep", "date", "month", "amount")})
NO_CONTACTS = pd.DataFrame({"rep": [], "month": [], "contacts": []})


def spells(*rows):
    frame = pd.DataFrame(rows, columns=["rep", "start", "end"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


STAFF = spells(("R1", None, None), ("R2", None, None))


def terms(**changed):
    """A deal of 100.00 is two bids and four visits: 2 x 1 + 4 x 2 = 10 hours; six hours a day are for customers."""
    stages = [
        {"activity": "bid", "rate": Decimal("0.5"), "hours": Decimal(1)},
        {"activity": "visit", "rate": Decimal("0.5"), "hours": Decimal(2), "standard": {"count": 5, "per": "week"}},
    ]
    day = {"hours": Decimal(8), "meetings": Decimal(1), "admin": Decimal(1)}
    return Funnel.model_validate({"deal": {"size": Decimal(100)}, "stages": stages, "day": day, **changed})


def plan_of(quotas, owed=NO_CONTACTS, rules=None, staff=STAFF):
    people = pd.DataFrame(
        {"rep": list(quotas), "name": None, "team": "A", "quota": [sum(months) for months in quotas.values()]}
    )
    rows = [(rep, month, fen) for rep, months in quotas.items() for month, fen in zip(MONTHS, months, strict=True)]
    amounts = pd.DataFrame(rows, columns=["rep", "month", "amount"])
    field = field_of(people, amounts, rep_workdays(staff, MONTHS, country="CN"), owed)
    return activity_plan(field, Records(None, NO_DEALS), terms=rules or terms())


def contacts(each):
    return pd.DataFrame([("R1", month, each) for month in MONTHS], columns=["rep", "month", "contacts"])


# --- workdays --------------------------------------------------------------------------------------


def test_whoever_is_there_all_year_has_the_calendars_workdays():
    found = rep_workdays(STAFF, MONTHS, country="CN")
    assert found.loc["R1"].tolist() == workdays(MONTHS, "CN").tolist()


@pytest.mark.parametrize("cutoff", [None, 25])
def test_spells_count_their_own_days(cutoff):
    rows = spells(("R1", "2027-02-15", "2027-05-12"), ("R1", "2027-05-13", "2027-06-30"), ("R2", "2030-01-01", None))
    found = rep_workdays(rows, MONTHS, country="CN", cutoff=cutoff)
    from salesplan.calendar import days

    year = days(MONTHS, "CN", cutoff)
    inside = year["workday"] & year["date"].between("2027-02-15", "2027-06-30")
    assert found.loc["R1"].tolist() == inside.groupby(year["month"]).sum().reindex(MONTHS).tolist()
    assert found.loc["R2"].sum() == 0


def test_spells_that_overlap_do_not_double_the_month():
    rows = spells(("R1", None, None), ("R1", "2027-03-01", None))
    assert rep_workdays(rows, MONTHS, country="CN").loc["R1"].tolist() == workdays(MONTHS, "CN").tolist()


# --- hours -----------------------------------------------------------------------------------------


def test_hours_by_hand():
    plan = plan_of({"R1": [100_000] * 12, "R2": [150_000] * 12})
    load = load_table(plan)
    assert tuple(load.columns) == LOAD_COLUMNS
    january = load[load["month"] == "2027-01"].set_index("rep")
    days = workdays(["2027-01"], "CN").iloc[0]
    assert january.loc["R1", "hours_needed"] == 10 * 10  # ten deals of ten hours
    assert january.loc["R1", "hours_available"] == days * 6
    assert january.loc["R2", "hours_missing"] == max(150 - days * 6, 0)
    assert january.loc["R2", "load_share"] == pytest.approx(150 / (days * 6))


def test_a_month_without_days_has_no_load():
    plan = plan_of({"R1": [100_000] * 12}, staff=spells(("R1", "2027-03-01", None)))
    assert load_table(plan)["load_share"].isna().tolist() == [True, True] + [False] * 10
    assert (load_table(plan)["hours_needed"][:2] == 0).all()


def test_what_would_make_a_plan_workable():
    plan = plan_of({"R1": [50_000] * 12, "R2": [150_000] * 12})
    found = remedies(plan)
    assert tuple(found.columns) == (*REMEDY_COLUMNS[:1], "name", *REMEDY_COLUMNS[1:])
    assert found["rep"].tolist() == ["R2"]
    row = found.iloc[0]
    days = workdays(MONTHS, "CN").to_numpy()
    assert row["hours_missing"] == np.clip(150 - days * 6, 0, None).sum()
    assert row["months_short"] == (days * 6 < 150).sum()
    assert row["month"] == MONTHS[days.argmin()]
    assert row["rate_needed"] == pytest.approx(0.5 * 150 / (6 * days.min()))
    assert row["amount_workable"] == pytest.approx(np.minimum(150_000, 150_000 * days * 6 / 150).sum(), abs=12)
    assert row["amount_workable"] + row["amount_too_much"] == row["quota"]
    assert row["helpers"] == pytest.approx(row["hours_missing"] / (days.sum() * 6), abs=1e-6)
    assert bool(row["by_shifting"]) == ((days * 6).sum() >= 150 * 12)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 400_000), min_size=12, max_size=12), st.integers(0, 80))
def test_work_shrunk_by_its_factor_fits_into_every_month(quotas, each):
    """Real hours of the shrunk funnel, visits never below those that are owed, are within the hours there are."""
    plan = plan_of({"R1": quotas}, contacts(float(each)), terms(cadence="visit"))
    factor = stretching(plan)
    finite = np.isfinite(factor)
    bids, visits = plan.asked["bid"] / factor, plan.asked["visit"] / factor
    hours = bids + 2 * np.maximum(visits, plan.counts["return_visit"])
    assert (hours[finite] <= hours_available(plan)[finite] + 1e-6).all()
    fits = hours_needed(plan) <= hours_available(plan) + 1e-9
    assert (factor[fits] == 1).all()
    assert (factor[~fits] > 1).all()


def test_no_rate_helps_where_the_visits_owed_are_too_many():
    plan = plan_of({"R1": [10_000] * 12}, contacts(200.0), terms(cadence="visit"))
    row = remedies(plan).iloc[0]
    assert np.isnan(row["rate_needed"])
    assert row["amount_workable"] == 0


def test_nobody_is_listed_when_everything_fits():
    assert remedies(plan_of({"R1": [10_000] * 12})).empty


def test_the_pace_is_that_of_the_reps_own_workdays():
    plan = plan_of({"R1": [100_000] * 12, "R2": [50_000] * 12})
    rows = [(f"2026-{month:02d}", "R1", "visit", 30) for month in range(1, 13)]
    said = Records(pd.DataFrame(rows, columns=["date", "rep", "activity", "count"]), NO_DEALS)
    found = pace_table(plan, recorded_pace(said, MONTHS, terms=terms()))
    assert tuple(found.columns) == PACE_COLUMNS
    mine = found.set_index("rep").loc["R1"]
    days = workdays(MONTHS, "CN")
    assert mine["pace"] == pytest.approx(12 * 40 / days.sum() * 5)
    assert mine["peak"] == pytest.approx(40 / days.min() * 5)
    assert mine["month"] == days.idxmin()
    assert mine["recorded"] == pytest.approx(30 / (days.sum() / 12) * 5)
    assert np.isnan(found.set_index("rep").loc["R2", "recorded"])


# --- what customers owe ----------------------------------------------------------------------------

TODAY = pd.Timestamp("2027-03-31")


def deals(*rows):
    frame = pd.DataFrame(rows, columns=["order", "customer", "rep", "date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]), month=frame["date"].str[:7])


def paid(*rows):
    frame = pd.DataFrame(rows, columns=["date", "amount", "order", "customer"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_payments_settle_their_order_then_the_oldest():
    sold = deals(("A", "C1", "R1", "2027-01-05", 100), ("B", "C1", "R1", "2027-01-20", 200),
                 ("C", "C1", "R1", "2027-02-20", 400), ("D", "C2", "R1", "2027-02-20", 50))  # fmt: skip
    money = paid(("2027-02-01", 60, "B", "C1"), ("2027-02-10", 150, None, "C1"), ("2027-03-05", 500, "D", "C2"))
    orders, payments = settle(sold, money, TODAY, SAME)
    assert orders.set_index("order")["open"].to_dict() == {"A": 0, "B": 140 - 50, "C": 400, "D": 0}
    by_order = payments.assign(order=orders["order"].to_numpy()[payments["number"]]).set_index("order")
    assert by_order.loc["A", ["days", "amount"]].tolist() == [36, 100]  # from the payment without an order
    assert by_order.loc["B", "days"] == 12


def test_a_bill_counts_when_cleared_and_what_is_paid_back_or_lost_is_no_payment():
    sold = deals(*((order, "C1", "R1", "2027-01-05", 100) for order in "ABCD"), ("E", "C2", "R1", "2027-01-06", 70))
    money = paid(
        ("2027-02-01", 100, "A", "C1"),
        ("2027-02-02", 100, "B", "C1"),
        ("2027-02-03", 100, "C", "C1"),
        ("2027-02-04", 30, "C", "C1"),
        ("2027-02-05", 40, "D", "C1"),
        ("2027-02-06", 25, None, "C2"),
    )
    cleared = pd.to_datetime(["2027-04-15", "2027-03-31", None, None, None, None])
    kinds = ["payment", "payment", "payment", "refund", "bad_debt", "bad_debt"]
    orders, payments = settle(sold, money.assign(cleared=cleared, kind=kinds), TODAY, SAME)
    assert orders.set_index("order")["open"].to_dict() == {"A": 100, "B": 0, "C": 30, "D": 60, "E": 45}
    parts = payments.assign(order=orders["order"].to_numpy()[payments["number"]]).set_index("order")["amount"]
    assert parts.groupby(level=0).sum().to_dict() == {"B": 100, "C": 70}
    assert sorted(payments.loc[payments["amount"] == 100, "days"]) == [29, 85]  # B on the day its bill was cleared


def test_what_is_paid_too_much_on_one_order_settles_another():
    sold = deals(("A", "C1", "R1", "2027-01-05", 100), ("B", "C1", "R1", "2027-01-20", 200))
    orders, _ = settle(sold, paid(("2027-02-01", 250, "A", "C1")), TODAY, SAME)
    assert orders.set_index("order")["open"].to_dict() == {"A": 0, "B": 50}


@pytest.mark.parametrize(
    ("credit", "money", "still"),
    [
        pytest.param(-130, (), {"A": 0, "B": 170}, id="the oldest first"),
        pytest.param(-130, (("2027-02-01", 100, "A", "C1"),), {"A": 0, "B": 70}, id="after what was paid"),
        pytest.param(-130, (("2027-03-05", -130, "R", "C1"),), {"A": 100, "B": 200}, id="paid out, it is gone"),
        pytest.param(-500, (), {"A": 0, "B": 0}, id="more than is open is nobody else's"),
    ],
)
def test_credits_are_offset_against_the_same_customers_open_orders(credit, money, still):
    sold = deals(("A", "C1", "R1", "2027-01-05", 100), ("B", "C1", "R1", "2027-01-20", 200),
                 ("R", "C1", "R1", "2027-03-01", credit), ("D", "C2", "R1", "2027-01-02", 50))  # fmt: skip
    orders, payments = settle(sold, paid(*money), TODAY, SAME)
    assert orders.set_index("order")["open"].to_dict() == {**still, "D": 50}
    assert payments["amount"].sum() == sum(max(fen, 0) for _, fen, _, _ in money)


def test_later_orders_and_payments_are_not_known_yet():
    sold = deals(("A", "C1", "R1", "2027-01-05", 100), ("B", "C1", "R1", "2027-05-20", 200))
    orders, _ = settle(sold, paid(("2027-06-01", 100, "A", "C1")), TODAY, SAME)
    assert orders["order"].tolist() == ["A"]
    assert orders["open"].tolist() == [100]


@pytest.mark.parametrize(
    ("sales", "collections", "factor"),
    [("excluded", "included", 1.13), ("included", "excluded", 1 / 1.13), ("included", "included", 1.0)],
)
def test_dues_are_in_the_money_of_collections(sales, collections, factor):
    tax = Tax(sales=sales, collections=collections, rate=Decimal("0.13"))
    above, below = tax_factor(tax)
    assert above / below == pytest.approx(factor)
    orders, _ = settle(deals(("A", "C", "R", "2027-01-05", 10_000)), paid(), TODAY, tax)
    assert orders["due"].tolist() == [round(10_000 * factor)]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 28), st.integers(1, 90)), min_size=1, max_size=12),
    st.lists(st.tuples(st.sampled_from("ABZ"), st.integers(1, 28), st.integers(1, 120)), max_size=12),
)
def test_oldest_first_as_a_plain_loop_does_it(ordered, payments):
    sold = deals(*((f"O{n:02d}", who, "R1", f"2027-01-{day:02d}", fen) for n, (who, day, fen) in enumerate(ordered)))
    money = paid(*((f"2027-02-{day:02d}", fen, None, who) for who, day, fen in payments))
    found, parts = settle(sold, money.astype({"amount": "int64"}), TODAY, SAME)
    left = {who: sum(fen for payer, _, fen in payments if payer == who) for who in "AB"}
    for row in sold.sort_values(["customer", "date", "order"]).itertuples():
        take = min(left[row.customer], row.amount)
        left[row.customer] -= take
        assert found.set_index("order").loc[row.order, "open"] == row.amount - take
    assert (parts["days"] >= 0).all()


def old_orders(rep, days, count=200, amount=1000):
    """Orders of a year ago of which each was paid after so many days."""
    first = pd.Timestamp("2026-01-05")
    rows = [(f"{rep}{n:04d}", f"C{rep}", rep, str((first + pd.Timedelta(days=n % 90)).date()), amount)
            for n in range(count)]  # fmt: skip
    sold = deals(*rows)
    money = sold.assign(date=sold["date"] + pd.Timedelta(days=days))[["date", "amount", "order", "customer"]]
    return sold, money


def test_a_rep_with_many_orders_has_his_own_pattern_and_one_with_few_leans_on_all():
    fast, slow = old_orders("R1", 10), old_orders("R2", 60)
    few = old_orders("R3", 10, count=1)
    sold, money = (pd.concat(parts, ignore_index=True) for parts in zip(fast, slow, few, strict=True))
    found = cash(sold, money, None, ["R1", "R2", "R3"], today=TODAY, tax=SAME)
    assert found.median_days.to_dict() == {"R1": 10, "R2": 60, "R3": 10}
    weight = 200 / 230
    assert found.pattern[0, 30] == pytest.approx(weight * 1 + (1 - weight) * 201 / 401)
    assert found.pattern[2, 30] == pytest.approx(1 / 31 + 30 / 31 * 201 / 401)
    assert (np.diff(found.pattern, axis=1) >= -1e-12).all()


def test_what_is_open_comes_in_by_the_pattern_given_that_it_has_not_yet():
    sold, money = old_orders("R1", 40)
    half = money.assign(amount=500)
    later = half.assign(date=half["date"] + pd.Timedelta(days=20))
    extra = deals(("X", "CX", "R1", "2027-03-11", 4_000))
    found = cash(pd.concat([sold, extra]), pd.concat([half, later]), None, ["R1"], today=TODAY, tax=SAME)
    ahead = list(pd.date_range("2027-04-01", "2027-05-31"))
    coming, new = incoming(found, np.zeros((1, len(ahead))), ahead)
    day = {stamp: coming[0, place] for place, stamp in enumerate(ahead)}
    assert day[pd.Timestamp("2027-04-20")] == pytest.approx(2_000)  # 40 days after
    assert day[pd.Timestamp("2027-05-10")] == pytest.approx(2_000)  # 60 days after
    assert coming.sum() == pytest.approx(4_000)
    assert new.sum() == 0


def test_sales_to_come_are_collected_by_the_pattern():
    sold, money = old_orders("R1", 5)
    found = cash(sold, money, None, ["R1"], today=TODAY, tax=SAME)
    targets = np.zeros((1, 30))
    targets[0, :3] = 100.0
    _, new = incoming(found, targets, list(pd.date_range("2027-04-01", periods=30)))
    assert new[0, 5:8].tolist() == [100.0] * 3
    assert new.sum() == pytest.approx(300.0)


def test_orders_of_a_rep_who_left_are_his_customers_present_owners():
    sold = deals(("A", "C1", "R9", "2027-03-05", 101), ("B", "C2", "R9", "2027-03-05", 50))
    owners = pd.DataFrame({"customer": ["C1", "C1"], "rep": ["R9", "R2"],
                           "start": pd.to_datetime([None, "2027-01-01"]),
                           "end": pd.to_datetime(["2026-12-31", None])})  # fmt: skip
    found = cash(sold, paid(), owners, ["R1", "R2"], today=TODAY, tax=SAME)
    assert found.open_items[["rep", "open"]].to_numpy().tolist() == [["R2", 101]]


def test_a_shared_order_is_open_by_the_shares():
    sold = deals(("A", "C1", "R1", "2027-03-05", 51), ("A", "C1", "R2", "2027-03-05", 50))
    found = cash(sold, paid(("2027-03-20", 60, "A", "C1")), None, ["R1", "R2"], today=TODAY, tax=SAME)
    assert found.open_items.set_index("rep")["open"].to_dict() == {"R1": 21, "R2": 20}


# --- as people see it ------------------------------------------------------------------------------


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "万元" if request.param == "zh" else "thousand")


def work(quotas=None, rules="default", records=None):
    quotas = quotas or {"R1": [60_000] * 12, "R2": [150_000] * 12}
    months = [(rep, month, fen) for rep, row in quotas.items() for month, fen in zip(MONTHS, row, strict=True)]
    amounts = pd.DataFrame(months, columns=["rep", "month", "amount"])
    people = pd.DataFrame({"rep": list(quotas), "name": None, "team": "A", "quota": [sum(r) for r in quotas.values()]})
    split = pd.DataFrame({"month": MONTHS, "amount": 1_000_000, "quantity": np.nan})
    history = pd.DataFrame({"month": ["2026-05"], "rep": ["R1"], "customer": ["C"], "amount": [100]})
    sold, money = old_orders("R1", 40)
    owed = pd.concat([sold, deals(("X", "CX", "R1", "2027-03-11", 4_000))], ignore_index=True)
    where = Setting("CN", 2027, date(2027, 3, 31), SAME, Records(records, owed), money)
    return field_work(Given(STAFF, split, history), people, amounts, pd.DataFrame({"customer": [], "rep": []}),
                      setting=where, terms=terms(cadence="visit") if rules == "default" else rules)  # fmt: skip


def axes():
    return Figure(figsize=(8, 4)).add_subplot()


def plain(text):
    """Without the breaks of lines, which depend on the width."""
    return "".join(text.split())


def title(ax):
    return ax.get_title(loc="left") + ax.get_title()


def test_the_load_chart_names_who_cannot_work_his_plan(words):
    ax = charts.load(axes(), work().load, words=words)
    worst = work().load["load_share"].max()
    said = words("rep_allocation.load_over", names="R2", load=words.percent(worst, 0))
    assert plain(title(ax)) == plain(said)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["R2", "R1"]
    assert words.percent(worst, 0) in [text.get_text() for text in ax.texts]


def test_the_load_chart_says_that_everybody_fits(words):
    ax = charts.load(axes(), work({"R1": [10_000] * 12, "R2": [20_000] * 12}).load, words=words)
    assert "R2" in title(ax)


@pytest.mark.parametrize("chart", ["load", "pace", "funnel_rates", "receivables"])
def test_charts_of_nothing_say_so(chart, words):
    found = work(rules=None)
    frames = {"load": found.load, "pace": found.pace, "funnel_rates": found.funnel, "receivables": found.board}
    with mpl.rc_context():
        ax = getattr(charts, chart)(axes(), frames[chart], words=words)
    assert title(ax)


def test_charts_of_rates_pace_and_receivables(words):
    rows = [(month, rep, name, count) for month in fiscal_months(2026) for rep in ("R1", "R2")
            for name, count in (("bid", 40), ("visit", 100 if rep == "R1" else 160))]  # fmt: skip
    found = work(records=pd.DataFrame(rows, columns=["date", "rep", "activity", "count"]))
    assert words.percent(found.funnel["rate"].max(), 0)
    rates = charts.funnel_rates(axes(), found.funnel, words=words)
    assert [label.get_text() for label in rates.get_xticklabels()] == [words.code("activity", n) for n in
                                                                        ("bid", "visit")]  # fmt: skip
    pace = charts.pace(axes(), found.pace, words=words)
    assert "R2" in title(pace)
    owed = charts.receivables(axes(), found.board, words=words)
    assert words.money(4_000) in title(owed).replace("\n", " ")
    assert [label.get_text() for label in owed.get_yticklabels()] == ["R1"]  # once, though every period has a row
    assert words.percent(1.0, 0) in title(owed)


def test_sentences_carry_the_figures(words):
    found = work()
    text = "\n".join(conclusions.activities(words, found, terms=terms(cadence="visit")))
    row = found.remedies.iloc[0]
    for part in (words.number(row["hours_missing"]), words.percent(row["load_share"], 0),
                 words.percent(row["rate_needed"], 0), words.money(row["amount_too_much"]),
                 words.number(row["helpers"], 1), words.month_short(row["month"])):  # fmt: skip
        assert part in text
    assert words.number(found.counts["visit"].sum()) in text
    assert "{" not in text


def test_sentences_without_a_funnel(words):
    assert conclusions.activities(words, work(rules=None), terms=None) == [words("rep_allocation.activities_nothing")]
    said = pd.DataFrame({"date": ["2026-01"], "rep": ["R1"], "activity": ["visit"], "count": [4]})
    assert conclusions.activities(words, work(rules=None, records=said), terms=None) == [
        words("rep_allocation.activities_records", reps=1)
    ]
    assert conclusions.boards(words, work(rules=None), tax=SAME) == []
    assert conclusions.board_rows(words, work(rules=None), "week").empty


def test_boards_say_what_is_owed_and_how_much_comes_in(words):
    found = work()
    text = "\n".join(conclusions.boards(words, found, tax=TAXED))
    assert words.money(4_000) in text
    assert words.percent(1.0, 0) in text  # forty days after the 11th of March is in April
    assert words.month("2027-04") in text
    assert text.endswith(words("rep_allocation.board_tax_included", rate="13%"))
    assert len(conclusions.boards(words, found, tax=SAME)) == len(text.splitlines()) - 1


def test_periods_read_as_people_write_them(words):
    found = work()
    tens = conclusions.board_rows(words, found, "ten_day")
    assert tens["period"].tolist()[:3] == [words.ten_day(f"2027-04-T{n}") for n in (1, 2, 3)]
    weeks = conclusions.board_rows(words, found, "week")
    assert (
        weeks["period"].iloc[0]
        == weeks["period"].iloc[1]
        == words("rep_allocation.board_week", start="04-01", end="04-04")
    )
    days = conclusions.board_rows(words, found, "day")
    thursday = words("rep_allocation.weekday_3")
    assert days["period"].iloc[0] == words("rep_allocation.board_day", day="04-01", weekday=thursday)


def test_everything_has_words(words):
    found = work()
    shown = {**found.tables, "rep_allocation_remedies": found.remedies, "rep_allocation_records": found.recorded,
             "rep_allocation_day_plan": found.days}  # fmt: skip
    for name, table in shown.items():
        for column in table.columns:
            keys = (f"own_column.{name}.{column}", f"own_column.rep_allocation.{column}", f"column.{column}")
            assert any(words.get(key) for key in keys), (name, column)
    for code in ("deal", "target", "collection", "receivable", "cold_visit", "return_visit", "new_customer",
                 "old_customer", "follow_up"):  # fmt: skip
        assert words.get(f"code.activity.{code}")
    for code in ("own", "team", "company", "plan", "doubtful", "none"):
        assert words.get(f"code.source.{code}")


def test_ten_thousand_reps_take_seconds():
    import time

    count = 10_000
    staff = spells(*((f"R{n:05d}", None, None) for n in range(count)))
    weights = np.arange(count) % 17 + 1
    amounts = pd.DataFrame({"rep": np.repeat(staff["rep"].to_numpy(), 12), "month": np.tile(MONTHS, count),
                            "amount": np.repeat(weights * 10_000, 12)})  # fmt: skip
    people = pd.DataFrame({"rep": staff["rep"], "name": None, "team": "A", "quota": weights * 120_000})
    split = pd.DataFrame({"month": MONTHS, "amount": 1_000_000, "quantity": np.nan})
    history = pd.DataFrame({"month": ["2026-05"], "rep": ["R1"], "customer": ["C"], "amount": [100]})
    began = time.perf_counter()
    nobody = pd.DataFrame({"customer": [], "rep": []})
    where = Setting("CN", 2027, None, SAME, Records(None, NO_DEALS))
    found = field_work(Given(staff, split, history), people, amounts, nobody, setting=where, terms=terms())
    assert time.perf_counter() - began < 30
    assert set(found.board["kind"]) == {"month", "ten_day"}
    said = conclusions.boards(Words("en"), found, tax=SAME)
    assert Words("en")("rep_allocation.board_coarse", count="10,000") in said
    assert len(found.load) == count * 12
    assert month_span(found.month, None)[0] == date(2027, 1, 1)
