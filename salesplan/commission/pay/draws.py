"""Draws and guarantees: what is advanced on commission, what is owed of it, what is never asked back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from salesplan import calendar
from salesplan.commission.pay.presence import Presence
from salesplan.commission.year import Year
from salesplan.money import Integers, half_away, to_fen
from salesplan.terms.commission import CommissionPlan, CommissionTerms

PERIODS = {"never": 0, "month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class DrawTerms:
    """What holds for each rep and month (reps x months).

    `least`: least commission by the draw, fen; `guaranteed`: by the guarantee of those who are new; `recoverable`:
    whether the draw is owed; `forgiven`: whether what is owed at the end of the month is forgiven.
    """

    least: Integers
    guaranteed: Integers
    recoverable: Any
    forgiven: Any

    def since(self, first: int) -> "DrawTerms":
        """The same without the first months."""
        return DrawTerms(*(values[:, first:] for values in vars(self).values()))


@dataclass(frozen=True)
class Drawn:
    """Reps x months, int64 fen: `draw` an advance (+) or a recovery (-), `owed` the balance at the end of the month.

    `granted`: what of the advance is never asked back; `forgiven`: what was struck off. Month by month
    owed = owed before + draw - granted - forgiven.
    """

    draw: Integers
    owed: Integers
    granted: Integers
    forgiven: Integers


def draws(commission: Integers, terms: DrawTerms, opening: Integers | None = None) -> Drawn:
    """Advances up to the draw or the guarantee, and their recovery from what is above it, month after month.

    `commission` is released + clawback, reps x months. An advance fills up what there is, but never what was taken
    back: of a negative commission the advance is the draw, and the rest stays with the rep. What the guarantee alone
    brings, and the advance of a draw that is not recoverable, is granted. A balance is recovered from commission
    above the draw and the guarantee, so that a month itself never falls below them; who has neither pays from all
    of it. `opening`: what is owed before the first month. Source: recoverable draw as in Siebel Incentive
    Compensation, administration guide, table 4.
    """
    owed = np.zeros(len(commission), dtype=np.int64) if opening is None else opening
    columns: list[tuple[Integers, ...]] = []
    for month in range(commission.shape[1]):
        least, sure = terms.least[:, month], terms.guaranteed[:, month]
        there = np.maximum(commission[:, month], 0)
        granted = np.maximum(sure - there, 0)
        lent = np.maximum(least - np.maximum(there, sure), 0)
        granted, lent = np.where(terms.recoverable[:, month], (granted, lent), (granted + lent, np.zeros_like(lent)))
        recovered = np.minimum(owed, np.maximum(there - np.maximum(least, sure), 0))
        left = owed + lent - recovered
        forgiven = np.where(terms.forgiven[:, month], left, 0)
        owed = left - forgiven
        columns.append((granted + lent - recovered, owed, granted, forgiven))
    stacked = np.array(columns, dtype=np.int64).reshape(commission.shape[1], 4, len(commission))
    return Drawn(*(stacked[:, place].T for place in range(4)))


def draw_terms(
    rules: CommissionTerms, plan: Integers, present: Presence, starts: "pd.Series[Any]", year: Year
) -> DrawTerms:
    """Terms of draws by the plan of each rep and month, in part months their part of the amount.

    `plan`: places in `rules.plans`, reps x closed months, -1 for none. `starts`: first start of each rep in the
    order of the rows, NaT where unknown (then nobody knows him to be new). A balance is forgiven by the draw in
    force, or by the last there was.
    """
    given = [one.draw for one in rules.plans]
    least = _of_plan(plan, [to_fen(draw.amount) if draw else 0 for draw in given])
    span = _of_plan(plan, [PERIODS[draw.forgiven] if draw else -1 for draw in given], none=-1)
    ends = _last_known(span)
    number = np.arange(1, plan.shape[1] + 1)
    return DrawTerms(
        least=half_away(least * present.days, present.of),
        guaranteed=half_away(_guaranteed(rules.plans, plan, starts, year) * present.days, present.of),
        recoverable=_of_plan(plan, [draw is None or draw.recoverable for draw in given], none=1) > 0,
        forgiven=(ends > 0) & (number % np.maximum(ends, 1) == 0),
    )


def _of_plan(plan: Integers, values: Sequence[int], none: int = 0) -> Integers:
    return np.array([*values, none], dtype=np.int64)[plan]


def _last_known(span: Integers) -> Integers:
    """Each month's value, or the last one before it that was not -1."""
    place = np.where(span >= 0, np.arange(span.shape[1]), 0)
    return np.take_along_axis(span, np.maximum.accumulate(place, axis=1), axis=1)


def _guaranteed(plans: Sequence[CommissionPlan], plan: Integers, starts: "pd.Series[Any]", year: Year) -> Integers:
    """Guarantee of those in their first months, the month of the start being the first; 0 for all others."""
    given = [one.guarantee for one in plans]
    amount = _of_plan(plan, [to_fen(one.amount) if one else 0 for one in given])
    months = _of_plan(plan, [one.months if one else 0 for one in given])
    labels = calendar.month_of(starts.reset_index(drop=True), year.cutoff)
    begun = labels.map({label: _number(label) for label in labels.dropna().unique()}).astype("float64").to_numpy()
    age = np.array([_number(month) for month in year.closed]) - begun[:, None]
    with np.errstate(invalid="ignore"):
        return np.where((age >= 0) & (age < months), amount, 0)


def _number(month: str) -> int:
    """Months since year 0, so that they can be counted with."""
    year, number = month.split("-")
    return int(year) * PERIODS["year"] + int(number)
