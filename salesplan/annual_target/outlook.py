"""What the history alone says about the year: a damped trend and the odds of a level."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesplan import odds
from salesplan.money import LARGEST
from salesplan.terms.annual_target import TrendEstimate

Floats = npt.NDArray[np.float64]
COVERAGE = 0.8
HIGHEST_LOG = 700.0  # the exponential of more overflows


@dataclass(frozen=True)
class Trend:
    """The year's net sales as the history alone expects them.

    `expected` in fen; `spread` and `degrees` of Student's t for the year's error, on the scale of logarithms where
    `log` (all years above zero), else in fen. `growth` is the past growth per year that was damped, NaN if it is
    not known as a rate; `years` is how many complete years it rests on.
    """

    expected: int
    spread: float
    degrees: float
    log: bool
    growth: float
    years: int

    def interval(self, coverage: float = COVERAGE) -> tuple[int, int]:
        """Low and high in fen between which the year lies with the given probability."""
        centre = math.log(self.expected) if self.log else float(self.expected)
        low, high = odds.interval(centre, self.spread, self.degrees, coverage)
        return _fen(low, log=self.log), _fen(high, log=self.log)

    def reach(self, level: int) -> float:
        """Probability that the year's net sales reach `level` (fen)."""
        if not self.log:
            return odds.reach(level, self.expected, self.spread, self.degrees)
        return 1.0 if level <= 0 else odds.reach(math.log(level), math.log(self.expected), self.spread, self.degrees)


def _fen(z: float, *, log: bool) -> int:
    """Back from the scale of the trend to whole fen, held within what money can be."""
    fen = math.exp(min(z, HIGHEST_LOG)) if log else z
    return round(max(-LARGEST, min(fen, LARGEST)))


def trend(months: pd.DataFrame, *, fiscal_year: int, terms: TrendEstimate | None = None) -> Trend | None:
    """The damped trend of the yearly totals, with its own past errors as spread.

    `months` is the frame of `monthly` (index year, columns 1 to 12, fen); `terms` says how many of the latest years
    are used and how much of their growth is carried forward (its defaults where it is None). None without a complete
    year. Method: z = logarithm of the year's total (the total itself where a year is not above zero); slope by least
    squares over the years; expected = last + damping x slope per year ahead. The spread is the root of the mean
    squared error that the same rule made on each year from those before it (n - 1 errors, n - 1 degrees), but no less
    than the months' own scatter about their season allows for a sum of twelve, counted twice because both years
    scatter. One year only: last year's actual, that scatter about the even month (season included), 11 degrees. The
    spread grows with the root of the years ahead.
    """
    rule = terms or TrendEstimate()
    damping = float(rule.damping)
    table = months.tail(rule.years).to_numpy(dtype=np.float64)
    if not len(table):
        return None
    totals = table.sum(axis=1)
    log = bool((totals > 0).all())
    z = np.log(totals) if log else totals
    ahead = fiscal_year - int(months.index[-1])
    slope = _slope(z)
    spread = max(_past_error(z, damping), _scatter(table, log=log)) * math.sqrt(ahead)
    return Trend(
        expected=_fen(z[-1] + damping * slope * ahead, log=log),
        spread=spread,
        log=log,
        years=len(z),
        degrees=len(z) - 1 or months.shape[1] - 1,
        growth=math.expm1(slope) if log and len(z) > 1 else math.nan,
    )


def _slope(z: Floats) -> float:
    """Least squares growth per year; zero with a single year."""
    place = np.arange(len(z)) - (len(z) - 1) / 2
    return float(place @ z / (place @ place)) if len(z) > 1 else 0.0


def _past_error(z: Floats, damping: float) -> float:
    """Root mean squared error of the rule on each year from the years before it."""
    errors = [z[n] - z[n - 1] - damping * _slope(z[:n]) for n in range(1, len(z))]
    return math.sqrt(math.fsum(e * e for e in errors) / len(errors)) if errors else 0.0


def _scatter(table: Floats, *, log: bool) -> float:
    """Spread of the difference of two years that the scatter of single months alone would make."""
    rows = table / table.sum(axis=1, keepdims=True) if log else table - table.mean(axis=1, keepdims=True)
    season = rows.mean(axis=0) if len(rows) > 1 else rows.mean()
    degrees = (rows.shape[1] - 1) * max(len(rows) - 1, 1)
    variance = math.fsum((rows - season).ravel() ** 2) / degrees
    return math.sqrt(2 * rows.shape[1] * variance)
