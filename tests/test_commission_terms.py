"""Faults within commission.yaml: all at once, both lines where two conflict; and how its parameters are listed."""

import ast
import re
from pathlib import Path

import pytest
from commission_plan import PLAN, plan, told, write

from salesplan.params import load
from salesplan.params.assumptions import assumptions_frame
from salesplan.params.loading import CODES
from salesplan.terms import MODELS
from salesplan.wording import LANGUAGES, Words, catalogue
from salesplan.wording.messages import message

SOURCE = Path(__file__).resolve().parents[1] / "salesplan"


def tiers(*rows, rest=""):
    lines = "".join(f"      - {row}\n" for row in rows)
    return f"plans:\n  - name: standard\n    tiers:\n{lines}{rest}"


@pytest.mark.parametrize(
    ("commission", "expected"),
    [
        pytest.param(
            tiers("{from: 0, to: 0.8, rate: 0.01}", "{from: 0.9, rate: 0.02}"),
            ["line 5: plans[0].tiers[1].from = 0.9 : leaves a gap: "
             "the tier before ( line 4: plans[0].tiers[0].to ) ends at 0.8"],
            id="gap",
        ),
        pytest.param(
            tiers("{from: 0, to: 0.8, rate: 0.01}", "{from: 0.7, rate: 0.02}"),
            ["line 5: plans[0].tiers[1].from = 0.7 : overlaps the tier before "
             "( line 4: plans[0].tiers[0].to ), which ends at 0.8"],
            id="overlap",
        ),
        pytest.param(
            tiers("{from: 0, rate: 0.01}", "{from: 1, rate: 0.02}", "{from: 0.9, rate: 0.03}"),
            ["line 6: plans[0].tiers[2].from = 0.9 : tiers must rise; "
             "the one before ( line 5: plans[0].tiers[1].from ) begins at 1"],
            id="out of order",
        ),
        pytest.param(
            tiers("{from: 0.1, rate: 0.01}", "{from: 1, to: 2, rate: 0.02}"),
            ["line 4: plans[0].tiers[0].from = 0.1 : the first tier must begin at 0",
             "line 5: plans[0].tiers[1].to = 2 : the last tier has no end; leave it out"],
            id="neither begins at the bottom nor ends at the top",
        ),
        pytest.param(
            tiers("{from: 0, to: 1, rate: 1.3}", "{from: 1.1, rate: 0.02}"),
            ["line 4: plans[0].tiers[0].rate = 1.3 : must be at most 1 (share of the amount)",
             "line 5: plans[0].tiers[1].from = 1.1 : leaves a gap: "
             "the tier before ( line 4: plans[0].tiers[0].to ) ends at 1"],
            id="a rate above 1 hides no gap",
        ),
        pytest.param(
            tiers("{from: 0, rate: 0.01}", "{from: 0, rate: 0.02}", rest="    releas: proportional\n"),
            ["line 6: plans[0].releas = 'proportional' : is not a parameter; known are {known}. Is it release?",
             "line 5: plans[0].tiers[1].from = 0 : tiers must rise; "
             "the one before ( line 4: plans[0].tiers[0].from ) begins at 0"],
            id="a mistyped key hides no wrong order",
        ),
        pytest.param(
            plan("curve: {points: [{at: 1, pays: 1}]}"),
            ["line 2: plans[0] : must have tiers, or a curve, and not both"],
            id="tiers and a curve",
        ),
        pytest.param(
            "plans:\n  - name: a\n    curve:\n      points:\n        - {at: 1, pays: 1}\n        - {at: 1, pays: 2}\n",
            ["line 6: plans[0].curve.points[1].at = 1 : points must rise; "
             "the one before ( line 5: plans[0].curve.points[0].at ) stands at 1"],
            id="points out of order",
        ),
        pytest.param(
            plan("release: milestones", "milestones:", "  - {paid: 0.5}", "  - {paid: 0.3, released: 0.4}"),
            ["line 7: plans[0].milestones[1].paid = 0.3 : milestones must rise; "
             "the one before ( line 6: plans[0].milestones[0].paid ) is 0.5",
             "line 7: plans[0].milestones[1].released = 0.4 : milestones must rise; "
             "the one before ( line 6: plans[0].milestones[0].released ) is 0.5",
             "line 7: plans[0].milestones[1].released = 0.4 : "
             "the last milestone must release everything (1), it releases 0.4"],
            id="milestones that fall and leave a rest",
        ),
        pytest.param(
            plan("release: milestones", "milestones: [{paid: 0.3, released: 0.5}, {paid: 0.95, released: 1}]"),
            [],
            id="milestones that release ahead of the money",
        ),
        pytest.param(
            plan("from: 2027-06", "until: 2027-03"),
            ["line 5: plans[0].until = '2027-03' : must not be before 2027-06 , "
             "the first month ( line 4: plans[0].from )"],
            id="ends before it begins",
        ),
        pytest.param(
            plan("release: milestones", "clawback: share", "gate: {}", "measure: amount"),
            ["line 4: plans[0].release = 'milestones' : needs milestones: [...]",
             "line 5: plans[0].clawback = 'share' : needs clawback_share",
             "line 6: plans[0].gate : needs measure: attainment"],
            id="each without what goes with it",
        ),
        pytest.param(
            tiers("{from: 0, rate: 0.01}", rest="    semantics: whole\n    measure_period: previous\n"
                  "    override: {tiers: [{from: 0, rate: 0.01}], semantics: marginal}\n"),
            ["line 7: plans[0].override : needs semantics: whole"],
            id="a team measured by the period before",
        ),
        pytest.param(
            plan("special_rates: [{product: x}, {rate: 0.1, extra: 0.2}]"),
            [f"line 4: plans[0].special_rates[{n}] : must name one of rate, extra, factor, per_unit, and only one"
             for n in (0, 1)],
            id="special rates of no kind and of two",
        ),
        pytest.param(
            plan("base_pay: {components: {sales: 1.2, calls: {weight: 0.5, floor: 2}}}"),
            ["line 4: plans[0].base_pay.components.sales = 1.2 : must be at most 1 (share of base pay)",
             "line 4: plans[0].base_pay.components.calls.floor = 2 : must be at most 1 (share of the standard)"],
            id="a component may be a number or a mapping, and only its own fault is told",
        ),
        pytest.param(
            plan("holdback: {share: 0.1}", "late: {full_months: 3, none_after: 1}", "leavers: {rule: paid_until}",
                 "override: {tiers: [{from: 0, rate: 0.1, rates: {A: 0.1}}]}"),
            ["line 4: plans[0].holdback : must name months, or until, and not both",
             "line 5: plans[0].late.none_after = 1 : must not be below full_months",
             "line 6: plans[0].leavers.rule = 'paid_until' : needs months",
             "line 7: plans[0].override.tiers[0].rates : "
             "a team has one rate per tier; rates of members cannot be used here"],
            id="what is paid later, late, to leavers, to managers",
        ),
    ],
)  # fmt: skip
def test_faults(tmp_path, commission, expected):
    found = [re.sub(r"known are .*?\.(?= Is)", "known are {known}.", text) for text in told(tmp_path, commission)]
    assert found == [f"commission.yaml {text}" for text in expected]


def test_both_lines_in_chinese(tmp_path):
    given = tiers("{from: 0, to: 0.8, rate: 0.01}", "{from: 0.9, rate: 0.02}")
    (found,) = [message(fault, Words("zh")) for fault in load(write(tmp_path, given)).faults]
    assert "第 5 行: plans[0].tiers[1].from = 0.9" in found
    assert "第 4 行: plans[0].tiers[0].to" in found
    assert "空档" in found
    assert "0.8" in found


def test_a_chinese_comma_and_a_value_given_on_the_command_line(tmp_path):
    folder = write(tmp_path, PLAN.replace("{from: 0, ", "{from: 0\uff0c "))
    (fault,) = load(folder).faults
    assert fault.place.endswith("commission.yaml line 3")
    folder = write(tmp_path, tiers("{from: 0, rate: 0.01}", "{from: 1, rate: 0.02}"))
    (fault,) = load(folder, {"commission.plans[0].tiers[1].from": "0"}).faults
    assert (fault.place, fault.code) == ("--set commission.plans[0].tiers[1].from", "tiers_order")


def test_every_rule_of_a_model_has_a_text_in_every_language():
    codes = set()
    for path in (SOURCE / "terms").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PydanticCustomError":
                codes |= (
                    {node.args[0].value} if isinstance(node.args[0], ast.Constant) else {"tiers_gap", "tiers_overlap"}
                )
    assert len(codes) > 40
    for language in LANGUAGES:
        lacking = {code for code in codes if f"fault.{CODES.get(code, code)}" not in catalogue(language)}
        assert lacking == set()


# ---------------------------------------------------------------- the list of assumptions


def rows(tmp_path, commission, language="en"):
    rules = load(write(tmp_path, commission)).rules["commission"]
    return assumptions_frame("commission", rules, Words(language))


def test_what_a_plan_leaves_out_stands_in_one_row(tmp_path):
    found = rows(tmp_path, plan("basis: ordered", "draw: {amount: 500}", "cap: null")).set_index("parameter")
    assert found.loc["plans[0].basis", "setting"] == "orders"
    assert found.loc["plans[0].draw.amount", "setting"] == "500"
    rest = found.loc["plans[0]", "setting"]
    assert "release once the order is fully paid" in rest
    assert "free_goods not at all" in rest
    assert "draw.recoverable yes" in rest
    assert "plans[0].release" not in found.index
    unused = found.loc["", "setting"].split(", ")
    assert {"plans.cap", "plans.curve", "plans.holdback", "alternatives", "contests"} <= set(unused)
    assert not {"plans.draw", "plans.basis", "plans.curve.points"} & set(unused)
    assert len(found) < 15


def test_names_of_the_users_are_not_taken_for_words_of_ours(tmp_path):
    found = rows(tmp_path, plan("special_rates: [{product: direct, rate: 0.1}]").replace("standard", "amount"), "zh")
    shown = found.set_index("parameter")["setting"]
    assert (shown["plans[0].name"], shown["plans[0].special_rates[0].product"]) == ("amount", "direct")


def test_every_choice_of_commission_has_words_in_every_language(tmp_path):
    given = plan("measure_period: previous", "semantics: whole", "clawback: share", "clawback_share: 0.5")
    given += "    free_goods: cost\n    leavers: {rule: forfeited}\n    draw: {amount: 1, forgiven: half_year}\n"
    given += "bills: received\n"
    found = rows(tmp_path, given, "zh").set_index("parameter")["setting"]
    chinese = re.compile("[\u3400-\u9fff]")
    keys = ("measure_period", "semantics", "clawback", "free_goods", "leavers.rule", "draw.forgiven")
    assert all(chinese.search(found[f"plans[0].{key}"]) for key in keys)
    assert chinese.search(found["bills"])


def _choices(schema):
    for node in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _choices(node)
    if isinstance(schema, dict):
        yield from schema.get("enum", ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_of_all_choices_are_translated(language):
    texts = catalogue(language)
    own = {key.rpartition(".")[2] for key in texts if key.startswith("own_choice.")}
    wanted = set(_choices(MODELS["commission"].model_json_schema()))
    wanted -= {"rep", "team", "manager"}  # keys of mappings, never values
    assert {code for code in wanted if f"code.choice.{code}" not in texts and code not in own} == set()
