"""How good odds were: Brier score, calibration by bands."""

from typing import Any, NamedTuple

import numpy as np

from salesplan.odds.year import Array

BANDS = 10


class Bands(NamedTuple):
    """Forecasts sorted into bands of probability: lower edge, number, mean forecast, share that came true."""

    edge: Array
    cases: Array
    forecast: Array
    outcome: Array


def brier(probability: Any, outcome: Any) -> float:
    """Brier score: mean of (probability - outcome) squared; 0 is perfect, 0.25 is a coin. NaN without a case."""
    gap = np.asarray(probability, dtype=np.float64) - np.asarray(outcome, dtype=np.float64)
    return float(np.mean(gap**2)) if gap.size else float("nan")


def bands(probability: Any, outcome: Any, count: int = BANDS) -> Bands:
    """Forecasts in `count` bands of equal width, empty ones left out; 1 lies in the last."""
    p, o = (np.asarray(values, dtype=np.float64).ravel() for values in (probability, outcome))
    place = np.minimum((p * count).astype("int64"), count - 1)
    number = np.bincount(place, minlength=count)
    full = number > 0
    means = [np.bincount(place, values, count)[full] / number[full] for values in (p, o)]
    return Bands(np.flatnonzero(full) / count, number[full].astype("float64"), *means)


def calibration_error(probability: Any, outcome: Any, count: int = BANDS) -> float:
    """Mean distance between forecast and outcome over the bands, weighted by their cases. NaN without a case."""
    found = bands(probability, outcome, count)
    if not found.cases.size:
        return float("nan")
    return float((found.cases * np.abs(found.forecast - found.outcome)).sum() / found.cases.sum())
