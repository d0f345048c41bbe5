"""The customer evaluation form: points per indicator, the final score, the grade and what it advises."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesplan.money import to_micro
from salesplan.terms.evaluation import Evaluation, Indicator, Rating

EVALUATION_COLUMNS = ["customer", "indicator", "measure", "weight", "value", "place", "count", "points"]
TENTHS = 10  # a final score has one decimal


class Evaluated(NamedTuple):
    """The form in rows, and the result by customer (index): `score`, `rating`, `advice`."""

    table: pd.DataFrame  # variance_review_evaluation
    result: pd.DataFrame


def points(values: "pd.Series[Any]", indicator: Indicator) -> "pd.Series[Any]":
    """Points of 0 to 100 in whole numbers, halves up; NA where the value is unknown.

    On a scale: 100 x (value - low) / (high - low), no less than 0 and no more than 100. Without one: the part of the
    other customers whose value is lower, those with the same counted half; who is alone has 50.

    Example: the values 1, 2, 2, 5 have 0, 50, 50, 100.
    """
    known = values.dropna().astype("float64")
    found: pd.Series[Any]
    if indicator.low is not None and indicator.high is not None:
        low, high = float(indicator.low), float(indicator.high)
        found = (((known - low) / (high - low)).clip(0, 1) * 100 + 0.5 + 1e-9) // 1
    elif len(known) == 1:
        found = pd.Series(50.0, index=known.index)
    else:  # twice the mean rank is whole, so that no half is left to chance
        doubled = (2 * known.round(9).rank(method="average") - 2).round().astype("int64")
        found = (doubled * 100 + len(known) - 1) // (2 * (len(known) - 1))
    marks: pd.Series[Any] = found.reindex(values.index).astype("Int64")
    return marks


def places(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Place of each value among the known ones, 1 for the largest; NA where unknown."""
    return values.astype("float64").round(9).rank(method="min", ascending=False).astype("Int64")


def evaluate(measures: pd.DataFrame, rules: Evaluation) -> Evaluated:
    """Fill the form for every customer: table `variance_review_evaluation`, and the results.

    `measures`: one row per customer (index), one column per measure, NaN unknown. A row per customer and indicator:
    `value`, `place` among `count` customers whose value is known, `points`, and `weight`: the part of 1 it counts; an
    indicator nobody can tell for a customer has no points, and the others count for it. Final `score`: points by
    weight, one decimal, halves up; without any points there is none. `rating` and `advice`: the first grade whose
    `from` the score reaches. Source: customer evaluation form (weight, score, grade, grounds; improve, keep, end).
    """
    weights = np.array([to_micro(one.weight) for one in rules.indicators], dtype=np.int64)
    values = pd.concat([measures[one.measure] for one in rules.indicators], axis=1).to_numpy(dtype=np.float64)
    scored = [points(measures[one.measure], one) for one in rules.indicators]
    marks = np.column_stack([one.to_numpy(dtype=np.float64, na_value=np.nan) for one in scored])
    counted = np.where(np.isnan(marks), 0, weights)
    whole = counted.sum(axis=1)
    sums = (counted * np.nan_to_num(marks)).sum(axis=1).astype(np.int64)
    tenths = (2 * TENTHS * sums + whole) // np.maximum(2 * whole, 1)
    score = np.where(whole > 0, tenths / TENTHS, np.nan)
    result = pd.DataFrame({"score": score, **_rated(score, rules.grades)}, index=measures.index)
    shares = counted / np.maximum(whole, 1)[:, None]
    return Evaluated(_form(measures.index, rules.indicators, values, shares, marks), result)


def _rated(score: "NDArray[np.float64]", grades: Sequence[Rating]) -> dict[str, Any]:
    """Name and advice of the first grade that each score reaches; blank without a score."""
    least = np.array([float(grade.from_) for grade in grades])
    reached = np.where(np.isnan(score), len(grades), (score[:, None] >= least).argmax(axis=1))
    names = np.array([*(grade.name for grade in grades), None], dtype=object)
    advice = np.array([*(grade.advice for grade in grades), None], dtype=object)
    return {"rating": names[reached], "advice": advice[reached]}


def _form(
    customers: "pd.Index[Any]",
    indicators: Sequence[Indicator],
    values: "NDArray[np.float64]",
    shares: "NDArray[np.float64]",
    marks: "NDArray[np.float64]",
) -> pd.DataFrame:
    """The rows of the form, customer by customer in the order of the indicators."""
    ranked = [places(pd.Series(column)) for column in values.T]
    known = np.broadcast_to((~np.isnan(values)).sum(axis=0), values.shape)
    rows = pd.DataFrame(
        {
            "customer": np.repeat(customers.to_numpy(), len(indicators)),
            "indicator": np.tile(np.array([one.name for one in indicators], dtype=object), len(customers)),
            "measure": np.tile(np.array([one.measure for one in indicators], dtype=object), len(customers)),
            "weight": shares.ravel(),
            "value": values.ravel(),
            "place": np.column_stack([one.to_numpy(dtype=np.float64, na_value=np.nan) for one in ranked]).ravel(),
            "count": known.ravel(),
            "points": marks.ravel(),
        }
    )
    return rows.astype({"place": "Int64", "points": "Int64", "count": "int64"})[EVALUATION_COLUMNS]
