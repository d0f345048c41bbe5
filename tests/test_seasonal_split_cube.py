"""The cube, its days and the methods side by side: exact sums over every dimension."""

import itertools
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesplan import seasonal_split
from salesplan.apportion import apportion
from salesplan.seasonal_split import PlanYear
from salesplan.tables.specification import TABLES
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Event

YEAR = PlanYear(2027, calendar="US")
DIMENSIONS = ("region", "channel", "product")
SEASON = np.array([5, 4, 6, 7, 8, 9, 8, 7, 9, 10, 12, 15], dtype="float64")


def rules(**given_):
    return SeasonalSplitTerms(**{"method": "pooled_share", **given_})


def facts(members, years=(2024, 2025, 2026), season=SEASON, **columns):
    """Sales by month from {(region, channel, product): fen per month unit}."""
    rows = [
        (f"{year}-{month + 1:02d}", *member, round(weight * season[month]), weight * season[month] / 500)
        for member, weight in members.items()
        for year in years
        for month in range(12)
    ]
    return pd.DataFrame(rows, columns=["month", *DIMENSIONS, "amount", "quantity"]).assign(customer="c", **columns)


def random_facts(seed, members=12):
    """Sales of some combinations in some months, returns among them."""
    rng = np.random.default_rng(seed)
    every = list(itertools.product("NS", ("a", "b", "c"), ("x", "y", "z")))
    chosen = [every[i] for i in rng.choice(len(every), members, replace=False)]
    frame = facts({member: float(rng.uniform(100, 10_000)) for member in chosen})
    noise = rng.lognormal(0, 0.4, len(frame)) * (rng.random(len(frame)) < 0.8)
    amount = (frame["amount"] * noise * np.where(rng.random(len(frame)) < 0.03, -0.5, 1)).round().astype("int64")
    return frame.assign(amount=amount)


ONE = facts({("N", "a", "x"): 100.0, ("N", "b", "x"): 100.0, ("S", "a", "y"): 200.0})


class TestMonths:
    """Without dimensions the cube is the year's twelve months."""

    def test_months_are_apportioned(self):
        cube = seasonal_split.split(1_000_003, ONE, year=YEAR, rules=rules())
        assert cube.columns.tolist() == ["month", "amount", "share", "quantity"]
        assert cube["amount"].tolist() == apportion(1_000_003, SEASON, labels=YEAR.months).tolist()
        assert cube["amount"].dtype == np.dtype("int64")
        assert cube["share"].sum() == pytest.approx(1)

    def test_fiscal_year_from_april(self):
        year = PlanYear(2026, first_month=4, calendar="US")
        cube = seasonal_split.split(990_000, ONE, year=year, rules=rules())
        assert cube["month"].tolist() == [f"2026-{m:02d}" for m in range(4, 13)] + ["2027-01", "2027-02", "2027-03"]
        # April of 2024 and of 2025 lie in the fiscal years 2024 and 2025, the only complete ones
        assert cube["amount"].tolist() == apportion(990_000, np.roll(SEASON, -3), labels=year.months).tolist()

    def test_manual_weights(self):
        cube = seasonal_split.split(7800, ONE, year=YEAR, rules=rules(method="manual", manual=list(range(1, 13))))
        assert cube["amount"].tolist() == [100 * m for m in range(1, 13)]

    def test_blended_methods(self):
        blend = {"even": 1, "pooled_share": 3}
        cube = seasonal_split.split(12_000_000, ONE, year=YEAR, rules=rules(method="blended", blend=blend))
        assert cube["share"].tolist() == pytest.approx((0.25 / 12 + 0.75 * SEASON / 100).tolist(), abs=1e-6)

    def test_blended_with_weights_by_hand(self):
        blended = rules(method="blended", blend={"even": 1, "manual": 1}, manual=[1] + [0] * 11)
        cube = seasonal_split.split(2400, ONE, year=YEAR, rules=blended)
        assert cube["amount"].tolist() == [100 + 1200, *[100] * 11]

    def test_money_unit(self):
        cube = seasonal_split.split(
            5_600_000_00, ONE, year=PlanYear(2027, calendar="US", unit=10_000_00), rules=rules()
        )
        assert (cube["amount"] % 10_000_00 == 0).all()
        assert cube["amount"].sum() == 5_600_000_00

    @pytest.mark.parametrize(
        ("target", "unit", "message"),
        [
            pytest.param(-100, 1, "negative", id="negative"),
            pytest.param(150, 100, "multiple", id="no multiple of the unit"),
        ],
    )
    def test_faults(self, target, unit, message):
        with pytest.raises(ValueError, match=message):
            seasonal_split.split(target, ONE, year=PlanYear(2027, calendar="US", unit=unit), rules=rules())

    def test_a_target_of_zero(self):
        cube = seasonal_split.split(0, ONE, year=YEAR, rules=rules(), dimensions=["region"])
        assert (cube["amount"] == 0).all()
        assert cube["share"].isna().all()


class TestCube:
    """Members have their mix and their season; every sum is exact."""

    def test_equal_seasons_follow_the_mix(self):
        cube = seasonal_split.split(400_000, ONE, year=YEAR, rules=rules(), dimensions=["region"])
        north = cube[cube["region"] == "N"]
        assert north["amount"].tolist() == [200_000 * s // 100 for s in SEASON.astype(int)]
        assert cube.groupby("month")["amount"].sum().tolist() == [4000 * s for s in SEASON.astype(int)]

    def test_members_keep_their_season(self):
        summer, winter = SEASON[::-1], SEASON
        frame = pd.concat(
            [facts({("N", "a", "x"): 100.0}, season=summer), facts({("S", "a", "x"): 100.0}, season=winter)]
        )
        cube = seasonal_split.split(20_000_000, frame, year=YEAR, rules=rules(), dimensions=["region"])
        for region, season in (("N", summer), ("S", winter)):
            amounts = cube.loc[cube["region"] == region, "amount"]
            assert amounts.tolist() == pytest.approx((season * 100_000).tolist(), abs=1)

    def test_recent_years_weigh_more_in_the_mix(self):
        rising = [
            facts({("N", "a", "x"): weight, ("S", "a", "x"): 100.0}, years=[y])
            for y, weight in ((2024, 25.0), (2025, 100.0), (2026, 300.0))
        ]
        mix = seasonal_split.member_mix(pd.concat(rising), ["region"], year=YEAR, rules=rules())
        # shares of the north by year: 25/125, 100/200, 300/400, weights 2 : 3 : 4
        assert mix["weight"].tolist() == pytest.approx([north := (2 * 0.2 + 3 * 0.5 + 4 * 0.75) / 9, 1 - north])

    def test_what_has_no_history_gets_nothing(self):
        cube = seasonal_split.split(999_999, ONE, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        seen = set(map(tuple, cube[list(DIMENSIONS)].drop_duplicates().to_numpy().tolist()))
        assert seen == {("N", "a", "x"), ("N", "b", "x"), ("S", "a", "y")}

    def test_a_member_that_was_only_returned_gets_nothing(self):
        back = facts({("W", "a", "x"): 10.0}).assign(amount=lambda d: -d["amount"])
        cube = seasonal_split.split(999_999, pd.concat([ONE, back]), year=YEAR, rules=rules(), dimensions=["region"])
        assert set(cube["region"]) == {"N", "S"}
        assert cube["amount"].sum() == 999_999

    def test_a_member_without_a_complete_year_has_the_companys_season(self):
        new = facts({("W", "a", "x"): 100.0}, years=[2026], season=np.r_[np.zeros(9), np.ones(3) * 30])
        new = new[new["amount"] != 0]
        totals = pd.Series({"N": 100.0, "S": 100.0, "W": 100.0})
        frame = pd.concat([ONE, new])
        company = seasonal_split.company_shares(frame, year=YEAR, rules=rules())
        options = {"totals": totals, "company": company}
        season = seasonal_split.member_shares(frame, "region", year=YEAR, rules=rules(), **options)
        assert season.loc["W"].tolist() == pytest.approx(company.tolist())
        assert season.loc["N"].tolist() == pytest.approx((SEASON / 100).tolist())

    def test_a_member_that_stopped_selling(self):
        # sold nothing since July 2025: the year 2026 is known to be nothing, not unknown
        old = facts({("W", "a", "x"): 300.0}).query("month < '2025-07'")
        cube = seasonal_split.split(1_000_000, pd.concat([ONE, old]), year=YEAR, rules=rules(), dimensions=["region"])
        assert cube[cube["region"] == "W"]["amount"].sum() < cube[cube["region"] == "S"]["amount"].sum() / 2

    def test_no_history_at_all(self):
        cube = seasonal_split.split(1200, ONE[:0], year=YEAR, rules=rules(), dimensions=["region", "product"])
        assert cube["amount"].tolist() == [100] * 12
        assert set(cube["region"]) == {"(unknown)"}
        assert cube["quantity"].isna().all()

    def test_actuals_of_the_plan_year_change_nothing(self):
        actual = facts({("N", "a", "x"): 5000.0, ("W", "d", "x"): 7.0}, years=[2027])
        alone = seasonal_split.split(77_777, ONE, year=YEAR, rules=rules(method="auto"), dimensions=DIMENSIONS)
        both = seasonal_split.split(
            77_777, pd.concat([ONE, actual]), year=YEAR, rules=rules(method="auto"), dimensions=DIMENSIONS
        )
        pd.testing.assert_frame_equal(alone, both)

    def test_seasons_that_cannot_all_be_met(self):
        # the north sells in the first half only, the south in the second; by hand January gets all
        halves = [(("N", "a", "x"), np.r_[np.ones(6), np.zeros(6)]), (("S", "a", "x"), np.r_[np.zeros(6), np.ones(6)])]
        frame = pd.concat([facts({member: 100.0}, season=season) for member, season in halves])
        frame = frame.assign(amount=frame["amount"].where(frame["region"] == "N", frame["amount"] * 3))
        events = [{"name": "e", "start": date(2027, 1, 1), "end": date(2027, 1, 31), "uplift": 9}]
        cube = seasonal_split.split(1_000_000, frame, year=YEAR, rules=rules(events=events), dimensions=["region"])
        assert cube["amount"].sum() == 1_000_000
        assert cube.groupby("region")["amount"].sum().tolist() == [250_000, 750_000]
        assert (cube["amount"] >= 0).all()

    def test_other_levels_follow_the_same_shares(self):
        cube = seasonal_split.split(400_000, ONE, year=YEAR, rules=rules(), dimensions=["region"])
        cube = seasonal_split.with_levels(cube, {"stretch": 500_000})
        assert cube.columns[-1] == "amount_stretch"
        assert (cube["amount_stretch"] * 4 == cube["amount"] * 5).all()

    def test_a_level_equal_to_the_plan_level_is_split_alike(self):
        frame = random_facts(5)
        cube = seasonal_split.split(123_457, frame, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        cube = seasonal_split.with_levels(cube, {"same": 123_457})
        assert cube["amount"].tolist() == cube["amount_same"].tolist()

    def test_superfluous_digits_of_the_unit(self):
        # a coarse unit: the year of each member still lies within one unit of its part
        frame, unit = random_facts(11, members=18), 1000
        year = PlanYear(2027, calendar="US", unit=unit)
        cube = seasonal_split.split(5_000_000, frame, year=year, rules=rules(), dimensions=DIMENSIONS)
        for name in DIMENSIONS:
            mix = seasonal_split.member_mix(frame, DIMENSIONS, year=year, rules=rules()).groupby(name)["weight"].sum()
            got = cube.groupby(name)["amount"].sum()
            assert (got - mix * 5_000_000).abs().max() <= 2 * unit


class TestQuantity:
    """Quantities at last year's average price."""

    def test_by_product(self):
        prices = {"x": 200, "y": 400}
        frame = ONE.assign(quantity=ONE["amount"] / ONE["product"].map(prices))
        cube = seasonal_split.split(400_000, frame, year=YEAR, rules=rules(), dimensions=["product"])
        expected = cube["amount"] / cube["product"].map(prices)
        assert cube["quantity"].tolist() == pytest.approx(expected.tolist())

    def test_of_the_company_without_products(self):
        frame = ONE.assign(quantity=ONE["amount"] / 250)
        cube = seasonal_split.split(400_000, frame, year=YEAR, rules=rules(), dimensions=["region"])
        assert cube["quantity"].tolist() == pytest.approx((cube["amount"] / 250).tolist())

    def test_only_last_years_price_counts(self):
        frame = ONE.assign(quantity=ONE["amount"] / np.where(ONE["month"] < "2026", 100, 250))
        cube = seasonal_split.split(400_000, frame, year=YEAR, rules=rules())
        assert cube["quantity"].tolist() == pytest.approx((cube["amount"] / 250).tolist())

    @pytest.mark.parametrize("quantity", [np.nan, 0.0, -3.0])
    def test_unknown_stays_blank(self, quantity):
        frame = ONE.assign(quantity=np.where(ONE["product"] == "y", quantity, 10.0))
        cube = seasonal_split.split(400_000, frame, year=YEAR, rules=rules(), dimensions=["product"])
        assert cube.loc[cube["product"] == "y", "quantity"].isna().all()
        assert cube.loc[cube["product"] == "x", "quantity"].notna().all()


class TestExact:
    """What always holds, over random histories with gaps and returns."""

    cases = settings(max_examples=12, deadline=None)

    @cases
    @given(
        seed=st.integers(0, 10_000),
        target=st.integers(0, 10**12),
        dimensions=st.permutations(DIMENSIONS).flatmap(lambda p: st.integers(0, 3).map(lambda n: p[:n])),
        method=st.sampled_from(["auto", "pooled_share", "even"]),
    )
    def test_sums_are_exact_and_months_do_not_depend_on_dimensions(self, seed, target, dimensions, method):
        frame = random_facts(seed)
        chosen = rules(method=method)
        cube = seasonal_split.split(target, frame, year=YEAR, rules=chosen, dimensions=dimensions)
        months = seasonal_split.split(target, frame, year=YEAR, rules=chosen)
        assert cube["amount"].sum() == target
        assert (cube["amount"] >= 0).all()
        assert cube.groupby("month")["amount"].sum().tolist() == months["amount"].tolist()
        assert not cube.duplicated(["month", *dimensions]).any()

    @cases
    @given(seed=st.integers(0, 10_000), unit=st.sampled_from([1, 100, 10_000]))
    def test_first_dimension_within_one_unit(self, seed, unit):
        frame, target = random_facts(seed), 7_770_000
        year = PlanYear(2027, calendar="US", unit=unit)
        cube = seasonal_split.split(target, frame, year=year, rules=rules(), dimensions=DIMENSIONS)
        mix = seasonal_split.member_mix(frame, DIMENSIONS, year=year, rules=rules()).groupby("region")["weight"].sum()
        got = cube.groupby("region")["amount"].sum()
        assert got.tolist() == apportion(target, mix.to_numpy(), labels=mix.index.tolist(), unit=unit).tolist()
        assert (cube["amount"] % unit == 0).all()

    @settings(max_examples=6, deadline=None)
    @given(seed=st.integers(0, 10_000))
    def test_row_order_changes_nothing(self, seed):
        frame = random_facts(seed)
        before = frame.copy()
        options = {"year": YEAR, "rules": rules(method="auto"), "dimensions": DIMENSIONS}
        one = seasonal_split.split(123_456_789, frame, **options)
        two = seasonal_split.split(123_456_789, frame.sample(frac=1, random_state=seed), **options)
        pd.testing.assert_frame_equal(one, two, check_exact=True)
        pd.testing.assert_frame_equal(frame, before)


EVENT = Event(name="618", start=date(2027, 6, 10), end=date(2027, 6, 18), uplift=Decimal("0.5"))
CLOSED = Event(name="closed", start=date(2027, 8, 1), end=date(2027, 8, 31), uplift=Decimal(-1))


class TestDays:
    """Months over their workdays; events move amounts between days and lift their month."""

    @staticmethod
    def months(amount=2200, year=YEAR):
        return pd.DataFrame({"month": year.months, "amount": amount})

    def test_workdays_share_a_month(self):
        days = seasonal_split.split_days(self.months(), year=YEAR)
        assert days.columns.tolist() == list(TABLES["seasonal_split_days"])
        assert len(days) == 365
        march = days[days["date"].dt.month == 3]
        assert march.loc[~march["workday"], "amount"].eq(0).all()
        assert march["amount"].sum() == 2200
        assert set(march.loc[march["workday"], "amount"]) == {2200 // 23, 2200 // 23 + 1}

    def test_earlier_days_get_the_odd_units(self):
        days = seasonal_split.split_days(self.months(25), year=YEAR)
        march = days[(days["date"].dt.month == 3) & days["workday"]]["amount"].tolist()
        assert march == [2, 2, *[1] * 21]

    def test_events_move_amounts_between_days(self):
        days = seasonal_split.split_days(self.months(10_000_000), year=YEAR, events=[EVENT]).set_index("date")["amount"]
        assert days["2027-06-10"] / days["2027-06-09"] == pytest.approx(1.5, abs=1e-4)
        assert days["2027-06-12"] == 0  # a Saturday in the event sells half more than nothing
        assert days["2027-06"].sum() == 10_000_000

    def test_a_month_closed_all_over_is_spread(self):
        days = seasonal_split.split_days(self.months(31), year=YEAR, events=[CLOSED])
        assert days.loc[days["date"].dt.month == 8, "amount"].tolist() == [1] * 31

    def test_a_cutoff(self):
        year = PlanYear(2027, month_cutoff=25, calendar="US")
        days = seasonal_split.split_days(self.months(2100, year), year=year)
        assert (days["date"].iloc[0], days["date"].iloc[-1]) == (pd.Timestamp("2026-12-26"), pd.Timestamp("2027-12-25"))
        assert days.loc[days["date"].between("2027-02-26", "2027-03-25"), "amount"].sum() == 2100

    def test_the_money_unit(self):
        year = PlanYear(2027, calendar="US", unit=100)
        days = seasonal_split.split_days(self.months(5000), year=year)
        assert (days["amount"] % 100 == 0).all()
        assert days["amount"].sum() == 12 * 5000

    def test_an_event_lifts_its_month_and_keeps_the_year(self):
        plain = seasonal_split.company_shares(ONE, year=YEAR, rules=rules())
        lifted = seasonal_split.company_shares(ONE, year=YEAR, rules=rules(events=[EVENT.model_dump()]))
        # 21 workdays of June 2027 in the US, six of them in the event and half a workday more each
        lift = (21 + 6 * 0.5) / 21
        june = plain[5] * lift / (1 + plain[5] * (lift - 1))
        assert lifted[5] == pytest.approx(june)
        assert lifted.sum() == pytest.approx(1)
        assert lifted[0] / lifted[11] == pytest.approx(plain[0] / plain[11])

    def test_weights_by_hand_are_not_lifted(self):
        by_hand = rules(method="manual", manual=[1] * 12, events=[EVENT.model_dump()])
        assert seasonal_split.company_shares(ONE, year=YEAR, rules=by_hand).tolist() == pytest.approx([1 / 12] * 12)


class TestBackTest:
    """Each method on the years gone by."""

    def test_the_error_of_last_years_share(self):
        other = np.roll(SEASON, 1)
        frame = pd.concat(
            [facts({("N", "a", "x"): 100.0}, years=[2025]), facts({("N", "a", "x"): 100.0}, years=[2026], season=other)]
        )
        found = seasonal_split.back_test(frame, year=YEAR, rules=rules()).set_index("method")
        expected = 100 * np.abs(SEASON - other).sum() / SEASON.sum()
        assert found.loc["last_year", "error"] == pytest.approx(expected)
        assert found.loc["pooled_share", "error"] == pytest.approx(expected)
        assert found.loc["even", "error"] == pytest.approx(100 * np.abs(other / 100 - 1 / 12).sum())

    def test_mean_over_the_years_and_the_chosen_one(self):
        found = seasonal_split.back_test(ONE, year=YEAR, rules=rules(method="last_year"))
        assert found.loc[found["chosen"], "method"].tolist() == ["last_year"]
        assert found.set_index("method")["error"]["pooled_share"] == pytest.approx(0, abs=1e-9)
        assert found["error"].is_monotonic_increasing
        assert sorted(found["method"]) == sorted(seasonal_split.METHODS)

    @pytest.mark.parametrize("years", [[2026], []])
    def test_too_short_a_history_has_no_error(self, years):
        found = seasonal_split.back_test(
            ONE[ONE["month"].str[:4].isin([str(y) for y in years])], year=YEAR, rules=rules()
        )
        assert found["error"].isna().all()
        assert len(found) == len(seasonal_split.METHODS)

    def test_weights_by_hand_are_tested_when_chosen(self):
        found = seasonal_split.back_test(ONE, year=YEAR, rules=rules(method="manual", manual=[1] * 12)).set_index(
            "method"
        )
        assert found.loc["manual", "error"] == pytest.approx(found.loc["even", "error"])
        assert found["chosen"].sum() == 1

    def test_years_with_an_excluded_month_are_not_scored(self):
        odd = ONE.assign(amount=ONE["amount"].mask(ONE["month"] == "2026-07", 0))
        seen = seasonal_split.back_test(odd, year=YEAR, rules=rules()).set_index("method")["error"]
        hidden = seasonal_split.back_test(odd, year=YEAR, rules=rules(exclude=["2026-07"])).set_index("method")["error"]
        assert seen["pooled_share"] > 5
        assert hidden["pooled_share"] == pytest.approx(0, abs=1e-9)


class TestOverview:
    """Months beside last year, quarters, the season, what the split rests on."""

    def test_months_and_quarters(self):
        cube = seasonal_split.split(400_000, ONE, year=YEAR, rules=rules(), dimensions=["region"])
        months = seasonal_split.month_overview(cube, ONE, year=YEAR)
        assert months["last_year"].tolist() == [400 * s for s in SEASON.astype(int)]
        assert months["quarter"].tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
        quarters = seasonal_split.quarters(months)
        assert quarters["amount"].tolist() == [
            4000 * (5 + 4 + 6),
            4000 * (7 + 8 + 9),
            4000 * (8 + 7 + 9),
            4000 * (10 + 12 + 15),
        ]
        assert quarters["share"].sum() == pytest.approx(1)
        assert quarters["last_year"].iloc[0] == 400 * 15

    def test_growth_on_last_year(self):
        table = pd.DataFrame({"month": ["a", "b", "c"], "amount": [110, 50, 7], "last_year": [100, 0, None]})
        found = seasonal_split.with_growth(table.astype({"last_year": "Int64"}))
        assert found.columns.tolist() == ["month", "amount", "last_year", "growth"]
        assert found["growth"].iloc[0] == pytest.approx(0.1)
        assert found["growth"].iloc[1:].isna().all()

    def test_last_year_unknown_stays_blank(self):
        frame = ONE[(ONE["month"] < "2026-08")]
        months = seasonal_split.month_overview(
            seasonal_split.split(1200, frame, year=YEAR, rules=rules()), frame, year=YEAR
        )
        assert months["last_year"].isna().tolist() == [False] * 7 + [True] * 5
        assert seasonal_split.quarters(months)["last_year"].isna().tolist() == [False, False, True, True]

    @pytest.mark.parametrize(
        ("kept", "years", "basis"),
        [
            pytest.param("month > '2023'", (2024, 2025, 2026), "complete_years", id="three years"),
            pytest.param("month >= '2025-05'", (2026,), "complete_years", id="one and a part"),
            pytest.param("month >= '2026-05'", (), "month_average", id="a part"),
            pytest.param("month > '2030'", (), "none", id="nothing"),
        ],
    )
    def test_what_the_split_rests_on(self, kept, years, basis):
        used = seasonal_split.history_used(ONE.query(kept), year=YEAR, rules=rules())
        assert (used.years, used.wanted, used.basis) == (years, 3, basis)

    def test_years_within_reach(self):
        table = seasonal_split.yearly(ONE[ONE["month"] >= "2024-03"], year=YEAR, rules=rules())
        assert table["year"].tolist() == [2024, 2025, 2026]
        assert table["months"].tolist() == [10, 12, 12]
        assert table["complete"].tolist() == [False, True, True]
        assert table["amount"].tolist() == [400 * 91, 400 * 100, 400 * 100]

    def test_season_by_year(self):
        months = seasonal_split.month_overview(
            seasonal_split.split(1200, ONE, year=YEAR, rules=rules()), ONE, year=YEAR
        )
        lines = seasonal_split.profiles(ONE, months, year=YEAR, rules=rules())
        assert lines.groupby("year")["share"].sum().tolist() == pytest.approx([1] * 4)
        assert lines.loc[lines["planned"], "year"].unique().tolist() == [2027]

    def test_members_largest_first(self):
        cube = seasonal_split.split(400_000, ONE, year=YEAR, rules=rules(), dimensions=["channel"])
        members = seasonal_split.by_member(cube, "channel")
        assert list(dict.fromkeys(members["member"])) == ["a", "b"]
        assert seasonal_split.by_member(cube, None).empty

    def test_methods_side_by_side(self):
        table = seasonal_split.months_by_method(1_000_000, ONE, year=YEAR, rules=rules())
        assert table.columns[1] == "amount_pooled_share"
        assert set(table.columns[1:]) == {f"amount_{name}" for name in seasonal_split.METHODS}
        assert (table.drop(columns="month").sum() == 1_000_000).all()

    @pytest.mark.parametrize("method", seasonal_split.METHODS)
    def test_each_method_is_what_a_run_with_it_would_plan(self, method):
        launch = {"region": "W", "amount": Decimal(900), "like": "N", "curve": [Decimal("0.5"), Decimal(1)]}
        table = seasonal_split.months_by_method(1_000_000, ONE, year=YEAR, rules=rules(launches=[launch]))
        run = {"year": YEAR, "rules": rules(method=method, launches=[launch])}
        apart = seasonal_split.planned_launches(1_000_000, ONE, **run)
        months = seasonal_split.company_months(1_000_000, ONE, apart=apart, **run)
        assert table[f"amount_{method}"].tolist() == months.tolist()

    def test_levels_of_step_one(self):
        table = pd.DataFrame(
            {
                "indicator": ["amount", "amount", "quantity"],
                "level": ["floor", "commit", "commit"],
                "value": [Decimal("100.10"), Decimal("200.25"), Decimal(7)],
                "planned": [False, True, True],
            }
        )
        assert list(seasonal_split.amount_levels(table).items()) == [("commit", 200_25), ("floor", 100_10)]

    def test_moved_workdays_not_yet_published(self):
        assert seasonal_split.provisional(PlanYear(2090, calendar="CN"))
        assert not seasonal_split.provisional(PlanYear(2024, calendar="CN"))
        assert not seasonal_split.provisional(PlanYear(2090, calendar="US"))
