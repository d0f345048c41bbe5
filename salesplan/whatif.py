"""Panels to try things out in a notebook: sliders on one side, chart and numbers beside; nothing is saved."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from IPython.display import display
from ipywidgets import Dropdown, FloatSlider, HBox, VBox, Widget, interactive_output

from salesplan import annual_target as target_room
from salesplan import charts
from salesplan import commission as commission_room
from salesplan import rep_allocation as allocation_room
from salesplan import seasonal_split as split_room
from salesplan import variance_review as review_room
from salesplan.commission.cost import Numbers, cost_of_team, numbers_of, reps_beside, team_beside, tried
from salesplan.report.sentences import Sentences
from salesplan.terms.annual_target import Growth
from salesplan.terms.commission import CommissionPlan
from salesplan.workbook import Step

CENT = Decimal("0.01")


def _panel(controls: dict[str, Widget], show: Callable[..., None]) -> VBox:
    return VBox([HBox(list(controls.values())), interactive_output(show, controls)])


def _slider(
    step: Step, key: str, value: float, ends: tuple[float, float], tick: float, form: str = ".0%"
) -> FloatSlider:
    """A slider that waits until the hand lets go; a value beyond the `ends` is still on it."""
    text, (low, high) = step.words(f"whatif.{key}"), ends
    return FloatSlider(
        value=value,
        min=low,
        max=max(high, value),
        step=tick,
        description=text,
        readout_format=form,
        continuous_update=False,
    )


def _exact(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))


def annual_target(step: Step) -> VBox:
    """Growth on last year's actual: the planned level, its odds and what lies around it."""
    year: dict[str, int] = {"fiscal_year": step.plan.fiscal_year, "first_month": step.plan.first_month}
    years = target_room.yearly(step.facts(), **year)
    past = target_room.last_year(years, fiscal_year=step.plan.fiscal_year)
    exclude = step.all_rules["seasonal_split"].exclude
    months = target_room.monthly(step.facts(), exclude=exclude, **year)
    trend = target_room.trend(months, fiscal_year=step.plan.fiscal_year, terms=step.rules.estimates.trend)
    planned = step.rules.planned

    def show(growth: float) -> None:
        levels = {**step.rules.levels, planned: Growth(growth=_exact(growth))}
        rules = step.rules.model_copy(update={"levels": levels})
        ladder = target_room.levels(rules, last_year=past, money_unit=step.money_unit)
        found = target_room.estimates(rules.estimates, ladder, last_year=past, months=months, trend=trend)
        display(step.draw(charts.annual_target.levels, target_room.overview(years, ladder, found), size=(8, 4.4)))
        display(step.show(target_room.bridge(ladder, last_year=past, measures=rules.measures), "annual_target_bridge"))

    ladder = target_room.levels(step.rules, last_year=past, money_unit=step.money_unit)
    now = target_room.planned_amount(ladder) / past - 1 if past else 0.0
    return _panel({"growth": _slider(step, "growth", round(now, 3), (-0.3, 0.6), 0.005, ".1%")}, show)


def seasonal_split(step: Step) -> VBox:
    """The method of the split: month targets beside last year's actual."""
    year = split_room.PlanYear.of(step.plan)
    levels = split_room.amount_levels(step.table("annual_target"))
    target = levels[step.all_rules["annual_target"].planned]
    history = split_room.without_projects(step.facts(), step.big_orders())
    deals = split_room.planned_projects(step.input("opportunities"), year=year, projects=step.rules.projects)

    def show(method: str) -> None:
        rules = step.rules.model_copy(update={"method": method})
        launches = split_room.planned_launches(target, history, year=year, rules=rules, products=step.input("products"))
        apart = [*launches, *split_room.projects_apart(deals, step.input("customers"), year=year)]
        cube = split_room.split(target, history, year=year, rules=rules, apart=apart)
        display(step.draw(charts.seasonal_split.months, split_room.month_overview(cube, step.facts(), year=year)))

    names = list(split_room.METHODS)
    options = [(step.words.code("method", name), name) for name in names]
    value = step.rules.method if step.rules.method in names else "auto"
    return _panel({"method": Dropdown(options=options, value=value, description=step.words("whatif.method"))}, show)


def rep_allocation(step: Step) -> VBox:
    """Weights of the bases and over-assignment: the quota of each rep."""
    ground = allocation_room.ground_of(step.allocation_given().by_month(), step.rules)

    def show(over_assignment: float, **weights: float) -> None:
        parts = {name: _exact(value) for name, value in weights.items()}
        if not any(parts.values()):
            return
        changed = {"over_assignment": _exact(over_assignment), "weights": step.rules.weights.model_copy(update=parts)}
        rules = step.rules.model_copy(update=changed)
        found = allocation_room.allocate(ground.under(rules))
        display(step.draw(charts.rep_allocation.quotas, found.reps, size=(8, 4.6)))

    given = step.rules.weights
    bases = {name: float(getattr(given, name)) for name in ("history", "potential", "capacity", "equal")}
    sliders = {name: _slider(step, name, value, (0, 1), 0.05) for name, value in bases.items()}
    over = _slider(step, "over_assignment", float(step.rules.over_assignment), (0, 0.3), 0.01)
    return _panel({"over_assignment": over, **sliders}, show)


def commission(step: Step) -> Widget | Sentences:
    """Rates, boundaries and cap of a plan: what all plans would cost, and what a few of its reps would be paid."""
    if not step.rules.plans:
        return step.note("commission.note.no_plans")
    year = commission_room.Year(step.months, step.as_of, step.plan.month_cutoff, step.plan.tax)
    ledger = commission_room.Ledger(
        order_lines=step.order_lines(), reps=step.reps(), quotas=step.table("rep_allocation"), orders=step.orders(),
        products=step.input("products"), customers=step.input("customers"),
        ramping=commission_room.ramping(step.reps(), year, ramp=step.all_rules["rep_allocation"].ramp),
    )  # fmt: skip
    past = commission_room.Past(step.facts())
    before = commission_room.cost_reps(ledger, year, step.rules, past=past)
    names = [(plan.name, place) for place, plan in enumerate(step.rules.plans)]
    choice = Dropdown(options=names, value=0, description=step.words("whatif.plan"))
    panel = VBox()

    def show(place: int, **values: float) -> None:
        rules = tried(step.rules, place, _numbers(step.rules.plans[place], values))
        if rules is None:
            display(step.note("whatif.not_rising"))
            return
        after = commission_room.cost_reps(ledger, year, rules, past=past)
        display(step.draw(charts.commission.cost, cost_of_team(after)))
        display(step.show(team_beside(before, after), "commission_tried"))
        display(step.show(reps_beside(before, after, step.rules.plans[place].name), "commission_tried"))

    def choose(_: Any = None) -> None:
        sliders = _plan_sliders(step, step.rules.plans[choice.value])
        shown = interactive_output(partial(show, choice.value), sliders)
        panel.children = [HBox([choice, *sliders.values()]), shown]

    choice.observe(choose, "value")
    choose()
    return panel


def _plan_sliders(step: Step, plan: CommissionPlan) -> dict[str, Widget]:
    """A slider for each rate, each boundary and the cap of a plan, where it stands."""
    begins, rates, cap = numbers_of(plan)
    first, (at, pays) = (1, ("point_at", "point_pays")) if plan.curve is not None else (2, ("tier_from", "tier_rate"))
    share = plan.measure in ("attainment", "margin_rate")
    found: dict[str, Widget] = {}
    for number, rate in enumerate(rates):
        top, tick = (3.0, 0.05) if plan.curve is not None else (max(0.1, 2 * float(rate)), 0.001)
        found[f"rate_{number}"] = _slider(step, pays, float(rate), (0, top), tick, ".1%")
        found[f"rate_{number}"].description = step.words(f"whatif.{pays}", number=number + 1)
    for number, begin in enumerate(begins):
        top, tick, form = (2.0, 0.01, ".0%") if share else (2 * float(begin), max(float(begin) / 50, 0.01), ",.0f")
        found[f"begin_{number}"] = _slider(step, at, float(begin), (0, top), tick, form)
        found[f"begin_{number}"].description = step.words(f"whatif.{at}", number=number + first)
    if cap is not None:
        found["cap"] = _slider(step, "plan_cap", float(cap), (0, 3 * float(cap)), max(float(cap) / 20, 1.0), ",.0f")
    return found


def _numbers(plan: CommissionPlan, values: dict[str, float]) -> Numbers:
    """The numbers of a plan as its sliders stand; one not moved keeps its exact number."""
    given = numbers_of(plan)
    begins = tuple(_moved(begin, values[f"begin_{number}"]) for number, begin in enumerate(given.begins))
    rates = tuple(_moved(rate, values[f"rate_{number}"]) for number, rate in enumerate(given.rates))
    return Numbers(begins, rates, None if given.cap is None else _moved(given.cap, values["cap"]).quantize(CENT))


def _moved(given: Decimal, value: float) -> Decimal:
    return given if value == float(given) else _exact(value)


def variance_review(step: Step) -> VBox:
    """Rule and cap of the revision: the months to come."""
    figures = review_room.Figures(
        months=step.months, closed=step.closed_months, split=step.table("seasonal_split"),
        allocation=step.table("rep_allocation"), facts=step.facts(), reps=step.input("reps"),
        products=step.input("products"), orders=None, collections=None, causes=None, kpis=None,
    )  # fmt: skip
    given = step.rules.revision

    def show(rule: str, cap: float) -> None:
        revision = given.model_copy(update={"rule": rule, "cap": _exact(cap)})
        rules = step.rules.model_copy(update={"revision": revision})
        found: Any = review_room.review(figures, rules, step.plan)
        display(step.draw(charts.variance_review.months, found.revision))

    options = [(step.words.code("rule", name), name) for name in ("next_month", "seasonal", "even", "capacity")]
    choice = Dropdown(options=options, value=given.rule, description=step.words("whatif.rule"))
    return _panel({"rule": choice, "cap": _slider(step, "cap", float(given.cap), (0, 2), 0.05)}, show)
