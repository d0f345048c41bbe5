"""The proof of the plans: every boundary worked through the code that pays, beside the other readings."""

import re
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from commission_cases import MONTHS, TWO, fen, plan
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import Ledger, Year, prove
from salesplan.commission.proof import Setting, probe_table, settings, shape, shifts
from salesplan.commission.proof.cash import months_after
from salesplan.commission.proof.limits import half_fen, reaches, sales_for
from salesplan.commission.proof.worked import closed, of_lines, percent
from salesplan.conclusions.commission import plan_in_words, plans_in_words, proof_rows, proof_sentences
from salesplan.conclusions.commission.proof import jumps
from salesplan.identities.commission_proof import breaches
from salesplan.money import MICRO, half_away, times_rate
from salesplan.terms.commission import CommissionPlan, CommissionTerms
from salesplan.terms.plan import Tax
from salesplan.wording import Words

YEAR = Year(MONTHS, None, tax=Tax(sales="excluded", collections="included", rate=Decimal("0.13")))
THREE = [(0, "0.06"), ("1", "0.08"), ("1.5", "0.10")]
ZH, EN = Words("zh", "元"), Words("en", "one")


def exact(terms):
    """Numbers written as text become exact decimals, as the parameter files are read."""
    if isinstance(terms, dict):
        return {key: exact(found) for key, found in terms.items()}
    if isinstance(terms, list | tuple):
        return [exact(found) for found in terms]
    return Decimal(terms) if isinstance(terms, str) and re.fullmatch(r"\d+(\.\d+)?", terms) else terms


def made(**terms):
    return CommissionPlan(**exact(terms))


def rules(*plans):
    return CommissionTerms(plans=[exact(terms) for terms in plans])


def setting(terms, quota=100_000, order=20_000):
    return Setting(made(**terms), YEAR, (fen(quota),) * 12, order=fen(order))


def curve(*points, **terms):
    told = [{"at": Decimal(at), "pays": Decimal(pays)} for at, pays in points]
    return {"name": "standard", "basis": "ordered", "curve": {"target_pay": 1000, "points": told, **terms}}


def asked(table, rule, probe, boundary=None):
    """Amount in currency by reading, of one probe."""
    own = table[(table["rule"] == rule) & (table["probe"] == probe)]
    if boundary is not None:
        own = own[own["boundary"] == Decimal(boundary)]
    return {row.reading: row.amount / 100 for row in own.itertuples()}


def worked(table, rule, probe, reading):
    own = table[(table["rule"] == rule) & (table["probe"] == probe) & (table["reading"] == reading)]
    return own["worked"].iloc[0]


# ---------------------------------------------------------------- tiers


def test_a_threshold_on_everything_is_a_cliff():
    # Standard 5 %, 7 % on all sales from 1,000,000: one more cent adds 20,000.00.
    terms = plan([(0, "0.05"), (1_000_000, "0.07")], measure="amount", semantics="whole")
    table = probe_table([setting(terms)])
    assert asked(table, "tier", "below")["whole"] == round(999_999.99 * 0.05, 2) == 50_000
    assert asked(table, "tier", "at")["whole"] == 1_000_000 * 0.07
    assert asked(table, "tier", "at")["lower"] == 1_000_000 * 0.05
    assert asked(table, "tier", "above") == {
        "whole": 70_000, "marginal": 50_000, "current": 900_000 * 0.05 + 100_000 * 0.07, "lower": 70_000
    }  # fmt: skip
    assert jumps(table)["jump"].tolist() == [fen(20_000)]


def test_the_same_rates_by_slice_and_on_everything():
    table = probe_table([setting(plan(THREE))])
    assert asked(table, "tier", "at", "1") == {
        "marginal": 100_000 * 0.06,
        "whole": 100_000 * 0.08,
        "current": 90_000 * 0.06 + 10_000 * 0.08,
    }
    # At 150 % the first order of 135,000 has passed 100 % by itself.
    assert asked(table, "tier", "at", "1.5") == {
        "marginal": 100_000 * 0.06 + 50_000 * 0.08,
        "whole": 150_000 * 0.10,
        "current": 135_000 * 0.08 + 15_000 * 0.10,
    }
    assert jumps(table)["jump"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("terms", "quota", "boundary", "expected"),
    [
        pytest.param(
            plan([(0, "0.05"), ("0.75", "0.10"), ("1", "0.15")]), 1_000, "1", 750 * 0.05 + 250 * 0.10, id="C09"
        ),
        pytest.param(plan([(0, "0.5"), ("0.5", "1"), ("1", "1")]), 100_000, "0.5", 25_000, id="C13 decelerator"),
        pytest.param(
            plan([(0, "0.25"), (500, "0.30"), (3000, "0.40")], measure="amount"), 1_000, "500", 125, id="C35 at 500"
        ),
        pytest.param(
            plan([(0, "0.25"), (500, "0.30"), (3000, "0.40")], measure="amount"),
            1_000,
            "3000",
            500 * 0.25 + 2_500 * 0.30,
            id="C35 at 3,000",
        ),
    ],
)
def test_published_tiers_at_their_boundaries(terms, quota, boundary, expected):
    table = probe_table([setting(terms, quota)])
    assert asked(table, "tier", "at", boundary)["marginal"] == expected


def test_a_boundary_is_the_least_amount_that_reaches_it():
    # 110 % of 333.33 is 366.663: 366.66 does not reach it, 366.67 does.
    table = probe_table([setting(plan([(0, "0.02"), ("1.1", "0.03")], semantics="whole"), "333.33")])
    own = table[(table["rule"] == "tier") & (table["probe"] == "at")]
    assert own["measure"].iloc[0] == Decimal("366.67")
    assert asked(table, "tier", "at")["whole"] == 11.00  # 366.67 x 3 % = 11.0001
    assert asked(table, "tier", "below")["whole"] == 7.33  # 366.66 x 2 % = 7.3332


def test_the_arithmetic_stands_beside_the_amount():
    table = probe_table([setting(plan(THREE))])
    assert worked(table, "tier", "above", "marginal") == "100,000.00 × 6% + 0.01 × 8% = 6,000.00"
    assert worked(table, "tier", "no_quota", "marginal") == "100,000.00 × 6% = 6,000.00"
    used = table[table["used"]]
    assert (used["gap"] == 0).all()
    assert (table["gap"] == table["amount"] - table["amount"].where(table["used"]).ffill()).all()


@pytest.mark.parametrize(
    ("measure", "start", "unit", "below", "at"),
    [
        pytest.param("quantity", 50, "piece", 49 * 100 * 0.02, 50 * 100 * 0.03, id="pieces"),
        pytest.param("margin", 1000, "currency", round(4 * 999.99 * 0.02, 2), 4_000 * 0.03, id="margin"),
        pytest.param("margin_rate", "0.2", "share", 100_000 * 0.02, 100_000 * 0.03, id="margin rate"),
    ],
)
def test_measures_that_are_no_sales(measure, start, unit, below, at):
    terms = plan([(0, "0.02"), (start, "0.03")], measure=measure, semantics="whole")
    table = probe_table([setting(terms)])
    assert set(table[table["rule"] == "tier"]["unit"]) == {unit}
    assert (asked(table, "tier", "below")["whole"], asked(table, "tier", "at")["whole"]) == (below, at)


# ---------------------------------------------------------------- curves


def test_a_curve_with_a_jump_at_its_threshold():
    # Nothing below 75 %, half the target pay of 1,000 at it, all of it at 100 %, three times at 150 %.
    table = probe_table([setting(curve(("0.75", "0.5"), ("1", "1"), ("1.5", "3")))])
    assert asked(table, "curve", "below", "0.75")["curve"] == 0
    assert asked(table, "curve", "at", "0.75")["curve"] == 500
    assert asked(table, "curve", "between", "0.875")["curve"] == 750
    assert asked(table, "curve", "at", "1")["curve"] == 1_000
    assert asked(table, "curve", "between", "1.25")["curve"] == 2_000
    assert asked(table, "curve", "at", "1.5")["curve"] == 3_000
    assert asked(table, "curve", "beyond") == {
        "curve": 3_000, "between_steps": 3_000, "beyond_straight": 3_000 + 0.25 * 4_000, "no_threshold": 3_000
    }  # fmt: skip
    assert asked(table, "curve", "between", "0.875")["between_steps"] == 500
    assert asked(table, "curve", "below", "0.75")["no_threshold"] == 500  # 74,999.99 of 75,000: 499.9999
    text = "1,000.00 × (50% + (87,500.00 ÷ 100,000.00 − 75%) ÷ 25% × 50%) = 750.00"
    assert worked(table, "curve", "between", "curve") == text


# ---------------------------------------------------------------- periods, bases, gates


def test_uneven_months_show_whether_the_rate_is_of_the_month_or_of_the_quarter():
    # 140,000, 60,000 and 60,000 against 100,000 a month: 260,000 of 300,000.
    table = probe_table([setting(plan(TWO, semantics="whole"))])
    assert asked(table, "period", "uneven") == {
        "by_month": 140_000 * 0.03 + 120_000 * 0.02,
        "by_quarter": 260_000 * 0.02,
    }
    even = asked(table, "period", "even")
    assert even["by_month"] == even["by_quarter"] == 300_000 * 0.03


def test_cash_that_comes_a_period_later_may_move_the_tier():
    # 120,000 ordered in January; half of it is paid in January, half in February.
    table = probe_table([setting(plan(TWO, semantics="whole", basis="collected"))])
    assert asked(table, "measure_basis", "late_cash") == {
        "counted_ordered": 120_000 * 0.03,
        "counted_collected": 120_000 * 0.02,
    }


def test_a_gate_holds_the_accelerator_until_the_year_is_reached():
    gate = {"over": "quarter", "attainment": 1, "holds_from": 1}
    table = probe_table([setting(plan([(0, "0.02"), ("1", "0.03")], gate=gate, semantics="marginal"))])
    # The month's quota of 100,000 is passed long before the quarter's 300,000.
    assert asked(table, "gate", "below")["gate"] == round(299_999.99 * 0.02, 2)
    assert asked(table, "gate", "at")["no_gate"] == 100_000 * 0.02 + 200_000 * 0.03
    assert worked(table, "gate", "above", "gate") == "300,000.00 × 2% + 0.01 × 3% = 6,000.00"


def test_a_ramping_rep_reaches_no_accelerator():
    table = probe_table([setting(plan(TWO))])
    assert asked(table, "ramp", "ramping") == {
        "ramp_holds": 125_000 * 0.02,
        "ramp_counts": 100_000 * 0.02 + 25_000 * 0.03,
    }


# ---------------------------------------------------------------- certain sales


def test_special_rates_replace_or_come_on_top():
    terms = plan([(0, "0.02")], special_rates=[{"product": "X", "rate": "0.05"}, {"line": "L", "per_unit": 3}])
    table = probe_table([setting(terms)])
    first = table[(table["rule"] == "special") & (table["boundary"] == Decimal("0.05"))]
    told = {row.reading: row.amount / 100 for row in first.itertuples()}
    assert told == {"special": 1_000, "on_top": 400 + 1_000, "tier_rate": 400}
    units = table[(table["rule"] == "special") & (table["boundary"] == 3)]
    assert {row.reading: row.amount / 100 for row in units.itertuples()} == {"special": 200 * 3, "tier_rate": 400}


def test_members_with_rates_of_their_own():
    tiers = [{"from": 0, "rate": "0.02", "rates": {"A": "0.025"}}]
    table = probe_table([setting({"name": "x", "tiers": tiers, "rates_by": "grade"})])
    assert asked(table, "rates_by", "A") == {"member_rate": 20_000 * 0.025, "tier_rate": 20_000 * 0.02}


def test_a_new_product_is_new_from_the_first_day_of_the_year_to_its_last():
    table = probe_table([setting(plan([(0, "0.02")], new_product_bonus="0.01"))])
    amounts = [asked(table, "new_product", day)["with_bonus"] for day in ("day_before", "first_day", "last_day")]
    assert amounts == [400, 400 + 200, 400 + 200]
    assert asked(table, "new_product", "day_after")["with_bonus"] == 400


# ---------------------------------------------------------------- caps, minimums, rounding


def test_the_cap_of_a_period_is_reached_by_one_sale():
    # 100,000 x 2 % = 2,000; another 1,000 at 3 % are 33,333.17 (x 3 % = 999.9951, half a fen short of 1,000.00).
    table = probe_table([setting(plan(TWO, cap=3_000))])
    own = table[(table["rule"] == "cap") & (table["reading"] == "cap")].set_index("probe")
    assert own.loc["at", "measure"] == Decimal("133333.17")
    assert (own["amount"] / 100).to_dict() == {"below": 2_999.99, "at": 3_000, "above": 3_000, "beyond": 3_000}
    # 160,000 (rounded down to the fen: 159,999.80) would have earned 2,000 + 59,999.80 x 3 %.
    assert asked(table, "cap", "beyond")["no_cap"] == 2_000 + round(59_999.80 * 0.03, 2)


@given(
    pay=st.integers(1, 10**9),
    rates=st.lists(st.integers(1, 10**6), min_size=2, max_size=4),
    semantics=st.sampled_from(["marginal", "whole"]),
)
def test_the_sale_that_reaches_a_pay_is_the_least(pay, rates, semantics):
    tiers = [(Decimal(place) / 2, Decimal(rate) / MICRO) for place, rate in enumerate(sorted(rates))]
    own = setting(plan(tiers, semantics=semantics))
    found = reaches(own, pay)
    starts = [own.at(tier.from_) for tier in own.plan.tiers]

    def earned(sale):
        if semantics == "whole":
            reached = sum(sale >= start for start in starts) - 1
            return half_away(sale * sorted(rates)[reached], MICRO)
        ends = [*starts[1:], 10**18]
        slices = [max(min(sale, end) - start, 0) for start, end in zip(starts, ends, strict=True)]
        return sum(half_away(part * rate, MICRO) for part, rate in zip(slices, sorted(rates), strict=True))

    assert found is not None
    assert earned(found) >= pay > earned(found - 1)


@given(micro=st.integers(1, MICRO), pay=st.integers(1, 10**9))
def test_the_sale_for_a_pay_is_the_least(micro, pay):
    sale = sales_for(Decimal(micro) / MICRO, pay)
    assert times_rate([sale], micro)[0] >= pay > times_rate([sale - 1], micro)[0]


@given(micro=st.integers(1, MICRO))
def test_half_a_fen_is_half_a_fen(micro):
    base = half_fen(micro)
    assert base is None or (base * micro) % MICRO == MICRO // 2
    if base is None:
        assert all((base * micro) % MICRO != MICRO // 2 for base in range(1, 65))


def test_half_a_fen_goes_up_each_time():
    table = probe_table([setting(plan([(0, "0.015")]))])
    # 1.00 x 1.5 % = 0.015: two of them are 0.04, not 0.03.
    assert asked(table, "rounding", "half_fen") == {"half_up": 0.02, "half_even": 0.02, "cut_off": 0.01}
    assert asked(table, "rounding", "two_lines") == {
        "half_up": 0.04, "half_even": 0.04, "cut_off": 0.02, "round_sum": 0.03
    }  # fmt: skip


def test_limits_of_an_order_and_what_splitting_it_gains():
    table = probe_table([setting(plan([(0, "0.02")], cap_per_order=1_000, minimum_per_order=50))])
    assert asked(table, "cap_order", "below")["per_order"] == 999.99
    twice = asked(table, "cap_order", "twice")
    assert (twice["per_order"], twice["two_orders"]) == (1_000, 2_000)
    half = asked(table, "minimum", "half")
    assert (half["per_order"], half["two_orders"], half["no_limit"]) == (50, 100, 25)


# ---------------------------------------------------------------- release


def test_what_each_way_of_releasing_pays_out():
    # A is 60,000 (67,800 with tax), B 20,000 (22,600), at 2 %.
    table = probe_table([setting(plan([(0, "0.02")], basis="collected", release="order_full"))])
    assert asked(table, "release", "half") == {
        "order_full": 0, "month_full": 0, "proportional": 600, "ordered": 1_600
    }  # fmt: skip
    assert asked(table, "release", "below") == {
        "order_full": 0, "month_full": 0, "proportional": 1_200, "ordered": 1_600
    }  # fmt: skip
    assert asked(table, "release", "at") == {
        "order_full": 1_200, "month_full": 0, "proportional": 1_200, "ordered": 1_600
    }  # fmt: skip
    assert set(asked(table, "release", "both").values()) == {1_600}
    assert worked(table, "release", "half", "proportional") == ("60,000.00 × 2% × 33,900.00 ÷ 67,800.00 = 600.00")


def test_milestones_release_when_they_are_reached_to_the_fen():
    stones = [{"paid": "0.3"}, {"paid": "0.95", "released": 1}]
    terms = plan([(0, "0.02")], basis="collected", release="milestones", milestones=stones)
    table = probe_table([setting(terms)])
    # 60,000 at 2 % earn 1,200; 30 % of 67,800 is 20,340, 95 % is 64,410.
    assert asked(table, "milestones", "below", "0.3")["milestones"] == 0
    assert asked(table, "milestones", "at", "0.3") == {"milestones": 360, "proportional": 360, "order_full": 0}
    assert asked(table, "milestones", "below", "0.95")["milestones"] == 360
    assert asked(table, "milestones", "at", "0.95")["milestones"] == 1_200


def test_a_holdback_waits_for_its_months():
    table = probe_table([setting(plan([(0, "0.02")], holdback={"share": "0.1", "months": 3}))])
    own = table[(table["rule"] == "holdback") & table["used"]].set_index("probe")
    assert (own["amount"] / 100).to_dict() == {"released": 360, "below": 360, "at": 400}
    assert own["measure"].astype(int).to_dict() == {"released": 1, "below": 3, "at": 4}


def test_a_holdback_of_more_than_the_year_is_proved_too():
    table = probe_table([setting(plan([(0, "0.02")], holdback={"share": "0.5", "months": 12}))])
    assert asked(table, "holdback", "below")["holdback"] == 200
    assert asked(table, "holdback", "at")["holdback"] == 400


def test_late_money_loses_by_the_day():
    late = {"full_months": 3, "per_day": "0.01", "none_after": 5}
    table = probe_table([setting(plan([(0, "0.02")], basis="collected", late=late))])
    own = table[(table["rule"] == "late") & table["used"]].set_index("probe")
    # Ordered on 1 January: in full until 1 April (day 90); 1 June (day 151) is the last day that counts.
    assert own["measure"].astype(int).to_dict() == {
        "last_whole": 90, "first_late": 91, "last_counted": 151, "first_lost": 152, "half_in_time": 120
    }  # fmt: skip
    amounts = (own["amount"] / 100).to_dict()
    assert amounts["last_whole"] == 400
    assert amounts["first_late"] == 400 * 0.99
    assert amounts["last_counted"] == 400 * (1 - 0.61)
    assert amounts["first_lost"] == 0
    assert amounts["half_in_time"] == 200 + 200 * 0.7
    assert asked(table, "late", "half_in_time")["late_whole"] == 400 * 0.7


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param(date(2027, 1, 15), 3, date(2027, 4, 15), id="the same day"),
        pytest.param(date(2027, 1, 31), 1, date(2027, 2, 28), id="the last day where there is none"),
        pytest.param(date(2027, 11, 30), 3, date(2028, 2, 29), id="into a leap year"),
    ],
)
def test_months_after_a_day(day, months, expected):
    assert months_after(day, months) == expected


def test_leavers_and_their_last_month():
    terms = plan([(0, "0.02")], basis="collected", leavers={"rule": "paid_until", "months": 2})
    table = probe_table([setting(terms)])
    assert asked(table, "leavers", "last_month") == {
        "leaver_paid_until": 400, "leaver_paid": 400, "leaver_forfeited": 0
    }  # fmt: skip
    assert asked(table, "leavers", "month_after")["leaver_paid_until"] == 0


# ---------------------------------------------------------------- returns, teams, advances


def test_a_return_takes_back_what_was_paid():
    table = probe_table([setting(plan(TWO))])
    # Sold 90,000 and 20,000 at a quota of 100,000: the second earns 10,000 x 2 % + 10,000 x 3 % = 500.
    assert asked(table, "return", "whole") == {
        "back_original_rate": 1_800,
        "back_today": 2_300 - 20_000 * 0.02,
        "never_sold": 1_800,
        "kept": 2_300,
    }
    assert asked(table, "return", "half") == {
        "back_original_rate": 2_300 - 250,
        "back_today": 2_300 - 200,
        "never_sold": 2_000,
        "kept": 2_300,
    }


def test_a_term_that_is_not_served_is_taken_back_by_the_month():
    table = probe_table([setting(plan([(0, "0.02")], clawback="unserved", clawback_months=12))])
    # 20,000 at 2 % earned 400; after 6 months 6/12 of it are taken back, the day before still 7/12.
    assert asked(table, "unserved", "at", "6")["back_unserved"] == 200
    assert asked(table, "unserved", "day_before", "6")["back_unserved"] == round(400 - 400 * 7 / 12, 2)
    assert asked(table, "unserved", "at", "0") == {"back_unserved": 0, "back_original_rate": 0}
    assert asked(table, "unserved", "at", "12")["back_unserved"] == 400


def test_a_manager_earns_on_his_team():
    team = {"tiers": [{"from": 0, "rate": "0.001"}, {"from": 1, "rate": "0.002"}]}
    table = probe_table([setting(plan([(0, "0.02")], override=team))])
    assert asked(table, "override", "below")["team_whole"] == 100
    assert asked(table, "override", "at") == {"team_whole": 200, "team_marginal": 100}


def test_a_draw_is_made_up_and_recovered():
    table = probe_table([setting(plan([(0, "0.02")], draw={"amount": 500}))])
    assert asked(table, "draw", "below") == {"recoverable": 500, "not_recoverable": 500, "no_draw": 499.99}
    assert asked(table, "draw", "above")["recoverable"] == 500.01
    # Nothing in January, 1,500 in February: the advance of 500 comes back.
    assert asked(table, "draw", "recovered") == {"recoverable": 1_500, "not_recoverable": 2_000, "no_draw": 1_500}


def test_a_guarantee_ends():
    table = probe_table([setting(plan([(0, "0.02")], guarantee={"amount": 500, "months": 3}))])
    assert asked(table, "guarantee", "below") == {"guarantee": 500, "no_guarantee": 499.99}
    assert asked(table, "guarantee", "last_month")["guarantee"] == 500
    assert asked(table, "guarantee", "month_after")["guarantee"] == 0


def test_base_pay_is_paid_in_proportion():
    base = {"components": {"sales": {"weight": "0.6", "floor": "0.5", "cap": "1.2"}, "satisfaction": "0.4"}}
    table = probe_table([setting(plan([(0, "0.02")], base_pay=base))])
    # 3,000 a month: 1,200 for satisfaction (met), 1,800 for sales in proportion from 50 % to 120 %.
    assert asked(table, "base_pay", "below", "0.5") == {"base_part": 1_200, "base_all": 1_200}
    assert asked(table, "base_pay", "at", "0.5") == {"base_part": 900 + 1_200, "base_all": 1_200}
    assert asked(table, "base_pay", "at", "1") == {"base_part": 3_000, "base_all": 3_000}
    assert asked(table, "base_pay", "above", "1.2")["base_part"] == 1_800 * 1.2 + 1_200


# ---------------------------------------------------------------- what plans tempt people to do


def test_holding_an_order_back_gains_the_difference_of_the_rates():
    hold, pull = shifts([setting(plan(TWO), order=10_000)])
    assert hold.gain == pull.gain == fen(10_000 * Decimal("0.01"))


def test_holding_back_to_jump_a_cliff():
    # February stands just below 100,000: the order lifts all of it to 3 %, where January would pay 2 % on the order.
    hold, _ = shifts([setting(plan(TWO, semantics="whole"), order=10_000)])
    assert hold.second == fen(99_999)
    assert hold.gain == fen(Decimal("109_999") * 3 / 100 - Decimal("99_999") * 2 / 100 - 200)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(plan([(0, "0.02")]), id="one rate"),
        pytest.param(plan(TWO, period="year"), id="the year as one"),
        pytest.param(plan(TWO, period="ytd"), id="year to date"),
    ],
)
def test_plans_that_invite_no_moving(terms):
    assert [shift.gain for shift in shifts([setting(terms)])] == [0, 0]


def test_a_plan_that_pays_less_for_more_is_named():
    terms = plan([(0, "0.05"), ("1", "0.02")], semantics="whole")
    given_rules = rules(terms)
    said = proof_sentences(EN, proof=prove(ledger(), YEAR, given_rules))
    assert any("3,000.00 CNY less" in text for text in said)  # 5 % of 100,000 just below, 2 % at it


def test_smooth_plans_are_called_smooth():
    said = proof_sentences(EN, proof=prove(ledger(), YEAR, rules(plan([(0, "0.02"), ("1", "0.02")]))))
    assert any("has no cliff" in text for text in said)
    assert any("gains nothing: standard" in text for text in said)


def test_lines_of_the_chart_show_the_jump():
    lines = shape([setting(plan(TWO, semantics="whole"))])
    own = lines[lines["used"] & (lines["measure"] == 1.0)]
    assert own["amount"].tolist() == [fen(2_000), fen(3_000)]
    assert set(lines["reading"]) == {"whole", "marginal", "current"}


# ---------------------------------------------------------------- whose quota, which words


def ledger(quotas=(100_000,), team="A"):
    reps = [f"R{place}" for place in range(len(quotas))]
    rows = [(rep, month, fen(quota)) for rep, quota in zip(reps, quotas, strict=True) for month in MONTHS]
    lines = pd.DataFrame({"rep": pd.Series(dtype="str")})
    people = pd.DataFrame({"rep": reps, "team": team})
    return Ledger(lines, reps=people, quotas=pd.DataFrame(rows, columns=["rep", "month", "amount"]))


def test_the_quota_is_that_of_the_rep_in_the_middle():
    found = settings(ledger((100, 300, 200)), YEAR, rules(plan(TWO)))
    assert found[0].quotas == (fen(200),) * 12
    assert found[0].real


def test_a_plan_nobody_is_on_has_a_made_up_quota():
    given_rules = rules(plan(TWO, applies_to={"team": "B"}))
    assert not settings(ledger(), YEAR, given_rules)[0].real


def test_without_plans_there_is_nothing_to_prove():
    found = prove(ledger(), YEAR, CommissionTerms())
    assert found.table.empty
    assert found.lines.empty
    assert proof_sentences(ZH, proof=found) == []


EVERYTHING = {
    "applies_to": {"team": "A"},
    "from": "2027-01",
    "until": "2027-06",
    "basis": "collected",
    "release": "milestones",
    "milestones": [{"paid": "0.3"}, {"paid": "0.95", "released": 1}],
    "measure_basis": "invoiced",
    "period": "quarter",
    "semantics": "current",
    "paid_on": "margin",
    "gate": {"over": "year"},
    "rebates": "accrued",
    "free_goods": "cost",
    "cap": 9000,
    "cap_per_order": 500,
    "minimum_per_order": 20,
    "holdback": {"share": "0.1", "months": 2},
    "late": {"full_months": 3, "per_day": "0.002", "none_after": 9},
    "draw": {"amount": 800, "forgiven": "quarter"},
    "guarantee": {"amount": 900, "months": 3},
    "clawback": "unserved",
    "clawback_months": 6,
    "leavers": {"rule": "transferred", "share": "0.5"},
    "new_product_bonus": "0.01",
    "special_rates": [{"customer_grade": "A", "extra": "0.001"}, {"channel": "C", "factor": "0.5"}],
    "override": {"tiers": [{"from": 0, "rate": "0.001"}, {"from": 1, "rate": "0.002"}]},
}


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_every_probe_and_reading_has_words(words):
    given_rules = rules(plan(TWO, **EVERYTHING), plan(TWO), curve(("0.5", "0.5"), ("1", "1")))
    found = prove(ledger(), YEAR, given_rules)
    table = found.table
    for rule, probe in table[["rule", "probe"]].drop_duplicates().itertuples(index=False):
        assert words.get(f"commission.probe_{rule}_{probe}") or words.get(f"commission.probe_{probe}"), (rule, probe)
        assert words.get(f"code.rule.{rule}"), rule
    assert {key for key in table["reading"] if not words.get(f"code.reading.{key}")} == set()
    rows = proof_rows(words, proof=found)
    assert len(rows) == table["used"].sum()
    assert rows["plan"].iloc[0] == "standard"
    assert proof_sentences(words, proof=found)


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(plan(TWO, **EVERYTHING), id="everything"),
        pytest.param(plan(TWO, semantics="whole", measure_period="previous", release="month_full"), id="previous"),
        pytest.param(curve(("0.5", "0.5"), ("1", "1"), beyond="straight"), id="curve"),
        pytest.param(
            plan([(0, "0.02"), (100, "0.03")], measure="quantity", clawback="share", clawback_share=1), id="pieces"
        ),
        pytest.param(
            plan(TWO, holdback={"share": "0.1", "until": "2027-12"}, leavers={"rule": "forfeited"}), id="until"
        ),
    ],
)
def test_a_plan_in_words_tells_what_is_set(words, terms):
    boxes = plan_in_words(words, plan=made(**terms))
    text = " ".join(sentence for _, sentences in boxes for sentence in sentences)
    assert "{" not in text
    assert len(boxes) >= 5


def test_a_plan_in_words_leaves_out_what_is_not_set():
    boxes = dict(plans_in_words(ZH, rules=rules(plan(TWO)))[0][1])
    assert "上限与下限" not in boxes
    assert boxes["怎么计提"][1] == "提成率：从 0 起 2%、从 100% 起 3%。"
    assert not any("毛利" in sentence for sentence in boxes["怎么计提"])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param({}, None, id="as proved"),
        pytest.param({"gap": 1}, "proof_gaps", id="another gap"),
        pytest.param({"used": False}, "proof_begins_with_the_plan", id="nobody's reading"),
        pytest.param({"probe": [str(n) for n in range(2)]}, "proof_of_one_probe", id="probes mixed up"),
    ],
)
def test_the_run_checks_the_table(change, name):
    table = pd.DataFrame(
        {"plan": "p", "rule": "r", "probe": "x", "measure": 1.0, "used": [True, False], "amount": [5, 7], "gap": [0, 2]}
    )
    found = [told for told, _ in breaches({"commission_proof": table.assign(**change)})]
    assert found[:1] == ([name] if name else [])


# ---------------------------------------------------------------- arithmetic as text


def lines(*rows):
    return pd.DataFrame(rows, columns=["rule", "tier_from", "base", "rate", "amount"])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], "0.00", id="nothing"),
        pytest.param([("tier", 0.0, 100, 0.5, 50)], "1.00 × 50%", id="one"),
        pytest.param([("tier", 0.0, 100, 0.5, 50), ("tier", 0.0, 100, 0.5, 50)], "2.00 × 50%", id="one rate together"),
        pytest.param([("tier", 0.0, 1, 0.5, 1), ("tier", 0.0, 1, 0.5, 1)], "0.01 × 50% + 0.01 × 50%", id="each rounds"),
        pytest.param([("cap", None, None, None, -30), ("tier", 0.0, 100, 0.5, 50)], "1.00 × 50% − 0.30", id="cut"),
        pytest.param([("return", 0.0, -100, 0.5, -50)], "−1.00 × 50%", id="taken back"),
    ],
)
def test_lines_as_arithmetic(rows, expected):
    assert of_lines(lines(*rows)) == expected


def test_a_result_is_not_said_twice():
    assert closed("5.00", 500) == "5.00"
    assert closed("1.00 × 500%", 500) == "1.00 × 500% = 5.00"
    assert percent(Decimal("0.015")) == "1.5%"
