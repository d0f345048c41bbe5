"""Commission on cash: dues on one tax basis, first in first out, release, clawback; then what people are shown."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from commission_cases import VAT, column, order_lines, payments, plan, quotas, reps, returned, run, year

from salesplan import commission
from salesplan.charts import commission as charts
from salesplan.charts import render
from salesplan.commission import Ledger
from salesplan.commission.exact import boundary, cumulative, part_of
from salesplan.commission.release import entitled
from salesplan.commission.settlement import dues
from salesplan.conclusions.commission import sentences, warnings
from salesplan.settling import product_rates
from salesplan.terms.plan import Tax
from salesplan.wording import Words

TENTH = [(0, "0.1")]
ON_CASH = plan(TENTH, basis="collected")


def released(lines, cash, terms=ON_CASH, months=4, **more):
    return column(run(lines, terms, collections=cash, months=months, **more), "released")


@pytest.mark.parametrize(
    ("amounts", "rates", "tax", "expected"),
    [
        pytest.param([10_005], [130_000], VAT, [11_306], id="net x 1.13 = 11305.65"),
        pytest.param([50, 50], [130_000] * 2, VAT, [113], id="rounded once per order, not per line"),
        pytest.param([10_000, 10_000], [130_000, 60_000], VAT, [11_300 + 10_600], id="each product at its own rate"),
        pytest.param([11_300], [130_000], Tax(sales="included", rate=Decimal("0.13")), [10_000], id="gross to net"),
        pytest.param([11_300], [130_000], Tax(rate=Decimal("0.13")), [11_300], id="one basis already"),
    ],
)
def test_dues_on_the_basis_of_cash(amounts, rates, tax, expected):
    rows = np.zeros(len(amounts), dtype=np.int64)
    found = dues(np.array(amounts), np.array(rates), (rows, rows, (1, 1)), tax)
    assert found[:, -1].tolist() == expected


def test_a_product_may_have_its_own_tax_rate():
    table = pd.DataFrame({"product": ["A", "B"], "tax_rate": [0.06, None]})
    assert product_rates(pd.Series(["A", "B", "C"]), table, VAT).tolist() == [60_000, 130_000, 130_000]


def test_exact_beyond_what_int64_holds_in_between():
    big = 9 * 10**15
    assert part_of([big], [big - 1], [big]).tolist() == [big - 1]
    assert part_of([5, -5], [1, 1], [2, 2]).tolist() == [3, -3]
    assert boundary(Decimal("0.333"), [10_001]).tolist() == [3331]  # 3330.333 is reached with the next whole fen
    assert cumulative([0, 0], [0, 2], [5, 7], (1, 3)).tolist() == [[5, 5, 12]]


ORDER = [("2027-01-05", "A1", 1000)]
RELEASE = [
    pytest.param("order_full", [("2027-02-01", 1000, "A1", "A")], [0, 100, 0, 0], id="paid in full"),
    pytest.param(
        "order_full",
        [("2027-02-01", 400, "A1", "A"), ("2027-03-01", "599.99", "A1", "A")],
        [0, 0, 0, 0],
        id="a fen short",
    ),
    pytest.param(
        "order_full", [("2027-02-01", 400, "A1", "A"), ("2027-03-01", 600, "A1", "A")], [0, 0, 100, 0], id="two parts"
    ),
    pytest.param("order_full", [("2026-12-20", 1000, "A1", "A")], [100, 0, 0, 0], id="paid before it was ordered"),
    pytest.param(
        "proportional",
        [("2027-02-01", 400, "A1", "A"), ("2027-03-01", 600, "A1", "A")],
        [0, 40, 60, 0],
        id="in proportion",
    ),
    pytest.param("proportional", [("2027-02-01", 1500, "A1", "A")], [0, 100, 0, 0], id="never more than all"),
    pytest.param("proportional", [("2027-02-01", 500, "", "B")], [0, 0, 0, 0], id="another customer's money"),
]


@pytest.mark.parametrize(("rule", "cash", "expected"), RELEASE)
def test_release(rule, cash, expected):
    assert released(order_lines(*ORDER), payments(*cash), plan(TENTH, basis="collected", release=rule)) == expected


def test_release_on_cash_without_tax_against_orders_without():
    lines, cash = order_lines(*ORDER), payments(("2027-02-01", 565, "A1", "A"), ("2027-03-01", 565, "A1", "A"))
    terms = plan(TENTH, basis="collected", release="proportional")
    assert released(lines, cash, terms, tax=VAT) == [0, 50, 50, 0]


def test_month_full_waits_for_every_order_of_the_month():
    lines = order_lines(("2027-01-05", "A1", 1000), ("2027-01-20", "A2", 500), ("2027-02-05", "A3", 100))
    cash = payments(("2027-02-01", 1000, "A1", "A"), ("2027-03-01", 500, "A2", "A"), ("2027-02-20", 100, "A3", "A"))
    assert released(lines, cash, plan(TENTH, basis="collected", release="month_full")) == [0, 10, 150, 0]


WHOLE_MONTH = plan(TENTH, basis="collected", release="month_full")


@pytest.mark.parametrize("measured", ["ordered", "invoiced", "collected"])
def test_month_full_waits_for_orders_nothing_is_credited_on_yet(measured):
    lines = order_lines(("2027-01-05", "A1", 100, {"invoice_date": "2027-01-05"}), ("2027-01-06", "A2", 200))
    terms = WHOLE_MONTH | {"measure_basis": measured}
    assert released(lines, payments(("2027-01-20", 100, "A1", "A")), terms, months=1) == [0]


@pytest.mark.parametrize("months", [1, 2, 3])
def test_month_full_tells_the_same_of_a_closed_month_at_every_review(months):
    lines = order_lines(
        ("2027-01-05", "A1", 100, {"invoice_date": "2027-01-05"}),
        ("2027-01-06", "A2", 200, {"invoice_date": "2027-02-06"}),
    )
    cash = payments(("2027-01-20", 100, "A1", "A"), ("2027-03-20", 200, "A2", "A"))
    terms = WHOLE_MONTH | {"measure_basis": "invoiced"}
    assert released(lines, cash, terms, months=months) == [0, 0, 10 + 20][:months]


def test_month_full_counts_a_shared_order_from_the_month_in_which_the_rep_joins_it():
    lines = order_lines(
        ("2027-01-05", "A1", 100),
        ("2027-01-06", "B1", 200, {"rep": "R2"}),
        ("2027-02-06", "B1", 50, {"product": "Q"}),
    )
    tables = {"reps": reps("R1", "R2"), "quotas": quotas(1000, ("R1", "R2"))}
    cash = payments(("2027-01-20", 100, "A1", "A"))
    for months in (1, 2):
        assert released(lines, cash, WHOLE_MONTH, months=months, **tables) == [10, 0][:months]


def test_a_shared_order_is_released_to_all_when_it_is_paid_whole():
    lines = order_lines(("2027-01-05", "A1", 600), ("2027-01-05", "A1", 400, {"rep": "R2"}))
    tables = {"reps": reps("R1", "R2"), "quotas": quotas(1000, ("R1", "R2"))}
    part, rest = ("2027-02-01", 600, "A1", "A"), ("2027-03-01", 400, "A1", "A")
    result = run(lines, ON_CASH, collections=payments(part, rest), months=4, **tables)
    assert column(result, "released") == [0, 0, 60, 0]
    assert column(result, "released", "R2") == [0, 0, 40, 0]


def test_payments_without_an_order_settle_the_oldest_first_and_the_rest_is_prepayment():
    lines = order_lines(("2027-01-20", "A2", 500), ("2027-01-05", "A1", 1000), ("2027-02-05", "A3", 300))
    result = run(
        lines, ON_CASH, collections=payments(("2027-02-10", 1700, "", "A"), ("2027-03-10", 200, "", "A")), months=4
    )
    assert column(result, "released") == [0, 150, 30, 0]
    assert result.prepaid.to_dict("list") == {"customer": ["A"], "prepayment": [10_000]}


def test_a_named_payment_comes_first_and_its_excess_settles_the_oldest():
    lines = order_lines(("2027-01-05", "A1", 1000), ("2027-01-20", "A2", 500))
    cash = payments(("2027-02-10", 700, "A2", "A"), ("2027-03-10", 800, "", "A"))
    assert released(lines, cash) == [0, 50, 100, 0]


def test_older_orders_are_settled_before_this_years():
    lines = order_lines(("2027-01-05", "A1", 1000))
    older = pd.DataFrame(
        {"order": ["Z1"], "customer": ["A"], "date": pd.to_datetime(["2026-11-05"]), "amount": [60_000]}
    )
    cash = payments(("2026-12-01", 100, "", "A"), ("2027-02-10", 600, "", "A"), ("2027-03-10", 900, "", "A"))
    result = run(lines, ON_CASH, collections=cash, orders=older, months=4)
    assert column(result, "released") == [0, 0, 100, 0]
    said = {note.code: note.fills for note in result.notes}
    assert said["earlier_orders"] == {"count": 1, "amount": 50_000}
    # without the older orders nobody knows what last year's payment settled
    assert column(run(lines, ON_CASH, collections=cash, months=4), "released") == [0, 0, 100, 0]


def test_money_of_nobody_settles_nothing_and_unknown_orders_are_said():
    lines = order_lines(("2027-01-05", "A1", 1000, {"customer": ""}))
    result = run(
        lines, ON_CASH, collections=payments(("2027-02-10", 1000, "", ""), ("2027-02-11", 1, "?", "")), months=2
    )
    assert column(result, "released") == [0, 0]
    assert {note.code: note.fills for note in result.notes}["unknown_orders"] == {"count": 1, "amount": 100}


def test_a_bill_counts_when_it_is_cashed():
    cash = payments(("2027-02-10", 1000, "A1", "A")).assign(cleared=pd.to_datetime(["2027-03-15"]))
    assert released(order_lines(*ORDER), cash) == [0, 0, 100, 0]


CLAWBACK = [
    pytest.param(
        [("2027-03-05", "X", -1000, returned("A1"))],
        [("2027-02-01", 1000, "A1", "A")],
        [0, 100, 0],
        [0, 0, -100],
        [100, 0, 0],
        id="returned after it was paid",
    ),
    pytest.param(
        [("2027-03-05", "X", -1000, returned("A1"))],
        [],
        [0, 0, 0],
        [0, 0, 0],
        [100, 100, 0],
        id="returned before: nothing to take back",
    ),
    pytest.param(
        [("2027-03-05", "X", -400, returned("A1"))],
        [("2027-02-01", 600, "A1", "A")],
        [0, 0, 60],
        [0, 0, 0],
        [100, 100, 0],
        id="what is left is fully paid",
    ),
    pytest.param(
        [],
        [("2027-02-01", 1000, "A1", "A"), ("2027-03-01", -1000, "A1", "A")],
        [0, 100, 0],
        [0, 0, -100],
        [100, 0, 100],
        id="refund",
    ),
    pytest.param([("2027-03-05", "X", -100)], [], [0, 0, 0], [0, 0, -10], [100, 100, 100], id="no original: at once"),
]


@pytest.mark.parametrize(("more", "cash", "paid", "clawed", "held"), CLAWBACK)
def test_clawback(more, cash, paid, clawed, held):
    result = run(order_lines(*ORDER, *more), ON_CASH, collections=payments(*cash), months=3)
    assert column(result, "released") == paid
    assert column(result, "clawback") == clawed
    assert column(result, "held") == held


GROWN = [("2027-01-05", "A1", 100), ("2027-02-06", "A1", 200, {"product": "Q"})]
PAID = ("2027-01-20", 100, "A1", "A")
GROWTH = [
    pytest.param([], [], [10, 0, 0], [0, 0, 0], id="a further line, unpaid"),
    pytest.param([], [("2027-03-20", "199.99", "A1", "A")], [10, 0, 0], [0, 0, 0], id="a fen short of it"),
    pytest.param([], [("2027-03-20", 200, "A1", "A")], [10, 0, 20], [0, 0, 0], id="fully paid again"),
    pytest.param(
        [("2027-03-05", "X", -200, returned("A1", product="Q"))], [], [10, 0, 0], [0, 0, 0], id="the new line returned"
    ),
    pytest.param(
        [("2027-03-05", "X", -300, returned("A1"))], [], [10, 0, 0], [0, 0, -10], id="all returned: all taken back"
    ),
    pytest.param([], [("2027-03-20", "-0.01", "A1", "A")], [10, 0, 0], [0, 0, -10], id="a refund: no longer kept"),
]


@pytest.mark.parametrize(("more", "cash", "paid", "clawed"), GROWTH)
def test_an_order_that_grows_keeps_what_was_released_on_it(more, cash, paid, clawed):
    result = run(order_lines(*GROWN, *more), ON_CASH, collections=payments(PAID, *cash), months=3)
    assert column(result, "released") == paid
    assert column(result, "clawback") == clawed


@pytest.mark.parametrize("measured", ["ordered", "collected"])
def test_a_further_line_on_one_order_unsettles_no_other(measured):
    lines = order_lines(("2027-01-05", "A1", 100), ("2027-01-06", "A2", 100), ("2027-02-06", "A1", 50))
    terms = ON_CASH | {"measure_basis": measured}
    result = run(lines, terms, collections=payments(("2027-01-20", 200, "", "A")), months=2)
    assert column(result, "released") == [20, 0]
    assert column(result, "clawback") == [0, 0]
    assert result.orders["amount_paid"].tolist() == [10_000, 10_000]


def test_what_a_named_payment_left_over_stays_where_it_has_settled():
    lines = order_lines(("2027-01-05", "A1", 100), ("2027-01-06", "A2", 100), ("2027-02-06", "A1", 150))
    first = payments(("2027-01-20", 250, "A1", "A"))
    result = run(lines, ON_CASH, collections=first, months=2)
    assert result.orders["amount_paid"].tolist() == [10_000 + 5_000, 10_000]  # the 50 nobody had is its own again
    assert column(result, "clawback") == [0, 0]


def test_a_refund_takes_from_the_youngest_order_its_money_settled():
    lines = order_lines(("2027-01-05", "A1", 100), ("2027-01-06", "A2", 100))
    cash = payments(("2027-01-20", 200, "", "A"), ("2027-02-20", -10, "", "A"))
    result = run(lines, ON_CASH, collections=cash, months=2)
    assert column(result, "clawback") == [0, -10]
    assert result.orders["released"].tolist() == [1_000, 0]


def test_a_return_takes_back_in_the_share_that_was_paid():
    lines = order_lines(*GROWN, ("2027-03-05", "X", -100, returned("A1", product="Q")))
    terms = ON_CASH | {"release": "proportional"}
    result = run(lines, terms, collections=payments(("2027-01-20", 60, "A1", "A")), months=3)
    assert column(result, "released") == [6, 0, 0]  # 60 of 100, of 300, of 200: six of the commission each time
    assert column(result, "clawback") == [0, 0, 0]


@pytest.mark.parametrize(
    ("claim", "share", "refunded", "expected"),
    [
        pytest.param([0, 10, 0], [0, 10, 10], 0, [0, 10, 10], id="the claim falls: kept"),
        pytest.param([0, 10, 0], [0, 10, 10], 2, [0, 10, 0], id="refunded: the claim of the month"),
        pytest.param([0, 10, 40], [0, 10, 10], 0, [0, 10, 30], id="never above what is earned"),
    ],
)
def test_entitled(claim, share, refunded, expected):
    marks = np.arange(3)[None, :] == (refunded or 9)
    assert entitled(np.array([[0, 10, 30]]), np.array([claim]), np.array([share]), marks).tolist() == [expected]


def test_without_collections_all_is_held_and_said():
    result = run(order_lines(*ORDER), ON_CASH, months=2)
    assert column(result, "held") == [100, 100]
    assert "no_collections" in [note.code for note in result.notes]


def test_lines_without_an_order_number_are_one_order_per_customer_and_day():
    lines = order_lines(("2027-01-05", "", 1000), ("2027-01-06", "", 500))
    assert released(lines, payments(("2027-02-01", 1000, "", "A"))) == [0, 100, 0, 0]


def shown():
    lines = order_lines(
        ("2027-01-05", "A1", 1500),
        ("2027-02-05", "A2", 800),
        ("2027-03-05", "X", -1500, returned("A1")),
        ("2027-03-06", "A3", 900, {"rep": "R2"}),
    )
    terms = plan(basis="collected", draw={"amount": Decimal(5)})
    tables = {
        "reps": reps("R1", "R2"),
        "quotas": quotas(1000, ("R1",)),
        "collections": payments(("2027-02-01", 1500, "A1", "A")),
    }
    return run(lines, terms, months=3, **tables)


PICTURES = [("payable", commission.by_rep), ("months", commission.by_month)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_are_drawn(language):
    words, result = Words(language, "万元" if language == "zh" else "thousand"), shown()
    for name, summary in PICTURES:
        assert "<svg" in render.draw(render.Sketch(getattr(charts, name), summary(result.table), words, name)).svg


@pytest.mark.parametrize("language", ["zh", "en"])
def test_conclusions_and_warnings(language):
    words, result = Words(language, "元" if language == "zh" else "one"), shown()
    said = sentences(words, result=result)
    assert len(said) == 6
    assert words.money(int(result.table["payable"].sum())) in said[0]
    notes = warnings(words, notes=result.notes)
    assert any("R2" in note for note in notes)
    nothing = run(order_lines(), plan(), reps=None)
    assert sentences(words, result=nothing) == warnings(words, notes=nothing.notes)
    assert warnings(words, notes=[]) == [words("commission.nothing_odd")]


def test_summaries():
    result = shown()
    by_rep, by_month = commission.by_rep(result.table), commission.by_month(result.table)
    for name in ("earned", "payable", "released", "held"):
        total = result.table.loc[result.table["month"] == "2027-03", "held"] if name == "held" else result.table[name]
        assert by_rep[name].sum() == total.sum()
    assert by_month["held"].iloc[-1] == by_rep["held"].sum() == commission.open_orders(result.orders)["held"].sum()


def test_settlement_alone_tells_due_and_paid_by_month():
    ledger = Ledger(order_lines(*ORDER), collections=payments(("2027-02-01", 565, "A1", "A")))
    book = commission.make_book(ledger, year(2, VAT))
    settlement = commission.settle(book, ledger.products, year(2, VAT), all_orders=False)
    assert settlement.due.tolist() == [[0, 113_000, 113_000]]
    assert settlement.paid.tolist() == [[0, 0, 56_500]]
