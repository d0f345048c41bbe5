"""Outlets: each dealer's plan over his outlets and himself, new ones by their ramp, totals by city and month."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from salesplan import rep_allocation as ra
from salesplan.calendar import fiscal_months
from salesplan.charts import rep_allocation as charts
from salesplan.conclusions import rep_allocation as conclusions
from salesplan.errors import IdentityError
from salesplan.identities import stop_on_breach
from salesplan.terms.channels import OutletRules
from salesplan.wording import LANGUAGES, Words

MONTHS = fiscal_months(2027)
BEFORE = fiscal_months(2026)


def plan(dealers=("甲",), units=100):
    rows = [(month, dealer, "A", units) for month in MONTHS for dealer in dealers]
    return pd.DataFrame(rows, columns=["month", "dealer", "product", "sell_out"])


def outlet(name, sell_out=120.0, dealer="甲", city="县城", channel="市场", opened="2020-05-01"):
    return {"outlet": name, "dealer": dealer, "city": city, "channel": channel, "opened": opened, "sell_out": sell_out}


def table_of(*rows):
    table = pd.DataFrame(list(rows), columns=["outlet", "dealer", "city", "channel", "opened", "sell_out"])
    return table.assign(opened=pd.to_datetime(table["opened"])).astype({"sell_out": "float64"})


def reports(units=30.0, dealer="甲"):
    return pd.DataFrame({"month": BEFORE, "dealer": dealer, "product": "A", "sell_out": units})


def planned(*rows, told=None, expected=None, **rules):
    terms = OutletRules.model_validate(rules)
    return ra.outlet_months(table_of(*rows), plan() if expected is None else expected, told, rules=terms)


def target(table, name):
    return table.set_index("outlet").loc[name, "sell_out"]


def new(count=1, by="2027-07", **more):
    return {"city": "新城", "dealer": "甲", "count": count, "by": by, **more}


# ---------------------------------------------------------------- shares


def test_outlets_share_their_dealers_plan_by_last_years_sell_out():
    table, units = planned(outlet("一", 300.0), outlet("二", 100.0))
    assert (target(table, "一"), target(table, "二")) == (900, 300)
    assert units.sum(axis=0).tolist() == [100] * 12


def test_what_the_dealer_sells_himself_stands_on_its_own():
    """He sold 360, his outlets 240: a third of his plan is his own."""
    table, _ = planned(outlet("一", 120.0), outlet("二", 120.0), told=reports(30.0))
    assert target(table, "(direct)") == 400
    assert table.set_index("outlet").loc["(direct)", "state"] == "own"


def test_a_dealer_whose_outlets_sold_all_has_no_line_of_his_own():
    table, _ = planned(outlet("一", 360.0), told=reports(30.0))
    assert table["outlet"].tolist() == ["一"]


@pytest.mark.parametrize(
    ("opened", "times"),
    [
        pytest.param("2026-01-10", 1, id="all year"),
        pytest.param("2026-07-10", 2, id="half a year"),
        pytest.param("2026-12-10", 4, id="a month counts as three at least"),
    ],
)
def test_an_outlet_opened_last_year_is_carried_to_a_full_year(opened, times):
    table, _ = planned(outlet("老", 120.0), outlet("新", 120.0, opened=opened))
    assert target(table, "新") / target(table, "老") == pytest.approx(times, rel=0.02)


def test_growth_compares_whole_years_alone():
    """The old one sold 120 a year; the one of July is carried to a full year and has no growth of its own."""
    table, _ = planned(outlet("老"), outlet("新", opened="2026-07-10"), outlet("停", 0.0))
    growth = table.set_index("outlet")["growth"]
    assert growth["老"] == pytest.approx(400 / 120 - 1, rel=0.02)
    assert growth[["新", "停"]].isna().all()
    city = ra.city_totals(table).iloc[0]
    assert city["growth"] == pytest.approx(growth["老"])
    assert city["last_sell_out"] == 240


def test_an_outlet_without_a_sale_has_no_target_and_is_named():
    table, _ = planned(outlet("一"), outlet("停", 0.0))
    assert table.set_index("outlet").loc["停", ["state", "sell_out"]].tolist() == ["silent", 0]


def test_an_unknown_sell_out_counts_as_the_median_of_the_dealers_outlets():
    table, _ = planned(outlet("一", 100.0), outlet("二", 300.0), outlet("三", np.nan))
    assert target(table, "三") == 400


def test_outlets_of_a_dealer_without_a_plan_are_unknown():
    table, units = planned(outlet("一"), outlet("外", dealer="乙"))
    assert target(table, "外") is pd.NA
    assert units[table["outlet"] == "外"].sum() == 0


def test_the_display_standard_is_that_of_the_channel():
    display = {"市场": {"area": 20, "samples": 16, "standard": "主通道"}}
    table, _ = planned(outlet("一"), outlet("二", channel="网络"), display=display)
    rows = table.set_index("outlet")
    assert rows.loc["一", ["area", "samples", "standard"]].tolist() == [20.0, 16, "主通道"]
    assert rows.loc["二", ["area", "samples", "standard"]].isna().all()


# ---------------------------------------------------------------- new outlets


def test_a_new_outlet_comes_up_by_its_ramp():
    """Beside one usual outlet: 0.3 / 1.3, then 0.6 / 1.6, then a half of 100 units a month."""
    table, units = planned(outlet("一"), new=(new(),))
    fresh = units[(table["state"] == "planned").to_numpy()][0]
    assert fresh[:6].sum() == 0
    assert fresh[6:9].tolist() == [23, 38, 50]
    assert fresh[9:].tolist() == [50, 50, 50]


def test_new_outlets_are_numbered_through_and_a_second_order_does_not_clash():
    table, _ = planned(outlet("一"), new=(new(2), new(1)))
    names = table.loc[table["state"] == "planned", "outlet"]
    assert len(names) == names.nunique() == 3


def test_an_outlet_listed_that_opened_in_the_plan_year_is_new_too():
    table, units = planned(outlet("一"), outlet("新", np.nan, opened="2027-03-10"))
    assert table.set_index("outlet").loc["新", "state"] == "new"
    assert units[(table["outlet"] == "新").to_numpy()][0][:3].tolist() == [0, 0, 23]


def test_openings_are_listed_by_month():
    rules = OutletRules.model_validate({"new": (new(2, "2027-09"), new(1, "2027-04", channel="市场"))})
    assert ra.openings(rules)["month"].tolist() == ["2027-04", "2027-09"]
    assert ra.openings(rules)["count"].sum() == 3
    assert ra.openings(OutletRules()).empty


# ---------------------------------------------------------------- cities


def test_cities_sum_to_the_dealers_plan_and_count_what_is_open():
    table, units = planned(
        outlet("一"), outlet("二", city="市区"), outlet("停", 0.0), told=reports(30.0), new=(new(2),)
    )
    cities = ra.city_months(table, units, plan())
    assert cities.groupby("month")["sell_out"].sum().eq(100).all()
    fresh = cities[cities["city"] == "新城"].set_index("month")
    assert fresh["outlets"].tolist() == [0] * 6 + [2] * 6
    assert fresh["opening"].sum() == 2
    town = cities[cities["city"] == "县城"]
    assert town["outlets"].eq(1).all()


def test_totals_by_city_say_what_is_asked_of_each_outlet():
    display = {"市场": {"area": 20}}
    table, _ = planned(outlet("一"), outlet("二"), outlet("停", 0.0), display=display)
    city = ra.city_totals(table).iloc[0]
    assert city[["outlets", "opening", "silent", "sell_out"]].tolist() == [2, 0, 1, 1200]
    assert city["per_outlet"] == 600
    assert city["area"] == 40
    assert city["growth"] == pytest.approx(1200 / 240 - 1)


def test_the_run_stops_where_outlets_and_dealers_part():
    table, units = planned(outlet("一"), told=reports(30.0))
    expected = plan().assign(sell_in=0)
    frames = {
        "rep_allocation": pd.DataFrame(columns=["rep", "month", "base", "amount"]),
        "rep_allocation_reps": pd.DataFrame(columns=["rep", "quota"]),
        "rep_allocation_dealer_items": ra.dealer_items(expected, {}),
        "rep_allocation_outlets": table,
        "rep_allocation_cities": ra.city_months(table, units, plan()),
    }
    stop_on_breach("rep_allocation", frames, {"seasonal_split_dealers": expected}, 1)
    short = frames["rep_allocation_cities"].assign(sell_out=lambda d: d["sell_out"] + 1)
    with pytest.raises(IdentityError, match="cities_sum_to_dealer"):
        stop_on_breach(
            "rep_allocation", {**frames, "rep_allocation_cities": short}, {"seasonal_split_dealers": expected}, 1
        )
    with pytest.raises(IdentityError, match="outlets_sum_to_dealer"):
        stop_on_breach("rep_allocation", {**frames, "rep_allocation_outlets": table.iloc[1:]},
                       {"seasonal_split_dealers": expected}, 1)  # fmt: skip


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 12))
def test_every_dealer_and_month_is_exact_whatever_the_outlets(seed, count):
    rng = np.random.default_rng(seed)
    rows = [outlet(f"{n}", float(rng.integers(0, 50)), dealer=str(rng.choice(["甲", "乙"]))) for n in range(count)]
    expected = plan(("甲", "乙"), 0).assign(sell_out=rng.integers(0, 30, 24))
    first = planned(*rows, told=reports(), expected=expected, new=(new(),))
    again = planned(*rows[::-1], told=reports(), expected=expected.sample(frac=1, random_state=1), new=(new(),))
    pd.testing.assert_frame_equal(first[0], again[0])
    assert (first[1] == again[1]).all()
    months = expected.pivot_table(index="dealer", columns="month", values="sell_out", aggfunc="sum")
    for dealer, group in first[0].groupby("dealer"):
        assert first[1][group.index].sum(axis=0).tolist() == months.loc[dealer].tolist()


def test_no_outlets_leave_tables_with_their_headers():
    for given_ in (None, table_of()):
        table, units = ra.outlet_months(given_, plan(), None, rules=OutletRules())
        assert table.empty
        assert "standard" in table
        assert ra.city_months(table, units, plan()).empty
        assert ra.city_totals(table).empty


def test_no_forecast_leaves_outlets_without_a_target():
    table, _ = ra.outlet_months(table_of(outlet("一")), plan().head(0), None, rules=OutletRules())
    assert table["sell_out"].isna().all()


def test_fifty_thousand_outlets_take_seconds():
    rng = np.random.default_rng(5)
    dealers = [f"D{n:03d}" for n in range(500)]
    table = pd.DataFrame(
        {"outlet": [f"O{n}" for n in range(50_000)], "dealer": np.repeat(dealers, 100),
         "city": np.repeat([f"C{n}" for n in range(250)], 200), "channel": "市场", "opened": pd.Timestamp("2020-01-01"),
         "sell_out": rng.integers(0, 90, 50_000).astype(float)}
    )  # fmt: skip
    begun = time.process_time()
    found, units = ra.outlet_months(table, plan(dealers, 5000), None, rules=OutletRules())
    assert time.process_time() - begun < 5
    assert units.sum() == 500 * 12 * 5000
    assert len(found) == 50_000


# ---------------------------------------------------------------- as people see it


@pytest.fixture(params=LANGUAGES)
def words(request):
    return Words(request.param, "元" if request.param == "zh" else "one")


def test_the_chart_counts_outlets_by_city(words):
    table, _ = planned(outlet("一"), outlet("停", 0.0), told=reports(), new=(new(2),))
    ax = charts.outlets(Figure().add_subplot(), ra.city_totals(table), words=words)
    text = (ax.get_title(loc="left") + ax.get_title()).replace("\n", "")
    expected = words("rep_allocation.chart_outlets_silent", cities=2, outlets=3, opening=2, silent=1)
    assert text.replace(" ", "") == expected.replace(" ", "")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["县城", "新城"]


def test_sentences_name_silent_outlets_and_dealers_without_a_plan(words):
    table, _ = planned(outlet("一"), outlet("停", 0.0), outlet("外", dealer="乙"), told=reports(), new=(new(2),))
    text = "\n".join(conclusions.outlet_sentences(words, outlets=table, cities=ra.city_totals(table)))
    assert words("rep_allocation.outlet_of", outlet="停", dealer="甲") in text
    assert words("rep_allocation.outlets_unplanned", count=1, dealers="乙") in text
    own = words.number(target(table, "(direct)"))
    fresh = table.loc[table["state"] == "planned", "sell_out"].sum()
    assert words("rep_allocation.outlets_parts", own=own, fresh=words.number(fresh)) in text


def test_no_outlets_no_sentences(words):
    table, _ = ra.outlet_months(None, plan(), None, rules=OutletRules())
    assert conclusions.outlet_sentences(words, outlets=table, cities=ra.city_totals(table)) == []
