"""What holds of commission for all inputs, and a recomputation by plain loops that must agree."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest
from commission_by_hand import ByHand
from commission_cases import MONTHS, VAT, earned, order_lines, plan, returned, rules, run, year
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesplan import commission
from salesplan.commission import Ledger, calculate

FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.integers(1, 300_000).map(lambda fen: Decimal(fen) / 100)
SEASON = 4


@st.composite
def ledgers(draw):
    """Order lines of one rep over half a year, some returned, and the customers' payments."""
    rows, sold = [], []
    for number in range(draw(st.integers(1, 7))):
        month, product = draw(st.integers(1, SEASON)), draw(st.sampled_from("PN"))
        customer, amount = draw(st.sampled_from("AB")), draw(AMOUNTS)
        rows.append((f"2027-{month:02d}-10", f"O{number}", amount, {"product": product, "customer": customer}))
        sold.append((f"O{number}", month, product, customer, amount))
        if draw(st.booleans()):
            other = draw(st.sampled_from("PN"))
            rows.append((f"2027-{month:02d}-10", f"O{number}", draw(AMOUNTS), {"product": other, "customer": customer}))
    for number, (order, month, product, customer, amount) in enumerate(sold):
        if draw(st.integers(0, 2)) == 0:
            later = draw(st.integers(month, SEASON))
            part = amount if draw(st.booleans()) else draw(st.integers(1, int(amount * 100))) / Decimal(100)
            named = order if draw(st.integers(0, 4)) else ""
            rows.append(
                (f"2027-{later:02d}-20", f"X{number}", -part, returned(named, product=product, customer=customer))
            )
    cash = draw(
        st.lists(
            st.tuples(
                st.integers(1, SEASON), AMOUNTS, st.sampled_from(["", *[s[0] for s in sold]]), st.sampled_from("AB")
            ),
            max_size=6,
        )
    )
    owner = {s[0]: s[3] for s in sold}
    paid = [(pd.Timestamp(2027, m, 25), int(a * 100), o, owner.get(o, c)) for m, a, o, c in cash]
    return order_lines(*rows), pd.DataFrame(paid, columns=["date", "amount", "order", "customer"])


@st.composite
def plans(draw):
    """A plan of one to three tiers."""
    measure = draw(st.sampled_from(["attainment", "amount"]))
    begins = sorted(draw(st.sets(st.integers(1, 160), max_size=2)))
    starts = [Decimal(0), *(Decimal(b) / 100 if measure == "attainment" else Decimal(b) * 20 for b in begins)]
    rates = [Decimal(draw(st.integers(0, 90_000))) / 1_000_000 for _ in starts]
    return plan(
        list(zip(starts, rates, strict=True)),
        measure=measure,
        basis=draw(st.sampled_from(["ordered", "collected"])),
        release=draw(st.sampled_from(["order_full", "month_full", "proportional"])),
        period=draw(st.sampled_from(["month", "quarter", "half_year", "year", "ytd"])),
        semantics=draw(st.sampled_from(["marginal", "whole"])),
        new_product_bonus=draw(st.sampled_from([Decimal(0), Decimal("0.0133")])),
    )


QUOTAS = st.lists(st.integers(0, 200_000), min_size=12, max_size=12)
PRODUCTS = pd.DataFrame({"product": ["N"], "launch": pd.to_datetime(["2027-02-01"])})


def quota_frame(amounts):
    return pd.DataFrame({"rep": "R1", "month": MONTHS, "amount": amounts})


def by_hand(lines, cash, terms, amounts, months):
    ordered = lines.sort_values(["date", "order", "product", "amount"])
    told = [
        {
            "order": r.order,
            "date": r.date,
            "at": r.date.month,
            "product": r.product,
            "customer": r.customer,
            "amount": r.amount,
            "original": r.original_order,
            "new": r.product == "N",
        }
        for r in ordered.itertuples()
    ]
    paid = [
        {"at": r.date.month, "amount": r.amount, "order": r.order, "customer": r.customer} for r in cash.itertuples()
    ]
    simple = terms | {"bonus": terms["new_product_bonus"], "tiers": [(t["from"], t["rate"]) for t in terms["tiers"]]}
    return ByHand(simple, told, amounts, paid, months=months, tax=Fraction(13, 100))


@settings(FEW, max_examples=30)
@given(ledgers(), plans(), QUOTAS)
def test_plain_loops_with_fractions_agree(ledger, terms, amounts):
    lines, cash = ledger
    result = run(lines, terms, collections=cash, products=PRODUCTS, quotas=quota_frame(amounts), months=SEASON, tax=VAT)
    hand = by_hand(lines, cash, terms, amounts, SEASON)
    orders = result.orders.set_index("order")
    expected = {order: fen for order, fen in hand.earned(SEASON).items() if fen}
    assert {order: fen for order, fen in orders["earned"].items() if fen} == expected
    table = result.table.set_index("month")
    to_date = [sum(hand.earned(month).values()) for month in range(1, SEASON + 1)]
    assert table["earned"].cumsum().tolist() == to_date
    out = [sum(hand.released(month).values()) for month in range(1, SEASON + 1)]
    assert (table["released"] + table["clawback"]).cumsum().tolist() == out
    assert table["held"].tolist() == [a - b for a, b in zip(to_date, out, strict=True)]


@FEW
@given(ledgers(), plans(), st.integers(1, 5_000), QUOTAS)
def test_capped_periods_agree(ledger, terms, cap, amounts):
    lines, cash = ledger
    capped = terms | {"cap": Decimal(cap) / 100}
    lines = lines[lines["amount"] > 0]
    result = run(
        lines, capped, collections=cash, products=PRODUCTS, quotas=quota_frame(amounts), months=SEASON, tax=VAT
    )
    hand = by_hand(lines, cash, terms, amounts, SEASON)
    assert result.table["earned"].cumsum().tolist() == [hand.capped(m, cap) for m in range(1, SEASON + 1)]


@FEW
@given(ledgers(), plans(), st.randoms())
def test_row_order_changes_nothing(ledger, terms, chance):
    lines, cash = ledger
    shuffled = lines.sample(frac=1, random_state=chance.randint(0, 9999))
    mixed = cash.sample(frac=1, random_state=chance.randint(0, 9999))
    first = run(lines, terms, collections=cash, products=PRODUCTS, months=SEASON, tax=VAT)
    second = run(shuffled, terms, collections=mixed, products=PRODUCTS, months=SEASON, tax=VAT)
    for name in ("table", "lines", "orders", "prepaid"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


@FEW
@given(ledgers(), plans(), st.sampled_from([None, Decimal(5), Decimal(40)]))
def test_identities_hold_to_date(ledger, terms, cap):
    """`calculate` checks them; here they are spelt out once more."""
    lines, cash = ledger
    result = run(lines, terms | {"cap": cap, "draw": {"amount": Decimal(3)}}, collections=cash, months=SEASON, tax=VAT)
    sums = result.lines.groupby("month")["amount"].sum().reindex(result.table["month"]).fillna(0)
    assert result.table["earned"].tolist() == sums.tolist()
    assert (result.orders["released"] <= result.orders["earned"]).all()
    paid = result.table[["base_pay", "released", "clawback", "draw"]].sum(axis=1)
    assert (result.table["payable"] == paid).all()
    assert result.table["amount_paid"].min() >= 0 >= result.table["amount_carried"].max()


@FEW
@given(AMOUNTS, st.lists(st.integers(1, 50), min_size=1, max_size=6), st.randoms(), st.integers(1, 999_999))
def test_instalments_in_any_order_and_cut_sum_to_the_full_commission(amount, parts, chance, rate):
    lines = order_lines(("2027-01-05", "A", amount))
    terms = plan([(0, Decimal(rate) / 1_000_000)], basis="collected", release="proportional")
    due = int((amount * 113).to_integral_value(rounding="ROUND_HALF_UP"))
    edges = sorted({due * sum(parts[:n]) // sum(parts) for n in range(len(parts) + 1)})
    pieces = [later - before for before, later in pairwise(edges)]
    chance.shuffle(pieces)
    cash = pd.DataFrame(
        {
            "date": [pd.Timestamp(2027, n + 2, 1) for n in range(len(pieces))],
            "amount": pieces,
            "order": "A",
            "customer": "A",
        }
    )
    result = run(lines, terms, collections=cash, tax=VAT)
    assert result.table["released"].sum() == earned(result)
    assert result.table["held"].iloc[-1] == 0 and result.table["clawback"].sum() == 0


@FEW
@given(ledgers(), plans(), AMOUNTS, st.integers(1, SEASON), st.sampled_from([None, Decimal(5)]))
def test_an_order_returned_in_full_earns_nothing(ledger, terms, amount, later, cap):
    lines, cash = ledger
    extra = order_lines(
        ("2027-01-05", "NEW", amount, {"product": "N"}),
        (f"2027-{later:02d}-28", "BACK", -amount, returned("NEW", product="N")),
    )
    result = run(pd.concat([lines, extra]), terms | {"cap": cap}, collections=cash, products=PRODUCTS, months=SEASON)
    own = result.orders.set_index("order")
    assert own["earned"].get("NEW", 0) == 0 and own["released"].get("NEW", 0) == 0


@FEW
@given(st.lists(AMOUNTS, min_size=1, max_size=5), plans(), st.integers(1, 3))
def test_one_fen_more_never_pays_less(amounts, terms, more):
    marginal = terms | {"semantics": "marginal", "basis": "ordered"}
    rows = [(f"2027-01-{day:02d}", f"O{day}", amount) for day, amount in enumerate(amounts, start=10)]
    last = rows[-1]
    raised = [*rows[:-1], (last[0], last[1], last[2] + Decimal(more) / 100)]
    assert earned(run(order_lines(*raised), marginal)) >= earned(run(order_lines(*rows), marginal))


@st.composite
def growing(draw, refunds=False):
    """Orders of two reps that get further lines month by month, and payments by name or not; refunds if wanted."""
    rows, cash = [], []
    for number in range(draw(st.integers(1, 4))):
        first, customer = draw(st.integers(1, SEASON)), draw(st.sampled_from("AB"))
        for month in sorted({first, *draw(st.sets(st.integers(first, SEASON), max_size=2))}):
            billed = draw(st.integers(month, SEASON + 1))
            owner = {"customer": customer, "rep": draw(st.sampled_from(["R1", "R2"]))}
            line = owner | {"product": draw(st.sampled_from("PN")), "invoice_date": f"2027-{billed:02d}-15"}
            rows.append((f"2027-{month:02d}-{10 + number}", f"O{number}", draw(AMOUNTS), line))
    owners = {row[1]: row[3]["customer"] for row in rows}
    begun = {row[1]: int(row[0][5:7]) for row in reversed(rows)}
    for _ in range(draw(st.integers(0, 7))):
        order = draw(st.sampled_from(["", *sorted(owners)]))
        month = draw(st.integers(begun.get(order, 1), SEASON))
        sign = -1 if refunds and draw(st.integers(0, 2)) == 0 else 1
        customer = owners.get(order) or draw(st.sampled_from("AB"))
        cash.append((pd.Timestamp(2027, month, 25), sign * int(draw(AMOUNTS) * 100), order, customer))
    return order_lines(*rows), pd.DataFrame(cash, columns=["date", "amount", "order", "customer"])


PAID_ON = st.sampled_from(["invoiced", "collected"]), st.sampled_from(["ordered", "invoiced"])
TWO_REPS = {"reps": pd.DataFrame({"rep": ["R1", "R2"]}), "products": PRODUCTS, "tax": VAT}
TWO_QUOTAS = pd.DataFrame(
    [(rep, month, 90_000) for rep in ("R1", "R2") for month in MONTHS], columns=["rep", "month", "amount"]
)


def of_two(ledger, terms, months=SEASON):
    lines, cash = ledger
    known = cash[cash["date"] <= year(months).last_day]
    return run(lines, terms, collections=known, quotas=TWO_QUOTAS, months=months, **TWO_REPS)


@settings(FEW, max_examples=40)
@given(growing(), plans(), *PAID_ON)
def test_nothing_is_taken_back_without_a_return_or_a_refund(ledger, terms, basis, measured):
    """Where no tier reached is lost again: attainment to date may fall, and with it what is earned."""
    steady = terms | {"basis": basis, "measure_basis": measured}
    if terms["period"] == "ytd":
        steady["measure"] = "amount"
    result = of_two(ledger, steady)
    assert (result.table["clawback"] == 0).all()


@settings(FEW, max_examples=25)
@given(growing(refunds=True), plans(), *PAID_ON, st.integers(1, SEASON - 1))
def test_a_closed_month_is_the_same_at_every_later_review(ledger, terms, basis, measured, months):
    terms = terms | {"basis": basis, "measure_basis": measured}
    early, late = of_two(ledger, terms, months), of_two(ledger, terms)
    closed = late.table[late.table["month"] <= MONTHS[months - 1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(early.table, closed)
    assert (early.orders["released"] <= early.orders["earned"]).all()


@settings(FEW, max_examples=25)
@given(growing(refunds=True), plans(), st.randoms())
def test_row_order_changes_nothing_where_orders_grow(ledger, terms, chance):
    mixed = tuple(frame.sample(frac=1, random_state=chance.randint(0, 9999)) for frame in ledger)
    first, second = of_two(ledger, terms), of_two(mixed, terms)
    for name in ("table", "lines", "orders", "prepaid"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


@settings(FEW, max_examples=25)
@given(growing())
def test_paid_and_prepaid_are_all_that_was_paid_and_nothing_waits_beside_an_open_order(ledger):
    lines, cash = ledger
    book = commission.make_book(Ledger(lines, collections=cash), year(SEASON, VAT))
    settled = commission.settle(book, None, year(SEASON, VAT), all_orders=False)
    left = settled.prepaid.set_index("customer")["prepayment"]
    assert settled.paid[:, -1].sum() + left.sum() == cash["amount"].sum()
    still_open = book.orders["customer"][settled.paid[:, -1] < settled.due[:, -1]]
    assert (left.reindex(still_open).fillna(0) == 0).all()
    assert (settled.paid[:, 1:] >= settled.paid[:, :-1]).all()


@FEW
@given(ledgers(), plans())
def test_inputs_are_left_as_they_were(ledger, terms):
    lines, cash = ledger
    before = lines.copy(), cash.copy()
    run(lines, terms, collections=cash, products=PRODUCTS, months=SEASON)
    pd.testing.assert_frame_equal(lines, before[0])
    pd.testing.assert_frame_equal(cash, before[1])


@pytest.mark.parametrize("count", [5_000])
def test_many_lines_and_reps_close(count):
    numbers = pd.Series(range(count))
    lines = (
        order_lines(("2027-01-05", "A", 1))
        .iloc[[0] * count]
        .reset_index(drop=True)
        .assign(
            order="O" + (numbers // 2).astype(str),
            rep="R" + (numbers % 50).astype(str),
            amount=numbers * 37 % 9_999 + 1,
            customer="C" + (numbers // 2 % 70).astype(str),
            date=pd.Timestamp("2027-01-01") + pd.to_timedelta(numbers % 300, "D"),
        )
    )
    lines["month"] = lines["date"].dt.strftime("%Y-%m")
    names = [f"R{n}" for n in range(50)]
    reps = pd.DataFrame({"rep": names})
    quotas = pd.DataFrame(
        [(rep, month, 40_000) for rep in names for month in MONTHS], columns=["rep", "month", "amount"]
    )
    cash = pd.DataFrame(
        {"date": pd.Timestamp("2027-06-01"), "amount": 250_000, "order": "", "customer": [f"C{n}" for n in range(70)]}
    )
    terms = plan(basis="collected", release="proportional", period="quarter", semantics="whole")
    result = calculate(Ledger(lines, reps, quotas, cash), year(), rules(terms))
    assert result.lines["amount"].sum() == result.table["earned"].sum() == result.orders["earned"].sum()
    assert commission.by_rep(result.table)["held"].sum() == result.orders["held"].sum()
