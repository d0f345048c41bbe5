"""The causal tree and the reps needed by month."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from target_cases import EVEN, LAST_YEAR, MONTHS, SOLD, dec, facts, plan, reps

from salesplan import annual_target
from salesplan.charts import annual_target as charts
from salesplan.conclusions import annual_target as conclusions
from salesplan.identities import stop_on_breach
from salesplan.terms.drivers import Drivers
from salesplan.wording import Words

ZH, EN = Words("zh", "万元"), Words("en", "one")
RAMP = [dec("0"), dec("0.25"), dec("0.5"), dec("0.75")]
PAID = pd.DataFrame({"date": pd.to_datetime(["2026-04-01"]), "amount": [2_800_00]})
ALL = Drivers(
    fulfilment_rate=dec("0.8"),
    collection_rate=dec("0.9"),
    new_share=dec("0.25"),
    average_old=dec(1000),
    average_new=dec(300),
    win_rate=dec("0.25"),
    retention_rate=dec("0.5"),
    customers_per_rep=dec(4),
)


def year(rows=SOLD, tables=None, **more):
    return annual_target.past_year(facts(*rows), tables or {}, plan(**more))


def made(terms=ALL, past=None, level=4000, roster=2):
    past = year(tables={"collections": PAID}) if past is None else past
    rates = annual_target.driver_rates(terms, past)
    return annual_target.tree(level * 100, rates, past, roster=roster).set_index("node")


# What history says


@pytest.mark.parametrize(
    ("driver", "rate"),
    [
        pytest.param("fulfilment_rate", LAST_YEAR / 3600, id="net of 3,600 signed"),
        pytest.param("collection_rate", 2800 / LAST_YEAR, id="collected of sold"),
        pytest.param("new_share", 600 / 3600, id="K2 is new"),
        pytest.param("average_old", 3000, id="K1 alone is old"),
        pytest.param("average_new", 600, id="what K2 signed, before its return"),
        pytest.param("retention_rate", 1, id="K1 of 2025 bought again"),
        pytest.param("customers_per_rep", 2 / 2, id="two customers, two reps with sales"),
    ],
)
def test_rates_default_to_last_year(driver, rate):
    found = annual_target.driver_rates(Drivers(), year(tables={"collections": PAID})).set_index("driver")
    assert float(found.loc[driver, "rate"]) == pytest.approx(rate, abs=5e-5)
    assert found.loc[driver, "source"] == "history"
    assert "win_rate" not in found.index


def test_a_declared_rate_goes_before_and_the_history_stands_beside():
    found = annual_target.driver_rates(Drivers(new_share=dec("0.4")), year()).set_index("driver")
    assert found.loc["new_share", ["rate", "source"]].tolist() == [dec("0.4"), "declared"]
    assert float(found.loc["new_share", "history"]) == pytest.approx(600 / 3600, abs=5e-5)


def test_old_debts_do_not_make_a_rate_above_one():
    paid = PAID.assign(amount=99_999_00)
    found = annual_target.driver_rates(Drivers(), year(tables={"collections": paid})).set_index("driver")
    assert found.loc["collection_rate", ["rate", "source"]].tolist() == [1, "capped"]
    assert float(found.loc["collection_rate", "history"]) == pytest.approx(99_999 / LAST_YEAR, abs=5e-5)


def test_collections_of_last_year_are_exact():
    odd = PAID.assign(amount=2_800_37)  # no rate of four decimals gives these fen back
    assert year(tables={"collections": odd}).collected == 280_037


def test_former_customers_bought_once_but_not_last_year():
    lost = [("2024-05", "A", "K3", 10), ("2025-01", "A", "K4", 10), ("2025-02", "A", "(unknown)", 10)]
    assert year((*SOLD, *lost)).former == 2  # K3 and K4; K1 bought last year, K2 never before
    assert made(past=year((*SOLD, *lost))).loc["former_customers", "value"] == 2
    assert year().former == 0


def test_without_a_year_before_nobody_is_new():
    found = annual_target.driver_rates(Drivers(), year(SOLD[1:]))
    assert set(found["driver"]) == {"fulfilment_rate", "customers_per_rep"}
    assert year(SOLD[:1]) is None


# The tree


@pytest.mark.parametrize(
    ("node", "value", "parent"),
    [
        pytest.param("revenue", 4000, "", id="revenue"),
        pytest.param("collections", 4000 * 0.9, "revenue", id="collections"),
        pytest.param("contracts", 4000 / 0.8, "revenue", id="contracts"),
        pytest.param("new_sales", 5000 * 0.25, "contracts", id="new sales"),
        pytest.param("old_sales", 5000 * 0.75, "contracts", id="old sales"),
        pytest.param("old_customers", math.ceil(3750 / 1000), "old_sales", id="old customers, rounded up"),
        pytest.param("new_customers", math.ceil(1250 / 300), "new_sales", id="new customers, rounded up"),
        pytest.param("kept_customers", math.floor(2 * 0.5), "old_customers", id="who stays"),
        pytest.param("prospects", 5 / 0.25, "new_customers", id="prospects"),
        pytest.param("customers", 4 + 5, "contracts", id="customers"),
        pytest.param("reps", math.ceil(9 / 4), "customers", id="reps, rounded up"),
        pytest.param("hires", 3 - 2, "reps", id="hires: less those in post"),
    ],
)
def test_the_tree_is_carried_back_exactly(node, value, parent):
    found = made()
    assert float(found.loc[node, "value"]) == value
    assert found.loc[node, "parent"] == parent


@pytest.mark.parametrize(
    ("node", "value"),
    [("revenue", 3500), ("contracts", 3600), ("collections", 2800), ("old_customers", 1), ("new_customers", 1)],
)
def test_last_year_stands_beside(node, value):
    assert float(made().loc[node, "last_year"]) == pytest.approx(value, abs=0.5)


def test_collections_stand_on_their_own_tax_basis():
    tax = {"sales": "excluded", "collections": "included", "rate": dec("0.13")}
    found = made(past=year(tables={"collections": PAID}, tax=tax))
    assert float(found.loc["collections", "value"]) == pytest.approx(4000 * 1.13 * 0.9)


def test_the_tree_stops_where_a_rate_is_unknown():
    assert made(Drivers(), past=year(SOLD[1:])).index.tolist() == ["revenue", "contracts"]
    alone = annual_target.tree(100, annual_target.driver_rates(Drivers(), None), None)
    assert alone["node"].tolist() == ["revenue"]


def test_a_roster_larger_than_needed_hires_nobody():
    assert made(roster=9).loc["hires", "value"] == 0


@given(
    st.integers(1, 10**9),
    st.decimals("0.01", 1, places=4),
    st.decimals(0, 1, places=4),
)
def test_contracts_are_always_those_of_old_and_new(level, fulfilment, share):
    past = year()
    rates = annual_target.driver_rates(Drivers(fulfilment_rate=fulfilment, new_share=share), past)
    found = annual_target.tree(level, rates, past)
    bridge = pd.DataFrame({"level": [], "part": [], "amount": []})
    stop_on_breach("annual_target", {"annual_target_bridge": bridge, "annual_target_drivers": found}, {}, 1)


# Reps by month


def needed(level, *spells, terms=None, shares=EVEN, ramp=RAMP):
    terms = terms or Drivers(full_quota=dec(1200), peak_load=dec(1))
    return annual_target.hires(level * 100, shares, reps(*spells), terms=terms, ramp=ramp).set_index("month")


LONG_AGO = ("a", "2020-01-01", None, 1200)


def test_needed_is_the_months_target_by_what_a_rep_carries():
    shares = pd.Series([0.05] * 10 + [0.2, 0.3], index=EVEN.index)
    found = needed(2400, LONG_AGO, shares=shares)
    assert found["needed"].tolist() == pytest.approx([2400 * share / (1200 / 12) for share in shares])
    assert found["have"].tolist() == [1.0] * 12
    assert found.loc["2027-12", "gap"] == pytest.approx(2400 * 0.3 / 100 - 1)


def test_a_hire_must_start_before_his_ramp():
    shares = pd.Series([0.04] * 10 + [0.25, 0.35], index=EVEN.index)
    found = needed(2400, LONG_AGO, shares=shares)
    assert found["hires"].tolist() == [0] * 10 + [math.ceil(6.0 - 1), math.ceil(8.4 - 1) - math.ceil(6.0 - 1)]
    assert found["start_by"].tolist()[10:] == ["2027-07", "2027-08"]  # four months of ramp
    assert set(found["start_by"].tolist()[:10]) == {""}


@pytest.mark.parametrize(
    ("spell", "have"),
    [
        pytest.param(("b", "2027-02-15", None, 1200), [0, 0, 0.25, 0.5, 0.75] + [1] * 7, id="ramp counted"),
        pytest.param(("b", "2020-01-01", "2027-03-31", 1200), [1] * 3 + [0] * 9, id="leaves in March"),
        pytest.param(("b", None, None, 600), [0.5] * 12, id="half a full quota"),
        pytest.param(("b", None, None, None), [1] * 12, id="capacity unknown: a full quota"),
    ],
)
def test_who_is_in_post(spell, have):
    assert needed(2400, LONG_AGO, spell)["have"].tolist() == pytest.approx([1 + part for part in have])


def test_a_full_quota_is_the_median_and_the_peak_the_busiest_month():
    shares = pd.Series([0.08] * 11 + [0.12], index=EVEN.index)
    found = needed(3000, LONG_AGO, ("b", None, None, 1800), terms=Drivers(), shares=shares)
    assert found.loc["2027-12", "needed"] == pytest.approx(3000 / 1500)  # the peak is carried by full quotas
    assert found.loc["2027-01", "needed"] == pytest.approx(3000 * 0.08 / (1500 * 0.12))


def test_a_hundredth_of_a_rep_is_not_hired():
    assert needed(1204, LONG_AGO)["hires"].sum() == 0
    assert needed(1300, LONG_AGO)["hires"].sum() == 1


def test_without_capacity_there_is_no_table():
    found = annual_target.hires(100, EVEN, reps(("a", None, None, None)), terms=Drivers(), ramp=RAMP)
    assert found.empty and list(found.columns) == ["month", "needed", "have", "gap", "hires", "start_by"]


def test_heads_in_a_month():
    team = reps(LONG_AGO, ("b", "2027-05-20", None, 1), ("c", None, "2027-04-30", 1))
    assert [annual_target.heads(team, month) for month in ("2027-04", "2027-05", "2027-12")] == [2, 2, 2]


# As people see them


def draw(paint, frame, words):
    ax = Figure().add_subplot()
    assert paint(ax, frame, words=words) is ax
    return ax


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_the_tree_chart_has_a_box_per_node(words):
    frame = made().reset_index()
    ax = draw(charts.tree, frame, words)
    texts = [text.get_text() for text in ax.texts]
    assert len(ax.patches) == len(frame) == 13
    assert all(words.code("node", node) in texts for node in frame["node"])
    assert len(ax.lines) == len(frame) - 1
    assert words.money(400_000) in ax.get_title(loc="left") + ax.get_title()


def test_boxes_do_not_overlap():
    ax = draw(charts.tree, made().reset_index(), EN)
    spots = [(box.get_x(), box.get_y(), box.get_width(), box.get_height()) for box in ax.patches]
    for place, (x, y, wide, high) in enumerate(spots):
        for other_x, other_y, _, _ in spots[:place]:
            assert abs(x - other_x) >= wide or abs(y - other_y) >= high


@pytest.mark.parametrize(
    ("level", "text"),
    [pytest.param(1200, "Enough reps", id="enough"), pytest.param(2400, "1 to hire", id="one short")],
)
def test_the_hires_chart_says_what_is_seen(level, text):
    ax = draw(charts.hires, needed(level, LONG_AGO).reset_index(), EN)
    assert text in ax.get_title(loc="left") + ax.get_title()
    assert len(ax.patches) == len(MONTHS)


@pytest.mark.parametrize("words", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_every_node_tells_its_formula(words):
    found = conclusions.formulas(words, made().reset_index())
    assert found["formula"].str.len().min() > 3
    assert "25.0%" in found.set_index("indicator").loc["prospects", "formula"]
    assert float(found.set_index("indicator").loc["contracts", "growth"]) == pytest.approx(5000 / 3600 - 1)
