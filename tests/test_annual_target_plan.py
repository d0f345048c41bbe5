"""Measures to every level, the plan table, what the plan is based on, its qualities, and faults of the parameters."""

from datetime import date

import pandas as pd
import pytest
from pydantic import ValidationError
from target_cases import EVEN, LAST_YEAR, MONTHS, SOLD, dec, facts, ladder, measured, plan, reps, targets, terms
from workbooks import ROOT

from salesplan import annual_target
from salesplan.errors import IdentityError, PlanError
from salesplan.identities import stop_on_breach
from salesplan.inputs import check
from salesplan.terms.annual_target import Measure
from salesplan.terms.drivers import Drivers

COSTS = {"breakeven": {"fixed_cost": 900, "variable_cost_rate": dec("0.6"), "profit": 200}}
DATED = {"owner": "甲", "resources": "两人", "start": "2027-02-01", "end": "2027-06-30"}
MEASURES = ({"name": "新渠道", "amount": 300, **DATED}, {"name": "网点", "amount": 100})


def ways(measures=MEASURES, rungs=None):
    rules = terms(measures=list(measures))
    return annual_target.bridges(
        ladder() if rungs is None else rungs, last_year=LAST_YEAR * 100, measures=rules.measures
    )


# The way to every level


def test_every_level_has_its_way():
    found = ways()
    assert found["level"].drop_duplicates().tolist() == ["commit", "stretch"]
    rest = found[found["part"] == "unexplained"].set_index("level")["amount"]
    assert rest.to_dict() == {"commit": (4000 - LAST_YEAR - 400) * 100, "stretch": (6000 - LAST_YEAR - 400) * 100}
    assert found.loc[found["name"] == "新渠道", "owner"].tolist() == ["甲", "甲"]
    assert found.loc[found["name"] == "新渠道", "end"].tolist() == [pd.Timestamp(2027, 6, 30)] * 2


def test_what_nothing_explains_at_every_level():
    found = annual_target.gaps(ways()).set_index("level")
    assert found.loc["commit", ["increase", "explained", "unexplained"]].tolist() == [50_000, 40_000, 10_000]
    assert found.loc["stretch", "explained_share"] == pytest.approx(400 / (6000 - LAST_YEAR))
    assert annual_target.gaps(annual_target.bridges(ladder(), last_year=None)).empty


def test_the_way_that_does_not_close_is_named():
    tree = pd.DataFrame({"node": ["revenue"], "value": [dec(1)]})
    frames = {"annual_target_bridge": ways(), "annual_target_drivers": tree}
    stop_on_breach("annual_target", frames, {}, 1)
    broken = frames["annual_target_bridge"].assign(amount=lambda d: d["amount"] + (d["part"] == "unexplained"))
    with pytest.raises(IdentityError, match="proof_closes"):
        stop_on_breach("annual_target", {**frames, "annual_target_bridge": broken}, {}, 1)


def test_lines_and_the_tree_that_do_not_add_up_are_named():
    found = targets([{"indicator": "amount", "line": "B", "value": 1000}])
    wrong = found.assign(
        value=[v + 1 if line == "B" else v for v, line in zip(found["value"], found["line"], strict=True)]
    )
    with pytest.raises(IdentityError, match="lines_sum_to_level"):
        stop_on_breach("annual_target", {"annual_target": wrong}, {}, 1)
    nodes = pd.DataFrame({"node": ["contracts", "old_sales", "new_sales"], "value": [dec(3), dec(1), dec(1)]})
    with pytest.raises(IdentityError, match="tree_closes"):
        stop_on_breach("annual_target", {"annual_target_bridge": ways(), "annual_target_drivers": nodes}, {}, 1)


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"resources": " "}, ["resources"], id="no resources"),
        pytest.param({"owner": ""}, ["owner"], id="no owner"),
        pytest.param({"end": None}, ["dates"], id="no end"),
        pytest.param({"start": "2026-12-31"}, ["outside"], id="begins a day too early"),
        pytest.param({"end": "2028-01-01"}, ["outside"], id="ends a day too late"),
        pytest.param({"start": "2027-01-01", "end": "2027-12-31"}, [], id="the whole year"),
        pytest.param({"amount": 0}, ["brings_nothing"], id="brings nothing"),
    ],
)
def test_what_a_measure_lacks(change, lacks):
    one = Measure.model_validate({"name": "m", "amount": 5, **DATED, **change})
    assert annual_target.measure_gaps([one], months=MONTHS)["lacks"].tolist() == lacks


def test_the_year_of_a_measure_follows_the_cutoff():
    one = Measure.model_validate({"name": "m", "amount": 5, **DATED, "end": "2027-12-26"})
    assert annual_target.measure_gaps([one], months=MONTHS, cutoff=25)["lacks"].tolist() == ["outside"]


def test_a_measure_does_not_end_before_it_begins():
    with pytest.raises(ValidationError, match="must not be before start"):
        Measure(name="m", amount=dec(1), start=date(2027, 2, 1), end=date(2027, 1, 1))


# The annual sales plan table


def plan_table(goals=(), **more):
    found = annual_target.plan_table(annual_target.of_company(targets(goals)), terms(**more))
    return found.set_index(["row", "name"])


def test_rows_and_columns_of_the_plan_table():
    declared = {
        "last_year": {"amount": 3800},
        "competitor": {"name": "竞品", "quantity": 50, "margin_rate": dec("0.3")},
    }
    found = plan_table(plan_table=declared, estimates=COSTS)
    assert found.index.tolist() == [
        ("last_year_plan", ""),
        ("last_year", ""),
        ("competitor", "竞品"),
        ("breakeven", ""),
        ("level", "commit"),
        ("level", "stretch"),
    ]
    assert found.loc[("breakeven", ""), "amount"] == round(900 / (1 - 0.6) * 100)
    assert found.loc[("breakeven", ""), "quantity"] == -(-2250 // (LAST_YEAR / 28))
    assert found.loc[("level", "commit"), ["quantity", "amount"]].tolist() == [28 * 4000 / LAST_YEAR, 400_000]
    assert found.loc[("level", "commit"), "contribution"] == 400_000 * (1 - 0.6)
    assert found.loc[("last_year", ""), "margin_rate"] == pytest.approx(1400 / LAST_YEAR)
    assert found.loc[("last_year_plan", ""), ["quantity", "contribution"]].isna().all()
    assert found.loc[("competitor", "竞品"), "margin_rate"] == 0.3


def test_without_costs_the_margin_is_that_of_the_gross_profit():
    found = plan_table(goals=[{"indicator": "gross_profit", "value": 1800}])
    assert ("breakeven", "") not in found.index
    assert found.loc[("level", "commit"), "margin_rate"] == pytest.approx(1800 / 4000)


# What the plan is based on


YEARS = annual_target.yearly(facts(*SOLD, ("2027-01", "A", "K1", 1)), fiscal_year=2027)


def basis(**more):
    return terms(basis=more).basis


def test_advertising_against_growth():
    booked = pd.DataFrame(
        {"month": ["2025-01", "2025-02", "2026-01", "2027-01"], "category": ["广告", "房租", "广告", "广告"]}
    ).assign(amount=[40_00, 999_00, 50_00, 7_00])
    found = annual_target.advertising(basis(advertising_categories=["广告"]), YEARS, booked, plan()).set_index("year")
    assert found["advertising"].to_dict() == {2025: 40_00, 2026: 50_00}
    assert found.loc[2026, "advertising_growth"] == pytest.approx(50 / 40 - 1)
    assert found.loc[2026, "advertising_share"] == pytest.approx(50 / LAST_YEAR)
    declared = basis(advertising_categories=["广告"], advertising=[{"year": 2025, "amount": 80}])
    assert annual_target.advertising(declared, YEARS, booked, plan())["advertising"].tolist() == [80_00, 50_00]
    assert annual_target.advertising(basis(), YEARS, booked, plan()).empty


def test_completion_by_team_and_region():
    team = reps(("R1", None, None, 1), ("R2", None, None, 1)).assign(team=["零售", "工程"])
    asked = basis(last_targets={"team": {"零售": 2000, "工程": 4000}, "region": {"north": LAST_YEAR, "south": 10}})
    found = annual_target.completion(asked, facts(*SOLD), team, plan()).set_index("member")
    assert found["attainment"].to_dict() == {"零售": 2500 / 2000, "工程": 1000 / 4000, "north": 1.0, "south": 0.0}


def test_branches_and_reps():
    found = annual_target.network(basis(), facts(*SOLD), 5, plan()).set_index("indicator")["value"]
    assert found.to_dict() == {
        "branches": 1,
        "reps_last_year": 2,
        "reps_in_post": 5,
        "amount_per_branch": LAST_YEAR,
        "amount_per_rep": LAST_YEAR / 2,
    }
    assert annual_target.network(basis(branches=7), facts(*SOLD), 5, plan())["value"].iloc[0] == 7


def test_new_products_are_those_of_last_year_and_this():
    rows = [("A", "2020-01-01", 100, 60), ("B", "2026-03-01", 200, 50), ("C", "2027-05-01", None, None)]
    table = pd.DataFrame(rows, columns=["product", "launch", "price", "cost"])
    table = table.assign(launch=pd.to_datetime(table["launch"]), price=table["price"] * 100, cost=table["cost"] * 100)
    found = annual_target.new_products(facts(*SOLD), table, plan()).set_index("product")
    assert found.index.tolist() == ["B", "C"]
    assert found.loc["B", ["last_year", "list_price", "list_margin"]].tolist() == [1000_00, 200.0, 0.75]
    assert found.loc["C", ["last_year", "list_price", "list_margin"]].isna().all()
    assert annual_target.new_products(facts(*SOLD), None, plan()).empty


# Qualities


def checks(roster=(("R1", None, None, 99999),), tables=None, probability=0.5, **more):
    rules = terms(**more)
    past = annual_target.past_year(facts(*SOLD), tables or {}, plan())
    tree = annual_target.tree(400_000, annual_target.driver_rates(Drivers(), past), past)
    staff = annual_target.hires(400_000, EVEN, reps(*roster), terms=Drivers(peak_load=dec(1)), ramp=())
    estimates = pd.DataFrame({"estimate": ["trend", "capacity"], "value": [380_000, 300_000]})
    estimates = estimates.assign(gap_commit=400_000 - estimates["value"])
    lacks = annual_target.measure_gaps(rules.measures, months=MONTHS)
    proof = annual_target.Proof(
        YEARS, estimates, annual_target.gaps(ways(more.get("measures", ()))), lacks, tree, staff
    )
    company = annual_target.of_company(targets()).assign(probability=probability)
    return annual_target.qualities(company, rules, proof).set_index("check")


@pytest.mark.parametrize(
    ("check", "value", "limit", "state"),
    [
        pytest.param("capacity", 3000 / 4000, 1, "unmet", id="three quarters of what is needed"),
        pytest.param("measures", 400 / 500, 1, "unmet", id="a fifth has no measure"),
        pytest.param("least_odds", 0.5, 0.2, "met", id="likely enough"),
        pytest.param("owners", 1, 2, "unmet", id="one measure has an owner"),
        pytest.param("in_year", 1, 2, "unmet", id="one measure is dated"),
        pytest.param("growth", 4000 / LAST_YEAR - 1, 0, "met", id="above last year"),
        pytest.param("above_trend", 4000 / 3800 - 1, 0, "met", id="above the trend"),
        pytest.param("years", 1, 3, "unmet", id="one whole year"),
        pytest.param("customers", 2, 2, "met", id="old and new customers derived"),
        pytest.param("competitors", 0, 1, "unmet", id="no competitor"),
        pytest.param("months", 12, 12, "met", id="enough reps"),
        pytest.param("themes", 2, 4, "unmet", id="two quarters have a focus"),
    ],
)
def test_each_quality_is_computed(check, value, limit, state):
    themes = [{"quarter": 1, "focus": "市场"}, {"quarter": 3, "focus": "产品"}]
    row = checks(measures=list(MEASURES), themes=themes).loc[check]
    assert (row["value"], row["limit"], row["state"]) == (pytest.approx(value), limit, state)


@pytest.mark.parametrize(
    ("more", "check", "state"),
    [
        pytest.param({"probability": 0.95}, "most_odds", "unmet", id="no challenge in what is nearly sure"),
        pytest.param({"probability": 0.05}, "least_odds", "unmet", id="hardly to be reached"),
        pytest.param({"probability": float("nan")}, "least_odds", "unknown", id="odds unknown"),
        pytest.param({"roster": (("R1", None, None, None),)}, "months", "unknown", id="capacity unknown"),
        pytest.param({}, "owners", "unmet", id="no measure has an owner where there is none"),
        pytest.param({"roster": (("R1", None, "2027-03-31", 9999),)}, "months", "unmet", id="nobody from April on"),
    ],
)
def test_a_quality_can_fail_or_be_unknown(more, check, state):
    assert checks(**more).loc[check, "state"] == state


# Faults found before anything runs


@pytest.fixture
def broken(tmp_path):
    """The demo plan with another end of its annual_target.yaml."""
    import shutil

    folder = tmp_path / "params" / "henan-2027"
    shutil.copytree(ROOT / "params" / "henan-2027", folder)
    file = folder / "annual_target.yaml"
    text = file.read_text(encoding="utf-8")
    start, end = text.index("\ngoals:"), text.index("\ndrivers:")

    def faults(goals="[]", **changes):
        file.write_text(f"{text[:start]}\ngoals: {goals}{text[end:]}", encoding="utf-8")
        try:
            check(folder, {f"annual_target.{key}": value for key, value in changes.items()})
        except PlanError as error:
            return {(fault.code, fault.place.rsplit(" ", 1)[-1]) for fault in error.faults}
        return set()

    return faults


def test_all_contradictions_are_told_at_once(broken):
    goals = """
  - {indicator: amount, value: 1}
  - {indicator: customers, value: 1}
  - {indicator: customers, growth: 0.1}
  - {indicator: quantity, line: 防火, value: 1}
  - {indicator: outlets, values: {comit: 3}}
"""
    assert broken(goals) == {
        ("goal_is_level", "goals[0]"),
        ("goal_twice", "goals[2]"),
        ("goal_line_unknown", "goals[3].line"),
        ("goal_level", "goals[4].values.comit"),
    }


def test_forms_of_goals_are_refused_where_they_stand(broken):
    goals = "\n  - {indicator: a, value: 1, growth: 0.1}\n  - {indicator: b}\n  - {indicator: c, value: 1}\n"
    assert broken(goals) == {("goal_forms", "goals[0]"), ("goal_forms", "goals[1]")}


def test_one_quarter_has_one_focus_and_members_are_known(broken):
    twice = [{"quarter": 1, "focus": "a"}, {"quarter": 1, "focus": "b"}]
    found = broken(themes=twice, **{"basis.last_targets": {"team": {"电商部": 1}}})
    assert {code for code, _ in found} == {"theme_twice", "member_unknown"}


def test_the_demo_plan_passes(broken):
    assert broken() == set()


def test_the_small_company_is_measured():
    assert set(measured()["line"]) == {"", "A", "B"}
