"""Rules of commission plans one by one, on cases small enough to reckon by hand; money in currency units."""

from decimal import Decimal

import pandas as pd
import pytest
from commission_cases import column, order_lines, payments, plan, quotas, reps, returned, rules, run, year

from salesplan.commission import Ledger, calculate

JAN, FEB, MAR, APR = "2027-01-05", "2027-02-05", "2027-03-05", "2027-04-05"
RISING = [(0, "0.02"), ("1", "0.03")]


def by_rule(result, rep="R1"):
    """Sum of each rule of a rep, in currency units."""
    own = result.lines[result.lines["rep"] == rep]
    return {rule: Decimal(int(fen)) / 100 for rule, fen in own.groupby("rule")["amount"].sum().items()}


def of(lines, *plans, months=12, **tables):
    """Commission of several reps or plans."""
    given = {"reps": reps(), "quotas": quotas(1000)} | tables
    return calculate(Ledger(order_lines=lines, **given), year(months), rules(*plans))


def products(**columns):
    return pd.DataFrame({"product": ["P", "N"], "launch": pd.to_datetime([None, "2027-01-01"]), **columns})


# Tiers


def test_the_reached_rate_counts_for_the_order_that_reaches_it_and_those_after():
    lines = order_lines((JAN, "A", 600), (JAN, "B", 500), (JAN, "B", 100), (JAN, "C", 10))
    result = run(lines, plan(RISING, semantics="current"), months=1)
    # B brings the measure to 1,200.00: both its lines at 3 %, and C after it
    assert column(result, "earned") == [600 * Decimal("0.02") + 600 * Decimal("0.03") + 10 * Decimal("0.03")]


def test_last_months_measure_picks_the_tier_and_this_months_is_paid():
    lines = order_lines((JAN, "A", 1000), (FEB, "B", 500), (MAR, "C", 500))
    result = run(lines, plan(RISING, semantics="whole", measure_period="previous"), months=3)
    assert column(result, "earned") == [1000 * Decimal("0.02"), 500 * Decimal("0.03"), 500 * Decimal("0.02")]


def test_orders_are_paid_at_the_rate_that_collections_pick():
    lines = order_lines((JAN, "A", 1000), (JAN, "B", 500))
    cash = payments(("2027-01-20", 1000, "A", "A"))
    terms = plan(RISING, semantics="whole", basis="ordered", measure_basis="collected")
    assert column(run(lines, terms, collections=cash, months=1), "earned") == [1500 * Decimal("0.03")]
    assert column(run(lines, terms, collections=cash, quota=1001, months=1), "earned") == [1500 * Decimal("0.02")]


@pytest.mark.parametrize(("amount", "rate"), [("99.99", "0.02"), (100, "0.03")])
def test_margin_picks_the_tier(amount, rate):
    cost = int((Decimal(1000) - Decimal(str(amount))) * 100)
    lines = order_lines((JAN, "A", 1000, {"cost": cost}))
    result = run(lines, plan([(0, "0.02"), (100, "0.03")], semantics="whole", measure="margin"), months=1)
    assert column(result, "earned") == [1000 * Decimal(rate)]


def test_what_is_paid_on_may_be_the_margin():
    lines = order_lines((JAN, "A", 1000, {"cost": 60_000}), (JAN, "B", 200))
    result = run(lines, plan(RISING, paid_on="margin"), months=1)
    # 400.00 margin on 1,000.00 all below the quota of 1,000.00; B's cost is unknown: nothing to be paid on
    assert column(result, "earned") == [400 * Decimal("0.02")]


def test_no_accelerator_before_the_years_quota():
    lines = order_lines(*((f"2027-{month:02d}-05", f"O{month}", 3000) for month in range(1, 6)))
    gated = plan(RISING, gate={"attainment": Decimal(1), "over": "year", "holds_from": Decimal(1)})
    result = run(lines, gated, months=5)
    # a year's quota of 12,000.00 is reached with the fourth order: only the fifth is accelerated above its month's
    assert column(result, "earned") == [60, 60, 60, 60, 1000 * Decimal("0.02") + 2000 * Decimal("0.03")]
    assert column(run(lines, plan(RISING), months=1), "earned") == [1000 * Decimal("0.02") + 2000 * Decimal("0.03")]


def test_a_gate_stands_as_before_the_month_that_picks_the_tier():
    lines = order_lines((JAN, "A", 1000), (FEB, "B", 1000), (MAR, "C", 500))
    gate = {"attainment": Decimal("0.25"), "over": "year", "holds_from": Decimal(1)}
    result = run(lines, plan(RISING, semantics="whole", measure_period="previous", gate=gate), months=3)
    # a quarter of the year's 12,000.00 is 3,000.00; with February 2,000.00 are sold: March stays at 2 %
    assert column(result, "earned") == [20, 20, 10]


def test_rates_of_members():
    tiers = [{"from": Decimal(0), "rate": Decimal("0.02"), "rates": {"高级": Decimal("0.025")}}]
    people = reps("R1", "R2", grade=["高级", "中级"])
    lines = order_lines((JAN, "A", 100), (JAN, "B", 100, {"rep": "R2"}))
    given = {"reps": people, "quotas": quotas(1000, ("R1", "R2"))}
    result = of(lines, {**plan(), "tiers": tiers, "rates_by": "grade"}, months=1, **given)
    assert column(result, "earned", "R1") + column(result, "earned", "R2") == [Decimal("2.5"), 2]


@pytest.mark.parametrize(
    ("special", "expected"),
    [
        pytest.param({"product": "N", "rate": Decimal("0.05")}, {"rate": 10, "tier": 2}, id="instead"),
        pytest.param({"product": "N", "extra": Decimal("0.01")}, {"tier": 6, "extra": 2}, id="on top"),
        pytest.param({"product": "N", "factor": Decimal("1.5")}, {"tier": 8}, id="times the difficulty"),
        pytest.param({"product": "N", "per_unit": Decimal("2.50")}, {"tier": 2, "per_unit": 10}, id="per unit"),
        pytest.param({"line": "新品线", "rate": Decimal("0.05")}, {"rate": 10, "tier": 2}, id="product line"),
        pytest.param({"new_product": True, "rate": Decimal("0.05")}, {"rate": 10, "tier": 2}, id="new products"),
        pytest.param({"customer_grade": "VIP", "rate": Decimal("0.05")}, {"rate": 15}, id="customer tier"),
        pytest.param({"channel": "线上", "rate": Decimal("0.05")}, {"tier": 6}, id="another channel"),
    ],
)
def test_special_rates(special, expected):
    lines = order_lines((JAN, "A", 100), (JAN, "B", 200, {"product": "N", "quantity": 4.0}))
    tables = {
        "products": products(line=["老线", "新品线"]),
        "customers": pd.DataFrame({"customer": ["A"], "grade": ["VIP"]}),
    }
    result = run(lines, plan([(0, "0.02")], special_rates=[special]), months=1, **tables)
    assert by_rule(result) == {rule: Decimal(amount) for rule, amount in expected.items()}


def test_the_first_special_rate_that_fits_counts():
    special = [{"product": "P", "rate": Decimal("0.1")}, {"customer_grade": "VIP", "rate": Decimal("0.2")}]
    customers = pd.DataFrame({"customer": ["A"], "grade": ["VIP"]})
    result = run(order_lines((JAN, "A", 100)), plan(special_rates=special), months=1, customers=customers)
    assert by_rule(result) == {"rate": 10}


# Payout curves


CURVE = {
    "target_pay": Decimal(1000),
    "points": [
        {"at": Decimal("0.75"), "pays": Decimal("0.5")},
        {"at": Decimal(1), "pays": Decimal(1)},
        {"at": Decimal("1.5"), "pays": Decimal(3)},
    ],
}


def curved(**terms):
    return {**plan(), "tiers": [], "curve": CURVE | terms}


@pytest.mark.parametrize(
    ("sold", "paid"),
    [("749.99", 0), (750, 500), (875, 750), (1000, 1000), (1250, 2000), (1500, 3000), (2000, 3000)],
)
def test_a_curve_jumps_at_its_threshold_and_runs_straight_between_points(sold, paid):
    result = run(order_lines((JAN, "A", sold)), curved(), months=1)
    assert column(result, "earned") == [paid]


@pytest.mark.parametrize(
    ("terms", "sold", "paid"),
    [
        pytest.param({"between": "steps"}, 999, 500, id="steps"),
        pytest.param({"beyond": "straight"}, 1750, 4000, id="on along the last line"),
    ],
)
def test_other_curves(terms, sold, paid):
    assert column(run(order_lines((JAN, "A", sold)), curved(**terms), months=1), "earned") == [paid]


def test_a_curve_is_spread_over_the_orders_and_sums():
    lines = order_lines((JAN, "A", 333), (JAN, "B", 333), (JAN, "C", 334), (FEB, "D", 500))
    result = run(lines, curved() | {"period": "quarter"}, quota=500, months=2)
    # January: 1,000 of the quarter's 1,500: below the threshold; with February at quota: three months' target pay
    assert column(result, "earned") == [0, 3000]
    assert set(result.lines["rule"]) == {"curve"}
    assert result.lines.groupby("order")["amount"].sum().tolist() == [66_600, 66_600, 66_800, 100_000]


def test_a_curve_of_base_pay():
    people = reps(base_pay=pd.array([400_000], dtype="Int64"))
    result = run(order_lines((JAN, "A", 1000)), curved(target_pay=None), months=1, reps=people)
    assert by_rule(result) == {"curve": 4000}


def test_a_return_after_the_curves_last_month_goes_with_its_sale():
    lines = order_lines((JAN, "A", 1500), (FEB, "B", 1500), (FEB, "X", -1500, returned("A")))
    first = curved() | {"period": "quarter", "until": "2027-01"}
    result = of(lines, first, plan([(0, "0.02")]) | {"name": "second", "from": "2027-02"}, months=2, quotas=quotas(500))
    # January: the quarter's quota of 1,500.00 is met, January's target pay; A comes back: nothing is left to pay it on
    assert column(result, "earned") == [1000, -1000 + 1500 * Decimal("0.02")]


# Whole orders


def test_the_least_of_an_order_under_two_plans_is_each_plans_part():
    cash = payments(("2027-02-10", 50, "A", "A"), ("2027-03-10", 50, "A", "A"))
    terms = plan([(0, "0.1")], basis="collected", measure_basis="collected", release="proportional")
    second = terms | {"name": "second", "from": "2027-03", "minimum_per_order": Decimal(50)}
    result = of(order_lines((JAN, "A", 100)), terms | {"until": "2027-02"}, second, months=3, collections=cash)
    # half of the order is credited by the second plan: 25.00 at least for its 5.00; February stands as it was
    assert column(result, "earned") == [0, 5, 25]
    assert by_rule(result) == {"tier": 10, "minimum": 20}


def test_least_and_most_of_an_order():
    lines = order_lines((JAN, "A", 100), (JAN, "B", 5000), (FEB, "X", -100, returned("A")))
    terms = plan([(0, "0.02")], minimum_per_order=Decimal(10), cap_per_order=Decimal(40))
    result = run(lines, terms, months=2)
    # A earns 2.00 and is lifted by 8.00 until it is returned; B earns 100.00 and is cut by 60.00
    assert by_rule(result) == {"tier": 102, "minimum": 0, "cap_order": -60, "return": -2}
    assert column(result, "earned") == [50, -10]
    assert result.table["amount_cut"].tolist() == [-6_000, 0]


def test_the_least_of_a_shared_order_is_shared():
    lines = order_lines((JAN, "A", 60), (JAN, "A", 40, {"rep": "R2"}))
    people = {"reps": reps("R1", "R2"), "quotas": quotas(1000, ("R1", "R2"))}
    result = of(lines, plan([(0, "0.02")], minimum_per_order=Decimal(10)), months=1, **people)
    assert column(result, "earned", "R1") + column(result, "earned", "R2") == [6, 4]


# Rebates and free goods


def test_rebates_accrue_with_every_sale_or_count_when_booked():
    lines = order_lines((JAN, "A", 1000), (FEB, "B", -30, {"kind": "rebate", "original_order": "A"}))
    customers = pd.DataFrame({"customer": ["A"], "rebate_rate": [0.03]})
    booked = run(lines, plan([(0, "0.02")]), months=2, customers=customers)
    accrued = run(lines, plan([(0, "0.02")], rebates="accrued"), months=2, customers=customers)
    assert column(booked, "earned") == [20, Decimal("-0.6")]
    assert column(accrued, "earned") == [Decimal("19.4"), 0]


def test_free_goods_lower_the_base_by_their_cost():
    lines = order_lines((JAN, "A", 1000), (JAN, "A", 0, {"kind": "free", "product": "N", "cost": 5_000}))
    assert column(run(lines, plan([(0, "0.02")], free_goods="cost"), months=1), "earned") == [19]
    assert column(run(lines, plan([(0, "0.02")]), months=1), "earned") == [20]


def test_goods_given_with_an_order_take_nothing_back():
    lines = order_lines((JAN, "A", 1000), (JAN, "A", 0, {"kind": "free", "product": "N", "cost": 5_000}))
    terms = plan([(0, "0.02")], free_goods="cost", clawback="share", clawback_share=Decimal("0.5"))
    # their cost of 50.00 costs all of its 1.00, not the half that a return would
    assert by_rule(run(lines, terms, months=1)) == {"tier": 19}


# Release


def test_milestones_with_a_retention_that_blocks_nothing_else():
    cash = payments(("2027-01-20", 299, "A", "A"), ("2027-02-20", 1, "A", "A"), ("2027-03-20", 650, "A", "A"),
                    ("2027-04-20", 50, "A", "A"))  # fmt: skip
    steps = [{"paid": Decimal("0.3")}, {"paid": Decimal("0.95"), "released": Decimal("0.9")}, {"paid": Decimal(1)}]
    terms = plan([(0, "0.1")], basis="collected", release="milestones", milestones=steps)
    result = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=4)
    assert column(result, "released") == [0, 30, 60, 10]
    waiting = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=3).orders.iloc[0]
    assert (waiting["held"], waiting["reason"]) == (1_000, "milestone")


def test_a_holdback_waits_its_months():
    cash = payments(("2027-01-20", 1000, "A", "A"))
    terms = plan([(0, "0.1")], basis="collected", holdback={"share": Decimal("0.2"), "months": 2})
    result = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=4)
    assert column(result, "released") == [80, 0, 20, 0]
    held = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=2).orders.iloc[0]
    assert (held["held"], held["reason"], held["until"]) == (2_000, "holdback", "2027-03")


def test_a_holdback_waits_until_a_month():
    cash = payments(("2027-01-20", 500, "A", "A"), ("2027-04-20", 500, "A", "A"))
    holdback = {"share": Decimal("0.2"), "until": "2027-03"}
    terms = plan([(0, "0.1")], basis="collected", release="proportional", holdback=holdback)
    result = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=4)
    assert column(result, "released") == [40, 0, 10, 50]


LATE = {"full_months": 1, "per_day": Decimal("0.01"), "none_after": 3}


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        pytest.param("2027-02-05", 100, id="on the last full day"),
        pytest.param("2027-02-06", 99, id="a day late"),
        pytest.param("2027-03-07", 70, id="thirty days late"),
        pytest.param("2027-04-05", 41, id="on the last day that pays"),
        pytest.param("2027-04-06", 0, id="too late"),
    ],
)
def test_late_payments_lose_by_the_day(day, kept):
    terms = plan([(0, "0.1")], basis="collected", late=LATE)
    result = run(order_lines((JAN, "A", 1000)), terms, collections=payments((day, 1000, "A", "A")), months=4)
    assert sum(column(result, "released")) == kept == sum(column(result, "earned"))


def test_what_is_never_paid_lapses_when_nothing_more_can_be_released():
    terms = plan([(0, "0.1")], basis="collected", release="proportional", late=LATE)
    cash = payments(("2027-01-20", 400, "A", "A"))
    result = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=4)
    assert column(result, "earned") == [100, 0, 0, -60] and column(result, "held") == [60, 60, 60, 0]


def test_bad_debt_ends_what_is_still_held():
    cash = payments(("2027-01-20", 400, "A", "A"), ("2027-03-20", 600, "A", "A")).assign(kind=["payment", "bad_debt"])
    terms = plan([(0, "0.1")], basis="collected")
    result = run(order_lines((JAN, "A", 1000)), terms, collections=cash, months=3)
    assert column(result, "earned") == [100, 0, -60] and column(result, "released") == [0, 0, 40]
    assert by_rule(result) == {"tier": 100, "bad_debt": -60}


@pytest.mark.parametrize(("bills", "month"), [("received", 0), ("cleared", 2)])
def test_a_bill_of_exchange_counts_when_it_is_received_or_cashed(bills, month):
    cash = payments(("2027-01-20", 1000, "A", "A")).assign(cleared=pd.to_datetime(["2027-03-20"]))
    ledger = Ledger(order_lines((JAN, "A", 1000)), reps=reps(), quotas=quotas(1000), collections=cash)
    terms = rules(plan([(0, "0.1")], basis="collected")).model_copy(update={"bills": bills})
    assert column(calculate(ledger, year(3), terms), "released").index(100) == month


def test_each_payment_says_which_order_it_settled():
    lines = order_lines((JAN, "A", 100), ("2027-01-06", "B", 100), ("2027-01-07", "C", 100))
    cash = payments(("2027-01-20", 100, "B", "A"), ("2027-02-10", 150, "", "A"))
    told = run(lines, plan(basis="collected"), collections=cash, months=2).payments
    assert told[["order", "amount"]].to_numpy().tolist() == [["B", 10_000], ["A", 10_000], ["C", 5_000]]
    assert told["date"].dt.day.tolist() == [20, 10, 10]


def test_an_order_of_which_nothing_is_asked_waits_for_no_milestone():
    terms = plan([(0, "0.1")], basis="collected", release="milestones", milestones=[{"paid": Decimal(1)}])
    lines = order_lines((JAN, "A", 100), (JAN, "X", -150, returned("A")))
    result = run(lines, terms | {"clawback": "share", "clawback_share": Decimal("0.5")}, months=1)
    # 10.00 less half of 15.00; the customer has 50.00 to get
    assert column(result, "earned") == column(result, "released") == [Decimal("2.5")]


def test_what_invoiced_free_goods_cost_stays_taken_while_the_sale_waits():
    free = (JAN, "A", 0, {"kind": "free", "product": "N", "cost": 5_000, "invoice_date": pd.Timestamp(JAN)})
    terms = plan([(0, "0.1")], basis="invoiced", free_goods="cost")
    result = run(order_lines(free, (FEB, "A", 100)), terms, months=2)
    assert column(result, "earned") == [-5, 10]
    assert column(result, "clawback") == [-5, 0] and column(result, "released") == [0, 0]


def test_what_is_returned_comes_off_what_was_sold_not_off_free_goods():
    billed = {"invoice_date": pd.Timestamp(JAN)}
    free = (JAN, "A", 0, {"kind": "free", "cost": 4_000})
    lines = order_lines((JAN, "A", 100, billed), (JAN, "A", 100), free, (JAN, "X", -100, returned("A")))
    result = run(lines, plan([(0, "0.1")], basis="invoiced", free_goods="cost"), months=1)
    # 10.00 of 20.00 are invoiced, half of the 10.00 taken back comes off them; the free goods' 4.00 wait
    assert column(result, "earned") == [6] and column(result, "released") == [5]


# Corrections


@pytest.mark.parametrize(
    ("terms", "back"),
    [
        pytest.param({"clawback": "original_rate"}, 20, id="all that was paid"),
        pytest.param({"clawback": "share", "clawback_share": Decimal("0.5")}, 10, id="a fixed share"),
        pytest.param({"clawback": "unserved", "clawback_months": 12}, 15, id="nine of twelve months not served"),
        pytest.param({"clawback": "unserved", "clawback_months": 2}, 0, id="served out"),
    ],
)
def test_clawbacks(terms, back):
    lines = order_lines((JAN, "A", 1000), (APR, "X", -1000, returned("A")))
    result = run(lines, plan([(0, "0.02")], **terms), months=4)
    assert column(result, "earned") == [20, 0, 0, -back]


# Who is paid


def test_a_rate_that_changes_in_the_year_leaves_what_was_credited_before():
    lines = order_lines((JAN, "A", 600), (FEB, "B", 600))
    first = plan([(0, "0.02"), (1, "0.03")], period="quarter") | {"until": "2027-01"}
    second = plan([(0, "0.04"), (1, "0.05")], period="quarter") | {"name": "second", "from": "2027-02"}
    result = of(lines, first, second, months=2, quotas=quotas(300))
    # the quarter's quota of 900.00 counts both months: 300.00 of B stand below it, 300.00 above
    assert column(result, "earned") == [12, 300 * Decimal("0.04") + 300 * Decimal("0.05")]
    assert result.table["plan"].tolist() == ["standard", "second"]


def test_a_change_of_team_changes_the_plan():
    people = pd.DataFrame(
        {
            "rep": ["R1", "R1"],
            "team": ["甲", "乙"],
            "start": pd.to_datetime([None, "2027-02-01"]),
            "end": pd.to_datetime(["2027-01-31", None]),
        }
    )
    one = plan([(0, "0.02")]) | {"applies_to": {"team": "甲"}}
    two = plan([(0, "0.05")]) | {"name": "two", "applies_to": {"team": "乙"}}
    result = of(order_lines((JAN, "A", 100), (FEB, "B", 100)), one, two, months=2, reps=people)
    assert column(result, "earned") == [2, 5]


LEAVER = reps("R1", "R2", end=pd.to_datetime(["2027-01-31", None]))
HEIR = pd.DataFrame({"customer": ["A"], "rep": ["R2"], "start": pd.to_datetime(["2027-02-01"]), "end": pd.NaT})


@pytest.mark.parametrize(
    ("leavers", "leaver", "successor", "lapsed"),
    [
        pytest.param({"rule": "paid"}, [40, 30, 30], 0, 0, id="paid as before"),
        pytest.param({"rule": "paid_until", "months": 1}, [40, 30, 0], 0, -30, id="a month more"),
        pytest.param({"rule": "forfeited"}, [40, 0, 0], 0, -60, id="forfeited"),
        pytest.param({"rule": "transferred", "share": Decimal("0.5")}, [40, 0, 0], 30, -60, id="to who collects"),
    ],
)
def test_leavers(leavers, leaver, successor, lapsed):
    cash = payments(*((f"2027-{month:02d}-20", amount, "A", "A") for month, amount in ((1, 400), (2, 300), (3, 300))))
    terms = plan([(0, "0.1")], basis="collected", release="proportional", leavers=leavers)
    given = {"reps": LEAVER, "quotas": quotas(1000, ("R1", "R2")), "customers": HEIR}
    result = of(order_lines((JAN, "A", 1000)), terms, months=3, collections=cash, **given)
    assert column(result, "released", "R1") == leaver and sum(column(result, "released", "R2")) == successor
    assert by_rule(result).get("forfeited", 0) == lapsed
    assert by_rule(result, "R2") == ({"inherited": successor} if successor else {})


def test_a_manager_earns_on_those_below_him():
    people = reps("M", "R1", "R2", manager=["", "M", "R1"], name=["经理", "甲", "乙"])
    lines = order_lines((JAN, "A", 1000), (JAN, "B", 1000, {"rep": "R2"}), (JAN, "C", 100, {"rep": "M"}))
    tiers = [{"from": Decimal(0), "rate": Decimal("0.001")}, {"from": Decimal(1), "rate": Decimal("0.002")}]
    given = {"reps": people, "quotas": quotas(1000, ("M", "R1", "R2"))}

    def overrides(scope):
        terms = plan([(0, "0.02")], override={"scope": scope, "tiers": tiers})
        result = of(lines, terms, months=1, **given)
        return [by_rule(result, rep).get("override", 0) for rep in ("M", "R1", "R2")]

    # R1 is below M, R2 below R1; all teams are at their quota: 0.2 %
    assert overrides("direct") == [2, 2, 0]
    assert overrides("all") == [4, 2, 0]


TEAM = {"tiers": [{"from": Decimal(0), "rate": Decimal("0.001")}, {"from": Decimal(1), "rate": Decimal("0.002")}]}


def overridden(lines, terms, people, *, months, **tables):
    """What M earns by month, his override being all he earns."""
    given = {"reps": people, "quotas": quotas(500, ("M", "R1"))} | tables
    return column(of(lines, terms | {"override": TEAM}, months=months, **given), "earned", "M")


def test_an_override_is_paid_on_what_the_plan_is_paid_on():
    lines = order_lines((JAN, "A", 1000, {"cost": 60_000}))
    people = reps("M", "R1", manager=["", "M"])
    # the amount reaches the quota, the margin of 400.00 is paid on
    assert overridden(lines, plan(paid_on="margin"), people, months=1) == [Decimal("0.8")]


def test_an_override_goes_to_the_manager_in_the_month_of_the_order():
    lines = order_lines(
        (JAN, "A", 100, {"invoice_date": pd.Timestamp(FEB)}),
        (MAR, "X", -100, returned("A", invoice_date=pd.Timestamp(MAR))),
        (FEB, "B", 100, {"invoice_date": pd.Timestamp(FEB)}),
    )
    people = reps("M", "R1", "R1", manager=["", "M", ""])
    people["start"] = pd.to_datetime([None, None, "2027-02-01"])
    people["end"] = pd.to_datetime([None, "2027-01-31", None])
    terms = plan(basis="invoiced", measure_basis="invoiced")
    # A was sold under M: he is paid when it is invoiced, and gives it back when it comes back; B is nobody's
    assert overridden(lines, terms, people, months=3) == [0, Decimal("0.1"), Decimal("-0.1")]


def test_a_manager_who_leaves_is_measured_by_the_months_he_was_there():
    lines = order_lines(
        (JAN, "A", 400, {"invoice_date": pd.Timestamp(JAN)}), (JAN, "B", 100, {"invoice_date": pd.Timestamp(FEB)})
    )
    people = reps("M", "R1", manager=["", "M"], end=pd.to_datetime(["2027-01-31", None]))
    terms = plan(basis="invoiced", measure_basis="invoiced", period="quarter")
    # 400.00 of January's 500.00: what is invoiced after him moves his tier no more
    assert overridden(lines, terms, people, months=2) == [Decimal("0.4"), 0]


def test_a_managers_own_ramp_does_not_hold_his_override():
    lines, people = order_lines((JAN, "A", 500)), reps("M", "R1", manager=["", "M"])
    ramping = pd.DataFrame({"rep": ["M"], "month": ["2027-01"]})
    assert overridden(lines, plan(), people, months=1, ramping=ramping) == [1]


def test_overlay_credit_counts_and_is_no_debt_of_the_customer():
    lines = order_lines((JAN, "A", 1000), (JAN, "A", 500, {"rep": "R2"})).assign(overlay=[False, True])
    given = {"reps": reps("R1", "R2"), "quotas": quotas(1000, ("R1", "R2"))}
    cash = payments(("2027-01-20", 1000, "A", "A"))
    result = of(lines, plan([(0, "0.1")], basis="collected"), months=1, collections=cash, **given)
    assert column(result, "released", "R1") + column(result, "released", "R2") == [100, 50]
    assert set(result.orders["amount_due"]) == {100_000} and result.prepaid.empty
