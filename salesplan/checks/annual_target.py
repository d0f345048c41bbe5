"""Checks of annual_target.yaml across its parts and the tables: goals, themes, members with last year's targets."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from salesplan.errors import Fault, alternatives
from salesplan.params.loading import Loaded
from salesplan.tables.names import names_in
from salesplan.terms import AnnualTargetTerms

if TYPE_CHECKING:
    import pyarrow as pa


def target_faults(loaded: Loaded, tables: Mapping[str, "pa.Table"]) -> Iterator[Fault]:
    """Every contradiction of the step's parameters, each with its place in the file."""
    terms = loaded.rules["annual_target"]
    assert isinstance(terms, AnnualTargetTerms)
    yield from _goals(terms, loaded, tables)
    yield from _themes(terms, loaded)
    yield from _members(terms, loaded, tables)


def _goals(terms: AnnualTargetTerms, loaded: Loaded, tables: Mapping[str, "pa.Table"]) -> Iterator[Fault]:
    """Goals that are there twice, repeat the levels, or name a level or line nobody has."""
    lines, seen = _lines(tables), set()
    for number, goal in enumerate(terms.goals):
        key = (goal.indicator, goal.line)
        if key == ("amount", None):
            yield Fault("goal_is_level", loaded.place("annual_target", ("goals", number)), goal.indicator)
        if key in seen:
            yield Fault("goal_twice", loaded.place("annual_target", ("goals", number)), goal.indicator)
        seen.add(key)
        if goal.line is not None and goal.line not in lines:
            place = loaded.place("annual_target", ("goals", number, "line"))
            yield Fault("goal_line_unknown", place, goal.line, alternatives(goal.line, lines))
        for level in goal.by_level or ():
            if level not in terms.levels:
                place = loaded.place("annual_target", ("goals", number, "values", level))
                yield Fault("goal_level", place, level, {"levels": ", ".join(terms.levels)})


def _lines(tables: Mapping[str, "pa.Table"]) -> set[str]:
    """Lines of business: those of the products, else the products that were sold."""
    products = tables.get("products")
    if products is not None and "line" in products.column_names and products["line"].null_count < len(products):
        return {str(name) for name in products["line"].drop_null().to_pylist()}
    return names_in(tables, "sales", "product") | names_in(tables, "products", "product")


def _themes(terms: AnnualTargetTerms, loaded: Loaded) -> Iterator[Fault]:
    """A second focus for a quarter."""
    quarters = [theme.quarter for theme in terms.themes]
    for number, quarter in enumerate(quarters):
        if quarter in quarters[:number]:
            yield Fault("theme_twice", loaded.place("annual_target", ("themes", number, "quarter")), quarter)


def _members(terms: AnnualTargetTerms, loaded: Loaded, tables: Mapping[str, "pa.Table"]) -> Iterator[Fault]:
    """Last year's targets of teams, regions, channels or products that no table knows."""
    for dimension, members in terms.basis.last_targets.items():
        known = names_in(tables, "reps" if dimension == "team" else "sales", dimension)
        for name in members:
            if name not in known:
                place = loaded.place("annual_target", ("basis", "last_targets", dimension, name))
                yield Fault("member_unknown", place, name, alternatives(name, known))
