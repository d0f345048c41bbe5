"""Dealers to date against their plan and limit; sales and receivables in other currencies at three rates."""

from decimal import Decimal

import pandas as pd
import pytest
from test_variance_review import MONTHS, company, fact

from salesplan import variance_review as vr
from salesplan.conclusions.variance_review import dealer_sentences
from salesplan.terms.variance_review import ExchangeRate
from salesplan.variance_review.receivables import Owed
from salesplan.wording import Words

PLANNED = pd.DataFrame(
    {
        "dealer": ["Hub", "Tea House", "Pear", "Nobody"],
        "parent": [None, "Hub", "Hub", None],
        "rep": ["", "R1", "R2", ""],
        "receivables_limit": pd.array([None, 300, 900, None], dtype="Int64"),
    }
)
ITEMS = pd.DataFrame(
    [(month, dealer, 100) for month in MONTHS[:4] for dealer in ("Tea House", "Pear")],
    columns=["month", "dealer", "amount"],
).assign(amount=lambda d: d["amount"].astype("Int64"))
CUSTOMERS = pd.DataFrame({"customer": ["C1"], "name": ["Tea House"]})
DEBTS = pd.DataFrame({"customer": ["C1", "Pear"], "open": [500, 40], "overdue": [10, 0]})


def owing(table=DEBTS, items=None):
    return Owed(table, items, None, None)


def sold(month, customer, fen):
    return fact(month, "R1", fen, customer=customer)


def figures(closed=2):
    lines = [
        sold(MONTHS[0], "C1", 90),
        sold(MONTHS[1], "C1", 60),
        sold(MONTHS[1], "Pear", 260),
        sold(MONTHS[0], "x", 7),
    ]
    return company(closed, lines[: closed * 2])


def reviewed(**more):
    given = {"figures": figures(), "planned": PLANNED, "items": ITEMS, "customers": CUSTOMERS, "owed": owing(), **more}
    return vr.dealer_review(*given.values())


def test_dealers_by_hand():
    found = reviewed().set_index("dealer")
    assert list(found.index) == ["Tea House", "Pear", "Hub", "Nobody"]
    assert found["basis"].to_dict() == {"Tea House": "bought", "Pear": "bought", "Hub": "supplied", "Nobody": ""}
    assert found["target"].to_dict() == {"Tea House": 200, "Pear": 200, "Hub": 0, "Nobody": 0}
    assert found.loc["Tea House", ["actual", "variance", "attainment"]].tolist() == [150, -50, 0.75]
    assert found.loc["Hub", ["actual", "receivables", "overdue"]].tolist() == [410, 540, 10]
    assert found["over"].astype("object").tolist() == [200, 0, pd.NA, pd.NA]
    assert found.loc["Nobody", ["actual", "last_year"]].isna().all()


def test_the_order_of_rows_changes_nothing_and_without_months_there_are_none():
    turned = reviewed(planned=PLANNED.iloc[::-1], items=ITEMS.iloc[::-1], owed=owing(DEBTS.iloc[::-1]))
    pd.testing.assert_frame_equal(reviewed(), turned)
    assert reviewed(figures=figures(0)).empty
    assert list(reviewed(planned=PLANNED.iloc[:0]).columns) == list(reviewed().columns)


def test_suppliers_of_suppliers_wait_for_what_they_supply():
    top = pd.DataFrame({"dealer": ["Top", "Own"], "parent": [None, "Top"], "rep": "", "receivables_limit": pd.NA})
    chain = pd.concat([PLANNED.assign(parent=["Top", "Hub", "Hub", None]), top], ignore_index=True)
    assert reviewed(planned=chain).set_index("dealer").loc["Top", "actual"] == 410


@pytest.mark.parametrize("language", ["zh", "en"])
def test_dealers_in_words(language):
    words = Words(language, "one")
    said = list(dealer_sentences(words, reviewed()))
    assert len(said) == 3
    assert "Tea House" in said[1] and words.money(50) in said[1]
    assert "Tea House" in said[2] and words.money(200) in said[2]
    assert not any("{" in text or "review_dealers" in text for text in said)
    assert list(dealer_sentences(words, reviewed().iloc[:0])) == []


# ---------------------------------------------------------------- currencies


def rate(actual, budget=None, month=None):
    found = None if budget is None else Decimal(budget)
    return ExchangeRate(currency="USD", month=month, actual=Decimal(actual), budget=found)


SALES = pd.DataFrame(
    {
        "order": ["A", "A", "B", "H"],
        "date": pd.to_datetime(["2027-01-05", "2027-01-05", "2027-02-05", "2027-02-06"]),
        "currency": ["USD", "usd", "USD", None],
        "amount": [7_200, 720, 7_400, 999],
        "at_budget": [7_000, 700, 7_000, 999],
    }
)
RATES = (rate("7.2", "7", MONTHS[0]), rate("7.4", "7", MONTHS[1]))
OPEN = owing(items=pd.DataFrame({"order": ["A", "B", "H"], "open": [3_600, 7_400, 999]}))


def test_receivables_in_another_currency_by_hand():
    (row,) = vr.currency_review(company(2), SALES, OPEN, RATES).to_dict("records")
    assert (row["sold"], row["sold_budget"], row["effect_sold"]) == (15_320, 14_700, 620)
    assert (row["rate_budget"], row["rate_now"]) == (7, 7.4)
    assert (row["open"], row["open_foreign"]) == (11_000, 500 + 1_000)
    assert row["open_budget"] == 1_500 * 7
    assert (row["open_now"], row["effect_open"]) == (1_500 * 7.4, 100)


@pytest.mark.parametrize(
    ("rates", "now"),
    [
        pytest.param((rate("7.2"),), 7.2, id="one of every month"),
        pytest.param((rate("7.2", month=MONTHS[0]), rate("7")), 7, id="a month without its own"),
        pytest.param((rate("7.2", month=MONTHS[0]), rate("8", month=MONTHS[3])), 7.2, id="the last one before"),
    ],
)
def test_the_rate_of_the_last_closed_month(rates, now):
    assert vr.currency_review(company(2), SALES, OPEN, rates)["rate_now"].tolist() == [now]


def test_without_other_currencies_there_is_no_row():
    assert vr.currency_review(company(2), SALES.drop(columns="at_budget"), OPEN, RATES).empty
    assert vr.currency_review(company(2), None, OPEN, ()).empty
    assert vr.currency_review(company(0), SALES, OPEN, RATES).empty


def test_what_nobody_knows_to_be_owed_is_left_open():
    assert vr.currency_review(company(2), SALES, None, RATES)["open"].tolist() == [0]
    assert reviewed(owed=None)["receivables"].isna().all()
