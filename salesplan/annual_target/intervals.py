"""An estimate with its interval: from past errors, from the scatter of months, or as the analyst declares it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from salesplan import odds
from salesplan.money import held, to_fen
from salesplan.terms.estimates import Range
from salesplan.years import COVERAGE


class Estimate(NamedTuple):
    """What one kind of evidence says of the year, in fen; low and high hold the year with 80 %, None where unknown."""

    value: int
    low: int | None = None
    high: int | None = None


def around(value: int, errors: Sequence[float], months: pd.DataFrame) -> Estimate:
    """An estimate whose errors in past years are known as logarithms (actual / estimate).

    low, high = value x e to the power of -+ t x spread: spread and degrees by `odds.blended_spread` from the errors
    and the scatter of the company's months (`months`: the frame of `monthly`). No interval without a month's scatter,
    or around a value that is not above zero.
    """
    table = months.to_numpy(dtype=np.float64)[None]
    scatter = odds.month_scatter(table) if table.size else np.array([math.nan])
    if value <= 0 or math.isnan(scatter[0]):
        return Estimate(value)
    spread, degrees = odds.blended_spread(np.array([errors], dtype=np.float64).reshape(1, -1), scatter)
    low, high = odds.interval(0.0, float(spread[0]), degrees, COVERAGE)
    return Estimate(value, held(value * math.exp(low)), held(value * math.exp(high)))


def declared(value: int, given: Range | None) -> Estimate:
    """An estimate with the interval the analyst declares, widened where the value itself lies outside."""
    if given is None:
        return Estimate(value)
    return Estimate(value, min(value, to_fen(given.low)), max(value, to_fen(given.high)))
