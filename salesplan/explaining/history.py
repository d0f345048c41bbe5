"""The base `history` of a rep: the past years of the customers he holds, weighted and at last year's level."""

import numpy as np

from salesplan.explaining.formula import FINE, Equation, factor, number, real, total
from salesplan.explaining.ground import Grounds
from salesplan.explaining.parts import Line
from salesplan.rep_allocation.people.past import weighted_years

OWN = ("", "full_year", "inherited")  # substitutes that are still the customers' own past
CLOSE = 1.0  # fen by which the sum of the groups may be off what the base says


def history_lines(grounds: Grounds, rep: str) -> list[Line]:
    """How the value of the base came about: a line per set of years that count, and their sum.

    Nothing where the base is not his customers' own, or does not count.
    """
    ground = grounds.ground
    bases = ground.weighing.bases.set_index(["rep", "basis"])
    if "history" not in grounds.blend.counted or bases["substitute"].get((rep, "history")) not in OWN:
        return []
    groups = _groups(grounds, rep)
    value = float(ground.weighing.found["history"].value[rep])
    if not groups or abs(sum(float(found.result.value) for _, found in groups) * 100 - value) > CLOSE:
        return []
    lines = [Line("history_years", {"count": count}, found.text) for count, found in groups]
    if len(groups) > 1:
        lines.append(Line("history_sum", formula=total([found.result for _, found in groups]).to(FINE).text))
    return [*lines, Line("history_level", place=grounds.place("rep_allocation", ("recency",)))]


def _groups(grounds: Grounds, rep: str) -> list[tuple[int, Equation]]:
    """By set of years that count: how many customers, and the weighted mean of what they bought in them."""
    owners, ground = grounds.owners, grounds.ground
    past = weighted_years(ground.given, ground.rules, owners)
    mine = np.flatnonzero(owners.holders["rep"].to_numpy() == rep)
    accounts = owners.holders["account"].to_numpy()[mine]
    sold = np.einsum("aym,am->ay", past.full[accounts], owners.part[mine])
    known = past.weights[accounts] > 0
    found = []
    for counts in np.unique(known[known.any(axis=1)], axis=0):
        rows = (known == counts).all(axis=1)
        weights = past.weights[accounts][rows][0]
        places = np.flatnonzero(counts)[::-1]
        parts = [number(weights[at]) * factor(past.level[at]) * real(float(sold[rows][:, at].sum())) for at in places]
        equation = (total(parts) / number(weights.sum())).to(FINE)
        found.append((len(np.unique(accounts[rows])), equation))
    return found
