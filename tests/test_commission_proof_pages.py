"""The proof as people see it: probes in words, charts, sentences; and that it says what pay does."""

import re
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from commission_cases import MONTHS, TWO, fen, plan
from hypothesis import given, settings
from hypothesis import strategies as st
from test_commission_proof import EN, YEAR, ZH, asked, curve, ledger, made, rules, setting

from salesplan.charts import commission as charts
from salesplan.charts import render
from salesplan.commission import Year, prove, trial
from salesplan.commission.proof import Proof, Setting, probe_table, shape
from salesplan.commission.proof import settings as settings_of
from salesplan.commission.proof.bench import Case, Sale, play
from salesplan.commission.proof.proving import longer
from salesplan.conclusions.commission import proof_rows, proof_sentences
from salesplan.conclusions.commission.proof import span
from salesplan.money import half_away
from salesplan.report.table import html_table

WHOLE = plan(TWO, semantics="whole")


def proved(*plans):
    return prove(ledger(), YEAR, rules(*plans))


def rows(words, *plans):
    found = proof_rows(words, proof=proved(*plans))
    return found.set_index("case")


# ---------------------------------------------------------------- the proof says what pay does


@settings(max_examples=15, deadline=None)
@given(
    rates=st.lists(st.integers(0, 200_000), min_size=2, max_size=4),
    starts=st.lists(st.integers(1, 200), min_size=3, max_size=3, unique=True),
    quota=st.integers(1_000, 10**9),
    whole=st.booleans(),
)
def test_probes_agree_with_arithmetic_by_hand(rates, starts, quota, whole):
    begins = [0, *sorted(starts)][: len(rates)]
    steps = [(Decimal(at) / 100, Decimal(rate) / 10**6) for at, rate in zip(begins, rates, strict=True)]
    own = Setting(made(**plan(steps, semantics="whole" if whole else "marginal")), YEAR, (quota,) * 12, order=100)
    bounds = [-(-quota * at // 100) for at in begins]

    def by_hand(sales):
        """Each order by the slices in which it lies, or by the tier that both together reach."""
        if whole:
            reached = sum(sum(sales) >= bound for bound in bounds) - 1
            return sum(half_away(sale * rates[reached], 10**6) for sale in sales)
        total, gone = 0, 0
        for sale in sales:
            for low, high, rate in zip(bounds, [*bounds[1:], 10**18], rates, strict=True):
                part = max(min(gone + sale, high) - max(gone, low), 0)
                total += half_away(part * rate, 10**6)
            gone += sale
        return total

    table = probe_table([own])
    told = table[table["used"] & (table["rule"] == "tier") & (table["probe"] != "no_quota")]
    for row in told.itertuples():
        measure = int(row.measure * 100)
        first = int(measure * Decimal("0.9")) // 100 * 100
        assert row.amount == by_hand([fen for fen in (first, measure - first) if fen]), row


def test_probes_agree_with_made_up_sales():
    table = probe_table([setting(WHOLE)])
    sales = pd.DataFrame({"rep": ["R"], "month": [MONTHS[0]], "amount": [fen(100_000)]})
    quotas = pd.DataFrame({"rep": "R", "month": MONTHS, "amount": fen(100_000)})
    paid = trial(made(**WHOLE), sales, quotas, YEAR)
    assert paid["amount"].sum() / 100 == asked(table, "tier", "at")["whole"]


def test_cases_do_not_touch_each_other():
    own = setting(WHOLE)
    small, large = (own.case(own.alone, own.sale(1, fen(amount))) for amount in (50_000, 100_000))
    alone = [play([case], YEAR).sums["earned"][0] for case in (small, large)]
    assert play([small, large, small], YEAR).sums["earned"].tolist() == [alone[0], alone[1], alone[0]]


def test_only_the_months_that_count_are_summed():
    own = setting(WHOLE)
    case = Case(own.alone, (own.sale(1, fen(100)), own.sale(2, fen(200))), own.quotas, since=2, upto=2)
    played = play([case], YEAR)
    assert played.sums["earned"].tolist() == [400]
    assert played.lines_of(0)["amount"].tolist() == [400]


def test_a_year_can_be_longer():
    assert longer(YEAR, 13).months[-1] == "2028-12"
    assert longer(YEAR, 13).months[:12] == list(MONTHS)


def test_days_follow_the_cut_off_of_the_months():
    own = Setting(made(**WHOLE), Year(MONTHS, None, cutoff=25), (fen(100),) * 12)
    assert str(own.first(1)) == "2026-12-26"
    assert str(own.last(1)) == "2027-01-25"
    assert own.month_of(own.last(3)) == 3
    assert own.month_of(own.first(14)) == 14


def test_the_tier_of_the_period_before():
    table = probe_table([setting(plan(TWO, semantics="whole", measure_period="previous"))])
    # January reaches its quota to the cent, or not; February sells 100,000.
    assert asked(table, "tier", "below") == {"previous": 2_000, "this": 3_000}
    assert asked(table, "tier", "at") == {"previous": 3_000, "this": 3_000}


def test_longer_periods_are_compared_with_the_months_in_them():
    table = probe_table([setting(plan(TWO, semantics="whole", period="half_year"))])
    # 140 % for three months and 60 % for three: the half-year is just met.
    assert asked(table, "period", "uneven") == {
        "by_half_year": 600_000 * 0.03,
        "by_month": 420_000 * 0.03 + 180_000 * 0.02,
        "by_quarter": 420_000 * 0.03 + 180_000 * 0.02,
    }


def test_a_late_rule_by_the_day_reaches_nothing():
    late = {"full_months": 1, "per_day": "0.03"}
    table = probe_table([setting(plan([(0, "0.02")], basis="collected", late=late))])
    own = table[(table["rule"] == "late") & table["used"]].set_index("probe")
    # 33 days leave 1 %, the 34th nothing: 31 days of January and 34 more.
    assert own.loc["last_late", "amount"] == fen(4)
    assert own.loc["all_gone", "amount"] == 0
    assert own.loc["all_gone", "measure"] == 31 + 34
    assert own.loc["last_late", "worked"] == "20,000.00 × 2% × (1 − 3% × 33) = 4.00"


def test_curves_go_on_beyond_their_last_point_only_on_a_line():
    points = ("0.5", "0.5"), ("1", "1")
    table = probe_table([setting(curve(*points, beyond="straight"))])
    assert asked(table, "curve", "beyond")["curve"] == 1_000 + 0.25 * 1_000
    assert asked(table, "curve", "beyond")["beyond_flat"] == 1_000
    table = probe_table([setting(curve(*points, between="steps"))])
    assert asked(table, "curve", "between")["curve"] == 500
    assert asked(table, "curve", "between")["between_straight"] == 750
    assert asked(table, "curve", "beyond")["curve"] == 1_000


RICH = {
    "basis": "collected",
    "release": "milestones",
    "milestones": [{"paid": "0.3"}, {"paid": "0.95", "released": 1}],
    "holdback": {"share": "0.1", "months": 2},
    "late": {"full_months": 3, "per_day": "0.002", "none_after": 9},
    "draw": {"amount": 800},
    "guarantee": {"amount": 900, "months": 3},
    "cap": 2_500,
    "cap_per_order": 500,
    "minimum_per_order": 20,
    "new_product_bonus": "0.01",
    "gate": {"over": "quarter"},
}


def value(text):
    """What the arithmetic of a probe comes to, in currency."""
    plain = text.replace("×", "*").replace("÷", "/").replace("−", "-").replace(",", "")
    exact = re.sub(r"([\d.]+)(%?)", lambda found: f"(Fraction('{found[1]}') / {100 if found[2] else 1})", plain)
    return float(eval(exact, {"Fraction": Fraction}))  # texts of our own


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(plan(TWO, **RICH), id="many rules"),
        pytest.param(plan([(0, "0.015"), ("0.9", "0.025"), ("1.2", "0.035")], semantics="whole"), id="whole"),
        pytest.param(
            plan(TWO, basis="collected", release="proportional", clawback="share", clawback_share="0.5"), id="cash"
        ),
        pytest.param(curve(("0.75", "0.5"), ("1", "1"), ("1.5", "3"), beyond="straight"), id="curve"),
        pytest.param(
            plan([(0, "0.05"), (500, "0.02"), (90_000, "0.03")], measure="amount", period="ytd"), id="amounts"
        ),
    ],
)
@pytest.mark.parametrize("quota", [100_000, "30246.17"])
def test_the_arithmetic_comes_to_the_amount(terms, quota):
    table = probe_table([setting(terms, quota)])
    told = table[table["worked"].str.contains(" = ") & ~table["worked"].str.contains("→")]
    assert len(told) > 30
    for row in told.itertuples():
        left, right = row.worked.rsplit(" = ", 1)
        assert value(right) == row.amount / 100
        # Each term is rounded by itself; halves that are cut off or go to the even fen are off by a whole one.
        assert abs(value(left) - row.amount / 100) <= 0.005 * (left.count("×") + 1) + 0.01, (row.rule, row.worked)


# ---------------------------------------------------------------- whose quota


def test_reps_of_an_earlier_plan_are_not_of_the_next():
    told = settings_of(ledger((100, 300)), YEAR, rules(plan(TWO, applies_to={"rep": "R0"}), plan(TWO)))
    assert [own.quota for own in told] == [fen(100), fen(300)]


def test_a_rep_of_part_of_the_year_is_passed_over():
    given_ledger = ledger((100, 200, 300))
    quotas = given_ledger.quotas
    part = quotas[(quotas["rep"] != "R1") | (quotas["month"] > MONTHS[5])]
    told = settings_of(
        type(given_ledger)(given_ledger.order_lines, reps=given_ledger.reps, quotas=part), YEAR, rules(WHOLE)
    )
    assert told[0].quota == fen(100)


def test_the_order_that_is_moved_is_a_tenth_of_the_quota_in_round_figures():
    told = settings_of(ledger((123_456,)), YEAR, rules(WHOLE))
    assert told[0].order == fen(12_000)


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("words", "case", "readings"),
    [
        pytest.param(
            ZH,
            "正好 100%：100,000.00 元",
            "超额累进 2,000.00（少 1,000.00）；当单累进 2,100.00（少 900.00）；起点算低一档 2,000.00（少 1,000.00）",
            id="zh",
        ),
        pytest.param(
            EN,
            "Exactly 100%: 100,000.00",
            "marginal 2,000.00 (1,000.00 less); current 2,100.00 (900.00 less); "
            "boundary in the lower tier 2,000.00 (1,000.00 less)",
            id="en",
        ),
    ],
)
def test_a_probe_in_words(words, case, readings):
    row = rows(words, WHOLE).loc[case]
    assert row["amount"] == fen(3_000)
    assert (
        row["worked"] == "90,000.00 × 3% + 10,000.00 × 3% = 3,000.00" or "100,000.00 × 3% = 3,000.00" in row["worked"]
    )
    assert row["readings"] == readings


def test_readings_that_give_the_same_stand_together():
    row = rows(ZH, WHOLE).loc["100% 少一分：99,999.99 元"]
    assert row["readings"] == "超额累进、当单累进、起点算低一档：相同"


def test_each_name_stands_once():
    told = proof_rows(ZH, proof=proved(WHOLE, plan(TWO)))
    assert (told["plan"] != "").sum() == 1  # both plans have one name
    filled = told["rule"][told["rule"] != ""].tolist()
    assert len(filled) == len(set(filled)) * 2


def test_rows_can_be_shown():
    html = html_table(proof_rows(EN, proof=proved(WHOLE)), "commission_proof", EN).html
    assert "Exactly 100%" in html
    assert "when it counts" in html


def test_an_example_of_holding_back_is_told_with_both_months():
    said = proof_sentences(ZH, proof=proved(WHOLE))
    hold = next(text for text in said if "压单" in text)
    assert re.search(r"1月已卖 .* 元（配额 100,000.00 元），2月已卖 99,999.00 元", hold)
    # 109,999 x 3 % less 99,999 x 2 %, less 2 % of the order of 10,000.
    assert hold.endswith("多得 1,099.99 元。")


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        pytest.param({"cap_per_order": 1_000}, "invites splitting orders: an order of 99,999", id="cap per order"),
        pytest.param({"minimum_per_order": 50}, "The minimum of plan", id="minimum"),
    ],
)
def test_splitting_is_warned_of(terms, text):
    said = proof_sentences(EN, proof=proved(plan([(0, "0.02")], **terms)))
    assert any(text in sentence for sentence in said)


@pytest.mark.parametrize(
    ("month", "length", "expected"),
    [
        pytest.param("2027-01", 1, "1月", id="a month"),
        pytest.param("2027-04", 3, "4月至6月", id="a quarter"),
        pytest.param("2027-11", 3, "11月至1月", id="over the end of the year"),
    ],
)
def test_periods_by_their_months(month, length, expected):
    assert span(ZH, month, length) == expected


# ---------------------------------------------------------------- charts


def painted(words, *plans):
    return render.draw(render.Sketch(charts.proof, proved(*plans), words, "x", (8, 6)))


def test_the_title_says_how_large_the_cliff_is():
    assert painted(ZH, WHOLE).title == "standard有断崖：多卖一分钱，提成最多变动 1,000.00 元"
    assert painted(EN, plan(TWO)).title.startswith("No plan of 1 has a cliff")


def test_every_plan_has_a_picture_of_its_own():
    chart = painted(EN, plan(TWO) | {"name": "first"}, WHOLE | {"name": "second"})
    assert "first: no cliff" in chart.svg
    assert "second: one more cent of sales earns up to 1,000.00 CNY more" in chart.svg
    assert "+1,000.00" in chart.svg


def test_a_fall_is_named_a_fall():
    chart = painted(EN, plan([(0, "0.05"), ("1", "0.02")], semantics="whole"))
    assert "up to 3,000.00 CNY less" in chart.svg


@pytest.mark.parametrize(
    ("terms", "unit", "readings"),
    [
        pytest.param(curve(("0.5", "0.5"), ("1", "1")), "share", {"curve", "between_steps"}, id="curve"),
        pytest.param(
            plan([(0, "0.02"), (50, "0.03")], measure="quantity"),
            "piece",
            {"marginal", "whole", "current"},
            id="pieces",
        ),
        pytest.param(
            plan([(0, "0.02"), ("0.2", "0.03")], measure="margin_rate", semantics="whole"),
            "share",
            {"whole"},
            id="margin rate",
        ),
    ],
)
def test_lines_of_other_measures(terms, unit, readings):
    lines = shape([setting(terms)])
    assert set(lines["unit"]) == {unit}
    assert set(lines["reading"]) == readings
    assert lines[lines["used"]]["measure"].is_monotonic_increasing


def test_the_cap_is_seen():
    lines = shape([setting(plan(TWO, cap=3_000))])
    own = lines[lines["used"]]
    assert own["amount"].max() == fen(3_000)
    assert (own["amount"] == fen(3_000)).sum() > 1


def test_nothing_is_drawn_of_nothing():
    empty = Proof(pd.DataFrame(), shape([]), (), ())
    assert empty.lines.empty
    assert proof_sentences(EN, proof=empty) == []


def test_sales_have_the_traits_they_are_asked_for():
    own = setting(plan([(0, "0.02")], special_rates=[{"customer_grade": "A", "region": "N", "rate": "0.05"}]))
    table = probe_table([own])
    assert asked(table, "special", "fits")["special"] == 1_000
    sale = own.sale(1, 100, grade="A")
    assert isinstance(sale, Sale)
    assert sale.grade == "A"
