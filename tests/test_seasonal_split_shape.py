"""Launches, events, pins and projects: what is planned apart or fixed, with every sum exact."""

import itertools
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from salesplan import seasonal_split
from salesplan.apportion import UNKNOWN, apportion
from salesplan.errors import PlanError
from salesplan.seasonal_split import PlanYear
from salesplan.seasonal_split.pins import pin_faults
from salesplan.terms.seasonal_split import SeasonalSplitTerms
from salesplan.terms.shape import Launch, Pin, Projects

YEAR = PlanYear(2027, calendar="US")
DIMENSIONS = ("region", "channel", "product")
SEASON = np.array([5, 4, 6, 7, 8, 9, 8, 7, 9, 10, 12, 15], dtype="float64")
PRODUCTS = pd.DataFrame(
    {
        "product": ["x", "y", "new"],
        "launch": pd.to_datetime(["2020-01-01", None, "2027-04-15"]),
        "price": pd.array([500, None, 800], dtype="Int64"),
    }
)


def rules(**given_):
    return SeasonalSplitTerms.model_validate({"method": "pooled_share", **given_}, strict=False)


def facts(members, years=(2024, 2025, 2026), season=SEASON):
    """Sales by month from {(region, channel, product): fen per unit of the season}."""
    rows = [
        (f"{year}-{month + 1:02d}", *member, round(weight * season[month]), weight * season[month] / 500)
        for member, weight in members.items()
        for year in years
        for month in range(12)
    ]
    return pd.DataFrame(rows, columns=["month", *DIMENSIONS, "amount", "quantity"]).assign(customer="c")


TWO = facts({("N", "a", "x"): 100.0, ("N", "b", "x"): 100.0, ("S", "a", "y"): 200.0})


GROWTH = 1.1 ** (np.arange(12) / 12)  # ten percent a year, month by month
TREND = pd.concat(
    [
        facts({("N", "a", "x"): 1e6 * 1.1**n, ("S", "a", "y"): 1e6 * 1.1**n}, years=(2024 + n,), season=SEASON * GROWTH)
        for n in range(3)
    ],
    ignore_index=True,
)


def planned(target, sold, products=PRODUCTS, **options):
    """Launches of the rules and the cube with them."""
    dimensions = options.pop("dimensions", DIMENSIONS)
    projects = options.pop("projects", [])
    given_ = {"year": options.pop("year", YEAR), "rules": rules(**options)}
    launches = seasonal_split.planned_launches(target, sold, products=products, **given_)
    apart = [*launches, *projects]
    return launches, seasonal_split.split(target, sold, dimensions=dimensions, apart=apart, **given_)


def by(cube, *names, **members):
    """Amounts by month or members, of some members only."""
    for name, member in members.items():
        cube = cube[cube[name] == member]
    return cube.groupby(list(names))["amount"].sum() if names else int(cube["amount"].sum())


class TestLaunches:
    """What has no history gets what was planned for it, from its start on."""

    def test_nothing_before_the_start_and_the_whole_amount_after(self):
        _, cube = planned(1_000_000, TWO, launches=[{"product": "new", "amount": 900}])
        months = by(cube, "month", product="new")
        assert months[:"2027-03"].eq(0).all()
        assert months["2027-04":].gt(0).all()
        assert months.sum() == 900_00
        assert by(cube) == 1_000_000

    def test_the_rest_is_split_over_what_has_history(self):
        _, cube = planned(1_000_000, TWO, launches=[{"product": "new", "amount": 2000}])
        without = seasonal_split.split(800_000, TWO, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        old = cube[cube["product"] != "new"].reset_index(drop=True)
        assert old["amount"].tolist() == without["amount"].tolist()

    def test_the_season_of_a_sibling(self):
        summer = facts({("S", "a", "y"): 200.0}, season=SEASON[::-1])
        sold = pd.concat([facts({("N", "a", "x"): 100.0}), summer])
        launch = {"product": "new", "share": 0.1, "like": "y", "start": "2027-01-01"}
        launches, cube = planned(10_000_000, sold, launches=[launch])
        assert launches[0].months.tolist() == apportion(1_000_000, SEASON[::-1], labels=YEAR.months).tolist()
        assert set(cube.loc[cube["product"] == "new", "region"]) == {"S"}, "where its sibling is sold"

    def test_a_sibling_has_the_season_it_has_in_the_plan(self):
        launch = {"product": "new", "amount": 260_000, "like": "x", "start": "2027-01-01"}
        launches, cube = planned(50_000_000_00, TREND, launches=[launch], method="auto", dimensions=("product",))
        sibling = cube[cube["product"] == "x"].set_index("month")["amount"]
        expected = 260_000_00 * sibling / sibling.sum()
        assert launches[0].months.tolist() == pytest.approx(expected.tolist(), rel=0.002)

    def test_a_ramp(self):
        launches, _ = planned(1_000_000, TWO, launches=[{"product": "new", "amount": 75, "curve": [0.5, 1]}])
        # from April: half, then whole eight times
        assert launches[0].months.tolist() == [0] * 3 + apportion(7500, [0.5] + [1] * 8).tolist()

    def test_a_ramp_on_a_season(self):
        launch = {"product": "new", "amount": 1000, "curve": [0.5, 1], "like": "x"}
        launches, _ = planned(1_000_000, TWO, launches=[launch])
        weights = SEASON * np.array([0, 0, 0, 0.5] + [1] * 8)
        assert launches[0].months.tolist() == apportion(1000_00, weights, labels=YEAR.months).tolist()

    def test_part_of_the_first_month(self):
        launches, _ = planned(1_000_000, TWO, launches=[{"product": "new", "amount": 1000}])
        # 12 of the 22 workdays of April 2027 lie on or after the 15th
        weights = SEASON * np.array([0, 0, 0, 12 / 22] + [1] * 8)
        assert launches[0].months.tolist() == apportion(1000_00, weights, labels=YEAR.months).tolist()

    def test_a_new_channel_lies_like_its_sibling(self):
        launch = {"channel": "web", "amount": 1000, "like": "b", "start": "2027-01-01"}
        _, cube = planned(1_000_000, TWO, launches=[launch])
        assert by(cube, "region", channel="web").to_dict() == {"N": 1000_00}
        assert set(cube.loc[cube["channel"] == "web", "product"]) == {"x"}

    def test_a_new_product_in_one_region_only(self):
        _, cube = planned(1_000_000, TWO, launches=[{"product": "new", "region": "S", "amount": 500}])
        assert by(cube, "region", product="new").to_dict() == {"S": 500_00}

    def test_a_launch_replaces_the_little_history_it_has(self):
        sold = pd.concat([TWO, facts({("N", "a", "new"): 50.0}, years=[2026])[-2:]])
        _, cube = planned(1_000_000, sold, launches=[{"product": "new", "amount": 500}])
        assert by(cube, product="new") == 500_00

    def test_quantities_at_the_list_price(self):
        _, cube = planned(1_000_000, TWO, launches=[{"product": "new", "amount": 800}])
        new = seasonal_split.with_list_prices(cube, PRODUCTS)[lambda d: d["product"] == "new"]
        assert new["quantity"].sum() == pytest.approx(100)
        assert cube.loc[cube["product"] == "new", "quantity"].isna().all()
        assert seasonal_split.with_list_prices(cube, None) is cube

    def test_what_was_assumed(self):
        launch = {"product": "new", "amount": 800, "like": "x", "curve": [0.5, 1]}
        launches, _ = planned(1_000_000, TWO, launches=[launch])
        table = seasonal_split.launch_table(launches, year=YEAR, rules=rules(launches=[launch]), products=PRODUCTS)
        row = table.iloc[0]
        assert (row["member"], row["like"], row["season"], row["amount"]) == ("new", "x", "both", 800_00)
        assert row["start"] == pd.Timestamp("2027-04-15")
        assert row[YEAR.months].sum() == 800_00

    def test_launches_that_ask_for_more_than_the_year(self):
        with pytest.raises(PlanError) as error:
            planned(1_000_00, TWO, launches=[{"product": "new", "amount": 1500}])
        fault = error.value.faults[0]
        assert (fault.code, fault.place) == ("apart_over_target", "seasonal_split.yaml launches")
        assert dict(fault.values)["over"] == Decimal(500)

    @pytest.mark.parametrize(
        ("launch", "code"),
        [
            pytest.param({"amount": 5}, "launch_of_what", id="of nothing"),
            pytest.param({"product": "p"}, "launch_amount", id="neither amount nor share"),
            pytest.param({"product": "p", "amount": 5, "share": 0.1}, "launch_amount", id="both"),
            pytest.param({"product": "p", "amount": 5, "curve": [0, 0]}, "launch_curve", id="a ramp of zeros"),
        ],
    )
    def test_faults(self, launch, code):
        with pytest.raises(ValidationError) as error:
            Launch.model_validate(launch, strict=False)
        assert error.value.errors()[0]["type"] == code


JUNE = {"name": "618", "start": "2027-06-10", "end": "2027-06-18", "uplift": 0.5}
AUGUST = {"name": "closed", "start": "2027-08-01", "end": "2027-08-31", "uplift": -0.4}


class TestEvents:
    """Events move amounts between months and keep the year."""

    def moves(self, *events, **options):
        found = seasonal_split.event_moves(10_000_000, TWO, year=YEAR, rules=rules(events=list(events), **options))
        return found.pivot_table(index="event", columns="month", values="amount", sort=False, aggfunc="sum")

    def test_every_event_keeps_the_year(self):
        found = self.moves(JUNE, AUGUST)
        assert found.sum(axis=1).eq(0).all()
        assert found.loc["618", "2027-06"] > 0
        assert (found.loc["618"].drop("2027-06") < 0).all()
        assert found.loc["closed", "2027-08"] < 0
        assert (found.loc["closed"].drop("2027-08") > 0).all()

    def test_overlapping_events_add_up(self):
        twice = {**JUNE, "name": "more"}
        alone = seasonal_split.company_shares(TWO, year=YEAR, rules=rules(events=[{**JUNE, "uplift": 1.0}]))
        both = seasonal_split.company_shares(TWO, year=YEAR, rules=rules(events=[JUNE, twice]))
        assert both.tolist() == pytest.approx(alone.tolist())

    def test_an_event_of_one_channel_lifts_that_channel_only(self):
        event = {**JUNE, "channel": "b"}
        cube = seasonal_split.split(4_000_000, TWO, year=YEAR, rules=rules(events=[event]), dimensions=DIMENSIONS)
        plain = seasonal_split.split(4_000_000, TWO, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        lift = (21 + 9 * 0.5) / 21
        for channel, above in (("b", True), ("a", False)):
            ratio = by(cube, "month", channel=channel) / by(plain, "month", channel=channel)
            assert bool(ratio["2027-06"] > 1.1) is above
            assert by(cube, channel=channel) == by(plain, channel=channel), "a member's year stays"
        assert by(cube, "month", channel="b")["2027-06"] / by(plain, "month", channel="b")["2027-06"] < lift

    def test_the_company_feels_an_event_by_the_part_it_is_limited_to(self):
        found = seasonal_split.company_events(TWO, year=YEAR, rules=rules(events=[{**JUNE, "channel": "b"}]))
        assert float(found[0].uplift) == pytest.approx(0.5 * 100 / 400)
        nobody = seasonal_split.company_events(TWO, year=YEAR, rules=rules(events=[{**JUNE, "channel": "new"}]))
        assert nobody[0].uplift == 0

    def test_months_do_not_depend_on_dimensions(self):
        options = {"year": YEAR, "rules": rules(events=[{**JUNE, "channel": "b"}, AUGUST])}
        whole = seasonal_split.split(4_000_003, TWO, **options)
        for dimensions in (("channel",), ("region", "product")):
            cube = seasonal_split.split(4_000_003, TWO, dimensions=dimensions, **options)
            assert by(cube, "month").tolist() == whole["amount"].tolist()

    def test_an_event_of_a_launched_product_moves_its_own_months(self):
        launch = {"product": "new", "amount": 1000, "start": "2027-01-01"}
        event = {**JUNE, "product": "new"}
        lifted, _ = planned(1_000_000, TWO, launches=[launch], events=[event])
        plain, _ = planned(1_000_000, TWO, launches=[launch])
        assert lifted[0].months[5] > plain[0].months[5]
        assert lifted[0].amount == plain[0].amount
        found = self.moves(event, launches=[launch])
        assert found.loc["618", "2027-06"] > 0

    def test_weights_by_hand_are_not_moved(self):
        found = self.moves(JUNE, method="manual", manual=[1] * 12)
        assert found.eq(0).all(axis=None)
        assert (
            seasonal_split.month_marks(year=YEAR, rules=rules(events=[JUNE], method="manual", manual=[1] * 12))
            == [""] * 12
        )

    def test_the_table_of_events(self):
        given_ = {"year": YEAR, "rules": rules(events=[{**JUNE, "region": "N"}, AUGUST])}
        moves = seasonal_split.event_moves(10_000_000, TWO, **given_)
        table = seasonal_split.event_table(moves, **given_)
        assert table["member"].tolist() == ["N", ""]
        assert table["workdays"].tolist() == [6, 22]  # Juneteenth is on a Saturday and kept on the Friday
        assert table["amount"].tolist() == [
            moves["amount"][:12].clip(lower=0).sum(),
            moves["amount"][12:].clip(lower=0).sum(),
        ]

    def test_marks_of_the_months(self):
        marks = seasonal_split.month_marks(
            year=YEAR, rules=rules(events=[JUNE, AUGUST], pins=[{"quarter": 1, "amount": 5}])
        )
        assert marks == ["*"] * 3 + ["", "", "▲618", "", "▼closed", "", "", "", ""]

    def test_no_events(self):
        moves = seasonal_split.event_moves(10_000_000, TWO, year=YEAR, rules=rules())
        assert moves.empty
        assert seasonal_split.event_table(moves, year=YEAR, rules=rules()).empty


class TestPins:
    """What is fixed stands; the rest fits around."""

    def cube(self, *pins, target=1_000_000, dimensions=DIMENSIONS, **options):
        return seasonal_split.split(
            target, TWO, year=YEAR, rules=rules(pins=list(pins), **options), dimensions=dimensions
        )

    def test_a_month_of_the_company(self):
        cube = self.cube({"month": "2027-03", "amount": 1234.56})
        months = by(cube, "month")
        assert months["2027-03"] == 1234_56
        others = np.delete(SEASON, 2)
        labels = [month for month in YEAR.months if month != "2027-03"]
        expected = apportion(1_000_000 - 1234_56, others, labels=labels).tolist()
        assert months.drop("2027-03").tolist() == expected

    def test_a_quarter_and_a_month_inside_it(self):
        cube = self.cube({"quarter": 2, "amount": 3000}, {"month": "2027-05", "amount": 500})
        months = by(cube, "month")
        assert months["2027-04":"2027-06"].sum() == 3000_00
        assert months["2027-05"] == 500_00
        assert months["2027-04"] / months["2027-06"] == pytest.approx(7 / 9, abs=1e-4)
        assert by(cube) == 1_000_000

    def test_a_month_of_a_member(self):
        cube = self.cube({"month": "2027-03", "region": "S", "amount": 400})
        assert by(cube, "month", region="S")["2027-03"] == 400_00
        assert by(cube, "month").tolist() == apportion(1_000_000, SEASON, labels=YEAR.months).tolist()
        assert by(cube, region="S") == pytest.approx(500_000, abs=2), "the member's year stays"

    def test_the_year_of_a_member(self):
        cube = self.cube({"product": "y", "amount": 2500})
        assert by(cube, product="y") == 2500_00
        assert by(cube, "month").tolist() == apportion(1_000_000, SEASON, labels=YEAR.months).tolist()

    def test_a_year_with_a_month_inside_it(self):
        pins = [{"region": "S", "amount": 2500}, {"region": "S", "month": "2027-01", "amount": 300}]
        cube = self.cube(*pins)
        assert by(cube, region="S") == 2500_00
        assert by(cube, "month", region="S")["2027-01"] == 300_00

    def test_a_member_may_be_pinned_to_nothing(self):
        cube = self.cube({"month": "2027-02", "region": "S", "amount": 0})
        assert by(cube, "month", region="S")["2027-02"] == 0
        assert by(cube) == 1_000_000

    def test_a_cell(self):
        cube = self.cube({"month": "2027-02", "region": "N", "channel": "b", "product": "x", "amount": 77.01})
        assert by(cube, "month", region="N", channel="b", product="x")["2027-02"] == 77_01

    def test_pins_of_members_that_are_no_dimension_count_for_nothing(self):
        pinned = self.cube({"month": "2027-03", "region": "S", "amount": 400}, dimensions=())
        assert pinned["amount"].tolist() == self.cube(dimensions=())["amount"].tolist()

    def test_a_pin_holds_what_is_planned_apart_in_it(self):
        options = {"launches": [{"product": "new", "amount": 900}], "pins": [{"month": "2027-06", "amount": 2000}]}
        _, cube = planned(1_000_000, TWO, **options)
        assert by(cube, "month")["2027-06"] == 2000_00
        assert by(cube, product="new") == 900_00

    def test_other_levels_keep_the_shares(self):
        cube = self.cube({"month": "2027-03", "region": "S", "amount": 400})
        both = seasonal_split.with_levels(cube, {"more": 2_000_000})
        assert (both["amount_more"] == 2 * both["amount"]).all()

    @pytest.mark.parametrize(
        ("pins", "code", "place", "over"),
        [
            pytest.param(
                [{"month": "2027-01", "amount": 600}, {"month": "2027-02", "amount": 700},
                 {"quarter": 1, "amount": 1000}],
                "pins_over", "pins[2]", 300, id="months beyond their quarter",
            ),
            pytest.param(
                [{"quarter": 1, "amount": 6000}, {"quarter": 3, "amount": 5000}], "pins_over", "pins", 1000,
                id="quarters beyond the year",
            ),
            pytest.param(
                [{"quarter": q, "amount": 2000} for q in (1, 2, 3, 4)], "pins_under", "pins", 2000,
                id="all quarters, and not the year",
            ),
            pytest.param(
                [{"month": "2027-02", "region": "S", "amount": 900}], "pins_over_period", "pins[0]", 500,
                id="a member beyond the company's month",
            ),
            pytest.param(
                [{"quarter": q, "region": "S", "amount": 1600} for q in (1, 2, 3, 4)],
                "pins_over_period", "pins[0]", 100,
                id="a member beyond the company's quarter",
            ),
            pytest.param(
                [{"quarter": q, "region": "S", "amount": 1500} for q in (1, 2, 3, 4)],
                "pins_over_member", "pins[0]", 1000,
                id="quarters beyond the member's year",
            ),
            pytest.param(
                [{"region": "S", "amount": 8000}, {"region": "N", "amount": 3000}], "pins_over_period", "pins[0]", 1000,
                id="members beyond the year",
            ),
            pytest.param(
                [{"region": "S", "amount": 8000}, {"region": "N", "amount": 1500}], "pins_under_year", "pins", 500,
                id="all members, and not the year",
            ),
            pytest.param(
                [{"month": "2027-01", "region": "W", "amount": 1}], "pins_over_member", "pins[0]", 1,
                id="a member without history",
            ),
        ],
    )  # fmt: skip
    def test_amounts_that_do_not_fit(self, pins, code, place, over):
        with pytest.raises(PlanError) as error:
            self.cube(*pins)
        fault = error.value.faults[0]
        assert (fault.code, fault.place) == (code, f"seasonal_split.yaml {place}")
        assert dict(fault.values).get("over") == over

    def test_a_pin_below_what_is_planned_apart(self):
        with pytest.raises(PlanError) as error:
            planned(
                1_000_000, TWO, launches=[{"product": "new", "amount": 900}], pins=[{"month": "2027-06", "amount": 1}]
            )
        assert error.value.faults[0].code == "pin_below_apart"

    @pytest.mark.parametrize(
        ("pins", "codes"),
        [
            pytest.param([{"month": "2028-01", "amount": 1}], ["pin_month_unknown"], id="a month beyond the year"),
            pytest.param([{"month": "2027-01", "amount": 1.5}], ["pin_unit"], id="half a unit"),
            pytest.param([{"quarter": 1, "amount": 1}] * 2, ["pins_twice"], id="twice"),
            pytest.param(
                [{"month": "2027-01", "region": "N", "amount": 1}, {"month": "2027-01", "product": "x", "amount": 1}],
                ["pins_cross"], id="overlapping",
            ),
            pytest.param(
                [{"month": "2027-01", "region": "N", "amount": 1}, {"month": "2027-01", "region": "S", "amount": 1},
                 {"month": "2027-02", "region": "N", "amount": 1}, {"month": "2027-01", "amount": 2}],
                [], id="side by side and one in the other",
            ),
            pytest.param(
                [{"month": "2028-01", "amount": 1}, {"quarter": 1, "amount": 1}, {"quarter": 1, "amount": 2}],
                ["pin_month_unknown", "pins_twice"], id="all at once",
            ),
        ],
    )  # fmt: skip
    def test_what_is_wrong_with_pins_by_themselves(self, pins, codes):
        given_ = [Pin.model_validate(pin, strict=False) for pin in pins]
        assert [fault.code for fault in pin_faults(None, given_, YEAR.months, unit=100)] == codes

    @pytest.mark.parametrize(
        ("pin", "code"),
        [
            pytest.param({"amount": 1}, "pin_of_what", id="nothing named"),
            pytest.param({"amount": 1, "month": "2027-01", "quarter": 1}, "pin_period", id="month and quarter"),
        ],
    )
    def test_faults(self, pin, code):
        with pytest.raises(ValidationError) as error:
            Pin.model_validate(pin, strict=False)
        assert error.value.errors()[0]["type"] == code


DEALS = pd.DataFrame(
    {
        "project": ["bridge", "school", "tower", "villa", "depot", "road"],
        "customer": ["c1", "c2", "c1", "c3", "c1", "c9"],
        "rep": "r",
        "stage": ["bid", "early", "won", "bid", "other", "won"],
        "amount": [400_000_00, 300_000_00, 250_000_00, 90_000_00, 500_000_00, 300_000_01],
        "close": pd.to_datetime(["2027-06-30", "2027-07-01", "2028-02-01", "2027-05-05", "2027-03-03", "2027-09-09"]),
        "probability": [np.nan, 0.05, 0.9, 0.5, np.nan, 0.5],
    }
)
CUSTOMERS = pd.DataFrame(
    {
        "customer": ["c1", "c1", "c2"],
        "region": ["S", "N", "S"],
        "channel": ["a", "b", "a"],
        "start": pd.to_datetime(["2020-01-01", "2026-01-01", None]),
    }
)


def project_terms(**changed):
    given_ = {"from": 100_000, "min_probability": 0.1, "stages": {"bid": 0.3, "won": 0.8}, **changed}
    return Projects.model_validate(given_, strict=False)


class TestProjects:
    """Big deals by their expected close, apart from the season."""

    def deals(self, year=YEAR, **changed):
        return seasonal_split.planned_projects(DEALS, year=year, projects=project_terms(**changed)).set_index("project")

    def test_states_and_amounts(self):
        found = self.deals()
        assert found["state"].to_dict() == {
            "bridge": "placed", "school": "unlikely", "tower": "outside", "villa": "small", "depot": "unknown",
            "road": "placed",
        }  # fmt: skip
        assert found.loc["bridge", ["month", "probability", "expected", "placed"]].tolist() == [
            "2027-06", 0.3, 120_000_00, 120_000_00,
        ]  # fmt: skip
        assert found.loc["road", "expected"] == 150_000_01, "half a fen goes up"
        assert pd.isna(found.loc["depot", "expected"])
        assert found.loc[found["state"] != "placed", "placed"].eq(0).all()

    def test_in_full(self):
        found = self.deals(weigh="amount")
        assert found["placed"].sum() == 400_000_00 + 300_000_01
        assert found.loc["bridge", "expected"] == 120_000_00

    def test_whole_money_units(self):
        found = self.deals(year=PlanYear(2027, calendar="US", unit=100))
        assert found.loc["road", "placed"] == 150_000_00

    def test_a_month_that_ends_early(self):
        found = self.deals(year=PlanYear(2027, calendar="US", month_cutoff=25))
        assert found.loc["bridge", "month"] == "2027-07"

    def test_nothing_without_table_or_parameter(self):
        assert seasonal_split.planned_projects(None, year=YEAR, projects=project_terms()).empty
        empty = seasonal_split.planned_projects(DEALS, year=YEAR, projects=None)
        assert empty.empty
        assert seasonal_split.projects_apart(empty, CUSTOMERS, year=YEAR) == []

    def test_where_they_lie(self):
        apart = seasonal_split.projects_apart(self.deals().reset_index(), CUSTOMERS, year=YEAR)
        assert apart[0].place == {"region": "N", "channel": "b", "customer": "c1"}, "the last spell counts"
        assert apart[1].place == {"region": UNKNOWN, "channel": UNKNOWN, "customer": "c9"}
        cube = seasonal_split.split(50_000_000, TWO, year=YEAR, rules=rules(), dimensions=DIMENSIONS, apart=apart)
        plain = seasonal_split.split(50_000_000 - 270_000_01, TWO, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        more = by(cube, "month").sub(by(plain, "month"))
        assert more[more != 0].to_dict() == {"2027-06": 120_000_00, "2027-09": 150_000_01}
        assert by(cube, "month", region=UNKNOWN)["2027-09"] == 150_000_01
        assert set(cube.loc[cube["region"] == UNKNOWN, "product"]) == {UNKNOWN}
        assert by(cube) == 50_000_000

    def test_more_than_the_target(self):
        apart = seasonal_split.projects_apart(self.deals().reset_index(), CUSTOMERS, year=YEAR)
        with pytest.raises(PlanError) as error:
            seasonal_split.split(20_000_000, TWO, year=YEAR, rules=rules(), apart=apart)
        fault = error.value.faults[0]
        assert (fault.code, fault.place) == ("apart_over_target", "seasonal_split.yaml projects")
        assert dict(fault.values)["over"] == Decimal("70000.01")

    def test_the_whole_target_may_be_projects(self):
        apart = seasonal_split.projects_apart(self.deals().reset_index(), CUSTOMERS, year=YEAR)
        cube = seasonal_split.split(
            270_000_01, TWO, year=YEAR, rules=rules(method="auto"), dimensions=DIMENSIONS, apart=apart
        )
        assert by(cube, region="S") == 0
        assert by(cube) == 270_000_01

    def test_big_orders_leave_season_and_mix(self):
        deal = pd.DataFrame(
            [("2026-02", "S", "a", "y", 9_000_00, 18.0, "c")],
            columns=["month", *DIMENSIONS, "amount", "quantity", "customer"],
        )
        sold = pd.concat([TWO, deal], ignore_index=True)
        left = seasonal_split.without_projects(sold, deal.assign(order="D1"))
        one = seasonal_split.split(1_000_000, left, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        pd.testing.assert_frame_equal(
            one, seasonal_split.split(1_000_000, TWO, year=YEAR, rules=rules(), dimensions=DIMENSIONS)
        )
        assert seasonal_split.without_projects(sold, deal[:0]) is sold

    def test_an_unknown_quantity_stays_unknown(self):
        deal = TWO[:1].assign(quantity=np.nan, order="D1")
        left = seasonal_split.without_projects(TWO, deal)
        row = left.set_index(["month", *DIMENSIONS]).loc[tuple(deal[["month", *DIMENSIONS]].iloc[0])]
        assert row["amount"] == 0
        assert np.isnan(row["quantity"])


EVERY = list(itertools.product("NS", ("a", "b", "c"), ("x", "y", "z")))


def random_facts(seed):
    rng = np.random.default_rng(seed)
    chosen = [EVERY[i] for i in rng.choice(len(EVERY), 10, replace=False)]
    sold = facts({member: float(rng.uniform(100, 10_000)) for member in chosen})
    noise = rng.lognormal(0, 0.4, len(sold)) * (rng.random(len(sold)) < 0.9)
    return sold.assign(amount=(sold["amount"] * noise).round().astype("int64"))


def everything(seed, sold):
    """Launches, events and what pins are to hold, at random: periods with members."""
    rng = np.random.default_rng(seed)
    region, product = str(sold["region"].iloc[0]), str(sold["product"].iloc[-1])
    shares = rng.dirichlet(np.ones(4)) * 0.2
    first = YEAR.months[int(rng.integers(3))]
    return {
        "launches": [
            {"product": "new", "share": round(float(shares[0]), 3) + 0.001, "like": product, "curve": [0.5, 1]},
            {"channel": "web", "region": region, "share": round(float(shares[1]), 3) + 0.001, "start": "2027-03-01"},
        ],
        "events": [JUNE, {**AUGUST, "region": region}, {**JUNE, "name": "more", "uplift": -0.7, "product": product}],
    }, [
        {"quarter": 4},
        {"month": "2027-11"},
        {"month": first, "region": region},
        {"quarter": 2, "product": product},
        {"month": "2027-05", "product": product, "region": region},
    ]


def amount_of(cube, pin):
    """What a cube holds of a pin's months and members, fen."""
    for name in ("region", "channel", "product"):
        if name in pin:
            cube = cube[cube[name] == pin[name]]
    months = by(cube, "month").reindex(YEAR.months, fill_value=0)
    quarter = pin.get("quarter", 0)
    return int(months[pin["month"]] if "month" in pin else months.iloc[quarter * 3 - 3 : quarter * 3].sum())


def pinned(cube, asked, unit):
    """Pins that ask for a twentieth less or more than a cube without them has, the second inside the first."""
    factors = (1.05, 1.05, 0.95, 0.95, 0.95)
    fen = [int(amount_of(cube, pin) * factor) // unit * unit for pin, factor in zip(asked, factors, strict=True)]
    return [{**pin, "amount": Decimal(amount) / 100} for pin, amount in zip(asked, fen, strict=True)]


class TestTogether:
    """All of it at once, over random histories: every sum exact."""

    cases = settings(max_examples=8, deadline=None)

    @example(seed=149, target=10**7, dimensions=["region", "channel", "product"], unit=100)
    @cases
    @given(
        seed=st.integers(0, 10_000),
        target=st.integers(10**7, 10**11),
        dimensions=st.permutations(DIMENSIONS),
        unit=st.sampled_from([1, 100]),
    )
    def test_every_margin_is_exact(self, seed, target, dimensions, unit):
        target -= target % unit
        sold, year = random_facts(seed), PlanYear(2027, calendar="US", unit=unit)
        options, asked = everything(seed, sold)
        where = {"region": str(sold["region"].iloc[1]), "channel": "a"}
        months = np.zeros(12, dtype="int64")
        months[8] = target // 50 // unit * unit
        deal = seasonal_split.Apart("deal", months, where, where)
        _, free = planned(target, sold, year=year, dimensions=dimensions, projects=[deal], **options)
        options["pins"] = pinned(free, asked, unit)
        launches, cube = planned(target, sold, year=year, dimensions=dimensions, projects=[deal], **options)
        _, company = planned(target, sold, year=year, dimensions=(), projects=[deal], **options)
        assert by(cube, "month").tolist() == company["amount"].tolist()
        assert by(cube) == target
        assert (cube["amount"] >= 0).all()
        assert (cube["amount"] % unit == 0).all()
        assert not cube.duplicated(["month", *dimensions]).any()
        assert [amount_of(cube, pin) for pin in options["pins"]] == [pin["amount"] * 100 for pin in options["pins"]]
        assert by(cube, product="new") == launches[0].amount

    @settings(max_examples=5, deadline=None)
    @given(seed=st.integers(0, 10_000))
    def test_row_order_changes_nothing(self, seed):
        sold = random_facts(seed)
        options, asked = everything(seed, sold)
        before = sold.copy()
        options["pins"] = pinned(planned(10**9, sold, **options)[1], asked, 1)
        _, one = planned(10**9, sold, **options)
        _, two = planned(10**9, sold.sample(frac=1, random_state=seed), PRODUCTS[::-1], **options)
        pd.testing.assert_frame_equal(one, two, check_exact=True)
        pd.testing.assert_frame_equal(sold, before)

    def test_a_date_is_a_date(self):
        assert rules(launches=[{"product": "p", "amount": 1, "start": "2027-02-01"}]).launches[0].start == date(
            2027, 2, 1
        )
