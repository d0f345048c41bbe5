"""The panels: made from a run's tables, a control moved, numbers and chart beside the plan's. No browser is needed."""

import re
from decimal import Decimal

import pytest
from ipywidgets import Dropdown

from salesplan import STEPS, archive, rep_allocation, whatif
from salesplan import commission as commission_room
from salesplan.commission.cost import Numbers, cost_of_team, cost_reps, numbers_of, rehearsed, tried
from salesplan.workbook import open_step

# A control of each panel, and where it is moved to.
MOVES = [
    pytest.param("annual_target", "task", 600.0, id="task"),
    pytest.param("annual_target", "growth", 0.3, id="growth"),
    pytest.param("seasonal_split", "method", "even", id="method"),
    pytest.param("seasonal_split", "event_0", 0.9, id="event"),
    pytest.param("rep_allocation", "over_assignment", 0.2, id="over-assignment"),
    pytest.param("rep_allocation", "history", 0.0, id="weight of the history"),
    pytest.param("rep_allocation", "equal", 1.0, id="weight of equal parts"),
    pytest.param("rep_allocation", "ramp_0", 0.9, id="ramp"),
    pytest.param("commission", "rate_1", 0.05, id="rate"),
    pytest.param("commission", "begin_0", 0.5, id="boundary"),
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


@pytest.fixture(scope="module")
def panels(steps):
    """Each step's panel; tests put it back."""
    return {stem: panel_of(stem, steps) for stem in STEPS}


def panel_of(stem, steps):
    found = getattr(whatif, stem)(steps[stem])
    return found.children[1] if stem == "commission" else found


def shown(panel):
    """Numbers and chart, without the numbers that keep charts apart."""
    return panel.numbers.value, re.sub(r"(url\(#|href=\"#|id=\")[a-z_]+-\d+-", r"\1", panel.chart.value)


def widgets(panel):
    return {name: control.widget for name, control in panel.controls.items() if control.widget is not None}


def positions(widget):
    """Ends of a slider, every choice of a list."""
    return [value for _, value in widget.options] if isinstance(widget, Dropdown) else [widget.min, widget.max]


def cells(panel):
    """The table of numbers: what it is, plan, tried, change."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", panel.numbers.value)[1:]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


# ---------------------------------------------------------------- each panel


@pytest.mark.parametrize("stem", STEPS)
def test_panel_begins_where_the_plan_stands(panels, stem):
    panel = panels[stem]
    assert all(plan == tried and not moves for _, plan, tried, moves in cells(panel))
    assert "<svg" in panel.chart.value
    assert all(
        widget.value == panel.controls[name].position(panel.controls[name].plan)
        for name, widget in widgets(panel).items()
    )


@pytest.mark.parametrize("stem", STEPS)
def test_the_plans_value_is_marked_on_every_control_and_in_the_chart(steps, panels, stem):
    panel, words = panels[stem], steps[stem].words
    for control in panel.controls.values():
        if isinstance(control.widget, Dropdown):
            (own,) = [text for text, value in control.widget.options if value == control.plan]
            assert own.endswith("（计划）")
        elif control.widget is not None:
            assert f"▲<i>{format(control.position(control.plan), control.form)}</i>" in control.box.children[2].value
    assert f">{words('whatif.plan_mark')}<" in panel.chart.value


@pytest.mark.parametrize("stem", STEPS)
def test_controls_speak_the_plans_language_and_wait_for_the_hand(panels, stem):
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for control in panels[stem].controls.values():
        if isinstance(control.widget, Dropdown):
            assert all(chinese.search(text) for text, _ in control.widget.options), "codes are translated"
        elif control.widget is not None:
            assert chinese.search(control.label)
            assert not control.widget.continuous_update


def test_a_move_that_changes_nothing_is_said_to_be_so(panels, steps):
    panel, said = panels["variance_review"], steps["variance_review"].words("whatif.nothing_moves")
    widget = widgets(panel)["cap"]
    start = widget.value
    assert said not in panel.numbers.value
    widget.value = 0.9  # the gap is placed below the cap already
    assert said in panel.numbers.value
    widget.value = start


@pytest.mark.parametrize(("stem", "name", "value"), MOVES)
def test_a_control_moved_shows_something_else_and_moved_back_the_same(panels, stem, name, value):
    panel = panels[stem]
    first, widget = shown(panel), widgets(panel)[name]
    start = widget.value
    assert start != value
    widget.value = value
    numbers, chart = shown(panel)
    assert numbers != first[0] and chart != first[1]
    assert any(moves for *_, moves in cells(panel))
    widget.value = start
    assert shown(panel) == first


@pytest.mark.parametrize("stem", STEPS)
def test_every_end_and_every_choice_can_be_shown_and_nothing_is_saved(steps, panels, stem):
    step, panel = steps[stem], panels[stem]
    before, rules = archive.files_of(step.run), step.rules.model_dump()
    first = shown(panel)
    for widget in widgets(panel).values():
        start = widget.value
        for value in positions(widget):
            widget.value = value
            assert "nan" not in re.sub(r"<[^>]*>", "", "".join(shown(panel)))
        widget.value = start
    panel.reset()
    assert shown(panel) == first
    assert archive.files_of(step.run) == before
    assert step.rules.model_dump() == rules


@pytest.mark.parametrize("stem", [stem for stem in STEPS if stem != "commission"])
def test_panel_of_a_small_plan(small, stem):
    panel = panel_of(stem, small)
    for widget in widgets(panel).values():
        for value in positions(widget):
            widget.value = value
    assert panel.numbers.value


def test_panel_without_a_commission_plan_says_so(small):
    step = small["commission"]
    assert whatif.commission(step).sentences == [step.words("commission.note.no_plans")]


@pytest.mark.parametrize(
    ("stem", "name", "key", "value"),
    [
        pytest.param("rep_allocation", "over_assignment", "rep_allocation.over_assignment", 0.5),
        pytest.param("rep_allocation", "history", "rep_allocation.weights", 3),
        pytest.param("variance_review", "cap", "variance_review.revision", 5),
    ],
    ids=["over-assignment", "weights in other numbers", "cap"],
)
def test_panel_begins_where_any_plan_stands(demo, stem, name, key, value):
    changed = {
        "rep_allocation.weights": {"history": value, "potential": 1},
        "variance_review.revision": {"rule": "seasonal", "cap": value},
    }.get(key, value)
    plan, run = demo / "params" / "henan-2027", demo / "outputs" / "henan-2027" / "first"
    step = open_step(stem, plan=str(plan), run=str(run), changes={key: changed})
    assert widgets(getattr(whatif, stem)(step))[name].value == value


# ---------------------------------------------------------------- the notebook's own numbers


def test_task_and_growth_are_one(steps, panels):
    step, panel = steps["annual_target"], panels["annual_target"]
    two = widgets(panel)
    past = float(step.table("annual_target").query("indicator == 'amount' and planned")["last_year"].iloc[0])
    two["task"].value = 600.0
    assert two["growth"].value == pytest.approx(6_000_000 / past - 1, abs=1e-6)
    assert panel.values["level"] == 6_000_000
    two["growth"].value = 0.2
    assert panel.values["level"] == pytest.approx(Decimal(str(past * 1.2)), abs=Decimal("0.01"))
    assert two["task"].value == pytest.approx(past * 1.2 / 10_000, abs=1e-5)
    panel.reset()
    assert panel.values["level"] == 5_600_000


@pytest.mark.parametrize(
    ("levels", "path"),
    [
        pytest.param("{commit: {growth: 0.12}}", ("levels", "commit", "growth"), id="growth"),
        pytest.param(
            "{commit: {times: floor, factor: 1.1}, floor: 5000000}",
            ("levels", "commit", "factor"),
            id="a multiple",
        ),
    ],
)
def test_a_level_is_changed_in_the_form_it_was_given_in(demo, levels, path):
    changes = {"annual_target.levels": levels, "annual_target.goals": "[]", "annual_target.plan_level": "commit"}
    step = open_step("annual_target", plan=str(demo / "params" / "henan-2027"), changes=changes)
    panel = whatif.annual_target(step)
    first = cells(panel)
    widgets(panel)["growth"].value = 0.2
    assert panel.controls["level"].path == path
    expected = {"growth": 0.2, "factor": None}[path[-1]]
    assert expected is None or float(panel.values["level"]) == pytest.approx(expected, abs=2e-6)
    assert cells(panel)[1][2] == "20.0%"
    panel.reset()
    assert cells(panel) == first


def test_months_are_those_a_run_would_make(steps, panels):
    step, panel = steps["seasonal_split"], panels["seasonal_split"]
    cube = step.table("seasonal_split").groupby("month")["amount"].sum()
    assert panel.plan.bars["amount"].tolist() == cube.tolist()
    assert panel.plan.bars["amount"].sum() == 560_000_000


def test_quotas_are_those_of_the_run(steps, panels):
    step, panel = steps["rep_allocation"], panels["rep_allocation"]
    assert panel.plan.bars["amount"].tolist() == step.table("rep_allocation_reps")["quota"].tolist()
    ground = rep_allocation.ground_of(step.allocation_given().by_month(), step.rules)
    whole, quick = rep_allocation.allocate(ground).reps, rep_allocation.quotas_and_odds(ground)
    assert whole[list(quick.columns)].equals(quick)


def test_quotas_without_any_weight_are_not_shown(steps, panels):
    panel = panels["rep_allocation"]
    first = shown(panel)
    for name in ("history", "potential", "capacity", "equal"):
        widgets(panel)[name].value = 0
    assert steps["rep_allocation"].words("whatif.no_weight") in panel.numbers.value
    panel.reset()
    assert shown(panel) == first


def test_revision_is_the_run_s(steps, panels):
    step, panel = steps["variance_review"], panels["variance_review"]
    table = step.table("variance_review_revision")
    assert panel.plan.bars["amount"].tolist() == table["revised"].tolist()


# ---------------------------------------------------------------- the numbers of a commission plan


def test_sliders_of_a_plan_begin_where_it_stands(steps):
    step = steps["commission"]
    whole = whatif.commission(step)
    chosen = whole.children[0].children[0].children[1]
    for place, plan in enumerate(step.rules.plans):
        chosen.value = place
        sliders = widgets(whole.children[1])
        assert [sliders[f"rate_{number}"].value for number in range(len(plan.tiers))] == [
            float(t.rate) for t in plan.tiers
        ]
        begins = [sliders[f"begin_{number}"].value for number in range(len(plan.tiers) - 1)]
        assert begins == [float(tier.from_) for tier in plan.tiers[1:]]
        assert ("cap" in sliders) == (plan.cap is not None)


def test_boundaries_that_do_not_rise_are_said(steps, panels):
    panel = panels["commission"]
    widget = widgets(panel)["begin_0"]
    start, widget.value = widget.value, widget.max
    assert steps["commission"].words("whatif.not_rising") in panel.numbers.value
    widget.value = start
    assert cells(panel)


def test_only_the_plan_that_changes_is_worked_out_again_to_the_same_cent(steps):
    step = steps["commission"]
    year = commission_room.Year(step.months, step.as_of, step.plan.month_cutoff, step.plan.tax)
    ledger = commission_room.Ledger(
        order_lines=step.order_lines(), reps=step.reps(), quotas=step.table("rep_allocation"), orders=step.orders(),
        products=step.input("products"), customers=step.input("customers"),
        ramping=commission_room.ramping(step.reps(), year, ramp=step.all_rules["rep_allocation"].ramp),
    )  # fmt: skip
    past = commission_room.Past(step.facts())
    stage = rehearsed(ledger, year, step.rules, past=past)
    for place, plan in enumerate(step.rules.plans):
        given = numbers_of(plan)
        other = Numbers(
            given.begins, tuple(rate + Decimal("0.003") for rate in given.rates), given.cap and given.cap / 2
        )
        rules = tried(step.rules, place, other)
        again, anew = stage.under(rules.plans).reps(), cost_reps(ledger, year, rules, past=past)
        assert again.equals(anew)
        assert not again.equals(stage.reps())
        assert cost_of_team(again)["commission"].sum() != cost_of_team(stage.reps())["commission"].sum()
