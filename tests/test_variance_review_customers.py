"""Customers of the review: habits, states, composition, grades, evaluation, and what always adds up."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydantic import ValidationError
from test_variance_review import MONTHS, company, fact

from salesplan.apportion import UNKNOWN
from salesplan.charts.variance_review import customer_moves
from salesplan.conclusions.variance_review import customer_sentences, evaluation_form
from salesplan.terms import VarianceReviewTerms
from salesplan.terms.customers import CustomerGrades
from salesplan.terms.evaluation import Evaluation, Indicator, Quiet
from salesplan.terms.plan import Tax
from salesplan.variance_review import Known, away, customer_review, customers_shown, regraded
from salesplan.variance_review.evaluation import evaluate, points
from salesplan.variance_review.habits import habits
from salesplan.wording import Words

RULES = VarianceReviewTerms()
LAST, NOW = "2026-01", "2027-01"
SALES = {"name": "a", "measure": "sales", "weight": 1}
BOUNDS = CustomerGrades.model_validate(
    {"rule": "bounds", "grades": [{"name": "VIP", "from": Decimal(1000)}, {"name": "other"}]}
)


def orders_of(**days):
    """Purchases of 100.00 by customer on days."""
    rows = [(f"{name}{day}", name, "sale", day, 10_000) for name, dates in days.items() for day in dates]
    frame = pd.DataFrame(rows, columns=["order", "customer", "kind", "date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]), original_order=None, product="tea")


def every(step, count, *, last):
    """So many days, each so many days apart, up to the last."""
    return [f"{day:%Y-%m-%d}" for day in pd.date_range(end=last, periods=count, freq=f"{step}D")]


def four(**more):
    """kept, new, lost and back, of one month; the year before had `kept` and `lost` in January, `back` in May."""
    facts = [
        fact(LAST, "R1", 40_000, customer="kept", cost=20_000),
        fact(LAST, "R1", 30_000, customer="lost", cost=10_000),
        fact("2026-05", "R1", 5_000, customer="back", cost=1_000),
        fact(NOW, "R1", 50_000, customer="kept", cost=20_000),
        fact(NOW, "R1", -5_000, customer="kept", kind="rebate"),
        fact(NOW, "R2", 20_000, customer="new", cost=15_000),
        fact(NOW, "R2", 8_000, customer="back", cost=4_000),
    ]
    return company(1, [*facts, *more.pop("facts", [])], years=0, **more)


def reviewed(figures=None, known=None, rules=RULES):
    return customer_review(figures or four(), rules, known or Known())


# ---------------------------------------------------------------- habits


@pytest.mark.parametrize(
    ("dates", "silent", "interval", "quiet"),
    [
        pytest.param(every(10, 8, last="2027-01-30"), 60, 10, True, id="six intervals and sixty days"),
        pytest.param(every(10, 8, last="2027-03-01"), 30, 10, False, id="exactly three intervals is not longer"),
        pytest.param(every(10, 8, last="2027-02-28"), 31, 10, True, id="a day more"),
        pytest.param(every(2, 8, last="2027-03-10"), 21, 2, False, id="ten intervals, not yet thirty days"),
        pytest.param(every(10, 3, last="2026-12-01"), 120, np.nan, False, id="two gaps are no habit"),
    ],
)
def test_quiet_is_longer_than_the_habit(dates, silent, interval, quiet):
    row = habits(orders_of(a=dates), date(2027, 3, 31), Quiet()).loc["a"]
    assert row["silent_days"] == silent
    assert row["interval"] == interval or (np.isnan(interval) and np.isnan(row["interval"]))
    assert bool(row["quiet"]) is quiet


def test_the_next_purchase_is_expected_one_interval_on_in_whole_days():
    dates = ["2027-01-01", "2027-01-04", "2027-01-08", "2027-01-11", "2027-01-15"]  # gaps 3, 4, 3, 4
    row = habits(orders_of(a=dates), date(2027, 3, 31), Quiet()).loc["a"]
    assert row["interval"] == 3.5
    assert row["expected_next"] == pd.Timestamp("2027-01-19")


def test_returns_gifts_and_later_orders_are_no_purchases():
    orders = orders_of(a=["2027-01-05", "2027-02-05", "2027-04-05"])
    orders.loc[1, "kind"] = "return"
    assert habits(orders, date(2027, 3, 31), Quiet())["last_purchase"].tolist() == [pd.Timestamp("2027-01-05")]
    assert habits(None, date(2027, 3, 31), Quiet()).empty


# ---------------------------------------------------------------- states and sums


def test_what_became_of_each_customer():
    table = reviewed().table.set_index("customer")
    states = {"kept": "kept", "new": "new_customer", "lost": "lost", "back": "back"}
    assert table["state"].to_dict() == states
    assert table.loc["kept", "sales"] == 50_000 - 5_000
    assert table.loc["kept", "margin"] == 50_000 - 5_000 - 20_000
    assert table.loc["kept", "growth"] == pytest.approx(45_000 / 40_000 - 1)
    assert table.loc["kept", "margin_share"] == pytest.approx(25_000 / (25_000 + 5_000 + 4_000))


def test_moves_lead_from_last_year_to_this():
    moves = reviewed().moves.set_index("state")
    assert moves["change_amount"].to_dict() == {
        "kept": 5_000, "new_customer": 20_000, "back": 8_000, "lost": -30_000,
    }  # fmt: skip
    assert moves["last_year"].sum() + moves["change_amount"].sum() == moves["sales"].sum() == 73_000


def test_retention_and_acquisition_as_printed():
    company_row = reviewed().composition.iloc[0]
    assert (company_row["dimension"], company_row["customers_before"], company_row["kept"]) == ("company", 2, 1)
    assert company_row["retention_share"] == 1 / 2
    assert company_row["acquisition_share"] == 1 / 3


def test_a_quiet_customer_is_told_with_what_is_at_stake():
    figures = four(orders=orders_of(kept=every(10, 8, last="2026-12-01")))
    found = reviewed(figures)
    row = away(found).set_index("customer").loc["kept"]
    assert row["state"] == "quiet"
    assert row["silent_days"] == 61
    assert row["amount_at_stake"] == 40_000  # of the twelve months to December; this January's come after
    assert away(found)["customer"].tolist() == ["kept", "lost"]


def test_sales_without_a_customer_stand_as_unknown_and_are_not_evaluated():
    found = reviewed(four(facts=[fact(NOW, "R1", 7_000, customer="")]))
    row = found.table.set_index("customer").loc[UNKNOWN]
    assert (row["sales"], row["state"]) == (7_000, UNKNOWN)
    assert found.table["sales"].sum() == 80_000
    assert UNKNOWN not in set(found.evaluation["customer"])
    assert UNKNOWN not in set(customers_shown(found)["customer"])


def test_an_unknown_cost_leaves_the_profit_unknown():
    found = reviewed(four(facts=[fact(NOW, "R1", 1_000, customer="new")]))
    table = found.table.set_index("customer")
    assert pd.isna(table.loc["new", "margin"]) and table.loc["kept", "margin"] == 25_000
    assert table["margin_share"].isna().all()
    assert pd.isna(found.composition.iloc[0]["margin"])


@pytest.mark.parametrize("figures", [company(0), company(1, [fact(NOW, "R1", 5, customer="")], years=0)])
def test_nothing_to_say_leaves_headers(figures):
    found = reviewed(figures)
    assert all(frame.empty and len(frame.columns) for frame in (*found.tables.values(), found.moves))
    assert customer_sentences(Words("en"), found, RULES) == [Words("en")("customer_review.none")]


amounts = st.integers(1, 10**9)
lines = st.lists(
    st.tuples(st.sampled_from([LAST, "2026-06", NOW]), st.sampled_from("abcd"), st.sampled_from(["R1", "R2"]), amounts),
    min_size=1,
    max_size=25,
)


@given(lines, st.randoms())
@settings(max_examples=25, deadline=None)
def test_every_dimension_sums_to_all_sales_in_any_order(rows, random):
    facts = [fact(month, rep, fen, customer=who, cost=fen // 2) for month, who, rep, fen in rows]
    found = reviewed(company(1, facts, years=0))
    actual = sum(fen for month, _, _, fen in rows if month == NOW)
    assert found.table["sales"].sum() == found.moves["sales"].sum() == actual
    for _, members in found.composition.groupby("dimension"):
        assert members["sales"].sum() == actual
    random.shuffle(facts)
    again = reviewed(company(1, facts, years=0))
    for name, frame in found.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])


# ---------------------------------------------------------------- grades


def test_grades_are_proposed_by_the_plans_own_rule():
    facts = [fact(NOW, "R1", 90_000, customer="new", cost=1)]
    listed = pd.DataFrame({"customer": ["kept", "new"], "name": ["Old", "Young"], "grade": ["VIP", "other"]})
    found = reviewed(four(facts=facts), Known(listed=listed, grades=BOUNDS))
    moved = regraded(found).set_index("customer")
    # VIP from 1,000.00 in twelve months: Young has 1,100.00, Old 450.00 in February 2026 to January 2027
    assert moved["proposed_grade"].to_dict() == {"Young": "VIP", "Old": "other"}
    assert found.table.set_index("customer").loc["lost", "proposed_grade"] is None or pd.isna(
        found.table.set_index("customer").loc["lost", "proposed_grade"]
    )


def test_the_customers_row_of_the_day_counts():
    spells = pd.DataFrame(
        {
            "customer": ["kept"] * 3,
            "name": ["A", "B", "C"],
            "rep": ["R1", "R2", "R3"],
            "start": pd.to_datetime(["2024-01-01", "2027-01-15", "2027-02-01"]),
        }
    )
    row = reviewed(known=Known(listed=spells)).table.set_index("customer").loc["kept"]
    assert (row["customer_name"], row["rep"]) == ("B", "R2")


# ---------------------------------------------------------------- evaluation


@pytest.mark.parametrize(
    ("values", "scale", "expected"),
    [
        pytest.param([1, 2, 2, 5], {}, [0, 50, 50, 100], id="by place, ties alike"),
        pytest.param([7], {}, [50], id="alone"),
        pytest.param([0, 5, 10, 20], {"low": 0, "high": 10}, [0, 50, 100, 100], id="on a scale"),
        pytest.param([0, 5, 10], {"low": 10, "high": 0}, [100, 50, 0], id="less is better"),
        pytest.param([1, np.nan, 3], {}, [0, None, 100], id="unknown is left out"),
        pytest.param([0.125], {"low": 0, "high": 1}, [13], id="half a point rounds up"),
    ],
)
def test_points(values, scale, expected):
    bounds = {name: Decimal(value) for name, value in scale.items()}
    one = Indicator(name="x", measure="sales", weight=Decimal(1), **bounds)
    found = points(pd.Series(values, dtype="float64"), one)
    assert [None if pd.isna(value) else int(value) for value in found] == expected


def form_of(*grades):
    return Evaluation.model_validate(
        {
            "indicators": [
                {"name": "size", "measure": "sales", "weight": Decimal(3), "low": Decimal(0), "high": Decimal(100)},
                {"name": "pace", "measure": "growth", "weight": Decimal(1), "low": Decimal(0), "high": Decimal(1)},
            ],
            "grades": [
                {"name": name, "from": Decimal(least), "advice": advice} for name, least, advice in grades
            ],
        }
    )  # fmt: skip


def test_final_score_grade_and_advice():
    measures = pd.DataFrame({"sales": [80.0, 40.0, 10.0], "growth": [0.4, np.nan, 0.0]}, index=["a", "b", "c"])
    rules = form_of(("good", 60, "keep"), ("fair", 40, "improve"), ("poor", 0, "end"))
    found = evaluate(measures, rules)
    assert found.result["score"].tolist() == [(3 * 80 + 40) / 4, 40.0, 3 * 10 / 4]
    assert found.result["rating"].tolist() == ["good", "fair", "poor"]
    assert found.result["advice"].tolist() == ["keep", "improve", "end"]
    rows = found.table[found.table["customer"] == "b"].set_index("indicator")
    assert rows["weight"].to_dict() == {"size": 1.0, "pace": 0.0}
    assert found.table.groupby("customer")["weight"].sum().tolist() == [1.0] * 3


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_more_is_never_worth_less(values):
    one = Indicator(name="x", measure="sales", weight=Decimal(1))
    found = points(pd.Series(values), one).astype(int)
    ranked = found.iloc[np.argsort(np.round(values, 9), kind="stable")]
    assert ranked.is_monotonic_increasing and ranked.between(0, 100).all()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            {"indicators": [{"name": "a", "measure": "sales", "weight": 1, "low": 1}]}, "scale_half", id="half"
        ),
        pytest.param(
            {"indicators": [{"name": "a", "measure": "sales", "weight": 1, "low": 1, "high": 1}]},
            "scale_flat",
            id="flat",
        ),
        pytest.param({"grades": [{"name": "a", "from": 10, "advice": "keep"}]}, "last_grade", id="grades end above 0"),
        pytest.param(
            {"grades": [{"name": "a", "from": 0, "advice": "keep"}, {"name": "b", "from": 10, "advice": "end"}]},
            "grade_order",
            id="order",
        ),
        pytest.param({"indicators": [{"name": "a", "measure": "sales", "weight": 1}] * 2}, "distinct", id="twice"),
        pytest.param({"indicators": [{"name": "a", "measure": "luck", "weight": 1}]}, "literal_error", id="measure"),
    ],
)
def test_forms_that_cannot_be_are_refused(change, code):
    with pytest.raises(ValidationError) as raised:
        Evaluation.model_validate(change)
    assert code in {fault["type"] for fault in raised.value.errors()}


def test_payment_is_on_the_tax_basis_of_sales_and_of_the_orders_customer():
    orders = orders_of(kept=["2027-01-05"], new=["2027-01-06"]).assign(order=["o1", "o2"])
    paid = pd.DataFrame(
        {"date": pd.to_datetime(["2027-01-20"] * 2), "amount": [50_850, 11_300], "order": ["o1", "o2"],
         "customer": [None, None]}
    )  # fmt: skip
    rules = VarianceReviewTerms.model_validate(
        {"evaluation": {"indicators": [{"name": "cash", "measure": "payment", "weight": Decimal(1)}]}}
    )
    tax = Tax(sales="excluded", collections="included", rate=Decimal("0.13"))
    found = reviewed(four(orders=orders, collections=paid), Known(tax=tax), rules)
    values = found.evaluation.set_index("customer")["value"]
    assert values["kept"] == pytest.approx(50_850 / 1.13 / 45_000)
    assert values["new"] == pytest.approx(11_300 / 1.13 / 20_000)


# ---------------------------------------------------------------- words and chart


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_say_the_numbers(language):
    found = reviewed(four(orders=orders_of(kept=every(10, 8, last="2026-12-01"))))
    said = " ".join(customer_sentences(Words(language), found, RULES))
    assert "50.0%" in said and "33.3%" in said and "{" not in said
    form = evaluation_form(Words(language), found)
    assert form["evidence"].str.len().min() > 10
    assert set(form["advice"]) <= {"keep", "improve", "end"}


def test_chart_tells_what_came_and_went():
    ax = customer_moves(Figure().add_subplot(), reviewed().moves, words=Words("en"))
    assert "280.00" in ax.get_title(loc="left") + ax.get_title()
    assert "300.00" in ax.get_title(loc="left") + ax.get_title()
    empty = customer_moves(Figure().add_subplot(), reviewed(company(0)).moves, words=Words("en"))
    assert not empty.patches


def test_months_of_the_fixture_are_the_plans():
    assert MONTHS[0] == NOW
