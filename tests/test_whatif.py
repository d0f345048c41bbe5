"""The panels: made from a run's tables, a control moved, another result; nothing is saved. No browser is needed."""

import re

import pytest
from ipywidgets import Dropdown, FloatSlider

from salesplan import STEPS, archive, whatif
from salesplan.workbook import open_step

# A control of each panel, where the demo's plan begins and where it is moved to.
MOVES = [
    pytest.param("annual_target", "growth", 0.3, id="growth"),
    pytest.param("seasonal_split", "method", "even", id="method"),
    pytest.param("rep_allocation", "over_assignment", 0.2, id="over-assignment"),
    pytest.param("rep_allocation", "history", 0.0, id="weight of the history"),
    pytest.param("rep_allocation", "equal", 1.0, id="weight of equal parts"),
    pytest.param("commission", "plan", 1, id="commission plan"),
    pytest.param("variance_review", "rule", "next_month", id="rule"),
    pytest.param("variance_review", "cap", 0.0, id="cap"),
]


@pytest.fixture(scope="module")
def steps(demo):
    """The five steps of the demo run, opened as its notebooks open them."""
    run = demo / "outputs" / "henan-2027" / "first"
    return {stem: open_step(stem, plan=str(demo / "params" / "henan-2027"), run=str(run)) for stem in STEPS}


@pytest.fixture(scope="module")
def small(minimal):
    """The five steps of a run of the minimal plan, without reps, products, dimensions and commission plans."""
    run = minimal / "outputs" / "minimal" / "first"
    return {stem: open_step(stem, plan=str(minimal / "params" / "minimal"), run=str(run)) for stem in STEPS}


@pytest.fixture
def shown(monkeypatch):
    """What panels display, newest last, without the numbers that keep charts apart."""
    found = []

    def display(item):
        bundle = item._repr_mimebundle_()
        form = bundle.get("image/svg+xml") or bundle["text/html"]
        found.append(re.sub(r"(url\(#|href=\"#|id=\")[a-z_]+-\d+-", r"\1", form))

    monkeypatch.setattr(whatif, "display", display)
    return found


def controls_of(panel):
    """The controls of a panel: sliders and choices by what they say."""
    return {control.description: control for control in panel.children[0].children}


def control_of(step, panel, name):
    return controls_of(panel)[step.words(f"whatif.{name}")]


def positions(control):
    """Ends of a slider, every choice of a list."""
    return [value for _, value in control.options] if isinstance(control, Dropdown) else [control.min, control.max]


def draw_of(stem, steps):
    return getattr(whatif, stem)(steps[stem])


# ---------------------------------------------------------------- each panel


@pytest.mark.parametrize("stem", STEPS)
def test_panel_shows_a_chart_at_once(steps, shown, stem):
    panel = draw_of(stem, steps)
    assert controls_of(panel)
    assert "<svg" in shown[0]


@pytest.mark.parametrize("stem", STEPS)
def test_controls_speak_the_plans_language_and_wait_for_the_hand(steps, shown, stem):
    controls = controls_of(draw_of(stem, steps))
    assert shown
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in controls)
    assert all(not control.continuous_update for control in controls.values() if isinstance(control, FloatSlider))
    choices = [label for control in controls.values() if isinstance(control, Dropdown) for label, _ in control.options]
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in choices), "codes are translated"


@pytest.mark.parametrize(("stem", "name", "value"), MOVES)
def test_a_control_moved_shows_something_else_and_moved_back_the_same(steps, shown, stem, name, value):
    panel = draw_of(stem, steps)
    first, count = list(shown), len(shown)
    control = control_of(steps[stem], panel, name)
    start = control.value
    assert start != value
    control.value = value
    moved = shown[count:]
    assert len(moved) == count
    assert moved != first
    control.value = start
    assert shown[2 * count :] == first


@pytest.mark.parametrize("stem", STEPS)
def test_every_end_and_every_choice_can_be_shown(steps, shown, stem):
    panel = draw_of(stem, steps)
    for control in controls_of(panel).values():
        start = control.value
        for value in positions(control):
            control.value = value
        control.value = start
    assert all("nan" not in re.sub(r"<[^>]*>", "", form) for form in shown)


@pytest.mark.parametrize("stem", STEPS)
def test_nothing_is_saved_and_no_rule_is_changed(steps, shown, stem):
    step = steps[stem]
    before, rules = archive.files_of(step.run), step.rules.model_dump()
    panel = draw_of(stem, steps)
    for control in controls_of(panel).values():
        control.value = positions(control)[-1]
    assert archive.files_of(step.run) == before
    assert step.rules.model_dump() == rules
    assert shown


@pytest.mark.parametrize(
    ("stem", "name", "value"),
    [
        pytest.param("seasonal_split", "method", "auto", id="method"),
        pytest.param("rep_allocation", "over_assignment", 0.05, id="over-assignment"),
        pytest.param("rep_allocation", "history", 0.5, id="history"),
        pytest.param("rep_allocation", "potential", 0.3, id="potential"),
        pytest.param("rep_allocation", "capacity", 0.2, id="capacity"),
        pytest.param("rep_allocation", "equal", 0.0, id="equal parts"),
        pytest.param("commission", "plan", 0, id="first plan"),
        pytest.param("variance_review", "rule", "seasonal", id="rule"),
        pytest.param("variance_review", "cap", 0.3, id="cap"),
    ],
)
def test_panel_begins_where_the_plan_stands(steps, shown, stem, name, value):
    assert control_of(steps[stem], draw_of(stem, steps), name).value == value
    assert shown


def test_growth_begins_at_the_planned_level(steps, shown):
    target = steps["annual_target"].table("annual_target")
    row = target[(target["indicator"] == "amount") & target["planned"]].iloc[0]
    control = control_of(steps["annual_target"], draw_of("annual_target", steps), "growth")
    assert control.value == pytest.approx(float(row["value"] / row["last_year"]) - 1, abs=control.step)
    assert shown


def test_quotas_without_any_weight_are_not_shown(steps, shown):
    panel = draw_of("rep_allocation", steps)
    count = len(shown)
    weights = [
        control_of(steps["rep_allocation"], panel, name) for name in ("history", "potential", "capacity", "equal")
    ]
    for control in weights:
        control.value = 0
    assert len(shown) == count + 2, "history and potential leave others; the last weight leaves none"
    weights[0].value = 0.5
    assert len(shown) == count + 3


@pytest.mark.parametrize(
    ("stem", "name", "key", "value"),
    [
        pytest.param("rep_allocation", "over_assignment", "rep_allocation.over_assignment", 0.5),
        pytest.param("rep_allocation", "history", "rep_allocation.weights", 3),
        pytest.param("variance_review", "cap", "variance_review.revision", 5),
    ],
    ids=["over-assignment", "weights in other numbers", "cap"],
)
def test_panel_begins_where_any_plan_stands(demo, shown, stem, name, key, value):
    changed = {
        "rep_allocation.weights": {"history": value, "potential": 1},
        "variance_review.revision": {"rule": "seasonal", "cap": value},
    }.get(key, value)
    plan, run = demo / "params" / "henan-2027", demo / "outputs" / "henan-2027" / "first"
    step = open_step(stem, plan=str(plan), run=str(run), changes={key: changed})
    assert control_of(step, getattr(whatif, stem)(step), name).value == value
    assert shown


# ---------------------------------------------------------------- a plan of sales alone


@pytest.mark.parametrize("stem", [stem for stem in STEPS if stem != "commission"])
def test_panel_of_a_small_plan(small, shown, stem):
    panel = draw_of(stem, small)
    for control in controls_of(panel).values():
        for value in positions(control):
            control.value = value
    assert shown


def test_panel_without_a_commission_plan_says_so(small):
    step = small["commission"]
    assert whatif.commission(step).sentences == [step.words("commission.note.no_plans")]


# ---------------------------------------------------------------- the numbers of a commission plan


def numbered(step, panel, name, number):
    return controls_of(panel)[step.words(f"whatif.{name}", number=number)]


def test_sliders_of_a_plan_begin_where_it_stands(steps, shown):
    step = steps["commission"]
    panel = draw_of("commission", steps)
    for place, plan in enumerate(step.rules.plans):
        control_of(step, panel, "plan").value = place
        rates = [numbered(step, panel, "tier_rate", number).value for number in range(1, len(plan.tiers) + 1)]
        begins = [numbered(step, panel, "tier_from", number).value for number in range(2, len(plan.tiers) + 1)]
        assert rates == [float(tier.rate) for tier in plan.tiers]
        assert begins == [float(tier.from_) for tier in plan.tiers[1:]]
        assert (step.words("whatif.plan_cap") in controls_of(panel)) == (plan.cap is not None)
    assert shown


def test_a_rate_moved_shows_the_team_and_three_reps_and_moved_back_the_same(steps, shown):
    panel = draw_of("commission", steps)
    first = list(shown)
    assert len(first) == 3
    assert first[2].count("<tr") == 4, "a header and the lowest, the median and the highest rep"
    control = numbered(steps["commission"], panel, "tier_rate", 2)
    start = control.value
    control.value = 0.05
    moved = shown[3:]
    assert moved[0] != first[0] and moved[2] != first[2]
    control.value = start
    assert shown[6:] == first


def test_boundaries_that_do_not_rise_are_said(steps, shown):
    step = steps["commission"]
    control = numbered(step, draw_of("commission", steps), "tier_from", 2)
    count = len(shown)
    control.value = control.max
    assert len(shown) == count + 1
    assert step.words("whatif.not_rising") in shown[-1]
