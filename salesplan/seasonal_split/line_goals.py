"""Lines of business with sales of their own in step 1: the cube meets them exactly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan.apportion import UNASSIGNED, MisfitError, fit_table
from salesplan.claims import Claim, rests
from salesplan.errors import Fault, stop_on
from salesplan.lines import line_of
from salesplan.money import from_fen
from salesplan.seasonal_split.history import Array, divide
from salesplan.terms.goals import Goal


@dataclass(frozen=True)
class LineGoal:
    """Sales that a line is to bring: its goal's number in the file, fen at the planned level and at others."""

    number: int
    line: str
    amount: int
    levels: Mapping[str, int] = field(default_factory=dict)

    def fault(self, code: str, **values: int) -> Fault:
        """A fault of this goal; the values are fen."""
        amounts = {name: from_fen(fen) for name, fen in values.items()}
        return Fault(code, f"annual_target.yaml goals[{self.number}]", None, {"line": self.line, **amounts})


class Target(NamedTuple):
    """The year's amount (fen), what lines are to bring of it, and the table that says which product is of which."""

    amount: int
    goals: tuple[LineGoal, ...] = ()
    products: pd.DataFrame | None = None

    def at(self, level: str, amount: int) -> "Target":
        """The same at another level: `amount`, and the goals that ask for something there."""
        asked = tuple(replace(goal, amount=goal.levels[level]) for goal in self.goals if level in goal.levels)
        return Target(amount, asked, self.products)


@dataclass(frozen=True)
class Lined:
    """Goals laid on combinations of members: the goal of each (`owner`, -1: none), and the fen each still needs."""

    goals: tuple[LineGoal, ...]
    owner: Array
    left: Array


def line_goals(annual_target: pd.DataFrame, goals: Sequence[Goal]) -> tuple[LineGoal, ...]:
    """Sales declared for lines, from table `annual_target`; `goals` are those of the parameter file, for their places.

    The row `(unassigned)` is no goal: it is what the others leave.
    """
    if "line" not in annual_target:
        return ()
    named = annual_target.assign(line=annual_target["line"].fillna(""))
    asked = named[(named["indicator"] == "amount") & (named["unit"] == "currency") & named["value"].notna()]
    numbers = {goal.line: number for number, goal in enumerate(goals) if goal.indicator == "amount"}
    found = []
    for line, part in asked[~asked["line"].isin(["", UNASSIGNED])].groupby("line", sort=True):
        fen = {level: int(value * 100) for level, value in zip(part["level"], part["value"], strict=True)}
        planned = part.loc[part["planned"], "level"].tolist()
        if planned:
            found.append(LineGoal(numbers.get(str(line), 0), str(line), fen.pop(planned[0]), fen))
    return tuple(sorted(found, key=lambda goal: goal.number))


def lined(target: Target, members: pd.DataFrame, apart: Array) -> Lined:
    """The target's goals on the combinations of the cube, less what is planned apart (months x combinations) in them.

    Without products among the dimensions no line can be told, and no goal counts.
    """
    if "product" not in members or not target.goals:
        return Lined((), np.full(len(members), -1), np.zeros(0, dtype="int64"))
    places = {goal.line: place for place, goal in enumerate(target.goals)}
    owner = line_of(members["product"], target.products).map(places).fillna(-1).to_numpy(dtype="int64")
    planned = [int(apart[:, owner == place].sum()) for place in range(len(target.goals))]
    left = [goal.amount - fen for goal, fen in zip(target.goals, planned, strict=True)]
    return Lined(target.goals, owner, np.array(left, dtype="int64"))


def years_by_line(years: Array, claims: Sequence[Claim], lines: Lined, members: pd.DataFrame, total: int) -> Array:
    """The year of every combination scaled so that each line brings what its goal still needs, and pinned years stay.

    Pinned years (`claims` of twelve months) and lines are fitted to each other; what is in neither takes the rest of
    `total` (fen). Raises PlanError where pins leave a goal no room, with the amount.
    """
    if not lines.goals or abs(years.sum() - total) > 1 or (years < 0).any():
        return years  # without goals, or with pins that are refused by themselves
    owner, pinned = _pinned(claims, members)
    rows = np.append(pinned, total - pinned.sum())
    columns = amounts_by_line(lines, total)
    place = (owner % len(rows)) * len(columns) + lines.owner % len(columns)
    have = np.bincount(place, years, len(rows) * len(columns)).reshape(len(rows), len(columns))
    try:
        asked = fit_table(have, rows.astype("float64"), columns.astype("float64"))
    except MisfitError as error:
        stop_on([_no_room(lines, error)])
    return np.asarray(years * divide(np.asarray(asked), have).ravel()[place])


def _pinned(claims: Sequence[Claim], members: pd.DataFrame) -> tuple[Array, Array]:
    """The innermost pinned year of each combination (-1: none), and each one's amount less those inside it."""
    whole = [claim for claim in claims if claim.months.all()]
    owner = np.full(len(members), -1, dtype="int64")
    for place in sorted(range(len(whole)), key=lambda i: -sum(whole[i].holds(other) for other in whole)):
        owner[whole[place].cells(members)[0]] = place
    return owner, rests(whole)


def _no_room(lines: Lined, error: MisfitError) -> Fault:
    """The first goal that pinned years contradict, and the amount that does not fit."""
    inside = [int(place) for place in error.columns if place < len(lines.goals)]
    return lines.goals[inside[0] if inside else -1].fault("goal_no_room", over=round(error.amount))


def amounts_by_line(lines: Lined, total: int) -> Array:
    """What each goal still needs and, at the end, what the other lines take of `total`, fen."""
    return np.append(lines.left, total - lines.left.sum())


# ---------------------------------------------------------------- what cannot be


def goal_faults(
    lines: Lined, claims: Sequence[Claim], members: pd.DataFrame, weights: Array, total: int
) -> list[Fault]:
    """Goals against what is planned apart and pinned in them, and against the products there are.

    `claims` are the pins of members as declared, `weights` the history's part of each combination, `total` the year
    without what is planned apart.
    """
    if not lines.goals:
        return []
    single = [
        *(goal.fault("goal_below_apart", goal=goal.amount, planned=goal.amount - fen, over=-fen)
          for goal, fen in zip(lines.goals, lines.left.tolist(), strict=True) if fen < 0),
        *_without_products(lines, weights),
        *_below_pins(lines, claims, members),
    ]  # fmt: skip
    return single or list(_rest(lines, weights, total))


def _without_products(lines: Lined, weights: Array) -> Iterator[Fault]:
    """Goals with no product that has a history and could take what is left of them."""
    for place, (goal, fen) in enumerate(zip(lines.goals, lines.left.tolist(), strict=True)):
        if fen > 0 and not weights[lines.owner == place].any():
            yield goal.fault("goal_without_products", goal=goal.amount, over=fen)


def _below_pins(lines: Lined, claims: Sequence[Claim], members: pd.DataFrame) -> Iterator[Fault]:
    """Goals below what is pinned for products of their line."""
    for place, goal in enumerate(lines.goals):
        inside = [claim for claim in claims if set(lines.owner[claim.cells(members).any(axis=0)].tolist()) == {place}]
        largest = [c for c in inside if not any(o is not c and o.holds(c) for o in inside)]
        pinned = sum(claim.amount for claim in largest)
        if pinned > goal.amount:
            yield goal.fault("goal_below_pins", goal=goal.amount, planned=pinned, over=pinned - goal.amount)


def _rest(lines: Lined, weights: Array, total: int) -> Iterator[Fault]:
    """Goals that leave less than nothing, or something that no other line could take."""
    rest = total - int(lines.left.sum())
    if rest < 0:
        yield lines.goals[-1].fault("goals_over_year", over=-rest)
    if rest > 0 and not weights[lines.owner < 0].any():
        yield lines.goals[-1].fault("goals_leave_rest", over=rest)
