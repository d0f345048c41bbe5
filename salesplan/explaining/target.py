"""The annual target: the level that is planned, as the parameter file says it."""

from collections.abc import Callable

from salesplan.explaining.formula import Figure, money, number
from salesplan.explaining.parts import Line, Part
from salesplan.money import from_fen
from salesplan.terms import AnnualTargetTerms
from salesplan.terms.annual_target import Growth, Times

Place = Callable[[str, tuple[str | int, ...]], str]


def target_part(terms: AnnualTargetTerms, levels: dict[str, int], *, last_year: int | None, place: Place) -> Part:
    """The planned level; `levels` are those of table annual_target (fen), by name."""
    return Part("target", list(_level(terms.planned, terms, levels, last_year, place)))


def _level(
    name: str, terms: AnnualTargetTerms, levels: dict[str, int], last_year: int | None, place: Place
) -> list[Line]:
    level, told, at = terms.levels[name], {"level": name}, place("annual_target", ("levels", name))
    if isinstance(level, Times):
        found = money(levels[level.times]) * number(level.factor)
        own = Line("level_times", {**told, "other": level.times}, found.to(2).text, at)
        return [*_level(level.times, terms, levels, last_year, place), own, *_to_unit(found, levels[name])]
    if isinstance(level, Growth):
        found = money(last_year or 0) * (number(1) + number(level.growth))
        return [Line("level_growth", told, found.to(2).text, at), *_to_unit(found, levels[name])]
    return [Line("level_fixed", told, money(levels[name]).text, at)]


def _to_unit(found: Figure, fen: int) -> list[Line]:
    """The level as it stands after rounding to the money unit, where that is another amount."""
    return [] if found.to(2).result.value == from_fen(fen) else [Line("level_rounded", formula=money(fen).text)]
