"""Scenarios in words: what is varied, what it moves, lines of the terminal, sections of the page."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from salesplan import STEPS
from salesplan.charts import sweeping as charts
from salesplan.charts.render import Chart, Sketch, draw
from salesplan.comparing.parameters import value_text
from salesplan.conclusions.saying import sayer
from salesplan.params import read_value
from salesplan.params.places import split_key, value_at
from salesplan.params.schema import meaning_at, meaning_key
from salesplan.report.sections import Section
from salesplan.sweeping.measures import KINDS, Measures
from salesplan.sweeping.scenarios import Outcome, Sweep
from salesplan.wording import BLANK, Words
from salesplan.wording.messages import message

say = sayer("sweep")
COLUMNS = 5  # scenarios beside the plan in one table
DECIMALS = {"cost_ratio": 2, "most_raised": 1}
SHORT = 24  # letters of a scenario's name beside a chart
SHOWN = [name for name, kind in KINDS.items() if kind != "month"]


def parameter(key: str, words: Words) -> str:
    """A parameter by its meaning and its key."""
    stem, *path = split_key(key)
    meaning = meaning_at(str(stem), tuple(path), words)
    return say(words, "called", name=meaning, parameter=key) if meaning else key


def typed(key: str, value: Any, words: Words) -> str:
    """A parameter's value as people read it: numbers grouped, our codes by their names."""
    if value is None:
        return say(words, "default")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(typed(key, item, words) for item in value)}]"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {typed(key, item, words)}" for name, item in value.items())
    stem, *path = split_key(key)
    choice = meaning_key(str(stem), tuple(path)).removeprefix("param.")
    families = (f"own_choice.{choice}.{value}", f"code.{path[-1]}.{value}", f"code.choice.{value}")
    return next((words.texts[name] for name in families if name in words.texts), str(value))


def label(values: Mapping[str, str], words: Words) -> str:
    """A scenario by the values it has, the plan by its name."""
    texts = [_named(key, read_value(value), words) for key, value in values.items()]
    return " \u00b7 ".join(texts) if texts else say(words, "plan")


def _named(key: str, value: Any, words: Words) -> str:
    """A value that says by itself what it is of, or the last part of its parameter before it."""
    text = typed(key, value, words)
    return text if isinstance(value, str) else f"{key.rpartition('.')[2]} {text}"


def own_value(found: Sweep, key: str, words: Words) -> str:
    """What the plan has for a parameter, as people read it."""
    return typed(key, _own(found, key), words)


def own_text(found: Sweep, key: str) -> str:
    """What the plan has for a parameter, as its file would show it; blank where it has nothing."""
    value = _own(found, key)
    return "" if value is None else value_text(value)


def _own(found: Sweep, key: str) -> Any:
    stem, *path = split_key(key)
    rules = found.planned.rules[str(stem)].model_dump(by_alias=True)
    return value_at(_listed(rules), tuple(path))


def _listed(value: Any) -> Any:
    """A model's content with lists for tuples, as a parameter file has it."""
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def number(name: str, value: Any, words: Words, *, sign: bool = False) -> str:
    """A measure as text; a dash where it is not known."""
    if value is None or pd.isna(value):
        return BLANK
    plus = "+" if sign and value > 0 else ""
    if KINDS[name] == "money":
        return plus + words.money(round(value), unit=False)
    if KINDS[name] == "share":
        return plus + words.percent(value, DECIMALS.get(name, 1))
    return plus + words.number(value, 3)


def shown(name: str, measures: Measures, words: Words) -> str:
    """A measure of a scenario; the peak with its month."""
    text = number(name, measures.get(name), words)
    if name == "peak" and "peak_month" in measures:
        return say(words, "peak", month=words.month_short(measures["peak_month"]), share=text)
    return text


def moved(name: str, found: Sweep, words: Words) -> bool:
    """Whether a measure, as it is shown, is another one in any scenario than in the plan."""
    plan = shown(name, found.plan, words)
    return any(shown(name, one.measures, words) != plan for one in found.scenarios if not one.faults)


def moving(found: Sweep, words: Words) -> list[str]:
    """The measures that move."""
    return [name for name in known(found) if moved(name, found, words)]


def known(found: Sweep) -> list[str]:
    """The measures that the plan or any scenario has."""
    sides = (found.plan, *(one.measures for one in found.scenarios))
    return [name for name in SHOWN if any(name in side for side in sides)]


def heading(found: Sweep, words: Words) -> str:
    """The headline: how many scenarios, and from where to where the first amount of money goes that moves."""
    count = len(found.scenarios)
    names = moving(found, words)
    if not names:
        return say(words, "heading_same", count=count)
    name = next((one for one in names if KINDS[one] == "money"), names[0])
    values = [one.measures[name] for one in found.scenarios if name in one.measures]
    unit = f" {words.unit}" if KINDS[name] == "money" else ""
    told = {"low": number(name, min(values), words), "high": number(name, max(values), words) + unit}
    if min(values) == max(values):
        return say(words, "heading_one", count=count, name=measure(name, words), value=told["high"])
    return say(words, "heading", count=count, name=measure(name, words), **told)


def measure(name: str, words: Words) -> str:
    """What a measure is called."""
    return say(words, f"measure_{name}")


def notes(found: Sweep, words: Words) -> list[str]:
    """What stands beside: whose the plan's numbers are, what was changed in all, what does not move."""
    told = [say(words, "base", run=found.base) if found.base else say(words, "tried")]
    told += [
        say(words, "fixed", name=parameter(key, words), value=typed(key, read_value(value), words))
        for key, value in found.fixed.items()
    ]
    if any(key.startswith(f"{STEPS[1]}.") for key in found.varied) and moved("landing", found, words):
        told.append(say(words, "landing_by_split"))
    still = [measure(name, words) for name in known(found) if not moved(name, found, words)]
    return [*told, say(words, "still", names=words.list(still))] if still else told


def refusals(found: Sweep, words: Words) -> list[str]:
    """Why a scenario cannot be planned."""
    return [
        say(words, "impossible", name=label(one.changes, words), why=message(fault, words))
        for one in found.scenarios for fault in one.faults
    ]  # fmt: skip


def summary(found: Sweep, words: Words) -> Iterator[str]:
    """The lines of the terminal: the plan, then each scenario with what moves."""
    names = moving(found, words)
    yield heading(found, words)
    yield _line(say(words, "plan"), found.plan, names, words)
    for one in found.scenarios:
        if not one.faults:
            yield _line(label(one.changes, words), one.measures, names, words)
    yield from refusals(found, words)


def _line(name: str, measures: Measures, names: Sequence[str], words: Words) -> str:
    told = [f"{say(words, f'short_{key}')} {shown(key, measures, words)}" for key in names if key in measures]
    return f"  {name}  {words('mark.semicolon').join(told)}".rstrip()


def sections(found: Sweep, words: Words) -> Iterator[Section]:
    """The page: what was found, a panel per measure that moves, the scenarios side by side, what is varied."""
    yield Section("", (), refusals(found, words), chart=_drawn(found, words), notes=notes(found, words))
    for at in range(0, len(found.scenarios), COLUMNS):
        block = found.scenarios[at : at + COLUMNS]
        title = say(words, "table") if at == 0 else say(words, "table_more", first=at + 1, last=at + len(block))
        heads = [say(words, "head_measure"), say(words, "plan"), *(label(one.changes, words) for one in block)]
        yield Section(title, (), (), heads, list(_rows(found, block, words)), numbers=1 + len(block))
    heads = [say(words, f"head_{name}") for name in ("parameter", "own", "values")]
    rows = [
        [parameter(key, words), own_value(found, key, words),
         words.list([typed(key, read_value(value), words) for value in values])]
        for key, values in found.varied.items()
    ]  # fmt: skip
    yield Section(say(words, "varied"), (), (), heads, rows, notes=[say(words, "measures")])


def _rows(found: Sweep, block: Sequence[Outcome], words: Words) -> Iterator[list[str]]:
    """A row per measure: the plan's, then each scenario's with its difference to it."""
    for name in known(found):
        unit = say(words, "in_unit", name=measure(name, words), unit=words.unit)
        head = unit if KINDS[name] == "money" else measure(name, words)
        yield [head, shown(name, found.plan, words), *(_cell(name, found, one, words) for one in block)]


def _cell(name: str, found: Sweep, one: Outcome, words: Words) -> str:
    if one.faults:
        return say(words, "cannot")
    text, change = shown(name, one.measures, words), difference(name, found.plan, one.measures)
    told = number(name, change, words, sign=True)
    return say(words, "cell", value=text, change=told) if any(sign in "123456789" for sign in told) else text


def difference(name: str, plan: Measures, measures: Measures) -> Any:
    """A scenario's measure less the plan's; None where either is not known."""
    return measures[name] - plan[name] if name in plan and name in measures else None


def _drawn(found: Sweep, words: Words) -> Chart | None:
    """Small multiples of what moves; nothing where nothing does."""
    names = moving(found, words)
    if not names:
        return None
    sides = [(say(words, "plan"), found.plan)]
    sides += [(label(one.changes, words), one.measures) for one in found.scenarios if not one.faults]
    rows = [
        [panel, _panel_name(name, words), scenario, _short(text, scenario), measures.get(name),
         shown(name, measures, words)]
        for panel, name in enumerate(names) for scenario, (text, measures) in enumerate(sides)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["panel", "measure", "scenario", "label", "value", "text"])
    down = -(-len(names) // charts.ACROSS)
    size = (8.0, 0.7 + down * (0.75 + 0.24 * max(len(sides), 4)))
    return draw(Sketch(charts.panels, frame, words, "sweep-1", size))


def _panel_name(name: str, words: Words) -> str:
    return (
        say(words, "in_unit", name=say(words, f"short_{name}"), unit=words.unit)
        if KINDS[name] == "money"
        else say(words, f"short_{name}")
    )


def _short(text: str, scenario: int) -> str:
    """A scenario's name as far as there is room; its number tells apart what is cut."""
    return text if len(text) <= SHORT else f"{scenario} {text[: SHORT - 4]}\u2026"
