"""What a rep's own records are worth beside his team's: empirical Bayes for rates and for means."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Groups = NDArray[np.int64]
LEAST_REPS = 2  # reps with records from which a team has a value of its own


class Shrunk(NamedTuple):
    """Per rep: own value, the team's, the weight of the own one, and what is used; NaN where nothing is known."""

    own: Real
    team: Real
    weight: Real
    used: Real
    of_team: NDArray[np.bool_]  # False: too few of the team have records, so everybody's value stands for it
    strength: float  # records that the team's value weighs as much as; infinite: all reps are alike


def shrink_rates(reached: Real, tried: Real, teams: Groups, strength: float | None = None) -> Shrunk:
    """Rates reached / tried, drawn towards the team's by a beta-binomial model.

    used = (reached + k x team's rate) / (tried + k), k = 1 / rho - 1 pseudo-observations; rho, the correlation within
    a rep, is estimated by moments from the spread between the reps of the same team unless `strength` (k) is given.
    `teams`: a number per rep. Source: J. C. Kleinman, JASA 68 (1973).

    Example: 5 of 10 in a team of one in four, k = 10: (5 + 2.5) / 20 = 0.375.
    """
    own = _ratio(reached, tried)
    team, of_team = _level(reached, tried, teams)
    known, part = tried > 0, 1 - _part_of_team(tried, teams, of_team)
    single = team * (1 - team)
    spread = float((tried * (own - team) ** 2)[known].sum())
    chance, room = float((part * single)[known].sum()), float((part * single * np.maximum(tried - 1, 0))[known].sum())
    rho = min(max((spread - chance) / room, 0.0), 1.0) if room > 0 else 0.0
    return _drawn(own, team, tried, of_team, _strength(1 - rho, rho) if strength is None else strength)


def shrink_means(sums: Real, squares: Real, counts: Real, teams: Groups, strength: float | None = None) -> Shrunk:
    """Means sums / counts, drawn towards the team's: used = (sum + k x team's mean) / (count + k).

    k = variance within a rep / variance between the reps of a team, both by moments (one-way random effects), unless
    `strength` is given; `squares` are the sums of squares.
    """
    own = _ratio(sums, counts)
    team, of_team = _level(sums, counts, teams)
    known, part = counts > 0, 1 - _part_of_team(counts, teams, of_team)
    free = float((counts[known] - 1).sum())
    within = float((squares - counts * own**2)[known].sum()) / free if free > 0 else 0.0
    spread, room = float((counts * (own - team) ** 2)[known].sum()), float((part * counts)[known].sum())
    between = max(spread - within * float(part[known].sum()), 0.0) / room if room > 0 else 0.0
    return _drawn(own, team, counts, of_team, _strength(within, between) if strength is None else strength)


def _strength(within: float, between: float) -> float:
    return within / between if between > 0 else np.inf


def _ratio(above: NDArray[Any], below: NDArray[Any]) -> Real:
    ratio: Real = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return ratio


def _level(above: Real, below: Real, teams: Groups) -> tuple[Real, NDArray[np.bool_]]:
    """The team's pooled value for each rep, everybody's where fewer than two of the team have records."""
    count = int(teams.max(initial=-1)) + 1
    sums = [np.bincount(teams, weights=values, minlength=count) for values in (above, below, below > 0)]
    whole = above.sum() / below.sum() if below.sum() > 0 else np.nan
    enough = sums[2] >= LEAST_REPS
    level = np.where(enough, _ratio(sums[0], sums[1]), whole)
    return np.asarray(level[teams], dtype=np.float64), np.asarray(enough[teams], dtype=np.bool_)


def _part_of_team(tried: Real, teams: Groups, of_team: NDArray[np.bool_]) -> Real:
    """A rep's part of the records that his team's value rests on."""
    team = np.bincount(teams, weights=tried, minlength=int(teams.max(initial=-1)) + 1)[teams]
    base: Any = np.where(of_team, team, tried.sum())
    part: Real = np.divide(tried, base, out=np.zeros(len(tried)), where=base > 0)
    return part


def _drawn(own: Real, team: Real, counts: Real, of_team: NDArray[np.bool_], strength: float) -> Shrunk:
    bottom = counts + strength
    weight = np.divide(counts, bottom, out=np.where(counts > 0, 1.0, 0.0), where=bottom > 0)
    weight = np.where(np.isfinite(bottom), weight, 0.0)
    used = np.where(counts > 0, weight * np.nan_to_num(own) + (1 - weight) * team, team)
    return Shrunk(own, team, weight, used, of_team, float(strength))
