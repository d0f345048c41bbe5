"""The review's money: receivables, cash to come, expenses and the contingency, stock; by hand and by plain loops."""

from datetime import date, timedelta
from decimal import Decimal

import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pydantic import ValidationError

from salesplan import variance_review as vr
from salesplan.calendar import fiscal_months
from salesplan.charts import variance_review as charts
from salesplan.conclusions.variance_review import collecting_sentences, inventory_sentences, spending_sentences
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.settling import oldest_first
from salesplan.tables import outputs
from salesplan.terms import PlanTerms, VarianceReviewTerms
from salesplan.terms.plan import Tax
from salesplan.terms.variance_review import Receivables
from salesplan.variance_review.cash import SIDE, punctuality
from salesplan.variance_review.kpi_values import Records, kpi_values
from salesplan.variance_review.open_items import open_items
from salesplan.variance_review.receivables import AGES, Account, by_age, grouped, receivables
from salesplan.wording import LANGUAGES, Words

matplotlib.use("Agg")
MONTHS = fiscal_months(2027)
AS_OF = date(2027, 3, 31)
TODAY = pd.Timestamp(AS_OF)
YEAR = date(2027, 1, 1)
SAME = Tax()
VAT = Tax(sales="excluded", collections="included", rate=Decimal("0.13"))
RULES = VarianceReviewTerms()
PLAN = PlanTerms(fiscal_year=2027, inputs={"sales": "x"})


def orders_of(*rows):
    """date, order, customer, amount, and what else a line tells."""
    names = ["date", "order", "customer", "amount", "original_order", "product", "invoice_date"]
    frame = pd.DataFrame([(*row, *[None] * (len(names) - len(row))) for row in rows], columns=names)
    return frame.assign(
        date=pd.to_datetime(frame["date"]),
        invoice_date=pd.to_datetime(frame["invoice_date"]),
        amount=frame["amount"].astype("int64"),
        kind=np.where(frame["amount"] < 0, "return", "sale"),
        product=frame["product"].fillna("tea"),
    )


def paid_of(*rows):
    """date, amount, order, customer, cleared, kind."""
    names = ["date", "amount", "order", "customer", "cleared", "kind"]
    frame = pd.DataFrame([(*row, *[None] * (len(names) - len(row))) for row in rows], columns=names)
    days = {name: pd.to_datetime(frame[name]) for name in ("date", "cleared")}
    return frame.assign(**days, amount=frame["amount"].astype("int64"))


def facts_of(*rows):
    names = ["month", "customer", "rep", "region", "amount", "product", "quantity", "kind"]
    return pd.DataFrame([(*row, *("tea", 0.0, "sale")[len(row) - 5 :]) for row in rows], columns=names).assign(cost=0)


def items(sold, money, tax=SAME, products=None, today=TODAY):
    return open_items(sold, money, products, as_of=today, tax=tax)


def still_open(sold, money, **more):
    return items(sold, money, **more).orders.set_index("order")["open"].to_dict()


# ---------------------------------------------------------------- what settles what

TWO = (("2027-01-05", "A", "C1", 100), ("2027-01-20", "B", "C1", 200), ("2027-01-02", "D", "C2", 50))


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        pytest.param((), {"A": 100, "B": 200, "D": 50}, id="nothing paid"),
        pytest.param((("2027-02-01", 60, "B", "C1"),), {"A": 100, "B": 140, "D": 50}, id="the order it names"),
        pytest.param((("2027-02-01", 130, None, "C1"),), {"A": 0, "B": 170, "D": 50}, id="the oldest first"),
        pytest.param((("2027-02-01", 130, "A", "C1"),), {"A": 0, "B": 170, "D": 50}, id="what is over goes on"),
        pytest.param((("2027-02-01", 999, "A", "C1"),), {"A": 0, "B": 0, "D": 50}, id="never another customer's"),
        pytest.param(
            (("2027-02-01", 100, "A", "C1", "2027-03-31"),), {"A": 0, "B": 200, "D": 50}, id="a bill cleared today"
        ),
        pytest.param(
            (("2027-02-01", 100, "A", "C1", "2027-04-01"),), {"A": 100, "B": 200, "D": 50}, id="cleared tomorrow"
        ),
        pytest.param((("2027-04-01", 100, "A", "C1"),), {"A": 100, "B": 200, "D": 50}, id="paid tomorrow"),
        pytest.param(
            (("2027-02-01", 130, None, "C1"), ("2027-03-01", 30, None, "C1", None, "refund")),
            {"A": 0, "B": 200, "D": 50},
            id="a refund takes back what came last",
        ),
        pytest.param(
            (("2027-02-01", 100, "A", "C1"), ("2027-03-01", -40, "A", "C1")),
            {"A": 40, "B": 200, "D": 50},
            id="a refund of the order",
        ),
        pytest.param((("2027-03-01", 70, "B", "C1", None, "bad_debt"),), {"A": 100, "B": 130, "D": 50}, id="bad debt"),
        pytest.param(
            (("2027-03-01", 70, None, "C1", None, "bad_debt"),), {"A": 30, "B": 200, "D": 50}, id="bad debt unnamed"
        ),
        pytest.param((("2027-02-01", 70, None, None),), {"A": 100, "B": 200, "D": 50}, id="nobody's money"),
    ],
)
def test_what_payments_settle(money, expected):
    assert still_open(orders_of(*TWO), paid_of(*money)) == expected


@pytest.mark.parametrize(
    ("row", "money", "expected"),
    [
        pytest.param(("2027-02-01", "R", "C1", -30, "B"), (), {"A": 100, "B": 170}, id="a return of its order"),
        pytest.param(("2027-02-01", "R", "C1", -130, None), (), {"A": 0, "B": 170, "R": 0}, id="a credit"),
        pytest.param(
            ("2027-02-01", "R", "C1", -130, None),
            (("2027-02-01", -130, "R", "C1"),),
            {"A": 100, "B": 200, "R": 0},
            id="a credit paid out",
        ),
        pytest.param(
            ("2027-02-01", "R", "C1", -100, "A"),
            (("2027-01-10", 100, "A", "C1"),),
            {"A": 0, "B": 100},
            id="returned once paid: the money is free",
        ),
    ],
)
def test_returns_and_credits(row, money, expected):
    assert still_open(orders_of(*TWO[:2], row), paid_of(*money)) == expected


@pytest.mark.parametrize(
    ("tax", "amount", "due"),
    [
        pytest.param(VAT, 10_001, 11_301, id="tax added, rounded once: 11301.13"),
        pytest.param(VAT, 50, 57, id="56.5 away from zero"),
        pytest.param(Tax(sales="included", collections="excluded", rate=Decimal("0.13")), 11_300, 10_000, id="out"),
        pytest.param(SAME, 777, 777, id="the same basis"),
    ],
)
def test_orders_and_cash_are_on_one_basis(tax, amount, due):
    assert still_open(orders_of(("2027-01-05", "A", "C1", amount)), paid_of(), tax=tax) == {"A": due}


def test_a_product_has_its_own_tax_rate():
    products = pd.DataFrame({"product": ["book"], "tax_rate": [0.09]})
    sold = orders_of(("2027-01-05", "A", "C1", 10_000), ("2027-01-05", "A", "C1", 10_000, None, "book"))
    assert still_open(sold, paid_of(), tax=VAT, products=products) == {"A": 11_300 + 10_900}


def test_lines_without_number_are_one_order_per_customer_and_day():
    sold = orders_of(("2027-01-05", None, "C1", 10), ("2027-01-05", None, "C1", 5), ("2027-01-06", None, "C1", 7))
    assert still_open(sold, paid_of(("2027-02-01", 16, None, "C1"))) == {"C1 2027-01-05": 0, "C1 2027-01-06": 6}


def test_refunds_are_taken_from_the_last_money():
    orders = pd.DataFrame({"order": ["A", "B"], "customer": "C", "date": pd.to_datetime(["2027-01-01", "2027-01-02"])})
    pool = pd.DataFrame(
        {
            "customer": "C",
            "date": pd.to_datetime(["2027-01-11", "2027-01-21", "2027-01-31", "2027-02-10"]),
            "amount": [100, 100, -100, 50],
        }
    )
    rest, days = oldest_first(orders, np.array([100, 40]), pool)
    assert rest.tolist() == [0, 0]
    assert days.tolist() == [10, 39]  # what came on the 21st went back: only February's money stays for B


CUSTOMERS = st.sampled_from(["C1", "C2", "C3"])
SOLD = st.lists(st.tuples(st.integers(1, 28), CUSTOMERS, st.integers(1, 90)), min_size=1, max_size=12)
MONEY = st.lists(
    st.tuples(
        st.integers(1, 28), st.integers(1, 150), st.integers(-1, 11), CUSTOMERS, st.sampled_from([None, "bad_debt"])
    ),
    max_size=14,
)  # fmt: skip


def world(sold, money):
    orders = orders_of(*((f"2027-01-{day:02d}", f"O{n:02d}", who, fen) for n, (day, who, fen) in enumerate(sold)))
    named = [f"O{n:02d}" if 0 <= n < len(sold) else None for _, _, n, _, _ in money]
    rows = [
        (f"2027-02-{day:02d}", fen, order, sold[n][1] if order else who, None, kind)
        for (day, fen, n, who, kind), order in zip(money, named, strict=True)
    ]
    return orders, paid_of(*rows)


def by_loop(orders, money):
    """The rule as people settle on paper."""
    rows = sorted(orders.itertuples(), key=lambda row: (row.date, row.order))
    left, pool, beside = {row.order: row.amount for row in rows}, {}, {}
    for kind, other in (("bad_debt", beside), (None, pool)):
        for row in money[money["kind"].isna() if kind is None else money["kind"].eq(kind)].itertuples():
            take = min(left.get(row.order, 0), row.amount) if row.order else 0
            if take:
                left[row.order] -= take
            other[row.customer] = other.get(row.customer, 0) + row.amount - take
    for money_of in (pool, beside):
        for row in rows:
            take = min(left[row.order], money_of.get(row.customer, 0))
            left[row.order] -= take
            money_of[row.customer] = money_of.get(row.customer, 0) - take
    return left


@settings(max_examples=80, deadline=None)
@given(SOLD, MONEY, st.randoms())
def test_settlement_as_a_plain_loop_does_it(sold, money, random):
    orders, paid = world(sold, money)
    found = items(orders, paid)
    assert found.orders.set_index("order")["open"].to_dict() == by_loop(orders, paid)
    parts = found.orders[["paid", "credited", "written", "open"]]
    assert (parts >= 0).all().all()
    assert (parts.sum(axis=1) == found.orders["due"]).all()
    shuffled = [frame.sample(frac=1, random_state=random.randint(0, 99)) for frame in (orders, paid)]
    pd.testing.assert_frame_equal(items(*shuffled).orders, found.orders)


# ---------------------------------------------------------------- receivables


def owed_of(sold, money, *, facts=None, terms=None, **more):
    customers = sorted(set(sold["customer"]))
    known = facts_of(*(("2027-01", name, "R1", "north", 1) for name in customers)) if facts is None else facts
    account = Account(sold, known, money, **more)
    return receivables(account, terms or Receivables(), tax=SAME, as_of=AS_OF, year=YEAR)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)],
)
def test_ages_of_what_is_overdue(days, bucket):
    ordered = AS_OF - timedelta(days=60 + days)
    row = owed_of(orders_of((f"{ordered}", "A", "C1", 100)), paid_of()).table.iloc[0]
    assert [int(row[name]) for name in AGES] == [100 if place == bucket else 0 for place in range(5)]
    assert row["overdue"] == (100 if bucket else 0)
    assert pd.isna(row["oldest_days"]) if bucket == 0 else row["oldest_days"] == days


@pytest.mark.parametrize(
    ("line", "own", "overdue"),
    [
        pytest.param(("2027-01-01", "A", "C1", 100), None, 29, id="60 days after the order"),
        pytest.param(("2027-01-01", "A", "C1", 100, None, None, "2027-01-21"), None, 9, id="after the invoice"),
        pytest.param(("2027-01-01", "A", "C1", 100), 30, 59, id="the customer's own terms"),
        pytest.param(("2027-01-01", "A", "C1", 100), 0, 89, id="none: due at once"),
    ],
)
def test_when_an_order_is_due(line, own, overdue):
    customers = pd.DataFrame({"customer": ["C1"], "name": ["Tea House"], "rep": ["R7"], "region": ["south"]})
    blank = pd.Series([pd.NaT], dtype="datetime64[ns]")
    customers = customers.assign(start=blank, end=blank, terms=pd.array([own], dtype="Int64"))
    row = owed_of(orders_of(line), paid_of(), customers=customers).table.iloc[0]
    assert row["oldest_days"] == overdue
    assert row[["name", "rep", "region"]].tolist() == ["Tea House", "R7", "south"]


def test_who_answers_for_a_customer_is_his_owner_now():
    customers = pd.DataFrame({"customer": ["C1"] * 2, "name": "Tea", "rep": ["R1", "R2"], "region": "north"}).assign(
        start=pd.to_datetime(["2026-01-01", "2027-03-01"]), end=pd.to_datetime(["2027-02-28", None])
    )
    assert owed_of(orders_of(TWO[0]), paid_of(), customers=customers).table["rep"].tolist() == ["R2"]
    facts = facts_of(("2026-12", "C1", "R1", "north", 900), ("2027-01", "C1", "R3", "south", 5))
    row = owed_of(orders_of(TWO[0]), paid_of(), facts=facts).table.iloc[0]
    assert row[["rep", "region"]].tolist() == ["R3", "south"]  # of the latest month


def test_rates_by_hand():
    sold = orders_of(
        ("2026-04-01", "A", "C1", 730), ("2027-01-05", "B", "C1", 365), ("2027-02-05", "R", "C1", -35, "B")
    )
    money = paid_of(("2026-05-01", 730, "A", "C1"), ("2027-02-10", 99, "B", "C1"))
    owed = owed_of(sold, money)
    row = owed.table.iloc[0]
    assert row["open"] == 365 - 35 - 99
    assert row["collection_rate"] == pytest.approx(99 / (365 - 35))
    assert row["turnover_days"] == round((365 - 35 - 99) * 365 / (730 + 365 - 35))
    assert grouped(owed, [])["turnover_days"].tolist() == [row["turnover_days"]]


def test_prepayments_of_customers_nobody_sold_to_are_kept():
    owed = owed_of(orders_of(TWO[0]), paid_of(("2027-02-01", 130, None, "C1"), ("2027-02-01", 7, None, "new")))
    found = owed.table.set_index("customer")
    assert found["prepaid"].to_dict() == {"C1": 30, "new": 7}
    assert found["open"].to_dict() == {"C1": 0, "new": 0}


@settings(max_examples=40, deadline=None)
@given(SOLD, MONEY)
def test_groups_and_ages_sum_to_the_customers(sold, money):
    owed = owed_of(*world(sold, money))
    table = owed.table
    assert (table["sold"] - table["received"] - table["written_off"] == table["open"] - table["prepaid"]).all()
    assert (table[list(AGES)].sum(axis=1) == table["open"]).all()
    ages = by_age(owed, (30, 60, 90))
    assert ages["age"].tolist() == ["not_due", "1-30", "31-60", "61-90", "90+"]
    for keys in (["rep"], ["region"], []):
        assert grouped(owed, keys)["open"].sum() == ages["amount"].sum() == table["open"].sum()


# ---------------------------------------------------------------- cash


def figures_of(sold, money, *, closed=3, facts=None):
    split = pd.DataFrame({"month": MONTHS, "amount": 1_000})
    known = facts_of(*((f"{row.date:%Y-%m}", row.customer, "R1", "north", row.amount) for row in sold.itertuples()))
    return vr.Figures(
        months=MONTHS, closed=MONTHS[:closed], split=split, allocation=pd.DataFrame(),
        facts=known if facts is None else facts, orders=sold, collections=money,
    )  # fmt: skip


def revision_of(amount=0):
    actual = pd.Series([amount] * 3 + [None] * 9, dtype="Int64")
    return pd.DataFrame({"month": MONTHS, "original": amount, "actual": actual, "revised": amount})


def collected_of(sold, money, *, amount=0, before=None, plan=PLAN, **more):
    figures, terms = figures_of(sold, money, **more), {"rules": RULES, "plan": plan}
    return vr.collecting(figures, vr.owed_at_review(figures, None, **terms), revision_of(amount), before, **terms)


BILL = ("2027-02-03", 300, "A", "C1", "2027-03-02", "bill")
MONEY_BACK = ("2027-02-20", -40, "A", "C1", None, "refund")
WRITTEN_OFF = ("2027-02-25", 7, "B", "C2", None, "bad_debt")


@pytest.mark.parametrize("tax", [SAME, VAT], ids=["one money", "tax on payments"])
def test_the_indicator_and_the_table_have_one_collection_rate(tax):
    sold = orders_of(
        ("2027-01-10", "A", "C1", 1_000), ("2027-02-10", "B", "C2", 500), ("2027-03-10", "R", "C1", -90, "A"),
        ("2027-03-11", "D", "C1", 400),
    )  # fmt: skip
    money = paid_of(("2027-01-12", 200, "A", "C1"), BILL, MONEY_BACK, WRITTEN_OFF)
    plan = PLAN.model_copy(update={"tax": tax})
    figures = figures_of(sold, money)
    table = collected_of(sold, money, plan=plan).cash.set_index("month")
    found = kpi_values(figures, Records(), plan)["collection_rate"]
    factor = 1.13 if tax == VAT else 1
    by_hand = {"2027-01": 200 / 1_000, "2027-02": -40 / 500, "2027-03": 300 / 310}
    assert found.to_dict() == pytest.approx({month: rate / factor for month, rate in by_hand.items()}, abs=2e-3)
    pd.testing.assert_series_equal(
        found, table.loc[MONTHS[:3], "collection_rate"], check_names=False, check_index_type=False
    )


def test_payments_before_any_are_known_have_no_rate():
    sold = orders_of(("2027-01-10", "A", "C1", 100), ("2027-02-10", "B", "C1", 100), ("2027-03-10", "D", "C1", 100))
    found = kpi_values(figures_of(sold, paid_of(("2027-02-12", 50, None, "C1"))), Records(), PLAN)["collection_rate"]
    assert found.to_dict() == {"2027-02": 0.5, "2027-03": 0}


def test_months_by_hand():
    sold = orders_of(("2027-01-10", "A", "C1", 100), ("2027-01-31", "B", "C1", 50), ("2027-03-10", "D", "C1", 200))
    found = collected_of(sold, paid_of(("2027-02-10", 120, None, "C1"))).cash.set_index("month")
    assert found["sold"].dropna().to_dict() == {"2027-01": 150, "2027-02": 0, "2027-03": 200}
    assert found["due"].loc["2027-03"] == 100  # 60 days after the 10th of January
    assert found["settled"].loc["2027-03"] == 100
    assert found["due"].loc[["2027-04", "2027-05"]].tolist() == [50, 200]
    assert found["received"].dropna().to_dict() == {"2027-01": 0, "2027-02": 120, "2027-03": 0}
    assert found["collection_rate"].loc["2027-01"] == 0
    assert pd.isna(found["collection_rate"].loc["2027-02"])
    assert found["expected"].loc[["2027-04", "2027-05", "2027-06"]].tolist() == [30, 200, 0]  # all on its due date


def test_sales_to_come_are_expected_after_their_terms():
    found = collected_of(orders_of(("2027-03-31", "A", "C1", 100)), paid_of(), amount=3_000).cash.set_index("month")
    # April's sales lie evenly on 30 days and come 60 days later: from 31 May (1 day) to 29 June (29 days).
    assert found["expected_sales"].loc[["2027-04", "2027-05"]].tolist() == [0, 3_000 // 30 * 1]
    assert found["expected_open"].loc["2027-05"] == 100


def test_late_payers_are_expected_late():
    past = [(f"2026-0{month}-01", f"P{month}", "C1", 100) for month in range(1, 7)]
    money = [(f"{pd.Timestamp(day) + pd.Timedelta(days=90):%Y-%m-%d}", 80, order, "C1") for day, order, _, _ in past]
    sold = orders_of(*past, ("2027-03-20", "N", "C2", 1_000))
    account = Account(sold, facts_of(("2027-03", "C2", "R1", "n", 1)), paid_of(*money))
    owed = receivables(account, Receivables(), tax=SAME, as_of=AS_OF, year=YEAR)
    curve = punctuality(owed)
    assert curve[SIDE + 29] == 0  # all paid 90 days after the order, 30 after it was due: four fifths of it
    assert curve[SIDE + 30] == pytest.approx(0.8)
    collected = collected_of(sold, paid_of(*money))
    assert collected.cash.set_index("month")["expected_open"].loc["2027-06"] == 800  # 20 March + 90 days
    assert collected.doubtful == 200 + 6 * 20  # a fifth was never paid, nor what is still open of the old


def test_what_the_review_before_expected_stands_beside_what_came():
    before = pd.DataFrame({"month": ["2027-03", "2027-04"], "expected": pd.array([70, 80], dtype="Int64")})
    found = collected_of(orders_of(TWO[0]), paid_of(("2027-03-02", 60, "A", "C1")), before=before)
    cash = found.cash.set_index("month")
    assert cash["expected"].loc["2027-03"] == 70
    assert found.doubtful == 40  # overdue, and nobody is known to have paid late
    assert any("0.70" in text and "0.60" in text for text in collecting_sentences(Words("en", "one"), found, RULES))


@settings(max_examples=30, deadline=None)
@given(SOLD, MONEY)
def test_what_is_open_is_expected_or_doubted(sold, money):
    found = collected_of(*world(sold, money))
    later = found.cash["expected_open"].sum() + found.doubtful
    assert abs(later - int(found.table["open"].sum())) <= 12  # each month is rounded to a fen


def test_before_the_first_month_and_without_collections():
    sold = orders_of(("2026-12-20", "A", "C1", 100))
    found = collected_of(sold, paid_of(), closed=0)
    assert found.table["open"].tolist() == [100]
    assert found.cash["received"].isna().all()
    none = collected_of(sold, None)
    assert none.table.empty
    assert list(none.cash.columns) == list(outputs.empty("variance_review_cash").columns)
    assert len(collecting_sentences(Words("zh"), none, RULES)) == 1


@pytest.mark.parametrize("ages", [(30, 30, 90), (60, 30, 90), (0, 30, 60), (30, 60)])
def test_ages_must_rise(ages):
    with pytest.raises(ValidationError):
        Receivables(ages=ages)


# ---------------------------------------------------------------- expenses


def budget_of(categories, departments=(), reserve=None):
    """`categories`: name -> amount of each of the first three months."""
    rows = [*categories.items(), *([("(contingency)", reserve)] if reserve is not None else [])]
    year = pd.DataFrame(
        {"category": [name for name, _ in rows], "amount": [fen * 12 for _, fen in rows]}
        | {"standard": "competitor cuts prices", "approver": "GM"}
    )
    own = [(name, "Sales", 12 * fen) for name, fen in rows if name not in {given[0] for given in departments}]
    split = pd.DataFrame([*own, *departments], columns=["category", "department", "amount"])
    months = pd.DataFrame([(month, name, fen) for month in MONTHS for name, fen in rows],
                          columns=["month", "category", "amount"])  # fmt: skip
    return vr.Budget(year, split, months)


def spent_of(*rows):
    return pd.DataFrame(list(rows), columns=["month", "category", "department", "amount"])


def spending_of(budget, actual, closed=3):
    facts = facts_of(("2027-01", "C1", "R1", "n", 500), ("2027-02", "C1", "R1", "n", 700))
    return vr.spending(budget, actual, figures_of(orders_of(TWO[0]), None, closed=closed, facts=facts))


def test_expenses_by_hand():
    actual = spent_of(
        ("2027-01", "travel", "Sales", 130), ("2027-02", "travel", "Sales", 90), ("2027-01", "rent", "Sales", 40)
    )
    found = spending_of(budget_of({"travel": 100, "rent": 50}, reserve=10), actual)
    sums = found.categories.set_index("category")
    assert sums["over"].to_dict() == {"travel": 130 + 90 - 200, "rent": 40 - 100}
    assert sums["state"].to_dict() == {"travel": "over_budget", "rent": "in_budget"}
    assert sums["left"].to_dict() == {"travel": 1200 - 220, "rent": 600 - 40}
    assert found.untold == ["2027-03"]  # nothing is recorded: not compared
    assert (found.contingency, found.used, found.left) == (120, 20, 100)
    months = found.months.set_index("month")
    assert months["ratio"].to_dict() == {"2027-01": 170 / 500, "2027-02": 90 / 700}
    assert months["budget_ratio"].tolist() == [150 / 1000] * 2


def test_a_department_has_its_part_of_the_budget_and_bears_what_it_is_over():
    parts = (("travel", "East", 600), ("travel", "West", 300), ("travel", "North", 300))
    actual = spent_of(
        ("2027-01", "travel", "East", 20), ("2027-01", "travel", "West", 65), ("2027-01", "travel", "North", 45)
    )
    found = spending_of(budget_of({"travel": 100}, parts, reserve=1), actual)
    rows = found.table.set_index("department")
    assert rows["budget"].to_dict() == {"East": 50, "West": 25, "North": 25}
    assert rows["from_contingency"].to_dict() == {"East": 0, "West": 20, "North": 10}  # 30 over: as 40 to 20
    assert found.left == 12 - 30


def test_what_nobody_budgeted_comes_from_the_contingency():
    found = spending_of(budget_of({"rent": 50}, reserve=10), spent_of(("2027-01", "fair", "Sales", 33)))
    row = found.categories.set_index("category").loc["fair"]
    assert (row["state"], row["from_contingency"]) == ("unbudgeted", 33)
    without = spending_of(budget_of({"rent": 50}), spent_of(("2027-01", "fair", "Sales", 33)))
    assert (without.contingency, without.left, without.used) == (None, None, 0)


def test_expenses_that_are_not_there():
    budget = budget_of({"rent": 50}, reserve=10)
    for actual, closed in (
        (None, 3),
        (spent_of(("2026-12", "rent", "Sales", 1)), 3),
        (spent_of(("2027-01", "rent", "", 1)), 0),
    ):
        found = spending_of(budget, actual, closed)
        assert found.table.empty
        assert list(found.table.columns) == list(outputs.empty("variance_review_expenses").columns)
        assert len(spending_sentences(Words("en"), found, budget.year)) == 1
    bare = budget_of({})
    found = spending_of(bare, spent_of(("2027-01", "rent", None, 9)))
    assert found.categories["state"].tolist() == ["unbudgeted"]
    assert spending_sentences(Words("en"), found, bare.year)[0].startswith("The annual plan has no expense budget")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(MONTHS[:3]), st.sampled_from("abc"), st.sampled_from("XY"), st.integers(0, 400)),
        max_size=12,
    )
)
def test_budget_and_actual_are_kept_in_every_direction(rows):
    budget = budget_of({"a": 101, "b": 7}, (("a", "X", 5), ("a", "Y", 1)), reserve=3)
    found = spending_of(budget, spent_of(*rows).drop_duplicates(["month", "category", "department"]))
    told = found.table["month"].nunique()
    assert found.table["budget"].sum() == (101 + 7) * told
    for view in (found.categories, found.departments, found.months):
        assert view["over"].sum() == found.table["over"].sum()
    assert found.used == found.departments["from_contingency"].sum() == found.categories["over"].clip(lower=0).sum()


# ---------------------------------------------------------------- stock


def forecast_of(product="tea", sales=30, opening=90, purchases=30):
    rows = [(month, product, opening, 0, purchases, sales, opening, sales * 200) for month in MONTHS]
    names = ["month", "product", "opening", "in_transit", "purchases", "sales", "closing", "value_sales"]
    return pd.DataFrame(rows, columns=names)


def stock_of(sold, *, forecast=None, counted=None, revised=1_000, slow=180):
    facts = facts_of(*((month, "C1", "R1", "n", 1, "tea", units) for month, units in zip(MONTHS, sold, strict=False)))
    figures = figures_of(orders_of(TWO[0]), None, closed=3, facts=facts)
    revision = revision_of(1_000).assign(revised=[1_000] * 3 + [revised] * 9)
    plan = forecast_of() if forecast is None else forecast
    return vr.inventory(figures, plan, counted, revision, slow_days=slow)


COUNT = pd.DataFrame({"month": ["2027-04"], "product": ["tea"], "opening": [12.0]})


def test_the_book_says_what_nobody_counted():
    row = stock_of([20, 20, 20]).iloc[0]
    assert row[["basis", "actual", "gap"]].tolist() == ["book", 90 + 3 * 30 - 60, 120 - 90]
    assert row["value_stock"] == 120 * 200
    counted = stock_of([20, 20, 20], counted=COUNT).iloc[0]
    assert counted[["basis", "actual", "gap"]].tolist() == ["counted", 12, 12 - 90]


@pytest.mark.parametrize(
    ("stock", "need", "days"),
    [
        pytest.param(15, 30, 15, id="half of April"),
        pytest.param(45, 30, 30 + 31 // 2, id="into May"),
        pytest.param(0, 30, 0, id="none"),
        pytest.param(9 * 30, 30, 275, id="to the year's end"),
        pytest.param(10 * 30, 30, 275 + 30, id="beyond it, at the average: 30 / (270 / 275) = 30.6"),
    ],
)
def test_days_of_cover(stock, need, days):
    row = stock_of([30] * 3, forecast=forecast_of(sales=need), counted=COUNT.assign(opening=float(stock))).iloc[0]
    assert row["cover_days"] == days


@pytest.mark.parametrize(
    ("sold", "revised", "purchases", "expected"),
    [
        pytest.param([30] * 3, 1_000, 30, ("fine", None, 0), id="as planned"),
        pytest.param([30] * 3, 2_000, 30, ("short", "2027-04", 9 * 30 - 12), id="twice the sales are asked for"),
        pytest.param([60] * 3, 1_000, 30, ("short", "2027-04", 9 * 30 - 12), id="it sells twice its plan"),
        pytest.param([10] * 3, 1_000, 26, ("short", "2027-07", 9 * 4 - 12), id="behind its plan, the plan counts"),
        pytest.param([30] * 3, 0, 0, ("slow", None, 0), id="never sold again"),
    ],
)
def test_what_runs_short(sold, revised, purchases, expected):
    row = stock_of(sold, forecast=forecast_of(purchases=purchases), counted=COUNT, revised=revised).iloc[0]
    month = None if pd.isna(row["short_month"]) else row["short_month"]
    assert (row["state"], month, row["shortage"]) == expected
    assert row["needed"] == expected[2]


def test_products_of_unknown_quantity_and_plans_without_stock_are_left_out():
    assert stock_of([30, np.nan, 30]).empty
    none = stock_of([30] * 3, forecast=forecast_of().head(0))
    assert list(none.columns) == list(outputs.empty("variance_review_stock").columns)
    assert len(inventory_sentences(Words("en"), none, 180)) == 1


# ---------------------------------------------------------------- identities, words, charts


def saved():
    """The tables of a review that holds."""
    collected = collected_of(orders_of(*TWO), paid_of(("2027-02-01", 130, None, "C1"), ("2027-02-03", 80, None, "C2")))
    spent = spending_of(budget_of({"rent": 50}, reserve=10), spent_of(("2027-01", "rent", "Sales", 70)))
    tables = {"receivables": collected.table, "cash": collected.cash, "expenses": spent.table}
    own = {f"variance_review_{name}": frame.copy() for name, frame in tables.items()}
    rest = ("variance_review", *(f"variance_review_{name}" for name in ("bridge", "revision", "causes")))
    return {name: outputs.empty(name) for name in rest} | own


def test_the_tables_hold():
    stop_on_breach("variance_review", saved(), {}, 1)


@pytest.mark.parametrize(
    ("table", "column", "identity"),
    [
        ("receivables", "prepaid", "receivables_close"),
        ("receivables", "overdue_1", "ages_sum_to_overdue"),
        ("receivables", "not_due", "ages_sum_to_open"),
        ("receivables", "received_year", "cash_matches_receivables"),
        ("cash", "sold", "cash_matches_receivables"),
        ("expenses", "budget", "expenses_over_budget"),
        ("expenses", "from_contingency", "contingency_bears_what_is_over"),
    ],
)
def test_what_does_not_add_up_stops_the_run(table, column, identity):
    frames = saved()
    broken = frames[f"variance_review_{table}"]
    broken.loc[0, column] = broken.loc[0, column] + 1
    with pytest.raises(IdentityError, match=identity):
        stop_on_breach("variance_review", frames, {}, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_name_what_matters(language):
    words = Words(language, "one")
    late = collected_of(orders_of(*TWO), paid_of(("2027-02-01", 30, None, "C1")))
    said = collecting_sentences(words, late, RULES)
    assert any("C1" in text and "2.70" in text for text in said)
    early = collected_of(orders_of(("2027-03-30", "A", "C1", 100)), paid_of())
    assert "1.00" in collecting_sentences(words, early, RULES)[0]
    over = spending_of(budget_of({"rent": 50}, reserve=1), spent_of(("2027-01", "rent", "Sales", 7_000)))
    told = spending_sentences(words, over, budget_of({"rent": 50}, reserve=1).year)
    assert any("rent 69.50" in text for text in told)
    assert any("competitor cuts prices" in text for text in told)
    within = spending_of(budget_of({"rent": 50}, reserve=1), spent_of(("2027-01", "rent", "Sales", 7)))
    assert len(spending_sentences(words, within, budget_of({"rent": 50}, reserve=1).year)) == 4
    short = inventory_sentences(words, stock_of([60] * 3, counted=COUNT), 180)
    slow = inventory_sentences(words, stock_of([30] * 3, slow=10), 10)
    assert "tea" in short[0]
    assert any("10" in text and "tea" in text for text in slow)


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_say_what_they_show(language):
    words = Words(language, "one")
    ax = Figure().subplots()
    late = collected_of(orders_of(*TWO), paid_of()).late
    assert "C1" in charts.overdue(ax, late, words=words).get_title(loc="left") + ax.get_title()
    spent = spending_of(budget_of({"rent": 50}), spent_of(("2027-01", "rent", "Sales", 90)))
    title = charts.spending(Figure().subplots(), spent.categories, words=words)
    assert "0.40" in title.get_title(loc="left") + title.get_title()
    for paint in (charts.overdue, charts.spending):
        assert paint(Figure().subplots(), late.head(0), words=words)
