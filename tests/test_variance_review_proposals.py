"""Proposed causes: each kind by hand, the largest first, and never part of the causes."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from test_variance_review import MONTHS, allocation_of, company, fact, reps_of, split_of

from salesplan import variance_review as vr
from salesplan.calendar import add_months
from salesplan.terms.channels import ProjectStage
from salesplan.terms.plan import PlanTerms, Tax
from salesplan.terms.variance_review import CAUSES, Bridge, Proposals, VarianceReviewTerms
from salesplan.variance_review.proposals import PROPOSAL_COLUMNS

RULES = Bridge()
NO_PROJECTS = pd.DataFrame({name: [] for name in ("project", "stage", "month", "amount", "expected")})
NOBODY_ASKED = pd.DataFrame({name: [] for name in ("rep", "period", "activity", "count")})
NO_GAPS = pd.DataFrame(
    {name: [] for name in ("reason", "region", "rep", "customers", "first_month", "last_month", "amount")}
)


def found(figures, causes=CAUSES, **traces):
    given = {"projects": NO_PROJECTS, "asked": NOBODY_ASKED, "vacancies": NO_GAPS} | traces
    grid, bridge = vr.rep_grid(figures), vr.bridge_table(figures, RULES)
    return vr.propose(figures, grid, bridge, vr.Traces(**given), causes)


def of(table, code):
    rows = table[table["code"] == code]
    return rows.set_index("subject")["amount"].to_dict()


def after(days):
    return VarianceReviewTerms(proposals=Proposals(overdue_days=days))


LEDGER = {"original_order": None, "product": "tea", "kind": "sale", "invoice_date": pd.NaT}
NO_TAX = Tax()


def overdue(figures, rules, tax=NO_TAX, customers=None):
    if figures.orders is not None:
        own = {name: value for name, value in LEDGER.items() if name not in figures.orders}
        figures = replace(figures, orders=figures.orders.assign(**own).astype({"invoice_date": "datetime64[ns]"}))
    plan = PlanTerms(fiscal_year=2027, inputs={"sales": "x"}, tax=tax)
    return vr.overdue(figures, vr.owed_at_review(figures, customers, rules=rules, plan=plan), rules, tax)


def last(month, customer, amount):
    return fact(add_months(month, -12), "R1", amount, customer=customer, quantity=amount / 10_000)


def test_a_customer_of_the_same_months_last_year_who_bought_nothing():
    figures = company(
        2,
        [
            last(MONTHS[0], "gone", 500),
            last(MONTHS[1], "gone", 200),
            last(MONTHS[2], "not yet", 900),
            last(MONTHS[0], "stays", 100),
            last(MONTHS[0], "(unknown)", 100),
            last(MONTHS[0], "returned", -70),
            fact(MONTHS[1], "R1", 1, customer="stays"),
            fact(MONTHS[0], "R1", 1),
        ],
        years=1,
    )
    rows = found(figures)
    assert of(rows, "lost_customer") == {"gone": -700}
    row = rows[rows["code"] == "lost_customer"].iloc[0]
    assert (row["subject_kind"], row["rows"], row["before"], row["now"], row["cause"]) == (
        "customer", 2, 700, 0, "competition",
    )  # fmt: skip


def test_a_project_that_was_to_close_and_is_not_won():
    projects = pd.DataFrame(
        {
            "project": ["late", "won", "to come", "no odds"],
            "stage": ["bid", "built", "bid", "bid"],
            "month": [MONTHS[1], MONTHS[1], MONTHS[5], MONTHS[0]],
            "amount": [1_000, 1_000, 1_000, 300],
            "expected": pd.array([400, 1_000, 400, None], dtype="Int64"),
        }
    )
    stages = [ProjectStage(stage="bid", follow_up_days=7), ProjectStage(stage="built", follow_up_days=7, closed=True)]
    rows = found(company(actuals=[fact(MONTHS[0], "R1", 1)]), projects=projects, stages=stages)
    assert of(rows, "late_project") == {"late": -400, "no odds": -300}


def test_a_product_sold_below_the_targets_price():
    lines = [
        fact(MONTHS[0], "R1", 90_000, quantity=10.0),
        fact(MONTHS[0], "R1", 120_000, product="cup", quantity=10.0),
        fact(add_months(MONTHS[0], -12), "R1", 100_000, product="cup", quantity=10.0),
    ]
    rows = found(company(1, lines))
    assert of(rows, "price_cut") == {"tea": 90_000 - 10 * 10_000}
    row = rows[rows["code"] == "price_cut"].iloc[0]
    assert (row["before"], row["now"]) == pytest.approx((10_000, 9_000))


@pytest.mark.parametrize(
    ("done", "sold", "expected"),
    [
        # R1 has a quota of 72,000 x 1.05 = 75,600 a month
        pytest.param({"call": 50, "visit": 9}, 30_000, ("call", -37_800), id="half of the calls: half of the quota"),
        pytest.param({"call": 50, "visit": 9}, 70_000, ("call", -5_600), id="at most what he is behind"),
        pytest.param({"call": 100, "visit": 5}, 30_000, ("visit", -37_800), id="the activity of which most is missing"),
        pytest.param({"visit": 10}, 0, ("call", -75_600), id="an activity without a record"),
        pytest.param({"call": 50}, 80_000, None, id="not behind his quota"),
        pytest.param({"call": 100, "visit": 10}, 10, None, id="nothing missing"),
    ],
)
def test_activity_of_a_rep_behind_his_quota(done, sold, expected):
    asked = pd.DataFrame(
        {"rep": "R1", "period": MONTHS[0], "activity": ["call", "visit", "deal"], "count": [100, 10, 3]}
    )
    year = asked.assign(period="2027", count=99)
    records = pd.DataFrame({"date": MONTHS[0], "rep": "R1", "activity": list(done), "count": list(done.values())})
    others = pd.DataFrame({"date": [MONTHS[4]] * 2, "rep": "R1", "activity": ["call", "visit"], "count": 500})
    rows = found(
        company(1, [fact(MONTHS[0], "R1", sold)]),
        asked=pd.concat([asked, year]),
        activities=pd.concat([records, others], ignore_index=True),
    )
    rows = rows[(rows["code"] == "missing_activity") & (rows["subject"] == "R1")]
    assert [(row["detail"], row["amount"]) for _, row in rows.iterrows()] == ([expected] if expected else [])


def test_a_quota_of_days_without_the_rep():
    reps = reps_of(("R1", "A", None, None, None), ("R2", "B", None, "2027-02-14", None))
    figures = company(3, [fact(MONTHS[1], "R2", 20_000), fact(MONTHS[2], "R1", 1)], reps=reps)
    quota = 48_000 * 105 // 100
    rows = found(figures)
    rows = rows[rows["code"] == "vacancy"].set_index("detail")
    assert rows["amount"].to_dict() == {"2027-02": -quota // 2, "2027-03": -quota}
    late = company(2, [fact(MONTHS[1], "R2", 45_000)], reps=reps)
    assert found(late)[lambda d: d["code"] == "vacancy"]["amount"].tolist() == [45_000 - quota]


def test_two_spells_of_one_rep_are_added():
    reps = reps_of(("R1", "A", None, "2027-01-10", None), ("R1", "A", "2027-01-11", None, None))
    assert of(found(company(1, [], reps=reps)), "vacancy") == {}


def test_customers_nobody_held():
    gaps = pd.DataFrame(
        {
            "reason": ["no_owner", "ramp", "not_there"],
            "region": ["north", "north", "south"],
            "rep": ["R9", "R1", None],
            "customers": [5, 2, 1],
            "first_month": [MONTHS[0], MONTHS[0], MONTHS[1]],
            "last_month": [MONTHS[3], MONTHS[0], MONTHS[1]],
            "amount": [1_000, 400, 70],
        }
    )
    rows = found(company(3, []), vacancies=gaps)
    assert of(rows, "vacancy") == {"R9": -750, "south": -70}
    assert rows.set_index("subject")["subject_kind"].to_dict()["south"] == "region"


@pytest.mark.parametrize(
    ("paid", "days", "expected"),
    [
        pytest.param([("a", 0)], 30, {"a": -1_000}, id="never paid"),
        pytest.param([("a", 678)], 30, {"a": -400}, id="paid in part, tax taken off"),
        pytest.param([("a", 1_130)], 30, {}, id="paid"),
        pytest.param([(None, 565)], 30, {"a": -500}, id="a payment that names the order alone"),
        pytest.param([("a", 0)], 80, {}, id="not due"),
    ],
)
def test_overdue_collections(paid, days, expected):
    orders = pd.DataFrame(
        {
            "order": ["o1", "o2"],
            "customer": "a",
            "date": pd.to_datetime(["2027-01-20", "2027-03-30"]),
            "amount": [1_000, 9],
        }
    )
    payments = pd.DataFrame(
        {
            "date": pd.to_datetime("2027-03-01"), "order": "o1",
            "customer": [one for one, _ in paid], "amount": [fen for _, fen in paid],
        }
    )  # fmt: skip
    figures = company(3, orders=orders, collections=payments)
    tax = Tax(rate=Decimal("0.13"), collections="included")
    rows = overdue(figures, after(days), tax)
    assert of(rows, "collection_overdue") == expected


def test_a_payment_settles_the_order_it_names_else_the_oldest():
    orders = pd.DataFrame(
        {
            "order": ["o1", "o2", "r1", "o3", "o4"],
            "original_order": [None, None, "o2", None, None],
            "customer": ["a", "a", "a", "b", "c"],
            "date": pd.to_datetime(["2027-01-05", "2027-01-06", "2027-03-01", "2027-01-05", "2027-01-05"]),
            "amount": [1_000, 600, -100, 700, 300],
        }
    )
    payments = pd.DataFrame(
        {
            "date": pd.to_datetime("2027-03-01"),
            "order": ["o2", None, None, "o4"],
            "customer": ["a", "a", "b", "c"],
            "amount": [900, 250, 700, 299],
        }
    )
    figures = company(3, orders=orders, collections=payments)
    rows = overdue(figures, after(30))
    # a: o1 is settled by 250 and by the 400 that o2 was overpaid; b has paid; a fen of c is rounding
    assert of(rows, "collection_overdue") == {"a": -(1_000 - 250 - 400)}
    assert rows["rows"].tolist() == [1]


@pytest.mark.parametrize(("terms", "expected"), [(69, {"a": -1_000}), (70, {})])
def test_what_the_customers_own_terms_allow_is_not_overdue(terms, expected):
    orders = pd.DataFrame({"order": ["o1"], "customer": "a", "date": pd.to_datetime(["2027-01-20"]), "amount": [1_000]})
    payments = pd.DataFrame({"date": pd.to_datetime([]), "amount": pd.Series(dtype="int64")})
    listed = {"customer": ["a"], "start": pd.to_datetime(["2020-01-01"]), "end": pd.NaT, "terms": [terms]}
    listed |= {"rep": "R1", "region": "north", "name": "A"}
    rows = overdue(company(3, orders=orders, collections=payments), after(30), customers=pd.DataFrame(listed))
    assert of(rows, "collection_overdue") == expected


def test_the_largest_stand_first_and_carry_a_cause_the_plan_knows():
    figures = company(
        1, [last(MONTHS[0], "big", 900), last(MONTHS[0], "small", 10), fact(MONTHS[0], "R1", 90_000, quantity=10.0)],
        years=1,
    )  # fmt: skip
    rows = vr.largest_first(found(figures, causes=["price"]), overdue(company(0), after(1)))
    assert rows["amount"].is_monotonic_increasing
    assert rows.set_index("subject")["cause"].to_dict() == {"tea": "price", "big": "", "small": ""}
    assert not any("total" in subject for subject in rows["subject"])


def test_header_only_without_actuals_and_without_tables():
    for rows in (found(company(0)), overdue(company(1), after(1))):
        assert rows.empty
        assert list(rows.columns) == PROPOSAL_COLUMNS


def test_row_order_changes_nothing():
    lines = [last(m, c, a) for m, c, a in zip(MONTHS[:3], "abc", (5, 6, 7), strict=True)]
    lines += [fact(MONTHS[0], r, 100, quantity=1.0) for r in ("R1", "R2")]
    figures = company(3, lines, reps=reps_of(("R1", "A", "2027-02-02", None, None), ("R2", "B", None, None, None)))
    first = found(figures)
    order = np.random.default_rng(1).permutation(len(figures.facts))
    again = vr.Figures(**{**vars(figures), "facts": figures.facts.iloc[order], "reps": figures.reps.iloc[::-1]})
    pd.testing.assert_frame_equal(first, found(again))


def test_an_allocation_of_one_rep_alone():
    split = split_of([100] * 12)
    figures = company(1, [], split=split, allocation=allocation_of(split, {"R1": 1.0}))
    assert of(found(figures, vacancies=NO_GAPS), "vacancy") == {}
