"""Lines with sales of their own in the cube; every member's target and its odds."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from test_seasonal_split_cube import DIMENSIONS, ONE, SEASON, YEAR, facts, random_facts, rules

from salesplan import annual_target, identities, seasonal_split
from salesplan.charts import seasonal_split as charts
from salesplan.conclusions import seasonal_split as conclusions
from salesplan.errors import IdentityError, PlanError
from salesplan.lines import has_lines, line_of
from salesplan.seasonal_split import LineGoal, Target
from salesplan.seasonal_split.apart import Apart
from salesplan.tables import outputs
from salesplan.tables.specification import TABLES
from salesplan.terms.goals import Goal
from salesplan.terms.shape import Pin
from salesplan.wording import Words

LINES = pd.DataFrame({"product": ["x", "y", "z"], "line": ["paint", "paint", None]})
WORDS = [pytest.param(Words(name), id=name) for name in ("zh", "en")]
# x and y make one line, z is a line of its own
THREE = facts({("N", "a", "x"): 100.0, ("S", "a", "x"): 50.0, ("S", "b", "y"): 50.0, ("N", "b", "z"): 200.0})


def aimed(*goals, amount=4_000_000, products=LINES):
    return Target(amount, tuple(LineGoal(number, *goal) for number, goal in enumerate(goals)), products)


def split(target, sold=THREE, *, pins=(), apart=(), dimensions=DIMENSIONS, **more):
    given_ = rules(pins=[Pin(**pin) for pin in pins], **more)
    return seasonal_split.split(target, sold, year=YEAR, rules=given_, dimensions=dimensions, apart=apart)


def by(cube, name="product", column="amount"):
    return cube.groupby(name)[column].sum().to_dict()


def at(month, fen, **place):
    months = np.zeros(12, dtype="int64")
    months[month - 1] = fen
    return Apart("deal", months, place, place)


class TestLines:
    """Which line a product is of."""

    def test_a_product_without_a_line_is_its_own(self):
        found = line_of(pd.Series(["x", "z", "w", ""]), LINES)
        assert found.tolist() == ["paint", "z", "w", ""]

    @pytest.mark.parametrize("table", [None, LINES[["product"]]])
    def test_without_lines_products_are_lines(self, table):
        assert line_of(pd.Series(["x", "z"]), table).tolist() == ["x", "z"]
        assert not has_lines(table) and has_lines(LINES)

    def test_goals_come_from_the_table_with_their_places(self):
        goals = [
            Goal(indicator="quantity", line="z", value=Decimal(5)),
            Goal(indicator="amount", line="z", value=Decimal(500)),
            Goal(indicator="amount", line="paint", value=Decimal(900)),
        ]
        ladder = pd.DataFrame({"level": ["a", "b"], "amount": [200_000, 300_000], "planned": [True, False]})
        ladder = ladder.assign(basis="fixed")
        known = pd.DataFrame({"indicator": ["amount"], "line": [""], "unit": ["currency"], "last_year": [Decimal(1)]})
        plain = annual_target.targets(ladder, known.drop(columns="line"))
        table = annual_target.with_goals(plain, known, ladder, goals=goals)
        found = seasonal_split.line_goals(table, goals)
        assert found == (
            LineGoal(1, "z", 50_000, {"b": 500_00 * 3 // 2}),
            LineGoal(2, "paint", 90_000, {"b": 900_00 * 3 // 2}),
        )
        assert seasonal_split.line_goals(plain, goals) == ()


class TestGoals:
    """Sales of lines are met exactly, whatever else is fixed."""

    def test_a_line_of_several_products_shares_by_the_mix(self):
        cube = split(aimed(("paint", 1_000_000)))
        assert by(cube) == {"x": 1_000_000 * 3 // 4, "y": 1_000_000 // 4, "z": 3_000_000}
        months = split(4_000_000, dimensions=())
        assert cube.groupby("month")["amount"].sum().tolist() == months["amount"].tolist()

    def test_without_products_no_goal_counts(self):
        plain = split(4_000_000, dimensions=["region"])
        pd.testing.assert_frame_equal(split(aimed(("paint", 1)), dimensions=["region"]), plain)

    def test_what_is_planned_apart_counts_towards_the_line(self):
        deal = at(3, 400_000, region="N", channel="a", product="x")
        cube = split(aimed(("paint", 1_000_000)), apart=[deal])
        amounts = by(cube)
        assert amounts["x"] + amounts["y"] == 1_000_000
        assert amounts["x"] == 400_000 + 600_000 * 3 // 4
        cell = cube[(cube["month"] == "2027-03") & (cube["product"] == "x") & (cube["region"] == "N")]
        assert cell["amount"].sum() >= 400_000

    def test_a_launch_is_the_whole_of_its_line(self):
        launch = at(6, 300_000, region="N", channel="a", product="new")
        lines = pd.concat([LINES, pd.DataFrame({"product": ["new"], "line": ["art"]})])
        cube = split(aimed(("art", 300_000), ("paint", 1_700_000), products=lines), apart=[launch])
        amounts = by(cube)
        assert (amounts["new"], amounts["x"] + amounts["y"], amounts["z"]) == (300_000, 1_700_000, 2_000_000)

    @pytest.mark.parametrize(
        ("pin", "held"),
        [
            pytest.param({"product": "x", "amount": 9000}, {"product": "x"}, id="a product of the line"),
            pytest.param({"region": "N", "amount": 35000}, {"region": "N"}, id="a region across the lines"),
            pytest.param({"month": "2027-05", "amount": 5000}, {"month": "2027-05"}, id="a month of the company"),
            pytest.param(
                {"region": "N", "month": "2027-05", "amount": 1000},
                {"region": "N", "month": "2027-05"},
                id="a month of a region",
            ),
        ],
    )
    def test_pins_and_lines_are_both_met(self, pin, held):
        cube = split(aimed(("paint", 1_200_000)), pins=[pin])
        inside = cube[(cube[list(held)] == pd.Series(held)).all(axis=1)]
        assert inside["amount"].sum() == pin["amount"] * 100
        amounts = by(cube)
        assert amounts["x"] + amounts["y"] == 1_200_000
        assert cube["amount"].sum() == 4_000_000 and (cube["amount"] >= 0).all()

    def test_other_levels_meet_the_goals_of_their_own(self):
        target = aimed(("paint", 1_000_000, {"stretch": 2_500_001}))
        cube = seasonal_split.with_levels(split(target), {"stretch": 5_000_003, "low": 100}, target=target)
        stretch = by(cube, column="amount_stretch")
        assert stretch["x"] + stretch["y"] == 2_500_001 and sum(stretch.values()) == 5_000_003
        assert by(cube, column="amount_low") == pytest.approx({"x": 19, "y": 6, "z": 75}, abs=1)

    @settings(max_examples=15, deadline=None)
    @given(
        seed=st.integers(0, 1000),
        part=st.floats(0, 1),
        unit=st.sampled_from([1, 100, 1000]),
        dimensions=st.permutations(DIMENSIONS),
    )
    def test_any_goal_is_exact(self, seed, part, unit, dimensions):
        sold, total = random_facts(seed, members=18), 9_876_000
        fen = int(part * total / unit) * unit
        year = seasonal_split.PlanYear(2027, calendar="US", unit=unit)
        cube = seasonal_split.split(
            aimed(("paint", fen), amount=total), sold, year=year, rules=rules(), dimensions=dimensions
        )
        plain = seasonal_split.split(total, sold, year=year, rules=rules())
        assert cube.loc[cube["product"] != "z", "amount"].sum() == fen
        assert (cube["amount"] >= 0).all() and (cube["amount"] % unit == 0).all()
        assert cube.groupby("month")["amount"].sum().tolist() == plain["amount"].tolist()


class TestRefused:
    """What cannot be is said with the goal's place and the amount that does not fit."""

    @pytest.mark.parametrize(
        ("goals", "more", "code", "place", "over"),
        [
            pytest.param(
                [("z", 1), ("paint", 300_000)],
                {"apart": [at(3, 400_000, region="N", channel="a", product="x")]},
                "goal_below_apart", 1, 4000 - 3000, id="a deal above it",
            ),
            pytest.param(
                [("paint", 300_000)], {"pins": [{"product": "x", "amount": 3500}]},
                "goal_below_pins", 0, 3500 - 3000, id="a pinned year above it",
            ),
            pytest.param(
                [("paint", 300_000)],
                {"pins": [{"product": p, "month": "2027-04", "amount": 2000} for p in ("x", "y")]},
                "goal_below_pins", 0, 2 * 2000 - 3000, id="pinned months above it",
            ),
            pytest.param(
                [("art", 300_000)], {}, "goal_without_products", 0, 3000, id="no product of the line",
            ),
            pytest.param(
                [("paint", 500_000)],
                {"pins": [{"product": p, "amount": 2000} for p in ("x", "y")]},
                "goal_no_room", 0, 5000 - 2 * 2000, id="pins take the whole line and leave part of it",
            ),
            pytest.param(
                [("paint", 1_000_000), ("z", 2_900_000)], {}, "goals_leave_rest", 1, 1000, id="every line, too little",
            ),
            pytest.param(
                [("paint", 3_900_000)],
                {"apart": [at(3, 300_000, region="N", channel="b", product="z")]},
                "goals_over_year", 0, 3000 + 39_000 - 40_000, id="deals of other lines",
            ),
        ],
    )  # fmt: skip
    def test_contradictions(self, goals, more, code, place, over):
        with pytest.raises(PlanError) as found:
            split(aimed(*goals), **more)
        (fault,) = found.value.faults
        assert (fault.code, fault.place) == (code, f"annual_target.yaml goals[{place}]")
        assert fault.values["over"] == over  # noqa: PD011 - no frame
        for language in ("zh", "en"):
            assert f"fault.{code}" in Words(language).texts


def table(cube=None, sold=THREE, **more):
    made = split(aimed(("paint", 1_000_000))) if cube is None else cube
    return seasonal_split.member_targets(made, sold, year=YEAR, **{"products": LINES, **more})


class TestMembers:
    """Table seasonal_split_members."""

    def test_sums_of_the_cube_by_dimension_the_largest_first(self):
        found = table()
        assert found["dimension"].drop_duplicates().tolist() == ["region", "channel", "line", "product"]
        lines = found[found["dimension"] == "line"]
        assert lines["member"].tolist() == ["z", "paint"]
        assert lines["amount"].tolist() == [3_000_000, 1_000_000]
        assert lines["share"].tolist() == [0.75, 0.25]
        assert lines["last_year"].tolist() == [200 * 100, 200 * 100]  # weights times the season, which sums to 100
        assert lines["growth"].tolist() == pytest.approx([3_000_000 / 20_000 - 1, 1_000_000 / 20_000 - 1])
        assert found.groupby("dimension")["amount"].sum().eq(4_000_000).all()
        assert list(found.columns) == list(TABLES["seasonal_split_members"])
        assert outputs.csv_bytes(found, "seasonal_split_members")

    def test_odds_are_those_of_the_members_own_history(self):
        found = table().set_index(["dimension", "member"])
        sold = THREE[THREE["region"] == "N"]
        trend = annual_target.trend(annual_target.monthly(sold, fiscal_year=2027), fiscal_year=2027)
        north = found.loc[("region", "N")]
        assert north["probability"] == pytest.approx(trend.reach(int(north["amount"])))
        assert [north["expected"], north["low"], north["high"]] == [trend.expected, *trend.interval()]
        assert north["whole_years"] == 3

    def test_a_new_member_has_no_odds(self):
        late = facts({("W", "a", "x"): 30.0}, years=[2026]).query("month >= '2026-04'")
        sold = pd.concat([THREE, late])
        found = table(split(4_000_000, sold), sold).set_index(["dimension", "member"])
        west = found.loc[("region", "W")]
        assert west["amount"] > 0 and west["whole_years"] == 0
        assert west[["expected", "low", "high", "probability"]].isna().all()

    def test_other_levels_have_their_columns(self):
        cube = seasonal_split.with_levels(split(4_000_000), {"stretch": 5_000_000})
        found = table(cube)
        assert found.groupby("dimension")["amount_stretch"].sum().eq(5_000_000).all()
        assert (found["probability_stretch"] <= found["probability"]).all()
        assert outputs.kind_of("seasonal_split_members", "probability_stretch") == "share"

    def test_quantity_is_known_only_where_every_cell_is(self):
        sold = THREE.assign(quantity=THREE["quantity"].where(THREE["product"] != "y"))
        found = table(split(4_000_000, sold), sold).set_index(["dimension", "member"])["quantity"]
        assert np.isnan(found[("product", "y")]) and np.isnan(found[("line", "paint")])
        assert found[("product", "z")] == pytest.approx(2_000_000 / 500)

    def test_no_dimensions_no_rows(self):
        found = table(split(4_000_000, dimensions=()))
        assert found.empty and list(found.columns) == list(TABLES["seasonal_split_members"])

    def test_excluded_months_do_not_count_against_a_member(self):
        hurt = THREE.assign(amount=THREE["amount"].where(THREE["month"] != "2025-07", 0))
        cube = split(4_000_000)
        healed = table(cube, hurt, exclude=("2025-07",))
        assert healed["expected"].tolist() == table(cube)["expected"].tolist()

    def test_row_order_changes_nothing(self):
        turned = THREE.sample(frac=1, random_state=3).reset_index(drop=True)
        pd.testing.assert_frame_equal(table(), table(sold=turned))


class TestIdentities:
    """What every run checks of the members."""

    def frames(self):
        cube = split(aimed(("paint", 1_000_000)))
        days = outputs.empty("seasonal_split_days")
        return {"seasonal_split": cube, "seasonal_split_days": days, "seasonal_split_members": table(cube)}

    def targets(self, paint):
        rows = [("amount", "", 40_000), ("amount", "paint", paint), ("amount", "(unassigned)", 40_000 - paint)]
        frame = pd.DataFrame(rows, columns=["indicator", "line", "value"])
        return frame.assign(value=frame["value"].map(Decimal), unit="currency", level="commit", planned=True)

    def test_they_hold(self):
        identities.stop_on_breach("seasonal_split", self.frames(), {"annual_target": self.targets(10_000)}, 1)

    def test_a_line_that_is_not_met_is_seen(self):
        with pytest.raises(IdentityError, match="declared_lines_are_met"):
            identities.stop_on_breach("seasonal_split", self.frames(), {"annual_target": self.targets(9999)}, 1)

    def test_a_fen_too_much_is_seen(self):
        frames = self.frames()
        frames["seasonal_split_members"].loc[0, "amount"] += 1
        with pytest.raises(IdentityError, match="members_sum_to_target"):
            identities.stop_on_breach("seasonal_split", frames, {}, 1)


@pytest.mark.parametrize("words", WORDS)
class TestPages:
    """Chart and sentences in both languages."""

    def test_chart(self, words):
        cube = seasonal_split.with_levels(split(4_000_000), {"stretch": 5_000_000})
        found = table(cube).rename(columns={"probability": "probability_commit"})
        ax = charts.member_odds(Figure().add_subplot(), found, words=words)
        shown = found[found["dimension"] != "product"]  # lines stand for their products
        grid = shown[["probability_commit", "probability_stretch"]].to_numpy().ravel()
        assert [text.get_text() for text in ax.texts] == [words.percent(p, 0) for p in grid]
        assert [label.get_text() for label in ax.get_xticklabels()] == [
            words.code("level", name) for name in ("commit", "stretch")
        ]
        assert words.money(3_000_000, unit=False) in ax.get_yticklabels()[0].get_text()
        ends = shown.sort_values(["probability_commit", "member"]).iloc[[0, -1]]
        for member, odds in zip(ends["member"], ends["probability_commit"], strict=True):
            assert member in ax.get_title() and words.percent(odds, 0) in ax.get_title()
        assert charts.member_odds_size(found)[1] > charts.member_odds_size(found.head(2))[1]

    def test_chart_of_many_members_shows_the_largest(self, words):
        sold = pd.concat([facts({(f"r{n:02d}", "a", "x"): 10.0 + n}) for n in range(30)])
        found = table(split(4_000_000, sold, dimensions=["region"]), sold)
        shown = found.rename(columns={"probability": "probability_commit"})
        labels = [tick.get_text() for tick in charts.member_odds(Figure().add_subplot(), shown, words=words)
                  .get_yticklabels()]  # fmt: skip
        assert len(labels) == 12 and labels[0].startswith("r29")

    def test_chart_without_any_odds(self, words):
        found = table(sold=THREE.head(0)).rename(columns={"probability": "probability_commit"})
        title = charts.member_odds(Figure().add_subplot(), found, words=words).get_title()
        assert words.code("level", "commit") in title

    def test_sentences(self, words):
        found = table()
        said = " ".join(conclusions.member_sentences(words, found))
        for dimension, part in found.groupby("dimension"):
            ranked = part.sort_values(["probability", "member"])
            assert words.column(dimension) in said
            assert words.money(ranked["amount"].iloc[0]) in said and words.money(ranked["amount"].iloc[-1]) in said
        unknown = conclusions.member_sentences(words, found.assign(probability=np.nan))
        assert len(unknown) == 1 and "paint" not in unknown[0] and "N" in unknown[0]

    @pytest.mark.parametrize(
        ("pieces", "key"), [(2000, "even"), (1900, "up"), (2100, "down"), (2003, "even"), (2010, "down")]
    )
    def test_lines_and_their_pieces(self, words, pieces, key):
        rows = [("amount", "currency", 10_000), ("quantity", "unit", pieces)]  # 1,000,000 fen at 500 a piece: 2,000
        targets = pd.DataFrame(rows, columns=["indicator", "unit", "value"]).assign(line="paint", planned=True)
        met, said = conclusions.line_sentences(words, targets.assign(value=targets["value"].map(Decimal)), table())
        assert words.money(1_000_000) in met
        assert words.number(pieces) in said and words.number(2000) in said
        assert said.startswith(words.texts[f"seasonal_split.line_pieces_{key}"].split("{")[0])
        single = Words(words.language, "one", words.currency)
        assert single.money(round(1_000_000 / pieces)) in said

    @pytest.mark.parametrize(("ratio", "change"), [(1250, 0.1992), (1001, None), (1000, None)])
    def test_pieces_of_the_company(self, words, ratio, change):
        # two products of 600 and 401 pieces in the cube, beside last year's ratio in step 1: 1 - 1001 / 1250 = 0.1992
        members = pd.DataFrame({"dimension": "product", "member": ["a", "b"], "amount": 1, "quantity": [600.0, 401.0]})
        row = {"indicator": ["quantity"], "unit": ["unit"], "value": [Decimal(ratio)], "line": None, "planned": True}
        said = conclusions.line_sentences(words, pd.DataFrame(row), members)
        values = {"here": words.number(1001), "ratio": words.number(ratio), "change": words.percent(change)}
        assert said == ([words("seasonal_split.company_pieces_less", **values)] if change else [])

    def test_more_pieces_than_the_ratio(self, words):
        members = pd.DataFrame({"dimension": "product", "member": ["a"], "amount": 1, "quantity": [1500.0]})
        row = {"indicator": ["quantity"], "unit": ["unit"], "value": [Decimal(1000)], "line": None, "planned": True}
        values = {"here": words.number(1500), "ratio": words.number(1000), "change": words.percent(0.5)}
        found = conclusions.line_sentences(words, pd.DataFrame(row), members)
        assert found == [words("seasonal_split.company_pieces_more", **values)]
        assert conclusions.line_sentences(words, pd.DataFrame(row), members.assign(quantity=np.nan)) == []

    def test_pieces_of_a_line_without_a_price(self, words):
        targets = pd.DataFrame(
            {"indicator": ["quantity"], "unit": ["t"], "value": [Decimal(4)], "line": "z", "planned": True}
        )
        (said,) = conclusions.line_sentences(words, targets, table().assign(quantity=np.nan))
        assert "4 t" in said and words.money(3_000_000) in said


def test_launches_of_the_rules_are_no_line_of_the_mix():
    lines = pd.concat([LINES, pd.DataFrame({"product": ["new"], "line": ["art"]})])
    given_ = rules(launches=[{"product": "new", "amount": 3000, "start": date(2027, 1, 1), "like": "x"}])
    launches = seasonal_split.planned_launches(4_000_000, ONE, year=YEAR, rules=given_)
    cube = seasonal_split.split(
        aimed(("art", 300_000), products=lines), ONE, year=YEAR, rules=given_, dimensions=DIMENSIONS, apart=launches
    )
    assert by(cube)["new"] == 300_000
    assert cube["amount"].sum() == 4_000_000 and SEASON.sum() == 93 + 7
