"""Scenarios side by side: what is asked, how each is tried out, what people decide by, and what is left of it."""

import json
import shutil
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_steps import CELL, made, plant, stubbed
from test_signed_plan import APPROVALS, append, sign_plan
from workbooks import command

from salesplan import STEPS, archive, inputs
from salesplan.archive import register
from salesplan.charts import sweeping as charts
from salesplan.charts.render import Sketch, draw
from salesplan.errors import Fault, PlanError
from salesplan.params import load
from salesplan.pipeline import execution, run, taking_over
from salesplan.pipeline.request import Request, StepError
from salesplan.pipeline.unchanged import standing, unchanged
from salesplan.staging import DONE, INPUTS, write_whole
from salesplan.sweeping import measures, saying, scenarios, writing
from salesplan.sweeping.asking import MOST, Asked, asked, split
from salesplan.sweeping.measures import KINDS, measured
from salesplan.sweeping.scenarios import Outcome, Sweep
from salesplan.tables import outputs
from salesplan.wording import BLANK, LANGUAGES, Words

EN, ZH = Words("en"), Words("zh")
COMMIT, METHOD, OVER = "annual_target.levels.commit", "seasonal_split.method", "rep_allocation.over_assignment"

# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("1,2", ["1", "2"], id="numbers"),
        pytest.param(" even , last_year ", ["even", "last_year"], id="spaces"),
        pytest.param("[0, 0.5],[0.5, 1]", ["[0, 0.5]", "[0.5, 1]"], id="lists"),
        pytest.param("{a: [1, 2], b: 3},null", ["{a: [1, 2], b: 3}", "null"], id="mappings, and none"),
        pytest.param("'a,b',\"c,d\"", ["'a,b'", '"c,d"'], id="quoted"),
        pytest.param("['a]', b],c", ["['a]', b]", "c"], id="a bracket in quotes"),
        pytest.param("it's,so", ["it's", "so"], id="an apostrophe within a word quotes nothing"),
        pytest.param("1,,2", ["1", "", "2"], id="nothing between"),
        pytest.param("", [""], id="nothing at all"),
    ],
)
def test_values_stand_between_commas(text, values):
    assert split(text) == values


PIECES = st.sampled_from(["1", "0.5", "even", "[1, 2]", "{a: 1, b: [2, 3]}", "'a, b'", "null"])


@given(st.lists(PIECES, min_size=1, max_size=6))
def test_what_is_joined_is_split(pieces):
    assert split(",".join(pieces)) == pieces


def test_every_combination_the_last_parameter_fastest():
    found = asked([f"{COMMIT}=1,2", f"{METHOD}=even,auto"])
    assert (found.count, found.faults) == (4, [])
    assert found.scenarios == [{COMMIT: commit, METHOD: method} for commit in ("1", "2") for method in ("even", "auto")]
    assert found.singles == [{COMMIT: "1"}, {COMMIT: "2"}, {METHOD: "even"}, {METHOD: "auto"}]


def test_changes_that_hold_in_all():
    found = asked([f"{COMMIT}=1"], [" plan.title = a=b"], "2027-03-31")
    assert found.fixed == {"plan.title": " a=b", "variance_review.as_of": "2027-03-31"}


@pytest.mark.parametrize(
    ("given", "fixed", "codes"),
    [
        pytest.param([], [], ["vary_missing"], id="nothing to vary"),
        pytest.param(["annual_target"], [], ["vary_form"], id="no value"),
        pytest.param(["=1,2"], [], ["vary_form"], id="no parameter"),
        pytest.param(["a.b=1,,2"], [], ["vary_empty"], id="an empty value"),
        pytest.param(["a.b="], [], ["vary_empty"], id="no value after the mark"),
        pytest.param(["a.b=1,2,1.0"], [], ["vary_twice"], id="the same number twice"),
        pytest.param(["a.b=1,2,1", "c.d"], ["x"], ["vary_form", "set_form", "vary_twice"], id="all in one pass"),
        pytest.param(["a.b=1", "a.b=2"], [], ["vary_clash"], id="a parameter twice"),
        pytest.param(["a.b=1", "a.b.c=2"], [], ["vary_clash"], id="a part of another"),
        pytest.param(["a.b[0].c=1", "a.b=[]"], [], ["vary_clash"], id="what another is a part of"),
        pytest.param(["a.b=1"], ["a.b=2"], ["vary_clash"], id="set and varied"),
        pytest.param(["a.b=1", "a.bc=2"], [], [], id="names that only begin alike"),
        pytest.param(["a.b=" + ",".join(map(str, range(MOST + 1)))], [], ["vary_many"], id="too many"),
        pytest.param(["a.b=" + ",".join(map(str, range(MOST)))], [], [], id="as many as may be"),
        pytest.param(["a.b=1,2,3,4,5", "c.d=1,2,3,4,5"], [], ["vary_many"], id="too many combinations"),
    ],
)
def test_what_is_wrong_with_the_words(given, fixed, codes):
    assert [fault.code for fault in asked(given, fixed).faults] == codes


def test_the_month_end_is_varied_or_set():
    assert [fault.code for fault in asked(["variance_review.as_of=2027-03-31"], [], "2027-02-28").faults] == [
        "vary_clash"
    ]


# ---------------------------------------------------------------- what people decide by


@pytest.fixture
def tables(tmp_path):
    """Writes tables of a run; blank columns where none are given."""

    def write(**frames):
        (tmp_path / "tables").mkdir(exist_ok=True)
        for name, rows in frames.items():
            frame = pd.DataFrame(rows)
            frame = frame.reindex(columns=list(dict.fromkeys([*outputs.TABLES[name], *frame.columns])))
            frame.to_csv(tmp_path / "tables" / f"{name}.csv", index=False)
        return tmp_path

    return write


def test_measures_of_a_run_that_tells_nothing(tables):
    assert measured(tables()) == {}


def test_the_measures_are_those_of_the_demos_tables(minimal):
    """Against the tables of the minimal plan's run, read without any code of ours."""
    folder = minimal / "outputs/minimal/first"
    found = measured(folder)
    read = {name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in
            ("annual_target", "seasonal_split", "rep_allocation_reps", "variance_review_landing",
             "variance_review_revision")}  # fmt: skip
    months = read["seasonal_split"].groupby("month")["amount"].sum()
    last = read["variance_review_landing"].iloc[-1]
    rest = read["variance_review_revision"].loc[lambda f: f["actual"].isna()]
    assert found["target"] == 780_000_00
    assert found["probability"] == read["annual_target"]["probability"].iloc[0]
    assert found["peak"] == pytest.approx(months.max() / months.sum())
    assert found["peak_month"] == months.idxmax()
    assert found["quotas"] == round(read["rep_allocation_reps"]["quota"].sum() * 100)
    assert (found["landing"], found["landing_probability"]) == (round(last["expected"] * 100), last["probability"])
    assert found["to_come"] == round(rest["revised"].sum() * 100)
    assert found["most_raised"] == pytest.approx((rest["revised"] / rest["original"] - 1).max())
    assert "commission" not in found, "no commission in this plan"
    assert list(found) == [name for name in KINDS if name in found]


def test_pay_is_that_of_full_attainment_and_fairness_that_of_its_table(tables):
    folder = tables(
        commission_cost=[
            {"attainment": 0.9, "commission": "1.00", "cost_ratio": 0.01},
            {"attainment": 1.0, "commission": "2.50", "cost_ratio": 0.02},
        ],
        rep_allocation_fairness=[
            {"measure": "stretch_spread", "value": 0.3}, {"measure": "likely_share", "value": 0.5},
            {"measure": "gini_quota", "value": 0.1},
        ],
    )  # fmt: skip
    assert measured(folder) == {"stretch_spread": 0.3, "likely_share": 0.5, "commission": 250, "cost_ratio": 0.02}


def test_without_full_attainment_there_is_no_cost(tables):
    assert measured(tables(commission_cost=[{"attainment": 0.9, "commission": "1.00", "cost_ratio": 0.01}])) == {}


def test_before_the_first_month_there_is_no_revision(tables):
    rows = [{"month": "2027-01", "original": "1.00", "revised": "1.00"}]
    assert measured(tables(variance_review_revision=rows)) == {}


def test_months_without_a_plan_of_their_own_rise_by_nothing_that_could_be_told(tables):
    rows = [{"month": "2027-01", "original": "1.00", "actual": "0.50", "revised": "0.50"},
            {"month": "2027-02", "original": "0.00", "revised": "0.50"}]  # fmt: skip
    assert measured(tables(variance_review_revision=rows)) == {"to_come": 50}


def test_the_landing_is_held_against_the_level_that_is_planned(tables):
    levels = [{"indicator": "amount", "level": name, "value": value, "planned": planned, "probability": 0.5}
              for name, value, planned in (("stretch", 7, "false"), ("commit", 5, "true"))]  # fmt: skip
    landing = [{"month": month, "level": name, "expected": "4.00", "probability": odds} for month, name, odds in
               (("2027-01", "commit", 0.9), ("2027-02", "commit", 0.4), ("2027-02", "stretch", 0.1))]  # fmt: skip
    found = measured(tables(annual_target=levels, variance_review_landing=landing))
    assert found == {"target": 500, "probability": 0.5, "landing": 400, "landing_probability": 0.4}


# ---------------------------------------------------------------- with steps that are stubs


class Heard:
    """Keeps what a sweep tells."""

    def __init__(self):
        self.steps, self.scenarios = [], []

    def step(self, stem):
        self.steps.append(stem)

    def cell(self, stem, cell):
        pass

    def done(self, stem, seconds):
        pass

    def taken_over(self, stem, run, *, signed):
        pass

    def scenario(self, values, number, count):
        self.steps = []
        self.scenarios.append([dict(values), self.steps])

    def scenario_done(self, *, planned):
        self.scenarios[-1].append(planned)


FAILS = {}  # a step, and what it raises where the target is this


def step_is_made(_, target, parameters, how, **__):
    """A stub whose table tells the parameters of its step and the tables before, as its reads do."""
    stem, staging = target.stem.split("_", 1)[1], target.parent
    assert how.charts == ("sweeps" not in staging.parts), "charts are drawn for runs alone"
    loaded = load(staging.parents[len(staging.parts) - staging.parts.index("outputs") - 1] / parameters["plan"],
                  parameters["changes"])  # fmt: skip
    commit = loaded.rules["annual_target"].levels["commit"]
    if (stem, str(commit)) in FAILS:
        return FAILS[stem, str(commit)]()
    before = STEPS[: STEPS.index(stem)]
    texts = [(staging / "tables" / f"stub_{name}.csv").read_text() for name in before]
    told = archive.digest(repr([loaded.rules[stem].model_dump_json(), texts]).encode())
    write_whole(staging / "tables" / f"stub_{stem}.csv", f"{commit}\n{told}\n".encode())
    target.write_text(json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    reads = [f"parameters:{stem}", *(f"table:stub_{name}" for name in before)]
    write_whole(staging / INPUTS / f"{stem}{DONE}", json.dumps(reads).encode())
    return None


def inputs_are_saved(given, folder):
    """What the checked inputs leave: the hash of each step's parameters."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = given.loaded.rules.items()
    state = {f"parameters:{stem}": archive.digest(one.model_dump_json().encode()) for stem, one in rules}
    write_whole(folder / inputs.STATE, json.dumps(state).encode())


def stub_measures(folder):
    """The target as the stub of the first step has it, and a mark of the last one's table."""
    first, last = ((folder / "tables" / f"stub_{stem}.csv").read_text().split() for stem in (STEPS[0], STEPS[-1]))
    return {"target": int(first[0]) * 100, "landing": int(last[1][:6], 16)}


@contextmanager
def stubs(workbook):
    check = inputs.check
    with (
        stubbed(workbook),
        mock.patch.object(run, "check", check),
        mock.patch.object(execution, "execute", step_is_made),
        mock.patch.object(inputs.Inputs, "save", inputs_are_saved),
        mock.patch.object(measures, "measured", stub_measures),
        mock.patch.object(taking_over.Earlier, "whole", lambda self, stem: (self.run.folder / "tables").is_dir()),
    ):
        yield workbook


@pytest.fixture
def stub(tmp_path):
    """A workbook of the minimal plan whose steps are stubs."""
    with stubs(plant(tmp_path)) as workbook:
        yield workbook
    FAILS.clear()


def plan_of(workbook):
    return workbook / "params" / "minimal"


def outputs_of(workbook):
    return workbook / "outputs" / "minimal"


def swept(workbook, *vary, set_=(), **options):
    """A sweep made in this process, and what it told."""
    heard = Heard()
    words = asked(vary, set_)
    request = Request(plan_of(workbook), words.fixed, engine="kernel", **options)
    return scenarios.sweep(request, words, heard), heard


def left(workbook):
    """What lies beside the runs of the plan, and the runs."""
    found = outputs_of(workbook)
    return {path.name for path in found.iterdir()}, [one.name for one in archive.runs(found)]


def test_the_plan_is_run_once_and_its_scenarios_leave_no_run(stub):
    found, heard = swept(stub, f"{COMMIT}=700000,900000")
    entries, runs = left(stub)
    assert runs == [found.base]
    assert scenarios.FOLDER not in entries, "nothing is left before the page is written"
    assert len((outputs_of(stub) / register.REGISTER).read_text().splitlines()) == 1
    assert [one.measures["target"] for one in found.scenarios] == [700_000_00, 900_000_00]
    assert found.plan["target"] == 780_000_00
    assert [(values, planned) for values, _, planned in heard.scenarios] == [
        ({COMMIT: "700000"}, True), ({COMMIT: "900000"}, True)
    ]  # fmt: skip


def test_a_run_of_the_plan_that_stands_is_taken_whatever_was_run_after_it(stub):
    first = made(stub, name="first")
    made(stub, name="even", changes={METHOD: "even"})
    request = Request(plan_of(stub))
    assert unchanged(request) is None
    assert standing(request).name == first.name
    found, _ = swept(stub, f"{COMMIT}=700000")
    assert (found.base, left(stub)[1]) == ("first", ["even", "first"])


def test_a_run_of_a_plan_that_has_changed_since_is_not_taken(stub):
    made(stub, name="first")
    (plan_of(stub) / "annual_target.yaml").write_text("levels: {commit: 790000}\n")
    found, _ = swept(stub, f"{COMMIT}=700000")
    assert found.base != "first"
    assert found.plan["target"] == 790_000_00


def test_steps_that_do_not_depend_on_what_is_varied_are_taken_over(stub):
    made(stub, name="first")
    _, heard = swept(stub, f"{OVER}=0.1,0.2")
    assert [steps for _, steps, _ in heard.scenarios] == [list(STEPS[2:])] * 2


def test_steps_are_taken_from_scenarios_before_too(stub):
    _, heard = swept(stub, f"{COMMIT}=700000,780000", f"{OVER}=0.05,0.1")
    assert [steps for _, steps, _ in heard.scenarios] == [list(STEPS), list(STEPS[2:]), [], list(STEPS[2:])], (
        "780000 and 0.05 are what the plan has"
    )


def test_a_scenario_is_what_a_run_with_these_changes_is(stub):
    found, _ = swept(stub, f"{COMMIT}=700000", f"{METHOD}=even")
    single = made(stub, name="what-if", changes={COMMIT: "700000", METHOD: "even"})
    assert stub_measures(single.folder) == found.scenarios[0].measures


def test_with_changes_in_all_the_plan_is_tried_out_too(stub):
    found, heard = swept(stub, f"{COMMIT}=700000", set_=[f"{OVER}=0.1"])
    assert (found.base, left(stub)[1]) == ("", [])
    assert [values for values, _, _ in heard.scenarios] == [{}, {COMMIT: "700000"}]
    again = made(stub, name="again", changes={OVER: "0.1"})
    assert stub_measures(again.folder) == found.plan


def test_lists_are_values(stub):
    found, _ = swept(stub, "rep_allocation.ramp=[0, 0.5],[0.5, 1]")
    assert [one.changes["rep_allocation.ramp"] for one in found.scenarios] == ["[0, 0.5]", "[0.5, 1]"]
    assert len({one.measures["landing"] for one in found.scenarios}) == 2


def test_the_tables_are_read_once(stub):
    made(stub, name="first")
    with mock.patch.object(scenarios.tables, "check", side_effect=scenarios.tables.check) as read:
        swept(stub, f"{COMMIT}=700000,900000")
    assert read.call_count == 1


def refusals(stub, *vary, **options):
    with pytest.raises(PlanError) as error:
        swept(stub, *vary, **options)
    return [(fault.code, fault.place) for fault in error.value.faults]


def test_every_fault_before_anything_is_run_each_once(stub):
    append(plan_of(stub) / "data" / "sales.csv", "2026-12-30,Ben,1,2oo\n")
    found = refusals(stub, f"{METHOD}=evn,even", "annual_targt.levels=1,2", f"{OVER}=0.1,x", "seasonal_split.no=1")
    places = [place for _, place in found]
    assert {f"--vary {METHOD}", "--vary annual_targt.levels", f"--vary {OVER}", "--vary seasonal_split.no"} <= {*places}
    assert any("sales.csv row" in place for place in places)
    assert len(set(found)) == len(found)
    assert not (stub / "outputs").exists()


def test_of_too_many_scenarios_every_value_is_checked_all_the_same(stub):
    many = ",".join(f"0.{number}" for number in range(1, 9))
    found = refusals(stub, f"{OVER}={many}", f"{METHOD}=even,auto,last_year,evn")
    assert found == [("vary_many", "--vary"), ("one_of", f"--vary {METHOD}")]


def test_what_only_some_combinations_make_wrong_is_told_once(stub):
    found = refusals(stub, "rep_allocation.bounds.min=100,900", "rep_allocation.bounds.max=500,800")
    assert found == [("max_below_min", "--vary rep_allocation.bounds.max")] * 2, "of 500 and of 800"


def test_a_signed_plan_is_tried_out_anew_only_with_replan(tmp_path):
    workbook = plant(tmp_path)
    append(plan_of(workbook) / "plan.yaml", APPROVALS)
    with stubs(workbook):
        made(workbook, name="plan")
        sign_plan(workbook, "plan")
        assert refusals(workbook, f"{COMMIT}=700000,900000") == [("plan_signed", f"--vary {COMMIT}")]
        found, heard = swept(workbook, f"{COMMIT}=700000", replan=True)
        assert (found.base, found.scenarios[0].measures["target"]) == ("", 700_000_00)
        found, heard = swept(workbook, "variance_review.revision.cap=0.1")
        assert [steps for _, steps, _ in heard.scenarios] == [list(STEPS[4:])]


def raises(error):
    def fail():
        raise error

    return fail


def cannot_be_planned():
    """A step that finds what only it can see."""
    raise PlanError([Fault("one_of", f"--set {COMMIT}", "1", {"expected": "2"})])


def test_what_cannot_be_planned_is_an_answer(stub):
    made(stub, name="first")
    FAILS["rep_allocation", "700000"] = cannot_be_planned
    found, heard = swept(stub, f"{COMMIT}=700000,900000")
    assert [[fault.place for fault in one.faults] for one in found.scenarios] == [[f"--vary {COMMIT}"], []]
    assert [planned for *_, planned in heard.scenarios] == [False, True]
    assert found.scenarios[1].measures["target"] == 900_000_00


def test_where_nothing_can_be_planned_the_words_are_wrong(stub):
    made(stub, name="first")
    FAILS["rep_allocation", "700000"] = cannot_be_planned
    assert refusals(stub, f"{COMMIT}=700000") == [("one_of", f"--vary {COMMIT}")]
    assert scenarios.FOLDER not in left(stub)[0]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "full"), ValueError("ours")])
def test_what_is_interrupted_leaves_nothing(stub, error):
    made(stub, name="first")
    before = left(stub)
    FAILS["commission", "900000"] = raises(error)
    with pytest.raises(type(error)):
        swept(stub, f"{COMMIT}=700000,900000")
    assert left(stub) == before
    FAILS.clear()
    assert len(swept(stub, f"{COMMIT}=700000,900000")[0].scenarios) == 2, "and nobody holds the archive"


def test_a_step_that_fails_ends_it_and_says_where(stub):
    made(stub, name="first")
    FAILS["commission", "900000"] = lambda: ("pay", "ValueError: x")
    with pytest.raises(StepError) as error:
        swept(stub, f"{COMMIT}=700000,900000")
    assert (error.value.step, error.value.cell, error.value.cause) == ("commission", "pay", "ValueError: x")
    assert scenarios.FOLDER not in left(stub)[0]


def test_what_a_machine_that_stopped_left_goes(stub):
    made(stub, name="first")
    place = outputs_of(stub) / scenarios.FOLDER
    for name in (".trying/1/tables", ".20270101T000000Z", "20260101T000000Z"):
        (place / name).mkdir(parents=True)
    swept(stub, f"{COMMIT}=700000")
    assert [path.name for path in place.iterdir()] == ["20260101T000000Z"]


def test_a_run_cannot_be_named_after_the_folder(stub):
    with pytest.raises(PlanError) as error:
        made(stub, name=scenarios.FOLDER)
    assert [fault.code for fault in error.value.faults] == ["unsafe_name"]


def test_scenarios_wait_for_nobody(stub):
    made(stub, name="first")
    with archive.lock(outputs_of(stub)):
        assert refusals(stub, f"{COMMIT}=700000") == [("locked", "outputs/minimal")]


# ---------------------------------------------------------------- words and page


PLAN = {"target": 560_000_000, "probability": 0.21, "peak": 0.115, "peak_month": "2027-06", "cost_ratio": 0.02}
BEST = {**PLAN, "target": 500_000_000, "probability": 0.62, "peak_month": "2027-11"}


@pytest.fixture
def example(tmp_path):
    """A sweep of the minimal plan with numbers of its own: one scenario better, one that cannot be planned."""
    planned = load(plan_of(plant(tmp_path)))
    varied = {COMMIT: ["5000000", "9000000"], METHOD: ["even"]}
    fault = Fault("one_of", f"--vary {COMMIT}", "9000000", {"expected": "less"})
    tried = [
        Outcome({COMMIT: "5000000", METHOD: "even"}, BEST),
        Outcome({COMMIT: "9000000", METHOD: "even"}, {}, [fault]),
    ]
    return Sweep(tmp_path / "outputs" / "minimal", "stamp", "first", planned, {}, PLAN, varied, tried)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        pytest.param(COMMIT, 5000000, "5,000,000", id="number"),
        pytest.param(OVER, Decimal("0.05"), "0.05", id="share"),
        pytest.param(OVER, None, "not set", id="none"),
        pytest.param("plan.flag", True, "true", id="flag"),
        pytest.param("rep_allocation.ramp", [0, Decimal("0.5")], "[0, 0.5]", id="list"),
        pytest.param(COMMIT, {"growth": Decimal("0.12")}, "growth: 0.12", id="mapping"),
        pytest.param(METHOD, "even", EN.code("method", "even"), id="code by its name"),
        pytest.param("plan.title", "even <b>", "even <b>", id="the user's own"),
    ],
)
def test_values_as_people_read_them(key, value, text):
    assert saying.typed(key, value, EN) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_are_called_by_what_they_mean(language):
    words = Words(language)
    told = saying.parameter(METHOD, words)
    assert METHOD in told
    assert words.get("param.seasonal_split.method", "how a year is split") in told
    assert saying.parameter("plan.no", words) == "plan.no"


def test_the_difference_to_the_plan_stands_beside(example):
    target, probability, peak, cost = (
        section.rows for section in saying.sections(example, EN) if section.rows
    ).__next__()
    assert target[1:] == ["5,600,000.00", "5,000,000.00 (-600,000.00)", "cannot be planned"]
    assert probability[1:] == ["21.0%", "62.0% (+41.0%)", "cannot be planned"]
    assert peak[1:3] == ["Jun 11.5%", "Nov 11.5%"]
    assert cost[1:3] == ["2.00%", "2.00%"], "what is the same has no difference beside it"


def test_what_moves_and_what_does_not(example):
    assert [saying.moved(name, example, EN) for name in ("target", "probability", "peak", "cost_ratio")] == [
        True
    ] * 3 + [False]
    assert any("Commission to sales" in note for note in saying.notes(example, EN))
    assert saying.number("landing", None, EN) == BLANK


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_its_chart_before_its_tables(example, language):
    html = writing.write_sweep(example, Words(language)).read_text(encoding="utf-8")
    assert html.count("<svg") == 1
    assert html.index("<svg") < html.index("<table")
    words = Words(language)
    for name in ("target", "probability", "peak"):
        assert words(f"sweep.short_{name}") in html
    chart = html[html.index("<svg") : html.index("</svg>")]
    assert words("sweep.short_target") in chart
    assert words("sweep.short_cost_ratio") not in chart, "what is the same everywhere needs no panel"
    assert words("sweep.base", run="first") in html
    assert saying.own_value(example, COMMIT, words) == "780,000"


def test_the_page_appears_whole_or_not_at_all(example):
    with (
        mock.patch.object(writing, "write_sections", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        writing.write_sweep(example, EN)
    assert list((example.outputs / scenarios.FOLDER).iterdir()) == []
    page = writing.write_sweep(example, EN)
    assert sorted(path.name for path in page.parent.iterdir()) == ["index.html", "scenarios.csv"]


def test_names_of_the_users_are_escaped(example):
    tried = Outcome({"plan.title": "<script>alert(1)</script>"}, BEST)
    found = Sweep(**{**vars(example), "scenarios": [tried], "varied": {"plan.title": ["<script>alert(1)</script>"]}})
    html = writing.write_sweep(found, EN).read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_the_table_holds_every_number_and_its_difference(example):
    rows = writing.rows(example).set_index("scenario")
    assert rows["state"].tolist() == ["plan", "done", "impossible"]
    assert rows[COMMIT].tolist() == ["780000", "5000000", "9000000"]
    assert rows[METHOD].tolist() == ["auto", "even", "even"]
    assert rows.loc[1, ["target", "target_change", "probability_change", "peak_month"]].tolist() == [
        "5000000.00", "-600000.00", "0.410000", "2027-11"
    ]  # fmt: skip
    assert (rows.loc[2, ["target", "target_change", "peak_month"]] == "").all()


def test_more_scenarios_than_a_table_holds_stand_in_several(example):
    tried = [Outcome({COMMIT: str(number)}, BEST) for number in range(2 * saying.COLUMNS + 1)]
    found = Sweep(**{**vars(example), "scenarios": tried})
    tables = [section for section in saying.sections(found, EN) if section.numbers]
    assert [len(section.heads) - 2 for section in tables] == [saying.COLUMNS, saying.COLUMNS, 1]
    assert {row[1] for section in tables for row in section.rows[:1]} == {"5,600,000.00"}, "the plan stands in each"


def test_what_is_the_same_as_shown_does_not_move(example):
    near = {**PLAN, "cost_ratio": PLAN["cost_ratio"] + 1e-7, "target": PLAN["target"] + 1}
    found = Sweep(**{**vars(example), "scenarios": [Outcome({COMMIT: "1"}, near)]})
    assert saying.moving(found, EN) == ["target"]
    assert saying.moving(found, Words("en", "million")) == []
    (rows,) = (section.rows for section in saying.sections(found, EN) if section.numbers)
    assert [row[2] for row in rows] == ["5,600,000.01 (+0.01)", "21.0%", "Jun 11.5%", "2.00%"]


def test_where_nothing_moves_nothing_is_drawn(example):
    found = Sweep(**{**vars(example), "scenarios": [Outcome({COMMIT: "1"}, PLAN)]})
    assert saying.heading(found, EN) == "1 scenarios: nothing that is measured differs from the plan"
    assert all(section.chart is None for section in saying.sections(found, EN))


def test_the_terminal_tells_each_scenario_in_a_line(example):
    first, plan, best, refused = saying.summary(example, EN)
    assert first == "2 scenarios: Annual target 5,000,000.00 CNY in each"
    assert plan.startswith("  Plan  Annual target 5,600,000.00; Probability 21.0%")
    assert best.startswith(f"  commit 5,000,000 \u00b7 {EN.code('method', 'even')}  Annual target 5,000,000.00")
    assert refused.endswith("must be one of less")


def test_a_panel_marks_the_plan():
    rows = [(panel, "m", number, f"s{number}", value, f"{value}") for panel in (0, 1)
            for number, value in enumerate((5.0, -2.0, float("nan")))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["panel", "measure", "scenario", "label", "value", "text"])
    chart = draw(Sketch(charts.panels, frame, EN, "sweep-1", (8, 3)))
    assert chart.title == EN("sweep.chart", count=2)
    assert chart.svg.count("stroke-dasharray") == 2
    assert [chart.svg.count(f">{text}<") for text in ("s0", "s2", "-2.0")] == [1, 1, 2]


def test_one_object_for_scripts(example):
    found = json.loads(writing.as_json(example, EN, "page"))
    assert found["run"] == "first"
    assert found["plan"]["measures"]["target"] == 5_600_000
    best, refused = found["scenarios"]
    assert best["changes"] == {COMMIT: "5000000", METHOD: "even"}
    assert (best["measures"]["probability"], best["measures"]["probability_change"]) == (0.62, 0.41)
    assert refused["measures"]["target"] is None
    assert refused["faults"][0]["allowed"] == "must be one of less"


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def book(minimal, tmp_path_factory):
    """A workbook with the minimal plan's run, for sweeps."""
    folder = tmp_path_factory.mktemp("swept") / "book"
    shutil.copytree(minimal, folder)
    return folder


def test_the_command_leaves_a_page_and_a_table(book):
    done = command(book, "sweep", "params/minimal", "--vary", "variance_review.revision.cap=0.3,0.1", "--json")
    assert done.returncode == 0, done.stderr
    *events, told = (json.loads(line) for line in done.stdout.splitlines())
    assert told["run"] == "first"
    assert [one["state"] for one in told["scenarios"]] == ["done", "done"]
    assert told["scenarios"][0]["measures"]["to_come_change"] == 0
    taken = [event["step"] for event in events if event["event"] == "unchanged"]
    assert taken == [*STEPS, *STEPS[:4]], "a cap of 0.3 is the plan's own, another one is of the last step alone"
    page = book / told["page"]
    assert page.parent.parent == book / "outputs/minimal/sweeps"
    assert len(pd.read_csv(page.with_name("scenarios.csv"))) == 3
    assert [one.name for one in archive.runs(book / "outputs/minimal")] == ["first"]
    assert Path(told["page"]).as_posix() == told["page"]


def test_wrong_words_end_with_status_2_all_in_one_pass(book):
    before = sorted((book / "outputs").rglob("*"))
    wrong = [f"{METHOD}=evn", "seasonal_split.metod=even", COMMIT, f"{OVER}={','.join(f'0.{n}' for n in range(1, 30))}"]
    done = command(book, "sweep", "params/minimal", *(word for text in wrong for word in ("--vary", text)))
    assert done.returncode == 2, done.stderr
    for said in (
        f"--vary {METHOD} = 'evn' : must be one of",
        "Is it method?",
        "step.parameter=value,value",
        "24 at most",
    ):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted((book / "outputs").rglob("*")) == before


def test_refusals_for_scripts(book):
    done = command(book, "sweep", "minimal", "--vary", f"{METHOD}=evn,x", "--json", "--quiet")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert (told["sweep"], told["state"], told["page"]) == (None, "refused", None)
    assert [fault["value"] for fault in told["faults"]] == ["evn", "x"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_help_is_in_the_catalogue(language):
    words = Words(language)
    for name in ("command.sweep", "metavar.VALUES", *(f"sweep.{one}" for one in ("vary", "set", "as-of", "replan"))):
        assert words(f"help.{name}")
    assert {f"measure_{name}" for name in saying.SHOWN} <= {key.removeprefix("sweep.") for key in words.texts}
    assert {f"short_{name}" for name in saying.SHOWN} <= {key.removeprefix("sweep.") for key in words.texts}
    assert isinstance(Asked({}).scenarios, list)
