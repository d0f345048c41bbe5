"""The cost of plans: at each attainment, by the spread of results, under last year's sales, beside other plans."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from commission_cases import MONTHS, fen, order_lines, plan, quotas, reps, rules, year

from salesplan.apportion import TOTAL
from salesplan.charts import commission as charts
from salesplan.charts import render
from salesplan.commission import Ledger, Past, compared, cost_grid, cost_of_team, cost_reps, plan_cost
from salesplan.commission.cost import Numbers, numbers_of, reps_beside, shifted, team_beside, tried
from salesplan.commission.cost.looked_at import folded
from salesplan.commission.cost.made_up import in_orders, rounded_up
from salesplan.commission.cost.spread import outcomes, outlook, years_drawn
from salesplan.conclusions.commission import (
    cost_sentences,
    last_year_sentences,
    plans_sentences,
    spread_sentences,
)
from salesplan.identities.commission_cost import breaches
from salesplan.terms.commission import Alternative, CommissionTerms
from salesplan.wording import Words

WHOLE = {"semantics": "whole"}
POINTS = [Decimal("0.6"), Decimal("1.0"), Decimal("1.4")]
LAST = [month.replace("2027", "2026") for month in MONTHS]


def ledger(*labels, quota=1000, **tables):
    names = labels or ("R1",)
    given = {"reps": reps(*names), "quotas": quotas(quota, names)} | tables
    return Ledger(order_lines(), **given)


def facts(amounts, rep="R1", **columns):
    """Sales of last year by month, in currency."""
    rows = pd.DataFrame({"rep": rep, "month": LAST, "amount": [fen(amount) for amount in amounts]})
    return rows.assign(**{"product": "P", "kind": "sale"} | columns)


def expected(*rows):
    """The outlook of reps: rep, quota, expected, low, high in currency."""
    frame = pd.DataFrame(rows, columns=["rep", "quota", "expected", "amount_low", "amount_high"])
    money = ["quota", "expected", "amount_low", "amount_high"]
    return frame.assign(**{name: (frame[name] * 100).astype("Int64") for name in money})


def at(frame, attainment, column, rep="R1"):
    return int(frame[(frame["attainment"] == attainment) & (frame["rep"] == rep)][column].iloc[0])


# ---------------------------------------------------------------- at each attainment


@pytest.mark.parametrize(
    ("terms", "commission"),
    [
        pytest.param({}, (12 * 600 * 0.02, 12 * 1000 * 0.02, 12 * (1000 * 0.02 + 400 * 0.03)), id="marginal"),
        pytest.param(WHOLE, (12 * 600 * 0.02, 12 * 1000 * 0.03, 12 * 1400 * 0.03), id="whole, from its edge on"),
        pytest.param({"cap": 25}, (12 * 12, 12 * 20, 12 * 25), id="cap per month"),
        pytest.param({"period": "year", "cap": 250}, (144, 240, 250), id="cap per year"),
        pytest.param({"basis": "collected", "release": "order_full"}, (144, 240, 384), id="cash comes at once"),
        pytest.param({"holdback": {"share": Decimal("0.1"), "months": 3}}, (144, 240, 384), id="a holdback is earned"),
    ],
)  # fmt: skip
def test_commission_at_each_attainment(terms, commission):
    found = cost_reps(ledger(), year(), rules(plan(**terms)), attainments=POINTS)
    assert found["commission"].tolist() == [fen(round(value, 2)) for value in commission]
    assert found["sales"].tolist() == [fen(12 * 1000 * point) for point in POINTS]
    assert found["cost_ratio"].tolist() == pytest.approx(
        [value / float(12_000 * point) for value, point in zip(commission, POINTS, strict=True)]
    )


def test_boundaries_are_met_whatever_the_quota():
    odd = ledger(quota="1234.57")
    tiers = [(0, "0.01"), ("0.9", "0.02"), ("1.1", "0.03")]
    found = cost_reps(odd, year(), rules(plan(tiers, **WHOLE)), attainments=[Decimal("0.9"), Decimal("1.1")])
    sales = [12 * -(-123457 * tenth // 10) for tenth in (9, 11)]  # each month rounded up to the fen
    assert found["sales"].tolist() == sales
    months = [-(-123457 * tenth // 10) * rate for tenth, rate in ((9, 2), (11, 3))]
    assert found["commission"].tolist() == [12 * ((month + 50) // 100) for month in months]


def test_base_pay_follows_attainment_and_the_mix_is_told():
    paid = ledger(reps=reps(base_pay=pd.array([fen(500)], dtype="Int64")))
    components = {"components": {"sales": Decimal("0.6"), "customer_records": Decimal("0.4")}}
    found = cost_reps(paid, year(), rules(plan(base_pay=components)), attainments=POINTS)
    base = [12 * 500 * (0.6 * 0.6 + 0.4), 12 * 500, 12 * 500]
    assert found["base_pay"].tolist() == [fen(round(value, 2)) for value in base]
    assert (found["pay"] == found[["commission", "base_pay", "draw"]].sum(axis=1)).all()
    assert found["variable_share"].tolist()[1] == pytest.approx(240 / (240 + 6000))
    assert found["pay_ratio"].tolist()[1] == pytest.approx(6240 / 12000)


def test_a_draw_costs_what_is_not_recovered():
    """15 a month: commission of 12 leaves 3 x 12 open at 60 %, commission of 20 recovers everything."""
    drawn = plan(draw={"amount": 15, "recoverable": True})
    found = cost_reps(ledger(), year(), rules(drawn), attainments=POINTS)
    assert found["draw"].tolist() == [fen(36), 0, 0]


def test_the_plan_of_each_rep_and_managers_on_their_teams():
    """R1 on 2 % by name, R2 on 5 %; M earns 1 % on both beside his own 2 %."""
    people = reps("M", "R1", "R2", manager=["", "M", "Boss"], name=["Boss", "A", "B"])
    over = {"scope": "direct", "tiers": [{"from": 0, "rate": Decimal("0.01")}]}
    boss = plan([(0, "0.02")], name="boss", applies_to={"rep": "M"}, override=over)
    own = plan([(0, "0.02")], name="own", applies_to={"manager": "M"})
    rest = plan([(0, "0.05")], name="rest")
    given = Ledger(order_lines(), reps=people, quotas=quotas(1000, ("M", "R1", "R2")))
    found = cost_reps(given, year(), rules(boss, own, rest), attainments=POINTS)
    for share in (0.6, 1.0, 1.4):
        assert at(found, share, "commission", "R1") == fen(round(12_000 * share * 0.02, 2))
        assert at(found, share, "commission", "R2") == fen(round(12_000 * share * 0.05, 2))
        assert at(found, share, "commission", "M") == fen(round(12_000 * share * (0.02 + 2 * 0.01), 2))
    assert found.drop_duplicates("rep")["plan"].tolist() == ["boss", "own", "rest"]


def test_new_products_and_special_rates_by_the_mix_of_the_quota():
    products = pd.DataFrame({"product": ["Old", "New", "Hard"], "line": ["a", "a", "b"]})
    products["launch"] = pd.to_datetime(["2020-01-01", "2027-03-01", None])
    names = products["product"]
    mix = pd.DataFrame(
        [("R1", month, name, fen(part)) for month in MONTHS for name, part in zip(names, (500, 300, 200), strict=True)],
        columns=["rep", "month", "product", "amount"],
    )  # fmt: skip
    terms = plan(
        [(0, "0.02")], new_product_bonus=Decimal("0.01"), special_rates=[{"line": "b", "rate": Decimal("0.05")}]
    )
    found = cost_reps(ledger(quotas=mix, products=products), year(), rules(terms), attainments=[Decimal(1)])
    assert found["commission"].tolist() == [fen(12 * (800 * 0.02 + 300 * 0.01 + 200 * 0.05))]


def test_rates_by_grade_of_customer_by_last_years_mix():
    """R1 sold a quarter to a key customer, so a quarter of every quota earns 5 % instead of 2 %."""
    customers = pd.DataFrame({"customer": ["a", "b"], "grade": ["key", "small"], "rebate_rate": [0.1, 0.0]})
    sold = pd.concat([facts([100] * 12, customer="a"), facts([300] * 12, customer="b")])
    terms = plan([(0, "0.02")], rebates="accrued", special_rates=[{"customer_grade": "key", "rate": Decimal("0.05")}])
    given = ledger(customers=customers)
    found = cost_reps(given, year(), rules(terms), attainments=[Decimal(1)], past=Past(sold))
    assert found["sales"].tolist() == [fen(12_000)], "quotas are net of rebates"
    assert found["commission"].tolist() == [fen(12 * (250 * 0.05 + 750 * 0.02))]
    nobody = cost_reps(given, year(), rules(terms), attainments=[Decimal(1)])
    assert nobody["commission"].tolist() == [fen(240)]


def test_ramping_reps_reach_no_accelerator():
    marks = pd.DataFrame({"rep": ["R1"] * 2, "month": MONTHS[:2]})
    found = cost_reps(ledger(ramping=marks), year(), rules(plan(**WHOLE)), attainments=[Decimal(1)])
    assert found["commission"].tolist() == [fen(2 * 20 + 10 * 30)]


def test_a_plan_that_changes_within_the_year():
    first = plan([(0, "0.02")], until=MONTHS[5])
    second = plan([(0, "0.03")], **{"from": MONTHS[6]})
    found = cost_reps(ledger(), year(), rules(first, second), attainments=[Decimal(1)])
    assert found["commission"].tolist() == [fen(6 * 20 + 6 * 30)]


def test_orders_matter_where_a_plan_looks_at_them():
    """Orders of 250 last year: four a month, each held to 4; as one order the month would be held to 4."""
    orders = pd.DataFrame({"order": ["A", "B"], "date": pd.to_datetime(["2026-03-01", "2026-04-01"])})
    orders["amount"] = [fen(200), fen(300)]
    capped = plan([(0, "0.02")], cap_per_order=4)
    found = cost_reps(ledger(orders=orders), year(), rules(capped), attainments=[Decimal(1)])
    assert found["commission"].tolist() == [fen(12 * 4 * 4)]


def test_the_team_is_its_reps_and_order_changes_nothing():
    labels = ("R1", "R2", "R3")
    given = ledger(*labels)
    found = cost_reps(given, year(), rules(plan()))
    team = cost_of_team(found)
    assert team["commission"].tolist() == found.groupby("attainment")["commission"].sum().tolist()
    assert len(team) == 9
    turned = ledger(*labels, reps=given.reps.iloc[::-1], quotas=given.quotas.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(cost_reps(turned, year(), rules(plan())), found)


# ---------------------------------------------------------------- what is made up


def test_sales_are_folded_to_what_the_plans_see():
    rows = pd.DataFrame({"rep": "R1", "month": MONTHS[0], "product": ["A", "B"], "region": ["N", "S"]})
    rows = rows.assign(amount=[100, 50], quantity=[1.0, np.nan], channel="x", customer="c", kind="sale")
    plain = folded(rows, ledger(), year(), rules(plan()).plans)
    assert plain[["product", "region", "amount"]].to_numpy().tolist() == [["", "", 150]]
    assert plain["quantity"].isna().all(), "unknown, never zero"
    by_region = rules(plan(special_rates=[{"region": "N", "rate": Decimal("0.01")}])).plans
    assert folded(rows, ledger(), year(), by_region)["region"].tolist() == ["", "N"]


def test_rounding_up_and_cutting_into_orders():
    assert rounded_up(np.array([101, -101, 0]), 900_000).tolist() == [91, -91, 0]
    assert rounded_up(np.array([9 * 10**14]), 1_400_000).tolist() == [126 * 10**13]
    rows = pd.DataFrame({"rep": "R1", "month": MONTHS[0], "amount": [1001], "quantity": [2.0], "cost": [pd.NA]})
    cut = in_orders(rows.astype({"cost": "Int64"}), 250)
    assert cut["amount"].sum() == 1001
    assert len(cut) == 4
    assert cut["quantity"].sum() == 2
    assert cut["cost"].isna().all()


# ---------------------------------------------------------------- the spread of results


def test_outcomes_are_equally_likely_and_lie_about_what_is_expected():
    found = outlook(Past(outlook=expected(("R1", 100, 90, 60, 120), ("R2", 100, None, None, None))))
    assert found.assumed.tolist() == [False, True]
    table = outcomes(found)
    assert table.shape == (2, 20)
    assert table[0].mean() == pytest.approx(0.9)
    share = ((table[0] >= 0.6) & (table[0] <= 1.2)).mean()
    assert share == 0.8, "the interval of the outlook holds eight years in ten"
    assert (table[0] == table[1]).all()
    assert outlook(Past(outlook=expected(("R1", 100, None, None, None)))) is None


def test_luck_is_drawn_alike_in_every_run_and_evenly():
    found = outlook(Past(outlook=expected(("R1", 100, 90, 60, 120), ("R2", 100, 90, 60, 120))))
    drawn = years_drawn(found, 20)
    assert (drawn == years_drawn(found, 20)).all()
    assert drawn.shape == (4000, 2)
    counts = np.bincount(drawn[:, 0], minlength=20) / 4000
    assert (abs(counts - 0.05) < 0.015).all()


def test_spread_of_a_flat_plan_is_that_of_sales():
    past = Past(facts([1000] * 12), expected(("R1", 12_000, 12_000, 9_000, 15_000)))
    found = plan_cost(ledger(), year(), rules(plan([(0, "0.02")])), past)
    rep, team = found.spread.iloc[0], found.spread.iloc[1]
    assert team["rep"] == TOTAL
    assert rep["commission"] == pytest.approx(fen(240), rel=1e-3)
    assert rep["commission"] / rep["sales"] == pytest.approx(0.02, rel=1e-4)
    assert rep["low"] < rep["median"] < rep["high"]
    assert team["low"] == pytest.approx(rep["low"], rel=0.05)
    assert found.tiers["reps"].tolist() == [1.0]


def test_reps_expected_in_each_tier():
    past = Past(outlook=expected(("R1", 12_000, 12_000, 9_000, 15_000)))
    found = plan_cost(ledger(), year(), rules(plan()), past).tiers
    assert found["reps_share"].tolist() == pytest.approx([0.5, 0.5]), "half of what may come lies below the quota"
    assert found["attainment"].tolist() == [0, 1]


def test_without_history_the_spread_is_empty():
    found = plan_cost(ledger(), year(), rules(plan()))
    assert found.spread.empty and found.tiers.empty and found.last_year.empty and found.gains.empty
    assert found.sets["scene"].tolist() == ["attainment"] * 4 + ["full"] + ["attainment"] * 4


def test_nothing_to_tell_without_plans_reps_or_quotas():
    for empty in (
        plan_cost(ledger(), year(), rules()),
        plan_cost(Ledger(order_lines(), None, quotas(1)), year(), rules(plan())),
        plan_cost(Ledger(order_lines(), reps(), None), year(), rules(plan())),
    ):
        assert all(table.empty for table in empty.tables.values())
        assert list(empty.team)[:3] == ["attainment", "commission", "cost_ratio"]


# ---------------------------------------------------------------- last year and uneven months


def test_last_years_sales_under_this_years_plans():
    """Six months of 500 at 2 %, six of 1,500: 1,000 at 2 % and 500 at 3 %; returns are netted off."""
    sold = pd.concat([facts([500, 1500] * 6), facts([-100] + [0] * 11, kind="return"), facts([9] * 12, rep="gone")])
    found = plan_cost(ledger(), year(), rules(plan()), Past(sold)).last_year
    assert found["rep"].tolist() == ["R1"]
    assert found["amount"].tolist() == [fen(12_000 - 100)]
    assert found["commission"].tolist() == [fen(6 * 500 * 0.02 - 100 * 0.02 + 6 * (1000 * 0.02 + 500 * 0.03))]
    assert found["attainment"].tolist() == pytest.approx([11_900 / 12_000])


def test_uneven_months_cost_more_where_tiers_rise():
    """R1 sold 500 and 1,500 in turn, R2 the reverse: at 100 % both earn 10 and 35 in turn instead of 20 a month."""
    both = pd.concat([facts([500, 1500] * 6), facts([1500, 500] * 6, rep="R2")])
    sets = plan_cost(ledger("R1", "R2"), year(), rules(plan()), Past(both)).sets.set_index("scene")
    assert sets.loc["full", "commission"] == fen(2 * 12 * 20)
    assert sets.loc["uneven", "commission"] == fen(2 * 6 * (500 * 0.02 + 1000 * 0.02 + 500 * 0.03))
    assert sets.loc["uneven", "sales"] == fen(24_000)


# ---------------------------------------------------------------- plans side by side


def beside(*plans, name="other"):
    return CommissionTerms(plans=[plan()], alternatives=[{"name": name, "plans": list(plans)}])


def test_sets_side_by_side_and_who_gains():
    other = plan([(0, "0.01"), ("1", "0.06")], name="steep")
    past = Past(pd.concat([facts([1500] * 12), facts([500] * 12, rep="R2")]))
    found = plan_cost(ledger("R1", "R2"), year(), beside(other), past)
    full = found.sets[found.sets["scene"] == "full"].set_index("plan_set")["commission"]
    assert full.tolist() == [fen(2 * 240), fen(2 * 120)]
    gains = found.gains[found.gains["scene"] == "last_year"].set_index("rep")["difference"]
    assert gains["R1"] == fen(12 * (1000 * 0.01 + 500 * 0.06 - 1000 * 0.02 - 500 * 0.03))
    assert gains["R2"] == fen(12 * 500 * (0.01 - 0.02))
    assert list(gains.index) == ["R1", "R2"], "who gains most comes first"
    assert compared(found, "last_year")["rep"].tolist() == ["R1", "R2"]
    assert not list(breaches(found.tables))


def test_a_rep_without_a_plan_in_a_set_is_paid_nothing_by_it():
    found = plan_cost(ledger("R1", "R2"), year(), beside(plan(applies_to={"rep": "R2"})))
    gains = found.gains[found.gains["scene"] == "full"].set_index("rep")
    assert gains.loc["R1", "pay_new"] == 0
    assert gains.loc["R1", "difference"] == -fen(240)
    assert gains.loc["R2", "difference"] == 0


def test_an_identity_that_does_not_hold_is_named():
    found = plan_cost(ledger(), year(), beside(plan([(0, "0.04")])), Past(facts([1000] * 12)))
    wrong = found.tables | {"commission_cost": found.team.assign(commission=found.team["commission"] + 1)}
    assert {name for name, _ in breaches(wrong)} == {"cost_is_its_reps", "cost_pay_is_its_parts"}
    moved = found.tables | {"commission_cost_gains": found.gains.assign(difference=0)}
    assert {name for name, _ in breaches(moved)} == {"gains_sum_to_cost"}
    last = found.last_year.assign(pay=found.last_year["pay"] - 1, draw=-1)
    assert {name for name, _ in breaches(found.tables | {"commission_last_year": last})} == {"last_year_is_its_reps"}


def test_the_spread_of_the_team_is_its_reps(cost):
    assert not list(breaches(cost.tables))
    wrong = cost.tables | {"commission_spread": cost.spread.assign(pay=cost.spread["pay"] + 1)}
    assert [name for name, _ in breaches(wrong)] == ["spread_is_its_reps"]


# ---------------------------------------------------------------- other numbers


def test_cost_under_other_rates_and_boundaries():
    grid = cost_grid(ledger(), year(), rules(plan()))
    rates = grid[(grid["boundary_share"] == 0) & (grid["attainment"] == 1)]
    assert rates["cost_ratio"].tolist() == pytest.approx([0.015, 0.02, 0.025])
    assert rates["planned"].tolist() == [False, True, False]
    moved = grid[(grid["boundary_share"] != 0) & (grid["attainment"] == 1.2)].set_index("boundary_share")["commission"]
    assert moved[-0.1] == fen(12 * (900 * 0.02 + 300 * 0.03))
    assert moved[0.1] == fen(12 * (1100 * 0.02 + 100 * 0.03))


def test_numbers_of_a_plan_tried():
    terms = rules(
        plan(cap=100), plan(curve={"target_pay": 100, "points": [{"at": 1, "pays": 1}, {"at": 2, "pays": 3}]}, tiers=[])
    )
    assert numbers_of(terms.plans[0]) == Numbers((Decimal(1),), (Decimal("0.02"), Decimal("0.03")), Decimal(100))
    assert numbers_of(terms.plans[1]).begins == (1, 2)
    same = tried(terms, 0, numbers_of(terms.plans[0]))
    assert same is not None and same.plans[0].tiers == terms.plans[0].tiers
    assert tried(terms, 0, Numbers((Decimal(0),), (Decimal(0), Decimal(0)))) is None, "a tier must begin above the last"
    curve = tried(terms, 1, Numbers((Decimal(1), Decimal(3)), (Decimal(1), Decimal(4))))
    assert curve is not None and curve.plans[1].curve.points[1].pays == 4
    assert shifted(terms, Decimal("-0.025")).plans[0].tiers[0].rate == 0


def test_before_and_after_for_the_team_and_a_few_reps():
    labels = ("R1", "R2", "R3", "R4")
    given = ledger(
        quotas=pd.concat([quotas(1000 * place, (rep,)) for place, rep in enumerate(labels, 1)]), reps=reps(*labels)
    )
    before = cost_reps(given, year(), rules(plan()))
    after = cost_reps(given, year(), rules(plan([(0, "0.04")])))
    few = reps_beside(before, after, "standard")
    assert few["rep"].tolist() == ["R1", "R2", "R4"]
    assert few["difference"].tolist() == [fen(12_000 * place * 0.02) for place in (1, 2, 4)]
    team = team_beside(before, after).set_index("attainment")
    assert team.loc[1.0, "ratio_after"] == pytest.approx(0.04)


# ---------------------------------------------------------------- pages


def shown():
    sold = pd.concat([facts([300 * place, 600 * place] * 6, rep=f"R{place}") for place in range(1, 6)])
    labels = tuple(f"R{place}" for place in range(1, 6))
    people = reps(*labels, base_pay=pd.array([fen(300)] * 5, dtype="Int64"))
    outlooks = expected(*((rep, 12_000, 11_000, 8_000, 14_000) for rep in labels[:4]), ("R5", 12_000, None, None, None))
    return plan_cost(
        ledger(*labels, reps=people), year(), beside(plan([(0, "0.01"), ("1", "0.06")])), Past(sold, outlooks)
    )


PICTURES = {
    "cost": lambda cost: cost.team,
    "pay_mix": lambda cost: cost.team,
    "spread": lambda cost: cost.spread,
    "tiers": lambda cost: cost.tiers,
    "last_year": lambda cost: cost.last_year,
    "plans": lambda cost: cost.sets,
    "gains": lambda cost: compared(cost, "last_year"),
}


@pytest.fixture(scope="module")
def cost():
    return shown()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PICTURES)
def test_charts_say_what_is_seen(cost, name, language):
    words = Words(language, "元" if language == "zh" else "one")
    chart = render.draw(render.Sketch(getattr(charts, name), PICTURES[name](cost), words, name))
    assert "<svg" in chart.svg
    assert any(character.isdigit() for character in chart.title)
    assert "{" not in chart.title and "nan" not in chart.title


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences(cost, language):
    words = Words(language, "元" if language == "zh" else "one")
    said = [
        *cost_sentences(words, cost=cost),
        *spread_sentences(words, cost=cost),
        *last_year_sentences(words, cost=cost),
        *plans_sentences(words, cost=cost),
    ]
    full = cost.team[cost.team["attainment"] == 1].iloc[0]
    assert words.money(full["commission"]) in said[0]
    assert words("commission.spread_assumed", count=1) in said
    assert any("other" in text for text in said)
    assert all("{" not in text and "nan" not in text for text in said)


def test_whom_a_set_favours(cost):
    words = Words("en", "one")
    steep = [text for text in plans_sentences(words, cost=cost) if "favours" in text]
    assert len(steep) == 1
    assert "high attainment" in steep[0]


def test_alternatives_are_parameters():
    terms = CommissionTerms(plans=[plan()], alternatives=[{"name": "b", "plans": [plan()]}])
    assert isinstance(terms.alternatives[0], Alternative)
