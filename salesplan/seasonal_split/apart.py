"""What is planned apart from the season: an amount by month, and where in the company it lies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from salesplan.apportion import UNKNOWN
from salesplan.claims import matching
from salesplan.errors import Fault
from salesplan.money import from_fen
from salesplan.seasonal_split.history import Array

PLACE = "seasonal_split.yaml"


@dataclass(frozen=True)
class Apart:
    """One launch or project: its twelve amounts (fen, whole money units) and its members by dimension.

    `place` names the members it belongs to; over the dimensions it does not name it lies as the history's members that
    match `like` do. `key` is where in the parameter file it comes from.
    """

    name: str
    months: Array = field(repr=False)
    place: Mapping[str, str]
    like: Mapping[str, str]
    key: str = "projects"

    @property
    def amount(self) -> int:
        """The year's amount, fen."""
        return int(self.months.sum())


def months_apart(apart: Sequence[Apart]) -> Array:
    """Amounts of the twelve months that are planned apart, fen."""
    return sum((one.months for one in apart), np.zeros(12, dtype="int64"))


def apart_faults(target: int, apart: Sequence[Apart]) -> Iterator[Fault]:
    """What is planned apart asks for more than the year has: its parts, and the amount that does not fit."""
    planned = int(months_apart(apart).sum())
    if planned > target:
        key = next(one.key.split("[")[0] for one in apart if one.amount)
        amounts = {"planned": from_fen(planned), "target": from_fen(target), "over": from_fen(planned - target)}
        yield Fault("apart_over_target", f"{PLACE} {key}", None, amounts)


def spread(mix: pd.DataFrame, one: Apart) -> pd.DataFrame:
    """Where an amount set apart lies: combinations of members with `weight`, 1 in sum.

    `mix` is the history's (`member_mix`). Combinations that match `like` give the weights; where none does, what is not
    named is `(unknown)`.
    """
    dimensions = list(mix.columns.drop("weight"))
    alike = mix[matching(mix, {name: one.like[name] for name in dimensions if name in one.like})]
    if alike.empty:
        alike = pd.DataFrame({**{name: [UNKNOWN] for name in dimensions}, "weight": [1.0]})
    placed = alike.assign(**{name: one.place[name] for name in dimensions if name in one.place})
    if not dimensions:
        return pd.DataFrame({"weight": [1.0]})
    sums = placed.groupby(dimensions, sort=True)["weight"].sum().reset_index()
    return sums.assign(weight=sums["weight"] / sums["weight"].sum())
